# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Counts what a test says in KTAP.

# ktap_count NAME STATUS PROBLEM <OUTPUT: one line "passed failed skipped" on
# stdout, what failed on stderr. A test that skips for any reason but one that
# begins with "kernel:" has failed: a check that quietly does not run is worth
# nothing. So has one whose plan and results differ, or whose status is not
# explained by its results.
ktap_count()
{
	awk -v name="$1" -v status="$2" -v problem="$3" '
	function bad(why) {
		failed++
		print "FAIL: " name ": " why >"/dev/stderr"
	}
	# results of subtests are indented; the outermost ones count
	/^1\.\.[0-9]+/ {
		plan = substr($1, 4) + 0
		planned = 1
		if (plan == 0 && match($0, /# *SKIP.*/))
			whole = substr($0, RSTART + 1)
	}
	/^(not )?ok( |$)/ {
		seen++
		if (match($0, /# *SKIP/)) {
			reason = substr($0, RSTART + RLENGTH)
			sub(/^[ :]*/, "", reason)
			if (reason ~ /^kernel:/)
				skipped++
			else
				bad("skipped, which only a kernel may force: " $0)
		} else if (/^not ok/ && /# *(TODO|XFAIL)/) {
			skipped++
		} else if (/^not ok/) {
			bad($0)
		} else {
			passed++
		}
	}
	END {
		if (problem != "")
			bad(problem)
		if (planned && plan == 0 && whole != "") {
			sub(/^ *SKIP[ :]*/, "", whole)
			if (whole ~ /^kernel:/)
				skipped++
			else
				bad("skipped, which only a kernel may force: " whole)
		} else if (!planned) {
			bad("no plan in its output (status " status ")")
		} else if (plan != seen) {
			bad("planned " plan " tests and reported " seen + 0 " (status " status ")")
		}
		if (status != 0 && status != 4 && !failed)
			bad("status " status " without a failed test")
		if (status == 4 && !failed && !skipped)
			bad("status 4 (skip) without a reason")
		print passed + 0, failed + 0, skipped + 0
	}'
}

# ktap_guest LOG DONE-FILE: reads the output of guest/run-tests, counts each
# test that ended, adds its name to DONE-FILE; sets GUEST_CULPRIT to the test
# that began and did not end, if there is one.
ktap_guest()
{
	local log=$1 finished=$2 line name="" body rest status secs problem c
	body=$(mktemp)

	while IFS= read -r line; do
		case $line in
		'#test-begin '*)
			name=${line#\#test-begin }
			: >"$body"
			;;
		'#test-end '*)
			rest=${line#\#test-end "$name" }
			read -r status secs problem <<<"$rest"
			c=$(ktap_count "$name" "$status" "$problem" <"$body" 2>"$body.err")
			cat "$body.err"
			# shellcheck disable=SC2086 # three numbers
			count $c
			# shellcheck disable=SC2086
			printf '%s: %s passed, %s failed, %s skipped (%s s)\n' "$name" $c "$secs"
			echo "$name" >>"$finished"
			name=""
			;;
		*)
			printf '%s\n' "$line" >>"$body"
			;;
		esac
	done < <(tr -d '\r' <"$log")
	rm -f "$body" "$body.err"
	GUEST_CULPRIT=$name
}
