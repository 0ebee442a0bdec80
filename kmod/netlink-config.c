// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink handlers of rules and policies.
 *
 * Both select flows by the same words, so one function reads these. Changes
 * take RTNL, which keeps the attachment point that they name until the change
 * is made; dumps read a snapshot under RCU.
 */
#include <linux/in.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/ipv6.h>

#include "classify.h"
#include "config.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "netns.h"
#include "policy.h"

/**
 * struct weft_selector - the flows that a rule or policy is about
 * @attach: attachment point, 0 for every one
 * @remote: prefix of the remote end
 * @remote_len: bits of @remote that count
 * @proto: IP protocol, 0 for every one
 * @port_min: first port; both 0 for any
 * @port_max: last port
 */
struct weft_selector {
	u32		attach;
	struct in6_addr	remote;
	u8		remote_len;
	u8		proto;
	u16		port_min;
	u16		port_max;
};

/* The numbers of these words among the attributes of rules or of policies. */
struct weft_selector_attrs {
	int	attach;
	int	remote;
	int	remote_len;
	int	proto;
	int	port_min;
	int	port_max;
};

static const struct weft_selector_attrs weft_rule_attrs = {
	.attach		= WEFT_A_RULE_ATTACH_ID,
	.remote		= WEFT_A_RULE_REMOTE,
	.remote_len	= WEFT_A_RULE_REMOTE_LEN,
	.proto		= WEFT_A_RULE_PROTOCOL,
	.port_min	= WEFT_A_RULE_PORT_MIN,
	.port_max	= WEFT_A_RULE_PORT_MAX,
};

static const struct weft_selector_attrs weft_policy_attrs = {
	.attach		= WEFT_A_POLICY_ATTACH_ID,
	.remote		= WEFT_A_POLICY_REMOTE,
	.remote_len	= WEFT_A_POLICY_REMOTE_LEN,
	.proto		= WEFT_A_POLICY_PROTOCOL,
	.port_min	= WEFT_A_POLICY_PORT_MIN,
	.port_max	= WEFT_A_POLICY_PORT_MAX,
};

/* Any bit behind the prefix? Then its length, or the address, is a mistake. */
static bool weft_prefix_has_host_bits(const struct in6_addr *addr, u8 len)
{
	struct in6_addr prefix;

	ipv6_addr_prefix(&prefix, addr, len);
	return !ipv6_addr_equal(&prefix, addr);
}

static int weft_read_remote(struct genl_info *info,
			    const struct weft_selector_attrs *attrs,
			    struct weft_selector *sel)
{
	struct nlattr *remote = info->attrs[attrs->remote];
	struct nlattr *len = info->attrs[attrs->remote_len];

	if (!remote && !len)
		return 0;
	if (!len) {
		NL_SET_ERR_MSG_ATTR(info->extack, remote,
				    "remote is a prefix: it needs remote-len, 128 for one address");
		return -EINVAL;
	}
	if (!remote) {
		NL_SET_ERR_MSG_ATTR(info->extack, len,
				    "remote-len without remote, the prefix that it is the length of");
		return -EINVAL;
	}
	sel->remote = nla_get_in6_addr(remote);
	sel->remote_len = nla_get_u8(len);
	if (weft_prefix_has_host_bits(&sel->remote, sel->remote_len)) {
		NL_SET_ERR_MSG_ATTR(info->extack, remote,
				    "remote has bits set behind the length of its prefix");
		return -EINVAL;
	}
	return 0;
}

static int weft_read_proto(struct genl_info *info,
			   const struct weft_selector_attrs *attrs,
			   struct weft_selector *sel)
{
	struct nlattr *proto = info->attrs[attrs->proto];

	if (!proto)
		return 0;
	sel->proto = nla_get_u8(proto);
	if (sel->proto)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, proto,
			    "protocol 0 is none: leave protocol out for every one");
	return -EINVAL;
}

/* No protocol means every one that has ports. */
static bool weft_proto_has_ports(u8 proto)
{
	return !proto || proto == IPPROTO_TCP || proto == IPPROTO_UDP ||
	       proto == IPPROTO_SCTP || proto == IPPROTO_DCCP ||
	       proto == IPPROTO_UDPLITE;
}

static int weft_read_ports(struct genl_info *info,
			   const struct weft_selector_attrs *attrs,
			   struct weft_selector *sel)
{
	struct nlattr *min = info->attrs[attrs->port_min];
	struct nlattr *max = info->attrs[attrs->port_max];

