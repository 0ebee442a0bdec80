// SPDX-License-Identifier: GPL-2.0
/*
 * The weft qdisc: packets and accounting. The order in which packets leave is
 * order.c's business, marks and early drops are aqm.c's, what tc says and sees
 * is sch_weft_tc.c's; what a packet is has been decided by the hooks, or is
 * asked of them here.
 *
 * One accounting rule a path, where "parents" are the qdiscs above:
 * - A packet is counted in qlen and backlog from its enqueue until dequeue()
 *   returns it, at its qdisc_pkt_len(); a split one as its segments.
 * - Parents count an enqueued packet by themselves, once, at the length that
 *   it had, if and only if enqueue() returned NET_XMIT_SUCCESS. Every other
 *   change is told to them by qdisc_tree_reduce_backlog(), after our own qlen
 *   is right.
 * - A packet parked by peek() has left the queues here, but not qlen and
 *   backlog; the limit does not count it, and nothing here drops it.
 * - Parents forget a child whose qlen they see at 0. enqueue() never tells them
 *   so and then returns success, peek() parks its packet before it tells them
 *   about those that were dropped.
 *
 * @limit is compared with the memory that packets hold, not with their bytes:
 * a flood of small packets holds ten times its bytes.
 *
 * Without a rate, the device (or the parent) sets the pace by when it calls
 * dequeue(). How fast that is gets measured while packets wait, since what
 * devices say of their speed is often wrong; it decides only whether GSO
 * packets are split, how many bytes the latency tier may send at once, and the
 * least time after which packets are marked. On a device that takes packets as
 * they come, nothing ever waits and nothing is ordered.
 */
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <net/gso.h>
#include <net/inet_ecn.h>
#include <net/pkt_cls.h>
#include <net/pkt_sched.h>
#include <net/sch_generic.h>

#include "class.h"
#include "hook.h"
#include "netns.h"
#include "sched.h"
#include "trace.h"
#include "transfer.h"
#include "uplink.h"

#define WEFT_FLOWS_DEFAULT		1024
#define WEFT_LATENCY_SHARE_DEFAULT	20
#define WEFT_LIMIT_MAX			(32U << 20)
#define WEFT_LIMIT_MIN			(4U << 20)
/* Drops of one enqueue() and of one dequeue(). */
#define WEFT_DROP_BATCH			64
#define WEFT_DROP_EARLY			8
/* A flow is not told of shorter waits, without a mark or drop. */
#define WEFT_TELL_NS			(100 * NSEC_PER_USEC)

/**
 * struct weft_skb_cb - what the qdisc keeps with a queued packet
 * @time_ns: when it was enqueued, CLOCK_MONOTONIC
 * @truesize: memory that was counted for it; its own can change meanwhile
 *
 * Lies where the hooks' stamp was, which has been read by then; the stamp's
 * cookie keeps this from being taken for one.
 */
struct weft_skb_cb {
	u64	time_ns;
	u32	truesize;
};

static struct weft_skb_cb *weft_skb_cb(const struct sk_buff *skb)
{
	qdisc_cb_private_validate(skb, sizeof(struct weft_skb_cb));
	return (struct weft_skb_cb *)qdisc_skb_cb(skb)->data;
}

/* A packet is in the qdisc from here on. */
static void weft_sched_count(struct Qdisc *sch, u32 len)
{
	WRITE_ONCE(sch->q.qlen, sch->q.qlen + 1);
	WRITE_ONCE(sch->qstats.backlog, sch->qstats.backlog + len);
}

/* A packet has left the qdisc, whichever way. */
static void weft_sched_uncount(struct Qdisc *sch, u32 len)
{
	WRITE_ONCE(sch->q.qlen, sch->q.qlen - 1);
	WRITE_ONCE(sch->qstats.backlog, sch->qstats.backlog - len);
}

