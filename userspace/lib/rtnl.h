/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tool needs of rtnetlink: devices, and the scheduler on one.
 */
#ifndef _WEFT_LIB_RTNL_H
#define _WEFT_LIB_RTNL_H

#include <stdbool.h>
#include <linux/types.h>

#include <net/if.h>

struct netlink;

#define KIND_LEN	16

/**
 * struct link - a device
 * @index: ifindex
 * @tx_queues: transmit queues that it was made with
 * @name: name
 * @kind: link type, empty for hardware
 * @qdisc: kind of its root queueing discipline, "noqueue" where it has none
 */
struct link {
	int		index;
	unsigned int	tx_queues;
	char		name[IF_NAMESIZE];
	char		kind[KIND_LEN];
	char		qdisc[KIND_LEN];
};

/* 0 or -errno, -ENODEV where there is none of that name. */
int link_find(struct netlink *nl, const char *name, struct link *link);
/* All of them; the caller frees the list. */
int link_list(struct netlink *nl, struct link **links, unsigned int *n);

enum scheduler_place {
	SCHEDULER_NONE,
	SCHEDULER_ROOT,		/* weft is the root */
	SCHEDULER_LEAVES,	/* weft is what mq has below it */
};

/**
 * struct scheduler - what orders a device's packets
 * @place: where weft sits
 * @root_kind: the root's kind, empty where there is none to be seen
 * @root_handle: 0 for what the kernel made itself
 * @n_leaves: how many leaves of an mq root are weft
 * @n_others: how many are not
 * @rate: limit in bytes a second, 0 for none
 */
struct scheduler {
	enum scheduler_place	place;
	char			root_kind[KIND_LEN];
	__u32		root_handle;
	unsigned int		n_leaves;
	unsigned int		n_others;
	__u64		rate;
};

/**
 * struct rate - a limit
 * @bytes_per_second: 0 for none
 * @word: as the user wrote it
 */
struct rate {
	__u64	bytes_per_second;
	const char	*word;
};

/*
 * All return 0 or -errno with nl->refusal filled in.
 *
 * Attaching with a rate (NULL for none) puts one scheduler at the root, so that the limit
 * holds for the device; without one, each transmit queue gets its own below
 * mq. What was half made is taken back.
 */
int scheduler_find(struct netlink *nl, int ifindex, struct scheduler *sched);
int scheduler_attach(struct netlink *nl, const struct link *link,
		     const struct rate *rate);
int scheduler_set_rate(struct netlink *nl, int ifindex, const struct rate *rate);
int scheduler_detach(struct netlink *nl, int ifindex);

#endif /* _WEFT_LIB_RTNL_H */
