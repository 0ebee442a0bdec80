// SPDX-License-Identifier: GPL-2.0
/*
 * The order of service against a model: packets are numbered by flow, queues
 * are plain lists here, and what order.c says is checked at each step.
 */
#include <linux/kernel.h>
#include <linux/slab.h>

#include "ktap.h"
#include "mock.h"
#include "order.h"

#define MTU	1514

struct packet {
	struct packet	*next;
	u32		tag;
	u32		seq;
	u32		len;
	u8		class;
};

/* A qdisc of its simplest form, and what it has seen. */
struct model {
	struct weft_order	order;
	void			*memory;
	u32			flows;
	struct packet		*head[WEFT_ORDER_FLOWS_MAX / 8 * 9];
	struct packet		*tail[WEFT_ORDER_FLOWS_MAX / 8 * 9];
	u32			sent_seq[1 << 16];
	u32			next_seq[1 << 16];
	u64			bytes;
	u32			packets;
	u64			sent[WEFT_CLASS_MAX + 1];
};

static struct model m;

static void model_init(u32 flows)
{
	u32 id;

	m.flows = weft_order_flows(flows);
	m.memory = kvzalloc(weft_order_memory(m.flows), GFP_KERNEL);
	weft_order_init(&m.order, m.memory, m.flows, 12345);
	weft_order_set_mtu(&m.order, MTU);
	for (id = 1; id < WEFT_CLASS_SHIPPED_END; id++) {
		const struct weft_class *class = weft_class_find(id);

		weft_order_set_class(&m.order, id, class->tier, class->weight);
	}
	weft_order_set_share(&m.order, 20, 0);
}

static u16 model_add(u32 tag, u8 class, u32 len)
{
	struct packet *p = kzalloc(sizeof(*p), GFP_KERNEL);
	u16 i = weft_order_find(&m.order, tag, class);

	ASSERT(i < weft_order_queues(m.flows));
	p->tag = tag;
	p->len = len;
	p->class = class;
	p->seq = m.next_seq[tag & 0xffff]++;
	if (m.head[i])
		m.tail[i]->next = p;
	else
		m.head[i] = p;
	m.tail[i] = p;
	weft_order_add(&m.order, i, len);
	m.bytes += len;
	m.packets++;
	return i;
}

static struct packet *model_pop(u16 i)
{
	struct packet *p = m.head[i];

	ASSERT(p);
	m.head[i] = p->next;
	m.bytes -= p->len;
	m.packets--;
	return p;
}

/* Sends one packet; returns its class, its tag and length if asked for. */
static u8 model_send(u32 *tag, u32 *len)
{
	u16 i = weft_order_next(&m.order);
	struct packet *p;
	u8 class;

	ASSERT(i != WEFT_ORDER_NONE);
	EXPECT_EQ(weft_order_next(&m.order), i);
	class = m.order.queue[i].class;
	p = model_pop(i);
	/* A flow's packets leave as they came. */
	EXPECT_EQ(p->seq, m.sent_seq[p->tag & 0xffff]);
	m.sent_seq[p->tag & 0xffff] = p->seq + 1;
	m.sent[class] += p->len;
	weft_order_served(&m.order, i, p->len);
	if (tag)
		*tag = p->tag;
	if (len)
		*len = p->len;
	kfree(p);
	return class;
}

static void model_drop(void)
{
	u16 i = weft_order_victim(&m.order);
	struct packet *p;

	ASSERT(i != WEFT_ORDER_NONE);
	p = model_pop(i);
	EXPECT_GE(p->seq, m.sent_seq[p->tag & 0xffff]);
	m.sent_seq[p->tag & 0xffff] = p->seq + 1;
	weft_order_dropped(&m.order, i, p->len);
	kfree(p);
}

