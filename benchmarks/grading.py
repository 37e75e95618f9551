"""Time the grading command beside ``nbgrader autograde`` alone: ``python -m benchmarks.grading``.

Both grade the same submissions of one problem set, each time in a new folder, in turns. nbgrader
grades one submission after the other, the command one on each core. What they do is not the same.
nbgrader runs the visible checks that stand in the notebook, in a Jupyter kernel with the rights of
the user. The command runs the notebook in a sandbox, on hidden inputs, and writes feedback and an
entry in nbgrader's gradebook as well.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from benchmarks.report import machine, markdown, path

ROOT = Path(__file__).resolve().parent.parent
SET = "ps2"


def submissions(folder, count):
    """Write right, partly wrong and empty submissions by turns, in nbgrader's layout."""
    from coursework.places import source_path
    from coursework.release import released_cells, student_version

    right, blank = nbformat.read(source_path(SET), 4), student_version(SET)
    right.cells = released_cells(right)
    wrong = nbformat.reads(nbformat.writes(right), 4)
    for cell in wrong.cells:
        cell.source = cell.source.replace("np.log(", "np.log2(")
    for number in range(count):
        path = folder / f"student{number:03d}" / SET / f"{SET}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write((right, wrong, blank)[number % 3], path)


def with_command(folder, work):
    """Grade with ``python -m coursework grade``."""
    (work / "secret").write_text("a secret for the benchmark", encoding="utf-8")
    given = [SET, str(folder), "--to", str(work / "results"), "--secret", str(work / "secret")]
    return run(["coursework", "grade", *given], ROOT)


def with_nbgrader(folder, work):
    """Grade with ``nbgrader autograde``."""
    return run(["nbgrader", "autograde", SET], work)


def prepare(folder, work):
    """Make a course of nbgrader that knows the set and has the submissions; this is not timed."""
    from coursework.places import source_path

    source = work / "source" / SET
    source.mkdir(parents=True)
    shutil.copy(source_path(SET), source)
    (work / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    run(["nbgrader", "generate_assignment", SET], work)
    shutil.copytree(folder, work / "submitted")


def run(arguments, where):
    """Run a module of this Python as a command, and return how many seconds it took."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=where,
        env={**os.environ, "PATH": programs},  # nbgrader starts `alembic`
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stderr[-2000:]}")
    return time.perf_counter() - start


def main(given=None):
    """Print submissions per minute of both, and their ratio."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grading", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--submissions", type=int, default=18)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--publish", action="store_true", help="write benchmarks/results")
    asked = parser.parse_args(given)

    seconds = {"python -m coursework grade": [], "nbgrader autograde": []}
    about = machine()
    with tempfile.TemporaryDirectory() as place:
        place = Path(place)
        submissions(place / "submitted", asked.submissions)
        for number in range(asked.rounds):
            for name, function in zip(seconds, (with_command, with_nbgrader), strict=True):
                work = place / f"{number}-{function.__name__}"
                work.mkdir()
                prepare(place / "submitted", work)
                seconds[name].append(function(place / "submitted", work))
    rates = {name: 60 * asked.submissions / statistics.median(s) for name, s in seconds.items()}
    ours, theirs = rates.values()
    rows = [
        [name, f"{rate:.0f}", ", ".join(f"{s:.1f}" for s in seconds[name])]
        for name, rate in rates.items()
    ]
    text = (
        "# Grading\n\n"
        + "\n".join(about)
        + f"\n\n{asked.submissions} submissions of {SET}: a third"
        " right, a third wrong, a third empty.\n\n"
        + markdown(["command", "submissions a minute", "seconds of each round"], rows)
        + f"\n\nRatio of the medians: {ours / theirs:.1f} (goal: at least 2).\n"
    )
    print(text)
    path("grading.md", asked.publish).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
