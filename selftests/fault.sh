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
	# into the lab's other one nothing can be loaded
	[ -z "${LAB_STATIC:-}" ] || PATH=${PATH//"$LAB_STATIC:"/}
	if [ -x "$SELFTESTS/failnl.so" ]; then
		PRELOAD=$SELFTESTS/failnl.so
	else
		PRELOAD=$WORK/failnl.so
		[ -e "$PRELOAD" ] || gcc -O1 -w -shared -fPIC -o "$PRELOAD" \
			"$SELFTESTS/failnl.c" -ldl || die "no failnl.so"
	fi
}

# each IS_THERE UNDO COMMAND...: fails at every allocation in turn, or at every
# STRIDEth. A command that makes nothing has neither.
each()
{
	local there=$1 undo=$2 hit late n rc numbers stride=${STRIDE:-1}
	shift 2

	# nsx is static, and nothing is loaded into it
	coproc FAULTY {
		FAIL_SERVE="$WORK/out" LD_PRELOAD="$PRELOAD" nsx in "$host" "$@"
	} 2>/dev/null
	late=
	numbers=${FAULTY[1]}
	for ((n = 1; n < 1000; n += stride)); do
		echo "$n" >&"$numbers"
		read -r rc hit <&"${FAULTY[0]}" || die "$*: cannot be tried"
		if [ "$hit" != hit ]; then
			break
		elif [ -z "$there" ] || ! eval "$there" 2>/dev/null; then
			continue
		fi
		if [ "$rc" -ne 0 ]; then
			note "$*: allocation $n: refused ($(head -n 1 "$WORK/out")), yet there"
			late=${late:-$n}
		fi
		eval "$undo" >/dev/null 2>&1
		! eval "$there" 2>/dev/null || die "$*: cannot be undone"
	done
	exec {numbers}>&-
	wait "$FAULTY_PID"

	note "$*: $((n - stride)) allocations"
	# Done, and only the answer could not be sent: that is two allocations, and
	# what checkers allocate to watch them, each up to two.
	[ -z "$late" ] || compare "the first such" "$late" -ge $((n - stride - 5))
	compare "allocations that failed" $((n - stride)) -gt 0
	is "what the last did" "$hit" miss
	is "status without a fault" "$rc" 0
	[ -z "$there" ] || eval "$there" || fail "$*: succeeded, and is not there"
	eval "$undo" >/dev/null 2>&1
}

uplink_there() { [ "$(on host weft -j uplink show)" != "[]" ]; }
port_there() { [ "$(on host weft -j port show)" != "[]" ]; }
qdisc_there() { on host tc qdisc show dev up0 | grep -q weft; }
policy_there() { [ "$(on host weft -j policy show)" != "[]" ]; }
rule_there() { [ "$(on host weft -j rule show)" != "$shipped" ]; }

