r"""Make wrong equations of a right one: the mistakes that printed formulas have.

A mutant changes one side of one link in one place. It is caught if the link no longer holds. A
mutant that survives is excused only if the changed side is the same function as before, which is
computed on fresh inputs (`equivalent`), or if the link is an inequality that is still true.
"""

from dataclasses import dataclass
from functools import cache

from tests.equations.check import (
    Disagreement,
    Link,
    check_link,
    compute,
    equal,
    scopes,
    tolerance,
)
from tests.equations.evaluate import Undefined, usage
from tests.equations.reader import Unreadable, read

FRESH = tuple((((3, 4), (4, 2), (5, 3))[seed % 3], seed) for seed in range(11, 29))


@dataclass(frozen=True)
class Mutant:
    kind: str
    link: Link
    changed: str  # "left" or "right"

    @property
    def side(self):
        return getattr(self.link, self.changed)


def mutants(link):
    """Yield the mutants of a link."""
    for changed in ("left", "right"):
        side = getattr(link, changed)
        for kind, parts in sides(list(side)):
            pair = {"left": link.left, "right": link.right, changed: tuple(parts)}
            yield Mutant(kind, Link(pair["left"], link.sign, pair["right"]), changed)
    opposite = {"<=": ">=", ">=": "<=", "<": ">", ">": "<"}.get(link.sign)
    if opposite:
        yield Mutant("turn the inequality", Link(link.left, opposite, link.right), "left")


def sides(side):
    """Yield (kind, tokens) for each single mistake in one side of a link."""
    yield from _signs(side)
    yield from _logarithms(side)
    for kind, a, b in (
        ("swap p and q", "p", "q"),
        ("swap y and p", "y", "p"),
        ("swap the indices j and k", "j", "k"),
        ("swap the indices i and k", "i", "k"),
    ):
        swapped = [{a: b, b: a}.get(token, token) for token in side]
        if swapped != side and {a, b} <= set(side):
            yield kind, swapped
    yield from _means(side)
    yield from _numbers(side)
    yield from _transposed(side)


def _limit(side, at):
    r"""Tell whether a token stands in a subscript, a lower limit or under \lim."""
    depth = 0
    for back in range(at, -1, -1):
        depth += (side[back] == "{") - (side[back] == "}")
        if depth > 0 and back and side[back] == "{":
            if side[back - 1] == "_":
                return True
            depth = 0
    return bool(at and side[at - 1] == "_")


def _signs(side):
    for at, token in enumerate(side):
        if token in ("+", "-") and not _limit(side, at):
            leads = at == 0 or side[at - 1] in ("(", "[", "{", r"\{", ",", "=", r"\mid", r"\|")
            other = [] if leads else ["-" if token == "+" else "+"]
            yield "flip a sign", side[:at] + other + side[at + 1 :]
    yield "negate a side", ["-", "(", *side, ")"]


def _logarithms(side):
    for at, token in enumerate(side):
        if token != r"\log":
            continue
        end = at + 1
        if side[end : end + 1] == ["_"]:
            end += 2
            if side[end - 1] == "{":
                end = side.index("}", end) + 1
        yield "drop a logarithm", side[:at] + side[end:]
        other = [r"\log", "_", "2"] if end == at + 1 else [r"\log"]
        yield "change the base", side[:at] + other + side[end:]


def _means(side):
    mean = [r"\frac", "{", "1", "}", "{", "N", "}"]
    for at in range(len(side)):
        if side[at : at + len(mean)] == mean and len(side) > len(mean):
            yield "drop a 1/N", side[:at] + side[at + len(mean) :] or ["1"]


def _numbers(side):
    for at, token in enumerate(side):
        scripts = side[at - 1] in ("_", r"\sum", "^") and side[at - 1] == "_" if at else False
        if token.isdigit() and not scripts and not _limit(side, at):
            yield "change a number", [*side[:at], str(int(token) + 1), *side[at + 1 :]]
            if token == "1" and side[at + 1 : at + 2] == ["-"]:
                yield "drop a 1 -", side[:at] + side[at + 2 :]


def _transposed(side):
    for at in range(len(side) - 4):
        inner = side[at + 2 : at + 4]
        if side[at : at + 2] == ["_", "{"] and side[at + 4] == "}" and (
            inner[0] != inner[1] and all(len(letter) == 1 for letter in inner)
        ):  # fmt: skip
            yield "transpose indices", [*side[: at + 2], *inner[::-1], *side[at + 4 :]]


@cache
def caught(mutant, given):
    """Tell whether the check refuses a mutant."""
    try:
        check_link(mutant.link, given)
    except (Disagreement, Unreadable, Undefined):
        return True
    return False


def equivalent(mutant, original, given):
    """Tell whether the changed side has the value of the original one on fresh inputs."""
    if mutant.link.sign != original.sign:
        return False
    before = getattr(original, mutant.changed)
    trees = [read(side, given.functions) for side in (before, mutant.side)]
    use = usage((*trees, read(original.left), read(original.right)), given)
    tolerated = tolerance(*trees)
    try:
        return all(
            equal(*(compute(tree, scope) for tree in trees), tolerated)
            for scope in scopes(use, given, FRESH)
        )
    except Undefined:
        return False


def weaker(mutant):
    """Tell whether the mutant is an inequality, which may stay true with another side."""
    return mutant.link.sign in ("<=", ">=", "<", ">", "!=", "~")
