#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The qdisc: rate, order, shares, accounting, limits, parents, lifetime.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# What tc says of up0's qdisc of kind weft.
weft_qdisc() { on host tc -s -j qdisc show dev up0 | jq -c '.[] | select(.kind == "weft")'; }
qdisc_field() { weft_qdisc | jq -r "[.. | .$1? // empty][0] // 0"; }

backlog_above() { [ "$(qdisc_field qlen)" -gt "$1" ]; }

is_empty()
{
	[ "$(on host tc -s -j qdisc show dev up0 |
		jq '[.[] | .qlen + .backlog] | add')" -eq 0 ]
}

# bulk PORT: datagrams to the peer, more than there is time for; what is in
# flight is bounded by the socket's buffer
bulk() { on host talk blast 10.9.0.2 "$1" 1000 1000000 & }

# What classes have sent, all at one moment, in the order of the names. tc has
# no JSON of classes before 6.3.
class_bytes()
{
	on host tc -s class show dev up0 | classes_of "$@"
}

classes_of()
{
	awk -v names="$*" '
	$1 == "class" { name = $5 }
	$1 == "Sent" { sent[name] = $2 }
	END {
		n = split(names, want)
		for (i = 1; i <= n; i++)
			printf "%s%s", sent[want[i]], i < n ? " " : "\n"
	}'
}

test_attach_show_replace_delete()
{
	topo
	must on host tc qdisc add dev up0 root handle 1: weft rate 50mbit
	on host tc qdisc show dev up0 >"$WORK/shown"
	check "it is shown with its rate" grep -q "weft 1: root.*rate 50Mbit" "$WORK/shown"
	refused "exist|exclusiv" on host tc qdisc add dev up0 root handle 1: weft
	must on host tc qdisc change dev up0 root handle 1: weft rate 20mbit
	check "changed" sh -c "nsx in $host tc qdisc show dev up0 | grep -q 'rate 20Mbit'"
	must on host tc qdisc replace dev up0 root weft rate 30mbit limit 1mb latency-share 10
	check "replaced" sh -c "nsx in $host tc qdisc show dev up0 | grep -q 'latency-share 10%'"
	check "JSON" sh -c "nsx in $host tc -s -d -j qdisc show dev up0 | jq -e . >/dev/null"
	check "classes are shown" sh -c "nsx in $host tc class show dev up0 | grep -q gradient"
	check "traffic flows" answers host 10.9.0.2 7
	must on host tc qdisc del dev up0 root
	is "it is gone" "$(weft_qdisc)" ""
	check "traffic still flows" answers host 10.9.0.2 7
}

test_refusals()
{
	topo
	must on host tc qdisc add dev up0 root handle 1: weft rate 50mbit limit 1mb
	on host tc qdisc show dev up0 >"$WORK/before"
	for words in "rate 0" "rate -1" "rate fast" "rate nan" "rate 99999999999999999999gbit" \
		"latency-share 101" "latency-share x" "limit -1" "limit 0" \
		"flows 9999999" "flows 5" "nonsense" "rate 5mbit rate 6mbit" "rate"; do
		# shellcheck disable=SC2086 # words
		refused "." on host tc qdisc change dev up0 root handle 1: weft $words
		# shellcheck disable=SC2086
		refused "." on host tc qdisc replace dev up0 root handle 2: weft $words
	done
	on host tc qdisc show dev up0 >"$WORK/after"
	check "nothing has changed" cmp "$WORK/before" "$WORK/after"
	check "help" sh -c 'tc qdisc add weft help 2>&1 | grep -qi latency-share'
}

# keeps_rate BITS PACKETS: what arrives at the peer, packet by packet. Where
# the machine below stood still, which a gap shows, the scheduler can't send;
# so the lower bound is that of the best stretch without a gap, the upper one
# holds for all. Headers that a GSO packet stands for are counted.
keeps_rate()
{
	on peer timeout "$WAIT" tcpdump -tt -n -i eth0 -c "$2" dst host 10.9.0.2 \
		>"$WORK/packets" 2>/dev/null
	awk -v rate="$1" '
	{
		len = $NF
		if (/ UDP, /)
			bytes = len + 42
		else
			bytes = len + 66 * (len > 1448 ? int((len + 1447) / 1448) : 1)
		if (NR == 1)
			start = first = $1
		# the first packet of a stretch only starts its time
		else {
			if ($1 - last > 0.02) {
				first = $1
				calm = bytes = 0
			}
			sum += bytes
			calm += bytes
			if ($1 - first >= 1 && calm * 8 / ($1 - first) > best)
				best = calm * 8 / ($1 - first)
		}
		last = $1
	}
	END {
		all = sum * 8 / (last - start)
		printf "%d packets, %.0f bit/s of %.0f, best calm second %.0f\n",
			NR, all, rate, best
		if (all > rate * 1.02)
			exit 1
		if (!best)
			print "the machine was too busy to tell whether it was kept"
		else if (best < rate * 0.98)
			exit 1
	}' "$WORK/packets" || fail "rate $1 was not kept within 2 %"
}

