# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Stock kernels from Debian's packages: found by name, unpacked into the
# cache.  A name is VERSION[-FLAVOUR] ("6.1", "6.12-rt", "7"): the newest
# release that starts with VERSION, in the first suite that has one, from the
# machine's own suite upwards; or a full release ("6.1.0-50-amd64").

KERNELS=$LAB_CACHE/kernels

# kernel_match NAME: releases (as uname -r) among the names on stdin, sorted
kernel_match()
{
	local name=$1 ver=${1%%-*} flavour="" re
	case $name in *-*) flavour=-${name#*-} ;; esac

	re="^${ver//./\\.}(\\.[0-9]+)*(-[0-9]+)?(\\+[a-z0-9.~]+)?${flavour}-${LAB_ARCH}\$"
	grep -E '^[0-9]+\.[0-9]+\.[0-9]+' | grep -E -e "$re" -e "^${name//./\\.}\$" |
		sort -V
}

# kernel_find NAME: sets K_REL and K_SUITE
kernel_find()
{
	local name=$1 suite own
	own=$(apt_own_suite)
	K_REL="" K_SUITE=""

	for suite in "$own" $(apt_newer_suites "$own"); do
		if ! apt_group "$suite"; then
			# a mirror may lack a newer suite, but not this one
			[ "$suite" != "$own" ] || {
				say_always "kernel $name is not in the cache, and its packages (linux-image-$name..., linux-headers-$name...) cannot be looked for"
				return 1
			}
			continue
		fi
		K_REL=$(apt_in "$suite" apt-cache pkgnames linux-headers- |
			sed 's/^linux-headers-//' | kernel_match "$name" | tail -n 1)
		if [ -n "$K_REL" ]; then
			K_SUITE=$suite
			return 0
		fi
	done
	say "no kernel named $name in $own or a newer suite (a name is VERSION[-FLAVOUR], as in 6.1, 6.12-rt, 7-cloud)"
	return 1
}

# kernel_packages SUITE RELEASE: everything of the kernel's own that its image
# and headers depend on. Which packages a kernel is split into changes from
# release to release, so the dependencies are asked.
kernel_packages()
{
	local suite=$1 todo="linux-image-$2 linux-headers-$2" done="" p d

	while [ -n "$todo" ]; do
		p=${todo%% *}
		todo=${todo#"$p"}
		todo=${todo# }
		case " $done " in *" $p "*) continue ;; esac
		done+=" $p"
		# of alternatives the first
		for d in $(apt_field "$suite" "$p" Depends | sed 's/([^)]*)//g' |
			tr ',' '\n' | sed 's/|.*//; s/ //g'); do
			[[ $d =~ ^linux-(image|headers|modules|binary|base|kbuild)-[0-9] ]] &&
				todo+="${todo:+ }$d"
		done
	done
	echo "$done"
}

# kernel_fetch NAME: makes $KERNELS/RELEASE and the name's link to it
kernel_fetch()
{
	local name=$1
	[ -z "${APT_REFRESH:-}" ] || rm -f "$LAB_CACHE/names/$name"
	[ ! -e "$LAB_CACHE/names/$name/info" ] || return 0
	case $name in
	debug|kcsan) kernel_build "$name" ;;
	*)	with_lock "kernel-$name" kernel_fetch_locked "$name" ;;
	esac
}

kernel_fetch_locked()
{
	local name=$1 dir

	[ ! -e "$LAB_CACHE/names/$name/info" ] || return 0
	kernel_find "$name" || return 1
	dir=$KERNELS/$K_REL
	if [ ! -e "$dir/info" ]; then
		with_lock "release-$K_REL" kernel_unpack "$K_REL" "$K_SUITE" ||
			return 1
	fi
	mkdir -p "$LAB_CACHE/names"
	ln -sfn "../kernels/$K_REL" "$LAB_CACHE/names/$name"
	say "kernel $name is $K_REL of $K_SUITE"
}

