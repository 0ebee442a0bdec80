// SPDX-License-Identifier: GPL-2.0
/*
 * A namespace's config and its changes.
 *
 * Every change has the same form: a next snapshot with all that the change
 * needs is made first, and may fail; from the line that says so on nothing can
 * fail, and packets see the change by a single store.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/slab.h>

#include "classify.h"
#include "config.h"
#include "dscp.h"
#include "grant.h"
#include "index.h"
#include "netns.h"
#include "policy.h"

/* What the lists differ in. */
static const struct {
	const char	*name;
	const char	*names;
	size_t		size;
	u32		max;
} weft_lists[WEFT_LISTS] = {
	[WEFT_LIST_RULES] = {
		.name	= "rule",
		.names	= "rules",
		.size	= sizeof(struct weft_rule),
		.max	= WEFT_RULES_MAX,
	},
	[WEFT_LIST_POLICIES] = {
		.name	= "policy",
		.names	= "policies",
		.size	= sizeof(struct weft_policy),
		.max	= WEFT_POLICIES_MAX,
	},
	[WEFT_LIST_GRANTS] = {
		.name	= "grant",
		.names	= "grants",
		.size	= sizeof(struct weft_grant),
		.max	= WEFT_GRANTS_MAX,
	},
};

static struct weft_config *weft_config_current(const struct weft_net *wn)
{
	return rcu_dereference_protected(wn->config,
					 lockdep_is_held(&wn->config_lock));
}

/* A snapshot with room for so many; one piece, so that freeing it is simple. */
static struct weft_config *weft_config_alloc(const u32 room[WEFT_LISTS],
					     gfp_t gfp)
{
	struct weft_config *config;
	size_t items = 0;
	int list;

	for (list = 0; list < WEFT_LISTS; list++)
		items += room[list];
	config = kvzalloc(sizeof(*config) + items * sizeof(*config->items[0]),
			  gfp);
	if (!config)
		return NULL;
	config->items[0] = (struct weft_item **)(config + 1);
	for (list = 1; list < WEFT_LISTS; list++)
		config->items[list] = config->items[list - 1] + room[list - 1];
	return config;
}

/* The current snapshot again, one generation on, with room for one more. */
static struct weft_config *weft_config_next(const struct weft_net *wn,
					    gfp_t gfp)
{
	const struct weft_config *now = weft_config_current(wn);
	struct weft_config *next;
	u32 room[WEFT_LISTS];
	int list;

	for (list = 0; list < WEFT_LISTS; list++)
		room[list] = now->n[list] + 1;
	next = weft_config_alloc(room, gfp);
	if (!next)
		return NULL;
	next->gen = (now->gen + 1) & ~WEFT_GEN_PENDING ?: 1;
	next->index = now->index;
	next->n_recent = now->n_recent;
	memcpy(next->recent, now->recent, sizeof(now->recent));
	next->cgroup_levels = now->cgroup_levels;
	next->by_sender = now->by_sender;
	memcpy(next->dscp, now->dscp, sizeof(now->dscp));
	next->marked = now->marked;
	for (list = 0; list < WEFT_LISTS; list++) {
		next->n[list] = now->n[list];
		memcpy(next->items[list], now->items[list],
		       now->n[list] * sizeof(*now->items[list]));
	}
	return next;
}

/* @next has been published in @old's place. */
static void weft_config_retire(struct weft_config *old,
			       const struct weft_config *next)
{
	if (old->index && old->index != next->index)
		kvfree_rcu(old->index, rcu);
	kvfree_rcu(old, rcu);
}

static void weft_config_publish(struct weft_net *wn, struct weft_config *next)
{
	struct weft_config *old;

	old = rcu_replace_pointer(wn->config, next,
				  lockdep_is_held(&wn->config_lock));
	weft_config_retire(old, next);
}

/* What rules and grants look at besides addresses, protocol and ports. */
static void weft_config_note(struct weft_config *config,
			     const struct weft_selector *sel)
{
	unsigned int levels = sel->cgroup_level + sel->cgroup_below + 1;

	if (sel->cgroup && levels > config->cgroup_levels)
		config->cgroup_levels = levels;
	if (sel->cgroup || sel->mark_mask || sel->has_dscp)
		config->by_sender = true;
}

/*
 * An index of all rules of a snapshot that is not published yet, in place of
 * the one that it has from the snapshot before. 0 or what weft_index_build()
 * says; then nothing has changed.
 */
