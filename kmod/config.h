/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One namespace's rules and policies as one immutable snapshot.
 *
 * A packet reads the snapshot's pointer once, so it never sees old rules with
 * new policies. A change builds the next snapshot under the namespace's
 * config lock, publishes it with one store and frees the old one after a
 * grace period. Flows remember the generation they were judged under and are
 * judged again when it is not the current one.
 */
#ifndef _WEFT_CONFIG_H
#define _WEFT_CONFIG_H

#include <linux/atomic.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include "select.h"

struct netlink_ext_ack;
struct weft_net;
struct weft_policy;
struct weft_rule;

/* Bounds what a flow's set-up can cost: both lists are walked in order. */
#define WEFT_RULES_MAX		1024
#define WEFT_POLICIES_MAX	1024

/*
 * Generations have 31 bits. With this one, a flow was judged by a packet that
 * did not say all that the rules ask for: see weft_judge_known().
 */
#define WEFT_GEN_PENDING	0x80000000U

/**
 * enum weft_list - the lists of a config
 * @WEFT_LIST_RULES: of struct weft_rule, what a flow is
 * @WEFT_LIST_POLICIES: of struct weft_policy, whether it may pass
 * @WEFT_LISTS: how many
 */
enum weft_list {
	WEFT_LIST_RULES,
	WEFT_LIST_POLICIES,
	WEFT_LISTS,
};

/**
 * struct weft_item - what a rule and a policy begin with
 * @id: unique in its list of its namespace
 * @priority: lower stands first; 0 where order means nothing
 * @sel: the flows that it is about
 * @hits: flows that it decided, or had a part in
 * @rcu: frees it once no snapshot has it
 *
 * All but @hits is constant once a snapshot has the item.
 */
struct weft_item {
	u32			id;
	u32			priority;
	struct weft_selector	sel;
	atomic64_t		hits;
	struct rcu_head		rcu;
};

/**
 * struct weft_config - rules and policies of one generation; immutable
 * @gen: generation, never 0, grows by 1 with each snapshot and wraps below
 *	WEFT_GEN_PENDING
 * @n: lengths of @items
 * @items: the lists, by ascending priority, then number; what lies behind a
 *	pointer lives as long as any snapshot that has it
 * @cgroup_levels: levels of a socket's cgroup that the rules look at, 0 if none
 *	names a cgroup
 * @by_sender: some rule asks for what only the workload's own packets say:
 *	cgroup, mark, DSCP
 * @rcu: frees the snapshot, not what its lists point to
 */
struct weft_config {
	u32			gen;
	u32			n[WEFT_LISTS];
	struct weft_item	**items[WEFT_LISTS];
	u8			cgroup_levels;
	bool			by_sender;
	struct rcu_head		rcu;
};

/* The namespace's config: made before its first use, freed after its last. */
int weft_config_init(struct weft_net *wn);
void weft_config_exit(struct weft_net *wn);

/*
 * A change of what flows are judged by that isn't in the config itself: begin,
 * write it, commit (which cannot fail).
 */
struct weft_config *weft_config_begin(struct weft_net *wn,
				      struct netlink_ext_ack *extack);
void weft_config_commit(struct weft_net *wn, struct weft_config *next);

int weft_config_add(struct weft_net *wn, enum weft_list list,
		    const struct weft_item *item, u32 *id,
		    struct netlink_ext_ack *extack);
int weft_config_del(struct weft_net *wn, enum weft_list list, u32 id,
		    struct netlink_ext_ack *extack);
const struct weft_item *weft_config_find(const struct weft_config *config,
					 enum weft_list list, u32 id,
					 struct netlink_ext_ack *extack);
void weft_config_attach_gone(struct weft_net *wn, u32 attach);

#endif /* _WEFT_CONFIG_H */
