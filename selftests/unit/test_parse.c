// SPDX-License-Identifier: GPL-2.0
#include "ktap.h"
#include "mock.h"
#include "packet.h"
#include "parse.h"

#define A4	"10.0.0.1"
#define B4	"10.0.0.2"
#define A6	"2001:db8::1"
#define B6	"2001:db8::2"

#define IP4	((u16)ETH_P_IP)
#define IP6	((u16)ETH_P_IPV6)

/* Whether tunnels are looked into, in what follows. */
static enum weft_tunnel_mode mode = WEFT_TUNNEL_MODE_OFF;

/* Parsed as a frame that lies in the head, @p beginning behind the EtherType. */
static struct weft_pkt parse_split(const struct packet *p, u16 proto, u16 vlan,
				   u16 gso_size, unsigned int linear,
				   unsigned int frag)
{
	struct sk_buff *skb = mock_skb(p->bytes, p->len, linear, frag);
	struct weft_pkt pkt;

	memset(&pkt, 0x5a, sizeof(pkt));
	skb->shinfo.gso_size = gso_size;
	/* hints that a sender can forge, and that nobody may follow */
	skb->protocol = htons(ETH_P_LOOP);
	skb->network_header = 3;
	skb->transport_header = 5;
	weft_parse(skb, 0, htons(proto), vlan, mode, &pkt);
	mock_skb_free(skb);
	return pkt;
}

static struct weft_pkt parse(const struct packet *p, u16 proto)
{
	return parse_split(p, proto, 0, 0, p->len, 0);
}

static struct weft_pkt parse_gso(const struct packet *p, u16 proto)
{
	return parse_split(p, proto, 0, 1448, p->len, 0);
}

static void expect_ends(const struct weft_pkt *pkt, struct in6_addr src,
			u16 sport, struct in6_addr dst, u16 dport, u8 proto)
{
	const struct weft_flow_key *key = &pkt->key;

	EXPECT_LE(pkt->src, 1);
	EXPECT_MEM(&key->addr[pkt->src], &src, sizeof(src));
	EXPECT_MEM(&key->addr[!pkt->src], &dst, sizeof(dst));
	EXPECT_EQ(ntohs(key->port[pkt->src]), sport);
	EXPECT_EQ(ntohs(key->port[!pkt->src]), dport);
	EXPECT_EQ(key->proto, proto);
}

static bool same_key(const struct weft_pkt *a, const struct weft_pkt *b)
{
	return !memcmp(&a->key, &b->key, sizeof(a->key));
}

static struct packet tcp4(const char *src, u16 sport, const char *dst,
			  u16 dport, unsigned int payload)
{
	struct packet p = {};
	struct iphdr *ip = put_ip4(&p, src, dst, IPPROTO_TCP);

	put_tcp(&p, sport, dport);
	put_zero(&p, payload);
	end_ip4(&p, ip);
	return p;
}

static struct packet tcp6(const char *src, u16 sport, const char *dst,
			  u16 dport, unsigned int payload)
{
	struct packet p = {};
	struct ipv6hdr *ip = put_ip6(&p, src, dst, IPPROTO_TCP);

	put_tcp(&p, sport, dport);
	put_zero(&p, payload);
	end_ip6(&p, ip);
	return p;
}

/* An extension header: @words more than its first eight bytes. */
static void put_ext(struct packet *p, u8 nexthdr, u8 words)
{
	u8 *ext = put_zero(p, 8 + 8 * words);

	ext[0] = nexthdr;
	ext[1] = words;
}

static struct packet *put_frag6(struct packet *p, u8 nexthdr, u16 offset_flags)
{
	u8 *ext = put_zero(p, 8);

	ext[0] = nexthdr;
	ext[2] = offset_flags >> 8;
	ext[3] = (u8)offset_flags;
	return p;
}

static void put_icmp(struct packet *p, u8 type)
{
	*(u8 *)put_zero(p, 8) = type;
}

/* Plain packets. */

TEST(weft_parse__ip4_tcp)
{
	struct packet p = tcp4(A4, 40000, B4, 443, 100);
	struct weft_pkt pkt;

	p.bytes[1] = 0xb9;			/* EF, ECT(1) */
	p.bytes[20 + 13] = 0x18;		/* PSH, ACK */
	pkt = parse(&p, IP4);
	EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
	expect_ends(&pkt, addr4(A4), 40000, addr4(B4), 443, IPPROTO_TCP);
	EXPECT_EQ(pkt.key.vlan, 0);
	EXPECT_EQ(pkt.key.flags, 0);
	EXPECT_EQ(pkt.tos, 0xb9);
	EXPECT_EQ(pkt.tcp_flags, 0x18);
	EXPECT_EQ(pkt.tcp_seq, 0x01020304);
	EXPECT_EQ(pkt.tcp_ack, 0x05060708);
	EXPECT_EQ(pkt.tcp_window, 0x1234);
	EXPECT_EQ(pkt.payload_off, 40);
	EXPECT_EQ(pkt.payload_len, 100);
}

TEST(weft_parse__ip6_tcp)
{
	struct packet p = tcp6(A6, 40000, B6, 443, 100);
	struct weft_pkt pkt;

	p.bytes[0] = 0x6b;			/* traffic class 0xb9 */
	p.bytes[1] = 0x9f;
	pkt = parse(&p, IP6);
	EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
	expect_ends(&pkt, addr6(A6), 40000, addr6(B6), 443, IPPROTO_TCP);
	EXPECT_EQ(pkt.tos, 0xb9);
	EXPECT_EQ(pkt.payload_off, 60);
	EXPECT_EQ(pkt.payload_len, 100);
}

