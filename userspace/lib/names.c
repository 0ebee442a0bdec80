// SPDX-License-Identifier: GPL-2.0
/* See names.h. */
#include <stdio.h>
#include <string.h>

#include <netlink/attr.h>

#include <linux/weft.h>

#include "names.h"
#include "netlink.h"
#include "util.h"

static const char *const actions[] = {
	[WEFT_ACTION_ALLOW] = "allow",
	[WEFT_ACTION_DENY] = "deny",
	[WEFT_ACTION_AUDIT] = "audit",
};

const struct name_table name_actions = { actions, ARRAY_SIZE(actions) };

static const char *const directions[] = {
	[WEFT_DIRECTION_EGRESS] = "egress",
	[WEFT_DIRECTION_INGRESS] = "ingress",
};

const struct name_table name_directions = { directions, ARRAY_SIZE(directions) };

static const char *const tiers[] = {
	[WEFT_TIER_LATENCY] = "latency",
	[WEFT_TIER_WEIGHTED] = "weighted",
};

const struct name_table name_tiers = { tiers, ARRAY_SIZE(tiers) };

static const char *const states[] = {
	[WEFT_FLOW_STATE_NEW] = "new",
	[WEFT_FLOW_STATE_ESTABLISHED] = "established",
	[WEFT_FLOW_STATE_CLOSING] = "closing",
	[WEFT_FLOW_STATE_CLOSED] = "closed",
};

const struct name_table name_states = { states, ARRAY_SIZE(states) };

static const char *const sources[] = {
	[WEFT_SOURCE_DEFAULT] = "default",
	[WEFT_SOURCE_RULE] = "rule",
	[WEFT_SOURCE_PRIORITY] = "priority",
	[WEFT_SOURCE_PORT] = "port",
	[WEFT_SOURCE_DECLARED] = "declared",
	[WEFT_SOURCE_SET] = "set",
	[WEFT_SOURCE_STREAM] = "stream",
	[WEFT_SOURCE_BEHAVIOUR] = "behaviour",
};

const struct name_table name_sources = { sources, ARRAY_SIZE(sources) };

static const char *const behaviours[] = {
	[WEFT_BEHAVIOUR_NONE] = "none",
	[WEFT_BEHAVIOUR_EXCHANGE] = "exchange",
	[WEFT_BEHAVIOUR_BURSTS] = "bursts",
	[WEFT_BEHAVIOUR_STREAM_OUT] = "stream-out",
	[WEFT_BEHAVIOUR_STREAM_IN] = "stream-in",
};

const struct name_table name_behaviours = { behaviours, ARRAY_SIZE(behaviours) };

static const char *const switches[] = { "off", "on" };

const struct name_table name_switches = { switches, ARRAY_SIZE(switches) };

static const char *const framing_states[] = {
	[WEFT_FRAMING_STATE_OFF] = "off",
	[WEFT_FRAMING_STATE_RUNNING] = "running",
	[WEFT_FRAMING_STATE_SUSPENDED] = "suspended",
	[WEFT_FRAMING_STATE_ENDED] = "ended",
};

const struct name_table name_framing_states = {
	framing_states, ARRAY_SIZE(framing_states)
};

static const char *const framing_ends[] = {
	[WEFT_FRAMING_END_NONE] = "none",
	[WEFT_FRAMING_END_LENGTH] = "length",
	[WEFT_FRAMING_END_CHECK] = "check",
	[WEFT_FRAMING_END_CROWDED] = "crowded",
	[WEFT_FRAMING_END_GAP] = "gap",
	[WEFT_FRAMING_END_UNREADABLE] = "unreadable",
	[WEFT_FRAMING_END_ENCRYPTED] = "encrypted",
	[WEFT_FRAMING_END_UNLOADED] = "unloaded",
};

const struct name_table name_framing_ends = {
	framing_ends, ARRAY_SIZE(framing_ends)
};

static const char *const tunnels[] = {
	[WEFT_TUNNEL_NONE] = "none",
	[WEFT_TUNNEL_VXLAN] = "vxlan",
	[WEFT_TUNNEL_GENEVE] = "geneve",
	[WEFT_TUNNEL_GRE] = "gre",
	[WEFT_TUNNEL_GRETAP] = "gretap",
	[WEFT_TUNNEL_IPIP] = "ipip",
};

const struct name_table name_tunnels = { tunnels, ARRAY_SIZE(tunnels) };

static const char *const tunnel_modes[] = {
	[WEFT_TUNNEL_MODE_OFF] = "off",
	[WEFT_TUNNEL_MODE_ON] = "on",
	[WEFT_TUNNEL_MODE_FLAT] = "flat",
};

const struct name_table name_tunnel_modes = {
	tunnel_modes, ARRAY_SIZE(tunnel_modes)
};

static const char *const job_from[] = {
	[WEFT_JOB_FROM_PORT] = "port",
	[WEFT_JOB_FROM_CGROUP] = "cgroup",
};

const struct name_table name_job_from = { job_from, ARRAY_SIZE(job_from) };

const char *name_of(const struct name_table *table, __u64 number)
{
	if (number >= table->n || !table->names[number])
		return "?";
	return table->names[number];
}

int name_find(const struct name_table *table, const char *name)
{
	unsigned int i;

	for (i = 0; i < table->n; i++) {
		if (table->names[i] && !strcmp(table->names[i], name))
			return (int)i;
	}
	return -1;
}

static char classes[CLASS_MAX + 1][WEFT_NAME_LEN];
static bool loaded;

static int take_class(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[WEFT_A_CLASS_MAX + 1];
	const char *name;
	__u64 id;

	(void)arg;
	if (netlink_parse(nlh, tb, WEFT_A_CLASS_MAX))
		return 0;
	id = netlink_number(tb[WEFT_A_CLASS_ID]);
	name = netlink_string(tb[WEFT_A_CLASS_NAME]);
	if (id && id <= CLASS_MAX && name)
		snprintf(classes[id], sizeof(classes[id]), "%s", name);
	return 0;
}

int class_names_load(struct netlink *nl)
{
	struct request req;
	int err;

	if (loaded)
		return 0;
	request_weft(&req, WEFT_CMD_CLASS_GET);
	err = netlink_dump(nl, &req, take_class, NULL);
	request_free(&req);
	loaded = !err;
	return err;
}

const char *class_name(__u64 number)
{
	static char buf[24];

	if (!number)
		return "none";
	if (number <= CLASS_MAX && classes[number][0])
		return classes[number];
	snprintf(buf, sizeof(buf), "%llu", number);
	return buf;
}

int class_find(const char *name)
{
	int i;

	for (i = 1; i <= CLASS_MAX; i++) {
		if (classes[i][0] && !strcmp(classes[i], name))
			return i;
	}
	return -1;
}

unsigned int class_list(const char *list[], unsigned int max)
{
	unsigned int i, n = 0;

	for (i = 1; i <= CLASS_MAX && n < max; i++) {
		if (classes[i][0])
			list[n++] = classes[i];
	}
	return n;
}
