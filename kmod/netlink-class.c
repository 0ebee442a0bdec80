// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink handlers of classes: what they are like and what they carried.
 */
#include <linux/err.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/u64_stats_sync.h>
#include <net/genetlink.h>

#include "class.h"
#include "config.h"
#include "dscp.h"
#include "flow.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "netns.h"

/**
 * struct weft_class_record - what is shown of a class
 * @id: its number
 * @flows: flows that have it now
 * @dscp: of its packets that leave, WEFT_DSCP_KEEP where it writes none
 * @carried: sum over all CPUs
 */
struct weft_class_record {
	u32				id;
	u32				flows;
	u8				dscp;
	struct weft_class_counters	carried;
};

static int weft_count_class(struct weft_flow *flow, u32 index, void *arg)
{
	u32 *flows = arg;

	if (READ_ONCE(flow->flags) & WEFT_FLOW_LIVE)
		flows[READ_ONCE(flow->class) & WEFT_CLASS_MAX]++;
	return 0;
}

/* How many flows each class has. */
static void weft_count_classes(struct weft_net *wn,
			       u32 flows[WEFT_CLASS_MAX + 1])
{
	u32 index = 0;

	BUILD_BUG_ON((WEFT_CLASS_MAX + 1) & WEFT_CLASS_MAX);
	memset(flows, 0, (WEFT_CLASS_MAX + 1) * sizeof(*flows));
	down_read(&wn->tables);
	if (wn->flows)
		weft_flow_walk(wn->flows, &index, weft_count_class, flows);
	up_read(&wn->tables);
}

static void weft_add_class(struct weft_class_counters *sum,
			   const struct weft_class_stats *stats, u32 id)
{
	struct weft_class_counters part;
	unsigned int start;
	int dir;

	do {
		start = u64_stats_fetch_begin(&stats->syncp);
		part = stats->class[id];
	} while (u64_stats_fetch_retry(&stats->syncp, start));
	for (dir = 0; dir < 2; dir++) {
		sum->bytes[dir] += part.bytes[dir];
		sum->packets[dir] += part.packets[dir];
	}
}

static void weft_read_class(const struct weft_net *wn, u32 id,
			    struct weft_class_counters *sum)
{
	/* Stays as long as the namespace, once it is there. */
	struct weft_class_stats __percpu *stats = READ_ONCE(wn->class_stats);
	int cpu;

	memset(sum, 0, sizeof(*sum));
	if (!stats)
		return;
	for_each_possible_cpu(cpu)
		weft_add_class(sum, per_cpu_ptr(stats, cpu), id);
}

static u8 weft_class_dscp(const struct weft_net *wn, u32 id)
{
	const struct weft_config *config;
	u8 dscp = WEFT_DSCP_KEEP;

	rcu_read_lock();
	config = rcu_dereference(wn->config);
	if (config->marked & BIT(id))
		dscp = config->dscp[id];
	rcu_read_unlock();
	return dscp;
}

static void weft_record_class(const struct weft_net *wn, u32 id, u32 flows,
			      struct weft_class_record *record)
{
	record->id = id;
	record->flows = flows;
	record->dscp = weft_class_dscp(wn, id);
	weft_read_class(wn, id, &record->carried);
}

static int weft_fill_class(struct sk_buff *skb, const void *object)
{
	const struct weft_class_record *record = object;
	const struct weft_class_counters *carried = &record->carried;
	const struct weft_class *class = weft_class_find(record->id);

	if (nla_put_u32(skb, WEFT_A_CLASS_ID, record->id) ||
	    nla_put_string(skb, WEFT_A_CLASS_NAME, class->name) ||
	    nla_put_u8(skb, WEFT_A_CLASS_TIER, class->tier) ||
	    nla_put_u32(skb, WEFT_A_CLASS_WEIGHT, class->weight) ||
	    nla_put_u8(skb, WEFT_A_CLASS_DSCP, record->dscp) ||
	    nla_put_u32(skb, WEFT_A_CLASS_FLOWS, record->flows) ||
	    nla_put_u64_64bit(skb, WEFT_A_CLASS_TX_BYTES,
			      carried->bytes[WEFT_DIRECTION_EGRESS],
			      WEFT_A_CLASS_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_CLASS_TX_PACKETS,
			      carried->packets[WEFT_DIRECTION_EGRESS],
			      WEFT_A_CLASS_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_CLASS_RX_BYTES,
			      carried->bytes[WEFT_DIRECTION_INGRESS],
			      WEFT_A_CLASS_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_CLASS_RX_PACKETS,
			      carried->packets[WEFT_DIRECTION_INGRESS],
			      WEFT_A_CLASS_PAD))
		return -EMSGSIZE;
	return 0;
}

