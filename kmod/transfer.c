// SPDX-License-Identifier: GPL-2.0
/*
 * Transfers of flows.
 *
 * A packet of a known flow can't afford a look at a clock, nor a third line of
 * memory. So transfers are looked after by the first packet of each end of a
 * flow in each jiffy, before it is counted: what the counters say then is what
 * was carried up to the end of the last jiffy in which there was a packet. A
 * transfer's times are jiffies, and silences of less than two are not seen.
 *
 * A silence ends a transfer, unless TCP still waits for acknowledgments, or its
 * socket waited for a window or a buffer most of the time: then it was not the
 * application's. Bytes of TCP are counted by sequence numbers: each
 * once, however often it is sent, and none for headers and acknowledgments. A
 * flow in a job ends its transfers where the job does: what its job has
 * learned of its silences holds for the flow.
 *
 * Nor does one in the midst of a message, where headers in the stream say how long
 * each is. Behind the last byte of one a transfer is over, if nothing follows.
 *
 * Where the socket's owner has said where a transfer begins and how long it is,
 * its ends are those, to the byte, and silence ends nothing. What it took on the
 * wire still is to the jiffy.
 */
#include <linux/bits.h>
#include <linux/bottom_half.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/tcp.h>
#include <linux/time64.h>
#include <net/sock.h>

#include "behave.h"
#include "claim.h"
#include "event.h"
#include "flow.h"
#include "job.h"
#include "netns.h"
#include "reader.h"
#include "sample.h"
#include "socket.h"
#include "transfer.h"

/* Of a time that is at most 2^32 jiffies ago. */
static u64 weft_tick(u32 then)
{
	u64 now = get_jiffies_64();

	return now - (u32)((u32)now - then);
}

static u64 weft_usecs(u64 ticks)
{
	return div_u64(jiffies64_to_nsecs(ticks), NSEC_PER_USEC);
}

/* Sequence number behind the newest byte: a FIN has one too. */
static u32 weft_seq_end(const struct weft_flow_half *half)
{
	return READ_ONCE(half->seq_end) -
	       !!(READ_ONCE(half->tcp_seen) & WEFT_TCP_FIN);
}

/* A transfer's bytes have 48 bits: 281 TB. */
static u64 weft_track_wire(const struct weft_track_end *track,
			   const struct weft_flow_half *half)
{
	u64 start = READ_ONCE(track->start_bytes) |
		    (u64)READ_ONCE(track->start_bytes_high) << 32;

	return (atomic64_read(&half->bytes) - start) & GENMASK_ULL(47, 0);
}

static u64 weft_track_told(const struct weft_track_end *track)
{
	return READ_ONCE(track->told) | (u64)READ_ONCE(track->told_high) << 32;
}

static void weft_track_tell(struct weft_track_end *track, u64 bytes)
{
	WRITE_ONCE(track->told, (u32)bytes);
	WRITE_ONCE(track->told_high, (u16)(bytes >> 32));
}

/* Bytes of the transfer. */
static u64 weft_track_bytes(const struct weft_flow *flow,
			    const struct weft_track_end *track,
			    const struct weft_flow_half *half)
{
	u64 wire = weft_track_wire(track, half), told = weft_track_told(track);

	if (flow->key.proto != IPPROTO_TCP)
		return max(wire, told);
	if (!(READ_ONCE(half->tcp_seen) & (WEFT_TCP_SYN | WEFT_TCP_ACK)))
		return told;
	return weft_stream_bytes(told, wire, weft_seq_end(half) -
					     READ_ONCE(track->start_seq));
}

/* Has TCP sent what was not acknowledged yet? Then its silence is no end. */
static bool weft_awaits_ack(const struct weft_flow *flow,
			    const struct weft_flow_half *half,
			    const struct weft_flow_half *peer)
{
	return flow->key.proto == IPPROTO_TCP &&
	       READ_ONCE(peer->tcp_seen) & WEFT_TCP_ACK &&
	       (s32)(weft_seq_end(half) - READ_ONCE(peer->ack)) > 0;
}

/* A packet that is about to be counted has bytes of a transfer. */
static bool weft_sends(const struct weft_flow *flow, const struct weft_pkt *pkt)
{
	return flow->key.proto != IPPROTO_TCP ||
	       pkt->kind != WEFT_PKT_FLOW || pkt->payload_len;
}

/* The sample's lock; there are some. */
static struct weft_claims *weft_claims_of(struct weft_flow_table *table,
					  const struct weft_sample *sample)
{
	return &table->claims[sample - table->samples];
}

