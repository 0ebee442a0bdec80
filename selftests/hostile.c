// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that nobody means well with.
 *
 *	hostile DEV MAC COUNT SEED
 *	hostile DEV MAC COUNT SEED flood SRC DST
 *	hostile DEV MAC COUNT SEED cost PLAIN
 *
 * Puts COUNT frames on DEV for MAC, the same ones for the same SEED: IP in every
 * form that weft reads, between few addresses, ports and queue pairs, so that
 * they meet in flows; TCP whose numbers go on from packet to packet, leave gaps,
 * overlap and contradict themselves; headers that lie about lengths, chains of
 * extension headers, fragments, tunnels in tunnels; and of all that, some cut off
 * or with bytes changed. With flood, each is UDP of 1000 bytes and a flow of its own.
 * Prints how many were sent, and passed or dropped. With cost, each is sent on
 * PLAIN, too, and how many nanoseconds more it took on DEV is printed: the median,
 * the 99th of a hundred, the most; and the frame that this was.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FRAME_MAX	1514
#define DEPTH_MAX	4	/* packets in packets */
#define STREAMS		16

static unsigned char frame[4 * FRAME_MAX];
static size_t len;
static uint64_t state;
/* Where the two ends of each TCP connection are. */
static uint32_t seqs[STREAMS][2];

static void put_packet(unsigned int depth);

/* xorshift64*, of Vigna */
static uint32_t any(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * 0x2545f4914f6cdd1dULL) >> 32;
}

static uint32_t below(uint32_t n) { return any() % n; }
static bool one_in(uint32_t n) { return !below(n); }

#define PICK(...)						\
({								\
	const uint32_t of_[] = { __VA_ARGS__ };			\
	of_[below(sizeof(of_) / sizeof(of_[0]))];		\
})

static void put8(uint8_t v)
{
	if (len < sizeof(frame))
		frame[len++] = v;
}

static void put16(uint16_t v) { put8(v >> 8); put8(v); }
static void put32(uint32_t v) { put16(v >> 16); put16(v); }

static void put_any(unsigned int n)
{
	while (n--)
		put8(any());
}

static void put_same(unsigned int n, uint8_t v)
{
	while (n--)
		put8(v);
}

/* A length that was to be known first; some are wrong. */
static void set16(size_t at, uint32_t v)
{
	if (one_in(20))
		v = PICK(0, 1, v / 2, v + 1, 0xffff, any());
	if (at + 2 > sizeof(frame))
		return;
	frame[at] = v >> 8;
	frame[at + 1] = v;
}

static uint16_t checksum(size_t from, size_t to)
{
	uint32_t acc = 0;

	for (; from + 1 < to && from + 1 < sizeof(frame); from += 2)
		acc += frame[from] << 8 | frame[from + 1];
	while (acc >> 16)
		acc = (acc & 0xffff) + (acc >> 16);
	return ~acc;
}

/* What hostile.sh has a profile for, and what not. */
static void put_stream(void)
{
	if (one_in(3)) {
		put32(0x78786162);
		put16(0x6364);
	}
	while (!one_in(4)) {
		uint16_t size = PICK(0, 1, 100, 1000, 60000, 60001, any());

		put16(size);
		put16(one_in(10) ? any() : 0x5566);
		put_same(below(size % 1200 + 1), 'm');
	}
	put_any(below(16));
}

static void put_tcp(void)
{
	unsigned int stream = below(STREAMS), end = below(2), options;
	uint32_t seq = seqs[stream][end], flags = 0x10;
	uint16_t server = stream & 1 ? 5000 : 7, client = 40000 + stream;
	size_t begin;

	/* sent again, a gap, out of any window */
	if (one_in(4))
		seq += below(4000) - 2000;
	if (one_in(30))
		seq = any();
	if (one_in(6))
		flags = PICK(0x02, 0x12, 0x11, 0x14, 0x04, 0x01, 0x18, 0, 0xff);
	put16(end ? server : client);
	put16(end ? client : server);
	put32(seq);
	put32(seqs[stream][!end] - (one_in(4) ? below(3000) : 0));
	options = one_in(4) ? below(11) : 0;
	put8((one_in(30) ? below(16) : 5 + options) << 4);
	put8(flags);
	put16(PICK(0, 1, 500, 65535));
	put16(any());
	put16(one_in(10) ? any() : 0);
	put_any(4 * options);
	begin = len;
	if (one_in(3))
		put_stream();
	else if (one_in(2))
		put_any(below(1400));
	if (!one_in(8))
		seqs[stream][end] = seq + (len - begin) + !!(flags & 3);
}

