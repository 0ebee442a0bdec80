#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Profiles: what streams begin with, and the messages in them.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# Without what only sites have, which takes longer to load than the rest.
streams() { on "$1" python3 -SE "$SELFTESTS/streams.py" "${@:2}"; }

# host and peer, who takes streams on port 5000
streamed()
{
	topo
	must streams peer serve 5000
	must on host weft uplink add up0
}

# profile WORD...: a profile of these lines, in $WORK/p.yaml
profile() { printf '%s\n' "$@" >"$WORK/p.yaml"; }

# A pattern of four bytes at offset 2, and messages with a length of two.
small_profile()
{
	profile 'name: small' 'framings:' \
		'  - { name: short, header: 4, hello: 6, length: { offset: 0, width: 2, order: big }, most: 60000, check: { offset: 2, value: 55 66 } }' \
		'streams:' \
		'  - { name: four, offset: 2, value: 61 62 63 64, class: gradient, job: 77, framing: short }'
	must on host weft profile load "$WORK/p.yaml"
}

to_5000='.acceptor_port == 5000'
stream_is() { [ "$(flow "$to_5000" stream)" = "$1" ]; }
tx() { flow "$to_5000" "tx_framed.$1"; }

test_in_one_segment()
{
	streamed
	small_profile
	must streams host send 10.9.0.2 5000 787861626364
	flow_is "$to_5000" stream=small/four class=gradient source=stream job=77
	is hits "$(on host weft -j profile show small | jq '.[0].streams[0].hits')" 1
}

test_byte_by_byte()
{
	streamed
	small_profile
	must streams host send 10.9.0.2 5000 78 78 61 62 63 64 00 03 55 66 010203 00
	flow_is "$to_5000" stream=small/four
	is messages "$(tx messages)" 1
	is bytes "$(tx bytes)" 3
	must streams host send fd09::2 5000 78 78 61 62 63 64 00 04 55 66
	flow_is '.acceptor == "fd09::2"' class=gradient tx_framed.size=4 tx_framed.left=4
}

announced_is()
{
	[ "$(on host weft -j job show 77 | jq ".[0].$1_transfers.announced")" = "$2" ]
}

# Its job knows how much a transfer will be, before the bytes are there.
test_messages_announce_the_transfer()
{
	streamed
	small_profile
	# the beginning says whose job it is, then comes the header of 1000 bytes
	must streams host send 10.9.0.2 5000 787861626364 03e85566
	wait_for "1000 and a header" announced_is tx 1004
	is "of which there are" "$(tx left)" 1000
	is "sent by nobody else" "$(on host weft -j job show 77 | jq '.[0].rx_transfers.announced')" null
}

# newest PORT: bytes of what was sent to it last, and whether more is to come
newest()
{
	on host weft -j transfer show port "$1" |
		jq -c '.[] | select(.direction == "egress") | [.bytes, .open]'
}

newest_is() { [ "$(newest "$1")" = "$2" ]; }

# What is whole is over, not what is silent.
test_a_message_is_one_transfer()
{
	local half='7878616263649c405566'

	streamed
	must streams peer serve 5001
	must streams peer serve 5002
	small_profile
	must streams host send 10.9.0.2 5001 $half '20000*00' - '20000*00'
	wait_for "all of one" newest_is 5001 "[40010,false]"
	is "of the job, before it" "$(on host weft -j job show 77 | jq '.[0].tx_transfers.count')" 0
	must streams host send 10.9.0.2 5000 $half '20000*00' -
	is "half of one, and silence" "$(newest 5000)" "[20010,true]"
	must streams host send 10.9.0.2 5002 78786162636400035566010203 - 000555660102030405
	wait_for "the second one" newest_is 5002 "[9,false]"
}

test_pending_until_it_is_known()
{
	streamed
	small_profile
	must streams host send 10.9.0.2 5000 7878 6162
	flow_is "$to_5000" stream_pending=true class=other
	must streams host send fd09::2 5000 7878 6162 63ff
	flow_is '.acceptor == "fd09::2"' stream_pending=null stream=null
}

test_at_the_receiver()
{
	topo
	must streams host serve 5000
	must on host weft uplink add up0
	small_profile
	must streams peer send 10.9.0.1 5000 78 78 6162 6364 000355 66010203 00055566
	wait_for "the pattern" stream_is small/four
	wait_for "both messages" eval '[ "$(tx messages)" = 2 ]'
	is bytes "$(tx bytes)" 8
}

test_none_is_read_without_a_profile()
{
	streamed
	must streams host send 10.9.0.2 5000 787861626364
	flow_is "$to_5000" stream=null stream_pending=null
	# what was there before is not read afterwards
	small_profile
	flow_is "$to_5000" stream_pending=null
}

