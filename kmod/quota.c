// SPDX-License-Identifier: GPL-2.0
/*
 * Shares of a bounded number of things.
 *
 * What is not spare is shared alike among the members. Below its share a
 * member always gets one, as long as nobody had borrowed it before it joined.
 * Above it a member borrows, but never what other members' shares still want,
 * nor the spare part, so that one that joins finds something at once. Every
 * decision is O(1), by one sum over the members that is kept up to date.
 */
#include <linux/kernel.h>

#include "quota.h"

static bool weft_holder_below(const struct weft_quota *quota,
			      const struct weft_holder *holder)
{
	return holder->member && holder->n < quota->share;
}

/* After a change of capacity or of the members. */
static void weft_quota_divide(struct weft_quota *quota)
{
	u32 i;

	quota->share = quota->capacity - quota->capacity / WEFT_QUOTA_SPARE;
	if (quota->members)
		quota->share /= quota->members;
	quota->reserved = 0;
	for (i = 0; i < quota->n_holders; i++)
		if (weft_holder_below(quota, &quota->holder[i]))
			quota->reserved += quota->share - quota->holder[i].n;
}

/**
 * weft_quota_init - begin without members
 * @quota: the object, with room for @n_holders, zeroed
 * @capacity: how many there are of what is shared
 * @n_holders: numbers of holders are below this
 *
 * Context: Before any other call.
 */
void weft_quota_init(struct weft_quota *quota, u32 capacity, u32 n_holders)
{
	quota->capacity = capacity;
	quota->n_holders = n_holders;
	weft_quota_divide(quota);
}

/**
 * weft_quota_resize - share another number
 * @quota: the object
 * @capacity: how many there are from now on; may be less than are in use
 *
 * Context: Owner's lock. O(holders).
 */
void weft_quota_resize(struct weft_quota *quota, u32 capacity)
{
	quota->capacity = capacity;
	weft_quota_divide(quota);
}

/**
 * weft_quota_join - give a holder a share
 * @quota: the object
 * @id: the holder's number; no member
 *
 * Context: Owner's lock. O(holders).
 */
void weft_quota_join(struct weft_quota *quota, u32 id)
{
	quota->holder[id].member = true;
	quota->members++;
	weft_quota_divide(quota);
}

/**
 * weft_quota_leave - take a holder's share away
 * @quota: the object
 * @id: the holder's number; without effect if it is no member. What it has it
 *	gives back later
 *
 * Context: Owner's lock. O(holders).
 */
void weft_quota_leave(struct weft_quota *quota, u32 id)
{
	if (!quota->holder[id].member)
		return;
	quota->holder[id].member = false;
	quota->members--;
	weft_quota_divide(quota);
}

/**
 * weft_quota_take - may a holder have one more
 * @quota: the object
 * @id: the holder's number
 *
 * Context: Owner's lock. O(1).
 * Return: true if it may; it has it then.
 */
bool weft_quota_take(struct weft_quota *quota, u32 id)
{
	struct weft_holder *holder = &quota->holder[id];
	u32 free;

	if (quota->used >= quota->capacity)
		return false;
	free = quota->capacity - quota->used;
	if (weft_holder_below(quota, holder))
		quota->reserved--;
	else if (free <= quota->reserved ||
		 free - quota->reserved <= quota->capacity / WEFT_QUOTA_SPARE)
		return false;
	holder->n++;
	quota->used++;
	return true;
}

/**
 * weft_quota_give - a holder gives one back
 * @quota: the object
 * @id: the holder's number; it has some
 *
 * Context: Owner's lock. O(1).
 */
void weft_quota_give(struct weft_quota *quota, u32 id)
{
	struct weft_holder *holder = &quota->holder[id];

	holder->n--;
	quota->used--;
	if (weft_holder_below(quota, holder))
		quota->reserved++;
}

/**
 * weft_quota_over - does a holder have more than its share
 * @quota: the object
 * @id: the holder's number
 *
 * Context: Owner's lock, or whoever can do with an answer that is old.
 * Return: true if it has; of one that is no member, if it has any.
 */
bool weft_quota_over(const struct weft_quota *quota, u32 id)
{
	const struct weft_holder *holder = &quota->holder[id];

	return READ_ONCE(holder->n) >
	       (READ_ONCE(holder->member) ? READ_ONCE(quota->share) : 0);
}
