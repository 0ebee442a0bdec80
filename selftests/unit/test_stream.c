// SPDX-License-Identifier: GPL-2.0
/*
 * Streams: against a model that sees each stream whole, with the packets cut,
 * lost, repeated and shuffled in all ways.
 */
#include <stdlib.h>

#include "ktap.h"
#include "mock.h"
#include "stream.h"

#define BASE_WRAPS	0xffffff00u	/* sequence numbers wrap early */

static struct weft_pattern pattern(const char *value, u8 len, u8 offset)
{
	struct weft_pattern p = { .offset = offset, .len = len, .ends = 1 };

	memcpy(p.value, value, len);
	memset(p.mask, 0xff, len);
	return p;
}

/* One packet of a stream to the start, its bytes in pieces of at most @piece. */
static void start_packet(struct weft_start_half *half, const u8 *stream,
			 u32 from, u32 len, u32 piece)
{
	u32 seq = half->base + from, at = 0, n;

	for (;;) {
		at = weft_start_wants(half, seq, len, at);
		if (at >= len)
			break;
		n = min(piece, len - at);
		at = weft_start_feed(half, seq, at, stream + from + at, n);
	}
	weft_start_passed(half, seq, len);
}

TEST(weft_start_decide__whole)
{
	struct weft_pattern p = pattern("abcd", 4, 2);
	struct weft_start_half half;

	EXPECT(!weft_pattern_check(&p));
	weft_start_init(&half, BASE_WRAPS);
	EXPECT_EQ(weft_start_decide(&half, 0, &p, 1, 0), WEFT_START_PENDING);
	start_packet(&half, (const u8 *)"xxabcdefgh", 0, 10, 100);
	EXPECT_EQ(weft_start_decide(&half, 0, &p, 1, 0), 0);
	EXPECT_EQ(weft_start_decide(&half, 1, &p, 1, 0), WEFT_START_NONE);
}

TEST(weft_start_decide__byte_by_byte)
{
	struct weft_pattern p = pattern("abcd", 4, 2);
	struct weft_start_half half;
	u32 i;

	weft_start_init(&half, BASE_WRAPS);
	for (i = 0; i < 6; i++) {
		EXPECT_EQ(weft_start_decide(&half, 0, &p, 1, 0),
			  WEFT_START_PENDING);
		start_packet(&half, (const u8 *)"xxabcd", i, 1, 1);
	}
	EXPECT_EQ(weft_start_decide(&half, 0, &p, 1, 0), 0);
}

TEST(weft_start_decide__mismatch_is_early)
{
	struct weft_pattern p = pattern("abcd", 4, 0);
	struct weft_start_half half;

	weft_start_init(&half, 0);
	start_packet(&half, (const u8 *)"abx", 0, 3, 3);
	EXPECT_EQ(weft_start_decide(&half, 0, &p, 1, 0), WEFT_START_NONE);
}

TEST(weft_start_decide__order)
{
	struct weft_pattern p[2] = { pattern("abcdefgh", 8, 0),
				     pattern("ab", 2, 0) };
	struct weft_start_half half;

	weft_start_init(&half, 0);
	start_packet(&half, (const u8 *)"abcd", 0, 4, 4);
	/* The first one may still match. */
	EXPECT_EQ(weft_start_decide(&half, 0, p, 2, 0), WEFT_START_PENDING);
	start_packet(&half, (const u8 *)"abcdx", 4, 1, 1);
	EXPECT_EQ(weft_start_decide(&half, 0, p, 2, 0), 1);
}

TEST(weft_start_decide__newer_patterns_are_not_for_it)
{
	struct weft_pattern p = pattern("ab", 2, 0);
	struct weft_start_half half;

	p.since = 0;
	weft_start_init(&half, 0);
	start_packet(&half, (const u8 *)"ab", 0, 2, 2);
	/* Generations wrap. */
	EXPECT_EQ(weft_start_decide(&half, 0, &p, 1, U32_MAX), WEFT_START_NONE);
	EXPECT_EQ(weft_start_decide(&half, 0, &p, 1, 1), 0);
}

