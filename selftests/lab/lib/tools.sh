# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The tools, built from a copy of the sources and installed into a staging
# folder that a guest lays over its root: there they are where a package
# would put them.

# The tools have files of the module too: see userspace/lib/stream.c.
TOOLS_SOURCES="userspace include Documentation kmod"

# A kernel with checkers takes a third of a second to load what the tool is
# linked with, so its guests have one that is linked statically on their PATH.
TOOLS_STATIC=/usr/lib/weft-lab

# tools_build: sets TOOLS_DIR (an empty folder as long as there are no tools)
tools_build()
{
	local key
	key=$(cd "$LAB_TOP" && {
		# shellcheck disable=SC2086 # a list of words
		content_key $TOOLS_SOURCES
	})
	TOOLS_DIR=$LAB_CACHE/tools/key-$key
	[ ! -e "$TOOLS_DIR/.done" ] || return 0
	with_lock tools tools_build_locked
}

tools_build_locked()
{
	local dir=$LAB_CACHE/tools/src part

	[ ! -e "$TOOLS_DIR/.done" ] || return 0
	rm -rf "$TOOLS_DIR"
	mkdir -p "$TOOLS_DIR" "$dir"
	if [ ! -e "$LAB_TOP/userspace/Makefile" ]; then
		touch "$TOOLS_DIR/.done"
		return 0
	fi
	# what a make here has built has another prefix
	for part in $TOOLS_SOURCES; do
		[ -e "$LAB_TOP/$part" ] || continue
		rsync -rlpc --delete --exclude='*.o' --exclude='*.so' \
			--exclude='*.d' --exclude='/userspace/weft*' "$LAB_TOP/$part" "$dir/" || return 1
	done
	logged "$LAB_LOGS/tools.log" "building the tools" tools_make "$dir" ||
		return 1
	touch "$TOOLS_DIR/.done"
}

tools_make()
{
	make -C "$1/userspace" -j"$LAB_JOBS" PREFIX=/usr all weft-static &&
		make -C "$1/userspace" PREFIX=/usr DESTDIR="$TOOLS_DIR" install &&
		install -D "$1/userspace/weft-static" "$TOOLS_DIR$TOOLS_STATIC/weft"
}
