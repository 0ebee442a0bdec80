// SPDX-License-Identifier: GPL-2.0
/* See profile.h; weft-profile(8) describes the file. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <yaml.h>

#include "profile.h"
#include "util.h"

#ifndef WEFT_PROFILES
#define WEFT_PROFILES	"/usr/local/share/weft/profiles"
#endif

/* A file while it is read. */
struct reader {
	struct profile	*profile;
	yaml_document_t	*doc;
};

/* A key of a mapping, and what takes its value. */
struct key {
	const char	*name;
	bool		(*take)(struct reader *r, yaml_node_t *node, void *to);
};

__attribute__((__format__(__printf__, 3, 4)))
static bool wrong_at(struct profile *profile, unsigned int line,
		     const char *format, ...)
{
	va_list args;
	int n = 0;

	if (line)
		n = snprintf(profile->error, sizeof(profile->error), "line %u: ",
			     line);
	va_start(args, format);
	vsnprintf(profile->error + n, sizeof(profile->error) - (size_t)n, format,
		  args);
	va_end(args);
	return false;
}

static unsigned int line_of(const yaml_node_t *node)
{
	return (unsigned int)node->start_mark.line + 1;
}

#define wrong(r, node, ...) wrong_at((r)->profile, line_of(node), __VA_ARGS__)

static const char *text_of(const yaml_node_t *node)
{
	return node->type == YAML_SCALAR_NODE ?
		(const char *)node->data.scalar.value : NULL;
}

static bool take_map(struct reader *r, yaml_node_t *node,
		     const struct key *keys, const char *what, void *to)
{
	const char *names[24], *best[1];
	yaml_node_pair_t *pair;
	unsigned int n;

	if (node->type != YAML_MAPPING_NODE)
		return wrong(r, node, "%s is a mapping of keys and values", what);
	for (n = 0; keys[n].name; n++)
		names[n] = keys[n].name;
	for (pair = node->data.mapping.pairs.start;
	     pair < node->data.mapping.pairs.top; pair++) {
		yaml_node_t *key = yaml_document_get_node(r->doc, pair->key);
		yaml_node_t *value = yaml_document_get_node(r->doc, pair->value);
		const char *name = text_of(key) ? text_of(key) : "";
		unsigned int i;

		for (i = 0; i < n; i++)
			if (!strcmp(names[i], name))
				break;
		if (i == n && suggest(name, names, n, best, 1))
			return wrong(r, key, "'%s' is no key of %s; did you mean '%s'?",
				     name, what, best[0]);
		if (i == n)
			return wrong(r, key, "'%s' is no key of %s", name, what);
		if (!keys[i].take(r, value, to))
			return false;
	}
	return true;
}

typedef bool (*take_fn)(struct reader *r, yaml_node_t *node);

static bool take_list(struct reader *r, yaml_node_t *node, const char *what,
		      take_fn take)
{
	yaml_node_item_t *item;

	if (node->type != YAML_SEQUENCE_NODE)
		return wrong(r, node, "%s is a list", what);
	for (item = node->data.sequence.items.start;
	     item < node->data.sequence.items.top; item++)
		if (!take(r, yaml_document_get_node(r->doc, *item)))
			return false;
	return true;
}

static bool take_name(struct reader *r, yaml_node_t *node, char *to)
{
	const char *text = text_of(node);
	const char *c;

	for (c = text; c && *c; c++)
		if (!isgraph((unsigned char)*c) || *c == '/')
			break;
	if (!text || !*text || *c || strlen(text) >= PROFILE_NAME)
		return wrong(r, node, "a name has 1 to 15 printable characters, none of them a blank or a slash");
	strcpy(to, text);
	return true;
}

static bool take_number(struct reader *r, yaml_node_t *node, __u64 max,
			__u64 *to)
{
	const char *text = text_of(node);

	if (!text || !parse_number(text, max, to))
		return wrong(r, node, "'%s': a number from 0 to %llu is due here",
			     text ? text : "", (unsigned long long)max);
	return true;
}

