// SPDX-License-Identifier: GPL-2.0
/*
 * Help and completion, both read off the tables, so that neither can say what
 * the tool does not do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/weft.h>
#include <netlink/attr.h>

#include "../lib/cgroup.h"
#include "../lib/names.h"
#include "../lib/netlink.h"
#include "../lib/profile.h"
#include "../lib/rtnl.h"
#include "../lib/util.h"
#include "cmd.h"
#include "options.h"

#define LINE_LEN	78

/* Writes a piece of a synopsis, on the next line where this one is full. */
static void print_piece(FILE *out, size_t *column, const char *piece)
{
	size_t len = strlen(piece) + 1;

	if (*column + len > LINE_LEN) {
		fputs("\n         ", out);
		*column = 9;
	}
	fprintf(out, " %s", piece);
	*column += len;
}

static void word_piece(char *buf, size_t len, const struct word *word)
{
	const char *placeholder = kind_placeholder(word->kind);
	bool required = word->flags & WORD_REQUIRED;
	bool bare = word->flags & WORD_BARE;

	if (word->kind == KIND_FLAG)
		snprintf(buf, len, "[ %s ]", word->name);
	else if (required && bare)
		snprintf(buf, len, "%s", placeholder);
	else if (bare)
		snprintf(buf, len, "[ [%s] %s ]", word->name, placeholder);
	else
		snprintf(buf, len, "[ %s %s ]", word->name, placeholder);
}

/* Two words for one attribute stand in one pair of brackets. */
static void print_synopsis(FILE *out, const struct command *command,
			   const struct action *action)
{
	const struct word *word = action->words;
	char piece[128];
	size_t column;

	column = 2 + (size_t)fprintf(out, "weft %s", command->name);
	if (action->name)
		print_piece(out, &column, action->name);
	for (; word && word->name; word++) {
		if (word[1].name && word->attr && word[1].attr == word->attr) {
			bool bare = word->flags & WORD_BARE;

			snprintf(piece, sizeof(piece), "[ %s%s%s %s | %s %s ]",
				 bare ? "[" : "", word->name, bare ? "]" : "",
				 kind_placeholder(word->kind), word[1].name,
				 kind_placeholder(word[1].kind));
			word++;
		} else {
			word_piece(piece, sizeof(piece), word);
		}
		print_piece(out, &column, piece);
	}
	fputc('\n', out);
}

static void print_word_help(FILE *out, const struct word *word)
{
	const char *placeholder = kind_placeholder(word->kind);
	const char *what = kind_what(word->kind);
	char left[64];

	/* A list of its values explains itself. */
	if (placeholder && strchr(placeholder, '|')) {
		what = placeholder;
		placeholder = NULL;
	}
	snprintf(left, sizeof(left), "%s%s%s", word->name, placeholder ? " " : "",
		 placeholder ? placeholder : "");
	fprintf(out, "    %-19s %s%s%s\n", left, word->help ? word->help : "",
		word->help && what ? ": " : "", what ? what : "");
}

/* Every word once, though several actions take it. */
static void print_words(FILE *out, const struct command *command)
{
	const struct word *seen[2 * WORDS_MAX], *word;
	const struct action *action;
	unsigned int n = 0, i;

	for (action = command->actions; action->run; action++) {
		for (word = action->words; word && word->name; word++) {
			for (i = 0; i < n; i++) {
				if (!strcmp(seen[i]->name, word->name) &&
				    seen[i]->kind == word->kind)
					break;
			}
			if (i < n || n == ARRAY_SIZE(seen))
				continue;
			seen[n++] = word;
			print_word_help(out, word);
		}
	}
}

void help_command_usage(const struct command *command, bool to_stderr)
{
	FILE *out = to_stderr ? stderr : stdout;
	const struct action *action;

	fprintf(out, "weft %s: %s\n\nUsage:\n", command->name, command->what);
	for (action = command->actions; action->run; action++) {
		fputs("  ", out);
		print_synopsis(out, command, action);
		fprintf(out, "      %s\n", action->what);
	}
	if (command == &help_command)
		return;
	fputs("\nWords:\n", out);
	print_words(out, command);
	fprintf(out, "\nman weft-%s has more, and examples.\n", command->name);
}

void help_all(bool to_stderr)
{
	FILE *out = to_stderr ? stderr : stdout;
	unsigned int i;

	fputs("Usage: weft [ OPTIONS ] COMMAND { ACTION | help }\n"
	      "       weft [ OPTIONS ] -b FILE\n\n"
	      "Commands:\n", out);
	for (i = 0; commands[i]; i++) {
		const struct action *action;

		fprintf(out, "  %-8s %s", commands[i]->name, commands[i]->what);
		for (action = commands[i]->actions; action->name; action++)
			fprintf(out, "%s%s",
				action == commands[i]->actions ? ": " : ", ",
				action->name);
		fputc('\n', out);
	}
	fputs("\nOptions:\n", out);
	for (i = 0; options[i].name; i++)
		fprintf(out, "  -%c, --%-18s %s\n", options[i].letter,
			options[i].synopsis, options[i].what);
	fputs("\nExit status: 0 done, 1 the kernel refused, 2 wrong usage.\n"
	      "'weft help COMMAND' has more.\n", out);
}

