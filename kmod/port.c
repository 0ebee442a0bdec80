// SPDX-License-Identifier: GPL-2.0
/*
 * Ports: netdevs of type weft, mode l2.
 *
 * A port is a stacked Ethernet device with an address of its own. The ports of
 * one uplink are a switch without a table: whoever has the destination address
 * gets the packet, anything else goes to the wire. As with macvlan, host and
 * ports don't reach each other through the uplink, except over the wire.
 *
 * Every packet that a port sends or gets is judged, by the port's own
 * attachment point: what it sends in its ndo_start_xmit, which nothing goes
 * round; what it gets in the uplink's ingress hook or, if it came past that,
 * in the receive handler here; what it gets from another port, or as one of
 * many, on delivery.
 *
 * A frame for many costs one copy a port that wants it. Up to
 * WEFT_FLOOD_DIRECT_MAX ports they are made at once; on uplinks with more, a
 * worker makes them from a queue of WEFT_FLOOD_QUEUE_MAX frames, so that a
 * broadcast never costs its sender or the receiving CPU more than that.
 *
 * The port belongs to the workload, its attachment point does not: class, job
 * and policy can be changed by whoever administers the uplink's namespace. The
 * workload can take its port down, rename, move or delete it, which only takes
 * its traffic away: a new port has to be made from the uplink's namespace.
 */
#include <linux/capability.h>
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/if_vlan.h>
#include <linux/jhash.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/weft_link.h>
#include <net/netdev_lock.h>
#include <net/rtnetlink.h>

#include "class.h"
#include "hook.h"
#include "netns.h"
#include "port.h"
#include "uplink.h"

#define WEFT_FLOOD_DIRECT_MAX	16
#define WEFT_FLOOD_QUEUE_MAX	512

/* What software does for any device below, so that no workload misses it. */
#define WEFT_PORT_OFFLOADS						\
	(NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_GSO_SOFTWARE |		\
	 NETIF_F_GSO_ROBUST | NETIF_F_GSO_ENCAP_ALL)

/* What a port has if, and as long as, the device below has it. */
#define WEFT_PORT_FOLLOWS						\
	(NETIF_F_HIGHDMA | NETIF_F_FRAGLIST | NETIF_F_GSO |		\
	 NETIF_F_GRO | NETIF_F_LRO | NETIF_F_RXCSUM |			\
	 NETIF_F_HW_VLAN_CTAG_FILTER | NETIF_F_HW_VLAN_STAG_FILTER)

#define WEFT_PORT_FEATURES	(WEFT_PORT_OFFLOADS | WEFT_PORT_FOLLOWS)

#define WEFT_PORT_STATE							\
	(BIT(__LINK_STATE_NOCARRIER) | BIT(__LINK_STATE_DORMANT))

/**
 * struct weft_flood_cb - a frame for many while it waits, in skb->cb
 * @from: attachment point that must not get a copy, 0 for none
 */
struct weft_flood_cb {
	u32	from;
};

static const struct net_device_ops weft_port_netdev_ops;

/* Ports nest over their lower devices' locks, so theirs are a class apart. */
static struct lock_class_key weft_port_addr_lock_key;

/**
 * weft_is_port - is a device a port
 * @dev: the device
 *
 * Context: Any.
 * Return: true if it is of type weft.
 */
bool weft_is_port(const struct net_device *dev)
{
	return dev->netdev_ops == &weft_port_netdev_ops;
}

static struct weft_flood_cb *weft_flood_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct weft_flood_cb) > sizeof(skb->cb));
	return (struct weft_flood_cb *)skb->cb;
}

static bool weft_port_is_up(const struct weft_port *port)
{
	return READ_ONCE(port->dev->flags) & IFF_UP;
}

/* The bit of an address in a port's filter of multicast addresses. */
static u64 weft_port_mc_bit(const u8 *mac)
{
	return BIT_ULL(jhash(mac, ETH_ALEN, 0) >> 26);
}

static void weft_port_denied(struct weft_port *port, struct sk_buff *skb)
{
	dev_core_stats_rx_dropped_inc(port->dev);
	kfree_skb_reason(skb, SKB_DROP_REASON_NETFILTER_DROP);
}

/*
 * The packet is @port's from here on. Nothing that the uplink's namespace
 * noted on it may be seen by the port's, except when it came in.
 */
