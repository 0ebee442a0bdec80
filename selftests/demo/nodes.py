# SPDX-License-Identifier: GPL-2.0
"""The demo's nodes, which are network namespaces, and what runs on them.

                 node0 (eth0 at RATE: all load leaves through it)
                   │  rank 0 of both jobs, RPC servers, checkpoint's sender
       ┌───────────┴─ bridge ────────────┐
     node1 (RATE)     node2 (RATE)     node3 (not limited)
     job A's rank 1   job B's rank 1   RPC clients, checkpoint's receiver
"""
import json
import os
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = sys.executable
NODES = {"node0": "10.9.0.1", "node1": "10.9.0.2", "node2": "10.9.0.3",
         "node3": "10.9.0.4"}
LIMITED = ["node0", "node1", "node2"]
# The ports are such as weft's shipped rules know: an inference server's HTTP,
# gRPC, NVMe/TCP. Gloo takes whatever port is free.
RPCS = {"16k": {"port": 8000, "size": 16384, "rate": 40},
        "128": {"port": 50051, "size": 128, "rate": 40}}
JOBS = {"A": {"peer": "node1", "port": 29500},
        "B": {"peer": "node2", "port": 29501}}
CHECKPOINT_PORT = 4420
CHECKPOINT_FLOWS = 32
PARAMETERS = 160_000  # 0.64 MB of gradients an iteration
COMPUTE = 0.2  # seconds an iteration


def prefer_network():
    """An emulated CPU must not be what is measured: packets come first."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with open(f"/proc/{pid}/comm", encoding="utf-8") as comm:
            if comm.read().startswith("ksoftirqd"):
                os.sched_setscheduler(int(pid), os.SCHED_FIFO, os.sched_param(1))


def run(*command, **options):
    return subprocess.run(command, check=True, text=True, **options)


def on(node, *command):
    return ("ip", "netns", "exec", node) + command


def read_pairs(path):
    """Lines of two numbers; the last may not be whole yet."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="ascii") as lines:
        return [tuple(map(float, line.split())) for line in lines
                if line.endswith("\n")]


def build():
    run("ip", "netns", "add", "fabric")
    run("ip", "-n", "fabric", "link", "add", "br0", "type", "bridge")
    run("ip", "-n", "fabric", "link", "set", "br0", "up")
    for node, address in NODES.items():
        run("ip", "netns", "add", node)
        # What one run learned of a path must not help the next.
        for key in ("ipv6/conf/all/disable_ipv6",
                    "ipv6/conf/default/disable_ipv6",
                    "ipv4/tcp_no_metrics_save"):
            run(*on(node, "sh", "-c", f"echo 1 >/proc/sys/net/{key}"))
        run("ip", "-n", node, "link", "set", "lo", "up")
        run("ip", "link", "add", "eth0", "netns", node, "type", "veth",
            "peer", "name", node, "netns", "fabric")
        run("ip", "-n", "fabric", "link", "set", node, "master", "br0", "up")
        run("ip", "-n", node, "link", "set", "eth0", "up")
        run("ip", "-n", node, "address", "add", f"{address}/24", "dev", "eth0")
    for node in NODES:
        for address in NODES.values():
            run(*on(node, "ping", "-qc1", "-W5", address),
                stdout=subprocess.DEVNULL)


def set_discipline(name, rate):
    if name == "weft":
        run("modprobe", "weft")
    for node in LIMITED:
        run(*on(node, os.path.join(HERE, "disciplines.sh"), name, "eth0", rate))


def counters(node):
    """What left the node's NIC, and what its disciplines dropped and marked."""
    qdiscs = json.loads(run("tc", "-n", node, "-s", "-j", "qdisc", "show",
                            "dev", "eth0", stdout=subprocess.PIPE).stdout)
    root = next(q for q in qdiscs if q.get("root"))
    # A parent counts its children's drops too; marks, only who made them.
    return {"bytes": root["bytes"], "drops": root["drops"],
            "marks": sum(qdisc_marks(q) for q in qdiscs)}