test_rules_and_streams_have_one_order()
{
	streamed
	small_profile
	must on host weft rule add protocol tcp port 5000 class token priority 6000
	must streams host send 10.9.0.2 5000 787861626364
	flow_is "$to_5000" class=gradient
	must on host weft rule add protocol tcp port 5000 class dataset priority 5000
	must streams host send fd09::2 5000 787861626364
	flow_is '.acceptor == "fd09::2"' class=dataset job=77
}

test_unload()
{
	streamed
	small_profile
	must streams host send 10.9.0.2 5000 787861626364 00035566 010203
	must on host weft profile unload small
	flow_is "$to_5000" class=gradient
	is "and its counts" "$(tx messages)" 1
	must streams host send fd09::2 5000 787861626364
	flow_is '.acceptor == "fd09::2"' class=other
	refused "not loaded" on host weft profile unload small
	must on host weft profile load "$WORK/p.yaml"
	refused "is loaded" on host weft profile load "$WORK/p.yaml"
}

test_a_profiles_rules()
{
	local before

	streamed
	before=$(on host weft -j rule show | jq length)
	profile 'name: ports' 'rules:' \
		'  - { protocol: tcp, port: 5000, class: kvcache }'
	must on host weft profile load "$WORK/p.yaml"
	must streams host send 10.9.0.2 5000 00
	flow_is "$to_5000" class=kvcache
	must on host weft profile unload ports
	is "rules that are left" "$(on host weft -j rule show | jq length)" "$before"
}

# gloo NS ADDR N SEED: sends, and says what it sent in $sent
gloo() { sent=$(streams "$1" gloo "$2" 5000 "$3" "$4") || die "gloo: $sent"; }
framed() { echo "$(tx messages) $(tx bytes)"; }

sizes_are_exact()
{
	streamed
	must on host weft profile load gloo
	gloo host "$1" 300 5
	is "messages and bytes" "$(framed)" "$sent"
	flow_is "$to_5000" stream=gloo/old
	is state "$(tx state)" running
	is left "$(tx left)" 0
	is lost "$(tx lost)" 0
}

test_sizes_ipv4() { sizes_are_exact 10.9.0.2; }
test_sizes_ipv6() { sizes_are_exact fd09::2; }

test_sizes_without_gso()
{
	streamed
	must on host ethtool -K up0 tso off gso off
	must on host weft profile load gloo
	gloo host 10.9.0.2 200 6
	is "messages and bytes" "$(framed)" "$sent"
}

test_sizes_over_loss()
{
	streamed
	must on host weft profile load gloo
	# behind the hook: what is lost is sent again, and seen twice
	must on host tc qdisc add dev up0 root netem loss 5% limit 10000
	gloo host 10.9.0.2 150 7
	is "messages and bytes" "$(framed)" "$sent"
	compare "lost packets" "$(on host tc -s -j qdisc show dev up0 | jq '.[0].drops')" -gt 0
}

test_sizes_at_the_receiver_over_loss()
{
	topo
	must streams host serve 5000
	must on host weft uplink add up0
	must on host weft profile load gloo
	must on peer tc qdisc add dev eth0 root netem loss 2% limit 10000
	gloo peer 10.9.0.1 150 8
	compare "messages" "$(tx messages)" -le "${sent% *}"
	compare "bytes" "$(tx bytes)" -le "${sent#* }"
	[ "$(framed)" = "$sent" ] || compare "lost" "$(tx lost)" -gt 0
}

# tcp NAME COUNTER: of a namespace's TCP
tcp() { on "$1" nstat -asz "$2" | awk -v c="$2" '$1 == c { print $2 }'; }

# Equal where all came once and in order: on a busy machine some may not, since
# either CPU can carry the sender's packets.
test_sizes_at_the_receiver()
{
	local late

	topo
	must streams host serve 5000
	must on host weft uplink add up0
	must on host weft profile load gloo
	gloo peer 10.9.0.1 150 9
	late=$(($(tcp host TcpExtTCPOFOQueue) + $(tcp peer TcpRetransSegs)))
	note "late or again: $late segments; lost $(tx lost) over $(tx lost_bytes)"
	if [ "$late" -eq 0 ]; then
		is "messages and bytes" "$(framed)" "$sent"
	else
		compare "messages" "$(tx messages)" -le "${sent% *}"
		[ "$(framed)" = "$sent" ] || compare "lost" "$(tx lost)" -gt 0
	fi
}

