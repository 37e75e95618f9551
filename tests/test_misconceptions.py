"""Every known mistake is a mistake, is named, and is never taken for the right answer.

The inputs of CASES are suitable: on them no two mistakes of a quantity give the same values, so
that each must be named alone. What inputs cannot tell apart is tested on its own.
"""

import functools
import re
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


def test_the_reference_page_lists_every_quantity_once_with_its_arguments():
    page = (BOOK / "api.md").read_text("utf-8").partition("## Known mistakes")[2]
    listed = []
    for quantities, arguments in re.findall(
        r"^\| (`.+?) \| `([a-z, ]+)`.* \|$", page, re.MULTILINE
    ):
        for quantity in re.findall(r"`(\w+)`", quantities):
            listed.append(quantity)
            assert len(arguments.split(", ")) == len(CASES[quantity][0]), quantity
    assert sorted(listed) == sorted(QUANTITIES)


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

LOG2, LOG3 = np.log(2), np.log(3)
HALVES, OTHER_HALVES = [0.5, 0.25, 0.25], [0.25, 0.25, 0.5]  # 1.5 bits each
FAIR, BIASED = [0.5, 0.5], [0.25, 0.75]
H_BIASED = 2 * LOG2 - 0.75 * LOG3
SURE = [1.0, 0.0]
NAN = np.nan
ODDS = 2**LOG3  # what 3 becomes with powers of 2 for powers of e
TURN = 1 / (1 + np.exp(-0.5))  # a softmax of 3/4 and 1/4

