// SPDX-License-Identifier: GPL-2.0
/*
 * For LD_PRELOAD: the FAIL_NTH-th memory allocation that the kernel makes in
 * this program's netlink requests fails. Allocations elsewhere don't count.
 * FAIL_LOG, a file, gets "hit" if there were so many, else "miss".
 *
 * With FAIL_SERVE, a file, instead, the program stops when it is loaded, and
 * reads numbers. For each a copy of it goes on, with that as its FAIL_NTH, and
 * when it has ended there is a line "STATUS hit|miss|none" ("none": it made no
 * request). What the copies print is in the file, the newest one's. Starting a
 * program is most of what a slow machine does; so it is done once.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int left = -1;
/* What the copy has said, shared with the one that waits for it. */
static char *said;

static void say(const char *word)
{
	const char *path = getenv("FAIL_LOG");
	int fd;

	if (said) {
		strcpy(said, word);
		return;
	}
	fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
	if (fd < 0)
		return;
	if (write(fd, word, strlen(word)) < 0)
		_exit(127);
	close(fd);
}

/* In the copy: what it reads and prints. */
static void copy(const char *path)
{
	int in = open("/dev/null", O_RDONLY);
	int out = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (in < 0 || out < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 ||
	    dup2(out, 2) < 0)
		_exit(127);
	close(in);
	close(out);
}

static __attribute__((constructor)) void serve(void)
{
	const char *path = getenv("FAIL_SERVE");
	char line[16];
	int status;
	pid_t pid;

	if (!path)
		return;
	said = mmap(NULL, sizeof(line), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (said == MAP_FAILED)
		_exit(127);
	setvbuf(stdin, NULL, _IONBF, 0);
	while (fgets(line, sizeof(line), stdin)) {
		left = atoi(line);
		strcpy(said, "none");
		pid = fork();
		if (!pid) {
			copy(path);
			return;
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			_exit(127);
		status = WIFEXITED(status) ? WEXITSTATUS(status) :
					     128 + WTERMSIG(status);
		dprintf(1, "%d %s\n", status, said);
	}
	_exit(0);
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
	}
	if (!left || !is_netlink(fd))
		return real(fd, msg, flags);
	say("miss");
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
