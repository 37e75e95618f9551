r"""Compute the tree of a formula for random values of its symbols.

The value of a symbol follows from its kind (``tests/notation.py``, or a ``% with`` note), from
the way it is indexed, and from the seed: one name has one value within a sample.
"""

import inspect
import itertools
import math
import operator
import re
import zlib
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache, partial

import numpy as np
from scipy.integrate import quad

import cecourse
from tests.equations.reader import (
    KINDS,
    Apply,
    Call,
    Cases,
    Derivative,
    Dot,
    Elementary,
    Expectation,
    Index,
    Integral,
    Limit,
    Listed,
    Name,
    Node,
    Number,
    Over,
    Power,
    Product,
    Quotient,
    Reader,
    Relation,
    Sum,
    Unreadable,
    read,
    tokens,
)


class Undefined(ArithmeticError):
    """The formula has no value for these inputs."""


ELEMENTARY = {
    "log": np.log,
    "exp": np.exp,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "ceil": np.ceil,
    "floor": np.floor,
    "log1p": np.log1p,
    "expm1": np.expm1,
    "sign": np.sign,
    "norm": lambda v: np.sqrt(np.sum(np.square(v))),
    "factorial": lambda n: np.float64(math.factorial(operator.index(int(n)))),
    "binomial": lambda n, k: np.float64(math.comb(int(n), int(k))),
    "max": lambda *v: np.maximum.reduce(v) if len(v) > 1 else np.max(v[0]),
    "min": lambda *v: np.minimum.reduce(v) if len(v) > 1 else np.min(v[0]),
}
COMPARE = {
    "=": lambda a, b: abs(a - b) <= 1e-9 * max(1.0, abs(a), abs(b)),
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "!=": operator.ne,
}
SIZES = {"i": "N", "n": "N"}  # every other index runs over the classes
INDEX_LETTERS = set("ijklcn") | {"j'", "k'", "i'"}
WEAK_VECTORS = {"p", "q", "r", "m", "y", "z"}  # vectors where a vector is asked for in a sum
LISTED_CLASSES = WEAK_VECTORS | {r"\ell"}  # a list of their values says what K is
CONSTANTS = {"e": math.e, r"\pi": math.pi, r"\infty": math.inf}


# --- What the notes of an equation say -------------------------------------------------------


@dataclass(frozen=True)
class Definition:
    """`name_{indices} = body`, or `name(arguments) = body`."""

    base: str
    indices: tuple
    arguments: tuple
    body: Node


@dataclass(frozen=True)
class Conditions:
    """The clauses of a ``% with`` note."""

    definitions: tuple = ()
    kinds: tuple = ()  # of (name, kind)
    sizes: tuple = ()  # of (name, number)
    base: float | None = None
    independent: bool = False

    @property
    def functions(self):
        return frozenset(d.base for d in self.definitions if d.arguments)

    def definition(self, base, function=False):
        """Return the definition of a name, or that of a function."""
        for made in self.definitions:
            if made.base == base and bool(made.arguments) == function:
                return made
        return None


KIND_WORDS = {
    "one-hot", "binary", "integer", "real", "positive", "natural", "probability", "distribution",
    "vector", "logits", "label", "number",
}  # fmt: skip


def conditions(note):
    """Read the clauses of a ``% with`` note."""
    found = Conditions()
    clauses = [c.strip() for c in note.split(";") if c.strip()]
    for clause in sorted(clauses, key=lambda c: "(" not in c.split("=")[0]):
        name, _, word = clause.rpartition(" ")
        if clause.startswith("base "):
            found = replace(found, base=float(word))
        elif word == "independent":
            found = replace(found, independent=True)
        elif word in KIND_WORDS and "=" not in clause:
            names = [read(n.strip().strip("$")).base for n in name.split(",")]
            found = replace(found, kinds=found.kinds + tuple((n, word) for n in names))
        elif "=" in clause:
            found = _define(found, clause)
        else:
            raise Unreadable(f"cannot read the note 'with {clause}'")
    return found


