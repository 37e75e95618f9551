"""Foreign files are read or refused with a reason, and planned so that originals take effect."""

import hashlib
import json
import os

import numpy as np
import pytest

from coursework.submission import (
    Probe,
    SubmissionError,
    attempts,
    plan,
    read_submission,
    unusual,
)


def code(source, name=None, **marks):
    return notebook_cell("code", source, name, **marks)


def markdown(source, name=None, **marks):
    return notebook_cell("markdown", source, name, **marks)


def notebook_cell(kind, source, name=None, **marks):
    metadata = {"nbgrader": {"grade_id": name, "schema_version": 3, **marks}} if name else {}
    return {"cell_type": kind, "metadata": metadata, "source": source, "outputs": []}


def notebook(cells, **more):
    metadata = {"kernelspec": {"name": "python3", "language": "python"}}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells, **more}


LOCKED = {"locked": True, "grade": False, "solution": False}
TEST = {"locked": True, "grade": True, "solution": False, "points": 1}
ANSWER = {"locked": False, "grade": False, "solution": True}

INTRODUCTION = markdown("# Set", "instructions", **LOCKED)
SETUP = code("import numpy as np\ndef check(*a): pass", "setup", **LOCKED)
QUESTION = markdown("What is the entropy?", "entropy-question", **LOCKED)
ENTROPY = code("def entropy(p): ...", "entropy-answer", **ANSWER)
ENTROPY_TEST = code('check("entropy", entropy)', "entropy", **TEST)
CODES_QUESTION = markdown("Which code?", "codes-question", **LOCKED)
DATA = code("p = np.array([0.5, 0.5])", "codes-data", **LOCKED)
CODES = code("better = p.sum()", "codes-answer", **ANSWER)
CODES_TEST = code('check("codes", better)', "codes", **TEST)
SOURCE = [
    INTRODUCTION,
    SETUP,
    QUESTION,
    ENTROPY,
    ENTROPY_TEST,
    CODES_QUESTION,
    DATA,
    CODES,
    CODES_TEST,
]
PROBES = [
    Probe("entropy", ("entropy",), ((np.array([0.25, 0.75]),), (np.array([1.0, 0.0]),))),
    Probe("codes", ("better",), ({"p": np.array([0.25, 0.75])},)),
]
USUAL = ["setup", "entropy-answer", "?entropy", "=codes", "codes-answer", "?codes"]
SECOND = ["?entropy again", "?codes again"]


@pytest.fixture
def submit(tmp_path):
    """Write cells (or a whole notebook, or bytes) into a file and read it."""

    def submit(content):
        if isinstance(content, list):
            content = notebook(content)
        if not isinstance(content, bytes):
            content = json.dumps(content).encode()
        path = tmp_path / "ps.ipynb"
        path.write_bytes(content)
        return read_submission(path)

    return submit


@pytest.fixture
def planned(submit):
    """Plan the run of cells, and say it in short: what runs, is asked (?), or is given (=)."""

    def planned(cells, source=SOURCE):
        made = plan(submit(cells), submit(source), PROBES)
        assert [unit["unit"] for unit in made.units] == list(range(len(made.units)))
        texts = {cell["source"]: cell["metadata"]["nbgrader"]["grade_id"] for cell in SOURCE}
        short = []
        for unit in made.units:
            if unit["kind"] == "cell":
                short.append(texts.get(unit["source"], unit["source"]))
            elif unit["kind"] == "assign":
                assert unit["values"]["p"]["array"] == [0.25, 0.75]
                short.append("=codes")
            else:
                short.append(f"?{unit['task']}" + (" again" if "again" in unit else ""))
        assert short[-2:] == SECOND
        return short[:-2], made.unusual

    return planned


def test_the_source_itself_is_planned_as_it_stands(planned):
    assert planned(SOURCE) == (USUAL, [])


def test_what_is_asked_is_the_hidden_cases(submit):
    made = plan(submit(SOURCE), submit(SOURCE), PROBES)
    call = made.units[2]
    assert (call["kind"], call["task"], call["answer"]) == ("call", "entropy", "entropy")
    assert [[argument["array"] for argument in case] for case in call["calls"]] == [
        [[0.25, 0.75]],
        [[1.0, 0.0]],
    ]
    assert made.units[5] == {"unit": 5, "kind": "read", "task": "codes", "answers": ["better"]}
    assert made.units[6]["again"] == 2
    assert made.units[7]["again"] == 5


