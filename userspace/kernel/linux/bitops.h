/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _WEFT_USER_LINUX_BITOPS_H
#define _WEFT_USER_LINUX_BITOPS_H

#include <linux/bits.h>

#define __ffs64(word)	((unsigned int)__builtin_ctzll(word))

#endif /* _WEFT_USER_LINUX_BITOPS_H */
