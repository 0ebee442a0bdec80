/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * Attributes in IFLA_INFO_DATA of a link of kind "weft".
 */
#ifndef _UAPI_LINUX_WEFT_LINK_H
#define _UAPI_LINUX_WEFT_LINK_H

/**
 * enum weft_port_mode - How a port gets its packets.
 * @WEFT_PORT_MODE_L2: by a link-layer address of its own
 */
enum weft_port_mode {
	WEFT_PORT_MODE_L2,
};

#define WEFT_PORT_MODE_MAX	WEFT_PORT_MODE_L2

/*
 * What a port is to weft belongs to whoever administers the uplink's network
 * namespace: these can be set with CAP_NET_ADMIN over that namespace only,
 * wherever the port itself lives.
 *
 * IFLA_WEFT_MODE: u8, enum weft_port_mode; at creation only
 * IFLA_WEFT_CLASS: u32, class of flows that nothing else classifies; 0 none
 * IFLA_WEFT_JOB: u32, job of flows that nothing else assigns; 0 none
 * IFLA_WEFT_POLICY: u8, enum weft_action where no policy decides
 * IFLA_WEFT_ATTACH_ID: u32, number of the attachment point; read only
 */
enum {
	IFLA_WEFT_UNSPEC,
	IFLA_WEFT_MODE,
	IFLA_WEFT_CLASS,
	IFLA_WEFT_JOB,
	IFLA_WEFT_POLICY,
	IFLA_WEFT_ATTACH_ID,

	__IFLA_WEFT_MAX,
	IFLA_WEFT_MAX = (__IFLA_WEFT_MAX - 1)
};

#endif /* _UAPI_LINUX_WEFT_LINK_H */
