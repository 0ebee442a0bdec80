// SPDX-License-Identifier: GPL-2.0
/*
 * Events: from a packet's path through a ring to netlink.
 *
 * A packet's path must neither allocate nor wait, and a message for netlink
 * needs both, so the two are apart: records of fixed size go into a ring of
 * fixed size, and a worker makes messages of them. What is lost on the way is
 * never lost without a word:
 *
 *  - in the ring, because the worker came too late, or because there were more
 *    denied packets than anybody can read: counted, and the next message says
 *    how many (WEFT_A_FLOW_LOST);
 *  - in a listener's socket buffer: messages are numbered by nlmsg_seq, so a
 *    listener sees a gap, besides the ENOBUFS that netlink gives it.
 */
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "event.h"
#include "flow.h"
#include "netlink.h"

#define WEFT_EVENT_RING		4096	/* records; a power of two */
#define WEFT_EVENT_BATCH	64	/* messages in one run of the worker */
#define WEFT_EVENT_DENIED_MAX	1000	/* verdicts published in a second */

/**
 * struct weft_event_queue - events of one namespace
 * @net: the namespace; it outlives this
 * @work: makes messages of records
 * @lost: records that found no room since the last message
 * @sequence: number of the next message; only the worker touches it
 * @lock: of all below; any context
 * @head: records ever put in, wraps
 * @tail: records ever taken out, wraps
 * @second: jiffies when the second began that @verdicts counts
 * @verdicts: verdicts published in this second; read without the lock as a hint
 * @ring: the records
 */
struct weft_event_queue {
	struct net		*net;
	struct work_struct	work;
	atomic64_t		lost;
	u32			sequence;
	spinlock_t		lock;	/* innermost */
	u32			head;
	u32			tail;
	unsigned long		second;
	u32			verdicts;
	struct weft_event	ring[WEFT_EVENT_RING];
};

/**
 * weft_event_of_flow - describe a flow as it is now
 * @event: all but time_ns and cmd is set
 * @flow: the flow
 * @index: its slot
 *
 * Context: Any in which @flow may be read.
 */
void weft_event_of_flow(struct weft_event *event, const struct weft_flow *flow,
			u32 index)
{
	s64 age_ns = ktime_get_ns() - flow->created_ns;

	*event = (struct weft_event) {
		.opener		= weft_flow_opener(flow),
		.direction	= weft_flow_direction(flow),
		.state		= READ_ONCE(flow->state),
		.class		= READ_ONCE(flow->class),
		.source		= READ_ONCE(flow->source),
		.action		= weft_flow_action(flow),
		.attach		= weft_flow_attach(flow),
		.index		= index,
		.job		= READ_ONCE(flow->job),
		.uplink_ifindex	= flow->uplink_ifindex,
		.age_ms		= div_u64(max_t(s64, age_ns, 0), NSEC_PER_MSEC),
		.bytes[0]	= atomic64_read(&flow->half0.bytes),
		.bytes[1]	= atomic64_read(&flow->half1.bytes),
		.packets[0]	= atomic64_read(&flow->half0.packets),
		.packets[1]	= atomic64_read(&flow->half1.packets),
		.key		= flow->key,
		.encap		= flow->encap,
	};
}

/* Room that weft_event_put() and what the worker adds to it need. */
static size_t weft_event_size(void)
{
	return 2 * nla_total_size(sizeof(struct in6_addr)) +
	       7 * nla_total_size_64bit(sizeof(u64)) +
	       6 * nla_total_size(sizeof(u32)) +
	       4 * nla_total_size(sizeof(u16)) +
	       6 * nla_total_size(sizeof(u8)) +
	       nla_total_size(0) +
	       10 * nla_total_size_64bit(sizeof(u64)) +
	       2 * nla_total_size(sizeof(u32)) + nla_total_size(0);
}

