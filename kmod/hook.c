// SPDX-License-Identifier: GPL-2.0
/*
 * The way of a packet.
 *
 * One function judges a packet: weft_judge(). It runs at the first place that
 * sees the packet, leaves a stamp in the packet's control block, and whoever
 * comes later on the way believes the stamp. The hooks are the normal places;
 * the others are backstops for what goes round them (a tc redirect to the
 * uplink, ifb shaping in front of the ingress hook, another qdisc that wipes
 * the stamp), and count what they catch.
 *
 * A verdict belongs to a flow, for the direction in which its opener's packets
 * pass an attachment point: out of it (EGRESS) or into it (INGRESS). A reply
 * passes the same point the other way round and has the same verdict, which is
 * all that makes the policy stateful.
 */
#include <linux/compiler.h>
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/ktime.h>
#include <linux/net.h>
#include <linux/siphash.h>
#include <net/sch_generic.h>

#include "behave.h"
#include "cgroup.h"
#include "class.h"
#include "classify.h"
#include "config.h"
#include "dscp.h"
#include "event.h"
#include "flow.h"
#include "grant.h"
#include "hook.h"
#include "netns.h"
#include "policy.h"
#include "port.h"
#include "queue_pair.h"
#include "reader.h"
#include "stamp.h"
#include "trace.h"
#include "uplink.h"

/**
 * struct weft_passage - one packet at one place, while it is judged
 * @uplink: where
 * @attach: whose packet it is
 * @skb: the packet
 * @place: enum weft_place
 * @direction: seen from the attachment point
 * @action: what is decided
 * @bytes: on the link layer, headers of all segments included
 * @packets: segments of a GSO packet, else 1
 * @flow: its flow, NULL without one
 * @index: the flow's slot
 * @class: its class
 * @source: what the class was taken from, where the packet has no flow before
 * @job: its job
 * @before: it was judged on another uplink, see stack.c
 * @flow_before: what flow it was there, NULL for none
 * @pkt: its headers
 */
struct weft_passage {
	struct weft_uplink	*uplink;
	struct weft_attach	*attach;
	struct sk_buff		*skb;
	enum weft_place		place;
	enum weft_direction	direction;
	enum weft_action	action;
	u32			bytes;
	u32			packets;
	struct weft_flow	*flow;
	u32			index;
	u8			class;
	u8			source;
	u32			job;
	bool			before;
	struct weft_flow	*flow_before;
	struct weft_pkt		pkt;
};

/**
 * weft_judged - was a packet judged on its way to here
 * @uplink: here
 * @skb: the packet
 * @direction: seen from the workload
 *
 * Context: RCU read side.
 * Return: true if the packet bears a stamp that was made on @uplink for
 *	@direction and whose flow still is the one that it was made for.
 */
noinline bool weft_judged(const struct weft_uplink *uplink,
			  const struct sk_buff *skb,
			  enum weft_direction direction)
{
	struct weft_flow *flow;

	return weft_stamp_read(uplink, skb, direction, &flow);
}

/**
 * weft_unstamp - make a packet unjudged again
 * @skb: a packet that leaves weft's reach or starts another way
 *
 * Context: Any.
 */
void weft_unstamp(struct sk_buff *skb)
{
	memset(weft_stamp(skb), 0, sizeof(struct weft_stamp));
}

static enum weft_direction weft_place_direction(enum weft_place place)
{
	return place <= WEFT_AT_ENQUEUE ? WEFT_DIRECTION_EGRESS :
					  WEFT_DIRECTION_INGRESS;
}

/*
 * Parses a frame whose link-layer header begins @l2 from skb->data, and that is
 * in VLAN @vlan if that is not 0. The EtherType comes from the frame itself.
 * False where there is no such header.
 */
static bool weft_parse_frame(const struct sk_buff *skb, int l2, u16 vlan,
			     enum weft_tunnel_mode mode, struct weft_pkt *pkt)
{
	const struct ethhdr *eth;
	struct ethhdr copy;

	if (!l2)
		eth = skb_header_pointer(skb, 0, sizeof(copy), &copy);
	else if (skb_mac_header_was_set(skb) && skb_headroom(skb) >= ETH_HLEN)
		eth = (const struct ethhdr *)(skb->data + l2);
	else
		eth = NULL;
	if (!eth)
		return false;
	weft_parse(skb, l2 + ETH_HLEN, eth->h_proto,
		   vlan || !skb_vlan_tag_present(skb) ? vlan :
		   skb_vlan_tag_get_id(skb), mode, pkt);
	return true;
}

/*
 * Where the payload that GSO cuts up begins, of an encapsulated packet that
 * nobody has looked into: there the sender's offsets, which a guest may have
 * made up, are all that there is. Only counts depend on them.
 */
