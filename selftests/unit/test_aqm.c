// SPDX-License-Identifier: GPL-2.0
#include <linux/kernel.h>
#include <linux/time64.h>

#include "aqm.h"
#include "ktap.h"

#define MS	((u64)NSEC_PER_MSEC)
#define MTU	1514

TEST(weft_step_threshold__two_packets_but_a_millisecond)
{
	EXPECT_EQ(weft_step_threshold(0), MS);
	EXPECT_EQ(weft_step_threshold(121120), MS);
	/* 64 KB at 100 Mbit/s */
	EXPECT_EQ(weft_step_threshold(5242880), 10485760ULL);
}

TEST(weft_step_mark__only_a_queue_of_its_own)
{
	EXPECT(!weft_step_mark(MS, MS, 100000, MTU));
	EXPECT(weft_step_mark(MS + 1, MS, 100000, MTU));
	EXPECT(weft_step_mark(MS + 1, MS, MTU + 1, MTU));
	EXPECT(!weft_step_mark(100 * MS, MS, MTU, MTU));
	EXPECT(!weft_step_mark(100 * MS, MS, 0, MTU));
}

/* Packets each millisecond that all waited @sojourn; returns when one drops. */
static u64 until_drop(struct weft_codel *codel, u64 from, u64 sojourn, u64 limit)
{
	u64 now;

	for (now = from; now < from + limit; now += MS) {
		if (weft_codel_drop(codel, sojourn, now, 100000, MTU))
			return now;
	}
	return 0;
}

TEST(weft_codel_drop__never_below_target)
{
	struct weft_codel codel;

	weft_codel_init(&codel);
	EXPECT_EQ(until_drop(&codel, MS, WEFT_CODEL_TARGET_NS - 1, 10000 * MS),
		  0);
}

TEST(weft_codel_drop__never_the_last_packet)
{
	struct weft_codel codel;
	u64 now;

	weft_codel_init(&codel);
	for (now = MS; now < 10000 * MS; now += MS)
		EXPECT(!weft_codel_drop(&codel, 50 * MS, now, MTU, MTU));
}

TEST(weft_codel_drop__after_an_interval_above_target)
{
	struct weft_codel codel;
	u64 at;

	weft_codel_init(&codel);
	at = until_drop(&codel, MS, 6 * MS, 1000 * MS);
	EXPECT_GE(at, 101 * MS);
	EXPECT_LE(at, 103 * MS);
}

TEST(weft_codel_drop__a_dip_starts_the_interval_anew)
{
	struct weft_codel codel;
	u64 at;

	weft_codel_init(&codel);
	EXPECT_EQ(until_drop(&codel, MS, 6 * MS, 90 * MS), 0);
	EXPECT(!weft_codel_drop(&codel, MS, 91 * MS, 100000, MTU));
	at = until_drop(&codel, 92 * MS, 6 * MS, 1000 * MS);
	EXPECT_GE(at, 192 * MS);
}

TEST(weft_codel_drop__more_often_by_the_square_root)
{
	struct weft_codel codel;
	u64 last, at;
	int i;

	weft_codel_init(&codel);
	last = until_drop(&codel, MS, 20 * MS, 1000 * MS);
	ASSERT(last);
	for (i = 1; i < 50; i++) {
		static const int gap[50] = {
			[1] = 100, [4] = 50, [9] = 33, [16] = 25, [25] = 20,
			[49] = 14,
		};

		at = until_drop(&codel, last + MS, 20 * MS, 1000 * MS);
		ASSERT(at);
		if (gap[i]) {
			EXPECT_GE(at - last, (gap[i] - 2) * MS);
			EXPECT_LE(at - last, (gap[i] + 2) * MS);
		}
		last = at;
	}
}

TEST(weft_codel_drop__remembers_the_rate_for_a_while)
{
	struct weft_codel codel;
	u64 last = MS, at;
	int i;

	weft_codel_init(&codel);
	for (i = 0; i < 20; i++)
		last = until_drop(&codel, last + MS, 20 * MS, 1000 * MS);
	EXPECT(!weft_codel_drop(&codel, MS, last + MS, 100000, MTU));

	/* The queue comes back soon: not from the start. */
	last = until_drop(&codel, last + 2 * MS, 20 * MS, 1000 * MS);
	ASSERT(last);
	at = until_drop(&codel, last + MS, 20 * MS, 1000 * MS);
	EXPECT_LE(at - last, 40 * MS);

	/* It comes back late: from the start. */
	EXPECT(!weft_codel_drop(&codel, MS, at + MS, 100000, MTU));
	last = until_drop(&codel, at + 5000 * MS, 20 * MS, 1000 * MS);
	at = until_drop(&codel, last + MS, 20 * MS, 1000 * MS);
	EXPECT_GE(at - last, 98 * MS);
}

TEST(weft_codel_drop__across_the_wrap_of_its_clock)
{
	/* 2^32 units of 2^10 ns */
	u64 wrap = 1ULL << 42, last = wrap - 150 * MS, at;
	struct weft_codel codel;
	int i;

	weft_codel_init(&codel);
	for (i = 0; i < 30; i++) {
		at = until_drop(&codel, last + MS, 20 * MS, 300 * MS);
		ASSERT(at);
		last = at;
	}
	EXPECT_GT(last, wrap);
}

TEST(weft_codel_drop__first_above_at_the_value_for_none)
{
	struct weft_codel codel;
	u64 now = (1ULL << 42) - WEFT_CODEL_INTERVAL_NS;

	weft_codel_init(&codel);
	/* The sum is a multiple of 2^32 units: it must not read as "below". */
	now &= ~1023ULL;
	EXPECT(!weft_codel_drop(&codel, 20 * MS, now, 100000, MTU));
	EXPECT(codel.first_above);
	EXPECT(until_drop(&codel, now + MS, 20 * MS, 110 * MS));
}

TEST(weft_codel_drop__count_does_not_wrap)
{
	struct weft_codel codel;
	u64 now = MS;

	weft_codel_init(&codel);
	now = until_drop(&codel, now, 20 * MS, 1000 * MS);
	codel.count = U16_MAX - 1;
	now = until_drop(&codel, now + MS, 20 * MS, 1000 * MS);
	EXPECT_EQ(codel.count, U16_MAX);
	EXPECT(until_drop(&codel, now + MS, 20 * MS, 1000 * MS));
	EXPECT_EQ(codel.count, U16_MAX);
}
