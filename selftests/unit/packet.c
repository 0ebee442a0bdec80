// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "packet.h"

/* of libc; its header clashes with the kernel's */
int inet_pton(int af, const char *src, void *dst);

struct in6_addr addr4(const char *text)
{
	struct in6_addr addr = {};

	addr.s6_addr[10] = 0xff;
	addr.s6_addr[11] = 0xff;
	if (inet_pton(AF_INET, text, &addr.s6_addr[12]) != 1)
		abort();
	return addr;
}

struct in6_addr addr6(const char *text)
{
	struct in6_addr addr;

	if (inet_pton(AF_INET6, text, &addr) != 1)
		abort();
	return addr;
}

void *put(struct packet *p, const void *bytes, unsigned int len)
{
	return memcpy(put_zero(p, len), bytes, len);
}

void *put_zero(struct packet *p, unsigned int len)
{
	void *at = p->bytes + p->len;

	if (len > sizeof(p->bytes) - p->len)
		abort();
	memset(at, 0, len);
	p->len += len;
	return at;
}

void put_be16(struct packet *p, u16 v)
{
	__be16 be = htons(v);

	put(p, &be, sizeof(be));
}

struct iphdr *put_ip4(struct packet *p, const char *src, const char *dst,
		      u8 proto)
{
	struct in6_addr s = addr4(src), d = addr4(dst);
	struct iphdr ip = {
		.version = 4, .ihl = 5, .ttl = 64, .protocol = proto,
		.saddr = s.s6_addr32[3], .daddr = d.s6_addr32[3],
	};

	return put(p, &ip, sizeof(ip));
}

struct ipv6hdr *put_ip6(struct packet *p, const char *src, const char *dst,
			u8 nexthdr)
{
	struct ipv6hdr ip = {
		.version = 6, .hop_limit = 64, .nexthdr = nexthdr,
		.saddr = addr6(src), .daddr = addr6(dst),
	};

	return put(p, &ip, sizeof(ip));
}

struct tcphdr *put_tcp(struct packet *p, u16 sport, u16 dport)
{
	struct tcphdr tcp = {
		.source = htons(sport), .dest = htons(dport), .doff = 5,
		.ack = 1, .seq = htonl(0x01020304), .ack_seq = htonl(0x05060708),
		.window = htons(0x1234),
	};

	return put(p, &tcp, sizeof(tcp));
}

struct udphdr *put_udp(struct packet *p, u16 sport, u16 dport)
{
	struct udphdr udp = {
		.source = htons(sport), .dest = htons(dport), .len = htons(8),
	};

	return put(p, &udp, sizeof(udp));
}

void end_ip4(struct packet *p, struct iphdr *ip)
{
	ip->tot_len = htons((u16)(p->bytes + p->len - (u8 *)ip));
}

void end_ip6(struct packet *p, struct ipv6hdr *ip)
{
	ip->payload_len = htons((u16)(p->bytes + p->len - (u8 *)(ip + 1)));
}
