/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _WEFT_COMPAT_LINUX_WORKQUEUE_H
#define _WEFT_COMPAT_LINUX_WORKQUEUE_H

#include_next <linux/workqueue.h>

#ifndef WEFT_HAVE_SYSTEM_DFL_WQ
#define system_dfl_wq	system_unbound_wq
#endif

#endif /* _WEFT_COMPAT_LINUX_WORKQUEUE_H */
