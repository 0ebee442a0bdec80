// SPDX-License-Identifier: GPL-2.0
/*
 * Uplinks: lower devices that weft works on, and attachment points.
 *
 * An uplink is made and removed under RTNL. Packets reach it under RCU, by
 * four ways: its netfilter hooks, the receive handler, a port's pointer and a
 * scheduler's reference. Removal closes all four, waits for a grace period and
 * only then lets go of what packets use.
 *
 * A device that only is an uplink may belong to a bridge, bond or switch: the
 * hooks work there too. The receive handler, which a device has only one of,
 * is taken with the first port.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <linux/jhash.h>
#include <linux/module.h>
#include <linux/netfilter_netdev.h>
#include <linux/random.h>
#include <linux/rculist.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>

#include "flow.h"
#include "hook.h"
#include "netns.h"
#include "port.h"
#include "stack.h"
#include "uplink.h"

/*
 * On the way in nothing comes before weft: a flowtable or a redirect there
 * takes packets out of the stack, and policy must have seen them. On the way
 * out it comes last, and judges what other hooks have made of the packet.
 */
#define WEFT_PRIORITY_INGRESS	INT_MIN
#define WEFT_PRIORITY_EGRESS	INT_MAX

static bool weft_userns;
module_param_named(userns, weft_userns, bool, 0644);
MODULE_PARM_DESC(userns, "allow uplinks in network namespaces that an unprivileged user may own");

/* Every uplink of every namespace, by weft_uplink.all; RTNL. */
static LIST_HEAD(weft_uplinks);

/* Makes the chains of MAC addresses unpredictable; constant after init. */
static u32 weft_mac_seed __ro_after_init;

/**
 * weft_attach_init - give an attachment point its number and counters
 * @wn: the uplink's namespace
 * @attach: zeroed; its settings may have been written already
 * @owner: what the number stands for in weft_net.attaches: the net_device of
 *	the port or uplink
 * @extack: says what failed
 *
 * Numbers are given in turn, so that a number comes back only after all others
 * were used: what a flow remembers of a former owner is not taken for the new
 * one's.
 *
 * Context: Process, RTNL.
 * Return: 0, -ENOMEM, or -ENOSPC when all numbers are in use.
 */
int weft_attach_init(struct weft_net *wn, struct weft_attach *attach,
		     void *owner, struct netlink_ext_ack *extack)
{
	int id;

	ASSERT_RTNL();
	attach->stats = netdev_alloc_pcpu_stats(struct weft_attach_stats);
	if (!attach->stats)
		goto nomem;

	id = idr_alloc_cyclic(&wn->attaches, owner, 1, WEFT_ATTACH_MAX + 1,
			      GFP_KERNEL);
	if (id >= 0) {
		attach->id = id;
		attach->plain = id;
		weft_flow_attach_join(wn->flows, id);
		return 0;
	}
	free_percpu(attach->stats);
	attach->stats = NULL;
	if (id == -ENOSPC) {
		NL_SET_ERR_MSG_MOD(extack, "all numbers of attachment points are in use");
		return id;
	}
nomem:
	NL_SET_ERR_MSG_MOD(extack, "no memory for an attachment point");
	return -ENOMEM;
}

/**
 * weft_attach_exit - take an attachment point's number and counters back
 * @wn: the uplink's namespace
 * @attach: no packet reaches it any more; without effect where it was never
 *	initialised or has gone already
 *
 * Context: Process, RTNL.
 */
void weft_attach_exit(struct weft_net *wn, struct weft_attach *attach)
{
	ASSERT_RTNL();
	if (!attach->stats)
		return;
	weft_config_attach_gone(wn, attach->id);
	/* A namespace that ends takes its tables away before its ports. */
	if (wn->flows)
		weft_flow_attach_gone(wn->flows, attach->id);
	idr_remove(&wn->attaches, attach->id);
	free_percpu(attach->stats);
	attach->stats = NULL;
}

/**
 * weft_attach_count - add to a counter of an attachment point
 * @attach: the attachment point
 * @counter: WEFT_A_STATS_*
 * @n: how much
 *
 * Context: RCU read side, softirqs off.
 */
void weft_attach_count(struct weft_attach *attach, int counter, u64 n)
{
	struct weft_attach_stats *stats = this_cpu_ptr(attach->stats);

	u64_stats_update_begin(&stats->syncp);
	u64_stats_add(&stats->count[counter], n);
	u64_stats_update_end(&stats->syncp);
}

