/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What files of the module that the tools use as well (kmod/stream.c) take from
 * the kernel's own headers.
 */
#ifndef _WEFT_USER_LINUX_TYPES_H
#define _WEFT_USER_LINUX_TYPES_H

#include_next <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;

#endif /* _WEFT_USER_LINUX_TYPES_H */