/* RoCEv2 of @version for a queue pair, from one address and port to another. */
static struct weft_pkt parse_roce(const char *src, const char *dst, u16 sport,
				  u32 qp, u8 version, unsigned int len)
{
	struct packet p = {};
	struct iphdr *ip = put_ip4(&p, src, dst, IPPROTO_UDP);
	const u8 bth[12] = {
		4, version, 0xff, 0xff, 0, qp >> 16, qp >> 8, qp,
	};

	put_udp(&p, sport, WEFT_PORT_ROCE);
	put(&p, bth, len);
	end_ip4(&p, ip);
	return parse(&p, IP4);
}

TEST(weft_parse__roce_is_known_by_its_queue_pair)
{
	struct weft_pkt one = parse_roce(A4, B4, 49152, 0x123456, 0, 12);
	struct weft_pkt pkt;

	EXPECT_EQ(one.kind, WEFT_PKT_FLOW);
	EXPECT_EQ(weft_key_queue_pair(&one.key), 0x123456);
	EXPECT_EQ(weft_key_port(&one.key, one.src), 0);
	EXPECT_EQ(weft_key_port(&one.key, !one.src), WEFT_PORT_ROCE);
	EXPECT_EQ(one.payload_len, 12);

	/* the source port is anything */
	pkt = parse_roce(A4, B4, 1, 0x123456, 0, 12);
	EXPECT_EQ(weft_key_equal(&pkt.key, &one.key), true);
	EXPECT_EQ(pkt.src, one.src);
	/* another queue pair; the same number at the other end */
	pkt = parse_roce(A4, B4, 49152, 0x123457, 0, 12);
	EXPECT_EQ(weft_key_equal(&pkt.key, &one.key), false);
	pkt = parse_roce(B4, A4, 49152, 0x123456, 0, 12);
	EXPECT_EQ(weft_key_equal(&pkt.key, &one.key), false);
	EXPECT_EQ(pkt.src, !one.src);
	EXPECT_EQ(weft_key_port(&pkt.key, !pkt.src), WEFT_PORT_ROCE);
}

TEST(weft_parse__no_roce)
{
	struct weft_pkt pkt = parse_roce(A4, B4, 49152, 7, 0, 11);

	/* too short, and of a version to come: UDP like any other */
	EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
	expect_ends(&pkt, addr4(A4), 49152, addr4(B4), WEFT_PORT_ROCE, IPPROTO_UDP);
	EXPECT_EQ(pkt.key.flags, 0);
	pkt = parse_roce(A4, B4, 49152, 7, 1, 12);
	expect_ends(&pkt, addr4(A4), 49152, addr4(B4), WEFT_PORT_ROCE, IPPROTO_UDP);
	EXPECT_EQ(pkt.key.flags, 0);
}

TEST(weft_parse__ip4_udp)
{
	struct packet p = {};
	struct iphdr *ip = put_ip4(&p, A4, B4, IPPROTO_UDP);
	struct weft_pkt pkt;

	put_udp(&p, 5000, 53);
	put_zero(&p, 32);
	end_ip4(&p, ip);
	pkt = parse(&p, IP4);
	EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
	expect_ends(&pkt, addr4(A4), 5000, addr4(B4), 53, IPPROTO_UDP);
	EXPECT_EQ(pkt.payload_off, 28);
	EXPECT_EQ(pkt.payload_len, 32);
	EXPECT_EQ(pkt.tcp_flags, 0);
	EXPECT_EQ(pkt.tcp_seq, 0);
}

TEST(weft_parse__other_protocols_have_no_ports)
{
	static const u8 protos[] = { IPPROTO_GRE, IPPROTO_ESP, 89, 253, 0 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(protos); i++) {
		struct packet p = {};
		struct iphdr *ip = put_ip4(&p, A4, B4, protos[i]);
		struct weft_pkt pkt;

		memset(put_zero(&p, 20), 0x77, 20);
		end_ip4(&p, ip);
		pkt = parse(&p, IP4);
		EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
		expect_ends(&pkt, addr4(A4), 0, addr4(B4), 0, protos[i]);
	}
}

TEST(weft_parse__sctp_has_ports)
{
	struct packet p = {};
	struct iphdr *ip = put_ip4(&p, A4, B4, IPPROTO_SCTP);
	struct weft_pkt pkt;

	put_be16(&p, 36412);
	put_be16(&p, 2905);
	put_zero(&p, 8);
	end_ip4(&p, ip);
	pkt = parse(&p, IP4);
	EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
	expect_ends(&pkt, addr4(A4), 36412, addr4(B4), 2905, IPPROTO_SCTP);
}

/* The key. */

