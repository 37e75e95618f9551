"""Labels as distributions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cecourse import cross_entropy, entropy, kl_divergence, one_hot, smooth_labels, surprisal
from tests.strategies import distributions

EPS = np.finfo(float).eps


@pytest.mark.parametrize(
    ("y", "classes", "expected"),
    [
        pytest.param(1, 3, [0, 1, 0], id="one-label"),
        pytest.param([2, 0], 3, [[0, 0, 1], [1, 0, 0]], id="two-labels"),
        pytest.param([0, 0], 1, [[1], [1]], id="one-class"),
        pytest.param(
            np.array([[1], [0]], np.uint8), 2, [[[0, 1]], [[1, 0]]], id="batch-of-batches"
        ),
        pytest.param(np.array([0, 1, 2])[::-2], np.int64(3), [[0, 0, 1], [1, 0, 0]], id="strided"),
    ],
)
def test_one_hot_of(y, classes, expected):
    result = one_hot(y, classes)
    assert result.dtype == np.float64
    assert_array_equal(result, expected)


@given(st.lists(st.integers(0, 6), min_size=1))
def test_one_hot_is_undone_by_argmax(y):
    assert_array_equal(one_hot(y, 7).argmax(axis=-1), y)
    assert_array_equal(entropy(one_hot(y, 7)), np.zeros(len(y)))


@given(distributions(at_least=3, outcomes=3), st.integers(0, 2))
def test_cross_entropy_from_a_one_hot_label_is_its_surprisal(q, y):
    assert cross_entropy(one_hot(y, 3), q) == surprisal(q[y])


@pytest.mark.parametrize(
    ("p", "amount", "expected"),
    [
        pytest.param([0, 1, 0, 0], 0.1, [0.025, 0.925, 0.025, 0.025], id="inception"),
        pytest.param([0, 1], 0, [0, 1], id="nothing"),
        pytest.param([0, 1], 1, [0.5, 0.5], id="everything"),
        pytest.param([1], 0.3, [1], id="one-class"),
        pytest.param([[0.5, 0.5], [1, 0]], 0.5, [[0.5, 0.5], [0.75, 0.25]], id="batch"),
    ],
)
def test_smooth_labels_of(p, amount, expected):
    # Three roundings: of 1 - a, of the product, of the sum.
    assert_allclose(smooth_labels(p, amount), expected, rtol=3 * EPS)


def test_smoothing_over_the_other_classes_is_a_larger_amount():
    K, a = 4, 0.1
    others = np.where(one_hot(1, K) == 1, 1 - a, a / (K - 1))
    assert_allclose(smooth_labels(one_hot(1, K), a * K / (K - 1)), others, rtol=8 * EPS)


@given(distributions(), st.floats(0, 1))
def test_smoothed_labels_are_a_distribution_nearer_to_uniform(p, amount):
    smoothed = smooth_labels(p, amount)
    uniform = np.full(len(p), 1 / len(p))
    assert_allclose(smoothed.sum(), 1, rtol=16 * EPS)
    assert kl_divergence(smoothed, uniform) <= kl_divergence(p, uniform) + 1e-14


def test_smooth_labels_keeps_the_dtype_and_its_input():
    p = np.array([0.0, 1.0], np.float32)
    p.flags.writeable = False
    assert smooth_labels(p, 0.1).dtype == np.float32
    assert smooth_labels([0, 1], 0.1).dtype == np.float64
    assert not np.shares_memory(smooth_labels(p, 0), p)
