// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink handlers of rules, policies and grants.
 *
 * All are lists of a config and select flows by the same words: one set of
 * functions serves all, told the words. Changes take RTNL, which keeps the
 * attachment point that they name until the change is made; dumps read a
 * snapshot under RCU.
 */
#include <linux/in.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/ipv6.h>

#include "cgroup.h"
#include "classify.h"
#include "config.h"
#include "grant.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "netns.h"
#include "policy.h"

/* A prefix in two attributes, and how messages call it. */
struct weft_prefix_attrs {
	int		addr;
	int		len;
	const char	*name;
};

/*
 * The numbers of these words among the attributes of rules, policies or grants;
 * 0, which no attribute has, for a word that only the others know.
 */
struct weft_selector_attrs {
	int				attach;
	struct weft_prefix_attrs	remote;
	struct weft_prefix_attrs	local;
	int				proto;
	int				port_min;
	int				port_max;
	int				mark;
	int				mark_mask;
	int				dscp;
	int				cgroup;
	int				cgroup_below;
	int				pad;
};

/**
 * struct weft_list_words - how netlink speaks of a list of the config
 * @list: the list
 * @get: command that shows one and dumps all
 * @id: attribute of the number
 * @need_id: says what is missing where it is
 * @sel: attributes of the selector
 * @read: fills in a new one, its selector excepted
 * @fill: puts all but number and selector into a message
 */
struct weft_list_words {
	enum weft_list			list;
	u8				get;
	int				id;
	const char			*need_id;
	struct weft_selector_attrs	sel;
	int (*read)(struct genl_info *info, struct weft_item *item);
	int (*fill)(struct sk_buff *skb, const struct weft_item *item);
};

/* What is to be shown, and in which words. */
struct weft_list_entry {
	const struct weft_list_words	*words;
	const struct weft_item		*item;
};

/* Any bit behind the prefix? Then its length, or the address, is a mistake. */
static bool weft_prefix_has_host_bits(const struct in6_addr *addr, u8 len)
{
	struct in6_addr prefix;

	ipv6_addr_prefix(&prefix, addr, len);
	return !ipv6_addr_equal(&prefix, addr);
}

static int weft_read_prefix(struct genl_info *info,
			    const struct weft_prefix_attrs *attrs,
			    struct in6_addr *prefix, u8 *prefix_len)
{
	struct nlattr *addr = info->attrs[attrs->addr];
	struct nlattr *len = info->attrs[attrs->len];

	if (!addr && !len)
		return 0;
	if (!len) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, addr,
					"%s is a prefix: it needs %s-len, 128 for one address",
					attrs->name, attrs->name);
		return -EINVAL;
	}
	if (!addr) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, len,
					"%s-len without %s, the prefix that it is the length of",
					attrs->name, attrs->name);
		return -EINVAL;
	}
	*prefix = nla_get_in6_addr(addr);
	*prefix_len = nla_get_u8(len);
	if (weft_prefix_has_host_bits(prefix, *prefix_len)) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, addr,
					"%s has bits set behind the length of its prefix",
					attrs->name);
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

static int weft_read_mark(struct genl_info *info,
			  const struct weft_selector_attrs *attrs,
			  struct weft_selector *sel)
{
	struct nlattr *mark = info->attrs[attrs->mark];
	struct nlattr *mask = info->attrs[attrs->mark_mask];

	if (!mark && !mask)
		return 0;
	if (!mark) {
		NL_SET_ERR_MSG_ATTR(info->extack, mask,
				    "mark-mask without mark, the value that it is the mask of");
		return -EINVAL;
	}
	sel->mark = nla_get_u32(mark);
	sel->mark_mask = mask ? nla_get_u32(mask) : U32_MAX;
	if (sel->mark & ~sel->mark_mask) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, mark,
					"mark 0x%x has bits set that its mask 0x%x has not",
					sel->mark, sel->mark_mask);
		return -EINVAL;
	}
	return 0;
}

static int weft_read_cgroup(struct genl_info *info,
			    const struct weft_selector_attrs *attrs,
			    struct weft_selector *sel)
{
	struct nlattr *cgroup = info->attrs[attrs->cgroup];
	struct nlattr *below = info->attrs[attrs->cgroup_below];
	int level;

	if (!cgroup && below) {
		NL_SET_ERR_MSG_ATTR(info->extack, below,
				    "cgroup-below without cgroup, which it is about");
		return -EINVAL;
	}
	if (!cgroup)
		return 0;
	level = weft_cgroup_level(cgroup, info->extack);
	if (level < 0)
		return level;
	sel->cgroup = nla_get_u64(cgroup);
	sel->cgroup_level = level;
	sel->cgroup_below = below;
	return 0;
}

