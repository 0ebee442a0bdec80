/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Uplinks above each other: a VLAN device over its NIC, a bond over its ports.
 * What passes both is one packet of one flow.
 */
#ifndef _WEFT_STACK_H
#define _WEFT_STACK_H

#include <linux/types.h>

struct net_device;
struct weft_attach;
struct weft_net;
struct weft_uplink;

u16 weft_stack_vlan(struct net_device *dev);
void weft_stack_attach(const struct weft_uplink *uplink,
		       struct weft_attach *attach);
void weft_stack_update(struct weft_net *wn);

#endif /* _WEFT_STACK_H */