/* All that can be known from outside about counts. */
static void model_check(void)
{
	u32 packets = 0, flows = 0, id, i;
	u64 bytes = 0;

	EXPECT_EQ(m.order.packets, m.packets);
	EXPECT_EQ(m.order.bytes, m.bytes);
	for (id = 1; id <= WEFT_CLASS_MAX; id++) {
		const struct weft_order_class *class = &m.order.class[id];
		bool active = m.order.active[class->tier] & BIT(id);

		packets += class->packets;
		bytes += class->bytes;
		flows += class->flows;
		EXPECT_EQ(active, class->packets != 0);
		EXPECT_EQ(class->flows != 0, class->packets != 0);
		EXPECT_LE(class->old, class->flows);
	}
	EXPECT_EQ(packets, m.packets);
	EXPECT_EQ(bytes, m.bytes);
	for (i = 0; i < weft_order_queues(m.flows); i++) {
		const struct weft_order_queue *queue = &m.order.queue[i];

		EXPECT_EQ(queue->packets != 0, !!m.head[i]);
		EXPECT_EQ(queue->packets != 0, queue->ring != WEFT_RING_NONE);
		if (queue->packets) {
			EXPECT_GT(queue->deficit, 0);
			flows--;
		}
	}
	EXPECT_EQ(flows, 0);
}

static void model_exit(void)
{
	while (m.packets)
		model_send(NULL, NULL);
	model_check();
	EXPECT_EQ(weft_order_next(&m.order), WEFT_ORDER_NONE);
	EXPECT_EQ(weft_order_victim(&m.order), WEFT_ORDER_NONE);
	kvfree(m.memory);
}

static u32 rnd(u32 n)
{
	return mock_random() % n;
}

static u32 rnd_len(void)
{
	return rnd(4) ? 60 + rnd(MTU - 60) : MTU;
}

TEST(weft_order_flows__next_power_of_two)
{
	EXPECT_EQ(weft_order_flows(1), 8);
	EXPECT_EQ(weft_order_flows(8), 8);
	EXPECT_EQ(weft_order_flows(9), 16);
	EXPECT_EQ(weft_order_flows(1024), 1024);
	EXPECT_EQ(weft_order_flows(100000), 32768);
	EXPECT_EQ(weft_order_queues(1024), 1152);
	EXPECT_LT(weft_order_queues(WEFT_ORDER_FLOWS_MAX), WEFT_ORDER_NONE);
}

TEST(weft_order_next__empty)
{
	model_init(64);
	EXPECT_EQ(weft_order_next(&m.order), WEFT_ORDER_NONE);
	EXPECT_EQ(weft_order_victim(&m.order), WEFT_ORDER_NONE);
	model_exit();
}

/* Anything at all, with few queues so that they are shared all the time. */
static void random_operations(u32 flows, u32 tags, u32 steps)
{
	u8 class_of[256];
	u32 i;

	ASSERT(tags <= ARRAY_SIZE(class_of));
	model_init(flows);
	for (i = 0; i < tags; i++)
		class_of[i] = 1 + rnd(WEFT_CLASS_SHIPPED_END - 1);

	for (i = 0; i < steps; i++) {
		u32 tag = rnd(tags);

		switch (rnd(16)) {
		case 0 ... 6:
			model_add(tag, class_of[tag], rnd_len());
			break;
		case 7 ... 12:
			if (m.packets)
				model_send(NULL, NULL);
			break;
		case 13:
			if (m.packets)
				model_drop();
			break;
		case 14:
			class_of[tag] = 1 + rnd(WEFT_CLASS_SHIPPED_END - 1);
			break;
		case 15:
			switch (rnd(64)) {
			case 0:
				weft_order_set_share(&m.order, rnd(101),
						     rnd(1 << 30));
				break;
			case 1:
				weft_order_set_class(&m.order, 3 + rnd(7),
						     WEFT_TIER_WEIGHTED,
						     1 + rnd(1000));
				break;
			case 2:
				weft_order_set_mtu(&m.order, 60 + rnd(MTU));
				break;
			case 3:
				while (m.packets)
					model_send(NULL, NULL);
				break;
			}
			break;
		}
		if (!rnd(64))
			model_check();
	}
	model_exit();
}

TEST(weft_order__random_operations_few_queues)
{
	random_operations(8, 40, 200000);
}

TEST(weft_order__random_operations_some_queues)
{
	random_operations(32, 200, 200000);
}

TEST(weft_order__random_operations_enough_queues)
{
	random_operations(512, 100, 100000);
}

