# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What a reviewer of kernel code asks first: checkpatch, kernel-doc, sparse
# and extra compiler warnings; and shellcheck over every script.

# Files of the tree by pattern, tracked or new, never ignored ones.
style_files()
{
	git -C "$TOP" ls-files -co --exclude-standard -- "$@" |
		while read -r f; do
			[ ! -f "$TOP/$f" ] || printf '%s\n' "$f"
		done | sort -u
}

style_scripts()
{
	local f first

	style_files '*.sh'
	style_files | grep -vE '\.[a-z0-9]+$' | while read -r f; do
		read -r first <"$TOP/$f" 2>/dev/null
		case $first in
		'#!/bin/bash'*|'#!/bin/sh'*|'#!/usr/bin/env bash'*) echo "$f" ;;
		esac
	done
}

style_checkpatch()
{
	local ignore=FILE_PATH_CHANGES,LONG_LINE_STRING out

	case $2 in
	# generated tables have the generator's style
	*-gen.[ch]) return 0 ;;
	# TRACE_EVENT is written everywhere in a way that checkpatch dislikes
	*/trace.h) ignore+=,OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT,SPACING ;;
	esac
	# what users read is not split, however long; the kernel's own names of
	# qdiscs are in camel case
	# (it leaves a file where it is called)
	out=$(cd "$LOGS" && perl "$1/scripts/checkpatch.pl" --no-tree --strict --terse --quiet \
		--show-types --no-summary --ignore "$ignore" -f "$TOP/$2" |
		grep -v 'CAMELCASE: Avoid CamelCase: <Qdisc')
	[ -z "$out" ] || { printf '%s\n' "$out"; return 1; }
}

style_kernel_doc()
{
	local out

	# the generator describes no _MAX of an enum
	! grep -qi 'generated' <(head -n 12 "$TOP/$2") || return 0
	out=$(perl "$1/scripts/kernel-doc" -none "$TOP/$2" 2>&1) || true
	[ -z "$out" ] || { printf '%s\n' "$out"; return 1; }
}

style_lint()
{
	"$LAB" lint --kernel "$1"
}

style_regen()
{
	local regen=$TOP/Documentation/netlink/regen.sh
	if [ ! -e "$regen" ]; then
		echo "there is no $regen yet"
		return 1
	fi
	bash "$regen" --check
}

style_all()
{
	local source f k

	source=$("$LAB" source) || return 1
	for f in $(style_files 'kmod/*.[ch]' 'include/uapi/*.h'); do
		try "checkpatch $f" style_checkpatch "$source" "$f"
		try "kernel-doc $f" style_kernel_doc "$source" "$f"
	done
	# what a library that is found at run time defines is not known (SC1091,
	# SC2154)
	for f in $(style_scripts | sort -u); do
		try "shellcheck $f" shellcheck -S warning -e SC1091,SC2154 "$TOP/$f"
	done
	for f in $(style_files '*.py'); do
		try "python $f" python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read())' "$TOP/$f"
	done
	for k in 6.1 6.12 7; do
		try "no warnings with W=1 and sparse on $k" style_lint "$k"
	done
	try "the netlink specification and the generated files agree" style_regen
}
