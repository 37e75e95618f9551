"""Losses: what one prediction costs, given what happened.

Truth first, model second; classes on the last axis; natural logarithms. Every loss is returned
per example, in the dtype of the model's argument, so that the caller's ``.mean()`` or ``.sum()``
is visible. Only `log_loss` averages, because it mirrors scikit-learn.
"""

import math

import numpy as np

from ._arithmetic import accurate_sum, narrow, widen
from ._blocks import expected_surprisal, multiply_no_nan, sum_of_surprisals, surprisal
from ._validation import (
    binary_logits,
    category_labels,
    check_broadcast,
    check_same_length,
    check_same_outcomes,
    check_same_shape,
    clip_margin,
    distribution,
    finite_array,
    integer_labels,
    known_labels,
    logits,
    positive_array,
    positive_total,
    probabilities,
    sample_weights,
    signs,
    unchecked_table,
    unchecked_vectors,
)
from .special import softplus, xlogy

__all__ = [
    "binary_cross_entropy",
    "categorical_cross_entropy",
    "clip_probabilities",
    "gaussian_nll",
    "hinge",
    "log_loss",
    "sigmoid_cross_entropy",
    "softmax_cross_entropy",
    "sparse_categorical_cross_entropy",
    "squared_error",
]


def binary_cross_entropy(y, p):
    r"""Compute the surprise at a yes-or-no answer `y` predicted with probability `p` of yes.

    .. math:: \ell(y, p) = -y \log p - (1 - y) \log(1 - p)

    Parameters
    ----------
    y : array_like
        Labels 0 and 1, or probabilities of the label 1 (soft targets).
    p : array_like
        Predicted probabilities of the label 1; the shape broadcasts against that of `y`.

    Returns
    -------
    float or ndarray
        Loss per example in nats, in the dtype of `p`: 0 for a sure and right prediction,
        infinite for a sure and wrong one.

    Raises
    ------
    ValueError
        If `y` or `p` lies outside [0, 1], holds NaN or is empty, or if their shapes do not
        broadcast.

    See Also
    --------
    sigmoid_cross_entropy : The same loss from a logit, where p itself would round to 0 or 1.

    Notes
    -----
    Nothing is clipped, and a term with factor 0 contributes 0. :math:`\log(1 - p)` is computed
    as ``log1p(-p)``, which keeps the digits of a small `p`. Within 4 machine epsilons of the
    exact value, relative to it.

    References
    ----------
    .. [1] C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer, 2006,
       Equation 4.90.

    Examples
    --------
    >>> print(binary_cross_entropy([1, 1, 0], [0.9, 0.1, 0.1]).round(4))
    [0.1054 2.3026 0.1054]
    >>> print(binary_cross_entropy(1, 0))
    inf
    """
    y, p = probabilities(y, name="y"), probabilities(p, name="p")
    check_broadcast(y, p, names=("y", "p"))

    y_wide, p_wide = widen(y), widen(p)
    with np.errstate(divide="ignore"):
        surprise_at_1, surprise_at_0 = -np.log(p_wide), -np.log1p(-p_wide)
    return narrow(_blend(y_wide, surprise_at_1, surprise_at_0), p)


def categorical_cross_entropy(y, p):
    r"""Compute the expected surprise at a class drawn from `y`, predicted by `p`.

    .. math:: \ell(y, p) = -\sum_{k=1}^{K} y_k \log p_k

    Parameters
    ----------
    y : array_like, shape (..., K)
        True distribution of each example; a one-hot row for a known class.
    p : array_like, shape (..., K)
        Predicted distribution. Leading axes broadcast against those of `y`.

    Returns
    -------
    float or ndarray, shape (...)
        Loss per example in nats, in the dtype of `p`; infinite where `p` gives zero
        probability to a class that `y` allows.

    Raises
    ------
    ValueError
        If `y` or `p` is not a distribution, if they differ in K, or if their leading axes do
        not broadcast.

    See Also
    --------
    sparse_categorical_cross_entropy : The same loss for class numbers.
    softmax_cross_entropy : The same loss from logits.

    Notes
    -----
    The value is the cross-entropy H(y, p). Nothing is clipped or renormalised.

    References
    ----------
    .. [1] C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer, 2006,
       Equation 4.108.

    Examples
    --------
    >>> print(f"{categorical_cross_entropy([0, 1, 0], [0.2, 0.7, 0.1]):.4f}")
    0.3567
    """
    y, p = distribution(y, name="y"), distribution(p, name="p")
    check_same_outcomes(y, p, names=("y", "p"))

    return narrow(accurate_sum(0.0 - xlogy(widen(y), widen(p))), p)


