// SPDX-License-Identifier: GPL-2.0
/*
 * The flow table.
 *
 * Slots come in chunks that are never given back before the table goes, so a
 * reader may look at any slot at any time; whether it still holds the flow
 * that the reader means, the key or the slot's generation says. Buckets chain
 * slots by number. A look-up takes no lock; putting in and taking out take
 * the bucket's.
 *
 * A retired slot is unlinked at once but emptied by the worker, a grace period
 * later: until then packets that found it before may still add to its counts,
 * so only then are the counts final, go to the job, and are published.
 *
 * The packet path never allocates. The worker adds a chunk while free slots
 * run low, up to the bound; when there is no slot, the packet is judged
 * without state and counted.
 *
 * A slot is of the quota of the attachment point that admitted the opening
 * packet, from then until it has been emptied (quota.c says how many that may
 * be). Who is refused a slot has the worker give up flows of its own sooner:
 * first those that nobody answered, then those picked up mid-stream, then
 * closed ones. Nobody else's go, unless somebody has more than its share while
 * another can't get its own.
 *
 * An established TCP flow is never given up for being idle: collectives are
 * silent for hours.
 */
#include <linux/bits.h>
#include <linux/in.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "config.h"
#include "event.h"
#include "flow.h"
#include "netns.h"
#include "quota.h"
#include "transfer.h"

#define WEFT_LOCKS		256	/* power of two */
#define WEFT_LOW_WATER		8	/* of all slots, this part is free */
#define WEFT_GROWTH		8	/* by this part at a time */

#define WEFT_SCAN_PERIOD	(HZ / 2)
#define WEFT_SCAN_PARTS		4	/* each slot is looked at every 2 s */

/* How long an entry may be idle. */
#define WEFT_IDLE_NEW		(30 * HZ)	/* nothing came back */
#define WEFT_IDLE_STREAM	(180 * HZ)	/* not TCP, seen both ways */
#define WEFT_IDLE_CLOSING	(60 * HZ)	/* one side has finished */
#define WEFT_IDLE_CLOSED	(2 * HZ)	/* last acknowledgments pass */
/* Under pressure, in the order in which they are given up. */
#define WEFT_IDLE_PRESSED_NEW	(HZ)
#define WEFT_IDLE_PRESSED_MID	(3 * HZ)

#define WEFT_PRESSED_PERIOD	(HZ / 10)	/* a flood doesn't keep a CPU busy */

#define WEFT_TCP_MAX_WSCALE	14

/* Bits of weft_flow_table.fragments besides a slot's number. */
#define WEFT_NOTE_OUTER		BIT(31)	/* outside of the flow's tunnel */
#define WEFT_NOTE_SRC		BIT(30)	/* the end of the flow that sent it */

static spinlock_t *weft_bucket_lock(struct weft_flow_table *table, u32 hash)
{
	return &table->locks[hash & (WEFT_LOCKS - 1)];
}

/* Have the worker look soon: at once, or after @delay. */
static void weft_kick(struct weft_flow_table *table, unsigned long delay)
{
	if (!READ_ONCE(table->dead))
		mod_delayed_work(system_dfl_wq, &table->work, delay);
}

/* Start the periodic scan where it rests; cheap where it doesn't. */
static void weft_rouse(struct weft_flow_table *table)
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

/* Should there be more slots, and may there? */
static bool weft_should_grow(const struct weft_flow_table *table)
{
	u32 n_chunks = READ_ONCE(table->n_chunks);

	return READ_ONCE(table->n_free) <
	       (n_chunks << WEFT_CHUNK_BITS) / WEFT_LOW_WATER &&
	       n_chunks < table->max_chunks;
}

/* @attach was refused a slot: the worker shall look, once in a while. */
static void weft_press(struct weft_flow_table *table, u16 attach)
{
	if (!test_bit(attach, table->pressed) &&
	    !test_and_set_bit(attach, table->pressed))
		weft_kick(table, WEFT_PRESSED_PERIOD);
}

/*
 * A slot of @attach's quota. NULL without, then @counter is the reason as
 * WEFT_A_STATS_*.
 */
