// SPDX-License-Identifier: GPL-2.0
/*
 * Queue pairs of RoCEv2.
 *
 * A packet names the queue pair that it is for and no other, so a flow is one
 * direction of a connection. Where connection managers' messages pass, they say
 * which two are one. That is remembered in single words that newer ones replace;
 * a flow asks once, when it begins, and keeps what it hears. Whoever sends such
 * messages can say what he likes of the two addresses between which they go: it
 * is shown, and nothing is decided by it.
 *
 * Messages are counted, and announced to the flow's job, when their first packet
 * passes. Packets that are sent again have the numbers that they had.
 */
#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/jiffies.h>
#include <linux/skbuff.h>

#include "flow.h"
#include "job.h"
#include "netns.h"
#include "queue_pair.h"
#include "roce.h"

/* Bits of a word of weft_flow_table.pairs besides a tag and a queue pair. */
#define WEFT_PAIR_KNOWN		BIT(31)

/* So that no number is 0, in weft_verbs.psn. */
#define WEFT_PSN_KNOWN		BIT(31)
/*
 * Who sends again goes back by less than this; further back is another
 * connection's first packet.
 */
#define WEFT_PSN_BACK		BIT(16)

static void weft_pair_note(struct weft_flow_table *table,
			   const struct weft_flow_key *key,
			   const struct weft_encap *encap, u32 qp)
{
	u32 tag = weft_flow_hash(table, key, encap);

	atomic64_set(&table->pairs[tag % WEFT_PAIRS],
		     (u64)tag << 32 | WEFT_PAIR_KNOWN | qp);
}

/* 0 where nothing is known: no connection has that one. */
static u32 weft_pair_find(struct weft_flow_table *table,
			  const struct weft_flow_key *key,
			  const struct weft_encap *encap)
{
	u32 tag = weft_flow_hash(table, key, encap);
	u64 word = atomic64_read(&table->pairs[tag % WEFT_PAIRS]);

	return word && word >> 32 == tag ? (u32)word & ~WEFT_PAIR_KNOWN : 0;
}

/**
 * weft_queue_pair_open - a flow of RoCEv2 begins
 * @table: the table
 * @flow: the flow, new
 *
 * Context: RCU read side, softirqs off.
 */
void weft_queue_pair_open(struct weft_flow_table *table, struct weft_flow *flow)
{
	WRITE_ONCE(flow->peer_qp,
		   weft_pair_find(table, &flow->key, &flow->encap));
}

/*
 * Packets for @qp at end @end are answered by such for @peer_qp. A flow that is
 * there is of a connection before, whose number is used again.
 */
static void weft_pair_meet(struct weft_flow_table *table,
			   const struct weft_pkt *pkt, unsigned int end, u32 qp,
			   u32 peer_qp)
{
	struct weft_flow_key key = pkt->key;
	struct weft_flow *flow;
	u32 index;

	weft_key_set_queue_pair(&key, qp, end);
	weft_pair_note(table, &key, &pkt->encap, peer_qp);
	flow = weft_flow_find(table, &key, &pkt->encap,
			      weft_flow_hash(table, &key, &pkt->encap), &index);
	if (!flow)
		return;
	WRITE_ONCE(flow->peer_qp, peer_qp);
	WRITE_ONCE(flow->verbs.psn, 0);
}

/* A key that no packet has, of connection @id that end @asker asks for. */
static void weft_request_key(struct weft_flow_key *key, u32 id,
			     unsigned int asker)
{
	key->port[0] = htons(id >> 16);
	key->port[1] = htons(id);
	key->flags |= WEFT_KEY_ECHO | (asker ? WEFT_KEY_ECHO_BY_1 : 0);
}

static void weft_queue_pair_asked(struct weft_flow_table *table,
				  const struct weft_pkt *pkt,
				  const struct weft_roce *roce)
{
	struct weft_flow_key key = pkt->key;

	weft_request_key(&key, roce->id, pkt->src);
	weft_pair_note(table, &key, &pkt->encap, roce->qp);
}

static void weft_queue_pair_agreed(struct weft_flow_table *table,
				   const struct weft_pkt *pkt,
				   const struct weft_roce *roce)
{
	struct weft_flow_key key = pkt->key;
	u32 asker;

	weft_request_key(&key, roce->id, !pkt->src);
	asker = weft_pair_find(table, &key, &pkt->encap);
	if (!asker || !roce->qp)
		return;
	weft_pair_meet(table, pkt, pkt->src, roce->qp, asker);
	weft_pair_meet(table, pkt, !pkt->src, asker, roce->qp);
}

/* A message of which end @end sends all. */
static void weft_queue_pair_message(struct weft_net *wn, struct weft_flow *flow,
				    unsigned int end,
				    const struct weft_roce *roce)
{
	struct weft_flow_half *half = weft_flow_half(flow, end);
	u32 was = READ_ONCE(flow->verbs.psn), job = READ_ONCE(flow->job);

	/* Sent again, or another CPU has been here with a later one. */
	if (was && ((was - roce->psn) & GENMASK(23, 0)) < WEFT_PSN_BACK)
		return;
	if (cmpxchg(&flow->verbs.psn, was, roce->psn | WEFT_PSN_KNOWN) != was)
		return;
	atomic_inc(&half->messages);
	atomic64_add(roce->size, &half->message_bytes);
	WRITE_ONCE(flow->verbs.size[end], roce->size);
	if (job && roce->size)
		weft_job_announce(wn->jobs, job,
				  weft_flow_end_direction(flow, end),
				  get_jiffies_64(), roce->size);
}

/**
 * weft_queue_pair_packet - read the headers of a packet of RoCEv2
 * @wn: the namespace
 * @flow: its flow
 * @pkt: its headers; the key has WEFT_KEY_QUEUE_PAIR
 * @skb: the packet, which may pass and has not been counted yet
 *
 * At most WEFT_ROCE_HEAD bytes are read.
 *
 * Context: RCU read side, softirqs off. May take a bucket's lock, and those of
 *	the flow's job.
 */
void weft_queue_pair_packet(struct weft_net *wn, struct weft_flow *flow,
			    const struct weft_pkt *pkt,
			    const struct sk_buff *skb)
{
	u8 copy[WEFT_ROCE_HEAD];
	struct weft_roce roce;
	unsigned int wanted;
	const u8 *head;

	head = skb_header_pointer(skb, pkt->payload_off, WEFT_BTH_LEN, copy);
	wanted = head ? weft_roce_wants(head) : 0;
	if (!wanted || pkt->payload_len < wanted)
		return;
	head = skb_header_pointer(skb, pkt->payload_off, wanted, copy);
	if (!head)
		return;
	switch (weft_roce_read(head, &roce)) {
	case WEFT_ROCE_MESSAGE:
		weft_queue_pair_message(wn, flow, pkt->src, &roce);
		break;
	case WEFT_ROCE_ASK:
		weft_queue_pair_message(wn, flow, !pkt->src, &roce);
		break;
	case WEFT_ROCE_REQUEST:
		weft_queue_pair_asked(wn->flows, pkt, &roce);
		break;
	case WEFT_ROCE_REPLY:
		weft_queue_pair_agreed(wn->flows, pkt, &roce);
		break;
	case WEFT_ROCE_NOTHING:
		break;
	}
}