TEST(weft_order_reset__nothing_left)
{
	u32 i;

	model_init(64);
	for (i = 0; i < 500; i++)
		model_add(rnd(100), 1 + rnd(9), rnd_len());
	for (i = 0; i < weft_order_queues(m.flows); i++) {
		while (m.head[i])
			kfree(model_pop(i));
	}
	weft_order_reset(&m.order);
	memset(m.next_seq, 0, sizeof(m.next_seq));
	model_check();
	EXPECT_EQ(weft_order_next(&m.order), WEFT_ORDER_NONE);
	for (i = 0; i < 500; i++)
		model_add(rnd(100), 1 + rnd(9), rnd_len());
	model_exit();
}

TEST(weft_order_find__own_queue_while_there_is_room)
{
	u16 of[16];
	u32 a, b;

	model_init(1024);
	for (a = 0; a < ARRAY_SIZE(of); a++) {
		of[a] = model_add(a, WEFT_CLASS_OTHER, MTU);
		for (b = 0; b < a; b++)
			EXPECT_NE(of[a], of[b]);
		EXPECT_EQ(model_add(a, WEFT_CLASS_OTHER, MTU), of[a]);
	}
	EXPECT_EQ(m.order.shared, 0);
	model_exit();
}

TEST(weft_order_find__latency_has_ways_of_its_own)
{
	u16 bulk, token;
	u32 i;

	/* One set: eight ways and the shared queue. */
	model_init(8);
	for (i = 0; i < 100; i++)
		bulk = model_add(i, WEFT_CLASS_OTHER, MTU);
	EXPECT_EQ(bulk, WEFT_ORDER_SHARED);
	EXPECT_EQ(m.order.class[WEFT_CLASS_OTHER].flows,
		  WEFT_ORDER_WAYS - WEFT_ORDER_RESERVED + 1);
	while (m.order.queue[WEFT_ORDER_SHARED].packets)
		model_send(NULL, NULL);
	for (; i < 106; i++)
		model_add(i, WEFT_CLASS_OTHER, MTU);
	while (m.order.queue[WEFT_ORDER_SHARED].packets)
		model_send(NULL, NULL);
	token = model_add(1000, WEFT_CLASS_TOKEN, 100);
	EXPECT_NE(token, WEFT_ORDER_SHARED);
	EXPECT_EQ(model_send(NULL, NULL), WEFT_CLASS_TOKEN);
	model_exit();
}

TEST(weft_order_find__shared_queue_sinks_to_the_weighted_class)
{
	u32 i;

	model_init(8);
	for (i = 0; i < 9; i++)
		model_add(i, WEFT_CLASS_TOKEN, 100);
	EXPECT_EQ(m.order.queue[WEFT_ORDER_SHARED].class, WEFT_CLASS_TOKEN);
	EXPECT_EQ(model_add(100, WEFT_CLASS_DATASET, 100), WEFT_ORDER_SHARED);
	EXPECT_EQ(m.order.queue[WEFT_ORDER_SHARED].class, WEFT_CLASS_DATASET);
	EXPECT_EQ(model_add(101, WEFT_CLASS_CONTROL, 100), WEFT_ORDER_SHARED);
	EXPECT_EQ(m.order.queue[WEFT_ORDER_SHARED].class, WEFT_CLASS_DATASET);
	model_check();
	model_exit();
}

TEST(weft_order_find__nobody_leaves_the_shared_queue_early)
{
	u32 i;

	model_init(8);
	for (i = 0; i < 7; i++)
		model_add(i, WEFT_CLASS_OTHER, MTU);
	EXPECT_EQ(model_add(6, WEFT_CLASS_OTHER, MTU), WEFT_ORDER_SHARED);
	/* A way gets free, the flow still has packets in the shared queue. */
	while (m.order.queue[0].packets)
		model_send(NULL, NULL);
	if (m.order.queue[WEFT_ORDER_SHARED].packets)
		EXPECT_EQ(model_add(6, WEFT_CLASS_OTHER, MTU),
			  WEFT_ORDER_SHARED);
	model_exit();
}