# quantity, arguments, {name of the mistake: its value in closed form}
BY_HAND = [
    ("surprisal", (1 / 8,), {
        "bits for nats": 3,
        "one over p": 8,
        "surprise of the opposite": np.log(8 / 7),
        "weighted by p": 3 / 8 * LOG2,
        "one minus the probability": 7 / 8,
    }),
    ("entropy", (HALVES,), {
        "bits for nats": 1.5,
        "lost minus sign": -1.5 * LOG2,
        "unweighted mean": 5 / 3 * LOG2,
        "unweighted sum": 5 * LOG2,
        "mean over K": 0.5 * LOG2,
        "logarithm of the mean": np.log(8 / 3),
        "yes-or-no entropies added": LOG2 + 2 * H_BIASED,
        "log K": LOG3,
        "divided by log K": 1.5 * LOG2 / LOG3,
        "surprise of the likeliest": LOG2,
        "squares for logarithms": 5 / 8,
        "perplexity for entropy": 2**1.5,
        "no sum": [0.5 * LOG2] * 3,
    }),
    ("entropy", (SURE,), {"0 log 0 is nan": NAN}),
    ("entropy", ([HALVES, [1, 0, 0]],), {
        "wrong axis": [0.5 * LOG2] * 3,
        "all rows added": 1.5 * LOG2,
    }),
    ("cross_entropy", (HALVES, OTHER_HALVES), {
        "entropy for cross-entropy": 1.5 * LOG2,
        "KL divergence for cross-entropy": LOG2 / 4,
        "mean over K": 1.75 / 3 * LOG2,
        "no sum": [LOG2, 0.5 * LOG2, 0.25 * LOG2],
        "unweighted mean": 5 / 3 * LOG2,
        "unweighted sum": 5 * LOG2,
        "logarithm of the mean": np.log(16 / 5),
        "only the likeliest outcome": 2 * LOG2,
    }),
    ("cross_entropy", ([0.75, 0.25], FAIR), {"swapped arguments": np.log(16 / 3) / 2}),
    ("cross_entropy", (FAIR, BIASED), {
        "entropy of the model": H_BIASED,
        "BCE for cross-entropy": 4 * LOG2 - LOG3,
    }),
    ("cross_entropy", (SURE, SURE), {"0 log 0 is nan": NAN}),
    ("cross_entropy", ([HALVES, [1, 0, 0]], [OTHER_HALVES] * 2), {
        "wrong axis": [3 * LOG2, 0.5 * LOG2, 0.25 * LOG2],
        "all rows added": 3.75 * LOG2,
    }),
    ("kl_divergence", (HALVES, OTHER_HALVES), {
        "cross-entropy for KL divergence": 1.75 * LOG2,
        "mean over K": LOG2 / 12,
        "no sum": [0.5 * LOG2, 0, -0.25 * LOG2],
    }),
    ("kl_divergence", (SURE, BIASED), {
        "swapped arguments": np.inf,
        "entropy difference": H_BIASED,
        "entropy difference the other way": -H_BIASED,
        "wrong entropy subtracted": 0.75 * LOG3,
        "0 log 0 is nan": NAN,
    }),
    ("kl_divergence", (HALVES, [1 / 4, 1 / 8, 5 / 8]), {
        "unweighted mean": LOG2 - np.log(5) / 3
    }),
    ("kl_divergence", (FAIR, BIASED), {
        "swapped arguments": 0.75 * LOG3 - LOG2,
        "Jeffreys divergence": LOG3 / 4,
        "unweighted sum": 2 * LOG2 - LOG3,
        "weighted by the model": LOG2 - 0.75 * LOG3,
        "absolute values": LOG3 / 2,
        "squared distance": 1 / 8,
    }),
    ("kl_divergence", (SURE, [0, 1]), {"Jensen-Shannon for KL divergence": LOG2}),
    ("kl_divergence", ([HALVES, [1, 0, 0]], [OTHER_HALVES] * 2), {
        "wrong axis": [2.5 * LOG2, 0, -0.25 * LOG2],
        "all rows added": 2.25 * LOG2,
    }),
    ("js_divergence", (SURE, [0, 1]), {
        "without the halves": 2 * LOG2,
        "middle not halved": 0,
        "square root": np.sqrt(LOG2),
        "0 log 0 is nan": NAN,
    }),
    ("js_divergence", (SURE, FAIR), {
        "KL divergence for Jensen-Shannon": LOG2,
        "one half only": 2 * LOG2 - LOG3,
        "middle not halved": LOG2 / 2 - 0.75 * LOG3,
        "entropy of the middle": H_BIASED,
    }),
    ("js_divergence", (FAIR, BIASED), {
        "Jeffreys for Jensen-Shannon": LOG3 / 4,
        "half of Jeffreys for Jensen-Shannon": LOG3 / 8,
        "direction to the middle reversed": (
            3 * np.log(3 / 4) + 5 * np.log(5 / 4) + 3 * np.log(3 / 2) + 5 * np.log(5 / 6)
        ) / 16,
    }),
    ("perplexity", (HALVES, OTHER_HALVES), {
        "2 to the power of nats": 2 ** (1.75 * LOG2),
        "e to the power of bits": np.exp(1.75),
        "perplexity of the entropy": 2**1.5,
        "perplexity of the KL divergence": 2**0.25,
        "cross-entropy for perplexity": 1.75 * LOG2,
        "lost minus sign": 2**-1.75,
    }),
    ("perplexity", ([0.75, 0.25], FAIR), {"swapped arguments": np.sqrt(16 / 3)}),
    ("perplexity", (SURE, SURE), {"0 log 0 is nan": NAN}),
    ("kraft_sum", ([1, 2],), {
        "base e for base 2": np.exp(-1) + np.exp(-2),
        "positive exponent": 6,
        "mean for sum": 3 / 8,
        "one over the lengths": 3 / 2,
        "power of the sum": 1 / 8,
        "no sum": [1 / 2, 1 / 4],
    }),
    ("expected_length", ([1, 2, 4], HALVES), {
        "lengths unweighted": 7 / 3,
        "sum of the lengths": 7,
        "mean over K": 2 / 3,
        "no sum": [0.5, 0.5, 1],
        "entropy for the expected length": 1.5,
        "longest word": 4,
    }),
    ("expected_length", ([1, 2, 3], HALVES), {"rounded up": 2}),
    ("shannon_code_lengths", ([0.7, 0.15, 0.15],), {
        "rounding for rounding up": [1, 3, 3],
        "rounding down": [0, 2, 2],
        "nats for bits": [1, 2, 2],
        "fixed length": [2, 2, 2],
    }),
    ("shannon_code_lengths", (HALVES,), {
        "one digit more": [2, 3, 3],
        "surprisals not rounded": [1, 2, 2],
    }),
    ("code_lengths", ([0.7, 0.15, 0.15],), {
        "rounding for rounding up": [1, 3, 3],
        "nats for bits": [1, 2, 2],
        "fixed length": [2, 2, 2],
    }),
    ("code_lengths", ([0.4, 0.35, 0.25],), {
        "Shannon's lengths for Huffman's": [2, 2, 2],
        "rounding down": [1, 1, 2],
    }),
    ("code_lengths", ([0.6, 0.3, 0.1],), {"largest groups joined": [2, 2, 1]}),
    ("code_lengths", ([0.25] * 4,), {"sorted only once": [3, 3, 2, 1]}),
    ("code_lengths", (HALVES,), {"surprisals not rounded": [1, 2, 2]}),
    ("sample_surprisal", ([1, 0], HALVES), {"labels counted from 1": [LOG2, 2 * LOG2]}),
    ("sample_cross_entropy", ([0, 0, 1], [0.25, 0.5, 0.25]), {
        "sum for mean": 5 * LOG2,
        "entropy of the model": 1.5 * LOG2,
        "entropy of the sample": LOG3 - 2 / 3 * LOG2,
        "KL divergence for cross-entropy": 7 / 3 * LOG2 - LOG3,
        "swapped arguments": np.inf,
        "perplexity for cross-entropy": 2 ** (5 / 3),
    }),
    ("sample_cross_entropy", ([0, 0, 1], [1 / 8, 1 / 2, 3 / 8]), {"repeats left out": 2 * LOG2}),
    ("sample_cross_entropy", ([0, 0, 0, 1], FAIR), {"swapped arguments": 2 * LOG2 - LOG3 / 2}),
    ("sample_cross_entropy", ([0, 1], HALVES), {"logarithm of the mean": np.log(8 / 3)}),
    ("binary_cross_entropy", ([1, 0], BIASED), {
        "dropped (1 - y) term": [2 * LOG2, 0],
        "dropped y term": [0, 2 * LOG2],
        "labels the wrong way round": [2 * LOG2 - LOG3] * 2,
        "swapped arguments": [np.inf] * 2,
        "sign between the terms": [2 * LOG2, -2 * LOG2],
        "entropy of the prediction": [H_BIASED] * 2,
        "squared error": [9 / 16] * 2,
        "accuracy": [0, 0],
        "share of errors": [1, 1],
        "probabilities taken for logits": np.log1p(np.exp([-0.25, 0.75])),
    }),
    ("binary_cross_entropy", ([1, 0], [0.75, 0.25]), {
        "accuracy": [1, 1],
        "share of errors": [0, 0],
    }),
    ("binary_cross_entropy", (0.25, 0.5), {"swapped arguments": 2 * LOG2 - LOG3 / 2}),
    ("binary_cross_entropy", ([1], [1.0]), {"0 log 0 is nan": [NAN]}),
    ("binary_log_loss", ([1, 0], BIASED), {"sum for mean": 4 * LOG2}),
    ("binary_log_loss", ([1, 0], [0.5, 0.75]), {"logarithm of the mean": np.log(8 / 3)}),
    ("negative_log_likelihood", ([1, 0], [0.25, 0.5]), {
        "mean for sum": 1.5 * LOG2,
        "likelihood for its logarithm": 1 / 8,
        "no sum": [2 * LOG2, LOG2],
    }),
    ("multilabel_log_loss", ([[1, 1, 0]], [[0.5, 0.25, 0.9]]), {"CCE for BCE": 3 * LOG2}),
    ("multilabel_log_loss", ([[1, 0], [0, 0]], [[0.5, 0.75], [0.5, 0.5]]), {
        "sum over the labels": 2.5 * LOG2,
        "mean of each row": [1.5 * LOG2, LOG2],
        "mean of each label": [LOG2, 1.5 * LOG2],
        "rows divided by their sum": np.log(5 / 2) / 2,
    }),
    ("categorical_cross_entropy", ([[0, 1, 0]], [HALVES]), {
        "mean over K": [2 / 3 * LOG2],
        "BCE for CCE, added": [5 * LOG2 - LOG3],
        "BCE for CCE, averaged": [(5 * LOG2 - LOG3) / 3],
        "swapped arguments": [np.inf],
        "entropy of the labels": [0],
        "entropy of the prediction": [1.5 * LOG2],
        "labels left out": [5 * LOG2],
        "surprise at the prediction": [LOG2],
        "squared error": [7 / 8],
        "mean squared error": [7 / 24],
        "accuracy": [0],
        "share of errors": [1],
        "softmax twice": [np.log(np.exp(0.25) + 2)],
    }),
    ("categorical_cross_entropy", ([[0.6, 0.4, 0]], [HALVES]), {
        "only the likeliest label": [LOG2]
    }),
    ("categorical_cross_entropy", ([[0.5, 0.5, 0]], [HALVES]), {
        "KL divergence for cross-entropy": [LOG2 / 2],
        "entropy of the labels": [LOG2],
    }),
    ("categorical_cross_entropy", ([BIASED], [FAIR]), {
        "swapped arguments": [2 * LOG2 - LOG3 / 2]
    }),
    ("categorical_cross_entropy", ([[1, 0, 0]], [HALVES]), {
        "accuracy": [1],
        "share of errors": [0],
    }),
    ("categorical_cross_entropy", ([SURE], [SURE]), {"0 log 0 is nan": [NAN]}),
    ("categorical_cross_entropy", ([[0, 1, 0], [1, 0, 0]], [HALVES] * 2), {
        "wrong axis": [LOG2, 2 * LOG2, 0]
    }),
    ("sparse_categorical_cross_entropy", ([1, 2], [HALVES] * 2), {
        "labels counted from 1": [LOG2, 2 * LOG2]
    }),
    ("softmax", ([0, LOG3],), {
        "sum for softmax": 1,
        "sigmoid for softmax": [1 / 2, 3 / 4],
        "not divided by the sum": [1, 3],
        "powers of 2": [1 / (1 + ODDS), ODDS / (1 + ODDS)],
        "sign of the scores": [3 / 4, 1 / 4],
        "softmax twice": [1 - TURN, TURN],
        "maximum for softmax": [0, 1],
        "logarithm of the softmax": [-2 * LOG2, LOG3 - 2 * LOG2],
    }),
    ("softmax", ([1, 3],), {"no exponential": [1 / 4, 3 / 4]}),
    ("softmax", ([[0, 0], [LOG3, 0]],), {"wrong axis": [[1 / 4, 1 / 2], [3 / 4, 1 / 2]]}),
    ("softmax", ([[0, LOG3], [0, 0]],), {"one sum for all rows": [[1 / 6, 1 / 2], [1 / 6] * 2]}),
    ("softmax", ([1000, 0],), {"missing max shift": [NAN, 0]}),
    ("log_softmax", ([0, LOG3],), {
        "no logarithm": [1 / 4, 3 / 4],
        "lost minus sign": [2 * LOG2, 2 * LOG2 - LOG3],
        "shift not undone": [LOG3 - 2 * LOG2, 2 * LOG3 - 2 * LOG2],
        "maximum subtracted": [-LOG3, 0],
        "sigmoid for softmax": [-LOG2, LOG3 - 2 * LOG2],
        "softmax twice": np.log([1 - TURN, TURN]),
    }),
    ("log_softmax", ([LOG3, LOG3],), {
        "sum of the scores subtracted": [-LOG3, -LOG3],
        "maximum subtracted": [0, 0],
    }),
    ("log_softmax", ([[0, 0], [LOG3, 0]],), {
        "wrong axis": [[-2 * LOG2, -LOG2], [LOG3 - 2 * LOG2, -LOG2]]
    }),
    ("log_softmax", ([[0, LOG3], [0, 0]],), {
        "one sum for all rows": np.log([[1 / 6, 1 / 2], [1 / 6, 1 / 6]])
    }),
    ("log_softmax", ([1000, 0],), {
        "missing max shift": [NAN, -np.inf],
        "missing max shift in the logarithm of the sum": [-np.inf, -np.inf],
        "logarithm of an underflowed softmax": [0, -np.inf],
    }),
    ("softmax_jacobian", ([0, LOG3],), {
        "Jacobian taken as diagonal": [[3 / 16, 0], [0, 3 / 16]],
        "diagonal for the Jacobian": [3 / 16, 3 / 16],
        "sign off the diagonal": [[3 / 16, 3 / 16], [3 / 16, 3 / 16]],
        "sign of all entries": [[-3 / 16, 3 / 16], [3 / 16, -3 / 16]],
        "diagonal left out": [[-1 / 16, -3 / 16], [-3 / 16, -9 / 16]],
        "p on the diagonal": [[1 / 4, -3 / 16], [-3 / 16, 3 / 4]],
        "slopes of the log-softmax": [[3 / 4, -3 / 4], [-1 / 4, 1 / 4]],
        "identity for the diagonal": [[15 / 16, -3 / 16], [-3 / 16, 7 / 16]],
        "sigmoid for softmax": [[1 / 4, 0], [0, 3 / 16]],
    }),
    ("softmax_jacobian", ([1000, 0],), {"missing max shift": [[NAN, NAN], [NAN, 0]]}),
    ("sigmoid", ([LOG3],), {
        "sign of the exponent": [1 / 4],
        "tanh for the sigmoid": [4 / 5],
        "odds for the probability": [3],
        "slope of the sigmoid": [3 / 16],
        "powers of 2": [ODDS / (1 + ODDS)],
    }),
    ("sigmoid", ([1000],), {"overflow": [NAN]}),
    ("sigmoid_cross_entropy", ([1, 0], [-LOG3, LOG3]), {
        "dropped (1 - y) term": [2 * LOG2, 0],
        "dropped y term": [0, 2 * LOG2],
        "sign of the logit": [2 * LOG2 - LOG3] * 2,
        "sigmoid twice": np.log1p(np.exp([-0.25, 0.75])),
        "logarithm left out of the softplus": [LOG3, LOG3],
        "hinge loss": [1 + LOG3] * 2,
        "squared error": [9 / 16] * 2,
        "accuracy": [0, 0],
        "share of errors": [1, 1],
    }),
    ("sigmoid_cross_entropy", ([1, 0], [1, -1]), {"accuracy": [1, 1], "share of errors": [0, 0]}),
    ("sigmoid_cross_entropy", ([1, 0], BIASED), {"logits taken as probabilities": [2 * LOG2] * 2}),
    ("sigmoid_cross_entropy", ([0, 1], [40, 40]), {
        "logarithm of a rounded sigmoid": [np.inf, 0],
        "0 log 0 is nan": [np.inf, NAN],
    }),
    ("sigmoid_cross_entropy", ([0, 1], [800, 800]), {
        "overflow in log(1 + exp(z))": [np.inf, np.inf]
    }),
    ("softmax_cross_entropy", ([1], [[LOG3, 0]]), {
        "no softmax": [0],
        "softmax twice": [-np.log(1 - TURN)],
        "sigmoid for softmax": [LOG2],
        "BCE for CCE, added": [3 * LOG2],
        "BCE for CCE, averaged": [1.5 * LOG2],
        "shift not undone": [2 * LOG2 - LOG3],
        "mean over K": [LOG2],
        "labels left out": [4 * LOG2 - LOG3],
        "surprise at the prediction": [2 * LOG2 - LOG3],
        "squared error": [9 / 8],
        "accuracy": [0],
        "share of errors": [1],
    }),
    ("softmax_cross_entropy", ([0], [[LOG3, 0, 0]]), {
        "accuracy": [1],
        "share of errors": [0],
        "labels counted from 1": [np.log(5)],
        "no softmax": [-LOG3],
        "shift not undone": [np.log(5 / 3) - LOG3],
        "mean over K": [np.log(5 / 3) / 3],
        "surprise at the prediction": [np.log(5 / 3)],
    }),
    ("softmax_cross_entropy", ([1], [[1, 0.25]]), {"logits taken as probabilities": [2 * LOG2]}),
    ("softmax_cross_entropy", ([1, 0], [[LOG3, 0], [0, 0]]), {
        "softmax over the wrong axis": [LOG2, 2 * LOG2],
        "one sum for all rows": [np.log(6)] * 2,
    }),
    ("softmax_cross_entropy", ([0, 1], [[1000, 0]] * 2), {
        "missing max shift": [NAN, np.inf],
        "missing max shift in the logarithm of the sum": [np.inf, np.inf],
        "logarithm of an underflowed softmax": [0, np.inf],
    }),
    ("softmax_gradient", ([1, 1], [[LOG3, 0], [0, 0]]), {
        "p - y without 1/N": [[3 / 4, -3 / 4], [1 / 2, -1 / 2]],
        "divided by N*K": [[3 / 16, -3 / 16], [1 / 8, -1 / 8]],
        "y - p for p - y": [[-3 / 8, 3 / 8], [-1 / 4, 1 / 4]],
        "Jacobian taken as diagonal": [[0, -3 / 8], [0, -1 / 4]],
        "extra factor p (1 - p)": [[9 / 128, -9 / 128], [1 / 16, -1 / 16]],
        "y not subtracted": [[3 / 8, 1 / 8], [1 / 4, 1 / 4]],
        "gradient in p for the gradient in z": [[0, -2], [0, -1]],
        "logits for probabilities": [[LOG3 / 2, -1 / 2], [0, -1 / 2]],
        "sigmoid for softmax": [[3 / 8, -1 / 4], [1 / 4, -1 / 4]],
        "softmax twice": [[TURN / 2, -TURN / 2], [1 / 4, -1 / 4]],
        "softmax over the wrong axis": [[3 / 8, -1 / 4], [1 / 8, -1 / 4]],
        "labels counted from 1": [[-1 / 8, 1 / 8], [-1 / 4, 1 / 4]],
        "mean over the examples": [5 / 8, -5 / 8],
        "bits for nats": np.array([[3 / 8, -3 / 8], [1 / 4, -1 / 4]]) / LOG2,
    }),
    ("softmax_gradient", ([0], [[1000, 0]]), {"missing max shift": [[NAN, 0]]}),
    ("sigmoid_gradient", ([1, 0], [LOG3, 0]), {
        "p - y without 1/N": [-1 / 4, 1 / 2],
        "y - p for p - y": [1 / 8, -1 / 4],
        "extra factor p (1 - p)": [-3 / 128, 1 / 16],
        "y not subtracted": [3 / 8, 1 / 4],
        "dropped (1 - y) term": [-1 / 8, 0],
        "gradient in p for the gradient in z": [-2 / 3, 1],
        "logits for probabilities": [(LOG3 - 1) / 2, 0],
        "mean over the examples": 1 / 8,
        "bits for nats": [-1 / 8 / LOG2, 1 / 4 / LOG2],
    }),
    ("sigmoid_gradient", ([1], [0]), {"sigmoid twice": [TURN - 1]}),
    ("sigmoid_gradient", ([1], [1000]), {"overflow": [NAN]}),
    ("gaussian_cross_entropy", ([3], [0], [4]), {
        "forgotten 1/2 of the square": [np.log(8 * np.pi) / 2 + 9 / 4],
        "forgotten 1/2 of the logarithm": [np.log(8 * np.pi) + 9 / 8],
        "both halves forgotten": [np.log(8 * np.pi) + 9 / 4],
        "forgotten 2 pi": [LOG2 + 9 / 8],
        "forgotten logarithm of the variance": [9 / 8],
        "variance taken for the standard deviation": [np.log(32 * np.pi) / 2 + 9 / 32],
        "standard deviation in place of the variance": [np.log(4 * np.pi) / 2 + 9 / 4],
        "squared error": [9],
        "absolute distance for the square": [np.log(8 * np.pi) / 2 + 3 / 8],
    }),
]  # fmt: skip


