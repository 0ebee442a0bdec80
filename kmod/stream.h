/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the bytes of a TCP stream say: what it begins with, and where its
 * messages lie. Knows no application and no packet, only positions and bytes;
 * builds on the host for unit tests, fuzzing and "weft profile check".
 *
 * Bytes come as they do in packets: pieces of any size, again, overlapping,
 * out of order. Each packet is one forward walk: who has the bytes is told
 * which one is wanted next, and gives what lies there in one piece.
 */
#ifndef _WEFT_STREAM_H
#define _WEFT_STREAM_H

#include <linux/bits.h>
#include <linux/types.h>
#include <linux/weft.h>

#define WEFT_STREAM_WINDOW	64	/* bytes that patterns can look at */
#define WEFT_STREAM_VALUE	16	/* bytes of one pattern */
#define WEFT_PATTERNS_MAX	64
#define WEFT_PATTERN_PRIORITY	5000	/* between users' and shipped rules */

#define WEFT_FRAMING_SPAN	64	/* bytes of a header that hold its fields */
#define WEFT_FRAMING_HEADERS	16	/* read in one packet */
#define WEFT_FRAMING_MOST	BIT_ULL(40)
/*
 * So far behind the newest byte, a header that has not been seen can still
 * come: lost on the way to here, it is sent again.
 */
#define WEFT_FRAMING_PATIENCE	(4U << 20)

/**
 * struct weft_pattern - what a stream of a kind begins with
 * @value: bytes at @offset; zero where @mask is
 * @mask: their bits that count
 * @offset: from the stream's first byte
 * @len: of @value
 * @ends: whose stream: bit 0 the opener's, bit 1 the acceptor's
 * @key_offset: of the bytes that make the job's number
 * @key_len: how many, 0 for none
 * @class: class number, 0 leaves it open
 * @framing: place of its framing plus one, 0 without
 * @priority: as of rules; patterns are kept in this order
 * @job: job number, 0 leaves it open
 * @since: generation that brought it
 *
 * Constant once packets can see it.
 */
struct weft_pattern {
	u8	value[WEFT_STREAM_VALUE];
	u8	mask[WEFT_STREAM_VALUE];
	u8	offset;
	u8	len;
	u8	ends;
	u8	key_offset;
	u8	key_len;
	u8	class;
	u8	framing;
	u32	priority;
	u32	job;
	u32	since;
};

/**
 * struct weft_framing - where messages' lengths lie
 * @header_len: bytes of a header, at least 1
 * @span: those of its bytes that are looked at
 * @len_offset: of the length
 * @len_width: bytes of it, 1 to 8
 * @id_offset: of the message's number
 * @id_width: bytes of it, 0 without
 * @check_offset: of what every header has
 * @check_len: bytes of it, 0 without
 * @big_endian: byte order of length and number
 * @ends: whose messages, as of a pattern
 * @bias: is added to the length
 * @hello: bytes in front of the first header, by end: opener, acceptor
 * @len_mask: bits of the length that count
 * @most: longest believable message, at most WEFT_FRAMING_MOST
 * @check_value: what every header has; zero where @check_mask is
 * @check_mask: bits of it that count
 *
 * Constant once packets can see it.
 */
struct weft_framing {
	u16	header_len;
	u8	span;
	u8	len_offset;
	u8	len_width;
	u8	id_offset;
	u8	id_width;
	u8	check_offset;
	u8	check_len;
	bool	big_endian;
	u8	ends;
	s32	bias;
	u32	hello[2];
	u64	len_mask;
	u64	most;
	u8	check_value[WEFT_STREAM_VALUE];
	u8	check_mask[WEFT_STREAM_VALUE];
};

/**
 * struct weft_start_half - the beginning of what one end sent
 * @bytes: what of it has been seen
 * @seen: which ones, by bit
 * @base: sequence number of the first byte
 * @high: bytes from there to behind the newest one seen
 */
struct weft_start_half {
	u8	bytes[WEFT_STREAM_WINDOW];
	u64	seen;
	u32	base;
	u32	high;
};

