// SPDX-License-Identifier: GPL-2.0
/*
 * The flow table as a whole: made, resized, walked, destroyed.
 *
 * Buckets chain slots by number. A resize changes the number of buckets: every
 * entry goes over to new ones, bucket by bucket, under its lock. Old and new
 * buckets of an entry have the same lock, since both their numbers end in the
 * same bits. A look-up without a lock sees the old ones until all have moved,
 * and may overlook an entry meanwhile; then it is looked for under the lock.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "claim.h"
#include "extension.h"
#include "flow.h"
#include "flow_internal.h"
#include "netns.h"
#include "quota.h"
#include "sample.h"
#include "socket.h"

static struct weft_buckets *weft_buckets_alloc(u32 max_flows)
{
	u32 n = roundup_pow_of_two(max_t(u32, max_flows, WEFT_CHUNK_SLOTS));
	struct weft_buckets *buckets;

	n = min_t(u32, n, WEFT_CHUNKS_MAX << WEFT_CHUNK_BITS);
	buckets = kvzalloc(struct_size(buckets, head, n), GFP_KERNEL_ACCOUNT);
	if (buckets)
		buckets->mask = n - 1;
	return buckets;
}

/* What takes effect at once and needs no memory. */
static void weft_apply_settings(struct weft_flow_table *table,
				const struct weft_table_settings *settings)
{
	int i;

	weft_slots_bound(table, settings->max_flows);
	weft_extension_pool_bound(table->extensions, settings->max_flows);
	for (i = 0; i < WEFT_TIMEOUTS; i++)
		WRITE_ONCE(table->idle_limit[i], settings->idle_s[i] * HZ);
	WRITE_ONCE(table->behaviour, settings->behaviour);
}

static int weft_visit_review(struct weft_flow *flow, u32 index, void *arg)
{
	if (weft_flow_behaviour(flow) != WEFT_BEHAVIOUR_NONE)
		weft_flow_review(arg, flow);
	return 0;
}

/**
 * weft_flow_table_create - make an empty table
 * @wn: the namespace that it is for
 * @settings: what it shall be like
 *
 * Memory is charged to the caller's cgroup: 240 bytes a slot as slots are
 * needed, 4 bytes a bucket at once.
 *
 * Context: Process, may sleep.
 * Return: the table, or NULL without memory.
 */
struct weft_flow_table *
weft_flow_table_create(struct weft_net *wn,
		       const struct weft_table_settings *settings)
{
	struct weft_flow_table *table;
	struct weft_extension_pool *extensions;
	struct weft_buckets *buckets;
	int i;

	BUILD_BUG_ON(sizeof(struct weft_flow_key) != 40);
	BUILD_BUG_ON(sizeof(struct weft_flow) > 192);
	BUILD_BUG_ON(WEFT_SLOT_BYTES != 240);
	BUILD_BUG_ON(sizeof(struct weft_encap) != sizeof(u64));
	BUILD_BUG_ON(offsetofend(struct weft_flow, flags) > 64);
	BUILD_BUG_ON(!is_power_of_2(WEFT_FRAGMENTS));
	/* Old and new bucket of an entry must have the same lock. */
	BUILD_BUG_ON(!is_power_of_2(WEFT_LOCKS));
	BUILD_BUG_ON(WEFT_CHUNK_SLOTS < WEFT_LOCKS);

	table = kvzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	buckets = weft_buckets_alloc(settings->max_flows);
	extensions = weft_extension_pool_create();
	if (!table || !buckets || !extensions)
		goto fail;
	table->extensions = extensions;
	table->wn = wn;
	RCU_INIT_POINTER(table->buckets, buckets);
	mutex_init(&table->counts_lock);
	INIT_DELAYED_WORK(&table->work, weft_flow_work);
	get_random_bytes(&table->hash_key, sizeof(table->hash_key));
	for (i = 0; i < WEFT_LOCKS; i++)
		spin_lock_init(&table->locks[i]);
	table->samples = kvcalloc(WEFT_SAMPLES, sizeof(*table->samples),
				  GFP_KERNEL_ACCOUNT);
	if (!table->samples)
		goto fail;
	for (i = 0; i < WEFT_SAMPLES; i++)
		spin_lock_init(&table->samples[i].lock);
	table->sockets = weft_socket_map_create();
	if (!table->sockets)
		goto free_samples;
	if (weft_slots_create(table))
		goto destroy_slots;
	weft_apply_settings(table, settings);
	return table;

destroy_slots:
	weft_slots_destroy(table);
	weft_socket_map_destroy(table->sockets);
free_samples:
	kvfree(table->samples);
fail:
	weft_extension_pool_destroy(extensions);
	kvfree(buckets);
	kvfree(table);
	return NULL;
}

/* All entries of one old bucket go over to @next. */
static void weft_move_bucket(struct weft_flow_table *table,
			     struct weft_buckets *old,
			     struct weft_buckets *next, u32 i)
{
	spinlock_t *lock = weft_bucket_lock(table, i);
	struct weft_flow *flow;
	u32 link, hash, *head;

	spin_lock_bh(lock);
	link = old->head[i];
	while (link) {
		flow = weft_slot(table, link - 1);
		link = flow->next;
		hash = weft_flow_hash(table, &flow->key, &flow->encap);
		head = &next->head[hash & next->mask];
		WRITE_ONCE(flow->next, *head);
		/* Who finds it here sees the rest of the chain. */
		smp_store_release(head, flow->index + 1);
	}
	WRITE_ONCE(old->head[i], 0);
	WRITE_ONCE(table->moved, i + 1);
	spin_unlock_bh(lock);
}

