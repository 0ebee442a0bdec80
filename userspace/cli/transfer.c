// SPDX-License-Identifier: GPL-2.0
/* weft transfer: what flows have sent between two silences. */
#include <stdio.h>

#include <json-c/json.h>
#include <netlink/attr.h>

#include <linux/weft.h>

#include "../lib/names.h"
#include "../lib/netlink.h"
#include "../lib/output.h"
#include "../lib/util.h"
#include "cmd.h"
#include "flow.h"
#include "transfer.h"

static const struct word show_words[] = {
	{ "index", NULL, KIND_NUMBER, 0, WEFT_A_FLOW_INDEX,
	  .help = "of one flow, by its place in the table" },
	{ "class", NULL, KIND_CLASS, 0, WEFT_A_FLOW_CLASS },
	{ "job", NULL, KIND_JOB, 0, WEFT_A_FLOW_JOB },
	{ "protocol", "proto", KIND_PROTOCOL, 0, WEFT_A_FLOW_PROTOCOL },
	{ "state", NULL, KIND_STATE, 0, WEFT_A_FLOW_STATE },
	{ "port", NULL, KIND_PORT, 0, WEFT_A_FLOW_PORT,
	  .help = "at either end" },
	{ "peer", NULL, KIND_PREFIX, 0, WEFT_A_FLOW_PEER, WEFT_A_FLOW_PEER_LEN,
	  .help = "the end on the other side" },
	{ "dev", NULL, KIND_ATTACH_DEVICE, 0, WEFT_A_FLOW_ATTACH_ID },
	{ "attach", NULL, KIND_ATTACH, 0, WEFT_A_FLOW_ATTACH_ID },
	{ }
};

/* Numbers of a transfer, as JSON has them. */
static const struct {
	int		attr;
	const char	*key;
} figures[] = {
	{ WEFT_A_TRANSFER_START,		"start_ns" },
	{ WEFT_A_TRANSFER_DURATION_US,		"duration_us" },
	{ WEFT_A_TRANSFER_BYTES,		"bytes" },
	{ WEFT_A_TRANSFER_WIRE_BYTES,		"wire_bytes" },
	{ WEFT_A_TRANSFER_PACKETS,		"packets" },
	{ WEFT_A_TRANSFER_RETRANSMITS,		"retransmits" },
	{ WEFT_A_TRANSFER_RTT_US,		"rtt_us" },
	{ WEFT_A_TRANSFER_BUSY_US,		"busy_us" },
	{ WEFT_A_TRANSFER_RWND_LIMITED_US,	"rwnd_limited_us" },
	{ WEFT_A_TRANSFER_SNDBUF_LIMITED_US,	"sndbuf_limited_us" },
	{ WEFT_A_TRANSFER_DECLARED_BYTES,	"declared_bytes" },
	{ WEFT_A_TRANSFER_DEADLINE,		"deadline_ns" },
	{ WEFT_A_TRANSFER_QUEUED_US,		"queued_us" },
	{ WEFT_A_TRANSFER_MARKS,		"marks" },
	{ WEFT_A_TRANSFER_DROPS,		"drops" },
};

void transfer_json(const struct nlattr *nest, struct json_object *obj)
{
	struct nlattr *tb[WEFT_A_TRANSFER_MAX + 1];
	size_t i;

	if (netlink_parse_nested(nest, tb, WEFT_A_TRANSFER_MAX))
		return;
	row_bool(obj, "open", tb[WEFT_A_TRANSFER_OPEN]);
	for (i = 0; i < ARRAY_SIZE(figures); i++) {
		if (tb[figures[i].attr])
			row_number(obj, figures[i].key,
				   netlink_number(tb[figures[i].attr]));
	}
}

static void print_time(const char *what, const struct nlattr *us)
{
	__u64 n = netlink_number(us);

	printf(" %s %llu.%03llums", what, n / 1000, n % 1000);
}