static void weft_sched_append(struct Qdisc *sch, struct sk_buff *skb,
			      u16 index, u64 time_ns)
{
	struct weft_sched *q = qdisc_priv(sch);
	struct weft_order_queue *queue = &q->order.queue[index];
	u32 len = qdisc_pkt_len(skb);

	weft_skb_cb(skb)->time_ns = time_ns;
	weft_skb_cb(skb)->truesize = skb->truesize;
	skb->next = NULL;
	if (queue->packets)
		queue->tail->next = skb;
	else
		queue->head = skb;
	queue->tail = skb;

	weft_order_add(&q->order, index, len);
	weft_sched_count(sch, len);
	q->memory += skb->truesize;
	trace_weft_enqueue(qdisc_dev(sch), skb, index, queue->class, len);
}

/* The caller tells order.c whether this was service or a drop. */
static struct sk_buff *weft_sched_pop(struct Qdisc *sch, u16 index)
{
	struct weft_sched *q = qdisc_priv(sch);
	struct weft_order_queue *queue = &q->order.queue[index];
	struct sk_buff *skb = queue->head;

	queue->head = skb->next;
	skb_mark_not_on_list(skb);
	q->memory -= weft_skb_cb(skb)->truesize;
	weft_sched_uncount(sch, qdisc_pkt_len(skb));
	return skb;
}

static void weft_sched_count_drop(struct Qdisc *sch, const struct sk_buff *skb,
				  u8 class, enum tca_weft_drop reason)
{
	struct weft_sched *q = qdisc_priv(sch);

	q->class[class].drops[reason]++;
	qdisc_qstats_drop(sch);
	trace_weft_drop(qdisc_dev(sch), skb, class, qdisc_pkt_len(skb), reason);
}

/* Says to a flow what was done to its packets; nothing to one without an entry. */
static void weft_sched_tell(struct weft_sched *q, u32 tag, u32 gen,
			    const struct weft_service *service)
{
	struct weft_uplink *uplink;

	if (tag & WEFT_TAG_HASHED)
		return;
	rcu_read_lock();
	uplink = rcu_dereference(q->ref.uplink);
	if (uplink)
		weft_transfer_queued(uplink->wn->flows, tag, gen, service);
	rcu_read_unlock();
}

/* Packets of a queue have waited until @now; is that worth to be told? */
static void weft_sched_waited(struct weft_sched *q, struct weft_sched_flow *flow,
			      u64 now)
{
	struct weft_service *service = &flow->service;

	service->queued_ns += now - min(now, flow->since_ns);
	flow->since_ns = now;
	if (service->queued_ns < WEFT_TELL_NS && !service->marks &&
	    !service->drops)
		return;
	weft_sched_tell(q, flow->tag, flow->gen, service);
	memset(service, 0, sizeof(*service));
	flow->told = jiffies;
}

/* A packet goes to a queue: whose flow's is that? */
static void weft_sched_note(struct Qdisc *sch, u16 index,
			    const struct weft_sort *sort, u64 now)
{
	struct weft_sched *q = qdisc_priv(sch);
	struct weft_sched_flow *flow = &q->flow[index];

	if (!q->order.queue[index].packets)
		flow->since_ns = now;
	/* A shared queue has many, an empty one may have been another's. */
	if (flow->tag == sort->flow_tag && flow->gen == sort->flow_gen)
		return;
	weft_sched_waited(q, flow, now);
	memset(&flow->service, 0, sizeof(flow->service));
	flow->tag = sort->flow_tag;
	flow->gen = sort->flow_gen;
}

/*
 * Packets that don't fit: half of the victim's queue at a time, from its head,
 * so that one flow learns of it, once and soon. Returns true if @index lost
 * packets; the caller tells parents.
 */
static bool weft_sched_trim(struct Qdisc *sch, u16 index,
			    struct sk_buff **to_free)
{
	struct weft_sched *q = qdisc_priv(sch);
	unsigned int budget = WEFT_DROP_BATCH;
	bool own = false;

