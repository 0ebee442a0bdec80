/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From packets to streams: which flows are read, the payload's bytes, and what
 * becomes of what they say.
 */
#ifndef _WEFT_READER_H
#define _WEFT_READER_H

#include <linux/rcupdate.h>
#include <linux/types.h>
#include "netns.h"
#include "profile.h"
#include "stream.h"

struct sk_buff;
struct weft_flow;
struct weft_flow_open;
struct weft_pkt;
struct weft_rule;

/**
 * struct weft_reader_record - what is shown of a flow's stream
 * @pattern: name of the pattern that matched, empty for none
 * @pending: none has yet, but may
 * @framed: there are messages to show
 * @half: by end: 0 the opener's messages, 1 the acceptor's
 */
struct weft_reader_record {
	char				pattern[WEFT_PATTERN_NAME];
	bool				pending;
	bool				framed;
	struct weft_framing_half	half[2];
};

void weft_reader_open(struct weft_net *wn, struct weft_flow *flow, u32 hash);
bool weft_reader_packet(struct weft_net *wn, struct weft_flow *flow, u32 hash,
			const struct weft_pkt *pkt, struct sk_buff *skb);
void weft_reader_apply(struct weft_net *wn, const struct weft_flow *flow,
		       const struct weft_rule *rule,
		       struct weft_flow_open *open);
void weft_reader_show(struct weft_net *wn, const struct weft_flow *flow,
		      struct weft_reader_record *record);

/**
 * enum weft_midst - where an end's stream is, by the headers in it
 * @WEFT_MIDST_UNKNOWN: nobody knows
 * @WEFT_MIDST_MESSAGE: in the midst of a message: there is more to come
 * @WEFT_MIDST_DONE: behind a message, and before the next one's header
 */
enum weft_midst {
	WEFT_MIDST_UNKNOWN,
	WEFT_MIDST_MESSAGE,
	WEFT_MIDST_DONE,
};

enum weft_midst weft_reader_midst(struct weft_flow_table *table,
				  const struct weft_flow *flow,
				  unsigned int end);

/* Does any profile ask for streams? */
static inline bool weft_reader_wanted(const struct weft_net *wn)
{
	return rcu_access_pointer(wn->streams);
}

#endif /* _WEFT_READER_H */
