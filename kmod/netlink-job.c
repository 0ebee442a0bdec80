// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink handlers of jobs: what they carried, and their transfers.
 *
 * What open flows carry is added to what their jobs know, so that both are as
 * of now; the tables are kept by their semaphore meanwhile.
 */
#include <linux/ctype.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "flow.h"
#include "job.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "netns.h"
#include "transfer.h"

/* Jobs that one walk over the flows serves: what a message has room for. */
#define WEFT_JOB_BATCH	32

/**
 * struct weft_job_record - what is shown of a job
 * @id: its number
 * @counts: of closed flows, then of open ones too
 * @bursts: its transfers, by direction, likewise
 * @name: what the user calls it
 */
struct weft_job_record {
	u32			id;
	struct weft_job_counts	counts;
	struct weft_burst	bursts[2];
	char			name[WEFT_JOB_NAME];
};

/**
 * struct weft_job_batch - jobs whose open flows are being added up
 * @flows: the table of the flows
 * @n: length of @job
 * @job: by rising number
 */
struct weft_job_batch {
	struct weft_flow_table	*flows;
	unsigned int		n;
	struct weft_job_record	job[WEFT_JOB_BATCH];
};

static struct weft_job_record *weft_batch_find(struct weft_job_batch *batch,
					       u32 id)
{
	unsigned int low = 0, high = batch->n, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (batch->job[middle].id == id)
			return &batch->job[middle];
		if (batch->job[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static int weft_add_flow(struct weft_flow *flow, u32 index, void *arg)
{
	struct weft_job_batch *batch = arg;
	struct weft_job_record *record;
	unsigned int end;
	u32 id;

	id = READ_ONCE(flow->job);
	record = id ? weft_batch_find(batch, id) : NULL;
	if (!record)
		return 0;

	for (end = 0; end < 2; end++) {
		enum weft_direction dir = weft_flow_end_direction(flow, end);
		struct weft_flow_half *half = weft_flow_half(flow, end);

		record->counts.bytes[dir] += atomic64_read(&half->bytes);
		record->counts.packets[dir] += atomic64_read(&half->packets);
	}
	weft_transfer_untold(batch->flows, flow, record->bursts);
	return 0;
}

/* Jobs from number @id on, no more than @max; the caller keeps the tables. */
static void weft_read_jobs(struct weft_net *wn, struct weft_job_batch *batch,
			   u32 id, unsigned int max)
{
	u32 index = 0;

	batch->n = 0;
	batch->flows = wn->flows;
	weft_flow_counts_hold(wn->flows);
	while (batch->n < max) {
		struct weft_job_record *record = &batch->job[batch->n];

		if (!weft_job_next(wn->jobs, &id, &record->counts))
			break;
		record->id = id;
		if (weft_job_bursts(wn->jobs, id, record->bursts))
			batch->n++;
		weft_job_name(wn->jobs, id, record->name);
		if (id++ == U32_MAX)
			break;
	}
	if (batch->n)
		weft_flow_walk(wn->flows, &index, weft_add_flow, batch);
	weft_flow_counts_release(wn->flows);
}

static u64 weft_job_usecs(u64 ticks)
{
	return div_u64(jiffies64_to_nsecs(ticks), NSEC_PER_USEC);
}

/* How a transfer was carried: attributes of the current one, or of the last. */
static int weft_put_service(struct sk_buff *skb,
			    const struct weft_service *service,
			    int packets, int queued_us, int marks, int drops)
{
	if (nla_put_u64_64bit(skb, packets, service->packets,
			      WEFT_A_JOB_TRANSFERS_PAD) ||
	    nla_put_u64_64bit(skb, queued_us,
			      div_u64(service->queued_ns, NSEC_PER_USEC),
			      WEFT_A_JOB_TRANSFERS_PAD) ||
	    nla_put_u32(skb, marks, service->marks) ||
	    nla_put_u32(skb, drops, service->drops))
		return -EMSGSIZE;
	return 0;
}

static int weft_put_learned(struct sk_buff *skb, const struct weft_burst *burst)
{
	const struct weft_past *past = weft_burst_past(burst, 0);
	const struct weft_learned *learned = &burst->learned;

	if (!past)
		return 0;
	if (nla_put_u64_64bit(skb, WEFT_A_JOB_TRANSFERS_LAST_BYTES,
			      past->bytes, WEFT_A_JOB_TRANSFERS_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_JOB_TRANSFERS_LAST_DURATION_US,
			      weft_job_usecs(past->length),
			      WEFT_A_JOB_TRANSFERS_PAD) ||
	    nla_put_u32(skb, WEFT_A_JOB_TRANSFERS_LAST_FLOWS, past->flows) ||
	    nla_put_u64_64bit(skb, WEFT_A_JOB_TRANSFERS_LEARNED_BYTES,
			      learned->bytes, WEFT_A_JOB_TRANSFERS_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_JOB_TRANSFERS_LEARNED_PERIOD_US,
			      weft_job_usecs(learned->period),
			      WEFT_A_JOB_TRANSFERS_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_JOB_TRANSFERS_LEARNED_GAP_US,
			      weft_job_usecs(learned->gap),
			      WEFT_A_JOB_TRANSFERS_PAD) ||
	    nla_put_u32(skb, WEFT_A_JOB_TRANSFERS_VARIATION,
			learned->variation) ||
	    (learned->trusted &&
	     nla_put_flag(skb, WEFT_A_JOB_TRANSFERS_TRUSTED)))
		return -EMSGSIZE;
	return weft_put_service(skb, &burst->last_service,
				WEFT_A_JOB_TRANSFERS_LAST_PACKETS,
				WEFT_A_JOB_TRANSFERS_LAST_QUEUED_US,
				WEFT_A_JOB_TRANSFERS_LAST_MARKS,
				WEFT_A_JOB_TRANSFERS_LAST_DROPS);
}

/* Nothing of a direction in which there was no transfer. */
static int weft_put_transfers(struct sk_buff *skb, int attr,
			      const struct weft_burst *burst)
{
	u64 now = get_jiffies_64(), expected = weft_burst_expected(burst);
	struct nlattr *nest;
	u64 start_ns;

	if (!burst->begun)
		return 0;
	nest = nla_nest_start(skb, attr);
	if (!nest)
		return -EMSGSIZE;
	start_ns = ktime_get_ns() - jiffies64_to_nsecs(now - burst->start);
	if ((!weft_burst_silent(burst, now) &&
	     nla_put_flag(skb, WEFT_A_JOB_TRANSFERS_OPEN)) ||
	    nla_put_u64_64bit(skb, WEFT_A_JOB_TRANSFERS_START, start_ns,
			      WEFT_A_JOB_TRANSFERS_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_JOB_TRANSFERS_BYTES, burst->bytes,
			      WEFT_A_JOB_TRANSFERS_PAD) ||
	    nla_put_u32(skb, WEFT_A_JOB_TRANSFERS_FLOWS, burst->flows) ||
	    nla_put_u64_64bit(skb, WEFT_A_JOB_TRANSFERS_COUNT, burst->closed,
			      WEFT_A_JOB_TRANSFERS_PAD) ||
	    (burst->announced &&
	     nla_put_u64_64bit(skb, WEFT_A_JOB_TRANSFERS_ANNOUNCED,
			       burst->announced, WEFT_A_JOB_TRANSFERS_PAD)) ||
	    (expected &&
	     nla_put_u64_64bit(skb, WEFT_A_JOB_TRANSFERS_EXPECTED, expected,
			       WEFT_A_JOB_TRANSFERS_PAD)) ||
	    weft_put_service(skb, &burst->service,
			     WEFT_A_JOB_TRANSFERS_PACKETS,
			     WEFT_A_JOB_TRANSFERS_QUEUED_US,
			     WEFT_A_JOB_TRANSFERS_MARKS,
			     WEFT_A_JOB_TRANSFERS_DROPS) ||
	    weft_put_learned(skb, burst))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int weft_fill_job(struct sk_buff *skb, const void *object)
{
	const struct weft_job_record *record = object;
	const struct weft_job_counts *counts = &record->counts;

	if (nla_put_u32(skb, WEFT_A_JOB_ID, record->id) ||
	    nla_put_u32(skb, WEFT_A_JOB_FLOWS, counts->flows) ||
	    nla_put_u64_64bit(skb, WEFT_A_JOB_FLOWS_TOTAL, counts->flows_total,
			      WEFT_A_JOB_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_JOB_TX_BYTES,
			      counts->bytes[WEFT_DIRECTION_EGRESS],
			      WEFT_A_JOB_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_JOB_TX_PACKETS,
			      counts->packets[WEFT_DIRECTION_EGRESS],
			      WEFT_A_JOB_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_JOB_RX_BYTES,
			      counts->bytes[WEFT_DIRECTION_INGRESS],
			      WEFT_A_JOB_PAD) ||
	    nla_put_u64_64bit(skb, WEFT_A_JOB_RX_PACKETS,
			      counts->packets[WEFT_DIRECTION_INGRESS],
			      WEFT_A_JOB_PAD) ||
	    (record->name[0] &&
	     nla_put_string(skb, WEFT_A_JOB_NAME, record->name)) ||
	    weft_put_transfers(skb, WEFT_A_JOB_TX_TRANSFERS,
			       &record->bursts[WEFT_DIRECTION_EGRESS]) ||
	    weft_put_transfers(skb, WEFT_A_JOB_RX_TRANSFERS,
			       &record->bursts[WEFT_DIRECTION_INGRESS]))
		return -EMSGSIZE;
	return 0;
}

/**
 * weft_nl_job_get_doit - show one job and what it carried
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes the semaphore of the tables.
 * Return: 0 or a negative error.
 */
int weft_nl_job_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_net *wn = weft_net(genl_info_net(info));
	struct nlattr *attr = info->attrs[WEFT_A_JOB_ID];
	struct weft_job_batch *batch;
	int err;
	u32 id;

	err = weft_netlink_need(info, WEFT_A_JOB_ID, "id, the job's number");
	if (err)
		return err;
	id = nla_get_u32(attr);
	batch = kmalloc(sizeof(*batch), GFP_KERNEL);
	if (!batch)
		return weft_netlink_no_memory(info->extack);

	batch->n = 0;
	down_read(&wn->tables);
	if (wn->flows)
		weft_read_jobs(wn, batch, id, 1);
	up_read(&wn->tables);
	if (batch->n && batch->job[0].id == id) {
		err = weft_netlink_reply(info, weft_fill_job, &batch->job[0]);
	} else {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr,
					"job %u: no flow works or has worked for it",
					id);
		err = -ENOENT;
	}
	kfree(batch);
	return err;
}

/**
 * weft_nl_job_get_dumpit - show jobs and what they carried
 * @skb: the message to fill
 * @cb: where the dump stands: args[0] is the lowest number to come, args[1]
 *	says that none comes
 *
 * Context: Process. Takes the semaphore of the tables.
 * Return: 0 at the end, or how much was filled.
 */
int weft_nl_job_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr *only = genl_info_dump(cb)->attrs[WEFT_A_JOB_ID];
	struct weft_net *wn = weft_netlink_net(skb);
	struct weft_job_batch *batch;
	unsigned int i;
	u32 from;

	if (cb->args[1])
		return 0;
	from = only ? nla_get_u32(only) : max_t(u32, cb->args[0], 1);
	batch = kmalloc(sizeof(*batch), GFP_KERNEL);
	if (!batch)
		return weft_netlink_no_memory(cb->extack);

	batch->n = 0;
	down_read(&wn->tables);
	if (wn->flows)
		weft_read_jobs(wn, batch, from, only ? 1 : WEFT_JOB_BATCH);
	up_read(&wn->tables);
	for (i = 0; i < batch->n; i++) {
		if (only && batch->job[i].id != from)
			break;
		if (weft_netlink_dump(skb, cb, WEFT_CMD_JOB_GET, weft_fill_job,
				      &batch->job[i]))
			goto more;
		cb->args[0] = batch->job[i].id + 1UL;
	}
	/* A full batch that fitted: ask for the next one, unless that was all. */
	cb->args[1] = only || batch->n < WEFT_JOB_BATCH ||
		      batch->job[i - 1].id == U32_MAX;
more:
	kfree(batch);
	return skb->len;
}

/* Names are shown in terminals and in lists. */
static int weft_check_job_name(const struct nlattr *attr,
			       struct netlink_ext_ack *extack)
{
	const char *name = nla_data(attr);

	for (; *name; name++) {
		if (isascii(*name) && isgraph(*name))
			continue;
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "a job's name has letters, digits and signs of ASCII only, no blanks");
		return -EINVAL;
	}
	return 0;
}

/**
 * weft_nl_job_set_doit - change what is given of a job
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: Process. Takes the semaphore of the tables.
 * Return: 0 or a negative error.
 */
int weft_nl_job_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_net *wn = weft_net(genl_info_net(info));
	struct nlattr *name = info->attrs[WEFT_A_JOB_NAME];
	struct nlattr *id = info->attrs[WEFT_A_JOB_ID];
	bool done = false;
	int err;

	err = weft_netlink_need(info, WEFT_A_JOB_ID, "id, the job's number") ?:
	      weft_netlink_need(info, WEFT_A_JOB_NAME,
				"something to change: name") ?:
	      weft_check_job_name(name, info->extack);
	if (err)
		return err;

	down_read(&wn->tables);
	if (!wn->jobs) {
		NL_SET_ERR_MSG(info->extack,
			       "jobs are kept while there is an uplink: add one first");
		err = -ENOENT;
	} else {
		done = weft_job_set_name(wn->jobs, nla_get_u32(id),
					 nla_data(name));
	}
	up_read(&wn->tables);
	if (err || done)
		return err;
	NL_SET_ERR_MSG_ATTR(info->extack, id,
			    "all jobs that there is room for are at work");
	return -ENOSPC;
}
