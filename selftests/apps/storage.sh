#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Storage that the kernel itself speaks: its sockets are followed like others.
# shellcheck disable=SC2154 # host, peer: namespaces, see ns

. "$(dirname "$(readlink -f "$0")")/../lib.sh"

NQN=nqn.2024-01.org.weft:test
T=/sys/kernel/config/nvmet

# target PORT: a memory disk of the peer's
target()
{
	modprobe -qa null_blk nvmet nvmet-tcp nvme-tcp || skip "kernel: no NVMe over TCP"
	mountpoint -q /sys/kernel/config || mount -t configfs configfs /sys/kernel/config
	mkdir -p "$T/subsystems/$NQN/namespaces/1" "$T/ports/1"
	echo 1 >"$T/subsystems/$NQN/attr_allow_any_host"
	echo /dev/nullb0 >"$T/subsystems/$NQN/namespaces/1/device_path"
	echo 1 >"$T/subsystems/$NQN/namespaces/1/enable"
	echo tcp >"$T/ports/1/addr_trtype"
	echo ipv4 >"$T/ports/1/addr_adrfam"
	echo 10.9.0.2 >"$T/ports/1/addr_traddr"
	echo "$1" >"$T/ports/1/addr_trsvcid"
	# it listens where this is done
	must on peer ln -s "$T/subsystems/$NQN" "$T/ports/1/subsystems/$NQN"
}

untarget()
{
	nvme disconnect -n $NQN
	rm -f "$T/ports/1/subsystems/$NQN"
	rmdir "$T/ports/1" "$T/subsystems/$NQN/namespaces/1" "$T/subsystems/$NQN"
} >/dev/null 2>&1

# What a socket has sent and had acknowledged are its messages and their headers.
test_nvme()
{
	local disk sent counted

	topo
	must on host weft uplink add up0
	must on host weft profile load storage
	target 4444
	trap untarget EXIT
	must on host nvme connect -t tcp -a 10.9.0.2 -s 4444 -n $NQN -i 1
	# not nvme0c0n1, which is a path to it
	wait_for "the disk" eval 'disk=$(compgen -G "/dev/nvme[0-9]n1") && [ -b "$disk" ]'
	must dd if=/dev/zero of="$disk" bs=65536 count=64 oflag=direct status=none
	must dd if="$disk" of=/dev/null bs=65536 count=16 iflag=direct status=none
	on host weft -s flow show
	# the queue for commands to the controller, and the one for data
	is "its connections" "$(flows '.acceptor_port == 4444' '.stream, .class' | sort | uniq -c |
		awk '{ print $1, $2 }')" "2 checkpoint
2 storage/nvme-tcp"
	# the other has something to say every few seconds
	counted=$(flows '.acceptor_port == 4444' '.tx_framed | .bytes + 8 * .messages' | sort -n | tail -n 1)
	sent=$(on host ss -Htni "dport = :4444" | grep -o 'bytes_acked:[0-9]*' | cut -d: -f2 | sort -n |
		tail -n 1)
	is "bytes of the data's messages, and of a SYN" "$counted" $((sent - 1))
	compare "of which data" "$sent" -ge $((64 * 65536))
}

nfs_down()
{
	umount "$WORK/mnt"
	on peer rpc.nfsd 0
	on peer exportfs -ua
	umount "$WORK/export" /proc/fs/nfsd
} >/dev/null 2>&1

test_nfs()
{
	local words

	topo
	must on host weft uplink add up0
	must on host weft profile load storage
	modprobe -qa nfsd nfs nfsv4 || skip "kernel: no NFS"
	mkdir "$WORK/export" "$WORK/mnt"
	must mount -t tmpfs none "$WORK/export"
	mkdir -p /var/lib/nfs/v4recovery
	# the server of the namespace in which it is mounted
	must on peer mount -t nfsd nfsd /proc/fs/nfsd
	trap nfs_down EXIT
	on peer rpc.mountd -N 3 -F >"$WORK/mountd" 2>&1 &
	words="rw,fsid=0,no_root_squash,insecure,no_subtree_check"
	must on peer exportfs -o "$words" "10.9.0.1:$WORK/export"
	must on peer rpc.nfsd -N 3 -V 4.2 -p 2050 1
	on peer sh -c 'echo Y >/proc/fs/nfsd/v4_end_grace' 2>/dev/null
	must on host timeout "$WAIT" mount -t nfs4 -o port=2050,vers=4.2 10.9.0.2:/ "$WORK/mnt"
	must dd if=/dev/zero of="$WORK/mnt/f" bs=65536 count=32 conv=fsync status=none
	on host weft -s flow show
	flow_is '.acceptor_port == 2050' stream=storage/nfs class=dataset
	compare "bytes in its calls" "$(flow '.acceptor_port == 2050' tx_framed.bytes)" -ge $((32 * 65536))
}

run_tests "$@"
