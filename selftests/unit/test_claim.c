// SPDX-License-Identifier: GPL-2.0
/* claim.c: what the owner of a socket says of its transfers. */
#include <stdlib.h>

#include "claim.h"
#include "ktap.h"
#include "mock.h"

/*
 * A stream as the module sees it: what was written, what was sent, and where the
 * current transfer began.
 */
struct stream {
	struct weft_claims	claims;
	u32			written;
	u32			sent;
	u32			start;
	unsigned int		n;	/* transfers that ended */
	u64			size[64];
	u64			declared[64];
	u64			undeclared;
};

static void start(struct stream *s, u32 seq)
{
	memset(s, 0, sizeof(*s));
	s->written = seq;
	s->sent = seq;
	s->start = seq;
}

static void declare(struct stream *s, u64 bytes)
{
	struct weft_claim claim = { .bytes = bytes, .seq = s->written };

	weft_claims_push(&s->claims, &claim);
}

/* So many bytes leave, and somebody looks. */
static void leave(struct stream *s, u32 bytes)
{
	struct weft_claim_step step;

	s->sent += bytes;
	while (weft_claims_step(&s->claims, s->sent, s->sent - s->start, &step)) {
		if (step.begins) {
			s->undeclared += s->sent - s->start - step.behind;
		} else {
			s->declared[s->n] = step.claim.bytes;
			s->size[s->n++] = step.size;
		}
		s->start = s->sent - step.behind;
	}
}

TEST(weft_claims__one_ends_with_its_last_byte)
{
	struct stream s;

	start(&s, 1000);
	declare(&s, 500);
	s.written += 600;
	leave(&s, 499);
	EXPECT_EQ(s.n, 0);
	EXPECT(weft_claims_current(&s.claims));
	leave(&s, 101);
	EXPECT_EQ(s.n, 1);
	EXPECT_EQ(s.size[0], 500);
	EXPECT_EQ(s.sent - s.start, 100);
	EXPECT(!weft_claims_current(&s.claims));
}

TEST(weft_claims__what_was_written_before_is_not_its)
{
	struct stream s;

	start(&s, 1000);
	s.written += 300;
	declare(&s, 500);
	s.written += 500;
	leave(&s, 200);
	EXPECT(!weft_claims_current(&s.claims));
	EXPECT_EQ(s.undeclared, 0);
	leave(&s, 600);
	EXPECT_EQ(s.undeclared, 300);
	EXPECT_EQ(s.n, 1);
	EXPECT_EQ(s.size[0], 500);
}

TEST(weft_claims__many_in_one_look)
{
	struct stream s;
	int i;

	start(&s, U32_MAX - 1000);	/* and the numbers wrap */
	for (i = 1; i <= WEFT_CLAIMS; i++) {
		declare(&s, 100 * i);
		s.written += 100 * i;
	}
	leave(&s, 3600);
	EXPECT_EQ(s.n, WEFT_CLAIMS);
	for (i = 1; i <= WEFT_CLAIMS; i++)
		EXPECT_EQ(s.size[i - 1], 100 * i);
	EXPECT_EQ(s.undeclared, 0);
}

TEST(weft_claims__the_next_one_cuts_it_short)
{
	struct stream s;

	start(&s, 1);
	declare(&s, 1000);
	s.written += 400;
	declare(&s, 50);
	s.written += 50;
	leave(&s, 450);
	EXPECT_EQ(s.n, 2);
	EXPECT_EQ(s.size[0], 400);
	EXPECT_EQ(s.declared[0], 1000);
	EXPECT_EQ(s.size[1], 50);
}

TEST(weft_claims__its_end_may_be_all_that_is_known)
{
	struct stream s;

	start(&s, 1);
	declare(&s, WEFT_CLAIM_OPEN);
	s.written += 700;
	leave(&s, 600);
	EXPECT(weft_claims_end(&s.claims, s.written, s.sent - s.start));
	leave(&s, 99);
	EXPECT_EQ(s.n, 0);
	leave(&s, 1);
	EXPECT_EQ(s.n, 1);
	EXPECT_EQ(s.size[0], 700);
	EXPECT(!weft_claims_end(&s.claims, s.written, 0));
}