TEST(weft_parse__both_directions_have_one_key)
{
	static const struct { const char *a, *b; u16 pa, pb; } cases[] = {
		{ A4, B4, 40000, 443 },
		{ A4, B4, 443, 40000 },
		{ B4, A4, 1, 2 },
		{ A4, A4, 5, 6 },		/* a host with itself */
		{ A4, A4, 0x00ff, 0xff00 },
		{ "10.0.0.255", "10.0.1.0", 7, 7 },
		{ "255.255.255.255", "0.0.0.0", 68, 67 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct packet there = tcp4(cases[i].a, cases[i].pa,
					   cases[i].b, cases[i].pb, 1);
		struct packet back = tcp4(cases[i].b, cases[i].pb,
					  cases[i].a, cases[i].pa, 1);
		struct weft_pkt x = parse(&there, IP4), y = parse(&back, IP4);

		EXPECT(same_key(&x, &y));
		EXPECT_EQ(x.src, !y.src);
		expect_ends(&x, addr4(cases[i].a), cases[i].pa,
			    addr4(cases[i].b), cases[i].pb, IPPROTO_TCP);
	}
}

/* Whoever sends: one key, and opposite ends of it. */
static bool one_order(struct packet there, struct packet back, u16 proto)
{
	struct weft_pkt a = parse(&there, proto), b = parse(&back, proto);

	return same_key(&a, &b) && a.src == !b.src;
}

TEST(weft_parse__ends_have_one_order)
{
	const char *far = "2001:db8::ff00", *near = "2001:db8::ff";

	EXPECT(one_order(tcp4(A4, 9, B4, 1, 0), tcp4(B4, 1, A4, 9, 0), IP4));
	EXPECT(one_order(tcp4(A4, 1, B4, 9, 0), tcp4(B4, 9, A4, 1, 0), IP4));
	EXPECT(one_order(tcp4(A4, 9, A4, 1, 0), tcp4(A4, 1, A4, 9, 0), IP4));
	EXPECT(one_order(tcp6(far, 9, near, 1, 0), tcp6(near, 1, far, 9, 0),
			 IP6));
}

TEST(weft_parse__one_end_with_itself)
{
	struct packet p = tcp4(A4, 5, A4, 5, 0);
	struct weft_pkt pkt = parse(&p, IP4);

	EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
	expect_ends(&pkt, addr4(A4), 5, addr4(A4), 5, IPPROTO_TCP);
}

TEST(weft_parse__key_tells_conversations_apart)
{
	struct packet base = tcp4(A4, 5, B4, 6, 0), p;
	struct weft_pkt a = parse(&base, IP4), b;

	p = tcp4(A4, 5, B4, 7, 0);
	b = parse(&p, IP4);
	EXPECT(!same_key(&a, &b));
	p = tcp4(A4, 6, B4, 5, 0);		/* ports exchanged, ends not */
	b = parse(&p, IP4);
	EXPECT(!same_key(&a, &b));
	p = base;
	((struct iphdr *)p.bytes)->protocol = IPPROTO_SCTP;
	b = parse(&p, IP4);
	EXPECT(!same_key(&a, &b));
	b = parse_split(&base, IP4, 5, 0, base.len, 0);
	EXPECT(!same_key(&a, &b));
	EXPECT_EQ(b.key.vlan, 5);
}

/* IPv4. */

TEST(weft_parse__ip4_options)
{
	unsigned int words;

	for (words = 0; words <= 10; words++) {
		struct packet p = {};
		struct iphdr *ip = put_ip4(&p, A4, B4, IPPROTO_TCP);
		struct weft_pkt pkt;

		ip->ihl = 5 + words;
		memset(put_zero(&p, 4 * words), 1, 4 * words);
		put_tcp(&p, 40000, 443);
		put_zero(&p, 10);
		end_ip4(&p, ip);
		pkt = parse(&p, IP4);
		EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
		expect_ends(&pkt, addr4(A4), 40000, addr4(B4), 443, IPPROTO_TCP);
		EXPECT_EQ(pkt.payload_off, 40 + 4 * words);
		EXPECT_EQ(pkt.payload_len, 10);
	}
}

TEST(weft_parse__ip4_bad_header)
{
	struct packet good = tcp4(A4, 1, B4, 2, 0), p;
	struct iphdr *ip = (struct iphdr *)p.bytes;
	unsigned int i;

	for (i = 0; i < 16; i++) {
		p = good;
		ip->version = i;
		EXPECT_EQ(parse(&p, IP4).kind,
			  i == 4 ? WEFT_PKT_FLOW : WEFT_PKT_MALFORMED);
	}
	for (i = 0; i < 5; i++) {
		p = good;
		/* whose ports the bytes of an address could be */
		ip->protocol = IPPROTO_UDP;
		ip->ihl = i;
		EXPECT_EQ(parse(&p, IP4).kind, WEFT_PKT_MALFORMED);
	}
	/* options longer than the packet */
	p = good;
	ip->ihl = 15;
	EXPECT_EQ(parse(&p, IP4).kind, WEFT_PKT_MALFORMED);
}

TEST(weft_parse__ip4_forged_length)
{
	struct packet p = tcp4(A4, 1, B4, 2, 100);
	struct iphdr *ip = (struct iphdr *)p.bytes;
	unsigned int len;

	for (len = 0; len < 400; len++) {
		struct weft_pkt pkt;

		ip->tot_len = htons((u16)len);
		pkt = parse(&p, IP4);
		if (len < 40 || len > 140) {
			EXPECT_EQ(pkt.kind, WEFT_PKT_MALFORMED);
			continue;
		}
		EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
		EXPECT_EQ(pkt.payload_len, len - 40);
	}
}

TEST(weft_parse__ethernet_padding_is_no_payload)
{
	struct packet p = tcp4(A4, 1, B4, 2, 0), q = tcp6(A6, 1, B6, 2, 0);

	put_zero(&p, 6);
	EXPECT_EQ(parse(&p, IP4).kind, WEFT_PKT_FLOW);
	EXPECT_EQ(parse(&p, IP4).payload_len, 0);
	put_zero(&q, 6);
	EXPECT_EQ(parse(&q, IP6).payload_len, 0);
}

TEST(weft_parse__ethertype_must_fit)
{
	struct packet p = tcp4(A4, 1, B4, 2, 0), q = tcp6(A6, 1, B6, 2, 0);

	EXPECT_EQ(parse(&p, IP6).kind, WEFT_PKT_MALFORMED);
	EXPECT_EQ(parse(&q, IP4).kind, WEFT_PKT_MALFORMED);
}

/* Fragments. */

TEST(weft_parse__ip4_fragments)
{
	struct packet p = tcp4(A4, 40000, B4, 443, 64);
	struct iphdr *ip = (struct iphdr *)p.bytes;
	struct weft_pkt first, middle, last, back;
	struct packet q;

	ip->frag_off = htons(IP_MF);
	first = parse(&p, IP4);
	EXPECT_EQ(first.kind, WEFT_PKT_FLOW);
	expect_ends(&first, addr4(A4), 40000, addr4(B4), 443, IPPROTO_TCP);
	EXPECT(!(first.key.flags & WEFT_KEY_FRAGMENT));

	ip->frag_off = htons(IP_MF | 1);
	middle = parse(&p, IP4);
	EXPECT_EQ(middle.kind, WEFT_PKT_FRAGMENT);
	EXPECT(middle.key.flags & WEFT_KEY_FRAGMENT);
	/* what lies where ports would be is payload */
	expect_ends(&middle, addr4(A4), 0, addr4(B4), 0, IPPROTO_TCP);
	EXPECT_EQ(middle.tcp_flags, 0);

	ip->frag_off = htons(0x1fff);
	last = parse(&p, IP4);
	EXPECT(same_key(&middle, &last));

	q = tcp4(B4, 443, A4, 40000, 64);
	((struct iphdr *)q.bytes)->frag_off = htons(7);
	back = parse(&q, IP4);
	EXPECT(same_key(&middle, &back));
	EXPECT_EQ(middle.src, !back.src);
}

TEST(weft_parse__dont_fragment_is_no_fragment)
{
	struct packet p = tcp4(A4, 1, B4, 2, 0);

	((struct iphdr *)p.bytes)->frag_off = htons(IP_DF);
	EXPECT_EQ(parse(&p, IP4).kind, WEFT_PKT_FLOW);
}

TEST(weft_parse__ip4_tiny_fragment)
{
	/* too short for TCP's flags: nobody sends that for good (RFC 1858) */
	struct packet p = {};
	struct iphdr *ip = put_ip4(&p, A4, B4, IPPROTO_TCP);

	put_tcp(&p, 40000, 443);
	p.len = 28;
	end_ip4(&p, ip);
	ip->frag_off = htons(IP_MF);
	EXPECT_EQ(parse(&p, IP4).kind, WEFT_PKT_MALFORMED);
}

TEST(weft_parse__ip6_fragments)
{
	static const struct { u16 field; enum weft_pkt_kind kind; } cases[] = {
		{ 0x0000, WEFT_PKT_FLOW },	/* atomic */
		{ 0x0001, WEFT_PKT_FLOW },	/* first */
		{ 0x0006, WEFT_PKT_FLOW },	/* reserved bits */
		{ 0x0008, WEFT_PKT_FRAGMENT },
		{ 0x0009, WEFT_PKT_FRAGMENT },
		{ 0xfff8, WEFT_PKT_FRAGMENT },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct packet p = {};
		struct ipv6hdr *ip = put_ip6(&p, A6, B6, IPPROTO_FRAGMENT);
		bool later = cases[i].kind == WEFT_PKT_FRAGMENT;
		struct weft_pkt pkt;

		put_frag6(&p, IPPROTO_UDP, cases[i].field);
		put_udp(&p, 5000, 53);
		end_ip6(&p, ip);
		pkt = parse(&p, IP6);
		EXPECT_EQ(pkt.kind, cases[i].kind);
		expect_ends(&pkt, addr6(A6), later ? 0 : 5000,
			    addr6(B6), later ? 0 : 53, IPPROTO_UDP);
		EXPECT_EQ(!!(pkt.key.flags & WEFT_KEY_FRAGMENT), later);
	}
}

TEST(weft_parse__ip6_later_fragment_is_payload)
{
	/* its next header names an extension, but its bytes are no header */
	struct packet p = {};
	struct ipv6hdr *ip = put_ip6(&p, A6, B6, IPPROTO_FRAGMENT);
	struct weft_pkt pkt;

	put_frag6(&p, IPPROTO_DSTOPTS, 0x0008);
	memset(put_zero(&p, 16), 0xff, 16);
	end_ip6(&p, ip);
	pkt = parse(&p, IP6);
	EXPECT_EQ(pkt.kind, WEFT_PKT_FRAGMENT);
}

/* IPv6 extension headers. */

TEST(weft_parse__ip6_each_extension)
{
	static const u8 exts[] = {
		IPPROTO_HOPOPTS, IPPROTO_ROUTING, IPPROTO_DSTOPTS, IPPROTO_MH,
	};
	unsigned int i, words;

	for (i = 0; i < ARRAY_SIZE(exts); i++) {
		for (words = 0; words < 5; words++) {
			struct packet p = {};
			struct ipv6hdr *ip = put_ip6(&p, A6, B6, exts[i]);
			struct weft_pkt pkt;

			put_ext(&p, IPPROTO_TCP, words);
			put_tcp(&p, 40000, 443);
			put_zero(&p, 3);
			end_ip6(&p, ip);
			pkt = parse(&p, IP6);
			EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
			expect_ends(&pkt, addr6(A6), 40000, addr6(B6), 443,
				    IPPROTO_TCP);
			EXPECT_EQ(pkt.payload_off, 68 + 8 * words);
			EXPECT_EQ(pkt.payload_len, 3);
		}
	}
}

TEST(weft_parse__ip6_authentication_header)
{
	struct packet p = {};
	struct ipv6hdr *ip = put_ip6(&p, A6, B6, IPPROTO_AH);
	u8 *ah = put_zero(&p, 24);
	struct weft_pkt pkt;

	ah[0] = IPPROTO_TCP;
	ah[1] = 4;				/* in words of 4, less 2 */
	put_tcp(&p, 40000, 443);
	end_ip6(&p, ip);
	pkt = parse(&p, IP6);
	EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
	expect_ends(&pkt, addr6(A6), 40000, addr6(B6), 443, IPPROTO_TCP);
	EXPECT_EQ(pkt.payload_off, 84);
}

TEST(weft_parse__ip6_chain_is_bounded)
{
	unsigned int n, i;

	for (n = 0; n < WEFT_PARSE_MAX_EXTHDRS + 3; n++) {
		struct packet p = {};
		struct ipv6hdr *ip = put_ip6(&p, A6, B6, n ? IPPROTO_DSTOPTS :
							     IPPROTO_TCP);

		for (i = n; i--; )
			put_ext(&p, i ? IPPROTO_DSTOPTS : IPPROTO_TCP, 0);
		put_tcp(&p, 40000, 443);
		end_ip6(&p, ip);
		EXPECT_EQ(parse(&p, IP6).kind, n <= WEFT_PARSE_MAX_EXTHDRS ?
			  WEFT_PKT_FLOW : WEFT_PKT_MALFORMED);
	}
}

TEST(weft_parse__ip6_extension_past_the_end)
{
	struct packet p = {};
	struct ipv6hdr *ip = put_ip6(&p, A6, B6, IPPROTO_DSTOPTS);
	unsigned int words;

	put_ext(&p, IPPROTO_TCP, 0);
	put_tcp(&p, 40000, 443);
	end_ip6(&p, ip);
	for (words = 1; words < 256; words++) {
		p.bytes[41] = words;
		EXPECT_EQ(parse(&p, IP6).kind, WEFT_PKT_MALFORMED);
	}
}

TEST(weft_parse__ip6_no_next_header)
{
	struct packet p = {};
	struct ipv6hdr *ip = put_ip6(&p, A6, B6, IPPROTO_NONE);
	struct weft_pkt pkt;

	put_zero(&p, 4);
	end_ip6(&p, ip);
	pkt = parse(&p, IP6);
	EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
	expect_ends(&pkt, addr6(A6), 0, addr6(B6), 0, IPPROTO_NONE);
}

TEST(weft_parse__ip6_header_alone)
{
	/* a payload length of 0 is what this packet has (RFC 8200, 4.7) */
	struct packet p = {};
	struct weft_pkt pkt;

	put_ip6(&p, A6, B6, IPPROTO_NONE);
	pkt = parse(&p, IP6);
	EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
	EXPECT_EQ(pkt.payload_len, 0);
	put_zero(&p, 6);			/* padding */
	pkt = parse(&p, IP6);
	EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
	EXPECT_EQ(pkt.payload_len, 0);
}

TEST(weft_parse__ip6_forged_length)
{
	struct packet p = tcp6(A6, 1, B6, 2, 100);
	struct ipv6hdr *ip = (struct ipv6hdr *)p.bytes;
	unsigned int len;

	for (len = 0; len < 400; len++) {
		struct weft_pkt pkt;

		ip->payload_len = htons((u16)len);
		pkt = parse(&p, IP6);
		if (len < 20 || len > 120) {
			EXPECT_EQ(pkt.kind, WEFT_PKT_MALFORMED);
			continue;
		}
		EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
		EXPECT_EQ(pkt.payload_len, len - 20);
	}
}

/* VLAN tags. */

static struct packet tagged(unsigned int tags, u16 first_tci)
{
	struct packet p = {}, inner = tcp4(A4, 40000, B4, 443, 5);
	unsigned int i;

	for (i = 0; i < tags; i++) {
		put_be16(&p, first_tci + i);
		put_be16(&p, i + 1 < tags ? ETH_P_8021Q : ETH_P_IP);
	}
	put(&p, inner.bytes, inner.len);
	return p;
}

TEST(weft_parse__vlan)
{
	struct packet p = tagged(1, 0xe000 | 5);
	struct weft_pkt pkt = parse(&p, ETH_P_8021Q);

	EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
	EXPECT_EQ(pkt.key.vlan, 5);		/* without priority and DEI */
	expect_ends(&pkt, addr4(A4), 40000, addr4(B4), 443, IPPROTO_TCP);
	EXPECT_EQ(pkt.payload_len, 5);
	EXPECT_EQ(parse(&p, ETH_P_8021AD).key.vlan, 5);
}

TEST(weft_parse__vlan_beside_the_data)
{
	struct packet p = tcp4(A4, 40000, B4, 443, 5), q = tagged(1, 7);
	struct weft_pkt pkt = parse_split(&p, IP4, 4095, 0, p.len, 0);

	EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
	EXPECT_EQ(pkt.key.vlan, 4095);
	/* the outer one decides */
	pkt = parse_split(&q, ETH_P_8021Q, 5, 0, q.len, 0);
	EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
	EXPECT_EQ(pkt.key.vlan, 5);
}

TEST(weft_parse__qinq)
{
	struct packet p = tagged(2, 5);
	struct weft_pkt pkt = parse(&p, ETH_P_8021AD);

	EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
	EXPECT_EQ(pkt.key.vlan, 5);
	expect_ends(&pkt, addr4(A4), 40000, addr4(B4), 443, IPPROTO_TCP);
}

TEST(weft_parse__tags_are_bounded)
{
	struct packet p = tagged(WEFT_PARSE_MAX_VLANS + 1, 5);

	EXPECT_EQ(parse(&p, ETH_P_8021Q).kind, WEFT_PKT_MALFORMED);
}

/* What policy about workloads does not mean. */

TEST(weft_parse__link_protocols)
{
	static const u16 protos[] = { ETH_P_ARP, ETH_P_LLDP, ETH_P_SLOW };
	struct packet p = {};
	unsigned int i;

	put_zero(&p, 46);
	for (i = 0; i < ARRAY_SIZE(protos); i++)
		EXPECT_EQ(parse(&p, protos[i]).kind, WEFT_PKT_LINK_LOCAL);
}

TEST(weft_parse__not_ip)
{
	static const u16 protos[] = { 0x88b5, ETH_P_MPLS_UC, ETH_P_PPP_SES, 60 };
	struct packet p = tcp4(A4, 1, B4, 2, 0);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(protos); i++)
		EXPECT_EQ(parse(&p, protos[i]).kind, WEFT_PKT_NON_IP);
	p.len = 0;
	EXPECT_EQ(parse(&p, 0x88b5).kind, WEFT_PKT_NON_IP);
}

