"""Every problem set: notebook and graders' side say the same, and mistakes can be told apart."""

import ast
import re
from fractions import Fraction

import nbformat
import numpy as np
import pytest
from numpy.testing import assert_equal

from cecourse import diagnose_cases
from coursework import check, places, release
from coursework.draws import hidden_mistakes
from coursework.sets import SETS
from tests.book_pages import BOOK, anchors, headings, read_cells
from tests.coursework.problem_sets import (
    BEGIN,
    END,
    STUDENTS,
    TASKS,
    all_agree,
    alternatives,
    cell_of,
    grade_ids,
    model_solution,
    solver,
    source_notebook,
    student_cases,
    task_of,
    whole_source,
    wrong_answers,
)
from tools import notebooks

each_set = pytest.mark.parametrize("set_name", SETS)
each_task = pytest.mark.parametrize(("set_name", "task_name"), TASKS)


# ---------------------------------------------------------------------------------------------
# The notebook


def expected_metadata(problem_set):
    """Return for each cell name its type and its nbgrader settings (grade, solution, points)."""
    locked = (False, False, None)
    cells = {"instructions": ("markdown", *locked), "setup": ("code", *locked)}
    for task in problem_set.tasks:
        cells[f"{task.name}-question"] = ("markdown", *locked)
        if task.on_data:
            cells[f"{task.name}-data"] = ("code", *locked)
        cells[f"{task.name}-answer"] = ("code", False, True, None)
        cells[task.name] = ("code", True, False, task.points)
    cells[f"{problem_set.essay}-question"] = ("markdown", *locked)
    cells[problem_set.essay] = ("markdown", True, True, problem_set.essay_points)
    return cells


@each_set
def test_notebook_has_exactly_the_cells_of_the_set(set_name):
    notebook = source_notebook(set_name)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    cells = expected_metadata(SETS[set_name])
    assert grade_ids(notebook) == list(cells)
    assert [cell.id for cell in notebook.cells] == list(cells)
    for cell in notebook.cells:
        settings = dict(cell.metadata.nbgrader)
        kind, grade, solution, points = cells[settings["grade_id"]]
        expected = {
            "schema_version": 3,
            "grade_id": settings["grade_id"],
            "grade": grade,
            "solution": solution,
            "locked": not solution,
            "task": False,
        }
        if points is not None:
            expected["points"] = points
        assert settings == expected
        assert cell.cell_type == kind
        assert cell.metadata.get("tags", []) == [release.GENERATED] * (cell.id == "setup")


@each_set
def test_numbers_of_a_text_are_computed_after_it_in_a_cell_that_is_not_released(set_name):
    cells = whole_source(set_name).cells
    found = [i for i, cell in enumerate(cells) if cell.id.endswith("-numbers")]
    assert len(found) >= 5
    for i in found:
        name, after = cells[i].id.removesuffix("-numbers"), cells[i - 1].id
        assert after == ("setup" if name == "instructions" else f"{name}-question")
        assert cells[i].cell_type == "code"
        assert cells[i].metadata == {"tags": [release.NOT_RELEASED]}
    tagged = [i for i, c in enumerate(cells) if release.NOT_RELEASED in c.metadata.get("tags", [])]
    assert tagged == found


@each_set
def test_points_and_size(set_name):
    problem_set = SETS[set_name]
    assert problem_set.name == set_name
    assert 5 <= len(problem_set.tasks) <= 7
    assert sum(task.on_data for task in problem_set.tasks) >= 1
    assert problem_set.points + problem_set.essay_points == 20
    assert problem_set.essay_points == 4
    assert problem_set.minutes == 90
    titles = [task.title for task in problem_set.tasks]
    assert len(set(titles)) == len(titles)
    assert problem_set.chapters
    for stem in problem_set.chapters:
        assert chapter(stem).exists()


@each_set
def test_instructions_state_title_time_points_and_chapters(set_name):
    problem_set = SETS[set_name]
    text = cell_of(source_notebook(set_name), "instructions").source
    assert problem_set.title in text.splitlines()[0]
    assert f"{problem_set.minutes} minutes" in text
    assert f"{problem_set.points + problem_set.essay_points} points" in text
    for stem in problem_set.chapters:
        assert f"{int(stem[:2])}. " in text or f"`{stem}`" in text, stem


