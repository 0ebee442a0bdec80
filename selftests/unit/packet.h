/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses and packets, written the way one thinks of them. */
#ifndef _PACKET_H
#define _PACKET_H

#include <shim/net.h>

struct in6_addr addr4(const char *text);	/* as ::ffff:a.b.c.d */
struct in6_addr addr6(const char *text);

/* Bytes that grow; every put returns the place that it wrote to. */
struct packet {
	u8		bytes[70000];
	unsigned int	len;
};

void *put(struct packet *p, const void *bytes, unsigned int len);
void *put_zero(struct packet *p, unsigned int len);
void put_be16(struct packet *p, u16 v);

/* Headers. Lengths are filled in by fix_lengths() or by hand. */
struct iphdr *put_ip4(struct packet *p, const char *src, const char *dst,
		      u8 proto);
struct ipv6hdr *put_ip6(struct packet *p, const char *src, const char *dst,
			u8 nexthdr);
struct tcphdr *put_tcp(struct packet *p, u16 sport, u16 dport);
struct udphdr *put_udp(struct packet *p, u16 sport, u16 dport);

/* Makes the IP header at @ip say that the packet ends where @p ends. */
void end_ip4(struct packet *p, struct iphdr *ip);
void end_ip6(struct packet *p, struct ipv6hdr *ip);

#endif /* _PACKET_H */