/**
 * weft_attach_read - sum up an attachment point's counters
 * @attach: the attachment point
 * @sum: filled in, by WEFT_A_STATS_*
 *
 * Context: Any that keeps @attach alive: RTNL, or RCU read side.
 */
void weft_attach_read(const struct weft_attach *attach,
		      u64 sum[WEFT_A_STATS_MAX + 1])
{
	const struct weft_attach_stats *stats;
	u64 part[WEFT_A_STATS_MAX + 1];
	unsigned int start;
	int cpu, i;

	memset(sum, 0, sizeof(part));
	for_each_possible_cpu(cpu) {
		stats = per_cpu_ptr(attach->stats, cpu);
		do {
			start = u64_stats_fetch_begin(&stats->syncp);
			for (i = 0; i <= WEFT_A_STATS_MAX; i++)
				part[i] = u64_stats_read(&stats->count[i]);
		} while (u64_stats_fetch_retry(&stats->syncp, start));
		for (i = 0; i <= WEFT_A_STATS_MAX; i++)
			sum[i] += part[i];
	}
}

/**
 * weft_uplink_find - the uplink that a device is
 * @dev: the device
 *
 * Context: RTNL.
 * Return: the uplink, or NULL where @dev is none.
 */
struct weft_uplink *weft_uplink_find(const struct net_device *dev)
{
	struct weft_uplink *uplink;

	ASSERT_RTNL();
	list_for_each_entry(uplink, &weft_net(dev_net(dev))->uplinks, node)
		if (uplink->dev == dev)
			return uplink;
	return NULL;
}

/**
 * weft_uplink_ref_init - start following whether a device is an uplink
 * @ref: the reference
 * @dev: the device; outlives @ref
 *
 * Context: RTNL.
 */
void weft_uplink_ref_init(struct weft_uplink_ref *ref, struct net_device *dev)
{
	ref->dev = dev;
	rcu_assign_pointer(ref->uplink, weft_uplink_find(dev));
	list_add_tail(&ref->node, &weft_net(dev_net(dev))->refs);
}

/**
 * weft_uplink_ref_exit - stop following
 * @ref: the reference; without effect where it was never initialised
 *
 * Whoever read the pointer under RCU may use the uplink on to the end of that
 * read side.
 *
 * Context: RTNL.
 */
void weft_uplink_ref_exit(struct weft_uplink_ref *ref)
{
	if (!ref->dev)
		return;
	ASSERT_RTNL();
	list_del(&ref->node);
	RCU_INIT_POINTER(ref->uplink, NULL);
	ref->dev = NULL;
}

/* Tells everyone who waits for this device's uplink that it is @uplink now. */
static void weft_uplink_publish(struct weft_net *wn,
				const struct net_device *dev,
				struct weft_uplink *uplink)
{
	struct weft_uplink_ref *ref;

	list_for_each_entry(ref, &wn->refs, node)
		if (ref->dev == dev)
			rcu_assign_pointer(ref->uplink, uplink);
}

/**
 * weft_uplink_has_ref - is a scheduler attached
 * @uplink: the uplink
 *
 * Context: RTNL.
 * Return: true if somebody follows @uplink's device.
 */
bool weft_uplink_has_ref(const struct weft_uplink *uplink)
{
	struct weft_uplink_ref *ref;

	ASSERT_RTNL();
	list_for_each_entry(ref, &uplink->wn->refs, node)
		if (ref->dev == uplink->dev)
			return true;
	return false;
}

