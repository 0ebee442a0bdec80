// SPDX-License-Identifier: GPL-2.0
/*
 * Network namespaces for the tests, in one small program: an emulated machine
 * takes longer to start "ip netns" than to make a namespace.
 *
 *	nsx add NAME...		as "ip netns add", and lo is up
 *	nsx del PREFIX		kills what runs in the namespaces whose names begin
 *				so, then removes them
 *	nsx in NAME COMMAND...	runs a command there
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define RUN	"/run/netns"

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "nsx: %s: %s\n", what, strerror(errno));
	exit(1);
}

static const char *path_of(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), RUN "/%s", name);
	return path;
}

static void lo_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &ifr))
		die("lo");
	ifr.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &ifr))
		die("lo");
	close(fd);
}

/* "ip netns" shares the folder between mount namespaces; so is it here. */
static void prepare(void)
{
	mkdir(RUN, 0755);
	if (!mount("", RUN, "none", MS_SHARED | MS_REC, NULL))
		return;
	if (mount(RUN, RUN, "none", MS_BIND | MS_REC, NULL) ||
	    mount("", RUN, "none", MS_SHARED | MS_REC, NULL))
		die(RUN);
}

static int add(char **names)
{
	int fd;

	prepare();
	for (; *names; names++) {
		const char *path = path_of(*names);

		fd = open(path, O_RDONLY | O_CREAT | O_EXCL, 0);
		if (fd < 0)
			die(path);
		close(fd);
		if (unshare(CLONE_NEWNET))
			die("unshare");
		if (mount("/proc/self/ns/net", path, "none", MS_BIND, NULL))
			die(path);
		lo_up();
	}
	return 0;
}

/* Which processes have this namespace? Kills them and says how many. */
static int kill_in(const struct stat *ns)
{
	DIR *proc = opendir("/proc");
	struct dirent *d;
	int n = 0;

	while (proc && (d = readdir(proc))) {
		char path[300];
		struct stat st;
		int pid = atoi(d->d_name);

		if (pid <= 1 || pid == getpid())
			continue;
		snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
		if (stat(path, &st) || st.st_ino != ns->st_ino ||
		    st.st_dev != ns->st_dev)
			continue;
		kill(pid, SIGKILL);
		n++;
	}
	if (proc)
		closedir(proc);
	return n;
}

static int del(const char *prefix)
{
	DIR *dir = opendir(RUN);
	struct dirent *d;
	int status = 0;

	while (dir && (d = readdir(dir))) {
		const char *path;
		struct stat ns;

		if (strncmp(d->d_name, prefix, strlen(prefix)))
			continue;
		path = path_of(d->d_name);
		if (!stat(path, &ns))
			kill_in(&ns);
		umount2(path, MNT_DETACH);
		if (unlink(path))
			status = 1;
	}
	if (dir)
		closedir(dir);
	return status;
}

int main(int argc, char **argv)
{
	if (argc >= 3 && !strcmp(argv[1], "add"))
		return add(argv + 2);
	if (argc == 3 && !strcmp(argv[1], "del"))
		return del(argv[2]);
	if (argc >= 4 && !strcmp(argv[1], "in")) {
		int fd = open(path_of(argv[2]), O_RDONLY | O_CLOEXEC);

		if (fd < 0 || setns(fd, CLONE_NEWNET))
			die(argv[2]);
		execvp(argv[3], argv + 3);
		die(argv[3]);
	}
	fprintf(stderr, "nsx: see the top of nsx.c\n");
	return 2;
}
