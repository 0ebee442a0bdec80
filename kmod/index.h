/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rules by what they match, so that the first one that is about a flow is
 * found without trying each. Knows no device; builds on the host.
 */
#ifndef _WEFT_INDEX_H
#define _WEFT_INDEX_H

#include <linux/rcupdate.h>
#include <linux/types.h>
#include "config.h"

/* Bounds what a look-up costs; see index.c for what a shape is. */
#define WEFT_INDEX_SHAPES	256
#define WEFT_INDEX_NONE		U32_MAX

/**
 * enum weft_index_word - what a rule and a flow are compared by, ports apart
 * @WEFT_INDEX_REMOTE: two words, as they lie in memory
 * @WEFT_INDEX_LOCAL: likewise
 * @WEFT_INDEX_MARK: the attachment point, and above it the mark
 * @WEFT_INDEX_PROTO: the protocol, and above it the DSCP
 * @WEFT_INDEX_CGROUP: id of the cgroup at the shape's level
 * @WEFT_INDEX_WORDS: how many
 */
enum weft_index_word {
	WEFT_INDEX_REMOTE,
	WEFT_INDEX_LOCAL	= WEFT_INDEX_REMOTE + 2,
	WEFT_INDEX_MARK		= WEFT_INDEX_LOCAL + 2,
	WEFT_INDEX_PROTO,
	WEFT_INDEX_CGROUP,
	WEFT_INDEX_WORDS,
};

/**
 * struct weft_index_shape - rules that compare the same bits
 * @mask: the bits
 * @first: the first of these rules, by its place in the list
 * @cgroup_level: level at which a cgroup is compared, if @cgroup_levels
 * @cgroup_levels: how many levels a socket's cgroup must have; 0 if its cgroup
 *	does not count
 */
struct weft_index_shape {
	u64	mask[WEFT_INDEX_WORDS];
	u32	first;
	u8	cgroup_level;
	u8	cgroup_levels;
};

/**
 * struct weft_index_group - rules of a shape that differ in their ports only
 * @key: what they match
 * @next: next group of the bucket, or WEFT_INDEX_NONE
 * @shape: their shape
 * @spans: where their spans begin
 * @n_spans: how many, at least 1
 */
struct weft_index_group {
	u64	key[WEFT_INDEX_WORDS];
	u32	next;
	u32	shape;
	u32	spans;
	u32	n_spans;
};

/**
 * struct weft_index_span - ports for which the same rule of a group decides
 * @rule: the first rule of the group that matches them, by its place in the
 *	list, or WEFT_INDEX_NONE
 * @start: the first of them; the last is the one before the next span's
 */
struct weft_index_span {
	u32	rule;
	u16	start;
};

/**
 * struct weft_index - an index of rules; immutable, in one piece of memory
 * @items: the rules in the order of their trial
 * @shapes: by their first rule
 * @groups: by their first rule
 * @spans: of all groups, by group and port
 * @buckets: first group by hash, or WEFT_INDEX_NONE
 * @bucket_mask: number of buckets less one
 * @n_shapes: how many
 * @n_groups: how many
 * @n_spans: how many
 * @rcu: frees it
 */
struct weft_index {
	struct weft_item		**items;
	struct weft_index_shape		*shapes;
	struct weft_index_group		*groups;
	struct weft_index_span		*spans;
	u32				*buckets;
	u32				bucket_mask;
	u32				n_shapes;
	u32				n_groups;
	u32				n_spans;
	struct rcu_head			rcu;
};

struct weft_index *weft_index_build(struct weft_item *const *items, u32 n,
				    gfp_t gfp);
bool weft_index_has_shape(const struct weft_index *index,
			  const struct weft_selector *sel);
struct weft_item *weft_index_find(const struct weft_index *index,
				  const struct weft_view *view);

#endif /* _WEFT_INDEX_H */
