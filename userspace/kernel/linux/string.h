/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _WEFT_USER_LINUX_STRING_H
#define _WEFT_USER_LINUX_STRING_H

#include <string.h>

#endif /* _WEFT_USER_LINUX_STRING_H */
