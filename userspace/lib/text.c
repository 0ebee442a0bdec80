// SPDX-License-Identifier: GPL-2.0
/* See text.h. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "text.h"
#include "util.h"

static const __u8 v4_mapped[12] = { [10] = 0xff, [11] = 0xff };

static bool is_v4(const __u8 addr[16])
{
	return !memcmp(addr, v4_mapped, sizeof(v4_mapped));
}

/**
 * parse_number - a number, decimal or with 0x
 * @word: the word
 * @max: largest one that is taken
 * @value: the number
 *
 * Return: false where it is none, or too large. A sign is none, nor is a
 * leading zero octal: 010 is ten.
 */
bool parse_number(const char *word, __u64 max, __u64 *value)
{
	int base = 10;
	char *end;

	if (word[0] == '0' && (word[1] | 0x20) == 'x') {
		base = 16;
		if (!isxdigit((unsigned char)word[2]))
			return false;
	} else if (!isdigit((unsigned char)word[0])) {
		return false;
	}
	errno = 0;
	*value = strtoull(word, &end, base);
	return !*end && !errno && *value <= max;
}

/*
 * As tc has them: a bare number is bits a second, "bit" units are decimal,
 * with an i binary, and "bps" means bytes.
 */
static const struct {
	const char	*name;
	double		bits;
} rate_units[] = {
	{ "bit",	1. },
	{ "kbit",	1e3 },
	{ "mbit",	1e6 },
	{ "gbit",	1e9 },
	{ "tbit",	1e12 },
	{ "kibit",	1024. },
	{ "mibit",	1024. * 1024 },
	{ "gibit",	1024. * 1024 * 1024 },
	{ "tibit",	1024. * 1024 * 1024 * 1024 },
	{ "bps",	8. },
	{ "kbps",	8e3 },
	{ "mbps",	8e6 },
	{ "gbps",	8e9 },
	{ "tbps",	8e12 },
	{ "kibps",	8. * 1024 },
	{ "mibps",	8. * 1024 * 1024 },
	{ "gibps",	8. * 1024 * 1024 * 1024 },
	{ "tibps",	8. * 1024 * 1024 * 1024 * 1024 },
};

bool parse_rate(const char *word, __u64 *bytes_per_second)
{
	double value, bits = 1;
	char *end;
	size_t i;

	if (!isdigit((unsigned char)word[0]) || !strncasecmp(word, "0x", 2))
		return false;
	errno = 0;
	value = strtod(word, &end);
	if (errno)
		return false;
	if (*end) {
		for (i = 0; i < ARRAY_SIZE(rate_units); i++) {
			if (!strcasecmp(end, rate_units[i].name))
				break;
		}
		if (i == ARRAY_SIZE(rate_units))
			return false;
		bits = rate_units[i].bits;
	}
	value = value * bits / 8;
	/* The largest double below 2^64; NaN fails the comparison as well. */
	if (!(value >= 1 && value <= 18446744073709549568.))
		return false;
	*bytes_per_second = (__u64)value;
	return true;
}

bool parse_seconds(const char *word, __u64 *milliseconds)
{
	double value;
	char *end;

	if (!isdigit((unsigned char)word[0]))
		return false;
	value = strtod(word, &end);
	if (!strcasecmp(end, "ms"))
		value /= 1000;
	else if (*end && strcasecmp(end, "s"))
		return false;
	if (!(value >= 0 && value <= 1e9))
		return false;
	*milliseconds = (__u64)llround(value * 1000);
	return true;
}

bool parse_protocol(const char *word, __u8 *protocol)
{
	const struct protoent *entry;
	__u64 value;

	if (parse_number(word, 255, &value)) {
		*protocol = (__u8)value;
		return true;
	}
	/* Without /etc/protocols, which small images lack, these still work. */
	if (!strcasecmp(word, "tcp"))
		value = IPPROTO_TCP;
	else if (!strcasecmp(word, "udp"))
		value = IPPROTO_UDP;
	else if (!strcasecmp(word, "icmp"))
		value = IPPROTO_ICMP;
	else if (!strcasecmp(word, "icmp6") || !strcasecmp(word, "ipv6-icmp"))
		value = IPPROTO_ICMPV6;
	else if (!strcasecmp(word, "sctp"))
		value = IPPROTO_SCTP;
	else
		value = 256;
	if (value == 256) {
		entry = getprotobyname(word);
		if (!entry || entry->p_proto < 0 || entry->p_proto > 255)
			return false;
		value = (__u64)entry->p_proto;
	}
	*protocol = (__u8)value;
	return true;
}

