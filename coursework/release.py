"""Student versions of the problem sets, made by nbgrader from the source notebooks.

The source notebook holds everything: questions, solutions, visible checks. Its setup cell is
written here, from `check.py` and the tasks' visible cases, so that the checks in the notebook know
the same mistakes as the grader.
"""

import json
import os
import pathlib
import shutil
import sys
import tempfile

import nbformat
import numpy as np

from .places import ROOT, source_path
from .sets import SETS

COURSE = "cross-entropy"
TEXT_STUB = "*Your answer here.*"


def plain(value):
    """Turn arrays and NumPy numbers into what JSON can hold."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Exception):
        return f"{type(value).__name__}: {value}"
    return value


def visible_checks(problem_set):
    """Return the table of the notebook's `check`: visible cases, right values, known mistakes."""
    table = {}
    for task in problem_set.tasks:
        right = task.outcomes(task.reference, task.examples)
        mistakes = []
        for mistake in task.misconceptions:
            values = task.outcomes(mistake.commit, task.examples)
            mistakes.append({"values": plain(values), "says": sentence(mistake)})
        table[task.name] = {
            "answers": list(task.answers),
            "cases": None if task.on_data else plain(task.examples),
            "right": plain(right),
            "relative": task.relative,
            "absolute": task.absolute,
            "mistakes": mistakes,
        }
    return table


def sentence(mistake):
    """Return what a student is told about a mistake, without links: a notebook has no book."""
    return f"{mistake.name}. {mistake.why}"


def setup_cell(problem_set):
    """Return the text of the notebook's first code cell."""
    code = (ROOT / "check.py").read_text(encoding="utf-8")
    _, _, code = code.partition('"""\n\n')  # without the docstring of the module
    table = json.dumps(visible_checks(problem_set), ensure_ascii=False)
    lines = "\n".join(f"    {line!r}" for line in _pieces(table, 88))
    heading = "# Run this cell first. It makes `check`, which tries your answers on visible cases."
    return f"{heading}\nimport json\n\n{code}\n\nCHECKS.update(json.loads(\n{lines}\n))"


def _pieces(text, width):
    return [text[start : start + width] for start in range(0, len(text), width)]


def refresh(name):
    """Write the setup cell into a source notebook, and return whether it was out of date."""
    path = source_path(name)
    notebook = nbformat.read(path, 4)
    cell = next(
        c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "setup"
    )
    text = setup_cell(SETS[name])
    if cell.source == text:
        return False
    cell.source, cell.outputs, cell.execution_count = text, [], None
    nbformat.write(notebook, path)
    return True


def generate(course, name):
    """Let nbgrader take in the source of a set, in a folder that is or becomes its course."""
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    target = course / "source" / name
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(source_path(name), target)
    config = Config()
    config.CourseDirectory.root = str(course)
    config.CourseDirectory.course_id = COURSE
    config.CourseDirectory.db_url = f"sqlite:///{course}/gradebook.db"
    config.ClearSolutions.code_stub = {"python": "# Your code here.\nraise NotImplementedError"}
    config.ClearSolutions.text_stub = TEXT_STUB
    config.NbGraderApp.log_level = "CRITICAL"
    # nbgrader starts the program `alembic`, which stands beside Python.
    path = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(pathlib.Path(sys.executable).parent), path])
    try:
        made = NbGraderAPI(config=config).generate_assignment(name, force=True)
    finally:
        os.environ["PATH"] = path
    if not made["success"]:
        raise RuntimeError(f"nbgrader cannot take in {name}: {made['log']}")


def student_version(name):
    """Return the student's notebook: the source without solutions and outputs."""
    with tempfile.TemporaryDirectory() as course:
        course = pathlib.Path(course)
        generate(course, name)
        return nbformat.read(course / "release" / name / f"{name}.ipynb", 4)


def release(name, folder):
    """Write the student version of a set into `folder`, and return its path."""
    path = pathlib.Path(folder) / f"{name}.ipynb"
    notebook = student_version(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path
