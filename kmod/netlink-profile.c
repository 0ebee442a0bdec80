// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink handlers of profiles, and what a flow's stream says in messages.
 *
 * A profile is read whole and checked whole before anything of it is loaded.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "extension.h"
#include "flow.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "netns.h"
#include "profile.h"
#include "reader.h"

/* Names are shown in lines of words, and in NAME/NAME. */
static int weft_read_name(const struct nlattr *attr, char *name,
			  struct netlink_ext_ack *extack)
{
	const char *c;

	nla_strscpy(name, attr, WEFT_PROFILE_NAME);
	for (c = name; *c; c++)
		if (*c <= ' ' || *c > '~' || *c == '/')
			break;
	if (*name && !*c)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "a name has 1 to 15 printable ASCII characters, none of them a blank or a slash");
	return -EINVAL;
}

static int weft_missing(struct netlink_ext_ack *extack,
			const struct nlattr *nest, const char *what)
{
	NL_SET_ERR_MSG_ATTR_FMT(extack, nest, "missing: %s", what);
	return -EINVAL;
}

/* Up to 16 bytes and the bits of them that count. */
static int weft_read_masked(const struct nlattr *value,
			    const struct nlattr *mask, u8 *bytes, u8 *bits,
			    u8 *len, struct netlink_ext_ack *extack)
{
	if (!nla_len(value) || nla_len(value) > WEFT_STREAM_VALUE) {
		NL_SET_ERR_MSG_ATTR(extack, value, "1 to 16 bytes can be compared");
		return -EINVAL;
	}
	if (mask && nla_len(mask) != nla_len(value)) {
		NL_SET_ERR_MSG_ATTR(extack, mask,
				    "a mask is as long as its value");
		return -EINVAL;
	}
	*len = nla_len(value);
	memcpy(bytes, nla_data(value), *len);
	memset(bits, 0xff, *len);
	if (mask)
		memcpy(bits, nla_data(mask), *len);
	return 0;
}

static u8 weft_read_ends(const struct nlattr *attr, u8 absent)
{
	switch (attr ? nla_get_u8(attr) : absent) {
	case WEFT_STREAM_END_OPENER:
		return 1;
	case WEFT_STREAM_END_ACCEPTOR:
		return 2;
	default:
		return 3;
	}
}

static int weft_read_pattern(const struct nlattr *nest,
			     struct weft_profile *profile,
			     struct netlink_ext_ack *extack)
{
	struct weft_profile_pattern *to = &profile->pattern[profile->n_patterns];
	struct weft_pattern *pattern = &to->pattern;
	struct nlattr *tb[WEFT_A_PATTERN_MAX + 1];
	const char *why;
	int err;

	if (profile->n_patterns == WEFT_PROFILE_PATTERNS) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, nest,
					"a profile has at most %u patterns",
					WEFT_PROFILE_PATTERNS);
		return -E2BIG;
	}
	err = nla_parse_nested(tb, WEFT_A_PATTERN_HITS, nest,
			       weft_pattern_nl_policy, extack);
	if (err)
		return err;
	if (!tb[WEFT_A_PATTERN_NAME])
		return weft_missing(extack, nest, "name of a pattern");
	if (!tb[WEFT_A_PATTERN_VALUE])
		return weft_missing(extack, nest,
				    "value, what the pattern's streams begin with");
	err = weft_read_name(tb[WEFT_A_PATTERN_NAME], to->name, extack) ?:
	      weft_read_masked(tb[WEFT_A_PATTERN_VALUE],
			       tb[WEFT_A_PATTERN_MASK], pattern->value,
			       pattern->mask, &pattern->len, extack) ?:
	      weft_netlink_check_class(tb[WEFT_A_PATTERN_CLASS], extack);
	if (err)
		return err;
	pattern->priority = WEFT_PATTERN_PRIORITY;
	if (tb[WEFT_A_PATTERN_PRIORITY])
		pattern->priority = nla_get_u32(tb[WEFT_A_PATTERN_PRIORITY]);
	pattern->ends = weft_read_ends(tb[WEFT_A_PATTERN_END],
				       WEFT_STREAM_END_OPENER);
	if (tb[WEFT_A_PATTERN_OFFSET])
		pattern->offset = nla_get_u8(tb[WEFT_A_PATTERN_OFFSET]);
	if (tb[WEFT_A_PATTERN_KEY_OFFSET])
		pattern->key_offset = nla_get_u8(tb[WEFT_A_PATTERN_KEY_OFFSET]);
	if (tb[WEFT_A_PATTERN_KEY_LEN])
		pattern->key_len = nla_get_u8(tb[WEFT_A_PATTERN_KEY_LEN]);
	if (tb[WEFT_A_PATTERN_CLASS])
		pattern->class = nla_get_u32(tb[WEFT_A_PATTERN_CLASS]);
	if (tb[WEFT_A_PATTERN_JOB])
		pattern->job = nla_get_u32(tb[WEFT_A_PATTERN_JOB]);
	if (tb[WEFT_A_PATTERN_FRAMING]) {
		/* Framings are read first. */
		if (nla_get_u8(tb[WEFT_A_PATTERN_FRAMING]) >=
		    profile->n_framings) {
			NL_SET_ERR_MSG_ATTR(extack, tb[WEFT_A_PATTERN_FRAMING],
					    "the profile has no framing of this place");
			return -EINVAL;
		}
		pattern->framing = nla_get_u8(tb[WEFT_A_PATTERN_FRAMING]) + 1;
	}
	why = weft_pattern_check(pattern);
	if (why) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, nest, "%s", why);
		return -EINVAL;
	}
	profile->n_patterns++;
	return 0;
}

