// SPDX-License-Identifier: GPL-2.0
/*
 * weft in a network namespace: when its parts come and go, and its config.
 *
 * Most of a node's namespaces never have an uplink; there weft costs a few
 * shipped rules. The first uplink makes the tables, the last one's end takes
 * them away.
 *
 * Every change of the config has the same form: a next snapshot with all that
 * the change needs is made first, and may fail; from the line that says so on
 * nothing can fail, and packets see the change by a single store.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/percpu.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "classify.h"
#include "config.h"
#include "event.h"
#include "flow.h"
#include "netns.h"
#include "policy.h"
#include "transfer.h"
#include "uplink.h"

#define WEFT_MAX_FLOWS	(16U << 20)	/* 3 GiB of entries */

static unsigned int weft_max_flows = 262144;
module_param_named(max_flows, weft_max_flows, uint, 0644);
MODULE_PARM_DESC(max_flows, "flows that a network namespace can have, read when its first uplink is made");

static unsigned int weft_net_id __read_mostly;

/**
 * weft_net - weft in a network namespace
 * @net: the namespace
 *
 * Context: Any, between the namespace's init and its exit.
 * Return: its state, never NULL.
 */
struct weft_net *weft_net(const struct net *net)
{
	return net_generic(net, weft_net_id);
}

/**
 * weft_net_start - make what packets need
 * @wn: the namespace; it gets its first uplink
 * @extack: says what failed
 *
 * Context: Process, RTNL.
 * Return: 0 or -ENOMEM; nothing has changed then.
 */
int weft_net_start(struct weft_net *wn, struct netlink_ext_ack *extack)
{
	struct weft_event_queue *events;
	struct weft_flow_table *flows;
	struct weft_job_table *jobs;
	unsigned int max_flows;

	ASSERT_RTNL();
	if (!wn->class_stats) {
		wn->class_stats = netdev_alloc_pcpu_stats(struct weft_class_stats);
		if (!wn->class_stats)
			goto nomem;
	}
	events = weft_event_queue_create(wn->net);
	if (!events)
		goto nomem;
	jobs = weft_job_table_create();
	if (!jobs)
		goto free_events;
	max_flows = min(READ_ONCE(weft_max_flows), WEFT_MAX_FLOWS);
	flows = weft_flow_table_create(wn, max_flows);
	if (!flows)
		goto free_jobs;

	down_write(&wn->tables);
	wn->events = events;
	wn->jobs = jobs;
	wn->flows = flows;
	up_write(&wn->tables);
	return 0;

free_jobs:
	weft_job_table_destroy(jobs);
free_events:
	weft_event_queue_destroy(events);
nomem:
	NL_SET_ERR_MSG_MOD(extack,
			   "no memory for tables: a lower weft.max_flows needs less");
	return -ENOMEM;
}

/**
 * weft_net_stop - take away what packets needed
 * @wn: the namespace; its last uplink's last packet has gone
 *
 * Context: Process, RTNL.
 */
void weft_net_stop(struct weft_net *wn)
{
	ASSERT_RTNL();
	down_write(&wn->tables);
	/* Flows give their counts to jobs and their end to events. */
	weft_flow_table_destroy(wn->flows);
	wn->flows = NULL;
	weft_job_table_destroy(wn->jobs);
	wn->jobs = NULL;
	weft_event_queue_destroy(wn->events);
	wn->events = NULL;
	up_write(&wn->tables);
}

static struct weft_config *weft_config_current(const struct weft_net *wn)
{
	return rcu_dereference_protected(wn->config,
					 lockdep_is_held(&wn->config_lock));
}

/* A snapshot with room for so many; one piece, so that freeing it is simple. */
static struct weft_config *weft_config_alloc(u32 n_rules, u32 n_policies,
					     gfp_t gfp)
{
	struct weft_config *config;
	size_t size = sizeof(*config);

	size += n_rules * sizeof(*config->rules);
	size += n_policies * sizeof(*config->policies);
	config = kvzalloc(size, gfp);
	if (!config)
		return NULL;
	config->rules = (struct weft_rule **)(config + 1);
	config->policies = (struct weft_policy **)(config->rules + n_rules);
	return config;
}