static struct weft_flow *weft_take_slot(struct weft_flow_table *table,
					u16 attach, int *counter)
{
	struct weft_flow *flow = NULL;
	bool allowed, low;

	spin_lock(&table->slot_lock);
	allowed = weft_quota_take(table->quota, attach);
	if (allowed && table->free) {
		flow = weft_slot(table, table->free - 1);
		table->free = flow->free_next;
		table->n_free--;
	} else if (allowed) {
		weft_quota_give(table->quota, attach);
	} else if (!weft_quota_over(table->quota, attach)) {
		WRITE_ONCE(table->starved, true);
	}
	low = weft_should_grow(table);
	spin_unlock(&table->slot_lock);

	if (!flow) {
		*counter = allowed ? WEFT_A_STATS_UNTRACKED :
				     WEFT_A_STATS_UNTRACKED_QUOTA;
		weft_press(table, attach);
	}
	/* Memory comes soon, if it does: last, since pressing can wait. */
	if (low)
		weft_kick(table, 0);
	return flow;
}

/* An empty slot, of nobody's quota. */
static void weft_add_slot(struct weft_flow_table *table, struct weft_flow *flow)
{
	flow->free_next = table->free;
	table->free = flow->index + 1;
	table->n_free++;
}

static void weft_give_slot(struct weft_flow_table *table, struct weft_flow *flow)
{
	spin_lock_bh(&table->slot_lock);
	weft_quota_give(table->quota, flow->holder);
	weft_add_slot(table, flow);
	spin_unlock_bh(&table->slot_lock);
}

static void weft_half_reset(struct weft_flow_half *half)
{
	atomic64_set(&half->bytes, 0);
	atomic64_set(&half->packets, 0);
	WRITE_ONCE(half->last, (u32)jiffies);
	half->seq_end = 0;
	half->ack = 0;
	half->window = 0;
	half->tcp_seen = 0;
}

static void weft_flow_fill(struct weft_flow *flow, const struct weft_pkt *pkt,
			   const struct weft_flow_open *open, bool in_job)
{
	u8 flags = WEFT_FLOW_LIVE | WEFT_FLOW_COUNTING;

	if (pkt->src)
		flags |= WEFT_FLOW_OPENER;
	if (open->direction == WEFT_DIRECTION_INGRESS)
		flags |= WEFT_FLOW_INGRESS;
	if (pkt->key.proto == IPPROTO_TCP &&
	    !(pkt->tcp_flags & WEFT_TCPHDR_SYN))
		flags |= WEFT_FLOW_MIDSTREAM;

	flow->key = pkt->key;
	flow->encap = pkt->encap;
	flow->created_ns = ktime_get_ns();
	flow->uplink_ifindex = open->uplink_ifindex;
	WRITE_ONCE(flow->holder, open->attach);
	weft_half_reset(&flow->half0);
	weft_half_reset(&flow->half1);
	/* Whoever comes by the slot's number may be reading these. */
	WRITE_ONCE(flow->config_gen, open->config_gen);
	WRITE_ONCE(flow->job, in_job ? open->job : 0);
	WRITE_ONCE(flow->verdict[open->direction],
		   weft_verdict_pack(open->attach, open->verdict));
	WRITE_ONCE(flow->verdict[!open->direction], WEFT_VERDICT_NONE);
	WRITE_ONCE(flow->class, open->class);
	WRITE_ONCE(flow->source, open->source);
	WRITE_ONCE(flow->state, WEFT_FLOW_STATE_NEW);
	/* Pairs with weft_is_idle(): who sees it live sees the rest. */
	smp_store_release(&flow->flags, flags);
}

static void weft_flow_publish(struct weft_flow_table *table,
			      const struct weft_flow *flow, u8 cmd)
{
	struct weft_event_queue *queue = table->wn->events;
	struct weft_event event;

	if (!weft_event_wanted(queue))
		return;
	weft_event_of_flow(&event, flow, flow->index);
	event.cmd = cmd;
	event.time_ns = ktime_get_ns();
	weft_event_publish(queue, &event);
}

