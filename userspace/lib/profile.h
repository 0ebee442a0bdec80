/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Profiles as files: reading one, and trying it on the samples that it brings.
 * Knows no netlink.
 */
#ifndef _WEFT_LIB_PROFILE_H
#define _WEFT_LIB_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "../../kmod/stream.h"
#include "text.h"

#define PROFILE_NAME		16
#define PROFILE_PATTERNS	32
#define PROFILE_FRAMINGS	16
#define PROFILE_RULES		32
#define PROFILE_SAMPLES		32
#define PROFILE_MESSAGES	64

/**
 * struct profile_pattern - an entry of "streams"
 * @name: its name
 * @pattern: but for its class
 * @class: name, empty for none
 * @framing: name, empty for none; the place is in @pattern
 * @line: of the file
 */
struct profile_pattern {
	char			name[PROFILE_NAME];
	struct weft_pattern	pattern;
	char			class[PROFILE_NAME];
	char			framing[PROFILE_NAME];
	unsigned int		line;
};

struct profile_framing {
	char			name[PROFILE_NAME];
	struct weft_framing	framing;
	unsigned int		line;
};

struct profile_rule {
	__u8			protocol;
	struct port_range	ports;
	char			class[PROFILE_NAME];
	__u32			job;
	__u32			priority;
	unsigned int		line;
};

/**
 * struct profile_sample - bytes, and what shall be made of them
 * @name: its name
 * @bytes: by end: opener, acceptor
 * @len: of these
 * @pattern: the pattern that decides, empty for none
 * @n: messages by end; -1 where that is not said
 * @sizes: theirs
 * @line: of the file
 */
struct profile_sample {
	char		name[32];
	__u8		*bytes[2];
	size_t		len[2];
	char		pattern[PROFILE_NAME];
	int		n[2];
	__u64		sizes[2][PROFILE_MESSAGES];
	unsigned int	line;
};

struct profile {
	char			path[4096];
	char			name[PROFILE_NAME];
	char			*about;
	unsigned int		n_patterns;
	unsigned int		n_framings;
	unsigned int		n_rules;
	unsigned int		n_samples;
	struct profile_pattern	patterns[PROFILE_PATTERNS];
	struct profile_framing	framings[PROFILE_FRAMINGS];
	struct profile_rule	rules[PROFILE_RULES];
	struct profile_sample	samples[PROFILE_SAMPLES];
	char			error[512];
};

/*
 * Reads a file; NULL without memory. What is wrong with it is in the error,
 * with its line, which is empty otherwise.
 */
struct profile *profile_read(const char *path);
void profile_free(struct profile *profile);
/* False with the reason in the error where the sample comes out otherwise. */
bool profile_try(struct profile *profile, const struct profile_sample *sample);

/* The file of NAME, or NAME itself where it has a slash or a dot; false for none. */
bool profile_find(const char *name, char path[4096]);
/* Calls @fn with the name of each profile that there is. */
void profile_list(void (*fn)(const char *name));

#endif /* _WEFT_LIB_PROFILE_H */
