# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What every test file uses. A test is a function test_NAME; run_tests runs
# those of the file in the order in which they stand, each in a subshell and
# with namespaces of its own, and prints KTAP:
#
#	. "$(dirname "$(readlink -f "$0")")/lib.sh"
#	test_something()
#	{
#		topo			# namespaces host and peer, joined
#		must on host weft uplink add up0
#		check "the peer answers" ask host 10.9.0.2 7
#	}
#	run_tests "$@"			# arguments: names of tests
#
# After each test everything it started and made is taken down; after the last
# one the module must unload, and the kernel must have had nothing to say.

set -u
export LC_ALL=C
export PATH=$PATH:/usr/sbin:/sbin

readonly KSFT_FAIL=1 KSFT_SKIP=4
readonly TAINT_SPLAT=$((1 << 5 | 1 << 7 | 1 << 9 | 1 << 14))

SELFTESTS=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
RUN=wt$$				# prefix of all that is made
WORK=$(mktemp -d "${TMPDIR:-/tmp}/weft-test.XXXXXX")
# What emulation and checkers cost: conditions are waited for this long.
WAIT=${WEFT_TEST_WAIT:-30}
# An answer that has not come after so many milliseconds is none: ten times what
# it takes.
ANSWER=$((WAIT * 5))

# rounds ALL FEW: how often. Kernels with checkers take thirty times as long, and
# do a few in passing, all where WEFT_THOROUGH is set (make soak).
rounds()
{
	if [ "$WAIT" -gt 30 ] && [ -z "${WEFT_THOROUGH:-}" ]; then
		echo "$2"
	else
		echo "$1"
	fi
}

SPLATS='BUG:|WARNING:|KASAN|UBSAN|INFO: task|INFO: rcu|Oops|general protection'
SPLATS+='|refcount_t|possible recursive|circular locking|suspicious RCU'
SPLATS+='|unregister_netdevice: waiting|kernel BUG|Call Trace|leaked reference'

# ---- helper programs -------------------------------------------------------

# Built beside the tests by the Makefile, or here what nobody has built since
# its source changed.
for helper in nsx talk frame hostile touches rawnl; do
	[ ! -x "$SELFTESTS/$helper" ] ||
		[ "$SELFTESTS/$helper.c" -nt "$SELFTESTS/$helper" ] || continue
	gcc -O1 -w -static -o "$WORK/$helper" "$SELFTESTS/$helper.c" ||
		exit $KSFT_FAIL
done
export PATH=$WORK:$SELFTESTS:$PATH

# ---- results ---------------------------------------------------------------

note()
{
	printf '%s\n' "$*"
}

# What went wrong; the test goes on, and has failed.
fail()
{
	printf 'failed: %s\n' "$*"
	echo >"$WORK/failed"
	return 1
}

# What makes going on useless.
die()
{
	fail "$@"
	exit $KSFT_FAIL
}

# Only for what this kernel lacks; everything else is a failure.
skip()
{
	case $1 in
	kernel:*) echo "$1" >"$WORK/skip"; exit $KSFT_SKIP ;;
	*) die "a skip without a reason in the kernel: $1" ;;
	esac
}

# must COMMAND...: it succeeds, or the test ends
must()
{
	local out rc

	out=$("$@" 2>&1)
	rc=$?
	[ $rc -eq 0 ] || die "'$*' ended with $rc: $out"
	[ -z "$out" ] || note "$out"
}

# check WHAT COMMAND...: it succeeds
check()
{
	local what=$1
	shift

	"$@" || fail "$what ($*)"
}

# check_not WHAT COMMAND...: it fails
check_not()
{
	local what=$1
	shift

	! "$@" || fail "$what ($*)"
}

# is WHAT GOT WANTED
is()
{
	[ "$2" = "$3" ] || fail "$1: got '$2', not '$3'"
}

# compare WHAT A OP B, with numbers; OP as of test: -eq -ge ...
compare()
{
	test "${2:-x}" "$3" "${4:-x}" 2>/dev/null ||
		fail "$1: not $2 $3 $4"
}

# refused PATTERN COMMAND...: it fails, and says something that matches
refused()
{
	local pattern=$1 out rc
	shift

	out=$("$@" 2>&1)
	rc=$?
	if [ $rc -eq 0 ]; then
		fail "not refused: '$*'"
	elif ! grep -qiE -- "$pattern" <<<"$out"; then
		fail "'$*' is refused without '$pattern': $out"
	fi
	[ $rc -lt 126 ] || [ $rc -eq 255 ] || fail "'$*' ended with $rc"
}

# tun NS NAME: a device without Ethernet headers; what it needs may be a module
tun()
{
	modprobe -q tun
	must on "$1" ip tuntap add dev "$2" mode tun
}

# wait_for WHAT COMMAND...: until it succeeds
wait_for()
{
	local what=$1 end=$((SECONDS + WAIT))
	shift

	until "$@"; do
		if [ $SECONDS -ge $end ]; then
			fail "waited in vain for $what ($*)"
			return 1
		fi
		pause
	done
	return 0	# not what pause said
}

