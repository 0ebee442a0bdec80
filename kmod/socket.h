/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which flow do the packets of a local socket belong to? Learned from the
 * packets, which bring their socket along, and asked by who says something of
 * a socket: addresses would not do, they may be translated on the way.
 */
#ifndef _WEFT_SOCKET_H
#define _WEFT_SOCKET_H

#include <linux/types.h>

struct sock;
struct weft_flow;
struct weft_socket_map;

struct weft_socket_map *weft_socket_map_create(void);
void weft_socket_map_destroy(struct weft_socket_map *map);
size_t weft_socket_map_memory(void);

/* Packet path: RCU, softirqs off. */
void weft_socket_note(struct weft_socket_map *map, struct sock *sk,
		      const struct weft_flow *flow, u16 attach);

/* Any context: the slot of the flow, or WEFT_FLOW_NONE. */
u32 weft_socket_flow(struct weft_socket_map *map, u64 cookie, u32 *slot_gen);
u64 weft_socket_cookie(struct sock *sk);

#endif /* _WEFT_SOCKET_H */
