// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink handlers that change a flow: what it is, and that it ends.
 *
 * A flow is named by its slot's number, as flow-get shows it. Between the two
 * requests the slot can have become another flow's, as a process's number can.
 */
#include <linux/rwsem.h>
#include <net/genetlink.h>

#include "flow.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "netns.h"

static int weft_need_index(struct genl_info *info)
{
	return weft_netlink_need(info, WEFT_A_FLOW_INDEX,
				 "index, the flow's number");
}

static int weft_no_flow(struct genl_info *info)
{
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, info->attrs[WEFT_A_FLOW_INDEX],
				"there is no flow %u",
				nla_get_u32(info->attrs[WEFT_A_FLOW_INDEX]));
	return -ENOENT;
}

/**
 * weft_nl_flow_set_doit - say what a flow is
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes the semaphore of the tables.
 * Return: 0 or a negative error.
 */
int weft_nl_flow_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_net *wn = weft_net(genl_info_net(info));
	struct nlattr *class = info->attrs[WEFT_A_FLOW_CLASS];
	struct nlattr *job = info->attrs[WEFT_A_FLOW_JOB];
	struct weft_flow_set set = { .source = WEFT_SOURCE_SET };
	int err;

	err = weft_need_index(info) ?:
	      weft_netlink_check_class(class, info->extack);
	if (err)
		return err;
	if (!class && !job)
		return weft_netlink_need(info, WEFT_A_FLOW_CLASS,
					 "something to set: class or job");
	if (class)
		set.class = nla_get_u32(class);
	if (job) {
		set.has_job = true;
		set.job = nla_get_u32(job);
	}

	down_read(&wn->tables);
	err = wn->flows ? weft_flow_set(wn->flows,
					nla_get_u32(info->attrs[WEFT_A_FLOW_INDEX]),
					&set) : -ENOENT;
	up_read(&wn->tables);
	if (err == -ENOENT)
		return weft_no_flow(info);
	if (err)
		NL_SET_ERR_MSG_ATTR(info->extack, job,
				    "as many jobs as there can be are at work");
	return err;
}

/**
 * weft_nl_flow_del_doit - end a flow's entry
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes the semaphore of the tables.
 * Return: 0 or a negative error.
 */
int weft_nl_flow_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_net *wn = weft_net(genl_info_net(info));
	int err;

	err = weft_need_index(info);
	if (err)
		return err;
	down_read(&wn->tables);
	err = wn->flows ? weft_flow_del(wn->flows,
					nla_get_u32(info->attrs[WEFT_A_FLOW_INDEX])) :
			  -ENOENT;
	up_read(&wn->tables);
	return err ? weft_no_flow(info) : 0;
}
