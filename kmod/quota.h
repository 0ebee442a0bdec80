/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who may have how many of a bounded number of things: each holder has a share
 * that nobody else can take, and may borrow what nobody needs. Arithmetic only;
 * builds on the host. The caller serialises all calls on one object.
 */
#ifndef _WEFT_QUOTA_H
#define _WEFT_QUOTA_H

#include <linux/types.h>

/* Of everything, kept back for holders to come. */
#define WEFT_QUOTA_SPARE	16

/**
 * struct weft_holder - one who has some
 * @n: how many
 * @member: has a share; one that has left may still hold some
 */
struct weft_holder {
	u32	n;
	bool	member;
};

/**
 * struct weft_quota - who has how many
 * @capacity: of all together
 * @used: had by all together
 * @share: that each member can always have
 * @reserved: what members have not taken of their shares, together
 * @members: how many
 * @n_holders: length of @holder
 * @holder: by number
 */
struct weft_quota {
	u32			capacity;
	u32			used;
	u32			share;
	u32			reserved;
	u32			members;
	u32			n_holders;
	struct weft_holder	holder[];
};

void weft_quota_init(struct weft_quota *quota, u32 capacity, u32 n_holders);
void weft_quota_resize(struct weft_quota *quota, u32 capacity);
void weft_quota_join(struct weft_quota *quota, u32 id);
void weft_quota_leave(struct weft_quota *quota, u32 id);
bool weft_quota_take(struct weft_quota *quota, u32 id);
void weft_quota_give(struct weft_quota *quota, u32 id);
bool weft_quota_over(const struct weft_quota *quota, u32 id);

#endif /* _WEFT_QUOTA_H */
