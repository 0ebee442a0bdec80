/* SPDX-License-Identifier: GPL-2.0 */
/*
 * __uninitialized: a variable that a hardened kernel need not zero, since all
 * of it is written before it is read. The kernel's own name for it came in 6.18.
 */
#ifndef _WEFT_COMPAT_LINUX_COMPILER_H
#define _WEFT_COMPAT_LINUX_COMPILER_H

#include_next <linux/compiler.h>

#ifndef __uninitialized
#if __has_attribute(__uninitialized__)
#define __uninitialized	__attribute__((__uninitialized__))
#else
#define __uninitialized
#endif
#endif

#endif /* _WEFT_COMPAT_LINUX_COMPILER_H */
