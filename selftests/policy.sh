#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Policies: what may pass, on the host's own traffic through an uplink, on
# ports, and from port to port.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

deny() { add policy "$@" >"$WORK/id"; [ -s "$WORK/id" ] || die "policy add $*"; }
allow_again() { must on host weft policy del "$(cat "$WORK/id")"; }

# talk hold, driven a line at a time
hold_open()
{
	coproc hold { on "$1" talk hold "$2" "$3"; }
	read -r answer <&"${hold[0]}"
	is "a connection from $1 to $2" "$answer" yes
}

# hold_answers yes|no [MS]
hold_answers()
{
	echo "${2:-}" >&"${hold[1]}"
	read -r answer <&"${hold[0]}"
	is "the open connection's answer" "$answer" "$1"
}

test_egress_by_port()
{
	topo
	must on host weft uplink add up0
	deny egress deny protocol tcp port 8
	for to in 10.9.0.2 fd09::2; do
		check "to 8" denied uplink up0 tx_denied -- host $to 8
		check "to 7" ask host $to 7
		check "UDP to 8" ask_udp host $to 8
	done
	compare "hits" "$(on host weft -j policy show | jq '.[0].hits')" -ge 2
	allow_again
	check "to 8 without the policy" ask host 10.9.0.2 8
}

test_ingress_by_port()
{
	topo
	must on host talk serve 7 8
	must on host weft uplink add up0
	deny ingress deny protocol tcp port 8
	for to in 10.9.0.1 fd09::1; do
		check "8" denied uplink up0 rx_denied -- peer $to 8
		check "7" ask peer $to 7
		check "UDP 8" ask_udp peer $to 8
	done
	check "the other direction is not meant" ask host 10.9.0.2 8
}

test_udp()
{
	topo
	must on host talk serve 7
	must on host weft uplink add up0
	deny egress deny protocol udp port 8-9
	check "to 8" denied_udp uplink up0 tx_denied -- host 10.9.0.2 8
	check "to 9" denied_udp uplink up0 tx_denied -- host fd09::2 9
	check "to 7" ask_udp host 10.9.0.2 7
	check "TCP to 8" ask host 10.9.0.2 8
}

test_remote_prefix()
{
	topo
	must on peer ip addr add 10.9.0.3/24 dev eth0
	must on peer ip addr add fd09::3/64 dev eth0 nodad
	must on host weft uplink add up0
	deny egress deny remote 10.9.0.3
	check "the one" denied uplink up0 tx_denied -- host 10.9.0.3 7
	check "another" ask host 10.9.0.2 7
	check "IPv6" ask host fd09::3 7
	allow_again
	deny egress deny remote 0.0.0.0/0
	check "IPv4" denied uplink up0 tx_denied -- host 10.9.0.2 7
	check "IPv6 is not meant" ask host fd09::2 7
	allow_again
	deny egress deny remote fd09::2/127
	check "IPv6 prefix" denied uplink up0 tx_denied -- host fd09::2 7
	check "and its other half" denied uplink up0 tx_denied -- host fd09::3 7
	check "outside" ask host 10.9.0.2 7
}

test_default_deny_with_exceptions()
{
	topo
	must on host talk serve 7 8
	must on host weft uplink add up0 policy deny
	must on host weft policy add egress allow protocol tcp port 7
	must on host weft policy add ingress allow protocol tcp port 8
	for v in 4 6; do
		[ $v = 4 ] && me=10.9.0.1 you=10.9.0.2 || me=fd09::1 you=fd09::2
		# ARP and ND pass all the same
		check "out to 7" ask host $you 7
		check "in to 8" ask peer $me 8
		check "out to 8" denied uplink up0 tx_denied -- host $you 8
		check "in to 7" denied uplink up0 rx_denied -- peer $me 7
		check "UDP out" denied_udp uplink up0 tx_denied -- host $you 7
	done
	check "ping is denied" sh -c "! nsx in $host ping -q -c 1 -W 1 10.9.0.2 >/dev/null"
	must on host weft policy add egress allow protocol icmp
	check "not from outside" sh -c "! nsx in $peer ping -q -c 1 -W 1 10.9.0.1 >/dev/null"
	check "ping is allowed" on host ping -q -c 1 -W 5 10.9.0.2
}

