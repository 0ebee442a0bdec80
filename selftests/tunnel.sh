#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Tunnels: where an uplink looks into them, flows, policies, rules and counts
# are those of the packets inside, with the kernel's own tunnel devices.
# shellcheck disable=SC2154 # host: a namespace, see ns

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# words KIND LOCAL REMOTE DEV: what ip needs for one end of a tunnel
words()
{
	local four="local 10.9.0.$2 remote 10.9.0.$3" six="local fd09::$2 remote fd09::$3"

	case $1 in
	vxlan)		echo "type vxlan id 42 $four dstport 4789 dev $4" ;;
	vxlan-linux)	echo "type vxlan id 42 $four dstport 8472 dev $4" ;;
	vxlan6)		echo "type vxlan id 42 $six dstport 4789 dev $4" ;;
	geneve)		echo "type geneve id 42 remote 10.9.0.$3" ;;
	gre)		echo "type gre $four key 42 csum seq" ;;
	gretap)		echo "type gretap $four key 42" ;;
	gre6)		echo "type ip6gre $six key 42 encaplimit 4" ;;
	gretap6)	echo "type ip6gretap $six key 42" ;;
	ipip)		echo "type ipip $four" ;;
	sit)		echo "type sit $four" ;;
	ip6ip6)		echo "type ip6tnl mode any $six" ;;
	esac
}

# What weft calls it, and the outer packet's protocol, as the tool shows both.
kind_of()
{
	case $1 in
	vxlan*)			echo vxlan udp ;;
	geneve)			echo geneve udp ;;
	gretap*)		echo gretap 47 ;;
	gre*)			echo gre 47 ;;
	ipip)			echo ipip 4 ;;
	sit | ip6ip6)		echo ipip 41 ;;
	esac
}

# Some hold IPv6 only; a frame holds both.
inner_of()
{
	case $1 in
	sit | gre6 | ip6ip6) echo fd07::2 ;;
	*)		echo 10.7.0.2 ;;
	esac
}

# end NAME KIND LOCAL REMOTE DEV [MTU]
end()
{
	local out

	# shellcheck disable=SC2046 # a list of words
	out=$(on "$1" ip link add t0 $(words "${@:2:4}") 2>&1) || {
		grep -qi "not supported\|unknown device type" <<<"$out" &&
			skip "kernel: no devices of type $2"
		die "no $2: $out"
	}
	on "$1" ip link set t0 mtu "${6:-1300}" || die "no MTU for $2"
	nsx up "$RUN-$1" t0 "10.7.0.$3/24" "fd07::$3/64" || die "no addresses in $2"
}

# overlay KIND [MTU]: t0 at both ends (10.7.0.1 and .2, fd07::1 and ::2)
overlay()
{
	end host "$1" 1 2 up0 "${2:-}"
	end peer "$1" 2 1 eth0 "${2:-}"
}

# Nothing of the outer packets has a flow.
inside()
{
	local kind=$1 to tunnel proto id=42

	read -r tunnel proto < <(kind_of "$kind")
	to=$(inner_of "$kind")
	[ "$tunnel" != ipip ] || id=0
	topo
	overlay "$kind"
	must on host weft uplink add up0 tunnels on
	must keep host "$to" 7
	flow_is '.acceptor_port == 7' opener="${to%2}1" acceptor="$to" protocol=tcp \
		tunnel="$tunnel" tunnel_id="$id" state=established
	check "text names it" sh -c "nsx in $host weft flow | grep -q ':7 in $tunnel'"
	is "no flow outside" "$(flows ".tunnel == null and .protocol == \"$proto\"")" ""

	deny=$(add policy egress deny protocol tcp port 8)
	check "a policy about what is inside" denied uplink up0 tx_denied -- host "$to" 8
	must on host weft policy del "$deny"
	check "and without it" ask host "$to" 8
	must on host weft rule add protocol tcp port 9 class dataset job 5
	must keep host "$to" 9
	flow_is '.acceptor_port == 9' class=dataset job=5

	must on host weft uplink set up0 tunnels off
	is "those in the tunnel end" "$(flows '.tunnel')" ""
	check "traffic goes on" ask host "$to" 7
	check "outside there is one now" has_flow ".protocol == \"$proto\""
	is "and none inside" "$(flows '.acceptor_port == 7')" ""
	check "no policy about it" ask host "$to" 8
}

