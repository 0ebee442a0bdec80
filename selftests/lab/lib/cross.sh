# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Compiles the module for other machines: arm64, arm64 with 64K pages, and
# 32 bit.  The headers are those of the distribution's packages for that
# machine; its build programs would not run here, so the ones of the host's
# own package of the same version take their place.

cross_compile()
{
	local target=$1 arch flavour triple karch
	case $target in
	arm64|arm64-64k) arch=arm64 flavour=arm64 triple=aarch64-linux-gnu- karch=arm64 ;;
	i386)	arch=i386 flavour=686-pae triple="" karch=i386 ;;
	*)	die "no target named $target (arm64, arm64-64k, i386)" ;;
	esac
	kernel_info 6.1 || return 1
	with_lock "cross-$target" cross_compile_locked "$target" "$arch" \
		"$flavour" "$triple" "$karch"
}

cross_headers()
{
	local dir=$1 suite=$2 flavour=$3 target=$4 pkgs tools rel

	[ ! -e "$dir/.done" ] || return 0
	apt_group "$suite" || return 1
	# not every machine's packages are of the same release as the host's
	rel=$(apt_in "$suite" apt-cache pkgnames linux-headers- |
		sed -n "s/^linux-headers-\(6\.1\.[0-9.]*-[0-9]*-$flavour\)\$/\1/p" |
		sort -V | tail -n 1)
	[ -n "$rel" ] || { say "no headers of 6.1 for $flavour"; return 1; }
	rm -rf "$dir"
	mkdir -p "$dir/usr/lib"
	pkgs="linux-headers-$rel $(apt_field "$suite" "linux-headers-$rel" Depends |
		sed 's/([^)]*)//g' | tr ',' '\n' | sed 's/|.*//; s/ //g' |
		grep -E '^linux-headers-[0-9].*-common')"
	# shellcheck disable=SC2086 # a list of words
	apt_unpack "$suite" "$dir" $pkgs
	tools=$(find "$K_DIR/usr/lib" -maxdepth 1 -name 'linux-kbuild-*' | head -n 1)
	cp -a "$tools" "$dir/usr/lib/"
	kernel_relocate "$dir" "$dir" "$rel" 2>/dev/null
	case $target in
	*-64k)	cross_64k "$dir/usr/src/linux-headers-$rel" ;;
	esac
	echo "$rel" >"$dir/.done"
}

# The page size as a configuration of 64K pages would have it; the rest is as
# the package has it, which will do for compiling.
cross_64k()
{
	local h=$1/include/generated/autoconf.h c=$1/include/config/auto.conf

	sed -i 's/^#define CONFIG_ARM64_4K_PAGES 1/#define CONFIG_ARM64_64K_PAGES 1/
		s/^#define CONFIG_ARM64_PAGE_SHIFT .*/#define CONFIG_ARM64_PAGE_SHIFT 16/
		s/^#define CONFIG_ARM64_CONT_PTE_SHIFT .*/#define CONFIG_ARM64_CONT_PTE_SHIFT 5/
		s/^#define CONFIG_ARM64_CONT_PMD_SHIFT .*/#define CONFIG_ARM64_CONT_PMD_SHIFT 5/
		s/^#define CONFIG_PGTABLE_LEVELS .*/#define CONFIG_PGTABLE_LEVELS 3/' "$h"
	sed -i 's/^CONFIG_ARM64_4K_PAGES=y/CONFIG_ARM64_64K_PAGES=y/
		s/^CONFIG_ARM64_PAGE_SHIFT=.*/CONFIG_ARM64_PAGE_SHIFT=16/
		s/^CONFIG_ARM64_CONT_P\(TE\|MD\)_SHIFT=.*/CONFIG_ARM64_CONT_P\1_SHIFT=5/
		s/^CONFIG_PGTABLE_LEVELS=.*/CONFIG_PGTABLE_LEVELS=3/' "$c"
}

cross_compile_locked()
{
	local target=$1 arch=$2 flavour=$3 rel triple=$4 karch=$5
	local dir=$LAB_CACHE/cross/$1/headers src=$LAB_CACHE/cross/$1/src
	local log=$LAB_LOGS/cross-$1.log

	cross_headers "$dir" "$(apt_own_suite):$arch" "$flavour" "$target" || return 1
	rel=$(cat "$dir/.done")
	module_sources weft
	module_copy "$src" || return 1
	# objects only: linking a module takes files of that machine's packages
	logged "$log" "compiling weft for $target ($rel)" \
		make -C "$dir/usr/src/linux-headers-$rel" M="$src" ARCH="$karch" \
		CROSS_COMPILE="$triple" W=1 -j"$LAB_JOBS" "${CROSS_GOAL:-modules}" || return 1
	! grep -E '(^|/)(kmod|include/uapi)/[^ ]*:[0-9]+.*(warning|error):' "$log"
}