static int weft_uplink_suits(const struct net_device *dev, u8 default_policy,
			     u8 tunnels, struct netlink_ext_ack *extack)
{
	if (dev_net(dev)->user_ns != &init_user_ns && !READ_ONCE(weft_userns)) {
		NL_SET_ERR_MSG_MOD(extack,
				   "no uplinks in a user namespace's network, unless weft.userns=1");
		return -EPERM;
	}
	if (default_policy > WEFT_ACTION_MAX) {
		NL_SET_ERR_MSG_MOD(extack, "a default policy is allow, deny or audit");
		return -EINVAL;
	}
	if (tunnels > WEFT_TUNNEL_MODE_MAX) {
		NL_SET_ERR_MSG_MOD(extack, "tunnels are off, on or flat");
		return -EINVAL;
	}
	if (dev->reg_state != NETREG_REGISTERED) {
		NL_SET_ERR_MSG_MOD(extack, "the device is going away");
		return -ENODEV;
	}
	if (dev->flags & IFF_LOOPBACK) {
		NL_SET_ERR_MSG_MOD(extack, "a loopback device cannot be an uplink");
		return -EINVAL;
	}
	if (weft_is_port(dev)) {
		NL_SET_ERR_MSG_FMT_MOD(extack, "%s is a port: use the uplink below it",
				       dev->name);
		return -EINVAL;
	}
	if (dev->type != ARPHRD_ETHER || dev->addr_len != ETH_ALEN) {
		NL_SET_ERR_MSG_FMT_MOD(extack, "%s is not Ethernet, an uplink must be",
				       dev->name);
		return -EINVAL;
	}
	if (weft_uplink_find(dev)) {
		NL_SET_ERR_MSG_FMT_MOD(extack, "%s is an uplink already",
				       dev->name);
		return -EEXIST;
	}
	return 0;
}

static struct weft_uplink *weft_uplink_alloc(struct net_device *dev,
					     u8 default_policy, u8 tunnels)
{
	struct weft_uplink *uplink;
	int i;

	uplink = kzalloc(sizeof(*uplink), GFP_KERNEL_ACCOUNT);
	if (!uplink)
		return NULL;

	uplink->dev = dev;
	uplink->wn = weft_net(dev_net(dev));
	uplink->vlan = weft_stack_vlan(dev);
	uplink->tunnels = tunnels;
	uplink->host.default_policy = default_policy;
	INIT_LIST_HEAD(&uplink->port_list);
	skb_queue_head_init(&uplink->flood);
	INIT_WORK(&uplink->flood_work, weft_port_flood_work);

	uplink->hooks[0].hook = weft_hook_ingress;
	uplink->hooks[0].hooknum = NF_NETDEV_INGRESS;
	uplink->hooks[0].priority = WEFT_PRIORITY_INGRESS;
	uplink->hooks[1].hook = weft_hook_egress;
	uplink->hooks[1].hooknum = NF_NETDEV_EGRESS;
	uplink->hooks[1].priority = WEFT_PRIORITY_EGRESS;
	for (i = 0; i < ARRAY_SIZE(uplink->hooks); i++) {
		uplink->hooks[i].pf = NFPROTO_NETDEV;
		uplink->hooks[i].dev = dev;
		uplink->hooks[i].priv = uplink;
	}
	return uplink;
}

/* What packets used: nobody is in a read side that began with @uplink. */
static void weft_uplink_free(struct weft_uplink *uplink)
{
	struct weft_net *wn = uplink->wn;

	cancel_work_sync(&uplink->flood_work);
	skb_queue_purge(&uplink->flood);
	weft_attach_exit(wn, &uplink->host);
	if (list_empty(&wn->uplinks))
		weft_net_stop(wn);
	kfree(uplink);
}

/**
 * weft_uplink_add - make a device an uplink
 * @dev: the device
 * @default_policy: enum weft_action for the host's own traffic where no policy
 *	decides
 * @tunnels: enum weft_tunnel_mode for the host's own traffic
 * @extack: says why it was refused
 *
 * Context: Process, RTNL.
 * Return: 0 or a negative error; nothing has changed then.
 */
int weft_uplink_add(struct net_device *dev, u8 default_policy, u8 tunnels,
		    struct netlink_ext_ack *extack)
{
	struct weft_uplink *uplink;
	struct weft_net *wn;
	int err;

	ASSERT_RTNL();
	err = weft_uplink_suits(dev, default_policy, tunnels, extack);
	if (err)
		return err;

	wn = weft_net(dev_net(dev));
	if (list_empty(&wn->uplinks)) {
		err = weft_net_start(wn, extack);
		if (err)
			return err;
	}

	uplink = weft_uplink_alloc(dev, default_policy, tunnels);
	if (!uplink) {
		NL_SET_ERR_MSG_MOD(extack, "no memory for an uplink");
		err = -ENOMEM;
		goto stop;
	}
	err = weft_attach_init(wn, &uplink->host, dev, extack);
	if (err)
		goto free;
	set_bit(uplink->host.id, uplink->attaches);
	err = nf_register_net_hooks(wn->net, uplink->hooks,
				    ARRAY_SIZE(uplink->hooks));
	if (err) {
		NL_SET_ERR_MSG_MOD(extack,
				   "cannot hook the device: is CONFIG_NETFILTER_EGRESS there?");
		goto sync;
	}

