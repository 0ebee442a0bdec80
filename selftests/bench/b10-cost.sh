#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# B10: what a packet costs on its way out, in instructions.
#
# Runs in a guest whose clock counts instructions (lab run --icount): 1 ns is
# one instruction, the same from run to run within 0.1 %. pktgen sends through
# dev_queue_xmit() to a dummy device, so every queue is idle: a packet is
# enqueued and dequeued by the same call. All rows come from one boot; what is
# printed is the difference to a device without any queue or hook.
#
#	lab run --icount -- selftests/bench/b10-cost.sh [--packets N]
set -eu

packets=20000
flows=64
dev=bench0

while [ $# -gt 0 ]; do
	case $1 in
	--packets) packets=$2; shift 2 ;;
	--flows) flows=$2; shift 2 ;;
	*) echo "usage: $0 [--packets N] [--flows N]" >&2; exit 2 ;;
	esac
done

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
	pg $dev "udp_src_min 10000"
	pg $dev "udp_src_max $((10000 + flows))"
	pg $dev "flag UDPSRC_RND"
}

# Nanoseconds, that is instructions, a packet.
burst() {
	pg $dev "count $1"
	pg pgctrl start
	awk '
	/Result: OK/ { line = $0 }
	END {
		match(line, /OK: [0-9]+/); us = substr(line, RSTART + 4, RLENGTH - 4)
		match(line, /usec, [0-9]+/); n = substr(line, RSTART + 6, RLENGTH - 6)
		printf "%.0f\n", us * 1000 / n
	}' /proc/net/pktgen/$dev
}

measure() {
	burst 2000 > /dev/null		# flows set up, caches of the kernel's own filled
	burst "$packets"
}

row() {
	local cost

	cost=$(measure)
	printf '%-34s %8d %8d\n' "$1" "$cost" "$((cost - base))"
}

qdisc() {
	# shellcheck disable=SC2086
	tc qdisc replace dev $dev root $1
	row "$1"
	tc qdisc del dev $dev root
}

setup
printf '%-34s %8s %8s\n' "1400 B, $flows flows, idle queue" instr. over
base=$(measure)
row 'no queue'
for q in pfifo fq_codel fq 'ets bands 8' 'cake unlimited'; do
	qdisc "$q"
done

nft add table netdev bench
nft "add chain netdev bench out { type filter hook egress device $dev priority 0; }"
row 'nft egress, empty chain'
nft delete table netdev bench

modprobe weft
qdisc weft
weft uplink add $dev noqdisc > /dev/null
row 'weft hooks'
tc qdisc replace dev $dev root pfifo
row 'weft hooks + pfifo'
tc qdisc replace dev $dev root weft
row 'weft hooks + weft'