/* Bits of the address behind the prefix must be clear, or a slip goes unseen. */
static bool host_bits_set(const struct prefix *prefix)
{
	unsigned int i;

	for (i = prefix->len; i < 128; i++) {
		if (prefix->addr[i / 8] & (0x80 >> i % 8))
			return true;
	}
	return false;
}

/**
 * parse_prefix - a prefix, or an address, which is one of full length
 * @word: the word
 * @prefix: what it stands for
 *
 * Return: NULL, or what is wrong with it.
 */
const char *parse_prefix(const char *word, struct prefix *prefix)
{
	const char *slash = strchr(word, '/');
	char addr[INET6_ADDRSTRLEN];
	__u64 len, max = 128;
	size_t n;

	n = slash ? (size_t)(slash - word) : strlen(word);
	if (!n || n >= sizeof(addr))
		return "neither an IPv4 nor an IPv6 prefix";
	memcpy(addr, word, n);
	addr[n] = '\0';

	memset(prefix, 0, sizeof(*prefix));
	if (inet_pton(AF_INET, addr, prefix->addr + 12) == 1) {
		memcpy(prefix->addr, v4_mapped, sizeof(v4_mapped));
		max = 32;
	} else if (inet_pton(AF_INET6, addr, prefix->addr) != 1) {
		return "neither an IPv4 nor an IPv6 prefix";
	}
	len = max;
	if (slash && !parse_number(slash + 1, max, &len))
		return max == 32 ? "a length from 0 to 32 is due after the /" :
				   "a length from 0 to 128 is due after the /";
	prefix->len = (__u8)(128 - max + len);
	if (host_bits_set(prefix))
		return "it has bits set behind its length";
	return NULL;
}

static bool parse_port(const char *word, __u16 *port)
{
	const struct servent *entry;
	__u64 value;

	if (parse_number(word, 65535, &value)) {
		*port = (__u16)value;
		return value > 0;
	}
	entry = getservbyname(word, NULL);
	if (!entry)
		return false;
	*port = ntohs((__u16)entry->s_port);
	return true;
}

/**
 * parse_ports - a port, a range of them, or a service
 * @word: the word
 * @ports: what it stands for
 *
 * Return: NULL, or what is wrong with it.
 */
const char *parse_ports(const char *word, struct port_range *ports)
{
	const char *dash = strchr(word, '-');
	char first[16];
	size_t n;

	/* Services have dashes in their names, too: those come first. */
	if (parse_port(word, &ports->min)) {
		ports->max = ports->min;
		return NULL;
	}
	if (!dash || !isdigit((unsigned char)word[0]))
		return "neither a port (1 to 65535), a range FIRST-LAST nor a service name";
	n = (size_t)(dash - word);
	if (n >= sizeof(first))
		return "a range's first port is too long";
	memcpy(first, word, n);
	first[n] = '\0';
	if (!parse_port(first, &ports->min) || !parse_port(dash + 1, &ports->max))
		return "a range's ports go from 1 to 65535";
	if (ports->min > ports->max)
		return "a range's first port must not lie behind its last";
	return NULL;
}

/**
 * parse_mark - a packet's mark, with a mask behind a slash or without
 * @word: the word
 * @mark: what it stands for
 *
 * Return: NULL, or what is wrong with it.
 */
const char *parse_mark(const char *word, struct mark *mark)
{
	const char *slash = strchr(word, '/');
	__u64 value, mask = U32_MAX;
	char first[16];
	size_t n;

	n = slash ? (size_t)(slash - word) : strlen(word);
	if (!n || n >= sizeof(first))
		return "a mark is a number from 0 to 0xffffffff";
	memcpy(first, word, n);
	first[n] = '\0';
	if (!parse_number(first, U32_MAX, &value))
		return "a mark is a number from 0 to 0xffffffff";
	if (slash && (!parse_number(slash + 1, U32_MAX, &mask) || !mask))
		return "a mask from 1 to 0xffffffff is due after the /";
	if (value & ~mask)
		return "it has bits set that its mask has not";
	mark->value = (__u32)value;
	mark->mask = (__u32)mask;
	return NULL;
}