def _define(found, clause):
    left, right = (tokens(side) for side in clause.split("=", 1))
    if left in (["K"], ["N"], ["J"]) and right and right[0].isdigit():
        return replace(found, sizes=(*found.sizes, (left[0], int(right[0]))))
    functions = found.functions
    if "(" in left:
        functions |= {Reader(left, known=False).symbol()}
    target, body = read(left, functions), read(right, found.functions)
    if isinstance(target, Apply):
        made = Definition(target.base, (), tuple(a.base for a in target.arguments), body)
    elif isinstance(target, Name) and all(isinstance(i, Name) for i in target.indices):
        made = Definition(target.base, tuple(i.base for i in target.indices), (), body)
    else:
        raise Unreadable(f"cannot define the left side of 'with {clause}'")
    if isinstance(body, Listed) and made.base in LISTED_CLASSES:
        found = replace(found, sizes=(*found.sizes, ("K", len(body.items))))
    return replace(found, definitions=(*found.definitions, made))


# --- How the symbols are used ----------------------------------------------------------------


def children(node):
    """Yield the nodes that a node is made of."""
    for value in vars(node).values():
        for part in value if isinstance(value, tuple) else (value,):
            for inner in part if isinstance(part, tuple) else (part,):
                if isinstance(inner, Node):
                    yield inner


def walk(node):
    """Yield a node and everything below it."""
    yield node
    for child in children(node):
        yield from walk(child)


@dataclass
class Usage:
    """What a formula shows about its symbols."""

    axes: dict = field(default_factory=dict)  # name -> index letters of the widest use
    whole: set = field(default_factory=set)  # names that stand as an index themselves
    free: set = field(default_factory=set)  # free index letters
    limits: dict = field(default_factory=dict)  # index letter -> name of its upper limit
    joint: bool = False

    def add(self, node, defined, vector="", bound=frozenset()):
        """Note the uses in a tree. `vector` is "", "weak" or "strong"."""
        match node:
            case Name(base, indices):
                letters = tuple(getattr(i, "base", "") for i in indices)
                if base not in bound and base not in CONSTANTS:
                    asks = vector == "strong" or (vector == "weak" and base in WEAK_VECTORS)
                    axes = letters + (("",) if asks else ())
                    if len(axes) >= len(self.axes.get(base, ())):
                        self.axes[base] = axes if any(axes) else self.axes.get(base) or axes
                for index in indices:
                    self.index(index, defined, bound)
            case Call(row, arguments):
                self.joint |= row.takes == "variables"
                for argument in arguments if row.takes != "variables" else ():
                    strong = row.takes == "vectors" and isinstance(argument, Name)
                    weak = "weak" if row.takes == "vectors" else ""
                    self.add(argument, defined, "strong" if strong else weak, bound)
                if row.takes == "outcome":
                    self.outcomes("p", arguments, (), defined, bound)
            case Apply(base, arguments, separators):
                if base in defined:
                    for argument in arguments:
                        self.add(argument, defined, "", bound)
                else:
                    self.outcomes(base, arguments, separators, defined, bound)
            case Index(of, indices):
                self.add(of, defined, "strong" if isinstance(of, Name) else "weak", bound)
                for index in indices:
                    self.index(index, defined, bound)
            case Dot(left, right):
                for side in (left, right):
                    self.add(side, defined, "strong" if isinstance(side, Name) else "weak", bound)
            case Listed(items):
                for item in items:
                    self.add(item, defined, "", bound)
            case Over(_, index, low, high, body, without):
                if without is not None:
                    self.index(without, defined, bound)
                if isinstance(high, Name):
                    self.limits[index] = high.base
                for limit in (low, high):
                    if limit is not None:
                        self.add(limit, defined, "", bound)
                self.add(body, defined, "", bound | {index})
            case Expectation(outcome, base, body):
                self.axes.setdefault(base, ("",))
                self.add(body, defined, "", bound | {outcome})
            case Integral(variable, low, high, body):
                for limit in (low, high):
                    self.add(limit, defined, "", bound)
                self.add(body, defined, "", bound | {variable})
            case Limit(variable, target, _, body):
                self.add(target, defined, "", bound)
                self.add(body, defined, vector, bound | {variable})
            case Derivative(of, variables):
                self.add(of, defined, vector, bound)
                for variable in variables:
                    if isinstance(variable, Name):
                        for index in variable.indices:
                            self.index(index, defined, bound)
            case Elementary("norm", arguments):
                for argument in arguments:
                    self.add(argument, defined, "weak", bound)
            case _:
                for child in children(node):
                    self.add(child, defined, vector, bound)

    def index(self, node, defined, bound):
        if isinstance(node, Name):
            if node.base in bound or node.base in ("K", "N", "J"):
                return
            if node.base in INDEX_LETTERS and not node.indices:
                self.free.add(node.base)
            else:
                self.whole.add(node.base)
                self.add(node, defined, "", bound)
        elif not isinstance(node, Number):
            for child in children(node):
                self.index(child, defined, bound)

    def outcomes(self, base, arguments, separators, defined, bound):
        names = [a for a in arguments if isinstance(a, Name) and a.base[0] in "xy"]
        if len(names) < len(arguments):
            for argument in arguments:
                self.add(argument, defined, "", bound)
            return
        self.joint |= len(names) > 1 or r"\mid" in separators
        self.axes.setdefault(base, ("",))
        for name in names:
            if name.base not in bound:
                self.whole.add(name.base)
                self.add(name, defined, "", bound)


