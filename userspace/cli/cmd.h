/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Commands as tables. A command is a file that has one struct command; main.c
 * lists them. Each action of a command says which words it takes, of which
 * kind, and which attribute they become; reading the words, naming the wrong
 * ones, help and completion all come from that one table.
 */
#ifndef _WEFT_CLI_CMD_H
#define _WEFT_CLI_CMD_H

#include <stdbool.h>
#include <linux/types.h>

#include "../lib/text.h"

struct netlink;
struct request;
struct args;

/* Exit status. */
enum {
	STATUS_OK,
	STATUS_REFUSED,		/* by the kernel, or it could not be asked */
	STATUS_USAGE,
};

/* What a word's value is; words.c says how each is read and described. */
enum kind {
	KIND_FLAG,		/* the word alone */
	KIND_DEVICE,		/* a device of this namespace: its ifindex */
	KIND_ATTACH_DEVICE,	/* a port or uplink by name: its attach id */
	KIND_ATTACH,		/* its attach id by number */
	KIND_ID,		/* number of a rule, policy, flow */
	KIND_NUMBER,
	KIND_COUNT,		/* a number, not 0 */
	KIND_RATE,
	KIND_RATE_OR_NONE,
	KIND_ACTION,
	KIND_DIRECTION,
	KIND_TUNNELS,
	KIND_SWITCH,		/* on or off */
	KIND_PROTOCOL,
	KIND_PREFIX,
	KIND_PORTS,
	KIND_PORT,
	KIND_STATE,
	KIND_CLASS,
	KIND_CLASS_OR_NONE,
	KIND_CLASSES,		/* one or more, with commas between */
	KIND_JOB,
	KIND_JOB_OR_NONE,
	KIND_JOBS,		/* a number, or a range */
	KIND_JOB_OR_FROM,	/* a number, or "from" and a second word */
	KIND_MARK,
	KIND_DSCP,
	KIND_DSCP_OR_NONE,
	KIND_CGROUP,
	KIND_SECONDS,
	KIND_TIMEOUT,		/* whole seconds, up to a week */
	KIND_PROFILE,		/* one that is loaded, by name */
	KIND_PROFILE_FILE,	/* one that there is, by name or path */
	KIND_NAME,		/* without blanks */
	KIND_TOPIC,		/* a command or action: free words */
};

enum {
	WORD_REQUIRED = 1,
	WORD_BARE = 2,		/* its value may stand without the word */
};

#define ATTR_NONE	0	/* the action itself looks at the word */

/**
 * struct word - a word that an action takes
 * @name: the word
 * @alias: another spelling, or NULL
 * @kind: what stands behind it
 * @flags: WORD_*
 * @attr: attribute that the value becomes, ATTR_NONE for none
 * @attr2: attribute of a prefix's length, of a range's end, of a mark's mask, of
 *	what a job is taken from, of the flag "below" of a cgroup, of the last of
 *	some jobs
 * @help: what it does, where that is not plain from its kind
 */
struct word {
	const char	*name;
	const char	*alias;
	enum kind	kind;
	unsigned int	flags;
	int		attr;
	int		attr2;
	const char	*help;
};

/**
 * struct action - what can be done
 * @name: the word, "show" being what is done without one
 * @what: one line of help
 * @words: what it takes; ends with an empty entry. NULL for nothing
 * @run: does it, returns STATUS_*
 * @check: do the words go together? Before any of them is looked up; says what
 *	is wrong and returns STATUS_*. NULL where nothing can be
 */
struct action {
	const char		*name;
	const char		*what;
	const struct word	*words;
	int			(*run)(const struct args *args);
	int			(*check)(const struct args *args);
};

/**
 * struct command - a kind of object and what can be done with it
 * @name: the word
 * @what: one line of help
 * @actions: ends with an empty entry; a command with a single action that has
 *	no name takes its words itself
 */
struct command {
	const char		*name;
	const char		*what;
	const struct action	*actions;
};

#define WORDS_MAX	16

/**
 * struct value - what the user gave for a word
 * @given: there is one
 * @from: "from" stood in front of it
 * @below: a slash and a star stood behind it
 * @key: the word as a refusal should name it, NULL where it was left out
 * @text: as it was written
 * @number: of all kinds but four
 * @prefix: of KIND_PREFIX
 * @ports: of KIND_PORTS
 * @mark: of KIND_MARK
 * @jobs: of KIND_JOBS: the first one and the last one
 */
struct value {
	bool		given;
	bool		from;
	bool		below;
	const char	*key;
	const char	*text;
	union {
		__u64		number;
		struct prefix		prefix;
		struct port_range	ports;
		struct mark		mark;
		__u32			jobs[2];
	};
};

/**
 * struct args - the words of one invocation
 * @command: of main.c's table
 * @action: of the command
 * @values: by index of action->words
 */
struct args {
	const struct command	*command;
	const struct action	*action;
	struct value		values[WORDS_MAX];
};

extern const struct command uplink_command;
extern const struct command port_command;
extern const struct command class_command;
extern const struct command rule_command;
extern const struct command policy_command;
extern const struct command grant_command;
extern const struct command flow_command;
extern const struct command table_command;
extern const struct command job_command;
extern const struct command profile_command;
extern const struct command transfer_command;
extern const struct command monitor_command;
extern const struct command help_command;
extern const struct command *const commands[];

/* words.c: STATUS_OK, or what was said to the user already. */
int words_read(struct args *args, int argc, char **argv);
/* The value of a word, NULL where it was not given. */
const struct value *args_get(const struct args *args, const char *word);
/* Every word that has an attribute, into the request. */
void args_put(const struct args *args, struct request *req);
/* "weft: 'WORD' is not WHAT; did you mean ...?" */
void complain_unknown(const char *word, const char *what,
		      const char *const candidates[], unsigned int n);

/* help.c */
void help_all(bool to_stderr);
void help_command_usage(const struct command *command, bool to_stderr);
void help_hint(const struct command *command);
const struct command *command_find(const char *word, bool *ambiguous);
const struct action *action_find(const struct command *command,
				 const char *word, bool *ambiguous);
/* Of a kind: what stands for it in a synopsis, and what it looks like. */
const char *kind_placeholder(enum kind kind);
const char *kind_what(enum kind kind);
/* Prints what may come behind these words, a candidate a line. */
int complete(int argc, char **argv);

/* session.c: sockets opened when first needed; NULL after saying why not. */
struct netlink *session_weft(void);
struct netlink *session_route(void);
void session_close(void);

/* Asks for a list and gives each of its entries to @fn; STATUS_*. */
struct nlmsghdr;
int show_list(const struct args *args, __u8 cmd, const char *one,
	      int (*fn)(const struct nlmsghdr *nlh, void *arg), void *arg);
/* Sends a request that changes something; STATUS_*. */
int change(const struct args *args, __u8 cmd,
	   int (*fn)(const struct nlmsghdr *nlh, void *arg), void *arg);

/* attach.c: ports and uplinks by the number that policies and rules use. */
int attach_find(const char *name, __u32 *id);
/* Name of an attachment point, NULL where it has none here. */
const char *attach_name(__u32 id);
unsigned int attach_list(const char *list[], unsigned int max);
void attach_forget(void);

#endif /* _WEFT_CLI_CMD_H */