static enum weft_pkt_kind icmp6_kind(u8 type, u8 hops)
{
	struct packet p = {};
	struct ipv6hdr *ip = put_ip6(&p, A6, B6, IPPROTO_ICMPV6);

	ip->hop_limit = hops;
	put_icmp(&p, type);
	put_zero(&p, 16);
	end_ip6(&p, ip);
	return parse(&p, IP6).kind;
}

TEST(weft_parse__neighbour_discovery)
{
	unsigned int type;

	for (type = 133; type <= 137; type++) {
		EXPECT_EQ(icmp6_kind(type, 255), WEFT_PKT_LINK_LOCAL);
		/* it came over a router, or wants to get to one */
		EXPECT_EQ(icmp6_kind(type, 254), WEFT_PKT_FLOW);
		EXPECT_EQ(icmp6_kind(type, 1), WEFT_PKT_FLOW);
	}
	EXPECT_EQ(icmp6_kind(128, 255), WEFT_PKT_FLOW);
}

TEST(weft_parse__multicast_listeners)
{
	static const u8 types[] = { 130, 131, 132, 143 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		EXPECT_EQ(icmp6_kind(types[i], 1), WEFT_PKT_LINK_LOCAL);
		EXPECT_EQ(icmp6_kind(types[i], 64), WEFT_PKT_FLOW);
	}
}