test_rate_of_datagrams()
{
	topo
	# more than 400 packets a second are too many for a debug kernel
	must on host tc qdisc add dev up0 root weft rate 2mbit
	bulk 99
	wait_for "a backlog" backlog_above 20
	keeps_rate 2000000 600
}

test_rate_of_tcp_with_gso()
{
	topo
	must on host tc qdisc add dev up0 root weft rate 5mbit no-split-gso
	on host ethtool -K up0 tso on gso on 2>/dev/null
	on host talk send 10.9.0.2 7 100000000 &
	# TCP keeps no more than two of its large packets here
	wait_for "a backlog" backlog_above 0
	keeps_rate 5000000 400
}

test_rate_change_while_busy()
{
	topo
	must on host tc qdisc add dev up0 root handle 1: weft rate 500kbit
	bulk 99
	wait_for "a backlog" backlog_above 20
	must on host tc qdisc change dev up0 root handle 1: weft rate 2mbit
	keeps_rate 2000000 600
	must on host tc qdisc change dev up0 root handle 1: weft rate none
	wait_for "no backlog without a rate" sh -c "[ \$(nsx in $host tc -s -j qdisc show dev up0 | jq '.[0].qlen') -lt 20 ]"
}

# Packets that a class has sent.
class_sent()
{
	on host tc -s class show dev up0 |
		awk -v name="$1" '$5 == name { its = 1 } its && /Sent/ { print $4; exit }'
}
class_sent_is() { [ "$(class_sent "$1")" -eq "$2" ]; }

test_latency_class_goes_first()
{
	local before after

	topo
	must on host weft rule add protocol udp port 50 class token
	# 8 packets a second: what a socket may have waiting takes 10 s
	must on host tc qdisc add dev up0 root weft rate 64kbit
	bulk 99
	wait_for "a backlog" backlog_above 60
	before=$(class_sent other)
	must on host talk blast 10.9.0.2 50 100 3
	wait_for "the three to leave" class_sent_is token 3
	after=$(class_sent other)
	note "bulk packets sent meanwhile: $((after - before)) of more than 60 that waited"
	compare "what came later left earlier" $((after - before)) -lt 50
	check "the bulk still waits" backlog_above 40
}

both_wait()
{
	backlog_above 100
}

test_latency_tier_is_held_to_its_share()
{
	topo
	must on host weft rule add protocol udp port 50 class token
	must on host tc qdisc add dev up0 root weft rate 2mbit latency-share 20
	bulk 99
	bulk 50
	wait_for "a backlog of both" both_wait
	read -r t0 o0 < <(class_bytes token other)
	sleep 4
	read -r t1 o1 < <(class_bytes token other)
	note "token $((t1 - t0)) other $((o1 - o0))"
	compare "bulk is not starved" $((o1 - o0)) -gt $(((t1 - t0) / 9))
	compare "excess is counted" "$(qdisc_field latency_excess)" -gt 0
}

test_weights()
{
	topo
	must on host weft rule add protocol udp port 51 class gradient
	must on host weft rule add protocol udp port 52 class dataset
	must on host tc qdisc add dev up0 root weft rate 2mbit
	bulk 51
	bulk 52
	wait_for "a backlog" backlog_above 100
	read -r g0 d0 < <(class_bytes gradient dataset)
	sleep 4
	read -r g1 d1 < <(class_bytes gradient dataset)
	# 16 to 4
	ratio=$(((g1 - g0) * 100 / (d1 - d0 + 1)))
	note "gradient $((g1 - g0)) dataset $((d1 - d0)) ratio $ratio"
	compare "four to one" $ratio -ge 370
	compare "four to one" $ratio -le 430
}

