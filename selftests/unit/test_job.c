// SPDX-License-Identifier: GPL-2.0
#include "ktap.h"
#include "mock.h"
#include "job.h"
#include <linux/weft.h>

static const u64 none[2], some[2] = { 1000, 70 }, few[2] = { 10, 7 };

static struct weft_job_table *create(void)
{
	struct weft_job_table *table = weft_job_table_create();

	ASSERT(table);
	return table;
}

/* The job of exactly this number. */
static bool get(struct weft_job_table *table, u32 job,
		struct weft_job_counts *counts)
{
	u32 found = job;

	return weft_job_next(table, &found, counts) && found == job;
}

TEST(weft_job_table_create__empty)
{
	struct weft_job_table *table = create();
	struct weft_job_counts counts;
	u32 job = 0;

	EXPECT(!weft_job_next(table, &job, &counts));
	weft_job_table_destroy(table);
}

TEST(weft_job_table_create__without_memory)
{
	unsigned int n;

	/* each of its allocations fails in turn, and nothing stays */
	for (n = 0; n < 8; n++) {
		struct weft_job_table *table;
		u64 left;

		mock_alloc_fail = BIT_ULL(n);
		table = weft_job_table_create();
		left = mock_alloc_fail;
		mock_alloc_fail = 0;
		if (left) {
			/* it needs no more than n */
			ASSERT(table);
			weft_job_table_destroy(table);
			break;
		}
		EXPECT(!table);
		EXPECT_EQ(mock_alloc_live(), 0);
	}
	EXPECT_GT(n, 0);
}

TEST(weft_job_table_destroy__null)
{
	weft_job_table_destroy(NULL);
}

TEST(weft_job_table_destroy__with_flows)
{
	struct weft_job_table *table = create();
	u32 job;

	for (job = 1; job <= 100; job++)
		EXPECT(weft_job_join(table, job));
	weft_job_table_destroy(table);
}

TEST(weft_job_leave__adds_up)
{
	struct weft_job_table *table = create();
	struct weft_job_counts counts = {};

	EXPECT(weft_job_join(table, 5));
	EXPECT(weft_job_join(table, 5));
	ASSERT(get(table, 5, &counts));
	EXPECT_EQ(counts.flows, 2);
	EXPECT_EQ(counts.flows_total, 2);

	weft_job_leave(table, 5, some, few);
	ASSERT(get(table, 5, &counts));
	EXPECT_EQ(counts.flows, 1);
	EXPECT_EQ(counts.flows_total, 2);

	weft_job_leave(table, 5, some, few);
	EXPECT(weft_job_join(table, 5));
	ASSERT(get(table, 5, &counts));
	EXPECT_EQ(counts.flows, 1);
	EXPECT_EQ(counts.flows_total, 3);
	EXPECT_EQ(counts.bytes[0], 2000);
	EXPECT_EQ(counts.bytes[1], 140);
	EXPECT_EQ(counts.packets[0], 20);
	EXPECT_EQ(counts.packets[1], 14);
	weft_job_table_destroy(table);
}

TEST(weft_job_leave__counts_outlive_flows)
{
	struct weft_job_table *table = create();
	struct weft_job_counts counts = {};

	EXPECT(weft_job_join(table, 9));
	weft_job_leave(table, 9, some, few);
	ASSERT(get(table, 9, &counts));
	EXPECT_EQ(counts.flows, 0);
	EXPECT_EQ(counts.bytes[0], 1000);
	weft_job_table_destroy(table);
}

TEST(weft_job_next__rising_and_whole)
{
	static const u32 jobs[] = { 77, 1, U32_MAX, 4097, 2, 1U << 31, 4096 };
	static const u32 sorted[] = { 1, 2, 77, 4096, 4097, 1U << 31, U32_MAX };
	struct weft_job_table *table = create();
	struct weft_job_counts counts;
	unsigned int i;
	u32 job = 0;

	for (i = 0; i < ARRAY_SIZE(jobs); i++)
		EXPECT(weft_job_join(table, jobs[i]));
	for (i = 0; i < ARRAY_SIZE(sorted); i++) {
		ASSERT(weft_job_next(table, &job, &counts));
		EXPECT_EQ(job, sorted[i]);
		job++;
	}
	/* past the last number the walk begins anew, if one lets it */
	EXPECT_EQ(job, 0);
	job = 78;
	EXPECT(weft_job_next(table, &job, &counts));
	EXPECT_EQ(job, 4096);
	weft_job_table_destroy(table);
}

