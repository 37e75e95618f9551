r"""Measures of information, in nats unless `base` says otherwise.

Truth first, model second: ``cross_entropy(p, q)`` is the cost of outcomes from `p` under a code
for `q`. Outcomes lie on the last axis. Nothing is clipped or renormalised: probability zero for
an outcome that happens costs infinity.

All work is done in float64; the result is rounded once to the dtype of the input.
"""

import math

import numpy as np

from ._arithmetic import (
    accurate_sum,
    difference_of_products,
    narrow,
    pair_sum,
    two_sum,
    widen,
)
from ._validation import (
    check_same_outcomes,
    distribution,
    joint_distribution,
    log_base,
    probabilities,
)
from .special import _xlogy

__all__ = [
    "binary_entropy",
    "conditional_entropy",
    "cross_entropy",
    "entropy",
    "js_divergence",
    "kl_divergence",
    "mutual_information",
    "perplexity",
    "surprisal",
]


def surprisal(p, *, base=None):
    r"""Compute how surprising an outcome of probability `p` is.

    .. math:: s(p) = -\log p

    Parameters
    ----------
    p : array_like
        Probabilities of any shape; they need not sum to 1.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits.

    Returns
    -------
    float or ndarray
        Surprisal in the shape of `p`: 0 where `p` is 1, infinite where `p` is 0.

    Raises
    ------
    ValueError
        If `p` lies outside [0, 1], holds NaN or is empty, or if `base` is not greater than 1.

    See Also
    --------
    entropy : The expected surprisal.

    References
    ----------
    .. [1] C. E. Shannon, "A mathematical theory of communication", Bell System Technical Journal
       27 (1948), 379-423.

    Examples
    --------
    >>> print(surprisal([1, 1 / 2, 1 / 8], base=2), "bits")
    [0. 1. 3.] bits
    >>> print(surprisal(0), "nats")
    inf nats
    """
    p, unit = probabilities(p, name="p"), log_base(base)

    with np.errstate(divide="ignore"):
        return _in_unit(0.0 - np.log(widen(p)), unit, p)


def entropy(p, *, base=None):
    r"""Compute the expected surprisal of an outcome from `p`.

    .. math:: H(p) = -\sum_{k=1}^{K} p_k \log p_k

    Parameters
    ----------
    p : array_like, shape (..., K)
        Distribution.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits.

    Returns
    -------
    float or ndarray, shape (...)
        Entropy: 0 for a certain outcome, at most :math:`\log K`.

    Raises
    ------
    ValueError
        If `p` is not a distribution, or if `base` is not greater than 1.

    See Also
    --------
    cross_entropy : The same expectation under a model.
    binary_entropy : The entropy of one probability.

    Notes
    -----
    An outcome with :math:`p_k = 0` contributes nothing.

    References
    ----------
    .. [1] T. M. Cover and J. A. Thomas, *Elements of Information Theory*, 2nd ed., Wiley, 2006,
       Section 2.1.

    Examples
    --------
    >>> print(entropy([1 / 2, 1 / 4, 1 / 8, 1 / 8], base=2), "bits")
    1.75 bits
    """
    p, unit = distribution(p, name="p"), log_base(base)

    nats = accurate_sum(0.0 - _xlogy(widen(p), widen(p)))  # 0.0 - x is never -0.0
    return _in_unit(nats, unit, p)


def binary_entropy(p, *, base=None):
    r"""Compute the entropy of an event of probability `p`.

    .. math:: h(p) = -p \log p - (1 - p) \log(1 - p)

    Parameters
    ----------
    p : array_like
        Probabilities of any shape, one event each.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits.

    Returns
    -------
    float or ndarray
        Entropy in the shape of `p`: 0 where `p` is 0 or 1, largest at 1/2.

    Raises
    ------
    ValueError
        If `p` lies outside [0, 1], holds NaN or is empty, or if `base` is not greater than 1.

    See Also
    --------
    entropy : ``entropy([p, 1 - p])``, which rounds ``1 - p`` first.

    References
    ----------
    .. [1] T. M. Cover and J. A. Thomas, *Elements of Information Theory*, 2nd ed., Wiley, 2006,
       Example 2.1.1.

    Examples
    --------
    >>> print(binary_entropy([0, 1 / 2, 1], base=2), "bits")
    [0. 1. 0.] bits
    >>> print(f"{binary_entropy(0.9, base=2):.4f} bits")
    0.4690 bits
    """
    p, unit = probabilities(p, name="p"), log_base(base)

    wide = widen(p)
    log_complement = np.log1p(-wide, out=np.zeros(wide.shape), where=wide < 1)
    nats = 0.0 - _xlogy(wide, wide) - (1.0 - wide) * log_complement
    return _in_unit(nats, unit, p)