static void weft_read_framing_numbers(struct nlattr *const *tb,
				      struct weft_framing *framing)
{
	framing->header_len = nla_get_u16(tb[WEFT_A_FRAMING_HEADER_LEN]);
	framing->len_width = nla_get_u8(tb[WEFT_A_FRAMING_LEN_WIDTH]);
	framing->ends = weft_read_ends(tb[WEFT_A_FRAMING_ENDS],
				       WEFT_STREAM_END_EITHER);
	framing->len_mask = U64_MAX;
	framing->most = WEFT_FRAMING_MOST;
	if (tb[WEFT_A_FRAMING_LEN_OFFSET])
		framing->len_offset = nla_get_u8(tb[WEFT_A_FRAMING_LEN_OFFSET]);
	if (tb[WEFT_A_FRAMING_LEN_ORDER])
		framing->big_endian = nla_get_u8(tb[WEFT_A_FRAMING_LEN_ORDER]) ==
				      WEFT_BYTE_ORDER_BIG;
	if (tb[WEFT_A_FRAMING_LEN_MASK])
		framing->len_mask = nla_get_u64(tb[WEFT_A_FRAMING_LEN_MASK]);
	if (tb[WEFT_A_FRAMING_BIAS])
		framing->bias = nla_get_s32(tb[WEFT_A_FRAMING_BIAS]);
	if (tb[WEFT_A_FRAMING_MOST])
		framing->most = nla_get_u64(tb[WEFT_A_FRAMING_MOST]);
	if (tb[WEFT_A_FRAMING_ID_OFFSET])
		framing->id_offset = nla_get_u8(tb[WEFT_A_FRAMING_ID_OFFSET]);
	if (tb[WEFT_A_FRAMING_ID_WIDTH])
		framing->id_width = nla_get_u8(tb[WEFT_A_FRAMING_ID_WIDTH]);
	if (tb[WEFT_A_FRAMING_HELLO])
		framing->hello[0] = nla_get_u16(tb[WEFT_A_FRAMING_HELLO]);
	framing->hello[1] = framing->hello[0];
	if (tb[WEFT_A_FRAMING_HELLO_BACK])
		framing->hello[1] = nla_get_u16(tb[WEFT_A_FRAMING_HELLO_BACK]);
	if (tb[WEFT_A_FRAMING_CHECK_OFFSET])
		framing->check_offset =
			nla_get_u8(tb[WEFT_A_FRAMING_CHECK_OFFSET]);
}

static int weft_read_framing(const struct nlattr *nest,
			     struct weft_profile *profile,
			     struct netlink_ext_ack *extack)
{
	struct weft_profile_framing *to = &profile->framing[profile->n_framings];
	struct weft_framing *framing = &to->framing;
	struct nlattr *tb[WEFT_A_FRAMING_MAX + 1];
	const char *why;
	int err;

