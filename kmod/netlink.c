// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family, and its handlers of uplinks and ports.
 *
 * What attributes a request may have, of what type and range, the tables in
 * netlink-gen.c say, and genetlink refuses the rest. What is checked here is
 * what a table cannot say: what must be there, what goes together, and what
 * exists.
 *
 * Requests run side by side, so that who declares something can't hold up who
 * configures. Locks, in this order: RTNL for uplinks and ports, then one of the
 * config lock, the semaphore of the tables and that of the namespaces.
 */
#include <linux/err.h>
#include <linux/idr.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/rwsem.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "class.h"
#include "config.h"
#include "flow.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "netns.h"
#include "port.h"
#include "uplink.h"

static const struct genl_multicast_group weft_nl_mcgrps[] = {
	[WEFT_NLGRP_EVENTS] = { .name = WEFT_MCGRP_EVENTS, WEFT_MCGRP_ADMIN },
};

struct genl_family weft_genl_family __ro_after_init = {
	.name		= WEFT_GENL_NAME,
	.version	= WEFT_GENL_VERSION,
	.module		= THIS_MODULE,
	.netnsok	= true,
	.parallel_ops	= true,
	.ops		= weft_nl_ops,
	.n_ops		= ARRAY_SIZE(weft_nl_ops),
	.mcgrps		= weft_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(weft_nl_mcgrps),
};

/*
 * Whether the family's group is its own: events can still happen while the
 * module goes, when another family may have been given the number.
 */
static DECLARE_RWSEM(weft_netlink_sem);
static bool weft_netlink_up;

/**
 * weft_netlink_wanted - does anybody listen to events
 * @net: the namespace
 *
 * Context: Any; a hint, the answer may change at once.
 * Return: false if an event would reach nobody.
 */
bool weft_netlink_wanted(struct net *net)
{
	return READ_ONCE(weft_netlink_up) &&
	       genl_has_listeners(&weft_genl_family, net, WEFT_NLGRP_EVENTS);
}

/**
 * weft_netlink_multicast - give an event to whoever listens
 * @net: the namespace
 * @skb: the message; consumed
 *
 * Context: Process, may sleep.
 */
void weft_netlink_multicast(struct net *net, struct sk_buff *skb)
{
	down_read(&weft_netlink_sem);
	if (weft_netlink_up)
		genlmsg_multicast_netns(&weft_genl_family, net, skb, 0,
					WEFT_NLGRP_EVENTS, GFP_KERNEL);
	else
		nlmsg_free(skb);
	up_read(&weft_netlink_sem);
}

/**
 * weft_netlink_net - the namespace that a request works on
 * @skb: the request, or the message that a dump fills
 *
 * Context: Any.
 * Return: the namespace's state.
 */
struct weft_net *weft_netlink_net(const struct sk_buff *skb)
{
	return weft_net(sock_net(skb->sk));
}

/**
 * weft_netlink_need - refuse a request that lacks an attribute
 * @info: the request
 * @attr: the attribute
 * @what: its name and what it is
 *
 * Context: Process.
 * Return: 0 or -EINVAL.
 */
int weft_netlink_need(struct genl_info *info, int attr, const char *what)
{
	if (!GENL_REQ_ATTR_CHECK(info, attr))
		return 0;
	NL_SET_ERR_MSG_FMT(info->extack, "missing: %s", what);
	return -EINVAL;
}

/**
 * weft_netlink_only - refuse attributes that only a dump filters by
 * @info: the request, which names one object
 * @attr: the attribute that names it
 * @max: highest attribute that the request can have
 *
 * Context: Process.
 * Return: 0 or -EINVAL.
 */
int weft_netlink_only(struct genl_info *info, int attr, int max)
{
	int i;

	for (i = 1; i <= max; i++) {
		if (i == attr || !info->attrs[i])
			continue;
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[i],
				    "one object is named by its number only; a dump takes filters");
		return -EINVAL;
	}
	return 0;
}

