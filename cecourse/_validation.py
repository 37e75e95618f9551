"""Input checks: each function returns the trusted value or raises.

This is the only module that raises about input. Every message names the argument, the
requirement, the value found and where it was found. A check never changes its input; what it
returns may be the input itself, so callers must not write into it.
"""

import math
import numbers
from collections.abc import Mapping
from itertools import pairwise

import numpy as np

_FLOATS = (np.float16, np.float32, np.float64)


def real_array(x, *, name):
    """Return `x` as a float array without NaN: half, single and double precision are kept.

    Integers, booleans and lists become float64. A subclass such as ``np.matrix`` becomes a plain
    array. A masked array is refused, because its mask would be lost.
    """
    x = unchecked_array(x, name=name)
    _refuse(np.isnan(x), x, f"{name} must not hold NaN")
    return x


def unchecked_array(x, *, name):
    """Return `x` as a float array that may hold NaN, for callers that look at the values later."""
    x = _array(x, name=name)
    if x.dtype.kind in "biu":
        return x.astype(np.float64)
    if x.dtype.type not in _FLOATS:
        raise TypeError(
            f"{name} must hold real numbers (integers, or floats of at most 64 bits); "
            f"found dtype {x.dtype}"
        )
    return x.astype(x.dtype.newbyteorder("="), copy=False)


def vectors(x, *, name):
    """Return `x` as a real array with at least one axis."""
    return _with_last_axis(real_array(x, name=name), name=name)


def finite_array(x, *, name):
    """Return `x` as a real array without NaN or infinity."""
    x = real_array(x, name=name)
    _refuse(np.isinf(x), x, f"{name} must be finite")
    return x


def non_negative_array(x, *, name):
    """Return `x` as a real array of numbers at or above zero; infinity is allowed."""
    x = real_array(x, name=name)
    _refuse(x < 0, x, f"{name} must not be negative")
    return x


def non_negative_vectors(x, *, name):
    """Return `x` as a real array of numbers at or above zero with at least one axis."""
    return _with_last_axis(non_negative_array(x, name=name), name=name)


def probabilities(p, *, name):
    """Return `p`, of any shape, as an array of numbers in [0, 1]."""
    p = real_array(p, name=name)
    _refuse((p < 0) | (p > 1), p, f"{name} must lie in [0, 1]")
    return p


def distribution(p, *, name):
    """Return `p`, shape (..., K), with entries in [0, 1] that sum to 1 over the last axis.

    The sum, taken in double precision, may miss 1 by the square root of the machine epsilon of
    the dtype of `p`: 1.5e-8 for float64, 3.5e-4 for float32, 0.03 for float16.
    """
    p = _with_last_axis(probabilities(p, name=name), name=name)
    _require_unit_sum(
        p, p.sum(axis=-1, dtype=np.float64), f"{name} must sum to 1 over its last axis"
    )
    return p


def joint_distribution(p, *, name):
    """Return `p`, shape (..., J, K), entries in [0, 1] that sum to 1 over the last two axes."""
    p = probabilities(p, name=name)
    if p.ndim < 2:
        raise ValueError(f"{name} must have at least two axes; found shape {p.shape}")
    totals = p.sum(axis=(-2, -1), dtype=np.float64)
    _require_unit_sum(p, totals, f"{name} must sum to 1 over its last two axes", unit="table")
    return p


def logits(z, *, name):
    """Return `z`, shape (..., K), without NaN, without +inf and without a row of only -inf.

    A logit of -inf stands for probability zero and is allowed.
    """
    z = _with_last_axis(real_array(z, name=name), name=name)
    _refuse(z == np.inf, z, f"{name} must be below +inf")
    lost = (z == -np.inf).all(axis=-1)
    if lost.any():
        raise ValueError(
            f"{name} must hold a finite logit in every row; {_row(lost)} holds only -inf"
        )
    return z


def binary_logits(z, *, name):
    """Return `z`, of any shape, without NaN; +inf stands for probability 1 and -inf for 0."""
    return real_array(z, name=name)


def integer_labels(y, *, classes, name, shape=None):
    """Return `y` as an array of class numbers 0, ..., `classes` - 1, of dtype ``np.intp``.

    Floats and booleans are refused, even whole ones. With `shape`, the shape must be just that.
    """
    y = _integers(y, name=name)
    if shape is not None and y.shape != tuple(shape):
        raise ValueError(f"{name} must have shape {tuple(shape)}; found shape {y.shape}")
    _refuse((y < 0) | (y >= classes), y, f"{name} must lie in 0, ..., {classes - 1}")
    return y.astype(np.intp, copy=False)


