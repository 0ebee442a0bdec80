// SPDX-License-Identifier: LGPL-2.1-or-later
/* See netlink.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <netlink/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>

#include <linux/weft.h>

#include "netlink.h"
#include "util.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK	270
#endif

/*
 * The kernel fills a dump's packets up to 32 KB where the reader has room for
 * them; an event socket has to ride out a burst.
 */
#define BUFFER_SIZE	32768
#define EVENT_QUEUE	(8 << 20)

/* How often a dump that changed under way is read again. */
#define DUMP_TRIES	10

/*
 * struct exchange - a request that waits for its answer
 * @nl: the socket
 * @req: what was asked
 * @stream: gets messages as they come, NULL where they are stored
 * @arg: its argument
 * @store: messages that came, one behind the other
 * @used: bytes of @store in use
 * @size: bytes of @store
 * @dump: the request is one
 * @done: the last message has been seen
 * @interrupted: the dump changed while it was read
 * @error: 0 or -errno
 */
struct exchange {
	struct netlink	*nl;
	struct request	*req;
	message_fn	stream;
	void		*arg;
	char		*store;
	size_t		used;
	size_t		size;
	bool		dump;
	bool		done;
	bool		interrupted;
	int		error;
};

static int libnl_error(int err)
{
	switch (-err) {
	case NLE_NOMEM:		return -ENOMEM;
	case NLE_OBJ_NOTFOUND:	return -ENOENT;
	case NLE_PERM:
	case NLE_NOACCESS:	return -EPERM;
	case NLE_AGAIN:		return -EAGAIN;
	case NLE_INTR:		return -EINTR;
	case NLE_MSG_TRUNC:	return -EMSGSIZE;
	default:		return -EIO;
	}
}

static int open_socket(struct netlink *nl, int protocol)
{
	int one = 1, err;

	memset(nl, 0, sizeof(*nl));
	nl->sk = nl_socket_alloc();
	if (!nl->sk)
		return -ENOMEM;
	err = nl_connect(nl->sk, protocol);
	if (err) {
		netlink_close(nl);
		return protocol == NETLINK_GENERIC ? -EPROTONOSUPPORT : libnl_error(err);
	}
	nl_socket_set_msg_buf_size(nl->sk, BUFFER_SIZE);
	/* Neither can fail on a kernel that weft runs on. */
	setsockopt(nl_socket_get_fd(nl->sk), SOL_NETLINK, NETLINK_EXT_ACK,
		   &one, sizeof(one));
	setsockopt(nl_socket_get_fd(nl->sk), SOL_NETLINK, NETLINK_CAP_ACK,
		   &one, sizeof(one));
	return 0;
}

int netlink_open_route(struct netlink *nl)
{
	return open_socket(nl, NETLINK_ROUTE);
}

int netlink_open_weft(struct netlink *nl)
{
	int err = open_socket(nl, NETLINK_GENERIC);

	if (err)
		return err;
	/* The kernel loads the module for this question where it can. */
	nl->family = genl_ctrl_resolve(nl->sk, WEFT_GENL_NAME);
	if (nl->family < 0) {
		err = libnl_error(nl->family);
		netlink_close(nl);
		return err;
	}
	return 0;
}

void netlink_close(struct netlink *nl)
{
	nl_socket_free(nl->sk);
	nl->sk = NULL;
}

static void request_init(struct request *req)
{
	memset(req, 0, sizeof(*req));
	req->msg = nlmsg_alloc_size(REQUEST_BYTES);
}

void request_route(struct request *req, int type, int flags,
		   const void *header, size_t len)
{
	request_init(req);
	if (!req->msg)
		return;
	nlmsg_put(req->msg, NL_AUTO_PORT, NL_AUTO_SEQ, type, 0,
		  NLM_F_REQUEST | flags);
	nlmsg_append(req->msg, (void *)header, len, NLMSG_ALIGNTO);
}

/* The message's type is the family, which is known when it is sent. */
void request_weft(struct request *req, __u8 cmd)
{
	request_init(req);
	if (req->msg)
		genlmsg_put(req->msg, NL_AUTO_PORT, NL_AUTO_SEQ, GENL_ID_CTRL, 0,
			    NLM_F_REQUEST, cmd, WEFT_GENL_VERSION);
}

void request_free(struct request *req)
{
	nlmsg_free(req->msg);
	req->msg = NULL;
}

static size_t request_length(const struct request *req)
{
	return NLMSG_ALIGN(nlmsg_hdr(req->msg)->nlmsg_len);
}