TEST(weft_parse__multicast_listeners_behind_hop_by_hop)
{
	struct packet p = {};
	struct ipv6hdr *ip = put_ip6(&p, A6, B6, IPPROTO_HOPOPTS);

	ip->hop_limit = 1;
	put_ext(&p, IPPROTO_ICMPV6, 0);
	put_icmp(&p, 143);
	end_ip6(&p, ip);
	EXPECT_EQ(parse(&p, IP6).kind, WEFT_PKT_LINK_LOCAL);
}

TEST(weft_parse__neighbour_discovery_is_ip6_only)
{
	/* in IPv4 this is data, and a TTL of 255 takes it anywhere */
	struct packet p = {};
	struct iphdr *ip = put_ip4(&p, A4, B4, IPPROTO_ICMPV6);

	ip->ttl = 255;
	put_icmp(&p, 135);
	put_zero(&p, 16);
	end_ip4(&p, ip);
	EXPECT_EQ(parse(&p, IP4).kind, WEFT_PKT_FLOW);
}

TEST(weft_parse__igmp)
{
	struct packet p = {};
	struct iphdr *ip = put_ip4(&p, A4, "224.0.0.22", IPPROTO_IGMP);

	put_zero(&p, 8);
	end_ip4(&p, ip);
	ip->ttl = 1;
	EXPECT_EQ(parse(&p, IP4).kind, WEFT_PKT_LINK_LOCAL);
	ip->ttl = 64;
	EXPECT_EQ(parse(&p, IP4).kind, WEFT_PKT_FLOW);
}

