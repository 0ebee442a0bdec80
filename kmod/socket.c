// SPDX-License-Identifier: GPL-2.0
/*
 * Which flow do the packets of a local socket belong to?
 *
 * A socket is known by its cookie, which is never used again: no reference is
 * held, and a socket that has gone leaves nothing but a number that nobody asks
 * for. Cookies are counted up, so their low bits spread over the sets of a fixed
 * array; in a full set, a newcomer takes the place of whoever has been there
 * longest. A socket that lost its place has one again with its next packet that
 * is the first of a jiffy.
 *
 * A connection that is being accepted has no socket of its own yet, but the
 * cookie that it will have.
 */
#include <linux/in.h>
#include <linux/mm.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/sock_diag.h>
#include <linux/spinlock.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#include "flow.h"
#include "socket.h"

#define WEFT_SOCKET_BITS	11	/* sets */
#define WEFT_SOCKET_WAYS	4

/**
 * struct weft_socket - where a socket's packets went
 * @cookie: of the socket; 0 for nobody. The set's lock to write, anybody reads
 * @index: slot of the flow; likewise
 * @slot_gen: the slot's generation then; likewise
 */
struct weft_socket {
	u64	cookie;
	u32	index;
	u32	slot_gen;
};

/**
 * struct weft_socket_set - sockets whose cookies end in the same bits
 * @lock: of the rest; any context in which packets are judged
 * @next: whose place the next newcomer takes
 * @way: the sockets
 */
struct weft_socket_set {
	spinlock_t		lock;	/* to write */
	unsigned int		next;
	struct weft_socket	way[WEFT_SOCKET_WAYS];
};

/**
 * struct weft_socket_map - the sockets of one namespace's flows
 * @set: by the low bits of the cookie
 */
struct weft_socket_map {
	struct weft_socket_set	set[BIT(WEFT_SOCKET_BITS)];
};

static struct weft_socket_set *weft_socket_set(struct weft_socket_map *map,
					       u64 cookie)
{
	return &map->set[cookie & (BIT(WEFT_SOCKET_BITS) - 1)];
}

/**
 * weft_socket_map_create - make an empty map
 *
 * Its memory is accounted to the caller's memory control group.
 *
 * Context: Process, may sleep.
 * Return: the map, or NULL without memory.
 */
struct weft_socket_map *weft_socket_map_create(void)
{
	struct weft_socket_map *map;
	unsigned int i;

	map = kvzalloc(sizeof(*map), GFP_KERNEL_ACCOUNT);
	if (!map)
		return NULL;
	for (i = 0; i < ARRAY_SIZE(map->set); i++)
		spin_lock_init(&map->set[i].lock);
	return map;
}

/**
 * weft_socket_map_destroy - free a map
 * @map: nobody uses it any more; NULL is allowed
 *
 * Context: Process, may sleep.
 */
void weft_socket_map_destroy(struct weft_socket_map *map)
{
	kvfree(map);
}

/**
 * weft_socket_map_memory - what a map takes
 *
 * Context: Any.
 * Return: bytes.
 */
size_t weft_socket_map_memory(void)
{
	return sizeof(struct weft_socket_map);
}

/**
 * weft_socket_cookie - the number that a socket has and no other will have
 * @sk: the socket; kept by the caller
 *
 * Context: Any.
 * Return: the number, never 0.
 */
u64 weft_socket_cookie(struct sock *sk)
{
	u32 halves[2];

	sock_diag_save_cookie(sk, halves);
	return halves[0] | (u64)halves[1] << 32;
}

/* Its place in the set, NULL where it has none. */
static struct weft_socket *weft_socket_find(struct weft_socket_set *set,
					    u64 cookie)
{
	unsigned int i;

	for (i = 0; i < WEFT_SOCKET_WAYS; i++)
		if (READ_ONCE(set->way[i].cookie) == cookie)
			return &set->way[i];
	return NULL;
}

/* Of TCP or UDP: what others send may have any addresses in it. */
static bool weft_socket_fits(const struct sock *sk)
{
	if (sk->sk_state == TCP_NEW_SYN_RECV)
		return true;
	return sk_fullsock(sk) && sk->sk_state != TCP_LISTEN &&
	       (sk->sk_family == AF_INET || sk->sk_family == AF_INET6) &&
	       (sk->sk_protocol == IPPROTO_TCP ||
		sk->sk_protocol == IPPROTO_UDP) && sk->sk_type != SOCK_RAW;
}

/**
 * weft_socket_note - a socket's packet belongs to a flow
 * @map: the namespace's sockets
 * @sk: the packet's socket, whole or not
 * @flow: the flow
 * @attach: attachment point that the packet passed
 *
 * Once a jiffy for each flow that is sent here, and nearly always nothing has
 * changed since. A flow belongs to whom it was opened for: a packet with its
 * addresses that comes out of another place does not count.
 *
 * Context: RCU read side, softirqs off. Takes the lock of a set.
 */
void weft_socket_note(struct weft_socket_map *map, struct sock *sk,
		      const struct weft_flow *flow, u16 attach)
{
	u32 slot_gen = READ_ONCE(flow->slot_gen);
	struct weft_socket_set *set;
	struct weft_socket *way;
	u64 cookie;

	if (attach != flow->holder || !weft_socket_fits(sk))
		return;
	cookie = weft_socket_cookie(sk);
	set = weft_socket_set(map, cookie);
	way = weft_socket_find(set, cookie);
	if (way && READ_ONCE(way->index) == flow->index &&
	    READ_ONCE(way->slot_gen) == slot_gen)
		return;

	spin_lock(&set->lock);
	way = weft_socket_find(set, cookie);
	if (!way) {
		way = &set->way[set->next];
		set->next = (set->next + 1) % WEFT_SOCKET_WAYS;
	}
	WRITE_ONCE(way->cookie, cookie);
	WRITE_ONCE(way->index, flow->index);
	WRITE_ONCE(way->slot_gen, slot_gen);
	spin_unlock(&set->lock);
}

/**
 * weft_socket_flow - the flow that a socket's newest packet belonged to
 * @map: the namespace's sockets
 * @cookie: of the socket
 * @slot_gen: set to what the slot's generation was then
 *
 * Context: Process or softirq. Takes the lock of a set.
 * Return: number of the flow's slot, or WEFT_FLOW_NONE where no packet of the
 *	socket has come by, or too many others have since.
 */
u32 weft_socket_flow(struct weft_socket_map *map, u64 cookie, u32 *slot_gen)
{
	struct weft_socket_set *set = weft_socket_set(map, cookie);
	const struct weft_socket *way;
	u32 index = WEFT_FLOW_NONE;

	spin_lock_bh(&set->lock);
	way = weft_socket_find(set, cookie);
	if (way) {
		index = way->index;
		*slot_gen = way->slot_gen;
	}
	spin_unlock_bh(&set->lock);
	return index;
}
