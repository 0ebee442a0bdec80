// SPDX-License-Identifier: GPL-2.0
#include "ktap.h"
#include "mock.h"
#include "quota.h"

#define HOLDERS	8

static struct {
	struct weft_quota	quota;
	struct weft_holder	holder[HOLDERS];
} room;

static struct weft_quota *of(u32 capacity)
{
	memset(&room, 0, sizeof(room));
	weft_quota_init(&room.quota, capacity, HOLDERS);
	return &room.quota;
}

static u32 take(struct weft_quota *quota, u32 id, u32 n)
{
	u32 got;

	for (got = 0; got < n && weft_quota_take(quota, id); got++)
		;
	return got;
}

TEST(weft_quota__one_alone_has_all_but_the_spare)
{
	struct weft_quota *quota = of(1600);

	weft_quota_join(quota, 1);
	EXPECT_EQ(take(quota, 1, 5000), 1500);
	EXPECT(!weft_quota_over(quota, 1));
}

TEST(weft_quota__who_is_no_member_borrows)
{
	struct weft_quota *quota = of(1600);

	EXPECT_EQ(take(quota, 3, 5000), 1500);
	EXPECT(weft_quota_over(quota, 3));
}

TEST(weft_quota__two_that_flood_leave_the_third_its_share)
{
	struct weft_quota *quota = of(1600);

	weft_quota_join(quota, 1);
	weft_quota_join(quota, 2);
	weft_quota_join(quota, 3);
	EXPECT_EQ(take(quota, 1, 5000), 500);
	EXPECT_EQ(take(quota, 2, 5000), 500);
	EXPECT_EQ(take(quota, 3, 5000), 500);
}

TEST(weft_quota__what_nobody_needs_is_borrowed)
{
	struct weft_quota *quota = of(1600);

	weft_quota_join(quota, 1);
	weft_quota_join(quota, 2);
	EXPECT_EQ(take(quota, 2, 400), 400);
	/* half of 1500, and none of what is left of the other half */
	EXPECT_EQ(take(quota, 1, 5000), 750);
	/* all is its share then, but for what the other has not given back */
	weft_quota_leave(quota, 2);
	EXPECT_EQ(take(quota, 1, 5000), 1600 - 750 - 400);
}

TEST(weft_quota__one_that_joins_finds_the_spare)
{
	struct weft_quota *quota = of(1600);

	weft_quota_join(quota, 1);
	EXPECT_EQ(take(quota, 1, 5000), 1500);
	weft_quota_join(quota, 2);
	EXPECT(weft_quota_over(quota, 1));
	EXPECT_EQ(take(quota, 1, 1), 0);
	EXPECT_EQ(take(quota, 2, 5000), 100);
	/* and more, as the one who is over its share gives back */
	weft_quota_give(quota, 1);
	EXPECT_EQ(take(quota, 1, 1), 0);
	EXPECT_EQ(take(quota, 2, 5000), 1);
}

TEST(weft_quota__a_smaller_capacity_than_is_used)
{
	struct weft_quota *quota = of(1600);

	weft_quota_join(quota, 1);
	EXPECT_EQ(take(quota, 1, 1000), 1000);
	weft_quota_resize(quota, 160);
	EXPECT_EQ(take(quota, 1, 1), 0);
	EXPECT(weft_quota_over(quota, 1));
	while (weft_quota_over(quota, 1))
		weft_quota_give(quota, 1);
	EXPECT_EQ(quota->used, 150);
	EXPECT_EQ(take(quota, 1, 1), 0);
	weft_quota_give(quota, 1);
	EXPECT_EQ(take(quota, 1, 5), 1);
}

static u32 reserved(const struct weft_quota *quota)
{
	u32 i, sum = 0;

	for (i = 0; i < HOLDERS; i++)
		if (quota->holder[i].member && quota->holder[i].n < quota->share)
			sum += quota->share - quota->holder[i].n;
	return sum;
}

/* The sum that is kept is the sum; nobody takes what another's share wants. */
TEST(weft_quota__random)
{
	struct weft_quota *quota = of(1600);
	u32 i, id, used;
	bool below;

	for (i = 0; i < 200000; i++) {
		struct weft_holder *holder;

		id = mock_random() % HOLDERS;
		holder = &quota->holder[id];
		below = holder->member && holder->n < quota->share;
		switch (mock_random() % 64) {
		case 0:
			if (!holder->member)
				weft_quota_join(quota, id);
			break;
		case 1:
			weft_quota_leave(quota, id);
			break;
		case 2:
			weft_quota_resize(quota, 100 + mock_random() % 3000);
			break;
		case 3 ... 30:
			if (holder->n)
				weft_quota_give(quota, id);
			break;
		default:
			used = quota->used;
			if (!weft_quota_take(quota, id)) {
				EXPECT(!below || used >= quota->capacity);
				break;
			}
			EXPECT_LE(quota->used, quota->capacity);
			EXPECT(below || quota->used + quota->reserved <=
					quota->capacity);
		}
		ASSERT(quota->reserved == reserved(quota));
		used = 0;
		for (id = 0; id < HOLDERS; id++)
			used += quota->holder[id].n;
		ASSERT(quota->used == used);
	}
}
