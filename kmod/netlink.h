/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The generic netlink family: what the handlers share, and what event needs to
 * get a message out.
 */
#ifndef _WEFT_NETLINK_H
#define _WEFT_NETLINK_H

#include <linux/types.h>
#include <net/genetlink.h>

struct net;
struct weft_net;

extern struct genl_family weft_genl_family;

/* Events: is anybody there, and a message for whoever is. */
bool weft_netlink_wanted(struct net *net);
int weft_netlink_multicast(struct net *net, struct sk_buff *skb);

/* What handlers share. */
struct weft_net *weft_netlink_net(struct sk_buff *skb);
int weft_netlink_need(struct genl_info *info, int attr, const char *message);
int weft_netlink_check_attach(struct weft_net *wn, const struct nlattr *attr,
			      struct netlink_ext_ack *extack);
int weft_netlink_check_class(const struct nlattr *attr,
			     struct netlink_ext_ack *extack);

/**
 * typedef weft_netlink_fill - put one object into a message
 *
 * Return: 0, or -EMSGSIZE where it has no room.
 */
typedef int (*weft_netlink_fill)(struct sk_buff *skb, void *object);

int weft_netlink_reply(struct genl_info *info, weft_netlink_fill fill,
		       void *object);
int weft_netlink_dump_one(struct sk_buff *skb, struct netlink_callback *cb,
			  u8 cmd, weft_netlink_fill fill, void *object);

int weft_netlink_init(void);
void weft_netlink_exit(void);

#endif /* _WEFT_NETLINK_H */
