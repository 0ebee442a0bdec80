// SPDX-License-Identifier: GPL-2.0
/*
 * weft uplink: devices that weft works on. Adding one attaches the scheduler,
 * too, since few want the one without the other; deleting detaches both.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>
#include <netlink/attr.h>

#include <linux/weft.h>

#include "../lib/names.h"
#include "../lib/netlink.h"
#include "../lib/output.h"
#include "../lib/rtnl.h"
#include "../lib/util.h"
#include "cmd.h"
#include "show.h"

#define WORD_DEV \
	{ "dev", NULL, KIND_DEVICE, WORD_REQUIRED | WORD_BARE, WEFT_A_UPLINK_IFINDEX }

static const struct word add_words[] = {
	WORD_DEV,
	{ "rate", NULL, KIND_RATE,
	  .help = "the scheduler's limit" },
	{ "policy", NULL, KIND_ACTION, 0, WEFT_A_UPLINK_DEFAULT_POLICY,
	  .help = "for the host's own traffic where no policy decides" },
	{ "tunnels", NULL, KIND_TUNNELS, 0, WEFT_A_UPLINK_TUNNELS,
	  .help = "on: judge the host's tunnelled packets by what they hold" },
	{ "noqdisc", NULL, KIND_FLAG,
	  .help = "attach no scheduler" },
	{ "force", NULL, KIND_FLAG,
	  .help = "replace a qdisc that somebody configured" },
	{ }
};

static const struct word set_words[] = {
	WORD_DEV,
	{ "rate", NULL, KIND_RATE_OR_NONE,
	  .help = "the scheduler's limit" },
	{ "policy", NULL, KIND_ACTION, 0, WEFT_A_UPLINK_DEFAULT_POLICY,
	  .help = "for the host's own traffic where no policy decides" },
	{ "tunnels", NULL, KIND_TUNNELS, 0, WEFT_A_UPLINK_TUNNELS,
	  .help = "on: judge the host's tunnelled packets by what they hold" },
	{ }
};

static const struct word del_words[] = {
	WORD_DEV,
	{ }
};

static const struct word show_words[] = {
	{ "dev", NULL, KIND_DEVICE, WORD_BARE, WEFT_A_UPLINK_IFINDEX },
	{ }
};

static int refuse(const struct netlink *nl, const char *what)
{
	netlink_complain(nl, what);
	return STATUS_REFUSED;
}

/* The device that was named, and what orders its packets now. */
static int look(struct netlink *nl, const char *dev, struct link *link,
		struct scheduler *sched)
{
	if (link_find(nl, dev, link) || scheduler_find(nl, link->index, sched))
		return refuse(nl, dev);
	return STATUS_OK;
}

/*
 * What somebody has configured is not thrown away unasked. The kernel's own
 * choice has the handle 0, and comes back when weft goes.
 */
static int check_replaceable(const struct args *args, const char *dev,
			     const struct scheduler *sched)
{
	if (sched->place != SCHEDULER_NONE || !sched->root_handle ||
	    args_get(args, "force"))
		return STATUS_OK;
	complain("'%s' has a qdisc that somebody configured: %s %x:", dev,
		 sched->root_kind, sched->root_handle >> 16);
	complain("say 'force' to replace it, or 'noqdisc' to leave it there");
	return STATUS_REFUSED;
}

/*
 * Bonds, VLANs, veth and the like have no queue: there is nothing to order
 * unless a rate makes packets wait.
 */
static bool has_no_queue(const struct link *link)
{
	static const char *const kinds[] = {
		"bond", "bridge", "dummy", "geneve", "ipvlan", "macvlan", "team",
		"veth", "vlan", "vxlan",
	};
	bool queue = strcmp(link->qdisc, "noqueue");
	size_t i;

	/* What has never been up does not show what it will have. */
	for (i = 0; queue && !strcmp(link->qdisc, "noop") && i < ARRAY_SIZE(kinds); i++)
		queue = strcmp(link->kind, kinds[i]);
	if (queue)
		return false;
	complain("note: '%s'%s%s%s has no queue where packets wait to be ordered",
		 link->name, link->kind[0] ? " (" : "", link->kind,
		 link->kind[0] ? ")" : "");
	if (!strcmp(link->kind, "bond"))
		complain("note: for its slaves: tc qdisc replace dev SLAVE root weft");
	else
		complain("note: no scheduler is attached; a rate would make it a queue");
	return true;
}