static int weft_config_reindex(struct weft_config *next, gfp_t gfp)
{
	struct weft_item **rules = next->items[WEFT_LIST_RULES];
	u32 n = next->n[WEFT_LIST_RULES], i;
	struct weft_index *index = NULL;

	if (n > WEFT_RULES_RECENT_MAX) {
		index = weft_index_build(rules, n, gfp);
		if (IS_ERR(index))
			return PTR_ERR(index);
	}
	next->index = index;
	next->n_recent = index ? 0 : n;
	memcpy(next->recent, rules, next->n_recent * sizeof(*rules));

	next->cgroup_levels = 0;
	next->by_sender = false;
	for (i = 0; i < n; i++)
		weft_config_note(next, &rules[i]->sel);
	for (i = 0; i < next->n[WEFT_LIST_GRANTS]; i++)
		weft_config_note(next, &next->items[WEFT_LIST_GRANTS][i]->sel);
	return 0;
}

static int weft_config_no_memory(struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG_MOD(extack, "no memory for the next configuration");
	return -ENOMEM;
}

/**
 * weft_config_begin - prepare to change what flows are judged by
 * @wn: the namespace
 * @extack: says what failed
 *
 * For what is not in the config itself, such as a port's default policy: begin,
 * write it, and commit, after which each flow is judged again at its next
 * packet. Nothing else changes the config in between.
 *
 * Context: Process. Leaves the config lock taken if it succeeds.
 * Return: the next generation for weft_config_commit(), or an ERR_PTR.
 */
struct weft_config *weft_config_begin(struct weft_net *wn,
				      struct netlink_ext_ack *extack)
{
	struct weft_config *next;

	mutex_lock(&wn->config_lock);
	next = weft_config_next(wn, GFP_KERNEL_ACCOUNT);
	if (next)
		return next;
	mutex_unlock(&wn->config_lock);
	return ERR_PTR(weft_config_no_memory(extack));
}

/**
 * weft_config_mark - say which DSCP the packets of a class get
 * @next: what weft_config_begin() returned
 * @class: class number
 * @dscp: 0 to WEFT_DSCP_MAX, or WEFT_DSCP_KEEP for none
 *
 * Context: The config lock.
 */
void weft_config_mark(struct weft_config *next, u32 class, u8 dscp)
{
	next->dscp[class] = dscp;
	if (dscp == WEFT_DSCP_KEEP)
		next->marked &= ~BIT(class);
	else
		next->marked |= BIT(class);
}

/**
 * weft_config_commit - finish what weft_config_begin() began
 * @wn: the namespace
 * @next: what it returned
 *
 * Context: Process. Releases the config lock.
 */
void weft_config_commit(struct weft_net *wn, struct weft_config *next)
{
	weft_config_publish(wn, next);
	mutex_unlock(&wn->config_lock);
}

/* Where the item of a number stands; length of the list if nowhere. */
static u32 weft_config_place(const struct weft_config *config,
			     enum weft_list list, u32 id)
{
	u32 i;

	for (i = 0; i < config->n[list]; i++)
		if (config->items[list][i]->id == id)
			break;
	return i;
}

/**
 * weft_config_find - the rule, policy or grant of a number
 * @config: snapshot to look in
 * @list: which of the lists
 * @id: the number
 * @extack: told if there is none
 *
 * Context: Whatever keeps @config alive: RCU, or the owner's lock.
 * Return: it, or NULL.
 */
const struct weft_item *weft_config_find(const struct weft_config *config,
					 enum weft_list list, u32 id,
					 struct netlink_ext_ack *extack)
{
	u32 i = weft_config_place(config, list, id);

	if (i < config->n[list])
		return config->items[list][i];
	NL_SET_ERR_MSG_FMT(extack, "there is no %s %u", weft_lists[list].name, id);
	return NULL;
}

/* A number that none of them has; it comes back only after all others did. */
static u32 weft_config_new_id(struct weft_net *wn, enum weft_list list,
			      const struct weft_config *config)
{
	u32 id;

	do {
		id = ++wn->last_id[list];
		if (!id)
			wn->ids_wrapped[list] = true;
	} while (!id || (wn->ids_wrapped[list] &&
			 weft_config_place(config, list, id) < config->n[list]));
	return id;
}

/* Puts an item in its place among @n, which have room for one more. */
static void weft_items_insert(struct weft_item **items, u32 n,
			      struct weft_item *item)
{
	u32 low = 0, high = n;

	while (low < high) {
		u32 middle = (low + high) / 2;

		if (weft_item_before(items[middle], item))
			low = middle + 1;
		else
			high = middle;
	}
	memmove(items + low + 1, items + low, (n - low) * sizeof(*items));
	items[low] = item;
}