void request_word(struct request *req, const char *key, const char *word)
{
	if (!req->msg || req->n_words == REQUEST_WORDS)
		return;
	req->words[req->n_words].offset = request_length(req);
	req->words[req->n_words].key = key;
	req->words[req->n_words].word = word;
	req->n_words++;
}

void request_put(struct request *req, int attr, const void *data, size_t len)
{
	if (!req->msg || !nla_put(req->msg, attr, (int)len, data))
		return;
	request_free(req);
}

void request_u8(struct request *req, int attr, __u8 value)
{
	request_put(req, attr, &value, sizeof(value));
}

void request_u16(struct request *req, int attr, __u16 value)
{
	request_put(req, attr, &value, sizeof(value));
}

void request_u32(struct request *req, int attr, __u32 value)
{
	request_put(req, attr, &value, sizeof(value));
}

void request_u64(struct request *req, int attr, __u64 value)
{
	request_put(req, attr, &value, sizeof(value));
}

struct nlattr *request_nest(struct request *req, int attr)
{
	return req->msg ? nla_nest_start(req->msg, attr | NLA_F_NESTED) : NULL;
}

void request_nest_end(struct request *req, struct nlattr *nest)
{
	if (req->msg && nest)
		nla_nest_end(req->msg, nest);
}

/* Which word did the attribute at this offset come from? */
static void blame_word(struct refusal *refusal, const struct request *req,
		       size_t offset)
{
	unsigned int i;

	for (i = 0; i < req->n_words; i++) {
		if (req->words[i].offset == offset) {
			refusal->key = req->words[i].key;
			refusal->word = req->words[i].word;
			return;
		}
	}
}

/* The range in which the kernel would have taken the value. */
static void read_range(struct refusal *refusal, const struct nlattr *policy)
{
	struct nlattr *tb[NL_POLICY_TYPE_ATTR_MAX + 1];

	if (netlink_parse_nested(policy, tb, NL_POLICY_TYPE_ATTR_MAX))
		return;
	if (!tb[NL_POLICY_TYPE_ATTR_MIN_VALUE_U] ||
	    !tb[NL_POLICY_TYPE_ATTR_MAX_VALUE_U])
		return;
	refusal->has_range = true;
	refusal->min = netlink_number(tb[NL_POLICY_TYPE_ATTR_MIN_VALUE_U]);
	refusal->max = netlink_number(tb[NL_POLICY_TYPE_ATTR_MAX_VALUE_U]);
}

/*
 * What stands behind the error code of an acknowledgment, or behind the one
 * that ends a dump: @skip bytes into the payload.
 */
static void read_extack(struct exchange *ex, const struct nlmsghdr *nlh,
			size_t skip)
{
	struct refusal *refusal = &ex->nl->refusal;
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1];
	const char *message;
	int len;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	skip = NLMSG_ALIGN(skip);
	len = nlmsg_datalen(nlh) - (int)skip;
	if (len <= 0)
		return;
	if (nla_parse(tb, NLMSGERR_ATTR_MAX,
		      (struct nlattr *)((char *)NLMSG_DATA(nlh) + skip), len, NULL))
		return;

	message = netlink_string(tb[NLMSGERR_ATTR_MSG]);
	/* The module's name is on every line already. */
	if (message && !strncmp(message, "weft: ", 6))
		message += 6;
	if (message)
		snprintf(refusal->message, sizeof(refusal->message), "%s", message);
	if (tb[NLMSGERR_ATTR_OFFS])
		blame_word(refusal, ex->req, netlink_number(tb[NLMSGERR_ATTR_OFFS]));
	if (tb[NLMSGERR_ATTR_MISS_TYPE])
		refusal->missing = netlink_number(tb[NLMSGERR_ATTR_MISS_TYPE]);
	if (tb[NLMSGERR_ATTR_POLICY])
		read_range(refusal, tb[NLMSGERR_ATTR_POLICY]);
}

static void finish(struct exchange *ex, int error)
{
	ex->done = true;
	ex->error = error;
	ex->nl->refusal.error = -error;
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *err, void *arg)
{
	const struct nlmsghdr *nlh = (void *)((char *)err - NLMSG_HDRLEN);
	struct exchange *ex = arg;
	size_t skip = sizeof(*err);

	(void)from;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += nlmsg_datalen(&err->msg);
	finish(ex, err->error);
	read_extack(ex, nlh, skip);
	return NL_STOP;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	const struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct exchange *ex = arg;

	finish(ex, 0);
	read_extack(ex, nlh, sizeof(struct nlmsgerr));
	return NL_STOP;
}