/* Read and check what a rule or policy is about; RTNL. */
static int weft_read_selector(struct genl_info *info,
			      const struct weft_selector_attrs *attrs,
			      struct weft_selector *sel)
{
	struct nlattr *attach = info->attrs[attrs->attach];
	struct nlattr *dscp = info->attrs[attrs->dscp];

	memset(sel, 0, sizeof(*sel));
	if (attach)
		sel->attach = nla_get_u32(attach);
	if (dscp) {
		sel->dscp = nla_get_u8(dscp);
		sel->has_dscp = true;
	}
	return weft_netlink_check_attach(weft_net(genl_info_net(info)), attach,
					 info->extack) ?:
	       weft_read_prefix(info, &attrs->remote, &sel->remote,
				&sel->remote_len) ?:
	       weft_read_prefix(info, &attrs->local, &sel->local,
				&sel->local_len) ?:
	       weft_read_proto(info, attrs, sel) ?:
	       weft_read_ports(info, attrs, sel) ?:
	       weft_read_mark(info, attrs, sel) ?:
	       weft_read_cgroup(info, attrs, sel);
}

static int weft_put_prefix(struct sk_buff *skb,
			   const struct weft_prefix_attrs *attrs,
			   const struct in6_addr *prefix, u8 len)
{
	if (len && (nla_put_in6_addr(skb, attrs->addr, prefix) ||
		    nla_put_u8(skb, attrs->len, len)))
		return -EMSGSIZE;
	return 0;
}

