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
 * @dev: this port's own device
 * @uplink: below it; RTNL to write, RCU to read, NULL once it is being removed
 * @attach: its workload's attachment point
 * @hash_node: in weft_uplink.ports; RTNL to write, RCU to read
 * @node: in weft_uplink.port_list; RTNL
 * @lower_tracker: of the hold on the uplink's device
 */
struct weft_port {
	struct net_device		*dev;
	struct weft_uplink __rcu	*uplink;
	struct weft_attach		attach;
	struct hlist_node		hash_node;
	struct list_head		node;
	netdevice_tracker		lower_tracker;
};

bool weft_is_port(const struct net_device *dev);

/* The uplink's receive handler, registered while it has ports. */
rx_handler_result_t weft_port_handle_frame(struct sk_buff **pskb);

/* Follow what happened to the uplink's device; RTNL. */
void weft_port_lower_event(struct weft_uplink *uplink, unsigned long event);
void weft_port_delete_all(struct weft_uplink *uplink, struct list_head *kill);

int weft_port_init(void);
void weft_port_exit(void);

#endif /* _WEFT_PORT_H */