/* RoCEv2: messages, connections, and anything. */
static void put_roce(void)
{
	uint8_t opcode = PICK(0x04, 0x06, 0x07, 0x0a, 0x0b, 0x0c, 0x11, 0x26,
			      0x64, 0x64, 0x81, 0xa6, 0xac, any());

	put8(opcode);
	put8(one_in(20) ? any() : 0);
	put16(0xffff);
	put32(opcode == 0x64 && !one_in(4) ? 1 : PICK(0, 1, 2, 17, 18, any()));
	put32(below(2) ? below(64) : any());
	if (opcode == 0x64) {
		put32(0x80010000);
		put32(1);
		put32(one_in(10) ? any() : 0x01070203);
		put_same(12, 0);
		put16(PICK(0x10, 0x13, 0x14, any()));
		put_same(6, 0);
		put32(below(4));
		put32(below(4));
		put_any(4);
		put32(PICK(17, 18, 0, any()) << 8);
		put_any(16);
		put32(PICK(17, 18, 0, any()) << 8);
		put_any(below(200));
	} else {
		put_any(opcode >> 5 == 5 ? 16 : 12);
		put32(PICK(0, 1, 65536, 0x80000000, 0xffffffff, any()));
		put_any(below(1200));
	}
}

static void put_vxlan(unsigned int depth)
{
	put8(one_in(8) ? any() : 0x08);
	put_same(3, 0);
	put32(below(3) << 8);
	put_any(6);
	put_any(6);
	put16(PICK(ETH_P_IP, ETH_P_IPV6, ETH_P_8021Q, any()));
	put_packet(depth);
}

static void put_geneve(unsigned int depth)
{
	unsigned int options = one_in(3) ? below(64) : 0;

	put8((one_in(20) ? any() & 0xc0 : 0) | options);
	put8(0);
	put16(PICK(0x6558, ETH_P_IP, ETH_P_IPV6, any()));
	put32(below(3) << 8);
	put_any(one_in(10) ? below(256) : 4 * options);
	put_packet(depth);
}

static void put_udp(unsigned int depth)
{
	uint16_t port = PICK(7, 53, 4789, 4791, 4791, 6081, 8472, any());
	size_t at = len;

	put16(PICK(7, 4791, 40000, any()));
	put16(port);
	put16(0);
	put16(0);
	switch (port) {
	case 4791:
		put_roce();
		break;
	case 4789:
	case 8472:
		put_vxlan(depth);
		break;
	case 6081:
		put_geneve(depth);
		break;
	default:
		put_any(below(600));
	}
	set16(at + 4, len - at);
}

static void put_gre(unsigned int depth)
{
	uint16_t flags = one_in(4) ? any() : PICK(0, 0x2000, 0xb000, 0x1000);

	put16(flags);
	put16(PICK(ETH_P_IP, ETH_P_IPV6, 0x6558, 0x880b, any()));
	put_any(4 * below(5));
	put_packet(depth);
}

static void put_icmp(unsigned int depth, bool six)
{
	put8(six ? PICK(1, 2, 3, 4, 128, 129, 130, 133, 135, 143, any()) :
		   PICK(0, 3, 4, 5, 8, 11, 12, any()));
	put8(below(6));
	put16(any());
	put16(below(4));
	put16(below(4));
	if (one_in(4))
		put_any(below(64));
	else
		put_packet(depth);
}

static void put_payload(uint8_t proto, unsigned int depth)
{
	switch (proto) {
	case 6:
		put_tcp();
		break;
	case 17:
		put_udp(depth);
		break;
	case 1:
	case 58:
		put_icmp(depth, proto == 58);
		break;
	case 47:
		put_gre(depth);
		break;
	case 4:
	case 41:
		put_packet(depth);
		break;
	default:
		put_any(below(100));
	}
}

static uint8_t any_proto(void)
{
	return PICK(6, 6, 6, 6, 17, 17, 17, 1, 58, 2, 4, 41, 47, 50, 132, 0,
		    any());
}

static uint32_t any_ip4(void)
{
	return PICK(0x0a090001, 0x0a090002, 0x0a090001, 0x0a090002, 0x0a09000b,
		    0x0a09000c, 0xe0000001, 0, 0xffffffff, 0x7f000001);
}

