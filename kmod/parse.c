// SPDX-License-Identifier: GPL-2.0
/*
 * Reading a packet's headers, once.
 *
 * The walk begins at the EtherType that the caller read off the frame, never
 * at skb->protocol or the header offsets in the skb: a container with
 * CAP_NET_RAW can set those to what it likes. Every read goes through
 * skb_header_pointer(), so frags, short frames and payload that the CPU can't
 * read (device memory) are all handled alike: what can't be read ends the
 * walk. The walk only goes forward, and its steps are bounded.
 */
#include <linux/build_bug.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include "parse.h"

#define WEFT_IP6_OFFSET_MASK	0xfff8	/* likewise, IPv6 fragment header */
#define WEFT_IP6_MORE		0x0001
#define WEFT_ND_HOP_LIMIT	255	/* RFC 4861: dropped if it crossed a router */
#define WEFT_LOCAL_TTL		1	/* IGMP, MLD */

/* ICMPv6 types that keep a link alive: MLD 130..132 and 143, ND 133..137. */
#define WEFT_MLD_FIRST		130
#define WEFT_MLD_LAST		132
#define WEFT_ND_FIRST		133
#define WEFT_ND_LAST		137
#define WEFT_MLD2_REPORT	143

/*
 * One IP packet under the cursor: the outer one, or the one inside an ICMP
 * error. Ends: [0] source, [1] destination, as on the wire.
 */
struct weft_ip {
	struct in6_addr	addr[2] __aligned(sizeof(u64));
	u32		l4_off;
	u32		l4_len;
	u8		version;
	u8		proto;
	u8		tos;
	u8		ttl;
	bool		fragment;	/* a later one: no transport header */
	bool		first_fragment;
	u32		id;		/* of a fragment's packet */
};

/* Which order is canonical doesn't matter, so the words are compared raw. */
static bool weft_end_after(const struct in6_addr *a, __be16 aport,
			   const struct in6_addr *b, __be16 bport)
{
	const u64 *left = (const u64 *)a, *right = (const u64 *)b;

	if (left[1] != right[1])
		return left[1] > right[1];
	if (left[0] != right[0])
		return left[0] > right[0];
	return ntohs(aport) > ntohs(bport);
}

/* Puts the ends in canonical order; @pkt->src says where the sender went. */
static void weft_set_ends(struct weft_pkt *pkt, const struct weft_ip *ip,
			  __be16 sport, __be16 dport)
{
	pkt->src = weft_end_after(&ip->addr[0], sport, &ip->addr[1], dport);
	pkt->key.addr[pkt->src] = ip->addr[0];
	pkt->key.addr[!pkt->src] = ip->addr[1];
	pkt->key.port[pkt->src] = sport;
	pkt->key.port[!pkt->src] = dport;
	pkt->key.proto = ip->proto;
}

/*
 * Length of the IP packet at @offset. Packets that are cut later by hardware
 * or GSO can be longer than the header's 16 bits: their field is 0.
 */
static bool weft_ip_length(const struct sk_buff *skb, int offset, u32 field,
			   u32 header, bool inner, u32 *length)
{
	u32 avail = skb->len - offset;

	if (inner) {
		/* An error quotes the beginning only. */
		*length = field < avail ? avail : field;
		return avail >= header;
	}
	if (!field && skb_is_gso(skb))
		field = avail;
	if (field < header || field > avail)
		return false;
	*length = field;
	return true;
}

static bool weft_parse_ip4(const struct sk_buff *skb, int offset, bool inner,
			   struct weft_ip *ip)
{
	const struct iphdr *iph;
	struct iphdr copy;
	u32 header, length;

	iph = skb_header_pointer(skb, offset, sizeof(copy), &copy);
	if (!iph || iph->version != 4 || iph->ihl < 5)
		return false;
	header = iph->ihl * 4;
	if (!weft_ip_length(skb, offset, ntohs(iph->tot_len), header, inner,
			    &length))
		return false;

	ip->version = 4;
	weft_map_ip4(&ip->addr[0], iph->saddr);
	weft_map_ip4(&ip->addr[1], iph->daddr);
	ip->proto = iph->protocol;
	ip->tos = iph->tos;
	ip->ttl = iph->ttl;
	ip->fragment = ntohs(iph->frag_off) & WEFT_IP4_OFFSET_MASK;
	ip->first_fragment = !ip->fragment &&
			     ntohs(iph->frag_off) & WEFT_IP4_MORE;
	ip->id = ntohs(iph->id);
	ip->l4_off = offset + header;
	ip->l4_len = length - header;
	return true;
}

