#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The queueing disciplines that the demo compares, each as its user would set
# it up.  Runs in a node:
#	disciplines.sh NAME DEVICE RATE
#
# The nodes' NICs are veth devices, which are never slow, so something has to
# be: tbf below (for the eye of tc: above) those that do not shape themselves,
# with a bucket of two packets, so that it cuts GSO packets and sends at an even
# pace, as a NIC of that rate does.  cake and weft shape themselves.

set -eu

name=$1 dev=$2 rate=$3

# whatever was there before; deleting the uplink takes its scheduler along
[ ! -d /sys/module/weft ] || weft uplink del "$dev" 2>/dev/null || true
tc qdisc del dev "$dev" root 2>/dev/null || true

# slow_nic CHILD...: a NIC of the rate with this discipline on it
slow_nic()
{
	tc qdisc add dev "$dev" root handle 1: tbf rate "$rate" burst 3kb limit 10mb
	tc qdisc add dev "$dev" parent 1:1 handle 10: "$@"
}

case $name in
fq_codel)	# what Debian gives every device
	slow_nic fq_codel
	;;
cake)
	tc qdisc add dev "$dev" root cake bandwidth "$rate"
	;;
prio)		# by hand: the RPC servers' ports first, fq_codel for all others
	slow_nic prio bands 2 priomap 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1
	tc qdisc add dev "$dev" parent 10:1 fq_codel
	tc qdisc add dev "$dev" parent 10:2 fq_codel
	for port in 8000 50051; do
		for end in sport dport; do
			tc filter add dev "$dev" parent 10: protocol ip u32 \
				match ip $end $port 0xffff flowid 10:1
		done
	done
	;;
weft)		# no rule, no policy, no class: what the module ships
	weft uplink add "$dev" rate "$rate"
	;;
*)
	echo "disciplines.sh: no discipline $name" >&2
	exit 2
	;;
esac
