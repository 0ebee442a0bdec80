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

static void check_pkt(const struct weft_pkt *pkt, const struct sk_buff *skb)
{
	const struct weft_flow_key *key = &pkt->key;
	bool same = !memcmp(&key->addr[0], &key->addr[1], sizeof(key->addr[0]));

	check(pkt->kind <= WEFT_PKT_MALFORMED, "kind");
	check(pkt->src <= 1, "src");
	check(key->vlan <= VLAN_VID_MASK, "vlan");
	check(!(key->flags & ~(WEFT_KEY_FRAGMENT | WEFT_KEY_ECHO |
			       WEFT_KEY_ECHO_BY_1)), "flags");
	check(!(key->flags & WEFT_KEY_ECHO) || key->port[0] == key->port[1],
	      "an echo has one identifier");
	if (pkt->kind != WEFT_PKT_FLOW && pkt->kind != WEFT_PKT_FRAGMENT &&
	    pkt->kind != WEFT_PKT_ICMP_ERROR)
		return;
	check(!same || ntohs(key->port[0]) <= ntohs(key->port[1]),
	      "canonical order");
	check(!!(key->flags & WEFT_KEY_FRAGMENT) ==
	      (pkt->kind == WEFT_PKT_FRAGMENT), "fragment flag");
	if (pkt->kind == WEFT_PKT_FLOW)
		check((u64)pkt->payload_off + pkt->payload_len <= skb->len,
		      "payload within the packet");
	if (key->proto != IPPROTO_TCP || pkt->kind != WEFT_PKT_FLOW)
		check(!pkt->tcp_flags && !pkt->tcp_seq, "TCP fields without TCP");
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct weft_pkt pkt, again;
	struct sk_buff *skb;
	__be16 proto;
	u16 vlan;

	if (size < CONTROL + 2 || size > 2000)
		return 0;
	memcpy(&proto, data + CONTROL, sizeof(proto));
	vlan = data[2] & 1 ? get_unaligned_be16(data + 4) & VLAN_VID_MASK : 0;
	skb = mock_skb(data + CONTROL, size - CONTROL, data[0], data[1]);
	skb->shinfo.gso_size = data[2] & 2 ? 1448 : 0;

	memset(&pkt, 0x5a, sizeof(pkt));
	weft_parse(skb, sizeof(proto), proto, vlan, &pkt);
	check_pkt(&pkt, skb);

	/* How the bytes are spread over frags changes nothing. */
	mock_skb_free(skb);
	skb = mock_skb(data + CONTROL, size - CONTROL, size, 0);
	skb->shinfo.gso_size = data[2] & 2 ? 1448 : 0;
	memset(&again, 0xa5, sizeof(again));
	weft_parse(skb, sizeof(proto), proto, vlan, &again);
	check(pkt.kind == again.kind && pkt.src == again.src &&
	      !memcmp(&pkt.key, &again.key, sizeof(pkt.key)) &&
	      pkt.first_fragment == again.first_fragment &&
	      pkt.tos == again.tos &&
	      ((!pkt.first_fragment && pkt.kind != WEFT_PKT_FRAGMENT) ||
	       pkt.ip_id == again.ip_id) &&
	      pkt.tcp_flags == again.tcp_flags &&
	      pkt.tcp_seq == again.tcp_seq && pkt.tcp_ack == again.tcp_ack &&
	      pkt.tcp_window == again.tcp_window &&
	      pkt.payload_off == again.payload_off &&
	      pkt.payload_len == again.payload_len, "frags matter");
	mock_skb_free(skb);
	return 0;
}