test_vxlan() { inside vxlan; }
test_vxlan_linux() { inside vxlan-linux; }
test_vxlan_over_ipv6() { inside vxlan6; }
test_geneve() { inside geneve; }
test_gre() { inside gre; }
test_gretap() { inside gretap; }
test_gre_over_ipv6() { inside gre6; }
test_gretap_over_ipv6() { inside gretap6; }
test_ipip() { inside ipip; }
test_sit() { inside sit; }
test_ip6ip6() { inside ip6ip6; }

test_switch()
{
	topo
	must on host weft uplink add up0
	is "off at first" "$(on host weft -j uplink show | jq -r '.[0].tunnels')" off
	must on host weft uplink set up0 tunnels flat
	is flat "$(on host weft -j uplink show | jq -r '.[0].tunnels')" flat
	check "as text" sh -c "nsx in $host weft uplink | grep -q ' tunnels flat '"
	must on host weft uplink set up0 policy deny
	is "another change leaves it" "$(on host weft -j uplink show | jq -r '.[0].tunnels')" flat
	must on host weft uplink set up0 tunnels off
	is "and it the other" "$(on host weft -j uplink show | jq -r '.[0].default_policy')" deny
	refused "on, off, flat" on host weft uplink set up0 tunnels maybe
	refused "tunnels" on host weft uplink set up0
	must on host weft uplink del up0
	must on host weft uplink add up0 tunnels on
	is "on from the beginning" "$(on host weft -j uplink show | jq -r '.[0].tunnels')" on
}

test_replies_pass_a_default_of_deny()
{
	topo
	overlay vxlan
	must on host talk serve 7
	must on host weft uplink add up0 policy deny tunnels on
	must on host weft policy add egress allow remote 10.7.0.0/24
	check "out of the tunnel, and back" answers host 10.7.0.2 7
	check "not in" denied uplink up0 rx_denied -- peer 10.7.0.1 7
	check "not beside it" denied uplink up0 tx_denied -- host 10.9.0.2 7
}

# A tenant's end of a VXLAN over DEV of NAME, in a namespace of its own.
tenant()
{
	local name=$1 of=$2 id=$3 local=$4 remote=$5 dev=$6

	ns "$name"
	must on "$of" ip link add "v$id" type vxlan id "$id" local "10.9.0.$local" \
		remote "10.9.0.$remote" dstport 4789 dev "$dev"
	must on "$of" ip link set "v$id" netns "$RUN-$name"
	nsx up "$RUN-$name" "v$id" "10.7.0.$local/24" "fd07::$local/64" ||
		die "no addresses for $name"
}

test_tenants_with_the_same_addresses()
{
	topo
	tenant a1 host 1 1 2 up0
	tenant a2 peer 1 2 1 eth0
	tenant b1 host 2 1 2 up0
	tenant b2 peer 2 2 1 eth0
	must on host weft uplink add up0 tunnels on
	# the same ports too
	must on a1 sh -c 'echo x | socat -u - UDP4:10.7.0.2:99,sourceport=4321'
	must on b1 sh -c 'echo x | socat -u - UDP4:10.7.0.2:99,sourceport=4321'
	must on b1 sh -c 'echo x | socat -u - UDP4:10.7.0.2:99,sourceport=4321'
	is "two conversations" "$(flows '.acceptor_port == 99' .tunnel_id | sort | xargs)" "1 2"
	flow_is '.acceptor_port == 99 and .tunnel_id == 1' tx_packets=1
	flow_is '.acceptor_port == 99 and .tunnel_id == 2' tx_packets=2
	must on host weft uplink set up0 tunnels flat
	must on a1 sh -c 'echo x | socat -u - UDP4:10.7.0.2:99,sourceport=4321'
	must on b1 sh -c 'echo x | socat -u - UDP4:10.7.0.2:99,sourceport=4321'
	flow_is '.acceptor_port == 99' tx_packets=2 tunnel_id=0
}

