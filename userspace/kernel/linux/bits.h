/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _WEFT_USER_LINUX_BITS_H
#define _WEFT_USER_LINUX_BITS_H

#define BIT_ULL(n)	(1ULL << (n))

#endif /* _WEFT_USER_LINUX_BITS_H */
