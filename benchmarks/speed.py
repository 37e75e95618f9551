"""Time and memory of the losses beside their peers, in one interleaved run.

    python -m benchmarks.speed [--quick] [--publish]

Ratios are those of medians: a ratio above 1 means that cecourse is faster. Every peer runs with
its own default number of threads. The run is made twice, in two processes: once with memory
allocated as usual, and once with malloc told to keep what was freed ("reuse"), because much of
the time of a library that allocates its results is spent on fresh pages. A third process measures
memory, with pages of the usual size: in huge ones, a result of a few megabytes may add two more.
"""

import argparse
import contextlib
import ctypes
import gc
import json
import math
import os
import random
import re
import statistics
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np

from benchmarks.report import has_avx512, installed, machine, markdown, path, write_csv

SHAPES = [
    (1_000_000, 2),
    (100_000, 10),
    (100_000, 100),
    (20_000, 1000),
    (2000, 32_000),
    (200, 128_000),
]
QUICK = [(2000, 2), (500, 10), (300, 100), (50, 1000)]
DTYPES = ["float32", "float64"]
REGIMES = {
    "default": {},
    "reuse": {
        "MALLOC_MMAP_MAX_": "0",
        "MALLOC_TRIM_THRESHOLD_": str(2**35),
        "MALLOC_TOP_PAD_": str(2**29),
    },
}
MEMORY = {"NUMPY_MADVISE_HUGEPAGE": "0"}

FORWARD, GRADIENT, LOG_LOSS = "softmax_cross_entropy", "... and gradient", "log_loss"


# --- What is timed ---------------------------------------------------------------------------


def calls(N, K, dtype):
    """Return {(task, who): call} on one set of inputs."""
    import scipy.special
    import sklearn.metrics

    import cecourse

    rng = np.random.default_rng(0)
    z = rng.standard_normal((N, K), dtype=dtype)
    y = rng.integers(0, K, N)
    p = np.exp(z)
    p /= p.sum(axis=1, keepdims=True, dtype=np.float64).astype(dtype)
    labels, place, rows = np.arange(K), np.empty_like(z), np.arange(N)
    found = {
        (FORWARD, "cecourse"): lambda: cecourse.softmax_cross_entropy(y, z),
        (FORWARD, "SciPy"): lambda: -scipy.special.log_softmax(z, axis=1)[rows, y],
        (FORWARD, "np.exp"): lambda: np.exp(z, out=place),
        (GRADIENT, "cecourse"): lambda: cecourse.softmax_cross_entropy_and_grad(y, z),
        (GRADIENT, "cecourse, out="): lambda: cecourse.softmax_cross_entropy_and_grad(
            y, z, out=place
        ),
        (LOG_LOSS, "cecourse"): lambda: cecourse.log_loss(y, p, labels=labels),
        (LOG_LOSS, "scikit-learn"): lambda: sklearn.metrics.log_loss(y, p, labels=labels),
        (LOG_LOSS, "np.sum"): lambda: np.sum(p),
    }
    if installed("torch"):
        import torch

        logits, classes = torch.from_numpy(z), torch.from_numpy(y)
        leaf = logits.clone().requires_grad_()

        def both():
            leaf.grad = None
            torch.nn.functional.cross_entropy(leaf, classes).backward()

        def forward():
            with torch.no_grad():
                return torch.nn.functional.cross_entropy(logits, classes)

        found[FORWARD, "torch"] = forward
        found[GRADIENT, "torch"] = both
    return found, z.nbytes


def seconds(call):
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def interleaved(found, repeats, budget):
    """Return a list of times for each call; all calls take turns, in a new order each round.

    A call that is slow beside the budget sits out later rounds, after three.
    """
    times = {key: [] for key in found}
    for call in found.values():
        call()  # the first call loads and allocates
    order = list(found)
    for _ in range(repeats):
        random.Random(len(times[order[0]])).shuffle(order)
        for key in order:
            if len(times[key]) < 3 or sum(times[key]) < budget:
                times[key].append(seconds(found[key]))
    return times