/* The end of a dump, which says how it went; libnl does not look. */
static int on_finish(struct nl_msg *msg, void *arg)
{
	const struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct exchange *ex = arg;
	int error = 0;

	if (nlmsg_datalen(nlh) >= (int)sizeof(error))
		memcpy(&error, NLMSG_DATA(nlh), sizeof(error));
	finish(ex, error < 0 ? error : 0);
	read_extack(ex, nlh, sizeof(error));
	return NL_STOP;
}

static int on_interrupted(struct nl_msg *msg, void *arg)
{
	struct exchange *ex = arg;

	(void)msg;
	ex->interrupted = true;
	return NL_OK;
}

/* What answers an earlier, abandoned request is none of ours. */
static int on_sequence(struct nl_msg *msg, void *arg)
{
	const struct exchange *ex = arg;

	return nlmsg_hdr(msg)->nlmsg_seq == nlmsg_hdr(ex->req->msg)->nlmsg_seq ?
		NL_OK : NL_SKIP;
}

static int on_message(struct nl_msg *msg, void *arg)
{
	const struct nlmsghdr *nlh = nlmsg_hdr(msg);
	size_t len = NLMSG_ALIGN(nlh->nlmsg_len);
	struct exchange *ex = arg;

	if (ex->stream) {
		ex->stream(nlh, ex->arg);
		return NL_OK;
	}
	if (ex->used + len > ex->size) {
		size_t size = 2 * (ex->size + len);
		char *store = realloc(ex->store, size);

		if (!store) {
			finish(ex, -ENOMEM);
			return NL_STOP;
		}
		ex->store = store;
		ex->size = size;
	}
	memset(ex->store + ex->used, 0, len);
	memcpy(ex->store + ex->used, nlh, nlh->nlmsg_len);
	ex->used += len;
	return NL_OK;
}

static int exchange(struct exchange *ex)
{
	struct netlink *nl = ex->nl;
	struct nl_cb *cb;
	int err;

	memset(&nl->refusal, 0, sizeof(nl->refusal));
	if (!ex->req->msg) {
		finish(ex, -ENOMEM);
		return ex->error;
	}
	cb = nl_cb_alloc(NL_CB_DEFAULT);
	if (!cb) {
		finish(ex, -ENOMEM);
		return ex->error;
	}
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, ex);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, ex);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, ex);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_message, ex);
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, on_sequence, ex);
	nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interrupted, ex);

	ex->done = false;
	ex->interrupted = false;
	ex->used = 0;
	if (nl->family)
		nlmsg_hdr(ex->req->msg)->nlmsg_type = nl->family;
	if (ex->dump)
		nlmsg_hdr(ex->req->msg)->nlmsg_flags |= NLM_F_DUMP;
	nlmsg_hdr(ex->req->msg)->nlmsg_seq = NL_AUTO_SEQ;
	err = nl_send_auto(nl->sk, ex->req->msg);
	if (err < 0)
		finish(ex, libnl_error(err));
	while (!ex->done) {
		err = nl_recvmsgs(nl->sk, cb);
		if (err < 0 && !ex->done && err != -NLE_INTR)
			finish(ex, libnl_error(err));
	}
	nl_cb_put(cb);
	return ex->error;
}

/* After the last one has come, so that @fn may use the socket itself. */
static void deliver(const struct exchange *ex, message_fn fn, void *arg)
{
	size_t at = 0;

	while (fn && at < ex->used) {
		const struct nlmsghdr *nlh = (void *)(ex->store + at);

		if (fn(nlh, arg))
			break;
		at += NLMSG_ALIGN(nlh->nlmsg_len);
	}
}

int netlink_do(struct netlink *nl, struct request *req, message_fn fn,
	       void *arg)
{
	struct exchange ex = { .nl = nl, .req = req };
	int err = exchange(&ex);

	if (!err && nl->refusal.message[0])
		complain("warning: %s", nl->refusal.message);
	if (!err)
		deliver(&ex, fn, arg);
	free(ex.store);
	return err;
}

int netlink_dump(struct netlink *nl, struct request *req, message_fn fn,
		 void *arg)
{
	struct exchange ex = {
		.nl = nl, .req = req, .dump = true,
	};
	int tries, err = 0;

	for (tries = 0; tries < DUMP_TRIES; tries++) {
		err = exchange(&ex);
		/* Newer kernels end an inconsistent dump with an error, too. */
		if (!ex.interrupted && err != -EINTR)
			break;
	}
	if (!err && ex.interrupted)
		complain("warning: the list kept changing while it was read");
	if (!err)
		deliver(&ex, fn, arg);
	free(ex.store);
	return err;
}

