#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What a process says of its own sockets: transfers, classes, jobs; and what it
# may.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# commands of linux/weft.h; attributes: 1 fd, 2 class, 3 job, 5 bytes, 6 deadline
DECLARE_FLOW=33 DECLARE_BEGIN=34 DECLARE_END=35
RAWNL=$(type -P rawnl)

# app NAME [COMMAND...]: a shell there, which has sockets and speaks of them:
# rawnl inherits what the shell has open
app()
{
	coproc app { on "$1" "${@:2}" bash; }
}

# tell LINE: the shell does it; what it prints is in $said
tell()
{
	local line

	said=""
	printf '%s 2>&1\necho .\n' "$1" >&"${app[1]}"
	while read -r line <&"${app[0]}" && [ "$line" != . ]; do
		said+=$line
	done
}

# A connection that the other end reads and throws away, as descriptor 5.
HELLO=12
dial()
{
	tell "exec 5<>/dev/tcp/${1:-10.9.0.2}/${2:-7}; printf 's%010d\n' 0 >&5"
	is "dialled" "$said" ""
}

write() { tell "printf '%*s' $1 '' >&5"; }
hang_up() { tell "exec 5>&-"; }

# begin BYTES [WORD...]: with further attributes
begin() { tell "$RAWNL weft $DECLARE_BEGIN 1=u32:5 ${1:+5=u64:$1} ${*:2}"; }
end() { tell "$RAWNL weft $DECLARE_END 1=u32:5"; }
say() { tell "$RAWNL weft $DECLARE_FLOW 1=u32:5 $*"; }

fine() { is "the answer" "$said" "ok 0"; }

# denied_for ERRNO ATTR TEXT: the last answer
denied_for()
{
	case $said in
	"error $1 attr $2 message "*"$3"*) ;;
	*) fail "'$said', not error $1 attr $2 and '$3'" ;;
	esac
}

# The egress transfers that have ended: bytes and what was declared, a line each
ended()
{
	jq -r 'select(.event == "transfer" and .transfer.direction == "egress") |
		"\(.transfer.bytes) \(.transfer.declared_bytes // "-")"' "$WORK/events"
}

ended_are() { [ "$(ended | tr '\n' ',')" = "$1" ]; }

ready()
{
	topo
	must on host weft uplink add up0
}

as_nobody()
{
	RAWNL=$(for_nobody rawnl)
	# shellcheck disable=SC2086 # words
	app "$1" $NOBODY
}

test_sizes_to_the_byte()
{
	ready
	watch host transfer
	app host
	dial
	for size in 100000 1 250000 70000; do
		begin $size
		fine
		write $size
	done
	hang_up
	wait_for "each of them" ended_are "$HELLO -,100000 100000,1 1,250000 250000,70000 70000," ||
		fail "$(ended)"
}

test_sizes_through_loss()
{
	ready
	must on host tc qdisc add dev up0 root netem loss 3% limit 10000
	watch host transfer
	app host
	dial
	for size in 200000 300000 150000; do
		begin $size
		fine
		write $size
	done
	hang_up
	wait_for "each of them" ended_are "$HELLO -,200000 200000,300000 300000,150000 150000," ||
		fail "$(ended)"
}

# They are declared long before they leave, and each begins amid a jiffy's bytes.
test_one_after_another()
{
	ready
	must on host sysctl -qw net.ipv4.tcp_wmem="4096 1000000 4000000"
	must on host tc qdisc add dev up0 root netem rate 20mbit limit 10000
	watch host transfer
	app host
	dial
	for size in 300000 50000 60000 40000 70000; do
		begin $size
		fine
		write $size
	done
	hang_up
	wait_for "each of them" ended_are \
		"$HELLO -,300000 300000,50000 50000,60000 60000,40000 40000,70000 70000," ||
		fail "$(ended)"
}

test_silence_ends_nothing()
{
	ready
	watch host transfer
	app host
	dial
	begin 60000
	write 30000
	# longer than what ends a transfer that nobody declared
	pause; pause; pause
	write 30000
	write 500
	hang_up
	wait_for "one, and the rest" ended_are "$HELLO -,60000 60000,500 -," ||
		fail "$(ended)"
}

