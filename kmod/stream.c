// SPDX-License-Identifier: GPL-2.0
/*
 * The beginning of a stream, and the messages in it.
 *
 * Beginning: the first 64 bytes of each direction are kept as they come, with
 * a bit for each that is there, and compared as far as they are there without
 * a gap. Patterns stand in an order; the first one that matches decides, once
 * all before it are known not to. So what is found depends on the bytes only,
 * never on how they were cut into packets.
 *
 * Messages: only headers are read. The place of the next one is known from the
 * length in the one before, so most packets are not looked into at all. What
 * was sent again lies in front of that place and is passed over. A header that
 * did not pass here yet is waited for, since TCP sends it again, until the
 * stream has gone on for WEFT_FRAMING_PATIENCE; one that passed unread (in a
 * packet with more headers than are read, or behind one that came late) is
 * lost at once.
 *
 * Where the place is lost, it is found again at a packet that begins with what
 * every header has, with a believable length, if behind its message there
 * stands another such header. Only that second one counts again: a message may
 * be missed so, but none is made up by bytes that look like a header once. A
 * framing that has no such bytes ends instead.
 */
#include <linux/bitops.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#include "stream.h"

#define WEFT_WINDOW_ALL		(~0ULL)

/* Bits @from to @to - 1. */
static u64 weft_window_bits(u32 from, u32 to)
{
	u64 below = to < WEFT_STREAM_WINDOW ? (1ULL << to) - 1 : WEFT_WINDOW_ALL;

	return below & (WEFT_WINDOW_ALL << from);
}

/**
 * weft_start_init - begin to read what an end sends
 * @half: cleared
 * @base: sequence number of the stream's first byte
 *
 * Context: The caller has @half to itself.
 */
void weft_start_init(struct weft_start_half *half, u32 base)
{
	memset(half, 0, sizeof(*half));
	half->base = base;
}

/**
 * weft_start_wants - which byte of a packet is of use
 * @half: the sender's
 * @seq: sequence number of the packet's first byte
 * @len: bytes in the packet
 * @from: offset of the first one that can be asked for
 *
 * Context: The caller has @half to itself.
 * Return: offset of the first byte from @from on that has not been seen yet
 *	and lies in the window; @len or more where there is none.
 */
u32 weft_start_wants(const struct weft_start_half *half, u32 seq, u32 len,
		     u32 from)
{
	s64 place = (s64)(s32)(seq - half->base) + from;
	u64 missing;
	u32 first;

	if (place < 0) {
		from -= place;
		place = 0;
	}
	if (from >= len || place >= WEFT_STREAM_WINDOW)
		return len;
	missing = ~half->seen & (WEFT_WINDOW_ALL << place);
	if (!missing)
		return len;
	first = __ffs64(missing);
	return from + (first - (u32)place);
}

/**
 * weft_start_feed - take bytes of a packet
 * @half: the sender's
 * @seq: sequence number of the packet's first byte
 * @from: offset of @bytes in the packet, as weft_start_wants() said
 * @bytes: them
 * @n: how many, at least 1
 *
 * What has been seen before stays as it was.
 *
 * Context: The caller has @half to itself.
 * Return: offset behind what was taken.
 */
u32 weft_start_feed(struct weft_start_half *half, u32 seq, u32 from,
		    const u8 *bytes, u32 n)
{
	u32 place = seq - half->base + from, i;

	if (place >= WEFT_STREAM_WINDOW)
		return from + n;
	n = min_t(u32, n, WEFT_STREAM_WINDOW - place);
	for (i = 0; i < n; i++)
		if (!(half->seen & 1ULL << (place + i)))
			half->bytes[place + i] = bytes[i];
	half->seen |= weft_window_bits(place, place + n);
	return from + n;
}

/**
 * weft_start_passed - a packet has passed, whatever was taken of it
 * @half: the sender's
 * @seq: sequence number of the packet's first byte
 * @len: bytes in the packet
 *
 * Context: The caller has @half to itself.
 */
void weft_start_passed(struct weft_start_half *half, u32 seq, u32 len)
{
	s32 end = seq + len - half->base;

	if (end > 0 && (u32)end > half->high)
		half->high = end;
}

/**
 * weft_start_known - how much of the beginning is there
 * @half: the sender's
 *
 * Context: The caller has @half to itself.
 * Return: bytes from the stream's first one on without a gap, at most 64.
 */
