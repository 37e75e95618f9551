"""Elementary functions that stay accurate where their textbook formulas do not.

Every function works in float64 and rounds once to the dtype of its input, so a float32 result is
right to the last digit but one. NaN is refused with a ``ValueError``; no function clips.
"""

import numpy as np

from ._arithmetic import accurate_sum, narrow, two_product, two_sum, widen
from ._validation import (
    binary_logits,
    check_broadcast,
    finite_array,
    logits,
    non_negative_array,
    positive,
    probabilities,
    vectors,
)

__all__ = [
    "log_sigmoid",
    "log_softmax",
    "logit",
    "logsumexp",
    "sigmoid",
    "softmax",
    "softplus",
    "xlogy",
]


def xlogy(x, y):
    r"""Compute :math:`x \log y`, which is 0 where `x` is 0.

    Parameters
    ----------
    x : array_like
        Finite factor.
    y : array_like
        Non-negative argument of the natural logarithm; its shape broadcasts against that of `x`.

    Returns
    -------
    float or ndarray
        Elementwise product, 0 where `x` is 0 whatever `y`, and infinite where `y` is 0 or
        infinite and `x` is not 0.

    Raises
    ------
    ValueError
        If `x` is not finite, if `y` is negative, if either holds NaN or is empty, or if their
        shapes do not broadcast.

    Notes
    -----
    :math:`x \log x \to 0` as :math:`x \to 0`, so an impossible outcome adds nothing to an
    expectation. The convention is computed, not repaired: 0 times infinity never occurs.

    References
    ----------
    .. [1] T. M. Cover and J. A. Thomas, *Elements of Information Theory*, 2nd ed., Wiley, 2006,
       Section 2.1.

    Examples
    --------
    >>> import numpy as np
    >>> print(xlogy([0, 2], [0, np.e]))
    [0. 2.]
    >>> print(xlogy(0.5, 0))
    -inf
    """
    x, y = finite_array(x, name="x"), non_negative_array(y, name="y")
    check_broadcast(x, y, names=("x", "y"))

    return narrow(_xlogy(widen(x), widen(y)), x, y)


def logsumexp(z):
    r"""Compute the logarithm of a sum of exponentials over the last axis.

    .. math:: \operatorname{logsumexp}(z) = \log \sum_{k=1}^{K} e^{z_k}

    Parameters
    ----------
    z : array_like, shape (..., K)
        Exponents; infinities are allowed.

    Returns
    -------
    float or ndarray, shape (...)
        At least the largest exponent, at most that plus :math:`\log K`.

    Raises
    ------
    ValueError
        If `z` holds NaN, is empty or is a single number.

    See Also
    --------
    log_softmax : ``z - logsumexp(z)``, without its cancellation.

    Notes
    -----
    With m the largest exponent, the result is m + log1p(r), where r sums the exponentials of
    the others less m. No exponential overflows. The error is a few units in the last place of
    the larger of \|m\| and log1p(r): where the two nearly cancel, fewer digits are left.

    References
    ----------
    .. [1] P. Blanchard, D. J. Higham and N. J. Higham, "Accurately computing the log-sum-exp and
       softmax functions", IMA Journal of Numerical Analysis 41 (2021), 2311-2330.

    Examples
    --------
    >>> print(f"{logsumexp([1000, 1000]):.4f}")  # 1000 + log 2
    1000.6931
    """
    z = vectors(z, name="z")

    high, low = _below_largest(widen(z))
    with np.errstate(under="ignore"):
        above_largest = np.log1p(_rest(np.minimum(high, 0.0), low))  # 0 where z is +inf
        return narrow(widen(z).max(axis=-1) + above_largest, z)


def softmax(z, *, temperature=1.0):
    r"""Turn logits into a distribution.

    .. math:: \operatorname{softmax}(z)_k = \frac{e^{z_k / T}}{\sum_{j=1}^{K} e^{z_j / T}}

    Parameters
    ----------
    z : array_like, shape (..., K)
        Logits. A logit of -inf gives probability 0.
    temperature : float, default 1.0
        Positive divisor T of the logits: above 1 flattens the distribution, below 1 sharpens it.

    Returns
    -------
    ndarray, shape (..., K)
        Probabilities in the dtype of `z`.

    Raises
    ------
    ValueError
        If `z` holds NaN or +inf, has a row of only -inf, is empty or is a single number, or if
        `temperature` is not positive and finite.

    See Also
    --------
    log_softmax : Its logarithm, without underflow.

    Notes
    -----
    Every entry is within 4 machine epsilons of the exact value for the stored `z`, relative to
    that value; an entry too small for a normal number is within the smallest subnormal number.
    Subtracting the largest logit m avoids overflow but rounds, and an error of x in an exponent
    is a relative error of x in the result: (z - m) / T is therefore carried in two parts.

    References
    ----------
    .. [1] J. S. Bridle, "Probabilistic interpretation of feedforward classification network
       outputs", in *Neurocomputing*, Springer, 1990, 227-236.

    Examples
    --------
    >>> print(softmax([1, 2, 3]).round(4))
    [0.09   0.2447 0.6652]
    >>> print(softmax([1000, 1000]))
    [0.5 0.5]
    """
    z, temperature = logits(z, name="z"), positive(temperature, name="temperature")

    with np.errstate(over="ignore", under="ignore"):
        weights = _exp(*_below_largest(widen(z), temperature))
        return narrow(weights / accurate_sum(weights)[..., np.newaxis], z)


