// SPDX-License-Identifier: GPL-2.0
/*
 * Reads the words of an action after its table. Everything that can be judged
 * without the kernel is judged first, so that nonsense is answered as such on
 * any machine; names of devices, ports and classes are looked up after that.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/weft.h>

#include "../lib/cgroup.h"
#include "../lib/names.h"
#include "../lib/netlink.h"
#include "../lib/rtnl.h"
#include "../lib/util.h"
#include "../lib/output.h"
#include "cmd.h"

/*
 * struct kind_info - how a kind of value is read
 * @placeholder: in a synopsis
 * @what: in "'x' is not ...", and in help
 * @read: without the kernel; NULL, or what is wrong, "" for nothing special
 * @resolve: with the kernel, STATUS_*; NULL where that is not needed
 */
struct kind_info {
	const char	*placeholder;
	const char	*what;
	const char	*(*read)(const char *word, struct value *value);
	int		(*resolve)(struct value *value);
};

static const char *read_any(const char *word, struct value *value)
{
	(void)value;
	return *word ? NULL : "";
}

static const char *read_device(const char *word, struct value *value)
{
	(void)value;
	return *word && strlen(word) < 128 && !strchr(word, '/') ? NULL : "";
}

static const char *read_number(const char *word, struct value *value)
{
	return parse_number(word, U32_MAX, &value->number) ? NULL : "";
}

static const char *read_id(const char *word, struct value *value)
{
	return read_number(word, value) || !value->number ? "" : NULL;
}

static const char *read_attach(const char *word, struct value *value)
{
	return parse_number(word, 65535, &value->number) && value->number ? NULL : "";
}

static const char *read_rate(const char *word, struct value *value)
{
	return parse_rate(word, &value->number) ? NULL : "";
}

static const char *read_rate_or_none(const char *word, struct value *value)
{
	value->number = 0;
	return strcmp(word, "none") ? read_rate(word, value) : NULL;
}

static const char *read_name(const struct name_table *table, const char *word,
			     struct value *value)
{
	int number = name_find(table, word);

	value->number = (__u64)number;
	return number < 0 ? "" : NULL;
}

static const char *read_action(const char *word, struct value *value)
{
	return read_name(&name_actions, word, value);
}

static const char *read_tunnels(const char *word, struct value *value)
{
	return read_name(&name_tunnel_modes, word, value);
}

static const char *read_direction(const char *word, struct value *value)
{
	if (!strcmp(word, "in"))
		word = "ingress";
	else if (!strcmp(word, "out"))
		word = "egress";
	return read_name(&name_directions, word, value);
}

static const char *read_protocol(const char *word, struct value *value)
{
	__u8 protocol;

	if (!parse_protocol(word, &protocol))
		return "";
	value->number = protocol;
	return protocol ? NULL : "0 is no protocol of a flow";
}

static const char *read_prefix(const char *word, struct value *value)
{
	return parse_prefix(word, &value->prefix);
}

static const char *read_ports(const char *word, struct value *value)
{
	return parse_ports(word, &value->ports);
}

static const char *read_class_or_none(const char *word, struct value *value)
{
	value->number = 0;
	return strcmp(word, "none") ? read_any(word, value) : NULL;
}

static const char *read_job_or_none(const char *word, struct value *value)
{
	value->number = 0;
	return strcmp(word, "none") ? read_id(word, value) : NULL;
}

static const char *read_job_or_from(const char *word, struct value *value)
{
	return value->from ? read_name(&name_job_from, word, value) :
			     read_id(word, value);
}

static const char *read_jobs(const char *word, struct value *value)
{
	const char *dash = strchr(word, '-');
	__u64 first, last;
	char number[16];
	size_t len;

	len = dash ? (size_t)(dash - word) : strlen(word);
	if (!len || len >= sizeof(number))
		return "";
	memcpy(number, word, len);
	number[len] = '\0';
	if (!parse_number(number, U32_MAX, &first) || !first)
		return "";
	last = first;
	if (dash && (!parse_number(dash + 1, U32_MAX, &last) || !last))
		return "";
	if (last < first)
		return "the range's first job comes first";
	if (last - first >= 256)
		return "a grant names at most 256 jobs";
	value->jobs[0] = (__u32)first;
	value->jobs[1] = (__u32)last;
	return NULL;
}