def cross_entropy(p, q, *, base=None):
    r"""Compute the expected code length for outcomes from `p` under a code for `q`.

    .. math:: H(p, q) = -\sum_{k=1}^{K} p_k \log q_k

    Parameters
    ----------
    p : array_like, shape (..., K)
        True distribution.
    q : array_like, shape (..., K)
        Model distribution. Leading axes broadcast against those of `p`.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits.

    Returns
    -------
    float or ndarray, shape (...)
        Cross-entropy, at least ``entropy(p)``. Infinite where `q` gives zero probability to an
        outcome that `p` allows.

    Raises
    ------
    ValueError
        If `p` or `q` is not a distribution, if they differ in K, if their leading axes do not
        broadcast, or if `base` is not greater than 1.

    See Also
    --------
    kl_divergence : The excess over ``entropy(p)``.

    Notes
    -----
    An outcome with :math:`p_k = 0` contributes nothing, even if :math:`q_k = 0`. Nothing is
    clipped or renormalised; scikit-learn's ``log_loss`` clips, so it stays finite where this
    function does not.

    References
    ----------
    .. [1] K. P. Murphy, *Probabilistic Machine Learning: An Introduction*, MIT Press, 2022,
       Section 6.1.2.

    Examples
    --------
    >>> print(f"{cross_entropy([1 / 2, 1 / 2], [1 / 4, 3 / 4], base=2):.4f} bits")
    1.2075 bits
    >>> print(cross_entropy([1, 0], [0, 1]), "nats")
    inf nats
    """
    p, q = distribution(p, name="p"), distribution(q, name="q")
    check_same_outcomes(p, q)
    unit = log_base(base)

    nats = accurate_sum(0.0 - _xlogy(widen(p), widen(q)))
    return _in_unit(nats, unit, p, q)


def kl_divergence(p, q, *, base=None):
    r"""Compute the extra code length for outcomes from `p` under a code for `q`.

    .. math:: D(p \| q) = \sum_{k=1}^{K} p_k \log \frac{p_k}{q_k}

    Parameters
    ----------
    p : array_like, shape (..., K)
        True distribution.
    q : array_like, shape (..., K)
        Model distribution. Leading axes broadcast against those of `p`.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits.

    Returns
    -------
    float or ndarray, shape (...)
        Kullback-Leibler divergence: never negative, 0 where `p` equals `q`, infinite where `q`
        gives zero probability to an outcome that `p` allows.

    Raises
    ------
    ValueError
        If `p` or `q` is not a distribution, if they differ in K, if their leading axes do not
        broadcast, or if `base` is not greater than 1.

    See Also
    --------
    cross_entropy : ``entropy(p) + kl_divergence(p, q)``.
    js_divergence : A symmetric form that is never infinite.

    Notes
    -----
    Stored probabilities sum to 1 only up to rounding. The result is the divergence of the
    distributions they are proportional to, P = p / sum(p) and Q = q / sum(q): for that one
    alone does the theorem of Gibbs hold to the last digit. It is evaluated as

    .. math:: D = \sum_{k=1}^{K} \Bigl( P_k \log \frac{P_k}{Q_k} - P_k + Q_k \Bigr),

    the same number, since P and Q have equal sums. No term is negative, so nothing cancels, and
    nearly equal distributions keep their digits: within 8 machine epsilons of the exact value.

    References
    ----------
    .. [1] S. Kullback and R. A. Leibler, "On information and sufficiency", Annals of
       Mathematical Statistics 22 (1951), 79-86.

    Examples
    --------
    >>> print(f"{kl_divergence([1 / 2, 1 / 2], [1 / 4, 3 / 4], base=2):.4f} bits")
    0.2075 bits
    >>> print(kl_divergence([1 / 2, 1 / 2], [1, 0]), "nats")
    inf nats
    """
    p, q = distribution(p, name="p"), distribution(q, name="q")
    check_same_outcomes(p, q)
    unit = log_base(base)

    p_scaled, q_scaled, difference, scale = _on_one_scale(widen(p), widen(q))
    with np.errstate(over="ignore", under="ignore"):
        ratio = q_scaled / np.where(p_scaled > 0, p_scaled, 1.0)
        nats = accurate_sum(_excess(p_scaled, q_scaled, difference, ratio)) / scale
    return _in_unit(nats, unit, p, q)


