"""Find the submissions in a folder, whatever tool put them there.

Three layouts are read: nbgrader's (``student/ps1/ps1.ipynb``), one folder for each student with
one notebook in it, and one file for each student (``student.ipynb``). Nothing is guessed: what fits
none of them is returned with a reason, so that no hand-in is lost in silence.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

STUDENT = re.compile(r"\w[\w@.+ ,'-]{0,99}")
IGNORED = {"__MACOSX", "Thumbs.db", "desktop.ini"}


@dataclass(frozen=True)
class HandIn:
    """One student's hand-in: a path, or the reason why there is none."""

    student: str
    path: Path | None
    reason: str | None = None


def hand_ins(folder, problem_set):
    """Return the hand-ins of a folder, in the order of the students' names."""
    found = []
    for entry in sorted(Path(folder).iterdir()):
        if entry.name.startswith(".") or entry.name in IGNORED:
            continue
        found.append(_hand_in(entry, problem_set))
    by_student = {}
    for item in found:
        by_student.setdefault(item.student.casefold(), []).append(item)
    return [_only(items) for _, items in sorted(by_student.items())]


def _hand_in(entry, problem_set):
    student = entry.name.removesuffix(".ipynb")
    if not STUDENT.fullmatch(student) or student.endswith((".", " ")):
        return HandIn(
            _harmless(student),
            None,
            f"the name {entry.name!r} cannot name a student: begin with a letter or digit",
        )
    if entry.is_symlink():
        return HandIn(student, None, "it is a link to another place, not a file")
    if not entry.is_dir():
        if entry.suffix == ".ipynb":
            return HandIn(student, entry)
        return HandIn(student, None, f"{entry.name} is not a notebook (.ipynb)")
    inner = entry / problem_set
    if inner.is_symlink():
        return HandIn(student, None, f"its {problem_set} is a link to another place")
    return _choose(student, inner if inner.is_dir() else entry, problem_set)


def _harmless(name):
    """Return what stands for a name that is none: no formula, no path, and nobody else's name."""
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()
    return f"_{re.sub(r'[^a-zA-Z0-9]+', '_', name)[:40]} ({digest[:8]})"


def _shown(name):
    """Return the name of a file on one line, whatever is in it."""
    return name if name.isprintable() else ascii(name)


def _choose(student, folder, problem_set):
    files = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    notebooks = [path for path in files if path.suffix == ".ipynb"]
    named = [path for path in notebooks if path.stem == problem_set]
    if named or len(notebooks) == 1:
        path = (named or notebooks)[0]
        if path.is_symlink():
            return HandIn(
                student, None, f"{_shown(path.name)} is a link to another place, not a file"
            )
        return HandIn(student, path)
    names = ", ".join(_shown(path.name) for path in files[:5]) or "nothing"
    if notebooks:
        reason = f"it has {len(notebooks)} notebooks and none is {problem_set}.ipynb: {names}"
    else:
        reason = f"there is no notebook; there is: {names}"
    return HandIn(student, None, reason)


def _only(items):
    """Refuse two hand-ins of one student: which one counts is not the program's to say."""
    if len(items) == 1:
        return items[0]
    names = " and ".join(str(item.path.name if item.path else item.student) for item in items)
    return HandIn(items[0].student, None, f"there are {len(items)} hand-ins: {names}")
