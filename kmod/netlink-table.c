// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink handlers of the flow table's settings.
 *
 * Settings are the namespace's, so they can be made before its first uplink
 * and hold when the last one has gone; the table is made by them, and changed
 * in use.
 */
#include <linux/rwsem.h>
#include <linux/user_namespace.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "flow.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "netns.h"

#define WEFT_IDLE_MAX_S	(7 * 24 * 3600)

static const int weft_timeout_attrs[WEFT_TIMEOUTS] = {
	[WEFT_TIMEOUT_NEW]	= WEFT_A_TABLE_TIMEOUT_NEW,
	[WEFT_TIMEOUT_STREAM]	= WEFT_A_TABLE_TIMEOUT_STREAM,
	[WEFT_TIMEOUT_CLOSING]	= WEFT_A_TABLE_TIMEOUT_CLOSING,
	[WEFT_TIMEOUT_CLOSED]	= WEFT_A_TABLE_TIMEOUT_CLOSED,
};

/**
 * struct weft_table_record - what is shown of a flow table
 * @settings: what it is or will be like
 * @size: what it has now
 */
struct weft_table_record {
	struct weft_table_settings	settings;
	struct weft_table_size		size;
};

static int weft_fill_table(struct sk_buff *skb, const void *object)
{
	const struct weft_table_record *record = object;
	int i;

	if (nla_put_u32(skb, WEFT_A_TABLE_MAX_FLOWS,
			record->settings.max_flows) ||
	    nla_put_u32(skb, WEFT_A_TABLE_FLOWS, record->size.flows) ||
	    nla_put_u32(skb, WEFT_A_TABLE_SLOTS, record->size.slots) ||
	    nla_put_u64_64bit(skb, WEFT_A_TABLE_MEMORY, record->size.memory,
			      WEFT_A_TABLE_PAD) ||
	    nla_put_u8(skb, WEFT_A_TABLE_BEHAVIOUR,
		       record->settings.behaviour) ||
	    nla_put_u64_64bit(skb, WEFT_A_TABLE_BEHAVIOUR_CHANGES,
			      record->size.minds_changed, WEFT_A_TABLE_PAD))
		return -EMSGSIZE;
	for (i = 0; i < WEFT_TIMEOUTS; i++)
		if (nla_put_u32(skb, weft_timeout_attrs[i],
				record->settings.idle_s[i]))
			return -EMSGSIZE;
	return 0;
}

/**
 * weft_nl_table_get_doit - show the flow table and its settings
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes the semaphore of the tables.
 * Return: 0 or a negative error.
 */
int weft_nl_table_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_net *wn = weft_net(genl_info_net(info));
	struct weft_table_record record = { };

	down_read(&wn->tables);
	weft_net_table_settings(wn, &record.settings);
	if (wn->flows)
		weft_flow_table_size(wn->flows, &record.size);
	up_read(&wn->tables);
	return weft_netlink_reply(info, weft_fill_table, &record);
}

static int weft_check_max_flows(const struct net *net, const struct nlattr *attr,
				struct netlink_ext_ack *extack)
{
	u32 bound = weft_net_max_flows();

	if (!attr)
		return 0;
	if (nla_get_u32(attr) > WEFT_CHUNKS_MAX << WEFT_CHUNK_BITS) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
					"max-flows %u: a table can have at most %u",
					nla_get_u32(attr),
					WEFT_CHUNKS_MAX << WEFT_CHUNK_BITS);
		return -ERANGE;
	}
	/* Elsewhere the memory of a table is not its user's to give away. */
	if (net->user_ns == &init_user_ns || nla_get_u32(attr) <= bound)
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
				"max-flows %u: a user namespace can have at most %u (weft.max_flows)",
				nla_get_u32(attr), bound);
	return -EPERM;
}

static int weft_check_timeout(const struct nlattr *attr,
			      struct netlink_ext_ack *extack)
{
	if (!attr || nla_get_u32(attr) <= WEFT_IDLE_MAX_S)
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
				"timeout %u: at most %u seconds, a week",
				nla_get_u32(attr), WEFT_IDLE_MAX_S);
	return -ERANGE;
}

/**
 * weft_nl_table_set_doit - change settings of the flow table
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes the semaphore of the tables.
 * Return: 0 or a negative error; nothing has changed then.
 */
int weft_nl_table_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *max_flows = info->attrs[WEFT_A_TABLE_MAX_FLOWS];
	struct nlattr *behaviour = info->attrs[WEFT_A_TABLE_BEHAVIOUR];
	struct weft_net *wn = weft_net(genl_info_net(info));
	struct weft_table_settings settings;
	bool changes = max_flows || behaviour;
	int i, err;

	err = weft_check_max_flows(genl_info_net(info), max_flows, info->extack);
	for (i = 0; i < WEFT_TIMEOUTS && !err; i++) {
		struct nlattr *attr = info->attrs[weft_timeout_attrs[i]];

		changes |= !!attr;
		err = weft_check_timeout(attr, info->extack);
	}
	if (err)
		return err;
	if (!changes)
		return weft_netlink_need(info, WEFT_A_TABLE_MAX_FLOWS,
					 "something to change: max-flows, behaviour or a timeout");

	down_write(&wn->tables);
	settings = wn->table_settings;
	if (max_flows)
		settings.max_flows = nla_get_u32(max_flows);
	if (behaviour)
		settings.behaviour = nla_get_u8(behaviour);
	for (i = 0; i < WEFT_TIMEOUTS; i++) {
		struct nlattr *attr = info->attrs[weft_timeout_attrs[i]];

		if (attr)
			settings.idle_s[i] = nla_get_u32(attr);
	}
	err = weft_net_set_table(wn, &settings);
	up_write(&wn->tables);
	if (err)
		NL_SET_ERR_MSG(info->extack,
			       "no memory for a table of that size; it is as it was");
	return err;
}
