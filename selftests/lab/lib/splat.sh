# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What in a kernel log means that the kernel found a bug in itself.  One
# pattern list serves the host (the whole log, at the end) and the guest (the
# log between two tests), so this file needs nothing of the others.

SPLAT_RE='(^|[^A-Za-z])(BUG: |BUG at |WARNING: |Oops: |Oops\[|KASAN: |KCSAN: |UBSAN: |ODEBUG: )'
SPLAT_RE+='|cut here \]|general protection fault|double fault:|stack segment:|unable to handle'
SPLAT_RE+='|Kernel panic|INFO: task .* blocked for more than|INFO: rcu_.* detected|rcu: INFO:'
SPLAT_RE+='|possible (circular|recursive) locking|inconsistent lock state|suspicious RCU usage'
SPLAT_RE+='|lock order inversion|bad unlock balance|held lock freed|lock held when returning'
SPLAT_RE+='|Invalid wait context|DEBUG_LOCKS_WARN_ON|refcount_t: |scheduling while atomic'
SPLAT_RE+='|sleeping function called|ref_tracker: |unregister_netdevice: waiting for'
SPLAT_RE+='|list_(add|del) corruption|kmemleak: [0-9]+ new suspected|unreferenced object 0x'
SPLAT_RE+='|soft lockup|hard LOCKUP|workqueue lockup|Objects remaining|still has objects'
SPLAT_RE+='|percpu ref .* <= 0|Bad page state|slab-out-of-bounds|hung task'

# splat_find ALLOW-FILE LOG...: prints the lines that are a splat; fails if
# there are none. ALLOW-FILE has one extended regular expression a line, each
# under a comment that says why a kernel without weft prints that.
splat_find()
{
	local allow=$1
	shift
	cat "$@" 2>/dev/null | tr -d '\r' | grep -aE "$SPLAT_RE" |
		grep -avE -f <(grep -vE '^(#|$)' "$allow"; echo '^WEFT-NO-SUCH-LINE$')
}
