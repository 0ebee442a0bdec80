// SPDX-License-Identifier: GPL-2.0
/* The parser in tunnels: what it finds inside, and when it stays outside. */
#include "ktap.h"
#include "mock.h"
#include "packet.h"
#include "parse.h"

#define A4	"10.0.0.1"
#define B4	"10.0.0.2"
#define A6	"2001:db8::1"
#define B6	"2001:db8::2"
#define OUT_A4	"192.0.2.1"
#define OUT_B4	"192.0.2.2"
#define OUT_A6	"2001:db8:ffff::1"
#define OUT_B6	"2001:db8:ffff::2"

#define IP4	((u16)ETH_P_IP)
#define IP6	((u16)ETH_P_IPV6)

#define HEAD_MAX	64

/**
 * struct tunnel - a way to wrap a packet
 * @name: for messages
 * @outer: version of IP outside
 * @proto: IP protocol
 * @port: of UDP
 * @head: the tunnel's own header, behind that of UDP
 * @len: its length
 * @inner: EtherType of what it holds
 * @frame: with an Ethernet header
 * @tunnel: what the parser calls it
 * @id: and its identifier
 */
struct tunnel {
	const char		*name;
	int			outer;
	u8			proto;
	u16			port;
	u8			head[HEAD_MAX];
	unsigned int		len;
	u16			inner;
	bool			frame;
	enum weft_tunnel	tunnel;
	u32			id;
};

#define VXLAN(p, v, i) \
	{ "vxlan", v, IPPROTO_UDP, p, { 8, 0, 0, 0, 1, 2, 3, 0 }, 8, i, true, \
	  WEFT_TUNNEL_VXLAN, 0x010203 }
#define IPIP(v, p, i) \
	{ "ipip", v, p, 0, { }, 0, i, false, WEFT_TUNNEL_IPIP, 0 }

static const struct tunnel tunnels[] = {
	VXLAN(4789, 4, IP4),
	VXLAN(4789, 6, IP6),
	VXLAN(8472, 4, IP6),
	VXLAN(8472, 6, IP4),
	/* group policy: what Linux drops without, and Cilium and others send */
	{ "vxlan-gbp", 4, IPPROTO_UDP, 4789, { 0x88, 0x48, 0, 9, 0xff, 0xff, 0xff, 0 },
	  8, IP4, true, WEFT_TUNNEL_VXLAN, 0xffffff },
	{ "geneve", 4, IPPROTO_UDP, 6081, { 0, 0, 0x65, 0x58, 0, 0, 7, 0 }, 8,
	  IP4, true, WEFT_TUNNEL_GENEVE, 7 },
	{ "geneve-options", 6, IPPROTO_UDP, 6081,
	  { 3, 0x40, 0x65, 0x58, 0, 1, 0, 0, 1, 1, 0x80, 2 }, 20, IP6, true,
	  WEFT_TUNNEL_GENEVE, 256 },
	{ "geneve-ip4", 4, IPPROTO_UDP, 6081, { 0, 0, 8, 0, 0, 0, 0, 0 }, 8,
	  IP4, false, WEFT_TUNNEL_GENEVE, 0 },
	{ "geneve-ip6", 4, IPPROTO_UDP, 6081, { 1, 0x80, 0x86, 0xdd, 0, 0, 1, 0 },
	  12, IP6, false, WEFT_TUNNEL_GENEVE, 1 },
	{ "gre-ip4", 4, IPPROTO_GRE, 0, { 0, 0, 8, 0 }, 4, IP4, false,
	  WEFT_TUNNEL_GRE, 0 },
	{ "gre-key", 6, IPPROTO_GRE, 0, { 0x20, 0, 0x86, 0xdd, 0xde, 0xad, 0xbe, 0xef },
	  8, IP6, false, WEFT_TUNNEL_GRE, 0xdeadbeef },
	{ "gre-all", 4, IPPROTO_GRE, 0,
	  { 0xb0, 0, 0x86, 0xdd, 9, 9, 0, 0, 0, 0, 0, 5, 7, 7, 7, 7 }, 16, IP6,
	  false, WEFT_TUNNEL_GRE, 5 },
	{ "gretap", 4, IPPROTO_GRE, 0, { 0, 0, 0x65, 0x58 }, 4, IP4, true,
	  WEFT_TUNNEL_GRETAP, 0 },
	{ "gretap-key-seq", 6, IPPROTO_GRE, 0,
	  { 0x30, 0, 0x65, 0x58, 0, 0, 1, 1, 0, 0, 0, 1 }, 12, IP4, true,
	  WEFT_TUNNEL_GRETAP, 257 },
	IPIP(4, IPPROTO_IPIP, IP4),
	IPIP(4, IPPROTO_IPV6, IP6),
	IPIP(6, IPPROTO_IPIP, IP4),
	IPIP(6, IPPROTO_IPV6, IP6),
};

