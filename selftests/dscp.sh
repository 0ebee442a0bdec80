#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What switches see of a class: the DSCP of packets that leave.
# shellcheck disable=SC2154 # host: a namespace, see ns

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# see FILTER: IP headers of packets that arrive at the peer, in $WORK/seen
see()
{
	forget
	on peer tcpdump -l -n -v -i eth0 -Q in "$1" >>"$WORK/seen" 2>"$WORK/tcpdump" &
	wait_for "tcpdump to listen" grep -q "listening on" "$WORK/tcpdump"
}

forget() { : >"$WORK/seen"; }

# fields: TOS and traffic class, each value once
fields() { grep -oE "(tos|class) 0x[0-9a-f]+" "$WORK/seen" | sort -u | xargs; }
fields_are() { [ "$(fields)" = "$1" ]; }
sees() { wait_for "$1 to be seen" fields_are "$1" || note "seen: $(fields)"; }

marked()
{
	topo
	must on host weft uplink add up0
	must on host weft rule add port 8 class gradient
	must on host weft class set gradient dscp af21
}

# bytes ADDR: a megabyte each way, with and without the device's help
bytes()
{
	for gso in on off; do
		on host ethtool -K up0 gso $gso tso $gso tx $gso >/dev/null 2>&1
		check "a megabyte, gso $gso" on host talk send "$1" 8 1000000
		check "a megabyte back, gso $gso" on host talk pull "$1" 8 1000000
	done
}

test_ipv4()
{
	marked
	see "tcp port 8"
	bytes 10.9.0.2
	sees "tos 0x48"
	check_not "a header's checksum is wrong" grep -q "bad cksum" "$WORK/seen"
	compare "packets" "$(grep -c "tos 0x48" "$WORK/seen")" -gt 30
}

test_ipv6()
{
	marked
	see "ip6 and tcp port 8"
	bytes fd09::2
	sees "class 0x48"
}

test_datagrams_and_fragments()
{
	marked
	see "udp or (ip[6:2] & 0x1fff != 0)"
	must on host talk blast 10.9.0.2 8 4000 3
	sees "tos 0x48"
	wait_for "all fragments" sh -c "[ \$(grep -c 'tos 0x48' '$WORK/seen') -eq 9 ]"
	check_not "a header's checksum is wrong" grep -q "bad cksum" "$WORK/seen"
}

test_other_classes_keep_theirs()
{
	marked
	see "udp"
	must on host talk tos=32 blast 10.9.0.2 9 100 1
	sees "tos 0x20"
	forget
	must on host talk tos=32 blast 10.9.0.2 8 100 1
	sees "tos 0x48"
}

test_ecn_stays()
{
	marked
	see "udp"
	for ecn in 1 2 3; do
		forget
		must on host talk tos=$ecn blast 10.9.0.2 8 100 2
		sees "tos 0x$(printf %x $((0x48 + ecn)))"
	done
}

test_change_reaches_open_flows()
{
	marked
	coproc hold { on host talk hold 10.9.0.2 8; }
	read -r answer <&"${hold[0]}"
	is connected "$answer" yes
	see "tcp port 8"
	for dscp in ef:0xb8 0:0x0 63:0xfc none:0x0 cs1:0x20; do
		must on host weft class set gradient dscp ${dscp%:*}
		forget
		echo >&"${hold[1]}"
		read -r answer <&"${hold[0]}"
		is "answered with ${dscp%:*}" "$answer" yes
		sees "tos ${dscp#*:}"
	done
	# and a flow that gets the class later
	must on host weft flow set "$(flow '.acceptor_port == 8' index)" class other
	forget
	echo >&"${hold[1]}"
	read -r answer <&"${hold[0]}"
	sees "tos 0x0"
	must on host weft flow set "$(flow '.acceptor_port == 8' index)" class gradient
	forget
	echo >&"${hold[1]}"
	read -r answer <&"${hold[0]}"
	sees "tos 0x20"
}

test_ports()
{
	topo
	port a 11 class gradient
	must on host weft class set gradient dscp 9
	see "tcp port 7"
	check "the port's workload" answers a 10.9.0.2 7
	check "over IPv6" answers a fd09::2 7
	sees "class 0x24 tos 0x24"
}