test_deny_over_audit_over_allow()
{
	topo
	must on host weft uplink add up0
	must on host weft policy add egress allow protocol tcp port 8
	deny egress deny remote 10.9.0.0/24 port 8
	must on host weft policy add egress audit
	check "deny wins" denied uplink up0 tx_denied -- host 10.9.0.2 8
	allow_again
	before=$(counter uplink up0 audited)
	check "audit passes" keep host 10.9.0.2 8
	compare "and is counted" "$(counter uplink up0 audited)" -gt "$before"
	is "the flow says audit" "$(flows '.acceptor_port == 8' .action)" audit
}

test_replies_pass()
{
	topo
	must on host weft uplink add up0
	deny ingress deny
	check "TCP replies" ask host 10.9.0.2 7
	check "UDP replies" ask_udp host fd09::2 7
	check "ping replies" on host ping -q -c 1 -W 5 10.9.0.2
	must on host talk serve 7
	check "but nothing unasked" denied uplink up0 rx_denied -- peer 10.9.0.1 7
}

test_fragmented_replies_pass()
{
	topo
	must on host weft uplink add up0
	deny ingress deny
	check "a long echo reply comes in fragments" \
		on host ping -q -c 1 -W 5 -s 8000 10.9.0.2
	check "and over IPv6" on host ping -q -c 1 -W 5 -s 8000 fd09::2
}

test_established_flow_stops_and_resumes()
{
	topo
	must on host weft uplink add up0
	hold_open host 10.9.0.2 8
	hold_answers yes
	denies=$(counter uplink up0 tx_denied)
	deny egress deny protocol tcp port 8
	hold_answers no "$ANSWER"
	wait_for "denied packets" counter_above "$denies" uplink up0 tx_denied
	allow_again
	hold_answers yes 20000
}

test_established_flow_from_outside_stops()
{
	topo
	must on host talk serve 8
	must on host weft uplink add up0
	hold_open peer fd09::1 8
	denies=$(counter uplink up0 rx_denied)
	deny ingress deny protocol tcp port 8
	hold_answers no "$ANSWER"
	wait_for "denied packets" counter_above "$denies" uplink up0 rx_denied
	allow_again
	hold_answers yes 20000
}

test_default_policy_stops_open_flows()
{
	topo
	must on host weft uplink add up0
	hold_open host 10.9.0.2 7
	must on host weft uplink set up0 policy deny
	hold_answers no "$ANSWER"
	must on host weft uplink set up0 policy allow
	hold_answers yes 20000
}

test_icmp_errors_pass()
{
	topo
	must on host weft uplink add up0
	deny ingress deny
	# the peer refuses at port 99: unreachable for UDP must come through
	for to in 10.9.0.2 fd09::2; do
		on host socat -T 5 - "udp:[$to]:99" </dev/null >/dev/null 2>"$WORK/err"
		echo x | on host timeout 5 socat -T 3 - "$(case $to in *:*) echo "udp6:[$to]:99" ;; *) echo "udp4:$to:99" ;; esac)" >/dev/null 2>"$WORK/err"
		check "port unreachable from $to" grep -qi refused "$WORK/err"
	done
}

test_path_mtu_through_policy()
{
	topo
	# a router between: peer routes to far over a narrow link
	ns far
	must ip link add r0 netns "$peer" type veth peer name far0 netns "$far"
	on peer ip -batch - <<-END
		addr add 10.7.0.1/24 dev r0
		link set r0 mtu 1280 up
	END
	on far ip -batch - <<-END
		addr add 10.7.0.2/24 dev far0
		link set far0 mtu 1280 up
		route add default via 10.7.0.1 advmss 1460
	END
	on peer sysctl -qw net.ipv4.ip_forward=1
	must on host ip route add 10.7.0.0/24 via 10.9.0.2
	must on far talk serve 7
	must on host weft uplink add up0
	deny ingress deny
	check "a megabyte over a narrower path" on host talk send 10.7.0.2 7 1000000
	check "the path's MTU was learned" \
		on host sh -c 'ip route get 10.7.0.2 | grep -q "mtu 1280"'
}