TEST(weft_start_decide__mask)
{
	struct weft_pattern p = pattern("a\xffg", 3, 0);
	struct weft_start_half half;

	p.mask[1] = 0x0f;
	EXPECT(!weft_pattern_check(&p));
	weft_start_init(&half, 0);
	start_packet(&half, (const u8 *)"a\x5fg", 0, 3, 3);
	EXPECT_EQ(weft_start_decide(&half, 0, &p, 1, 0), 0);
	weft_start_init(&half, 0);
	start_packet(&half, (const u8 *)"a\xfeg", 0, 3, 3);
	EXPECT_EQ(weft_start_decide(&half, 0, &p, 1, 0), WEFT_START_NONE);
}

TEST(weft_start_decide__waits_for_the_key)
{
	static const u8 long_start[WEFT_STREAM_WINDOW] = "01234567ab";
	struct weft_pattern p = pattern("ab", 2, 8);
	struct weft_start_half half, other;

	p.key_len = 16;
	p.key_offset = 48;
	EXPECT(!weft_pattern_check(&p));
	weft_start_init(&half, 0);
	start_packet(&half, long_start, 0, 63, 63);
	EXPECT_EQ(weft_start_decide(&half, 0, &p, 1, 0), WEFT_START_PENDING);
	start_packet(&half, long_start, 63, 1, 1);
	EXPECT_EQ(weft_start_decide(&half, 0, &p, 1, 0), 0);
	/* Key and number: the same on every host, never one that users give. */
	EXPECT(weft_start_job(&p, &half) & 0x80000000);
	other = half;
	EXPECT_EQ(weft_start_job(&p, &half), weft_start_job(&p, &other));
	other.bytes[50] ^= 1;
	EXPECT_NE(weft_start_job(&p, &half), weft_start_job(&p, &other));
}

TEST(weft_start_job__known_hash)
{
	struct weft_pattern p = pattern("a", 1, 0);
	struct weft_start_half half;

	weft_start_init(&half, 0);
	start_packet(&half, (const u8 *)"foobar", 0, 6, 6);
	p.job = 7;
	EXPECT_EQ(weft_start_job(&p, &half), 7);
	p.key_len = 6;
	/* FNV-1a's published test vector, whose highest bit is set anyway. */
	EXPECT_EQ(weft_start_job(&p, &half), 0xbf9cf968u);
}

TEST(weft_start_feed__first_one_stays)
{
	struct weft_start_half half;

	weft_start_init(&half, 0);
	start_packet(&half, (const u8 *)"ab", 0, 2, 2);
	weft_start_feed(&half, 0, 0, (const u8 *)"xyz", 3);
	EXPECT_MEM(half.bytes, "abz", 3);
}

TEST(weft_start_wants__before_the_first_byte)
{
	struct weft_start_half half;

	weft_start_init(&half, 100);
	/* A probe in front of the stream; a packet that overlaps it. */
	EXPECT_EQ(weft_start_wants(&half, 99, 1, 0), 1);
	EXPECT_EQ(weft_start_wants(&half, 98, 5, 0), 2);
	EXPECT_EQ(weft_start_wants(&half, 164, 5, 0), 5);
	EXPECT_EQ(weft_start_wants(&half, 100 - (1u << 30), 1 << 20, 0), 1 << 20);
	weft_start_passed(&half, 98, 1);
	EXPECT_EQ(half.high, 0);
}

/* What the model says: the whole stream is there. */
static int start_model(const struct weft_pattern *p, u32 n, const u8 *stream,
		       u32 len)
{
	u32 i, j;

	for (i = 0; i < n; i++) {
		bool equal = true;

		for (j = 0; j < p[i].len && p[i].offset + j < len; j++)
			equal &= !((stream[p[i].offset + j] ^ p[i].value[j]) &
				   p[i].mask[j]);
		if (!equal)
			continue;
		return p[i].offset + p[i].len <= len ? (int)i : WEFT_START_PENDING;
	}
	return WEFT_START_NONE;
}

