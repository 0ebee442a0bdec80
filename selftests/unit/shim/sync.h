/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Locks, RCU and atomics for one thread: what they would guard against cannot
 * happen, but taking a lock twice, leaving one locked, reading outside of a
 * read-side section and freeing early are seen.
 */
#ifndef _SHIM_SYNC_H
#define _SHIM_SYNC_H

#include <shim/kernel.h>

typedef struct shim_lock {
	int held;
} spinlock_t, raw_spinlock_t, rwlock_t;

struct mutex {
	int held;
};

extern int shim_locks_held;	/* all locks together */
extern int shim_rcu_depth;

#define shim_lock(l)							\
	do {								\
		WARN_ON((l)->held);					\
		(l)->held = 1;						\
		shim_locks_held++;					\
	} while (0)
#define shim_unlock(l)							\
	do {								\
		WARN_ON(!(l)->held);					\
		(l)->held = 0;						\
		shim_locks_held--;					\
	} while (0)

#define __SPIN_LOCK_UNLOCKED(x)	{ 0 }
#define DEFINE_SPINLOCK(x)	spinlock_t x = { 0 }
#define DEFINE_MUTEX(x)		struct mutex x = { 0 }
#define spin_lock_init(l)	((l)->held = 0)
#define mutex_init(l)		((l)->held = 0)
#define mutex_destroy(l)	WARN_ON((l)->held)
#define spin_lock(l)		shim_lock(l)
#define spin_unlock(l)		shim_unlock(l)
#define spin_lock_bh(l)		shim_lock(l)
#define spin_unlock_bh(l)	shim_unlock(l)
#define spin_lock_irq(l)	shim_lock(l)
#define spin_unlock_irq(l)	shim_unlock(l)
#define spin_lock_irqsave(l, f)	do { (f) = 0; shim_lock(l); } while (0)
#define spin_unlock_irqrestore(l, f) do { (void)(f); shim_unlock(l); } while (0)
#define raw_spin_lock(l)	shim_lock(l)
#define raw_spin_unlock(l)	shim_unlock(l)
#define mutex_lock(l)		shim_lock(l)
#define mutex_unlock(l)		shim_unlock(l)
#define local_bh_disable()	((void)0)
#define local_bh_enable()	((void)0)
#define preempt_disable()	((void)0)
#define preempt_enable()	((void)0)

/* RCU. */
struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *head);
};

void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head));
void shim_kfree_rcu(void *p);
void synchronize_rcu(void);
#define synchronize_net()	synchronize_rcu()
#define rcu_barrier()		synchronize_rcu()
#define kfree_rcu(p, member)						\
	do {								\
		(void)&(p)->member;					\
		shim_kfree_rcu(p);					\
	} while (0)
#define kvfree_rcu(p, member)	kfree_rcu(p, member)
#define rcu_read_lock()		((void)shim_rcu_depth++)
#define rcu_read_unlock()						\
	do {								\
		WARN_ON(!shim_rcu_depth);				\
		shim_rcu_depth--;					\
	} while (0)
#define rcu_read_lock_bh()	rcu_read_lock()
#define rcu_read_unlock_bh()	rcu_read_unlock()
#define rcu_read_lock_held()	(shim_rcu_depth > 0)
#define rcu_read_lock_bh_held()	(shim_rcu_depth > 0)
#define rcu_dereference(p)						\
	({								\
		WARN_ON(!shim_rcu_depth);				\
		READ_ONCE(p);						\
	})
#define rcu_dereference_bh(p)	rcu_dereference(p)
#define rcu_dereference_raw(p)	READ_ONCE(p)
#define rcu_dereference_check(p, c)					\
	({								\
		WARN_ON(!shim_rcu_depth && !(c));			\
		READ_ONCE(p);						\
	})
#define rcu_dereference_protected(p, c)					\
	({								\
		WARN_ON(!(c));						\
		(p);							\
	})
#define rcu_access_pointer(p)	READ_ONCE(p)
#define rcu_assign_pointer(p, v) WRITE_ONCE(p, v)
#define RCU_INIT_POINTER(p, v)	((p) = (v))
#define rcu_replace_pointer(p, v, c)					\
	({								\
		__typeof__(p) _old = rcu_dereference_protected(p, c);	\
									\
		rcu_assign_pointer(p, v);				\
		_old;							\
	})