static void weft_config_insert(struct weft_config *config, enum weft_list list,
			       struct weft_item *item)
{
	weft_items_insert(config->items[list], config->n[list]++, item);
}

/*
 * A rule was put into a snapshot that is not published yet: have it found. The
 * newest rules are walked, and go into the index all at once, so that a rule
 * costs only its part of a new index.
 */
static int weft_config_rule_added(struct weft_config *next,
				  struct weft_item *rule,
				  struct netlink_ext_ack *extack)
{
	int err;

	/* Shapes are counted when one comes, so that the index never refuses. */
	if (next->n_recent < WEFT_RULES_RECENT_MAX &&
	    (!next->index || weft_index_has_shape(next->index, &rule->sel))) {
		weft_items_insert(next->recent, next->n_recent++, rule);
		weft_config_note(next, &rule->sel);
		return 0;
	}
	err = weft_config_reindex(next, GFP_KERNEL_ACCOUNT);
	if (err == -E2BIG)
		NL_SET_ERR_MSG(extack,
			       "rules differ in too many ways: give this one the words and prefix lengths of another");
	else if (err)
		weft_config_no_memory(extack);
	return err;
}

/*
 * Rules were taken out of a snapshot that is not published yet. Those that the
 * index has not need no other one.
 */
static int weft_config_rule_removed(struct weft_config *next,
				    const struct weft_item *rule,
				    struct netlink_ext_ack *extack)
{
	u32 i;

	for (i = 0; i < next->n_recent; i++)
		if (next->recent[i] == rule)
			break;
	if (i < next->n_recent) {
		next->n_recent--;
		memmove(next->recent + i, next->recent + i + 1,
			(next->n_recent - i) * sizeof(*next->recent));
		return 0;
	}
	return weft_config_reindex(next, GFP_KERNEL_ACCOUNT) ?
		weft_config_no_memory(extack) : 0;
}

static struct weft_item *weft_config_cut(struct weft_config *config,
					 enum weft_list list, u32 i)
{
	struct weft_item **items = config->items[list];
	struct weft_item *item = items[i];

	config->n[list]--;
	memmove(items + i, items + i + 1,
		(config->n[list] - i) * sizeof(*items));
	return item;
}

/**
 * weft_config_add - add a rule, a policy or a grant
 * @wn: the namespace
 * @list: which of the lists
 * @item: the head of a struct weft_rule, weft_policy or weft_grant, which is
 *	copied; its number is not looked at
 * @id: set to its number
 * @extack: says why it was refused
 *
 * The caller has checked that what the item names exists, and keeps it by
 * RTNL.
 *
 * Context: Process. Takes the config lock.
 * Return: 0, -ENOMEM, -ENOSPC if the list is full, or -E2BIG if rules differ in
 *	too many ways.
 */
int weft_config_add(struct weft_net *wn, enum weft_list list,
		    const struct weft_item *item, u32 *id,
		    struct netlink_ext_ack *extack)
{
	struct weft_config *next;
	struct weft_item *copy;
	int err = 0;

	copy = kmemdup(item, weft_lists[list].size, GFP_KERNEL_ACCOUNT);
	if (!copy)
		return weft_config_no_memory(extack);
	atomic64_set(&copy->hits, 0);

	mutex_lock(&wn->config_lock);
	if (weft_config_current(wn)->n[list] >= weft_lists[list].max) {
		NL_SET_ERR_MSG_FMT(extack, "no more than %u %s: delete one first",
				   weft_lists[list].max, weft_lists[list].names);
		err = -ENOSPC;
		goto unlock;
	}
	next = weft_config_next(wn, GFP_KERNEL_ACCOUNT);
	if (!next) {
		err = weft_config_no_memory(extack);
		goto unlock;
	}

	copy->id = weft_config_new_id(wn, list, next);
	weft_config_insert(next, list, copy);
	if (list == WEFT_LIST_RULES)
		err = weft_config_rule_added(next, copy, extack);
	else if (list == WEFT_LIST_GRANTS)
		weft_config_note(next, &copy->sel);
	if (err) {
		kvfree(next);
		goto unlock;
	}

	/* Nothing fails from here on. */
	*id = copy->id;
	weft_config_publish(wn, next);
	copy = NULL;
unlock:
	mutex_unlock(&wn->config_lock);
	kfree(copy);
	return err;
}

/**
 * weft_config_del - remove a rule, a policy or a grant
 * @wn: the namespace
 * @list: which of the lists
 * @id: its number
 * @extack: says why it was refused
 *
 * Context: Process. Takes the config lock.
 * Return: 0, -ENOMEM, or -ENOENT if there is none of this number.
 */
