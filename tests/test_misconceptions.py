"""Every known mistake is a mistake, is named, and is never taken for the right answer.

The inputs of CASES are suitable: on them no two mistakes of a quantity give the same values, so
that each must be named alone. What inputs cannot tell apart is tested on its own.
"""

import functools
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cecourse as ce
from cecourse.misconceptions import MISCONCEPTIONS, QUANTITIES
from tests.book_pages import BOOK, anchors, read_cells
from tests.oracles import scipy_cross_entropy, scipy_entropy
from tests.strategies import pairs

# --- Suitable inputs -----------------------------------------------------------------------------

# Probabilities at which clipping at 1e-7 and adding 1e-7 differ, and so for every other number.
TINY = [1e-15, 1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6]
REST = 1 - sum(TINY)

ONE, MODEL = [0.5, 0.3, 0.15, 0.05], [0.2, 0.25, 0.15, 0.4]
ROWS = [[0.7, 0.2, 0.1], [0.1, 0.3, 0.6], [0.25, 0.35, 0.4], [0.05, 0.8, 0.15]]
OTHERS = [[0.3, 0.3, 0.4], [0.2, 0.5, 0.3], [0.15, 0.05, 0.8], [0.6, 0.3, 0.1]]
ZERO, ALLOWED, CERTAIN = [0.6, 0.4, 0.0], [0.3, 0.5, 0.2], [0.0, 1.0, 0.0]
PAIRS = [
    (ONE, MODEL),
    (ROWS, OTHERS),
    (ZERO, ALLOWED),
    (ALLOWED, ZERO),
    (ZERO, [0.2, 0.8, 0.0]),
    ([0.1] * 7 + [0.3], [*TINY, REST]),
]
CODED = [
    (ONE,),
    ([0.4, 0.15, 0.15, 0.15, 0.15],),
    ([0.95, 0.03, 0.02],),
    ([0.25] * 4,),
    ([0.3, 0.3, 0.2, 0.2],),
]
SAMPLES = [
    ([0, 1, 1, 3, 0, 2, 0], MODEL),
    ([2, 2, 1], [0.2, 0.3, 0.5]),
    ([0, 1, 0], [0.6, 0.0, 0.4]),
    ([0, 0], [1.0, 0.0]),
    (list(range(7)), [*TINY, REST]),
]
BINARY = [
    ([1, 0, 0, 1, 1], [0.9, 0.2, 0.7, 0.35, 0.6]),
    ([1, 0, 1, 0], [1.0, 0.3, 0.2, 0.0]),
    ([1, 0, 1], [0.0, 0.3, 0.6]),
    ([0, 1], [1.0, 0.4]),
    ([1] * 7, TINY),
]
MULTILABEL = [
    (
        [[1, 0, 1], [0, 0, 1], [1, 1, 0], [1, 0, 0]],
        [[0.8, 0.3, 0.6], [0.2, 0.1, 0.9], [0.7, 0.55, 0.4], [0.45, 0.2, 0.05]],
    ),
    ([[1, 1], [0, 1], [0, 1]], [[1.0, 0.7], [0.0, 0.8], [0.3, 0.35]]),
    ([[1, 1], [0, 1], [0, 1]], [[0.0, 0.7], [0.1, 0.8], [0.3, 0.35]]),
    ([[1] * 7, [0] * 7], [TINY, [0.1] * 7]),
]
SPARSE = [
    ([2, 0, 1, 1], OTHERS),
    ([1, 2, 0], [[0.2, 0.5, 0.3, 0.0], [0.0, 0.1, 0.7, 0.2], [0.6, 0.1, 0.1, 0.2]]),
    ([0, 1], [ZERO, CERTAIN]),
    ([2, 1], [ZERO, ALLOWED]),
    (list(range(7)), [[*TINY, REST]] * 7),
]
CATEGORICAL = [(np.eye(np.shape(p)[-1])[y], p) for y, p in SPARSE] + [
    ([[0.8, 0.2, 0.0], [0.1, 0.6, 0.3], [0.4, 0.4, 0.2], [0.0, 0.5, 0.5]], OTHERS)
]
Z = [[2.0, 1.0, -1.0], [0.5, -0.3, 1.2], [-1.5, 0.4, 0.0], [3.0, 0.2, 1.1]]
HIGH, LOW = [[1000.0, 998.0, -1000.0], [0.5, -0.3, 1.2]], [[-1000.0, -1001.0], [1.0, 0.0]]
RARE = [*np.log(TINY), 0.0]
SCORES = [(Z[0],), (Z,), (HIGH,), (LOW,), (RARE,)]
BINARY_LOGITS = [
    ([1, 0, 0, 1, 1], [0.4, -1.3, 2.2, 0.1, -0.7]),
    ([1, 0, 1], [0.2, 0.9, 0.6]),
    ([1, 0, 1, 0, 1], [-40.0, 45.0, 800.0, -700.0, 0.3]),
    ([1, 0], [800.0, -2.0]),
    ([1] * 7, RARE[:7]),
]
CLASS_LOGITS = [
    ([2, 0, 1, 1], Z),
    ([1, 0, 2], [[0.3, 0.6, 0.2], [0.1, 0.5, 0.9], [0.7, 0.8, 0.4]]),
    ([1, 2], HIGH),
    ([2, 0], HIGH),
    ([0, 1], LOW),
    (list(range(7)), [RARE] * 7),
]
GAUSSIAN = [
    ([1.0, 2.5, -0.3], [0.4, 2.0, 0.5], [0.5, 2.0, 4.0]),
    ([1.0, 2.0], [0.0, 3.5], 3.0),
]
CASES = {
    "surprisal": [(0.3,), ([0.5, 0.25, 0.9],), ([1.0, 0.0, 0.4],), (TINY,)],
    "entropy": [(ONE,), (ROWS,), (ZERO,), (CERTAIN,)],
    "cross_entropy": PAIRS,
    "kl_divergence": PAIRS,
    "js_divergence": PAIRS,
    "perplexity": PAIRS,
    "kraft_sum": [([1, 2, 3, 3],), ([2, 2, 3],), ([1, 1, 2],)],
    "expected_length": [([1, 2, 3, 3], ONE), ([2, 1, 2], ROWS), ([1, 2, 2], ZERO)],
    "shannon_code_lengths": [(ONE,), ([0.5, 0.25, 0.25],), ([0.9, 0.07, 0.03],), (ROWS,)],
    "code_lengths": CODED,
    "sample_surprisal": SAMPLES,
    "binary_cross_entropy": BINARY,
    "multilabel_log_loss": MULTILABEL,
    "sparse_categorical_cross_entropy": SPARSE,
    "categorical_cross_entropy": CATEGORICAL,
    "softmax": SCORES,
    "log_softmax": SCORES,
    "softmax_jacobian": [(Z[0],), ([1000.0, 998.0, 999.5],), ([0.1, 0.7],)],
    "sigmoid": [([0.4, -1.3, 2.2, 0.1, -0.7],), ([1000.0, -1000.0, 3.0],)],
    "sigmoid_cross_entropy": BINARY_LOGITS,
    "sigmoid_gradient": BINARY_LOGITS,
    "softmax_cross_entropy": CLASS_LOGITS,
    "softmax_gradient": CLASS_LOGITS,
    "gaussian_cross_entropy": GAUSSIAN,
}
SAME_CASES = {
    "surprisal_bits": "surprisal",
    "entropy_bits": "entropy",
    "cross_entropy_bits": "cross_entropy",
    "kl_bits": "kl_divergence",
    "js_bits": "js_divergence",
    "optimal_length": "code_lengths",
    "sample_cross_entropy": "sample_surprisal",
    "binary_log_loss": "binary_cross_entropy",
    "negative_log_likelihood": "binary_cross_entropy",
    "categorical_log_loss": "categorical_cross_entropy",
    "sparse_log_loss": "sparse_categorical_cross_entropy",
    "sigmoid_log_loss": "sigmoid_cross_entropy",
    "softmax_log_loss": "softmax_cross_entropy",
    "gaussian_nll": "gaussian_cross_entropy",
}
CASES |= {quantity: CASES[other] for quantity, other in SAME_CASES.items()}


