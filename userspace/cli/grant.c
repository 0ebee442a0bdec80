// SPDX-License-Identifier: GPL-2.0
/*
 * weft grant: what may processes without privileges say of their own sockets? A
 * line of "weft grant show" is, without its number and hits, what "weft grant
 * add" takes.
 */
#include <stdio.h>

#include <json-c/json.h>
#include <netlink/attr.h>

#include <linux/weft.h>

#include "../lib/names.h"
#include "../lib/netlink.h"
#include "../lib/output.h"
#include "../lib/util.h"
#include "cmd.h"
#include "selector.h"
#include "show.h"

static const struct word add_words[] = {
	{ "dev", NULL, KIND_ATTACH_DEVICE, 0, WEFT_A_GRANT_ATTACH_ID,
	  .help = "only its flows" },
	{ "attach", NULL, KIND_ATTACH, 0, WEFT_A_GRANT_ATTACH_ID,
	  .help = "only its flows" },
	{ "protocol", "proto", KIND_PROTOCOL, 0, WEFT_A_GRANT_PROTOCOL },
	{ "remote", NULL, KIND_PREFIX, 0, WEFT_A_GRANT_REMOTE,
	  WEFT_A_GRANT_REMOTE_LEN,
	  .help = "the other end's address" },
	{ "local", NULL, KIND_PREFIX, 0, WEFT_A_GRANT_LOCAL,
	  WEFT_A_GRANT_LOCAL_LEN,
	  .help = "the socket's own address" },
	{ "port", NULL, KIND_PORTS, 0, WEFT_A_GRANT_PORT_MIN,
	  WEFT_A_GRANT_PORT_MAX,
	  .help = "the other end's port" },
	{ "cgroup", NULL, KIND_CGROUP, 0, WEFT_A_GRANT_CGROUP,
	  WEFT_A_GRANT_CGROUP_BELOW,
	  .help = "of the socket, or above it" },
	{ "class", NULL, KIND_CLASSES, 0, WEFT_A_GRANT_CLASSES,
	  .help = "what may be declared" },
	{ "job", NULL, KIND_JOBS, 0, WEFT_A_GRANT_JOB_MIN,
	  WEFT_A_GRANT_JOB_MAX,
	  .help = "what may be declared" },
	{ }
};

static const struct word del_words[] = {
	{ "id", NULL, KIND_ID, WORD_REQUIRED | WORD_BARE, WEFT_A_GRANT_ID },
	{ }
};

static const struct word show_words[] = {
	{ "id", NULL, KIND_ID, WORD_BARE, WEFT_A_GRANT_ID },
	{ }
};

static int check_add(const struct args *args)
{
	if (args_get(args, "class") || args_get(args, "job"))
		return STATUS_OK;
	complain("'grant add' needs what may be declared: class or job");
	return STATUS_USAGE;
}

static int grant_add(const struct args *args)
{
	struct added added = { "grant", WEFT_A_GRANT_ID };

	return change(args, WEFT_CMD_GRANT_NEW, show_added, &added);
}

static int grant_del(const struct args *args)
{
	return change(args, WEFT_CMD_GRANT_DEL, NULL, NULL);
}

static const struct selector_attrs selector = {
	.attach		= WEFT_A_GRANT_ATTACH_ID,
	.protocol	= WEFT_A_GRANT_PROTOCOL,
	.remote		= WEFT_A_GRANT_REMOTE,
	.remote_len	= WEFT_A_GRANT_REMOTE_LEN,
	.local		= WEFT_A_GRANT_LOCAL,
	.local_len	= WEFT_A_GRANT_LOCAL_LEN,
	.port_min	= WEFT_A_GRANT_PORT_MIN,
	.port_max	= WEFT_A_GRANT_PORT_MAX,
	.cgroup		= WEFT_A_GRANT_CGROUP,
	.cgroup_below	= WEFT_A_GRANT_CGROUP_BELOW,
};

/* Of a set of classes, a bit each. */
#define CLASS_BITS	32

static void classes_json(struct json_object *obj, __u64 classes)
{
	struct json_object *list = json_object_new_array();
	unsigned int class;

	for (class = 1; class < CLASS_BITS; class++)
		if (classes & 1ULL << class)
			json_object_array_add(list,
					      json_object_new_string(class_name(class)));
	json_object_object_add(obj, "classes", list);
}

static void classes_text(__u64 classes)
{
	const char *before = " class ";
	unsigned int class;

	for (class = 1; class < CLASS_BITS; class++) {
		if (!(classes & 1ULL << class))
			continue;
		printf("%s%s", before, colored(COLOR_NAME, class_name(class)));
		before = ",";
	}
}

static int show_one(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[WEFT_A_GRANT_MAX + 1];
	__u64 classes, job_min, job_max;
	struct json_object *obj;

	(void)arg;
	if (netlink_parse(nlh, tb, WEFT_A_GRANT_MAX))
		return 0;
	classes = netlink_number(tb[WEFT_A_GRANT_CLASSES]);
	job_min = netlink_number(tb[WEFT_A_GRANT_JOB_MIN]);
	job_max = netlink_number(tb[WEFT_A_GRANT_JOB_MAX]);

	if (output.json) {
		obj = json_object_new_object();
		row_number(obj, "id", netlink_number(tb[WEFT_A_GRANT_ID]));
		selector_json(obj, tb, &selector);
		classes_json(obj, classes);
		if (job_min) {
			row_number(obj, "job_min", job_min);
			row_number(obj, "job_max", job_max);
		}
		row_number(obj, "hits", netlink_number(tb[WEFT_A_GRANT_HITS]));
		output_row(obj);
		return 0;
	}
	printf("grant %llu", netlink_number(tb[WEFT_A_GRANT_ID]));
	selector_text(tb, &selector);
	classes_text(classes);
	if (job_min && job_min == job_max)
		printf(" job %llu", job_min);
	else if (job_min)
		printf(" job %llu-%llu", job_min, job_max);
	if (output.stats)
		printf(" hits %llu", netlink_number(tb[WEFT_A_GRANT_HITS]));
	putchar('\n');
	return 0;
}

static int grant_show(const struct args *args)
{
	struct netlink *nl = session_weft();
	int status;

	if (!nl)
		return STATUS_REFUSED;
	class_names_load(nl);
	output_begin();
	status = show_list(args, WEFT_CMD_GRANT_GET, "id", show_one, NULL);
	output_end(!status);
	return status;
}

static const struct action actions[] = {
	{ "add", "let processes say what their sockets are, and say its number",
	  add_words, grant_add, check_add },
	{ "del", "remove a grant", del_words, grant_del },
	{ "show", "list grants", show_words, grant_show },
	{ }
};

const struct command grant_command = {
	"grant", "what a process may say of its own sockets", actions,
};