void help_hint(const struct command *command)
{
	fprintf(stderr, "Try 'weft %s help'.\n", command->name);
}

const struct command *command_find(const char *word, bool *ambiguous)
{
	const struct command *found = NULL;
	unsigned int i;

	*ambiguous = false;
	for (i = 0; commands[i]; i++) {
		if (!strcmp(commands[i]->name, word))
			return commands[i];
	}
	for (i = 0; commands[i]; i++) {
		if (!*word || strncmp(commands[i]->name, word, strlen(word)))
			continue;
		if (found)
			*ambiguous = true;
		found = commands[i];
	}
	return *ambiguous ? NULL : found;
}

const struct action *action_find(const struct command *command,
				 const char *word, bool *ambiguous)
{
	static const struct {
		const char *name;
		const char *alias;
	} aliases[] = {
		{ "show", "list" }, { "show", "lst" }, { "show", "ls" },
		{ "del", "delete" }, { "del", "remove" }, { "del", "rm" },
	};
	const struct action *action, *found = NULL;
	unsigned int i;

	*ambiguous = false;
	for (i = 0; i < ARRAY_SIZE(aliases); i++) {
		if (!strcmp(word, aliases[i].alias))
			word = aliases[i].name;
	}
	for (action = command->actions; action->name; action++) {
		if (!strcmp(action->name, word))
			return action;
	}
	for (action = command->actions; action->name; action++) {
		if (!*word || strncmp(action->name, word, strlen(word)))
			continue;
		if (found)
			*ambiguous = true;
		found = action;
	}
	return *ambiguous ? NULL : found;
}

static const struct word help_words[] = {
	{ "command", NULL, KIND_TOPIC, WORD_BARE },
	{ }
};

static int help(const struct args *args)
{
	const struct value *topic = args_get(args, "command");
	const struct command *command;
	const char *names[16];
	bool ambiguous;
	unsigned int n;

	if (!topic) {
		help_all(false);
		return STATUS_OK;
	}
	command = command_find(topic->text, &ambiguous);
	if (command) {
		help_command_usage(command, false);
		return STATUS_OK;
	}
	for (n = 0; commands[n]; n++)
		names[n] = commands[n]->name;
	complain_unknown(topic->text, "a command", names, n);
	return STATUS_USAGE;
}

static const struct action actions[] = {
	{ NULL, "say what weft, or one of its commands, can do", help_words, help },
	{ }
};

const struct command help_command = {
	"help", "what weft can do", actions,
};

/* Completion: what may stand behind the words so far. */

static int take_number(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[2];

	(void)arg;
	/* A rule's, a policy's and a job's number is each its first attribute. */
	if (!netlink_parse(nlh, tb, 1) && tb[1])
		printf("%u\n", (unsigned int)netlink_number(tb[1]));
	return 0;
}

static void print_one(const char *word)
{
	puts(word);
}

static int take_profile(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[WEFT_A_PROFILE_NAME + 1];

	(void)arg;
	if (!netlink_parse(nlh, tb, WEFT_A_PROFILE_NAME))
		puts(netlink_string(tb[WEFT_A_PROFILE_NAME]));
	return 0;
}

static void complete_loaded(void)
{
	struct netlink *nl = session_weft();
	struct request req;

	if (!nl)
		return;
	request_weft(&req, WEFT_CMD_PROFILE_GET);
	netlink_dump(nl, &req, take_profile, NULL);
	request_free(&req);
}