def title(mistake):
    return f"{mistake.quantity}: {mistake.name}"


def outcomes(function, cases):
    return [function(*case) for case in cases]


def names(diagnosis):
    return [match.name for match in diagnosis.matches]


# --- The table -----------------------------------------------------------------------------------


def test_there_are_cases_for_every_quantity():
    assert set(CASES) == set(QUANTITIES)


def test_every_quantity_has_mistakes_of_its_own():
    assert {mistake.quantity for mistake in MISCONCEPTIONS} == set(QUANTITIES)
    for quantity in QUANTITIES:
        known = [mistake.name for mistake in ce.misconceptions_of(quantity)]
        assert len(known) >= 4
        assert len(set(known)) == len(known)


# What the course promises to name.
PROMISED = {
    "bits for nats": "entropy cross_entropy kl_divergence binary_log_loss softmax_gradient",
    "nats for bits": "entropy_bits kl_bits code_lengths",
    "lost minus sign": "surprisal entropy cross_entropy binary_log_loss softmax_log_loss",
    "sum for mean": "binary_log_loss categorical_log_loss sample_cross_entropy gaussian_nll",
    "mean for sum": "negative_log_likelihood",
    "mean over N*K": "categorical_log_loss sparse_log_loss softmax_log_loss",
    "unweighted mean": "entropy cross_entropy kl_divergence",
    "swapped arguments": "cross_entropy kl_divergence binary_log_loss categorical_log_loss",
    "cross-entropy for KL divergence": "kl_divergence kl_bits",
    "entropy for cross-entropy": "cross_entropy",
    "KL divergence for cross-entropy": "cross_entropy",
    "entropy difference": "kl_divergence",
    "0 log 0 is nan": "entropy cross_entropy kl_divergence js_divergence binary_log_loss",
    "dropped (1 - y) term": "binary_log_loss negative_log_likelihood sigmoid_log_loss",
    "BCE for CCE, averaged": "categorical_log_loss softmax_log_loss",
    "CCE for BCE": "multilabel_log_loss",
    "only the likeliest label": "categorical_log_loss",
    "softmax twice": "softmax softmax_log_loss softmax_gradient categorical_log_loss",
    "logits taken as probabilities": "softmax_log_loss sigmoid_log_loss",
    "sigmoid for softmax": "softmax softmax_log_loss softmax_gradient",
    "no exponential": "softmax",
    "wrong axis": "entropy cross_entropy softmax log_softmax categorical_cross_entropy",
    "missing max shift": "softmax log_softmax softmax_log_loss softmax_gradient softmax_jacobian",
    "logarithm of a rounded sigmoid": "sigmoid_log_loss",
    "clipped at 1e-15": "binary_log_loss categorical_log_loss softmax_log_loss",
    "1e-7 added in the logarithm": "binary_log_loss cross_entropy",
    "labels counted from 1": "sparse_log_loss softmax_log_loss softmax_gradient",
    "accuracy": "binary_log_loss sparse_log_loss",
    "squared error": "binary_log_loss categorical_log_loss gaussian_nll",
    "y - p for p - y": "softmax_gradient sigmoid_gradient",
    "p - y without 1/N": "softmax_gradient sigmoid_gradient",
    "divided by N*K": "softmax_gradient",
    "Jacobian taken as diagonal": "softmax_jacobian softmax_gradient",
    "extra factor p (1 - p)": "softmax_gradient sigmoid_gradient",
    "sign off the diagonal": "softmax_jacobian",
    "2 to the power of nats": "perplexity",
    "perplexity of the entropy": "perplexity",
    "Jeffreys for Jensen-Shannon": "js_divergence",
    "without the halves": "js_divergence",
    "base e for base 2": "kraft_sum",
    "positive exponent": "kraft_sum",
    "lengths unweighted": "expected_length",
    "Shannon's lengths for Huffman's": "code_lengths optimal_length",
    "fixed length": "code_lengths shannon_code_lengths",
    "largest groups joined": "code_lengths",
    "rounding for rounding up": "code_lengths shannon_code_lengths",
    "logarithm of the mean": "binary_log_loss sample_cross_entropy sparse_log_loss",
    "forgotten 2 pi": "gaussian_nll",
    "forgotten 1/2 of the square": "gaussian_nll",
}


@pytest.mark.parametrize("name", PROMISED)
def test_the_mistake_is_known_where_it_makes_sense(name):
    for quantity in PROMISED[name].split():
        assert name in [mistake.name for mistake in ce.misconceptions_of(quantity)]