static noinline u32 weft_gso_payload(const struct sk_buff *skb, u32 payload_off)
{
	int offset = skb_inner_transport_offset(skb);
	const struct tcphdr *th;
	struct tcphdr copy;

	if (skb_shinfo(skb)->gso_type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6)) {
		th = offset < 0 ? NULL :
		     skb_header_pointer(skb, offset, sizeof(copy), &copy);
		offset += th ? th->doff * 4 : 0;
	} else {
		offset += sizeof(struct udphdr);
	}
	return offset > (int)payload_off && offset <= (int)skb->len ?
		offset : payload_off;
}

/*
 * What a packet takes on the wire: bytes, with the headers of all segments, and
 * in @packets how many segments. Its frame begins @l2 from skb->data. GSO cuts
 * the payload of the innermost packet, and gives each piece all headers. Inline:
 * the call would cost a plain packet a twentieth.
 */
static __always_inline u32 weft_wire_bytes(const struct sk_buff *skb, int l2,
					   const struct weft_pkt *pkt,
					   u32 *packets)
{
	u32 payload_off = pkt->payload_off, payload_end;
	u32 bytes = skb->len - l2;

	*packets = 1;
	if (!skb_is_gso(skb) || pkt->kind != WEFT_PKT_FLOW)
		return bytes;
	payload_end = payload_off + pkt->payload_len;
	if (skb->encapsulation && !(pkt->key.flags & WEFT_KEY_TUNNEL))
		payload_off = min(weft_gso_payload(skb, payload_off),
				  payload_end);
	/* gso_segs is a hint that a guest may have left out. */
	*packets = max_t(u32, DIV_ROUND_UP(payload_end - payload_off,
					   skb_shinfo(skb)->gso_size), 1);
	return bytes + (*packets - 1) * (payload_off - l2);
}

/*
 * Reads the headers and what the packet takes on the wire. On the way out
 * skb->data is the frame's beginning; on the way in the link-layer header has
 * been pulled.
 */
static void weft_read(struct weft_passage *way)
{
	enum weft_tunnel_mode mode = WEFT_TUNNEL_MODE_OFF;
	const struct sk_buff *skb = way->skb;
	u16 vlan = READ_ONCE(way->uplink->stacked) ? way->uplink->vlan : 0;
	int l2 = 0;

	/*
	 * Never a port's: its workload could wrap what it may not send in
	 * what it may.
	 */
	if (way->attach == &way->uplink->host)
		mode = READ_ONCE(way->uplink->tunnels);

	if (way->direction == WEFT_DIRECTION_INGRESS &&
	    way->place != WEFT_AT_DELIVERY)
		l2 = -ETH_HLEN;
	if (!weft_parse_frame(skb, l2, vlan, mode, &way->pkt)) {
		memset(&way->pkt, 0, sizeof(way->pkt));
		way->pkt.kind = WEFT_PKT_MALFORMED;
	}
	way->bytes = weft_wire_bytes(skb, l2, &way->pkt, &way->packets);
}

/* Has another uplink accounted it? */
static bool weft_accounted(const struct weft_passage *way)
{
	return way->before && way->flow_before == way->flow;
}

static inline void weft_count_attach(const struct weft_attach *attach,
				     enum weft_direction direction,
				     u32 bytes, u32 packets)
{
	struct weft_attach_stats *stats = this_cpu_ptr(attach->stats);
	bool out = direction == WEFT_DIRECTION_EGRESS;

	u64_stats_update_begin(&stats->syncp);
	u64_stats_add(&stats->count[out ? WEFT_A_STATS_TX_PACKETS :
					  WEFT_A_STATS_RX_PACKETS], packets);
	u64_stats_add(&stats->count[out ? WEFT_A_STATS_TX_BYTES :
					  WEFT_A_STATS_RX_BYTES], bytes);
	u64_stats_update_end(&stats->syncp);
}

static inline void weft_count_class(const struct weft_net *wn,
				    enum weft_direction direction, u8 class,
				    u32 bytes, u32 packets)
{
	struct weft_class_stats *classes = this_cpu_ptr(wn->class_stats);
	struct weft_class_counters *count = &classes->class[class];

	u64_stats_update_begin(&classes->syncp);
	count->bytes[direction] += bytes;
	count->packets[direction] += packets;
	u64_stats_update_end(&classes->syncp);
}

/* What a denied or audited packet is reported with: it may have no flow. */
static void weft_report(const struct weft_passage *way)
{
	struct weft_event_queue *queue = way->uplink->wn->events;
	struct weft_event event = {
		.cmd = WEFT_CMD_VERDICT_NTF,
		.opener = way->pkt.src,
		.direction = way->direction,
		.class = way->class,
		.source = way->flow ? READ_ONCE(way->flow->source) : way->source,
		.job = way->job,
		.action = way->action,
		.attach = way->attach->id,
		.index = WEFT_FLOW_NONE,
		.uplink_ifindex = way->uplink->dev->ifindex,
		.key = way->pkt.key,
		.encap = way->pkt.encap,
	};

	if (!weft_event_wanted(queue))
		return;
	event.time_ns = ktime_get_ns();
	event.bytes[way->pkt.src] = way->bytes;
	event.packets[way->pkt.src] = way->packets;
	weft_event_publish(queue, &event);
}

