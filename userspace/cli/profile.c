// SPDX-License-Identifier: GPL-2.0
/* weft profile: what streams begin with, and where their messages lie. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include <linux/genetlink.h>
#include <linux/weft.h>

#include "../lib/names.h"
#include "../lib/netlink.h"
#include "../lib/output.h"
#include "../lib/profile.h"
#include "../lib/util.h"
#include "cmd.h"

static const struct word load_words[] = {
	{ "profile", NULL, KIND_PROFILE_FILE, WORD_REQUIRED | WORD_BARE },
	{ }
};

static const struct word unload_words[] = {
	{ "name", NULL, KIND_PROFILE, WORD_REQUIRED | WORD_BARE,
	  WEFT_A_PROFILE_NAME },
	{ }
};

static const struct word show_words[] = {
	{ "name", NULL, KIND_PROFILE, WORD_BARE, WEFT_A_PROFILE_NAME },
	{ }
};

/* The profile that was asked for; NULL after having said why not. */
static struct profile *read_named(const char *name)
{
	struct profile *profile;
	char path[4096];

	if (!profile_find(name, path)) {
		complain("'%s': there is no profile of this name (a file has a slash or a dot in its own)",
			 name);
		return NULL;
	}
	profile = profile_read(path);
	if (!profile) {
		complain("no memory");
		return NULL;
	}
	if (!*profile->error)
		return profile;
	complain("%s: %s", path, profile->error);
	profile_free(profile);
	return NULL;
}

static int find_class(const struct profile *profile, unsigned int line,
		      const char *name, __u32 *id)
{
	const char *names[CLASS_MAX];
	__u64 number;
	int found;

	if (parse_number(name, CLASS_MAX, &number)) {
		*id = (__u32)number;
		return STATUS_OK;
	}
	found = class_find(name);
	if (found > 0) {
		*id = (__u32)found;
		return STATUS_OK;
	}
	fprintf(stderr, "weft: %s: line %u\n", profile->path, line);
	complain_unknown(name, "a class", names,
			 class_list(names, ARRAY_SIZE(names)));
	return STATUS_REFUSED;
}

static void put_name(struct request *req, int attr, const char *name)
{
	request_put(req, attr, name, strlen(name) + 1);
}

/* Bit 0 the opener's, bit 1 the acceptor's. */
static void put_ends(struct request *req, int attr, unsigned int ends)
{
	request_u8(req, attr, ends == 1 ? WEFT_STREAM_END_OPENER :
		   ends == 2 ? WEFT_STREAM_END_ACCEPTOR : WEFT_STREAM_END_EITHER);
}

static int put_pattern(struct request *req, const struct profile *profile,
		       const struct profile_pattern *from)
{
	const struct weft_pattern *pattern = &from->pattern;
	struct nlattr *nest;
	__u32 class = 0;

	request_word(req, "streams", from->name);
	nest = request_nest(req, WEFT_A_PROFILE_PATTERN);
	put_name(req, WEFT_A_PATTERN_NAME, from->name);
	request_u32(req, WEFT_A_PATTERN_PRIORITY, pattern->priority);
	put_ends(req, WEFT_A_PATTERN_END, pattern->ends);
	request_u8(req, WEFT_A_PATTERN_OFFSET, pattern->offset);
	request_put(req, WEFT_A_PATTERN_VALUE, pattern->value, pattern->len);
	request_put(req, WEFT_A_PATTERN_MASK, pattern->mask, pattern->len);
	if (pattern->key_len) {
		request_u8(req, WEFT_A_PATTERN_KEY_OFFSET, pattern->key_offset);
		request_u8(req, WEFT_A_PATTERN_KEY_LEN, pattern->key_len);
	}
	if (*from->class) {
		if (find_class(profile, from->line, from->class, &class))
			return STATUS_REFUSED;
		request_u32(req, WEFT_A_PATTERN_CLASS, class);
	}
	if (pattern->job)
		request_u32(req, WEFT_A_PATTERN_JOB, pattern->job);
	if (pattern->framing)
		request_u8(req, WEFT_A_PATTERN_FRAMING, pattern->framing - 1);
	request_nest_end(req, nest);
	return STATUS_OK;
}

