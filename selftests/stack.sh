#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Uplinks above each other: each has its say, and a packet counts once.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# over NAME KIND...: a device over the host's up0 and one over the peer's eth0,
# 10.8.0.1 and 10.8.0.2
over()
{
	local above=$1
	shift

	must on host ip link add link up0 name "$above" "$@"
	must on peer ip link add link eth0 name "$above" "$@"
	must on host ip link set "$above" up
	must on peer ip link set "$above" up
	must on host ip addr add 10.8.0.1/24 dev "$above"
	must on peer ip addr add 10.8.0.2/24 dev "$above"
}

# both: a VLAN's device and its NIC are uplinks
both()
{
	topo
	over v5 type vlan id 5
	must on host weft uplink add up0 noqdisc
	must on host weft uplink add v5 noqdisc
}

# what FILTER FIELDS: of the only flow that matches, in one line
what() { only_flow "$1" "[$2] | join(\" \")"; }

test_a_packet_counts_once()
{
	both
	must on host talk serve 8
	must on host weft rule add protocol udp port 99 class gradient job 7
	must keep host 10.8.0.2 7
	must keep peer 10.8.0.1 8
	must on host talk blast 10.8.0.2 99 1000 20
	is "flows to port 7" "$(flows '.acceptor_port == 7' | wc -l)" 1
	is "from outside" "$(flows '.acceptor_port == 8' | wc -l)" 1
	is "datagrams" "$(what '.acceptor_port == 99' '.tx_packets, .tx_bytes, .vlan')" "20 20840 5"
	is "of the job" "$(on host weft -j job show 7 | jq -c '.[0] | [.flows, .tx_packets]')" "[1,20]"
	is "of the class" "$(on host weft -j class show gradient | jq '.[0].tx_packets')" 20
	is "both ways" "$(what '.acceptor_port == 7' '.state, (.rx_packets > 1)')" "established true"
	compare "what the upper one passed" "$(counter uplink v5 tx_packets)" -ge 20
	compare "what the lower one passed" "$(counter uplink up0 tx_packets)" -ge 20
}

# carried DIRECTION: bytes of all transfers; where the machine stands still in the
# midst of one, it is two
carried()
{
	jq -s "map(select(.event == \"transfer\" and .transfer.direction == \"$1\").transfer.bytes) |
		add" "$WORK/events"
}

# and some bytes with which sender and receiver begin
carried_once() { carried=$(carried "$1") && [ "${carried:-0}" != null ] && [ "$carried" -ge "$2" ]; }

test_transfers_to_the_byte()
{
	both
	watch host transfer
	must on host talk send 10.8.0.2 7 300000
	must on host talk pull 10.8.0.2 7 200000
	must on host weft uplink del v5
	must on host weft uplink del up0
	wait_for "what was sent" carried_once egress 299990
	compare "sent" "$carried" -le 300100
	wait_for "what came" carried_once ingress 199990
	compare "came" "$carried" -le 200100
}

# refused_by UPLINK: a policy there alone is enough
refused_by()
{
	both
	must keep host 10.8.0.2 7
	check "open" ask host 10.8.0.2 8
	id=$(add policy dev "$1" egress deny port 8)
	check_not "refused by $1" ask host 10.8.0.2 8 "$ANSWER"
	compare "denied at $1" "$(counter uplink "$1" tx_denied)" -gt 0
	check "another port is not" ask host 10.8.0.2 7
	must on host weft policy del "$id"
	check "open again" ask host 10.8.0.2 8
	add policy dev "$1" ingress deny port 9 >/dev/null
	must on host talk serve 9
	check_not "from outside, by $1" ask peer 10.8.0.1 9 "$ANSWER"
}

test_policy_of_the_upper() { refused_by v5; }
test_policy_of_the_lower() { refused_by up0; }

# Both have a verdict of their own, and each keeps it: nothing is decided anew.
test_verdicts_are_kept()
{
	both
	id=$(add policy dev v5 egress allow port 7)
	id2=$(add policy dev up0 egress audit port 7)
	must on host talk rr 10.8.0.2 7 1000 50
	hits=$(on host weft -j -s policy show | jq -c "[.[] | select(.id == $id or .id == $id2).hits]")
	must on host talk rr 10.8.0.2 8 1000 50
	compare "audited" "$(counter uplink up0 audited)" -ge 100
	is "of the upper one" "$(counter uplink v5 audited)" 0
	check "decided a few times ($hits)" jq -e 'all(. > 0 and . < 10)' <<<"$hits"
}

test_two_tags()
{
	topo
	over v5 type vlan id 5
	must on host ip link add link v5 name v57 type vlan id 7
	must on peer ip link add link v5 name v57 type vlan id 7
	must on host ip link set v57 up
	must on peer ip link set v57 up
	must on host ip addr add 10.7.0.1/24 dev v57
	must on peer ip addr add 10.7.0.2/24 dev v57
	for dev in v57 v5 up0; do
		must on host weft uplink add $dev noqdisc
	done
	must keep host 10.7.0.2 7
	must on host talk blast 10.7.0.2 99 1000 20
	is "flows to port 7" "$(flows '.acceptor_port == 7' | wc -l)" 1
	is "datagrams" "$(what '.acceptor_port == 99' '.tx_packets, .vlan')" "20 5"
}

# As they come and go packets go on, and count once again.
test_come_and_go()
{
	both
	must on host weft uplink del v5
	must on host talk blast 10.8.0.2 98 1000 10
	is "with the lower one alone" "$(what '.acceptor_port == 98' '.tx_packets, .vlan')" "10 5"
	must on host weft uplink add v5 noqdisc
	must on host weft uplink del up0
	must on host talk blast 10.8.0.2 97 1000 10
	is "with the upper one alone" "$(what '.acceptor_port == 97' '.tx_packets, .vlan')" "10 0"
	must on host weft uplink add up0 noqdisc
	must on host talk blast 10.8.0.2 96 1000 10
	is "with both" "$(what '.acceptor_port == 96' '.tx_packets, .vlan')" "10 5"
	must on host ip link del v5
	check "the lower one works" ask host 10.9.0.2 7
}

test_bond()
{
	topo
	must on host ip addr flush dev up0
	must on host ip link set up0 down
	must on host ip link add bond0 type bond mode active-backup miimon 100
	must on host weft uplink add up0 noqdisc
	must on host weft uplink add bond0 noqdisc
	must on host ip link set up0 master bond0
	must on host ip link set bond0 up
	must on host ip addr add 10.9.0.1/24 dev bond0
	wait_for "the bond" ask host 10.9.0.2 7
	must on host talk blast 10.9.0.2 99 1000 20
	is "datagrams" "$(what '.acceptor_port == 99' '.tx_packets')" 20
	must on host weft rule add protocol udp port 98 class gradient
	must on host talk blast 10.9.0.2 98 1000 20
	is "of the class" "$(on host weft -j class show gradient | jq '.[0].tx_packets')" 20
}

# What the scheduler below has to know is known there.
test_class_and_job_below()
{
	topo
	over v5 type vlan id 5
	must on host weft uplink add up0 rate 100mbit
	must on host weft uplink add v5 noqdisc
	must on host weft rule add protocol udp port 99 class gradient job 7
	must on host talk blast 10.8.0.2 99 1000 20
	wait_for "as much sent in that class" sh -c "nsx in $host tc -s class show dev up0 |
		grep -A1 gradient | grep -q ' 20 pkt'"
}

run_tests "$@"
