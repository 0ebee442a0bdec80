/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the owner of a TCP socket says of its transfers: where each begins in
 * the stream, and how long it is. Arithmetic on sequence numbers only; builds on
 * the host. The caller serialises all calls on one object.
 */
#ifndef _WEFT_CLAIM_H
#define _WEFT_CLAIM_H

#include <linux/bits.h>
#include <linux/types.h>

#define WEFT_CLAIMS	8	/* transfers that can wait for their bytes */

/* For @bytes: only its end, or the next one's beginning, will tell. */
#define WEFT_CLAIM_OPEN	GENMASK_ULL(47, 0)

/**
 * struct weft_claim - a transfer, as its owner sees it
 * @bytes: how long it is, below WEFT_CLAIM_OPEN; or that
 * @deadline_ns: CLOCK_MONOTONIC when its last byte is needed, 0 for no matter
 * @seq: sequence number of its first byte
 */
struct weft_claim {
	u64	bytes;
	u64	deadline_ns;
	u32	seq;
};

/**
 * struct weft_claims - transfers of a stream, in its order
 * @n: how many
 * @running: all that comes before the first of them has been sent
 * @claim: the transfers
 */
struct weft_claims {
	u8			n;
	bool			running;
	struct weft_claim	claim[WEFT_CLAIMS];
};

/**
 * struct weft_claim_step - where a transfer began or ended in what was sent
 * @begins: the first claim's transfer did; else it ended
 * @claim: the one that ended
 * @size: its bytes
 * @behind: bytes that have been sent since
 */
struct weft_claim_step {
	bool			begins;
	struct weft_claim	claim;
	u64			size;
	u32			behind;
};

void weft_claims_push(struct weft_claims *claims, const struct weft_claim *claim);
bool weft_claims_end(struct weft_claims *claims, u32 seq, u64 sent);
bool weft_claims_step(struct weft_claims *claims, u32 seq, u64 sent,
		      struct weft_claim_step *step);

/* What is said of the current transfer, NULL for nothing. */
static inline const struct weft_claim *
weft_claims_current(const struct weft_claims *claims)
{
	return claims->n && claims->running ? &claims->claim[0] : NULL;
}

#endif /* _WEFT_CLAIM_H */