	while (q->memory > q->limit && budget) {
		u16 victim = weft_order_victim(&q->order);
		const struct weft_order_queue *queue;
		u32 half;

		if (victim == WEFT_ORDER_NONE)
			break;
		queue = &q->order.queue[victim];
		half = queue->bytes / 2;
		own |= victim == index;
		do {
			struct sk_buff *skb = weft_sched_pop(sch, victim);

			weft_order_dropped(&q->order, victim,
					   qdisc_pkt_len(skb));
			weft_sched_count_drop(sch, skb, queue->class,
					      TCA_WEFT_DROP_LIMIT);
			q->flow[victim].service.drops++;
			__qdisc_drop(skb, to_free);
		} while (--budget && queue->bytes > half);
		if (!queue->packets)
			weft_sched_waited(q, &q->flow[victim], ktime_get_ns());
	}
	return own;
}

/*
 * Class by tc's own means, over what the hooks found: skb->priority with this
 * qdisc's major, then filters. Returns false where a filter took the packet,
 * with the return value of enqueue() in @ret.
 */
static bool weft_sched_classify(struct Qdisc *sch, struct sk_buff *skb,
				u8 *class, int *ret)
{
	struct weft_sched *q = qdisc_priv(sch);
	struct tcf_result res = {};
	struct tcf_proto *filter;
	u32 id;

	/* A handle of 0, as below mq, would take any priority for a class. */
	if (sch->handle && TC_H_MAJ(skb->priority) == sch->handle) {
		id = TC_H_MIN(skb->priority);
	} else {
		filter = rcu_dereference_bh(q->filter_list);
		if (!filter)
			return true;
		switch (tcf_classify_qdisc(skb, filter, &res, false)) {
		case TC_ACT_STOLEN:
		case TC_ACT_QUEUED:
		case TC_ACT_TRAP:
			*ret = NET_XMIT_SUCCESS | __NET_XMIT_STOLEN;
			return false;
		case TC_ACT_SHOT:
			*ret = NET_XMIT_SUCCESS | __NET_XMIT_BYPASS;
			return false;
		case TC_ACT_UNSPEC:
			return true;
		}
		id = TC_H_MIN(res.classid);
	}
	if (id <= WEFT_CLASS_MAX && q->order.class[id].weight)
		*class = id;
	return true;
}

/* What is this packet? False if policy denies it. */
static bool weft_sched_sort(struct Qdisc *sch, struct sk_buff *skb,
			    struct weft_sort *sort)
{
	struct weft_sched *q = qdisc_priv(sch);
	struct weft_uplink *uplink;
	bool allowed = true;

	rcu_read_lock();
	uplink = rcu_dereference(q->ref.uplink);
	if (uplink)
		allowed = weft_sort(uplink, skb, sort);
	else
		weft_sort_alone(qdisc_dev(sch), skb, sort);
	rcu_read_unlock();

	/* A class that came after this qdisc. */
	if (allowed && (sort->class > WEFT_CLASS_MAX ||
			!q->order.class[sort->class].weight))
		sort->class = WEFT_CLASS_OTHER;
	return allowed;
}

/*
 * Segments instead of a GSO packet. Parents will count one packet of its
 * length, so they are told the difference at once. Returns their number, 0 if
 * it cannot be split; then nothing happened.
 */
static unsigned int weft_sched_append_segments(struct Qdisc *sch,
					       struct sk_buff *skb, u16 index,
					       u64 time_ns)
{
	netdev_features_t features = netif_skb_features(skb) & ~NETIF_F_GSO_MASK;
	struct weft_sched *q = qdisc_priv(sch);
	struct sk_buff *segs, *next;
	unsigned int n = 0;
	u32 bytes = 0;

	segs = skb_gso_segment(skb, features);
	if (IS_ERR_OR_NULL(segs))
		return 0;

	skb_list_walk_safe(segs, segs, next) {
		skb_mark_not_on_list(segs);
		qdisc_skb_cb(segs)->pkt_len = segs->len;
		weft_qdisc_set_pkt_segs(segs, 1);
		bytes += qdisc_pkt_len(segs);
		weft_sched_append(sch, segs, index, time_ns);
		n++;
	}
	q->split++;
	qdisc_tree_reduce_backlog(sch, 1 - (int)n,
				  (int)(qdisc_pkt_len(skb) - bytes));
	consume_skb(skb);
	return n;
}

