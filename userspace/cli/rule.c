// SPDX-License-Identifier: GPL-2.0
/*
 * weft rule: what is this flow? A line of "weft rule show" is, without its
 * number and hits, what "weft rule add" takes.
 */
#include <stdio.h>

#include <json-c/json.h>
#include <netlink/attr.h>

#include <linux/weft.h>

#include "../lib/names.h"
#include "../lib/netlink.h"
#include "../lib/output.h"
#include "../lib/util.h"
#include "cmd.h"
#include "show.h"

static const struct word add_words[] = {
	{ "priority", "prio", KIND_NUMBER, 0, WEFT_A_RULE_PRIORITY,
	  .help = "lower is looked at first; 1000 if none is given" },
	{ "dev", NULL, KIND_ATTACH_DEVICE, 0, WEFT_A_RULE_ATTACH_ID,
	  .help = "only its flows" },
	{ "attach", NULL, KIND_ATTACH, 0, WEFT_A_RULE_ATTACH_ID,
	  .help = "only its flows" },
	{ "protocol", "proto", KIND_PROTOCOL, 0, WEFT_A_RULE_PROTOCOL },
	{ "remote", NULL, KIND_PREFIX, 0, WEFT_A_RULE_REMOTE,
	  WEFT_A_RULE_REMOTE_LEN,
	  .help = "the other end's address" },
	{ "port", NULL, KIND_PORTS, 0, WEFT_A_RULE_PORT_MIN,
	  WEFT_A_RULE_PORT_MAX,
	  .help = "either end's port" },
	{ "class", NULL, KIND_CLASS, 0, WEFT_A_RULE_CLASS },
	{ "job", NULL, KIND_JOB, 0, WEFT_A_RULE_JOB },
	{ }
};

static const struct word del_words[] = {
	{ "id", NULL, KIND_ID, WORD_REQUIRED | WORD_BARE, WEFT_A_RULE_ID },
	{ }
};

static const struct word show_words[] = {
	{ "id", NULL, KIND_ID, WORD_BARE, WEFT_A_RULE_ID },
	{ }
};

static int check_add(const struct args *args)
{
	if (args_get(args, "class") || args_get(args, "job"))
		return STATUS_OK;
	complain("'rule add' needs what the flow is: class or job");
	return STATUS_USAGE;
}

static int rule_add(const struct args *args)
{
	struct added added = { "rule", WEFT_A_RULE_ID };

	return change(args, WEFT_CMD_RULE_NEW, show_added, &added);
}

static int rule_del(const struct args *args)
{
	return change(args, WEFT_CMD_RULE_DEL, NULL, NULL);
}

static int show_one(const struct nlmsghdr *nlh, void *arg)
{
	__u64 attach, protocol, len, min, max, class, job;
	struct nlattr *tb[WEFT_A_RULE_MAX + 1];
	struct json_object *obj;
	const __u8 *remote;
	char buf[TEXT_LEN];

	(void)arg;
	if (netlink_parse(nlh, tb, WEFT_A_RULE_MAX))
		return 0;
	attach = netlink_number(tb[WEFT_A_RULE_ATTACH_ID]);
	protocol = netlink_number(tb[WEFT_A_RULE_PROTOCOL]);
	remote = netlink_binary(tb[WEFT_A_RULE_REMOTE], 16);
	len = netlink_number(tb[WEFT_A_RULE_REMOTE_LEN]);
	min = netlink_number(tb[WEFT_A_RULE_PORT_MIN]);
	max = netlink_number(tb[WEFT_A_RULE_PORT_MAX]);
	class = netlink_number(tb[WEFT_A_RULE_CLASS]);
	job = netlink_number(tb[WEFT_A_RULE_JOB]);

	if (output.json) {
		obj = json_object_new_object();
		row_number(obj, "id", netlink_number(tb[WEFT_A_RULE_ID]));
		row_number(obj, "priority", netlink_number(tb[WEFT_A_RULE_PRIORITY]));
		if (attach)
			attach_json(obj, (__u32)attach);
		if (protocol)
			row_string(obj, "protocol",
				   text_protocol(buf, (unsigned int)protocol));
		if (remote && len)
			row_string(obj, "remote",
				   text_prefix(buf, remote, (unsigned int)len));
		if (max) {
			row_number(obj, "port_min", min);
			row_number(obj, "port_max", max);
		}
		if (class)
			row_string(obj, "class", class_name(class));
		if (job)
			row_number(obj, "job", job);
		row_bool(obj, "shipped", tb[WEFT_A_RULE_SHIPPED]);
		row_number(obj, "hits", netlink_number(tb[WEFT_A_RULE_HITS]));
		output_row(obj);
		return 0;
	}
	printf("rule %llu priority %llu",
	       netlink_number(tb[WEFT_A_RULE_ID]),
	       netlink_number(tb[WEFT_A_RULE_PRIORITY]));
	if (attach)
		attach_text((__u32)attach);
	if (protocol)
		printf(" protocol %s", text_protocol(buf, (unsigned int)protocol));
	if (remote && len)
		printf(" remote %s",
		       colored(COLOR_ADDRESS,
			       text_prefix(buf, remote, (unsigned int)len)));
	if (max)
		printf(" port %s", text_ports(buf, (unsigned int)min,
					      (unsigned int)max));
	if (class)
		printf(" class %s", colored(COLOR_NAME, class_name(class)));
	if (job)
		printf(" job %llu", job);
	if (tb[WEFT_A_RULE_SHIPPED])
		printf(" %s", colored(COLOR_DIM, "shipped"));
	if (output.stats)
		printf(" hits %llu", netlink_number(tb[WEFT_A_RULE_HITS]));
	putchar('\n');
	return 0;
}

static int rule_show(const struct args *args)
{
	struct netlink *nl = session_weft();
	int status;

	if (!nl)
		return STATUS_REFUSED;
	class_names_load(nl);
	output_begin();
	status = show_list(args, WEFT_CMD_RULE_GET, "id", show_one, NULL);
	output_end(!status);
	return status;
}

static const struct action actions[] = {
	{ "add", "add a classifier rule, and say its number", add_words, rule_add,
	  check_add },
	{ "del", "remove a classifier rule", del_words, rule_del },
	{ "show", "list classifier rules in the order in which they are tried",
	  show_words, rule_show },
	{ }
};

const struct command rule_command = {
	"rule", "what a flow is: its class and job", actions,
};
