# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Steps, their times, their counts and their logs; and the one last line.

CHECK_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TOP=$(cd "$CHECK_DIR/../.." && pwd)
LAB=$TOP/selftests/lab/lab
CACHE=$("$LAB" cache)
LOGS=$CACHE/check/$(date +%m%d-%H%M%S)-$$
mkdir -p "$LOGS"
ln -sfn "$(basename "$LOGS")" "$CACHE/check/last"

# One line a step: passed, failed, skipped, name. A file, since steps may run
# side by side in shells of their own.
RESULTS=$LOGS/results
: >"$RESULTS"

clock()
{
	printf '%02d:%02d' $((SECONDS / 60)) $((SECONDS % 60))
}

# step NAME COMMAND...: the command prints what it found to its log and leaves
# its counts with count; a command that fails without a count counts as one.
step()
{
	local name=$1 log t0=$SECONDS rc=0 p f s
	shift

	log=$LOGS/${name//[^A-Za-z0-9._-]/_}.log
	COUNTS=$log.counts
	: >"$COUNTS"
	printf '[%s] %s ...\n' "$(clock)" "$name"
	("$@") >"$log" 2>&1 </dev/null || rc=$?
	read -r p f s < <(awk '{ p += $1; f += $2; s += $3 }
		END { print p + 0, f + 0, s + 0 }' "$COUNTS")
	if [ "$rc" -ne 0 ] && [ "$f" -eq 0 ]; then
		f=1
	elif [ "$rc" -eq 0 ] && [ "$((p + f + s))" -eq 0 ]; then
		p=1
	fi
	echo "$p $f $s $name" >>"$RESULTS"
	printf '[%s] %s: %d passed, %d failed, %d skipped (%d s)\n' \
		"$(clock)" "$name" "$p" "$f" "$s" $((SECONDS - t0))
	if [ "$f" -gt 0 ]; then
		if grep -q '^FAIL: ' "$log"; then
			grep '^FAIL: ' "$log" | head -n 40 | sed 's/^/    /'
		fi
		printf '    the end of %s:\n' "$log"
		tail -n "${CHECK_TAIL:-25}" "$log" | sed 's/^/    | /'
	fi
	return 0
}

# count PASSED FAILED SKIPPED, from inside a step
count()
{
	echo "$1 $2 $3" >>"$COUNTS"
}

pass()
{
	echo "ok: $*"
	count 1 0 0
}

fail()
{
	echo "FAIL: $*"
	count 0 1 0
}

skip()
{
	echo "skipped: $*"
	count 0 0 1
}

# try WHAT COMMAND...: one test that is a command
try()
{
	local what=$1
	shift
	echo "== $what"
	if "$@"; then
		pass "$what"
	else
		fail "$what"
	fi
}

# side_by_side N "FUNCTION [WORD]"...: each with steps of its own, N at a time and
# in that order. One that ends early has not run its steps, which no count would
# say.
side_by_side()
{
	local at_once=$1 job
	shift

	for job in "$@"; do
		while [ "$(jobs -rp | wc -l)" -ge "$at_once" ]; do
			wait -n
		done
		# shellcheck disable=SC2086 # a list of words
		($job || echo "0 1 0 $job" >>"$RESULTS"; echo "$job" >>"$RESULTS.done") &
	done
	wait
	for job in "$@"; do
		grep -qx "$job" "$RESULTS.done" || echo "0 1 0 $job (it died)" >>"$RESULTS"
	done
}

# The last line, and a status that says the same.
report()
{
	local p f s

	awk '$2 { sub(/^[0-9]+ [0-9]+ [0-9]+ /, ""); print "failed: " $0 }' "$RESULTS"
	read -r p f s < <(awk '{ p += $1; f += $2; s += $3 }
		END { print p + 0, f + 0, s + 0 }' "$RESULTS")
	printf 'logs: %s\n' "$LOGS"
	printf '%d passed, %d failed, %d skipped\n' "$p" "$f" "$s"
	[ "$f" -eq 0 ] && [ "$p" -gt 0 ]
}