static int weft_sched_drop(struct Qdisc *sch, struct sk_buff *skb, u8 class,
			   enum tca_weft_drop reason, struct sk_buff **to_free)
{
	weft_sched_count_drop(sch, skb, class, reason);
	__qdisc_drop(skb, to_free);
	return NET_XMIT_DROP;
}

/* The same of a packet whose flow is told. */
static int weft_sched_refuse(struct Qdisc *sch, struct sk_buff *skb,
			     const struct weft_sort *sort,
			     enum tca_weft_drop reason,
			     struct sk_buff **to_free)
{
	static const struct weft_service lost = { .drops = 1 };

	weft_sched_tell(qdisc_priv(sch), sort->flow_tag, sort->flow_gen, &lost);
	return weft_sched_drop(sch, skb, sort->class, reason, to_free);
}

static int weft_sched_enqueue(struct sk_buff *skb, struct Qdisc *sch,
			      struct sk_buff **to_free)
{
	struct weft_sched *q = qdisc_priv(sch);
	unsigned int len = qdisc_pkt_len(skb);
	unsigned int qlen, backlog;
	struct weft_sort sort;
	bool empty, own;
	u16 index;
	u64 now;
	int ret;

	if (!weft_sched_sort(sch, skb, &sort))
		return weft_sched_drop(sch, skb, WEFT_CLASS_OTHER,
				       TCA_WEFT_DROP_POLICY, to_free);
	if (!weft_sched_classify(sch, skb, &sort.class, &ret)) {
		if (ret & __NET_XMIT_BYPASS)
			weft_sched_count_drop(sch, skb, sort.class,
					      TCA_WEFT_DROP_FILTER);
		__qdisc_drop(skb, to_free);
		return ret;
	}

	/* One batch of drops was not enough last time: no more until it is. */
	if (unlikely(q->memory > q->limit)) {
		qlen = sch->q.qlen;
		backlog = sch->qstats.backlog;
		weft_sched_trim(sch, WEFT_ORDER_NONE, to_free);
		qdisc_tree_reduce_backlog(sch, qlen - sch->q.qlen,
					  backlog - sch->qstats.backlog);
		return weft_sched_refuse(sch, skb, &sort, TCA_WEFT_DROP_LIMIT,
					 to_free);
	}

	now = ktime_get_ns();
	empty = !q->order.packets;
	index = weft_order_find(&q->order, sort.flow_tag, sort.class);
	weft_sched_note(sch, index, &sort, now);
	if (!q->splitting || !skb_is_gso(skb))
		weft_sched_append(sch, skb, index, now);
	else if (!weft_sched_append_segments(sch, skb, index, now))
		return weft_sched_refuse(sch, skb, &sort, TCA_WEFT_DROP_SEGMENT,
					 to_free);

	/* What is alone always fits: a limit must not stop the link. */
	if (likely(q->memory <= q->limit) || empty) {
		q->memory_max = max(q->memory_max, q->memory);
		return NET_XMIT_SUCCESS;
	}

	qlen = sch->q.qlen;
	backlog = sch->qstats.backlog;
	own = weft_sched_trim(sch, index, to_free);
	q->memory_max = max(q->memory_max, q->memory);
	qlen -= sch->q.qlen;
	backlog -= sch->qstats.backlog;
	if (own) {
		/* Its sender is told, and parents don't count it. */
		qdisc_tree_reduce_backlog(sch, qlen - 1, backlog - len);
		return NET_XMIT_CN;
	}
	qdisc_tree_reduce_backlog(sch, qlen, backlog);
	return NET_XMIT_SUCCESS;
}

