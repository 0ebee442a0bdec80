// SPDX-License-Identifier: GPL-2.0
/*
 * Jobs, what they carried, and their transfers.
 *
 * A table has a fixed pool of nodes, so that joining a job, which happens in a
 * packet's path when its flow is set up, neither allocates nor fails for lack
 * of memory. A node is in one of three places: on the free list, never used;
 * in a hash chain with flows open; or in a hash chain and at the same time on
 * the idle list, its flows gone and its counts kept. When the free list is
 * empty, the job that has been idle for longest gives its node, and its counts
 * are lost, which is counted. Only a namespace with WEFT_JOBS_MAX jobs at work
 * at once refuses another.
 *
 * The table's lock is taken when a flow starts or ends, not for each packet. A
 * job's own lock is taken by each of its flows once a jiffy, to tell what it
 * carried: the flow knows the node's place, and the node is the job's as long
 * as the flow is in it. Who comes later finds another number there and is not
 * heard.
 */
#include <linux/hash.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include "job.h"

#define WEFT_JOB_HASH_BITS	12	/* a chain has about one job */

/**
 * struct weft_job - one job
 * @hash_node: in weft_job_table.buckets; table's lock
 * @idle_node: in weft_job_table.idle while in use without flows, or in
 *	weft_job_table.free while unused; table's lock
 * @id: job number; constant while in use
 * @counts: without what open flows have carried so far; table's lock
 * @name: what the user calls it, empty without; table's lock
 * @lock: of @burst and of changes of @id; any context, inside the table's
 * @burst: its transfers, by direction
 */
struct weft_job {
	struct hlist_node	hash_node;
	struct list_head	idle_node;
	u32			id;
	struct weft_job_counts	counts;
	char			name[WEFT_JOB_NAME];
	spinlock_t		lock;	/* of the transfers */
	struct weft_burst	burst[2];
};

/**
 * struct weft_job_table - the jobs of one namespace
 * @lock: of all below; any context
 * @buckets: jobs in use, by number
 * @free: nodes never used
 * @idle: jobs without flows, the one that has been so for longest first
 * @recycled: jobs whose counts were given up for another's
 * @pool: all jobs
 */
struct weft_job_table {
	spinlock_t		lock;	/* outside the jobs' */
	struct hlist_head	buckets[1 << WEFT_JOB_HASH_BITS];
	struct list_head	free;
	struct list_head	idle;
	u64			recycled;
	struct weft_job		pool[WEFT_JOBS_MAX];
};

static struct hlist_head *weft_job_bucket(struct weft_job_table *table, u32 id)
{
	return &table->buckets[hash_32(id, WEFT_JOB_HASH_BITS)];
}

static struct weft_job *weft_job_find(struct weft_job_table *table, u32 id)
{
	struct weft_job *job;

	hlist_for_each_entry(job, weft_job_bucket(table, id), hash_node)
		if (job->id == id)
			return job;
	return NULL;
}

/* A node for job @id, or NULL if all of them have flows. */
static struct weft_job *weft_job_take(struct weft_job_table *table, u32 id)
{
	struct weft_job *job;

	if (!list_empty(&table->free)) {
		job = list_first_entry(&table->free, struct weft_job, idle_node);
	} else if (!list_empty(&table->idle)) {
		job = list_first_entry(&table->idle, struct weft_job, idle_node);
		hlist_del(&job->hash_node);
		table->recycled++;
	} else {
		return NULL;
	}

	list_del_init(&job->idle_node);
	spin_lock(&job->lock);
	WRITE_ONCE(job->id, id);
	weft_burst_init(&job->burst[0]);
	weft_burst_init(&job->burst[1]);
	spin_unlock(&job->lock);
	memset(&job->counts, 0, sizeof(job->counts));
	memset(job->name, 0, sizeof(job->name));
	hlist_add_head(&job->hash_node, weft_job_bucket(table, id));
	return job;
}

/**
 * weft_job_table_create - make an empty table
 *
 * Its memory is accounted to the caller's memory control group.
 *
 * Context: Process, may sleep.
 * Return: the table, or NULL without memory.
 */
struct weft_job_table *weft_job_table_create(void)
{
	struct weft_job_table *table;
	unsigned int i;

	table = kvzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return NULL;

	spin_lock_init(&table->lock);
	INIT_LIST_HEAD(&table->free);
	INIT_LIST_HEAD(&table->idle);
	for (i = 0; i < WEFT_JOBS_MAX; i++) {
		spin_lock_init(&table->pool[i].lock);
		list_add_tail(&table->pool[i].idle_node, &table->free);
	}
	return table;
}

/**
 * weft_job_table_destroy - free a table
 * @table: nobody uses it any more; NULL is allowed
 *
 * Context: Process, may sleep.
 */
void weft_job_table_destroy(struct weft_job_table *table)
{
	kvfree(table);
}

/**
 * weft_job_join - a flow starts to work for a job
 * @table: the namespace's jobs
 * @id: job number, not 0
 *
 * Context: Any. Takes the table's lock.
 * Return: the job's place for weft_job_carry(), never 0, and the flow must
 *	leave the job later; 0 if the table is full of jobs at work.
 */
