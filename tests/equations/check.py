r"""Compare the sides of an equation on random inputs."""

import itertools
import re
import warnings
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from tests.equations import second_reader
from tests.equations.evaluate import (
    CONSTANTS,
    Conditions,
    Scope,
    Undefined,
    conditions,
    usage,
    value,
    walk,
)
from tests.equations.reader import (
    RELATIONS,
    Call,
    Derivative,
    Index,
    Integral,
    Limit,
    Name,
    Number,
    Sum,
    Unreadable,
    read,
    split,
    tokens,
)

# Sizes (K, N) and seeds: K and N differ, so that a mean over the wrong axis is another number.
SAMPLES = tuple(
    (size, seed)
    for seed, size in enumerate(((3, 4), (2, 5), (4, 3), (3, 2), (5, 3), (2, 3)) * 2, start=1)
)
# Sums of at most 25 terms of size 1e3 in float64 differ by less than 1e-11. Five-point
# differences and integrals are good to 1e-9, a value near a limit to the distance, 1e-2 at
# worst for exponentially close ones and else 1e-6.
TOLERANCE, DERIVED, LIMIT = 1e-10, 1e-7, 1e-5


_LAYOUT = re.compile(r"\\(?:begin|end)\{(?:aligned|align\*?|equation\*?|gather(?:ed|\*)?|split)\}")


@dataclass(frozen=True)
class Link:
    """Two neighbours of a chain and the sign between them, as tokens."""

    left: tuple
    sign: str
    right: tuple

    def __str__(self):
        return f"{' '.join(self.left)}  {self.sign}  {' '.join(self.right)}"


def rows(latex):
    """Split a displayed formula into relations that stand for themselves, as token lists."""
    parts = tokens(re.sub(r"\\q?quad\b", r"\\cr ", latex))
    inner = []
    for token in parts:
        if not _LAYOUT.fullmatch(token):
            inner.append(token)
    pieces, between = split(inner, {r"\\", r"\cr"})
    found = []
    for piece, mark in zip(pieces, [r"\\", *between], strict=True):
        piece = _without_ampersands(piece)
        while piece and piece[-1] in (",", ".", ";"):
            piece = piece[:-1]
        if not piece:
            continue
        more_terms = piece[0] in ("+", "-") and not split(piece, set(RELATIONS))[1]
        if found and mark == r"\\" and (piece[0] in RELATIONS or more_terms):
            found[-1] = found[-1] + piece
        else:
            found.append(piece)
    return found


def _without_ampersands(piece):
    kept, depth = [], 0
    for token in piece:
        depth += token.startswith(r"\begin") - token.startswith(r"\end")
        if token != "&" or depth:
            kept.append(token)
    return kept


def links(latex):
    """Return the links of all chains of a formula."""
    found = []
    for row in rows(latex):
        sides, signs = split(row, set(RELATIONS))
        if any(not side for side in sides):
            raise Unreadable("one side of a relation is empty")
        for left, sign, right in zip(sides, signs, sides[1:], strict=False):
            found.append(Link(tuple(left), RELATIONS[sign], tuple(right)))
    return found


@lru_cache(maxsize=4096)
def note(text):
    return conditions(text) if text else Conditions()


def scopes(use, given, samples=SAMPLES):
    """Yield the samples of a formula, each with all values of its free indices."""
    for (classes, examples), seed in samples:
        sizes = {"K": classes, "N": examples, **dict(given.sizes)}
        sizes.setdefault("J", sizes["K"] + 1)
        scope = Scope(seed, sizes, use, given)
        free = sorted(use.free)
        for at in itertools.product(*(range(1, scope.size(letter) + 1) for letter in free)):
            yield scope.bind(**{}) if not free else _bound(scope, free, at)


def _bound(scope, free, at):
    for letter, index in zip(free, at, strict=True):
        scope = scope.binding(letter, index)
    return scope


def tolerance(*nodes):
    """Return the relative tolerance that the parts of a formula allow."""
    types = {type(inner) for node in nodes for inner in walk(node)}
    primed = any(isinstance(i, Call) and i.primes for node in nodes for i in walk(node))
    if Limit in types:
        return LIMIT
    return DERIVED if primed or types & {Derivative, Integral} else TOLERANCE


