# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Host packages: only what is missing is installed, and only from the
# machine's own suite.  Without a network the missing names are said, so that
# somebody can carry them in.

# What the lab needs to fetch kernels, build modules and run guests.
SETUP_LAB="qemu-system-x86 busybox-static cpio kmod rsync xz-utils zstd
	build-essential bc flex bison libelf-dev libssl-dev pahole python3
	iproute2 iputils-ping ethtool pkg-config"
# What the tools and the tests in the guest need.
SETUP_TEST="libnl-3-dev libnl-genl-3-dev libnl-route-3-dev libyaml-dev
	libjson-c-dev python3-yaml libnl-3-200 libnl-genl-3-200 nftables
	iperf3 socat tcpdump python3-scapy jq patchelf"
# What the checks need on top.
SETUP_CHECK="shellcheck sparse git dkms linux-source-6.1 clang libclang-rt-14-dev"
# What a chroot of a newer suite is made with.
SETUP_CHROOT="mmdebstrap debian-archive-keyring"
# Compile tests for other machines.
SETUP_CROSS="gcc-aarch64-linux-gnu"
# Real programs whose traffic the tests look at.
SETUP_APPS="python3-torch openmpi-bin python3-mpi4py ucx-utils nvme-cli
	rdma-core ibverbs-providers perftest nghttp2-client nghttp2-server
	redis-server redis-tools nfs-kernel-server nfs-common"
# What the demo shows.
SETUP_DEMO="python3-torch python3-matplotlib sockperf"

setup_missing()
{
	local have p

	# one question for all: this is asked at every start of a guest
	have=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null)
	for p in "$@"; do
		case $'\n'$have$'\n' in
		*$'\n'"$p installed"$'\n'*) ;;
		*) printf '%s ' "$p" ;;
		esac
	done
}

# setup_packages NAME...: installs what is missing of these packages.
setup_packages()
{
	local missing log=$LAB_LOGS/setup.log

	missing=$(setup_missing "$@")
	[ -n "$missing" ] || return 0
	[ "$(id -u)" -eq 0 ] || die "missing packages, install them as root: $missing"
	say "installing: $missing"
	# shellcheck disable=SC2086 # a list of words
	if ! setup_install $missing >"$log" 2>&1; then
		tail -n 15 "$log" >&2
		die "these packages are missing and could not be installed (is there a network?): $(setup_missing "$@")"
	fi
}

setup_install()
{
	export DEBIAN_FRONTEND=noninteractive
	apt-get install -y --no-install-recommends "$@" && return 0
	# old lists name versions that are gone from the mirror
	apt-get update && apt-get install -y --no-install-recommends "$@"
}

setup_for()
{
	local what list=""

	for what in "$@"; do
		case $what in
		lab)	list+=" $SETUP_LAB" ;;
		test)	list+=" $SETUP_TEST" ;;
		check)	list+=" $SETUP_CHECK" ;;
		chroot)	list+=" $SETUP_CHROOT" ;;
		cross)	list+=" $SETUP_CROSS" ;;
		apps)	list+=" $SETUP_APPS" ;;
		demo)	list+=" $SETUP_DEMO" ;;
		*)	die "no set of packages named $what" ;;
		esac
	done
	# shellcheck disable=SC2086 # a list of words
	with_lock setup setup_packages $list
}