def check_same_outcomes(p, q, *, names=("p", "q")):
    """Check that two trusted arrays agree in K and that their leading axes broadcast."""
    if p.shape[-1] != q.shape[-1]:
        raise ValueError(
            f"{names[1]} must have as many outcomes on its last axis as {names[0]}, "
            f"{p.shape[-1]}; found {q.shape[-1]}"
        )
    check_broadcast(p, q, names=names)


def check_same_shape(x, y, *, names):
    """Check that two trusted arrays have one shape."""
    if x.shape != y.shape:
        raise ValueError(
            f"{names[0]} must have the shape of {names[1]}, {y.shape}; found shape {x.shape}"
        )


def check_broadcast(x, y, *, names):
    """Check that two trusted arrays have shapes that broadcast."""
    try:
        np.broadcast_shapes(x.shape, y.shape)
    except ValueError:
        raise ValueError(
            f"{names[0]} and {names[1]} must have shapes that broadcast; "
            f"found {x.shape} and {y.shape}"
        ) from None


def real_number(value, *, name):
    """Return `value` as a Python float: one real number, finite."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, bool | np.bool_) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be a real number; found {value!r}")
    if not math.isfinite(value):
        raise ValueError(f"{name} must be finite; found {value}")
    return float(value)


def positive(value, *, name):
    """Return `value` as a Python float above zero."""
    value = real_number(value, name=name)
    if not value > 0:
        raise ValueError(f"{name} must be positive; found {value}")
    return value


def fraction(value, *, name):
    """Return `value` as a Python float in [0, 1]."""
    value = real_number(value, name=name)
    if not 0 <= value <= 1:
        raise ValueError(f"{name} must lie in [0, 1]; found {value}")
    return value


def positive_integer(value, *, name):
    """Return `value` as a Python int of at least 1."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name} must be an integer; found {value!r}")
    if value < 1:
        raise ValueError(f"{name} must be at least 1; found {value}")
    return int(value)


def log_base(base):
    """Return what a number of nats is divided by: 1 for `base` None, else the log of `base`."""
    if base is None:
        return 1.0
    base = real_number(base, name="base")
    if not base > 1:
        raise ValueError(f"base must be greater than 1, or None for nats; found {base}")
    return math.log(base)


def positive_array(x, *, name):
    """Return `x` as a real array of finite numbers above zero."""
    x = finite_array(x, name=name)
    _refuse(x <= 0, x, f"{name} must be positive")
    return x


def signs(y, *, name):
    """Return `y` as a real array of labels -1 and +1."""
    y = real_array(y, name=name)
    _refuse(np.abs(y) != 1, y, f"{name} must hold the labels -1 and +1")
    return y


def clip_margin(eps, *, dtype, name):
    """Return `eps` as a Python float in (0, 1/2] that does not vanish beside 1 in `dtype`."""
    eps = positive(eps, name=name)
    if eps > 0.5:
        raise ValueError(f"{name} must be at most 1/2; found {eps}")
    if dtype.type(1 - eps) == 1:
        raise ValueError(f"{name} must not vanish beside 1 in {dtype}; found {eps}")
    return eps


def unchecked_vectors(x, *, name):
    """Return `x` as a float array with at least one axis, for callers that check its rows later."""
    return _with_last_axis(unchecked_array(x, name=name), name=name)


def unchecked_table(p, *, name):
    """Return `p` with two axes; one axis, (N,), becomes (N, 1). Its rows are checked later."""
    p = unchecked_array(p, name=name)
    if p.ndim not in (1, 2):
        raise ValueError(f"{name} must have shape (N, K) or (N,); found shape {p.shape}")
    return p.reshape(-1, 1) if p.ndim == 1 else p


def predicted_probabilities(p, *, name):
    """Return `p`, shape (N, K) distributions or (N, 1) probabilities of the second label."""
    return probabilities(p, name=name) if p.shape[1] == 1 else distribution(p, name=name)


def category_labels(y, *, name):
    """Return `y` as an array with one axis of things that can name a class; fractions cannot."""
    y = _array(y, name=name)
    if y.ndim != 1:
        raise ValueError(f"{name} must have one axis; found shape {y.shape}")
    if y.dtype.kind not in "OUSTbiuf":
        raise TypeError(f"{name} must hold strings, integers or booleans; found dtype {y.dtype}")
    if y.dtype.kind == "f":
        is_label = np.isfinite(y) & (y == np.round(y))
        _refuse(~is_label, y, f"{name} must hold labels, not fractions")
    return y


def known_labels(y, labels, *, classes):
    """Return the sorted labels: those of `labels`, or else those that occur in `y`.

    There must be as many as `classes`, if that is given, and two or more.
    """
    name = "y" if labels is None else "labels"
    known = _sorted_unique(y if labels is None else category_labels(labels, name="labels"))
    hint = "; pass all labels as labels=" if labels is None and len(known) < (classes or 2) else ""
    if len(known) < 2:
        raise ValueError(f"{name} must hold at least two labels; found only {known[0]!s}{hint}")
    if classes is not None and len(known) != classes:
        raise ValueError(
            f"{name} must hold as many labels as p has classes, {classes}; found {len(known)}{hint}"
        )
    return known