static enum weft_tunnel_mode mode = WEFT_TUNNEL_MODE_ON;

static struct weft_pkt parse_split(const struct packet *p, u16 proto, u16 vlan,
				   u16 gso_size, unsigned int linear,
				   unsigned int frag)
{
	struct sk_buff *skb = mock_skb(p->bytes, p->len, linear, frag);
	struct weft_pkt pkt;

	memset(&pkt, 0x5a, sizeof(pkt));
	skb->shinfo.gso_size = gso_size;
	weft_parse(skb, 0, htons(proto), vlan, mode, &pkt);
	mock_skb_free(skb);
	return pkt;
}

static struct weft_pkt parse(const struct packet *p, u16 proto)
{
	return parse_split(p, proto, 0, 0, p->len, 0);
}

static struct weft_pkt parse_off(const struct packet *p, u16 proto)
{
	struct weft_pkt pkt;

	mode = WEFT_TUNNEL_MODE_OFF;
	pkt = parse(p, proto);
	mode = WEFT_TUNNEL_MODE_ON;
	return pkt;
}

static u16 outer_type(const struct tunnel *t)
{
	return t->outer == 4 ? IP4 : IP6;
}

static bool same_key(const struct weft_pkt *a, const struct weft_pkt *b)
{
	return !memcmp(&a->key, &b->key, sizeof(a->key));
}

static bool same_flow(const struct weft_pkt *a, const struct weft_pkt *b)
{
	return same_key(a, b) && weft_encap_equal(&a->encap, &b->encap);
}

/* The packet inside: IP of either version, TCP. */
static struct packet inner_tcp(u16 type, bool back, unsigned int payload)
{
	struct packet p = {};
	void *ip = type == IP4 ?
		(void *)put_ip4(&p, back ? B4 : A4, back ? A4 : B4, IPPROTO_TCP) :
		(void *)put_ip6(&p, back ? B6 : A6, back ? A6 : B6, IPPROTO_TCP);

	put_tcp(&p, back ? 443 : 40000, back ? 40000 : 443);
	put_zero(&p, payload);
	if (type == IP4)
		end_ip4(&p, ip);
	else
		end_ip6(&p, ip);
	return p;
}

static void put_eth(struct packet *p, u16 type)
{
	put_zero(p, 12);
	put_be16(p, type);
}

/* @inner begins behind the EtherType; its own is @type. */
static struct packet wrap_as(const struct tunnel *t, const struct packet *inner,
			     u16 type, bool back, u8 proto)
{
	struct packet p = {};
	void *ip = t->outer == 4 ?
		(void *)put_ip4(&p, back ? OUT_B4 : OUT_A4, back ? OUT_A4 : OUT_B4,
				proto) :
		(void *)put_ip6(&p, back ? OUT_B6 : OUT_A6, back ? OUT_A6 : OUT_B6,
				proto);

	/* the source port is a hash of what is inside, and other than the back's */
	if (t->port)
		put_udp(&p, back ? 50001 : 50000, t->port);
	put(&p, t->head, t->len);
	if (t->frame)
		put_eth(&p, type);
	put(&p, inner->bytes, inner->len);
	if (t->outer == 4)
		end_ip4(&p, ip);
	else
		end_ip6(&p, ip);
	return p;
}

static struct packet wrap(const struct tunnel *t, const struct packet *inner)
{
	return wrap_as(t, inner, t->inner, false, t->proto);
}

static struct packet tunnelled(const struct tunnel *t, bool back,
			       unsigned int payload)
{
	struct packet inner = inner_tcp(t->inner, back, payload);

	return wrap_as(t, &inner, t->inner, back, t->proto);
}

static const struct tunnel *named(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tunnels); i++)
		if (!strcmp(tunnels[i].name, name))
			return &tunnels[i];
	abort();
}

