#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The end of things, in any order and under load: nothing is left, nothing
# hangs, nothing splats.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# Datagrams between two rests of 10 ms: what one CPU carries.
CROWD=$((300 / WAIT + 1))

messages_are_seen() { [[ $(on host weft -j profile show) =~ \"hits\":[1-9] ]]; }

# Ports, an uplink with a scheduler, and traffic through all of it, streams that
# are read among it: always some under way, but no flood, below which a kernel
# with checkers gets nothing done.
busy()
{
	topo
	port a 11
	port b 12
	must on host tc qdisc replace dev up0 root weft rate 200mbit
	must on host weft policy add egress deny protocol udp port 97
	must on host weft rule add port 98 class gradient job 9
	rr_profile >"$WORK/rr.yaml"
	must on host weft profile load "$WORK/rr.yaml"
	(
		# clients die with what they talk through
		exec >/dev/null 2>&1
		on a talk blast 10.9.0.2 99 1000 1000000000 $CROWD &
		on b talk blast fd09::11 98 1000 1000000000 $CROWD &
		on host talk blast 10.9.0.2 98 1000 1000000000 $CROWD &
		on host talk blast 10.9.0.2 97 1000 1000000000 $CROWD &
		on peer talk blast 10.9.0.11 99 1000 1000000000 $CROWD &
		on host talk rr 10.9.0.2 7 1000 1000000 50 &
		on a talk rr fd09::2 7 1000 1000000 50 &
		on peer talk rr 10.9.0.11 8 1000 1000000 50 &
	)
	before=$(counter uplink up0 tx_packets)
	wait_for traffic counter_above "$((before + 100))" uplink up0 tx_packets
	wait_for messages messages_are_seen
}

# One way to take a part away; some are not there any more.
take()
{
	case $1 in
	port)	on host ip link del dev a || on a ip link del dev a ;;
	qdisc)	on host tc qdisc del dev up0 root ;;
	uplink)	on host weft uplink del up0 ;;
	device)	on host ip link del up0 ;;
	peer)	nsx del "$peer" ;;
	netns)	nsx del "$host" ;;
	anetns)	nsx del "$a" ;;
	profile) on host weft profile unload rr ;;
	module)	rmmod weft ;;
	esac >/dev/null 2>&1
}

# orders ORDER...: those that are most different come first
orders()
{
	local order

	for order in "${@:1:$(rounds $# 1)}"; do
		is_loaded || must modprobe weft
		busy
		for part in $order; do
			take "$part"
		done
		note "done: $order"
		teardown
		! [ -e "$WORK/failed" ] || break
	done
}

test_device_first() { orders "device port qdisc uplink netns" "device netns anetns"; }
test_qdisc_first() { orders "qdisc uplink device" "qdisc port anetns uplink netns"; }
test_port_first() { orders "port qdisc device" "anetns device netns"; }
test_namespace_first() { orders "netns anetns" "peer netns" "anetns netns peer"; }
test_profile_first() { orders "profile qdisc uplink netns" "profile netns"; }
test_uplink_in_between() { orders "anetns port uplink qdisc" "qdisc port uplink device"; }

test_rmmod_under_traffic()
{
	busy
	refused "in use" rmmod weft
	must on host tc qdisc del dev up0 root
	must rmmod weft
	check_not "no module" is_loaded
	is "no port is left" "$(on a ip -o link show type weft)" ""
	check "the host's traffic goes on" ask host 10.9.0.2 7
	must modprobe weft
}

test_rmmod_and_netns_exit_at_once()
{
	for ((i = 0; i < $(rounds 3 2); i++)); do
		is_loaded || must modprobe weft
		busy
		take qdisc
		nsx del "$host" &
		rmmod weft 2>/dev/null &
		nsx del "$a" &
		wait
		teardown
	done
	is_loaded || must modprobe weft
}

test_load_and_unload()
{
	for ((i = 0; i < $(rounds 5 3); i++)); do
		wait_for rmmod unload || return
		must modprobe weft
	done
}

test_ports_come_and_go()
{
	busy
	for i in 1 2 3 4; do
		must on host ip link add link up0 name "p$i" type weft
		must on host ip link set "p$i" up
		[ $((i % 2)) -eq 0 ] || must on host ip link del "p$i"
	done
	is "ports" "$(on host weft -j port show | jq length)" 4
}

test_uplinks_come_and_go()
{
	busy
	take anetns
	must on host ip link add d0 type dummy
	must on host ip link set d0 up
	for ((i = 0; i < $(rounds 5 3); i++)); do
		must on host weft uplink add d0 noqdisc
		must on host weft uplink del d0
	done
}

test_policies_come_and_go()
{
	busy
	for ((i = 1; i <= $(rounds 10 4); i++)); do
		id=$(add policy egress deny port 90-99)
		id2=$(add rule port 90-99 class dataset job $i)
		must on host weft policy del "$id"
		must on host weft rule del "$id2"
	done
	is "flows stay whole" "$(flows '.tx_bytes < .tx_packets' | wc -l)" 0
}

test_link_flaps()
{
	busy
	for ((i = 0; i < $(rounds 5 3); i++)); do
		must on host ip link set up0 down
		must on host ip link set up0 up
		must on a ip link set dev a down
		must on a ip link set dev a up
	done
	on host ip addr add fd09::1/64 dev up0 nodad 2>/dev/null
	check "it works after that" ask host 10.9.0.2 7
}

run_tests "$@"
