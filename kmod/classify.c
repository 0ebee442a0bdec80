// SPDX-License-Identifier: GPL-2.0
/*
 * Classifier rules: what is this flow?
 *
 * The walk in order of priority is linear in the rules, WEFT_RULES_MAX at
 * most. It is paid when a flow is set up or the rules have changed; a packet
 * of a known flow never pays it.
 */
#include <linux/in.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "class.h"
#include "classify.h"
#include "config.h"

#define WEFT_SHIPPED_RULE(number, first, last, cls)			\
	{								\
		.id = number,						\
		.priority = WEFT_RULE_PRIORITY_SHIPPED,			\
		.proto = IPPROTO_TCP,					\
		.shipped = true,					\
		.port_min = first,					\
		.port_max = last,					\
		.class = WEFT_CLASS_##cls,				\
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

/**
 * weft_prefix_match - does an address lie in a prefix
 * @addr: the address
 * @prefix: the prefix; bits behind @len are ignored
 * @len: how many leading bits count, 0..128
 *
 * Context: Any.
 * Return: true if the first @len bits of both are the same.
 */
bool weft_prefix_match(const struct in6_addr *addr,
		       const struct in6_addr *prefix, u8 len)
{
	unsigned int bytes = len / 8, bits = len % 8;

	if (memcmp(addr, prefix, bytes))
		return false;
	return !bits ||
	       !((addr->s6_addr[bytes] ^ prefix->s6_addr[bytes]) >> (8 - bits));
}

/**
 * weft_port_match - does a port lie in a range
 * @port: the port, host order
 * @min: first of the range
 * @max: last of the range, inclusive; a range of 0 to 0 holds every port
 *
 * Context: Any.
 * Return: true if it does.
 */
bool weft_port_match(u16 port, u16 min, u16 max)
{
	return !max || (port >= min && port <= max);
}

/*
 * Either end may be the server: of a flow that was picked up mid-stream nobody
 * knows which one it is.
 */
static bool weft_rule_match(const struct weft_rule *rule,
			    const struct weft_view *view)
{
	if (rule->proto && rule->proto != view->proto)
		return false;
	if (rule->attach && rule->attach != view->attach)
		return false;
	if (!weft_port_match(view->remote_port, rule->port_min, rule->port_max) &&
	    !weft_port_match(view->local_port, rule->port_min, rule->port_max))
		return false;
	return weft_prefix_match(view->remote, &rule->remote, rule->remote_len);
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
	u32 i;

	for (i = 0; i < config->n_rules; i++) {
		struct weft_rule *rule = config->rules[i];

		if (weft_rule_match(rule, view)) {
			atomic64_inc(&rule->hits);
			return rule;
		}
	}
	return NULL;
}
