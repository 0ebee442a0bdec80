// SPDX-License-Identifier: GPL-2.0
/*
 * Traffic for the tests, of exactly known size.
 *
 *	talk serve PORT...		TCP and UDP, IPv4 and IPv6; returns
 *					once it listens, serves in the background
 *	talk ask [-u] [-k] ADDR PORT [MS]
 *					one exchange; status 0 if answered
 *	talk send [-k] ADDR PORT BYTES	TCP; status 0 if the server got them all
 *					-k: then stay connected in the background
 *	talk hold ADDR PORT [MS]	a TCP connection: each line of input is
 *					an exchange, answered "yes" or "no"
 *	talk blast ADDR PORT LEN COUNT [BURST]	UDP datagrams, no answer: as
 *					fast as it goes, or with 10 ms of
 *					rest after each BURST
 *	talk fan ADDR PORT COUNT	a UDP datagram from each of COUNT sockets
 *					that are open at once
 *	talk pull ADDR PORT BYTES	TCP; the server sends
 *	talk rr ADDR PORT LEN COUNT [MS]	TCP; COUNT exchanges one after another,
 *					with MS of rest after each
 *
 * In front of these words: ns=NAME (a namespace below /run/netns to work in), and
 * for every socket mark=N (SO_MARK), tos=N (of IPv4), prio=N (SO_PRIORITY).
 *
 * The first byte of a TCP connection says what the server does: 'e' echoes,
 * 's' and a number counts so many bytes and says when it has them, 'p' and a
 * number sends so many. UDP is echoed if it begins with 'e'.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_CONNS	256

static char buf[65536];

static int so_mark, ip_tos, so_priority;

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "talk: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* Of the caller's pipes, so that it need not wait for this process. */
static void let_go(void)
{
	int null = open("/dev/null", O_RDWR);

	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
}

static unsigned long long number(const char *text)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 0);

	if (*end || end == text) {
		fprintf(stderr, "talk: %s is no number\n", text);
		exit(2);
	}
	return n;
}

static socklen_t address(const char *text, const char *port,
			 struct sockaddr_storage *ss)
{
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)ss;
	struct sockaddr_in *sin = (struct sockaddr_in *)ss;

	memset(ss, 0, sizeof(*ss));
	if (inet_pton(AF_INET, text, &sin->sin_addr) == 1) {
		sin->sin_family = AF_INET;
		sin->sin_port = htons(number(port));
		return sizeof(*sin);
	}
	if (inet_pton(AF_INET6, text, &sin6->sin6_addr) == 1) {
		sin6->sin6_family = AF_INET6;
		sin6->sin6_port = htons(number(port));
		return sizeof(*sin6);
	}
	fprintf(stderr, "talk: %s is no address\n", text);
	exit(2);
}

static int wait_for(int fd, short events, int ms)
{
	struct pollfd p = { .fd = fd, .events = events };

	return poll(&p, 1, ms);
}

static int new_socket(int family, int type)
{
	int fd = socket(family, type | SOCK_NONBLOCK, 0);

	if (fd < 0)
		die("socket");
	if (so_mark &&
	    setsockopt(fd, SOL_SOCKET, SO_MARK, &so_mark, sizeof(so_mark)))
		die("SO_MARK");
	if (so_priority && setsockopt(fd, SOL_SOCKET, SO_PRIORITY, &so_priority,
				      sizeof(so_priority)))
		die("SO_PRIORITY");
	if (ip_tos && setsockopt(fd, IPPROTO_IP, IP_TOS, &ip_tos, sizeof(ip_tos)))
		die("IP_TOS");
	return fd;
}

/* A connected socket, or -1. */
static int reach(int type, const char *addr, const char *port, int ms)
{
	struct sockaddr_storage ss;
	socklen_t len = address(addr, port, &ss);
	int fd = new_socket(ss.ss_family, type);
	int one = 1, err = 0;
	socklen_t errlen = sizeof(err);

	if (connect(fd, (struct sockaddr *)&ss, len) && errno != EINPROGRESS)
		goto no;
	if (wait_for(fd, POLLOUT, ms) != 1 ||
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &errlen) || err)
		goto no;
	if (type == SOCK_STREAM)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
