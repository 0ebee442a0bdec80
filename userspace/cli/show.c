// SPDX-License-Identifier: GPL-2.0
/* See show.h. */
#include <stdio.h>

#include <json-c/json.h>
#include <netlink/attr.h>

#include <linux/weft.h>

#include "../lib/netlink.h"
#include "../lib/output.h"
#include "../lib/util.h"
#include "cmd.h"
#include "show.h"

static const struct {
	int		attr;
	const char	*key;
} counters[] = {
	{ WEFT_A_STATS_TX_PACKETS,	"tx_packets" },
	{ WEFT_A_STATS_TX_BYTES,	"tx_bytes" },
	{ WEFT_A_STATS_TX_DENIED,	"tx_denied" },
	{ WEFT_A_STATS_RX_PACKETS,	"rx_packets" },
	{ WEFT_A_STATS_RX_BYTES,	"rx_bytes" },
	{ WEFT_A_STATS_RX_DENIED,	"rx_denied" },
	{ WEFT_A_STATS_AUDITED,		"audited" },
	{ WEFT_A_STATS_NON_IP,		"non_ip" },
	{ WEFT_A_STATS_MALFORMED,	"malformed" },
	{ WEFT_A_STATS_FRAGMENT,	"fragment" },
	{ WEFT_A_STATS_UNTRACKED,	"untracked" },
	{ WEFT_A_STATS_UNTRACKED_QUOTA,	"untracked_quota" },
	{ WEFT_A_STATS_BACKSTOP_ENQUEUE, "backstop_enqueue" },
	{ WEFT_A_STATS_BACKSTOP_RX,	"backstop_rx" },
	{ WEFT_A_STATS_LINK_LOCAL,	"link_local" },
};

struct json_object *stats_json(const struct nlattr *stats)
{
	struct json_object *obj = json_object_new_object();
	struct nlattr *tb[WEFT_A_STATS_MAX + 1];
	size_t i;

	if (!stats || netlink_parse_nested(stats, tb, WEFT_A_STATS_MAX))
		return obj;
	for (i = 0; i < ARRAY_SIZE(counters); i++) {
		if (tb[counters[i].attr])
			row_number(obj, counters[i].key,
				   netlink_number(tb[counters[i].attr]));
	}
	return obj;
}

void stats_text(const struct nlattr *stats)
{
	struct nlattr *tb[WEFT_A_STATS_MAX + 1];
	char bytes[TEXT_LEN];
	size_t i;

	if (!stats || netlink_parse_nested(stats, tb, WEFT_A_STATS_MAX))
		return;
	printf("    tx %s %llu packets denied %llu\n",
	       text_bytes(bytes, netlink_number(tb[WEFT_A_STATS_TX_BYTES]),
			  output.details),
	       netlink_number(tb[WEFT_A_STATS_TX_PACKETS]),
	       netlink_number(tb[WEFT_A_STATS_TX_DENIED]));
	printf("    rx %s %llu packets denied %llu\n   ",
	       text_bytes(bytes, netlink_number(tb[WEFT_A_STATS_RX_BYTES]),
			  output.details),
	       netlink_number(tb[WEFT_A_STATS_RX_PACKETS]),
	       netlink_number(tb[WEFT_A_STATS_RX_DENIED]));
	for (i = 6; i < ARRAY_SIZE(counters); i++)
		printf(" %s %llu", counters[i].key,
		       netlink_number(tb[counters[i].attr]));
	putchar('\n');
}

void flows_json(struct json_object *obj, const struct nlattr *flows,
		const struct nlattr *share)
{
	row_number(obj, "flows", netlink_number(flows));
	row_number(obj, "flows_share", netlink_number(share));
}

void flows_text(const struct nlattr *flows, const struct nlattr *share)
{
	printf("    flows %llu share %llu\n", netlink_number(flows),
	       netlink_number(share));
}

void traffic_json(struct json_object *obj, const struct traffic *traffic)
{
	row_number(obj, "tx_bytes", traffic->tx_bytes);
	row_number(obj, "tx_packets", traffic->tx_packets);
	row_number(obj, "rx_bytes", traffic->rx_bytes);
	row_number(obj, "rx_packets", traffic->rx_packets);
}

void traffic_text(const struct traffic *traffic)
{
	char tx[TEXT_LEN], rx[TEXT_LEN];

	text_bytes(tx, traffic->tx_bytes, output.details);
	text_bytes(rx, traffic->rx_bytes, output.details);
	if (output.stats)
		printf(" tx %s %llu packets rx %s %llu packets",
		       tx, traffic->tx_packets, rx, traffic->rx_packets);
	else
		printf(" tx %s rx %s", tx, rx);
}

void attach_text(__u32 id)
{
	const char *name = attach_name(id);

	if (name)
		printf(" dev %s", colored(COLOR_NAME, name));
	else
		printf(" attach %u", id);
}

void attach_json(struct json_object *obj, __u32 id)
{
	const char *name = attach_name(id);

	row_number(obj, "attach_id", id);
	if (name)
		row_string(obj, "dev", name);
}

int show_added(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[WEFT_A_FLOW_MAX + 1];
	const struct added *added = arg;
	struct json_object *obj;

	if (netlink_parse(nlh, tb, WEFT_A_FLOW_MAX) || !tb[added->attr])
		return 0;
	if (!output.json) {
		printf("%s %llu\n", added->what,
		       netlink_number(tb[added->attr]));
		return 0;
	}
	obj = json_object_new_object();
	row_number(obj, "id", netlink_number(tb[added->attr]));
	output_begin();
	output_row(obj);
	output_end(true);
	return 0;
}
