// SPDX-License-Identifier: GPL-2.0
/* Words and what they stand for, both ways. */
#include "../lib/text.h"
#include "../lib/util.h"
#include "ktap.h"

static void number__takes_decimal_and_hex(void)
{
	__u64 v;

	CHECK(parse_number("0", 10, &v) && v == 0);
	CHECK(parse_number("10", 10, &v) && v == 10);
	CHECK(parse_number("0x1f", 100, &v) && v == 31);
	CHECK(parse_number("010", 100, &v) && v == 10);
	CHECK(parse_number("18446744073709551615", U64_MAX, &v) && v == U64_MAX);
}

static void number__refuses_the_rest(void)
{
	static const char *const bad[] = {
		"", " 1", "1 ", "-1", "+1", "1.0", "1e3", "abc", "0x", "0xg", "x1",
		"11", "18446744073709551616", "1k",
	};
	__u64 v;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK(!parse_number(bad[i], 10, &v));
}

static void rate__units_of_tc(void)
{
	__u64 v;

	CHECK(parse_rate("8", &v) && v == 1);
	CHECK(parse_rate("100mbit", &v) && v == 12500000);
	CHECK(parse_rate("100Mbit", &v) && v == 12500000);
	CHECK(parse_rate("2.5gbit", &v) && v == 312500000);
	CHECK(parse_rate("1kibit", &v) && v == 128);
	CHECK(parse_rate("1mbps", &v) && v == 1000000);
	CHECK(parse_rate("1mibps", &v) && v == 1048576);
	CHECK(parse_rate("100tbit", &v) && v == 12500000000000);
}

static void rate__refuses_the_rest(void)
{
	static const char *const bad[] = {
		"", "0", "0mbit", "-1mbit", "mbit", "1mb", "1 mbit", "nan", "inf",
		"0x10", "1e400", "1mbitx", "7", "99999999999tbps", "none",
	};
	__u64 v;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK(!parse_rate(bad[i], &v));
}

static void rate__text_reads_back(void)
{
	static const char *const rates[] = {
		"8bit", "1kbit", "100mbit", "2.5gbit", "1.125gbit", "40gbit", "1.6tbit",
	};
	char buf[TEXT_LEN];
	__u64 v;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rates); i++) {
		CHECK(parse_rate(rates[i], &v));
		CHECK_TEXT(text_rate(buf, v), rates[i]);
	}
}

static void seconds__units(void)
{
	__u64 v;

	CHECK(parse_seconds("10", &v) && v == 10000);
	CHECK(parse_seconds("0.5", &v) && v == 500);
	CHECK(parse_seconds("2s", &v) && v == 2000);
	CHECK(parse_seconds("250ms", &v) && v == 250);
	CHECK(!parse_seconds("-1", &v));
	CHECK(!parse_seconds("1h", &v));
	CHECK(!parse_seconds("", &v));
	CHECK(!parse_seconds("1e300", &v));
}

static void protocol__name_or_number(void)
{
	char buf[TEXT_LEN];
	__u8 v;

	CHECK(parse_protocol("tcp", &v) && v == 6);
	CHECK(parse_protocol("UDP", &v) && v == 17);
	CHECK(parse_protocol("ipv6-icmp", &v) && v == 58);
	CHECK(parse_protocol("132", &v) && v == 132);
	CHECK(!parse_protocol("256", &v));
	CHECK(!parse_protocol("tpc", &v));
	CHECK(!parse_protocol("", &v));
	CHECK_TEXT(text_protocol(buf, 6), "tcp");
	CHECK_TEXT(text_protocol(buf, 132), "132");
}

static void prefix__v4_is_mapped(void)
{
	static const __u8 ten[16] = { [10] = 0xff, [11] = 0xff, [12] = 10 };
	struct prefix prefix;
	char buf[TEXT_LEN];

	CHECK(!parse_prefix("10.0.0.0/8", &prefix));
	CHECK(prefix.len == 104 && !memcmp(prefix.addr, ten, 16));
	CHECK_TEXT(text_prefix(buf, prefix.addr, prefix.len), "10.0.0.0/8");
	CHECK(!parse_prefix("0.0.0.0/0", &prefix));
	CHECK(prefix.len == 96);
	CHECK_TEXT(text_prefix(buf, prefix.addr, prefix.len), "0.0.0.0/0");
	CHECK(!parse_prefix("192.0.2.1", &prefix));
	CHECK(prefix.len == 128);
	CHECK_TEXT(text_prefix(buf, prefix.addr, prefix.len), "192.0.2.1/32");
}

