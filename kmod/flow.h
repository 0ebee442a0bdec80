/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The flow table: one entry a conversation, shared by policy, scheduling and
 * records. Entries live in numbered slots of memory that stays until the
 * table goes, so a number (never a pointer) can travel with a packet.
 */
#ifndef _WEFT_FLOW_H
#define _WEFT_FLOW_H

#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/bits.h>
#include <linux/cache.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/weft.h>
#include <linux/workqueue.h>
#include <net/ipv6.h>
#include "behave.h"
#include "parse.h"
#include "transfer.h"

struct weft_claims;
struct weft_extension_pool;
struct weft_net;
struct weft_quota;
struct weft_sample;
struct weft_socket_map;

#define WEFT_FLOW_NONE		U32_MAX	/* a slot number that no flow has */

#define WEFT_CHUNK_BITS		10
#define WEFT_CHUNK_SLOTS	BIT(WEFT_CHUNK_BITS)
#define WEFT_LOCKS		256	/* of buckets; power of two */
#define WEFT_CHUNKS_MAX		16384	/* 16 Mi flows: 3 GiB of entries */
#define WEFT_FRAGMENTS		1024	/* packets in fragments at once */
#define WEFT_PAIRS		1024	/* newest connections of RoCEv2, and twice */

/* When an entry may go for being idle; an established TCP flow never does. */
enum weft_timeout {
	WEFT_TIMEOUT_NEW,	/* nothing came back */
	WEFT_TIMEOUT_STREAM,	/* not TCP, seen both ways */
	WEFT_TIMEOUT_CLOSING,	/* one side has finished */
	WEFT_TIMEOUT_CLOSED,	/* last acknowledgments pass */
	WEFT_TIMEOUTS,
};

/*
 * A verdict and the attachment point that it is of, in 16 bits, so that both
 * are read and written at once. Attachment points are numbered accordingly.
 */
#define WEFT_VERDICT_BITS	2
#define WEFT_VERDICT_NONE	3U	/* not judged here; else enum weft_action */
#define WEFT_ATTACH_MAX		(U16_MAX >> WEFT_VERDICT_BITS)
#define WEFT_ATTACH_NONE	U16_MAX	/* no attachment point's number */

/**
 * struct weft_table_settings - what a namespace's flow table shall be like
 * @max_flows: bound, rounded up to whole chunks; at most WEFT_CHUNKS_MAX of them
 * @idle_s: seconds that an entry may be idle, by enum weft_timeout
 * @behaviour: what behaves like something is classed as such
 */
struct weft_table_settings {
	u32	max_flows;
	u32	idle_s[WEFT_TIMEOUTS];
	bool	behaviour;
};

/**
 * struct weft_table_size - what a table has
 * @flows: in it
 * @slots: that memory is there for
 * @memory: bytes, all told
 * @minds_changed: times that a flow was taken for something else than before
 */
struct weft_table_size {
	u32	flows;
	u32	slots;
	u64	memory;
	u64	minds_changed;
};

/* Bits of weft_flow.flags; written under the bucket's lock. */
#define WEFT_FLOW_OPENER	0x01	/* end of the key that opened it: 0 or 1 */
#define WEFT_FLOW_INGRESS	0x02	/* opened from outside */
#define WEFT_FLOW_MIDSTREAM	0x04	/* TCP, picked up without its SYN */
#define WEFT_FLOW_READ		0x08	/* its packets' bytes are to be read */
#define WEFT_FLOW_COUNTING	0x10	/* its counts are not its job's yet */
#define WEFT_FLOW_MARKED	0x20	/* its class writes a DSCP */
#define WEFT_FLOW_LIVE		0x40	/* found by look-ups */
/*
 * weft_judge_plain() is not for its packets, for one of the reasons below. The
 * sign bit, and LIVE the one below, so that one comparison tells both.
 */
#define WEFT_FLOW_SLOW		0x80
#define WEFT_FLOW_SLOW_FOR	(WEFT_FLOW_READ | WEFT_FLOW_MARKED)