/* Says only what was said: an absent word stands for everything. */
static int weft_put_selector(struct sk_buff *skb,
			     const struct weft_selector_attrs *attrs,
			     const struct weft_selector *sel)
{
	if ((sel->attach && nla_put_u32(skb, attrs->attach, sel->attach)) ||
	    weft_put_prefix(skb, &attrs->remote, &sel->remote,
			    sel->remote_len) ||
	    weft_put_prefix(skb, &attrs->local, &sel->local, sel->local_len) ||
	    (sel->proto && nla_put_u8(skb, attrs->proto, sel->proto)) ||
	    (sel->port_max &&
	     (nla_put_u16(skb, attrs->port_min, sel->port_min) ||
	      nla_put_u16(skb, attrs->port_max, sel->port_max))) ||
	    (sel->mark_mask &&
	     (nla_put_u32(skb, attrs->mark, sel->mark) ||
	      nla_put_u32(skb, attrs->mark_mask, sel->mark_mask))) ||
	    (sel->has_dscp && nla_put_u8(skb, attrs->dscp, sel->dscp)) ||
	    (sel->cgroup &&
	     nla_put_u64_64bit(skb, attrs->cgroup, sel->cgroup, attrs->pad)) ||
	    (sel->cgroup_below && nla_put_flag(skb, attrs->cgroup_below)))
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

static int weft_item_new(struct genl_info *info,
			 const struct weft_list_words *words,
			 struct weft_item *item)
{
	struct weft_net *wn = weft_net(genl_info_net(info));
	struct sk_buff *reply;
	void *header;
	u32 id;
	int err;

	reply = weft_new_reply(info, &header);
	if (!reply)
		return weft_netlink_no_memory(info->extack);

	rtnl_lock();
	err = words->read(info, item) ?:
	      weft_read_selector(info, &words->sel, &item->sel) ?:
	      weft_config_add(wn, words->list, item, &id, info->extack);
	rtnl_unlock();
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	return weft_send_new_reply(info, reply, header, words->id, id);
}

static int weft_item_del(struct genl_info *info,
			 const struct weft_list_words *words)
{
	struct nlattr *id = info->attrs[words->id];
	int err;

	err = weft_netlink_need(info, words->id, words->need_id);
	if (err)
		return err;
	err = weft_config_del(weft_net(genl_info_net(info)), words->list,
			      nla_get_u32(id), info->extack);
	if (err)
		NL_SET_BAD_ATTR(info->extack, id);
	return err;
}

static int weft_fill_item(struct sk_buff *skb, const void *object)
{
	const struct weft_list_entry *entry = object;
	const struct weft_list_words *words = entry->words;

	if (nla_put_u32(skb, words->id, entry->item->id) ||
	    weft_put_selector(skb, &words->sel, &entry->item->sel) ||
	    words->fill(skb, entry->item))
		return -EMSGSIZE;
	return 0;
}

/* The config lock keeps what is shown. */
static int weft_item_get(struct genl_info *info,
			 const struct weft_list_words *words)
{
	struct weft_net *wn = weft_net(genl_info_net(info));
	struct weft_list_entry entry = { .words = words };
	const struct weft_config *config;
	int err;

	err = weft_netlink_need(info, words->id, words->need_id);
	if (err)
		return err;

	mutex_lock(&wn->config_lock);
	config = rcu_dereference_protected(wn->config,
					   lockdep_is_held(&wn->config_lock));
	entry.item = weft_config_find(config, words->list,
				      nla_get_u32(info->attrs[words->id]),
				      info->extack);
	err = entry.item ? weft_netlink_reply(info, weft_fill_item, &entry) :
			   -ENOENT;
	mutex_unlock(&wn->config_lock);
	if (!entry.item)
		NL_SET_BAD_ATTR(info->extack, info->attrs[words->id]);
	return err;
}

/* cb->args[0] is the next one's place in the list. */
static int weft_item_dump(struct sk_buff *skb, struct netlink_callback *cb,
			  const struct weft_list_words *words)
{
	struct nlattr *only = genl_info_dump(cb)->attrs[words->id];
	struct weft_list_entry entry = { .words = words };
	const struct weft_config *config;
	long i;

	rcu_read_lock();
	config = rcu_dereference(weft_netlink_net(skb)->config);
	cb->seq = config->gen;
	for (i = cb->args[0]; i < config->n[words->list]; i++) {
		entry.item = config->items[words->list][i];
		if (only && entry.item->id != nla_get_u32(only))
			continue;
		if (weft_netlink_dump(skb, cb, words->get, weft_fill_item,
				      &entry))
			break;
	}
	cb->args[0] = i;
	rcu_read_unlock();
	return skb->len;
}

static int weft_read_rule(struct genl_info *info, struct weft_item *item)
{
	struct weft_rule *rule = container_of(item, struct weft_rule, item);
	struct nlattr *priority = info->attrs[WEFT_A_RULE_PRIORITY];
	struct nlattr *class = info->attrs[WEFT_A_RULE_CLASS];
	struct nlattr *job = info->attrs[WEFT_A_RULE_JOB];
	struct nlattr *from = info->attrs[WEFT_A_RULE_JOB_FROM];

	rule->job_from = from ? nla_get_u8(from) : WEFT_JOB_FROM_NUMBER;
	if (rule->job_from != WEFT_JOB_FROM_NUMBER && job) {
		NL_SET_ERR_MSG_ATTR(info->extack, job,
				    "job has its number or takes it from elsewhere: job and job-from exclude each other");
		return -EINVAL;
	}
	if (rule->job_from == WEFT_JOB_FROM_CGROUP &&
	    !info->attrs[WEFT_A_RULE_CGROUP]) {
		NL_SET_ERR_MSG_ATTR(info->extack, from,
				    "a job from the cgroup needs cgroup, which matches the flow");
		return -EINVAL;
	}
	if (!class && !job && rule->job_from == WEFT_JOB_FROM_NUMBER)
		return weft_netlink_need(info, WEFT_A_RULE_CLASS,
					 "what the flow is: class, job or both");
	item->priority = priority ? nla_get_u32(priority) :
				    WEFT_RULE_PRIORITY_DEFAULT;
	rule->class = class ? nla_get_u32(class) : WEFT_CLASS_NONE;
	rule->job = job ? nla_get_u32(job) : 0;
	return weft_netlink_check_class(class, info->extack);
}

static int weft_fill_rule(struct sk_buff *skb, const struct weft_item *item)
{
	const struct weft_rule *rule = weft_item_rule(item);

	if (nla_put_u32(skb, WEFT_A_RULE_PRIORITY, item->priority) ||
	    (rule->class && nla_put_u32(skb, WEFT_A_RULE_CLASS, rule->class)) ||
	    (rule->job && nla_put_u32(skb, WEFT_A_RULE_JOB, rule->job)) ||
	    (rule->job_from != WEFT_JOB_FROM_NUMBER &&
	     nla_put_u8(skb, WEFT_A_RULE_JOB_FROM, rule->job_from)) ||
	    (rule->shipped && nla_put_flag(skb, WEFT_A_RULE_SHIPPED)) ||
	    nla_put_u64_64bit(skb, WEFT_A_RULE_HITS, atomic64_read(&item->hits),
			      WEFT_A_RULE_PAD))
		return -EMSGSIZE;
	return 0;
}

static const struct weft_list_words weft_rule_words = {
	.list		= WEFT_LIST_RULES,
	.get		= WEFT_CMD_RULE_GET,
	.id		= WEFT_A_RULE_ID,
	.need_id	= "id, the rule's number",
	.sel		= {
		.attach		= WEFT_A_RULE_ATTACH_ID,
		.remote		= { WEFT_A_RULE_REMOTE, WEFT_A_RULE_REMOTE_LEN,
				    "remote" },
		.local		= { WEFT_A_RULE_LOCAL, WEFT_A_RULE_LOCAL_LEN,
				    "local" },
		.proto		= WEFT_A_RULE_PROTOCOL,
		.port_min	= WEFT_A_RULE_PORT_MIN,
		.port_max	= WEFT_A_RULE_PORT_MAX,
		.mark		= WEFT_A_RULE_MARK,
		.mark_mask	= WEFT_A_RULE_MARK_MASK,
		.dscp		= WEFT_A_RULE_DSCP,
		.cgroup		= WEFT_A_RULE_CGROUP,
		.cgroup_below	= WEFT_A_RULE_CGROUP_BELOW,
		.pad		= WEFT_A_RULE_PAD,
	},
	.read		= weft_read_rule,
	.fill		= weft_fill_rule,
};

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
	struct weft_rule rule = {};

	return weft_item_new(info, &weft_rule_words, &rule.item);
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
	return weft_item_del(info, &weft_rule_words);
}