def known(quantity):
    return {mistake.name: mistake for mistake in ce.misconceptions_of(quantity)}


@pytest.mark.parametrize(
    ("quantity", "arguments", "values"), BY_HAND, ids=[f"{q}{list(v)}" for q, _, v in BY_HAND]
)
def test_the_mistake_gives_the_value_worked_out_by_hand(quantity, arguments, values):
    for name, value in values.items():
        found = known(quantity)[name].commit(*arguments)
        assert np.shape(found) == np.shape(value), name
        # a few roundings of 1e-16
        np.testing.assert_allclose(found, value, rtol=1e-12, atol=1e-15, err_msg=name)


# Formulas that are right until a number underflows, overflows or is 0.
RIGHT_AT_FIRST = {
    "0 log 0 is nan",
    "missing max shift",
    "missing max shift in the logarithm of the sum",
    "logarithm of an underflowed softmax",
    "logarithm of a rounded sigmoid",
    "overflow",
    "overflow in log(1 + exp(z))",
    "impossible outcomes skipped",
}


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_a_formula_that_fails_at_the_edges_is_right_on_ordinary_inputs(quantity):
    case = CASES[quantity][0]
    right = QUANTITIES[quantity](*case)
    for mistake in ce.misconceptions_of(quantity):
        hides = "clipped at" in mistake.name or "added in the logarithm" in mistake.name
        if hides or mistake.name in RIGHT_AT_FIRST:
            # 1e-6 beside a probability of 0.05 moves its logarithm by 2e-5; losses exceed 0.1
            tolerance = 2e-4 if hides else 1e-9
            np.testing.assert_allclose(
                mistake.commit(*case), right, rtol=tolerance, err_msg=title(mistake)
            )


