// SPDX-License-Identifier: GPL-2.0
#include <math.h>

#include "ktap.h"
#include "learn.h"
#include "mock.h"

static struct weft_burst burst;

static void begin(void)
{
	weft_burst_init(&burst);
}

static bool add(u64 at, u64 bytes)
{
	const struct weft_chunk chunk = { .at = at, .bytes = bytes };

	return weft_burst_add(&burst, &chunk);
}

/* A transfer of @n chunks a tick apart; returns whether it closed another. */
static bool pour(u64 at, u64 bytes, u32 n)
{
	bool closed = false;
	u32 i;

	for (i = 0; i < n; i++)
		closed |= add(at + i, bytes / n + (!i ? bytes % n : 0));
	return closed;
}

/* A stream that is looked at now and then, with so many thousandths of headers. */
static void stream(u32 step, u32 overhead)
{
	u64 bytes = 0, wire = 0, seen = 0;
	u32 i, more;

	for (i = 0; i < 1000; i++) {
		more = step / 2 + mock_random_below(step / 2);
		bytes += more;
		wire += more + (u64)more * overhead / 1000;
		if (mock_random_below(10))
			seen = weft_stream_bytes(seen, wire, (u32)bytes);
		else if (step < 1 << 20)
			continue;
		else
			seen = weft_stream_bytes(seen, wire, (u32)bytes);
		EXPECT_EQ(seen, bytes);
	}
}

TEST(weft_stream_bytes__beyond_32_bits)
{
	stream(2, 0);
	stream(1448, 45);
	stream(100000000, 0);
	stream(100000000, 50);
	/* small packets, sent twice: far more than 4 GB of headers */
	stream(1000000000, 2000);
}

TEST(weft_stream_bytes__made_up)
{
	/* a jump, a step back, and what was counted late */
	EXPECT_EQ(weft_stream_bytes(0, 1000, 1000000), 1000);
	EXPECT_EQ(weft_stream_bytes(0, 1000, 3000000000U), 0);
	EXPECT_EQ(weft_stream_bytes(500, 1000, 300), 500);
	EXPECT_EQ(weft_stream_bytes(500, 400, 600), 500);
	EXPECT_EQ(weft_stream_bytes(0, 0, 7), 0);
}

TEST(weft_burst_add__opens_with_the_first_byte)
{
	begin();
	EXPECT(weft_burst_silent(&burst, 0));
	EXPECT(!add(1000, 10));
	EXPECT_EQ(burst.start, 1000);
	EXPECT_EQ(burst.bytes, 10);
	EXPECT_EQ(burst.closed, 0);
	EXPECT_EQ(weft_burst_expected(&burst), 0);
	EXPECT(!weft_burst_past(&burst, 0));
}

TEST(weft_burst_add__closes_at_the_gap)
{
	begin();
	add(10, 100);
	EXPECT(!add(11, 100));
	EXPECT(!weft_burst_silent(&burst, 12));
	EXPECT(weft_burst_silent(&burst, 13));
	EXPECT(add(13, 7));
	ASSERT(weft_burst_past(&burst, 0));
	EXPECT_EQ(weft_burst_past(&burst, 0)->bytes, 200);
	EXPECT_EQ(weft_burst_past(&burst, 0)->start, 10);
	EXPECT_EQ(weft_burst_past(&burst, 0)->length, 1);
	EXPECT_EQ(burst.bytes, 7);
	EXPECT_EQ(burst.closed, 1);
}

TEST(weft_burst_add__a_bridged_silence_is_none)
{
	const struct weft_chunk retransmitted = { .at = 60, .bridged = true };

	begin();
	add(10, 100);
	EXPECT(!weft_burst_add(&burst, &retransmitted));
	EXPECT(!add(61, 100));
	EXPECT_EQ(burst.bytes, 200);
	EXPECT_EQ(burst.start, 10);
}

