// SPDX-License-Identifier: GPL-2.0
/*
 * Flows on the packet path: put in, judged again, followed, taken out.
 *
 * A look-up takes no lock; putting in and taking out take the bucket's. A
 * retired slot is unlinked at once but emptied by the worker, a grace period
 * later (flow_age.c): until then packets that found it before may still add to
 * its counts.
 *
 * The packet path never allocates: where there is no slot, the packet is
 * judged without state and counted.
 */
#include <linux/bits.h>
#include <linux/in.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/spinlock.h>

#include "config.h"
#include "event.h"
#include "flow.h"
#include "flow_internal.h"
#include "netns.h"
#include "job.h"

#define WEFT_TCP_MAX_WSCALE	14

/* Bits of weft_flow_table.fragments besides a slot's number. */
#define WEFT_NOTE_OUTER		BIT(31)	/* outside of the flow's tunnel */
#define WEFT_NOTE_SRC		BIT(30)	/* the end of the flow that sent it */

static void weft_half_reset(struct weft_flow_half *half)
{
	atomic64_set(&half->bytes, 0);
	atomic64_set(&half->packets, 0);
	/* So that the first packet begins a transfer. */
	WRITE_ONCE(half->last, (u32)jiffies - WEFT_GAP_MIN);
	/* And with these all that is TCP's. */
	atomic_set(&half->messages, 0);
	atomic64_set(&half->message_bytes, 0);
}

static void weft_flow_fill(struct weft_flow *flow, const struct weft_pkt *pkt,
			   const struct weft_flow_open *open, u16 job_place)
{
	u8 flags = WEFT_FLOW_LIVE | WEFT_FLOW_COUNTING;

	if (pkt->src)
		flags |= WEFT_FLOW_OPENER;
	if (open->direction == WEFT_DIRECTION_INGRESS)
		flags |= WEFT_FLOW_INGRESS;
	if (pkt->key.proto == IPPROTO_TCP &&
	    !(pkt->tcp_flags & WEFT_TCPHDR_SYN))
		flags |= WEFT_FLOW_MIDSTREAM;
	if (open->marked & BIT(open->class))
		flags |= WEFT_FLOW_MARKED | WEFT_FLOW_SLOW;

	flow->key = pkt->key;
	flow->encap = pkt->encap;
	flow->created_ns = ktime_get_ns();
	flow->uplink_ifindex = open->uplink_ifindex;
	WRITE_ONCE(flow->holder, open->attach);
	weft_half_reset(&flow->half0);
	weft_half_reset(&flow->half1);
	/* Whoever comes by the slot's number may be reading these. */
	WRITE_ONCE(flow->config_gen, open->config_gen);
	WRITE_ONCE(flow->job, job_place ? open->job : 0);
	WRITE_ONCE(flow->job_place, job_place);
	WRITE_ONCE(flow->verdict[open->direction],
		   weft_verdict_pack(open->attach, open->verdict));
	WRITE_ONCE(flow->verdict[!open->direction], WEFT_VERDICT_NONE);
	WRITE_ONCE(flow->beyond, WEFT_VERDICT_NONE);
	WRITE_ONCE(flow->class, open->class);
	WRITE_ONCE(flow->source, open->source);
	WRITE_ONCE(flow->state, WEFT_FLOW_STATE_NEW);
	WRITE_ONCE(flow->extension, 0);
	WRITE_ONCE(flow->peer_qp, 0);
	/* Pairs with weft_is_idle(): who sees it live sees the rest. */
	smp_store_release(&flow->flags, flags);
}

/**
 * weft_flow_publish - tell who listens of a flow's beginning or end
 * @table: the table
 * @flow: the flow
 * @cmd: WEFT_CMD_FLOW_*_NTF
 *
 * Context: Any.
 */
