"""The stored outputs of each notebook belong to its present source; nbval checks what they say."""

import json
import re

import pytest

from tests.book_pages import BOOK, CHAPTERS, NOTEBOOKS, ROOT, name
from tools import notebooks

PROBLEM_SETS = sorted((ROOT / "coursework" / "source").glob("*/*.ipynb"))
each_notebook = pytest.mark.parametrize("path", [*NOTEBOOKS, *PROBLEM_SETS], ids=name)


@each_notebook
def test_notebook_is_well_formed(path):
    assert notebooks.problems_with_form(notebooks.read(path)) == []


@each_notebook
def test_outputs_belong_to_the_present_source(path):
    assert notebooks.problems_with_outputs(notebooks.read(path)) == []


@each_notebook
def test_file_is_written_as_the_tool_writes_it(path):
    """So that running the notebooks again changes nothing but outputs that really differ."""
    notebook = notebooks.read(path)
    text = path.read_text("utf-8")
    notebooks.tidy(notebook)
    assert notebooks.as_text(notebook) == text


def shown_questions(notebook):
    """Return the questions that the stored output of a chapter's quiz shows."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            script = output.get("data", {}).get("application/javascript", "")
            if found := re.match(r"var questions\w+=", script):
                return json.JSONDecoder().raw_decode(script, found.end())[0]
    return None


@pytest.mark.parametrize("path", CHAPTERS, ids=name)
def test_quiz_shows_its_present_questions(path):
    """The questions stand in a file of their own, and nbval does not compare a quiz."""
    questions = json.loads((BOOK / "quizzes" / f"{path.stem}.json").read_text("utf-8"))
    assert shown_questions(notebooks.read(path)) == questions, 'run "make notebooks"'


def test_there_are_notebooks_and_the_tool_runs_all_of_them():
    assert NOTEBOOKS
    assert len(PROBLEM_SETS) == 4
    assert notebooks.find(notebooks.everything()) == [*NOTEBOOKS, *PROBLEM_SETS]
