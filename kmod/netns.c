// SPDX-License-Identifier: GPL-2.0
/*
 * weft in a network namespace: when its parts come and go.
 *
 * Most of a node's namespaces never have an uplink; there weft costs a few
 * shipped rules. The first uplink makes the tables, the last one's end takes
 * them away.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "config.h"
#include "event.h"
#include "extension.h"
#include "flow.h"
#include "netns.h"
#include "job.h"
#include "profile.h"
#include "uplink.h"

static unsigned int weft_max_flows = 262144;
module_param_named(max_flows, weft_max_flows, uint, 0644);
MODULE_PARM_DESC(max_flows, "flows that a network namespace can have, read when its first uplink is made");

static unsigned int weft_net_id __read_mostly;

/* Namespaces that have tables; taken inside RTNL to change the list. */
static DECLARE_RWSEM(weft_nets_sem);
static LIST_HEAD(weft_nets);

static const struct weft_table_settings weft_table_defaults = {
	.idle_s = {
		[WEFT_TIMEOUT_NEW]	= 30,
		[WEFT_TIMEOUT_STREAM]	= 180,
		[WEFT_TIMEOUT_CLOSING]	= 60,
		[WEFT_TIMEOUT_CLOSED]	= 2,
	},
	.behaviour = true,
};

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
 * weft_net_max_flows - how many flows a namespace has for which nobody said
 *
 * Context: Any.
 * Return: the module parameter, within what a table can be.
 */
unsigned int weft_net_max_flows(void)
{
	return clamp(READ_ONCE(weft_max_flows), 1U,
		     (unsigned int)WEFT_CHUNKS_MAX << WEFT_CHUNK_BITS);
}

/**
 * weft_net_table_settings - what a namespace's flow table is or will be like
 * @wn: the namespace
 * @settings: filled
 *
 * Context: Process, the semaphore of the tables.
 */
void weft_net_table_settings(const struct weft_net *wn,
			     struct weft_table_settings *settings)
{
	*settings = wn->table_settings;
	if (!settings->max_flows)
		settings->max_flows = weft_net_max_flows();
}

/**
 * weft_net_set_table - change what a namespace's flow table is like
 * @wn: the namespace
 * @settings: all of them
 *
 * Context: Process, may sleep; the semaphore of the tables to write.
 * Return: 0, or -ENOMEM with nothing changed.
 */
int weft_net_set_table(struct weft_net *wn,
		       const struct weft_table_settings *settings)
{
	struct weft_table_settings old = wn->table_settings, whole;
	int err = 0;

	wn->table_settings = *settings;
	weft_net_table_settings(wn, &whole);
	if (wn->flows)
		err = weft_flow_table_set(wn->flows, &whole);
	if (err)
		wn->table_settings = old;
	return err;
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
	struct weft_table_settings settings;
	struct weft_job_table *jobs;

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
	down_write(&wn->tables);
	weft_net_table_settings(wn, &settings);
	flows = weft_flow_table_create(wn, &settings);
	if (!flows)
		goto unlock;
	wn->events = events;
	wn->jobs = jobs;
	wn->flows = flows;
	up_write(&wn->tables);
	if (rtnl_dereference(wn->streams))
		weft_extension_pool_prime(flows->extensions);
	down_write(&weft_nets_sem);
	list_add_tail(&wn->node, &weft_nets);
	up_write(&weft_nets_sem);
	return 0;

unlock:
	up_write(&wn->tables);
	weft_job_table_destroy(jobs);
free_events:
	weft_event_queue_destroy(events);
nomem:
	NL_SET_ERR_MSG_MOD(extack,
			   "no memory for tables: fewer flows need less (weft table set max-flows)");
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
	down_write(&weft_nets_sem);
	list_del(&wn->node);
	up_write(&weft_nets_sem);
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

/**
 * weft_net_each - visit every namespace that has tables
 * @visit: called for each; a value other than 0 ends the walk. The tables stay
 *	as long as it runs; it may take no lock that is taken around RTNL
 * @arg: for @visit
 *
 * Context: Process, may sleep; not under RTNL.
 * Return: 0, or what @visit returned.
 */
int weft_net_each(weft_net_visit visit, void *arg)
{
	struct weft_net *wn;
	int ret = 0;

	down_read(&weft_nets_sem);
	list_for_each_entry(wn, &weft_nets, node) {
		ret = visit(wn, arg);
		if (ret)
			break;
	}
	up_read(&weft_nets_sem);
	return ret;
}

static int __net_init weft_net_init(struct net *net)
{
	struct weft_net *wn = weft_net(net);

	wn->net = net;
	wn->stamp_secret = get_random_u32();
	wn->table_settings = weft_table_defaults;
	INIT_LIST_HEAD(&wn->uplinks);
	INIT_LIST_HEAD(&wn->refs);
	INIT_LIST_HEAD(&wn->profiles);
	idr_init(&wn->attaches);
	init_rwsem(&wn->tables);
	return weft_config_init(wn);
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
	weft_profile_net_exit(wn);
	weft_config_exit(wn);
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