def test_own_cells_run_in_the_students_order(planned):
    cells = [code("first = 1"), *SOURCE[:4], code("between = 2"), *SOURCE[4:], code("last = 3")]
    found, odd = planned(cells)
    assert found == ["first = 1", *USUAL[:2], "between = 2", *USUAL[2:], "last = 3"]
    assert odd == []


def test_a_moved_cell_runs_where_it_was_moved_to(planned):
    found, _ = planned([*SOURCE[:3], *SOURCE[5:], ENTROPY, ENTROPY_TEST])
    assert found == ["setup", "=codes", "codes-answer", "?codes", "entropy-answer", "?entropy"]


@pytest.mark.parametrize("gone", ["setup", "entropy", "codes-data", "codes"])
def test_a_deleted_locked_cell_goes_back_to_its_place(planned, gone):
    cells = [cell for cell in SOURCE if cell["metadata"]["nbgrader"]["grade_id"] != gone]
    assert planned(cells) == (
        USUAL,
        [f"The locked cell {gone} was deleted; the original was used."],
    )


def test_all_locked_cells_deleted(planned):
    found, odd = planned([ENTROPY, CODES])
    assert found == USUAL
    assert len(odd) == 4


def test_nothing_left_but_an_own_cell(planned):
    found, _ = planned([code("def entropy(p): return 1")])
    assert found == ["setup", "=codes", "def entropy(p): return 1", "?entropy", "?codes"]


def test_an_empty_notebook_is_asked_all_the_same(planned):
    found, _ = planned([])
    assert found == ["setup", "=codes", "?entropy", "?codes"]


def test_a_test_without_its_answer_cell_is_asked_at_the_end(planned):
    found, _ = planned([SETUP, code("def entropy(p): return 1"), CODES])
    assert found[-1] == "?entropy"


def test_a_changed_test_cell_is_asked_and_its_own_code_runs(planned):
    changed = {**ENTROPY_TEST, "source": "def entropy(p): return 2\ncheck('entropy', entropy)"}
    found, odd = planned([*SOURCE[:3], changed, *SOURCE[5:]])
    assert found == ["setup", "?entropy", changed["source"], *USUAL[3:]]
    assert odd == ["The locked cell entropy was changed; it was restored."]


def test_a_changed_setup_cell_runs_before_the_original(planned):
    changed = {**SETUP, "source": "import math\ncheck = print"}
    found, odd = planned([INTRODUCTION, changed, *SOURCE[2:]])
    assert found == [changed["source"], *USUAL]
    assert odd == ["The locked cell setup was changed; it was restored."]


def test_a_changed_data_cell_gives_the_hidden_data(planned):
    changed = {**DATA, "source": "p = np.array([1.0, 0.0])"}
    found, odd = planned([*SOURCE[:6], changed, *SOURCE[7:]])
    assert found == [*USUAL[:3], changed["source"], *USUAL[3:]]
    assert odd == ["The locked cell codes-data was changed; it was restored."]


def test_white_space_and_line_ends_are_no_change(planned):
    spaced = {**SETUP, "source": "\n" + SETUP["source"].replace("\n", "  \r\n") + "\n\n"}
    assert planned([INTRODUCTION, spaced, *SOURCE[2:]]) == (USUAL, [])


def test_of_two_cells_with_a_locked_name_the_first_counts(planned):
    found, odd = planned([*SOURCE, SETUP, DATA, ENTROPY_TEST])
    assert found == USUAL
    assert len(odd) == 3
    assert "codes-data is there more than once; the first one counts." in odd[1]


def test_a_changed_copy_of_a_data_cell_does_not_bring_visible_data_back(planned):
    copy = {**DATA, "source": "p = np.array([0.5, 0.5])\nscale = 2"}
    found, _ = planned([*SOURCE[:7], copy, *SOURCE[7:]])
    assert found == [*USUAL[:4], copy["source"], "=codes", *USUAL[4:]]


def test_locked_cells_without_their_names_are_known_by_their_text(planned):
    stripped = [{**cell, "metadata": {}} for cell in SOURCE]
    assert planned(stripped) == (USUAL, [])


def test_a_renamed_locked_cell_is_known_by_its_text(planned):
    renamed = {**DATA, "metadata": {"nbgrader": {"grade_id": "mine", "locked": False}}}
    assert planned([*SOURCE[:6], renamed, *SOURCE[7:]]) == (USUAL, [])


