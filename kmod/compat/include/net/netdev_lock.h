/* SPDX-License-Identifier: GPL-2.0 */
/* 6.15 moved the devices' lock classes here from linux/netdevice.h. */
#ifndef _WEFT_COMPAT_NET_NETDEV_LOCK_H
#define _WEFT_COMPAT_NET_NETDEV_LOCK_H

#ifdef WEFT_HAVE_NETDEV_LOCK_H
#include_next <net/netdev_lock.h>
#else
#include <linux/netdevice.h>
#endif

#endif /* _WEFT_COMPAT_NET_NETDEV_LOCK_H */
