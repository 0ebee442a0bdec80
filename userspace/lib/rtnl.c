// SPDX-License-Identifier: GPL-2.0
/* See rtnl.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <linux/pkt_sched_weft.h>
#include <linux/rtnetlink.h>

#include "netlink.h"
#include "rtnl.h"

#define SCHEDULER_KIND	"weft"

static void copy_string(char *to, size_t len, const struct nlattr *attr)
{
	const char *s = netlink_string(attr);

	snprintf(to, len, "%s", s ? s : "");
}

static int read_link(const struct nlmsghdr *nlh, struct link *link)
{
	struct nlattr *tb[IFLA_MAX + 1], *info[IFLA_INFO_MAX + 1];
	const struct ifinfomsg *ifi;

	if (nlh->nlmsg_type != RTM_NEWLINK ||
	    nlmsg_parse((struct nlmsghdr *)nlh, sizeof(*ifi), tb, IFLA_MAX, NULL))
		return -EBADMSG;
	memset(link, 0, sizeof(*link));
	ifi = nlmsg_data(nlh);
	link->index = ifi->ifi_index;
	link->tx_queues = (unsigned int)netlink_number(tb[IFLA_NUM_TX_QUEUES]);
	copy_string(link->name, sizeof(link->name), tb[IFLA_IFNAME]);
	copy_string(link->qdisc, sizeof(link->qdisc), tb[IFLA_QDISC]);
	if (tb[IFLA_LINKINFO] &&
	    !netlink_parse_nested(tb[IFLA_LINKINFO], info, IFLA_INFO_MAX))
		copy_string(link->kind, sizeof(link->kind), info[IFLA_INFO_KIND]);
	return 0;
}

static void request_link(struct request *req)
{
	const struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };

	request_route(req, RTM_GETLINK, 0, &ifi, sizeof(ifi));
	request_u32(req, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
}

static int take_link(const struct nlmsghdr *nlh, void *arg)
{
	read_link(nlh, arg);
	return 0;
}

int link_find(struct netlink *nl, const char *name, struct link *link)
{
	struct request req;
	int err;

	link->index = 0;
	request_link(&req);
	/* An alternative name may be longer than a name. */
	request_put(&req, strlen(name) < IF_NAMESIZE ? IFLA_IFNAME : IFLA_ALT_IFNAME,
		    name, strlen(name) + 1);
	err = netlink_do(nl, &req, take_link, link);
	request_free(&req);
	if (!err && !link->index)
		err = -ENODEV;
	return err;
}

struct link_array {
	struct link	*links;
	unsigned int	n;
};