/* The current snapshot again, one generation on, with room for more. */
static struct weft_config *weft_config_next(const struct weft_net *wn,
					    u32 more_rules, u32 more_policies,
					    gfp_t gfp)
{
	const struct weft_config *now = weft_config_current(wn);
	struct weft_config *next;

	next = weft_config_alloc(now->n_rules + more_rules,
				 now->n_policies + more_policies, gfp);
	if (!next)
		return NULL;
	next->gen = now->gen + 1;
	if (!next->gen)
		next->gen = 1;
	next->n_rules = now->n_rules;
	next->n_policies = now->n_policies;
	memcpy(next->rules, now->rules, now->n_rules * sizeof(*now->rules));
	memcpy(next->policies, now->policies,
	       now->n_policies * sizeof(*now->policies));
	return next;
}

static void weft_config_publish(struct weft_net *wn, struct weft_config *next)
{
	struct weft_config *old;

	old = rcu_replace_pointer(wn->config, next,
				  lockdep_is_held(&wn->config_lock));
	kvfree_rcu(old, rcu);
}

static int weft_config_no_memory(struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG_MOD(extack, "no memory for the next configuration");
	return -ENOMEM;
}

/**
 * weft_net_config_begin - prepare to change what flows are judged by
 * @wn: the namespace
 * @extack: says what failed
 *
 * For what is not in the config itself, such as a port's default policy: begin,
 * write it, and commit, after which each flow is judged again at its next
 * packet. Nothing else changes the config in between.
 *
 * Context: Process. Leaves the config lock taken if it succeeds.
 * Return: the next generation for weft_net_config_commit(), or an ERR_PTR.
 */
struct weft_config *weft_net_config_begin(struct weft_net *wn,
					  struct netlink_ext_ack *extack)
{
	struct weft_config *next;

	mutex_lock(&wn->config_lock);
	next = weft_config_next(wn, 0, 0, GFP_KERNEL_ACCOUNT);
	if (next)
		return next;
	mutex_unlock(&wn->config_lock);
	return ERR_PTR(weft_config_no_memory(extack));
}

/**
 * weft_net_config_commit - finish what weft_net_config_begin() began
 * @wn: the namespace
 * @next: what it returned
 *
 * Context: Process. Releases the config lock.
 */
void weft_net_config_commit(struct weft_net *wn, struct weft_config *next)
{
	weft_config_publish(wn, next);
	mutex_unlock(&wn->config_lock);
}

/* Where the rule of a number stands; length of the list if nowhere. */
static u32 weft_config_rule(const struct weft_config *config, u32 id)
{
	u32 i;

	for (i = 0; i < config->n_rules; i++)
		if (config->rules[i]->id == id)
			break;
	return i;
}

static u32 weft_config_policy(const struct weft_config *config, u32 id)
{
	u32 i;

	for (i = 0; i < config->n_policies; i++)
		if (config->policies[i]->id == id)
			break;
	return i;
}

/* A number that no rule has; numbers come back only after all others did. */
static u32 weft_next_rule(struct weft_net *wn, const struct weft_config *config)
{
	u32 id;

	do {
		id = wn->next_rule++;
	} while (!id || weft_config_rule(config, id) < config->n_rules);
	return id;
}

static u32 weft_next_policy(struct weft_net *wn,
			    const struct weft_config *config)
{
	u32 id;

	do {
		id = wn->next_policy++;
	} while (!id || weft_config_policy(config, id) < config->n_policies);
	return id;
}

static bool weft_rule_before(const struct weft_rule *a,
			     const struct weft_rule *b)
{
	if (a->priority != b->priority)
		return a->priority < b->priority;
	return a->id < b->id;
}

