/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a network namespace that owns uplinks has: its flow table, its config
 * and the numbers of its attachment points.
 */
#ifndef _WEFT_NETNS_H
#define _WEFT_NETNS_H

#include <linux/idr.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/types.h>
#include <linux/u64_stats_sync.h>
#include "class.h"
#include "config.h"
#include "flow.h"

struct net;
struct netlink_ext_ack;
struct weft_event_queue;
struct weft_job_table;
struct weft_stream_set;

/**
 * struct weft_class_counters - what a class carried, on one CPU
 * @bytes: by direction
 * @packets: by direction
 */
struct weft_class_counters {
	u64	bytes[2];
	u64	packets[2];
};

/**
 * struct weft_class_stats - per-CPU counters of all classes
 * @class: by class number; softirqs off to write
 * @syncp: guards 64-bit reads on 32-bit machines
 */
struct weft_class_stats {
	struct weft_class_counters	class[WEFT_CLASS_MAX + 1];
	struct u64_stats_sync		syncp;
};

/**
 * struct weft_net - weft in one network namespace
 * @net: the namespace; it outlives this
 * @node: among the namespaces that have tables; weft_nets_sem
 * @uplinks: uplinks of this namespace, by weft_uplink.node; RTNL
 * @refs: who waits for uplinks here, by weft_uplink_ref.node; RTNL
 * @attaches: numbers of attachment points, 1 to WEFT_ATTACH_MAX; RTNL
 * @stamp_secret: of stamps on packets; constant
 * @config_lock: one change of @config at a time; taken inside RTNL
 * @config: current snapshot, never NULL; written under @config_lock
 * @last_id: newest numbers of rules, policies and grants; @config_lock
 * @ids_wrapped: those numbers have begun anew, so that one may be taken;
 *	@config_lock
 * @table_settings: what @flows is or will be like; max_flows is 0 while nobody
 *	has said; @tables
 * @tables: to write, inside RTNL, when @flows, @jobs and @events come or go;
 *	to read by who reads records in process context without RTNL
 * @flows: made with the first uplink, destroyed after the last one's last
 *	packet; RTNL and @tables to write. Whoever holds an uplink under RCU
 *	may use it
 * @jobs: same lifetime as @flows
 * @events: same lifetime as @flows
 * @streams: what streams are compared with, NULL where no profile asks for
 *	that; RTNL to write, RCU to read
 * @streams_gen: generation of the newest @streams; RTNL
 * @last_stream_id: newest number of patterns and framings; RTNL
 * @profiles: that are loaded, by weft_profile.node; RTNL to write, RCU to
 *	read
 * @class_stats: made with the first uplink, freed with the namespace
 */
struct weft_net {
	struct net			*net;
	struct list_head		node;
	struct list_head		uplinks;
	struct list_head		refs;
	struct idr			attaches;
	u32				stamp_secret;
	struct mutex			config_lock;	/* one change at a time */
	struct weft_config __rcu	*config;
	u32				last_id[WEFT_LISTS];
	bool				ids_wrapped[WEFT_LISTS];
	struct weft_table_settings	table_settings;
	struct rw_semaphore		tables;
	struct weft_flow_table		*flows;
	struct weft_job_table		*jobs;
	struct weft_event_queue		*events;
	struct weft_stream_set __rcu	*streams;
	u32				streams_gen;
	u32				last_stream_id;
	struct list_head		profiles;
	struct weft_class_stats __percpu *class_stats;
};

struct weft_net *weft_net(const struct net *net);

/* Before the first uplink is on the list, and after the last one's RCU readers. */
int weft_net_start(struct weft_net *wn, struct netlink_ext_ack *extack);
void weft_net_stop(struct weft_net *wn);

/* Calls @visit for each namespace that has tables, which stay meanwhile. */
typedef int (*weft_net_visit)(struct weft_net *wn, void *arg);
int weft_net_each(weft_net_visit visit, void *arg);

/* @tables is held: to read, to write. */
void weft_net_table_settings(const struct weft_net *wn,
			     struct weft_table_settings *settings);
int weft_net_set_table(struct weft_net *wn,
		       const struct weft_table_settings *settings);
unsigned int weft_net_max_flows(void);

int weft_netns_init(void);
void weft_netns_exit(void);

#endif /* _WEFT_NETNS_H */