TEST(weft_job_join__full_of_working_jobs)
{
	struct weft_job_table *table = create();
	u32 job;

	for (job = 1; job <= WEFT_JOBS_MAX; job++)
		ASSERT(weft_job_join(table, job));
	EXPECT(!weft_job_join(table, WEFT_JOBS_MAX + 1));
	/* one that is there can still be joined */
	EXPECT(weft_job_join(table, 1));
	/* and when one ends, there is room for another */
	weft_job_leave(table, 7, none, none);
	EXPECT(weft_job_join(table, WEFT_JOBS_MAX + 1));
	EXPECT(!weft_job_join(table, 7));
	weft_job_table_destroy(table);
}

TEST(weft_job_join__recycles_the_longest_idle)
{
	struct weft_job_table *table = create();
	struct weft_job_counts counts;
	u32 job;

	for (job = 1; job <= WEFT_JOBS_MAX; job++)
		ASSERT(weft_job_join(table, job));
	weft_job_leave(table, 30, none, none);
	weft_job_leave(table, 10, none, none);
	weft_job_leave(table, 20, some, few);
	/* 30 works again, so 10 has been idle for longest */
	EXPECT(weft_job_join(table, 30));
	EXPECT(weft_job_join(table, 5000));
	EXPECT(!get(table, 10, &counts));
	EXPECT(get(table, 20, &counts));
	EXPECT(get(table, 30, &counts));
	ASSERT(get(table, 5000, &counts));
	EXPECT_EQ(counts.flows_total, 1);
	EXPECT_EQ(counts.bytes[0], 0);
	EXPECT_EQ(weft_job_recycled(table), 1);
	weft_job_table_destroy(table);
}

TEST(weft_job_leave__never_joined_is_seen)
{
	/*
	 * A leave without a join is a bug elsewhere, which the kernel warns
	 * of. Here it may only not disturb others; the warning is expected.
	 */
	struct weft_job_table *table = create();
	struct weft_job_counts counts = {};

	EXPECT(weft_job_join(table, 3));
	mock_expect_splats(1);
	weft_job_leave(table, 4, some, few);
	EXPECT_EQ(mock_splats(), 1);
	ASSERT(get(table, 3, &counts));
	EXPECT_EQ(counts.flows, 1);
	EXPECT_EQ(counts.bytes[0], 0);
	weft_job_table_destroy(table);
}

/* Against a model that counts in the simplest way, for many random steps. */
TEST(weft_job_join__random_against_model)
{
	enum { JOBS = 300, STEPS = 20000 };
	static struct weft_job_counts model[JOBS + 1];
	struct weft_job_table *table = create();
	struct weft_job_counts counts;
	unsigned int i, seen = 0;
	u32 job;

	for (i = 0; i < STEPS; i++) {
		struct weft_job_counts *m;

		job = 1 + mock_random_below(JOBS);
		m = &model[job];
		if (mock_random() & 1) {
			ASSERT(weft_job_join(table, job));
			m->flows++;
			m->flows_total++;
		} else if (m->flows) {
			u64 bytes[2] = { mock_random(), mock_random() };
			u64 packets[2] = { mock_random(), mock_random() };

			weft_job_leave(table, job, bytes, packets);
			m->flows--;
			m->bytes[0] += bytes[0];
			m->bytes[1] += bytes[1];
			m->packets[0] += packets[0];
			m->packets[1] += packets[1];
		}
	}
	for (job = 0; weft_job_next(table, &job, &counts); job++, seen++) {
		ASSERT(job <= JOBS);
		EXPECT_EQ(counts.flows, model[job].flows);
		EXPECT_EQ(counts.flows_total, model[job].flows_total);
		EXPECT_MEM(counts.bytes, model[job].bytes, sizeof(counts.bytes));
		EXPECT_MEM(counts.packets, model[job].packets,
			   sizeof(counts.packets));
	}
	EXPECT_EQ(seen, JOBS);
	weft_job_table_destroy(table);
}

/* More jobs than nodes: those with flows are never lost, the others go. */
TEST(weft_job_join__churn_beyond_the_pool)
{
	enum { JOBS = 3 * WEFT_JOBS_MAX, STEPS = 100000, BUSY = 1000 };
	struct weft_job_table *table = create();
	static u8 flows[JOBS + 1];
	struct weft_job_counts counts;
	unsigned int i, busy = 0;
	u32 job;

	for (i = 0; i < STEPS; i++) {
		job = 1 + mock_random_below(JOBS);
		if (flows[job]) {
			weft_job_leave(table, job, none, none);
			busy -= !--flows[job];
		} else if (busy < BUSY) {
			ASSERT(weft_job_join(table, job));
			busy += !flows[job]++;
		}
	}
	EXPECT_GT(weft_job_recycled(table), 0);
	for (job = 1; job <= JOBS; job++) {
		if (!flows[job])
			continue;
		if (EXPECT(weft_job_read(table, job, &counts)))
			EXPECT_EQ(counts.flows, flows[job]);
	}
	weft_job_table_destroy(table);
}