TEST(weft_claims__the_end_is_the_newest_ones)
{
	struct stream s;

	start(&s, 1);
	declare(&s, 100);
	s.written += 100;
	declare(&s, 900);
	s.written += 20;
	EXPECT(weft_claims_end(&s.claims, s.written, 0));
	leave(&s, 120);
	EXPECT_EQ(s.n, 2);
	EXPECT_EQ(s.size[0], 100);
	EXPECT_EQ(s.size[1], 20);
}

TEST(weft_claims__one_without_a_byte_never_was)
{
	struct stream s;

	start(&s, 1);
	declare(&s, 100);
	EXPECT(weft_claims_end(&s.claims, s.written, 0));
	s.written += 10;
	leave(&s, 10);
	EXPECT_EQ(s.n, 0);
	EXPECT_EQ(s.claims.n, 0);
}

TEST(weft_claims__longer_than_sequence_numbers)
{
	struct weft_claim claim = { .bytes = 5ULL << 30, .seq = 77 };
	struct weft_claims claims = { 0 };
	struct weft_claim_step step;
	u64 sent = (5ULL << 30) - 1;

	weft_claims_push(&claims, &claim);
	EXPECT(weft_claims_step(&claims, 77, 0, &step) && step.begins);
	EXPECT(!weft_claims_step(&claims, 77 + (u32)sent, sent, &step));
	sent++;
	EXPECT(weft_claims_step(&claims, 77 + (u32)sent, sent, &step));
	EXPECT_EQ(step.size, sent);

	claim.bytes = WEFT_CLAIM_OPEN;
	weft_claims_push(&claims, &claim);
	EXPECT(weft_claims_step(&claims, 77, 0, &step) && step.begins);
	EXPECT(weft_claims_end(&claims, 77 + (u32)(sent + 9), sent));
	EXPECT_EQ(claims.claim[0].bytes, sent + 9);
}

TEST(weft_claims__too_many_to_wait_become_one)
{
	struct stream s;
	u64 sum = 0;
	unsigned int i;

	start(&s, 1);
	for (i = 0; i < WEFT_CLAIMS + 5; i++) {
		declare(&s, 10);
		s.written += 10;
	}
	leave(&s, 10 * (WEFT_CLAIMS + 5));
	EXPECT_EQ(s.n, WEFT_CLAIMS);
	for (i = 0; i < s.n; i++)
		sum += s.size[i];
	EXPECT_EQ(sum, 10 * (WEFT_CLAIMS + 5));
	EXPECT_EQ(s.size[0], 10);
	EXPECT_EQ(s.size[WEFT_CLAIMS - 1], 60);
}

/* Whatever is said and sent, every byte is of one transfer, and none of two. */
TEST(weft_claims__every_byte_once)
{
	unsigned int round, i, k;
	struct stream s;
	u64 sum;

	srandom(7);
	for (round = 0; round < 20000; round++) {
		start(&s, (u32)random() * 2);
		u32 first = s.start;

		for (i = 0; i < 12; i++) {
			switch (random() % 4) {
			case 0:
				declare(&s, random() % 3 ? random() % 100 + 1 :
					    WEFT_CLAIM_OPEN);
				break;
			case 1:
				s.written += random() % 200;
				break;
			case 2:
				weft_claims_end(&s.claims, s.written,
						s.sent - s.start);
				break;
			default:
				leave(&s, random() % (s.written - s.sent + 1));
			}
		}
		leave(&s, s.written - s.sent);
		for (sum = s.undeclared, k = 0; k < s.n; k++) {
			sum += s.size[k];
			EXPECT(s.size[k] <= s.declared[k] ||
			      s.declared[k] == WEFT_CLAIM_OPEN);
		}
		EXPECT_EQ(sum + (s.sent - s.start), s.sent - first);
	}
}
