// SPDX-License-Identifier: GPL-2.0
/*
 * weft monitor: flows opened and closed, transfers that are over, packets denied. One
 * event is one line, written at once, until a signal, a count or a time-out.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include <json-c/json.h>
#include <netlink/attr.h>
#include <linux/genetlink.h>

#include <linux/weft.h>

#include "../lib/names.h"
#include "../lib/netlink.h"
#include "../lib/output.h"
#include "../lib/util.h"
#include "cmd.h"
#include "flow.h"
#include "transfer.h"

static const struct word words[] = {
	{ "open", NULL, KIND_FLAG,
	  .help = "only flows opened" },
	{ "close", NULL, KIND_FLAG,
	  .help = "only flows closed" },
	{ "verdict", NULL, KIND_FLAG,
	  .help = "only packets denied, or passed in audit" },
	{ "transfer", NULL, KIND_FLAG,
	  .help = "only transfers that are over" },
	{ "count", NULL, KIND_COUNT,
	  .help = "end after so many events" },
	{ "timeout", NULL, KIND_SECONDS,
	  .help = "end after this time" },
	{ }
};

/*
 * struct watch - what is being watched
 * @open: show opened flows
 * @close: show closed ones
 * @verdict: show denied and audited packets
 * @transfer: show transfers that are over
 * @left: events still to be shown
 * @lost: events that the kernel had no room for, or that this was too slow for
 * @sequence: number of the last event, 0 before the first
 */
struct watch {
	bool		open;
	bool		close;
	bool		verdict;
	bool		transfer;
	__u64	left;
	__u64	lost;
	__u32	sequence;
};

static void show_lost(struct watch *watch, __u64 n)
{
	struct json_object *obj;

	if (!n)
		return;
	watch->lost += n;
	if (output.json) {
		obj = json_object_new_object();
		row_string(obj, "event", "lost");
		row_number(obj, "count", n);
		output_line(obj);
	} else {
		printf("%s %llu events\n", colored(COLOR_BAD, "lost"), n);
	}
}

/* Events are numbered: a gap is what the socket had no room for. */
static __u64 gap(struct watch *watch, const struct nlmsghdr *nlh)
{
	__u32 missed = nlh->nlmsg_seq - watch->sequence - 1;

	if (!nlh->nlmsg_seq)
		return 0;
	if (!watch->sequence)
		missed = 0;
	watch->sequence = nlh->nlmsg_seq;
	return missed;
}

static const char *event_name(const struct watch *watch, __u8 cmd,
			      __u64 action)
{
	switch (cmd) {
	case WEFT_CMD_FLOW_OPEN_NTF:
		return watch->open ? "open" : NULL;
	case WEFT_CMD_FLOW_CLOSE_NTF:
		return watch->close ? "close" : NULL;
	case WEFT_CMD_TRANSFER_CLOSE_NTF:
		return watch->transfer ? "transfer" : NULL;
	case WEFT_CMD_VERDICT_NTF:
		if (!watch->verdict)
			return NULL;
		return action == WEFT_ACTION_AUDIT ? "audit" : "deny";
	default:
		return NULL;
	}
}

static void transfer_event_json(struct nlattr *tb[], struct json_object *obj)
{
	bool out = tb[WEFT_A_FLOW_EGRESS_TRANSFER];
	struct json_object *transfer = json_object_new_object();

	row_string(transfer, "direction",
		   name_of(&name_directions, out ? WEFT_DIRECTION_EGRESS :
						   WEFT_DIRECTION_INGRESS));
	transfer_json(tb[out ? WEFT_A_FLOW_EGRESS_TRANSFER :
			       WEFT_A_FLOW_INGRESS_TRANSFER], transfer);
	json_object_object_add(obj, "transfer", transfer);
}

static void transfer_event_text(struct nlattr *tb[])
{
	bool out = tb[WEFT_A_FLOW_EGRESS_TRANSFER];

	fputs(out ? "egress" : "ingress", stdout);
	transfer_text(tb[out ? WEFT_A_FLOW_EGRESS_TRANSFER :
			       WEFT_A_FLOW_INGRESS_TRANSFER]);
	fputs(" of ", stdout);
}

static bool has_transfer(struct nlattr *tb[])
{
	return tb[WEFT_A_FLOW_EGRESS_TRANSFER] || tb[WEFT_A_FLOW_INGRESS_TRANSFER];
}

