"""Values survive the way through the sandbox, and nothing else does."""

import json
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from coursework.values import DEPTH, ELEMENTS, TEXT, Other, decode, encode


def through_json(value):
    return decode(json.loads(json.dumps(encode(value))))


def assert_same(one, other):
    assert type(one) is type(other)
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other, strict=True)
    elif isinstance(one, list):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            assert_same(a, b)
    else:
        assert one == other or (one != one and other != other)


numbers = st.one_of(st.booleans(), st.integers(-(2**64), 2**64), st.floats())
texts = st.text(st.characters(codec="utf-8"), max_size=TEXT)
plain = st.recursive(
    st.one_of(numbers, texts, st.none()), lambda inner: st.lists(inner, max_size=4), max_leaves=12
)
dtypes = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(endianness="="),
    hnp.unsigned_integer_dtypes(endianness="="),
    hnp.floating_dtypes(sizes=(16, 32, 64), endianness="="),
)
arrays = hnp.arrays(dtypes, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))


@given(value=plain)
def test_plain_values_come_back_as_they_were(value):
    assert_same(through_json(value), value)


@given(value=arrays)
def test_arrays_come_back_as_they_were_and_writable(value):
    found = through_json(value)
    assert_same(found, value)
    assert found.flags.writeable
    assert found.flags.owndata or found.base.flags.owndata


@given(value=st.lists(arrays, max_size=3))
def test_lists_of_arrays_come_back_with_their_numbers(value):
    try:
        flat = np.concatenate([np.ravel(a) for a in value]).tolist() if value else []
        found = through_json(value)
        again = np.concatenate([np.ravel(a) for a in found]).tolist() if found else []
    except ValueError:
        raise
    np.testing.assert_array_equal(again, flat)


@pytest.mark.parametrize(
    ("value", "back"),
    [
        ((1, 2.5), [1, 2.5]),
        (((1, 2), [3, 4]), [[1, 2], [3, 4]]),
        ([np.float64(1.5), np.int32(2)], [1.5, 2]),
        ([np.array([1.0, 2.0]), [3.0, 4.0]], [[1.0, 2.0], [3.0, 4.0]]),
        ([[1], [2, 3]], [[1], [2, 3]]),
        ([[], []], [[], []]),
        ([[[]]], [[[]]]),
        (range(3), [0, 1, 2]),
        (np.float32(0.1), float(np.float32(0.1))),
        (np.bool_(True), True),
        (Fraction(1, 4), 0.25),
        (Decimal("0.5"), 0.5),
        (10**20, 1e20),
        (-(10**400), -math.inf),
        (["A", 1.5], ["A", 1.5]),
        ("x" * 1000, "x" * TEXT),
        (np.str_("A"), "A"),
    ],
)
def test_what_is_like_a_plain_value_becomes_one(value, back):
    assert_same(through_json(value), back)


@pytest.mark.parametrize(
    ("value", "back"),
    [
        (np.ma.masked_array([1.0, 2.0], [True, False]), np.array([1.0, 2.0])),
        (np.array([1, 2.5, True], dtype=object), np.array([1.0, 2.5, 1.0])),
        (np.longdouble([0.5, 0.25]), np.array([0.5, 0.25])),
        (np.array([1.0, 2.0], dtype=">f8"), np.array([1.0, 2.0])),
        (np.arange(6.0).reshape(2, 3).T, np.array([[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]])),
    ],
)
def test_arrays_of_other_kinds_become_plain_ones(value, back):
    assert_same(through_json(value), back)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({}, "dict"),
        (set(), "set"),
        (1j, "complex"),
        (b"abc", "bytes"),
        (print, "builtin_function_or_method"),
        (iter([]), "list_iterator"),
        (np.array([1j]), "array of complex128"),
        (np.array(["a"]), "array of str32"),
        (np.array([None]), "array of objects"),
        (np.broadcast_to(1.0, (10**9, 10**9)), "ndarray, too large"),
        ([0.0] * (ELEMENTS + 1), "list, too large"),
        ([[0.0] * 1000, [0] * 999] * 60, "list, too large"),
        (np.datetime64("2020-01-01"), "datetime64"),
    ],
)
def test_anything_else_is_named_only(value, name):
    assert encode(value) == {"other": name}
    assert through_json(value) == Other(name)


