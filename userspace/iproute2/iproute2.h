/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What ip(8) and tc(8) offer to the plugins that they load with dlopen().
 *
 * No package has headers for it, so the two structures and the few functions
 * that plugins need are declared here. The layouts are those of iproute2 5.10
 * and later; the assertions below keep them so. A plugin is linked with
 * nothing: these symbols are resolved in the program that loads it, and
 * dlopen() binds lazily, so a function that only one of the two programs has
 * may be named here as long as the other never calls it.
 *
 * A plugin exports one writable object and nothing else:
 *	struct link_util weft_link_util in link_weft.so, for ip
 *	struct qdisc_util weft_qdisc_util in q_weft.so, for tc
 */
#ifndef _WEFT_IPROUTE2_H
#define _WEFT_IPROUTE2_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdnoreturn.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

/**
 * struct link_util - a link type of ip(8)
 * @next: list of loaded ones; ip's
 * @id: the type's name
 * @maxattr: highest attribute that @print_opt gets
 * @parse_opt: takes all words after "type NAME" inside an open IFLA_INFO_DATA
 *	nest; nonzero aborts
 * @print_opt: one line of "ip -d link show"; its table is NULL or has
 *	@maxattr + 1 entries
 * @print_xstats: IFLA_INFO_XSTATS
 * @print_help: "ip link help NAME"
 * @parse_ifla_xstats: words of "ip link xstats type NAME"
 * @print_ifla_xstats: its output
 */
struct link_util {
	struct link_util	*next;
	const char		*id;
	int			maxattr;
	int			(*parse_opt)(struct link_util *lu, int argc,
					     char **argv, struct nlmsghdr *n);
	void			(*print_opt)(struct link_util *lu, FILE *f,
					     struct rtattr *tb[]);
	void			(*print_xstats)(struct link_util *lu, FILE *f,
						struct rtattr *xstats);
	void			(*print_help)(struct link_util *lu, int argc,
					      char **argv, FILE *f);
	int			(*parse_ifla_xstats)(struct link_util *lu,
						     int argc, char **argv);
	int			(*print_ifla_xstats)(struct nlmsghdr *n,
						     void *arg);
};

/**
 * struct qdisc_util - a qdisc of tc(8)
 * @next: list of loaded ones; tc's
 * @id: the qdisc's name
 * @parse_qopt: takes all words after the name and makes its own TCA_OPTIONS
 *	nest; nonzero aborts
 * @print_qopt: TCA_OPTIONS of a qdisc, NULL where it sent none
 * @print_xstats: TCA_XSTATS or TCA_STATS_APP, of qdiscs and classes
 * @parse_copt: as @parse_qopt, for classes
 * @print_copt: as @print_qopt, for classes
 * @has_block: has the qdisc this filter block?
 */
struct qdisc_util {
	struct qdisc_util	*next;
	const char		*id;
	int			(*parse_qopt)(struct qdisc_util *qu, int argc,
					      char **argv, struct nlmsghdr *n,
					      const char *dev);
	int			(*print_qopt)(struct qdisc_util *qu, FILE *f,
					      struct rtattr *opt);
	int			(*print_xstats)(struct qdisc_util *qu, FILE *f,
						struct rtattr *xstats);
	int			(*parse_copt)(struct qdisc_util *qu, int argc,
					      char **argv, struct nlmsghdr *n,
					      const char *dev);
	int			(*print_copt)(struct qdisc_util *qu, FILE *f,
					      struct rtattr *opt);
	int			(*has_block)(struct qdisc_util *qu,
					     struct rtattr *opt, __u32 block,
					     bool *p_has);
};

#ifdef __LP64__
static_assert(sizeof(struct link_util) == 72, "link_util: size");
static_assert(offsetof(struct link_util, id) == 8, "link_util: id");
static_assert(offsetof(struct link_util, maxattr) == 16, "link_util: maxattr");
static_assert(offsetof(struct link_util, parse_opt) == 24, "link_util: parse_opt");
static_assert(offsetof(struct link_util, print_opt) == 32, "link_util: print_opt");
static_assert(offsetof(struct link_util, print_xstats) == 40, "link_util: print_xstats");
static_assert(offsetof(struct link_util, print_help) == 48, "link_util: print_help");
static_assert(offsetof(struct link_util, parse_ifla_xstats) == 56,
	      "link_util: parse_ifla_xstats");
static_assert(offsetof(struct link_util, print_ifla_xstats) == 64,
	      "link_util: print_ifla_xstats");

static_assert(sizeof(struct qdisc_util) == 64, "qdisc_util: size");
static_assert(offsetof(struct qdisc_util, id) == 8, "qdisc_util: id");
static_assert(offsetof(struct qdisc_util, parse_qopt) == 16, "qdisc_util: parse_qopt");
static_assert(offsetof(struct qdisc_util, print_qopt) == 24, "qdisc_util: print_qopt");
static_assert(offsetof(struct qdisc_util, print_xstats) == 32, "qdisc_util: print_xstats");
static_assert(offsetof(struct qdisc_util, parse_copt) == 40, "qdisc_util: parse_copt");
static_assert(offsetof(struct qdisc_util, print_copt) == 48, "qdisc_util: print_copt");
static_assert(offsetof(struct qdisc_util, has_block) == 56, "qdisc_util: has_block");
#endif

/* What the user asked for: -d, -s, -r. show_raw is tc's only. */
extern int show_details;
extern int show_stats;
extern int show_raw;

