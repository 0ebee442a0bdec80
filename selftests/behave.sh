#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Flows of which nobody says anything: what they behave like is their class.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

BURST=$SELFTESTS/burst.py

# On a link that is slow enough for all of them to be long, and that never has
# nothing to do for two jiffies; those of kernels with checkers are long, and what
# is more than they can carry has pauses.
slow_link()
{
	local rate

	topo
	rate=$(rounds 20mbit 5mbit)
	must on host tc qdisc add dev up0 root netem rate "$rate" limit 10000
	must on peer tc qdisc add dev eth0 root netem rate "$rate" limit 10000
	# the link is never idle, however late a slow machine comes to fill it
	must on host sysctl -qw net.ipv4.tcp_limit_output_bytes=4000000
	must on peer sysctl -qw net.ipv4.tcp_limit_output_bytes=4000000
	# packets of 64 KiB would leave it silent between them
	must on host ip link set up0 gso_max_segs 2
	must on peer ip link set eth0 gso_max_segs 2
	must on host weft uplink add up0 noqdisc
}

# is_taken PORT SOURCE CLASS [BEHAVIOUR]: for what the flow to that port is taken
is_taken()
{
	[ "$(only_flow ".acceptor_port == $1" \
		'[.source, .class, .behaviour // "none"] | join(" ")')" = \
		"$2 $3 ${4:-exchange}" ]
}

# exchanges NAME ADDR PORT: small requests and answers, until the test ends
exchanges() { on "$1" talk rr "$2" "$3" 1000 1000000 & }

test_exchange()
{
	slow_link
	exchanges host 10.9.0.2 7
	wait_for "the flow's class" is_taken 7 behaviour token
}

test_stream_out()
{
	slow_link
	on host talk send 10.9.0.2 7 100000000 &
	wait_for "the flow's class" is_taken 7 behaviour checkpoint stream-out
}

test_stream_in()
{
	slow_link
	on host talk pull 10.9.0.2 7 100000000 &
	wait_for "the flow's class" is_taken 7 behaviour dataset stream-in
}

test_bursts()
{
	slow_link
	on peer "$BURST" take 5555 >"$WORK/take" &
	wait_for "the sink" grep -q ready "$WORK/take"
	on host "$BURST" send 10.9.0.2 5555 1 70000 500 0.3 >/dev/null &
	wait_for "the flow's class" is_taken 5555 behaviour gradient bursts
}

# Datagrams have no acknowledgments to tell by.
test_not_of_datagrams()
{
	slow_link
	must on host talk blast 10.9.0.2 99 1000 500 5
	check "it has no class of its own" is_taken 99 default other none
}

test_anything_else_outranks_it()
{
	slow_link
	must on host weft rule add port 8 class other
	must on host weft rule add port 9 job 5
	exchanges host 10.9.0.2 8
	exchanges host 10.9.0.2 9
	wait_for "a class where only the job is said" \
		is_taken 9 behaviour token
	check "the rule's class" is_taken 8 rule other none
	is "its job" "$(flow '.acceptor_port == 9' job)" 5
}

test_switched_off_and_on()
{
	slow_link
	exchanges host 10.9.0.2 7
	wait_for "the flow's class" is_taken 7 behaviour token
	must on host weft table set behaviour off
	wait_for "no class" is_taken 7 default other
	exchanges host 10.9.0.2 8
	wait_for "what it behaves like, and no class of it" \
		is_taken 8 default other
	must on host weft table set behaviour on
	wait_for "the class again" is_taken 7 behaviour token
	is "behaviour is on" "$(on host weft -j table show | jq '.[0].behaviour')" true
	refused "on or off" on host weft table set behaviour maybe
}

# Each change of mind takes longer than the one before it.
test_changes_are_counted()
{
	slow_link
	exchanges host 10.9.0.2 7
	wait_for "the flow's class" is_taken 7 behaviour token
	is "changes" "$(on host weft -j table show | jq '.[0].behaviour_changes')" 1
	is "of the flow" "$(flow '.acceptor_port == 7' behaviour_changes)" 1
	pause
	is "it stays so" "$(flow '.acceptor_port == 7' behaviour_changes)" 1
}

# A port's too, whoever opened the flow.
test_ports()
{
	slow_link
	port a 11
	exchanges a 10.9.0.2 7
	exchanges peer 10.9.0.11 8
	wait_for "the port's flow" is_taken 7 behaviour token
	wait_for "the flow to it" is_taken 8 behaviour token
}

run_tests "$@"