@each_task
def test_question_states_its_points(set_name, task_name):
    task = task_of(set_name, task_name)
    text = cell_of(source_notebook(set_name), f"{task_name}-question").source
    assert f"({task.points} points)" in text.splitlines()[0]
    for name in task.answers:
        assert f"`{name}" in text, f"the question does not name {name}"


@each_set
def test_questions_send_the_reader_to_sections_of_the_book(set_name):
    problem_set = SETS[set_name]
    chapters = {int(stem[:2]): stem for stem in problem_set.chapters}
    names = [*(task.name for task in problem_set.tasks), problem_set.essay]
    for name in names:
        text = cell_of(source_notebook(set_name), f"{name}-question").source
        line = next((line for line in text.splitlines() if line.startswith("*Book:*")), "")
        if name != problem_set.essay:
            assert line, f"{name} names no section"
        _, *pieces = re.split(r"(\d+)\. ", line)
        for number, piece in zip(pieces[::2], pieces[1::2], strict=True):
            titles = {title for _, title, _ in headings(read_cells(chapter(chapters[int(number)])))}
            sections = re.findall(r"\*([^*]+)\*", piece)
            assert sections
            assert set(sections) <= titles, (name, set(sections) - titles)


def chapter(stem):
    """Return the path of a chapter of the book."""
    return BOOK / f"{stem}.ipynb"


@each_set
def test_essay_has_a_rubric_of_four_levels(set_name):
    problem_set = SETS[set_name]
    notebook = source_notebook(set_name)
    text = cell_of(notebook, f"{problem_set.essay}-question").source
    assert f"({problem_set.essay_points} points)" in text.splitlines()[0]
    levels = [int(points) for points in re.findall(r"^\| *(\d) *\|", text, flags=re.M)]
    assert levels == sorted(levels, reverse=True)
    assert len(levels) == len(set(levels)) == 4
    assert levels[0] == problem_set.essay_points
    answer = cell_of(notebook, problem_set.essay).source
    assert BEGIN in answer
    assert len(answer.partition(BEGIN)[2].partition(END)[0].split()) > 60


@each_set
def test_setup_cell_is_the_generated_one(set_name):
    setup = cell_of(source_notebook(set_name), "setup").source
    assert setup == release.setup_cell(SETS[set_name]), 'run "make notebooks"'


@each_task
def test_cells_of_a_task(set_name, task_name):
    task = task_of(set_name, task_name)
    notebook = source_notebook(set_name)
    assert cell_of(notebook, task_name).source == f'check("{task_name}", {", ".join(task.answers)})'
    answer = cell_of(notebook, f"{task_name}-answer").source
    outside, _, rest = answer.partition(BEGIN)
    assert rest.count(END) == 1
    if task.on_data:
        data = {"np": np}
        exec(cell_of(notebook, f"{task_name}-data").source, data)
        data = {name: data[name] for name in data if name not in {"np", "__builtins__"}}
        assert_equal(data, dict(task.examples[0]))
        kinds = {name: np.asarray(value).dtype.kind for name, value in data.items()}
        assert kinds == {name: np.asarray(v).dtype.kind for name, v in task.examples[0].items()}
        for name in task.answers:
            assert name in outside, f"the answer cell does not name {name}"
    else:
        function = ast.parse(f"{outside.rstrip()}\n    pass").body[-1]
        assert function.name == task_name == task.answers[0]
        assert ast.get_docstring(function), "the signature is shown without a docstring"
        arguments = {len(case) for case in task.examples}
        assert arguments == {len(function.args.args)}


@each_set
@pytest.mark.parametrize("read", [whole_source, source_notebook], ids=["whole", "released cells"])
def test_notebook_runs_from_top_to_bottom_and_its_outputs_are_stored(set_name, read, capsys):
    notebook = read(set_name)
    namespace = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            with np.errstate(all="ignore"):
                exec(cell.source, namespace)
            shown = "".join(output["text"] for output in cell.outputs if output.name == "stdout")
            assert shown == capsys.readouterr().out
            assert len(cell.outputs) == bool(shown), "only what was printed is stored"
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert counts == sorted(counts)
    assert read is source_notebook or counts == list(range(1, len(counts) + 1))


