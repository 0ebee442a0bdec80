// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink handlers of what processes say of their own sockets.
 *
 * The only requests that need no privilege. A socket is named by a file
 * descriptor of the process that asks, so that nobody speaks of another's; its
 * flow is the one that its packets belong to, in whichever namespaces they were
 * seen. A declaration holds in all of those or in none: all are asked first.
 */
#include <linux/capability.h>
#include <linux/file.h>
#include <linux/in.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/tcp.h>
#include <net/genetlink.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#include "cgroup.h"
#include "claim.h"
#include "class.h"
#include "config.h"
#include "flow.h"
#include "grant.h"
#include "job.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "netns.h"
#include "socket.h"
#include "transfer.h"

/**
 * struct weft_declaration - what is said of a socket
 * @request: the request, which knows who asks
 * @info: the request, parsed
 * @sk: the socket; a reference is held
 * @cookie: of the socket
 * @class: class number, 0 to leave it
 * @job: job number, 0 to leave it
 * @nothing: what was said before is taken back
 * @begins: a transfer begins, @claim says which
 * @ends: it ends, behind sequence number @seq
 * @seq: of the byte that is written next
 * @claim: of the transfer
 * @found: namespaces that know the socket
 */
struct weft_declaration {
	struct sk_buff		*request;
	struct genl_info	*info;
	struct sock		*sk;
	u64			cookie;
	u32			class;
	u32			job;
	bool			nothing;
	bool			begins;
	bool			ends;
	u32			seq;
	struct weft_claim	claim;
	unsigned int		found;
};

/**
 * struct weft_declared_flow - the flow of a socket in one namespace
 * @flow: the flow; a slot's memory stays as long as the table
 * @index: of its slot
 * @slot_gen: the slot's generation
 * @key: its key
 * @class: its class
 * @job: its job
 */
struct weft_declared_flow {
	struct weft_flow	*flow;
	u32			index;
	u32			slot_gen;
	struct weft_flow_key	key;
	u8			class;
	u32			job;
};

static bool weft_declared_flow(struct weft_net *wn,
			       const struct weft_declaration *said,
			       struct weft_declared_flow *own)
{
	struct weft_flow *flow;

	own->index = weft_socket_flow(wn->flows->sockets, said->cookie,
				      &own->slot_gen);
	flow = weft_flow_by_index(wn->flows, own->index);
	if (!flow || !(READ_ONCE(flow->flags) & WEFT_FLOW_LIVE))
		return false;
	own->flow = flow;
	own->key = flow->key;
	own->class = READ_ONCE(flow->class);
	own->job = READ_ONCE(flow->job);
	/* What was read comes before the look at the generation. */
	smp_rmb();
	return READ_ONCE(flow->slot_gen) == own->slot_gen;
}

/* The flow as its owner's attachment point sees it. */
static void weft_declared_view(const struct weft_config *config,
			       const struct weft_declaration *said,
			       const struct weft_declared_flow *own,
			       u64 *cgroups, struct weft_view *view)
{
	unsigned int local = weft_flow_local_end(own->flow);

	*view = (struct weft_view) {
		.local		= &own->key.addr[local],
		.remote		= &own->key.addr[!local],
		.local_port	= weft_key_port(&own->key, local),
		.remote_port	= weft_key_port(&own->key, !local),
		.proto		= own->key.proto,
		.direction	= weft_flow_direction(own->flow),
		.attach		= own->flow->holder,
		.mark		= READ_ONCE(said->sk->sk_mark),
		.cgroups	= cgroups,
	};
	if (config->cgroup_levels)
		view->n_cgroups = weft_cgroup_ids(said->sk, cgroups,
						  config->cgroup_levels);
}

static int weft_declared_refuse(const struct weft_declaration *said, int attr,
				const char *what)
{
	NL_SET_ERR_MSG_ATTR_FMT(said->info->extack, said->info->attrs[attr],
				"no grant lets this socket's flow %s: weft grant add, or CAP_NET_ADMIN",
				what);
	return -EPERM;
}

/* RCU keeps the config. */
static int weft_declared_granted(struct weft_net *wn,
				 const struct weft_declaration *said,
				 const struct weft_declared_flow *own)
{
	const struct weft_config *config = rcu_dereference(wn->config);
	bool class = said->class && said->class != own->class;
	bool job = said->job && said->job != own->job;
	struct weft_item *for_class, *for_job;
	u64 cgroups[WEFT_CGROUP_LEVELS];
	struct weft_view view;

	if (!class && !job)
		return 0;
	weft_declared_view(config, said, own, cgroups, &view);
	for_class = class ? weft_grant_class(config, &view, said->class) : NULL;
	for_job = job ? weft_grant_job(config, &view, said->job) : NULL;
	if (class && !for_class)
		return weft_declared_refuse(said, WEFT_A_DECLARATION_CLASS,
					    "be of this class");
	if (job && !for_job)
		return weft_declared_refuse(said, WEFT_A_DECLARATION_JOB,
					    "work for this job");
	if (for_class)
		atomic64_inc(&for_class->hits);
	if (for_job)
		atomic64_inc(&for_job->hits);
	return 0;
}

