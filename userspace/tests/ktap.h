/* SPDX-License-Identifier: GPL-2.0 */
/* Unit tests of the tool's pure parts, reported as KTAP. */
#ifndef _WEFT_TESTS_KTAP_H
#define _WEFT_TESTS_KTAP_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Failed checks of the test that runs. */
static unsigned int ktap_failed;

#define CHECK(condition) do {						\
	if (!(condition)) {						\
		printf("# %s:%d: %s\n", __func__, __LINE__, #condition);	\
		ktap_failed++;						\
	}								\
} while (0)

#define CHECK_TEXT(actual, expected) \
	ktap_check_text(__func__, __LINE__, actual, expected)

static inline void ktap_check_text(const char *func, int line,
				   const char *actual, const char *expected)
{
	if (!strcmp(actual, expected))
		return;
	printf("# %s:%d: \"%s\" is not \"%s\"\n", func, line, actual, expected);
	ktap_failed++;
}

struct ktap_test {
	const char	*name;
	void		(*run)(void);
};

static inline int ktap_run(const struct ktap_test *tests, unsigned int n)
{
	unsigned int i, bad = 0;

	printf("KTAP version 1\n1..%u\n", n);
	for (i = 0; i < n; i++) {
		ktap_failed = 0;
		tests[i].run();
		printf("%sok %u %s\n", ktap_failed ? "not " : "", i + 1,
		       tests[i].name);
		bad += !!ktap_failed;
	}
	printf("# Totals: pass:%u fail:%u skip:0\n", n - bad, bad);
	return bad ? 1 : 0;
}

#endif /* _WEFT_TESTS_KTAP_H */
