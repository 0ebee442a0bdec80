/* SPDX-License-Identifier: GPL-2.0 */
/* The flows that a rule, a policy or a grant is about, as they are shown. */
#ifndef _WEFT_CLI_SELECTOR_H
#define _WEFT_CLI_SELECTOR_H

struct json_object;
struct nlattr;

/*
 * struct selector_attrs - the words of a selector among the attributes of what
 * has it; 0, which no attribute has, for a word that it does not know
 */
struct selector_attrs {
	int	attach;
	int	protocol;
	int	remote;
	int	remote_len;
	int	local;
	int	local_len;
	int	port_min;
	int	port_max;
	int	mark;
	int	mark_mask;
	int	dscp;
	int	cgroup;
	int	cgroup_below;
};

/* Members of @obj, and words of a line: those that were said. */
void selector_json(struct json_object *obj, struct nlattr *tb[],
		   const struct selector_attrs *attrs);
void selector_text(struct nlattr *tb[], const struct selector_attrs *attrs);

#endif /* _WEFT_CLI_SELECTOR_H */
