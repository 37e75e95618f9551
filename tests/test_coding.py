"""Prefix codes: worked cases, optimality by exhaustive search, round trips, theorems."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cecourse import (
    canonical_code,
    cross_entropy,
    decode,
    encode,
    entropy,
    expected_length,
    huffman_code,
    kraft_sum,
    shannon_code_lengths,
    surprisal,
)
from tests.oracles import exhaustive_least_expected_length
from tests.strategies import distributions, pairs

EPS = np.finfo(float).eps
lengths_lists = st.lists(st.integers(0, 8), min_size=1, max_size=12)

# Stored probabilities sum to 1 within a few epsilons, at most 1075 bits each: 8 * 1075 * eps.
ROUNDING = 2e-12


def word_lengths(code):
    return [len(word) for word in code]


def is_prefix_free(words):
    return not any(
        i != j and words[j].startswith(words[i])
        for i in range(len(words))
        for j in range(len(words))
    )


# --- Cases worked by hand --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p", "lengths"),
    [
        pytest.param([1 / 2, 1 / 4, 1 / 8, 1 / 8], [1, 2, 3, 3], id="dyadic"),
        pytest.param([0.9, 0.1], [1, 4], id="nine-in-ten"),
        pytest.param([1 / 3] * 3, [2, 2, 2], id="thirds"),
        pytest.param([1.0], [0], id="certain"),
        pytest.param([1 - 2**-53, 2**-53], [1, 53], id="barely-uncertain"),
        pytest.param([[1 / 2, 1 / 2], [3 / 4, 1 / 4]], [[1, 1], [1, 2]], id="batch"),
    ],
)
def test_shannon_code_lengths_of(p, lengths):
    result = shannon_code_lengths(p)
    assert result.dtype == np.int64
    assert_array_equal(result, lengths)


@pytest.mark.parametrize("k", [*range(1, 60), 500, 1000, 1022, 1073, 1074])
def test_shannon_code_lengths_are_exact_at_powers_of_two(k):
    p = 2.0**-k
    assert shannon_code_lengths([p, 1 - p])[0] == k
    if k < 1000:
        assert shannon_code_lengths([np.nextafter(p, 0), 1 - p])[0] == k + 1
        assert shannon_code_lengths([np.nextafter(p, 1), 1 - p])[0] == k


@pytest.mark.parametrize(
    ("p", "words"),
    [
        pytest.param([1 / 2, 1 / 4, 1 / 8, 1 / 8], ["0", "10", "110", "111"], id="dyadic"),
        pytest.param([1 / 8, 1 / 8, 1 / 4, 1 / 2], ["110", "111", "10", "0"], id="dyadic-reversed"),
        pytest.param([0.5, 0.5], ["0", "1"], id="fair-coin"),
        pytest.param([0.99, 0.01], ["0", "1"], id="biased-coin-is-no-shorter"),
        pytest.param([1 / 4] * 4, ["00", "01", "10", "11"], id="four-equal"),
        pytest.param([1 / 3] * 3, ["10", "11", "0"], id="three-equal-merges-the-first-two"),
        # Merged: 4 and 5, then 0 and 1, then 2 and 3. The older of the two 0.4 joins the 0.2.
        pytest.param(
            [0.2, 0.2, 0.2, 0.2, 0.1, 0.1],
            ["100", "101", "00", "01", "110", "111"],
            id="of-equal-groups-the-oldest-is-merged",
        ),
        pytest.param([1.0], ["0"], id="one-outcome"),
        pytest.param([1.0, 0.0, 0.0], ["0", "10", "11"], id="impossible-outcomes-get-words"),
        # Cover and Thomas, Example 5.6.1, gives lengths 2, 2, 2, 3, 3 and 2.3 bits.
        pytest.param(
            [0.25, 0.25, 0.2, 0.15, 0.15], ["00", "01", "10", "110", "111"], id="cover-thomas"
        ),
    ],
)
def test_huffman_code_of(p, words):
    assert huffman_code(p) == words


@pytest.mark.parametrize(
    ("lengths", "total"),
    [
        ([1, 2, 3, 3], 1),
        ([1, 1, 2], Fraction(5, 4)),
        ([3], Fraction(1, 8)),
        ([0], 1),
        ([2000] * 3, Fraction(3, 2**2000)),
        (np.array([1, 2], np.uint8), Fraction(3, 4)),
    ],
)
def test_kraft_sum_of(lengths, total):
    assert kraft_sum(lengths) == total


def test_expected_length_of_the_cover_thomas_code():
    assert expected_length([0.25, 0.25, 0.2, 0.15, 0.15], [2, 2, 2, 3, 3]) == pytest.approx(2.3)


def test_expected_length_leaves_out_the_impossible():
    assert expected_length([1, 0], [3, np.inf]) == 3
    assert expected_length([0.5, 0.5], [3, np.inf]) == np.inf


def test_expected_length_broadcasts():
    p = [[0.5, 0.5, 0.0], [0.25, 0.25, 0.5]]
    assert_array_equal(expected_length(p, [1, 2, 2]), [1.5, 1.75])
    assert expected_length(np.float32([0.5, 0.5]), [1, 2]).dtype == np.float32


# --- Theorems --------------------------------------------------------------------------------


@given(distributions(at_least=2, at_most=12))
def test_kraft_equality_of_huffman_codes(p):
    words = huffman_code(p)
    assert kraft_sum(word_lengths(words)) == 1
    assert is_prefix_free(words)


@given(distributions(positive=True))
def test_kraft_inequality_of_shannon_codes(p):
    total = sum(Fraction(probability) for probability in p)
    assert kraft_sum(shannon_code_lengths(p)) <= total


@given(lengths_lists)
def test_kraft_inequality_decides_whether_there_is_a_code(lengths):
    if kraft_sum(lengths) <= 1:
        words = canonical_code(lengths)
        assert word_lengths(words) == lengths
        assert is_prefix_free(words)
    else:
        with pytest.raises(ValueError, match="Kraft sum of at most 1"):
            canonical_code(lengths)


@given(distributions(at_least=2, at_most=12))
def test_expected_length_of_a_huffman_code_is_within_one_bit_of_entropy(p):
    bits = expected_length(p, word_lengths(huffman_code(p)))
    assert entropy(p, base=2) - ROUNDING <= bits < entropy(p, base=2) + 1 + ROUNDING


@given(distributions(positive=True))
def test_expected_length_of_a_shannon_code_is_within_one_bit_of_entropy(p):
    bits = expected_length(p, shannon_code_lengths(p))
    assert entropy(p, base=2) - ROUNDING <= bits < entropy(p, base=2) + 1 + ROUNDING


def test_the_code_of_one_outcome_is_the_stated_exception():
    assert expected_length([1.0], word_lengths(huffman_code([1.0]))) == 1 == entropy([1.0]) + 1


@given(distributions(at_most=12, positive=True))
def test_huffman_is_never_longer_than_shannon(p):
    shannon = shannon_code_lengths(p)
    if len(p) > 1 and kraft_sum(shannon) <= 1:  # [1, 1e-300] sums to more than 1
        lengths = word_lengths(huffman_code(p))
        assert expected_length(p, lengths) <= expected_length(p, shannon)


@settings(max_examples=60)
@given(distributions(at_most=5))
def test_huffman_code_is_optimal_by_exhaustive_search(p):
    lengths = word_lengths(huffman_code(p))
    found = sum(Fraction(a) * length for a, length in zip(p, lengths, strict=True))
    assert found == exhaustive_least_expected_length(p)


def test_huffman_code_sums_probabilities_exactly():
    # In floats 0.1 + 0.2 > 0.3; the stored 0.1 and 0.2 sum to more than the stored 0.3 as well.
    p = [0.1, 0.2, 0.3, 0.4]
    lengths = word_lengths(huffman_code(p))
    found = sum(Fraction(a) * length for a, length in zip(p, lengths, strict=True))
    assert found == exhaustive_least_expected_length(p)


@pytest.mark.parametrize("p", [[0.9, 0.1], [0.6, 0.3, 0.1]])
def test_block_codes_approach_entropy(p):
    bits_per_outcome = []
    block = np.array([1.0])
    for n in range(1, 7):
        block = np.outer(block, p).ravel()
        bits = expected_length(block, word_lengths(huffman_code(block))) / n
        assert entropy(p, base=2) - ROUNDING <= bits < entropy(p, base=2) + 1 / n
        bits_per_outcome.append(bits)
    assert bits_per_outcome[-1] < entropy(p, base=2) + 0.05 < bits_per_outcome[0]


@given(pairs())
def test_ideal_lengths_cost_the_cross_entropy(pair):
    p, q = pair
    ideal = expected_length(p, surprisal(q, base=2))
    assert_allclose(ideal, cross_entropy(p, q, base=2), rtol=8 * EPS)


@given(distributions(at_least=2, at_most=12))
def test_more_probable_outcomes_never_have_longer_words(p):
    lengths = np.array(word_lengths(huffman_code(p)))
    for k in range(len(p)):
        assert (lengths[p > p[k]] <= lengths[k]).all()


# --- Reading and writing ---------------------------------------------------------------------


@given(st.text(min_size=1, max_size=60))
def test_text_round_trips(text):
    alphabet = sorted(set(text))
    counts = np.array([text.count(symbol) for symbol in alphabet])
    code = dict(zip(alphabet, huffman_code(counts / counts.sum()), strict=True))
    bits = encode(text, code)
    assert "".join(decode(bits, code)) == text
    # The frequencies are the distribution, so the average is exact.
    average = expected_length(counts / counts.sum(), word_lengths(code.values()))
    assert_allclose(len(bits) / len(text), average, rtol=8 * EPS)


@given(st.data())
def test_outcomes_round_trip(data):
    code = huffman_code(data.draw(distributions(at_most=12)))
    outcomes = data.draw(st.lists(st.integers(0, len(code) - 1), max_size=50))
    assert decode(encode(outcomes, code), code) == outcomes
    assert decode(encode(np.array(outcomes, int), code), code) == outcomes


def test_symbols_can_be_anything_hashable():
    code = {("a", "b"): "0", None: "1"}
    assert encode([None, ("a", "b")], code) == "10"
    assert decode("10", code) == [None, ("a", "b")]


def test_nothing_is_written_as_nothing():
    assert encode("", {"a": "0"}) == ""
    assert decode("", {"a": "0"}) == []


def test_huffman_code_of_very_different_probabilities_has_long_words():
    p = 2.0 ** -np.r_[1:1075, 1074]
    lengths = word_lengths(huffman_code(p))
    assert lengths == [*range(1, 1075), 1074]
    assert kraft_sum(lengths) == 1


def test_huffman_code_is_deterministic_and_leaves_its_input():
    p = np.full(6, 1 / 6)
    p.flags.writeable = False
    assert huffman_code(p) == huffman_code(p.tolist()) == huffman_code(p.copy())
    assert math.isclose(expected_length(p, word_lengths(huffman_code(p))), 16 / 6)
