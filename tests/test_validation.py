"""What is refused, with the message that is given, and what is let through."""

import subprocess
import sys
import warnings

import numpy as np
import pytest

import cecourse as ce
from cecourse import _validation

NAN, INF = np.nan, np.inf
HALF = [0.5, 0.5]
MASKED = np.ma.masked_array([0.5, 0.5], mask=[False, True])
ABSENT = "p must hold real numbers (integers, or floats of at most 64 bits); found dtype "

# (call, exception, message from start to end)
REJECTIONS = [
    # Types and shapes
    (lambda: ce.entropy("0.5"), TypeError, ABSENT + "<U3"),
    (lambda: ce.entropy(["a", "b"]), TypeError, ABSENT + "<U1"),
    (lambda: ce.entropy([0.5 + 0j, 0.5]), TypeError, ABSENT + "complex128"),
    (lambda: ce.entropy([None, 1]), TypeError, ABSENT + "object"),
    (lambda: ce.entropy(np.array(["2020"], "M8[Y]")), TypeError, ABSENT + "datetime64[Y]"),
    (
        lambda: ce.entropy(MASKED),
        TypeError,
        "p must be a plain array; found a masked array, fill it first",
    ),
    (
        lambda: ce.one_hot(np.ma.masked_array([0, 1]), 2),
        TypeError,
        "y must be a plain array; found a masked array, fill it first",
    ),
    (
        lambda: ce.entropy([[1.0], [0.5, 0.5]]),
        ValueError,
        "p must be a rectangular array; found rows of different lengths",
    ),
    (lambda: ce.entropy([]), ValueError, "p must not be empty; found shape (0,)"),
    (lambda: ce.softmax(np.ones((0, 3))), ValueError, "z must not be empty; found shape (0, 3)"),
    (lambda: ce.softmax(np.ones((3, 0))), ValueError, "z must not be empty; found shape (3, 0)"),
    (lambda: ce.sigmoid([]), ValueError, "z must not be empty; found shape (0,)"),
    (
        lambda: ce.entropy(1.0),
        ValueError,
        "p must have at least one axis; found the single number 1.0",
    ),
    (
        lambda: ce.logsumexp(3),
        ValueError,
        "z must have at least one axis; found the single number 3.0",
    ),
    (
        lambda: ce.mutual_information(HALF),
        ValueError,
        "joint must have at least two axes; found shape (2,)",
    ),
    (lambda: ce.huffman_code([HALF]), ValueError, "p must have one axis; found shape (1, 2)"),
    (lambda: ce.kraft_sum([[1]]), ValueError, "lengths must have one axis; found shape (1, 1)"),
    (
        lambda: ce.cross_entropy(HALF, [0.25, 0.25, 0.5]),
        ValueError,
        "q must have as many outcomes on its last axis as p, 2; found 3",
    ),
    (
        lambda: ce.kl_divergence(HALF, [1.0]),
        ValueError,
        "q must have as many outcomes on its last axis as p, 2; found 1",
    ),
    (
        lambda: ce.js_divergence([HALF] * 2, [HALF] * 3),
        ValueError,
        "p and q must have shapes that broadcast; found (2, 2) and (3, 2)",
    ),
    (
        lambda: ce.expected_length(HALF, [1, 2, 2]),
        ValueError,
        "lengths must have as many outcomes on its last axis as p, 2; found 3",
    ),
    (
        lambda: ce.xlogy([1, 2], [1, 2, 3]),
        ValueError,
        "x and y must have shapes that broadcast; found (2,) and (3,)",
    ),
    # Values
    (lambda: ce.entropy([NAN, 1]), ValueError, "p must not hold NaN; found nan at index 0"),
    (
        lambda: ce.softmax([[1, 2], [3, NAN]]),
        ValueError,
        "z must not hold NaN; found nan at index (1, 1)",
    ),
    (lambda: ce.sigmoid(NAN), ValueError, "z must not hold NaN; found nan"),
    (lambda: ce.surprisal(1.5), ValueError, "p must lie in [0, 1]; found 1.5"),
    (
        lambda: ce.surprisal([1, -5e-324]),
        ValueError,
        "p must lie in [0, 1]; found -5e-324 at index 1",
    ),
    (lambda: ce.entropy([1, INF]), ValueError, "p must lie in [0, 1]; found inf at index 1"),
    (lambda: ce.entropy([1.25, -0.25]), ValueError, "p must lie in [0, 1]; found 1.25 at index 0"),
    (
        lambda: ce.cross_entropy(HALF, np.float32([1.1, -0.1])),
        ValueError,
        "q must lie in [0, 1]; found 1.1 at index 0",
    ),
    (lambda: ce.logit(-0.1), ValueError, "p must lie in [0, 1]; found -0.1"),
    (
        lambda: ce.entropy([0.5, 0.4]),
        ValueError,
        "p must sum to 1 over its last axis; it sums to 0.9",
    ),
    (
        lambda: ce.entropy(np.full(9, 0.1, np.float32)),  # summed in double precision
        ValueError,
        "p must sum to 1 over its last axis; it sums to 0.900000013411",
    ),
    (
        lambda: ce.entropy([HALF, HALF, HALF, [0.5, 0.4]]),
        ValueError,
        "p must sum to 1 over its last axis; row 3 sums to 0.9",
    ),
    (
        lambda: ce.cross_entropy(HALF, [[HALF, HALF], [HALF, [1, 1]]]),
        ValueError,
        "q must sum to 1 over its last axis; row (1, 1) sums to 2",
    ),
    (
        lambda: ce.entropy([0.5, 0.5 + 1.6e-8]),
        ValueError,
        "p must sum to 1 over its last axis; it sums to 1.000000016",
    ),
    (
        lambda: ce.conditional_entropy([HALF, HALF]),
        ValueError,
        "joint must sum to 1 over its last two axes; it sums to 2",
    ),
    (
        lambda: ce.mutual_information([[HALF], [[0.5, 0.25]]]),
        ValueError,
        "joint must sum to 1 over its last two axes; table 1 sums to 0.75",
    ),
    (lambda: ce.softmax([1, INF]), ValueError, "z must be below +inf; found inf at index 1"),
    (
        lambda: ce.softmax([-INF, -INF]),
        ValueError,
        "z must hold a finite logit in every row; it holds only -inf",
    ),
    (
        lambda: ce.log_softmax([[0, 1], [-INF, -INF]]),
        ValueError,
        "z must hold a finite logit in every row; row 1 holds only -inf",
    ),
    (lambda: ce.xlogy(INF, 1), ValueError, "x must be finite; found inf"),
    (
        lambda: ce.xlogy([0, 1], [0, -1]),
        ValueError,
        "y must not be negative; found -1.0 at index 1",
    ),
    (
        lambda: ce.expected_length(HALF, [1, -1]),
        ValueError,
        "lengths must not be negative; found -1.0 at index 1",
    ),
    # Numbers
    (
        lambda: ce.softmax([1, 2], temperature=0),
        ValueError,
        "temperature must be positive; found 0.0",
    ),
    (
        lambda: ce.log_softmax([1, 2], temperature=-1),
        ValueError,
        "temperature must be positive; found -1.0",
    ),
    (
        lambda: ce.softmax([1, 2], temperature=INF),
        ValueError,
        "temperature must be finite; found inf",
    ),
    (
        lambda: ce.softmax([1, 2], temperature=NAN),
        ValueError,
        "temperature must be finite; found nan",
    ),
    (
        lambda: ce.softmax([1, 2], temperature="hot"),
        TypeError,
        "temperature must be a real number; found 'hot'",
    ),
    (
        lambda: ce.softmax([1, 2], temperature=True),
        TypeError,
        "temperature must be a real number; found True",
    ),
    (
        lambda: ce.softmax([1, 2], temperature=[1.0]),
        TypeError,
        "temperature must be a real number; found [1.0]",
    ),
    *(
        (
            lambda base=base: ce.entropy(HALF, base=base),
            ValueError,
            f"base must be greater than 1, or None for nats; found {float(base)}",
        )
        for base in (1, 0, -2, 0.5)
    ),
    (lambda: ce.entropy(HALF, base=INF), ValueError, "base must be finite; found inf"),
    (lambda: ce.entropy(HALF, base="2"), TypeError, "base must be a real number; found '2'"),
    # Labels
    (lambda: ce.one_hot([0, 3], 3), ValueError, "y must lie in 0, ..., 2; found 3 at index 1"),
    (
        lambda: ce.one_hot([[0], [-1]], 3),
        ValueError,
        "y must lie in 0, ..., 2; found -1 at index (1, 0)",
    ),
    (
        lambda: ce.one_hot(np.uint64(2**63), 3),
        ValueError,
        "y must lie in 0, ..., 2; found 9223372036854775808",
    ),
    (lambda: ce.one_hot([0.0, 1.0], 3), TypeError, "y must hold integers; found dtype float64"),
    (lambda: ce.one_hot([True, False], 2), TypeError, "y must hold integers; found dtype bool"),
    (lambda: ce.one_hot([], 3), ValueError, "y must not be empty; found shape (0,)"),
    (lambda: ce.one_hot([0], 0), ValueError, "classes must be at least 1; found 0"),
    (lambda: ce.one_hot([0], 2.0), TypeError, "classes must be an integer; found 2.0"),
    (lambda: ce.one_hot([0], True), TypeError, "classes must be an integer; found True"),
    (lambda: ce.smooth_labels(HALF, 1.5), ValueError, "amount must lie in [0, 1]; found 1.5"),
    (lambda: ce.smooth_labels(HALF, -0.1), ValueError, "amount must lie in [0, 1]; found -0.1"),
    (
        lambda: ce.smooth_labels([1, 1], 0.1),
        ValueError,
        "p must sum to 1 over its last axis; it sums to 2",
    ),
    # Codes
    (
        lambda: ce.shannon_code_lengths([[1, 0], HALF]),
        ValueError,
        "p must be positive; found 0.0 at index (0, 1)",
    ),
    (
        lambda: ce.kraft_sum([1, -1]),
        ValueError,
        "lengths must not be negative; found -1 at index 1",
    ),
    (lambda: ce.kraft_sum([1.0]), TypeError, "lengths must hold integers; found dtype float64"),
    (lambda: ce.kraft_sum([]), ValueError, "lengths must not be empty; found shape (0,)"),
    (
        lambda: ce.canonical_code([1, 1, 2]),
        ValueError,
        "lengths must have a Kraft sum of at most 1; found 5 / 4",
    ),
    (
        lambda: ce.encode("ax", {"a": "0"}),
        ValueError,
        "symbols must have a code word each; found 'x' at index 1",
    ),
    (
        lambda: ce.decode("0", {"a": "0", "b": "01"}),
        ValueError,
        "code must be prefix-free; found '0', which starts '01'",
    ),
    (
        lambda: ce.encode("a", {"a": "0", "b": "0"}),
        ValueError,
        "code must be prefix-free; found '0', which starts '0'",
    ),
    (
        lambda: ce.encode("a", {"a": ""}),
        ValueError,
        "code must hold non-empty words of 0 and 1; found '' for symbol 'a'",
    ),
    (
        lambda: ce.encode("a", {"a": "02"}),
        ValueError,
        "code must hold non-empty words of 0 and 1; found '02' for symbol 'a'",
    ),
    (lambda: ce.encode("a", {"a": 0}), TypeError, "code must hold strings; found 0 for symbol 'a'"),
    (lambda: ce.encode("a", {}), ValueError, "code must not be empty"),
    (
        lambda: ce.encode("a", "01"),
        TypeError,
        "code must be a mapping or a sequence of code words; found '01'",
    ),
    (
        lambda: ce.decode("01110", {"a": "0", "b": "11", "c": "101"}),
        ValueError,
        "bits must be whole code words; found '10' at index 3, which is none",
    ),
    (
        lambda: ce.decode("012", ["0", "1"]),
        ValueError,
        "bits must hold 0 and 1; found '2' at index 2",
    ),
    (
        lambda: ce.decode([0, 1], ["0", "1"]),
        TypeError,
        "bits must be a string of 0 and 1; found list",
    ),
]


