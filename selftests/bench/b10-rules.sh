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
# shellcheck disable=SC2034 # pktgen.sh reads some of these
set -eu

flows=700	# fit into the slots that a table begins with
rules=10000
lines=$(mktemp)
trap 'rm -f "$lines"' EXIT

. "$(dirname "$(readlink -f "$0")")/pktgen.sh"

# What a packet of a round costs: each is from another port.
round() {
	spread "$flows" 1
	burst "$flows"
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
	new=$(round)
	known=$(round)
	printf '%-34s %8d %8d %8d %12d\n' "$2" "$((new - base))" \
		"$((new - known))" "$((known - base))" \
		"$((load / rules))"
	weft uplink del $dev
	rmmod weft
}

setup
round > /dev/null
base=$(round)
printf '%-34s %8s %8s %8s %12s\n' "$rules rules, instructions" \
	'new flow' 'set-up' known 'to load one'
row none 'only the shipped ones'
row prefixes 'prefixes of 24 bits'
row ranges 'ranges of ports'
row marks 'marks'
row shapes '240 shapes, each a near miss'
