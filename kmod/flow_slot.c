// SPDX-License-Identifier: GPL-2.0
/*
 * Slots of the flow table: where their memory comes from and who may have them.
 *
 * Slots come in chunks that are never given back before the table goes, so a
 * reader may look at any slot at any time; whether it still holds the flow
 * that the reader means, the key or the slot's generation says. The worker adds
 * chunks while free slots run low, up to the bound.
 *
 * A slot is of the quota of the attachment point that admitted the opening
 * packet, from then until it has been emptied (quota.c says how many that may
 * be).
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

#include "flow.h"
#include "flow_internal.h"
#include "quota.h"

/*
 * Of all slots, this part is free, and by as many there are more at a time. Not
 * beyond a number of chunks: a million flows shall not pay for room that nobody
 * fills before the worker comes.
 */
#define WEFT_SPARE_PART		8
#define WEFT_SPARE_CHUNKS	16U
#define WEFT_PRESSED_PERIOD	(HZ / 10)	/* a flood doesn't keep a CPU busy */

static u32 weft_spare_chunks(u32 n_chunks)
{
	return clamp(n_chunks / WEFT_SPARE_PART, 1U, WEFT_SPARE_CHUNKS);
}

/**
 * weft_should_grow - are free slots running low, and may there be more
 * @table: the table
 *
 * Context: Any; a hint, unless the caller has the lock of the slots.
 * Return: true if the worker should add some.
 */
bool weft_should_grow(const struct weft_flow_table *table)
{
	u32 n_chunks = READ_ONCE(table->n_chunks);

	/* Of few chunks, a part of one. */
	return READ_ONCE(table->n_free) <
	       min((n_chunks << WEFT_CHUNK_BITS) / WEFT_SPARE_PART,
		   weft_spare_chunks(n_chunks) << WEFT_CHUNK_BITS) &&
	       n_chunks < READ_ONCE(table->max_chunks);
}

/* @attach was refused a slot: the worker shall look, once in a while. */
static void weft_press(struct weft_flow_table *table, u16 attach)
{
	if (!test_bit(attach, table->pressed) &&
	    !test_and_set_bit(attach, table->pressed))
		weft_kick(table, WEFT_PRESSED_PERIOD);
}

/**
 * weft_take_slot - a slot of an attachment point's quota
 * @table: the table
 * @attach: the attachment point
 * @counter: set to the reason, as WEFT_A_STATS_*, if there is none
 *
 * Context: Softirqs off. Takes the lock of the slots.
 * Return: the slot or NULL.
 */
struct weft_flow *weft_take_slot(struct weft_flow_table *table, u16 attach,
				 int *counter)
{
	struct weft_flow *flow = NULL;
	bool allowed, low;

	spin_lock(&table->slot_lock);
	allowed = weft_quota_take(table->quota, attach);
	if (allowed && table->free) {
		flow = weft_slot(table, table->free - 1);
		table->free = flow->free_next;
		table->n_free--;
	} else if (allowed) {
		weft_quota_give(table->quota, attach);
	} else if (!weft_quota_over(table->quota, attach)) {
		WRITE_ONCE(table->starved, true);
	}
	low = weft_should_grow(table);
	spin_unlock(&table->slot_lock);

	if (!flow) {
		*counter = allowed ? WEFT_A_STATS_UNTRACKED :
				     WEFT_A_STATS_UNTRACKED_QUOTA;
		weft_press(table, attach);
	}
	/* Memory comes soon, if it does: last, since pressing can wait. */
	if (low)
		weft_kick(table, 0);
	return flow;
}

/* An empty slot, of nobody's quota. */
static void weft_add_slot(struct weft_flow_table *table, struct weft_flow *flow)
{
	flow->free_next = table->free;
	table->free = flow->index + 1;
	table->n_free++;
}

/**
 * weft_give_slot - take a slot back that has been emptied
 * @table: the table
 * @flow: the slot; its holder gets it back
 *
 * Context: Any but hard interrupt. Takes the lock of the slots.
 */
void weft_give_slot(struct weft_flow_table *table, struct weft_flow *flow)
{
	spin_lock_bh(&table->slot_lock);
	weft_quota_give(table->quota, flow->holder);
	weft_add_slot(table, flow);
	spin_unlock_bh(&table->slot_lock);
}

#define WEFT_CHUNK_BYTES	(WEFT_CHUNK_SLOTS * WEFT_SLOT_BYTES)

/*
 * 60 pages side by side where there are such, else mapped so. kmalloc() would
 * take 64.
 */
static struct weft_flow *weft_chunk_alloc(void)
{
	struct weft_flow *chunk;

	chunk = alloc_pages_exact(WEFT_CHUNK_BYTES, GFP_KERNEL_ACCOUNT |
				  __GFP_ZERO | __GFP_NORETRY | __GFP_NOWARN);
	return chunk ?: __vmalloc(WEFT_CHUNK_BYTES,
				  GFP_KERNEL_ACCOUNT | __GFP_ZERO);
}

