#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Tracepoints: enqueue, dequeue, drop, verdict.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

TRACING=/sys/kernel/tracing

# an instance of its own, removed with the test
tracing()
{
	[ -d $TRACING/events/weft ] || die "no events of weft in tracefs"
	TRACE=$TRACING/instances/$RUN
	mkdir "$TRACE" || die "no instance"
	trap 'echo 0 >"$TRACE/events/weft/enable"; rmdir "$TRACE"' EXIT
	echo 1 >"$TRACE/events/weft/enable"
}

traced() { grep -q -- "$1" "$TRACE/trace"; }

test_enqueue_and_dequeue()
{
	topo
	must on host tc qdisc replace dev up0 root weft rate 50mbit
	must on host weft uplink add up0
	tracing
	must ask host 10.9.0.2 7
	wait_for enqueue traced "weft_enqueue: .*up0"
	wait_for "as many out as in" all_out
}

all_out()
{
	local seen

	seen=$(<"$TRACE/trace")
	[ "$(grep -c weft_dequeue: <<<"$seen")" -eq \
		"$(grep -c weft_enqueue: <<<"$seen")" ]
}

test_drop()
{
	topo
	must on host tc qdisc replace dev up0 root weft rate 1mbit limit 20kb
	tracing
	must on host talk blast 10.9.0.2 99 1000 100
	wait_for "a drop" traced "weft_drop: .*up0"
}

test_verdict()
{
	topo
	must on host weft uplink add up0
	must on host weft policy add egress deny protocol udp port 8
	tracing
	must on host talk blast 10.9.0.2 8 10 1
	wait_for "a verdict" traced "weft_verdict: .*up0"
}

test_formats()
{
	for event in weft_enqueue weft_dequeue weft_drop weft_verdict; do
		check "$event has a format" grep -q "print fmt" \
			$TRACING/events/weft/$event/format
		check "$event names its device" grep -q "name" \
			$TRACING/events/weft/$event/format
	done
}

test_enabled_while_the_module_goes()
{
	topo
	must on host weft uplink add up0
	tracing
	must ask host 10.9.0.2 7
	must on host weft uplink del up0
	wait_for "rmmod with events enabled" unload
	check_not "events are gone" test -d $TRACING/events/weft
	must modprobe weft
	trap - EXIT
	rmdir "$TRACE"
}

run_tests "$@"