static void weft_port_take(const struct weft_port *port, struct sk_buff *skb)
{
	bool xnet = !net_eq(dev_net(port->dev), dev_net(skb->dev));
	ktime_t tstamp = skb->tstamp;

	weft_unstamp(skb);
	skb_scrub_packet(skb, xnet);
	skb->tstamp = tstamp;
	skb->dev = port->dev;
}

/* From another port, or one of many copies: as if it had come in at @port. */
static int weft_port_deliver(struct weft_uplink *uplink, struct weft_port *port,
			     struct sk_buff *skb)
{
	unsigned int len = skb->len;
	bool multicast;

	if (!weft_judge(uplink, &port->attach, skb, WEFT_AT_DELIVERY)) {
		weft_port_denied(port, skb);
		return NET_XMIT_DROP;
	}
	weft_unstamp(skb);
	multicast = is_multicast_ether_addr(eth_hdr(skb)->h_dest);
	if (dev_forward_skb(port->dev, skb) != NET_RX_SUCCESS)
		return NET_XMIT_DROP;
	dev_sw_netstats_rx_add(port->dev, len);
	if (multicast)
		DEV_STATS_INC(port->dev, multicast);
	return NET_XMIT_SUCCESS;
}

/* RCU read side, softirqs off; data at the link-layer header. */
static void weft_port_flood_now(struct weft_uplink *uplink, struct sk_buff *skb,
				u32 from)
{
	u64 bit = weft_port_mc_bit(eth_hdr(skb)->h_dest);
	struct weft_port *port;
	struct sk_buff *copy;

	list_for_each_entry_rcu(port, &uplink->port_list, node) {
		if (port->attach.id == from || !weft_port_is_up(port) ||
		    !(READ_ONCE(port->mc_filter) & bit))
			continue;
		copy = skb_clone(skb, GFP_ATOMIC);
		if (copy)
			weft_port_deliver(uplink, port, copy);
		else
			dev_core_stats_rx_dropped_inc(port->dev);
	}
}

/**
 * weft_port_flood_work - hand out the frames for many that wait on an uplink
 * @work: the uplink's flood_work
 *
 * Context: Process; the uplink cancels it before it goes.
 */
void weft_port_flood_work(struct work_struct *work)
{
	struct weft_uplink *uplink = container_of(work, struct weft_uplink,
						  flood_work);
	struct sk_buff *skb;
	u32 from;

	while ((skb = skb_dequeue(&uplink->flood))) {
		from = weft_flood_cb(skb)->from;
		memset(skb->cb, 0, sizeof(skb->cb));

		local_bh_disable();
		rcu_read_lock();
		weft_port_flood_now(uplink, skb, from);
		rcu_read_unlock();
		local_bh_enable();

		consume_skb(skb);
		cond_resched();
	}
}

/*
 * A frame for many, from a port or the wire, with its data at the link-layer
 * header; the caller keeps it. It was judged and accounted where it came in:
 * what is judged here is each delivery.
 */
static void weft_port_flood(struct weft_uplink *uplink, struct sk_buff *skb,
			    u32 from)
{
	struct sk_buff *copy = NULL;

	if (skb->protocol == htons(ETH_P_PAUSE))
		return;
	if (READ_ONCE(uplink->n_ports) <= WEFT_FLOOD_DIRECT_MAX) {
		weft_port_flood_now(uplink, skb, from);
		return;
	}

	if (skb_queue_len_lockless(&uplink->flood) < WEFT_FLOOD_QUEUE_MAX)
		copy = skb_clone(skb, GFP_ATOMIC);
	if (!copy) {
		dev_core_stats_rx_dropped_inc(uplink->dev);
		return;
	}
	/* It outlives the sender's device, and perhaps its namespace. */
	skb_scrub_packet(copy, true);
	copy->dev = uplink->dev;
	weft_flood_cb(copy)->from = from;
	skb_queue_tail(&uplink->flood, copy);
	schedule_work(&uplink->flood_work);
}

static rx_handler_result_t weft_port_receive(struct weft_uplink *uplink,
					     struct weft_port *port,
					     struct sk_buff *skb)
{
	if (!weft_port_is_up(port)) {
		dev_core_stats_rx_dropped_inc(port->dev);
		kfree_skb_reason(skb, SKB_DROP_REASON_DEV_READY);
		return RX_HANDLER_CONSUMED;
	}
	if (!weft_judged(uplink, skb, WEFT_DIRECTION_INGRESS) &&
	    !weft_judge(uplink, &port->attach, skb, WEFT_AT_RX)) {
		weft_port_denied(port, skb);
		return RX_HANDLER_CONSUMED;
	}
	weft_port_take(port, skb);
	skb->pkt_type = PACKET_HOST;
	dev_sw_netstats_rx_add(port->dev, skb->len + ETH_HLEN);
	return RX_HANDLER_ANOTHER;
}

