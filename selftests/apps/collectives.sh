#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Real programs that compute together: what weft knows of their connections with
# the shipped profiles, on ports that nobody has told it.
# shellcheck disable=SC2154 # host, peer: namespaces, see ns

. "$(dirname "$(readlink -f "$0")")/../lib.sh"

APPS=$(dirname "$(readlink -f "$0")")

# profiles NAME...: host and peer, with these
profiles()
{
	local name

	topo
	must on host weft uplink add up0
	for name in "$@"; do
		must on host weft profile load "$name"
	done
}

# streams_of STREAM FIELD: of the flows that began like this, one a line
streams_of() { flows ".stream == \"$1\"" "$2"; }

test_gloo()
{
	local sizes=(1 1000 16384 100000 3) sum=0 size before

	profiles gloo tcpstore
	for size in "${sizes[@]}"; do
		sum=$((sum + 4 * size))
	done
	must "$APPS/ranks.py" "$host" up0 "$peer" eth0 10.9.0.1 29777 "${sizes[@]}"
	on host weft -s flow show
	# one connection joins the two, on a port that is nobody's
	is "Gloo's connections" "$(streams_of gloo/old .class)" gradient
	# (the store has another that nothing is sent over)
	is "what is not Gloo's or the store's" "$(flows '.protocol == "tcp" and .stream == null
		and .stream_pending == null')" ""
	# of two ranks each sends the whole tensor once: half of it to be reduced,
	# half of it reduced
	is "bytes of the all-reduces" "$(streams_of gloo/old .tx_framed.bytes)" $sum
	is "nothing was lost" "$(streams_of gloo/old .tx_framed.lost)" 0
	# a bare message, by its id: the collective in the highest byte
	is "the collective" "$(streams_of gloo/old '.tx_framed.id / 72057594037927936 | floor')" 4
	# the other's messages arrive in order here, unless a segment came late
	before=$(on host nstat -asz TcpExtTCPOFOQueue | awk '/OFOQueue/ { print $2 }')
	if [ "$before" -eq 0 ]; then
		is "bytes that came" "$(streams_of gloo/old .rx_framed.bytes)" $sum
	else
		compare "bytes that came" "$(streams_of gloo/old .rx_framed.bytes)" -le $sum
	fi
	is "the store's connections" "$(streams_of tcpstore/old .class | sort -u)" control
}

# What mpirun starts there, as somebody with a network and a name of his own.
agent()
{
	printf '%s\n' '#!/bin/bash' "node=\$1; shift" \
		"exec nsx in $RUN-\$node unshare -u sh -c \"hostname \$node; \$*\"" >"$WORK/agent"
	chmod +x "$WORK/agent"
}

test_openmpi()
{
	profiles openmpi
	agent
	nsx in "$host" unshare -u sh -c "hostname host; exec mpirun --allow-run-as-root -n 2 \
		--host host,peer --mca plm_rsh_agent '$WORK/agent' --mca plm_rsh_no_tree_spawn 1 \
		--mca btl tcp,self --mca pml ob1 --mca btl_tcp_if_include 10.9.0.0/24 \
		--mca oob_tcp_if_include 10.9.0.0/24 '$APPS/ring.py' 20 20000" \
		>"$WORK/mpi" 2>&1 </dev/null &
	wait_for "the ring" grep -qx "done" "$WORK/mpi" || cat "$WORK/mpi"
	on host weft -s flow show
	is class "$(streams_of openmpi/btl .class | sort -u)" gradient
	compare "messages" "$(streams_of openmpi/btl .tx_framed.messages | paste -sd+ | bc)" -ge 20
	compare "bytes" "$(streams_of openmpi/btl .tx_framed.bytes | paste -sd+ | bc)" -ge 400000
}

# It looks for devices in /sys, so it needs that of its namespace.
ucx() { ip netns exec "$RUN-$1" env UCX_TLS=tcp UCX_NET_DEVICES="$2" ucx_perftest "${@:3}"; }

test_ucx()
{
	profiles ucx
	ucx peer eth0 -p 13999 >"$WORK/server" 2>&1 &
	wait_for "the server" eval 'on peer ss -Hltn | grep -q :13999'
	ucx host up0 -t tag_bw -s 65536 -n 40 -w 5 -p 13999 10.9.0.2 >"$WORK/client" 2>&1 ||
		die "ucx_perftest: $(tail -n 5 "$WORK/client")"
	on host weft -s flow show
	is class "$(streams_of ucx/connect .class | sort -u)" kvcache
	# those before, with which it warms up, are as many as it finds the time for
	compare "bytes of the 40 messages" \
		"$(streams_of ucx/connect .tx_bytes | paste -sd+ | bc)" -ge $((40 * 65536))
	# what it agrees on first goes over a connection of its own
	is "and no other is" "$(flows '.acceptor_port == 13999' .stream)" null
}

run_tests "$@"
