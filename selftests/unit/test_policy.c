// SPDX-License-Identifier: GPL-2.0
#include "classify.h"
#include "config.h"
#include "ktap.h"
#include "mock.h"
#include "packet.h"
#include "policy.h"

/* The flows that a rule or policy is about. */
#define SEL(...)	.item.sel = { __VA_ARGS__ }

static struct in6_addr local, remote;

/* A flow that the workload 10.0.0.1 opens to 10.1.2.3 port 443, or gets. */
static struct weft_view view_tcp(enum weft_direction direction)
{
	bool out = direction == WEFT_DIRECTION_EGRESS;

	local = addr4("10.0.0.1");
	remote = addr4("10.1.2.3");
	return (struct weft_view) {
		.local = &local,
		.remote = &remote,
		.local_port = out ? 40000 : 443,
		.remote_port = out ? 443 : 40000,
		.proto = IPPROTO_TCP,
		.direction = direction,
		.attach = 7,
	};
}

static enum weft_action decide(struct weft_policy *policies, u32 n,
			       struct weft_view view, enum weft_action fallback)
{
	struct weft_item *list[16];
	struct weft_config config = {
		.gen = 1,
		.n[WEFT_LIST_POLICIES] = n,
		.items[WEFT_LIST_POLICIES] = list,
	};
	u32 i;

	ASSERT(n <= ARRAY_SIZE(list));
	for (i = 0; i < n; i++)
		list[i] = &policies[i].item;
	return weft_policy_decide(&config, &view, fallback);
}

/* Whether a policy that denies stops a flow that passes otherwise. */
static bool stops(struct weft_policy policy, struct weft_view view)
{
	policy.action = WEFT_ACTION_DENY;
	return decide(&policy, 1, view, WEFT_ACTION_ALLOW) == WEFT_ACTION_DENY;
}

TEST(weft_policy_decide__default)
{
	enum weft_action action;

	for (action = WEFT_ACTION_ALLOW; action <= WEFT_ACTION_AUDIT; action++)
		EXPECT_EQ(decide(NULL, 0, view_tcp(WEFT_DIRECTION_EGRESS),
				 action), action);
}

TEST(weft_policy_decide__every_set_and_order)
{
	static const int strictest[] = {
		/* of the set of actions with these bits */
		-1, WEFT_ACTION_ALLOW, WEFT_ACTION_DENY, WEFT_ACTION_DENY,
		WEFT_ACTION_AUDIT, WEFT_ACTION_AUDIT, WEFT_ACTION_DENY,
		WEFT_ACTION_DENY,
	};
	unsigned int i, a, b, c, fallback;

	for (i = 0; i < 81; i++) {
		a = i % 3, b = i / 3 % 3, c = i / 9 % 3, fallback = i / 27;
		struct weft_policy p[3] = {
			{ .action = a }, { .action = b }, { .action = c },
		};

		EXPECT_EQ(decide(p, 3, view_tcp(WEFT_DIRECTION_EGRESS),
				 fallback),
			  strictest[BIT(a) | BIT(b) | BIT(c)]);
	}
}

TEST(weft_policy_decide__direction)
{
	struct weft_policy out = { .direction = WEFT_DIRECTION_EGRESS };
	struct weft_policy in = { .direction = WEFT_DIRECTION_INGRESS };

	EXPECT(stops(out, view_tcp(WEFT_DIRECTION_EGRESS)));
	EXPECT(!stops(out, view_tcp(WEFT_DIRECTION_INGRESS)));
	EXPECT(!stops(in, view_tcp(WEFT_DIRECTION_EGRESS)));
	EXPECT(stops(in, view_tcp(WEFT_DIRECTION_INGRESS)));
}

TEST(weft_policy_decide__destination_port_only)
{
	struct weft_policy out = {
		.direction = WEFT_DIRECTION_EGRESS,
		SEL(.port_min = 443, .port_max = 443),
	};
	struct weft_policy in = {
		.direction = WEFT_DIRECTION_INGRESS,
		SEL(.port_min = 443, .port_max = 443),
	};
	struct weft_view view = view_tcp(WEFT_DIRECTION_EGRESS);

	EXPECT(stops(out, view));
	swap(view.local_port, view.remote_port);
	EXPECT(!stops(out, view));

	view = view_tcp(WEFT_DIRECTION_INGRESS);
	EXPECT(stops(in, view));
	swap(view.local_port, view.remote_port);
	EXPECT(!stops(in, view));
}

