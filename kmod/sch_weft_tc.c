// SPDX-License-Identifier: GPL-2.0
/*
 * What tc says to a weft qdisc and sees of it: options, statistics, classes.
 */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/netlink.h>
#include <net/pkt_cls.h>

#include "class.h"
#include "sched.h"

static const struct nla_policy weft_sched_policy[TCA_WEFT_MAX + 1] = {
	[TCA_WEFT_RATE64]	 = { .type = NLA_U64 },
	[TCA_WEFT_NO_RATE]	 = { .type = NLA_FLAG },
	[TCA_WEFT_LATENCY_SHARE] = { .type = NLA_U32 },
	[TCA_WEFT_LIMIT]	 = { .type = NLA_U32 },
	[TCA_WEFT_SPLIT_GSO]	 = { .type = NLA_U8 },
	[TCA_WEFT_FLOWS]	 = { .type = NLA_U32 },
	[TCA_WEFT_CLASS_NAME]	 = { .type = NLA_REJECT,
				     .reject_message = "A class's name cannot be set here" },
	[TCA_WEFT_CLASS_TIER]	 = { .type = NLA_REJECT,
				     .reject_message = "A class's tier cannot be set here" },
	[TCA_WEFT_CLASS_WEIGHT]	 = { .type = NLA_REJECT,
				     .reject_message = "A class's weight cannot be set here" },
};

/**
 * weft_sched_parse - read and check options
 * @sch: the qdisc
 * @opt: the options
 * @config: what holds so far; what @opt names is written over it
 * @extack: says why they were refused
 *
 * Context: Process, RTNL.
 * Return: 0 or a negative error; @config is of no use then.
 */
int weft_sched_parse(struct Qdisc *sch, struct nlattr *opt,
		     struct weft_sched_config *config,
		     struct netlink_ext_ack *extack)
{
	const struct weft_sched *q = qdisc_priv(sch);
	struct nlattr *tb[TCA_WEFT_MAX + 1];
	struct nlattr *attr;
	int err;

	err = nla_parse_nested(tb, TCA_WEFT_MAX, opt, weft_sched_policy, extack);
	if (err < 0)
		return err;

	attr = tb[TCA_WEFT_RATE64];
	if (attr) {
		config->rate = nla_get_u64(attr);
		if (tb[TCA_WEFT_NO_RATE]) {
			NL_SET_ERR_MSG_ATTR(extack, tb[TCA_WEFT_NO_RATE],
					    "A rate and no rate exclude each other");
			return -EINVAL;
		}
		if (!config->rate || config->rate > WEFT_SHAPER_RATE_MAX) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "The rate must be above 0 and at most 1 Pbit/s; say \"rate none\" for none");
			return -ERANGE;
		}
	} else if (tb[TCA_WEFT_NO_RATE]) {
		config->rate = 0;
	}

	attr = tb[TCA_WEFT_LATENCY_SHARE];
	if (attr) {
		config->share = nla_get_u32(attr);
		if (config->share > 100) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "The latency share is 0 to 100 percent of the link");
			return -ERANGE;
		}
	}

	attr = tb[TCA_WEFT_LIMIT];
	if (attr) {
		config->limit = nla_get_u32(attr);
		if (config->limit < psched_mtu(qdisc_dev(sch))) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "The limit is less than one full packet of this device");
			return -ERANGE;
		}
	}

	attr = tb[TCA_WEFT_SPLIT_GSO];
	if (attr) {
		config->split = nla_get_u8(attr);
		if (config->split > TCA_WEFT_SPLIT_MAX) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "Unknown way to treat GSO packets");
			return -ERANGE;
		}
	}

	attr = tb[TCA_WEFT_FLOWS];
	if (attr) {
		u32 flows = nla_get_u32(attr);

		if (flows < WEFT_ORDER_FLOWS_MIN ||
		    flows > WEFT_ORDER_FLOWS_MAX) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "The number of flows must be 8 to 32768");
			return -ERANGE;
		}
		flows = weft_order_flows(flows);
		if (q->queues && flows != config->flows) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "The number of flows is fixed; delete the qdisc and add it anew");
			return -EBUSY;
		}
		config->flows = flows;
	}
	return 0;
}