def qdisc_marks(qdisc):
    if qdisc["kind"] == "cake":
        return sum(tin["ecn_mark"] for tin in qdisc["tins"])
    return qdisc.get("ecn_mark", 0)


def checkpoint_bytes():
    """What the checkpoint's receiver has got over all its connections."""
    sockets = run(*on("node3", "ss", "-Htin", f"sport = {CHECKPOINT_PORT}"),
                  stdout=subprocess.PIPE).stdout
    return sum(int(word.split(":")[1]) for word in sockets.split()
               if word.startswith("bytes_received:"))


class Load:
    """The programs that run; their records lie in a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.pids = {}

    def path(self, name):
        return os.path.join(self.folder, name)

    def rpc_log(self, key):
        return read_pairs(self.path(f"rpc{key}"))

    def job_log(self, key):
        return read_pairs(self.path(f"job{key}"))

    def start(self, key, node, *command):
        with open(self.path("errors"), "a", encoding="utf-8") as errors:
            self.pids[key] = subprocess.Popen(  # pylint: disable=consider-using-with
                on(node, *command), stdout=subprocess.DEVNULL,
                stderr=errors).pid

    def start_servers(self):
        for key, rpc in RPCS.items():
            # Real-time, like ksoftirqd, see prefer_network().
            self.start(f"server {key}", "node0", "chrt", "-f", "1", PYTHON,
                       os.path.join(HERE, "rpc.py"), "serve", str(rpc["port"]))
        self.start("storage", "node3", PYTHON, os.path.join(HERE, "checkpoint.py"),
                   "store", str(CHECKPOINT_PORT))
        for rpc in RPCS.values():
            self.wait_for_listener("node0", rpc["port"])
        self.wait_for_listener("node3", CHECKPOINT_PORT)

    def start_rpc(self, keys=RPCS):
        for key in keys:
            rpc = RPCS[key]
            self.start(f"rpc {key}", "node3", "chrt", "-f", "1", PYTHON,
                       os.path.join(HERE, "rpc.py"), "call", NODES["node0"],
                       str(rpc["port"]), str(rpc["size"]), str(rpc["rate"]),
                       self.path(f"rpc{key}"))
        self.wait_until(lambda: all(self.rpc_log(key) for key in keys))

    def start_checkpoint(self):
        self.start("checkpoint", "node0", PYTHON,
                   os.path.join(HERE, "checkpoint.py"), "write",
                   NODES["node3"], str(CHECKPOINT_PORT), str(CHECKPOINT_FLOWS))
        self.wait_until(lambda: checkpoint_bytes() > 1_000_000)

    def start_jobs(self, keys=JOBS):
        import train  # pylint: disable=import-outside-toplevel
        for key in keys:
            job = JOBS[key]
            for rank, node in enumerate(["node0", job["peer"]]):
                self.pids[f"job {key} rank {rank}"] = train.fork_rank(
                    node, self.path("errors"), self.path(f"job{key}"),
                    rank=rank, world=2, address=NODES["node0"],
                    port=job["port"], parameters=PARAMETERS, compute=COMPUTE)
        # the first iterations open connections; they are not measured
        self.wait_until(lambda: all(len(self.job_log(key)) >= 3 for key in keys))

    def wait_for_listener(self, node, port):
        self.wait_until(lambda: run(
            *on(node, "ss", "-Hltn", f"sport = {port}"),
            stdout=subprocess.PIPE).stdout)

    def wait_until(self, condition):
        """No time limit: the guest's clock leaps while it waits for files."""
        while not condition():
            self.check()
            time.sleep(0.1)

    def errors(self):
        with open(self.path("errors"), encoding="utf-8") as errors:
            return errors.read()

    def check(self):
        """None of the programs ends by itself."""
        for key, pid in self.pids.items():
            if os.waitpid(pid, os.WNOHANG)[0]:
                sys.exit(f"demo: {key} ended early\n{self.errors()}")

    def stop(self, prefix=""):
        for key in [k for k in self.pids if k.startswith(prefix)]:
            pid = self.pids.pop(key)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def forget(self):
        for name in os.listdir(self.folder):
            os.remove(self.path(name))
