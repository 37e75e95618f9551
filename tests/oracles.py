"""Independent answers, one function per source and named for it.

The functions called ``mpmath_...`` take the stored floats as exact numbers and work with DIGITS
decimal digits. Where a row is so confident that this is not enough (1 + 1e-300), the caller
raises the precision with ``mpmath.workdps``. They return mpmath numbers; `relative_error` and
`ulps_off` compare them with floats without rounding them first.
"""

from fractions import Fraction
from itertools import product

import mpmath
import numpy as np
import scipy.spatial.distance
import scipy.special
import scipy.stats

DIGITS = 60
mpmath.mp.dps = DIGITS


def exact(x):
    """The floats of `x` as mpmath numbers, one list per leading axis."""
    x = np.asarray(x)
    return mpmath.mpf(x.item()) if x.ndim == 0 else [exact(row) for row in x]


# --- How far off -----------------------------------------------------------------------------


def relative_error(found, true):
    """|found - true| / |true| as a float; 0 where both are 0 or the same infinity."""
    found = mpmath.mpf(float(found))
    if found == true:
        return 0.0
    if true == 0 or not mpmath.isfinite(true) or not mpmath.isfinite(found):
        return float("inf")
    return float(abs((found - true) / true))


def epsilons_off(found, true, dtype):
    """The largest relative error of `found`, in machine epsilons of `dtype`.

    Where the true value is below the smallest normal number, an error of one smallest subnormal
    number counts as one epsilon.
    """
    info = np.finfo(dtype)
    worst = 0.0
    for one_found, one_true in zip(np.ravel(found), _flat(true), strict=True):
        if abs(one_true) < info.tiny:
            step = mpmath.mpf(float(info.smallest_subnormal))
            error = float(abs(mpmath.mpf(float(one_found)) - one_true) / step)
        else:
            error = relative_error(one_found, one_true) / float(info.eps)
        worst = max(worst, error)
    return worst


def _flat(nested):
    if isinstance(nested, list):
        return [entry for row in nested for entry in _flat(row)]
    return [nested]


# --- Special functions -----------------------------------------------------------------------


def mpmath_xlogy(x, y):
    return mpmath.mpf(0) if x == 0 else exact(x) * mpmath.log(exact(y))


def mpmath_logsumexp(z):
    *others, largest = sorted(exact(z))
    return largest + mpmath.log1p(mpmath.fsum(mpmath.exp(v - largest) for v in others))


def mpmath_softmax(z, temperature=1.0):
    scaled = [v / mpmath.mpf(temperature) for v in exact(z)]
    powers = [mpmath.exp(v) for v in scaled]  # mpmath has no overflow
    total = mpmath.fsum(powers)
    return [power / total for power in powers]


def mpmath_log_softmax(z, temperature=1.0):
    """-log1p of the odds against each class, so that confident rows need no extra digits."""
    scaled = [v / mpmath.mpf(temperature) for v in exact(z)]
    answers = []
    for k, own in enumerate(scaled):
        others = scaled[:k] + scaled[k + 1 :]
        answers.append(-mpmath.log1p(mpmath.fsum(mpmath.exp(v - own) for v in others)))
    return answers


def mpmath_sigmoid(z):
    return 1 / (1 + mpmath.exp(-exact(z)))


def mpmath_softplus(z):
    z = exact(z)
    return mpmath.log1p(mpmath.exp(z)) if z < 0 else z + mpmath.log1p(mpmath.exp(-z))


def mpmath_log_sigmoid(z):
    return -mpmath_softplus(-np.asarray(z))


def mpmath_logit(p):
    p = exact(p)
    return mpmath.log(p) - mpmath.log1p(-p)


def scipy_xlogy(x, y):
    return scipy.special.xlogy(x, y)


def scipy_logsumexp(z):
    return scipy.special.logsumexp(z, axis=-1)


def scipy_softmax(z):
    return scipy.special.softmax(z, axis=-1)


def scipy_log_softmax(z):
    return scipy.special.log_softmax(z, axis=-1)


# --- Measures of information -----------------------------------------------------------------


def mpmath_surprisal(p):
    return -mpmath.log(exact(p))


def mpmath_cross_entropy(p, q):
    """Of the stored numbers as they are; infinite where q = 0 < p."""
    terms = []
    for a, b in zip(exact(p), exact(q), strict=True):
        if a > 0:
            terms.append(mpmath.inf if b == 0 else -a * mpmath.log(b))
    return mpmath.fsum(terms)


def mpmath_entropy(p):
    return mpmath_cross_entropy(p, p)


def mpmath_binary_entropy(p):
    p = exact(p)
    return mpmath.mpf(0) if p in (0, 1) else -p * mpmath.log(p) - (1 - p) * mpmath.log1p(-p)


def mpmath_normalised(p):
    p = exact(p)
    total = mpmath.fsum(p)
    return [a / total for a in p]


def _divergence(p, q):
    terms = []
    for a, b in zip(p, q, strict=True):
        if a > 0:
            terms.append(mpmath.inf if b == 0 else a * mpmath.log(a / b))
    return mpmath.fsum(terms)


def mpmath_kl_divergence(p, q):
    """Of the distributions that the stored numbers are proportional to."""
    return _divergence(mpmath_normalised(p), mpmath_normalised(q))


def mpmath_js_divergence(p, q):
    p, q = mpmath_normalised(p), mpmath_normalised(q)
    m = [(a + b) / 2 for a, b in zip(p, q, strict=True)]
    return (_divergence(p, m) + _divergence(q, m)) / 2


def mpmath_conditional_entropy(joint):
    """Of the stored numbers as they are: H(Y | X), X along the rows."""
    terms = []
    for row in exact(joint):
        total = mpmath.fsum(row)
        terms += [-entry * mpmath.log(entry / total) for entry in row if entry > 0]
    return mpmath.fsum(terms)


def mpmath_mutual_information(joint):
    """Of the distribution that the stored table is proportional to."""
    joint = exact(joint)
    total = mpmath.fsum(mpmath.fsum(row) for row in joint)
    rows = [mpmath.fsum(row) / total for row in joint]
    columns = [mpmath.fsum(column) / total for column in zip(*joint, strict=True)]
    flat = [entry / total for row in joint for entry in row]
    return _divergence(flat, [a * b for a in rows for b in columns])


def scipy_entropy(p):
    return scipy.stats.entropy(p, axis=-1)


def scipy_cross_entropy(p, q):
    """scipy.stats.entropy of p plus its divergence from q, both of normalised arguments."""
    return scipy.stats.entropy(p, axis=-1) + scipy.stats.entropy(p, q, axis=-1)


def scipy_kl_divergence(p, q):
    return scipy.special.rel_entr(p, q).sum(axis=-1)


def scipy_js_divergence(p, q):
    """SciPy returns the distance, the square root of the divergence."""
    return scipy.spatial.distance.jensenshannon(p, q, axis=-1) ** 2


# --- Codes -----------------------------------------------------------------------------------


def exhaustive_least_expected_length(p):
    """The least expected length over all lengths that satisfy Kraft's inequality, exactly."""
    p = [Fraction(probability) for probability in p]
    choices = product(range(1, max(len(p), 2)), repeat=len(p))
    return min(
        sum(a * length for a, length in zip(p, lengths, strict=True))
        for lengths in choices
        if sum(Fraction(1, 2**length) for length in lengths) <= 1
    )
