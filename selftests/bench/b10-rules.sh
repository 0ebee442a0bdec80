#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# B10, rules: what ten thousand of them cost, in instructions: to load them, to
# set up a flow, a packet of a known flow.
#
# Runs in a guest whose clock counts instructions, as b10-cost.sh does. pktgen
# sends each packet of a round from another port, so that each one opens a flow;
# a second round over the same ports meets flows that are known.
#
#	lab run --icount --vtime 100000 -- selftests/bench/b10-rules.sh
set -eu

flows=700	# fit into the slots that a table begins with
rules=10000
dev=bench0
lines=$(mktemp)
trap 'rm -f "$lines"' EXIT

pg() { echo "$2" > "/proc/net/pktgen/$1"; }

setup() {
	modprobe pktgen
	modprobe dummy numdummies=0
	ip link add $dev type dummy
	ip link set $dev up
	ip addr add 198.18.0.1/15 dev $dev
	ip neigh add 198.19.0.1 lladdr 02:00:00:00:00:01 dev $dev nud permanent
	pg kpktgend_0 rem_device_all
	pg kpktgend_0 "add_device $dev"
	pg $dev "xmit_mode queue_xmit"
	pg $dev "clone_skb 0"
	pg $dev "pkt_size 1400"
	pg $dev "delay 0"
	pg $dev "dst 198.19.0.1"
	pg $dev "src_min 198.18.0.1"
	pg $dev "src_max 198.18.0.1"
	pg $dev "dst_mac 02:00:00:00:00:01"
	pg $dev "udp_dst_min 9"
	pg $dev "udp_dst_max 9"
}

# Nanoseconds, that is instructions, a packet of a round.
burst() {
	pg $dev "udp_src_min 10000"
	pg $dev "udp_src_max $((10000 + flows))"
	pg $dev "count $flows"
	pg pgctrl start
	awk '
	/Result: OK/ { line = $0 }
	END {
		match(line, /OK: [0-9]+/); us = substr(line, RSTART + 4, RLENGTH - 4)
		match(line, /usec, [0-9]+/); n = substr(line, RSTART + 6, RLENGTH - 6)
		printf "%.0f\n", us * 1000 / n
	}' /proc/net/pktgen/$dev
}

# Instructions that a command takes, waiting (which this clock leaps over) apart.
cost() {
	local TIMEFORMAT='%3U %3S' spent

	spent=$({ time "$@" > /dev/null 2>&1; } 2>&1)
	awk -v spent="$spent" 'BEGIN {
		split(spent, s, " "); printf "%.0f\n", (s[1] + s[2]) * 1e9
	}'
}

# The rules of a row: none of them is about pktgen's packets.
rules_of() {
	awk -v n=$rules -v kind="$1" 'BEGIN {
		for (i = 0; i < n; i++) {
			if (kind == "prefixes")
				printf "rule add protocol tcp remote 172.%d.%d.0/24 port 443", 16 + int(i / 256), i % 256
			else if (kind == "ranges")
				printf "rule add port %d-%d", 30000 + 3 * i, 30002 + 3 * i
			else if (kind == "marks")
				printf "rule add mark %d", i + 1
			else	# as many shapes as there may be, all of which match but for the ports
				printf "rule add remote %s local %s port %d",
					prefix(198, 19, 0, 1, 17 + i % 16),
					prefix(198, 18, 0, 1, 17 + int(i / 16) % 15),
					30000 + 7 * int(i / 240)
			print " class gradient"
		}
	}
	function prefix(a, b, c, d, len,	host) {
		host = c * 256 + d
		host -= host % (2 ^ (32 - len) > 65536 ? 65536 : 2 ^ (32 - len))
		return a "." b "." int(host / 256) "." host % 256 "/" len
	}'
}

# One row: a namespace's worth of rules, an uplink, and two rounds.
row() {
	local load=0 new known

	modprobe weft
	if [ "$1" != none ]; then
		rules_of "$1" > "$lines"
		load=$(cost weft -b "$lines")
	fi
	weft uplink add $dev noqdisc > /dev/null 2>&1
	new=$(burst)
	known=$(burst)
	printf '%-34s %8d %8d %8d %12d\n' "$2" "$((new - base))" \
		"$((new - known))" "$((known - base))" \
		"$((load / rules))"
	weft uplink del $dev
	rmmod weft
}

setup
burst > /dev/null
base=$(burst)
printf '%-34s %8s %8s %8s %12s\n' "$rules rules, instructions" \
	'new flow' 'set-up' known 'to load one'
row none 'only the shipped ones'
row prefixes 'prefixes of 24 bits'
row ranges 'ranges of ports'
row marks 'marks'
row shapes '240 shapes, each a near miss'
