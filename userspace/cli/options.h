/* SPDX-License-Identifier: GPL-2.0 */
/* Options of the whole tool, which stand before the command. */
#ifndef _WEFT_CLI_OPTIONS_H
#define _WEFT_CLI_OPTIONS_H

/**
 * struct option_info - one option
 * @letter: -x
 * @name: --name, or -name as ip has it
 * @synopsis: with its value
 * @what: one line of help
 * @value: takes one
 */
struct option_info {
	char		letter;
	const char	*name;
	const char	*synopsis;
	const char	*what;
	bool		value;
};

extern const struct option_info options[];

/* How many words of a line being completed are options; -1 in midst of one. */
int options_skip(int argc, char **argv);

#endif /* _WEFT_CLI_OPTIONS_H */