def refuse_unknown_labels(y, known):
    """Refuse labels that are not among the sorted labels `known`."""
    index = np.minimum(np.searchsorted(known, y), len(known) - 1)
    unknown = np.broadcast_to(np.asarray(known[index] != y, dtype=bool), y.shape)
    _refuse(unknown, y, "y must hold only the labels in labels")


def check_same_length(p, **others):
    """Check that each of the named arrays has one axis, as long as the first of `p`."""
    for name, other in others.items():
        if other is not None and other.shape != (len(p),):
            raise ValueError(
                f"{name} must have shape ({len(p)},), one entry for each row of p; "
                f"found shape {other.shape}"
            )


def sample_weights(weight, *, name):
    """Return `weight` in float64, none negative; None stays None."""
    if weight is None:
        return None
    weight = finite_array(weight, name=name).astype(np.float64, copy=False)
    _refuse(weight < 0, weight, f"{name} must not be negative")
    return weight


def positive_total(total, *, name):
    """Return a sum of weights, which must be above zero."""
    if not total > 0:
        raise ValueError(f"{name} must hold a positive weight; found only zeros")
    return total


def same_labels(first, second):
    """Check that two accumulators, with sorted labels `first` and `second`, speak of one thing."""
    if first.shape != second.shape or not np.all(first == second):
        raise ValueError(f"labels must agree; found {first.tolist()} and {second.tolist()}")


def accumulator(other, kind, *, name):
    """Return `other`, which must be of the class `kind`."""
    if not isinstance(other, kind):
        raise TypeError(f"{name} must be a {kind.__name__}; found {type(other).__name__}")
    return other


def some_examples(count):
    """Return a number of examples, which must not be zero."""
    if not count:
        raise ValueError("update must have been called; found no examples")
    return count


def output_array(out, *, like, name):
    """Return `out`, an array in the shape and dtype of `like`; a new one for None."""
    if out is None:
        return np.empty(like.shape, like.dtype)
    if not isinstance(out, np.ndarray) or out.dtype != like.dtype:
        found = f"dtype {out.dtype}" if isinstance(out, np.ndarray) else type(out).__name__
        raise TypeError(f"{name} must be an array of dtype {like.dtype}; found {found}")
    if out.shape != like.shape:
        raise ValueError(f"{name} must have shape {like.shape}; found shape {out.shape}")
    if not out.flags.writeable:
        raise ValueError(f"{name} must be writeable; found a read-only array")
    return out


def difference_step(step, x, *, name):
    """Return `step` as a Python float above zero that moves every entry of `x`."""
    step = positive(step, name=name)
    _refuse(x + step == x - step, x, f"{name} must not vanish beside an entry of x: {step}")
    return step


def function_values(value, *, name):
    """Return what a function gave, in float64, without NaN or infinity."""
    return finite_array(value, name=f"the value of {name}").astype(np.float64)


def single_distribution(p, *, name):
    """Return `p`, shape (K,), as a distribution without a batch."""
    p = distribution(p, name=name)
    if p.ndim != 1:
        raise ValueError(f"{name} must have one axis; found shape {p.shape}")
    return p


def positive_distribution(p, *, name):
    """Return `p`, shape (..., K), as a distribution in which every outcome is possible."""
    p = distribution(p, name=name)
    _refuse(p == 0, p, f"{name} must be positive")
    return p


def word_lengths(lengths, *, name):
    """Return `lengths`, shape (K,), as a list of Python ints at or above zero."""
    lengths = _integers(lengths, name=name)
    if lengths.ndim != 1:
        raise ValueError(f"{name} must have one axis; found shape {lengths.shape}")
    _refuse(lengths < 0, lengths, f"{name} must not be negative")
    return lengths.tolist()


def kraft_lengths(lengths, *, name):
    """Return `lengths` as `word_lengths` does, refusing those that no prefix code has."""
    lengths = word_lengths(lengths, name=name)
    longest = max(lengths)
    leaves = sum(1 << (longest - length) for length in lengths)
    if leaves > 1 << longest:
        raise ValueError(
            f"{name} must have a Kraft sum of at most 1; found {leaves} / {1 << longest}"
        )
    return lengths


