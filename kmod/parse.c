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
 *
 * Where the caller wants it, the walk goes on into a tunnel, once: what it
 * finds then is the packet inside. A tunnel's header that a receiver would
 * refuse, or whose payload is no IP and no Ethernet, is payload like any other,
 * and the packet is the outer one.
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

/* Tunnels' headers. */
#define WEFT_VXLAN_LEN		8
#define WEFT_VXLAN_VNI		0x08	/* first byte: has an identifier */
#define WEFT_VXLAN_GPE		0x04	/* may hold anything, not just Ethernet */
#define WEFT_GENEVE_LEN		8
#define WEFT_GENEVE_VERSION	0xc0	/* first byte */
#define WEFT_GENEVE_OPT_WORDS	0x3f
#define WEFT_BTH_SIZE		12
#define WEFT_BTH_VERSION	0x0f	/* second byte */
#define WEFT_GRE_CSUM		0x8000
#define WEFT_GRE_ROUTING	0x4000
#define WEFT_GRE_KEY		0x2000
#define WEFT_GRE_SEQ		0x1000
#define WEFT_GRE_VERSION	0x0007

/* How much of an IP packet lies where it is read. */
enum weft_extent {
	WEFT_WHOLE,	/* all of it */
	WEFT_BEGINNING,	/* a first fragment outside cut it off */
	WEFT_QUOTE,	/* an ICMP error quotes what its sender liked */
};

/**
 * struct weft_cursor - where the walk stands, behind an EtherType
 * @offset: of what follows the EtherType, from skb->data
 * @end: the first byte behind what may be read
 * @proto: the EtherType
 * @vlan: VLAN id of the outermost tag so far, 0 without one
 * @frame: there is an Ethernet header first, and @proto is in that
 * @extent: of the IP packet that is to come
 */
struct weft_cursor {
	u32			offset;
	u32			end;
	__be16			proto;
	u16			vlan;
	bool			frame;
	enum weft_extent	extent;
};

/*
 * One IP packet under the cursor: the outer one, the one in a tunnel, or the
 * one inside an ICMP error. Ends: [0] source, [1] destination, as on the wire.
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
 * Length of the IP packet under the cursor. Packets that are cut later by
 * hardware or GSO can be longer than the header's 16 bits: their field is 0.
 */
static bool weft_ip_length(const struct sk_buff *skb,
			   const struct weft_cursor *at, u32 field, u32 header,
			   u32 *length)
{
	u32 avail = at->end > at->offset ? at->end - at->offset : 0;

	if (at->extent == WEFT_QUOTE) {
		*length = max(field, avail);
		return avail >= header;
	}
	if ((!field && skb_is_gso(skb)) ||
	    (at->extent == WEFT_BEGINNING && field > avail))
		field = avail;
	if (field < header || field > avail)
		return false;
	*length = field;
	return true;
}

static bool weft_parse_ip4(const struct sk_buff *skb,
			   const struct weft_cursor *at, struct weft_ip *ip)
{
	const struct iphdr *iph;
	struct iphdr copy;
	u32 header, length;

	iph = skb_header_pointer(skb, at->offset, sizeof(copy), &copy);
	if (!iph || iph->version != 4 || iph->ihl < 5)
		return false;
	header = iph->ihl * 4;
	if (!weft_ip_length(skb, at, ntohs(iph->tot_len), header, &length))
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
	ip->l4_off = at->offset + header;
	ip->l4_len = length - header;
	return true;
}

static bool weft_is_ip6_extension(u8 nexthdr)
{
	return nexthdr == IPPROTO_HOPOPTS || nexthdr == IPPROTO_ROUTING ||
	       nexthdr == IPPROTO_DSTOPTS || nexthdr == IPPROTO_FRAGMENT ||
	       nexthdr == IPPROTO_AH || nexthdr == IPPROTO_MH;
}

