/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cgroups (version 2), as rules see them: by id and level.
 */
#ifndef _WEFT_CGROUP_H
#define _WEFT_CGROUP_H

#include <linux/types.h>

struct netlink_ext_ack;
struct nlattr;
struct sock;

int weft_cgroup_level(const struct nlattr *id, struct netlink_ext_ack *extack);
unsigned int weft_cgroup_ids(struct sock *sk, u64 *ids, unsigned int max);

#endif /* _WEFT_CGROUP_H */