def test_a_cell_that_claims_to_be_locked_is_not_believed(planned):
    claim = code("entropy = None", "my-cell", **LOCKED)
    found, _ = planned([*SOURCE, claim])
    assert found == [*USUAL, "entropy = None"]


def test_a_locked_cell_turned_into_text_is_restored(planned):
    found, odd = planned([*SOURCE[:6], {**DATA, "cell_type": "markdown"}, *SOURCE[7:]])
    assert found == USUAL
    assert odd == ["The locked cell codes-data was changed; it was restored."]


def test_an_answer_turned_into_text_is_reported(planned):
    found, odd = planned([*SOURCE[:3], {**ENTROPY, "cell_type": "raw"}, *SOURCE[4:]])
    assert found == [USUAL[0], *USUAL[2:]]
    assert odd == ["The cell entropy-answer is not a code cell any more; it did not run."]


def test_empty_cells_and_duplicate_ids_are_nothing(planned):
    cells = [{**cell, "id": "same"} for cell in SOURCE]
    assert planned([*cells, code(""), code(" \n")]) == (USUAL, [])


def test_a_source_without_a_tasks_test_is_the_graders_mistake(submit):
    with pytest.raises(ValueError, match="no test cells for codes"):
        plan(submit(SOURCE), submit(SOURCE[:-1]), PROBES)


@pytest.mark.parametrize(
    ("metadata", "says"),
    [
        ({}, []),
        ({"kernelspec": None, "language_info": 3}, []),
        ({"kernelspec": {"name": ["x"], "language": {}}}, []),
        ({"language_info": {"name": "python"}}, []),
        (
            {"kernelspec": {"name": "conda-env", "language": "python"}},
            ["The notebook names the kernel conda-env; the grader's Python ran it."],
        ),
        (
            {"kernelspec": {"name": "python3", "language": "R"}},
            ["The notebook is written for R; it was run as Python."],
        ),
        (
            {"kernelspec": {"name": "\x1b[31m\n" + "x" * 500}},
            [f"The notebook names the kernel ?[31m?{'x' * 54}; the grader's Python ran it."],
        ),
    ],
)
def test_another_kernel_is_reported(submit, metadata, says):
    made = plan(submit(notebook(SOURCE, metadata=metadata)), submit(SOURCE), PROBES)
    assert made.unusual == says


def test_metadata_of_any_kind_does_no_harm(submit):
    odd = [3, None, [], "x", {"nbgrader": 3}, {"nbgrader": {"grade_id": ["x"], "locked": 1}}]
    cells = [{"cell_type": "code", "source": "1", "metadata": metadata} for metadata in odd]
    cells += [{"cell_type": "code", "source": "2"}, {"cell_type": "code"}]
    read = submit(cells)
    assert [cell.name for cell in read.cells] == [None] * 8
    assert read.unusual == ()


def test_sources_may_be_lists_of_lines(submit):
    cell = {"cell_type": "code", "source": ["a = 1\n", "b = 2"], "metadata": {}}
    assert submit([cell]).cells[0].source == "a = 1\nb = 2"


@pytest.mark.parametrize(
    "cell",
    [
        None,
        3,
        "code",
        [],
        {},
        {"cell_type": "heading", "source": "x"},
        {"cell_type": ["code"], "source": "x"},
        {"cell_type": "code", "source": 3},
        {"cell_type": "code", "source": ["a", 3]},
    ],
)
def test_what_is_not_a_cell_is_left_out_and_reported(submit, cell):
    read = submit([code("1"), cell, code("2")])
    assert [found.source for found in read.cells] == ["1", "2"]
    assert read.unusual == ("Entry 2 of its list of cells is not a cell; it was left out.",)


def test_the_digest_is_that_of_the_file(submit):
    content = json.dumps(notebook([])).encode()
    assert submit(content).sha256 == hashlib.sha256(content).hexdigest()