static bool weft_parse_ip6(const struct sk_buff *skb,
			   const struct weft_cursor *at, struct weft_ip *ip)
{
	const struct ipv6hdr *ip6h;
	struct ipv6hdr copy;
	u32 field, length;
	int i;

	ip6h = skb_header_pointer(skb, at->offset, sizeof(copy), &copy);
	if (!ip6h || ip6h->version != 6)
		return false;
	/* A payload of 0 is one, unless GSO has no way to say how long it is. */
	field = ntohs(ip6h->payload_len);
	if (field || !skb_is_gso(skb))
		field += sizeof(*ip6h);
	if (!weft_ip_length(skb, at, field, sizeof(*ip6h), &length))
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
	ip->l4_off = at->offset + sizeof(*ip6h);
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

/* Protocols of the link itself, which no policy about workloads means. */
static bool weft_is_link_protocol(__be16 proto)
{
	return proto == htons(ETH_P_ARP) || proto == htons(ETH_P_RARP) ||
	       proto == htons(ETH_P_SLOW) || proto == htons(ETH_P_LLDP) ||
	       proto == htons(ETH_P_PAE);
}

/*
 * From where @at stands to the IP packet, past VLAN tags: WEFT_PKT_FLOW if there
 * is one, else what the packet is.
 */
static enum weft_pkt_kind weft_find_ip(const struct sk_buff *skb,
				       struct weft_cursor *at,
				       struct weft_ip *ip)
{
	bool ok;
	int i;

	if (at->frame) {
		struct ethhdr copy, *eth;

		eth = at->offset + sizeof(copy) > at->end ? NULL :
		      skb_header_pointer(skb, at->offset, sizeof(copy), &copy);
		if (!eth)
			return WEFT_PKT_MALFORMED;
		at->proto = eth->h_proto;
		at->offset += sizeof(copy);
	}
	for (i = 0; eth_type_vlan(at->proto); i++) {
		struct vlan_hdr copy, *tag;

		tag = i == WEFT_PARSE_MAX_VLANS ? NULL :
		      skb_header_pointer(skb, at->offset, sizeof(copy), &copy);
		if (!tag)
			return WEFT_PKT_MALFORMED;
		if (!at->vlan)
			at->vlan = ntohs(tag->h_vlan_TCI) & VLAN_VID_MASK;
		at->proto = tag->h_vlan_encapsulated_proto;
		at->offset += sizeof(copy);
	}

	if (at->proto == htons(ETH_P_IP))
		ok = weft_parse_ip4(skb, at, ip);
	else if (at->proto == htons(ETH_P_IPV6))
		ok = weft_parse_ip6(skb, at, ip);
	else
		return weft_is_link_protocol(at->proto) ? WEFT_PKT_LINK_LOCAL :
							  WEFT_PKT_NON_IP;
	return ok ? WEFT_PKT_FLOW : WEFT_PKT_MALFORMED;
}

static bool weft_is_tunnel_port(__be16 port)
{
	return port == htons(WEFT_PORT_VXLAN) ||
	       port == htons(WEFT_PORT_VXLAN_LINUX) ||
	       port == htons(WEFT_PORT_GENEVE);
}

/* Length of the header of VXLAN or Geneve behind that of UDP; 0 for neither. */
static u32 weft_open_udp(const struct sk_buff *skb, const struct weft_ip *ip,
			 struct weft_encap *encap, __be16 *proto)
{
	struct {
		struct udphdr	udp;
		u8		bits;
		u8		more;
		__be16		proto;
		__be32		id;
	} copy, *head;
	u32 size;

	BUILD_BUG_ON(sizeof(copy) != sizeof(struct udphdr) + WEFT_VXLAN_LEN ||
		     sizeof(copy) != sizeof(struct udphdr) + WEFT_GENEVE_LEN);
	head = ip->l4_len < sizeof(copy) ? NULL :
	       skb_header_pointer(skb, ip->l4_off, sizeof(copy), &copy);
	if (!head || !weft_is_tunnel_port(head->udp.dest))
		return 0;
	/* Of both, the identifier is 24 bits before the last byte. */
	encap->id = ntohl(head->id) >> 8;
	if (head->udp.dest != htons(WEFT_PORT_GENEVE)) {
		if ((head->bits & (WEFT_VXLAN_VNI | WEFT_VXLAN_GPE)) !=
		    WEFT_VXLAN_VNI)
			return 0;
		encap->tunnel = WEFT_TUNNEL_VXLAN;
		*proto = htons(ETH_P_TEB);
		return sizeof(copy);
	}
	if (head->bits & WEFT_GENEVE_VERSION)
		return 0;
	size = sizeof(copy) + (head->bits & WEFT_GENEVE_OPT_WORDS) * 4;
	encap->tunnel = WEFT_TUNNEL_GENEVE;
	*proto = head->proto;
	return size;
}

/* Length of the GRE header; 0 for one that nobody takes. */
static u32 weft_open_gre(const struct sk_buff *skb, const struct weft_ip *ip,
			 struct weft_encap *encap, __be16 *proto)
{
	struct {
		__be16	flags;
		__be16	proto;
	} copy, *head;
	__be32 key_copy, *key;
	u32 size = sizeof(copy);
	u16 flags;

	head = ip->l4_len < sizeof(copy) ? NULL :
	       skb_header_pointer(skb, ip->l4_off, sizeof(copy), &copy);
	if (!head)
		return 0;
	flags = ntohs(head->flags);
	if (flags & (WEFT_GRE_ROUTING | WEFT_GRE_VERSION))
		return 0;
	encap->tunnel = head->proto == htons(ETH_P_TEB) ? WEFT_TUNNEL_GRETAP :
							  WEFT_TUNNEL_GRE;
	*proto = head->proto;
	if (flags & WEFT_GRE_CSUM)
		size += 4;
	if (flags & WEFT_GRE_KEY) {
		key = skb_header_pointer(skb, ip->l4_off + size,
					 sizeof(key_copy), &key_copy);
		if (!key)
			return 0;
		encap->id = ntohl(*key);
		size += 4;
	}
	if (flags & WEFT_GRE_SEQ)
		size += 4;
	return size;
}

/*
 * Does @ip hold another packet? Then @at is set to where it begins, and @encap
 * says in what. A later fragment can't be looked into.
 */
static bool weft_open_tunnel(const struct sk_buff *skb,
			     const struct weft_ip *ip, struct weft_cursor *at,
			     struct weft_encap *encap)
{
	__be16 proto;
	u32 size = 0;

	*encap = (struct weft_encap) {};
	if (ip->fragment)
		return false;

	switch (ip->proto) {
	case IPPROTO_UDP:
		size = weft_open_udp(skb, ip, encap, &proto);
		if (!size)
			return false;
		break;
	case IPPROTO_GRE:
		size = weft_open_gre(skb, ip, encap, &proto);
		if (!size)
			return false;
		break;
	case IPPROTO_IPIP:
	case IPPROTO_IPV6:
		encap->tunnel = WEFT_TUNNEL_IPIP;
		proto = htons(ip->proto == IPPROTO_IPIP ? ETH_P_IP : ETH_P_IPV6);
		break;
	default:
		return false;
	}
	if (size > ip->l4_len ||
	    (proto != htons(ETH_P_TEB) && proto != htons(ETH_P_IP) &&
	     proto != htons(ETH_P_IPV6)))
		return false;

	at->offset = ip->l4_off + size;
	if (at->extent != WEFT_QUOTE)
		at->end = ip->l4_off + ip->l4_len;
	if (at->extent == WEFT_WHOLE && ip->first_fragment)
		at->extent = WEFT_BEGINNING;
	at->proto = proto;
	at->frame = proto == htons(ETH_P_TEB);
	at->vlan = 0;
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

/* The packet is the one in a tunnel, and @at where that was found. */
static void weft_enter(struct weft_pkt *pkt, const struct weft_cursor *at,
		       const struct weft_encap *encap,
		       enum weft_tunnel_mode mode)
{
	pkt->encap = *encap;
	pkt->encap.vlan = at->vlan;
	if (mode == WEFT_TUNNEL_MODE_FLAT)
		pkt->encap.id = 0;
	pkt->key.flags |= WEFT_KEY_TUNNEL;
}

/* What the later fragments of @ip have in common with it. */
static void weft_note_outer(struct weft_pkt *pkt, const struct weft_ip *ip)
{
	if (!ip->first_fragment)
		return;
	weft_set_ends(pkt, ip, 0, 0);
	pkt->outer = pkt->key;
	pkt->outer_src = pkt->src;
	pkt->outer_id = ip->id;
	pkt->outer_first = true;
}

/* See WEFT_KEY_TUNNEL_PORT. Either port: answers have the same key. */
static void weft_mark_tunnel_port(struct weft_pkt *pkt)
{
	if (pkt->key.proto == IPPROTO_UDP &&
	    !(pkt->key.flags & WEFT_KEY_TUNNEL) &&
	    (weft_is_tunnel_port(pkt->key.port[0]) ||
	     weft_is_tunnel_port(pkt->key.port[1])))
		pkt->key.flags |= WEFT_KEY_TUNNEL_PORT;
}

static bool weft_is_icmp(const struct weft_ip *ip)
{
	/* In the other version of IP it is data, whatever it looks like. */
	return ip->version == 6 ? ip->proto == IPPROTO_ICMPV6 :
				  ip->proto == IPPROTO_ICMP;
}

/* What a quote says of the conversation; false where it ends too early. */
static bool weft_parse_quoted_ends(const struct sk_buff *skb,
				   const struct weft_ip *quoted,
				   struct weft_pkt *pkt)
{
	const struct icmphdr *icmph;
	struct icmphdr icmp_copy;
	__be16 copy[2] = {}, *ports = copy;

	if (quoted->fragment)
		return false;
	if (weft_is_icmp(quoted)) {
		icmph = skb_header_pointer(skb, quoted->l4_off,
					   sizeof(icmp_copy), &icmp_copy);
		if (!icmph)
			return false;
		weft_set_icmp_ends(pkt, quoted, icmph);
		return true;
	}
	if (weft_has_ports(quoted->proto)) {
		ports = skb_header_pointer(skb, quoted->l4_off, sizeof(copy),
					   copy);
		if (!ports)
			return false;
	}
	weft_set_ends(pkt, quoted, ports[0], ports[1]);
	return true;
}

/*
 * The packet that an ICMP error quotes: the error is about the conversation of
 * that packet, and answers its sender. With @mode, that may be one in a tunnel,
 * as far as the quote goes.
 */
static bool weft_parse_quoted(const struct sk_buff *skb, u32 offset, bool ip6,
			      enum weft_tunnel_mode mode, struct weft_pkt *pkt)
{
	struct weft_cursor at = {
		.offset	= offset,
		.end	= skb->len,
		.proto	= htons(ip6 ? ETH_P_IPV6 : ETH_P_IP),
		.extent	= WEFT_QUOTE,
	};
	struct weft_ip quoted, inner;
	struct weft_encap encap;

	if (weft_find_ip(skb, &at, &quoted) != WEFT_PKT_FLOW)
		return false;
	if (mode != WEFT_TUNNEL_MODE_OFF &&
	    weft_open_tunnel(skb, &quoted, &at, &encap) &&
	    weft_find_ip(skb, &at, &inner) == WEFT_PKT_FLOW &&
	    weft_parse_quoted_ends(skb, &inner, pkt))
		weft_enter(pkt, &at, &encap, mode);
	else if (!weft_parse_quoted_ends(skb, &quoted, pkt))
		return false;
	pkt->src = !pkt->src;
	pkt->kind = WEFT_PKT_ICMP_ERROR;
	return true;
}

static void weft_parse_icmp(const struct sk_buff *skb, const struct weft_ip *ip,
			    enum weft_tunnel_mode mode, struct weft_pkt *pkt)
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
		 !weft_parse_quoted(skb, ip->l4_off + sizeof(copy), ip6, mode,
				    pkt))
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
			  enum weft_tunnel_mode mode, struct weft_pkt *pkt)
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
			weft_parse_icmp(skb, ip, mode, pkt);
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

