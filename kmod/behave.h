/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a TCP flow of which nobody says anything behaves like. Arithmetic only;
 * builds on the host. The caller serialises all calls on one object.
 */
#ifndef _WEFT_BEHAVE_H
#define _WEFT_BEHAVE_H

#include <linux/types.h>
#include <linux/weft.h>

/* More than an end's part of requests and answers within a tick. */
#define WEFT_BEHAVE_SMALL	(256 * 1024)
/* Less than a burst that repeats. */
#define WEFT_BEHAVE_BURST	(64 * 1024)
/* Bursts that agree with the one before them, until they are believed. */
#define WEFT_BEHAVE_AGREE	3
/*
 * Glances in a row at an end that had bytes under way: a long stream; and when
 * it is no part of an exchange any more.
 */
#define WEFT_BEHAVE_LONG	64
#define WEFT_BEHAVE_STREAMS	8
/* Votes that a first change of mind takes; each one doubles it. */
#define WEFT_BEHAVE_VOTES	4
#define WEFT_BEHAVE_VOTES_MAX	128

/**
 * struct weft_habit - what one end of a flow did
 * @size: of its last burst, in units of 16 KiB, at most U16_MAX of them
 * @looks: glances in a row at which it had bytes under way, up to
 *	WEFT_BEHAVE_LONG
 * @agree: bursts in a row that were as long as the one before them, up to
 *	WEFT_BEHAVE_AGREE
 * @spoke: it has sent something since the other end last did
 */
struct weft_habit {
	u16	size;
	u8	looks;
	u8	agree:7;
	u8	spoke:1;
};

/**
 * struct weft_habits - what a flow did, and what follows from it
 * @end: by end of the flow's key
 * @mind: enum weft_behaviour: what it is taken for
 * @lean: what the last votes were for
 * @votes: how many
 * @changes: of mind, up to U8_MAX
 */
struct weft_habits {
	struct weft_habit	end[2];
	u8			mind;
	u8			lean;
	u8			votes;
	u8			changes;
};

/**
 * struct weft_glance - an end of a flow, as a tick in which it sends begins
 * @end: 0 or 1
 * @outward: it is the workload's own
 * @waits: what it has sent is not all acknowledged
 * @bytes: sent since the last glance at it
 * @transfer: in the current transfer so far
 * @ended: in the transfer that has just ended, 0 where none did
 */
struct weft_glance {
	u8	end;
	bool	outward;
	bool	waits;
	u64	bytes;
	u64	transfer;
	u64	ended;
};

bool weft_behave(struct weft_habits *habits, const struct weft_glance *glance);
u8 weft_behave_class(u8 mind);

#endif /* _WEFT_BEHAVE_H */
