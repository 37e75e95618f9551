r"""The field's common mistakes, as functions that make them, and a diagnosis of wrong numbers.

``QUANTITIES`` maps the name of what is asked to the function that gives the right answer.
``MISCONCEPTIONS`` is the table of the known mistakes: each is a function of the same arguments.
A wrong number is diagnosed by making every mistake and comparing.

Some mistakes cannot be told apart by some inputs. Then all of them are named. A number that none of
them gives is called unknown.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from numbers import Real

import numpy as np

from ._mistakes import QUANTITIES, ROWS
from ._validation import known_name, one_value_for_each

__all__ = [
    "Diagnosis",
    "Misconception",
    "diagnose",
    "diagnose_cases",
    "diagnose_distributions",
    "diagnose_gradient",
    "diagnose_logits",
    "diagnose_quantity",
    "misconceptions_of",
]

# A float32 solution errs by one rounding, 6e-8, per operation. The relative tolerance leaves room
# for a sum of 1600 terms whose roundings all point the same way. The absolute one, in units of the
# largest entry of the answer or of 1, leaves room for 16 roundings of numbers that cancel.
_RELATIVE = 1e-4
_ABSOLUTE = 1e-6


@dataclass(frozen=True)
class Misconception:
    """A known mistake: what it is called, how it is made, and why it is one.

    Parameters
    ----------
    name : str
        What it is called, such as ``"bits for nats"``.
    quantity : str
        What was asked for, such as ``"entropy"``: a key of ``QUANTITIES`` or another name.
    commit : callable
        The function that makes the mistake. It takes the arguments of the right function.
    why : str
        One sentence to the person who made it: why it is wrong, and what is right.
    section : str
        Where the book explains it: a page and the anchor of a heading.

    See Also
    --------
    misconceptions_of : The known mistakes of one quantity.

    References
    ----------
    .. [1] T. M. Cover and J. A. Thomas, *Elements of Information Theory*, 2nd ed., Wiley, 2006.

    Examples
    --------
    >>> mistake = misconceptions_of("entropy")[0]
    >>> print(f"{mistake.name}: {mistake.commit([0.5, 0.25, 0.25]):.4f}")
    bits for nats: 1.5000
    """

    name: str
    quantity: str
    commit: Callable = field(compare=False, repr=False)
    why: str
    section: str

    def __str__(self):
        return f"{self.name[:1].upper()}{self.name[1:]}. {self.why} See {self.section}."


@dataclass(frozen=True)
class Diagnosis:
    """What a value is: right, a known mistake, or neither. ``str()`` of it is for a person.

    Parameters
    ----------
    right : bool
        Whether the value is right.
    matches : tuple of Misconception
        The mistakes that give this value on all cases: several if the inputs cannot tell them
        apart, none if the value is right or the mistake is unknown.
    wrong_cases : tuple of int, optional
        On which cases the value is not right, counted from 0.

    See Also
    --------
    diagnose : Find out what a mean loss is.

    References
    ----------
    .. [1] T. M. Cover and J. A. Thomas, *Elements of Information Theory*, 2nd ed., Wiley, 2006.

    Examples
    --------
    >>> diagnosis = diagnose_quantity("entropy", 0.6, [0.5, 0.5])
    >>> print(diagnosis.right, diagnosis.matches)
    False ()
    >>> print(diagnosis)
    This is not right, and it is none of the known mistakes.
    """

    right: bool
    matches: tuple[Misconception, ...] = ()
    wrong_cases: tuple[int, ...] = ()

    @property
    def ambiguous(self):
        """Whether several known mistakes give this value."""
        return len(self.matches) > 1

    def __str__(self):
        if self.right:
            return "Right."
        if not self.matches:
            return "This is not right, and it is none of the known mistakes."
        if not self.ambiguous:
            return str(self.matches[0])
        lines = [f"{i}. {match}" for i, match in enumerate(self.matches, start=1)]
        return "\n".join(
            [f"This is one of {len(lines)} mistakes that these inputs cannot tell apart:", *lines]
        )


# --- Diagnosis ---------------------------------------------------------------------------------


def diagnose(value, y, p, *, relative=_RELATIVE, absolute=_ABSOLUTE):
    r"""Find out what a mean log loss of labels and predicted probabilities is.

    Parameters
    ----------
    value : float or array_like
        The mean loss to look at, or the losses of the examples: one for each row, or one for each
        label of a multi-label problem.
    y : array_like
        Labels: 0 and 1 where `p` has one axis; else class numbers, shape (N,), one-hot or soft
        rows, shape (N, K), or the N times K labels of a multi-label problem.
    p : array_like, shape (N,) or (N, K)
        Probabilities of the label 1, or predicted distributions. Rows of `y` and `p` that all sum
        to 1 are taken for distributions, others for K yes-or-no questions.
    relative, absolute : float, optional
        How far a value may lie from a number to count as equal; `absolute` is in units of the
        largest entry, or of 1 if that is smaller. By default wide enough for float32 arithmetic.

    Returns
    -------
    Diagnosis
        What the value is.

    Raises
    ------
    ValueError
        If `y` and `p` are no labels and predictions, or do not fit together.
    TypeError
        If class numbers are not integers.

    See Also
    --------
    diagnose_logits, diagnose_gradient : The same for logits.
    diagnose_quantity : The same for any quantity of the table.

    References
    ----------
    .. [1] C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer, 2006,
       Sections 4.3.2 and 4.3.4.

    Examples
    --------
    >>> import textwrap
    >>> y, p = [1, 0], [0.8, 0.9]
    >>> print(diagnose(1.2629, y, p))
    Right.
    >>> print(textwrap.fill(str(diagnose(0.11157, y, p)), 80))
    Dropped (1 - y) term. Your value leaves out the examples with label 0; add (1 -
    y) times the logarithm of 1 - p. See 07_binary_cross_entropy.html#one-label-one-
    probability.
    >>> print(diagnose(0.4, y, p).matches)
    ()
    """
    y, p = np.asarray(y), np.asarray(p)
    kind = _kind_of_loss(y, p, model_is_distribution=_sums_to_one(p))
    per_example, mean = {
        "binary": ("binary_cross_entropy", "binary_log_loss"),
        "multilabel": ("binary_cross_entropy", "multilabel_log_loss"),
        "sparse": ("sparse_categorical_cross_entropy", "sparse_log_loss"),
        "categorical": ("categorical_cross_entropy", "categorical_log_loss"),
    }[kind]
    quantity = per_example if _is_per_example(value, kind, p) else mean
    return diagnose_quantity(quantity, value, y, p, relative=relative, absolute=absolute)


def diagnose_logits(value, y, z, *, relative=_RELATIVE, absolute=_ABSOLUTE):
    r"""Find out what a mean log loss of labels and logits is.

    Parameters
    ----------
    value : float or array_like
        The mean loss to look at, or the losses of the examples: one for each row, or one for each
        label of a multi-label problem.
    y : array_like
        Labels: 0 and 1 where `z` has one axis; else class numbers, shape (N,), one-hot or soft
        rows, shape (N, K), or the N times K labels of a multi-label problem.
    z : array_like, shape (N,) or (N, K)
        Logits of the label 1, or of the K classes.
    relative, absolute : float, optional
        As in `diagnose`.

    Returns
    -------
    Diagnosis
        What the value is.

    Raises
    ------
    ValueError
        If `y` and `z` are no labels and logits, or do not fit together.
    TypeError
        If class numbers are not integers.

    See Also
    --------
    diagnose : The same for probabilities.

    References
    ----------
    .. [1] C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer, 2006,
       Sections 4.3.2 and 4.3.4.

    Examples
    --------
    >>> print(diagnose_logits(0.23574, [0, 2], [[4, 1, 0], [0, 1, 3]]).matches[0].name)
    sum for mean
    """
    y, z = np.asarray(y), np.asarray(z)
    kind = _kind_of_loss(y, z)
    quantity = _SIGMOID_OR_SOFTMAX[kind]
    if _is_per_example(value, kind, z):
        quantity = quantity.replace("log_loss", "cross_entropy")
    return diagnose_quantity(quantity, value, y, z, relative=relative, absolute=absolute)


def diagnose_gradient(value, y, z, *, relative=_RELATIVE, absolute=_ABSOLUTE):
    r"""Find out what a gradient of the mean log loss with respect to the logits is.

    Parameters
    ----------
    value : array_like
        The gradient to look at, in the shape of `z`.
    y : array_like
        Labels, as in `diagnose_logits`. A single class number goes with one row of logits.
    z : array_like, shape (N,) or (N, K)
        Logits of the label 1, or of the K classes.
    relative, absolute : float, optional
        As in `diagnose`.

    Returns
    -------
    Diagnosis
        What the gradient is.

    Raises
    ------
    ValueError
        If `y` and `z` are no labels and logits, or do not fit together.
    TypeError
        If class numbers are not integers.

    See Also
    --------
    softmax_cross_entropy_grad : The gradient per example.

    References
    ----------
    .. [1] C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer, 2006,
       Equation 4.109.

    Examples
    --------
    >>> y, z = [0, 1], [[0, 0], [0, 0]]
    >>> print(diagnose_gradient([[-0.25, 0.25], [0.25, -0.25]], y, z))
    Right.
    >>> print(diagnose_gradient([[-0.5, 0.5], [0.5, -0.5]], y, z).matches[0].name)
    p - y without 1/N
    """
    y, z = np.asarray(y), np.asarray(z)
    quantity = _SIGMOID_OR_SOFTMAX[_kind_of_loss(y, z)].replace("log_loss", "gradient")
    return diagnose_quantity(quantity, value, y, z, relative=relative, absolute=absolute)


def diagnose_distributions(
    value, p, q=None, *, quantity=None, relative=_RELATIVE, absolute=_ABSOLUTE
):
    r"""Find out what a number computed from one distribution or two is.

    Parameters
    ----------
    value : float or array_like
        The value to look at: one number for each row.
    p : array_like, shape (..., K)
        True distribution.
    q : array_like, shape (..., K), optional
        Model distribution.
    quantity : str, optional
        What was asked for. By default ``"entropy"``, or ``"cross_entropy"`` if `q` is given.
    relative, absolute : float, optional
        As in `diagnose`.

    Returns
    -------
    Diagnosis
        What the value is.

    Raises
    ------
    ValueError
        If `p` or `q` is not a distribution, or if the quantity is unknown.

    See Also
    --------
    diagnose_quantity : The same for any arguments.

    References
    ----------
    .. [1] T. M. Cover and J. A. Thomas, *Elements of Information Theory*, 2nd ed., Wiley, 2006,
       Chapter 2.

    Examples
    --------
    >>> p, q = [0.5, 0.25, 0.25], [0.2, 0.2, 0.6]
    >>> print(diagnose_distributions(0.29506, p, q).matches[0].name)
    KL divergence for cross-entropy
    """
    quantity = quantity or ("entropy" if q is None else "cross_entropy")
    arguments = (p,) if q is None else (p, q)
    return diagnose_quantity(quantity, value, *arguments, relative=relative, absolute=absolute)


def diagnose_quantity(quantity, value, *arguments, relative=_RELATIVE, absolute=_ABSOLUTE):
    r"""Find out what a value is, given what was asked and for which arguments.

    Parameters
    ----------
    quantity : str
        What was asked for: a key of ``QUANTITIES``.
    value : float or array_like
        The value to look at.
    arguments : tuple
        The arguments of the quantity's function.
    relative, absolute : float, optional
        As in `diagnose`.

    Returns
    -------
    Diagnosis
        What the value is.

    Raises
    ------
    ValueError
        If the quantity is unknown, or the arguments are not valid for it.
    TypeError
        If an argument is of a wrong type.

    See Also
    --------
    diagnose_cases : The same for several arguments at once, which tells more mistakes apart.

    References
    ----------
    .. [1] T. M. Cover and J. A. Thomas, *Elements of Information Theory*, 2nd ed., Wiley, 2006.

    Examples
    --------
    >>> print(diagnose_quantity("kraft_sum", 0.73576, [1, 1]).matches[0].name)
    base e for base 2
    >>> print(diagnose_quantity("kraft_sum", 1, [1, 1]))
    Right.
    """
    return diagnose_cases(quantity, [value], [arguments], relative=relative, absolute=absolute)


def diagnose_cases(
    right,
    values,
    cases,
    misconceptions=None,
    *,
    accepts=None,
    relative=_RELATIVE,
    absolute=_ABSOLUTE,
):
    r"""Find out which mistake gives all of several values.

    Parameters
    ----------
    right : str or callable
        What was asked for: a key of ``QUANTITIES``, or the function that gives the right answer.
    values : sequence
        What was answered to each case: a number, an array, a text, a tuple of such, or an
        exception if there was no answer.
    cases : sequence
        The arguments of each case: a tuple, or a dict for keyword arguments.
    misconceptions : sequence of Misconception, optional
        The mistakes to look for. By default those of the quantity.
    accepts : callable, optional
        ``accepts(value, *arguments)`` says whether a value is right where several are.
        By default a value is right if it equals the right function's.
    relative, absolute : float, optional
        As in `diagnose`.

    Returns
    -------
    Diagnosis
        What the values are. A mistake is named only if it gives the values of all cases, and
        something else than the right function on one of them.

    Raises
    ------
    ValueError
        If the quantity is unknown, if there are no cases or not one value for each, or if the
        arguments are not valid for the right function.
    TypeError
        If an argument is of a wrong type.

    See Also
    --------
    diagnose_quantity : The same for one case.

    Notes
    -----
    Two outcomes are equal if their shapes are and all numbers lie within the tolerance. NaN
    equals NaN, an infinity equals itself, and an exception equals one of the same class.
    The inputs are not changed, and no warning is raised.

    References
    ----------
    .. [1] T. M. Cover and J. A. Thomas, *Elements of Information Theory*, 2nd ed., Wiley, 2006.

    Examples
    --------
    Two mistakes give the first value. One of them gives both.

    >>> cases = [([0.5, 0.5],), ([0.75, 0.25],)]
    >>> [match.name for match in diagnose_cases("entropy", [1.3863], cases[:1]).matches]
    ['unweighted sum', 'yes-or-no entropies added']
    >>> [match.name for match in diagnose_cases("entropy", [1.3863, 1.6740], cases).matches]
    ['unweighted sum']
    """
    accepts = accepts or (_ACCEPTS.get(right) if isinstance(right, str) else None)
    if isinstance(right, str):
        if misconceptions is None:
            misconceptions = misconceptions_of(right)
        right = QUANTITIES[known_name(right, QUANTITIES, name="right")]
    values, cases = one_value_for_each(values, cases)

    same = functools.partial(_same, relative=relative, absolute=absolute)
    answers = [_call(right, case) for case in cases]

    def is_right(outcome, case, answer):
        if accepts is None:
            return same(outcome, answer)
        return not isinstance(outcome, Exception) and bool(_call(accepts, case, outcome))

    def commits(misconception):
        some_wrong = False
        for value, case, answer in zip(values, cases, answers, strict=True):
            outcome = _outcome(misconception.commit, case)
            if not same(value, outcome):
                return False
            some_wrong = some_wrong or not is_right(outcome, case, answer)
        return some_wrong

    found = list(map(is_right, values, cases, answers))
    if all(found):
        return Diagnosis(right=True)
    matches = tuple(filter(commits, misconceptions or ()))
    wrong = tuple(i for i, is_so in enumerate(found) if not is_so)
    return Diagnosis(right=False, matches=matches, wrong_cases=wrong)


def misconceptions_of(quantity):
    """Return the known mistakes of one quantity.

    Parameters
    ----------
    quantity : str
        A key of ``QUANTITIES``.

    Returns
    -------
    tuple of Misconception
        In the order of the table; no two have the same name.

    Raises
    ------
    ValueError
        If the quantity is unknown.

    See Also
    --------
    diagnose_quantity : Look for them in a value.

    References
    ----------
    .. [1] T. M. Cover and J. A. Thomas, *Elements of Information Theory*, 2nd ed., Wiley, 2006.

    Examples
    --------
    >>> [mistake.name for mistake in misconceptions_of("kraft_sum")][:2]
    ['base e for base 2', 'positive exponent']
    """
    quantity = known_name(quantity, QUANTITIES, name="quantity")

    return tuple(mistake for mistake in MISCONCEPTIONS if mistake.quantity == quantity)


def _kind_of_loss(y, model, *, model_is_distribution=True):
    """Return which loss labels and predictions belong to."""
    if y.ndim < model.ndim:
        return "sparse"
    if model.ndim < 2:
        return "binary"
    return "categorical" if model_is_distribution and _sums_to_one(y) else "multilabel"


def _is_per_example(value, kind, model):
    """Whether a value has the shape of the losses of the examples, and is not their mean."""
    numbers = _numbers(value)
    shape = model.shape[:-1] if kind in ("sparse", "categorical") else model.shape
    return numbers is not None and numbers.shape == shape


_SIGMOID_OR_SOFTMAX = {
    "binary": "sigmoid_log_loss",
    "multilabel": "sigmoid_log_loss",
    "sparse": "softmax_log_loss",
    "categorical": "softmax_log_loss",
}


def _sums_to_one(p):
    """Whether the rows of `p` are distributions, as far as their sums tell, also in float32."""
    return p.ndim > 0 and p.dtype.kind in "biuf" and bool(np.all(abs(p.sum(axis=-1) - 1) < 1e-3))


def _call(function, case, *before):
    return function(*before, **case) if isinstance(case, Mapping) else function(*before, *case)


def _outcome(function, case):
    """Return what a mistake gives; the exception, if that is what it gives."""
    try:
        with np.errstate(all="ignore"):
            return _call(function, case)
    except Exception as error:
        return error


def _same(value, other, *, relative, absolute):
    """Whether two outcomes are equal up to rounding."""
    if isinstance(value, Exception) or isinstance(other, Exception):
        return type(value) is type(other)
    if isinstance(value, str) or isinstance(other, str):
        texts = isinstance(value, str) and isinstance(other, str)
        return texts and value.strip().casefold() == other.strip().casefold()
    x, y = _numbers(value), _numbers(other)
    if x is None or y is None:
        return (
            isinstance(value, list | tuple)
            and isinstance(other, list | tuple)
            and len(value) == len(other)
            and all(
                _same(a, b, relative=relative, absolute=absolute)
                for a, b in zip(value, other, strict=True)
            )
        )
    if y.ndim == 0 and x.size == 1:
        x = x.reshape(())  # an array of one number is a number
    if x.shape != y.shape:
        return False
    finite = np.abs(y[np.isfinite(y)])
    absolute = absolute * max(1.0, finite.max(initial=0.0))
    return bool(np.allclose(x, y, rtol=relative, atol=absolute, equal_nan=True))


def _numbers(x):
    """Return `x` as a float64 array, or None if it is not made of real numbers."""
    try:
        x = np.asarray(x)
        if x.dtype.kind == "O" and not all(isinstance(item, Real) for item in x.flat):
            return None
        return x.astype(np.float64) if x.dtype.kind in "biufO" else None
    except (TypeError, ValueError, OverflowError):
        return None


def _is_optimal_code(lengths, p):
    """Whether lengths are those of a prefix code of the least expected length; ties are many."""
    lengths = _numbers(lengths)
    p = np.asarray(p, dtype=np.float64)
    return bool(
        lengths is not None
        and lengths.shape == p.shape
        and np.all((lengths >= 0) & (lengths == np.round(lengths)))
        and np.sum(0.5**lengths) <= 1
        and (p * lengths).sum() <= QUANTITIES["optimal_length"](p) + 1e-9
    )


_ACCEPTS = {"code_lengths": _is_optimal_code}

MISCONCEPTIONS = tuple(Misconception(*row) for row in ROWS)