test_the_end_tells_the_size()
{
	ready
	watch host transfer
	app host
	dial
	begin ""
	fine
	write 4000
	write 5000
	end
	fine
	write 700
	hang_up
	wait_for "one, and the rest" ended_are "$HELLO -,9000 9000,700 -," ||
		fail "$(ended)"
}

test_the_next_one_ends_it()
{
	ready
	watch host transfer
	app host
	dial
	begin 50000
	write 20000
	begin 3000
	write 3000
	hang_up
	wait_for "the one cut short" ended_are "$HELLO -,20000 50000,3000 3000," ||
		fail "$(ended)"
}

test_it_is_shown()
{
	ready
	app host
	dial
	begin 500000 6=u64:60000000
	write 1000
	wait_for "it to be shown" shown '.declared_bytes == 500000 and .open and
		.bytes == 1000 and .deadline_ns > .start_ns'
	write 499000
	wait_for "its end" shown '.declared_bytes == 500000 and (.open | not) and .bytes == 500000'
}

shown()
{
	[ "$(on host weft -j transfer show port 7 |
		jq ".[] | select(.direction == \"egress\") | $1")" = true ]
}

test_a_job_knows_before_its_bytes()
{
	ready
	app host
	dial
	begin 700000 3=u32:41 2=str:gradient
	fine
	flow_is '.acceptor_port == 7' job=41 class=gradient source=set
	is "expected" "$(on host weft -j job show 41 | jq '.[0].tx_transfers | "\(.announced) \(.expected)"')" \
		'"700000 700000"'
}

test_nobody_without_a_grant()
{
	ready
	must on host weft rule add port 7 class dataset job 5
	as_nobody host
	dial
	# of what it is anyway, whatever is true
	begin 10000
	fine
	begin 10000 2=str:dataset 3=u32:5
	fine
	begin 10000 2=str:token
	denied_for 1 2 "no grant"
	say 3=u32:6
	denied_for 1 3 "no grant"
	say 2=str:dataset 3=u32:6
	denied_for 1 3 "no grant"
	flow_is '.acceptor_port == 7' class=dataset job=5 source=rule
}

test_what_a_grant_allows()
{
	local id

	ready
	must on host weft rule add port 7 class dataset job 5
	id=$(add grant dev up0 class gradient,kvcache job 60-70)
	as_nobody host
	dial
	say 2=str:gradient 3=u32:60
	fine
	flow_is '.acceptor_port == 7' class=gradient job=60 source=declared
	say 3=u32:71
	denied_for 1 3 "no grant"
	say 2=str:token
	denied_for 1 2 "no grant"
	flow_is '.acceptor_port == 7' class=gradient job=60
	is "hits" "$(on host weft -j grant show "$id" | jq '.[0].hits')" 2
	# a change that takes nothing from it changes nothing
	must on host weft rule add port 7 class checkpoint priority 1
	write 100
	flow_is '.acceptor_port == 7' class=gradient job=60 source=declared
	must on host weft grant del "$id"
	write 100
	wait_for "what the rules say" is_rules
}

is_rules() { [ -n "$(flows '.acceptor_port == 7 and .class == "checkpoint" and .source == "rule"')" ]; }

test_taken_back()
{
	ready
	must on host weft rule add port 7 class dataset job 5
	must on host weft grant add class gradient
	as_nobody host
	dial
	say 2=str:gradient
	flow_is '.acceptor_port == 7' class=gradient source=declared job=5
	say
	fine
	write 100
	wait_for "what the rules say" has_flow \
		'.acceptor_port == 7 and .class == "dataset" and .source == "rule"'
}

test_the_administrators_word_holds()
{
	ready
	must on host weft grant add class gradient,kvcache
	as_nobody host
	dial
	must on host weft flow set "$(flow '.acceptor_port == 7' index)" class kvcache
	say 2=str:gradient
	denied_for 1 0 "administrator"
	say
	denied_for 1 0 "administrator"
	flow_is '.acceptor_port == 7' class=kvcache source=set
}