/**
 * weft_sched_warn - say where the scheduler will not do what its name says
 * @sch: the qdisc
 * @extack: gets the warning
 *
 * Context: Process, RTNL.
 */
void weft_sched_warn(struct Qdisc *sch, struct netlink_ext_ack *extack)
{
	const struct weft_sched *q = qdisc_priv(sch);

	if (sch->parent == TC_H_ROOT && !q->config.rate &&
	    qdisc_dev(sch)->priv_flags & IFF_NO_QUEUE)
		NL_SET_ERR_MSG_MOD(extack, "This device has no queue, so nothing will wait and nothing be ordered; give a rate, or attach weft to the device below");
}

/**
 * weft_sched_change - tc qdisc change
 * @sch: the qdisc
 * @opt: options that change; what is not named stays
 * @extack: says why it was refused
 *
 * Context: Process, RTNL.
 * Return: 0 or a negative error; nothing has changed then.
 */
int weft_sched_change(struct Qdisc *sch, struct nlattr *opt,
		      struct netlink_ext_ack *extack)
{
	const struct weft_sched *q = qdisc_priv(sch);
	struct weft_sched_config config = q->config;
	int err;

	if (!opt) {
		NL_SET_ERR_MSG_MOD(extack, "Nothing to change");
		return -EINVAL;
	}
	err = weft_sched_parse(sch, opt, &config, extack);
	if (err)
		return err;
	weft_sched_apply(sch, &config);
	weft_sched_warn(sch, extack);
	return 0;
}

/**
 * weft_sched_dump - options as they are
 * @sch: the qdisc
 * @skb: the message to fill
 *
 * Context: Process, RTNL.
 * Return: length of what was put, or -EMSGSIZE.
 */