#define TAKE_NUMBER(fn, type, field, max)				\
static bool fn(struct reader *r, yaml_node_t *node, void *to)		\
{									\
	__u64 number;							\
									\
	if (!take_number(r, node, max, &number))			\
		return false;						\
	((type *)to)->field = (__typeof__(((type *)0)->field))number;	\
	return true;							\
}

#define TAKE_NAME(fn, type, field)					\
static bool fn(struct reader *r, yaml_node_t *node, void *to)		\
{									\
	return take_name(r, node, ((type *)to)->field);			\
}

static int hex_digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' :
	       isxdigit((unsigned char)c) ? tolower(c) - 'a' + 10 : -1;
}

/*
 * Bytes: hexadecimal digits, in pairs, with blanks anywhere between; N*HH for
 * many; or "text:" and what follows as it stands. Returns how many, or -1 after
 * having said what is wrong. @to has room for @max, NULL counts only.
 */
static long take_piece(struct reader *r, yaml_node_t *node, __u8 *to,
		       size_t max)
{
	const char *c = text_of(node);
	size_t n = 0;

	if (!c) {
		wrong(r, node, "bytes are due here");
		return -1;
	}
	if (!strncmp(c, "text:", 5)) {
		n = node->data.scalar.length - 5;
		if (to && n <= max)
			memcpy(to, c + 5, n);
		return (long)n;
	}
	for (c += strspn(c, " \t\n"); *c; c += strspn(c, " \t\n")) {
		size_t digits = strspn(c, "0123456789"), times = 1;

		if (digits && c[digits] == '*') {
			times = strtoul(c, NULL, 10);
			c += digits + 1;
		}
		if (hex_digit(c[0]) < 0 || hex_digit(c[1]) < 0 ||
		    times > 1 << 24 || n > 1 << 24) {
			wrong(r, node, "'%.16s': bytes are pairs of hexadecimal digits, N*HH for many, or text: and text",
			      c);
			return -1;
		}
		if (to && n + times <= max)
			memset(to + n, hex_digit(c[0]) << 4 | hex_digit(c[1]),
			       times);
		n += times;
		c += 2;
	}
	return (long)n;
}

static bool take_bytes(struct reader *r, yaml_node_t *node, __u8 *to, u8 *len)
{
	long n = take_piece(r, node, to, WEFT_STREAM_VALUE);

	if (n < 0)
		return false;
	if (n < 1 || n > WEFT_STREAM_VALUE)
		return wrong(r, node, "1 to 16 bytes can be compared, not %ld", n);
	*len = (u8)n;
	return true;
}

static bool take_ends(struct reader *r, yaml_node_t *node, u8 *to)
{
	static const char *const names[] = { "opener", "acceptor", "either" };
	const char *text = text_of(node);
	unsigned int i;

	for (i = 0; text && i < ARRAY_SIZE(names); i++) {
		if (!strcmp(text, names[i])) {
			*to = (u8)(i + 1);
			return true;
		}
	}
	return wrong(r, node, "'%s': opener, acceptor or either is due here",
		     text ? text : "");
}

/* streams */

TAKE_NAME(pattern_name, struct profile_pattern, name)
TAKE_NAME(pattern_class, struct profile_pattern, class)
TAKE_NAME(pattern_framing, struct profile_pattern, framing)
TAKE_NUMBER(pattern_priority, struct profile_pattern, pattern.priority, U32_MAX)
TAKE_NUMBER(pattern_offset, struct profile_pattern, pattern.offset, 63)
TAKE_NUMBER(pattern_job, struct profile_pattern, pattern.job, U32_MAX)
TAKE_NUMBER(key_offset, struct profile_pattern, pattern.key_offset, 63)
TAKE_NUMBER(key_len, struct profile_pattern, pattern.key_len, 16)

