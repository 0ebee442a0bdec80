/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words of the command line and the values they stand for, both ways. Pure:
 * no netlink, no output. Every text_*() that writes takes a buffer of
 * TEXT_LEN bytes and returns it.
 */
#ifndef _WEFT_LIB_TEXT_H
#define _WEFT_LIB_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#define TEXT_LEN	64

/**
 * struct prefix - as the kernel takes it
 * @addr: IPv6, or IPv4 mapped into it (::ffff:a.b.c.d)
 * @len: bits of @addr that count, from the first of 128
 */
struct prefix {
	__u8	addr[16];
	__u8	len;
};

/**
 * struct port_range - ports from @min to @max, both included
 */
struct port_range {
	__u16	min;
	__u16	max;
};

/**
 * struct mark - a packet's mark
 * @value: its bits
 * @mask: those of them that count
 */
struct mark {
	__u32	value;
	__u32	mask;
};

/* Reading: false where the word is none of its kind. */
bool parse_number(const char *word, __u64 max, __u64 *value);
bool parse_rate(const char *word, __u64 *bytes_per_second);
bool parse_seconds(const char *word, __u64 *milliseconds);
bool parse_protocol(const char *word, __u8 *protocol);
/* In a class of the kernel: its packets keep the codepoint that they have. */
#define DSCP_KEEP	255
bool parse_dscp(const char *word, __u8 *dscp);
/* Why one of these is refused is worth saying. */
const char *parse_prefix(const char *word, struct prefix *prefix);
const char *parse_ports(const char *word, struct port_range *ports);
const char *parse_mark(const char *word, struct mark *mark);

/* Writing. */
char *text_prefix(char *buf, const __u8 addr[16], unsigned int len);
char *text_address(char *buf, const __u8 addr[16]);
/* Address and port of one end: 10.0.0.1:80, [2001:db8::1]:80 */
char *text_end(char *buf, const __u8 addr[16], __u16 port);
char *text_ports(char *buf, unsigned int min, unsigned int max);
char *text_protocol(char *buf, unsigned int protocol);
char *text_mark(char *buf, const struct mark *mark);
char *text_dscp(char *buf, unsigned int dscp);
char *text_rate(char *buf, __u64 bytes_per_second);
char *text_bytes(char *buf, __u64 bytes, bool exact);
char *text_duration(char *buf, __u64 milliseconds);
char *text_mac(char *buf, const __u8 *addr, size_t len);

/*
 * The candidates that @word is a slip of the finger from, best first, at most
 * @max; their number.
 */
unsigned int suggest(const char *word, const char *const candidates[],
		     unsigned int n, const char *best[], unsigned int max);

#endif /* _WEFT_LIB_TEXT_H */