static bool weft_declared_by_admin(const struct weft_net *wn,
				   const struct weft_declaration *said)
{
	return netlink_ns_capable(said->request, wn->net->user_ns,
				  CAP_NET_ADMIN);
}

/* May it be said here? */
static int weft_declared_check(struct weft_net *wn, void *arg)
{
	struct weft_declaration *said = arg;
	struct weft_declared_flow own;
	int err = 0;

	if (!weft_declared_flow(wn, said, &own))
		return 0;
	said->found++;
	if (weft_declared_by_admin(wn, said))
		return 0;
	rcu_read_lock();
	err = weft_declared_granted(wn, said, &own);
	rcu_read_unlock();
	if (!err && READ_ONCE(own.flow->source) == WEFT_SOURCE_SET &&
	    (said->nothing || (said->class && said->class != own.class) ||
	     (said->job && said->job != own.job))) {
		NL_SET_ERR_MSG(said->info->extack,
			       "an administrator has said what this flow is: weft flow set");
		err = -EPERM;
	}
	return err;
}

/* Class and job, unless the flow has them. */
static int weft_declared_set(struct weft_net *wn,
			     const struct weft_declaration *said,
			     const struct weft_declared_flow *own)
{
	struct weft_flow_set set = {
		.class		= said->class,
		.source		= weft_declared_by_admin(wn, said) ?
					WEFT_SOURCE_SET : WEFT_SOURCE_DECLARED,
		.job		= said->job,
		.has_job	= said->job,
		.slot_gen	= own->slot_gen,
		.exact		= true,
		.nothing	= said->nothing,
	};
	int err;

	if (!said->nothing && (!said->class || said->class == own->class) &&
	    (!said->job || said->job == own->job))
		return 0;
	err = weft_flow_set(wn->flows, own->index, &set);
	if (err == -ENOSPC)
		NL_SET_ERR_MSG_ATTR(said->info->extack,
				    said->info->attrs[WEFT_A_DECLARATION_JOB],
				    "as many jobs as there can be are at work");
	/* It ended meanwhile, or an administrator was quicker: nothing to say. */
	return err == -ENOSPC ? err : 0;
}

static int weft_declared_apply(struct weft_net *wn, void *arg)
{
	struct weft_declaration *said = arg;
	struct weft_declared_flow own;
	u32 job;
	int err;

	if (!weft_declared_flow(wn, said, &own))
		return 0;
	err = weft_declared_set(wn, said, &own);
	if (err)
		return err;
	if (said->ends)
		weft_transfer_claim_end(wn->flows, own.flow, said->seq);
	if (!said->begins)
		return 0;
	err = weft_transfer_claim(wn->flows, own.flow, &said->claim);
	if (err)
		return weft_netlink_no_memory(said->info->extack);
	job = READ_ONCE(own.flow->job);
	if (job && said->claim.bytes != WEFT_CLAIM_OPEN)
		weft_job_announce(wn->jobs, job, WEFT_DIRECTION_EGRESS,
				  get_jiffies_64(), said->claim.bytes);
	return 0;
}

/* All namespaces that know the socket, or none. */
static int weft_declare(struct weft_declaration *said)
{
	int err;

	said->cookie = weft_socket_cookie(said->sk);
	err = weft_net_each(weft_declared_check, said);
	if (err)
		return err;
	if (!said->found) {
		NL_SET_ERR_MSG_ATTR(said->info->extack,
				    said->info->attrs[WEFT_A_DECLARATION_FD],
				    "no uplink has seen a packet of this socket: connect it first");
		return -ENOTCONN;
	}
	return weft_net_each(weft_declared_apply, said);
}

/* The socket of the request's file descriptor: sockfd_put() it. */
static struct socket *weft_declared_socket(struct weft_declaration *said,
					   int *err)
{
	struct nlattr *fd = said->info->attrs[WEFT_A_DECLARATION_FD];
	struct netlink_ext_ack *extack = said->info->extack;
	struct socket *sock;

	*err = weft_netlink_need(said->info, WEFT_A_DECLARATION_FD,
				 "fd, the socket that it is about");
	if (*err)
		return NULL;
	/* The request is handled in the process that sent it. */
	sock = sockfd_lookup(nla_get_s32(fd), err);
	if (!sock) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, fd,
					"file descriptor %d is %s",
					nla_get_s32(fd), *err == -EBADF ?
					"not open" : "no socket");
		return NULL;
	}
	if ((sock->sk->sk_family == AF_INET || sock->sk->sk_family == AF_INET6) &&
	    ((sock->type == SOCK_STREAM &&
	      sock->sk->sk_protocol == IPPROTO_TCP) ||
	     (sock->type == SOCK_DGRAM && sock->sk->sk_protocol == IPPROTO_UDP))) {
		said->sk = sock->sk;
		return sock;
	}
	NL_SET_ERR_MSG_ATTR_FMT(extack, fd,
				"file descriptor %d is no socket of TCP or UDP",
				nla_get_s32(fd));
	*err = -ESOCKTNOSUPPORT;
	sockfd_put(sock);
	return NULL;
}

