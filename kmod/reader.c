// SPDX-License-Identifier: GPL-2.0
/*
 * Reading streams.
 *
 * A TCP flow that is set up by its SYN while a profile is loaded gets an
 * extension and WEFT_FLOW_READ, by which its packets come here. Once its
 * beginning is known to be nothing that anybody asked for, it has neither any
 * more and costs what any flow costs. Where a pattern matched, the extension
 * stays with what the pattern says, and WEFT_FLOW_READ as long as there are
 * messages to look for.
 *
 * What is never looked into: payload that is not in this host's memory, and
 * what a socket here encrypts or spreads over several connections (one with an
 * upper layer protocol: TLS, MPTCP). A sender that uses MSG_ZEROCOPY can change
 * its bytes after they were read here: they decide how a flow is treated,
 * never whether it may pass.
 */
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/inet_connection_sock.h>
#include <net/sock.h>

#include "classify.h"
#include "config.h"
#include "extension.h"
#include "flow.h"
#include "job.h"
#include "netns.h"
#include "profile.h"
#include "reader.h"
#include "trace.h"

/* What a packet made of its flow. */
#define WEFT_READ_DECIDED	0x01	/* its class or job is another */
#define WEFT_READ_DONE		0x02	/* nothing more to read */
#define WEFT_READ_NOTHING	0x04	/* and nothing to remember */

/**
 * struct weft_reading - a packet of a flow that is read
 * @flow: the flow
 * @ext: its extension, locked
 * @set: what streams are compared with, NULL where nothing is any more
 * @jobs: of the namespace
 * @skb: the packet
 * @end: who sent it: 0 the flow's opener, 1 its acceptor
 * @seq: sequence number of its first byte of payload
 * @offset: of that byte in @skb
 * @len: bytes of payload
 * @walk: through it
 */
struct weft_reading {
	struct weft_flow		*flow;
	struct weft_extension		*ext;
	const struct weft_stream_set	*set;
	struct weft_job_table		*jobs;
	struct sk_buff			*skb;
	unsigned int			end;
	u32				seq;
	u32				offset;
	u32				len;
	struct weft_walk		walk;
};

/**
 * weft_reader_open - have a flow read
 * @wn: the namespace, where a profile asks for it
 * @flow: a flow that its SYN has just opened
 * @hash: weft_flow_hash() of its key and tunnel
 *
 * Context: RCU read side, softirqs off. Takes the bucket's lock.
 */
void weft_reader_open(struct weft_net *wn, struct weft_flow *flow, u32 hash)
{
	const struct weft_stream_set *set = rcu_dereference(wn->streams);
	spinlock_t *lock = weft_bucket_lock(wn->flows, hash);
	u32 number;

	if (!set || READ_ONCE(flow->extension))
		return;
	number = weft_extension_take(wn->flows->extensions, flow, set->gen);
	if (!number)
		return;
	spin_lock(lock);
	if (flow->flags & WEFT_FLOW_LIVE && !flow->extension) {
		WRITE_ONCE(flow->extension, number);
		weft_flow_slow(flow, WEFT_FLOW_READ, true);
		number = 0;
	}
	spin_unlock(lock);
	/* Another CPU had the same SYN. */
	weft_extension_give(wn->flows->extensions, number);
}

/*
 * Messages begin in this packet, and none of their bytes has been handed on:
 * now their job can know how much is to come. Under the extension's lock.
 */
static void weft_reader_messages(const struct weft_reading *in,
				 const struct weft_framing *framing,
				 unsigned int end)
{
	enum weft_direction direction = weft_flow_direction(in->flow);
	u32 job = READ_ONCE(in->flow->job);
	u64 bytes = 0;
	unsigned int i;

	for (i = 0; i < in->walk.n; i++) {
		const struct weft_message *message = &in->walk.message[i];

		trace_weft_message(in->flow->index, end, message->size,
				   message->id);
		bytes += framing->header_len + message->size;
	}
	if (bytes && job)
		weft_job_announce(in->jobs, job, end ? !direction : direction,
				  get_jiffies_64(), bytes);
}

/* Payload that this host's CPUs cannot read, or that says nothing. */
static enum weft_framing_end weft_reader_unfit(const struct sk_buff *skb)
{
	const struct sock *sk = skb->sk;

	if (!skb_frags_readable(skb))
		return WEFT_FRAMING_END_UNREADABLE;
	if (sk && sk_fullsock(sk) && sk->sk_protocol == IPPROTO_TCP &&
	    sk->sk_type == SOCK_STREAM &&
	    READ_ONCE(inet_csk(sk)->icsk_ulp_ops))
		return WEFT_FRAMING_END_ENCRYPTED;
	return WEFT_FRAMING_END_NONE;
}

