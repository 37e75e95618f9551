"""Read an untrusted notebook, and plan what the sandbox is to do with it.

Nothing in a submitted file is trusted. The only things taken from it are the texts of its cells, in
their order, and the names (`grade_id`) that say which cells they were. What is asked, where it is
asked and on which data comes from the source notebook and the grader.
"""

import hashlib
import json
import os
import re
import stat
from dataclasses import dataclass, field

from . import values

__all__ = [
    "Cell",
    "Plan",
    "Probe",
    "Submission",
    "SubmissionError",
    "attempts",
    "plan",
    "read_submission",
    "unusual",
]

MAX_BYTES = 20_000_000
MAX_CELLS = 2_000
SHOWN = 8  # so many failed cells are listed by name
REMARKS = 30  # so many sentences are kept of what is odd about one notebook


class SubmissionError(Exception):
    """Why a file cannot be graded, as a sentence for the instructor and the student."""


@dataclass(frozen=True)
class Cell:
    """One cell of a notebook: what it is, its text, and which cell it claims to be."""

    kind: str  # "code", "markdown" or "raw"
    source: str
    name: str | None = None  # grade_id
    locked: bool = False  # believed of source notebooks only


@dataclass(frozen=True)
class Submission:
    """A notebook as read from a file.

    Attributes
    ----------
    cells : tuple of Cell
        In the order of the file.
    sha256 : str
        Hexadecimal digest of the file's bytes.
    kernel, language : str or None
        As the file names them.
    unusual : tuple of str
        What was odd about the file, as sentences.
    """

    cells: tuple[Cell, ...]
    sha256: str
    kernel: str | None = None
    language: str | None = None
    unusual: tuple[str, ...] = ()


def read_submission(path):
    """Read a notebook that anybody may have written.

    Parameters
    ----------
    path : path-like
        The file.

    Returns
    -------
    Submission
        Its cells, and what was odd about it.

    Raises
    ------
    SubmissionError
        If the file is no notebook of format 4, is too large, or is not a plain file. The message
        says what to do about it.
    """
    content = _read_plain_file(path)
    notebook = _parse(content)
    cells, odd = _cells(notebook["cells"])
    metadata = _dict(notebook.get("metadata"))
    kernelspec, language_info = (
        _dict(metadata.get(key)) for key in ("kernelspec", "language_info")
    )
    return Submission(
        cells=tuple(cells),
        sha256=hashlib.sha256(content).hexdigest(),
        kernel=_str_or_none(kernelspec.get("name")),
        language=_str_or_none(kernelspec.get("language") or language_info.get("name")),
        unusual=tuple(odd),
    )


def _read_plain_file(path):
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if os.path.islink(path):
            raise SubmissionError("it is a link to another place, not a file") from None
        raise SubmissionError(f"the file cannot be read: {error.strerror}") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise SubmissionError("it is a folder or a device, not a file")
    with open(descriptor, "rb") as file:
        try:
            content = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise SubmissionError(f"the file cannot be read: {error.strerror}") from None
    if len(content) > MAX_BYTES:
        raise SubmissionError(
            f"the file is larger than {MAX_BYTES // 1_000_000} MB: clear all outputs, save, and"
            " hand in again"
        )
    if not content.strip():
        raise SubmissionError("the file is empty")
    return content


def _parse(content):
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SubmissionError("it is not a notebook: its text is not UTF-8")
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise SubmissionError("it is not a notebook: its text is not UTF-8") from None
    except RecursionError:
        raise SubmissionError("it is not a notebook: its JSON is nested too deeply") from None
    except ValueError as error:
        raise SubmissionError(f"it is not a notebook: not valid JSON ({error})") from None
    if not isinstance(notebook, dict) or not ({"nbformat", "cells"} & notebook.keys()):
        raise SubmissionError("it is not a notebook: it is JSON, but has no cells")
    version = notebook.get("nbformat")
    if type(version) is not int:
        raise SubmissionError("it is not a notebook: it does not say which format it has")
    if version < 4:
        raise SubmissionError(
            f"it has the old notebook format {version!r:.20}: open it in a present Jupyter, save,"
            " and hand in the saved file"
        )
    if version > 4:
        raise SubmissionError(f"it has notebook format {version!r:.20}; this grader reads format 4")
    if not isinstance(notebook.get("cells"), list):
        raise SubmissionError("it is not a notebook: it has no list of cells")
    if len(notebook["cells"]) > MAX_CELLS:
        raise SubmissionError(f"it has more than {MAX_CELLS} cells")
    return notebook


def _cells(entries):
    """Return the readable cells, and sentences about the others."""
    cells, odd = [], []
    for number, entry in enumerate(entries, start=1):
        cell = _cell(entry)
        if cell is None:
            odd.append(f"Entry {number} of its list of cells is not a cell; it was left out.")
        else:
            cells.append(cell)
    return cells, odd