TEST(weft_order_find__new_class_takes_the_whole_queue_along)
{
	u16 i;

	model_init(64);
	i = model_add(1, WEFT_CLASS_CHECKPOINT, MTU);
	model_add(1, WEFT_CLASS_CHECKPOINT, MTU);
	model_add(2, WEFT_CLASS_CHECKPOINT, MTU);
	EXPECT_EQ(model_add(1, WEFT_CLASS_TOKEN, 60), i);
	EXPECT_EQ(m.order.class[WEFT_CLASS_TOKEN].packets, 3);
	EXPECT_EQ(m.order.class[WEFT_CLASS_TOKEN].bytes, 2 * MTU + 60);
	EXPECT_EQ(m.order.class[WEFT_CLASS_CHECKPOINT].packets, 1);
	EXPECT_EQ(model_send(NULL, NULL), WEFT_CLASS_TOKEN);
	EXPECT_EQ(model_send(NULL, NULL), WEFT_CLASS_TOKEN);
	EXPECT_EQ(model_send(NULL, NULL), WEFT_CLASS_TOKEN);
	EXPECT_EQ(model_send(NULL, NULL), WEFT_CLASS_CHECKPOINT);
	model_exit();
}

static u64 sent_total(void)
{
	u64 sum = 0;
	u32 id;

	for (id = 1; id <= WEFT_CLASS_MAX; id++)
		sum += m.sent[id];
	return sum;
}

/* Sends @total bytes with all classes of @mask always waiting. */
static void saturate(unsigned long mask, u32 flows, u64 total,
		     u32 (*len)(void))
{
	u32 id, f;

	memset(m.sent, 0, sizeof(m.sent));
	for (id = 1; id <= WEFT_CLASS_MAX; id++) {
		for (f = 0; mask & BIT(id) && f < 4 * flows; f++)
			model_add(id * 100 + f % flows, id, len());
	}
	while (sent_total() < total) {
		u32 tag;
		u8 class = model_send(&tag, NULL);

		model_add(tag, class, len());
	}
}

#define EXPECT_WITHIN(value, wanted, percent)				\
	({								\
		u64 _v = (value), _w = (wanted), _p = (percent);	\
									\
		EXPECT_GE(_v * 100, _w * (100 - _p));			\
		EXPECT_LE(_v * 100, _w * (100 + _p));			\
	})

static u32 len_large(void)
{
	return rnd(3) ? 65226 : 60;
}

static void weights_hold(u32 (*len)(void), u64 total)
{
	unsigned long mask = 0;
	u32 id, sum = 0;

	model_init(1024);
	for (id = WEFT_CLASS_ACTIVATION; id <= WEFT_CLASS_OTHER; id++) {
		mask |= BIT(id);
		sum += weft_class_find(id)->weight;
	}
	saturate(mask, 3, total, len);
	for (id = WEFT_CLASS_ACTIVATION; id <= WEFT_CLASS_OTHER; id++)
		EXPECT_WITHIN(m.sent[id],
			      sent_total() * weft_class_find(id)->weight / sum,
			      5);
	model_exit();
}

TEST(weft_order_served__weights_with_segments)
{
	weights_hold(rnd_len, 20000000);
}

TEST(weft_order_served__weights_with_gso_packets)
{
	weights_hold(len_large, 2000000000ULL);
}

TEST(weft_order_served__weights_far_apart)
{
	model_init(64);
	weft_order_set_class(&m.order, 5, WEFT_TIER_WEIGHTED, 1);
	weft_order_set_class(&m.order, 6, WEFT_TIER_WEIGHTED, 1000);
	saturate(BIT(5) | BIT(6), 1, 400000000, rnd_len);
	EXPECT_WITHIN(m.sent[5], sent_total() / 1001, 5);
	model_exit();
}

