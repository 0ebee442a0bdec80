// SPDX-License-Identifier: GPL-2.0
/* weft flow: conversations, who opened them, and what they carried. */
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
#include "show.h"

static const struct word show_words[] = {
	{ "index", NULL, KIND_NUMBER, 0, WEFT_A_FLOW_INDEX,
	  .help = "one flow, by its place in the table" },
	{ "class", NULL, KIND_CLASS, 0, WEFT_A_FLOW_CLASS },
	{ "job", NULL, KIND_JOB, 0, WEFT_A_FLOW_JOB },
	{ "protocol", "proto", KIND_PROTOCOL, 0, WEFT_A_FLOW_PROTOCOL },
	{ "dev", NULL, KIND_ATTACH_DEVICE, 0, WEFT_A_FLOW_ATTACH_ID },
	{ "attach", NULL, KIND_ATTACH, 0, WEFT_A_FLOW_ATTACH_ID },
	{ "state", NULL, KIND_STATE, 0, WEFT_A_FLOW_STATE },
	{ "port", NULL, KIND_PORT, 0, WEFT_A_FLOW_PORT,
	  .help = "at either end" },
	{ "peer", NULL, KIND_PREFIX, 0, WEFT_A_FLOW_PEER, WEFT_A_FLOW_PEER_LEN,
	  .help = "the end on the other side" },
	{ }
};

static const struct word set_words[] = {
	{ "index", NULL, KIND_NUMBER, WORD_REQUIRED | WORD_BARE,
	  WEFT_A_FLOW_INDEX, .help = "its place in the table" },
	{ "class", NULL, KIND_CLASS, 0, WEFT_A_FLOW_CLASS },
	{ "job", NULL, KIND_JOB_OR_NONE, 0, WEFT_A_FLOW_JOB },
	{ }
};

static const struct word del_words[] = {
	{ "index", NULL, KIND_NUMBER, WORD_REQUIRED | WORD_BARE,
	  WEFT_A_FLOW_INDEX, .help = "its place in the table" },
	{ }
};

static void read_traffic(struct nlattr *tb[], struct traffic *traffic)
{
	traffic->tx_bytes = netlink_number(tb[WEFT_A_FLOW_TX_BYTES]);
	traffic->tx_packets = netlink_number(tb[WEFT_A_FLOW_TX_PACKETS]);
	traffic->rx_bytes = netlink_number(tb[WEFT_A_FLOW_RX_BYTES]);
	traffic->rx_packets = netlink_number(tb[WEFT_A_FLOW_RX_PACKETS]);
}

static void number_if(struct json_object *obj, const char *key,
		      const struct nlattr *attr)
{
	if (attr)
		row_number(obj, key, netlink_number(attr));
}

/* Messages that one end sent. */
static void framed_json(struct json_object *flow, const char *key,
			const struct nlattr *framed)
{
	struct nlattr *tb[WEFT_A_FRAMED_MAX + 1];
	struct json_object *obj;

	if (!framed || netlink_parse_nested(framed, tb, WEFT_A_FRAMED_MAX))
		return;
	obj = json_object_new_object();
	row_string(obj, "state",
		   name_of(&name_framing_states,
			   netlink_number(tb[WEFT_A_FRAMED_STATE])));
	row_string(obj, "end",
		   name_of(&name_framing_ends,
			   netlink_number(tb[WEFT_A_FRAMED_END])));
	number_if(obj, "messages", tb[WEFT_A_FRAMED_MESSAGES]);
	number_if(obj, "bytes", tb[WEFT_A_FRAMED_BYTES]);
	number_if(obj, "size", tb[WEFT_A_FRAMED_SIZE]);
	number_if(obj, "id", tb[WEFT_A_FRAMED_ID]);
	number_if(obj, "left", tb[WEFT_A_FRAMED_LEFT]);
	number_if(obj, "lost", tb[WEFT_A_FRAMED_LOST]);
	number_if(obj, "lost_bytes", tb[WEFT_A_FRAMED_LOST_BYTES]);
	json_object_object_add(flow, key, obj);
}

