/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's linked lists. */
#ifndef _SHIM_LIST_H
#define _SHIM_LIST_H

#include <shim/kernel.h>
#include <shim/sync.h>

struct list_head {
	struct list_head *next, *prev;
};

struct hlist_head {
	struct hlist_node *first;
};

struct hlist_node {
	struct hlist_node *next, **pprev;
};

/* What a removed entry points to: using it crashes. */
#define LIST_POISON1		((void *)0x100)
#define LIST_POISON2		((void *)0x122)

#define LIST_HEAD_INIT(n)	{ &(n), &(n) }
#define LIST_HEAD(n)		struct list_head n = LIST_HEAD_INIT(n)
#define HLIST_HEAD_INIT		{ NULL }
#define HLIST_HEAD(n)		struct hlist_head n = HLIST_HEAD_INIT
#define INIT_HLIST_HEAD(h)	((h)->first = NULL)
#define DECLARE_HASHTABLE(n, b)	struct hlist_head n[1 << (b)]

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}

static inline void shim_list_insert(struct list_head *entry,
				    struct list_head *prev,
				    struct list_head *next)
{
	BUG_ON(prev->next != next || next->prev != prev);
	BUG_ON(entry == prev || entry == next);
	entry->prev = prev;
	entry->next = next;
	prev->next = entry;
	next->prev = entry;
}

static inline void list_add(struct list_head *entry, struct list_head *head)
{
	shim_list_insert(entry, head, head->next);
}

static inline void list_add_tail(struct list_head *entry,
				 struct list_head *head)
{
	shim_list_insert(entry, head->prev, head);
}

static inline void __list_del_entry(struct list_head *entry)
{
	BUG_ON(entry->prev->next != entry || entry->next->prev != entry);
	entry->prev->next = entry->next;
	entry->next->prev = entry->prev;
}

static inline void list_del(struct list_head *entry)
{
	__list_del_entry(entry);
	entry->next = LIST_POISON1;
	entry->prev = LIST_POISON2;
}

static inline void list_del_init(struct list_head *entry)
{
	__list_del_entry(entry);
	INIT_LIST_HEAD(entry);
}

static inline void list_move(struct list_head *entry, struct list_head *head)
{
	__list_del_entry(entry);
	list_add(entry, head);
}

static inline void list_move_tail(struct list_head *entry,
				  struct list_head *head)
{
	__list_del_entry(entry);
	list_add_tail(entry, head);
}

static inline bool list_empty(const struct list_head *head)
{
	return head->next == head;
}

static inline bool list_is_singular(const struct list_head *head)
{
	return !list_empty(head) && head->next == head->prev;
}

static inline bool list_is_last(const struct list_head *entry,
				const struct list_head *head)
{
	return entry->next == head;
}

static inline void list_splice_tail_init(struct list_head *list,
					 struct list_head *head)
{
	if (list_empty(list))
		return;
	list->next->prev = head->prev;
	head->prev->next = list->next;
	list->prev->next = head;
	head->prev = list->prev;
	INIT_LIST_HEAD(list);
}

#define list_entry(p, t, m)	container_of(p, t, m)
#define list_first_entry(h, t, m) list_entry((h)->next, t, m)
#define list_last_entry(h, t, m) list_entry((h)->prev, t, m)
#define list_next_entry(e, m)	list_entry((e)->m.next, __typeof__(*(e)), m)
#define list_first_entry_or_null(h, t, m)				\
	(list_empty(h) ? NULL : list_first_entry(h, t, m))
#define list_for_each(p, h)						\
	for (p = (h)->next; p != (h); p = p->next)
#define list_for_each_entry(e, h, m)					\
	for (e = list_first_entry(h, __typeof__(*e), m); &e->m != (h);	\
	     e = list_next_entry(e, m))
#define list_for_each_entry_safe(e, n, h, m)				\
	for (e = list_first_entry(h, __typeof__(*e), m),		\
	     n = list_next_entry(e, m); &e->m != (h);			\
	     e = n, n = list_next_entry(n, m))
#define list_for_each_entry_rcu(e, h, m, ...) list_for_each_entry(e, h, m)
#define list_add_rcu(e, h)	list_add(e, h)
#define list_add_tail_rcu(e, h)	list_add_tail(e, h)

static inline void hlist_add_head(struct hlist_node *n, struct hlist_head *h)
{
	n->next = h->first;
	if (h->first)
		h->first->pprev = &n->next;
	h->first = n;
	n->pprev = &h->first;
}

static inline void shim_hlist_unlink(struct hlist_node *n)
{
	BUG_ON(*n->pprev != n);
	*n->pprev = n->next;
	if (n->next)
		n->next->pprev = n->pprev;
}

static inline void hlist_del(struct hlist_node *n)
{
	shim_hlist_unlink(n);
	n->next = LIST_POISON1;
	n->pprev = LIST_POISON2;
}

/* A reader may still stand on it. */
static inline void hlist_del_rcu(struct hlist_node *n)
{
	shim_hlist_unlink(n);
	n->pprev = LIST_POISON2;
}

static inline void INIT_HLIST_NODE(struct hlist_node *n)
{
	n->next = NULL;
	n->pprev = NULL;
}

static inline bool hlist_unhashed(const struct hlist_node *n)
{
	return !n->pprev;
}

static inline void hlist_del_init(struct hlist_node *n)
{
	if (hlist_unhashed(n))
		return;
	shim_hlist_unlink(n);
	INIT_HLIST_NODE(n);
}

#define hlist_empty(h)		(!(h)->first)
#define hlist_add_head_rcu(n, h) hlist_add_head(n, h)
#define hlist_entry(p, t, m)	container_of(p, t, m)
#define hlist_entry_safe(p, t, m)					\
	({								\
		struct hlist_node *_n = (p);				\
									\
		_n ? hlist_entry(_n, t, m) : NULL;			\
	})
#define hlist_for_each_entry(e, h, m)					\
	for (e = hlist_entry_safe((h)->first, __typeof__(*e), m); e;	\
	     e = hlist_entry_safe(e->m.next, __typeof__(*e), m))
#define hlist_for_each_entry_rcu(e, h, m, ...) hlist_for_each_entry(e, h, m)
#define hlist_for_each_entry_safe(e, n, h, m)				\
	for (e = hlist_entry_safe((h)->first, __typeof__(*e), m);	\
	     e && ({ n = e->m.next; true; });				\
	     e = hlist_entry_safe(n, __typeof__(*e), m))

#endif /* _SHIM_LIST_H */