def _cell(entry):
    if not isinstance(entry, dict) or entry.get("cell_type") not in ("code", "markdown", "raw"):
        return None
    source = entry.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        return None
    marks = _dict(_dict(entry.get("metadata")).get("nbgrader"))
    return Cell(
        kind=entry["cell_type"],
        source=_whole(source),
        name=_str_or_none(marks.get("grade_id")),
        locked=marks.get("locked") is True
        or (marks.get("grade") is True and marks.get("solution") is not True),
    )


def _dict(value):
    return value if isinstance(value, dict) else {}


def _str_or_none(value):
    return _whole(value) if isinstance(value, str) and value else None


def _whole(text):
    """Replace halves of characters, which JSON can hold and no file can."""
    return re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", text)


@dataclass(frozen=True)
class Probe:
    """What is asked where a task's test cell stands.

    Attributes
    ----------
    task : str
        Name of the task, which is the `grade_id` of its test cell; that of its data cell is
        ``<task>-data``, that of its answer cell ``<task>-answer``.
    answers : tuple of str
        Names that the student defines.
    cases : tuple
        The hidden cases: tuples of arguments, or for a task on data one dict of its variables.
    """

    task: str
    answers: tuple[str, ...]
    cases: tuple

    @property
    def on_data(self):
        """Whether variables are read, not a function called."""
        return isinstance(self.cases[0], dict)

    def unit(self):
        """Return the unit (without its number) that asks."""
        if self.on_data:
            return {"kind": "read", "task": self.task, "answers": list(self.answers)}
        calls = [[values.encode(argument) for argument in case] for case in self.cases]
        return {"kind": "call", "task": self.task, "answer": self.answers[0], "calls": calls}

    def data_unit(self):
        """Return the unit (without its number) that stands for the data cell."""
        encoded = {name: values.encode(value) for name, value in self.cases[0].items()}
        return {"kind": "assign", "values": encoded}


@dataclass(frozen=True)
class Plan:
    """What the sandbox is to do, in order.

    Attributes
    ----------
    units : list of dict
        What the runner is sent, see runner.py.
    labels : dict
        Number of a unit to what a person calls it: "code cell 5 (entropy-answer)".
    asked : dict
        Name of a task to the numbers of the units that ask for it.
    unusual : list of str
        What was odd about the notebook, as sentences.
    """

    units: list = field(default_factory=list)
    labels: dict = field(default_factory=dict)
    asked: dict = field(default_factory=dict)
    unusual: list = field(default_factory=list)

    def add(self, label, unit):
        """Append a unit under the next number."""
        number = len(self.units)
        self.units.append({"unit": number, **unit})
        self.labels[number] = label
        if "task" in unit:
            self.asked.setdefault(unit["task"], []).append(number)
        return number


def plan(submission, source, probes):
    """Plan the run of a submission.

    The student's code cells run in the student's order. Where a locked cell of the source notebook
    stands (known by its `grade_id`, or by its text if it has lost the name), the original takes
    effect: setup cells run as they are in the source, data cells give the hidden data, and test
    cells become probes. A locked cell that the student changed runs as well, as an ordinary cell:
    it may hold part of an answer, and what runs cannot give points, only right values can.

    A missing data or setup cell goes before the first cell that follows it in the source and is
    present, else to the start; a missing test goes behind its task's answer cell, else to the end.
    At the end every task is asked once more; the runner answers only where that makes a difference.

    Parameters
    ----------
    submission, source : Submission
        The student's notebook, and the instructor's.
    probes : iterable of Probe
        What is asked, one for each task; their order is that of the second round.

    Returns
    -------
    Plan
        Numbered units, and what was odd.
    """
    probes = {probe.task: probe for probe in probes}
    locked = {cell.name: cell for cell in source.cells if cell.kind == "code" and cell.locked}
    missing_tests = sorted(set(probes) - set(locked))
    if missing_tests:
        raise ValueError(f"the source notebook has no test cells for {', '.join(missing_tests)}")
    made = Plan(unusual=[*submission.unusual, *_other_kernel(submission)])
    slots = _identify(submission, locked)
    slots = _with_missing(slots, source, locked, probes, made)
    seen = set()
    for slot in slots:
        _add_slot(made, slot, locked, probes, seen)
    for probe in probes.values():
        (first,) = made.asked[probe.task]
        made.add(f"the second round ({probe.task})", {**probe.unit(), "again": first})
    return made


@dataclass
class _Slot:
    label: str
    cell: Cell | None  # None: the locked cell is missing
    locked: str | None  # the locked cell that stands here


def _identify(submission, locked):
    """Say of each cell which locked cell it stands for, if any."""
    named = {cell.name for cell in submission.cells} & locked.keys()
    lost = {_same_text(locked[name].source): name for name in locked if name not in named}
    slots, number = [], 0
    for cell in submission.cells:
        number += cell.kind == "code"
        label = f"code cell {number}" + (f" ({_clean(cell.name)})" if cell.name else "")
        which = cell.name if cell.name in locked else None
        if which is None and cell.kind == "code" and cell.source.strip():
            which = lost.get(_same_text(cell.source))
        slots.append(_Slot(label, cell, which))
    return slots


