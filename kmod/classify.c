// SPDX-License-Identifier: GPL-2.0
/*
 * Classifier rules: what is this flow?
 *
 * The first one in order of priority that matches decides. It is looked for
 * when a flow is set up or the rules have changed; a packet of a known flow
 * never pays it.
 */
#include <linux/in.h>
#include <linux/kernel.h>

#include "class.h"
#include "classify.h"
#include "index.h"

#define WEFT_SHIPPED_RULE(number, first, last, cls)			\
	{								\
		.item.id = number,					\
		.item.priority = WEFT_RULE_PRIORITY_SHIPPED,		\
		.item.sel.proto = IPPROTO_TCP,				\
		.item.sel.port_min = first,				\
		.item.sel.port_max = last,				\
		.class = WEFT_CLASS_##cls,				\
		.shipped = true,					\
	}

/*
 * Ports alone misfire where unrelated services share them, so these only name
 * what such a port nearly always is on a GPU node; any rule of a user's comes
 * before them.
 */
const struct weft_rule weft_shipped_rules[] = {
	WEFT_SHIPPED_RULE(1, 22, 22, CONTROL),		/* ssh */
	WEFT_SHIPPED_RULE(2, 2049, 2049, DATASET),	/* NFS */
	WEFT_SHIPPED_RULE(3, 3260, 3260, DATASET),	/* iSCSI */
	WEFT_SHIPPED_RULE(4, 4420, 4420, CHECKPOINT),	/* NVMe/TCP */
	WEFT_SHIPPED_RULE(5, 8000, 8002, TOKEN),	/* vLLM, Triton */
	WEFT_SHIPPED_RULE(6, 14579, 14579, KVCACHE),	/* vLLM KV transfer */
	WEFT_SHIPPED_RULE(7, 15000, 17000, KVCACHE),	/* Mooncake engine */
	WEFT_SHIPPED_RULE(8, 19530, 19530, EMBEDDING),	/* Milvus */
	WEFT_SHIPPED_RULE(9, 6333, 6334, EMBEDDING),	/* Qdrant */
	WEFT_SHIPPED_RULE(10, 29500, 29500, CONTROL),	/* torch TCPStore */
	WEFT_SHIPPED_RULE(11, 50051, 50051, TOKEN),	/* gRPC */
};

const unsigned int weft_n_shipped_rules = ARRAY_SIZE(weft_shipped_rules);

/*
 * Either end may be the server: of a flow that was picked up mid-stream nobody
 * knows which one it is.
 */
static bool weft_rule_match(const struct weft_selector *sel,
			    const struct weft_view *view)
{
	return (weft_select_port(sel, view->remote_port) ||
		weft_select_port(sel, view->local_port)) &&
	       weft_select(sel, view);
}

/**
 * weft_classify - the rule that says what a flow is
 * @config: snapshot to look in
 * @view: the flow, seen from its attachment point
 *
 * Context: Whatever keeps @config alive: RCU, or the owner's lock.
 * Return: the first rule that matches, or NULL.
 */
const struct weft_rule *weft_classify(const struct weft_config *config,
				      const struct weft_view *view)
{
	struct weft_item *found = NULL;
	u32 i;

	if (config->index)
		found = weft_index_find(config->index, view);
	for (i = 0; i < config->n_recent; i++) {
		struct weft_item *item = config->recent[i];

		if (found && weft_item_before(found, item))
			break;
		if (weft_rule_match(&item->sel, view)) {
			found = item;
			break;
		}
	}
	if (!found)
		return NULL;
	atomic64_inc(&found->hits);
	return weft_item_rule(found);
}

/**
 * weft_rule_job - the job that a rule gives a flow
 * @rule: the rule that decides, or NULL
 * @view: the flow
 * @job: the job that its attachment point gives
 *
 * Of a cgroup's id, the low 32 bits: those are the number that its directory
 * has as an inode.
 *
 * Context: Any.
 * Return: the job, 0 for none.
 */
u32 weft_rule_job(const struct weft_rule *rule, const struct weft_view *view,
		  u32 job)
{
	if (!rule || rule->job_from == WEFT_JOB_FROM_PORT)
		return job;
	if (rule->job_from == WEFT_JOB_FROM_CGROUP)
		return weft_select_cgroup(&rule->item.sel, view);
	return rule->job ?: job;
}