/*
 * Who gets a packet from the wire alone, NULL for the host; one for many is
 * handed out to the ports here, and the host gets it too.
 */
static struct weft_port *weft_port_sort(struct weft_uplink *uplink,
					struct sk_buff *skb)
{
	const struct ethhdr *eth = eth_hdr(skb);
	struct weft_port *sender;

	/* A redirect from a device of another type can bring anything. */
	if (unlikely(skb_mac_offset(skb) != -ETH_HLEN))
		return NULL;
	if (!is_multicast_ether_addr(eth->h_dest))
		return weft_uplink_port_by_mac(uplink, eth->h_dest);

	/* A switch may send a port's own frame back. */
	sender = weft_uplink_port_by_mac(uplink, eth->h_source);
	skb_push_rcsum(skb, ETH_HLEN);
	weft_port_flood(uplink, skb, sender ? sender->attach.id : 0);
	skb_pull_rcsum(skb, ETH_HLEN);
	return NULL;
}

/**
 * weft_port_handle_frame - an uplink's receive handler
 * @pskb: the packet, data behind the link-layer header
 *
 * Gives a packet for a port's address to the port, a copy of one for many to
 * every port that wants it, and leaves everything else to the host.
 *
 * Context: RCU read side, softirqs off.
 * Return: what the stack does with the packet next.
 */
rx_handler_result_t weft_port_handle_frame(struct sk_buff **pskb)
{
	struct weft_uplink *uplink;
	struct sk_buff *skb = *pskb;
	enum weft_place place;
	struct weft_port *port;

	/* From dev_loopback_xmit(): it has no link-layer header. */
	if (unlikely(skb->pkt_type == PACKET_LOOPBACK))
		return RX_HANDLER_PASS;

	skb = skb_share_check(skb, GFP_ATOMIC);
	if (unlikely(!skb))
		return RX_HANDLER_CONSUMED;
	*pskb = skb;

	uplink = rcu_dereference(skb->dev->rx_handler_data);
	port = weft_port_sort(uplink, skb);
	if (port)
		return weft_port_receive(uplink, port, skb);

	/* One for many the hook left to us: that didn't go round it. */
	place = is_multicast_ether_addr(eth_hdr(skb)->h_dest) ? WEFT_AT_INGRESS :
								WEFT_AT_RX;
	if (weft_judged(uplink, skb, WEFT_DIRECTION_INGRESS) ||
	    weft_judge(uplink, &uplink->host, skb, place))
		return RX_HANDLER_PASS;
	dev_core_stats_rx_dropped_inc(uplink->dev);
	kfree_skb_reason(skb, SKB_DROP_REASON_NETFILTER_DROP);
	return RX_HANDLER_CONSUMED;
}

static int weft_port_forward(struct weft_uplink *uplink, struct weft_port *port,
			     struct sk_buff *skb)
{
	const u8 *dest = eth_hdr(skb)->h_dest;
	struct weft_port *peer;

	if (is_multicast_ether_addr(dest)) {
		weft_port_flood(uplink, skb, port->attach.id);
	} else {
		peer = weft_uplink_port_by_mac(uplink, dest);
		if (peer)
			return weft_port_deliver(uplink, peer, skb);
	}
	/* The sender's socket stays with it: TCP small queues count on that. */
	skb->dev = uplink->dev;
	return dev_queue_xmit(skb);
}

static netdev_tx_t weft_port_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct weft_port *port = netdev_priv(dev);
	unsigned int len = skb->len;
	struct weft_uplink *uplink;
	int ret = NET_XMIT_DROP;

	rcu_read_lock();
	uplink = rcu_dereference(port->uplink);
	skb_reset_mac_header(skb);
	if (!net_eq(dev_net(dev), port->wn->net)) {
		/* Both choose classes where the uplink is, and are not its word. */
		skb->mark = 0;
		skb->priority = 0;
	}
	if (unlikely(!uplink || !pskb_may_pull(skb, ETH_HLEN)))
		kfree_skb_reason(skb, SKB_DROP_REASON_DEV_READY);
	else if (!weft_judge(uplink, &port->attach, skb, WEFT_AT_XMIT))
		kfree_skb_reason(skb, SKB_DROP_REASON_NETFILTER_DROP);
	else
		ret = weft_port_forward(uplink, port, skb);
	rcu_read_unlock();

	if (likely(ret == NET_XMIT_SUCCESS || ret == NET_XMIT_CN))
		dev_sw_netstats_tx_add(dev, 1, len);
	else
		dev_core_stats_tx_dropped_inc(dev);
	return ret;
}