no:
	close(fd);
	return -1;
}

static bool put_all(int fd, const char *p, size_t len)
{
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EAGAIN) {
			if (wait_for(fd, POLLOUT, 60000) != 1)
				return false;
			continue;
		}
		if (n <= 0)
			return false;
		p += n;
		len -= n;
	}
	return true;
}

static bool get_all(int fd, char *p, size_t len, int ms)
{
	while (len) {
		ssize_t n;

		if (wait_for(fd, POLLIN, ms) != 1)
			return false;
		n = read(fd, p, len);
		if (n <= 0)
			return false;
		p += n;
		len -= n;
	}
	return true;
}

/* Server. */

struct conn {
	char			mode;		/* 0: no byte yet */
	unsigned long long	count;
	unsigned long long	wanted;
};

static struct pollfd fds[MAX_CONNS];
static struct conn conns[MAX_CONNS];
static int n_fds;
static int n_tcp, n_udp;	/* listeners come first */

static void add(int fd, short events)
{
	if (n_fds == MAX_CONNS) {
		close(fd);
		return;
	}
	conns[n_fds] = (struct conn) {};
	fds[n_fds++] = (struct pollfd) { .fd = fd, .events = events };
}

static int listen_at(int type, const char *port)
{
	struct sockaddr_in6 any = {
		.sin6_family = AF_INET6, .sin6_port = htons(number(port)),
	};
	int fd = new_socket(AF_INET6, type), one = 1, zero = 0;
	int room = 4 << 20;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
	if (type == SOCK_DGRAM)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	if (bind(fd, (struct sockaddr *)&any, sizeof(any)))
		die("bind");
	if (type == SOCK_STREAM && listen(fd, 128))
		die("listen");
	return fd;
}

static void serve_udp(int fd)
{
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);
	ssize_t n;

	n = recvfrom(fd, buf, sizeof(buf), 0, (struct sockaddr *)&from, &len);
	if (n > 0 && buf[0] == 'e')
		sendto(fd, buf, n, 0, (struct sockaddr *)&from, len);
}

/* The number behind a connection's first byte, up to a newline. */
static unsigned long long announced(const char *request, ssize_t len)
{
	char text[32] = {};

	memcpy(text, request + 1, len - 1 < 31 ? len - 1 : 31);
	return strtoull(text, NULL, 10);
}

static void serve_pull(int fd, unsigned long long left)
{
	memset(buf, 'd', sizeof(buf));
	while (left) {
		size_t n = left < sizeof(buf) ? left : sizeof(buf);

		if (!put_all(fd, buf, n))
			break;
		left -= n;
	}
}

/* Returns false when the connection is over. */
static bool serve_tcp(int fd, struct conn *conn)
{
	ssize_t n = read(fd, buf, sizeof(buf));

	if (n < 0)
		return errno == EAGAIN;
	if (!n)
		return false;
	if (!conn->mode) {
		conn->mode = buf[0];
		conn->wanted = announced(buf, n);
	}
	conn->count += n;
	switch (conn->mode) {
	case 'e':
		return put_all(fd, buf, n);
	case 's':
		return conn->count != conn->wanted || put_all(fd, "got\n", 4);
	case 'p':
		serve_pull(fd, conn->wanted);
		return false;
	default:
		return true;
	}
}

static int serve(int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++, n_tcp++)
		add(listen_at(SOCK_STREAM, argv[i]), POLLIN);
	for (i = 0; i < argc; i++, n_udp++)
		add(listen_at(SOCK_DGRAM, argv[i]), POLLIN);
	switch (fork()) {
	case -1:
		die("fork");
	case 0:
		break;
	default:
		return 0;
	}
	let_go();
	for (;;) {
		if (poll(fds, n_fds, -1) < 0)
			continue;
		for (i = n_fds; i-- > 0; ) {
			if (!fds[i].revents)
				continue;
			if (i < n_tcp) {
				int fd = accept4(fds[i].fd, NULL, NULL,
						 SOCK_NONBLOCK);

				if (fd >= 0)
					add(fd, POLLIN);
			} else if (i < n_tcp + n_udp) {
				serve_udp(fds[i].fd);
			} else if (!serve_tcp(fds[i].fd, &conns[i])) {
				close(fds[i].fd);
				fds[i] = fds[--n_fds];
				conns[i] = conns[n_fds];
			}
		}
	}
}

