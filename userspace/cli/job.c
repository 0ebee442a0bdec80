// SPDX-License-Identifier: GPL-2.0
/* weft job: the flows that serve one goal, and what they carried. */
#include <stdio.h>

#include <json-c/json.h>
#include <netlink/attr.h>

#include <linux/weft.h>

#include "../lib/netlink.h"
#include "../lib/output.h"
#include "cmd.h"
#include "show.h"

static const struct word show_words[] = {
	{ "job", NULL, KIND_ID, WORD_BARE, WEFT_A_JOB_ID },
	{ }
};

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
		traffic_json(obj, &traffic);
		output_row(obj);
		return 0;
	}
	printf("job %llu flows %llu ever %llu",
	       netlink_number(tb[WEFT_A_JOB_ID]),
	       netlink_number(tb[WEFT_A_JOB_FLOWS]),
	       netlink_number(tb[WEFT_A_JOB_FLOWS_TOTAL]));
	traffic_text(&traffic);
	putchar('\n');
	return 0;
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
	{ "show", "list jobs and what they carried", show_words, job_show },
	{ }
};

const struct command job_command = {
	"job", "flows that serve one goal", actions,
};