/*
 * A promiscuous port sees all multicast frames; unicast ones for others are
 * none of its business, so the device below need not become promiscuous.
 */
static bool weft_port_wants_all_multi(unsigned int flags)
{
	return flags & (IFF_PROMISC | IFF_ALLMULTI);
}

static int weft_port_open(struct net_device *dev)
{
	struct weft_port *port = netdev_priv(dev);
	int err;

	err = dev_uc_add(port->lower, dev->dev_addr);
	if (err)
		return err;
	if (!weft_port_wants_all_multi(dev->flags))
		return 0;
	err = dev_set_allmulti(port->lower, 1);
	if (err)
		dev_uc_del(port->lower, dev->dev_addr);
	return err;
}

static int weft_port_stop(struct net_device *dev)
{
	struct weft_port *port = netdev_priv(dev);

	dev_uc_unsync(port->lower, dev);
	dev_mc_unsync(port->lower, dev);
	if (weft_port_wants_all_multi(dev->flags))
		dev_set_allmulti(port->lower, -1);
	dev_uc_del(port->lower, dev->dev_addr);
	return 0;
}

static void weft_port_change_rx_flags(struct net_device *dev, int change)
{
	bool before = weft_port_wants_all_multi(dev->flags ^ change);
	bool after = weft_port_wants_all_multi(dev->flags);
	struct weft_port *port = netdev_priv(dev);

	if (dev->flags & IFF_UP && before != after)
		dev_set_allmulti(port->lower, after ? 1 : -1);
}

static void weft_port_set_rx_mode(struct net_device *dev)
{
	struct weft_port *port = netdev_priv(dev);
	const struct netdev_hw_addr *ha;
	u64 filter;

	filter = weft_port_mc_bit(dev->broadcast);
	netdev_for_each_mc_addr(ha, dev)
		filter |= weft_port_mc_bit(ha->addr);
	if (weft_port_wants_all_multi(dev->flags))
		filter = U64_MAX;
	WRITE_ONCE(port->mc_filter, filter);

	dev_uc_sync(port->lower, dev);
	dev_mc_sync(port->lower, dev);
}

static int weft_port_set_mac(struct net_device *dev, void *p)
{
	struct weft_port *port = netdev_priv(dev);
	const struct sockaddr *addr = p;
	const u8 *mac = addr->sa_data;
	struct weft_uplink *uplink;
	int err;

	if (!is_valid_ether_addr(mac))
		return -EADDRNOTAVAIL;
	if (ether_addr_equal(dev->dev_addr, mac))
		return 0;
	uplink = rtnl_dereference(port->uplink);
	if (!uplink)
		return -ENODEV;
	err = weft_uplink_port_check(uplink, mac, NULL);
	if (err)
		return err;

	if (dev->flags & IFF_UP) {
		err = dev_uc_add(port->lower, mac);
		if (err)
			return err;
		dev_uc_del(port->lower, dev->dev_addr);
	}
	weft_uplink_port_rehash(uplink, port, mac);
	return 0;
}

/* A port never passes what its uplink cannot; the core says so, see max_mtu. */
static int weft_port_change_mtu(struct net_device *dev, int mtu)
{
	struct weft_port *port = netdev_priv(dev);

	if (mtu > READ_ONCE(port->lower->mtu))
		return -EINVAL;
	WRITE_ONCE(dev->mtu, mtu);
	return 0;
}

static netdev_features_t weft_port_fix_features(struct net_device *dev,
						netdev_features_t features)
{
	const struct weft_port *port = netdev_priv(dev);
	netdev_features_t lower = port->lower->features;

	/* Who disables merging of packets on a port means the uplink too. */
	lower &= features | ~NETIF_F_LRO;
	features |= NETIF_F_ALL_FOR_ALL;
	features = netdev_increment_features(lower, features, features);
	return (features & WEFT_PORT_FEATURES) | WEFT_PORT_OFFLOADS |
	       (dev->features & NETIF_F_NEVER_CHANGE);
}

static int weft_port_vlan_add(struct net_device *dev, __be16 proto, u16 vid)
{
	const struct weft_port *port = netdev_priv(dev);

	return vlan_vid_add(port->lower, proto, vid);
}