def test_why_is_one_sentence_with_two_halves():
    # The first half says what is wrong, the second what is right.
    for mistake in MISCONCEPTIONS:
        assert mistake.why[0].isupper(), title(mistake)
        assert mistake.why.endswith("."), title(mistake)
        assert ". " not in mistake.why, title(mistake)
        assert ";" in mistake.why or ", " in mistake.why, title(mistake)
        assert 6 <= len(mistake.why.split()) <= 45, title(mistake)


@functools.cache
def anchors_of(page):
    return anchors(read_cells(BOOK / f"{page}.ipynb"))


@pytest.mark.parametrize("section", sorted({mistake.section for mistake in MISCONCEPTIONS}))
def test_section_exists_in_the_book(section):
    page, extension, anchor = section.partition(".html#")
    assert extension
    assert anchor in anchors_of(page)


# --- Known mistakes are named --------------------------------------------------------------------


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_every_mistake_is_named_alone(quantity):
    cases = CASES[quantity]
    for mistake in ce.misconceptions_of(quantity):
        diagnosis = ce.diagnose_cases(quantity, outcomes(mistake.commit, cases), cases)
        assert not diagnosis.right, title(mistake)
        assert diagnosis.matches == (mistake,), (title(mistake), names(diagnosis))
        assert diagnosis.wrong_cases, title(mistake)
        assert str(diagnosis) == str(mistake)


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_every_mistake_is_named_in_float32(quantity):
    cases = CASES[quantity]
    for mistake in ce.misconceptions_of(quantity):
        with np.errstate(over="ignore"):
            values = [np.float32(value) for value in outcomes(mistake.commit, cases)]
        assert mistake in ce.diagnose_cases(quantity, values, cases).matches, title(mistake)


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_right_values_are_right(quantity):
    cases = CASES[quantity]
    values = outcomes(QUANTITIES[quantity], cases)
    for form in (np.asarray, np.float32, lambda value: np.asarray(value).tolist()):
        with np.errstate(over="ignore"):
            diagnosis = ce.diagnose_cases(quantity, [form(value) for value in values], cases)
        assert diagnosis == ce.Diagnosis(right=True)
        assert str(diagnosis) == "Right."


def test_nothing_warns_even_where_numpy_raises():
    for mistake in MISCONCEPTIONS:
        with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
            warnings.simplefilter("error")
            outcomes(mistake.commit, CASES[mistake.quantity])


def test_inputs_are_not_changed():
    for quantity, cases in CASES.items():
        case = [np.array(argument) for argument in cases[0]]
        before = [argument.copy() for argument in case]
        for argument in case:
            argument.flags.writeable = False
        for mistake in ce.misconceptions_of(quantity):
            mistake.commit(*case)
        ce.diagnose_quantity(quantity, 0.123, *case)
        for argument, copy in zip(case, before, strict=True):
            np.testing.assert_array_equal(argument, copy)


def test_labels_may_be_booleans_or_unsigned():
    for dtype in (bool, np.uint8, np.int32):
        y, p = np.array([1, 0, 0, 1], dtype=dtype), [0.9, 0.2, 0.7, 0.4]
        for mistake in ce.misconceptions_of("binary_log_loss"):
            expected = mistake.commit([1, 0, 0, 1], p)
            np.testing.assert_equal(mistake.commit(y, p), expected)


# --- Values worked out by hand -------------------------------------------------------------------