/* What weft_flow_half.tcp_seen remembers. */
#define WEFT_TCP_SYN		0x01
#define WEFT_TCP_FIN		0x02
#define WEFT_TCP_ACK		0x04	/* @ack and @window are valid */
#define WEFT_TCP_ADVANCED	0x08	/* @seq_end or @ack has gone on */

/**
 * struct weft_flow_half - what one end of a flow has sent
 * @bytes: bytes on the link layer; any CPU adds, exact
 * @packets: wire packets, a GSO packet counts as its segments; likewise
 * @last: jiffies (32 bits) of the newest packet, racing writers are harmless
 * @seq_end: highest TCP sequence number sent, plus one
 * @ack: newest TCP acknowledgment sent
 * @window: newest TCP window, unscaled
 * @tcp_seen: TCP flags seen so far, WEFT_TCP_*
 * @messages: of RoCEv2, in place of those, messages whose length was in a
 *	header: written by this end, or read by the other; any CPU adds, exact
 * @message_bytes: in them
 *
 * The TCP fields are hints: written with WRITE_ONCE by whoever carries a
 * packet, and only ever decide how soon an entry may be given up.
 */
struct weft_flow_half {
	atomic64_t	bytes;
	atomic64_t	packets;
	u32		last;
	union {
		u32		seq_end;
		atomic_t	messages;
	};
	union {
		struct {
			u32	ack;
			u16	window;
			u8	tcp_seen;
		};
		atomic64_t	message_bytes;
	};
};

/**
 * struct weft_verbs - what a flow of RoCEv2 carries
 * @psn: packet sequence number of the newest message, with WEFT_PSN_KNOWN; 0
 *	before the first one; moved with cmpxchg
 * @size: bytes of the newest message, by the end that sends it
 */
struct weft_verbs {
	u32	psn;
	u32	size[2];
};

/**
 * struct weft_flow - one conversation: 192 bytes, three cache lines
 * @next: slot of the next entry of the bucket plus one; 0 ends the chain.
 *	Bucket lock to write, RCU to read. Intact for a grace period after the
 *	entry was unlinked, so that readers on it find their way on
 * @slot_gen: grows each time the slot is emptied; part of a stamp's cookie
 * @key: constant while the slot is in use
 * @config_gen: generation of the config that class, job and verdicts are of,
 *	with WEFT_GEN_PENDING where class and job wait for a packet that the
 *	workload sends; bucket lock to write, stored last with release
 * @job: job number, 0 without one; bucket lock to write
 * @verdict: weft_verdict_pack()ed, by direction as the opener's packets pass:
 *	[EGRESS] when they leave through an attachment point here, [INGRESS]
 *	when they arrive at one; bucket lock to write
 * @class: class number; bucket lock to write
 * @flags: WEFT_FLOW_*; bucket lock to write
 * @state: enum weft_flow_state; racing writers only move it forward
 * @half0: what end 0 of the key has sent, on a line of its own, so that the
 *	directions don't share one
 * @habits: of TCP, what it behaves like; the lock of the flow's sample to write
 * @verbs: of RoCEv2, in place of that
 * @half1: what end 1 has sent
 * @created_ns: CLOCK_MONOTONIC of the first packet; constant while in use
 * @uplink_ifindex: device that it was first seen on; constant while in use
 * @source: enum weft_source of class; bucket lock to write
 * @job_place: where @job is, 0 without one; bucket lock to write
 * @extension: number of its struct weft_extension, 0 without; bucket lock to
 *	write
 * @index: number of the slot; constant as long as the table
 * @free_next: chain of empty or retired slots; the table's slot lock
 * @holder: attachment point in whose quota it is; constant while in use
 * @beyond: as @verdict, of the second of two uplinks above each other, for the
 *	direction that the opener's packets take; bucket lock to write
 * @peer_qp: of RoCEv2, the queue pair that packets the other way are for, 0 where
 *	that is not known
 * @encap: the tunnel, where the key has WEFT_KEY_TUNNEL; constant while in use
 *
 * A packet of a known flow touches line 0 and that of its sender, no other: whoever
 * needs the slot's number has it from the look-up.
 *
 * Readers under RCU must check @slot_gen (or find the entry by key again)
 * before they trust what they read: the slot may have been emptied.
 */
