#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Real servers of requests, on ports that nobody has told weft.
# shellcheck disable=SC2154 # host, peer: namespaces, see ns

. "$(dirname "$(readlink -f "$0")")/../lib.sh"

served()
{
	topo
	must on host weft uplink add up0
	must on host weft profile load serving
}

listens() { on peer ss -Hltn "sport = :$1" | grep -q .; }

test_http2()
{
	served
	mkdir "$WORK/www"
	head -c 300000 /dev/zero >"$WORK/www/blob"
	on peer nghttpd -d "$WORK/www" --no-tls 12080 >"$WORK/server" 2>&1 &
	wait_for "the server" listens 12080
	is "requests that were answered" "$(on host nghttp -ns http://10.9.0.2:12080/blob |
		awk '$5 == 200' | wc -l)" 1
	on host weft -s flow show
	flow_is '.acceptor_port == 12080' stream=serving/http2 class=token
	# settings, window, priorities, headers: what a client sends for one request
	compare "its frames" "$(flow '.acceptor_port == 12080' tx_framed.messages)" -ge 2
	# the sizes are the frames': nothing else is in the stream
	is "all that it sent" "$(flow '.acceptor_port == 12080' \
		'tx_framed | .state, .left')" "running
0"
}

test_redis()
{
	served
	on peer redis-server --port 12379 --save "" --protected-mode no --bind 10.9.0.2 \
		>"$WORK/server" 2>&1 &
	wait_for "the server" listens 12379
	is "an answer" "$(on host redis-cli -h 10.9.0.2 -p 12379 set weft 1)" OK
	must on host redis-benchmark -h 10.9.0.2 -p 12379 -n 500 -c 4 -d 1000 -t set,get -q
	on host weft flow show
	is classes "$(flows '.acceptor_port == 12379 and .tx_bytes > 1000' '.stream, .class' | sort -u)" \
		"serving/redis
token"
}

run_tests "$@"