void transfer_text(const struct nlattr *nest)
{
	struct nlattr *tb[WEFT_A_TRANSFER_MAX + 1];
	char buf[TEXT_LEN];

	if (netlink_parse_nested(nest, tb, WEFT_A_TRANSFER_MAX))
		return;
	printf(" %s in", text_bytes(buf, netlink_number(tb[WEFT_A_TRANSFER_BYTES]),
				    output.details));
	printf(" %s", text_duration(buf, netlink_number(tb[WEFT_A_TRANSFER_DURATION_US]) / 1000));
	if (tb[WEFT_A_TRANSFER_OPEN])
		fputs(" open", stdout);
	if (tb[WEFT_A_TRANSFER_DECLARED_BYTES])
		printf(" declared %s",
		       text_bytes(buf, netlink_number(tb[WEFT_A_TRANSFER_DECLARED_BYTES]),
				  output.details));
	if (netlink_number(tb[WEFT_A_TRANSFER_RETRANSMITS]))
		printf(" retransmits %llu",
		       netlink_number(tb[WEFT_A_TRANSFER_RETRANSMITS]));
	if (netlink_number(tb[WEFT_A_TRANSFER_DROPS]))
		printf(" drops %llu", netlink_number(tb[WEFT_A_TRANSFER_DROPS]));
	if (!output.stats)
		return;
	printf(" wire %s %llu packets",
	       text_bytes(buf, netlink_number(tb[WEFT_A_TRANSFER_WIRE_BYTES]),
			  output.details),
	       netlink_number(tb[WEFT_A_TRANSFER_PACKETS]));
	if (tb[WEFT_A_TRANSFER_QUEUED_US]) {
		print_time("queued", tb[WEFT_A_TRANSFER_QUEUED_US]);
		printf(" marks %llu", netlink_number(tb[WEFT_A_TRANSFER_MARKS]));
	}
	if (!tb[WEFT_A_TRANSFER_RTT_US])
		return;
	print_time("rtt", tb[WEFT_A_TRANSFER_RTT_US]);
	print_time("busy", tb[WEFT_A_TRANSFER_BUSY_US]);
	print_time("rwnd-limited", tb[WEFT_A_TRANSFER_RWND_LIMITED_US]);
	print_time("sndbuf-limited", tb[WEFT_A_TRANSFER_SNDBUF_LIMITED_US]);
}

static void show_transfer(struct nlattr *tb[], int attr, __u64 direction)
{
	struct json_object *obj, *flow;

	if (!tb[attr])
		return;
	if (output.json) {
		obj = json_object_new_object();
		row_string(obj, "direction", name_of(&name_directions, direction));
		transfer_json(tb[attr], obj);
		flow = json_object_new_object();
		flow_json(tb, flow);
		json_object_object_add(obj, "flow", flow);
		output_row(obj);
		return;
	}
	printf("transfer %s", name_of(&name_directions, direction));
	transfer_text(tb[attr]);
	fputs("\n    flow ", stdout);
	flow_text(tb);
	putchar('\n');
}

static int show_one(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[WEFT_A_FLOW_MAX + 1];

	(void)arg;
	if (netlink_parse(nlh, tb, WEFT_A_FLOW_MAX))
		return 0;
	show_transfer(tb, WEFT_A_FLOW_EGRESS_TRANSFER, WEFT_DIRECTION_EGRESS);
	show_transfer(tb, WEFT_A_FLOW_INGRESS_TRANSFER, WEFT_DIRECTION_INGRESS);
	return 0;
}

static int transfer_show(const struct args *args)
{
	return flow_list(args, WEFT_CMD_TRANSFER_GET, "transfer show", show_one);
}

static const struct action actions[] = {
	{ "show", "list the newest transfers of flows, all or those that match every word given",
	  show_words, transfer_show },
	{ }
};

const struct command transfer_command = {
	"transfer", "what flows have sent between two silences", actions,
};