/**
 * weft_flow_insert - put in the flow that a packet opens
 * @table: the table
 * @pkt: the packet
 * @hash: weft_flow_hash() of its key and tunnel
 * @open: what judging it found
 * @counter: set to the reason, as WEFT_A_STATS_*, if there is no slot
 *
 * Context: RCU read side, softirqs off. Takes the bucket's lock.
 * Return: the flow, another CPU's if that was quicker, or NULL if there is no
 *	slot.
 */
struct weft_flow *weft_flow_insert(struct weft_flow_table *table,
				   const struct weft_pkt *pkt, u32 hash,
				   const struct weft_flow_open *open,
				   int *counter)
{
	u32 *bucket = &table->buckets[hash & table->bucket_mask];
	spinlock_t *lock = weft_bucket_lock(table, hash);
	struct weft_flow *flow;
	bool in_job;

	spin_lock(lock);
	flow = weft_flow_lookup(table, &pkt->key, &pkt->encap, hash);
	if (flow)
		goto unlock;
	flow = weft_take_slot(table, open->attach, counter);
	if (!flow)
		goto unlock;

	in_job = open->job && weft_job_join(table->wn->jobs, open->job);
	weft_flow_fill(flow, pkt, open, in_job);
	WRITE_ONCE(flow->next, *bucket);
	/* Whoever follows the link sees the entry whole. */
	smp_store_release(bucket, flow->index + 1);
	atomic_inc(&table->n_live);
	spin_unlock(lock);

	weft_rouse(table);
	weft_flow_publish(table, flow, WEFT_CMD_FLOW_OPEN_NTF);
	return flow;

unlock:
	spin_unlock(lock);
	return flow;
}

/* Unlinks under the bucket's lock; false if it was not linked any more. */
static bool weft_flow_unlink(struct weft_flow_table *table,
			     struct weft_flow *flow, u32 hash)
{
	u32 *link = &table->buckets[hash & table->bucket_mask];

	if (!(flow->flags & WEFT_FLOW_LIVE))
		return false;
	while (*link != flow->index + 1) {
		if (WARN_ON_ONCE(!*link))
			return false;
		link = &weft_slot(table, *link - 1)->next;
	}
	WRITE_ONCE(*link, flow->next);

	WRITE_ONCE(flow->flags, flow->flags & ~WEFT_FLOW_LIVE);
	WRITE_ONCE(flow->slot_gen, flow->slot_gen + 1);
	atomic_dec(&table->n_live);

	spin_lock(&table->slot_lock);
	flow->free_next = table->retired;
	table->retired = flow->index + 1;
	spin_unlock(&table->slot_lock);
	return true;
}

/**
 * weft_flow_retire - end a flow now
 * @table: the table
 * @flow: the flow, perhaps retired by another CPU meanwhile
 * @hash: weft_flow_hash() of its key and tunnel
 *
 * Its counts become final and are published after a grace period.
 *
 * Context: RCU read side, softirqs off. Takes the bucket's lock.
 */
void weft_flow_retire(struct weft_flow_table *table, struct weft_flow *flow,
		      u32 hash)
{
	spinlock_t *lock = weft_bucket_lock(table, hash);

	spin_lock(lock);
	if (weft_flow_unlink(table, flow, hash))
		weft_rouse(table);
	spin_unlock(lock);
}

/**
 * weft_flow_rejudge - store what judging a known flow found
 * @table: the table
 * @flow: the flow
 * @hash: weft_flow_hash() of its key and tunnel
 * @open: class and job, and the verdict for @open->attach and
 *	@open->direction; the device is not changed
 *
 * A flow that knows a newer config than @open is left as it is. Where @open is
 * of a newer config, or of a packet that says what the flow waits for, the
 * verdict for the other direction is forgotten.
 *
 * Context: RCU read side, softirqs off. Takes the bucket's lock.
 */
