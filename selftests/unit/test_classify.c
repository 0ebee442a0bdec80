// SPDX-License-Identifier: GPL-2.0
#include "class.h"
#include "classify.h"
#include "config.h"
#include "ktap.h"
#include "mock.h"
#include "packet.h"

/* The flows that a rule or policy is about. */
#define SEL(...)	.item.sel = { __VA_ARGS__ }

/* A flow of a workload at 10.0.0.1 port 40000 to 10.1.2.3 port 443. */
static struct in6_addr local, remote;

static struct weft_view view_tcp(void)
{
	local = addr4("10.0.0.1");
	remote = addr4("10.1.2.3");
	return (struct weft_view) {
		.local = &local,
		.remote = &remote,
		.local_port = 40000,
		.remote_port = 443,
		.proto = IPPROTO_TCP,
		.direction = WEFT_DIRECTION_EGRESS,
		.attach = 7,
	};
}

static const struct weft_rule *classify(struct weft_rule *rules, u32 n,
					struct weft_view view)
{
	struct weft_config config = { .gen = 1, .n_recent = n };
	u32 i;

	ASSERT(n <= ARRAY_SIZE(config.recent));
	for (i = 0; i < n; i++)
		config.recent[i] = &rules[i].item;
	return weft_classify(&config, &view);
}

static bool matches(struct weft_rule rule, struct weft_view view)
{
	rule.class = WEFT_CLASS_KVCACHE;
	return classify(&rule, 1, view) == &rule;
}

TEST(weft_class_find__every_shipped_class)
{
	static const char *const names[] = {
		"control", "token", "activation", "kvcache", "embedding",
		"gradient", "dataset", "checkpoint", "other",
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		const struct weft_class *class = weft_class_find(i + 1);

		ASSERT(class);
		EXPECT_STR(class->name, names[i]);
		EXPECT_GE(class->weight, 1);
		EXPECT_LE(class->weight, 1000);
		EXPECT_EQ(class->tier, i < 2 ? WEFT_TIER_LATENCY :
					       WEFT_TIER_WEIGHTED);
	}
}

TEST(weft_class_find__no_such_number)
{
	EXPECT(!weft_class_find(0));
	EXPECT(!weft_class_find(WEFT_CLASS_SHIPPED_END));
	EXPECT(!weft_class_find(WEFT_CLASS_MAX));
	EXPECT(!weft_class_find(U32_MAX));
}

TEST(weft_prefix_match__every_length)
{
	struct in6_addr prefix = addr6("2001:db8:aaaa:5555:1234:5678:9abc:def0");
	unsigned int len, bit;

	for (len = 0; len <= 128; len++) {
		EXPECT(weft_prefix_match(&prefix, &prefix, len));
		for (bit = 0; bit < 128; bit++) {
			struct in6_addr addr = prefix;

			addr.s6_addr[bit / 8] ^= 0x80 >> bit % 8;
			EXPECT_EQ(weft_prefix_match(&addr, &prefix, len),
				  bit >= len);
		}
	}
}

TEST(weft_prefix_match__ip4_is_not_ip6)
{
	struct in6_addr any4 = addr6("::ffff:0:0"), a4 = addr4("10.0.0.1");
	struct in6_addr a6 = addr6("2001:db8::1"), net = addr4("10.0.0.0");

	EXPECT(weft_prefix_match(&a4, &any4, 96));
	EXPECT(!weft_prefix_match(&a6, &any4, 96));
	EXPECT(weft_prefix_match(&a4, &net, 104));
	EXPECT(!weft_prefix_match(&a6, &net, 104));
	EXPECT(weft_prefix_match(&a6, &any4, 0));
}

static bool port_in(u16 port, u16 min, u16 max)
{
	struct weft_selector sel = { .port_min = min, .port_max = max };

	return weft_select_port(&sel, port);
}

TEST(weft_select_port__bounds)
{
	EXPECT(port_in(0, 0, 0));
	EXPECT(port_in(65535, 0, 0));
	EXPECT(port_in(80, 80, 80));
	EXPECT(!port_in(79, 80, 80));
	EXPECT(!port_in(81, 80, 80));
	EXPECT(port_in(1, 0, 1));
	EXPECT(port_in(0, 0, 1));
	EXPECT(!port_in(2, 0, 1));
	EXPECT(port_in(65535, 65535, 65535));
	EXPECT(!port_in(0, 1, 65535));
}

TEST(weft_classify__no_rules)
{
	EXPECT(!classify(NULL, 0, view_tcp()));
}