static void put_ip4(unsigned int depth)
{
	unsigned int words = one_in(10) ? 5 + below(11) : 5;
	uint8_t proto = any_proto();
	size_t at = len;
	uint16_t sum;

	put8(0x40 | (one_in(40) ? below(16) : words));
	put8(any());
	put16(0);
	put16(below(4));
	put16(one_in(6) ? PICK(0x2000, 0x2001, 1, 2, 185, 0x1fff, 0x4000, any()) : 0);
	put8(PICK(1, 64, 255));
	put8(proto);
	put16(0);
	put32(any_ip4());
	put32(any_ip4());
	put_any(4 * (words - 5));
	put_payload(proto, depth);
	set16(at + 2, len - at);
	sum = checksum(at, at + 4 * words);
	if (!one_in(40))
		frame[at + 10] = sum >> 8, frame[at + 11] = sum;
}

static void put_ip6_addr(void)
{
	if (one_in(10)) {
		put_same(10, 0);
		put16(0xffff);
		put32(any_ip4());
		return;
	}
	put32(one_in(10) ? 0xff020000 : 0xfd090000);
	put_same(11, 0);
	put8(PICK(1, 2, 11, 12));
}

static void put_ip6(unsigned int depth)
{
	unsigned int chain = one_in(10) ? below(100) : below(3);
	uint8_t last = any_proto(), next, words;
	size_t at = len, where;

	put32(0x60000000 | (any() & 0xfffffff));
	put16(0);
	where = len;
	put8(0);
	put8(PICK(1, 64, 255));
	put_ip6_addr();
	put_ip6_addr();
	while (chain-- && len < FRAME_MAX) {
		/* hop by hop, routing, fragment, destination, authentication */
		next = PICK(0, 43, 44, 60, 51, 135);
		frame[where] = next;
		where = len;
		put8(0);
		words = one_in(20) ? any() : next == 44 ? 0 : below(3);
		put8(words);
		if (next == 44) {
			put16(one_in(2) ? PICK(0, 1, 8, 9, 0xfff9) : any());
			put32(below(4));
		} else {
			put_any(6 + 8 * (words % 8));
		}
	}
	frame[where] = last;
	put_payload(last, depth);
	set16(at + 4, len - at - 40);
}

/* A packet of either version; the EtherType before it may say another. */
static void put_packet(unsigned int depth)
{
	if (depth >= DEPTH_MAX)
		put_any(below(64));
	else if (one_in(3))
		put_ip6(depth + 1);
	else
		put_ip4(depth + 1);
}

static void put_frame(const uint8_t *to, const uint8_t *from)
{
	static const uint8_t everybody[] = { 255, 255, 255, 255, 255, 255 };
	size_t type, n;

	len = 0;
	memcpy(frame, one_in(20) ? everybody : to, ETH_ALEN);
	memcpy(frame + ETH_ALEN, from, ETH_ALEN);
	len = 2 * ETH_ALEN;
	while (one_in(8)) {
		put16(PICK(ETH_P_8021Q, ETH_P_8021AD));
		put16(below(3));
	}
	type = len;
	put16(0);
	put_packet(0);
	n = frame[type + 2] >> 4 == 6 ? ETH_P_IPV6 : ETH_P_IP;
	if (one_in(40))
		n = PICK(ETH_P_ARP, ETH_P_IP, ETH_P_IPV6, any());
	frame[type] = n >> 8;
	frame[type + 1] = n;
	while (one_in(8))
		frame[type + below(len - type)] = any();
	if (one_in(8))
		len = ETH_HLEN + below(len - ETH_HLEN + 1);
	if (len > FRAME_MAX)
		len = FRAME_MAX;
}

/* UDP from @src to @dst. */
static void put_flood(const uint8_t *to, const uint8_t *from, uint32_t src,
		      uint32_t dst)
{
	uint16_t sum;

	memcpy(frame, to, ETH_ALEN);
	memcpy(frame + ETH_ALEN, from, ETH_ALEN);
	len = 2 * ETH_ALEN;
	put16(ETH_P_IP);
	put32(0x45000000 | 1000);
	put32(0x00004000);
	put32(0x40110000);
	put32(src);
	put32(dst);
	sum = checksum(ETH_HLEN, len);
	frame[ETH_HLEN + 10] = sum >> 8;
	frame[ETH_HLEN + 11] = sum;
	put32(0);
	put16(1000 - 20);
	put16(0);
	put_same(1000 - 28, 'f');
}