/* What lies outside, as if there were no tunnel. */
static void expect_outer(const struct packet *p, const struct tunnel *t)
{
	struct weft_pkt pkt = parse(p, outer_type(t));
	struct weft_pkt off = parse_off(p, outer_type(t));

	EXPECT_EQ(pkt.kind, off.kind);
	EXPECT_EQ(pkt.encap.tunnel, WEFT_TUNNEL_NONE);
	EXPECT_EQ(pkt.key.flags & ~WEFT_KEY_TUNNEL_PORT, off.key.flags);
	EXPECT_EQ(pkt.payload_off, off.payload_off);
	EXPECT_EQ(pkt.key.proto, t->proto);
	/* nothing that the plain way could take for the flow of this one */
	EXPECT_EQ(!!(pkt.key.flags & WEFT_KEY_TUNNEL_PORT),
		  t->proto == IPPROTO_UDP);
	pkt.key.flags = off.key.flags;
	EXPECT(same_key(&pkt, &off));
}

TEST(weft_parse__each_tunnel)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tunnels); i++) {
		const struct tunnel *t = &tunnels[i];
		struct packet inner = inner_tcp(t->inner, false, 100);
		struct packet p = wrap(t, &inner);
		struct weft_pkt pkt = parse(&p, outer_type(t));
		struct weft_pkt want = parse_off(&inner, t->inner);
		unsigned int headers = p.len - inner.len;

		EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
		EXPECT_EQ(pkt.encap.tunnel, t->tunnel);
		EXPECT_EQ(pkt.encap.id, t->id);
		EXPECT_EQ(pkt.encap.vlan, 0);
		EXPECT_EQ(pkt.encap.unused, 0);
		EXPECT_EQ(pkt.src, want.src);
		EXPECT_EQ(pkt.tcp_seq, want.tcp_seq);
		EXPECT_EQ(pkt.tcp_flags, want.tcp_flags);
		EXPECT_EQ(pkt.payload_off, want.payload_off + headers);
		EXPECT_EQ(pkt.payload_len, 100);
		EXPECT(!pkt.outer_first);
		/* and not the same as outside of the tunnel */
		EXPECT(!same_key(&pkt, &want));
		EXPECT_EQ(pkt.key.flags, WEFT_KEY_TUNNEL);
		pkt.key.flags = 0;
		EXPECT(same_key(&pkt, &want));
	}
}

TEST(weft_parse__tunnel_off)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tunnels); i++) {
		const struct tunnel *t = &tunnels[i];
		struct packet p = tunnelled(t, false, 10);
		struct weft_pkt pkt = parse_off(&p, outer_type(t));

		EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
		EXPECT_EQ(pkt.key.proto, t->proto);
		EXPECT_EQ(pkt.key.flags, 0);
		EXPECT_EQ(pkt.encap.tunnel, WEFT_TUNNEL_NONE);
		EXPECT_EQ(ntohs(pkt.key.port[!pkt.src]), t->port);
	}
}

TEST(weft_parse__tunnel_both_directions)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tunnels); i++) {
		struct packet there = tunnelled(&tunnels[i], false, 1);
		struct packet back = tunnelled(&tunnels[i], true, 1);
		struct weft_pkt x = parse(&there, outer_type(&tunnels[i]));
		struct weft_pkt y = parse(&back, outer_type(&tunnels[i]));

		EXPECT(same_flow(&x, &y));
		EXPECT_EQ(x.src, !y.src);
	}
}

/* With the identifier that is @off into the tunnel's header made another. */
static void other_id(const struct tunnel *t, unsigned int off)
{
	struct packet a = tunnelled(t, false, 1), b = a;
	unsigned int udp = t->proto == IPPROTO_UDP ? 8 : 0;
	struct weft_pkt x, y;

	b.bytes[(t->outer == 4 ? 20 : 40) + udp + off] ^= 0x80;
	x = parse(&a, outer_type(t));
	y = parse(&b, outer_type(t));
	EXPECT(same_key(&x, &y));
	EXPECT(!same_flow(&x, &y));
	mode = WEFT_TUNNEL_MODE_FLAT;
	x = parse(&a, outer_type(t));
	y = parse(&b, outer_type(t));
	EXPECT(same_flow(&x, &y));
	EXPECT_EQ(x.encap.tunnel, t->tunnel);
	EXPECT_EQ(x.encap.id, 0);
	mode = WEFT_TUNNEL_MODE_ON;
}

TEST(weft_parse__tunnel_id_tells_apart)
{
	unsigned int i;

	for (i = 4; i < 7; i++) {
		other_id(named("vxlan"), i);
		other_id(named("geneve"), i);
	}
	for (i = 4; i < 8; i++)
		other_id(named("gre-key"), i);
	/* behind the checksum */
	other_id(named("gre-all"), 11);
}