/**
 * weft_netlink_check_attach - does an attachment point exist
 * @wn: the namespace
 * @attr: its number; WEFT_ANY_ID and an absent attribute stand for every one
 * @extack: says what is wrong
 *
 * Context: RTNL, which also keeps it there.
 * Return: 0 or -ENOENT.
 */
int weft_netlink_check_attach(struct weft_net *wn, const struct nlattr *attr,
			      struct netlink_ext_ack *extack)
{
	ASSERT_RTNL();
	if (!attr || nla_get_u32(attr) == WEFT_ANY_ID ||
	    idr_find(&wn->attaches, nla_get_u32(attr)))
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
				"attach-id %u: no port or uplink here has this number",
				nla_get_u32(attr));
	return -ENOENT;
}

/**
 * weft_netlink_check_class - does a class exist
 * @attr: its number, or NULL
 * @extack: says what is wrong
 *
 * Context: Any.
 * Return: 0 or -EINVAL.
 */
int weft_netlink_check_class(const struct nlattr *attr,
			     struct netlink_ext_ack *extack)
{
	if (!attr || weft_class_find(nla_get_u32(attr)))
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(extack, attr, "class %u: there is no such class",
				nla_get_u32(attr));
	return -EINVAL;
}

/**
 * weft_netlink_no_memory - refuse a request for lack of memory
 * @extack: says so
 *
 * Context: Any.
 * Return: -ENOMEM.
 */
int weft_netlink_no_memory(struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG(extack, "no memory for the answer");
	return -ENOMEM;
}

/**
 * weft_netlink_reply - answer a request with one object
 * @info: the request
 * @fill: puts the object into the message
 * @object: for @fill
 *
 * Context: Process.
 * Return: 0 or a negative error.
 */
