/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Transfers out of a stream of bytes: where one ends and the next begins, and
 * what the next one will be like. Arithmetic only, in ticks of whatever clock
 * the caller has; builds on the host. The caller serialises all calls on one
 * object.
 */
#ifndef _WEFT_LEARN_H
#define _WEFT_LEARN_H

#include <linux/types.h>

#define WEFT_LEARN_SIZES	4	/* sizes that must agree */
#define WEFT_LEARN_RECENT	5	/* transfers kept: one more for periods */
#define WEFT_LEARN_TRUST	200	/* thousandths: deviation over mean */

/*
 * Silence that ends a transfer of which nothing is known. Two ticks apart can
 * be little more than one tick of silence, which a clock that ticks 100 to 1000
 * times a second makes at least a millisecond.
 */
#define WEFT_GAP_MIN		2

/**
 * struct weft_service - how a transfer, or a part of it, was carried
 * @packets: on the wire
 * @queued_ns: for how long packets waited in the scheduler; of several flows
 *	the sum
 * @marks: packets that it gave CE
 * @drops: packets that it dropped
 */
struct weft_service {
	u64	packets;
	u64	queued_ns;
	u32	marks;
	u32	drops;
};

static inline void weft_service_add(struct weft_service *sum,
				    const struct weft_service *more)
{
	sum->packets += more->packets;
	sum->queued_ns += more->queued_ns;
	sum->marks += more->marks;
	sum->drops += more->drops;
}

/**
 * struct weft_past - a transfer that is over
 * @start: tick of its first byte
 * @bytes: in it
 * @length: ticks from its first byte to its last
 * @flows: that took part
 */
struct weft_past {
	u64	start;
	u64	bytes;
	u32	length;
	u32	flows;
};

/**
 * struct weft_learned - what the next transfer should be like
 * @bytes: mean of the last WEFT_LEARN_SIZES; 0 before the first
 * @period: ticks from start to start, the median; 0 before the second
 * @gap: least silence between the last ones, ticks; 0 before the second
 * @variation: of the sizes, standard deviation over mean, thousandths
 * @trusted: there are WEFT_LEARN_SIZES sizes that vary by less than
 *	WEFT_LEARN_TRUST
 */
struct weft_learned {
	u64	bytes;
	u64	period;
	u64	gap;
	u32	variation;
	bool	trusted;
};

/**
 * struct weft_burst - the transfers of a stream of bytes
 * @start: tick of the current one's first byte
 * @last: tick of its newest one
 * @bytes: in it so far
 * @announced: bytes that somebody said it would have, 0 where nobody did
 * @closed: transfers before it
 * @stray: bytes that came too late to say of which transfer they are
 * @flows: that took part in the current one
 * @service: how it was carried, as far as its flows have told
 * @last_service: how the one before it was
 * @gap: ticks without a byte that end it
 * @begun: there is a current one
 * @newest: place of the newest in @recent
 * @learned: from @recent
 * @recent: the last ones, min(@closed, WEFT_LEARN_RECENT) of them
 */
struct weft_burst {
	u64			start;
	u64			last;
	u64			bytes;
	u64			announced;
	u64			closed;
	u64			stray;
	struct weft_service	service;
	struct weft_service	last_service;
	u32			flows;
	u32			gap;
	bool			begun;
	u8			newest;
	struct weft_learned	learned;
	struct weft_past	recent[WEFT_LEARN_RECENT];
};

/**
 * struct weft_chunk - bytes that have gone by
 * @at: tick of the last of them
 * @bytes: how many; 0 where only their time is known yet
 * @joins: a flow takes part from now on
 * @bridged: whatever silence was before them was not the application's
 */
struct weft_chunk {
	u64	at;
	u64	bytes;
	bool	joins;
	bool	bridged;
};

u64 weft_stream_bytes(u64 before, u64 wire, u32 advanced);

void weft_burst_init(struct weft_burst *burst);
bool weft_burst_add(struct weft_burst *burst, const struct weft_chunk *chunk);
void weft_burst_served(struct weft_burst *burst, u64 at,
		       const struct weft_service *service);
void weft_burst_announce(struct weft_burst *burst, u64 now, u64 bytes);
bool weft_burst_silent(const struct weft_burst *burst, u64 now);
u64 weft_burst_expected(const struct weft_burst *burst);
const struct weft_past *weft_burst_past(const struct weft_burst *burst, u32 i);

#endif /* _WEFT_LEARN_H */