@pytest.mark.parametrize(
    ("call", "exception", "message"), REJECTIONS, ids=[message for *_, message in REJECTIONS]
)
def test_refuses(call, exception, message):
    with pytest.raises(exception) as refusal:
        call()
    assert type(refusal.value) is exception
    assert str(refusal.value) == message


BASE_FUNCTIONS = {
    "surprisal": lambda base: ce.surprisal(0.5, base=base),
    "entropy": lambda base: ce.entropy(HALF, base=base),
    "binary_entropy": lambda base: ce.binary_entropy(0.5, base=base),
    "cross_entropy": lambda base: ce.cross_entropy(HALF, HALF, base=base),
    "kl_divergence": lambda base: ce.kl_divergence(HALF, HALF, base=base),
    "js_divergence": lambda base: ce.js_divergence(HALF, HALF, base=base),
    "conditional_entropy": lambda base: ce.conditional_entropy([HALF], base=base),
    "mutual_information": lambda base: ce.mutual_information([HALF], base=base),
}


@pytest.mark.parametrize("function", BASE_FUNCTIONS.values(), ids=BASE_FUNCTIONS)
def test_every_measure_refuses_base_1(function):
    with pytest.raises(ValueError, match="base must be greater than 1"):
        function(1)


OF_DISTRIBUTIONS = {
    "entropy": (ce.entropy, "p"),
    "perplexity": (ce.perplexity, "p"),
    "cross_entropy p": (lambda p: ce.cross_entropy(p, HALF), "p"),
    "cross_entropy q": (lambda q: ce.cross_entropy(HALF, q), "q"),
    "kl_divergence p": (lambda p: ce.kl_divergence(p, HALF), "p"),
    "kl_divergence q": (lambda q: ce.kl_divergence(HALF, q), "q"),
    "js_divergence p": (lambda p: ce.js_divergence(p, HALF), "p"),
    "js_divergence q": (lambda q: ce.js_divergence(HALF, q), "q"),
    "perplexity q": (lambda q: ce.perplexity(HALF, q), "q"),
    "conditional_entropy": (lambda p: ce.conditional_entropy([p]), "joint"),
    "mutual_information": (lambda p: ce.mutual_information([p]), "joint"),
    "shannon_code_lengths": (ce.shannon_code_lengths, "p"),
    "huffman_code": (ce.huffman_code, "p"),
    "expected_length": (lambda p: ce.expected_length(p, [1, 1]), "p"),
    "smooth_labels": (lambda p: ce.smooth_labels(p, 0.1), "p"),
}


