/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cgroups of version 2: the kernel names them by id, people by the path below
 * the place where they are mounted.
 */
#ifndef _WEFT_LIB_CGROUP_H
#define _WEFT_LIB_CGROUP_H

#include <linux/types.h>

/* NULL, or why there is no id of this path. A path may begin with the mount. */
const char *cgroup_find(const char *path, __u64 *id);
/*
 * The path of an id, with its leading slash, in a static buffer; NULL where
 * there is none (any more), or the kernel does not let this process ask.
 */
const char *cgroup_path(__u64 id);

/* Every cgroup's path down to the third level, for completion. */
void cgroup_list(void (*fn)(const char *path));

#endif /* _WEFT_LIB_CGROUP_H */
