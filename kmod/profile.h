/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Profiles: what a user says of the streams of one kind of application. Data
 * only; the kernel knows no application.
 */
#ifndef _WEFT_PROFILE_H
#define _WEFT_PROFILE_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include "classify.h"
#include "stream.h"

struct netlink_ext_ack;
struct weft_net;

#define WEFT_PROFILE_NAME	16	/* with the NUL behind it */
#define WEFT_PATTERN_NAME	(2 * WEFT_PROFILE_NAME)	/* PROFILE/PATTERN */
#define WEFT_PROFILE_PATTERNS	32
#define WEFT_PROFILE_FRAMINGS	16
#define WEFT_PROFILE_RULES	32
#define WEFT_FRAMINGS_MAX	32	/* of all profiles of a namespace */
#define WEFT_PROFILE_PRIORITY	9000	/* of its rules: before shipped ones */

/**
 * struct weft_profile_pattern - a pattern of a profile
 * @pattern: as packets are compared with it, but for its framing, which is a
 *	place in the profile
 * @name: its name
 * @id: its number, unique in the namespace
 * @hits: flows that it decided
 */
struct weft_profile_pattern {
	struct weft_pattern	pattern;
	char			name[WEFT_PROFILE_NAME];
	u32			id;
	atomic64_t		hits;
};

/**
 * struct weft_profile_framing - a framing of a profile
 * @framing: as streams are read by it
 * @name: its name
 * @id: its number, unique in the namespace
 * @slot: its place among the namespace's
 */
struct weft_profile_framing {
	struct weft_framing	framing;
	char			name[WEFT_PROFILE_NAME];
	u32			id;
	u8			slot;
};

/**
 * struct weft_profile - a profile, as it was loaded
 * @node: in weft_net.profiles; RTNL to write, RCU to read
 * @rcu: frees it once no snapshot has its counters
 * @name: its name
 * @n_patterns: length of @pattern
 * @n_framings: length of @framing
 * @n_rules: length of @rule
 * @pattern: its patterns
 * @framing: its framings
 * @rule: its rules, of which the config has copies, with their numbers
 *
 * Constant once it is loaded, but for the hits.
 */
struct weft_profile {
	struct list_head		node;
	struct rcu_head			rcu;
	char				name[WEFT_PROFILE_NAME];
	u8				n_patterns;
	u8				n_framings;
	u8				n_rules;
	struct weft_profile_pattern	pattern[WEFT_PROFILE_PATTERNS];
	struct weft_profile_framing	framing[WEFT_PROFILE_FRAMINGS];
	struct weft_rule		rule[WEFT_PROFILE_RULES];
};

/**
 * struct weft_stream_set - what streams of a namespace are compared with;
 *	immutable
 * @rcu: frees it
 * @gen: generation, grows with each
 * @n: length of @pattern, @id and @hits
 * @pattern: of all profiles, in the order in which they are tried
 * @id: their numbers
 * @hits: their counters
 * @framing_id: numbers of the framings by place, 0 for none
 * @framing: the framings by place
 */
struct weft_stream_set {
	struct rcu_head		rcu;
	u32			gen;
	u32			n;
	struct weft_pattern	pattern[WEFT_PATTERNS_MAX];
	u32			id[WEFT_PATTERNS_MAX];
	atomic64_t		*hits[WEFT_PATTERNS_MAX];
	u32			framing_id[WEFT_FRAMINGS_MAX];
	struct weft_framing	framing[WEFT_FRAMINGS_MAX];
};

int weft_profile_add(struct weft_net *wn, struct weft_profile *profile,
		     struct netlink_ext_ack *extack);
struct weft_profile *weft_profile_find(struct weft_net *wn, const char *name);
int weft_profile_del(struct weft_net *wn, struct weft_profile *profile,
		     struct netlink_ext_ack *extack);
bool weft_profile_pattern_name(struct weft_net *wn, u32 id, char *buf,
			       size_t len);
void weft_profile_net_exit(struct weft_net *wn);

#endif /* _WEFT_PROFILE_H */