static const char *read_mark(const char *word, struct value *value)
{
	return parse_mark(word, &value->mark);
}

static const char *read_dscp(const char *word, struct value *value)
{
	__u8 dscp;

	if (!parse_dscp(word, &dscp))
		return "";
	value->number = dscp;
	return NULL;
}

static const char *read_dscp_or_none(const char *word, struct value *value)
{
	value->number = DSCP_KEEP;
	return strcmp(word, "none") ? read_dscp(word, value) : NULL;
}

/* The path without what says that only its children are meant. */
static size_t cgroup_len(const char *word, bool *below)
{
	size_t len = strlen(word);

	*below = len >= 2 && !strcmp(word + len - 2, "/*");
	return *below ? len - 2 : len;
}

/* A path, or the id, which is what is shown of a cgroup that has gone. */
static const char *read_cgroup(const char *word, struct value *value)
{
	char id[24];
	size_t len;

	len = cgroup_len(word, &value->below);
	value->number = 0;
	if (!len && !value->below)
		return "";
	if (len && len < sizeof(id)) {
		memcpy(id, word, len);
		id[len] = '\0';
		if (parse_number(id, U64_MAX, &value->number) && !value->number)
			return "no cgroup has the id 0";
	}
	return NULL;
}

static const char *read_profile(const char *word, struct value *value)
{
	(void)value;
	return *word && strlen(word) < 16 && !strpbrk(word, "/ ") ? NULL : "";
}

static const char *read_seconds(const char *word, struct value *value)
{
	return parse_seconds(word, &value->number) && value->number ? NULL : "";
}

static const char *read_port(const char *word, struct value *value)
{
	struct port_range ports;
	const char *wrong = parse_ports(word, &ports);

	if (wrong)
		return wrong;
	value->number = ports.min;
	return ports.min == ports.max ? NULL : "";
}

static const char *read_state(const char *word, struct value *value)
{
	return read_name(&name_states, word, value);
}

static const char *read_switch(const char *word, struct value *value)
{
	return read_name(&name_switches, word, value);
}

static const char *read_timeout(const char *word, struct value *value)
{
	const __u64 week = 7 * 24 * 3600;

	if (!parse_seconds(word, &value->number) || value->number % 1000)
		return "";
	value->number /= 1000;
	return value->number && value->number <= week ? NULL : "";
}

/* What the kernel takes; "none" takes a name away. */
static const char *read_label(const char *word, struct value *value)
{
	const char *at;

	(void)value;
	if (!*word)
		return "";
	if (strlen(word) > 31)
		return "a name has at most 31 characters";
	for (at = word; *at; at++) {
		if (*at <= ' ' || *at > '~')
			return "a name has letters, digits and signs of ASCII only, no blanks";
	}
	return NULL;
}

static int resolve_device(struct value *value)
{
	struct netlink *nl = session_route();
	struct link link, *links;
	const char **names;
	unsigned int i, n;
	int err;

	if (!nl)
		return STATUS_REFUSED;
	err = link_find(nl, value->text, &link);
	if (!err) {
		value->number = (__u64)link.index;
		return STATUS_OK;
	}
	if (err != -ENODEV) {
		netlink_complain(nl, value->text);
		return STATUS_REFUSED;
	}
	if (link_list(nl, &links, &n))
		n = 0;
	names = calloc(n + 1, sizeof(*names));
	for (i = 0; names && i < n; i++)
		names[i] = links[i].name;
	complain_unknown(value->text, "a device of this network namespace",
			 names, names ? n : 0);
	free(names);
	if (n)
		free(links);
	return STATUS_REFUSED;
}

static int resolve_attach_device(struct value *value)
{
	const char *names[256];
	__u32 id;
	int status;

	status = attach_find(value->text, &id);
	if (status == STATUS_OK && id) {
		value->number = id;
		return STATUS_OK;
	}
	if (status == STATUS_OK)
		complain_unknown(value->text, "an uplink or port here", names,
				 attach_list(names, ARRAY_SIZE(names)));
	return STATUS_REFUSED;
}