test_a_cgroups_grant()
{
	local mnt=/sys/fs/cgroup dir

	ready
	[ -e $mnt/cgroup.procs ] || mount -t cgroup2 none $mnt || die "no cgroups"
	dir=$mnt/$RUN
	must mkdir "$dir"
	must on host weft grant add cgroup "/$RUN" class token
	as_nobody host
	dial
	say 2=str:token
	denied_for 1 2 "no grant"
	hang_up
	# sockets are of the cgroup that their maker was in
	app host bash -c "echo \$\$ >$dir/cgroup.procs; exec $NOBODY bash"
	dial 10.9.0.2 8
	say 2=str:token
	fine
	flow_is '.acceptor_port == 8' class=token source=declared
	# packets that arrive know no cgroup, and take nothing from it
	must on host weft rule add port 8 class checkpoint priority 1
	tell "exec 6<>/dev/tcp/10.9.0.2/9; exec 6>&-"
	write 100
	flow_is '.acceptor_port == 8' class=token source=declared
	hang_up
}

test_from_a_port()
{
	ready
	port a 11
	must on host weft grant add attach "$(attach a)" class activation job 7
	as_nobody a
	dial
	say 2=str:activation 3=u32:7
	fine
	flow_is '.acceptor_port == 7' class=activation job=7 source=declared
	# root of its own network is nobody in the uplink's
	say 2=str:token
	denied_for 1 2 "no grant"
}

# The addresses on the wire are not the socket's.
test_through_translated_addresses()
{
	ready
	must on host ip addr add 10.9.0.77/24 dev up0
	printf '%s\n' 'table ip n {' 'chain p {' 'type nat hook postrouting priority 100' \
		'oifname "up0" tcp dport 7 snat to 10.9.0.77:4000-5000' '}' '}' >"$WORK/nat"
	must on host nft -f "$WORK/nat"
	watch host transfer
	app host
	dial
	begin 120000 3=u32:9
	fine
	flow_is '.acceptor_port == 7' opener=10.9.0.77 job=9
	write 120000
	hang_up
	wait_for "its transfer" ended_are "$HELLO -,120000 120000," || fail "$(ended)"
}

# The end that was connected to says what it sends, before it sends anything.
test_an_accepted_connection()
{
	ready
	watch host transfer
	on host python3 -c 'import socket, subprocess, sys
listener = socket.create_server(("10.9.0.1", 9100))
print("listens", flush=True)
conn = listener.accept()[0]
subprocess.run(sys.argv[1:] + ["1=u32:%d" % conn.fileno(), "5=u64:40000"], pass_fds=[conn.fileno()])
conn.sendall(bytes(40000))
conn.shutdown(socket.SHUT_WR)
conn.recv(1)' "$RAWNL" weft $DECLARE_BEGIN >"$WORK/server" &
	wait_for "the server" grep -q listens "$WORK/server"
	on peer bash -c 'cat </dev/tcp/10.9.0.1/9100 | wc -c' >"$WORK/got"
	is "all of it" "$(cat "$WORK/got")" 40000
	is "the answer" "$(tail -n 1 "$WORK/server")" "ok 0"
	wait_for "its transfer" ended_are "40000 40000," || fail "$(ended)"
}

test_not_ones_own()
{
	ready
	must on host talk serve 9
	app host
	tell "exec 5<>/dev/tcp/127.0.0.1/9"
	begin 100
	denied_for 107 1 "no uplink"
	tell "exec 5>&-"
	begin 100
	denied_for 9 1 "not open"
	tell "exec 5</dev/null"
	begin 100
	denied_for 88 1 "no socket"
	tell "exec 5<>/dev/udp/10.9.0.2/7; printf x >&5"
	say 2=str:gradient
	fine
	flow_is '.protocol == "udp"' class=gradient
	begin 100
	denied_for 95 1 "TCP"
	end
	denied_for 95 1 "TCP"
	tell "exec 5>&-"
	dial
	begin 281474976710655
	denied_for 34 5 "2^48"
	begin 100 6=u64:4294967296
	denied_for 34 6 "4294967295"
	begin 100 2=str:gradients
	denied_for 22 2 "no class"
	tell "$RAWNL weft $DECLARE_BEGIN 5=u64:100"
	denied_for 22 1 "fd"
	begin 0
	denied_for 34 5 ""
	say 5=u64:7
	denied_for 22 5 ""
	flow_is '.acceptor_port == 7 and .protocol == "tcp"' source=default
}

