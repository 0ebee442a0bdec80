// SPDX-License-Identifier: GPL-2.0
/* weft job: the flows that serve one goal, and what they carried. */
#include <stdio.h>

#include <json-c/json.h>
#include <netlink/attr.h>

#include <linux/weft.h>

#include "../lib/netlink.h"
#include "../lib/output.h"
#include "../lib/util.h"
#include "cmd.h"
#include "show.h"

static const struct word show_words[] = {
	{ "job", NULL, KIND_ID, WORD_BARE, WEFT_A_JOB_ID },
	{ }
};

static const struct word set_words[] = {
	{ "job", NULL, KIND_ID, WORD_BARE | WORD_REQUIRED, WEFT_A_JOB_ID },
	{ "name", NULL, KIND_NAME, WORD_REQUIRED, WEFT_A_JOB_NAME,
	  .help = "what it is called, none for no name" },
	{ }
};

/* Numbers of a direction's transfers, as JSON has them. */
static const struct {
	int		attr;
	const char	*key;
} figures[] = {
	{ WEFT_A_JOB_TRANSFERS_START,		"start_ns" },
	{ WEFT_A_JOB_TRANSFERS_BYTES,		"bytes" },
	{ WEFT_A_JOB_TRANSFERS_FLOWS,		"flows" },
	{ WEFT_A_JOB_TRANSFERS_ANNOUNCED,	"announced" },
	{ WEFT_A_JOB_TRANSFERS_EXPECTED,	"expected" },
	{ WEFT_A_JOB_TRANSFERS_COUNT,		"count" },
	{ WEFT_A_JOB_TRANSFERS_PACKETS,		"packets" },
	{ WEFT_A_JOB_TRANSFERS_QUEUED_US,	"queued_us" },
	{ WEFT_A_JOB_TRANSFERS_MARKS,		"marks" },
	{ WEFT_A_JOB_TRANSFERS_DROPS,		"drops" },
	{ WEFT_A_JOB_TRANSFERS_LAST_BYTES,	"last_bytes" },
	{ WEFT_A_JOB_TRANSFERS_LAST_DURATION_US, "last_duration_us" },
	{ WEFT_A_JOB_TRANSFERS_LAST_FLOWS,	"last_flows" },
	{ WEFT_A_JOB_TRANSFERS_LAST_PACKETS,	"last_packets" },
	{ WEFT_A_JOB_TRANSFERS_LAST_QUEUED_US,	"last_queued_us" },
	{ WEFT_A_JOB_TRANSFERS_LAST_MARKS,	"last_marks" },
	{ WEFT_A_JOB_TRANSFERS_LAST_DROPS,	"last_drops" },
	{ WEFT_A_JOB_TRANSFERS_LEARNED_BYTES,	"learned_bytes" },
	{ WEFT_A_JOB_TRANSFERS_LEARNED_PERIOD_US, "learned_period_us" },
	{ WEFT_A_JOB_TRANSFERS_LEARNED_GAP_US,	"learned_gap_us" },
};

static void transfers_json(struct json_object *parent, const char *key,
			   const struct nlattr *nest)
{
	struct nlattr *tb[WEFT_A_JOB_TRANSFERS_MAX + 1];
	struct json_object *obj;
	size_t i;

	if (!nest || netlink_parse_nested(nest, tb, WEFT_A_JOB_TRANSFERS_MAX))
		return;
	obj = json_object_new_object();
	row_bool(obj, "open", tb[WEFT_A_JOB_TRANSFERS_OPEN]);
	for (i = 0; i < ARRAY_SIZE(figures); i++) {
		if (tb[figures[i].attr])
			row_number(obj, figures[i].key,
				   netlink_number(tb[figures[i].attr]));
	}
	if (tb[WEFT_A_JOB_TRANSFERS_VARIATION]) {
		row_number(obj, "variation_permille",
			   netlink_number(tb[WEFT_A_JOB_TRANSFERS_VARIATION]));
		row_bool(obj, "trusted", tb[WEFT_A_JOB_TRANSFERS_TRUSTED]);
	}
	json_object_object_add(parent, key, obj);
}

static void print_bytes(const char *what, const struct nlattr *bytes)
{
	char buf[TEXT_LEN];

	printf(" %s %s", what, text_bytes(buf, netlink_number(bytes),
					  output.details));
}

static void print_time(const char *what, const struct nlattr *us)
{
	char buf[TEXT_LEN];

	printf(" %s %s", what, text_duration(buf, netlink_number(us) / 1000));
}

