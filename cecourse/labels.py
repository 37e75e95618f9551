r"""Labels as distributions."""

import numpy as np

from ._arithmetic import narrow, widen
from ._validation import distribution, fraction, integer_labels, positive_integer

__all__ = ["one_hot", "smooth_labels"]


def one_hot(y, classes):
    r"""Turn class numbers into distributions that are certain.

    .. math:: p_k = \begin{cases} 1 & k = y \\ 0 & k \ne y \end{cases}

    Parameters
    ----------
    y : array_like of int, shape (...)
        Class numbers from 0 to ``classes - 1``.
    classes : int
        Number K of classes.

    Returns
    -------
    ndarray, shape (..., K)
        Distributions in float64: 1 at the label, 0 elsewhere.

    Raises
    ------
    ValueError
        If a label is out of range, if `y` is empty, or if `classes` is less than 1.
    TypeError
        If the labels or `classes` are not integers.

    See Also
    --------
    smooth_labels : Take some of the certainty away.

    References
    ----------
    .. [1] C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer, 2006,
       Section 4.1.

    Examples
    --------
    >>> print(one_hot([2, 0], 3))
    [[0. 0. 1.]
     [1. 0. 0.]]
    """
    classes = positive_integer(classes, name="classes")
    y = integer_labels(y, classes=classes, name="y")

    p = np.zeros((*y.shape, classes))
    np.put_along_axis(p, y[..., np.newaxis], 1.0, axis=-1)
    return p


def smooth_labels(p, amount):
    r"""Mix distributions with the uniform distribution.

    .. math:: p'_k = (1 - a) \, p_k + \frac{a}{K}

    Parameters
    ----------
    p : array_like, shape (..., K)
        Distributions, such as those of `one_hot`.
    amount : float
        Share a of the uniform distribution, from 0 (no change) to 1 (uniform).

    Returns
    -------
    ndarray, shape (..., K)
        Distributions in the dtype of `p`.

    Raises
    ------
    ValueError
        If `p` is not a distribution, or if `amount` lies outside [0, 1].
    TypeError
        If `amount` is not a real number.

    See Also
    --------
    one_hot : Distributions from class numbers.

    Notes
    -----
    The uniform share falls on every class, the label too: a one-hot label keeps 1 - a + a/K.
    Some texts spread the share over the K - 1 other classes, so that the label keeps 1 - a and
    each other class gets a/(K - 1). That is this function with ``amount = a * K / (K - 1)``.

    References
    ----------
    .. [1] C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens and Z. Wojna, "Rethinking the Inception
       architecture for computer vision", CVPR 2016, Section 7.

    Examples
    --------
    >>> print(smooth_labels([0, 1, 0, 0], 0.1))
    [0.025 0.925 0.025 0.025]
    """
    p, amount = distribution(p, name="p"), fraction(amount, name="amount")

    with np.errstate(under="ignore"):
        return narrow((1.0 - amount) * widen(p) + amount / p.shape[-1], p)
