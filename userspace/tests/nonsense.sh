#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Nonsense in every place of the command line: status 2, and a message that
# names the word and, where there is one, what was meant. Needs no kernel: what
# is wrong by itself is refused before the kernel is asked.
#
# WEFT is the tool.

weft=${WEFT:-weft}
count=0
failed=0

# refused WORD-OF-MESSAGE ARGUMENT...
refused()
{
	want=$1
	shift
	out=$("$weft" "$@" 2>&1 >/dev/null)
	status=$?
	count=$((count + 1))
	name="weft $*"
	case $status:$out in
	2:*"$want"*)
		echo "ok $count $name"
		return
		;;
	esac
	failed=$((failed + 1))
	echo "# status $status, want 2 and \"$want\": $out"
	echo "not ok $count $name"
}

# helped ARGUMENT...: help goes to standard output, with status 0
helped()
{
	count=$((count + 1))
	if out=$("$weft" "$@" 2>/dev/null) && [ -n "$out" ]; then
		echo "ok $count weft $*"
	else
		failed=$((failed + 1))
		echo "not ok $count weft $*"
	fi
}

echo "KTAP version 1"

refused "Usage"
refused "did you mean 'uplink'" uplik
refused "did you mean 'monitor'" moniter
refused "more than one command" p
refused "'' is not a command" ""
refused "not a command" "uplink show"
refused "did you mean 'json'" -jsno uplink
refused "'foo' is not an option" --foo
refused "needs a value" -n
refused "before the command" uplink show -b x
refused "=sometimes" -c=sometimes uplink
refused "no '='" --json=yes uplink
refused "from the file alone" -b /dev/null uplink

for command in uplink port class rule policy flow job; do
	refused "is not an action of '$command'" $command xyzzy
	refused "is not an action of '$command'" $command ""
	refused "did you mean 'show'" $command shwo
	refused "-j" $command show -j
	helped $command help
	helped help $command
	helped $command show help
done
helped monitor help
helped help
helped --help
helped -V
refused "not a command" help nonsense

for action in add set del; do
	refused "needs a device of this" uplink $action
	refused "given twice" uplink $action lo dev lo
	refused "due here" uplink $action a/b
	refused "due here" uplink $action ""
done
refused "did you mean 'rate'" uplink add lo rte 5mbit
refused "did you mean 'policy'" uplink add lo polcy deny
refused "'rate' needs a value" uplink add lo rate
refused "'rate 5mb'" uplink add lo rate 5mb
refused "'rate 0'" uplink add lo rate 0
refused "'rate -1mbit'" uplink add lo rate -1mbit
refused "'rate 999999999999999tbit'" uplink add lo rate 999999999999999tbit
refused "'rate none'" uplink add lo rate none
refused "allow, deny, audit" uplink add lo policy maybe
refused "on, off, flat" uplink add lo tunnels maybe
refused "on, off, flat" uplink set lo tunnels 1
refused "'tunnels' needs a value" uplink set lo tunnels
refused "exclude each other" uplink add lo rate 5mbit noqdisc
refused "something to set" uplink set lo
refused "given twice" uplink set lo policy deny policy allow
refused "is not a word of 'uplink show'" uplink show lo lo2

refused "needs a port" port set policy deny
refused "something to set" port set weft0
refused "1 to 65535" port set attach 0 policy deny
refused "1 to 65535" port set attach 65536 policy deny
refused "exclude each other" port set weft0 attach 3 policy deny
refused "'job 4294967296'" port set weft0 job 4294967296
refused "'job -1'" port set weft0 job -1
refused "allow, deny, audit" port set weft0 policy 2
refused "is not a word" port show weft0 weft1 dev weft2

refused "class or job" rule add port 80
refused "'priority x'" rule add priority x class other
refused "'priority 4294967296'" rule add prio 4294967296 class other
refused "'protocol tpc'" rule add protocol tpc class other
refused "'protocol 256'" rule add proto 256 class other
refused "'protocol 0'" rule add proto 0 class other
refused "0 to 32" rule add remote 10.0.0.0/33 class other
refused "behind its length" rule add remote 10.0.0.1/8 class other
refused "neither" rule add remote localhost class other
refused "'port 0'" rule add port 0 class other
refused "'port 65536'" rule add port 65536 class other
refused "must not lie behind" rule add port 90-80 class other
refused "'class' needs a value" rule add class
refused "'job 0'" rule add job 0
refused "'local 10.0.0.1/8'" rule add local 10.0.0.1/8 class other
refused "'mark x'" rule add mark x class other
refused "'mark 4294967296'" rule add mark 4294967296 class other
refused "its mask has not" rule add mark 3/1 class other
refused "due after the /" rule add mark 0/0 class other
refused "'dscp 64'" rule add dscp 64 class other
refused "'dscp fe'" rule add dscp fe class other
refused "'cgroup 0'" rule add cgroup 0 class other
refused "due here" rule add cgroup "" class other
refused "'job from' needs a value" rule add job from
refused "'job from x'" rule add job from x
refused "'job from 5'" rule add job from 5
refused "needs the cgroup" rule add job from cgroup
refused "given twice" rule add job 5 job from port
refused "exclude each other" rule add dev lo attach 1 class other
refused "needs a number" rule del
refused "'0'" rule del 0
refused "'five'" rule del five
refused "given twice" rule del 5 id 6
refused "is not a word" rule del 5 6

refused "needs one of ingress, egress" policy add
refused "needs one of ingress, egress" policy add deny
refused "needs one of allow, deny, audit" policy add ingress
refused "did you mean 'ingress'" policy add ingres deny
refused "did you mean 'deny'" policy add ingress dney
refused "'direction' is given twice" policy add ingress deny direction egress
refused "is not a word" policy add ingress deny egress
refused "did you mean 'remote'" policy add ingress deny remot 10.0.0.0/8
refused "needs a value" policy add ingress deny remote
refused "is not a word of 'policy add'" policy add ingress deny class token
refused "needs a number" policy del

refused "did you mean 'class'" flow show clas token
refused "'job none'" flow show job none
refused "'index x'" flow show index x
refused "is not a word of 'flow show'" flow show 10.0.0.1
refused "'x'" job show x
refused "'count 0'" monitor count 0
refused "'timeout 0'" monitor --timeout 0
refused "'timeout soon'" monitor timeout soon
refused "is not a word of 'monitor'" monitor everything
refused "did you mean 'verdict'" monitor verdit

# a batch names its line
printf '# a comment\n\nhelp\nuplik\n' >"${TMPDIR:-/tmp}/weft-nonsense.$$"
refused "line 4" -b "${TMPDIR:-/tmp}/weft-nonsense.$$"
printf 'uplink add "lo\n' >"${TMPDIR:-/tmp}/weft-nonsense.$$"
refused "quote" -b "${TMPDIR:-/tmp}/weft-nonsense.$$"
rm -f "${TMPDIR:-/tmp}/weft-nonsense.$$"

echo "1..$count"
echo "# Totals: pass:$((count - failed)) fail:$failed skip:0"
[ "$failed" -eq 0 ]