static int show_event(const struct nlmsghdr *nlh, void *arg)
{
	const struct genlmsghdr *genl = (void *)((char *)nlh + NLMSG_HDRLEN);
	struct nlattr *tb[WEFT_A_FLOW_MAX + 1];
	struct watch *watch = arg;
	struct json_object *obj;
	const char *event;
	__u64 ns;

	if (!watch->left || netlink_parse(nlh, tb, WEFT_A_FLOW_MAX))
		return 0;
	show_lost(watch, gap(watch, nlh) + netlink_number(tb[WEFT_A_FLOW_LOST]));
	event = event_name(watch, genl->cmd, netlink_number(tb[WEFT_A_FLOW_ACTION]));
	if (!event)
		return 0;
	ns = netlink_number(tb[WEFT_A_FLOW_TIME]);
	if (output.json) {
		obj = json_object_new_object();
		row_string(obj, "event", event);
		row_number(obj, "time_ns", ns);
		if (has_transfer(tb))
			transfer_event_json(tb, obj);
		flow_json(tb, obj);
		output_line(obj);
	} else {
		if (output.details)
			printf("[%llu.%06llu] ", ns / 1000000000,
			       ns / 1000 % 1000000);
		printf("%s ", *event == 'd' ? colored(COLOR_BAD, event) :
			      *event == 'a' ? colored(COLOR_DOUBT, event) : event);
		if (has_transfer(tb))
			transfer_event_text(tb);
		flow_text(tb);
		putchar('\n');
	}
	watch->left--;
	return 0;
}

static __s64 now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (__s64)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* What is left until the deadline; -1, which is poll's for ever, without one. */
static int left_ms(__s64 deadline)
{
	__s64 ms;

	if (deadline < 0)
		return -1;
	ms = deadline - now_ms();
	return ms < 0 ? 0 : ms > INT_MAX ? INT_MAX : (int)ms;
}

/*
 * Both ways to stop are looked at before each batch of events, so that no
 * flood of them holds up the end.
 */
static int watch_events(struct netlink *nl, struct watch *watch,
			__s64 deadline, int signals)
{
	struct pollfd fds[] = {
		{ .fd = netlink_fd(nl), .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	int left, err;

	while (watch->left) {
		left = left_ms(deadline);
		if (poll(fds, 2, left) < 0 && errno != EINTR)
			return STATUS_REFUSED;
		if (fds[1].revents || !left)
			return STATUS_OK;
		if (!fds[0].revents)
			continue;
		err = netlink_receive(nl, show_event, watch);
		/* How many were lost, the next one's number tells. */
		if (err && err != -ENOBUFS) {
			complain("monitor: %s", strerror(-err));
			return STATUS_REFUSED;
		}
		if (fflush(stdout))
			return STATUS_REFUSED;
	}
	return STATUS_OK;
}

static int monitor(const struct args *args)
{
	bool all = !args_get(args, "open") && !args_get(args, "close") &&
		   !args_get(args, "verdict") && !args_get(args, "transfer");
	const struct value *timeout = args_get(args, "timeout");
	const struct value *count = args_get(args, "count");
	struct watch watch = {
		.open = all || args_get(args, "open"),
		.close = all || args_get(args, "close"),
		.verdict = all || args_get(args, "verdict"),
		.transfer = all || args_get(args, "transfer"),
		.left = count ? count->number : U64_MAX,
	};
	struct netlink *nl = session_weft(), events;
	__s64 deadline = -1;
	sigset_t stops;
	int signals;
	int status;

	if (!nl)
		return STATUS_REFUSED;
	class_names_load(nl);
	if (netlink_open_weft(&events)) {
		complain("no second netlink socket");
		return STATUS_REFUSED;
	}
	if (netlink_join(&events, WEFT_MCGRP_EVENTS)) {
		netlink_complain(&events, args->command->name);
		netlink_close(&events);
		return STATUS_REFUSED;
	}

	sigemptyset(&stops);
	sigaddset(&stops, SIGINT);
	sigaddset(&stops, SIGTERM);
	sigprocmask(SIG_BLOCK, &stops, NULL);
	signals = signalfd(-1, &stops, SFD_CLOEXEC);

	if (timeout)
		deadline = now_ms() + (__s64)timeout->number;
	setvbuf(stdout, NULL, _IOLBF, 0);
	/* Whoever waits for events to come can wait for this first. */
	complain("listening for events of this network namespace");
	status = watch_events(&events, &watch, deadline, signals);
	if (watch.lost)
		complain("%llu events were lost", watch.lost);

	close(signals);
	netlink_close(&events);
	return status;
}

static const struct action actions[] = {
	{ NULL, "print events as they happen", words, monitor },
	{ }
};

const struct command monitor_command = {
	"monitor", "flows opened and closed, transfers over, packets denied", actions,
};