test_flows_of_a_class_share()
{
	topo
	must on host tc qdisc add dev up0 root weft rate 2mbit
	must on host weft uplink add up0 noqdisc
	bulk 61
	bulk 62
	bulk 63
	wait_for "a backlog" backlog_above 100
	on peer tcpdump -l -n -i eth0 -c 600 udp and dst host 10.9.0.2 \
		>"$WORK/order" 2>/dev/null
	for port in 61 62 63; do
		n=$(grep -c "\.$port: " "$WORK/order")
		note "port $port: $n of 600"
		compare "a third each" "$n" -ge 180
	done
}

test_order_within_a_flow()
{
	topo
	# marked instead of dropped: what comes behind a hole is out of order too
	on host sysctl -qw net.ipv4.tcp_ecn=1
	on peer sysctl -qw net.ipv4.tcp_ecn=1
	must on host tc qdisc add dev up0 root weft rate 10mbit
	must on host talk send 10.9.0.2 7 3000000
	ooo=$(on peer nstat -asz TcpExtTCPOFOQueue | awk '/TCPOFOQueue/ { print $2 }')
	is "segments out of order at the peer" "${ooo:-0}" 0
	is "drops" "$(qdisc_field drops)" 0
}

test_gso_is_split_on_slow_links()
{
	topo
	on host ethtool -K up0 tso on gso on 2>/dev/null
	must on host tc qdisc add dev up0 root weft rate 50mbit
	must on host talk send 10.9.0.2 7 2000000
	compare "split by itself at 50mbit" "$(qdisc_field split)" -gt 0
	must on host tc qdisc replace dev up0 root handle 9: weft rate 50mbit no-split-gso
	must on host talk send 10.9.0.2 7 2000000
	is "not split when told so" "$(qdisc_field split)" 0
	must on host tc qdisc replace dev up0 root handle 8: weft rate 2gbit split-gso
	must on host talk send 10.9.0.2 7 2000000
	compare "split when told so" "$(qdisc_field split)" -gt 0
	wait_for "nothing is left" is_empty
}

test_backlog_returns_to_zero()
{
	topo
	must on host tc qdisc add dev up0 root weft rate 20mbit
	must on host talk send 10.9.0.2 7 1000000
	must on host talk blast 10.9.0.2 99 1000 200
	wait_for "an empty queue" is_empty
}

test_limit_is_kept()
{
	topo
	must on host tc qdisc add dev up0 root weft rate 1mbit limit 100kb
	for port in 71 72 73 74 75 76; do
		bulk $port
	done
	wait_for drops sh -c "[ \$(nsx in $host tc -s -j qdisc show dev up0 | jq '.[0].drops') -gt 0 ]"
	compare "memory" "$(qdisc_field memory_max)" -le 102400
	compare "the drops have a reason" "$(qdisc_field dropped_limit)" -gt 0
}

test_ecn_is_marked_before_drops()
{
	topo
	on host sysctl -qw net.ipv4.tcp_ecn=1
	on peer sysctl -qw net.ipv4.tcp_ecn=1
	must on host tc qdisc add dev up0 root weft rate 10mbit
	must on host talk send 10.9.0.2 7 4000000
	compare marks "$(qdisc_field marks)" -gt 0
	is "drops" "$(qdisc_field drops)" 0
}

test_alone_without_an_uplink()
{
	topo
	must on host tc qdisc add dev up0 root weft rate 50mbit
	is "no uplink was made" "$(on host weft -j uplink show)" "[]"
	check "traffic flows" answers host 10.9.0.2 7
	check "a megabyte" on host talk send fd09::2 7 1000000
	must on peer talk serve 50051
	must ask host 10.9.0.2 50051
	compare "rules hold all the same" "$(class_bytes token)" -gt 0
	# on a device without Ethernet headers too
	tun host tun0
	must on host ip link set tun0 up
	must on host tc qdisc add dev tun0 root weft rate 50mbit
	must on host tc qdisc del dev tun0 root
	must on host tc qdisc add dev lo root weft rate 500mbit
	must on host talk serve 7
	check "and on loopback" answers host 127.0.0.1 7
}

