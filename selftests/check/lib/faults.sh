# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Fault injection on the debug kernel: allocations of the commands that
# configure weft fail at random, and at the end nothing is left and the kernel
# has nothing to say.

# faults_all SECONDS
faults_all()
{
	try "configuration under failing allocations, $1 s" \
		"$LAB" run --debug --timeout $(($1 * 2 + 600)) -- \
		"$TOP/selftests/check/guest/faults" "$1"
}
