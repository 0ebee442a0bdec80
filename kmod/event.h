/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is published: flows opened and closed, packets denied. A packet's path
 * only copies a record into a ring of fixed size; a worker makes netlink
 * messages of the records. What finds the ring full is counted, and the next
 * message that goes out carries the count.
 */
#ifndef _WEFT_EVENT_H
#define _WEFT_EVENT_H

#include <linux/types.h>
#include "parse.h"
#include "transfer.h"

struct net;
struct sk_buff;
struct weft_event_queue;
struct weft_flow;

/**
 * struct weft_event - one thing that happened
 * @time_ns: CLOCK_MONOTONIC
 * @cmd: WEFT_CMD_*_NTF
 * @index: slot of the flow, WEFT_FLOW_NONE without one
 * @key: the two ends
 * @encap: the tunnel, where the key has WEFT_KEY_TUNNEL
 * @transfer: that is over, of WEFT_CMD_TRANSFER_CLOSE_NTF
 * @opener: which end opened the flow, or sent the denied packet
 * @direction: of the opening packet
 * @state: enum weft_flow_state
 * @class: class number
 * @source: enum weft_source
 * @action: enum weft_action
 * @attach: attachment point
 * @job: job number
 * @uplink_ifindex: device
 * @age_ms: of the flow
 * @bytes: by end of the key
 * @packets: by end of the key
 */
struct weft_event {
	u64			time_ns;
	u8			cmd;
	u8			opener;
	u8			direction;
	u8			state;
	u8			class;
	u8			source;
	u8			action;
	u16			attach;
	u32			index;
	u32			job;
	u32			uplink_ifindex;
	u64			age_ms;
	u64			bytes[2];
	u64			packets[2];
	struct weft_flow_key	key;
	struct weft_encap	encap;
	struct weft_transfer	transfer;
};

/* Fills all but time and cmd from a live entry; bytes and packets are a snapshot. */
void weft_event_of_flow(struct weft_event *event, const struct weft_flow *flow,
			u32 index);
int weft_event_put(struct sk_buff *skb, const struct weft_event *event);
int weft_event_put_transfer(struct sk_buff *skb,
			    const struct weft_transfer *transfer);

/* Any context. Cheap and without effect while nobody listens. */
void weft_event_publish(struct weft_event_queue *queue,
			const struct weft_event *event);
bool weft_event_wanted(const struct weft_event_queue *queue);

struct weft_event_queue *weft_event_queue_create(struct net *net);
void weft_event_queue_destroy(struct weft_event_queue *queue);

#endif /* _WEFT_EVENT_H */