static int set_rate(struct netlink *nl, const struct link *link,
		    const struct value *word)
{
	const struct rate rate = { word->number, word->text };

	if (scheduler_set_rate(nl, link->index, &rate))
		return refuse(nl, link->name);
	return STATUS_OK;
}

static int attach_scheduler(struct netlink *nl, const struct link *link,
			    const struct scheduler *sched,
			    const struct value *word)
{
	struct rate rate;

	if (sched->place == SCHEDULER_LEAVES && !word && !sched->n_others)
		return STATUS_OK;
	if (sched->place == SCHEDULER_ROOT)
		return word ? set_rate(nl, link, word) : STATUS_OK;
	if (!word && has_no_queue(link))
		return STATUS_OK;
	if (word) {
		rate.bytes_per_second = word->number;
		rate.word = word->text;
	}
	if (scheduler_attach(nl, link, word ? &rate : NULL))
		return refuse(nl, link->name);
	return STATUS_OK;
}

static int check_add(const struct args *args)
{
	if (!args_get(args, "noqdisc") || !args_get(args, "rate"))
		return STATUS_OK;
	complain("'rate' and 'noqdisc' exclude each other: the scheduler keeps the rate");
	return STATUS_USAGE;
}

static int uplink_add(const struct args *args)
{
	const struct value *dev = args_get(args, "dev");
	const struct value *rate = args_get(args, "rate");
	struct scheduler sched;
	struct netlink *route;
	struct request req;
	struct link link;
	int status;

	route = session_route();
	if (!route || !session_weft())
		return STATUS_REFUSED;
	status = look(route, dev->text, &link, &sched);
	if (!status && !args_get(args, "noqdisc"))
		status = check_replaceable(args, dev->text, &sched);
	if (!status)
		status = change(args, WEFT_CMD_UPLINK_NEW, NULL, NULL);
	attach_forget();
	if (status || args_get(args, "noqdisc"))
		return status;
	status = attach_scheduler(route, &link, &sched, rate);
	if (!status)
		return STATUS_OK;

	/* Half an uplink is none. */
	request_weft(&req, WEFT_CMD_UPLINK_DEL);
	request_u32(&req, WEFT_A_UPLINK_IFINDEX, (__u32)link.index);
	if (netlink_do(session_weft(), &req, NULL, NULL))
		refuse(session_weft(), "uplink add, taking it back");
	request_free(&req);
	return status;
}

static int check_set(const struct args *args)
{
	if (args_get(args, "rate") || args_get(args, "policy") ||
	    args_get(args, "tunnels"))
		return STATUS_OK;
	complain("'uplink set' needs something to set: rate, policy or tunnels");
	return STATUS_USAGE;
}

static int uplink_set(const struct args *args)
{
	const struct value *dev = args_get(args, "dev");
	const struct value *rate = args_get(args, "rate");
	struct scheduler sched;
	struct netlink *route;
	struct link link;
	int status;

	route = session_route();
	if (!route || !session_weft())
		return STATUS_REFUSED;
	status = look(route, dev->text, &link, &sched);
	if (status)
		return status;
	if (rate && sched.place == SCHEDULER_NONE) {
		complain("'rate %s': '%s' has no weft scheduler to keep it", rate->text,
			 dev->text);
		complain("'weft uplink del' and 'weft uplink add' with a rate attach one");
		return STATUS_REFUSED;
	}
	/* Where only the rate is set, the device must be an uplink all the same. */
	status = change(args, args_get(args, "policy") || args_get(args, "tunnels") ?
			WEFT_CMD_UPLINK_SET : WEFT_CMD_UPLINK_GET, NULL, NULL);
	if (status || !rate)
		return status;
	/* Without a limit, one for each queue is right as it is. */
	if (sched.place == SCHEDULER_LEAVES && !rate->number)
		return STATUS_OK;
	return set_rate(route, &link, rate);
}