/* Atomics. */
typedef struct {
	int counter;
} atomic_t;

typedef struct {
	s64 counter;
} atomic64_t;
typedef atomic64_t atomic_long_t;

typedef struct {
	atomic_t refs;
} refcount_t;

#define ATOMIC_INIT(i)		{ (i) }
#define ATOMIC64_INIT(i)	{ (i) }
#define shim_rmw(op, v, i)	__atomic_##op(&(v)->counter, i, __ATOMIC_SEQ_CST)
#define atomic_read(v)		READ_ONCE((v)->counter)
#define atomic_set(v, i)	WRITE_ONCE((v)->counter, i)
#define atomic_add(i, v)	((void)shim_rmw(add_fetch, v, i))
#define atomic_sub(i, v)	((void)shim_rmw(sub_fetch, v, i))
#define atomic_inc(v)		atomic_add(1, v)
#define atomic_dec(v)		atomic_sub(1, v)
#define atomic_add_return(i, v)	shim_rmw(add_fetch, v, i)
#define atomic_sub_return(i, v)	shim_rmw(sub_fetch, v, i)
#define atomic_inc_return(v)	atomic_add_return(1, v)
#define atomic_dec_return(v)	atomic_sub_return(1, v)
#define atomic_fetch_add(i, v)	shim_rmw(fetch_add, v, i)
#define atomic_dec_and_test(v)	(atomic_dec_return(v) == 0)
#define atomic_inc_not_zero(v)	(atomic_read(v) ? (atomic_inc(v), true) : false)
#define atomic_cmpxchg(v, o, n)						\
	({								\
		__typeof__((v)->counter) _o = (o);			\
									\
		__atomic_compare_exchange_n(&(v)->counter, &_o, n, false,	\
					    __ATOMIC_SEQ_CST,		\
					    __ATOMIC_SEQ_CST);		\
		_o;							\
	})
#define atomic_xchg(v, n)	__atomic_exchange_n(&(v)->counter, n, __ATOMIC_SEQ_CST)
#define atomic64_read(v)	atomic_read(v)
#define atomic64_set(v, i)	atomic_set(v, i)
#define atomic64_add(i, v)	atomic_add(i, v)
#define atomic64_sub(i, v)	atomic_sub(i, v)
#define atomic64_inc(v)		atomic_inc(v)
#define atomic64_dec(v)		atomic_dec(v)
#define atomic64_inc_return(v)	atomic_inc_return(v)
#define atomic64_add_return(i, v) atomic_add_return(i, v)
#define atomic_long_read(v)	atomic_read(v)
#define atomic_long_inc(v)	atomic_inc(v)
#define atomic_long_add(i, v)	atomic_add(i, v)
#define cmpxchg(p, o, n)						\
	({								\
		__typeof__(*(p)) _o = (o);				\
									\
		__atomic_compare_exchange_n(p, &_o, n, false,		\
					    __ATOMIC_SEQ_CST,		\
					    __ATOMIC_SEQ_CST);		\
		_o;							\
	})
#define xchg(p, n)		__atomic_exchange_n(p, n, __ATOMIC_SEQ_CST)
#define refcount_set(r, n)	atomic_set(&(r)->refs, n)
#define refcount_read(r)	atomic_read(&(r)->refs)
#define refcount_inc(r)		atomic_inc(&(r)->refs)
#define refcount_dec_and_test(r) atomic_dec_and_test(&(r)->refs)
#define refcount_inc_not_zero(r) atomic_inc_not_zero(&(r)->refs)

struct u64_stats_sync {
	int unused;
};
#define u64_stats_init(s)		((void)(s))
#define u64_stats_update_begin(s)	((void)(s))
#define u64_stats_update_end(s)		((void)(s))
#define u64_stats_fetch_begin(s)	((void)(s), 0u)
#define u64_stats_fetch_retry(s, v)	((void)(s), (void)(v), false)

#endif /* _SHIM_SYNC_H */
