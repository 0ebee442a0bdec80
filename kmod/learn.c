// SPDX-License-Identifier: GPL-2.0
/*
 * Transfers out of a stream of bytes, and the size of the next one.
 *
 * Training sends the same bytes again and again, so the next transfer's size
 * can be learned where nobody declares it. Sizes that agree are trusted; a
 * transfer that grows beyond what was learned is not believed any more, and
 * what it ends as is learned like any other.
 *
 * The learned gap is the least of the last ones, and counts only while sizes
 * agree: a mean would grow with every pause of the application, until real
 * gaps were taken for pauses within one endless transfer. Where a faster rhythm
 * makes two transfers one all the same, the double size ends the trust, and
 * with it the long gap. The period is a median for the same reason.
 *
 * Bytes of several flows come in no order, some long after they were sent
 * (a flow tells what it carried when it next has a packet). So each chunk has
 * the time of its bytes, and one that is older than the current transfer is
 * added to the one that it was part of.
 */
#include <linux/bitops.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/string.h>

#include "learn.h"

/* Sums and squares of this many bits don't overflow. */
#define WEFT_LEARN_BITS		28

/**
 * weft_stream_bytes - how far a TCP stream has gone on
 * @before: bytes that it had gone on when last looked at
 * @wire: bytes on the wire up to now, headers and what was sent again included
 * @advanced: by how much its sequence number has grown, modulo 2^32
 *
 * Since the last look it has gone on by less than 2^31: a jiffy's bytes. It
 * can't have gone on by more than was sent: whoever makes up sequence numbers
 * has to send as much.
 *
 * Context: Any.
 * Return: bytes of the stream, @before or more.
 */
u64 weft_stream_bytes(u64 before, u64 wire, u32 advanced)
{
	u32 more = advanced - (u32)before;

	/* A stream doesn't go back; one that seems to has not gone on. */
	if ((s32)more <= 0 || wire <= before)
		return before;
	return min(before + more, wire);
}

/**
 * weft_burst_init - begin with a stream of which nothing is known
 * @burst: the stream's transfers
 *
 * Context: Any.
 */
void weft_burst_init(struct weft_burst *burst)
{
	memset(burst, 0, sizeof(*burst));
	burst->gap = WEFT_GAP_MIN;
}

/**
 * weft_burst_past - a transfer that is over
 * @burst: the stream's transfers
 * @i: 0 for the newest, 1 for the one before it
 *
 * Context: Any.
 * Return: the transfer, or NULL where it has been forgotten or never was.
 */
const struct weft_past *weft_burst_past(const struct weft_burst *burst, u32 i)
{
	if (i >= WEFT_LEARN_RECENT || i >= burst->closed)
		return NULL;
	return &burst->recent[(burst->newest + WEFT_LEARN_RECENT - i) %
			      WEFT_LEARN_RECENT];
}

/* Mean and variation of the last sizes, scaled so that squares fit. */
static void weft_learn_sizes(struct weft_burst *burst, u32 n)
{
	u64 size[WEFT_LEARN_SIZES], sum = 0, mean, squares = 0, most = 0;
	struct weft_learned *learned = &burst->learned;
	u32 i, shift;

	for (i = 0; i < n; i++) {
		size[i] = weft_burst_past(burst, i)->bytes;
		most = max(most, size[i]);
	}
	shift = max(fls64(most), WEFT_LEARN_BITS) - WEFT_LEARN_BITS;
	for (i = 0; i < n; i++)
		sum += size[i] >> shift;
	mean = div_u64(sum, n);
	for (i = 0; i < n; i++) {
		u64 x = size[i] >> shift, apart = x > mean ? x - mean : mean - x;

		squares += apart * apart;
	}
	/* The exact one, of sizes that anybody can send. */
	for (i = 0, sum = 0; i < n; i++)
		sum += min(size[i], U64_MAX / WEFT_LEARN_SIZES);
	learned->bytes = div_u64(sum, n);
	learned->variation = mean ?
		div64_u64(1000ULL * int_sqrt64(div_u64(squares, n)), mean) : 0;
	learned->trusted = n == WEFT_LEARN_SIZES && mean &&
			   learned->variation < WEFT_LEARN_TRUST;
}

static u64 weft_learn_median(u64 *value, u32 n)
{
	u32 i, j;

	for (i = 1; i < n; i++)
		for (j = i; j && value[j - 1] > value[j]; j--)
			swap(value[j - 1], value[j]);
	return n % 2 ? value[n / 2] :
		       value[n / 2 - 1] + (value[n / 2] - value[n / 2 - 1]) / 2;
}

static void weft_learn_times(struct weft_burst *burst, u32 n)
{
	u64 period[WEFT_LEARN_RECENT - 1], end, gap, least = U64_MAX;
	const struct weft_past *past, *before;
	u32 i;

	burst->learned.period = 0;
	burst->learned.gap = 0;
	if (n < 2)
		return;
	for (i = 0; i + 1 < n; i++) {
		past = weft_burst_past(burst, i);
		before = weft_burst_past(burst, i + 1);
		period[i] = past->start - before->start;
		end = before->start + before->length;
		gap = past->start > end ? past->start - end : 0;
		least = min(least, gap);
	}
	burst->learned.period = weft_learn_median(period, n - 1);
	burst->learned.gap = least;
}

/* Has the current one more than what was learned, by so much? */
static bool weft_burst_exceeds(const struct weft_burst *burst)
{
	u64 bytes = burst->learned.bytes;

	return burst->bytes > bytes + div_u64(bytes, 10) * 3;
}