# --- Memory ----------------------------------------------------------------------------------


def resident(field):
    text = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(re.search(rf"{field}:\s+(\d+) kB", text)[1]) * 1024


def give_back():
    """Give freed memory back to the system, so that nothing runs on what was freed before."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):  # not with the C library of Linux
        ctypes.CDLL(None).malloc_trim(0)


def peak_extra(call):
    """Bytes of resident memory that a call adds at its peak, beside the arrays it returns.

    Linux only: the peak that the kernel keeps is reset first, and freed memory is given back.
    """
    give_back()
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return math.nan
    before = resident("VmRSS")
    result = call()
    results = result if isinstance(result, tuple) else (result,)
    kept = sum(a.nbytes for a in results if isinstance(a, np.ndarray))
    return max(0, resident("VmHWM") - before - kept)


# --- One process -----------------------------------------------------------------------------


def inputs(shapes):
    """Yield (N, K, dtype, the calls on such inputs, the bytes of an input)."""
    warnings.simplefilter("ignore")
    for N, K in shapes:
        for dtype in DTYPES:
            yield N, K, dtype, *calls(N, K, dtype)


def memory(shapes):
    """Measure the memory of every call but those that write to given memory."""
    peaks = []
    for N, K, dtype, found, size in inputs(shapes):
        for task, who in found:
            if "out=" not in who and who != "np.exp":
                found[task, who]()
                peak = statistics.median(peak_extra(found[task, who]) for _ in range(3)) / size
                about = {"N": N, "K": K, "dtype": dtype, "task": task, "who": who}
                peaks.append(about | {"peak_extra_over_input": peak})
    return peaks


def run(shapes, repeats, budget, regime):
    """Time every shape and dtype; return a list of dictionaries."""
    measured = []
    for N, K, dtype, found, _ in inputs(shapes):
        if regime == "default":
            give_back()
        for key, times in interleaved(found, repeats, budget).items():
            measured.append(
                {
                    "regime": regime,
                    "N": N,
                    "K": K,
                    "dtype": dtype,
                    "task": key[0],
                    "who": key[1],
                    "median_ms": 1e3 * statistics.median(times),
                    "fastest_ms": 1e3 * min(times),
                    "ns_per_number": 1e9 * statistics.median(times) / (N * K),
                    "repeats": len(times),
                }
            )
        print(f"  {regime}: ({N}, {K}) {dtype} done", file=sys.stderr, flush=True)
    return measured


def import_seconds(module):
    """Return the time that an import takes in a new interpreter."""
    program = (
        f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def import_ratio(repeats):
    pairs = [(import_seconds("cecourse"), import_seconds("numpy")) for _ in range(repeats)]
    ours, numpy = (statistics.median(times) for times in zip(*pairs, strict=True))
    return ours, numpy


# --- Goals -----------------------------------------------------------------------------------


def goal(task, who, K):
    """Return (what is asked of the ratio peer / cecourse, as a lower bound) or None."""
    if task == LOG_LOSS and who == "scikit-learn":
        return 15 if K <= 10 else 20 if K <= 100 else 25
    if task == FORWARD and who == "np.exp":
        return 1 / 1.3 if K >= 1000 else None
    return {
        (FORWARD, "torch"): 1.0,
        (FORWARD, "SciPy"): 3.0,
        (GRADIENT, "torch"): 1.1,
    }.get((task, who))


def ratios(measured):
    """Return one dictionary for each peer's time, with its ratio to cecourse's and the goal.

    Goals are set for the full shapes only.
    """
    median = {
        (m["regime"], m["N"], m["K"], m["dtype"], m["task"], m["who"]): m["median_ms"]
        for m in measured
    }
    rows = []
    for (regime, N, K, dtype, task, who), time_of_peer in median.items():
        if who.startswith("cecourse"):
            continue
        ratio = time_of_peer / median[regime, N, K, dtype, task, "cecourse"]
        asked = goal(task, who, K) if (N, K) in SHAPES else None
        if regime == "reuse" and who != "torch":
            asked = None  # the other goals are about the default allocation
        rows.append(
            {
                "task": task,
                "peer": who,
                "regime": regime,
                "N": N,
                "K": K,
                "dtype": dtype,
                "ratio": ratio,
                "goal": asked,
            }
        )
    return rows


def geometric_mean(numbers):
    return math.exp(statistics.fmean(map(math.log, numbers)))


def verdict(value, asked, at_least=True):
    if asked is None:
        return ""
    return "" if (value >= asked if at_least else value <= asked) else " **missed**"


def summary(measured, peaks, imports):
    """Return the text of the report."""
    rows = ratios(measured)
    shapes = sorted({(m["N"], m["K"]) for m in measured}, key=lambda shape: shape[1])
    full = set(shapes) == set(SHAPES)
    lines = []

    def table(title, task, peer, regime):
        chosen = {
            (r["K"], r["dtype"]): r
            for r in rows
            if (r["task"], r["peer"], r["regime"]) == (task, peer, regime)
        }
        if not chosen:
            return None
        cells = [title]
        for _, K in shapes:
            for dtype in DTYPES:
                r = chosen[K, dtype]
                cells.append(f"{r['ratio']:.2f}{verdict(r['ratio'], r['goal'])}")
        return cells

    headings = ["peer's time / cecourse's"]
    headings += [f"{N:,} x {K:,} {dtype}" for N, K in shapes for dtype in DTYPES]
    body = [
        table(f"{task}: {peer}, {regime}", task, peer, regime)
        for task, peer, regime in [
            (FORWARD, "torch", "default"),
            (FORWARD, "torch", "reuse"),
            (FORWARD, "SciPy", "default"),
            (FORWARD, "np.exp", "default"),
            (GRADIENT, "torch", "default"),
            (GRADIENT, "torch", "reuse"),
            (LOG_LOSS, "scikit-learn", "default"),
            (LOG_LOSS, "np.sum", "default"),
        ]
    ]
    body = [row for row in body if row]
    flipped = [[heading, *cells] for heading, *cells in zip(headings, *body, strict=True)]
    lines += [markdown(flipped[0], flipped[1:]), ""]

    for task, asked in [(FORWARD, 2.0), (GRADIENT, 3.0)]:
        values = [
            r["ratio"]
            for r in rows
            if (r["task"], r["peer"], r["regime"]) == (task, "torch", "default")
        ]
        if values:
            mean = geometric_mean(values)
            lines.append(
                f"- torch, {task}, geometric mean over all shapes: {mean:.2f}"
                + (f" (goal: at least {asked:g}){verdict(mean, asked)}" if full else "")
            )
    ours, numpy = imports
    lines.append(
        f"- import cecourse: {ours * 1e3:.0f} ms, import numpy: {numpy * 1e3:.0f} ms, ratio "
        f"{ours / numpy:.2f} (goal: at most 1.3){verdict(ours / numpy, 1.3, at_least=False)}"
    )
    missed = [r for r in rows if r["goal"] and r["ratio"] < r["goal"]]
    lines += [f"- {len(missed)} of {sum(1 for r in rows if r['goal'])} ratios miss their goal.", ""]

    lines += ["Peak memory beside input and results, as a multiple of the input:", ""]
    known = {
        (m["task"], m["who"], m["K"], m["dtype"]): m["peak_extra_over_input"]
        for m in peaks
        if not math.isnan(m["peak_extra_over_input"])
    }
    names = sorted({(task, who) for task, who, _, _ in known})
    memory_rows = []
    for N, K in shapes:
        for dtype in DTYPES:
            cells = [f"{N:,} x {K:,} {dtype}"]
            for task, who in names:
                value = known.get((task, who, K, dtype), math.nan)
                asked = 0.05 if who == "cecourse" and (N, K) in SHAPES else None
                cells.append(f"{value:.3f}{verdict(value, asked, at_least=False)}")
            memory_rows.append(cells)
    headings = ["input"] + [f"{task}: {who}" for task, who in names]
    lines += [markdown(headings, memory_rows), ""]
    return "\n".join(lines)


def plot(measured, files):
    """Draw the ratios over K, one panel for each dtype."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    series = [
        (FORWARD, "torch", "default", "C0", "-", "o"),
        (FORWARD, "torch", "reuse", "C0", ":", "o"),
        (GRADIENT, "torch", "default", "C1", "-", "s"),
        (GRADIENT, "torch", "reuse", "C1", ":", "s"),
        (FORWARD, "SciPy", "default", "C2", "--", "^"),
        (LOG_LOSS, "scikit-learn", "default", "C3", "-.", "D"),
    ]
    rows = ratios(measured)
    figure, panels = plt.subplots(1, 2, figsize=(10, 4.2), sharey=True, layout="constrained")
    for panel, dtype in zip(panels, DTYPES, strict=True):
        for task, peer, regime, colour, line, marker in series:
            chosen = sorted(
                (r["K"], r["ratio"])
                for r in rows
                if (r["task"], r["peer"], r["regime"], r["dtype"]) == (task, peer, regime, dtype)
            )
            if chosen:
                K, ratio = zip(*chosen, strict=True)
                label = f"{task}: {peer}, {regime}"
                panel.plot(K, ratio, color=colour, linestyle=line, marker=marker, label=label)
        panel.axhline(1, color="0.5", linewidth=0.8)
        panel.set(xscale="log", yscale="log", xlabel=f"classes K ({dtype})")
    panels[0].set_ylabel("peer's time / cecourse's time")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    for file in files:
        figure.savefig(file, dpi=150)
    plt.close(figure)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="small shapes, nothing saved")
    parser.add_argument("--publish", action="store_true", help="save as the published result")
    parser.add_argument("--repeats", type=int, help="rounds for each shape")
    parser.add_argument("--regime", choices=[*REGIMES, "memory"], help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    repeats = options.repeats or (3 if options.quick else 15)
    shapes = QUICK if options.quick else SHAPES
    budget = 0.5 if options.quick else 2.0

    if options.regime:  # one of the three processes: only measure
        in_memory = options.regime == "memory"
        found = memory(shapes) if in_memory else run(shapes, repeats, budget, options.regime)
        json.dump(found, sys.stdout)
        return 0

    about = machine()
    print(*about, sep="\n")

    def process(regime, settings):
        command = [sys.executable, "-m", "benchmarks.speed", f"--regime={regime}"]
        command += [f"--repeats={repeats}", *(["--quick"] if options.quick else [])]
        done = subprocess.run(
            command, env=os.environ | settings, stdout=subprocess.PIPE, text=True, check=True
        )
        return json.loads(done.stdout)

    measured = [m for regime, settings in REGIMES.items() for m in process(regime, settings)]
    peaks = process("memory", MEMORY)
    report = summary(measured, peaks, import_ratio(3 if options.quick else 15))
    claim = (
        "The goals are for processors with AVX-512."
        if has_avx512()
        else "Without AVX-512 the goals do not apply; the ratios are only reported."
    )
    text = "\n".join(["# Speed", "", *about, claim, "", report])
    print(text)
    if not options.quick:
        path("speed.md", options.publish).write_text(text, encoding="utf-8")
        write_csv(path("speed.csv", options.publish), measured)
        write_csv(path("memory.csv", options.publish), peaks)
        plot(measured, [path(f"speed.{kind}", options.publish) for kind in ("svg", "png")])
    return 0


if __name__ == "__main__":
    sys.exit(main())