def js_divergence(p, q, *, base=None):
    r"""Compute the Jensen-Shannon divergence.

    .. math::
        \mathrm{JS}(p, q) = \tfrac{1}{2} D(p \| m) + \tfrac{1}{2} D(q \| m),
        \qquad m = \tfrac{1}{2} (p + q)

    Parameters
    ----------
    p, q : array_like, shape (..., K)
        Distributions. Their leading axes broadcast.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits.

    Returns
    -------
    float or ndarray, shape (...)
        Divergence: symmetric, 0 where `p` equals `q`, at most log 2 (1 bit), which is reached
        where no outcome is possible under both.

    Raises
    ------
    ValueError
        If `p` or `q` is not a distribution, if they differ in K, if their leading axes do not
        broadcast, or if `base` is not greater than 1.

    See Also
    --------
    kl_divergence : The divergence it averages.

    Notes
    -----
    As in `kl_divergence`, the distributions are those that `p` and `q` are proportional to. With
    w the difference of the two probabilities over their sum, an outcome contributes m times
    half of (1 + w) log(1 + w) + (1 - w) log(1 - w), which is never negative. Within 8 machine
    epsilons of the exact value. Its square root is a distance; some libraries return that.

    References
    ----------
    .. [1] J. Lin, "Divergence measures based on the Shannon entropy", IEEE Transactions on
       Information Theory 37 (1991), 145-151.

    Examples
    --------
    >>> print(js_divergence([1, 0], [0, 1], base=2), "bits")
    1.0 bits
    """
    p, q = distribution(p, name="p"), distribution(q, name="q")
    check_same_outcomes(p, q)
    unit = log_base(base)

    p_scaled, q_scaled, difference, scale = _on_one_scale(widen(p), widen(q))
    both = p_scaled + q_scaled
    safe = np.where(both > 0, both, 1.0)
    with np.errstate(under="ignore"):
        w, complement = np.abs(difference) / safe, 2.0 * np.minimum(p_scaled, q_scaled) / safe
        nats = accurate_sum(both * _two_sided(w, complement)) / (4.0 * scale)
    return _in_unit(np.minimum(nats, math.log(2)), unit, p, q)  # rounding alone could pass log 2


def perplexity(p, q=None):
    r"""Compute the number of equally likely outcomes that would be as surprising.

    .. math:: \mathrm{PP}(p, q) = e^{H(p, q)}

    Parameters
    ----------
    p : array_like, shape (..., K)
        True distribution.
    q : array_like, shape (..., K), optional
        Model distribution. None takes `p` itself: the perplexity of a distribution.

    Returns
    -------
    float or ndarray, shape (...)
        Perplexity, at least 1; K for the uniform distribution over K outcomes. It is a count and
        has no unit, so there is no `base`: 2 to the bits and e to the nats are one number.

    Raises
    ------
    ValueError
        If `p` or `q` is not a distribution, if they differ in K, or if their leading axes do not
        broadcast.

    See Also
    --------
    cross_entropy : Its logarithm.

    Notes
    -----
    Infinite where the cross-entropy is, or where it exceeds the logarithm of the largest float
    of the dtype.

    References
    ----------
    .. [1] F. Jelinek, R. L. Mercer, L. R. Bahl and J. K. Baker, "Perplexity: a measure of the
       difficulty of speech recognition tasks", Journal of the Acoustical Society of America 62
       (1977), S63.

    Examples
    --------
    >>> print(f"{perplexity([1 / 6] * 6):.4f}")
    6.0000
    >>> print(perplexity([1, 0], [1 / 2, 1 / 2]))
    2.0
    """
    p = distribution(p, name="p")
    q = p if q is None else distribution(q, name="q")
    check_same_outcomes(p, q)

    with np.errstate(over="ignore"):
        return narrow(np.exp(accurate_sum(0.0 - _xlogy(widen(p), widen(q)))), p, q)


