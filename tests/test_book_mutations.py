"""Spoil a copy of a real chapter, and see the command line say so; then try the command itself.

The rules about text, structure and links are tried where they stand (`test_book_*.py`). Here it is
what `python -m tools.notebooks` and nbval make of a file that cannot be relied on.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.book_pages import BOOK, CHAPTERS, ROOT
from tools import notebooks

# ---------------------------------------------------------------------------------------------
# --check


@pytest.fixture
def copy(tmp_path):
    """A copy of a chapter, with its quiz, in a directory of its own."""
    original = CHAPTERS[0]
    (tmp_path / "quizzes").mkdir()
    quiz = BOOK / "quizzes" / f"{original.stem}.json"
    shutil.copy(quiz, tmp_path / "quizzes")
    return Path(shutil.copy(original, tmp_path))


def check(path, capsys):
    """Return the exit status of --check and the lines it wrote, without the path before them."""
    status = notebooks.main(["--check", str(path)])
    lines = capsys.readouterr().err.splitlines()
    assert all(line.startswith(f"{path}: ") for line in lines)
    return status, [line.removeprefix(f"{path}: ") for line in lines]


def edit(path, change):
    """Change the content of a notebook's file."""
    content = json.loads(path.read_text("utf-8"))
    change(content)
    path.write_text(json.dumps(content), "utf-8")


def code(content):
    return [cell for cell in content["cells"] if cell["cell_type"] == "code"]


def test_a_sound_chapter_gives_no_line(copy, capsys):
    assert check(copy, capsys) == (0, [])


def clear(cell):
    cell.update(outputs=[], execution_count=None)


def flip_a_digit(content):
    cell = next(
        cell
        for cell in content["cells"]
        if cell["cell_type"] == "markdown" and re.search(r"\d\.\d+ bits", "".join(cell["source"]))
    )
    text = "".join(cell["source"])
    digit = re.search(r"\d\.\d*(\d) bits", text)
    flipped = str((int(digit[1]) + 1) % 10)
    cell["source"] = text[: digit.start(1)] + flipped + text[digit.end(1) :]


def run_out_of_order(content):
    first, second = code(content)[:2]
    first["execution_count"], second["execution_count"] = 2, 1


def store_an_error(content):
    code(content)[-1]["outputs"] = [
        {"output_type": "error", "ename": "NameError", "evalue": "no p", "traceback": []}
    ]


SPOILT = {
    "flipped digit": (flip_a_digit, r"cell \d+ \(id .*\): number \d+ is now .* and was .*"),
    "changed code": (
        lambda content: code(content)[3].update(source="x = 1"),
        r'the stored outputs belong to an older source; run "make notebooks"',
    ),
    "changed tags": (
        lambda content: code(content)[3]["metadata"].update(tags=["nbval-skip"]),
        r'the stored outputs belong to an older source; run "make notebooks"',
    ),
    "cells in another order": (
        lambda content: content["cells"].reverse(),
        r'the stored outputs belong to an older source; run "make notebooks"',
    ),
    "never run": (
        lambda content: [clear(cell) for cell in code(content)],
        r'\d+ code cells have never been run; run "make notebooks"',
    ),
    "one cell never run": (
        lambda content: clear(code(content)[1]),
        r'1 of \d+ code cells have never been run; run "make notebooks"',
    ),
    "run out of order": (
        run_out_of_order,
        r'the cells were not run in order, from top to bottom; run "make notebooks"',
    ),
    "no hash": (
        lambda content: content["metadata"].pop("cecourse"),
        r'the stored outputs belong to an older source; run "make notebooks"',
    ),
    "stored error": (
        store_an_error,
        r"cell \d+ \(id .*\): an error is stored: NameError: no p; mend it and run .*",
    ),
    "another kernel": (
        lambda content: content["metadata"]["kernelspec"].update(name="ir"),
        r'its kernel is ir, not python3; run "make notebooks"',
    ),
    "no kernel": (
        lambda content: content["metadata"].pop("kernelspec"),
        r'its kernel is None, not python3; run "make notebooks"',
    ),
    "old format": (
        lambda content: content.update(nbformat_minor=4),
        r'it is in format 4.4, not 4.5 or later; run "make notebooks"',
    ),
    "one id twice": (
        lambda content: content["cells"][1].update(id=content["cells"][0]["id"]),
        r'two cells have the id .*; give one of them another, then run "make notebooks"',
    ),
    "no outputs at all": (
        lambda content: code(content)[0].pop("outputs"),
        r"not a valid notebook: \['cells'\]\[\d+\] 'outputs' is a required property.*",
    ),
}


