"""Which file counts as whose hand-in, and that none is lost in silence."""

import re

import pytest

from coursework.collect import hand_ins


def put(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")


def found(folder):
    return {
        item.student: item.reason or item.path.relative_to(folder).as_posix()
        for item in hand_ins(folder, "ps1")
    }


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param(["ada/ps1/ps1.ipynb"], {"ada": "ada/ps1/ps1.ipynb"}, id="nbgrader"),
        pytest.param(["ada/ps1.ipynb"], {"ada": "ada/ps1.ipynb"}, id="a-folder-each"),
        pytest.param(["ada/ps1 (1).ipynb"], {"ada": "ada/ps1 (1).ipynb"}, id="renamed"),
        pytest.param(["ada.ipynb"], {"ada": "ada.ipynb"}, id="a-file-each"),
        pytest.param(
            ["Ada Lovelace_123_file/x.ipynb"],
            {"Ada Lovelace_123_file": "Ada Lovelace_123_file/x.ipynb"},
            id="as-a-learning-system-names-it",
        ),
        pytest.param(
            ["ada/ps1/ps1.ipynb", "ada/ps2/ps2.ipynb"],
            {"ada": "ada/ps1/ps1.ipynb"},
            id="other-sets-beside-it",
        ),
        pytest.param(
            ["ada/ps1.ipynb", "ada/draft.ipynb", "ada/notes.txt"],
            {"ada": "ada/ps1.ipynb"},
            id="the-one-with-the-name-of-the-set",
        ),
        pytest.param(
            ["ada/ps1.ipynb", "ada/.ipynb_checkpoints/ps1.ipynb", ".DS_Store"],
            {"ada": "ada/ps1.ipynb"},
            id="checkpoints-are-no-hand-in",
        ),
        pytest.param(
            ["Zoë.ipynb", "李雷.ipynb"], {"Zoë": "Zoë.ipynb", "李雷": "李雷.ipynb"}, id="names"
        ),
    ],
)
def test_hand_in_is_found_where_tools_put_it(tmp_path, names, expected):
    put(tmp_path, *names)
    assert found(tmp_path) == expected


@pytest.mark.parametrize(
    ("names", "student", "reason"),
    [
        (["ada/a.ipynb", "ada/b.ipynb"], "ada", "2 notebooks and none is ps1.ipynb"),
        (["ada/ps1.pdf"], "ada", "there is no notebook; there is: ps1.pdf"),
        (["ada/ps2/ps2.ipynb"], "ada", "there is no notebook; there is: ps2"),
        (["ada.zip"], "ada.zip", "ada.zip is not a notebook"),
        (["ada.ipynb", "ada/ps1.ipynb"], "ada", "there are 2 hand-ins"),
        (["ada.ipynb", "Ada.ipynb"], "Ada", "there are 2 hand-ins"),
    ],
)
def test_what_cannot_be_taken_has_a_reason(tmp_path, names, student, reason):
    put(tmp_path, *names)
    assert reason in found(tmp_path)[student]


@pytest.mark.parametrize("name", ["=cmd()", "-x", "a\nb", "\udced", "é" * 101, "(ada)"])
def test_name_that_no_student_can_have_is_replaced(tmp_path, name):
    put(tmp_path, f"{name}.ipynb")
    ((student, reason),) = found(tmp_path).items()
    assert re.fullmatch(r"_[a-zA-Z0-9_]* \([0-9a-f]{8}\)", student)
    assert "cannot name a student" in reason
    assert reason.isprintable()


def test_names_that_no_student_can_have_are_not_taken_for_one(tmp_path):
    put(tmp_path, "=x.ipynb", "+x.ipynb", "_x.ipynb")
    assert len(found(tmp_path)) == 3
    assert found(tmp_path)["_x"] == "_x.ipynb"


def test_file_in_a_folder_adds_no_line_to_the_report(tmp_path):
    put(tmp_path, "ada/x\nFAILED bob: cheated")
    assert found(tmp_path)["ada"].isprintable()


@pytest.mark.parametrize("link", ["ada", "ada.ipynb", "ada/ps1", "ada/ps1.ipynb"])
def test_link_to_the_file_of_another_is_refused(tmp_path, link):
    put(tmp_path, "bob/ps1/ps1.ipynb")
    (tmp_path / link).parent.mkdir(exist_ok=True)
    target = tmp_path / "bob" / ("" if link == "ada" else "ps1")
    (tmp_path / link).symlink_to(target / "ps1.ipynb" if link.endswith(".ipynb") else target)
    assert "link" in found(tmp_path)["ada"]
    assert found(tmp_path)["bob"] == "bob/ps1/ps1.ipynb"


def test_empty_folder_has_a_reason(tmp_path):
    (tmp_path / "ada").mkdir()
    assert found(tmp_path) == {"ada": "there is no notebook; there is: nothing"}