static bool pattern_end(struct reader *r, yaml_node_t *node, void *to)
{
	return take_ends(r, node, &((struct profile_pattern *)to)->pattern.ends);
}

static bool pattern_value(struct reader *r, yaml_node_t *node, void *to)
{
	struct weft_pattern *pattern = &((struct profile_pattern *)to)->pattern;

	return take_bytes(r, node, pattern->value, &pattern->len);
}

static bool pattern_mask(struct reader *r, yaml_node_t *node, void *to)
{
	struct weft_pattern *pattern = &((struct profile_pattern *)to)->pattern;
	u8 len = 0;

	if (!take_bytes(r, node, pattern->mask, &len))
		return false;
	/* Kept until the value is known, whichever stands first. */
	pattern->since = len;
	return true;
}

static bool pattern_key(struct reader *r, yaml_node_t *node, void *to)
{
	static const struct key keys[] = {
		{ "offset", key_offset }, { "length", key_len }, { }
	};

	return take_map(r, node, keys, "key", to);
}

static bool take_pattern(struct reader *r, yaml_node_t *node)
{
	static const struct key keys[] = {
		{ "name", pattern_name }, { "priority", pattern_priority },
		{ "end", pattern_end }, { "offset", pattern_offset },
		{ "value", pattern_value }, { "mask", pattern_mask },
		{ "key", pattern_key }, { "class", pattern_class },
		{ "job", pattern_job }, { "framing", pattern_framing }, { }
	};
	struct profile *profile = r->profile;
	struct profile_pattern *to = &profile->patterns[profile->n_patterns];
	const char *why;

	if (profile->n_patterns == PROFILE_PATTERNS)
		return wrong(r, node, "a profile has at most %d streams",
			     PROFILE_PATTERNS);
	to->line = line_of(node);
	to->pattern.priority = WEFT_PATTERN_PRIORITY;
	to->pattern.ends = 1;
	if (!take_map(r, node, keys, "a stream", to))
		return false;
	if (!*to->name || !to->pattern.len)
		return wrong(r, node, "a stream needs a name and a value");
	if (to->pattern.since && to->pattern.since != to->pattern.len)
		return wrong(r, node, "a mask is as long as its value");
	if (!to->pattern.since)
		memset(to->pattern.mask, 0xff, to->pattern.len);
	to->pattern.since = 0;
	why = weft_pattern_check(&to->pattern);
	if (why)
		return wrong(r, node, "%s", why);
	profile->n_patterns++;
	return true;
}

/* framings */

TAKE_NAME(framing_name, struct profile_framing, name)
TAKE_NUMBER(framing_header, struct profile_framing, framing.header_len, 1024)
TAKE_NUMBER(length_offset, struct profile_framing, framing.len_offset, 63)
TAKE_NUMBER(length_width, struct profile_framing, framing.len_width, 8)
TAKE_NUMBER(length_mask, struct profile_framing, framing.len_mask, U64_MAX)
TAKE_NUMBER(framing_most, struct profile_framing, framing.most, WEFT_FRAMING_MOST)
TAKE_NUMBER(id_offset, struct profile_framing, framing.id_offset, 63)
TAKE_NUMBER(id_width, struct profile_framing, framing.id_width, 8)
TAKE_NUMBER(framing_hello, struct profile_framing, framing.hello[0], U16_MAX)
TAKE_NUMBER(framing_back, struct profile_framing, framing.hello[1], U16_MAX)
TAKE_NUMBER(check_offset, struct profile_framing, framing.check_offset, 63)

#define HELLO_SAME	U32_MAX	/* nothing said of the acceptor's */

static bool length_order(struct reader *r, yaml_node_t *node, void *to)
{
	const char *text = text_of(node);

	if (!text || (strcmp(text, "big") && strcmp(text, "little")))
		return wrong(r, node, "'%s': little or big is due here",
			     text ? text : "");
	((struct profile_framing *)to)->framing.big_endian = *text == 'b';
	return true;
}