/**
 * weft_nl_class_get_doit - show one class and what it carried
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes the semaphore of the tables.
 * Return: 0 or a negative error.
 */
int weft_nl_class_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_net *wn = weft_net(genl_info_net(info));
	struct nlattr *id = info->attrs[WEFT_A_CLASS_ID];
	struct weft_class_record record;
	u32 flows[WEFT_CLASS_MAX + 1];
	int err;

	err = weft_netlink_need(info, WEFT_A_CLASS_ID,
				"id, the class's number");
	if (err)
		return err;
	if (weft_netlink_check_class(id, info->extack))
		return -ENOENT;

	weft_count_classes(wn, flows);
	weft_record_class(wn, nla_get_u32(id), flows[nla_get_u32(id)], &record);
	return weft_netlink_reply(info, weft_fill_class, &record);
}

/**
 * weft_nl_class_get_dumpit - show classes and what they carried
 * @skb: the message to fill
 * @cb: where the dump stands: args[0] is the number of the class shown last
 *
 * Context: Process. Takes the semaphore of the tables.
 * Return: 0 at the end, or how much was filled.
 */
int weft_nl_class_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr *only = genl_info_dump(cb)->attrs[WEFT_A_CLASS_ID];
	struct weft_net *wn = weft_netlink_net(skb);
	struct weft_class_record record;
	u32 flows[WEFT_CLASS_MAX + 1];
	u32 id;

	if (cb->args[0] >= WEFT_CLASS_MAX)
		return 0;
	weft_count_classes(wn, flows);
	for (id = cb->args[0] + 1; id <= WEFT_CLASS_MAX; id++) {
		if (!weft_class_find(id) || (only && id != nla_get_u32(only)))
			continue;
		weft_record_class(wn, id, flows[id], &record);
		if (weft_netlink_dump(skb, cb, WEFT_CMD_CLASS_GET,
				      weft_fill_class, &record))
			break;
	}
	cb->args[0] = id - 1;
	return skb->len;
}

/**
 * weft_nl_class_set_doit - change what becomes of the packets of a class
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes the config lock.
 * Return: 0 or a negative error; nothing has changed then.
 */
int weft_nl_class_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[WEFT_A_CLASS_DSCP];
	struct weft_net *wn = weft_net(genl_info_net(info));
	struct nlattr *id = info->attrs[WEFT_A_CLASS_ID];
	struct weft_config *next;
	int err;
	u8 dscp;

	err = weft_netlink_need(info, WEFT_A_CLASS_ID,
				"id, the class's number");
	if (!err)
		err = weft_netlink_need(info, WEFT_A_CLASS_DSCP,
					"dscp, what its packets get");
	if (err)
		return err;
	if (weft_netlink_check_class(id, info->extack))
		return -ENOENT;
	dscp = nla_get_u8(attr);
	if (dscp > WEFT_DSCP_MAX && dscp != WEFT_DSCP_KEEP) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr,
					"dscp %u: 0 to %u, or %u to write none",
					dscp, WEFT_DSCP_MAX, WEFT_DSCP_KEEP);
		return -ERANGE;
	}

	next = weft_config_begin(wn, info->extack);
	if (IS_ERR(next))
		return PTR_ERR(next);
	weft_config_mark(next, nla_get_u32(id), dscp);
	weft_config_commit(wn, next);
	return 0;
}