/**
 * struct weft_look - a view of a flow, and room for what it points to
 * @view: the view
 * @cgroups: of the packet's socket
 */
struct weft_look {
	struct weft_view	view;
	u64			cgroups[WEFT_CGROUP_LEVELS];
};

/*
 * The conversation of @pkt as seen by the attachment point of end @local, and
 * what @skb says besides, as far as @config's rules ask for it.
 */
static void weft_look(struct weft_look *look, const struct weft_config *config,
		      const struct sk_buff *skb, const struct weft_pkt *pkt,
		      unsigned int local, enum weft_direction direction,
		      u32 attach)
{
	const struct weft_flow_key *key = &pkt->key;
	struct weft_view *view = &look->view;
	/* An echo's identifier is nothing that a rule means by a port. */
	bool ports = !(key->flags & WEFT_KEY_ECHO);

	view->local = &key->addr[local];
	view->remote = &key->addr[!local];
	view->local_port = ports ? weft_key_port(key, local) : 0;
	view->remote_port = ports ? weft_key_port(key, !local) : 0;
	view->proto = key->proto;
	view->direction = direction;
	view->no_ports = key->flags & WEFT_KEY_FRAGMENT;
	view->attach = attach;
	view->mark = skb->mark;
	view->dscp = pkt->tos >> 2;
	view->cgroups = look->cgroups;
	view->n_cgroups = 0;
	/* On the way in, a packet's socket is the one that gets it, if any. */
	if (config->cgroup_levels && pkt->src == local)
		view->n_cgroups = weft_cgroup_ids(skb->sk, look->cgroups,
						  config->cgroup_levels);
}

/*
 * The class that skb->priority names, as the scheduler would read it: with the
 * major number of the uplink's root qdisc. The host's only; ports clear it.
 */
static u8 weft_priority_class(const struct weft_passage *way)
{
	u32 priority = way->skb->priority;
	const struct Qdisc *root;

	if (!TC_H_MAJ(priority) || way->direction != WEFT_DIRECTION_EGRESS)
		return WEFT_CLASS_NONE;
	root = rcu_dereference(way->uplink->dev->qdisc);
	return root->handle == TC_H_MAJ(priority) &&
	       weft_class_find(TC_H_MIN(priority)) ?
		TC_H_MIN(priority) : WEFT_CLASS_NONE;
}

/*
 * A flow that its socket's owner declared to be something stays so, as long as
 * he still may: @open is what it is without his word.
 */
static void weft_decide_declared(const struct weft_passage *way,
				 const struct weft_config *config,
				 const struct weft_view *view,
				 struct weft_flow_open *open)
{
	const struct weft_flow *flow = way->flow;
	u8 class;
	u32 job;

	if (!flow || READ_ONCE(flow->source) != WEFT_SOURCE_DECLARED)
		return;
	class = READ_ONCE(flow->class);
	job = READ_ONCE(flow->job);
	/* What he may, his own attachment point says. */
	if (view->attach != flow->holder ||
	    ((class == open->class || weft_grant_class(config, view, class)) &&
	     (!job || job == open->job || weft_grant_job(config, view, job)))) {
		open->class = class;
		open->job = job;
		open->source = WEFT_SOURCE_DECLARED;
	} else {
		open->revoked = true;
	}
}

/* Where nothing else says what a flow is: what it behaves like. */
static void weft_decide_behaviour(const struct weft_passage *way,
				  struct weft_flow_open *open)
{
	const struct weft_flow *flow = way->flow;
	u8 mind;

	if (!flow || open->source != WEFT_SOURCE_DEFAULT ||
	    !READ_ONCE(way->uplink->wn->flows->behaviour))
		return;
	mind = weft_flow_behaviour(flow);
	if (mind == WEFT_BEHAVIOUR_NONE)
		return;
	open->class = weft_behave_class(mind);
	open->source = WEFT_SOURCE_BEHAVIOUR;
}

/*
 * All that the rules and policies say of a flow: @opener is the end of the key
 * whose packet opens it, @direction the way that this end's packets take past
 * @way's attachment point.
 */
static void weft_decide(const struct weft_passage *way,
			const struct weft_config *config, unsigned int opener,
			enum weft_direction direction,
			struct weft_flow_open *open)
{
	const struct weft_attach *attach = way->attach;
	u8 priority = weft_priority_class(way);
	const struct weft_rule *rule;
	struct weft_look look;

	weft_look(&look, config, way->skb, &way->pkt,
		  direction == WEFT_DIRECTION_EGRESS ? opener : !opener,
		  direction, attach->id);
	open->config_gen = config->gen;
	open->marked = config->marked;
	open->attach = attach->id;
	open->direction = direction;
	open->uplink_ifindex = way->uplink->dev->ifindex;
	open->revoked = false;
	open->beyond = way->flow && weft_accounted(way);
	open->verdict = weft_policy_decide(config, &look.view,
					   READ_ONCE(attach->default_policy));

