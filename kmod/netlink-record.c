// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink handlers of the flows that there are.
 *
 * Tables are kept by their semaphore, not by RTNL, since a walk over a million
 * flows takes a while. A dump of flows is no snapshot, flows come and go while
 * it runs: it shows each flow that is there all the time exactly once.
 */
#include <linux/jiffies.h>
#include <linux/rwsem.h>
#include <net/genetlink.h>

#include "class.h"
#include "event.h"
#include "flow.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "netns.h"
#include "reader.h"
#include "select.h"

/**
 * struct weft_flow_record - what is shown of a flow
 * @event: what events show of it as well
 * @idle_ms: since its last packet
 * @reader: what its stream says
 * @peer_qp: of RoCEv2, the queue pair that answers, 0 for unknown
 * @behaviour: enum weft_behaviour
 * @behaviour_changes: times that it was something else than before
 */
struct weft_flow_record {
	struct weft_event		event;
	u64				idle_ms;
	struct weft_reader_record	reader;
	u32				peer_qp;
	u8				behaviour;
	u8				behaviour_changes;
};

static u64 weft_idle_ms(struct weft_flow *flow)
{
	u32 idle, least = U32_MAX, now = jiffies;
	unsigned int end;

	for (end = 0; end < 2; end++) {
		struct weft_flow_half *half = weft_flow_half(flow, end);

		if (!atomic64_read(&half->packets))
			continue;
		idle = now - READ_ONCE(half->last);
		/* A packet came after we looked at the clock. */
		if ((s32)idle < 0)
			idle = 0;
		least = min(least, idle);
	}
	return least == U32_MAX ? 0 : jiffies_to_msecs(least);
}

/* Messages of RoCEv2 are shown as those of a stream are. */
static void weft_read_verbs(struct weft_flow *flow,
			    struct weft_flow_record *record)
{
	unsigned int end, opener = weft_flow_opener(flow);

	record->peer_qp = 0;
	if (!(flow->key.flags & WEFT_KEY_QUEUE_PAIR))
		return;
	record->peer_qp = READ_ONCE(flow->peer_qp);
	record->reader.framed = true;
	for (end = 0; end < 2; end++) {
		struct weft_framing_half *to = &record->reader.half[end != opener];
		struct weft_flow_half *half = weft_flow_half(flow, end);

		to->messages = (u32)atomic_read(&half->messages);
		to->bytes = atomic64_read(&half->message_bytes);
		to->size = READ_ONCE(flow->verbs.size[end]);
		if (to->messages)
			to->state = WEFT_FRAMING_STATE_RUNNING;
	}
}

/* False where the slot is empty or was emptied while it was read. */
static bool weft_read_flow(struct weft_net *wn, struct weft_flow *flow,
			   u32 index, struct weft_flow_record *record)
{
	u32 gen = READ_ONCE(flow->slot_gen);

	/* Pairs with the release that makes a new entry live. */
	if (!(smp_load_acquire(&flow->flags) & WEFT_FLOW_LIVE))
		return false;
	weft_event_of_flow(&record->event, flow, index);
	record->idle_ms = weft_idle_ms(flow);
	weft_reader_show(wn, flow, &record->reader);
	record->behaviour = weft_flow_behaviour(flow);
	record->behaviour_changes = READ_ONCE(flow->habits.changes);
	weft_read_verbs(flow, record);
	/* What was read comes before the second look at the generation. */
	smp_rmb();
	return READ_ONCE(flow->slot_gen) == gen;
}

static int weft_fill_flow(struct sk_buff *skb, const void *object)
{
	const struct weft_flow_record *record = object;

	if (weft_event_put(skb, &record->event) ||
	    nla_put_u64_64bit(skb, WEFT_A_FLOW_IDLE_MS, record->idle_ms,
			      WEFT_A_FLOW_PAD) ||
	    (record->peer_qp &&
	     nla_put_u32(skb, WEFT_A_FLOW_PEER_QP, record->peer_qp)) ||
	    (record->behaviour &&
	     (nla_put_u8(skb, WEFT_A_FLOW_BEHAVIOUR, record->behaviour) ||
	      nla_put_u8(skb, WEFT_A_FLOW_BEHAVIOUR_CHANGES,
			 record->behaviour_changes))) ||
	    weft_netlink_put_reader(skb, &record->reader))
		return -EMSGSIZE;
	return 0;
}

/**
 * weft_nl_flow_get_doit - show the flow of a slot
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes the semaphore of the tables.
 * Return: 0 or a negative error.
 */
int weft_nl_flow_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_net *wn = weft_net(genl_info_net(info));
	struct nlattr *attr = info->attrs[WEFT_A_FLOW_INDEX];
	struct weft_flow_record record;
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
	found = flow && weft_read_flow(wn, flow, nla_get_u32(attr),
					&record);
	rcu_read_unlock();
	up_read(&wn->tables);
	if (found)
		return weft_netlink_reply(info, weft_fill_flow, &record);
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr, "there is no flow %u",
				nla_get_u32(attr));
	return -ENOENT;
}

