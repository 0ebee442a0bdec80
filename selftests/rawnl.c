// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink without a library, to say what no library would say.
 *
 *	rawnl FAMILY COMMAND [dump] [times=N] [ATTR=TYPE:VALUE]...
 *		sends one request, or N until one is refused; prints "ok N" with the number of replies,
 *		or "error ERRNO attr ATTR message TEXT" (ATTR 0: none named)
 *	rawnl FAMILY join GROUP		"ok" or "error ERRNO"
 *	rawnl FAMILY fuzz COUNT SEED	so many requests of random content
 *	rawnl FAMILY policy COMMAND	"ok N": number of policy dump messages
 *
 *	TYPE: u8 u16 u32 u64 str flag hex nest (VALUE: hex of what is inside)
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#ifndef NLM_F_ACK_TLVS
#define NLM_F_ACK_TLVS	0x200
#endif

static union {
	struct nlmsghdr	nlh;
	char		bytes[8192];
} req;
static char reply[65536];
static uint16_t family;
static int fd;

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "rawnl: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void begin(uint16_t type, uint8_t cmd, uint16_t flags)
{
	struct genlmsghdr *g = NLMSG_DATA(&req.nlh);
	static uint32_t seq;

	memset(&req, 0, 256);
	req.nlh.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	req.nlh.nlmsg_type = type;
	req.nlh.nlmsg_flags = NLM_F_REQUEST | flags;
	req.nlh.nlmsg_seq = ++seq;
	g->cmd = cmd;
	g->version = 1;
}

static void put(uint16_t type, const void *data, uint16_t len)
{
	struct nlattr *a = (void *)(req.bytes + NLMSG_ALIGN(req.nlh.nlmsg_len));

	if ((char *)a + NLA_HDRLEN + len + 4 > req.bytes + sizeof(req)) {
		fprintf(stderr, "rawnl: too long\n");
		exit(2);
	}
	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + len;
	if (len)
		memcpy((char *)a + NLA_HDRLEN, data, len);
	memset((char *)a + NLA_HDRLEN + len, 0, NLA_ALIGN(len) - len);
	req.nlh.nlmsg_len = NLMSG_ALIGN(req.nlh.nlmsg_len) +
			    NLA_ALIGN(a->nla_len);
}

static void transmit(void)
{
	if (send(fd, &req, req.nlh.nlmsg_len, 0) < 0)
		die("send");
}

/* Which attribute of the request lies at this offset. */
static int attr_at(uint32_t offs)
{
	if (offs < NLMSG_LENGTH(GENL_HDRLEN) ||
	    offs + NLA_HDRLEN > req.nlh.nlmsg_len)
		return -1;
	return ((struct nlattr *)(req.bytes + offs))->nla_type &
		NLA_TYPE_MASK;
}

static const char *ack_text(struct nlmsghdr *nlh, int *attr)
{
	struct nlmsgerr *err = NLMSG_DATA(nlh);
	char *at = (char *)(err + 1), *end = (char *)nlh + nlh->nlmsg_len;
	const char *text = "";

	*attr = 0;
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return text;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		at += NLMSG_ALIGN(err->msg.nlmsg_len) - NLMSG_HDRLEN;
	while (at + NLA_HDRLEN <= end) {
		struct nlattr *a = (void *)at;

		if (a->nla_len < NLA_HDRLEN)
			break;
		if (a->nla_type == NLMSGERR_ATTR_MSG)
			text = at + NLA_HDRLEN;
		else if (a->nla_type == NLMSGERR_ATTR_OFFS)
			*attr = attr_at(*(uint32_t *)(at + NLA_HDRLEN));
		else if (a->nla_type == NLMSGERR_ATTR_MISS_TYPE)
			*attr = *(uint32_t *)(at + NLA_HDRLEN);
		at += NLA_ALIGN(a->nla_len);
	}
	return text;
}

