/* SPDX-License-Identifier: GPL-2.0 */
/* 6.5 moved these declarations here from linux/netdevice.h. */
#ifndef _WEFT_COMPAT_NET_GSO_H
#define _WEFT_COMPAT_NET_GSO_H

#ifdef WEFT_HAVE_GSO_H
#include_next <net/gso.h>
#else
#include <linux/netdevice.h>
#endif

#endif /* _WEFT_COMPAT_NET_GSO_H */
