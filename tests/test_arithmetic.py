"""The exact operations under the package, against rational arithmetic."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cecourse._arithmetic import (
    accurate_sum,
    difference_of_products,
    narrow,
    pair_sum,
    two_product,
    two_sum,
    widen,
)

EPS = np.finfo(float).eps
numbers = st.floats(-1e100, 1e100, allow_subnormal=False)
factors = st.floats(1e-100, 1e100) | st.floats(-1e100, -1e-100)
non_negative = st.floats(0, 1e300)


def rational(pair):
    return Fraction(float(pair[0])) + Fraction(float(pair[1]))


@given(numbers, numbers)
def test_two_sum_is_exact(a, b):
    assert rational(two_sum(np.float64(a), np.float64(b))) == Fraction(a) + Fraction(b)


@given(factors, factors)
def test_two_product_is_exact(a, b):
    assert rational(two_product(np.float64(a), np.float64(b))) == Fraction(a) * Fraction(b)


@given(st.floats(0.5, 2), st.floats(0.5, 2), st.floats(-1e-8, 1e-8))
def test_difference_of_products_survives_cancellation(a, b, change):
    c = a * (1 + change)
    d = a * b / c  # so that c d is a b but for rounding
    parts = [np.float64(x) for x in (a, b, c, d)]
    found = difference_of_products(*((part, 0.0) for part in parts))
    assert Fraction(float(found)) == pytest.approx(
        Fraction(a) * Fraction(b) - Fraction(c) * Fraction(d), rel=4 * EPS, abs=0
    )


def test_difference_of_products_uses_the_low_parts():
    one = (np.float64(1.0), np.float64(2.0**-60))
    # (1 + d)(1 + d) - 1 * (1 + d) = d + d^2, and d^2 is beyond the digits of d.
    assert difference_of_products(one, one, (np.float64(1.0), 0.0), one) == 2.0**-60


@given(st.lists(numbers, min_size=1, max_size=40))
def test_pair_sum_is_good_to_twice_the_precision(terms):
    true = sum(map(Fraction, terms))
    scale = max(abs(Fraction(term)) for term in terms)
    # Of K <= 40 < 2**6 terms, each keeps a rest of 2**(6 - 53) of the largest. The sum of the
    # rests is below 2**(12 - 53) of it and is rounded by at most 2**6 * 2**-53 of itself.
    assert abs(rational(pair_sum(np.array(terms))) - true) <= scale * Fraction(2) ** (18 - 106)


@given(st.lists(non_negative, min_size=1, max_size=40))
def test_accurate_sum_rounds_once(terms):
    true = sum(map(Fraction, terms))
    found = Fraction(float(accurate_sum(np.array(terms))))
    assert abs(found - true) <= true * Fraction(EPS) / 2


@pytest.mark.parametrize("value", [0.1, 1 / 3, 1 - EPS / 2, 2.0**-1074, 0.0])
@pytest.mark.parametrize("K", [1, 2, 127, 1000, 100_000])
def test_accurate_sum_of_equal_terms(value, K):
    # A running sum of a hundred thousand tenths is off in the twelfth digit.
    found = Fraction(float(accurate_sum(np.full(K, value))))
    true = K * Fraction(value)
    assert abs(found - true) <= true * Fraction(EPS) / 2


def test_accurate_sum_at_the_largest_floats():
    largest = np.finfo(float).max
    assert accurate_sum(np.array([largest, 0.0])) == largest
    assert accurate_sum(np.array([largest / 4] * 3)) == 0.75 * largest
    assert accurate_sum(np.array([largest, largest])) == np.inf
    assert accurate_sum(np.array([np.inf, 1.0])) == np.inf


def test_accurate_sum_takes_each_row_by_itself():
    rows = np.array([[1e16, 1.0, 1.0], [1.0, 2.0, np.inf], [1e-320, 0.0, 0.0]])
    np.testing.assert_array_equal(accurate_sum(rows), [1e16 + 2, np.inf, 1e-320])


def test_narrow_rounds_to_the_widest_and_makes_scalars():
    single, double = np.zeros(1, np.float32), np.zeros(1)
    assert narrow(np.float64(0.1), single).dtype == np.float32
    assert narrow(np.float64(0.1), single, double).dtype == np.float64
    assert isinstance(narrow(np.array(0.1), single), np.float32)
    with np.errstate(all="raise"):
        assert narrow(np.float64(1e300), single) == np.inf
        assert narrow(np.float64(1e-300), single) == 0


def test_widen_copies_only_to_change_the_dtype():
    double = np.zeros(1)
    assert widen(double) is double
    assert widen(np.zeros(1, np.float16)).dtype == np.float64