static void weft_chunk_free(struct weft_flow *chunk)
{
	if (is_vmalloc_addr(chunk))
		vfree(chunk);
	else
		free_pages_exact(chunk, WEFT_CHUNK_BYTES);
}

static int weft_add_chunk(struct weft_flow_table *table)
{
	struct weft_flow *chunk;
	u32 i, first = table->n_chunks << WEFT_CHUNK_BITS;

	chunk = weft_chunk_alloc();
	if (!chunk)
		return -ENOMEM;
	for (i = 0; i < WEFT_CHUNK_SLOTS; i++)
		chunk[i].index = first + i;

	table->chunks[table->n_chunks] = chunk;
	/* Pairs with weft_flow_by_index(). */
	smp_store_release(&table->n_chunks, table->n_chunks + 1);
	spin_lock_bh(&table->slot_lock);
	for (i = WEFT_CHUNK_SLOTS; i--; )
		weft_add_slot(table, &chunk[i]);
	spin_unlock_bh(&table->slot_lock);
	return 0;
}

/**
 * weft_grow - add slots, as fast as flows come, whatever the size is by now
 * @table: the table
 *
 * Context: Process, may sleep; the worker's.
 */
void weft_grow(struct weft_flow_table *table)
{
	u32 n = weft_spare_chunks(table->n_chunks);

	while (n-- && table->n_chunks < READ_ONCE(table->max_chunks) &&
	       !weft_add_chunk(table))
		cond_resched();
}

/**
 * weft_slots_create - the first slots of a new table
 * @table: the table
 *
 * Context: Process, may sleep; nobody else sees the table yet.
 * Return: 0 or -ENOMEM; weft_slots_destroy() frees in either case.
 */
int weft_slots_create(struct weft_flow_table *table)
{
	spin_lock_init(&table->slot_lock);
	table->quota = kvzalloc(struct_size(table->quota, holder,
					    WEFT_ATTACH_MAX + 1),
				GFP_KERNEL_ACCOUNT);
	if (!table->quota)
		return -ENOMEM;
	weft_quota_init(table->quota, 0, WEFT_ATTACH_MAX + 1);
	return weft_add_chunk(table);
}

/**
 * weft_slots_destroy - free all slots
 * @table: the table
 *
 * Context: Process, may sleep; nobody looks at a slot any more.
 */
void weft_slots_destroy(struct weft_flow_table *table)
{
	u32 i;

	for (i = 0; i < table->n_chunks; i++)
		weft_chunk_free(table->chunks[i]);
	kvfree(table->quota);
}

/**
 * weft_slots_bound - say how many slots there may be
 * @table: the table
 * @max_flows: that many, rounded up to whole chunks
 *
 * Where more are in use, nobody gets another until enough have ended.
 *
 * Context: Process; one call at a time. Takes the lock of the slots.
 */
void weft_slots_bound(struct weft_flow_table *table, u32 max_flows)
{
	u32 chunks = max_t(u32, DIV_ROUND_UP(max_flows, WEFT_CHUNK_SLOTS), 1);

	chunks = min_t(u32, chunks, WEFT_CHUNKS_MAX);
	spin_lock_bh(&table->slot_lock);
	WRITE_ONCE(table->max_chunks, chunks);
	weft_quota_resize(table->quota, chunks << WEFT_CHUNK_BITS);
	spin_unlock_bh(&table->slot_lock);
}

/**
 * weft_flow_by_index - the slot of a number
 * @table: the table
 * @index: any number
 *
 * Context: Any, while the table exists. The slot may be empty, or hold another
 *	flow by now: check slot_gen, flags or key.
 * Return: the slot, or NULL where the table has no such slot.
 */
struct weft_flow *weft_flow_by_index(struct weft_flow_table *table, u32 index)
{
	/* Pairs with weft_add_chunk(). */
	if (index >> WEFT_CHUNK_BITS >= smp_load_acquire(&table->n_chunks))
		return NULL;
	return weft_slot(table, index);
}

/**
 * weft_flow_attach_join - give an attachment point its part of the table
 * @table: the table
 * @attach: its number
 *
 * Context: Process, RTNL, before the first packet reaches it.
 */
void weft_flow_attach_join(struct weft_flow_table *table, u16 attach)
{
	spin_lock_bh(&table->slot_lock);
	weft_quota_join(table->quota, attach);
	spin_unlock_bh(&table->slot_lock);
}

/**
 * weft_flow_attach_count - how many slots an attachment point has
 * @table: the table
 * @attach: its number
 *
 * Context: Any.
 * Return: slots in use, those of flows that have just ended included.
 */
u32 weft_flow_attach_count(struct weft_flow_table *table, u16 attach)
{
	return READ_ONCE(table->quota->holder[attach].n);
}

/**
 * weft_flow_attach_share - how many slots each attachment point can have
 * @table: the table
 *
 * Context: Any.
 * Return: slots that nobody else can take; it may have more while they are
 *	not needed.
 */
u32 weft_flow_attach_share(struct weft_flow_table *table)
{
	return READ_ONCE(table->quota->share);
}

