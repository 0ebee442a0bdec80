// SPDX-License-Identifier: GPL-2.0
/*
 * The parser under libFuzzer. The first bytes of the input say how the packet
 * is cut into head and frags, the rest is the frame. What must hold for every
 * input stands below; the sanitizers see the rest.
 */
#include <stdarg.h>
#include <stdio.h>

#include "ktap.h"
#include "mock.h"
#include "parse.h"

#define CONTROL	6

static void check(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "violated: %s\n", what);
	abort();
}

/* mock.c reports here */
bool ktap_fail(const char *file, int line, const char *fmt, ...)
{
	check(false, fmt);
	return false;
}

/* A packet in a tunnel, and an error that quotes one: twice each. */
#define READS_OF_IP	(1 + WEFT_PARSE_MAX_EXTHDRS)
#define READS_MAX	(2 * (WEFT_PARSE_MAX_VLANS + 1) + 3 * READS_OF_IP + 6)

static void check_encap(const struct weft_pkt *pkt, enum weft_tunnel_mode mode)
{
	const struct weft_encap *encap = &pkt->encap;
	bool inside = pkt->key.flags & WEFT_KEY_TUNNEL;

	check(encap->tunnel <= WEFT_TUNNEL_MAX && !encap->unused, "tunnel");
	check(encap->vlan <= VLAN_VID_MASK, "vlan in a tunnel");
	check(inside == (encap->tunnel != WEFT_TUNNEL_NONE), "tunnel flag");
	check(inside || !(encap->id | encap->vlan), "tunnel without one");
	check(encap->id <= 0xffffff || encap->tunnel == WEFT_TUNNEL_GRE ||
	      encap->tunnel == WEFT_TUNNEL_GRETAP, "identifiers have 24 bits");
	check(mode != WEFT_TUNNEL_MODE_FLAT || !encap->id, "flat has no ids");
	check(mode || !(pkt->key.flags & (WEFT_KEY_TUNNEL |
					  WEFT_KEY_TUNNEL_PORT)),
	      "nobody asked for tunnels");
	check(!pkt->outer_first || inside, "outer fragment without an inner");
	check(!inside || !(pkt->key.flags & WEFT_KEY_TUNNEL_PORT),
	      "inside and outside");
}

static void check_pkt(const struct weft_pkt *pkt, const struct sk_buff *skb,
		      enum weft_tunnel_mode mode)
{
	const struct weft_flow_key *key = &pkt->key;
	bool same = !memcmp(&key->addr[0], &key->addr[1], sizeof(key->addr[0]));

	check(pkt->kind <= WEFT_PKT_MALFORMED, "kind");
	check(pkt->src <= 1, "src");
	check(key->vlan <= VLAN_VID_MASK, "vlan");
	check(!(key->flags & ~(WEFT_KEY_FRAGMENT | WEFT_KEY_ECHO |
			       WEFT_KEY_ECHO_BY_1 | WEFT_KEY_TUNNEL |
			       WEFT_KEY_TUNNEL_PORT | WEFT_KEY_QUEUE_PAIR)),
	      "flags");
	check(!(key->flags & WEFT_KEY_QUEUE_PAIR) ||
	      (key->proto == IPPROTO_UDP && pkt->kind == WEFT_PKT_FLOW &&
	       weft_key_queue_pair(key) <= 0xffffff &&
	       weft_key_port(key, !pkt->src) == WEFT_PORT_ROCE &&
	       !weft_key_port(key, pkt->src)), "a queue pair at one end");
	check_encap(pkt, mode);
	check(!(key->flags & WEFT_KEY_ECHO) || key->port[0] == key->port[1],
	      "an echo has one identifier");
	if (pkt->kind != WEFT_PKT_FLOW && pkt->kind != WEFT_PKT_FRAGMENT &&
	    pkt->kind != WEFT_PKT_ICMP_ERROR)
		return;
	check(!same || key->flags & WEFT_KEY_QUEUE_PAIR ||
	      ntohs(key->port[0]) <= ntohs(key->port[1]),
	      "canonical order");
	check(!!(key->flags & WEFT_KEY_FRAGMENT) ==
	      (pkt->kind == WEFT_PKT_FRAGMENT), "fragment flag");
	if (pkt->kind == WEFT_PKT_FLOW)
		check((u64)pkt->payload_off + pkt->payload_len <= skb->len,
		      "payload within the packet");
	if (key->proto != IPPROTO_TCP || pkt->kind != WEFT_PKT_FLOW)
		check(!pkt->tcp_flags && !pkt->tcp_seq, "TCP fields without TCP");
}

