# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# DKMS for real: from an installed copy of the source tree, for kernels whose
# headers lie in the lab's cache, into folders of its own; then the module
# that came out is loaded in a guest.

dkms_all()
{
	local k tmp version

	tmp=$(mktemp -d "$CACHE/dkms.XXXXXX")
	version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$TOP/dkms.conf")
	mkdir -p "$tmp/src/weft-$version" "$tmp/dkms" "$tmp/install"
	# what a package would ship: the files of the tree and nothing built
	git -C "$TOP" ls-files -co --exclude-standard -z |
		(cd "$TOP" && cpio -0 -pdm --quiet "$tmp/src/weft-$version") 2>/dev/null
	try "dkms add" dkms_run "$tmp" add -m weft -v "$version"
	for k in "$@"; do
		try "dkms build, install and load on $k" dkms_kernel "$tmp" "$version" "$k"
	done
	try "dkms remove" dkms_run "$tmp" remove -m weft -v "$version" --all
	rm -rf "$tmp"
}

dkms_run()
{
	local tmp=$1 cmd=$2
	shift 2
	dkms "$cmd" "$@" --sourcetree "$tmp/src" --dkmstree "$tmp/dkms" \
		--installtree "$tmp/install"
}

dkms_kernel()
{
	local tmp=$1 version=$2 name=$3 build rel ko log

	build=$("$LAB" kernel dir "$name") || return 1
	rel=$(basename "$build")
	rel=${rel#linux-headers-}
	dkms_run "$tmp" build -m weft -v "$version" -k "$rel" \
		--kernelsourcedir "$build" || {
		log=$(find "$tmp/dkms" -name make.log | head -n 1)
		[ -z "$log" ] || tail -n 30 "$log"
		return 1
	}
	mkdir -p "$tmp/install/$rel"
	dkms_run "$tmp" install -m weft -v "$version" -k "$rel" \
		--kernelsourcedir "$build" --no-depmod || return 1
	ko=$(find "$tmp/install/$rel" -name 'weft.ko*' | head -n 1)
	[ -n "$ko" ] || { echo "dkms installed no weft.ko"; return 1; }
	case $ko in
	*.xz)	xz -dk "$ko"; ko=${ko%.xz} ;;
	esac
	"$LAB" run --kernel "$name" --no-weft --module "$ko" --timeout 120 -- \
		sh -c 'modprobe weft && grep -q "^weft " /proc/modules && modprobe -r weft'
}