LOG2 = np.log(2)
HALVES = [0.5, 0.25, 0.25]  # 1.5 bits
BY_HAND = [
    # quantity, name, arguments, value in closed form
    ("surprisal", "bits for nats", (1 / 8,), 3),
    ("surprisal", "one over p", (1 / 8,), 8),
    ("entropy", "bits for nats", (HALVES,), 1.5),
    ("entropy", "lost minus sign", (HALVES,), -1.5 * LOG2),
    ("entropy", "unweighted mean", (HALVES,), 5 / 3 * LOG2),
    ("entropy", "mean over K", (HALVES,), 0.5 * LOG2),
    ("entropy_bits", "nats for bits", (HALVES,), 1.5 * LOG2),
    ("cross_entropy", "swapped arguments", ([0.75, 0.25], [0.5, 0.5]), np.log(16 / 3) / 2),
    ("cross_entropy", "entropy for cross-entropy", (HALVES, [0.25, 0.25, 0.5]), 1.5 * LOG2),
    ("cross_entropy", "KL divergence for cross-entropy", (HALVES, [0.25, 0.25, 0.5]), LOG2 / 4),
    ("kl_divergence", "cross-entropy for KL divergence", (HALVES, [0.25] * 2 + [0.5]), 1.75 * LOG2),
    ("kl_divergence", "swapped arguments", ([1, 0], [0.5, 0.5]), np.inf),
    ("kl_divergence", "entropy difference", ([1, 0], [0.25, 0.75]), 2 * LOG2 - 0.75 * np.log(3)),
    ("js_divergence", "without the halves", ([1, 0], [0, 1]), 2 * LOG2),
    ("js_divergence", "middle not halved", ([1, 0], [0, 1]), 0),
    ("perplexity", "2 to the power of nats", ([0.5, 0.5], [0.5, 0.5]), 2**LOG2),
    ("kraft_sum", "positive exponent", ([1, 2, 2],), 10),
    ("kraft_sum", "base e for base 2", ([1, 2],), np.exp(-1) + np.exp(-2)),
    ("expected_length", "lengths unweighted", ([1, 2, 3], HALVES), 2),
    ("code_lengths", "Shannon's lengths for Huffman's", ([0.4, 0.35, 0.25],), [2, 2, 2]),
    ("code_lengths", "largest groups joined", ([0.6, 0.3, 0.1],), [2, 2, 1]),
    ("optimal_length", "fixed length", ([0.5, 0.2, 0.2, 0.1],), 2),
    ("sample_cross_entropy", "sum for mean", ([0, 1, 1], HALVES), 5 * LOG2),
    ("sample_cross_entropy", "logarithm of the mean", ([0, 1], [0.5, 0.25, 0.25]), np.log(8 / 3)),
    ("binary_log_loss", "dropped (1 - y) term", ([1, 0], [0.25, 0.75]), LOG2),
    ("binary_log_loss", "sum for mean", ([1, 0], [0.25, 0.75]), 4 * LOG2),
    ("binary_log_loss", "squared error", ([1, 0], [0.5, 0.25]), 5 / 32),
    ("binary_log_loss", "clipped at 1e-7", ([1], [0]), 7 * np.log(10)),
    ("negative_log_likelihood", "mean for sum", ([1, 0], [0.25, 0.5]), 1.5 * LOG2),
    ("negative_log_likelihood", "likelihood for its logarithm", ([1, 0], [0.25, 0.5]), 1 / 8),
    ("multilabel_log_loss", "CCE for BCE", ([[1, 1, 0]], [[0.5, 0.25, 0.9]]), 3 * LOG2),
    ("multilabel_log_loss", "sum over the labels", ([[1, 0]] * 2, [[0.5, 0.75]] * 2), 3 * LOG2),
    ("categorical_log_loss", "mean over N*K", ([[0, 1, 0]], [HALVES]), 2 / 3 * LOG2),
    ("categorical_log_loss", "only the likeliest label", ([[0.6, 0.4, 0]], [HALVES]), LOG2),
    ("sparse_log_loss", "labels counted from 1", ([1, 2], [HALVES, HALVES]), 1.5 * LOG2),
    ("sparse_log_loss", "accuracy", ([0, 1, 2, 0], [HALVES] * 4), 1 / 2),
    ("softmax", "sigmoid for softmax", ([0, np.log(3)],), [1 / 2, 3 / 4]),
    ("softmax", "no exponential", ([1, 3],), [1 / 4, 3 / 4]),
    ("softmax", "wrong axis", ([[0, 0], [np.log(3), 0]],), [[1 / 4, 1 / 2], [3 / 4, 1 / 2]]),
    ("softmax", "missing max shift", ([1000, 0],), [np.nan, 0]),
    ("log_softmax", "logarithm of an underflowed softmax", ([0, -1000],), [0, -np.inf]),
    ("softmax_jacobian", "Jacobian taken as diagonal", ([0, 0],), [[0.25, 0], [0, 0.25]]),
    ("softmax_jacobian", "sign off the diagonal", ([0, 0],), [[0.25, 0.25], [0.25, 0.25]]),
    ("sigmoid", "odds for the probability", ([np.log(3)],), [3]),
    ("sigmoid_log_loss", "logarithm of a rounded sigmoid", ([0], [40]), np.inf),
    ("sigmoid_log_loss", "sigmoid twice", ([1], [0]), np.log1p(np.exp(-0.5))),
    ("softmax_log_loss", "softmax twice", ([0], [[0, 0]]), LOG2),
    ("softmax_log_loss", "no softmax", ([0, 1], [[2, 0], [0, 4]]), -3),
    ("softmax_gradient", "p - y without 1/N", ([0, 1], [[0, 0]] * 2), [[-0.5, 0.5], [0.5, -0.5]]),
    ("softmax_gradient", "divided by N*K", ([0], [[0, 0]]), [[-0.25, 0.25]]),
    ("softmax_gradient", "Jacobian taken as diagonal", ([0], [[0, 0]]), [[-0.5, 0]]),
    ("sigmoid_gradient", "y - p for p - y", ([1, 0], [0, 0]), [0.25, -0.25]),
    ("gaussian_nll", "forgotten 2 pi", ([1], [0], [1]), 0.5),
    ("gaussian_nll", "forgotten 1/2 of the square", ([1], [0], [1]), np.log(2 * np.pi) / 2 + 1),
    ("gaussian_nll", "forgotten 1/2 of the logarithm", ([1], [0], [1]), np.log(2 * np.pi) + 0.5),
]


@pytest.mark.parametrize(
    ("quantity", "name", "arguments", "value"), BY_HAND, ids=[f"{q}: {n}" for q, n, *_ in BY_HAND]
)
def test_the_mistake_gives_the_value_worked_out_by_hand(quantity, name, arguments, value):
    (mistake,) = (m for m in ce.misconceptions_of(quantity) if m.name == name)
    # a few roundings of 1e-16, and 1e-7 beside 1 where the probabilities were clipped there
    np.testing.assert_allclose(mistake.commit(*arguments), value, rtol=1e-12, atol=1e-15)


def test_the_book_s_number_of_four_and_seven_is_not_silently_accepted():
    # Chapter 7: labels 4 and 7 give a negative "loss". The labels are refused, not diagnosed.
    with pytest.raises(ValueError, match=r"y must lie in \[0, 1\]"):
        ce.diagnose(-6.4863, [4, 7], [0.9, 0.9])


# --- Right in float32, by formulas of a textbook -------------------------------------------------


def f32(x):
    return np.asarray(x, dtype=np.float32)


def plogq(p, q):
    """A loop of float32, from left to right, as a student may write it."""
    total = np.float32(0)
    for a, b in zip(f32(p).ravel(), f32(q).ravel(), strict=True):
        if a > 0:
            total += a * np.log(b)
    return total