/**
 * struct weft_framing_half - the messages that one end sends
 * @messages: whose header was read
 * @bytes: of these, headers excluded
 * @size: bytes of the newest one
 * @id: its number
 * @next: where the next header begins. Positions are sequence numbers,
 *	continued above 32 bits
 * @high: behind the newest byte seen
 * @lost_bytes: that passed while the place was lost; while it is, less @next
 *	at the loss, so that adding the place where it is found is all
 * @len: length in the header at @next, as far as read
 * @number: message number in it, likewise
 * @lost: times that the place was lost
 * @have: bytes of the header at @next that have been read
 * @state: enum weft_framing_state
 * @end: enum weft_framing_end
 * @trial: suspended: 0 looks for a header, 1 reads one that may be, 2 expects
 *	the one behind that
 * @bad: the header at @next lacks what every one has
 *
 * All zero is WEFT_FRAMING_STATE_OFF.
 */
struct weft_framing_half {
	u64	messages;
	u64	bytes;
	u64	size;
	u64	id;
	u64	next;
	u64	high;
	u64	lost_bytes;
	u64	len;
	u64	number;
	u32	lost;
	u8	have;
	u8	state:2;
	u8	trial:2;
	u8	bad:1;
	u8	end;
};

/**
 * struct weft_message - a message that begins
 * @size: its bytes, header excluded
 * @id: its number, 0 where the framing has none
 */
struct weft_message {
	u64	size;
	u64	id;
};

/**
 * struct weft_walk - one packet while its headers are read
 * @start: position of its first byte
 * @end: behind its last one
 * @want: byte that was wanted next before it
 * @left: bytes from its first one to the end of the message that holds that,
 *	0 where that is not known
 * @at_header: the first byte is one of the header at next
 * @headers: that were read
 * @n: length of @message
 * @message: those whose header ends in this packet
 */
struct weft_walk {
	u64			start;
	u64			end;
	u64			want;
	u64			left;
	bool			at_header;
	u8			headers;
	u8			n;
	struct weft_message	message[WEFT_FRAMING_HEADERS];
};

/* What weft_start_decide() returns besides a pattern's place. */
#define WEFT_START_PENDING	(-1)
#define WEFT_START_NONE		(-2)

void weft_start_init(struct weft_start_half *half, u32 base);
u32 weft_start_wants(const struct weft_start_half *half, u32 seq, u32 len,
		     u32 from);
u32 weft_start_feed(struct weft_start_half *half, u32 seq, u32 from,
		    const u8 *bytes, u32 n);
void weft_start_passed(struct weft_start_half *half, u32 seq, u32 len);
u32 weft_start_known(const struct weft_start_half *half);
int weft_start_decide(const struct weft_start_half *half, unsigned int end,
		      const struct weft_pattern *patterns, unsigned int n,
		      u32 since);
u32 weft_start_job(const struct weft_pattern *pattern,
		   const struct weft_start_half *half);

void weft_framing_init(struct weft_framing_half *half,
		       const struct weft_framing *framing, unsigned int end,
		       const struct weft_start_half *start,
		       struct weft_walk *walk);
u32 weft_framing_begin(struct weft_framing_half *half,
		       const struct weft_framing *framing, u32 seq, u32 len,
		       struct weft_walk *walk);
u32 weft_framing_feed(struct weft_framing_half *half,
		      const struct weft_framing *framing,
		      struct weft_walk *walk, u32 from, const u8 *bytes, u32 n);
void weft_framing_finish(struct weft_framing_half *half,
			 const struct weft_framing *framing,
			 const struct weft_walk *walk);
void weft_framing_stop(struct weft_framing_half *half,
		       enum weft_framing_end why);
u64 weft_framing_lost_bytes(const struct weft_framing_half *half);
u64 weft_framing_left(const struct weft_framing_half *half);

const char *weft_pattern_check(struct weft_pattern *pattern);
const char *weft_framing_check(struct weft_framing *framing);

#endif /* _WEFT_STREAM_H */
