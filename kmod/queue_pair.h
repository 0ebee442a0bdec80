/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Flows of RoCEv2: the messages in them, and which two of them, each of which
 * goes one way, are one connection.
 */
#ifndef _WEFT_QUEUE_PAIR_H
#define _WEFT_QUEUE_PAIR_H

struct sk_buff;
struct weft_flow;
struct weft_flow_table;
struct weft_net;
struct weft_pkt;

/* Packet path: RCU, softirqs off. */
void weft_queue_pair_open(struct weft_flow_table *table, struct weft_flow *flow);
void weft_queue_pair_packet(struct weft_net *wn, struct weft_flow *flow,
			    const struct weft_pkt *pkt,
			    const struct sk_buff *skb);

#endif /* _WEFT_QUEUE_PAIR_H */
