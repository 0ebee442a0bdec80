#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Transfers of flows and jobs: their bytes, their ends, what is learned of them.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

BURST=$SELFTESTS/burst.py

# take NAME PORT [lazy]: a sink there
take()
{
	on "$1" "$BURST" take "${@:2}" >"$WORK/take.$2" &
	wait_for "the sink to listen" grep -q ready "$WORK/take.$2"
}

# start NAME ADDR PORT FLOWS BYTES COUNT PERIOD: connections stay open until the
# test ends, or until a further burst is asked for by again
start()
{
	coproc sender { on "$1" "$BURST" send "${@:2}"; }
	read -r _ sent _ retransmits <&"${sender[0]}" || die "nothing was sent"
}

# The connections are closed, and so are their last transfers.
stop()
{
	local fd=${sender[1]}

	exec {fd}>&-
}

again()
{
	echo "again $1" >&"${sender[1]}"
	read -r _ <&"${sender[0]}" || die "not sent again"
}

job() { on host weft -j job show "$1" | jq -r ".[0].$2"; }
transfers() { on host weft -j transfer show "${@:2}" | jq -r "$1"; }
within() { [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]; }
# egress_sum WHAT: of the closed transfers that were published
egress_sum()
{
	jq -s "[.[] | select(.event == \"transfer\" and
		.transfer.direction == \"egress\") | .transfer.$1] | add" \
		"$WORK/events"
}

# Looking takes a slow machine so long that bursts come late; it is left alone for
# eight of them in between.
leave_alone() { read -rt 2.4 <&"$NOTHING"; }

# knows DIRECTION FLOWS BYTES: job 7's transfers are known to have these; sets
# period and count. A machine that is slow makes pauses in bursts; four in a row
# without one come in time, and then half of the gap between bursts is a pause.
knows()
{
	local size flows

	leave_alone
	read -r size period flows count < <(on host weft -j job show 7 |
		jq -r ".[0].$1 | select(.trusted) |
		\"\(.learned_bytes) \(.learned_period_us) \(.last_flows) \(.count)\"")
	[ "${flows:-0}" -eq "$2" ] && within "$size" $(($3 * 98 / 100)) $(($3 * 102 / 100))
} 2>/dev/null

# rhythm NAME ADDR FLOWS BYTES: bursts of so many, 300 ms apart
rhythm()
{
	on "$1" "$BURST" send "$2" 29500 "$3" "$4" 500 0.3 >/dev/null &
}

test_size_and_period_are_learned()
{
	topo
	take peer 29500
	must on host weft uplink add up0
	must on host weft rule add protocol tcp port 29500 class gradient job 7
	rhythm host 10.9.0.2 1 10000
	wait_for "the size" knows tx_transfers 1 10000
	check "the period" within "$period" 270000 330000
	compare "transfers before this one" "$count" -ge 4
	# what only acknowledges transfers nothing
	is "towards us" "$(job 7 rx_transfers)" null
}

test_the_flows_of_a_job_are_one_transfer()
{
	topo
	take peer 29500
	must on host weft uplink add up0
	must on host weft rule add protocol tcp port 29500 class gradient job 7
	rhythm host 10.9.0.2 3 9000
	wait_for "one transfer of all three" whole 3 9000
	is flows "$(job 7 flows)" 3
}

# whole FLOWS BYTES: the newest transfer that is over is of these. Where the
# machine stood still between two of its flows it was two, as there were.
whole()
{
	leave_alone
	[ "$(on host weft -j job show 7 |
		jq -c '.[0].tx_transfers | [.last_flows, .last_bytes]')" = "[$1,$2]" ]
}

unexpected() { leave_alone; [ "$(job 7 tx_transfers.expected)" = null ]; }

test_one_of_another_size_is_not_expected()
{
	topo
	take peer 29500
	must on host weft uplink add up0
	must on host weft rule add protocol tcp port 29500 class gradient job 7
	rhythm host 10.9.0.2 1 10000
	wait_for "the size" knows tx_transfers 1 10000
	# another connection of the job makes the next ones ten times as large
	rhythm host 10.9.0.2 1 90000
	wait_for "nothing to expect" unexpected
}

