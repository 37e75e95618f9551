"""From a folder of submissions to grades, feedback and a report, as an instructor does it."""

import csv
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from coursework import command, sandbox
from coursework.gradebook import gradebook
from coursework.places import source_path
from coursework.release import student_version
from coursework.secret import SecretError, make_secret, read_secret
from coursework.sets import SETS
from tests.coursework.problem_sets import cell_of, source_notebook

ROOT = Path(__file__).parents[2]
PS2 = SETS["ps2"]

# One notebook for each kind of student; of all but these cells the source's solutions are kept.
WRONG = {
    "bits": {
        "cross_entropy-answer": """def cross_entropy(p, q):
    with np.errstate(all="ignore"):
        return -np.where(p > 0, p * np.log2(q), 0).sum(axis=-1)
"""
    },
    "typed": {"sample-answer": "estimate = 1.5403"},
    "turned": {
        "nearer-answer": "forward = reverse = 'A'\nforward_value = (p * np.log(p / q_A)).sum()\n"
        "reverse_value = (q_A * np.log(q_A / p)).sum()"
    },
}


def notebook(changes=None):
    made = source_notebook("ps2")
    for name, text in (changes or {}).items():
        cell_of(made, name).source = text
    return made


def hand_in(folder):
    folder.mkdir()
    for student, changes in {"right": {}, **WRONG}.items():
        nbformat.write(notebook(changes), folder / f"{student}.ipynb")
    (folder / "blank").mkdir()
    nbformat.write(student_version("ps2"), folder / "blank" / "ps2.ipynb")
    shutil.copy(folder / "right.ipynb", folder / "twin.ipynb")
    (folder / "broken.ipynb").write_text('{"cells": [')
    (folder / "essay.docx").write_bytes(b"PK")
    (folder / "nothing").mkdir()
    return folder


def run(folder, to, *more):
    secret = to.parent / "course.secret"
    if not secret.exists():
        secret.write_text("a secret of the tests, long enough")
    given = ["grade", "ps2", str(folder), "--to", str(to), "--secret", str(secret), *more]
    if not sandbox.isolation():
        given.append("--without-sandbox")
    return command.main(given)


def rows(results):
    with open(results / "grades.csv", encoding="utf-8", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def written(results):
    """All that does not tell when it was made: the table, the feedback, the records, the report."""
    files = [*results.glob("records/*/*"), *results.glob("feedback/*"), *results.glob("*.*")]
    kept = [path for path in files if path.suffix in (".json", ".html", ".csv", ".txt")]
    return {path.relative_to(results).as_posix(): path.read_text("utf-8") for path in kept}


@pytest.fixture(scope="module")
def submitted(tmp_path_factory):
    return hand_in(tmp_path_factory.mktemp("class") / "submitted")


@pytest.fixture(scope="module")
def results(submitted):
    to = submitted.parent / "results"
    assert run(submitted, to, "--workers", "2") == 1  # some could not be graded
    return to


@pytest.fixture
def copy(results, tmp_path):
    shutil.copy(results.parent / "course.secret", tmp_path)
    return Path(shutil.copytree(results, tmp_path / "results"))


def test_right_answers_earn_all_points_and_the_released_notebook_none(results):
    table = rows(results)
    assert table["right"]["tasks"] == table["right"]["tasks_of"] == str(PS2.points)
    assert table["blank"]["tasks"] == "0"
    assert (table["blank"]["written"], table["blank"]["total"]) == ("0", "0")


def test_a_wrong_answer_loses_the_points_of_its_task_only(results):
    table = rows(results)
    lost = {"bits": {"cross_entropy"}, "typed": {"sample"}, "turned": {"nearer"}}
    for student, tasks in lost.items():
        zero = {task.name for task in PS2.tasks if table[student][task.name] == "0"}
        assert zero == tasks
    points = {task.name: task.points for task in PS2.tasks}
    for student, tasks in lost.items():
        assert int(table[student]["tasks"]) == PS2.points - sum(points[task] for task in tasks)


def test_every_hand_in_has_a_line_and_a_reason_if_it_has_no_grade(results):
    table = rows(results)
    assert set(table) == {
        *("right", "twin", "blank", "broken", "essay.docx", "nothing"),
        *WRONG,
    }
    failed = {student for student, row in table.items() if row["status"] == "failed"}
    assert failed == {"broken", "essay.docx", "nothing"}
    for student in failed:
        assert table[student]["reason"]
        assert table[student]["total"] == table[student]["tasks"] == ""
        assert (
            f"FAILED {student}: {table[student]['reason']}" in (results / "report.txt").read_text()
        )


def test_the_report_counts_and_names_what_is_unusual(results):
    report = (results / "report.txt").read_text()
    assert report.startswith(f"ps2, {PS2.title}: 6 graded, 3 failed.")
    assert "right, twin: they handed in the same file." in report
    assert "bits for nats (1)" in report
    assert "NotImplementedError" not in report


def test_the_feedback_names_the_mistake_its_reason_and_the_section(results):
    page = (results / "feedback" / "bits.html").read_text()
    assert "Bits for nats." in page
    assert "01_surprise.html#bits-nats-and-a-number-without-a-unit" in page
    assert "0 / 2" in page
    assert (results / "feedback" / "right.html").read_text().count("Right.") == len(PS2.tasks)
    assert "the cell is as it was released" in (results / "feedback" / "blank.html").read_text()
    assert "Not graded" in (results / "feedback" / "broken.html").read_text()


def test_the_feedback_runs_nothing_and_shows_no_solution(results):
    for path in results.glob("feedback/*.html"):
        page = path.read_text()
        assert "<script" not in page
        assert "default-src 'none'" in page
    lines = [
        line.strip() for line in cell_of(source_notebook("ps2"), "nearer-answer").source.split("\n")
    ]
    assert not any(line in page for line in lines if len(line) > 12)


def test_text_from_a_submission_cannot_become_part_of_a_page(tmp_path):
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    changes = {
        "sample-answer": f"raise ValueError({evil!r})",
        PS2.essay: f"{evil} [x](javascript:alert(1)) $\\href{{javascript:alert(1)}}{{x}}$",
    }
    folder = tmp_path / "submitted"
    folder.mkdir()
    nbformat.write(notebook(changes), folder / "eve.ipynb")
    run(folder, tmp_path / "results", "--workers", "1")
    page = (tmp_path / "results" / "feedback" / "eve.html").read_text()
    assert "<script" not in page
    assert "<img" not in page
    shown = nbformat.read(tmp_path / "results" / "autograded" / "eve" / "ps2" / "ps2.ipynb", 4)
    essay = cell_of(shown, PS2.essay).source
    assert "<" not in essay
    assert "\\href" not in essay


@pytest.mark.parametrize("more", [("--workers", "1"), ("--workers", "2", "--again")])
def test_the_number_of_workers_changes_nothing(results, copy, submitted, more):
    if "--again" not in more:
        shutil.rmtree(copy)
    run(submitted, copy, *more)
    assert written(copy) == written(results)


def test_a_dask_cluster_gives_the_same_results(results, copy, submitted):
    import distributed

    shutil.rmtree(copy)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, processes=True
    ) as cluster:
        run(submitted, copy, "--scheduler", cluster.scheduler_address)
    assert written(copy) == written(results)