TEST(weft_start_decide__model)
{
	struct weft_pattern p[WEFT_PATTERNS_MAX];
	struct weft_start_half half;
	u32 run, i, j, n, len, packets;
	u8 stream[100];

	for (run = 0; run < 20000; run++) {
		n = 1 + mock_random_below(8);
		for (i = 0; i < n; i++) {
			memset(&p[i], 0, sizeof(p[i]));
			p[i].ends = 1;
			p[i].len = 1 + mock_random_below(6);
			p[i].offset = mock_random_below(65 - p[i].len);
			if (mock_random_below(2))
				p[i].offset %= 8;
			for (j = 0; j < p[i].len; j++) {
				p[i].value[j] = mock_random_below(2);
				p[i].mask[j] = mock_random_below(4) ? 0xff : 0;
			}
			p[i].mask[0] = 0xff;
			ASSERT(!weft_pattern_check(&p[i]));
		}
		len = 1 + mock_random_below(sizeof(stream));
		for (i = 0; i < len; i++)
			stream[i] = mock_random_below(2);
		weft_start_init(&half, mock_random());
		/* Any packets, then all of it from the front. */
		packets = mock_random_below(12);
		for (i = 0; i < packets; i++) {
			u32 from = mock_random_below(len);

			start_packet(&half, stream, from,
				     1 + mock_random_below(len - from),
				     1 + mock_random_below(9));
		}
		for (i = 0; i < len; i += j) {
			j = 1 + mock_random_below(len - i);
			start_packet(&half, stream, i, j,
				     1 + mock_random_below(70));
		}
		ASSERT_EQ(weft_start_decide(&half, 0, p, n, 0),
			  start_model(p, n, stream, len));
		ASSERT_EQ(half.high, len);
	}
}

TEST(weft_pattern_check__refusals)
{
	struct weft_pattern p = pattern("abcd", 4, 0);

	p.offset = 61;
	EXPECT(strstr(weft_pattern_check(&p), "64 bytes"));
	p.offset = 60;
	EXPECT(!weft_pattern_check(&p));
	p.len = 0;
	EXPECT(weft_pattern_check(&p));
	p.len = 17;
	EXPECT(weft_pattern_check(&p));
	p = pattern("abcd", 4, 0);
	memset(p.mask, 0, 4);
	EXPECT(strstr(weft_pattern_check(&p), "zero"));
	p = pattern("abcd", 4, 0);
	p.key_offset = 60;
	p.key_len = 5;
	EXPECT(strstr(weft_pattern_check(&p), "key"));
	p.key_len = 4;
	EXPECT(!weft_pattern_check(&p));
	p.job = 1;
	EXPECT(weft_pattern_check(&p));
	p = pattern("abcd", 4, 0);
	p.ends = 0;
	EXPECT(weft_pattern_check(&p));
}

/* Framing. */

#define MESSAGES	200
#define STREAM		262144

/* A stream and what is in it. */
struct truth {
	struct weft_framing framing;
	u32	base;
	u32	len;
	u32	n;
	u64	bytes;
	u64	size[MESSAGES];
	u32	at[MESSAGES];
	u8	stream[STREAM];
};

/* What a reader made of it. */
struct seen {
	struct weft_framing_half half;
	u32	n;
	bool	wrong;
	u64	last;
};

static struct truth truth;

static void put_field(u8 *at, u8 width, bool big, u64 value)
{
	int i;

	for (i = 0; i < width; i++)
		at[big ? width - 1 - i : i] = value >> (8 * i);
}

static void put_message(struct truth *t, u64 size)
{
	const struct weft_framing *f = &t->framing;
	u8 *at = t->stream + t->len;
	u32 i;

	for (i = 0; i < f->header_len; i++)
		at[i] = mock_random();
	put_field(at + f->len_offset, f->len_width, f->big_endian,
		  size - f->bias);
	put_field(at + f->id_offset, f->id_width, f->big_endian, t->n);
	for (i = 0; i < f->check_len; i++)
		at[f->check_offset + i] =
			(at[f->check_offset + i] & ~f->check_mask[i]) |
			f->check_value[i];
	for (i = f->header_len; i < f->header_len + size; i++)
		at[i] = mock_random();
	t->at[t->n] = t->len;
	t->size[t->n++] = size;
	t->bytes += size;
	t->len += f->header_len + size;
}

