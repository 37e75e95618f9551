"""What the cases of problem set 4 promise beyond the common tests, and second data of all sets."""

import pytest

from coursework.draws import hidden_cases, other_choice
from coursework.sets.ps4 import fitting_loss
from tests.coursework.problem_sets import STUDENTS, TASKS, student_cases, task_of


def test_either_loss_may_fit_and_labels_are_one_per_example_on_average():
    losses = set()
    for student in STUDENTS:
        (data,) = student_cases("ps4", "which_loss", student)
        assert data["y"].sum() == len(data["y"])
        losses.add(fitting_loss(**data)[0])
    assert losses == {"binary", "categorical"}


def test_some_floods_lie_below_eps_and_no_probability_is_certain():
    for student in STUDENTS:
        (data,) = student_cases("ps4", "clip", student)
        below = data["p"][data["y"] == 1] < data["eps"]
        assert 2 <= below.sum() < len(below)
        assert 0 < data["p"].min() < data["p"].max() < 1 - data["eps"]


@pytest.mark.parametrize(
    ("set_name", "task_name"), [t for t in TASKS if task_of(*t).on_data], ids=lambda name: name
)
def test_second_data_ask_for_another_choice(set_name, task_name):
    task = task_of(set_name, task_name)
    for key in (b"one student", b"another"):
        first = task.outcomes(task.reference, hidden_cases(task, key))
        if not any(isinstance(answer, str) for answer in first):
            assert other_choice(task, key, hidden_cases(task, key)) is None
            continue
        second = task.outcomes(task.reference, other_choice(task, key, hidden_cases(task, key)))
        for one, other in zip(first, second, strict=True):
            assert one != other