static void framed_text(const char *whose, const struct nlattr *framed)
{
	struct nlattr *tb[WEFT_A_FRAMED_MAX + 1];
	char bytes[TEXT_LEN], size[TEXT_LEN], left[TEXT_LEN];
	__u64 end, lost;

	if (!framed || netlink_parse_nested(framed, tb, WEFT_A_FRAMED_MAX))
		return;
	printf("\n    %s messages %llu of %s newest %s id 0x%llx left %s",
	       whose, netlink_number(tb[WEFT_A_FRAMED_MESSAGES]),
	       text_bytes(bytes, netlink_number(tb[WEFT_A_FRAMED_BYTES]),
			  output.details),
	       text_bytes(size, netlink_number(tb[WEFT_A_FRAMED_SIZE]),
			  output.details),
	       netlink_number(tb[WEFT_A_FRAMED_ID]),
	       text_bytes(left, netlink_number(tb[WEFT_A_FRAMED_LEFT]),
			  output.details));
	lost = netlink_number(tb[WEFT_A_FRAMED_LOST]);
	if (lost)
		printf(" lost %llu over %s", lost,
		       text_bytes(bytes,
				  netlink_number(tb[WEFT_A_FRAMED_LOST_BYTES]),
				  output.details));
	end = netlink_number(tb[WEFT_A_FRAMED_END]);
	if (end)
		printf(" %s %s",
		       name_of(&name_framing_states,
			       netlink_number(tb[WEFT_A_FRAMED_STATE])),
		       name_of(&name_framing_ends, end));
}

static void stream_text(struct nlattr *tb[])
{
	if (tb[WEFT_A_FLOW_PATTERN])
		printf(" stream %s", netlink_string(tb[WEFT_A_FLOW_PATTERN]));
	else if (tb[WEFT_A_FLOW_STREAM_PENDING])
		fputs(" stream pending", stdout);
}

static void behaviour_text(struct nlattr *tb[])
{
	__u64 changes = netlink_number(tb[WEFT_A_FLOW_BEHAVIOUR_CHANGES]);

	if (!tb[WEFT_A_FLOW_BEHAVIOUR])
		return;
	printf(" behaviour %s",
	       name_of(&name_behaviours,
		       netlink_number(tb[WEFT_A_FLOW_BEHAVIOUR])));
	if (changes > 1)
		printf(" changes %llu", changes);
}

void flow_json(struct nlattr *tb[], struct json_object *obj)
{
	const __u8 *opener = netlink_binary(tb[WEFT_A_FLOW_OPENER], 16);
	const __u8 *acceptor = netlink_binary(tb[WEFT_A_FLOW_ACCEPTOR], 16);
	struct traffic traffic;
	char buf[TEXT_LEN];

	number_if(obj, "index", tb[WEFT_A_FLOW_INDEX]);
	row_string(obj, "protocol",
		   text_protocol(buf, (unsigned int)netlink_number(tb[WEFT_A_FLOW_PROTOCOL])));
	if (opener)
		row_string(obj, "opener", text_address(buf, opener));
	number_if(obj, "opener_port", tb[WEFT_A_FLOW_OPENER_PORT]);
	if (acceptor)
		row_string(obj, "acceptor", text_address(buf, acceptor));
	number_if(obj, "acceptor_port", tb[WEFT_A_FLOW_ACCEPTOR_PORT]);
	number_if(obj, "qp", tb[WEFT_A_FLOW_QP]);
	number_if(obj, "peer_qp", tb[WEFT_A_FLOW_PEER_QP]);
	number_if(obj, "vlan", tb[WEFT_A_FLOW_VLAN]);
	if (tb[WEFT_A_FLOW_TUNNEL])
		row_string(obj, "tunnel",
			   name_of(&name_tunnels,
				   netlink_number(tb[WEFT_A_FLOW_TUNNEL])));
	number_if(obj, "tunnel_id", tb[WEFT_A_FLOW_TUNNEL_ID]);
	number_if(obj, "tunnel_vlan", tb[WEFT_A_FLOW_TUNNEL_VLAN]);
	row_string(obj, "state",
		   name_of(&name_states, netlink_number(tb[WEFT_A_FLOW_STATE])));
	row_string(obj, "class", class_name(netlink_number(tb[WEFT_A_FLOW_CLASS])));
	number_if(obj, "job", tb[WEFT_A_FLOW_JOB]);
	row_string(obj, "source",
		   name_of(&name_sources, netlink_number(tb[WEFT_A_FLOW_SOURCE])));
	row_string(obj, "action",
		   name_of(&name_actions, netlink_number(tb[WEFT_A_FLOW_ACTION])));
	row_string(obj, "direction",
		   name_of(&name_directions,
			   netlink_number(tb[WEFT_A_FLOW_DIRECTION])));
	if (tb[WEFT_A_FLOW_ATTACH_ID])
		attach_json(obj, (__u32)netlink_number(tb[WEFT_A_FLOW_ATTACH_ID]));
	number_if(obj, "uplink_ifindex", tb[WEFT_A_FLOW_UPLINK_IFINDEX]);
	read_traffic(tb, &traffic);
	traffic_json(obj, &traffic);
	number_if(obj, "age_ms", tb[WEFT_A_FLOW_AGE_MS]);
	number_if(obj, "idle_ms", tb[WEFT_A_FLOW_IDLE_MS]);
	if (tb[WEFT_A_FLOW_PATTERN])
		row_string(obj, "stream",
			   netlink_string(tb[WEFT_A_FLOW_PATTERN]));
	if (tb[WEFT_A_FLOW_STREAM_PENDING])
		row_bool(obj, "stream_pending", true);
	if (tb[WEFT_A_FLOW_BEHAVIOUR])
		row_string(obj, "behaviour",
			   name_of(&name_behaviours,
				   netlink_number(tb[WEFT_A_FLOW_BEHAVIOUR])));
	number_if(obj, "behaviour_changes", tb[WEFT_A_FLOW_BEHAVIOUR_CHANGES]);
	framed_json(obj, "tx_framed", tb[WEFT_A_FLOW_TX_FRAMED]);
	framed_json(obj, "rx_framed", tb[WEFT_A_FLOW_RX_FRAMED]);
}

