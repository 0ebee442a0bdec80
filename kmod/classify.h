/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Classifier rules: what is this flow? Looked at when a flow is set up and
 * when the rules have changed, never a packet. Knows no device; builds on the
 * host.
 */
#ifndef _WEFT_CLASSIFY_H
#define _WEFT_CLASSIFY_H

#include <linux/atomic.h>
#include <linux/in6.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

struct weft_config;

#define WEFT_RULE_PRIORITY_DEFAULT	1000
#define WEFT_RULE_PRIORITY_SHIPPED	10000

/**
 * struct weft_view - a flow as one attachment point sees it
 * @local: address of the end behind the attachment point
 * @remote: address of the other end
 * @local_port: port of the local end, host order
 * @remote_port: port of the remote end, host order
 * @proto: IP protocol
 * @direction: of the opening packet, enum weft_direction
 * @no_ports: nobody knows the ports: a later fragment
 * @attach: number of the attachment point
 */
struct weft_view {
	const struct in6_addr	*local;
	const struct in6_addr	*remote;
	u16			local_port;
	u16			remote_port;
	u8			proto;
	u8			direction;
	bool			no_ports;
	u32			attach;
};

/**
 * struct weft_rule - a classifier rule
 * @id: unique in its namespace
 * @priority: lower is looked at first
 * @attach: only flows of this attachment point; 0 for every one
 * @remote: prefix of the remote end
 * @remote_len: bits of @remote that count, 0..128
 * @proto: IP protocol; 0 for every one
 * @shipped: came with the module
 * @port_min: first port of the range; both 0 where ports don't matter
 * @port_max: last port of the range, inclusive
 * @class: the flow's class; 0 leaves it open
 * @job: the flow's job; 0 leaves it open
 * @hits: flows that this rule decided
 * @rcu: frees the rule once no snapshot has it
 *
 * All but @hits is constant once a snapshot has the rule.
 */
struct weft_rule {
	u32		id;
	u32		priority;
	u32		attach;
	struct in6_addr	remote;
	u8		remote_len;
	u8		proto;
	bool		shipped;
	u16		port_min;
	u16		port_max;
	u32		class;
	u32		job;
	atomic64_t	hits;
	struct rcu_head	rcu;
};

/* Does @addr lie in the prefix of @len bits of @prefix? */
bool weft_prefix_match(const struct in6_addr *addr,
		       const struct in6_addr *prefix, u8 len);
bool weft_port_match(u16 port, u16 min, u16 max);
const struct weft_rule *weft_classify(const struct weft_config *config,
				      const struct weft_view *view);

/* What a namespace starts with: shipped knowledge of well-known ports. */
extern const struct weft_rule weft_shipped_rules[];
extern const unsigned int weft_n_shipped_rules;

#endif /* _WEFT_CLASSIFY_H */
