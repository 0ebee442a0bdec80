/* SPDX-License-Identifier: GPL-2.0 */
/* A transfer, as "weft transfer show" lists it and "weft monitor" reports it. */
#ifndef _WEFT_CLI_TRANSFER_H
#define _WEFT_CLI_TRANSFER_H

struct json_object;
struct nlattr;

void transfer_json(const struct nlattr *nest, struct json_object *obj);
void transfer_text(const struct nlattr *nest);

#endif /* _WEFT_CLI_TRANSFER_H */