TEST(weft_parse__tunnels_with_one_id_differ)
{
	struct packet inner = inner_tcp(IP4, false, 1), p, q;
	struct weft_pkt x, y;

	p = wrap(named("gre-ip4"), &inner);
	q = wrap(named("gretap"), &inner);
	x = parse(&p, IP4);
	y = parse(&q, IP4);
	EXPECT(same_key(&x, &y));
	EXPECT(!same_flow(&x, &y));
}

/* VLAN tags. */

static struct packet tagged(const struct packet *inner, unsigned int tags, u16 vid)
{
	struct packet p = {};
	unsigned int i;

	for (i = 0; i < tags; i++) {
		put_be16(&p, 0xe000 | (vid + i));
		put_be16(&p, i + 1 < tags ? ETH_P_8021Q : ETH_P_IP);
	}
	put(&p, inner->bytes, inner->len);
	return p;
}

TEST(weft_parse__vlan_in_a_tunnel)
{
	struct packet inner = inner_tcp(IP4, false, 3);
	const struct tunnel *t = named("vxlan");
	unsigned int tags;

	for (tags = 1; tags <= WEFT_PARSE_MAX_VLANS + 1; tags++) {
		struct packet in = tagged(&inner, tags, 5);
		struct packet p = wrap_as(t, &in, ETH_P_8021Q, false, t->proto);
		struct weft_pkt pkt = parse_split(&p, IP4, 9, 0, p.len, 0);

		EXPECT_EQ(pkt.key.vlan, 9);
		EXPECT_EQ(pkt.encap.vlan, 5);
		if (tags > WEFT_PARSE_MAX_VLANS) {
			EXPECT_EQ(pkt.kind, WEFT_PKT_MALFORMED);
			continue;
		}
		EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
		EXPECT_EQ(pkt.payload_len, 3);
	}
}

/* What stays outside. */

/* Tunnel @name with byte @off of its header set to @value. */
static void refused(const char *name, unsigned int off, u8 value)
{
	struct tunnel t = *named(name);
	struct packet p;

	t.head[off] = value;
	p = tunnelled(&t, false, 10);
	expect_outer(&p, &t);
}

TEST(weft_parse__tunnel_header_refused)
{
	unsigned int i;

	refused("vxlan", 0, 0x00);	/* no identifier */
	refused("vxlan", 0, 0x0c);	/* GPE: of any kind */
	refused("geneve", 0, 0x40);	/* version 1 */
	refused("geneve", 0, 0xc0);
	refused("geneve", 2, 0x88);	/* 0x8858 is neither IP nor Ethernet */
	refused("gre-ip4", 2, 0x88);
	refused("gre-ip4", 0, 0x40);	/* routing */
	refused("gre-key", 0, 0x60);
	for (i = 1; i < 8; i++)
		refused("gre-ip4", 1, i);	/* version: 1 is PPTP's */
}

TEST(weft_parse__every_gre_header)
{
	struct packet inner = inner_tcp(IP4, false, 0);
	struct tunnel t = *named("gre-ip4");
	unsigned int flags;

	for (flags = 0; flags <= 0xffff; flags++) {
		unsigned int len = 4 + 4 * (!!(flags & 0x8000) +
			!!(flags & 0x2000) + !!(flags & 0x1000));
		struct weft_pkt pkt;
		struct packet p;

		t.head[0] = flags >> 8;
		t.head[1] = flags;
		t.len = len;
		p = wrap(&t, &inner);
		pkt = parse(&p, IP4);
		EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
		EXPECT_EQ(pkt.encap.tunnel, flags & 0x4007 ? WEFT_TUNNEL_NONE :
							     WEFT_TUNNEL_GRE);
		EXPECT_EQ(pkt.payload_off, flags & 0x4007 ? 20 : 60 + len);
	}
}

TEST(weft_parse__geneve_options_past_the_end)
{
	struct tunnel t = *named("geneve-ip4");
	unsigned int words;

	for (words = 0; words < 64; words++) {
		struct packet p;
		struct weft_pkt pkt;

		t.head[0] = words;
		p = tunnelled(&t, false, 0);
		pkt = parse(&p, IP4);
		if (!words)
			EXPECT_EQ(pkt.encap.tunnel, WEFT_TUNNEL_GENEVE);
		else if (4 * words > 40)
			expect_outer(&p, &t);
		else	/* the options would be the packet's own first bytes */
			EXPECT_EQ(pkt.kind, WEFT_PKT_MALFORMED);
	}
}

