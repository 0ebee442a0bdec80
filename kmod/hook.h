/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The way of a packet, in one place: where a packet is judged, once, at the
 * first place that sees it. Everything here runs under RCU with softirqs off.
 */
#ifndef _WEFT_HOOK_H
#define _WEFT_HOOK_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <linux/weft.h>

struct weft_attach;
struct weft_port;
struct weft_uplink;

/**
 * enum weft_place - where a packet is judged
 * @WEFT_AT_XMIT: a port's ndo_start_xmit
 * @WEFT_AT_EGRESS: the uplink's egress hook
 * @WEFT_AT_ENQUEUE: sch_weft, for a packet that went round the egress hook
 * @WEFT_AT_INGRESS: the uplink's ingress hook
 * @WEFT_AT_RX: the uplink's receive handler, for one that went round ingress
 * @WEFT_AT_DELIVERY: to a port from another port, or as one of many
 */
enum weft_place {
	WEFT_AT_XMIT,
	WEFT_AT_EGRESS,
	WEFT_AT_ENQUEUE,
	WEFT_AT_INGRESS,
	WEFT_AT_RX,
	WEFT_AT_DELIVERY,
};

/* Marks a flow_tag that is a hash: no slot number has this bit. */
#define WEFT_TAG_HASHED	0x80000000U

/**
 * struct weft_sort - what a scheduler wants to know of a packet
 * @flow_tag: stands for the packet's flow among those of the device: the slot
 *	of its entry, or with WEFT_TAG_HASHED a hash
 * @flow_gen: of a slot, its generation
 * @class: class number, never 0
 * @attach: attachment point that sent it: the tenant
 * @job: job number, 0 without one
 */
struct weft_sort {
	u32	flow_tag;
	u32	flow_gen;
	u8	class;
	u16	attach;
	u32	job;
};

bool weft_judge(struct weft_uplink *uplink, struct weft_attach *attach,
		struct sk_buff *skb, enum weft_place place);
bool weft_judged(const struct weft_uplink *uplink, const struct sk_buff *skb,
		 enum weft_direction direction);
void weft_unstamp(struct sk_buff *skb);

bool weft_sort(struct weft_uplink *uplink, struct sk_buff *skb,
	       struct weft_sort *sort);
void weft_sort_alone(struct net_device *dev, struct sk_buff *skb,
		     struct weft_sort *sort);

unsigned int weft_hook_egress(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state);
unsigned int weft_hook_ingress(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state);

#endif /* _WEFT_HOOK_H */
