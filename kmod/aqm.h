/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Telling senders that a queue builds up: a step mark and CoDel. Knows no
 * device and no packet; builds on the host.
 */
#ifndef _WEFT_AQM_H
#define _WEFT_AQM_H

#include <linux/types.h>

/*
 * CoDel's own defaults (RFC 8289): a standing queue is one whose sojourn time
 * stays above the target for a whole round trip in a wide area network.
 */
#define WEFT_CODEL_TARGET_NS	5000000ULL
#define WEFT_CODEL_INTERVAL_NS	100000000ULL

/*
 * The least step threshold. A seventh of the round trip is what a marking
 * sender needs to keep a link full; a round trip through two kernels under
 * load, scheduling included, is some milliseconds.
 */
#define WEFT_STEP_MIN_NS	1000000ULL

/**
 * struct weft_codel - CoDel's memory of one queue
 * @first_above: when the sojourn time will have been above target for an
 *	interval; 0 while it is below
 * @drop_next: when to signal next; counts while @dropping
 * @count: signals in this dropping state; sets their rate
 * @last_count: @count when the state before this was entered
 * @dropping: in dropping state
 *
 * Times are in units of 2^10 ns, 32 bits: they wrap after 73 minutes, and only
 * differences count.
 */
struct weft_codel {
	u32	first_above;
	u32	drop_next;
	u16	count;
	u16	last_count;
	bool	dropping;
};

u64 weft_step_threshold(u64 packet_ns);
bool weft_step_mark(u64 sojourn_ns, u64 threshold_ns, u32 left, u32 max_len);

void weft_codel_init(struct weft_codel *codel);
bool weft_codel_drop(struct weft_codel *codel, u64 sojourn_ns, u64 now_ns,
		     u32 left, u32 max_len);

#endif /* _WEFT_AQM_H */