@pytest.mark.parametrize(
    ("bad", "requirement"),
    [
        ([0.5, np.nan], "must not hold NaN"),
        ([1.5, -0.5], r"must lie in \[0, 1\]"),
        ([0.5, 0.4], "must sum to 1"),
    ],
)
@pytest.mark.parametrize(
    ("function", "name"), OF_DISTRIBUTIONS.values(), ids=OF_DISTRIBUTIONS.keys()
)
def test_every_distribution_is_checked_under_its_name(function, name, bad, requirement):
    with pytest.raises(ValueError, match=f"^{name} {requirement}"):
        function(bad)


# --- What is let through ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dtype", "excess", "accepted"),
    [
        (np.float64, 1.4e-8, True),
        (np.float64, 1.6e-8, False),
        (np.float32, 3.2e-4, True),
        (np.float32, 3.7e-4, False),
        (np.float16, 0.03, True),
        (np.float16, 0.033, False),
    ],
)
def test_the_sum_may_miss_1_by_the_root_of_epsilon(dtype, excess, accepted):
    p = np.array([0.5, 0.5 + excess], dtype)
    if accepted:
        assert _validation.distribution(p, name="p") is p
    else:
        with pytest.raises(ValueError, match="must sum to 1"):
            _validation.distribution(p, name="p")


