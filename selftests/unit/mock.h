/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel as the tested files see it, from the side of the test: memory
 * that can run out and must come back, a clock that stands still, packets.
 */
#ifndef _MOCK_H
#define _MOCK_H

#include <shim/kernel.h>
#include <shim/net.h>

/*
 * Memory: bit n makes the n-th allocation from now on fail (bit 0: the next).
 * What is allocated and not freed when the test ends is a failure.
 */
extern u64 mock_alloc_fail;
extern unsigned int mock_allocs;	/* that succeeded so far */
unsigned int mock_alloc_live(void);

/* From now on this many WARN_ON may fire; how many of them have. */
void mock_expect_splats(unsigned int n);
unsigned int mock_splats(void);

/* Grace periods end here, and at the end of the test. */
void mock_rcu_settle(void);

/* The clock: ktime_get_ns(), ktime_get(), jiffies (HZ is 250). */
void mock_clock_set(u64 ns);
void mock_clock_add(u64 ns);

/* Numbers that look random and are the same in each run. */
u32 mock_random(void);
u32 mock_random_below(u32 n);

/*
 * A packet of @len bytes, of which the first @linear lie in the head and the
 * rest in frags of at most @frag bytes. Each piece is its own allocation of
 * exactly its size, so that the address sanitizer sees a byte read too far.
 */
struct sk_buff *mock_skb(const void *bytes, unsigned int len,
			 unsigned int linear, unsigned int frag);
void mock_skb_free(struct sk_buff *skb);

/* Called by the framework around each test. */
void mock_begin(void);
void mock_end(void);

#endif /* _MOCK_H */
