// SPDX-License-Identifier: GPL-2.0
/*
 * For LD_PRELOAD: the FAIL_NTH-th memory allocation that the kernel makes in
 * this program's netlink requests fails. Allocations elsewhere don't count.
 * FAIL_LOG, a file, gets "hit" if there were so many, else "miss".
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int left = -1;

static void say(const char *word)
{
	const char *path = getenv("FAIL_LOG");
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;

	if (fd < 0)
		return;
	if (write(fd, word, strlen(word)) < 0)
		_exit(127);
	close(fd);
}

/* Open all the time: opening it while armed would be what fails. */
static int nth(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		_exit(127);
	return fd;
}

static void arm(int n)
{
	int i, fd = nth();
	char text[16];

	i = sizeof(text);
	do {
		text[--i] = '0' + n % 10;
	} while (n /= 10);
	if (pwrite(fd, text + i, sizeof(text) - i, 0) < 0)
		_exit(127);
}

static int armed(void)
{
	char text[16] = {};

	if (pread(nth(), text, sizeof(text) - 1, 0) < 0)
		_exit(127);
	return atoi(text);
}

static int is_netlink(int fd)
{
	struct sockaddr sa;
	socklen_t len = sizeof(sa);

	return !getsockname(fd, &sa, &len) && sa.sa_family == AF_NETLINK;
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	static ssize_t (*real)(int fd, const struct msghdr *msg, int flags);
	ssize_t ret;

	if (!real)
		real = dlsym(RTLD_NEXT, "sendmsg");
	if (left < 0) {
		const char *nth = getenv("FAIL_NTH");

		left = nth ? atoi(nth) : 0;
		say("miss");
	}
	if (!left || !is_netlink(fd))
		return real(fd, msg, flags);
	arm(left);
	ret = real(fd, msg, flags);
	/* the kernel counts down; 0: that one has failed */
	left = armed();
	if (!left)
		say("hit");
	else
		arm(0);
	return ret;
}
