/* SPDX-License-Identifier: GPL-2.0 */
/* 7.x keeps the number of a packet's segments in its qdisc_skb_cb. */
#ifndef _WEFT_COMPAT_NET_SCH_GENERIC_H
#define _WEFT_COMPAT_NET_SCH_GENERIC_H

#include_next <net/sch_generic.h>

static inline void weft_qdisc_set_pkt_segs(struct sk_buff *skb,
					   unsigned int segs)
{
#ifdef WEFT_HAVE_QDISC_PKT_SEGS
	qdisc_skb_cb(skb)->pkt_segs = segs;
#endif
}

#endif /* _WEFT_COMPAT_NET_SCH_GENERIC_H */
