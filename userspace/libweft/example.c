// SPDX-License-Identifier: GPL-2.0
/*
 * Sends transfers over TCP and says what they are.
 *
 *	cc example.c -o example $(pkg-config --cflags --libs libweft)
 *	./example HOST PORT BYTES COUNT [JOB [CLASS]]
 *
 * Whoever listens at HOST should read and throw away, as "nc -lk PORT" does.
 */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <libweft.h>

static int dial(const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list, *one;
	int fd = -1, err;

	err = getaddrinfo(host, port, &hints, &list);
	if (err) {
		fprintf(stderr, "example: %s: %s\n", host, gai_strerror(err));
		exit(1);
	}
	for (one = list; one && fd < 0; one = one->ai_next) {
		fd = socket(one->ai_family, one->ai_socktype, one->ai_protocol);
		if (fd >= 0 && connect(fd, one->ai_addr, one->ai_addrlen)) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(list);
	if (fd < 0) {
		fprintf(stderr, "example: %s port %s: %s\n", host, port,
			strerror(errno));
		exit(1);
	}
	return fd;
}

static void send_all(int fd, unsigned long long bytes)
{
	static char block[65536];

	while (bytes) {
		size_t some = bytes < sizeof(block) ? bytes : sizeof(block);
		ssize_t sent = send(fd, block, some, MSG_NOSIGNAL);

		if (sent < 0) {
			fprintf(stderr, "example: %s\n", strerror(errno));
			exit(1);
		}
		bytes -= (unsigned long long)sent;
	}
}

int main(int argc, char **argv)
{
	const struct timespec rest = { .tv_nsec = 50000000 };
	unsigned long long bytes, count;
	const char *klass = NULL;
	unsigned long job = WEFT_JOB_KEEP;
	int fd, err, declared = 0;

	if (argc < 5 || argc > 7) {
		fprintf(stderr, "usage: example HOST PORT BYTES COUNT [JOB [CLASS]]\n");
		return 2;
	}
	bytes = strtoull(argv[3], NULL, 0);
	count = strtoull(argv[4], NULL, 0);
	if (argc > 5)
		job = strtoul(argv[5], NULL, 0);
	if (argc > 6)
		klass = argv[6];

	fd = dial(argv[1], argv[2]);
	while (count--) {
		err = weft_transfer_begin(fd, (uint32_t)job, klass, bytes,
					  WEFT_NO_DEADLINE);
		/* The bytes go all the same: only their order is at stake. */
		if (err)
			fprintf(stderr, "example: not declared: %s%s%s\n",
				strerror(-err), *weft_reason() ? ": " : "",
				weft_reason());
		else
			declared++;
		send_all(fd, bytes);
		nanosleep(&rest, NULL);
	}
	close(fd);
	printf("%d declared\n", declared);
	return 0;
}
