#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# B10, packets that nobody means well with (hostile.c): what the dearest of them
# costs on its way through the hooks, in instructions: flows set up, tunnels
# looked into, streams read, rules asked. Each is sent through a dummy device with
# an uplink and through one without.
#
# Runs in a guest whose clock counts instructions, as b10-cost.sh does. Fails
# where one costs more than Documentation/design.md says.
#
#	lab run --icount -- selftests/bench/b10-hostile.sh [--packets N] [--seed N]
set -eu

packets=30000
seed=1
bound=10000

while [ $# -gt 0 ]; do
	case $1 in
	--packets) packets=$2; shift 2 ;;
	--seed) seed=$2; shift 2 ;;
	*) echo "usage: $0 [--packets N] [--seed N]" >&2; exit 2 ;;
	esac
done

here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc -O2 -o "$work/hostile" "$here/../hostile.c"

modprobe dummy numdummies=0
for dev in bench0 plain0; do
	ip link add $dev type dummy
	ip link set $dev address 02:00:00:00:00:0a up
done
modprobe weft
weft uplink add bench0 tunnels on noqdisc > /dev/null
printf '%s\n' 'name: bait' 'framings:' \
	'  - { name: short, header: 4, hello: 6, length: { offset: 0, width: 2, order: big }, most: 60000, check: { offset: 2, value: 55 66 } }' \
	'streams:' \
	'  - { name: four, offset: 2, value: 61 62 63 64, class: gradient, job: 77, framing: short }' \
	> "$work/bait.yaml"
weft profile load "$work/bait.yaml"
for name in gloo nccl storage serving rxe; do
	weft profile load $name > /dev/null
done
weft rule add protocol udp port 4791 class gradient job 78
weft rule add protocol tcp port 7 class token job 79
weft policy add egress deny protocol udp port 53
weft class set gradient dscp 10

# nobody else's thread in between
read -r median high most frame < <(chrt -f 50 "$work/hostile" bench0 \
	02:00:00:00:00:0b "$packets" "$seed" cost plain0)
printf '%-34s %8s %8s %8s\n' "$packets hostile packets, seed $seed" median p99 most
printf '%-34s %8d %8d %8d\n' 'weft hooks' "$median" "$high" "$most"
if [ "$most" -gt $bound ]; then
	echo "more than $bound: $frame" >&2
	exit 1
fi
