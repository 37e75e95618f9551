"""The stored outputs of each notebook belong to its present source; nbval checks what they say."""

import pytest

from tests.book_pages import NOTEBOOKS, name
from tools import notebooks


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_notebook_is_well_formed(path):
    assert notebooks.problems_with_form(notebooks.read(path)) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_outputs_belong_to_the_present_source(path):
    assert notebooks.problems_with_outputs(notebooks.read(path)) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_file_is_written_as_the_tool_writes_it(path):
    """So that running the notebooks again changes nothing but outputs that really differ."""
    notebook = notebooks.read(path)
    text = path.read_text("utf-8")
    notebooks.tidy(notebook)
    assert notebooks.as_text(notebook) == text


def test_there_are_notebooks():
    assert NOTEBOOKS