int weft_netlink_reply(struct genl_info *info, weft_netlink_fill fill,
		       const void *object)
{
	struct sk_buff *skb;
	void *header;

	skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return weft_netlink_no_memory(info->extack);
	header = genlmsg_put_reply(skb, info, &weft_genl_family, 0,
				   info->genlhdr->cmd);
	if (!header || fill(skb, object)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

/**
 * weft_netlink_dump - add one object to a dump
 * @skb: the message that is being filled
 * @cb: the dump; @cb->seq is set where a change between two messages shall be
 *	shown to the reader, and 0 otherwise
 * @cmd: WEFT_CMD_*
 * @fill: puts the object into the message
 * @object: for @fill
 *
 * Context: Any.
 * Return: 0, or -EMSGSIZE where the message is full.
 */
int weft_netlink_dump(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		      weft_netlink_fill fill, const void *object)
{
	void *header;

	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
			     cb->nlh->nlmsg_seq, &weft_genl_family, NLM_F_MULTI,
			     cmd);
	if (!header)
		return -EMSGSIZE;
	if (fill(skb, object)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	if (cb->seq)
		genl_dump_check_consistent(cb, header);
	genlmsg_end(skb, header);
	return 0;
}

/*
 * Changes whenever an uplink or port comes (it takes the next number) or goes
 * (that makes a new generation), or its settings change.
 */
static unsigned int weft_device_seq(const struct weft_net *wn)
{
	unsigned int seq;

	rcu_read_lock();
	seq = rcu_dereference(wn->config)->gen + idr_get_cursor(&wn->attaches);
	rcu_read_unlock();
	return seq ?: 1;
}

/* Every attribute but the padding is a counter of the same number. */
static int weft_put_stats(struct sk_buff *skb, int nest_attr,
			  const struct weft_attach *attach)
{
	u64 sum[WEFT_A_STATS_MAX + 1];
	struct nlattr *nest;
	int i;

	nest = nla_nest_start(skb, nest_attr);
	if (!nest)
		return -EMSGSIZE;
	weft_attach_read(attach, sum);
	for (i = WEFT_A_STATS_PAD + 1; i <= WEFT_A_STATS_MAX; i++)
		if (nla_put_u64_64bit(skb, i, sum[i], WEFT_A_STATS_PAD))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* The device that a request names; RTNL. */
static struct net_device *weft_nl_device(struct genl_info *info)
{
	struct nlattr *attr = info->attrs[WEFT_A_UPLINK_IFINDEX];
	struct net_device *dev;

	dev = __dev_get_by_index(genl_info_net(info), nla_get_u32(attr));
	if (!dev)
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr,
					"ifindex %u: no such device in this network namespace",
					nla_get_u32(attr));
	return dev;
}

/* The uplink that a request names; RTNL. */
static struct weft_uplink *weft_nl_uplink(struct genl_info *info)
{
	struct net_device *dev = weft_nl_device(info);
	struct weft_uplink *uplink;

	if (!dev)
		return ERR_PTR(-ENODEV);
	uplink = weft_uplink_find(dev);
	if (uplink)
		return uplink;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack,
				info->attrs[WEFT_A_UPLINK_IFINDEX],
				"%s is not an uplink", dev->name);
	return ERR_PTR(-ENOENT);
}

static int weft_nl_need_ifindex(struct genl_info *info)
{
	return weft_netlink_need(info, WEFT_A_UPLINK_IFINDEX,
				 "ifindex, the uplink's device");
}

/**
 * weft_nl_uplink_new_doit - make a device an uplink
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes RTNL.
 * Return: 0 or a negative error.
 */
int weft_nl_uplink_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *policy = info->attrs[WEFT_A_UPLINK_DEFAULT_POLICY];
	struct nlattr *tunnels = info->attrs[WEFT_A_UPLINK_TUNNELS];
	struct net_device *dev;
	int err;

	err = weft_nl_need_ifindex(info);
	if (err)
		return err;

	rtnl_lock();
	dev = weft_nl_device(info);
	if (dev) {
		err = weft_uplink_add(dev, policy ? nla_get_u8(policy) :
						    WEFT_ACTION_ALLOW,
				      tunnels ? nla_get_u8(tunnels) :
						WEFT_TUNNEL_MODE_OFF,
				      info->extack);
		if (err)
			NL_SET_BAD_ATTR(info->extack,
					info->attrs[WEFT_A_UPLINK_IFINDEX]);
	} else {
		err = -ENODEV;
	}
	rtnl_unlock();
	return err;
}

/**
 * weft_nl_uplink_set_doit - change what is given of an uplink
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes RTNL.
 * Return: 0 or a negative error.
 */
int weft_nl_uplink_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *policy = info->attrs[WEFT_A_UPLINK_DEFAULT_POLICY];
	struct nlattr *tunnels = info->attrs[WEFT_A_UPLINK_TUNNELS];
	struct weft_uplink *uplink;
	struct weft_config *next;
	int err;

	err = weft_nl_need_ifindex(info);
	if (err)
		return err;
	if (!policy && !tunnels)
		return weft_netlink_need(info, WEFT_A_UPLINK_DEFAULT_POLICY,
					 "something to change: default-policy or tunnels");

	rtnl_lock();
	uplink = weft_nl_uplink(info);
	if (IS_ERR(uplink)) {
		err = PTR_ERR(uplink);
		goto unlock;
	}
	next = weft_config_begin(uplink->wn, info->extack);
	if (IS_ERR(next)) {
		err = PTR_ERR(next);
		goto unlock;
	}

	/* Nothing fails from here on. */
	if (policy)
		WRITE_ONCE(uplink->host.default_policy, nla_get_u8(policy));
	if (tunnels)
		weft_uplink_set_tunnels(uplink, nla_get_u8(tunnels));
	weft_config_commit(uplink->wn, next);
unlock:
	rtnl_unlock();
	return err;
}

/**
 * weft_nl_uplink_del_doit - give a device back
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes RTNL.
 * Return: 0 or a negative error.
 */