static int weft_declared_what(struct weft_declaration *said)
{
	struct nlattr *class = said->info->attrs[WEFT_A_DECLARATION_CLASS];
	struct nlattr *job = said->info->attrs[WEFT_A_DECLARATION_JOB];

	said->job = job ? nla_get_u32(job) : 0;
	if (!class)
		return 0;
	said->class = weft_class_by_name(nla_data(class));
	if (said->class)
		return 0;
	NL_SET_ERR_MSG_ATTR(said->info->extack, class,
			    "there is no class of this name");
	return -EINVAL;
}

/* Transfers are told apart by the sequence numbers of their bytes. */
static int weft_declared_seq(struct weft_declaration *said)
{
	const struct sock *sk = said->sk;

	if (sk->sk_protocol != IPPROTO_TCP) {
		NL_SET_ERR_MSG_ATTR(said->info->extack,
				    said->info->attrs[WEFT_A_DECLARATION_FD],
				    "transfers are declared of TCP; of UDP only what the flow is");
		return -EOPNOTSUPP;
	}
	if ((1 << READ_ONCE(sk->sk_state)) &
	    (TCPF_LISTEN | TCPF_CLOSE | TCPF_SYN_SENT)) {
		NL_SET_ERR_MSG_ATTR(said->info->extack,
				    said->info->attrs[WEFT_A_DECLARATION_FD],
				    "this socket is not connected");
		return -ENOTCONN;
	}
	said->seq = READ_ONCE(tcp_sk(sk)->write_seq);
	return 0;
}

/**
 * weft_nl_declare_flow_doit - what is the flow of a socket?
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes the semaphore of the namespaces.
 * Return: 0 or a negative error.
 */
int weft_nl_declare_flow_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_declaration said = { .request = skb, .info = info };
	struct socket *sock;
	int err;

	sock = weft_declared_socket(&said, &err);
	if (!sock)
		return err;
	err = weft_declared_what(&said);
	said.nothing = !said.class && !said.job;
	if (!err)
		err = weft_declare(&said);
	sockfd_put(sock);
	return err;
}

/* How long it is, and when it is needed. */
static int weft_declared_claim(struct weft_declaration *said)
{
	struct nlattr *bytes = said->info->attrs[WEFT_A_DECLARATION_BYTES];
	struct nlattr *deadline = said->info->attrs[WEFT_A_DECLARATION_DEADLINE_US];
	u64 us = deadline ? nla_get_u64(deadline) : 0;

	said->claim.seq = said->seq;
	said->claim.bytes = bytes ? nla_get_u64(bytes) : WEFT_CLAIM_OPEN;
	if (bytes && said->claim.bytes >= WEFT_CLAIM_OPEN) {
		NL_SET_ERR_MSG_ATTR(said->info->extack, bytes,
				    "a transfer has less than 2^48 - 1 bytes");
		return -ERANGE;
	}
	if (us > U32_MAX) {
		NL_SET_ERR_MSG_ATTR(said->info->extack, deadline,
				    "a deadline is at most 4294967295 microseconds away");
		return -ERANGE;
	}
	if (us)
		said->claim.deadline_ns = ktime_get_ns() + us * NSEC_PER_USEC;
	return 0;
}

/**
 * weft_nl_declare_begin_doit - a transfer begins with the next byte
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes the semaphore of the namespaces.
 * Return: 0 or a negative error.
 */
int weft_nl_declare_begin_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_declaration said = {
		.request = skb, .info = info, .begins = true,
	};
	struct socket *sock;
	int err;

	sock = weft_declared_socket(&said, &err);
	if (!sock)
		return err;
	err = weft_declared_what(&said) ?: weft_declared_seq(&said) ?:
	      weft_declared_claim(&said) ?: weft_declare(&said);
	sockfd_put(sock);
	return err;
}

/**
 * weft_nl_declare_end_doit - a transfer ends with the last byte
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes the semaphore of the namespaces.
 * Return: 0 or a negative error.
 */
int weft_nl_declare_end_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_declaration said = {
		.request = skb, .info = info, .ends = true,
	};
	struct socket *sock;
	int err;

	sock = weft_declared_socket(&said, &err);
	if (!sock)
		return err;
	err = weft_declared_seq(&said) ?: weft_declare(&said);
	sockfd_put(sock);
	return err;
}
