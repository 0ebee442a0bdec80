// SPDX-License-Identifier: LGPL-2.1-or-later
/* See util.h. */
#include <stdarg.h>
#include <stdio.h>

#include "util.h"

void complain(const char *format, ...)
{
	va_list args;

	/* What was written before must stand before it. */
	fflush(stdout);
	va_start(args, format);
	fputs("weft: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
}