/* The framing that the flow is read by, NULL where it was unloaded. */
static const struct weft_framing *
weft_reader_framing(const struct weft_reading *in)
{
	u32 place = in->ext->slot - 1;

	if (!in->set || in->set->framing_id[place] != in->ext->framing_id)
		return NULL;
	return &in->set->framing[place];
}

static void weft_reader_stop(struct weft_reading *in, enum weft_framing_end why)
{
	weft_framing_stop(&in->ext->framing[0], why);
	weft_framing_stop(&in->ext->framing[1], why);
}

static bool weft_half_is_over(const struct weft_framing_half *half)
{
	return half->state == WEFT_FRAMING_STATE_OFF ||
	       half->state == WEFT_FRAMING_STATE_ENDED;
}

/* One forward walk; frags without a header are not looked into. */
static void weft_reader_walk(struct weft_reading *in,
			     const struct weft_framing *framing)
{
	struct weft_framing_half *half = &in->ext->framing[in->end];
	struct skb_seq_state state;
	const u8 *bytes;
	u32 at, n;

	at = weft_framing_begin(half, framing, in->seq, in->len, &in->walk);
	if (at < in->len) {
		skb_prepare_seq_read(in->skb, in->offset, in->offset + in->len,
				     &state);
		while (at < in->len) {
			n = skb_seq_read(at, &bytes, &state);
			if (!n)
				break;
			at = weft_framing_feed(half, framing, &in->walk, at,
					       bytes, min(n, in->len - at));
		}
		skb_abort_seq_read(&state);
	}
	weft_framing_finish(half, framing, &in->walk);
	weft_reader_messages(in, framing, in->end);
}

static unsigned int weft_reader_framed(struct weft_reading *in)
{
	const struct weft_framing *framing = weft_reader_framing(in);
	enum weft_framing_end unfit = weft_reader_unfit(in->skb);

	if (!framing)
		weft_reader_stop(in, WEFT_FRAMING_END_UNLOADED);
	else if (unfit)
		weft_framing_stop(&in->ext->framing[in->end], unfit);
	else
		weft_reader_walk(in, framing);
	return weft_half_is_over(&in->ext->framing[0]) &&
	       weft_half_is_over(&in->ext->framing[1]) ? WEFT_READ_DONE : 0;
}

/* From the streams' beginnings to their messages, which take the same room. */
static void weft_reader_begin_framing(struct weft_reading *in,
				      const struct weft_framing *framing)
{
	struct weft_extension *ext = in->ext;
	struct weft_start_half start[2];
	unsigned int end;

	memcpy(start, ext->start, sizeof(start));
	for (end = 0; end < 2; end++) {
		weft_framing_init(&ext->framing[end], framing, end,
				  ext->flags & WEFT_EXT_BASE << end ?
				  &start[end] : NULL, &in->walk);
		weft_reader_messages(in, framing, end);
	}
	ext->flags |= WEFT_EXT_FRAMED;
}

/* The pattern at @place matched what @in->end sent. */
static unsigned int weft_reader_decided(struct weft_reading *in, u32 place)
{
	const struct weft_pattern *pattern = &in->set->pattern[place];
	struct weft_extension *ext = in->ext;

	ext->pattern = in->set->id[place];
	ext->priority = pattern->priority;
	ext->class = pattern->class;
	ext->job = weft_start_job(pattern, &ext->start[in->end]);
	ext->flags |= WEFT_EXT_DECIDED;
	atomic64_inc(in->set->hits[place]);
	if (!pattern->framing)
		return WEFT_READ_DECIDED | WEFT_READ_DONE;

	ext->slot = pattern->framing;
	ext->framing_id = in->set->framing_id[ext->slot - 1];
	weft_reader_begin_framing(in, &in->set->framing[ext->slot - 1]);
	return WEFT_READ_DECIDED | weft_reader_framed(in);
}

static void weft_reader_take(struct weft_reading *in)
{
	struct weft_start_half *half = &in->ext->start[in->end];
	struct skb_seq_state state;
	const u8 *bytes;
	u32 at, n;

	at = weft_start_wants(half, in->seq, in->len, 0);
	if (at >= in->len)
		return;
	skb_prepare_seq_read(in->skb, in->offset, in->offset + in->len, &state);
	do {
		n = skb_seq_read(at, &bytes, &state);
		if (!n)
			break;
		at = weft_start_feed(half, in->seq, at, bytes,
				     min(n, in->len - at));
		at = weft_start_wants(half, in->seq, in->len, at);
	} while (at < in->len);
	skb_abort_seq_read(&state);
}