static bool same(const struct weft_pkt *a, const struct weft_pkt *b)
{
	return a->kind == b->kind && a->src == b->src &&
	       !memcmp(&a->key, &b->key, sizeof(a->key)) &&
	       weft_encap_equal(&a->encap, &b->encap) &&
	       a->first_fragment == b->first_fragment && a->tos == b->tos &&
	       ((!a->first_fragment && a->kind != WEFT_PKT_FRAGMENT) ||
		a->ip_id == b->ip_id) &&
	       a->tcp_flags == b->tcp_flags && a->tcp_seq == b->tcp_seq &&
	       a->tcp_ack == b->tcp_ack && a->tcp_window == b->tcp_window &&
	       a->payload_off == b->payload_off &&
	       a->payload_len == b->payload_len &&
	       a->outer_first == b->outer_first &&
	       (!a->outer_first ||
		(a->outer_src == b->outer_src && a->outer_id == b->outer_id &&
		 !memcmp(&a->outer, &b->outer, sizeof(a->outer))));
}

/* @data as a frame; how it is cut is in its first bytes, or it is not. */
static struct weft_pkt parse(const u8 *data, size_t size, bool cut,
			     enum weft_tunnel_mode mode)
{
	struct sk_buff *skb;
	struct weft_pkt pkt;
	__be16 proto;
	u16 vlan;

	memcpy(&proto, data + CONTROL, sizeof(proto));
	vlan = data[2] & 1 ? get_unaligned_be16(data + 4) & VLAN_VID_MASK : 0;
	skb = mock_skb(data + CONTROL, size - CONTROL, cut ? data[0] : size,
		       cut ? data[1] : 0);
	skb->shinfo.gso_size = data[2] & 2 ? 1448 : 0;
	memset(&pkt, cut ? 0x5a : 0xa5, sizeof(pkt));
	shim_skb_reads = 0;
	weft_parse(skb, sizeof(proto), proto, vlan, mode, &pkt);
	check(shim_skb_reads <= READS_MAX, "bounded work");
	check_pkt(&pkt, skb, mode);
	mock_skb_free(skb);
	return pkt;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct weft_pkt pkt, again, other;
	enum weft_tunnel_mode mode;

	if (size < CONTROL + 2 || size > 2000)
		return 0;
	mode = data[3] % (WEFT_TUNNEL_MODE_MAX + 1);

	pkt = parse(data, size, true, mode);
	again = parse(data, size, false, mode);
	check(same(&pkt, &again), "frags matter");

	if (mode == WEFT_TUNNEL_MODE_OFF)
		return 0;
	/* Identifiers are all that flat leaves out. */
	again = parse(data, size, false, WEFT_TUNNEL_MODE_ON);
	other = parse(data, size, false, WEFT_TUNNEL_MODE_FLAT);
	again.encap.id = 0;
	check(same(&again, &other), "flat is another than on");
	if (pkt.key.flags & WEFT_KEY_TUNNEL)
		return 0;
	/* What is not in a tunnel is read as ever, the plain way too. */
	other = parse(data, size, false, WEFT_TUNNEL_MODE_OFF);
	again.key.flags &= ~WEFT_KEY_TUNNEL_PORT;
	check(same(&again, &other), "tunnels matter outside of them");
	return 0;
}
