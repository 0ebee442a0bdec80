/* SPDX-License-Identifier: GPL-2.0 */
/* Later kernels, and stable ones since, classify for qdiscs by a name of its own. */
#ifndef _WEFT_COMPAT_NET_PKT_CLS_H
#define _WEFT_COMPAT_NET_PKT_CLS_H

#include_next <net/pkt_cls.h>

#ifndef WEFT_HAVE_TCF_CLASSIFY_QDISC
static inline int tcf_classify_qdisc(struct sk_buff *skb,
				     const struct tcf_proto *tp,
				     struct tcf_result *res, bool compat_mode)
{
	return tcf_classify(skb, NULL, tp, res, compat_mode);
}
#endif

#endif /* _WEFT_COMPAT_NET_PKT_CLS_H */
