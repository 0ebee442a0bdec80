// SPDX-License-Identifier: GPL-2.0
/*
 * weft policy: may this flow pass? A line of "weft policy show" is, without
 * its number and hits, what "weft policy add" takes.
 */
#include <stdio.h>

#include <json-c/json.h>
#include <netlink/attr.h>

#include <linux/weft.h>

#include "../lib/names.h"
#include "../lib/netlink.h"
#include "../lib/output.h"
#include "cmd.h"
#include "selector.h"
#include "show.h"

static const struct word add_words[] = {
	{ "direction", NULL, KIND_DIRECTION, WORD_REQUIRED | WORD_BARE,
	  WEFT_A_POLICY_DIRECTION,
	  .help = "of the packet that opens the flow, seen from the workload" },
	{ "action", NULL, KIND_ACTION, WORD_REQUIRED | WORD_BARE,
	  WEFT_A_POLICY_ACTION,
	  .help = "deny wins over audit, audit over allow" },
	{ "dev", NULL, KIND_ATTACH_DEVICE, 0, WEFT_A_POLICY_ATTACH_ID,
	  .help = "whose workload it binds" },
	{ "attach", NULL, KIND_ATTACH, 0, WEFT_A_POLICY_ATTACH_ID,
	  .help = "whose workload it binds" },
	{ "protocol", "proto", KIND_PROTOCOL, 0, WEFT_A_POLICY_PROTOCOL },
	{ "remote", NULL, KIND_PREFIX, 0, WEFT_A_POLICY_REMOTE,
	  WEFT_A_POLICY_REMOTE_LEN,
	  .help = "the other end's address" },
	{ "port", NULL, KIND_PORTS, 0, WEFT_A_POLICY_PORT_MIN,
	  WEFT_A_POLICY_PORT_MAX,
	  .help = "where the flow's first packet goes" },
	{ }
};

static const struct word del_words[] = {
	{ "id", NULL, KIND_ID, WORD_REQUIRED | WORD_BARE, WEFT_A_POLICY_ID },
	{ }
};

static const struct word show_words[] = {
	{ "id", NULL, KIND_ID, WORD_BARE, WEFT_A_POLICY_ID },
	{ }
};

static int policy_add(const struct args *args)
{
	struct added added = { "policy", WEFT_A_POLICY_ID };

	return change(args, WEFT_CMD_POLICY_NEW, show_added, &added);
}

static int policy_del(const struct args *args)
{
	return change(args, WEFT_CMD_POLICY_DEL, NULL, NULL);
}

static enum output_color action_color(__u64 action)
{
	switch (action) {
	case WEFT_ACTION_ALLOW:	return COLOR_GOOD;
	case WEFT_ACTION_DENY:	return COLOR_BAD;
	default:		return COLOR_DOUBT;
	}
}

static const struct selector_attrs selector = {
	.attach		= WEFT_A_POLICY_ATTACH_ID,
	.protocol	= WEFT_A_POLICY_PROTOCOL,
	.remote		= WEFT_A_POLICY_REMOTE,
	.remote_len	= WEFT_A_POLICY_REMOTE_LEN,
	.port_min	= WEFT_A_POLICY_PORT_MIN,
	.port_max	= WEFT_A_POLICY_PORT_MAX,
};

static int show_one(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[WEFT_A_POLICY_MAX + 1];
	struct json_object *obj;
	const char *direction;
	__u64 action;

	(void)arg;
	if (netlink_parse(nlh, tb, WEFT_A_POLICY_MAX))
		return 0;
	direction = name_of(&name_directions,
			    netlink_number(tb[WEFT_A_POLICY_DIRECTION]));
	action = netlink_number(tb[WEFT_A_POLICY_ACTION]);

	if (output.json) {
		obj = json_object_new_object();
		row_number(obj, "id", netlink_number(tb[WEFT_A_POLICY_ID]));
		row_string(obj, "direction", direction);
		row_string(obj, "action", name_of(&name_actions, action));
		selector_json(obj, tb, &selector);
		row_number(obj, "hits", netlink_number(tb[WEFT_A_POLICY_HITS]));
		output_row(obj);
		return 0;
	}
	printf("policy %llu %s %s", netlink_number(tb[WEFT_A_POLICY_ID]),
	       direction, colored(action_color(action),
				  name_of(&name_actions, action)));
	selector_text(tb, &selector);
	if (output.stats)
		printf(" hits %llu", netlink_number(tb[WEFT_A_POLICY_HITS]));
	putchar('\n');
	return 0;
}

static int policy_show(const struct args *args)
{
	int status;

	output_begin();
	status = show_list(args, WEFT_CMD_POLICY_GET, "id", show_one, NULL);
	output_end(!status);
	return status;
}

static const struct action actions[] = {
	{ "add", "add a policy, and say its number", add_words, policy_add },
	{ "del", "remove a policy", del_words, policy_del },
	{ "show", "list policies", show_words, policy_show },
	{ }
};

const struct command policy_command = {
	"policy", "whether a flow may pass", actions,
};