def log_softmax(z, *, temperature=1.0):
    r"""Compute the logarithm of the softmax.

    .. math:: \log \operatorname{softmax}(z)_k = z_k / T - \log \sum_{j=1}^{K} e^{z_j / T}

    Parameters
    ----------
    z : array_like, shape (..., K)
        Logits. A logit of -inf stays -inf.
    temperature : float, default 1.0
        Positive divisor T of the logits.

    Returns
    -------
    ndarray, shape (..., K)
        Log-probabilities in nats, at most 0, in the dtype of `z`.

    Raises
    ------
    ValueError
        If `z` holds NaN or +inf, has a row of only -inf, is empty or is a single number, or if
        `temperature` is not positive and finite.

    See Also
    --------
    softmax : The probabilities themselves.

    Notes
    -----
    With d the distance of a logit below the largest one, in units of T, and r the sum of
    exp(-d) over the *other* logits, the result is -(d + log1p(r)): two terms of one sign, so
    nothing cancels, and a confident row keeps its digits where log(softmax(z)) rounds to 0.
    Every entry is within 4 machine epsilons of the exact value, relative to that value.

    References
    ----------
    .. [1] P. Blanchard, D. J. Higham and N. J. Higham, "Accurately computing the log-sum-exp and
       softmax functions", IMA Journal of Numerical Analysis 41 (2021), 2311-2330.

    Examples
    --------
    >>> print(log_softmax([0, 0]).round(4))
    [-0.6931 -0.6931]
    >>> print(f"{log_softmax([50, 0])[0]:.4e}")  # the probability itself rounds to 1
    -1.9287e-22
    """
    z, temperature = logits(z, name="z"), positive(temperature, name="temperature")

    with np.errstate(over="ignore", under="ignore"):
        high, low = _below_largest(widen(z), temperature)
        log_total = np.log1p(_rest(high, low))[..., np.newaxis]
        return narrow((high - log_total) + low, z)


def sigmoid(z):
    r"""Turn a logit into a probability.

    .. math:: \sigma(z) = \frac{1}{1 + e^{-z}}

    Parameters
    ----------
    z : array_like
        Logits of any shape; -inf gives 0 and +inf gives 1.

    Returns
    -------
    float or ndarray
        Probabilities in the shape and dtype of `z`.

    Raises
    ------
    ValueError
        If `z` holds NaN or is empty.

    See Also
    --------
    logit : Its inverse.
    softmax : Its form for several classes; ``softmax([0, z])[1]`` is ``sigmoid(z)``.

    Notes
    -----
    For negative `z` the form exp(z) / (1 + exp(z)) keeps every digit of a tiny probability.
    Within 4 machine epsilons of the exact value, relative to it; a result too small for a normal
    number is within the smallest subnormal number.

    References
    ----------
    .. [1] C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer, 2006,
       Section 4.2.

    Examples
    --------
    >>> print(sigmoid([-1000, 0, 1000]))
    [0.  0.5 1. ]
    """
    z = binary_logits(z, name="z")

    with np.errstate(under="ignore"):
        small = np.exp(-np.abs(widen(z)))
        return narrow(np.where(z < 0, small, 1.0) / (1.0 + small), z)


def log_sigmoid(z):
    r"""Compute the logarithm of the sigmoid.

    .. math:: \log \sigma(z) = -\log(1 + e^{-z})

    Parameters
    ----------
    z : array_like
        Logits of any shape; -inf gives -inf and +inf gives 0.

    Returns
    -------
    float or ndarray
        Log-probabilities in nats, in the shape and dtype of `z`.

    Raises
    ------
    ValueError
        If `z` holds NaN or is empty.

    See Also
    --------
    softplus : ``log_sigmoid(z)`` is ``-softplus(-z)``.

    Notes
    -----
    Within 4 machine epsilons of the exact value, relative to it.

    References
    ----------
    .. [1] C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer, 2006,
       Section 4.2.

    Examples
    --------
    >>> print(log_sigmoid([-1000, 1000]))
    [-1000.     0.]
    """
    z = binary_logits(z, name="z")

    with np.errstate(under="ignore"):
        return narrow(0.0 - _softplus(-widen(z)), z)


