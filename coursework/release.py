"""Student versions of the problem sets, made by nbgrader from the source notebooks.

The source notebook holds everything: questions, solutions, visible checks. Its setup cell is
written here, from `check.py` and the tasks' visible cases, so that the checks in the notebook know
the same mistakes as the grader. Cells tagged "not-released" compute the numbers that a question
states; they need `cecourse`, and students do not get them.
"""

import json
import pathlib

import nbformat
import numpy as np
from nbgrader import preprocessors as steps
from traitlets.config import Config

from .places import ROOT, source_path, write_whole
from .sets import SETS

NOT_RELEASED = "not-released"  # tag of the cells that compute the numbers of a question's text
GENERATED = "generated"  # tag of the setup cell
TEXT_STUB = "*Your answer here.*"
STEPS = (
    steps.LockCells,
    steps.ClearSolutions,
    steps.ClearOutput,
    steps.CheckCellMetadata,
    steps.ComputeChecksums,
    steps.SaveCells,
    steps.ClearHiddenTests,
    steps.ComputeChecksums,
    steps.CheckCellMetadata,
)


def plain(value):
    """Turn arrays and NumPy numbers into what JSON can hold."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Exception):
        return f"{type(value).__name__}: {value}"
    return value


def rounded(value):
    """Return a value as `plain` does, with ten digits: the last ones differ between processors."""
    value = plain(value)
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.10g}") if isinstance(value, float) else value


def visible_checks(problem_set):
    """Return the table of the notebook's `check`: visible cases, right values, known mistakes."""
    table = {}
    for task in problem_set.tasks:
        right = task.outcomes(task.reference, task.examples)
        mistakes = []
        for mistake in task.misconceptions:
            values = task.outcomes(mistake.commit, task.examples)
            mistakes.append({"values": rounded(values), "says": sentence(mistake)})
        table[task.name] = {
            "answers": list(task.answers),
            "cases": None if task.on_data else plain(task.examples),
            "right": rounded(right),
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


def renew_setup(notebook, name):
    """Put the setup cell into a notebook as read, unless the one that is there is the same."""
    cell = next(
        c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "setup"
    )
    text, tags = setup_cell(SETS[name]), [GENERATED]
    if cell.source != text or cell.metadata.get("tags") != tags:
        cell.source, cell.outputs, cell.execution_count = text, [], None
        cell.metadata["tags"] = tags


def released_cells(notebook):
    """Return the cells of a source notebook that students get, solved or not."""
    return [c for c in notebook.cells if NOT_RELEASED not in c.metadata.get("tags", [])]


def forget_numbers(notebook):
    """Remove the notes that tie numbers to cells: they name the numbers of the example answer."""
    for part in [notebook, *notebook.cells]:
        part.metadata.pop("cecourse", None)


def student_version(name, db_url=None):
    """Return the student's notebook: the source without solutions and outputs, its setup cell new.

    These are the steps of ``nbgrader generate_assignment``, without its search for files. With
    `db_url`, the cells of the set are also entered into that nbgrader gradebook.
    """
    config = Config()
    config.ClearSolutions.code_stub = {"python": "# Your code here.\nraise NotImplementedError"}
    config.ClearSolutions.text_stub = TEXT_STUB
    about = {"notebook": name, "assignment": name, "student": ".", "db_url": db_url}
    resources = {"nbgrader": about, "metadata": {"name": name}}
    notebook = nbformat.read(source_path(name), 4)
    renew_setup(notebook, name)
    notebook.cells = released_cells(notebook)
    forget_numbers(notebook)
    for step in STEPS:
        if step is not steps.SaveCells or db_url:
            notebook, resources = step(config=config).preprocess(notebook, resources)
    return notebook


def release(name, folder):
    """Write the student version of a set into `folder`, and return its path."""
    path = pathlib.Path(folder) / f"{name}.ipynb"
    write_whole(path, nbformat.writes(student_version(name)) + "\n")
    return path