/**
 * weft_net_rule_add - add a classifier rule
 * @wn: the namespace
 * @rule: copied; its number is not looked at
 * @id: set to the rule's number
 * @extack: says why it was refused
 *
 * The caller has checked that class and attachment point exist, and keeps
 * them by RTNL.
 *
 * Context: Process. Takes the config lock.
 * Return: 0, -ENOMEM, or -ENOSPC if there are WEFT_RULES_MAX of them.
 */
int weft_net_rule_add(struct weft_net *wn, const struct weft_rule *rule,
		      u32 *id, struct netlink_ext_ack *extack)
{
	struct weft_config *next;
	struct weft_rule *copy;
	int err = 0;
	u32 i;

	copy = kmemdup(rule, sizeof(*rule), GFP_KERNEL_ACCOUNT);
	if (!copy)
		return weft_config_no_memory(extack);
	atomic64_set(&copy->hits, 0);

	mutex_lock(&wn->config_lock);
	if (weft_config_current(wn)->n_rules >= WEFT_RULES_MAX) {
		NL_SET_ERR_MSG_FMT(extack, "no more than %u rules: delete one first",
				   WEFT_RULES_MAX);
		err = -ENOSPC;
		goto unlock;
	}
	next = weft_config_next(wn, 1, 0, GFP_KERNEL_ACCOUNT);
	if (!next) {
		err = weft_config_no_memory(extack);
		goto unlock;
	}

	/* Nothing fails from here on. */
	copy->id = weft_next_rule(wn, next);
	*id = copy->id;
	for (i = next->n_rules++; i; i--) {
		if (weft_rule_before(next->rules[i - 1], copy))
			break;
		next->rules[i] = next->rules[i - 1];
	}
	next->rules[i] = copy;
	weft_config_publish(wn, next);
	copy = NULL;
unlock:
	mutex_unlock(&wn->config_lock);
	kfree(copy);
	return err;
}

static struct weft_rule *weft_config_cut_rule(struct weft_config *config, u32 i)
{
	struct weft_rule *rule = config->rules[i];

	config->n_rules--;
	memmove(config->rules + i, config->rules + i + 1,
		(config->n_rules - i) * sizeof(*config->rules));
	return rule;
}

static struct weft_policy *weft_config_cut_policy(struct weft_config *config,
						  u32 i)
{
	struct weft_policy *policy = config->policies[i];

	config->n_policies--;
	memmove(config->policies + i, config->policies + i + 1,
		(config->n_policies - i) * sizeof(*config->policies));
	return policy;
}

/**
 * weft_net_rule_del - remove a classifier rule
 * @wn: the namespace
 * @id: the rule's number
 * @extack: says why it was refused
 *
 * Context: Process. Takes the config lock.
 * Return: 0, -ENOMEM, or -ENOENT if there is no such rule.
 */
int weft_net_rule_del(struct weft_net *wn, u32 id,
		      struct netlink_ext_ack *extack)
{
	struct weft_config *next;
	struct weft_rule *rule;
	int err = 0;
	u32 i;

	mutex_lock(&wn->config_lock);
	i = weft_config_rule(weft_config_current(wn), id);
	if (i == weft_config_current(wn)->n_rules) {
		NL_SET_ERR_MSG_FMT(extack, "there is no rule %u", id);
		err = -ENOENT;
		goto unlock;
	}
	next = weft_config_next(wn, 0, 0, GFP_KERNEL_ACCOUNT);
	if (!next) {
		err = weft_config_no_memory(extack);
		goto unlock;
	}

	/* Nothing fails from here on. */
	rule = weft_config_cut_rule(next, i);
	weft_config_publish(wn, next);
	kfree_rcu(rule, rcu);
unlock:
	mutex_unlock(&wn->config_lock);
	return err;
}

