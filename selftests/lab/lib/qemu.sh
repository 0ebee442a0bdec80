# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The emulator: the machine's own, or a newer one from its suite's backports,
# unpacked into the cache like the kernels, where the machine's own is too old.
#
# Too old is what can still run an instruction that another CPU has replaced:
# QEMU 7.2 lets a store to code slip in between reading it and watching its
# page. A kernel replaces its own code with every static key, by way of a
# breakpoint, and one guest in some hundreds died of "Oops: int3".

QEMU_MIN=8.1
QEMU_PACKAGES="qemu-system-x86 qemu-system-common qemu-system-data seabios"

# qemu_find: sets QEMU to the command's first words
qemu_find()
{
	local version dir=$LAB_CACHE/qemu

	QEMU=(qemu-system-x86_64)
	version=$(dpkg-query -W -f '${Version}' qemu-system-x86 2>/dev/null)
	dpkg --compare-versions "${version#*:}" lt "$QEMU_MIN" || return 0
	if [ ! -e "$dir/done" ] && ! with_lock qemu qemu_fetch "$dir"; then
		say "using QEMU $version, whose guests can die of \"Oops: int3\""
		return 0
	fi
	QEMU=("$dir/usr/bin/qemu-system-x86_64" -L "$dir/usr/share/qemu"
	      -L "$dir/usr/share/seabios")
}

qemu_fetch()
{
	local dir=$1 suite tmp=$1.tmp version

	[ ! -e "$dir/done" ] || return 0
	suite=$(apt_own_suite)
	apt_group "$suite" || return 1
	version=$(apt_version "$suite" qemu-system-x86)
	if dpkg --compare-versions "${version#*:}" lt "$QEMU_MIN"; then
		say "no QEMU of $QEMU_MIN or newer in $suite and its backports"
		return 1
	fi
	say "fetching QEMU ${version#*:}"
	rm -rf "$tmp"
	# shellcheck disable=SC2086 # a list of words
	(apt_unpack "$suite" "$tmp" $QEMU_PACKAGES) || return 1
	# its libraries are those that the machine's own needs
	if ! "$tmp/usr/bin/qemu-system-x86_64" --version >"$tmp/done" 2>&1; then
		cat "$tmp/done" >&2
		return 1
	fi
	rm -rf "$dir"
	mv "$tmp" "$dir"
}