static u32 weft_transfer_gap(struct weft_flow_table *table,
			     const struct weft_flow *flow, unsigned int end)
{
	return weft_job_gap(table->wn->jobs, READ_ONCE(flow->job_place),
			    weft_flow_end_direction(flow, end));
}

static void weft_track_service(struct weft_flow_table *table,
			       const struct weft_flow *flow, unsigned int end,
			       const struct weft_track_end *track,
			       const struct weft_flow_half *half,
			       struct weft_service *service)
{
	if (end == weft_flow_local_end(flow))
		weft_sample_service(table, flow, READ_ONCE(track->start_bytes),
				    service);
	else
		memset(service, 0, sizeof(*service));
	service->packets = (u32)atomic64_read(&half->packets) -
			   READ_ONCE(track->start_packets);
}

/*
 * As @track has it, @last being the time of its newest byte; @claim is what its
 * socket's owner said of it, NULL for nothing.
 */
static void weft_transfer_fill(struct weft_flow_table *table,
			       struct weft_flow *flow, unsigned int end,
			       const struct weft_track_end *track, u32 last,
			       const struct weft_claim *claim,
			       struct weft_transfer *transfer)
{
	const struct weft_flow_half *half = weft_flow_half(flow, end);
	u32 started = READ_ONCE(track->started);
	u64 ago = get_jiffies_64() - weft_tick(started);
	struct weft_service service;

	memset(transfer, 0, sizeof(*transfer));
	transfer->direction = weft_flow_end_direction(flow, end);
	transfer->start_ns = ktime_get_ns() - jiffies64_to_nsecs(ago);
	transfer->duration_us = weft_usecs(max_t(s32, last - started, 0));
	transfer->wire_bytes = weft_track_wire(track, half);
	transfer->bytes = weft_track_bytes(flow, track, half);
	weft_track_service(table, flow, end, track, half, &service);
	transfer->packets = service.packets;
	transfer->queued_us = div_u64(service.queued_ns, NSEC_PER_USEC);
	transfer->marks = service.marks;
	transfer->drops = service.drops;
	if (transfer->direction == WEFT_DIRECTION_EGRESS)
		weft_sample_show(table, flow, transfer);
	if (!claim)
		return;
	transfer->deadline_ns = claim->deadline_ns;
	if (claim->bytes != WEFT_CLAIM_OPEN)
		transfer->declared = claim->bytes;
}

/* Apart, since what it needs on the stack is cleared whenever it is called. */
static noinline void weft_transfer_event(struct weft_flow_table *table,
					 struct weft_flow *flow,
					 unsigned int end, u32 last, u64 behind,
					 const struct weft_claim *claim)
{
	struct weft_event event;

	weft_event_of_flow(&event, flow, flow->index);
	event.cmd = WEFT_CMD_TRANSFER_CLOSE_NTF;
	event.time_ns = ktime_get_ns();
	weft_transfer_fill(table, flow, end, &weft_track(table, flow)->end[end],
			   last, claim, &event.transfer);
	event.transfer.bytes -= min(behind, event.transfer.bytes);
	weft_event_publish(table->wn->events, &event);
}

/* Asked once a jiffy: of a million flows that send now and then each would ask. */
static bool weft_transfer_wanted(struct weft_flow_table *table)
{
	u32 now = jiffies;

	if (READ_ONCE(table->wanted_at) != now) {
		WRITE_ONCE(table->wanted, weft_event_wanted(table->wn->events));
		WRITE_ONCE(table->wanted_at, now);
	}
	return READ_ONCE(table->wanted);
}

/* @behind: bytes of the track that are not the transfer's any more. */
static void weft_transfer_publish(struct weft_flow_table *table,
				  struct weft_flow *flow, unsigned int end,
				  u32 last, u64 behind,
				  const struct weft_claim *claim)
{
	if (weft_transfer_wanted(table))
		weft_transfer_event(table, flow, end, last, behind, claim);
}

/* It is told to whoever listens, and to its job. Otherwise as above. */
static void weft_transfer_over(struct weft_flow_table *table,
			       struct weft_flow *flow, unsigned int end,
			       u32 last, u64 behind,
			       const struct weft_claim *claim)
{
	u16 place = READ_ONCE(flow->job_place);
	struct weft_service service;

	weft_transfer_publish(table, flow, end, last, behind, claim);
	if (!place)
		return;
	weft_track_service(table, flow, end, &weft_track(table, flow)->end[end],
			   weft_flow_half(flow, end), &service);
	weft_job_served(table->wn->jobs, place, READ_ONCE(flow->job),
			weft_flow_end_direction(flow, end), weft_tick(last),
			&service);
}

