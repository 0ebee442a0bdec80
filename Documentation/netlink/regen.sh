#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Makes from the netlink specification what is generated of it: the uapi header
# and the kernel's policy tables. Uses the kernel's own generator, unmodified:
#
#	Documentation/netlink/regen.sh --kernel-source DIR [--check]
#	Documentation/netlink/regen.sh --check
#
# DIR is the source of Linux 6.12 (other releases' generators may order things
# differently); it is only read. With --check nothing is written: exit status 1
# and a diff tell that a generated file is not what the specification says.
# Without DIR, checksums that the last run left tell the same: that neither the
# specification nor what was made of it, nor this script, has changed since.
# Needs python3 with yaml and jsonschema (Debian: python3-yaml,
# python3-jsonschema).

set -eu

usage()
{
	echo "usage: ${0##*/} --kernel-source DIR [--check]" >&2
	echo "       ${0##*/} --check" >&2
	exit 2
}

fail()
{
	echo "${0##*/}: $*" >&2
	exit 2
}

top=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
source=
check=
while [ $# -gt 0 ]; do
	case $1 in
	--kernel-source)
		[ $# -ge 2 ] || usage
		source=$2
		shift
		;;
	--check)
		check=1
		;;
	*)
		usage
		;;
	esac
	shift
done

spec=Documentation/netlink/specs/weft.yaml
sums=Documentation/netlink/weft.sha256
generated="include/uapi/linux/weft.h kmod/netlink-gen.h kmod/netlink-gen.c"

if [ -z "$source" ]; then
	[ -n "$check" ] || usage
	cd "$top"
	sha256sum --check --quiet "$sums" && exit
	echo "changed since ${0##*/} last ran: run it again, with --kernel-source" >&2
	exit 1
fi
source=$(cd "$source" 2>/dev/null && pwd) || fail "no such folder: $source"

for generator in tools/net/ynl/ynl-gen-c.py tools/net/ynl/pyynl/ynl_gen_c.py; do
	[ ! -e "$source/$generator" ] || break
done
[ -e "$source/$generator" ] ||
	fail "no netlink generator in $source: is it the source of Linux 6.12?"
python3 -c 'import jsonschema, yaml' 2>/dev/null ||
	fail "python3 lacks yaml or jsonschema (python3-yaml, python3-jsonschema)"

# The generator finds the schema beside the folder of the specification, and
# writes the specification's path into what it makes, from the folder above that
# has a MAINTAINERS file (without one it looks for ever).
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/Documentation/netlink/specs" "$work/out"
touch "$work/MAINTAINERS"
cp "$source"/Documentation/netlink/*.yaml "$work/Documentation/netlink/"
cp "$top/$spec" "$work/$spec"

generate()
{
	(cd "$work" && PYTHONDONTWRITEBYTECODE=1 \
		timeout 60 python3 "$source/$generator" "$@" \
		--spec "$work/$spec")
}

generate --mode uapi --header -o out/weft.h
generate --mode kernel --header -o out/netlink-gen.h
generate --mode kernel --source -o out/netlink-gen.c

# Two things the generator has no form for:
#  - the ops that kernels before 6.2 know have one policy for do and dump, but
#    it writes one for each and names a third. The two must be the same, and
#    one of them stays under the name that the table of ops uses;
#  - the table of groups is static, though only the family needs it, and cannot
#    say who may join. So netlink.c has the table, and this one goes.
python3 - "$work/out/netlink-gen.c" "$work/out/netlink-gen.h" <<'EOF'
import re
import sys

source, header = sys.argv[1:]
text = open(source).read()
policy = re.compile(r'/\* \S+ - (do|dump) \*/\n'
                    r'const struct nla_policy weft_(\w+)_\1_nl_policy(.*?\n};\n)\n',
                    re.S)
bodies = {}
for mode, op, body in policy.findall(text):
    bodies.setdefault(op, {})[mode] = body
for op, body in bodies.items():
    if len(body) != 2 or body['do'] != body['dump']:
        sys.exit(f'{op}: do and dump must take the same attributes')
text = policy.sub(lambda m: '' if m[1] == 'dump' else
                  m[0].replace('_do_nl_policy', '_nl_policy')
                      .replace(' - do */', ' - do and dump */'), text)
text, n = re.subn(r'\nstatic const struct genl_multicast_group .*?\n};\n',
                  '', text, flags=re.S)
if n != 1:
    sys.exit('no table of groups to take out')
open(source, 'w').write(text.rstrip('\n') + '\n')

text = open(header).read()
open(header, 'w').write(text.replace('_do_nl_policy', '_nl_policy'))
EOF

status=0
for file in $generated; do
	made=$work/out/${file##*/}
	if [ -z "$check" ]; then
		cmp -s "$made" "$top/$file" || cp "$made" "$top/$file"
	elif ! diff -u --label "$file" --label "$file (as specified)" \
			"$top/$file" "$made"; then
		status=1
	fi
done
if [ -z "$check" ]; then
	cd "$top"
	# shellcheck disable=SC2086 # a list of words
	sha256sum "$spec" Documentation/netlink/regen.sh $generated >"$sums"
fi
exit $status