static void weft_burst_set_gap(struct weft_burst *burst)
{
	u64 gap = WEFT_GAP_MIN;

	if (burst->learned.trusted && !weft_burst_exceeds(burst))
		gap = clamp_t(u64, burst->learned.gap / 2, WEFT_GAP_MIN,
			      S32_MAX);
	WRITE_ONCE(burst->gap, gap);
}

static void weft_burst_learn(struct weft_burst *burst)
{
	u32 n = min_t(u64, burst->closed, WEFT_LEARN_RECENT);

	if (!n)
		return;
	weft_learn_sizes(burst, min_t(u32, n, WEFT_LEARN_SIZES));
	weft_learn_times(burst, n);
	weft_burst_set_gap(burst);
}

static void weft_burst_close(struct weft_burst *burst)
{
	struct weft_past *past;

	burst->newest = (burst->newest + 1) % WEFT_LEARN_RECENT;
	past = &burst->recent[burst->newest];
	past->start = burst->start;
	past->bytes = burst->bytes;
	past->length = min_t(u64, burst->last - burst->start, U32_MAX);
	past->flows = burst->flows;
	burst->closed++;
	burst->last_service = burst->service;
	memset(&burst->service, 0, sizeof(burst->service));
	burst->bytes = 0;
	burst->flows = 0;
	burst->announced = 0;
	weft_burst_learn(burst);
}

static void weft_burst_open(struct weft_burst *burst, u64 at)
{
	burst->begun = true;
	burst->start = at;
	burst->last = at;
}

/*
 * Is it the current transfer's first byte, from a CPU that was late to say so?
 * Then it lies just before what was taken for the first one.
 */
static bool weft_burst_begins(const struct weft_burst *burst,
			      const struct weft_chunk *chunk)
{
	const struct weft_past *past = weft_burst_past(burst, 0);

	return burst->start - chunk->at < burst->gap &&
	       (!past || chunk->at >= past->start + past->length + burst->gap);
}

/* Bytes from before the current transfer: of the one that began last then. */
static void weft_burst_add_late(struct weft_burst *burst,
				const struct weft_chunk *chunk)
{
	const struct weft_past *past;
	struct weft_past *found;
	u32 i;

	for (i = 0; (past = weft_burst_past(burst, i)); i++)
		if (past->start <= chunk->at)
			break;
	if (!past) {
		burst->stray += chunk->bytes;
		return;
	}
	found = (struct weft_past *)past;
	found->bytes += chunk->bytes;
	if (chunk->at - found->start > found->length)
		found->length = min_t(u64, chunk->at - found->start, U32_MAX);
	weft_burst_learn(burst);
}

/**
 * weft_burst_silent - would a byte at this time begin another transfer
 * @burst: the stream's transfers
 * @now: the tick
 *
 * Context: Any.
 * Return: true if it would, and where there is none to go on with.
 */
bool weft_burst_silent(const struct weft_burst *burst, u64 now)
{
	return !burst->begun ||
	       (now > burst->last && now - burst->last >= burst->gap);
}

/**
 * weft_burst_add - bytes have gone by
 * @burst: the stream's transfers
 * @chunk: the bytes; chunks may come in any order
 *
 * Context: Any. Bounded: as long whatever has gone by before.
 * Return: true if they begin another transfer, and the one before is over.
 */
bool weft_burst_add(struct weft_burst *burst, const struct weft_chunk *chunk)
{
	bool closed = false;

	if (burst->begun && chunk->at < burst->start) {
		if (!weft_burst_begins(burst, chunk)) {
			weft_burst_add_late(burst, chunk);
			return false;
		}
		burst->start = chunk->at;
	}
	if (weft_burst_silent(burst, chunk->at) &&
	    !(burst->begun && chunk->bridged)) {
		if (burst->begun) {
			weft_burst_close(burst);
			closed = true;
		}
		weft_burst_open(burst, chunk->at);
	}
	burst->last = max(burst->last, chunk->at);
	burst->bytes += chunk->bytes;
	burst->flows += chunk->joins;
	if (chunk->bytes)
		weft_burst_set_gap(burst);
	return closed;
}

/**
 * weft_burst_served - how a flow's part of a transfer was carried
 * @burst: the stream's transfers
 * @at: tick of the part's last byte
 * @service: how
 *
 * A flow knows when its own part is over, which often is when the next transfer
 * has begun. Of those before that no account is kept.
 *
 * Context: Any.
 */
void weft_burst_served(struct weft_burst *burst, u64 at,
		       const struct weft_service *service)
{
	const struct weft_past *past = weft_burst_past(burst, 0);

	if (burst->begun && at >= burst->start)
		weft_service_add(&burst->service, service);
	else if (past && at >= past->start)
		weft_service_add(&burst->last_service, service);
}

/**
 * weft_burst_announce - somebody knows the size of what is about to be sent
 * @burst: the stream's transfers
 * @now: the tick
 * @bytes: of one message; those of a transfer add up
 *
 * Context: Any.
 */
void weft_burst_announce(struct weft_burst *burst, u64 now, u64 bytes)
{
	const struct weft_chunk begin = { .at = now };

	weft_burst_add(burst, &begin);
	if (check_add_overflow(burst->announced, bytes, &burst->announced))
		burst->announced = U64_MAX;
}

/**
 * weft_burst_expected - how many bytes the current transfer will have
 * @burst: the stream's transfers
 *
 * Context: Any.
 * Return: what was announced, else what was learned and is trusted, else 0.
 */
u64 weft_burst_expected(const struct weft_burst *burst)
{
	if (burst->announced)
		return burst->announced;
	if (!burst->learned.trusted || weft_burst_exceeds(burst))
		return 0;
	return burst->learned.bytes;
}