def test_a_byte_order_mark_and_other_alphabets_are_read(submit):
    text = json.dumps(notebook([code("# Ünïcode ∑ 中文")]), ensure_ascii=False)
    assert submit(b"\xef\xbb\xbf" + text.encode()).cells[0].source == "# Ünïcode ∑ 中文"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b" \n", "the file is empty"),
        (b"\0" * 100, "not valid JSON"),
        (b"hello", "not valid JSON"),
        (b"print('hello')", "not valid JSON"),
        (b"%PDF-1.4 \xff\xff", "not UTF-8"),
        (json.dumps(notebook([])).encode("utf-16"), "not UTF-8"),
        (json.dumps(notebook([code("ä")]), ensure_ascii=False).encode("latin-1"), "not UTF-8"),
        (json.dumps(notebook([])).encode()[:-5], "not valid JSON"),
        (b"<html><title>Sign in</title></html>", "not valid JSON"),
        (b"[" * 10**6, "nested too deeply"),
        (b'{"nbformat": 4, "cells": ' + b"[" * 10**6, "nested too deeply"),
        (b"[]", "has no cells"),
        (b"3", "has no cells"),
        (b"null", "has no cells"),
        (b"{}", "has no cells"),
        (b'{"nbformat": 4}', "no list of cells"),
        (b'{"nbformat": 4, "cells": {}}', "no list of cells"),
        (b'{"nbformat": "4", "cells": []}', "does not say which format"),
        (b'{"nbformat": true, "cells": []}', "does not say which format"),
        (b'{"cells": []}', "does not say which format"),
        (b'{"nbformat": 3, "worksheets": []}', "old notebook format 3: open it in a present"),
        (b'{"nbformat": 5, "cells": []}', "this grader reads format 4"),
        (b'{"nbformat": 1' + b"0" * 9999 + b', "cells": []}', "not valid JSON"),
        (json.dumps(notebook([code("1")] * 2001)).encode(), "more than 2000 cells"),
        (b" " * 20_000_001, "larger than 20 MB: clear all outputs"),
    ],
)
def test_what_is_not_a_notebook_is_refused_with_a_reason(submit, content, reason):
    with pytest.raises(SubmissionError, match=reason):
        submit(content)


def test_a_link_a_folder_a_pipe_and_a_missing_file_are_refused(tmp_path):
    target = tmp_path / "real.ipynb"
    target.write_text(json.dumps(notebook([])))
    link, folder, pipe = tmp_path / "link", tmp_path / "folder", tmp_path / "pipe"
    link.symlink_to(target)
    folder.mkdir()
    os.mkfifo(pipe)
    with pytest.raises(SubmissionError, match="a link to another place"):
        read_submission(link)
    with pytest.raises(SubmissionError, match="not a file"):
        read_submission(folder)
    with pytest.raises(SubmissionError, match="not a file"):  # and does not wait for a writer
        read_submission(pipe)
    with pytest.raises(SubmissionError, match="cannot be read: No such file"):
        read_submission(tmp_path / "missing")
    with pytest.raises(SubmissionError, match="a folder or a device"):
        read_submission("/dev/zero")


def test_records_are_sorted_by_task_and_told(submit):
    made = plan(submit([*SOURCE, code("1/0")]), submit(SOURCE), PROBES)
    value = {"value": {"number": 1}}
    records = [{"unit": n, "state": "done", "error": None} for n in range(len(made.units))]
    records[1] = {"unit": 1, "state": "stopped", "why": "it wrote too much"}
    records[2] = {"unit": 2, "state": "done", "results": [{"missing": True}] * 2}
    records[5] = {"unit": 5, "state": "done", "results": [value]}
    records[6]["error"] = "ZeroDivisionError: division by zero"
    records[7] = {"unit": 7, "state": "done", "results": [value] * 2}
    records[8] = {"unit": 8, "state": "done", "same": True, "results": []}
    assert attempts(made, records) == {
        "entropy": [[{"missing": True}] * 2, [value] * 2],
        "codes": [[value]],
    }
    assert unusual(made, records) == [
        "Code cell 7 failed: ZeroDivisionError: division by zero",
        "Code cell 2 (entropy-answer) was stopped: it wrote too much.",
    ]
    records[6:] = [{"unit": n, "state": "not reached", "results": []} for n in (6, 7, 8)]
    assert unusual(made, records)[-1].startswith("3 of 9 steps were not reached")


def test_many_failed_cells_are_counted(submit):
    made = plan(submit([*SOURCE, *[code("1/0")] * 20]), submit(SOURCE), PROBES)
    records = [{"unit": n, "state": "done", "error": "Error"} for n in range(len(made.units))]
    assert unusual(made, records)[-1].endswith("more cells failed.")
    assert len(unusual(made, records)) == 9