# What a mistake makes of the right value, whatever the quantity.
FROM_RIGHT = {
    "bits for nats": lambda right: right / LOG2,
    "nats for bits": lambda right: right * LOG2,
    "log10 for the natural logarithm": lambda right: right / np.log(10),
    "log10 for log2": lambda right: right * np.log10(2),
    "lost minus sign": lambda right: -right,
    "ratio upside down": lambda right: -right,
    "one minus the probability": lambda right: 1 - np.exp(-right),
    "no logarithm": lambda right: np.exp(-right),
    "impossible outcomes skipped": lambda right: np.where(right == np.inf, 0, right),
}
# What it makes of the losses of the examples, where one number is asked for.
FROM_EACH = {
    "sum for mean": np.sum,
    "mean for sum": np.mean,
    "no mean": lambda each: each,
    "no sum": lambda each: each,
    "logarithm of the mean": lambda each: -np.log(np.mean(np.exp(-each))),
    "likelihood for its logarithm": lambda each: np.prod(np.exp(-each)),
}
EACH = {
    "sample_cross_entropy": lambda samples, q: -np.log(np.asarray(q))[samples],
    "binary_log_loss": ce.binary_cross_entropy,
    "multilabel_log_loss": ce.binary_cross_entropy,
    "negative_log_likelihood": ce.binary_cross_entropy,
    "categorical_log_loss": ce.categorical_cross_entropy,
    "sparse_log_loss": ce.sparse_categorical_cross_entropy,
    "sigmoid_log_loss": ce.sigmoid_cross_entropy,
    "softmax_log_loss": ce.softmax_cross_entropy,
    "gaussian_nll": ce.gaussian_nll,
}
# the quantity whose mistakes are averaged, or added
OF_EACH = {quantity: SAME_CASES.get(quantity, "binary_cross_entropy") for quantity in EACH}
IN_BITS = {
    "surprisal_bits": "surprisal",
    "entropy_bits": "entropy",
    "cross_entropy_bits": "cross_entropy",
    "kl_bits": "kl_divergence",
    "js_bits": "js_divergence",
}
# The probability of what happened is x: adding and clipping are told apart at x = eps.
WITH_PROBABILITY = {
    "surprisal": lambda x: (x,),
    "cross_entropy": lambda x: ([1.0, 0.0], [x, 1 - x]),
    "kl_divergence": lambda x: ([1.0, 0.0], [x, 1 - x]),
    "sample_surprisal": lambda x: ([0], [x, 1 - x]),
    "binary_cross_entropy": lambda x: ([1], [x]),
    "categorical_cross_entropy": lambda x: ([[1, 0]], [[x, 1 - x]]),
    "sparse_categorical_cross_entropy": lambda x: ([0], [[x, 1 - x]]),
    "log_softmax": lambda x: ([np.log(x), 0.0],),
    "sigmoid_cross_entropy": lambda x: ([1], [np.log(x)]),
    "softmax_cross_entropy": lambda x: ([0], [[np.log(x), 0.0]]),
}


