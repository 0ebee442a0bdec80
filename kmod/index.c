// SPDX-License-Identifier: GPL-2.0
/*
 * The first rule that is about a flow, among thousands.
 *
 * Rules that compare the same bits are of one shape: they have the same words,
 * prefixes of the same lengths, a cgroup at the same level. The rules of people
 * and programs are of few shapes, however many they are: ten thousand prefixes
 * of 24 bits with a job each are one. So a flow is looked up once for each
 * shape (tuple space search), by a hash of those of its bits that the shape
 * compares, and not once for each rule.
 *
 * Ports are not hashed: rules have ranges of them, and either end's port will
 * do. Rules that differ in their ports only are a group. The ports are cut
 * where one of its ranges begins or ends, and each of these spans knows the
 * first rule that covers it, so that a port costs a binary search.
 *
 * A look-up costs at most WEFT_INDEX_SHAPES hashes and, where one of them hits,
 * two binary searches over at most twice as many spans as the group has rules.
 * It ends with the first shape whose best rule stands behind what was found.
 *
 * Looked at instead: decision trees and bit vectors bound a look-up without a
 * bound on shapes, but their memory, or the time to build them, grows with the
 * square of the rules, and rules change while packets flow.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "index.h"

#define WEFT_INDEX_HASH		0x61c8864680b583ebULL

/**
 * struct weft_index_work - what building an index needs meanwhile
 * @head: by group, its first rule
 * @tail: by group, its last rule so far
 * @next: by rule, the next one of its group, or WEFT_INDEX_NONE
 * @skip: by span, the first one from there on that no rule covers yet
 */
struct weft_index_work {
	u32	*head;
	u32	*tail;
	u32	*next;
	u32	*skip;
};

