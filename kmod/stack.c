// SPDX-License-Identifier: GPL-2.0
/*
 * Uplinks above each other: a VLAN device over its NIC, a bond over its ports.
 *
 * A packet that passes two of them is judged at both, since each has a policy of
 * its own, and accounted at the first that it comes to: the other one finds the
 * stamp of the first. For that, both have to know it as the same flow: where a
 * VLAN device stands above another uplink, keys there have the VLAN that the
 * packets have on the wire.
 *
 * Such packets never take the plain way, so that this costs others nothing.
 */
#include <linux/bitmap.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/rtnetlink.h>

#include "netns.h"
#include "port.h"
#include "stack.h"
#include "uplink.h"

static u16 weft_stack_tag(const struct net_device *dev)
{
	return is_vlan_dev(dev) ? vlan_dev_vlan_id(dev) : 0;
}

static int weft_stack_visit_tag(struct net_device *lower,
				struct netdev_nested_priv *priv)
{
	u16 *vlan = priv->data;

	/* The lowest one's is the outermost on the wire. */
	*vlan = weft_stack_tag(lower) ?: *vlan;
	return 0;
}

/**
 * weft_stack_vlan - the VLAN that a device's packets have on the wire
 * @dev: the device
 *
 * Context: RTNL.
 * Return: id in the outermost tag, 0 where @dev is no VLAN device.
 */
u16 weft_stack_vlan(struct net_device *dev)
{
	u16 vlan = weft_stack_tag(dev);
	struct netdev_nested_priv priv = { .data = &vlan };

	ASSERT_RTNL();
	if (!vlan)
		return 0;
	rcu_read_lock();
	netdev_walk_all_lower_dev_rcu(dev, weft_stack_visit_tag, &priv);
	rcu_read_unlock();
	return vlan;
}

/* An uplink of the same namespace ends the walk. */
static int weft_stack_visit(struct net_device *dev,
			    struct netdev_nested_priv *priv)
{
	const struct weft_uplink *uplink = weft_uplink_find(dev);

	return uplink && uplink->wn == priv->data;
}

static bool weft_stack_is_stacked(const struct weft_uplink *uplink)
{
	struct netdev_nested_priv priv = { .data = uplink->wn };
	bool stacked;

	rcu_read_lock();
	stacked = netdev_walk_all_upper_dev_rcu(uplink->dev, weft_stack_visit,
						&priv) ||
		  netdev_walk_all_lower_dev_rcu(uplink->dev, weft_stack_visit,
						&priv);
	rcu_read_unlock();
	return stacked;
}

/**
 * weft_stack_attach - may packets at an attachment point take the plain way
 * @uplink: its uplink
 * @attach: the attachment point
 *
 * Context: RTNL.
 */
void weft_stack_attach(const struct weft_uplink *uplink,
		       struct weft_attach *attach)
{
	WRITE_ONCE(attach->plain,
		   uplink->stacked ? WEFT_ATTACH_NONE : attach->id);
}

/**
 * weft_stack_update - see which uplinks stand above each other
 * @wn: their namespace; an uplink has come or gone, or its device has been put
 *	on another
 *
 * A packet on its way meanwhile may be accounted twice, or by another VLAN.
 *
 * Context: Process, RTNL.
 */
void weft_stack_update(struct weft_net *wn)
{
	struct weft_uplink *uplink;
	struct weft_port *port;

	ASSERT_RTNL();
	list_for_each_entry(uplink, &wn->uplinks, node) {
		bool stacked = weft_stack_is_stacked(uplink);

		if (stacked == uplink->stacked)
			continue;
		WRITE_ONCE(uplink->stacked, stacked);
		weft_stack_attach(uplink, &uplink->host);
		list_for_each_entry(port, &uplink->port_list, node)
			weft_stack_attach(uplink, &port->attach);
	}
}