int weft_nl_uplink_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_uplink *uplink;
	int err;

	err = weft_nl_need_ifindex(info);
	if (err)
		return err;

	rtnl_lock();
	uplink = weft_nl_uplink(info);
	if (IS_ERR(uplink)) {
		err = PTR_ERR(uplink);
	} else {
		err = weft_uplink_del(uplink->dev, info->extack);
		if (err)
			NL_SET_BAD_ATTR(info->extack,
					info->attrs[WEFT_A_UPLINK_IFINDEX]);
	}
	rtnl_unlock();
	return err;
}

/* An attachment point's part of the flow table; RTNL keeps the table. */
static int weft_put_flows(struct sk_buff *skb, const struct weft_net *wn,
			  u16 attach, int count, int share)
{
	/* A namespace that ends takes its tables away before its ports. */
	if (!wn->flows)
		return 0;
	if (nla_put_u32(skb, count, weft_flow_attach_count(wn->flows, attach)) ||
	    nla_put_u32(skb, share, weft_flow_attach_share(wn->flows)))
		return -EMSGSIZE;
	return 0;
}

static int weft_fill_uplink(struct sk_buff *skb, const void *object)
{
	const struct weft_uplink *uplink = object;

	if (nla_put_u32(skb, WEFT_A_UPLINK_IFINDEX, uplink->dev->ifindex) ||
	    nla_put_string(skb, WEFT_A_UPLINK_IFNAME, uplink->dev->name) ||
	    nla_put_u8(skb, WEFT_A_UPLINK_DEFAULT_POLICY,
		       uplink->host.default_policy) ||
	    nla_put_u32(skb, WEFT_A_UPLINK_ATTACH_ID, uplink->host.id) ||
	    nla_put_u32(skb, WEFT_A_UPLINK_PORTS, uplink->n_ports) ||
	    nla_put_u8(skb, WEFT_A_UPLINK_TUNNELS, uplink->tunnels) ||
	    weft_put_stats(skb, WEFT_A_UPLINK_STATS, &uplink->host) ||
	    weft_put_flows(skb, uplink->wn, uplink->host.id,
			   WEFT_A_UPLINK_FLOWS, WEFT_A_UPLINK_FLOWS_SHARE) ||
	    (weft_uplink_has_ref(uplink) &&
	     nla_put_flag(skb, WEFT_A_UPLINK_SCHEDULER)))
		return -EMSGSIZE;
	return 0;
}

/**
 * weft_nl_uplink_get_doit - show one uplink
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes RTNL.
 * Return: 0 or a negative error.
 */
int weft_nl_uplink_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_uplink *uplink;
	int err;

	err = weft_nl_need_ifindex(info);
	if (err)
		return err;

	rtnl_lock();
	uplink = weft_nl_uplink(info);
	err = PTR_ERR_OR_ZERO(uplink) ?:
	      weft_netlink_reply(info, weft_fill_uplink, uplink);
	rtnl_unlock();
	return err;
}

/**
 * weft_nl_uplink_get_dumpit - show the uplinks of a namespace
 * @skb: the message to fill
 * @cb: where the dump stands: args[0] counts those shown
 *
 * Context: Process. Takes RTNL.
 * Return: 0 at the end, or how much was filled.
 */
int weft_nl_uplink_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr *only = genl_info_dump(cb)->attrs[WEFT_A_UPLINK_IFINDEX];
	struct weft_net *wn = weft_netlink_net(skb);
	struct weft_uplink *uplink;
	long i = 0;

	rtnl_lock();
	cb->seq = weft_device_seq(wn);
	list_for_each_entry(uplink, &wn->uplinks, node) {
		if (only && uplink->dev->ifindex != nla_get_u32(only))
			continue;
		if (i++ < cb->args[0])
			continue;
		if (weft_netlink_dump(skb, cb, WEFT_CMD_UPLINK_GET,
				      weft_fill_uplink, uplink))
			break;
		cb->args[0] = i;
	}
	rtnl_unlock();
	return skb->len;
}