static int resolve_cgroup(struct value *value)
{
	const char *why;
	char *path;

	if (value->number)
		return STATUS_OK;
	path = strndup(value->text, cgroup_len(value->text, &value->below));
	if (!path) {
		complain("no memory");
		return STATUS_REFUSED;
	}
	why = cgroup_find(path, &value->number);
	free(path);
	if (!why)
		return STATUS_OK;
	complain("'%s %s': %s", value->key, value->text, why);
	return STATUS_REFUSED;
}

static int resolve_class(struct value *value)
{
	struct netlink *nl;
	const char *names[CLASS_MAX];
	int id;

	if (parse_number(value->text, CLASS_MAX, &value->number))
		return STATUS_OK;
	nl = session_weft();
	if (!nl)
		return STATUS_REFUSED;
	if (class_names_load(nl)) {
		netlink_complain(nl, "classes");
		return STATUS_REFUSED;
	}
	id = class_find(value->text);
	if (id > 0) {
		value->number = (__u64)id;
		return STATUS_OK;
	}
	complain_unknown(value->text, "a class", names,
			 class_list(names, ARRAY_SIZE(names)));
	return STATUS_REFUSED;
}

/* Names with commas between them become a bit each. */
static int resolve_classes(struct value *value)
{
	struct value one = { .key = value->key };
	char *words, *word, *rest;
	int status = STATUS_OK;
	__u64 bits = 0;

	words = strdup(value->text);
	if (!words) {
		complain("no memory");
		return STATUS_REFUSED;
	}
	rest = words;
	while (!status && (word = strsep(&rest, ","))) {
		one.text = word;
		status = resolve_class(&one);
		if (!status && (!one.number || one.number > 31)) {
			complain("'%s %s': there is no class %s", value->key,
				 value->text, word);
			status = STATUS_REFUSED;
		}
		if (!status)
			bits |= 1ULL << one.number;
	}
	free(words);
	value->number = bits;
	return status;
}

static int resolve_class_or_none(struct value *value)
{
	return strcmp(value->text, "none") ? resolve_class(value) : STATUS_OK;
}

