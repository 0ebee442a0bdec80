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

#include <linux/rcupdate.h>
#include <linux/types.h>

struct weft_rule;
struct weft_policy;

/* Bounds what a flow's set-up can cost: both lists are walked in order. */
#define WEFT_RULES_MAX		1024
#define WEFT_POLICIES_MAX	1024

/**
 * struct weft_config - rules and policies of one generation; immutable
 * @gen: generation, never 0, grows by 1 with each snapshot and wraps
 * @n_rules: length of @rules
 * @n_policies: length of @policies
 * @rules: ascending priority, then ascending id; what lies behind a pointer
 *	lives as long as any snapshot that has it
 * @policies: ascending id; same lifetime
 * @rcu: frees the snapshot, not what its arrays point to
 */
struct weft_config {
	u32			gen;
	u32			n_rules;
	u32			n_policies;
	struct weft_rule	**rules;
	struct weft_policy	**policies;
	struct rcu_head		rcu;
};

#endif /* _WEFT_CONFIG_H */
