/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _WEFT_COMPAT_LINUX_NETLINK_H
#define _WEFT_COMPAT_LINUX_NETLINK_H

#include_next <linux/netlink.h>

#ifndef NL_SET_ERR_MSG_FMT
#include <linux/atomic.h>
#include <linux/kernel.h>

#define NETLINK_MAX_FMTMSG_LEN	80

/*
 * An extack of before 6.3 has no room for a message, it only points to one. So
 * the text lies in the oldest of several buffers, which is read when the answer
 * is put together, right after the handler returned. A reader that is overtaken
 * by a whole round of refusals gets another's words, never an open end: the
 * last byte of a buffer is always NUL.
 */
static inline __printf(1, 2) const char *weft_extack_text(const char *fmt, ...)
{
	static char text[16][NETLINK_MAX_FMTMSG_LEN];
	static atomic_t turn;
	unsigned int i = (unsigned int)atomic_inc_return(&turn) % ARRAY_SIZE(text);
	va_list args;

	va_start(args, fmt);
	vsnprintf(text[i], sizeof(text[i]), fmt, args);
	va_end(args);
	return text[i];
}

#define NL_SET_ERR_MSG_FMT(extack, fmt, args...) do {			\
	struct netlink_ext_ack *__ack = (extack);			\
	if (__ack)							\
		__ack->_msg = weft_extack_text(fmt, ##args);		\
} while (0)

#define NL_SET_ERR_MSG_FMT_MOD(extack, fmt, args...)			\
	NL_SET_ERR_MSG_FMT((extack), KBUILD_MODNAME ": " fmt, ##args)

#define NL_SET_ERR_MSG_ATTR_FMT(extack, attr, fmt, args...) do {	\
	struct netlink_ext_ack *__attr_ack = (extack);			\
	NL_SET_ERR_MSG_FMT(__attr_ack, fmt, ##args);			\
	NL_SET_BAD_ATTR(__attr_ack, attr);				\
} while (0)
#endif /* NL_SET_ERR_MSG_FMT */

#endif /* _WEFT_COMPAT_LINUX_NETLINK_H */
