#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The tool: what it says to nonsense, JSON, help, completion, manual.

. "$(dirname "$(readlink -f "$0")")/lib.sh"

WORDS="uplink port class rule policy flow job transfer table monitor help"

ready()
{
	topo
	must on host weft uplink add up0
	port a 11
	must on host weft rule add port 8 class gradient job 4
	must on host weft policy add egress deny protocol udp port 99
	must ask host 10.9.0.2 7
	must ask a fd09::2 8
	on host talk blast 10.9.0.2 99 10 1
}

test_every_show_is_json()
{
	ready
	for word in uplink port class rule policy flow job table; do
		# closed ones are gone after 2 s; this one stays for 30
		must on host talk blast 10.9.0.2 98 10 1
		for options in -j "-j -p" "-j -s" "-j -d"; do
			# shellcheck disable=SC2086 # words
			on host weft $options $word show >"$WORK/out" ||
				fail "weft $options $word show"
			check "weft $options $word show is a JSON list" \
				jq -e 'type == "array" and length > 0' "$WORK/out"
		done
		for options in "" -s -d; do
			# shellcheck disable=SC2086
			on host weft $options $word >"$WORK/out" || fail "weft $options $word"
			check "weft $options $word prints something" test -s "$WORK/out"
		done
	done
	for word in uplink port policy flow job; do
		is "weft -j $word show, with nothing to show" \
			"$(on peer weft -j $word show)" "[]"
	done
}

test_nonsense_to_every_word()
{
	topo
	must on host weft uplink add up0
	refused "nonsense" on host weft nonsense
	refused "did you mean.*uplink" on host weft uplnk
	refused "did you mean.*policy" on host weft polcy show
	for word in $WORDS; do
		refused "nonsense" on host weft $word nonsense
		[ $word = monitor ] || refused "nonsense" on host weft $word show nonsense
	done
	for words in "uplink add" "uplink set up0" "uplink del" "rule add" "rule del" \
		"policy add" "policy del" "port set up0" "table set" "flow set 1" "flow del 1"; do
		# shellcheck disable=SC2086 # words
		refused "nonsense" on host weft $words nonsense
		# shellcheck disable=SC2086
		refused "." on host weft $words
		# shellcheck disable=SC2086
		refused "." on host weft $words ""
	done
	refused "did you mean.*port" on host weft rule add prt 5 class token
	refused "twice" on host weft rule add port 5 port 6 class token
	refused "needs a value" on host weft rule add port
	refused "rate" on host weft uplink set up0 rate 0
	refused "rate" on host weft uplink set up0 rate -5
	refused "rate" on host weft uplink set up0 rate 99999999999999999999gbit
	refused "rate" on host weft uplink set up0 rate fast
	refused "." on host weft -x uplink show
	is "nothing was changed" "$(on host weft -j policy show)" "[]"
	is "nor added" "$(on host weft -j rule show | jq '[.[] | select(.shipped | not)] | length')" 0
	is "one uplink" "$(on host weft -j uplink show | jq length)" 1
}

test_kernel_messages_name_the_word()
{
	topo
	refused "weft:.*loopback" on host weft uplink add lo
	must on host weft uplink add up0
	refused "60000" on host weft policy add egress deny attach 60000
	refused "4711" on host weft rule del 4711
	refused "31" on host weft rule add class 31
}

test_help_on_every_word()
{
	check "weft help" sh -c 'weft help | grep -q uplink'
	for word in $WORDS; do
		check "weft $word help" sh -c "weft $word help | grep -q 'weft $word'"
		check "weft help $word" sh -c "weft help $word | grep -q 'weft $word'"
	done
	check "version" sh -c 'weft -V | grep -qi weft'
}

test_without_the_module()
{
	local out

	# a namespace is no help here: the family is the kernel's
	unload || fail "cannot unload"
	out=$(weft uplink show 2>&1) && fail "it works without the module"
	check "it says what to do" grep -qi "modprobe\|module" <<<"$out"
	modprobe weft
}

test_without_permission()
{
	local out

	topo
	out=$(on host setpriv --reuid=65534 --regid=65534 --clear-groups weft uplink show 2>&1) &&
		fail "anybody can look"
	check "it says why" grep -qi "permit\|permission\|CAP_NET_ADMIN" <<<"$out"
}

test_closed_output()
{
	topo
	# as "weft rule show | head" does it
	on host sh -c 'weft rule show | true' || fail "a closed pipe is a failure"
	on host sh -c 'weft -j rule show >/dev/full' 2>"$WORK/err" &&
		fail "a full disk is no failure"
	return 0
}

test_completion()
{
	local file
	file=/usr/share/bash-completion/completions/weft
	[ -e "$file" ] || die "no completion file"
	complete_words() {
		bash -c '
			. /usr/share/bash-completion/bash_completion 2>/dev/null
			. "$1"
			fn=$(complete -p weft | sed -n "s/.*-F \([^ ]*\).*/\1/p")
			shift
			COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
			COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
			$fn weft "${@: -1}" "${@: -2:1}"
			printf "%s\n" "${COMPREPLY[@]}"' - "$file" "$@"
	}
	check "commands" sh -c 'grep -qw uplink' < <(complete_words weft up)
	check "actions" sh -c 'grep -qw add' < <(complete_words weft uplink a)
	check "words" sh -c 'grep -qw protocol' < <(complete_words weft policy add egress deny proto)
	check "values" sh -c 'grep -qw deny' < <(complete_words weft policy add egress de)
}

# The examples of the manual are commands that work.
# Every page's examples as they stand, from top to bottom, on a device eth0.
test_manual_examples()
{
	local page name

	for name in weft tc-weft weft-class weft-flow weft-job weft-monitor \
		weft-policy weft-port weft-rule weft-table weft-transfer \
		weft-uplink; do
		page=$(find /usr/share/man/man8 /usr/local/share/man/man8 \
			-name "$name.8*" 2>/dev/null | head -n 1)
		[ -n "$page" ] || die "no manual page $name"
		case $page in
		*.gz) zcat "$page" ;;
		*) cat "$page" ;;
		esac | awk '
			/^\.SH/ { wanted = /EXAMPLES/ }
			wanted && /^\.EX/ { inside = 1; next }
			/^\.EE/ { inside = 0 }
			inside { gsub(/\\-/, "-"); gsub(/\\\\/, "\\"); print }' >"$WORK/examples"
		check "$name has examples" test -s "$WORK/examples"
		# a /run of its own, for namespaces that have names
		unshare --net --mount --propagation private bash -c '
			mount -t tmpfs tmpfs /run &&
			ip link add eth0 type veth peer name peer0 &&
			ip link set eth0 up && ip link set peer0 up &&
			exec bash -e -o pipefail -x /dev/fd/9' \
			9<"$WORK/examples" >"$WORK/out" 2>&1 ||
			fail "$name: $(tail -n 3 "$WORK/out")"
	done
}

run_tests "$@"
