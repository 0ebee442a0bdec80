/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Headers of one packet, read once: what conversation it belongs to and what
 * the flow table needs to follow it. Knows no device and no table; builds on
 * the host for unit tests and fuzzing.
 */
#ifndef _WEFT_PARSE_H
#define _WEFT_PARSE_H

#include <linux/in6.h>
#include <linux/types.h>

struct sk_buff;

/* Bounds of the forward walk: no header chain costs more than this. */
#define WEFT_PARSE_MAX_VLANS	2
#define WEFT_PARSE_MAX_EXTHDRS	8

/**
 * struct weft_flow_key - the two ends of a conversation, in canonical order
 * @addr: the ends' addresses, IPv4 as ::ffff:a.b.c.d
 * @port: the ends' ports; 0 where the protocol has none. Of an ICMP echo, both
 *	are its identifier
 * @vlan: VLAN id of the outermost tag, host order; 0 without a tag
 * @proto: IP protocol
 * @flags: WEFT_KEY_*
 *
 * The ends have an order of their own, whoever sends, so that both directions
 * of a conversation have one key. 40 bytes without padding, aligned: it is
 * hashed and compared as words.
 */
struct weft_flow_key {
	struct in6_addr	addr[2];
	__be16		port[2];
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

#define WEFT_KEY_FRAGMENT	0x01	/* ports unknown: a later fragment */
/*
 * An ICMP echo, and which end asks. Without the latter, a request would pass
 * for an answer to what the other end asked.
 */
#define WEFT_KEY_ECHO		0x02
#define WEFT_KEY_ECHO_BY_1	0x04

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
 */
struct weft_pkt {
	struct weft_flow_key	key;
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
};

void weft_parse(const struct sk_buff *skb, int offset, __be16 proto, u16 vlan,
		struct weft_pkt *pkt);

#endif /* _WEFT_PARSE_H */