	if (profile->n_framings == WEFT_PROFILE_FRAMINGS) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, nest,
					"a profile has at most %u framings",
					WEFT_PROFILE_FRAMINGS);
		return -E2BIG;
	}
	err = nla_parse_nested(tb, WEFT_A_FRAMING_CHECK_MASK, nest,
			       weft_framing_nl_policy, extack);
	if (err)
		return err;
	if (!tb[WEFT_A_FRAMING_NAME])
		return weft_missing(extack, nest, "name of a framing");
	if (!tb[WEFT_A_FRAMING_HEADER_LEN])
		return weft_missing(extack, nest,
				    "header-len, bytes of a header");
	if (!tb[WEFT_A_FRAMING_LEN_WIDTH])
		return weft_missing(extack, nest,
				    "len-width, bytes of the length in a header");
	err = weft_read_name(tb[WEFT_A_FRAMING_NAME], to->name, extack);
	if (err)
		return err;
	weft_read_framing_numbers(tb, framing);
	if (tb[WEFT_A_FRAMING_CHECK_VALUE]) {
		err = weft_read_masked(tb[WEFT_A_FRAMING_CHECK_VALUE],
				       tb[WEFT_A_FRAMING_CHECK_MASK],
				       framing->check_value,
				       framing->check_mask,
				       &framing->check_len, extack);
		if (err)
			return err;
	}
	why = weft_framing_check(framing);
	if (why) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, nest, "%s", why);
		return -EINVAL;
	}
	profile->n_framings++;
	return 0;
}

static int weft_read_profile_rule(const struct nlattr *nest,
				  struct weft_profile *profile,
				  struct netlink_ext_ack *extack)
{
	struct weft_rule *rule = &profile->rule[profile->n_rules];
	struct nlattr *tb[WEFT_A_PROFILE_RULE_MAX + 1];
	struct weft_selector *sel = &rule->item.sel;
	int err;

	if (profile->n_rules == WEFT_PROFILE_RULES) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, nest,
					"a profile has at most %u rules",
					WEFT_PROFILE_RULES);
		return -E2BIG;
	}
	err = nla_parse_nested(tb, WEFT_A_PROFILE_RULE_MAX, nest,
			       weft_profile_rule_nl_policy, extack) ?:
	      weft_netlink_check_class(tb[WEFT_A_PROFILE_RULE_CLASS], extack);
	if (err)
		return err;
	if (!tb[WEFT_A_PROFILE_RULE_PROTOCOL] ||
	    !tb[WEFT_A_PROFILE_RULE_PORT_MIN])
		return weft_missing(extack, nest,
				    "protocol and port-min of a rule");
	if (!tb[WEFT_A_PROFILE_RULE_CLASS] && !tb[WEFT_A_PROFILE_RULE_JOB])
		return weft_missing(extack, nest,
				    "what the rule's flows are: class, job or both");
	sel->proto = nla_get_u8(tb[WEFT_A_PROFILE_RULE_PROTOCOL]);
	if (sel->proto != IPPROTO_TCP && sel->proto != IPPROTO_UDP) {
		NL_SET_ERR_MSG_ATTR(extack, tb[WEFT_A_PROFILE_RULE_PROTOCOL],
				    "a profile's rules are about ports of TCP or UDP");
		return -EINVAL;
	}
	sel->port_min = nla_get_u16(tb[WEFT_A_PROFILE_RULE_PORT_MIN]);
	sel->port_max = sel->port_min;
	if (tb[WEFT_A_PROFILE_RULE_PORT_MAX])
		sel->port_max = nla_get_u16(tb[WEFT_A_PROFILE_RULE_PORT_MAX]);
	if (sel->port_min > sel->port_max) {
		NL_SET_ERR_MSG_ATTR_FMT(extack,
					tb[WEFT_A_PROFILE_RULE_PORT_MAX],
					"ports %u to %u are no range: port-max is the higher one",
					sel->port_min, sel->port_max);
		return -EINVAL;
	}
	rule->item.priority = WEFT_PROFILE_PRIORITY;
	if (tb[WEFT_A_PROFILE_RULE_PRIORITY])
		rule->item.priority =
			nla_get_u32(tb[WEFT_A_PROFILE_RULE_PRIORITY]);
	if (tb[WEFT_A_PROFILE_RULE_CLASS])
		rule->class = nla_get_u32(tb[WEFT_A_PROFILE_RULE_CLASS]);
	if (tb[WEFT_A_PROFILE_RULE_JOB])
		rule->job = nla_get_u32(tb[WEFT_A_PROFILE_RULE_JOB]);
	profile->n_rules++;
	return 0;
}

typedef int (*weft_read_part)(const struct nlattr *nest,
			      struct weft_profile *profile,
			      struct netlink_ext_ack *extack);

static int weft_read_parts(struct genl_info *info, int type,
			   weft_read_part read, struct weft_profile *profile)
{
	struct nlattr *attr;
	int rest, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rest) {
		if (nla_type(attr) != type)
			continue;
		err = read(attr, profile, info->extack);
		if (err)
			return err;
	}
	return 0;
}

static int weft_read_profile(struct genl_info *info,
			     struct weft_profile *profile)
{
	int err;

