"""Input checks: each function returns the trusted value or raises.

This is the only module that raises about input. Every message names the argument, the
requirement, the value found and where it was found. A check never changes its input; what it
returns may be the input itself, so callers must not write into it.
"""

import math
import numbers

import numpy as np

_FLOATS = (np.float16, np.float32, np.float64)


def real_array(x, *, name):
    """Return `x` as a float array without NaN: half, single and double precision are kept.

    Integers, booleans and lists become float64. A subclass such as ``np.matrix`` becomes a plain
    array. A masked array is refused, because its mask would be lost.
    """
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
    if x.dtype.kind in "biu":
        return x.astype(np.float64)
    if x.dtype.type not in _FLOATS:
        raise TypeError(
            f"{name} must hold real numbers (integers, or floats of at most 64 bits); "
            f"found dtype {x.dtype}"
        )
    x = x.astype(x.dtype.newbyteorder("="), copy=False)
    _refuse(np.isnan(x), x, f"{name} must not hold NaN")
    return x


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
    if isinstance(y, np.ma.MaskedArray):
        raise TypeError(f"{name} must be a plain array; found a masked array, fill it first")
    try:
        y = np.asarray(y)
    except ValueError:
        raise ValueError(
            f"{name} must be a rectangular array; found rows of different lengths"
        ) from None
    if y.size == 0:
        raise ValueError(f"{name} must not be empty; found shape {y.shape}")
    if y.dtype.kind not in "iu":
        raise TypeError(f"{name} must hold integer class numbers; found dtype {y.dtype}")
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


def _with_last_axis(x, *, name):
    if x.ndim == 0:
        raise ValueError(f"{name} must have at least one axis; found the single number {x}")
    return x


def _refuse(offends, x, requirement):
    """Raise, naming the first entry of `x` where `offends` holds; pass when there is none."""
    if offends.any():
        index = _first(offends)
        place = f" at index {_plain(index)}" if index else ""
        raise ValueError(f"{requirement}; found {x[index]}{place}")


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
