#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# B10: what a packet costs with many flows, and what memory a flow takes.
#
#	lab run --icount --vtime 100000 -- selftests/bench/b10-flows.sh
# shellcheck disable=SC2034 # pktgen.sh reads some of these
set -eu

packets=20000
flows=64

. "$(dirname "$(readlink -f "$0")")/pktgen.sh"

free_kb() { awk '/^MemFree:/ { print $2 }' /proc/meminfo; }

spreads=('64 1' '4096 1' '40000 1' '1000 1001')

# What pktgen itself does differs with them.
setup
declare -A base
for counts in "${spreads[@]}"; do
	# shellcheck disable=SC2086 # two words
	spread $counts
	base[$counts]=$(measure)
done
modprobe weft max_flows=1200000
before=$(free_kb)
weft uplink add $dev noqdisc > /dev/null
printf '%9s %8s %8s\n' flows instr. over
for counts in "${spreads[@]}"; do
	# shellcheck disable=SC2086 # two words
	set -- $counts
	spread "$1" "$2"
	burst $(($1 * $2)) > /dev/null	# each flow once: the table makes room
	burst $(($1 * $2)) > /dev/null	# the rest, which came before there was
	# 20 times as many, so that the table's worker has its part in it
	cost=$(burst $((20 * packets)))
	printf '%9d %8d %8d\n' $(($1 * $2)) "$cost" $((cost - base[$counts]))
done
after=$(free_kb)
weft -j table show | jq -r --argjson kb $((before - after)) \
	'.[0] | "\(.flows) flows, \(.memory / .flows | floor) bytes each; of the machine\u0027s memory \($kb * 1024 / .flows | floor)"'
weft -j uplink show | jq -r '.[0].stats | "untracked \(.untracked + .untracked_quota)"'
