#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Two ranks of PyTorch that all-reduce over Gloo.

ranks.py NETNS DEV NETNS DEV ADDR PORT SIZE...
        rank 0 in the first namespace, on its device, with the store at
        ADDR:PORT; rank 1 in the second. Each SIZE is a number of floats to
        all-reduce. When all are reduced, and right, this ends; the ranks keep
        their connections until somebody kills them.

Importing PyTorch takes most of a minute in an emulated guest, so it is done
once, and the ranks are forked.
"""
import ctypes
import datetime
import os
import sys
import time

import torch
import torch.distributed as dist

CLONE_NEWNET = 0x40000000


def enter_netns(name):
    libc = ctypes.CDLL(None, use_errno=True)
    with open(f"/run/netns/{name}", "rb") as netns:
        if libc.setns(netns.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"setns {name}")


def rank(number, netns, dev, address, port, sizes):
    enter_netns(netns)
    os.environ.update(MASTER_ADDR=address, MASTER_PORT=port, GLOO_SOCKET_IFNAME=dev)
    torch.set_num_threads(1)
    dist.init_process_group("gloo", rank=number, world_size=2,
                            timeout=datetime.timedelta(hours=1))
    for size in sizes:
        tensor = torch.full((size,), float(number + 1))
        dist.all_reduce(tensor)
        if not torch.all(tensor == 3.0):
            raise ValueError(f"{size} floats are not reduced")


def main(words):
    ends, (address, port), sizes = words[:4], words[4:6], list(map(int, words[6:]))
    heard, said = os.pipe()
    for number in range(2):
        if os.fork():
            continue
        os.close(heard)
        os.setsid()
        try:
            rank(number, *ends[2 * number:][:2], address, port, sizes)
            os.write(said, b"+")
        except BaseException as error:  # the parent waits for a word of each
            print(f"rank {number}: {error!r}", file=sys.stderr, flush=True)
            os.write(said, b"-")
        os.close(said)
        for fd in 0, 1, 2:
            os.dup2(os.open(os.devnull, os.O_RDWR), fd)
        time.sleep(1 << 20)
    os.close(said)
    words = b""
    while len(words) < 2:
        word = os.read(heard, 1)
        if not word:
            break
        words += word
    os._exit(words != b"++")


main(sys.argv[1:])
