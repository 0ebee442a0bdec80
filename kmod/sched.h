/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A weft qdisc, as sch_weft.c and sch_weft_tc.c share it. Only init and exit
 * are for others: it meets the hooks only through the uplink and the flow.
 */
#ifndef _WEFT_SCHED_H
#define _WEFT_SCHED_H

#include <linux/pkt_sched_weft.h>
#include <linux/types.h>
#include <net/gen_stats.h>
#include <net/pkt_sched.h>
#include <net/sch_generic.h>
#include "learn.h"
#include "order.h"
#include "shaper.h"
#include "uplink.h"

/**
 * struct weft_sched_class - statistics of a class
 * @bstats: what was sent
 * @marks: packets that got CE
 * @drops: by enum tca_weft_drop
 * @sojourn_ns: average, an eighth for each new packet
 * @sojourn_max_ns: the longest
 */
struct weft_sched_class {
	struct gnet_stats_basic_sync	bstats;
	u64				marks;
	u64				drops[TCA_WEFT_DROP_MAX + 1];
	u64				sojourn_ns;
	u64				sojourn_max_ns;
};

/**
 * struct weft_sched_flow - what a queue's flow has not been told yet
 * @tag: weft_sort.flow_tag of the newest packet
 * @gen: likewise its flow_gen
 * @told: jiffies (32 bits) when it was told last
 * @since_ns: from when on packets have waited that it was not told of
 * @service: what was done to its packets
 */
struct weft_sched_flow {
	u32			tag;
	u32			gen;
	u32			told;
	u64			since_ns;
	struct weft_service	service;
};

/**
 * struct weft_sched_config - what the user set
 * @rate: bytes a second, 0 for none
 * @share: of the latency tier, hundredths
 * @limit: bytes of memory, 0 for the default
 * @flows: queues
 * @split: enum tca_weft_split
 */
struct weft_sched_config {
	u64	rate;
	u32	share;
	u32	limit;
	u32	flows;
	u8	split;
};

/**
 * struct weft_sched - a weft qdisc
 * @order: who sends next
 * @shaper: when
 * @drain: what the link was measured to take
 * @memory: bytes that packets in the queues hold
 * @memory_max: most that it was
 * @limit: most that it may be
 * @splitting: GSO packets are split now
 * @step_ns: packets that waited longer get a mark
 * @split: GSO packets that were split
 * @lost: packets dropped while dequeueing that parents must be told of
 * @lost_bytes: their bytes
 * @watchdog: wakes the shaper
 * @config: what the user set; RTNL to write
 * @queues: memory of @order's queues
 * @flow: what their flows are to be told, by number of the queue
 * @ref: the device's uplink, while there is one
 * @filter_list: tc filters
 * @block: likewise
 * @class: by number
 *
 * The tree lock guards all but @config, @ref (its own rules), @filter_list and
 * @block (tc's).
 */
struct weft_sched {
	struct weft_order		order;
	struct weft_shaper		shaper;
	struct weft_drain		drain;
	u32				memory;
	u32				memory_max;
	u32				limit;
	bool				splitting;
	u64				step_ns;
	u64				split;
	unsigned int			lost;
	unsigned int			lost_bytes;
	struct qdisc_watchdog		watchdog;
	struct weft_sched_config	config;
	void				*queues;
	struct weft_sched_flow		*flow;
	struct weft_uplink_ref		ref;
	struct tcf_proto __rcu		*filter_list;
	struct tcf_block		*block;
	struct weft_sched_class		class[WEFT_CLASS_MAX + 1];
};

/* sch_weft.c */
void weft_sched_apply(struct Qdisc *sch, const struct weft_sched_config *config);
int weft_sched_init(void);
void weft_sched_exit(void);

/* sch_weft_tc.c */
extern const struct Qdisc_class_ops weft_sched_class_ops;

int weft_sched_parse(struct Qdisc *sch, struct nlattr *opt,
		     struct weft_sched_config *config,
		     struct netlink_ext_ack *extack);
void weft_sched_warn(struct Qdisc *sch, struct netlink_ext_ack *extack);
int weft_sched_change(struct Qdisc *sch, struct nlattr *opt,
		      struct netlink_ext_ack *extack);
int weft_sched_dump(struct Qdisc *sch, struct sk_buff *skb);
int weft_sched_dump_stats(struct Qdisc *sch, struct gnet_dump *d);

#endif /* _WEFT_SCHED_H */