# undo_all policy|rule: all but shipped ones
undo_all()
{
	local shown id

	shown=$(on host weft -j "$1" show)
	while [[ $shown =~ \"id\":([0-9]+)(.*) ]]; do
		id=${BASH_REMATCH[1]} shown=${BASH_REMATCH[2]}
		[[ $shipped == *"\"id\":$id,"* ]] || on host weft "$1" del "$id"
	done
}

test_uplink()
{
	needs_failslab
	topo
	each uplink_there "on host weft uplink del up0" weft uplink add up0 noqdisc
}

test_port()
{
	# most are the device's registration, which takes a second or two
	local STRIDE

	STRIDE=$(rounds 1 7)
	needs_failslab
	topo
	# the first port makes its device an uplink
	each uplink_there "on host ip link del p1; on host weft uplink del up0" \
		ip link add link up0 name p1 type weft
	must on host weft uplink add up0
	each port_there "on host ip link del p1" ip link add link up0 name p1 type weft
}

test_qdisc()
{
	needs_failslab
	topo
	each qdisc_there "on host tc qdisc del dev up0 root" \
		tc qdisc add dev up0 root weft rate 50mbit
}

test_policy()
{
	needs_failslab
	topo
	must on host weft uplink add up0
	shipped=""
	each policy_there "undo_all policy" weft policy add egress deny port 8
}

test_rule()
{
	needs_failslab
	topo
	must on host weft uplink add up0
	shipped=$(on host weft -j rule show)
	each rule_there "undo_all rule" weft rule add port 8 class token
}

grant_there() { [ "$(on host weft -j grant show)" != "[]" ]; }
test_grant()
{
	needs_failslab
	topo
	must on host weft uplink add up0
	shipped=""
	each grant_there "undo_all grant" weft grant add dev up0 class token job 5
}

# Whatever is refused, the program goes on; and what is declared is there or not.
test_declaration()
{
	needs_failslab
	topo
	must on host weft uplink add up0
	# shellcheck disable=SC2046 # words
	must gcc -O1 -o "$WORK/example" "$(pkg-config --variable=example libweft)" \
		$(pkg-config --cflags --libs libweft)
	each "" "" "$WORK/example" 10.9.0.2 7 1000 1 13 gradient
}

profile_there() { [ "$(on host weft -j profile show)" != "[]" ]; }
test_profile()
{
	needs_failslab
	topo
	must on host weft uplink add up0
	printf '%s\n' 'name: faulty' 'framings:' \
		'  - { name: f, header: 4, length: { offset: 0, width: 2, order: big }, most: 60000 }' \
		'streams:' \
		'  - { name: s, value: 61 62, class: gradient, job: 77, framing: f }' \
		'rules:' \
		'  - { protocol: tcp, port: 5000, class: gradient }' >"$WORK/p.yaml"
	each profile_there "on host weft profile unload faulty" \
		weft profile load "$WORK/p.yaml"
}

table_there() { [[ $(on host weft -j table show) == *'"max_flows":4096,'* ]]; }
test_table()
{
	needs_failslab
	topo
	must on host weft uplink add up0
	must keep host 10.9.0.2 7
	each table_there "on host weft table set max-flows 65536" \
		weft table set max-flows 4096
	must ask host 10.9.0.2 7
}

set_there() { [[ $(on host weft -j flow show port 7) == *'"class":"gradient"'* ]]; }
test_flow_set()
{
	local index

	needs_failslab
	topo
	must on host weft uplink add up0
	must keep host 10.9.0.2 7
	index=$(flow '.acceptor_port == 7' index)
	each set_there "on host weft flow set $index class other job none" \
		weft flow set "$index" class gradient job 5
}

test_shows()
{
	needs_failslab
	topo
	port a 11
	must ask host 10.9.0.2 7
	for what in uplink port class rule policy grant flow job transfer profile table; do
		each "" "" weft -j $what show
	done
}

# Programs come from the host by 9p, which does not survive that. So here, and
# below, only programs have faults that are there already.
test_netns()
{
	needs_failslab
	tried=$(nsx starve "$(rounds 1 10)") || die "cannot be tried"
	note "$tried allocations"
	compare "allocations that failed" "$tried" -gt 20
	check "namespaces can be made" unshare -n true
}

# One in twenty, of those that traffic makes on its way down to the wire.
test_packets_without_memory()
{
	needs_failslab
	topo
	port a 11
	rr_profile >"$WORK/rr.yaml"
	must on host weft profile load "$WORK/rr.yaml"
	must on host tc qdisc replace dev up0 root weft rate 100mbit
	on host talk blast 10.9.0.2 99 1000 1000000000 5 &
	on a talk blast 10.9.0.2 99 1000 1000000000 5 &
	on peer talk blast 10.9.0.11 99 1000 1000000000 5 &
	on host talk rr 10.9.0.2 7 20000 1000000 10 2>/dev/null &
	on a talk rr 10.9.0.2 7 20000 1000000 10 2>/dev/null &
	wait_for "messages" on host sh -c "weft -j profile show | grep -q 'hits\":[1-9]'"
	for pid in $(pgrep -x talk); do
		echo 1 >"/proc/$pid/make-it-fail"
	done
	echo Y >$FAILSLAB/task-filter
	echo -1 >$FAILSLAB/times
	echo 5 >$FAILSLAB/probability
	before=$(counter uplink up0 tx_packets)
	wait_for "traffic all the same" counter_above "$((before + 500))" uplink up0 tx_packets
	before=$(counter port a tx_packets)
	wait_for "the port's" counter_above "$((before + 200))" port a tx_packets
	echo 0 >$FAILSLAB/probability
	echo N >$FAILSLAB/task-filter
	pkill -x talk
	must on peer talk serve 7
	check "all works after that" answers a 10.9.0.2 7
	check "for the host too" answers host 10.9.0.2 7
}

run_tests "$@"