/* A dump of flows as one message of it is filled. */
struct weft_flow_dump {
	struct weft_net		*wn;
	struct sk_buff		*skb;
	struct netlink_callback	*cb;
	struct nlattr		**filter;
};

/* Either end of it may be behind the attachment point, or both. */
static bool weft_flow_at(const struct weft_flow *flow, u32 attach)
{
	return READ_ONCE(flow->verdict[0]) >> WEFT_VERDICT_BITS == attach ||
	       READ_ONCE(flow->verdict[1]) >> WEFT_VERDICT_BITS == attach;
}

/* The end on the other side: of a flow between two ports, the acceptor. */
static const struct in6_addr *weft_flow_remote(const struct weft_flow *flow)
{
	return &flow->key.addr[weft_flow_end_direction(flow, 0) ==
			       WEFT_DIRECTION_INGRESS ? 0 : 1];
}

static bool weft_flow_has_peer(const struct weft_flow *flow,
			       const struct nlattr *peer,
			       const struct nlattr *len)
{
	struct in6_addr prefix = nla_get_in6_addr(peer);

	return weft_prefix_match(weft_flow_remote(flow), &prefix,
				 len ? nla_get_u8(len) : 128);
}

static bool weft_flow_has_port(const struct weft_flow *flow, u16 port)
{
	return !(flow->key.flags & WEFT_KEY_ECHO) &&
	       (weft_key_port(&flow->key, 0) == port ||
		weft_key_port(&flow->key, 1) == port);
}

/**
 * weft_netlink_flow_wanted - does a flow match all that a dump was asked for
 * @flow: the flow
 * @index: its slot
 * @filter: attributes of the request, WEFT_A_FLOW_*
 *
 * Context: Any in which @flow may be read.
 * Return: true if it does.
 */
bool weft_netlink_flow_wanted(const struct weft_flow *flow, u32 index,
			      struct nlattr *const *filter)
{
	struct nlattr *attach = filter[WEFT_A_FLOW_ATTACH_ID];
	struct nlattr *proto = filter[WEFT_A_FLOW_PROTOCOL];
	struct nlattr *class = filter[WEFT_A_FLOW_CLASS];
	struct nlattr *only = filter[WEFT_A_FLOW_INDEX];
	struct nlattr *state = filter[WEFT_A_FLOW_STATE];
	struct nlattr *peer = filter[WEFT_A_FLOW_PEER];
	struct nlattr *port = filter[WEFT_A_FLOW_PORT];
	struct nlattr *job = filter[WEFT_A_FLOW_JOB];

	return (!only || index == nla_get_u32(only)) &&
	       (!class || READ_ONCE(flow->class) == nla_get_u32(class)) &&
	       (!job || READ_ONCE(flow->job) == nla_get_u32(job)) &&
	       (!proto || READ_ONCE(flow->key.proto) == nla_get_u8(proto)) &&
	       (!attach || weft_flow_at(flow, nla_get_u32(attach))) &&
	       (!state || READ_ONCE(flow->state) == nla_get_u8(state)) &&
	       (!port || weft_flow_has_port(flow, nla_get_u16(port))) &&
	       (!peer || weft_flow_has_peer(flow, peer,
					    filter[WEFT_A_FLOW_PEER_LEN]));
}

static int weft_dump_flow(struct weft_flow *flow, u32 index, void *arg)
{
	const struct weft_flow_dump *dump = arg;
	struct weft_flow_record record;

	if (!weft_netlink_flow_wanted(flow, index, dump->filter) ||
	    !weft_read_flow(dump->wn, flow, index, &record))
		return 0;
	return weft_netlink_dump(dump->skb, dump->cb, WEFT_CMD_FLOW_GET,
				 weft_fill_flow, &record);
}

/**
 * weft_nl_flow_get_dumpit - show the flows that match a filter
 * @skb: the message to fill
 * @cb: where the dump stands: args[0] is the next slot
 *
 * Context: Process. Takes the semaphore of the tables.
 * Return: 0 at the end, or how much was filled.
 */
int weft_nl_flow_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct weft_net *wn = weft_netlink_net(skb);
	struct weft_flow_dump dump = {
		.wn	= wn,
		.skb	= skb,
		.cb	= cb,
		.filter	= genl_info_dump(cb)->attrs,
	};
	u32 index = cb->args[0];

	down_read(&wn->tables);
	if (wn->flows)
		weft_flow_walk(wn->flows, &index, weft_dump_flow, &dump);
	up_read(&wn->tables);
	cb->args[0] = index;
	return skb->len;
}
