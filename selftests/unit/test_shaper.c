// SPDX-License-Identifier: GPL-2.0
/* Rates: given ones are kept, those of a link are measured. */
#include <linux/kernel.h>
#include <linux/time64.h>

#include "ktap.h"
#include "mock.h"
#include "shaper.h"

#define MTU	1514
#define MS	((u64)NSEC_PER_MSEC)
#define SEC	((u64)NSEC_PER_SEC)

static u32 rnd(u32 n)
{
	return mock_random() % n;
}

static u32 rnd_len(void)
{
	return rnd(4) ? 60 + rnd(MTU - 60) : MTU;
}

#define EXPECT_WITHIN(value, wanted, percent)				\
	({								\
		u64 _v = (value), _w = (wanted), _p = (percent);	\
									\
		EXPECT_GE(_v * 100, _w * (100 - _p));			\
		EXPECT_LE(_v * 100, _w * (100 + _p));			\
	})

/* Sends as soon as allowed, woken up to @late later. Returns bytes. */
static u64 shape(struct weft_shaper *shaper, u64 *now, u64 time, u32 late,
		 u32 (*len)(void))
{
	u64 end = *now + time, bytes = 0;

	while (*now < end) {
		u64 wait = weft_shaper_wait(shaper, *now);
		u32 n = len();

		if (wait) {
			EXPECT_GT(wait, *now);
			*now = wait + (late ? rnd(late) : 0);
			continue;
		}
		weft_shaper_sent(shaper, n, true);
		bytes += n;
	}
	return bytes;
}

static void shaper_holds(u64 rate, u64 time, u32 late)
{
	struct weft_shaper shaper = {};
	u64 now = 5 * SEC, from = now, bytes;

	weft_shaper_set(&shaper, rate, now);
	bytes = shape(&shaper, &now, time, late, rnd_len);
	/* in parts of a thousand, of the time that really passed */
	EXPECT_GE(bytes * 1000 + 2000ULL * MTU,
		  (u64)((double)rate * (now - from - late) / SEC * 999));
	EXPECT_LE(bytes * 1000,
		  (u64)((double)rate * (now - from) / SEC * 1001) +
		  2000ULL * MTU);
}

TEST(weft_shaper__rates)
{
	static const u64 rates[] = {
		125, 125000, 1250000, 12500000, 125000000, 1250000000,
		12500000000ULL, 50000000000ULL, 100000000000000ULL,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rates); i++) {
		/* some 20,000 packets */
		u64 time = 20000ULL * 1000 * SEC / rates[i];

		shaper_holds(rates[i], time + 1, 0);
	}
}

TEST(weft_shaper__late_timers_cost_nothing)
{
	shaper_holds(12500000, 10 * SEC, 20 * MS);
	shaper_holds(125000000, SEC, 20 * MS);
}

TEST(weft_shaper__rate_1_and_max)
{
	struct weft_shaper shaper = {};

	weft_shaper_set(&shaper, 1, 0);
	EXPECT_EQ(weft_shaper_packet_ns(&shaper, 1000), 1000 * SEC);
	weft_shaper_set(&shaper, WEFT_SHAPER_RATE_MAX, 0);
	EXPECT_WITHIN(weft_shaper_packet_ns(&shaper, 1 << 30), 8590, 1);
	weft_shaper_set(&shaper, 0, 0);
	EXPECT_EQ(weft_shaper_packet_ns(&shaper, 1000), 0);
	EXPECT_EQ(weft_shaper_wait(&shaper, 0), 0);
	weft_shaper_sent(&shaper, 1000, true);
	EXPECT_EQ(weft_shaper_wait(&shaper, 0), 0);
}

TEST(weft_shaper__idle_saves_nothing_up)
{
	struct weft_shaper shaper = {};
	u64 now = SEC;

	weft_shaper_set(&shaper, 12500000, now);
	EXPECT_EQ(weft_shaper_wait(&shaper, now), 0);
	weft_shaper_sent(&shaper, MTU, false);
	now += SEC;
	EXPECT_EQ(weft_shaper_wait(&shaper, now), 0);
	weft_shaper_sent(&shaper, MTU, true);
	EXPECT_EQ(weft_shaper_wait(&shaper, now), now + MTU * 80ULL);
}

TEST(weft_shaper__a_stopped_device_saves_25_ms_up)
{
	struct weft_shaper shaper = {};
	u64 now = SEC, sent = 0;

	weft_shaper_set(&shaper, 12500000, now);
	weft_shaper_wait(&shaper, now);
	weft_shaper_sent(&shaper, MTU, true);
	now += SEC;
	while (!weft_shaper_wait(&shaper, now)) {
		weft_shaper_sent(&shaper, MTU, true);
		sent += MTU;
	}
	EXPECT_LE(sent, 312500 + 2 * MTU);
	EXPECT_GE(sent, 312500 - MTU);
}

TEST(weft_shaper__early_in_the_life_of_the_clock)
{
	struct weft_shaper shaper = {};

	weft_shaper_set(&shaper, 12500000, 0);
	weft_shaper_wait(&shaper, 0);
	weft_shaper_sent(&shaper, MTU, true);
	EXPECT_EQ(weft_shaper_wait(&shaper, MS), 0);
}

TEST(weft_drain__the_rate_while_packets_wait)
{
	struct weft_drain drain = {};
	u64 now = SEC;
	u32 i;

	/* 1 Gbit/s: 1250 bytes in 10 us */
	for (i = 0; i < 20000; i++, now += 10000)
		weft_drain_sent(&drain, 1250, now, true);
	EXPECT_WITHIN(drain.rate, 125000000, 2);

	/* Nothing waits: the pace is the senders'. */
	for (i = 0; i < 20000; i++, now += 1000000)
		EXPECT(!weft_drain_sent(&drain, 1250, now, false));
	EXPECT_WITHIN(drain.rate, 125000000, 2);

	/* 100 Mbit/s from now on. */
	for (i = 0; i < 20000; i++, now += 100000)
		weft_drain_sent(&drain, 1250, now, true);
	EXPECT_WITHIN(drain.rate, 12500000, 2);
}
