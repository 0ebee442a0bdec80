/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _WEFT_COMPAT_LINUX_NETDEVICE_H
#define _WEFT_COMPAT_LINUX_NETDEVICE_H

#include_next <linux/netdevice.h>

/* Transmission without the queue's lock: a feature bit before 6.12. */
static inline void weft_netdev_set_lltx(struct net_device *dev)
{
#ifdef NETIF_F_LLTX
	dev->features |= NETIF_F_LLTX;
#else
	dev->lltx = true;
#endif
}

#endif /* _WEFT_COMPAT_LINUX_NETDEVICE_H */