u32 weft_start_known(const struct weft_start_half *half)
{
	u64 missing = ~half->seen;

	return missing ? __ffs64(missing) : WEFT_STREAM_WINDOW;
}

/* 1 matches, 0 does not, -1 that is not known yet. */
static int weft_pattern_match(const struct weft_pattern *pattern,
			      const u8 *bytes, u32 known)
{
	u32 n, i, end = pattern->offset + pattern->len;

	n = known > pattern->offset ?
		min_t(u32, known - pattern->offset, pattern->len) : 0;
	for (i = 0; i < n; i++)
		if ((bytes[pattern->offset + i] ^ pattern->value[i]) &
		    pattern->mask[i])
			return 0;
	if (known < end)
		return -1;
	return known < (u32)pattern->key_offset + pattern->key_len ? -1 : 1;
}

/**
 * weft_start_decide - what does a stream begin with
 * @half: the sender's
 * @end: which end that is: 0 the opener, 1 the acceptor
 * @patterns: in their order
 * @n: how many, at most WEFT_PATTERNS_MAX
 * @since: generation at which the flow was set up; newer patterns are not for
 *	it
 *
 * Context: The caller has @half to itself.
 * Return: the place of the pattern that decides, WEFT_START_PENDING where that
 *	is not known yet, WEFT_START_NONE where none can match any more.
 */
int weft_start_decide(const struct weft_start_half *half, unsigned int end,
		      const struct weft_pattern *patterns, unsigned int n,
		      u32 since)
{
	u32 known = weft_start_known(half);
	unsigned int i;
	int match;

	for (i = 0; i < n; i++) {
		const struct weft_pattern *pattern = &patterns[i];

		if (!(pattern->ends & 1U << end) ||
		    (s32)(since - pattern->since) < 0)
			continue;
		match = weft_pattern_match(pattern, half->bytes, known);
		if (match)
			return match > 0 ? (int)i : WEFT_START_PENDING;
	}
	return WEFT_START_NONE;
}

/**
 * weft_start_job - the job that a stream's beginning names
 * @pattern: the pattern that decided
 * @half: of the end whose stream it matched
 *
 * Context: The caller has @half to itself.
 * Return: the job's number, 0 for none: of key bytes, their 32-bit FNV-1a hash
 *	with the highest bit set, alike on every host.
 */
u32 weft_start_job(const struct weft_pattern *pattern,
		   const struct weft_start_half *half)
{
	u32 hash = 0x811c9dc5;
	unsigned int i;

	if (!pattern->key_len)
		return pattern->job;
	for (i = 0; i < pattern->key_len; i++) {
		hash ^= half->bytes[pattern->key_offset + i];
		hash *= 0x01000193;
	}
	return hash | 0x80000000U;
}

/* Sequence numbers wrap, positions don't. */
static u64 weft_position(const struct weft_framing_half *half, u32 seq)
{
	return half->high + (s64)(s32)(seq - (u32)half->high);
}

static void weft_framing_expect(struct weft_framing_half *half, u64 next)
{
	half->next = next;
	half->have = 0;
	half->len = 0;
	half->number = 0;
	half->bad = 0;
}

/* The place of the next header is not known any more. */
static void weft_framing_lose(struct weft_framing_half *half,
			      const struct weft_framing *framing,
			      enum weft_framing_end why)
{
	half->lost++;
	if (!framing->check_len) {
		weft_framing_stop(half, why);
		return;
	}
	half->state = WEFT_FRAMING_STATE_SUSPENDED;
	half->end = why;
	half->trial = 0;
	half->lost_bytes -= half->next;
}

/**
 * weft_framing_stop - look for no more messages
 * @half: the sender's
 * @why: the reason
 *
 * Context: The caller has @half to itself.
 */
void weft_framing_stop(struct weft_framing_half *half, enum weft_framing_end why)
{
	if (half->state == WEFT_FRAMING_STATE_OFF ||
	    half->state == WEFT_FRAMING_STATE_ENDED)
		return;
	half->lost_bytes = weft_framing_lost_bytes(half);
	half->state = WEFT_FRAMING_STATE_ENDED;
	half->trial = 0;
	half->end = why;
}