def test_a_trusted_array_is_not_copied():
    p = np.array([0.25, 0.75])
    for check in (_validation.real_array, _validation.probabilities, _validation.distribution):
        assert check(p, name="p") is p
    assert _validation.logits(p, name="z") is p


@pytest.mark.parametrize("dtype", ["i1", "u2", "i8", "?", ">i4"])
def test_integers_and_booleans_become_float64(dtype):
    x = _validation.real_array(np.array([0, 1], dtype), name="x")
    assert x.dtype == np.float64
    np.testing.assert_array_equal(x, [0, 1])


@pytest.mark.parametrize("dtype", [">f2", ">f4", ">f8"])
def test_swapped_bytes_are_put_in_order(dtype):
    x = _validation.real_array(np.array([0.5, 2], dtype), name="x")
    assert x.dtype.isnative
    assert x.dtype.itemsize == np.dtype(dtype).itemsize
    np.testing.assert_array_equal(x, [0.5, 2])


def test_long_double_is_refused_where_it_is_wider():
    x = np.array([0.5, 0.5], np.longdouble)
    if np.dtype(np.longdouble).itemsize == 8:
        assert _validation.real_array(x, name="x").dtype.itemsize == 8
    else:
        with pytest.raises(TypeError, match="floats of at most 64 bits"):
            _validation.real_array(x, name="x")


def test_integer_labels_of_a_given_shape():
    y = _validation.integer_labels([0, 1], classes=2, shape=(2,), name="y")
    assert y.dtype == np.intp
    with pytest.raises(ValueError, match=r"y must have shape \(2,\); found shape \(1, 2\)"):
        _validation.integer_labels([[0, 1]], classes=2, shape=(2,), name="y")


@pytest.mark.parametrize("z", [[INF, -INF, 0.0], INF, -INF])
def test_a_binary_logit_may_be_infinite(z):
    np.testing.assert_array_equal(_validation.binary_logits(z, name="z"), z)