static bool weft_is_ip6_extension(u8 nexthdr)
{
	return nexthdr == IPPROTO_HOPOPTS || nexthdr == IPPROTO_ROUTING ||
	       nexthdr == IPPROTO_DSTOPTS || nexthdr == IPPROTO_FRAGMENT ||
	       nexthdr == IPPROTO_AH || nexthdr == IPPROTO_MH;
}

static bool weft_parse_ip6(const struct sk_buff *skb, int offset, bool inner,
			   struct weft_ip *ip)
{
	const struct ipv6hdr *ip6h;
	struct ipv6hdr copy;
	u32 field, length;
	int i;

	ip6h = skb_header_pointer(skb, offset, sizeof(copy), &copy);
	if (!ip6h || ip6h->version != 6)
		return false;
	/* A payload of 0 is one, unless GSO has no way to say how long it is. */
	field = ntohs(ip6h->payload_len);
	if (field || !skb_is_gso(skb))
		field += sizeof(*ip6h);
	if (!weft_ip_length(skb, offset, field, sizeof(*ip6h), inner, &length))
		return false;

	ip->version = 6;
	ip->addr[0] = ip6h->saddr;
	ip->addr[1] = ip6h->daddr;
	ip->proto = ip6h->nexthdr;
	ip->tos = ip6h->priority << 4 | ip6h->flow_lbl[0] >> 4;
	ip->ttl = ip6h->hop_limit;
	ip->fragment = false;
	ip->first_fragment = false;
	ip->id = 0;
	ip->l4_off = offset + sizeof(*ip6h);
	ip->l4_len = length - sizeof(*ip6h);

	for (i = 0; weft_is_ip6_extension(ip->proto); i++) {
		/* None is shorter than the fragment header. */
		struct {
			u8	nexthdr;
			u8	len;
			__be16	frag_off;
			__be32	id;
		} ext_copy, *ext;
		u32 size;

		if (i == WEFT_PARSE_MAX_EXTHDRS)
			return false;
		ext = skb_header_pointer(skb, ip->l4_off, sizeof(ext_copy),
					 &ext_copy);
		if (!ext)
			return false;
		switch (ip->proto) {
		case IPPROTO_FRAGMENT:
			size = 8;
			ip->fragment = ntohs(ext->frag_off) & WEFT_IP6_OFFSET_MASK;
			ip->first_fragment = !ip->fragment &&
				ntohs(ext->frag_off) & WEFT_IP6_MORE;
			ip->id = ntohl(ext->id);
			break;
		case IPPROTO_AH:
			size = (ext->len + 2) * 4;
			break;
		default:
			size = (ext->len + 1) * 8;
		}
		if (size > ip->l4_len)
			return false;
		ip->proto = ext->nexthdr;
		ip->l4_off += size;
		ip->l4_len -= size;
		/* The rest of a later fragment is payload, whatever it looks like. */
		if (ip->fragment)
			break;
	}
	return true;
}

static bool weft_has_ports(u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP ||
	       proto == IPPROTO_SCTP || proto == IPPROTO_DCCP ||
	       proto == IPPROTO_UDPLITE;
}

static bool weft_is_icmp_error(u8 proto, u8 type)
{
	if (proto == IPPROTO_ICMP)
		return type == ICMP_DEST_UNREACH || type == ICMP_TIME_EXCEEDED ||
		       type == ICMP_PARAMETERPROB;
	/* ICMPv6: errors are the types without the top bit. */
	return type >= ICMPV6_DEST_UNREACH && type <= ICMPV6_PARAMPROB;
}

static bool weft_is_link_local(const struct weft_ip *ip, u8 type)
{
	if (type >= WEFT_ND_FIRST && type <= WEFT_ND_LAST)
		return ip->ttl == WEFT_ND_HOP_LIMIT;
	return ip->ttl == WEFT_LOCAL_TTL &&
	       ((type >= WEFT_MLD_FIRST && type <= WEFT_MLD_LAST) ||
		type == WEFT_MLD2_REPORT);
}

/* Is it an echo, and a request or a reply? */
static bool weft_is_echo(u8 proto, u8 type, bool *request)
{
	*request = type == (proto == IPPROTO_ICMP ? ICMP_ECHO :
						    ICMPV6_ECHO_REQUEST);
	return *request || type == (proto == IPPROTO_ICMP ?
				    ICMP_ECHOREPLY : ICMPV6_ECHO_REPLY);
}

/* Ends of an ICMP packet that is no error; a quoted one begins the same. */
static void weft_set_icmp_ends(struct weft_pkt *pkt, const struct weft_ip *ip,
			       const struct icmphdr *icmph)
{
	unsigned int asks;
	bool request;

	if (!weft_is_echo(ip->proto, icmph->type, &request)) {
		weft_set_ends(pkt, ip, 0, 0);
		return;
	}
	weft_set_ends(pkt, ip, icmph->un.echo.id, icmph->un.echo.id);
	asks = request ? pkt->src : !pkt->src;
	pkt->key.flags |= WEFT_KEY_ECHO | (asks ? WEFT_KEY_ECHO_BY_1 : 0);
}