test_vlan_in_a_tunnel()
{
	topo
	overlay vxlan
	must on host ip link add link t0 name t0.5 type vlan id 5
	must on peer ip link add link t0 name t0.5 type vlan id 5
	must on host ip addr add 10.6.0.1/24 dev t0.5
	must on peer ip addr add 10.6.0.2/24 dev t0.5
	must on host ip link set t0.5 up
	must on peer ip link set t0.5 up
	must on host weft uplink add up0 tunnels on
	must keep host 10.6.0.2 7
	flow_is '.acceptor_port == 7' tunnel_vlan=5 vlan=0
}

device_tx()
{
	local shown

	shown=$(on host ip -s -j link show up0)
	[[ $shown =~ \"tx\":\{\"bytes\":([0-9]+),\"packets\":([0-9]+) ]]
	echo "${BASH_REMATCH[2]} ${BASH_REMATCH[1]}"
}

weft_tx() { echo "$(counter uplink up0 tx_packets) $(counter uplink up0 tx_bytes)"; }

# Both, at a time when nothing was sent in between.
read_tx()
{
	local before

	before=$(device_tx)
	weft=$(weft_tx)
	device=$(device_tx)
	[ "$before" = "$device" ]
}

# What the uplink counts is what its device sends, in packets of the wire.
same_as_device()
{
	read_tx || return
	[ $((${weft% *} - ${weft0% *})) -eq $((${device% *} - ${device0% *})) ] &&
		[ $((${weft#* } - ${weft0#* })) -eq $((${device#* } - ${device0#* })) ]
}

# exact KIND on|off: of GSO packets that the device does not cut itself
exact()
{
	topo
	overlay "$1"
	on host ethtool -K up0 tso off gso off >/dev/null 2>&1
	on peer ethtool -K eth0 gro off >/dev/null 2>&1
	must on host weft uplink add up0 tunnels "$2"
	wait_for "a quiet moment" read_tx
	weft0=$weft device0=$device
	check "half a megabyte" push host "$(inner_of "$1")" 7 500000
	wait_for "the same counts" same_as_device ||
		note "weft: $weft less $weft0, device: $device less $device0"
	compare "all of it" "${weft#* }" -gt 500000
	[ "$2" = on ] || return 0
	compare "by its flow" "$(flow '.acceptor_port == 7' tx_bytes)" -gt 500000
}

test_bytes_vxlan() { exact vxlan on; }
test_bytes_vxlan_off() { exact vxlan off; }
test_bytes_vxlan_over_ipv6() { exact vxlan6 on; }
test_bytes_geneve() { exact geneve on; }
test_bytes_geneve_off() { exact geneve off; }
test_bytes_gretap() { exact gretap on; }
test_bytes_gretap_off() { exact gretap off; }
test_bytes_ipip() { exact ipip on; }
test_bytes_ipip_off() { exact ipip off; }
test_bytes_sit() { exact sit on; }

test_outer_fragments()
{
	topo
	# larger than what the link below can carry with the tunnel's headers
	overlay geneve 1500
	must on host weft uplink add up0 tunnels on
	must on host ping -q -c 1 -W 5 -s 1450 10.7.0.2
	is "no fragment without its first" "$(counter uplink up0 fragment)" 0
	flow_is '.protocol == "icmp"' tx_packets=2
	# 1450 + 8 + 20 + 14 inside, 8 + 8 outside, and 20 + 14 for each fragment
	flow_is '.protocol == "icmp"' tx_bytes=$((1492 + 16 + 2 * 34)) \
		rx_bytes=$((1492 + 16 + 2 * 34))
	must on host weft policy add egress deny protocol icmp
	check_not "none passes a policy" on host ping -q -c 1 -W 2 -s 1450 10.7.0.2
}

test_inner_fragments()
{
	topo
	overlay vxlan
	must on host weft uplink add up0 tunnels on
	check "a datagram of 8000 bytes" on host ping -q -c 1 -W 5 -s 8000 10.7.0.2
	check "and over IPv6" on host ping -q -c 1 -W 5 -s 8000 fd07::2
	is "no fragment without its first" "$(counter uplink up0 fragment)" 0
	compare "all count" "$(flow '.protocol == "icmp"' tx_bytes)" -gt 8000
}

# A workload that may not send to one place must not get there by wrapping.
test_ports_are_not_looked_into()
{
	topo
	port a 11
	must on host weft uplink set up0 tunnels on
	must on a ip link add t0 type vxlan id 42 local 10.9.0.11 remote 10.9.0.2 \
		dstport 4789 dev a
	must on a ip addr add 10.7.0.11/24 dev t0
	must on a ip link set t0 up
	must on a ip neigh add 10.7.0.2 lladdr 02:00:00:00:00:01 dev t0
	must on a talk blast 10.7.0.2 99 100 3
	check "the outer one" has_flow '.acceptor_port == 4789 and .tx_packets == 3'
	is "none inside" "$(flows '.tunnel')" ""
}

# hex of an IPv4 header: PROTOCOL PAYLOAD-BYTES SOURCE DESTINATION (in hex)
ip4_hex() { printf '4500%04x0000000040%02x0000%s%s' $((20 + $2)) "$1" "$3" "$4"; }

# What looked like no tunnel must not open a way past what is in one.
test_garbage_first()
{
	topo
	must on host weft uplink add up0 tunnels on
	must on host weft policy add ingress deny protocol udp port 99
	mac=$(on host ip -j link show up0 | jq -r '.[0].address')
	# UDP from 5555 to 4789, VXLAN 42, Ethernet; and that without its flag
	outer=$(ip4_hex 17 58 0a090002 0a090001)15b312b5003a0000
	inner=00002a00020000000002020000000003
	inner+=0800$(ip4_hex 17 8 0a070002 0a070001)04d2006300080000
	garbage=${outer}00000000$inner
	inner=${outer}08000000$inner
	for _ in 1 2 3; do
		must on peer frame eth0 "$mac" hex "$garbage"
	done
	wait_for "garbage to be a flow" has_flow '.acceptor_port == 4789 and .tx_packets == 3'
	before=$(counter uplink up0 rx_denied)
	must on peer frame eth0 "$mac" hex "$inner"
	wait_for "what is in a tunnel to be denied" counter_above "$before" uplink up0 rx_denied
	flow_is '.acceptor_port == 4789' tx_packets=3
}

test_change_under_traffic()
{
	topo
	overlay vxlan
	must on host weft uplink add up0 tunnels on
	coproc hold { on host talk hold 10.7.0.2 7; }
	read -r answer <&"${hold[0]}"
	is connected "$answer" yes
	on host talk send 10.7.0.2 8 5000000 &
	local sender=$!
	for mode in off on flat off flat on off on; do
		must on host weft uplink set up0 tunnels "$mode"
		echo >&"${hold[1]}"
		read -r answer <&"${hold[0]}"
		is "answered while $mode" "$answer" yes
		if [ "$mode" = off ]; then
			is "no flow in a tunnel" "$(flows '.tunnel')" ""
		else
			check "a flow in a tunnel" has_flow '.tunnel == "vxlan" and (.acceptor_port == 7 or .opener_port == 7)'
		fi
	done
	check "all of it came" wait "$sender"
	must on host weft uplink del up0
	echo >&"${hold[1]}"
	read -r answer <&"${hold[0]}"
	is "answered without weft" "$answer" yes
}

run_tests "$@"
