#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# RoCEv2: a flow a queue pair, the messages that headers announce, and which two
# flows are one connection. Packets are made here, byte by byte; apps/rdma.sh has
# those of the kernel's own driver.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# roce NS ADDR HEX [PORT]: a datagram
roce()
{
	# shellcheck disable=SC2001 # once each two characters
	printf "$(sed 's/../\\x&/g' <<<"$3")" |
		on "$1" socat -u STDIN "UDP4-SENDTO:$2:4791,sourceport=${4:-49152}"
}

# bth OPCODE QP PSN: the header that every packet has
bth() { printf '%02x00ffff%08x%08x' "$@"; }

# write, read: one that begins or asks for a message of SIZE bytes
rdma_write() { bth 0x0a "$1" "$2"; printf '%024x%08x' 0 "$3"; }
rdma_read() { bth 0x0c "$1" "$2"; printf '%024x%08x' 0 "$3"; }

# cm ATTRIBUTE BODY: a datagram of one connection manager to the other
cm()
{
	bth 0x64 1 7
	printf '80010000%08x01070203%08x%016x%04x0000%08x%s' 1 0 99 "$1" 0 "$2"
}

# request ID QP, reply ID QP: what they say of a connection
request() { cm 0x10 "$(printf '%08x%056d%06x00%0392d' "$1" 0 "$2" 0)"; }
reply() { cm 0x13 "$(printf '%08x%08x%08x%06x00%0432d' 4711 "$1" 0 "$2" 0)"; }

uplinked()
{
	topo
	must on host weft uplink add up0
}

peer_qp() { flow ".qp == $1 and .direction == \"$2\"" peer_qp; }

test_a_flow_by_its_queue_pair()
{
	uplinked
	must on host weft rule add port 4791 class gradient
	must roce host 10.9.0.2 "$(bth 4 17 0)"
	must roce host 10.9.0.2 "$(bth 4 17 1)" 50000
	must roce host 10.9.0.2 "$(bth 4 18 0)"
	must roce peer 10.9.0.1 "$(bth 4 17 0)"
	is "from any port to one queue pair" \
		"$(flow '.qp == 17 and .direction == "egress"' tx_packets)" 2
	flow_is '.qp == 18' tx_packets=1
	is "the other way is another flow" \
		"$(flow '.qp == 17 and .direction == "ingress"' tx_packets)" 1
	flow_is '.qp == 18' acceptor_port=4791 class=gradient
	check "in words" sh -c "nsx in $host weft flow show port 4791 | grep -q 'qp 0x000012'"
}

# Numbers of packets wrap after 24 bits.
test_messages_of_writes_and_reads()
{
	uplinked
	must roce host 10.9.0.2 "$(rdma_write 17 0xfffffe 1000)"
	must roce host 10.9.0.2 "$(rdma_write 17 1 70000)"
	must roce host 10.9.0.2 "$(rdma_write 17 0xfffffe 1000)"
	must roce host 10.9.0.2 "$(rdma_read 17 2 5000)"
	must roce host 10.9.0.2 "$(bth 0x07 17 3)"
	flow_is '.qp == 17' tx_packets=5 tx_framed.messages=2 tx_framed.bytes=71000 \
		tx_framed.size=70000 rx_framed.messages=1 rx_framed.bytes=5000 \
		rx_framed.size=5000
}

# A queue pair's number is used again, and the packets' numbers begin anywhere.
test_messages_of_another_connection()
{
	uplinked
	must roce host 10.9.0.2 "$(rdma_write 17 0x400000 1000)"
	must roce host 10.9.0.2 "$(rdma_write 17 0x3f0001 1000)"
	flow_is '.qp == 17' tx_framed.messages=1
	must roce host 10.9.0.2 "$(rdma_write 17 0x300000 1000)"
	flow_is '.qp == 17' tx_framed.messages=2
	# and a little further back, where the connection manager says so
	must roce host 10.9.0.2 "$(request 2 16)"
	must roce peer 10.9.0.1 "$(reply 2 17)"
	must roce host 10.9.0.2 "$(rdma_write 17 0x2fff00 1000)"
	flow_is '.qp == 17' tx_framed.messages=3
}

announced() { on host weft -j job show 77 | jq ".[0].$1_transfers.announced"; }

test_messages_are_announced_to_the_job()
{
	uplinked
	must on host weft job set 77 name reads
	must on host weft rule add port 4791 class gradient job 77
	must roce host 10.9.0.2 "$(bth 4 17 0)"
	must roce host 10.9.0.2 "$(rdma_write 17 1 1000000)"
	is "what is written" "$(announced tx)" 1000000
	must roce host 10.9.0.2 "$(rdma_read 17 2 3000000)"
	is "what is read comes the other way" "$(announced rx)" 3000000
}

test_connections_pair_their_flows()
{
	uplinked
	must roce host 10.9.0.2 "$(bth 4 34 0)"
	must roce host 10.9.0.2 "$(request 1 17)"
	must roce peer 10.9.0.1 "$(reply 1 34)"
	must roce host 10.9.0.2 "$(bth 4 34 1)"
	must roce peer 10.9.0.1 "$(bth 4 17 0)"
	is "of one that was there before" "$(peer_qp 34 egress)" 17
	is "of one that began after" "$(peer_qp 17 ingress)" 34
	is "nobody else's" "$(peer_qp 1 egress)" null
	check "in words" sh -c "nsx in $host weft flow show port 4791 | grep -q 'peer-qp 0x000022'"
	# the number goes to another connection, from the other side
	must roce peer 10.9.0.1 "$(request 2 35)"
	must roce host 10.9.0.2 "$(reply 2 17)"
	is "used again" "$(peer_qp 17 ingress)" 35
}

test_what_no_manager_said_pairs_nothing()
{
	local whole

	uplinked
	must roce host 10.9.0.2 "$(bth 4 34 0)"
	must roce peer 10.9.0.1 "$(bth 4 17 0)"
	must roce peer 10.9.0.1 "$(reply 1 34)"
	must roce peer 10.9.0.1 "$(request 1 17)"
	must roce peer 10.9.0.1 "$(reply 1 34)"
	# one byte short of its last field, and of another connection
	must roce host 10.9.0.2 "$(request 1 17)"
	must roce peer 10.9.0.1 "$(reply 2 34)"
	whole=$(reply 1 34)
	must roce peer 10.9.0.1 "${whole:0:158}"
	is "neither one" "$(peer_qp 34 egress) $(peer_qp 17 ingress)" "null null"
	must roce peer 10.9.0.1 "${whole:0:160}"
	is "but for a whole one" "$(peer_qp 34 egress) $(peer_qp 17 ingress)" "17 34"
}

test_lengths_that_cannot_be()
{
	uplinked
	must roce host 10.9.0.2 "$(rdma_write 17 1 $((0x80000001)))"
	must roce host 10.9.0.2 "$(rdma_write 17 2 $((0xffffffff)))"
	whole=$(rdma_write 17 3 1000)
	must roce host 10.9.0.2 "${whole:0:54}"
	must roce host 10.9.0.2 "$(rdma_write 0 4 7)"
	flow_is '.qp == 17' tx_packets=3 tx_framed=null
	flow_is '.qp == 0' tx_framed.bytes=7
}

run_tests "$@"
