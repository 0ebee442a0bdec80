# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A guest: its initramfs, its QEMU command line, its end.
#
# Software emulation always: where the machine offers KVM it is often nested,
# and emulates stock kernels more slowly than TCG does. The guest talks to the
# host through files of its log folder (shared as "lab"): cmd and env in,
# dmesg and kmemleak out, and through three virtio ports: output, errors, and
# control ("up", "exit STATUS", "done").

# guest_initramfs: sets GUEST_INITRD and GUEST_FS for the kernel of kernel_info
guest_initramfs()
{
	local key dir

	key=$(sha256sum "$LAB_DIR/guest/initramfs-init" "$LAB_DIR/lib/guest.sh" \
		"$K_DIR/info" | sha256sum | cut -c1-16)
	dir=$LAB_CACHE/initramfs/$K_REL-$key
	GUEST_INITRD=$dir/initrd
	if [ ! -e "$dir/fs" ]; then
		with_lock "initramfs-$K_REL" guest_initramfs_locked "$dir" || return 1
	fi
	GUEST_FS=$(cat "$dir/fs")
}

guest_needs()
{
	modprobe -d "$K_DIR" -S "$K_REL" --show-depends "$1" 2>/dev/null
}

guest_initramfs_locked()
{
	local dir=$1 tmp=$1.tmp fs=9p m file modules

	[ ! -e "$dir/fs" ] || return 0
	# the cloud flavour has virtiofs and no 9p
	guest_needs 9p >/dev/null || fs=virtiofs
	modules="virtio_pci virtio_console overlay"
	if [ $fs = 9p ]; then
		modules+=" 9pnet_virtio 9p"
	else
		modules+=" virtiofs"
	fi
	rm -rf "$tmp"
	mkdir -p "$tmp/root/bin" "$tmp/root/modules"
	cp "$(command -v busybox)" "$tmp/root/bin/busybox"
	ln -s busybox "$tmp/root/bin/sh"
	cp "$LAB_DIR/guest/initramfs-init" "$tmp/root/init"
	chmod +x "$tmp/root/init"
	: >"$tmp/order"
	for m in $modules; do
		guest_needs "$m" | sed -n 's/^insmod \([^ ]*\).*/\1/p' >>"$tmp/order"
	done
	awk '!seen[$0]++' "$tmp/order" | while read -r file; do
		cp "$file" "$tmp/root/modules/"
		basename "$file" >>"$tmp/root/modules/order"
	done
	touch "$tmp/root/modules/order"
	(cd "$tmp/root" && find . | cpio -o -H newc --quiet -R 0:0 | gzip -1) \
		>"$tmp/initrd" || return 1
	rm -rf "$dir" "$tmp/root"
	echo "$fs" >"$tmp/fs"
	mv "$tmp" "$dir"
}

