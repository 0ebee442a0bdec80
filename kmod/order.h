/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The order of service: which queue sends next. Arithmetic and structures only;
 * knows no device and no packet, builds on the host. The caller serialises all
 * calls on one object (the qdisc's lock).
 */
#ifndef _WEFT_ORDER_H
#define _WEFT_ORDER_H

#include <linux/types.h>
#include "aqm.h"
#include "class.h"

struct sk_buff;

#define WEFT_ORDER_NONE		U16_MAX	/* a number that no queue has */

/* A set: queues with a tag, and one without that takes what finds no place. */
#define WEFT_ORDER_WAYS		8
#define WEFT_ORDER_SHARED	WEFT_ORDER_WAYS	/* number of the one without */
#define WEFT_ORDER_SET		(WEFT_ORDER_WAYS + 1)
/* Ways that only latency classes may claim: bulk cannot crowd them out. */
#define WEFT_ORDER_RESERVED	2

#define WEFT_ORDER_FLOWS_MIN	8U
#define WEFT_ORDER_FLOWS_MAX	32768U

/* Links slower than this, in bytes a second, get GSO packets in segments. */
#define WEFT_ORDER_SPLIT_BELOW	125000000ULL

/* Two clocks: the latency tier's own, and that of all who share by weight. */
enum weft_order_lane {
	WEFT_LANE_STRICT,
	WEFT_LANE_SHARED,
	WEFT_LANES,
};

/* Which list of its class a queue is on. */
enum weft_order_ring {
	WEFT_RING_NONE,		/* empty */
	WEFT_RING_NEW,		/* came back after a while: one turn at once */
	WEFT_RING_OLD,
};

/**
 * struct weft_order_queue - one flow's queue
 * @head: the owner's list of packets; never looked at here
 * @tail: likewise
 * @codel: of this flow; forgotten when another flow takes the queue
 * @bytes: queued
 * @packets: queued; the queue is on a ring while not 0
 * @deficit: bytes left of this turn; always above 0 on a ring
 * @next: on the ring, WEFT_ORDER_NONE at the end
 * @prev: likewise
 * @round: of its class when it was last left empty or its turn ended
 * @class: number
 * @ring: enum weft_order_ring
 */
struct weft_order_queue {
	struct sk_buff		*head;
	struct sk_buff		*tail;
	struct weft_codel	codel;
	u32			bytes;
	u32			packets;
	s32			deficit;
	u16			next;
	u16			prev;
	u16			round;
	u8			class;
	u8			ring;
};

/**
 * struct weft_order_set - who has which queue of a set
 * @tag: the flow that a way belongs to, or last did
 * @busy: bit of each way, and of the shared queue, with packets
 */
struct weft_order_set {
	u32	tag[WEFT_ORDER_WAYS];
	u16	busy;
};

/**
 * struct weft_order_class - a class with its queues
 * @start: start tag by lane
 * @bytes: queued
 * @packets: queued; the class is active while not 0
 * @cost: virtual time of a byte, WEFT_ORDER_COST / weight
 * @first: of each ring, by enum weft_order_ring
 * @last: likewise
 * @old: queues on the old ring
 * @flows: queues with packets
 * @turns: turns left until the old ring's round is over
 * @round: number of that round
 * @fattest: queue that was seen longest, if it is still of this class
 * @weight: share; 0 where there is no such class
 * @tier: enum weft_tier
 */
struct weft_order_class {
	u64	start[WEFT_LANES];
	u64	bytes;
	u32	packets;
	u32	cost;
	u16	first[WEFT_RING_OLD + 1];
	u16	last[WEFT_RING_OLD + 1];
	u16	old;
	u16	flows;
	u16	turns;
	u16	round;
	u16	fattest;
	u16	weight;
	u8	tier;
};

/**
 * struct weft_order - the order of one link
 * @queue: all queues, a set's side by side
 * @set: their owners
 * @set_bits: log2 of the number of sets
 * @perturb: secret of the hash
 * @active: bits of classes with packets, by tier
 * @lane: of the queue that weft_order_next() chose
 * @vtime: start tag of what each lane served last
 * @share: of the link that the latency tier has strictly, in hundredths
 * @credit: what the latency tier may still send strictly, in hundredths of a
 *	byte
 * @depth: most that @credit can be
 * @mtu: least that a turn is
 * @max_len: what a turn is: the largest packet seen, at least @mtu
 * @bytes: queued
 * @packets: queued
 * @shared: packets that had to share a queue, ever
 * @excess: latency tier's bytes that were not served strictly, ever
 * @n_drop: length of @drop
 * @drop: classes, the first to lose packets first
 * @class: by number
 *
 * Memory is what weft_order_memory() says; nothing is allocated later.
 */
struct weft_order {
	struct weft_order_queue	*queue;
	struct weft_order_set	*set;
	u8			set_bits;
	u8			lane;
	u8			share;
	u8			n_drop;
	u32			perturb;
	unsigned long		active[WEFT_TIER_MAX + 1];
	u64			vtime[WEFT_LANES];
	s64			credit;
	s64			depth;
	u32			mtu;
	u32			max_len;
	u64			bytes;
	u32			packets;
	u64			shared;
	u64			excess;
	u8			drop[WEFT_CLASS_MAX];
	struct weft_order_class	class[WEFT_CLASS_MAX + 1];
};

u32 weft_order_flows(u32 flows);
u32 weft_order_queues(u32 flows);
size_t weft_order_memory(u32 flows);
void weft_order_init(struct weft_order *order, void *memory, u32 flows,
		     u32 perturb);
void weft_order_reset(struct weft_order *order);
void weft_order_set_class(struct weft_order *order, u8 id, u8 tier, u16 weight);
void weft_order_set_share(struct weft_order *order, u8 share, u64 rate);
void weft_order_set_mtu(struct weft_order *order, u32 mtu);

u16 weft_order_find(struct weft_order *order, u32 tag, u8 class);
void weft_order_add(struct weft_order *order, u16 index, u32 len);
u16 weft_order_next(struct weft_order *order);
void weft_order_served(struct weft_order *order, u16 index, u32 len);
void weft_order_dropped(struct weft_order *order, u16 index, u32 len);
u16 weft_order_victim(const struct weft_order *order);

#endif /* _WEFT_ORDER_H */
