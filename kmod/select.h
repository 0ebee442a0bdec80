/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which flows a rule or a policy is about. Knows no device; builds on the
 * host.
 */
#ifndef _WEFT_SELECT_H
#define _WEFT_SELECT_H

#include <linux/in6.h>
#include <linux/types.h>

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
 * struct weft_selector - the flows that a rule or policy is about
 * @attach: attachment point; 0 for every one
 * @remote: prefix of the remote end
 * @remote_len: bits of @remote that count, 0..128
 * @proto: IP protocol; 0 for every one
 * @port_min: first port of the range; both 0 for any. Whose port it is, the
 *	rule or policy says
 * @port_max: last one, inclusive
 */
struct weft_selector {
	u32		attach;
	struct in6_addr	remote;
	u8		remote_len;
	u8		proto;
	u16		port_min;
	u16		port_max;
};

bool weft_prefix_match(const struct in6_addr *addr,
		       const struct in6_addr *prefix, u8 len);
bool weft_select_port(const struct weft_selector *sel, u16 port);
bool weft_select(const struct weft_selector *sel, const struct weft_view *view);

#endif /* _WEFT_SELECT_H */