static bool weft_is_icmp(const struct weft_ip *ip)
{
	/* In the other version of IP it is data, whatever it looks like. */
	return ip->version == 6 ? ip->proto == IPPROTO_ICMPV6 :
				  ip->proto == IPPROTO_ICMP;
}

/*
 * The packet that an ICMP error quotes: the error is about the conversation of
 * that packet, and answers its sender. False where the quote ends too early.
 */
static bool weft_parse_quoted(const struct sk_buff *skb, u32 offset, bool ip6,
			      struct weft_pkt *pkt)
{
	const struct icmphdr *icmph;
	struct icmphdr icmp_copy;
	__be16 copy[2] = {}, *ports = copy;
	struct weft_ip quoted;

	if (ip6 ? !weft_parse_ip6(skb, offset, true, &quoted) :
		  !weft_parse_ip4(skb, offset, true, &quoted))
		return false;
	if (quoted.fragment)
		return false;
	if (weft_has_ports(quoted.proto)) {
		ports = skb_header_pointer(skb, quoted.l4_off, sizeof(copy),
					   copy);
		if (!ports)
			return false;
	}
	if (weft_is_icmp(&quoted)) {
		icmph = skb_header_pointer(skb, quoted.l4_off,
					   sizeof(icmp_copy), &icmp_copy);
		if (!icmph)
			return false;
		weft_set_icmp_ends(pkt, &quoted, icmph);
	} else {
		weft_set_ends(pkt, &quoted, ports[0], ports[1]);
	}
	pkt->src = !pkt->src;
	pkt->kind = WEFT_PKT_ICMP_ERROR;
	return true;
}

static void weft_parse_icmp(const struct sk_buff *skb, const struct weft_ip *ip,
			    struct weft_pkt *pkt)
{
	const struct icmphdr *icmph;
	struct icmphdr copy;
	bool ip6 = ip->proto == IPPROTO_ICMPV6;

	icmph = ip->l4_len < sizeof(copy) ? NULL :
		skb_header_pointer(skb, ip->l4_off, sizeof(copy), &copy);
	if (!icmph) {
		pkt->kind = WEFT_PKT_MALFORMED;
		return;
	}
	/* Both versions begin with type, code, checksum and four more bytes. */
	if (ip6 && weft_is_link_local(ip, icmph->type))
		pkt->kind = WEFT_PKT_LINK_LOCAL;
	else if (!weft_is_icmp_error(ip->proto, icmph->type) ||
		 !weft_parse_quoted(skb, ip->l4_off + sizeof(copy), ip6, pkt))
		weft_set_icmp_ends(pkt, ip, icmph);
}

static bool weft_parse_tcp(const struct sk_buff *skb, const struct weft_ip *ip,
			   struct weft_pkt *pkt)
{
	const struct tcphdr *th;
	struct tcphdr copy;
	u32 header;

	th = skb_header_pointer(skb, ip->l4_off, sizeof(copy), &copy);
	if (!th || th->doff < 5)
		return false;
	header = th->doff * 4;
	if (header > ip->l4_len)
		return false;

	pkt->tcp_flags = ((const u8 *)th)[13];
	pkt->tcp_seq = ntohl(th->seq);
	pkt->tcp_ack = ntohl(th->ack_seq);
	pkt->tcp_window = ntohs(th->window);
	pkt->payload_off = ip->l4_off + header;
	pkt->payload_len = ip->l4_len - header;
	weft_set_ends(pkt, ip, th->source, th->dest);
	return true;
}

static bool weft_parse_ports(const struct sk_buff *skb,
			     const struct weft_ip *ip, struct weft_pkt *pkt)
{
	u32 header = ip->proto == IPPROTO_UDP ? sizeof(struct udphdr) :
						2 * sizeof(__be16);
	__be16 copy[2], *ports;

	if (ip->l4_len < header)
		return false;
	ports = skb_header_pointer(skb, ip->l4_off, sizeof(copy), copy);
	if (!ports)
		return false;
	pkt->payload_off = ip->l4_off + header;
	pkt->payload_len = ip->l4_len - header;
	weft_set_ends(pkt, ip, ports[0], ports[1]);
	return true;
}

static void weft_parse_ip(const struct sk_buff *skb, const struct weft_ip *ip,
			  struct weft_pkt *pkt)
{
	pkt->tos = ip->tos;
	pkt->payload_off = ip->l4_off;
	pkt->payload_len = ip->l4_len;
	pkt->kind = WEFT_PKT_FLOW;
	pkt->first_fragment = ip->first_fragment;
	pkt->ip_id = ip->id;

