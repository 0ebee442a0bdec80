#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The ways round the hooks: each is policed and accounted all the same, and a
# counter says that a backstop did it.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

mac_of() { on "$1" ip -j link show "$2" | jq -r '.[0].address'; }

# UDP datagrams that the peer got, for a socket or not
peer_got()
{
	on peer awk '/^Udp: [0-9]/ { print $2 + $3 }' /proc/net/snmp
}

peer_got_since() { [ "$(peer_got)" -ge $(($1 + $2)) ]; }

deny_8() { must on host weft policy add egress deny protocol udp port 8; }

# counts WHAT UPLINK-OR-PORT DEV COUNTER N COMMAND...: the command makes the
# counter grow by exactly N
counts()
{
	local what=$1 where=$2 dev=$3 key=$4 n=$5 before
	shift 5

	before=$(counter "$where" "$dev" "$key")
	must "$@"
	is "$what" $(($(counter "$where" "$dev" "$key") - before)) "$n"
}

test_lying_sll_protocol()
{
	topo
	port a 11
	must on host weft uplink set up0 policy allow
	deny_8
	mac=$(mac_of peer eth0)
	got=$(peer_got)
	# the frame is IPv4, but the socket claims ETH_P_LOOP, ARP, 0x88b5
	for lie in 0x0060 0x0806 0x88b5; do
		counts "uplink, claiming $lie" uplink up0 tx_denied 5 on host \
			frame -n 5 -l $lie up0 "$mac" udp 10.9.0.1 3000 10.9.0.2 8 64
		counts "port, claiming $lie" port a tx_denied 5 on a \
			frame -n 5 -l $lie a "$mac" udp 10.9.0.11 3000 10.9.0.2 8 64
	done
	must on host frame -n 3 -l 0x0060 up0 "$mac" udp 10.9.0.1 3000 10.9.0.2 7 64
	wait_for "what is allowed to arrive" peer_got_since "$got" 3
	is "and nothing else" $(($(peer_got) - got)) 3
}

test_qdisc_bypass()
{
	topo
	port a 11
	must on host tc qdisc replace dev up0 root weft rate 100mbit
	deny_8
	mac=$(mac_of peer eth0)
	got=$(peer_got)
	counts "uplink" uplink up0 tx_denied 5 on host \
		frame -b -n 5 up0 "$mac" udp 10.9.0.1 3000 10.9.0.2 8 64
	counts "port" port a tx_denied 5 on a \
		frame -b -n 5 a "$mac" udp 10.9.0.11 3000 10.9.0.2 8 64
	must on host frame -b -n 4 up0 "$mac" udp 10.9.0.1 3001 10.9.0.2 7 64
	wait_for "what is allowed to arrive" peer_got_since "$got" 4
	is "and nothing else" $(($(peer_got) - got)) 4
	is "what passes is counted" "$(flows '.opener_port == 3001' .tx_packets)" 4
}

# A container behind a veth pair whose packets tc redirects to the uplink.
redirected()
{
	ns cont
	must ip link add c0 netns "$host" type veth peer name eth0 netns "$cont"
	must on host ip link set c0 up
	on cont ip -batch - <<-END
		addr add 10.9.0.50/24 dev eth0
		link set eth0 up
	END
	must on host tc qdisc add dev c0 clsact
	must on host tc filter add dev c0 ingress protocol ip matchall \
		action mirred egress redirect dev up0
}

test_tc_redirect_to_the_uplink()
{
	topo
	redirected
	must on host weft uplink add up0 rate 200mbit
	deny_8
	mac=$(mac_of peer eth0)
	got=$(peer_got)
	counts "denied" uplink up0 tx_denied 5 on cont \
		frame -n 5 eth0 "$mac" udp 10.9.0.50 3000 10.9.0.2 8 64
	counts "seen by the backstop" uplink up0 backstop_enqueue 4 on cont \
		frame -n 4 eth0 "$mac" udp 10.9.0.50 3000 10.9.0.2 7 64
	wait_for "what is allowed to arrive" peer_got_since "$got" 4
	is "and nothing else" $(($(peer_got) - got)) 4
	is "it has a flow" "$(flows '.opener == "10.9.0.50"' .tx_packets)" 4
	is "in bytes" "$(flows '.opener == "10.9.0.50"' .tx_bytes)" $((4 * (14 + 28 + 64)))
}

test_ifb_on_the_uplinks_ingress()
{
	modprobe ifb numifbs=0 2>/dev/null || skip "kernel: no ifb"
	topo
	port a 11
	must on host talk serve 7 8
	must on host ip link add ifb0 type ifb
	must on host ip link set ifb0 up
	must on host tc qdisc add dev up0 clsact
	must on host tc filter add dev up0 ingress protocol all matchall \
		action mirred egress redirect dev ifb0
	check "the peer reaches a through ifb" answers peer 10.9.0.11 7
	check "and the host" answers peer 10.9.0.1 7
	before=$(counter port a backstop_rx)
	check "the peer reaches a" ask peer 10.9.0.11 7
	check "a backstop judged that" counter_above "$before" port a backstop_rx
	must on host weft policy add ingress deny protocol tcp port 8
	check "policy holds for the port" denied port a rx_denied -- peer 10.9.0.11 8
	check "and for the host" denied uplink up0 rx_denied -- peer 10.9.0.1 8
}