static void carry(struct weft_job_table *table, u16 place, u32 job, u64 was,
		  u64 bytes, u64 now)
{
	const struct weft_job_carry told = {
		.was = was, .bytes = bytes, .now = now, .sends = true,
		.joins = true,
	};

	weft_job_carry(table, place, job, WEFT_DIRECTION_EGRESS, &told);
}

TEST(weft_job_carry__transfers_of_two_flows)
{
	struct weft_job_table *table = create();
	struct weft_burst bursts[2];
	u16 place;
	u64 i;

	place = weft_job_join(table, 8);
	EXPECT_EQ(weft_job_join(table, 8), place);
	EXPECT_EQ(weft_job_gap(table, place, 0), WEFT_GAP_MIN);
	for (i = 0; i < 10; i++) {
		carry(table, place, 8, (i - 1) * 100, i ? 1000 : 0, i * 100);
		carry(table, place, 8, (i - 1) * 100, i ? 500 : 0, i * 100);
	}
	ASSERT(weft_job_bursts(table, 8, bursts));
	EXPECT_EQ(bursts[0].closed, 9);
	EXPECT_EQ(bursts[0].learned.bytes, 1500);
	EXPECT(bursts[0].learned.trusted);
	EXPECT_EQ(bursts[0].learned.period, 100);
	EXPECT_EQ(bursts[1].closed, 0);
	EXPECT_EQ(weft_job_gap(table, place, 0), 50);
	EXPECT_EQ(weft_job_gap(table, place, 1), WEFT_GAP_MIN);
	EXPECT(!weft_job_bursts(table, 9, bursts));
	weft_job_table_destroy(table);
}

TEST(weft_job_carry__a_late_flow_disturbs_nobody)
{
	struct weft_job_table *table = create();
	struct weft_burst bursts[2];
	u16 place;
	u32 job;

	/* its job's node has gone to another */
	place = weft_job_join(table, 1);
	weft_job_leave(table, 1, none, none);
	for (job = 2; job <= WEFT_JOBS_MAX + 1; job++)
		ASSERT(weft_job_join(table, job));
	for (job = 2; job <= WEFT_JOBS_MAX + 1; job++)
		carry(table, place, 1, 5, 1000, 6);
	for (job = 2; job <= WEFT_JOBS_MAX + 1; job++) {
		ASSERT(weft_job_bursts(table, job, bursts));
		EXPECT(!bursts[0].begun);
	}
	carry(table, 0, 1, 5, 1000, 6);
	carry(table, U16_MAX, 1, 5, 1000, 6);
	EXPECT_EQ(weft_job_gap(table, 0, 0), WEFT_GAP_MIN);
	EXPECT_EQ(weft_job_gap(table, U16_MAX, 0), WEFT_GAP_MIN);
	weft_job_table_destroy(table);
}

TEST(weft_job_announce__known_before_its_bytes)
{
	struct weft_job_table *table = create();
	struct weft_burst bursts[2];
	u16 place;

	EXPECT(!weft_job_announce(table, 3, 0, 10, 100));
	place = weft_job_join(table, 3);
	EXPECT(weft_job_announce(table, 3, 0, 10, 100));
	ASSERT(weft_job_bursts(table, 3, bursts));
	EXPECT_EQ(weft_burst_expected(&bursts[0]), 100);
	carry(table, place, 3, 0, 0, 10);
	carry(table, place, 3, 10, 100, 11);
	ASSERT(weft_job_bursts(table, 3, bursts));
	EXPECT_EQ(weft_burst_expected(&bursts[0]), 100);
	EXPECT_EQ(bursts[0].bytes, 100);
	EXPECT_EQ(bursts[0].closed, 0);
	weft_job_table_destroy(table);
}

TEST(weft_job_set_name__of_a_job_to_come)
{
	struct weft_job_table *table = create();
	char name[WEFT_JOB_NAME];
	u32 job;

	EXPECT(weft_job_set_name(table, 12, "resnet"));
	EXPECT(weft_job_join(table, 12));
	weft_job_name(table, 12, name);
	EXPECT(!strcmp(name, "resnet"));
	EXPECT(weft_job_set_name(table, 12, ""));
	weft_job_name(table, 12, name);
	EXPECT(!strcmp(name, ""));
	weft_job_name(table, 99, name);
	EXPECT(!strcmp(name, ""));
	/* names alone keep nobody out */
	for (job = 100; job < 100 + 2 * WEFT_JOBS_MAX; job++)
		EXPECT(weft_job_set_name(table, job, "a name that is as long as it may"));
	EXPECT(weft_job_join(table, 1));
	for (job = 1000000; weft_job_join(table, job); job++)
		;
	EXPECT_EQ(job, 1000000 + WEFT_JOBS_MAX - 2);
	EXPECT(!weft_job_set_name(table, job, "x"));
	EXPECT(weft_job_set_name(table, 12, "still"));
	weft_job_table_destroy(table);
}
