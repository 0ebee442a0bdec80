// SPDX-License-Identifier: GPL-2.0
/*
 * Selectors: is this flow one that a rule or a policy is about?
 */
#include <linux/string.h>

#include "select.h"

/**
 * weft_prefix_match - does an address lie in a prefix
 * @addr: the address
 * @prefix: the prefix; bits behind @len are ignored
 * @len: how many leading bits count, 0..128
 *
 * Context: Any.
 * Return: true if the first @len bits of both are the same.
 */
bool weft_prefix_match(const struct in6_addr *addr,
		       const struct in6_addr *prefix, u8 len)
{
	unsigned int bytes = len / 8, bits = len % 8;

	if (memcmp(addr, prefix, bytes))
		return false;
	return !bits ||
	       !((addr->s6_addr[bytes] ^ prefix->s6_addr[bytes]) >> (8 - bits));
}

/**
 * weft_select_port - does a port lie in a selector's range
 * @sel: the selector
 * @port: the port, host order
 *
 * Context: Any.
 * Return: true if it does, or the selector has no range.
 */
bool weft_select_port(const struct weft_selector *sel, u16 port)
{
	return !sel->port_max ||
	       (port >= sel->port_min && port <= sel->port_max);
}

/**
 * weft_select - is a selector about a flow, as far as ports don't matter
 * @sel: the selector
 * @view: the flow, seen from its attachment point
 *
 * Context: Any.
 * Return: true if all but the ports are @sel's.
 */
bool weft_select(const struct weft_selector *sel, const struct weft_view *view)
{
	return (!sel->attach || sel->attach == view->attach) &&
	       (!sel->proto || sel->proto == view->proto) &&
	       (!sel->has_dscp || sel->dscp == view->dscp) &&
	       (view->mark & sel->mark_mask) == sel->mark &&
	       (!sel->cgroup || weft_select_cgroup(sel, view)) &&
	       weft_prefix_match(view->remote, &sel->remote, sel->remote_len) &&
	       weft_prefix_match(view->local, &sel->local, sel->local_len);
}
