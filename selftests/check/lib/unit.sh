# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Tests that need no guest: the pure parts of the module on the host, and the
# tools' own.

# unit_ktap NAME COMMAND...: a command whose output is KTAP, possibly of
# several programs one after the other.
unit_ktap()
{
	local name=$1 rc=0 out c
	shift

	out=$(mktemp)
	"$@" >"$out" 2>&1 || rc=$?
	cat "$out"
	if ! grep -qE '^[[:space:]]*(not )?ok ' "$out"; then
		rm -f "$out"
		fail "$name: no result in its output (status $rc)"
		return
	fi
	c=$(awk '
		/^[[:space:]]*(not )?ok / {
			# a line for a whole program repeats its subtests
			if (/# *SKIP/) s++
			else if (/not ok/) f++
			else p++
		}
		END { print p + 0, f + 0, s + 0 }' "$out")
	sed -nE 's/^[[:space:]]*(not ok)/FAIL: \1/p' "$out"
	rm -f "$out"
	# shellcheck disable=SC2086 # three numbers
	count $c
	[ "$rc" -eq 0 ] || [ "$(cut -d' ' -f2 <<<"$c")" -gt 0 ] ||
		fail "$name: status $rc without a failed test"
}

unit_all()
{
	unit_ktap "unit tests" make -s -C "$TOP/selftests/unit" \
		OUTPUT="$CACHE/unit" check
}

# The tools build without a warning (they go by their Makefile's flags), and
# their own tests pass, where there are any.
tools_all()
{
	local dir weft

	try "the tools build and install" "$LAB" tools
	dir=$("$LAB" tools) || return 1
	weft=$(find "$dir/usr" -name weft -type f -perm -1 | head -n 1)
	try "the weft tool starts" "${weft:-no-weft-tool}" help
	grep -q '^check:' "$TOP/userspace/Makefile" || return 0
	unit_ktap "the tools' own tests" make -s -C "$CACHE/tools/src/userspace" check
}