static int take_links(const struct nlmsghdr *nlh, void *arg)
{
	struct link_array *array = arg;
	struct link *grown;

	grown = realloc(array->links, (array->n + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	array->links = grown;
	if (!read_link(nlh, &array->links[array->n]))
		array->n++;
	return 0;
}

int link_list(struct netlink *nl, struct link **links, unsigned int *n)
{
	struct link_array array = { NULL, 0 };
	struct request req;
	int err;

	request_link(&req);
	err = netlink_dump(nl, &req, take_links, &array);
	request_free(&req);
	*links = array.links;
	*n = array.n;
	return err;
}

struct scheduler_walk {
	int			ifindex;
	struct scheduler	*sched;
};

static __u64 read_rate(const struct nlattr *options)
{
	struct nlattr *tb[TCA_WEFT_MAX + 1];

	if (!options || netlink_parse_nested(options, tb, TCA_WEFT_MAX))
		return 0;
	return netlink_number(tb[TCA_WEFT_RATE64]);
}

static int take_qdisc(const struct nlmsghdr *nlh, void *arg)
{
	struct scheduler_walk *walk = arg;
	struct scheduler *sched = walk->sched;
	struct nlattr *tb[TCA_MAX + 1];
	const struct tcmsg *tcm;
	const char *kind;
	bool is_weft;

	if (nlh->nlmsg_type != RTM_NEWQDISC ||
	    nlmsg_parse((struct nlmsghdr *)nlh, sizeof(*tcm), tb, TCA_MAX, NULL))
		return 0;
	tcm = nlmsg_data(nlh);
	kind = netlink_string(tb[TCA_KIND]);
	if (tcm->tcm_ifindex != walk->ifindex || !kind ||
	    tcm->tcm_parent == TC_H_INGRESS)
		return 0;

	is_weft = !strcmp(kind, SCHEDULER_KIND);
	if (tcm->tcm_parent == TC_H_ROOT) {
		snprintf(sched->root_kind, sizeof(sched->root_kind), "%s", kind);
		sched->root_handle = tcm->tcm_handle;
		if (is_weft) {
			sched->place = SCHEDULER_ROOT;
			sched->rate = read_rate(tb[TCA_OPTIONS]);
		}
	} else if (is_weft) {
		sched->n_leaves++;
	} else {
		sched->n_others++;
	}
	return 0;
}

int scheduler_find(struct netlink *nl, int ifindex, struct scheduler *sched)
{
	struct tcmsg tcm = { .tcm_family = AF_UNSPEC, .tcm_ifindex = ifindex };
	struct scheduler_walk walk = { ifindex, sched };
	struct request req;
	int err;

	memset(sched, 0, sizeof(*sched));
	request_route(&req, RTM_GETQDISC, 0, &tcm, sizeof(tcm));
	err = netlink_dump(nl, &req, take_qdisc, &walk);
	request_free(&req);
	if (sched->place == SCHEDULER_NONE && sched->n_leaves &&
	    !strcmp(sched->root_kind, "mq"))
		sched->place = SCHEDULER_LEAVES;
	return err;
}

static int qdisc_replace(struct netlink *nl, int ifindex, __u32 parent,
			 const char *kind, const struct rate *rate)
{
	struct tcmsg tcm = {
		.tcm_family = AF_UNSPEC, .tcm_ifindex = ifindex,
		.tcm_parent = parent,
	};
	struct nlattr *nest;
	struct request req;
	int err;

	request_route(&req, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, &tcm,
		      sizeof(tcm));
	request_put(&req, TCA_KIND, kind, strlen(kind) + 1);
	if (rate) {
		nest = request_nest(&req, TCA_OPTIONS);
		request_word(&req, "rate", rate->word);
		if (rate->bytes_per_second)
			request_u64(&req, TCA_WEFT_RATE64, rate->bytes_per_second);
		else
			request_put(&req, TCA_WEFT_NO_RATE, NULL, 0);
		request_nest_end(&req, nest);
	}
	err = netlink_do(nl, &req, NULL, NULL);
	request_free(&req);
	return err;
}

static int qdisc_delete_root(struct netlink *nl, int ifindex)
{
	struct tcmsg tcm = {
		.tcm_family = AF_UNSPEC, .tcm_ifindex = ifindex,
		.tcm_parent = TC_H_ROOT,
	};
	struct request req;
	int err;

	request_route(&req, RTM_DELQDISC, 0, &tcm, sizeof(tcm));
	err = netlink_do(nl, &req, NULL, NULL);
	request_free(&req);
	return err;
}

/* mq with a handle, which the kernel's own has not, and weft in each place. */
static int attach_leaves(struct netlink *nl, const struct link *link)
{
	struct refusal refusal;
	struct scheduler sched;
	unsigned int i;
	int err;

	err = qdisc_replace(nl, link->index, TC_H_ROOT, "mq", NULL);
	if (err)
		return err;
	err = scheduler_find(nl, link->index, &sched);
	for (i = 1; !err && i <= link->tx_queues; i++)
		err = qdisc_replace(nl, link->index, TC_H_MAKE(sched.root_handle, i),
				    SCHEDULER_KIND, NULL);
	if (!err)
		return 0;
	refusal = nl->refusal;
	qdisc_delete_root(nl, link->index);
	nl->refusal = refusal;
	return err;
}

int scheduler_attach(struct netlink *nl, const struct link *link,
		     const struct rate *rate)
{
	if (link->tx_queues > 1 && !rate)
		return attach_leaves(nl, link);
	return qdisc_replace(nl, link->index, TC_H_ROOT, SCHEDULER_KIND, rate);
}

int scheduler_set_rate(struct netlink *nl, int ifindex, const struct rate *rate)
{
	return qdisc_replace(nl, ifindex, TC_H_ROOT, SCHEDULER_KIND, rate);
}

int scheduler_detach(struct netlink *nl, int ifindex)
{
	return qdisc_delete_root(nl, ifindex);
}
