// SPDX-License-Identifier: GPL-2.0
/* behave.c: what a flow of which nobody says anything behaves like. */
#include <stdlib.h>

#include "behave.h"
#include "class.h"
#include "ktap.h"
#include "mock.h"

/* Ends: 0 is the workload's. */
#define OUT	0
#define IN	1

static struct weft_habits habits;
static unsigned int changes;

static void begin(void)
{
	memset(&habits, 0, sizeof(habits));
	changes = 0;
}

static void see(u8 end, u64 bytes, bool waits, u64 transfer, u64 ended)
{
	const struct weft_glance glance = {
		.end = end, .outward = end == OUT, .waits = waits,
		.bytes = bytes, .transfer = transfer, .ended = ended,
	};

	changes += weft_behave(&habits, &glance);
}

/* One asks, the other answers, at every tick. */
static void exchange(unsigned int n, u64 asked, u64 answered)
{
	while (n--) {
		see(OUT, asked, false, 1 << 20, 0);
		see(IN, answered, false, 1 << 20, 0);
	}
}

/*
 * So many ticks in which @end always has bytes under way; what comes from outside
 * has been acknowledged.
 */
static u64 stream(u8 end, unsigned int ticks, u64 bytes, u64 before)
{
	while (ticks--) {
		see(end, bytes, end == OUT, before, 0);
		before += bytes;
	}
	return before;
}

/* A burst of so many ticks, seen to have ended when the next one begins. */
static void burst(u8 end, unsigned int ticks, u64 bytes)
{
	stream(end, ticks, bytes / ticks, 0);
	see(end, bytes / ticks, false, bytes, bytes);
}

TEST(behave__nothing_yet)
{
	begin();
	EXPECT_EQ(habits.mind, WEFT_BEHAVIOUR_NONE);
	EXPECT_EQ(weft_behave_class(habits.mind), WEFT_CLASS_OTHER);
	/* Nor of who speaks alone, now and then. */
	for (int i = 0; i < 1000; i++)
		see(OUT, 100, false, 100, 100);
	EXPECT_EQ(habits.mind, WEFT_BEHAVIOUR_NONE);
}

TEST(behave__exchange)
{
	begin();
	exchange(WEFT_BEHAVE_VOTES, 200, 16384);
	EXPECT_EQ(habits.mind, WEFT_BEHAVIOUR_EXCHANGE);
	EXPECT_EQ(weft_behave_class(habits.mind), WEFT_CLASS_TOKEN);
	EXPECT_EQ(changes, 1);
	EXPECT_EQ(habits.changes, 1);
}

/* With a thought between: each message is a transfer of its own. */
TEST(behave__exchange_with_silence)
{
	begin();
	for (int i = 0; i < 8; i++) {
		see(OUT, 200, false, 200, 200);
		see(IN, 9000, false, 9000, 9000);
	}
	EXPECT_EQ(habits.mind, WEFT_BEHAVIOUR_EXCHANGE);
}

/* That once in a while a message is under way at a tick changes nothing. */
TEST(behave__exchange_on_a_busy_link)
{
	begin();
	for (int i = 0; i < 500; i++) {
		exchange(1, 200, 16384);
		see(OUT, 200, false, 1 << 20, 0);
		stream(OUT, 3, 4000, 0);
		see(IN, 16384, false, 1 << 20, 0);
		stream(IN, 3, 4000, 0);
	}
	EXPECT_EQ(habits.mind, WEFT_BEHAVIOUR_EXCHANGE);
	EXPECT_EQ(changes, 1);
}

TEST(behave__stream_out)
{
	begin();
	stream(OUT, WEFT_BEHAVE_LONG - 1, 10000, 0);
	EXPECT_EQ(habits.mind, WEFT_BEHAVIOUR_NONE);
	stream(OUT, WEFT_BEHAVE_VOTES, 10000, 1 << 20);
	EXPECT_EQ(habits.mind, WEFT_BEHAVIOUR_STREAM_OUT);
	EXPECT_EQ(weft_behave_class(habits.mind), WEFT_CLASS_CHECKPOINT);
}

/* Who reads a file asks now and then, and has what he asked for acknowledged. */
TEST(behave__stream_in)
{
	begin();
	for (int i = 0; i < 300; i++) {
		see(OUT, 128, false, 128 * i, 0);
		stream(IN, 20, 50000, 1000000 * i);
	}
	EXPECT_EQ(habits.mind, WEFT_BEHAVIOUR_STREAM_IN);
	EXPECT_EQ(weft_behave_class(habits.mind), WEFT_CLASS_DATASET);
}

/* As fast as one tick takes many answers that are not small. */
TEST(behave__large_answers_are_no_exchange)
{
	begin();
	for (int i = 0; i < 300; i++) {
		see(OUT, 128, false, 128 * i, 0);
		see(IN, WEFT_BEHAVE_SMALL + 1, false, 1 << 20, 0);
	}
	EXPECT_EQ(habits.mind, WEFT_BEHAVIOUR_NONE);
}

