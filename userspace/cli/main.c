// SPDX-License-Identifier: GPL-2.0
/*
 * weft: the tool. Options, batch files, and the way to the command that does
 * the work; each command is a file of its own, listed below.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/netlink.h"
#include "../lib/output.h"
#include "../lib/util.h"
#include "cmd.h"
#include "options.h"

#ifndef WEFT_VERSION
#define WEFT_VERSION	"unknown"
#endif

const struct command *const commands[] = {
	&uplink_command,
	&port_command,
	&class_command,
	&rule_command,
	&policy_command,
	&grant_command,
	&flow_command,
	&table_command,
	&job_command,
	&profile_command,
	&transfer_command,
	&monitor_command,
	&help_command,
	NULL
};

const struct option_info options[] = {
	{ 'j', "json", "json", "JSON, with all there is, in whatever detail", false },
	{ 'p', "pretty", "pretty", "with -j: for people to read", false },
	{ 's', "stats", "stats", "more numbers", false },
	{ 'd', "details", "details", "more details, and numbers in full", false },
	{ 'c', "color", "color[=WHEN]", "colours: always (default), auto, never", false },
	{ 'n', "netns", "netns NETNS", "work in this network namespace", true },
	{ 'b', "batch", "batch FILE", "read commands from a file, - for standard input", true },
	{ 'V', "version", "version", "say the version", false },
	{ 'h', "help", "help", "say this", false },
	{ }
};

/*
 * struct setup - options that are not about output
 * @netns: -n
 * @batch: -b
 */
struct setup {
	const char	*netns;
	const char	*batch;
};

static const struct option_info *option_find(const char *word)
{
	const char *name = word + strspn(word, "-");
	const struct option_info *option;
	size_t len = strcspn(name, "=");

	for (option = options; option->name; option++) {
		if (len == 1 && *name == option->letter)
			return option;
		if (len > 1 && !strncmp(name, option->name, len) &&
		    (len == strlen(option->name) || len >= 3))
			return option;
	}
	/* As ip spells them. */
	if (!strcmp(name, "statistics"))
		return option_find("-s");
	if (!strncmp(name, "colour", len) && len > 3)
		return option_find("-c");
	return NULL;
}

/* -js: several of one letter and without values. */
static bool is_cluster(const char *word)
{
	return word[0] == '-' && word[1] && strspn(word + 1, "jpsd") == strlen(word + 1);
}

static int set_color(const char *word)
{
	const char *when = strchr(word, '=');

	if (!when || !strcmp(when, "=always"))
		output.color = true;
	else if (!strcmp(when, "=auto"))
		output.color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	else if (!strcmp(when, "=never"))
		output.color = false;
	else
		return STATUS_USAGE;
	return STATUS_OK;
}

static int complain_option(const char *word)
{
	const char *names[16];
	unsigned int n;

	for (n = 0; options[n].name; n++)
		names[n] = options[n].name;
	complain_unknown(word + strspn(word, "-"), "an option", names, n);
	fputs("Try 'weft help'.\n", stderr);
	return STATUS_USAGE;
}

/* Takes the options in front; *used says how many words they were. */
static int read_options(int argc, char **argv, struct setup *setup, int *used)
{
	const struct option_info *option;
	const char *word;
	int i;

	for (i = 0; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		word = argv[i];
		if (!strcmp(word, "--")) {
			i++;
			break;
		}
		option = option_find(word);
		if (!option && is_cluster(word)) {
			output.json |= !!strchr(word, 'j');
			output.pretty |= !!strchr(word, 'p');
			output.stats |= !!strchr(word, 's');
			output.details |= !!strchr(word, 'd');
			continue;
		}
		if (!option)
			return complain_option(word);
		if (option->value && ++i == argc) {
			complain("'%s' needs a value: %s", word, option->what);
			return STATUS_USAGE;
		}
		if (strchr(word, '=') && option->letter != 'c') {
			complain("'%s': no '=' here: --%s", word, option->synopsis);
			return STATUS_USAGE;
		}
		switch (option->letter) {
		case 'j':
			output.json = true;
			break;
		case 'p':
			output.pretty = true;
			break;
		case 's':
			output.stats = true;
			break;
		case 'd':
			output.details = true;
			break;
		case 'c':
			if (!set_color(word))
				break;
			complain("'%s': always, auto or never is due behind the =",
				 word);
			return STATUS_USAGE;
		case 'n':
			setup->netns = argv[i];
			break;
		case 'b':
			setup->batch = argv[i];
			break;
		case 'V':
			puts("weft " WEFT_VERSION);
			exit(EXIT_SUCCESS);
		case 'h':
			help_all(false);
			exit(EXIT_SUCCESS);
		}
	}
	*used = i;
	return STATUS_OK;
}

int options_skip(int argc, char **argv)
{
	const struct option_info *option;
	int i;

	for (i = 0; i < argc && argv[i][0] == '-'; i++) {
		option = option_find(argv[i]);
		if (option && option->value && ++i == argc)
			return -1;
	}
	return i;
}