void weft_flow_rejudge(struct weft_flow_table *table, struct weft_flow *flow,
		       u32 hash, const struct weft_flow_open *open)
{
	struct weft_job_table *jobs = table->wn->jobs;
	spinlock_t *lock = weft_bucket_lock(table, hash);
	static const u64 nothing[2];
	u32 gen = open->config_gen;
	s32 newer;

	spin_lock(lock);
	/* A generation's 31 bits, so that the sign says which one is newer. */
	newer = (s32)((open->config_gen - flow->config_gen) << 1);
	if (!(flow->flags & WEFT_FLOW_LIVE) || newer < 0)
		goto unlock;
	/* Another CPU had a packet of the workload's meanwhile. */
	if (!newer && open->config_gen & WEFT_GEN_PENDING &&
	    !(flow->config_gen & WEFT_GEN_PENDING))
		gen = flow->config_gen;

	if (flow->config_gen != gen) {
		WRITE_ONCE(flow->verdict[!open->direction], WEFT_VERDICT_NONE);
		WRITE_ONCE(flow->class, open->class);
		WRITE_ONCE(flow->source, open->source);
		if (flow->job != open->job) {
			if (flow->job)
				weft_job_leave(jobs, flow->job, nothing, nothing);
			WRITE_ONCE(flow->job, open->job &&
				   weft_job_join(jobs, open->job) ?
				   open->job : 0);
		}
	}
	WRITE_ONCE(flow->verdict[open->direction],
		   weft_verdict_pack(open->attach, open->verdict));
	/* Pairs with weft_known_verdict(): generation last. */
	smp_store_release(&flow->config_gen, gen);
unlock:
	spin_unlock(lock);
}

/* Would the receiver of this RST take it for a valid one? */
static bool weft_rst_fits(const struct weft_flow_half *receiver,
			  const struct weft_pkt *pkt)
{
	u32 window;

	/* It has acknowledged nothing: then the RST must answer what it sent. */
	if (!(READ_ONCE(receiver->tcp_seen) & WEFT_TCP_ACK))
		return pkt->tcp_flags & WEFT_TCPHDR_ACK &&
		       pkt->tcp_ack == READ_ONCE(receiver->seq_end);

	window = (u32)READ_ONCE(receiver->window) << WEFT_TCP_MAX_WSCALE;
	return pkt->tcp_seq - READ_ONCE(receiver->ack) <= window;
}

/**
 * weft_flow_follow_tcp - what a packet says of its connection's state
 * @flow: the flow
 * @half: what the packet's sender has sent
 * @peer: what the other end has sent
 * @pkt: the packet, with its TCP header
 *
 * Context: RCU read side, softirqs off. No lock.
 */
void weft_flow_follow_tcp(struct weft_flow *flow, struct weft_flow_half *half,
			  const struct weft_flow_half *peer,
			  const struct weft_pkt *pkt)
{
	u8 seen = READ_ONCE(half->tcp_seen), new = seen;
	u32 end = pkt->tcp_seq + pkt->payload_len;

	if (pkt->tcp_flags & WEFT_TCPHDR_SYN) {
		new |= WEFT_TCP_SYN;
		end++;
	}
	if (pkt->tcp_flags & WEFT_TCPHDR_FIN) {
		new |= WEFT_TCP_FIN;
		end++;
	}
	if (!(pkt->tcp_flags & WEFT_TCPHDR_RST)) {
		if (!atomic64_read(&half->packets) ||
		    (s32)(end - half->seq_end) > 0)
			WRITE_ONCE(half->seq_end, end);
		if (pkt->tcp_flags & WEFT_TCPHDR_ACK) {
			WRITE_ONCE(half->ack, pkt->tcp_ack);
			WRITE_ONCE(half->window, pkt->tcp_window);
			new |= WEFT_TCP_ACK;
		}
	} else if (weft_rst_fits(peer, pkt)) {
		weft_flow_forward(flow, WEFT_FLOW_STATE_CLOSED);
	}

	if (new != seen)
		WRITE_ONCE(half->tcp_seen, new);
	if (new & WEFT_TCP_FIN)
		weft_flow_forward(flow, READ_ONCE(peer->tcp_seen) & WEFT_TCP_FIN ?
				  WEFT_FLOW_STATE_CLOSED :
				  WEFT_FLOW_STATE_CLOSING);
}