	open->class = WEFT_CLASS_OTHER;
	open->source = WEFT_SOURCE_DEFAULT;
	open->job = READ_ONCE(attach->job);
	if (READ_ONCE(attach->class)) {
		open->class = READ_ONCE(attach->class);
		open->source = WEFT_SOURCE_PORT;
	}
	rule = weft_classify(config, &look.view);
	if (rule && rule->class) {
		open->class = rule->class;
		open->source = WEFT_SOURCE_RULE;
	}
	if (priority) {
		open->class = priority;
		open->source = WEFT_SOURCE_PRIORITY;
	}
	open->job = weft_rule_job(rule, &look.view, open->job);
	if (way->flow && READ_ONCE(way->flow->extension))
		weft_reader_apply(way->uplink->wn, way->flow, rule, open);
	weft_decide_behaviour(way, open);
	weft_decide_declared(way, config, &look.view, open);
}

/*
 * Does the packet say all that rules can ask for? The workload's own do, but
 * for those that the kernel answers with in its place.
 */
static bool weft_says_all(const struct weft_passage *way,
			  const struct weft_config *config)
{
	return !config->by_sender ||
	       (way->direction == WEFT_DIRECTION_EGRESS &&
		way->pkt.kind == WEFT_PKT_FLOW);
}

/* For a packet without a flow, or about to have one. */
static void weft_decide_packet(struct weft_passage *way,
			       const struct weft_config *config,
			       struct weft_flow_open *open)
{
	weft_decide(way, config, way->pkt.src, way->direction, open);
	if (!weft_says_all(way, config))
		open->config_gen |= WEFT_GEN_PENDING;
	way->action = open->verdict;
	way->class = open->class;
	way->source = open->source;
	way->job = open->job;
}

/*
 * The way past an attachment point that the packets of a flow's opener take,
 * if one of end @src takes @direction.
 */
static enum weft_direction weft_opener_direction(const struct weft_flow *flow,
						 unsigned int src,
						 enum weft_direction direction)
{
	return src == weft_flow_opener(flow) ? direction : !direction;
}

/*
 * The verdict that a known flow has at an attachment point by @config, or
 * WEFT_VERDICT_NONE.
 */
static u8 weft_known_verdict(const struct weft_flow *flow,
			     const struct weft_config *config,
			     enum weft_direction direction, u16 attach)
{
	/* Pairs with weft_flow_rejudge(): generation last written, first read. */
	if (smp_load_acquire(&flow->config_gen) != config->gen)
		return WEFT_VERDICT_NONE;
	return weft_flow_verdict(flow, direction, attach);
}

/*
 * Some rules ask for what only a packet of the workload's own says: its
 * socket's cgroup, its mark, its DSCP. One that arrives judges the flow as far
 * as it can, and leaves it pending: class and job stay as an earlier packet of
 * the workload's made them, if there was one, until the next one comes.
 */
static void weft_leave_pending(const struct weft_passage *way,
			       const struct weft_config *config,
			       struct weft_flow_open *open)
{
	struct weft_flow *flow = way->flow;
	unsigned int local = way->direction == WEFT_DIRECTION_EGRESS ?
		way->pkt.src : !way->pkt.src;

	if (weft_says_all(way, config) ||
	    READ_ONCE(flow->config_gen) == config->gen)
		return;
	open->config_gen |= WEFT_GEN_PENDING;
	if (!atomic64_read(&weft_flow_half(flow, local)->packets))
		return;
	open->class = READ_ONCE(flow->class);
	open->source = READ_ONCE(flow->source);
	open->job = READ_ONCE(flow->job);
}

/* The verdict of a flow that is pending, for a packet that leaves it so. */
static u8 weft_pending_verdict(const struct weft_passage *way,
			       const struct weft_config *config,
			       enum weft_direction direction)
{
	u32 gen;

	if (weft_says_all(way, config))
		return WEFT_VERDICT_NONE;
	/* Pairs with weft_flow_rejudge(): generation last written, first read. */
	gen = smp_load_acquire(&way->flow->config_gen);
	if (gen != (config->gen | WEFT_GEN_PENDING))
		return WEFT_VERDICT_NONE;
	return weft_flow_verdict(way->flow, direction, way->attach->id);
}

/* Where two uplinks see the flow, the verdict that the second one has kept. */
static u8 weft_beyond_verdict(const struct weft_passage *way,
			      const struct weft_config *config,
			      enum weft_direction direction)
{
	u32 gen;

	if (!READ_ONCE(way->uplink->stacked))
		return WEFT_VERDICT_NONE;
	/* Pairs with weft_flow_rejudge(): generation last written, first read. */
	gen = smp_load_acquire(&way->flow->config_gen);
	if ((gen & ~WEFT_GEN_PENDING) != config->gen)
		return WEFT_VERDICT_NONE;
	return weft_flow_verdict_beyond(way->flow, direction, way->attach->id);
}

