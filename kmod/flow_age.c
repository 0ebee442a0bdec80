// SPDX-License-Identifier: GPL-2.0
/*
 * The flow table's worker: which flows go when, and what becomes of them.
 *
 * A retired slot is emptied a grace period after it was unlinked; only then
 * are the flow's counts final, go to the job, and are published.
 *
 * Who is refused a slot has the worker give up flows of its own sooner: first
 * those that nobody answered, then those picked up mid-stream, then closed
 * ones. Nobody else's go, unless somebody has more than its share while another
 * can't get its own.
 *
 * An established TCP flow is never given up for being idle: collectives are
 * silent for hours.
 */
#include <linux/in.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "event.h"
#include "extension.h"
#include "flow.h"
#include "flow_internal.h"
#include "netns.h"
#include "quota.h"
#include "job.h"

#define WEFT_SCAN_PERIOD	(HZ / 2)
#define WEFT_SCAN_PARTS		4	/* each slot is looked at every 2 s */
#define WEFT_SCAN_MOST		32768U	/* or later, of a large table */

/* How long an entry may be idle under pressure, in order of giving up. */
#define WEFT_IDLE_PRESSED_NEW	(HZ)
#define WEFT_IDLE_PRESSED_MID	(3 * HZ)

/**
 * weft_kick - have the worker look soon
 * @table: the table
 * @delay: jiffies, 0 for at once
 *
 * Context: Any.
 */
void weft_kick(struct weft_flow_table *table, unsigned long delay)
{
	if (!READ_ONCE(table->dead))
		mod_delayed_work(system_dfl_wq, &table->work, delay);
}

/**
 * weft_rouse - start the periodic scan where it rests
 * @table: the table
 *
 * Cheap where it doesn't.
 *
 * Context: Any.
 */
void weft_rouse(struct weft_flow_table *table)
{
	/*
	 * What the caller changed is visible to a run that starts after the
	 * check: a worker clears "pending", full barrier, before it looks.
	 */
	smp_mb();
	if (!delayed_work_pending(&table->work) && !READ_ONCE(table->dead))
		queue_delayed_work(system_dfl_wq, &table->work,
				   WEFT_SCAN_PERIOD);
}

/* Shall what @attach holds be given up sooner? */
static bool weft_is_pressed(const struct weft_flow_table *table, u16 attach,
			    bool starved)
{
	return test_bit(attach, table->pressed) ||
	       (starved && weft_quota_over(table->quota, attach));
}

/*
 * Picked up without its SYN, and not yet seen to go on in both directions: who
 * makes up two packets could else have an entry for ever.
 */
static bool weft_is_doubtful(const struct weft_flow *flow)
{
	return READ_ONCE(flow->flags) & WEFT_FLOW_MIDSTREAM &&
	       !(READ_ONCE(flow->half0.tcp_seen) &
		 READ_ONCE(flow->half1.tcp_seen) & WEFT_TCP_ADVANCED);
}

static unsigned long weft_idle_limit(const struct weft_flow_table *table,
				     const struct weft_flow *flow, bool pressed)
{
	u8 state = READ_ONCE(flow->state);
	enum weft_timeout timeout;

	if (state == WEFT_FLOW_STATE_CLOSED ||
	    (state == WEFT_FLOW_STATE_CLOSING && pressed)) {
		timeout = WEFT_TIMEOUT_CLOSED;
	} else if (state == WEFT_FLOW_STATE_CLOSING) {
		timeout = WEFT_TIMEOUT_CLOSING;
	} else if (weft_is_doubtful(flow)) {
		if (pressed)
			return WEFT_IDLE_PRESSED_MID;
		/* One direction is all that asymmetric routing shows of it. */
		timeout = WEFT_TIMEOUT_STREAM;
	} else if (state == WEFT_FLOW_STATE_NEW) {
		if (pressed)
			return WEFT_IDLE_PRESSED_NEW;
		timeout = WEFT_TIMEOUT_NEW;
	} else {
		if (flow->key.proto == IPPROTO_TCP)
			return MAX_JIFFY_OFFSET;
		timeout = WEFT_TIMEOUT_STREAM;
	}
	return READ_ONCE(table->idle_limit[timeout]);
}

static u32 weft_idle_time(const struct weft_flow *flow)
{
	u32 now = (u32)jiffies;
	u32 idle0 = now - READ_ONCE(flow->half0.last);
	u32 idle1 = now - READ_ONCE(flow->half1.last);

	return min(idle0, idle1);
}

static bool weft_is_idle(const struct weft_flow_table *table,
			 const struct weft_flow *flow, u32 starved)
{
	/* Pairs with weft_flow_fill(). */
	return smp_load_acquire(&flow->flags) & WEFT_FLOW_LIVE &&
	       weft_idle_time(flow) >
	       weft_idle_limit(table, flow,
			       weft_is_pressed(table, READ_ONCE(flow->holder),
					       starved));
}

static bool weft_is_of(const struct weft_flow_table *table,
		       const struct weft_flow *flow, u32 attach)
{
	/* Pairs with weft_flow_fill(). */
	return smp_load_acquire(&flow->flags) & WEFT_FLOW_LIVE &&
	       READ_ONCE(flow->holder) == attach;
}

typedef bool (*weft_flow_wanted)(const struct weft_flow_table *table,
				 const struct weft_flow *flow, u32 arg);

/* What weft_unlink_if() looks for. */
struct weft_wish {
	weft_flow_wanted	wanted;
	u32			arg;
};

static int weft_change_unlink(struct weft_flow_table *table,
			      struct weft_flow *flow, u32 hash, void *arg)
{
	const struct weft_wish *wish = arg;

	if (wish->wanted(table, flow, wish->arg))
		weft_flow_unlink(table, flow, hash);
	return 0;
}