/**
 * weft_nl_rule_get_doit - show one classifier rule
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes the config lock.
 * Return: 0 or a negative error.
 */
int weft_nl_rule_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return weft_item_get(info, &weft_rule_words);
}

/**
 * weft_nl_rule_get_dumpit - show classifier rules in the order of their trial
 * @skb: the message to fill
 * @cb: where the dump stands
 *
 * Context: Process. RCU read side.
 * Return: 0 at the end, or how much was filled.
 */
int weft_nl_rule_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return weft_item_dump(skb, cb, &weft_rule_words);
}

static int weft_read_policy(struct genl_info *info, struct weft_item *item)
{
	struct weft_policy *policy = container_of(item, struct weft_policy, item);
	int err;

	err = weft_netlink_need(info, WEFT_A_POLICY_DIRECTION,
				"direction, egress or ingress") ?:
	      weft_netlink_need(info, WEFT_A_POLICY_ACTION,
				"action: allow, deny or audit");
	if (err)
		return err;
	policy->direction = nla_get_u8(info->attrs[WEFT_A_POLICY_DIRECTION]);
	policy->action = nla_get_u8(info->attrs[WEFT_A_POLICY_ACTION]);
	return 0;
}

static int weft_fill_policy(struct sk_buff *skb, const struct weft_item *item)
{
	const struct weft_policy *policy = weft_item_policy(item);

	if (nla_put_u8(skb, WEFT_A_POLICY_DIRECTION, policy->direction) ||
	    nla_put_u8(skb, WEFT_A_POLICY_ACTION, policy->action) ||
	    nla_put_u64_64bit(skb, WEFT_A_POLICY_HITS,
			      atomic64_read(&item->hits), WEFT_A_POLICY_PAD))
		return -EMSGSIZE;
	return 0;
}

static const struct weft_list_words weft_policy_words = {
	.list		= WEFT_LIST_POLICIES,
	.get		= WEFT_CMD_POLICY_GET,
	.id		= WEFT_A_POLICY_ID,
	.need_id	= "id, the policy's number",
	.sel		= {
		.attach		= WEFT_A_POLICY_ATTACH_ID,
		.remote		= { WEFT_A_POLICY_REMOTE,
				    WEFT_A_POLICY_REMOTE_LEN, "remote" },
		.proto		= WEFT_A_POLICY_PROTOCOL,
		.port_min	= WEFT_A_POLICY_PORT_MIN,
		.port_max	= WEFT_A_POLICY_PORT_MAX,
	},
	.read		= weft_read_policy,
	.fill		= weft_fill_policy,
};

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
	struct weft_policy policy = {};

	return weft_item_new(info, &weft_policy_words, &policy.item);
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
	return weft_item_del(info, &weft_policy_words);
}

/**
 * weft_nl_policy_get_doit - show one policy
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes the config lock.
 * Return: 0 or a negative error.
 */
int weft_nl_policy_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return weft_item_get(info, &weft_policy_words);
}

/**
 * weft_nl_policy_get_dumpit - show policies by their number
 * @skb: the message to fill
 * @cb: where the dump stands
 *
 * Context: Process. RCU read side.
 * Return: 0 at the end, or how much was filled.
 */
int weft_nl_policy_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return weft_item_dump(skb, cb, &weft_policy_words);
}

static int weft_read_grant_classes(struct genl_info *info,
				   struct weft_grant *grant)
{
	struct nlattr *classes = info->attrs[WEFT_A_GRANT_CLASSES];
	unsigned int class;