struct weft_flow {
	/* Line 0: read by every packet, written when the flow is judged. */
	u32			next;
	u32			slot_gen;
	struct weft_flow_key	key;
	u32			config_gen;
	u32			job;
	u16			verdict[2];
	u8			class;
	u8			flags;
	u8			state;

	/* Lines 1 and 2: one for each end's packets. */
	struct weft_flow_half	half0 ____cacheline_aligned;
	u64			created_ns;
	u32			uplink_ifindex;
	u8			source;
	u16			job_place;
	u32			extension;
	union {
		struct weft_habits	habits;
		struct weft_verbs	verbs;
	};

	struct weft_flow_half	half1 ____cacheline_aligned;
	u32			index;
	u32			free_next;
	u16			holder;
	u16			beyond;
	u32			peer_qp;
	struct weft_encap	encap;
} ____cacheline_aligned;

/**
 * struct weft_buckets - where the chains of slots begin
 * @mask: number of buckets less one; constant
 * @head: first slot plus one, 0 for none; bucket lock to write, RCU to read
 */
struct weft_buckets {
	u32	mask;
	u32	head[];
};

/**
 * struct weft_flow_table - flows of one namespace
 * @wn: the namespace; outlives the table
 * @hash_key: secret of the bucket hash; constant
 * @buckets: where every entry is, but for those in @next
 * @next: while the table is resized, where entries go; else NULL. As @buckets,
 *	changed by whoever resizes the table, RCU to read
 * @moved: buckets of @buckets, from the first on, whose entries are in @next;
 *	changed by the same under the lock of the bucket
 * @max_chunks: how many there may be; whoever resizes writes, anybody reads
 * @idle_limit: jiffies that an entry may be idle, by enum weft_timeout; anybody
 *	reads, settings write
 * @locks: one for every WEFT_LOCKS'th bucket; outside @slot_lock and the job
 *	table's lock
 * @slot_lock: of @free, @n_free, @retired, @quota and all free_next
 * @free: first empty slot plus one
 * @n_free: how many
 * @retired: first retired slot plus one
 * @n_chunks: how many of @chunks are there; the worker writes, anybody reads
 * @n_live: flows in the table
 * @quota: how many slots each attachment point has, in use or retired
 * @extensions: of flows whose bytes are read; constant
 * @pressed: bits of attachment points that were refused a slot since the last
 *	scan; atomic bit operations
 * @starved: one was, although below its share: others have more than theirs
 * @dead: no more work may be started
 * @scan_next: slot where the next scan begins; the worker's
 * @counts_lock: held while counts move from flows to jobs
 * @work: the worker
 * @fragments: which flow the fragments of a packet belong to: a tag of the
 *	packet above WEFT_NOTE_* and the flow's slot plus one; by the tag's low
 *	bits, a newer packet takes an older one's place. Single words, any CPU
 *	writes
 * @pairs: which queue pairs of RoCEv2 are one connection, see queue_pair.c: a tag
 *	of one above the other; likewise
 * @behaviour: what behaves like something is classed as such; settings write
 * @wanted: somebody listens for events
 * @wanted_at: jiffies when that was so; any CPU asks anew
 * @minds_changed: times that a flow was taken for something else than before
 * @samples: what local sockets and the scheduler have said, WEFT_SAMPLES of them
 * @claims: what their owners said of their transfers, by place of the sample and
 *	under its lock; NULL until one does, then constant
 * @sockets: which flows local sockets have; constant
 * @chunks: slots, and behind those of a chunk their tracks
 */
struct weft_flow_table {
	struct weft_net		*wn;
	hsiphash_key_t		hash_key;
	struct weft_buckets __rcu *buckets;
	struct weft_buckets __rcu *next;
	u32			moved;
	u32			max_chunks;
	u32			idle_limit[WEFT_TIMEOUTS];
	spinlock_t		locks[WEFT_LOCKS];	/* of the buckets */

