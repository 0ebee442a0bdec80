# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The lab's own tests: that a guest's end is told truly, and that each checker
# sees a bug of its kind. A lab that misses a splat passes everything.

# lab_status STATUS OPTION... -- COMMAND...: the lab ends with that status
lab_status()
{
	local want=$1 rc=0
	shift
	LAB_TAIL=5000 "$LAB" run --no-weft --quiet "$@" >"$LOGS/lab.out" 2>"$LOGS/lab.err" || rc=$?
	[ "$rc" -eq "$want" ] && return
	cat "$LOGS/lab.out" "$LOGS/lab.err"
	echo "status $rc, not $want"
	return 1
}

lab_output()
{
	# shellcheck disable=SC2016 # for the guest's shell
	lab_status 3 -- sh -c 'echo out; echo err >&2; echo "$PWD" >$WEFT_SCRATCH/x;
		cat $WEFT_SCRATCH/x; exit 3' || return 1
	[ "$(cat "$LOGS/lab.out")" = "out
$PWD" ] && [ "$(grep -v '^lab:' "$LOGS/lab.err")" = err ] && return
	cat "$LOGS/lab.out" "$LOGS/lab.err"
	return 1
}

lab_results()
{
	local dir
	dir=$(mktemp -d)
	# shellcheck disable=SC2016 # for the guest's shell
	lab_status 0 --results "$dir" -- sh -c 'echo it works >"$WEFT_RESULTS/file"' &&
		grep -q 'it works' "$dir/file"
}

# labtest_sees KERNEL KIND PATTERN
labtest_sees()
{
	lab_status 70 --kernel "$1" --splat --timeout 200 -- modprobe weft_splat how="$2" &&
		grep -qE "$3" "$LOGS/lab.err"
}

labtest_stuck()
{
	lab_status 70 --splat --timeout 200 -- sh -c '
		echo 5 >/proc/sys/kernel/hung_task_timeout_secs
		modprobe weft_splat how=stuck' &&
		grep -q 'blocked for more than' "$LOGS/lab.err"
}

labtest_no_nic()
{
	lab_status 1 --nic nonsense -- true &&
		grep -q "nonsense" "$LOGS/lab.err"
}

# QEMU gives up while the guest boots: it is started once more. An odd size tells
# this guest from all others.
labtest_gives_up()
{
	until pkill -ABRT -f -- '^[^ ]*qemu.* -m 777 '; do sleep 0.1; done &
	local killer=$! rc=0

	lab_status 0 --mem 777 --timeout 200 -- true || rc=1
	kill $killer 2>/dev/null && rc=1
	[ $rc -eq 0 ] && grep -q 'QEMU gave up, once more' "$LOGS/lab.err"
}

# With a terminal, as somebody who types has one.
labtest_shell()
{
	local rc=0

	printf 'tty; echo "I am $((6 * 7))"\nexit 5\n' |
		script -qec "'$LAB' shell --no-weft" /dev/null >"$LOGS/lab.out" 2>&1 || rc=$?
	cat "$LOGS/lab.out"
	[ $rc -eq 5 ] && grep -q 'I am 42' "$LOGS/lab.out" && grep -q /dev/hvc0 "$LOGS/lab.out"
}

labtest_stalls()
{
	local t0=$SECONDS
	lab_status 124 --icount --vtime 20 -- sleep 1000 || return 1
	echo "took $((SECONDS - t0)) s"
	[ $((SECONDS - t0)) -lt 120 ]
}

# Two runs of the same work cost the same, or counting instructions counts
# something else as well.
labtest_counts()
{
	# shellcheck disable=SC2016 # for the guest's shell
	lab_status 0 --icount --vtime 1000000 -- bash -c '
		work() { local i; for ((i = 0; i < 20000; i++)); do :; done; }
		# no program is started in between, and the first round, in which
		# the machine is still settling, does not count
		for n in 0 1 2 3; do
			a=${EPOCHREALTIME/./}; work; b=${EPOCHREALTIME/./}
			[ $n -eq 0 ] || echo $((b - a))
		done' || return 1
	cat "$LOGS/lab.out"
	sort -n "$LOGS/lab.out" | awk 'NR == 1 { min = $1 } { max = $1 }
		END { exit !(NR == 3 && max < min * 1.02) }'
}

labtest_quick()
{
	try "output, errors, status and folders pass" lab_output
	try "results reach the host" lab_results
	try "a warning is seen" labtest_sees 6.1 warn 'a warning on purpose'
	try "a panic is seen" labtest_sees 6.1 panic 'a panic on purpose'
	try "a time-out ends the guest" lab_status 124 --timeout 25 -- sleep 1000
	try "a stall fails fast under --icount" labtest_stalls
}

# All in one guest: what spoils lockdep for the rest comes last.
labtest_debug()
{
	local what ok=0 pattern

	# shellcheck disable=SC2016 # for the guest's shell
	lab_status 70 --debug --splat --timeout 400 -- sh -c '
		for how in bounds object lockdep sleep refcount oob uaf leak; do
			modprobe weft_splat how=$how; modprobe -r weft_splat
		done' || ok=1
	for what in "bounds of an array:UBSAN: array-index-out-of-bounds" \
		"an object in use:ODEBUG: free active" \
		"lockdep:possible circular locking" \
		"sleep:sleeping function called|scheduling while atomic" \
		"refcount:refcount_t: " \
		"out of bounds:KASAN: slab-out-of-bounds" \
		"use after free:KASAN: (slab-)?use-after-free" \
		"leak:kmemleak: [0-9]+ new suspected"; do
		pattern=${what#*:}
		try "the debug kernel sees: ${what%%:*}" grep -qE "$pattern" "$LOGS/lab.err"
	done
	return $ok
}

labtest_all()
{
	labtest_quick
	try "a hang is seen" labtest_sees 6.1 hang 'soft lockup|rcu'
	try "an emulator that gives up is started again" labtest_gives_up
	try "a stuck task is seen" labtest_stuck
	try "an oops is seen" labtest_sees 6.1 oops 'Oops|NULL pointer'
	try "a BUG is seen" labtest_sees 6.1 bug 'kernel BUG at'
	try "a NIC has its driver" lab_status 0 --nic e1000e --nic virtio-net-pci -- \
		ip link show eth1
	try "a NIC that QEMU lacks is refused" labtest_no_nic
	try "what is typed reaches a shell, and its status comes back" labtest_shell
	try "counted time repeats within 2 %" labtest_counts
	try "a flavour without 9p boots" lab_status 0 --kernel 6.1-cloud -- true
	labtest_debug || fail "the debug kernel's guest"
}
