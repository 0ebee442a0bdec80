// SPDX-License-Identifier: GPL-2.0
/*
 * The sockets of this run, opened when they are first needed, and the two
 * things that nearly every action does with them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../lib/netlink.h"
#include "../lib/util.h"
#include "cmd.h"

static struct netlink weft, route;

struct netlink *session_weft(void)
{
	int err;

	if (weft.sk)
		return &weft;
	err = netlink_open_weft(&weft);
	if (!err)
		return &weft;
	if (err == -ENOENT)
		complain("this kernel has no weft: load the module with 'modprobe weft'");
	else
		complain("netlink: %s", strerror(-err));
	return NULL;
}

struct netlink *session_route(void)
{
	int err;

	if (route.sk)
		return &route;
	err = netlink_open_route(&route);
	if (!err)
		return &route;
	complain("netlink: %s", strerror(-err));
	return NULL;
}

void session_close(void)
{
	if (weft.sk)
		netlink_close(&weft);
	if (route.sk)
		netlink_close(&route);
}

static const char *what_was_asked(const struct args *args, char *buf, size_t len)
{
	snprintf(buf, len, "%s%s%s", args->command->name,
		 args->action->name ? " " : "",
		 args->action->name ? args->action->name : "");
	return buf;
}

/**
 * show_list - ask for objects
 * @args: words; those with attributes select
 * @cmd: the GET command
 * @one: the word that names a single object, which is asked for alone
 * @fn: gets each object
 * @arg: its argument
 *
 * Return: STATUS_*
 */
int show_list(const struct args *args, __u8 cmd, const char *one,
	      int (*fn)(const struct nlmsghdr *nlh, void *arg), void *arg)
{
	struct netlink *nl = session_weft();
	struct request req;
	char what[64];
	int err;

	if (!nl)
		return STATUS_REFUSED;
	request_weft(&req, cmd);
	args_put(args, &req);
	if (one && args_get(args, one))
		err = netlink_do(nl, &req, fn, arg);
	else
		err = netlink_dump(nl, &req, fn, arg);
	if (err)
		netlink_complain(nl, what_was_asked(args, what, sizeof(what)));
	request_free(&req);
	return err ? STATUS_REFUSED : STATUS_OK;
}

int change(const struct args *args, __u8 cmd,
	   int (*fn)(const struct nlmsghdr *nlh, void *arg), void *arg)
{
	struct netlink *nl = session_weft();
	struct request req;
	char what[64];
	int err;

	if (!nl)
		return STATUS_REFUSED;
	request_weft(&req, cmd);
	args_put(args, &req);
	err = netlink_do(nl, &req, fn, arg);
	if (err)
		netlink_complain(nl, what_was_asked(args, what, sizeof(what)));
	request_free(&req);
	return err ? STATUS_REFUSED : STATUS_OK;
}