	spinlock_t		slot_lock ____cacheline_aligned; /* of free slots */
	u32			free;
	u32			n_free;
	u32			retired;

	u32			n_chunks ____cacheline_aligned;
	atomic_t		n_live;
	bool			starved;
	bool			dead;
	bool			behaviour;
	bool			wanted;
	u32			wanted_at;
	atomic64_t		minds_changed;
	u32			scan_next;
	struct mutex		counts_lock;	/* counts stay where they are */
	struct delayed_work	work;
	struct weft_quota	*quota;
	struct weft_extension_pool *extensions;
	DECLARE_BITMAP(pressed, WEFT_ATTACH_MAX + 1);
	atomic64_t		fragments[WEFT_FRAGMENTS];
	atomic64_t		pairs[WEFT_PAIRS];
	struct weft_sample	*samples;
	struct weft_claims	*claims;
	struct weft_socket_map	*sockets;
	struct weft_flow	*chunks[WEFT_CHUNKS_MAX];
};

/**
 * struct weft_flow_open - what a new entry starts with
 * @config_gen: generation of the config that the rest is of, with
 *	WEFT_GEN_PENDING or without
 * @job: job number, 0 without one
 * @uplink_ifindex: device that the opening packet was seen on
 * @attach: attachment point that admitted it, and in whose quota it is
 * @direction: of the opening packet
 * @verdict: enum weft_action, for @attach and @direction
 * @class: class number
 * @source: enum weft_source of @class
 * @revoked: the flow was declared to be what it may not be any more
 * @beyond: it has passed another uplink and was judged there, too: only the
 *	verdict is of interest
 * @marked: classes that write a DSCP, BIT(number)
 */
struct weft_flow_open {
	u32	config_gen;
	u32	job;
	u32	uplink_ifindex;
	u16	attach;
	u8	direction;
	u8	verdict;
	u8	class;
	u8	source;
	bool	revoked;
	bool	beyond;
	u32	marked;
};

/* A reason for the general way begins or ends; under the bucket's lock. */
static inline void weft_flow_slow(struct weft_flow *flow, u8 reason, bool holds)
{
	u8 flags = holds ? flow->flags | reason : flow->flags & ~reason;

	WRITE_ONCE(flow->flags, flags & WEFT_FLOW_SLOW_FOR ?
		   flags | WEFT_FLOW_SLOW : flags & ~WEFT_FLOW_SLOW);
}

static inline struct weft_flow_half *weft_flow_half(struct weft_flow *flow,
						    unsigned int end)
{
	return end ? &flow->half1 : &flow->half0;
}

static inline unsigned int weft_flow_opener(const struct weft_flow *flow)
{
	return READ_ONCE(flow->flags) & WEFT_FLOW_OPENER;
}

static inline enum weft_direction
weft_flow_direction(const struct weft_flow *flow)
{
	return READ_ONCE(flow->flags) & WEFT_FLOW_INGRESS ?
		WEFT_DIRECTION_INGRESS : WEFT_DIRECTION_EGRESS;
}

/* The way that what end @end sends takes past the attachment point. */
static inline enum weft_direction
weft_flow_end_direction(const struct weft_flow *flow, unsigned int end)
{
	bool opener = end == weft_flow_opener(flow);

	return opener == (weft_flow_direction(flow) == WEFT_DIRECTION_EGRESS) ?
		WEFT_DIRECTION_EGRESS : WEFT_DIRECTION_INGRESS;
}

/* The end whose packets leave past the attachment point. */
static inline unsigned int weft_flow_local_end(const struct weft_flow *flow)
{
	return weft_flow_end_direction(flow, 0) != WEFT_DIRECTION_EGRESS;
}

static inline u16 weft_verdict_pack(u16 attach, u8 action)
{
	return attach << WEFT_VERDICT_BITS | action;
}