/**
 * weft_framing_lost_bytes - what passed while the place was lost
 * @half: the sender's
 *
 * Context: The caller has @half to itself.
 * Return: bytes of the stream.
 */
u64 weft_framing_lost_bytes(const struct weft_framing_half *half)
{
	return half->state == WEFT_FRAMING_STATE_SUSPENDED ?
		half->lost_bytes + half->high : half->lost_bytes;
}

/**
 * weft_framing_left - what of the newest message has not passed yet
 * @half: the sender's
 *
 * Context: The caller has @half to itself.
 * Return: bytes; 0 where that is not known.
 */
u64 weft_framing_left(const struct weft_framing_half *half)
{
	if (half->state != WEFT_FRAMING_STATE_RUNNING || !half->messages ||
	    half->next <= half->high)
		return 0;
	return half->next - half->high;
}

/* A packet where the place is lost: does it begin with a header? */
static u32 weft_framing_try(struct weft_framing_half *half,
			    const struct weft_framing *framing,
			    struct weft_walk *walk)
{
	u32 len = walk->end - walk->start;

	if ((s64)(walk->start - half->high) < 0 || len < framing->span)
		return len;
	weft_framing_expect(half, walk->start);
	half->trial = 1;
	return 0;
}

/* Which byte of the packet is wanted, its length where none is. */
static u32 weft_framing_wants(const struct weft_framing_half *half,
			      const struct weft_walk *walk)
{
	u64 want = half->next + half->have;

	return want < walk->end ? want - walk->start : walk->end - walk->start;
}

/**
 * weft_framing_begin - begin a packet
 * @half: the sender's
 * @framing: where lengths lie
 * @seq: sequence number of its first byte
 * @len: bytes in it
 * @walk: set up for weft_framing_feed() and weft_framing_finish()
 *
 * Context: The caller has @half to itself.
 * Return: offset of the first byte that is wanted; @len where none is.
 */
u32 weft_framing_begin(struct weft_framing_half *half,
		       const struct weft_framing *framing, u32 seq, u32 len,
		       struct weft_walk *walk)
{
	u64 want = half->next + half->have, begun;

	walk->start = weft_position(half, seq);
	walk->end = walk->start + len;
	walk->want = want;
	walk->left = 0;
	walk->at_header = false;
	walk->headers = 0;
	walk->n = 0;
	if (half->state == WEFT_FRAMING_STATE_OFF ||
	    half->state == WEFT_FRAMING_STATE_ENDED)
		return len;

	if (half->state == WEFT_FRAMING_STATE_SUSPENDED) {
		/* In search nothing is waited for: another one will do. */
		if (!half->trial || walk->start > want) {
			half->trial = 0;
			return weft_framing_try(half, framing, walk);
		}
		return weft_framing_wants(half, walk);
	}

	if (walk->start > want) {
		if (walk->start - want <= WEFT_FRAMING_PATIENCE)
			return len;
		weft_framing_lose(half, framing, WEFT_FRAMING_END_GAP);
		return half->state == WEFT_FRAMING_STATE_SUSPENDED ?
			weft_framing_try(half, framing, walk) : len;
	}
	begun = half->next - framing->header_len - half->size;
	if (half->messages && walk->start < half->next && walk->start >= begun)
		walk->left = half->next - walk->start;
	walk->at_header = walk->start >= half->next;
	return weft_framing_wants(half, walk);
}

/* A field that stands at @offset, with one more of its bytes. */
static u64 weft_field_add(u64 field, const struct weft_framing *framing,
			  unsigned int i, u8 byte)
{
	return framing->big_endian ? field << 8 | byte :
				     field | (u64)byte << (8 * i);
}

static void weft_header_add(struct weft_framing_half *half,
			    const struct weft_framing *framing, u8 byte)
{
	/* What lies in front of a field is far above its width. */
	u8 in_len = half->have - framing->len_offset;
	u8 in_id = half->have - framing->id_offset;
	u8 in_check = half->have - framing->check_offset;

	if (in_len < framing->len_width)
		half->len = weft_field_add(half->len, framing, in_len, byte);
	if (in_id < framing->id_width)
		half->number = weft_field_add(half->number, framing, in_id,
					      byte);
	if (in_check < framing->check_len &&
	    (byte ^ framing->check_value[in_check]) &
	    framing->check_mask[in_check])
		half->bad = 1;
	half->have++;
}

