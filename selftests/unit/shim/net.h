/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets: an sk_buff with a head and frags, and the protocol headers, which
 * are the host's own copies of the kernel's user headers.
 */
#ifndef _SHIM_NET_H
#define _SHIM_NET_H

#include <shim/kernel.h>
#include <shim/sync.h>

#include </usr/include/linux/in.h>
#include </usr/include/linux/in6.h>
#include </usr/include/linux/if_ether.h>
#include </usr/include/linux/ip.h>
#include </usr/include/linux/ipv6.h>
#include </usr/include/linux/icmp.h>
#include </usr/include/linux/icmpv6.h>
#include </usr/include/linux/tcp.h>
#include </usr/include/linux/udp.h>

#ifndef IPPROTO_IGMP
#define IPPROTO_IGMP		2
#endif

#define VLAN_HLEN		4
#define VLAN_VID_MASK		0x0fff
#define VLAN_PRIO_MASK		0xe000

struct vlan_hdr {
	__be16 h_vlan_TCI;
	__be16 h_vlan_encapsulated_proto;
};

static inline bool eth_type_vlan(__be16 proto)
{
	return proto == htons(ETH_P_8021Q) || proto == htons(ETH_P_8021AD);
}

static inline bool ipv6_addr_equal(const struct in6_addr *a,
				   const struct in6_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

#define IP_CE			0x8000
#define IP_DF			0x4000
#define IP_MF			0x2000
#define IP_OFFSET		0x1fff
#define IP6_OFFSET		0xfff8
#define IP6_MF			0x0001
#define NEXTHDR_HOP		0
#define NEXTHDR_ROUTING		43
#define NEXTHDR_FRAGMENT	44
#define NEXTHDR_AUTH		51
#define NEXTHDR_NONE		59
#define NEXTHDR_DEST		60
#define INET_ECN_NOT_ECT	0
#define INET_ECN_ECT_1		1
#define INET_ECN_ECT_0		2
#define INET_ECN_CE		3
#define INET_ECN_MASK		3

#define SHIM_MAX_FRAGS		4096
#define SKB_GSO_TCPV4		1
#define SKB_GSO_TCPV6		16
#define SKB_GSO_UDP_L4		(1 << 17)
#define CHECKSUM_PARTIAL	3

struct skb_shared_info {
	u16 gso_size;
	u16 gso_segs;
	unsigned int gso_type;
	unsigned int nr_frags;
};

struct sk_buff {
	struct sk_buff *next, *prev;
	struct sock *sk;
	ktime_t tstamp;
	char cb[48] __attribute__((aligned(8)));
	unsigned int len, data_len;
	u32 priority, mark, hash;
	__be16 protocol, vlan_proto;
	u16 vlan_tci;
	u16 transport_header, network_header, mac_header;
	unsigned int truesize;
	unsigned char *head, *data;
	struct skb_shared_info shinfo;
	struct {
		unsigned char *bytes;
		unsigned int len;
	} frags[SHIM_MAX_FRAGS];
};

#define skb_shinfo(skb)		(&((struct sk_buff *)(skb))->shinfo)
#define skb_is_gso(skb)		(skb_shinfo(skb)->gso_size != 0)
#define skb_headlen(skb)	((skb)->len - (skb)->data_len)

int skb_copy_bits(const struct sk_buff *skb, int offset, void *to, int len);

/* How often something was read, for those who want it bounded. */
extern unsigned int shim_skb_reads;

static inline void *skb_header_pointer(const struct sk_buff *skb, int offset,
				       int len, void *buffer)
{
	shim_skb_reads++;
	if (offset >= 0 && offset + len <= (int)skb_headlen(skb))
		return skb->data + offset;
	return skb_copy_bits(skb, offset, buffer, len) < 0 ? NULL : buffer;
}

#endif /* _SHIM_NET_H */
