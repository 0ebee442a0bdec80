#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs the examples of the man pages as they stand: every line between .EX and
# .EE below EXAMPLES is shell. Each page gets a network namespace of its own
# with a device eth0, and runs from top to bottom; any command that fails fails
# the page. Where the kernel has no weft, all are skipped.
#
# usage: man_examples.sh [PAGE...]		WEFT is the tool

export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)

# What a reader would type.
examples()
{
	awk '
	/^\.SH/ { wanted = /EXAMPLES/ }
	wanted && /^\.EX/ { inside = 1; next }
	/^\.EE/ { inside = 0; next }
	inside { gsub(/\\-/, "-"); gsub(/\\\\/, "\\"); gsub(/\\e/, "\\"); print }
	' "$1"
}

# In a network and mount namespace of its own.
run_page()
{
	mount -t tmpfs tmpfs /run &&
	ip link set lo up &&
	ip link add eth0 type veth peer name peer0 &&
	ip link set eth0 up && ip link set peer0 up || return 1
	examples "$1" >/run/examples
	# An own name for the tool, wherever it lies.
	mkdir -p /run/bin && ln -s "$WEFT" /run/bin/weft
	PATH=/run/bin:$PATH bash -e -o pipefail -x /run/examples
}

if [ "${1:-}" = --page ]; then
	run_page "$2"
	exit
fi

WEFT=$(command -v "${WEFT:-weft}") || WEFT=
export WEFT
[ $# -gt 0 ] || set -- "$here"/../man/*.8

echo "KTAP version 1"
if [ -z "$WEFT" ] || ! unshare --net "$WEFT" class show >/dev/null 2>&1; then
	echo "1..0 # SKIP needs root and the module"
	exit 0
fi
echo "1..$#"
count=0
failed=0
for page in "$@"; do
	count=$((count + 1))
	if out=$(unshare --net --mount --propagation private \
		bash "$0" --page "$page" 2>&1 </dev/null); then
		echo "ok $count $(basename "$page")"
	else
		failed=$((failed + 1))
		printf '%s\n' "$out" | sed 's/^/# /'
		echo "not ok $count $(basename "$page")"
	fi
done
echo "# Totals: pass:$((count - failed)) fail:$failed skip:0"
[ "$failed" -eq 0 ]
