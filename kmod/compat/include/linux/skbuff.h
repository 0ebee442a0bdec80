/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _WEFT_COMPAT_LINUX_SKBUFF_H
#define _WEFT_COMPAT_LINUX_SKBUFF_H

#include_next <linux/skbuff.h>

/* Payload in a device's own memory came with 6.12. */
#ifndef WEFT_HAVE_SKB_FRAGS_READABLE
static inline bool skb_frags_readable(const struct sk_buff *skb)
{
	return true;
}
#endif

#endif /* _WEFT_COMPAT_LINUX_SKBUFF_H */
