// SPDX-License-Identifier: GPL-2.0
/*
 * What is known of a flow's sending besides its packets.
 *
 * Where a packet has its local socket with it, the socket's figures are read
 * off. They are single words of which each is right at some time; a socket that
 * is locked elsewhere meanwhile moves them on.
 *
 * The scheduler tells of the packets that it held back once a jiffy or when
 * none is left, so what it says of a transfer can come when the next one has
 * begun and is taken for that one's then: less than a jiffy's worth.
 */
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <linux/time64.h>
#include <net/inet_sock.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "claim.h"
#include "flow.h"
#include "sample.h"
#include "transfer.h"

/**
 * weft_sample - where that of a flow is, or would be
 * @table: the flow's table
 * @flow: the flow
 *
 * Context: Any.
 * Return: the sample, perhaps another flow's; ask weft_sample_is() under its
 *	lock.
 */
struct weft_sample *weft_sample(struct weft_flow_table *table,
				const struct weft_flow *flow)
{
	return &table->samples[flow->index % WEFT_SAMPLES];
}

/**
 * weft_sample_is - is it of this flow?
 * @sample: the sample
 * @flow: the flow
 *
 * Context: Any, the sample's lock.
 * Return: true if it is.
 */
bool weft_sample_is(const struct weft_sample *sample,
		    const struct weft_flow *flow)
{
	/* A flow that has ended and still has its counts: the next generation. */
	bool ended = !(READ_ONCE(flow->flags) & WEFT_FLOW_LIVE);

	return sample->valid && sample->index == flow->index &&
	       sample->slot_gen == READ_ONCE(flow->slot_gen) - ended;
}

/**
 * weft_sample_own - from now on a sample is of this flow
 * @table: the table
 * @sample: weft_sample() of @flow
 * @flow: the flow
 *
 * What was known of another one is forgotten.
 *
 * Context: Any, the sample's lock.
 */
void weft_sample_own(struct weft_flow_table *table, struct weft_sample *sample,
		     const struct weft_flow *flow)
{
	if (weft_sample_is(sample, flow))
		return;
	sample->index = flow->index;
	sample->slot_gen = READ_ONCE(flow->slot_gen);
	sample->valid = true;
	sample->has_tcp = false;
	sample->has_queue = false;
	if (READ_ONCE(table->claims))
		table->claims[sample - table->samples].n = 0;
}

/* The three times exclude each other; one of them may be running. */
static void weft_read_socket(const struct tcp_sock *tp,
			     u32 figure[WEFT_TCP_FIGURES])
{
	u32 running = tcp_jiffies32 - READ_ONCE(tp->chrono_start);
	u32 time[__TCP_CHRONO_MAX] = { 0 };
	/* A bit field: whichever value is read was right a moment ago. */
	u8 type = data_race((u8)tp->chrono_type);
	int i;

	for (i = TCP_CHRONO_BUSY; i < __TCP_CHRONO_MAX; i++) {
		time[i] = READ_ONCE(tp->chrono_stat[i - 1]);
		if (i == type)
			time[i] += running;
	}
	figure[WEFT_TCP_RETRANSMITS] = READ_ONCE(tp->total_retrans);
	figure[WEFT_TCP_RWND] = time[TCP_CHRONO_RWND_LIMITED];
	figure[WEFT_TCP_SNDBUF] = time[TCP_CHRONO_SNDBUF_LIMITED];
	figure[WEFT_TCP_BUSY] = time[TCP_CHRONO_BUSY] +
				time[TCP_CHRONO_RWND_LIMITED] +
				time[TCP_CHRONO_SNDBUF_LIMITED];
}

/* The TCP socket of this host that sent a packet, NULL where none did. */
static const struct sock *weft_sender(const struct weft_flow *flow,
				      const struct sk_buff *skb)
{
	struct sock *sk = skb->sk;

	if (!sk || flow->key.proto != IPPROTO_TCP)
		return NULL;
	sk = sk_to_full_sk(sk);
	return sk && sk_fullsock(sk) && sk_is_tcp(sk) ? sk : NULL;
}

/**
 * weft_sample_take - look at the local socket that sent a packet, if one did
 * @table: the table
 * @flow: the packet's flow
 * @skb: the packet
 *
 * Whoever has the sample meanwhile keeps it.
 *
 * Context: RCU read side, softirqs off. Takes the sample's lock, if it is free.
 * Return: for how many jiffies since the last look the socket had data that it
 *	could not send for lack of a window or a buffer.
 */
