#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The flow table: who talks to whom, exact bytes, states, ends.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

state_is() { [ "$(flow "$1" state)" = "$2" ]; }
no_flow() { [ -z "$(flows "$1")" ]; }

# meter DEV: counts TCP to and from port 7 on a device, by tc
meter()
{
	local dev=$1 v

	must on host tc qdisc add dev "$dev" clsact
	for v in ip ipv6; do
		must on host tc filter add dev "$dev" egress protocol $v \
			flower ip_proto tcp dst_port 7 action pass
		must on host tc filter add dev "$dev" ingress protocol $v \
			flower ip_proto tcp src_port 7 action pass
	done
}

# metered DEV egress|ingress bytes|packets
metered()
{
	on host tc -s -j filter show dev "$1" "$2" |
		jq "[.[].options.actions[0].stats.$3 // 0] | add"
}

test_who_talks_to_whom()
{
	topo
	must on host talk serve 7
	must on host weft uplink add up0
	must keep host 10.9.0.2 7
	must ask_udp peer fd09::1 7
	flow_is '.protocol == "tcp"' opener=10.9.0.1 acceptor=10.9.0.2 acceptor_port=7 \
		direction=egress
	flow_is '.protocol == "udp"' opener=fd09::2 direction=ingress acceptor_port=7 \
		action=allow
}

# What the flow has of each is what tc counted; tc counts no Ethernet header
# on the way in.
same_as_metered()
{
	flow_is=$(flows '.acceptor_port == 7' |
		jq -r '[.tx_packets, .tx_bytes, .rx_packets, .rx_bytes] | join(" ")')
	meter_is="$(metered up0 egress packets) $(metered up0 egress bytes)"
	meter_is+=" $(metered up0 ingress packets)"
	meter_is+=" $(($(metered up0 ingress bytes) + 14 * $(metered up0 ingress packets)))"
	[ "$flow_is" = "$meter_is" ]
}

# exact ADDR GSO
exact()
{
	on host ethtool -K up0 tso "$2" gso "$2" gro off >/dev/null 2>&1
	on peer ethtool -K eth0 tso off gso off gro off >/dev/null 2>&1
	must on host weft uplink add up0
	meter up0
	check "half a megabyte" push host "$1" 7 500000
	# the last acknowledgment may still be on its way
	wait_for "the same counts" same_as_metered ||
		note "flow: $flow_is meter: $meter_is"
	compare "all of it" "$(flow '.acceptor_port == 7' tx_bytes)" -gt 500000
}

test_bytes_ipv4_gso() { topo; exact 10.9.0.2 on; }
test_bytes_ipv4_single() { topo; exact 10.9.0.2 off; }
test_bytes_ipv6_gso() { topo; exact fd09::2 on; }
test_bytes_ipv6_single() { topo; exact fd09::2 off; }

test_bytes_udp()
{
	topo
	must on host weft uplink add up0
	must on host talk blast 10.9.0.2 99 1000 100
	flow_is '.acceptor_port == 99' tx_packets=100 tx_bytes=$((100 * 1042))
	must on host talk blast fd09::2 98 1000 100
	flow_is '.acceptor_port == 98' tx_bytes=$((100 * 1062))
}

test_bytes_through_the_scheduler()
{
	topo
	must on host weft uplink add up0 rate 100mbit
	must on host talk blast 10.9.0.2 99 1000 100
	flow_is '.acceptor_port == 99' tx_packets=100 tx_bytes=$((100 * 1042))
}

test_bytes_of_a_port()
{
	topo
	port a 11
	port b 12
	must on a talk blast 10.9.0.2 99 1000 100
	flow_is '.acceptor_port == 99' tx_bytes=$((100 * 1042)) tx_packets=100
	# between ports it passes two places, and is counted once
	must on a talk blast 10.9.0.12 98 1000 100
	flow_is '.acceptor_port == 98' tx_bytes=$((100 * 1042))
}

test_states()
{
	topo
	must on host weft uplink add up0
	must on host talk blast 10.9.0.2 99 100 1
	flow_is '.acceptor_port == 99' state=new
	coproc hold { on host talk hold 10.9.0.2 7; }
	read -r answer <&"${hold[0]}"
	is connected "$answer" yes
	flow_is '.acceptor_port == 7' state=established
	local fd=${hold[1]}
	exec {fd}>&-
	wait_for "the entry to go" no_flow '.acceptor_port == 7'
}

test_reset_closes()
{
	topo
	must on host weft uplink add up0
	# nobody listens at 99: SYN, then RST
	check_not "refused" on host talk ask 10.9.0.2 99 5000
	wait_for "its end" \
		sh -c "[ -z \"\$(nsx in $host weft -j flow show | jq -c '.[] | select(.acceptor_port == 99 and .state != \"closed\")')\" ]"
}

