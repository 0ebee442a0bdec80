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
# shellcheck disable=SC2034 # pktgen.sh reads some of these
set -eu

packets=20000
flows=64

while [ $# -gt 0 ]; do
	case $1 in
	--packets) packets=$2; shift 2 ;;
	--flows) flows=$2; shift 2 ;;
	*) echo "usage: $0 [--packets N] [--flows N]" >&2; exit 2 ;;
	esac
done

. "$(dirname "$(readlink -f "$0")")/pktgen.sh"

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
