#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# ip and tc load their plugins, and have every function that those call: they
# say nothing where they can't, so they are asked for the plugins' help, with
# every symbol bound at once.
#
# WEFT is the tool; the plugins lie beside it as the build leaves them.

dir=$(dirname "${WEFT:?}")/iproute2
count=0
failed=0

# loads NAME WANT COMMAND...
loads()
{
	name=$1
	want=$2
	shift 2
	count=$((count + 1))
	if [ ! -e "$dir/$name" ]; then
		echo "ok $count $name # SKIP not built"
		return
	fi
	out=$(LD_BIND_NOW=1 IP_LIB_DIR=$dir TC_LIB_DIR=$dir "$@" 2>&1)
	case $out in
	*"$want"*)
		echo "ok $count $name"
		return
		;;
	esac
	failed=$((failed + 1))
	echo "# $out"
	echo "not ok $count $name"
}

echo "KTAP version 1"
if ! command -v ip >/dev/null || ! command -v tc >/dev/null; then
	echo "1..0 # SKIP no iproute2"
	exit 0
fi
echo "1..2"
loads link_weft.so "weft [ mode" ip link help weft
loads q_weft.so "latency-share" tc qdisc add dev lo root weft help
echo "# Totals: pass:$((count - failed)) fail:$failed skip:0"
[ "$failed" -eq 0 ]
