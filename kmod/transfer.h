/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Jobs: the flows that serve one application-level goal, and what they
 * carried. A flow joins its job when it is set up and leaves its counts to it
 * when it ends, so that a job's counts are exact without a packet touching
 * them. Knows no device; builds on the host.
 */
#ifndef _WEFT_TRANSFER_H
#define _WEFT_TRANSFER_H

#include <linux/types.h>

struct weft_job_table;

#define WEFT_JOBS_MAX	4096	/* jobs of one namespace */

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

struct weft_job_table *weft_job_table_create(void);
void weft_job_table_destroy(struct weft_job_table *table);

/* Any context, lock inside. */
bool weft_job_join(struct weft_job_table *table, u32 job);
void weft_job_leave(struct weft_job_table *table, u32 job,
		    const u64 bytes[2], const u64 packets[2]);

/* Without what open flows have carried so far. */
bool weft_job_read(struct weft_job_table *table, u32 job,
		   struct weft_job_counts *counts);
/* Walks jobs by rising number from *job; false at the end. */
bool weft_job_next(struct weft_job_table *table, u32 *job,
		   struct weft_job_counts *counts);
u64 weft_job_recycled(struct weft_job_table *table);

#endif /* _WEFT_TRANSFER_H */