/* What depends on the link's rate, given or measured. */
static void weft_sched_update_rate(struct Qdisc *sch)
{
	struct weft_sched *q = qdisc_priv(sch);
	u64 rate = q->config.rate ?: q->drain.rate;
	bool splitting;

	switch (q->config.split) {
	case TCA_WEFT_SPLIT_ON:
		splitting = true;
		break;
	case TCA_WEFT_SPLIT_OFF:
		splitting = false;
		break;
	default:
		splitting = rate && rate < WEFT_ORDER_SPLIT_BELOW;
	}
	if (splitting && !q->splitting)
		weft_order_set_mtu(&q->order, psched_mtu(qdisc_dev(sch)));
	q->splitting = splitting;
	weft_order_set_share(&q->order, q->config.share, rate);
	q->step_ns = weft_step_threshold(rate ?
		div64_u64((u64)q->order.max_len * NSEC_PER_SEC, rate) : 0);
}

/*
 * CoDel is for flows of which nothing is known and that nothing else holds
 * back: local TCP is held by its small queues, marked flows by their marks, and
 * what a job waits for loses nothing before the limit.
 */
static bool weft_sched_wants_codel(struct sk_buff *skb, u8 class)
{
	int dsfield;

	if (class != WEFT_CLASS_OTHER || skb->sk)
		return false;
	dsfield = skb_get_dsfield(skb);
	return dsfield >= 0 && INET_ECN_is_not_ect(dsfield);
}

static void weft_sched_account(struct Qdisc *sch, const struct sk_buff *skb,
			       u8 id, u64 sojourn_ns)
{
	struct weft_sched *q = qdisc_priv(sch);
	struct weft_sched_class *class = &q->class[id];

	qdisc_bstats_update(sch, skb);
	bstats_update(&class->bstats, skb);
	class->sojourn_ns += (s64)(sojourn_ns - class->sojourn_ns) >> 3;
	class->sojourn_max_ns = max(class->sojourn_max_ns, sojourn_ns);
}

static struct sk_buff *weft_sched_send(struct Qdisc *sch)
{
	unsigned int early = WEFT_DROP_EARLY;
	struct weft_sched *q = qdisc_priv(sch);
	struct weft_order_queue *queue;
	u64 now, wait, sojourn;
	struct sk_buff *skb;
	bool marked = false;
	u16 index;
	u32 len;

	if (!q->order.packets)
		return NULL;

	now = ktime_get_ns();
	wait = weft_shaper_wait(&q->shaper, now);
	if (wait) {
		qdisc_qstats_overlimit(sch);
		qdisc_watchdog_schedule_ns(&q->watchdog, wait);
		return NULL;
	}

	for (;;) {
		index = weft_order_next(&q->order);
		queue = &q->order.queue[index];
		skb = weft_sched_pop(sch, index);
		len = qdisc_pkt_len(skb);
		sojourn = now - min(now, weft_skb_cb(skb)->time_ns);

		if (!early || !weft_sched_wants_codel(skb, queue->class) ||
		    !weft_codel_drop(&queue->codel, sojourn, now,
				     queue->bytes - len, q->order.max_len))
			break;
		/* CoDel leaves the last packet of a queue alone. */
		early--;
		weft_order_dropped(&q->order, index, len);
		weft_sched_count_drop(sch, skb, queue->class,
				      TCA_WEFT_DROP_AQM);
		q->flow[index].service.drops++;
		q->lost++;
		q->lost_bytes += len;
		kfree_skb(skb);
	}

	if (weft_step_mark(sojourn, q->step_ns, queue->bytes - len,
			   q->order.max_len) && INET_ECN_set_ce(skb)) {
		q->class[queue->class].marks++;
		q->flow[index].service.marks++;
		marked = true;
	}