static bool length_bias(struct reader *r, yaml_node_t *node, void *to)
{
	const char *text = text_of(node);
	__u64 number;

	if (!text || !parse_number(text + (*text == '-'), 0x7fffffff, &number))
		return wrong(r, node, "'%s': a number from -2147483647 to 2147483647 is due here",
			     text ? text : "");
	((struct profile_framing *)to)->framing.bias =
		*text == '-' ? -(s32)number : (s32)number;
	return true;
}

static bool framing_length(struct reader *r, yaml_node_t *node, void *to)
{
	static const struct key keys[] = {
		{ "offset", length_offset }, { "width", length_width },
		{ "order", length_order }, { "mask", length_mask },
		{ "bias", length_bias }, { }
	};

	return take_map(r, node, keys, "length", to);
}

static bool framing_id(struct reader *r, yaml_node_t *node, void *to)
{
	static const struct key keys[] = {
		{ "offset", id_offset }, { "width", id_width }, { }
	};

	return take_map(r, node, keys, "id", to);
}

static bool check_value(struct reader *r, yaml_node_t *node, void *to)
{
	struct weft_framing *framing = &((struct profile_framing *)to)->framing;

	return take_bytes(r, node, framing->check_value, &framing->check_len);
}

static bool check_mask(struct reader *r, yaml_node_t *node, void *to)
{
	struct weft_framing *framing = &((struct profile_framing *)to)->framing;
	u8 len = 0;

	if (!take_bytes(r, node, framing->check_mask, &len))
		return false;
	/* Kept until the value is known; the span is set at the end. */
	framing->span = len;
	return true;
}

static bool framing_check(struct reader *r, yaml_node_t *node, void *to)
{
	static const struct key keys[] = {
		{ "offset", check_offset }, { "value", check_value },
		{ "mask", check_mask }, { }
	};

	return take_map(r, node, keys, "check", to);
}

static bool framing_ends(struct reader *r, yaml_node_t *node, void *to)
{
	return take_ends(r, node, &((struct profile_framing *)to)->framing.ends);
}

static bool take_framing(struct reader *r, yaml_node_t *node)
{
	static const struct key keys[] = {
		{ "name", framing_name }, { "end", framing_ends },
		{ "header", framing_header }, { "length", framing_length },
		{ "most", framing_most }, { "id", framing_id },
		{ "hello", framing_hello }, { "hello-back", framing_back },
		{ "check", framing_check }, { }
	};
	struct profile *profile = r->profile;
	struct profile_framing *to = &profile->framings[profile->n_framings];
	struct weft_framing *framing = &to->framing;
	const char *why;

	if (profile->n_framings == PROFILE_FRAMINGS)
		return wrong(r, node, "a profile has at most %d framings",
			     PROFILE_FRAMINGS);
	to->line = line_of(node);
	framing->ends = 3;
	framing->len_mask = U64_MAX;
	framing->most = WEFT_FRAMING_MOST;
	framing->hello[1] = HELLO_SAME;
	if (!take_map(r, node, keys, "a framing", to))
		return false;
	if (!*to->name || !framing->header_len || !framing->len_width)
		return wrong(r, node, "a framing needs a name, header (bytes), and a length with its width");
	if (framing->hello[1] == HELLO_SAME)
		framing->hello[1] = framing->hello[0];
	if (framing->span && framing->span != framing->check_len)
		return wrong(r, node, "a mask is as long as its value");
	if (!framing->span)
		memset(framing->check_mask, 0xff, framing->check_len);
	why = weft_framing_check(framing);
	if (why)
		return wrong(r, node, "%s", why);
	profile->n_framings++;
	return true;
}

/* rules */

TAKE_NAME(rule_class, struct profile_rule, class)
TAKE_NUMBER(rule_job, struct profile_rule, job, U32_MAX)
TAKE_NUMBER(rule_priority, struct profile_rule, priority, U32_MAX)

