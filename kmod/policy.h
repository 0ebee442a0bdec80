/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Policies: may this flow pass? They have no order: deny wins over audit,
 * audit over allow; where none matches, the attachment point's default
 * decides. Knows no device; builds on the host.
 */
#ifndef _WEFT_POLICY_H
#define _WEFT_POLICY_H

#include <linux/types.h>
#include <linux/weft.h>
#include "config.h"

/**
 * struct weft_policy - one policy
 * @item: its number, the flows that it is about (the ports are those that the
 *	opening packet goes to), and how many verdicts it took part in
 * @direction: of the opening packet, seen from the workload
 * @action: enum weft_action
 *
 * Constant once a snapshot has the policy, but for the hits.
 */
struct weft_policy {
	struct weft_item	item;	/* first: see weft_item_policy() */
	u8			direction;
	u8			action;
};

static inline const struct weft_policy *
weft_item_policy(const struct weft_item *item)
{
	return container_of(item, struct weft_policy, item);
}

enum weft_action weft_policy_decide(const struct weft_config *config,
				    const struct weft_view *view,
				    enum weft_action fallback);

#endif /* _WEFT_POLICY_H */