static enum output_color action_color(__u64 action)
{
	switch (action) {
	case WEFT_ACTION_ALLOW:	return COLOR_GOOD;
	case WEFT_ACTION_DENY:	return COLOR_BAD;
	default:		return COLOR_DOUBT;
	}
}

static void print_end(const struct nlattr *addr, const struct nlattr *port)
{
	const __u8 *bytes = netlink_binary(addr, 16);
	char buf[TEXT_LEN];

	if (bytes)
		fputs(colored(COLOR_ADDRESS,
			      text_end(buf, bytes, (__u16)netlink_number(port))),
		      stdout);
	else
		putchar('?');
}

static void details_text(struct nlattr *tb[])
{
	if (tb[WEFT_A_FLOW_ATTACH_ID])
		attach_text((__u32)netlink_number(tb[WEFT_A_FLOW_ATTACH_ID]));
	if (netlink_number(tb[WEFT_A_FLOW_VLAN]))
		printf(" vlan %llu", netlink_number(tb[WEFT_A_FLOW_VLAN]));
	if (netlink_number(tb[WEFT_A_FLOW_TUNNEL_VLAN]))
		printf(" inner-vlan %llu",
		       netlink_number(tb[WEFT_A_FLOW_TUNNEL_VLAN]));
	printf(" source %s",
	       name_of(&name_sources, netlink_number(tb[WEFT_A_FLOW_SOURCE])));
	if (tb[WEFT_A_FLOW_INDEX])
		printf(" index %llu", netlink_number(tb[WEFT_A_FLOW_INDEX]));
}