static void weft_judge_known(struct weft_passage *way,
			     const struct weft_config *config, u32 hash)
{
	enum weft_direction direction;
	struct weft_flow_open open;
	u8 verdict;

	direction = weft_opener_direction(way->flow, way->pkt.src,
					  way->direction);
	verdict = weft_known_verdict(way->flow, config, direction,
				     way->attach->id);
	if (verdict == WEFT_VERDICT_NONE)
		verdict = weft_pending_verdict(way, config, direction);
	if (verdict == WEFT_VERDICT_NONE)
		verdict = weft_beyond_verdict(way, config, direction);
	if (verdict == WEFT_VERDICT_NONE) {
		weft_decide(way, config, weft_flow_opener(way->flow), direction,
			    &open);
		weft_leave_pending(way, config, &open);
		weft_flow_rejudge(way->uplink->wn->flows, way->flow, hash, &open);
		verdict = open.verdict;
	}
	way->action = verdict;
	way->class = READ_ONCE(way->flow->class);
	way->job = READ_ONCE(way->flow->job);
}

static bool weft_is_syn(const struct weft_pkt *pkt)
{
	return pkt->key.proto == IPPROTO_TCP &&
	       (pkt->tcp_flags & (WEFT_TCPHDR_SYN | WEFT_TCPHDR_ACK)) ==
	       WEFT_TCPHDR_SYN;
}

/*
 * Between two ports here a packet is judged twice and counted once, and likewise
 * where it passes two uplinks.
 */
static bool weft_counts(const struct weft_passage *way)
{
	return way->action != WEFT_ACTION_DENY &&
	       way->place != WEFT_AT_DELIVERY && !weft_accounted(way);
}

static void weft_account(const struct weft_passage *way)
{
	if (weft_counts(way))
		weft_flow_account(way->uplink->wn->flows, way->flow, &way->pkt,
				  way->skb, way->attach->id, way->bytes,
				  way->packets);
}

/* Before it is counted: a message is announced before its bytes. */
static void weft_read_queue_pair(const struct weft_passage *way)
{
	if (way->pkt.key.flags & WEFT_KEY_QUEUE_PAIR && weft_counts(way))
		weft_queue_pair_packet(way->uplink->wn, way->flow, &way->pkt,
				       way->skb);
}

/* What the stream says of the flow holds from this packet on. */
static void weft_read_stream(struct weft_passage *way,
			     const struct weft_config *config, u32 hash)
{
	if (!(READ_ONCE(way->flow->flags) & WEFT_FLOW_READ) ||
	    !weft_counts(way))
		return;
	if (weft_reader_packet(way->uplink->wn, way->flow, hash, &way->pkt,
			       way->skb))
		weft_judge_known(way, config, hash);
}

static void weft_judge_flow(struct weft_passage *way,
			    const struct weft_config *config)
{
	struct weft_flow_table *flows = way->uplink->wn->flows;
	struct weft_pkt *pkt = &way->pkt;
	struct weft_flow_open open;
	int counter;
	u32 hash;

	hash = weft_flow_hash(flows, &pkt->key, &pkt->encap);
	way->flow = weft_flow_find(flows, &pkt->key, &pkt->encap, hash,
				   &way->index);
	if (way->flow && weft_is_syn(pkt) && !weft_accounted(way) &&
	    READ_ONCE(way->flow->state) >= WEFT_FLOW_STATE_CLOSING) {
		/* The ports are used again: a conversation of its own. */
		weft_flow_retire(flows, way->flow, hash);
		way->flow = NULL;
	}
	if (way->flow) {
		weft_judge_known(way, config, hash);
	} else {
		weft_decide_packet(way, config, &open);
		/*
		 * Between ports the sender's place made the flow, or could not
		 * within its quota; the receiver's is not charged for that.
		 */
		if (way->action == WEFT_ACTION_DENY ||
		    way->place == WEFT_AT_DELIVERY)
			return;
		way->flow = weft_flow_insert(flows, pkt, hash, &open, &counter);
		if (!way->flow) {
			/* What nobody follows has no claim to a class. */
			way->class = WEFT_CLASS_OTHER;
			weft_attach_count(way->attach, counter, way->packets);
			return;
		}
		way->index = way->flow->index;
		if (weft_reader_wanted(way->uplink->wn) && weft_is_syn(pkt))
			weft_reader_open(way->uplink->wn, way->flow, hash);
		if (pkt->key.flags & WEFT_KEY_QUEUE_PAIR)
			weft_queue_pair_open(flows, way->flow);
		if (way->action == WEFT_ACTION_AUDIT)
			weft_report(way);
	}
	weft_read_queue_pair(way);
	weft_account(way);
	weft_read_stream(way, config, hash);
}

