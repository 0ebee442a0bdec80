// SPDX-License-Identifier: GPL-2.0
/*
 * weft: tensor-flow-aware queueing and policy.
 *
 * Order of init: what others stand on comes first, and netlink, through which
 * users reach everything, last. Exit is the reverse: nobody can ask for
 * anything new, then devices and hooks go, then what they used.
 */
#include <linux/init.h>
#include <linux/module.h>

#include "netlink.h"
#include "netns.h"
#include "port.h"
#include "sched.h"
#include "uplink.h"

static int __init weft_init(void)
{
	int err;

	err = weft_netns_init();
	if (err)
		return err;
	err = weft_uplink_init();
	if (err)
		goto netns;
	err = weft_port_init();
	if (err)
		goto uplink;
	err = weft_sched_init();
	if (err)
		goto port;
	err = weft_netlink_init();
	if (err)
		goto sched;
	return 0;

sched:
	weft_sched_exit();
port:
	weft_port_exit();
uplink:
	weft_uplink_exit();
netns:
	weft_netns_exit();
	rcu_barrier();
	return err;
}

static void __exit weft_exit(void)
{
	weft_netlink_exit();
	weft_sched_exit();
	weft_port_exit();
	weft_uplink_exit();
	weft_netns_exit();
	/* Callbacks that free our objects are code of this module. */
	rcu_barrier();
}

module_init(weft_init);
module_exit(weft_exit);

MODULE_AUTHOR("The weft authors");
MODULE_DESCRIPTION("Tensor-flow-aware queueing and policy");
MODULE_LICENSE("GPL");
