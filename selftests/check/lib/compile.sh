# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Compile tests for machines that the lab has no guests of (lab/lib/cross.sh).

compile_all()
{
	local t

	for t in arm64 arm64-64k i386; do
		try "weft compiles for $t" "$LAB" cross "$t"
	done
}