static int weft_put_encap(struct sk_buff *skb, const struct weft_event *event)
{
	const struct weft_encap *encap = &event->encap;

	if (!(event->key.flags & WEFT_KEY_TUNNEL))
		return 0;
	return nla_put_u8(skb, WEFT_A_FLOW_TUNNEL, encap->tunnel) ?:
	       nla_put_u32(skb, WEFT_A_FLOW_TUNNEL_ID, encap->id) ?:
	       nla_put_u16(skb, WEFT_A_FLOW_TUNNEL_VLAN, encap->vlan);
}

/**
 * weft_event_put - put what describes a flow into a message
 * @skb: the message
 * @event: the description; time_ns and cmd are not looked at
 *
 * Context: Any.
 * Return: 0, or -EMSGSIZE where it has no room.
 */
int weft_event_put(struct sk_buff *skb, const struct weft_event *event)
{
	const struct weft_flow_key *key = &event->key;
	unsigned int a = event->opener & 1, b = !a;

	if ((event->index != WEFT_FLOW_NONE &&
	     nla_put_u32(skb, WEFT_A_FLOW_INDEX, event->index)) ||
	    nla_put_in6_addr(skb, WEFT_A_FLOW_OPENER, &key->addr[a]) ||
	    nla_put_in6_addr(skb, WEFT_A_FLOW_ACCEPTOR, &key->addr[b]) ||
	    nla_put_u16(skb, WEFT_A_FLOW_OPENER_PORT, weft_key_port(key, a)) ||
	    nla_put_u16(skb, WEFT_A_FLOW_ACCEPTOR_PORT, weft_key_port(key, b)) ||
	    (key->flags & WEFT_KEY_QUEUE_PAIR &&
	     nla_put_u32(skb, WEFT_A_FLOW_QP, weft_key_queue_pair(key))) ||
	    nla_put_u8(skb, WEFT_A_FLOW_PROTOCOL, key->proto) ||
	    nla_put_u16(skb, WEFT_A_FLOW_VLAN, key->vlan) ||
	    weft_put_encap(skb, event) ||
	    nla_put_u8(skb, WEFT_A_FLOW_STATE, event->state) ||
	    nla_put_u32(skb, WEFT_A_FLOW_CLASS, event->class) ||
	    nla_put_u32(skb, WEFT_A_FLOW_JOB, event->job) ||
	    nla_put_u8(skb, WEFT_A_FLOW_SOURCE, event->source) ||
	    nla_put_u8(skb, WEFT_A_FLOW_ACTION, event->action) ||
	    nla_put_u8(skb, WEFT_A_FLOW_DIRECTION, event->direction) ||
	    nla_put_u32(skb, WEFT_A_FLOW_ATTACH_ID, event->attach) ||
	    nla_put_u32(skb, WEFT_A_FLOW_UPLINK_IFINDEX, event->uplink_ifindex) ||
	    nla_put_u64_64bit(skb, WEFT_A_FLOW_TX_BYTES, event->bytes[a],
			      WEFT_A_FLOW_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_FLOW_TX_PACKETS, event->packets[a],
			      WEFT_A_FLOW_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_FLOW_RX_BYTES, event->bytes[b],
			      WEFT_A_FLOW_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_FLOW_RX_PACKETS, event->packets[b],
			      WEFT_A_FLOW_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_FLOW_AGE_MS, event->age_ms,
			      WEFT_A_FLOW_PAD))
		return -EMSGSIZE;
	return 0;
}

/* What is received is not queued here. */
static int weft_put_queued(struct sk_buff *skb,
			   const struct weft_transfer *transfer)
{
	if (transfer->direction != WEFT_DIRECTION_EGRESS)
		return 0;
	if (nla_put_u64_64bit(skb, WEFT_A_TRANSFER_QUEUED_US,
			      transfer->queued_us, WEFT_A_TRANSFER_PAD) ||
	    nla_put_u32(skb, WEFT_A_TRANSFER_MARKS, transfer->marks) ||
	    nla_put_u32(skb, WEFT_A_TRANSFER_DROPS, transfer->drops))
		return -EMSGSIZE;
	return 0;
}

