#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Classifier rules: which class and job a flow gets, as "flow show" has it.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# class_of PORT: of host's flow to this port, or what is wrong
class_of() { first_of "$1" .class; }
job_of() { first_of "$1" '.job // 0'; }
first_of()
{
	on host weft -j flow show |
		jq -r "map(select(.acceptor_port == $1) | $2) | unique[0] // empty"
}

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
	is "TCP to 7" "$(flows '.acceptor_port == 7 and .protocol == "tcp"' .class)" other
	is "UDP to 7" "$(flows '.acceptor_port == 7 and .protocol == "udp"' .class)" gradient
	is source "$(flows '.acceptor_port == 7 and .protocol == "udp"' .source)" rule
	is "source of the rest" "$(flows '.acceptor_port == 7 and .protocol == "tcp"' .source)" default
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
	is "IPv4" "$(flows '.acceptor == "10.9.0.2"' .class | sort -u)" dataset
	is "IPv6" "$(flows '.acceptor == "fd09::2"' .class | sort -u)" activation
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
	is direction "$(flows '.acceptor_port == 50051' .direction | head -n 1)" ingress
}

test_ports_have_defaults()
{
	topo
	port a 11 class gradient job 5
	must keep a 10.9.0.2 7
	is "the port's class" "$(flows '.opener == "10.9.0.11"' .class)" gradient
	is "the port's job" "$(flows '.opener == "10.9.0.11"' .job)" 5
	is source "$(flows '.opener == "10.9.0.11"' .source)" port
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
	is "of a" "$(flows '.opener == "10.9.0.11"' .class)" activation
	is "of b" "$(flows '.opener == "10.9.0.12"' .class)" other
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
		"$(flows '.acceptor_port == 7' .tx_bytes)"
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

test_refusals_of_mark_dscp_and_cgroup()
{
	topo
	must on host weft uplink add up0
	on host weft -j rule show >"$WORK/before"
	refused "mask" on host weft rule add mark 0x10/0xf class token
	refused "mask" on host weft rule add mark 0/0 class token
	refused "codepoint" on host weft rule add dscp 64 class token
	refused "cgroup" on host weft rule add cgroup "/$RUN-none" class token
	refused "needs the cgroup" on host weft rule add job from cgroup
	refused "from port" on host weft rule add job from nowhere
	refused "length" on host weft rule add local 10.9.0.1/33 class token
	on host weft -j rule show >"$WORK/after"
	check "nothing has changed" cmp "$WORK/before" "$WORK/after"
}

test_local_prefix()
{
	topo
	must on host weft uplink add up0
	must on host ip addr add 10.9.0.5/24 dev up0
	must on host talk serve 70
	must on host weft rule add local 10.9.0.5 class kvcache
	must on host weft rule add local 10.9.0.0/24 remote 10.9.0.2 port 70 class dataset
	must keep peer 10.9.0.5 70
	must keep peer 10.9.0.1 70
	is "one address" "$(flows '.acceptor == "10.9.0.5"' .class)" kvcache
	is "its net" "$(flows '.acceptor == "10.9.0.1"' .class)" dataset
	is "as it is shown" "$(on host weft rule show | grep -c ' local 10.9.0.5/32 ')" 1
}

test_mark_and_dscp()
{
	topo
	must on host weft uplink add up0
	must on host weft rule add mark 0x100/0xff00 class gradient job 3
	must on host weft rule add mark 7 class kvcache
	must on host weft rule add dscp ef class token
	must on host talk mark=0x80000123 ask -k 10.9.0.2 7
	must on host talk mark=7 ask -k 10.9.0.2 8
	must on host talk tos=0xb9 ask -k 10.9.0.2 9
	is "mark under a mask" "$(class_of 7)" gradient
	is "its job" "$(job_of 7)" 3
	is "a whole mark" "$(class_of 8)" kvcache
	is DSCP "$(class_of 9)" token
	must on host talk ask -u -k 10.9.0.2 8
	is "neither" "$(flows '.acceptor_port == 8 and .protocol == "udp"' .class)" other
	is "as it is shown" "$(on host weft rule show |
		grep -cE ' (mark 0x100/0xff00|mark 0x7|dscp ef) class ')" 3
	is "as JSON" "$(on host weft -j rule show |
		jq -c '[.[] | select(.mark) | [.mark, .mark_mask]]')" \
		"[[256,65280],[7,4294967295]]"
}

# skb->priority with the major number of the root qdisc is a class's number.
test_priority_names_a_class()
{
	topo
	must on host tc qdisc replace dev up0 root handle 1: weft rate 100mbit
	must on host weft uplink add up0
	must on host weft rule add port 7-9 class gradient
	must on host talk prio=0x10004 ask -k 10.9.0.2 7
	is "of this qdisc" "$(class_of 7)" kvcache
	flow_is '.acceptor_port == 7' source=priority
	must on host talk prio=0x20004 ask -k 10.9.0.2 8
	is "of another qdisc" "$(class_of 8)" gradient
	must on host talk prio=0x1ffff ask -k 10.9.0.2 9
	is "no such class" "$(class_of 9)" gradient
}