static int weft_port_vlan_del(struct net_device *dev, __be16 proto, u16 vid)
{
	const struct weft_port *port = netdev_priv(dev);

	vlan_vid_del(port->lower, proto, vid);
	return 0;
}

static int weft_port_get_iflink(const struct net_device *dev)
{
	const struct weft_port *port = netdev_priv(dev);

	return READ_ONCE(port->lower->ifindex);
}

static int weft_port_dev_init(struct net_device *dev)
{
	const struct weft_port *port = netdev_priv(dev);
	const struct net_device *lower = port->lower;

	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	if (!dev->tstats)
		return -ENOMEM;

	dev->state = (dev->state & ~WEFT_PORT_STATE) |
		     (lower->state & WEFT_PORT_STATE);
	dev->features = (lower->features & WEFT_PORT_FEATURES) |
			WEFT_PORT_OFFLOADS;
	weft_netdev_set_lltx(dev);
	dev->hw_features |= NETIF_F_LRO;
	dev->vlan_features = (lower->vlan_features & WEFT_PORT_FEATURES) |
			     WEFT_PORT_OFFLOADS;
	dev->hw_enc_features |= dev->features;
	netif_inherit_tso_max(dev, lower);
	dev->needed_headroom = lower->needed_headroom +
			       lower->hard_header_len - ETH_HLEN;
	dev->needed_tailroom = lower->needed_tailroom;

	netdev_lockdep_set_classes(dev);
	lockdep_set_class(&dev->addr_list_lock, &weft_port_addr_lock_key);
	return 0;
}

/* No packet reaches the port any more. */
static void weft_port_dev_uninit(struct net_device *dev)
{
	struct weft_port *port = netdev_priv(dev);

	weft_attach_exit(port->wn, &port->attach);
	free_percpu(dev->tstats);
	dev->tstats = NULL;
}

/* Nobody looks at the port any more, not even for what is below it. */
static void weft_port_free(struct net_device *dev)
{
	struct weft_port *port = netdev_priv(dev);

	netdev_put(port->lower, &port->lower_tracker);
}

static const struct net_device_ops weft_port_netdev_ops = {
	.ndo_init		= weft_port_dev_init,
	.ndo_uninit		= weft_port_dev_uninit,
	.ndo_open		= weft_port_open,
	.ndo_stop		= weft_port_stop,
	.ndo_start_xmit		= weft_port_xmit,
	.ndo_features_check	= passthru_features_check,
	.ndo_fix_features	= weft_port_fix_features,
	.ndo_change_rx_flags	= weft_port_change_rx_flags,
	.ndo_set_rx_mode	= weft_port_set_rx_mode,
	.ndo_set_mac_address	= weft_port_set_mac,
	.ndo_validate_addr	= eth_validate_addr,
	.ndo_change_mtu		= weft_port_change_mtu,
	.ndo_get_stats64	= dev_get_tstats64,
	.ndo_get_iflink		= weft_port_get_iflink,
	.ndo_vlan_rx_add_vid	= weft_port_vlan_add,
	.ndo_vlan_rx_kill_vid	= weft_port_vlan_del,
};

static void weft_port_get_drvinfo(struct net_device *dev,
				  struct ethtool_drvinfo *info)
{
	strscpy(info->driver, KBUILD_MODNAME, sizeof(info->driver));
}

static int weft_port_get_link_ksettings(struct net_device *dev,
					struct ethtool_link_ksettings *settings)
{
	const struct weft_port *port = netdev_priv(dev);

	return __ethtool_get_link_ksettings(port->lower, settings);
}

static const struct ethtool_ops weft_port_ethtool_ops = {
	.get_link		= ethtool_op_get_link,
	.get_link_ksettings	= weft_port_get_link_ksettings,
	.get_drvinfo		= weft_port_get_drvinfo,
};

static void weft_port_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->max_mtu = ETH_MAX_MTU;
	/* The way down changes a packet, and netpoll would go round policy. */
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	dev->priv_flags |= IFF_UNICAST_FLT | IFF_NO_QUEUE | IFF_DISABLE_NETPOLL;
	netif_keep_dst(dev);
	dev->netdev_ops = &weft_port_netdev_ops;
	dev->ethtool_ops = &weft_port_ethtool_ops;
	dev->needs_free_netdev = true;
}