def _with_missing(slots, source, locked, probes, made):
    """Put what was deleted back to its place."""
    order = [cell.name for cell in source.cells]
    missing = [name for name in locked if not any(slot.locked == name for slot in slots)]
    for name in missing:
        made.unusual.append(f"The locked cell {name} was deleted; the original was used.")
    # From the last one on, so that each finds those that follow it; tests come after what they ask.
    for name in [name for name in reversed(missing) if name not in probes]:
        following = order[order.index(name) + 1 :]
        present = (i for other in following for i, slot in enumerate(slots) if _is(slot, other))
        slots.insert(next(present, 0), _Slot(name, None, name))
    for name in [name for name in missing if name in probes]:
        answer = [i for i, slot in enumerate(slots) if _is(slot, f"{name}-answer")]
        slots.insert(answer[-1] + 1 if answer else len(slots), _Slot(name, None, name))
    return slots


def _is(slot, name):
    return name is not None and (
        slot.locked == name or (slot.cell is not None and slot.cell.name == name)
    )


def _add_slot(made, slot, locked, probes, seen):
    cell, name = slot.cell, slot.locked
    if name is None:
        if cell.kind == "code" and cell.source.strip():
            made.add(slot.label, {"kind": "cell", "source": cell.source})
        elif cell.kind != "code" and cell.name in {f"{task}-answer" for task in probes}:
            made.unusual.append(
                f"The cell {cell.name} is not a code cell any more; it did not run."
            )
        return

    original, first = locked[name].source, name not in seen
    seen.add(name)
    changed = cell is not None and (
        cell.kind != "code" or _same_text(cell.source) != _same_text(original)
    )
    own = cell.source if changed and cell.kind == "code" and cell.source.strip() else None
    if not first:
        made.unusual.append(
            f"The locked cell {name} is there more than once; the first one counts."
        )
    elif changed:
        made.unusual.append(f"The locked cell {name} was changed; it was restored.")

    if name in probes:
        if first:
            made.add(f"the test {name}", probes[name].unit())
        if own:
            made.add(slot.label, {"kind": "cell", "source": own})
        return
    if own:
        made.add(slot.label, {"kind": "cell", "source": own})
    task = name.removesuffix("-data")
    if name.endswith("-data") and task in probes and probes[task].on_data:
        if first or own:
            made.add(f"the data of {task}", probes[task].data_unit())
    elif first:
        made.add(f"the locked cell {name}", {"kind": "cell", "source": original})


def _other_kernel(submission):
    language, kernel = submission.language, submission.kernel
    if language and language.lower() not in ("python", "ipython", "python3"):
        yield f"The notebook is written for {_clean(language)}; it was run as Python."
    if kernel and kernel != "python3":
        yield f"The notebook names the kernel {_clean(kernel)}; the grader's Python ran it."


def _same_text(source):
    """Return a text without what editors change: line ends, trailing blanks, blank lines around."""
    return "\n".join(line.rstrip() for line in source.splitlines()).strip("\n")


def _clean(text, width=60):
    """Return foreign text fit for a report: one printable line of at most `width` characters."""
    return re.sub(r"[^ -~\u00a1-\u1fff]", "?", text[:width])


def attempts(plan, records):
    """Sort the records of a run by task.

    Parameters
    ----------
    plan : Plan
        What was asked.
    records : list of dict
        What `sandbox.run` returned.

    Returns
    -------
    dict
        Name of a task to a list of attempts. An attempt is a list of results, one for each call or
        each name: ``{"value": encoded}``, ``{"error": text}``, ``{"missing": true}`` or
        ``{"stopped": why}``. The second attempt is left out where it would repeat the first.
    """
    return {
        task: [records[unit]["results"] for unit in units if not records[unit].get("same")]
        for task, units in plan.asked.items()
    }


def _is_check(label, error, plan):
    """Whether this is the visible check in a changed test cell, which knows only visible data."""
    tests = tuple(f"({task})" for task in plan.asked)
    return error.startswith("AssertionError") and label.endswith(tests)


def unusual(plan, records):
    """Return all that was odd about a notebook and its run, as sentences.

    Parameters
    ----------
    plan : Plan
        What was asked.
    records : list of dict
        What `sandbox.run` returned.
    """
    failed, stopped, not_reached = [], [], 0
    for unit, record in zip(plan.units, records, strict=True):
        label = plan.labels[unit["unit"]]
        label = label[0].upper() + label[1:]
        if record["state"] == "stopped":
            stopped.append(f"{label} was stopped: {record['why']}.")
        elif record["state"] == "not reached":
            not_reached += 1
        elif record.get("error") and not _is_check(label, record["error"], plan):
            failed.append(f"{label} failed: {record['error']}")
    if len(failed) > SHOWN:
        failed[SHOWN:] = [f"{len(failed) - SHOWN} more cells failed."]
    found = list(dict.fromkeys([*plan.unusual, *failed, *stopped]))
    if len(found) > REMARKS:
        found[REMARKS:] = [f"{len(found) - REMARKS} more remarks were left out."]
    if not_reached:
        found.append(
            f"{not_reached} of {len(records)} steps were not reached: the time for the whole"
            " notebook ran out, or it had to be started too often."
        )
    return found