/* Numbers and sizes of the command line; 0 or -1. Base 0 takes 0x too. */
int get_u8(__u8 *val, const char *arg, int base);
int get_u16(__u16 *val, const char *arg, int base);
int get_u32(__u32 *val, const char *arg, int base);
int get_u64(__u64 *val, const char *arg, int base);
int get_time(unsigned int *time, const char *arg);	/* microseconds */

/* tc only in iproute2 6.1. */
int get_rate64(__u64 *rate, const char *arg);		/* bytes a second */
int get_size(unsigned int *size, const char *arg);	/* bytes */

/* The way iproute2 refuses words. Writes to stderr and exits. */
noreturn void incomplete_command(void);
noreturn void missarg(const char *key);
noreturn void invarg(const char *msg, const char *arg);
noreturn void duparg(const char *key, const char *arg);

/* Attributes; @maxlen is what the caller of the plugin has room for. */
int addattr(struct nlmsghdr *n, int maxlen, int type);
int addattr8(struct nlmsghdr *n, int maxlen, int type, __u8 data);
int addattr16(struct nlmsghdr *n, int maxlen, int type, __u16 data);
int addattr32(struct nlmsghdr *n, int maxlen, int type, __u32 data);
int addattr64(struct nlmsghdr *n, int maxlen, int type, __u64 data);
int addattr_l(struct nlmsghdr *n, int maxlen, int type, const void *data,
	      int alen);
struct rtattr *addattr_nest(struct nlmsghdr *n, int maxlen, int type);
int addattr_nest_end(struct nlmsghdr *n, struct rtattr *nest);
int parse_rtattr(struct rtattr *tb[], int max, struct rtattr *rta, int len);

static inline int parse_rtattr_nested(struct rtattr *tb[], int max,
				      struct rtattr *rta)
{
	return parse_rtattr(tb, max, RTA_DATA(rta), RTA_PAYLOAD(rta));
}

/* Output, text or JSON after what the user asked for. */
enum output_type {
	PRINT_FP = 1,
	PRINT_JSON = 2,
	PRINT_ANY = 4,
};

enum color_attr {
	COLOR_IFNAME,
	COLOR_MAC,
	COLOR_INET,
	COLOR_INET6,
	COLOR_OPERSTATE_UP,
	COLOR_OPERSTATE_DOWN,
	COLOR_NONE
};

bool is_json_context(void);
void open_json_object(const char *key);
void close_json_object(void);
void open_json_array(enum output_type type, const char *str);
void close_json_array(enum output_type type, const char *str);
void print_nl(void);
char *sprint_time(__u32 microseconds, char *buf);	/* 64 bytes */

/* @use_iec: 1024 instead of 1000; @rate in bytes a second. */
int print_color_rate(bool use_iec, enum output_type t, enum color_attr color,
		     const char *key, const char *fmt, unsigned long long rate);

int print_color_bool(enum output_type t, enum color_attr color,
		     const char *key, const char *fmt, bool value);
int print_color_int(enum output_type t, enum color_attr color,
		    const char *key, const char *fmt, int value);
int print_color_uint(enum output_type t, enum color_attr color,
		     const char *key, const char *fmt, unsigned int value);
int print_color_u64(enum output_type t, enum color_attr color,
		    const char *key, const char *fmt, uint64_t value);
int print_color_lluint(enum output_type t, enum color_attr color,
		       const char *key, const char *fmt, unsigned long long value);
int print_color_0xhex(enum output_type t, enum color_attr color,
		      const char *key, const char *fmt, unsigned long long value);
int print_color_float(enum output_type t, enum color_attr color,
		      const char *key, const char *fmt, double value);
int print_color_string(enum output_type t, enum color_attr color,
		       const char *key, const char *fmt, const char *value);
int print_color_null(enum output_type t, enum color_attr color,
		     const char *key, const char *fmt, const char *value);
int print_color_size(enum output_type t, enum color_attr color,
		     const char *key, const char *fmt, __u32 value);	/* tc only in 6.1 */

#define print_bool(t, key, fmt, value) \
	print_color_bool(t, COLOR_NONE, key, fmt, value)
#define print_int(t, key, fmt, value) \
	print_color_int(t, COLOR_NONE, key, fmt, value)
#define print_uint(t, key, fmt, value) \
	print_color_uint(t, COLOR_NONE, key, fmt, value)
#define print_u64(t, key, fmt, value) \
	print_color_u64(t, COLOR_NONE, key, fmt, value)
#define print_lluint(t, key, fmt, value) \
	print_color_lluint(t, COLOR_NONE, key, fmt, value)
#define print_0xhex(t, key, fmt, value) \
	print_color_0xhex(t, COLOR_NONE, key, fmt, value)
#define print_float(t, key, fmt, value) \
	print_color_float(t, COLOR_NONE, key, fmt, value)
#define print_string(t, key, fmt, value) \
	print_color_string(t, COLOR_NONE, key, fmt, value)
#define print_null(t, key, fmt, value) \
	print_color_null(t, COLOR_NONE, key, fmt, value)
#define print_size(t, key, fmt, value) \
	print_color_size(t, COLOR_NONE, key, fmt, value)

/* For loops over words: on to the next one, which must be there. */
#define NEXT_ARG() do {			\
	argv++;				\
	if (--argc <= 0)		\
		incomplete_command();	\
} while (0)

#endif /* _WEFT_IPROUTE2_H */