def test_a_cluster_that_is_not_there_is_said(tmp_path, submitted, capsys, monkeypatch):
    import distributed

    def nobody(*_, **__):
        raise OSError("Timed out trying to connect")

    monkeypatch.setattr(distributed, "Client", nobody)
    assert run(submitted, tmp_path / "results", "--scheduler", "tcp://127.0.0.1:9") == 2
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("scheduler", "workers", "reason"),
    [
        ("same", {}, "has no workers"),
        ("No module named 'coursework'", {"tcp://w": "same"}, "the scheduler does not have"),
        ("same", {"tcp://w": "same", "tcp://v": "0" * 64}, "tcp://v does not .*another version"),
    ],
)
def test_a_cluster_without_this_course_is_refused(scheduler, workers, reason):
    from coursework import grade

    def known(answer):
        return grade.digest() if answer == "same" else answer

    class Client:
        def run(self, _):
            return {name: known(answer) for name, answer in workers.items()}

        def run_on_scheduler(self, _):
            return known(scheduler)

    with pytest.raises(grade.ClusterError, match=reason):
        grade._check_cluster(Client(), "tcp://s")


def test_what_is_graded_is_not_graded_again(copy, submitted, monkeypatch):
    def nobody(*_, **__):
        raise AssertionError("a submission ran again")

    before = written(copy)
    monkeypatch.setattr(sandbox, "run", nobody)
    run(submitted, copy, "--workers", "1")
    assert written(copy) == before


def test_an_interrupted_batch_goes_on_where_it_stopped(submitted, results, copy, monkeypatch):
    from coursework import grade

    shutil.rmtree(copy)
    done = []

    def interrupted(jobs, *_):
        for job in jobs[:2]:
            done.append(job.student)
            yield grade.grade_one(job)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(grade, "_run", interrupted)
        assert run(submitted, copy) == 130
    assert sorted(path.stem for path in copy.glob("records/ps2/*")) == sorted(done)
    assert not (copy / "grades.csv").exists()

    asked = []
    original = grade._run
    monkeypatch.setattr(
        grade, "_run", lambda jobs, *more: asked.extend(jobs) or original(jobs, *more)
    )
    run(submitted, copy, "--workers", "1")
    assert not {job.student for job in asked} & set(done)
    assert written(copy) == written(results)


def test_a_new_hand_in_of_one_student_is_graded_and_no_other(
    copy, submitted, tmp_path, monkeypatch
):
    from coursework import grade

    folder = Path(shutil.copytree(submitted, tmp_path / "submitted"))
    nbformat.write(notebook(), folder / "bits.ipynb")
    asked = []
    original = grade._run
    monkeypatch.setattr(
        grade, "_run", lambda jobs, *more: asked.extend(jobs) or original(jobs, *more)
    )
    before = rows(copy)
    run(folder, copy, "--workers", "1")
    assert [job.student for job in asked] == ["bits"]
    after = rows(copy)
    assert after["bits"]["tasks"] == str(PS2.points)
    assert {k: v for k, v in after.items() if k != "bits"} == {
        k: v for k, v in before.items() if k != "bits"
    }


