# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Reads packages of the machine's own suite, its backports and newer suites
# without installing anything: apt with a state folder of its own.  The mirror
# is whatever the machine's own sources name; no host name is written here.

# In order of age. A name that a mirror does not have is passed over.
APT_SUITES="bullseye bookworm trixie forky sid"

apt_own_suite()
{
	# shellcheck disable=SC1091
	(. /etc/os-release && echo "${VERSION_CODENAME:?}")
}

# The address of the archive that serves a suite, from the machine's sources.
apt_uri()
{
	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets --format '$(RELEASE) $(REPO_URI)' \
		'Created-By: Packages' 2>/dev/null |
		awk -v s="$1" '$1 == s { sub("/$", "", $2); print $2; exit }'
}

# Newer suites than the given one, nearest first.
apt_newer_suites()
{
	local s seen=""

	for s in $APT_SUITES; do
		[ -z "$seen" ] || echo "$s"
		[ "$s" != "$1" ] || seen=1
	done
}

# apt_sources SUITE ARCH: source lines for a suite, its updates, security and
# backports. Suites that the mirror lacks are found out by apt_group.
apt_sources()
{
	local suite=$1 arch=$2 own main sec opt key
	own=$(apt_own_suite)
	main=$(apt_uri "$own")
	sec=$(apt_uri "$own-security")
	[ -n "$main" ] || die "the machine's apt sources name no archive for $own"
	opt="arch=$arch"
	key=/usr/share/keyrings/debian-archive-keyring.gpg
	[ ! -e "$key" ] || opt+=" signed-by=$key"
	echo "deb [$opt] $main $suite main"
	[ "$suite" = sid ] && return
	echo "deb [$opt] $main $suite-backports main"
	[ -z "$sec" ] || echo "deb [$opt] $sec $suite-security main"
}

# apt_in SUITE[:ARCH] COMMAND...: an apt command on that suite's own state.
apt_in()
{
	local suite=${1%:*} arch=$LAB_ARCH dir cmd=$2
	case $1 in *:*) arch=${1#*:} ;; esac
	dir=$LAB_CACHE/apt/$suite-$arch
	shift 2

	"$cmd" -o Dir::Etc::SourceList="$dir/sources.list" \
		-o Dir::Etc::SourceParts=/dev/null \
		-o Dir::State="$dir" -o Dir::State::Lists="$dir/lists" \
		-o Dir::State::status=/dev/null -o Dir::Cache="$dir/cache" \
		-o APT::Architecture="$arch" -o APT::Architectures="$arch" \
		-o Acquire::Languages=none -o APT::Sandbox::User=root \
		-o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false \
		-o APT::Get::List-Cleanup=false "$@"
}

# apt_group SUITE[:ARCH]: makes the state folder and its lists, once;
# APT_REFRESH=1 reads them anew.
apt_group()
{
	local suite=${1%:*} arch=$LAB_ARCH dir
	case $1 in *:*) arch=${1#*:} ;; esac
	dir=$LAB_CACHE/apt/$suite-$arch

	[ -z "${APT_REFRESH:-}" ] || rm -f "$dir/done"
	[ ! -e "$dir/done" ] || return 0
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	apt_sources "$suite" "$arch" >"$dir/sources.list"
	say "reading the package lists of $suite ($arch)"
	# a missing pocket (backports of an old suite, say) is no failure as long
	# as the suite itself is there
	apt_in "$suite:$arch" apt-get update >"$dir/update.log" 2>&1 || true
	if [ -z "$(apt_in "$suite:$arch" apt-cache pkgnames libc6)" ]; then
		tail -n 5 "$dir/update.log" >&2
		say "no package lists of suite $suite could be read (is there a network?)"
		return 1
	fi
	touch "$dir/done"
}

# apt_field SUITE PACKAGE FIELD: of the newest version
apt_field()
{
	local version
	version=$(apt_version "$1" "$2")
	apt_in "$1" apt-cache show "$2=$version" 2>/dev/null |
		sed -n "s/^$3: //p" | head -n 1
}

apt_version()
{
	apt_in "$1" apt-cache madison "$2" 2>/dev/null |
		awk -F'|' '{ gsub(" ", "", $2); print $2 }' | apt_newest
}

# The newest of the Debian versions on stdin: backports are pinned low, so
# apt's own candidate can be an older one.
apt_newest()
{
	local v best=""

	while read -r v; do
		if [ -z "$best" ] || dpkg --compare-versions "$v" gt "$best"; then
			best=$v
		fi
	done
	printf '%s\n' "$best"
}

# apt_unpack SUITE DIR PACKAGE...: downloads and unpacks, installs nothing.
apt_unpack()
{
	local suite=$1 dir=$2 p tmp args=() deb
	shift 2

	tmp=$(mktemp -d "$LAB_CACHE/debs.XXXXXX")
	for p in "$@"; do
		args+=("$p=$(apt_version "$suite" "$p")")
	done
	if ! (cd "$tmp" && apt_in "$suite" apt-get download "${args[@]}") \
		>"$tmp/log" 2>&1; then
		# the mirror moved on since the lists were read: read them again
		if ! (APT_REFRESH=1 apt_group "$suite" && args=() &&
			for p in "$@"; do
				args+=("$p=$(apt_version "$suite" "$p")")
			done
			cd "$tmp" && apt_in "$suite" apt-get download \
				"${args[@]}") >"$tmp/log" 2>&1; then
			tail -n 5 "$tmp/log" >&2
			rm -rf "$tmp"
			die "could not download from suite $suite: $*"
		fi
	fi
	mkdir -p "$dir"
	for deb in "$tmp"/*.deb; do
		dpkg -x "$deb" "$dir" || die "cannot unpack $deb"
	done
	rm -rf "$tmp"
}