static void make_truth(struct truth *t, u32 messages, u32 most)
{
	struct weft_framing *f = &t->framing;
	u32 i;

	memset(f, 0, sizeof(*f));
	f->ends = 3;
	f->len_width = 2 + mock_random_below(7);
	f->id_width = 2 + mock_random_below(7);
	f->check_len = 8;
	f->len_offset = mock_random_below(4);
	f->id_offset = f->len_offset + f->len_width + mock_random_below(4);
	f->check_offset = f->id_offset + f->id_width + mock_random_below(4);
	f->header_len = f->check_offset + f->check_len + mock_random_below(40);
	f->big_endian = mock_random_below(2);
	f->bias = mock_random_below(2) ? -(s32)f->header_len : 0;
	f->len_mask = U64_MAX;
	f->most = most;
	f->hello[0] = mock_random_below(3) * 8;
	for (i = 0; i < f->check_len; i++) {
		f->check_value[i] = mock_random();
		f->check_mask[i] = 0xff;
	}
	ASSERT(!weft_framing_check(f));
	t->base = mock_random_below(2) ? BASE_WRAPS : mock_random();
	t->n = 0;
	t->bytes = 0;
	t->len = f->hello[0];
	memset(t->stream, 0x11, t->len);
	for (i = 0; i < messages &&
	     t->len + f->header_len + most < sizeof(t->stream); i++)
		put_message(t, mock_random_below(3) ?
			    mock_random_below(most + 1) : mock_random_below(9));
}

static void note_messages(const struct truth *t, struct seen *seen,
			  const struct weft_walk *walk)
{
	u32 i;

	for (i = 0; i < walk->n; i++) {
		u64 id = walk->message[i].id;

		/* One that is there, after the last one, with its size. */
		if (id >= t->n || (seen->n && id <= seen->last) ||
		    walk->message[i].size != t->size[id])
			seen->wrong = true;
		seen->last = id;
		seen->n++;
	}
}

static void framing_packet(const struct truth *t, struct seen *seen, u32 from,
			   u32 len, u32 piece)
{
	struct weft_walk walk;
	u32 at, before, n;

	at = weft_framing_begin(&seen->half, &t->framing, t->base + from, len,
				&walk);
	while (at < len) {
		n = min(piece, len - at);
		before = at;
		at = weft_framing_feed(&seen->half, &t->framing, &walk, at,
				       t->stream + from + at, n);
		ASSERT(at > before);
	}
	weft_framing_finish(&seen->half, &t->framing, &walk);
	ASSERT(walk.headers <= WEFT_FRAMING_HEADERS);
	note_messages(t, seen, &walk);
}

static void begin_framing(const struct truth *t, struct seen *seen, u32 known)
{
	struct weft_start_half start;
	struct weft_walk walk;

	memset(seen, 0, sizeof(*seen));
	weft_start_init(&start, t->base);
	if (known)
		start_packet(&start, t->stream, 0, known, known);
	weft_framing_init(&seen->half, &t->framing, 0, &start, &walk);
	note_messages(t, seen, &walk);
}

static void expect_exact(const struct truth *t, const struct seen *seen)
{
	ASSERT(!seen->wrong);
	ASSERT_EQ(seen->half.state, WEFT_FRAMING_STATE_RUNNING);
	ASSERT_EQ(seen->half.messages, t->n);
	ASSERT_EQ(seen->half.bytes, t->bytes);
	ASSERT_EQ(seen->half.lost, 0);
	ASSERT_EQ(weft_framing_lost_bytes(&seen->half), 0);
	ASSERT_EQ(weft_framing_left(&seen->half), 0);
	ASSERT_EQ(seen->n, t->n);
}

/* As it leaves its sender: in order, with what is sent again in between. */
TEST(weft_framing__local_is_exact)
{
	struct seen seen;
	u32 run, at, n;

	for (run = 0; run < 300; run++) {
		u32 most = run % 3 ? 2000 : 20000;
		u32 packet = run % 5 ? 1 + mock_random_below(300) : 1;

		make_truth(&truth, MESSAGES, most);
		begin_framing(&truth, &seen,
			      min_t(u32, mock_random_below(65), truth.len));
		for (at = 0; at < truth.len; at += n) {
			n = 1 + mock_random_below(packet);
			n = min(n, truth.len - at);
			framing_packet(&truth, &seen, at, n,
				       1 + mock_random_below(50));
			if (!mock_random_below(5)) {
				u32 again = mock_random_below(at + 1);

				framing_packet(&truth, &seen, again,
					       1 + mock_random_below(at + n - again),
					       4096);
			}
		}
		expect_exact(&truth, &seen);
	}
}

/* As much of @n bytes at @at as lies before the next message. */
static u32 to_message(const struct truth *t, u32 at, u32 n)
{
	u32 i;

	for (i = 0; i < t->n; i++)
		if (t->at[i] > at)
			return min(n, t->at[i] - at);
	return n;
}