/* ICMP errors: about the flow of the packet that they quote. */

static struct packet icmp4_error(u8 type, const struct packet *quoted,
				 unsigned int quote)
{
	struct packet p = {};
	struct iphdr *ip = put_ip4(&p, "192.0.2.1", A4, IPPROTO_ICMP);

	put_icmp(&p, type);
	put(&p, quoted->bytes, min(quote, quoted->len));
	end_ip4(&p, ip);
	return p;
}

static struct packet icmp6_error(u8 type, const struct packet *quoted,
				 unsigned int quote)
{
	struct packet p = {};
	struct ipv6hdr *ip = put_ip6(&p, "2001:db8:f::1", A6, IPPROTO_ICMPV6);

	put_icmp(&p, type);
	put(&p, quoted->bytes, min(quote, quoted->len));
	end_ip6(&p, ip);
	return p;
}

TEST(weft_parse__icmp4_errors)
{
	static const u8 types[] = { 3, 11, 12 };
	struct packet sent = tcp4(A4, 40000, B4, 443, 1000);
	struct weft_pkt flow = parse(&sent, IP4), pkt;
	unsigned int i, quote;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		/* IP header and eight bytes is what one may count on */
		for (quote = 28; quote < 600; quote += 13) {
			struct packet p = icmp4_error(types[i], &sent, quote);

			pkt = parse(&p, IP4);
			EXPECT_EQ(pkt.kind, WEFT_PKT_ICMP_ERROR);
			EXPECT(same_key(&pkt, &flow));
			/* it answers the flow's sender, so it is the other's */
			EXPECT_EQ(pkt.src, !flow.src);
			EXPECT_EQ(pkt.tcp_flags, 0);
		}
	}
}

TEST(weft_parse__icmp6_errors)
{
	struct packet sent = tcp6(A6, 40000, B6, 443, 1000);
	struct weft_pkt flow = parse(&sent, IP6), pkt;
	unsigned int type;

	for (type = 1; type <= 4; type++) {
		struct packet p = icmp6_error(type, &sent, 1232);

		pkt = parse(&p, IP6);
		EXPECT_EQ(pkt.kind, WEFT_PKT_ICMP_ERROR);
		EXPECT(same_key(&pkt, &flow));
		EXPECT_EQ(pkt.src, !flow.src);
	}
}

TEST(weft_parse__icmp_error_quotes_udp_with_options)
{
	struct packet sent = {}, p;
	struct iphdr *ip = put_ip4(&sent, A4, B4, IPPROTO_UDP);
	struct weft_pkt flow, pkt;

	ip->ihl = 7;
	put_zero(&sent, 8);
	put_udp(&sent, 5000, 53);
	end_ip4(&sent, ip);
	flow = parse(&sent, IP4);
	p = icmp4_error(3, &sent, 100);
	pkt = parse(&p, IP4);
	EXPECT_EQ(pkt.kind, WEFT_PKT_ICMP_ERROR);
	EXPECT(same_key(&pkt, &flow));
}

TEST(weft_parse__icmp6_error_quotes_extensions)
{
	struct packet sent = {}, p;
	struct ipv6hdr *ip = put_ip6(&sent, A6, B6, IPPROTO_HOPOPTS);
	struct weft_pkt flow, pkt;

	put_ext(&sent, IPPROTO_ROUTING, 0);
	put_ext(&sent, IPPROTO_UDP, 2);
	put_udp(&sent, 5000, 53);
	end_ip6(&sent, ip);
	flow = parse(&sent, IP6);
	p = icmp6_error(2, &sent, 1232);
	pkt = parse(&p, IP6);
	EXPECT_EQ(pkt.kind, WEFT_PKT_ICMP_ERROR);
	EXPECT(same_key(&pkt, &flow));
}