static void weft_rehash(struct weft_flow_table *table, struct weft_buckets *old,
			struct weft_buckets *next)
{
	u32 i;

	WRITE_ONCE(table->moved, 0);
	rcu_assign_pointer(table->next, next);
	/* From now on, who overlooks an entry knows where else it can be. */
	synchronize_rcu();
	for (i = 0; i <= old->mask; i++) {
		weft_move_bucket(table, old, next, i);
		if (!(i % 256))
			cond_resched();
	}
	rcu_assign_pointer(table->buckets, next);
	/* Who looks into the old ones still needs to know that. */
	synchronize_rcu();
	RCU_INIT_POINTER(table->next, NULL);
	kvfree(old);
}

/**
 * weft_flow_table_set - change a table that is in use
 * @table: the table
 * @settings: what it shall be like
 *
 * Flows stay, and packets find them, all the time. Where there are more than
 * there may be from now on, they stay till they end, and no other is let in.
 *
 * Context: Process, may sleep; a table that has a million buckets takes about
 *	a tenth of a second. The caller lets one in at a time.
 * Return: 0, or -ENOMEM with nothing changed.
 */
int weft_flow_table_set(struct weft_flow_table *table,
			const struct weft_table_settings *settings)
{
	struct weft_buckets *old = rcu_dereference_protected(table->buckets, true);
	struct weft_buckets *next = weft_buckets_alloc(settings->max_flows);
	bool review = settings->behaviour != table->behaviour;
	u32 index = 0;

	if (!next)
		return -ENOMEM;
	if (next->mask == old->mask)
		kvfree(next);
	else
		weft_rehash(table, old, next);
	weft_apply_settings(table, settings);
	if (review)
		weft_flow_walk(table, &index, weft_visit_review, table);
	weft_rouse(table);
	return 0;
}

/**
 * weft_flow_table_size - what a table has
 * @table: the table
 * @size: filled
 *
 * Context: Process; nobody resizes it meanwhile.
 */
void weft_flow_table_size(const struct weft_flow_table *table,
			  struct weft_table_size *size)
{
	const struct weft_buckets *buckets =
		rcu_dereference_protected(table->buckets, true);

	size->flows = atomic_read(&table->n_live);
	size->slots = READ_ONCE(table->n_chunks) << WEFT_CHUNK_BITS;
	size->minds_changed = atomic64_read(&table->minds_changed);
	size->memory = sizeof(*table) +
		       (buckets->mask + 1ULL) * sizeof(u32) +
		       struct_size(table->quota, holder, WEFT_ATTACH_MAX + 1) +
		       WEFT_SAMPLES * sizeof(*table->samples) +
		       weft_socket_map_memory() +
		       (READ_ONCE(table->claims) ?
			WEFT_SAMPLES * sizeof(*table->claims) : 0) +
		       (u64)size->slots * WEFT_SLOT_BYTES +
		       weft_extension_pool_memory(table->extensions);
}

/**
 * weft_flow_table_destroy - end all flows and free the table
 * @table: the table, or NULL
 *
 * Context: Process, may sleep. No packet may find the table any more, and a
 *	grace period must have passed since the last one could.
 */
void weft_flow_table_destroy(struct weft_flow_table *table)
{
	u32 i, slots;

	if (!table)
		return;
	WRITE_ONCE(table->dead, true);
	cancel_delayed_work_sync(&table->work);

	slots = table->n_chunks << WEFT_CHUNK_BITS;
	for (i = 0; i < slots; i++) {
		struct weft_flow *flow = weft_slot(table, i);

		if (READ_ONCE(flow->flags) & WEFT_FLOW_COUNTING)
			weft_flow_settle(table, flow);
		if (!(i % 256))
			cond_resched();
	}
	weft_slots_destroy(table);
	weft_extension_pool_destroy(table->extensions);
	weft_socket_map_destroy(table->sockets);
	kvfree(table->claims);
	kvfree(table->samples);
	kvfree(rcu_dereference_protected(table->buckets, true));
	kvfree(table);
}

/**
 * weft_flow_walk - visit every flow whose counts are still its own
 * @table: the table
 * @index: where to begin; moved on, so that a walk can be taken up again
 * @visit: called for each flow under RCU, may not sleep; a value other than 0
 *	ends the walk with *@index at the flow that it was returned for. A flow
 *	without WEFT_FLOW_LIVE has ended, only its counts are still here
 * @arg: for @visit
 *
 * Context: Process, may sleep between visits.
 * Return: 0 at the end, or what @visit returned.
 */
int weft_flow_walk(struct weft_flow_table *table, u32 *index,
		   weft_flow_visit visit, void *arg)
{
	int ret = 0;

	for (;; (*index)++) {
		struct weft_flow *flow = weft_flow_by_index(table, *index);

		if (!flow)
			return 0;
		rcu_read_lock();
		if (READ_ONCE(flow->flags) & WEFT_FLOW_COUNTING)
			ret = visit(flow, *index, arg);
		rcu_read_unlock();
		if (ret)
			return ret;
		if (!(*index % 256))
			cond_resched();
	}
}

/**
 * weft_flow_counts_hold - keep counts where they are
 * @table: the table
 *
 * Until weft_flow_counts_release(), no flow's counts go over to its job, so
 * that a job's counts plus those of its flows are exact.
 *
 * Context: Process, may sleep; a short hold, since flows end meanwhile.
 */
void weft_flow_counts_hold(struct weft_flow_table *table)
{
	mutex_lock(&table->counts_lock);
}

/**
 * weft_flow_counts_release - let counts move again
 * @table: the table
 *
 * Context: Process, by the holder.
 */
void weft_flow_counts_release(struct weft_flow_table *table)
{
	mutex_unlock(&table->counts_lock);
}