TEST(weft_parse__udp_of_other_ports)
{
	static const u16 ports[] = { 53, 4788, 4790, 8471, 6080, 6082, 0x5b12 };
	struct tunnel t = *named("vxlan");
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ports); i++) {
		struct weft_pkt pkt;
		struct packet p;

		t.port = ports[i];
		p = tunnelled(&t, false, 0);
		pkt = parse(&p, IP4);
		EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
		EXPECT_EQ(pkt.key.flags, 0);
		EXPECT_EQ(ntohs(pkt.key.port[!pkt.src]), ports[i]);
	}
}

/* An answer from the tunnel's port has the key of what it answers. */
TEST(weft_parse__answer_from_a_tunnel_port)
{
	static const u16 ports[] = { 4789, 8472, 6081 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ports); i++) {
		struct packet there = {}, back = {};
		struct iphdr *ip = put_ip4(&there, OUT_A4, OUT_B4, IPPROTO_UDP);
		struct weft_pkt x, y;

		put_udp(&there, 50000, ports[i]);
		end_ip4(&there, ip);
		ip = put_ip4(&back, OUT_B4, OUT_A4, IPPROTO_UDP);
		put_udp(&back, ports[i], 50000);
		put(&back, named("vxlan")->head, 8);
		put_zero(&back, 60);
		end_ip4(&back, ip);
		x = parse(&there, IP4);
		y = parse(&back, IP4);
		EXPECT_EQ(x.kind, WEFT_PKT_FLOW);
		EXPECT_EQ(x.key.flags, WEFT_KEY_TUNNEL_PORT);
		EXPECT(same_flow(&x, &y));
		EXPECT_EQ(x.src, !y.src);
	}
}

TEST(weft_parse__plain_way_finds_no_tunnel_flow)
{
	const struct tunnel *t = named("vxlan");
	struct packet p = tunnelled(t, false, 0), q;
	struct tunnel bad = *t;
	struct weft_pkt pkt, plain;
	struct sk_buff *skb;

	bad.head[0] = 0;
	q = tunnelled(&bad, false, 0);
	skb = mock_skb(p.bytes, p.len, p.len, 0);
	EXPECT(weft_parse_plain(skb, 0, 0, &plain));
	mock_skb_free(skb);
	pkt = parse(&p, IP4);
	EXPECT(!same_key(&plain, &pkt));
	pkt = parse(&q, IP4);
	EXPECT(!same_key(&plain, &pkt));
}

TEST(weft_parse__one_tunnel_in_another)
{
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(tunnels); i++) {
		for (j = 0; j < ARRAY_SIZE(tunnels); j++) {
			struct tunnel t = tunnels[i];
			const struct tunnel *u = &tunnels[j];
			struct packet in = tunnelled(u, false, 0), p;
			struct weft_pkt pkt, want = parse_off(&in, outer_type(u));

			if (!t.frame && t.inner != outer_type(u))
				continue;
			p = wrap_as(&t, &in, outer_type(u), false, t.proto);
			pkt = parse(&p, outer_type(&t));
			EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
			EXPECT_EQ(pkt.encap.tunnel, t.tunnel);
			EXPECT_EQ(pkt.key.proto, u->proto);
			EXPECT_EQ(pkt.key.flags, WEFT_KEY_TUNNEL);
			pkt.key.flags = 0;
			EXPECT(same_key(&pkt, &want));
		}
	}
}

/* What is inside, if it is no packet of a flow. */

TEST(weft_parse__not_ip_in_a_tunnel)
{
	const struct tunnel *t = named("vxlan");
	struct packet in = {}, p;

	put_zero(&in, 46);
	p = wrap_as(t, &in, ETH_P_ARP, false, t->proto);
	EXPECT_EQ(parse(&p, IP4).kind, WEFT_PKT_LINK_LOCAL);
	p = wrap_as(t, &in, 0x88b5, false, t->proto);
	EXPECT_EQ(parse(&p, IP4).kind, WEFT_PKT_NON_IP);
	EXPECT_EQ(parse(&p, IP4).encap.tunnel, WEFT_TUNNEL_VXLAN);
	p = wrap_as(t, &in, IP4, false, t->proto);
	EXPECT_EQ(parse(&p, IP4).kind, WEFT_PKT_MALFORMED);
	/* a frame too short for its own header */
	in.len = 0;
	p = wrap_as(t, &in, IP4, false, t->proto);
	p.len -= 2;
	end_ip4(&p, (struct iphdr *)p.bytes);
	EXPECT_EQ(parse(&p, IP4).kind, WEFT_PKT_MALFORMED);
}

