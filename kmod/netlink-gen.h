/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/weft.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_WEFT_GEN_H
#define _LINUX_WEFT_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/weft.h>

/* Common nested types */
extern const struct nla_policy weft_framing_nl_policy[WEFT_A_FRAMING_CHECK_MASK + 1];
extern const struct nla_policy weft_pattern_nl_policy[WEFT_A_PATTERN_HITS + 1];
extern const struct nla_policy weft_profile_rule_nl_policy[WEFT_A_PROFILE_RULE_JOB + 1];

extern const struct nla_policy weft_uplink_new_nl_policy[WEFT_A_UPLINK_TUNNELS + 1];

extern const struct nla_policy weft_uplink_set_nl_policy[WEFT_A_UPLINK_TUNNELS + 1];

extern const struct nla_policy weft_uplink_del_nl_policy[WEFT_A_UPLINK_IFINDEX + 1];

extern const struct nla_policy weft_uplink_get_nl_policy[WEFT_A_UPLINK_IFINDEX + 1];

extern const struct nla_policy weft_port_set_nl_policy[WEFT_A_PORT_JOB + 1];

extern const struct nla_policy weft_port_get_nl_policy[WEFT_A_PORT_UPLINK_IFINDEX + 1];

extern const struct nla_policy weft_class_get_nl_policy[WEFT_A_CLASS_ID + 1];

extern const struct nla_policy weft_rule_new_nl_policy[WEFT_A_RULE_JOB_FROM + 1];

extern const struct nla_policy weft_rule_del_nl_policy[WEFT_A_RULE_ID + 1];

extern const struct nla_policy weft_rule_get_nl_policy[WEFT_A_RULE_ID + 1];

extern const struct nla_policy weft_policy_new_nl_policy[WEFT_A_POLICY_ACTION + 1];

extern const struct nla_policy weft_policy_del_nl_policy[WEFT_A_POLICY_ID + 1];

extern const struct nla_policy weft_policy_get_nl_policy[WEFT_A_POLICY_ID + 1];

extern const struct nla_policy weft_flow_get_nl_policy[WEFT_A_FLOW_PEER_LEN + 1];

extern const struct nla_policy weft_job_get_nl_policy[WEFT_A_JOB_ID + 1];

extern const struct nla_policy weft_profile_new_nl_policy[WEFT_A_PROFILE_RULE + 1];

extern const struct nla_policy weft_profile_del_nl_policy[WEFT_A_PROFILE_NAME + 1];

extern const struct nla_policy weft_profile_get_nl_policy[WEFT_A_PROFILE_NAME + 1];

extern const struct nla_policy weft_table_get_nl_policy[WEFT_A_TABLE_PAD + 1];

extern const struct nla_policy weft_table_set_nl_policy[WEFT_A_TABLE_BEHAVIOUR + 1];

extern const struct nla_policy weft_flow_set_nl_policy[WEFT_A_FLOW_JOB + 1];

extern const struct nla_policy weft_flow_del_nl_policy[WEFT_A_FLOW_INDEX + 1];

extern const struct nla_policy weft_job_set_nl_policy[WEFT_A_JOB_NAME + 1];

extern const struct nla_policy weft_transfer_get_nl_policy[WEFT_A_FLOW_PEER_LEN + 1];

extern const struct nla_policy weft_class_set_nl_policy[WEFT_A_CLASS_DSCP + 1];

extern const struct nla_policy weft_grant_new_nl_policy[WEFT_A_GRANT_JOB_MAX + 1];

extern const struct nla_policy weft_grant_del_nl_policy[WEFT_A_GRANT_ID + 1];

extern const struct nla_policy weft_grant_get_nl_policy[WEFT_A_GRANT_ID + 1];

extern const struct nla_policy weft_declare_flow_nl_policy[WEFT_A_DECLARATION_JOB + 1];

extern const struct nla_policy weft_declare_begin_nl_policy[WEFT_A_DECLARATION_DEADLINE_US + 1];

extern const struct nla_policy weft_declare_end_nl_policy[WEFT_A_DECLARATION_FD + 1];

/* Ops table for weft */
extern const struct genl_ops weft_nl_ops[31];

int weft_nl_uplink_new_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_uplink_set_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_uplink_del_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_uplink_get_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_uplink_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int weft_nl_port_set_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_port_get_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_port_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int weft_nl_class_get_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_class_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int weft_nl_rule_new_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_rule_del_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_rule_get_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_rule_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int weft_nl_policy_new_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_policy_del_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_policy_get_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_policy_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int weft_nl_flow_get_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_flow_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int weft_nl_job_get_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_job_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int weft_nl_profile_new_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_profile_del_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_profile_get_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_profile_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int weft_nl_table_get_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_table_set_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_flow_set_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_flow_del_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_job_set_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_transfer_get_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_transfer_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int weft_nl_class_set_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_grant_new_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_grant_del_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_grant_get_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_grant_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int weft_nl_declare_flow_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_declare_begin_doit(struct sk_buff *skb, struct genl_info *info);
int weft_nl_declare_end_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	WEFT_NLGRP_EVENTS,
};

#endif /* _LINUX_WEFT_GEN_H */
