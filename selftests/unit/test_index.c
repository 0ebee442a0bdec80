// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <time.h>

#include "class.h"
#include "classify.h"
#include "config.h"
#include "index.h"
#include "ktap.h"
#include "mock.h"
#include "packet.h"

#define RULES_MAX	10000

static struct weft_rule rules[RULES_MAX];
static struct weft_item *items[RULES_MAX];

static u32 pick(u32 n) { return mock_random_below(n); }
static bool chance(u32 percent) { return pick(100) < percent; }

/* Few values of each kind, so that many rules match the same flow. */
static struct in6_addr some_addr(void)
{
	struct in6_addr addr = chance(80) ? addr4("10.0.0.0") :
					    addr6("2001:db8::");

	addr.s6_addr[13] = pick(2);
	addr.s6_addr[14] = pick(3) * 0x55;
	addr.s6_addr[15] = pick(4) * 0x41;
	return addr;
}

static void cut_prefix(struct in6_addr *addr, u8 len)
{
	u32 bit;

	for (bit = len; bit < 128; bit++)
		addr->s6_addr[bit / 8] &= ~(0x80 >> bit % 8);
}

static u8 some_prefix(struct in6_addr *addr)
{
	static const u8 lens[] = { 96, 104, 112, 117, 120, 126, 128, 128 };
	u8 len = lens[pick(ARRAY_SIZE(lens))];

	*addr = some_addr();
	if (chance(90))		/* what lies behind the length does not count */
		cut_prefix(addr, len);
	return len;
}

static u16 some_port(void)
{
	static const u16 ports[] = { 0, 1, 22, 80, 443, 8000, 8001, 65534, 65535 };

	return chance(50) ? ports[pick(ARRAY_SIZE(ports))] : pick(65536);
}

static void some_ports(struct weft_selector *sel)
{
	sel->port_min = some_port() ?: 1;
	sel->port_max = sel->port_min;
	if (chance(50))
		sel->port_max = some_port() ?: 1;
	if (sel->port_min > sel->port_max)
		swap(sel->port_min, sel->port_max);
}

static void some_rule(struct weft_rule *rule, u32 id)
{
	static const u32 masks[] = { U32_MAX, 0xff, 0xff00 };
	struct weft_selector *sel = &rule->item.sel;

	memset(rule, 0, sizeof(*rule));
	rule->item.id = id;
	rule->item.priority = 1000;
	if (chance(40))
		sel->remote_len = some_prefix(&sel->remote);
	if (chance(20))
		sel->local_len = some_prefix(&sel->local);
	if (chance(60))
		sel->proto = chance(70) ? IPPROTO_TCP : IPPROTO_UDP;
	if (chance(60))
		some_ports(sel);
	if (chance(15))
		sel->attach = 1 + pick(3);
	if (chance(15)) {
		sel->mark_mask = masks[pick(ARRAY_SIZE(masks))];
		sel->mark = pick(0x300) & sel->mark_mask;
	}
	if (chance(15)) {
		sel->has_dscp = true;
		sel->dscp = pick(3);
	}
	if (chance(20)) {
		sel->cgroup_level = pick(4);
		sel->cgroup = 1 + sel->cgroup_level * 10 + pick(2);
		sel->cgroup_below = chance(30);
	}
}

struct flow {
	struct weft_view view;
	struct in6_addr local, remote;
	u64 cgroups[5];
};

static void some_flow(struct flow *flow)
{
	struct weft_view *view = &flow->view;
	u32 i;

	flow->local = some_addr();
	flow->remote = some_addr();
	*view = (struct weft_view) {
		.local = &flow->local,
		.remote = &flow->remote,
		.local_port = some_port(),
		.remote_port = some_port(),
		.proto = chance(70) ? IPPROTO_TCP : IPPROTO_UDP,
		.attach = pick(4),
		.mark = chance(50) ? pick(0x300) : 0,
		.dscp = pick(4),
		.cgroups = flow->cgroups,
		.n_cgroups = pick(ARRAY_SIZE(flow->cgroups) + 1),
	};
	for (i = 0; i < ARRAY_SIZE(flow->cgroups); i++)
		flow->cgroups[i] = 1 + i * 10 + pick(2);
}