	netdev_hold(dev, &uplink->tracker, GFP_KERNEL);
	list_add_tail(&uplink->node, &wn->uplinks);
	list_add_tail(&uplink->all, &weft_uplinks);
	weft_stack_update(wn);
	weft_uplink_publish(wn, dev, uplink);
	return 0;

sync:
	/* The first hook may have been in place for a moment. */
	synchronize_net();
	weft_attach_exit(wn, &uplink->host);
free:
	kfree(uplink);
stop:
	if (list_empty(&wn->uplinks))
		weft_net_stop(wn);
	return err;
}

/* The way out is never refused: @uplink's ports go with it. */
static void weft_uplink_remove(struct weft_uplink *uplink)
{
	struct net_device *dev = uplink->dev;
	LIST_HEAD(kill);

	weft_port_delete_all(uplink, &kill);
	unregister_netdevice_many(&kill);

	weft_uplink_publish(uplink->wn, dev, NULL);
	nf_unregister_net_hooks(uplink->wn->net, uplink->hooks,
				ARRAY_SIZE(uplink->hooks));
	list_del(&uplink->node);
	list_del(&uplink->all);
	weft_stack_update(uplink->wn);

	synchronize_net();
	netdev_put(dev, &uplink->tracker);
	weft_uplink_free(uplink);
}

/**
 * weft_uplink_del - let a device be an ordinary one again
 * @dev: the device
 * @extack: says why it was refused
 *
 * Context: Process, RTNL.
 * Return: 0, -ENOENT if @dev is no uplink, -EBUSY if it has ports.
 */
int weft_uplink_del(struct net_device *dev, struct netlink_ext_ack *extack)
{
	struct weft_uplink *uplink;

	uplink = weft_uplink_find(dev);
	if (!uplink) {
		NL_SET_ERR_MSG_FMT_MOD(extack, "%s is not an uplink", dev->name);
		return -ENOENT;
	}
	if (uplink->n_ports) {
		NL_SET_ERR_MSG_FMT_MOD(extack, "%s has ports (%u): delete them first (ip link del)",
				       dev->name, uplink->n_ports);
		return -EBUSY;
	}
	weft_uplink_remove(uplink);
	return 0;
}

/**
 * weft_uplink_set_tunnels - look into the host's tunnels, or not
 * @uplink: the uplink
 * @tunnels: enum weft_tunnel_mode
 *
 * Between weft_config_begin() and weft_config_commit(): what the plain way takes
 * for allowed must have been judged by the new config, and who knows the new
 * config must know the new mode. Therefore the wait.
 *
 * Context: Process, RTNL.
 */
void weft_uplink_set_tunnels(struct weft_uplink *uplink, u8 tunnels)
{
	ASSERT_RTNL();
	if (uplink->tunnels == tunnels)
		return;
	WRITE_ONCE(uplink->tunnels, tunnels);
	synchronize_net();
	weft_flow_retire_tunnels(uplink->wn->flows, uplink->dev->ifindex);
}

static u32 weft_uplink_bucket(const u8 *mac)
{
	return jhash(mac, ETH_ALEN, weft_mac_seed) >>
	       (32 - WEFT_PORT_HASH_BITS);
}

/**
 * weft_uplink_port_by_mac - the port that has an address
 * @uplink: the uplink
 * @mac: link-layer address
 *
 * Context: RCU read side, or RTNL.
 * Return: the port, up or not; NULL if no port has @mac.
 */
struct weft_port *weft_uplink_port_by_mac(const struct weft_uplink *uplink,
					  const u8 *mac)
{
	const struct hlist_head *bucket;
	struct weft_port *port;

	bucket = &uplink->ports[weft_uplink_bucket(mac)];
	hlist_for_each_entry_rcu(port, bucket, hash_node,
				 lockdep_rtnl_is_held())
		if (ether_addr_equal(port->dev->dev_addr, mac))
			return port;
	return NULL;
}

/* Who has the device's receive handler; the best guess where nobody says. */
static const struct net_device *weft_uplink_holder(struct net_device *dev)
{
	struct net_device *upper;
	struct list_head *iter;

	upper = netdev_master_upper_dev_get(dev);
	if (upper && !netif_is_l3_master(upper))
		return upper;
	netdev_for_each_upper_dev_rcu(dev, upper, iter)
		if (!is_vlan_dev(upper) && !netif_is_l3_master(upper))
			return upper;
	return NULL;
}