static const struct nla_policy weft_port_policy[IFLA_WEFT_MAX + 1] = {
	[IFLA_WEFT_UNSPEC]	= { .strict_start_type = IFLA_WEFT_MODE },
	[IFLA_WEFT_MODE]	= NLA_POLICY_EXACT_LEN(sizeof(u8)),
	[IFLA_WEFT_CLASS]	= NLA_POLICY_EXACT_LEN(sizeof(u32)),
	[IFLA_WEFT_JOB]		= NLA_POLICY_EXACT_LEN(sizeof(u32)),
	[IFLA_WEFT_POLICY]	= NLA_POLICY_EXACT_LEN(sizeof(u8)),
	[IFLA_WEFT_ATTACH_ID]	= {
		.type		= NLA_REJECT,
		.reject_message	= "the number of an attachment point is given, not chosen",
	},
};

/* rtnetlink lets attributes pass that it has not heard of; nobody else does. */
static int weft_port_check_unknown(const struct nlattr *linkinfo,
				   struct netlink_ext_ack *extack)
{
	const struct nlattr *data, *attr;
	int rem;

	data = linkinfo ? nla_find_nested(linkinfo, IFLA_INFO_DATA) : NULL;
	if (!data)
		return 0;
	nla_for_each_nested(attr, data, rem) {
		if (nla_type(attr) > IFLA_WEFT_UNSPEC &&
		    nla_type(attr) <= IFLA_WEFT_MAX)
			continue;
		NL_SET_ERR_MSG_ATTR(extack, attr, "weft: unknown attribute of a port");
		return -EINVAL;
	}
	return 0;
}

static int weft_port_validate(struct nlattr *tb[], struct nlattr *data[],
			      struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = tb[IFLA_ADDRESS];

	if (attr && (nla_len(attr) != ETH_ALEN ||
		     !is_valid_ether_addr(nla_data(attr)))) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "weft: not a unicast Ethernet address");
		return -EADDRNOTAVAIL;
	}
	if (!data)
		return 0;

	attr = data[IFLA_WEFT_MODE];
	if (attr && nla_get_u8(attr) > WEFT_PORT_MODE_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "weft: the mode of a port is l2 (0)");
		return -EINVAL;
	}
	attr = data[IFLA_WEFT_CLASS];
	if (attr && nla_get_u32(attr) && !weft_class_find(nla_get_u32(attr))) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "weft: no class has this number");
		return -EINVAL;
	}
	attr = data[IFLA_WEFT_POLICY];
	if (attr && nla_get_u8(attr) > WEFT_ACTION_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "weft: a default policy is allow, deny or audit");
		return -EINVAL;
	}
	return weft_port_check_unknown(tb[IFLA_LINKINFO], extack);
}

/* Validated attributes; what is not given stays. */
static void weft_port_configure(struct weft_port *port, struct nlattr *data[])
{
	struct weft_attach *attach = &port->attach;

	if (data[IFLA_WEFT_CLASS])
		WRITE_ONCE(attach->class, nla_get_u32(data[IFLA_WEFT_CLASS]));
	if (data[IFLA_WEFT_JOB])
		WRITE_ONCE(attach->job, nla_get_u32(data[IFLA_WEFT_JOB]));
	if (data[IFLA_WEFT_POLICY])
		WRITE_ONCE(attach->default_policy,
			   nla_get_u8(data[IFLA_WEFT_POLICY]));
}

/*
 * Does the request come from where @net's uplinks are administered? Its socket
 * is not handed down to link types, and the right to change links where a port
 * lives is the workload's. A container's root often has it in the initial user
 * namespace, so the capability alone tells nothing either: rtnetlink would let
 * it name the uplink by link-netnsid and make itself another port, with none
 * of its policy.
 */
static bool weft_port_asked_at_home(const struct net *net)
{
	return net_eq(current->nsproxy->net_ns, net) &&
	       ns_capable(net->user_ns, CAP_NET_ADMIN);
}

/*
 * The device below, as an uplink: it becomes one if it is none, so that "ip
 * link add link eth0 type weft" needs no other tool, and stays one.
 */
static struct weft_uplink *weft_port_find_uplink(struct net *net,
						 const struct nlattr *link,
						 bool *made,
						 struct netlink_ext_ack *extack)
{
	struct net_device *lower;
	int err;