TEST(weft_parse__ethertype_must_fit_in_a_tunnel)
{
	struct packet in4 = inner_tcp(IP4, false, 40), p;
	const struct tunnel *t = named("vxlan");

	p = wrap_as(t, &in4, IP6, false, t->proto);
	EXPECT_EQ(parse(&p, IP4).kind, WEFT_PKT_MALFORMED);
	t = named("ipip");
	p = wrap_as(t, &in4, IP4, false, IPPROTO_IPV6);
	EXPECT_EQ(parse(&p, IP4).kind, WEFT_PKT_MALFORMED);
}

TEST(weft_parse__neighbour_discovery_in_a_tunnel)
{
	struct packet in = {}, p;
	struct ipv6hdr *ip = put_ip6(&in, A6, B6, IPPROTO_ICMPV6);
	const struct tunnel *t = named("vxlan");

	ip->hop_limit = 255;
	*(u8 *)put_zero(&in, 24) = 135;
	end_ip6(&in, ip);
	p = wrap_as(t, &in, IP6, false, t->proto);
	EXPECT_EQ(parse(&p, IP4).kind, WEFT_PKT_LINK_LOCAL);
}

/* ARP always passes, so it must be in the tunnel and not behind it. */
TEST(weft_parse__frame_in_padding)
{
	const struct tunnel *t = named("vxlan");
	struct packet in = {}, p;

	put_zero(&in, 28);
	p = wrap_as(t, &in, ETH_P_ARP, false, t->proto);
	((struct iphdr *)p.bytes)->tot_len = htons(20 + 8 + 8 + 13);
	EXPECT_EQ(parse(&p, IP4).kind, WEFT_PKT_MALFORMED);
	((struct iphdr *)p.bytes)->tot_len = htons(20 + 8 + 8 + 14);
	EXPECT_EQ(parse(&p, IP4).kind, WEFT_PKT_LINK_LOCAL);
}

/* The inner length must lie within the outer one, whatever pads the frame. */
TEST(weft_parse__inner_length_in_padding)
{
	struct packet p, in = inner_tcp(IP4, false, 20);
	const struct tunnel *t = named("gre-ip4");
	struct iphdr *ip;
	unsigned int len;

	p = wrap(t, &in);
	put_zero(&p, 30);
	ip = (struct iphdr *)(p.bytes + 24);
	for (len = 0; len < 120; len++) {
		struct weft_pkt pkt;

		ip->tot_len = htons((u16)len);
		pkt = parse(&p, IP4);
		if (len < 40 || len > 60) {
			EXPECT_EQ(pkt.kind, WEFT_PKT_MALFORMED);
			continue;
		}
		EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
		EXPECT_EQ(pkt.payload_len, len - 40);
	}
}

/* Fragments. */

TEST(weft_parse__inner_fragments)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tunnels); i++) {
		const struct tunnel *t = &tunnels[i];
		struct packet in = inner_tcp(IP4, false, 16), p;
		struct iphdr *ip = (struct iphdr *)in.bytes;
		struct weft_pkt first, later;

		if (t->inner != IP4)
			continue;
		ip->id = htons(77);
		ip->frag_off = htons(IP_MF);
		p = wrap(t, &in);
		first = parse(&p, outer_type(t));
		EXPECT_EQ(first.kind, WEFT_PKT_FLOW);
		EXPECT(first.first_fragment);
		EXPECT(!first.outer_first);
		EXPECT_EQ(first.ip_id, 77);
		ip->frag_off = htons(5);
		p = wrap(t, &in);
		later = parse(&p, outer_type(t));
		EXPECT_EQ(later.kind, WEFT_PKT_FRAGMENT);
		EXPECT_EQ(later.key.flags, WEFT_KEY_TUNNEL | WEFT_KEY_FRAGMENT);
		EXPECT_EQ(later.ip_id, 77);
		EXPECT(weft_encap_equal(&first.encap, &later.encap));
	}
}