static void prefix__v6(void)
{
	struct prefix prefix;
	char buf[TEXT_LEN];

	CHECK(!parse_prefix("2001:db8::/32", &prefix) && prefix.len == 32);
	CHECK_TEXT(text_prefix(buf, prefix.addr, prefix.len), "2001:db8::/32");
	CHECK(!parse_prefix("::/0", &prefix) && prefix.len == 0);
	CHECK_TEXT(text_prefix(buf, prefix.addr, prefix.len), "::/0");
	CHECK(!parse_prefix("fe80::1", &prefix) && prefix.len == 128);
	CHECK(!parse_prefix("::ffff:10.0.0.0/104", &prefix) && prefix.len == 104);
	CHECK_TEXT(text_prefix(buf, prefix.addr, prefix.len), "10.0.0.0/8");
}

static void prefix__refuses_the_rest(void)
{
	static const char *const bad[] = {
		"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8",
		"10.0.0.1/8", "256.0.0.0/8", "2001:db8::/129", "2001:db8::1/32",
		"10.0.0.0/8/8", "10.0.0.0/8x", "eth0", "::g/64",
		"1111:2222:3333:4444:5555:6666:7777:8888:9999/128",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};
	struct prefix prefix;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK(parse_prefix(bad[i], &prefix));
}

static void ports__one_a_range_or_a_service(void)
{
	struct port_range ports;
	char buf[TEXT_LEN];

	CHECK(!parse_ports("80", &ports) && ports.min == 80 && ports.max == 80);
	CHECK_TEXT(text_ports(buf, ports.min, ports.max), "80");
	CHECK(!parse_ports("29500-29510", &ports));
	CHECK(ports.min == 29500 && ports.max == 29510);
	CHECK_TEXT(text_ports(buf, ports.min, ports.max), "29500-29510");
	CHECK(!parse_ports("1-65535", &ports));
	CHECK(!parse_ports("7-7", &ports));
}

static void ports__refuses_the_rest(void)
{
	static const char *const bad[] = {
		"", "0", "65536", "-", "80-", "-80", "90-80", "0-80", "80-65536",
		"1-2-3", "no-such-service", "80,90", "8o",
		"00000000000000000000000000000001-2",
	};
	struct port_range ports;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK(parse_ports(bad[i], &ports));
}

static void mark__with_and_without_mask(void)
{
	char buf[TEXT_LEN];
	struct mark m;

	CHECK(!parse_mark("0", &m) && m.value == 0 && m.mask == U32_MAX);
	CHECK_TEXT(text_mark(buf, &m), "0x0");
	CHECK(!parse_mark("0xffffffff", &m) && m.value == U32_MAX);
	CHECK(!parse_mark("256/0xff00", &m) && m.value == 256 && m.mask == 0xff00);
	CHECK_TEXT(text_mark(buf, &m), "0x100/0xff00");
	CHECK(!parse_mark("0/1", &m) && m.value == 0 && m.mask == 1);
}

static void mark__refuses_the_rest(void)
{
	static const char *const bad[] = {
		"", "x", "-1", "4294967296", "1/", "/1", "1/0", "2/1", "1/x",
		"1/4294967296", "1/1/1", "000000000000000000001",
	};
	struct mark m;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK(parse_mark(bad[i], &m));
}

static void dscp__name_or_number(void)
{
	__u8 dscp;

	CHECK(parse_dscp("ef", &dscp) && dscp == 46);
	CHECK(parse_dscp("AF21", &dscp) && dscp == 18);
	CHECK(parse_dscp("cs0", &dscp) && dscp == 0);
	CHECK(parse_dscp("63", &dscp) && dscp == 63);
	CHECK(!parse_dscp("64", &dscp));
	CHECK(!parse_dscp("", &dscp));
	CHECK(!parse_dscp("af44", &dscp));
}

static void dscp__text_reads_back(void)
{
	char buf[TEXT_LEN];
	unsigned int i;
	__u8 dscp;

	for (i = 0; i <= 63; i++)
		CHECK(parse_dscp(text_dscp(buf, i), &dscp) && dscp == i);
}

