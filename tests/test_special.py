"""The elementary functions: closed forms, 60-digit answers on hard inputs, SciPy, edges."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cecourse import (
    log_sigmoid,
    log_softmax,
    logit,
    logsumexp,
    sigmoid,
    softmax,
    softplus,
    xlogy,
)
from tests.oracles import (
    epsilons_off,
    exact,
    mpmath_log_sigmoid,
    mpmath_log_softmax,
    mpmath_logit,
    mpmath_logsumexp,
    mpmath_sigmoid,
    mpmath_softmax,
    mpmath_softplus,
    mpmath_xlogy,
    scipy_log_softmax,
    scipy_logsumexp,
    scipy_softmax,
    scipy_xlogy,
)

INF = np.inf
SOFT = [softmax, log_softmax]
ELEMENTWISE = [sigmoid, log_sigmoid, softplus, logit]
DTYPES = [np.float32, np.float64]

# The promise in the docstrings, in machine epsilons.
PROMISED = 4

logit_rows = st.lists(
    st.one_of(st.floats(-1e4, 1e4), st.floats(-1, 1), st.floats(-745, 0), st.just(-INF)),
    min_size=1,
    max_size=8,
).filter(lambda row: max(row) > -INF)
finite_rows = st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=8)


# --- Closed forms ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "closed_form"),
    [
        pytest.param(softmax([0.0, math.log(3)]), [1 / 4, 3 / 4], id="softmax-odds-3-to-1"),
        pytest.param(softmax([7.0] * 4), [1 / 4] * 4, id="softmax-equal-logits"),
        pytest.param(softmax([-INF, 0.0]), [0.0, 1.0], id="softmax-impossible-class"),
        pytest.param(softmax([5.0]), [1.0], id="softmax-one-class"),
        pytest.param(
            softmax([0.0, 2 * math.log(3)], temperature=2), [1 / 4, 3 / 4], id="softmax-T-2"
        ),
        pytest.param(log_softmax([0.0, 0.0]), [-math.log(2), -math.log(2)], id="log-softmax-equal"),
        pytest.param(log_softmax([3.0]), [0.0], id="log-softmax-one-class"),
        pytest.param(log_softmax([0.0, -INF]), [0.0, -INF], id="log-softmax-impossible-class"),
        pytest.param(logsumexp([0.0] * 8), math.log(8), id="logsumexp-of-eight-zeros"),
        pytest.param(logsumexp([1e4, 1e4]), 1e4 + math.log(2), id="logsumexp-huge"),
        pytest.param(logsumexp([-INF, -INF]), -INF, id="logsumexp-of-nothing"),
        pytest.param(logsumexp([INF, 0.0, INF]), INF, id="logsumexp-infinite"),
        pytest.param(sigmoid(math.log(3)), 3 / 4, id="sigmoid-odds-3-to-1"),
        pytest.param(sigmoid([-INF, 0.0, INF]), [0.0, 1 / 2, 1.0], id="sigmoid-ends"),
        pytest.param(log_sigmoid([-INF, 0.0, INF]), [-INF, -math.log(2), 0.0], id="log-sigmoid"),
        pytest.param(softplus([-INF, 0.0, INF]), [0.0, math.log(2), INF], id="softplus-ends"),
        pytest.param(logit([0.0, 1 / 2, 3 / 4, 1.0]), [-INF, 0.0, math.log(3), INF], id="logit"),
        pytest.param(xlogy([0.0, 0.0, 2.0], [0.0, INF, math.e]), [0.0, 0.0, 2.0], id="xlogy"),
        pytest.param(xlogy([1.0, -1.0], [0.0, 0.0]), [-INF, INF], id="xlogy-of-zero"),
    ],
)
def test_closed_form(found, closed_form):
    # One rounding of the stored argument, such as log 3, and PROMISED epsilons.
    assert_allclose(found, closed_form, rtol=(PROMISED + 1) * np.finfo(float).eps, atol=0)


# --- Accuracy on hard inputs -----------------------------------------------------------------


def hard_rows(K, dtype, *, seed):
    rng = np.random.default_rng(seed)
    normal = rng.normal(size=K)
    return {
        "ordinary": 8 * normal,
        "shifted by 1e4": 1e4 + 8 * normal,
        "shifted by -1e6": -1e6 + 100 * normal,
        "huge": 1e4 * normal,
        "largest floats": float(np.finfo(dtype).max) * np.tanh(normal),
        "down to underflow": 3.3 + rng.uniform(-745, 0, size=K),
        "confident, 20": np.r_[20.0, normal[1:]],
        "confident, 40": np.r_[40.0, normal[1:]],
        "confident, 700": np.r_[0.3, -700 + normal[1:]],
        "nearly equal": 0.1 + 1e-9 * normal,
        "equal but one": np.r_[0.0, np.full(K - 1, -1.1)],
        "some impossible": np.where(normal < 0, -INF, 3 * normal) if normal.max() > 0 else normal,
    }


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("temperature", [1.0, 0.3, 7.7, 1e-3, 1e5])
@pytest.mark.parametrize("K", [2, 3, 10])
def test_softmax_and_its_logarithm_are_within_4_epsilons(K, temperature, dtype):
    for name, row in hard_rows(K, dtype, seed=K).items():
        z = row.astype(dtype)
        finite = np.isfinite(z)
        found = softmax(z, temperature=temperature)
        true = mpmath_softmax(z[finite], temperature)
        assert epsilons_off(found[finite], true, dtype) <= PROMISED, name
        assert not found[~finite].any(), name
        found = log_softmax(z, temperature=temperature)
        true = mpmath_log_softmax(z[finite], temperature)
        representable = np.array([abs(value) < np.finfo(dtype).max for value in true])
        true = [value for value, inside in zip(true, representable, strict=True) if inside]
        assert epsilons_off(found[finite][representable], true, dtype) <= PROMISED, name


@given(logit_rows, st.sampled_from([1.0, 0.5, 3.0, 1e-3, 1e3]))
def test_softmax_is_within_4_epsilons(row, temperature):
    assert (
        epsilons_off(softmax(row, temperature=temperature), _softmax(row, temperature), float) <= 4
    )


def _softmax(row, temperature):
    """mpmath_softmax, with -inf logits as the zeros they stand for."""
    true = iter(mpmath_softmax([v for v in row if v > -INF], temperature))
    return [next(true) if v > -INF else mpmath.mpf(0) for v in row]


@given(finite_rows, st.sampled_from([1.0, 0.5, 3.0, 1e-3, 1e3]))
def test_log_softmax_is_within_4_epsilons(row, temperature):
    found = log_softmax(row, temperature=temperature)
    assert epsilons_off(found, mpmath_log_softmax(row, temperature), float) <= PROMISED


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("label", [0.0, 40.0, -40.0, 1e4, -700.0])
def test_softmax_of_100_000_classes(label, dtype):
    K = 100_000
    z = np.full(K, -1.1, dtype)
    z[17] = label
    gap = exact(z[17]) - exact(z[0])
    other = 1 / (K - 1 + mpmath.exp(gap))
    found, found_log = softmax(z), log_softmax(z)
    picked = [17, 0, K - 1]
    true = [mpmath.exp(gap) * other, other, other]
    true_log = [-mpmath.log1p((K - 1) * mpmath.exp(-gap)), mpmath.log(other), mpmath.log(other)]
    assert epsilons_off(found[picked], true, dtype) <= PROMISED
    assert epsilons_off(found_log[picked], true_log, dtype) <= PROMISED


def hard_numbers(dtype, *, seed):
    rng = np.random.default_rng(seed)
    sign = rng.choice([-1, 1], 200)
    numbers = np.concatenate(
        [
            8 * rng.normal(size=200),
            rng.uniform(-745, 745, 200),
            sign * 10 ** rng.uniform(-300, 0, 200),
            rng.uniform(-1, 1, 200),
            sign * rng.uniform(30, 45, 200),
            [0.0, 1e4, -1e4, 36.7368005696771, -0.5],
        ]
    )
    return numbers.astype(dtype)


def hard_probabilities(dtype, *, seed):
    rng = np.random.default_rng(seed)
    sign = rng.choice([-1, 1], 200)
    p = np.concatenate(
        [
            rng.random(200),
            0.5 + sign * 0.5 * 10 ** rng.uniform(-16, 0, 200),
            10 ** rng.uniform(-320, 0, 200),
            1 - 10 ** rng.uniform(-16, 0, 200),
            [0.25, 0.75, np.nextafter(0.25, 0), np.nextafter(0.75, 1), 5e-324],
        ]
    ).astype(dtype)
    return p[(p > 0) & (p < 1)]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("function", "oracle"),
    [
        (sigmoid, mpmath_sigmoid),
        (softplus, mpmath_softplus),
        (log_sigmoid, mpmath_log_sigmoid),
    ],
    ids=lambda argument: argument.__name__,
)
def test_functions_of_a_logit_are_within_4_epsilons(function, oracle, dtype):
    with np.errstate(under="ignore"):
        z = hard_numbers(dtype, seed=1)
    assert epsilons_off(function(z), [oracle(v) for v in z], dtype) <= PROMISED


@pytest.mark.parametrize("dtype", DTYPES)
def test_logit_is_within_4_epsilons(dtype):
    with np.errstate(under="ignore"):
        p = hard_probabilities(dtype, seed=2)
    assert epsilons_off(logit(p), [mpmath_logit(v) for v in p], dtype) <= PROMISED


@given(finite_rows)
def test_logsumexp_is_right_to_the_last_digits_of_the_larger_part(row):
    true = mpmath_logsumexp(row)
    scale = max(abs(max(row)), math.log(len(row)), np.finfo(float).tiny)
    assert abs(mpmath.mpf(float(logsumexp(row))) - true) <= PROMISED * np.finfo(float).eps * scale


@given(st.floats(-1e100, 1e100), st.floats(0, 1e300, exclude_min=True, allow_subnormal=False))
def test_xlogy_is_within_4_epsilons(x, y):
    assert epsilons_off(xlogy(x, y), mpmath_xlogy(x, y), float) <= PROMISED


# --- Another implementation ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "oracle"),
    [
        (softmax, scipy_softmax),
        (log_softmax, scipy_log_softmax),
        (logsumexp, scipy_logsumexp),
    ],
    ids=lambda argument: argument.__name__,
)
def test_agrees_with_scipy_on_ordinary_rows(function, oracle):
    z = 3 * np.random.default_rng(3).normal(size=(40, 5, 7))
    # SciPy's shift rounds: differences below 20 lose at most 20 epsilons, and sums of 7 a few
    # more. Its logarithm of a total near 1 keeps those absolutely, not relatively.
    bound = 30 * np.finfo(float).eps
    assert_allclose(function(z), oracle(z), rtol=bound, atol=0 if function is softmax else bound)


def test_xlogy_agrees_with_scipy_with_broadcasting():
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=(5, 1)), rng.exponential(size=6)
    assert_allclose(xlogy(x, y), scipy_xlogy(x, y), rtol=4 * np.finfo(float).eps)


# --- Theorems --------------------------------------------------------------------------------


@given(logit_rows)
def test_softmax_is_a_distribution(row):
    p = softmax(row)
    assert (p >= 0).all()
    # Each entry is off by at most PROMISED epsilons of itself, so the sum by PROMISED epsilons.
    assert abs(math.fsum(p) - 1) <= PROMISED * np.finfo(float).eps


@given(finite_rows, st.integers(-20, 20))
def test_softmax_ignores_a_shift(row, exponent):
    shift = 2.0**exponent
    z = np.round(np.array(row) * 1024) / 1024  # so that z + shift is exact
    shift = np.round(shift * 1024) / 1024
    assert_array_equal(softmax(z + shift), softmax(z))


@given(finite_rows, st.integers(-8, 8))
def test_temperature_divides_the_logits(row, exponent):
    temperature = 2.0**exponent  # z / temperature is exact, unless subnormal
    scaled = np.array(row) / temperature
    bound = 2 * PROMISED * np.finfo(float).eps
    tiny = np.finfo(float).smallest_subnormal
    assert_allclose(softmax(row, temperature=temperature), softmax(scaled), rtol=bound, atol=tiny)
    assert_allclose(log_softmax(row, temperature=temperature), log_softmax(scaled), rtol=bound)


@given(st.floats(-700, 700))
def test_sigmoid_is_the_softmax_of_two_logits(z):
    bound = 2 * PROMISED * np.finfo(float).eps
    assert_allclose(sigmoid(z), softmax([0.0, z])[1], rtol=bound)
    assert_allclose(log_sigmoid(z), log_softmax([0.0, z])[1], rtol=bound)


@given(st.floats(-1e308, 1e308))
def test_softplus_of_z_less_softplus_of_minus_z_is_z(z):
    # Each is off by PROMISED epsilons of at most |z| + log 2.
    bound = 2 * PROMISED * np.finfo(float).eps * (abs(z) + math.log(2))
    assert abs(float(softplus(z)) - float(softplus(-z)) - z) <= bound


@given(st.floats(-1e300, 1e300))
def test_log_sigmoid_is_minus_softplus_of_minus_z(z):
    assert log_sigmoid(z) == -softplus(-z)


@given(st.floats(-36, 700))
def test_sigmoid_is_one_minus_its_mirror(z):
    assert_allclose(sigmoid(-z), 1 - sigmoid(z), atol=2 * PROMISED * np.finfo(float).eps)


@given(st.floats(1e-300, 1 - 2**-53))
def test_logit_undoes_sigmoid(p):
    # d sigmoid = p (1 - p) dz: an error of PROMISED eps |z| is at most PROMISED eps |z| (1 - p)
    # relative to p, with |z| (1 - p) < 691.
    bound = PROMISED * np.finfo(float).eps * (1 + abs(float(logit(p))) * (1 - p))
    assert_allclose(sigmoid(logit(p)), p, rtol=bound)


@given(st.floats(0, 1))
def test_logit_is_odd_about_one_half(p):
    complement = 1 - p
    if 1 - complement == p:  # 1 - p was exact
        assert_allclose(logit(complement), -logit(p), rtol=2 * PROMISED * np.finfo(float).eps)


@given(finite_rows)
def test_logsumexp_lies_between_the_largest_and_that_plus_log_K(row):
    result, slack = float(logsumexp(row)), 4 * np.finfo(float).eps * (1 + abs(max(row)))
    assert max(row) <= result <= max(row) + math.log(len(row)) + slack


@given(finite_rows)
def test_log_softmax_is_never_positive_and_never_minus_zero(row):
    result = log_softmax(row)
    assert (result <= 0).all()
    assert not np.signbit(result[result == 0]).any()


@pytest.mark.parametrize(
    "result",
    [log_sigmoid(INF), log_sigmoid(1e4), log_softmax([-0.0])[0], logit(0.5), logsumexp([0.0])],
)
def test_zero_is_never_minus_zero(result):
    assert result == 0
    assert not np.signbit(result)


# --- Shapes, dtypes and edges ----------------------------------------------------------------


@pytest.mark.parametrize("function", SOFT)
def test_a_matrix_counts_as_a_plain_array(function):
    x = np.array([[0.25, 0.75], [0.5, 0.5]])
    with pytest.warns(PendingDeprecationWarning):
        matrix = np.matrix(x)
    assert type(function(matrix)) is np.ndarray
    assert_array_equal(function(matrix), function(x))


@pytest.mark.parametrize("function", SOFT)
def test_rows_of_a_batch_are_independent(function):
    z = np.random.default_rng(5).normal(size=(2, 3, 4))
    for index in np.ndindex(2, 3):
        assert_array_equal(function(z)[index], function(z[index]))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("function", [*SOFT, *ELEMENTWISE, logsumexp])
def test_float_dtype_is_kept(function, dtype):
    assert function(np.array([0.25, 0.75], dtype)).dtype == dtype


@pytest.mark.parametrize("function", [*SOFT, *ELEMENTWISE, logsumexp])
@pytest.mark.parametrize("x", [[0, 1], np.array([0, 1], np.uint8), [False, True]])
def test_integers_and_booleans_become_float64(function, x):
    assert function(x).dtype == np.float64
    assert_array_equal(function(x), function([0.0, 1.0]))


def test_xlogy_takes_the_wider_dtype():
    assert xlogy(np.float32(2), np.float64(3)).dtype == np.float64
    assert xlogy(np.float32(2), np.float32(3)).dtype == np.float32


@pytest.mark.parametrize("function", [*SOFT, *ELEMENTWISE, logsumexp])
def test_memory_layout_does_not_matter_and_inputs_stay(function):
    x = np.random.default_rng(6).random((6, 8))
    x.flags.writeable = False
    before = x.copy()
    for view in (x[::2, ::-2], x.T, np.asfortranarray(x), x.astype(">f8")):
        assert_array_equal(function(view), function(np.array(view, dtype=float, order="C")))
    assert_array_equal(x, before)


@pytest.mark.parametrize("function", ELEMENTWISE)
def test_one_number_gives_one_number(function):
    assert isinstance(function(0.3), np.float64)
    assert isinstance(function(np.float32(0.3)), np.float32)


@pytest.mark.parametrize("function", [*SOFT, logsumexp])
def test_the_result_is_new_memory(function):
    z = np.array([0.0])
    assert not np.shares_memory(function(z), z)


@pytest.mark.parametrize(
    ("dtype", "z"), [(np.float32, 3e38), (np.float16, 6e4)], ids=["float32", "float16"]
)
def test_a_result_beyond_the_dtype_is_infinite_without_a_warning(dtype, z):
    assert logsumexp(np.array([z, z, z, z] * 100, dtype)) >= dtype(z)
    assert log_softmax(np.array([z, -z], dtype))[1] == -INF  # -2z is no float of the dtype


def test_subnormal_probabilities_are_kept():
    p = softmax([0.0, -740.0])[1]
    assert 0 < p < np.finfo(float).tiny
    assert sigmoid(-740.0) == p
    assert softplus(-740.0) == p
    assert softmax([0.0, -1e4])[1] == 0


def test_temperatures_at_the_ends_of_the_float_range():
    assert_array_equal(softmax([0.0, 1.0], temperature=5e-324), [0.0, 1.0])
    assert_array_equal(softmax([0.0, 1.0], temperature=1.7e308), [0.5, 0.5])
    assert_array_equal(softmax([1e308, -1e308], temperature=1e308), softmax([2.0, 0.0]))
