/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What of the kernel's basic headers the tested files use: types, annotations,
 * checks, arithmetic, bits, memory, time, random numbers.
 */
#ifndef _SHIM_KERNEL_H
#define _SHIM_KERNEL_H

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
/* of the host's own copy of the kernel's user headers */
#include </usr/include/linux/stddef.h>
#include </usr/include/linux/types.h>
#include <asm/byteorder.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s8 s8;
typedef __s16 s16;
typedef __s32 s32;
typedef __s64 s64;
typedef unsigned int gfp_t;
typedef s64 ktime_t;
#ifndef __aligned_u64
#define __aligned_u64	__u64 __attribute__((aligned(8)))
#endif

/* Annotations for other checkers. */
#define __rcu
#define __percpu
#define __user
#define __must_check		__attribute__((warn_unused_result))
#define __read_mostly
#define __ro_after_init
#define __init
#define __exit
#define __maybe_unused		__attribute__((unused))
#define __always_unused		__attribute__((unused))
#define __packed		__attribute__((packed))
#define __aligned(n)		__attribute__((aligned(n)))
#undef __always_inline
#define __always_inline		inline __attribute__((always_inline))
#define noinline		__attribute__((noinline))
#define __pure			__attribute__((pure))
#define __cold			__attribute__((cold))
#define __printf(a, b)		__attribute__((format(printf, a, b)))
#define fallthrough		__attribute__((fallthrough))
#ifndef __force
#define __force
#endif
#define __acquires(x)
#define __releases(x)
#define __must_hold(x)
#define EXPORT_SYMBOL_GPL(x)
#define SMP_CACHE_BYTES		64
#define L1_CACHE_BYTES		64
#define ____cacheline_aligned	__attribute__((aligned(64)))
#define ____cacheline_aligned_in_smp __attribute__((aligned(64)))
#define __cacheline_group_begin(x)
#define __cacheline_group_end(x)
#define PAGE_SIZE		4096UL
#define PAGE_SHIFT		12

#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)
#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)	(*(volatile __typeof__(x) *)&(x) = (v))
#define barrier()		__asm__ volatile("" ::: "memory")
#define smp_mb()		__atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_rmb()		smp_mb()
#define smp_wmb()		smp_mb()
#define smp_store_release(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)
#define smp_load_acquire(p)	__atomic_load_n(p, __ATOMIC_ACQUIRE)
#define prefetch(p)		__builtin_prefetch(p)
#define prefetchw(p)		__builtin_prefetch(p, 1)
#define cond_resched()		((void)0)
#define might_sleep()		((void)0)