/* The port that a request names; RTNL. */
static struct weft_port *weft_nl_port(struct genl_info *info)
{
	struct nlattr *attr = info->attrs[WEFT_A_PORT_ATTACH_ID];
	struct weft_net *wn = weft_net(genl_info_net(info));
	struct net_device *dev;
	int err;

	err = weft_netlink_check_attach(wn, attr, info->extack);
	if (err)
		return ERR_PTR(err);
	dev = idr_find(&wn->attaches, nla_get_u32(attr));
	if (weft_is_port(dev))
		return netdev_priv(dev);
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr,
				"attach-id %u is uplink %s's own, not a port's",
				nla_get_u32(attr), dev->name);
	return ERR_PTR(-ENOENT);
}

static int weft_nl_need_port(struct genl_info *info)
{
	return weft_netlink_need(info, WEFT_A_PORT_ATTACH_ID,
				 "attach-id, the port's number");
}

/**
 * weft_nl_port_set_doit - change what is given of a port
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes RTNL.
 * Return: 0 or a negative error.
 */
int weft_nl_port_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *policy = info->attrs[WEFT_A_PORT_DEFAULT_POLICY];
	struct nlattr *class = info->attrs[WEFT_A_PORT_CLASS];
	struct nlattr *job = info->attrs[WEFT_A_PORT_JOB];
	struct weft_config *next;
	struct weft_port *port;
	int err;

	err = weft_nl_need_port(info);
	if (err)
		return err;
	if (!policy && !class && !job)
		return weft_netlink_need(info, WEFT_A_PORT_DEFAULT_POLICY,
					 "something to change: default-policy, class or job");
	/* Class 0 takes the port's class away. */
	if (class && nla_get_u32(class)) {
		err = weft_netlink_check_class(class, info->extack);
		if (err)
			return err;
	}

	rtnl_lock();
	port = weft_nl_port(info);
	if (IS_ERR(port)) {
		err = PTR_ERR(port);
		goto unlock;
	}
	next = weft_config_begin(port->wn, info->extack);
	if (IS_ERR(next)) {
		err = PTR_ERR(next);
		goto unlock;
	}

	/* Nothing fails from here on. */
	if (policy)
		WRITE_ONCE(port->attach.default_policy, nla_get_u8(policy));
	if (class)
		WRITE_ONCE(port->attach.class, nla_get_u32(class));
	if (job)
		WRITE_ONCE(port->attach.job, nla_get_u32(job));
	weft_config_commit(port->wn, next);
unlock:
	rtnl_unlock();
	return err;
}

/* A port in another namespace than its uplink's has a number there. */
static int weft_put_netnsid(struct sk_buff *skb, const struct weft_port *port)
{
	struct net *net = dev_net(port->dev);
	int id;

	if (net_eq(net, port->wn->net))
		return 0;
	id = peernet2id_alloc(port->wn->net, net, GFP_KERNEL);
	return nla_put_s32(skb, WEFT_A_PORT_NETNSID, id);
}

static int weft_fill_port(struct sk_buff *skb, const void *object)
{
	const struct weft_port *port = object;
	const struct net_device *dev = port->dev;

	if (nla_put_u32(skb, WEFT_A_PORT_ATTACH_ID, port->attach.id) ||
	    nla_put_u32(skb, WEFT_A_PORT_IFINDEX, dev->ifindex) ||
	    nla_put_string(skb, WEFT_A_PORT_IFNAME, dev->name) ||
	    weft_put_netnsid(skb, port) ||
	    nla_put_u32(skb, WEFT_A_PORT_UPLINK_IFINDEX, port->lower->ifindex) ||
	    nla_put_string(skb, WEFT_A_PORT_UPLINK_IFNAME, port->lower->name) ||
	    nla_put_u8(skb, WEFT_A_PORT_DEFAULT_POLICY,
		       port->attach.default_policy) ||
	    nla_put_u32(skb, WEFT_A_PORT_CLASS, port->attach.class) ||
	    nla_put_u32(skb, WEFT_A_PORT_JOB, port->attach.job) ||
	    weft_put_stats(skb, WEFT_A_PORT_STATS, &port->attach) ||
	    weft_put_flows(skb, port->wn, port->attach.id,
			   WEFT_A_PORT_FLOWS, WEFT_A_PORT_FLOWS_SHARE) ||
	    nla_put(skb, WEFT_A_PORT_ADDRESS, dev->addr_len, dev->dev_addr))
		return -EMSGSIZE;
	return 0;
}

