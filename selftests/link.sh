#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Ports: "ip link add link DEV name NAME type weft" and what a well-behaved
# stacked device does.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

link_field()
{
	on "$1" ip -j -d link show dev "$2" | jq -r ".[0].$3"
}

has_carrier() { on "$1" ip link show dev "$2" | grep -q LOWER_UP; }
no_carrier() { ! has_carrier "$@"; }

test_add_del_without_plugin()
{
	topo
	# a folder without plugins: ip knows nothing of weft
	must env IP_LIB_DIR="$WORK" nsx in "$host" \
		ip link add link up0 name p1 type weft
	is kind "$(link_field host p1 linkinfo.info_kind)" weft
	is lower "$(link_field host p1 link)" up0
	is "number of ports" "$(on host weft -j uplink show up0 | jq '.[0].ports')" 1
	must on host ip link del p1
	check_not "p1 is gone" on host ip link show p1
	must on host weft uplink del up0
}

test_add_with_plugin()
{
	topo
	must on host ip link add link up0 name p1 type weft class gradient job 7 policy deny
	on host weft -j port show p1 >"$WORK/port"
	is class "$(jq -r '.[0].class' "$WORK/port")" gradient
	is job "$(jq -r '.[0].job' "$WORK/port")" 7
	is policy "$(jq -r '.[0].default_policy' "$WORK/port")" deny
	on host ip -d link show p1 >"$WORK/shown"
	check "ip shows the class" grep -q gradient "$WORK/shown"
	check "ip -j prints JSON" on host sh -c 'ip -j -d link show p1 | jq . >/dev/null'
	check "ip has help" sh -c 'ip link help weft 2>&1 | grep -qi weft'
	must on host ip link set p1 type weft class token policy allow
	on host weft -j port show p1 >"$WORK/port"
	is "class after a change" "$(jq -r '.[0].class' "$WORK/port")" token
	is "policy after a change" "$(jq -r '.[0].default_policy' "$WORK/port")" allow
	is "job after a change" "$(jq -r '.[0].job' "$WORK/port")" 7
	refused "class" on host ip link add link up0 name p2 type weft class nonsense
	refused "class" on host ip link add link up0 name p2 type weft class token class none
	refused "job" on host ip link add link up0 name p2 type weft job 0
	check_not "p2 was not made" on host ip link show p2
}

test_ports_and_peer_reach_each_other()
{
	topo
	port a 11
	port b 12
	for to in 10.9.0.2 fd09::2; do
		check "a reaches the peer" answers a "$to" 7
		check "the peer answers a's ping" on a ping -q -c 2 -i 0.2 -W 5 "$to"
	done
	for to in 10.9.0.12 fd09::12; do
		check "a reaches b" answers a "$to" 7
		check "b answers a's ping" on a ping -q -c 2 -i 0.2 -W 5 "$to"
	done
	for to in 10.9.0.11 fd09::11; do
		check "the peer reaches a" answers peer "$to" 7
		check "b reaches a" answers b "$to" 7
	done
	check "a sends the peer a megabyte" on a talk send 10.9.0.2 7 1000000
	check "the peer sends a a megabyte" on peer talk send fd09::11 7 1000000
	check "a sends b a megabyte" on a talk send 10.9.0.12 7 1000000
}

test_host_keeps_its_connectivity()
{
	topo
	must on host weft uplink add up0
	must on host talk serve 7
	port a 11
	check "host reaches the peer" answers host 10.9.0.2 7
	check "the peer reaches the host" answers peer fd09::1 7
	must on host ip link del up0 # takes the port with it
	wait_for "a to lose its port" sh -c "! ip -n $a link show a 2>/dev/null"
}

test_mtu_follows_the_uplink()
{
	topo
	must on host ip link set up0 mtu 1400
	must on host ip link add link up0 name p1 type weft
	is "mtu of a new port" "$(link_field host p1 mtu)" 1400
	refused "mtu|invalid" on host ip link set p1 mtu 1500
	must on host ip link set p1 mtu 1280
	must on host ip link set up0 mtu 1300
	is "a smaller port stays" "$(link_field host p1 mtu)" 1280
	must on host ip link set p1 mtu 1300
	must on host ip link set up0 mtu 1200
	is "a port shrinks with its uplink" "$(link_field host p1 mtu)" 1200
	refused "mtu|larger" on host ip link add link up0 name p2 mtu 1500 type weft
}

test_mac_addresses()
{
	topo
	port a 11
	must on host ip link add link up0 name p1 address 02:00:00:00:00:77 type weft
	is "given address" "$(link_field host p1 address)" 02:00:00:00:00:77
	refused "address" on host ip link add link up0 name p2 \
		address 02:00:00:00:00:77 type weft
	refused "address" on host ip link add link up0 name p2 \
		address "$(link_field host up0 address)" type weft
	# a change while up and used
	must on a ip link set dev a address 02:00:00:00:00:78
	is "changed address" "$(link_field a a address)" 02:00:00:00:00:78
	must on a ip neigh flush dev a
	must on peer ip neigh flush dev eth0
	check "a reaches the peer with its new address" answers a 10.9.0.2 7
	check "the peer reaches a there" answers peer 10.9.0.11 7
	refused "" on a ip link set dev a address 01:00:5e:00:00:01
	refused "address|in use|busy" on a ip link set dev a address 02:00:00:00:00:77
}

