/* SPDX-License-Identifier: GPL-2.0 */
/* A flow, as "weft flow show" lists it and "weft monitor" reports it. */
#ifndef _WEFT_CLI_FLOW_H
#define _WEFT_CLI_FLOW_H

struct json_object;
struct nlattr;

void flow_json(struct nlattr *tb[], struct json_object *obj);
void flow_text(struct nlattr *tb[]);

#endif /* _WEFT_CLI_FLOW_H */
