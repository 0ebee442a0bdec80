// SPDX-License-Identifier: GPL-2.0
/*
 * When a packet may leave.
 *
 * The shaper is a clock that says when the link will have sent all that it was
 * given: no tokens, no bucket, as in cake. It runs on from when a packet should
 * have gone, not from when it went, so that late timers don't make the link
 * slow. The drain measures the same of a link that says nothing of itself, or
 * not the truth: what it takes while packets wait for it.
 */
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "shaper.h"

/*
 * What a shaper that was woken late may make up for: as long as softirqs of a
 * busy machine are put off. More would be a burst that the narrow place behind
 * the rate drops.
 */
#define WEFT_SHAPER_LAG_NS	(25 * NSEC_PER_MSEC)
#define WEFT_SHAPER_SHIFT_MAX	34	/* 10^9 << 34 fits 64 bits */

/* A sample of the link's speed; each new one counts for a quarter. */
#define WEFT_DRAIN_NS		(10 * NSEC_PER_MSEC)
#define WEFT_DRAIN_WEIGHT	4

/**
 * weft_shaper_set - the rate from now on
 * @shaper: the shaper
 * @rate: bytes a second, at most WEFT_SHAPER_RATE_MAX; 0 for none
 * @now_ns: CLOCK_MONOTONIC
 *
 * What was sent at another rate is forgotten.
 *
 * Context: Owner's lock.
 */
void weft_shaper_set(struct weft_shaper *shaper, u64 rate, u64 now_ns)
{
	u64 mult = 0;
	u8 shift = 0;

	if (rate) {
		for (shift = WEFT_SHAPER_SHIFT_MAX; shift; shift--) {
			mult = div64_u64((u64)NSEC_PER_SEC << shift, rate);
			if (mult <= U32_MAX)
				break;
		}
		if (!shift)
			mult = div64_u64(NSEC_PER_SEC, rate);
	}
	shaper->rate = rate;
	shaper->mult = mult;
	shaper->shift = shift;
	shaper->fraction = 0;
	shaper->next_ns = now_ns;
	shaper->idle = true;
}

/**
 * weft_shaper_packet_ns - how long a packet is on the link
 * @shaper: the shaper
 * @len: bytes
 *
 * Context: Any.
 * Return: nanoseconds; 0 without a rate.
 */
u64 weft_shaper_packet_ns(const struct weft_shaper *shaper, u32 len)
{
	return ((u64)len * shaper->mult) >> shaper->shift;
}

/**
 * weft_shaper_wait - may a packet go?
 * @shaper: the shaper
 * @now_ns: CLOCK_MONOTONIC
 *
 * A timer that is late must not make the link slow, so the clock runs on from
 * when the packet should have gone; but no further back than 25 ms, and not at
 * all if nothing waited.
 *
 * Context: Owner's lock. A packet waits, and is sent if this allows it.
 * Return: 0 if it may, otherwise the time when it may.
 */
u64 weft_shaper_wait(struct weft_shaper *shaper, u64 now_ns)
{
	u64 oldest = now_ns;

	if (!shaper->rate)
		return 0;
	if (shaper->next_ns > now_ns)
		return shaper->next_ns;
	if (!shaper->idle)
		oldest -= min(now_ns, (u64)WEFT_SHAPER_LAG_NS);
	shaper->next_ns = max(shaper->next_ns, oldest);
	return 0;
}

/**
 * weft_shaper_sent - a packet went
 * @shaper: the shaper
 * @len: bytes
 * @more: another one waits
 *
 * Context: Owner's lock, after weft_shaper_wait() returned 0.
 */
void weft_shaper_sent(struct weft_shaper *shaper, u32 len, bool more)
{
	u64 cost = shaper->fraction + (u64)len * shaper->mult;

	shaper->next_ns += cost >> shaper->shift;
	shaper->fraction = cost & ((1ULL << shaper->shift) - 1);
	shaper->idle = !more;
}

/**
 * weft_drain_sent - a packet went
 * @drain: what is known of the link
 * @len: bytes
 * @now_ns: CLOCK_MONOTONIC
 * @more: another one waits
 *
 * Only while packets wait is it the link that sets the pace.
 *
 * Context: Owner's lock. O(1).
 * Return: true if the rate was measured anew.
 */
bool weft_drain_sent(struct weft_drain *drain, u32 len, u64 now_ns, bool more)
{
	u64 sample;

	if (!more) {
		drain->start_ns = 0;
		return false;
	}
	if (!drain->start_ns) {
		drain->start_ns = now_ns;
		drain->bytes = 0;
		return false;
	}
	drain->bytes += len;
	if (now_ns - drain->start_ns < WEFT_DRAIN_NS)
		return false;

	sample = div64_u64(drain->bytes * NSEC_PER_SEC,
			   now_ns - drain->start_ns);
	if (drain->rate)
		drain->rate += div_s64((s64)(sample - drain->rate),
				       WEFT_DRAIN_WEIGHT);
	else
		drain->rate = sample;
	drain->start_ns = now_ns;
	drain->bytes = 0;
	return true;
}
