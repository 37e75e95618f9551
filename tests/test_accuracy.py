"""The promised accuracy, against mpmath, over inputs that are hard for one formula or another.

Every promise is a number of machine epsilons, relative to the exact value for the stored input:
2 for softmax_cross_entropy in float64, 4 for everything else. `hypothesis.target` drives the
examples towards the largest error.
"""

import mpmath
import numpy as np
import pytest
from hypothesis import given, target
from hypothesis import strategies as st

from cecourse import (
    binary_cross_entropy,
    sigmoid_cross_entropy,
    sigmoid_cross_entropy_grad,
    softmax_cross_entropy,
    softmax_cross_entropy_and_grad,
)
from tests.oracles import epsilons_off
from tests.oracles_losses import (
    mpmath_binary_cross_entropy,
    mpmath_sigmoid_cross_entropy,
    mpmath_sigmoid_cross_entropy_grad,
    mpmath_soft_target_loss,
    mpmath_softmax_cross_entropy,
    mpmath_softmax_cross_entropy_grad,
)

DTYPES = [np.float32, np.float64]
LOSS = {np.float32: 4, np.float64: 2}
GRADIENT = SOFT = BINARY = 4


# --- Hard families ---------------------------------------------------------------------------
# Each takes a generator and K, and returns a label and a row of logits.


def ordinary(rng, K):
    return rng.integers(K), rng.normal(size=K) * rng.uniform(0.1, 5)


def confident(rng, K):
    """The label leads by 5 to 60 nats: the loss is tiny, and lives in the other exponentials."""
    z = rng.normal(size=K) * rng.choice([0.1, 1, 5])
    z[0] = z.max() + rng.uniform(5, 60)
    return 0, z


def very_confident(rng, K):
    """The label leads by up to 700 nats: the loss nears the smallest normal number."""
    z = rng.normal(size=K)
    z[0] += rng.uniform(60, 690)
    return 0, z


def shifted(rng, K):
    """A common offset of 10 to 10000, which a subtraction would round."""
    y, z = confident(rng, K) if rng.random() < 0.5 else ordinary(rng, K)
    return y, z + rng.choice([-1, 1]) * 10 ** rng.uniform(1, 4)


def huge(rng, K):
    """Logits up to 10000 and more; exp overflows and underflows in one row."""
    return rng.integers(K), rng.normal(size=K) * 10 ** rng.uniform(2, 4)


def improbable(rng, K):
    """The label has a probability of exp(-10) to exp(-700)."""
    z = rng.normal(size=K)
    z[0] -= rng.uniform(10, 700)
    return 0, z


def equal(rng, K):
    """An untrained model: equal logits, whose exponentials round alike in a long sum."""
    return rng.integers(K), np.full(K, rng.normal() * 5)


def nearly_equal(rng, K):
    return rng.integers(K), rng.normal(size=K) * 10 ** rng.uniform(-12, -1) + rng.normal()


def one_rival(rng, K):
    """One rival, and many more that are each half a unit in its last place."""
    z = np.full(K, -36.7 if K > 1 else 0.0) + rng.normal() * 0.3
    z[: min(2, K)] = rng.normal(size=min(2, K))
    return 0, z


def one_rival_single(rng, K):
    """The same for the last place of float32."""
    y, z = one_rival(rng, K)
    return y, np.where(z < -30, z + 20, z)


def edge_of_range(rng, K):
    """Exponentials that are just subnormal, or just finite, in one of the two precisions."""
    edge = rng.choice([-745, -708, -104, -87, 88, 709])
    return rng.integers(K), edge + rng.normal(size=K) * rng.choice([0.1, 3])


def sunken(rng, K):
    """Every logit far below 0, some of them so far that their exponentials lose digits."""
    z = -rng.uniform(30, 50, size=K)
    z[rng.random(K) < 0.5] -= 50
    return rng.integers(K), z * rng.choice([1, 6])


def impossible_rivals(rng, K):
    y, z = ordinary(rng, K)
    z[rng.random(K) < 0.5] = -np.inf
    z[y] = 0
    return y, z


FAMILIES = [
    ordinary,
    confident,
    very_confident,
    shifted,
    huge,
    improbable,
    equal,
    nearly_equal,
    one_rival,
    one_rival_single,
    edge_of_range,
    sunken,
    impossible_rivals,
]
# Either side of where the kernels and their chunks change, and how many rows to try.
SIZES = {2: 40, 3: 30, 10: 15, 32: 6, 33: 6, 100: 3, 129: 3, 1000: 1, 2500: 1}