TEST(weft_burst_add__late_bytes_go_where_they_belong)
{
	begin();
	add(10, 100);
	add(50, 100);
	add(90, 100);
	/* another flow's, of the second transfer, and of none that is known */
	EXPECT(!add(52, 11));
	EXPECT_EQ(weft_burst_past(&burst, 0)->bytes, 111);
	EXPECT_EQ(weft_burst_past(&burst, 0)->length, 2);
	EXPECT_EQ(weft_burst_past(&burst, 1)->bytes, 100);
	EXPECT_EQ(burst.bytes, 100);
	add(3, 5);
	EXPECT_EQ(burst.stray, 5);
	/* and what was sent just before the first byte is of the current one */
	add(89, 6);
	EXPECT_EQ(burst.bytes, 106);
	EXPECT_EQ(burst.start, 89);
}

TEST(weft_burst_add__flows)
{
	const struct weft_chunk joins = { .at = 10, .joins = true };

	begin();
	weft_burst_add(&burst, &joins);
	weft_burst_add(&burst, &joins);
	add(11, 100);
	EXPECT_EQ(burst.flows, 2);
	add(100, 1);
	EXPECT_EQ(weft_burst_past(&burst, 0)->flows, 2);
	EXPECT_EQ(burst.flows, 0);
}

TEST(weft_burst_expected__after_four_that_agree)
{
	u32 i;

	begin();
	for (i = 0; i < 4; i++) {
		pour(i * 100, 1000003, 5);
		EXPECT_EQ(weft_burst_expected(&burst), 0);
	}
	/* closed by the fifth */
	pour(400, 10, 1);
	EXPECT_EQ(burst.learned.variation, 0);
	EXPECT_EQ(weft_burst_expected(&burst), 1000003);
	EXPECT_EQ(burst.learned.period, 100);
	EXPECT_EQ(burst.learned.gap, 96);
	EXPECT_EQ(burst.gap, 48);
}

TEST(weft_burst_expected__falls_back_beyond_1_3)
{
	u32 i;

	begin();
	for (i = 0; i < 5; i++)
		pour(i * 100, 1000, 1);
	EXPECT_EQ(weft_burst_expected(&burst), 1000);
	add(401, 300);
	EXPECT_EQ(weft_burst_expected(&burst), 1000);
	EXPECT_EQ(burst.gap, 50);
	add(402, 1);
	EXPECT_EQ(weft_burst_expected(&burst), 0);
	/* and its end is found by the least gap again */
	EXPECT_EQ(burst.gap, WEFT_GAP_MIN);
}

TEST(weft_burst_expected__what_was_announced_counts_more)
{
	u32 i;

	begin();
	for (i = 0; i < 5; i++)
		pour(i * 100, 1000, 1);
	weft_burst_announce(&burst, 500, 70000);
	EXPECT_EQ(burst.start, 500);
	EXPECT_EQ(weft_burst_expected(&burst), 70000);
	weft_burst_announce(&burst, 501, 30000);
	EXPECT_EQ(weft_burst_expected(&burst), 100000);
	EXPECT(!add(501, 1000));
	/* for one transfer only */
	add(900, 1);
	EXPECT_EQ(burst.announced, 0);
	weft_burst_announce(&burst, 901, U64_MAX);
	weft_burst_announce(&burst, 901, U64_MAX);
	EXPECT_EQ(weft_burst_expected(&burst), U64_MAX);
}

TEST(weft_burst_add__a_stall_within_half_the_gap_is_no_end)
{
	u32 i;

	begin();
	for (i = 0; i < 6; i++)
		pour(i * 1000, 100000, 10);
	EXPECT_EQ(burst.closed, 5);
	/* 200 ticks of silence in the middle of the next one */
	pour(6000, 50000, 5);
	EXPECT(!pour(6204, 50000, 5));
	EXPECT_EQ(burst.bytes, 100000);
	EXPECT_EQ(burst.closed, 6);
}

TEST(weft_burst_add__a_pause_does_not_glue_transfers)
{
	u64 at = 0;
	u32 i;

	begin();
	for (i = 0; i < 20; i++) {
		pour(at, 5000, 3);
		at += i == 8 ? 1000000 : 50;
	}
	EXPECT_EQ(burst.closed, 19);
	EXPECT_EQ(burst.learned.period, 50);
	EXPECT_EQ(burst.learned.bytes, 5000);
}