/* enum weft_behaviour: what it behaves like; nothing but TCP is watched. */
static inline u8 weft_flow_behaviour(const struct weft_flow *flow)
{
	return flow->key.proto == IPPROTO_TCP ? READ_ONCE(flow->habits.mind) :
						WEFT_BEHAVIOUR_NONE;
}

/* The action that @attach decided on, or WEFT_VERDICT_NONE. */
static inline u8 weft_flow_verdict(const struct weft_flow *flow,
				   enum weft_direction direction, u16 attach)
{
	u16 verdict = READ_ONCE(flow->verdict[direction]);

	return verdict >> WEFT_VERDICT_BITS == attach ?
		verdict & WEFT_VERDICT_NONE : WEFT_VERDICT_NONE;
}

/* The same of the second of two uplinks above each other. */
static inline u8 weft_flow_verdict_beyond(const struct weft_flow *flow,
					  enum weft_direction direction,
					  u16 attach)
{
	u16 verdict = READ_ONCE(flow->beyond);

	return direction == weft_flow_direction(flow) &&
	       verdict >> WEFT_VERDICT_BITS == attach ?
		verdict & WEFT_VERDICT_NONE : WEFT_VERDICT_NONE;
}

/* For records: the attachment point that admitted the opening packet. */
static inline u16 weft_flow_attach(const struct weft_flow *flow)
{
	return READ_ONCE(flow->verdict[weft_flow_direction(flow)]) >>
		WEFT_VERDICT_BITS;
}

/* For records: what that one decided, allow where it is being decided. */
static inline enum weft_action weft_flow_action(const struct weft_flow *flow)
{
	u16 verdict = READ_ONCE(flow->verdict[weft_flow_direction(flow)]);

	verdict &= WEFT_VERDICT_NONE;
	return verdict == WEFT_VERDICT_NONE ? WEFT_ACTION_ALLOW : verdict;
}

struct weft_flow_table *
weft_flow_table_create(struct weft_net *wn,
		       const struct weft_table_settings *settings);
void weft_flow_table_destroy(struct weft_flow_table *table);
int weft_flow_table_set(struct weft_flow_table *table,
			const struct weft_table_settings *settings);
void weft_flow_table_size(const struct weft_flow_table *table,
			  struct weft_table_size *size);

/* An attachment point's part of the table. RTNL. */
void weft_flow_attach_join(struct weft_flow_table *table, u16 attach);
void weft_flow_attach_gone(struct weft_flow_table *table, u16 attach);
u32 weft_flow_attach_count(struct weft_flow_table *table, u16 attach);
u32 weft_flow_attach_share(struct weft_flow_table *table);

/*
 * Packet path: RCU, softirqs off. What every packet of a known flow needs is
 * inline: the calls would cost a quarter of it.
 */

static inline struct weft_flow *weft_slot(const struct weft_flow_table *table,
					  u32 index)
{
	return &table->chunks[index >> WEFT_CHUNK_BITS][index & (WEFT_CHUNK_SLOTS - 1)];
}

/* Memory of a slot: the entry, and its transfers, of which packets know nothing. */
#define WEFT_SLOT_BYTES	(sizeof(struct weft_flow) + sizeof(struct weft_track))

static inline struct weft_track *
weft_track(const struct weft_flow_table *table, const struct weft_flow *flow)
{
	struct weft_flow *chunk = table->chunks[flow->index >> WEFT_CHUNK_BITS];
	struct weft_track *tracks = (void *)(chunk + WEFT_CHUNK_SLOTS);

	return &tracks[flow->index & (WEFT_CHUNK_SLOTS - 1)];
}

/* weft_flow_hash() of IPv4: only four words can differ, which is half the work. */
static inline u32 weft_flow_hash_ip4(const struct weft_flow_table *table,
				     const struct weft_flow_key *key)
{
	const u32 *words = (const u32 *)key;

	return hsiphash_4u32(words[3], words[7], words[8], words[9],
			     &table->hash_key);
}

/**
 * weft_flow_hash - hash of a conversation
 * @table: whose secret to use
 * @key: its key
 * @encap: its tunnel, looked at only where the key says that it has one
 *
 * Context: Any.
 * Return: 32 bits that nobody outside can predict.
 */
