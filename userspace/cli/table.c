// SPDX-License-Identifier: GPL-2.0
/* weft table: how many flows there can be, and how long they stay. */
#include <stdio.h>

#include <json-c/json.h>
#include <netlink/attr.h>

#include <linux/weft.h>

#include "../lib/names.h"
#include "../lib/netlink.h"
#include "../lib/output.h"
#include "../lib/util.h"
#include "cmd.h"

static const struct word set_words[] = {
	{ "max-flows", NULL, KIND_COUNT, 0, WEFT_A_TABLE_MAX_FLOWS,
	  .help = "how many flows there can be, up to 16777216" },
	{ "behaviour", NULL, KIND_SWITCH, 0, WEFT_A_TABLE_BEHAVIOUR,
	  .help = "class flows by what they behave like where nothing else says it" },
	{ "timeout-new", NULL, KIND_TIMEOUT, 0, WEFT_A_TABLE_TIMEOUT_NEW,
	  .help = "for a flow to which nothing has come back" },
	{ "timeout-stream", NULL, KIND_TIMEOUT, 0, WEFT_A_TABLE_TIMEOUT_STREAM,
	  .help = "for a flow seen both ways, not TCP or TCP without a beginning" },
	{ "timeout-closing", NULL, KIND_TIMEOUT, 0, WEFT_A_TABLE_TIMEOUT_CLOSING,
	  .help = "for a TCP flow of which one side has finished" },
	{ "timeout-closed", NULL, KIND_TIMEOUT, 0, WEFT_A_TABLE_TIMEOUT_CLOSED,
	  .help = "for a TCP flow that is over" },
	{ }
};

static const struct {
	const char	*name;
	const char	*key;
	int		attr;
} timeouts[] = {
	{ "new", "timeout_new", WEFT_A_TABLE_TIMEOUT_NEW },
	{ "stream", "timeout_stream", WEFT_A_TABLE_TIMEOUT_STREAM },
	{ "closing", "timeout_closing", WEFT_A_TABLE_TIMEOUT_CLOSING },
	{ "closed", "timeout_closed", WEFT_A_TABLE_TIMEOUT_CLOSED },
};

static int show_one(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[WEFT_A_TABLE_MAX + 1];
	struct json_object *obj;
	char memory[TEXT_LEN];
	size_t i;

	(void)arg;
	if (netlink_parse(nlh, tb, WEFT_A_TABLE_MAX))
		return 0;
	if (output.json) {
		obj = json_object_new_object();
		row_number(obj, "flows", netlink_number(tb[WEFT_A_TABLE_FLOWS]));
		row_number(obj, "max_flows",
			   netlink_number(tb[WEFT_A_TABLE_MAX_FLOWS]));
		row_number(obj, "slots", netlink_number(tb[WEFT_A_TABLE_SLOTS]));
		row_number(obj, "memory",
			   netlink_number(tb[WEFT_A_TABLE_MEMORY]));
		row_bool(obj, "behaviour",
			 netlink_number(tb[WEFT_A_TABLE_BEHAVIOUR]));
		row_number(obj, "behaviour_changes",
			   netlink_number(tb[WEFT_A_TABLE_BEHAVIOUR_CHANGES]));
		for (i = 0; i < ARRAY_SIZE(timeouts); i++)
			row_number(obj, timeouts[i].key,
				   netlink_number(tb[timeouts[i].attr]));
		output_row(obj);
		return 0;
	}
	text_bytes(memory, netlink_number(tb[WEFT_A_TABLE_MEMORY]),
		   output.details);
	printf("table flows %llu of %llu memory %s",
	       netlink_number(tb[WEFT_A_TABLE_FLOWS]),
	       netlink_number(tb[WEFT_A_TABLE_MAX_FLOWS]), memory);
	if (output.stats)
		printf(" slots %llu", netlink_number(tb[WEFT_A_TABLE_SLOTS]));
	printf("\n    behaviour %s",
	       name_of(&name_switches,
		       netlink_number(tb[WEFT_A_TABLE_BEHAVIOUR])));
	if (output.stats)
		printf(" changes %llu",
		       netlink_number(tb[WEFT_A_TABLE_BEHAVIOUR_CHANGES]));
	printf("\n    timeouts");
	for (i = 0; i < ARRAY_SIZE(timeouts); i++)
		printf(" %s %llus", timeouts[i].name,
		       netlink_number(tb[timeouts[i].attr]));
	putchar('\n');
	return 0;
}

static int table_show(const struct args *args)
{
	int status;

	output_begin();
	status = change(args, WEFT_CMD_TABLE_GET, show_one, NULL);
	output_end(!status);
	return status;
}

static int check_set(const struct args *args)
{
	const struct word *word;

	for (word = set_words; word->name; word++)
		if (args_get(args, word->name))
			return STATUS_OK;
	complain("'table set' needs something to set: max-flows, behaviour or a timeout");
	return STATUS_USAGE;
}

static int table_set(const struct args *args)
{
	return change(args, WEFT_CMD_TABLE_SET, NULL, NULL);
}

static const struct action actions[] = {
	{ "set", "change how many flows there can be, how long they stay, or what they are by behaviour",
	  set_words, table_set, check_set },
	{ "show", "the flow table: its size and timeouts", NULL, table_show },
	{ }
};

const struct command table_command = {
	"table", "how many flows there can be, how long they stay", actions,
};
