# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Packets of pktgen to a dummy device, and what one costs. In a guest whose
# clock counts instructions (lab run --icount), 1 ns is one of them.

dev=bench0

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
	pg $dev "dst_mac 02:00:00:00:00:01"
	spread "$flows" 1
}

# spread PORTS ADDRESSES: packets are of so many flows, each in its turn: both
# go round by themselves, so the numbers must have no common divisor.
spread() {
	pg $dev "src_min 198.18.0.1"
	pg $dev "src_max 198.18.$(((1 + $2 - 1) / 256)).$(((1 + $2 - 1) % 256))"
	pg $dev "udp_src_min 10000"
	pg $dev "udp_src_max $((10000 + $1))"
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