void flow_text(struct nlattr *tb[])
{
	__u64 job = netlink_number(tb[WEFT_A_FLOW_JOB]);
	__u64 action = netlink_number(tb[WEFT_A_FLOW_ACTION]);
	struct traffic traffic;
	char buf[TEXT_LEN];

	printf("%s ", text_protocol(buf, (unsigned int)netlink_number(tb[WEFT_A_FLOW_PROTOCOL])));
	print_end(tb[WEFT_A_FLOW_OPENER], tb[WEFT_A_FLOW_OPENER_PORT]);
	fputs(" > ", stdout);
	print_end(tb[WEFT_A_FLOW_ACCEPTOR], tb[WEFT_A_FLOW_ACCEPTOR_PORT]);
	if (tb[WEFT_A_FLOW_QP])
		printf(" qp 0x%06llx", netlink_number(tb[WEFT_A_FLOW_QP]));
	if (tb[WEFT_A_FLOW_PEER_QP])
		printf(" peer-qp 0x%06llx",
		       netlink_number(tb[WEFT_A_FLOW_PEER_QP]));
	if (tb[WEFT_A_FLOW_TUNNEL])
		printf(" in %s",
		       name_of(&name_tunnels, netlink_number(tb[WEFT_A_FLOW_TUNNEL])));
	if (netlink_number(tb[WEFT_A_FLOW_TUNNEL_ID]))
		printf(" %llu", netlink_number(tb[WEFT_A_FLOW_TUNNEL_ID]));
	printf(" %s %s class %s",
	       name_of(&name_directions, netlink_number(tb[WEFT_A_FLOW_DIRECTION])),
	       name_of(&name_states, netlink_number(tb[WEFT_A_FLOW_STATE])),
	       colored(COLOR_NAME, class_name(netlink_number(tb[WEFT_A_FLOW_CLASS]))));
	if (job)
		printf(" job %llu", job);
	if (action != WEFT_ACTION_ALLOW)
		printf(" %s", colored(action_color(action),
				      name_of(&name_actions, action)));
	read_traffic(tb, &traffic);
	traffic_text(&traffic);
	if (output.stats && tb[WEFT_A_FLOW_AGE_MS])
		printf(" age %s", text_duration(buf, netlink_number(tb[WEFT_A_FLOW_AGE_MS])));
	if (output.stats && tb[WEFT_A_FLOW_IDLE_MS])
		printf(" idle %s", text_duration(buf, netlink_number(tb[WEFT_A_FLOW_IDLE_MS])));
	if (output.stats)
		stream_text(tb);
	if (output.stats)
		behaviour_text(tb);
	if (output.details)
		details_text(tb);
	if (output.stats) {
		framed_text("tx", tb[WEFT_A_FLOW_TX_FRAMED]);
		framed_text("rx", tb[WEFT_A_FLOW_RX_FRAMED]);
	}
}

static int show_one(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[WEFT_A_FLOW_MAX + 1];
	struct json_object *obj;

	(void)arg;
	if (netlink_parse(nlh, tb, WEFT_A_FLOW_MAX))
		return 0;
	if (output.json) {
		obj = json_object_new_object();
		flow_json(tb, obj);
		output_row(obj);
		return 0;
	}
	fputs("flow ", stdout);
	flow_text(tb);
	putchar('\n');
	return 0;
}

/* There can be a million: each is printed as it comes. */
int flow_list(const struct args *args, __u8 cmd, const char *what,
	      int (*fn)(const struct nlmsghdr *nlh, void *arg))
{
	struct netlink *nl = session_weft();
	struct request req;
	int err;

	if (!nl)
		return STATUS_REFUSED;
	/* What a row needs of the kernel besides is asked for first. */
	class_names_load(nl);
	attach_name(0);
	request_weft(&req, cmd);
	args_put(args, &req);
	output_begin();
	if (args_get(args, "index"))
		err = netlink_do(nl, &req, fn, NULL);
	else
		err = netlink_stream(nl, &req, fn, NULL);
	output_end(!err);
	if (err)
		netlink_complain(nl, what);
	request_free(&req);
	return err ? STATUS_REFUSED : STATUS_OK;
}

static int flow_show(const struct args *args)
{
	return flow_list(args, WEFT_CMD_FLOW_GET, "flow show", show_one);
}

static int check_set(const struct args *args)
{
	if (args_get(args, "class") || args_get(args, "job"))
		return STATUS_OK;
	complain("'flow set' needs something to set: class or job");
	return STATUS_USAGE;
}

static int flow_set(const struct args *args)
{
	return change(args, WEFT_CMD_FLOW_SET, NULL, NULL);
}

static int flow_del(const struct args *args)
{
	return change(args, WEFT_CMD_FLOW_DEL, NULL, NULL);
}

static const struct action actions[] = {
	{ "set", "say what a flow is, until it ends", set_words, flow_set,
	  check_set },
	{ "del", "end a flow's entry; its next packet opens another", del_words,
	  flow_del },
	{ "show", "list flows, all or those that match every word given",
	  show_words, flow_show },
	{ }
};

const struct command flow_command = {
	"flow", "conversations", actions,
};
