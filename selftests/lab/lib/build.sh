# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Kernels with checkers, built here from the distribution's kernel source
# package: "debug" (memory, locks, lifetimes, faults) and "kcsan" (races).
# Each is built once and again only if the source or kernel/*.config changed.

BUILD_SOURCE=linux-source-6.1
# kmemleak reads all of memory, twice a run: not under KASAN's eyes.
BUILD_FLAGS="KASAN_SANITIZE_kmemleak.o=n"

# build_source: sets SOURCE_DIR to the unpacked kernel source
build_source()
{
	local own version tar=/usr/src/$BUILD_SOURCE.tar.xz
	own=$(apt_own_suite)

	version=$(dpkg-query -W -f '${Version}' "$BUILD_SOURCE" 2>/dev/null)
	if [ ! -e "$tar" ] || [ -z "$version" ]; then
		# not installed: an older copy in the cache will do, or the package
		SOURCE_DIR=$(find "$LAB_CACHE/src" -mindepth 1 -maxdepth 1 \
			-name "${BUILD_SOURCE}_*" ! -name '*.tmp' 2>/dev/null |
			sort -V | tail -n 1)
		[ -z "$SOURCE_DIR" ] || return 0
		apt_group "$own" || return 1
		version=$(apt_version "$own" "$BUILD_SOURCE")
	fi
	SOURCE_DIR=$LAB_CACHE/src/${BUILD_SOURCE}_$version
	[ -d "$SOURCE_DIR" ] || with_lock source build_source_locked "$own" "$tar"
}

build_source_locked()
{
	local own=$1 tar=$2 tmp=$SOURCE_DIR.tmp

	[ ! -d "$SOURCE_DIR" ] || return 0
	rm -rf "$tmp"
	mkdir -p "$tmp"
	if [ ! -e "$tar" ]; then
		apt_unpack "$own" "$tmp/deb" "$BUILD_SOURCE"
		tar=$tmp/deb$tar
	fi
	say "unpacking $BUILD_SOURCE"
	tar -xJf "$tar" -C "$tmp" || return 1
	mv "$tmp/$BUILD_SOURCE" "$SOURCE_DIR"
	rm -rf "$tmp"
}

# kernel_build debug|kcsan
kernel_build()
{
	local name=$1

	[ -e "$LAB_DIR/kernel/$name.config" ] ||
		{ say "no configuration named $name in $LAB_DIR/kernel"; return 1; }
	build_source || return 1
	BUILD_KEY=$(cat "$LAB_DIR/kernel/base.config" "$LAB_DIR/kernel/$name.config" \
		<(basename "$SOURCE_DIR"; echo "$BUILD_FLAGS") | sha256sum | cut -c1-16)
	if grep -qsx "key=$BUILD_KEY" "$LAB_CACHE/names/$name/info"; then
		return 0
	fi
	with_lock "kernel-$name" kernel_build_locked "$name"
}

kernel_build_locked()
{
	local name=$1 out=$LAB_CACHE/build/$1 log=$LAB_LOGS/kernel-$1.log

	if grep -qsx "key=$BUILD_KEY" "$LAB_CACHE/names/$name/info"; then
		return 0
	fi
	mkdir -p "$out"
	{
		cat "$LAB_DIR/kernel/base.config" "$LAB_DIR/kernel/$name.config"
		echo "CONFIG_LOCALVERSION=\"-weft-$name\""
	} >"$out/all.config"
	logged "$log" "configuring the $name kernel" make -s -C "$SOURCE_DIR" O="$out" \
		KCONFIG_ALLCONFIG="$out/all.config" allnoconfig || return 1
	kernel_build_config "$out" || return 1
	# shellcheck disable=SC2086 # a list of words
	logged "$log" "building the $name kernel (about 10 minutes on 2 cores)" \
		nice -n 10 make -s -C "$SOURCE_DIR" O="$out" -j"$LAB_JOBS" \
		$BUILD_FLAGS bzImage modules || return 1
	kernel_build_install "$name" "$out"
}

# Every wish must have come true (of two about one option, the later), or a
# checker could be off without a word.
kernel_build_config()
{
	local out=$1 line lost=""

	while read -r line; do
		grep -qxF "$line" "$out/.config" || lost+=" $line"
	done < <(awk -F= '/^CONFIG/ { last[$1] = $0 }
		END { for (option in last) print last[option] }' "$out/all.config" |
		grep -v '=n$')
	[ -z "$lost" ] || { say "the configuration lost$lost"; return 1; }
}

kernel_build_install()
{
	local name=$1 out=$2 rel dir tmp

	rel=$(cat "$out/include/config/kernel.release")
	dir=$KERNELS/$rel
	tmp=$KERNELS/.$rel.tmp
	rm -rf "$tmp"
	mkdir -p "$tmp/usr/lib" "$LAB_CACHE/names"
	ln -s usr/lib "$tmp/lib"
	logged "$LAB_LOGS/kernel-$name.log" "installing the $name kernel" \
		make -s -C "$SOURCE_DIR" O="$out" INSTALL_MOD_PATH="$tmp" \
		modules_install || return 1
	cp "$out/arch/x86/boot/bzImage" "$tmp/vmlinuz"
	cp "$out/.config" "$tmp/config"
	printf 'release=%s\nsuite=%s\nbuild=%s\nkey=%s\n' "$rel" \
		"$(apt_own_suite)" "$out" "$BUILD_KEY" >"$tmp/info"
	rm -rf "$dir"
	mv "$tmp" "$dir"
	ln -sfn "../kernels/$rel" "$LAB_CACHE/names/$name"
}
