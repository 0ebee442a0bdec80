// SPDX-License-Identifier: GPL-2.0
/*
 * Extensions of flows.
 *
 * A flow has one from its set-up until its stream turns out to be nothing that
 * anybody asked for, or until it ends. So the pool is small beside the table:
 * a sixteenth of its flows, 12 bytes a flow. It is empty until a profile is
 * loaded. The packet path takes what is there; a worker makes more while less
 * than a quarter is left. Who finds none is counted, and isn't read.
 *
 * Memory is never given back before the table goes. An extension says whose it
 * is, and that is looked at under its lock each time, so it can go from one
 * flow to the next without a grace period.
 */
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "extension.h"
#include "flow.h"

static struct weft_extension *weft_ext_slot(struct weft_extension_pool *pool,
					    u32 place)
{
	return &pool->chunks[place / WEFT_EXT_CHUNK][place % WEFT_EXT_CHUNK];
}

static bool weft_ext_add_chunk(struct weft_extension_pool *pool)
{
	struct weft_extension *chunk;
	u32 i, first;

	if (pool->n_chunks >= READ_ONCE(pool->max_chunks))
		return false;
	chunk = kvcalloc(WEFT_EXT_CHUNK, sizeof(*chunk), GFP_KERNEL_ACCOUNT);
	if (!chunk)
		return false;
	first = pool->n_chunks * WEFT_EXT_CHUNK;
	spin_lock_bh(&pool->lock);
	pool->chunks[pool->n_chunks] = chunk;
	WRITE_ONCE(pool->n_chunks, pool->n_chunks + 1);
	for (i = WEFT_EXT_CHUNK; i--; ) {
		chunk[i].owner = WEFT_FLOW_NONE;
		chunk[i].free_next = pool->free;
		pool->free = first + i + 1;
	}
	pool->n_free += WEFT_EXT_CHUNK;
	spin_unlock_bh(&pool->lock);
	return true;
}

static bool weft_ext_low(const struct weft_extension_pool *pool)
{
	u32 n_chunks = READ_ONCE(pool->n_chunks);

	return n_chunks < READ_ONCE(pool->max_chunks) &&
	       READ_ONCE(pool->n_free) < n_chunks * WEFT_EXT_CHUNK / 4;
}

static void weft_ext_work(struct work_struct *work)
{
	struct weft_extension_pool *pool =
		container_of(work, struct weft_extension_pool, work);

	do {
		if (!weft_ext_add_chunk(pool))
			return;
		cond_resched();
	} while (weft_ext_low(pool));
}

/**
 * weft_extension_pool_create - make an empty pool
 *
 * Context: Process, may sleep.
 * Return: the pool, whose bound is not set yet, or NULL without memory.
 */
struct weft_extension_pool *weft_extension_pool_create(void)
{
	struct weft_extension_pool *pool;
	int i;

	BUILD_BUG_ON(sizeof(struct weft_extension) > 192);
	pool = kvzalloc(sizeof(*pool), GFP_KERNEL_ACCOUNT);
	if (!pool)
		return NULL;
	spin_lock_init(&pool->lock);
	for (i = 0; i < WEFT_EXT_LOCKS; i++)
		spin_lock_init(&pool->locks[i]);
	INIT_WORK(&pool->work, weft_ext_work);
	return pool;
}

/**
 * weft_extension_pool_bound - say how many there may be
 * @pool: the pool
 * @max_flows: of its table; those that there are stay
 *
 * Context: Process; the caller lets one in at a time.
 */
void weft_extension_pool_bound(struct weft_extension_pool *pool, u32 max_flows)
{
	u32 chunks = DIV_ROUND_UP(max_flows / WEFT_EXT_PART, WEFT_EXT_CHUNK);

	WRITE_ONCE(pool->max_chunks,
		   clamp_t(u32, chunks, 1, WEFT_EXT_CHUNKS_MAX));
}

/**
 * weft_extension_pool_memory - what a pool takes
 * @pool: the pool
 *
 * Context: Any.
 * Return: bytes.
 */
