/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The generic netlink family: what its handlers share, and what event needs to
 * get a message out. Handlers of uplinks and ports are in netlink.c, those of
 * rules, policies and grants in netlink-config.c, of what was seen of flows,
 * jobs and classes in netlink-record.c, of changes to flows in netlink-flow.c,
 * of the flow table in netlink-table.c, of profiles in netlink-profile.c, of
 * what processes say of their sockets in netlink-declare.c.
 */
#ifndef _WEFT_NETLINK_H
#define _WEFT_NETLINK_H

#include <linux/types.h>
#include <net/genetlink.h>

struct net;
struct weft_net;
struct weft_reader_record;

extern struct genl_family weft_genl_family;

/* Events: is anybody there, and a message for whoever is. */
bool weft_netlink_wanted(struct net *net);
void weft_netlink_multicast(struct net *net, struct sk_buff *skb);

/* The namespace that a request works on. */
struct weft_net *weft_netlink_net(const struct sk_buff *skb);

/* Checks that more than one handler makes; each sets message and attribute. */
int weft_netlink_need(struct genl_info *info, int attr, const char *what);
int weft_netlink_only(struct genl_info *info, int attr, int max);
int weft_netlink_check_attach(struct weft_net *wn, const struct nlattr *attr,
			      struct netlink_ext_ack *extack);
int weft_netlink_check_class(const struct nlattr *attr,
			     struct netlink_ext_ack *extack);

/* Is it a flow that a dump was asked for? */
struct weft_flow;
bool weft_netlink_flow_wanted(const struct weft_flow *flow, u32 index,
			      struct nlattr *const *filter);

int weft_netlink_no_memory(struct netlink_ext_ack *extack);

/* Puts one object into a message: 0, or -EMSGSIZE where it has no room. */
typedef int (*weft_netlink_fill)(struct sk_buff *skb, const void *object);

int weft_netlink_reply(struct genl_info *info, weft_netlink_fill fill,
		       const void *object);
int weft_netlink_dump(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		      weft_netlink_fill fill, const void *object);

/* What a flow's stream says: 0 or -EMSGSIZE. In netlink-profile.c. */
int weft_netlink_put_reader(struct sk_buff *skb,
			    const struct weft_reader_record *record);

int weft_netlink_init(void);
void weft_netlink_exit(void);

#endif /* _WEFT_NETLINK_H */
