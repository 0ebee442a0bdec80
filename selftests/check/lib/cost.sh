# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What a packet may cost, in guests whose clock counts instructions, and how much
# memory a flow may take. The bounds are those that Documentation/design.md says.

# bench NAME OPTION...: its output in $LOGS/NAME.out
bench()
{
	local name=$1
	shift

	"$LAB" run --icount --vtime 100000 --timeout 1800 "$@" -- \
		"$TOP/selftests/bench/$name.sh" >"$LOGS/$name.out" 2>&1 || {
		cat "$LOGS/$name.out"
		return 1
	}
	cat "$LOGS/$name.out"
}

# at_most BOUND WHAT VALUE
at_most()
{
	[ -n "$3" ] && [ "$3" -le "$1" ] && return
	echo "$2: ${3:-nothing}, more than $1"
	return 1
}

cost_of_hooks()
{
	bench b10-cost || return 1
	at_most 450 "both hooks, a packet of a known flow" \
		"$(awk '/^weft hooks  / { print $NF }' "$LOGS/b10-cost.out")"
}

# With a million flows no more than 1.3 times as much as with 64.
cost_of_flows()
{
	local few many

	bench b10-flows --mem 2048 || return 1
	few=$(awk '$1 == 64 { print $3 }' "$LOGS/b10-flows.out")
	many=$(awk '$1 == 1001000 { print $3 }' "$LOGS/b10-flows.out")
	at_most $((few * 13 / 10)) "a packet of a million flows" "$many" &&
		at_most 256 "bytes of a flow" \
			"$(sed -n 's/.* flows, \([0-9]*\) bytes each.*/\1/p' "$LOGS/b10-flows.out")" &&
		at_most 0 "flows without an entry" \
			"$(awk '/^untracked/ { print $2 }' "$LOGS/b10-flows.out")"
}

# Says itself what is too much.
cost_of_hostile()
{
	bench b10-hostile
}

cost_of_tcp()
{
	bench b10-tcp || return 1
	at_most "$(awk '/^conntrack/ { print $NF }' "$LOGS/b10-tcp.out")" \
		"an exchange over TCP, hooks and policy; conntrack's" \
		"$(awk '/^weft hooks, policy  / { print $NF }' "$LOGS/b10-tcp.out")"
}

cost_all()
{
	try "cost of the hooks" cost_of_hooks
	try "cost with a million flows" cost_of_flows
	try "cost of hostile packets" cost_of_hostile
	try "cost of TCP" cost_of_tcp
}