/**
 * weft_nl_port_get_doit - show one port
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes RTNL.
 * Return: 0 or a negative error.
 */
int weft_nl_port_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_port *port;
	int err;

	err = weft_nl_need_port(info) ?:
	      weft_netlink_only(info, WEFT_A_PORT_ATTACH_ID,
				WEFT_A_PORT_UPLINK_IFINDEX);
	if (err)
		return err;

	rtnl_lock();
	port = weft_nl_port(info);
	err = PTR_ERR_OR_ZERO(port) ?:
	      weft_netlink_reply(info, weft_fill_port, port);
	rtnl_unlock();
	return err;
}

static bool weft_port_wanted(const struct weft_port *port,
			     struct nlattr *const *filter)
{
	struct nlattr *attach = filter[WEFT_A_PORT_ATTACH_ID];
	struct nlattr *uplink = filter[WEFT_A_PORT_UPLINK_IFINDEX];

	return (!attach || port->attach.id == nla_get_u32(attach)) &&
	       (!uplink || port->lower->ifindex == nla_get_u32(uplink));
}

/* The ports of one uplink; @i counts over all uplinks. */
static int weft_dump_ports(struct sk_buff *skb, struct netlink_callback *cb,
			   const struct weft_uplink *uplink, long *i)
{
	struct nlattr **filter = genl_info_dump(cb)->attrs;
	struct weft_port *port;
	int err;

	list_for_each_entry(port, &uplink->port_list, node) {
		if (!weft_port_wanted(port, filter))
			continue;
		if ((*i)++ < cb->args[0])
			continue;
		err = weft_netlink_dump(skb, cb, WEFT_CMD_PORT_GET,
					weft_fill_port, port);
		if (err)
			return err;
		cb->args[0] = *i;
	}
	return 0;
}

/**
 * weft_nl_port_get_dumpit - show the ports of a namespace's uplinks
 * @skb: the message to fill
 * @cb: where the dump stands: args[0] counts those shown
 *
 * Context: Process. Takes RTNL.
 * Return: 0 at the end, or how much was filled.
 */
int weft_nl_port_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct weft_net *wn = weft_netlink_net(skb);
	struct weft_uplink *uplink;
	long i = 0;

	rtnl_lock();
	cb->seq = weft_device_seq(wn);
	list_for_each_entry(uplink, &wn->uplinks, node)
		if (weft_dump_ports(skb, cb, uplink, &i))
			break;
	rtnl_unlock();
	return skb->len;
}

/**
 * weft_netlink_init - let users reach the module
 *
 * Context: Process, at module init, last of all.
 * Return: 0 or a negative error.
 */
int __init weft_netlink_init(void)
{
	int err;

	err = genl_register_family(&weft_genl_family);
	if (err)
		return err;
	WRITE_ONCE(weft_netlink_up, true);
	return 0;
}

/**
 * weft_netlink_exit - no request and no event from here on
 *
 * Context: Process, at module exit, first of all.
 */
void weft_netlink_exit(void)
{
	down_write(&weft_netlink_sem);
	WRITE_ONCE(weft_netlink_up, false);
	up_write(&weft_netlink_sem);
	genl_unregister_family(&weft_genl_family);
}
