/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Headers of one packet, read once: what conversation it belongs to and what
 * the flow table needs to follow it. Knows no device and no table; builds on
 * the host for unit tests and fuzzing.
 */
#ifndef _WEFT_PARSE_H
#define _WEFT_PARSE_H

#include <linux/bitops.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/minmax.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/types.h>
#include <linux/udp.h>
#include <linux/weft.h>

/* Bounds of the forward walk: no header chain costs more than this. */
#define WEFT_PARSE_MAX_VLANS	2
#define WEFT_PARSE_MAX_EXTHDRS	8

/*
 * UDP ports whose datagrams hold packets: VXLAN's own, the one that Linux had
 * before that and flannel and Cilium kept, and Geneve's.
 */
#define WEFT_PORT_VXLAN		4789
#define WEFT_PORT_VXLAN_LINUX	8472
#define WEFT_PORT_GENEVE	6081

#define WEFT_PORT_ROCE		4791	/* RoCEv2: InfiniBand's headers over UDP */

/**
 * struct weft_flow_key - the two ends of a conversation, in canonical order
 * @addr: the ends' addresses, IPv4 as ::ffff:a.b.c.d
 * @port: the ends' ports; 0 where the protocol has none. Of an ICMP echo, both
 *	are its identifier; of RoCEv2, see WEFT_KEY_QUEUE_PAIR
 * @vlan: VLAN id of the outermost tag, host order; 0 without a tag
 * @proto: IP protocol
 * @flags: WEFT_KEY_*
 *
 * The ends have an order of their own, whoever sends, so that both directions
 * of a conversation have one key. 40 bytes without padding, aligned: it is
 * hashed and compared as words. In a tunnel a struct weft_encap goes with it.
 */
struct weft_flow_key {
	struct in6_addr	addr[2];
	__be16		port[2];	/* from here on see weft_key_rest() */
	u16		vlan;
	u8		proto;
	u8		flags;
} __aligned(sizeof(u64));

#define WEFT_KEY_WORDS		5

static inline bool weft_key_equal(const struct weft_flow_key *a,
				  const struct weft_flow_key *b)
{
	const u64 *left = (const u64 *)a, *right = (const u64 *)b;

	return !((left[0] ^ right[0]) | (left[1] ^ right[1]) |
		 (left[2] ^ right[2]) | (left[3] ^ right[3]) |
		 (left[4] ^ right[4]));
}

/* The same where @b is of IPv4, and its upper words are known to be zero. */
static inline bool weft_key_equal_ip4(const struct weft_flow_key *a,
				      const struct weft_flow_key *b)
{
	const u64 *left = (const u64 *)a, *right = (const u64 *)b;

	return !(left[0] | left[2] | (left[1] ^ right[1]) |
		 (left[3] ^ right[3]) | (left[4] ^ right[4]));
}

#define WEFT_KEY_FRAGMENT	0x01	/* ports unknown: a later fragment */
/*
 * An ICMP echo, and which end asks. Without the latter, a request would pass
 * for an answer to what the other end asked.
 */
#define WEFT_KEY_ECHO		0x02
#define WEFT_KEY_ECHO_BY_1	0x04
/*
 * RoCEv2: the ports' 32 bits are the queue pair that the packet is for, and in
 * the lowest bit at which end that is. A header names no other, and source ports
 * are anything; so each direction is a conversation of its own.
 */
#define WEFT_KEY_QUEUE_PAIR	0x08
/*
 * Not tunnelled itself, but UDP of a tunnel's port where tunnels are looked
 * into: what looked like it a moment ago may hold a packet the next time. No
 * packet that weft_parse_plain() reads has this flag or the next, so it can
 * never be taken for one of such a flow.
 */
#define WEFT_KEY_TUNNEL_PORT	0x40
#define WEFT_KEY_TUNNEL		0x80	/* in a tunnel: see struct weft_encap */

static inline u32 weft_key_queue_pair(const struct weft_flow_key *key)
{
	return (u32)ntohs(key->port[0]) << 8 | ntohs(key->port[1]) >> 8;
}

/* Packets for queue pair @qp at end @end; the rest stays as it is. */
static inline void weft_key_set_queue_pair(struct weft_flow_key *key, u32 qp,
					   unsigned int end)
{
	key->port[0] = htons(qp >> 8);
	key->port[1] = htons((qp & 0xff) << 8 | end);
	key->flags |= WEFT_KEY_QUEUE_PAIR;
}

