#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The guest's part of the demo: guest.py FOLDER

Each discipline has the same run of three stages: "train" (both jobs and the
RPCs), "all" (a checkpoint besides), "ckpt" (the jobs stopped: RPCs and
checkpoint). Before them each load has the nodes for itself, which gives the
times to compare with. Writes FOLDER/results.json.
"""
import importlib
import json
import os
import statistics
import sys
import time

import nodes

STAGES = {"train": 4, "all": 8, "ckpt": 4}  # seconds
ALONE = 4
SETTLE = 1  # of each, not measured
RATE = os.environ.get("WEFT_DEMO_RATE", "100mbit")
DISCIPLINES = os.environ.get("WEFT_DEMO_DISCIPLINES",
                             "fq_codel cake prio weft").split()


def say(text):
    print(f"demo: {text}", flush=True)


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def rpc_summary(log, begin, end):
    taken = [1e3 * took for at, took in log if begin <= at < end]
    if not taken:
        return None
    return {"n": len(taken), "p50_ms": statistics.median(taken),
            "p99_ms": percentile(taken, 0.99)}


def job_summary(log, begin, end):
    """The mean over the whole iterations in this time."""
    taken = [(s, e) for s, e in log if s >= begin and e <= end]
    if not taken:
        return None
    return {"n": len(taken),
            "iteration_s": (taken[-1][1] - taken[0][0]) / len(taken)}


def measure(load, seconds):
    time.sleep(SETTLE)
    left, got, begin = nodes.counters("node0"), nodes.checkpoint_bytes(), time.monotonic()
    while time.monotonic() < begin + seconds - SETTLE:
        time.sleep(0.5)
        load.check()
    left_now, got_now, end = nodes.counters("node0"), nodes.checkpoint_bytes(), time.monotonic()
    result = {
        "seconds": end - begin,
        "link_mbit": 8e-6 * (left_now["bytes"] - left["bytes"]) / (end - begin),
        "checkpoint_mbit": 8e-6 * (got_now - got) / (end - begin),
        "drops": left_now["drops"] - left["drops"],
        "marks": left_now["marks"] - left["marks"],
        "rpc": {}, "jobs": {},
    }
    for key in nodes.RPCS:
        result["rpc"][key] = rpc_summary(load.rpc_log(key), begin, end)
    for key in nodes.JOBS:
        result["jobs"][key] = job_summary(load.job_log(key), begin, end)
    return result


def measure_alone(load):
    """Each load without the others, on the slow NIC with fq_codel."""
    alone = {"rpc": {}, "jobs": {}}
    nodes.set_discipline("fq_codel", RATE)
    load.start_servers()
    for key in nodes.RPCS:
        load.start_rpc([key])
        alone["rpc"][key] = measure(load, ALONE)["rpc"][key]
        load.stop("rpc")
    load.start_checkpoint()
    alone["checkpoint_mbit"] = measure(load, ALONE)["checkpoint_mbit"]
    load.stop()
    for key in nodes.JOBS:
        load.start_jobs([key])
        alone["jobs"][key] = measure(load, ALONE)["jobs"][key]
        load.stop()
    load.forget()
    return alone


def measure_discipline(load, name):
    result = {"stages": {}}
    nodes.set_discipline(name, RATE)
    load.start_servers()
    load.start_jobs()
    load.start_rpc()
    origin = time.monotonic()
    for stage, seconds in STAGES.items():
        if stage == "all":
            load.start_checkpoint()
        elif stage == "ckpt":
            load.stop("job")
        result["stages"][stage] = {"at_s": time.monotonic() - origin}
        result["stages"][stage].update(measure(load, seconds))
        say(f"{name}, {stage}: {brief(result['stages'][stage])}")
    # for the plot: when a request was sent, and what it took
    result["rpc_series"] = {
        key: [[round(at - origin, 3), round(took * 1e3, 3)]
              for at, took in load.rpc_log(key) if at >= origin]
        for key in nodes.RPCS}
    load.stop()
    load.forget()
    return result


def brief(stage):
    parts = [f"RPC {key} p99 {rpc['p99_ms']:.1f} ms"
             for key, rpc in stage["rpc"].items() if rpc]
    parts += [f"job {key} {job['iteration_s']:.2f} s"
              for key, job in stage["jobs"].items() if job]
    parts.append(f"checkpoint {stage['checkpoint_mbit']:.1f} Mbit/s")
    return ", ".join(parts)


def main(folder):
    work = "/tmp/weft-demo"
    os.makedirs(work)
    # A read from the host's files may take minutes by the guest's clock.
    with open("/proc/sys/kernel/hung_task_timeout_secs", "w",
              encoding="ascii") as limit:
        limit.write("0")
    load = nodes.Load(work)
    say("nodes and links")
    nodes.build()
    nodes.prefer_network()
    say("importing PyTorch (a while in an emulated guest, but once)")
    importlib.import_module("train")
    results = {
        "config": {
            "kernel": os.uname().release, "rate": RATE, "rpcs": nodes.RPCS,
            "checkpoint_flows": nodes.CHECKPOINT_FLOWS,
            "gradient_bytes": nodes.PARAMETERS * 4,
            "compute_s": nodes.COMPUTE,
        },
        "disciplines": {},
    }
    say("each load alone")
    results["alone"] = measure_alone(load)
    for name in DISCIPLINES:
        say(name)
        results["disciplines"][name] = measure_discipline(load, name)
        with open(os.path.join(folder, "results.json"), "w",
                  encoding="utf-8") as out:
            json.dump(results, out)
    say("measured")


if __name__ == "__main__":
    main(sys.argv[1])