# What a workload writes on its packets is not the word of the uplink's owner.
test_port_chooses_no_class()
{
	topo
	must on host tc qdisc replace dev up0 root handle 1: weft rate 100mbit
	port a 11
	must on host weft rule add mark 7 class token
	must on a talk prio=0x10001 ask -k 10.9.0.2 7
	is "by priority" "$(class_of 7)" other
	must on a talk mark=7 ask -k 10.9.0.2 8
	is "by mark" "$(class_of 8)" other
	is "the latency classes carried nothing of it" \
		"$(on host weft -j class show token | jq '.[0].tx_packets')" 0
}

test_server_by_its_own_mark()
{
	topo
	must on host weft uplink add up0
	must on host weft rule add mark 5 class gradient
	must on host talk mark=5 serve 70
	must on host talk serve 71
	# the peer opens, so that what arrives first has no mark
	must keep peer 10.9.0.1 70
	must keep peer 10.9.0.1 71
	is "by what the server sends" "$(class_of 70)" gradient
	is "one without" "$(class_of 71)" other
}

# within CGROUP NAME COMMAND...: in NAME, by a process of this cgroup
within()
{
	on "$2" sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' \
		"$CGROUPS/$1" "${@:3}"
}

# cgroup NAME...: makes them
cgroup()
{
	CGROUPS=$(sed -n 's/^[^ ]* \([^ ]*\) cgroup2 .*/\1/p' /proc/self/mounts | head -n 1)
	[ -n "$CGROUPS" ] || skip "kernel: no cgroups of version 2"
	must mkdir -p "${@/#/$CGROUPS/}"
}

test_cgroup_and_its_children()
{
	topo
	must on host weft uplink add up0
	cgroup "$RUN/a/deep" "$RUN/b"
	must on host weft rule add cgroup "/$RUN/a" class gradient
	must on host weft rule add cgroup "/$RUN" class dataset
	must within "$RUN/a" host talk ask -k 10.9.0.2 7
	must within "$RUN/b" host talk ask -k 10.9.0.2 8
	must within "$RUN/a/deep" host talk ask -u -k 10.9.0.2 7
	must on host talk ask -k 10.9.0.2 9
	is "in it" "$(flows '.acceptor_port == 7 and .protocol == "tcp"' .class)" gradient
	is "below it" "$(flows '.acceptor_port == 7 and .protocol == "udp"' .class)" gradient
	is "below the one above" "$(class_of 8)" dataset
	is "elsewhere" "$(class_of 9)" other
	is "shown by its path" "$(on host weft rule show |
		grep -c " cgroup /$RUN/a class gradient")" 1
	is "as JSON" "$(on host weft -j rule show |
		jq -c '.[0] | [.cgroup, .cgroup_id, .cgroup_below]')" \
		"[\"/$RUN/a\",$(stat -c %i "$CGROUPS/$RUN/a"),false]"
}

test_cgroup_of_a_server()
{
	topo
	must on host weft uplink add up0
	cgroup "$RUN/server"
	must on host weft rule add cgroup "/$RUN/server" class kvcache job from cgroup
	must within "$RUN/server" host talk serve 70
	must on host talk serve 71
	must keep peer 10.9.0.1 70
	must keep peer 10.9.0.1 71
	is "by the socket that answers" "$(class_of 70)" kvcache
	is "its job" "$(job_of 70)" "$(stat -c %i "$CGROUPS/$RUN/server")"
	is "another" "$(class_of 71)" other
}

test_cgroup_of_a_server_after_a_change()
{
	topo
	must on host weft uplink add up0
	cgroup "$RUN/server"
	must within "$RUN/server" host talk serve 70
	coproc hold { on peer talk hold 10.9.0.1 70; }
	read -r answer <&"${hold[0]}"
	is "the connection is there" "$answer" yes
	is "class without a rule" "$(class_of 70)" other
	# what arrives first after the change says nothing of the cgroup
	must on host weft rule add cgroup "/$RUN/server" class kvcache
	echo >&"${hold[1]}"
	read -r answer <&"${hold[0]}"
	is "it goes on" "$answer" yes
	is "class with a rule" "$(class_of 70)" kvcache
	must on host weft rule add port 9999 class token
	echo >&"${hold[1]}"
	read -r answer <&"${hold[0]}"
	is "it goes on after another change" "$answer" yes
	is "class after another change" "$(class_of 70)" kvcache
}

test_cgroup_through_a_port()
{
	topo
	port a 11
	cgroup "$RUN/tenant"
	must on host weft rule add attach "$(attach a)" cgroup "/$RUN/tenant" class activation
	must within "$RUN/tenant" a talk ask -k 10.9.0.2 7
	must keep a 10.9.0.2 8
	is "in the cgroup" "$(class_of 7)" activation
	is "not in it" "$(class_of 8)" other
}