def compute(node, scope):
    """Return the value of a side as an array; raise `Undefined` unless it is a number."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # a mutant may divide by zero: its value is then nan
        try:
            result = np.asarray(value(node, scope), dtype=float)
        except (ZeroDivisionError, OverflowError, ValueError, TypeError) as error:
            if isinstance(error, Unreadable):
                raise
            raise Undefined(str(error)) from None
    if not np.all(np.isfinite(result)) and not _infinite(node):
        raise Undefined(f"the value is {result}")
    return result


def _infinite(node):
    r"""Tell whether a side is \infty itself: only there is infinity a value to compare."""
    return any(isinstance(inner, Name) and inner.base == r"\infty" for inner in walk(node))


def equal(a, b, tolerated):
    if a.shape != b.shape:
        return False
    with np.errstate(invalid="ignore"):
        close = np.abs(a - b) <= tolerated * np.maximum(1.0, np.maximum(np.abs(a), np.abs(b)))
    return bool(np.all(close | (a == b)))


def printed(node):
    """Return half a unit of the last printed digit of a decimal, None for anything else."""
    if isinstance(node, Sum) and len(node.terms) == 1:
        node = node.terms[0][1]
    if isinstance(node, Number) and "." in node.text:
        return 0.5 * 10.0 ** -len(node.text.split(".")[1])
    return None


class Disagreement(AssertionError):
    """The two sides of a relation do not stand in that relation."""


def closed(*nodes):
    """Tell whether nothing random stands in the formulas."""
    names = (i for node in nodes for i in walk(node) if isinstance(i, Name))
    return all(name.base in CONSTANTS for name in names)


def check_link(link, given, samples=SAMPLES, trees=None):
    """Raise `Disagreement` where a link does not hold; return how many values were compared."""
    left, right = trees or (read(link.left, given.functions), read(link.right, given.functions))
    use = usage((left, right), given)
    tolerated = tolerance(left, right, *(d.body for d in given.definitions))
    digits = [d for d in (printed(left), printed(right)) if d is not None]
    if link.sign == "~" and not digits:
        raise Unreadable(r"\approx needs a decimal on one side")
    if tolerated > TOLERANCE:
        samples = samples[:5]  # derivatives, integrals and limits take many values each
    compared, strict = 0, False
    for scope in scopes(use, given, samples):
        a, b = compute(left, scope), compute(right, scope)
        compared += 1
        if link.sign in ("=", "~"):
            if digits:
                # Half a unit of the last digit, and the rounding of float64.
                good = a.shape == b.shape and bool(
                    np.all(np.abs(a - b) <= max(digits) * (1 + 1e-9) + 1e-12)
                )
            else:
                good = equal(a, b, tolerated)
        elif link.sign in ("<=", ">="):
            low, high = (a, b) if link.sign == "<=" else (b, a)
            slack = tolerated * np.maximum(1.0, np.abs(high))
            good = bool(np.all(low <= high + slack))
            strict |= bool(np.any(low < high - slack))
        elif link.sign in ("<", ">"):
            low, high = (a, b) if link.sign == "<" else (b, a)
            good = bool(np.all(low < high))
        else:
            good = not equal(a, b, tolerated)
        if not good:
            where = {k: v for k, v in scope.bound.items()}
            raise Disagreement(
                f"{link}: the sides are {np.round(a, 6)} and {np.round(b, 6)}"
                f" (K = {scope.sizes['K']}, N = {scope.sizes['N']}"
                + "".join(f", {k} = {v}" for k, v in where.items()) + ")"
            )  # fmt: skip
    if link.sign in ("<=", ">=") and not strict and not closed(left, right):
        raise Disagreement(f"{link}: the sides are equal on every sample: write =")
    return compared


def stated(latex, inline=False, with_note=""):
    """Return the links of a formula that state something, and why the others do not."""
    if inline and re.search(r"\\[lcv]?dots\b|\\ldots", latex):
        return [], "a list with dots"
    found = links(latex)
    if not found:
        raise Unreadable("there is no relation to check")
    if not inline or with_note:
        return found, ""
    reasons = [declared(link) for link in found]
    return [link for link, why in zip(found, reasons, strict=True) if not why], max(reasons)


def evaluate(found, with_note=""):
    """Check the links of a formula."""
    given = note(with_note)
    for link in found:
        try:
            check_link(link, given)
        except Undefined as error:
            raise Disagreement(f"{link}: {error}") from None


def confirm(link, given, samples=SAMPLES[:2]):
    """Compare both readings of the sides of a link; return how many SymPy could read."""
    trees = [read(side, given.functions) for side in (link.left, link.right)]
    use = usage(trees, given)
    tolerated = tolerance(*trees, *(d.body for d in given.definitions))
    confirmed = 0
    for side, tree in zip((link.left, link.right), trees, strict=True):
        second = second_reader.read(side, given.functions)
        if second is None:
            continue
        for scope in scopes(use, given, samples):
            a = compute(tree, scope)
            with np.errstate(all="ignore"):
                b = np.asarray(second(scope), dtype=float)
            if not equal(a, b, max(tolerated, 1e-9)):
                raise Disagreement(
                    f"{' '.join(side)}: this reader finds {a}, SymPy's parse_latex {b}"
                )
        confirmed += 1
    return confirmed


def declared(link):
    r"""Say why a link of an inline formula declares something and states no identity, or "".

    A declaration gives a bare letter its value (`K = 4`, `y_i = 1`, `p = \sigma(z)`, `p = q`),
    bounds it by a number or another letter (`0 < p < 1`, `p_k > q_k`), or gives the value that
    one function of the notation table has for the data at hand (`H(p) = 1.75`), which the
    pinned numbers check.
    """
    left, right = read(link.left), read(link.right)
    names = [isinstance(side, Name) and not closed(side) for side in (left, right)]
    if link.sign in ("=", "~"):
        if names[0] and left.base != r"\delta":
            return "gives a letter its value"
        if isinstance(left, (Call, Index)) and not closed(left) and closed(right):
            return "the value for the data at hand"
        return ""
    if any(names) and all(a or closed(b) for a, b in zip(names, (left, right), strict=True)):
        return "bounds a letter"
    return ""
