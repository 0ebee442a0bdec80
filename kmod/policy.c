// SPDX-License-Identifier: GPL-2.0
/*
 * Policies: may this flow pass?
 *
 * No order: the strictest of all that match decides, so a set of policies
 * means the same however it was put together. The walk is linear, at most
 * WEFT_POLICIES_MAX long, and paid when a flow is set up or the policies have
 * changed; the verdict stays in the flow.
 */
#include "policy.h"

/*
 * A later fragment has no ports. What allows or watches some ports of this
 * remote lets it through, what denies some ports doesn't bind it: without its
 * first fragment, which has ports and is judged by them, it is of no use.
 */
static bool weft_policy_ports_match(const struct weft_policy *policy,
				    const struct weft_view *view)
{
	const struct weft_selector *sel = &policy->item.sel;

	if (view->no_ports)
		return !sel->port_max || policy->action != WEFT_ACTION_DENY;
	return weft_select_port(sel, view->direction == WEFT_DIRECTION_EGRESS ?
				view->remote_port : view->local_port);
}

static bool weft_policy_match(const struct weft_policy *policy,
			      const struct weft_view *view)
{
	return policy->direction == view->direction &&
	       weft_policy_ports_match(policy, view) &&
	       weft_select(&policy->item.sel, view);
}

/* Deny over audit over allow. */
static unsigned int weft_strictness(enum weft_action action)
{
	switch (action) {
	case WEFT_ACTION_DENY:
		return 2;
	case WEFT_ACTION_AUDIT:
		return 1;
	default:
		return 0;
	}
}

/**
 * weft_policy_decide - may a flow pass an attachment point
 * @config: snapshot to look in
 * @view: the flow, seen from the attachment point; its direction is that of
 *	the packet that opens it
 * @fallback: what holds where no policy matches
 *
 * Context: Whatever keeps @config alive: RCU, or the owner's lock.
 * Return: the strictest action of all policies that match, or @fallback.
 */
enum weft_action weft_policy_decide(const struct weft_config *config,
				    const struct weft_view *view,
				    enum weft_action fallback)
{
	enum weft_action action = fallback;
	bool matched = false;
	u32 i;

	for (i = 0; i < config->n[WEFT_LIST_POLICIES]; i++) {
		struct weft_item *item = config->items[WEFT_LIST_POLICIES][i];
		const struct weft_policy *policy = weft_item_policy(item);

		if (!weft_policy_match(policy, view))
			continue;
		atomic64_inc(&item->hits);
		if (!matched ||
		    weft_strictness(policy->action) > weft_strictness(action))
			action = policy->action;
		matched = true;
	}
	return action;
}
