"""What the cases of problem set 4 promise beyond the common tests."""

from coursework.sets.ps4 import fitting_loss
from tests.coursework.problem_sets import STUDENTS, student_cases


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
