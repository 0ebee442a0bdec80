/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which flows a rule or a policy is about. Knows no device; builds on the
 * host.
 */
#ifndef _WEFT_SELECT_H
#define _WEFT_SELECT_H

#include <linux/in6.h>
#include <linux/types.h>

#define WEFT_CGROUP_LEVELS	32	/* depth to which rules name cgroups */
#define WEFT_DSCP_MAX		63

/**
 * struct weft_view - a flow as one attachment point sees it
 * @local: address of the end behind the attachment point
 * @remote: address of the other end
 * @local_port: port of the local end, host order
 * @remote_port: port of the remote end, host order
 * @proto: IP protocol
 * @direction: of the opening packet, enum weft_direction
 * @no_ports: nobody knows the ports: a later fragment
 * @dscp: of the packet that the flow is judged by
 * @n_cgroups: length of @cgroups; 0 where no socket here sent the packet, or
 *	nobody asks
 * @attach: number of the attachment point
 * @mark: of the packet that the flow is judged by
 * @cgroups: ids of the cgroup of the packet's socket and of those above it, by
 *	their level, the root being at 0
 */
struct weft_view {
	const struct in6_addr	*local;
	const struct in6_addr	*remote;
	u16			local_port;
	u16			remote_port;
	u8			proto;
	u8			direction;
	bool			no_ports;
	u8			dscp;
	u8			n_cgroups;
	u32			attach;
	u32			mark;
	const u64		*cgroups;
};

/**
 * struct weft_selector - the flows that a rule or policy is about
 * @cgroup: id of the cgroup in which, or below which, the socket is; 0 for any
 *	and none. No reference: of a cgroup that is gone no socket has the id
 * @attach: attachment point; 0 for every one
 * @mark: the bits of @mark_mask that the packet's mark has
 * @mark_mask: bits of the mark that count
 * @remote: prefix of the remote end
 * @local: prefix of the local end
 * @remote_len: bits of @remote that count, 0..128
 * @local_len: bits of @local that count, 0..128
 * @proto: IP protocol; 0 for every one
 * @port_min: first port of the range; both 0 for any. Whose port it is, the
 *	rule or policy says
 * @port_max: last one, inclusive
 * @dscp: the packet's, if @has_dscp
 * @has_dscp: DSCP counts; 0 is one of its values
 * @cgroup_level: of @cgroup, below WEFT_CGROUP_LEVELS - 1
 * @cgroup_below: only sockets in one of @cgroup's children or below them
 */
struct weft_selector {
	u64		cgroup;
	u32		attach;
	u32		mark;
	u32		mark_mask;
	struct in6_addr	remote;
	struct in6_addr	local;
	u8		remote_len;
	u8		local_len;
	u8		proto;
	u8		dscp;
	bool		has_dscp;
	u8		cgroup_level;
	bool		cgroup_below;
	u16		port_min;
	u16		port_max;
};

/**
 * weft_select_cgroup - the cgroup that makes a selector match
 * @sel: the selector, of a cgroup
 * @view: the flow
 *
 * Return: its id, that of the child where @sel wants one; 0 if the flow's
 *	socket is in none that @sel is about.
 */
static inline u64 weft_select_cgroup(const struct weft_selector *sel,
				     const struct weft_view *view)
{
	unsigned int level = sel->cgroup_level + sel->cgroup_below;

	if (level >= view->n_cgroups ||
	    view->cgroups[sel->cgroup_level] != sel->cgroup)
		return 0;
	return view->cgroups[level];
}

bool weft_prefix_match(const struct in6_addr *addr,
		       const struct in6_addr *prefix, u8 len);
bool weft_select_port(const struct weft_selector *sel, u16 port);
bool weft_select(const struct weft_selector *sel, const struct weft_view *view);

#endif /* _WEFT_SELECT_H */
