// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "ktap.h"
#include "mock.h"

/* Memory. Every live allocation is in a table, with the place in its order. */

#define MOCK_ALLOCS	65536

u64 mock_alloc_fail;
unsigned int mock_allocs;

static struct {
	void *p;
	unsigned int nr;
} live[MOCK_ALLOCS];
static unsigned int n_live;

void *shim_alloc(size_t n, size_t size, bool zero)
{
	bool fail = mock_alloc_fail & 1;
	void *p;

	mock_alloc_fail >>= 1;
	if (fail || (n && size > SIZE_MAX / n) || n_live == MOCK_ALLOCS)
		return NULL;
	p = malloc(n * size ?: 1);
	if (!p)
		abort();
	/* what nobody set has no useful value */
	memset(p, zero ? 0 : 0xa5, n * size);
	live[n_live].p = p;
	live[n_live++].nr = ++mock_allocs;
	return p;
}

void shim_free(const void *p)
{
	unsigned int i;

	if (!p)
		return;
	/* what was allocated last tends to go first */
	for (i = n_live; i--; ) {
		if (live[i].p != p)
			continue;
		live[i] = live[--n_live];
		free((void *)p);
		return;
	}
	ktap_fail(__FILE__, __LINE__, "freed what is not allocated: %p", p);
	abort();
}

unsigned int mock_alloc_live(void)
{
	return n_live;
}

void *kmemdup(const void *p, size_t len, gfp_t gfp)
{
	void *q = kmalloc(len, gfp);

	return q ? memcpy(q, p, len) : NULL;
}

/* RCU: what is to be freed or called waits for the end of a grace period. */

int shim_locks_held;
int shim_rcu_depth;

static struct {
	void *p;
	void (*func)(struct rcu_head *head);
} waiting[MOCK_ALLOCS];
static unsigned int n_waiting;

static void wait_for(void *p, void (*func)(struct rcu_head *))
{
	if (n_waiting == MOCK_ALLOCS)
		abort();
	waiting[n_waiting].p = p;
	waiting[n_waiting++].func = func;
}

void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head))
{
	wait_for(head, func);
}

void shim_kfree_rcu(void *p)
{
	if (p)
		wait_for(p, NULL);
}

void mock_rcu_settle(void)
{
	unsigned int i;

	for (i = 0; i < n_waiting; i++) {
		if (waiting[i].func)
			waiting[i].func(waiting[i].p);
		else
			shim_free(waiting[i].p);
	}
	n_waiting = 0;
}

void synchronize_rcu(void)
{
	WARN_ON(shim_rcu_depth);
	mock_rcu_settle();
}

/* Splats. */

static unsigned int splats_allowed, splats;

void mock_expect_splats(unsigned int n)
{
	splats_allowed = n;
	splats = 0;
}

unsigned int mock_splats(void)
{
	return splats;
}

void shim_splat(const char *file, int line, const char *what)
{
	if (splats++ < splats_allowed)
		return;
	ktap_fail(file, line, "%s", what);
}

/* Time. */

u64 shim_clock_ns;
unsigned long jiffies;

void mock_clock_set(u64 ns)
{
	shim_clock_ns = ns;
	jiffies = ns / (NSEC_PER_SEC / HZ);
}

void mock_clock_add(u64 ns)
{
	mock_clock_set(shim_clock_ns + ns);
}

/* Random numbers: xorshift. */

static u64 random_state;

u32 mock_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state >> 32;
}

u32 mock_random_below(u32 n)
{
	return reciprocal_scale(mock_random(), n);
}

void get_random_bytes(void *buf, size_t len)
{
	u8 *p = buf;

	while (len--)
		*p++ = mock_random();
}

ssize_t strscpy(char *dst, const char *src, size_t size)
{
	size_t len = strnlen(src, size);

	if (!size)
		return -E2BIG;
	if (len == size) {
		memcpy(dst, src, size - 1);
		dst[size - 1] = 0;
		return -E2BIG;
	}
	memcpy(dst, src, len + 1);
	return len;
}

/* Packets. */

unsigned int shim_skb_reads;

static void *piece(const void *bytes, unsigned int len)
{
	void *p = malloc(len ?: 1);

	if (!p)
		abort();
	memcpy(p, bytes, len);
	return p;
}

struct sk_buff *mock_skb(const void *bytes, unsigned int len,
			 unsigned int linear, unsigned int frag)
{
	struct sk_buff *skb = calloc(1, sizeof(*skb));
	unsigned int at, n;

	if (!skb)
		abort();
	linear = min(linear, len);
	skb->len = len;
	skb->data_len = len - linear;
	skb->head = piece(bytes, linear);
	skb->data = skb->head;
	for (at = linear; at < len; at += n) {
		unsigned int i = skb->shinfo.nr_frags++;

		if (i == SHIM_MAX_FRAGS)
			abort();
		n = min(frag ?: len, len - at);
		skb->frags[i].bytes = piece((const u8 *)bytes + at, n);
		skb->frags[i].len = n;
	}
	return skb;
}

void mock_skb_free(struct sk_buff *skb)
{
	unsigned int i;

	for (i = 0; i < skb->shinfo.nr_frags; i++)
		free(skb->frags[i].bytes);
	free(skb->head);
	free(skb);
}

int skb_copy_bits(const struct sk_buff *skb, int offset, void *to, int len)
{
	unsigned int at = skb_headlen(skb), i;
	u8 *dst = to;

	if (offset < 0 || len < 0 || (s64)offset + len > skb->len)
		return -EFAULT;
	for (; len && offset < (int)at; len--)
		*dst++ = skb->data[offset++];
	for (i = 0; len && i < skb->shinfo.nr_frags; i++) {
		unsigned int size = skb->frags[i].len;

		for (; len && offset < (int)(at + size); len--)
			*dst++ = skb->frags[i].bytes[offset++ - at];
		at += size;
	}
	return len ? -EFAULT : 0;
}

/* Around each test. */

void mock_begin(void)
{
	mock_alloc_fail = 0;
	random_state = 0x9e3779b97f4a7c15ULL;
	mock_clock_set(100 * (u64)NSEC_PER_SEC);
}

void mock_end(void)
{
	unsigned int i;

	if (shim_rcu_depth)
		ktap_fail(__FILE__, __LINE__, "RCU read-side depth is %d",
			  shim_rcu_depth);
	if (shim_locks_held)
		ktap_fail(__FILE__, __LINE__, "%d locks still held",
			  shim_locks_held);
	mock_rcu_settle();
	for (i = 0; i < n_live && i < 5; i++)
		ktap_fail(__FILE__, __LINE__, "allocation %u of %u leaked",
			  live[i].nr, mock_allocs);
}