/* The first has the headers of what is inside, and the later ones are its. */
TEST(weft_parse__outer_fragments)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tunnels); i++) {
		const struct tunnel *t = &tunnels[i];
		struct packet whole = tunnelled(t, false, 1000), p = whole;
		struct iphdr *ip = (struct iphdr *)p.bytes;
		struct weft_pkt first, later, want;

		if (t->outer != 4)
			continue;
		want = parse(&whole, IP4);
		p.len -= 600;
		end_ip4(&p, ip);
		ip->id = htons(99);
		ip->frag_off = htons(IP_MF);
		first = parse(&p, IP4);
		EXPECT_EQ(first.kind, WEFT_PKT_FLOW);
		EXPECT(same_flow(&first, &want));
		EXPECT_EQ(first.payload_len, 400);
		EXPECT(!first.first_fragment);
		EXPECT(first.outer_first);
		EXPECT_EQ(first.outer_id, 99);

		ip->frag_off = htons(50);
		later = parse(&p, IP4);
		EXPECT_EQ(later.kind, WEFT_PKT_FRAGMENT);
		EXPECT_EQ(later.encap.tunnel, WEFT_TUNNEL_NONE);
		EXPECT_EQ(later.key.flags, WEFT_KEY_FRAGMENT);
		EXPECT_EQ(later.ip_id, first.outer_id);
		EXPECT_EQ(later.src, first.outer_src);
		EXPECT_EQ(later.key.proto, first.outer.proto);
		EXPECT_EQ(later.key.vlan, first.outer.vlan);
		EXPECT_MEM(later.key.addr, first.outer.addr,
			   sizeof(later.key.addr));
	}
}

TEST(weft_parse__outer_fragment_without_inner_headers)
{
	const struct tunnel *t = named("vxlan");
	struct packet p = tunnelled(t, false, 100);
	struct iphdr *ip = (struct iphdr *)p.bytes;
	unsigned int len;

	ip->frag_off = htons(IP_MF);
	/* IP 20, UDP 8, VXLAN 8, Ethernet 14, IP 20, TCP 20 */
	for (len = p.len; len > 28; len--) {
		struct weft_pkt pkt;

		p.len = len;
		end_ip4(&p, ip);
		pkt = parse(&p, IP4);
		if (len >= 90)
			EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
		else if (len >= 36)
			EXPECT_EQ(pkt.kind, WEFT_PKT_MALFORMED);
		else
			EXPECT_EQ(pkt.key.flags, WEFT_KEY_TUNNEL_PORT);
	}
}

/* ICMP errors. */

static struct packet icmp4_error(const char *src, const char *dst,
				 const struct packet *quoted, unsigned int quote)
{
	struct packet p = {};
	struct iphdr *ip = put_ip4(&p, src, dst, IPPROTO_ICMP);

	*(u8 *)put_zero(&p, 8) = ICMP_DEST_UNREACH;
	put(&p, quoted->bytes, min(quote, quoted->len));
	end_ip4(&p, ip);
	return p;
}

TEST(weft_parse__icmp_error_in_a_tunnel)
{
	struct packet in = inner_tcp(IP4, false, 100);
	struct packet error = icmp4_error(B4, A4, &in, 28);
	const struct tunnel *t = named("vxlan");
	struct packet sent = wrap(t, &in), p = wrap(t, &error);
	struct weft_pkt flow = parse(&sent, IP4), pkt = parse(&p, IP4);

	EXPECT_EQ(pkt.kind, WEFT_PKT_ICMP_ERROR);
	EXPECT(same_flow(&flow, &pkt));
	EXPECT_EQ(pkt.src, !flow.src);
}

/* A router says that what is in the tunnel does not get on. */
TEST(weft_parse__icmp_error_about_a_tunnel)
{
	unsigned int i, quote;

	for (i = 0; i < ARRAY_SIZE(tunnels); i++) {
		const struct tunnel *t = &tunnels[i];
		struct packet sent = tunnelled(t, false, 200);
		struct weft_pkt flow = parse(&sent, IP4);
		unsigned int inner = sent.len - 200 - 20;

		if (t->outer != 4)
			continue;
		for (quote = 20; quote < sent.len; quote++) {
			struct packet p = icmp4_error("192.0.2.9", OUT_A4, &sent,
						      quote);
			struct weft_pkt pkt = parse(&p, IP4);

			if (quote >= inner + 4) {
				EXPECT_EQ(pkt.kind, WEFT_PKT_ICMP_ERROR);
				EXPECT(same_flow(&flow, &pkt));
				EXPECT_EQ(pkt.src, !flow.src);
			} else if (pkt.kind == WEFT_PKT_ICMP_ERROR) {
				/* about the outer packet, then */
				EXPECT_EQ(pkt.encap.tunnel, WEFT_TUNNEL_NONE);
				EXPECT_EQ(pkt.key.proto, t->proto);
			} else {
				EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
				EXPECT_LE(quote, 23);
			}
		}
	}
}

/* GSO: the lengths of the large packet, with all headers. */

TEST(weft_parse__gso_in_a_tunnel)
{
	const struct tunnel *t = named("vxlan");
	struct packet p = tunnelled(t, false, 60000);
	struct weft_pkt pkt = parse_split(&p, IP4, 0, 1398, p.len, 0);

	EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
	EXPECT_EQ(pkt.payload_off, 20 + 8 + 8 + 14 + 40);
	EXPECT_EQ(pkt.payload_len, 60000);
}