/* Behind loss that TCP repairs, and reordering: never wrong. */
TEST(weft_framing__elsewhere_is_never_wrong)
{
	u64 counted = 0, all = 0, lost = 0;
	struct seen seen;
	u32 run, at, n;

	for (run = 0; run < 300; run++) {
		u32 lost_at = 0, lost_n = 0;

		make_truth(&truth, MESSAGES, 2000);
		begin_framing(&truth, &seen, 0);
		for (at = 0; at < truth.len; at += n) {
			n = 1 + mock_random_below(1448);
			n = min(n, truth.len - at);
			/* Senders write message by message, more or less. */
			if (mock_random_below(2))
				n = to_message(&truth, at, n);
			if (!lost_n && !mock_random_below(20)) {
				lost_at = at;
				lost_n = n;
				continue;
			}
			framing_packet(&truth, &seen, at, n, 500);
			if (lost_n && !mock_random_below(3)) {
				framing_packet(&truth, &seen, lost_at, lost_n,
					       500);
				lost_n = 0;
			}
		}
		ASSERT(!seen.wrong);
		ASSERT(seen.half.messages <= truth.n);
		ASSERT_EQ(seen.half.messages, seen.n);
		counted += seen.n;
		all += truth.n;
		/* Whoever counted less says so. */
		ASSERT(seen.n == truth.n || seen.half.lost ||
		       seen.half.next < seen.half.high ||
		       (u32)seen.half.high != truth.base + truth.len);
		lost += seen.half.lost;
	}
	ktap_note("%llu of %llu messages, place lost %llu times",
		  (unsigned long long)counted, (unsigned long long)all,
		  (unsigned long long)lost);
	EXPECT(counted > all / 3);
	EXPECT(lost);
}

/* Behind loss that nobody repairs here: the place is found again. */
TEST(weft_framing__resync)
{
	static struct truth big;
	struct weft_framing_half *half;
	u32 sent = 0, at, i, n, from;
	struct seen seen;
	u64 before;

	make_truth(&big, 0, 2000);
	begin_framing(&big, &seen, 0);
	half = &seen.half;
	framing_packet(&big, &seen, 0, big.len, 4096);
	for (i = 0; i < 20; i++) {
		from = big.len;
		put_message(&big, 1000);
		framing_packet(&big, &seen, from, big.len - from, 4096);
		sent++;
	}
	EXPECT_EQ(half->messages, sent);

	/* A header passes elsewhere. Patience first, for as long as it may come. */
	from = big.len;
	put_message(&big, 1000);
	sent++;
	at = big.len;
	put_message(&big, 1000);
	framing_packet(&big, &seen, at, big.len - at, 4096);
	sent++;
	EXPECT_EQ(half->state, WEFT_FRAMING_STATE_RUNNING);
	EXPECT_EQ(half->messages, 20);
	before = half->high;

	/* Far on. What stands between is of no interest. */
	big.base -= WEFT_FRAMING_PATIENCE;
	for (i = 0; i < 2; i++) {
		at = big.len;
		put_message(&big, 1000);
		n = big.len - at;
		/* base moved back: the same bytes lie further on */
		big.base += 2 * (i == 0) * WEFT_FRAMING_PATIENCE;
		framing_packet(&big, &seen, at, n, 4096);
		sent++;
		EXPECT_EQ(half->state, i ? WEFT_FRAMING_STATE_RUNNING :
			  WEFT_FRAMING_STATE_SUSPENDED);
	}
	EXPECT(half->high > before);
	EXPECT_EQ(half->lost, 1);
	EXPECT_EQ(half->end, WEFT_FRAMING_END_NONE);
	/* The first of the two only told where the second one is. */
	EXPECT_EQ(half->messages, 21);
	EXPECT_GT(weft_framing_lost_bytes(half), WEFT_FRAMING_PATIENCE);
	EXPECT(!seen.wrong);
}