@each_set
def test_student_version_holds_no_solution(set_name):
    problem_set = SETS[set_name]
    source, student = whole_source(set_name), release.student_version(set_name)
    assert grade_ids(student) == grade_ids(source_notebook(set_name))
    released = {line.strip() for cell in student.cells for line in cell.source.splitlines()}
    secret = set()
    for cell in source.cells:
        for region in cell.source.split(BEGIN)[1:]:
            secret |= {line.strip() for line in region.partition(END)[0].splitlines()}
        if release.NOT_RELEASED in cell.metadata.get("tags", []):
            secret |= {line.strip() for line in cell.source.splitlines()}
    secret -= {""}
    assert len(secret) > 2 * len(problem_set.tasks)
    assert not secret & released
    assert not any("SOLUTION" in line for line in released)
    assert not any(cell.get("outputs") for cell in student.cells)
    everything = nbformat.writes(student)
    assert "cecourse" not in everything, "its metadata would name the numbers of the example answer"
    assert release.NOT_RELEASED not in everything
    for task in problem_set.tasks:
        answer = cell_of(student, f"{task.name}-answer").source
        case = task.examples[0]
        with pytest.raises(NotImplementedError):
            answered_to(task, answer, case)


@each_set
def test_the_released_notebook_is_the_one_that_the_source_gives(set_name, tmp_path):
    made = release.release(set_name, tmp_path).read_text("utf-8")
    stored = places.release_path(set_name).read_text("utf-8")
    assert made == stored, 'run "make notebooks"'


SAME = [0.5, 0.5 + 1e-7, 0.6, -0.5, 0, 1, True, np.inf, -np.inf, np.nan, None, 0.5 + 0j, 10**400]
SAME += ["0.5", "a", " A", "", [0.5], [[0.5]], [0.5, 1], (0.5, 1), ["0.5"], [0.5, "a"], [], {}]
SAME += [np.float32(0.5), np.array(0.5), np.array(["0.5"]), np.array([0.5]), len, Fraction(1, 2)]


@pytest.mark.parametrize(
    "right", [0.5, 1.0, np.inf, "a", "0.5", [0.5], [0.5, 1.0], [[0.5]]], ids=repr
)
@pytest.mark.parametrize("found", SAME, ids=repr)
def test_the_visible_checks_and_the_grader_call_the_same_things_equal(found, right):
    diagnosis = diagnose_cases(
        lambda: right, [found], [()], misconceptions=(), relative=1e-4, absolute=1e-6
    )
    assert check.agree(found, right, 1e-4, 1e-6) == diagnosis.right


@each_set
def test_the_setup_cell_is_the_same_where_the_last_digits_are_others(set_name, monkeypatch):
    expected = release.setup_cell(SETS[set_name])
    plain = release.plain

    def elsewhere(value):
        """Return what another processor might, two units in the last place away."""
        value = plain(value)
        if isinstance(value, list):
            return [elsewhere(item) for item in value]
        return value * (1 + 2.0**-51) if isinstance(value, float) else value

    rounded = release.rounded
    monkeypatch.setattr(release, "rounded", lambda value: rounded(elsewhere(value)))
    assert release.setup_cell(SETS[set_name]) == expected


def test_make_notebooks_renews_the_setup_cell_and_the_released_notebook(tmp_path, monkeypatch):
    source, student = (path("ps1") for path in (places.source_path, places.release_path))
    expected = source.read_text("utf-8"), student.read_text("utf-8")
    notebook = whole_source("ps1")
    setup = cell_of(notebook, "setup")
    setup.source, setup.metadata["tags"] = "CHECKS = {}", []
    monkeypatch.setattr(places, "ROOT", tmp_path / "coursework")
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    source, student = (path("ps1") for path in (places.source_path, places.release_path))
    source.parent.mkdir(parents=True)
    nbformat.write(notebook, source)
    succeeded, lines = notebooks.refresh(source)
    assert succeeded, lines
    assert (source.read_text("utf-8"), student.read_text("utf-8")) == expected


def answered_to(task, text, case):
    """Return what an answer cell answers to one case: it may raise when defined, or when called."""
    function = solver(task, text)
    return function(**case) if task.on_data else function(*case)


# ---------------------------------------------------------------------------------------------
# The inputs


