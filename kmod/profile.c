// SPDX-License-Identifier: GPL-2.0
/*
 * A namespace's profiles.
 *
 * What packets need of all of them together is one immutable snapshot, made
 * anew with each change and published by one store. Without a profile there is
 * none: then no flow has anything to be read, and no packet pays.
 *
 * A profile's rules are rules like any others, added and removed with it.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/rculist.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "config.h"
#include "extension.h"
#include "flow.h"
#include "netns.h"
#include "profile.h"

static void weft_set_add_pattern(struct weft_stream_set *set,
				 const struct weft_profile *profile,
				 struct weft_profile_pattern *from)
{
	u32 i = set->n++;

	/* Among equals the one that was there first. */
	for (; i && set->pattern[i - 1].priority > from->pattern.priority; i--) {
		set->pattern[i] = set->pattern[i - 1];
		set->id[i] = set->id[i - 1];
		set->hits[i] = set->hits[i - 1];
	}
	set->pattern[i] = from->pattern;
	set->id[i] = from->id;
	set->hits[i] = &from->hits;
	if (from->pattern.framing)
		set->pattern[i].framing =
			profile->framing[from->pattern.framing - 1].slot + 1;
}

static void weft_set_add(struct weft_stream_set *set,
			 struct weft_profile *profile)
{
	unsigned int i;

	for (i = 0; i < profile->n_patterns; i++)
		weft_set_add_pattern(set, profile, &profile->pattern[i]);
	for (i = 0; i < profile->n_framings; i++) {
		struct weft_profile_framing *framing = &profile->framing[i];

		set->framing[framing->slot] = framing->framing;
		set->framing_id[framing->slot] = framing->id;
	}
}

/* The next snapshot, of all profiles but @without; NULL without memory. */
static struct weft_stream_set *
weft_set_make(struct weft_net *wn, const struct weft_profile *without)
{
	struct weft_profile *profile;
	struct weft_stream_set *set;

	set = kvzalloc(sizeof(*set), GFP_KERNEL_ACCOUNT);
	if (!set)
		return NULL;
	set->gen = wn->streams_gen + 1;
	list_for_each_entry(profile, &wn->profiles, node)
		if (profile != without)
			weft_set_add(set, profile);
	return set;
}

/* One without patterns stands for nothing to be read. */
static void weft_set_publish(struct weft_net *wn, struct weft_stream_set *set)
{
	struct weft_stream_set *old;

	wn->streams_gen = set->gen;
	if (!set->n) {
		kvfree(set);
		set = NULL;
	}
	old = rcu_replace_pointer(wn->streams, set, lockdep_rtnl_is_held());
	if (old)
		kvfree_rcu(old, rcu);
}

/* Do all patterns and framings have room beside those that are there? */
static int weft_profile_fits(struct weft_net *wn,
			     const struct weft_profile *profile,
			     struct netlink_ext_ack *extack)
{
	u32 patterns = profile->n_patterns, framings = profile->n_framings;
	struct weft_profile *other;

	list_for_each_entry(other, &wn->profiles, node) {
		patterns += other->n_patterns;
		framings += other->n_framings;
	}
	if (patterns > WEFT_PATTERNS_MAX) {
		NL_SET_ERR_MSG_FMT(extack,
				   "%u patterns with this profile's, and no more than %u can be loaded: unload a profile first",
				   patterns, WEFT_PATTERNS_MAX);
		return -ENOSPC;
	}
	if (framings > WEFT_FRAMINGS_MAX) {
		NL_SET_ERR_MSG_FMT(extack,
				   "%u framings with this profile's, and no more than %u can be loaded: unload a profile first",
				   framings, WEFT_FRAMINGS_MAX);
		return -ENOSPC;
	}
	return 0;
}

/* Numbers that none had before, and free places; there are enough. */
static void weft_profile_number(struct weft_net *wn,
				struct weft_profile *profile)
{
	DECLARE_BITMAP(used, WEFT_FRAMINGS_MAX) = { 0 };
	struct weft_profile *other;
	unsigned int i;

	list_for_each_entry(other, &wn->profiles, node)
		for (i = 0; i < other->n_framings; i++)
			__set_bit(other->framing[i].slot, used);
	for (i = 0; i < profile->n_framings; i++) {
		struct weft_profile_framing *framing = &profile->framing[i];

		framing->slot = find_first_zero_bit(used, WEFT_FRAMINGS_MAX);
		__set_bit(framing->slot, used);
		framing->id = ++wn->last_stream_id ?: ++wn->last_stream_id;
	}
	for (i = 0; i < profile->n_patterns; i++) {
		struct weft_profile_pattern *pattern = &profile->pattern[i];

		pattern->id = ++wn->last_stream_id ?: ++wn->last_stream_id;
		pattern->pattern.since = wn->streams_gen + 1;
	}
}