TEST(weft_framing__gap_without_a_check_ends)
{
	struct weft_framing f = { .header_len = 4, .len_width = 4, .ends = 3,
				  .len_mask = U64_MAX, .most = 1 << 20 };
	struct weft_framing_half half;
	struct weft_start_half start;
	struct weft_walk walk;

	ASSERT(!weft_framing_check(&f));
	weft_start_init(&start, 0);
	weft_framing_init(&half, &f, 0, &start, &walk);
	EXPECT_EQ(weft_framing_begin(&half, &f, 4, 100, &walk), 100);
	weft_framing_finish(&half, &f, &walk);
	EXPECT_EQ(half.state, WEFT_FRAMING_STATE_RUNNING);
	weft_framing_begin(&half, &f, WEFT_FRAMING_PATIENCE + 1, 100, &walk);
	EXPECT_EQ(half.state, WEFT_FRAMING_STATE_ENDED);
	EXPECT_EQ(half.end, WEFT_FRAMING_END_GAP);
	EXPECT_EQ(half.lost, 1);
}

/* Of a stream of @n messages of no bytes, in one packet. */
static u32 crowd(struct weft_framing *f, u32 n, struct weft_framing_half *half)
{
	struct weft_start_half start;
	u8 bytes[4 * 64] = { 0 };
	struct weft_walk walk;
	u32 at, calls = 0;

	ASSERT(!weft_framing_check(f));
	weft_start_init(&start, 0);
	weft_framing_init(half, f, 0, &start, &walk);
	at = weft_framing_begin(half, f, 0, 4 * n, &walk);
	while (at < 4 * n) {
		at = weft_framing_feed(half, f, &walk, at, bytes + at,
				       4 * n - at);
		calls++;
	}
	weft_framing_finish(half, f, &walk);
	return calls;
}

TEST(weft_framing__sixteen_headers_a_packet)
{
	struct weft_framing f = { .header_len = 4, .len_width = 4, .ends = 3,
				  .len_mask = U64_MAX, .most = 1 << 20 };
	struct weft_framing_half half;

	EXPECT_EQ(crowd(&f, 16, &half), 16);
	EXPECT_EQ(half.messages, 16);
	EXPECT_EQ(half.state, WEFT_FRAMING_STATE_RUNNING);
	EXPECT_EQ(crowd(&f, 17, &half), 16);
	EXPECT_EQ(half.messages, 16);
	EXPECT_EQ(half.state, WEFT_FRAMING_STATE_ENDED);
	EXPECT_EQ(half.end, WEFT_FRAMING_END_CROWDED);
	f.check_len = 1;
	f.check_offset = 3;
	f.check_mask[0] = 0xff;
	EXPECT_EQ(crowd(&f, 64, &half), 16);
	EXPECT_EQ(half.state, WEFT_FRAMING_STATE_SUSPENDED);
	EXPECT_EQ(weft_framing_lost_bytes(&half), 4 * (64 - 16));
}

/* One header of @value, 8 bytes little endian. */
static void one_header(struct weft_framing *f, u64 value,
		       struct weft_framing_half *half)
{
	struct weft_start_half start;
	struct weft_walk walk;
	u8 bytes[8];
	u32 at;

	f->header_len = 8;
	f->len_width = 8;
	f->ends = 1;
	ASSERT(!weft_framing_check(f));
	put_field(bytes, 8, f->big_endian, value);
	weft_start_init(&start, 5);
	weft_framing_init(half, f, 0, &start, &walk);
	at = weft_framing_begin(half, f, 5, 8, &walk);
	EXPECT_EQ(at, 0);
	weft_framing_feed(half, f, &walk, 0, bytes, 8);
	weft_framing_finish(half, f, &walk);
}

TEST(weft_framing__implausible)
{
	struct weft_framing f = { .len_mask = U64_MAX, .most = 1000 };
	struct weft_framing_half half;
	static const u64 wrong[] = {
		1001, 1ULL << 40, 1ULL << 41, (1ULL << 41) + 1, 1ULL << 63,
		U64_MAX, U64_MAX - 8,
	};
	unsigned int i;

	one_header(&f, 1000, &half);
	EXPECT_EQ(half.messages, 1);
	EXPECT_EQ(weft_framing_left(&half), 1000);
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		one_header(&f, wrong[i], &half);
		EXPECT_EQ(half.messages, 0);
		EXPECT_EQ(half.state, WEFT_FRAMING_STATE_ENDED);
		EXPECT_EQ(half.end, WEFT_FRAMING_END_LENGTH);
	}
	f.bias = -8;
	one_header(&f, 7, &half);
	EXPECT_EQ(half.end, WEFT_FRAMING_END_LENGTH);
	one_header(&f, 8, &half);
	EXPECT_EQ(half.messages, 1);
	f.bias = S32_MAX;
	f.most = WEFT_FRAMING_MOST;
	one_header(&f, WEFT_FRAMING_MOST - S32_MAX, &half);
	EXPECT_EQ(half.size, WEFT_FRAMING_MOST);
	f.big_endian = true;
	f.bias = 0;
	f.len_mask = 0x7fffffff;
	one_header(&f, 0x80000005, &half);
	EXPECT_EQ(half.size, 5);
}