test_forged_reset_does_not_close()
{
	topo
	must on host weft uplink add up0
	coproc hold { on host talk hold 10.9.0.2 7; }
	read -r answer <&"${hold[0]}"
	sport=$(flow '.acceptor_port == 7' opener_port)
	# a reset with a sequence number from nowhere, in the peer's name
	mac=$(on host ip -j link show up0 | jq -r '.[0].address')
	hex=$(printf '4500002800000000400600000a0900020a0900010007%04xdeadbeef000000005004000000000000' "$sport")
	must on peer frame eth0 "$mac" hex "$hex"
	echo >&"${hold[1]}"
	read -r answer <&"${hold[0]}"
	is "the connection lives" "$answer" yes
	flow_is '.acceptor_port == 7' state=established
}

test_icmp_echo_is_a_flow()
{
	topo
	must on host weft uplink add up0
	must on host ping -q -c 2 -i 0.2 -W 5 10.9.0.2
	flow_is '.protocol == "icmp"' tx_packets=2 rx_packets=2
	must on host ping -q -c 1 -W 5 fd09::2
	flow_is '.protocol == "ipv6-icmp" and .acceptor == "fd09::2"' rx_packets=1
}

test_icmp_error_makes_no_flow()
{
	topo
	must on host weft uplink add up0
	must on host talk blast 10.9.0.2 99 100 1
	# the peer answers "port unreachable"
	wait_for "the answer" sh -c "[ \$(nsx in $host awk '/^Icmp: [0-9]/ { print \$2 }' /proc/net/snmp) -gt 0 ]"
	is "no flow of ICMP" "$(flows '.protocol == "icmp"')" ""
	flow_is '.acceptor_port == 99' tx_packets=1
}

test_filters()
{
	topo
	port a 11
	must on host weft rule add port 8 class dataset job 5
	must keep host 10.9.0.2 7
	must keep host 10.9.0.2 8
	must ask_udp host 10.9.0.2 7
	must keep a 10.9.0.2 9
	is "by class" "$(on host weft -j flow show class dataset | jq length)" 1
	is "by job" "$(on host weft -j flow show job 5 | jq length)" 1
	is "by protocol" "$(on host weft -j flow show protocol udp | jq length)" 1
	is "by port" "$(on host weft -j flow show attach "$(attach a)" | jq -c '[.[].acceptor_port]')" "[9]"
	is "by state" "$(on host weft -j flow show state established protocol tcp | jq length)" 3
	is "by no such state" "$(on host weft -j flow show state closing | jq length)" 0
	is "by one's port" "$(on host weft -j flow show port 7 protocol tcp | jq length)" 1
	is "by the other's port" "$(on host weft -j flow show \
		port "$(flow '.acceptor_port == 8' opener_port)" | jq -c '[.[].acceptor_port]')" "[8]"
	is "by peer" "$(on host weft -j flow show peer 10.9.0.0/24 protocol tcp | jq length)" 3
	is "by another peer" "$(on host weft -j flow show peer 10.9.0.1 | jq length)" 0
	must on host talk serve 7
	must ask_udp peer fd09::1 7
	is "by who opened it from outside" \
		"$(on host weft -j flow show peer fd09::2 | jq -c '[.[].opener]')" '["fd09::2"]'
	is "by number" "$(on host weft -j flow show index "$(flow '.acceptor_port == 8' index)" | jq '.[0].acceptor_port')" 8
}

test_set_holds()
{
	topo
	must on host weft uplink add up0
	must on host weft rule add port 8 class dataset job 5
	coproc hold { on host talk hold 10.9.0.2 8; }
	read -r answer <&"${hold[0]}"
	local index
	index=$(flow '.acceptor_port == 8' index)
	flow_is '.acceptor_port == 8' class=dataset
	must on host weft flow set "$index" class gradient
	flow_is '.acceptor_port == 8' class=gradient job=5 source=set
	must on host weft rule add port 8 class checkpoint job 6 priority 1
	echo >&"${hold[1]}"
	read -r answer <&"${hold[0]}"
	flow_is '.acceptor_port == 8' class=gradient
	must on host weft flow set "$index" job 9
	is "job" "$(on host weft -j job show 9 | jq '.[0].flows')" 1
	is "the job before has none" "$(on host weft -j job show 5 | jq '.[0].flows')" 0
	must on host weft flow set "$index" job none
	flow_is '.acceptor_port == 8' class=gradient
	must keep host 10.9.0.2 8
	is "another flow is by the rules" \
		"$(flows '.acceptor_port == 8 and .class == "checkpoint"' | wc -l)" 1
}

test_del_ends_the_entry()
{
	topo
	must on host weft uplink add up0
	watch host close
	must on host talk blast 10.9.0.2 99 100 10
	local index
	index=$(flow '.acceptor_port == 99' index)
	must on host weft flow del "$index"
	is "gone" "$(flows '.acceptor_port == 99')" ""
	wait_for "its last counts" seen '.acceptor_port == 99 and .tx_packets == 10'
	refused "no flow $index" on host weft flow del "$index"
	must on host talk blast 10.9.0.2 99 100 3
	flow_is '.acceptor_port == 99' tx_packets=3
}

