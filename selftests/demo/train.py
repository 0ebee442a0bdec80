# SPDX-License-Identifier: GPL-2.0
"""A rank of a training job: PyTorch's DistributedDataParallel over Gloo.

PyTorch takes most of a minute to import in an emulated guest, so the demo
imports this module once and forks its ranks.
"""
import ctypes
import datetime
import os
import sys
import time

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

CLONE_NEWNET = 0x40000000


def enter_netns(name):
    libc = ctypes.CDLL(None, use_errno=True)
    with open(f"/run/netns/{name}", "rb") as netns:
        if libc.setns(netns.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"setns {name}")


class Model(torch.nn.Module):
    """As cheap as a model can be for its number of gradients."""

    def __init__(self, parameters):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(parameters))

    def forward(self, data):
        return torch.dot(self.weight, data)


def train(rank, world, address, port, parameters, compute, log):
    """Iterates until killed; rank 0 logs "START END" of each iteration."""
    os.environ.update(MASTER_ADDR=address, MASTER_PORT=str(port),
                      GLOO_SOCKET_IFNAME="eth0")
    torch.set_num_threads(1)
    # The guest's clock leaps while it waits for files: no time-out.
    dist.init_process_group("gloo", rank=rank, world_size=world,
                            timeout=datetime.timedelta(days=365))
    model = DistributedDataParallel(Model(parameters),
                                    gradient_as_bucket_view=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    data = torch.ones(parameters)
    while True:
        start = time.monotonic()
        # The GPU's part: it takes time, but not the guest's CPUs.
        time.sleep(compute)
        model(data).backward()  # all-reduces the gradients
        optimizer.step()
        optimizer.zero_grad()
        if rank == 0:
            log.write(f"{start:.6f} {time.monotonic():.6f}\n")


def fork_rank(netns, errors, log_path, **job):
    """Returns the child's process number."""
    pid = os.fork()
    if pid:
        return pid
    try:
        with open(errors, "a", encoding="utf-8") as err:
            os.dup2(err.fileno(), 2)
        os.nice(10)  # see nodes.prefer_network()
        enter_netns(netns)
        with open(log_path, "a", buffering=1, encoding="ascii") as log:
            train(log=log, **job)
    except BaseException as error:  # pylint: disable=broad-except
        print(f"train.py: {netns}: {error!r}", file=sys.stderr, flush=True)
    finally:
        os._exit(1)