def expected_from_another(mistake, case):
    """What a mistake must give by what another gives, or None if it stands on its own."""
    quantity, name = mistake.quantity, mistake.name
    with np.errstate(all="ignore"):
        if quantity in IN_BITS and name in known(IN_BITS[quantity]):
            if name in FROM_RIGHT:
                return FROM_RIGHT[name](np.asarray(QUANTITIES[quantity](*case)))
            nats = known(IN_BITS[quantity])[name].commit(*case)
            unit = {"square root": np.sqrt(LOG2), "one over p": 1}.get(name, LOG2)
            return nats / unit
        if quantity in EACH and name in FROM_EACH:
            return FROM_EACH[name](EACH[quantity](*case))
        if quantity in EACH:
            each_name = "mean over K" if name == "mean over N*K" else name
            if each_name in known(OF_EACH[quantity]):
                each = known(OF_EACH[quantity])[each_name].commit(*case)
                return np.sum(each) if quantity == "negative_log_likelihood" else np.mean(each)
        if quantity == "optimal_length":
            return np.dot(case[0], known("code_lengths")[name].commit(*case))
        if quantity == "sparse_categorical_cross_entropy" and name in known(
            "categorical_cross_entropy"
        ):
            rows = np.eye(np.shape(case[1])[-1])[case[0]]
            return known("categorical_cross_entropy")[name].commit(rows, case[1])
        if name in FROM_RIGHT:
            return FROM_RIGHT[name](np.asarray(QUANTITIES[quantity](*case), dtype=float))
    return None


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_every_mistake_follows_from_another_or_was_worked_out_by_hand(quantity):
    by_hand = {name for other, _, values in BY_HAND if other == quantity for name in values}
    for mistake in ce.misconceptions_of(quantity):
        if "clipped at" in mistake.name or "added in the logarithm" in mistake.name:
            continue  # the next test
        followed = False
        for case in CASES[quantity] if mistake.name not in by_hand else ():
            expected = expected_from_another(mistake, case)
            if expected is not None:
                followed = True
                found = mistake.commit(*case)
                assert np.shape(found) == np.shape(expected), title(mistake)
                # sums of few terms in another order
                np.testing.assert_allclose(
                    found, expected, rtol=1e-9, atol=1e-12, err_msg=title(mistake)
                )
        assert followed or mistake.name in by_hand, title(mistake)