int weft_sched_dump(struct Qdisc *sch, struct sk_buff *skb)
{
	const struct weft_sched *q = qdisc_priv(sch);
	const struct weft_sched_config *config = &q->config;
	struct nlattr *nest;

	nest = nla_nest_start(skb, TCA_OPTIONS);
	if (!nest)
		return -EMSGSIZE;
	if ((config->rate &&
	     nla_put_u64_64bit(skb, TCA_WEFT_RATE64, config->rate,
			       TCA_WEFT_PAD)) ||
	    nla_put_u32(skb, TCA_WEFT_LATENCY_SHARE, config->share) ||
	    nla_put_u32(skb, TCA_WEFT_LIMIT, q->limit) ||
	    nla_put_u8(skb, TCA_WEFT_SPLIT_GSO, config->split) ||
	    nla_put_u32(skb, TCA_WEFT_FLOWS, config->flows)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	return nla_nest_end(skb, nest);
}

static void weft_sched_class_xstats(const struct weft_sched *q, u8 id,
				    struct tc_weft_xstats *st)
{
	const struct weft_sched_class *class = &q->class[id];
	unsigned int i;

	st->flows += q->order.class[id].flows;
	st->marks += class->marks;
	for (i = 0; i <= TCA_WEFT_DROP_MAX; i++)
		st->drops[i] += class->drops[i];
	st->sojourn_ns = max(st->sojourn_ns, class->sojourn_ns);
	st->sojourn_max_ns = max(st->sojourn_max_ns, class->sojourn_max_ns);
}

/**
 * weft_sched_dump_stats - what all classes did
 * @sch: the qdisc
 * @d: where the statistics go
 *
 * Context: Process, RTNL. Takes the tree lock.
 * Return: 0 or a negative error.
 */
int weft_sched_dump_stats(struct Qdisc *sch, struct gnet_dump *d)
{
	struct tc_weft_xstats st = { .type = TCA_WEFT_XSTATS_QDISC };
	struct weft_sched *q = qdisc_priv(sch);
	unsigned int id;

	BUILD_BUG_ON(ARRAY_SIZE(st.drops) <= TCA_WEFT_DROP_MAX);

	sch_tree_lock(sch);
	for (id = 1; id <= WEFT_CLASS_MAX; id++)
		weft_sched_class_xstats(q, id, &st);
	st.latency_excess = q->order.excess;
	st.split = q->split;
	st.shared = q->order.shared;
	st.measured_rate = q->drain.rate;
	st.memory = q->memory;
	st.memory_max = q->memory_max;
	sch_tree_unlock(sch);

	return gnet_stats_copy_app(d, &st, sizeof(st));
}

static struct Qdisc *weft_sched_leaf(struct Qdisc *sch, unsigned long cl)
{
	return NULL;
}

/* A class's number is its minor number and what tc calls its handle here. */
static unsigned long weft_sched_find(struct Qdisc *sch, u32 classid)
{
	const struct weft_sched *q = qdisc_priv(sch);
	u32 id = TC_H_MIN(classid);

	return id <= WEFT_CLASS_MAX && q->order.class[id].weight ? id : 0;
}

static unsigned long weft_sched_bind(struct Qdisc *sch, unsigned long parent,
				     u32 classid)
{
	return weft_sched_find(sch, classid);
}

static void weft_sched_unbind(struct Qdisc *sch, unsigned long cl)
{
}

static struct tcf_block *weft_sched_tcf_block(struct Qdisc *sch,
					      unsigned long cl,
					      struct netlink_ext_ack *extack)
{
	struct weft_sched *q = qdisc_priv(sch);

	if (cl) {
		NL_SET_ERR_MSG_MOD(extack, "Filters belong to the qdisc, not to a class");
		return NULL;
	}
	return q->block;
}

static void weft_sched_walk(struct Qdisc *sch, struct qdisc_walker *arg)
{
	const struct weft_sched *q = qdisc_priv(sch);
	unsigned int id;

	if (arg->stop)
		return;
	for (id = 1; id <= WEFT_CLASS_MAX; id++) {
		if (!q->order.class[id].weight)
			continue;
		if (!tc_qdisc_stats_dump(sch, id, arg))
			break;
	}
}

static int weft_sched_class_dump(struct Qdisc *sch, unsigned long cl,
				 struct sk_buff *skb, struct tcmsg *tcm)
{
	const struct weft_sched *q = qdisc_priv(sch);
	const struct weft_class *class = weft_class_find(cl);
	struct nlattr *nest;

	tcm->tcm_parent = TC_H_ROOT;
	tcm->tcm_handle = TC_H_MAKE(sch->handle, cl);

	nest = nla_nest_start(skb, TCA_OPTIONS);
	if (!nest)
		return -EMSGSIZE;
	if ((class &&
	     nla_put_string(skb, TCA_WEFT_CLASS_NAME, class->name)) ||
	    nla_put_u8(skb, TCA_WEFT_CLASS_TIER, q->order.class[cl].tier) ||
	    nla_put_u32(skb, TCA_WEFT_CLASS_WEIGHT,
			q->order.class[cl].weight)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	return nla_nest_end(skb, nest);
}

static int weft_sched_class_dump_stats(struct Qdisc *sch, unsigned long cl,
				       struct gnet_dump *d)
{
	struct tc_weft_xstats st = { .type = TCA_WEFT_XSTATS_CLASS };
	struct weft_sched *q = qdisc_priv(sch);
	struct gnet_stats_queue qs = {};
	unsigned int i;

	sch_tree_lock(sch);
	weft_sched_class_xstats(q, cl, &st);
	qs.qlen = q->order.class[cl].packets;
	qs.backlog = q->order.class[cl].bytes;
	for (i = 0; i <= TCA_WEFT_DROP_MAX; i++)
		qs.drops += q->class[cl].drops[i];
	sch_tree_unlock(sch);

	if (gnet_stats_copy_basic(d, NULL, &q->class[cl].bstats, true) < 0 ||
	    gnet_stats_copy_queue(d, NULL, &qs, qs.qlen) < 0)
		return -1;
	return gnet_stats_copy_app(d, &st, sizeof(st));
}

const struct Qdisc_class_ops weft_sched_class_ops = {
	.leaf		= weft_sched_leaf,
	.find		= weft_sched_find,
	.walk		= weft_sched_walk,
	.tcf_block	= weft_sched_tcf_block,
	.bind_tcf	= weft_sched_bind,
	.unbind_tcf	= weft_sched_unbind,
	.dump		= weft_sched_class_dump,
	.dump_stats	= weft_sched_class_dump_stats,
};
