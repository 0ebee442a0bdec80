#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""An MPI program: ring.py COUNT BYTES. Rank 0 sends rank 1 so many messages of
so many bytes, and has each back; then both keep their connections until they
are killed. Rank 0 says "done" on its output.
"""
import sys
import time

from mpi4py import MPI

count, size = map(int, sys.argv[1:])
world = MPI.COMM_WORLD
data = bytearray(b"m" * size)
for n in range(count):
    if world.rank == 0:
        world.Send(data, 1, n)
        world.Recv(data, 1, n)
    else:
        world.Recv(data, 0, n)
        world.Send(data, 0, n)
if world.rank == 0:
    print("done", flush=True)
time.sleep(1 << 20)