/* Unlinks what @flow's slot holds, if under the lock it still is @wanted. */
static void weft_unlink_if(struct weft_flow_table *table, struct weft_flow *flow,
			   weft_flow_wanted wanted, u32 arg)
{
	struct weft_wish wish = { wanted, arg };

	weft_flow_change(table, flow, weft_change_unlink, &wish);
}

static bool weft_is_tunnelled(const struct weft_flow_table *table,
			      const struct weft_flow *flow, u32 ifindex)
{
	/* Pairs with weft_flow_fill(). */
	return smp_load_acquire(&flow->flags) & WEFT_FLOW_LIVE &&
	       flow->key.flags & (WEFT_KEY_TUNNEL | WEFT_KEY_TUNNEL_PORT) &&
	       flow->uplink_ifindex == ifindex;
}

/* Ends every flow that is @wanted; process context. */
static void weft_retire_all(struct weft_flow_table *table,
			    weft_flow_wanted wanted, u32 arg)
{
	u32 i, slots;

	/* Pairs with weft_add_chunk(). */
	slots = smp_load_acquire(&table->n_chunks) << WEFT_CHUNK_BITS;
	for (i = 0; i < slots; i++) {
		struct weft_flow *flow = weft_slot(table, i);

		if (wanted(table, flow, arg))
			weft_unlink_if(table, flow, wanted, arg);
		if (!(i % 256))
			cond_resched();
	}
	weft_rouse(table);
}

/**
 * weft_flow_retire_tunnels - end the flows that were seen in tunnels
 * @table: the table
 * @ifindex: of the device on which they were seen
 *
 * For when tunnels are looked into no more, or in another way: TCP in them
 * would else be kept for ever.
 *
 * Context: Process, may sleep; no packet is read the old way any more.
 */
void weft_flow_retire_tunnels(struct weft_flow_table *table, u32 ifindex)
{
	weft_retire_all(table, weft_is_tunnelled, ifindex);
}

static void weft_scan(struct weft_flow_table *table)
{
	bool starved = xchg(&table->starved, false);
	bool pressed = starved ||
		       !bitmap_empty(table->pressed, WEFT_ATTACH_MAX + 1);
	u32 slots = table->n_chunks << WEFT_CHUNK_BITS;
	u32 part = min(DIV_ROUND_UP(slots, WEFT_SCAN_PARTS), WEFT_SCAN_MOST);
	u32 i, n = pressed ? slots : part;

	for (i = 0; i < n; i++) {
		u32 index = table->scan_next;
		struct weft_flow *flow = weft_slot(table, index);

		table->scan_next = index + 1 < slots ? index + 1 : 0;
		if (weft_is_idle(table, flow, starved))
			weft_unlink_if(table, flow, weft_is_idle, starved);
		if (!(i % 256))
			cond_resched();
	}
	/* Who still finds no slot says so again. */
	if (pressed)
		bitmap_zero(table->pressed, WEFT_ATTACH_MAX + 1);
}

/**
 * weft_flow_settle - hand a flow's final counts on and forget the flow
 * @table: the table
 * @flow: the flow; no packet has it any more
 *
 * Context: Process; the worker's, counts held, or nobody else has the table.
 */
void weft_flow_settle(struct weft_flow_table *table, struct weft_flow *flow)
{
	u64 bytes[2], packets[2];
	unsigned int end;

	WRITE_ONCE(flow->state, WEFT_FLOW_STATE_CLOSED);
	for (end = 0; end < 2; end++) {
		enum weft_direction dir = weft_flow_end_direction(flow, end);
		struct weft_flow_half *half = weft_flow_half(flow, end);

		bytes[dir] = atomic64_read(&half->bytes);
		packets[dir] = atomic64_read(&half->packets);
	}
	weft_transfer_settle(table, flow);
	if (flow->job)
		weft_job_leave(table->wn->jobs, flow->job, bytes, packets);
	weft_flow_publish(table, flow, WEFT_CMD_FLOW_CLOSE_NTF);
	weft_extension_give(table->extensions, flow->extension);
	WRITE_ONCE(flow->flags, 0);
}

static void weft_settle_retired(struct weft_flow_table *table)
{
	u32 link;

	spin_lock_bh(&table->slot_lock);
	link = table->retired;
	table->retired = 0;
	spin_unlock_bh(&table->slot_lock);
	if (!link)
		return;

	synchronize_rcu();

	while (link) {
		struct weft_flow *flow = weft_slot(table, link - 1);

		link = flow->free_next;
		mutex_lock(&table->counts_lock);
		weft_flow_settle(table, flow);
		mutex_unlock(&table->counts_lock);
		weft_give_slot(table, flow);
		cond_resched();
	}
}

/**
 * weft_flow_attach_gone - end the flows of an attachment point
 * @table: the table
 * @attach: its number, which may come back as another's
 *
 * Context: Process, RTNL, may sleep; no packet reaches it any more.
 */
void weft_flow_attach_gone(struct weft_flow_table *table, u16 attach)
{
	spin_lock_bh(&table->slot_lock);
	weft_quota_leave(table->quota, attach);
	spin_unlock_bh(&table->slot_lock);
	weft_retire_all(table, weft_is_of, attach);
}

/**
 * weft_flow_work - the worker
 * @work: the table's
 *
 * Context: Process, may sleep.
 */
void weft_flow_work(struct work_struct *work)
{
	struct weft_flow_table *table =
		container_of(work, struct weft_flow_table, work.work);

	weft_scan(table);
	weft_settle_retired(table);
	if (weft_should_grow(table))
		weft_grow(table);
	/* Rests while the table is empty; the next flow wakes it. */
	if (atomic_read(&table->n_live) || READ_ONCE(table->retired))
		weft_rouse(table);
}