test_job_from()
{
	topo
	cgroup "$RUN/jobs/one/step" "$RUN/jobs/two"
	port a 11 job 5
	must on host weft rule add cgroup "/$RUN/jobs/*" class gradient job from cgroup
	must on host weft rule add port 9 class dataset job from port
	must on host weft rule add port 9 job 77
	must within "$RUN/jobs/one/step" host talk ask -k 10.9.0.2 7
	must within "$RUN/jobs/two" host talk ask -k 10.9.0.2 8
	must within "$RUN/jobs" host talk ask -u -k 10.9.0.2 7
	must keep a 10.9.0.2 9
	is "the child's number" "$(flows '.acceptor_port == 7 and .protocol == "tcp"' .job)" \
		"$(stat -c %i "$CGROUPS/$RUN/jobs/one")"
	is "the other child's" "$(job_of 8)" "$(stat -c %i "$CGROUPS/$RUN/jobs/two")"
	is "not in the cgroup itself" \
		"$(flows '.acceptor_port == 7 and .protocol == "udp"' .class)" other
	is "the port's" "$(job_of 9)" 5
	on host weft rule show >"$WORK/rules"
	is "as it is shown" \
		"$(grep -c " cgroup /$RUN/jobs/\* class gradient job from cgroup$" "$WORK/rules")" 1
	is "the port's as well" "$(grep -c " port 9 class dataset job from port$" "$WORK/rules")" 1
}

test_cgroup_that_goes()
{
	topo
	must on host weft uplink add up0
	cgroup "$RUN/gone"
	id=$(stat -c %i "$CGROUPS/$RUN/gone")
	must on host weft rule add cgroup "/$RUN/gone" class gradient
	check "it can be removed" rmdir "$CGROUPS/$RUN/gone"
	is "then its number is shown" \
		"$(on host weft rule show | grep -c " cgroup $id class gradient")" 1
	cgroup "$RUN/gone"
	must within "$RUN/gone" host talk ask -k 10.9.0.2 7
	is "another one of that name is another one" "$(class_of 7)" other
	refused "no cgroup" on host weft rule add cgroup "$id" class gradient
}

# rule_lines: ten thousand rules of several kinds; none of ports that the kernel
# gives to clients
rule_lines()
{
	awk 'BEGIN {
		for (i = 0; i < 4000; i++)
			printf "rule add protocol tcp remote 172.%d.%d.0/24 port 443 class dataset\n",
				16 + int(i / 256), i % 256
		for (i = 0; i < 4000; i++)
			printf "rule add port %d-%d class gradient job %d\n",
				20000 + 3 * i, 20002 + 3 * i, i + 1
		for (i = 0; i < 1998; i++)
			printf "rule add remote 10.9.0.2 protocol udp port %d class kvcache\n",
				2000 + i
		print "rule add port 7 class activation"
		print "rule add port 8 class embedding"
	}'
}

test_ten_thousand_rules()
{
	topo
	must on host weft uplink add up0
	rule_lines >"$WORK/lines"
	on host weft -b "$WORK/lines" >"$WORK/added" || die "a rule was refused"
	is "rules added" "$(grep -c . "$WORK/added")" 10000
	must on peer talk serve 20001 31999 2000 3997
	for port in 7 8 9 20001 31999; do
		must keep host 10.9.0.2 $port
	done
	must on host talk ask -u -k 10.9.0.2 3997
	is "the last but one" "$(class_of 7)" activation
	is "the last" "$(class_of 8)" embedding
	is "none" "$(class_of 9)" other
	is "a range's middle" "$(job_of 20001)" 1
	is "the last range's end" "$(job_of 31999)" 4000
	is "a rule of UDP" "$(class_of 3997)" kvcache
	# a rule of its own before them all, and gone again
	id=$(add rule port 7 priority 1 class token)
	must keep host 10.9.0.2 7
	is "a new rule" "$(flows '.acceptor_port == 7 and .class == "token"' | wc -l)" 1
	must on host weft rule del "$id"
	must on host weft rule del "$(sed -n '9999s/[^0-9]//gp' "$WORK/added")"
	must keep host 10.9.0.2 7
	is "without both" "$(flows '.acceptor_port == 7 and .class == "other"' | wc -l)" 1
	# until the list is full, and then refused with a reason
	n=$(on host weft -j rule show | jq length)
	must on host rawnl weft 8 times=$((16384 - n)) 7=u16:100 8=u16:100 9=u32:6
	refused "no more than" on host weft rule add port 5 class token
	must keep host 10.9.0.2 8
	is "all are there" "$(on host weft -j rule show | jq length)" 16384
}

test_rules_of_too_many_shapes()
{
	topo
	must on host weft uplink add up0
	# shipped rules are of one shape: with 255 more the index is full
	awk 'BEGIN {
		for (i = 1; i <= 128; i++) {
			printf "rule add remote ::/%d class token\n", i
			printf "rule add remote ::/%d dscp ef class token\n", i
		}
	}' >"$WORK/lines"
	refused "too many ways" on host weft -b "$WORK/lines"
	must on host weft rule add remote 2001:db8::/64 class token
	refused "too many ways" on host weft rule add remote ::/128 dscp ef class token
	id=$(on host weft -j rule show | jq '[.[] | select(.dscp and .remote == "::/5")][0].id')
	must on host weft rule del "$id"
	must on host weft rule add remote ::/128 dscp ef class token
}

run_tests "$@"