def sparse_categorical_cross_entropy(y, p):
    r"""Compute the surprise at the class with number `y`, predicted by `p`.

    .. math:: \ell(y, p) = -\log p_y

    Parameters
    ----------
    y : array_like of int, shape (...)
        Class numbers 0, ..., K - 1: the shape of `p` without its last axis.
    p : array_like, shape (..., K)
        Predicted distributions.

    Returns
    -------
    float or ndarray, shape (...)
        Loss per example in nats, in the dtype of `p`; infinite where `p` gives zero
        probability to the class.

    Raises
    ------
    ValueError
        If `p` is not a distribution, or if `y` has another shape or a number out of range.
    TypeError
        If `y` does not hold integers.

    See Also
    --------
    categorical_cross_entropy : The same loss for distributions over the classes.

    Notes
    -----
    "Sparse" says how the label is written, not what is computed: the value is that of
    `categorical_cross_entropy` at the one-hot row of `y`.

    References
    ----------
    .. [1] C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer, 2006,
       Equation 4.108.

    Examples
    --------
    >>> print(f"{sparse_categorical_cross_entropy(1, [0.2, 0.7, 0.1]):.4f}")
    0.3567
    """
    p = distribution(p, name="p")
    y = integer_labels(y, classes=p.shape[-1], shape=p.shape[:-1], name="y")

    return narrow(_surprise_at(y, p), p)


def sigmoid_cross_entropy(y, z):
    r"""Compute the surprise at a yes-or-no answer `y` predicted with logit `z` of yes.

    .. math::
        \ell(y, z) = -y \log \sigma(z) - (1 - y) \log(1 - \sigma(z)), \qquad
        \sigma(z) = \frac{1}{1 + e^{-z}}

    Parameters
    ----------
    y : array_like
        Labels 0 and 1, or probabilities of the label 1 (soft targets).
    z : array_like
        Logits of the label 1, infinities allowed; the shape broadcasts against that of `y`.

    Returns
    -------
    float or ndarray
        Loss per example in nats, in the dtype of `z`.

    Raises
    ------
    ValueError
        If `y` lies outside [0, 1], if `z` holds NaN, if either is empty, or if their shapes do
        not broadcast.

    See Also
    --------
    binary_cross_entropy : The same loss from the probability.

    Notes
    -----
    Computed as y softplus(-z) + (1 - y) softplus(z): two non-negative terms, so that nothing
    cancels and nothing overflows. Within 4 machine epsilons of the exact value, relative to it.

    References
    ----------
    .. [1] C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer, 2006,
       Section 4.3.2.

    Examples
    --------
    >>> print(sigmoid_cross_entropy([1, 1, 0], [0, 2, 1000]).round(4))
    [6.931e-01 1.269e-01 1.000e+03]
    """
    y, z = probabilities(y, name="y"), binary_logits(z, name="z")
    check_broadcast(y, z, names=("y", "z"))

    y_wide, z_wide = widen(y), widen(z)
    return narrow(_blend(y_wide, softplus(-z_wide), softplus(z_wide)), z)