TEST(weft_order_served__a_class_waits_for_a_packet_of_each_other)
{
	u32 sent = 0, i;

	model_init(1024);
	for (i = 0; i < 100; i++) {
		model_add(1, WEFT_CLASS_GRADIENT, MTU);
		model_add(2, WEFT_CLASS_ACTIVATION, MTU);
		model_add(3, WEFT_CLASS_KVCACHE, MTU);
	}
	for (i = 0; i < 60; i++)
		model_send(NULL, NULL);
	model_add(4, WEFT_CLASS_OTHER, MTU);
	while (model_send(NULL, NULL) != WEFT_CLASS_OTHER)
		sent++;
	EXPECT_LE(sent, 4);
	model_exit();
}

TEST(weft_order_served__who_was_away_has_saved_nothing)
{
	u32 i, tag, len;

	model_init(64);
	saturate(BIT(WEFT_CLASS_GRADIENT), 1, 10000000, rnd_len);
	for (i = 0; i < 100; i++)
		model_add(2, WEFT_CLASS_KVCACHE, MTU);
	memset(m.sent, 0, sizeof(m.sent));
	for (i = 0; i < 100; i++) {
		u8 class = model_send(&tag, &len);

		model_add(tag, class, MTU);
	}
	EXPECT_WITHIN(m.sent[WEFT_CLASS_KVCACHE], sent_total() / 2, 10);
	model_exit();
}

/* A class's tags of a time that the clock cannot tell from the future. */
TEST(weft_order_add__tags_from_before_a_wrap)
{
	u64 now = U64_MAX - 1000;
	u32 i;

	model_init(64);
	m.order.vtime[WEFT_LANE_SHARED] = now;
	m.order.class[WEFT_CLASS_GRADIENT].start[WEFT_LANE_SHARED] = now;
	/* seems to be half a clock ahead */
	m.order.class[WEFT_CLASS_KVCACHE].start[WEFT_LANE_SHARED] =
		now + (1ULL << 62);
	/* seems to be behind */
	m.order.class[WEFT_CLASS_DATASET].start[WEFT_LANE_SHARED] = now - 1;
	for (i = 0; i < 400; i++) {
		model_add(1, WEFT_CLASS_GRADIENT, MTU);
		model_add(2, WEFT_CLASS_KVCACHE, MTU);
		model_add(3, WEFT_CLASS_DATASET, MTU);
	}
	for (i = 0; i < 400; i++)
		model_send(NULL, NULL);
	/* Weights 16, 16 and 4: nobody is ahead, nobody behind. */
	EXPECT_WITHIN(m.sent[WEFT_CLASS_GRADIENT], sent_total() * 16 / 36, 5);
	EXPECT_WITHIN(m.sent[WEFT_CLASS_KVCACHE], sent_total() * 16 / 36, 5);
	EXPECT_WITHIN(m.sent[WEFT_CLASS_DATASET], sent_total() * 4 / 36, 5);
	model_exit();
}

TEST(weft_order_next__latency_first_within_its_share)
{
	u32 i;

	model_init(1024);
	for (i = 0; i < 1000; i++)
		model_add(i % 32, WEFT_CLASS_OTHER, MTU);
	for (i = 0; i < 20000; i++) {
		u32 tag;
		u8 class;

		/* A tenth of the bytes. */
		if (i % 10 == 0) {
			model_add(1000, WEFT_CLASS_TOKEN, MTU);
			EXPECT_EQ(model_send(&tag, NULL), WEFT_CLASS_TOKEN);
			continue;
		}
		class = model_send(&tag, NULL);
		EXPECT_EQ(class, WEFT_CLASS_OTHER);
		model_add(tag, class, MTU);
	}
	EXPECT_EQ(m.order.excess, 0);
	model_exit();
}

/* Both tiers always have packets: the share strictly, and the rest by weight. */
static void share_holds(u32 share)
{
	u64 total = 50000000, latency, rest, want;
	u32 weights = 16 + 16 + 16;	/* token, gradient, kvcache */

	model_init(64);
	weft_order_set_share(&m.order, share, 0);
	saturate(BIT(WEFT_CLASS_TOKEN) | BIT(WEFT_CLASS_GRADIENT) |
		 BIT(WEFT_CLASS_KVCACHE), 2, total, rnd_len);
	total = sent_total();
	latency = m.sent[WEFT_CLASS_TOKEN];
	rest = total * (100 - share) / 100;
	want = total - rest + rest * 16 / weights;
	EXPECT_WITHIN(latency, want, 5);
	EXPECT_WITHIN(latency - m.order.excess + m.order.depth / 100 + MTU,
		      total * share / 100 + m.order.depth / 100 + MTU, 1);
	EXPECT_WITHIN(m.sent[WEFT_CLASS_GRADIENT] + 10000,
		      m.sent[WEFT_CLASS_KVCACHE] + 10000, 5);
	model_exit();
}

