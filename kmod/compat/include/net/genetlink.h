/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _WEFT_COMPAT_NET_GENETLINK_H
#define _WEFT_COMPAT_NET_GENETLINK_H

#include_next <net/genetlink.h>

/*
 * Before 6.6 what a dump was asked with lies in the dump's info itself; both
 * have "attrs", which is what callers want of it.
 */
#ifndef WEFT_HAVE_GENL_INFO_DUMP
#define genl_info_dump(cb)	genl_dumpit_info(cb)
#endif

/*
 * Releases of 6.1 before 6.1.68 cannot restrict who joins a group; there an
 * unprivileged listener sees the events of its own namespace.
 */
#ifdef GENL_MCAST_CAP_NET_ADMIN
#define WEFT_MCGRP_ADMIN	.flags = GENL_MCAST_CAP_NET_ADMIN,
#else
#define WEFT_MCGRP_ADMIN
#endif

#endif /* _WEFT_COMPAT_NET_GENETLINK_H */