TEST(weft_classify__selectors)
{
	struct weft_rule all = {};
	struct weft_view view = view_tcp();

	EXPECT(matches(all, view));
	EXPECT(matches((struct weft_rule) { SEL(.proto = IPPROTO_TCP) }, view));
	EXPECT(!matches((struct weft_rule) { SEL(.proto = IPPROTO_UDP) }, view));
	EXPECT(matches((struct weft_rule) { SEL(.attach = 7) }, view));
	EXPECT(!matches((struct weft_rule) { SEL(.attach = 8) }, view));
	EXPECT(matches((struct weft_rule) { SEL(.remote = addr4("10.1.0.0"),
					    .remote_len = 112) }, view));
	EXPECT(!matches((struct weft_rule) { SEL(.remote = addr4("10.2.0.0"),
					     .remote_len = 112) }, view));
}

TEST(weft_classify__prefix_is_of_the_remote_end)
{
	EXPECT(!matches((struct weft_rule) { SEL(.remote = addr4("10.0.0.1"),
					     .remote_len = 128) }, view_tcp()));
}

TEST(weft_classify__local_prefix)
{
	struct weft_view view = view_tcp();

	EXPECT(matches((struct weft_rule) { SEL(.local = addr4("10.0.0.0"),
					    .local_len = 120) }, view));
	EXPECT(!matches((struct weft_rule) { SEL(.local = addr4("10.1.2.3"),
					     .local_len = 128) }, view));
	EXPECT(!matches((struct weft_rule) { SEL(.local = addr4("10.0.0.0"),
					     .local_len = 120,
					     .remote = addr4("10.0.0.0"),
					     .remote_len = 120) }, view));
}

TEST(weft_classify__mark_under_its_mask)
{
	struct weft_view view = view_tcp();
	struct weft_rule high = { SEL(.mark = 0x100, .mark_mask = 0xff00) };
	struct weft_rule none = { SEL(.mark = 0, .mark_mask = U32_MAX) };

	EXPECT(!matches(high, view));
	EXPECT(matches(none, view));
	view.mark = 0x80000101;
	EXPECT(matches(high, view));
	EXPECT(!matches(none, view));
	view.mark = 0x300;
	EXPECT(!matches(high, view));
}

TEST(weft_classify__dscp)
{
	struct weft_view view = view_tcp();
	struct weft_rule expedited = { SEL(.dscp = 46, .has_dscp = true) };
	struct weft_rule best_effort = { SEL(.dscp = 0, .has_dscp = true) };

	EXPECT(!matches(expedited, view));
	EXPECT(matches(best_effort, view));
	view.dscp = 46;
	EXPECT(matches(expedited, view));
	EXPECT(!matches(best_effort, view));
}

/* The socket is in /a/b: ids 1, 20, 30. */
static const u64 cgroups[] = { 1, 20, 30 };

TEST(weft_classify__cgroup_and_what_is_above_it)
{
	struct weft_rule own = { SEL(.cgroup = 30, .cgroup_level = 2) };
	struct weft_rule parent = { SEL(.cgroup = 20, .cgroup_level = 1) };
	struct weft_rule root = { SEL(.cgroup = 1, .cgroup_level = 0) };
	struct weft_rule child = { SEL(.cgroup = 40, .cgroup_level = 3) };
	struct weft_rule other = { SEL(.cgroup = 21, .cgroup_level = 1) };
	struct weft_view view = view_tcp();

	EXPECT(!matches(root, view));
	view.cgroups = cgroups;
	view.n_cgroups = ARRAY_SIZE(cgroups);
	EXPECT(matches(own, view));
	EXPECT(matches(parent, view));
	EXPECT(matches(root, view));
	EXPECT(!matches(child, view));
	EXPECT(!matches(other, view));
}

TEST(weft_classify__below_a_cgroup)
{
	struct weft_rule parent = { SEL(.cgroup = 20, .cgroup_level = 1,
					.cgroup_below = true) };
	struct weft_rule own = { SEL(.cgroup = 30, .cgroup_level = 2,
				     .cgroup_below = true) };
	struct weft_view view = view_tcp();

	view.cgroups = cgroups;
	view.n_cgroups = ARRAY_SIZE(cgroups);
	EXPECT(matches(parent, view));
	EXPECT(!matches(own, view));
}

