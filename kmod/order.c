// SPDX-License-Identifier: GPL-2.0
/*
 * Who sends next.
 *
 * The problem: a link carries traffic that must not wait (a token of an answer,
 * a barrier) beside transfers that are only done when their last byte is. Fair
 * sharing among connections makes the first wait for a packet of every other
 * flow: 43 ms for 16 KB beside 32 flows at 100 Mbit/s. Strict priority lets
 * whoever claims to be urgent starve the rest.
 *
 * The mechanism, from the top:
 *
 * 1. Latency classes are served strictly first, among each other by weight,
 *    for a share of the link. The share is a token bucket that is filled by
 *    bytes instead of time: each byte that leaves while weighted classes wait
 *    gives the tier @share hundredths of a byte, each strict one costs it a
 *    byte. So the tier has exactly its share of what the link really carries,
 *    whether that is a shaper, a NIC, or whatever a parent qdisc lets through;
 *    no rate need be known. While no weighted class waits there is nobody to
 *    hold it back for, and it costs nothing.
 *
 * 2. What exceeds the share, and the weighted classes, share by weight:
 *    start-time fair queueing (Goyal, Vin, Cheng, SIGCOMM 1996). A class's
 *    start tag grows by bytes over weight; the class with the least is served;
 *    one that comes back starts at the tag in service, so that nobody saves up.
 *
 * 3. The flows of a class take turns: deficit round robin (Shreedhar and
 *    Varghese, SIGCOMM 1995), in the form in which a turn ends when the deficit
 *    is used up rather than before it would be, so that the next packet's
 *    length need not be known, and with a list of flows that came back after a
 *    while, which get one turn at once (DRR++, MacGregor and Shi, 2000). A turn
 *    is the largest packet seen, so a refilled deficit is above 0 and no queue
 *    is looked at twice for one packet. A flow is new again when a round of the
 *    old ones has begun since it was served: sending one packet at a time is no
 *    way to jump the queue.
 *
 * Flows find their queue in a set-associative array, as in cake, but a flow's
 * packets never overtake each other. A flow that finds all ways of its set
 * taken goes to the set's shared queue, and while packets wait there, so does
 * every flow without a way; only then can nobody have packets in two queues.
 * A new class moves the whole queue: one list operation, no packet moves.
 *
 * Looked at instead:
 * - Deficit round robin among classes too. A class's turn would be at least a
 *    packet for the least weight; with weights from 1 to 1000 the largest turn
 *    is then 64 MB of GSO packets, half a second at 1 Gbit/s. Even with the
 *    shipped weights a class waits for up to 8 packets of each other one where
 *    start tags make it wait for one or two. There are at most 31 classes, so
 *    finding the least tag is a bounded loop over a bitmap's bits.
 * - A token bucket filled by time: needs the link's rate, and what devices say
 *    of theirs is often wrong (a VM's NIC, veth), or missing (virtio).
 * - Linear search of the longest queue at the limit, as fq_codel does: O(n) on
 *    the packet path. A flow that keeps the buffer full keeps sending, so
 *    comparing with the longest one at each enqueue finds it.
 *
 * Every operation is O(1), loops run over the ways of a set or the classes.
 */
#include <linux/bitops.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "order.h"

/* Virtual time of a byte at weight 1. */
#define WEFT_ORDER_COST		BIT(20)

/* A tier that was held back starts again with this much of its share. */
#define WEFT_CREDIT_NS		(50 * NSEC_PER_MSEC)
#define WEFT_CREDIT_MIN		65536	/* bytes */
#define WEFT_CREDIT_PACKETS	4
#define WEFT_PERCENT		100

/* Ways that weighted classes may claim. */
#define WEFT_WAYS_COMMON	\
	((1U << (WEFT_ORDER_WAYS - WEFT_ORDER_RESERVED)) - 1)
#define WEFT_WAYS_ALL		((1U << WEFT_ORDER_WAYS) - 1)

/**
 * weft_order_flows - number of flows that have a queue of their own
 * @flows: as wished
 *
 * Context: Any.
 * Return: the next power of two.
 */
u32 weft_order_flows(u32 flows)
{
	return roundup_pow_of_two(clamp(flows, WEFT_ORDER_FLOWS_MIN,
					WEFT_ORDER_FLOWS_MAX));
}

/**
 * weft_order_queues - number of queues
 * @flows: of weft_order_flows()
 *
 * Context: Any.
 * Return: the number, shared ones included.
 */
u32 weft_order_queues(u32 flows)
{
	return flows / WEFT_ORDER_WAYS * WEFT_ORDER_SET;
}

