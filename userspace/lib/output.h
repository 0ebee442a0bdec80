/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What goes to standard output: lines for people, or JSON for programs. Rows
 * of a list are written as they come, so that one of any length needs the
 * memory of one row.
 */
#ifndef _WEFT_LIB_OUTPUT_H
#define _WEFT_LIB_OUTPUT_H

#include <stdbool.h>
#include <linux/types.h>

struct json_object;

enum output_color {
	COLOR_PLAIN,
	COLOR_NAME,		/* devices, classes */
	COLOR_ADDRESS,
	COLOR_GOOD,
	COLOR_BAD,
	COLOR_DOUBT,
	COLOR_DIM,
};

/**
 * struct output - what the user asked for
 * @json: -j
 * @pretty: -p
 * @stats: -s
 * @details: -d
 * @color: -c
 */
struct output {
	bool	json;
	bool	pretty;
	bool	stats;
	bool	details;
	bool	color;
};

extern struct output output;

/*
 * A list of rows. @row is taken over; text mode prints its lines itself. Where
 * nothing could be listed, nothing is written, not even an empty list.
 */
void output_begin(void);
void output_row(struct json_object *row);
void output_end(bool ok);
/* A row that stands alone on its line: a stream of JSON objects. */
void output_line(struct json_object *row);

/* Text in colour where colour is on; a static ring of 8 buffers. */
const char *colored(enum output_color color, const char *text);

/* Members of a JSON object. */
void row_number(struct json_object *obj, const char *key, __u64 value);
void row_string(struct json_object *obj, const char *key, const char *value);
void row_bool(struct json_object *obj, const char *key, bool value);

#endif /* _WEFT_LIB_OUTPUT_H */
