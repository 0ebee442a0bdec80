// SPDX-License-Identifier: LGPL-2.1-or-later
/* See libweft.h. */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/weft.h>

#include "../lib/netlink.h"
#include "libweft.h"

#define EXPORT __attribute__((visibility("default")))

/*
 * struct connection - a thread's netlink socket
 * @nl: the socket, open if @open
 * @open: it is
 * @pid: of the process that opened it: a forked child has a copy of the file
 *	descriptor, and would read its parent's answers
 */
struct connection {
	struct netlink	nl;
	bool		open;
	pid_t		pid;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static int key_error;

/* Not in the connection, so that there is one without memory for that, too. */
static __thread const char *reason = "";

static void disconnect(struct connection *conn)
{
	if (conn->open)
		netlink_close(&conn->nl);
	conn->open = false;
}

static void thread_ends(void *arg)
{
	disconnect(arg);
	free(arg);
}

static void make_key(void)
{
	key_error = pthread_key_create(&key, thread_ends);
}

/* This thread's connection; NULL without memory for it. */
static struct connection *connection(void)
{
	struct connection *conn;

	pthread_once(&once, make_key);
	if (key_error)
		return NULL;
	conn = pthread_getspecific(key);
	if (conn)
		return conn;
	conn = calloc(1, sizeof(*conn));
	if (conn && pthread_setspecific(key, conn)) {
		free(conn);
		conn = NULL;
	}
	return conn;
}

static int connect_weft(struct connection *conn)
{
	int err;

	if (conn->open && conn->pid == getpid())
		return 0;
	disconnect(conn);
	err = netlink_open_weft(&conn->nl);
	if (err) {
		reason = err == -ENOENT ? "the kernel has no module weft loaded" : "";
		return err;
	}
	conn->open = true;
	conn->pid = getpid();
	return 0;
}

/*
 * struct declaration - what is to be said
 * @cmd: WEFT_CMD_*
 * @fd: about this socket
 * @job: 0 for nothing
 * @class: NULL for nothing
 * @bytes: 0 for nothing
 * @deadline_us: 0 for nothing
 */
struct declaration {
	__u8		cmd;
	int		fd;
	__u32		job;
	const char	*class;
	__u64		bytes;
	__u64		deadline_us;
};

static int send_once(struct connection *conn, const struct declaration *said)
{
	struct request req;
	__s32 fd = said->fd;
	int err;

	err = connect_weft(conn);
	if (err)
		return err;
	request_weft(&req, said->cmd);
	request_put(&req, WEFT_A_DECLARATION_FD, &fd, sizeof(fd));
	if (said->job)
		request_u32(&req, WEFT_A_DECLARATION_JOB, said->job);
	if (said->class)
		request_put(&req, WEFT_A_DECLARATION_CLASS, said->class,
			    strlen(said->class) + 1);
	if (said->bytes)
		request_u64(&req, WEFT_A_DECLARATION_BYTES, said->bytes);
	if (said->deadline_us)
		request_u64(&req, WEFT_A_DECLARATION_DEADLINE_US,
			    said->deadline_us);
	err = netlink_do(&conn->nl, &req, NULL, NULL);
	request_free(&req);
	if (err)
		reason = conn->nl.refusal.message;
	return err;
}

static int declare(const struct declaration *said)
{
	struct connection *conn = connection();
	int err;

	reason = "";
	if (!conn)
		return -ENOMEM;
	if (said->fd < 0)
		return -EBADF;
	if (said->class && strlen(said->class) >= WEFT_NAME_LEN) {
		reason = "there is no class of this name";
		return -EINVAL;
	}
	err = send_once(conn, said);
	/* The module may have been loaded anew, and its family have another id. */
	if (err == -ENOENT && conn->open) {
		disconnect(conn);
		err = send_once(conn, said);
	}
	return err;
}

EXPORT int weft_transfer_begin(int fd, uint32_t job, const char *klass,
			       uint64_t bytes, uint64_t deadline_us)
{
	const struct declaration said = {
		.cmd = WEFT_CMD_DECLARE_BEGIN,
		.fd = fd,
		.job = job,
		.class = klass,
		.bytes = bytes,
		.deadline_us = deadline_us,
	};

	return declare(&said);
}

EXPORT int weft_transfer_end(int fd)
{
	const struct declaration said = {
		.cmd = WEFT_CMD_DECLARE_END,
		.fd = fd,
	};

	return declare(&said);
}

EXPORT int weft_flow_set(int fd, uint32_t job, const char *klass)
{
	const struct declaration said = {
		.cmd = WEFT_CMD_DECLARE_FLOW,
		.fd = fd,
		.job = job,
		.class = klass,
	};

	return declare(&said);
}

EXPORT const char *weft_reason(void)
{
	return reason;
}