static bool rule_protocol(struct reader *r, yaml_node_t *node, void *to)
{
	const char *text = text_of(node);
	struct profile_rule *rule = to;

	if (!text || !parse_protocol(text, &rule->protocol) ||
	    (rule->protocol != 6 && rule->protocol != 17))
		return wrong(r, node, "'%s': tcp or udp is due here",
			     text ? text : "");
	return true;
}

static bool rule_port(struct reader *r, yaml_node_t *node, void *to)
{
	const char *text = text_of(node);
	struct profile_rule *rule = to;

	if (!text || parse_ports(text, &rule->ports))
		return wrong(r, node, "'%s': a port (1 to 65535) or a range FIRST-LAST is due here",
			     text ? text : "");
	return true;
}

static bool take_rule(struct reader *r, yaml_node_t *node)
{
	static const struct key keys[] = {
		{ "protocol", rule_protocol }, { "port", rule_port },
		{ "class", rule_class }, { "job", rule_job },
		{ "priority", rule_priority }, { }
	};
	struct profile *profile = r->profile;
	struct profile_rule *to = &profile->rules[profile->n_rules];

	if (profile->n_rules == PROFILE_RULES)
		return wrong(r, node, "a profile has at most %d rules",
			     PROFILE_RULES);
	to->line = line_of(node);
	to->priority = 9000;
	if (!take_map(r, node, keys, "a rule", to))
		return false;
	if (!to->protocol || !to->ports.max || (!*to->class && !to->job))
		return wrong(r, node, "a rule needs protocol, port, and class or job");
	profile->n_rules++;
	return true;
}

/* samples */

static bool sample_name(struct reader *r, yaml_node_t *node, void *to)
{
	const char *text = text_of(node);

	if (!text || !*text)
		return wrong(r, node, "a sample's name is due here");
	snprintf(((struct profile_sample *)to)->name,
		 sizeof(((struct profile_sample *)to)->name), "%s", text);
	return true;
}

static bool sample_stream(struct reader *r, yaml_node_t *node, void *to)
{
	struct profile_sample *sample = to;

	if (text_of(node) && !strcmp(text_of(node), "none"))
		return true;
	return take_name(r, node, sample->pattern);
}

/* A scalar, or a list of such, end to end. */
static bool sample_bytes(struct reader *r, yaml_node_t *node,
			 struct profile_sample *sample, int end)
{
	yaml_node_item_t one = 0, *item = &one, *top = &one + 1;
	yaml_node_t *piece = node;
	long n;

	if (node->type == YAML_SEQUENCE_NODE) {
		item = node->data.sequence.items.start;
		top = node->data.sequence.items.top;
	}
	for (; item < top; item++) {
		__u8 *more;

		if (node->type == YAML_SEQUENCE_NODE)
			piece = yaml_document_get_node(r->doc, *item);
		n = take_piece(r, piece, NULL, 0);
		if (n < 0)
			return false;
		more = realloc(sample->bytes[end], sample->len[end] + (size_t)n + 1);
		if (!more)
			return wrong(r, node, "no memory");
		sample->bytes[end] = more;
		take_piece(r, piece, more + sample->len[end], (size_t)n);
		sample->len[end] += (size_t)n;
	}
	return true;
}

static bool sample_opener(struct reader *r, yaml_node_t *node, void *to)
{
	return sample_bytes(r, node, to, 0);
}

static bool sample_acceptor(struct reader *r, yaml_node_t *node, void *to)
{
	return sample_bytes(r, node, to, 1);
}

static bool sample_sizes(struct reader *r, yaml_node_t *node,
			 struct profile_sample *sample, int end)
{
	yaml_node_item_t *item;

