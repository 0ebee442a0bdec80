/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the headers of a RoCEv2 packet say of messages and connections, by the
 * InfiniBand Architecture Specification, volume 1. Bytes only; builds on the
 * host.
 */
#ifndef _WEFT_ROCE_H
#define _WEFT_ROCE_H

#include <linux/types.h>

#define WEFT_BTH_LEN		12	/* base transport header */
#define WEFT_ROCE_HEAD		80	/* as far as any packet is read */
#define WEFT_ROCE_MESSAGE_MAX	0x80000000U	/* 2 GiB, by the specification */

/**
 * enum weft_roce_kind - what a packet says
 * @WEFT_ROCE_NOTHING: nothing of interest
 * @WEFT_ROCE_MESSAGE: a message of known size begins with it: an RDMA write
 * @WEFT_ROCE_ASK: it asks for one, which comes the other way: an RDMA read
 * @WEFT_ROCE_REQUEST: the connection manager asks for a connection
 * @WEFT_ROCE_REPLY: it agrees to one
 */
enum weft_roce_kind {
	WEFT_ROCE_NOTHING,
	WEFT_ROCE_MESSAGE,
	WEFT_ROCE_ASK,
	WEFT_ROCE_REQUEST,
	WEFT_ROCE_REPLY,
};

/**
 * struct weft_roce - what a packet says
 * @psn: of a message or of asking for one, packet sequence number, 24 bits
 * @size: bytes of that message
 * @qp: of a request or reply, the sender's queue pair
 * @id: of a request the sender's number of the connection, of a reply the
 *	receiver's
 */
struct weft_roce {
	u32	psn;
	u32	size;
	u32	qp;
	u32	id;
};

unsigned int weft_roce_wants(const u8 *bth);
enum weft_roce_kind weft_roce_read(const u8 *head, struct weft_roce *roce);

#endif /* _WEFT_ROCE_H */
