# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Paths, messages and locks that every other part of the lab uses.
#
# All that is downloaded or built lies in one cache folder outside the source
# tree, so that the tree stays clean, concurrent runs share the work, and
# removing one folder removes the lab.

LAB_DIR=${LAB_DIR:?}
LAB_TOP=$(cd "$LAB_DIR/../.." && pwd)
LAB_CACHE=${WEFT_LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/weft-lab}
LAB_LOGS=$LAB_CACHE/logs
LAB_GUESTS=${WEFT_LAB_GUESTS:-$(($(nproc) + 1))}
LAB_ARCH=$(dpkg --print-architecture)
LAB_JOBS=${WEFT_LAB_JOBS:-$(nproc)}

# Exit statuses that mean something of their own.
LAB_EX_SPLAT=70
LAB_EX_TIMEOUT=124

mkdir -p "$LAB_CACHE" "$LAB_LOGS"

say()
{
	[ -n "${LAB_QUIET:-}" ] || printf 'lab: %s\n' "$*" >&2
}

die()
{
	printf 'lab: %s\n' "$*" >&2
	exit 1
}

# Runs the rest of the line with a lock held. The lock file is never removed:
# another run may be waiting on it.
with_lock()
{
	local name=$1 fd rc=0
	shift

	mkdir -p "$LAB_CACHE/locks"
	exec {fd}>"$LAB_CACHE/locks/${name//\//_}"
	if ! flock -n "$fd"; then
		say "waiting for another run's work on $name"
		flock "$fd"
	fi
	"$@" {fd}>&- || rc=$?
	exec {fd}>&-
	return "$rc"
}

# Runs a long command with its output in a log; shows the end if it fails.
logged()
{
	local log=$1 what=$2 rc=0 t0=$SECONDS
	shift 2

	say "$what ..."
	mkdir -p "$(dirname "$log")"
	"$@" >"$log" 2>&1 || rc=$?
	if [ "$rc" -ne 0 ]; then
		say "$what failed (status $rc); the end of $log:"
		tail -n "${LAB_TAIL:-30}" "$log" >&2
		return "$rc"
	fi
	say "$what: done in $((SECONDS - t0)) s"
}

# A number that names the contents of files: what is built from them is kept
# under this name, so nothing is built twice and nothing stale is used.
content_key()
{
	# names and contents both count; build products do not
	find "$@" \( -name '*.o' -o -name '*.ko' -o -name '.*.cmd' -o \
		-name '*.mod' -o -name '*.mod.c' -o -name '*.d' -o \
		-name '__pycache__' \) -prune -o -type f -print0 2>/dev/null |
		LC_ALL=C sort -z | xargs -0r sha256sum | sha256sum | cut -c1-16
}
