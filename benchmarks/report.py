"""What both benchmarks share: the machine, the versions, tables, and where results go."""

import csv
import importlib.metadata
import importlib.util
import os
import platform
from pathlib import Path

import numpy as np

RESULTS = Path(__file__).resolve().parent / "results"
PACKAGES = ["numpy", "scipy", "scikit-learn", "torch", "keras", "mpmath"]


def versions():
    """Return the version of each package, or 'not installed'."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def installed(module):
    return importlib.util.find_spec(module) is not None


def processor():
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
        return names[0]
    except (OSError, IndexError):
        return platform.processor() or platform.machine()


def has_avx512():
    """Return whether NumPy has and uses 512-bit instructions, which decide most of the speed."""
    return bool(np._core._multiarray_umath.__cpu_features__.get("AVX512_SKX", False))


def machine():
    """Return a few lines about where the numbers come from."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = (
        f", load average {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    )
    wide = "used" if has_avx512() else "not used"
    return [
        f"{processor()}, {cores} processors, AVX-512 {wide}{load}",
        f"Python {platform.python_version()} on {platform.system()}; "
        + ", ".join(f"{package} {version}" for package, version in versions().items()),
    ]


def markdown(headings, rows):
    """Return a Markdown table; numbers are aligned to the right by its renderer."""
    lines = ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def path(name, publish):
    """Return where to write a result: under its own name, or as the latest of this machine."""
    RESULTS.mkdir(exist_ok=True)
    return RESULTS / (name if publish else f"latest-{name}")


def write_csv(file, rows):
    """Write dictionaries with the same keys."""
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
