/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of what the kernel counts by number: constants of the uapi header, and
 * classes, which the kernel is asked for.
 */
#ifndef _WEFT_LIB_NAMES_H
#define _WEFT_LIB_NAMES_H

#include <stdbool.h>
#include <linux/types.h>

struct netlink;

/**
 * struct name_table - names by number
 * @names: the names
 * @n: how many
 */
struct name_table {
	const char *const	*names;
	unsigned int		n;
};

extern const struct name_table name_actions;
extern const struct name_table name_directions;
extern const struct name_table name_tiers;
extern const struct name_table name_states;
extern const struct name_table name_behaviours;
extern const struct name_table name_switches;
extern const struct name_table name_sources;
extern const struct name_table name_framing_states;
/* Why framing was suspended or has ended. */
extern const struct name_table name_framing_ends;
extern const struct name_table name_tunnels;
extern const struct name_table name_tunnel_modes;
/* Where a rule takes a job from, its number apart. */
extern const struct name_table name_job_from;

/* "?" for a number that a newer kernel may know. */
const char *name_of(const struct name_table *table, __u64 number);
/* The number, or -1. */
int name_find(const struct name_table *table, const char *name);

/*
 * Classes. The table is read once; 0 or -errno. Numbers run from 1 to
 * CLASS_MAX; an unnamed one is written as its number.
 */
#define CLASS_MAX	255

int class_names_load(struct netlink *nl);
const char *class_name(__u64 number);
int class_find(const char *name);
/* The names that there are, for suggestions; their number. */
unsigned int class_list(const char *list[], unsigned int max);

#endif /* _WEFT_LIB_NAMES_H */
