/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _WEFT_USER_LINUX_MINMAX_H
#define _WEFT_USER_LINUX_MINMAX_H

#define min_t(type, a, b)	((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#define max_t(type, a, b)	((type)(a) > (type)(b) ? (type)(a) : (type)(b))
#define max3(a, b, c)		max_t(int, max_t(int, a, b), c)

#endif /* _WEFT_USER_LINUX_MINMAX_H */
