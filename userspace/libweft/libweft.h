/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libweft: an application says what its sockets carry.
 *
 * The network then knows of a transfer how long it is, before its bytes are
 * sent, and of a flow which job it works for, without looking at either. It is
 * never needed: what nobody declares, weft finds out as well as it can.
 *
 * All functions take a file descriptor of the calling process: a TCP or, for
 * weft_flow_set(), UDP socket that is connected and has sent at least one packet
 * through an uplink of weft (connect() sends one). What they say is about the
 * bytes that this process sends.
 *
 * They return 0, or a negative errno after which nothing has changed:
 *
 *	-EBADF, -ENOTSOCK	@fd is not open, or is no socket
 *	-ESOCKTNOSUPPORT	it is none of TCP or UDP
 *	-EOPNOTSUPP		it is none of TCP, but a transfer is about one
 *	-ENOTCONN		it is not connected, or no uplink has seen it
 *	-EINVAL			there is no such class
 *	-EPERM			no grant allows this class or job ("weft grant")
 *	-ERANGE			bytes or deadline are beyond what can be
 *	-ENOSPC			as many jobs as there can be are at work
 *	-ENOENT			this kernel has no weft: nothing to declare to
 *	-ENOMEM
 *
 * An application that gets one of them can go on without: only the order in
 * which the network serves it is at stake.
 *
 * Thread-safe; each thread that calls has a netlink socket of its own, which is
 * closed on exec and when the thread ends. A child that was forked gets its own.
 * Not async-signal-safe. A call takes two system calls.
 */
#ifndef LIBWEFT_H
#define LIBWEFT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* For @job: leave the one that the flow has. */
#define WEFT_JOB_KEEP		0

/* For @bytes: not known yet; weft_transfer_end() will tell. */
#define WEFT_BYTES_UNKNOWN	0

/* For @deadline_us: none. */
#define WEFT_NO_DEADLINE	0

/*
 * weft_transfer_begin - the next byte written begins a transfer
 * @fd: TCP socket
 * @job: number of the job that it is part of, the same on all its hosts, 1 to
 *	4294967295; or WEFT_JOB_KEEP
 * @klass: name of a class ("gradient", "kvcache", ...), NULL to leave the one
 *	that the flow has
 * @bytes: of the transfer, as they go into the socket (below TLS: with what it
 *	adds), 1 to 2^48 - 2; or WEFT_BYTES_UNKNOWN
 * @deadline_us: microseconds from now until the last byte is needed, up to
 *	4294967295; or WEFT_NO_DEADLINE
 *
 * It ends with the last of its bytes. One that was begun before and has not come
 * to that ends here. Class and job stay the flow's until something else is said.
 */
int weft_transfer_begin(int fd, uint32_t job, const char *klass, uint64_t bytes,
			uint64_t deadline_us);

/*
 * weft_transfer_end - the last byte written was the transfer's last
 * @fd: TCP socket
 *
 * Needed where the bytes were not known, or fewer were written after all. Without
 * a transfer it does nothing.
 */
int weft_transfer_end(int fd);

/*
 * weft_flow_set - what the flow is, until it ends
 * @fd: TCP or UDP socket
 * @job: as above
 * @klass: as above
 *
 * With WEFT_JOB_KEEP and NULL, takes back what was said: it is what the node's
 * rules say then, from the next packet on.
 */
int weft_flow_set(int fd, uint32_t job, const char *klass);

/*
 * weft_reason - why the last call of this thread was refused
 *
 * Returns a sentence in English, without a line's end; "" where the last call
 * succeeded, or nothing is known beyond its errno. Good until the next call.
 */
const char *weft_reason(void);

#ifdef __cplusplus
}
#endif

#endif /* LIBWEFT_H */