test_each_has_a_verdict_on_broadcasts()
{
	topo
	port a 11
	port b 12
	must on host weft uplink set up0 policy deny
	must on host weft port set attach "$(attach b)" policy deny
	local a_got host_denied b_denied
	a_got=$(counter port a rx_packets)
	b_denied=$(counter port b rx_denied)
	host_denied=$(counter uplink up0 rx_denied)
	must on peer frame -n 3 eth0 ff:ff:ff:ff:ff:ff udp 10.9.0.2 68 255.255.255.255 67 64
	wait_for "the port to get them" counter_above $((a_got + 2)) port a rx_packets
	wait_for "the host not to" counter_above $((host_denied + 2)) uplink up0 rx_denied
	wait_for "nor the other port" counter_above $((b_denied + 2)) port b rx_denied
	is "none went round the hook" "$(counter uplink up0 backstop_rx)" 0
}

test_port_egress()
{
	topo
	port a 11
	port b 12
	deny egress deny attach "$(attach a)" protocol tcp port 8
	for to in 10.9.0.2 fd09::2; do
		check "a to the peer's 8" denied port a tx_denied -- a $to 8
		check "a to the peer's 7" ask a $to 7
		check "b to the peer's 8" ask b $to 8
	done
	check "a to b's 8" denied port a tx_denied -- a 10.9.0.12 8
	check "a to b's 7" ask a 10.9.0.12 7
	check "host is not meant" ask host 10.9.0.2 8
}

test_port_ingress()
{
	topo
	port a 11
	port b 12
	deny ingress deny attach "$(attach a)" protocol tcp port 8
	for to in 10.9.0.11 fd09::11; do
		check "the peer to a's 8" denied port a rx_denied -- peer $to 8
		check "b to a's 8" denied port a rx_denied -- b $to 8
		check "the peer to a's 7" ask peer $to 7
		check "b to a's 7" ask b $to 7
	done
	check "the peer to b's 8" ask peer 10.9.0.12 8
}

test_port_default_deny()
{
	topo
	port a 11 policy deny
	port b 12
	check "a out" denied port a tx_denied -- a 10.9.0.2 7
	check "the peer in" denied port a rx_denied -- peer 10.9.0.11 7
	check "b in" denied port a rx_denied -- b 10.9.0.11 7
	check "b out" ask b 10.9.0.2 7
	must on host weft policy add ingress allow attach "$(attach a)" remote 10.9.0.12 port 7
	check "b in, allowed" ask b 10.9.0.11 7
	check "the peer still not" denied port a rx_denied -- peer 10.9.0.11 7
}

test_both_ends_of_a_port_pair_count()
{
	topo
	port a 11
	port b 12
	# either side can forbid
	deny egress deny attach "$(attach a)" remote 10.9.0.12
	check "sender's policy" denied port a tx_denied -- a 10.9.0.12 7
	check "the other way round is another matter" ask b 10.9.0.11 7
	allow_again
	deny ingress deny attach "$(attach b)" remote 10.9.0.11
	check "receiver's policy" denied port b rx_denied -- a 10.9.0.12 7
	check "the other way round still" ask b 10.9.0.11 7
}

test_port_flow_stops()
{
	topo
	port a 11
	port b 12
	hold_open a 10.9.0.12 8
	deny ingress deny attach "$(attach b)" port 8
	hold_answers no "$ANSWER"
	allow_again
	hold_answers yes 20000
}

