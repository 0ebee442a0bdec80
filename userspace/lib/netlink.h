/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Talking netlink: requests, dumps, events, and what the kernel said when it
 * refused.
 *
 * libnl-3 knows nothing of extended acknowledgements, so this asks the socket
 * for them and reads them itself. A request remembers which word of the command
 * line each of its attributes came from; where the kernel names the attribute
 * that it did not like, the refusal names that word.
 */
#ifndef _WEFT_LIB_NETLINK_H
#define _WEFT_LIB_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include <linux/netlink.h>

struct nl_msg;
struct nl_sock;
struct nlattr;

#define REQUEST_WORDS	64	/* attributes of one request that words made */
#define REQUEST_BYTES	16384

/**
 * struct refusal - why the kernel refused
 * @error: errno, 0 where it did not
 * @message: the kernel's own words, empty where it had none
 * @key: keyword of the word it is about, NULL for a word that needs none
 * @word: the word it is about, NULL where the kernel named none
 * @missing: number of the attribute that is missing, 0 for none
 * @has_range: the kernel sent @min and @max
 * @min: least value that it would take
 * @max: greatest value that it would take
 */
struct refusal {
	int		error;
	char		message[256];
	const char	*key;
	const char	*word;
	unsigned int	missing;
	bool		has_range;
	__u64	min;
	__u64	max;
};

/**
 * struct netlink - a socket
 * @sk: libnl's
 * @family: message type of generic netlink family weft; 0 on a route socket
 * @refusal: of the last request
 */
struct netlink {
	struct nl_sock	*sk;
	int		family;
	struct refusal	refusal;
};

/**
 * struct request - a message being written
 * @msg: libnl's
 * @n_words: length of @words
 * @words: where attributes lie in the message, and the words they came from
 */
struct request {
	struct nl_msg	*msg;
	unsigned int	n_words;
	struct {
		size_t		offset;
		const char	*key;
		const char	*word;
	} words[REQUEST_WORDS];
};

/* Gets one message; nonzero ends the walk. */
typedef int (*message_fn)(const struct nlmsghdr *nlh, void *arg);

/*
 * Opening: 0 or -errno. -ENOENT of genl: the kernel has no family weft, which
 * means that the module is not loaded.
 */
int netlink_open_route(struct netlink *nl);
int netlink_open_weft(struct netlink *nl);
void netlink_close(struct netlink *nl);

/* Requests. They carry on after a lack of memory and fail when sent. */
void request_route(struct request *req, int type, int flags,
		   const void *header, size_t len);
void request_weft(struct request *req, __u8 cmd);
void request_free(struct request *req);

/* The next attribute put came from these words. */
void request_word(struct request *req, const char *key, const char *word);
void request_put(struct request *req, int attr, const void *data, size_t len);
void request_u8(struct request *req, int attr, __u8 value);
void request_u16(struct request *req, int attr, __u16 value);
void request_u32(struct request *req, int attr, __u32 value);
void request_u64(struct request *req, int attr, __u64 value);
struct nlattr *request_nest(struct request *req, int attr);
void request_nest_end(struct request *req, struct nlattr *nest);

/*
 * Send and wait for the answer; 0 or -errno with nl->refusal filled in. @fn may
 * be NULL. A dump is delivered whole: one that changed while it was read is
 * read again, so @fn never sees an object twice.
 */
int netlink_do(struct netlink *nl, struct request *req, message_fn fn,
	       void *arg);
int netlink_dump(struct netlink *nl, struct request *req, message_fn fn,
		 void *arg);
/*
 * A dump that may be larger than memory should hold: @fn gets each message as
 * it comes, once, and must not use the socket itself. A dump that changed while
 * it was read is not read again.
 */
int netlink_stream(struct netlink *nl, struct request *req, message_fn fn,
		   void *arg);

/* Says on standard error why the last request was refused. */
void netlink_complain(const struct netlink *nl, const char *what);

/* Events. After a successful join the socket takes no requests. */
int netlink_join(struct netlink *nl, const char *group);
int netlink_fd(const struct netlink *nl);
/* Reads what is there; 0, -ENOBUFS where messages were lost, or -errno. */
int netlink_receive(struct netlink *nl, message_fn fn, void *arg);

/* Attributes of a generic netlink message; @tb has @max + 1 entries. */
int netlink_parse(const struct nlmsghdr *nlh, struct nlattr *tb[], int max);
int netlink_parse_nested(const struct nlattr *attr, struct nlattr *tb[],
			 int max);
/* 0 where the attribute is absent or shorter than it should be. */
__u64 netlink_number(const struct nlattr *attr);
const char *netlink_string(const struct nlattr *attr);
const void *netlink_binary(const struct nlattr *attr, size_t len);

#endif /* _WEFT_LIB_NETLINK_H */