test_nonsense_about_a_flow()
{
	topo
	must on host weft uplink add up0
	must on host talk blast 10.9.0.2 99 100 1
	local index before
	index=$(flow '.acceptor_port == 99' index)
	before=$(flow '.acceptor_port == 99' class)
	refused "something to set" on host weft flow set "$index"
	refused "no such class|CLASS|class" on host weft flow set "$index" class nonsense
	refused "no flow 4000000" on host weft flow set 4000000 class token
	refused "no flow 4000000" on host weft flow del 4000000
	refused "index|NUMBER" on host weft flow del
	refused "state" on host weft flow show state nonsense
	refused "port" on host weft flow show port 0
	refused "port" on host weft flow show port 1-5
	refused "peer" on host weft flow show peer 10.9.0.2/8x
	flow_is '.acceptor_port == 99' class="$before"
}

test_same_ports_again()
{
	topo
	must on host weft uplink add up0
	for i in 1 2 3; do
		must on host socat -u OPEN:/dev/null TCP4:10.9.0.2:7,sourceport=4321,reuseaddr
		wait_for "the end of connection $i" \
			sh -c "! nsx in $host ss -tanH sport = :4321 | grep -v TIME-WAIT | grep -q ."
		on host ss -K sport = :4321 >/dev/null 2>&1
	done
	wait_for "all of them closed" \
		sh -c "[ -z \"\$(nsx in $host weft -j flow show | jq -c '.[] | select(.opener_port == 4321 and .state == \"established\")')\" ]"
}

test_picked_up_midstream()
{
	topo
	coproc hold { on host talk hold 10.9.0.2 7; }
	read -r answer <&"${hold[0]}"
	must on host weft uplink add up0
	echo >&"${hold[1]}"
	read -r answer <&"${hold[0]}"
	is "a connection from before goes on" "$answer" yes
	flow_is '.acceptor_port == 7 or .opener_port == 7' state=established
}

test_many_flows()
{
	topo
	must on host weft uplink add up0
	must on host talk fan 10.9.0.2 97 200
	is "flows" "$(flows '.acceptor_port == 97' | wc -l)" 200
	is "each has an index of its own" \
		"$(flows '.acceptor_port == 97' .index | sort -u | wc -l)" 200
}

# entry COMMAND...: sets where the kernel has the flow whose packets it sends
entry()
{
	local events=/sys/kernel/tracing/kprobe_events

	[ -e "$events" ] || mount -t tracefs tracefs /sys/kernel/tracing
	[ -e "$events" ] || skip "kernel: no kprobes"
	# shellcheck disable=SC2016 # the kernel's own
	must eval 'echo "p:weft_flow weft:weft_transfer_tick flow=\$arg2:x64" >>"$events"'
	echo 1 >"${events%/*}/events/kprobes/weft_flow/enable"
	"$@"
	echo 0 >"${events%/*}/events/kprobes/weft_flow/enable"
	entry=$(sed -n 's/.*weft_flow:.* flow=\(0x[0-9a-f]*\).*/\1/p' "${events%/*}/trace" | tail -n 1)
	echo >"${events%/*}/trace"
	echo '-:weft_flow' >>"$events"
	[ -n "$entry" ] || die "no flow of $*"
}

# lines COMMAND...: cache lines of the entry that each of its packets touches
lines()
{
	must touches "$entry" 192 "$@" >"$WORK/touched"
	awk -v n=$PACKETS '$2 >= n { line[int($1 / 64)] = 1 }
		END { for (i = 0; i < 3; i++) if (line[i]) printf "%d ", i }' "$WORK/touched"
}

# A line that is read by both directions and written by one goes to and fro between
# the processors that carry them.
test_a_packet_touches_two_lines()
{
	local PACKETS=100 out in mac ends away=02:00:00:00:00:99

	topo
	must on host weft uplink add up0
	mac=$(on host ip -j link show up0 | jq -r '.[0].address')
	for ends in "10.9.0.1 4321 10.9.0.2 99" "fd09::1 4321 fd09::2 99"; do
		# shellcheck disable=SC2086 # two ends
		set -- $ends
		out=(frame -n "$PACKETS" up0 "$away" udp "$1" "$2" "$3" "$4" 100)
		in=(frame -n "$PACKETS" eth0 "$mac" udp "$3" "$4" "$1" "$2" 100)
		# the second of them is the first of its jiffy that finds the flow
		entry on host "${out[@]}"
		is "$1 that leave" "$(lines nsx in "$host" "${out[@]}")" "0 1 "
		is "$1 that come" "$(lines nsx in "$peer" "${in[@]}")" "0 2 "
	done
}

# The same addresses and ports, once without a tag and once with.
test_vlans_are_apart()
{
	topo
	must on host ip link add link up0 name up0.5 type vlan id 5
	must on host ip link set up0.5 up
	must on host weft uplink add up0
	mac=$(on peer ip -j link show eth0 | jq -r '.[0].address')
	must on host frame -n 3 up0 "$mac" udp 10.9.0.1 4321 10.9.0.2 99 100
	must on host frame -n 2 up0.5 "$mac" udp 10.9.0.1 4321 10.9.0.2 99 100
	flow_is '.acceptor_port == 99 and .vlan == 5' tx_packets=2
	flow_is '.acceptor_port == 99 and .vlan != 5' tx_packets=3
}

run_tests "$@"