TEST(weft_order_next__share_0)
{
	share_holds(0);
}

TEST(weft_order_next__share_20)
{
	share_holds(20);
}

TEST(weft_order_next__share_75)
{
	share_holds(75);
}

TEST(weft_order_next__share_100)
{
	share_holds(100);
}

/* At no time more than the depth on top of the share. */
TEST(weft_order_next__share_over_any_time)
{
	s64 lead = 0, least = 0;
	u32 i, tag, len;

	model_init(64);
	weft_order_set_share(&m.order, 20, 12500000);
	for (i = 0; i < 200; i++) {
		model_add(1, WEFT_CLASS_CONTROL, rnd_len());
		model_add(2, WEFT_CLASS_OTHER, rnd_len());
	}
	for (i = 0; i < 100000; i++) {
		u8 class = model_send(&tag, &len);
		bool strict = m.order.lane == WEFT_LANE_STRICT;

		lead += (strict ? 80 : -20) * (s64)len;
		least = min(least, lead);
		EXPECT_LE(lead - least, m.order.depth + 80 * MTU);
		/* The tier comes and goes. */
		if (class != WEFT_CLASS_CONTROL || rnd(1000))
			model_add(tag, class, rnd_len());
		if (!rnd(2000))
			model_add(1, WEFT_CLASS_CONTROL, rnd_len());
	}
	model_exit();
}

TEST(weft_order_next__latency_alone_costs_nothing)
{
	u32 i;

	model_init(64);
	saturate(BIT(WEFT_CLASS_TOKEN) | BIT(WEFT_CLASS_CONTROL), 2, 10000000,
		 rnd_len);
	EXPECT_EQ(m.order.credit, m.order.depth);
	EXPECT_WITHIN(m.sent[WEFT_CLASS_TOKEN], sent_total() / 2, 5);
	/* And now that somebody waits, it still has its share. */
	for (i = 0; i < 10; i++)
		model_add(900, WEFT_CLASS_GRADIENT, MTU);
	for (i = 0; i < 10; i++)
		EXPECT_LE(model_send(NULL, NULL), WEFT_CLASS_TOKEN);
	model_exit();
}

TEST(weft_order_served__flows_take_turns_by_bytes)
{
	u64 sent[8] = {};
	u32 i, tag, len;

	model_init(1024);
	/* Each flow has packets of its own size. */
	for (i = 0; i < 80; i++)
		model_add(i % 8, WEFT_CLASS_GRADIENT, 100 + 200 * (i % 8));
	for (i = 0; i < 200000; i++) {
		model_send(&tag, &len);
		sent[tag] += len;
		model_add(tag, WEFT_CLASS_GRADIENT, len);
	}
	for (i = 1; i < 8; i++)
		EXPECT_WITHIN(sent[i], sent[0], 2);
	model_exit();
}

TEST(weft_order_next__who_was_away_has_a_turn_at_once)
{
	u32 i, tag;

	model_init(1024);
	for (i = 0; i < 320; i++)
		model_add(i % 32, WEFT_CLASS_OTHER, MTU);
	/* Until all are in turn. */
	for (i = 0; i < 64; i++)
		model_send(NULL, NULL);
	model_add(100, WEFT_CLASS_OTHER, 200);
	model_send(&tag, NULL);
	EXPECT_EQ(tag, 100);
	model_exit();
}

TEST(weft_order_next__one_packet_at_a_time_is_no_way_to_the_front)
{
	u64 sent[2] = {};
	u32 i, tag, len;

	model_init(1024);
	for (i = 0; i < 100; i++)
		model_add(1, WEFT_CLASS_OTHER, MTU);
	model_add(0, WEFT_CLASS_OTHER, MTU);
	for (i = 0; i < 10000; i++) {
		model_send(&tag, &len);
		sent[tag] += len;
		model_add(tag, WEFT_CLASS_OTHER, len);
	}
	EXPECT_WITHIN(sent[0], sent[1], 5);
	model_exit();
}