def _behind(nodes, given):
    """Return the definitions that some trees rest on."""
    found, nodes = [], list(nodes)
    while nodes:
        for node in walk(nodes.pop()):
            base = getattr(node, "base", None) or getattr(node, "distribution", None)
            for function in (False, True):
                made = given.definition(base, function)
                if made is not None and made not in found:
                    found.append(made)
                    nodes.append(made.body)
    return found


def usage(nodes, given):
    """Collect the usage of the names in some trees and in the definitions behind them."""
    found = Usage()
    defined = given.functions
    for made in _behind(nodes, given):
        found.add(made.body, defined, "", frozenset(made.indices + made.arguments))
    for node in nodes:
        found.add(node, defined)
    if found.axes.get("m") and {"p", "q"} & set(found.axes):
        found.axes.update({name: found.axes.get(name) or ("",) for name in "pq"})
    if r"\ell" in found.axes:
        found.axes["p"] = found.axes.get("p") or ("",)
    return found


# --- Values ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scope:
    """One sample: sizes, seed, bound indices, definitions, and the offsets of derivatives."""

    seed: int
    sizes: dict
    use: Usage
    given: Conditions
    bound: dict = field(default_factory=dict)
    offsets: tuple = ()  # of (name, index or None for all, step)
    samples: dict = field(default_factory=dict)

    def bind(self, **values):
        return replace(self, bound={**self.bound, **values})

    def binding(self, name, value):
        return replace(self, bound={**self.bound, name: value})

    def size(self, letter):
        """Return how many values an index takes."""
        name = self.use.limits.get(letter) or SIZES.get(letter, "K")
        return self.sizes.get(name, self.sizes["K"])

    def axis(self, letter):
        name = self.use.limits.get(letter) or SIZES.get(letter, "K")
        return "N" if name == "N" else "K"

    def random(self, name):
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])

    def sample(self, base):
        """Return the random value of a symbol; an array if it is indexed."""
        if base not in self.samples:
            self.samples[base] = self.draw(base)
        return self.samples[base]

    def draw(self, base):
        if base in self.sizes:
            return np.float64(self.sizes[base])
        letter = re.sub(r"^\\[a-z]+\{(.*)\}", r"\1", base)[:1]
        kind = dict(self.given.kinds).get(base) or KINDS.get(base) or KINDS.get(letter, "real")
        if kind == "mixture" and not {"p", "q"} & set(self.use.axes):
            kind = "real"
        axes = self.use.axes.get(base, ())
        if kind in ("vector", "distribution", "logits", "one-hot") and not axes and (
            base in dict(self.given.kinds) and kind != "logits"
        ):  # fmt: skip
            axes = ("",)
        letters = [letter or "k" for letter in axes]
        if len(axes) == 2 and not axes[0]:
            letters[0] = "i"
        shape = tuple(self.size(letter) for letter in letters)
        over_classes = bool(letters) and self.axis(letters[-1]) == "K"
        rng = self.random(base)
        if kind == "label" and base in self.use.whole:
            kind = "integer"
        if base in self.use.whole and kind not in ("natural", "integer"):
            kind = "integer"
        return self._draw(kind, rng, shape, over_classes, base)

    def _draw(self, kind, rng, shape, over_classes, base):
        if kind == "integer":
            return rng.integers(1, self.sizes["K"], endpoint=True, size=shape)
        if kind == "natural":
            return np.float64(rng.integers(2, 6, size=shape))
        if kind == "binary":
            return rng.integers(0, 1, endpoint=True, size=shape).astype(float)
        if kind == "one-hot":
            return np.eye(shape[-1])[rng.integers(0, shape[-1], size=shape[:-1])]
        if kind == "positive":
            return rng.uniform(0.4, 2.5, size=shape)
        if kind in ("distribution", "label") and over_classes:
            weights = rng.uniform(0.15, 1.0, size=shape)
            return weights / weights.sum(axis=-1, keepdims=True)
        if kind in ("distribution", "label", "probability"):
            return rng.uniform(0.08, 0.92, size=shape)
        if kind == "code lengths":
            return cecourse.shannon_code_lengths(self.full("p"))
        if kind == "mixture":
            return 0.5 * (self.full("p") + self.full("q"))
        if base in (r"\sigma", r"\tau"):
            return rng.uniform(0.4, 2.5, size=shape)
        return rng.normal(0.0, 1.4, size=shape)

    def joint(self, base):
        """Return the joint distribution of X and Y that belongs to a letter."""
        key = f"joint {base}"
        if key not in self.samples:
            weights = self.random(key).uniform(0.15, 1.0, (self.sizes["J"], self.sizes["K"]))
            weights /= weights.sum()
            if self.given.independent:
                weights = np.outer(weights.sum(axis=1), weights.sum(axis=0))
            self.samples[key] = weights
        return self.samples[key]

    # Names, with definitions and offsets

    def full(self, base):
        """Return the value of a name without indices."""
        if base in self.bound:
            return self.bound[base]
        if base in CONSTANTS:
            return CONSTANTS[base]
        made = self.given.definition(base)
        if made is None:
            result = self.sample(base)
        elif made.indices:
            ranges = [range(1, self.size(letter) + 1) for letter in made.indices]
            flat = [
                value(made.body, replace(self, bound={**self.bound, **dict(zip(made.indices, at,
                      strict=True))}))
                for at in itertools.product(*ranges)
            ]  # fmt: skip
            result = np.reshape(flat, [len(r) for r in ranges])
        else:
            result = value(made.body, self.outside(made))
        return self.shifted(base, result)

    def outside(self, made):
        """Return the scope of a definition: its own names are not those of a sum around it."""
        return replace(self, bound={k: v for k, v in self.bound.items() if k not in made.arguments})

    def shifted(self, base, result):
        for name, at, step in self.offsets:
            if name == base:
                result = np.array(result, dtype=float)
                if at is None:
                    result = result + step
                else:
                    result[at] += step
        return result

    def indexed(self, base, at):
        made = self.given.definition(base)
        if made is not None and len(made.indices) == len(at):
            inner = replace(self, bound={**self.bound, **dict(zip(made.indices, at, strict=True))})
            result = value(made.body, inner)
            for name, where, step in self.offsets:
                if name == base and where == tuple(a - 1 for a in at):
                    result = result + step
            return result
        return pick(self.full(base), at)