/* A transfer that has sent @behind bytes by now, of those before @seq_end. */
static void weft_track_begin(struct weft_track_end *track,
			     const struct weft_flow_half *half, u32 seq_end,
			     u32 behind, u32 now)
{
	/* Its bytes are never more than what was on the wire since. */
	u64 bytes = atomic64_read(&half->bytes) - behind;

	WRITE_ONCE(track->start_bytes, (u32)bytes);
	WRITE_ONCE(track->start_bytes_high, (u16)(bytes >> 32));
	WRITE_ONCE(track->start_packets, (u32)atomic64_read(&half->packets));
	WRITE_ONCE(track->start_seq, seq_end - behind);
	WRITE_ONCE(track->started, now);
	weft_track_tell(track, behind);
}

/* What happened next in the stream by its socket's owner's word, if anything. */
static bool weft_claim_step(struct weft_flow_table *table,
			    const struct weft_flow *flow,
			    const struct weft_track_end *track,
			    const struct weft_flow_half *half,
			    struct weft_claim_step *step)
{
	struct weft_sample *sample = weft_sample(table, flow);
	bool happened = false;

	spin_lock_bh(&sample->lock);
	if (weft_sample_is(sample, flow))
		happened = weft_claims_step(weft_claims_of(table, sample),
					    weft_seq_end(half),
					    weft_track_bytes(flow, track, half),
					    step);
	spin_unlock_bh(&sample->lock);
	return happened;
}

/* What was declared of the transfers that @end sends: 0 of them for nothing. */
static void weft_claims_read(struct weft_flow_table *table,
			     const struct weft_flow *flow, unsigned int end,
			     struct weft_claims *claims)
{
	struct weft_sample *sample = weft_sample(table, flow);

	claims->n = 0;
	/* Pairs with weft_transfer_claim(). */
	if (!smp_load_acquire(&table->claims) ||
	    end != weft_flow_local_end(flow))
		return;
	spin_lock_bh(&sample->lock);
	if (weft_sample_is(sample, flow))
		*claims = *weft_claims_of(table, sample);
	spin_unlock_bh(&sample->lock);
}

/*
 * Ends and begins transfers where the owner of the socket that sends as @end said
 * so, as far as the bytes have gone by. Returns whether he speaks of the current
 * one.
 */
static bool weft_claims_follow(struct weft_flow_table *table,
			       struct weft_flow *flow, unsigned int end,
			       u32 last)
{
	struct weft_track_end *track = &weft_track(table, flow)->end[end];
	struct weft_flow_half *half = weft_flow_half(flow, end);
	struct weft_claim_step step;
	struct weft_claims claims;
	u64 before;

	weft_claims_read(table, flow, end, &claims);
	if (!claims.n)
		return false;
	while (weft_claim_step(table, flow, track, half, &step)) {
		before = weft_track_bytes(flow, track, half);
		if (!step.begins)
			weft_transfer_over(table, flow, end, last,
					   before - step.size, &step.claim);
		else if (before > step.behind)
			weft_transfer_over(table, flow, end, last, step.behind,
					   NULL);
		weft_track_begin(track, half, weft_seq_end(half), step.behind,
				 last);
		weft_sample_begin(table, flow);
	}
	weft_claims_read(table, flow, end, &claims);
	return weft_claims_current(&claims);
}

/**
 * weft_transfer_claim - the owner of a flow's socket begins a transfer
 * @table: the table
 * @flow: the flow; sent as TCP by a socket of this host
 * @claim: what he says
 *
 * Context: Process, may sleep; the slot stays as long as the table.
 * Return: 0 or -ENOMEM.
 */
int weft_transfer_claim(struct weft_flow_table *table,
			const struct weft_flow *flow,
			const struct weft_claim *claim)
{
	struct weft_sample *sample = weft_sample(table, flow);
	struct weft_claims *claims;

	if (!READ_ONCE(table->claims)) {
		claims = kvcalloc(WEFT_SAMPLES, sizeof(*claims),
				  GFP_KERNEL_ACCOUNT);
		if (!claims)
			return -ENOMEM;
		/* Pairs with weft_claims_read(): they are all zero. */
		if (cmpxchg_release(&table->claims, NULL, claims))
			kvfree(claims);
	}
	spin_lock_bh(&sample->lock);
	weft_sample_own(table, sample, flow);
	weft_claims_push(weft_claims_of(table, sample), claim);
	spin_unlock_bh(&sample->lock);
	return 0;
}