def exponentials(z):
    powers = np.exp(f32(z) - f32(z).max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def picked(y, values):
    return np.array([row[k] for k, row in zip(y, values, strict=True)], dtype=np.float32)


def bernoulli(y, p):
    y, p = f32(y), f32(p)
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


def softplus32(z):
    return np.maximum(f32(z), 0) + np.log1p(np.exp(-np.abs(f32(z))))


def middle(p, q):
    return (f32(p) + f32(q)) / 2


def kl32(p, q):
    return plogq(p, p) - plogq(p, q)


def logistic(z):
    return 1 / (1 + np.exp(-f32(z)))


def gauss(y, mean, variance):
    y, mean, variance = f32(y), f32(mean), f32(variance)
    return np.float32(0.5) * (np.log(np.float32(2 * np.pi) * variance) + (y - mean) ** 2 / variance)


LN2 = np.float32(LOG2)
STUDENTS = {
    "surprisal": lambda p: -np.log(f32(p)),
    "surprisal_bits": lambda p: -np.log2(f32(p)),
    "entropy": lambda p: -plogq(p, p),
    "entropy_bits": lambda p: -plogq(p, p) / LN2,
    "cross_entropy": lambda p, q: -plogq(p, q),
    "cross_entropy_bits": lambda p, q: -plogq(p, q) / LN2,
    "kl_divergence": kl32,
    "kl_bits": lambda p, q: kl32(p, q) / LN2,
    "js_divergence": lambda p, q: (kl32(p, middle(p, q)) + kl32(q, middle(p, q))) / 2,
    "js_bits": lambda p, q: (kl32(p, middle(p, q)) + kl32(q, middle(p, q))) / 2 / LN2,
    "perplexity": lambda p, q: np.exp(-plogq(p, q)),
    "kraft_sum": lambda lengths: np.sum(np.float32(0.5) ** f32(lengths)),
    "expected_length": lambda lengths, p: f32(lengths) @ f32(p),
    "shannon_code_lengths": lambda p: [next(n for n in range(99) if 0.5**n <= a) for a in p],
    "sample_surprisal": lambda samples, q: -np.log(f32(q))[samples],
    "sample_cross_entropy": lambda samples, q: -np.log(f32(q))[samples].mean(),
    "binary_cross_entropy": bernoulli,
    "binary_log_loss": lambda y, p: bernoulli(y, p).mean(),
    "multilabel_log_loss": lambda y, p: bernoulli(y, p).mean(),
    "negative_log_likelihood": lambda y, p: sum(bernoulli(y, p), start=np.float32(0)),
    "categorical_cross_entropy": lambda y, p: -(f32(y) * np.log(f32(p))).sum(axis=-1),
    "categorical_log_loss": lambda y, p: -(f32(y) * np.log(f32(p))).sum() / np.float32(len(y)),
    "sparse_categorical_cross_entropy": lambda y, p: -np.log(picked(y, p)),
    "sparse_log_loss": lambda y, p: -np.log(picked(y, p)).mean(),
    "softmax": exponentials,
    "log_softmax": lambda z: np.log(exponentials(z)),
    "softmax_jacobian": lambda z: (
        np.diag(exponentials(z)) - np.outer(exponentials(z), exponentials(z))
    ),
    "sigmoid": logistic,
    "sigmoid_cross_entropy": lambda y, z: softplus32(z) - f32(y) * f32(z),
    "sigmoid_log_loss": lambda y, z: (softplus32(z) - f32(y) * f32(z)).mean(),
    "sigmoid_gradient": lambda y, z: (logistic(z) - f32(y)) / np.float32(np.size(z)),
    "softmax_cross_entropy": lambda y, z: -np.log(picked(y, exponentials(z))),
    "softmax_log_loss": lambda y, z: -np.log(picked(y, exponentials(z))).mean(),
    "softmax_gradient": lambda y, z: (
        (exponentials(z) - np.eye(np.shape(z)[-1], dtype="f")[y]) / np.float32(len(y))
    ),
    "gaussian_cross_entropy": gauss,
    "gaussian_nll": lambda y, mean, variance: gauss(y, mean, variance).mean(),
}

# Random arguments by what a quantity takes. Probabilities are at least 1e-6 and logits at most 10
# in size, where the formulas above lose few digits.
SIZES = st.integers(2, 7)


@st.composite
def moderate(draw, outcomes, rows=None):
    """Distributions without zeros: one, or `rows` of them."""
    shape = (outcomes,) if rows is None else (rows, outcomes)
    size = int(np.prod(shape))
    weights = np.array(draw(st.lists(st.floats(1e-3, 1), min_size=size, max_size=size)))
    weights = weights.reshape(shape)
    return weights / weights.sum(axis=-1, keepdims=True)


@st.composite
def numbers(draw, low, high, *shape):
    size = int(np.prod(shape))
    drawn = draw(st.lists(st.floats(low, high), min_size=size, max_size=size))
    return np.array(drawn).reshape(shape)


@st.composite
def integers(draw, high, *shape):
    size = int(np.prod(shape))
    drawn = draw(st.lists(st.integers(0, high), min_size=size, max_size=size))
    return np.array(drawn).reshape(shape)


@st.composite
def arguments_of(draw, quantity):
    """Valid arguments for a quantity."""
    N, K = draw(SIZES), draw(SIZES)
    base = SAME_CASES.get(quantity, quantity)
    if base in ("surprisal", "entropy", "shannon_code_lengths", "code_lengths"):
        return (draw(moderate(K)),)
    if base in ("cross_entropy", "kl_divergence", "js_divergence", "perplexity"):
        return draw(moderate(K)), draw(moderate(K))
    if base == "kraft_sum":
        return (draw(integers(9, K)),)
    if base == "expected_length":
        return draw(integers(9, K)), draw(moderate(K))
    if base == "sample_surprisal":
        return draw(integers(K - 1, N)), draw(moderate(K))
    if base == "binary_cross_entropy":
        return draw(integers(1, N)), draw(numbers(0.001, 0.999, N))
    if base == "multilabel_log_loss":
        return draw(integers(1, N, K)), draw(numbers(0.001, 0.999, N, K))
    if base == "categorical_cross_entropy":
        return draw(moderate(K, N)), draw(moderate(K, N))
    if base == "sparse_categorical_cross_entropy":
        return draw(integers(K - 1, N)), draw(moderate(K, N))
    if base in ("softmax", "log_softmax"):
        return (draw(numbers(-10, 10, N, K)),)
    if base in ("softmax_jacobian", "sigmoid"):
        return (draw(numbers(-10, 10, K)),)
    if base in ("sigmoid_cross_entropy", "sigmoid_gradient"):
        return draw(integers(1, N)), draw(numbers(-10, 10, N))
    if base in ("softmax_cross_entropy", "softmax_gradient"):
        return draw(integers(K - 1, N)), draw(numbers(-10, 10, N, K))
    assert base == "gaussian_cross_entropy"
    return draw(numbers(-9, 9, N)), draw(numbers(-9, 9, N)), draw(numbers(0.1, 9, N))


def test_every_quantity_but_huffman_s_has_a_student():
    assert set(QUANTITIES) - set(STUDENTS) == {"code_lengths", "optimal_length"}


@pytest.mark.parametrize("quantity", STUDENTS)
@settings(max_examples=25)
@given(data=st.data())
def test_a_float32_solution_is_right(quantity, data):
    arguments = data.draw(arguments_of(quantity))
    value = STUDENTS[quantity](*arguments)
    assert np.asarray(value).dtype == np.float32 or quantity == "shannon_code_lengths"
    assert ce.diagnose_quantity(quantity, value, *arguments) == ce.Diagnosis(right=True)


# --- Properties ----------------------------------------------------------------------------------


@pytest.mark.parametrize("quantity", QUANTITIES)
@settings(max_examples=15)
@given(data=st.data())
def test_the_right_answer_is_never_called_a_mistake(quantity, data):
    arguments = data.draw(arguments_of(quantity))
    value = QUANTITIES[quantity](*arguments)
    diagnosis = ce.diagnose_quantity(quantity, value, *arguments)
    assert diagnosis.right
    assert diagnosis.matches == ()


def equal(value, other):
    """The tolerance of the module, written down a second time."""
    value, other = np.asarray(value, dtype=float), np.asarray(other, dtype=float)
    if other.ndim == 0 and value.size == 1:
        value = value.reshape(())
    if value.shape != other.shape:
        return False
    for x, y in zip(value.ravel(), other.ravel(), strict=True):
        finite = [abs(v) for v in other.ravel() if np.isfinite(v)]
        scale = max([1.0, *finite])
        near = np.isfinite(x) and np.isfinite(y) and abs(x - y) <= 1e-4 * abs(y) + 1e-6 * scale
        if not (near or x == y or (np.isnan(x) and np.isnan(y))):
            return False
    return True


@pytest.mark.parametrize("quantity", [q for q in QUANTITIES if q != "code_lengths"])
@settings(max_examples=30)
@given(data=st.data())
def test_a_committed_mistake_is_called_right_only_if_the_numbers_agree(quantity, data):
    mistake = data.draw(st.sampled_from(ce.misconceptions_of(quantity)))
    arguments = data.draw(arguments_of(quantity))
    value = mistake.commit(*arguments)
    diagnosis = ce.diagnose_quantity(quantity, value, *arguments)
    assert diagnosis.right == equal(value, QUANTITIES[quantity](*arguments))
    assert diagnosis.right or mistake in diagnosis.matches


@settings(max_examples=50)
@given(pair=pairs(), data=st.data())
def test_extreme_distributions_are_diagnosed_without_a_warning(pair, data):
    quantity = data.draw(st.sampled_from(["entropy", "cross_entropy", "kl_divergence", "js_bits"]))
    mistake = data.draw(st.sampled_from(ce.misconceptions_of(quantity)))
    arguments = pair[:1] if quantity == "entropy" else pair
    with np.errstate(all="raise", under="ignore"):
        assert ce.diagnose_quantity(quantity, QUANTITIES[quantity](*arguments), *arguments).right
        value = mistake.commit(*arguments)
        diagnosis = ce.diagnose_quantity(quantity, value, *arguments)
        assert diagnosis.right or mistake in diagnosis.matches


def test_a_logit_of_minus_infinity_makes_no_mistake_raise():
    z = [[0.0, -np.inf, 1.0], [2.0, 1.0, -np.inf]]
    for quantity, arguments in [
        ("softmax", (z,)),
        ("log_softmax", (z,)),
        ("softmax_jacobian", (z[0],)),
        ("softmax_log_loss", ([0, 2], z)),
        ("softmax_gradient", ([0, 1], z)),
        ("sigmoid_log_loss", ([0, 1, 1], [-np.inf, np.inf, 0.5])),
        ("sigmoid_gradient", ([0, 1, 1], [-np.inf, np.inf, 0.5])),
    ]:
        for mistake in ce.misconceptions_of(quantity):
            mistake.commit(*arguments)  # raises if it raises


# --- What inputs cannot tell apart, and what nobody knows ----------------------------------------


def test_an_unknown_value_is_called_unknown():
    diagnosis = ce.diagnose_quantity("entropy", 0.7, [0.5, 0.25, 0.25])
    assert not diagnosis.right
    assert diagnosis.matches == ()
    assert not diagnosis.ambiguous
    assert str(diagnosis) == "This is not right, and it is none of the known mistakes."


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_a_value_of_no_mistake_is_unknown(quantity):
    cases = CASES[quantity]
    values = [np.full(np.shape(value), 12.3456) for value in outcomes(QUANTITIES[quantity], cases)]
    diagnosis = ce.diagnose_cases(quantity, values, cases)
    assert diagnosis == ce.Diagnosis(right=False, wrong_cases=tuple(range(len(cases))))


def test_two_mistakes_with_one_value_are_both_named():
    # A fair coin: K = 2 unweighted terms, or K yes-or-no entropies, 2 log 2 either way.
    diagnosis = ce.diagnose_quantity("entropy", 2 * LOG2, [0.5, 0.5])
    assert diagnosis.ambiguous
    assert names(diagnosis) == ["unweighted sum", "yes-or-no entropies added"]
    first, *lines = str(diagnosis).split("\n")
    assert first == "This is one of 2 mistakes that these inputs cannot tell apart:"
    assert lines == [f"{i}. {match}" for i, match in enumerate(diagnosis.matches, start=1)]


def test_clipping_and_adding_differ_only_near_the_small_number():
    assert names(ce.diagnose([-np.log(1e-7)], [1], [0.0])) == [
        "clipped at 1e-7",
        "1e-7 added in the logarithm",
    ]
    assert names(ce.diagnose([-np.log(2e-7)], [1], [1e-7])) == ["1e-7 added in the logarithm"]


def test_a_second_case_tells_two_mistakes_apart():
    # With p = q = uniform the cross-entropy, the entropy and the swapped one agree.
    half, biased = [0.5, 0.5], [0.9, 0.1]
    swapped = ce.cross_entropy(biased, half)
    diagnosis = ce.diagnose_cases("cross_entropy", [LOG2, swapped], [(half, half), (half, biased)])
    assert "swapped arguments" in names(diagnosis)
    assert diagnosis.wrong_cases == (1,)


def test_a_mistake_must_give_the_values_of_all_cases():
    cases = [(HALVES,), (ONE,)]
    bits = [ce.entropy(p, base=2) for (p,) in cases]
    assert names(ce.diagnose_cases("entropy", bits, cases)) == ["bits for nats"]
    one_right = [ce.entropy(HALVES), bits[1]]
    assert ce.diagnose_cases("entropy", one_right, cases) == ce.Diagnosis(False, (), (1,))


def test_a_mistake_that_equals_the_right_answer_is_not_named():
    # For one-hot labels the KL divergence is the cross-entropy: nobody made that mistake.
    y, p = np.eye(3)[[0, 2]], [ALLOWED, ALLOWED]
    assert ce.diagnose(ce.categorical_cross_entropy(y, p).mean(), y, p).right
    in_bits = ce.categorical_cross_entropy(y, p).mean() / LOG2
    assert names(ce.diagnose(in_bits, y, p)) == ["bits for nats"]


# --- The forms of diagnose -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "y", "p", "name"),
    [
        pytest.param(3 * LOG2, [1, 0], [0.25, 0.5], "sum for mean", id="binary"),
        pytest.param([2, 1], [1, 0], [0.25, 0.5], "bits for nats", id="binary, per example"),
        pytest.param(2, [0, 1], [[0.5, 0.5], [0.875, 0.125]], "bits for nats", id="sparse"),
        pytest.param(
            LOG2, np.eye(2)[[0, 1]], [[0.5, 0.5], [0.875, 0.125]], "mean over N*K", id="one-hot"
        ),
        pytest.param(
            LOG2, [[0.75, 0.25]], [[0.5, 0.5]], None, id="soft: right for the uniform model"
        ),
        pytest.param(
            2 * LOG2, [[0.75, 0.25]], [[0.25, 0.75]], "only the likeliest label", id="soft"
        ),
        pytest.param(3 * LOG2, [[1, 0]] * 2, [[0.5, 0.75]] * 2, "sum over the labels", id="multi"),
        pytest.param(
            [3, 1], [1, 1], [[0.5, 0.125, 0.375], [0.25, 0.5, 0.25]], "bits for nats", id="each"
        ),
    ],
)
def test_diagnose_recognises_the_form_of_the_labels(value, y, p, name):
    diagnosis = ce.diagnose(value, y, p)
    assert diagnosis.right if name is None else name in names(diagnosis)