/* Clients. */

static bool exchange(int fd, char mark, int ms)
{
	char sent[4] = { 'e', mark, 'x', '\n' }, got[4];

	return put_all(fd, sent, sizeof(sent)) &&
	       get_all(fd, got, sizeof(got), ms) &&
	       !memcmp(sent, got, sizeof(sent));
}

/* The connections that are open stay so until somebody kills this process. */
static void stay(void)
{
	switch (fork()) {
	case -1:
		die("fork");
	case 0:
		let_go();
		for (;;)
			pause();
	}
}

/* Takes an option off the words if it comes first. */
static bool option(int *argc, char ***argv, const char *name)
{
	if (!*argc || strcmp(**argv, name))
		return false;
	(*argv)++;
	(*argc)--;
	return true;
}

static int ask(int argc, char **argv)
{
	bool udp = option(&argc, &argv, "-u");
	bool keep = option(&argc, &argv, "-k");
	int fd, ms;

	if (argc < 2)
		return 2;
	ms = argc > 2 ? (int)number(argv[2]) : 10000;
	fd = reach(udp ? SOCK_DGRAM : SOCK_STREAM, argv[0], argv[1], ms);
	if (fd < 0 || !exchange(fd, 'a', ms))
		return 1;
	if (keep)
		stay();
	return 0;
}

static int send_bytes(int argc, char **argv)
{
	bool keep = option(&argc, &argv, "-k");
	unsigned long long left;
	char head[32], got[4];
	int fd;

	if (argc < 3)
		return 2;
	left = number(argv[2]);
	if (left < sizeof(head))
		return 2;
	fd = reach(SOCK_STREAM, argv[0], argv[1], 30000);
	if (fd < 0)
		return 1;
	memset(buf, 's', sizeof(buf));
	memcpy(buf, head, snprintf(head, sizeof(head), "s%llu\n", left));
	while (left) {
		size_t n = left < sizeof(buf) ? left : sizeof(buf);

		if (!put_all(fd, buf, n))
			return 1;
		left -= n;
	}
	if (!get_all(fd, got, sizeof(got), 60000))
		return 1;
	if (keep)
		stay();
	return 0;
}

static int pull(int argc, char **argv)
{
	unsigned long long left;
	int fd, len;

	if (argc < 3)
		return 2;
	left = number(argv[2]);
	fd = reach(SOCK_STREAM, argv[0], argv[1], 30000);
	if (fd < 0)
		return 1;
	len = snprintf(buf, sizeof(buf), "p%llu\n", left);
	if (!put_all(fd, buf, len))
		return 1;
	while (left) {
		ssize_t n;

		if (wait_for(fd, POLLIN, 60000) != 1)
			return 1;
		n = read(fd, buf, sizeof(buf));
		if (n <= 0 || (unsigned long long)n > left)
			return 1;
		left -= n;
	}
	return 0;
}

static int hold(int argc, char **argv)
{
	int fd, ms, i = 0;
	char line[64];

	if (argc < 2)
		return 2;
	ms = argc > 2 ? (int)number(argv[2]) : 10000;
	fd = reach(SOCK_STREAM, argv[0], argv[1], 30000);
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("%s\n", fd >= 0 && exchange(fd, 'h', ms) ? "yes" : "no");
	if (fd < 0)
		return 1;
	while (fgets(line, sizeof(line), stdin)) {
		char mark = 'A' + i++ % 26, sent[4] = { 'e', mark, 'x', '\n' };
		int wait = *line >= '0' && *line <= '9' ? atoi(line) : ms;
		char got[4] = {};
		bool yes;

		/*
		 * What was stopped earlier comes through later: read until
		 * this exchange's own answer.
		 */
		put_all(fd, sent, sizeof(sent));
		do {
			yes = get_all(fd, got, sizeof(got), wait);
		} while (yes && got[1] != mark);
		printf("%s\n", yes ? "yes" : "no");
	}
	return 0;
}