/**
 * weft_transfer_claim_end - he ends it
 * @table: the table
 * @flow: the flow
 * @seq: sequence number behind the last byte that he has written
 *
 * Context: Process.
 */
void weft_transfer_claim_end(struct weft_flow_table *table,
			     struct weft_flow *flow, u32 seq)
{
	unsigned int end = weft_flow_local_end(flow);
	struct weft_sample *sample = weft_sample(table, flow);
	u64 sent;

	if (!READ_ONCE(table->claims))
		return;
	spin_lock_bh(&sample->lock);
	sent = weft_track_bytes(flow, &weft_track(table, flow)->end[end],
				weft_flow_half(flow, end));
	if (weft_sample_is(sample, flow))
		weft_claims_end(weft_claims_of(table, sample), seq, sent);
	spin_unlock_bh(&sample->lock);
}

/**
 * weft_transfer_queued - the scheduler held packets of a flow back
 * @table: the table
 * @index: the flow's slot
 * @slot_gen: the slot's generation when the packets were queued: the flow may
 *	be gone by now
 * @service: what it did to them; without @packets, which the flow counts itself
 *
 * Context: RCU read side, softirqs off; with the qdisc's lock.
 */
void weft_transfer_queued(struct weft_flow_table *table, u32 index,
			  u32 slot_gen, const struct weft_service *service)
{
	const struct weft_flow *flow = weft_flow_by_index(table, index);
	const struct weft_track_end *track;

	if (!flow || READ_ONCE(flow->slot_gen) != slot_gen)
		return;
	track = &weft_track(table, flow)->end[weft_flow_local_end(flow)];
	weft_sample_queued(table, flow, READ_ONCE(track->start_bytes), service);
}

/**
 * weft_transfer_reset - a new flow has had no transfer
 * @table: the table
 * @flow: its entry; nobody else sees it yet
 *
 * Context: Any.
 */
void weft_transfer_reset(struct weft_flow_table *table,
			 const struct weft_flow *flow)
{
	struct weft_track *track = weft_track(table, flow);
	int end;

	memset(track, 0, sizeof(*track));
	for (end = 0; end < 2; end++)
		track->end[end].start_packets = WEFT_TRACK_FRESH;
}

/*
 * Nobody may say what the flow is: see what it behaves like. Where it becomes
 * something else its next packet is judged again, and finds out.
 */
static noinline void weft_transfer_behave(struct weft_flow_table *table,
					  struct weft_flow *flow,
					  const struct weft_glance *glance)
{
	struct weft_sample *sample = weft_sample(table, flow);
	bool changed;

	/* Whoever has it meanwhile glances often enough. */
	if (!spin_trylock(&sample->lock))
		return;
	changed = weft_behave(&flow->habits, glance);
	spin_unlock(&sample->lock);
	if (!changed)
		return;
	atomic64_inc(&table->minds_changed);
	weft_flow_review(table, flow);
}