	if (ip->fragment) {
		weft_set_ends(pkt, ip, 0, 0);
		pkt->key.flags |= WEFT_KEY_FRAGMENT;
		pkt->kind = WEFT_PKT_FRAGMENT;
		return;
	}

	switch (ip->proto) {
	case IPPROTO_TCP:
		if (!weft_parse_tcp(skb, ip, pkt))
			pkt->kind = WEFT_PKT_MALFORMED;
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		if (weft_is_icmp(ip))
			weft_parse_icmp(skb, ip, pkt);
		else
			weft_set_ends(pkt, ip, 0, 0);
		break;
	case IPPROTO_IGMP:
		if (ip->ttl == WEFT_LOCAL_TTL)
			pkt->kind = WEFT_PKT_LINK_LOCAL;
		else
			weft_set_ends(pkt, ip, 0, 0);
		break;
	default:
		if (!weft_has_ports(ip->proto))
			weft_set_ends(pkt, ip, 0, 0);
		else if (!weft_parse_ports(skb, ip, pkt))
			pkt->kind = WEFT_PKT_MALFORMED;
	}
}

/* Protocols of the link itself, which no policy about workloads means. */
static bool weft_is_link_protocol(__be16 proto)
{
	return proto == htons(ETH_P_ARP) || proto == htons(ETH_P_RARP) ||
	       proto == htons(ETH_P_SLOW) || proto == htons(ETH_P_LLDP) ||
	       proto == htons(ETH_P_PAE);
}

/* Every field by itself: a memset() costs more than all of the parsing. */
static void weft_pkt_reset(struct weft_pkt *pkt, u16 vlan)
{
	u64 *words = (u64 *)&pkt->key;

	BUILD_BUG_ON(sizeof(pkt->key) != WEFT_KEY_WORDS * sizeof(u64));
	words[0] = 0;
	words[1] = 0;
	words[2] = 0;
	words[3] = 0;
	words[4] = 0;
	pkt->key.vlan = vlan;
	pkt->src = 0;
	pkt->first_fragment = false;
	pkt->tcp_flags = 0;
	pkt->tos = 0;
	pkt->tcp_window = 0;
	pkt->ip_id = 0;
	pkt->tcp_seq = 0;
	pkt->tcp_ack = 0;
	pkt->payload_off = 0;
	pkt->payload_len = 0;
}

/**
 * weft_parse - read the headers of a packet
 * @skb: the packet; only read
 * @offset: of what follows the EtherType, from skb->data
 * @proto: EtherType as read off the frame
 * @vlan: VLAN id of a tag that the skb carries beside its data, 0 without one
 * @pkt: what was found; key and kind are always set
 *
 * Costs at most WEFT_PARSE_MAX_VLANS tags, WEFT_PARSE_MAX_EXTHDRS extension
 * headers, twice where an ICMP error quotes a packet.
 *
 * Context: Any. Touches nothing but @skb's bytes.
 */
void weft_parse(const struct sk_buff *skb, int offset, __be16 proto, u16 vlan,
		struct weft_pkt *pkt)
{
	struct weft_ip ip;
	bool ok;
	int i;

	if (proto == htons(ETH_P_IP) &&
	    weft_parse_plain(skb, offset, vlan, pkt))
		return;

	weft_pkt_reset(pkt, vlan);

	for (i = 0; eth_type_vlan(proto); i++) {
		struct vlan_hdr copy, *tag;

		tag = i == WEFT_PARSE_MAX_VLANS ? NULL :
		      skb_header_pointer(skb, offset, sizeof(copy), &copy);
		if (!tag) {
			pkt->kind = WEFT_PKT_MALFORMED;
			return;
		}
		if (!pkt->key.vlan)
			pkt->key.vlan = ntohs(tag->h_vlan_TCI) & VLAN_VID_MASK;
		proto = tag->h_vlan_encapsulated_proto;
		offset += sizeof(copy);
	}

	if (proto == htons(ETH_P_IP)) {
		ok = weft_parse_ip4(skb, offset, false, &ip);
	} else if (proto == htons(ETH_P_IPV6)) {
		ok = weft_parse_ip6(skb, offset, false, &ip);
	} else {
		pkt->kind = weft_is_link_protocol(proto) ? WEFT_PKT_LINK_LOCAL :
							   WEFT_PKT_NON_IP;
		return;
	}

	if (ok)
		weft_parse_ip(skb, &ip, pkt);
	else
		pkt->kind = WEFT_PKT_MALFORMED;
}