@pytest.mark.parametrize("quantity", WITH_PROBABILITY)
@pytest.mark.parametrize("eps", ["1e-15", "1e-12", "1e-10", "1e-9", "1e-8", "1e-7", "1e-6"])
def test_a_clip_and_an_addition_differ_by_one_bit_at_their_eps(quantity, eps):
    case, x = WITH_PROBABILITY[quantity](float(eps)), float(eps)
    sign = -1 if quantity == "log_softmax" else 1
    clipped = np.ravel(known(quantity)[f"clipped at {eps}"].commit(*case))[0]
    added = np.ravel(known(quantity)[f"{eps} added in the logarithm"].commit(*case))[0]
    # Beside 1, eps itself moves the value by eps; the softmax of log(eps) and 0 is eps / (1 + eps).
    np.testing.assert_allclose(sign * clipped, -np.log(x), atol=4e-6)
    np.testing.assert_allclose(sign * added, -np.log(2 * x), atol=4e-6)
    lower = WITH_PROBABILITY[quantity](float(eps) / 1000)
    below = np.ravel(known(quantity)[f"clipped at {eps}"].commit(*lower))[0]
    np.testing.assert_allclose(sign * below, -np.log(x), atol=4e-6)


def test_every_quantity_with_a_clip_is_tested_for_it():
    clipped = {m.quantity for m in MISCONCEPTIONS if "clipped" in m.name}
    assert clipped == set(WITH_PROBABILITY) | (set(EACH) - {"gaussian_nll"})


