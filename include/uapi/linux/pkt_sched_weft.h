/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The weft qdisc: options of "tc qdisc", what "tc class" shows, statistics.
 */
#ifndef _UAPI_LINUX_PKT_SCHED_WEFT_H
#define _UAPI_LINUX_PKT_SCHED_WEFT_H

#include <linux/types.h>

/**
 * enum tca_weft_split - Are GSO packets split into their segments?
 * @TCA_WEFT_SPLIT_AUTO: where the link is slower than 1 Gbit/s, by its rate or,
 *	without one, as measured
 * @TCA_WEFT_SPLIT_ON: always
 * @TCA_WEFT_SPLIT_OFF: never
 */
enum tca_weft_split {
	TCA_WEFT_SPLIT_AUTO,
	TCA_WEFT_SPLIT_ON,
	TCA_WEFT_SPLIT_OFF,
};

#define TCA_WEFT_SPLIT_MAX	TCA_WEFT_SPLIT_OFF

/* Attributes of TCA_OPTIONS. Absent ones of a change leave things as they are. */
enum {
	TCA_WEFT_UNSPEC,
	TCA_WEFT_PAD,
	TCA_WEFT_RATE64,	/* u64: bytes a second, not 0 */
	TCA_WEFT_NO_RATE,	/* flag: no rate, the device sets the pace */
	TCA_WEFT_LATENCY_SHARE,	/* u32: hundredths of the link, 0 to 100 */
	TCA_WEFT_LIMIT,		/* u32: bytes of memory that packets may hold */
	TCA_WEFT_SPLIT_GSO,	/* u8: enum tca_weft_split */
	TCA_WEFT_FLOWS,		/* u32: queues; fixed when the qdisc is made */

	/* only from the kernel, of a class */
	TCA_WEFT_CLASS_NAME,	/* string */
	TCA_WEFT_CLASS_TIER,	/* u8: enum weft_tier */
	TCA_WEFT_CLASS_WEIGHT,	/* u32 */

	__TCA_WEFT_MAX,
	TCA_WEFT_MAX = (__TCA_WEFT_MAX - 1)
};

enum {
	TCA_WEFT_XSTATS_QDISC,
	TCA_WEFT_XSTATS_CLASS,
};

/**
 * enum tca_weft_drop - Why packets were dropped.
 * @TCA_WEFT_DROP_LIMIT: memory was full
 * @TCA_WEFT_DROP_AQM: their queue stood too long, and they could not be marked
 * @TCA_WEFT_DROP_POLICY: policy, of packets that went round the hooks
 * @TCA_WEFT_DROP_FILTER: a tc filter
 * @TCA_WEFT_DROP_SEGMENT: they could not be split
 */
enum tca_weft_drop {
	TCA_WEFT_DROP_LIMIT,
	TCA_WEFT_DROP_AQM,
	TCA_WEFT_DROP_POLICY,
	TCA_WEFT_DROP_FILTER,
	TCA_WEFT_DROP_SEGMENT,
};

#define TCA_WEFT_DROP_MAX	TCA_WEFT_DROP_SEGMENT

/**
 * struct tc_weft_xstats - TCA_STATS_APP of the qdisc and of its classes
 * @type: TCA_WEFT_XSTATS_*
 * @flows: queues with packets
 * @marks: packets that got CE
 * @drops: by enum tca_weft_drop
 * @sojourn_ns: how long packets waited, averaged over some eight
 * @sojourn_max_ns: longest that one waited
 * @latency_excess: latency tier's bytes beyond its share, sent by weight; of
 *	the qdisc, as all that follows
 * @split: GSO packets that were split
 * @shared: packets that had to share a queue with another flow's
 * @measured_rate: bytes a second while packets wait, 0 if never measured
 * @memory: bytes that queued packets hold
 * @memory_max: most that it was
 *
 * Later versions only append.
 */
struct tc_weft_xstats {
	__u32		type;
	__u32		flows;
	__aligned_u64	marks;
	__aligned_u64	drops[8];
	__aligned_u64	sojourn_ns;
	__aligned_u64	sojourn_max_ns;
	__aligned_u64	latency_excess;
	__aligned_u64	split;
	__aligned_u64	shared;
	__aligned_u64	measured_rate;
	__u32		memory;
	__u32		memory_max;
};

#endif /* _UAPI_LINUX_PKT_SCHED_WEFT_H */