test_carrier_follows_the_uplink()
{
	topo
	port a 11
	wait_for "carrier" has_carrier a a
	must on peer ip link set eth0 down
	wait_for "no carrier" no_carrier a a
	must on peer ip link set eth0 up
	wait_for "carrier again" has_carrier a a
	must on host ip link set up0 down
	wait_for "no carrier below a lower that is down" no_carrier a a
	must on host ip link set up0 up
	wait_for "carrier again" has_carrier a a
	check "a reaches the peer again" ask a 10.9.0.2 7
}

test_down_and_up()
{
	topo
	port a 11
	check "a answers" ask peer 10.9.0.11 7
	must on a ip link set dev a down
	check_not "a does not answer while down" ask peer 10.9.0.11 7 500
	must on a ip link set dev a up
	check "a answers again" ask peer 10.9.0.11 7
}

# no address is tentative
settled()
{
	[ -z "$(on a ip -6 -o addr show tentative)$(on b ip -6 -o addr show tentative)" ]
}

test_broadcast_and_multicast()
{
	topo
	port a 11
	port b 12
	must on a ip neigh flush all
	must on b ip neigh flush all
	check "ARP from the peer finds a" ask peer 10.9.0.11 7
	check "ARP from a finds b" ask a 10.9.0.12 7
	check "ND from a finds b" ask a fd09::12 7
	# a broadcast of the peer reaches both
	on a sysctl -qw net.ipv4.icmp_echo_ignore_broadcasts=0
	on b sysctl -qw net.ipv4.icmp_echo_ignore_broadcasts=0
	on peer ping -b -c 1 -W 5 10.9.0.255 >"$WORK/ping" 2>&1
	on peer ping -b -c 2 -W 5 10.9.0.255 >"$WORK/ping" 2>&1
	check "a and b answer a broadcast" grep -q duplicates "$WORK/ping" || cat "$WORK/ping"
	# all-nodes multicast from a reaches b and the peer, not a itself twice
	wait_for "link-local addresses" settled
	on a ping -c 2 -W 5 ff02::1%a >"$WORK/ping" 2>&1
	check "b and the peer answer a multicast" grep -q duplicates "$WORK/ping" || cat "$WORK/ping"
	# groups joined on the port are received by it
	must on a ip maddr add 01:00:5e:01:02:03 dev a
	check "the uplink takes in a's multicast address" \
		on host sh -c 'ip maddr show dev up0 | grep -qi 01:00:5e:01:02:03'
	must on a ip maddr del 01:00:5e:01:02:03 dev a
	check_not "and lets it go" \
		on host sh -c 'ip maddr show dev up0 | grep -qi 01:00:5e:01:02:03'
}

test_promisc()
{
	topo
	before=$(link_field host up0 promiscuity)
	port a 11
	must on a ip link set dev a promisc on
	check "a still works" answers a 10.9.0.2 7
	must on a ip link set dev a promisc off
	must on a ip link set dev a allmulticast on
	must on a ip link set dev a allmulticast off
	must on a ip link set dev a promisc on
	must on a ip link del dev a
	is "the uplink's count is as before" "$(link_field host up0 promiscuity)" "$before"
	is "no allmulti is left" "$(link_field host up0 allmulti)" 0
}

test_netns_moves()
{
	topo
	port a 11
	ns c
	must on a ip link set dev a netns "$c"
	on c ip addr add 10.9.0.11/24 dev a
	must on c ip link set dev a up
	must on c talk serve 7
	check "the port works where it was moved" answers c 10.9.0.2 7
	check "and is reached there" ask peer 10.9.0.11 7
	must nsx del "$c"
	wait_for "the port to go with its namespace" \
		sh -c "[ \"\$(nsx in $host weft -j port show)\" = '[]' ]"
	check "host still reaches the peer" ask host 10.9.0.2 7
}

test_stats()
{
	topo
	port a 11
	must ask a 10.9.0.2 7		# ARP is over
	tx=$(on a ip -j -s link show dev a | jq '.[0].stats64.tx.bytes')
	packets=$(on a ip -j -s link show dev a | jq '.[0].stats64.tx.packets')
	must on a talk blast 10.9.0.2 99 1000 50
	now=$(on a ip -j -s link show dev a | jq '.[0].stats64.tx.bytes')
	# each 1000 + 8 + 20 + 14; nobody listens at 99, what comes back is rx.
	# The device has a word of its own now and then: neighbours, groups.
	compare "bytes sent" $((now - tx)) -ge $((50 * 1042))
	compare "and little else" $((now - tx)) -lt $((52 * 1042))
	now=$(on a ip -j -s link show dev a | jq '.[0].stats64.tx.packets')
	compare "packets sent" $((now - packets)) -ge 50
	compare "and few others" $((now - packets)) -lt 60
}