int netlink_stream(struct netlink *nl, struct request *req, message_fn fn,
		   void *arg)
{
	struct exchange ex = {
		.nl = nl, .req = req, .dump = true, .stream = fn, .arg = arg,
	};
	int err = exchange(&ex);

	if (!err && ex.interrupted)
		complain("warning: the list changed while it was read");
	return err;
}

void netlink_complain(const struct netlink *nl, const char *what)
{
	const struct refusal *refusal = &nl->refusal;

	fputs("weft: ", stderr);
	if (refusal->word && refusal->key)
		fprintf(stderr, "'%s %s': ", refusal->key, refusal->word);
	else if (refusal->word)
		fprintf(stderr, "'%s': ", refusal->word);
	else
		fprintf(stderr, "%s: ", what);

	if (refusal->message[0])
		fputs(refusal->message, stderr);
	else if (refusal->error == EPERM || refusal->error == EACCES)
		fputs("not permitted: needs CAP_NET_ADMIN in this network namespace",
		      stderr);
	else if (refusal->missing)
		fprintf(stderr, "the kernel misses attribute %u", refusal->missing);
	else
		fputs(strerror(refusal->error), stderr);
	if (refusal->has_range)
		fprintf(stderr, " (%llu to %llu would do)",
			refusal->min, refusal->max);
	fputc('\n', stderr);
}

int netlink_join(struct netlink *nl, const char *group)
{
	int number, err;

	memset(&nl->refusal, 0, sizeof(nl->refusal));
	number = genl_ctrl_resolve_grp(nl->sk, WEFT_GENL_NAME, group);
	if (number < 0) {
		nl->refusal.error = -libnl_error(number);
		return -nl->refusal.error;
	}
	/* A larger queue needs a capability; a smaller one only loses more. */
	nl_socket_set_buffer_size(nl->sk, EVENT_QUEUE, 0);
	err = EVENT_QUEUE;
	setsockopt(nl_socket_get_fd(nl->sk), SOL_SOCKET, SO_RCVBUFFORCE, &err,
		   sizeof(err));
	if (setsockopt(nl_socket_get_fd(nl->sk), SOL_NETLINK,
		       NETLINK_ADD_MEMBERSHIP, &number, sizeof(number))) {
		nl->refusal.error = errno;
		return -errno;
	}
	return 0;
}

int netlink_fd(const struct netlink *nl)
{
	return nl_socket_get_fd(nl->sk);
}

int netlink_receive(struct netlink *nl, message_fn fn, void *arg)
{
	static union {
		struct nlmsghdr	nlh;
		char		bytes[BUFFER_SIZE];
	} buf;
	const struct nlmsghdr *nlh;
	ssize_t len;

	len = recv(netlink_fd(nl), &buf, sizeof(buf), MSG_DONTWAIT);
	if (len < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	for (nlh = &buf.nlh; NLMSG_OK(nlh, len); nlh = NLMSG_NEXT(nlh, len)) {
		if (nlh->nlmsg_type == nl->family && fn(nlh, arg))
			break;
	}
	return 0;
}

int netlink_parse(const struct nlmsghdr *nlh, struct nlattr *tb[], int max)
{
	return genlmsg_parse((struct nlmsghdr *)nlh, 0, tb, max, NULL) ? -EBADMSG : 0;
}

int netlink_parse_nested(const struct nlattr *attr, struct nlattr *tb[],
			 int max)
{
	return nla_parse_nested(tb, max, (struct nlattr *)attr, NULL) ? -EBADMSG : 0;
}

__u64 netlink_number(const struct nlattr *attr)
{
	__u64 u64;
	__u32 u32;
	__u16 u16;

	if (!attr)
		return 0;
	switch (nla_len(attr)) {
	case sizeof(__u8):
		return *(const __u8 *)nla_data(attr);
	case sizeof(__u16):
		memcpy(&u16, nla_data(attr), sizeof(u16));
		return u16;
	case sizeof(__u32):
		memcpy(&u32, nla_data(attr), sizeof(u32));
		return u32;
	case sizeof(__u64):
		memcpy(&u64, nla_data(attr), sizeof(u64));
		return u64;
	default:
		return 0;
	}
}

const char *netlink_string(const struct nlattr *attr)
{
	const char *s;

	if (!attr || nla_len(attr) < 1)
		return NULL;
	s = nla_data(attr);
	return s[nla_len(attr) - 1] ? NULL : s;
}

const void *netlink_binary(const struct nlattr *attr, size_t len)
{
	return attr && nla_len(attr) >= (int)len ? nla_data(attr) : NULL;
}