# Without starting a program.
pause() { read -rt 0.05 <&"$NOTHING"; }
exec {NOTHING}<> <(:)

# ---- namespaces ------------------------------------------------------------

# ns NAME...: namespaces; $NAME is what ip calls them
ns()
{
	local name

	nsx add "${@/#/$RUN-}" || die "no namespaces $*"
	for name in "$@"; do
		declare -g "$name=$RUN-$name"
	done
}

# on NAME COMMAND...: there; some find their way without a program in front
on()
{
	case $2 in
	weft)	weft -n "$RUN-$1" "${@:3}" ;;
	talk)	talk ns="$RUN-$1" "${@:3}" ;;
	*)	nsx in "$RUN-$1" "${@:2}" ;;
	esac
}

# Somebody without privileges, and a copy of a program that he may run: with
# $NOBODY in front of it.
# shellcheck disable=SC2034 # for tests
NOBODY="setpriv --reuid=65534 --regid=65534 --clear-groups"
for_nobody()
{
	install -m 755 "$(type -P "$1")" "/tmp/${1##*/}.$RUN" || die "no $1 for all"
	echo "/tmp/${1##*/}.$RUN"
}

# host and peer, joined by a veth pair: up0 (10.9.0.1, fd09::1) is where weft
# works, eth0 (10.9.0.2, fd09::2) stands for the rest of the world.
topo()
{
	ns host peer
	nsx join "$host" up0 10.9.0.1/24 fd09::1/64 "$peer" eth0 10.9.0.2/24 fd09::2/64 ||
		die "host and peer are not joined"
	must on peer talk serve 7 8 9
}

# port NAME N [OPTION...]: a port of up0 in a namespace NAME of its own, as
# NAME with the addresses 10.9.0.N and fd09::N, serving on port 7
port()
{
	local name=$1 n=$2
	shift 2

	ns "$name"
	must on host ip link add link up0 name "$name" netns "$RUN-$name" \
		type weft "$@"
	nsx up "$RUN-$name" "$name" "10.9.0.$n/24" "fd09::$n/64" ||
		die "no addresses on $name"
	must on "$name" talk serve 7 8 9
}

# ask NAME ADDR PORT: does it answer, over TCP? ask_udp: over UDP?
ask() { on "$1" talk ask "${@:2}"; }
ask_udp() { on "$1" talk ask -u "${@:2}"; }
answers() { ask "$@" && ask_udp "$@"; }
# keep NAME ADDR PORT: as ask, and the connection stays open: a closed one's
# flow is soon gone. push NAME ADDR PORT BYTES: likewise, so many bytes
keep() { on "$1" talk ask -k "${@:2}"; }
push() { on "$1" talk send -k "${@:2}"; }

# A profile of the streams of "talk rr ADDR PORT 1000 COUNT": all of it is the
# letter e, and each of its messages a header of four and what is left.
rr_profile()
{
	printf '%s\n' 'name: rr' 'framings:' \
		'  - { name: thousand, header: 4, length: { offset: 0, width: 1, bias: 895 }, most: 60000 }' \
		'streams:' \
		'  - { name: e, value: 65 65 65 65, class: gradient, job: 77, framing: thousand }'
}

# denied COUNTER... -- NAME ADDR PORT: an exchange over TCP that is stopped,
# and shown by this counter (the words of counter) going up
denied() { denied_by ask "$@"; }
denied_udp() { denied_by ask_udp "$@"; }

denied_by()
{
	local how=$1 before words=()
	shift

	while [ "$1" != -- ]; do
		words+=("$1")
		shift
	done
	shift
	before=$(counter "${words[@]}")
	if "$how" "$@" "$ANSWER"; then
		fail "not denied: $how $*"
		return 1
	fi
	wait_for "${words[*]} to go up" counter_above "$before" "${words[@]}"
}

counter_above() { [ "$(counter "${@:2}")" -gt "$1" ]; }

# ---- what weft says --------------------------------------------------------