/* The plain walk: what the index must find. */
static struct weft_item *walk(struct weft_item *const *list, u32 n,
			      const struct weft_view *view)
{
	u32 i;

	for (i = 0; i < n; i++) {
		const struct weft_selector *sel = &list[i]->sel;

		if ((weft_select_port(sel, view->remote_port) ||
		     weft_select_port(sel, view->local_port)) &&
		    weft_select(sel, view))
			return list[i];
	}
	return NULL;
}

/* As many as the index takes of such rules: they may be of too many shapes. */
static struct weft_index *build(u32 n)
{
	struct weft_index *index;
	u32 i;

	for (i = 0; i < n; i++)
		items[i] = &rules[i].item;
	index = weft_index_build(items, n, GFP_KERNEL);
	return IS_ERR(index) ? NULL : index;
}

TEST(weft_index__finds_what_the_walk_finds)
{
	u32 round, found = 0, tried = 0, i;
	struct weft_index *index;
	struct flow flow;

	for (round = 0; round < 400; round++) {
		u32 n = 1 + pick(round < 300 ? 40 : 150);

		for (i = 0; i < n; i++)
			some_rule(&rules[i], i + 1);
		index = build(n);
		if (!index)
			continue;
		for (i = 0; i < 200; i++) {
			struct weft_item *want, *got;

			some_flow(&flow);
			want = walk(items, n, &flow.view);
			got = weft_index_find(index, &flow.view);
			EXPECT(got == want);
			found += !!want;
			tried++;
		}
		kvfree(index);
	}
	/* The model must have had something to say, and not always. */
	EXPECT_GE(tried, 60000);
	EXPECT_GE(found, tried / 4);
	EXPECT_LE(found, tried - tried / 20);
}

TEST(weft_index__every_port_of_overlapping_ranges)
{
	struct weft_index *index;
	struct flow flow;
	u32 i, port;

	memset(rules, 0, 40 * sizeof(rules[0]));
	for (i = 0; i < 40; i++)
		some_ports(&rules[i].item.sel);
	/* the last takes what is left, but for port 0 */
	rules[39].item.sel.port_min = 1;
	rules[39].item.sel.port_max = 65535;
	index = build(40);
	ASSERT(index);
	EXPECT_EQ(index->n_groups, 1);
	some_flow(&flow);
	flow.view.remote_port = 0;
	for (port = 0; port <= 65535; port++) {
		flow.view.local_port = port;
		EXPECT(weft_index_find(index, &flow.view) ==
		       walk(items, 40, &flow.view));
		EXPECT_EQ(!weft_index_find(index, &flow.view), !port);
	}
	kvfree(index);
}

TEST(weft_index__a_better_rule_of_either_port)
{
	struct weft_index *index;
	struct flow flow;

	memset(rules, 0, 2 * sizeof(rules[0]));
	rules[0].item.sel.port_min = rules[0].item.sel.port_max = 80;
	rules[1].item.sel.port_min = rules[1].item.sel.port_max = 90;
	index = build(2);
	ASSERT(index);
	some_flow(&flow);
	flow.view.local_port = 80;
	flow.view.remote_port = 90;
	EXPECT(weft_index_find(index, &flow.view) == items[0]);
	flow.view.local_port = 90;
	flow.view.remote_port = 80;
	EXPECT(weft_index_find(index, &flow.view) == items[0]);
	flow.view.remote_port = 81;
	EXPECT(weft_index_find(index, &flow.view) == items[1]);
	kvfree(index);
}

/* @n rules of as many shapes: prefixes of either end of every length. */
static void of_shapes(u32 n)
{
	u32 i;

	memset(rules, 0, n * sizeof(rules[0]));
	for (i = 0; i < n; i++) {
		rules[i].item.sel.remote_len = i % 128;
		rules[i].item.sel.local_len = i / 128;
	}
}

TEST(weft_index__shapes_are_bounded)
{
	struct weft_index *index;
	u32 i;

	of_shapes(WEFT_INDEX_SHAPES + 1);
	index = build(WEFT_INDEX_SHAPES);
	ASSERT(index);
	EXPECT_EQ(index->n_shapes, WEFT_INDEX_SHAPES);
	EXPECT(weft_index_has_shape(index, &rules[5].item.sel));
	EXPECT(!weft_index_has_shape(index, &rules[WEFT_INDEX_SHAPES].item.sel));
	kvfree(index);
	items[WEFT_INDEX_SHAPES] = &rules[WEFT_INDEX_SHAPES].item;
	index = weft_index_build(items, WEFT_INDEX_SHAPES + 1, GFP_KERNEL);
	EXPECT(IS_ERR(index) && PTR_ERR(index) == -E2BIG);
	/* one more of a shape that is there always fits */
	rules[WEFT_INDEX_SHAPES] = rules[7];
	index = weft_index_build(items, WEFT_INDEX_SHAPES + 1, GFP_KERNEL);
	ASSERT(!IS_ERR(index));
	for (i = 0; i < WEFT_INDEX_SHAPES; i++)
		EXPECT(weft_index_has_shape(index, &rules[i].item.sel));
	kvfree(index);
}