/*
 * Bytes of the message behind a whole header. False where that is no header,
 * then @why says in what it is wrong.
 */
static bool weft_header_size(const struct weft_framing_half *half,
			     const struct weft_framing *framing, u64 *size,
			     enum weft_framing_end *why)
{
	u64 len = half->len & framing->len_mask;

	*why = WEFT_FRAMING_END_CHECK;
	if (half->bad)
		return false;
	*why = WEFT_FRAMING_END_LENGTH;
	/* So neither side of what follows can overflow. */
	if (len > 2 * WEFT_FRAMING_MOST)
		return false;
	if ((s64)len + framing->bias < 0 ||
	    (s64)len + framing->bias > (s64)framing->most)
		return false;
	*size = len + framing->bias;
	return true;
}

/* The header at next is whole. False where the walk ends here. */
static bool weft_header_done(struct weft_framing_half *half,
			     const struct weft_framing *framing,
			     struct weft_walk *walk)
{
	u64 size, begun = half->next, id = half->number;
	enum weft_framing_end why;

	if (!weft_header_size(half, framing, &size, &why)) {
		if (half->trial)
			half->trial = 0;
		else
			weft_framing_stop(half, why);
		return false;
	}
	weft_framing_expect(half, begun + framing->header_len + size);
	if (walk->at_header) {
		walk->left = half->next - walk->start;
		walk->at_header = false;
	}
	if (half->trial == 1) {
		half->trial = 2;
		return true;
	}
	if (half->trial == 2) {
		half->lost_bytes += begun;
		half->trial = 0;
		half->state = WEFT_FRAMING_STATE_RUNNING;
		half->end = WEFT_FRAMING_END_NONE;
	}

	half->messages++;
	half->bytes += size;
	half->size = size;
	half->id = id;
	walk->message[walk->n].size = size;
	walk->message[walk->n++].id = id;
	return true;
}

/**
 * weft_framing_feed - take bytes of a packet
 * @half: the sender's
 * @framing: where lengths lie
 * @walk: the packet
 * @from: offset of @bytes in the packet, as the call before returned
 * @bytes: them
 * @n: how many, at least 1; more than is needed may be given
 *
 * Looks at no more than WEFT_FRAMING_SPAN bytes of a header and at no more than
 * WEFT_FRAMING_HEADERS headers of a packet.
 *
 * Context: The caller has @half to itself.
 * Return: offset of the next byte that is wanted, never before the end of what
 *	was looked at; the packet's length or more where none is.
 */
u32 weft_framing_feed(struct weft_framing_half *half,
		      const struct weft_framing *framing,
		      struct weft_walk *walk, u32 from, const u8 *bytes, u32 n)
{
	u32 len = walk->end - walk->start, i = 0;

	while (i < n && half->have < framing->span)
		weft_header_add(half, framing, bytes[i++]);
	if (half->have < framing->span)
		return from + i;
	if (!weft_header_done(half, framing, walk))
		return len;
	if (++walk->headers == WEFT_FRAMING_HEADERS && half->next < walk->end) {
		weft_framing_lose(half, framing, WEFT_FRAMING_END_CROWDED);
		return len;
	}
	return weft_framing_wants(half, walk);
}

/**
 * weft_framing_finish - a packet has passed
 * @half: the sender's
 * @framing: where lengths lie
 * @walk: the packet
 *
 * Context: The caller has @half to itself.
 */
void weft_framing_finish(struct weft_framing_half *half,
			 const struct weft_framing *framing,
			 const struct weft_walk *walk)
{
	u64 want = half->next + half->have;

	if ((s64)(walk->end - half->high) > 0)
		half->high = walk->end;
	/* What was missing has come, and leads to where nobody looked. */
	if (half->state == WEFT_FRAMING_STATE_RUNNING && want != walk->want &&
	    want < half->high)
		weft_framing_lose(half, framing, WEFT_FRAMING_END_GAP);
}

/**
 * weft_framing_init - begin to look for an end's messages
 * @half: its
 * @framing: where lengths lie
 * @end: which end: 0 the opener, 1 the acceptor
 * @start: the beginning of what it sent; NULL where its first byte is not
 *	known, then its messages are not looked for
 * @walk: set to what was found in @start
 *
 * Context: The caller has @half to itself.
 */