test_sizes_that_differ_are_not_trusted()
{
	topo
	take peer 29500
	must on host weft uplink add up0
	must on host weft rule add protocol tcp port 29500 class gradient job 7
	start host 10.9.0.2 29500 1 1000 1 0.2
	for bytes in 50000 2000 100000 4000 200000; do
		again $bytes
		sleep 0.2
	done
	compare "some transfers" "$(job 7 tx_transfers.count)" -ge 4
	is trusted "$(job 7 tx_transfers.trusted)" false
	is "nothing to expect" "$(job 7 tx_transfers.expected)" null
}

test_of_what_comes_in()
{
	topo
	take host 29500
	must on host weft uplink add up0
	must on host weft rule add protocol tcp port 29500 class gradient job 7
	rhythm peer fd09::1 1 10000
	wait_for "the size" knows rx_transfers 1 10000
	check "the period" within "$period" 270000 330000
	is "of ours" "$(job 7 tx_transfers)" null
}

all_closed() { [ "$(egress_sum bytes)" = "$1" ]; }

test_bytes_are_those_of_the_socket()
{
	topo
	take peer 29500
	must on host weft uplink add up0
	watch host transfer
	start host 10.9.0.2 29500 2 1000003 4 0.3
	# a flow's last one is over with the flow
	stop
	wait_for "every byte, and none twice" all_closed "$sent" ||
		note "published $(egress_sum bytes), sent $sent"
}

test_bytes_are_those_of_the_socket_over_loss()
{
	topo
	take peer 29500
	must on host weft uplink add up0
	# single packets, or what is lost is a few large ones
	must on host ip link set dev up0 gso_max_segs 1
	must on host tc qdisc add dev up0 root netem loss 1%
	watch host transfer
	start host 10.9.0.2 29500 1 2000000 2 0.5
	compare "packets were lost" "$retransmits" -gt 0
	stop
	wait_for "every byte, and none twice" all_closed "$sent" ||
		note "published $(egress_sum bytes), sent $sent"
	is retransmits "$(egress_sum retransmits)" "$retransmits"
	compare "on the wire" "$(egress_sum wire_bytes)" -gt "$sent"
}