u16 weft_job_join(struct weft_job_table *table, u32 id)
{
	struct weft_job *job;
	unsigned long flags;

	spin_lock_irqsave(&table->lock, flags);
	job = weft_job_find(table, id);
	if (!job)
		job = weft_job_take(table, id);
	else if (!job->counts.flows)
		list_del_init(&job->idle_node);
	if (job) {
		job->counts.flows++;
		job->counts.flows_total++;
	}
	spin_unlock_irqrestore(&table->lock, flags);
	return job ? job - table->pool + 1 : 0;
}

/**
 * weft_job_leave - a flow ends, or works for another job from now on
 * @table: the namespace's jobs
 * @id: job that it has joined
 * @bytes: what it has carried for this job, by direction
 * @packets: likewise
 *
 * Context: Any. Takes the table's lock.
 */
void weft_job_leave(struct weft_job_table *table, u32 id,
		    const u64 bytes[2], const u64 packets[2])
{
	struct weft_job *job;
	unsigned long flags;
	int dir;

	spin_lock_irqsave(&table->lock, flags);
	job = weft_job_find(table, id);
	if (WARN_ON_ONCE(!job || !job->counts.flows))
		goto unlock;

	for (dir = 0; dir < 2; dir++) {
		job->counts.bytes[dir] += bytes[dir];
		job->counts.packets[dir] += packets[dir];
	}
	if (!--job->counts.flows)
		list_add_tail(&job->idle_node, &table->idle);
unlock:
	spin_unlock_irqrestore(&table->lock, flags);
}

/**
 * weft_job_read - what one job carried
 * @table: the namespace's jobs
 * @id: job number
 * @counts: filled if there is such a job; what open flows have carried so far
 *	is not in it
 *
 * Context: Any. Takes the table's lock.
 * Return: whether there is such a job.
 */
bool weft_job_read(struct weft_job_table *table, u32 id,
		   struct weft_job_counts *counts)
{
	struct weft_job *job;
	unsigned long flags;

	spin_lock_irqsave(&table->lock, flags);
	job = weft_job_find(table, id);
	if (job)
		*counts = job->counts;
	spin_unlock_irqrestore(&table->lock, flags);
	return job;
}

/**
 * weft_job_next - walk over the jobs by rising number
 * @table: the namespace's jobs
 * @id: the lowest number wanted; set to that of the job found
 * @counts: filled as by weft_job_read()
 *
 * Costs one look at each node of the pool, too much for interrupts to be off;
 * so candidates are looked for without the lock and then read with it. A job
 * that starts or is recycled meanwhile may be missed, one that stays is not.
 *
 * Context: Process or softirq. Takes the table's lock.
 * Return: false if no job has that number or a higher one.
 */
bool weft_job_next(struct weft_job_table *table, u32 *id,
		   struct weft_job_counts *counts)
{
	u32 from = *id;
	unsigned int i;
	u32 best, seen;

	for (;;) {
		best = 0;
		for (i = 0; i < WEFT_JOBS_MAX; i++) {
			seen = READ_ONCE(table->pool[i].id);
			if (seen && seen >= from && (!best || seen < best))
				best = seen;
		}
		if (!best)
			return false;
		if (weft_job_read(table, best, counts)) {
			*id = best;
			return true;
		}
		/* Recycled between look and read: not here any more. */
		if (best == U32_MAX)
			return false;
		from = best + 1;
	}
}

/**
 * weft_job_recycled - how often a job's counts were given up
 * @table: the namespace's jobs
 *
 * Context: Any. Takes the table's lock.
 * Return: the number of idle jobs whose node another job needed.
 */
u64 weft_job_recycled(struct weft_job_table *table)
{
	unsigned long flags;
	u64 recycled;

	spin_lock_irqsave(&table->lock, flags);
	recycled = table->recycled;
	spin_unlock_irqrestore(&table->lock, flags);
	return recycled;
}

/**
 * weft_job_gap - how much silence ends a transfer of a job
 * @table: the namespace's jobs
 * @place: what weft_job_join() returned, 0 for a flow without a job
 * @direction: enum weft_direction
 *
 * Context: Any, no lock: a hint.
 * Return: ticks.
 */
u32 weft_job_gap(struct weft_job_table *table, u16 place, u8 direction)
{
	u32 gap;

	if (!place || place > WEFT_JOBS_MAX)
		return WEFT_GAP_MIN;
	gap = READ_ONCE(table->pool[place - 1].burst[direction & 1].gap);
	return max_t(u32, gap, WEFT_GAP_MIN);
}

/**
 * weft_job_carry - a flow tells its job what it carried
 * @table: the namespace's jobs
 * @place: what weft_job_join() returned
 * @id: the job's number
 * @direction: enum weft_direction
 * @carry: what it carried
 *
 * Context: Any. Takes the job's lock.
 */
