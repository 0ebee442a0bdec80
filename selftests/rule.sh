#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Classifier rules: which class and job a flow gets, as "flow show" has it.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# class_of PORT: of host's flow to this port, or what is wrong
class_of() { flows ".acceptor_port == $1" | jq -r .class | sort -u | head -n 1; }
job_of() { flows ".acceptor_port == $1" | jq -r '.job // 0' | sort -u | head -n 1; }

test_shipped_rules()
{
	topo
	must on host weft uplink add up0
	must on peer talk serve 50051 22 2049 4420 29500 12345
	for port in 50051 22 2049 4420 29500 12345; do
		check "port $port answers" keep host 10.9.0.2 $port
	done
	is gRPC "$(class_of 50051)" token
	is ssh "$(class_of 22)" control
	is NFS "$(class_of 2049)" dataset
	is NVMe/TCP "$(class_of 4420)" checkpoint
	is TCPStore "$(class_of 29500)" control
	is "anything else" "$(class_of 12345)" other
	is "shipped rules are marked" \
		"$(on host weft -j rule show | jq '[.[] | select(.shipped)] | length > 5')" true
	is "and come last" \
		"$(on host weft -j rule show | jq '[.[].priority] | . == sort')" true
}

test_protocol_and_port()
{
	topo
	must on host weft uplink add up0
	must on host weft rule add protocol udp port 7 class gradient
	check TCP keep host 10.9.0.2 7
	check UDP ask_udp host 10.9.0.2 7
	is "TCP to 7" "$(flows '.acceptor_port == 7 and .protocol == "tcp"' | jq -r .class)" other
	is "UDP to 7" "$(flows '.acceptor_port == 7 and .protocol == "udp"' | jq -r .class)" gradient
	is source "$(flows '.acceptor_port == 7 and .protocol == "udp"' | jq -r .source)" rule
	is "source of the rest" "$(flows '.acceptor_port == 7 and .protocol == "tcp"' | jq -r .source)" default
}

test_port_range_and_ipv6()
{
	topo
	must on host weft uplink add up0
	must on host weft rule add port 8-9 class kvcache job 3
	for port in 7 8 9; do
		must keep host fd09::2 $port
	done
	is "below the range" "$(class_of 7)" other
	is "its first" "$(class_of 8)" kvcache
	is "its last" "$(class_of 9)" kvcache
	is "with its job" "$(job_of 9)" 3
}

test_remote_prefix()
{
	topo
	must on host weft uplink add up0
	must on host weft rule add remote 10.9.0.2 class dataset
	must on host weft rule add remote fd09::/64 class activation
	must keep host 10.9.0.2 7
	must keep host fd09::2 7
	is "IPv4" "$(flows '.acceptor == "10.9.0.2"' | jq -r .class | sort -u)" dataset
	is "IPv6" "$(flows '.acceptor == "fd09::2"' | jq -r .class | sort -u)" activation
}

test_first_by_priority()
{
	topo
	must on host weft uplink add up0
	must on host weft rule add port 8 class dataset
	must on host weft rule add port 8 class gradient
	must on host weft rule add port 9 class dataset priority 200
	must on host weft rule add port 9 class gradient priority 100
	must keep host 10.9.0.2 8
	must keep host 10.9.0.2 9
	is "among equals the first" "$(class_of 8)" dataset
	is "the lower number" "$(class_of 9)" gradient
	on host weft -j rule show >"$WORK/rules"
	is "hits of the one that decided" \
		"$(jq '.[] | select(.priority == 100).hits' "$WORK/rules")" 1
	is "hits of the other" \
		"$(jq '.[] | select(.priority == 200).hits' "$WORK/rules")" 0
}

test_user_rule_before_shipped()
{
	topo
	must on host weft uplink add up0
	must on peer talk serve 50051
	must on host weft rule add port 50051 class checkpoint
	must keep host 10.9.0.2 50051
	is "the user's" "$(class_of 50051)" checkpoint
}

