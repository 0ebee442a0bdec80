#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# B10 with real TCP: what an exchange over a connection costs more than with
# nothing on its way, in instructions: one segment out through the device, one
# in. All rows come from one boot.
#
# Runs in a guest whose clock counts instructions, as b10-cost.sh does. Two
# namespaces are joined by a veth; what is measured is on the client's end of it.
#
#	lab run --icount -- selftests/bench/b10-tcp.sh [--exchanges N] [--flows N]
set -eu

exchanges=6400
flows=64

while [ $# -gt 0 ]; do
	case $1 in
	--exchanges) exchanges=$2; shift 2 ;;
	--flows) flows=$2; shift 2 ;;
	*) echo "usage: $0 [--exchanges N] [--flows N]" >&2; exit 2 ;;
	esac
done

here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc -O2 -o "$work/turns" "$here/turns.c"

in_client() { ip netns exec client "$@"; }

measure() { "$work/turns" client server 10.9.0.2 1400 "$flows" "$exchanges"; }

row() {
	local cost

	cost=$(measure)
	printf '%-40s %8d %8d\n' "$1" "$cost" "$((cost - base))"
}

# nft_row NAME LINE...: with these rules at the client
nft_row() {
	local name=$1

	shift
	printf '%s\n' "$@" | in_client nft -f -
	row "$name"
	in_client nft flush ruleset
}

# 1,000 prefixes, in which the peer is not
prefixes() {
	awk 'BEGIN {
		for (i = 0; i < 1000; i++)
			printf "%s172.%d.%d.0/24", i ? "," : "", 16 + int(i / 256), i % 256
	}'
}

for ns in client server; do
	ip netns add $ns
	ip -n $ns link set lo up
done
ip link add up0 netns client type veth peer name eth0 netns server
ip -n client addr add 10.9.0.1/24 dev up0
ip -n server addr add 10.9.0.2/24 dev eth0
ip -n client link set up0 up
ip -n server link set eth0 up

printf '%-40s %8s %8s\n' "TCP, 1400 B there and back, $flows flows" instr. over
measure > /dev/null		# ARP, and caches of the kernel's own
base=$(measure)
row 'nothing'
for q in pfifo fq_codel fq cake; do
	in_client tc qdisc replace dev up0 root $q
	row "$q"
	in_client tc qdisc del dev up0 root
done
nft_row 'nft, 1,000 prefixes, in and out' \
	'table netdev bench {' \
	"set far { type ipv4_addr; flags interval; elements = { $(prefixes) } }" \
	'chain out { type filter hook egress device up0 priority 0; ip daddr @far drop; }' \
	'chain in { type filter hook ingress device up0 priority 0; ip saddr @far drop; }' \
	'}'
nft_row 'conntrack, one rule' \
	'table inet bench {' \
	'chain out { type filter hook output priority 0; ct state established,related,new accept; }' \
	'chain in { type filter hook input priority 0; ct state established,related accept; }' \
	'}'

modprobe weft
in_client tc qdisc replace dev up0 root weft
row 'weft alone'
in_client tc qdisc del dev up0 root
in_client weft uplink add up0 noqdisc > /dev/null
row 'weft hooks'
in_client weft policy add egress allow remote 10.9.0.0/24 > /dev/null
in_client weft policy add ingress allow remote 10.9.0.0/24 > /dev/null
in_client weft uplink set up0 policy deny
row 'weft hooks, policy'
in_client tc qdisc replace dev up0 root weft
row 'weft hooks, policy + weft'
row 'the same again'
