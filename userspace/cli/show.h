/* SPDX-License-Identifier: GPL-2.0 */
/* Pieces of output that several commands share. */
#ifndef _WEFT_CLI_SHOW_H
#define _WEFT_CLI_SHOW_H

#include <linux/types.h>

struct json_object;
struct nlattr;

/* WEFT_A_UPLINK_STATS and WEFT_A_PORT_STATS. */
struct json_object *stats_json(const struct nlattr *stats);
void stats_text(const struct nlattr *stats);
void flows_json(struct json_object *obj, const struct nlattr *flows,
		const struct nlattr *share);
void flows_text(const struct nlattr *flows, const struct nlattr *share);

/* What a class, a job, a flow carried: lines of -s, or members. */
struct traffic {
	__u64 tx_bytes;
	__u64 tx_packets;
	__u64 rx_bytes;
	__u64 rx_packets;
};

void traffic_json(struct json_object *obj, const struct traffic *traffic);
/* " tx 1.2GB rx 3.4kB" of a line, with packets where -s was given. */
void traffic_text(const struct traffic *traffic);

/* " dev NAME" or " attach ID", as rules and policies take them. */
void attach_text(__u32 id);
void attach_json(struct json_object *obj, __u32 id);

/* The reply to adding a rule or policy: its number. */
struct nlmsghdr;
struct added {
	const char	*what;
	int		attr;
};

int show_added(const struct nlmsghdr *nlh, void *arg);

#endif /* _WEFT_CLI_SHOW_H */