u32 weft_sample_take(struct weft_flow_table *table, const struct weft_flow *flow,
		     const struct sk_buff *skb)
{
	struct weft_sample *sample = weft_sample(table, flow);
	const struct sock *sk = weft_sender(flow, skb);
	u32 limited;

	if (!sk || !spin_trylock(&sample->lock))
		return 0;
	limited = sample->now[WEFT_TCP_RWND] + sample->now[WEFT_TCP_SNDBUF];
	weft_read_socket(tcp_sk(sk), sample->now);
	limited = sample->now[WEFT_TCP_RWND] + sample->now[WEFT_TCP_SNDBUF] -
		  limited;
	sample->rtt_us = READ_ONCE(tcp_sk(sk)->srtt_us) >> 3;
	weft_sample_own(table, sample, flow);
	if (!sample->has_tcp) {
		limited = 0;
		/* The first packet of a connection: nothing was before it. */
		memcpy(sample->base, sample->now, sizeof(sample->base));
		sample->has_tcp = true;
	}
	spin_unlock(&sample->lock);
	return limited;
}

/**
 * weft_sample_begin - a flow's local end begins a transfer
 * @table: the table
 * @flow: the flow
 *
 * Context: Softirqs off. Takes the sample's lock, if it is free.
 */
void weft_sample_begin(struct weft_flow_table *table,
		       const struct weft_flow *flow)
{
	struct weft_sample *sample = weft_sample(table, flow);

	if (!spin_trylock(&sample->lock))
		return;
	if (weft_sample_is(sample, flow))
		memcpy(sample->base, sample->now, sizeof(sample->base));
	spin_unlock(&sample->lock);
}

/**
 * weft_sample_queued - the scheduler held packets of a flow back
 * @table: the table
 * @flow: the flow
 * @of: weft_track_end.start_bytes of the transfer that its local end is at
 * @service: what it did to them; without @packets, which the flow counts itself
 *
 * Context: Softirqs off. Takes the sample's lock.
 */
void weft_sample_queued(struct weft_flow_table *table,
			const struct weft_flow *flow, u32 of,
			const struct weft_service *service)
{
	struct weft_sample *sample = weft_sample(table, flow);

	spin_lock(&sample->lock);
	weft_sample_own(table, sample, flow);
	if (!sample->has_queue || sample->queue_of != of) {
		memset(&sample->queue, 0, sizeof(sample->queue));
		sample->queue_of = of;
		sample->has_queue = true;
	}
	weft_service_add(&sample->queue, service);
	spin_unlock(&sample->lock);
}

/**
 * weft_sample_service - what the scheduler did to a transfer
 * @table: the table
 * @flow: its flow
 * @of: its weft_track_end.start_bytes
 * @service: filled, without @packets; all 0 where it is not known
 *
 * Context: Any. Takes the sample's lock.
 */
void weft_sample_service(struct weft_flow_table *table,
			 const struct weft_flow *flow, u32 of,
			 struct weft_service *service)
{
	struct weft_sample *sample = weft_sample(table, flow);

	memset(service, 0, sizeof(*service));
	spin_lock_bh(&sample->lock);
	if (weft_sample_is(sample, flow) && sample->has_queue &&
	    sample->queue_of == of)
		*service = sample->queue;
	spin_unlock_bh(&sample->lock);
}

static u64 weft_sample_us(u32 ticks)
{
	return div_u64(jiffies64_to_nsecs(ticks), NSEC_PER_USEC);
}

/**
 * weft_sample_show - what the local socket says of its transfer
 * @table: the table
 * @flow: the flow
 * @transfer: the newest one of its local end, filled in where there is something
 *
 * Context: Any. Takes the sample's lock.
 */
void weft_sample_show(struct weft_flow_table *table,
		      const struct weft_flow *flow,
		      struct weft_transfer *transfer)
{
	struct weft_sample *sample = weft_sample(table, flow);
	u32 figure[WEFT_TCP_FIGURES];
	int i;

	spin_lock_bh(&sample->lock);
	transfer->has_tcp = weft_sample_is(sample, flow) && sample->has_tcp;
	transfer->rtt_us = sample->rtt_us;
	for (i = 0; i < WEFT_TCP_FIGURES; i++)
		figure[i] = sample->now[i] - sample->base[i];
	spin_unlock_bh(&sample->lock);
	if (!transfer->has_tcp)
		return;
	transfer->retransmits = figure[WEFT_TCP_RETRANSMITS];
	transfer->busy_us = weft_sample_us(figure[WEFT_TCP_BUSY]);
	transfer->rwnd_us = weft_sample_us(figure[WEFT_TCP_RWND]);
	transfer->sndbuf_us = weft_sample_us(figure[WEFT_TCP_SNDBUF]);
}