void weft_flow_publish(struct weft_flow_table *table,
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
 * weft_bucket - the bucket that an entry is in or goes to
 * @table: the table
 * @hash: weft_flow_hash() of its key and tunnel
 *
 * Context: RCU read side, the bucket's lock.
 * Return: where its chain begins.
 */
u32 *weft_bucket(const struct weft_flow_table *table, u32 hash)
{
	struct weft_buckets *buckets = rcu_dereference(table->buckets);
	struct weft_buckets *next = rcu_dereference(table->next);

	if (next && (hash & buckets->mask) < READ_ONCE(table->moved))
		buckets = next;
	return &buckets->head[hash & buckets->mask];
}

/* The same entry may be in the one or the other; the bucket's lock is held. */
static struct weft_flow *
weft_flow_lookup_locked(struct weft_flow_table *table,
			const struct weft_flow_key *key,
			const struct weft_encap *encap, u32 hash, u32 *index)
{
	struct weft_buckets *next = rcu_dereference(table->next);
	struct weft_flow *flow;

	flow = weft_flow_lookup(table, key, encap, hash, index);
	if (!flow && next)
		flow = weft_flow_lookup_in(table, next, key, encap, hash, index);
	return flow;
}

/**
 * weft_flow_find - the flow of a conversation
 * @table: the table
 * @key: its key
 * @encap: its tunnel
 * @hash: weft_flow_hash() of both
 * @index: its slot, where it is found
 *
 * Context: RCU read side, softirqs off; the result is good until the former
 *	ends. Takes the bucket's lock while the table is resized.
 * Return: the flow or NULL.
 */
struct weft_flow *weft_flow_find(struct weft_flow_table *table,
				 const struct weft_flow_key *key,
				 const struct weft_encap *encap, u32 hash,
				 u32 *index)
{
	spinlock_t *lock = weft_bucket_lock(table, hash);
	struct weft_flow *flow;

	flow = weft_flow_lookup(table, key, encap, hash, index);
	/* Who read the old buckets sees that there are next ones. */
	if (flow || likely(!rcu_access_pointer(table->next)))
		return flow;
	spin_lock(lock);
	flow = weft_flow_lookup_locked(table, key, encap, hash, index);
	spin_unlock(lock);
	return flow;
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
	spinlock_t *lock = weft_bucket_lock(table, hash);
	struct weft_flow *flow;
	u16 job_place = 0;
	u32 *bucket, index;

	spin_lock(lock);
	flow = weft_flow_lookup_locked(table, &pkt->key, &pkt->encap, hash,
				       &index);
	if (flow)
		goto unlock;
	flow = weft_take_slot(table, open->attach, counter);
	if (!flow)
		goto unlock;

	if (open->job)
		job_place = weft_job_join(table->wn->jobs, open->job);
	memset(&flow->habits, 0, sizeof(flow->habits));
	weft_transfer_reset(table, flow);
	weft_flow_fill(flow, pkt, open, job_place);
	bucket = weft_bucket(table, hash);
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

/**
 * weft_flow_unlink - take an entry out of its chain
 * @table: the table
 * @flow: the entry
 * @hash: weft_flow_hash() of its key and tunnel
 *
 * Context: RCU read side, the bucket's lock.
 * Return: false if it was in none any more.
 */
bool weft_flow_unlink(struct weft_flow_table *table, struct weft_flow *flow,
		      u32 hash)
{
	u32 *link = weft_bucket(table, hash);

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

/*
 * Another class, of another job. False where there is no room for the job: it
 * has none then. The bucket's lock is held.
 */
static bool weft_flow_assign(struct weft_flow_table *table,
			     struct weft_flow *flow, u8 class, u8 source,
			     u32 job)
{
	struct weft_job_table *jobs = table->wn->jobs;
	static const u64 nothing[2];
	u16 job_place = 0;

	WRITE_ONCE(flow->class, class);
	WRITE_ONCE(flow->source, source);
	if (flow->job == job)
		return true;
	/* What it has carried so far goes to the job that it ends with. */
	if (flow->job)
		weft_job_leave(jobs, flow->job, nothing, nothing);
	if (job)
		job_place = weft_job_join(jobs, job);
	WRITE_ONCE(flow->job, job_place ? job : 0);
	WRITE_ONCE(flow->job_place, job_place);
	return !job || job_place;
}

/* Has somebody said what the flow is? That holds, as long as it may. */
static bool weft_flow_said(const struct weft_flow *flow,
			   const struct weft_flow_open *open)
{
	return flow->source == WEFT_SOURCE_SET ||
	       (flow->source == WEFT_SOURCE_DECLARED && !open->revoked);
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
	spinlock_t *lock = weft_bucket_lock(table, hash);
	u32 gen = open->config_gen;
	s32 newer;

	spin_lock(lock);
	/* A generation's 31 bits, so that the sign says which one is newer. */
	newer = (s32)((open->config_gen - flow->config_gen) << 1);
	if (!(flow->flags & WEFT_FLOW_LIVE) || newer < 0)
		goto unlock;
	if (open->beyond) {
		if (!newer && open->direction == weft_flow_direction(flow))
			WRITE_ONCE(flow->beyond,
				   weft_verdict_pack(open->attach,
						     open->verdict));
		goto unlock;
	}
	/* Another CPU had a packet of the workload's meanwhile. */
	if (!newer && open->config_gen & WEFT_GEN_PENDING &&
	    !(flow->config_gen & WEFT_GEN_PENDING))
		gen = flow->config_gen;

	if (flow->config_gen != gen) {
		WRITE_ONCE(flow->verdict[!open->direction], WEFT_VERDICT_NONE);
		WRITE_ONCE(flow->beyond, WEFT_VERDICT_NONE);
		if (!weft_flow_said(flow, open))
			weft_flow_assign(table, flow, open->class, open->source,
					 open->job);
		weft_flow_slow(flow, WEFT_FLOW_MARKED,
			       open->marked & BIT(flow->class));
	}
	WRITE_ONCE(flow->verdict[open->direction],
		   weft_verdict_pack(open->attach, open->verdict));
	/* Pairs with weft_known_verdict(): generation last. */
	smp_store_release(&flow->config_gen, gen);
unlock:
	spin_unlock(lock);
}

/**
 * weft_flow_outdate - have a flow judged again at its next packet
 * @flow: the flow, from then on as if of an older config
 *
 * Context: The bucket's lock.
 */
void weft_flow_outdate(struct weft_flow *flow)
{
	WRITE_ONCE(flow->config_gen, (flow->config_gen - 1) & ~WEFT_GEN_PENDING);
}

/**
 * weft_flow_change - do something to whatever flow is in a slot now
 * @table: the table
 * @flow: the slot
 * @change: called for a live flow with its weft_flow_hash(), under the bucket's
 *	lock
 * @arg: for @change
 *
 * Context: Any but hard interrupt. Takes the bucket's lock.
 * Return: what @change returned, or -ENOENT where the slot is empty or became
 *	another flow's meanwhile.
 */
int weft_flow_change(struct weft_flow_table *table, struct weft_flow *flow,
		     weft_flow_changer change, void *arg)
{
	spinlock_t *lock;	/* of its bucket */
	int err = -ENOENT;
	u32 hash;

	rcu_read_lock();
	hash = weft_flow_hash(table, &flow->key, &flow->encap);
	lock = weft_bucket_lock(table, hash);
	spin_lock_bh(lock);
	if (flow->flags & WEFT_FLOW_LIVE &&
	    hash == weft_flow_hash(table, &flow->key, &flow->encap))
		err = change(table, flow, hash, arg);
	spin_unlock_bh(lock);
	rcu_read_unlock();
	return err;
}

static int weft_change_review(struct weft_flow_table *table,
			      struct weft_flow *flow, u32 hash, void *arg)
{
	weft_flow_outdate(flow);
	return 0;
}

/**
 * weft_flow_review - have a flow judged again at its next packet
 * @table: the table
 * @flow: its slot, which may be empty
 *
 * Context: Any but hard interrupt. Takes the bucket's lock.
 */
void weft_flow_review(struct weft_flow_table *table, struct weft_flow *flow)
{
	weft_flow_change(table, flow, weft_change_review, NULL);
}

static int weft_change_set(struct weft_flow_table *table,
			   struct weft_flow *flow, u32 hash, void *arg)
{
	const struct weft_flow_set *set = arg;

	if (set->exact && set->slot_gen != flow->slot_gen)
		return -ENOENT;
	if (flow->source == WEFT_SOURCE_SET && set->source != WEFT_SOURCE_SET)
		return -EPERM;
	/* What else follows from its class, the next packet finds out. */
	weft_flow_outdate(flow);
	if (set->nothing) {
		WRITE_ONCE(flow->source, WEFT_SOURCE_DEFAULT);
		return 0;
	}
	return weft_flow_assign(table, flow, set->class ?: flow->class,
				set->source,
				set->has_job ? set->job : flow->job) ?
		0 : -ENOSPC;
}

/**
 * weft_flow_set - say what a flow is, until it ends
 * @table: the table
 * @index: of the flow's slot
 * @set: what it is
 *
 * Context: Process. Takes the bucket's lock.
 * Return: 0, -ENOENT where the slot is empty or another flow's, -EPERM where an
 *	administrator has said something else, -ENOSPC where there is no room
 *	for another job: the flow has none then, and the class.
 */
int weft_flow_set(struct weft_flow_table *table, u32 index,
		  struct weft_flow_set *set)
{
	struct weft_flow *flow = weft_flow_by_index(table, index);

	return flow ? weft_flow_change(table, flow, weft_change_set, set) :
		      -ENOENT;
}

static int weft_change_del(struct weft_flow_table *table,
			   struct weft_flow *flow, u32 hash, void *arg)
{
	return weft_flow_unlink(table, flow, hash) ? 0 : -ENOENT;
}

/**
 * weft_flow_del - end the entry of a flow
 * @table: the table
 * @index: of the flow's slot
 *
 * Context: Process. Takes the bucket's lock.
 * Return: 0, or -ENOENT where the slot is empty.
 */
int weft_flow_del(struct weft_flow_table *table, u32 index)
{
	struct weft_flow *flow = weft_flow_by_index(table, index);
	int err = -ENOENT;

	if (flow)
		err = weft_flow_change(table, flow, weft_change_del, NULL);
	weft_rouse(table);
	return err;
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

/* Has @half's sender gone on, in what it sends or what it has received? */
static bool weft_advances(const struct weft_flow_half *half,
			  const struct weft_pkt *pkt, u32 end)
{
	return atomic64_read(&half->packets) &&
	       ((s32)(end - READ_ONCE(half->seq_end)) > 0 ||
		(READ_ONCE(half->tcp_seen) & WEFT_TCP_ACK &&
		 pkt->tcp_flags & WEFT_TCPHDR_ACK &&
		 (s32)(pkt->tcp_ack - READ_ONCE(half->ack)) > 0));
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
		if (unlikely(!(seen & WEFT_TCP_ADVANCED)) &&
		    weft_advances(half, pkt, end))
			new |= WEFT_TCP_ADVANCED;
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

