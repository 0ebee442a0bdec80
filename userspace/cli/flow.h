/* SPDX-License-Identifier: GPL-2.0 */
/* A flow, as "weft flow show" lists it and "weft monitor" reports it. */
#ifndef _WEFT_CLI_FLOW_H
#define _WEFT_CLI_FLOW_H

#include <linux/types.h>

struct args;
struct json_object;
struct nlattr;
struct nlmsghdr;

void flow_json(struct nlattr *tb[], struct json_object *obj);
void flow_text(struct nlattr *tb[]);
/* Shows flows, or what @cmd has of them, that match the words; STATUS_*. */
int flow_list(const struct args *args, __u8 cmd, const char *what,
	      int (*fn)(const struct nlmsghdr *nlh, void *arg));

#endif /* _WEFT_CLI_FLOW_H */
