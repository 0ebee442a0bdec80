// SPDX-License-Identifier: GPL-2.0
/* roce.c: what headers of RoCEv2 say. */
#include <string.h>

#include "ktap.h"
#include "mock.h"
#include "roce.h"

static u8 head[WEFT_ROCE_HEAD];

static void put(unsigned int at, unsigned int width, u32 value)
{
	while (width--) {
		head[at + width] = (u8)value;
		value >>= 8;
	}
}

static void bth(u8 opcode, u32 qp, u32 psn)
{
	memset(head, 0, sizeof(head));
	put(0, 1, opcode);
	put(5, 3, qp);
	put(9, 3, psn);
}

static void cm(u16 attribute)
{
	bth(0x64, 1, 7);
	put(20, 4, 0x01070203);
	put(36, 2, attribute);
}

/* Opcodes whose packets have a length, and where that is. */
static const struct {
	u8			opcode;
	u8			at;
	enum weft_roce_kind	kind;
} lengths[] = {
	{ 0x06, 24, WEFT_ROCE_MESSAGE },
	{ 0x0a, 24, WEFT_ROCE_MESSAGE },
	{ 0x0b, 24, WEFT_ROCE_MESSAGE },
	{ 0x0c, 24, WEFT_ROCE_ASK },
	{ 0x26, 24, WEFT_ROCE_MESSAGE },
	{ 0x2a, 24, WEFT_ROCE_MESSAGE },
	{ 0x2b, 24, WEFT_ROCE_MESSAGE },
	{ 0xa6, 28, WEFT_ROCE_MESSAGE },
	{ 0xaa, 28, WEFT_ROCE_MESSAGE },
	{ 0xab, 28, WEFT_ROCE_MESSAGE },
	{ 0xac, 28, WEFT_ROCE_ASK },
};

TEST(weft_roce__messages_by_opcode)
{
	struct weft_roce roce;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		bth(lengths[i].opcode, 0x123456, 0xabcdef);
		put(lengths[i].at, 4, 0x00654321);
		EXPECT_EQ(weft_roce_wants(head), lengths[i].at + 4);
		EXPECT_EQ(weft_roce_read(head, &roce), lengths[i].kind);
		EXPECT_EQ(roce.psn, 0xabcdef);
		EXPECT_EQ(roce.size, 0x654321);
	}
}

TEST(weft_roce__no_other_opcode_has_a_length)
{
	unsigned int opcode, n = 0;

	for (opcode = 0; opcode < 256; opcode++) {
		bth(opcode, 2, 0);
		n += weft_roce_wants(head) != 0;
	}
	EXPECT_EQ(n, ARRAY_SIZE(lengths));
}

TEST(weft_roce__sizes_up_to_the_largest)
{
	struct weft_roce roce;

	bth(0x06, 2, 0);
	EXPECT_EQ(weft_roce_read(head, &roce), WEFT_ROCE_MESSAGE);
	EXPECT_EQ(roce.size, 0);
	put(24, 4, WEFT_ROCE_MESSAGE_MAX);
	EXPECT_EQ(weft_roce_read(head, &roce), WEFT_ROCE_MESSAGE);
	put(24, 4, WEFT_ROCE_MESSAGE_MAX + 1);
	EXPECT_EQ(weft_roce_read(head, &roce), WEFT_ROCE_NOTHING);
}

TEST(weft_roce__connections)
{
	struct weft_roce roce;

	cm(0x10);
	put(44, 4, 0x01020304);
	put(76, 3, 0x000011);
	EXPECT_EQ(weft_roce_wants(head), WEFT_ROCE_HEAD);
	EXPECT_EQ(weft_roce_read(head, &roce), WEFT_ROCE_REQUEST);
	EXPECT_EQ(roce.id, 0x01020304);
	EXPECT_EQ(roce.qp, 0x11);

	cm(0x13);
	put(44, 4, 0x0a0b0c0d);
	put(48, 4, 0x01020304);
	put(56, 3, 0x000012);
	EXPECT_EQ(weft_roce_read(head, &roce), WEFT_ROCE_REPLY);
	EXPECT_EQ(roce.id, 0x01020304);
	EXPECT_EQ(roce.qp, 0x12);
}

TEST(weft_roce__only_the_manager_says_so)
{
	struct weft_roce roce;
	unsigned int i;

	/* a datagram to any other queue pair */
	bth(0x64, 2, 0);
	EXPECT_EQ(weft_roce_wants(head), 0);
	/* another message, or another kind of management */
	cm(0x14);
	EXPECT_EQ(weft_roce_read(head, &roce), WEFT_ROCE_NOTHING);
	for (i = 20; i < 24; i++) {
		cm(0x10);
		head[i] ^= 0x40;
		EXPECT_EQ(weft_roce_read(head, &roce), WEFT_ROCE_NOTHING);
	}
}