	if (node->type != YAML_SEQUENCE_NODE)
		return wrong(r, node, "a list of sizes is due here");
	sample->n[end] = 0;
	for (item = node->data.sequence.items.start;
	     item < node->data.sequence.items.top; item++) {
		if (sample->n[end] == PROFILE_MESSAGES)
			return wrong(r, node, "a sample has at most %d messages",
				     PROFILE_MESSAGES);
		if (!take_number(r, yaml_document_get_node(r->doc, *item),
				 WEFT_FRAMING_MOST,
				 &sample->sizes[end][sample->n[end]++]))
			return false;
	}
	return true;
}

static bool sample_messages(struct reader *r, yaml_node_t *node, void *to)
{
	return sample_sizes(r, node, to, 0);
}

static bool sample_messages_back(struct reader *r, yaml_node_t *node, void *to)
{
	return sample_sizes(r, node, to, 1);
}

static bool take_sample(struct reader *r, yaml_node_t *node)
{
	static const struct key keys[] = {
		{ "name", sample_name }, { "opener", sample_opener },
		{ "acceptor", sample_acceptor }, { "stream", sample_stream },
		{ "messages", sample_messages },
		{ "messages-back", sample_messages_back }, { }
	};
	struct profile *profile = r->profile;
	struct profile_sample *to = &profile->samples[profile->n_samples];

	if (profile->n_samples == PROFILE_SAMPLES)
		return wrong(r, node, "a profile has at most %d samples",
			     PROFILE_SAMPLES);
	to->line = line_of(node);
	to->n[0] = -1;
	to->n[1] = -1;
	profile->n_samples++;
	if (!take_map(r, node, keys, "a sample", to))
		return false;
	if (!*to->name)
		snprintf(to->name, sizeof(to->name), "line %u", to->line);
	return true;
}

/* The whole */

static bool top_name(struct reader *r, yaml_node_t *node, void *to)
{
	(void)to;
	return take_name(r, node, r->profile->name);
}

static bool top_about(struct reader *r, yaml_node_t *node, void *to)
{
	(void)to;
	if (!text_of(node))
		return wrong(r, node, "a text is due here");
	free(r->profile->about);
	r->profile->about = strdup(text_of(node));
	return true;
}

static bool top_framings(struct reader *r, yaml_node_t *node, void *to)
{
	(void)to;
	return take_list(r, node, "framings", take_framing);
}

static bool top_streams(struct reader *r, yaml_node_t *node, void *to)
{
	(void)to;
	return take_list(r, node, "streams", take_pattern);
}

static bool top_rules(struct reader *r, yaml_node_t *node, void *to)
{
	(void)to;
	return take_list(r, node, "rules", take_rule);
}

static bool top_samples(struct reader *r, yaml_node_t *node, void *to)
{
	(void)to;
	return take_list(r, node, "samples", take_sample);
}

/* Framings may stand behind the streams that name them. */
static bool find_framings(struct profile *profile)
{
	unsigned int i, j;

	for (i = 0; i < profile->n_patterns; i++) {
		struct profile_pattern *pattern = &profile->patterns[i];

		if (!*pattern->framing)
			continue;
		for (j = 0; j < profile->n_framings; j++)
			if (!strcmp(profile->framings[j].name, pattern->framing))
				break;
		if (j == profile->n_framings)
			return wrong_at(profile, pattern->line,
					"there is no framing '%s' in this profile",
					pattern->framing);
		pattern->pattern.framing = (u8)(j + 1);
	}
	return true;
}

static bool take_profile(struct reader *r)
{
	static const struct key keys[] = {
		{ "name", top_name }, { "about", top_about },
		{ "framings", top_framings }, { "streams", top_streams },
		{ "rules", top_rules }, { "samples", top_samples }, { }
	};
	yaml_node_t *root = yaml_document_get_root_node(r->doc);

	if (!root)
		return wrong_at(r->profile, 0, "the file is empty");
	if (!take_map(r, root, keys, "a profile", NULL))
		return false;
	if (!*r->profile->name)
		return wrong_at(r->profile, 0, "a profile needs a name");
	if (!r->profile->n_patterns && !r->profile->n_rules)
		return wrong_at(r->profile, 0,
				"a profile has at least one stream or rule");
	return find_framings(r->profile);
}

