// SPDX-License-Identifier: GPL-2.0
/*
 * The weft qdisc for tc(8): its words, what "tc qdisc show" and "tc class
 * show" print of it. Loaded by tc when it meets the word "weft".
 */
#include <limits.h>
#include <string.h>

#include <linux/pkt_sched_weft.h>
#include <linux/weft.h>

#include "iproute2.h"

#define WEFT_NLMSG_MAX	1024	/* what tc has room for beyond its own */
#define WEFT_RATE_MAX	125000000000000ULL	/* bytes a second: 1 Pbit/s */

static void explain(FILE *f)
{
	fprintf(f,
		"Usage: ... weft [ rate { RATE | none } ] [ latency-share PERCENT ]\n"
		"                [ limit BYTES ] [ flows NUMBER ]\n"
		"                [ split-gso | no-split-gso | auto-split-gso ]\n"
		"\n"
		"RATE := as in \"100mbit\"; without one the device sets the pace\n"
		"PERCENT := of the link, what latency classes get before all others (20)\n"
		"BYTES := memory that packets may hold (from the rate, 4 to 32 MB)\n"
		"NUMBER := flows with a queue of their own, 8 to 32768 (1024)\n");
}

/* A word that came twice is a mistake, whatever it says. */
static void weft_once(unsigned int *seen, unsigned int bit, const char *word,
		      const char *arg)
{
	if (*seen & (1U << bit))
		duparg(word, arg);
	*seen |= 1U << bit;
}

static int weft_parse_qopt(struct qdisc_util *qu, int argc, char **argv,
			   struct nlmsghdr *n, const char *dev)
{
	struct rtattr *tail;
	unsigned int seen = 0;

	(void)qu;
	(void)dev;
	tail = addattr_nest(n, WEFT_NLMSG_MAX, TCA_OPTIONS | NLA_F_NESTED);
	for (; argc > 0; argc--, argv++) {
		unsigned int size;
		__u64 rate;
		__u32 number;

		if (!strcmp(*argv, "rate")) {
			NEXT_ARG();
			weft_once(&seen, TCA_WEFT_RATE64, "rate", *argv);
			if (!strcmp(*argv, "none")) {
				addattr_l(n, WEFT_NLMSG_MAX, TCA_WEFT_NO_RATE,
					  NULL, 0);
				continue;
			}
			if (**argv == '-' || get_rate64(&rate, *argv))
				invarg("rate is a number with a unit, as \"100mbit\", or \"none\"",
				       *argv);
			/*
			 * What overflowed became 0 or all ones, "nan" something
			 * as large.
			 */
			if (!rate || rate > WEFT_RATE_MAX)
				invarg("rate must be above 0 and at most 1 Pbit/s",
				       *argv);
			addattr_l(n, WEFT_NLMSG_MAX, TCA_WEFT_RATE64, &rate,
				  sizeof(rate));
		} else if (!strcmp(*argv, "latency-share")) {
			char word[16];
			size_t len;

			NEXT_ARG();
			weft_once(&seen, TCA_WEFT_LATENCY_SHARE,
				  "latency-share", *argv);
			len = strlen(*argv);
			if (len && (*argv)[len - 1] == '%')
				len--;
			if (len >= sizeof(word))
				len = sizeof(word) - 1;
			memcpy(word, *argv, len);
			word[len] = '\0';
			if (get_u32(&number, word, 10) || number > 100)
				invarg("latency-share is 0 to 100 percent of the link",
				       *argv);
			addattr32(n, WEFT_NLMSG_MAX, TCA_WEFT_LATENCY_SHARE,
				  number);
		} else if (!strcmp(*argv, "limit")) {
			NEXT_ARG();
			weft_once(&seen, TCA_WEFT_LIMIT, "limit", *argv);
			if (**argv == '-' || get_size(&size, *argv))
				invarg("limit is a number of bytes, as \"4mb\"",
				       *argv);
			addattr32(n, WEFT_NLMSG_MAX, TCA_WEFT_LIMIT, size);
		} else if (!strcmp(*argv, "flows")) {
			NEXT_ARG();
			weft_once(&seen, TCA_WEFT_FLOWS, "flows", *argv);
			if (get_u32(&number, *argv, 10))
				invarg("flows is a number, 8 to 32768", *argv);
			addattr32(n, WEFT_NLMSG_MAX, TCA_WEFT_FLOWS, number);
		} else if (!strcmp(*argv, "split-gso")) {
			weft_once(&seen, TCA_WEFT_SPLIT_GSO, "split-gso", *argv);
			addattr8(n, WEFT_NLMSG_MAX, TCA_WEFT_SPLIT_GSO,
				 TCA_WEFT_SPLIT_ON);
		} else if (!strcmp(*argv, "no-split-gso")) {
			weft_once(&seen, TCA_WEFT_SPLIT_GSO, "split-gso", *argv);
			addattr8(n, WEFT_NLMSG_MAX, TCA_WEFT_SPLIT_GSO,
				 TCA_WEFT_SPLIT_OFF);
		} else if (!strcmp(*argv, "auto-split-gso")) {
			weft_once(&seen, TCA_WEFT_SPLIT_GSO, "split-gso", *argv);
			addattr8(n, WEFT_NLMSG_MAX, TCA_WEFT_SPLIT_GSO,
				 TCA_WEFT_SPLIT_AUTO);
		} else {
			bool help = !strcmp(*argv, "help");

			if (!help)
				fprintf(stderr, "weft: what is \"%s\"?\n",
					*argv);
			explain(help ? stdout : stderr);
			return -1;
		}
	}
	addattr_nest_end(n, tail);
	return 0;
}