	if (!min && !max)
		return 0;
	if (!min) {
		NL_SET_ERR_MSG_ATTR(info->extack, max,
				    "port-max without port-min, the range's first port");
		return -EINVAL;
	}
	if (!weft_proto_has_ports(sel->proto)) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, min,
					"protocol %u has no ports; TCP, UDP and the like have",
					sel->proto);
		return -EINVAL;
	}
	sel->port_min = nla_get_u16(min);
	sel->port_max = max ? nla_get_u16(max) : sel->port_min;
	if (!sel->port_min) {
		NL_SET_ERR_MSG_ATTR(info->extack, min,
				    "port 0 does not exist: leave ports out for every one");
		return -EINVAL;
	}
	if (sel->port_min > sel->port_max) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, max,
					"ports %u to %u are no range: port-max is the higher one",
					sel->port_min, sel->port_max);
		return -EINVAL;
	}
	return 0;
}

/* Read and check what a rule or policy is about; RTNL. */
static int weft_read_selector(struct genl_info *info,
			      const struct weft_selector_attrs *attrs,
			      struct weft_selector *sel)
{
	struct nlattr *attach = info->attrs[attrs->attach];

	memset(sel, 0, sizeof(*sel));
	if (attach)
		sel->attach = nla_get_u32(attach);
	return weft_netlink_check_attach(weft_net(genl_info_net(info)), attach,
					 info->extack) ?:
	       weft_read_remote(info, attrs, sel) ?:
	       weft_read_proto(info, attrs, sel) ?:
	       weft_read_ports(info, attrs, sel);
}

/* Says only what was said: an absent word stands for everything. */
static int weft_put_selector(struct sk_buff *skb,
			     const struct weft_selector_attrs *attrs,
			     const struct weft_selector *sel)
{
	if ((sel->attach && nla_put_u32(skb, attrs->attach, sel->attach)) ||
	    (sel->remote_len &&
	     (nla_put_in6_addr(skb, attrs->remote, &sel->remote) ||
	      nla_put_u8(skb, attrs->remote_len, sel->remote_len))) ||
	    (sel->proto && nla_put_u8(skb, attrs->proto, sel->proto)) ||
	    (sel->port_max &&
	     (nla_put_u16(skb, attrs->port_min, sel->port_min) ||
	      nla_put_u16(skb, attrs->port_max, sel->port_max))))
		return -EMSGSIZE;
	return 0;
}

/*
 * The answer to a new rule or policy is made before it, so that what was added
 * is never without one.
 */
static struct sk_buff *weft_new_reply(struct genl_info *info, void **header)
{
	struct sk_buff *skb;

	skb = genlmsg_new(nla_total_size(sizeof(u32)), GFP_KERNEL);
	if (!skb)
		return NULL;
	*header = genlmsg_put_reply(skb, info, &weft_genl_family, 0,
				    info->genlhdr->cmd);
	if (*header)
		return skb;
	nlmsg_free(skb);
	return NULL;
}

static int weft_send_new_reply(struct genl_info *info, struct sk_buff *skb,
			       void *header, int attr, u32 id)
{
	if (WARN_ON_ONCE(nla_put_u32(skb, attr, id))) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	/* It is there, even if the one who asked has gone. */
	genlmsg_reply(skb, info);
	return 0;
}

static int weft_read_rule(struct genl_info *info, struct weft_rule *rule)
{
	struct nlattr *priority = info->attrs[WEFT_A_RULE_PRIORITY];
	struct nlattr *class = info->attrs[WEFT_A_RULE_CLASS];
	struct nlattr *job = info->attrs[WEFT_A_RULE_JOB];
	struct weft_selector sel;
	int err;

	if (!class && !job)
		return weft_netlink_need(info, WEFT_A_RULE_CLASS,
					 "what the flow is: class, job or both");
	err = weft_netlink_check_class(class, info->extack) ?:
	      weft_read_selector(info, &weft_rule_attrs, &sel);
	if (err)
		return err;

	*rule = (struct weft_rule) {
		.priority	= priority ? nla_get_u32(priority) :
					     WEFT_RULE_PRIORITY_DEFAULT,
		.attach		= sel.attach,
		.remote		= sel.remote,
		.remote_len	= sel.remote_len,
		.proto		= sel.proto,
		.port_min	= sel.port_min,
		.port_max	= sel.port_max,
		.class		= class ? nla_get_u32(class) : WEFT_CLASS_NONE,
		.job		= job ? nla_get_u32(job) : 0,
	};
	return 0;
}

/**
 * weft_nl_rule_new_doit - add a classifier rule
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes RTNL.
 * Return: 0 or a negative error.
 */
int weft_nl_rule_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_net *wn = weft_net(genl_info_net(info));
	struct sk_buff *reply;
	struct weft_rule rule;
	void *header;
	u32 id;
	int err;

	reply = weft_new_reply(info, &header);
	if (!reply)
		return weft_netlink_no_memory(info->extack);

	rtnl_lock();
	err = weft_read_rule(info, &rule) ?:
	      weft_net_rule_add(wn, &rule, &id, info->extack);
	rtnl_unlock();
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	return weft_send_new_reply(info, reply, header, WEFT_A_RULE_ID, id);
}