u64 weft_extension_pool_memory(const struct weft_extension_pool *pool)
{
	return sizeof(*pool) + (u64)READ_ONCE(pool->n_chunks) *
	       WEFT_EXT_CHUNK * sizeof(struct weft_extension);
}

/**
 * weft_extension_pool_destroy - free a pool
 * @pool: the pool, or NULL; no packet can find it any more
 *
 * Context: Process, may sleep.
 */
void weft_extension_pool_destroy(struct weft_extension_pool *pool)
{
	u32 i;

	if (!pool)
		return;
	WRITE_ONCE(pool->dead, true);
	cancel_work_sync(&pool->work);
	for (i = 0; i < pool->n_chunks; i++)
		kvfree(pool->chunks[i]);
	kvfree(pool);
}

/**
 * weft_extension_pool_prime - have some at hand before the first flow comes
 * @pool: the pool
 *
 * Context: Process, may sleep.
 */
void weft_extension_pool_prime(struct weft_extension_pool *pool)
{
	if (READ_ONCE(pool->n_chunks) || READ_ONCE(pool->dead))
		return;
	queue_work(system_dfl_wq, &pool->work);
	flush_work(&pool->work);
}

/**
 * weft_extension_take - give a flow an extension
 * @pool: the pool
 * @flow: the flow
 * @since: generation of the profiles that it is read by
 *
 * Context: Softirqs off. Takes the pool's lock and the extension's.
 * Return: its number, 0 where there is none.
 */
u32 weft_extension_take(struct weft_extension_pool *pool,
			const struct weft_flow *flow, u32 since)
{
	struct weft_extension *ext = NULL;
	u32 number;

	spin_lock(&pool->lock);
	number = pool->free;
	if (number) {
		ext = weft_ext_slot(pool, number - 1);
		pool->free = ext->free_next;
		pool->n_free--;
	}
	spin_unlock(&pool->lock);
	if (weft_ext_low(pool) && !READ_ONCE(pool->dead))
		queue_work(system_dfl_wq, &pool->work);
	if (!ext) {
		atomic64_inc(&pool->exhausted);
		return 0;
	}

	spin_lock(weft_extension_lock(pool, number));
	memset(ext, 0, sizeof(*ext));
	ext->owner = flow->index;
	ext->owner_gen = READ_ONCE(flow->slot_gen);
	ext->since = since;
	spin_unlock(weft_extension_lock(pool, number));
	return number;
}

/**
 * weft_extension_give - take an extension back
 * @pool: the pool
 * @number: its number, 0 for none; no flow names it any more
 *
 * Context: Any but hard interrupt. Takes the extension's lock and the pool's.
 */
void weft_extension_give(struct weft_extension_pool *pool, u32 number)
{
	struct weft_extension *ext;

	if (!number)
		return;
	ext = weft_ext_slot(pool, number - 1);
	spin_lock_bh(weft_extension_lock(pool, number));
	ext->owner = WEFT_FLOW_NONE;
	spin_unlock_bh(weft_extension_lock(pool, number));

	spin_lock_bh(&pool->lock);
	ext->free_next = pool->free;
	pool->free = number;
	pool->n_free++;
	spin_unlock_bh(&pool->lock);
}

/**
 * weft_extension_of - a flow's extension
 * @pool: the pool
 * @number: what weft_flow.extension said, not 0
 * @flow: the flow
 *
 * Context: RCU read side, softirqs off, weft_extension_lock() of @number held.
 * Return: the extension, or NULL where the flow has none any more.
 */
struct weft_extension *weft_extension_of(struct weft_extension_pool *pool,
					 u32 number,
					 const struct weft_flow *flow)
{
	struct weft_extension *ext = weft_ext_slot(pool, number - 1);

	/* The flow ended, or gave it back, and it may be another's. */
	return ext->owner == flow->index &&
	       ext->owner_gen == READ_ONCE(flow->slot_gen) ? ext : NULL;
}