static void put_framing(struct request *req, const struct profile_framing *from)
{
	const struct weft_framing *framing = &from->framing;
	struct nlattr *nest;

	request_word(req, "framings", from->name);
	nest = request_nest(req, WEFT_A_PROFILE_FRAMING);
	put_name(req, WEFT_A_FRAMING_NAME, from->name);
	put_ends(req, WEFT_A_FRAMING_ENDS, framing->ends);
	request_u16(req, WEFT_A_FRAMING_HEADER_LEN, framing->header_len);
	request_u8(req, WEFT_A_FRAMING_LEN_OFFSET, framing->len_offset);
	request_u8(req, WEFT_A_FRAMING_LEN_WIDTH, framing->len_width);
	request_u8(req, WEFT_A_FRAMING_LEN_ORDER,
		   framing->big_endian ? WEFT_BYTE_ORDER_BIG :
					 WEFT_BYTE_ORDER_LITTLE);
	request_u64(req, WEFT_A_FRAMING_LEN_MASK, framing->len_mask);
	request_u32(req, WEFT_A_FRAMING_BIAS, (__u32)framing->bias);
	request_u64(req, WEFT_A_FRAMING_MOST, framing->most);
	if (framing->id_width) {
		request_u8(req, WEFT_A_FRAMING_ID_OFFSET, framing->id_offset);
		request_u8(req, WEFT_A_FRAMING_ID_WIDTH, framing->id_width);
	}
	request_u16(req, WEFT_A_FRAMING_HELLO, (__u16)framing->hello[0]);
	request_u16(req, WEFT_A_FRAMING_HELLO_BACK, (__u16)framing->hello[1]);
	if (framing->check_len) {
		request_u8(req, WEFT_A_FRAMING_CHECK_OFFSET,
			   framing->check_offset);
		request_put(req, WEFT_A_FRAMING_CHECK_VALUE,
			    framing->check_value, framing->check_len);
		request_put(req, WEFT_A_FRAMING_CHECK_MASK,
			    framing->check_mask, framing->check_len);
	}
	request_nest_end(req, nest);
}

static int put_rule(struct request *req, const struct profile *profile,
		    const struct profile_rule *rule)
{
	struct nlattr *nest;
	__u32 class = 0;

	nest = request_nest(req, WEFT_A_PROFILE_RULE);
	request_u32(req, WEFT_A_PROFILE_RULE_PRIORITY, rule->priority);
	request_u8(req, WEFT_A_PROFILE_RULE_PROTOCOL, rule->protocol);
	request_u16(req, WEFT_A_PROFILE_RULE_PORT_MIN, rule->ports.min);
	request_u16(req, WEFT_A_PROFILE_RULE_PORT_MAX, rule->ports.max);
	if (*rule->class) {
		if (find_class(profile, rule->line, rule->class, &class))
			return STATUS_REFUSED;
		request_u32(req, WEFT_A_PROFILE_RULE_CLASS, class);
	}
	if (rule->job)
		request_u32(req, WEFT_A_PROFILE_RULE_JOB, rule->job);
	request_nest_end(req, nest);
	return STATUS_OK;
}

static int put_profile(struct request *req, const struct profile *profile,
		       const char *word)
{
	int status = STATUS_OK;
	unsigned int i;

	request_word(req, NULL, word);
	put_name(req, WEFT_A_PROFILE_NAME, profile->name);
	for (i = 0; i < profile->n_framings; i++)
		put_framing(req, &profile->framings[i]);
	for (i = 0; i < profile->n_patterns && !status; i++)
		status = put_pattern(req, profile, &profile->patterns[i]);
	for (i = 0; i < profile->n_rules && !status; i++)
		status = put_rule(req, profile, &profile->rules[i]);
	return status;
}

static int profile_load(const struct args *args)
{
	const char *name = args_get(args, "profile")->text;
	struct profile *profile;
	struct netlink *nl;
	struct request req;
	int status;

	profile = read_named(name);
	if (!profile)
		return STATUS_USAGE;
	nl = session_weft();
	if (!nl) {
		profile_free(profile);
		return STATUS_REFUSED;
	}
	class_names_load(nl);
	request_weft(&req, WEFT_CMD_PROFILE_NEW);
	status = put_profile(&req, profile, name);
	if (!status && netlink_do(nl, &req, NULL, NULL)) {
		netlink_complain(nl, "profile load");
		status = STATUS_REFUSED;
	}
	request_free(&req);
	profile_free(profile);
	return status;
}

static int profile_unload(const struct args *args)
{
	return change(args, WEFT_CMD_PROFILE_DEL, NULL, NULL);
}

/* A profile while it is shown: its streams as JSON, or NULL for text. */
struct shown {
	struct json_object	*streams;
	const struct nlmsghdr	*nlh;
};

static const struct nlattr *nth_framing(const struct nlmsghdr *nlh,
					unsigned int n)
{
	const struct nlattr *attr;
	int rest;

	nla_for_each_attr(attr, (struct nlattr *)((char *)nlmsg_data(nlh) + GENL_HDRLEN),
			  nlmsg_datalen(nlh) - (int)GENL_HDRLEN, rest) {
		if (nla_type(attr) == WEFT_A_PROFILE_FRAMING && !n--)
			return attr;
	}
	return NULL;
}

static const char *framing_of(const struct nlmsghdr *nlh,
			      const struct nlattr *place)
{
	struct nlattr *tb[WEFT_A_FRAMING_MAX + 1];
	const struct nlattr *attr;

	if (!place)
		return NULL;
	attr = nth_framing(nlh, (unsigned int)netlink_number(place));
	if (!attr || netlink_parse_nested(attr, tb, WEFT_A_FRAMING_MAX))
		return NULL;
	return netlink_string(tb[WEFT_A_FRAMING_NAME]);
}