TEST(weft_parse__gso_in_a_tunnel_beyond_16_bits)
{
	const struct tunnel *t = named("vxlan");
	struct packet in = {}, p;
	struct weft_pkt pkt;

	put_ip6(&in, A6, B6, IPPROTO_TCP);
	put_tcp(&in, 40000, 443);
	put_zero(&in, 69000);
	p = wrap_as(t, &in, IP6, false, t->proto);
	((struct iphdr *)p.bytes)->tot_len = 0;
	pkt = parse_split(&p, IP4, 0, 1398, p.len, 0);
	EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
	EXPECT_EQ(pkt.payload_len, 69000);
	EXPECT_EQ(parse(&p, IP4).kind, WEFT_PKT_MALFORMED);
}

/* Every length and every way to cut: never a byte read that is not there. */

TEST(weft_parse__cut_tunnels)
{
	unsigned int i, len, linear, frag;

	for (i = 0; i < ARRAY_SIZE(tunnels); i++) {
		const struct tunnel *t = &tunnels[i];
		struct packet p = tunnelled(t, false, 9), cut = p;
		struct weft_pkt whole = parse(&p, outer_type(t)), pkt;

		for (len = 0; len < p.len; len++) {
			cut.len = len;
			for (linear = 0; linear <= len; linear += 7) {
				pkt = parse_split(&cut, outer_type(t), 0, 0,
						  linear, 5);
				EXPECT_EQ(pkt.kind, WEFT_PKT_MALFORMED);
				parse_split(&cut, outer_type(t), 0, 1000, linear,
					    5);
			}
		}
		for (linear = 0; linear <= p.len; linear++) {
			for (frag = 1; frag < 48; frag += frag < 4 ? 1 : 11) {
				pkt = parse_split(&p, outer_type(t), 0, 0,
						  linear, frag);
				EXPECT_EQ(pkt.kind, WEFT_PKT_FLOW);
				EXPECT(same_flow(&pkt, &whole));
				EXPECT_EQ(pkt.src, whole.src);
				EXPECT_EQ(pkt.tcp_seq, whole.tcp_seq);
				EXPECT_EQ(pkt.payload_off, whole.payload_off);
				EXPECT_EQ(pkt.payload_len, whole.payload_len);
			}
		}
	}
}

/* Cut where the lengths still say that nothing is missing. */
TEST(weft_parse__short_tunnels)
{
	unsigned int i, len;

	for (i = 0; i < ARRAY_SIZE(tunnels); i++) {
		const struct tunnel *t = &tunnels[i];
		struct packet p = tunnelled(t, false, 0);
		unsigned int outer = t->outer == 4 ? 20 : 40;
		unsigned int whole = p.len;

		outer += t->port ? 8 : 0;
		for (len = outer; len < whole; len++) {
			struct weft_pkt pkt;

			p.len = len;
			if (t->outer == 4)
				end_ip4(&p, (struct iphdr *)p.bytes);
			else
				end_ip6(&p, (struct ipv6hdr *)p.bytes);
			pkt = parse(&p, outer_type(t));
			if (len < outer + t->len)
				expect_outer(&p, t);
			else
				EXPECT_EQ(pkt.kind, WEFT_PKT_MALFORMED);
		}
	}
}

/* What is no tunnel is read as if nobody looked for one. */
TEST(weft_parse__tunnels_on_changes_nothing_else)
{
	static const u8 protos[] = { 1, 2, 6, 17, 33, 50, 51, 58, 89, 132, 136 };
	unsigned int i, len;

	for (i = 0; i < ARRAY_SIZE(protos); i++) {
		for (len = 0; len < 70; len += 3) {
			struct packet p = {};
			struct iphdr *ip = put_ip4(&p, A4, B4, protos[i]);
			struct weft_pkt on, off;

			memset(put_zero(&p, len), 0x55, len);
			end_ip4(&p, ip);
			on = parse(&p, IP4);
			off = parse_off(&p, IP4);
			EXPECT_EQ(on.kind, off.kind);
			EXPECT_EQ(on.encap.tunnel, WEFT_TUNNEL_NONE);
			if (on.kind != WEFT_PKT_FLOW)
				continue;
			EXPECT(same_key(&on, &off));
			EXPECT_EQ(on.payload_off, off.payload_off);
			EXPECT_EQ(on.payload_len, off.payload_len);
			EXPECT_EQ(on.tcp_flags, off.tcp_flags);
		}
	}
}