/**
 * weft_net_policy_add - add a policy
 * @wn: the namespace
 * @policy: copied; its number is not looked at
 * @id: set to the policy's number
 * @extack: says why it was refused
 *
 * The caller has checked that the attachment point exists, and keeps it by
 * RTNL.
 *
 * Context: Process. Takes the config lock.
 * Return: 0, -ENOMEM, or -ENOSPC if there are WEFT_POLICIES_MAX of them.
 */
int weft_net_policy_add(struct weft_net *wn, const struct weft_policy *policy,
			u32 *id, struct netlink_ext_ack *extack)
{
	struct weft_policy *copy;
	struct weft_config *next;
	int err = 0;
	u32 i;

	copy = kmemdup(policy, sizeof(*policy), GFP_KERNEL_ACCOUNT);
	if (!copy)
		return weft_config_no_memory(extack);
	atomic64_set(&copy->hits, 0);

	mutex_lock(&wn->config_lock);
	if (weft_config_current(wn)->n_policies >= WEFT_POLICIES_MAX) {
		NL_SET_ERR_MSG_FMT(extack, "no more than %u policies: delete one first",
				   WEFT_POLICIES_MAX);
		err = -ENOSPC;
		goto unlock;
	}
	next = weft_config_next(wn, 0, 1, GFP_KERNEL_ACCOUNT);
	if (!next) {
		err = weft_config_no_memory(extack);
		goto unlock;
	}

	/* Nothing fails from here on. */
	copy->id = weft_next_policy(wn, next);
	*id = copy->id;
	for (i = next->n_policies++; i; i--) {
		if (next->policies[i - 1]->id < copy->id)
			break;
		next->policies[i] = next->policies[i - 1];
	}
	next->policies[i] = copy;
	weft_config_publish(wn, next);
	copy = NULL;
unlock:
	mutex_unlock(&wn->config_lock);
	kfree(copy);
	return err;
}

/**
 * weft_net_policy_del - remove a policy
 * @wn: the namespace
 * @id: the policy's number
 * @extack: says why it was refused
 *
 * Context: Process. Takes the config lock.
 * Return: 0, -ENOMEM, or -ENOENT if there is no such policy.
 */
int weft_net_policy_del(struct weft_net *wn, u32 id,
			struct netlink_ext_ack *extack)
{
	struct weft_policy *policy;
	struct weft_config *next;
	int err = 0;
	u32 i;

	mutex_lock(&wn->config_lock);
	i = weft_config_policy(weft_config_current(wn), id);
	if (i == weft_config_current(wn)->n_policies) {
		NL_SET_ERR_MSG_FMT(extack, "there is no policy %u", id);
		err = -ENOENT;
		goto unlock;
	}
	next = weft_config_next(wn, 0, 0, GFP_KERNEL_ACCOUNT);
	if (!next) {
		err = weft_config_no_memory(extack);
		goto unlock;
	}

	/* Nothing fails from here on. */
	policy = weft_config_cut_policy(next, i);
	weft_config_publish(wn, next);
	kfree_rcu(policy, rcu);
unlock:
	mutex_unlock(&wn->config_lock);
	return err;
}

/**
 * weft_net_attach_gone - forget an attachment point
 * @wn: the namespace
 * @attach: its number, which may come back as another's
 *
 * Rules and policies of it go with it, and every flow is judged again. The end
 * of a device cannot be refused, so the memory for the next snapshot is waited
 * for.
 *
 * Context: Process, RTNL. Takes the config lock.
 */