static int uplink_del(const struct args *args)
{
	const struct value *dev = args_get(args, "dev");
	struct scheduler sched;
	struct netlink *route;
	struct link link;
	int status;

	route = session_route();
	if (!route || !session_weft())
		return STATUS_REFUSED;
	status = look(route, dev->text, &link, &sched);
	/* First what can be refused, since it may still have ports. */
	if (!status)
		status = change(args, WEFT_CMD_UPLINK_DEL, NULL, NULL);
	attach_forget();
	if (status || sched.place == SCHEDULER_NONE)
		return status;
	if (scheduler_detach(route, link.index))
		return refuse(route, dev->text);
	return STATUS_OK;
}

static const char *const places[] = {
	[SCHEDULER_NONE] = "none",
	[SCHEDULER_ROOT] = "root",
	[SCHEDULER_LEAVES] = "mq",
};

static int show_one(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[WEFT_A_UPLINK_MAX + 1];
	struct scheduler sched = { };
	struct json_object *obj;
	const char *name, *policy, *tunnels;
	__u64 index;
	char rate[TEXT_LEN];

	(void)arg;
	if (netlink_parse(nlh, tb, WEFT_A_UPLINK_MAX))
		return 0;
	index = netlink_number(tb[WEFT_A_UPLINK_IFINDEX]);
	name = netlink_string(tb[WEFT_A_UPLINK_IFNAME]);
	name = name ? name : "?";
	policy = name_of(&name_actions,
			 netlink_number(tb[WEFT_A_UPLINK_DEFAULT_POLICY]));
	tunnels = name_of(&name_tunnel_modes,
			  netlink_number(tb[WEFT_A_UPLINK_TUNNELS]));
	scheduler_find(session_route(), (int)index, &sched);

	if (output.json) {
		obj = json_object_new_object();
		row_number(obj, "ifindex", index);
		row_string(obj, "ifname", name);
		row_string(obj, "default_policy", policy);
		row_number(obj, "attach_id",
			   netlink_number(tb[WEFT_A_UPLINK_ATTACH_ID]));
		row_number(obj, "ports", netlink_number(tb[WEFT_A_UPLINK_PORTS]));
		row_string(obj, "tunnels", tunnels);
		row_string(obj, "scheduler", places[sched.place]);
		if (sched.rate)
			row_number(obj, "rate", sched.rate);
		flows_json(obj, tb[WEFT_A_UPLINK_FLOWS],
			   tb[WEFT_A_UPLINK_FLOWS_SHARE]);
		json_object_object_add(obj, "stats",
				       stats_json(tb[WEFT_A_UPLINK_STATS]));
		output_row(obj);
		return 0;
	}
	printf("uplink %s policy %s tunnels %s ports %llu scheduler %s",
	       colored(COLOR_NAME, name), policy, tunnels,
	       netlink_number(tb[WEFT_A_UPLINK_PORTS]), places[sched.place]);
	if (sched.rate)
		printf(" rate %s", text_rate(rate, sched.rate));
	if (output.details)
		printf(" ifindex %llu attach %llu", index,
		       netlink_number(tb[WEFT_A_UPLINK_ATTACH_ID]));
	putchar('\n');
	if (output.stats) {
		stats_text(tb[WEFT_A_UPLINK_STATS]);
		flows_text(tb[WEFT_A_UPLINK_FLOWS],
			   tb[WEFT_A_UPLINK_FLOWS_SHARE]);
	}
	return 0;
}

static int uplink_show(const struct args *args)
{
	int status;

	if (!session_route())
		return STATUS_REFUSED;
	output_begin();
	status = show_list(args, WEFT_CMD_UPLINK_GET, "dev", show_one, NULL);
	output_end(!status);
	return status;
}

static const struct action actions[] = {
	{ "add", "make a device an uplink and attach the scheduler to it",
	  add_words, uplink_add, check_add },
	{ "set", "change an uplink's default policy, rate or tunnels", set_words, uplink_set,
	  check_set },
	{ "del", "give a device back and detach the scheduler", del_words, uplink_del },
	{ "show", "list uplinks", show_words, uplink_show },
	{ }
};

const struct command uplink_command = {
	"uplink", "devices that weft works on", actions,
};
