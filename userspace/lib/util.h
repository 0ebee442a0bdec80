/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small things that everything here uses. */
#ifndef _WEFT_LIB_UTIL_H
#define _WEFT_LIB_UTIL_H

#include <linux/types.h>

#define ARRAY_SIZE(x)	(sizeof(x) / sizeof((x)[0]))

#define U16_MAX		0xffffu
#define U32_MAX		0xffffffffu
#define U64_MAX		0xffffffffffffffffull

/* The compiler holds the second argument and on against the first. */
#define LIKE_PRINTF	__format__(__printf__, 1, 2)

/* "weft: ..." on standard error, a line. */
__attribute__((LIKE_PRINTF)) void complain(const char *format, ...);

#endif /* _WEFT_LIB_UTIL_H */
