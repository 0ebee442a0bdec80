#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Uplinks: making and unmaking them, what they refuse, what they do to a
# device (nothing that is seen without policy), and moves and deaths of the
# device below.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

n_uplinks() { on host weft -j uplink show | jq length; }

test_add_show_del()
{
	topo
	is "no uplink at first" "$(on host weft -j uplink show)" "[]"
	must on host weft uplink add up0
	on host weft -j uplink show up0 >"$WORK/up"
	is name "$(jq -r '.[0].ifname' "$WORK/up")" up0
	is policy "$(jq -r '.[0].default_policy' "$WORK/up")" allow
	is ports "$(jq -r '.[0].ports' "$WORK/up")" 0
	compare "it has an attachment point" "$(jq '.[0].attach_id' "$WORK/up")" -gt 0
	check "text output names it" on host sh -c 'weft uplink | grep -q "^uplink up0 "'
	must on host weft uplink del up0
	is "none is left" "$(on host weft -j uplink show)" "[]"
}

test_refusals_leave_things_as_they_are()
{
	topo
	tun host tun0
	refused "nosuch" on host weft uplink add nosuch
	refused "loopback" on host weft uplink add lo
	refused "ethernet" on host weft uplink add tun0
	is "none was made" "$(n_uplinks)" 0
	refused "up0" on host weft uplink del up0
	must on host weft uplink add up0
	refused "already" on host weft uplink add up0
	must on host ip link add link up0 name p1 type weft
	refused "port" on host weft uplink add p1
	refused "ports" on host weft uplink del up0
	is "up0 still is one" "$(n_uplinks)" 1
	is "p1 still is there" "$(on host weft -j port show | jq length)" 1
	check "traffic still flows" answers host 10.9.0.2 7
}

test_default_policy()
{
	topo
	must on host weft uplink add up0 policy deny
	check "host traffic is denied" denied uplink up0 tx_denied -- host 10.9.0.2 7
	must on host weft uplink set up0 policy audit
	before=$(counter uplink up0 audited)
	check "audited traffic passes" answers host 10.9.0.2 7
	compare "and is counted" "$(counter uplink up0 audited)" -gt "$before"
	must on host weft uplink set up0 policy allow
	check "allowed traffic passes" answers host fd09::2 7
}

test_transparent_without_policy()
{
	topo
	must on host talk serve 7
	must on host weft uplink add up0
	for to in 10.9.0.2 fd09::2; do
		check "host reaches the peer" answers host $to 7
		check "ping" on host ping -q -c 1 -W 5 $to
	done
	check "the peer reaches the host" answers peer 10.9.0.1 7
	check "a megabyte out" on host talk send 10.9.0.2 7 1000000
	check "a megabyte in" on host talk pull fd09::2 7 1000000
	# ARP and ND are made anew
	must on host ip neigh flush dev up0
	must on peer ip neigh flush dev eth0
	check "neighbours are found again" answers host 10.9.0.2 7
	check "and over IPv6" answers host fd09::2 7
	compare "link-local traffic is counted" "$(counter uplink up0 link_local)" -gt 0
	is "nothing was denied" "$(counter uplink up0 tx_denied)$(counter uplink up0 rx_denied)" 00
}

test_large_udp_in_fragments()
{
	topo
	must on host weft uplink add up0
	check "a datagram of 8000 bytes" on host ping -q -c 1 -W 5 -s 8000 10.9.0.2
	check "and over IPv6" on host ping -q -c 1 -W 5 -s 8000 fd09::2
	compare "no fragment without its first" "$(counter uplink up0 fragment)" -eq 0
	sent=$(on host weft -j flow show protocol icmp | jq '.[0].tx_bytes')
	compare "all fragments count for the flow" "$sent" -gt 8000
}

test_many_uplinks()
{
	topo
	for i in 1 2 3 4 5; do
		must on host ip link add d$i type dummy
		must on host ip link set d$i up
		must on host weft uplink add d$i
	done
	is "five" "$(n_uplinks)" 5
	is "each has a number of its own" \
		"$(on host weft -j uplink show | jq '[.[].attach_id] | unique | length')" 5
	must on host ip link del d3
	wait_for "the dead one to go" sh -c "[ \$(nsx in $host weft -j uplink show | jq length) = 4 ]"
}

test_vlan_and_bond_as_uplinks()
{
	topo
	must on host ip link add link up0 name up0.5 type vlan id 5
	must on peer ip link add link eth0 name eth0.5 type vlan id 5
	on host ip -batch - <<-END
		addr add 10.8.0.1/24 dev up0.5
		link set up0.5 up
	END
	on peer ip -batch - <<-END
		addr add 10.8.0.2/24 dev eth0.5
		link set eth0.5 up
	END
	must on host weft uplink add up0.5
	check "traffic through a VLAN" answers host 10.8.0.2 7
	compare "is accounted" "$(counter uplink up0.5 tx_packets)" -gt 0
}

test_device_moves_to_another_namespace()
{
	topo
	ns other
	must on host weft uplink add up0
	must on host ip link set up0 netns "$other"
	is "it is no uplink of host" "$(n_uplinks)" 0
	is "nor of the other" "$(on other weft -j uplink show)" "[]"
	must on other weft uplink add up0
	must on other ip addr add 10.9.0.1/24 dev up0
	must on other ip link set up0 up
	check "and works there" ask other 10.9.0.2 7
}

test_device_is_renamed()
{
	topo
	must on host weft uplink add up0
	must on host ip link set up0 down
	must on host ip link set up0 name up9
	is "its new name" "$(on host weft -j uplink show | jq -r '.[0].ifname')" up9
}

test_namespaces_are_apart()
{
	topo
	must on host weft uplink add up0
	must on host weft policy add egress deny protocol tcp port 8
	is "the peer has no uplinks" "$(on peer weft -j uplink show)" "[]"
	is "nor policies" "$(on peer weft -j policy show)" "[]"
	must on peer weft uplink add eth0
	check "host's policy is not the peer's" ask peer 10.9.0.2 8
	must on host talk serve 8
	check "really" ask peer 10.9.0.1 8
}

test_user_namespace_is_refused()
{
	local out

	out=$(unshare -Urn sh -c 'ip link add d0 type dummy && weft uplink add d0' 2>&1) &&
		fail "an uplink in a child user namespace"
	check "the message says why" grep -qi "user namespace\|userns" <<<"$out"
	out=$(unshare -Urn sh -c 'ip link add d0 type dummy && ip link add link d0 name p type weft' 2>&1) &&
		fail "a port in a child user namespace"
	echo 1 >/sys/module/weft/parameters/userns
	unshare -Urn sh -c 'ip link add d0 type dummy && weft uplink add d0' ||
		fail "not even when the administrator allows it"
	echo 0 >/sys/module/weft/parameters/userns
}

run_tests "$@"