static const struct kind_info kinds[] = {
	[KIND_FLAG] = { NULL, NULL, NULL, NULL },
	[KIND_DEVICE] = {
		"DEV", "a device of this network namespace", read_device, resolve_device },
	[KIND_ATTACH_DEVICE] = {
		"DEV", "an uplink or port by its name", read_device,
		resolve_attach_device },
	[KIND_ATTACH] = {
		"ATTACH", "an uplink or port by its number (1 to 65535)",
		read_attach, NULL },
	[KIND_ID] = {
		"ID", "a number from 1 to 4294967295", read_id, NULL },
	[KIND_NUMBER] = {
		"NUMBER", "a number from 0 to 4294967295", read_number, NULL },
	[KIND_COUNT] = {
		"NUMBER", "a number from 1 to 4294967295", read_id, NULL },
	[KIND_RATE] = {
		"RATE", "a rate above 0 such as 100mbit or 2.5gbit (mbps: megabytes)",
		read_rate, NULL },
	[KIND_RATE_OR_NONE] = {
		"RATE", "a rate above 0 such as 100mbit or 2.5gbit, or none",
		read_rate_or_none, NULL },
	[KIND_ACTION] = {
		"allow|deny|audit", "one of allow, deny, audit", read_action, NULL },
	[KIND_DIRECTION] = {
		"ingress|egress", "one of ingress, egress", read_direction, NULL },
	[KIND_TUNNELS] = {
		"on|off|flat", "one of on, off, flat", read_tunnels, NULL },
	[KIND_SWITCH] = { "on|off", "on or off", read_switch, NULL },
	[KIND_PROTOCOL] = {
		"PROTOCOL", "a protocol such as tcp or udp, or its number (1 to 255)",
		read_protocol, NULL },
	[KIND_PREFIX] = {
		"PREFIX", "a prefix such as 10.0.0.0/8 or 2001:db8::/32",
		read_prefix, NULL },
	[KIND_PORTS] = {
		"PORTS", "a port (1 to 65535), a range FIRST-LAST or a service name",
		read_ports, NULL },
	[KIND_PORT] = {
		"PORT", "a port (1 to 65535) or a service name", read_port, NULL },
	[KIND_STATE] = {
		"new|established|closing|closed",
		"one of new, established, closing, closed", read_state, NULL },
	[KIND_CLASS] = {
		"CLASS", "a class's name or number", read_any, resolve_class },
	[KIND_CLASS_OR_NONE] = {
		"CLASS", "a class's name or number, or none",
		read_class_or_none, resolve_class_or_none },
	[KIND_CLASSES] = {
		"CLASS[,CLASS...]", "classes by name or number, with commas between",
		read_any, resolve_classes },
	[KIND_JOB] = {
		"JOB", "a job's number (1 to 4294967295)", read_id, NULL },
	[KIND_JOB_OR_NONE] = {
		"JOB", "a job's number (1 to 4294967295), or none",
		read_job_or_none, NULL },
	[KIND_JOBS] = {
		"JOB[-JOB]", "a job's number (1 to 4294967295), or a range of at most 256",
		read_jobs, NULL },
	[KIND_JOB_OR_FROM] = {
		"JOB|from port|from cgroup",
		"a job's number (1 to 4294967295), from port or from cgroup",
		read_job_or_from, NULL },
	[KIND_MARK] = {
		"MARK[/MASK]", "a mark (0 to 0xffffffff), and the bits of it that count",
		read_mark, NULL },
	[KIND_DSCP] = {
		"DSCP", "a codepoint (0 to 63) or its name, such as ef or af21",
		read_dscp, NULL },
	[KIND_DSCP_OR_NONE] = {
		"DSCP", "a codepoint (0 to 63) or its name, such as ef or af21, or none",
		read_dscp_or_none, NULL },
	[KIND_CGROUP] = {
		"CGROUP", "a cgroup's path, with /* behind it for each of its children",
		read_cgroup, resolve_cgroup },
	[KIND_SECONDS] = {
		"SECONDS", "a time above 0 such as 10, 0.5 or 500ms",
		read_seconds, NULL },
	[KIND_TIMEOUT] = {
		"SECONDS", "whole seconds from 1 to 604800, a week",
		read_timeout, NULL },
	[KIND_PROFILE] = {
		"NAME", "a profile's name (at most 15 characters)",
		read_profile, NULL },
	[KIND_PROFILE_FILE] = {
		"NAME|FILE", "a profile's name, or a file with a slash or a dot in its name",
		read_any, NULL },
	[KIND_NAME] = {
		"NAME", "a name without blanks, or none", read_label, NULL },
	[KIND_TOPIC] = { "COMMAND", "a command", read_any, NULL },
};

const char *kind_placeholder(enum kind kind)
{
	return kinds[kind].placeholder;
}

const char *kind_what(enum kind kind)
{
	return kinds[kind].what;
}

void complain_unknown(const char *word, const char *what,
		      const char *const candidates[], unsigned int n)
{
	const char *best[3];
	unsigned int i, found;

	fprintf(stderr, "weft: '%s' is not %s", word, what);
	found = suggest(word, candidates, n, best, ARRAY_SIZE(best));
	for (i = 0; i < found; i++)
		fprintf(stderr, "%s'%s'",
			!i ? "; did you mean " : i + 1 < found ? ", " : " or ",
			best[i]);
	if (found) {
		fputs("?\n", stderr);
		return;
	}
	/* A short list is worth more than nothing. */
	if (n && n <= 12) {
		fputs("; there are: ", stderr);
		for (i = 0; i < n; i++)
			fprintf(stderr, "%s%s", i ? ", " : "", candidates[i]);
	}
	fputc('\n', stderr);
}

/* A refused value; true words of the kernel's kind come from resolve(). */
static int complain_value(const struct word *word, const struct value *value,
			  const char *why)
{
	const struct kind_info *kind = &kinds[word->kind];

	if (value->key)
		fprintf(stderr, "weft: '%s %s%s': ", value->key,
			value->from ? "from " : "", value->text);
	else
		fprintf(stderr, "weft: '%s': ", value->text);
	if (*why)
		fprintf(stderr, "%s\n", why);
	else
		fprintf(stderr, "%s is due here\n", kind->what);
	return STATUS_USAGE;
}