# More headers in a packet than are read: fewer, but none that is not there.
test_too_many_headers_in_a_packet()
{
	streamed
	small_profile
	# 40 headers of messages without a byte
	must streams host send 10.9.0.2 5000 787861626364 "$(printf '00005566%.0s' {1..40})"
	is messages "$(tx messages)" 16
	is "a place is lost" "$(tx lost)" 1
	is reason "$(tx end)" crowded
	is state "$(tx state)" suspended
	is "bytes passed over" "$(tx lost_bytes)" $((4 * 24))
}

test_framing_ends()
{
	streamed
	small_profile
	must streams host send 10.9.0.2 5000 787861626364 00035566010203 ffff5566
	is state "$(tx state)" ended
	is reason "$(tx end)" length
	is "messages before" "$(tx messages)" 1
	must streams host send fd09::2 5000 787861626364 00035566010203 00045567
	flow_is '.acceptor == "fd09::2"' tx_framed.end=check
}

test_tls_is_not_read()
{
	streamed
	modprobe -q tls
	small_profile
	streams host tls 10.9.0.2 5000 787861626364
	[ $? -ne 4 ] || skip "kernel: no TLS"
	flow_is "$to_5000" stream=null class=other
}

test_nccl()
{
	streamed
	must on host weft profile load nccl
	must streams host nccl 10.9.0.2 5000
	flow_is "$to_5000" stream=nccl/data class=gradient
	must streams host nccl fd09::2 5000 1 1122334455667788
	flow_is '.acceptor == "fd09::2"' stream=nccl/bootstrap class=control
	compare "job of its communicator" "$(flow '.acceptor == "fd09::2"' job)" -gt 2147483647
}

test_shipped_profiles_load()
{
	local name n=0

	topo
	# As installed: these scripts run without the sources, too.
	for name in $(weft __complete profile load); do
		must on host weft profile check "$name"
		must on host weft profile load "$name"
		n=$((n + 1))
	done
	compare "of them" "$n" -ge 10
	is "all of them" "$(on host weft -j profile show | jq length)" "$n"
}

# many N: as many patterns
many()
{
	local i

	printf '%s\n' "name: many$1" streams:
	for ((i = 0; i < $1; i++)); do
		printf '  - { name: p%d, value: "%02x 00" }\n' "$i" "$i"
	done
}

test_too_many_patterns()
{
	topo
	many 32 >"$WORK/a.yaml"
	many 31 >"$WORK/b.yaml"
	many 2 >"$WORK/c.yaml"
	must on host weft profile load "$WORK/a.yaml"
	must on host weft profile load "$WORK/b.yaml"
	refused "no more than 64" on host weft profile load "$WORK/c.yaml"
	is "two profiles" "$(on host weft -j profile show | jq length)" 2
	must on host weft profile unload many31
	must on host weft profile load "$WORK/c.yaml"
}

unread() { on host weft -j profile show small | jq '.[0].unread'; }

# The smallest table has extensions for 512 flows: who gets none passes unread.
test_more_flows_than_can_be_read()
{
	streamed
	must on host weft table set max-flows 1024
	small_profile
	must streams host many 10.9.0.2 5000 600 7878
	compare "unread" "$(unread)" -ge 80
	compare "pending" "$(flows '.stream_pending' | wc -l)" -le 512
	must streams host send fd09::2 5000 787861626364
	flow_is '.acceptor == "fd09::2"' stream=null
}

test_refusals()
{
	topo
	refused "no profile of this name" on host weft profile load nosuch
	profile 'name: x' 'streams:' '  - { name: a, value: 61, clas: token }'
	refused "line 3: 'clas' is no key.*'class'" on host weft profile load "$WORK/p.yaml"
	profile 'name: x' 'streams:' '  - { name: a, value: 61, class: tokn }'
	refused "'tokn' is not a class" on host weft profile load "$WORK/p.yaml"
	profile 'name: x' 'streams:' '  - { name: a, offset: 60, value: 61 62 63 64 65 }'
	refused "line 3.*first 64 bytes" on host weft profile check "$WORK/p.yaml"
	profile 'name: x' 'streams:' '  - { name: a, value: 61 }' 'samples:' \
		'  - { name: s, opener: 62, stream: a }'
	refused "is none, not a" on host weft profile check "$WORK/p.yaml"
	is "nothing was loaded" "$(on host weft -j profile show | jq length)" 0
}

test_root_of_a_container_may_not()
{
	topo
	profile 'name: x' 'streams:' '  - { name: a, value: 61 }'
	refused "permitted" on host unshare --user --map-root-user \
		weft profile load "$WORK/p.yaml"
	refused "permitted" on host unshare --user --map-root-user \
		weft profile show
}

run_tests "$@"