static int weft_need_rule(struct genl_info *info)
{
	return weft_netlink_need(info, WEFT_A_RULE_ID, "id, the rule's number");
}

/**
 * weft_nl_rule_del_doit - remove a classifier rule
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes the config lock.
 * Return: 0 or a negative error.
 */
int weft_nl_rule_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *id = info->attrs[WEFT_A_RULE_ID];
	int err;

	err = weft_need_rule(info);
	if (err)
		return err;
	err = weft_net_rule_del(weft_net(genl_info_net(info)), nla_get_u32(id),
				info->extack);
	if (err)
		NL_SET_BAD_ATTR(info->extack, id);
	return err;
}

static int weft_fill_rule(struct sk_buff *skb, const void *object)
{
	const struct weft_rule *rule = object;
	const struct weft_selector sel = {
		.attach		= rule->attach,
		.remote		= rule->remote,
		.remote_len	= rule->remote_len,
		.proto		= rule->proto,
		.port_min	= rule->port_min,
		.port_max	= rule->port_max,
	};

	if (nla_put_u32(skb, WEFT_A_RULE_ID, rule->id) ||
	    nla_put_u32(skb, WEFT_A_RULE_PRIORITY, rule->priority) ||
	    weft_put_selector(skb, &weft_rule_attrs, &sel) ||
	    (rule->class && nla_put_u32(skb, WEFT_A_RULE_CLASS, rule->class)) ||
	    (rule->job && nla_put_u32(skb, WEFT_A_RULE_JOB, rule->job)) ||
	    (rule->shipped && nla_put_flag(skb, WEFT_A_RULE_SHIPPED)) ||
	    nla_put_u64_64bit(skb, WEFT_A_RULE_HITS, atomic64_read(&rule->hits),
			      WEFT_A_RULE_PAD))
		return -EMSGSIZE;
	return 0;
}

/**
 * weft_nl_rule_get_doit - show one classifier rule
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes the config lock, which keeps the rule.
 * Return: 0 or a negative error.
 */
int weft_nl_rule_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_net *wn = weft_net(genl_info_net(info));
	const struct weft_config *config;
	int err;
	u32 i, id;

	err = weft_need_rule(info);
	if (err)
		return err;
	id = nla_get_u32(info->attrs[WEFT_A_RULE_ID]);

	mutex_lock(&wn->config_lock);
	config = rcu_dereference_protected(wn->config,
					   lockdep_is_held(&wn->config_lock));
	err = -ENOENT;
	for (i = 0; i < config->n_rules; i++) {
		if (config->rules[i]->id != id)
			continue;
		err = weft_netlink_reply(info, weft_fill_rule,
					 config->rules[i]);
		break;
	}
	mutex_unlock(&wn->config_lock);
	if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR_FMT(info->extack,
					info->attrs[WEFT_A_RULE_ID],
					"there is no rule %u", id);
	return err;
}

/**
 * weft_nl_rule_get_dumpit - show classifier rules in the order of their trial
 * @skb: the message to fill
 * @cb: where the dump stands: args[0] is the next rule's place in the list
 *
 * Context: Process. RCU read side.
 * Return: 0 at the end, or how much was filled.
 */
int weft_nl_rule_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr *only = genl_info_dump(cb)->attrs[WEFT_A_RULE_ID];
	const struct weft_config *config;
	long i;

	rcu_read_lock();
	config = rcu_dereference(weft_netlink_net(skb)->config);
	cb->seq = config->gen;
	for (i = cb->args[0]; i < config->n_rules; i++) {
		if (only && config->rules[i]->id != nla_get_u32(only))
			continue;
		if (weft_netlink_dump(skb, cb, WEFT_CMD_RULE_GET,
				      weft_fill_rule, config->rules[i]))
			break;
	}
	cb->args[0] = i;
	rcu_read_unlock();
	return skb->len;
}

static int weft_read_policy(struct genl_info *info, struct weft_policy *policy)
{
	struct weft_selector sel;
	int err;

	err = weft_netlink_need(info, WEFT_A_POLICY_DIRECTION,
				"direction, egress or ingress") ?:
	      weft_netlink_need(info, WEFT_A_POLICY_ACTION,
				"action: allow, deny or audit") ?:
	      weft_read_selector(info, &weft_policy_attrs, &sel);
	if (err)
		return err;

	*policy = (struct weft_policy) {
		.attach		= sel.attach,
		.direction	= nla_get_u8(info->attrs[WEFT_A_POLICY_DIRECTION]),
		.action		= nla_get_u8(info->attrs[WEFT_A_POLICY_ACTION]),
		.proto		= sel.proto,
		.remote_len	= sel.remote_len,
		.port_min	= sel.port_min,
		.port_max	= sel.port_max,
		.remote		= sel.remote,
	};
	return 0;
}

