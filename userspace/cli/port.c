// SPDX-License-Identifier: GPL-2.0
/*
 * weft port: where workloads attach. Ports are made and removed as devices:
 * ip link add link UPLINK name PORT type weft.
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

static const struct word set_words[] = {
	{ "dev", NULL, KIND_ATTACH_DEVICE, WORD_BARE, WEFT_A_PORT_ATTACH_ID },
	{ "attach", NULL, KIND_ATTACH, 0, WEFT_A_PORT_ATTACH_ID },
	{ "policy", NULL, KIND_ACTION, 0, WEFT_A_PORT_DEFAULT_POLICY,
	  .help = "for the workload's traffic where no policy decides" },
	{ "class", NULL, KIND_CLASS_OR_NONE, 0, WEFT_A_PORT_CLASS,
	  .help = "of flows that nothing else classifies" },
	{ "job", NULL, KIND_JOB_OR_NONE, 0, WEFT_A_PORT_JOB,
	  .help = "of flows that nothing else assigns" },
	{ }
};

static const struct word show_words[] = {
	{ "dev", NULL, KIND_ATTACH_DEVICE, WORD_BARE, WEFT_A_PORT_ATTACH_ID },
	{ "attach", NULL, KIND_ATTACH, 0, WEFT_A_PORT_ATTACH_ID },
	{ "uplink", NULL, KIND_DEVICE, 0, WEFT_A_PORT_UPLINK_IFINDEX,
	  .help = "only its ports" },
	{ }
};

static int check_set(const struct args *args)
{
	if (!args_get(args, "dev") && !args_get(args, "attach")) {
		complain("'port set' needs a port: its device, or 'attach' and its number");
		return STATUS_USAGE;
	}
	if (!args_get(args, "policy") && !args_get(args, "class") &&
	    !args_get(args, "job")) {
		complain("'port set' needs something to set: policy, class or job");
		return STATUS_USAGE;
	}
	return STATUS_OK;
}

static int port_set(const struct args *args)
{
	return change(args, WEFT_CMD_PORT_SET, NULL, NULL);
}

static int show_one(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[WEFT_A_PORT_MAX + 1];
	const char *name, *uplink, *policy;
	__u64 class, job;
	char mac[TEXT_LEN];
	struct json_object *obj;

	(void)arg;
	if (netlink_parse(nlh, tb, WEFT_A_PORT_MAX))
		return 0;
	name = netlink_string(tb[WEFT_A_PORT_IFNAME]);
	uplink = netlink_string(tb[WEFT_A_PORT_UPLINK_IFNAME]);
	policy = name_of(&name_actions,
			 netlink_number(tb[WEFT_A_PORT_DEFAULT_POLICY]));
	class = netlink_number(tb[WEFT_A_PORT_CLASS]);
	job = netlink_number(tb[WEFT_A_PORT_JOB]);
	text_mac(mac, netlink_binary(tb[WEFT_A_PORT_ADDRESS], 6),
		 netlink_binary(tb[WEFT_A_PORT_ADDRESS], 6) ? 6 : 0);

	if (output.json) {
		obj = json_object_new_object();
		row_number(obj, "attach_id",
			   netlink_number(tb[WEFT_A_PORT_ATTACH_ID]));
		row_number(obj, "ifindex", netlink_number(tb[WEFT_A_PORT_IFINDEX]));
		row_string(obj, "ifname", name ? name : "?");
		if (tb[WEFT_A_PORT_NETNSID])
			row_number(obj, "netnsid",
				   netlink_number(tb[WEFT_A_PORT_NETNSID]));
		row_number(obj, "uplink_ifindex",
			   netlink_number(tb[WEFT_A_PORT_UPLINK_IFINDEX]));
		row_string(obj, "uplink_ifname", uplink ? uplink : "?");
		row_string(obj, "address", mac);
		row_string(obj, "default_policy", policy);
		if (class)
			row_string(obj, "class", class_name(class));
		if (job)
			row_number(obj, "job", job);
		flows_json(obj, tb[WEFT_A_PORT_FLOWS],
			   tb[WEFT_A_PORT_FLOWS_SHARE]);
		json_object_object_add(obj, "stats",
				       stats_json(tb[WEFT_A_PORT_STATS]));
		output_row(obj);
		return 0;
	}
	printf("port %s attach %llu uplink %s",
	       colored(COLOR_NAME, name ? name : "?"),
	       netlink_number(tb[WEFT_A_PORT_ATTACH_ID]),
	       colored(COLOR_NAME, uplink ? uplink : "?"));
	if (tb[WEFT_A_PORT_NETNSID])
		printf(" netnsid %d", (int)netlink_number(tb[WEFT_A_PORT_NETNSID]));
	printf(" address %s policy %s", mac, policy);
	if (class)
		printf(" class %s", class_name(class));
	if (job)
		printf(" job %llu", job);
	putchar('\n');
	if (output.stats) {
		stats_text(tb[WEFT_A_PORT_STATS]);
		flows_text(tb[WEFT_A_PORT_FLOWS], tb[WEFT_A_PORT_FLOWS_SHARE]);
	}
	return 0;
}

static int port_show(const struct args *args)
{
	const char *one = args_get(args, "attach") ? "attach" : "dev";
	struct netlink *nl = session_weft();
	int status;

	if (!nl)
		return STATUS_REFUSED;
	class_names_load(nl);
	output_begin();
	status = show_list(args, WEFT_CMD_PORT_GET, one, show_one, NULL);
	output_end(!status);
	return status;
}

static const struct action actions[] = {
	{ "set", "change a port's default policy, class or job", set_words, port_set,
	  check_set },
	{ "show", "list ports", show_words, port_show },
	{ }
};

const struct command port_command = {
	"port", "where workloads attach", actions,
};