TEST(weft_parse__icmp_error_quotes_echo)
{
	struct packet sent = {}, p;
	struct iphdr *ip = put_ip4(&sent, A4, B4, IPPROTO_ICMP);
	struct weft_pkt flow, pkt;

	put_icmp(&sent, 8);
	end_ip4(&sent, ip);
	flow = parse(&sent, IP4);
	p = icmp4_error(11, &sent, 28);
	pkt = parse(&p, IP4);
	EXPECT_EQ(pkt.kind, WEFT_PKT_ICMP_ERROR);
	EXPECT(same_key(&pkt, &flow));
}

/* Type @type, identifier @id, from @from to @to. */
static struct weft_pkt echo4(const char *from, const char *to, u8 type, u16 id)
{
	struct packet p = {};
	struct iphdr *ip = put_ip4(&p, from, to, IPPROTO_ICMP);
	struct icmphdr *icmp = (struct icmphdr *)(p.bytes + p.len);

	put_icmp(&p, type);
	icmp->un.echo.id = htons(id);
	end_ip4(&p, ip);
	return parse(&p, IP4);
}

TEST(weft_parse__echo_reply_is_of_its_request)
{
	struct weft_pkt request = echo4(A4, B4, ICMP_ECHO, 7);
	struct weft_pkt reply = echo4(B4, A4, ICMP_ECHOREPLY, 7);

	EXPECT_EQ(request.kind, WEFT_PKT_FLOW);
	EXPECT(same_key(&request, &reply));
	EXPECT_EQ(request.src, !reply.src);
}

TEST(weft_parse__echo_request_answers_nothing)
{
	struct weft_pkt mine = echo4(A4, B4, ICMP_ECHO, 7);
	struct weft_pkt theirs = echo4(B4, A4, ICMP_ECHO, 7);
	struct weft_pkt other = echo4(B4, A4, ICMP_ECHOREPLY, 8);

	EXPECT(!same_key(&mine, &theirs));
	EXPECT(!same_key(&mine, &other));
}

TEST(weft_parse__icmp_error_with_short_quote)
{
	/* no flow to be found: a packet like any other */
	struct packet sent = tcp4(A4, 40000, B4, 443, 10);
	struct packet sent6 = tcp6(A6, 40000, B6, 443, 10);
	unsigned int quote;

	for (quote = 0; quote < 24; quote++) {
		struct packet p = icmp4_error(3, &sent, quote);
		struct weft_pkt pkt = parse(&p, IP4);

		EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
		expect_ends(&pkt, addr4("192.0.2.1"), 0, addr4(A4), 0,
			    IPPROTO_ICMP);
	}
	for (quote = 0; quote < 44; quote++) {
		struct packet p = icmp6_error(1, &sent6, quote);

		EXPECT_EQ(parse(&p, IP6).kind, WEFT_PKT_FLOW);
	}
}

TEST(weft_parse__icmp_error_about_a_later_fragment)
{
	struct packet sent = tcp4(A4, 40000, B4, 443, 10), p;

	((struct iphdr *)sent.bytes)->frag_off = htons(5);
	p = icmp4_error(3, &sent, 100);
	EXPECT_EQ(parse(&p, IP4).kind, WEFT_PKT_FLOW);
}

TEST(weft_parse__icmp_that_is_no_error)
{
	static const u8 types4[] = { 0, 4, 5, 8, 9, 13, 255 };
	static const u8 types6[] = { 0, 5, 127, 128, 129, 200 };
	struct packet sent = tcp4(A4, 40000, B4, 443, 10);
	struct packet sent6 = tcp6(A6, 40000, B6, 443, 10);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types4); i++) {
		struct packet p = icmp4_error(types4[i], &sent, 100);

		EXPECT_EQ(parse(&p, IP4).kind, WEFT_PKT_FLOW);
	}
	for (i = 0; i < ARRAY_SIZE(types6); i++) {
		struct packet p = icmp6_error(types6[i], &sent6, 100);

		EXPECT_EQ(parse(&p, IP6).kind, WEFT_PKT_FLOW);
	}
}

TEST(weft_parse__icmp_version_must_fit)
{
	/* an ICMPv6 error in IPv4, quoting IPv6, is nobody's answer */
	struct packet sent = tcp6(A6, 40000, B6, 443, 10), p = {};
	struct iphdr *ip = put_ip4(&p, B4, A4, IPPROTO_ICMPV6);

	put_icmp(&p, 1);
	put(&p, sent.bytes, sent.len);
	end_ip4(&p, ip);
	EXPECT_EQ(parse(&p, IP4).kind, WEFT_PKT_FLOW);
}

/* Lengths beyond what the header can say. */

TEST(weft_parse__gso_length_of_the_header)
{
	struct packet p = tcp4(A4, 1, B4, 2, 60000);

	EXPECT_EQ(parse_gso(&p, IP4).kind, WEFT_PKT_FLOW);
	EXPECT_EQ(parse_gso(&p, IP4).payload_len, 60000);
}

TEST(weft_parse__gso_length_beyond_16_bits)
{
	struct packet p = tcp4(A4, 1, B4, 2, 69000);
	struct packet q = tcp6(A6, 1, B6, 2, 69000);
	struct weft_pkt pkt;

	((struct iphdr *)p.bytes)->tot_len = 0;
	pkt = parse_gso(&p, IP4);
	EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
	EXPECT_EQ(pkt.payload_off, 40);
	EXPECT_EQ(pkt.payload_len, 69000);
	/* without GSO no such packet exists */
	EXPECT_EQ(parse(&p, IP4).kind, WEFT_PKT_MALFORMED);

	((struct ipv6hdr *)q.bytes)->payload_len = 0;
	pkt = parse_gso(&q, IP6);
	EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
	EXPECT_EQ(pkt.payload_len, 69000);
	EXPECT_EQ(parse(&q, IP6).kind, WEFT_PKT_MALFORMED);
}