/**
 * weft_nl_policy_new_doit - add a policy
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes RTNL.
 * Return: 0 or a negative error.
 */
int weft_nl_policy_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_net *wn = weft_net(genl_info_net(info));
	struct weft_policy policy;
	struct sk_buff *reply;
	void *header;
	u32 id;
	int err;

	reply = weft_new_reply(info, &header);
	if (!reply)
		return weft_netlink_no_memory(info->extack);

	rtnl_lock();
	err = weft_read_policy(info, &policy) ?:
	      weft_net_policy_add(wn, &policy, &id, info->extack);
	rtnl_unlock();
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	return weft_send_new_reply(info, reply, header, WEFT_A_POLICY_ID, id);
}

static int weft_need_policy(struct genl_info *info)
{
	return weft_netlink_need(info, WEFT_A_POLICY_ID,
				 "id, the policy's number");
}

/**
 * weft_nl_policy_del_doit - remove a policy
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes the config lock.
 * Return: 0 or a negative error.
 */
int weft_nl_policy_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *id = info->attrs[WEFT_A_POLICY_ID];
	int err;

	err = weft_need_policy(info);
	if (err)
		return err;
	err = weft_net_policy_del(weft_net(genl_info_net(info)),
				  nla_get_u32(id), info->extack);
	if (err)
		NL_SET_BAD_ATTR(info->extack, id);
	return err;
}

static int weft_fill_policy(struct sk_buff *skb, const void *object)
{
	const struct weft_policy *policy = object;
	const struct weft_selector sel = {
		.attach		= policy->attach,
		.remote		= policy->remote,
		.remote_len	= policy->remote_len,
		.proto		= policy->proto,
		.port_min	= policy->port_min,
		.port_max	= policy->port_max,
	};

	if (nla_put_u32(skb, WEFT_A_POLICY_ID, policy->id) ||
	    nla_put_u8(skb, WEFT_A_POLICY_DIRECTION, policy->direction) ||
	    weft_put_selector(skb, &weft_policy_attrs, &sel) ||
	    nla_put_u8(skb, WEFT_A_POLICY_ACTION, policy->action) ||
	    nla_put_u64_64bit(skb, WEFT_A_POLICY_HITS,
			      atomic64_read(&policy->hits), WEFT_A_POLICY_PAD))
		return -EMSGSIZE;
	return 0;
}

/**
 * weft_nl_policy_get_doit - show one policy
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes the config lock, which keeps the policy.
 * Return: 0 or a negative error.
 */
int weft_nl_policy_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_net *wn = weft_net(genl_info_net(info));
	const struct weft_config *config;
	int err;
	u32 i, id;

	err = weft_need_policy(info);
	if (err)
		return err;
	id = nla_get_u32(info->attrs[WEFT_A_POLICY_ID]);

	mutex_lock(&wn->config_lock);
	config = rcu_dereference_protected(wn->config,
					   lockdep_is_held(&wn->config_lock));
	err = -ENOENT;
	for (i = 0; i < config->n_policies; i++) {
		if (config->policies[i]->id != id)
			continue;
		err = weft_netlink_reply(info, weft_fill_policy,
					 config->policies[i]);
		break;
	}
	mutex_unlock(&wn->config_lock);
	if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR_FMT(info->extack,
					info->attrs[WEFT_A_POLICY_ID],
					"there is no policy %u", id);
	return err;
}

/**
 * weft_nl_policy_get_dumpit - show policies by their number
 * @skb: the message to fill
 * @cb: where the dump stands: args[0] is the next policy's place in the list
 *
 * Context: Process. RCU read side.
 * Return: 0 at the end, or how much was filled.
 */
int weft_nl_policy_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr *only = genl_info_dump(cb)->attrs[WEFT_A_POLICY_ID];
	const struct weft_config *config;
	long i;

	rcu_read_lock();
	config = rcu_dereference(weft_netlink_net(skb)->config);
	cb->seq = config->gen;
	for (i = cb->args[0]; i < config->n_policies; i++) {
		if (only && config->policies[i]->id != nla_get_u32(only))
			continue;
		if (weft_netlink_dump(skb, cb, WEFT_CMD_POLICY_GET,
				      weft_fill_policy, config->policies[i]))
			break;
	}
	cb->args[0] = i;
	rcu_read_unlock();
	return skb->len;
}
