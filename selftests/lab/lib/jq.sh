# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# jq for guests: the machine's own, or the next suite's, unpacked into the cache
# with the libraries that it needs, where the machine's own is too old.
#
# Before 1.7 it reads a library of its own at each start. An emulated CPU takes
# 0.3 s for that, and the tests start it some thousand times.

JQ_MIN=1.7
JQ_PACKAGES="jq libjq1 libonig5 libc6"

# jq_find: sets JQ_DIR to the folder in front of the guest's PATH, empty if none
# has to be there
jq_find()
{
	local version dir=$LAB_CACHE/jq

	JQ_DIR=
	version=$(dpkg-query -W -f '${Version}' jq 2>/dev/null)
	dpkg --compare-versions "$version" lt "$JQ_MIN" || return 0
	if [ ! -e "$dir/done" ] && ! with_lock jq jq_fetch "$dir"; then
		say "using jq $version, which takes long to start"
		return 0
	fi
	JQ_DIR=$dir/usr/bin
}

jq_fetch()
{
	local dir=$1 tmp=$1.tmp suite version=

	[ ! -e "$dir/done" ] || return 0
	for suite in $(apt_newer_suites "$(apt_own_suite)"); do
		apt_group "$suite" || continue
		version=$(apt_version "$suite" jq)
		dpkg --compare-versions "$version" lt "$JQ_MIN" || break
	done
	if dpkg --compare-versions "$version" lt "$JQ_MIN"; then
		say "no jq of $JQ_MIN or newer in any suite"
		return 1
	fi
	say "fetching jq $version"
	rm -rf "$tmp" "$dir"
	# shellcheck disable=SC2086 # a list of words
	(apt_unpack "$suite" "$tmp" $JQ_PACKAGES) || return 1
	mv "$tmp" "$dir"
	jq_bind "$dir" && "$dir/usr/bin/jq" --version >"$dir/done" 2>&1 && return
	rm -rf "$dir"
	return 1
}

# It is to use the C library beside it, not the machine's older one.
jq_bind()
{
	local lib loader

	lib=$(dirname "$(find "$1/usr/lib" -name libjq.so.1)")
	loader=$(find "$1/usr/" -name 'ld-linux*.so*' | head -n 1)
	patchelf --set-rpath "$lib" "$lib/libjq.so.1" &&
		patchelf --set-rpath "$lib" --set-interpreter "$loader" "$1/usr/bin/jq"
}