@pytest.mark.parametrize("quantity", sorted(set(EACH) - {"gaussian_nll"}))
def test_the_mean_of_a_clip_is_the_clip_of_the_mean(quantity):
    for name, mistake in known(quantity).items():
        if "clipped at" in name or "added in the logarithm" in name:
            for case in CASES[quantity]:
                found, expected = mistake.commit(*case), expected_from_another(mistake, case)
                np.testing.assert_allclose(found, expected, rtol=1e-9, err_msg=name)


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
        pytest.param([LOG2, LOG2], [[1], [1]], [[0.5]] * 2, "mean of each row", id="multi, rows"),
        pytest.param([[1], [1]], [[1], [0]], [[0.5]] * 2, "bits for nats", id="multi, per label"),
        pytest.param(
            [3, 1], [1, 1], [[0.5, 0.125, 0.375], [0.25, 0.5, 0.25]], "bits for nats", id="each"
        ),
    ],
)
def test_diagnose_recognises_the_form_of_the_labels(value, y, p, name):
    diagnosis = ce.diagnose(value, y, p)
    assert diagnosis.right if name is None else name in names(diagnosis)


def test_diagnose_takes_float32_rows_for_distributions():
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(7), 50).astype(np.float32)
    y = rng.dirichlet(np.ones(7), 50).astype(np.float32)
    assert abs(p.sum(axis=-1) - 1).max() > 1e-8  # rounding shows
    assert ce.diagnose(ce.categorical_cross_entropy(y, p).mean(), y, p).right
    labels = y.argmax(axis=-1)
    assert ce.diagnose(ce.sparse_categorical_cross_entropy(labels, p).mean(), labels, p).right


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
        Ellipsis,
        ValueError("1.0397"),
    ],
    ids=lambda value: repr(value)[:30],
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
    error = ValueError()  # is never shown to accepts
    assert not ce.diagnose_cases(np.sqrt, [error], [(4.0,)], accepts=lambda *_: True).right


def test_what_is_within_the_tolerance_of_the_right_answer_is_no_mistake():
    # The value misses the right answer by 1.5 tolerances, and this "mistake" is between the two.
    near = ce.Misconception("near", "double", lambda x: 2 * x * 1.00008, "You.", "x")
    diagnosis = ce.diagnose_cases(double, [2e6 * 1.00015], [(1e6,)], [near], absolute=0)
    assert diagnosis == ce.Diagnosis(right=False, wrong_cases=(0,))


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