void weft_net_attach_gone(struct weft_net *wn, u32 attach)
{
	struct weft_config *old, *next;
	u32 i;

	mutex_lock(&wn->config_lock);
	old = weft_config_current(wn);
	next = weft_config_next(wn, 0, 0, GFP_KERNEL | __GFP_NOFAIL);
	for (i = next->n_rules; i--; )
		if (next->rules[i]->attach == attach)
			weft_config_cut_rule(next, i);
	for (i = next->n_policies; i--; )
		if (next->policies[i]->attach == attach)
			weft_config_cut_policy(next, i);
	rcu_assign_pointer(wn->config, next);

	/* Only now that nobody finds them can a grace period be their last. */
	for (i = 0; i < old->n_rules; i++)
		if (old->rules[i]->attach == attach)
			kfree_rcu(old->rules[i], rcu);
	for (i = 0; i < old->n_policies; i++)
		if (old->policies[i]->attach == attach)
			kfree_rcu(old->policies[i], rcu);
	kvfree_rcu(old, rcu);
	mutex_unlock(&wn->config_lock);
}

static void weft_config_free(struct weft_config *config)
{
	u32 i;

	for (i = 0; i < config->n_rules; i++)
		kfree(config->rules[i]);
	for (i = 0; i < config->n_policies; i++)
		kfree(config->policies[i]);
	kvfree(config);
}

/* What a namespace starts with; the shipped rules stand in order already. */
static struct weft_config *weft_config_shipped(struct weft_net *wn)
{
	struct weft_config *config;
	struct weft_rule *rule;
	u32 i;

	config = weft_config_alloc(weft_n_shipped_rules, 0, GFP_KERNEL_ACCOUNT);
	if (!config)
		return NULL;
	config->gen = 1;
	for (i = 0; i < weft_n_shipped_rules; i++) {
		rule = kmemdup(&weft_shipped_rules[i], sizeof(*rule),
			       GFP_KERNEL_ACCOUNT);
		if (!rule) {
			weft_config_free(config);
			return NULL;
		}
		rule->id = wn->next_rule++;
		rule->shipped = true;
		config->rules[config->n_rules++] = rule;
	}
	return config;
}

static int __net_init weft_net_init(struct net *net)
{
	struct weft_net *wn = weft_net(net);
	struct weft_config *config;

	wn->net = net;
	wn->next_rule = 1;
	wn->next_policy = 1;
	INIT_LIST_HEAD(&wn->uplinks);
	INIT_LIST_HEAD(&wn->refs);
	idr_init(&wn->attaches);
	mutex_init(&wn->config_lock);
	init_rwsem(&wn->tables);

	config = weft_config_shipped(wn);
	if (!config)
		return -ENOMEM;
	RCU_INIT_POINTER(wn->config, config);
	return 0;
}

/* Hooks and ports go while devices of the namespace are still there. */
static void __net_exit weft_net_pre_exit(struct net *net)
{
	weft_uplink_net_exit(weft_net(net));
}

static void __net_exit weft_net_exit(struct net *net)
{
	struct weft_net *wn = weft_net(net);

	WARN_ON(!list_empty(&wn->uplinks) || !list_empty(&wn->refs));
	WARN_ON(!idr_is_empty(&wn->attaches));
	free_percpu(wn->class_stats);
	idr_destroy(&wn->attaches);
	weft_config_free(rcu_dereference_protected(wn->config, true));
	mutex_destroy(&wn->config_lock);
}

static struct pernet_operations weft_net_ops = {
	.init		= weft_net_init,
	.pre_exit	= weft_net_pre_exit,
	.exit		= weft_net_exit,
	.id		= &weft_net_id,
	.size		= sizeof(struct weft_net),
};

/**
 * weft_netns_init - give every network namespace its state
 *
 * Context: Process, at module init, before anything that calls weft_net().
 * Return: 0 or a negative error.
 */
int __init weft_netns_init(void)
{
	/*
	 * A subsystem, not a device: those end before the namespace's devices
	 * are unregistered, and the devices still need this.
	 */
	return register_pernet_subsys(&weft_net_ops);
}

/**
 * weft_netns_exit - take every network namespace's state away
 *
 * Context: Process, at module exit; no uplink and no reference is left.
 */
void weft_netns_exit(void)
{
	unregister_pernet_subsys(&weft_net_ops);
}