TEST(weft_burst_add__a_faster_rhythm_is_learned)
{
	u64 at = 0;
	u32 i;

	begin();
	for (i = 0; i < 10; i++, at += 1000)
		pour(at, 5000, 3);
	for (i = 0; i < 30; i++, at += 30)
		pour(at, 5000, 3);
	EXPECT_EQ(burst.learned.bytes, 5000);
	EXPECT_EQ(burst.learned.period, 30);
	EXPECT(burst.learned.trusted);
}

static void served(u64 at, u64 packets, u64 queued_ns, u32 marks, u32 drops)
{
	const struct weft_service service = {
		.packets = packets,
		.queued_ns = queued_ns,
		.marks = marks,
		.drops = drops,
	};

	weft_burst_served(&burst, at, &service);
}

TEST(weft_burst_served__by_the_time_of_the_last_byte)
{
	begin();
	/* before anything was sent: nobody's */
	served(5, 99, 99, 99, 99);
	pour(10, 3000, 3);
	/* one flow is done before the next transfer, two others know later */
	served(12, 2, 100, 1, 0);
	pour(50, 3000, 3);
	EXPECT_EQ(burst.last_service.packets, 2);
	served(11, 3, 200, 0, 4);
	served(12, 4, 300, 2, 0);
	served(51, 10, 50, 5, 6);
	EXPECT_EQ(burst.last_service.packets, 9);
	EXPECT_EQ(burst.last_service.queued_ns, 600);
	EXPECT_EQ(burst.last_service.marks, 3);
	EXPECT_EQ(burst.last_service.drops, 4);
	EXPECT_EQ(burst.service.packets, 10);
	EXPECT_EQ(burst.service.queued_ns, 50);
	EXPECT_EQ(burst.service.marks, 5);
	EXPECT_EQ(burst.service.drops, 6);
	/* two transfers ago: nobody asks */
	pour(90, 10, 1);
	served(12, 7, 7, 7, 7);
	EXPECT_EQ(burst.last_service.packets, 10);
	EXPECT_EQ(burst.service.packets, 0);
}

TEST(weft_burst_add__absurd_sizes)
{
	u32 i;

	begin();
	for (i = 0; i < 10; i++)
		pour(i * 10, U64_MAX, 1);
	EXPECT_EQ(burst.learned.bytes, U64_MAX / 4);
	EXPECT_EQ(burst.learned.variation, 0);
	begin();
	add(U64_MAX, 1);
	EXPECT(!add(0, 1));
	EXPECT_EQ(burst.stray, 1);
	begin();
	for (i = 0; i < 10; i++)
		add(i * 10, 0);
	EXPECT(!burst.learned.trusted);
	EXPECT_EQ(weft_burst_expected(&burst), 0);
}

/* Mean and deviation of the last four, in floating point. */
static void model(const u64 *size, u32 n, double *mean, double *variation)
{
	u32 i, k = n < 4 ? n : 4;
	double square = 0;

	*mean = 0;
	for (i = n - k; i < n; i++)
		*mean += (double)size[i] / k;
	for (i = n - k; i < n; i++)
		square += ((double)size[i] - *mean) * ((double)size[i] - *mean) / k;
	*variation = sqrt(square) / *mean;
}