static int blast(int argc, char **argv)
{
	const struct timespec rest = { .tv_nsec = 10 * 1000 * 1000 };
	unsigned long long len, count, burst, n = 0;
	int fd;

	if (argc < 4)
		return 2;
	len = number(argv[2]);
	count = number(argv[3]);
	burst = argc > 4 ? number(argv[4]) : 0;
	if (len > sizeof(buf))
		return 2;
	fd = reach(SOCK_DGRAM, argv[0], argv[1], 1000);
	if (fd < 0)
		return 1;
	memset(buf, 'b', sizeof(buf));
	while (count) {
		if (burst && n++ % burst == 0)
			nanosleep(&rest, NULL);
		if (send(fd, buf, len, 0) >= 0) {
			count--;
			continue;
		}
		if (errno == EAGAIN)
			wait_for(fd, POLLOUT, 1000);
		/* what a qdisc or policy drops is sent; nothing was refused */
		else if (errno != ECONNREFUSED)
			count--;
	}
	return 0;
}

/* All stay open until the last has sent, so that no port comes twice. */
static int fan(int argc, char **argv)
{
	unsigned long long count;

	if (argc < 3)
		return 2;
	for (count = number(argv[2]); count; count--) {
		int fd = reach(SOCK_DGRAM, argv[0], argv[1], 1000);

		if (fd < 0 || send(fd, "e", 1, 0) != 1)
			return 1;
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return (x > y) - (x < y);
}

static int rr(int argc, char **argv)
{
	unsigned long long len, count, i;
	struct timespec t0, t1;
	int fd, rest;
	long *us;

	if (argc < 4)
		return 2;
	len = number(argv[2]);
	count = number(argv[3]);
	rest = argc > 4 ? (int)number(argv[4]) : 0;
	if (!len || len > sizeof(buf) || !count)
		return 2;
	us = calloc(count, sizeof(*us));
	fd = reach(SOCK_STREAM, argv[0], argv[1], 30000);
	if (!us || fd < 0)
		return 1;
	memset(buf, 'e', sizeof(buf));
	for (i = 0; i < count; i++) {
		clock_gettime(CLOCK_MONOTONIC, &t0);
		if (!put_all(fd, buf, len) || !get_all(fd, buf, len, 60000))
			return 1;
		clock_gettime(CLOCK_MONOTONIC, &t1);
		us[i] = (t1.tv_sec - t0.tv_sec) * 1000000 +
			(t1.tv_nsec - t0.tv_nsec) / 1000;
		if (rest)
			poll(NULL, 0, rest);
	}
	qsort(us, count, sizeof(*us), compare);
	printf("%ld %ld %ld %ld\n", us[0], us[count / 2],
	       us[count * 99 / 100], us[count - 1]);
	free(us);
	return 0;
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

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(int argc, char **argv);
	} words[] = {
		{ "serve", serve }, { "ask", ask }, { "send", send_bytes },
		{ "hold", hold }, { "blast", blast }, { "fan", fan },
		{ "pull", pull }, { "rr", rr },
	};
	size_t i;

	signal(SIGPIPE, SIG_IGN);
	for (; argc > 1 && strchr(argv[1], '='); argc--, argv++) {
		if (!strncmp(argv[1], "mark=", 5))
			so_mark = (int)number(argv[1] + 5);
		else if (!strncmp(argv[1], "tos=", 4))
			ip_tos = (int)number(argv[1] + 4);
		else if (!strncmp(argv[1], "prio=", 5))
			so_priority = (int)number(argv[1] + 5);
		else if (!strncmp(argv[1], "ns=", 3))
			enter(argv[1] + 3);
		else
			break;
	}
	for (i = 0; argc > 1 && i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(argv[1], words[i].name))
			return words[i].run(argc - 2, argv + 2);
	fprintf(stderr, "talk: see the top of talk.c\n");
	return 2;
}