/* What is left of weft_transfer_tick(). */
static noinline void
weft_transfer_turn(struct weft_flow_table *table, struct weft_flow *flow,
		   const struct weft_pkt *pkt, const struct sk_buff *skb,
		   u16 attach, u32 last, u32 now)
{
	struct weft_flow_half *half = weft_flow_half(flow, pkt->src);
	struct weft_flow_half *peer = weft_flow_half(flow, !pkt->src);
	struct weft_track_end *track = &weft_track(table, flow)->end[pkt->src];
	struct weft_job_carry carry = { .sends = weft_sends(flow, pkt) };
	struct weft_glance glance;
	u16 place = READ_ONCE(flow->job_place);
	bool local, fresh, silent, claimed = false;
	u32 limited = 0;
	u64 bytes = 0;
	u8 source = READ_ONCE(flow->source);

	local = pkt->src == weft_flow_local_end(flow);
	fresh = track->start_packets == WEFT_TRACK_FRESH;
	if (local && skb->sk)
		weft_socket_note(table->sockets, skb->sk, flow, attach);
	if (local)
		limited = weft_sample_take(table, flow, skb);
	if (fresh) {
		weft_track_begin(track, half, pkt->tcp_seq +
				 !!(pkt->tcp_flags & WEFT_TCPHDR_SYN), 0, now);
	} else {
		bytes = weft_track_bytes(flow, track, half);
		carry.bytes = bytes - weft_track_told(track);
		weft_track_tell(track, bytes);
		glance.waits = weft_awaits_ack(flow, half, peer);
		carry.bridged = glance.waits ||
				limited > (now - last) / 2 ||
				(now - last >= WEFT_GAP_MIN &&
				 weft_reader_midst(table, flow, pkt->src) ==
				 WEFT_MIDST_MESSAGE);
		if (local) {
			claimed = weft_claims_follow(table, flow, pkt->src, last);
			bytes = weft_track_bytes(flow, track, half);
		}
	}
	silent = !fresh && !claimed && !carry.bridged &&
		 now - last >= weft_transfer_gap(table, flow, pkt->src);
	if (silent && bytes)
		weft_transfer_over(table, flow, pkt->src, last, 0, NULL);
	if (!fresh && flow->key.proto == IPPROTO_TCP &&
	    (source == WEFT_SOURCE_DEFAULT || source == WEFT_SOURCE_BEHAVIOUR)) {
		glance.end = pkt->src;
		glance.outward = local;
		glance.bytes = carry.bytes;
		glance.transfer = bytes;
		glance.ended = silent ? bytes : 0;
		weft_transfer_behave(table, flow, &glance);
	}
	if (!fresh && (silent || !bytes)) {
		/* It begins with its first byte, and with none before it. */
		weft_track_begin(track, half, weft_seq_end(half), 0, now);
		if (local)
			weft_sample_begin(table, flow);
	}
	if (!place)
		return;
	carry.was = weft_tick(last);
	carry.now = weft_tick(now);
	carry.joins = carry.sends && (fresh || silent || !bytes);
	weft_job_carry(table->wn->jobs, place, READ_ONCE(flow->job),
		       weft_flow_end_direction(flow, pkt->src), &carry);
}

/*
 * The same of what is no stream and has no job to tell. Where a million flows
 * send now and then each of their packets comes here, so it is short.
 */
static void weft_transfer_turn_lone(struct weft_flow_table *table,
				    struct weft_flow *flow,
				    const struct weft_pkt *pkt,
				    const struct sk_buff *skb, u16 attach,
				    u32 last, u32 now)
{
	struct weft_track_end *track;
	bool fresh;

	if (now - last < WEFT_GAP_MIN)
		return;
	track = &weft_track(table, flow)->end[pkt->src];
	fresh = track->start_packets == WEFT_TRACK_FRESH;
	if (skb->sk && pkt->src == weft_flow_local_end(flow))
		weft_socket_note(table->sockets, skb->sk, flow, attach);
	if (!fresh)
		weft_transfer_publish(table, flow, pkt->src, last, 0, NULL);
	weft_track_begin(track, weft_flow_half(flow, pkt->src), 0, 0, now);
}

/**
 * weft_transfer_tick - the first packet of an end of a flow in a jiffy
 * @table: the table
 * @flow: the flow
 * @pkt: the packet, which has not been counted yet
 * @skb: the packet itself
 * @attach: attachment point that it passes
 * @last: jiffies of the end's packet before it, as the caller has seen it
 * @now: jiffies
 *
 * Of several CPUs that have a first packet one does the work.
 *
 * Context: RCU read side, softirqs off. Takes the lock of the flow's job.
 */
void weft_transfer_tick(struct weft_flow_table *table, struct weft_flow *flow,
			const struct weft_pkt *pkt, const struct sk_buff *skb,
			u16 attach, u32 last, u32 now)
{
	struct weft_flow_half *half = weft_flow_half(flow, pkt->src);

	if (cmpxchg(&half->last, last, now) != last)
		return;
	if (READ_ONCE(flow->job_place) || flow->key.proto == IPPROTO_TCP)
		weft_transfer_turn(table, flow, pkt, skb, attach, last, now);
	else
		weft_transfer_turn_lone(table, flow, pkt, skb, attach, last,
					now);
}

/**
 * weft_transfer_settle - the end of a flow is the end of its transfers
 * @table: the table
 * @flow: the flow; no packet has it any more, and it still is in its job
 *
 * Context: Process. Takes the lock of the flow's job.
 */
