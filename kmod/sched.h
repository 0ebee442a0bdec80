/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The qdisc's registration. Nothing else of it is seen from outside: it meets
 * the hooks only through the uplink and the flow.
 */
#ifndef _WEFT_SCHED_H
#define _WEFT_SCHED_H

int weft_sched_init(void);
void weft_sched_exit(void);

#endif /* _WEFT_SCHED_H */