TEST(weft_policy_decide__port_range)
{
	struct weft_policy range = { SEL(.port_min = 100, .port_max = 200) };
	struct weft_view view = view_tcp(WEFT_DIRECTION_EGRESS);
	static const struct { u16 port; bool in; } cases[] = {
		{ 99, false }, { 100, true }, { 150, true }, { 200, true },
		{ 201, false }, { 0, false }, { 65535, false },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		view.remote_port = cases[i].port;
		EXPECT_EQ(stops(range, view), cases[i].in);
	}
}

TEST(weft_policy_decide__remote_prefix)
{
	struct weft_view view = view_tcp(WEFT_DIRECTION_EGRESS);

	EXPECT(stops((struct weft_policy) { SEL(.remote = addr4("10.1.0.0"),
					    .remote_len = 112) }, view));
	EXPECT(!stops((struct weft_policy) { SEL(.remote = addr4("10.2.0.0"),
					     .remote_len = 112) }, view));
	/* the workload's own address is not the remote end's */
	EXPECT(!stops((struct weft_policy) { SEL(.remote = addr4("10.0.0.1"),
					     .remote_len = 128) }, view));
	EXPECT(stops((struct weft_policy) { SEL(.remote = addr6("::ffff:0:0"),
					    .remote_len = 96) }, view));
	remote = addr6("2001:db8::5");
	EXPECT(!stops((struct weft_policy) { SEL(.remote = addr6("::ffff:0:0"),
					     .remote_len = 96) }, view));
	EXPECT(stops((struct weft_policy) { SEL(.remote = addr6("2001:db8::"),
					    .remote_len = 32) }, view));
}

TEST(weft_policy_decide__protocol_and_place)
{
	struct weft_view view = view_tcp(WEFT_DIRECTION_EGRESS);

	EXPECT(stops((struct weft_policy) { SEL(.proto = IPPROTO_TCP) }, view));
	EXPECT(!stops((struct weft_policy) { SEL(.proto = IPPROTO_UDP) }, view));
	EXPECT(stops((struct weft_policy) { SEL(.attach = 7) }, view));
	EXPECT(!stops((struct weft_policy) { SEL(.attach = 8) }, view));
}

TEST(weft_policy_decide__fragment_without_ports)
{
	struct weft_policy some = { SEL(.port_min = 443, .port_max = 443) };
	struct weft_view view = view_tcp(WEFT_DIRECTION_EGRESS);
	struct weft_policy all = {};

	view.local_port = 0;
	view.remote_port = 0;
	view.no_ports = true;
	/* the first fragment is judged by its ports; the rest follow it */
	EXPECT(!stops(some, view));
	EXPECT(stops(all, view));
	some.action = WEFT_ACTION_ALLOW;
	EXPECT_EQ(decide(&some, 1, view, WEFT_ACTION_DENY), WEFT_ACTION_ALLOW);
}

TEST(weft_policy_decide__hits_of_all_that_match)
{
	struct weft_policy p[3] = {
		{ .item.id = 1, .action = WEFT_ACTION_DENY },
		{ .item.id = 2, .action = WEFT_ACTION_ALLOW },
		{ .item.id = 3, SEL(.proto = IPPROTO_UDP), .action = WEFT_ACTION_DENY },
	};

	decide(p, 3, view_tcp(WEFT_DIRECTION_EGRESS), WEFT_ACTION_ALLOW);
	decide(p, 3, view_tcp(WEFT_DIRECTION_EGRESS), WEFT_ACTION_ALLOW);
	EXPECT_EQ(atomic64_read(&p[0].item.hits), 2);
	EXPECT_EQ(atomic64_read(&p[1].item.hits), 2);
	EXPECT_EQ(atomic64_read(&p[2].item.hits), 0);
}
