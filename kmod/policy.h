/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Policies: may this flow pass? They have no order: deny wins over audit,
 * audit over allow; where none matches, the attachment point's default
 * decides. Knows no device; builds on the host.
 */
#ifndef _WEFT_POLICY_H
#define _WEFT_POLICY_H

#include <linux/atomic.h>
#include <linux/in6.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include <linux/weft.h>

struct weft_config;
struct weft_view;

/**
 * struct weft_policy - one policy
 * @id: unique in its namespace
 * @attach: binds this attachment point only; 0 binds every one
 * @direction: of the opening packet, seen from the workload
 * @action: enum weft_action
 * @proto: IP protocol; 0 for every one
 * @remote_len: bits of @remote that count, 0..128
 * @port_min: first destination port of the opening packet; both 0 for any
 * @port_max: last one, inclusive
 * @remote: prefix of the remote end
 * @hits: verdicts it took part in
 * @rcu: frees the policy once no snapshot has it
 *
 * All but @hits is constant once a snapshot has the policy.
 */
struct weft_policy {
	u32		id;
	u32		attach;
	u8		direction;
	u8		action;
	u8		proto;
	u8		remote_len;
	u16		port_min;
	u16		port_max;
	struct in6_addr	remote;
	atomic64_t	hits;
	struct rcu_head	rcu;
};

enum weft_action weft_policy_decide(const struct weft_config *config,
				    const struct weft_view *view,
				    enum weft_action fallback);

#endif /* _WEFT_POLICY_H */