static inline u32 weft_flow_hash(const struct weft_flow_table *table,
				 const struct weft_flow_key *key,
				 const struct weft_encap *encap)
{
	u32 hash;

	if (ipv6_addr_v4mapped(&key->addr[0]) &&
	    ipv6_addr_v4mapped(&key->addr[1]))
		hash = weft_flow_hash_ip4(table, key);
	else
		hash = hsiphash(key, sizeof(*key), &table->hash_key);
	/* Or who can make up identifiers could make a chain of any length. */
	if (key->flags & WEFT_KEY_TUNNEL)
		hash = hsiphash_3u32(hash, encap->id,
				     encap->vlan | (u32)encap->tunnel << 16,
				     &table->hash_key);
	return hash;
}

static inline spinlock_t *weft_bucket_lock(struct weft_flow_table *table,
					   u32 hash)
{
	return &table->locks[hash & (WEFT_LOCKS - 1)];
}

/* Live, and what weft_flow_lookup() was asked for. */
static inline bool weft_flow_wanted_by(const struct weft_flow *flow,
				       const struct weft_flow_key *key,
				       const struct weft_encap *encap)
{
	if (!encap)
		return weft_key_equal_ip4(&flow->key, key) &&
		       (s8)READ_ONCE(flow->flags) >= WEFT_FLOW_LIVE;
	return weft_key_equal(&flow->key, key) &&
	       READ_ONCE(flow->flags) & WEFT_FLOW_LIVE &&
	       (!(key->flags & WEFT_KEY_TUNNEL) ||
		weft_encap_equal(&flow->encap, encap));
}

/* The flow of a conversation among @buckets, as weft_flow_lookup() says. */
static inline struct weft_flow *
weft_flow_lookup_in(const struct weft_flow_table *table,
		    const struct weft_buckets *buckets,
		    const struct weft_flow_key *key,
		    const struct weft_encap *encap, u32 hash, u32 *index)
{
	u32 link = READ_ONCE(buckets->head[hash & buckets->mask]);

	while (link) {
		/* The link was published after what it leads to. */
		struct weft_flow *flow = weft_slot(table, link - 1);

		if (weft_flow_wanted_by(flow, key, encap)) {
			*index = link - 1;
			return flow;
		}
		link = READ_ONCE(flow->next);
	}
	return NULL;
}

/**
 * weft_flow_lookup - the flow of a conversation, without a lock
 * @table: the table
 * @key: its key
 * @encap: its tunnel; NULL where the key is known to be of IPv4 and to have none,
 *	and flows with WEFT_FLOW_SLOW are not wanted
 * @hash: weft_flow_hash() of both
 * @index: its slot, where it is found
 *
 * The chain is walked at most once round the table's average load; it can't
 * loop, since a retired slot is not linked again before a grace period and a
 * resize moves each slot once. While one goes on, a flow may be overlooked:
 * weft_flow_find() does not.
 *
 * Context: RCU read side; the result is good until it ends.
 * Return: the flow or NULL.
 */
static inline struct weft_flow *
weft_flow_lookup(const struct weft_flow_table *table,
		 const struct weft_flow_key *key,
		 const struct weft_encap *encap, u32 hash, u32 *index)
{
	return weft_flow_lookup_in(table, rcu_dereference(table->buckets), key,
				   encap, hash, index);
}

struct weft_flow *weft_flow_find(struct weft_flow_table *table,
				 const struct weft_flow_key *key,
				 const struct weft_encap *encap, u32 hash,
				 u32 *index);

void weft_flow_follow_tcp(struct weft_flow *flow, struct weft_flow_half *half,
			  const struct weft_flow_half *peer,
			  const struct weft_pkt *pkt);

static inline void weft_flow_forward(struct weft_flow *flow, u8 state)
{
	if (READ_ONCE(flow->state) < state)
		WRITE_ONCE(flow->state, state);
}