void weft_framing_init(struct weft_framing_half *half,
		       const struct weft_framing *framing, unsigned int end,
		       const struct weft_start_half *start,
		       struct weft_walk *walk)
{
	u32 known, at;

	memset(half, 0, sizeof(*half));
	walk->n = 0;
	if (!start || !(framing->ends & 1U << end))
		return;
	half->high = start->base;
	half->state = WEFT_FRAMING_STATE_RUNNING;
	weft_framing_expect(half, half->high + framing->hello[end]);

	known = weft_start_known(start);
	at = weft_framing_begin(half, framing, start->base, known, walk);
	while (at < known)
		at = weft_framing_feed(half, framing, walk, at,
				       start->bytes + at, known - at);
	weft_framing_finish(half, framing, walk);
	half->high = max_t(u64, half->high, (u64)start->base + start->high);
	/* It passed before anybody knew that this was to be looked for. */
	if (half->state == WEFT_FRAMING_STATE_RUNNING &&
	    half->next + half->have < half->high)
		weft_framing_lose(half, framing, WEFT_FRAMING_END_GAP);
}

/* Bits that do not count are zero in @value. False without any that do. */
static bool weft_mask_value(u8 *value, const u8 *mask, unsigned int len)
{
	bool any = false;
	unsigned int i;

	for (i = 0; i < len; i++) {
		value[i] &= mask[i];
		any |= mask[i];
	}
	return any;
}

/**
 * weft_pattern_check - may a pattern be used
 * @pattern: what its author gave; bits of the value that do not count are
 *	cleared
 *
 * Context: Any.
 * Return: NULL, or what is wrong with it.
 */
const char *weft_pattern_check(struct weft_pattern *pattern)
{
	if (!pattern->len || pattern->len > WEFT_STREAM_VALUE)
		return "a pattern has a value of 1 to 16 bytes";
	if (pattern->offset + pattern->len > WEFT_STREAM_WINDOW)
		return "a pattern's value must end within the first 64 bytes of the stream";
	if (!weft_mask_value(pattern->value, pattern->mask, pattern->len))
		return "a pattern whose mask is all zero would match every stream";
	if (pattern->key_offset + pattern->key_len > WEFT_STREAM_WINDOW)
		return "a pattern's key must end within the first 64 bytes of the stream";
	if (pattern->key_len > WEFT_STREAM_VALUE)
		return "a pattern's key has at most 16 bytes";
	if (!pattern->ends || pattern->ends > 3)
		return "a pattern is about the opener's stream, the acceptor's, or either";
	if (pattern->key_len && pattern->job)
		return "a job has its number or takes it from key bytes, not both";
	return NULL;
}

/**
 * weft_framing_check - may a framing be used
 * @framing: what its author gave; the span is set, and bits of the check's
 *	value that do not count are cleared
 *
 * Context: Any.
 * Return: NULL, or what is wrong with it.
 */
const char *weft_framing_check(struct weft_framing *framing)
{
	u32 span;

	if (!framing->len_width || framing->len_width > 8)
		return "a framing's length has 1 to 8 bytes";
	if (framing->id_width > 8)
		return "a framing's id has at most 8 bytes";
	if (framing->check_len > WEFT_STREAM_VALUE)
		return "a framing's check has at most 16 bytes";
	span = max3(framing->len_offset + framing->len_width,
		    framing->id_width ?
		    framing->id_offset + framing->id_width : 0,
		    framing->check_len ?
		    framing->check_offset + framing->check_len : 0);
	if (span > WEFT_FRAMING_SPAN)
		return "a framing's fields must lie within the first 64 bytes of the header";
	if (span > framing->header_len)
		return "a framing's fields must lie within the header";
	framing->span = span;
	if (!framing->len_mask)
		return "a length whose mask is zero is none";
	if (!framing->most || framing->most > WEFT_FRAMING_MOST)
		return "the longest believable message has 1 byte to 2^40 bytes";
	if (!framing->ends || framing->ends > 3)
		return "a framing is about the opener's messages, the acceptor's, or either's";
	if (framing->check_len &&
	    !weft_mask_value(framing->check_value, framing->check_mask,
			     framing->check_len))
		return "a check whose mask is all zero would find a header everywhere";
	return NULL;
}