/* An error about a flow is a reply to it. */
static void weft_judge_icmp_error(struct weft_passage *way,
				  const struct weft_config *config)
{
	struct weft_flow_table *flows = way->uplink->wn->flows;
	const struct weft_pkt *pkt = &way->pkt;
	struct weft_flow *flow;
	u32 hash, index;

	hash = weft_flow_hash(flows, &pkt->key, &pkt->encap);
	flow = weft_flow_find(flows, &pkt->key, &pkt->encap, hash, &index);
	way->class = WEFT_CLASS_CONTROL;
	if (flow) {
		way->flow = flow;
		weft_judge_known(way, config, hash);
		way->class = WEFT_CLASS_CONTROL;
		way->flow = NULL;
	} else {
		way->action = READ_ONCE(way->attach->default_policy);
	}
}

/*
 * A later fragment belongs to the flow of the first one and has its verdict.
 * One that comes before the first, or so late that nobody remembers, is judged
 * by what is known of it.
 */
static void weft_judge_fragment(struct weft_passage *way,
				const struct weft_config *config)
{
	struct weft_flow_table *flows = way->uplink->wn->flows;
	struct weft_flow_open open;

	way->flow = weft_flow_of_fragment(flows, &way->pkt);
	if (!way->flow) {
		weft_decide_packet(way, config, &open);
		weft_attach_count(way->attach, WEFT_A_STATS_FRAGMENT, 1);
		return;
	}
	way->index = way->flow->index;
	weft_judge_known(way, config, weft_flow_hash(flows, &way->pkt.key,
						     &way->pkt.encap));
	weft_account(way);
}

/* Fragments that are to come belong to this packet's flow. */
static void weft_note_fragment(const struct weft_passage *way)
{
	if (way->pkt.first_fragment || way->pkt.outer_first)
		weft_flow_note_fragment(way->uplink->wn->flows, &way->pkt,
					way->action == WEFT_ACTION_DENY ?
					NULL : way->flow);
}

static void weft_judge_kind(struct weft_passage *way)
{
	const struct weft_config *config = rcu_dereference(way->uplink->wn->config);
	int counter = 0;

	switch (way->pkt.kind) {
	case WEFT_PKT_FLOW:
		weft_judge_flow(way, config);
		weft_note_fragment(way);
		return;
	case WEFT_PKT_FRAGMENT:
		weft_judge_fragment(way, config);
		weft_note_fragment(way);
		return;
	case WEFT_PKT_ICMP_ERROR:
		weft_judge_icmp_error(way, config);
		return;
	case WEFT_PKT_LINK_LOCAL:
		counter = WEFT_A_STATS_LINK_LOCAL;
		way->class = WEFT_CLASS_CONTROL;
		break;
	case WEFT_PKT_NON_IP:
		counter = WEFT_A_STATS_NON_IP;
		way->action = READ_ONCE(way->attach->default_policy);
		break;
	case WEFT_PKT_MALFORMED:
		counter = WEFT_A_STATS_MALFORMED;
		way->action = READ_ONCE(way->attach->default_policy);
		break;
	}
	weft_attach_count(way->attach, counter, 1);
}

/*
 * What nearly every packet is: whole, of a flow that is known here, that the
 * current config allows. False where it is anything else, with nothing changed.
 * Inline in each of the normal places: their calls would cost a tenth of it.
 */
static __always_inline bool weft_judge_plain(struct weft_uplink *uplink,
					     struct weft_attach *attach,
					     struct sk_buff *skb,
					     enum weft_direction direction)
{
	int l2 = direction == WEFT_DIRECTION_INGRESS ? -ETH_HLEN : 0;
	struct weft_flow_table *flows = uplink->wn->flows;
	struct weft_pkt pkt __uninitialized;
	const struct ethhdr *eth;
	struct weft_flow *flow;
	u32 bytes, packets, index;
	u8 class;

	if (l2 && (!skb_mac_header_was_set(skb) || skb_headroom(skb) < ETH_HLEN))
		return false;
	if (!weft_parse_plain(skb, l2 + ETH_HLEN, skb_vlan_tag_present(skb) ?
			      skb_vlan_tag_get_id(skb) : 0, &pkt))
		return false;
	/* It has an IPv4 header, so the one before that can be read too. */
	eth = (const struct ethhdr *)(skb->data + l2);
	if (eth->h_proto != htons(ETH_P_IP))
		return false;

	/* No packet in a tunnel: see WEFT_KEY_TUNNEL_PORT. */
	flow = weft_flow_lookup(flows, &pkt.key, NULL,
				weft_flow_hash_ip4(flows, &pkt.key), &index);
	if (!flow ||
	    weft_known_verdict(flow, rcu_dereference(uplink->wn->config),
			       weft_opener_direction(flow, pkt.src, direction),
			       READ_ONCE(attach->plain)) != WEFT_ACTION_ALLOW)
		return false;

	class = READ_ONCE(flow->class);
	bytes = weft_wire_bytes(skb, l2, &pkt, &packets);
	weft_flow_account(flows, flow, &pkt, skb, attach->id, bytes, packets);
	weft_count_attach(attach, direction, bytes, packets);
	weft_count_class(uplink->wn, direction, class, bytes, packets);
	weft_stamp_write(uplink, attach, skb, direction, index, flow, class);
	return true;
}