/* Both ends send all the time. */
TEST(behave__streams_both_ways)
{
	begin();
	for (int i = 0; i < 300; i++) {
		see(OUT, 5000, true, 5000 * i, 0);
		see(IN, 5000, true, 5000 * i, 0);
	}
	EXPECT_EQ(habits.mind, WEFT_BEHAVIOUR_STREAM_OUT);
	EXPECT_LE(habits.changes, 4);
}

TEST(behave__bursts)
{
	begin();
	for (int i = 0; i < WEFT_BEHAVE_AGREE; i++)
		burst(OUT, 10, 1000000 + i % 2 * 100000);
	EXPECT_EQ(habits.mind, WEFT_BEHAVIOUR_NONE);
	burst(OUT, 10, 1000000);
	EXPECT_EQ(habits.mind, WEFT_BEHAVIOUR_BURSTS);
	EXPECT_EQ(weft_behave_class(habits.mind), WEFT_CLASS_GRADIENT);
}

TEST(behave__bursts_of_any_size)
{
	begin();
	for (int i = 0; i < 100; i++)
		burst(OUT, 10, 1000000 << i % 3);
	EXPECT_EQ(habits.mind, WEFT_BEHAVIOUR_NONE);
	/* Nor what is no more than a message. */
	for (int i = 0; i < 100; i++)
		burst(OUT, 1, WEFT_BEHAVE_BURST - 1);
	EXPECT_EQ(habits.mind, WEFT_BEHAVIOUR_NONE);
}

/* Each is as long as a stream; once they are known to repeat, they are bursts. */
TEST(behave__long_bursts)
{
	begin();
	burst(OUT, 200, 100000000);
	EXPECT_EQ(habits.mind, WEFT_BEHAVIOUR_STREAM_OUT);
	for (int i = 0; i < 50; i++)
		burst(OUT, 200, 100000000);
	EXPECT_EQ(habits.mind, WEFT_BEHAVIOUR_BURSTS);
	EXPECT_LE(habits.changes, 4);
	/* One that goes on and on is a stream. */
	stream(OUT, 2000, 500000, 0);
	EXPECT_EQ(habits.mind, WEFT_BEHAVIOUR_STREAM_OUT);
}

/* How many votes it takes now to change to an exchange, or to a stream. */
static unsigned int votes_to(u8 wanted)
{
	unsigned int n = 0;
	u8 before = habits.mind;

	while (habits.mind == before && n < 1000) {
		n++;
		if (wanted == WEFT_BEHAVIOUR_EXCHANGE)
			exchange(1, 100, 100);
		else
			see(OUT, 5000, true, 1 << 20, 0);
	}
	return n;
}

TEST(behave__minds_settle)
{
	unsigned int before = 0, votes;

	begin();
	exchange(10, 100, 100);
	for (int i = 0; i < 20; i++) {
		/* What it takes to be a stream at all comes on top. */
		votes = votes_to(WEFT_BEHAVIOUR_STREAM_OUT);
		EXPECT_GE(votes, before);
		before = votes;
		votes_to(WEFT_BEHAVIOUR_EXCHANGE);
	}
	EXPECT_EQ(votes, WEFT_BEHAVE_LONG - 1 + WEFT_BEHAVE_VOTES_MAX);
	EXPECT_EQ(habits.changes, changes);
	/* One vote for what it is takes all back that was against it. */
	stream(OUT, WEFT_BEHAVE_LONG + WEFT_BEHAVE_VOTES_MAX - 2, 5000, 0);
	EXPECT_EQ(habits.mind, WEFT_BEHAVIOUR_EXCHANGE);
	exchange(1, 100, 100);
	EXPECT_EQ(habits.votes, 0);
}

TEST(behave__changes_are_counted_up_to_255)
{
	begin();
	for (int i = 0; i < 300; i++) {
		votes_to(WEFT_BEHAVIOUR_EXCHANGE);
		votes_to(WEFT_BEHAVIOUR_STREAM_OUT);
	}
	EXPECT_EQ(changes, 600);
	EXPECT_EQ(habits.changes, 255);
}

/* Whatever is seen: the mind is one that there is, and a change needs votes. */
TEST(behave__anything)
{
	unsigned int since = 0, before;

	srand(1);
	begin();
	for (int i = 0; i < 300000; i++) {
		u64 bytes = rand() % 4 ? (u64)rand() << rand() % 30 : 0;

		before = changes;
		see(rand() & 1, bytes, rand() & 1, (u64)rand() << rand() % 30,
		    rand() % 8 ? 0 : (u64)rand() << rand() % 30);
		EXPECT_LE(habits.mind, WEFT_BEHAVIOUR_MAX);
		EXPECT_LT(habits.votes, WEFT_BEHAVE_VOTES_MAX);
		EXPECT_LE(habits.end[0].looks, WEFT_BEHAVE_LONG);
		EXPECT_LE(habits.end[1].looks, WEFT_BEHAVE_LONG);
		since++;
		if (changes == before)
			continue;
		/* A burst's glance has as many as the first change takes. */
		EXPECT(changes < 6 ||
		       since >= WEFT_BEHAVE_VOTES_MAX / WEFT_BEHAVE_VOTES);
		since = 0;
	}
}