def test_a_list_that_holds_itself_has_an_encoding():
    loop = []
    loop.append(loop)
    assert "too large" in str(through_json(loop))


def test_lone_surrogates_are_replaced():
    assert through_json("a\ud800") == "a?"


def test_a_call_gets_fresh_copies():
    tree = encode(np.zeros(2))
    decode(tree)[0] = 1
    assert decode(tree).tolist() == [0, 0]


def array(flat, shape, dtype="float64"):
    return {"array": flat, "shape": shape, "dtype": dtype}


nested = {"number": 1}
for _ in range(DEPTH + 1):
    nested = {"list": [nested]}


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        (None, "must be an object"),
        (1.5, "must be an object"),
        ([], "must be an object"),
        ({}, "must have the keys"),
        ({"number": 1, "text": "a"}, "must have the keys"),
        ({"value": 1}, "must have the keys"),
        ({1: 1, "number": 2}, "must have the keys"),
        ({"number": "1"}, "must be a bool, an int or a float"),
        ({"number": None}, "must be a bool, an int or a float"),
        ({"number": [1]}, "must be a bool, an int or a float"),
        ({"number": 2**64 + 1}, "at most"),
        ({"number": -(10**4000)}, "at most"),
        ({"none": False}, "none must be true"),
        ({"none": 1}, "none must be true"),
        ({"text": 1}, "must be a string"),
        ({"text": "a" * (TEXT + 1)}, "at most 200"),
        ({"text": "\ud800"}, "valid Unicode"),
        ({"other": ["int"]}, "must be a string"),
        (array({}, [0]), "must be a list"),
        (array([1.0], 1), "shape must be"),
        (array([1.0], [1] * (DEPTH + 1)), "shape must be"),
        (array([1.0], [True]), "shape must hold integers"),
        (array([1.0], [-1]), "shape must hold integers"),
        (array([1.0], [1.0]), "shape must hold integers"),
        (array([], [0, 10**9]), "shape must hold integers"),
        (array([1.0, 2.0], [3]), "must fit"),
        (array([[1.0]], [1]), "must be a bool, an int or a float"),
        (array(["1"], [1]), "must be a bool, an int or a float"),
        (array([10**30], [1]), "at most"),
        (array([1.0], [1], "object"), "known one"),
        (array([1.0], [1], "O"), "known one"),
        (array([1.0], [1], ["float64"]), "known one"),
        (array([1.0], [1], "float64,float64"), "known one"),
        (array([1], [1], "bool"), "only true and false"),
        (array([1.5], [1], "int64"), "only integers"),
        (array([300], [1], "uint8"), "fit into uint8"),
        (array([-1], [1], "uint64"), "fit into uint64"),
        (array([1.0], [], "list"), "at least one axis"),
        (array([], [10**5, 10**5, 0], "list"), "small"),
        (array([0] * (ELEMENTS + 1), [ELEMENTS + 1]), "at most"),
        ({"list": {"number": 1}}, "must be a list"),
        ({"list": [1]}, "must be an object"),
        ({"list": [{"none": True}] * (ELEMENTS + 1)}, "at most"),
        ({"list": [array([], [0])] * (ELEMENTS + 1)}, "at most"),
        (nested, "nested"),
    ],
)
def test_what_encode_never_writes_is_refused(tree, message):
    with pytest.raises(ValueError, match=message):
        decode(tree)


json_trees = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["number", "array", "shape", "dtype", "list", "text", "none"]), inner
        ),
    ),
    max_leaves=10,
)


@given(tree=json_trees)
def test_decode_accepts_only_values_or_raises_value_error(tree):
    try:
        value = decode(tree)
    except ValueError:
        return
    assert_same(through_json(value), value)