void weft_transfer_settle(struct weft_flow_table *table, struct weft_flow *flow)
{
	struct weft_job_carry carry = { };
	struct weft_claims claims;
	unsigned int end;
	u64 bytes;

	for (end = 0; end < 2; end++) {
		struct weft_track_end *track = &weft_track(table, flow)->end[end];
		struct weft_flow_half *half = weft_flow_half(flow, end);

		if (track->start_packets == WEFT_TRACK_FRESH)
			continue;
		bytes = weft_track_bytes(flow, track, half);
		carry.bytes = bytes - weft_track_told(track);
		weft_track_tell(track, bytes);
		carry.was = weft_tick(half->last);
		weft_job_carry(table->wn->jobs, flow->job_place, flow->job,
			       weft_flow_end_direction(flow, end), &carry);
		/* Samples are the packet path's. */
		local_bh_disable();
		weft_claims_follow(table, flow, end, half->last);
		local_bh_enable();
		weft_claims_read(table, flow, end, &claims);
		if (weft_track_bytes(flow, track, half))
			weft_transfer_over(table, flow, end, half->last, 0,
					   weft_claims_current(&claims));
	}
}

/**
 * weft_transfer_read - the newest transfer of an end of a flow
 * @table: the table
 * @flow: the flow
 * @end: 0 or 1
 * @transfer: filled
 *
 * Context: Process or softirq, while @flow may be read.
 * Return: false where that end has had none.
 */
bool weft_transfer_read(struct weft_flow_table *table, struct weft_flow *flow,
			unsigned int end, struct weft_transfer *transfer)
{
	const struct weft_flow_half *half = weft_flow_half(flow, end);
	u32 last = READ_ONCE(half->last);
	u32 idle = (u32)jiffies - last;
	struct weft_claim_step step, ended = { };
	const struct weft_claim *claim;
	struct weft_track_end track, was;
	struct weft_claims claims;
	enum weft_midst midst;

	/* Torn where it is written meanwhile: what is shown then is, too. */
	track = data_race(weft_track(table, flow)->end[end]);
	if (track.start_packets == WEFT_TRACK_FRESH)
		return false;
	/* What no packet has come since that would have seen it. */
	weft_claims_read(table, flow, end, &claims);
	while (weft_claims_step(&claims, weft_seq_end(half),
				weft_track_bytes(flow, &track, half), &step)) {
		if (!step.begins) {
			ended = step;
			was = track;
		}
		weft_track_begin(&track, half, weft_seq_end(half), step.behind,
				 last);
	}
	if (ended.size && !weft_track_bytes(flow, &track, half)) {
		weft_transfer_fill(table, flow, end, &was, last, &ended.claim,
				   transfer);
		transfer->bytes = ended.size;
		return true;
	}
	claim = weft_claims_current(&claims);
	weft_transfer_fill(table, flow, end, &track, last, claim, transfer);
	midst = weft_reader_midst(table, flow, end);
	transfer->open = claim || midst == WEFT_MIDST_MESSAGE ||
		(midst != WEFT_MIDST_DONE &&
		 (s32)idle < (s32)weft_transfer_gap(table, flow, end)) ||
		weft_awaits_ack(flow, half, weft_flow_half(flow, !end));
	return transfer->bytes;
}

/**
 * weft_transfer_untold - add what a flow has not told its job yet
 * @table: the table
 * @flow: the flow
 * @bursts: a copy of its job's transfers, by direction
 *
 * Context: Any in which @flow may be read. What the flow tells its job in the
 *	same moment may be in both.
 */
void weft_transfer_untold(struct weft_flow_table *table, struct weft_flow *flow,
			  struct weft_burst bursts[2])
{
	struct weft_chunk chunk = { };
	struct weft_service service;
	struct weft_burst *burst;
	unsigned int end;
	u64 told, bytes;

	for (end = 0; end < 2; end++) {
		const struct weft_flow_half *half = weft_flow_half(flow, end);
		const struct weft_track_end *track =
			&weft_track(table, flow)->end[end];

		if (READ_ONCE(track->start_packets) == WEFT_TRACK_FRESH)
			continue;
		/* It may be told meanwhile. */
		told = weft_track_told(track);
		bytes = weft_track_bytes(flow, track, half);
		chunk.at = weft_tick(READ_ONCE(half->last));
		chunk.bytes = bytes > told ? bytes - told : 0;
		burst = &bursts[weft_flow_end_direction(flow, end)];
		if (chunk.bytes)
			weft_burst_add(burst, &chunk);
		if (!bytes)
			continue;
		weft_track_service(table, flow, end, track, half, &service);
		weft_burst_served(burst, chunk.at, &service);
	}
}