@pytest.mark.parametrize(("change", "expected"), SPOILT.values(), ids=SPOILT)
def test_a_spoilt_notebook_gives_one_clear_line(copy, capsys, change, expected):
    edit(copy, change)
    status, lines = check(copy, capsys)
    assert status == 1
    assert re.fullmatch(expected, lines[0])
    assert len(lines) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "line 1: Expecting value"),
        ('{\n "cells": [\n  {,\n', "line 3: Expecting property name enclosed in double quotes"),
        ("[]", "it has no cells"),
        ('{"metadata": {}}', "it has no cells"),
        ("<<<<<<< HEAD\n", "line 1: Expecting value"),
    ],
    ids=["empty", "cut", "list", "no cells", "merge conflict"],
)
def test_a_corrupt_file_gives_one_clear_line(copy, capsys, text, reason):
    copy.write_text(text, "utf-8")
    restore = f'restore it with "git checkout -- {copy}"'
    assert check(copy, capsys) == (1, [f"not a notebook: {reason}; {restore}"])


def test_a_file_that_is_no_text_gives_one_clear_line(copy, capsys):
    copy.write_bytes(b"\xff\xfe\x00")
    status, (line,) = check(copy, capsys)
    assert status == 1
    assert line.startswith("not a notebook: 'utf-8' codec can't decode byte 0xff")


def test_a_missing_file_gives_one_clear_line(tmp_path, capsys):
    assert check(tmp_path / "nothing.ipynb", capsys) == (1, ["there is no such file"])


def test_a_corrupt_quiz_gives_one_clear_line(copy, capsys):
    quiz = copy.parent / "quizzes" / f"{copy.stem}.json"
    quiz.write_text("[", "utf-8")
    assert notebooks.main(["--check", str(copy)]) == 1
    assert capsys.readouterr().err == (
        f'{quiz}: not a quiz: line 1: Expecting value; restore it with "git checkout -- {quiz}"\n'
    )


def test_a_changed_number_in_a_quiz_gives_a_line(copy, capsys):
    quiz = copy.parent / "quizzes" / f"{copy.stem}.json"
    quiz.write_text(
        quiz.read_text("utf-8").replace('question": "', 'question": "9.87654 bits. ', 1)
    )
    status, (line,) = check(copy, capsys)
    assert status == 1
    assert "is now 9.87654 bits in quiz" in line


@pytest.mark.parametrize("package", ["nbformat", "nbclient", "joblib"])
def test_a_missing_package_gives_one_clear_line(monkeypatch, capsys, package):
    from importlib import util

    found = util.find_spec
    monkeypatch.setattr(util, "find_spec", lambda name: None if name == package else found(name))
    assert notebooks.main(["--check"]) == 1
    message = capsys.readouterr().err
    assert message.startswith(f"{package} is not installed for {sys.executable}; ")
    assert message.count("\n") == 1


# ---------------------------------------------------------------------------------------------
# Running