def test_diagnose_takes_float32_rows_for_distributions():
    p = np.array([[0.1, 0.2, 0.7], [0.3, 0.3, 0.4]], dtype=np.float32)
    value = ce.sparse_categorical_cross_entropy([2, 0], p).mean()
    y = np.eye(3, dtype=np.float32)[[2, 0]]
    assert ce.diagnose(value, y, p).right
    assert ce.diagnose(value, [2, 0], p).right


def test_diagnose_logits_recognises_the_form_of_the_labels():
    y, z = np.array([2, 0, 1, 1]), np.array(Z)
    loss = ce.softmax_cross_entropy(y, z)
    assert ce.diagnose_logits(loss.mean(), y, z).right
    assert ce.diagnose_logits(loss.mean(), np.eye(3)[y], z).right
    assert ce.diagnose_logits(loss, y, z).right
    assert names(ce.diagnose_logits(loss.sum(), y, z)) == ["sum for mean"]
    twice = ce.softmax_cross_entropy(y, ce.softmax(z)).mean()
    assert names(ce.diagnose_logits(twice, np.eye(3)[y], z)) == ["softmax twice"]

    yes, scores = [1, 0, 0], [0.5, -1.0, 2.0]
    loss = ce.sigmoid_cross_entropy(yes, scores)
    assert ce.diagnose_logits(loss.mean(), yes, scores).right
    assert names(ce.diagnose_logits(loss.sum(), yes, scores)) == ["sum for mean"]
    tags = [[1, 1, 0], [0, 1, 0], [0, 0, 0], [1, 1, 1]]
    assert ce.diagnose_logits(ce.sigmoid_cross_entropy(tags, z).mean(), tags, z).right