TEST(weft_order_next__no_flow_waits_forever)
{
	u32 last[64] = {}, i, tag;

	model_init(1024);
	for (i = 0; i < 640; i++)
		model_add(i % 64, WEFT_CLASS_OTHER, rnd_len());
	for (i = 1; i < 50000; i++) {
		/* And some that come and go all the time. */
		if (i % 3 == 0)
			model_add(1000 + rnd(5), WEFT_CLASS_OTHER, MTU);
		model_send(&tag, NULL);
		if (tag >= 64)
			continue;
		model_add(tag, WEFT_CLASS_OTHER, rnd_len());
		/* Turns of MTU bytes, packets of at least 60. */
		EXPECT_LE(i - last[tag], 64 * 26 * 2);
		last[tag] = i;
	}
	model_exit();
}

TEST(weft_order_victim__lowest_class_longest_queue)
{
	u16 big;
	u32 i;

	model_init(1024);
	for (i = 0; i < 50; i++) {
		model_add(1, WEFT_CLASS_TOKEN, MTU);
		model_add(2, WEFT_CLASS_GRADIENT, MTU);
		model_add(3, WEFT_CLASS_OTHER, MTU);
	}
	model_add(4, WEFT_CLASS_CHECKPOINT, MTU);
	model_add(5, WEFT_CLASS_CHECKPOINT, MTU);
	big = model_add(5, WEFT_CLASS_CHECKPOINT, MTU);
	model_add(6, WEFT_CLASS_CHECKPOINT, MTU);
	EXPECT_EQ(weft_order_victim(&m.order), big);
	for (i = 0; i < 4; i++) {
		u16 v = weft_order_victim(&m.order);

		EXPECT_EQ(m.order.queue[v].class, WEFT_CLASS_CHECKPOINT);
		model_drop();
	}
	for (i = 0; i < 50; i++) {
		u16 v = weft_order_victim(&m.order);

		EXPECT_EQ(m.order.queue[v].class, WEFT_CLASS_OTHER);
		model_drop();
	}
	for (i = 0; i < 50; i++)
		model_drop();
	EXPECT_EQ(m.order.class[WEFT_CLASS_GRADIENT].packets, 0);
	EXPECT_EQ(m.order.class[WEFT_CLASS_TOKEN].packets, 50);
	model_exit();
}

TEST(weft_order_victim__longest_one_went_elsewhere)
{
	u16 other, big;
	u32 i;

	model_init(1024);
	other = model_add(1, WEFT_CLASS_DATASET, MTU);
	for (i = 0; i < 10; i++)
		big = model_add(2, WEFT_CLASS_DATASET, MTU);
	EXPECT_EQ(weft_order_victim(&m.order), big);
	model_add(2, WEFT_CLASS_GRADIENT, MTU);
	EXPECT_EQ(weft_order_victim(&m.order), other);
	model_exit();
}

TEST(weft_order_set_class__drop_order_follows_weights)
{
	u16 v;

	model_init(64);
	model_add(1, WEFT_CLASS_CHECKPOINT, MTU);
	model_add(2, WEFT_CLASS_GRADIENT, MTU);
	weft_order_set_class(&m.order, WEFT_CLASS_CHECKPOINT,
			     WEFT_TIER_WEIGHTED, 100);
	v = weft_order_victim(&m.order);
	EXPECT_EQ(m.order.queue[v].class, WEFT_CLASS_GRADIENT);
	weft_order_set_class(&m.order, WEFT_CLASS_CHECKPOINT,
			     WEFT_TIER_WEIGHTED, 1);
	v = weft_order_victim(&m.order);
	EXPECT_EQ(m.order.queue[v].class, WEFT_CLASS_CHECKPOINT);
	EXPECT_EQ(m.order.n_drop, WEFT_CLASS_SHIPPED_END - 1);
	model_exit();
}