TEST(weft_index__memory_runs_out)
{
	struct weft_index *index;
	u32 fail;

	of_shapes(20);
	for (fail = 0; fail < 2; fail++) {
		mock_alloc_fail = 1 << fail;
		items[0] = &rules[0].item;
		index = weft_index_build(items, 1, GFP_KERNEL);
		EXPECT(IS_ERR(index) && PTR_ERR(index) == -ENOMEM);
	}
}

TEST(weft_classify__recent_rules_and_the_index_are_one_list)
{
	struct weft_config config = {};
	struct weft_index *index;
	u32 round, i;

	for (round = 0; round < 200; round++) {
		u32 n = 2 + pick(60), n_index = 0;
		struct weft_item *list[62], *indexed[62];
		struct flow flow;

		config.n_recent = 0;
		for (i = 0; i < n; i++) {
			some_rule(&rules[i], i + 1);
			rules[i].item.priority = i / 3;
			list[i] = &rules[i].item;
			if (chance(30) && config.n_recent < WEFT_RULES_RECENT_MAX)
				config.recent[config.n_recent++] = list[i];
			else
				indexed[n_index++] = list[i];
		}
		if (!n_index)
			continue;
		index = weft_index_build(indexed, n_index, GFP_KERNEL);
		ASSERT(!IS_ERR(index));
		config.index = index;
		for (i = 0; i < 100; i++) {
			const struct weft_rule *rule;
			struct weft_item *want;

			some_flow(&flow);
			want = walk(list, n, &flow.view);
			rule = weft_classify(&config, &flow.view);
			EXPECT(want ? rule == weft_item_rule(want) : !rule);
		}
		kvfree(index);
	}
}

/*
 * What ten thousand rules look like: the numbers of shapes, groups and spans
 * are what a look-up and the memory depend on.
 */
TEST(weft_index__ten_thousand_prefixes)
{
	struct weft_index *index;
	struct flow flow;
	u32 i;

	memset(rules, 0, sizeof(rules));
	for (i = 0; i < RULES_MAX; i++) {
		struct weft_selector *sel = &rules[i].item.sel;

		sel->proto = IPPROTO_TCP;
		sel->port_min = sel->port_max = 443;
		sel->remote = addr4("10.0.0.0");
		sel->remote.s6_addr[13] = i >> 8;
		sel->remote.s6_addr[14] = i;
		sel->remote_len = 120;
	}
	index = build(RULES_MAX);
	ASSERT(index);
	EXPECT_EQ(index->n_shapes, 1);
	EXPECT_EQ(index->n_groups, RULES_MAX);
	some_flow(&flow);
	flow.view.proto = IPPROTO_TCP;
	flow.view.remote_port = 443;
	flow.remote = addr4("10.39.15.77");	/* 9999 */
	EXPECT(weft_index_find(index, &flow.view) == items[9999]);
	flow.remote = addr4("10.39.16.77");
	EXPECT(!weft_index_find(index, &flow.view));
	kvfree(index);
}

TEST(weft_index__ten_thousand_port_ranges)
{
	struct weft_index *index;
	struct flow flow;
	u32 i;

	memset(rules, 0, sizeof(rules));
	for (i = 0; i < RULES_MAX; i++) {
		rules[i].item.sel.port_min = 1 + 6 * i;
		rules[i].item.sel.port_max = 6 + 6 * i;
	}
	index = build(RULES_MAX);
	ASSERT(index);
	EXPECT_EQ(index->n_groups, 1);
	EXPECT_EQ(index->n_spans, RULES_MAX + 2);
	some_flow(&flow);
	flow.view.local_port = 0;
	for (i = 1; i < 65536; i += 7) {
		flow.view.remote_port = i;
		EXPECT(weft_index_find(index, &flow.view) ==
		       (i <= 60000 ? items[(i - 1) / 6] : NULL));
	}
	kvfree(index);
}