def conditional_entropy(joint, *, base=None):
    r"""Compute the entropy of Y that is left once X is known.

    .. math:: H(Y \mid X) = -\sum_{x, y} p(x, y) \log \frac{p(x, y)}{p(x)}

    Parameters
    ----------
    joint : array_like, shape (..., J, K)
        Joint distribution: ``joint[x, y]``, X along the rows and Y along the columns, sums to 1
        over the last two axes. For H(X | Y), pass the transpose.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits.

    Returns
    -------
    float or ndarray, shape (...)
        Conditional entropy: 0 where X determines Y, at most the entropy of Y.

    Raises
    ------
    ValueError
        If `joint` is not a distribution over its last two axes, or if `base` is not greater
        than 1.

    See Also
    --------
    mutual_information : The part of the entropy of Y that X takes away.

    Notes
    -----
    The ratio p(x) / p(x, y) is 1 plus the odds against y in row x. The odds are formed from the
    sum of the other entries, so a row that all but determines Y keeps its digits.

    References
    ----------
    .. [1] T. M. Cover and J. A. Thomas, *Elements of Information Theory*, 2nd ed., Wiley, 2006,
       Section 2.2.

    Examples
    --------
    >>> joint = [[1 / 2, 0], [1 / 4, 1 / 4]]  # X = 0 determines Y, X = 1 tells nothing
    >>> print(conditional_entropy(joint, base=2), "bits")
    0.5 bits
    """
    joint, unit = joint_distribution(joint, name="joint"), log_base(base)

    wide = widen(joint)
    possible = np.where(wide > 0, wide, 1.0)
    with np.errstate(over="ignore", under="ignore"):
        odds_against = np.minimum(_others(wide) / possible, np.finfo(float).max)
        nats = accurate_sum(_flat(wide * np.log1p(odds_against)))
    return _in_unit(nats, unit, joint)


def mutual_information(joint, *, base=None):
    r"""Compute how much knowing X tells about Y, and Y about X.

    .. math:: I(X; Y) = \sum_{x, y} p(x, y) \log \frac{p(x, y)}{p(x) \, p(y)}

    Parameters
    ----------
    joint : array_like, shape (..., J, K)
        Joint distribution: ``joint[x, y]``, X along the rows and Y along the columns, sums to 1
        over the last two axes.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits.

    Returns
    -------
    float or ndarray, shape (...)
        Mutual information: never negative, 0 where X and Y are independent.

    Raises
    ------
    ValueError
        If `joint` is not a distribution over its last two axes, or if `base` is not greater
        than 1.

    See Also
    --------
    kl_divergence : It is the divergence of the joint distribution from the product.
    conditional_entropy : The entropy of Y less the mutual information.

    Notes
    -----
    As in `kl_divergence`, the distribution is the one that `joint` is proportional to, and every
    term of the sum is non-negative. Within 8 machine epsilons of the exact value, except that an
    amount below 1e-30, which is what rounding leaves of independence, keeps fewer digits.

    References
    ----------
    .. [1] T. M. Cover and J. A. Thomas, *Elements of Information Theory*, 2nd ed., Wiley, 2006,
       Section 2.3.

    Examples
    --------
    >>> print(mutual_information([[1 / 2, 0], [0, 1 / 2]], base=2), "bits")
    1.0 bits
    >>> print(mutual_information([[1 / 4, 1 / 4], [1 / 4, 1 / 4]], base=2), "bits")
    0.0 bits
    """
    joint, unit = joint_distribution(joint, name="joint"), log_base(base)

    wide = widen(joint)
    rows = _spread(pair_sum(wide), axes=(-1,))
    columns = _spread(pair_sum(np.swapaxes(wide, -1, -2)), axes=(-2,))
    total = _spread(pair_sum(_flat(wide)), axes=(-2, -1))
    with np.errstate(over="ignore", under="ignore"):
        dependent, independent = wide * total[0], rows[0] * columns[0]
        difference = difference_of_products(rows, columns, (wide, 0.0), total)
        ratio = rows[0] / np.where(wide > 0, wide, 1.0) * (columns[0] / total[0])
        excess = _excess(dependent, independent, difference, ratio)
        nats = accurate_sum(_flat(excess)) / total[0][..., 0, 0] ** 2
    return _in_unit(nats, unit, joint)