	weft_order_served(&q->order, index, len);
	/* Once a jiffy or when nothing is left: few packets pay for it. */
	if (!queue->packets || q->flow[index].told != (u32)jiffies)
		weft_sched_waited(q, &q->flow[index], now);
	weft_shaper_sent(&q->shaper, len, q->order.packets);
	if (weft_drain_sent(&q->drain, len, now, q->order.packets))
		weft_sched_update_rate(sch);
	weft_sched_account(sch, skb, queue->class, sojourn);
	trace_weft_dequeue(qdisc_dev(sch), skb, index, queue->class, len,
			   sojourn, marked);
	return skb;
}

/* Our own counts are right: now parents may see what was lost. */
static void weft_sched_tell_lost(struct Qdisc *sch)
{
	struct weft_sched *q = qdisc_priv(sch);

	if (!q->lost)
		return;
	qdisc_tree_reduce_backlog(sch, q->lost, q->lost_bytes);
	q->lost = 0;
	q->lost_bytes = 0;
}

static struct sk_buff *weft_sched_dequeue(struct Qdisc *sch)
{
	struct sk_buff *skb = weft_sched_send(sch);

	weft_sched_tell_lost(sch);
	return skb;
}

/*
 * As qdisc_peek_dequeued(), but parents are told of drops only when the packet
 * that they look at is back in qlen: they would forget this qdisc at 0.
 */
static struct sk_buff *weft_sched_peek(struct Qdisc *sch)
{
	struct sk_buff *skb = skb_peek(&sch->gso_skb);

	if (skb)
		return skb;
	skb = weft_sched_send(sch);
	if (skb) {
		__skb_queue_head(&sch->gso_skb, skb);
		weft_sched_count(sch, qdisc_pkt_len(skb));
	}
	weft_sched_tell_lost(sch);
	return skb;
}

static void weft_sched_reset(struct Qdisc *sch)
{
	struct weft_sched *q = qdisc_priv(sch);
	u32 i, n;

	if (!q->queues || !q->flow)
		return;
	n = weft_order_queues(q->config.flows);
	for (i = 0; i < n; i++) {
		struct weft_order_queue *queue = &q->order.queue[i];

		if (queue->packets)
			rtnl_kfree_skbs(queue->head, queue->tail);
	}
	weft_order_reset(&q->order);
	memset(q->flow, 0, n * sizeof(*q->flow));
	weft_shaper_set(&q->shaper, q->config.rate, ktime_get_ns());
	q->drain.start_ns = 0;
	q->memory = 0;
	q->lost = 0;
	q->lost_bytes = 0;
	qdisc_watchdog_cancel(&q->watchdog);
}

static u32 weft_sched_limit(const struct weft_sched_config *config)
{
	if (config->limit)
		return config->limit;
	if (!config->rate)
		return WEFT_LIMIT_MAX;
	/* About 300 ms of full packets, which hold some more than their bytes. */
	return clamp_t(u64, config->rate / 2, WEFT_LIMIT_MIN, WEFT_LIMIT_MAX);
}

/**
 * weft_sched_apply - go on with another config
 * @sch: the qdisc
 * @config: checked
 *
 * Packets in the queues stay, but for those that a lower limit has no room for.
 *
 * Context: Process, RTNL. Takes the tree lock.
 */
void weft_sched_apply(struct Qdisc *sch, const struct weft_sched_config *config)
{
	struct weft_sched *q = qdisc_priv(sch);
	struct sk_buff *to_free = NULL;
	unsigned int qlen, backlog;

	sch_tree_lock(sch);
	if (config->rate != q->config.rate)
		weft_shaper_set(&q->shaper, config->rate, ktime_get_ns());
	q->config = *config;
	q->limit = weft_sched_limit(config);
	weft_sched_update_rate(sch);

	qlen = sch->q.qlen;
	backlog = sch->qstats.backlog;
	while (q->memory > q->limit && q->order.packets)
		weft_sched_trim(sch, WEFT_ORDER_NONE, &to_free);
	qlen -= sch->q.qlen;
	backlog -= sch->qstats.backlog;
	if (qlen)
		qdisc_tree_reduce_backlog(sch, qlen, backlog);

	/* The watchdog may be set after the old rate. */
	if (q->order.packets)
		qdisc_watchdog_schedule_ns(&q->watchdog, ktime_get_ns());
	sch_tree_unlock(sch);

	kfree_skb_list(to_free);
}

