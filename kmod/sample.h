/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is known of a flow's sending besides its packets: from its local TCP
 * socket, and from the scheduler. Kept for a bounded number of flows, since few
 * of a million send much.
 */
#ifndef _WEFT_SAMPLE_H
#define _WEFT_SAMPLE_H

#include <linux/spinlock.h>
#include <linux/types.h>
#include "learn.h"

struct sk_buff;
struct weft_flow;
struct weft_flow_table;
struct weft_transfer;

#define WEFT_SAMPLES		4096	/* flows that are followed so closely */

/**
 * enum weft_tcp_figure - what is read off a TCP socket; all only ever grow
 * @WEFT_TCP_RETRANSMITS: segments sent again
 * @WEFT_TCP_BUSY: jiffies with data to send, for whatever reason it was not
 * @WEFT_TCP_RWND: those in which the receiver's window was full
 * @WEFT_TCP_SNDBUF: those in which the send buffer was too small
 * @WEFT_TCP_FIGURES: how many
 */
enum weft_tcp_figure {
	WEFT_TCP_RETRANSMITS,
	WEFT_TCP_BUSY,
	WEFT_TCP_RWND,
	WEFT_TCP_SNDBUF,
	WEFT_TCP_FIGURES,
};

/**
 * struct weft_sample - what a flow's local socket and the scheduler have said
 * @lock: of the rest; any context in which packets are judged
 * @index: the flow's slot
 * @slot_gen: the slot's generation then; 0 with @index 0 for nobody yet
 * @valid: there is something
 * @has_tcp: the socket's figures are there
 * @has_queue: the scheduler's are
 * @rtt_us: smoothed round-trip time, when last looked at
 * @base: the socket's when the current transfer began
 * @now: when last looked at
 * @queue_of: weft_track_end.start_bytes of the transfer that @queue is of
 * @queue: what the scheduler did to it
 *
 * Found by the low bits of the slot's number. Slots are used from the lowest
 * number on, so that flows share a sample only where there are more of them
 * than samples; then the newest has it.
 */
struct weft_sample {
	spinlock_t		lock;	/* of the figures */
	u32			index;
	u32			slot_gen;
	bool			valid;
	bool			has_tcp;
	bool			has_queue;
	u32			rtt_us;
	u32			base[WEFT_TCP_FIGURES];
	u32			now[WEFT_TCP_FIGURES];
	u32			queue_of;
	struct weft_service	queue;
};

struct weft_sample *weft_sample(struct weft_flow_table *table,
				const struct weft_flow *flow);
bool weft_sample_is(const struct weft_sample *sample,
		    const struct weft_flow *flow);
void weft_sample_own(struct weft_flow_table *table, struct weft_sample *sample,
		     const struct weft_flow *flow);
u32 weft_sample_take(struct weft_flow_table *table, const struct weft_flow *flow,
		     const struct sk_buff *skb);
void weft_sample_begin(struct weft_flow_table *table,
		       const struct weft_flow *flow);
void weft_sample_queued(struct weft_flow_table *table,
			const struct weft_flow *flow, u32 of,
			const struct weft_service *service);
void weft_sample_service(struct weft_flow_table *table,
			 const struct weft_flow *flow, u32 of,
			 struct weft_service *service);
void weft_sample_show(struct weft_flow_table *table,
		      const struct weft_flow *flow,
		      struct weft_transfer *transfer);

#endif /* _WEFT_SAMPLE_H */
