/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints, for perf, trace-cmd and bpftrace. Devices are shown by number
 * and name, both copied: the device may be gone when the record is read.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM weft

#if !defined(_WEFT_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _WEFT_TRACE_H

#include <linux/netdevice.h>
#include <linux/pkt_sched_weft.h>
#include <linux/skbuff.h>
#include <linux/tracepoint.h>
#include <linux/weft.h>

TRACE_DEFINE_ENUM(TCA_WEFT_DROP_LIMIT);
TRACE_DEFINE_ENUM(TCA_WEFT_DROP_AQM);
TRACE_DEFINE_ENUM(TCA_WEFT_DROP_POLICY);
TRACE_DEFINE_ENUM(TCA_WEFT_DROP_FILTER);
TRACE_DEFINE_ENUM(TCA_WEFT_DROP_SEGMENT);

#define weft_show_drop(reason)				\
	__print_symbolic(reason,			\
		{ TCA_WEFT_DROP_LIMIT,	 "limit" },	\
		{ TCA_WEFT_DROP_AQM,	 "aqm" },	\
		{ TCA_WEFT_DROP_POLICY,	 "policy" },	\
		{ TCA_WEFT_DROP_FILTER,	 "filter" },	\
		{ TCA_WEFT_DROP_SEGMENT, "segment" })

TRACE_DEFINE_ENUM(WEFT_ACTION_ALLOW);
TRACE_DEFINE_ENUM(WEFT_ACTION_DENY);
TRACE_DEFINE_ENUM(WEFT_ACTION_AUDIT);
TRACE_DEFINE_ENUM(WEFT_DIRECTION_EGRESS);
TRACE_DEFINE_ENUM(WEFT_DIRECTION_INGRESS);

TRACE_EVENT(weft_enqueue,

	TP_PROTO(const struct net_device *dev, const struct sk_buff *skb,
		 u16 queue, u8 class, u32 len),

	TP_ARGS(dev, skb, queue, class, len),

	TP_STRUCT__entry(
		__array(char,		name,	IFNAMSIZ)
		__field(int,		ifindex)
		__field(const void *,	skbaddr)
		__field(u32,		len)
		__field(u16,		queue)
		__field(u8,		class)
	),

	TP_fast_assign(
		memcpy(__entry->name, dev->name, IFNAMSIZ);
		__entry->ifindex = dev->ifindex;
		__entry->skbaddr = skb;
		__entry->len = len;
		__entry->queue = queue;
		__entry->class = class;
	),

	TP_printk("dev=%s ifindex=%d skbaddr=%p queue=%u class=%u len=%u",
		  __entry->name, __entry->ifindex, __entry->skbaddr,
		  __entry->queue, __entry->class, __entry->len)
);

TRACE_EVENT(weft_dequeue,

	TP_PROTO(const struct net_device *dev, const struct sk_buff *skb,
		 u16 queue, u8 class, u32 len, u64 sojourn_ns, bool marked),

	TP_ARGS(dev, skb, queue, class, len, sojourn_ns, marked),

	TP_STRUCT__entry(
		__array(char,		name,	IFNAMSIZ)
		__field(int,		ifindex)
		__field(const void *,	skbaddr)
		__field(u64,		sojourn_ns)
		__field(u32,		len)
		__field(u16,		queue)
		__field(u8,		class)
		__field(bool,		marked)
	),

	TP_fast_assign(
		memcpy(__entry->name, dev->name, IFNAMSIZ);
		__entry->ifindex = dev->ifindex;
		__entry->skbaddr = skb;
		__entry->sojourn_ns = sojourn_ns;
		__entry->len = len;
		__entry->queue = queue;
		__entry->class = class;
		__entry->marked = marked;
	),

	TP_printk("dev=%s ifindex=%d skbaddr=%p queue=%u class=%u len=%u sojourn_ns=%llu marked=%d",
		  __entry->name, __entry->ifindex, __entry->skbaddr,
		  __entry->queue, __entry->class, __entry->len,
		  __entry->sojourn_ns, __entry->marked)
);

TRACE_EVENT(weft_drop,

	TP_PROTO(const struct net_device *dev, const struct sk_buff *skb,
		 u8 class, u32 len, u8 reason),

	TP_ARGS(dev, skb, class, len, reason),

	TP_STRUCT__entry(
		__array(char,		name,	IFNAMSIZ)
		__field(int,		ifindex)
		__field(const void *,	skbaddr)
		__field(u32,		len)
		__field(u8,		class)
		__field(u8,		reason)
	),

	TP_fast_assign(
		memcpy(__entry->name, dev->name, IFNAMSIZ);
		__entry->ifindex = dev->ifindex;
		__entry->skbaddr = skb;
		__entry->len = len;
		__entry->class = class;
		__entry->reason = reason;
	),

	TP_printk("dev=%s ifindex=%d skbaddr=%p class=%u len=%u reason=%s",
		  __entry->name, __entry->ifindex, __entry->skbaddr,
		  __entry->class, __entry->len,
		  weft_show_drop(__entry->reason))
);

TRACE_EVENT(weft_verdict,

	TP_PROTO(const struct net_device *dev, u32 attach, u8 direction,
		 u8 place, u8 action),

	TP_ARGS(dev, attach, direction, place, action),

	TP_STRUCT__entry(
		__array(char,		name,	IFNAMSIZ)
		__field(int,		ifindex)
		__field(u32,		attach)
		__field(u8,		direction)
		__field(u8,		place)
		__field(u8,		action)
	),

	TP_fast_assign(
		memcpy(__entry->name, dev->name, IFNAMSIZ);
		__entry->ifindex = dev->ifindex;
		__entry->attach = attach;
		__entry->direction = direction;
		__entry->place = place;
		__entry->action = action;
	),

	TP_printk("dev=%s ifindex=%d attach=%u direction=%s place=%u action=%s",
		  __entry->name, __entry->ifindex, __entry->attach,
		  __print_symbolic(__entry->direction,
				   { WEFT_DIRECTION_EGRESS,	"egress" },
				   { WEFT_DIRECTION_INGRESS,	"ingress" }),
		  __entry->place,
		  __print_symbolic(__entry->action,
				   { WEFT_ACTION_ALLOW,	"allow" },
				   { WEFT_ACTION_DENY,	"deny" },
				   { WEFT_ACTION_AUDIT,	"audit" }))
);

TRACE_EVENT(weft_message,

	TP_PROTO(u32 flow, u8 end, u64 size, u64 id),

	TP_ARGS(flow, end, size, id),

	TP_STRUCT__entry(
		__field(u64,		size)
		__field(u64,		id)
		__field(u32,		flow)
		__field(u8,		end)
	),

	TP_fast_assign(
		__entry->size = size;
		__entry->id = id;
		__entry->flow = flow;
		__entry->end = end;
	),

	TP_printk("flow=%u from=%s size=%llu id=0x%llx", __entry->flow,
		  __entry->end ? "acceptor" : "opener", __entry->size,
		  __entry->id)
);

#endif /* _WEFT_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
