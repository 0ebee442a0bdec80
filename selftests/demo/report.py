#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Table and plot of the demo's figures: report.py RESULTS.json FOLDER

Prints the table and writes it to FOLDER/table.txt, the plot to FOLDER/demo.svg
and FOLDER/demo.png.
"""
import json
import os
import sys

import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt  # pylint: disable=wrong-import-position

STAGES = {"train": "two training jobs and RPCs",
          "all": "a checkpoint besides",
          "ckpt": "checkpoint and RPCs, no training"}
SHORT = {"train": "training", "all": "+ checkpoint", "ckpt": "checkpoint only"}
NAMES = {"16k": "16 KB", "128": "128 B"}
TITLES = {"fq_codel": "fq_codel", "cake": "cake", "prio": "prio + fq_codel",
          "weft": "weft"}
COLOURS = {"fq_codel": "#7f7f7f", "cake": "#c9722b", "prio": "#3b7dbd",
           "weft": "#2a8a4a"}
MARGIN = 1.05  # what differs by less is not called better or worse


def metrics(results):
    """Rows: (stage, label, unit, better, {discipline: value}, alone)."""
    runs, alone = results["disciplines"], results["alone"]

    def row(stage, label, unit, better, get, ref=None):
        values = {d: get(run["stages"][stage]) for d, run in runs.items()}
        return (stage, label, unit, better, values, ref)

    for stage in STAGES:
        for key, name in NAMES.items():
            for quantile in ("p50", "p99"):
                field = f"{quantile}_ms"
                yield row(stage, f"RPC {name} {quantile}", "ms", "low",
                          lambda s, k=key, f=field: (s["rpc"][k] or {}).get(f),
                          alone["rpc"][key][field])
            yield row(stage, f"RPC {name} answers", "1/s", "high",
                      lambda s, k=key: s["rpc"][k] and s["rpc"][k]["n"] / s["seconds"])
        if stage != "ckpt":
            for job, ref in alone["jobs"].items():
                time = ref["iteration_s"]
                yield row(stage, f"job {job} iteration", "x alone", "low",
                          lambda s, j=job, t=time:
                          s["jobs"][j] and s["jobs"][j]["iteration_s"] / t, 1.0)
        if stage != "train":
            yield row(stage, "checkpoint", "Mbit/s", "high",
                      lambda s: s["checkpoint_mbit"], alone["checkpoint_mbit"])
        yield row(stage, "all through the NIC", "Mbit/s", "high",
                  lambda s: s["link_mbit"])
        yield row(stage, "drops", "packets", None, lambda s: s["drops"])
        yield row(stage, "ECN marks", "packets", None, lambda s: s["marks"])


def number(value, unit):
    if value is None:
        return "none"
    return f"{value:.0f}" if unit == "packets" else f"{value:.2f}"


def table(results):
    names = list(results["disciplines"])
    config, alone = results["config"], results["alone"]
    lines = [
        f"One NIC of {config['rate']}, kernel {config['kernel']} in an emulated guest.",
        "RPC: half a round trip, request and answer of the size, one connection.",
        f"Jobs: PyTorch DDP over Gloo, {config['gradient_bytes'] / 1e6:.1f} MB of "
        f"gradients, {config['compute_s']} s of compute an iteration;",
        "      alone " + ", ".join(f"{job} {ref['iteration_s']:.2f} s"
                                   for job, ref in alone["jobs"].items())
        + f". Checkpoint: {config['checkpoint_flows']} TCP connections.",
        "",
        f"{'':<30}" + "".join(f"{TITLES.get(d, d):>17}" for d in names)
        + f"{'alone':>10}",
    ]
    last = None
    for stage, label, unit, _, values, ref in metrics(results):
        if stage != last:
            lines += ["", STAGES[stage] + ":"]
            last = stage
        lines.append(
            f"  {label + ', ' + unit:<28}"
            + "".join(f"{number(values[d], unit):>17}" for d in names)
            + f"{number(ref, unit) if ref is not None else '':>10}")
    return lines + [""] + losses(results)


def losses(results):
    """Where a rival did better than weft."""
    if "weft" not in results["disciplines"] or len(results["disciplines"]) < 2:
        return []
    found = []
    for stage, label, unit, better, values, _ in metrics(results):
        ours = values.pop("weft")
        if better is None:
            continue
        best = {"low": min, "high": max}[better](
            (v for v in values.values() if v is not None), default=None)
        if best is None:
            continue
        if ours is None or (ours > best * MARGIN if better == "low"
                            else ours < best / MARGIN):
            who = next(d for d, v in values.items() if v == best)
            found.append(f"  {STAGES[stage]}: {label} {number(ours, unit)}, "
                         f"{TITLES.get(who, who)} {number(best, unit)} {unit}")
    if not found:
        return ["weft is nowhere more than 5 % behind the best of the others."]
    return ["Where weft is more than 5 % behind the best of the others:"] + found


def plot(results, folder):
    runs = results["disciplines"]
    plt.rcParams.update({"font.size": 9, "svg.hashsalt": "weft",
                         "axes.spines.top": False, "axes.spines.right": False})
    fig, (left, middle, right) = plt.subplots(
        1, 3, figsize=(11, 3.6), width_ratios=[2.2, 1.1, 1.1],
        layout="constrained")
    colours = {d: COLOURS.get(d, "black") for d in runs}

    any_run = next(iter(runs.values()))
    for stage in STAGES:
        at = any_run["stages"][stage]["at_s"]
        left.axvline(at, color="0.8", lw=0.8)
        left.text(at + 0.1, 1.01, SHORT[stage], fontsize=7, va="bottom",
                  transform=left.get_xaxis_transform())
    for name, run in runs.items():
        seconds = {}
        for at, took in run["rpc_series"]["16k"]:
            seconds.setdefault(int(at), []).append(took)
        points = sorted((at + 0.5, sorted(v)[int(0.95 * len(v))])
                        for at, v in seconds.items())
        left.plot(*zip(*points), color=colours[name],
                  label=TITLES.get(name, name), lw=1.6)
    left.set(yscale="log", xlabel="seconds", ylabel="ms, p95 of each second",
             title="16 KB RPC, half a round trip\n")
    left.set_ylim(top=400)
    left.legend(frameon=False, fontsize=8, ncols=2, loc="upper right")

    plot_iterations(middle, results)
    ckpt = {d: run["stages"]["all"]["checkpoint_mbit"] for d, run in runs.items()}
    busy = {d: run["stages"]["all"]["link_mbit"] for d, run in runs.items()}
    places = range(len(runs))
    right.bar(places, busy.values(), color=[colours[d] for d in runs], alpha=0.35)
    right.bar(places, ckpt.values(), color=[colours[d] for d in runs])
    right.set_xticks(places, [TITLES.get(d, d) for d in runs], rotation=30,
                     ha="right")
    right.set(title="All at once: Mbit/s,\ndark: the checkpoint's", ylim=(0, None))

    for kind in ("svg", "png"):
        fig.savefig(os.path.join(folder, f"demo.{kind}"), dpi=110,
                    metadata={"Date": None} if kind == "svg" else None)


def plot_iterations(axes, results):
    """The mean of both jobs, without and with the checkpoint."""
    runs = results["disciplines"]
    shown = {}
    for stage, name, _, _, values, _ in metrics(results):
        if name.endswith("iteration"):
            shown.setdefault(stage, []).append(values)
    width = 0.8 / len(runs)
    ticks = list(shown)
    for i, name in enumerate(runs):
        means = []
        for stage in ticks:
            values = [v[name] for v in shown[stage] if v[name] is not None]
            means.append(sum(values) / len(values) if values else 0)
        axes.bar([x + (i - (len(runs) - 1) / 2) * width for x in range(len(ticks))],
                 means, width, color=COLOURS.get(name, "black"))
    axes.axhline(1, color="0.4", lw=0.8, ls=":")
    axes.set_xticks(range(len(ticks)), ["training\nand RPCs", "checkpoint\nbesides"])
    axes.set(title="Training iteration\nover its time alone")


def main(path, folder):
    with open(path, encoding="utf-8") as source:
        results = json.load(source)
    text = "\n".join(table(results)) + "\n"
    print(text, end="")
    with open(os.path.join(folder, "table.txt"), "w", encoding="utf-8") as out:
        out.write(text)
    plot(results, folder)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