/**
 * weft_uplink_port_check - could a port with this address join
 * @uplink: the uplink
 * @mac: the port's address
 * @extack: says why not
 *
 * Context: RTNL.
 * Return: 0, -EBUSY if somebody else receives the device's packets,
 *	-EADDRINUSE if the address is taken.
 */
int weft_uplink_port_check(struct weft_uplink *uplink, const u8 *mac,
			   struct netlink_ext_ack *extack)
{
	struct net_device *dev = uplink->dev;
	const struct net_device *holder;
	const struct weft_port *port;

	ASSERT_RTNL();
	if (!uplink->n_ports && netdev_is_rx_handler_busy(dev)) {
		holder = weft_uplink_holder(dev);
		if (holder)
			NL_SET_ERR_MSG_FMT_MOD(extack, "%s is held by %s: a port needs it free",
					       dev->name, holder->name);
		else
			NL_SET_ERR_MSG_FMT_MOD(extack,
					       "%s has another receive handler: a port needs it free",
					       dev->name);
		return -EBUSY;
	}
	port = weft_uplink_port_by_mac(uplink, mac);
	if (port || ether_addr_equal(mac, dev->dev_addr)) {
		NL_SET_ERR_MSG_FMT_MOD(extack, "%pM is the address of %s already",
				       mac, port ? port->dev->name : dev->name);
		return -EADDRINUSE;
	}
	return 0;
}

/**
 * weft_uplink_port_join - let a port have its packets
 * @uplink: the uplink
 * @port: its device is registered and down
 * @extack: says why it was refused
 *
 * The first port takes the device's receive handler.
 *
 * Context: Process, RTNL.
 * Return: 0 or as weft_uplink_port_check().
 */
int weft_uplink_port_join(struct weft_uplink *uplink, struct weft_port *port,
			  struct netlink_ext_ack *extack)
{
	const u8 *mac = port->dev->dev_addr;
	int err;

	err = weft_uplink_port_check(uplink, mac, extack);
	if (err)
		return err;
	if (!uplink->n_ports) {
		err = netdev_rx_handler_register(uplink->dev,
						 weft_port_handle_frame,
						 uplink);
		if (err) {
			NL_SET_ERR_MSG_FMT_MOD(extack, "cannot receive for ports on %s",
					       uplink->dev->name);
			return err;
		}
	}
	WRITE_ONCE(uplink->n_ports, uplink->n_ports + 1);
	set_bit(port->attach.id, uplink->attaches);
	weft_stack_attach(uplink, &port->attach);
	rcu_assign_pointer(port->uplink, uplink);
	list_add_tail_rcu(&port->node, &uplink->port_list);
	hlist_add_head_rcu(&port->hash_node,
			   &uplink->ports[weft_uplink_bucket(mac)]);
	return 0;
}

/**
 * weft_uplink_port_leave - take a port's packets away
 * @uplink: the uplink
 * @port: has joined; nothing reaches it a grace period after the return
 *
 * The last port gives the device's receive handler back.
 *
 * Context: Process, RTNL.
 */
void weft_uplink_port_leave(struct weft_uplink *uplink, struct weft_port *port)
{
	ASSERT_RTNL();
	hlist_del_rcu(&port->hash_node);
	list_del_rcu(&port->node);
	RCU_INIT_POINTER(port->uplink, NULL);
	clear_bit(port->attach.id, uplink->attaches);
	WRITE_ONCE(uplink->n_ports, uplink->n_ports - 1);
	if (!uplink->n_ports)
		netdev_rx_handler_unregister(uplink->dev);
}

/**
 * weft_uplink_port_rehash - change a port's address
 * @uplink: the uplink
 * @port: has joined
 * @mac: its new address, free on @uplink
 *
 * Context: Process, RTNL. Waits for a grace period: a reader on the old chain
 *	must not find itself on another, nor half an address.
 */
void weft_uplink_port_rehash(struct weft_uplink *uplink, struct weft_port *port,
			     const u8 *mac)
{
	ASSERT_RTNL();
	hlist_del_rcu(&port->hash_node);
	synchronize_net();
	eth_hw_addr_set(port->dev, mac);
	hlist_add_head_rcu(&port->hash_node,
			   &uplink->ports[weft_uplink_bucket(mac)]);
}