/**
 * weft_order_memory - bytes that queues need
 * @flows: of weft_order_flows()
 *
 * Context: Any.
 * Return: size of the zeroed memory that weft_order_init() wants.
 */
size_t weft_order_memory(u32 flows)
{
	return weft_order_queues(flows) * sizeof(struct weft_order_queue) +
	       flows / WEFT_ORDER_WAYS * sizeof(struct weft_order_set);
}

static void weft_class_empty(struct weft_order_class *class)
{
	unsigned int ring;

	for (ring = WEFT_RING_NEW; ring <= WEFT_RING_OLD; ring++) {
		class->first[ring] = WEFT_ORDER_NONE;
		class->last[ring] = WEFT_ORDER_NONE;
	}
	class->fattest = WEFT_ORDER_NONE;
	class->bytes = 0;
	class->packets = 0;
	class->old = 0;
	class->flows = 0;
	class->turns = 0;
}

/**
 * weft_order_init - an order without classes and packets
 * @order: the order, zeroed
 * @memory: weft_order_memory() bytes, zeroed, the caller's to free
 * @flows: of weft_order_flows()
 * @perturb: random
 *
 * Context: Before anyone else sees @order.
 */
void weft_order_init(struct weft_order *order, void *memory, u32 flows,
		     u32 perturb)
{
	unsigned int id;

	order->queue = memory;
	order->set = memory + weft_order_queues(flows) * sizeof(*order->queue);
	order->set_bits = ilog2(flows / WEFT_ORDER_WAYS);
	order->perturb = perturb;
	for (id = 0; id <= WEFT_CLASS_MAX; id++)
		weft_class_empty(&order->class[id]);
}

/**
 * weft_order_reset - forget all packets
 * @order: the order; the owner has taken all packets off the queues
 *
 * Classes, weights and the share stay.
 *
 * Context: Owner's lock. Walks all queues.
 */
void weft_order_reset(struct weft_order *order)
{
	unsigned int sets = 1U << order->set_bits;
	unsigned int i;

	memset(order->queue, 0,
	       sets * WEFT_ORDER_SET * sizeof(*order->queue));
	memset(order->set, 0, sets * sizeof(*order->set));
	for (i = 0; i <= WEFT_CLASS_MAX; i++)
		weft_class_empty(&order->class[i]);
	memset(order->active, 0, sizeof(order->active));
	order->bytes = 0;
	order->packets = 0;
	order->credit = order->depth;
	order->max_len = order->mtu;
}

/* Does @a lose packets before @b? The lower class does, latency ones last. */
static bool weft_class_before(const struct weft_order *order, u8 a, u8 b)
{
	const struct weft_order_class *x = &order->class[a];
	const struct weft_order_class *y = &order->class[b];

	if (x->tier != y->tier)
		return x->tier == WEFT_TIER_WEIGHTED;
	if (x->weight != y->weight)
		return x->weight < y->weight;
	return a > b;
}

/**
 * weft_order_set_class - make a class, or change its weight
 * @order: the order
 * @id: number, 1 to WEFT_CLASS_MAX
 * @tier: enum weft_tier; constant while the class has packets
 * @weight: 1 to 1000
 *
 * Context: Owner's lock.
 */
void weft_order_set_class(struct weft_order *order, u8 id, u8 tier, u16 weight)
{
	struct weft_order_class *class = &order->class[id];
	u8 at;

	if (!class->weight)
		order->drop[order->n_drop++] = id;
	class->tier = tier;
	class->weight = weight;
	class->cost = WEFT_ORDER_COST / weight;

	for (at = 0; order->drop[at] != id; at++)
		;
	for (; at + 1 < order->n_drop &&
	     weft_class_before(order, order->drop[at + 1], id); at++)
		swap(order->drop[at], order->drop[at + 1]);
	for (; at && weft_class_before(order, id, order->drop[at - 1]); at--)
		swap(order->drop[at], order->drop[at - 1]);
}

/**
 * weft_order_set_share - what the latency tier has strictly
 * @order: the order
 * @share: of the link, 0 to 100 hundredths
 * @rate: the link's, bytes a second, 0 where it isn't known
 *
 * The rate only says how much may come at once.
 *
 * Context: Owner's lock.
 */
