/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Grants: what may processes without privileges say of their own sockets?
 * Looked at when one says something, never a packet. Knows no device; builds on
 * the host.
 */
#ifndef _WEFT_GRANT_H
#define _WEFT_GRANT_H

#include <linux/types.h>
#include "config.h"

#define WEFT_GRANT_JOBS_MAX	256	/* jobs that one grant can name */

/**
 * struct weft_grant - a grant
 * @item: its place, the flows that it is about (the port is that of the end
 *	that is not the socket's own), and how many declarations it allowed
 * @classes: that may be declared, BIT(number)
 * @job_min: first job that may be declared; 0 for none
 * @job_max: last one
 *
 * Constant once a snapshot has the grant, but for the hits.
 */
struct weft_grant {
	struct weft_item	item;	/* first: see weft_item_grant() */
	u32			classes;
	u32			job_min;
	u32			job_max;
};

static inline const struct weft_grant *
weft_item_grant(const struct weft_item *item)
{
	return container_of(item, struct weft_grant, item);
}

struct weft_item *weft_grant_class(const struct weft_config *config,
				   const struct weft_view *view, u8 class);
struct weft_item *weft_grant_job(const struct weft_config *config,
				 const struct weft_view *view, u32 job);

#endif /* _WEFT_GRANT_H */
