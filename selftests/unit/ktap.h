/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A test framework of one page. A test is a function named after what it
 * tests, function__case; it runs in a process of its own, so that one that
 * crashes is one that fails. The output is KTAP.
 */
#ifndef _KTAP_H
#define _KTAP_H

#include <stdbool.h>
#include <string.h>

#define TEST(name)							\
	static void name(void);						\
	static void __attribute__((constructor)) ktap_add_##name(void)	\
	{								\
		ktap_add(#name, name);					\
	}								\
	static void name(void)

/* What goes on after a failure, so that one run shows all of them. */
#define EXPECT(cond)							\
	((cond) ? true : ktap_fail(__FILE__, __LINE__, "%s", #cond))

#define EXPECT_EQ(a, b)	ktap_cmp(a, ==, b)
#define EXPECT_NE(a, b)	ktap_cmp(a, !=, b)
#define EXPECT_LT(a, b)	ktap_cmp(a, <, b)
#define EXPECT_LE(a, b)	ktap_cmp(a, <=, b)
#define EXPECT_GT(a, b)	ktap_cmp(a, >, b)
#define EXPECT_GE(a, b)	ktap_cmp(a, >=, b)

#define EXPECT_MEM(a, b, len)						\
	(!memcmp(a, b, len) ? true :					\
	 ktap_fail(__FILE__, __LINE__, "%s and %s differ", #a, #b))

#define EXPECT_STR(a, b)						\
	({								\
		const char *_a = (a), *_b = (b);			\
									\
		(_a && _b && !strcmp(_a, _b)) ? true :			\
		ktap_fail(__FILE__, __LINE__, "%s is \"%s\", not \"%s\"",	\
			  #a, _a ? _a : "(null)", _b ? _b : "(null)");	\
	})

/* Where going on makes no sense. */
#define ASSERT(cond)		ktap_require(EXPECT(cond))
#define ASSERT_EQ(a, b)		ktap_require(EXPECT_EQ(a, b))

/* Values are compared as they are, and shown as signed 64-bit numbers. */
#define ktap_cmp(a, op, b)						\
	({								\
		__typeof__((a) + 0) _a = (a);				\
		__typeof__((b) + 0) _b = (b);				\
									\
		(_a op _b) ? true :					\
		ktap_fail(__FILE__, __LINE__, "%s " #op " %s (%lld, %lld)",	\
			  #a, #b, (long long)_a, (long long)_b);	\
	})

void ktap_add(const char *name, void (*run)(void));
bool ktap_fail(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void ktap_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void ktap_require(bool ok);

#endif /* _KTAP_H */
