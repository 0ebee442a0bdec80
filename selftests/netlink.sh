#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The generic netlink family, spoken to without the tool: what it refuses, how
# it says so, and to whom.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

# commands and attributes of linux/weft.h
UPLINK_NEW=1 UPLINK_SET=2 UPLINK_DEL=3 UPLINK_GET=4 PORT_SET=5 PORT_GET=6
CLASS_GET=7 RULE_NEW=8 RULE_DEL=9 RULE_GET=10 POLICY_NEW=11 POLICY_DEL=12
POLICY_GET=13 FLOW_GET=14 JOB_GET=15 PROFILE_NEW=16 PROFILE_DEL=17 PROFILE_GET=18
TABLE_GET=22 TABLE_SET=23 FLOW_SET=24 FLOW_DEL=25 JOB_SET=26 TRANSFER_GET=27
CLASS_SET=29 GRANT_NEW=30 GRANT_DEL=31 GRANT_GET=32 DECLARE_FLOW=33
DECLARE_BEGIN=34 DECLARE_END=35
GETS="$UPLINK_GET $PORT_GET $CLASS_GET $RULE_GET $POLICY_GET $FLOW_GET $JOB_GET
	$PROFILE_GET $TRANSFER_GET $GRANT_GET"
# all that need a privilege
ALL="$GETS $UPLINK_NEW $UPLINK_SET $UPLINK_DEL $PORT_SET $RULE_NEW $RULE_DEL
	$POLICY_NEW $POLICY_DEL $PROFILE_NEW $PROFILE_DEL $TABLE_GET $TABLE_SET
	$FLOW_SET $FLOW_DEL $JOB_SET $CLASS_SET $GRANT_NEW $GRANT_DEL"
# what a process says of its own sockets
DECLARE="$DECLARE_FLOW $DECLARE_BEGIN $DECLARE_END"

# no ERRNO ATTR REQUEST...: is refused so, with a message
no()
{
	local errno=$1 attr=$2 out
	shift 2

	out=$(on host rawnl weft "$@")
	case $out in
	"error $errno attr $attr message "?*) ;;
	*) fail "$*: '$out', not error $errno attr $attr and a message" ;;
	esac
}

yes() { on host rawnl weft "$@" | grep -q '^ok' || fail "refused: $*"; }

snapshot()
{
	for what in uplink port rule policy grant; do
		on host weft -j $what show | jq -c 'map(del(.stats, .hits))'
	done
}

index() { on host cat "/proc/net/dev" >/dev/null; on host ip -j link show "$1" | jq '.[0].ifindex'; }

ready()
{
	topo
	must on host weft uplink add up0
	up0=$(index up0)
	snapshot >"$WORK/before"
}

unchanged()
{
	snapshot >"$WORK/after"
	cmp -s "$WORK/before" "$WORK/after" ||
		fail "something has changed: $(diff "$WORK/before" "$WORK/after")"
}

test_unknown_attribute()
{
	ready
	for cmd in $ALL $DECLARE; do
		no 22 100 "$cmd" 100=u32:1
	done
	unchanged
}

test_attribute_of_another_command()
{
	ready
	# STATS of an uplink is only ever an answer
	no 22 6 $UPLINK_NEW 1=u32:"$up0" 6=u32:1
	no 22 14 $POLICY_NEW 2=u8:0 9=u8:1 14=u32:1
	unchanged
}

test_wrong_length()
{
	ready
	no 22 1 $UPLINK_SET 1=u8:1
	no 22 1 $UPLINK_SET 1=hex:
	no 22 1 $UPLINK_SET 1=hex:010000000000
	no 22 3 $UPLINK_SET 1=u32:"$up0" 3=u32:1
	no 22 11 $UPLINK_SET 1=u32:"$up0" 11=u32:1
	no 34 4 $POLICY_NEW 2=u8:0 9=u8:1 4=hex:0a000001
	no 34 5 $RULE_NEW 5=hex:0a000001 6=u8:32 9=u32:5
	no 22 7 $RULE_NEW 7=u32:5 8=u32:5 9=u32:5
	unchanged
}

test_out_of_range()
{
	ready
	no 34 1 $UPLINK_GET 1=u32:0
	no 34 3 $UPLINK_SET 1=u32:"$up0" 3=u8:3
	no 34 11 $UPLINK_SET 1=u32:"$up0" 11=u8:3
	no 34 11 $UPLINK_NEW 1=u32:"$up0" 11=u8:3
	no 34 2 $POLICY_NEW 2=u8:2 9=u8:1
	no 34 9 $POLICY_NEW 2=u8:0 9=u8:3
	no 34 5 $POLICY_NEW 2=u8:0 9=u8:1 5=u8:129
	no 34 10 $RULE_NEW 10=u32:0
	no 22 9 $RULE_NEW 9=u32:31
	no 22 9 $RULE_NEW 9=u32:4294967295
	no 34 15 $RULE_NEW 9=u32:2 15=u8:129
	no 34 17 $RULE_NEW 9=u32:2 16=u32:0 17=u32:0
	no 34 18 $RULE_NEW 9=u32:2 18=u8:64
	no 34 19 $RULE_NEW 9=u32:2 19=u64:0
	no 34 21 $RULE_NEW 9=u32:2 21=u8:3
	unchanged
}