static void end__address_and_port(void)
{
	struct prefix prefix;
	char buf[TEXT_LEN];

	CHECK(!parse_prefix("10.0.0.1", &prefix));
	CHECK_TEXT(text_end(buf, prefix.addr, 80), "10.0.0.1:80");
	CHECK_TEXT(text_end(buf, prefix.addr, 0), "10.0.0.1");
	CHECK(!parse_prefix("1111:2222:3333:4444:5555:6666:7777:8888", &prefix));
	CHECK_TEXT(text_end(buf, prefix.addr, 65535),
		   "[1111:2222:3333:4444:5555:6666:7777:8888]:65535");
}

static void bytes__for_people(void)
{
	char buf[TEXT_LEN];

	CHECK_TEXT(text_bytes(buf, 0, false), "0B");
	CHECK_TEXT(text_bytes(buf, 999, false), "999B");
	CHECK_TEXT(text_bytes(buf, 1000, false), "1kB");
	CHECK_TEXT(text_bytes(buf, 1250, false), "1.2kB");
	CHECK_TEXT(text_bytes(buf, 999999, false), "1MB");
	CHECK_TEXT(text_bytes(buf, 123456789, false), "123.5MB");
	CHECK_TEXT(text_bytes(buf, U64_MAX, false), "18.4EB");
	CHECK_TEXT(text_bytes(buf, 123456789, true), "123456789");
}

static void duration__for_people(void)
{
	char buf[TEXT_LEN];

	CHECK_TEXT(text_duration(buf, 0), "0s");
	CHECK_TEXT(text_duration(buf, 1500), "1.5s");
	CHECK_TEXT(text_duration(buf, 61000), "1m1s");
	CHECK_TEXT(text_duration(buf, 7260000), "2h1m");
	CHECK_TEXT(text_duration(buf, 90000000), "1d1h");
}

static void mac__is_bounded(void)
{
	static const __u8 addr[32] = { 2, 0, 0, 0xab, 0, 1 };
	char buf[TEXT_LEN];

	CHECK_TEXT(text_mac(buf, addr, 6), "02:00:00:ab:00:01");
	CHECK_TEXT(text_mac(buf, addr, 0), "");
	CHECK(strlen(text_mac(buf, addr, 32)) < TEXT_LEN);
}

static const char *const commands[] = {
	"uplink", "port", "class", "rule", "policy", "flow", "job", "monitor", "help",
};

static void suggest__slips_of_the_finger(void)
{
	static const struct {
		const char *slip;
		const char *meant;
	} slips[] = {
		{ "uplik", "uplink" }, { "uplnik", "uplink" }, { "Uplink", "uplink" },
		{ "prot", "port" }, { "polcy", "policy" }, { "flows", "flow" },
		{ "jbo", "job" }, { "moniter", "monitor" }, { "clas", "class" },
		{ "rul", "rule" }, { "policies", "policy" },
	};
	const char *best[3];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(slips); i++) {
		CHECK(suggest(slips[i].slip, commands, ARRAY_SIZE(commands), best, 3) > 0);
		CHECK_TEXT(best[0], slips[i].meant);
	}
}

static void suggest__nothing_for_nonsense(void)
{
	const char *best[3];

	CHECK(!suggest("xyzzy", commands, ARRAY_SIZE(commands), best, 3));
	CHECK(!suggest("", commands, ARRAY_SIZE(commands), best, 3));
	CHECK(!suggest("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", commands,
		       ARRAY_SIZE(commands), best, 3));
	CHECK(suggest("po", commands, ARRAY_SIZE(commands), best, 1) == 1);
}

int main(void)
{
#define TEST(name)	{ #name, name }
	static const struct ktap_test tests[] = {
		TEST(number__takes_decimal_and_hex),
		TEST(number__refuses_the_rest),
		TEST(rate__units_of_tc),
		TEST(rate__refuses_the_rest),
		TEST(rate__text_reads_back),
		TEST(seconds__units),
		TEST(protocol__name_or_number),
		TEST(prefix__v4_is_mapped),
		TEST(prefix__v6),
		TEST(prefix__refuses_the_rest),
		TEST(ports__one_a_range_or_a_service),
		TEST(ports__refuses_the_rest),
		TEST(mark__with_and_without_mask),
		TEST(mark__refuses_the_rest),
		TEST(dscp__name_or_number),
		TEST(dscp__text_reads_back),
		TEST(end__address_and_port),
		TEST(bytes__for_people),
		TEST(duration__for_people),
		TEST(mac__is_bounded),
		TEST(suggest__slips_of_the_finger),
		TEST(suggest__nothing_for_nonsense),
	};

	return ktap_run(tests, ARRAY_SIZE(tests));
}