/* As RFC 2474, 2597, 3246, 5865 and 8622 name them. */
static const struct {
	const char	*name;
	__u8		dscp;
} dscps[] = {
	{ "cs0", 0 }, { "cs1", 8 }, { "cs2", 16 }, { "cs3", 24 }, { "cs4", 32 },
	{ "cs5", 40 }, { "cs6", 48 }, { "cs7", 56 }, { "le", 1 }, { "va", 44 },
	{ "ef", 46 }, { "af11", 10 }, { "af12", 12 }, { "af13", 14 },
	{ "af21", 18 }, { "af22", 20 }, { "af23", 22 }, { "af31", 26 },
	{ "af32", 28 }, { "af33", 30 }, { "af41", 34 }, { "af42", 36 },
	{ "af43", 38 },
};

bool parse_dscp(const char *word, __u8 *dscp)
{
	__u64 value;
	size_t i;

	if (parse_number(word, 63, &value)) {
		*dscp = (__u8)value;
		return true;
	}
	for (i = 0; i < ARRAY_SIZE(dscps); i++) {
		if (!strcasecmp(word, dscps[i].name)) {
			*dscp = dscps[i].dscp;
			return true;
		}
	}
	return false;
}

char *text_mark(char *buf, const struct mark *mark)
{
	if (mark->mask == U32_MAX)
		snprintf(buf, TEXT_LEN, "0x%x", mark->value);
	else
		snprintf(buf, TEXT_LEN, "0x%x/0x%x", mark->value, mark->mask);
	return buf;
}

char *text_dscp(char *buf, unsigned int dscp)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(dscps); i++) {
		if (dscps[i].dscp == dscp)
			return strcpy(buf, dscps[i].name);
	}
	snprintf(buf, TEXT_LEN, "%u", dscp);
	return buf;
}

char *text_address(char *buf, const __u8 addr[16])
{
	if (is_v4(addr))
		inet_ntop(AF_INET, addr + 12, buf, TEXT_LEN);
	else
		inet_ntop(AF_INET6, addr, buf, TEXT_LEN);
	return buf;
}

char *text_prefix(char *buf, const __u8 addr[16], unsigned int len)
{
	size_t n;

	if (is_v4(addr) && len >= 96) {
		inet_ntop(AF_INET, addr + 12, buf, TEXT_LEN);
		len -= 96;
	} else {
		inet_ntop(AF_INET6, addr, buf, TEXT_LEN);
	}
	n = strlen(buf);
	snprintf(buf + n, TEXT_LEN - n, "/%u", len);
	return buf;
}

char *text_end(char *buf, const __u8 addr[16], __u16 port)
{
	char host[INET6_ADDRSTRLEN];

	if (is_v4(addr))
		inet_ntop(AF_INET, addr + 12, host, sizeof(host));
	else
		inet_ntop(AF_INET6, addr, host, sizeof(host));
	if (!port)
		snprintf(buf, TEXT_LEN, "%s", host);
	else if (is_v4(addr))
		snprintf(buf, TEXT_LEN, "%s:%u", host, port);
	else
		snprintf(buf, TEXT_LEN, "[%s]:%u", host, port);
	return buf;
}

char *text_ports(char *buf, unsigned int min, unsigned int max)
{
	if (min == max)
		snprintf(buf, TEXT_LEN, "%u", min);
	else
		snprintf(buf, TEXT_LEN, "%u-%u", min, max);
	return buf;
}

char *text_protocol(char *buf, unsigned int protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:	return strcpy(buf, "tcp");
	case IPPROTO_UDP:	return strcpy(buf, "udp");
	case IPPROTO_ICMP:	return strcpy(buf, "icmp");
	case IPPROTO_ICMPV6:	return strcpy(buf, "ipv6-icmp");
	default:
		snprintf(buf, TEXT_LEN, "%u", protocol);
		return buf;
	}
}

/* Up to three digits behind the point, none of them a trailing zero. */
static void trimmed(char *buf, double value, int digits, const char *unit)
{
	size_t n;

	snprintf(buf, TEXT_LEN, "%.*f", digits, value);
	n = strlen(buf);
	if (strchr(buf, '.')) {
		while (buf[n - 1] == '0')
			n--;
		if (buf[n - 1] == '.')
			n--;
	}
	snprintf(buf + n, TEXT_LEN - n, "%s", unit);
}