/* @spread: thousandths by which sizes and periods differ; @drift: likewise, a step */
static void follow(u64 bytes, u64 period, u32 spread, int drift, u32 steps)
{
	static u64 size[1000];
	double mean, variation;
	u64 at = 1;
	u32 i;

	begin();
	for (i = 0; i < steps; i++) {
		u64 by = bytes / 1000 * spread;

		size[i] = bytes - by / 2 + (by ? mock_random() % by : 0);
		pour(at, size[i], 1 + mock_random_below(5));
		if (i) {
			model(size, i, &mean, &variation);
			EXPECT(fabs((double)burst.learned.bytes - mean) <= 1 + mean / 1e6);
			EXPECT(fabs(burst.learned.variation / 1e3 - variation) < .002);
			/* on either side of the line, but for rounding */
			if (i >= 4 && variation < .199)
				EXPECT(burst.learned.trusted);
			if (i < 4 || variation > .201)
				EXPECT(!burst.learned.trusted);
		}
		at += period + mock_random_below(1 + period / 1000 * spread);
		bytes = bytes + (s64)bytes / 1000 * drift;
	}
	EXPECT_EQ(burst.closed, steps - 1);
	EXPECT(burst.learned.period >= period);
	EXPECT(burst.learned.period <= period + period / 1000 * spread);
}

TEST(weft_burst_add__periodic_against_model)
{
	follow(100 << 20, 1000, 0, 0, 100);
	follow(1000, 100, 20, 0, 200);
	follow(40ULL << 30, 100000, 50, 0, 200);
}

TEST(weft_burst_add__aperiodic_against_model)
{
	follow(1 << 20, 1000, 900, 0, 1000);
	follow(1ULL << 50, 1000, 700, 0, 1000);
}

TEST(weft_burst_add__drifting_against_model)
{
	follow(1 << 20, 1000, 10, 5, 500);
	follow(1ULL << 40, 1000, 10, -5, 500);
	follow(1 << 20, 1000, 0, 100, 100);
}

/* Many flows, each of which tells of its bytes when it sends again. */
TEST(weft_burst_add__flows_that_tell_late)
{
	enum { FLOWS = 40, ROUNDS = 50, EACH = 12345 };
	u64 told[FLOWS] = { 0 };
	u32 round, i;

	begin();
	for (round = 0; round < ROUNDS; round++) {
		for (i = 0; i < FLOWS; i++) {
			/* in order, but for CPUs that see a tick late */
			u64 now = 100 + round * 200 + i / 10 + mock_random_below(2);
			const struct weft_chunk before = {
				.at = told[i], .bytes = round ? EACH : 0,
			};
			const struct weft_chunk next = { .at = now, .joins = true };

			if (round)
				weft_burst_add(&burst, &before);
			weft_burst_add(&burst, &next);
			told[i] = now;
		}
	}
	EXPECT_EQ(burst.closed, ROUNDS - 1);
	EXPECT_EQ(burst.learned.bytes, FLOWS * EACH);
	EXPECT_EQ(weft_burst_past(&burst, 0)->bytes, FLOWS * EACH);
	EXPECT_EQ(weft_burst_past(&burst, 0)->flows, FLOWS);
	EXPECT_EQ(burst.stray, 0);
}

static u64 seen(void)
{
	u64 sum = burst.bytes + burst.stray;
	const struct weft_past *past;
	u32 i;

	for (i = 0; (past = weft_burst_past(&burst, i)); i++)
		sum += past->bytes;
	return sum;
}

/* Whatever comes in whatever order: no byte is lost and none made up. */
TEST(weft_burst_add__random_chunks)
{
	u64 now = 100;
	u32 i;

	begin();
	for (i = 0; i < 200000; i++) {
		const struct weft_past *oldest =
			weft_burst_past(&burst, WEFT_LEARN_RECENT - 1);
		u64 forgotten = oldest ? oldest->bytes : 0;
		u64 before = seen(), closed = burst.closed;
		struct weft_chunk chunk = {
			.at = now - mock_random_below(20),
			.bytes = mock_random_below(100000),
			.joins = mock_random() & 1,
			.bridged = !mock_random_below(10),
		};

		if (!mock_random_below(50))
			chunk.at = mock_random_below(now);
		if (!mock_random_below(4))
			now += mock_random_below(30);
		EXPECT_EQ(weft_burst_add(&burst, &chunk), burst.closed != closed);
		before += chunk.bytes;
		if (burst.closed != closed)
			before -= forgotten;
		EXPECT_EQ(seen(), before);
		EXPECT(burst.gap >= WEFT_GAP_MIN);
	}
	EXPECT_GT(burst.closed, 1000);
}
