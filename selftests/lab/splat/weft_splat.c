// SPDX-License-Identifier: GPL-2.0
/*
 * Fails on purpose, in the way that the parameter "how" names, when it is
 * loaded.  The lab's own test: a checker that is off, or whose report nobody
 * looks for, would let real bugs of weft pass, and nothing else would tell.
 * Never part of weft and never installed.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>

static char *how = "none";
module_param(how, charp, 0444);
MODULE_PARM_DESC(how, "warn, bug, oops, panic, hang, stuck, leak, uaf, oob, bounds, object, lockdep, sleep, refcount, race, netdev");

static DEFINE_MUTEX(lock_a);
static DEFINE_MUTEX(lock_b);
static DEFINE_SPINLOCK(lock_s);
static unsigned long racy;

static void splat_leak(void)
{
	int i;

	/* More than one: a stale pointer to one may stay on the stack. */
	for (i = 0; i < 16; i++) {
		void *p = kmalloc(96, GFP_KERNEL);

		OPTIMIZER_HIDE_VAR(p);
	}
}

static void splat_uaf(void)
{
	char *p = kmalloc(64, GFP_KERNEL);

	if (!p)
		return;
	kfree(p);
	OPTIMIZER_HIDE_VAR(p);
	WRITE_ONCE(p[8], 1);
}

static void splat_oob(void)
{
	char *p = kmalloc(64, GFP_KERNEL);

	if (!p)
		return;
	OPTIMIZER_HIDE_VAR(p);
	WRITE_ONCE(p[64], 1);
	kfree(p);
}

static void splat_bounds(void)
{
	static int four[4];
	int i = 4;

	/* Unknown to the compiler, so that UBSAN has to look. */
	OPTIMIZER_HIDE_VAR(i);
	four[i % 8] = 0;
}

static void splat_timer(struct timer_list *unused)
{
}

static void splat_object(void)
{
	struct timer_list *t = kmalloc(sizeof(*t), GFP_KERNEL);

	if (!t)
		return;
	timer_setup(t, splat_timer, 0);
	mod_timer(t, jiffies + 3600 * HZ);
	/* Freed while it is armed: debugobjects takes it out. */
	kfree(t);
}

static void splat_stuck(void)
{
	/* As a lost wake-up does: this task waits for ever. */
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		schedule();
	}
}

static void splat_lockdep(void)
{
	mutex_lock(&lock_a);
	mutex_lock(&lock_b);
	mutex_unlock(&lock_b);
	mutex_unlock(&lock_a);

	mutex_lock(&lock_b);
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	mutex_unlock(&lock_b);
}

static void splat_sleep(void)
{
	spin_lock(&lock_s);
	msleep(20);
	spin_unlock(&lock_s);
}

static void splat_refcount(void)
{
	refcount_t r = REFCOUNT_INIT(1);

	if (refcount_dec_and_test(&r))
		refcount_inc(&r);
}

static int splat_racer(void *unused)
{
	unsigned long end = jiffies + 5 * HZ;

	while (time_before(jiffies, end)) {
		racy++;
		barrier();
		cond_resched();
	}
	return 0;
}

static void splat_race(void)
{
	struct task_struct *t[2];
	int i;

	for (i = 0; i < 2; i++)
		t[i] = kthread_run(splat_racer, NULL, "weft_splat/%d", i);
	msleep(6000);
}

static void splat_hang(void)
{
	/* As a loop under a lock that never ends: this CPU never comes back. */
	preempt_disable();
	for (;;)
		cpu_relax();
}

static void splat_netdev(void)
{
	/* A reference that nobody gives back; lo of a dying netns shows it. */
	dev_hold(init_net.loopback_dev);
	WARN_ONCE(1, "weft_splat: one reference too many\n");
}

static int __init splat_init(void)
{
	if (!strcmp(how, "warn"))
		WARN(1, "weft_splat: a warning on purpose\n");
	else if (!strcmp(how, "bug"))
		BUG();
	else if (!strcmp(how, "oops"))
		*(int *)8 = 1;
	else if (!strcmp(how, "panic"))
		panic("weft_splat: a panic on purpose");
	else if (!strcmp(how, "hang"))
		splat_hang();
	else if (!strcmp(how, "stuck"))
		splat_stuck();
	else if (!strcmp(how, "leak"))
		splat_leak();
	else if (!strcmp(how, "uaf"))
		splat_uaf();
	else if (!strcmp(how, "oob"))
		splat_oob();
	else if (!strcmp(how, "bounds"))
		splat_bounds();
	else if (!strcmp(how, "object"))
		splat_object();
	else if (!strcmp(how, "lockdep"))
		splat_lockdep();
	else if (!strcmp(how, "sleep"))
		splat_sleep();
	else if (!strcmp(how, "refcount"))
		splat_refcount();
	else if (!strcmp(how, "race"))
		splat_race();
	else if (!strcmp(how, "netdev"))
		splat_netdev();
	else if (strcmp(how, "none"))
		return -EINVAL;
	return 0;
}

static void __exit splat_exit(void)
{
}

module_init(splat_init);
module_exit(splat_exit);
MODULE_DESCRIPTION("Bugs on purpose, to test the lab");
MODULE_LICENSE("GPL");
