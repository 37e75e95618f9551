"""What the tests of the problem sets share: notebooks, hidden cases, and solutions as functions."""

import copy
import functools
import importlib

import nbformat
import numpy as np

from coursework import places, release
from coursework.check import agree
from coursework.draws import hidden_cases, submission_key
from coursework.sets import SETS

STUDENTS = range(20)
TASKS = [(name, task.name) for name, problem_set in SETS.items() for task in problem_set.tasks]
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


def task_of(set_name, task_name):
    """Return a task by the names of its set and its test cell."""
    return next(task for task in SETS[set_name].tasks if task.name == task_name)


def whole_source(set_name):
    """Return the notebook from which students' versions are made."""
    return nbformat.read(places.source_path(set_name), 4)


def source_notebook(set_name):
    """Return the solved notebook: the source without the cells that students do not get."""
    notebook = whole_source(set_name)
    notebook.cells = release.released_cells(notebook)
    return notebook


def grade_ids(notebook):
    """Return the nbgrader names of all cells, in order; None for a cell that has none."""
    return [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]


def cell_of(notebook, grade_id):
    """Return the cell of that nbgrader name."""
    return notebook.cells[grade_ids(notebook).index(grade_id)]


def model_solution(set_name, task_name):
    """Return the text of the answer cell in the source notebook."""
    return cell_of(source_notebook(set_name), f"{task_name}-answer").source


def alternatives(set_name):
    """Return the module of that set's solutions in other styles."""
    return importlib.import_module(f"tests.coursework.alternatives_{set_name}")


def student_cases(set_name, task_name, student):
    """Return the hidden cases that one submission is graded on: a fresh copy."""
    return copy.deepcopy(_drawn(set_name, task_name, student))


@functools.cache
def _drawn(set_name, task_name, student):
    key = submission_key(b"a secret of the tests", set_name, f"student {student}", "0" * 64)
    return hidden_cases(task_of(set_name, task_name), key)


def solver(task, text):
    """Return the text of an answer cell as a function of one case, in the form of `reference`."""
    code = compile(text, f"<{task.name}>", "exec")

    def run(variables):
        namespace = {"np": np, **variables}
        exec(code, namespace)
        return tuple(namespace[name] for name in task.answers)

    if not task.on_data:
        return run({})[0]

    def compute(**data):
        found = run(data)
        return found if len(found) > 1 else found[0]

    return compute


def in_float32(case):
    """Return a case with all its fractional numbers in single precision."""
    if isinstance(case, dict):
        return dict(zip(case, in_float32(tuple(case.values())), strict=True))
    return tuple(
        np.asarray(item, np.float32)[()] if np.asarray(item).dtype.kind == "f" else item
        for item in case
    )


def all_agree(task, found, right):
    """Whether all answers are the right ones, by the grader's own measure."""
    pairs = zip(found, right, strict=True)
    return all(agree(value, other, task.relative, task.absolute) for value, other in pairs)


def wrong_answers(set_name, task_name, text, *, single=False):
    """Return ``(student, found, right)`` for each student on whose cases a solution is wrong."""
    task = task_of(set_name, task_name)
    function = solver(task, text)
    wrong = []
    for student in STUDENTS:
        cases = student_cases(set_name, task_name, student)
        right = task.outcomes(task.reference, cases)
        found = task.outcomes(function, tuple(map(in_float32, cases)) if single else cases)
        if not all_agree(task, found, right):
            wrong.append((student, found, right))
    return wrong
