/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What switches see of a class: the DSCP of the packets that leave. Knows
 * nothing else of weft.
 */
#ifndef _WEFT_DSCP_H
#define _WEFT_DSCP_H

#include <linux/types.h>

struct sk_buff;

#define WEFT_DSCP_MAX	63
#define WEFT_DSCP_KEEP	255	/* none is written */

void weft_dscp_write(struct sk_buff *skb, u8 dscp);

#endif /* _WEFT_DSCP_H */