def _in_unit(nats, unit, *like):
    """Divide an amount in nats by the nats of one unit, rounding to the dtype of `like`."""
    with np.errstate(under="ignore"):
        return narrow(nats / unit, *like)


def _on_one_scale(p, q):
    """Return p * sum(q) and q * sum(p), whose sums are equal, their difference, and that sum.

    The difference, second less first, is (q - p) sum(p) - p sum(q - p), which keeps its leading
    digits where the two nearly agree.
    """
    p_sum, q_sum = (_spread(pair_sum(x), axes=(-1,)) for x in (p, q))
    with np.errstate(under="ignore"):
        change = two_sum(q, -p)
        high, low = pair_sum(change[0])
        change_sum = _spread((high, low + change[1].sum(axis=-1)), axes=(-1,))
        difference = difference_of_products(change, p_sum, (p, 0.0), change_sum)
        return p * q_sum[0], q * p_sum[0], difference, (p_sum[0] * q_sum[0])[..., 0]


def _excess(a, b, difference, ratio):
    """Return a log(a / b) - a + b for `a`, `b` at or above 0, given b - a and, where a > 0, b / a.

    It is never negative: the gap between the logarithm and its tangent. With s the difference
    over the sum, log(b / a) = 2 atanh(s), whose series starts with the part that cancels.
    """
    total = a + b
    with np.errstate(over="ignore", under="ignore"):
        s = np.divide(difference, total, out=np.zeros_like(total), where=total > 0)
        near = s * (difference - 2.0 * a * _atanh_tail(np.clip(s, -1 / 3, 1 / 3)))
        far = difference - _xlogy(a, np.minimum(ratio, np.finfo(float).max))
    return np.where(np.abs(s) <= 1 / 3, near, far)


def _atanh_tail(s):
    """Return atanh(s) / s - 1 by its series, s^2 / 3 + s^4 / 5 + ..., for at most 1/3 = |s|."""
    square, tail = s * s, 0.0
    for n in range(17, 0, -1):  # the 18th term is below 2**-56 of the first
        tail = square * (tail + 1.0 / (2 * n + 1))
    return tail


def _two_sided(w, complement):
    """Return (1 + w) log(1 + w) + (1 - w) log(1 - w) for `w` in [0, 1], given 1 - w.

    The parts that are odd in w cancel, so the series starts with w^2.
    """
    square, near = np.minimum(w, 0.6) ** 2, 0.0
    for n in range(32, 0, -1):  # at 0.6 the 33rd term is below 2**-56 of the first
        near = square * (near + 1.0 / (n * (2 * n - 1)))
    return np.where(w <= 0.6, near, (1.0 + w) * np.log1p(w) + _xlogy(complement, complement))


def _others(x):
    """Sum, for every entry, the other entries on the last axis."""
    largest = np.argmax(x, axis=-1)[..., np.newaxis]
    without_largest = x.copy()
    np.put_along_axis(without_largest, largest, 0.0, axis=-1)
    others = accurate_sum(x)[..., np.newaxis] - x
    np.put_along_axis(others, largest, accurate_sum(without_largest)[..., np.newaxis], axis=-1)
    return others


def _flat(table):
    """Join the last two axes into one."""
    return table.reshape(*table.shape[:-2], -1)


def _spread(pair, *, axes):
    """Give both parts of a pair an axis of length 1 at `axes`."""
    return tuple(np.expand_dims(part, axes) for part in pair)
