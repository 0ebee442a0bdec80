#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Memory runs out, at each allocation of each operation in turn: the operation
# fails and leaves nothing, or succeeds.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

FAILSLAB=/sys/kernel/debug/failslab

needs_failslab()
{
	[ -d $FAILSLAB ] && [ -e /proc/self/fail-nth ] ||
		skip "kernel: no failslab"
	echo N >$FAILSLAB/ignore-gfp-wait
	echo 0 >$FAILSLAB/verbose
	if [ -x "$SELFTESTS/failnl.so" ]; then
		PRELOAD=$SELFTESTS/failnl.so
	else
		PRELOAD=$WORK/failnl.so
		[ -e "$PRELOAD" ] || gcc -O1 -w -shared -fPIC -o "$PRELOAD" \
			"$SELFTESTS/failnl.c" -ldl || die "no failnl.so"
	fi
}

# each IS_THERE UNDO COMMAND...: fails at every allocation in turn
each()
{
	local there=$1 undo=$2 n rc
	shift 2

	for ((n = 1; n < 400; n++)); do
		rm -f "$WORK/hit"
		nsx in "$host" env FAIL_NTH=$n \
			FAIL_LOG="$WORK/hit" LD_PRELOAD="$PRELOAD" "$@" \
			>"$WORK/out" 2>&1
		rc=$?
		if [ "$(cat "$WORK/hit" 2>/dev/null)" != hit ]; then
			[ $rc -eq 0 ] || fail "$*: without a fault: $(cat "$WORK/out")"
			[ "$(cat "$WORK/hit" 2>/dev/null)" = miss ] ||
				fail "$*: nothing was counted"
			note "$*: $((n - 1)) allocations"
			eval "$there" || fail "$*: succeeded, and is not there"
			eval "$undo" >/dev/null 2>&1
			compare "allocations that failed" $((n - 1)) -gt 0
			return
		fi
		# a dump or notification may fail and the thing be there
		if [ $rc -ne 0 ] && eval "$there" 2>/dev/null; then
			note "$*: allocation $n: refused ($(head -n 1 "$WORK/out")), yet there"
			LATE=$((LATE + 1))
		fi
		eval "$undo" >/dev/null 2>&1
		! eval "$there" 2>/dev/null || die "$*: cannot be undone"
	done
	fail "$*: no end of allocations"
}

# What is refused is not there, but for the answer that could not be sent.
LATE=0
at_most_late() { compare "refused, yet there" "$LATE" -le "$1"; }

uplink_there() { [ "$(on host weft -j uplink show | jq length)" -gt 0 ]; }
port_there() { on host ip link show p1 >/dev/null 2>&1; }
qdisc_there() { on host tc qdisc show dev up0 | grep -q weft; }
policy_there() { [ "$(on host weft -j policy show | jq length)" -gt 0 ]; }
rule_there() { [ "$(on host weft -j rule show | jq '[.[] | select(.shipped | not)] | length')" -gt 0 ]; }
undo_all() { for i in $(on host weft -j "$1" show | jq '.[] | select(.shipped | not).id'); do on host weft "$1" del "$i"; done; }

test_uplink()
{
	needs_failslab
	topo
	each uplink_there "on host weft uplink del up0" weft uplink add up0 noqdisc
	at_most_late 2
}

test_port()
{
	needs_failslab
	topo
	each port_there "on host ip link del p1; on host weft uplink del up0" \
		ip link add link up0 name p1 type weft
	at_most_late 2
	must on host weft uplink add up0
	each port_there "on host ip link del p1" ip link add link up0 name p1 type weft
}

test_qdisc()
{
	needs_failslab
	topo
	each qdisc_there "on host tc qdisc del dev up0 root" \
		tc qdisc add dev up0 root weft rate 50mbit
	at_most_late 2
}

test_policy()
{
	needs_failslab
	topo
	must on host weft uplink add up0
	each policy_there "undo_all policy" weft policy add egress deny port 8
	at_most_late 2
}

test_rule()
{
	needs_failslab
	topo
	must on host weft uplink add up0
	each rule_there "undo_all rule" weft rule add port 8 class token
	at_most_late 2
}

test_shows()
{
	needs_failslab
	topo
	port a 11
	must ask host 10.9.0.2 7
	for what in uplink port class rule policy flow job; do
		each true true weft -j $what show
	done
}

test_netns()
{
	local n

	needs_failslab
	# the module's part of a namespace's birth
	echo 20 >$FAILSLAB/probability
	echo -1 >$FAILSLAB/times
	echo Y >$FAILSLAB/task-filter
	for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		bash -c 'echo 1 >/proc/self/make-it-fail; exec unshare -n true' 2>/dev/null
	done
	echo 0 >$FAILSLAB/probability
	echo N >$FAILSLAB/task-filter
	check "namespaces can be made" unshare -n true
}

test_packets_without_memory()
{
	needs_failslab
	topo
	port a 11
	must on host tc qdisc replace dev up0 root weft rate 100mbit
	echo 5 >$FAILSLAB/probability
	echo -1 >$FAILSLAB/times
	echo N >$FAILSLAB/task-filter
	on host talk blast 10.9.0.2 99 1000 300
	on a talk blast 10.9.0.2 99 1000 300
	echo 0 >$FAILSLAB/probability
	check "all works after that" answers a 10.9.0.2 7
	check "for the host too" answers host 10.9.0.2 7
}

run_tests "$@"