/* Can a pattern still match what end @end sends? */
static bool weft_reader_is_open(const struct weft_reading *in, unsigned int end)
{
	const struct weft_start_half *half = &in->ext->start[end];

	/* What did not come by now will not. */
	return in->set && half->high <= WEFT_FRAMING_PATIENCE &&
	       weft_start_decide(half, end, in->set->pattern, in->set->n,
				 in->ext->since) == WEFT_START_PENDING;
}

static unsigned int weft_reader_start(struct weft_reading *in)
{
	struct weft_start_half *half = &in->ext->start[in->end];
	int place = WEFT_START_NONE;

	if (!(in->ext->flags & WEFT_EXT_BASE << in->end))
		return 0;
	if (weft_reader_unfit(in->skb))
		return WEFT_READ_DONE | WEFT_READ_NOTHING;
	weft_reader_take(in);
	if (in->set)
		place = weft_start_decide(half, in->end, in->set->pattern,
					  in->set->n, in->ext->since);
	if (place >= 0)
		return weft_reader_decided(in, place);
	weft_start_passed(half, in->seq, in->len);
	return weft_reader_is_open(in, 0) || weft_reader_is_open(in, 1) ?
		0 : WEFT_READ_DONE | WEFT_READ_NOTHING;
}

/* A SYN says where its sender's stream begins. */
static void weft_reader_syn(struct weft_reading *in)
{
	struct weft_extension *ext = in->ext;
	u8 known = WEFT_EXT_BASE << in->end;

	if (ext->flags & (WEFT_EXT_DECIDED | WEFT_EXT_FRAMED) ||
	    (ext->flags & known && ext->start[in->end].base == in->seq))
		return;
	weft_start_init(&ext->start[in->end], in->seq);
	ext->flags |= known;
}

static unsigned int weft_reader_read(struct weft_reading *in, u8 tcp_flags)
{
	if (tcp_flags & WEFT_TCPHDR_SYN) {
		in->seq++;
		weft_reader_syn(in);
	}
	if (!in->len)
		return 0;
	return in->ext->flags & WEFT_EXT_FRAMED ? weft_reader_framed(in) :
						  weft_reader_start(in);
}

/* What the flow's entry says changes, under its bucket's lock. */
static void weft_reader_settle(struct weft_net *wn, struct weft_flow *flow,
			       u32 hash, unsigned int outcome)
{
	spinlock_t *lock = weft_bucket_lock(wn->flows, hash);
	u32 number = 0;

	spin_lock(lock);
	if (!(flow->flags & WEFT_FLOW_LIVE))
		goto unlock;
	if (outcome & WEFT_READ_DECIDED)
		weft_flow_outdate(flow);
	if (outcome & WEFT_READ_DONE)
		weft_flow_slow(flow, WEFT_FLOW_READ, false);
	if (outcome & WEFT_READ_NOTHING) {
		number = flow->extension;
		WRITE_ONCE(flow->extension, 0);
	}
unlock:
	spin_unlock(lock);
	weft_extension_give(wn->flows->extensions, number);
}

/**
 * weft_reader_packet - read a packet of a flow with WEFT_FLOW_READ
 * @wn: the namespace
 * @flow: the flow
 * @hash: weft_flow_hash() of its key and tunnel
 * @pkt: the packet's headers, TCP's whole
 * @skb: the packet, which may pass
 *
 * Bounded: at most 64 bytes of each of 16 headers, or 64 bytes at the beginning
 * compared with WEFT_PATTERNS_MAX patterns, and one walk over the frags.
 *
 * Context: RCU read side, softirqs off. Takes the extension's lock, then the
 *	bucket's.
 * Return: true where the flow is to be judged again, since its class or job
 *	became known.
 */
bool weft_reader_packet(struct weft_net *wn, struct weft_flow *flow, u32 hash,
			const struct weft_pkt *pkt, struct sk_buff *skb)
{
	struct weft_extension_pool *pool = wn->flows->extensions;
	u32 number = READ_ONCE(flow->extension);
	struct weft_reading in;
	unsigned int outcome;

	if (!number || flow->key.proto != IPPROTO_TCP ||
	    pkt->tcp_flags & WEFT_TCPHDR_RST)
		return false;
	in.flow = flow;
	in.set = rcu_dereference(wn->streams);
	in.jobs = wn->jobs;
	in.skb = skb;
	in.end = pkt->src != weft_flow_opener(flow);
	in.seq = pkt->tcp_seq;
	in.offset = pkt->payload_off;
	in.len = pkt->payload_len;

	spin_lock(weft_extension_lock(pool, number));
	in.ext = weft_extension_of(pool, number, flow);
	outcome = in.ext ? weft_reader_read(&in, pkt->tcp_flags) : 0;
	spin_unlock(weft_extension_lock(pool, number));
	if (outcome)
		weft_reader_settle(wn, flow, hash, outcome);
	return outcome & WEFT_READ_DECIDED;
}

