"""What the cases of problem set 3 promise beyond the common tests."""

import numpy as np

from coursework.sets.ps3 import accuracy, compare_models
from tests.coursework.problem_sets import STUDENTS, student_cases


def test_the_better_model_is_the_less_accurate_one_and_may_be_either():
    better_models = set()
    for student in STUDENTS:
        (data,) = student_cases("ps3", "models", student)
        better, gain = compare_models(**data)
        right = {name: accuracy(data["weather"], data[f"model_{name}"]) for name in "ab"}
        assert max(right, key=right.get) != better.lower()
        assert gain > 0.05
        better_models.add(better)
        for name in "ab":
            table = data[f"model_{name}"]
            assert table.min() >= 0.01
            np.testing.assert_allclose(table.sum(axis=-1), 1)
    assert better_models == {"A", "B"}
