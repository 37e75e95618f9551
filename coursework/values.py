"""Values as data: what goes into the sandbox and what comes out of it.

This one file is used on both sides. The grader encodes the arguments of a call and decodes what
the student's function returned; the program in the sandbox does the reverse. It needs NumPy and
the standard library, and imports nothing of this package. What it uses it takes by name when it
is imported: in the sandbox, student code may replace `numpy.array` later.

An encoded value is made of dictionaries, lists, numbers and strings, so it can be written as JSON:

- ``{"number": x}``: a real number; NaN and infinities are numbers
- ``{"array": [...], "shape": [...], "dtype": "float64"}``: an array, flat in C order
- ``{"array": [...], "shape": [...], "dtype": "list"}``: nested lists or tuples of numbers
- ``{"text": "..."}``: a string, cut after 200 characters
- ``{"none": true}``: None
- ``{"list": [encoded, ...]}``: a list that is ragged or holds other things than numbers
- ``{"other": "type name"}``: anything else
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import prod

from numpy import array as new_array
from numpy import bool_, errstate, floating, iinfo, integer, ndarray

__all__ = ["DEPTH", "ELEMENTS", "TEXT", "Other", "decode", "encode"]

ELEMENTS = 100_000  # numbers in one value, in all
DEPTH = 8  # of lists in lists, and axes of an array
TEXT = 200  # characters of a string
INTEGER = 2**64  # an integer beyond this is written as a float

DTYPES = frozenset(
    ["bool", "float16", "float32", "float64"]
    + [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
)


@dataclass(frozen=True)
class Other:
    """What is neither number, array, list, text nor None: only the name of its type is kept."""

    type_name: str

    def __str__(self):
        return self.type_name


def encode(value):
    """Write `value` as data.

    Every value has an encoding: what is not made of numbers, text or None becomes
    ``{"other": type name}``, and so does what is too large. Integers beyond 2**64 become floats,
    extended precision becomes double precision, tuples become lists.

    Parameters
    ----------
    value : object
        Anything. Of an array, also of a subclass, only the numbers, the shape and the type count.

    Returns
    -------
    dict
        The encoded value, see the top of this file.

    Examples
    --------
    >>> import numpy
    >>> encode(0.5)
    {'number': 0.5}
    >>> encode(numpy.array([[1, 2]], dtype="int64"))
    {'array': [1, 2], 'shape': [1, 2], 'dtype': 'int64'}
    >>> encode({})
    {'other': 'dict'}
    """
    tree = _encode(value, DEPTH)
    return tree if _size(tree) <= ELEMENTS else _too_large(value)


def _encode(value, depth):
    kind = type(value)
    if value is None:
        return {"none": True}
    if isinstance(value, (bool, int, float, bool_, integer, floating)):
        return {"number": _number(value)}
    if isinstance(value, (Fraction, Decimal)):
        return {"number": float(value)}
    if isinstance(value, str):
        return {"text": _text(value)}
    if isinstance(value, ndarray):
        return _encode_array(value)
    if isinstance(value, (list, tuple, range)):
        return _encode_list(value, depth)
    if isinstance(value, Other):
        return {"other": _text(value.type_name)}
    return {"other": _text(kind.__name__)}


def _number(value):
    """Return a plain bool, int or float."""
    if isinstance(value, (bool, bool_)):
        return bool(value)
    if isinstance(value, (int, integer)):
        value = int(value)
        if abs(value) <= INTEGER:
            return value
        try:
            return float(value)
        except OverflowError:
            return float("inf") if value > 0 else float("-inf")
    return float(value)


def _text(value):
    cut = str.__str__(value)[:TEXT]
    return cut.encode("utf-8", "replace").decode("utf-8")


def _encode_array(value):
    size, ndim = ndarray.size.__get__(value), ndarray.ndim.__get__(value)
    if size > ELEMENTS or ndim > DEPTH:  # before any copy: a view can pretend to a huge size
        return _too_large(value)
    plain = new_array(value, subok=False)
    dtype, flat = plain.dtype, plain.ravel().tolist()
    if dtype.kind == "O":
        trees = [_encode(x, 0) for x in flat]
        if not all("number" in tree for tree in trees):
            return {"other": "array of objects"}
        flat, name = [float(tree["number"]) for tree in trees], "float64"
    elif dtype.kind in "biuf":
        name = dtype.name if dtype.name in DTYPES else "float64"
        flat = [float(x) for x in flat] if dtype.kind == "f" else flat
    else:
        return {"other": _text(f"array of {dtype.name}")}
    return {"array": flat, "shape": list(plain.shape), "dtype": name}


def _encode_list(value, depth):
    if depth == 0 or len(value) > ELEMENTS:
        return _too_large(value)
    if set(map(type, value)) <= {bool, int, float}:
        return {"array": [_number(x) for x in value], "shape": [len(value)], "dtype": "list"}
    trees = [_encode(x, depth - 1) for x in value]
    shapes = {tuple(tree.get("shape", [])) for tree in trees}
    rectangular = all("number" in tree or "array" in tree for tree in trees) and len(shapes) == 1
    if not rectangular or len(shape := shapes.pop()) >= DEPTH:
        return {"list": trees}
    flat = [x for tree in trees for x in tree.get("array", [tree.get("number")])]
    return {"array": flat, "shape": [len(trees), *shape], "dtype": "list"}


def _size(tree):
    if "list" in tree:
        return 1 + sum(map(_size, tree["list"]))
    return 1 if "array" not in tree else len(tree["array"])


def _too_large(value):
    return {"other": _text(f"{type(value).__name__}, too large")}


def decode(tree):
    """Read an encoded value, which may come from an enemy.

    Parameters
    ----------
    tree : object
        What ``json.loads`` made of a line from the sandbox.

    Returns
    -------
    bool, int, float, str, None, ndarray, list or Other
        The value. Lists of numbers come back as (nested) lists, arrays as new writable arrays of
        their type.

    Raises
    ------
    ValueError
        If `tree` is not exactly what `encode` could have written.

    Examples
    --------
    >>> decode({"array": [0.5, 0.5], "shape": [2], "dtype": "float64"})
    array([0.5, 0.5])
    >>> decode({"number": "1"})
    Traceback (most recent call last):
        ...
    ValueError: number must be a bool, an int or a float; found str
    """
    value, size = _decode(tree, DEPTH, ELEMENTS)
    assert size <= ELEMENTS
    return value


def _decode(tree, depth, left):
    """Return the value, and how many of the `left` elements it took."""
    _require(type(tree) is dict, f"a value must be an object; found {type(tree).__name__}")
    _require(left >= 1, f"a value must have at most {ELEMENTS} elements")
    keys = tuple(sorted(tree, key=repr))
    if keys == ("number",):
        return _decode_number(tree["number"]), 1
    if keys == ("none",):
        _require(tree["none"] is True, "none must be true")
        return None, 1
    if keys == ("text",):
        return _decode_text(tree["text"]), 1
    if keys == ("other",):
        return Other(_decode_text(tree["other"])), 1
    if keys == ("array", "dtype", "shape"):
        return _decode_array(tree["array"], tree["shape"], tree["dtype"], left)
    if keys == ("list",):
        return _decode_list(tree["list"], depth, left)
    raise ValueError(f"a value must have the keys of one of the known kinds; found {keys!r:.80}")


def _decode_number(x):
    _require(
        type(x) in (bool, int, float),
        f"number must be a bool, an int or a float; found {type(x).__name__}",
    )
    _require(type(x) is not int or abs(x) <= INTEGER, "an integer must be at most 2**64")
    return x


def _decode_text(text):
    _require(type(text) is str, f"text must be a string; found {type(text).__name__}")
    _require(len(text) <= TEXT, f"text must have at most {TEXT} characters; found {len(text)}")
    _require(not any("\ud800" <= c <= "\udfff" for c in text), "text must be valid Unicode")
    return text


def _decode_array(flat, shape, dtype, left):
    _require(type(flat) is list, f"array must be a list; found {type(flat).__name__}")
    _require(len(flat) <= left, f"a value must have at most {ELEMENTS} elements")
    _require(type(shape) is list and len(shape) <= DEPTH, f"shape must be {DEPTH} integers or less")
    _require(
        all(type(n) is int and 0 <= n <= ELEMENTS for n in shape),
        f"shape must hold integers from 0 to {ELEMENTS}",
    )
    _require(
        prod(shape) == len(flat), f"shape {shape} must fit the number of elements, {len(flat)}"
    )
    for x in flat:
        _decode_number(x)
    if dtype == "list":
        _require(len(shape) >= 1, "a list must have at least one axis")
        _require(prod(n or 1 for n in shape) <= ELEMENTS, f"shape {shape} must be small")
        return _nest(flat, shape), max(1, len(flat))
    _require(
        type(dtype) is str and dtype in DTYPES, f"dtype must be a known one; found {dtype!r:.80}"
    )
    kinds = set(map(type, flat))
    if dtype == "bool":
        _require(kinds <= {bool}, "an array of bools must hold only true and false")
    elif "int" in dtype:
        _require(kinds <= {int}, "an array of integers must hold only integers")
        limits = iinfo(dtype)
        _require(
            all(limits.min <= x <= limits.max for x in flat), f"an element must fit into {dtype}"
        )
    with errstate(over="ignore"):
        if "float" in dtype:
            array = new_array([float(x) for x in flat], dtype="float64").astype(dtype)
        else:
            array = new_array(flat, dtype=dtype)
    return array.reshape(shape), max(1, len(flat))


def _nest(flat, shape):
    if len(shape) == 1:
        return list(flat)
    step = len(flat) // shape[0] if shape[0] else 0
    return [_nest(flat[i * step : (i + 1) * step], shape[1:]) for i in range(shape[0])]


def _decode_list(trees, depth, left):
    _require(type(trees) is list, f"list must be a list; found {type(trees).__name__}")
    _require(depth > 0, f"lists must be nested at most {DEPTH} deep")
    values, used = [], 1
    for tree in trees:
        value, size = _decode(tree, depth - 1, left - used)
        values.append(value)
        used += size
    return values, used


def _require(condition, message):
    if not condition:
        raise ValueError(message)
