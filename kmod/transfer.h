/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Transfers of flows: where one begins and ends. Looked at once a jiffy for each
 * end of a flow, never at each packet.
 */
#ifndef _WEFT_TRANSFER_H
#define _WEFT_TRANSFER_H

#include <linux/types.h>
#include "learn.h"

struct sk_buff;
struct weft_claim;
struct weft_flow;
struct weft_flow_table;
struct weft_pkt;

/**
 * struct weft_track_end - the newest transfer of one end of a flow
 * @start_bytes: weft_flow_half.bytes when it began, low 32 bits
 * @told: those of its bytes that the flow's job has been told of, low 32 bits
 * @start_bytes_high: 16 bits more of @start_bytes
 * @told_high: 16 bits more of @told
 * @start_packets: weft_flow_half.packets then, low 32 bits; WEFT_TRACK_FRESH
 *	before the first packet
 * @start_seq: of TCP, sequence number of its first byte
 * @started: jiffies (32 bits) when it began
 *
 * Written by the one CPU that carries the first packet of a jiffy; others read
 * what may be half of one transfer and half of the next, while that one writes.
 */
struct weft_track_end {
	u32	start_bytes;
	u32	told;
	u16	start_bytes_high;
	u16	told_high;
	u32	start_packets;
	u32	start_seq;
	u32	started;
};

/* For @start_packets. */
#define WEFT_TRACK_FRESH	U32_MAX

/**
 * struct weft_track - the newest transfers of a flow
 * @end: by end of the flow's key
 *
 * Lies beside the flow in its chunk, for as long.
 */
struct weft_track {
	struct weft_track_end	end[2];
};

/**
 * struct weft_transfer - a transfer, as it is shown
 * @start_ns: CLOCK_MONOTONIC, to the jiffy
 * @duration_us: from its first byte to its newest one, to the jiffy
 * @bytes: of TCP, those of the stream, each once; else as @wire_bytes
 * @wire_bytes: on the link layer
 * @packets: on the wire
 * @busy_us: the socket had data to send
 * @rwnd_us: of that, the receiver's window was full
 * @sndbuf_us: of that, the send buffer was too small
 * @declared: bytes that it has by its owner's word, 0 where he did not say
 * @deadline_ns: CLOCK_MONOTONIC when he needs it, 0 where he did not say
 * @retransmits: segments sent again
 * @rtt_us: smoothed round-trip time
 * @queued_us: for how long packets waited in the scheduler, the last ones
 *	perhaps beyond @duration_us
 * @marks: packets that it gave CE
 * @drops: packets that it dropped
 * @direction: enum weft_direction
 * @open: not over yet
 * @has_tcp: a local socket sent it: the figures above are there
 */
struct weft_transfer {
	u64	start_ns;
	u64	duration_us;
	u64	bytes;
	u64	wire_bytes;
	u64	packets;
	u64	busy_us;
	u64	rwnd_us;
	u64	sndbuf_us;
	u64	declared;
	u64	deadline_ns;
	u32	retransmits;
	u32	rtt_us;
	u64	queued_us;
	u32	marks;
	u32	drops;
	u8	direction;
	bool	open;
	bool	has_tcp;
};

/* Packet path: RCU, softirqs off. */
void weft_transfer_tick(struct weft_flow_table *table, struct weft_flow *flow,
			const struct weft_pkt *pkt, const struct sk_buff *skb,
			u16 attach, u32 last, u32 now);
void weft_transfer_queued(struct weft_flow_table *table, u32 index,
			  u32 slot_gen, const struct weft_service *service);
void weft_transfer_reset(struct weft_flow_table *table,
			 const struct weft_flow *flow);

/* The flow has no packets any more. */
void weft_transfer_settle(struct weft_flow_table *table, struct weft_flow *flow);

/* The word of the owner of a flow's socket: process context. */
int weft_transfer_claim(struct weft_flow_table *table,
			const struct weft_flow *flow,
			const struct weft_claim *claim);
void weft_transfer_claim_end(struct weft_flow_table *table,
			     struct weft_flow *flow, u32 seq);

/* Records. */
bool weft_transfer_read(struct weft_flow_table *table, struct weft_flow *flow,
			unsigned int end, struct weft_transfer *transfer);
void weft_transfer_untold(struct weft_flow_table *table, struct weft_flow *flow,
			  struct weft_burst bursts[2]);

#endif /* _WEFT_TRANSFER_H */
