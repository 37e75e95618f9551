"""log_loss: every kind of label beside scikit-learn, weights, exactness, edges, rejections."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from cecourse import clip_probabilities, log_loss, sparse_categorical_cross_entropy
from tests.oracles import exact
from tests.oracles_losses import sklearn_log_loss

NAN, INF = np.nan, np.inf
EPS = 2.0**-52
LETTERS = np.array(["a", "b", "c", "d"])


def predictions(N, K, seed=0, dtype=np.float64):
    """Distributions whose entries stay away from 0 and 1, where scikit-learn would clip."""
    p = np.random.default_rng(seed).dirichlet(np.full(K, 2.0), N) + 1e-3
    return (p / p.sum(axis=1, keepdims=True)).astype(dtype)


def indices(N, K, seed=1):
    y = np.random.default_rng(seed).integers(0, K, N)
    y[:K] = np.arange(K)  # every label occurs
    return y


# Two averages of N losses below 10: half an epsilon each for the logarithms, N of them to add.
def agree(found, expected, N=1000):
    assert found == pytest.approx(expected, rel=N * EPS, abs=0)


# --- Labels ----------------------------------------------------------------------------------

LABELS = {
    "0 to K-1": lambda y: y,
    "a list": lambda y: y.tolist(),
    "consecutive from 5": lambda y: y + 5,
    "negative": lambda y: y - 7,
    "with gaps": lambda y: np.array([2, 3, 100, 10**12])[y],
    "int8": lambda y: (y - 128).astype(np.int8),
    "uint64": lambda y: y.astype(np.uint64) + np.uint64(2**63),
    "beyond 2**62": lambda y: y + 2**62,
    "whole floats": lambda y: y.astype(float),
    "strings": lambda y: LETTERS[y],
    "list of strings": lambda y: LETTERS[y].tolist(),
    "objects": lambda y: LETTERS[y].astype(object),
    "bytes": lambda y: LETTERS[y].astype("S"),
    "strings of several lengths": lambda y: np.array(["", "long", "longer", "z"])[y],
}


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
def test_labels_of_every_kind_agree_with_sklearn(labels):
    y, p = indices(200, 4), predictions(200, 4)
    expected = sklearn_log_loss(y, p)
    agree(log_loss(labels(y), p), expected)
    if np.asarray(labels(y)).dtype.kind != "S":  # scikit-learn refuses bytes
        agree(sklearn_log_loss(labels(y), p), expected)


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
def test_columns_follow_the_sorted_labels_in_whatever_order_they_are_given(labels):
    y, p = indices(50, 4), predictions(50, 4)
    every = labels(np.array([2, 0, 3, 1]))
    some = labels(y % 2)  # only two of the four occur
    expected = sparse_categorical_cross_entropy(y % 2, p).mean()
    agree(log_loss(some, p, labels=every), expected)


@pytest.mark.parametrize("kind", [bool, np.uint8, str, float])
def test_one_number_is_the_probability_of_the_second_label(kind):
    y, p = indices(100, 2), predictions(100, 2)[:, 1]
    labels = y.astype(bool) if kind is bool else y.astype(kind)
    expected = sklearn_log_loss(y, p)
    agree(log_loss(labels, p), expected)
    agree(log_loss(labels, p[:, np.newaxis]), expected)
    agree(log_loss(labels, p, labels=sorted(set(labels.tolist()))), expected)
    agree(log_loss(labels, np.stack([1 - p, p], axis=1)), expected)


def test_boolean_labels():
    p = predictions(10, 2)
    y = indices(10, 2)
    agree(log_loss(y == 1, p), sklearn_log_loss(y == 1, p))
    agree(log_loss([True, True], p[:2], labels=[False, True]), -np.log(p[:2, 1]).mean())


def test_labels_of_one_number_type_may_be_compared_with_another():
    y, p = indices(10, 2), predictions(10, 2)
    agree(log_loss(y, p, labels=[0.0, 1.0]), sklearn_log_loss(y, p))
    agree(log_loss(y.astype(float), p, labels=[0, 1]), sklearn_log_loss(y, p))


@given(
    K=st.integers(2, 6),
    N=st.integers(6, 40),
    seed=st.integers(0, 99),
    weighted=st.booleans(),
    normalize=st.booleans(),
    dtype=st.sampled_from([np.float32, np.float64]),
)
def test_log_loss_agrees_with_sklearn(K, N, seed, weighted, normalize, dtype):
    y, p = indices(N, K, seed), predictions(N, K, seed, dtype)
    weight = np.random.default_rng(seed).exponential(size=N) if weighted else None
    options = {"sample_weight": weight, "normalize": normalize, "labels": range(K)}
    # scikit-learn takes logarithms in the dtype of p: 4 of its epsilons a term.
    found, expected = log_loss(y, p, **options), sklearn_log_loss(y, p, **options)
    assert found == pytest.approx(expected, rel=4 * float(np.finfo(dtype).eps) + N * EPS)


def test_sklearn_clips_and_this_does_not():
    y, p = [0, 1, 0], np.array([1e-20, 1.0, 0.0])
    assert log_loss(y, p, labels=[0, 1]) == pytest.approx(1e-20 / 3)
    assert log_loss([1, 1, 0], p) == pytest.approx(math.log(1e20) / 3)
    assert log_loss(1 - np.array(y), p) == INF
    assert log_loss([1, 0], np.array([[1.0, 0.0], [0.5, 0.5]])) == INF
    visible = clip_probabilities(p, EPS)
    # The complement of 1 - 2**-52 is exact; scikit-learn clips it to the same number.
    agree(log_loss(1 - np.array(y), visible), sklearn_log_loss(1 - np.array(y), p))


# --- Weights ---------------------------------------------------------------------------------


def test_a_weight_of_two_is_the_example_twice():
    y, p = indices(30, 3), predictions(30, 3)
    weight = np.ones(30)
    weight[::2] = 2
    twice = np.repeat(np.arange(30), weight.astype(int))
    agree(log_loss(y, p, sample_weight=weight), log_loss(y[twice], p[twice]))
    agree(
        log_loss(y, p, sample_weight=weight.astype(int).tolist(), normalize=False),
        log_loss(y[twice], p[twice], normalize=False),
    )


def test_a_weight_of_zero_hides_even_infinity():
    p = [[1.0, 0.0], [0.25, 0.75]]
    assert log_loss([1, 1], p, labels=[0, 1]) == INF
    found = log_loss([1, 1], p, labels=[0, 1], sample_weight=[0, 2])
    agree(found, math.log(4 / 3))


# --- Exactness -------------------------------------------------------------------------------


def mpmath_mean_surprise(y, p):
    import mpmath

    return mpmath.fsum(-mpmath.log(exact(row)[k]) for k, row in zip(y, p, strict=True)) / len(y)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("K", [2, 10, 40])
def test_the_mean_is_right_to_the_last_digit_but_one(K, dtype):
    y, p = indices(300, K), predictions(300, K, dtype=dtype)
    # A logarithm is off by 0.53 epsilons at most, the exact sum and the quotient round once each.
    expected = float(mpmath_mean_surprise(y, p))
    assert log_loss(y, p) == pytest.approx(expected, rel=1.6 * EPS, abs=0)


@pytest.mark.parametrize("N", [2, 3, 7, 8, 16_385, 40_001])
@pytest.mark.parametrize("K", [2, 5])
def test_float32_losses_may_be_taken_in_pairs_and_none_is_lost(N, K):
    y, p = np.arange(N) % K, predictions(N, K, dtype=np.float32)
    p[0] = np.eye(K)[y[0]]
    smallest = np.float32(2**-149)
    p[-1] = (1 - np.eye(K)[y[-1]]) / (K - 1)
    p[-1, y[-1]] = smallest
    each = np.log(p[np.arange(N), y].astype(np.float64))
    # A logarithm of each way is off by 0.53 epsilons at most; sums and quotients round once.
    assert log_loss(y, p, labels=range(K)) == pytest.approx(-math.fsum(each) / N, rel=3 * EPS)
    p[-1, y[-1]] = 0
    assert log_loss(y, p, labels=range(K)) == INF


def test_float64_losses_are_not_taken_in_pairs():
    tiny = [[1.0, 1e-200]] * 4  # two of them multiply to zero
    assert log_loss([1] * 4, tiny, labels=[0, 1]) == pytest.approx(200 * math.log(10), rel=2 * EPS)
    sure = [[1 - k * 2.0**-53, k * 2.0**-53] for k in (1, 2, 3, 4)]  # products would round
    each = [-math.log(row[0]) for row in sure]
    assert log_loss([0] * 4, sure, labels=[0, 1]) == pytest.approx(math.fsum(each) / 4, rel=2 * EPS)


def test_a_million_float32_losses_add_in_float64():
    p = np.full((1_000_000, 2), [0.1, 0.9], np.float32)
    y = np.zeros(1_000_000, int)
    expected = -math.log(float(np.float32(0.1)))
    assert log_loss(y, p, labels=[0, 1]) == pytest.approx(expected, rel=2 * EPS)


@pytest.mark.parametrize("threads", ["1", "2", "nonsense", "0"])
def test_the_result_does_not_depend_on_the_threads(threads, monkeypatch):
    y, p = indices(200_000, 5), predictions(200_000, 5)
    monkeypatch.delenv("CECOURSE_THREADS", raising=False)
    expected = log_loss(y, p)
    monkeypatch.setenv("CECOURSE_THREADS", threads)
    assert log_loss(y, p) == expected


@pytest.mark.parametrize("K", [2, 9, 50])
def test_layout_does_not_matter(K):
    y, p = indices(100, K), predictions(100, K)
    expected = log_loss(y, p)
    wide = np.zeros((100, 2 * K))
    wide[:, ::2] = p
    for same in [np.asfortranarray(p), wide[:, ::2], p[::-1].copy()[::-1], p.astype(">f8")]:
        assert_array_equal(same, p)
        agree(log_loss(y, same), expected)
    p.flags.writeable = y.flags.writeable = False
    assert log_loss(y, p) == expected


def test_half_precision():
    p = np.array([[0.5, 0.5], [0.25, 0.75]], np.float16)
    agree(log_loss([0, 1], p), (math.log(2) + math.log(4 / 3)) / 2)


def test_negative_zero_is_a_probability():
    assert log_loss([0, 0], [[1.0, -0.0], [1.0, 0.0]], labels=[0, 1]) == 0


def test_integers_and_lists():
    assert log_loss([0, 1], [[1, 0], [0, 1]]) == 0
    assert isinstance(log_loss([0, 1], [[1, 0], [0, 1]]), float)
    assert math.copysign(1, log_loss([0, 1], [[1, 0], [0, 1]])) == 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("K", [2, 9, 50])
def test_rows_may_miss_one_by_the_root_of_epsilon(K, dtype):
    tolerance = math.sqrt(np.finfo(dtype).eps)
    y, p = indices(100, K), predictions(100, K, dtype=np.float64)
    for share, accepted in [(0.4, True), (0.9, True), (1.1, False)]:
        off = p.copy()
        off[70] *= 1 - share * tolerance
        off = off.astype(dtype)
        if accepted:
            log_loss(y, off)
        else:
            with pytest.raises(ValueError, match="p must sum to 1 over its last axis; row 70 sums"):
                log_loss(y, off)


# --- Rejections ------------------------------------------------------------------------------

P = [[0.5, 0.5], [0.25, 0.75]]


def with_entry(value, K=2, N=9, dtype=float):
    p = np.full((N, K), 1 / K, dtype)
    p[N - 2, K - 1] = value
    return p


VALUE_ERRORS = [
    (lambda: log_loss([0, 1], [[0.5, 0.5]]), "y must have shape (1,), one entry for each row of p"),
    (lambda: log_loss([[0], [1]], P), "y must have one axis; found shape (2, 1)"),
    (lambda: log_loss([], np.zeros((0, 2))), "p must not be empty; found shape (0, 2)"),
    (lambda: log_loss([0, 1], 0.5), "p must have shape (N, K) or (N,); found shape ()"),
    (lambda: log_loss([0, 1], [P, P]), "p must have shape (N, K) or (N,); found shape (2, 2, 2)"),
    (lambda: log_loss([1, 1], P), "y must hold at least two labels; found only 1; pass all"),
    (lambda: log_loss([0, 1], [[1.0], [0.5]], labels=[1]), "labels must hold at least two labels"),
    (lambda: log_loss([0, 1, 2], [P[0]] * 3), "y must hold as many labels as p has classes, 2"),
    (
        lambda: log_loss([0, 1], [[0.5, 0.25, 0.25]] * 2),
        "y must hold as many labels as p has classes, 3; found 2; pass all labels as labels=",
    ),
    (
        lambda: log_loss([0, 1], P, labels=[0, 1, 2]),
        "labels must hold as many labels as p has classes, 2; found 3",
    ),
    (
        lambda: log_loss([0, 5], P, labels=[0, 1]),
        "y must hold only the labels in labels; found 5 at index 1",
    ),
    (
        lambda: log_loss([0, -1], P, labels=[0, 1]),
        "y must hold only the labels in labels; found -1 at index 1",
    ),
    (
        lambda: log_loss(["a", "x"], P, labels=["a", "b"]),
        "y must hold only the labels in labels; found x at index 1",
    ),
    (lambda: log_loss([0.2, 0.8], P), "y must hold labels, not fractions; found 0.2 at index 0"),
    (lambda: log_loss([0.0, NAN], P), "y must hold labels, not fractions; found nan at index 1"),
    (lambda: log_loss([0, 1], [0.5, 1.5]), "p must lie in [0, 1]; found 1.5"),
    (lambda: log_loss([0, 1], [0.5, NAN]), "p must not hold NaN; found nan"),
    (lambda: log_loss([0, 1], P, sample_weight=[1]), "sample_weight must have shape (2,)"),
    (lambda: log_loss([0, 1], P, sample_weight=[1, -1]), "sample_weight must not be negative"),
    (
        lambda: log_loss([0, 1], P, sample_weight=[0, 0]),
        "sample_weight must hold a positive weight",
    ),
    (
        lambda: log_loss([0, 1], P, sample_weight=[1, INF]),
        "sample_weight must be finite; found inf",
    ),
]


@pytest.mark.parametrize(("call", "message"), VALUE_ERRORS, ids=[m for _, m in VALUE_ERRORS])
def test_rejection(call, message):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 (the message is compared)
        call()
    assert str(refusal.value).startswith(message)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("K", [2, 9, 50, 700])
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (NAN, "p must not hold NaN; found nan at index (7, {})"),
        (INF, "p must lie in [0, 1]; found inf at index (7, {})"),
        (-0.25, "p must lie in [0, 1]; found -0.25 at index (7, {})"),
        (1.5, "p must lie in [0, 1]; found 1.5 at index (7, {})"),
    ],
    ids=["NaN", "inf", "negative", "above 1"],
)
def test_bad_probabilities_are_refused_wherever_they_are(K, dtype, bad, message):
    p = with_entry(bad, K, dtype=dtype)
    for same in [p, np.asfortranarray(p)]:
        with pytest.raises(ValueError) as refusal:  # noqa: PT011
            log_loss(np.zeros(9, int), same, labels=range(K))
        assert str(refusal.value) == message.format(K - 1)


def test_one_entry_just_above_one_is_refused_though_the_row_sums_well():
    p = with_entry(np.nextafter(1, 2))
    p[7, 0] = 0
    with pytest.raises(ValueError, match=r"p must lie in \[0, 1\]; found 1.0000000000000002"):
        log_loss(np.zeros(9, int), p, labels=[0, 1])


@pytest.mark.parametrize(
    ("y", "labels"),
    [([0, "a"], None), ([None, 1], None), (["a", "b"], [0, 1]), ([0, 1], ["a", "b"])],
    ids=["mixture as text", "None", "text among numbers", "numbers among text"],
)
def test_labels_of_different_kinds_are_refused(y, labels):
    with pytest.raises((TypeError, ValueError), match="must"):
        log_loss(np.array(y, dtype=object) if labels is None else y, P, labels=labels)


def test_an_unknown_label_is_found_wherever_it_is():
    for K in [2, 50]:
        y, p = indices(100_000, K), predictions(100_000, K)
        y[77_777] = K
        with pytest.raises(ValueError, match=f"labels; found {K} at index 77777"):
            log_loss(y, p, labels=range(K))


def test_masked_and_complex_labels_are_refused():
    with pytest.raises(TypeError, match="y must be a plain array; found a masked array"):
        log_loss(np.ma.array([0, 1], mask=[False, True]), P)
    with pytest.raises(TypeError, match="y must hold strings, integers or booleans"):
        log_loss(np.array([0j, 1j]), P)