	err = weft_read_name(info->attrs[WEFT_A_PROFILE_NAME], profile->name,
			     info->extack) ?:
	      weft_read_parts(info, WEFT_A_PROFILE_FRAMING, weft_read_framing,
			      profile) ?:
	      weft_read_parts(info, WEFT_A_PROFILE_PATTERN, weft_read_pattern,
			      profile) ?:
	      weft_read_parts(info, WEFT_A_PROFILE_RULE,
			      weft_read_profile_rule, profile);
	if (err)
		return err;
	if (profile->n_patterns || profile->n_rules)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[WEFT_A_PROFILE_NAME],
			    "a profile has at least one pattern or rule");
	return -EINVAL;
}

static int weft_need_profile(struct genl_info *info)
{
	return weft_netlink_need(info, WEFT_A_PROFILE_NAME,
				 "name, the profile's");
}

/**
 * weft_nl_profile_new_doit - load a profile
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes RTNL.
 * Return: 0 or a negative error.
 */
int weft_nl_profile_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_profile *profile;
	int err;

	err = weft_need_profile(info);
	if (err)
		return err;
	profile = kvzalloc(sizeof(*profile), GFP_KERNEL_ACCOUNT);
	if (!profile) {
		NL_SET_ERR_MSG(info->extack, "no memory for the profile");
		return -ENOMEM;
	}

	err = weft_read_profile(info, profile);
	if (!err) {
		rtnl_lock();
		err = weft_profile_add(weft_net(genl_info_net(info)), profile,
				       info->extack);
		rtnl_unlock();
		if (err)
			NL_SET_BAD_ATTR(info->extack,
					info->attrs[WEFT_A_PROFILE_NAME]);
	}
	if (err)
		kvfree(profile);
	return err;
}

/* The profile that a request names; RTNL. */
static struct weft_profile *weft_nl_profile(struct genl_info *info)
{
	struct nlattr *attr = info->attrs[WEFT_A_PROFILE_NAME];
	struct weft_profile *profile;

	profile = weft_profile_find(weft_net(genl_info_net(info)),
				    nla_data(attr));
	if (!profile)
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr,
					"profile %s is not loaded",
					(const char *)nla_data(attr));
	return profile;
}

/**
 * weft_nl_profile_del_doit - unload a profile
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes RTNL.
 * Return: 0 or a negative error.
 */
int weft_nl_profile_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_profile *profile;
	int err;

	err = weft_need_profile(info);
	if (err)
		return err;
	rtnl_lock();
	profile = weft_nl_profile(info);
	err = profile ? weft_profile_del(weft_net(genl_info_net(info)),
					 profile, info->extack) : -ENOENT;
	rtnl_unlock();
	return err;
}

