/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The stamp of a judged packet: how a place on its way knows that another has
 * judged it, and what that found. Written and read by hook.c alone.
 */
#ifndef _WEFT_STAMP_H
#define _WEFT_STAMP_H

#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/hash.h>
#include <linux/types.h>
#include <net/sch_generic.h>

#include "flow.h"
#include "hook.h"
#include "netns.h"
#include "uplink.h"

/**
 * struct weft_stamp - what a judged packet carries, in qdisc_skb_cb.data
 * @room: never read. netem writes its own time over the first eight bytes, and
 *	a packet that waited there shall still be known as judged
 * @index: slot of its flow; where it has none, a hash with WEFT_TAG_HASHED
 * @cookie: proves that this module wrote the stamp, in this namespace and for
 *	this direction, about the flow that the slot holds now
 * @attach: attachment point, and so of which uplink it is
 * @class: for a packet without a flow
 */
struct weft_stamp {
	u64	room;
	u32	index;
	u32	cookie;
	u16	attach;
	u16	class;
} __packed __aligned(4);

static inline struct weft_stamp *weft_stamp(const struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct weft_stamp) > QDISC_CB_PRIV_LEN);
	return (struct weft_stamp *)qdisc_skb_cb(skb)->data;
}

/*
 * What makes a stamp believable: protects against stale and foreign ones, and
 * against a program that writes numbers into a packet's control block without
 * having seen one of ours. A stamp is good for the direction that it was made
 * for, and as long as its flow has its slot.
 */
static inline u32 weft_stamp_cookie(const struct weft_net *wn,
				    u32 index, u32 attach, u32 class,
				    enum weft_direction direction,
				    const struct weft_flow *flow)
{
	u32 place = (u32)direction << 31 | attach << 8 | class;
	u32 mixed = (index ^ wn->stamp_secret) * GOLDEN_RATIO_32;

	if (flow)
		mixed ^= READ_ONCE(flow->slot_gen);
	return ror32(mixed * GOLDEN_RATIO_32, 13) ^ place * GOLDEN_RATIO_32;
}

/* @index is @flow's slot, or a hash with WEFT_TAG_HASHED where @flow is NULL. */
static inline void weft_stamp_write(const struct weft_uplink *uplink,
				    const struct weft_attach *attach,
				    struct sk_buff *skb,
				    enum weft_direction direction, u32 index,
				    const struct weft_flow *flow, u8 class)
{
	struct weft_stamp *stamp = weft_stamp(skb);

	stamp->index = index;
	stamp->attach = attach->id;
	stamp->class = class;
	stamp->cookie = weft_stamp_cookie(uplink->wn, index, attach->id, class,
					  direction, flow);
}

/* The slot that a stamp names, NULL where it names none. */
static inline struct weft_flow *
weft_stamp_flow(const struct weft_uplink *uplink,
		const struct weft_stamp *stamp)
{
	return stamp->index & WEFT_TAG_HASHED ? NULL :
	       weft_flow_by_index(uplink->wn->flows, stamp->index);
}

/*
 * Was the packet judged in this uplink's namespace, for this direction, and is
 * its flow still the one that it was judged for? Sets @flow, to NULL where it
 * has none.
 */
static inline bool weft_stamp_holds(const struct weft_uplink *uplink,
				    const struct sk_buff *skb,
				    enum weft_direction direction,
				    struct weft_flow **flow)
{
	const struct weft_stamp *stamp = weft_stamp(skb);

	*flow = weft_stamp_flow(uplink, stamp);
	return stamp->cookie == weft_stamp_cookie(uplink->wn, stamp->index,
						  stamp->attach, stamp->class,
						  direction, *flow);
}

/* Is that a number that anybody wrote, and one of this uplink's? */
static inline bool weft_stamp_is_of(const struct weft_uplink *uplink,
				    const struct weft_stamp *stamp)
{
	return stamp->attach <= WEFT_ATTACH_MAX &&
	       test_bit(stamp->attach, uplink->attaches);
}

/* Was it judged here? */
static inline bool weft_stamp_read(const struct weft_uplink *uplink,
				   const struct sk_buff *skb,
				   enum weft_direction direction,
				   struct weft_flow **flow)
{
	return weft_stamp_holds(uplink, skb, direction, flow) &&
	       weft_stamp_is_of(uplink, weft_stamp(skb));
}

/* Was it judged on another uplink, on its way to here? */
static inline bool weft_stamp_before(const struct weft_uplink *uplink,
				     const struct sk_buff *skb,
				     enum weft_direction direction,
				     struct weft_flow **flow)
{
	return weft_stamp_holds(uplink, skb, direction, flow) &&
	       !weft_stamp_is_of(uplink, weft_stamp(skb));
}

#endif /* _WEFT_STAMP_H */