test_change_reaches_open_flows()
{
	topo
	must on host weft uplink add up0
	coproc hold { on host talk hold 10.9.0.2 7; }
	read -r answer <&"${hold[0]}"
	is "the connection is there" "$answer" yes
	is "class without a rule" "$(class_of 7)" other
	id=$(add rule port 7 class gradient job 12)
	echo >&"${hold[1]}"
	read -r answer <&"${hold[0]}"
	is "it goes on" "$answer" yes
	is "class with a rule" "$(class_of 7)" gradient
	is job "$(job_of 7)" 12
	must on host weft rule del "$id"
	echo >&"${hold[1]}"
	read -r answer <&"${hold[0]}"
	is "class without the rule again" "$(class_of 7)" other
	is "and without a job" "$(job_of 7)" 0
}

test_reverse_direction()
{
	topo
	must on host weft uplink add up0
	must on host talk serve 50051
	# the peer opens; host is the server
	must keep peer 10.9.0.1 50051
	is "a server's flows are known by its port" "$(class_of 50051)" token
	is direction "$(flows '.acceptor_port == 50051' | jq -r .direction | head -n 1)" ingress
}

test_ports_have_defaults()
{
	topo
	port a 11 class gradient job 5
	must keep a 10.9.0.2 7
	is "the port's class" "$(flows '.opener == "10.9.0.11"' | jq -r .class)" gradient
	is "the port's job" "$(flows '.opener == "10.9.0.11"' | jq -r .job)" 5
	is source "$(flows '.opener == "10.9.0.11"' | jq -r .source)" port
	must on host weft port set attach "$(attach a)" class dataset job none
	must keep a 10.9.0.2 8
	is "after a change" "$(class_of 8)" dataset
	is "and no job" "$(job_of 8)" 0
}

test_rule_for_one_port()
{
	topo
	port a 11
	port b 12
	must on host weft rule add attach "$(attach a)" class activation
	must keep a 10.9.0.2 7
	must keep b 10.9.0.2 7
	is "of a" "$(flows '.opener == "10.9.0.11"' | jq -r .class)" activation
	is "of b" "$(flows '.opener == "10.9.0.12"' | jq -r .class)" other
}

test_jobs_add_up()
{
	local sent

	topo
	must on host weft uplink add up0
	must on host weft rule add port 7-9 class gradient job 42
	for port in 7 8 9; do
		must push host 10.9.0.2 $port 100000
	done
	on host weft -j job show >"$WORK/jobs"
	is "flows so far" "$(jq '.[] | select(.id == 42).flows_total' "$WORK/jobs")" 3
	sent=$(jq '.[] | select(.id == 42).tx_bytes' "$WORK/jobs")
	compare "bytes sent" "$sent" -gt 300000
	is "what the job sent is what its flows sent" \
		"$(flows '.job == 42' | jq -s 'map(.tx_bytes) | add')" "$sent"
}

test_classes_add_up()
{
	topo
	must on host weft uplink add up0
	must on host weft rule add port 7 class embedding
	before=$(on host weft -j class show embedding | jq '.[0].tx_bytes')
	must push host 10.9.0.2 7 100000
	after=$(on host weft -j class show embedding | jq '.[0].tx_bytes')
	is "a class has what its flow has" "$((after - before))" \
		"$(flows '.acceptor_port == 7' | jq .tx_bytes)"
}

test_refusals()
{
	topo
	must on host weft uplink add up0
	on host weft -j rule show >"$WORK/before"
	refused "clas" on host weft rule add port 5
	refused "class" on host weft rule add port 5 class nonsense
	refused "port" on host weft rule add port 70000 class token
	refused "port" on host weft rule add port 9-8 class token
	refused "port" on host weft rule add port 0 class token
	refused "length" on host weft rule add remote 10.0.0.0/33 class token
	refused "length" on host weft rule add remote fd09::/129 class token
	refused "protocol" on host weft rule add protocol tpc class token
	refused "attach" on host weft rule add attach 60000 class token
	refused "job" on host weft rule add job 0
	refused "class" on host weft rule add class 31
	refused "99999" on host weft rule del 99999
	on host weft -j rule show >"$WORK/after"
	check "nothing has changed" cmp "$WORK/before" "$WORK/after"
}

test_many_rules()
{
	topo
	must on host weft uplink add up0
	# until it is full, and then refused with a reason
	n=$(on host weft -j rule show | jq length)
	must on host rawnl weft 8 times=$((1024 - n)) 7=u16:100 8=u16:100 9=u32:6
	refused "rules" on host weft rule add port 5 class token
	must keep host 10.9.0.2 7
	is "the last one still works" "$(on host weft -j rule show | jq length)" 1024
}

run_tests "$@"
