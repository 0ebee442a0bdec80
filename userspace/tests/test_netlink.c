// SPDX-License-Identifier: GPL-2.0
/*
 * The transport, against this machine's own rtnetlink: dumps that change while
 * they are read, and refusals that name a word. recvmsg() here stands before
 * libnl's, and marks dumps as interrupted.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <linux/rtnetlink.h>

#include "../lib/netlink.h"
#include "../lib/rtnl.h"
#include "../lib/util.h"
#include "ktap.h"

/* Dumps that are still to be marked, and dumps that were seen to end. */
static unsigned int interrupt_left, dumps;

static void look_at(struct nlmsghdr *nlh, ssize_t len)
{
	for (; NLMSG_OK(nlh, len); nlh = NLMSG_NEXT(nlh, len)) {
		if (!(nlh->nlmsg_flags & NLM_F_MULTI))
			continue;
		if (interrupt_left)
			nlh->nlmsg_flags |= NLM_F_DUMP_INTR;
		if (nlh->nlmsg_type != NLMSG_DONE)
			continue;
		dumps++;
		if (interrupt_left)
			interrupt_left--;
	}
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	static ssize_t (*next)(int fd, struct msghdr *msg, int flags);
	ssize_t len;

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "recvmsg");
	len = next(fd, msg, flags);
	if (len > 0 && !(flags & MSG_PEEK))
		look_at(msg->msg_iov[0].iov_base, len);
	return len;
}

static unsigned int count_links(unsigned int interrupts)
{
	struct link *links = NULL;
	struct netlink nl;
	unsigned int n = 0;

	interrupt_left = interrupts;
	dumps = 0;
	CHECK(!netlink_open_route(&nl));
	CHECK(!link_list(&nl, &links, &n));
	free(links);
	netlink_close(&nl);
	return n;
}

static void dump__is_read_again_after_a_change(void)
{
	unsigned int n = count_links(0);

	CHECK(n > 0 && dumps == 1);
	CHECK(count_links(2) == n);
	CHECK(dumps == 3);
}

static void dump__ends_if_it_never_settles(void)
{
	unsigned int n = count_links(0);

	/* Says so on standard error, and shows what there was. */
	CHECK(count_links(1000) == n);
	CHECK(dumps == 10);
	interrupt_left = 0;
}

static int count_one(const struct nlmsghdr *nlh, void *arg)
{
	(void)nlh;
	++*(unsigned int *)arg;
	return 0;
}

static void stream__gives_each_message_once(void)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };
	unsigned int n = count_links(0), streamed = 0;
	struct request req;
	struct netlink nl;

	dumps = 0;
	CHECK(!netlink_open_route(&nl));
	request_route(&req, RTM_GETLINK, 0, &ifi, sizeof(ifi));
	interrupt_left = 1;
	CHECK(!netlink_stream(&nl, &req, count_one, &streamed));
	CHECK(streamed == n && dumps == 1);
	request_free(&req);
	netlink_close(&nl);
}

static void refusal__names_the_word(void)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };
	struct request req;
	struct netlink nl;

	CHECK(!netlink_open_route(&nl));
	request_route(&req, RTM_GETLINK, 0, &ifi, sizeof(ifi));
	request_word(&req, "first", "fine");
	request_put(&req, IFLA_IFNAME, "lo", 3);
	request_word(&req, "second", "short");
	request_u8(&req, IFLA_EXT_MASK, 1);
	CHECK(netlink_do(&nl, &req, NULL, NULL) < 0);
	CHECK(nl.refusal.error > 0);
	CHECK(nl.refusal.message[0]);
	CHECK(nl.refusal.word && !strcmp(nl.refusal.word, "short"));
	CHECK(nl.refusal.key && !strcmp(nl.refusal.key, "second"));
	request_free(&req);
	netlink_close(&nl);
}

static void refusal__of_one_request_is_not_the_next_ones(void)
{
	struct netlink nl;
	struct link link;

	CHECK(!netlink_open_route(&nl));
	CHECK(link_find(&nl, "no such device", &link) == -ENODEV);
	CHECK(link_find(&nl, "a name far too long for any device", &link) == -ENODEV);
	CHECK(!link_find(&nl, "lo", &link));
	CHECK(!nl.refusal.error && link.index > 0);
	CHECK_TEXT(link.name, "lo");
	netlink_close(&nl);
}

int main(void)
{
#define TEST(name)	{ #name, name }
	static const struct ktap_test tests[] = {
		TEST(dump__is_read_again_after_a_change),
		TEST(dump__ends_if_it_never_settles),
		TEST(stream__gives_each_message_once),
		TEST(refusal__names_the_word),
		TEST(refusal__of_one_request_is_not_the_next_ones),
	};

	return ktap_run(tests, ARRAY_SIZE(tests));
}