def write(path, *cells, **metadata):
    """Write a notebook that was never run: ("markdown" or "code", text, tags...) for each cell."""
    notebook = nbformat.v4.new_notebook(metadata=metadata)
    for number, (kind, text, *tags) in enumerate(cells):
        new = nbformat.v4.new_markdown_cell if kind == "markdown" else nbformat.v4.new_code_cell
        cell = new(text, id=f"cell-{number}")
        if tags:
            cell.metadata["tags"] = tags
        notebook.cells.append(cell)
    path.write_text(nbformat.writes(notebook), "utf-8")
    return path


def run(*arguments, **environment):
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "tools.notebooks", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def nbval(path):
    """Run nbval on a notebook as `make test` does."""
    options = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=120"]
    options += ["-v", "-p", "no:cacheprovider", f"--rootdir={path.parent}"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(path)],
        cwd=path.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small notebook that the command has run, with what the command said."""
    directory = tmp_path_factory.mktemp("book")
    path = write(
        directory / "small.ipynb",
        ("markdown", "# Small\n\nThe coin is worth 0.469 bits."),
        ("code", "import os, sys\nfrom pathlib import Path\nimport cecourse as ce"),
        ("code", "print(f'{ce.entropy([0.9, 0.1], base=2):.4f} bits')\nprint('second line')"),
        ("code", "assert Path.cwd().name.startswith('book'), Path.cwd()"),
        ("code", f"assert sys.executable == {sys.executable!r}"),
        ("code", "ce.entropy([0.5, 0.4])", "raises-exception"),
        ("code", "import random\nprint(random.random())", "nbval-ignore-output"),
        ("code", ""),
        jupytext={"formats": "ipynb,md"},
        widgets={},
    )
    # A kernel of the user's, by the same name, must not be taken.
    kernel = directory / "kernels" / "python3"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text('{"argv": ["false"], "display_name": "x"}')
    result = run(path, JUPYTER_PATH=str(directory))
    assert (result.returncode, result.stderr) == (0, "")
    return path, result.stdout


def test_running_stores_the_outputs_and_says_so(small, capsys):
    path, said = small
    assert said == f"{path}: ran 6 code cells, and wrote the file\n"
    notebook = notebooks.read(path)
    printed = notebook.cells[2].outputs
    assert [(o.output_type, o.text) for o in printed] == [("stream", "0.4690 bits\nsecond line\n")]
    (error,) = notebook.cells[5].outputs
    assert error.traceback == ["ValueError: p must sum to 1 over its last axis; it sums to 0.9"]
    assert notebook.cells[0].metadata.cecourse.numbers == [["0.469 bits", "cell-2"]]
    assert set(notebook.metadata) == {"cecourse", "kernelspec", "language_info"}
    assert check(path, capsys) == (0, [])


def test_running_again_changes_nothing(small):
    path, _ = small
    before = path.read_bytes()
    result = run(path)
    assert result.stdout == f"{path}: ran 6 code cells, nothing has changed\n"
    assert path.read_bytes() == before


def test_nbval_accepts_what_the_command_wrote_and_notices_a_changed_output(small, tmp_path):
    (tmp_path / "book").mkdir()
    path = Path(shutil.copy(small[0], tmp_path / "book"))
    path.write_text(path.read_text("utf-8").replace("0.4690 bits", "0.4691 bits"), "utf-8")
    result = nbval(path)
    assert result.returncode == 1
    assert "1 failed, 6 passed" in result.stdout
    assert re.search(r"::Cell 1 FAILED", result.stdout)


@pytest.fixture(scope="module")
def troubled(tmp_path_factory):
    """Four notebooks run by one command, three of them in trouble; and what the command said."""
    directory = tmp_path_factory.mktemp("troubled")
    write(directory / "dies.ipynb", ("code", "import os\nos._exit(1)"))
    write(directory / "fails.ipynb", ("markdown", "# A"), ("code", "print(undefined)"))
    write(directory / "fine.ipynb", ("code", "print(1)"))
    write(directory / "wrong.ipynb", ("markdown", "Worth 0.468 bits."), ("code", "print(0.469)"))
    before = {path.name: path.read_bytes() for path in directory.iterdir()}
    return directory, before, run(directory)


def test_trouble_in_one_notebook_does_not_stop_the_others(troubled):
    directory, before, result = troubled
    assert result.returncode == 1
    fine = directory / "fine.ipynb"
    assert result.stdout == f"{fine}: ran 1 code cells, and wrote the file\n"
    after = {path.name: path.read_bytes() for path in directory.iterdir()}
    assert [name for name in sorted(before) if after[name] != before[name]] == ["fine.ipynb"]
    assert set(after) == set(before)


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (
            "fails.ipynb",
            ["cell 2 (id cell-1): NameError: name 'undefined' is not defined; nothing was written"],
        ),
        ("dies.ipynb", ["cell 1 (id cell-0): the kernel died; nothing was written"]),
        (
            "wrong.ipynb",
            [
                "cell 1 (id cell-0), text ...Worth 0.468 bits....: 0.468 bits: no code cell prints "
                "or states it; nearest is 0.469 in cell cell-1",
                "nothing was written; compute each of these numbers in a code cell, or state it "
                "there (quoted = 1.23) if the text quotes it as wrong",
            ],
        ),
    ],
)
def test_trouble_is_told_in_clear_lines(troubled, file, expected):
    directory, _, result = troubled
    start = f"{directory / file}: "
    lines = [line for line in result.stderr.splitlines() if line.startswith(start)]
    assert [line.removeprefix(start) for line in lines] == expected


def test_changed_text_can_be_pinned_without_running(small, tmp_path):
    path = Path(shutil.copy(small[0], tmp_path))
    edit(path, lambda content: content["cells"][0].update(source="Worth 0.47 bits."))
    assert run("--pins", path).returncode == 0
    assert notebooks.read(path).cells[0].metadata.cecourse.numbers == [["0.47 bits", "cell-2"]]


def test_outdated_outputs_cannot_be_pinned(small, tmp_path):
    path = Path(shutil.copy(small[0], tmp_path))
    edit(path, lambda content: content["cells"][2].update(source="print('0.5 bits')"))
    before = path.read_bytes()
    result = run("--pins", path)
    assert result.returncode == 1
    assert "the stored outputs belong to an older source" in result.stderr
    assert path.read_bytes() == before


def test_an_interrupted_write_leaves_the_old_file(small, tmp_path, monkeypatch):
    path = Path(shutil.copy(small[0], tmp_path))
    before = path.read_bytes()

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        notebooks.write(path, notebooks.read(path))
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


# ---------------------------------------------------------------------------------------------
# Pages


def test_pages_are_pinned_or_refused(copy, monkeypatch):
    root = copy.parent / "root"
    (root / "book").mkdir(parents=True)
    shutil.copy(copy, root / "book" / "chapter.ipynb")
    page = root / "book" / "page.md"
    pins = root / "pins.json"
    monkeypatch.setattr(notebooks, "ROOT", root)
    monkeypatch.setattr(notebooks, "PAGE_NUMBERS", pins)

    printed = next(
        source
        for source in notebooks.sources_of_book()["chapter.ipynb"]
        if source.unit == "bit" and source.exponent is not None
    )
    page.write_text(f"# Page\n\nIt is {printed.text} in 3 days.\n", "utf-8")
    assert notebooks.pin_pages() == []
    (number, notebook, cell_id), other = json.loads(pins.read_text("utf-8"))["page.md"]
    assert (number, notebook, bool(cell_id)) == (printed.text, "chapter.ipynb", True)
    assert other == ["3", None, None]

    before = pins.read_bytes()
    page.write_text("# Page\n\nIt is 987.654 bits.\n", "utf-8")
    (line,) = notebooks.pin_pages()
    assert line.startswith(f"{page}: ...# Page It is 987.654 bits....: 987.654 bits: no code cell")
    assert pins.read_bytes() == before
