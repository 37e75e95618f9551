"""The losses: closed forms, other libraries, properties, edges, rejections."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cecourse import (
    binary_cross_entropy,
    categorical_cross_entropy,
    clip_probabilities,
    cross_entropy,
    entropy,
    gaussian_nll,
    hinge,
    kl_divergence,
    log_loss,
    sigmoid,
    sigmoid_cross_entropy,
    softmax,
    softmax_cross_entropy,
    sparse_categorical_cross_entropy,
    squared_error,
)
from tests.oracles_losses import (
    mpmath_gaussian_nll,
    scipy_binary_cross_entropy,
    scipy_gaussian_nll,
    scipy_log_softmax_gather,
    sklearn_hinge_loss,
    torch_sigmoid_cross_entropy,
    torch_softmax_cross_entropy,
)
from tests.strategies import distributions, pairs

INF, NAN = np.inf, np.nan
LOG2 = math.log(2)
EPS = 2.0**-52


def close(found, expected):
    # Each value comes from a few operations, each of which rounds to half an epsilon.
    assert_allclose(found, expected, rtol=4 * EPS, atol=0)


# --- Closed forms ----------------------------------------------------------------------------

CLOSED_FORMS = {
    "bce of a fair guess": (lambda: binary_cross_entropy(1, 0.5), LOG2),
    "bce takes y first": (lambda: binary_cross_entropy(1, 0.25), math.log(4)),
    "bce at label 0": (lambda: binary_cross_entropy(0, 0.25), math.log(4 / 3)),
    "bce of a soft target": (
        lambda: binary_cross_entropy(0.25, 0.125),
        0.25 * math.log(8) + 0.75 * math.log(8 / 7),
    ),
    "bce sure and right": (lambda: binary_cross_entropy([1, 0], [1, 0]), [0, 0]),
    "bce sure and wrong": (lambda: binary_cross_entropy([1, 0], [0, 1]), [INF, INF]),
    "bce soft beside a sure prediction": (lambda: binary_cross_entropy(0.5, [0, 1]), [INF, INF]),
    "categorical one-hot": (
        lambda: categorical_cross_entropy([0, 1, 0], [0.25, 0.5, 0.25]),
        LOG2,
    ),
    "categorical takes y first": (
        lambda: categorical_cross_entropy([0.5, 0.5], [0.25, 0.75]),
        0.5 * math.log(16 / 3),
    ),
    "categorical impossible": (lambda: categorical_cross_entropy([0, 1], [1, 0]), INF),
    "categorical 0 log 0": (lambda: categorical_cross_entropy([1, 0], [1, 0]), 0),
    "categorical one class": (lambda: categorical_cross_entropy([1], [1]), 0),
    "sparse": (
        lambda: sparse_categorical_cross_entropy([0, 1], [[0.5, 0.5], [0.75, 0.25]]),
        [LOG2, math.log(4)],
    ),
    "sparse impossible": (lambda: sparse_categorical_cross_entropy(1, [1, 0]), INF),
    "sparse one class": (lambda: sparse_categorical_cross_entropy([0, 0], [[1], [1]]), [0, 0]),
    "sigmoid at 0": (lambda: sigmoid_cross_entropy([0, 1, 0.5], 0), [LOG2] * 3),
    "sigmoid at log 3": (
        lambda: sigmoid_cross_entropy([1, 0], math.log(3)),
        [math.log(4 / 3), math.log(4)],
    ),
    "sigmoid at the infinities": (
        lambda: sigmoid_cross_entropy([1, 0, 1, 0], [INF, -INF, -INF, INF]),
        [0, 0, INF, INF],
    ),
    "sigmoid soft at infinity": (lambda: sigmoid_cross_entropy(0.5, [INF, -INF]), [INF, INF]),
    "sigmoid far out": (lambda: sigmoid_cross_entropy([1, 0], [-1e4, 1e4]), [1e4, 1e4]),
    "softmax of equal logits": (lambda: softmax_cross_entropy(3, np.ones(7)), math.log(7)),
    "softmax of two": (lambda: softmax_cross_entropy(0, [math.log(3), 0]), math.log(4 / 3)),
    "softmax of logs is the distribution": (
        lambda: softmax_cross_entropy([0, 1, 2], [np.log([1, 2, 5])] * 3),
        [math.log(8), math.log(4), math.log(8 / 5)],
    ),
    "softmax far out": (lambda: softmax_cross_entropy([0, 1], [[1e4, -1e4]] * 2), [0, 2e4]),
    "softmax impossible": (lambda: softmax_cross_entropy(1, [0, -INF]), INF),
    "softmax sure": (lambda: softmax_cross_entropy(0, [0, -INF]), 0),
    "softmax sure of three": (lambda: softmax_cross_entropy(0, [0, -INF, -INF]), 0),
    "softmax one class": (lambda: softmax_cross_entropy([0, 0], [[5], [-5]]), [0, 0]),
    "softmax soft target": (
        lambda: softmax_cross_entropy([0.5, 0.5], [math.log(3), 0]),
        0.5 * math.log(16 / 3),
    ),
    "softmax soft target of zero probability": (
        lambda: softmax_cross_entropy([0.5, 0.5], [0, -INF]),
        INF,
    ),
    "softmax zero target of zero probability": (
        lambda: softmax_cross_entropy([1.0, 0.0], [0, -INF]),
        0,
    ),
    "softmax many equal logits": (
        lambda: softmax_cross_entropy(99_999, np.full(100_000, 0.1)),
        math.log(100_000),
    ),
    "squared error": (lambda: squared_error([3, -1], [1, 1]), [4, 4]),
    "hinge": (lambda: hinge([1, 1, -1, -1], [2, 0.5, 0.5, -3]), [0, 0.5, 1.5, 0]),
    "hinge at the margin": (lambda: hinge([1, -1], [1, -1]), [0, 0]),
    "gaussian": (lambda: gaussian_nll(5, 3, 4), 0.5 * math.log(8 * math.pi) + 0.5),
    "gaussian takes the variance": (
        lambda: gaussian_nll(0, 0, 9),
        math.log(3) + 0.5 * math.log(2 * math.pi),
    ),
    "clip": (lambda: clip_probabilities([0, 0.3, 1], 0.25), [0.25, 0.3, 0.75]),
    "log loss": (lambda: log_loss(["no", "yes"], [[0.5, 0.5], [0.75, 0.25]]), 1.5 * LOG2),
}


@pytest.mark.parametrize(("call", "expected"), CLOSED_FORMS.values(), ids=CLOSED_FORMS)
def test_closed_form(call, expected):
    found = call()
    close(found, expected)
    assert not np.signbit(np.asarray(found)).any() or np.min(expected) < 0  # never -0.0


# --- Other libraries -------------------------------------------------------------------------


@pytest.mark.parametrize("K", [2, 3, 10, 33, 100, 300])
@pytest.mark.parametrize("oracle", [scipy_log_softmax_gather, torch_softmax_cross_entropy])
def test_softmax_cross_entropy_matches(oracle, K):
    rng = np.random.default_rng(0)
    z, y = rng.normal(scale=2, size=(200, K)), rng.integers(0, K, 200)
    # logsumexp(z) - z_y rounds in units of the larger of the two, at most about 20 here.
    assert_allclose(softmax_cross_entropy(y, z), oracle(y, z), rtol=0, atol=20 * 4 * EPS)


def test_sigmoid_cross_entropy_matches_torch():
    rng = np.random.default_rng(0)
    z, y = rng.normal(scale=3, size=500), rng.random(500)
    # max(z, 0) - y z + log1p(exp(-|z|)) rounds in units of |z|, at most about 12 here.
    expected = torch_sigmoid_cross_entropy(y, z)
    assert_allclose(sigmoid_cross_entropy(y, z), expected, rtol=0, atol=12 * 4 * EPS)


def test_binary_cross_entropy_matches_scipy():
    rng = np.random.default_rng(0)
    y, p = rng.integers(0, 2, 500), rng.random(500)
    expected = scipy_binary_cross_entropy(y, p)
    assert_allclose(binary_cross_entropy(y, p), expected, rtol=8 * EPS)


def test_gaussian_nll_matches_scipy_and_mpmath():
    rng = np.random.default_rng(0)
    y, mean, variance = rng.normal(size=100), rng.normal(size=100), rng.exponential(size=100)
    found = gaussian_nll(y, mean, variance)
    # The two terms may cancel; each rounds a few times in its own units.
    quadratic = (y - mean) ** 2 / variance
    atol = 8 * EPS * (np.abs(np.log(variance)) + math.log(2 * math.pi) + quadratic).max()
    assert_allclose(found, scipy_gaussian_nll(y, mean, variance), rtol=0, atol=atol)
    exactly = [float(mpmath_gaussian_nll(*row)) for row in zip(y, mean, variance, strict=True)]
    assert_allclose(found, exactly, rtol=0, atol=atol)


def test_mean_hinge_matches_sklearn():
    rng = np.random.default_rng(0)
    y, score = rng.choice([-1, 1], 100), rng.normal(size=100)
    assert_allclose(hinge(y, score).mean(), sklearn_hinge_loss(y, score), rtol=100 * EPS)


# --- Properties ------------------------------------------------------------------------------

rows = st.lists(st.floats(-50, 50), min_size=2, max_size=9)


@given(pair=pairs())
def test_gibbs_inequality_for_targets(pair):
    y, p = pair
    # A stored distribution misses 1 by some epsilons; `entropy` speaks of the normalised one.
    assert categorical_cross_entropy(y, p) >= entropy(y) * (1 - 8 * EPS) - 8 * EPS


@given(pair=pairs(positive=True))
def test_cross_entropy_is_entropy_plus_divergence(pair):
    y, p = pair
    # Three results, each within 8 epsilons of its own size; and a stored distribution misses 1
    # by some epsilons, while entropy and divergence speak of the normalised one.
    total = entropy(y) + kl_divergence(y, p)
    assert_allclose(categorical_cross_entropy(y, p), total, rtol=16 * EPS, atol=8 * EPS)


@given(pair=pairs())
def test_categorical_is_the_cross_entropy(pair):
    assert_allclose(categorical_cross_entropy(*pair), cross_entropy(*pair), rtol=4 * EPS)


@given(p=distributions(), data=st.data())
def test_sparse_is_categorical_at_the_one_hot_row(p, data):
    y = data.draw(st.integers(0, len(p) - 1))
    expected = categorical_cross_entropy(np.eye(len(p))[y], p)
    assert_array_equal(sparse_categorical_cross_entropy(y, p), expected)


@given(z=rows, data=st.data())
def test_class_number_and_one_hot_row_cost_the_same(z, data):
    y = data.draw(st.integers(0, len(z) - 1))
    close(softmax_cross_entropy(y, z), softmax_cross_entropy(np.eye(len(z))[y], z))


@given(y=st.floats(0, 1), z=st.floats(-700, 700))
def test_two_classes_are_one_logit(y, z):
    one, two = sigmoid_cross_entropy(y, z), softmax_cross_entropy([1 - y, y], [0, z])
    assert_allclose(one, two, rtol=8 * EPS)


@given(y=st.floats(0, 1))
def test_binary_cross_entropy_is_least_at_the_truth(y):
    p = np.linspace(0, 1, 101)
    assert (binary_cross_entropy(y, p) >= binary_cross_entropy(y, y) * (1 - 8 * EPS)).all()


@given(z=st.lists(st.integers(-40, 40), min_size=2, max_size=40), shift=st.integers(-900, 900))
def test_softmax_cross_entropy_ignores_a_shift(z, shift):
    y = len(z) // 2
    # Whole numbers shift without rounding; what is left is the error of both results.
    before, after = softmax_cross_entropy(y, z), softmax_cross_entropy(y, np.add(z, shift))
    assert_allclose(after, before, rtol=4 * EPS)


@given(z=rows, data=st.data())
def test_softmax_cross_entropy_is_the_surprise_of_the_softmax(z, data):
    y = data.draw(st.integers(0, len(z) - 1))
    surprise = sparse_categorical_cross_entropy(y, softmax(z))
    # The logarithm turns the relative error of the probability into an absolute one.
    assert_allclose(softmax_cross_entropy(y, z), surprise, rtol=4 * EPS, atol=8 * EPS)


@given(y=st.sampled_from([0, 1]), z=st.floats(-30, 30))
def test_sigmoid_cross_entropy_is_the_surprise_of_the_sigmoid(y, z):
    surprise = binary_cross_entropy(y, sigmoid(z))
    # At label 0 the rounding of p beside 1, half an epsilon, is divided by 1 - p.
    atol = EPS * (1 + math.exp(abs(z)))
    assert_allclose(sigmoid_cross_entropy(y, z), surprise, rtol=4 * EPS, atol=atol)


def test_clipping_is_what_makes_a_library_finite():
    y, p = [1, 0], [0.0, 1.0]
    clipped = clip_probabilities(p, 1e-7)
    # 1 - 1e-7 rounds; its complement is then off by up to an epsilon in 1e-7.
    expected = [-math.log(1e-7)] * 2
    assert_allclose(binary_cross_entropy(y, clipped), expected, rtol=0, atol=EPS / 1e-7)


# --- Shapes, dtypes, memory ------------------------------------------------------------------

PER_EXAMPLE = {
    "binary_cross_entropy": (binary_cross_entropy, [[0, 1]], [[0.25, 0.5]], (1, 2)),
    "categorical_cross_entropy": (categorical_cross_entropy, [[0, 1]], [[0.25, 0.75]], (1,)),
    "sparse_categorical_cross_entropy": (
        sparse_categorical_cross_entropy,
        [1],
        [[0.25, 0.75]],
        (1,),
    ),
    "sigmoid_cross_entropy": (sigmoid_cross_entropy, [[0, 1]], [[-1, 2]], (1, 2)),
    "softmax_cross_entropy": (softmax_cross_entropy, [1], [[-1, 2, 3]], (1,)),
    "softmax_cross_entropy, two classes": (softmax_cross_entropy, [1], [[-1, 2]], (1,)),
    "softmax_cross_entropy, many classes": (softmax_cross_entropy, [1], [[0.5] * 40], (1,)),
    "softmax_cross_entropy, soft": (softmax_cross_entropy, [[0.5, 0.5]], [[-1, 2]], (1,)),
    "squared_error": (squared_error, [1, 2], [3, 4], (2,)),
    "hinge": (hinge, [1, -1], [0.5, 0.5], (2,)),
}


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize(("loss", "y", "model", "shape"), PER_EXAMPLE.values(), ids=PER_EXAMPLE)
def test_the_result_has_the_dtype_of_the_model(loss, y, model, shape, dtype):
    found = loss(y, np.asarray(model, dtype))
    assert found.dtype == dtype
    assert found.shape == shape
    one = loss(np.asarray(y)[0], np.asarray(model, dtype)[0])
    assert one.dtype == dtype


@pytest.mark.parametrize(("loss", "y", "model", "shape"), PER_EXAMPLE.values(), ids=PER_EXAMPLE)
def test_lists_and_integers_become_float64(loss, y, model, shape):
    assert loss(y, model).dtype == np.float64


@pytest.mark.parametrize(("loss", "y", "model", "shape"), PER_EXAMPLE.values(), ids=PER_EXAMPLE)
def test_inputs_are_left_alone_and_may_be_read_only(loss, y, model, shape):
    y, model = np.array(y), np.array(model, float)
    y_before, model_before = y.copy(), model.copy()
    y.flags.writeable = model.flags.writeable = False
    loss(y, model)
    assert_array_equal(y, y_before)
    assert_array_equal(model, model_before)


@pytest.mark.parametrize("K", [2, 5, 60])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_layout_does_not_matter(K, dtype):
    rng = np.random.default_rng(0)
    z, y = rng.normal(size=(70, K)).astype(dtype), rng.integers(0, K, 70)
    expected = softmax_cross_entropy(y, z)
    wide = np.zeros((70, 3 * K), dtype)
    wide[:, ::3] = z
    backwards = np.ascontiguousarray(z[::-1])[::-1]
    swapped = z.astype(z.dtype.newbyteorder())
    for same in [np.asfortranarray(z), wide[:, ::3], backwards, swapped]:
        assert_array_equal(same, z)
        # Another layout may take another route to the same few roundings.
        assert_allclose(softmax_cross_entropy(y, same), expected, rtol=4 * np.finfo(dtype).eps)
    cube = softmax_cross_entropy(y.reshape(7, 10), z.reshape(7, 10, K))
    assert_array_equal(cube, expected.reshape(7, 10))
    turned = softmax_cross_entropy(y.reshape(7, 10).T, z.reshape(7, 10, K).swapaxes(0, 1))
    # Nor need a row's place among the others give the same order of additions.
    assert_allclose(turned, expected.reshape(7, 10).T, rtol=4 * np.finfo(dtype).eps)


def test_small_integer_labels_are_labels():
    z = np.arange(6.0).reshape(2, 3)
    for dtype in [np.int8, np.uint8, np.uint64]:
        labels = np.array([0, 2], dtype)
        assert_array_equal(softmax_cross_entropy(labels, z), softmax_cross_entropy([0, 2], z))


def test_targets_broadcast_against_predictions():
    p = np.array([[0.25, 0.75], [0.5, 0.5]])
    assert_array_equal(
        categorical_cross_entropy([0, 1], p),
        [categorical_cross_entropy([0, 1], row) for row in p],
    )
    assert binary_cross_entropy([[0], [1]], [0.25, 0.5, 0.75]).shape == (2, 3)
    assert sigmoid_cross_entropy(1, [[0, 1], [2, 3]]).shape == (2, 2)


def test_subnormal_numbers():
    tiny = 5e-324
    assert binary_cross_entropy(0, tiny) == tiny
    close(binary_cross_entropy(1, tiny), 1074 * LOG2)
    assert binary_cross_entropy(tiny, 0.5) == pytest.approx(LOG2, rel=4 * EPS)
    close(sparse_categorical_cross_entropy(1, [1, tiny]), 1074 * LOG2)
    assert softmax_cross_entropy(0, [0, -744]) == pytest.approx(5e-324, rel=1)
    assert sigmoid_cross_entropy(0, -744) == pytest.approx(5e-324, rel=1)
    assert squared_error(tiny, 0) == 0
    small = np.float32(1e-45)
    assert binary_cross_entropy(0, small) == small


def test_overflow_is_infinite_and_silent():
    assert squared_error(1e200, -1e200) == INF
    assert gaussian_nll(1e200, 0, 1) == INF
    assert softmax_cross_entropy(0, [-1e308, 1e308]) == INF
    assert softmax_cross_entropy(0, np.array([-6e4, 6e4], np.float16)) == INF


# --- Rejections ------------------------------------------------------------------------------

Z = [[0.0, 1.0, 2.0], [1.0, 0.0, 0.0]]
REJECTIONS = [
    (lambda: binary_cross_entropy(2, 0.5), "y must lie in [0, 1]; found 2.0"),
    (lambda: binary_cross_entropy(-1, 0.5), "y must lie in [0, 1]; found -1.0"),
    (
        lambda: binary_cross_entropy([0, 1], [0.5, 1.5]),
        "p must lie in [0, 1]; found 1.5 at index 1",
    ),
    (lambda: binary_cross_entropy([0, 1], [0.5, NAN]), "p must not hold NaN; found nan at index 1"),
    (lambda: binary_cross_entropy([], []), "y must not be empty; found shape (0,)"),
    (
        lambda: binary_cross_entropy([0, 1], [0.5] * 3),
        "y and p must have shapes that broadcast; found (2,) and (3,)",
    ),
    (
        lambda: categorical_cross_entropy([[1, 0], [1, 1]], [0.5, 0.5]),
        "y must sum to 1 over its last axis; row 1 sums to 2",
    ),
    (
        lambda: categorical_cross_entropy([1, 0], [[0.5, 0.5], [0.5, 0.4]]),
        "p must sum to 1 over its last axis; row 1 sums to 0.9",
    ),
    (
        lambda: categorical_cross_entropy([1, 0], [0.5, 0.25, 0.25]),
        "p must have as many outcomes on its last axis as y, 2; found 3",
    ),
    (
        lambda: sparse_categorical_cross_entropy([0, 2], [[0.5, 0.5]] * 2),
        "y must lie in 0, ..., 1; found 2 at index 1",
    ),
    (
        lambda: sparse_categorical_cross_entropy([-1], [[0.5, 0.5]]),
        "y must lie in 0, ..., 1; found -1 at index 0",
    ),
    (
        lambda: sparse_categorical_cross_entropy([0], [0.5, 0.5]),
        "y must have shape (); found shape (1,)",
    ),
    (lambda: sigmoid_cross_entropy(1, NAN), "z must not hold NaN; found nan"),
    (lambda: sigmoid_cross_entropy(1.5, 0), "y must lie in [0, 1]; found 1.5"),
    (lambda: softmax_cross_entropy([0, 3], Z), "y must lie in 0, ..., 2; found 3 at index 1"),
    (lambda: softmax_cross_entropy([-1, 0], Z), "y must lie in 0, ..., 2; found -1 at index 0"),
    (lambda: softmax_cross_entropy([0, 1, 2], Z), "y must have shape (2,); found shape (3,)"),
    (lambda: softmax_cross_entropy(0, 1.0), "z must have at least one axis"),
    (
        lambda: softmax_cross_entropy([], np.zeros((0, 3))),
        "z must not be empty; found shape (0, 3)",
    ),
    (lambda: softmax_cross_entropy([[1, 0]], [[0, 1, 2]]), "y must have the shape of z, (1, 3)"),
    (
        lambda: softmax_cross_entropy([[1, 0, 1], [0, 0, 1]], Z),
        "y must sum to 1 over its last axis; row 0 sums to 2",
    ),
    (lambda: squared_error(INF, 0), "y must be finite; found inf"),
    (lambda: squared_error(0, NAN), "prediction must not hold NaN; found nan"),
    (lambda: hinge([0, 1], [1, 1]), "y must hold the labels -1 and +1; found 0.0 at index 0"),
    (lambda: hinge([1], [INF]), "score must be finite; found inf at index 0"),
    (lambda: gaussian_nll(0, 0, 0), "variance must be positive; found 0.0"),
    (lambda: gaussian_nll(0, 0, [1, -1]), "variance must be positive; found -1.0 at index 1"),
    (
        lambda: gaussian_nll([0, 0], [0, 0, 0], 1),
        "y and mean must have shapes that broadcast; found (2,) and (3,)",
    ),
    (
        lambda: gaussian_nll([0, 0], 0, [1, 1, 1]),
        "y and variance must have shapes that broadcast; found (2,) and (3,)",
    ),
    (lambda: clip_probabilities([0.5, 2], 0.1), "p must lie in [0, 1]; found 2.0 at index 1"),
    (lambda: clip_probabilities(0.5, 0), "eps must be positive; found 0"),
    (lambda: clip_probabilities(0.5, 0.6), "eps must be at most 1/2; found 0.6"),
    (
        lambda: clip_probabilities(np.float32(0.5), 1e-9),
        "eps must not vanish beside 1 in float32; found 1e-09",
    ),
]


@pytest.mark.parametrize(("call", "message"), REJECTIONS, ids=[m for _, m in REJECTIONS])
def test_rejection(call, message):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 (the message is compared in full)
        call()
    assert str(refusal.value).startswith(message)


@pytest.mark.parametrize("labels", [[0.0, 1.0], [True, False], ["0", "1"]])
def test_labels_that_are_not_integers_are_refused(labels):
    with pytest.raises(TypeError, match="y must hold integer"):
        softmax_cross_entropy(labels, Z)
    with pytest.raises(TypeError, match="y must hold integer"):
        sparse_categorical_cross_entropy(labels, [[0.5, 0.5]] * 2)


# Each kernel finds bad logits in its own way; the message must not depend on it.
@pytest.mark.parametrize("K", [1, 2, 3, 32, 33, 500])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("N", [7, 3000])
def test_bad_logits_are_refused_wherever_they_are(K, dtype, N):
    row, k = N - 2, K - 1
    z = np.zeros((N, K), dtype)
    y = np.zeros(N, int)
    for bad, message in [
        (NAN, f"z must not hold NaN; found nan at index ({row}, {k})"),
        (INF, f"z must be below +inf; found inf at index ({row}, {k})"),
    ]:
        z[row, k] = bad
        with pytest.raises(ValueError) as refusal:  # noqa: PT011
            softmax_cross_entropy(y, z)
        assert str(refusal.value) == message
    z[row] = -INF
    with pytest.raises(ValueError, match=f"finite logit in every row; row {row} holds only -inf"):
        softmax_cross_entropy(y, z)
    cube = z.reshape(N, 1, K)
    with pytest.raises(ValueError, match=rf"row \({row}, 0\) holds only -inf"):
        softmax_cross_entropy(y.reshape(N, 1), cube)