void weft_order_set_share(struct weft_order *order, u8 share, u64 rate)
{
	u64 depth = div_u64(rate, NSEC_PER_SEC / WEFT_CREDIT_NS) * share /
		    WEFT_PERCENT;
	s64 before = order->depth;

	depth = max3(depth, (u64)WEFT_CREDIT_MIN,
		     (u64)WEFT_CREDIT_PACKETS * order->max_len);
	order->share = share;
	order->depth = share ? depth * WEFT_PERCENT : 0;
	/* A deeper bucket is filled up by what it gained. */
	if (order->depth > before)
		order->credit += order->depth - before;
	order->credit = min(order->credit, order->depth);
}

/**
 * weft_order_set_mtu - the least that a turn is
 * @order: the order
 * @mtu: bytes of a full packet, or of the largest that will be queued
 *
 * Forgets larger packets that were seen.
 *
 * Context: Owner's lock.
 */
void weft_order_set_mtu(struct weft_order *order, u32 mtu)
{
	order->mtu = mtu;
	order->max_len = mtu;
}

/* The later of two tags. */
static u64 weft_tag_later(u64 a, u64 b)
{
	return (s64)(a - b) > 0 ? a : b;
}

static void weft_ring_push(struct weft_order *order, u16 index, u8 ring)
{
	struct weft_order_queue *queue = &order->queue[index];
	struct weft_order_class *class = &order->class[queue->class];
	u16 last = class->last[ring];

	queue->ring = ring;
	queue->next = WEFT_ORDER_NONE;
	queue->prev = last;
	if (last == WEFT_ORDER_NONE)
		class->first[ring] = index;
	else
		order->queue[last].next = index;
	class->last[ring] = index;
	class->flows++;
	if (ring == WEFT_RING_OLD)
		class->old++;
}

static void weft_ring_remove(struct weft_order *order, u16 index)
{
	struct weft_order_queue *queue = &order->queue[index];
	struct weft_order_class *class = &order->class[queue->class];
	u8 ring = queue->ring;

	if (queue->prev == WEFT_ORDER_NONE)
		class->first[ring] = queue->next;
	else
		order->queue[queue->prev].next = queue->next;
	if (queue->next == WEFT_ORDER_NONE)
		class->last[ring] = queue->prev;
	else
		order->queue[queue->next].prev = queue->prev;
	class->flows--;
	if (ring == WEFT_RING_OLD)
		class->old--;
	queue->ring = WEFT_RING_NONE;
}

/* Packets came to @id, or moved to it. */
static void weft_class_add(struct weft_order *order, u8 id, u32 packets,
			   u32 bytes)
{
	struct weft_order_class *class = &order->class[id];
	unsigned int lane;

	if (!class->packets) {
		__set_bit(id, &order->active[class->tier]);
		for (lane = 0; lane < WEFT_LANES; lane++) {
			u64 now = order->vtime[lane];
			u64 lead = class->start[lane] - now;

			/*
			 * A class leads by at most a packet. What is more is
			 * so old that the clock has wrapped since.
			 */
			if (lead > (u64)order->max_len * class->cost)
				class->start[lane] = now;
		}
	}
	class->packets += packets;
	class->bytes += bytes;
}

static void weft_class_sub(struct weft_order *order, u8 id, u32 packets,
			   u32 bytes)
{
	struct weft_order_class *class = &order->class[id];

	class->packets -= packets;
	class->bytes -= bytes;
	if (!class->packets)
		__clear_bit(id, &order->active[class->tier]);
}

/* A flow of another class: its queue moves, with all that waits in it. */
static void weft_queue_move(struct weft_order *order, u16 index, u8 class)
{
	struct weft_order_queue *queue = &order->queue[index];

	weft_ring_remove(order, index);
	weft_class_sub(order, queue->class, queue->packets, queue->bytes);
	queue->class = class;
	weft_class_add(order, class, queue->packets, queue->bytes);
	/* To the end: to change class is no way to the front. */
	queue->deficit = order->max_len;
	weft_ring_push(order, index, WEFT_RING_OLD);
}

static u16 weft_queue_at(unsigned int set, unsigned int way)
{
	return set * WEFT_ORDER_SET + way;
}

/* The shared queue is of the lowest standing that its flows have. */
static u16 weft_find_shared(struct weft_order *order, unsigned int set,
			    u8 class)
{
	u16 index = weft_queue_at(set, WEFT_ORDER_SHARED);
	struct weft_order_queue *queue = &order->queue[index];

	order->shared++;
	if (!queue->packets) {
		queue->class = class;
		weft_codel_init(&queue->codel);
	} else if (order->class[queue->class].tier == WEFT_TIER_LATENCY &&
		   order->class[class].tier == WEFT_TIER_WEIGHTED) {
		weft_queue_move(order, index, class);
	}
	return index;
}