static void transfers_text(const char *what, const struct nlattr *nest)
{
	struct nlattr *tb[WEFT_A_JOB_TRANSFERS_MAX + 1];

	if (!nest || netlink_parse_nested(nest, tb, WEFT_A_JOB_TRANSFERS_MAX))
		return;
	printf("    %s transfer", what);
	print_bytes(tb[WEFT_A_JOB_TRANSFERS_OPEN] ? "open" : "newest",
		    tb[WEFT_A_JOB_TRANSFERS_BYTES]);
	printf(" flows %llu", netlink_number(tb[WEFT_A_JOB_TRANSFERS_FLOWS]));
	if (tb[WEFT_A_JOB_TRANSFERS_ANNOUNCED])
		print_bytes("announced", tb[WEFT_A_JOB_TRANSFERS_ANNOUNCED]);
	printf(" before it %llu\n",
	       netlink_number(tb[WEFT_A_JOB_TRANSFERS_COUNT]));
	if (!tb[WEFT_A_JOB_TRANSFERS_LAST_BYTES])
		return;
	fputs("       ", stdout);
	print_bytes("last", tb[WEFT_A_JOB_TRANSFERS_LAST_BYTES]);
	print_time("in", tb[WEFT_A_JOB_TRANSFERS_LAST_DURATION_US]);
	print_time("queued", tb[WEFT_A_JOB_TRANSFERS_LAST_QUEUED_US]);
	printf(" marks %llu drops %llu",
	       netlink_number(tb[WEFT_A_JOB_TRANSFERS_LAST_MARKS]),
	       netlink_number(tb[WEFT_A_JOB_TRANSFERS_LAST_DROPS]));
	print_bytes("learned", tb[WEFT_A_JOB_TRANSFERS_LEARNED_BYTES]);
	print_time("period", tb[WEFT_A_JOB_TRANSFERS_LEARNED_PERIOD_US]);
	printf(" variation %.3f %s\n",
	       netlink_number(tb[WEFT_A_JOB_TRANSFERS_VARIATION]) / 1000.0,
	       tb[WEFT_A_JOB_TRANSFERS_TRUSTED] ?
	       colored(COLOR_GOOD, "trusted") : colored(COLOR_DOUBT, "unsure"));
}

static int show_one(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[WEFT_A_JOB_MAX + 1];
	struct traffic traffic;
	struct json_object *obj;

	(void)arg;
	if (netlink_parse(nlh, tb, WEFT_A_JOB_MAX))
		return 0;
	traffic.tx_bytes = netlink_number(tb[WEFT_A_JOB_TX_BYTES]);
	traffic.tx_packets = netlink_number(tb[WEFT_A_JOB_TX_PACKETS]);
	traffic.rx_bytes = netlink_number(tb[WEFT_A_JOB_RX_BYTES]);
	traffic.rx_packets = netlink_number(tb[WEFT_A_JOB_RX_PACKETS]);

	if (output.json) {
		obj = json_object_new_object();
		row_number(obj, "id", netlink_number(tb[WEFT_A_JOB_ID]));
		row_number(obj, "flows", netlink_number(tb[WEFT_A_JOB_FLOWS]));
		row_number(obj, "flows_total",
			   netlink_number(tb[WEFT_A_JOB_FLOWS_TOTAL]));
		if (tb[WEFT_A_JOB_NAME])
			row_string(obj, "name",
				   netlink_string(tb[WEFT_A_JOB_NAME]));
		traffic_json(obj, &traffic);
		transfers_json(obj, "tx_transfers", tb[WEFT_A_JOB_TX_TRANSFERS]);
		transfers_json(obj, "rx_transfers", tb[WEFT_A_JOB_RX_TRANSFERS]);
		output_row(obj);
		return 0;
	}
	printf("job %llu", netlink_number(tb[WEFT_A_JOB_ID]));
	if (tb[WEFT_A_JOB_NAME])
		printf(" %s", colored(COLOR_NAME,
				      netlink_string(tb[WEFT_A_JOB_NAME])));
	printf(" flows %llu ever %llu",
	       netlink_number(tb[WEFT_A_JOB_FLOWS]),
	       netlink_number(tb[WEFT_A_JOB_FLOWS_TOTAL]));
	traffic_text(&traffic);
	putchar('\n');
	if (output.stats) {
		transfers_text("tx", tb[WEFT_A_JOB_TX_TRANSFERS]);
		transfers_text("rx", tb[WEFT_A_JOB_RX_TRANSFERS]);
	}
	return 0;
}

static int job_set(const struct args *args)
{
	return change(args, WEFT_CMD_JOB_SET, NULL, NULL);
}

static int job_show(const struct args *args)
{
	int status;

	output_begin();
	status = show_list(args, WEFT_CMD_JOB_GET, "job", show_one, NULL);
	output_end(!status);
	return status;
}

static const struct action actions[] = {
	{ "set", "give a job a name", set_words, job_set },
	{ "show", "list jobs and what they carried", show_words, job_show },
	{ }
};

const struct command job_command = {
	"job", "flows that serve one goal", actions,
};
