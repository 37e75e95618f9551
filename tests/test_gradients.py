"""The gradients: closed forms, finite differences, PyTorch, `out`, rejections."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cecourse import (
    _blocks,
    finite_difference,
    sigmoid_cross_entropy,
    sigmoid_cross_entropy_grad,
    softmax,
    softmax_cross_entropy,
    softmax_cross_entropy_and_grad,
    softmax_cross_entropy_grad,
    softmax_jacobian,
)
from tests.oracles_losses import torch_softmax_cross_entropy_grad
from tests.strategies import distributions

INF, NAN = np.inf, np.nan
EPS = 2.0**-52
# Central differences with h = eps ** (1/3): about h**2 from the formula and eps / h from
# rounding, each 4e-11, times derivatives and values below 10.
DIFFERENCE = 1e-9

rows = st.lists(st.floats(-8, 8), min_size=2, max_size=6)


# --- Closed forms ----------------------------------------------------------------------------

LOG3 = math.log(3)
CLOSED_FORMS = {
    "softmax, fair": (lambda: softmax_cross_entropy_grad(0, [0, 0]), [-0.5, 0.5]),
    "softmax, the other label": (lambda: softmax_cross_entropy_grad(1, [LOG3, 0]), [0.75, -0.75]),
    "softmax, three": (
        lambda: softmax_cross_entropy_grad(2, np.log([1, 2, 5])),
        [1 / 8, 1 / 4, -3 / 8],
    ),
    "softmax, soft": (
        lambda: softmax_cross_entropy_grad([0.5, 0.25, 0.25], np.log([1, 2, 5])),
        [-3 / 8, 0, 3 / 8],
    ),
    "softmax, one class": (lambda: softmax_cross_entropy_grad(0, [3]), [0]),
    "softmax, sure and right": (lambda: softmax_cross_entropy_grad(0, [0, -INF]), [0, 0]),
    "softmax, sure and wrong": (lambda: softmax_cross_entropy_grad(1, [0, -INF]), [1, -1]),
    "softmax, sure and wrong of three": (
        lambda: softmax_cross_entropy_grad(1, [0, -INF, -INF]),
        [1, -1, 0],
    ),
    "softmax, far out": (lambda: softmax_cross_entropy_grad(1, [1e4, -1e4, 0]), [1, -1, 0]),
    "softmax, a sure label keeps its digits": (
        lambda: softmax_cross_entropy_grad(0, [80 * math.log(2), 0]),
        [-1 / (2**80 + 1), 1 / (2**80 + 1)],
    ),
    "sigmoid, fair": (lambda: sigmoid_cross_entropy_grad([0, 1, 0.5], 0), [0.5, -0.5, 0]),
    "sigmoid, at log 3": (lambda: sigmoid_cross_entropy_grad([0, 1], LOG3), [0.75, -0.25]),
    "sigmoid, at the infinities": (
        lambda: sigmoid_cross_entropy_grad([1, 0, 1, 0], [INF, -INF, -INF, INF]),
        [0, 0, -1, 1],
    ),
    "jacobian, fair": (lambda: softmax_jacobian([0, 0]), [[0.25, -0.25], [-0.25, 0.25]]),
    "jacobian, three": (
        lambda: softmax_jacobian(np.log([1, 1, 2])) * 16,
        [[3, -1, -2], [-1, 3, -2], [-2, -2, 4]],
    ),
    "jacobian, one class": (lambda: softmax_jacobian([7]), [[0]]),
    "jacobian, zero probability": (lambda: softmax_jacobian([0, -INF]), [[0, 0], [0, 0]]),
}


@pytest.mark.parametrize(("call", "expected"), CLOSED_FORMS.values(), ids=CLOSED_FORMS)
def test_closed_form(call, expected):
    found = call()
    # The logarithms in the inputs are rounded: an error of half an epsilon of an exponent of 56.
    assert_allclose(found, expected, rtol=30 * EPS, atol=4 * EPS * (np.min(np.abs(expected)) == 0))
    assert not np.signbit(found[np.asarray(expected) == 0]).any()  # never -0.0


# --- Against the losses themselves -----------------------------------------------------------


@given(z=rows, data=st.data())
def test_softmax_gradient_is_the_slope_of_the_loss(z, data):
    y = data.draw(st.integers(0, len(z) - 1))
    slope = finite_difference(lambda z: softmax_cross_entropy(y, z), z)
    assert_allclose(softmax_cross_entropy_grad(y, z), slope, rtol=0, atol=DIFFERENCE)


@given(y=distributions(outcomes=4), z=st.lists(st.floats(-8, 8), min_size=4, max_size=4))
def test_soft_target_gradient_is_the_slope_of_the_loss(y, z):
    slope = finite_difference(lambda z: softmax_cross_entropy(y, z), z)
    assert_allclose(softmax_cross_entropy_grad(y, z), slope, rtol=0, atol=DIFFERENCE)


@given(y=st.floats(0, 1), z=st.floats(-8, 8))
def test_sigmoid_gradient_is_the_slope_of_the_loss(y, z):
    slope = finite_difference(lambda z: sigmoid_cross_entropy(y, z), z)
    assert_allclose(sigmoid_cross_entropy_grad(y, z), slope, rtol=0, atol=DIFFERENCE)


@given(z=rows)
def test_jacobian_is_the_slope_of_the_softmax(z):
    assert_allclose(softmax_jacobian(z), finite_difference(softmax, z), rtol=0, atol=DIFFERENCE)


@given(z=rows, data=st.data())
def test_chain_rule_through_the_softmax(z, data):
    y = data.draw(st.integers(0, len(z) - 1))
    p = softmax(z)
    through = (-1 / p[y]) * softmax_jacobian(z)[y]
    # Two roundings each, and 1 / p_y may be as large as exp(16): all relative.
    assert_allclose(through, softmax_cross_entropy_grad(y, z), rtol=16 * EPS, atol=0)


@given(z=rows, data=st.data())
def test_gradient_sums_to_zero(z, data):
    y = data.draw(st.integers(0, len(z) - 1))
    gradient = softmax_cross_entropy_grad(y, z)
    assert abs(math.fsum(gradient)) <= 4 * EPS * np.abs(gradient).sum()


@given(z=rows)
def test_jacobian_is_symmetric_with_zero_row_sums(z):
    jacobian = softmax_jacobian(z)
    assert_array_equal(jacobian, jacobian.T)
    assert_allclose(jacobian.sum(axis=-1), 0, atol=8 * EPS)


@given(y=st.sampled_from([0, 1]), z=st.floats(-700, 700))
def test_two_classes_are_one_logit(y, z):
    two = softmax_cross_entropy_grad(y, [0, z])
    assert_allclose(two, [-two[1], two[1]], rtol=0)
    assert_allclose(two[1], sigmoid_cross_entropy_grad(y, z), rtol=8 * EPS, atol=5e-324)


def test_no_cancellation_at_the_label():
    # p_y - 1 is 0 in float64 from a lead of 37 nats upwards.
    for lead in [37, 100, 700]:
        assert_allclose(sigmoid_cross_entropy_grad(1, lead), -math.exp(-lead), rtol=8 * EPS)
        for K in [2, 5, 50]:
            z = np.zeros(K)
            z[0] = lead
            odds = (K - 1) * math.exp(-lead)
            expected = -odds / (1 + odds)
            assert_allclose(softmax_cross_entropy_grad(0, z)[0], expected, rtol=8 * EPS)


@pytest.mark.parametrize("K", [2, 5, 50])
def test_one_hot_rows_do_not_cancel_either(K):
    for lead in [1, 40, 700]:
        z = np.linspace(0, 1, K)
        z[0] = lead
        one_hot = softmax_cross_entropy_grad(np.eye(K)[0], z)
        assert_allclose(one_hot, softmax_cross_entropy_grad(0, z), rtol=8 * EPS)


# --- PyTorch ---------------------------------------------------------------------------------


@pytest.mark.parametrize("K", [2, 3, 10, 33, 100, 1000])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gradient_matches_torch(K, dtype):
    rng = np.random.default_rng(0)
    z, y = rng.normal(size=(64, K)).astype(dtype), rng.integers(0, K, 64)
    expected = torch_softmax_cross_entropy_grad(y, z)
    # torch takes exp(z - logsumexp(z)): an exponent of up to 12, rounded, and p_y - 1.
    atol = 20 * np.finfo(dtype).eps
    assert_allclose(softmax_cross_entropy_grad(y, z), expected, rtol=0, atol=atol)


# --- One pass for both, and `out` ------------------------------------------------------------

KINDS = {"class numbers": False, "distributions": True}


def example(K, dtype, soft, N=50):
    rng = np.random.default_rng(K)
    z = (3 * rng.normal(size=(N, K))).astype(dtype)
    z[0] += 1000  # two rows that leave the fast path
    z[1] *= 100
    y = rng.dirichlet(np.ones(K), N) if soft else rng.integers(0, K, N)
    return y, z


@pytest.mark.parametrize("soft", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("K", [2, 7, 64])
def test_both_are_what_each_is(K, dtype, soft):
    y, z = example(K, dtype, soft)
    loss, gradient = softmax_cross_entropy_and_grad(y, z)
    assert loss.dtype == gradient.dtype == dtype
    assert_allclose(loss, softmax_cross_entropy(y, z), rtol=4 * np.finfo(dtype).eps)
    assert_array_equal(gradient, softmax_cross_entropy_grad(y, z))


@pytest.mark.parametrize("soft", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("K", [1, 2, 7, 64])
def test_out_may_have_any_layout_and_may_be_the_logits(K, dtype, soft):
    y, z = example(K, dtype, soft, N=48)
    loss, gradient = softmax_cross_entropy_and_grad(y, z)
    outs = [np.empty_like(z), np.empty((48, 2 * K), dtype)[:, ::2], np.empty((K, 48), dtype).T]
    for out in outs:
        found = softmax_cross_entropy_and_grad(y, z, out)
        assert found[1] is out
        # Another layout may take another route to the same few roundings.
        assert_allclose(found[0], loss, rtol=4 * np.finfo(dtype).eps)
        assert_allclose(out, gradient, rtol=4 * np.finfo(dtype).eps)
    in_place = z.copy()
    found = softmax_cross_entropy_and_grad(y, in_place, out=in_place)
    assert found[1] is in_place
    assert_array_equal(found[0], loss)
    assert_array_equal(in_place, gradient)


@pytest.mark.parametrize("offset", [-9, -1, 1, 9])
@pytest.mark.parametrize("K", [2, 7, 64])
@pytest.mark.parametrize("soft", KINDS.values(), ids=KINDS)
def test_out_may_overlap_the_logits(K, offset, soft, monkeypatch):
    monkeypatch.setattr(_blocks, "BLOCK", 4 * K)  # many blocks, one after the other
    monkeypatch.setattr(_blocks, "VECTOR", 4)
    y, z = example(K, np.float64, soft)
    expected = softmax_cross_entropy_grad(y, z)
    memory = np.zeros(z.size + 9)
    first, second = memory[: z.size], memory[abs(offset) : abs(offset) + z.size]
    logits, out = (first, second) if offset > 0 else (second, first)
    logits, out = logits.reshape(z.shape), out.reshape(z.shape)
    logits[...] = z
    softmax_cross_entropy_and_grad(y, logits, out=out)
    assert_array_equal(out, expected)


@pytest.mark.parametrize("soft", KINDS.values(), ids=KINDS)
def test_out_in_a_batch_of_batches(soft):
    y, z = example(5, np.float64, soft, N=24)
    expected = softmax_cross_entropy_grad(y, z)
    out = np.empty((4, 6, 5)).swapaxes(0, 1)
    batch = y.reshape(6, 4, 5) if soft else y.reshape(6, 4)
    softmax_cross_entropy_and_grad(batch, z.reshape(6, 4, 5), out=out)
    assert_array_equal(out.reshape(24, 5), expected)


def test_out_may_be_the_targets():
    y, z = example(5, np.float64, soft=True)
    expected = softmax_cross_entropy_grad(y, z)
    targets = y.copy()
    softmax_cross_entropy_and_grad(targets, z, out=targets)
    assert_array_equal(targets, expected)


def test_single_example():
    loss, gradient = softmax_cross_entropy_and_grad(1, [0.0, 0.0])
    assert np.ndim(loss) == 0
    assert_array_equal(gradient, [0.5, -0.5])


def bad(values):
    z = np.zeros((3000, len(values)))
    z[-1] = values
    return z


REFUSED_WITH_OUT = {
    "label out of range": (np.full(3000, 7), bad([0.0] * 3), "y must lie in 0, ..., 2"),
    "float labels": (np.zeros(3000), bad([0.0] * 3), "y must hold integer"),
    "soft targets": (np.full((3000, 3), 0.5), bad([0.0] * 3), "y must sum to 1"),
    "NaN, 2 classes": (np.zeros(3000, int), bad([NAN, 0]), "z must not hold NaN"),
    "NaN, 3 classes": (np.zeros(3000, int), bad([0, 0, NAN]), "z must not hold NaN"),
    "NaN, 50 classes": (np.zeros(3000, int), bad([NAN] + 49 * [0]), "z must not hold NaN"),
    "+inf, 50 classes": (np.zeros(3000, int), bad([INF] + 49 * [0]), "z must be below"),
    "-inf row, 50 classes": (np.zeros(3000, int), bad(50 * [-INF]), "z must hold a finite"),
    "-inf row, 2 classes": (np.zeros(3000, int), bad(2 * [-INF]), "z must hold a finite"),
}


@pytest.mark.parametrize(("y", "z", "message"), REFUSED_WITH_OUT.values(), ids=REFUSED_WITH_OUT)
def test_out_is_untouched_when_anything_is_refused(y, z, message):
    out = np.full_like(z, 5)
    with pytest.raises((ValueError, TypeError), match=message):
        softmax_cross_entropy_and_grad(y, z, out=out)
    assert (out == 5).all()
    in_place = z.copy()
    with pytest.raises((ValueError, TypeError), match=message):
        softmax_cross_entropy_and_grad(y, in_place, out=in_place)
    assert_array_equal(in_place, z)


def read_only():
    out = np.empty((2, 3))
    out.flags.writeable = False
    return out


@pytest.mark.parametrize(
    ("out", "kind", "message"),
    [
        (np.empty((2, 2)), ValueError, r"out must have shape \(2, 3\); found shape \(2, 2\)"),
        (np.empty((2, 3), np.float32), TypeError, "out must be an array of dtype float64; found"),
        ([[0.0] * 3] * 2, TypeError, "out must be an array of dtype float64; found list"),
        (read_only(), ValueError, "out must be writeable; found a read-only array"),
    ],
    ids=["shape", "dtype", "list", "read-only"],
)
def test_out_must_fit(out, kind, message):
    with pytest.raises(kind, match=message):
        softmax_cross_entropy_and_grad([0, 1], np.zeros((2, 3)), out=out)


# --- Finite differences ----------------------------------------------------------------------


def test_finite_difference_of_a_quadratic_is_exact_but_for_rounding():
    x = np.array([[1.0, -2.0], [0.5, 3.0]])
    found = finite_difference(lambda x: (x**2).sum(axis=-1), x)
    expected = np.zeros((2, 2, 2))
    expected[0, 0], expected[1, 1] = 2 * x[0], 2 * x[1]
    # No error of the formula; values below 10 round to 1e-15, over steps of 1.2e-5.
    assert_allclose(found, expected, rtol=0, atol=2 * 1e-15 / 1.2e-5)


def test_finite_difference_takes_a_step_and_a_number():
    assert finite_difference(lambda x: x**3, 2.0, step=0.5) == 12.25  # 12 + h**2
    assert finite_difference(lambda x: x, 1) == 1


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: finite_difference(np.sum, [NAN]), ValueError, "x must not hold NaN"),
        (lambda: finite_difference(np.sum, [INF]), ValueError, "x must be finite"),
        (lambda: finite_difference(np.sum, []), ValueError, "x must not be empty"),
        (lambda: finite_difference(np.sum, [1], step=0), ValueError, "step must be positive"),
        (lambda: finite_difference(np.sum, [1e9], step=1e-9), ValueError, "step must not vanish"),
        (lambda: finite_difference(np.log1p, [-1 + 1e-6], step=1e-6), ValueError, "value of f"),
        (lambda: finite_difference(str, 1.0), TypeError, "value of f must hold real numbers"),
    ],
    ids=["NaN", "inf", "empty", "step", "vanishing step", "infinite value", "string"],
)
def test_finite_difference_refuses(call, kind, message):
    with np.errstate(all="ignore"), pytest.raises(kind, match=message):
        call()


# --- Rejections ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: softmax_jacobian([0, NAN]), "z must not hold NaN; found nan at index 1"),
        (lambda: softmax_jacobian([0, INF]), "z must be below \\+inf; found inf at index 1"),
        (lambda: softmax_jacobian([-INF]), "z must hold a finite logit in every row"),
        (lambda: sigmoid_cross_entropy_grad(2, 0), "y must lie in \\[0, 1\\]; found 2"),
        (lambda: sigmoid_cross_entropy_grad(0, NAN), "z must not hold NaN; found nan"),
        (
            lambda: sigmoid_cross_entropy_grad([0, 1], [0, 0, 0]),
            "y and z must have shapes that broadcast",
        ),
        (lambda: softmax_cross_entropy_grad(2, [0, 0]), "y must lie in 0, ..., 1; found 2"),
        (lambda: softmax_cross_entropy_grad([0.5, 0.4], [0, 0]), "y must sum to 1"),
        (lambda: softmax_cross_entropy_grad([[1, 0]], [[0, 0, 0]]), "y must have the shape of z"),
        (lambda: softmax_cross_entropy_grad([0, 0], [[0, NAN]] * 2), "z must not hold NaN"),
    ],
)
def test_rejection(call, message):
    with pytest.raises(ValueError, match=message):
        call()