test_netem_above_the_scheduler()
{
	topo
	must on host weft uplink add up0 noqdisc
	must on host tc qdisc add dev up0 root handle 1: netem delay 2ms
	on host tc qdisc add dev up0 parent 1: handle 2: weft 2>"$WORK/err" ||
		die "weft below netem: $(cat "$WORK/err")"
	deny_8
	check "traffic flows" answers host 10.9.0.2 7
	check "a megabyte" on host talk send 10.9.0.2 7 1000000
	mac=$(mac_of peer eth0)
	got=$(peer_got)
	counts "denied" uplink up0 tx_denied 5 on host \
		frame -n 5 up0 "$mac" udp 10.9.0.1 3000 10.9.0.2 8 64
	must on host frame -n 4 up0 "$mac" udp 10.9.0.1 3001 10.9.0.2 7 64
	wait_for "what is allowed to arrive" peer_got_since "$got" 4
	is "the flow is accounted once" "$(flows '.opener_port == 3001' .tx_packets)" 4
}

test_vlan_over_the_uplink()
{
	topo
	must on host weft uplink add up0
	must on host ip link add link up0 name up0.5 type vlan id 5
	# nothing of its own to say
	must on host sh -c 'echo 1 >/proc/sys/net/ipv6/conf/up0.5/disable_ipv6'
	must on host ip link set up0.5 up
	deny_8
	mac=$(mac_of peer eth0)
	counts "a tagged packet" uplink up0 tx_denied 5 on host \
		frame -n 5 up0.5 "$mac" udp 10.8.0.1 3000 10.8.0.2 8 64
	# a tag, or two, written into the frame by hand
	counts "a tag in the frame" uplink up0 tx_denied 1 on host frame -e 0x8100 up0 \
		"$mac" hex 000508004500001c00000000401166bd0a0900010a0900020bb8000800080000
	counts "two tags" uplink up0 tx_denied 1 on host frame -e 0x88a8 up0 \
		"$mac" hex 00058100000608004500001c00000000401166bd0a0900010a0900020bb8000800080000
}

test_bridge_to_the_uplink()
{
	topo
	ns cont
	must on host weft uplink add up0
	must on host ip link add br0 type bridge
	must on host ip link set up0 master br0
	must ip link add c0 netns "$host" type veth peer name eth0 netns "$cont"
	must on host ip link set c0 master br0 up
	must on host ip link set br0 up
	on cont ip -batch - <<-END
		addr add 10.9.0.50/24 dev eth0
		link set eth0 up
	END
	check "the container reaches the peer" ask cont 10.9.0.2 7
	deny_8
	mac=$(mac_of peer eth0)
	counts "bridged packets" uplink up0 tx_denied 5 on cont \
		frame -n 5 eth0 "$mac" udp 10.9.0.50 3000 10.9.0.2 8 64
}

# A stamp is believed on the uplink that made it: what the VLAN's own uplink has
# judged is judged again below, where a port makes stamps be looked at.
test_stamp_of_another_uplink()
{
	topo
	must on host weft uplink add up0
	must on host ip link add link up0 name port0 type weft
	must on host ip link add link up0 name up0.5 type vlan id 5
	# nothing of its own to say
	must on host sh -c 'echo 1 >/proc/sys/net/ipv6/conf/up0.5/disable_ipv6'
	must on host ip link set up0.5 up
	must on host weft uplink add up0.5
	must on host weft policy add egress deny dev up0 protocol udp port 8
	mac=$(mac_of peer eth0)
	counts "passed above" uplink up0.5 tx_packets 5 on host \
		frame -n 5 up0.5 "$mac" udp 10.9.0.1 3000 10.9.0.2 8 64
	counts "denied below" uplink up0 tx_denied 5 on host \
		frame -n 5 up0.5 "$mac" udp 10.9.0.1 3000 10.9.0.2 8 64
}

test_malformed_and_non_ip_follow_the_default()
{
	topo
	must on host weft uplink add up0
	mac=$(mac_of peer eth0)
	counts "not IP" uplink up0 non_ip 3 on host \
		frame -n 3 -e 0x88b5 up0 "$mac" hex 00112233
	counts "cut short" uplink up0 malformed 3 on host \
		frame -n 3 -e 0x0800 up0 "$mac" hex 4500001400
	must on host weft uplink set up0 policy deny
	counts "not IP, denied" uplink up0 tx_denied 3 on host \
		frame -n 3 -e 0x88b5 up0 "$mac" hex 00112233
	counts "cut short, denied" uplink up0 tx_denied 3 on host \
		frame -n 3 -e 0x0800 up0 "$mac" hex 4500001400
}

run_tests "$@"