static void complete_value(const struct command *command,
			   const struct word *word)
{
	static const char *const actions_list[] = { "allow", "deny", "audit" };
	static const char *const directions[] = { "ingress", "egress" };
	static const char *const codepoints[] = {
		"cs0", "cs1", "af11", "af21", "af31", "af41", "ef",
	};
	static const char *const protocols[] = { "tcp", "udp", "icmp", "ipv6-icmp" };
	const char *names[CLASS_MAX];
	struct netlink *nl;
	struct link *links;
	unsigned int i, n = 0;

	switch (word->kind) {
	case KIND_DEVICE:
		nl = session_route();
		if (!nl || link_list(nl, &links, &n))
			return;
		for (i = 0; i < n; i++)
			puts(links[i].name);
		free(links);
		return;
	case KIND_ATTACH_DEVICE:
		(void)attach_name(0);
		n = attach_list(names, CLASS_MAX);
		break;
	case KIND_ACTION:
		for (i = 0; i < 3; i++)
			puts(actions_list[i]);
		return;
	case KIND_DIRECTION:
		for (i = 0; i < 2; i++)
			puts(directions[i]);
		return;
	case KIND_STATE:
		for (i = 0; i < name_states.n; i++)
			puts(name_of(&name_states, i));
		return;
	case KIND_TUNNELS:
		for (i = 0; i < name_tunnel_modes.n; i++)
			puts(name_of(&name_tunnel_modes, i));
		return;
	case KIND_SWITCH:
		for (i = 0; i < name_switches.n; i++)
			puts(name_of(&name_switches, i));
		return;
	case KIND_PROTOCOL:
		for (i = 0; i < 4; i++)
			puts(protocols[i]);
		return;
	case KIND_DSCP:
	case KIND_DSCP_OR_NONE:
		for (i = 0; i < ARRAY_SIZE(codepoints); i++)
			puts(codepoints[i]);
		return;
	case KIND_JOB_OR_FROM:
		puts("from");
		return;
	case KIND_CGROUP:
		cgroup_list(print_one);
		return;
	case KIND_CLASS:
	case KIND_CLASS_OR_NONE:
	case KIND_CLASSES:
		nl = session_weft();
		if (nl && !class_names_load(nl))
			n = class_list(names, CLASS_MAX);
		break;
	case KIND_ID:
		if (command->actions->run && word->attr) {
			struct request req;

			nl = session_weft();
			if (!nl)
				return;
			request_weft(&req, command == &rule_command ?
					   WEFT_CMD_RULE_GET :
					   command == &policy_command ?
					   WEFT_CMD_POLICY_GET :
					   command == &grant_command ?
					   WEFT_CMD_GRANT_GET : WEFT_CMD_JOB_GET);
			netlink_dump(nl, &req, take_number, NULL);
			request_free(&req);
		}
		return;
	case KIND_PROFILE:
		complete_loaded();
		return;
	case KIND_PROFILE_FILE:
		profile_list(print_one);
		return;
	case KIND_TOPIC:
		for (i = 0; commands[i]; i++)
			puts(commands[i]->name);
		return;
	default:
		return;
	}
	for (i = 0; i < n; i++)
		puts(names[i]);
}

static int complete_words(const struct command *command,
			  const struct action *action, int argc, char **argv)
{
	bool given[WORDS_MAX] = { false };
	const struct word *words = action->words;
	int i, j;

	for (i = 0; i < argc; i++) {
		for (j = 0; words && words[j].name; j++) {
			if (!strcmp(argv[i], words[j].name) ||
			    (words[j].alias && !strcmp(argv[i], words[j].alias)))
				break;
		}
		if (!words || !words[j].name) {
			/* A value without its word: of the first that may. */
			for (j = 0; words && words[j].name; j++) {
				if ((words[j].flags & WORD_BARE) && !given[j]) {
					given[j] = true;
					break;
				}
			}
			continue;
		}
		given[j] = true;
		if (words[j].kind == KIND_FLAG)
			continue;
		if (++i == argc) {
			complete_value(command, &words[j]);
			return STATUS_OK;
		}
		if (words[j].kind == KIND_JOB_OR_FROM &&
		    !strcmp(argv[i], "from") && ++i == argc) {
			puts("port\ncgroup");
			return STATUS_OK;
		}
	}
	for (j = 0; words && words[j].name; j++) {
		if (given[j])
			continue;
		if ((words[j].flags & WORD_BARE)) {
			complete_value(command, &words[j]);
			/* What must come first comes alone. */
			if (words[j].flags & WORD_REQUIRED)
				return STATUS_OK;
			continue;
		}
		puts(words[j].name);
	}
	return STATUS_OK;
}

int complete(int argc, char **argv)
{
	const struct command *command;
	const struct action *action;
	bool ambiguous;
	unsigned int i;
	int skip;

	/* A completion says nothing but candidates. */
	if (!freopen("/dev/null", "w", stderr))
		return STATUS_REFUSED;
	skip = options_skip(argc, argv);
	if (skip < 0)
		return STATUS_OK;
	argc -= skip;
	argv += skip;
	if (!argc) {
		for (i = 0; commands[i]; i++)
			puts(commands[i]->name);
		return STATUS_OK;
	}
	command = command_find(argv[0], &ambiguous);
	if (!command)
		return STATUS_OK;
	action = command->actions;
	if (!action->name)
		return complete_words(command, action, argc - 1, argv + 1);
	if (argc == 1) {
		for (; action->name; action++)
			puts(action->name);
		puts("help");
		return STATUS_OK;
	}
	action = action_find(command, argv[1], &ambiguous);
	if (!action)
		return STATUS_OK;
	return complete_words(command, action, argc - 2, argv + 2);
}
