/* SPDX-License-Identifier: GPL-2.0 */
/*
 * When a packet may leave: a link of a given rate, and one whose rate is found
 * out. Arithmetic only; builds on the host. The caller serialises all calls on
 * one object (the qdisc's lock).
 */
#ifndef _WEFT_SHAPER_H
#define _WEFT_SHAPER_H

#include <linux/types.h>

/* Rates, in bytes a second, that the shaper's arithmetic is exact for. */
#define WEFT_SHAPER_RATE_MAX	125000000000000ULL	/* 1 Pbit/s */

/**
 * struct weft_shaper - when the link is free
 * @rate: bytes a second; 0 for a link that says itself when it is
 * @next_ns: CLOCK_MONOTONIC at which all that was sent will have left
 * @fraction: of a nanosecond on top of @next_ns, in units of 2^-@shift
 * @mult: 2^@shift nanoseconds a byte
 * @shift: as large as keeps @mult within 32 bits, at most 34
 * @idle: nothing waited when the last packet left
 */
struct weft_shaper {
	u64	rate;
	u64	next_ns;
	u64	fraction;
	u32	mult;
	u8	shift;
	bool	idle;
};

void weft_shaper_set(struct weft_shaper *shaper, u64 rate, u64 now_ns);
u64 weft_shaper_packet_ns(const struct weft_shaper *shaper, u32 len);
u64 weft_shaper_wait(struct weft_shaper *shaper, u64 now_ns);
void weft_shaper_sent(struct weft_shaper *shaper, u32 len, bool more);

/**
 * struct weft_drain - how fast a link takes packets that wait for it
 * @rate: bytes a second, averaged; 0 until it was measured
 * @start_ns: begin of a time through which packets waited; 0 outside of one
 * @bytes: taken since
 */
struct weft_drain {
	u64	rate;
	u64	start_ns;
	u64	bytes;
};

bool weft_drain_sent(struct weft_drain *drain, u32 len, u64 now_ns, bool more);

#endif /* _WEFT_SHAPER_H */