kernel_unpack()
{
	local rel=$1 suite=$2 dir=$KERNELS/$1 tmp=$KERNELS/.$1.tmp pkgs
	local vmlinuz config

	[ ! -e "$dir/info" ] || return 0
	rm -rf "$tmp"
	mkdir -p "$tmp"
	pkgs=$(kernel_packages "$suite" "$rel")
	say "fetching$pkgs"
	# shellcheck disable=SC2086 # a list of words
	apt_unpack "$suite" "$tmp" $pkgs
	# merged /usr: newer packages ship usr/lib, older ones lib
	if [ -d "$tmp/lib" ] && [ ! -L "$tmp/lib" ]; then
		mkdir -p "$tmp/usr/lib"
		cp -al "$tmp/lib/." "$tmp/usr/lib/"
		rm -rf "${tmp:?}/lib"
	fi
	[ -e "$tmp/lib" ] || ln -s usr/lib "$tmp/lib"
	# plain modules: depmod and the initramfs need not unpack them each time
	find "$tmp/usr/lib/modules" -name '*.ko.xz' -print0 | xargs -0r -P "$LAB_JOBS" -n 64 xz -d
	find "$tmp/usr/lib/modules" -name '*.ko.zst' -print0 | xargs -0r zstd -q -d --rm
	depmod -b "$tmp" "$rel" || return 1
	vmlinuz=$(find "$tmp" -name "vmlinuz*" -type f | head -n 1)
	config=$(find "$tmp" \( -name "config-$rel" -o -path "*/modules/$rel/config" \) -type f | head -n 1)
	if [ -z "$vmlinuz" ] || [ -z "$config" ]; then
		die "no kernel image in the packages of $rel"
	fi
	ln -s "${vmlinuz#"$tmp/"}" "$tmp/vmlinuz"
	ln -s "${config#"$tmp/"}" "$tmp/config"
	kernel_relocate "$tmp" "$dir" "$rel"
	printf 'release=%s\nsuite=%s\nbuild=%s\n' "$rel" "$suite" \
		"$dir/usr/src/linux-headers-$rel" >"$tmp/info"
	rm -rf "$dir"
	mv "$tmp" "$dir"
}

# The header packages name each other by absolute paths below /usr: make them
# point into the unpacked tree.
kernel_relocate()
{
	local tmp=$1 dir=$2 rel=$3 link to
	find "$tmp/usr/src" -maxdepth 2 -type f \
		\( -name Makefile -o -name .kernelvariables \) -print0 |
		xargs -0r sed -i "s,\\([ =\"']\\|^\\)/usr/\\(src\\|lib\\)/linux-,\\1$dir/usr/\\2/linux-,g"
	find "$tmp/usr" "$tmp/usr/lib/modules/$rel" -maxdepth 3 -type l \
		-lname '/usr/*' -print | while read -r link; do
		to=$(readlink "$link")
		ln -sfn "$dir$to" "$link"
	done
}

# kernel_info NAME: sets K_DIR, K_REL, K_SUITE, K_BUILD
kernel_info()
{
	local k v

	kernel_fetch "$1" || return 1
	K_DIR=$(readlink -f "$LAB_CACHE/names/$1")
	while IFS='=' read -r k v; do
		case $k in
		release) K_REL=$v ;;
		suite)	K_SUITE=$v ;;
		build)	K_BUILD=$v ;;
		esac
	done <"$K_DIR/info"
}

kernel_list()
{
	local link

	for link in "$LAB_CACHE"/names/*; do
		[ -e "$link/info" ] || continue
		kernel_info "$(basename "$link")"
		printf '%-12s %-28s %s\n' "$(basename "$link")" "$K_REL" "$K_SUITE"
	done
}

# Removes kernels that no name leads to, old modules, tools and logs.
kernel_prune()
{
	local dir used

	used=$(for dir in "$LAB_CACHE"/names/*; do readlink -f "$dir"; done)
	for dir in "$KERNELS"/*; do
		[ -e "$dir" ] || continue
		if ! grep -qxF "$dir" <<<"$used"; then
			say "removing $dir"
			rm -rf "$dir" "$LAB_CACHE/modules/$(basename "$dir")" \
				"$LAB_CACHE/initramfs/$(basename "$dir")"-*
		fi
	done
	# not what a run beside this one is at
	find "$LAB_CACHE" -mindepth 1 -maxdepth 1 \( -name 'debs.*' -o -name 'dkms.*' \) \
		-mmin +120 -exec rm -rf {} +
	find "$LAB_CACHE/modules" "$LAB_CACHE/tools" -mindepth 1 -maxdepth 2 \
		-name 'key-*' -mtime +2 -exec rm -rf {} + 2>/dev/null
	find "$LAB_CACHE/check" -mindepth 1 -maxdepth 1 -type d -mtime +7 -exec rm -rf {} + \
		2>/dev/null
	find "$LAB_LOGS" -mindepth 1 -maxdepth 1 -mtime +7 -exec rm -rf {} +
}