def softmax_cross_entropy(y, z):
    r"""Compute the surprise at a class predicted by logits `z`.

    .. math::
        \ell(y, z) = -\log \frac{e^{z_y}}{\sum_{j=1}^{K} e^{z_j}}
        \qquad\text{or}\qquad
        \ell(y, z) = -\sum_{k=1}^{K} y_k \log \frac{e^{z_k}}{\sum_{j=1}^{K} e^{z_j}}

    Parameters
    ----------
    y : array_like of int, shape (...), or array_like, shape (..., K)
        Class numbers 0, ..., K - 1, in the shape of `z` without its last axis (the left
        formula); or distributions over the classes, in the shape of `z` (the right one).
    z : array_like, shape (..., K)
        Logits. A logit of -inf stands for probability zero.

    Returns
    -------
    float or ndarray, shape (...)
        Loss per example in nats, in the dtype of `z`.

    Raises
    ------
    ValueError
        If `z` holds NaN or +inf, has a row of only -inf or is empty; if `y` has another shape,
        a class number out of range, or rows that are not distributions.
    TypeError
        If `y` has the shape of class numbers and does not hold integers.

    See Also
    --------
    sparse_categorical_cross_entropy, categorical_cross_entropy : The same from probabilities.
    softmax_cross_entropy_grad : Its gradient.

    Notes
    -----
    Dividing numerator and denominator by :math:`e^{z_y}` leaves

    .. math:: \ell(y, z) = \log\Big(1 + \sum_{j \ne y} e^{z_j - z_y}\Big),

    the logarithm of one plus the odds against the label. ``log1p`` of the odds keeps its digits
    where the model is sure and right, where the loss is near 0 and ``logsumexp(z) - z[y]``
    cancels. For class numbers the result is within 2 machine epsilons of the exact value for
    float64, and within 4 for float32, relative to it.

    References
    ----------
    .. [1] C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer, 2006,
       Section 4.3.4.

    Examples
    --------
    >>> print(softmax_cross_entropy([0, 2], [[2, 1, 0], [2, 1, 0]]).round(4))
    [0.4076 2.4076]
    >>> print(f"{softmax_cross_entropy([0.5, 0, 0.5], [2, 1, 0]):.4f}")
    1.4076
    >>> print(f"{softmax_cross_entropy(0, [50, 0]):.4e}")  # log(softmax) would say 0
    1.9287e-22
    """
    z = unchecked_vectors(z, name="z")
    if np.ndim(y) == z.ndim:
        y, z = distribution(y, name="y"), logits(z, name="z")
        check_same_shape(y, z, names=("y", "z"))
        return expected_surprisal(y, z)
    y = integer_labels(y, classes=z.shape[-1], shape=z.shape[:-1], name="y")

    return surprisal(y, z)[()]  # checks the logits on the way


def squared_error(y, prediction):
    r"""Compute the squared distance of a prediction from the true value.

    .. math:: \ell(y, \hat{y}) = (y - \hat{y})^2

    Parameters
    ----------
    y : array_like
        True values.
    prediction : array_like
        Predicted values; the shape broadcasts against that of `y`.

    Returns
    -------
    float or ndarray
        Loss per example in the squared unit of `y`, in the dtype of `prediction`.

    Raises
    ------
    ValueError
        If either is not finite or is empty, or if their shapes do not broadcast.

    See Also
    --------
    gaussian_nll : Half the squared error over the variance, plus a constant.

    References
    ----------
    .. [1] T. Hastie, R. Tibshirani and J. Friedman, *The Elements of Statistical Learning*,
       2nd ed., Springer, 2009, Section 2.4.

    Examples
    --------
    >>> print(squared_error([3, 0], [1, 0.5]))
    [4.   0.25]
    """
    y, prediction = finite_array(y, name="y"), finite_array(prediction, name="prediction")
    check_broadcast(y, prediction, names=("y", "prediction"))

    with np.errstate(over="ignore", under="ignore"):
        return narrow(np.square(widen(y) - widen(prediction)), prediction)