/* Transport headers that lie. */

TEST(weft_parse__tcp_data_offset)
{
	struct packet p = tcp4(A4, 1, B4, 2, 12);
	struct tcphdr *tcp = (struct tcphdr *)(p.bytes + 20);
	unsigned int doff;

	for (doff = 0; doff < 16; doff++) {
		struct weft_pkt pkt;

		tcp->doff = doff;
		pkt = parse(&p, IP4);
		if (doff < 5 || doff > 8) {
			EXPECT_EQ(pkt.kind, WEFT_PKT_MALFORMED);
			continue;
		}
		EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
		EXPECT_EQ(pkt.payload_off, 20 + 4 * doff);
		EXPECT_EQ(pkt.payload_len, 32 - 4 * doff);
	}
}

TEST(weft_parse__tcp_header_in_padding)
{
	/* the header lies within the frame, but not within the IP packet */
	struct packet p = tcp4(A4, 40000, B4, 443, 0);

	((struct iphdr *)p.bytes)->tot_len = htons(24);
	EXPECT_EQ(parse(&p, IP4).kind, WEFT_PKT_MALFORMED);
}

TEST(weft_parse__ports_in_padding)
{
	struct packet p = {};
	struct iphdr *ip = put_ip4(&p, A4, B4, IPPROTO_UDP);
	unsigned int len;

	put_udp(&p, 5000, 53);
	put_zero(&p, 18);
	for (len = 20; len < 28; len++) {
		ip->tot_len = htons((u16)len);
		EXPECT_EQ(parse(&p, IP4).kind, WEFT_PKT_MALFORMED);
	}
}

TEST(weft_parse__ip6_extension_in_padding)
{
	struct packet p = {};
	struct ipv6hdr *ip = put_ip6(&p, A6, B6, IPPROTO_DSTOPTS);

	put_ext(&p, IPPROTO_UDP, 1);
	put_udp(&p, 5000, 53);
	put_zero(&p, 32);
	ip->payload_len = htons(8);
	EXPECT_EQ(parse(&p, IP6).kind, WEFT_PKT_MALFORMED);
	ip->payload_len = htons(16);
	EXPECT_EQ(parse(&p, IP6).kind, WEFT_PKT_MALFORMED);
	ip->payload_len = htons(24);
	EXPECT_EQ(parse(&p, IP6).kind, WEFT_PKT_FLOW);
}

/* Every length and every way to cut: never a byte read that is not there. */

static void truncate_and_cut(const struct packet *p, u16 proto,
			     unsigned int headers)
{
	struct weft_pkt whole = parse(p, proto), pkt;
	unsigned int len, linear, frag;
	struct packet cut = *p;

	EXPECT_NE(whole.kind, WEFT_PKT_MALFORMED);
	for (len = 0; len < p->len; len++) {
		cut.len = len;
		for (linear = 0; linear <= min(len, headers + 1); linear += 3) {
			pkt = parse_split(&cut, proto, 0, 0, linear, 7);
			if (whole.kind != WEFT_PKT_LINK_LOCAL || len < headers)
				EXPECT_EQ(pkt.kind, WEFT_PKT_MALFORMED);
			/* as GSO the length may be taken from the packet */
			parse_split(&cut, proto, 0, 1000, linear, 7);
		}
	}
	for (linear = 0; linear <= p->len; linear++) {
		for (frag = 1; frag < 48; frag += frag < 4 ? 1 : 11) {
			pkt = parse_split(p, proto, 0, 0, linear, frag);
			EXPECT_EQ(pkt.kind, whole.kind);
			EXPECT(same_key(&pkt, &whole));
			EXPECT_EQ(pkt.src, whole.src);
			EXPECT_EQ(pkt.tcp_flags, whole.tcp_flags);
			EXPECT_EQ(pkt.tcp_seq, whole.tcp_seq);
			EXPECT_EQ(pkt.payload_off, whole.payload_off);
			EXPECT_EQ(pkt.payload_len, whole.payload_len);
		}
	}
}

TEST(weft_parse__cut_tcp)
{
	struct packet p = tcp4(A4, 40000, B4, 443, 9);
	struct packet q = tcp6(A6, 40000, B6, 443, 9);

	truncate_and_cut(&p, IP4, 40);
	truncate_and_cut(&q, IP6, 60);
}

TEST(weft_parse__cut_qinq)
{
	struct packet p = tagged(2, 5);

	truncate_and_cut(&p, ETH_P_8021AD, 48);
}

TEST(weft_parse__cut_extensions)
{
	struct packet p = {};
	struct ipv6hdr *ip = put_ip6(&p, A6, B6, IPPROTO_HOPOPTS);

	put_ext(&p, IPPROTO_ROUTING, 0);
	put_ext(&p, IPPROTO_FRAGMENT, 2);
	put_frag6(&p, IPPROTO_DSTOPTS, 1);
	put_ext(&p, IPPROTO_UDP, 1);
	put_udp(&p, 5000, 53);
	put_zero(&p, 5);
	end_ip6(&p, ip);
	truncate_and_cut(&p, IP6, p.len - 5);
}

TEST(weft_parse__cut_icmp_errors)
{
	struct packet sent = tcp4(A4, 40000, B4, 443, 8);
	struct packet sent6 = tcp6(A6, 40000, B6, 443, 8);
	struct packet p = icmp4_error(3, &sent, 100);
	struct packet q = icmp6_error(2, &sent6, 100);

	truncate_and_cut(&p, IP4, 56);
	truncate_and_cut(&q, IP6, 96);
}