def test_diagnose_gradient_recognises_the_form_of_the_labels():
    y, z = np.array([2, 0, 1, 1]), np.array(Z)
    gradient = ce.softmax_cross_entropy_grad(y, z) / 4
    assert ce.diagnose_gradient(gradient, y, z).right
    assert ce.diagnose_gradient(gradient, np.eye(3)[y], z).right
    assert names(ce.diagnose_gradient(-gradient, y, z)) == ["y - p for p - y"]
    assert names(ce.diagnose_gradient(gradient / 3, np.eye(3)[y], z)) == ["divided by N*K"]
    one = ce.softmax_cross_entropy_grad(2, z[0])
    assert ce.diagnose_gradient(one, 2, z[0]).right
    yes, scores = np.array([1, 0, 0]), np.array([0.5, -1.0, 2.0])
    gradient = ce.sigmoid(scores) - yes
    assert ce.diagnose_gradient(gradient / 3, yes, scores).right
    assert names(ce.diagnose_gradient(gradient, yes, scores)) == ["p - y without 1/N"]


def test_the_gradients_are_those_of_the_mean_losses():
    y, z = np.array([2, 0, 1, 1]), np.array(Z)
    slope = ce.finite_difference(lambda x: QUANTITIES["softmax_log_loss"](y, x), z)
    assert ce.diagnose_gradient(slope, y, z).right
    yes, scores = np.array([1, 0, 0]), np.array([0.5, -1.0, 2.0])
    slope = ce.finite_difference(lambda x: QUANTITIES["sigmoid_log_loss"](yes, x), scores)
    assert ce.diagnose_gradient(slope, yes, scores).right


def test_diagnose_distributions_asks_for_the_entropy_or_the_cross_entropy():
    p, q = np.array(ONE), np.array(MODEL)
    assert ce.diagnose_distributions(scipy_entropy(p), p).right
    assert ce.diagnose_distributions(scipy_cross_entropy(p, q), p, q).right
    kl = scipy_cross_entropy(p, q) - scipy_entropy(p)
    assert names(ce.diagnose_distributions(kl, p, q)) == ["KL divergence for cross-entropy"]
    assert ce.diagnose_distributions(kl, p, q, quantity="kl_divergence").right
    assert names(ce.diagnose_distributions(kl / LOG2, p, q, quantity="kl_divergence")) == [
        "bits for nats"
    ]


# --- The form of the graders ---------------------------------------------------------------------


def double(x):
    return 2 * x


