# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# weft.ko for a kernel, built out of the source tree.  Every kernel has its
# own copy of the sources in the cache, synchronised by content, so that a
# build is incremental and builds for several kernels cannot meet; what comes
# out is kept under a key made of the sources' contents, so that a guest that
# is still running keeps the files that it was started with.

# Where the kernel has UBSAN: the module's code and what the headers put into it
# is looked after. (All of the kernel would be by CONFIG_UBSAN_SANITIZE_ALL,
# which costs time in every guest.)
MODULE_FLAGS="UBSAN_SANITIZE=y"

# What a module is made of, relative to the top of the tree, and the folder
# with its Kbuild file.
module_sources()
{
	case $1 in
	weft)	MODULE_SOURCES="Kbuild kmod include" MODULE_SUB="" ;;
	*)	MODULE_SOURCES="selftests/lab/splat" MODULE_SUB=selftests/lab/splat ;;
	esac
}

module_copy()
{
	local to=$1 part
	for part in $MODULE_SOURCES; do
		[ -e "$LAB_TOP/$part" ] || continue
		mkdir -p "$to/$(dirname "$part")"
		rsync -rlpc --delete --exclude='*.o' --exclude='*.ko' \
			--exclude='*.mod' --exclude='*.mod.c' --exclude='.*' \
			--exclude='Module.symvers' --exclude='modules.order' \
			"$LAB_TOP/$part" "$to/$(dirname "$part")/" || return 1
	done
}

# module_make DIR ARGUMENT...: kbuild of the copy in DIR for the kernel of
# kernel_info
module_make()
{
	local dir=$1
	shift
	(cd "$dir" && kernel_run make -C "$K_BUILD" M="$dir" -j"$LAB_JOBS" \
		"$MODULE_FLAGS" "$@")
}

# module_build KERNEL MODULE [MAKE-ARGUMENT...]: sets MODULE_KO
module_build()
{
	local kernel=$1 module=$2 key
	shift 2

	kernel_info "$kernel" || return 1
	module_sources "$module"
	key=$(cd "$LAB_TOP" && {
		# shellcheck disable=SC2086 # a list of words
		content_key $MODULE_SOURCES
		echo "$K_REL $MODULE_FLAGS $* $(cat "$K_DIR/info")"
	} | sha256sum | cut -c1-16)
	MODULE_KO=$LAB_CACHE/modules/$K_REL/key-$key/$module.ko
	[ ! -e "$MODULE_KO" ] || return 0
	with_lock "module-$K_REL" module_build_locked "$module" "$@"
}

module_build_locked()
{
	local module=$1 dir=$LAB_CACHE/modules/$K_REL/src-$1
	local log=$LAB_LOGS/module-$K_REL.log ko
	shift

	[ ! -e "$MODULE_KO" ] || return 0
	module_copy "$dir" || return 1
	logged "$log" "building $module for $K_REL" \
		module_make "$dir${MODULE_SUB:+/$MODULE_SUB}" "$@" modules || return 1
	ko=$(find "$dir" -name "$module.ko" | head -n 1)
	[ -n "$ko" ] || { say "the build made no $module.ko"; return 1; }
	mkdir -p "$(dirname "$MODULE_KO")"
	cp "$ko" "$MODULE_KO.tmp" && mv "$MODULE_KO.tmp" "$MODULE_KO"
}

# module_tree NAME [FILE...]: sets MODULE_TREE, a folder that holds
# lib/modules/RELEASE with the kernel's own modules, weft.ko and the FILEs
# beside them, and depmod's tables over all of it.
module_tree()
{
	local name=$1 key
	shift

	kernel_info "$name" || return 1
	key=$(sha256sum "$K_DIR/info" "$@" | cut -c1-64 | sha256sum | cut -c1-16)
	MODULE_TREE=$LAB_CACHE/modules/$K_REL/key-tree-$key
	[ ! -e "$MODULE_TREE/.done" ] || return 0
	with_lock "module-$K_REL" module_tree_locked "$@"
}

module_tree_locked()
{
	local tree=$MODULE_TREE/usr/lib/modules/$K_REL file

	[ ! -e "$MODULE_TREE/.done" ] || return 0
	rm -rf "$MODULE_TREE"
	mkdir -p "$tree/updates"
	for file in "$K_DIR/usr/lib/modules/$K_REL"/modules.{order,builtin,builtin.modinfo}; do
		[ ! -e "$file" ] || cp "$file" "$tree/"
	done
	[ ! -e "$K_DIR/usr/lib/modules/$K_REL/kernel" ] ||
		ln -s "$K_DIR/usr/lib/modules/$K_REL/kernel" "$tree/kernel"
	for file in "$@"; do
		cp "$file" "$tree/updates/"
	done
	ln -s usr/lib "$MODULE_TREE/lib"
	depmod -b "$MODULE_TREE" "$K_REL" || return 1
	rm "$MODULE_TREE/lib"
	touch "$MODULE_TREE/.done"
}

# module_lint KERNEL: compiles weft anew with W=1 and sparse, fails if they
# have anything to say about its own files.
module_lint()
{
	kernel_info "$1" || return 1
	module_sources weft
	with_lock "lint-$K_REL" module_lint_locked
}

module_lint_locked()
{
	local dir=$LAB_CACHE/modules/$K_REL/lint log=$LAB_LOGS/lint-$K_REL.log

	rm -rf "$dir"
	module_copy "$dir" || return 1
	logged "$log" "building weft for $K_REL with W=1 and sparse" \
		module_make "$dir" W=1 C=2 CHECK=sparse modules || return 1
	if grep -E '(^|/)(kmod|include/uapi)/[^ ]*:[0-9]+.*(warning|error):' "$log"; then
		return 1
	fi
}

module_main()
{
	local kernel=6.1

	while [ $# -gt 0 ]; do
		case $1 in
		--kernel) kernel=${2:?a kernel name}; shift 2 ;;
		--debug) kernel=debug; shift ;;
		--kcsan) kernel=kcsan; shift ;;
		*) break ;;
		esac
	done
	module_build "$kernel" weft "$@" && echo "$MODULE_KO"
}
