#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# soft-RoCE: RDMA that the kernel makes itself passes its stack, and is seen.
# (What a network adapter does alone is not.)

. "$(dirname "$(readlink -f "$0")")/../lib.sh"

# The driver knows the first namespace only, so both ends are there: what is sent
# from one address of this machine to the other goes over the wire all the same,
# since where a packet came from is asked before whether it is for us.
wire()
{
	local n

	must ip link add r1 type veth peer name r2
	for n in 1 2; do
		must ip addr add "10.8.0.$n/32" dev "r$n"
		must ip link set "r$n" up
		echo 1 >"/proc/sys/net/ipv4/conf/r$n/accept_local"
		must ip rule add pref "$n" iif "r$n" lookup local
	done
	must ip rule add pref 10 lookup local
	must ip rule del pref 0
	must ip rule add pref 5 lookup 100
	for n in 1 2; do
		must ip route add "10.8.0.$n" dev "r$((3 - n))" src "10.8.0.$((3 - n))" table 100
		must ip neigh replace "10.8.0.$n" dev "r$((3 - n))" nud permanent \
			lladdr "$(cat "/sys/class/net/r$n/address")"
	done
}

unwire()
{
	pkill -x ib_write_bw
	rdma link del rxe1
	rdma link del rxe2
	ip rule add pref 0 lookup local
	for pref in 1 2 5 10; do
		ip rule del pref $pref
	done
	weft profile unload rxe
	weft uplink del r1
	ip link del r1
} 2>/dev/null

# rdma_flow DIRECTION: class, packets and bytes of the only one
rdma_flow()
{
	weft -j flow show | jq -r --arg direction "$1" 'map(select(.qp and
		.direction == $direction))[] | "\(.class) \(.tx_packets) \(.tx_bytes)"'
}

rigged()
{
	modprobe -qa rdma_rxe ib_uverbs rdma_ucm || skip "kernel: no soft-RoCE"
	trap unwire EXIT
	wire
	must weft uplink add r1
	must weft profile load rxe
	must rdma link add rxe1 type rxe netdev r1
	must rdma link add rxe2 type rxe netdev r2
}

# writes OPTION...: 20 writes of 64 KiB from one end to the other
writes()
{
	ib_write_bw -d rxe2 -x 1 -s 65536 -n 20 -F "$@" >"$WORK/server" 2>&1 &
	wait_for "the server" listens "$@"
	ib_write_bw -d rxe1 -x 1 -s 65536 -n 20 -F "$@" 10.8.0.2 >"$WORK/client" 2>&1 ||
		die "ib_write_bw: $(tail -n 5 "$WORK/client")"
	weft -s flow show
}

# By TCP, or where the connection manager is asked, by that.
listens()
{
	case ${1:-} in
	-R)	rdma -j res show cm_id | grep -q '"LISTEN"' ;;
	*)	ss -Hltn "sport = :18515" | grep -q . ;;
	esac
}

test_writes()
{
	rigged
	writes
	# one way each: a header names the queue pair that it goes to, no other.
	# 64 packets a write, with 58 bytes of headers and checksum around 1024, and
	# where a write begins 16 more; and an answer to each
	is "what was written" "$(rdma_flow egress)" "gradient 1280 $((20 * (64 * 1082 + 16)))"
	is "what was answered" "$(rdma_flow ingress)" "gradient 20 $((20 * 62))"
	is "as messages" "$(weft -j flow show |
		jq -c 'map(.tx_framed // empty | [.messages, .bytes, .size])')" "[[20,1310720,65536]]"
}

# Each flow of the connection names the other one's queue pair.
test_pairs_by_the_connection_manager()
{
	rigged
	writes -R
	# one that carries the writes, and one over which the ends agree on them
	weft -j flow show >"$WORK/flows"
	is "flows, and those that are another's other way" "$(jq -c 'map(select(.qp > 1)) |
		. as $all | [length, (map(. as $one | $all[] | select(.qp == $one.peer_qp and
			.peer_qp == $one.qp and .direction != $one.direction)) | length)]' \
		"$WORK/flows")" "[4,4]"
}

run_tests "$@"