def pick(array, at):
    """Return an entry; indices count from 1."""
    array = np.asarray(array)
    if len(at) > array.ndim:
        raise Unreadable("more indices than the symbol has axes")
    for index, size in zip(at, array.shape, strict=False):
        if not 1 <= index <= size or index != int(index):
            raise Undefined(f"index {index} of {size}")
    return array[tuple(int(index) - 1 for index in at)]


@cache
def _compiled(code):
    return compile(code, "<notation table>", "eval")


@cache
def _functions(base):
    """Return the functions of cecourse, those that take a base with this one."""
    found = {}
    for name in cecourse.__all__:
        function = getattr(cecourse, name)
        takes_base = base is not None and "base" in inspect.signature(function).parameters
        found[name] = partial(function, base=base) if takes_base else function
    return found


def call(row, arguments, scope):
    """Compute a function of the notation table with cecourse."""
    names = argument_names(row) if "(" in row.code else ()
    try:
        if "(" not in row.code:
            return by_name(_functions(scope.given.base)[row.code], arguments)
        return eval(  # the code stands in tests/notation.py
            _compiled(row.code), {**_functions(scope.given.base), **dict(zip(names, arguments,
                                                                            strict=True))}
        )  # fmt: skip
    except (ValueError, TypeError) as refusal:
        raise Undefined(f"{row.code}: {refusal}") from None


def by_name(function, arguments):
    """Call a function under its own name. Classes count from 1 here, from 0 in Python."""
    given = []
    for name, argument in zip(inspect.signature(function).parameters, arguments, strict=False):
        if name == "classes":
            given.append(int(argument))
        elif name == "y" and np.issubdtype(np.asarray(argument).dtype, np.integer):
            given.append(argument - 1)
        else:
            given.append(argument)
    return function(*given)