/* What leaves tells switches its class, where that is wanted. */
static void weft_mark(const struct weft_passage *way)
{
	const struct weft_config *config = rcu_dereference(way->uplink->wn->config);

	if (way->direction == WEFT_DIRECTION_EGRESS &&
	    config->marked & BIT(way->class))
		weft_dscp_write(way->skb, config->dscp[way->class]);
}

/*
 * Any packet. Not inline, so that what it needs on the stack costs the plain
 * ones nothing.
 */
static noinline bool weft_judge_any(struct weft_uplink *uplink,
				    struct weft_attach *attach,
				    struct sk_buff *skb, enum weft_place place)
{
	struct weft_passage way;

	way.uplink = uplink;
	way.attach = attach;
	way.skb = skb;
	way.place = place;
	way.direction = weft_place_direction(place);
	way.action = WEFT_ACTION_ALLOW;
	way.flow = NULL;
	way.class = WEFT_CLASS_OTHER;
	way.source = WEFT_SOURCE_DEFAULT;
	way.job = 0;
	way.before = READ_ONCE(uplink->stacked) &&
		     weft_stamp_before(uplink, skb, way.direction,
				       &way.flow_before);
	weft_read(&way);
	weft_judge_kind(&way);

	if (place == WEFT_AT_ENQUEUE)
		weft_attach_count(attach, WEFT_A_STATS_BACKSTOP_ENQUEUE,
				  way.packets);
	else if (place == WEFT_AT_RX)
		weft_attach_count(attach, WEFT_A_STATS_BACKSTOP_RX, way.packets);

	if (way.action == WEFT_ACTION_DENY) {
		weft_attach_count(attach,
				  way.direction == WEFT_DIRECTION_EGRESS ?
				  WEFT_A_STATS_TX_DENIED :
				  WEFT_A_STATS_RX_DENIED, way.packets);
		weft_report(&way);
		trace_weft_verdict(uplink->dev, attach->id, way.direction,
				   place, way.action);
		return false;
	}
	if (way.action == WEFT_ACTION_AUDIT) {
		weft_attach_count(attach, WEFT_A_STATS_AUDITED, way.packets);
		trace_weft_verdict(uplink->dev, attach->id, way.direction,
				   place, way.action);
	}
	weft_mark(&way);
	weft_count_attach(attach, way.direction, way.bytes, way.packets);
	if (!weft_accounted(&way))
		weft_count_class(uplink->wn, way.direction, way.class,
				 way.bytes, way.packets);
	if (!way.flow)
		way.index = weft_flow_hash(uplink->wn->flows, &way.pkt.key,
					   &way.pkt.encap) | WEFT_TAG_HASHED;
	weft_stamp_write(uplink, attach, skb, way.direction, way.index,
			 way.flow, way.class);
	return true;
}

/**
 * weft_judge - may a packet pass, and what is it
 * @uplink: where it passes
 * @attach: the attachment point whose packet it is: @uplink's host or a port's
 * @skb: the packet; data at the link-layer header on the way out and at
 *	delivery between ports, behind it at the ingress hook and rx handler
 * @place: which of the places calls
 *
 * Counts the packet, and stamps it if it may pass. One parse, one look-up; two
 * of each for the first packets of a flow, and for what is out of the ordinary.
 *
 * Context: RCU read side, softirqs off.
 * Return: true if it may pass; the caller drops it otherwise.
 */
bool weft_judge(struct weft_uplink *uplink, struct weft_attach *attach,
		struct sk_buff *skb, enum weft_place place)
{
	/* The hooks have tried that; what is at a backstop is counted apart. */
	if (place == WEFT_AT_XMIT &&
	    weft_judge_plain(uplink, attach, skb, WEFT_DIRECTION_EGRESS))
		return true;
	return weft_judge_any(uplink, attach, skb, place);
}

/**
 * weft_sort - what a scheduler on an uplink wants to know of a packet
 * @uplink: the uplink of its device
 * @skb: the packet, data at the link-layer header
 * @sort: filled in where the packet may pass
 *
 * Judges the packet if nobody has: then it went round the egress hook and
 * counts as the host's.
 *
 * Context: RCU read side, softirqs off; any CPU, perhaps another one than
 *	that which stamped the packet, and later.
 * Return: false if policy denies the packet.
 */
bool weft_sort(struct weft_uplink *uplink, struct sk_buff *skb,
	       struct weft_sort *sort)
{
	const struct weft_stamp *stamp = weft_stamp(skb);
	struct weft_flow *flow;

	if (!weft_stamp_read(uplink, skb, WEFT_DIRECTION_EGRESS, &flow)) {
		if (!weft_judge(uplink, &uplink->host, skb, WEFT_AT_ENQUEUE))
			return false;
		flow = weft_stamp_flow(uplink, stamp);
	}
	sort->attach = stamp->attach;
	sort->class = stamp->class;
	sort->job = 0;
	sort->flow_tag = stamp->index;
	sort->flow_gen = 0;
	if (flow) {
		sort->flow_gen = READ_ONCE(flow->slot_gen);
		sort->class = READ_ONCE(flow->class);
		sort->job = READ_ONCE(flow->job);
	}
	return true;
}