static int find_word(const struct action *action, const char *text)
{
	int i;

	for (i = 0; action->words && action->words[i].name; i++) {
		const struct word *word = &action->words[i];

		if (!strcmp(text, word->name) ||
		    (word->alias && !strcmp(text, word->alias)))
			return i;
	}
	return -1;
}

/* A word that is no keyword may be the value of one that can be left out. */
static int find_bare(const struct args *args, const char *text)
{
	const struct word *words = args->action->words;
	struct value scratch;
	int i, first = -1;

	for (i = 0; words && words[i].name; i++) {
		if (!(words[i].flags & WORD_BARE) || args->values[i].given)
			continue;
		if (!kinds[words[i].kind].read(text, &scratch))
			return i;
		/* A bad number or name; words of a list get suggestions. */
		if (first < 0 && (words[i].kind == KIND_ID ||
				  words[i].kind == KIND_DEVICE ||
				  words[i].kind == KIND_ATTACH_DEVICE))
			first = i;
	}
	return first;
}

/* Two words that become one attribute say the same thing. */
static int complain_twice(const struct args *args, int new)
{
	const struct word *words = args->action->words;
	int i;

	for (i = 0; words[i].name; i++) {
		if (!args->values[i].given)
			continue;
		if (i == new) {
			complain("'%s' is given twice", words[i].name);
			return STATUS_USAGE;
		}
		if (words[i].attr && words[i].attr == words[new].attr) {
			complain("'%s' and '%s' exclude each other", words[i].name,
				 words[new].name);
			return STATUS_USAGE;
		}
	}
	return STATUS_OK;
}

static int complain_word(const struct args *args, const char *text)
{
	const char *candidates[WORDS_MAX + 8];
	const struct word *words = args->action->words;
	unsigned int n = 0, i;
	char what[64];

	for (i = 0; words && words[i].name; i++) {
		candidates[n++] = words[i].name;
		if (!(words[i].flags & WORD_BARE))
			continue;
		if (words[i].kind == KIND_ACTION) {
			candidates[n++] = "allow";
			candidates[n++] = "deny";
			candidates[n++] = "audit";
		} else if (words[i].kind == KIND_DIRECTION) {
			candidates[n++] = "ingress";
			candidates[n++] = "egress";
		}
	}
	snprintf(what, sizeof(what), "a word of '%s%s%s'", args->command->name,
		 args->action->name ? " " : "",
		 args->action->name ? args->action->name : "");
	complain_unknown(text, what, candidates, n);
	return STATUS_USAGE;
}

static int read_words(struct args *args, int argc, char **argv)
{
	const struct word *words = args->action->words;
	int i, at, status;

	for (i = 0; i < argc; i++) {
		struct value *value;
		const char *why;
		bool bare = false;

		if (argv[i][0] == '-' && argv[i][1]) {
			/* monitor's options have been written with dashes. */
			const char *plain = argv[i] + strspn(argv[i], "-");

			at = find_word(args->action, plain);
			if (at < 0) {
				complain("'%s': options stand before the command: weft %s %s ...",
					 argv[i], argv[i], args->command->name);
				return STATUS_USAGE;
			}
		} else {
			at = find_word(args->action, argv[i]);
		}
		if (at < 0) {
			at = find_bare(args, argv[i]);
			bare = true;
		}
		if (at < 0)
			return complain_word(args, argv[i]);
		status = complain_twice(args, at);
		if (status)
			return status;

		value = &args->values[at];
		value->given = true;
		value->text = argv[i];
		value->key = bare ? NULL : words[at].name;
		if (words[at].kind == KIND_FLAG) {
			value->key = NULL;
			continue;
		}
		if (!bare) {
			if (++i == argc) {
				complain("'%s' needs a value: %s", argv[i - 1],
					 kinds[words[at].kind].what);
				return STATUS_USAGE;
			}
			value->text = argv[i];
		}
		if (words[at].kind == KIND_JOB_OR_FROM &&
		    !strcmp(value->text, "from")) {
			if (++i == argc) {
				complain("'%s from' needs a value: port or cgroup",
					 value->key);
				return STATUS_USAGE;
			}
			value->from = true;
			value->text = argv[i];
		}
		why = kinds[words[at].kind].read(value->text, value);
		if (why)
			return complain_value(&words[at], value, why);
	}
	for (i = 0; words && words[i].name; i++) {
		if (!(words[i].flags & WORD_REQUIRED) || args->values[i].given)
			continue;
		complain("'%s%s%s' needs %s%s", args->command->name,
			 args->action->name ? " " : "",
			 args->action->name ? args->action->name : "",
			 words[i].flags & WORD_BARE ? "" : words[i].name,
			 words[i].flags & WORD_BARE ? kinds[words[i].kind].what : "");
		return STATUS_USAGE;
	}
	return STATUS_OK;
}

