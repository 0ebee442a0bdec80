// SPDX-License-Identifier: GPL-2.0
/*
 * Transfers that the owner of a TCP socket declares.
 *
 * He declares when he writes, and the bytes leave later, when TCP lets them: so
 * declarations wait, each with the sequence number that its first byte will
 * have. Where so many wait that there is no room, the newest two become one.
 */
#include <linux/minmax.h>
#include <linux/string.h>

#include "claim.h"

/**
 * weft_claims_push - a transfer is declared
 * @claims: those before it
 * @claim: it; behind all of them in the stream
 *
 * Context: Any.
 */
void weft_claims_push(struct weft_claims *claims, const struct weft_claim *claim)
{
	struct weft_claim *last;

	if (!claims->n)
		claims->running = false;
	if (claims->n < WEFT_CLAIMS) {
		claims->claim[claims->n++] = *claim;
		return;
	}
	last = &claims->claim[claims->n - 1];
	/* From the beginning of the one to the end of the other. */
	last->bytes = claim->bytes == WEFT_CLAIM_OPEN ? WEFT_CLAIM_OPEN :
		      (u64)(claim->seq - last->seq) + claim->bytes;
	last->deadline_ns = claim->deadline_ns;
}

static void weft_claims_pop(struct weft_claims *claims)
{
	claims->n--;
	claims->running = false;
	memmove(claims->claim, claims->claim + 1,
		claims->n * sizeof(claims->claim[0]));
}

/**
 * weft_claims_end - the newest transfer that was declared ends
 * @claims: what was declared
 * @seq: sequence number behind the last byte that was written
 * @sent: bytes of the current transfer that have been sent
 *
 * Context: Any.
 * Return: false where none is declared.
 */
bool weft_claims_end(struct weft_claims *claims, u32 seq, u64 sent)
{
	struct weft_claim *last;

	if (!claims->n)
		return false;
	last = &claims->claim[claims->n - 1];
	if (claims->n > 1 || !claims->running)
		sent = 0;
	/* What is written and not sent is less than 4 GiB. */
	last->bytes = sent + (u32)(seq - last->seq - (u32)sent);
	if (last->bytes)
		return true;
	/* Nothing was written. */
	if (!--claims->n)
		claims->running = false;
	return true;
}

/**
 * weft_claims_step - what has happened next in the stream?
 * @claims: what was declared; what has happened goes out
 * @seq: sequence number behind the last byte that was sent
 * @sent: bytes of the current transfer up to there
 * @step: filled where something has happened
 *
 * To be called till nothing more has: at most twice for each declaration.
 *
 * Context: Any.
 * Return: whether something has happened.
 */
bool weft_claims_step(struct weft_claims *claims, u32 seq, u64 sent,
		      struct weft_claim_step *step)
{
	const struct weft_claim *first = &claims->claim[0];
	u64 size;

	if (!claims->n)
		return false;
	if (!claims->running) {
		if ((s32)(seq - first->seq) < 0)
			return false;
		claims->running = true;
		step->begins = true;
		step->behind = seq - first->seq;
		return true;
	}
	size = first->bytes;
	/* The next one's beginning is an end, too. */
	if (claims->n > 1 && (s32)(seq - first[1].seq) >= 0)
		size = min(size, sent - min_t(u64, sent, seq - first[1].seq));
	if (sent < size)
		return false;
	step->begins = false;
	step->claim = *first;
	step->size = size;
	step->behind = sent - size;
	weft_claims_pop(claims);
	return true;
}
