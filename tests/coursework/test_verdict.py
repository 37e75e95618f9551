"""From values to points and reasons."""

import dataclasses

import numpy as np
import pytest

from cecourse.misconceptions import Misconception
from coursework.task import Task
from coursework.verdict import Failure, judge


def mean(x):
    return np.mean(x)


def crash(x):
    return 1 / 0


MISTAKES = (
    Misconception("sum for mean", "mean", np.sum, "Divide by N.", "page.html#mean"),
    Misconception("maximum for mean", "mean", np.max, "Count them all.", "page.html#mean"),
    Misconception("crash", "mean", crash, "Do not divide by zero.", "page.html#crash"),
)
TASK = Task("mean", "Mean", 3, ("mean",), (([1.0, 2.0],),), None, mean, MISTAKES)
CASES = (([1.0, 2.0],), ([0.0, 4.0, 5.0],))
CHOICE = Task(
    "choice",
    "Choice",
    2,
    ("better", "by"),
    ({"x": 1.0},),
    None,
    lambda x: ("A", x),
    (Misconception("turned round", "choice", lambda x: ("B", x), "The other one.", "page.html"),),
)


def says(*attempts, task=TASK, cases=CASES):
    verdict = judge(task, cases, attempts)
    return verdict.earned, verdict.says


@pytest.mark.parametrize(
    "answers",
    [
        [1.5, 3.0],
        [np.float32(1.5), 3],
        [np.array(1.5), np.array([3.0])],
        [1.5 * (1 + 5e-5), 3.0],
    ],
)
def test_right_values_earn_the_points_whatever_their_type(answers):
    assert says(answers) == (3, "Right.")


@pytest.mark.parametrize(
    "answers",
    [
        [1.5, 3.1],
        [1.5, float("nan")],
        [1.5, float("inf")],
        [1.5, "3.0"],
        [1.5, None],
        [1.5, [3.0, 3.0]],
        [1.5, 10**400],
        [1.5, 3 + 1j],
        [1.5],
        [1.5, 3.0, 3.0],
        [],
        [Failure("it is late."), 3.0],
    ],
)
def test_anything_else_earns_nothing(answers):
    assert says(answers)[0] == 0


def test_a_mistake_is_named_with_its_reason_and_section():
    verdict = judge(TASK, CASES, [[3.0, 9.0]])
    assert verdict.mistakes == ("sum for mean",)
    assert "Divide by N." in verdict.says
    assert verdict.sections == ("page.html#mean",)


def test_a_mistake_must_explain_every_answer():
    assert judge(TASK, CASES, [[3.0, 5.0]]).mistakes == ()
    assert "2 of 2 answers are wrong" in says([3.0, 5.0])[1]


def test_inputs_that_cannot_tell_two_mistakes_apart_say_so():
    assert "cannot tell" in says([2.0], cases=(([2.0, 0.0],),))[1]
    assert judge(TASK, (([2.0, 0.0],),), [[2.0]]).mistakes == ("sum for mean", "maximum for mean")


def test_an_error_is_not_taken_for_a_mistake_that_raises():
    raised = Failure("it stopped with NotImplementedError.", "NotImplementedError")
    earned, text = says([raised] * 2)
    assert (earned, "NotImplementedError" in text) == (0, True)
    assert judge(TASK, CASES, [[Failure("it stopped.", "ZeroDivisionError")] * 2]).mistakes == ()


def test_a_mistake_that_raises_in_some_cases_is_named():
    def crash_on_three(x):
        return sum(x) / (3 - len(x))

    mistake = Misconception("crash on three", "mean", crash_on_three, "Do not.", "page.html")
    task = dataclasses.replace(TASK, misconceptions=(mistake,))
    raised = Failure("it stopped.", "ZeroDivisionError")
    assert judge(task, CASES, [[3.0, raised]]).mistakes == ("crash on three",)
    other = Failure("it stopped.", "IndexError")
    assert judge(task, CASES, [[3.0, other]]).mistakes == ()


def test_the_wrong_shape_is_said():
    assert "shape (1, 2); the question asks for ()" in says([1.5, [[3.0, 3.0]]])[1]


def test_the_second_attempt_counts_if_the_first_is_wrong():
    assert says([0.0, 0.0], [1.5, 3.0])[0] == 3
    assert says([1.5, 3.0], [0.0, 0.0])[0] == 3


def test_no_attempt_is_no_answer():
    assert says() == (0, "There is no answer to this task in the notebook.")


def test_a_choice_needs_its_number_and_its_letter():
    cases = ({"x": 0.25},)
    assert says(["a ", 0.25], task=CHOICE, cases=cases)[0] == 2
    assert says(["A", 0.5], task=CHOICE, cases=cases)[0] == 0
    assert judge(CHOICE, cases, [["B", 0.25]]).mistakes == ("turned round",)
    assert says([0.25, "A"], task=CHOICE, cases=cases)[0] == 0
