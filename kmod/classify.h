/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Classifier rules: what is this flow? Looked at when a flow is set up and
 * when the rules have changed, never a packet. Knows no device; builds on the
 * host.
 */
#ifndef _WEFT_CLASSIFY_H
#define _WEFT_CLASSIFY_H

#include <linux/types.h>
#include <linux/weft.h>
#include "config.h"

#define WEFT_RULE_PRIORITY_DEFAULT	1000
#define WEFT_RULE_PRIORITY_SHIPPED	10000

/**
 * struct weft_rule - a classifier rule
 * @item: its place, the flows that it is about (the ports are those of either
 *	end), and how many it decided
 * @class: the flow's class; 0 leaves it open
 * @job: the flow's job; 0 leaves it open
 * @job_from: enum weft_job_from; all but WEFT_JOB_FROM_NUMBER go without @job
 * @shipped: came with the module
 *
 * Constant once a snapshot has the rule, but for the hits.
 */
struct weft_rule {
	struct weft_item	item;	/* first: see weft_item_rule() */
	u32			class;
	u32			job;
	u8			job_from;
	bool			shipped;
};

static inline const struct weft_rule *
weft_item_rule(const struct weft_item *item)
{
	return container_of(item, struct weft_rule, item);
}

const struct weft_rule *weft_classify(const struct weft_config *config,
				      const struct weft_view *view);

u32 weft_rule_job(const struct weft_rule *rule, const struct weft_view *view,
		  u32 job);

/* What a namespace starts with: shipped knowledge of well-known ports. */
extern const struct weft_rule weft_shipped_rules[];
extern const unsigned int weft_n_shipped_rules;

#endif /* _WEFT_CLASSIFY_H */