	grant->classes = classes ? nla_get_u32(classes) : 0;
	for (class = 0; class <= WEFT_CLASS_MAX; class++) {
		if (!(grant->classes & BIT(class)) || weft_class_find(class))
			continue;
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, classes,
					"class %u: there is no such class",
					class);
		return -EINVAL;
	}
	return 0;
}

static int weft_read_grant(struct genl_info *info, struct weft_item *item)
{
	struct weft_grant *grant = container_of(item, struct weft_grant, item);
	struct nlattr *min = info->attrs[WEFT_A_GRANT_JOB_MIN];
	struct nlattr *max = info->attrs[WEFT_A_GRANT_JOB_MAX];

	if (!min && max) {
		NL_SET_ERR_MSG_ATTR(info->extack, max,
				    "job-max without job-min, the first job");
		return -EINVAL;
	}
	if (!min && !info->attrs[WEFT_A_GRANT_CLASSES])
		return weft_netlink_need(info, WEFT_A_GRANT_CLASSES,
					 "what is granted: classes, jobs or both");
	grant->job_min = min ? nla_get_u32(min) : 0;
	grant->job_max = max ? nla_get_u32(max) : grant->job_min;
	if (grant->job_min > grant->job_max) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, max,
					"jobs %u to %u are no range: job-max is the higher one",
					grant->job_min, grant->job_max);
		return -EINVAL;
	}
	/* Who declares makes jobs, and a namespace has so many and no more. */
	if (grant->job_max - grant->job_min >= WEFT_GRANT_JOBS_MAX) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, max ?: min,
					"a grant names at most %u jobs",
					WEFT_GRANT_JOBS_MAX);
		return -ERANGE;
	}
	return weft_read_grant_classes(info, grant);
}

static int weft_fill_grant(struct sk_buff *skb, const struct weft_item *item)
{
	const struct weft_grant *grant = weft_item_grant(item);

	if ((grant->classes &&
	     nla_put_u32(skb, WEFT_A_GRANT_CLASSES, grant->classes)) ||
	    (grant->job_min &&
	     (nla_put_u32(skb, WEFT_A_GRANT_JOB_MIN, grant->job_min) ||
	      nla_put_u32(skb, WEFT_A_GRANT_JOB_MAX, grant->job_max))) ||
	    nla_put_u64_64bit(skb, WEFT_A_GRANT_HITS, atomic64_read(&item->hits),
			      WEFT_A_GRANT_PAD))
		return -EMSGSIZE;
	return 0;
}

static const struct weft_list_words weft_grant_words = {
	.list		= WEFT_LIST_GRANTS,
	.get		= WEFT_CMD_GRANT_GET,
	.id		= WEFT_A_GRANT_ID,
	.need_id	= "id, the grant's number",
	.sel		= {
		.attach		= WEFT_A_GRANT_ATTACH_ID,
		.remote		= { WEFT_A_GRANT_REMOTE,
				    WEFT_A_GRANT_REMOTE_LEN, "remote" },
		.local		= { WEFT_A_GRANT_LOCAL, WEFT_A_GRANT_LOCAL_LEN,
				    "local" },
		.proto		= WEFT_A_GRANT_PROTOCOL,
		.port_min	= WEFT_A_GRANT_PORT_MIN,
		.port_max	= WEFT_A_GRANT_PORT_MAX,
		.cgroup		= WEFT_A_GRANT_CGROUP,
		.cgroup_below	= WEFT_A_GRANT_CGROUP_BELOW,
		.pad		= WEFT_A_GRANT_PAD,
	},
	.read		= weft_read_grant,
	.fill		= weft_fill_grant,
};

/**
 * weft_nl_grant_new_doit - add a grant
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes RTNL.
 * Return: 0 or a negative error.
 */
int weft_nl_grant_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_grant grant = {};

	return weft_item_new(info, &weft_grant_words, &grant.item);
}

/**
 * weft_nl_grant_del_doit - remove a grant
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes the config lock.
 * Return: 0 or a negative error.
 */
int weft_nl_grant_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return weft_item_del(info, &weft_grant_words);
}

/**
 * weft_nl_grant_get_doit - show one grant
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes the config lock.
 * Return: 0 or a negative error.
 */
int weft_nl_grant_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return weft_item_get(info, &weft_grant_words);
}

/**
 * weft_nl_grant_get_dumpit - show grants by their number
 * @skb: the message to fill
 * @cb: where the dump stands
 *
 * Context: Process. RCU read side.
 * Return: 0 at the end, or how much was filled.
 */
int weft_nl_grant_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return weft_item_dump(skb, cb, &weft_grant_words);
}