TEST(weft_rule_job__where_it_comes_from)
{
	struct weft_rule rule = {
		SEL(.cgroup = 20, .cgroup_level = 1),
		.class = WEFT_CLASS_TOKEN,
	};
	struct weft_view view = view_tcp();

	view.cgroups = cgroups;
	view.n_cgroups = ARRAY_SIZE(cgroups);
	EXPECT_EQ(weft_rule_job(NULL, &view, 5), 5);
	EXPECT_EQ(weft_rule_job(&rule, &view, 5), 5);
	rule.job = 9;
	EXPECT_EQ(weft_rule_job(&rule, &view, 5), 9);
	rule.job = 0;
	rule.job_from = WEFT_JOB_FROM_PORT;
	EXPECT_EQ(weft_rule_job(&rule, &view, 5), 5);
	EXPECT_EQ(weft_rule_job(&rule, &view, 0), 0);
	rule.job_from = WEFT_JOB_FROM_CGROUP;
	EXPECT_EQ(weft_rule_job(&rule, &view, 5), 20);
	rule.item.sel.cgroup_below = true;
	EXPECT_EQ(weft_rule_job(&rule, &view, 5), 30);
}

TEST(weft_classify__port_of_either_end)
{
	struct weft_view view = view_tcp();
	struct weft_rule https = { SEL(.port_min = 443, .port_max = 443) };
	struct weft_rule high = { SEL(.port_min = 40000, .port_max = 40010) };

	EXPECT(matches(https, view));
	EXPECT(matches(high, view));
	view.local_port = 443;
	view.remote_port = 39999;
	EXPECT(matches(https, view));
	EXPECT(!matches(high, view));
}

TEST(weft_classify__every_selector_must_match)
{
	struct weft_rule rule = {
		SEL(.proto = IPPROTO_TCP, .attach = 7, .port_min = 443,
		.port_max = 443, .remote = addr4("10.1.2.0"), .remote_len = 120),
	};
	struct weft_view view = view_tcp();
	struct weft_rule other;

	EXPECT(matches(rule, view));
	other = rule;
	other.item.sel.proto = IPPROTO_UDP;
	EXPECT(!matches(other, view));
	other = rule;
	other.item.sel.attach = 6;
	EXPECT(!matches(other, view));
	other = rule;
	other.item.sel.port_min = other.item.sel.port_max = 444;
	EXPECT(!matches(other, view));
	other = rule;
	other.item.sel.remote = addr4("10.1.3.0");
	EXPECT(!matches(other, view));
}

TEST(weft_classify__first_match_decides_and_counts)
{
	struct weft_rule rules[3] = {
		{ .item.id = 1, SEL(.proto = IPPROTO_UDP) },
		{ .item.id = 2, SEL(.proto = IPPROTO_TCP) },
		{ .item.id = 3 },
	};

	EXPECT(classify(rules, 3, view_tcp()) == &rules[1]);
	EXPECT(classify(rules, 3, view_tcp()) == &rules[1]);
	EXPECT_EQ(atomic64_read(&rules[0].item.hits), 0);
	EXPECT_EQ(atomic64_read(&rules[1].item.hits), 2);
	EXPECT_EQ(atomic64_read(&rules[2].item.hits), 0);
}

TEST(weft_shipped_rules__well_formed)
{
	unsigned int i, j;

	ASSERT(weft_n_shipped_rules > 0);
	for (i = 0; i < weft_n_shipped_rules; i++) {
		const struct weft_rule *rule = &weft_shipped_rules[i];

		EXPECT(rule->item.id);
		EXPECT(rule->shipped);
		EXPECT_EQ(rule->item.priority, WEFT_RULE_PRIORITY_SHIPPED);
		EXPECT(weft_class_find(rule->class));
		EXPECT_LE(rule->item.sel.port_min, rule->item.sel.port_max);
		EXPECT_GE(rule->item.sel.port_min, 1);
		EXPECT_LE(rule->item.sel.remote_len, 128);
		for (j = 0; j < i; j++)
			EXPECT_NE(rule->item.id, weft_shipped_rules[j].item.id);
	}
}

TEST(weft_shipped_rules__an_rpc_is_a_token_stream)
{
	struct weft_view view = view_tcp();
	struct weft_rule rules[64];
	const struct weft_rule *rule;

	ASSERT(weft_n_shipped_rules <= ARRAY_SIZE(rules));
	memcpy(rules, weft_shipped_rules,
	       weft_n_shipped_rules * sizeof(rules[0]));
	view.remote_port = 50051;
	rule = classify(rules, weft_n_shipped_rules, view);
	ASSERT(rule);
	EXPECT_EQ(rule->class, WEFT_CLASS_TOKEN);
	view.remote_port = 443;
	EXPECT(!classify(rules, weft_n_shipped_rules, view));
}
