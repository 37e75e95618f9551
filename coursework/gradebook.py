"""The results folder as an nbgrader course: a gradebook, and notebooks for a person to read.

nbgrader's formgrader then shows each student's notebook and takes the points and comments for the
written answer. What is written here never changes points or comments that a person has given.
"""

import contextlib
import functools
import html
import os
import shutil
import sys
import warnings
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy.exc import SAWarning

from .places import source_path, write_whole
from .release import TEXT_STUB, student_version

COURSE = "cross-entropy"
CONFIGURATION = f"""\
c = get_config()
c.CourseDirectory.course_id = "{COURSE}"
"""


class ResultsError(Exception):
    """Why a folder cannot take the results."""


@contextlib.contextmanager
def open_gradebook(db_url):
    """Open a gradebook; to make one, nbgrader starts `alembic`, which stands beside Python."""
    path = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), path])
    try:
        opened = Gradebook(db_url, COURSE)
    finally:
        os.environ["PATH"] = path
    with opened, warnings.catch_warnings():
        # nbgrader builds a submission before it adds it, which SQLAlchemy 2.1 remarks on.
        warnings.filterwarnings("ignore", "Object of type .* not in session", SAWarning)
        yield opened


@contextlib.contextmanager
def gradebook(folder, problem_set):
    """Open the gradebook of a results folder, which becomes a course that knows the set."""
    db_url = f"sqlite:///{folder}/gradebook.db"
    known = folder / "source" / problem_set.name / f"{problem_set.name}.ipynb"
    original = source_path(problem_set.name)
    with open_gradebook(db_url) as opened:
        if not known.exists() or known.read_bytes() != original.read_bytes():
            opened.update_or_create_assignment(problem_set.name)
            try:
                student_version(problem_set.name, db_url)
            except RuntimeError as error:
                raise ResultsError(
                    f"{folder} was begun with other questions ({error}): name a new folder"
                ) from None
            write_whole(folder / "nbgrader_config.py", CONFIGURATION)
            known.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(original, known)
        yield opened


def record(opened, problem_set, graded, submission, folder):
    """Put one graded submission into the gradebook, and its notebook where formgrader looks."""
    name = problem_set.name
    opened.update_or_create_student(graded.student)
    opened.update_or_create_submission(name, graded.student)
    essay_is_new = has_essay(problem_set, submission)
    for verdict in graded.verdicts:
        grade = opened.find_grade(verdict.task, name, name, graded.student)
        grade.auto_score, grade.needs_manual_grade = verdict.earned, False
    essay = opened.find_grade(problem_set.essay, name, name, graded.student)
    essay.auto_score = None if essay_is_new else 0
    essay.needs_manual_grade = essay_is_new and essay.manual_score is None
    opened.db.commit()

    path = folder / "autograded" / graded.student / name / f"{name}.ipynb"
    write_whole(path, nbformat.writes(readable(problem_set, graded, submission)) + "\n")


def has_essay(problem_set, submission):
    """Whether there is something for a person to read.

    If the answer's cell has lost its name, any text cell that is not ours may be the answer.
    """
    named = [cell for cell in submission.cells if cell.name == problem_set.essay]
    cells = named or [
        cell for cell in submission.cells if cell.name is None and cell.kind != "code"
    ]
    return any(cell.source.strip() not in ("", TEXT_STUB) for cell in cells)


def essay_grade(opened, problem_set, student):
    """Return the points and the comment that a person gave the written answer; None if none."""
    name = problem_set.name
    try:
        grade = opened.find_grade(problem_set.essay, name, name, student)
        comment = opened.find_comment(problem_set.essay, name, name, student)
    except MissingEntry:
        return None, None
    points = grade.manual_score if grade.manual_score is not None else grade.auto_score
    return points, comment.manual_comment


def readable(problem_set, graded, submission):
    """Return the submission as a notebook that is safe to show, with the verdicts as outputs.

    The student's text is shown, nothing else of the file: metadata and outputs are ours.
    """
    source = _source(problem_set.name)
    ours = {cell.metadata.nbgrader.grade_id: cell for cell in source.cells if _marked(cell)}
    verdicts = {verdict.task: verdict for verdict in graded.verdicts}
    cells, met = [], set()
    for cell in submission.cells:
        known = ours.get(cell.name) if cell.name not in met else None
        met.add(cell.name)
        locked = known is not None and known.metadata.nbgrader.locked
        text = known.source if locked else cell.source
        if known is None:
            kind, marks = cell.kind, {}
        else:
            kind, marks = known.cell_type, {"nbgrader": known.metadata.nbgrader}
        cells.append(_cell(kind, text if locked else _harmless(kind, text), marks))
        if cell.name in verdicts and known is not None:
            cells[-1].outputs = [_output(verdicts[cell.name])]
    for grade_id in sorted(ours.keys() - met):
        kind, marks = ours[grade_id].cell_type, {"nbgrader": ours[grade_id].metadata.nbgrader}
        cells.append(_cell(kind, ours[grade_id].source if grade_id in verdicts else "", marks))
        if grade_id in verdicts:
            cells[-1].outputs = [_output(verdicts[grade_id])]
    return nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": source.metadata.kernelspec}
    )


@functools.cache
def _source(name):
    """Read the source of a set once, not for each student: nbformat validates what it reads."""
    return nbformat.read(source_path(name), 4)


def _marked(cell):
    return "nbgrader" in cell.metadata and "grade_id" in cell.metadata.nbgrader


def _harmless(kind, text):
    """Take the HTML out of Markdown: formgrader would run it in the instructor's browser."""
    return text if kind == "code" else html.escape(text, quote=False).replace("\\href", "href")


def _cell(kind, text, marks):
    new = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
    return new(text, metadata=marks)


def _output(verdict):
    text = f"{verdict.earned} of {verdict.points} points. {verdict.says}\n"
    return nbformat.v4.new_output("stream", name="stdout", text=text)