/* All fragments of a packet have these in common, and their order. */
static u32 weft_fragment_tag(const struct weft_flow_table *table,
			     const struct weft_flow_key *key,
			     const struct weft_encap *encap, u32 id, u8 src)
{
	struct {
		struct in6_addr		addr[2];
		struct weft_encap	encap;
		u32			id;
		u16			vlan;
		u8			proto;
		u8			src;
	} common = {
		.addr	= { key->addr[0], key->addr[1] },
		.id	= id,
		.vlan	= key->vlan,
		.proto	= key->proto,
		.src	= src,
	};

	if (key->flags & WEFT_KEY_TUNNEL)
		common.encap = *encap;
	return hsiphash(&common, sizeof(common), &table->hash_key);
}

static void weft_write_note(struct weft_flow_table *table, u32 tag, u32 note)
{
	atomic64_set(&table->fragments[tag % WEFT_FRAGMENTS],
		     (u64)tag << 32 | note);
}

/**
 * weft_flow_note_fragment - leave word of a first fragment for later ones
 * @table: the table
 * @pkt: a first fragment, or in a packet that is one
 * @flow: its flow; NULL if it may not pass, then later ones have none
 *
 * Context: RCU read side. No lock.
 */
void weft_flow_note_fragment(struct weft_flow_table *table,
			     const struct weft_pkt *pkt,
			     const struct weft_flow *flow)
{
	u32 note = flow ? flow->index + 1 : 0;

	if (pkt->first_fragment)
		weft_write_note(table,
				weft_fragment_tag(table, &pkt->key, &pkt->encap,
						  pkt->ip_id, pkt->src), note);
	if (!pkt->outer_first)
		return;
	if (flow)
		note |= WEFT_NOTE_OUTER | (pkt->src ? WEFT_NOTE_SRC : 0);
	weft_write_note(table, weft_fragment_tag(table, &pkt->outer, NULL,
						 pkt->outer_id, pkt->outer_src),
			note);
}

/**
 * weft_flow_of_fragment - the flow of a later fragment
 * @table: the table
 * @pkt: the fragment; is made one of the flow
 *
 * Context: RCU read side; the result is good until it ends.
 * Return: the flow, or NULL if the first fragment has not passed, or so many
 *	packets came in fragments since that its place was taken.
 */
struct weft_flow *weft_flow_of_fragment(struct weft_flow_table *table,
					struct weft_pkt *pkt)
{
	u32 tag = weft_fragment_tag(table, &pkt->key, &pkt->encap, pkt->ip_id,
				    pkt->src);
	u64 note = atomic64_read(&table->fragments[tag % WEFT_FRAGMENTS]);
	u32 slot = note & ~(WEFT_NOTE_OUTER | WEFT_NOTE_SRC);
	struct weft_flow *flow;

	if (note >> 32 != tag || !slot)
		return NULL;
	flow = weft_slot(table, slot - 1);
	/* It may have ended, and its slot be another's. */
	if (!(smp_load_acquire(&flow->flags) & WEFT_FLOW_LIVE))
		return NULL;
	if (note & WEFT_NOTE_OUTER) {
		/* The ends in the tunnel are others: the tag must do. */
		if (!(flow->key.flags & WEFT_KEY_TUNNEL))
			return NULL;
		pkt->src = !!(note & WEFT_NOTE_SRC);
	} else if (flow->key.proto != pkt->key.proto ||
		   flow->key.vlan != pkt->key.vlan ||
		   memcmp(flow->key.addr, pkt->key.addr,
			  sizeof(pkt->key.addr))) {
		return NULL;
	}
	pkt->key = flow->key;
	pkt->encap = flow->encap;
	return flow;
}

/**
 * weft_flow_by_index - the slot of a number
 * @table: the table
 * @index: any number
 *
 * Context: Any, while the table exists. The slot may be empty, or hold another
 *	flow by now: check slot_gen, flags or key.
 * Return: the slot, or NULL where the table has no such slot.
 */