static __u32 weft_u32(const struct rtattr *attr)
{
	__u32 v;

	memcpy(&v, RTA_DATA(attr), sizeof(v));
	return v;
}

static bool weft_has(const struct rtattr *attr, size_t len)
{
	return attr && RTA_PAYLOAD(attr) >= len;
}

static int weft_print_qopt(struct qdisc_util *qu, FILE *f, struct rtattr *opt)
{
	static const char *const splits[] = {
		[TCA_WEFT_SPLIT_AUTO] = "auto",
		[TCA_WEFT_SPLIT_ON] = "on",
		[TCA_WEFT_SPLIT_OFF] = "off",
	};
	static const char *const words[] = {
		[TCA_WEFT_SPLIT_AUTO] = "auto-split-gso",
		[TCA_WEFT_SPLIT_ON] = "split-gso",
		[TCA_WEFT_SPLIT_OFF] = "no-split-gso",
	};
	struct rtattr *tb[TCA_WEFT_MAX + 1];

	(void)qu;
	(void)f;
	if (!opt)
		return 0;
	parse_rtattr_nested(tb, TCA_WEFT_MAX, opt);

	if (weft_has(tb[TCA_WEFT_RATE64], sizeof(__u64))) {
		__u64 rate;

		memcpy(&rate, RTA_DATA(tb[TCA_WEFT_RATE64]), sizeof(rate));
		print_color_rate(false, PRINT_ANY, COLOR_NONE, "rate",
				 "rate %s ", rate);
	}
	if (weft_has(tb[TCA_WEFT_LATENCY_SHARE], sizeof(__u32)))
		print_uint(PRINT_ANY, "latency-share", "latency-share %u%% ",
			   weft_u32(tb[TCA_WEFT_LATENCY_SHARE]));
	if (weft_has(tb[TCA_WEFT_LIMIT], sizeof(__u32)))
		print_size(PRINT_ANY, "limit", "limit %s ",
			   weft_u32(tb[TCA_WEFT_LIMIT]));
	if (weft_has(tb[TCA_WEFT_FLOWS], sizeof(__u32)))
		print_uint(PRINT_ANY, "flows", "flows %u ",
			   weft_u32(tb[TCA_WEFT_FLOWS]));
	if (weft_has(tb[TCA_WEFT_SPLIT_GSO], sizeof(__u8))) {
		__u8 split = *(__u8 *)RTA_DATA(tb[TCA_WEFT_SPLIT_GSO]);

		if (split <= TCA_WEFT_SPLIT_MAX) {
			print_string(PRINT_JSON, "split-gso", NULL,
				     splits[split]);
			print_string(PRINT_FP, NULL, "%s ", words[split]);
		}
	}
	return 0;
}

static void weft_print_time(const char *json, const char *text, __u64 ns)
{
	__u64 us = ns / 1000;
	char buf[64];

	if (is_json_context()) {
		print_u64(PRINT_JSON, json, NULL, ns);
		return;
	}
	print_string(PRINT_FP, NULL, text,
		     sprint_time(us > UINT_MAX ? UINT_MAX : us, buf));
}

