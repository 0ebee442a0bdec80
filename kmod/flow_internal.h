/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between the files of the flow table: flow.c, flow_slot.c, flow_age.c and
 * flow_table.c. Nobody else includes this.
 */
#ifndef _WEFT_FLOW_INTERNAL_H
#define _WEFT_FLOW_INTERNAL_H

#include "flow.h"

/* flow.c */
typedef int (*weft_flow_changer)(struct weft_flow_table *table,
				 struct weft_flow *flow, u32 hash, void *arg);
int weft_flow_change(struct weft_flow_table *table, struct weft_flow *flow,
		     weft_flow_changer change, void *arg);

/* The bucket's lock is held. */
u32 *weft_bucket(const struct weft_flow_table *table, u32 hash);
bool weft_flow_unlink(struct weft_flow_table *table, struct weft_flow *flow,
		      u32 hash);
void weft_flow_publish(struct weft_flow_table *table,
		       const struct weft_flow *flow, u8 cmd);

/* flow_slot.c */
struct weft_flow *weft_take_slot(struct weft_flow_table *table, u16 attach,
				 int *counter);
void weft_give_slot(struct weft_flow_table *table, struct weft_flow *flow);
bool weft_should_grow(const struct weft_flow_table *table);
void weft_grow(struct weft_flow_table *table);
int weft_slots_create(struct weft_flow_table *table);
void weft_slots_destroy(struct weft_flow_table *table);
void weft_slots_bound(struct weft_flow_table *table, u32 max_flows);

/* flow_age.c */
void weft_kick(struct weft_flow_table *table, unsigned long delay);
void weft_rouse(struct weft_flow_table *table);
void weft_flow_settle(struct weft_flow_table *table, struct weft_flow *flow);
void weft_flow_work(struct work_struct *work);

#endif /* _WEFT_FLOW_INTERNAL_H */