/**
 * weft_reader_apply - what a flow's stream says, beside what a rule says
 * @wn: the namespace
 * @flow: the flow
 * @rule: the rule that decides, NULL for none
 * @open: class, source and job by @rule and attachment point; changed
 *
 * The one of lower priority value is stronger, the rule where they are equal;
 * the other one gives what the stronger one leaves open.
 *
 * Context: RCU read side, softirqs off. Takes the extension's lock.
 */
void weft_reader_apply(struct weft_net *wn, const struct weft_flow *flow,
		       const struct weft_rule *rule,
		       struct weft_flow_open *open)
{
	struct weft_extension_pool *pool = wn->flows->extensions;
	u32 number = READ_ONCE(flow->extension);
	const struct weft_extension *ext;
	u32 priority = 0, job = 0;
	bool stronger;
	u8 class = 0;

	if (!number)
		return;
	spin_lock(weft_extension_lock(pool, number));
	ext = weft_extension_of(pool, number, flow);
	if (ext && ext->flags & WEFT_EXT_DECIDED) {
		priority = ext->priority;
		class = ext->class;
		job = ext->job;
	}
	spin_unlock(weft_extension_lock(pool, number));
	stronger = !rule || rule->item.priority > priority;
	if (class && (stronger || !rule->class)) {
		open->class = class;
		open->source = WEFT_SOURCE_STREAM;
	}
	if (job && (stronger || (!rule->job &&
				 rule->job_from == WEFT_JOB_FROM_NUMBER)))
		open->job = job;
}

/**
 * weft_reader_midst - where what an end sends stands
 * @table: the table
 * @flow: the flow
 * @end: of its key: 0 or 1
 *
 * Context: Process or softirq, while @flow may be read. Takes the extension's
 *	lock.
 * Return: where the stream is as far as it was read.
 */
enum weft_midst weft_reader_midst(struct weft_flow_table *table,
				  const struct weft_flow *flow,
				  unsigned int end)
{
	u32 number = READ_ONCE(flow->extension);
	enum weft_midst midst = WEFT_MIDST_UNKNOWN;
	const struct weft_framing_half *half;
	const struct weft_extension *ext;

	if (!number)
		return midst;
	spin_lock_bh(weft_extension_lock(table->extensions, number));
	ext = weft_extension_of(table->extensions, number, flow);
	if (ext && ext->flags & WEFT_EXT_FRAMED) {
		half = &ext->framing[end != weft_flow_opener(flow)];
		if (half->state == WEFT_FRAMING_STATE_RUNNING)
			midst = half->next > half->high || half->have ?
				WEFT_MIDST_MESSAGE : WEFT_MIDST_DONE;
	}
	spin_unlock_bh(weft_extension_lock(table->extensions, number));
	return midst;
}

/**
 * weft_reader_show - what is known of a flow's stream
 * @wn: the namespace
 * @flow: the flow
 * @record: filled in
 *
 * Context: RCU read side, process. Takes the extension's lock.
 */
void weft_reader_show(struct weft_net *wn, const struct weft_flow *flow,
		      struct weft_reader_record *record)
{
	struct weft_extension_pool *pool = wn->flows->extensions;
	u32 number = READ_ONCE(flow->extension), pattern = 0;
	const struct weft_extension *ext;

	memset(record, 0, sizeof(*record));
	if (!number)
		return;
	spin_lock_bh(weft_extension_lock(pool, number));
	ext = weft_extension_of(pool, number, flow);
	if (ext) {
		pattern = ext->pattern;
		record->pending = !(ext->flags & WEFT_EXT_DECIDED);
		record->framed = ext->flags & WEFT_EXT_FRAMED;
		if (record->framed)
			memcpy(record->half, ext->framing,
			       sizeof(record->half));
	}
	spin_unlock_bh(weft_extension_lock(pool, number));
	if (pattern)
		weft_profile_pattern_name(wn, pattern, record->pattern,
					  sizeof(record->pattern));
}
