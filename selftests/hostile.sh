#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Packets that nobody means well with (hostile.c), from everywhere, into all that
# reads packets. WEFT_SEED makes others.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

STORM=$(rounds 20000 8000)

# Where everything is looked at: small table, tunnels, all profiles, jobs.
exposed()
{
	local name

	echo 1024 >/sys/module/weft/parameters/max_flows
	topo
	must on host weft uplink add up0 tunnels on
	printf '%s\n' 'name: bait' 'framings:' \
		'  - { name: short, header: 4, hello: 6, length: { offset: 0, width: 2, order: big }, most: 60000, check: { offset: 2, value: 55 66 } }' \
		'streams:' \
		'  - { name: four, offset: 2, value: 61 62 63 64, class: gradient, job: 77, framing: short }' \
		>"$WORK/bait.yaml"
	must on host weft profile load "$WORK/bait.yaml"
	for name in gloo nccl storage serving rxe; do
		must on host weft profile load "$name"
	done
	must on host weft rule add protocol udp port 4791 class gradient job 78
	must on host weft rule add protocol tcp port 7 class token job 79
	must on host weft policy add egress deny protocol udp port 53
	must on host weft policy add ingress deny protocol udp port 53
	must on host weft class set gradient dscp 10
	must on host tc qdisc replace dev up0 root weft
	before=$(counted)
}

# What was counted of all that went by, there or between ports
counted()
{
	{ on host weft -j uplink show; on host weft -j port show; } |
		jq -s 'add | map(.stats | .tx_packets + .rx_packets + .tx_denied + .rx_denied) | add'
}

mac() { on "$1" ip -j link show "$2" | jq -r '.[0].address'; }

# storm NAME DEV MAC: from there; how many left is in $WORK/sent
storm()
{
	must on "$1" hostile "$2" "$3" "$STORM" "${WEFT_SEED:-1}" >"$WORK/sent"
	is "frames" "$(cat "$WORK/sent")" "$STORM"
}

# Afterwards all is as before: who asks is answered, and what is asked is known.
unharmed()
{
	local after

	after=$(counted)
	compare "packets that were counted" $((after - before)) -ge "$STORM"
	compare "flows" "$(flows .index | wc -l)" -le 1024
	check "transfers are shown" eval 'on host weft -j transfer show | jq -e length'
	check "and jobs" eval 'on host weft -j job show | jq -e "length >= 2"'
	check "the first connection answers" goes_on
	check "a new one does" answers host 10.9.0.2 8
	check "from outside, too" answers peer fd09::1 7
	wait_for "a new flow's entry" streams
	flow_is '.acceptor_port == 9' stream=bait/four tx_framed.messages=1 tx_framed.bytes=3
}

# Where all the storm's flows are younger than a tenth of a second, none has to go.
streams()
{
	on host python3 -SE "$SELFTESTS/streams.py" send 10.9.0.2 9 787861626364 000355660102 03 &&
		[ "$(only_flow '.acceptor_port == 9' .stream)" != "0 flows" ]
}

hold_on()
{
	coproc hold { on host talk hold 10.9.0.2 8; }
	read -r answer <&"${hold[0]}"
}

goes_on()
{
	echo >&"${hold[1]}"
	read -r answer <&"${hold[0]}"
	[ "$answer" = yes ]
}

test_from_outside()
{
	exposed
	must on host talk serve 7
	hold_on
	storm peer eth0 "$(mac host up0)"
	unharmed
}

test_from_this_host()
{
	exposed
	must on host talk serve 7
	hold_on
	storm host up0 "$(mac peer eth0)"
	unharmed
}

# A container's root, to the rest of the world and to another port.
test_from_a_port()
{
	exposed
	must on host talk serve 7
	port a 11
	port b 12
	hold_on
	storm a a "$(mac peer eth0)"
	storm a a "$(mac b b)"
	must answers b 10.9.0.2 7
	unharmed
}

# of_class NAME dropped|sojourn: packets, nanoseconds on average
of_class()
{
	awk -v name="$1" -v what="$2" '
	$1 == "class" { its = $5 == name }
	its {
		for (i = 1; i < NF; i++) {
			if ($i !~ "^[(]?" what "$")
				continue
			n = $(i + 1)
			printf "%.0f\n", n * (n ~ /ms$/ ? 1000000 : n ~ /us$/ ? 1000 : n ~ /s$/ ? 1000000000 : 1)
			exit
		}
	}' \
		"$WORK/classes"
}

# Of each there is one packet. Who has a connection keeps it, the table its bound,
# and who has the latency tier does not wait behind them.
test_a_million_new_flows()
{
	local memory flood

	echo 16384 >/sys/module/weft/parameters/max_flows
	topo
	must on host weft uplink add up0
	must on host tc qdisc replace dev up0 root weft rate "$(rounds 50mbit 2mbit)"
	must on host weft rule add protocol tcp port 9 class token
	port a 11
	port b 12
	hold_on
	must keep b 10.9.0.2 8
	memory=$(on host weft -j table show | jq '.[0].memory')
	on a hostile a "$(mac peer eth0)" "$(rounds 1000000 30000)" 1 flood 10.9.0.11 10.9.0.2 \
		>"$WORK/sent" &
	flood=$!
	wait_for "the flood" eval '[ "$(counter port a tx_packets)" -gt 1000 ]'
	must on host talk rr 10.9.0.2 9 1000 "$(rounds 200 20)"
	check "all answered before it is over" kill -0 $flood
	wait $flood
	on host tc -s class show dev up0 >"$WORK/classes"
	is "of the latency tier, dropped" "$(of_class token dropped)" 0
	compare "it waited less" "$(($(of_class token sojourn) * 10))" -lt "$(of_class other sojourn)"
	compare "flows" "$(on host weft -j table show | jq '.[0].flows')" -le 16384
	compare "bytes" "$(on host weft -j table show | jq '.[0].memory')" -le $((memory + 16384 * 256))
	compare "refused to a" "$(counter port a untracked_quota)" -gt 0
	check "the host's connection answers" goes_on
	check "and b's is there" has_flow '.opener == "10.9.0.12" and .acceptor_port == 8'
}

run_tests "$@"