/* Until the answer is whole. Returns the errno, -1 if none came. */
static int receive(int *replies, const char **text, int *attr)
{
	*replies = 0;
	*text = "";
	*attr = 0;
	for (;;) {
		ssize_t len = recv(fd, reply, sizeof(reply), 0);
		struct nlmsghdr *nlh = (void *)reply;

		if (len < 0)
			return -1;
		for (; NLMSG_OK(nlh, len); nlh = NLMSG_NEXT(nlh, len)) {
			if (nlh->nlmsg_seq != req.nlh.nlmsg_seq)
				continue;
			if (nlh->nlmsg_type == NLMSG_ERROR) {
				struct nlmsgerr *err = NLMSG_DATA(nlh);

				*text = ack_text(nlh, attr);
				return -err->error;
			}
			if (nlh->nlmsg_type == NLMSG_DONE)
				return -*(int *)NLMSG_DATA(nlh);
			(*replies)++;
		}
	}
}

static uint32_t find_in_group_list(struct nlattr *groups, const char *name)
{
	char *at = (char *)groups + NLA_HDRLEN;
	char *end = (char *)groups + groups->nla_len;

	while (at + NLA_HDRLEN <= end) {
		struct nlattr *group = (void *)at;
		char *in = at + NLA_HDRLEN, *in_end = at + group->nla_len;
		uint32_t id = 0;
		bool found = false;

		while (in + NLA_HDRLEN <= in_end) {
			struct nlattr *a = (void *)in;

			if (a->nla_type == CTRL_ATTR_MCAST_GRP_ID)
				id = *(uint32_t *)(in + NLA_HDRLEN);
			else if (a->nla_type == CTRL_ATTR_MCAST_GRP_NAME)
				found = !strcmp(in + NLA_HDRLEN, name);
			in += NLA_ALIGN(a->nla_len);
		}
		if (found)
			return id;
		at += NLA_ALIGN(group->nla_len);
	}
	return 0;
}