/* The port of an end as a person would name it, host order. */
static inline u16 weft_key_port(const struct weft_flow_key *key,
				unsigned int end)
{
	if (!(key->flags & WEFT_KEY_QUEUE_PAIR))
		return ntohs(key->port[end]);
	return (ntohs(key->port[1]) & 1) == end ? WEFT_PORT_ROCE : 0;
}

/**
 * struct weft_encap - the tunnel in which a conversation is held
 * @id: VXLAN's or Geneve's network identifier, GRE's key; 0 for those without,
 *	and where ids are no part of a conversation
 * @vlan: VLAN id of the outermost tag of the frame inside, 0 without one
 * @tunnel: enum weft_tunnel; all zero outside of tunnels
 * @unused: zero
 *
 * Part of a conversation's identity, since tenants may have the same addresses
 * in networks of their own. It stands beside the key, not in it: nothing but
 * a packet in a tunnel need compare it. The tunnel's ends are no part of it,
 * they change when a workload moves, and many hosts have several addresses.
 */
struct weft_encap {
	u32	id;
	u16	vlan;
	u8	tunnel;
	u8	unused;
} __aligned(sizeof(u64));

static inline bool weft_encap_equal(const struct weft_encap *a,
				    const struct weft_encap *b)
{
	return *(const u64 *)a == *(const u64 *)b;
}

#define WEFT_IP4_OFFSET_MASK	0x1fff	/* fragment offset in frag_off */
#define WEFT_IP4_MORE		0x2000	/* more fragments follow */
#define WEFT_IP4_PLAIN		0x45	/* first byte: version 4, no options */

/* Bits of weft_pkt.tcp_flags, as in the header. */
#define WEFT_TCPHDR_FIN		0x01
#define WEFT_TCPHDR_SYN		0x02
#define WEFT_TCPHDR_RST		0x04
#define WEFT_TCPHDR_ACK		0x10

/**
 * enum weft_pkt_kind - what judging can do with a packet
 * @WEFT_PKT_FLOW: key is whole, the packet belongs to a flow
 * @WEFT_PKT_FRAGMENT: later fragment: key has no ports
 * @WEFT_PKT_ICMP_ERROR: key is that of the packet which the error is about,
 *	seen from its sender, so that the error counts as that flow's reply
 * @WEFT_PKT_LINK_LOCAL: ARP, neighbour discovery, IGMP, MLD: keeps the link
 *	alive and never passes a router
 * @WEFT_PKT_NON_IP: another EtherType
 * @WEFT_PKT_MALFORMED: ends early or contradicts itself
 */
enum weft_pkt_kind {
	WEFT_PKT_FLOW,
	WEFT_PKT_FRAGMENT,
	WEFT_PKT_ICMP_ERROR,
	WEFT_PKT_LINK_LOCAL,
	WEFT_PKT_NON_IP,
	WEFT_PKT_MALFORMED,
};

/**
 * struct weft_pkt - one parsed packet
 * @key: the conversation
 * @encap: the tunnel, where the key has WEFT_KEY_TUNNEL; weft_parse_plain()
 *	leaves it alone
 * @kind: how far parsing got; other fields are set as far as it got
 * @src: which end of @key sent it, 0 or 1
 * @first_fragment: has the ports that later fragments of @ip_id lack
 * @tcp_flags: byte 13 of the TCP header, 0 for other protocols
 * @tos: IPv4 TOS or IPv6 traffic class, ECN bits included
 * @ip_id: of a fragment, what all fragments of its packet have in common
 * @tcp_window: as in the header, unscaled
 * @tcp_seq: sequence number, host order
 * @tcp_ack: acknowledgment number, host order; valid if ACK is set
 * @payload_off: of the transport payload, from the place where parsing began
 * @payload_len: bytes of transport payload by the IP header; for a GSO packet
 *	whose IP length is 0 or 16 bits too small, by the packet's own length
 * @outer_first: in a tunnel, and the packet outside is a first fragment, whose
 *	later ones cannot be looked into; not set by weft_parse_plain()
 * @outer_src: of that one, as @src
 * @outer_id: of that one, as @ip_id
 * @outer: of that one, as @key
 */
struct weft_pkt {
	struct weft_flow_key	key;
	struct weft_encap	encap;
	enum weft_pkt_kind	kind;
	u8			src;
	bool			first_fragment;
	u8			tcp_flags;
	u8			tos;
	u16			tcp_window;
	u32			ip_id;
	u32			tcp_seq;
	u32			tcp_ack;
	u32			payload_off;
	u32			payload_len;
	bool			outer_first;
	u8			outer_src;
	u32			outer_id;
	struct weft_flow_key	outer;
};

