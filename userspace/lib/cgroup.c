// SPDX-License-Identifier: GPL-2.0
/* See cgroup.h. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <mntent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "cgroup.h"

#define HANDLE_KERNFS	0xfe	/* FILEID_KERNFS: the id is all there is to it */

/* What name_to_handle_at() and open_by_handle_at() call a cgroup by. */
union handle {
	struct file_handle	head;
	char			room[sizeof(struct file_handle) + sizeof(__u64)];
};

static char mount_point[PATH_MAX];

/* Where cgroups are mounted; false where they are not. */
static bool find_mount(void)
{
	static bool asked;
	struct mntent *entry;
	FILE *mounts;

	if (asked)
		return mount_point[0];
	asked = true;
	mounts = setmntent("/proc/self/mounts", "r");
	if (!mounts)
		return false;
	while ((entry = getmntent(mounts))) {
		if (strcmp(entry->mnt_type, "cgroup2"))
			continue;
		snprintf(mount_point, sizeof(mount_point), "%s", entry->mnt_dir);
		break;
	}
	endmntent(mounts);
	return mount_point[0];
}

/* What is below the mount, without slashes in front. */
static const char *below_mount(const char *path)
{
	size_t len = strlen(mount_point);

	if (!strncmp(path, mount_point, len) &&
	    (path[len] == '/' || !path[len]))
		path += len;
	return path + strspn(path, "/");
}

static __u64 id_of(int fd)
{
	union handle handle = { .head.handle_bytes = sizeof(__u64) };
	struct stat st;
	int mount_id;
	__u64 id;

	if (!name_to_handle_at(fd, "", &handle.head, &mount_id, AT_EMPTY_PATH) &&
	    handle.head.handle_bytes == sizeof(id)) {
		memcpy(&id, handle.room + sizeof(handle.head), sizeof(id));
		return id;
	}
	return fstat(fd, &st) ? 0 : st.st_ino;
}

const char *cgroup_find(const char *path, __u64 *id)
{
	char whole[2 * PATH_MAX];
	struct statfs fs;
	int fd;

	if (!find_mount())
		return "no cgroups of version 2 are mounted here (type cgroup2)";
	snprintf(whole, sizeof(whole), "%s/%s", mount_point, below_mount(path));
	fd = open(whole, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return "there is no such cgroup: a path below the root of the cgroups is due here";
	if (fstatfs(fd, &fs) || fs.f_type != CGROUP2_SUPER_MAGIC)
		*id = 0;
	else
		*id = id_of(fd);
	close(fd);
	return *id ? NULL : "that leads out of the cgroups of version 2";
}

const char *cgroup_path(__u64 id)
{
	static char path[PATH_MAX];
	union handle handle = {
		.head.handle_bytes = sizeof(id),
		.head.handle_type = HANDLE_KERNFS,
	};
	char link[64];
	int mount, fd;
	ssize_t len;

	if (!find_mount())
		return NULL;
	mount = open(mount_point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (mount < 0)
		return NULL;
	memcpy(handle.room + sizeof(handle.head), &id, sizeof(id));
	fd = open_by_handle_at(mount, &handle.head, O_PATH | O_CLOEXEC);
	close(mount);
	if (fd < 0)
		return NULL;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, sizeof(path) - 1);
	close(fd);
	if (len <= 0)
		return NULL;
	path[len] = '\0';
	len = (ssize_t)strlen(mount_point);
	if (strncmp(path, mount_point, (size_t)len) || path[len] != '/')
		return strcmp(path, mount_point) ? NULL : "/";
	return path + len;
}

#define LIST_DEPTH	3

static void (*list_fn)(const char *path);

static int list_one(const char *path, const struct stat *st, int type,
		    struct FTW *at)
{
	(void)st;
	if (type != FTW_D)
		return FTW_CONTINUE;
	if (at->level)
		list_fn(path + strlen(mount_point));
	return at->level < LIST_DEPTH ? FTW_CONTINUE : FTW_SKIP_SUBTREE;
}

void cgroup_list(void (*fn)(const char *path))
{
	if (!find_mount())
		return;
	list_fn = fn;
	nftw(mount_point, list_one, 8, FTW_PHYS | FTW_MOUNT | FTW_ACTIONRETVAL);
}