/* Inline, and done with the first difference: a call would cost more. */
static inline bool weft_index_equal(const u64 a[WEFT_INDEX_WORDS],
				    const u64 b[WEFT_INDEX_WORDS])
{
	int i;

	for (i = 0; i < WEFT_INDEX_WORDS; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

/* The first @len of 128 bits. */
static void weft_index_prefix(u64 mask[2], u8 len)
{
	u8 bytes[16] = {};

	memset(bytes, 0xff, len / 8);
	if (len % 8)
		bytes[len / 8] = 0xff << (8 - len % 8);
	memcpy(mask, bytes, sizeof(bytes));
}

static void weft_index_shape_of(struct weft_index_shape *shape,
				const struct weft_selector *sel)
{
	memset(shape, 0, sizeof(*shape));
	weft_index_prefix(shape->mask + WEFT_INDEX_REMOTE, sel->remote_len);
	weft_index_prefix(shape->mask + WEFT_INDEX_LOCAL, sel->local_len);
	shape->mask[WEFT_INDEX_MARK] = (u64)sel->mark_mask << 32 |
				       (sel->attach ? U32_MAX : 0);
	shape->mask[WEFT_INDEX_PROTO] = (sel->has_dscp ? 0xff00 : 0) |
					(sel->proto ? 0xff : 0);
	if (sel->cgroup) {
		shape->cgroup_level = sel->cgroup_level;
		shape->cgroup_levels = sel->cgroup_level + sel->cgroup_below + 1;
	}
}

static bool weft_index_shape_equal(const struct weft_index_shape *a,
				   const struct weft_index_shape *b)
{
	return weft_index_equal(a->mask, b->mask) &&
	       a->cgroup_level == b->cgroup_level &&
	       a->cgroup_levels == b->cgroup_levels;
}

static u32 weft_index_shape_find(const struct weft_index *index,
				 const struct weft_index_shape *shape)
{
	u32 i;

	for (i = 0; i < index->n_shapes; i++)
		if (weft_index_shape_equal(&index->shapes[i], shape))
			break;
	return i;
}

/* What a rule asks for. */
static void weft_index_key(u64 key[WEFT_INDEX_WORDS],
			   const struct weft_index_shape *shape,
			   const struct weft_selector *sel)
{
	int i;

	memcpy(key + WEFT_INDEX_REMOTE, &sel->remote, sizeof(sel->remote));
	memcpy(key + WEFT_INDEX_LOCAL, &sel->local, sizeof(sel->local));
	key[WEFT_INDEX_MARK] = (u64)sel->mark << 32 | sel->attach;
	key[WEFT_INDEX_PROTO] = sel->dscp << 8 | sel->proto;
	for (i = 0; i < WEFT_INDEX_CGROUP; i++)
		key[i] &= shape->mask[i];
	key[WEFT_INDEX_CGROUP] = sel->cgroup;
}

static inline u32 weft_index_hash(const u64 key[WEFT_INDEX_WORDS], u32 shape)
{
	u64 hash = shape;
	int i;

	for (i = 0; i < WEFT_INDEX_WORDS; i++) {
		hash = (hash ^ key[i]) * WEFT_INDEX_HASH;
		hash ^= hash >> 32;
	}
	return hash;
}

static inline struct weft_index_group *
weft_index_group_find(const struct weft_index *index,
		      const u64 key[WEFT_INDEX_WORDS], u32 shape, u32 hash)
{
	u32 i = index->buckets[hash & index->bucket_mask];

	while (i != WEFT_INDEX_NONE) {
		struct weft_index_group *group = &index->groups[i];

		if (group->shape == shape && weft_index_equal(group->key, key))
			return group;
		i = group->next;
	}
	return NULL;
}

/* One more rule: into its group, and that into its shape. */
static int weft_index_sort_in(struct weft_index *index,
			      struct weft_index_work *work, u32 rule)
{
	const struct weft_selector *sel = &index->items[rule]->sel;
	struct weft_index_group *group;
	struct weft_index_shape shape;
	u64 key[WEFT_INDEX_WORDS];
	u32 number, hash, *bucket;

	weft_index_shape_of(&shape, sel);
	number = weft_index_shape_find(index, &shape);
	if (number == index->n_shapes) {
		if (number == WEFT_INDEX_SHAPES)
			return -E2BIG;
		shape.first = rule;
		index->shapes[index->n_shapes++] = shape;
	}

	weft_index_key(key, &shape, sel);
	hash = weft_index_hash(key, number);
	group = weft_index_group_find(index, key, number, hash);
	work->next[rule] = WEFT_INDEX_NONE;
	if (group) {
		u32 *tail = &work->tail[group - index->groups];

		work->next[*tail] = rule;
		*tail = rule;
		return 0;
	}
	work->head[index->n_groups] = rule;
	work->tail[index->n_groups] = rule;
	group = &index->groups[index->n_groups];
	memcpy(group->key, key, sizeof(group->key));
	group->shape = number;
	bucket = &index->buckets[hash & index->bucket_mask];
	group->next = *bucket;
	*bucket = index->n_groups++;
	return 0;
}

static int weft_index_span_order(const void *a, const void *b)
{
	const struct weft_index_span *left = a, *right = b;

	return (int)left->start - right->start;
}

/* The span that a port lies in. */
static inline u32 weft_index_span_of(const struct weft_index_span *spans, u32 n,
				     u16 port)
{
	u32 low = 0, high = n;

	while (high - low > 1) {
		u32 middle = (low + high) / 2;

		if (spans[middle].start <= port)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* Where the ports of a group's rules have to be cut. */
static u32 weft_index_cut(const struct weft_index *index,
			  const struct weft_index_work *work,
			  struct weft_index_span *spans, u32 head)
{
	u32 i, n = 0, unique = 1;

	spans[n++].start = 0;
	for (i = head; i != WEFT_INDEX_NONE; i = work->next[i]) {
		const struct weft_selector *sel = &index->items[i]->sel;

		if (!sel->port_max)
			continue;
		spans[n++].start = sel->port_min;
		if (sel->port_max < U16_MAX)
			spans[n++].start = sel->port_max + 1;
	}
	sort(spans, n, sizeof(*spans), weft_index_span_order, NULL);
	for (i = 1; i < n; i++)
		if (spans[i].start != spans[unique - 1].start)
			spans[unique++].start = spans[i].start;
	return unique;
}

/* The first span from @i on that no rule covers; shortens the way to it. */
static u32 weft_index_uncovered(u32 *skip, u32 i)
{
	while (skip[i] != i) {
		skip[i] = skip[skip[i]];
		i = skip[i];
	}
	return i;
}

/* Rules in their order take what no rule before them has. */
static void weft_index_cover(struct weft_index *index,
			     struct weft_index_work *work, u32 number)
{
	struct weft_index_group *group = &index->groups[number];
	struct weft_index_span *spans = &index->spans[index->n_spans];
	u32 rule, i, n;

	n = weft_index_cut(index, work, spans, work->head[number]);
	for (i = 0; i < n; i++) {
		spans[i].rule = WEFT_INDEX_NONE;
		work->skip[i] = i;
	}
	work->skip[n] = n;

	for (rule = work->head[number]; rule != WEFT_INDEX_NONE;
	     rule = work->next[rule]) {
		const struct weft_selector *sel = &index->items[rule]->sel;
		u16 last = sel->port_max ?: U16_MAX;

		i = weft_index_span_of(spans, n,
				       sel->port_max ? sel->port_min : 0);
		for (i = weft_index_uncovered(work->skip, i);
		     i < n && spans[i].start <= last;
		     i = weft_index_uncovered(work->skip, i)) {
			spans[i].rule = rule;
			work->skip[i] = i + 1;
		}
	}
	group->spans = index->n_spans;
	group->n_spans = n;
	index->n_spans += n;
}

/* Room for @n rules; a group of k of them has at most 2 k + 1 spans. */
static struct weft_index *weft_index_alloc(u32 n, gfp_t gfp)
{
	u32 n_shapes = min_t(u32, n, WEFT_INDEX_SHAPES);
	u32 n_buckets = roundup_pow_of_two(n);
	struct weft_index *index;
	size_t size;

	size = sizeof(*index) + n_shapes * sizeof(*index->shapes) +
	       n * (sizeof(*index->groups) + sizeof(*index->items) +
		    3 * sizeof(*index->spans)) +
	       n_buckets * sizeof(*index->buckets);
	index = kvmalloc(size, gfp);
	if (!index)
		return NULL;
	memset(index, 0, sizeof(*index));
	/* By alignment: what holds words of 64 bits first. */
	index->shapes = (struct weft_index_shape *)(index + 1);
	index->groups = (struct weft_index_group *)(index->shapes + n_shapes);
	index->items = (struct weft_item **)(index->groups + n);
	index->spans = (struct weft_index_span *)(index->items + n);
	index->buckets = (u32 *)(index->spans + 3 * n);
	index->bucket_mask = n_buckets - 1;
	memset(index->buckets, 0xff, n_buckets * sizeof(*index->buckets));
	return index;
}

/**
 * weft_index_build - make an index of rules
 * @items: the rules in the order of their trial
 * @n: how many, at least 1
 * @gfp: of the memory
 *
 * Of n rules, O(n log n); freed by kvfree() or kvfree_rcu().
 *
 * Context: Process, may sleep.
 * Return: the index, or an ERR_PTR: -ENOMEM, or -E2BIG if the rules are of more
 *	than WEFT_INDEX_SHAPES shapes.
 */
struct weft_index *weft_index_build(struct weft_item *const *items, u32 n,
				    gfp_t gfp)
{
	struct weft_index_work work;
	struct weft_index *index;
	int err = 0;
	u32 i;

	work.head = kvmalloc_array(5 * n + 2, sizeof(*work.head), gfp);
	if (!work.head)
		return ERR_PTR(-ENOMEM);
	work.tail = work.head + n;
	work.next = work.tail + n;
	work.skip = work.next + n;

	index = weft_index_alloc(n, gfp);
	if (!index) {
		err = -ENOMEM;
		goto out;
	}
	memcpy(index->items, items, n * sizeof(*items));
	for (i = 0; i < n && !err; i++)
		err = weft_index_sort_in(index, &work, i);
	for (i = 0; i < index->n_groups && !err; i++)
		weft_index_cover(index, &work, i);
out:
	kvfree(work.head);
	if (!err)
		return index;
	kvfree(index);
	return ERR_PTR(err);
}

/**
 * weft_index_has_shape - would a rule be of a shape that is there already
 * @index: the index
 * @sel: the rule's selector
 *
 * Context: Whatever keeps @index alive.
 * Return: true if it would.
 */
bool weft_index_has_shape(const struct weft_index *index,
			  const struct weft_selector *sel)
{
	struct weft_index_shape shape;

	weft_index_shape_of(&shape, sel);
	return weft_index_shape_find(index, &shape) < index->n_shapes;
}

/**
 * weft_index_find - the first rule that is about a flow
 * @index: the index
 * @view: the flow
 *
 * Context: Whatever keeps @index alive: RCU, or the owner's lock.
 * Return: the rule, or NULL.
 */
struct weft_item *weft_index_find(const struct weft_index *index,
				  const struct weft_view *view)
{
	u64 words[WEFT_INDEX_CGROUP], key[WEFT_INDEX_WORDS];
	u32 best = WEFT_INDEX_NONE, shape;
	int i;

	memcpy(words + WEFT_INDEX_REMOTE, view->remote, sizeof(*view->remote));
	memcpy(words + WEFT_INDEX_LOCAL, view->local, sizeof(*view->local));
	words[WEFT_INDEX_MARK] = (u64)view->mark << 32 | view->attach;
	words[WEFT_INDEX_PROTO] = view->dscp << 8 | view->proto;

	for (shape = 0; shape < index->n_shapes; shape++) {
		const struct weft_index_shape *by = &index->shapes[shape];
		const struct weft_index_group *group;
		const struct weft_index_span *spans;

		if (by->first >= best)
			break;
		if (by->cgroup_levels > view->n_cgroups)
			continue;
		for (i = 0; i < WEFT_INDEX_CGROUP; i++)
			key[i] = words[i] & by->mask[i];
		key[i] = by->cgroup_levels ? view->cgroups[by->cgroup_level] : 0;

		group = weft_index_group_find(index, key, shape,
					      weft_index_hash(key, shape));
		if (!group)
			continue;
		spans = &index->spans[group->spans];
		best = min(best, spans[weft_index_span_of(spans, group->n_spans,
							  view->remote_port)].rule);
		best = min(best, spans[weft_index_span_of(spans, group->n_spans,
							  view->local_port)].rule);
	}
	return best == WEFT_INDEX_NONE ? NULL : index->items[best];
}
