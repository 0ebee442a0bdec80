// SPDX-License-Identifier: GPL-2.0
/*
 * Attachment points: ports and uplinks have one number space, in which rules
 * and policies name them. People write the device's name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <net/if.h>
#include <netlink/attr.h>

#include <linux/weft.h>

#include "../lib/netlink.h"
#include "../lib/output.h"
#include "../lib/util.h"
#include "cmd.h"

struct attach {
	__u32	id;
	char		name[IF_NAMESIZE];
};

static struct attach *attaches;
static unsigned int n_attaches;
static bool asked;	/* once, whatever came of it */
static int answer;

static void take(__u64 id, const char *name)
{
	struct attach *grown;

	if (!id || !name)
		return;
	grown = realloc(attaches, (n_attaches + 1) * sizeof(*attaches));
	if (!grown)
		return;
	attaches = grown;
	attaches[n_attaches].id = (__u32)id;
	snprintf(attaches[n_attaches].name, IF_NAMESIZE, "%s", name);
	n_attaches++;
}

static int take_uplink(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[WEFT_A_UPLINK_MAX + 1];

	(void)arg;
	if (!netlink_parse(nlh, tb, WEFT_A_UPLINK_MAX))
		take(netlink_number(tb[WEFT_A_UPLINK_ATTACH_ID]),
		     netlink_string(tb[WEFT_A_UPLINK_IFNAME]));
	return 0;
}

/* A port in another namespace has a name that means nothing here. */
static int take_port(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[WEFT_A_PORT_MAX + 1];

	(void)arg;
	if (!netlink_parse(nlh, tb, WEFT_A_PORT_MAX) && !tb[WEFT_A_PORT_NETNSID])
		take(netlink_number(tb[WEFT_A_PORT_ATTACH_ID]),
		     netlink_string(tb[WEFT_A_PORT_IFNAME]));
	return 0;
}

static int load(void)
{
	static const struct {
		__u8		cmd;
		message_fn	fn;
	} lists[] = {
		{ WEFT_CMD_UPLINK_GET, take_uplink },
		{ WEFT_CMD_PORT_GET, take_port },
	};
	struct netlink *nl = session_weft();
	struct request req;
	unsigned int i;
	int err;

	if (asked)
		return answer;
	asked = true;
	answer = STATUS_REFUSED;
	if (!nl)
		return answer;
	for (i = 0; i < 2; i++) {
		request_weft(&req, lists[i].cmd);
		err = netlink_dump(nl, &req, lists[i].fn, NULL);
		request_free(&req);
		if (err) {
			netlink_complain(nl, "uplinks and ports");
			return answer;
		}
	}
	answer = STATUS_OK;
	return answer;
}

int attach_find(const char *name, __u32 *id)
{
	unsigned int i;
	int status;

	status = load();
	*id = 0;
	for (i = 0; i < n_attaches; i++) {
		if (!strcmp(attaches[i].name, name))
			*id = attaches[i].id;
	}
	return status;
}

const char *attach_name(__u32 id)
{
	unsigned int i;

	if (load())
		return NULL;
	for (i = 0; i < n_attaches; i++) {
		if (attaches[i].id == id)
			return attaches[i].name;
	}
	return NULL;
}

unsigned int attach_list(const char *list[], unsigned int max)
{
	unsigned int i;

	for (i = 0; i < n_attaches && i < max; i++)
		list[i] = attaches[i].name;
	return i;
}

/* Uplinks or ports have changed. */
void attach_forget(void)
{
	free(attaches);
	attaches = NULL;
	n_attaches = 0;
	asked = false;
}