def test_points_and_comment_of_a_person_enter_grades_and_feedback(copy, submitted):
    assert rows(copy)["right"]["total"] == ""
    with gradebook(copy, PS2) as opened:
        grade = opened.find_grade(PS2.essay, "ps2", "ps2", "right")
        assert grade.needs_manual_grade
        grade.manual_score, grade.needs_manual_grade = 3, False
        opened.find_comment(PS2.essay, "ps2", "ps2", "right").manual_comment = "Which <bump>?"
        opened.db.commit()
    run(submitted, copy, "--again", "--workers", "1")
    row = rows(copy)["right"]
    assert (row["written"], row["total"]) == ("3", str(PS2.points + 3))
    page = (copy / "feedback" / "right.html").read_text()
    assert "3 of 4 points for the written answer" in page
    assert "Which &lt;bump&gt;?" in page


def test_nbgrader_agrees_with_the_table(results):
    with gradebook(results, PS2) as opened:
        for student, row in rows(results).items():
            if row["status"] == "graded":
                submission = opened.find_submission("ps2", student)
                assert submission.score == float(row["tasks"])
                assert submission.max_score == PS2.points + PS2.essay_points
    shown = nbformat.read(results / "autograded" / "bits" / "ps2" / "ps2.ipynb", 4)
    nbformat.validate(shown)
    (output,) = cell_of(shown, "cross_entropy").outputs
    assert output.text.startswith("0 of 2 points. Bits for nats.")


def test_without_a_sandbox_nothing_runs_unless_it_is_allowed(
    tmp_path, submitted, monkeypatch, capsys
):
    monkeypatch.setattr(
        sandbox, "isolation", lambda: sandbox.Isolation(False, "there is no program `bwrap`.")
    )
    (tmp_path / "course.secret").write_text("a secret of the tests, long enough")
    given = ["grade", "ps2", str(submitted), "--to", str(tmp_path / "results")]
    given += ["--secret", str(tmp_path / "course.secret")]
    assert command.main(given) == 2
    said = capsys.readouterr().err
    assert "no program `bwrap`" in said
    assert "can read and change" in said
    assert "--without-sandbox" in said
    assert not (tmp_path / "results").exists()


def test_a_folder_with_other_things_is_not_written_into(tmp_path, submitted, capsys):
    to = tmp_path / "home"
    to.mkdir()
    (to / "thesis.tex").write_text("...")
    assert run(submitted, to) == 2
    assert "other files" in capsys.readouterr().err
    assert [path.name for path in to.iterdir()] == ["thesis.tex"]


def test_results_of_another_set_are_kept(copy, submitted, capsys):
    secret = str(copy.parent / "course.secret")
    assert (
        command.main(["grade", "ps1", str(submitted), "--to", str(copy), "--secret", secret]) == 2
    )
    assert "holds the results of ps2" in capsys.readouterr().err


def test_the_secret_is_made_once_and_for_its_owner(tmp_path):
    path = tmp_path / "course.secret"
    assert command.main(["secret", str(path)]) == 0
    first = read_secret(path)
    assert path.stat().st_mode & 0o077 == 0
    assert command.main(["secret", str(path)]) == 2
    assert read_secret(path) == first
    make_secret(tmp_path / "other.secret")
    assert read_secret(tmp_path / "other.secret") != first


@pytest.mark.parametrize(("content", "reason"), [(None, "No such file"), ("short", "at least 16")])
def test_a_bad_secret_is_refused(tmp_path, content, reason):
    if content is not None:
        (tmp_path / "s").write_text(content)
    with pytest.raises(SecretError, match=reason):
        read_secret(tmp_path / "s")


def test_the_command_runs_from_a_shell(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "coursework", "release", "ps1", "--to", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    released = nbformat.read(tmp_path / "ps1.ipynb", 4)
    assert released == nbformat.read(ROOT / "coursework" / "release" / "ps1" / "ps1.ipynb", 4)


def test_a_record_is_read_as_it_was_written(results):
    from coursework.worker import Graded

    for path in results.glob("records/ps2/*.json"):
        text = path.read_text("utf-8")
        assert Graded.from_json(text).as_json() == text
        assert json.loads(text)["sha256"] != re.sub("0", "1", "0" * 64)


@pytest.mark.parametrize("name", SETS)
def test_the_source_is_a_course_of_nbgrader(name):
    marked = [c for c in nbformat.read(source_path(name), 4).cells if "nbgrader" in c.metadata]
    points = [c.metadata.nbgrader.points for c in marked if c.metadata.nbgrader.grade]
    assert sum(points) == SETS[name].points + SETS[name].essay_points
