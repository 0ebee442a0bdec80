// SPDX-License-Identifier: GPL-2.0
/*
 * weft rule: what is this flow? A line of "weft rule show" is, without its
 * number and hits, what "weft rule add" takes.
 */
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>
#include <netlink/attr.h>

#include <linux/weft.h>

#include "../lib/names.h"
#include "../lib/netlink.h"
#include "../lib/output.h"
#include "../lib/util.h"
#include "cmd.h"
#include "selector.h"
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
	{ "local", NULL, KIND_PREFIX, 0, WEFT_A_RULE_LOCAL,
	  WEFT_A_RULE_LOCAL_LEN,
	  .help = "the workload's own address" },
	{ "port", NULL, KIND_PORTS, 0, WEFT_A_RULE_PORT_MIN,
	  WEFT_A_RULE_PORT_MAX,
	  .help = "either end's port" },
	{ "mark", NULL, KIND_MARK, 0, WEFT_A_RULE_MARK, WEFT_A_RULE_MARK_MASK,
	  .help = "what the workload's packets are marked with" },
	{ "dscp", NULL, KIND_DSCP, 0, WEFT_A_RULE_DSCP,
	  .help = "of the workload's packets" },
	{ "cgroup", NULL, KIND_CGROUP, 0, WEFT_A_RULE_CGROUP,
	  WEFT_A_RULE_CGROUP_BELOW,
	  .help = "of the socket, or above it" },
	{ "class", NULL, KIND_CLASS, 0, WEFT_A_RULE_CLASS },
	{ "job", NULL, KIND_JOB_OR_FROM, 0, WEFT_A_RULE_JOB,
	  WEFT_A_RULE_JOB_FROM,
	  .help = "a number, the port's, or the number of the cgroup" },
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
	const struct value *job = args_get(args, "job");

	if (job && job->from && job->number == WEFT_JOB_FROM_CGROUP &&
	    !args_get(args, "cgroup")) {
		complain("'job from cgroup' needs the cgroup that the flow is in: cgroup PATH");
		return STATUS_USAGE;
	}
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

static const struct selector_attrs selector = {
	.attach		= WEFT_A_RULE_ATTACH_ID,
	.protocol	= WEFT_A_RULE_PROTOCOL,
	.remote		= WEFT_A_RULE_REMOTE,
	.remote_len	= WEFT_A_RULE_REMOTE_LEN,
	.local		= WEFT_A_RULE_LOCAL,
	.local_len	= WEFT_A_RULE_LOCAL_LEN,
	.port_min	= WEFT_A_RULE_PORT_MIN,
	.port_max	= WEFT_A_RULE_PORT_MAX,
	.mark		= WEFT_A_RULE_MARK,
	.mark_mask	= WEFT_A_RULE_MARK_MASK,
	.dscp		= WEFT_A_RULE_DSCP,
	.cgroup		= WEFT_A_RULE_CGROUP,
	.cgroup_below	= WEFT_A_RULE_CGROUP_BELOW,
};

static int show_one(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[WEFT_A_RULE_MAX + 1];
	struct json_object *obj;
	__u64 class, job, from;

	(void)arg;
	if (netlink_parse(nlh, tb, WEFT_A_RULE_MAX))
		return 0;
	class = netlink_number(tb[WEFT_A_RULE_CLASS]);
	job = netlink_number(tb[WEFT_A_RULE_JOB]);
	from = netlink_number(tb[WEFT_A_RULE_JOB_FROM]);

	if (output.json) {
		obj = json_object_new_object();
		row_number(obj, "id", netlink_number(tb[WEFT_A_RULE_ID]));
		row_number(obj, "priority", netlink_number(tb[WEFT_A_RULE_PRIORITY]));
		selector_json(obj, tb, &selector);
		if (class)
			row_string(obj, "class", class_name(class));
		if (job)
			row_number(obj, "job", job);
		if (from)
			row_string(obj, "job_from", name_of(&name_job_from, from));
		row_bool(obj, "shipped", tb[WEFT_A_RULE_SHIPPED]);
		row_number(obj, "hits", netlink_number(tb[WEFT_A_RULE_HITS]));
		output_row(obj);
		return 0;
	}
	printf("rule %llu priority %llu",
	       netlink_number(tb[WEFT_A_RULE_ID]),
	       netlink_number(tb[WEFT_A_RULE_PRIORITY]));
	selector_text(tb, &selector);
	if (class)
		printf(" class %s", colored(COLOR_NAME, class_name(class)));
	if (job)
		printf(" job %llu", job);
	if (from)
		printf(" job from %s", name_of(&name_job_from, from));
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