test_limited_by_the_receiver()
{
	topo
	take peer 29500 lazy
	must on host weft uplink add up0
	start host 10.9.0.2 29500 1 150000 1 0.2
	read -r rwnd busy < <(transfers '.[] | select(.direction == "egress") |
		"\(.rwnd_limited_us) \(.busy_us)"' port 29500)
	compare "time limited by the window" "$rwnd" -gt 0
	compare "is part of the time busy" "$rwnd" -le "$busy"
	compare "a round trip was timed" \
		"$(transfers '.[0].rtt_us' port 29500)" -gt 0
}

# qdisc WHAT: of the weft qdisc
qdisc()
{
	on host tc -s -j qdisc show dev up0 |
		jq -r ".[] | select(.kind == \"weft\") | [.. | .$1? // empty][0] // 0"
}

# told WHAT: closed transfers have together what the qdisc has done
told() { [ "$(egress_sum "$1")" = "$(qdisc "$1")" ]; }

test_time_in_the_queue()
{
	topo
	take peer 29500
	must on host weft uplink add up0
	must on host tc qdisc add dev up0 root weft rate 10mbit
	start host 10.9.0.2 29500 1 500000 1 0.2
	read -r queued duration < <(transfers '.[] | select(.direction == "egress") |
		"\(.queued_us) \(.duration_us)"' port 29500)
	note "queued $queued us of $duration us"
	# a link is slower than its sender, and a sender than its machine, now and then
	compare "most of the time" "$queued" -ge $((duration / 2))
	# its last bytes wait when they have passed the hook
	compare "and not much longer" "$queued" -le $((duration * 3 / 2))
	is "of what comes in" "$(transfers '.[] |
		select(.direction == "ingress") | .queued_us' port 29500)" ""
	on host weft -s transfer show port 29500 >"$WORK/shown"
	check "it is shown" grep -q "queued [0-9]" "$WORK/shown"
}

# marked JOB: two flows of it send, and are gone
marked()
{
	local port=$((29500 + $1))

	take peer $port
	must on host weft rule add protocol tcp port $port class gradient job "$1"
	start host 10.9.0.2 $port 2 "$(rounds 400000 100000)" 1 0.2
	stop
	all=$((all + sent))
	wait_for "every byte" all_closed $all
}

test_marks_are_the_transfers()
{
	local job all=0 marks=0 packets=0

	topo
	on host sysctl -qw net.ipv4.tcp_ecn=1
	on peer sysctl -qw net.ipv4.tcp_ecn=1
	must on host weft uplink add up0
	must on host tc qdisc add dev up0 root weft rate 10mbit
	watch host transfer
	for job in {1..20}; do
		marked $job
		# the newest two are known: where the machine stood still there are more
		[ "$(job $job tx_transfers.count)" -gt 1 ] || break
		marks=$(qdisc marks)
		packets=$(egress_sum packets)
	done
	compare marks "$(qdisc marks)" -gt "$marks"
	check "each mark is a transfer's" told marks
	is "and the job's" "$(job $job 'tx_transfers | .marks + .last_marks')" \
		$(($(qdisc marks) - marks))
	is "packets of the job" "$(job $job 'tx_transfers | .packets + .last_packets')" \
		$(($(egress_sum packets) - packets))
	compare "the job's flows waited" \
		"$(job $job 'tx_transfers | .queued_us + .last_queued_us')" -gt 0
}

test_drops_are_the_transfers()
{
	topo
	must on host weft uplink add up0
	must on host tc qdisc add dev up0 root weft rate 2mbit limit 100kb
	watch host transfer
	for port in 71 72 73 74 75 76; do
		on host talk blast 10.9.0.2 $port 1000 300 &
	done
	wait_for drops sh -c "[ \$(nsx in $host tc -s -j qdisc show dev up0 | jq '.[0].drops') -gt 0 ]"
	wait_for "an empty queue" sh -c "[ \$(nsx in $host tc -s -j qdisc show dev up0 | jq '.[0].qlen') -eq 0 ]"
	wait_for "each drop is a transfer's" dropped
	on host weft transfer show >"$WORK/shown"
	check "they are shown" grep -q "drops [0-9]" "$WORK/shown"
}

# dropped: what flows' transfers say, those that are over and the newest, and the
# qdisc
dropped()
{
	local over

	over=$(egress_sum 'drops // 0')
	[ $((${over/null/0} + $(transfers '[.[] | .drops // 0] | add'))) = "$(qdisc dropped_limit)" ]
}

test_filters()
{
	topo
	take peer 29500
	take peer 29600
	must on host weft uplink add up0
	must on host weft rule add protocol tcp port 29500 class gradient job 7
	must on host weft rule add protocol tcp port 29600 class checkpoint job 8
	start host 10.9.0.2 29500 2 1000 1 0.1
	start host fd09::2 29600 1 1000 1 0.1
	is all "$(transfers length)" 3
	is "of a job" "$(transfers length job 7)" 2
	is "of a class" "$(transfers length class checkpoint)" 1
	is "of a port" "$(transfers length port 29600)" 1
	is "of a state" "$(transfers length state closed)" 0
	is "of a peer" "$(transfers length peer 10.9.0.2)" 2
	is "of a prefix" "$(transfers length peer fd00::/8)" 1
	is "of no peer" "$(transfers length peer 10.9.0.3)" 0
	is "of a device" "$(transfers length dev up0)" 3
	is "of all that" "$(transfers length peer 10.0.0.0/8 job 8)" 0
	is "bytes" "$(transfers '.[0].bytes' job 8)" 1000
	index=$(transfers '.[0].flow.index' job 8)
	is "by index" "$(transfers '.[0].flow.job' index "$index")" 8
	refused "no flow 999" on host weft transfer show index 999
}

test_names_of_jobs()
{
	topo
	refused "add one first" on host weft job set 7 name llama
	must on host weft uplink add up0
	must on host weft job set 7 name llama-70b
	is name "$(job 7 name)" llama-70b
	take peer 29500
	must on host weft rule add protocol tcp port 29500 class gradient job 7
	start host 10.9.0.2 29500 1 1000 1 0.1
	is "it stays" "$(job 7 name)" llama-70b
	must on host weft job set 7 name none
	is "none" "$(job 7 name)" null
	refused "blanks" on host weft job set 7 name 'a b'
	refused "31 characters" on host weft job set 7 name \
		abcdefghijklmnopqrstuvwxyzabcdef
}

run_tests "$@"
