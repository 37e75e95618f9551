r"""Gradients of the losses: what one step of training follows.

Truth first, model second, as in `losses`. Every gradient is per example, with respect to the
logits: the gradient of a mean over N examples is this one divided by N.
"""

import numpy as np

from ._arithmetic import narrow, widen
from ._blocks import (
    expected_surprisal,
    expected_surprisal_grad,
    require_logits,
    softmax_and_complement,
    surprisal,
)
from ._validation import (
    binary_logits,
    check_broadcast,
    check_same_shape,
    difference_step,
    distribution,
    finite_array,
    function_values,
    integer_labels,
    logits,
    output_array,
    probabilities,
    unchecked_vectors,
)
from .special import sigmoid

__all__ = [
    "finite_difference",
    "sigmoid_cross_entropy_grad",
    "softmax_cross_entropy_and_grad",
    "softmax_cross_entropy_grad",
    "softmax_jacobian",
]


def softmax_jacobian(z):
    r"""Compute how every probability of the softmax moves with every logit.

    .. math:: J_{kj} = \frac{\partial p_k}{\partial z_j} = p_k (\delta_{kj} - p_j), \qquad
        p = \operatorname{softmax}(z)

    Parameters
    ----------
    z : array_like, shape (..., K)
        Logits. A logit of -inf gives a zero row and column.

    Returns
    -------
    ndarray, shape (..., K, K)
        The Jacobian, in the dtype of `z`: symmetric, its rows summing to 0.

    Raises
    ------
    ValueError
        If `z` holds NaN or +inf, has a row of only -inf, is empty or is a single number.

    See Also
    --------
    softmax_cross_entropy_grad : What is left after the chain rule through the loss.

    Notes
    -----
    :math:`1 - p_k` is taken as the sum of the other probabilities, so that the diagonal keeps
    its digits where one probability is close to 1.

    References
    ----------
    .. [1] C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer, 2006,
       Equation 4.106.

    Examples
    --------
    >>> print(softmax_jacobian([0, 0]))
    [[ 0.25 -0.25]
     [-0.25  0.25]]
    """
    z = logits(z, name="z")

    p, others = softmax_and_complement(widen(z))
    with np.errstate(under="ignore"):
        jacobian = -p[..., :, np.newaxis] * p[..., np.newaxis, :]
        k = np.arange(p.shape[-1])
        jacobian[..., k, k] = p * others
    return narrow(jacobian + 0.0, z)  # + 0.0 turns -0.0 into 0.0


def sigmoid_cross_entropy_grad(y, z):
    r"""Compute the derivative of the binary cross-entropy with respect to the logit.

    .. math:: \frac{\partial \ell}{\partial z} = \sigma(z) - y

    Parameters
    ----------
    y : array_like
        Labels 0 and 1, or probabilities of the label 1 (soft targets).
    z : array_like
        Logits of the label 1, infinities allowed; the shape broadcasts against that of `y`.

    Returns
    -------
    float or ndarray
        Derivative per example, in [-1, 1] and in the dtype of `z`.

    Raises
    ------
    ValueError
        If `y` lies outside [0, 1], if `z` holds NaN, if either is empty, or if their shapes do
        not broadcast.

    See Also
    --------
    sigmoid_cross_entropy : The loss itself.

    Notes
    -----
    Computed as :math:`(1 - y) \sigma(z) - y \sigma(-z)`, which is the same number. For labels 0
    and 1 one term vanishes, so that nothing cancels: at `y` = 1 and `z` = 40 the derivative is
    -4.2e-18, where ``sigmoid(z) - y`` is 0.

    References
    ----------
    .. [1] C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer, 2006,
       Section 4.3.2.

    Examples
    --------
    >>> print(sigmoid_cross_entropy_grad([0, 1], [0, 0]))
    [ 0.5 -0.5]
    >>> print(f"{sigmoid_cross_entropy_grad(1, 40):.4e}")
    -4.2484e-18
    """
    y, z = probabilities(y, name="y"), binary_logits(z, name="z")
    check_broadcast(y, z, names=("y", "z"))

    y_wide, z_wide = widen(y), widen(z)
    with np.errstate(under="ignore"):
        return narrow((1.0 - y_wide) * sigmoid(z_wide) - y_wide * sigmoid(-z_wide), z)


def softmax_cross_entropy_grad(y, z):
    r"""Compute the gradient of the cross-entropy with respect to the logits.

    .. math:: \frac{\partial \ell}{\partial z_k} = p_k - y_k, \qquad
        p = \operatorname{softmax}(z)

    Parameters
    ----------
    y : array_like of int, shape (...), or array_like, shape (..., K)
        Class numbers 0, ..., K - 1, in the shape of `z` without its last axis, standing for
        their one-hot rows; or distributions over the classes, in the shape of `z`.
    z : array_like, shape (..., K)
        Logits. A logit of -inf stands for probability zero.

    Returns
    -------
    ndarray, shape (..., K)
        Gradient per example, in the dtype of `z`; each row sums to 0.

    Raises
    ------
    ValueError
        If `z` holds NaN or +inf, has a row of only -inf or is empty; if `y` has another shape,
        a class number out of range, or rows that are not distributions.
    TypeError
        If `y` has the shape of class numbers and does not hold integers.

    See Also
    --------
    softmax_cross_entropy_and_grad : Loss and gradient at the price of one.

    Notes
    -----
    At the label, :math:`p_y - 1` is computed as minus the sum of the other probabilities. It
    keeps its digits where the model is sure and right and `p_y` rounds to 1. For class numbers
    each entry is within 4 machine epsilons of the exact value, relative to it.

    References
    ----------
    .. [1] C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer, 2006,
       Equation 4.109.

    Examples
    --------
    >>> print(softmax_cross_entropy_grad(0, [0, 0]))
    [-0.5  0.5]
    >>> print(softmax_cross_entropy_grad(0, [50, 0]))
    [-1.92874985e-22  1.92874985e-22]
    """
    return softmax_cross_entropy_and_grad(y, z)[1]