def rows_of(family, K, dtype, N):
    rng = np.random.default_rng([N, K])
    labels, logits = zip(*(family(rng, K) for _ in range(N)), strict=True)
    return np.array(labels), np.array(logits).astype(dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("K", SIZES)
@pytest.mark.parametrize("family", FAMILIES)
def test_softmax_cross_entropy_and_gradient_on(family, K, dtype):
    y, z = rows_of(family, K, dtype, SIZES[K])
    alone = softmax_cross_entropy(y, z)
    loss, gradient = softmax_cross_entropy_and_grad(y, z)
    for i in range(len(y)):
        exact = mpmath_softmax_cross_entropy(y[i], z[i])
        assert epsilons_off(alone[i], exact, dtype) <= LOSS[dtype]
        assert epsilons_off(loss[i], exact, dtype) <= LOSS[dtype]
        slope = mpmath_softmax_cross_entropy_grad(y[i], z[i])
        assert epsilons_off(gradient[i], slope, dtype) <= GRADIENT


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("family", [ordinary, confident, equal, one_rival, one_rival_single])
def test_a_hundred_thousand_classes(family, dtype):
    y, z = rows_of(family, 100_000, dtype, 1)
    # 100 000 exponentials in mpmath take a second; equal logits take only one.
    values, counts = np.unique(z[0], return_counts=True)
    label = mpmath.mpf(float(z[0, y[0]]))
    with mpmath.workdps(40):
        total = mpmath.fsum(
            int(count) * mpmath.exp(mpmath.mpf(float(value)) - label)
            for value, count in zip(values, counts, strict=True)
        )
        exact = mpmath.log1p(total - 1)
    assert epsilons_off(softmax_cross_entropy(y, z)[0], exact, dtype) <= LOSS[dtype]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("K", [2, 7, 40])
@pytest.mark.parametrize("family", FAMILIES)
def test_soft_targets_on(family, K, dtype):
    rng = np.random.default_rng(K)
    for _ in range(3):
        _, z = family(rng, K)
        z = z.astype(dtype)
        y = rng.dirichlet(np.full(K, 0.3))
        y[z == -np.inf] = 0
        y /= y.sum()
        exact = mpmath_soft_target_loss(y, z)
        assert epsilons_off(softmax_cross_entropy(y, z), exact, dtype) <= SOFT


@pytest.mark.parametrize(
    ("dtype", "label", "other", "allowed"),
    [(np.float64, 0, -36.8, 1.1), (np.float32, 2, -16.7, 0.6)],
)
@pytest.mark.parametrize("K", [33, 64, 100, 128, 200, 256, 512, 1000])
def test_a_small_loss_has_an_exact_sum(K, dtype, label, other, allowed):
    """One rival at 0, and others that vanish one by one when added to a running sum of 1.

    exp(0) is exact. In float64 the label is at 0 too; what is left is the logarithm and one
    rounding, about half an epsilon each. In float32 only the last rounding is left.
    """
    for place in range(1, K):
        z = np.full(K, other, dtype)
        z[0], z[place] = label, 0
        rest = 1 + (K - 2) * mpmath.exp(mpmath.mpf(float(z.min())))
        exact = mpmath.log1p(rest * mpmath.exp(-label))
        assert epsilons_off(softmax_cross_entropy(0, z), exact, dtype) <= allowed
        assert epsilons_off(softmax_cross_entropy_and_grad(0, z)[0], exact, dtype) <= allowed


# --- Searches for the worst case -------------------------------------------------------------


def search(found, exact, dtype, promised):
    error = epsilons_off(found, exact, dtype)
    target(min(error, 100.0))
    assert error <= promised


anywhere = st.one_of(st.floats(-40, 40), st.floats(-1e4, 1e4), st.floats(-1, 1))


@pytest.mark.parametrize("dtype", DTYPES)
@given(
    z=st.lists(anywhere, min_size=2, max_size=40),
    offset=st.sampled_from([0, 0, 1e3, -1e3]),
    data=st.data(),
)
def test_search_for_a_bad_softmax_cross_entropy(dtype, z, offset, data):
    z = (np.array(z) + offset).astype(dtype)
    y = data.draw(st.one_of(st.just(int(z.argmax())), st.integers(0, len(z) - 1)))
    found, exact = softmax_cross_entropy(y, z), mpmath_softmax_cross_entropy(y, z)
    search(found, exact, dtype, LOSS[dtype])


probability = st.one_of(
    st.floats(0, 1),
    st.floats(-745, 0).map(np.exp),
    st.floats(-36, 0).map(lambda x: -np.expm1(x)),
)


@pytest.mark.parametrize("dtype", DTYPES)
@given(y=st.one_of(st.sampled_from([0, 1]), probability), p=probability)
def test_search_for_a_bad_binary_cross_entropy(dtype, y, p):
    y, p = float(y), np.asarray(p, dtype)
    found, exact = binary_cross_entropy(y, p), mpmath_binary_cross_entropy(y, p)
    if mpmath.isinf(exact):
        assert found == np.inf
    else:
        search(found, exact, dtype, BINARY)


@pytest.mark.parametrize("dtype", DTYPES)
@given(
    y=st.one_of(st.sampled_from([0, 1]), st.floats(0, 1)),
    z=st.one_of(st.floats(-745, 745), st.floats(-1, 1), st.floats(-1e4, 1e4)),
)
def test_search_for_a_bad_sigmoid_cross_entropy(dtype, y, z):
    y, z = float(y), np.asarray(z, dtype)
    found, exact = sigmoid_cross_entropy(y, z), mpmath_sigmoid_cross_entropy(y, z)
    search(found, exact, dtype, BINARY)


@pytest.mark.parametrize("dtype", DTYPES)
@given(y=st.sampled_from([0, 1]), z=st.one_of(st.floats(-745, 745), st.floats(-1, 1)))
def test_search_for_a_bad_sigmoid_gradient(dtype, y, z):
    z = np.asarray(z, dtype)
    found, exact = sigmoid_cross_entropy_grad(y, z), mpmath_sigmoid_cross_entropy_grad(y, z)
    search(found, exact, dtype, GRADIENT)


def test_where_the_textbook_formula_loses_everything_this_does_not():
    """The oracle and the promise are not empty: logsumexp(z) - z_y is off by millions here."""
    z = np.array([30.0, 0.0, -1.0])
    exact = mpmath_softmax_cross_entropy(0, z)
    textbook = np.log(np.exp(z).sum()) - z[0]
    assert epsilons_off(textbook, exact, np.float64) > 1e6
    assert epsilons_off(softmax_cross_entropy(0, z), exact, np.float64) <= 2