/* The family's number, and that of a group if asked for. */
static uint32_t resolve(const char *name, const char *group)
{
	struct nlmsghdr *nlh = (void *)reply;
	uint32_t group_id = 0;
	char *at, *end;
	ssize_t len;

	begin(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	put(CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
	transmit();
	len = recv(fd, reply, sizeof(reply), 0);
	if (len < 0)
		die("recv");
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		fprintf(stderr, "rawnl: no family %s\n", name);
		exit(2);
	}
	at = reply + NLMSG_LENGTH(GENL_HDRLEN);
	end = reply + nlh->nlmsg_len;
	while (at + NLA_HDRLEN <= end) {
		struct nlattr *a = (void *)at;

		if (a->nla_type == CTRL_ATTR_FAMILY_ID)
			family = *(uint16_t *)(at + NLA_HDRLEN);
		else if (group && (a->nla_type & NLA_TYPE_MASK) ==
			 CTRL_ATTR_MCAST_GROUPS)
			group_id = find_in_group_list(a, group);
		at += NLA_ALIGN(a->nla_len);
	}
	return group_id;
}

static void put_word(char *word)
{
	uint16_t type = strtoul(word, &word, 0);
	unsigned char bytes[4096];
	unsigned int len = 0, byte;
	uint64_t n;
	char *value;

	if (*word++ != '=')
		goto bad;
	value = strchr(word, ':');
	if (value)
		*value++ = 0;
	if (!strcmp(word, "flag")) {
		put(type, NULL, 0);
		return;
	}
	if (!value)
		goto bad;
	if (!strcmp(word, "str")) {
		put(type, value, strlen(value) + 1);
		return;
	}
	if (!strcmp(word, "hex") || !strcmp(word, "nest")) {
		for (; *value && len < sizeof(bytes); value += 2) {
			if (sscanf(value, "%2x", &byte) != 1)
				goto bad;
			bytes[len++] = byte;
		}
		put(*word == 'n' ? type | NLA_F_NESTED : type, bytes, len);
		return;
	}
	n = strtoull(value, NULL, 0);
	if (!strcmp(word, "u8"))
		put(type, &n, 1);
	else if (!strcmp(word, "u16"))
		put(type, &n, 2);
	else if (!strcmp(word, "u32"))
		put(type, &n, 4);
	else if (!strcmp(word, "u64"))
		put(type, &n, 8);
	else
		goto bad;
	return;
bad:
	fprintf(stderr, "rawnl: %s: ATTR=TYPE:VALUE is due here\n", word);
	exit(2);
}

/* Small values are the likeliest to be taken. */
static uint64_t random_value(void)
{
	static const uint64_t odd[] = {
		0, 1, 2, 3, 7, 31, 32, 127, 128, 129, 255, 256, 65535, 65536,
		0x7fffffff, 0x80000000, 0xffffffff, ~0ULL, 1ULL << 63,
	};

	return random() % 3 ? odd[random() % (sizeof(odd) / sizeof(odd[0]))] :
			      (uint64_t)random() << 32 | random();
}

static int fuzz(unsigned long count, unsigned long seed)
{
	unsigned long i, refused = 0;
	struct timeval tv = { .tv_usec = 200000 };
	const char *text;
	int replies, attr;

	srandom(seed);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	for (i = 0; i < count; i++) {
		unsigned int attrs = random() % 8, j, cut;

		begin(family, random() % 38, NLM_F_ACK |
		      (random() % 4 ? 0 : NLM_F_DUMP) |
		      (random() % 8 ? 0 : random() & 0xff00));
		for (j = 0; j < attrs; j++) {
			uint64_t v[8] = { random_value(), random_value() };
			static const uint8_t lens[] = {
				0, 1, 2, 4, 8, 16, 3, 64,
			};
			uint16_t nested = random() % 16 ? 0 : NLA_F_NESTED;

			put(random() % 20 | nested, v, lens[random() % 8]);
		}
		/* some messages contradict their own lengths */
		if (!(random() % 8) && req.nlh.nlmsg_len > 24) {
			cut = 20 + random() % (req.nlh.nlmsg_len - 20);
			req.bytes[cut] = random();
		}
		transmit();
		if (receive(&replies, &text, &attr) > 0)
			refused++;
	}
	printf("ok %lu refused\n", refused);
	return 0;
}

int main(int argc, char **argv)
{
	int one = 1, i, err, replies, attr;
	struct timeval tv = { .tv_sec = 20 };
	uint16_t flags = NLM_F_ACK;
	unsigned long times = 1;
	const char *text;
	uint32_t group;

	if (argc < 3) {
		fprintf(stderr, "rawnl: see the top of rawnl.c\n");
		return 2;
	}
	fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	group = resolve(argv[1], argc > 3 ? argv[3] : NULL);

	if (!strcmp(argv[2], "join") && argc == 4) {
		if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
			       sizeof(group))) {
			printf("error %d\n", errno);
			return 1;
		}
		printf("ok\n");
		return 0;
	}
	if (!strcmp(argv[2], "fuzz") && argc == 5)
		return fuzz(strtoul(argv[3], NULL, 0), strtoul(argv[4], NULL, 0));
	if (!strcmp(argv[2], "policy") && argc == 4) {
		uint32_t op = strtoul(argv[3], NULL, 0);

		begin(GENL_ID_CTRL, CTRL_CMD_GETPOLICY, NLM_F_DUMP);
		put(CTRL_ATTR_FAMILY_ID, &family, sizeof(family));
		put(CTRL_ATTR_OP, &op, sizeof(op));
	} else {
		if (argc > 3 && !strcmp(argv[3], "dump"))
			flags |= NLM_F_DUMP;
		begin(family, strtoul(argv[2], NULL, 0), flags);
		for (i = flags & NLM_F_DUMP ? 4 : 3; i < argc; i++) {
			if (!strncmp(argv[i], "times=", 6))
				times = strtoul(argv[i] + 6, NULL, 0);
			else
				put_word(argv[i]);
		}
	}
	do {
		transmit();
		err = receive(&replies, &text, &attr);
		if (err < 0)
			die("no answer");
	} while (!err && --times);
	if (err) {
		printf("error %d attr %d message %s\n", err, attr, text);
		return 1;
	}
	printf("ok %d\n", replies);
	return 0;
}