# --- No warning, whatever the input ----------------------------------------------------------

TINY = 5e-324
EXTREME = {
    "xlogy": lambda: ce.xlogy([0, 1e-300, TINY, 1e308, -1], [0, TINY, 1e-300, 1e308, 0]),
    "logsumexp": lambda: ce.logsumexp([[1e308, -1e308], [INF, -INF], [-INF, -INF], [0, -745]]),
    "softmax": lambda: ce.softmax([[1e308, -1e308], [0, -INF], [0, -745], [1e4, -1e4]]),
    "softmax float32": lambda: ce.softmax(np.float32([[3e38, -3e38], [0, -INF], [0, -100]])),
    "softmax cold": lambda: ce.softmax([[0, 1e300], [TINY, 0]], temperature=TINY),
    "softmax hot": lambda: ce.softmax([[0, TINY], [1e308, -1e308]], temperature=1e308),
    "log_softmax": lambda: ce.log_softmax([[1e308, -1e308], [0, -INF], [0, -745]]),
    "log_softmax float16": lambda: ce.log_softmax(np.float16([[6e4, -6e4], [0, -INF]])),
    "log_softmax cold": lambda: ce.log_softmax([[0, 1e300]], temperature=TINY),
    "sigmoid": lambda: ce.sigmoid([INF, -INF, -745, -1e308, TINY, 1e308]),
    "sigmoid float32": lambda: ce.sigmoid(np.float32([-100, -3e38, 3e38])),
    "log_sigmoid": lambda: ce.log_sigmoid([INF, -INF, 745, -1e308, TINY, 1e308]),
    "softplus": lambda: ce.softplus([INF, -INF, -745, -1e308, TINY, 1e308]),
    "logit": lambda: ce.logit([0, 1, TINY, 1 - 2**-53, 0.5]),
    "surprisal": lambda: ce.surprisal([0, 1, TINY], base=1e308),
    "entropy": lambda: ce.entropy([1, TINY, 0], base=1e308),
    "binary_entropy": lambda: ce.binary_entropy([0, 1, TINY, 1 - 2**-53], base=1e308),
    "cross_entropy": lambda: ce.cross_entropy([[1, TINY, 0], [0, 1, 0]], [TINY, 1, 0], base=1e308),
    "cross_entropy inf": lambda: ce.cross_entropy([1, 0], [0, 1], base=1e308),
    "kl_divergence": lambda: ce.kl_divergence([[1, TINY, 0], [0, 1, 0]], [TINY, 1, 0], base=1e308),
    "kl_divergence near": lambda: ce.kl_divergence([1, 1e-310], [1, 2e-310], base=1e308),
    "kl_divergence inf": lambda: ce.kl_divergence(HALF, [0, 1]),
    "js_divergence": lambda: ce.js_divergence([[1, TINY, 0], [0, 1, 0]], [TINY, 1, 0], base=1e308),
    "perplexity": lambda: ce.perplexity([1, 0], [[TINY, 1], [0, 1]]),
    "conditional_entropy": lambda: ce.conditional_entropy([[1, TINY], [1e-300, 0]], base=1e308),
    "mutual_information": lambda: ce.mutual_information([[1, TINY], [1e-300, 1e-310]], base=1e308),
    "shannon_code_lengths": lambda: ce.shannon_code_lengths([1, TINY]),
    "huffman_code": lambda: ce.huffman_code([1, TINY, 0]),
    "expected_length": lambda: ce.expected_length([1, TINY, 0], [1e-300, 0.5, INF]),
    "smooth_labels": lambda: ce.smooth_labels(np.float32([0, 1]), 1e-300),
}


@pytest.mark.parametrize("call", EXTREME.values(), ids=EXTREME.keys())
def test_extreme_input_raises_no_flag_and_gives_no_nan(call):
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        result = call()
    if isinstance(result, np.ndarray | np.floating):
        assert not np.isnan(result).any()


@pytest.mark.parametrize("call", [call for call, *_ in REJECTIONS], ids=range(len(REJECTIONS)))
def test_refusing_raises_no_flag(call):
    with np.errstate(all="raise"), pytest.raises((TypeError, ValueError)):
        call()


def test_an_error_is_the_same_when_python_strips_assertions():
    program = "import cecourse; cecourse.entropy([0.5, 0.4])"
    run = subprocess.run([sys.executable, "-O", "-c", program], capture_output=True, text=True)
    assert run.stderr.endswith("p must sum to 1 over its last axis; it sums to 0.9\n")
