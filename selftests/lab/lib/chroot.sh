# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A chroot of a newer suite: there the modules are built of kernels whose
# compiler, objtool and libc are newer than the host's.  The cache is mounted
# in it at its own path, so paths mean the same inside and outside.

CHROOT_PACKAGES="gcc,make,kmod,pahole,libelf-dev,bc,sparse,perl"

# chroot_make SUITE: sets CHROOT_DIR
chroot_make()
{
	CHROOT_DIR=$LAB_CACHE/chroot/$1
	[ ! -e "$CHROOT_DIR/.done" ] || return 0
	setup_for chroot
	with_lock "chroot-$1" chroot_make_locked "$1"
}

chroot_make_locked()
{
	local suite=$1 uri

	[ ! -e "$CHROOT_DIR/.done" ] || return 0
	uri=$(apt_uri "$(apt_own_suite)")
	rm -rf "$CHROOT_DIR"
	mkdir -p "$LAB_CACHE/chroot"
	logged "$LAB_LOGS/chroot-$suite.log" "making a chroot of $suite" \
		mmdebstrap --variant=minbase --include="$CHROOT_PACKAGES" \
		"$suite" "$CHROOT_DIR" "$uri" || return 1
	rm -rf "$CHROOT_DIR"/var/cache/apt/archives/*.deb "$CHROOT_DIR"/var/lib/apt/lists/*
	touch "$CHROOT_DIR/.done"
}

# chroot_run SUITE COMMAND...: in a mount namespace of its own, so that
# nothing stays mounted whatever happens.
chroot_run()
{
	local suite=$1
	shift

	chroot_make "$suite" || return 1
	mkdir -p "$CHROOT_DIR$LAB_CACHE"
	# shellcheck disable=SC2016 # the inner shell expands them
	unshare -m bash -c '
		set -e
		root=$1 cache=$2 dir=$3
		shift 3
		mount --make-rprivate /
		mount --bind "$cache" "$root$cache"
		mount -t proc proc "$root/proc"
		exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
			HOME=/root LC_ALL=C.UTF-8 sh -c "cd \"\$0\" && exec \"\$@\"" "$dir" "$@"
	' - "$CHROOT_DIR" "$LAB_CACHE" "$PWD" "$@"
}

# kernel_run COMMAND...: where the compiler of the kernel in K_SUITE is
kernel_run()
{
	if [ "$K_SUITE" = "$(apt_own_suite)" ]; then
		"$@"
	else
		chroot_run "$K_SUITE" "$@"
	fi
}
