/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Jobs: the flows that serve one application-level goal, and what they
 * carried. A flow joins its job when it is set up and leaves its counts to it
 * when it ends, so that a job's counts are exact without a packet touching
 * them. Of its transfers a job hears once a jiffy from each of its flows.
 * Knows no device; builds on the host.
 */
#ifndef _WEFT_JOB_H
#define _WEFT_JOB_H

#include <linux/types.h>
#include "learn.h"

struct weft_job_table;

#define WEFT_JOBS_MAX	4096	/* jobs of one namespace */
#define WEFT_JOB_NAME	32	/* longest name, with its NUL */

/**
 * struct weft_job_counts - what a job carried
 * @flows: open now
 * @flows_total: ever
 * @bytes: by direction, seen from this namespace
 * @packets: by direction
 */
struct weft_job_counts {
	u32	flows;
	u64	flows_total;
	u64	bytes[2];
	u64	packets[2];
};

/**
 * struct weft_job_carry - what a flow tells its job in a new jiffy
 * @was: tick of @bytes
 * @bytes: carried and not told yet
 * @now: tick of the packet that is about to be counted
 * @sends: that packet has bytes of a transfer
 * @joins: a transfer of the flow's own begins with it
 * @bridged: the silence before it was the network's
 */
struct weft_job_carry {
	u64	was;
	u64	bytes;
	u64	now;
	bool	sends;
	bool	joins;
	bool	bridged;
};

struct weft_job_table *weft_job_table_create(void);
void weft_job_table_destroy(struct weft_job_table *table);

/* Any context, lock inside. */
u16 weft_job_join(struct weft_job_table *table, u32 job);
void weft_job_leave(struct weft_job_table *table, u32 job,
		    const u64 bytes[2], const u64 packets[2]);

/* Without what open flows have carried so far. */
bool weft_job_read(struct weft_job_table *table, u32 job,
		   struct weft_job_counts *counts);
/* Walks jobs by rising number from *job; false at the end. */
bool weft_job_next(struct weft_job_table *table, u32 *job,
		   struct weft_job_counts *counts);
u64 weft_job_recycled(struct weft_job_table *table);

/* Transfers: by what weft_job_join() returned. Any context, lock inside. */
u32 weft_job_gap(struct weft_job_table *table, u16 place, u8 direction);
void weft_job_carry(struct weft_job_table *table, u16 place, u32 job,
		    u8 direction, const struct weft_job_carry *carry);
void weft_job_served(struct weft_job_table *table, u16 place, u32 job,
		     u8 direction, u64 at, const struct weft_service *service);
bool weft_job_announce(struct weft_job_table *table, u32 job, u8 direction,
		       u64 now, u64 bytes);
bool weft_job_bursts(struct weft_job_table *table, u32 job,
		     struct weft_burst bursts[2]);

bool weft_job_set_name(struct weft_job_table *table, u32 job, const char *name);
void weft_job_name(struct weft_job_table *table, u32 job,
		   char name[WEFT_JOB_NAME]);

#endif /* _WEFT_JOB_H */