test_workload_cannot_change_its_policy()
{
	topo
	port a 11 policy deny
	# root in its own network namespace, with all capabilities
	refused "namespace" on a ip link set dev a type weft policy allow
	refused "." on a weft port set a policy allow
	check "still denied" denied port a tx_denied -- a 10.9.0.2 7
	# nor by making a new port: it has no uplink there
	refused "." on a ip link add link a name a2 type weft
	# nor by going round with something above it
	must on a ip link add link a name m0 type macvlan mode bridge
	must on a ip addr del 10.9.0.11/24 dev a
	must on a ip addr add 10.9.0.19/24 dev m0
	must on a ip link set dev m0 up
	check_not "not with a macvlan above it" ask a 10.9.0.2 7 "$ANSWER"
	# nor with another address
	must on a ip link set dev a address 02:00:00:00:00:99
	check_not "nor with another MAC address" ask a 10.9.0.2 7 "$ANSWER"
	# nor by deleting it and making another
	must on a ip link del dev a
	refused "." on a ip link add link up0 name a type weft
}

test_root_of_a_user_namespace_cannot_change_it()
{
	local pid

	topo
	must on host ip link add link up0 name a type weft policy deny
	unshare -Urn sleep 1000 &
	pid=$!
	wait_for "its namespaces" sh -c \
		"[ \"\$(readlink /proc/$pid/ns/net)\" != \"\$(readlink /proc/self/ns/net)\" ]"
	must on host ip link set dev a netns $pid
	inside() { nsenter -t "$pid" -U --preserve-credentials -n "$@"; }
	must inside ip link set dev a up
	refused "namespace|permitted" inside ip link set dev a type weft policy allow
	refused "." inside weft port set a policy allow
	is "it still says deny" "$(on host weft -j port show | jq -r '.[0].default_policy')" deny
	kill -9 $pid
}

test_fragments_are_judged()
{
	topo
	must on host weft uplink add up0
	deny egress deny remote 10.9.0.2
	check_not "ping in fragments" on host ping -q -c 1 -W 1 -s 4000 10.9.0.2
	allow_again
	check "ping in fragments" on host ping -q -c 1 -W 5 -s 4000 10.9.0.2
}

test_hidden_behind_options_and_extensions()
{
	topo
	must on host weft uplink add up0
	deny egress deny protocol udp port 8
	mac=$(on peer cat /sys/class/net/eth0/address 2>/dev/null ||
		on peer ip -j link show eth0 | jq -r '.[0].address')
	mac=$(on peer ip -j link show eth0 | jq -r '.[0].address')
	before=$(counter uplink up0 tx_denied)
	# IPv4 with options, UDP to port 8
	must on host frame up0 "$mac" hex \
		4600002000000000401100000a0900010a090002010101010bb8000800080000
	# IPv6 with hop-by-hop and destination options, UDP to port 8
	must on host frame -e 0x86dd up0 "$mac" hex \
		6000000000180040fd090000000000000000000000000001fd0900000000000000000000000000023c0001040000000011000104000000000bb8000800080000
	compare "both were found" "$(counter uplink up0 tx_denied)" -eq $((before + 2))
}

test_refusals()
{
	topo
	must on host weft uplink add up0
	refused "direction|ingress" on host weft policy add deny
	refused "action|allow" on host weft policy add egress
	refused "egress" on host weft policy add egres deny
	refused "deny" on host weft policy add egress dny
	refused "attach|60000" on host weft policy add egress deny attach 60000
	refused "length" on host weft policy add egress deny remote 10.0.0.0/40
	refused "port" on host weft policy add egress deny port 99999
	refused "4711" on host weft policy del 4711
	is "no policy was made" "$(on host weft -j policy show)" "[]"
}

# One of which nobody has seen the first is judged by its addresses.
test_lone_fragment_is_judged()
{
	topo
	must on host weft uplink add up0
	must on host weft policy add egress deny remote 10.9.0.2
	mac=$(on peer ip -j link show eth0 | jq -r '.[0].address')
	before=$(counter uplink up0 tx_denied)
	# UDP, the second eight bytes of its packet
	must on host frame up0 "$mac" hex \
		4500001c00000001401100000a0900010a0900020102030405060708
	wait_for "it to be denied" counter_above "$before" uplink up0 tx_denied
}

run_tests "$@"
