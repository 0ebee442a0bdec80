#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each attachment point has a part of the flow table that nobody else can take,
# whatever that one does.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# small: topo with a table of 1024 flows, 64 of them spare, and ports a and b:
# with the host there are three shares of 320
small()
{
	# until the module goes, which is at the end of these tests
	echo 1024 >/sys/module/weft/parameters/max_flows
	topo
	must on host weft uplink add up0
	port a 11
	port b 12
}

# of NAME KEY: a number of a port
of() { on host weft -j port show | jq -r --arg p "$1" ".[] | select(.ifname == \$p).$2"; }
untracked() { counter port "$1" untracked_quota; }
# n_flows FILTER: how many
n_flows() { flows "$1" | wc -l; }
tracked() { [ "$(n_flows "$1")" -gt 0 ]; }

# within_share NAME: it asked for more; what nobody answered may have gone again
within_share()
{
	compare "flows of $1" "$(of "$1" flows)" -le 320
	compare "refused to $1" "$(untracked "$1")" -gt 0
}

test_shares_are_shown()
{
	small
	is "share of a" "$(of a flows_share)" 320
	is "share of the uplink" "$(on host weft -j uplink show | jq '.[0].flows_share')" 320
	is "a has none" "$(of a flows)" 0
	must on a talk fan 10.9.0.2 7 10
	is "a has ten" "$(of a flows)" 10
	check "in words" on host sh -c "weft -s port show | grep -q 'flows 10 share 320'"
	must on b ip link del dev b
	is "one share fewer" "$(of a flows_share)" 480
}

test_flood_stays_within_its_share()
{
	small
	must keep b 10.9.0.2 7
	must on a talk fan 10.9.0.2 97 600
	within_share a
	must keep b 10.9.0.2 8
	check "what b had" tracked '.opener == "10.9.0.12" and .acceptor_port == 7'
	check "and what it opened since" tracked '.opener == "10.9.0.12" and .acceptor_port == 8'
	is "b was refused nothing" "$(untracked b)" 0
	must keep host 10.9.0.2 9
	check "nor was the host" tracked '.opener == "10.9.0.1" and .acceptor_port == 9'
}

# fills NAME: with answered flows to its share. On a busy machine the server has no
# room for all that ask at once, and who is not answered is given up for the next.
fills()
{
	on "$1" talk fan 10.9.0.2 7 600
	[ "$(of "$1" flows)" -eq 320 ]
}

# An answered flow is not given up: two ends that agree fill their shares with
# such, and no more than those.
test_two_ends_that_agree_fill_their_shares()
{
	small
	must keep host 10.9.0.2 7
	must on a talk fan 10.9.0.12 7 600
	must on b talk fan 10.9.0.11 7 600
	wait_for "a to have its share" fills a
	wait_for "b to have its share" fills b
	compare "a has its share still" "$(of a flows)" -eq 320
	must keep host 10.9.0.2 8
	check "what the host had" tracked '.opener == "10.9.0.1" and .acceptor_port == 7'
	check "and what it opened since" tracked '.opener == "10.9.0.1" and .acceptor_port == 8'
	is "the host was refused nothing" "$(counter uplink up0 untracked_quota)" 0
}

# What the sender could not have followed is not followed at its neighbour's cost.
test_flood_of_a_neighbour_is_of_the_sender()
{
	small
	must on a talk fan 10.9.0.12 97 600
	within_share a
	is "b has none" "$(of b flows)" 0
}

# A flood from outside is of the port that lets it in.
test_flood_from_outside_stays_within_a_share()
{
	small
	must keep b 10.9.0.2 7
	must on peer talk fan 10.9.0.11 97 600
	within_share a
	must keep b 10.9.0.2 8
	check "b goes on" tracked '.opener == "10.9.0.12" and .acceptor_port == 8'
	is "b was refused nothing" "$(untracked b)" 0
}

test_unanswered_flows_go_first()
{
	small
	must on a talk fan 10.9.0.2 7 200
	is "answered ones" "$(n_flows '.acceptor_port == 7 and .state == "established"')" 200
	must on a talk fan 10.9.0.2 97 400
	wait_for "room for a new one" a_has_room
	is "the answered ones are there" \
		"$(n_flows '.acceptor_port == 7 and .state == "established"')" 200
}
a_has_room() { keep a 10.9.0.2 8 && tracked '.opener == "10.9.0.11" and .acceptor_port == 8'; }

test_untracked_is_judged_all_the_same()
{
	small
	must on host weft rule add protocol udp port 98 class gradient
	must on host weft policy add egress deny protocol udp port 99
	must on a talk fan 10.9.0.2 7 400
	compare "a is at its end" "$(of a flows)" -eq 320
	before=$(counter port a tx_denied)
	must on a talk fan 10.9.0.2 99 20
	compare "denied" "$(counter port a tx_denied)" -ge $((before + 20))
	must on a talk fan 10.9.0.2 98 20
	is "class of what nobody follows" \
		"$(on host weft -j class show gradient | jq '.[0].tx_packets')" 0
}

test_a_port_that_goes_takes_its_flows_along()
{
	small
	watch host close
	must on a talk fan 10.9.0.2 7 50
	is "flows of a" "$(n_flows '.opener == "10.9.0.11"')" 50
	must on a ip link del dev a
	is "they have ended" "$(n_flows '.opener == "10.9.0.11"')" 0
	wait_for "what each of them carried" closed 50
}
closed() { [ "$(count_of '.event == "close" and .opener == "10.9.0.11"')" -eq "$1" ]; }

run_tests "$@"
