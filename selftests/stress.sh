#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Random operations with traffic. WEFT_SEED repeats a run, WEFT_STEPS says how
# long it is. Most operations are refused now and then; what counts is that
# nothing hangs or splats, and that it all works and goes afterwards.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

STEPS=${WEFT_STEPS:-$(rounds 200 80)}
RANDOM=${WEFT_SEED:-1}

# flood NAME ADDR: without end; with rests where checkers would leave no time for
# the commands
flood() { on "$1" talk blast "$2" 99 1000 1000000000 $CROWD; }
CROWD=""
[ "$WAIT" -le 30 ] || CROWD=2

pick() { eval "shift $((RANDOM % $#)); echo \"\$1\""; }

step()
{
	local p=p$((RANDOM % 4)) class action n=$((RANDOM % 100 + 1))

	class=$(pick control token gradient dataset checkpoint other)
	action=$(pick allow deny audit)
	case $((RANDOM % 28)) in
	0|1|2)	on host ip link add link up0 name "$p" type weft &&
		on host ip link set "$p" up ;;
	3)	on host ip link del "$p" ;;
	4)	on host ip link set "$p" netns "$(pick "$host" "$peer")" ;;
	5)	on peer ip link del "$p" ;;
	6)	on host weft uplink add up0 noqdisc ;;
	7)	on host weft uplink del up0 ;;
	8)	on host weft uplink set up0 policy "$action" ;;
	9)	on host tc qdisc replace dev up0 root weft rate "${n}mbit" ;;
	10)	on host tc qdisc del dev up0 root ;;
	11)	on host tc qdisc change dev up0 root weft limit "${n}kb" ;;
	12)	on host weft policy add egress "$action" port "$n" ;;
	13)	on host weft policy add ingress "$action" remote "10.9.0.$n" ;;
	14)	on host weft policy del $((RANDOM % 20 + 1)) ;;
	15)	on host weft rule add port "$n" class "$class" job "$n" ;;
	16)	on host weft rule del $((RANDOM % 20 + 12)) ;;
	17)	on host ip link set up0 mtu $((1280 + RANDOM % 220)) ;;
	18)	on host weft port set attach $((RANDOM % 20 + 1)) policy "$action" class "$class" ;;
	19)	on host ip link set up0 down; on host ip link set up0 up ;;
	20)	on host weft profile load "$WORK/rr.yaml" ;;
	21)	on host weft profile unload rr ;;
	22)	on host weft table set max-flows $((1024 << RANDOM % 7)) ;;
	23)	on host weft flow set $((RANDOM % 8)) class "$class" job "$n" ;;
	24)	on host weft flow del $((RANDOM % 8)) ;;
	25)	on host weft grant add class "$class" job "$n" ;;
	26)	on host weft grant del $((RANDOM % 20 + 1)) ;;
	27)	on host talk rr 10.9.0.2 $((7 + RANDOM % 3)) 1000 1000000 50 & ;;
	esac
}

# Somebody who says what he sends, for as long as the test.
declarer()
{
	# shellcheck disable=SC2016 # for the shell there
	# shellcheck disable=SC2086 # words
	on host $NOBODY bash -c '
		while exec 5<>/dev/tcp/10.9.0.2/7 && printf "s%010d\n" 0 >&5; do
			for n in 1 20 300 4000; do
				"$0" weft 34 1=u32:5 5=u64:$n 3=u32:$((n % 100)) 2=str:token
				printf "%*s" $n "" >&5
				"$0" weft 35 1=u32:5
			done
			"$0" weft 33 1=u32:5
		done' "$(for_nobody rawnl)"
}

test_random_operations()
{
	local i

	note "WEFT_SEED=${WEFT_SEED:-1} WEFT_STEPS=$STEPS"
	rr_profile >"$WORK/rr.yaml"
	topo
	(
		exec >/dev/null 2>&1
		flood host 10.9.0.2 &
		flood peer 10.9.0.1 &
		declarer &
	)
	for ((i = 0; i < STEPS; i++)); do
		step >/dev/null 2>&1
		[ $((i % 25)) -eq 0 ] || continue
		on host weft -j flow show | jq -e type >/dev/null ||
			fail "step $i: flow show"
		on host weft -j -s job show | jq -e type >/dev/null ||
			fail "step $i: job show"
	done
	# back to order
	for i in $(on host weft -j policy show | jq '.[].id'); do
		must on host weft policy del "$i"
	done
	on host tc qdisc del dev up0 root 2>/dev/null
	on host weft uplink set up0 policy allow 2>/dev/null
	on host ip addr replace fd09::1/64 dev up0 nodad
	check "the host reaches the peer" answers host 10.9.0.2 7
}

test_random_operations_on_two_processors()
{
	rr_profile >"$WORK/rr.yaml"
	topo
	(
		exec >/dev/null 2>&1
		flood host 10.9.0.2 &
		declarer &
	)
	for worker in 1 2 3; do
		(
			RANDOM=$((worker * 1000 + ${WEFT_SEED:-1}))
			for ((i = 0; i < STEPS / 3; i++)); do
				step >/dev/null 2>&1
			done
		) &
		workers[worker]=$!
	done
	wait "${workers[@]}"
	check "the tool still answers" on host weft -j uplink show
}

run_tests "$@"