static int weft_put_tcp(struct sk_buff *skb, const struct weft_transfer *transfer)
{
	if (!transfer->has_tcp)
		return 0;
	if (nla_put_u32(skb, WEFT_A_TRANSFER_RETRANSMITS,
			transfer->retransmits) ||
	    nla_put_u32(skb, WEFT_A_TRANSFER_RTT_US, transfer->rtt_us) ||
	    nla_put_u64_64bit(skb, WEFT_A_TRANSFER_BUSY_US, transfer->busy_us,
			      WEFT_A_TRANSFER_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_TRANSFER_RWND_LIMITED_US,
			      transfer->rwnd_us, WEFT_A_TRANSFER_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_TRANSFER_SNDBUF_LIMITED_US,
			      transfer->sndbuf_us, WEFT_A_TRANSFER_PAD))
		return -EMSGSIZE;
	return 0;
}

/**
 * weft_event_put_transfer - put a transfer into a message that shows its flow
 * @skb: the message
 * @transfer: the transfer
 *
 * Context: Any.
 * Return: 0, or -EMSGSIZE where it has no room.
 */
int weft_event_put_transfer(struct sk_buff *skb,
			    const struct weft_transfer *transfer)
{
	struct nlattr *nest;

	nest = nla_nest_start(skb, transfer->direction == WEFT_DIRECTION_EGRESS ?
			      WEFT_A_FLOW_EGRESS_TRANSFER :
			      WEFT_A_FLOW_INGRESS_TRANSFER);
	if (!nest ||
	    (transfer->open && nla_put_flag(skb, WEFT_A_TRANSFER_OPEN)) ||
	    nla_put_u64_64bit(skb, WEFT_A_TRANSFER_START, transfer->start_ns,
			      WEFT_A_TRANSFER_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_TRANSFER_DURATION_US,
			      transfer->duration_us, WEFT_A_TRANSFER_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_TRANSFER_BYTES, transfer->bytes,
			      WEFT_A_TRANSFER_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_TRANSFER_WIRE_BYTES,
			      transfer->wire_bytes, WEFT_A_TRANSFER_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_TRANSFER_PACKETS, transfer->packets,
			      WEFT_A_TRANSFER_PAD) ||
	    (transfer->declared &&
	     nla_put_u64_64bit(skb, WEFT_A_TRANSFER_DECLARED_BYTES,
			       transfer->declared, WEFT_A_TRANSFER_PAD)) ||
	    (transfer->deadline_ns &&
	     nla_put_u64_64bit(skb, WEFT_A_TRANSFER_DEADLINE,
			       transfer->deadline_ns, WEFT_A_TRANSFER_PAD)) ||
	    weft_put_queued(skb, transfer) ||
	    weft_put_tcp(skb, transfer))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * weft_event_wanted - does anybody listen?
 * @queue: the namespace's events
 *
 * Context: Any. Costs about a load and a bit test.
 * Return: false if an event would reach nobody.
 */
bool weft_event_wanted(const struct weft_event_queue *queue)
{
	return weft_netlink_wanted(queue->net);
}

/* May this verdict still be published in this second? Under the lock. */
static bool weft_event_admit(struct weft_event_queue *queue, unsigned long now)
{
	if (time_after_eq(now, queue->second + HZ)) {
		WRITE_ONCE(queue->second, now);
		WRITE_ONCE(queue->verdicts, 0);
	}
	if (queue->verdicts >= WEFT_EVENT_DENIED_MAX)
		return false;
	WRITE_ONCE(queue->verdicts, queue->verdicts + 1);
	return true;
}

/* As above, but cheap: a flood must not make CPUs queue up for the lock. */
static bool weft_event_flooded(const struct weft_event_queue *queue,
			       unsigned long now)
{
	return READ_ONCE(queue->verdicts) >= WEFT_EVENT_DENIED_MAX &&
	       time_before(now, READ_ONCE(queue->second) + HZ);
}

/**
 * weft_event_publish - tell listeners what happened
 * @queue: the namespace's events
 * @event: copied
 *
 * Context: Any, interrupts included. Does not allocate; takes the queue's lock
 *	if somebody listens.
 */
void weft_event_publish(struct weft_event_queue *queue,
			const struct weft_event *event)
{
	bool verdict = event->cmd == WEFT_CMD_VERDICT_NTF;
	unsigned long flags, now = jiffies;
	bool room = true;

	if (!weft_event_wanted(queue))
		return;
	if (verdict && weft_event_flooded(queue, now)) {
		atomic64_inc(&queue->lost);
		return;
	}

	spin_lock_irqsave(&queue->lock, flags);
	if (queue->head - queue->tail >= WEFT_EVENT_RING)
		room = false;
	else if (verdict)
		room = weft_event_admit(queue, now);
	if (room)
		queue->ring[queue->head++ % WEFT_EVENT_RING] = *event;
	spin_unlock_irqrestore(&queue->lock, flags);

	if (room)
		schedule_work(&queue->work);
	else
		atomic64_inc(&queue->lost);
}

static bool weft_event_take(struct weft_event_queue *queue,
			    struct weft_event *event)
{
	unsigned long flags;
	bool found;

	spin_lock_irqsave(&queue->lock, flags);
	found = queue->head != queue->tail;
	if (found)
		*event = queue->ring[queue->tail++ % WEFT_EVENT_RING];
	spin_unlock_irqrestore(&queue->lock, flags);
	return found;
}

static void weft_event_send(struct weft_event_queue *queue,
			    const struct weft_event *event)
{
	u64 lost = atomic64_xchg(&queue->lost, 0);
	struct sk_buff *skb;
	void *header;

	skb = genlmsg_new(weft_event_size(), GFP_KERNEL);
	if (!skb)
		goto lost;
	header = genlmsg_put(skb, 0, queue->sequence, &weft_genl_family, 0,
			     event->cmd);
	if (!header)
		goto free;
	if (weft_event_put(skb, event) ||
	    (event->cmd == WEFT_CMD_TRANSFER_CLOSE_NTF &&
	     weft_event_put_transfer(skb, &event->transfer)) ||
	    nla_put_u64_64bit(skb, WEFT_A_FLOW_TIME, event->time_ns,
			      WEFT_A_FLOW_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_FLOW_LOST, lost, WEFT_A_FLOW_PAD))
		goto free;
	genlmsg_end(skb, header);

	queue->sequence++;
	weft_netlink_multicast(queue->net, skb);
	return;
free:
	nlmsg_free(skb);
lost:
	atomic64_add(lost + 1, &queue->lost);
}

static void weft_event_work(struct work_struct *work)
{
	struct weft_event_queue *queue =
		container_of(work, struct weft_event_queue, work);
	struct weft_event event;
	unsigned int i;

	for (i = 0; i < WEFT_EVENT_BATCH; i++) {
		if (!weft_event_take(queue, &event))
			return;
		weft_event_send(queue, &event);
		cond_resched();
	}
	/* Let others of the workqueue have their turn. */
	schedule_work(work);
}

/**
 * weft_event_queue_create - make a namespace's events
 * @net: the namespace
 *
 * Context: Process, may sleep.
 * Return: the queue, or NULL without memory.
 */
struct weft_event_queue *weft_event_queue_create(struct net *net)
{
	struct weft_event_queue *queue;

	queue = kvzalloc(sizeof(*queue), GFP_KERNEL_ACCOUNT);
	if (!queue)
		return NULL;

	queue->net = net;
	queue->second = jiffies;
	atomic64_set(&queue->lost, 0);
	spin_lock_init(&queue->lock);
	INIT_WORK(&queue->work, weft_event_work);
	return queue;
}

/**
 * weft_event_queue_destroy - send what is left and free the queue
 * @queue: nobody publishes to it any more; NULL is allowed
 *
 * Context: Process, may sleep.
 */
void weft_event_queue_destroy(struct weft_event_queue *queue)
{
	if (!queue)
		return;
	/* The worker queues itself again until the ring is empty. */
	while (flush_work(&queue->work))
		;
	kvfree(queue);
}