	*made = false;
	if (!link) {
		NL_SET_ERR_MSG_MOD(extack,
				   "a port needs an uplink: ip link add link DEVICE type weft");
		return ERR_PTR(-EINVAL);
	}
	if (!weft_port_asked_at_home(net)) {
		NL_SET_ERR_MSG_ATTR(extack, link,
				    "weft: make it in the uplink's namespace and move it");
		return ERR_PTR(-EPERM);
	}
	lower = __dev_get_by_index(net, nla_get_u32(link));
	if (!lower) {
		NL_SET_ERR_MSG_ATTR(extack, link, "weft: no such device to be the uplink");
		return ERR_PTR(-ENODEV);
	}
	if (!weft_uplink_find(lower)) {
		err = weft_uplink_add(lower, WEFT_ACTION_ALLOW,
				      WEFT_TUNNEL_MODE_OFF, extack);
		if (err) {
			NL_SET_BAD_ATTR(extack, link);
			return ERR_PTR(err);
		}
		*made = true;
	}
	return weft_uplink_find(lower);
}

static int weft_port_check_mtu(struct net_device *dev,
			       const struct net_device *lower,
			       const struct nlattr *mtu,
			       struct netlink_ext_ack *extack)
{
	if (!mtu)
		dev->mtu = lower->mtu;
	dev->max_mtu = lower->mtu;
	if (dev->mtu <= lower->mtu)
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(extack, mtu,
				"weft: %s has an MTU of %u: a port's cannot be larger",
				lower->name, lower->mtu);
	return -EINVAL;
}

static int weft_port_attach(struct net_device *dev, struct weft_uplink *uplink,
			    struct nlattr *data[],
			    struct netlink_ext_ack *extack)
{
	struct weft_port *port = netdev_priv(dev);
	int err;

	err = weft_uplink_port_check(uplink, dev->dev_addr, extack);
	if (err)
		return err;

	port->dev = dev;
	port->wn = uplink->wn;
	port->lower = uplink->dev;
	port->attach.default_policy = WEFT_ACTION_ALLOW;
	if (data)
		weft_port_configure(port, data);
	err = weft_attach_init(port->wn, &port->attach, dev, extack);
	if (err)
		return err;
	netdev_hold(port->lower, &port->lower_tracker, GFP_KERNEL);

	err = register_netdevice(dev);
	if (err) {
		weft_attach_exit(port->wn, &port->attach);
		netdev_put(port->lower, &port->lower_tracker);
		return err;
	}
	dev->priv_destructor = weft_port_free;

	err = weft_uplink_port_join(uplink, port, extack);
	if (err)
		goto unregister;
	err = netdev_upper_dev_link(port->lower, dev, extack);
	if (err)
		goto leave;
	netif_stacked_transfer_operstate(port->lower, dev);
	linkwatch_fire_event(dev);
	return 0;

leave:
	weft_uplink_port_leave(uplink, port);
unregister:
	unregister_netdevice(dev);
	return err;
}

static int weft_port_newlink(struct net_device *dev,
			     struct rtnl_newlink_params *params,
			     struct netlink_ext_ack *extack)
{
	struct nlattr **tb = params->tb;
	struct weft_uplink *uplink;
	bool made;
	int err;

	uplink = weft_port_find_uplink(rtnl_newlink_link_net(params),
				       tb[IFLA_LINK], &made, extack);
	if (IS_ERR(uplink))
		return PTR_ERR(uplink);

	if (!tb[IFLA_ADDRESS])
		eth_hw_addr_random(dev);
	err = weft_port_check_mtu(dev, uplink->dev, tb[IFLA_MTU], extack);
	if (!err)
		err = weft_port_attach(dev, uplink, params->data, extack);
	if (err && made)
		weft_uplink_del(uplink->dev, NULL);
	return err;
}

WEFT_DEFINE_NEWLINK(weft_port_newlink);

static int weft_port_changelink(struct net_device *dev, struct nlattr *tb[],
				struct nlattr *data[],
				struct netlink_ext_ack *extack)
{
	struct weft_port *port = netdev_priv(dev);
	struct weft_config *next;

	if (!data)
		return 0;
	if (!weft_port_asked_at_home(port->wn->net)) {
		NL_SET_ERR_MSG_MOD(extack, "change it from the uplink's namespace (weft port set)");
		return -EPERM;
	}
	next = weft_config_begin(port->wn, extack);
	if (IS_ERR(next))
		return PTR_ERR(next);
	weft_port_configure(port, data);
	weft_config_commit(port->wn, next);
	return 0;
}

static void weft_port_dellink(struct net_device *dev, struct list_head *head)
{
	struct weft_port *port = netdev_priv(dev);
	struct weft_uplink *uplink;

	uplink = rtnl_dereference(port->uplink);
	if (uplink)
		weft_uplink_port_leave(uplink, port);
	unregister_netdevice_queue(dev, head);
	netdev_upper_dev_unlink(port->lower, dev);
}

