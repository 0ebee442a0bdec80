// SPDX-License-Identifier: GPL-2.0
/* See output.h. */
#include <stdio.h>
#include <stdlib.h>

#include <json-c/json.h>

#include "output.h"

struct output output;

static bool first_row;

static void print_row(struct json_object *row)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;

	if (output.pretty)
		flags |= JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;
	fputs(json_object_to_json_string_ext(row, flags), stdout);
	json_object_put(row);
}

void output_begin(void)
{
	first_row = true;
}

void output_row(struct json_object *row)
{
	if (first_row)
		fputs("[", stdout);
	else
		fputs(output.pretty ? ", " : ",", stdout);
	first_row = false;
	print_row(row);
}

void output_end(bool ok)
{
	if (!output.json)
		return;
	if (!first_row)
		fputs("]\n", stdout);
	else if (ok)
		fputs("[]\n", stdout);
}

void output_line(struct json_object *row)
{
	print_row(row);
	fputs("\n", stdout);
}

const char *colored(enum output_color color, const char *text)
{
	static const char *const codes[] = {
		[COLOR_NAME] = "36",
		[COLOR_ADDRESS] = "35",
		[COLOR_GOOD] = "32",
		[COLOR_BAD] = "31",
		[COLOR_DOUBT] = "33",
		[COLOR_DIM] = "2",
	};
	static char ring[8][128];
	static unsigned int next;
	char *buf;

	if (!output.color || color == COLOR_PLAIN)
		return text;
	buf = ring[next++ % 8];
	snprintf(buf, sizeof(ring[0]), "\033[%sm%s\033[0m", codes[color], text);
	return buf;
}

void row_number(struct json_object *obj, const char *key, __u64 value)
{
	json_object_object_add(obj, key, json_object_new_uint64(value));
}

void row_string(struct json_object *obj, const char *key, const char *value)
{
	json_object_object_add(obj, key, json_object_new_string(value));
}

void row_bool(struct json_object *obj, const char *key, bool value)
{
	json_object_object_add(obj, key, json_object_new_boolean(value));
}
