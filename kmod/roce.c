// SPDX-License-Identifier: GPL-2.0
/*
 * Headers of RoCEv2. Behind the base transport header (BTH) of a packet with
 * which an RDMA write begins, or that asks for an RDMA read, the RDMA extended
 * transport header (RETH) has the length of the whole message. Sends have no
 * length anywhere.
 *
 * Connection managers talk in datagrams to queue pair 1. A request and its reply
 * name the queue pair of their senders, which no other packet does.
 */
#include <linux/compiler.h>

#include "roce.h"

/* Upper three bits of an opcode: the service; the rest: the operation. */
#define WEFT_SERVICE_RC		0
#define WEFT_SERVICE_UC		1
#define WEFT_SERVICE_UD		3
#define WEFT_SERVICE_XRC	5
#define WEFT_OP_SEND_ONLY	0x04
#define WEFT_OP_WRITE_FIRST	0x06
#define WEFT_OP_WRITE_ONLY	0x0a
#define WEFT_OP_WRITE_ONLY_IMM	0x0b
#define WEFT_OP_READ_REQUEST	0x0c

#define WEFT_XRCETH_LEN		4	/* in front of RETH, of that service */
#define WEFT_RETH_LEN		16
#define WEFT_RETH_SIZE		12	/* where the length is */
#define WEFT_DETH_LEN		8	/* of datagrams */
#define WEFT_MAD_LEN		24	/* management datagram, common header */
#define WEFT_MAD_AT		(WEFT_BTH_LEN + WEFT_DETH_LEN)
#define WEFT_CM_AT		(WEFT_MAD_AT + WEFT_MAD_LEN)

#define WEFT_MANAGER_QP		1
#define WEFT_MAD_VERSION	1
#define WEFT_MAD_CLASS_CM	7
#define WEFT_MAD_CM_VERSION	2
#define WEFT_MAD_SEND		3
#define WEFT_CM_REQUEST		0x0010
#define WEFT_CM_REPLY		0x0013

static u32 weft_be16(const u8 *bytes)
{
	return (u32)bytes[0] << 8 | bytes[1];
}

static u32 weft_be24(const u8 *bytes)
{
	return weft_be16(bytes) << 8 | bytes[2];
}

static u32 weft_be32(const u8 *bytes)
{
	return weft_be24(bytes) << 8 | bytes[3];
}

/* Where RETH is in a packet of this opcode, 0 where it has none. */
static unsigned int weft_reth_at(u8 opcode)
{
	u8 service = opcode >> 5;

	switch (opcode & 0x1f) {
	case WEFT_OP_WRITE_FIRST:
	case WEFT_OP_WRITE_ONLY:
	case WEFT_OP_WRITE_ONLY_IMM:
		if (service == WEFT_SERVICE_UC)
			return WEFT_BTH_LEN;
		fallthrough;
	case WEFT_OP_READ_REQUEST:
		if (service == WEFT_SERVICE_RC)
			return WEFT_BTH_LEN;
		if (service == WEFT_SERVICE_XRC)
			return WEFT_BTH_LEN + WEFT_XRCETH_LEN;
	}
	return 0;
}

/**
 * weft_roce_wants - how much of a packet is to be read
 * @bth: its base transport header
 *
 * Context: Any.
 * Return: bytes of UDP payload that weft_roce_read() needs, at most
 *	WEFT_ROCE_HEAD; 0 where the packet says nothing.
 */
unsigned int weft_roce_wants(const u8 *bth)
{
	unsigned int reth = weft_reth_at(bth[0]);

	if (reth)
		return reth + WEFT_RETH_LEN;
	return bth[0] == (WEFT_SERVICE_UD << 5 | WEFT_OP_SEND_ONLY) &&
	       weft_be24(bth + 5) == WEFT_MANAGER_QP ? WEFT_ROCE_HEAD : 0;
}

static enum weft_roce_kind weft_roce_read_cm(const u8 *head,
					     struct weft_roce *roce)
{
	const u8 *mad = head + WEFT_MAD_AT, *cm = head + WEFT_CM_AT;

	if (mad[0] != WEFT_MAD_VERSION || mad[1] != WEFT_MAD_CLASS_CM ||
	    mad[2] != WEFT_MAD_CM_VERSION || mad[3] != WEFT_MAD_SEND)
		return WEFT_ROCE_NOTHING;
	switch (weft_be16(mad + 16)) {
	case WEFT_CM_REQUEST:
		roce->id = weft_be32(cm);
		roce->qp = weft_be24(cm + 32);
		return WEFT_ROCE_REQUEST;
	case WEFT_CM_REPLY:
		roce->id = weft_be32(cm + 4);
		roce->qp = weft_be24(cm + 12);
		return WEFT_ROCE_REPLY;
	}
	return WEFT_ROCE_NOTHING;
}

/**
 * weft_roce_read - what a packet says
 * @head: its UDP payload, weft_roce_wants() bytes of it, more than 0
 * @roce: filled as far as the result says
 *
 * Context: Any.
 * Return: what it says; of a length that no message can have, nothing.
 */
enum weft_roce_kind weft_roce_read(const u8 *head, struct weft_roce *roce)
{
	unsigned int reth = weft_reth_at(head[0]);

	if (!reth)
		return weft_roce_read_cm(head, roce);
	roce->psn = weft_be24(head + 9);
	roce->size = weft_be32(head + reth + WEFT_RETH_SIZE);
	if (roce->size > WEFT_ROCE_MESSAGE_MAX)
		return WEFT_ROCE_NOTHING;
	return (head[0] & 0x1f) == WEFT_OP_READ_REQUEST ? WEFT_ROCE_ASK :
							 WEFT_ROCE_MESSAGE;
}