# counter uplink|port DEV COUNTER: of a device as host's tool names it; a port
# that lives in another namespace is found by its name there
counter()
{
	local shown

	shown=$(on host weft -j "$1" show)
	shown=${shown#*\"ifname\":\"$2\"}
	[[ $shown =~ \"stats\":\{[^}]*\"$3\":([0-9]+) ]] && echo "${BASH_REMATCH[1]}"
}

# flows FILTER [FIELD]: jq's select() over host's flows, one JSON object or field
# a line
flows()
{
	on host weft -j flow show | jq -cr ".[] | select($1) | ${2:-.}"
}

# only_flow FILTER FIELDS: of the only flow that matches, as jq names fields
# (.class,.job), one a line. jq is slow to start, hence once for all of them.
only_flow()
{
	on host weft -j flow show |
		jq -r "map(select($1)) | if length == 1 then .[0] | $2 else \"\(length) flows\" end"
}

has_flow() { [ -n "$(flows "$1")" ]; }
flow() { only_flow "$1" ".$2"; }

# flow_is FILTER FIELD=WANTED...: the only flow that matches is like that
flow_is()
{
	local filter=$1 fields="" word n=0 got
	shift

	for word in "$@"; do
		fields+=${fields:+,}.${word%%=*}
	done
	mapfile -t got < <(only_flow "$filter" "$fields")
	for word in "$@"; do
		is "${word%%=*} of $filter" "${got[n]:-}" "${word#*=}"
		n=$((n + 1))
	done
}

# watch NAME WORD...: weft monitor in a namespace, its events in $WORK/events
watch()
{
	on "$1" weft -j monitor "${@:2}" >"$WORK/events" 2>"$WORK/monitor" &
	wait_for "monitor to listen" grep -q listening "$WORK/monitor"
}

# jq's own status is 0 where there is no event at all
seen() { [ -n "$(jq -c "select($1)" "$WORK/events" 2>/dev/null)" ]; }
count_of() { jq -c "select($1)" "$WORK/events" | wc -l; }

# attach DEV: attachment point's number of a port, wherever it lives
attach()
{
	on host weft -j port show |
		jq -r --arg dev "$1" '.[] | select(.ifname == $dev).attach_id'
}

# add policy|rule WORD...: prints the number of what was added
add()
{
	local shown

	shown=$(on host weft -j "$1" add "${@:2}")
	[[ $shown =~ \"id\":([0-9]+) ]] && echo "${BASH_REMATCH[1]}"
}

# ---- one test after another ------------------------------------------------

# Kills what runs in our namespaces, and removes them.
teardown()
{
	nsx del "$RUN-"
	wait
	rm -f /tmp/*."$RUN"
	# cgroups, of the tests that made some
	! compgen -G "/sys/fs/cgroup/$RUN*" >"$WORK/cgroups" ||
		find /sys/fs/cgroup -depth -type d -path "/sys/fs/cgroup/$RUN*" -exec rmdir {} +
} 2>/dev/null

# The kernel's sysctl says with a stack that it has no memory.
splats()
{
	dmesg | sed -n "/$RUN begins/,\$p" |
		sed '/sysctl could not get directory/,/<\/TASK>/d' |
		grep -E -m 5 -- "$SPLATS"
}

# Most splats taint, which is cheap to see after each test; the others are
# found after the last one.
taint() { read -r TAINT </proc/sys/kernel/tainted; }

say_log()
{
	sed 's/^/# /' "$WORK/log" | tail -n "${WEFT_TEST_LINES:-40}"
}

# result NUMBER NAME STATUS
result()
{
	if [ "$3" -eq $KSFT_SKIP ] && [ -s "$WORK/skip" ]; then
		printf 'ok %d - %s # SKIP %s\n' "$1" "$2" "$(cat "$WORK/skip")"
	elif [ "$3" -ne 0 ] || [ -s "$WORK/failed" ]; then
		say_log
		printf 'not ok %d - %s\n' "$1" "$2"
		FAILED=1
	else
		[ -z "${WEFT_TEST_VERBOSE:-}" ] || say_log
		printf 'ok %d - %s\n' "$1" "$2"
	fi
}

is_loaded() { grep -q '^weft ' /proc/modules; }

unload()
{
	rmmod weft 2>"$WORK/rmmod"
}

# The last test of every file.
leaves_nothing_behind()
{
	local left

	left=$(ip -o link show type weft 2>/dev/null)
	[ -z "$left" ] || fail "ports are left: $left"
	left=$(find /run/netns -name "$RUN-*" 2>/dev/null)
	[ -z "$left" ] || fail "namespaces are left: $left"
	wait_for "rmmod weft" unload || cat "$WORK/rmmod"
	! is_loaded || fail "weft is still loaded"
	left=$(splats)
	[ -z "$left" ] || fail "the kernel says: $left"
}

# The file ends early: with what is made taken down.
bail()
{
	teardown
	rm -rf "$WORK"
}

run_tests()
{
	local tests name n=0 rc tainted

	mapfile -t tests < <(grep -o "^test_[a-z0-9_]*" "$0")
	if [ $# -gt 0 ]; then
		# with or without "test_"
		tests=("${@#test_}")
		tests=("${tests[@]/#/test_}")
	fi
	echo "TAP version 13"
	if [ "$(id -u)" -ne 0 ]; then
		echo "1..0 # SKIP kernel: namespaces and modules need root"
		exit $KSFT_SKIP
	fi
	trap bail EXIT
	trap 'exit 130' INT TERM
	echo "weft selftest ${0##*/} $RUN begins" >/dev/kmsg
	if ! is_loaded && ! modprobe weft; then
		echo "1..1"
		echo "not ok 1 - modprobe weft"
		exit $KSFT_FAIL
	fi

	FAILED=0
	echo "1..$((${#tests[@]} + 1))"
	taint
	for name in "${tests[@]}" leaves_nothing_behind; do
		n=$((n + 1))
		: >"$WORK/failed"
		: >"$WORK/skip"
		tainted=$TAINT
		("$name") >"$WORK/log" 2>&1
		rc=$?
		teardown
		taint
		if [ $((TAINT & ~tainted & TAINT_SPLAT)) -ne 0 ]; then
			{ fail "the kernel splatted:"; splats; } >>"$WORK/log"
		fi
		result $n "${name#test_}" $rc
	done
	exit "$FAILED"
}