def forms(case):
    """Return the names and kinds of a case's values: f for fractional, i for whole, U for text."""
    items = case.items() if isinstance(case, dict) else enumerate(case)
    return {name: np.asarray(value).dtype.kind for name, value in items}


def dimensions(case):
    """Return how many axes each of a case's values has."""
    return tuple(map(np.ndim, case.values() if isinstance(case, dict) else case))


@each_task
def test_hidden_cases_have_the_form_of_the_visible_ones(set_name, task_name):
    task = task_of(set_name, task_name)
    shapes = {dimensions(case) for case in task.examples}
    for student in STUDENTS:
        cases = student_cases(set_name, task_name, student)
        assert len(cases) == 1 if task.on_data else 3 <= len(cases) <= 6
        for case in cases:
            assert forms(case) == forms(task.examples[0])
            assert dimensions(case) in shapes, "no example has arrays of as many axes"


@each_task
def test_hidden_cases_differ_from_student_to_student(set_name, task_name):
    drawn = [repr(student_cases(set_name, task_name, student)) for student in STUDENTS]
    assert len(set(drawn)) == len(drawn)


@each_task
def test_first_draw_nearly_always_shows_every_mistake(set_name, task_name):
    task = task_of(set_name, task_name)
    shown = [not hidden_mistakes(task, task.draw(np.random.default_rng(n))) for n in range(50)]
    assert np.mean(shown) >= 0.8


# ---------------------------------------------------------------------------------------------
# Solutions


@each_task
@pytest.mark.parametrize("single", [False, True], ids=["float64", "float32"])
def test_model_solution_is_right(set_name, task_name, single):
    assert not wrong_answers(
        set_name, task_name, model_solution(set_name, task_name), single=single
    )


@each_task
@pytest.mark.parametrize("single", [False, True], ids=["float64", "float32"])
def test_solutions_in_other_styles_are_right(set_name, task_name, single):
    texts = alternatives(set_name).ALTERNATIVES[task_name]
    assert texts
    for text in texts:
        assert not wrong_answers(set_name, task_name, text, single=single), text


@each_task
def test_solutions_leave_their_arguments_alone(set_name, task_name):
    task = task_of(set_name, task_name)
    for text in [
        model_solution(set_name, task_name),
        *alternatives(set_name).ALTERNATIVES[task_name],
    ]:
        case = student_cases(set_name, task_name, 0)[0]
        before = repr(case)
        task.outcomes(solver(task, text), [case])
        assert repr(case) == before


# ---------------------------------------------------------------------------------------------
# Mistakes


@each_task
def test_each_mistake_is_wrong_and_is_the_only_match(set_name, task_name):
    task = task_of(set_name, task_name)
    groups = getattr(alternatives(set_name), "AMBIGUOUS", {}).get(task_name, ())
    assert task.misconceptions
    names = [mistake.name for mistake in task.misconceptions]
    assert len(set(names)) == len(names)
    for student in STUDENTS:
        cases = student_cases(set_name, task_name, student)
        right = task.outcomes(task.reference, cases)
        made = {m.name: task.outcomes(m.commit, cases) for m in task.misconceptions}
        for name, found in made.items():
            assert not all_agree(task, found, right), name
            raised = [isinstance(value, Exception) for value in found]
            assert not all(raised), f"{name} looks like a missing answer"
            matches = {
                other
                for other, values in made.items()
                if all_agree(task, found, values) and all_agree(task, values, found)
            }
            allowed = next((set(group) for group in groups if name in group), {name})
            assert matches <= allowed, (student, name, matches)


@each_task
def test_visible_cases_show_every_mistake(set_name, task_name):
    # whoever is right on the visible cases has made none of the mistakes that are known
    task = task_of(set_name, task_name)
    assert not hidden_mistakes(task, task.examples)


@each_task
def test_each_mistake_says_why_and_where_to_read(set_name, task_name):
    for mistake in task_of(set_name, task_name).misconceptions:
        assert mistake.why.rstrip().endswith(".")
        page, _, anchor = mistake.section.partition("#")
        notebook = (BOOK / page).with_suffix(".ipynb")
        assert notebook.exists(), mistake.section
        assert anchor in anchors(read_cells(notebook)), mistake.section