static void show_stream(struct shown *shown, const struct nlattr *nest)
{
	struct nlattr *tb[WEFT_A_PATTERN_MAX + 1];
	const char *framing;
	__u64 class, job;

	if (netlink_parse_nested(nest, tb, WEFT_A_PATTERN_MAX))
		return;
	class = netlink_number(tb[WEFT_A_PATTERN_CLASS]);
	job = netlink_number(tb[WEFT_A_PATTERN_JOB]);
	framing = framing_of(shown->nlh, tb[WEFT_A_PATTERN_FRAMING]);
	if (shown->streams) {
		struct json_object *obj = json_object_new_object();

		row_string(obj, "name", netlink_string(tb[WEFT_A_PATTERN_NAME]));
		row_number(obj, "priority",
			   netlink_number(tb[WEFT_A_PATTERN_PRIORITY]));
		if (class)
			row_string(obj, "class", class_name(class));
		if (job)
			row_number(obj, "job", job);
		if (framing)
			row_string(obj, "framing", framing);
		row_number(obj, "hits", netlink_number(tb[WEFT_A_PATTERN_HITS]));
		json_object_array_add(shown->streams, obj);
		return;
	}
	printf("    stream %s priority %llu",
	       netlink_string(tb[WEFT_A_PATTERN_NAME]),
	       netlink_number(tb[WEFT_A_PATTERN_PRIORITY]));
	if (class)
		printf(" class %s", colored(COLOR_NAME, class_name(class)));
	if (job)
		printf(" job %llu", job);
	if (framing)
		printf(" framing %s", framing);
	printf(" hits %llu\n", netlink_number(tb[WEFT_A_PATTERN_HITS]));
}

static int show_one(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[WEFT_A_PROFILE_MAX + 1];
	struct shown shown = { .nlh = nlh };
	struct json_object *obj = NULL;
	const struct nlattr *attr;
	int rest;

	(void)arg;
	if (netlink_parse(nlh, tb, WEFT_A_PROFILE_MAX))
		return 0;
	if (output.json) {
		obj = json_object_new_object();
		shown.streams = json_object_new_array();
		row_string(obj, "name", netlink_string(tb[WEFT_A_PROFILE_NAME]));
		row_number(obj, "rules",
			   netlink_number(tb[WEFT_A_PROFILE_RULES]));
		row_number(obj, "unread",
			   netlink_number(tb[WEFT_A_PROFILE_UNREAD]));
		json_object_object_add(obj, "streams", shown.streams);
	} else {
		printf("profile %s rules %llu unread %llu\n",
		       colored(COLOR_NAME,
			       netlink_string(tb[WEFT_A_PROFILE_NAME])),
		       netlink_number(tb[WEFT_A_PROFILE_RULES]),
		       netlink_number(tb[WEFT_A_PROFILE_UNREAD]));
	}
	nla_for_each_attr(attr, (struct nlattr *)((char *)nlmsg_data(nlh) + GENL_HDRLEN),
			  nlmsg_datalen(nlh) - (int)GENL_HDRLEN, rest) {
		if (nla_type(attr) == WEFT_A_PROFILE_PATTERN)
			show_stream(&shown, attr);
	}
	if (obj)
		output_row(obj);
	return 0;
}

static int profile_show(const struct args *args)
{
	struct netlink *nl = session_weft();
	int status;

	if (!nl)
		return STATUS_REFUSED;
	class_names_load(nl);
	output_begin();
	status = show_list(args, WEFT_CMD_PROFILE_GET, "name", show_one, NULL);
	output_end(!status);
	return status;
}

/* Needs no kernel. */
static int profile_check(const struct args *args)
{
	struct profile *profile;
	struct json_object *obj;
	unsigned int i, bad = 0;

	profile = read_named(args_get(args, "profile")->text);
	if (!profile)
		return STATUS_USAGE;
	for (i = 0; i < profile->n_samples; i++) {
		if (profile_try(profile, &profile->samples[i]))
			continue;
		complain("%s: %s", profile->path, profile->error);
		bad++;
	}
	output_begin();
	if (output.json) {
		obj = json_object_new_object();
		row_string(obj, "name", profile->name);
		row_number(obj, "streams", profile->n_patterns);
		row_number(obj, "framings", profile->n_framings);
		row_number(obj, "rules", profile->n_rules);
		row_number(obj, "samples", profile->n_samples);
		row_number(obj, "failed", bad);
		output_row(obj);
	} else {
		printf("profile %s streams %u framings %u rules %u samples %u failed %u\n",
		       profile->name, profile->n_patterns, profile->n_framings,
		       profile->n_rules, profile->n_samples, bad);
	}
	output_end(true);
	profile_free(profile);
	return bad ? STATUS_USAGE : STATUS_OK;
}

static const struct action actions[] = {
	{ "load", "have the streams of new flows read as a profile says",
	  load_words, profile_load },
	{ "unload", "read no new flows by it, and forget its rules", unload_words,
	  profile_unload },
	{ "show", "list profiles that are loaded, and what they matched",
	  show_words, profile_show },
	{ "check", "read a profile without loading it, and try it on its samples",
	  load_words, profile_check },
	{ }
};

const struct command profile_command = {
	"profile", "what an application's streams look like", actions,
};
