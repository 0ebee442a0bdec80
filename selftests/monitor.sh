#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Events: flows opened, closed and denied, as "weft monitor" prints them.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

test_open_and_close()
{
	topo
	must on host weft uplink add up0
	watch host
	must on host talk send 10.9.0.2 7 100000
	wait_for "the open event" seen '.event == "open" and .acceptor_port == 7'
	wait_for "the close event" seen '.event == "close" and .acceptor_port == 7'
	is "one of each" "$(count_of '.acceptor_port == 7 and .event != "transfer"')" 2
	is opener "$(jq -r 'select(.event == "open").opener' "$WORK/events")" 10.9.0.1
	compare "bytes at the end" \
		"$(jq 'select(.event == "close").tx_bytes' "$WORK/events")" -gt 100000
	compare "times go forward" \
		"$(jq 'select(.event == "close").time_ns' "$WORK/events")" -gt \
		"$(jq 'select(.event == "open").time_ns' "$WORK/events")"
}

# All that the program sent, in full segments of 1428 bytes and their headers.
test_close_event_has_the_final_counts()
{
	local segments=$((300000 / 1428))

	topo
	must on host weft uplink add up0
	watch host close
	must on host talk send fd09::2 7 300000
	wait_for "the close event" seen '.event == "close" and .acceptor_port == 7'
	compare "packets" "$(jq .tx_packets "$WORK/events")" -ge "$segments"
	compare "bytes" "$(jq .tx_bytes "$WORK/events")" -ge $((300000 + segments * 86))
	is "and no open events were asked for" "$(count_of '.event != "close"')" 0
}

test_denied()
{
	topo
	must on host weft uplink add up0
	must on host weft policy add egress deny protocol udp port 8
	watch host
	must on host talk blast 10.9.0.2 8 100 1
	wait_for "the verdict" seen '.event == "deny"'
	is "who" "$(jq -r 'select(.event == "deny").opener' "$WORK/events")" 10.9.0.1
	is "where to" "$(jq -r 'select(.event == "deny").acceptor_port' "$WORK/events")" 8
	is "direction" "$(jq -r 'select(.event == "deny").direction' "$WORK/events")" egress
	is "no flow was opened" "$(count_of '.event == "open" and .acceptor_port == 8')" 0
}

test_audited()
{
	topo
	must on host weft uplink add up0
	must on host weft policy add egress audit protocol tcp port 8
	watch host
	must ask host 10.9.0.2 8
	wait_for "the verdict" seen '.event == "audit"'
	wait_for "the flow" seen '.event == "open" and .acceptor_port == 8 and .action == "audit"'
}

test_of_ports_in_their_uplinks_namespace()
{
	topo
	port a 11
	watch host
	must ask a 10.9.0.2 7
	wait_for "a's flow" seen '.event == "open" and .opener == "10.9.0.11"'
	is "with its number" "$(jq -r 'select(.event == "open" and .opener == "10.9.0.11").attach_id' "$WORK/events")" \
		"$(attach a)"
}

test_not_in_other_namespaces()
{
	topo
	must on host weft uplink add up0
	watch peer
	must ask host 10.9.0.2 7
	# what happens here afterwards is seen, what happened there is not
	must on peer weft uplink add eth0
	must ask peer 10.9.0.2 7 >/dev/null 2>&1
	must ask host 10.9.0.2 9
	wait_for "the peer's own" seen '.acceptor_port == 9'
	is "nothing of host" "$(count_of '.acceptor_port == 7')" 0
}

test_count_and_timeout()
{
	topo
	must on host weft uplink add up0
	on host weft -j monitor open count 2 >"$WORK/events" 2>"$WORK/monitor" &
	watcher=$!
	wait_for "monitor to listen" grep -q listening "$WORK/monitor"
	for port in 7 8 9; do
		must ask host 10.9.0.2 $port
	done
	check "it ends by itself" wait $watcher
	is "after two" "$(wc -l <"$WORK/events")" 2
	check "a timeout ends it as well" on host weft monitor timeout 200ms
}

test_text()
{
	topo
	must on host weft uplink add up0
	on host weft monitor open count 1 >"$WORK/events" 2>"$WORK/monitor" &
	wait_for "monitor to listen" grep -q listening "$WORK/monitor"
	must ask host 10.9.0.2 7
	wait_for "a line" grep -q '^open .*10\.9\.0\.1.*10\.9\.0\.2:7' "$WORK/events"
}

test_removal_of_the_uplink_closes_flows()
{
	topo
	must on host weft uplink add up0
	must on host talk blast 10.9.0.2 99 100 1
	watch host close
	must on host weft uplink del up0
	wait_for "the flow's close event" seen '.event == "close" and .acceptor_port == 99'
}

# What was lost is told with the next event that gets through: there must be one.
all_told()
{
	# not jq: so many lines keep it busy for longer than there is to wait
	lost=$(sed -n '/"event":"lost"/s/.*"count":\([0-9]*\).*/\1/p' "$WORK/events" |
		paste -sd+ | bc)
	lost=${lost:-0}
	got=$(grep -c '"event":"deny"' "$WORK/events")
	[ $((got + lost)) -eq "$sent" ] && return
	must on host frame -n 1 up0 "$mac" udp 10.9.0.1 3001 10.9.0.2 8 64
	sent=$((sent + 1))
	return 1
}

test_slow_listener_is_told()
{
	topo
	must on host weft uplink add up0
	must on host weft policy add egress deny protocol udp port 8
	mac=$(on peer ip -j link show eth0 | jq -r '.[0].address')
	watch host verdict
	# a listener that does not read
	pid=$(ip netns pids "$host" | while read -r p; do
		grep -qz monitor "/proc/$p/cmdline" && echo "$p"; done | head -n 1)
	kill -STOP "$pid"
	must on host frame -n 20000 up0 "$mac" udp 10.9.0.1 3000 10.9.0.2 8 64
	kill -CONT "$pid"
	sent=20000
	wait_for "every event to come or be counted" all_told
	note "of $sent got $got, lost $lost"
	compare "something was lost" "$lost" -gt 0
	is "and the counter has them all" "$(counter uplink up0 tx_denied)" "$sent"
}

run_tests "$@"