/* A name, as "ip netns" keeps them, or a path. */
static int enter_netns(const char *name)
{
	char path[4096];
	int fd, n;

	n = snprintf(path, sizeof(path), "%s%s",
		     strchr(name, '/') ? "" : "/var/run/netns/", name);
	fd = n < (int)sizeof(path) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0) {
		complain("'%s' is not a network namespace: %s", name,
			 strerror(errno));
		return STATUS_REFUSED;
	}
	if (setns(fd, CLONE_NEWNET)) {
		complain("'%s': can't enter the network namespace: %s", name,
			 strerror(errno));
		close(fd);
		return STATUS_REFUSED;
	}
	close(fd);
	return STATUS_OK;
}

static int complain_ambiguous(const char *word, const char *what)
{
	complain("'%s' could be more than one %s; write more of it", word, what);
	return STATUS_USAGE;
}

static int complain_command(const char *word)
{
	const char *names[16];
	unsigned int n;

	for (n = 0; commands[n]; n++)
		names[n] = commands[n]->name;
	complain_unknown(word, "a command", names, n);
	fputs("Try 'weft help'.\n", stderr);
	return STATUS_USAGE;
}

static int complain_action(const struct command *command, const char *word)
{
	const char *names[16];
	unsigned int n;
	char what[64];

	for (n = 0; command->actions[n].name; n++)
		names[n] = command->actions[n].name;
	names[n++] = "help";
	snprintf(what, sizeof(what), "an action of '%s'", command->name);
	complain_unknown(word, what, names, n);
	help_hint(command);
	return STATUS_USAGE;
}

/* One command with its words. */
static int run(int argc, char **argv)
{
	struct args args = { };
	bool ambiguous;
	int status;

	args.command = command_find(argv[0], &ambiguous);
	if (ambiguous)
		return complain_ambiguous(argv[0], "command");
	if (!args.command)
		return complain_command(argv[0]);
	argc--;
	argv++;
	if (argc == 1 && (!strcmp(argv[0], "help") || !strcmp(argv[0], "-h") ||
			  !strcmp(argv[0], "--help"))) {
		help_command_usage(args.command, false);
		return STATUS_OK;
	}
	args.action = args.command->actions;
	if (args.action->name) {
		const char *word = argc ? argv[0] : "show";

		args.action = action_find(args.command, word, &ambiguous);
		if (ambiguous)
			return complain_ambiguous(word, "action");
		if (!args.action)
			return complain_action(args.command, word);
		argc -= !!argc;
		argv++;
		if (argc == 1 && !strcmp(argv[0], "help")) {
			help_command_usage(args.command, false);
			return STATUS_OK;
		}
	}
	status = words_read(&args, argc, argv);
	return status ? status : args.action->run(&args);
}

#define BATCH_WORDS	64

/*
 * Splits a line in place; quotes hold words together, # begins a comment.
 * Returns the number of words, -1 for a quote that is not closed or a line
 * that is too long.
 */
static int split(char *line, char *words[], int max)
{
	char *in = line, *out = line;
	int n = 0;

	for (;;) {
		char quote = 0;

		in += strspn(in, " \t\r\n");
		if (!*in || *in == '#')
			return n;
		if (n == max)
			return -1;
		words[n++] = out;
		for (; *in && (quote || !strchr(" \t\r\n", *in)); in++) {
			if (quote ? *in == quote : *in == '"' || *in == '\'')
				quote = quote ? 0 : *in;
			else
				*out++ = *in;
		}
		if (quote)
			return -1;
		if (*in)
			in++;
		*out++ = '\0';
	}
}

/* Stops at the first line that fails. */
static int run_batch(const char *name)
{
	FILE *file = strcmp(name, "-") ? fopen(name, "re") : stdin;
	char *words[BATCH_WORDS], *line = NULL;
	int n, number = 0, status = STATUS_OK;
	size_t size = 0;

	if (!file) {
		complain("'%s': %s", name, strerror(errno));
		return STATUS_REFUSED;
	}
	while (!status && getline(&line, &size, file) >= 0) {
		number++;
		n = split(line, words, BATCH_WORDS);
		if (n < 0) {
			complain("a quote is not closed, or there are too many words");
			status = STATUS_USAGE;
		} else if (n) {
			status = run(n, words);
		}
	}
	if (status)
		complain("stopped at line %d of '%s'", number, name);
	if (!status && ferror(file)) {
		complain("'%s': %s", name, strerror(errno));
		status = STATUS_REFUSED;
	}
	free(line);
	if (file != stdin)
		fclose(file);
	return status;
}

int main(int argc, char **argv)
{
	struct setup setup = { };
	int status, used = 0;

	argc--;
	argv++;
	if (argc && !strcmp(argv[0], "__complete"))
		return complete(argc - 1, argv + 1);

	status = read_options(argc, argv, &setup, &used);
	argc -= used;
	argv += used;
	if (!status && setup.netns)
		status = enter_netns(setup.netns);
	if (status)
		return status;
	if (setup.batch && argc) {
		complain("'%s': a batch takes its commands from the file alone",
			 argv[0]);
		return STATUS_USAGE;
	}
	if (setup.batch) {
		status = run_batch(setup.batch);
	} else if (argc) {
		status = run(argc, argv);
	} else {
		help_all(true);
		status = STATUS_USAGE;
	}
	attach_forget();
	session_close();
	if (fclose(stdout)) {
		complain("standard output: %s", strerror(errno));
		return status ? status : STATUS_REFUSED;
	}
	return status;
}