/**
 * weft_flow_account - count a packet that passed, and follow the flow's state
 * @table: the table
 * @flow: the flow
 * @pkt: the packet, one of @flow's
 * @skb: the packet itself
 * @attach: attachment point that it passed
 * @bytes: on the link layer, headers of all segments included
 * @packets: on the wire: segments of a GSO packet
 *
 * Writes the sender's half only, so that the two directions, which are often
 * carried by different CPUs, don't share a written line.
 *
 * Context: RCU read side, softirqs off. No lock, but that of the flow's job at
 *	the first packet of a jiffy.
 */
static __always_inline void
weft_flow_account(struct weft_flow_table *table, struct weft_flow *flow,
		  const struct weft_pkt *pkt, const struct sk_buff *skb,
		  u16 attach, unsigned int bytes, unsigned int packets)
{
	struct weft_flow_half *half = weft_flow_half(flow, pkt->src);
	struct weft_flow_half *peer = weft_flow_half(flow, !pkt->src);
	u32 now = (u32)jiffies, last = READ_ONCE(half->last);

	/* Before it is counted: what is counted is of the time before. */
	if (unlikely(last != now))
		weft_transfer_tick(table, flow, pkt, skb, attach, last, now);

	/* A later fragment has no TCP header. */
	if (flow->key.proto == IPPROTO_TCP && pkt->kind == WEFT_PKT_FLOW)
		weft_flow_follow_tcp(flow, half, peer, pkt);
	if (READ_ONCE(flow->state) == WEFT_FLOW_STATE_NEW &&
	    pkt->src != weft_flow_opener(flow))
		weft_flow_forward(flow, WEFT_FLOW_STATE_ESTABLISHED);

	atomic64_add(bytes, &half->bytes);
	atomic64_add(packets, &half->packets);
}

struct weft_flow *weft_flow_insert(struct weft_flow_table *table,
				   const struct weft_pkt *pkt, u32 hash,
				   const struct weft_flow_open *open,
				   int *counter);
void weft_flow_retire(struct weft_flow_table *table, struct weft_flow *flow,
		      u32 hash);
void weft_flow_rejudge(struct weft_flow_table *table, struct weft_flow *flow,
		       u32 hash, const struct weft_flow_open *open);
void weft_flow_outdate(struct weft_flow *flow);
void weft_flow_review(struct weft_flow_table *table, struct weft_flow *flow);
void weft_flow_retire_tunnels(struct weft_flow_table *table, u32 ifindex);

/* Later fragments find their flow by what the first one left here. */
void weft_flow_note_fragment(struct weft_flow_table *table,
			     const struct weft_pkt *pkt,
			     const struct weft_flow *flow);
struct weft_flow *weft_flow_of_fragment(struct weft_flow_table *table,
					struct weft_pkt *pkt);

/* Numbers in place of pointers. */
struct weft_flow *weft_flow_by_index(struct weft_flow_table *table, u32 index);

/**
 * struct weft_flow_set - what somebody says that a flow is
 * @class: class number, 0 to leave it as it is
 * @source: enum weft_source, SET or DECLARED: who says so
 * @job: job number, 0 for none
 * @slot_gen: the slot's generation, if @exact
 * @has_job: @job is said
 * @exact: no other flow that has the slot meanwhile
 * @nothing: what was said is taken back: what else there is decides again
 */
struct weft_flow_set {
	u8	class;
	u8	source;
	u32	job;
	u32	slot_gen;
	bool	has_job;
	bool	exact;
	bool	nothing;
};

/* By a flow's number: process context. */
int weft_flow_set(struct weft_flow_table *table, u32 index,
		  struct weft_flow_set *set);
int weft_flow_del(struct weft_flow_table *table, u32 index);

/* Records: process context. */
typedef int (*weft_flow_visit)(struct weft_flow *flow, u32 index, void *arg);
int weft_flow_walk(struct weft_flow_table *table, u32 *index,
		   weft_flow_visit visit, void *arg);
void weft_flow_counts_hold(struct weft_flow_table *table);
void weft_flow_counts_release(struct weft_flow_table *table);

#endif /* _WEFT_FLOW_H */
