// SPDX-License-Identifier: GPL-2.0
/*
 * The weft link type of ip(8): "ip link add link eth0 name weft0 type weft ..."
 * and what "ip -d link show" says of a port.
 *
 * A class is written by its name, which the kernel is asked for; where it
 * can't be asked (that needs CAP_NET_ADMIN), by its number.
 */
#include <stdlib.h>
#include <string.h>

#include <linux/weft.h>
#include <linux/weft_link.h>

#include "../lib/names.h"
#include "../lib/netlink.h"
#include "../lib/util.h"
#include "iproute2.h"

/* What ip leaves room for in a request. */
#define REQUEST_MAX	1024

static const char *const modes[] = {
	[WEFT_PORT_MODE_L2] = "l2",
};

static const struct name_table mode_names = {
	modes, ARRAY_SIZE(modes)
};

static void usage(FILE *f)
{
	fputs("Usage: ... weft [ mode l2 ] [ policy { allow | deny | audit } ]\n"
	      "                [ class CLASS ] [ job JOB ]\n"
	      "\n"
	      "       CLASS := a class's name ('weft class show') or number, or none\n"
	      "       JOB := a number from 1 to 4294967295, or none\n", f);
}

/* Classes that have a name; quietly none where the kernel can't be asked. */
static void load_classes(void)
{
	struct netlink nl;

	if (netlink_open_weft(&nl))
		return;
	class_names_load(&nl);
	netlink_close(&nl);
}

static __u32 parse_class(const char *arg)
{
	__u32 class;
	int id;

	if (!strcmp(arg, "none"))
		return 0;
	if (!get_u32(&class, arg, 0))
		return class;
	load_classes();
	id = class_find(arg);
	if (id < 0)
		invarg("\"class\" is neither a class's name, its number nor none", arg);
	return (__u32)id;
}

static __u32 parse_job(const char *arg)
{
	__u32 job;

	if (!strcmp(arg, "none"))
		return 0;
	if (get_u32(&job, arg, 0) || !job)
		invarg("\"job\" is a number from 1 to 4294967295, or none", arg);
	return job;
}

static __u8 parse_name(const struct name_table *table, const char *arg,
		       const char *complaint)
{
	int number = name_find(table, arg);

	if (number < 0)
		invarg(complaint, arg);
	return (__u8)number;
}

/* A word that came twice is a mistake, whatever it says. */
static void once(unsigned int *seen, unsigned int attr, const char *word,
		 const char *arg)
{
	if (*seen & (1U << attr))
		duparg(word, arg);
	*seen |= 1U << attr;
}

static int weft_parse_opt(struct link_util *lu, int argc, char **argv,
			  struct nlmsghdr *n)
{
	unsigned int seen = 0;

	(void)lu;
	for (; argc > 0; argc--, argv++) {
		if (!strcmp(*argv, "mode")) {
			NEXT_ARG();
			once(&seen, IFLA_WEFT_MODE, "mode", *argv);
			addattr8(n, REQUEST_MAX, IFLA_WEFT_MODE,
				 parse_name(&mode_names, *argv,
					    "\"mode\" must be l2"));
		} else if (!strcmp(*argv, "policy")) {
			NEXT_ARG();
			once(&seen, IFLA_WEFT_POLICY, "policy", *argv);
			addattr8(n, REQUEST_MAX, IFLA_WEFT_POLICY,
				 parse_name(&name_actions, *argv,
					    "\"policy\" must be allow, deny or audit"));
		} else if (!strcmp(*argv, "class")) {
			NEXT_ARG();
			once(&seen, IFLA_WEFT_CLASS, "class", *argv);
			addattr32(n, REQUEST_MAX, IFLA_WEFT_CLASS, parse_class(*argv));
		} else if (!strcmp(*argv, "job")) {
			NEXT_ARG();
			once(&seen, IFLA_WEFT_JOB, "job", *argv);
			addattr32(n, REQUEST_MAX, IFLA_WEFT_JOB, parse_job(*argv));
		} else {
			if (strcmp(*argv, "help"))
				fprintf(stderr, "weft: what is \"%s\"?\n", *argv);
			usage(stderr);
			return -1;
		}
	}
	return 0;
}

static __u8 get_attr_u8(const struct rtattr *attr)
{
	return *(const __u8 *)RTA_DATA(attr);
}

static __u32 get_attr_u32(const struct rtattr *attr)
{
	__u32 value;

	memcpy(&value, RTA_DATA(attr), sizeof(value));
	return value;
}

static bool has(struct rtattr *tb[], int attr, size_t len)
{
	return tb[attr] && RTA_PAYLOAD(tb[attr]) >= len;
}

static void weft_print_opt(struct link_util *lu, FILE *f, struct rtattr *tb[])
{
	(void)lu;
	(void)f;
	if (!tb)
		return;
	if (has(tb, IFLA_WEFT_MODE, 1))
		print_string(PRINT_ANY, "mode", "mode %s ",
			     name_of(&mode_names, get_attr_u8(tb[IFLA_WEFT_MODE])));
	if (has(tb, IFLA_WEFT_POLICY, 1))
		print_string(PRINT_ANY, "policy", "policy %s ",
			     name_of(&name_actions, get_attr_u8(tb[IFLA_WEFT_POLICY])));
	if (has(tb, IFLA_WEFT_CLASS, 4) && get_attr_u32(tb[IFLA_WEFT_CLASS])) {
		load_classes();
		print_string(PRINT_ANY, "class", "class %s ",
			     class_name(get_attr_u32(tb[IFLA_WEFT_CLASS])));
	}
	if (has(tb, IFLA_WEFT_JOB, 4) && get_attr_u32(tb[IFLA_WEFT_JOB]))
		print_uint(PRINT_ANY, "job", "job %u ",
			   get_attr_u32(tb[IFLA_WEFT_JOB]));
	if (has(tb, IFLA_WEFT_ATTACH_ID, 4))
		print_uint(PRINT_ANY, "attach_id", "attach %u ",
			   get_attr_u32(tb[IFLA_WEFT_ATTACH_ID]));
}

static void weft_print_help(struct link_util *lu, int argc, char **argv, FILE *f)
{
	(void)lu;
	(void)argc;
	(void)argv;
	usage(f);
}

__attribute__((visibility("default"))) struct link_util weft_link_util = {
	.id		= "weft",
	.maxattr	= IFLA_WEFT_MAX,
	.parse_opt	= weft_parse_opt,
	.print_opt	= weft_print_opt,
	.print_help	= weft_print_help,
};