test_contradictions()
{
	ready
	no 22 8 $RULE_NEW 7=u16:9 8=u16:8 9=u32:5
	no 22 8 $POLICY_NEW 2=u8:0 9=u8:1 7=u16:9 8=u16:8
	# a local prefix without its length, and the other way round
	no 22 14 $RULE_NEW 9=u32:2 14=hex:00000000000000000000ffff0a000000
	no 22 15 $RULE_NEW 9=u32:2 15=u8:8
	# bits of a mark that its mask has not; a mask of no mark
	no 22 16 $RULE_NEW 9=u32:2 16=u32:5 17=u32:2
	no 22 17 $RULE_NEW 9=u32:2 17=u32:2
	# below which cgroup? a job from which? from two places?
	no 22 20 $RULE_NEW 9=u32:2 20=flag:
	no 22 21 $RULE_NEW 21=u8:2
	no 22 10 $RULE_NEW 10=u32:5 21=u8:1
	unchanged
}

test_missing()
{
	local cmd out

	ready
	for cmd in $UPLINK_NEW $UPLINK_SET $UPLINK_DEL $PORT_SET $RULE_NEW \
		$RULE_DEL $POLICY_NEW $POLICY_DEL $PROFILE_NEW $PROFILE_DEL \
		$FLOW_SET $FLOW_DEL $JOB_SET $CLASS_SET $GRANT_NEW $GRANT_DEL \
		$DECLARE; do
		out=$(on host rawnl weft "$cmd")
		grep -q '^error [0-9]* attr [1-9][0-9]* message .' <<<"$out" ||
			fail "command $cmd without attributes: $out"
	done
	unchanged
}

test_no_such_thing()
{
	ready
	no 19 1 $UPLINK_NEW 1=u32:9999
	no 2 1 $RULE_DEL 1=u32:9999
	no 2 1 $POLICY_DEL 1=u32:9999
	no 2 1 $GRANT_DEL 1=u32:9999
	no 2 1 $FLOW_DEL 1=u32:999999999
	out=$(on host rawnl weft $PORT_SET 1=u32:9999 3=u32:5)
	grep -q '^error [0-9]* attr [0-9]* message .' <<<"$out" || fail "$out"
	out=$(on host rawnl weft $POLICY_NEW 2=u8:0 9=u8:1 3=u32:9999)
	grep -q '^error [0-9]* attr 3 message .' <<<"$out" || fail "$out"
	# a device of another namespace is none
	no 19 1 $UPLINK_NEW 1=u32:4294967295
	unchanged
}

test_every_get_dumps()
{
	ready
	must ask host 10.9.0.2 7
	for cmd in $GETS; do
		yes "$cmd" dump
		yes "$cmd" dump 1=u32:1 || :
	done
	is "nine classes and an end" "$(on host rawnl weft $CLASS_GET dump)" "ok 9"
}

test_policy_is_published()
{
	for cmd in $ALL; do
		check "policy of command $cmd" \
			sh -c "$(type -P rawnl) weft policy $cmd | grep -q '^ok [1-9]'"
	done
}

test_unprivileged_user()
{
	local tool out

	ready
	tool=$(for_nobody rawnl)
	for cmd in $ALL; do
		# shellcheck disable=SC2086 # words
		out=$(on host $NOBODY "$tool" weft "$cmd" 1=u32:"$up0")
		grep -q '^error 1 ' <<<"$out" || fail "command $cmd: $out"
	done
	for cmd in $GETS; do
		# shellcheck disable=SC2086
		out=$(on host $NOBODY "$tool" weft "$cmd" dump)
		grep -q '^error 1 ' <<<"$out" || fail "dump of command $cmd: $out"
	done
	# shellcheck disable=SC2086
	out=$(on host $NOBODY "$tool" weft join events)
	is "joining the group" "$out" "error 1"
	unchanged
}

test_root_of_a_child_user_namespace()
{
	local out

	ready
	# root there, in host's network, which belongs to the first namespace
	for cmd in $ALL; do
		out=$(on host unshare -Ur "$(type -P rawnl)" weft "$cmd" 1=u32:"$up0")
		grep -q '^error 1 ' <<<"$out" || fail "command $cmd: $out"
	done
	out=$(on host unshare -Ur "$(type -P rawnl)" weft join events)
	is "joining the group" "$out" "error 1"
	# in a network of its own it may look, and finds nothing
	is "its own network has no uplinks" \
		"$(on host unshare -Urn "$(type -P rawnl)" weft $UPLINK_GET dump)" "ok 0"
	unchanged
}

# Lines of the log, without what netlink's own parser says: it reads what anybody
# may send before weft does, of this family as of every other.
said_in_log() { dmesg | grep -vc 'netlink: .*\(invalid length\|leftover after\)'; }

test_random_requests_of_an_unprivileged_user()
{
	local before after

	ready
	before=$(said_in_log)
	# shellcheck disable=SC2086 # words
	on host $NOBODY "$(for_nobody rawnl)" weft fuzz 3000 1 || fail "it crashed"
	after=$(said_in_log)
	is "the kernel log stays quiet" "$((after - before))" 0
	unchanged
}

test_random_requests_of_root()
{
	ready
	port a 11
	for seed in 1 2 3; do
		on host rawnl weft fuzz 2000 $seed || fail "it crashed"
	done
	# whatever they have set, it can be undone and works
	for what in rule policy; do
		for id in $(on host weft -j $what show |
			jq '.[] | select(.shipped | not).id'); do
			on host weft $what del "$id"
		done
	done
	on host weft uplink add up0 noqdisc 2>/dev/null
	must on host weft uplink set up0 policy allow
	on host weft port set attach "$(attach a)" policy allow class none job none
	check "traffic still flows" answers host 10.9.0.2 7
	check "and a's" answers a 10.9.0.2 7
}

test_family_is_stable()
{
	out=$(genl ctrl get name weft 2>/dev/null) || return 0
	check "version 1" grep -q "Version: 0x1" <<<"$out"
}

run_tests "$@"