int weft_config_del(struct weft_net *wn, enum weft_list list, u32 id,
		    struct netlink_ext_ack *extack)
{
	struct weft_config *next;
	struct weft_item *item;
	int err = 0;

	mutex_lock(&wn->config_lock);
	if (!weft_config_find(weft_config_current(wn), list, id, extack)) {
		err = -ENOENT;
		goto unlock;
	}
	next = weft_config_next(wn, GFP_KERNEL_ACCOUNT);
	if (!next) {
		err = weft_config_no_memory(extack);
		goto unlock;
	}

	item = weft_config_cut(next, list, weft_config_place(next, list, id));
	if (list == WEFT_LIST_RULES)
		err = weft_config_rule_removed(next, item, extack);
	if (err) {
		kvfree(next);
		goto unlock;
	}

	/* Nothing fails from here on. */
	weft_config_publish(wn, next);
	kfree_rcu(item, rcu);
unlock:
	mutex_unlock(&wn->config_lock);
	return err;
}

/**
 * weft_config_attach_gone - forget an attachment point
 * @wn: the namespace
 * @attach: its number, which may come back as another's
 *
 * Rules, policies and grants of it go with it, and every flow is judged again. The end
 * of a device cannot be refused, so the memory for the next snapshot is waited
 * for.
 *
 * Context: Process, RTNL. Takes the config lock.
 */
void weft_config_attach_gone(struct weft_net *wn, u32 attach)
{
	struct weft_config *old, *next;
	int list;
	u32 i;

	mutex_lock(&wn->config_lock);
	old = weft_config_current(wn);
	next = weft_config_next(wn, GFP_KERNEL | __GFP_NOFAIL);
	for (list = 0; list < WEFT_LISTS; list++)
		for (i = next->n[list]; i--; )
			if (next->items[list][i]->sel.attach == attach)
				weft_config_cut(next, list, i);
	if (next->n[WEFT_LIST_RULES] != old->n[WEFT_LIST_RULES])
		WARN_ON(weft_config_reindex(next, GFP_KERNEL | __GFP_NOFAIL));
	rcu_assign_pointer(wn->config, next);

	/* Only now that nobody finds them can a grace period be their last. */
	for (list = 0; list < WEFT_LISTS; list++)
		for (i = 0; i < old->n[list]; i++)
			if (old->items[list][i]->sel.attach == attach)
				kfree_rcu(old->items[list][i], rcu);
	weft_config_retire(old, next);
	mutex_unlock(&wn->config_lock);
}

static void weft_config_free(struct weft_config *config)
{
	int list;
	u32 i;

	for (list = 0; list < WEFT_LISTS; list++)
		for (i = 0; i < config->n[list]; i++)
			kfree(config->items[list][i]);
	kvfree(config->index);
	kvfree(config);
}

/**
 * weft_config_init - the config that a namespace starts with: the shipped rules
 * @wn: the namespace
 *
 * Context: Process, before anything else of the namespace.
 * Return: 0 or -ENOMEM; nothing is left then.
 */
int weft_config_init(struct weft_net *wn)
{
	u32 room[WEFT_LISTS] = { [WEFT_LIST_RULES] = weft_n_shipped_rules };
	struct weft_config *config;
	struct weft_rule *rule;
	u32 i;

	config = weft_config_alloc(room, GFP_KERNEL_ACCOUNT);
	if (!config)
		return -ENOMEM;
	config->gen = 1;
	for (i = 0; i < weft_n_shipped_rules; i++) {
		rule = kmemdup(&weft_shipped_rules[i], sizeof(*rule),
			       GFP_KERNEL_ACCOUNT);
		if (!rule) {
			weft_config_free(config);
			return -ENOMEM;
		}
		rule->item.id = ++wn->last_id[WEFT_LIST_RULES];
		weft_config_insert(config, WEFT_LIST_RULES, &rule->item);
	}
	if (weft_config_reindex(config, GFP_KERNEL_ACCOUNT)) {
		weft_config_free(config);
		return -ENOMEM;
	}
	mutex_init(&wn->config_lock);
	RCU_INIT_POINTER(wn->config, config);
	return 0;
}

/**
 * weft_config_exit - free a namespace's config
 * @wn: the namespace; nobody reads its config any more
 *
 * Context: Process.
 */
void weft_config_exit(struct weft_net *wn)
{
	weft_config_free(rcu_dereference_protected(wn->config, true));
	mutex_destroy(&wn->config_lock);
}