def softplus(z):
    r"""Compute the smooth form of max(z, 0).

    .. math:: \operatorname{softplus}(z) = \log(1 + e^{z})

    Parameters
    ----------
    z : array_like
        Numbers of any shape; -inf gives 0 and +inf gives +inf.

    Returns
    -------
    float or ndarray
        Non-negative numbers in the shape and dtype of `z`.

    Raises
    ------
    ValueError
        If `z` holds NaN or is empty.

    See Also
    --------
    log_sigmoid : ``softplus(z)`` is ``-log_sigmoid(-z)``, the loss of a logit at label 0.

    Notes
    -----
    Computed as max(z, 0) + log1p(exp(-\|z\|)), which neither overflows nor cancels. Within 4
    machine epsilons of the exact value, relative to it; a result too small for a normal number
    is within the smallest subnormal number.

    References
    ----------
    .. [1] C. Dugas, Y. Bengio, F. Bélisle, C. Nadeau and R. Garcia, "Incorporating second-order
       functional knowledge for better option pricing", NIPS 13, 2001, 472-478.

    Examples
    --------
    >>> print(softplus([-1000, 1000]))
    [   0. 1000.]
    >>> print(f"{softplus(0):.4f}")  # log 2
    0.6931
    """
    z = binary_logits(z, name="z")

    with np.errstate(under="ignore"):
        return narrow(_softplus(widen(z)), z)


def logit(p):
    r"""Compute the log-odds of a probability, the inverse of the sigmoid.

    .. math:: \operatorname{logit}(p) = \log \frac{p}{1 - p}

    Parameters
    ----------
    p : array_like
        Probabilities of any shape.

    Returns
    -------
    float or ndarray
        Log-odds in nats: -inf at 0, 0 at 1/2, +inf at 1.

    Raises
    ------
    ValueError
        If `p` lies outside [0, 1], holds NaN or is empty.

    See Also
    --------
    sigmoid : Its inverse.

    Notes
    -----
    Between 1/4 and 3/4 the odds are close to 1, where their logarithm loses digits. There, with
    the exact difference d = 2p - 1, the result is the odd function log1p(2d / (1 - d)).
    Within 4 machine epsilons of the exact value, relative to it.

    References
    ----------
    .. [1] C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer, 2006,
       Section 4.2.

    Examples
    --------
    >>> print(logit([0, 0.5, 1]))
    [-inf   0.  inf]
    >>> print(f"{logit(0.9):.4f}")  # log 9
    2.1972
    """
    p = probabilities(p, name="p")

    wide = widen(p)
    with np.errstate(divide="ignore"):
        log_odds = np.log(wide / (1.0 - wide))
    d = np.clip(2.0 * wide - 1.0, -0.5, 0.5)
    near_half = np.copysign(np.log1p(2.0 * np.abs(d) / (1.0 - np.abs(d))), d)
    return narrow(np.where(np.abs(2.0 * wide - 1.0) <= 0.5, near_half, log_odds), p)


def _xlogy(x, y):
    """Return x * log(y) in float64, 0 where `x` is 0."""
    log_y = np.full(y.shape, -np.inf)
    np.log(y, out=log_y, where=y > 0)
    product = np.zeros(np.broadcast_shapes(x.shape, y.shape))
    with np.errstate(over="ignore", under="ignore"):
        return np.multiply(x, log_y, out=product, where=x != 0)


def _softplus(z):
    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))


def _below_largest(z, temperature=1.0):
    """Return (z - max(z)) / temperature over the last axis, as a pair (high, low).

    The subtraction is exact in two parts, and the quotient of its high part is corrected by the
    exact remainder. The power of two in the temperature is taken off exactly: before the
    subtraction where it shrinks, after it where it stretches, so that only a result overflows.
    """
    divisor, exponent = np.frexp(temperature)
    shrink, stretch = -max(exponent, 0), -min(exponent, 0)
    with np.errstate(all="ignore"):
        if temperature != 1.0:
            z = np.ldexp(z, shrink)
        largest = z.max(axis=-1, keepdims=True)
        high, low = two_sum(z, -np.where(np.isfinite(largest), largest, 0.0))
        if temperature != 1.0:
            dividend, dividend_low = np.ldexp(high, stretch), np.ldexp(low, stretch)
            high = dividend / divisor
            product, product_low = two_product(high, divisor)
            low = (((dividend - product) - product_low) + dividend_low) / divisor
    return high, np.where(np.isfinite(low), low, 0.0)  # an infinite high has nothing to correct


def _exp(high, low):
    """Return exp(high + low) for a `low` below the last digit of `high`."""
    power = np.exp(high)
    return power + power * low


def _rest(high, low):
    """Sum exp(high + low) over the last axis without the largest term."""
    weights = _exp(high, low)
    largest = np.argmax(high, axis=-1)[..., np.newaxis]
    np.put_along_axis(weights, largest, 0.0, axis=-1)
    return accurate_sum(weights)