test_ethtool_and_details()
{
	topo
	must on host ip link add link up0 name p1 type weft
	check "driver name" on host sh -c 'ethtool -i p1 | grep -q "^driver: weft"'
	check "features are shown" on host sh -c 'ethtool -k p1 >/dev/null'
	check "ip -d -s shows it" on host sh -c 'ip -d -s link show p1 | grep -q weft'
}

test_offloads_pass_through()
{
	topo
	port a 11
	port b 12
	for gso in on off; do
		on a ethtool -K a tso $gso gso $gso 2>/dev/null
		on host ethtool -K up0 tso $gso gso $gso 2>/dev/null
		check "a megabyte to the peer, gso $gso" on a talk send 10.9.0.2 7 1000000
		check "a megabyte to b, gso $gso" on a talk send fd09::12 7 1000000
	done
	on peer ethtool -K eth0 tx off 2>/dev/null
	check "a megabyte from the peer" on peer talk send 10.9.0.11 7 1000000
}

test_vlan_over_a_port()
{
	topo
	port a 11
	must on a ip link add link a name a5 type vlan id 5
	must on peer ip link add link eth0 name eth0.5 type vlan id 5
	on a ip -batch - <<-END
		addr add 10.8.0.1/24 dev a5
		link set a5 up
	END
	on peer ip -batch - <<-END
		addr add 10.8.0.2/24 dev eth0.5
		link set eth0.5 up
	END
	check "a VLAN over a port" answers a 10.8.0.2 7
	wait_for "its flow with the tag" \
		sh -c "nsx in $host weft -j flow show | jq -e '.[] | select(.vlan == 5)' >/dev/null"
}

test_refuses_what_cannot_be()
{
	topo
	tun host tun0
	must on host ip link add link up0 name p1 type weft
	refused "link|lower|device" on host ip link add name p2 type weft
	refused "exist" on host ip link add link up0 name p1 type weft
	refused "loopback" on host ip link add link lo name p2 type weft
	refused "port" on host ip link add link p1 name p2 type weft
	refused "ethernet" on host ip link add link tun0 name p2 type weft
	check_not "p2 was not made" on host ip link show p2
	is "one port is there" "$(on host weft -j port show | jq length)" 1
	is "one uplink is there" "$(on host weft -j uplink show | jq length)" 1
}

# holder KIND: a port on a lower device that KIND holds is refused by name
holder()
{
	local kind=$1

	case $kind in
	bridge|bond)
		must on host ip link add hold type "$kind"
		[ "$kind" = bridge ] || must on host ip link set up0 down
		must on host ip link set up0 master hold
		;;
	macvlan)
		must on host ip link add link up0 name hold type macvlan mode bridge
		;;
	esac
	refused "hold" on host ip link add link up0 name p1 type weft
	check_not "no port was made on what a $kind holds" on host ip link show p1
	is "nor an uplink" "$(on host weft -j uplink show | jq length)" 0
	# the uplink alone is fine there
	must on host weft uplink add up0
	refused "hold" on host ip link add link up0 name p1 type weft
	must on host weft uplink del up0
}

test_bridge_holds_the_lower() { topo; holder bridge; }
test_bond_holds_the_lower() { topo; modprobe bonding max_bonds=0; holder bond; }
test_macvlan_holds_the_lower() { topo; holder macvlan; }

test_ports_hold_the_lower()
{
	topo
	must on host ip link add link up0 name p1 type weft
	must on host ip link add br0 type bridge
	refused "port|busy" on host ip link set up0 master br0
	is "not in the bridge" "$(link_field host up0 master)" null
	refused "busy" on host ip link add link up0 name mv0 type macvlan
	must on host ip link del p1
	check "free again without ports" on host ip link set up0 master br0
}

test_uplink_in_a_bridge_works()
{
	topo
	must on host ip addr flush dev up0
	must on host ip link add br0 type bridge
	must on host weft uplink add up0
	must on host ip link set up0 master br0
	on host ip -batch - <<-END
		addr add 10.9.0.1/24 dev br0
		addr add fd09::1/64 dev br0 nodad
		link set br0 up
	END
	check "the bridge reaches the peer" answers host 10.9.0.2 7
	compare "and is accounted" "$(counter uplink up0 tx_packets)" -gt 0
	id=$(add policy egress deny protocol tcp port 8)
	check "policy holds in a bridge" denied uplink up0 tx_denied -- host 10.9.0.2 8
	check "and only what it names" ask host 10.9.0.2 7
	must on host weft policy del "$id"
}

run_tests "$@"