/* Two words as one, as if they lay in memory side by side. */
static inline u64 weft_word_pair(u32 first, u32 second)
{
#ifdef __LITTLE_ENDIAN
	return first | (u64)second << 32;
#else
	return second | (u64)first << 32;
#endif
}

static inline void weft_map_ip4(struct in6_addr *addr, __be32 ip4)
{
	u64 *words = (u64 *)addr;

	words[0] = 0;
	words[1] = weft_word_pair((__force u32)htonl(0x0000ffff),
				  (__force u32)ip4);
}

/* What stands behind the ports in a key, as one word. */
static inline u32 weft_key_rest(u16 vlan, u8 proto, u8 flags)
{
#ifdef __LITTLE_ENDIAN
	return vlan | (u32)proto << 16 | (u32)flags << 24;
#else
	return flags | (u32)proto << 8 | (u32)vlan << 16;
#endif
}

/*
 * The packet that nearly all are: IPv4 without options, whole, TCP or UDP, its
 * headers side by side, no SYN that opens a connection. What it finds, the
 * general way would find too; where anything is out of the ordinary it says
 * false and leaves that way to judge. Inline, since the call alone would cost a
 * tenth of it. Arguments as for weft_parse(), the EtherType is IPv4.
 */
static __always_inline bool weft_parse_plain(const struct sk_buff *skb,
					     int offset, u16 vlan,
					     struct weft_pkt *pkt)
{
	const struct iphdr *iph;
	const struct tcphdr *th;
	u32 l4_len, header, ports;
	__be32 low, high;

	if (offset + (int)(sizeof(*iph) + sizeof(*th)) > (int)skb_headlen(skb))
		return false;
	iph = (const struct iphdr *)(skb->data + offset);
	/* TCP and UDP begin alike. */
	th = (const struct tcphdr *)(iph + 1);
	if (*(const u8 *)iph != WEFT_IP4_PLAIN ||
	    iph->frag_off & htons(WEFT_IP4_MORE | WEFT_IP4_OFFSET_MASK))
		return false;
	l4_len = ntohs(iph->tot_len) - sizeof(*iph);
	if (ntohs(iph->tot_len) < sizeof(*iph) ||
	    l4_len > skb->len - offset - sizeof(*iph))
		return false;

	if (iph->protocol == IPPROTO_TCP) {
		header = th->doff * 4;
		if (header < sizeof(*th))
			return false;
		pkt->tcp_flags = ((const u8 *)th)[13];
		if ((pkt->tcp_flags & (WEFT_TCPHDR_SYN | WEFT_TCPHDR_ACK)) ==
		    WEFT_TCPHDR_SYN)
			return false;
		pkt->tcp_seq = ntohl(th->seq);
		pkt->tcp_ack = ntohl(th->ack_seq);
		pkt->tcp_window = ntohs(th->window);
	} else if (iph->protocol == IPPROTO_UDP) {
		header = sizeof(struct udphdr);
		pkt->tcp_flags = 0;
		pkt->tcp_seq = 0;
		pkt->tcp_ack = 0;
		pkt->tcp_window = 0;
	} else {
		return false;
	}
	if (header > l4_len)
		return false;

	pkt->kind = WEFT_PKT_FLOW;
	pkt->first_fragment = false;
	pkt->tos = iph->tos;
	pkt->ip_id = 0;
	pkt->payload_off = offset + sizeof(*iph) + header;
	pkt->payload_len = l4_len - header;
	/* Both ports at once, in words: byte by byte it would take a third more. */
	ports = *(const u32 *)th;
	low = iph->saddr;
	high = iph->daddr;
	pkt->src = low != high ? (__force u32)low > (__force u32)high :
				 ntohs(th->source) > ntohs(th->dest);
	if (pkt->src) {
		swap(low, high);
		ports = rol32(ports, 16);
	}
	weft_map_ip4(&pkt->key.addr[0], low);
	weft_map_ip4(&pkt->key.addr[1], high);
	((u64 *)&pkt->key)[4] =
		weft_word_pair(ports, weft_key_rest(vlan, iph->protocol, 0));
	return true;
}

void weft_parse(const struct sk_buff *skb, int offset, __be16 proto, u16 vlan,
		enum weft_tunnel_mode mode, struct weft_pkt *pkt);

#endif /* _WEFT_PARSE_H */
