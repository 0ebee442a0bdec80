// SPDX-License-Identifier: GPL-2.0
/*
 * Streams under libFuzzer: the input is a framing, a pattern and packets of
 * one stream, whose bytes are made of the input too. What must hold for every
 * input stands below; the sanitizers see the rest.
 */
#include <stdarg.h>
#include <stdio.h>

#include "ktap.h"
#include "mock.h"
#include "stream.h"

#define STREAM	4096

static void check(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "violated: %s\n", what);
	abort();
}

/* mock.c reports here */
bool ktap_fail(const char *file, int line, const char *fmt, ...)
{
	check(false, fmt);
	return false;
}

struct input {
	const u8	*data;
	size_t		size;
};

static u8 take(struct input *in)
{
	if (!in->size)
		return 0;
	in->size--;
	return *in->data++;
}

static u32 take32(struct input *in)
{
	u32 word = take(in);

	word |= take(in) << 8;
	word |= take(in) << 16;
	return word | (u32)take(in) << 24;
}

static bool take_framing(struct input *in, struct weft_framing *f)
{
	u8 flags = take(in);

	memset(f, 0, sizeof(*f));
	f->header_len = take(in) + 1;
	f->len_offset = take(in) % 64;
	f->len_width = take(in) % 10;
	f->big_endian = flags & 1;
	f->ends = 1;
	f->bias = flags & 2 ? (s32)take32(in) : 0;
	f->len_mask = flags & 4 ? take32(in) : U64_MAX;
	f->most = flags & 8 ? take32(in) : WEFT_FRAMING_MOST;
	f->hello[0] = flags & 16 ? take32(in) % 65537 : 0;
	if (flags & 32) {
		f->id_offset = take(in) % 64;
		f->id_width = take(in) % 10;
	}
	if (flags & 64) {
		f->check_offset = take(in) % 64;
		f->check_len = take(in) % 18;
		if (f->check_len) {
			f->check_value[0] = take(in);
			f->check_mask[0] = take(in);
		}
	}
	return !weft_framing_check(f);
}

static void framing_packet(struct weft_framing_half *half,
			   const struct weft_framing *f, const u8 *stream,
			   u32 seq, u32 from, u32 len, u32 piece)
{
	u64 high = half->high, messages = half->messages;
	u32 at, before, n, looked = 0;
	struct weft_walk walk;
	u8 *copy;

	at = weft_framing_begin(half, f, seq, len, &walk);
	while (at < len) {
		n = min(piece, len - at);
		/* its own allocation: a byte too far is seen */
		copy = malloc(n);
		memcpy(copy, stream + from + at, n);
		before = at;
		at = weft_framing_feed(half, f, &walk, at, copy, n);
		free(copy);
		check(at > before, "goes on");
		looked++;
	}
	weft_framing_finish(half, f, &walk);
	check(walk.headers <= WEFT_FRAMING_HEADERS, "bounded headers");
	check(looked <= WEFT_FRAMING_HEADERS * WEFT_FRAMING_SPAN,
	      "bounded work");
	check(walk.n <= walk.headers, "messages have headers");
	check(half->messages == messages + walk.n, "counted once");
	check((s64)(half->high - high) >= 0, "never back");
	check(walk.left <= f->header_len + f->most, "left");
	check(weft_framing_left(half) <= f->header_len + f->most, "left now");
	check(half->have < f->span || half->state != WEFT_FRAMING_STATE_RUNNING,
	      "a whole header is done with");
	if (messages < half->messages)
		check(half->size <= f->most, "believable");
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct weft_framing_half half, other;
	struct input in = { data, size };
	struct weft_start_half start;
	struct weft_pattern pattern;
	static u8 stream[STREAM];
	struct weft_framing f;
	struct weft_walk walk;
	u32 i, base, known, piece;
	bool in_order;

	if (size < 16 || size > 4096 || !take_framing(&in, &f))
		return 0;
	base = take32(&in);
	piece = take(&in) % 32 + 1;
	in_order = take(&in) & 1;

	memset(&pattern, 0, sizeof(pattern));
	pattern.ends = 1;
	pattern.offset = take(&in) % 64;
	pattern.len = take(&in) % 18;
	pattern.value[0] = take(&in);
	pattern.mask[0] = take(&in);
	pattern.key_offset = take(&in) % 64;
	pattern.key_len = take(&in) % 18;
	if (pattern.len <= WEFT_STREAM_VALUE && weft_pattern_check(&pattern))
		pattern.len = 0;

	/* What is left is stream and packets both. */
	for (i = 0; i < STREAM; i++)
		stream[i] = in.size ? in.data[i % in.size] : 0;

	weft_start_init(&start, base);
	while (in.size && !in_order) {
		u32 from = take32(&in), len = take(&in), at = 0;
		bool near = from & 1;

		from = near ? (from >> 1) % 256 : from;
		while ((at = weft_start_wants(&start, base + from, len, at)) <
		       len) {
			check(near ? from + at < WEFT_STREAM_WINDOW : true,
			      "in the window");
			at = weft_start_feed(&start, base + from, at,
					     stream + at, min(piece, len - at));
		}
		weft_start_passed(&start, base + from, len);
		if (pattern.len && pattern.len <= WEFT_STREAM_VALUE) {
			int place = weft_start_decide(&start, 0, &pattern, 1, 0);

			check(place >= WEFT_START_NONE && place <= 0, "place");
			if (!place)
				weft_start_job(&pattern, &start);
		}
		if (take(&in) & 1)
			break;
	}
	known = weft_start_known(&start);
	check(known <= WEFT_STREAM_WINDOW, "known");

	weft_framing_init(&half, &f, 0, &start, &walk);
	if (in_order) {
		/* However it is cut, what is found is the same. */
		other = half;
		for (i = 0; i < STREAM; i += 512) {
			framing_packet(&half, &f, stream, base + i, i, 512,
				       piece);
			framing_packet(&other, &f, stream, base + i, i, 512,
				       512);
			check(!memcmp(&half, &other, sizeof(half)),
			      "pieces matter");
		}
		check(f.check_len || !half.lost ||
		      half.state == WEFT_FRAMING_STATE_ENDED,
		      "nothing to find it again by");
		return 0;
	}
	while (in.size) {
		u32 from = take32(&in), len = take(&in) | take(&in) % 4 << 8;

		if (from & 1)
			from = (from >> 1) % (STREAM - 1024);
		framing_packet(&half, &f, stream, base + from,
			       from % (STREAM - 1024), len, piece);
	}
	return 0;
}
