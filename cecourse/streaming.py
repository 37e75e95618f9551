"""Losses of data that come in pieces: larger than memory, or spread over machines."""

import numpy as np

from ._blocks import each_log_probability
from ._validation import (
    accumulator,
    category_labels,
    check_same_length,
    known_labels,
    positive_total,
    same_labels,
    sample_weights,
    some_examples,
    unchecked_table,
)

__all__ = ["LogLossSum"]

_UNIT = 1126  # every float64 is a whole number of 2**-1126: 53 bits from 2**-1073 downwards


class LogLossSum:
    r"""Accumulate the log loss of examples that arrive in chunks.

    Parameters
    ----------
    labels : array_like
        All labels, in any order. A chunk need not hold each of them, so they cannot be guessed.

    Attributes
    ----------
    labels : ndarray
        The labels, sorted. Column k of the predictions belongs to the k-th.
    examples : int
        How many examples were taken in.

    Raises
    ------
    ValueError
        If there are fewer than two labels.
    TypeError
        If the labels cannot be sorted.

    See Also
    --------
    log_loss : The same number from data in one piece.

    Notes
    -----
    The sums are kept as whole numbers of :math:`2^{-1126}`, in which every float64 can be
    written. Such sums never round, so the result does not depend on how the data were cut, on
    the order of the chunks, or on which sums were merged first. It is the number that `log_loss`
    gives for the whole, but for the last digits of float32 data, of which `log_loss` takes the
    logarithms two at a time. The state is a few hundred bytes and can be pickled.

    References
    ----------
    .. [1] U. W. Kulisch and W. L. Miranker, "The arithmetic of the digital computer: a new
       approach", SIAM Review 28 (1986), 1-40.

    Examples
    --------
    >>> whole = LogLossSum(["ham", "spam"])
    >>> whole = whole.update(["spam", "ham"], [[0.1, 0.9], [0.9, 0.1]])
    >>> other = LogLossSum(["ham", "spam"]).update(["ham", "spam"], [[0.8, 0.2], [0.35, 0.65]])
    >>> print(f"{whole.merge(other).result():.4f}")
    0.2162
    """

    def __init__(self, labels):
        labels = category_labels(labels, name="labels")
        self.labels = known_labels(labels, labels, classes=None)
        self.examples = 0
        self._loss = 0  # in units of 2**-1126, as is the weight
        self._weight = 0
        self._infinite = False

    def update(self, y, p, *, sample_weight=None):
        r"""Take in a chunk of examples.

        Parameters
        ----------
        y : array_like, shape (N,)
            Labels.
        p : array_like, shape (N, K) or (N,) or (N, 1)
            Predicted distributions; column k belongs to the k-th label in sorted order. One
            number per example is the probability of the second of two labels.
        sample_weight : array_like, shape (N,), optional
            Non-negative weights; by default each example weighs 1.

        Returns
        -------
        LogLossSum
            This object. It is unchanged if anything is refused.

        Raises
        ------
        ValueError
            If `p` is not made of distributions with a column for each label, if the lengths
            differ, if `y` holds an unknown label, or if a weight is negative.
        TypeError
            If `y` holds no labels.
        """
        p = unchecked_table(p, name="p")
        y, weights = (
            category_labels(y, name="y"),
            sample_weights(sample_weight, name="sample_weight"),
        )
        check_same_length(p, y=y, sample_weight=weights)
        known_labels(y, self.labels, classes=max(p.shape[1], 2))

        losses = []
        each_log_probability(
            y, self.labels, p, weights, lambda logs: losses.append(_exact_sum(-logs))
        )
        self.examples += len(p)
        self._weight += len(p) << _UNIT if weights is None else _exact_sum(weights)[0]
        self._loss += sum(finite for finite, _ in losses)
        self._infinite |= any(infinite for _, infinite in losses)
        return self

    def merge(self, other):
        r"""Take in what another sum has taken in.

        Parameters
        ----------
        other : LogLossSum
            A sum with the same labels; it is not changed.

        Returns
        -------
        LogLossSum
            This object.

        Raises
        ------
        TypeError
            If `other` is not a LogLossSum.
        ValueError
            If the labels differ.
        """
        other = accumulator(other, LogLossSum, name="other")
        same_labels(self.labels, other.labels)

        self.examples += other.examples
        self._weight += other._weight
        self._loss += other._loss
        self._infinite |= other._infinite
        return self

    def result(self, *, normalize=True):
        r"""Return the average loss, or the sum.

        Parameters
        ----------
        normalize : bool, default True
            Whether to divide by the number of examples, or by the sum of their weights.

        Returns
        -------
        float
            Average loss in nats, or the sum if `normalize` is False.

        Raises
        ------
        ValueError
            If no examples were taken in, or if all weights are zero.
        """
        some_examples(self.examples)
        weight = positive_total(self._weight, name="sample_weight")

        total = float("inf") if self._infinite else self._loss / (1 << _UNIT)
        return total / (weight / (1 << _UNIT)) if normalize else total

    def __repr__(self):
        return f"LogLossSum(labels={self.labels.tolist()!r}, examples={self.examples})"


def _exact_sum(x):
    """Return the sum of non-negative numbers in units of 2**-1126, and whether one is infinite.

    Numbers with one exponent are added as integers: their 53 bits in two halves, which bincount
    adds exactly in float64 as long as there are fewer than 2**26 of them.
    """
    infinite = bool((x == np.inf).any())
    total = 0
    for start in range(0, len(x), 1 << 24):
        mantissa, exponent = np.frexp(x[start : start + (1 << 24)])
        bits = np.ldexp(np.where(np.isfinite(mantissa), mantissa, 0.0), 53).astype(np.int64)
        lowest = int(exponent.min())
        place = exponent - lowest
        upper = np.bincount(place, weights=bits >> 27)
        lower = np.bincount(place, weights=bits & ((1 << 27) - 1))
        for i in np.flatnonzero(upper + lower):
            units = (int(upper[i]) << 27) + int(lower[i])
            total += units << (int(i) + lowest - 53 + _UNIT)
    return total, infinite