static int weft_sched_qdisc_init(struct Qdisc *sch, struct nlattr *opt,
				 struct netlink_ext_ack *extack)
{
	struct weft_sched *q = qdisc_priv(sch);
	unsigned int id;
	int err;

	/* destroy() runs even if this fails, and cancels the timer. */
	qdisc_watchdog_init(&q->watchdog, sch);
	weft_uplink_ref_init(&q->ref, qdisc_dev(sch));

	q->config.share = WEFT_LATENCY_SHARE_DEFAULT;
	q->config.flows = WEFT_FLOWS_DEFAULT;
	if (opt) {
		err = weft_sched_parse(sch, opt, &q->config, extack);
		if (err)
			return err;
	}

	err = tcf_block_get(&q->block, &q->filter_list, sch, extack);
	if (err)
		return err;

	q->queues = kvzalloc(weft_order_memory(q->config.flows),
			     GFP_KERNEL_ACCOUNT);
	q->flow = kvcalloc(weft_order_queues(q->config.flows),
			   sizeof(*q->flow), GFP_KERNEL_ACCOUNT);
	if (!q->queues || !q->flow) {
		NL_SET_ERR_MSG_MOD(extack, "No memory for the queues");
		return -ENOMEM;
	}
	weft_order_init(&q->order, q->queues, q->config.flows,
			get_random_u32());
	weft_order_set_mtu(&q->order, psched_mtu(qdisc_dev(sch)));
	for (id = 1; id <= WEFT_CLASS_MAX; id++) {
		const struct weft_class *class = weft_class_find(id);

		gnet_stats_basic_sync_init(&q->class[id].bstats);
		if (class)
			weft_order_set_class(&q->order, id, class->tier,
					     class->weight);
	}
	weft_shaper_set(&q->shaper, q->config.rate, ktime_get_ns());
	q->limit = weft_sched_limit(&q->config);
	weft_sched_update_rate(sch);
	weft_sched_warn(sch, extack);
	return 0;
}

/* Also of a qdisc whose init() failed, or was never called. */
static void weft_sched_destroy(struct Qdisc *sch)
{
	struct weft_sched *q = qdisc_priv(sch);

	if (q->watchdog.qdisc)
		qdisc_watchdog_cancel(&q->watchdog);
	weft_uplink_ref_exit(&q->ref);
	tcf_block_put(q->block);
	kvfree(q->flow);
	kvfree(q->queues);
}

static struct Qdisc_ops weft_sched_qdisc_ops __read_mostly = {
	.cl_ops		= &weft_sched_class_ops,
	.id		= "weft",
	.priv_size	= sizeof(struct weft_sched),
	.enqueue	= weft_sched_enqueue,
	.dequeue	= weft_sched_dequeue,
	.peek		= weft_sched_peek,
	.init		= weft_sched_qdisc_init,
	.reset		= weft_sched_reset,
	.destroy	= weft_sched_destroy,
	.change		= weft_sched_change,
	.dump		= weft_sched_dump,
	.dump_stats	= weft_sched_dump_stats,
	.owner		= THIS_MODULE,
};

/**
 * weft_sched_init - offer the qdisc
 *
 * Context: Module init.
 * Return: 0, or a negative error.
 */
int weft_sched_init(void)
{
	return register_qdisc(&weft_sched_qdisc_ops);
}

/**
 * weft_sched_exit - take the qdisc back
 *
 * Context: Module exit: none is attached, each would hold the module.
 */
void weft_sched_exit(void)
{
	unregister_qdisc(&weft_sched_qdisc_ops);
}

/* By these names kernels ask for a qdisc: up to 6.11, and later. */
MODULE_ALIAS("sch_weft");
MODULE_ALIAS("net-sch-weft");
