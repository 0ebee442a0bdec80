#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every shipped profile is what its samples say, and what is wrong with a file
# is said with its line. WEFT is the tool.

export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
WEFT=${WEFT:-weft}
export WEFT_PROFILES=$here/../profiles
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0
failed=0

result()
{
	count=$((count + 1))
	[ "$1" = ok ] || failed=$((failed + 1))
	echo "$1 $count - $2"
}

# wrong NAME PATTERN LINE...: a file of these lines is refused so
wrong()
{
	local name=$1 pattern=$2 out
	shift 2

	printf '%s\n' "$@" >"$work/p.yaml"
	if out=$("$WEFT" profile check "$work/p.yaml" 2>&1) ||
	   ! grep -q -- "$pattern" <<<"$out"; then
		printf '%s\n' "$out" | sed 's/^/# /'
		result "not ok" "$name"
	else
		result ok "$name"
	fi
}

echo "KTAP version 1"
for file in "$WEFT_PROFILES"/*.yaml; do
	if out=$("$WEFT" profile check "$file" 2>&1); then
		result ok "${file##*/}"
	else
		printf '%s\n' "$out" | sed 's/^/# /'
		result "not ok" "${file##*/}"
	fi
done
if "$WEFT" profile check gloo >/dev/null; then
	result ok "by name"
else
	result "not ok" "by name"
fi

wrong "no mapping" "a mapping of keys" "x"
wrong "not YAML" "line 2" "name: x" "  streams: ["
wrong "no name" "needs a name" "streams: [ { name: a, value: 61 } ]"
wrong "no streams" "at least one" "name: x"
wrong "an unknown key" "line 2: 'steams'.*'streams'" "name: x" "steams: []"
wrong "no bytes" "hexadecimal" "name: x" "streams: [ { name: a, value: 6g } ]"
wrong "half a byte" "hexadecimal" "name: x" "streams: [ { name: a, value: 616 } ]"
wrong "too many bytes" "1 to 16" "name: x" "streams: [ { name: a, value: 17*61 } ]"
wrong "too far" "first 64" "name: x" "streams: [ { name: a, offset: 63, value: 6161 } ]"
wrong "a mask's length" "as long" "name: x" "streams: [ { name: a, value: 6161, mask: ff } ]"
wrong "an empty mask" "zero" "name: x" "streams: [ { name: a, value: 61, mask: 00 } ]"
wrong "whose" "opener, acceptor" "name: x" "streams: [ { name: a, value: 61, end: both } ]"
wrong "no such framing" "no framing 'f'" "name: x" "streams: [ { name: a, value: 61, framing: f } ]"
wrong "a field behind the header" "within the header" "name: x" \
	"streams: [ { name: a, value: 61 } ]" \
	"framings: [ { name: f, header: 4, length: { offset: 2, width: 4 } } ]"
wrong "a bad port" "port" "name: x" "rules: [ { protocol: tcp, port: 0, class: token } ]"
wrong "a sample of another stream" "is none, not a" "name: x" \
	"streams: [ { name: a, value: 61 } ]" "samples: [ { opener: 62, stream: a } ]"
wrong "a sample's messages" "2 bytes, which" "name: x" \
	"streams: [ { name: a, value: 61, framing: f } ]" \
	"framings: [ { name: f, header: 1, hello: 1, length: { width: 1 } } ]" \
	"samples: [ { opener: 61 02 00 00, stream: a, messages: [ 3 ] } ]"
echo "1..$count"
echo "# Totals: pass:$((count - failed)) fail:$failed skip:0"
[ "$failed" -eq 0 ]