/* A master wants the device: bridges and bonds want its receive handler. */
static int weft_uplink_prechangeupper(const struct weft_uplink *uplink,
				      const struct netdev_notifier_changeupper_info *info,
				      struct netlink_ext_ack *extack)
{
	if (!uplink->n_ports || !info->master || !info->linking ||
	    netif_is_l3_master(info->upper_dev))
		return 0;
	NL_SET_ERR_MSG_FMT_MOD(extack, "%s has ports (%u): delete them before it joins %s",
			       uplink->dev->name, uplink->n_ports,
			       info->upper_dev->name);
	return -EBUSY;
}

static int weft_uplink_prechangeaddr(const struct weft_uplink *uplink,
				     const struct netdev_notifier_pre_changeaddr_info *info,
				     struct netlink_ext_ack *extack)
{
	const struct weft_port *port;

	port = weft_uplink_port_by_mac(uplink, info->dev_addr);
	if (!port)
		return 0;
	NL_SET_ERR_MSG_FMT_MOD(extack, "%pM is the address of %s already",
			       info->dev_addr, port->dev->name);
	return -EADDRINUSE;
}

static int weft_uplink_event(struct notifier_block *block, unsigned long event,
			     void *ptr)
{
	struct netlink_ext_ack *extack = netdev_notifier_info_to_extack(ptr);
	struct weft_uplink *uplink;

	if (event == NETDEV_CHANGEUPPER)
		weft_stack_update(weft_net(dev_net(netdev_notifier_info_to_dev(ptr))));
	uplink = weft_uplink_find(netdev_notifier_info_to_dev(ptr));
	if (!uplink)
		return NOTIFY_DONE;

	switch (event) {
	case NETDEV_UNREGISTER:
		/*
		 * The device goes, or moves to another namespace, where other
		 * people's rules hold. Either way it is no uplink here.
		 */
		weft_uplink_remove(uplink);
		break;
	case NETDEV_PRE_TYPE_CHANGE:
		NL_SET_ERR_MSG_MOD(extack, "an uplink's type cannot change");
		return notifier_from_errno(-EBUSY);
	case NETDEV_PRECHANGEUPPER:
		return notifier_from_errno(weft_uplink_prechangeupper(uplink, ptr,
								      extack));
	case NETDEV_PRE_CHANGEADDR:
		return notifier_from_errno(weft_uplink_prechangeaddr(uplink, ptr,
								     extack));
	case NETDEV_UP:
	case NETDEV_DOWN:
	case NETDEV_CHANGE:
	case NETDEV_CHANGEMTU:
	case NETDEV_FEAT_CHANGE:
	case NETDEV_NOTIFY_PEERS:
	case NETDEV_BONDING_FAILOVER:
	case NETDEV_RESEND_IGMP:
		weft_port_lower_event(uplink, event);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block weft_uplink_notifier = {
	.notifier_call = weft_uplink_event,
};

/**
 * weft_uplink_net_exit - remove all uplinks of a namespace
 * @wn: the namespace; it is dying and gets no new uplinks
 *
 * Their ports go too, in whichever namespaces they live.
 *
 * Context: Process, takes RTNL.
 */
void weft_uplink_net_exit(struct weft_net *wn)
{
	struct weft_uplink *uplink;

	rtnl_lock();
	/* What stands on a port can be an uplink itself and goes with it. */
	while (!list_empty(&wn->uplinks)) {
		uplink = list_last_entry(&wn->uplinks, struct weft_uplink, node);
		weft_uplink_remove(uplink);
	}
	rtnl_unlock();
}

/**
 * weft_uplink_init - start following devices
 *
 * Context: Process; weft_net() works.
 * Return: 0 or a negative error.
 */
int __init weft_uplink_init(void)
{
	weft_mac_seed = get_random_u32();
	return register_netdevice_notifier(&weft_uplink_notifier);
}

/**
 * weft_uplink_exit - remove every uplink of every namespace
 *
 * Context: Process, takes RTNL; nobody can make an uplink any more.
 */
void weft_uplink_exit(void)
{
	struct weft_uplink *uplink;

	rtnl_lock();
	while (!list_empty(&weft_uplinks)) {
		uplink = list_last_entry(&weft_uplinks, struct weft_uplink, all);
		weft_uplink_remove(uplink);
	}
	rtnl_unlock();
	unregister_netdevice_notifier(&weft_uplink_notifier);
}