TEST(weft_framing__another_header)
{
	struct weft_framing f = { .len_mask = U64_MAX, .most = 1000,
				  .check_len = 1, .check_offset = 7,
				  .check_value = { 1 }, .check_mask = { 0xff } };
	struct weft_framing_half half;

	one_header(&f, 5, &half);
	EXPECT_EQ(half.state, WEFT_FRAMING_STATE_ENDED);
	EXPECT_EQ(half.end, WEFT_FRAMING_END_CHECK);
	EXPECT_EQ(half.messages, 0);
}

/* A packet's message is the one that holds its first byte. */
TEST(weft_framing__left_of_the_first_bytes_message)
{
	struct weft_framing f = { .header_len = 4, .len_width = 4, .ends = 3,
				  .len_mask = U64_MAX, .most = 1 << 20 };
	u8 bytes[300] = { [0] = 100, [104] = 50 };
	struct weft_framing_half half;
	struct weft_start_half start;
	struct weft_walk walk;
	u32 at;

	ASSERT(!weft_framing_check(&f));
	weft_start_init(&start, 0);
	weft_framing_init(&half, &f, 0, &start, &walk);
	/* Two bytes of the header, then the rest and some data. */
	at = weft_framing_begin(&half, &f, 0, 2, &walk);
	at = weft_framing_feed(&half, &f, &walk, at, bytes + at, 2 - at);
	EXPECT_EQ(walk.left, 0);
	weft_framing_finish(&half, &f, &walk);
	at = weft_framing_begin(&half, &f, 2, 10, &walk);
	EXPECT_EQ(at, 0);
	weft_framing_feed(&half, &f, &walk, at, bytes + 2, 10);
	EXPECT_EQ(walk.left, 102);
	weft_framing_finish(&half, &f, &walk);
	/* From the midst of one into the next. */
	at = weft_framing_begin(&half, &f, 12, 100, &walk);
	EXPECT_EQ(walk.left, 92);
	EXPECT_EQ(at, 92);
	weft_framing_feed(&half, &f, &walk, at, bytes + 12 + at, 100 - at);
	EXPECT_EQ(walk.left, 92);
	EXPECT_EQ(walk.n, 1);
	EXPECT_EQ(walk.message[0].size, 50);
	weft_framing_finish(&half, &f, &walk);
	/* Sent again, of a message that is over. */
	weft_framing_begin(&half, &f, 12, 10, &walk);
	EXPECT_EQ(walk.left, 0);
	EXPECT_EQ(weft_framing_left(&half), 158 - 112);
}

TEST(weft_framing__sizes_of_state)
{
	EXPECT_EQ(sizeof(struct weft_start_half), 80);
	EXPECT_EQ(sizeof(struct weft_framing_half), 80);
}

TEST(weft_framing_check__refusals)
{
	struct weft_framing good = { .header_len = 8, .len_width = 4, .ends = 3,
				     .len_mask = U64_MAX, .most = 1 << 20 };
	struct weft_framing f = good;

	EXPECT(!weft_framing_check(&f));
	f.len_offset = 5;
	EXPECT(strstr(weft_framing_check(&f), "within the header"));
	f = good;
	f.header_len = 100;
	f.len_offset = 62;
	EXPECT(strstr(weft_framing_check(&f), "64 bytes"));
	f = good;
	f.len_width = 9;
	EXPECT(weft_framing_check(&f));
	f = good;
	f.most = WEFT_FRAMING_MOST + 1;
	EXPECT(weft_framing_check(&f));
	f = good;
	f.check_len = 4;
	EXPECT(strstr(weft_framing_check(&f), "zero"));
	f = good;
	f.len_mask = 0;
	EXPECT(weft_framing_check(&f));
	f = good;
	f.ends = 4;
	EXPECT(weft_framing_check(&f));
}
