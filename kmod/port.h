/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A port: a netdev of type weft over an uplink, where a workload attaches.
 * Mode l2: its own MAC address, switching between the ports of one uplink.
 */
#ifndef _WEFT_PORT_H
#define _WEFT_PORT_H

#include "uplink.h"

/**
 * struct weft_port - private data of a weft netdev
 * @dev: this port's own device; constant
 * @uplink: below it; RTNL to write, RCU to read, NULL once it is being removed
 * @lower: the uplink's device, held through @lower_tracker as long as @dev
 *	can be seen; constant
 * @lower_tracker: of the hold on @lower
 * @wn: the uplink's namespace, which outlives the port; constant
 * @attach: its workload's attachment point; gone when @dev is unregistered
 * @hash_node: in weft_uplink.ports; RTNL to write, RCU to read
 * @node: in weft_uplink.port_list; RTNL to write, RCU to read
 * @mc_filter: multicast addresses it wants, a Bloom filter of one hash; address
 *	lock of @dev to write, any packet to read
 */
struct weft_port {
	struct net_device		*dev;
	struct weft_uplink __rcu	*uplink;
	struct net_device		*lower;
	netdevice_tracker		lower_tracker;
	struct weft_net			*wn;
	struct weft_attach		attach;
	struct hlist_node		hash_node;
	struct list_head		node;
	u64				mc_filter;
};

bool weft_is_port(const struct net_device *dev);

/* The uplink's receive handler, registered while it has ports. */
rx_handler_result_t weft_port_handle_frame(struct sk_buff **pskb);
void weft_port_flood_work(struct work_struct *work);

/* Follow what happened to the uplink's device; RTNL. */
void weft_port_lower_event(struct weft_uplink *uplink, unsigned long event);
void weft_port_delete_all(struct weft_uplink *uplink, struct list_head *kill);

int weft_port_init(void);
void weft_port_exit(void);

#endif /* _WEFT_PORT_H */