TRIPLE = ce.Misconception("triple", "double", lambda x: 3 * x, "You triple; double.", "x.html#x")
RAISES = ce.Misconception("divides", "double", lambda x: 1 // 0, "You divide; double.", "x.html#x")


def test_the_graders_bring_their_own_function_and_mistakes():
    cases = [(1.0,), (2.0,), (0.0,)]
    assert ce.diagnose_cases(double, [2, 4, 0], cases, (TRIPLE,)).right
    assert ce.diagnose_cases(double, [3, 6, 0], cases, (TRIPLE,)).matches == (TRIPLE,)
    assert ce.diagnose_cases(double, [3, 6, 0], cases).matches == ()
    assert ce.diagnose_cases(double, [3, 4, 0], cases, (TRIPLE,)).wrong_cases == (0,)


def test_data_tasks_take_keyword_arguments_and_give_several_answers():
    def reference(q, p):
        return "A", p - q

    mistake = ce.Misconception("turned round", "choice", lambda q, p: ("B", q - p), "You.", "x")
    cases = [{"p": 0.5, "q": 0.25}]
    assert ce.diagnose_cases(reference, [("A", 0.25)], cases, [mistake]).right
    assert ce.diagnose_cases(reference, [["a ", 0.25]], cases, [mistake]).right
    assert ce.diagnose_cases(reference, [("B", -0.25)], cases, [mistake]).matches == (mistake,)
    assert not ce.diagnose_cases(reference, [("B", 0.25)], cases, [mistake]).matches
    assert not ce.diagnose_cases(reference, [("A",)], cases, [mistake]).right


def test_an_exception_equals_an_exception_of_its_class():
    cases = [(1.0,)]
    assert ce.diagnose_cases(double, [ZeroDivisionError()], cases, [RAISES]).matches == (RAISES,)
    assert not ce.diagnose_cases(double, [IndexError()], cases, [RAISES]).matches
    assert not ce.diagnose_cases(double, [0.0], cases, [RAISES]).matches


@pytest.mark.parametrize(
    "value",
    [
        None,
        "1.0397",
        "right",
        [],
        [[1.0397], [1.0397, 2]],
        [1.0397, 1.0397],
        np.nan,
        np.inf,
        -np.inf,
        1e308,
        10**400,
        1.0397 + 0j,
        {"entropy": 1.0397},
        object(),
        ValueError("1.0397"),
    ],
    ids=repr,
)
def test_whatever_is_no_right_number_is_wrong(value):
    diagnosis = ce.diagnose_quantity("entropy", value, HALVES)
    assert not diagnosis.right
    assert diagnosis.matches == ()


def test_an_array_of_one_number_is_a_number_and_fractions_are_numbers():
    assert ce.diagnose_quantity("entropy", [1.5 * LOG2], HALVES).right
    assert ce.diagnose_quantity("kraft_sum", ce.kraft_sum([1, 2]), [1, 2]).right


def test_shapes_must_agree():
    table = [HALVES, HALVES]
    assert not ce.diagnose_quantity("entropy", 1.5 * LOG2, table).right
    assert not ce.diagnose_quantity("entropy", [[1.5 * LOG2] * 2], table).right
    assert ce.diagnose_quantity("entropy", [1.5 * LOG2] * 2, table).right


@pytest.mark.parametrize("factor", [1 + 2e-4, 1 - 2e-4])
def test_the_tolerance_is_relative_and_can_be_changed(factor):
    value = ce.entropy(ONE) * factor
    assert not ce.diagnose_quantity("entropy", value, ONE).right
    assert ce.diagnose_quantity("entropy", value, ONE, relative=1e-3).right
    assert ce.diagnose_quantity("entropy", ce.entropy(ONE) * (1 + 5e-5), ONE).right
    assert not ce.diagnose_quantity("entropy", ce.entropy(ONE) * (1 + 5e-5), ONE, relative=0).right


def test_the_absolute_tolerance_grows_with_the_largest_entry():
    z = [0.0, 1000.0]  # log-probabilities -1000 and about 0
    near = [-1000.0, 5e-4]
    assert ce.diagnose_quantity("log_softmax", near, z).right
    assert not ce.diagnose_quantity("log_softmax", near, z, absolute=0).right
    assert not ce.diagnose_quantity("log_softmax", [-1000.0, 2e-3], z).right
    assert ce.diagnose_quantity("entropy", 5e-7, [1.0, 0.0]).right
    assert not ce.diagnose_quantity("entropy", 5e-6, [1.0, 0.0]).right


def test_several_codes_are_optimal():
    p = [0.4, 0.2, 0.2, 0.1, 0.1]
    for lengths in ([2, 2, 2, 3, 3], [1, 2, 3, 4, 4], [1, 3, 3, 3, 3]):
        assert ce.diagnose_quantity("code_lengths", lengths, p).right
    for lengths in ([1, 2, 2, 3, 3], [2.0, 2.0, 2.0, 2.5, 3.5], [2, 2, 2, 3], None, [3] * 5):
        assert not ce.diagnose_quantity("code_lengths", lengths, p).right
    assert not ce.diagnose_quantity("code_lengths", ValueError(), p).right


def test_accepts_says_what_is_right_where_several_answers_are():
    def root(value, x):
        return abs(value * value - x) < 1e-6

    cases = [(4.0,), (9.0,)]
    halves = ce.Misconception("half", "root", lambda x: x / 2, "You halve; take the root.", "x")
    for values in ([2, 3], [-2, 3], [-2, -3]):
        assert ce.diagnose_cases(np.sqrt, values, cases, [halves], accepts=root).right
    diagnosis = ce.diagnose_cases(np.sqrt, [2, 4.5], cases, [halves], accepts=root)
    assert diagnosis == ce.Diagnosis(False, (halves,), (1,))


REFUSED = [
    (
        lambda: ce.diagnose_quantity("entrpy", 1, [1]),
        ValueError,
        "quantity must be one of surprisal,",
    ),
    (lambda: ce.misconceptions_of("x"), ValueError, "quantity must be one of .*; found 'x'"),
    (lambda: ce.misconceptions_of(3), TypeError, "quantity must be a string; found int"),
    (lambda: ce.diagnose_cases("entropy", [], []), ValueError, "cases must not be empty"),
    (
        lambda: ce.diagnose_cases("entropy", [1, 2], [(HALVES,)]),
        ValueError,
        "values must have one entry for each of 1 cases; found 2",
    ),
    (lambda: ce.diagnose_quantity("entropy", 1, [0.5, 0.6]), ValueError, "p must sum to 1"),
    (lambda: ce.diagnose(1, [0, 2], [0.5, 0.5]), ValueError, r"y must lie in \[0, 1\]"),
    (lambda: ce.diagnose(1, [0, 3], [HALVES] * 2), ValueError, "y must lie in 0, ..., 2"),
    (lambda: ce.diagnose(1, [0.0, 1.0], [HALVES] * 2), TypeError, "y must hold integers"),
    (lambda: ce.diagnose_logits(1, [0, 1], [np.nan, 0]), ValueError, "z must not hold NaN"),
    (lambda: ce.diagnose_gradient(1, [0, 1, 1], [[0, 0]] * 2), ValueError, "y must have shape"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED, ids=[m for *_, m in REFUSED])
def test_bad_input_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_the_parts_cannot_be_changed():
    diagnosis = ce.diagnose_quantity("entropy", 1.5, HALVES)
    with pytest.raises(AttributeError):
        diagnosis.right = True
    with pytest.raises(AttributeError):
        diagnosis.matches[0].why = "No reason."
