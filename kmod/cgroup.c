// SPDX-License-Identifier: GPL-2.0
/*
 * Which cgroup does a socket belong to?
 *
 * Rules know a cgroup by its id, which is never used again, and hold no
 * reference: a cgroup can be removed under them, and then no socket has it. A
 * socket belongs to the cgroup of the process that made it, wherever that
 * process went since; it keeps that cgroup and those above it.
 */
#include <linux/cgroup.h>
#include <linux/err.h>
#include <linux/netlink.h>
#include <net/inet_sock.h>
#include <net/netlink.h>
#include <net/sock.h>

#include "cgroup.h"
#include "select.h"

#ifdef CONFIG_SOCK_CGROUP_DATA

/**
 * weft_cgroup_level - where a cgroup stands
 * @id: attribute with its id
 * @extack: says why it was refused
 *
 * Context: Process. Only cgroups of the caller's cgroup namespace are there.
 * Return: its level, 0 for the root, or a negative error.
 */
int weft_cgroup_level(const struct nlattr *id, struct netlink_ext_ack *extack)
{
	struct cgroup *cgroup = cgroup_get_from_id(nla_get_u64(id));
	int level;

	if (IS_ERR(cgroup)) {
		NL_SET_ERR_MSG_ATTR(extack, id,
				    "there is no cgroup (version 2) of this id: it is its directory's inode number");
		return -ENOENT;
	}
	level = cgroup->level;
	cgroup_put(cgroup);
	/* Sockets in a child must be told from those in the cgroup itself. */
	if (level < WEFT_CGROUP_LEVELS - 1)
		return level;
	NL_SET_ERR_MSG_ATTR(extack, id,
			    "the cgroup is too deep: name one at most 30 levels below the root");
	return -ERANGE;
}

/**
 * weft_cgroup_ids - the cgroups that a socket is in
 * @sk: the socket, whole or not; NULL is allowed
 * @ids: filled in by level, the root first
 * @max: how many levels are of interest
 *
 * Context: Any; the caller keeps the socket, and that its cgroup.
 * Return: how many; 0 without a socket.
 */
unsigned int weft_cgroup_ids(struct sock *sk, u64 *ids, unsigned int max)
{
	struct cgroup *cgroup;
	unsigned int level;

	sk = sk ? sk_to_full_sk(sk) : NULL;
	if (!sk || !sk_fullsock(sk))
		return 0;
	cgroup = sock_cgroup_ptr(&sk->sk_cgrp_data);
	for (level = 0; level < max; level++) {
		struct cgroup *ancestor = cgroup_ancestor(cgroup, level);

		if (!ancestor)
			break;
		ids[level] = cgroup_id(ancestor);
	}
	return level;
}

#else

/**
 * weft_cgroup_level - refuse a cgroup: this kernel has none for sockets
 * @id: attribute with its id
 * @extack: says so
 *
 * Context: Any.
 * Return: -EOPNOTSUPP.
 */
int weft_cgroup_level(const struct nlattr *id, struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG_ATTR(extack, id,
			    "this kernel knows no cgroups of sockets: it lacks CONFIG_SOCK_CGROUP_DATA");
	return -EOPNOTSUPP;
}

/**
 * weft_cgroup_ids - the cgroups that a socket is in: none
 * @sk: the socket
 * @ids: left alone
 * @max: not looked at
 *
 * Context: Any.
 * Return: 0.
 */
unsigned int weft_cgroup_ids(struct sock *sk, u64 *ids, unsigned int max)
{
	return 0;
}

#endif
