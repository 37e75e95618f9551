"""Arithmetic that keeps what rounding would lose.

A number may be carried as an unevaluated pair (high, low): high is the rounded value and low
what rounding took away. All work is in float64: `widen` enters it and `narrow` leaves it.

References
----------
T. Ogita, S. M. Rump and S. Oishi, "Accurate sum and dot product", SIAM Journal on Scientific
Computing 26 (2005), 1955-1988, gives the pair operations; S. M. Rump, T. Ogita and S. Oishi,
"Accurate floating-point summation part I", SIAM Journal on Scientific Computing 31 (2008),
189-224, the splitting of all terms on one grid.
"""

import numpy as np


def widen(x):
    """Return `x` in float64; a float64 array is returned as it is."""
    return x.astype(np.float64, copy=False)


def narrow(value, *like):
    """Round `value` to the widest dtype among the arrays `like`; a 0-d array becomes a scalar."""
    with np.errstate(over="ignore", under="ignore"):
        return np.asarray(value).astype(np.result_type(*like), copy=False)[()]


def two_sum(a, b):
    """Return (high, low) with high + low == a + b exactly, whatever the magnitudes."""
    high = a + b
    from_b = high - a
    return high, (a - (high - from_b)) + (b - from_b)


def two_product(a, b):
    """Return (high, low) with high + low == a * b exactly.

    Exact for factors below 2**996 in magnitude whose product is not subnormal.
    """
    high = a * b
    a_high, a_low = _halves(a)
    b_high, b_low = _halves(b)
    return high, ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low


def _halves(x):
    """Split the 53 significant bits of `x` into two numbers of at most 26 bits each."""
    scaled = 134217729.0 * x  # 2**27 + 1
    high = scaled - (scaled - x)
    return high, x - high


def difference_of_products(a, b, c, d):
    """Return a * b - c * d for pairs (high, low), keeping its leading digits under cancellation."""
    ab, ab_low = two_product(a[0], b[0])
    cd, cd_low = two_product(c[0], d[0])
    difference, difference_low = two_sum(ab, -cd)
    rounding = (ab_low - cd_low) + (a[0] * b[1] + a[1] * b[0] - c[0] * d[1] - c[1] * d[0])
    return difference + (difference_low + rounding)


def pair_sum(x):
    """Sum finite numbers over the last axis into a pair (high, low), nearly in twice the precision.

    Adding a power of two above the total and taking it off again leaves the leading digits of
    every term on one grid. Numbers on one grid add without rounding. What was cut off is so far
    below the total that the rounding of its own sum does not matter.
    """
    headroom = int(x.shape[-1] + 2).bit_length()
    with np.errstate(under="ignore"):
        _, exponent = np.frexp(np.abs(x).max(axis=-1, keepdims=True))
        grid = np.ldexp(1.0, exponent + headroom)
        leading = (x + grid) - grid
        return two_sum(leading.sum(axis=-1), (x - leading).sum(axis=-1))


def accurate_sum(x):
    """Sum non-negative numbers over the last axis, rounding once; +inf where one of them is."""
    infinite = x == np.inf
    x = np.where(infinite, 0.0, x)
    with np.errstate(over="ignore", under="ignore"):
        shrink = 64 if x.max() > 2.0**900 else 0  # room for the grid above the largest floats
        high, low = pair_sum(np.ldexp(x, -shrink))
        return np.where(infinite.any(axis=-1), np.inf, np.ldexp(high + low, shrink))