# What another place sends with a flow's addresses says nothing of the flow.
test_a_flow_is_who_opened_its()
{
	ready
	port a 11
	must on host weft grant add class gradient
	as_nobody a
	dial
	flow_is '.opener == "10.9.0.11"' class=other
	local from
	from=$(flow '.opener == "10.9.0.11" and .acceptor_port == 7' opener_port)
	port b 12
	must on b talk ask 10.9.0.2 7
	must on b ip addr add 10.9.0.11/24 dev b
	# the same addresses and ports, out of another place
	said=$(on b python3 -c 'import socket, subprocess, sys
sock = socket.socket()
sock.bind(("10.9.0.11", int(sys.argv[1])))
sock.setblocking(False)
sock.connect_ex(("10.9.0.2", 7))
subprocess.run(sys.argv[2:] + ["1=u32:%d" % sock.fileno(), "2=str:gradient"], pass_fds=[sock.fileno()])' \
		"$from" "$RAWNL" weft $DECLARE_FLOW)
	denied_for 107 1 "no uplink"
	flow_is '.opener == "10.9.0.11"' class=other
	say 2=str:gradient
	fine
}

test_grants_are_shown_and_refused()
{
	local id at

	ready
	port a 11
	at=$(attach a)
	id=$(add grant attach "$at" protocol tcp port 7-9 remote 10.0.0.0/8 class gradient job 3-5)
	is "as it was said" "$(on host weft grant show "$id")" \
		"grant $id attach $at protocol tcp remote 10.0.0.0/8 port 7-9 class gradient job 3-5"
	refused "class or job" on host weft grant add dev up0
	refused "256" on host weft grant add job 1-257
	refused "no grant 999" on host weft grant del 999
	is "kernel's word" "$(on host rawnl weft 30 13=u32:9 14=u32:3)" \
		"error 22 attr 14 message jobs 9 to 3 are no range: job-max is the higher one"
	is "no such class" "$(on host rawnl weft 30 12=u32:0x80000000 | cut -d' ' -f1-4)" "error 22 attr 12"
	# a port's end is the end of its grants
	must on a ip link del dev a
	is "gone" "$(on host weft -j grant show | jq length)" 0
}

# Who declares while uplinks come and go finds them or does not.
test_while_uplinks_come_and_go()
{
	local i

	ready
	app host
	dial
	printf 'for ((i = 0; i < 60; i++)); do %s weft %s 1=u32:5 5=u64:100 3=u32:8; printf x >&5; done; echo .\n' \
		"$RAWNL" $DECLARE_BEGIN >&"${app[1]}"
	for ((i = 0; i < 8; i++)); do
		must on host weft uplink del up0
		must on host weft uplink add up0
	done
	while read -r said <&"${app[0]}" && [ "$said" != . ]; do
		case $said in
		"ok 0"|"error 107 "*) ;;
		*) fail "$said" ;;
		esac
	done
}

test_the_library()
{
	ready
	# shellcheck disable=SC2046 # words
	must gcc -O1 -o "$WORK/example" "$(pkg-config --variable=example libweft)" \
		$(pkg-config --cflags --libs libweft)
	watch host transfer
	is "all of them" "$(on host "$WORK/example" 10.9.0.2 7 200000 3 12 gradient 2>&1)" "3 declared"
	wait_for "its transfers" ended_are "200000 200000,200000 200000,200000 200000," ||
		fail "$(ended)"
	is "job" "$(on host weft -j job show 12 | jq '.[0].flows_total')" 1
	# shellcheck disable=SC2086 # words
	is "why not" "$(on host $NOBODY "$(for_nobody "$WORK/example")" 10.9.0.2 7 1000 1 13 token 2>&1 | head -1 | cut -d: -f1-3)" \
		"example: not declared: Operation not permitted"
}

run_tests "$@"