char *text_rate(char *buf, __u64 bytes_per_second)
{
	static const char *const units[] = { "bit", "kbit", "mbit", "gbit", "tbit" };
	double value = (double)bytes_per_second * 8;
	size_t i = 0;

	while (value >= 1000 && i + 1 < ARRAY_SIZE(units)) {
		value /= 1000;
		i++;
	}
	trimmed(buf, value, 3, units[i]);
	return buf;
}

char *text_bytes(char *buf, __u64 bytes, bool exact)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB", "EB" };
	double value = (double)bytes;
	size_t i = 0;

	if (exact) {
		snprintf(buf, TEXT_LEN, "%llu", bytes);
		return buf;
	}
	/* 999.95 would round to 1000.0 of a unit that it has outgrown. */
	while (value >= (i ? 999.95 : 1000) && i + 1 < ARRAY_SIZE(units)) {
		value /= 1000;
		i++;
	}
	trimmed(buf, value, i ? 1 : 0, units[i]);
	return buf;
}

char *text_duration(char *buf, __u64 milliseconds)
{
	__u64 s = milliseconds / 1000;

	if (s < 60)
		trimmed(buf, (double)milliseconds / 1000, 3, "s");
	else if (s < 3600)
		snprintf(buf, TEXT_LEN, "%llum%llus", s / 60, s % 60);
	else if (s < 86400)
		snprintf(buf, TEXT_LEN, "%lluh%llum", s / 3600,
			 s / 60 % 60);
	else
		snprintf(buf, TEXT_LEN, "%llud%lluh", s / 86400,
			 s / 3600 % 24);
	return buf;
}

char *text_mac(char *buf, const __u8 *addr, size_t len)
{
	size_t i, n = 0;

	buf[0] = '\0';
	for (i = 0; i < len && n + 3 < TEXT_LEN; i++)
		n += (size_t)snprintf(buf + n, TEXT_LEN - n, "%s%02x",
				      i ? ":" : "", addr[i]);
	return buf;
}

#define SUGGEST_LEN	32

/*
 * How many letters have to be left out, put in, changed or swapped with their
 * neighbour (optimal string alignment); case does not count.
 */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[3][SUGGEST_LEN + 1] = { { 0 } };
	unsigned int *prev2 = row[0], *prev = row[1], *cur = row[2], *spare;
	size_t la = strlen(a), lb = strlen(b), i, j;

	if (la > SUGGEST_LEN || lb > SUGGEST_LEN)
		return SUGGEST_LEN;
	for (j = 0; j <= lb; j++)
		prev[j] = (unsigned int)j;
	for (i = 1; i <= la; i++) {
		cur[0] = (unsigned int)i;
		for (j = 1; j <= lb; j++) {
			int ca = tolower((unsigned char)a[i - 1]);
			int cb = tolower((unsigned char)b[j - 1]);
			unsigned int d = prev[j - 1] + (ca != cb);

			if (prev[j] + 1 < d)
				d = prev[j] + 1;
			if (cur[j - 1] + 1 < d)
				d = cur[j - 1] + 1;
			if (i > 1 && j > 1 &&
			    ca == tolower((unsigned char)b[j - 2]) &&
			    cb == tolower((unsigned char)a[i - 2]) &&
			    prev2[j - 2] + 1 < d)
				d = prev2[j - 2] + 1;
			cur[j] = d;
		}
		spare = prev2;
		prev2 = prev;
		prev = cur;
		cur = spare;
	}
	return prev[lb];
}

unsigned int suggest(const char *word, const char *const candidates[],
		     unsigned int n, const char *best[], unsigned int max)
{
	size_t len = strlen(word);
	unsigned int near, d, i, found = 0;

	if (!len)
		return 0;
	/* One slip in a short word, two in a longer one, three in a long one. */
	near = len <= 3 ? 1 : len <= 6 ? 2 : 3;
	for (d = 0; d <= near && found < max; d++) {
		for (i = 0; i < n && found < max; i++) {
			bool begins = len > 1 && !strncasecmp(word, candidates[i], len);

			/* What it begins counts as one slip. */
			if ((begins ? 1 : distance(word, candidates[i])) == d)
				best[found++] = candidates[i];
		}
	}
	return found;
}