def prefix_code(code, *, name):
    """Return `code` as a dict from symbol to code word; a sequence gets the symbols 0, 1, ....

    Words are non-empty strings of 0 and 1, and none starts with another.
    """
    if isinstance(code, str):
        raise TypeError(f"{name} must be a mapping or a sequence of code words; found {code!r}")
    code = dict(code) if isinstance(code, Mapping) else dict(enumerate(code))
    if not code:
        raise ValueError(f"{name} must not be empty")
    for symbol, word in code.items():
        if not isinstance(word, str):
            raise TypeError(f"{name} must hold strings; found {word!r} for symbol {symbol!r}")
        if not word or set(word) - {"0", "1"}:
            raise ValueError(
                f"{name} must hold non-empty words of 0 and 1; found {word!r} for symbol {symbol!r}"
            )
    for shorter, longer in pairwise(sorted(code.values())):
        if longer.startswith(shorter):
            raise ValueError(
                f"{name} must be prefix-free; found {shorter!r}, which starts {longer!r}"
            )
    return code


def coded_symbols(symbols, code, *, name):
    """Return `symbols` as a list of symbols that each have a word in the trusted `code`."""
    symbols = list(symbols)
    for position, symbol in enumerate(symbols):
        if symbol not in code:
            raise ValueError(
                f"{name} must have a code word each; found {symbol!r} at index {position}"
            )
    return symbols


def binary_digits(bits, *, name):
    """Return `bits`, a string of 0 and 1, possibly empty."""
    if not isinstance(bits, str):
        raise TypeError(f"{name} must be a string of 0 and 1; found {type(bits).__name__}")
    for position, digit in enumerate(bits):
        if digit not in "01":
            raise ValueError(f"{name} must hold 0 and 1; found {digit!r} at index {position}")
    return bits


def check_decoded(leftover, position, *, name):
    """Check that nothing is left of the trusted `bits` once the whole code words are read."""
    if leftover:
        raise ValueError(
            f"{name} must be whole code words; found {leftover[:20]!r} at index {position}, "
            "which is none"
        )


def known_name(value, known, *, name):
    """Return `value`, which must be one of the names `known`."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string; found {type(value).__name__}")
    if value not in known:
        raise ValueError(f"{name} must be one of {', '.join(known)}; found {value!r}")
    return value


def one_value_for_each(values, cases):
    """Return `values` and `cases` as lists of one length, which must not be zero."""
    values, cases = list(values), list(cases)
    if not cases:
        raise ValueError("cases must not be empty")
    if len(values) != len(cases):
        raise ValueError(
            f"values must have one entry for each of {len(cases)} cases; found {len(values)}"
        )
    return values, cases


def _array(x, *, name):
    """Return `x` as a plain array with at least one entry."""
    if isinstance(x, np.ma.MaskedArray):
        raise TypeError(f"{name} must be a plain array; found a masked array, fill it first")
    try:
        x = np.asarray(x)
    except ValueError:
        raise ValueError(
            f"{name} must be a rectangular array; found rows of different lengths"
        ) from None
    if x.size == 0:
        raise ValueError(f"{name} must not be empty; found shape {x.shape}")
    return x


def _integers(x, *, name):
    x = _array(x, name=name)
    if x.dtype.kind not in "iu":
        raise TypeError(f"{name} must hold integers; found dtype {x.dtype}")
    return x


def _sorted_unique(labels):
    """Return the distinct labels in sorted order; integers in a small range are not sorted."""
    if labels.dtype.kind in "bi":
        first = int(labels.min())
        span = int(labels.max()) - first + 1
        if span <= 4 * labels.size:
            seen = np.zeros(span, bool)
            for start in range(0, labels.size, 1 << 16):
                seen[labels[start : start + (1 << 16)].astype(np.int64) - first] = True
            return (np.flatnonzero(seen) + first).astype(labels.dtype)
    try:
        return np.unique(labels)
    except TypeError:
        raise TypeError("labels must be of one kind; found a mixture, which has no order") from None


def _with_last_axis(x, *, name):
    if x.ndim == 0:
        raise ValueError(f"{name} must have at least one axis; found the single number {x}")
    return x


def _refuse(offends, x, requirement):
    """Raise, naming the first entry of `x` where `offends` holds; pass when there is none."""
    if offends.any():
        index = _first(offends)
        place = f" at index {_plain(index)}" if index else ""
        raise ValueError(f"{requirement}; found {x[index]!s}{place}")


def _require_unit_sum(p, totals, requirement, unit="row"):
    offends = np.abs(totals - 1) > math.sqrt(np.finfo(p.dtype).eps)
    if offends.any():
        total = np.asarray(totals)[_first(offends)]
        raise ValueError(f"{requirement}; {_row(offends, unit)} sums to {total:.12g}")


def _row(offends, unit="row"):
    """Name the first row for which `offends` holds: 'it', 'row 3' or 'row (1, 2)'."""
    index = _first(offends)
    return f"{unit} {_plain(index)}" if index else "it"


def _first(offends):
    """Return the index, a tuple of ints, of the first place where `offends` holds."""
    return tuple(int(i) for i in np.unravel_index(np.argmax(offends), np.shape(offends)))


def _plain(index):
    return index[0] if len(index) == 1 else index