@cache
def argument_names(row):
    if row.takes == "variables":
        return ("joint",)
    left = read(row.latex)
    if row.takes == "outcome":
        return ("p",)
    return tuple(argument.base for argument in left.arguments)


# Five-point differences: the error is h^4 f'''''/30, near 1e-12 for h = 1e-3, and rounding adds
# about 1e-16/h = 1e-13 for each order.
STENCIL = ((-2, 1 / 12), (-1, -2 / 3), (1, 2 / 3), (2, -1 / 12))
STEP = 1e-3
NEAR = {0.0: (1e-8, 1e-6, 1e-4, 1e-3, 1e-2), math.inf: (1e8, 1e6, 1e4, 1e3, 300.0, 100.0, 30.0)}


def value(node, scope):
    """Return the value of a tree: a float or an array."""
    match node:
        case Number(text):
            return np.float64(text) if "." in text else np.float64(int(text))
        case Name(r"\delta", indices) if len(indices) == 2:
            left, right = (index_value(i, scope) for i in indices)
            return np.float64(left == right)
        case Name(base, indices):
            if not indices:
                return scope.full(base)
            return scope.indexed(base, tuple(index_value(i, scope) for i in indices))
        case Sum(terms):
            total = None
            for sign, term in terms:
                part = value(term, scope) if sign > 0 else -np.asarray(value(term, scope))
                total = part if total is None else same_shape(total, part) and total + part
            return total
        case Product(factors):
            return product([value(factor, scope) for factor in factors])
        case Quotient(above, below):
            return np.divide(value(above, scope), value(below, scope))
        case Power(of, exponent):
            return np.power(np.float64(value(of, scope)), value(exponent, scope))
        case Dot(left, right):
            return np.dot(value(left, scope), value(right, scope))
        case Elementary(name, arguments):
            return ELEMENTARY[name](*(value(a, scope) for a in arguments))
        case Listed(items):
            return np.array([value(item, scope) for item in items])
        case Index(of, indices):
            return pick(value(of, scope), tuple(index_value(i, scope) for i in indices))
        case Call(row, arguments, primes):
            if primes:
                return primed(node, scope)
            if row.takes == "variables":
                return call(row, (scope.joint("p"),), scope)
            if row.takes == "outcome" and all(
                isinstance(a, Name) and a.base[0] in "xy" for a in arguments
            ):
                return call(row, (value(Apply("p", arguments), scope),), scope)
            return call(row, [value(a, scope) for a in arguments], scope)
        case Apply(base, arguments, separators):
            return apply(base, arguments, separators, scope)
        case Over():
            return over(node, scope)
        case Expectation(outcome, base, body):
            weights = np.asarray(scope.full(base))
            terms = [value(body, scope.binding(outcome, k + 1)) for k in range(len(weights))]
            return np.dot(weights, terms)
        case Integral():
            return integral(node, scope)
        case Limit():
            return limit(node, scope)
        case Derivative(of, variables):
            return derivative(of, variables, scope)
        case Cases(branches):
            for branch, condition in branches:
                if condition is None or COMPARE[condition.sign](
                    value(condition.left, scope), value(condition.right, scope)
                ):
                    return value(branch, scope)
            raise Undefined("no case applies")
        case Relation():
            return COMPARE[node.sign](value(node.left, scope), value(node.right, scope))
    raise Unreadable(f"cannot evaluate {type(node).__name__}")


def product(factors):
    """Multiply, with the convention that 0 log 0 is 0."""
    result = factors[0]
    for factor in factors[1:]:
        a, result = result, result * factor
        if np.isnan(result).any():
            zero = (np.equal(a, 0) & np.isinf(factor)) | (np.equal(factor, 0) & np.isinf(a))
            result = np.where(zero, 0.0, result)
    return result


def same_shape(a, b):
    """Tell that two terms may be added: a number to anything, vectors only to their like."""
    if np.ndim(a) and np.ndim(b) and np.shape(a) != np.shape(b):
        raise Undefined("vectors of different lengths are added")
    return True


def index_value(node, scope):
    if isinstance(node, Number):
        return int(node.text)
    found = value(node, scope)
    if np.ndim(found):
        raise Unreadable("an index must be a number")
    return int(found)


