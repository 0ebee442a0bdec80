# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The kselftests: installed with the kernel's own machinery, then run in
# guests, many in one boot.

# ksft_stage: puts selftests/ below tools/testing/selftests of the kernel
# source's files and installs it from there, so that every run also tests
# that it is a proper kselftest folder. Sets KSFT to the installed folder: one
# for each run of the checks, so that nothing changes under a guest.
ksft_stage()
{
	KSFT=$LOGS/kselftest
	(
		flock 9
		[ -e "$KSFT/.done" ] || ksft_stage_locked "$KSFT"
	) 9>"$CACHE/locks/kselftest"
}

ksft_stage_locked()
{
	local source tree=$CACHE/kselftest/tree/tools/testing/selftests
	local install=$1 f

	source=$("$LAB" source)/tools/testing/selftests || return 1
	mkdir -p "$tree/weft" "$CACHE/kselftest/tree/include" \
		"$CACHE/kselftest/tree/scripts"
	cp "$source/../../../scripts/subarch.include" "$CACHE/kselftest/tree/scripts/" ||
		return 1
	for f in Makefile lib.mk kselftest kselftest.h kselftest_harness.h \
		kselftest_install.sh run_kselftest.sh; do
		cp -r "$source/$f" "$tree/" || return 1
	done
	rsync -rlpt --delete --exclude=/lab --exclude=/check --exclude=/unit \
		--exclude='*.o' "$TOP/selftests/" "$tree/weft/" || return 1
	rsync -rlpt "$TOP/include/" "$CACHE/kselftest/tree/include/" || return 1
	mkdir -p "$install"
	# the script takes no targets, and would build the whole kernel's tests
	(cd "$tree" && MAKEFLAGS="TARGETS=weft FORCE_TARGETS=1" \
		./kselftest_install.sh "$install") || return 1
	# they need programs that no kernel tree asks for
	cp -r "$tree/weft/apps" "$install/weft/" && touch "$install/.done"
}

ksft_limit()
{
	local t
	t=$(sed -n 's/^timeout=//p' "$TOP/selftests/settings" 2>/dev/null)
	echo "${t:-120}"
}

# What needs CPUs that are at it at once. A guest with one takes a fourth less
# of the machine's time, so that is what the rest gets where time is short.
KSFT_RACES="teardown.sh stress.sh table.sh"

# ksft_names all|smoke|races|lone|apps: names of the tests, those that match T
ksft_names()
{
	sed -n 's/^weft://p' "$KSFT/kselftest-list.txt" |
		case $1 in
		apps)	(cd "$KSFT/weft" && ls apps/*.sh) ;;
		smoke)	grep -xF -f <(grep -vE '^(#|$)' "$TOP/selftests/smoke.list") ;;
		races)	grep -xF "${KSFT_RACES// /$'\n'}" ;;
		lone)	grep -vxF "${KSFT_RACES// /$'\n'}" ;;
		*)	cat ;;
		esac | grep -E -e "${T:-.}"
}

# kselftest KERNEL all|smoke|races|lone|apps [I/N]: the Ith of N parts
kselftest()
{
	local kernel=$1 part=${3:-1/1} names limit n=0 rc log finished rest total
	local -a todo machine=()

	ksft_stage || return 1
	# what is run must not change under the guest
	names=$(ksft_names "$2" | awk -v i="${part%/*}" -v n="${part#*/}" '(NR - 1) % n == i - 1')
	if [ -z "$names" ]; then
		echo "no test matches"
		return 1
	fi
	limit=$(ksft_limit)
	export WEFT_TEST_WAIT=30
	case $kernel in
	debug|kcsan)
		limit=$((limit * 4))
		export WEFT_TEST_WAIT=120
		;;
	esac
	case $kernel-$2 in
	*-lone|debug-smoke) machine=(--cpus 1) ;;
	*-apps)
		limit=$((limit * 2))
		machine=(--mem 3072)
		;;
	esac
	finished=$(mktemp)
	mapfile -t todo <<<"$names"
	while [ ${#todo[@]} -gt 0 ]; do
		n=$((n + 1))
		log=$LOGS/kselftest-$kernel-$2-${part%/*}.$n.out
		total=$((limit * ${#todo[@]} + 300))
		[ "$total" -lt 7200 ] || total=7200
		rc=0
		"$LAB" run --kernel "$kernel" "${machine[@]}" --timeout "$total" -- \
			"$TOP/selftests/lab/guest/run-tests" --limit "$limit" \
			"$KSFT/weft" "${todo[@]}" >"$log" 2>"$log.err" || rc=$?
		cat "$log"
		ktap_guest "$log" "$finished"
		if [ -n "$GUEST_CULPRIT" ]; then
			cat "$log.err"
			fail "$GUEST_CULPRIT: the guest died of it (status $rc)"
			echo "$GUEST_CULPRIT" >>"$finished"
		elif [ "$rc" -ne 0 ] && [ "$rc" -ne 1 ]; then
			# leaks are found when all tests are over; a guest that does
			# not even start would do so for ever
			cat "$log.err"
			fail "$kernel: the lab says status $rc"
			break
		elif [ "$rc" -ne 0 ] && [ ! -s "$finished" ]; then
			cat "$log.err"
			fail "$kernel: no test was run (status $rc)"
			break
		fi
		rest=$(printf '%s\n' "${todo[@]}" | grep -vxF -f "$finished")
		[ -n "$rest" ] || break
		if [ -z "$GUEST_CULPRIT" ]; then
			fail "$kernel: not run: $rest"
			break
		fi
		mapfile -t todo <<<"$rest"
	done
	rm -f "$finished"
}

# Every test on the debug kernel, or those that match T.
kselftest_debug()
{
	local set found=1

	ksft_stage || return 1
	for set in lone races; do
		if [ -n "$(ksft_names $set)" ]; then
			found=0
			kselftest debug $set
		fi
	done
	return $found
}

# That the installed folder runs with the kernel's own runner.
ksft_install()
{
	ksft_stage || return 1
	try "run_kselftest.sh lists weft's tests" sh -c \
		"cd '$KSFT' && ./run_kselftest.sh --list | grep -q '^weft:'"
	try "run_kselftest.sh runs a test in a guest" ksft_run_one
}

ksft_run_one()
{
	local one out
	one=$(ksft_names smoke | head -n 1)
	# its logs go where it stands, so it gets a copy that it can write to
	out=$("$LAB" run --timeout 600 -- sh -c \
		"cp -r '$KSFT' /tmp/ksft && cd /tmp/ksft && ./run_kselftest.sh -t weft:$one") || {
		printf '%s\n' "$out"
		return 1
	}
	printf '%s\n' "$out"
	grep -q "^ok 1 selftests: weft: $one" <<<"$out"
}
