# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Compile tests for machines that the lab has no guests of: arm64 (also with
# 64K pages) and 32 bit.  Debian's header packages bring build tools for their
# own architecture, so those of the host's package of the same version step in.

COMPILE_TARGETS="arm64:aarch64-linux-gnu:arm64:arm64
	arm64-64k:aarch64-linux-gnu:arm64:arm64
	armhf:arm-linux-gnueabihf:arm:armmp"

compile_all()
{
	local t

	"$LAB" setup cross || { fail "the cross compilers"; return; }
	for t in $COMPILE_TARGETS; do
		try "weft compiles for ${t%%:*}" "$LAB" cross "${t%%:*}"
	done
}