/* The next flow: all ports from which and to which there may be one. */
static void renumber_flood(uint32_t number)
{
	size_t end = len;

	len = ETH_HLEN + 20;
	put16(1024 + number % 60000);
	put16(1024 + number / 60000);
	len = end;
}

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "hostile: %s: %s\n", what, strerror(errno));
	exit(2);
}

static long now(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000000L + ts.tv_nsec;
}

/* Whether it got through, or was dropped by a hook, of which the sender is told. */
static bool transmit(int fd, struct sockaddr_ll *to)
{
	memcpy(&to->sll_protocol, frame + 2 * ETH_ALEN, 2);
	return sendto(fd, frame, len, 0, (struct sockaddr *)to,
		      sizeof(*to)) == (ssize_t)len ||
		errno == ENOBUFS || errno == EPERM;
}

static int by_size(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return (x > y) - (x < y);
}

/* What the frame costs on @dev over @plain; -1 where a tick came in between. */
static long cost_of_frame(int fd, struct sockaddr_ll *dev,
			  struct sockaddr_ll *plain)
{
	long tick = now(CLOCK_MONOTONIC_COARSE), start, middle, end;

	start = now(CLOCK_MONOTONIC);
	transmit(fd, plain);
	middle = now(CLOCK_MONOTONIC);
	transmit(fd, dev);
	end = now(CLOCK_MONOTONIC);
	if (now(CLOCK_MONOTONIC_COARSE) != tick)
		return -1;
	end = (end - middle) - (middle - start);
	return end < 0 ? 0 : end;
}

static int cost(int fd, struct sockaddr_ll *dev, struct sockaddr_ll *plain,
		const uint8_t *mac, const uint8_t *from, unsigned long count)
{
	long *all = malloc(count * sizeof(*all)), most = -1, one;
	static unsigned char worst[FRAME_MAX];
	size_t worst_len = 0, n = 0, i;

	if (!all || !count)
		die("memory");
	while (count--) {
		put_frame(mac, from);
		one = cost_of_frame(fd, dev, plain);
		if (one < 0)
			continue;
		all[n++] = one;
		if (one <= most)
			continue;
		most = one;
		worst_len = len;
		memcpy(worst, frame, len);
	}
	if (!n)
		die("a tick in each");
	qsort(all, n, sizeof(*all), by_size);
	printf("%ld %ld %ld ", all[n / 2], all[n * 99 / 100], most);
	for (i = 0; i < worst_len; i++)
		printf("%02x", worst[i]);
	putchar('\n');
	free(all);
	return 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_halen = ETH_ALEN };
	struct sockaddr_ll plain;
	unsigned long count, sent = 0, i;
	uint32_t src = 0, dst = 0;
	struct ifreq ifr = { 0 };
	uint8_t mac[ETH_ALEN];
	int fd;

	if ((argc != 5 && argc != 7 && argc != 8) ||
	    sscanf(argv[2], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &mac[0], &mac[1],
		   &mac[2], &mac[3], &mac[4], &mac[5]) != ETH_ALEN) {
		fprintf(stderr, "usage: hostile DEV MAC COUNT SEED [flood SRC DST | cost PLAIN]\n");
		return 2;
	}
	if (argc == 8) {
		src = ntohl(inet_addr(argv[6]));
		dst = ntohl(inet_addr(argv[7]));
	}
	count = strtoul(argv[3], NULL, 0);
	state = strtoul(argv[4], NULL, 0) * 2 + 1;

	fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (fd < 0)
		die("socket");
	strncpy(ifr.ifr_name, argv[1], IFNAMSIZ - 1);
	if (ioctl(fd, SIOCGIFINDEX, &ifr))
		die(argv[1]);
	to.sll_ifindex = ifr.ifr_ifindex;
	if (ioctl(fd, SIOCGIFHWADDR, &ifr))
		die(argv[1]);

	if (argc == 7) {
		plain = to;
		plain.sll_ifindex = if_nametoindex(argv[6]);
		if (!plain.sll_ifindex)
			die(argv[6]);
		return cost(fd, &to, &plain, mac,
			    (uint8_t *)ifr.ifr_hwaddr.sa_data, count);
	}
	if (src)
		put_flood(mac, (uint8_t *)ifr.ifr_hwaddr.sa_data, src, dst);
	for (i = 0; i < count; i++) {
		if (src)
			renumber_flood(i);
		else
			put_frame(mac, (uint8_t *)ifr.ifr_hwaddr.sa_data);
		sent += transmit(fd, &to);
	}
	printf("%lu\n", sent);
	return 0;
}