def hinge(y, score):
    r"""Compute by how much a score misses a margin of 1 on the right side.

    .. math:: \ell(y, s) = \max(0, 1 - y s)

    Parameters
    ----------
    y : array_like
        Labels -1 and +1. Labels 0 and 1 are refused: convert them with ``2 * y - 1``.
    score : array_like
        Signed scores, positive for the label +1; the shape broadcasts against that of `y`.

    Returns
    -------
    float or ndarray
        Loss per example, in the dtype of `score`: 0 from a margin of 1 upwards.

    Raises
    ------
    ValueError
        If `y` holds anything but -1 and +1, if `score` is not finite, if either is empty, or if
        their shapes do not broadcast.

    See Also
    --------
    sigmoid_cross_entropy : Never 0, for labels 0 and 1.

    References
    ----------
    .. [1] T. Hastie, R. Tibshirani and J. Friedman, *The Elements of Statistical Learning*,
       2nd ed., Springer, 2009, Section 12.3.2.

    Examples
    --------
    >>> print(hinge([1, 1, -1], [2, 0.25, 0.25]))
    [0.   0.75 1.25]
    """
    y, score = signs(y, name="y"), finite_array(score, name="score")
    check_broadcast(y, score, names=("y", "score"))

    return narrow(np.maximum(0.0, 1.0 - y * widen(score)), score)


def gaussian_nll(y, mean, variance):
    r"""Compute the negative log-density of `y` under a Gaussian.

    .. math:: \ell(y, \mu, \sigma^2) = \frac{1}{2} \log(2 \pi \sigma^2)
        + \frac{(y - \mu)^2}{2 \sigma^2}

    Parameters
    ----------
    y : array_like
        True values.
    mean : array_like
        Predicted means.
    variance : array_like
        Predicted variances, positive (not standard deviations). The shapes of the three
        broadcast.

    Returns
    -------
    float or ndarray
        Loss per example in nats, in the dtype of `mean`. It may be negative: a density may
        exceed 1.

    Raises
    ------
    ValueError
        If any is not finite or is empty, if a variance is not positive, or if the shapes do not
        broadcast.

    See Also
    --------
    squared_error : What is left when the variance is one constant.

    Notes
    -----
    The constant :math:`\frac{1}{2} \log 2\pi` is included; ``torch.nn.GaussianNLLLoss`` leaves
    it out unless told otherwise.

    References
    ----------
    .. [1] C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer, 2006,
       Equation 1.54.

    Examples
    --------
    >>> print(f"{gaussian_nll(1, 1, 1):.4f}")  # log(2 pi) / 2
    0.9189
    >>> print(f"{gaussian_nll(3, 1, 4):.4f}")
    2.1121
    """
    y, mean = finite_array(y, name="y"), finite_array(mean, name="mean")
    variance = positive_array(variance, name="variance")
    check_broadcast(y, mean, names=("y", "mean"))
    check_broadcast(y, variance, names=("y", "variance"))
    check_broadcast(mean, variance, names=("mean", "variance"))

    with np.errstate(over="ignore", under="ignore"):
        deviations = (widen(y) - widen(mean)) / np.sqrt(widen(variance))
        log_scale = math.log(2 * math.pi) + np.log(widen(variance))
        return narrow((log_scale + np.square(deviations)) / 2, mean)


