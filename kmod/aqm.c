// SPDX-License-Identifier: GPL-2.0
/*
 * When to tell a sender that its queue builds up.
 *
 * Step mark: a packet that can carry a mark gets CE when it waited longer than
 * a threshold, as DCTCP asks of a switch (Alizadeh et al., SIGCOMM 2010), but
 * measured in time instead of bytes (Bai et al., "Enabling ECN over generic
 * packet scheduling", CoNEXT 2016): with several queues on a link, a queue's
 * rate, and so the bytes that make a given delay, changes with its neighbours.
 * It is decided when a packet leaves, not when it comes, so that the signal is
 * as fresh as can be.
 *
 * CoDel (Nichols and Jacobson, RFC 8289): for packets that can carry no mark
 * and whose sender is out of reach of TCP small queues. What it signals with
 * is a loss, so it waits for a whole interval of standing queue first. Decided
 * a packet at a time, as COBALT does, so that the caller bounds the loop.
 *
 * Neither signals while what is left of the queue is less than a packet: the
 * wait is then the neighbours' doing, and a sender that keeps one packet
 * queued cannot send less. With fair queueing that matters: beside N others,
 * every packet waits for N packets, whatever its own flow does.
 */
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/minmax.h>

#include "aqm.h"

#define WEFT_CODEL_SHIFT	10
#define WEFT_CODEL_INTERVAL	((u32)(WEFT_CODEL_INTERVAL_NS >> WEFT_CODEL_SHIFT))

/**
 * weft_step_threshold - how long a packet may wait before it is marked
 * @packet_ns: time of the largest packet on the link, 0 where unknown
 *
 * Two packet times are the least that a queue needs to keep a link busy while
 * its sender sends in bursts of a packet.
 *
 * Context: Any.
 * Return: nanoseconds.
 */
u64 weft_step_threshold(u64 packet_ns)
{
	return max(2 * packet_ns, (u64)WEFT_STEP_MIN_NS);
}

/**
 * weft_step_mark - does a packet that leaves get a mark?
 * @sojourn_ns: how long it waited
 * @threshold_ns: how long it may
 * @left: bytes that its flow has queued behind it
 * @max_len: largest packet
 *
 * Context: Any.
 * Return: true to mark.
 */
bool weft_step_mark(u64 sojourn_ns, u64 threshold_ns, u32 left, u32 max_len)
{
	return sojourn_ns > threshold_ns && left > max_len;
}

/**
 * weft_codel_init - a queue without history
 * @codel: its state
 *
 * Context: Caller owns the queue.
 */
void weft_codel_init(struct weft_codel *codel)
{
	*codel = (struct weft_codel) {};
}

/* Is @a later than @b? */
static bool weft_codel_after(u32 a, u32 b)
{
	return (s32)(a - b) > 0;
}

/* The next signal comes an interval over the square root of the count later. */
static u32 weft_codel_next(u32 t, u16 count)
{
	/* 8 more bits, so that small counts are not rounded away */
	u32 root = int_sqrt((unsigned long)count << 16);

	return t + (u32)(((u64)WEFT_CODEL_INTERVAL << 8) / root);
}

/* Has the queue been above target for an interval? */
static bool weft_codel_standing(struct weft_codel *codel, u64 sojourn_ns,
				u32 now, u32 left, u32 max_len)
{
	if (sojourn_ns < WEFT_CODEL_TARGET_NS || left <= max_len) {
		codel->first_above = 0;
		return false;
	}
	if (!codel->first_above) {
		/* 0 stands for "below" */
		codel->first_above = (now + WEFT_CODEL_INTERVAL) ?: 1;
		return false;
	}
	return weft_codel_after(now, codel->first_above);
}

/**
 * weft_codel_drop - is a packet that leaves the one to signal with?
 * @codel: its queue's state
 * @sojourn_ns: how long it waited
 * @now_ns: CLOCK_MONOTONIC
 * @left: bytes that its flow has queued behind it
 * @max_len: largest packet
 *
 * Context: Caller owns the queue.
 * Return: true to drop it.
 */
bool weft_codel_drop(struct weft_codel *codel, u64 sojourn_ns, u64 now_ns,
		     u32 left, u32 max_len)
{
	u32 now = (u32)(now_ns >> WEFT_CODEL_SHIFT);
	u16 delta;

	if (!weft_codel_standing(codel, sojourn_ns, now, left, max_len)) {
		codel->dropping = false;
		return false;
	}

	if (codel->dropping) {
		if (!weft_codel_after(now, codel->drop_next))
			return false;
		if (codel->count < U16_MAX)
			codel->count++;
		codel->drop_next = weft_codel_next(codel->drop_next,
						   codel->count);
		return true;
	}

	/*
	 * Enter the dropping state: near the rate that was needed last time,
	 * if that is not long ago.
	 */
	codel->dropping = true;
	delta = codel->count - codel->last_count;
	if (delta > 1 &&
	    now - codel->drop_next < 16 * WEFT_CODEL_INTERVAL)
		codel->count = delta;
	else
		codel->count = 1;
	codel->last_count = codel->count;
	codel->drop_next = weft_codel_next(now, codel->count);
	return true;
}
