// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/weft.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink-gen.h"

#include <uapi/linux/weft.h>

/* Common nested types */
const struct nla_policy weft_framing_nl_policy[WEFT_A_FRAMING_CHECK_MASK + 1] = {
	[WEFT_A_FRAMING_NAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[WEFT_A_FRAMING_ENDS] = NLA_POLICY_MAX(NLA_U8, 2),
	[WEFT_A_FRAMING_HEADER_LEN] = NLA_POLICY_RANGE(NLA_U16, 1, 1024),
	[WEFT_A_FRAMING_LEN_OFFSET] = NLA_POLICY_MAX(NLA_U8, 63),
	[WEFT_A_FRAMING_LEN_WIDTH] = NLA_POLICY_RANGE(NLA_U8, 1, 8),
	[WEFT_A_FRAMING_LEN_ORDER] = NLA_POLICY_MAX(NLA_U8, 1),
	[WEFT_A_FRAMING_LEN_MASK] = NLA_POLICY_MIN(NLA_U64, 1),
	[WEFT_A_FRAMING_BIAS] = { .type = NLA_S32, },
	[WEFT_A_FRAMING_MOST] = NLA_POLICY_MIN(NLA_U64, 1),
	[WEFT_A_FRAMING_ID_OFFSET] = NLA_POLICY_MAX(NLA_U8, 63),
	[WEFT_A_FRAMING_ID_WIDTH] = NLA_POLICY_RANGE(NLA_U8, 1, 8),
	[WEFT_A_FRAMING_HELLO] = { .type = NLA_U16, },
	[WEFT_A_FRAMING_HELLO_BACK] = { .type = NLA_U16, },
	[WEFT_A_FRAMING_CHECK_OFFSET] = NLA_POLICY_MAX(NLA_U8, 63),
	[WEFT_A_FRAMING_CHECK_VALUE] = { .type = NLA_BINARY, },
	[WEFT_A_FRAMING_CHECK_MASK] = { .type = NLA_BINARY, },
};

const struct nla_policy weft_pattern_nl_policy[WEFT_A_PATTERN_HITS + 1] = {
	[WEFT_A_PATTERN_NAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[WEFT_A_PATTERN_PRIORITY] = { .type = NLA_U32, },
	[WEFT_A_PATTERN_END] = NLA_POLICY_MAX(NLA_U8, 2),
	[WEFT_A_PATTERN_OFFSET] = NLA_POLICY_MAX(NLA_U8, 63),
	[WEFT_A_PATTERN_VALUE] = { .type = NLA_BINARY, },
	[WEFT_A_PATTERN_MASK] = { .type = NLA_BINARY, },
	[WEFT_A_PATTERN_KEY_OFFSET] = NLA_POLICY_MAX(NLA_U8, 63),
	[WEFT_A_PATTERN_KEY_LEN] = NLA_POLICY_RANGE(NLA_U8, 1, 16),
	[WEFT_A_PATTERN_CLASS] = { .type = NLA_U32, },
	[WEFT_A_PATTERN_JOB] = NLA_POLICY_MIN(NLA_U32, 1),
	[WEFT_A_PATTERN_FRAMING] = { .type = NLA_U8, },
	[WEFT_A_PATTERN_HITS] = { .type = NLA_U64, },
};

const struct nla_policy weft_profile_rule_nl_policy[WEFT_A_PROFILE_RULE_JOB + 1] = {
	[WEFT_A_PROFILE_RULE_PRIORITY] = { .type = NLA_U32, },
	[WEFT_A_PROFILE_RULE_PROTOCOL] = NLA_POLICY_MIN(NLA_U8, 1),
	[WEFT_A_PROFILE_RULE_PORT_MIN] = NLA_POLICY_MIN(NLA_U16, 1),
	[WEFT_A_PROFILE_RULE_PORT_MAX] = NLA_POLICY_MIN(NLA_U16, 1),
	[WEFT_A_PROFILE_RULE_CLASS] = { .type = NLA_U32, },
	[WEFT_A_PROFILE_RULE_JOB] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* WEFT_CMD_UPLINK_NEW - do */
const struct nla_policy weft_uplink_new_nl_policy[WEFT_A_UPLINK_TUNNELS + 1] = {
	[WEFT_A_UPLINK_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[WEFT_A_UPLINK_DEFAULT_POLICY] = NLA_POLICY_MAX(NLA_U8, 2),
	[WEFT_A_UPLINK_TUNNELS] = NLA_POLICY_MAX(NLA_U8, 2),
};

/* WEFT_CMD_UPLINK_SET - do */
const struct nla_policy weft_uplink_set_nl_policy[WEFT_A_UPLINK_TUNNELS + 1] = {
	[WEFT_A_UPLINK_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[WEFT_A_UPLINK_DEFAULT_POLICY] = NLA_POLICY_MAX(NLA_U8, 2),
	[WEFT_A_UPLINK_TUNNELS] = NLA_POLICY_MAX(NLA_U8, 2),
};

/* WEFT_CMD_UPLINK_DEL - do */
const struct nla_policy weft_uplink_del_nl_policy[WEFT_A_UPLINK_IFINDEX + 1] = {
	[WEFT_A_UPLINK_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* WEFT_CMD_UPLINK_GET - do and dump */
const struct nla_policy weft_uplink_get_nl_policy[WEFT_A_UPLINK_IFINDEX + 1] = {
	[WEFT_A_UPLINK_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* WEFT_CMD_PORT_SET - do */
const struct nla_policy weft_port_set_nl_policy[WEFT_A_PORT_JOB + 1] = {
	[WEFT_A_PORT_ATTACH_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[WEFT_A_PORT_DEFAULT_POLICY] = NLA_POLICY_MAX(NLA_U8, 2),
	[WEFT_A_PORT_CLASS] = { .type = NLA_U32, },
	[WEFT_A_PORT_JOB] = { .type = NLA_U32, },
};

/* WEFT_CMD_PORT_GET - do and dump */
const struct nla_policy weft_port_get_nl_policy[WEFT_A_PORT_UPLINK_IFINDEX + 1] = {
	[WEFT_A_PORT_ATTACH_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[WEFT_A_PORT_UPLINK_IFINDEX] = { .type = NLA_U32, },
};

/* WEFT_CMD_CLASS_GET - do and dump */
const struct nla_policy weft_class_get_nl_policy[WEFT_A_CLASS_ID + 1] = {
	[WEFT_A_CLASS_ID] = { .type = NLA_U32, },
};

/* WEFT_CMD_RULE_NEW - do */
const struct nla_policy weft_rule_new_nl_policy[WEFT_A_RULE_JOB_FROM + 1] = {
	[WEFT_A_RULE_PRIORITY] = { .type = NLA_U32, },
	[WEFT_A_RULE_ATTACH_ID] = { .type = NLA_U32, },
	[WEFT_A_RULE_PROTOCOL] = { .type = NLA_U8, },
	[WEFT_A_RULE_REMOTE] = NLA_POLICY_EXACT_LEN(16),
	[WEFT_A_RULE_REMOTE_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[WEFT_A_RULE_LOCAL] = NLA_POLICY_EXACT_LEN(16),
	[WEFT_A_RULE_LOCAL_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[WEFT_A_RULE_PORT_MIN] = { .type = NLA_U16, },
	[WEFT_A_RULE_PORT_MAX] = { .type = NLA_U16, },
	[WEFT_A_RULE_MARK] = { .type = NLA_U32, },
	[WEFT_A_RULE_MARK_MASK] = NLA_POLICY_MIN(NLA_U32, 1),
	[WEFT_A_RULE_DSCP] = NLA_POLICY_MAX(NLA_U8, 63),
	[WEFT_A_RULE_CGROUP] = NLA_POLICY_MIN(NLA_U64, 1),
	[WEFT_A_RULE_CGROUP_BELOW] = { .type = NLA_FLAG, },
	[WEFT_A_RULE_CLASS] = { .type = NLA_U32, },
	[WEFT_A_RULE_JOB] = NLA_POLICY_MIN(NLA_U32, 1),
	[WEFT_A_RULE_JOB_FROM] = NLA_POLICY_MAX(NLA_U8, 2),
};

/* WEFT_CMD_RULE_DEL - do */
const struct nla_policy weft_rule_del_nl_policy[WEFT_A_RULE_ID + 1] = {
	[WEFT_A_RULE_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* WEFT_CMD_RULE_GET - do and dump */
const struct nla_policy weft_rule_get_nl_policy[WEFT_A_RULE_ID + 1] = {
	[WEFT_A_RULE_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* WEFT_CMD_POLICY_NEW - do */
const struct nla_policy weft_policy_new_nl_policy[WEFT_A_POLICY_ACTION + 1] = {
	[WEFT_A_POLICY_DIRECTION] = NLA_POLICY_MAX(NLA_U8, 1),
	[WEFT_A_POLICY_ATTACH_ID] = { .type = NLA_U32, },
	[WEFT_A_POLICY_REMOTE] = NLA_POLICY_EXACT_LEN(16),
	[WEFT_A_POLICY_REMOTE_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[WEFT_A_POLICY_PROTOCOL] = { .type = NLA_U8, },
	[WEFT_A_POLICY_PORT_MIN] = { .type = NLA_U16, },
	[WEFT_A_POLICY_PORT_MAX] = { .type = NLA_U16, },
	[WEFT_A_POLICY_ACTION] = NLA_POLICY_MAX(NLA_U8, 2),
};

/* WEFT_CMD_POLICY_DEL - do */
const struct nla_policy weft_policy_del_nl_policy[WEFT_A_POLICY_ID + 1] = {
	[WEFT_A_POLICY_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* WEFT_CMD_POLICY_GET - do and dump */
const struct nla_policy weft_policy_get_nl_policy[WEFT_A_POLICY_ID + 1] = {
	[WEFT_A_POLICY_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* WEFT_CMD_FLOW_GET - do and dump */
const struct nla_policy weft_flow_get_nl_policy[WEFT_A_FLOW_PEER_LEN + 1] = {
	[WEFT_A_FLOW_INDEX] = { .type = NLA_U32, },
	[WEFT_A_FLOW_CLASS] = { .type = NLA_U32, },
	[WEFT_A_FLOW_JOB] = { .type = NLA_U32, },
	[WEFT_A_FLOW_PROTOCOL] = { .type = NLA_U8, },
	[WEFT_A_FLOW_ATTACH_ID] = { .type = NLA_U32, },
	[WEFT_A_FLOW_STATE] = NLA_POLICY_MAX(NLA_U8, 3),
	[WEFT_A_FLOW_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[WEFT_A_FLOW_PEER] = NLA_POLICY_EXACT_LEN(16),
	[WEFT_A_FLOW_PEER_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
};

/* WEFT_CMD_JOB_GET - do and dump */
const struct nla_policy weft_job_get_nl_policy[WEFT_A_JOB_ID + 1] = {
	[WEFT_A_JOB_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* WEFT_CMD_PROFILE_NEW - do */
const struct nla_policy weft_profile_new_nl_policy[WEFT_A_PROFILE_RULE + 1] = {
	[WEFT_A_PROFILE_NAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[WEFT_A_PROFILE_PATTERN] = NLA_POLICY_NESTED(weft_pattern_nl_policy),
	[WEFT_A_PROFILE_FRAMING] = NLA_POLICY_NESTED(weft_framing_nl_policy),
	[WEFT_A_PROFILE_RULE] = NLA_POLICY_NESTED(weft_profile_rule_nl_policy),
};

/* WEFT_CMD_PROFILE_DEL - do */
const struct nla_policy weft_profile_del_nl_policy[WEFT_A_PROFILE_NAME + 1] = {
	[WEFT_A_PROFILE_NAME] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* WEFT_CMD_PROFILE_GET - do and dump */
const struct nla_policy weft_profile_get_nl_policy[WEFT_A_PROFILE_NAME + 1] = {
	[WEFT_A_PROFILE_NAME] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* WEFT_CMD_TABLE_GET - do */
const struct nla_policy weft_table_get_nl_policy[WEFT_A_TABLE_PAD + 1] = {
};

/* WEFT_CMD_TABLE_SET - do */
const struct nla_policy weft_table_set_nl_policy[WEFT_A_TABLE_BEHAVIOUR + 1] = {
	[WEFT_A_TABLE_MAX_FLOWS] = NLA_POLICY_MIN(NLA_U32, 1),
	[WEFT_A_TABLE_TIMEOUT_NEW] = NLA_POLICY_MIN(NLA_U32, 1),
	[WEFT_A_TABLE_TIMEOUT_STREAM] = NLA_POLICY_MIN(NLA_U32, 1),
	[WEFT_A_TABLE_TIMEOUT_CLOSING] = NLA_POLICY_MIN(NLA_U32, 1),
	[WEFT_A_TABLE_TIMEOUT_CLOSED] = NLA_POLICY_MIN(NLA_U32, 1),
	[WEFT_A_TABLE_BEHAVIOUR] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* WEFT_CMD_FLOW_SET - do */
const struct nla_policy weft_flow_set_nl_policy[WEFT_A_FLOW_JOB + 1] = {
	[WEFT_A_FLOW_INDEX] = { .type = NLA_U32, },
	[WEFT_A_FLOW_CLASS] = { .type = NLA_U32, },
	[WEFT_A_FLOW_JOB] = { .type = NLA_U32, },
};

/* WEFT_CMD_FLOW_DEL - do */
const struct nla_policy weft_flow_del_nl_policy[WEFT_A_FLOW_INDEX + 1] = {
	[WEFT_A_FLOW_INDEX] = { .type = NLA_U32, },
};

/* WEFT_CMD_JOB_SET - do */
const struct nla_policy weft_job_set_nl_policy[WEFT_A_JOB_NAME + 1] = {
	[WEFT_A_JOB_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[WEFT_A_JOB_NAME] = { .type = NLA_NUL_STRING, .len = 31, },
};

/* WEFT_CMD_TRANSFER_GET - do and dump */
const struct nla_policy weft_transfer_get_nl_policy[WEFT_A_FLOW_PEER_LEN + 1] = {
	[WEFT_A_FLOW_INDEX] = { .type = NLA_U32, },
	[WEFT_A_FLOW_CLASS] = { .type = NLA_U32, },
	[WEFT_A_FLOW_JOB] = { .type = NLA_U32, },
	[WEFT_A_FLOW_PROTOCOL] = { .type = NLA_U8, },
	[WEFT_A_FLOW_ATTACH_ID] = { .type = NLA_U32, },
	[WEFT_A_FLOW_STATE] = NLA_POLICY_MAX(NLA_U8, 3),
	[WEFT_A_FLOW_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[WEFT_A_FLOW_PEER] = NLA_POLICY_EXACT_LEN(16),
	[WEFT_A_FLOW_PEER_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
};

/* WEFT_CMD_CLASS_SET - do */
const struct nla_policy weft_class_set_nl_policy[WEFT_A_CLASS_DSCP + 1] = {
	[WEFT_A_CLASS_ID] = { .type = NLA_U32, },
	[WEFT_A_CLASS_DSCP] = { .type = NLA_U8, },
};

/* WEFT_CMD_GRANT_NEW - do */
const struct nla_policy weft_grant_new_nl_policy[WEFT_A_GRANT_JOB_MAX + 1] = {
	[WEFT_A_GRANT_ATTACH_ID] = { .type = NLA_U32, },
	[WEFT_A_GRANT_PROTOCOL] = { .type = NLA_U8, },
	[WEFT_A_GRANT_REMOTE] = NLA_POLICY_EXACT_LEN(16),
	[WEFT_A_GRANT_REMOTE_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[WEFT_A_GRANT_LOCAL] = NLA_POLICY_EXACT_LEN(16),
	[WEFT_A_GRANT_LOCAL_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[WEFT_A_GRANT_PORT_MIN] = { .type = NLA_U16, },
	[WEFT_A_GRANT_PORT_MAX] = { .type = NLA_U16, },
	[WEFT_A_GRANT_CGROUP] = NLA_POLICY_MIN(NLA_U64, 1),
	[WEFT_A_GRANT_CGROUP_BELOW] = { .type = NLA_FLAG, },
	[WEFT_A_GRANT_CLASSES] = NLA_POLICY_MIN(NLA_U32, 2),
	[WEFT_A_GRANT_JOB_MIN] = NLA_POLICY_MIN(NLA_U32, 1),
	[WEFT_A_GRANT_JOB_MAX] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* WEFT_CMD_GRANT_DEL - do */
const struct nla_policy weft_grant_del_nl_policy[WEFT_A_GRANT_ID + 1] = {
	[WEFT_A_GRANT_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* WEFT_CMD_GRANT_GET - do and dump */
const struct nla_policy weft_grant_get_nl_policy[WEFT_A_GRANT_ID + 1] = {
	[WEFT_A_GRANT_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* WEFT_CMD_DECLARE_FLOW - do */
const struct nla_policy weft_declare_flow_nl_policy[WEFT_A_DECLARATION_JOB + 1] = {
	[WEFT_A_DECLARATION_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[WEFT_A_DECLARATION_CLASS] = { .type = NLA_NUL_STRING, .len = 15, },
	[WEFT_A_DECLARATION_JOB] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* WEFT_CMD_DECLARE_BEGIN - do */
const struct nla_policy weft_declare_begin_nl_policy[WEFT_A_DECLARATION_DEADLINE_US + 1] = {
	[WEFT_A_DECLARATION_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[WEFT_A_DECLARATION_CLASS] = { .type = NLA_NUL_STRING, .len = 15, },
	[WEFT_A_DECLARATION_JOB] = NLA_POLICY_MIN(NLA_U32, 1),
	[WEFT_A_DECLARATION_BYTES] = NLA_POLICY_MIN(NLA_U64, 1),
	[WEFT_A_DECLARATION_DEADLINE_US] = NLA_POLICY_MIN(NLA_U64, 1),
};

/* WEFT_CMD_DECLARE_END - do */
const struct nla_policy weft_declare_end_nl_policy[WEFT_A_DECLARATION_FD + 1] = {
	[WEFT_A_DECLARATION_FD] = NLA_POLICY_MIN(NLA_S32, 0),
};

/* Ops table for weft */
const struct genl_ops weft_nl_ops[31] = {
	{
		.cmd		= WEFT_CMD_UPLINK_NEW,
		.doit		= weft_nl_uplink_new_doit,
		.policy		= weft_uplink_new_nl_policy,
		.maxattr	= WEFT_A_UPLINK_TUNNELS,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_UPLINK_SET,
		.doit		= weft_nl_uplink_set_doit,
		.policy		= weft_uplink_set_nl_policy,
		.maxattr	= WEFT_A_UPLINK_TUNNELS,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_UPLINK_DEL,
		.doit		= weft_nl_uplink_del_doit,
		.policy		= weft_uplink_del_nl_policy,
		.maxattr	= WEFT_A_UPLINK_IFINDEX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_UPLINK_GET,
		.doit		= weft_nl_uplink_get_doit,
		.dumpit		= weft_nl_uplink_get_dumpit,
		.policy		= weft_uplink_get_nl_policy,
		.maxattr	= WEFT_A_UPLINK_IFINDEX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_PORT_SET,
		.doit		= weft_nl_port_set_doit,
		.policy		= weft_port_set_nl_policy,
		.maxattr	= WEFT_A_PORT_JOB,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_PORT_GET,
		.doit		= weft_nl_port_get_doit,
		.dumpit		= weft_nl_port_get_dumpit,
		.policy		= weft_port_get_nl_policy,
		.maxattr	= WEFT_A_PORT_UPLINK_IFINDEX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_CLASS_GET,
		.doit		= weft_nl_class_get_doit,
		.dumpit		= weft_nl_class_get_dumpit,
		.policy		= weft_class_get_nl_policy,
		.maxattr	= WEFT_A_CLASS_ID,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_RULE_NEW,
		.doit		= weft_nl_rule_new_doit,
		.policy		= weft_rule_new_nl_policy,
		.maxattr	= WEFT_A_RULE_JOB_FROM,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_RULE_DEL,
		.doit		= weft_nl_rule_del_doit,
		.policy		= weft_rule_del_nl_policy,
		.maxattr	= WEFT_A_RULE_ID,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_RULE_GET,
		.doit		= weft_nl_rule_get_doit,
		.dumpit		= weft_nl_rule_get_dumpit,
		.policy		= weft_rule_get_nl_policy,
		.maxattr	= WEFT_A_RULE_ID,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_POLICY_NEW,
		.doit		= weft_nl_policy_new_doit,
		.policy		= weft_policy_new_nl_policy,
		.maxattr	= WEFT_A_POLICY_ACTION,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_POLICY_DEL,
		.doit		= weft_nl_policy_del_doit,
		.policy		= weft_policy_del_nl_policy,
		.maxattr	= WEFT_A_POLICY_ID,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_POLICY_GET,
		.doit		= weft_nl_policy_get_doit,
		.dumpit		= weft_nl_policy_get_dumpit,
		.policy		= weft_policy_get_nl_policy,
		.maxattr	= WEFT_A_POLICY_ID,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_FLOW_GET,
		.doit		= weft_nl_flow_get_doit,
		.dumpit		= weft_nl_flow_get_dumpit,
		.policy		= weft_flow_get_nl_policy,
		.maxattr	= WEFT_A_FLOW_PEER_LEN,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_JOB_GET,
		.doit		= weft_nl_job_get_doit,
		.dumpit		= weft_nl_job_get_dumpit,
		.policy		= weft_job_get_nl_policy,
		.maxattr	= WEFT_A_JOB_ID,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_PROFILE_NEW,
		.doit		= weft_nl_profile_new_doit,
		.policy		= weft_profile_new_nl_policy,
		.maxattr	= WEFT_A_PROFILE_RULE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_PROFILE_DEL,
		.doit		= weft_nl_profile_del_doit,
		.policy		= weft_profile_del_nl_policy,
		.maxattr	= WEFT_A_PROFILE_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_PROFILE_GET,
		.doit		= weft_nl_profile_get_doit,
		.dumpit		= weft_nl_profile_get_dumpit,
		.policy		= weft_profile_get_nl_policy,
		.maxattr	= WEFT_A_PROFILE_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_TABLE_GET,
		.doit		= weft_nl_table_get_doit,
		.policy		= weft_table_get_nl_policy,
		.maxattr	= WEFT_A_TABLE_PAD,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_TABLE_SET,
		.doit		= weft_nl_table_set_doit,
		.policy		= weft_table_set_nl_policy,
		.maxattr	= WEFT_A_TABLE_BEHAVIOUR,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_FLOW_SET,
		.doit		= weft_nl_flow_set_doit,
		.policy		= weft_flow_set_nl_policy,
		.maxattr	= WEFT_A_FLOW_JOB,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_FLOW_DEL,
		.doit		= weft_nl_flow_del_doit,
		.policy		= weft_flow_del_nl_policy,
		.maxattr	= WEFT_A_FLOW_INDEX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_JOB_SET,
		.doit		= weft_nl_job_set_doit,
		.policy		= weft_job_set_nl_policy,
		.maxattr	= WEFT_A_JOB_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_TRANSFER_GET,
		.doit		= weft_nl_transfer_get_doit,
		.dumpit		= weft_nl_transfer_get_dumpit,
		.policy		= weft_transfer_get_nl_policy,
		.maxattr	= WEFT_A_FLOW_PEER_LEN,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_CLASS_SET,
		.doit		= weft_nl_class_set_doit,
		.policy		= weft_class_set_nl_policy,
		.maxattr	= WEFT_A_CLASS_DSCP,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_GRANT_NEW,
		.doit		= weft_nl_grant_new_doit,
		.policy		= weft_grant_new_nl_policy,
		.maxattr	= WEFT_A_GRANT_JOB_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_GRANT_DEL,
		.doit		= weft_nl_grant_del_doit,
		.policy		= weft_grant_del_nl_policy,
		.maxattr	= WEFT_A_GRANT_ID,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_GRANT_GET,
		.doit		= weft_nl_grant_get_doit,
		.dumpit		= weft_nl_grant_get_dumpit,
		.policy		= weft_grant_get_nl_policy,
		.maxattr	= WEFT_A_GRANT_ID,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEFT_CMD_DECLARE_FLOW,
		.doit		= weft_nl_declare_flow_doit,
		.policy		= weft_declare_flow_nl_policy,
		.maxattr	= WEFT_A_DECLARATION_JOB,
	},
	{
		.cmd		= WEFT_CMD_DECLARE_BEGIN,
		.doit		= weft_nl_declare_begin_doit,
		.policy		= weft_declare_begin_nl_policy,
		.maxattr	= WEFT_A_DECLARATION_DEADLINE_US,
	},
	{
		.cmd		= WEFT_CMD_DECLARE_END,
		.doit		= weft_nl_declare_end_doit,
		.policy		= weft_declare_end_nl_policy,
		.maxattr	= WEFT_A_DECLARATION_FD,
	},
};