def clip_probabilities(p, eps):
    r"""Move probabilities below `eps` up to it, and those above 1 - `eps` down to it.

    Parameters
    ----------
    p : array_like
        Probabilities of any shape.
    eps : float
        Distance to keep from 0 and 1, above 0 and at most 1/2.

    Returns
    -------
    float or ndarray
        Numbers in [eps, 1 - eps], in the shape and dtype of `p`. A clipped row need not sum
        to 1, and is not renormalised.

    Raises
    ------
    ValueError
        If `p` lies outside [0, 1], holds NaN or is empty, or if `eps` is not in (0, 1/2] or
        vanishes beside 1 in the dtype of `p`.

    Notes
    -----
    Libraries clip in silence, so that their losses stay finite. Writing the clipping out shows
    what their number means: ``binary_cross_entropy(y, clip_probabilities(p, 1e-7))``.

    References
    ----------
    .. [1] scikit-learn developers, documentation of ``sklearn.metrics.log_loss``, which clips to
       the machine epsilon of the dtype of its predictions.

    Examples
    --------
    >>> print(clip_probabilities([0, 0.5, 1], 0.01))
    [0.01 0.5  0.99]
    """
    p = probabilities(p, name="p")
    eps = clip_margin(eps, dtype=p.dtype, name="eps")

    return np.clip(p, eps, 1 - eps)[()]


def log_loss(y, p, *, labels=None, sample_weight=None, normalize=True):
    r"""Compute the average surprise at the labels `y`, predicted by `p`.

    .. math:: L(y, p) = -\frac{1}{N} \sum_{i=1}^{N} \log p_{i, y_i}

    Parameters
    ----------
    y : array_like, shape (N,)
        Labels: strings, integers, booleans or whole floats.
    p : array_like, shape (N, K) or (N,) or (N, 1)
        Predicted distributions; column k belongs to the k-th label in sorted order. One number
        per example is the probability of the second of two labels.
    labels : array_like, optional
        All labels, in any order; needed where `y` does not hold each of them. The columns of
        `p` follow their sorted order.
    sample_weight : array_like, shape (N,), optional
        Non-negative weights, not all zero.
    normalize : bool, default True
        Whether to divide by N, or by the sum of the weights.

    Returns
    -------
    float
        Average loss in nats, or the sum if `normalize` is False; infinite where `p` gives zero
        probability to a label that occurred.

    Raises
    ------
    ValueError
        If `p` is not made of distributions, if the lengths differ, if there are fewer than two
        labels, or not as many as columns, if `y` holds a label that `labels` does not, or if a
        weight is negative or all are zero.
    TypeError
        If `y` holds values that cannot be sorted, or a dtype without labels.

    See Also
    --------
    sparse_categorical_cross_entropy : The loss per example.
    clip_probabilities : What scikit-learn's function of this name does to `p` first.

    Notes
    -----
    The value is that of ``sklearn.metrics.log_loss``, with two differences. Nothing is clipped,
    so a zero probability for what happened costs infinity. Rows that do not sum to 1 are an
    error, not a warning. The sum over the examples is exact up to one rounding.

    References
    ----------
    .. [1] C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer, 2006,
       Equations 4.90 and 4.108.

    Examples
    --------
    >>> p = [[0.1, 0.9], [0.9, 0.1], [0.8, 0.2], [0.35, 0.65]]
    >>> print(f"{log_loss(['spam', 'ham', 'ham', 'spam'], p):.4f}")
    0.2162
    """
    p = unchecked_table(p, name="p")
    y, weights = category_labels(y, name="y"), sample_weights(sample_weight, name="sample_weight")
    check_same_length(p, y=y, sample_weight=weights)
    known = known_labels(y, labels, classes=max(p.shape[1], 2))

    weight = len(p) if weights is None else positive_total(math.fsum(weights), name="sample_weight")

    total = sum_of_surprisals(y, known, p, weights)  # checks y and p in the same pass
    return total / weight if normalize else total


def _surprise_at(y, p):
    """Return -log p[..., y] in float64."""
    p_label = np.take_along_axis(p, y[..., np.newaxis], axis=-1)[..., 0]
    with np.errstate(divide="ignore"):
        return 0.0 - np.log(widen(p_label))


def _blend(y, at_1, at_0):
    """Return y * at_1 + (1 - y) * at_0, where a factor 0 makes its term 0 even beside infinity."""
    with np.errstate(under="ignore"):
        return multiply_no_nan(y, at_1) + multiply_no_nan(1.0 - y, at_0)
