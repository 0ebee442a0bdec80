// SPDX-License-Identifier: GPL-2.0
/*
 * Grants: what may processes without privileges say of their own sockets?
 *
 * Any grant that matches allows what it names; nothing forbids. The walk is
 * linear, at most WEFT_GRANTS_MAX long, and paid by the process that declares.
 */
#include <linux/bits.h>

#include "grant.h"

/* What the socket's owner can choose does not count: his own port. */
static bool weft_grant_match(const struct weft_selector *sel,
			     const struct weft_view *view)
{
	return (!sel->port_max || (!view->no_ports &&
				   weft_select_port(sel, view->remote_port))) &&
	       weft_select(sel, view);
}

/* The grant that allows class @class or, where that is 0, job @job. */
static struct weft_item *weft_grant_find(const struct weft_config *config,
					 const struct weft_view *view,
					 u8 class, u32 job)
{
	u32 i;

	for (i = 0; i < config->n[WEFT_LIST_GRANTS]; i++) {
		struct weft_item *item = config->items[WEFT_LIST_GRANTS][i];
		const struct weft_grant *grant = weft_item_grant(item);

		if (class ? !(grant->classes & BIT(class)) :
			    job < grant->job_min || job > grant->job_max)
			continue;
		if (weft_grant_match(&item->sel, view))
			return item;
	}
	return NULL;
}

/**
 * weft_grant_class - may a flow be declared to be of a class
 * @config: snapshot to look in
 * @view: the flow, seen from the socket that declares
 * @class: class number, not 0
 *
 * Context: Whatever keeps @config alive: RCU, or the owner's lock.
 * Return: a grant that allows it, or NULL.
 */
struct weft_item *weft_grant_class(const struct weft_config *config,
				   const struct weft_view *view, u8 class)
{
	return weft_grant_find(config, view, class, 0);
}

/**
 * weft_grant_job - may a flow be declared to work for a job
 * @config: snapshot to look in
 * @view: the flow, seen from the socket that declares
 * @job: job number, not 0
 *
 * Context: Whatever keeps @config alive: RCU, or the owner's lock.
 * Return: a grant that allows it, or NULL.
 */
struct weft_item *weft_grant_job(const struct weft_config *config,
				 const struct weft_view *view, u32 job)
{
	return weft_grant_find(config, view, WEFT_CLASS_NONE, job);
}