static int weft_print_xstats(struct qdisc_util *qu, FILE *f,
			     struct rtattr *xstats)
{
	static const struct {
		const char	*json;
		const char	*text;
	} drops[] = {
		[TCA_WEFT_DROP_LIMIT] = { "dropped_limit", " limit %llu" },
		[TCA_WEFT_DROP_AQM] = { "dropped_aqm", " aqm %llu" },
		[TCA_WEFT_DROP_POLICY] = { "dropped_policy", " policy %llu" },
		[TCA_WEFT_DROP_FILTER] = { "dropped_filter", " filter %llu" },
		[TCA_WEFT_DROP_SEGMENT] = { "dropped_segment",
					    " segment %llu" },
	};
	struct tc_weft_xstats st = {};
	unsigned int i;
	size_t len;

	(void)qu;
	(void)f;
	if (!xstats)
		return 0;
	/* An older or newer kernel has less or more. */
	len = RTA_PAYLOAD(xstats);
	memcpy(&st, RTA_DATA(xstats), len < sizeof(st) ? len : sizeof(st));

	print_uint(PRINT_ANY, "active_flows", "  flows %u", st.flows);
	print_u64(PRINT_ANY, "marks", " marks %llu", st.marks);
	weft_print_time("sojourn_ns", " sojourn %s", st.sojourn_ns);
	weft_print_time("sojourn_max_ns", " max %s", st.sojourn_max_ns);
	print_nl();
	print_string(PRINT_FP, NULL, "  dropped:", NULL);
	for (i = 0; i <= TCA_WEFT_DROP_MAX; i++)
		print_u64(PRINT_ANY, drops[i].json, drops[i].text, st.drops[i]);
	if (st.type != TCA_WEFT_XSTATS_QDISC)
		return 0;

	print_nl();
	print_size(PRINT_ANY, "memory", "  memory %s", st.memory);
	print_size(PRINT_ANY, "memory_max", " max %s", st.memory_max);
	print_u64(PRINT_ANY, "split", " split %llu", st.split);
	print_u64(PRINT_ANY, "shared", " shared %llu", st.shared);
	print_u64(PRINT_ANY, "latency_excess", " latency-excess %llub",
		  st.latency_excess);
	if (st.measured_rate || is_json_context())
		print_color_rate(false, PRINT_ANY, COLOR_NONE, "measured_rate",
				 " measured %s", st.measured_rate);
	return 0;
}

static int weft_print_copt(struct qdisc_util *qu, FILE *f, struct rtattr *opt)
{
	struct rtattr *tb[TCA_WEFT_MAX + 1];

	(void)qu;
	(void)f;
	if (!opt)
		return 0;
	parse_rtattr_nested(tb, TCA_WEFT_MAX, opt);

	if (weft_has(tb[TCA_WEFT_CLASS_NAME], 1))
		print_string(PRINT_ANY, "name", "%s ",
			     RTA_DATA(tb[TCA_WEFT_CLASS_NAME]));
	if (weft_has(tb[TCA_WEFT_CLASS_TIER], sizeof(__u8)))
		print_string(PRINT_ANY, "tier", "tier %s ",
			     *(__u8 *)RTA_DATA(tb[TCA_WEFT_CLASS_TIER]) ==
			     WEFT_TIER_LATENCY ? "latency" : "weighted");
	if (weft_has(tb[TCA_WEFT_CLASS_WEIGHT], sizeof(__u32)))
		print_uint(PRINT_ANY, "weight", "weight %u ",
			   weft_u32(tb[TCA_WEFT_CLASS_WEIGHT]));
	return 0;
}

static int weft_parse_copt(struct qdisc_util *qu, int argc, char **argv,
			   struct nlmsghdr *n, const char *dev)
{
	(void)qu;
	(void)argc;
	(void)argv;
	(void)n;
	(void)dev;
	fprintf(stderr, "weft: its classes are there from the start\n");
	return -1;
}

struct qdisc_util weft_qdisc_util = {
	.id		= "weft",
	.parse_qopt	= weft_parse_qopt,
	.print_qopt	= weft_print_qopt,
	.print_xstats	= weft_print_xstats,
	.parse_copt	= weft_parse_copt,
	.print_copt	= weft_print_copt,
};