/**
 * words_read - read what stands behind an action
 * @args: with its command and action set, all values clear
 * @argc: number of words
 * @argv: the words; they must outlive @args
 *
 * Return: STATUS_OK, or another after having said what is wrong.
 */
int words_read(struct args *args, int argc, char **argv)
{
	const struct word *words = args->action->words;
	int i, status;

	status = read_words(args, argc, argv);
	if (!status && args->action->check)
		status = args->action->check(args);
	if (status) {
		help_hint(args->command);
		return status;
	}
	for (i = 0; words && words[i].name; i++) {
		if (!args->values[i].given || !kinds[words[i].kind].resolve)
			continue;
		status = kinds[words[i].kind].resolve(&args->values[i]);
		if (status)
			return status;
	}
	return STATUS_OK;
}

const struct value *args_get(const struct args *args, const char *word)
{
	int at = find_word(args->action, word);

	return at >= 0 && args->values[at].given ? &args->values[at] : NULL;
}

static void put_value(const struct word *word, const struct value *value,
		      struct request *req)
{
	request_word(req, value->key, value->text);
	switch (word->kind) {
	case KIND_PREFIX:
		request_put(req, word->attr, value->prefix.addr,
			    sizeof(value->prefix.addr));
		request_word(req, value->key, value->text);
		request_u8(req, word->attr2, value->prefix.len);
		break;
	case KIND_PORTS:
		request_u16(req, word->attr, value->ports.min);
		request_word(req, value->key, value->text);
		request_u16(req, word->attr2, value->ports.max);
		break;
	case KIND_MARK:
		request_u32(req, word->attr, value->mark.value);
		request_word(req, value->key, value->text);
		request_u32(req, word->attr2, value->mark.mask);
		break;
	case KIND_JOBS:
		request_u32(req, word->attr, value->jobs[0]);
		request_word(req, value->key, value->text);
		request_u32(req, word->attr2, value->jobs[1]);
		break;
	case KIND_CGROUP:
		request_u64(req, word->attr, value->number);
		if (!value->below)
			break;
		request_word(req, value->key, value->text);
		request_put(req, word->attr2, NULL, 0);
		break;
	case KIND_PROFILE:
		request_put(req, word->attr, value->text,
			    strlen(value->text) + 1);
		break;
	case KIND_NAME:
		if (strcmp(value->text, "none"))
			request_put(req, word->attr, value->text,
				    strlen(value->text) + 1);
		else
			request_put(req, word->attr, "", 1);
		break;
	case KIND_JOB_OR_FROM:
		if (value->from)
			request_u8(req, word->attr2, (__u8)value->number);
		else
			request_u32(req, word->attr, (__u32)value->number);
		break;
	case KIND_PORT:
		request_u16(req, word->attr, (__u16)value->number);
		break;
	case KIND_STATE:
	case KIND_ACTION:
	case KIND_DIRECTION:
	case KIND_TUNNELS:
	case KIND_SWITCH:
	case KIND_PROTOCOL:
	case KIND_DSCP:
	case KIND_DSCP_OR_NONE:
		request_u8(req, word->attr, (__u8)value->number);
		break;
	default:
		request_u32(req, word->attr, (__u32)value->number);
		break;
	}
}

void args_put(const struct args *args, struct request *req)
{
	const struct word *words = args->action->words;
	int i;

	for (i = 0; words && words[i].name; i++) {
		if (words[i].attr && args->values[i].given)
			put_value(&words[i], &args->values[i], req);
	}
}