def apply(base, arguments, separators, scope):
    made = scope.given.definition(base, function=True)
    if made is not None:
        if len(arguments) != len(made.arguments):
            raise Unreadable(f"{base} is defined for {len(made.arguments)} arguments")
        values = [value(a, scope) for a in arguments]
        return value(made.body, replace(
            scope, bound={**scope.bound, **dict(zip(made.arguments, values, strict=True))}
        ))  # fmt: skip
    at = [index_value(a, scope) for a in arguments]
    if not scope.use.joint:
        return pick(scope.full(base), at)
    joint = scope.joint(base)
    named = {a.base[0]: k for a, k in zip(arguments, at, strict=True)}
    if len(named) < len(at):
        raise Unreadable("two outcomes have one letter")
    marginal = {"x": joint.sum(axis=1), "y": joint.sum(axis=0)}
    if len(at) == 1:
        return pick(marginal[arguments[0].base[0]], at)
    both = pick(joint, (named["x"], named["y"]))
    if separators == (r"\mid",):
        return both / pick(marginal[arguments[1].base[0]], (at[1],))
    return both


def over(node, scope):
    if node.low is None:
        rows = node.index == "x" and scope.use.joint
        values = range(1, (scope.sizes["J"] if rows else scope.size(node.index)) + 1)
        if node.without is not None:
            values = [k for k in values if k != index_value(node.without, scope)]
    else:
        low, high = value(node.low, scope), value(node.high, scope)
        if not (np.isfinite(low) and np.isfinite(high)):
            # An infinite series of the book is geometric or faster: 400 terms reach rounding.
            high = low + 400
        values = range(int(low), int(high) + 1)
    terms = [value(node.body, scope.binding(node.index, k)) for k in values]
    if not terms:
        return np.float64(node.name == "prod")
    combine = {"sum": np.add, "prod": np.multiply, "max": np.maximum, "min": np.minimum}
    return combine[node.name].reduce(terms)


def integral(node, scope):
    def integrand(x):
        # Far out a density underflows, and its logarithm has no value: such a tail adds nothing.
        inner = float(value(node.body, scope.binding(node.variable, x)))
        return inner if math.isfinite(inner) else 0.0

    low, high = value(node.low, scope), value(node.high, scope)
    return quad(integrand, low, high, epsabs=1e-11, epsrel=1e-11, limit=60)[0]


def limit(node, scope):
    target = value(node.target, scope)
    sign = -1 if node.side == "-" or target == -math.inf else 1
    infinite = math.isinf(target)
    for distance in NEAR[math.inf if infinite else 0.0]:
        at = sign * distance if infinite else target + sign * distance
        result = value(node.body, scope.binding(node.variable, at))
        if np.all(np.isfinite(result)):
            return result
    raise Undefined("no finite value near the limit")


def derivative(of, variables, scope):
    if not variables:
        return value(of, scope)
    variable, *rest = variables
    if not isinstance(variable, Name):
        raise Unreadable("derivatives are taken with respect to a symbol")
    at = tuple(index_value(i, scope) - 1 for i in variable.indices)
    if variable.base in scope.bound:

        def shifted(step):
            return scope.binding(variable.base, scope.bound[variable.base] + step)
    else:

        def shifted(step, at=at or None):
            return replace(scope, offsets=(*scope.offsets, (variable.base, at, step)))

        whole = scope.full(variable.base)
        if np.ndim(whole) == 1 and not at:  # a gradient: one derivative for each entry
            return np.array([
                derivative(of, (Name(variable.base, (Number(str(k + 1)),)), *rest), scope)
                for k in range(len(whole))
            ])  # fmt: skip
        if np.ndim(whole) != len(at):
            raise Unreadable(f"the derivative needs {np.ndim(whole)} indices on {variable.base}")
    return sum(
        weight * derivative(of, rest, shifted(k * STEP)) for k, weight in STENCIL
    ) / STEP  # fmt: skip


def primed(node, scope):
    (argument,) = node.arguments
    inner = scope.binding("·", value(argument, scope))
    of = Call(node.row, (Name("·"),))
    return derivative(of, (Name("·"),) * node.primes, inner)


def exact(node):
    """Return the exact value of integers and fractions, None for anything else."""
    match node:
        case Number(text):
            return Fraction(text)
        case Sum(((sign, inner),)):
            inner = exact(inner)
            return None if inner is None else sign * inner
        case Quotient(above, below):
            above, below = exact(above), exact(below)
            return None if above is None or not below else above / below
    return None
