// SPDX-License-Identifier: GPL-2.0
/*
 * What an exchange over TCP costs.
 *
 *	turns CLIENT SERVER ADDRESS LEN FLOWS COUNT
 *
 * CLIENT and SERVER are network namespaces; ADDRESS is SERVER's, IPv4. FLOWS
 * connections take turns to send LEN bytes there and as many back, COUNT times
 * in all; then the nanoseconds that one exchange took are printed.
 *
 * Both ends are in this one process: with two of them, most of what is counted
 * is how they wake each other, which differs by thousands of instructions from
 * run to run. Here a segment is received within the call that sends it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FLOWS_MAX	1024
#define LEN_MAX		65536

static int client[FLOWS_MAX], server[FLOWS_MAX];
static char buf[LEN_MAX];

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "turns: %s: %s\n", what, strerror(errno));
	exit(2);
}

static long number(const char *text, long max)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*end || n < 1 || n > max) {
		fprintf(stderr, "turns: %s: a number from 1 to %ld\n", text, max);
		exit(2);
	}
	return n;
}

static void enter(const char *name)
{
	char path[300];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(name);
	close(fd);
}

static int tcp_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	if (fd < 0)
		die("socket");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

static void move(int from, int to, size_t len)
{
	size_t got = 0;
	ssize_t n;

	if (write(from, buf, len) != (ssize_t)len)
		die("write");
	while (got < len) {
		n = read(to, buf, len - got);
		if (n <= 0)
			die("read");
		got += n;
	}
}

static long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

int main(int argc, char **argv)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons(5001) };
	long len, flows, count, i;
	long long start;
	int listener;

	if (argc != 7 || inet_pton(AF_INET, argv[3], &sin.sin_addr) != 1) {
		fprintf(stderr, "usage: turns CLIENT SERVER ADDRESS LEN FLOWS COUNT\n");
		return 2;
	}
	len = number(argv[4], LEN_MAX);
	flows = number(argv[5], FLOWS_MAX);
	count = number(argv[6], 1000000000);

	enter(argv[2]);
	listener = tcp_socket();
	i = 1;
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &i, sizeof(int));
	if (bind(listener, (struct sockaddr *)&sin, sizeof(sin)) ||
	    listen(listener, 64))
		die("listen");
	enter(argv[1]);
	for (i = 0; i < flows; i++) {
		client[i] = tcp_socket();
		if (connect(client[i], (struct sockaddr *)&sin, sizeof(sin)))
			die("connect");
		server[i] = accept(listener, NULL, NULL);
		if (server[i] < 0)
			die("accept");
	}

	/* The first rounds are TCP's beginning, and set flows up. */
	for (i = -4 * flows, start = 0; i < count; i++) {
		if (!i)
			start = now();
		move(client[(i + 4 * flows) % flows], server[(i + 4 * flows) % flows], len);
		move(server[(i + 4 * flows) % flows], client[(i + 4 * flows) % flows], len);
	}
	printf("%lld\n", (now() - start) / count);
	return 0;
}
