// SPDX-License-Identifier: GPL-2.0
/* See selector.h. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>
#include <netlink/attr.h>

#include "../lib/cgroup.h"
#include "../lib/names.h"
#include "../lib/netlink.h"
#include "../lib/output.h"
#include "../lib/text.h"
#include "selector.h"
#include "show.h"

static struct nlattr *of(struct nlattr *tb[], int attr)
{
	return attr ? tb[attr] : NULL;
}

static unsigned int number_of(struct nlattr *tb[], int attr)
{
	return (unsigned int)netlink_number(of(tb, attr));
}

static struct mark mark_of(struct nlattr *tb[],
			   const struct selector_attrs *attrs)
{
	return (struct mark) {
		.value = number_of(tb, attrs->mark),
		.mask = number_of(tb, attrs->mark_mask),
	};
}

/* A cgroup by its path, or by its id where it has none any more. */
static void cgroup_text(__u64 id, bool below)
{
	const char *path = cgroup_path(id);

	if (!path)
		printf(" cgroup %llu%s", id, below ? "/*" : "");
	else
		printf(" cgroup %s%s", below && !strcmp(path, "/") ? "" : path,
		       below ? "/*" : "");
}

static void cgroup_json(struct json_object *obj, __u64 id, bool below)
{
	const char *path = cgroup_path(id);

	if (path)
		row_string(obj, "cgroup", path);
	row_number(obj, "cgroup_id", id);
	row_bool(obj, "cgroup_below", below);
}

/* The text of a prefix, NULL where there is none. */
static const char *prefix_of(char *buf, struct nlattr *tb[], int addr, int len)
{
	const __u8 *bytes = netlink_binary(of(tb, addr), 16);
	unsigned int bits = number_of(tb, len);

	return bytes && bits ? text_prefix(buf, bytes, bits) : NULL;
}

void selector_json(struct json_object *obj, struct nlattr *tb[],
		   const struct selector_attrs *attrs)
{
	struct mark mark = mark_of(tb, attrs);
	char buf[TEXT_LEN];
	const char *prefix;

	if (of(tb, attrs->attach))
		attach_json(obj, number_of(tb, attrs->attach));
	if (of(tb, attrs->protocol))
		row_string(obj, "protocol",
			   text_protocol(buf, number_of(tb, attrs->protocol)));
	prefix = prefix_of(buf, tb, attrs->remote, attrs->remote_len);
	if (prefix)
		row_string(obj, "remote", prefix);
	prefix = prefix_of(buf, tb, attrs->local, attrs->local_len);
	if (prefix)
		row_string(obj, "local", prefix);
	if (of(tb, attrs->port_max)) {
		row_number(obj, "port_min", number_of(tb, attrs->port_min));
		row_number(obj, "port_max", number_of(tb, attrs->port_max));
	}
	if (mark.mask) {
		row_number(obj, "mark", mark.value);
		row_number(obj, "mark_mask", mark.mask);
	}
	if (of(tb, attrs->dscp))
		row_number(obj, "dscp", number_of(tb, attrs->dscp));
	if (of(tb, attrs->cgroup))
		cgroup_json(obj, netlink_number(tb[attrs->cgroup]),
			    of(tb, attrs->cgroup_below));
}

void selector_text(struct nlattr *tb[], const struct selector_attrs *attrs)
{
	struct mark mark = mark_of(tb, attrs);
	char buf[TEXT_LEN];
	const char *prefix;

	if (of(tb, attrs->attach))
		attach_text(number_of(tb, attrs->attach));
	if (of(tb, attrs->protocol))
		printf(" protocol %s",
		       text_protocol(buf, number_of(tb, attrs->protocol)));
	prefix = prefix_of(buf, tb, attrs->remote, attrs->remote_len);
	if (prefix)
		printf(" remote %s", colored(COLOR_ADDRESS, prefix));
	prefix = prefix_of(buf, tb, attrs->local, attrs->local_len);
	if (prefix)
		printf(" local %s", colored(COLOR_ADDRESS, prefix));
	if (of(tb, attrs->port_max))
		printf(" port %s",
		       text_ports(buf, number_of(tb, attrs->port_min),
				  number_of(tb, attrs->port_max)));
	if (mark.mask)
		printf(" mark %s", text_mark(buf, &mark));
	if (of(tb, attrs->dscp))
		printf(" dscp %s", text_dscp(buf, number_of(tb, attrs->dscp)));
	if (of(tb, attrs->cgroup))
		cgroup_text(netlink_number(tb[attrs->cgroup]),
			    of(tb, attrs->cgroup_below));
}