static size_t weft_port_get_size(const struct net_device *dev)
{
	return nla_total_size(sizeof(u8)) +	/* IFLA_WEFT_MODE */
	       nla_total_size(sizeof(u32)) +	/* IFLA_WEFT_CLASS */
	       nla_total_size(sizeof(u32)) +	/* IFLA_WEFT_JOB */
	       nla_total_size(sizeof(u8)) +	/* IFLA_WEFT_POLICY */
	       nla_total_size(sizeof(u32));	/* IFLA_WEFT_ATTACH_ID */
}

static int weft_port_fill_info(struct sk_buff *skb,
			       const struct net_device *dev)
{
	const struct weft_port *port = netdev_priv(dev);
	const struct weft_attach *attach = &port->attach;

	if (nla_put_u8(skb, IFLA_WEFT_MODE, WEFT_PORT_MODE_L2) ||
	    nla_put_u32(skb, IFLA_WEFT_CLASS, READ_ONCE(attach->class)) ||
	    nla_put_u32(skb, IFLA_WEFT_JOB, READ_ONCE(attach->job)) ||
	    nla_put_u8(skb, IFLA_WEFT_POLICY,
		       READ_ONCE(attach->default_policy)) ||
	    nla_put_u32(skb, IFLA_WEFT_ATTACH_ID, attach->id))
		return -EMSGSIZE;
	return 0;
}

static struct net *weft_port_get_link_net(const struct net_device *dev)
{
	const struct weft_port *port = netdev_priv(dev);

	return dev_net(port->lower);
}

static struct rtnl_link_ops weft_port_link_ops = {
	.kind		= "weft",
	.priv_size	= sizeof(struct weft_port),
	.maxtype	= IFLA_WEFT_MAX,
	.policy		= weft_port_policy,
	.setup		= weft_port_setup,
	.validate	= weft_port_validate,
	.newlink	= WEFT_NEWLINK(weft_port_newlink),
	.changelink	= weft_port_changelink,
	.dellink	= weft_port_dellink,
	.get_size	= weft_port_get_size,
	.fill_info	= weft_port_fill_info,
	.get_link_net	= weft_port_get_link_net,
};

static void weft_port_follow_mtu(struct net_device *dev,
				 const struct net_device *lower)
{
	if (dev->mtu > lower->mtu)
		dev_set_mtu(dev, lower->mtu);
	dev->max_mtu = lower->mtu;
}

/**
 * weft_port_lower_event - let an uplink's ports follow its device
 * @uplink: the uplink
 * @event: NETDEV_*, what happened to the device
 *
 * Context: Process, RTNL.
 */
void weft_port_lower_event(struct weft_uplink *uplink, unsigned long event)
{
	struct net_device *lower = uplink->dev;
	struct weft_port *port;

	list_for_each_entry(port, &uplink->port_list, node) {
		switch (event) {
		case NETDEV_UP:
		case NETDEV_DOWN:
		case NETDEV_CHANGE:
			netif_stacked_transfer_operstate(lower, port->dev);
			break;
		case NETDEV_CHANGEMTU:
			weft_port_follow_mtu(port->dev, lower);
			break;
		case NETDEV_FEAT_CHANGE:
			netif_inherit_tso_max(port->dev, lower);
			netdev_update_features(port->dev);
			break;
		default:
			call_netdevice_notifiers(event, port->dev);
			break;
		}
	}
}

/**
 * weft_port_delete_all - queue all ports of an uplink for unregistration
 * @uplink: the uplink; it has no ports after the call
 * @kill: for unregister_netdevice_many()
 *
 * Context: Process, RTNL.
 */
void weft_port_delete_all(struct weft_uplink *uplink, struct list_head *kill)
{
	struct weft_port *port, *next;

	list_for_each_entry_safe(port, next, &uplink->port_list, node)
		weft_port_dellink(port->dev, kill);
}

/**
 * weft_port_init - offer the link type
 *
 * Context: Process; uplinks can be made.
 * Return: 0 or a negative error.
 */
int __init weft_port_init(void)
{
	return rtnl_link_register(&weft_port_link_ops);
}

/**
 * weft_port_exit - withdraw the link type; every port of every namespace goes
 *
 * Context: Process, takes RTNL.
 */
void weft_port_exit(void)
{
	rtnl_link_unregister(&weft_port_link_ops);
}

MODULE_ALIAS_RTNL_LINK("weft");
