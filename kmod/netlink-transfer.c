// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink handlers of transfers: of each flow the newest one in each direction.
 */
#include <linux/rwsem.h>
#include <net/genetlink.h>

#include "event.h"
#include "flow.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "netns.h"
#include "transfer.h"

/**
 * struct weft_transfer_record - what is shown of a flow's transfers
 * @event: the flow
 * @transfer: by direction
 * @has: there was one in this direction
 */
struct weft_transfer_record {
	struct weft_event	event;
	struct weft_transfer	transfer[2];
	bool			has[2];
};

/* A dump of transfers as one message of it is filled. */
struct weft_transfer_dump {
	struct sk_buff		*skb;
	struct netlink_callback	*cb;
	struct nlattr		**filter;
	struct weft_flow_table	*flows;
};

static int weft_fill_transfers(struct sk_buff *skb, const void *object)
{
	const struct weft_transfer_record *record = object;
	int dir;

	if (weft_event_put(skb, &record->event))
		return -EMSGSIZE;
	for (dir = 0; dir < 2; dir++)
		if (record->has[dir] &&
		    weft_event_put_transfer(skb, &record->transfer[dir]))
			return -EMSGSIZE;
	return 0;
}

/* False without a transfer, and where the slot was emptied meanwhile. */
static bool weft_read_transfers(struct weft_flow_table *flows,
				struct weft_flow *flow, u32 index,
				struct weft_transfer_record *record)
{
	u32 gen = READ_ONCE(flow->slot_gen);
	struct weft_transfer transfer;
	unsigned int end;

	/* Pairs with the release that makes a new entry live. */
	if (!(smp_load_acquire(&flow->flags) & WEFT_FLOW_LIVE))
		return false;
	record->has[0] = false;
	record->has[1] = false;
	for (end = 0; end < 2; end++) {
		if (!weft_transfer_read(flows, flow, end, &transfer))
			continue;
		record->transfer[transfer.direction] = transfer;
		record->has[transfer.direction] = true;
	}
	weft_event_of_flow(&record->event, flow, index);
	/* What was read comes before the second look at the generation. */
	smp_rmb();
	return READ_ONCE(flow->slot_gen) == gen &&
	       (record->has[0] || record->has[1]);
}

static int weft_dump_transfers(struct weft_flow *flow, u32 index, void *arg)
{
	const struct weft_transfer_dump *dump = arg;
	struct weft_transfer_record record;

	if (!weft_netlink_flow_wanted(flow, index, dump->filter) ||
	    !weft_read_transfers(dump->flows, flow, index, &record))
		return 0;
	return weft_netlink_dump(dump->skb, dump->cb, WEFT_CMD_TRANSFER_GET,
				 weft_fill_transfers, &record);
}

/**
 * weft_nl_transfer_get_doit - show the newest transfers of the flow of a slot
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes the semaphore of the tables.
 * Return: 0 or a negative error.
 */
int weft_nl_transfer_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_net *wn = weft_net(genl_info_net(info));
	struct nlattr *attr = info->attrs[WEFT_A_FLOW_INDEX];
	struct weft_transfer_record record;
	struct weft_flow *flow = NULL;
	bool found;
	int err;

	err = weft_netlink_need(info, WEFT_A_FLOW_INDEX,
				"index, the flow's number") ?:
	      weft_netlink_only(info, WEFT_A_FLOW_INDEX,
				WEFT_A_FLOW_PEER_LEN);
	if (err)
		return err;

	down_read(&wn->tables);
	rcu_read_lock();
	if (wn->flows)
		flow = weft_flow_by_index(wn->flows, nla_get_u32(attr));
	found = flow && weft_read_transfers(wn->flows, flow,
					    nla_get_u32(attr), &record);
	rcu_read_unlock();
	up_read(&wn->tables);
	if (found)
		return weft_netlink_reply(info, weft_fill_transfers, &record);
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr,
				"there is no flow %u that has sent anything",
				nla_get_u32(attr));
	return -ENOENT;
}

/**
 * weft_nl_transfer_get_dumpit - show the newest transfers of flows
 * @skb: the message to fill
 * @cb: where the dump stands: args[0] is the next slot
 *
 * Context: Process. Takes the semaphore of the tables.
 * Return: 0 at the end, or how much was filled.
 */
int weft_nl_transfer_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct weft_transfer_dump dump = {
		.skb	= skb,
		.cb	= cb,
		.filter	= genl_info_dump(cb)->attrs,
	};
	struct weft_net *wn = weft_netlink_net(skb);
	u32 index = cb->args[0];

	down_read(&wn->tables);
	dump.flows = wn->flows;
	if (wn->flows)
		weft_flow_walk(wn->flows, &index, weft_dump_transfers, &dump);
	up_read(&wn->tables);
	cb->args[0] = index;
	return skb->len;
}
