// SPDX-License-Identifier: GPL-2.0
/*
 * Frames put on a device by hand, as a container with CAP_NET_RAW can.
 *
 *	frame [OPTIONS] DEV MAC udp SRC SPORT DST DPORT LEN
 *	frame [OPTIONS] DEV MAC hex BYTES	what follows the Ethernet header
 *
 *	-l PROTO	what sll_protocol claims (default: the truth)
 *	-e PROTO	EtherType in the frame (default: that of the packet)
 *	-b		PACKET_QDISC_BYPASS
 *	-n COUNT	how many
 *	-t TTL		TTL or hop limit (64)
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static unsigned char frame[9100];
static size_t frame_len;
static int ttl = 64;

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "frame: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void *put(size_t len)
{
	void *at = frame + frame_len;

	if (frame_len + len > sizeof(frame)) {
		fprintf(stderr, "frame: too long\n");
		exit(2);
	}
	frame_len += len;
	return at;
}

static uint32_t sum(const void *data, size_t len, uint32_t acc)
{
	const unsigned char *p = data;
	size_t i;

	for (i = 0; i < len; i++)
		acc += i & 1 ? p[i] : p[i] << 8;
	return acc;
}

static uint16_t fold(uint32_t acc)
{
	while (acc >> 16)
		acc = (acc & 0xffff) + (acc >> 16);
	acc = ~acc & 0xffff;
	return htons(acc ? acc : 0xffff);
}

static int put_udp(char **argv)
{
	uint16_t len = sizeof(struct udphdr) + atoi(argv[4]);
	struct in6_addr src6, dst6;
	struct in_addr src, dst;
	struct udphdr *udp;
	uint32_t acc;
	int proto;

	if (inet_pton(AF_INET, argv[0], &src) == 1 &&
	    inet_pton(AF_INET, argv[2], &dst) == 1) {
		struct iphdr *ip = put(sizeof(*ip));

		ip->version = 4;
		ip->ihl = 5;
		ip->ttl = ttl;
		ip->protocol = IPPROTO_UDP;
		ip->tot_len = htons(sizeof(*ip) + len);
		ip->saddr = src.s_addr;
		ip->daddr = dst.s_addr;
		ip->check = fold(sum(ip, sizeof(*ip), 0));
		acc = sum(&ip->saddr, 8, 0);
		proto = ETH_P_IP;
	} else if (inet_pton(AF_INET6, argv[0], &src6) == 1 &&
		   inet_pton(AF_INET6, argv[2], &dst6) == 1) {
		struct ipv6hdr *ip = put(sizeof(*ip));

		ip->version = 6;
		ip->hop_limit = ttl;
		ip->nexthdr = IPPROTO_UDP;
		ip->payload_len = htons(len);
		memcpy(&ip->saddr, &src6, sizeof(src6));
		memcpy(&ip->daddr, &dst6, sizeof(dst6));
		acc = sum(&ip->saddr, 32, 0);
		proto = ETH_P_IPV6;
	} else {
		fprintf(stderr, "frame: no addresses of one family\n");
		exit(2);
	}
	udp = put(len);
	udp->source = htons(atoi(argv[1]));
	udp->dest = htons(atoi(argv[3]));
	udp->len = htons(len);
	memset(udp + 1, 'e', len - sizeof(*udp));
	udp->check = fold(sum(udp, len, acc + IPPROTO_UDP + len));
	return proto;
}

static void put_hex(const char *hex)
{
	unsigned int byte;

	for (; *hex; hex += 2) {
		if (sscanf(hex, "%2x", &byte) != 1) {
			fprintf(stderr, "frame: %s is not hex\n", hex);
			exit(2);
		}
		*(unsigned char *)put(1) = byte;
	}
}

int main(int argc, char **argv)
{
	int lie = -1, type = -1, proto = ETH_P_IP, count = 1, one = 1, opt, fd;
	struct sockaddr_ll to = { .sll_family = AF_PACKET };
	struct ifreq ifr = {};
	struct ethhdr *eth;
	bool bypass = false;

	while ((opt = getopt(argc, argv, "+l:e:bn:t:")) != -1) {
		switch (opt) {
		case 'l':
			lie = strtol(optarg, NULL, 0);
			break;
		case 'e':
			type = strtol(optarg, NULL, 0);
			break;
		case 'b':
			bypass = true;
			break;
		case 'n':
			count = atoi(optarg);
			break;
		case 't':
			ttl = atoi(optarg);
			break;
		default:
			return 2;
		}
	}
	argv += optind;
	argc -= optind;
	if (argc < 4) {
		fprintf(stderr, "frame: see the top of frame.c\n");
		return 2;
	}
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (fd < 0)
		die("socket");
	strncpy(ifr.ifr_name, argv[0], IFNAMSIZ - 1);
	if (ioctl(fd, SIOCGIFINDEX, &ifr))
		die(argv[0]);
	to.sll_ifindex = ifr.ifr_ifindex;
	if (ioctl(fd, SIOCGIFHWADDR, &ifr))
		die(argv[0]);

	eth = put(sizeof(*eth));
	memcpy(eth->h_source, ifr.ifr_hwaddr.sa_data, ETH_ALEN);
	if (sscanf(argv[1], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &eth->h_dest[0],
		   &eth->h_dest[1], &eth->h_dest[2], &eth->h_dest[3],
		   &eth->h_dest[4], &eth->h_dest[5]) != 6) {
		fprintf(stderr, "frame: %s is no MAC address\n", argv[1]);
		return 2;
	}
	if (!strcmp(argv[2], "udp") && argc == 8)
		proto = put_udp(argv + 3);
	else if (!strcmp(argv[2], "hex") && argc == 4)
		put_hex(argv[3]);
	else
		return 2;
	eth->h_proto = htons(type < 0 ? proto : type);
	to.sll_protocol = lie < 0 ? eth->h_proto : htons(lie);
	to.sll_halen = ETH_ALEN;
	memcpy(to.sll_addr, eth->h_dest, ETH_ALEN);

	if (bypass && setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one,
				 sizeof(one)))
		die("PACKET_QDISC_BYPASS");
	/* what a hook drops, this call reports; that is no failure here */
	while (count--)
		if (sendto(fd, frame, frame_len, 0, (struct sockaddr *)&to,
			   sizeof(to)) < 0 && errno != ENOBUFS && errno != EPERM)
			die("send");
	return 0;
}