static void read_yaml(struct profile *profile, FILE *file)
{
	struct reader r = { .profile = profile };
	yaml_parser_t parser;
	yaml_document_t doc;

	if (!yaml_parser_initialize(&parser)) {
		wrong_at(profile, 0, "no memory");
		return;
	}
	yaml_parser_set_input_file(&parser, file);
	if (!yaml_parser_load(&parser, &doc)) {
		wrong_at(profile, (unsigned int)parser.problem_mark.line + 1,
			 "%s", parser.problem ? parser.problem : "not YAML");
	} else {
		r.doc = &doc;
		take_profile(&r);
		yaml_document_delete(&doc);
	}
	yaml_parser_delete(&parser);
}

struct profile *profile_read(const char *path)
{
	struct profile *profile = calloc(1, sizeof(*profile));
	FILE *file;

	if (!profile)
		return NULL;
	snprintf(profile->path, sizeof(profile->path), "%s", path);
	file = fopen(path, "re");
	if (!file) {
		wrong_at(profile, 0, "%s", strerror(errno));
		return profile;
	}
	read_yaml(profile, file);
	fclose(file);
	return profile;
}

void profile_free(struct profile *profile)
{
	unsigned int i;

	if (!profile)
		return;
	for (i = 0; i < profile->n_samples; i++) {
		free(profile->samples[i].bytes[0]);
		free(profile->samples[i].bytes[1]);
	}
	free(profile->about);
	free(profile);
}

/* Patterns in the order in which the kernel tries them; their number. */
static unsigned int sort_patterns(const struct profile *profile,
				  struct weft_pattern *sorted,
				  const char *names[])
{
	unsigned int i, j;

	for (i = 0; i < profile->n_patterns; i++) {
		const struct profile_pattern *from = &profile->patterns[i];

		for (j = i; j && sorted[j - 1].priority > from->pattern.priority;
		     j--) {
			sorted[j] = sorted[j - 1];
			names[j] = names[j - 1];
		}
		sorted[j] = from->pattern;
		names[j] = from->name;
	}
	return i;
}

/* What an end sent, in packets of @piece bytes: sizes of its messages. */
static bool try_framing(struct profile *profile,
			const struct profile_sample *sample,
			const struct weft_framing *framing, int end,
			size_t piece)
{
	const char *whose = end ? "acceptor" : "opener";
	struct weft_framing_half half;
	struct weft_start_half start;
	struct weft_walk walk;
	size_t at, len;
	int n = 0;
	u32 want;

	weft_start_init(&start, 0);
	weft_framing_init(&half, framing, (unsigned int)end, &start, &walk);
	for (at = 0; at < sample->len[end]; at += len) {
		unsigned int i;

		len = sample->len[end] - at;
		len = len < piece ? len : piece;
		want = weft_framing_begin(&half, framing, (u32)at, (u32)len,
					  &walk);
		while (want < len)
			want = weft_framing_feed(&half, framing, &walk, want,
						 sample->bytes[end] + at + want,
						 (u32)len - want);
		weft_framing_finish(&half, framing, &walk);
		for (i = 0; i < walk.n; i++, n++) {
			if (n < sample->n[end] &&
			    walk.message[i].size == sample->sizes[end][n])
				continue;
			return wrong_at(profile, sample->line,
					"sample '%s': the %s's message %d has %llu bytes, which the sample does not say",
					sample->name, whose, n + 1,
					(unsigned long long)walk.message[i].size);
		}
	}
	if (n == sample->n[end] && half.state == WEFT_FRAMING_STATE_RUNNING)
		return true;
	return wrong_at(profile, sample->line,
			"sample '%s': %d messages of the %s are found, not %d",
			sample->name, n, whose, sample->n[end]);
}

