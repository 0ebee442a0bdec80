/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a flow has besides its entry while its stream is read: from a bounded
 * pool, named by number in weft_flow.extension.
 */
#ifndef _WEFT_EXTENSION_H
#define _WEFT_EXTENSION_H

#include <linux/atomic.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/weft.h>
#include <linux/workqueue.h>
#include "stream.h"

struct weft_flow;

#define WEFT_EXT_CHUNK		512	/* extensions in a piece of memory */
#define WEFT_EXT_LOCKS		256	/* power of two */
/* Of a table's flows, this part can be read at a time. */
#define WEFT_EXT_PART		16
#define WEFT_EXT_CHUNKS_MAX	2048	/* of the largest table */

/* Bits of weft_extension.flags. */
#define WEFT_EXT_BASE		0x01	/* and 0x02: an end's first byte is known */
#define WEFT_EXT_DECIDED	0x10	/* a pattern matched */
#define WEFT_EXT_FRAMED		0x20	/* @framing is what there is, not @start */

/**
 * struct weft_extension - what is known of a flow's stream
 * @owner: slot of the flow
 * @owner_gen: generation of that slot; the flow is another's where they differ
 * @since: generation of the profiles when the flow was set up
 * @pattern: number of the pattern that matched
 * @priority: its priority
 * @job: job that it gave, 0 for none
 * @class: class that it gave, 0 for none
 * @flags: WEFT_EXT_*
 * @slot: place of its framing plus one, 0 without
 * @pad: none
 * @framing_id: number of the framing that had that place
 * @start: by end: 0 the flow's opener, 1 its acceptor; until it is decided
 * @framing: likewise, afterwards
 * @free_next: of an unused one, the next one plus one; the pool's lock
 *
 * 192 bytes. All of it under weft_extension_lock(); the memory stays until the
 * table goes, so a reader that comes late finds another owner, never none.
 */
struct weft_extension {
	u32	owner;
	u32	owner_gen;
	u32	since;
	u32	pattern;
	u32	priority;
	u32	job;
	u8	class;
	u8	flags;
	u8	slot;
	u8	pad;
	u32	framing_id;
	union {
		struct weft_start_half		start[2];
		struct weft_framing_half	framing[2];
		u32				free_next;
	};
};

/**
 * struct weft_extension_pool - the extensions of a flow table
 * @lock: of @free, @n_free; innermost
 * @free: first unused one plus one
 * @n_free: how many
 * @n_chunks: how many of @chunks are there; the worker writes
 * @max_chunks: how many there may be; settings write
 * @dead: no more work may be started
 * @exhausted: flows that got none
 * @work: makes more
 * @locks: an extension has that of its number modulo WEFT_EXT_LOCKS; inside it
 *	only those of jobs
 * @chunks: the memory
 */
struct weft_extension_pool {
	spinlock_t		lock;	/* of the free ones */
	u32			free;
	u32			n_free;
	u32			n_chunks;
	u32			max_chunks;
	bool			dead;
	atomic64_t		exhausted;
	struct work_struct	work;
	spinlock_t		locks[WEFT_EXT_LOCKS];	/* of extensions */
	struct weft_extension	*chunks[WEFT_EXT_CHUNKS_MAX];
};

struct weft_extension_pool *weft_extension_pool_create(void);
void weft_extension_pool_bound(struct weft_extension_pool *pool, u32 max_flows);
u64 weft_extension_pool_memory(const struct weft_extension_pool *pool);
void weft_extension_pool_destroy(struct weft_extension_pool *pool);
void weft_extension_pool_prime(struct weft_extension_pool *pool);

/* Packet path. Numbers are one more than places, 0 stands for none. */
u32 weft_extension_take(struct weft_extension_pool *pool,
			const struct weft_flow *flow, u32 since);
void weft_extension_give(struct weft_extension_pool *pool, u32 number);
struct weft_extension *weft_extension_of(struct weft_extension_pool *pool,
					 u32 number,
					 const struct weft_flow *flow);

static inline spinlock_t *
weft_extension_lock(struct weft_extension_pool *pool, u32 number)
{
	return &pool->locks[number & (WEFT_EXT_LOCKS - 1)];
}

#endif /* _WEFT_EXTENSION_H */