/* Checks: what splats there, fails here. */
void shim_splat(const char *file, int line, const char *what);
#define WARN_ON(c)							\
	({								\
		bool _warn = (c);					\
									\
		if (_warn)						\
			shim_splat(__FILE__, __LINE__, "WARN_ON(" #c ")");	\
		_warn;							\
	})
#define WARN_ON_ONCE(c)		WARN_ON(c)
#define WARN_ONCE(c, ...)	WARN_ON(c)
#define WARN(c, ...)		WARN_ON(c)
#define DEBUG_NET_WARN_ON_ONCE(c) ((void)WARN_ON(c))
#define BUG_ON(c)		((void)WARN_ON(c))
#define BUG()			BUG_ON(1)
#define BUILD_BUG_ON(c)		_Static_assert(!(c), #c)
#define BUILD_BUG_ON_MSG(c, m)	_Static_assert(!(c), m)
#define BUILD_BUG_ON_ZERO(c)	((int)sizeof(struct { int : -!!(c); }))
#ifndef static_assert
#define static_assert(c, ...)	_Static_assert(c, #c)
#endif
#define lockdep_assert_held(l)	((void)WARN_ON(!(l)->held))

#define U8_MAX			UINT8_MAX
#define U16_MAX			UINT16_MAX
#define U32_MAX			UINT32_MAX
#define U64_MAX			((u64)~0ULL)
#define S32_MAX			INT32_MAX
#define S64_MAX			((s64)(U64_MAX >> 1))
#define S64_MIN			(-S64_MAX - 1)
#define KMALLOC_MAX_SIZE	(1UL << 22)

#ifndef offsetof
#define offsetof(t, m)		__builtin_offsetof(t, m)
#endif
#define offsetofend(t, m)	(offsetof(t, m) + sizeof(((t *)0)->m))
#define sizeof_field(t, m)	sizeof(((t *)0)->m)
#define container_of(p, t, m)						\
	((t *)((char *)(1 ? (p) : &((t *)0)->m) - offsetof(t, m)))
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define struct_size(p, m, n)	(sizeof(*(p)) + (size_t)(n) * sizeof(*(p)->m))
#define flex_array_size(p, m, n) ((size_t)(n) * sizeof(*(p)->m))
#define array_size(a, b)	((size_t)(a) * (size_t)(b))
#define check_add_overflow(a, b, d) __builtin_add_overflow(a, b, d)
#define check_sub_overflow(a, b, d) __builtin_sub_overflow(a, b, d)
#define check_mul_overflow(a, b, d) __builtin_mul_overflow(a, b, d)
#define swap(a, b)							\
	do {								\
		__typeof__(a) _s = (a);					\
									\
		(a) = (b);						\
		(b) = _s;						\
	} while (0)

#define min(a, b)							\
	({								\
		__typeof__(a) _x = (a);					\
		__typeof__(b) _y = (b);					\
									\
		_x < _y ? _x : _y;					\
	})
#define max(a, b)							\
	({								\
		__typeof__(a) _x = (a);					\
		__typeof__(b) _y = (b);					\
									\
		_x > _y ? _x : _y;					\
	})
#define min_t(t, a, b)		min((t)(a), (t)(b))
#define max_t(t, a, b)		max((t)(a), (t)(b))
#define min3(a, b, c)		min(min(a, b), c)
#define max3(a, b, c)		max(max(a, b), c)
#define clamp(v, lo, hi)	min(max(v, lo), hi)
#define clamp_t(t, v, lo, hi)	min_t(t, max_t(t, v, lo), hi)
#define clamp_val(v, lo, hi)	clamp_t(__typeof__(v), v, lo, hi)
#define abs(x)							\
	({								\
		__typeof__(x) _v = (x);					\
									\
		_v < 0 ? -_v : _v;					\
	})

/* Arithmetic. */
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define DIV_ROUND_UP_ULL(n, d)	DIV_ROUND_UP((unsigned long long)(n), (d))
#define DIV64_U64_ROUND_UP(n, d) DIV_ROUND_UP((u64)(n), (u64)(d))
#define DIV_ROUND_CLOSEST(n, d)	(((n) + (d) / 2) / (d))
#define ALIGN(x, a)		(((x) + (a) - 1) & ~((__typeof__(x))(a) - 1))
#define round_up(x, a)		ALIGN(x, a)
#define round_down(x, a)	((x) & ~((__typeof__(x))(a) - 1))
#define roundup(x, y)		(DIV_ROUND_UP(x, y) * (y))
#define do_div(n, base)							\
	({								\
		u32 _base = (base), _rem = (n) % _base;			\
									\
		(n) /= _base;						\
		_rem;							\
	})
static inline u64 div64_u64(u64 n, u64 d) { return n / d; }
static inline s64 div64_s64(s64 n, s64 d) { return n / d; }
static inline u64 div_u64(u64 n, u32 d) { return n / d; }
static inline s64 div_s64(s64 n, s32 d) { return n / d; }
static inline u64 mul_u64_u64_div_u64(u64 a, u64 b, u64 d)
{
	return (u64)((unsigned __int128)a * b / d);
}

static inline u64 mul_u64_u32_div(u64 a, u32 b, u32 d)
{
	return (u64)((unsigned __int128)a * b / d);
}

static inline u64 mul_u64_u32_shr(u64 a, u32 b, unsigned int s)
{
	return (u64)(((unsigned __int128)a * b) >> s);
}

static inline u64 mul_u64_u64_shr(u64 a, u64 b, unsigned int s)
{
	return (u64)(((unsigned __int128)a * b) >> s);
}

static inline u64 mul_u32_u32(u32 a, u32 b) { return (u64)a * b; }
static inline unsigned long int_sqrt(unsigned long x)
{
	unsigned long r = 0, bit;

	for (bit = 1UL << 31; bit; bit >>= 1)
		if ((r | bit) * (r | bit) <= x)
			r |= bit;
	return r;
}
#define int_sqrt64(x)		((u32)int_sqrt(x))
static inline u32 reciprocal_scale(u32 v, u32 n)
{
	return (u32)(((u64)v * n) >> 32);
}

/* Order. */
#define sort(base, n, size, cmp, swap)	qsort(base, n, size, cmp)

/* Bits. */
#define BITS_PER_LONG		64
#define BITS_PER_LONG_LONG	64
#define BITS_PER_BYTE		8
#define BIT(n)			(1UL << (n))
#define BIT_ULL(n)		(1ULL << (n))
#define GENMASK(h, l)		((~0UL >> (63 - (h))) & (~0UL << (l)))
#define GENMASK_ULL(h, l)	((~0ULL >> (63 - (h))) & (~0ULL << (l)))
#define BITS_TO_LONGS(n)	DIV_ROUND_UP(n, BITS_PER_LONG)
#define DECLARE_BITMAP(b, n)	unsigned long b[BITS_TO_LONGS(n)]
static inline int fls(unsigned int x) { return x ? 32 - __builtin_clz(x) : 0; }
static inline int fls64(u64 x) { return x ? 64 - __builtin_clzll(x) : 0; }
static inline int fls_long(unsigned long x) { return fls64(x); }
static inline unsigned long __fls(unsigned long x) { return fls64(x) - 1; }
static inline unsigned long __ffs(unsigned long x) { return __builtin_ctzl(x); }
static inline unsigned long __ffs64(u64 x) { return __builtin_ctzll(x); }
#define ffs(x)			__builtin_ffs(x)
#define ffz(x)			__ffs(~(x))
#define hweight32(x)		__builtin_popcount(x)
#define hweight64(x)		__builtin_popcountll(x)
#define hweight_long(x)		__builtin_popcountl(x)
#define is_power_of_2(n)	((n) != 0 && !((n) & ((n) - 1)))
#define ilog2(n)		(fls64(n) - 1)
#define order_base_2(n)		((n) > 1 ? fls64((n) - 1) : 0)
static inline u64 roundup_pow_of_two(u64 n) { return 1ULL << order_base_2(n); }
static inline u64 rounddown_pow_of_two(u64 n) { return 1ULL << ilog2(n); }
static inline void __set_bit(unsigned int n, unsigned long *b)
{
	b[n / 64] |= BIT(n % 64);
}

static inline void __clear_bit(unsigned int n, unsigned long *b)
{
	b[n / 64] &= ~BIT(n % 64);
}

static inline bool test_bit(unsigned int n, const unsigned long *b)
{
	return b[n / 64] & BIT(n % 64);
}

#define set_bit(n, b)		__set_bit(n, b)
#define clear_bit(n, b)		__clear_bit(n, b)
static inline unsigned long find_next_bit(const unsigned long *b,
					  unsigned long size, unsigned long n)
{
	while (n < size && !test_bit(n, b))
		n++;
	return n < size ? n : size;
}

#define find_first_bit(b, size)	find_next_bit(b, size, 0)
#define bitmap_zero(b, n)	memset(b, 0, BITS_TO_LONGS(n) * sizeof(long))
#define bitmap_empty(b, n)	(find_first_bit(b, n) == (n))
static inline u32 rol32(u32 x, unsigned int n)
{
	return x << (n & 31) | x >> (-n & 31);
}

#define GOLDEN_RATIO_32		0x61c88647u
static inline u32 hash_32(u32 v, unsigned int bits)
{
	return v * GOLDEN_RATIO_32 >> (32 - bits);
}

static inline u32 hash_64(u64 v, unsigned int bits)
{
	return v * 0x61c8864680b583ebULL >> (64 - bits);
}

/* Byte order. */
#define cpu_to_be16(x)		__cpu_to_be16(x)
#define cpu_to_be32(x)		__cpu_to_be32(x)
#define cpu_to_be64(x)		__cpu_to_be64(x)
#define be16_to_cpu(x)		__be16_to_cpu(x)
#define be32_to_cpu(x)		__be32_to_cpu(x)
#define be64_to_cpu(x)		__be64_to_cpu(x)
#define cpu_to_le32(x)		__cpu_to_le32(x)
#define le32_to_cpu(x)		__le32_to_cpu(x)
#define be16_to_cpup(p)		__be16_to_cpup(p)
#define be32_to_cpup(p)		__be32_to_cpup(p)
#define htons(x)		__cpu_to_be16(x)
#define htonl(x)		__cpu_to_be32(x)
#define ntohs(x)		__be16_to_cpu(x)
#define ntohl(x)		__be32_to_cpu(x)
#define swab16(x)		__swab16(x)
#define swab32(x)		__swab32(x)
#define get_unaligned(p)						\
	({								\
		__typeof__(*(p)) _u;					\
									\
		memcpy(&_u, p, sizeof(_u));				\
		_u;							\
	})
#define put_unaligned(v, p)						\
	({								\
		__typeof__(*(p)) _u = (v);				\
									\
		memcpy(p, &_u, sizeof(_u));				\
	})
static inline u16 get_unaligned_be16(const void *p)
{
	const u8 *b = p;

	return (u16)(b[0] << 8 | b[1]);
}

static inline u32 get_unaligned_be32(const void *p)
{
	return (u32)get_unaligned_be16(p) << 16 |
	       get_unaligned_be16((const u8 *)p + 2);
}

/* Errors in pointers. */
#define MAX_ERRNO		4095
#define IS_ERR_VALUE(x)		((unsigned long)(x) >= (unsigned long)-MAX_ERRNO)
#define ERR_PTR(e)		((void *)(long)(e))
#define PTR_ERR(p)		((long)(p))
#define IS_ERR(p)		IS_ERR_VALUE(p)
#define IS_ERR_OR_NULL(p)	(!(p) || IS_ERR(p))
#define PTR_ERR_OR_ZERO(p)	(IS_ERR(p) ? (int)PTR_ERR(p) : 0)
#ifndef ENOTSUPP
#define ENOTSUPP		524
#endif

/* Memory: see mock.h. */
#define GFP_KERNEL		1u
#define GFP_ATOMIC		2u
#define GFP_KERNEL_ACCOUNT	3u
#define GFP_NOWAIT		4u
#define __GFP_ZERO		0x100u
#define __GFP_NOWARN		0x200u
#define __GFP_ACCOUNT		0x400u
void *shim_alloc(size_t n, size_t size, bool zero);
void shim_free(const void *p);
#define kmalloc(s, f)		shim_alloc(1, s, (f) & __GFP_ZERO)
#define kzalloc(s, f)		shim_alloc(1, s, true)
#define kcalloc(n, s, f)	shim_alloc(n, s, true)
#define kmalloc_array(n, s, f)	shim_alloc(n, s, (f) & __GFP_ZERO)
#define kvmalloc(s, f)		kmalloc(s, f)
#define kvzalloc(s, f)		kzalloc(s, f)
#define kvcalloc(n, s, f)	kcalloc(n, s, f)
#define kvmalloc_array(n, s, f)	kmalloc_array(n, s, f)
#define vmalloc(s)		kmalloc(s, 0)
#define vzalloc(s)		kzalloc(s, 0)
#define kvmalloc_node(s, f, n)	kmalloc(s, f)
#define kzalloc_node(s, f, n)	kzalloc(s, f)
#define NUMA_NO_NODE		(-1)
#define kfree(p)		shim_free(p)
#define kvfree(p)		shim_free(p)
#define vfree(p)		shim_free(p)
#define kfree_sensitive(p)	shim_free(p)
void *kmemdup(const void *p, size_t len, gfp_t gfp);

/* Time: see mock.h. */
#define NSEC_PER_SEC		1000000000L
#define NSEC_PER_MSEC		1000000L
#define NSEC_PER_USEC		1000L
#define USEC_PER_SEC		1000000L
#define USEC_PER_MSEC		1000L
#define MSEC_PER_SEC		1000L
#define PSEC_PER_NSEC		1000L
#define HZ			250
extern unsigned long jiffies;
extern u64 shim_clock_ns;
#define ktime_get_ns()		shim_clock_ns
#define ktime_get()		((ktime_t)shim_clock_ns)
#define ktime_get_mono_fast_ns() shim_clock_ns
#define ktime_to_ns(t)		((s64)(t))
#define ns_to_ktime(n)		((ktime_t)(n))
#define ktime_add_ns(t, n)	((ktime_t)((t) + (n)))
#define msecs_to_jiffies(m)	((unsigned long)(m) * HZ / 1000)
#define jiffies_to_msecs(j)	((unsigned int)((j) * 1000 / HZ))
#define time_after(a, b)	((long)((b) - (a)) < 0)
#define time_before(a, b)	time_after(b, a)
#define time_after_eq(a, b)	((long)((a) - (b)) >= 0)
#define time_after32(a, b)	((s32)((u32)(b) - (u32)(a)) < 0)
#define time_before32(a, b)	time_after32(b, a)
#define time_after64(a, b)	((s64)((b) - (a)) < 0)
#define time_before64(a, b)	time_after64(b, a)

/* Random numbers: the same in each run. */
u32 mock_random(void);
void get_random_bytes(void *buf, size_t len);
#define get_random_u32()	mock_random()
#define get_random_u64()	((u64)mock_random() << 32 | mock_random())
#define prandom_u32()		mock_random()

/* Strings. */
ssize_t strscpy(char *dst, const char *src, size_t size);
#define memzero_explicit(p, n)	memset(p, 0, n)
#define pr_err(...)		((void)0)
#define pr_warn(...)		((void)0)
#define pr_info(...)		((void)0)
#define pr_debug(...)		((void)0)
#define pr_warn_once(...)	((void)0)

#define MODULE_LICENSE(x)
#define THIS_MODULE		NULL

#endif /* _SHIM_KERNEL_H */