/* In packets of @piece bytes, opener first: the pattern's place, or less. */
static int try_start(const struct profile_sample *sample,
		     const struct weft_pattern *sorted, unsigned int n,
		     size_t piece)
{
	struct weft_start_half start;
	int place = WEFT_START_NONE;
	size_t at, len;
	u32 want;
	int end;

	for (end = 0; end < 2 && place < 0; end++) {
		weft_start_init(&start, 0);
		for (at = 0; at < sample->len[end] && place < 0; at += len) {
			len = sample->len[end] - at;
			len = len < piece ? len : piece;
			want = weft_start_wants(&start, (u32)at, (u32)len, 0);
			if (want < len)
				weft_start_feed(&start, (u32)at, want,
						sample->bytes[end] + at + want,
						(u32)len - want);
			place = weft_start_decide(&start, (unsigned int)end,
						  sorted, n, 0);
			if (place == WEFT_START_NONE)
				break;
		}
	}
	return place;
}

bool profile_try(struct profile *profile, const struct profile_sample *sample)
{
	static const size_t pieces[] = { 1 << 30, 1448, 8, 4, 1 };
	struct weft_pattern sorted[PROFILE_PATTERNS];
	const char *names[PROFILE_PATTERNS];
	const char *got;
	unsigned int i, n;
	int place, end;

	n = sort_patterns(profile, sorted, names);
	for (i = 0; i < ARRAY_SIZE(pieces); i++) {
		place = try_start(sample, sorted, n, pieces[i]);
		got = place >= 0 ? names[place] : "";
		if (strcmp(got, sample->pattern))
			return wrong_at(profile, sample->line,
					"sample '%s': its stream is %s, not %s",
					sample->name, *got ? got : "none",
					*sample->pattern ? sample->pattern : "none");
		if (place < 0 || !sorted[place].framing)
			continue;
		for (end = 0; end < 2; end++) {
			if (sample->n[end] < 0)
				continue;
			if (!try_framing(profile, sample,
					 &profile->framings[sorted[place].framing - 1].framing,
					 end, pieces[i]))
				return false;
		}
	}
	return true;
}

/*
 * Where profiles are: in the folder that the environment names; beside the
 * tool, if that lies in its source; else where they were installed.
 */
static bool profile_folder(unsigned int i, char path[4096])
{
	const char *named = getenv("WEFT_PROFILES");
	ssize_t n;

	switch (i) {
	case 0:
		if (named)
			snprintf(path, 4096, "%s", named);
		return named;
	case 1:
		n = readlink("/proc/self/exe", path, 4000);
		if (n <= 0)
			return false;
		path[n] = '\0';
		*strrchr(path, '/') = '\0';
		strcat(path, "/profiles");
		return !access(path, X_OK);
	default:
		snprintf(path, 4096, "%s", WEFT_PROFILES);
		return true;
	}
}

bool profile_find(const char *name, char path[4096])
{
	char folder[4096];
	unsigned int i;
	int n;

	if (strchr(name, '/') || strchr(name, '.')) {
		snprintf(path, 4096, "%s", name);
		return !access(path, F_OK);
	}
	for (i = 0; i < 3; i++) {
		if (!profile_folder(i, folder))
			continue;
		n = snprintf(path, 4096, "%s/%s.yaml", folder, name);
		if (n < 4096 && !access(path, F_OK))
			return true;
	}
	return false;
}

void profile_list(void (*fn)(const char *name))
{
	struct dirent *entry;
	char folder[4096];
	unsigned int i;
	DIR *dir;

	for (i = 0; i < 3; i++) {
		if (!profile_folder(i, folder))
			continue;
		dir = opendir(folder);
		if (!dir)
			continue;
		while ((entry = readdir(dir))) {
			char *dot = strrchr(entry->d_name, '.');

			if (!dot || strcmp(dot, ".yaml"))
				continue;
			*dot = '\0';
			fn(entry->d_name);
		}
		closedir(dir);
		return;
	}
}