/**
 * weft_sort_alone - the same for a scheduler whose device is no uplink
 * @dev: the device
 * @skb: the packet, data at the link-layer header
 * @sort: filled in
 *
 * The namespace's classifier rules hold here too; there is no flow and no
 * policy.
 *
 * Context: RCU read side, softirqs off.
 */
void weft_sort_alone(struct net_device *dev, struct sk_buff *skb,
		     struct weft_sort *sort)
{
	static hsiphash_key_t secret __read_mostly;
	const struct weft_config *config;
	const struct weft_rule *rule;
	struct weft_look look;
	struct weft_pkt pkt;

	sort->attach = 0;
	sort->job = 0;
	sort->class = WEFT_CLASS_OTHER;
	sort->flow_tag = WEFT_TAG_HASHED;
	sort->flow_gen = 0;

	if (dev->type != ARPHRD_ETHER)
		weft_parse(skb, skb_network_offset(skb), skb->protocol, 0,
			   WEFT_TUNNEL_MODE_OFF, &pkt);
	else if (!weft_parse_frame(skb, 0, 0, WEFT_TUNNEL_MODE_OFF, &pkt))
		return;

	/* Not the skb's hash: TCP changes that one in the life of a flow. */
	net_get_random_once(&secret, sizeof(secret));
	sort->flow_tag |= hsiphash(&pkt.key, sizeof(pkt.key), &secret);

	if (pkt.kind == WEFT_PKT_LINK_LOCAL)
		sort->class = WEFT_CLASS_CONTROL;
	if (pkt.kind != WEFT_PKT_FLOW)
		return;
	config = rcu_dereference(weft_net(dev_net(dev))->config);
	weft_look(&look, config, skb, &pkt, pkt.src, WEFT_DIRECTION_EGRESS, 0);
	rule = weft_classify(config, &look.view);
	if (rule && rule->class)
		sort->class = rule->class;
	sort->job = weft_rule_job(rule, &look.view, 0);
}

/*
 * A packet socket that goes round the queues (PACKET_QDISC_BYPASS) comes to the
 * egress hook with softirqs on, and all of judging takes it that they are off.
 */
static noinline unsigned int weft_hook_egress_process(struct weft_uplink *uplink,
						      struct sk_buff *skb)
{
	bool passes;

	local_bh_disable();
	passes = weft_judged(uplink, skb, WEFT_DIRECTION_EGRESS) ||
		 weft_judge_any(uplink, &uplink->host, skb, WEFT_AT_EGRESS);
	local_bh_enable();
	return passes ? NF_ACCEPT : NF_DROP;
}

/**
 * weft_hook_egress - netfilter egress hook of an uplink
 * @priv: the uplink
 * @skb: the packet
 * @state: unused
 *
 * Context: RCU read side; any but hard interrupt.
 * Return: NF_ACCEPT or NF_DROP.
 */
unsigned int weft_hook_egress(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	struct weft_uplink *uplink = priv;

	if (unlikely(!in_softirq()))
		return weft_hook_egress_process(uplink, skb);
	/* Nobody but a port judges before the hook. */
	if (READ_ONCE(uplink->n_ports) &&
	    weft_judged(uplink, skb, WEFT_DIRECTION_EGRESS))
		return NF_ACCEPT;
	if (weft_judge_plain(uplink, &uplink->host, skb, WEFT_DIRECTION_EGRESS))
		return NF_ACCEPT;
	return weft_judge_any(uplink, &uplink->host, skb, WEFT_AT_EGRESS) ?
		NF_ACCEPT : NF_DROP;
}

/**
 * weft_hook_ingress - netfilter ingress hook of an uplink
 * @priv: the uplink
 * @skb: the packet, data behind the link-layer header
 * @state: unused
 *
 * A unicast packet is judged for the port that has its address, or for the
 * host. One for many is the receive handler's business where there are ports:
 * each of them and the host have a copy and a verdict of their own.
 *
 * Context: RCU read side, softirqs off.
 * Return: NF_ACCEPT or NF_DROP.
 */
unsigned int weft_hook_ingress(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	struct weft_uplink *uplink = priv;
	struct weft_attach *attach = &uplink->host;
	struct weft_port *port;

	if (READ_ONCE(uplink->n_ports) && skb_mac_header_was_set(skb) &&
	    skb_mac_offset(skb) == -ETH_HLEN) {
		if (is_multicast_ether_addr(eth_hdr(skb)->h_dest))
			return NF_ACCEPT;
		port = weft_uplink_port_by_mac(uplink, eth_hdr(skb)->h_dest);
		if (port)
			attach = &port->attach;
	}
	if (weft_judge_plain(uplink, attach, skb, WEFT_DIRECTION_INGRESS))
		return NF_ACCEPT;
	return weft_judge_any(uplink, attach, skb, WEFT_AT_INGRESS) ?
		NF_ACCEPT : NF_DROP;
}