static int weft_put_pattern(struct sk_buff *skb,
			    const struct weft_profile_pattern *from)
{
	const struct weft_pattern *pattern = &from->pattern;
	struct nlattr *nest;

	nest = nla_nest_start(skb, WEFT_A_PROFILE_PATTERN);
	if (!nest || nla_put_string(skb, WEFT_A_PATTERN_NAME, from->name) ||
	    nla_put_u32(skb, WEFT_A_PATTERN_PRIORITY, pattern->priority) ||
	    (pattern->class &&
	     nla_put_u32(skb, WEFT_A_PATTERN_CLASS, pattern->class)) ||
	    (pattern->job &&
	     nla_put_u32(skb, WEFT_A_PATTERN_JOB, pattern->job)) ||
	    (pattern->framing &&
	     nla_put_u8(skb, WEFT_A_PATTERN_FRAMING, pattern->framing - 1)) ||
	    nla_put_u64_64bit(skb, WEFT_A_PATTERN_HITS,
			      atomic64_read(&from->hits), WEFT_A_PATTERN_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int weft_put_framing(struct sk_buff *skb,
			    const struct weft_profile_framing *from)
{
	struct nlattr *nest;

	nest = nla_nest_start(skb, WEFT_A_PROFILE_FRAMING);
	if (!nest || nla_put_string(skb, WEFT_A_FRAMING_NAME, from->name))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* A profile and the namespace that it is in. */
struct weft_profile_entry {
	const struct weft_net		*wn;
	const struct weft_profile	*profile;
};

static int weft_fill_profile(struct sk_buff *skb, const void *object)
{
	const struct weft_profile_entry *entry = object;
	const struct weft_profile *profile = entry->profile;
	const struct weft_flow_table *flows = entry->wn->flows;
	u64 unread = 0;
	int i;

	if (flows)
		unread = atomic64_read(&flows->extensions->exhausted);
	if (nla_put_string(skb, WEFT_A_PROFILE_NAME, profile->name) ||
	    nla_put_u32(skb, WEFT_A_PROFILE_RULES, profile->n_rules) ||
	    nla_put_u64_64bit(skb, WEFT_A_PROFILE_UNREAD, unread,
			      WEFT_A_PROFILE_PAD))
		return -EMSGSIZE;
	for (i = 0; i < profile->n_patterns; i++)
		if (weft_put_pattern(skb, &profile->pattern[i]))
			return -EMSGSIZE;
	for (i = 0; i < profile->n_framings; i++)
		if (weft_put_framing(skb, &profile->framing[i]))
			return -EMSGSIZE;
	return 0;
}

/**
 * weft_nl_profile_get_doit - show one profile
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes RTNL.
 * Return: 0 or a negative error.
 */
int weft_nl_profile_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_profile_entry entry = {
		.wn	= weft_net(genl_info_net(info)),
	};
	int err;

	err = weft_need_profile(info);
	if (err)
		return err;
	rtnl_lock();
	entry.profile = weft_nl_profile(info);
	err = entry.profile ? weft_netlink_reply(info, weft_fill_profile,
						 &entry) : -ENOENT;
	rtnl_unlock();
	return err;
}

/**
 * weft_nl_profile_get_dumpit - show the profiles of a namespace
 * @skb: the message to fill
 * @cb: where the dump stands: args[0] counts those shown
 *
 * Context: Process. Takes RTNL.
 * Return: 0 at the end, or how much was filled.
 */
int weft_nl_profile_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr *only = genl_info_dump(cb)->attrs[WEFT_A_PROFILE_NAME];
	struct weft_net *wn = weft_netlink_net(skb);
	struct weft_profile_entry entry = { .wn = wn };
	struct weft_profile *profile;
	long i = 0;

	rtnl_lock();
	cb->seq = wn->streams_gen + 1;
	list_for_each_entry(profile, &wn->profiles, node) {
		if (only && strcmp(profile->name, nla_data(only)))
			continue;
		if (i++ < cb->args[0])
			continue;
		entry.profile = profile;
		if (weft_netlink_dump(skb, cb, WEFT_CMD_PROFILE_GET,
				      weft_fill_profile, &entry))
			break;
		cb->args[0] = i;
	}
	rtnl_unlock();
	return skb->len;
}

static int weft_put_framed(struct sk_buff *skb, int attr,
			   const struct weft_framing_half *half)
{
	struct nlattr *nest;

	if (half->state == WEFT_FRAMING_STATE_OFF)
		return 0;
	nest = nla_nest_start(skb, attr);
	if (!nest || nla_put_u8(skb, WEFT_A_FRAMED_STATE, half->state) ||
	    nla_put_u8(skb, WEFT_A_FRAMED_END, half->end) ||
	    nla_put_u64_64bit(skb, WEFT_A_FRAMED_MESSAGES, half->messages,
			      WEFT_A_FRAMED_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_FRAMED_BYTES, half->bytes,
			      WEFT_A_FRAMED_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_FRAMED_SIZE, half->size,
			      WEFT_A_FRAMED_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_FRAMED_ID, half->id,
			      WEFT_A_FRAMED_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_FRAMED_LEFT, weft_framing_left(half),
			      WEFT_A_FRAMED_PAD) ||
	    nla_put_u32(skb, WEFT_A_FRAMED_LOST, half->lost) ||
	    nla_put_u64_64bit(skb, WEFT_A_FRAMED_LOST_BYTES,
			      weft_framing_lost_bytes(half),
			      WEFT_A_FRAMED_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * weft_netlink_put_reader - put what a flow's stream says into a message
 * @skb: the message
 * @record: what weft_reader_show() found
 *
 * Context: Any.
 * Return: 0, or -EMSGSIZE where it has no room.
 */
int weft_netlink_put_reader(struct sk_buff *skb,
			    const struct weft_reader_record *record)
{
	if ((record->pattern[0] &&
	     nla_put_string(skb, WEFT_A_FLOW_PATTERN, record->pattern)) ||
	    (record->pending &&
	     nla_put_flag(skb, WEFT_A_FLOW_STREAM_PENDING)))
		return -EMSGSIZE;
	if (!record->framed)
		return 0;
	return weft_put_framed(skb, WEFT_A_FLOW_TX_FRAMED, &record->half[0]) ?:
	       weft_put_framed(skb, WEFT_A_FLOW_RX_FRAMED, &record->half[1]);
}