test_uplink_comes_and_goes_below_the_qdisc()
{
	topo
	must on host tc qdisc add dev up0 root weft rate 50mbit
	for i in 1 2 3; do
		must on host weft uplink add up0 noqdisc
		check "traffic with an uplink" answers host 10.9.0.2 7
		must on host weft -j uplink show up0 >/dev/null
		nsx in "$host" tc qdisc show dev up0 >/dev/null
		on host rawnl weft 3 1=u32:"$(on host ip -j link show up0 | jq '.[0].ifindex')" >/dev/null
		check "traffic without" answers host 10.9.0.2 7
	done
}

# under PARENT: weft as a leaf of another qdisc
under()
{
	must on host tc qdisc add dev up0 parent "$1" handle 20: weft
	check "a megabyte" on host talk send 10.9.0.2 7 1000000
	check "datagrams" on host talk blast 10.9.0.2 99 1000 200
	wait_for "nothing is left, in the parent neither" is_empty
	compare "it went through weft" "$(qdisc_field bytes)" -gt 1000000
	must on host tc qdisc del dev up0 root
	check "traffic flows" answers host 10.9.0.2 7
}

test_under_htb()
{
	topo
	must on host tc qdisc add dev up0 root handle 1: htb default 1
	must on host tc class add dev up0 parent 1: classid 1:1 htb rate 50mbit
	under 1:1
}

test_under_tbf()
{
	topo
	must on host tc qdisc add dev up0 root handle 1: tbf rate 50mbit burst 20kb latency 50ms
	under 1:1
}

test_under_netem()
{
	topo
	must on host tc qdisc add dev up0 root handle 1: netem delay 1ms
	under 1:1
}

test_under_prio_with_a_rate()
{
	topo
	must on host tc qdisc add dev up0 root handle 1: prio
	must on host tc qdisc add dev up0 parent 1:1 handle 10: weft rate 20mbit
	must on host tc qdisc add dev up0 parent 1:2 handle 20: weft rate 20mbit
	must on host tc qdisc add dev up0 parent 1:3 handle 30: weft rate 20mbit
	check "a megabyte" on host talk send 10.9.0.2 7 1000000
	wait_for "nothing is left" is_empty
}

test_as_leaves_of_mq()
{
	topo
	ns other
	must ip link add q0 numtxqueues 2 netns "$host" type veth peer name q1 numrxqueues 2 netns "$other"
	must on host tc qdisc add dev q0 root handle 1: mq
	must on host tc qdisc add dev q0 parent 1:1 handle 11: weft
	must on host tc qdisc add dev q0 parent 1:2 handle 12: weft
	on host ip addr add 10.8.0.1/24 dev q0
	must on host ip link set q0 up
	on other ip addr add 10.8.0.2/24 dev q1
	must on other ip link set q1 up
	must on other talk serve 7
	must on host weft uplink add q0
	is "the tool sees them" "$(on host weft -j uplink show q0 | jq -r '.[0].scheduler')" mq
	check "traffic flows" answers host 10.8.0.2 7
}

test_delete_and_replace_while_busy()
{
	topo
	for i in 1 2 3 4 5; do
		must on host tc qdisc replace dev up0 root handle $i: weft rate 2mbit
		[ $i -gt 1 ] || { bulk 99; bulk 98; }
		wait_for "a backlog" backlog_above 10
		[ $i -ne 3 ] || must on host tc qdisc replace dev up0 root fq_codel
	done
	must on host tc qdisc change dev up0 root handle 5: weft limit 20kb
	must on host tc qdisc del dev up0 root
}

test_filters_choose_a_class()
{
	topo
	must on host tc qdisc add dev up0 root handle 1: weft rate 50mbit
	must on host tc filter add dev up0 parent 1: protocol ip matchall classid 1:7
	must on host talk blast 10.9.0.2 99 1000 50
	wait_for "all of it to go" is_empty
	compare "it went into class 7, dataset" "$(class_bytes dataset)" -ge $((50 * 1042))
}

test_both_names_load_it()
{
	check "the alias of old kernels" \
		sh -c 'modinfo -F alias weft | grep -qx sch_weft'
	check "the alias of new kernels" \
		sh -c 'modinfo -F alias weft | grep -qx net-sch-weft'
	wait_for "rmmod" unload
	topo
	must on host tc qdisc add dev up0 root weft
	check "it was loaded" is_loaded
	refused "in use" rmmod weft
	must on host tc qdisc del dev up0 root
	wait_for "rmmod" unload
	must on host ip link add link up0 name p1 type weft
	check "by the link type as well" is_loaded
}

run_tests "$@"