test_outer_header_of_a_tunnel()
{
	topo
	for end in "host 1 2 up0" "peer 2 1 eth0"; do
		# shellcheck disable=SC2086 # words
		set -- $end
		must on "$1" ip link add t0 type vxlan id 42 local "10.9.0.$2" \
			remote "10.9.0.$3" dstport 4789 dev "$4"
		must on "$1" ip addr add "10.7.0.$2/24" dev t0
		must on "$1" ip link set t0 mtu 1300 up
	done
	must on host weft uplink add up0 tunnels on
	must on host weft rule add port 8 class gradient
	must on host weft class set gradient dscp 10
	see "udp port 4789 and greater 500"
	check "half a megabyte" on host talk send 10.7.0.2 8 500000
	wait_for "the outer header to have it" grep -qE "tos 0x28.*proto UDP" "$WORK/seen"
	check_not "the inner one has its own" grep -qE "tos 0x28.*proto TCP" "$WORK/seen"
	check_not "a header's checksum is wrong" grep -q "bad cksum" "$WORK/seen"
}

# What has no IP header is of a class too.
test_others_than_ip()
{
	marked
	must on host weft class set control dscp 48
	must on host weft class set other dscp 1
	must on host ip neigh flush dev up0
	check "ARP" ask host 10.9.0.2 7
	check "neighbour discovery" ask host fd09::2 7
	mac=$(on peer ip -j link show eth0 | jq -r '.[0].address')
	# IPv4 by its EtherType alone; tags behind which nothing comes, or another
	# one; half an IPv6 header
	must on host frame -e 0x0800 up0 "$mac" hex 0000000000000000000000000000000000000000
	must on host frame -e 0x8100 up0 "$mac" hex 0005
	must on host frame -e 0x8100 up0 "$mac" hex 00050800
	must on host frame -e 0x8100 up0 "$mac" hex 0005810000068100000708004500
	must on host frame -e 0x86dd up0 "$mac" hex 6000000000081140fd090000
	check "all works" answers host 10.9.0.2 8
}

# pktgen sends one packet again and again, while somebody else reads it.
test_packets_that_others_hold()
{
	local gen=/proc/net/pktgen

	marked
	modprobe -q pktgen
	must on host weft class set other dscp 9
	see "udp port 9"
	on host tcpdump -n -i up0 -c 2000 udp port 9 >/dev/null 2>"$WORK/taps" &
	wait_for "the other tcpdump" grep -q "listening on" "$WORK/taps"
	mac=$(on peer ip -j link show eth0 | jq -r '.[0].address')
	on host sh -c "
		echo 'add_device up0' >$gen/kpktgend_0 && for line in 'count 2000' \
			'delay 0' 'pkt_size 200' 'xmit_mode queue_xmit' 'dst 10.9.0.2' \
			'src_min 10.9.0.1' 'src_max 10.9.0.1' 'dst_mac $mac' \
			'udp_dst_min 9' 'udp_dst_max 9'; do echo \"\$line\" >$gen/up0 || exit
		done
		echo start >$gen/pgctrl; echo rem_device_all >$gen/kpktgend_0" ||
		die "no pktgen"
	sees "tos 0x24"
}

test_shown_and_refused()
{
	marked
	is "as JSON" "$(on host weft -j class show gradient | jq '.[0].dscp')" 18
	is "none of the others" "$(on host weft -j class show token | jq '.[0].dscp')" null
	check "as text" sh -c "weft -n $host class show gradient | grep -q ' dscp af21 '"
	refused "codepoint" on host weft class set gradient dscp 64
	refused "codepoint" on host weft class set gradient dscp high
	refused "class" on host weft class set nosuch dscp 1
	refused "dscp" on host weft class set gradient
	# what the tool would not say
	refused "0 to 63" on host rawnl weft 29 1=u32:6 11=u8:64
	is "as before" "$(on host weft -j class show gradient | jq '.[0].dscp')" 18
	is "another namespace has its own" "$(on peer weft -j class show gradient | jq '.[0].dscp')" null
}

run_tests "$@"