struct weft_flow *weft_flow_by_index(struct weft_flow_table *table, u32 index)
{
	/* Pairs with weft_add_chunk(). */
	if (index >> WEFT_CHUNK_BITS >= smp_load_acquire(&table->n_chunks))
		return NULL;
	return weft_slot(table, index);
}

/* Shall what @attach holds be given up sooner? */
static bool weft_is_pressed(const struct weft_flow_table *table, u16 attach,
			    bool starved)
{
	return test_bit(attach, table->pressed) ||
	       (starved && weft_quota_over(table->quota, attach));
}

static unsigned long weft_idle_limit(const struct weft_flow *flow, bool pressed)
{
	bool midstream = READ_ONCE(flow->flags) & WEFT_FLOW_MIDSTREAM;

	switch (READ_ONCE(flow->state)) {
	case WEFT_FLOW_STATE_CLOSED:
		return WEFT_IDLE_CLOSED;
	case WEFT_FLOW_STATE_CLOSING:
		return pressed ? WEFT_IDLE_CLOSED : WEFT_IDLE_CLOSING;
	case WEFT_FLOW_STATE_NEW:
		if (pressed)
			return midstream ? WEFT_IDLE_PRESSED_MID :
					   WEFT_IDLE_PRESSED_NEW;
		/* One direction is all that asymmetric routing shows of it. */
		return midstream ? WEFT_IDLE_STREAM : WEFT_IDLE_NEW;
	default:
		return flow->key.proto == IPPROTO_TCP ? MAX_JIFFY_OFFSET :
							WEFT_IDLE_STREAM;
	}
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
	       weft_idle_limit(flow, weft_is_pressed(table,
						     READ_ONCE(flow->holder),
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

/* Unlinks what @flow's slot holds, if under the lock it still is @wanted. */
static void weft_unlink_if(struct weft_flow_table *table, struct weft_flow *flow,
			   weft_flow_wanted wanted, u32 arg)
{
	u32 hash = weft_flow_hash(table, &flow->key, &flow->encap);
	spinlock_t *lock = weft_bucket_lock(table, hash);

	spin_lock_bh(lock);
	if (wanted(table, flow, arg) &&
	    hash == weft_flow_hash(table, &flow->key, &flow->encap))
		weft_flow_unlink(table, flow, hash);
	spin_unlock_bh(lock);
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
	u32 i, n = pressed ? slots : DIV_ROUND_UP(slots, WEFT_SCAN_PARTS);

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

/* The counts of @flow are final: hand them on and forget the flow. */
static void weft_flow_settle(struct weft_flow_table *table, struct weft_flow *flow)
{
	unsigned int sent = flow->flags & WEFT_FLOW_INGRESS ?
		!weft_flow_opener(flow) : weft_flow_opener(flow);
	u64 bytes[2], packets[2];
	int dir;

	WRITE_ONCE(flow->state, WEFT_FLOW_STATE_CLOSED);
	for (dir = 0; dir < 2; dir++) {
		struct weft_flow_half *half =
			weft_flow_half(flow, dir == WEFT_DIRECTION_EGRESS ?
				       sent : !sent);

		bytes[dir] = atomic64_read(&half->bytes);
		packets[dir] = atomic64_read(&half->packets);
	}
	if (flow->job)
		weft_job_leave(table->wn->jobs, flow->job, bytes, packets);
	weft_flow_publish(table, flow, WEFT_CMD_FLOW_CLOSE_NTF);
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

#define WEFT_CHUNK_BYTES	(WEFT_CHUNK_SLOTS * sizeof(struct weft_flow))

/*
 * 48 pages side by side where there are such, else mapped so. kmalloc() would
 * take 64, a third more than the flows need.
 */
static struct weft_flow *weft_chunk_alloc(void)
{
	struct weft_flow *chunk;

	chunk = alloc_pages_exact(WEFT_CHUNK_BYTES, GFP_KERNEL_ACCOUNT |
				  __GFP_ZERO | __GFP_NORETRY | __GFP_NOWARN);
	return chunk ?: __vmalloc(WEFT_CHUNK_BYTES,
				  GFP_KERNEL_ACCOUNT | __GFP_ZERO);
}

static void weft_chunk_free(struct weft_flow *chunk)
{
	if (is_vmalloc_addr(chunk))
		vfree(chunk);
	else
		free_pages_exact(chunk, WEFT_CHUNK_BYTES);
}

static int weft_add_chunk(struct weft_flow_table *table)
{
	struct weft_flow *chunk;
	u32 i, first = table->n_chunks << WEFT_CHUNK_BITS;

	chunk = weft_chunk_alloc();
	if (!chunk)
		return -ENOMEM;
	for (i = 0; i < WEFT_CHUNK_SLOTS; i++)
		chunk[i].index = first + i;

	table->chunks[table->n_chunks] = chunk;
	/* Pairs with weft_flow_by_index(). */
	smp_store_release(&table->n_chunks, table->n_chunks + 1);
	spin_lock_bh(&table->slot_lock);
	for (i = WEFT_CHUNK_SLOTS; i--; )
		weft_add_slot(table, &chunk[i]);
	spin_unlock_bh(&table->slot_lock);
	return 0;
}

/* As fast as flows come, whatever the size is by now. */
static void weft_grow(struct weft_flow_table *table)
{
	u32 n = max_t(u32, table->n_chunks / WEFT_GROWTH, 1);

	while (n-- && table->n_chunks < table->max_chunks &&
	       !weft_add_chunk(table))
		cond_resched();
}

static void weft_flow_work(struct work_struct *work)
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

/**
 * weft_flow_table_create - make an empty table
 * @wn: the namespace that it is for
 * @max_flows: bound, rounded up to whole chunks of 1024
 *
 * Memory is charged to the caller's cgroup: 192 bytes a slot as slots are
 * needed, 4 bytes a bucket at once.
 *
 * Context: Process, may sleep.
 * Return: the table, or NULL without memory.
 */
struct weft_flow_table *weft_flow_table_create(struct weft_net *wn,
					       unsigned int max_flows)
{
	u32 max_chunks = max_t(u32, DIV_ROUND_UP(max_flows, WEFT_CHUNK_SLOTS), 1);
	struct weft_flow_table *table;
	u32 buckets;
	int i;

	BUILD_BUG_ON(sizeof(struct weft_flow_key) != 40);
	BUILD_BUG_ON(sizeof(struct weft_flow) > 192);
	BUILD_BUG_ON(sizeof(struct weft_encap) != sizeof(u64));
	BUILD_BUG_ON(offsetofend(struct weft_flow, flags) > 64);
	BUILD_BUG_ON(!is_power_of_2(WEFT_FRAGMENTS));

	table = kvzalloc(struct_size(table, chunks, max_chunks),
			 GFP_KERNEL_ACCOUNT);
	if (!table)
		return NULL;
	table->wn = wn;
	table->max_chunks = max_chunks;
	spin_lock_init(&table->slot_lock);
	mutex_init(&table->counts_lock);
	INIT_DELAYED_WORK(&table->work, weft_flow_work);
	get_random_bytes(&table->hash_key, sizeof(table->hash_key));

	buckets = roundup_pow_of_two(max_chunks << WEFT_CHUNK_BITS);
	table->bucket_mask = buckets - 1;
	table->quota = kvzalloc(struct_size(table->quota, holder,
					    WEFT_ATTACH_MAX + 1),
				GFP_KERNEL_ACCOUNT);
	table->buckets = kvcalloc(buckets, sizeof(*table->buckets),
				  GFP_KERNEL_ACCOUNT);
	table->locks = kvmalloc_array(WEFT_LOCKS, sizeof(*table->locks),
				      GFP_KERNEL_ACCOUNT);
	if (!table->quota || !table->buckets || !table->locks)
		goto fail;
	weft_quota_init(table->quota, max_chunks << WEFT_CHUNK_BITS,
			WEFT_ATTACH_MAX + 1);
	for (i = 0; i < WEFT_LOCKS; i++)
		spin_lock_init(&table->locks[i]);
	if (weft_add_chunk(table))
		goto fail;
	return table;

fail:
	kvfree(table->locks);
	kvfree(table->buckets);
	kvfree(table->quota);
	kvfree(table);
	return NULL;
}

/**
 * weft_flow_table_destroy - end all flows and free the table
 * @table: the table, or NULL
 *
 * Context: Process, may sleep. No packet may find the table any more, and a
 *	grace period must have passed since the last one could.
 */
void weft_flow_table_destroy(struct weft_flow_table *table)
{
	u32 i, slots;

	if (!table)
		return;
	WRITE_ONCE(table->dead, true);
	cancel_delayed_work_sync(&table->work);

	slots = table->n_chunks << WEFT_CHUNK_BITS;
	for (i = 0; i < slots; i++) {
		struct weft_flow *flow = weft_slot(table, i);

		if (READ_ONCE(flow->flags) & WEFT_FLOW_COUNTING)
			weft_flow_settle(table, flow);
		if (!(i % 256))
			cond_resched();
	}
	for (i = 0; i < table->n_chunks; i++)
		weft_chunk_free(table->chunks[i]);
	kvfree(table->locks);
	kvfree(table->buckets);
	kvfree(table->quota);
	kvfree(table);
}

/**
 * weft_flow_attach_join - give an attachment point its part of the table
 * @table: the table
 * @attach: its number
 *
 * Context: Process, RTNL, before the first packet reaches it.
 */
void weft_flow_attach_join(struct weft_flow_table *table, u16 attach)
{
	spin_lock_bh(&table->slot_lock);
	weft_quota_join(table->quota, attach);
	spin_unlock_bh(&table->slot_lock);
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
 * weft_flow_attach_count - how many slots an attachment point has
 * @table: the table
 * @attach: its number
 *
 * Context: Any.
 * Return: slots in use, those of flows that have just ended included.
 */
u32 weft_flow_attach_count(struct weft_flow_table *table, u16 attach)
{
	return READ_ONCE(table->quota->holder[attach].n);
}

/**
 * weft_flow_attach_share - how many slots each attachment point can have
 * @table: the table
 *
 * Context: Any.
 * Return: slots that nobody else can take; it may have more while they are
 *	not needed.
 */
u32 weft_flow_attach_share(struct weft_flow_table *table)
{
	return READ_ONCE(table->quota->share);
}

/**
 * weft_flow_walk - visit every flow whose counts are still its own
 * @table: the table
 * @index: where to begin; moved on, so that a walk can be taken up again
 * @visit: called for each flow under RCU, may not sleep; a value other than 0
 *	ends the walk with *@index at the flow that it was returned for. A flow
 *	without WEFT_FLOW_LIVE has ended, only its counts are still here
 * @arg: for @visit
 *
 * Context: Process, may sleep between visits.
 * Return: 0 at the end, or what @visit returned.
 */
int weft_flow_walk(struct weft_flow_table *table, u32 *index,
		   weft_flow_visit visit, void *arg)
{
	int ret = 0;

	for (;; (*index)++) {
		struct weft_flow *flow = weft_flow_by_index(table, *index);

		if (!flow)
			return 0;
		rcu_read_lock();
		if (READ_ONCE(flow->flags) & WEFT_FLOW_COUNTING)
			ret = visit(flow, *index, arg);
		rcu_read_unlock();
		if (ret)
			return ret;
		if (!(*index % 256))
			cond_resched();
	}
}

/**
 * weft_flow_counts_hold - keep counts where they are
 * @table: the table
 *
 * Until weft_flow_counts_release(), no flow's counts go over to its job, so
 * that a job's counts plus those of its flows are exact.
 *
 * Context: Process, may sleep; a short hold, since flows end meanwhile.
 */
void weft_flow_counts_hold(struct weft_flow_table *table)
{
	mutex_lock(&table->counts_lock);
}

/**
 * weft_flow_counts_release - let counts move again
 * @table: the table
 *
 * Context: Process, by the holder.
 */
void weft_flow_counts_release(struct weft_flow_table *table)
{
	mutex_unlock(&table->counts_lock);
}