/*
 * Of RoCEv2, the key is that of the queue pair that it is for. What is too short
 * or of another version than 0 is UDP like any other.
 */
static void weft_find_queue_pair(const struct sk_buff *skb,
				 struct weft_pkt *pkt)
{
	struct weft_flow_key *key = &pkt->key;
	struct in6_addr from, to;
	u8 copy[WEFT_BTH_SIZE];
	const u8 *bth;

	if (key->proto != IPPROTO_UDP || pkt->kind != WEFT_PKT_FLOW ||
	    key->port[!pkt->src] != htons(WEFT_PORT_ROCE) ||
	    pkt->payload_len < sizeof(copy))
		return;
	bth = skb_header_pointer(skb, pkt->payload_off, sizeof(copy), copy);
	if (!bth || bth[1] & WEFT_BTH_VERSION)
		return;

	from = key->addr[pkt->src];
	to = key->addr[!pkt->src];
	/* By addresses alone, for the ports say nothing of the end. */
	pkt->src = weft_end_after(&from, 0, &to, 0);
	key->addr[pkt->src] = from;
	key->addr[!pkt->src] = to;
	weft_key_set_queue_pair(key, bth[5] << 16 | bth[6] << 8 | bth[7],
				!pkt->src);
}

/* Every field by itself: a memset() costs more than all of the parsing. */
static void weft_pkt_reset(struct weft_pkt *pkt)
{
	u64 *words = (u64 *)&pkt->key;

	BUILD_BUG_ON(sizeof(pkt->key) != WEFT_KEY_WORDS * sizeof(u64));
	words[0] = 0;
	words[1] = 0;
	words[2] = 0;
	words[3] = 0;
	words[4] = 0;
	pkt->outer_first = false;
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
 * @mode: whether the packet in a tunnel is read in place of the one outside,
 *	and whether the tunnel's id is part of the conversation
 * @pkt: what was found; key, encap and kind are always set
 *
 * Costs at most WEFT_PARSE_MAX_VLANS tags, WEFT_PARSE_MAX_EXTHDRS extension
 * headers, twice where an ICMP error quotes a packet, and twice that in tunnels.
 *
 * Context: Any. Touches nothing but @skb's bytes.
 */
void weft_parse(const struct sk_buff *skb, int offset, __be16 proto, u16 vlan,
		enum weft_tunnel_mode mode, struct weft_pkt *pkt)
{
	struct weft_cursor at = {
		.offset	= offset,
		.end	= skb->len,
		.proto	= proto,
		.vlan	= vlan,
	};
	struct weft_encap encap;
	struct weft_ip ip;

	pkt->encap = (struct weft_encap) {};
	if (proto == htons(ETH_P_IP) && mode == WEFT_TUNNEL_MODE_OFF &&
	    weft_parse_plain(skb, offset, vlan, pkt)) {
		pkt->outer_first = false;
		weft_find_queue_pair(skb, pkt);
		return;
	}

	weft_pkt_reset(pkt);
	pkt->kind = weft_find_ip(skb, &at, &ip);
	pkt->key.vlan = at.vlan;
	if (pkt->kind != WEFT_PKT_FLOW)
		return;

	if (mode != WEFT_TUNNEL_MODE_OFF &&
	    weft_open_tunnel(skb, &ip, &at, &encap)) {
		weft_note_outer(pkt, &ip);
		pkt->kind = weft_find_ip(skb, &at, &ip);
		weft_enter(pkt, &at, &encap, mode);
		if (pkt->kind == WEFT_PKT_FLOW)
			weft_parse_ip(skb, &ip, WEFT_TUNNEL_MODE_OFF, pkt);
		weft_find_queue_pair(skb, pkt);
		return;
	}
	weft_parse_ip(skb, &ip, mode, pkt);
	weft_find_queue_pair(skb, pkt);
	if (mode != WEFT_TUNNEL_MODE_OFF)
		weft_mark_tunnel_port(pkt);
}
