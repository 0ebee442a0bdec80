/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One namespace's rules, policies and grants as one immutable snapshot.
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
#include "class.h"
#include "select.h"

struct netlink_ext_ack;
struct weft_grant;
struct weft_index;
struct weft_net;
struct weft_policy;
struct weft_rule;

/*
 * Bounds what a flow's set-up can cost: policies are walked in order. Rules are
 * found by an index (see index.c); the newest ones, which the index has not
 * yet, are walked.
 */
#define WEFT_RULES_MAX		16384
#define WEFT_RULES_RECENT_MAX	32
#define WEFT_POLICIES_MAX	1024
#define WEFT_GRANTS_MAX		1024

/*
 * Generations have 31 bits. With this one, a flow was judged by a packet that
 * did not say all that the rules ask for: see weft_judge_known().
 */
#define WEFT_GEN_PENDING	0x80000000U

/**
 * enum weft_list - the lists of a config
 * @WEFT_LIST_RULES: of struct weft_rule, what a flow is
 * @WEFT_LIST_POLICIES: of struct weft_policy, whether it may pass
 * @WEFT_LIST_GRANTS: of struct weft_grant, what its owner may say that it is
 * @WEFT_LISTS: how many
 */
enum weft_list {
	WEFT_LIST_RULES,
	WEFT_LIST_POLICIES,
	WEFT_LIST_GRANTS,
	WEFT_LISTS,
};

/**
 * struct weft_item - what rules, policies and grants begin with
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
 * struct weft_config - rules, policies and grants of one generation; immutable
 * @gen: generation, never 0, grows by 1 with each snapshot and wraps below
 *	WEFT_GEN_PENDING
 * @n: lengths of @items
 * @items: the lists, by ascending priority, then number; what lies behind a
 *	pointer lives as long as any snapshot that has it
 * @index: of all rules but @recent; NULL if there are no others. Snapshots in a
 *	row may share it: freed with the last one that has it
 * @recent: rules that @index has not, in their order
 * @n_recent: how many
 * @cgroup_levels: levels of a socket's cgroup that rules and grants look at, 0
 *	if none names a cgroup
 * @by_sender: some rule or grant asks for what only the workload's own packets
 *	say: cgroup, mark, DSCP
 * @dscp: what the packets of a class that leave get, by class number
 * @marked: which classes do, BIT(number)
 * @rcu: frees the snapshot, not what its lists point to
 */
struct weft_config {
	u32			gen;
	u32			n[WEFT_LISTS];
	struct weft_item	**items[WEFT_LISTS];
	struct weft_index	*index;
	struct weft_item	*recent[WEFT_RULES_RECENT_MAX];
	u8			n_recent;
	u8			cgroup_levels;
	bool			by_sender;
	u8			dscp[WEFT_CLASS_MAX + 1];
	u32			marked;
	struct rcu_head		rcu;
};

/* Which of two items of a list stands first. */
static inline bool weft_item_before(const struct weft_item *a,
				    const struct weft_item *b)
{
	if (a->priority != b->priority)
		return a->priority < b->priority;
	return a->id < b->id;
}

/* The namespace's config: made before its first use, freed after its last. */
int weft_config_init(struct weft_net *wn);
void weft_config_exit(struct weft_net *wn);

/*
 * A change of what flows are judged by that isn't in the config itself: begin,
 * write it, commit (which cannot fail).
 */
struct weft_config *weft_config_begin(struct weft_net *wn,
				      struct netlink_ext_ack *extack);
void weft_config_mark(struct weft_config *next, u32 class, u8 dscp);
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
