// SPDX-License-Identifier: GPL-2.0
/* weft class: how traffic of one kind is treated, and what it carried. */
#include <stdio.h>

#include <json-c/json.h>
#include <netlink/attr.h>

#include <linux/weft.h>

#include "../lib/names.h"
#include "../lib/netlink.h"
#include "../lib/output.h"
#include "cmd.h"
#include "show.h"

static const struct word show_words[] = {
	{ "class", NULL, KIND_CLASS, WORD_BARE, WEFT_A_CLASS_ID },
	{ }
};

static const struct word set_words[] = {
	{ "class", NULL, KIND_CLASS, WORD_BARE | WORD_REQUIRED, WEFT_A_CLASS_ID },
	{ "dscp", NULL, KIND_DSCP_OR_NONE, WORD_REQUIRED, WEFT_A_CLASS_DSCP,
	  .help = "what its packets say to switches as they leave, none for their own" },
	{ }
};

static int show_one(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[WEFT_A_CLASS_MAX + 1];
	struct traffic traffic;
	struct json_object *obj;
	const char *name, *tier;
	char buf[TEXT_LEN];
	__u64 id, dscp;

	(void)arg;
	if (netlink_parse(nlh, tb, WEFT_A_CLASS_MAX))
		return 0;
	id = netlink_number(tb[WEFT_A_CLASS_ID]);
	name = netlink_string(tb[WEFT_A_CLASS_NAME]);
	tier = name_of(&name_tiers, netlink_number(tb[WEFT_A_CLASS_TIER]));
	dscp = tb[WEFT_A_CLASS_DSCP] ?
		netlink_number(tb[WEFT_A_CLASS_DSCP]) : DSCP_KEEP;
	traffic.tx_bytes = netlink_number(tb[WEFT_A_CLASS_TX_BYTES]);
	traffic.tx_packets = netlink_number(tb[WEFT_A_CLASS_TX_PACKETS]);
	traffic.rx_bytes = netlink_number(tb[WEFT_A_CLASS_RX_BYTES]);
	traffic.rx_packets = netlink_number(tb[WEFT_A_CLASS_RX_PACKETS]);

	if (output.json) {
		obj = json_object_new_object();
		row_number(obj, "id", id);
		row_string(obj, "name", name ? name : "?");
		row_string(obj, "tier", tier);
		row_number(obj, "weight", netlink_number(tb[WEFT_A_CLASS_WEIGHT]));
		if (dscp != DSCP_KEEP)
			row_number(obj, "dscp", dscp);
		row_number(obj, "flows", netlink_number(tb[WEFT_A_CLASS_FLOWS]));
		traffic_json(obj, &traffic);
		output_row(obj);
		return 0;
	}
	printf("class %s id %llu tier %s weight %llu",
	       colored(COLOR_NAME, name ? name : "?"), id, tier,
	       netlink_number(tb[WEFT_A_CLASS_WEIGHT]));
	if (dscp != DSCP_KEEP)
		printf(" dscp %s", text_dscp(buf, (unsigned int)dscp));
	printf(" flows %llu", netlink_number(tb[WEFT_A_CLASS_FLOWS]));
	traffic_text(&traffic);
	putchar('\n');
	return 0;
}

static int class_show(const struct args *args)
{
	int status;

	output_begin();
	status = show_list(args, WEFT_CMD_CLASS_GET, "class", show_one, NULL);
	output_end(!status);
	return status;
}

static int class_set(const struct args *args)
{
	return change(args, WEFT_CMD_CLASS_SET, NULL, NULL);
}

static const struct action actions[] = {
	{ "set", "change what becomes of a class's packets", set_words, class_set },
	{ "show", "list classes and what they carried", show_words, class_show },
	{ }
};

const struct command class_command = {
	"class", "how traffic of one kind is treated", actions,
};
