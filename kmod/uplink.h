/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An uplink: a lower device that weft works on, with its two netfilter hooks,
 * its ports and what they share. And the attachment point, which an uplink
 * (for the host's own traffic) and every port have.
 */
#ifndef _WEFT_UPLINK_H
#define _WEFT_UPLINK_H

#include <linux/bitmap.h>
#include <linux/etherdevice.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <linux/u64_stats_sync.h>
#include <linux/weft.h>
#include <linux/workqueue.h>
#include "flow.h"

struct weft_net;
struct weft_port;

#define WEFT_PORT_HASH_BITS	8

/**
 * struct weft_attach_stats - counters of an attachment point on one CPU
 * @count: by weft stats attribute, WEFT_A_STATS_*
 * @syncp: guards 64-bit reads on 32-bit machines; softirqs off to write
 */
struct weft_attach_stats {
	u64_stats_t		count[WEFT_A_STATS_MAX + 1];
	struct u64_stats_sync	syncp;
};

/**
 * struct weft_attach - where a workload meets the network
 * @id: number in the uplink's namespace, 1..WEFT_ATTACH_MAX; constant
 * @plain: that, or WEFT_ATTACH_NONE while no packet may take the plain way, see
 *	weft_stack_update(); RTNL to write, anyone to read
 * @default_policy: enum weft_action where no policy decides; RTNL to write,
 *	between weft_config_begin() and _commit()
 * @class: class of flows that nothing else classifies, 0 for none; likewise
 * @job: job of flows that nothing else assigns, 0 for none; likewise
 * @stats: per CPU; constant
 */
struct weft_attach {
	u32				id;
	u32				plain;
	u8				default_policy;
	u8				class;
	u32				job;
	struct weft_attach_stats __percpu *stats;
};

/**
 * struct weft_uplink - a lower device that weft works on
 * @dev: the device, held through @tracker; constant
 * @tracker: of the hold on @dev
 * @vlan: of a VLAN device, the id that its packets have in their outermost tag
 *	on the wire; constant
 * @stacked: packets may pass another uplink, too; RTNL to write, anyone to read
 * @wn: the namespace that owns it; constant (a device that moves to another
 *	namespace stops being an uplink)
 * @node: in weft_net.uplinks; RTNL
 * @all: in the list of all namespaces' uplinks; RTNL
 * @tunnels: enum weft_tunnel_mode, for the host's own packets; RTNL to write,
 *	anyone to read, see weft_uplink_set_tunnels()
 * @host: attachment point of the host's own traffic
 * @attaches: numbers of @host and of the ports'; RTNL to write, anyone to read
 * @ports: by MAC address, weft_port.hash_node; RTNL to write, RCU to read
 * @port_list: weft_port.node; RTNL to write, RCU to read
 * @n_ports: length of @port_list; RTNL to write, anyone to read. The rx_handler
 *	is taken with the first port and given back with the last
 * @flood: frames for many ports that wait for @flood_work; its own lock
 * @flood_work: hands them out; cannot be queued once the last port's RCU
 *	readers are gone
 * @hooks: ingress and egress hook; constant
 *
 * Freed a grace period after it has left every list, hook and reference.
 */
struct weft_uplink {
	struct net_device	*dev;
	netdevice_tracker	tracker;
	u16			vlan;
	bool			stacked;
	u8			tunnels;
	struct weft_net		*wn;
	struct list_head	node;
	struct list_head	all;
	struct weft_attach	host;
	DECLARE_BITMAP(attaches, WEFT_ATTACH_MAX + 1);
	struct hlist_head	ports[1 << WEFT_PORT_HASH_BITS];
	struct list_head	port_list;
	unsigned int		n_ports;
	struct sk_buff_head	flood;
	struct work_struct	flood_work;
	struct nf_hook_ops	hooks[2];
};

/**
 * struct weft_uplink_ref - "the uplink of this device, while there is one"
 * @uplink: the uplink or NULL; RTNL to write, RCU to read
 * @dev: the device; constant, the owner's lifetime lies within the device's
 * @node: in weft_net.refs; RTNL
 *
 * A scheduler holds one: it may be attached before the uplink is made and stay
 * after it is gone.
 */
struct weft_uplink_ref {
	struct weft_uplink __rcu	*uplink;
	struct net_device		*dev;
	struct list_head		node;
};

void weft_uplink_ref_init(struct weft_uplink_ref *ref, struct net_device *dev);
void weft_uplink_ref_exit(struct weft_uplink_ref *ref);
bool weft_uplink_has_ref(const struct weft_uplink *uplink);

struct weft_uplink *weft_uplink_find(const struct net_device *dev);
int weft_uplink_add(struct net_device *dev, u8 default_policy, u8 tunnels,
		    struct netlink_ext_ack *extack);
void weft_uplink_set_tunnels(struct weft_uplink *uplink, u8 tunnels);
int weft_uplink_del(struct net_device *dev, struct netlink_ext_ack *extack);

int weft_attach_init(struct weft_net *wn, struct weft_attach *attach,
		     void *owner, struct netlink_ext_ack *extack);
void weft_attach_exit(struct weft_net *wn, struct weft_attach *attach);
void weft_attach_count(struct weft_attach *attach, int counter, u64 n);
void weft_attach_read(const struct weft_attach *attach,
		      u64 sum[WEFT_A_STATS_MAX + 1]);

/* The handler that the first port needs: takes it or says who holds it. */
int weft_uplink_port_check(struct weft_uplink *uplink, const u8 *mac,
			   struct netlink_ext_ack *extack);
int weft_uplink_port_join(struct weft_uplink *uplink, struct weft_port *port,
			  struct netlink_ext_ack *extack);
void weft_uplink_port_leave(struct weft_uplink *uplink, struct weft_port *port);
void weft_uplink_port_rehash(struct weft_uplink *uplink, struct weft_port *port,
			     const u8 *mac);
struct weft_port *weft_uplink_port_by_mac(const struct weft_uplink *uplink,
					  const u8 *mac);

void weft_uplink_net_exit(struct weft_net *wn);
int weft_uplink_init(void);
void weft_uplink_exit(void);

#endif /* _WEFT_UPLINK_H */