/**
 * weft_order_find - the queue that a packet goes to
 * @order: the order
 * @tag: of its flow
 * @class: its flow's class, which exists
 *
 * If the queue has packets, it is of @class from now on, with all of them.
 *
 * Context: Owner's lock. O(1).
 * Return: number of the queue, for weft_order_add().
 */
u16 weft_order_find(struct weft_order *order, u32 tag, u8 class)
{
	unsigned int hash = (tag ^ order->perturb) * GOLDEN_RATIO_32;
	unsigned int n = order->set_bits ? hash >> (32 - order->set_bits) : 0;
	struct weft_order_set *set = &order->set[n];
	struct weft_order_queue *queue;
	unsigned int same = 0, may, way;

	for (way = 0; way < WEFT_ORDER_WAYS; way++)
		same |= (unsigned int)(set->tag[way] == tag) << way;

	/* Where its packets are, there go all others. */
	if (same & set->busy) {
		u16 index = weft_queue_at(n, __ffs(same & set->busy));

		if (order->queue[index].class != class)
			weft_queue_move(order, index, class);
		return index;
	}

	may = order->class[class].tier == WEFT_TIER_LATENCY ?
		WEFT_WAYS_ALL : WEFT_WAYS_COMMON;
	may &= ~set->busy;
	/* In the shared queue there may be packets of this flow. */
	if (set->busy & BIT(WEFT_ORDER_SHARED) || !may)
		return weft_find_shared(order, n, class);

	way = same & may ? __ffs(same & may) : __ffs(may);
	queue = &order->queue[weft_queue_at(n, way)];
	if (!(same & may)) {
		set->tag[way] = tag;
		weft_codel_init(&queue->codel);
	}
	queue->class = class;
	return weft_queue_at(n, way);
}

/* A queue gets its first packet: to which ring, and with what deficit? */
static void weft_queue_begin(struct weft_order *order, u16 index)
{
	struct weft_order_queue *queue = &order->queue[index];
	struct weft_order_class *class = &order->class[queue->class];

	if (class->old && queue->round == class->round && queue->deficit > 0) {
		weft_ring_push(order, index, WEFT_RING_OLD);
		return;
	}
	queue->deficit = order->max_len;
	weft_ring_push(order, index, WEFT_RING_NEW);
}

static void weft_set_busy(struct weft_order *order, u16 index, bool busy)
{
	u16 bit = BIT(index % WEFT_ORDER_SET);

	if (busy)
		order->set[index / WEFT_ORDER_SET].busy |= bit;
	else
		order->set[index / WEFT_ORDER_SET].busy &= ~bit;
}

/**
 * weft_order_add - a packet was queued
 * @order: the order
 * @index: of weft_order_find()
 * @len: bytes
 *
 * Context: Owner's lock. O(1).
 */
void weft_order_add(struct weft_order *order, u16 index, u32 len)
{
	struct weft_order_queue *queue = &order->queue[index];
	struct weft_order_class *class = &order->class[queue->class];
	const struct weft_order_queue *fattest;

	order->max_len = max(order->max_len, len);
	weft_class_add(order, queue->class, 1, len);
	if (!queue->packets) {
		weft_queue_begin(order, index);
		weft_set_busy(order, index, true);
	}
	queue->packets++;
	queue->bytes += len;
	order->packets++;
	order->bytes += len;

	fattest = class->fattest == WEFT_ORDER_NONE ? NULL :
		  &order->queue[class->fattest];
	if (!fattest || fattest->class != queue->class ||
	    fattest->bytes < queue->bytes)
		class->fattest = index;
}

/* The class of @mask with the least start tag. */
static unsigned int weft_lane_first(const struct weft_order *order,
				    unsigned long mask, u8 lane)
{
	unsigned int id = __ffs(mask), best = id;
	u64 now = order->vtime[lane];
	u64 least = weft_tag_later(order->class[id].start[lane], now);

	while (mask &= mask - 1) {
		u64 tag;

		id = __ffs(mask);
		/* One that was served strictly did not wait meanwhile. */
		tag = weft_tag_later(order->class[id].start[lane], now);
		if ((s64)(tag - least) < 0) {
			least = tag;
			best = id;
		}
	}
	return best;
}

/**
 * weft_order_next - the queue that sends next
 * @order: the order
 *
 * The answer stays the same until something is added, served or dropped.
 *
 * Context: Owner's lock. O(1).
 * Return: number of a queue with packets; WEFT_ORDER_NONE without packets.
 */