guest_main()
{
	local mode=$1 arg
	shift

	G_KERNEL=6.1 G_ICOUNT="" G_CPUS="" G_MEM="" G_TIMEOUT=600 G_VTIME=3600
	G_RESULTS="" G_ENV=() G_WEFT=1 G_SPLAT="" G_MODULES=() G_NIC=() G_APPEND=""
	while [ $# -gt 0 ]; do
		arg=$1
		case $arg in
		--kernel|--cpus|--mem|--timeout|--vtime|--results|--env|--module|--nic|--append)
			[ $# -ge 2 ] || die "$arg needs a value"
			;;
		esac
		case $arg in
		--cpus|--mem|--timeout|--vtime)
			[[ $2 =~ ^[1-9][0-9]*$ ]] || die "$arg needs a number, not '$2'"
			;;
		esac
		case $arg in
		--kernel)	G_KERNEL=$2; shift ;;
		--debug)	G_KERNEL=debug ;;
		--kcsan)	G_KERNEL=kcsan ;;
		--icount)	G_ICOUNT=1 ;;
		--cpus)		G_CPUS=$2; shift ;;
		--mem)		G_MEM=$2; shift ;;
		--timeout)	G_TIMEOUT=$2; shift ;;
		--vtime)	G_VTIME=$2; shift ;;
		--results)	G_RESULTS=$2; shift ;;
		--env)		G_ENV+=("$2"); shift ;;
		--module)	G_MODULES+=("$(readlink -f "$2")"); shift ;;
		--nic)		G_NIC+=("$2"); shift ;;
		--append)	G_APPEND+=" $2"; shift ;;
		--no-weft)	G_WEFT="" ;;
		--splat)	G_SPLAT=1 ;;
		--quiet)	LAB_QUIET=1 ;;
		--)		shift; break ;;
		-*)		die "no option $arg (see: lab help)" ;;
		*)		break ;;
		esac
		shift
	done
	if [ "$mode" = shell ]; then
		# a start file made for a fast machine can take a minute here
		# shellcheck disable=SC2016 # for the inner shell
		[ $# -gt 0 ] || set -- env 'PS1=\h:\w\$ ' bash --norc -i
		G_TIMEOUT=86400
	elif [ $# -eq 0 ]; then
		die "no command (see: lab help)"
	fi
	setup_for lab
	guest_prepare || die "the guest could not be made ready"
	guest_run "$mode" "$@"
}

guest_prepare()
{
	qemu_find
	kernel_info "$G_KERNEL" || return 1
	guest_initramfs || return 1
	TOOLS_DIR=$LAB_CACHE/tools/none
	mkdir -p "$TOOLS_DIR"
	JQ_DIR=
	if [ -n "$G_WEFT" ]; then
		module_build "$G_KERNEL" weft || return 1
		G_MODULES+=("$MODULE_KO")
		setup_for test
		tools_build || return 1
		jq_find
	fi
	if [ -n "$G_SPLAT" ]; then
		module_build "$G_KERNEL" weft_splat || return 1
		G_MODULES+=("$MODULE_KO")
	fi
	module_tree "$G_KERNEL" "${G_MODULES[@]}"
}

# guest_share TAG FOLDER MODE: adds to the QEMU command line in Q
guest_share()
{
	local tag=$1 path=$2 mode=$3 sock ro=""

	if [ "$GUEST_FS" = 9p ]; then
		[ "$mode" = rw ] || ro=,readonly=on
		Q+=(-virtfs "local,path=$path,mount_tag=$tag,security_model=none,multidevs=remap$ro")
		return
	fi
	# virtiofsd has a socket and a process a share; it ends with its guest
	sock=$G_RUN/$tag.sock
	/usr/lib/qemu/virtiofsd --socket-path="$sock" -o "source=$path" -o cache=auto \
		-o sandbox=chroot >"$G_RUN/virtiofsd-$tag.log" 2>&1 &
	G_HELPERS+=($!)
	until [ -S "$sock" ]; do sleep 0.05; done
	Q+=(-chardev "socket,id=fs$tag,path=$sock"
	    -device "vhost-user-fs-pci,chardev=fs$tag,tag=$tag")
}

guest_env()
{
	local name path=$JQ_DIR${JQ_DIR:+:}

	printf '%s\0' "LAB_CWD=$PWD" "TERM=${TERM:-dumb}" "WEFT_KERNEL=$G_KERNEL" \
		"WEFT_TOP=$LAB_TOP" "LAB_MULTIARCH=$(gcc -print-multiarch)"
	case $G_KERNEL in
	debug|kcsan)
		printf '%s\0' "LAB_STATIC=$TOOLS_STATIC"
		path+=$TOOLS_STATIC:
		;;
	esac
	printf '%s\0' "LAB_PATH=$path"
	[ -z "$G_ICOUNT" ] || printf '%s\0' LAB_ICOUNT=1 "LAB_VTIME=$G_VTIME"
	[ -z "$G_RESULTS" ] || printf '%s\0' LAB_RESULTS_SHARE=1
	[ ${#G_NIC[@]} -eq 0 ] || printf '%s\0' LAB_NIC=1
	[ "$1" = run ] || printf '%s\0' LAB_SHELL=1 "LAB_ROWS=$(tput lines 2>/dev/null)" \
		"LAB_COLS=$(tput cols 2>/dev/null)"
	for name in "${!WEFT_@}" "${G_ENV[@]}"; do
		[ -z "${!name+set}" ] || printf '%s\0' "$name=${!name}"
	done
}

guest_command_line()
{
	local mode=$1 append nic n=0 mem=1024 cpus=2

	append="console=ttyS0 loglevel=5 log_buf_len=4M panic=-1 oops=panic"
	append+=" mitigations=off kasan_multi_shot nokaslr no5lvl no_timer_check random.trust_cpu=on"
	append+=" weftlab.fs=$GUEST_FS weftlab.dir=$LAB_DIR net.ifnames=0 audit=0"
	# conntrack looks through its table all the time; and a checker that sees
	# each page charged costs a fourth of all that is done, for code that
	# isn't ours
	case $G_KERNEL in
	debug|kcsan)
		mem=1536
		append+=" nf_conntrack.hashsize=256 cgroup_disable=memory"
		;;
	esac
	append+=$G_APPEND

	# without the widest vectors, since the C library would use them for each string,
	# and an emulator takes them lane by lane: a tenth of a program's start
	# q35 and not the older board: that one's interrupt routing is a loop in
	# ACPI byte code, which a kernel with checkers runs for half a minute a
	# device
	Q=("${QEMU[@]}" -machine q35 -nodefaults -no-user-config -display none -no-reboot
	   -kernel "$K_DIR/vmlinuz" -initrd "$GUEST_INITRD" -append "$append"
	   -cpu max,-avx,-avx2 -m "${G_MEM:-$mem}" -device virtio-rng-pci
	   -chardev "file,id=log,path=$G_RUN/console" -serial chardev:log
	   -device virtio-serial-pci,max_ports=8
	   -chardev "file,id=ctl,path=$G_RUN/ctl"
	   -device virtserialport,chardev=ctl,name=weft.ctl)
	if [ -n "$G_ICOUNT" ]; then
		Q+=(-accel tcg,thread=single -icount shift=0,sleep=off -smp 1)
	else
		Q+=(-accel tcg,thread=multi -smp "${G_CPUS:-$cpus}")
	fi
	if [ "$GUEST_FS" != 9p ]; then
		Q+=(-object "memory-backend-memfd,id=mem,size=${G_MEM:-$mem}M,share=on"
		    -numa node,memdev=mem)
	fi
	if [ "$mode" = shell ]; then
		Q+=(-chardev stdio,id=tty,signal=off -device virtconsole,chardev=tty)
	else
		Q+=(-chardev "file,id=out,path=$G_RUN/out"
		    -device virtserialport,chardev=out,name=weft.out
		    -chardev "file,id=err,path=$G_RUN/err"
		    -device virtserialport,chardev=err,name=weft.err)
	fi
	for nic in "${G_NIC[@]}"; do
		Q+=(-netdev "hubport,id=n$n,hubid=$n" -device "$nic,netdev=n$n")
		n=$((n + 1))
	done
	[ ${#G_NIC[@]} -gt 0 ] || Q+=(-nic none)
	guest_share root / ro
	guest_share mods "$MODULE_TREE" ro
	guest_share tools "$TOOLS_DIR" ro
	guest_share lab "$G_RUN" rw
	[ -z "$G_RESULTS" ] || guest_share results "$G_RESULTS" rw
}

guest_stop()
{
	[ ${#G_HELPERS[@]} -eq 0 ] || kill "${G_HELPERS[@]}" 2>/dev/null
	[ -z "$G_PID" ] || kill "$G_PID" 2>/dev/null
}

# As many guests at once as this machine can carry (LAB_GUESTS): emulation takes
# whole CPUs, and guests that share one take each other's tests over their time.
guest_slot()
{
	local n slot told=

	mkdir -p "$LAB_CACHE/slots"
	while :; do
		for ((n = 1; n <= LAB_GUESTS; n++)); do
			exec {slot}>"$LAB_CACHE/slots/$n"
			flock -n "$slot" && return
			exec {slot}>&-
		done
		[ -n "$told" ] || say "waiting for one of $LAB_GUESTS guests to end"
		told=1
		sleep 1
	done
}

# Into $out and $err; its status is QEMU's, or that of timeout(1).
guest_emulate()
{
	local rc=0

	timeout -k 5 "$G_TIMEOUT" "${Q[@]}" </dev/null >"$G_RUN/qemu.log" 2>&1 \
		{out}<&- {err}<&- &
	G_PID=$!
	wait $G_PID || rc=$?
	G_PID=""
	return $rc
}

guest_run()
{
	local mode=$1 rc=0 cats=() out err
	shift

	G_RUN=$(mktemp -d "$LAB_LOGS/$(date +%m%d-%H%M%S)-$G_KERNEL-XXXX")
	G_PID="" G_HELPERS=()
	if [ -n "$G_RESULTS" ]; then
		mkdir -p "$G_RESULTS"
		G_RESULTS=$(readlink -f "$G_RESULTS")
	fi
	mkdir "$G_RUN/results"
	printf '%s\0' "$@" >"$G_RUN/cmd"
	guest_env "$mode" >"$G_RUN/env"
	guest_command_line "$mode"
	printf '%q ' "${Q[@]}" >"$G_RUN/qemu"
	trap guest_stop EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM

	if [ "$mode" = shell ]; then
		say "kernel log in $G_RUN/console; exit ends the guest"
		local tty
		tty=$(stty -g 2>/dev/null)
		[ -z "$tty" ] || stty raw -echo
		"${Q[@]}" 2>"$G_RUN/qemu.log" || rc=$?
		[ -z "$tty" ] || stty "$tty"
		guest_verdict "$rc"
		return
	fi
	# Held open here for reading and writing, so that no opening ever blocks;
	# the readers end when the guest and this shell have let go.
	mkfifo "$G_RUN/out" "$G_RUN/err"
	exec {out}<>"$G_RUN/out" {err}<>"$G_RUN/err"
	cat <"$G_RUN/out" {out}<&- {err}<&- &
	cats+=($!)
	cat <"$G_RUN/err" >&2 {out}<&- {err}<&- &
	cats+=($!)
	guest_slot
	guest_emulate || rc=$?
	if [ "$rc" -eq 134 ] && ! grep -q "^up " "$G_RUN/ctl"; then
		# an assertion of QEMU's own, and the command has not begun
		say_always "QEMU gave up, once more: $(tail -n 1 "$G_RUN/qemu.log")"
		rc=0
		guest_emulate || rc=$?
	fi
	exec {out}<&- {err}<&-
	wait "${cats[@]}" 2>/dev/null
	rm -f "$G_RUN/out" "$G_RUN/err"
	guest_verdict "$rc"
}

# How it ended: the command's status only if the guest said it and the kernel
# had nothing to say.
guest_verdict()
{
	local rc=$1 status splat

	status=$(sed -n 's/^exit \([0-9]*\)$/\1/p' "$G_RUN/ctl" 2>/dev/null | head -n 1)
	splat=$(splat_find "$LAB_DIR/splat.allow" "$G_RUN/console" "$G_RUN/dmesg" |
		sort -u -t']' -k2 | head -n 20)
	if [ -s "$G_RUN/kmemleak" ]; then
		splat+="${splat:+$'\n'}memory leak, see $G_RUN/kmemleak"
	fi
	if [ -n "$splat" ]; then
		say_always "the kernel found a bug:"
		printf '%s\n' "$splat" >&2
		guest_log_end
		[ ! -s "$G_RUN/kmemleak" ] || head -n 40 "$G_RUN/kmemleak" >&2
		exit "$LAB_EX_SPLAT"
	fi
	if [ "$rc" -eq 124 ] || [ "$rc" -eq 137 ]; then
		say_always "killed after $G_TIMEOUT s${status:+ (the command had ended with $status)}"
		guest_log_end
		exit "$LAB_EX_TIMEOUT"
	fi
	if [ ! -s "$G_RUN/console" ] && [ "$rc" -ne 0 ]; then
		# no guest, so nothing that a guest did
		tail -n 5 "$G_RUN/qemu.log" >&2
		die "QEMU did not start (status $rc): $G_RUN/qemu"
	fi
	if [ -z "$status" ] || ! grep -qx "done" "$G_RUN/ctl"; then
		say_always "the guest died without a word"
		tail -n 5 "$G_RUN/qemu.log" >&2
		guest_log_end
		exit "$LAB_EX_SPLAT"
	fi
	if [ -n "$G_ICOUNT" ] && [ "$status" -eq 124 ]; then
		say_always "the command used up its $G_VTIME s of guest time"
	fi
	[ "$status" -eq 0 ] || say "status $status; kernel log: $G_RUN"
	exit "$status"
}

say_always()
{
	printf 'lab: %s\n' "$*" >&2
}

guest_log_end()
{
	local log=$G_RUN/dmesg
	[ -s "$log" ] || log=$G_RUN/console
	say_always "the end of the kernel log ($log):"
	tail -n "${LAB_TAIL:-60}" "$log" >&2
}
