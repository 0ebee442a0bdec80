#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# run.sh FOLDER PROGRAM...: runs test programs as one KTAP document.
dir=$1
shift
total=0
for t in "$@"; do
	total=$((total + $("$dir/$t" --count)))
done
echo "TAP version 13"
echo "1..$((total + 2))"
n=1
failed=0
for t in "$@"; do
	"$dir/$t" --from $n || failed=1
	n=$((n + $("$dir/$t" --count)))
done

# Bounded runs, over seeds where there are some and what grows out of them; the
# number of runs, not the time, bounds them, and their seed is fixed: the same
# each time.
# fuzz NAME FOLDER_OF_SEEDS...
fuzz()
{
	name=$1
	shift
	rm -rf "$dir/corpus.new"
	mkdir "$dir/corpus.new"
	if "$dir/fuzz_$name" -runs=200000 -seed=1 -max_len=512 \
		-artifact_prefix="$dir/" "$dir/corpus.new" "$@" \
		>"$dir/fuzz.log" 2>&1; then
		echo "ok $n - weft_${name}__fuzz"
	else
		sed 's/^/# /' "$dir/fuzz.log" | tail -n 40
		echo "not ok $n - weft_${name}__fuzz"
		failed=1
	fi
	n=$((n + 1))
}

fuzz parse "$dir/corpus"
fuzz stream
exit $failed