u16 weft_order_next(struct weft_order *order)
{
	unsigned long weighted = order->active[WEFT_TIER_WEIGHTED];
	unsigned long latency = order->active[WEFT_TIER_LATENCY];
	const struct weft_order_class *class;

	if (!latency && !weighted)
		return WEFT_ORDER_NONE;

	if (latency && (!weighted || order->credit > 0)) {
		order->lane = WEFT_LANE_STRICT;
		class = &order->class[weft_lane_first(order, latency,
						      WEFT_LANE_STRICT)];
	} else {
		order->lane = WEFT_LANE_SHARED;
		class = &order->class[weft_lane_first(order, latency | weighted,
						      WEFT_LANE_SHARED)];
	}
	if (class->first[WEFT_RING_NEW] != WEFT_ORDER_NONE)
		return class->first[WEFT_RING_NEW];
	return class->first[WEFT_RING_OLD];
}

/* A packet less in a queue that stays on its ring, or leaves it empty. */
static void weft_queue_sub(struct weft_order *order, u16 index, u32 len)
{
	struct weft_order_queue *queue = &order->queue[index];

	order->packets--;
	order->bytes -= len;
	queue->packets--;
	queue->bytes -= len;
	weft_class_sub(order, queue->class, 1, len);
	if (!queue->packets) {
		weft_ring_remove(order, index);
		weft_set_busy(order, index, false);
	}
}

/* A turn on the old ring ended. */
static void weft_class_turn(struct weft_order_class *class)
{
	if (class->turns)
		class->turns--;
	if (!class->turns) {
		class->round++;
		class->turns = class->old;
	}
}

/**
 * weft_order_served - a packet was sent
 * @order: the order
 * @index: of weft_order_next()
 * @len: bytes
 *
 * Context: Owner's lock. O(1).
 */
void weft_order_served(struct weft_order *order, u16 index, u32 len)
{
	struct weft_order_queue *queue = &order->queue[index];
	struct weft_order_class *class = &order->class[queue->class];
	u8 lane = order->lane, ring = queue->ring;

	if (order->active[WEFT_TIER_WEIGHTED]) {
		order->credit += (s64)len * order->share;
		if (lane == WEFT_LANE_STRICT)
			order->credit -= (s64)len * WEFT_PERCENT;
		else if (class->tier == WEFT_TIER_LATENCY)
			order->excess += len;
		order->credit = min(order->credit, order->depth);
	}

	order->vtime[lane] = weft_tag_later(class->start[lane],
					    order->vtime[lane]);
	class->start[lane] = order->vtime[lane] + (u64)len * class->cost;

	weft_queue_sub(order, index, len);
	queue->deficit -= len;
	if (queue->deficit <= 0) {
		/*
		 * One turn makes up for one packet. It may not only where the
		 * largest packet was forgotten while it was queued.
		 */
		queue->deficit = max_t(s32, queue->deficit + order->max_len, 1);
		if (queue->packets) {
			weft_ring_remove(order, index);
			weft_ring_push(order, index, WEFT_RING_OLD);
		}
	} else if (queue->packets) {
		return;
	}
	if (ring == WEFT_RING_OLD)
		weft_class_turn(class);
	queue->round = class->round;
}

/**
 * weft_order_dropped - a packet was taken out without being sent
 * @order: the order
 * @index: its queue
 * @len: bytes
 *
 * Context: Owner's lock. O(1).
 */
void weft_order_dropped(struct weft_order *order, u16 index, u32 len)
{
	weft_queue_sub(order, index, len);
}

/**
 * weft_order_victim - the queue that loses packets when there are too many
 * @order: the order
 *
 * The longest of the lowest class that has any, as far as can be known without
 * a search: the longest among those that got a packet since it did.
 *
 * Context: Owner's lock. O(1).
 * Return: number of a queue with packets; WEFT_ORDER_NONE without packets.
 */
u16 weft_order_victim(const struct weft_order *order)
{
	unsigned int i;

	for (i = 0; i < order->n_drop; i++) {
		const struct weft_order_class *class;
		u8 id = order->drop[i];

		class = &order->class[id];
		if (!class->packets)
			continue;
		if (class->fattest != WEFT_ORDER_NONE &&
		    order->queue[class->fattest].class == id &&
		    order->queue[class->fattest].packets)
			return class->fattest;
		if (class->first[WEFT_RING_OLD] != WEFT_ORDER_NONE)
			return class->first[WEFT_RING_OLD];
		return class->first[WEFT_RING_NEW];
	}
	return WEFT_ORDER_NONE;
}