void weft_job_carry(struct weft_job_table *table, u16 place, u32 id,
		    u8 direction, const struct weft_job_carry *carry)
{
	const struct weft_chunk told = {
		.at	= carry->was,
		.bytes	= carry->bytes,
	};
	const struct weft_chunk next = {
		.at		= carry->now,
		.joins		= carry->joins,
		.bridged	= carry->bridged,
	};
	struct weft_burst *burst;
	struct weft_job *job;
	unsigned long flags;

	if (!place || place > WEFT_JOBS_MAX || (!carry->bytes && !carry->sends))
		return;
	job = &table->pool[place - 1];
	burst = &job->burst[direction & 1];
	spin_lock_irqsave(&job->lock, flags);
	if (job->id == id) {
		if (carry->bytes)
			weft_burst_add(burst, &told);
		if (carry->sends)
			weft_burst_add(burst, &next);
	}
	spin_unlock_irqrestore(&job->lock, flags);
}

/**
 * weft_job_served - a flow tells its job how a transfer of its own was carried
 * @table: the namespace's jobs
 * @place: what weft_job_join() returned
 * @id: the job's number
 * @direction: enum weft_direction
 * @at: tick of the transfer's last byte
 * @service: how it was carried
 *
 * Context: Any. Takes the job's lock.
 */
void weft_job_served(struct weft_job_table *table, u16 place, u32 id,
		     u8 direction, u64 at, const struct weft_service *service)
{
	struct weft_job *job;
	unsigned long flags;

	if (!place || place > WEFT_JOBS_MAX)
		return;
	job = &table->pool[place - 1];
	spin_lock_irqsave(&job->lock, flags);
	if (job->id == id)
		weft_burst_served(&job->burst[direction & 1], at, service);
	spin_unlock_irqrestore(&job->lock, flags);
}

/**
 * weft_job_announce - somebody knows the size of what is about to be sent
 * @table: the namespace's jobs
 * @id: job number
 * @direction: enum weft_direction
 * @now: tick
 * @bytes: of a message whose first byte has not been sent yet. The messages of
 *	one transfer add up, whichever of the job's flows they are in
 *
 * For framing and declarations. The transfer begins with the announcement, so
 * that its size is known before its bytes.
 *
 * Context: Any. Takes the table's lock and the job's.
 * Return: false if there is no such job.
 */
bool weft_job_announce(struct weft_job_table *table, u32 id, u8 direction,
		       u64 now, u64 bytes)
{
	struct weft_job *job;
	unsigned long flags;

	spin_lock_irqsave(&table->lock, flags);
	job = weft_job_find(table, id);
	if (job) {
		spin_lock(&job->lock);
		weft_burst_announce(&job->burst[direction & 1], now, bytes);
		spin_unlock(&job->lock);
	}
	spin_unlock_irqrestore(&table->lock, flags);
	return job;
}

/**
 * weft_job_bursts - the transfers of a job
 * @table: the namespace's jobs
 * @id: job number
 * @bursts: filled by direction, if there is such a job
 *
 * Context: Any. Takes the table's lock and the job's.
 * Return: whether there is such a job.
 */
bool weft_job_bursts(struct weft_job_table *table, u32 id,
		     struct weft_burst bursts[2])
{
	struct weft_job *job;
	unsigned long flags;

	spin_lock_irqsave(&table->lock, flags);
	job = weft_job_find(table, id);
	if (job) {
		spin_lock(&job->lock);
		memcpy(bursts, job->burst, sizeof(job->burst));
		spin_unlock(&job->lock);
	}
	spin_unlock_irqrestore(&table->lock, flags);
	return job;
}

/**
 * weft_job_set_name - give a job a name
 * @table: the namespace's jobs
 * @id: job number, not 0; a job that no flow works for yet is made
 * @name: shorter than WEFT_JOB_NAME; empty takes the name away
 *
 * Context: Any. Takes the table's lock.
 * Return: false if the table is full of jobs at work.
 */
bool weft_job_set_name(struct weft_job_table *table, u32 id, const char *name)
{
	struct weft_job *job;
	unsigned long flags;

	spin_lock_irqsave(&table->lock, flags);
	job = weft_job_find(table, id);
	if (!job) {
		job = weft_job_take(table, id);
		/* Until a flow works for it, it can lose its node. */
		if (job)
			list_add_tail(&job->idle_node, &table->idle);
	}
	if (job)
		strscpy(job->name, name, sizeof(job->name));
	spin_unlock_irqrestore(&table->lock, flags);
	return job;
}

/**
 * weft_job_name - what a job is called
 * @table: the namespace's jobs
 * @id: job number
 * @name: filled, empty where it has none
 *
 * Context: Any. Takes the table's lock.
 */
void weft_job_name(struct weft_job_table *table, u32 id,
		   char name[WEFT_JOB_NAME])
{
	struct weft_job *job;
	unsigned long flags;

	name[0] = '\0';
	spin_lock_irqsave(&table->lock, flags);
	job = weft_job_find(table, id);
	if (job)
		strscpy(name, job->name, WEFT_JOB_NAME);
	spin_unlock_irqrestore(&table->lock, flags);
}