/* Whoever has removed one of them by hand has done our work. */
static void weft_profile_del_rules(struct weft_net *wn,
				   struct weft_profile *profile, unsigned int n)
{
	while (n--)
		weft_config_del(wn, WEFT_LIST_RULES, profile->rule[n].item.id,
				NULL);
}

static int weft_profile_add_rules(struct weft_net *wn,
				  struct weft_profile *profile,
				  struct netlink_ext_ack *extack)
{
	unsigned int i;
	int err;

	for (i = 0; i < profile->n_rules; i++) {
		struct weft_item *item = &profile->rule[i].item;

		err = weft_config_add(wn, WEFT_LIST_RULES, item, &item->id,
				      extack);
		if (err) {
			weft_profile_del_rules(wn, profile, i);
			return err;
		}
	}
	return 0;
}

/* Memory for the first flows, so that these are read too. */
static void weft_profile_prime(struct weft_net *wn)
{
	if (wn->flows && rtnl_dereference(wn->streams))
		weft_extension_pool_prime(wn->flows->extensions);
}

/**
 * weft_profile_add - load a profile
 * @wn: the namespace
 * @profile: checked, and not in any list; kvmalloc()ed. Belongs to @wn from
 *	here on if it succeeds
 * @extack: says why it was refused
 *
 * Context: Process, RTNL.
 * Return: 0, -EEXIST, -ENOSPC where too many patterns, framings or rules are
 *	loaded, or -ENOMEM; nothing has changed then.
 */
int weft_profile_add(struct weft_net *wn, struct weft_profile *profile,
		     struct netlink_ext_ack *extack)
{
	struct weft_stream_set *set;
	int err;

	ASSERT_RTNL();
	if (weft_profile_find(wn, profile->name)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "profile %s is loaded: unload it first",
				   profile->name);
		return -EEXIST;
	}
	err = weft_profile_fits(wn, profile, extack);
	if (err)
		return err;
	weft_profile_number(wn, profile);
	err = weft_profile_add_rules(wn, profile, extack);
	if (err)
		return err;
	list_add_tail_rcu(&profile->node, &wn->profiles);
	set = weft_set_make(wn, NULL);
	if (!set) {
		list_del_rcu(&profile->node);
		/* Names are looked up without a lock. */
		synchronize_rcu();
		weft_profile_del_rules(wn, profile, profile->n_rules);
		NL_SET_ERR_MSG(extack, "no memory for the profile");
		return -ENOMEM;
	}

	/* Nothing fails from here on. */
	weft_set_publish(wn, set);
	weft_profile_prime(wn);
	return 0;
}

/**
 * weft_profile_find - the profile of a name
 * @wn: the namespace
 * @name: the name
 *
 * Context: Process, RTNL, which keeps it.
 * Return: it, or NULL.
 */
struct weft_profile *weft_profile_find(struct weft_net *wn, const char *name)
{
	struct weft_profile *profile;

	list_for_each_entry(profile, &wn->profiles, node)
		if (!strcmp(profile->name, name))
			return profile;
	return NULL;
}

/**
 * weft_profile_del - unload a profile
 * @wn: the namespace
 * @profile: one of its profiles
 * @extack: says what failed
 *
 * Context: Process, RTNL.
 * Return: 0 or -ENOMEM.
 */
int weft_profile_del(struct weft_net *wn, struct weft_profile *profile,
		     struct netlink_ext_ack *extack)
{
	struct weft_stream_set *set;

	ASSERT_RTNL();
	set = weft_set_make(wn, profile);
	if (!set) {
		NL_SET_ERR_MSG(extack, "no memory for the other profiles");
		return -ENOMEM;
	}

	/* Nothing fails from here on. */
	list_del_rcu(&profile->node);
	weft_set_publish(wn, set);
	weft_profile_del_rules(wn, profile, profile->n_rules);
	kvfree_rcu(profile, rcu);
	return 0;
}

/**
 * weft_profile_pattern_name - how messages call a pattern
 * @wn: the namespace
 * @id: the pattern's number
 * @buf: set to PROFILE/PATTERN
 * @len: room in @buf
 *
 * Context: RCU read side.
 * Return: false where its profile has gone.
 */
bool weft_profile_pattern_name(struct weft_net *wn, u32 id, char *buf,
			       size_t len)
{
	struct weft_profile *profile;
	unsigned int i;

	list_for_each_entry_rcu(profile, &wn->profiles, node) {
		for (i = 0; i < profile->n_patterns; i++) {
			if (profile->pattern[i].id != id)
				continue;
			snprintf(buf, len, "%s/%s", profile->name,
				 profile->pattern[i].name);
			return true;
		}
	}
	return false;
}

/**
 * weft_profile_net_exit - forget all profiles of a namespace
 * @wn: the namespace; no packet is judged in it any more
 *
 * Context: Process.
 */
void weft_profile_net_exit(struct weft_net *wn)
{
	struct weft_profile *profile, *next;

	list_for_each_entry_safe(profile, next, &wn->profiles, node)
		kvfree(profile);
	kvfree(rcu_dereference_protected(wn->streams, true));
}