def softmax_cross_entropy_and_grad(y, z, out=None):
    r"""Compute the cross-entropy of logits and its gradient together.

    .. math:: \ell(y, z) = -\log p_y, \qquad \frac{\partial \ell}{\partial z_k} = p_k - y_k,
        \qquad p = \operatorname{softmax}(z)

    Parameters
    ----------
    y : array_like of int, shape (...), or array_like, shape (..., K)
        Class numbers 0, ..., K - 1, in the shape of `z` without its last axis, standing for
        their one-hot rows; or distributions over the classes, in the shape of `z`.
    z : array_like, shape (..., K)
        Logits. A logit of -inf stands for probability zero.
    out : ndarray, shape (..., K), optional
        Where to write the gradient: an array in the shape and dtype of `z`, which may be `z`
        itself. Untouched if anything is refused.

    Returns
    -------
    loss : float or ndarray, shape (...)
        Loss per example in nats, as `softmax_cross_entropy` gives it.
    gradient : ndarray, shape (..., K)
        Gradient per example; it is `out` where that is given.

    Raises
    ------
    ValueError
        If `z` holds NaN or +inf, has a row of only -inf or is empty; if `y` has another shape,
        a class number out of range, or rows that are not distributions; if `out` has another
        shape or is read-only.
    TypeError
        If `y` has the shape of class numbers and does not hold integers, or if `out` is not an
        array in the dtype of `z`.

    See Also
    --------
    softmax_cross_entropy : The loss alone.
    softmax_cross_entropy_grad : The gradient alone.

    References
    ----------
    .. [1] C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer, 2006,
       Equations 4.108 and 4.109.

    Examples
    --------
    >>> loss, gradient = softmax_cross_entropy_and_grad(0, [0, 0])
    >>> print(f"{loss:.4f}", gradient)
    0.6931 [-0.5  0.5]
    """
    z = unchecked_vectors(z, name="z")
    if np.ndim(y) == z.ndim:
        y, z = distribution(y, name="y"), logits(z, name="z")
        check_same_shape(y, z, names=("y", "z"))
        gradient = output_array(out, like=z, name="out")
        loss = expected_surprisal(y, z)
        expected_surprisal_grad(y, z, gradient)
        return loss, gradient
    y = integer_labels(y, classes=z.shape[-1], shape=z.shape[:-1], name="y")
    gradient = output_array(out, like=z, name="out")
    if out is not None:
        require_logits(z)  # before the first write

    return surprisal(y, z, gradient)[()], gradient  # checks the logits on the way


def finite_difference(f, x, *, step=None):
    r"""Approximate the derivative of a function by central differences.

    .. math:: \frac{\partial f}{\partial x_i} \approx \frac{f(x + h e_i) - f(x - h e_i)}{2 h}

    Parameters
    ----------
    f : callable
        Function of an array in the shape of `x`, giving a number or an array.
    x : array_like
        Where to differentiate. Taken in float64.
    step : float, optional
        Positive step h. By default the cube root of the machine epsilon, times the magnitude of
        the entry of `x` where that is above 1.

    Returns
    -------
    float or ndarray, shape of ``f(x)`` followed by the shape of `x`
        Partial derivatives: for a function that gives a number, the gradient in the shape of
        `x`; for one that gives an array, the Jacobian.

    Raises
    ------
    ValueError
        If `x` is not finite or is empty, if `step` is not positive or vanishes beside an entry of
        `x`, or if `f` gives a value that is not finite.
    TypeError
        If `f` gives something that is not a real number or array.

    Notes
    -----
    The error is about :math:`h^2 f''' / 6` from the formula and :math:`\varepsilon f / h` from
    rounding; the default step balances the two, leaving about two thirds of the digits.

    References
    ----------
    .. [1] W. H. Press, S. A. Teukolsky, W. T. Vetterling and B. P. Flannery, *Numerical
       Recipes*, 3rd ed., Cambridge University Press, 2007, Section 5.7.

    Examples
    --------
    >>> gradient = finite_difference(lambda x: (x**2).sum(), [1, 2, 3])
    >>> print(gradient.round(6))
    [2. 4. 6.]
    """
    x = widen(finite_array(x, name="x"))
    if step is not None:
        step = difference_step(step, x, name="step")

    columns = []
    for i, x_i in np.ndenumerate(x):
        h = step or np.cbrt(np.finfo(np.float64).eps) * max(1.0, abs(x_i))
        above, below = x.copy(), x.copy()
        above[i], below[i] = x_i + h, x_i - h
        rise = function_values(f(above), name="f") - function_values(f(below), name="f")
        columns.append(rise / (above[i] - below[i]))  # the step as it was stored
    columns = np.stack(columns, axis=-1)
    return columns.reshape(columns.shape[:-1] + x.shape)[()]
