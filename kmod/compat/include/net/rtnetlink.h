/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _WEFT_COMPAT_NET_RTNETLINK_H
#define _WEFT_COMPAT_NET_RTNETLINK_H

#include_next <net/rtnetlink.h>

/*
 * newlink() takes one struct of parameters from 6.15 on. Here is the struct for
 * kernels before, and a function of their signature that fills it.
 */
#ifdef WEFT_HAVE_NEWLINK_PARAMS
#define WEFT_DEFINE_NEWLINK(function)	static_assert(true)
#define WEFT_NEWLINK(function)		function
#else
struct rtnl_newlink_params {
	struct net *src_net;
	struct nlattr **tb;
	struct nlattr **data;
};

static inline struct net *
rtnl_newlink_link_net(const struct rtnl_newlink_params *params)
{
	return params->src_net;
}

#define WEFT_DEFINE_NEWLINK(function)					\
static int function ## _src_net(struct net *src_net,			\
				struct net_device *dev,			\
				struct nlattr *tb[],			\
				struct nlattr *data[],			\
				struct netlink_ext_ack *extack)		\
{									\
	struct rtnl_newlink_params params = {				\
		.src_net = src_net,					\
		.tb = tb,						\
		.data = data,						\
	};								\
									\
	return function(dev, &params, extack);				\
}									\
static_assert(true)

#define WEFT_NEWLINK(function)		function ## _src_net
#endif

#endif /* _WEFT_COMPAT_NET_RTNETLINK_H */
