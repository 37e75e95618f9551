r"""The verdict on an equation."""

import re
from functools import cache

from tests.equations.check import Disagreement, evaluate, stated
from tests.equations.collect import Equation
from tests.equations.evaluate import Undefined
from tests.equations.reader import Unreadable

_RELATION = re.compile(r"[=<>]|\\(?:le|leq|ge|geq|approx|ne|neq|equiv|lt|gt)(?![A-Za-z])")


@cache
def verdict(equation: Equation):
    """Return one word on an equation, and the reason.

    "evaluated", "wrong on purpose", "not evaluated", "declaration" (inline only), "no formula"
    (inline, without a relation), or the failures "WRONG" and "UNREADABLE".
    """
    relation = _RELATION.search(re.sub(r"_\{[^{}]*\}", "", equation.latex))
    if not equation.displayed and not relation:
        return "no formula", ""
    if equation.reason:
        return "not evaluated", equation.reason
    try:
        note = equation.condition or equation.wrong
        found, why = stated(equation.latex, not equation.displayed, note)
        if not found:
            return "declaration", why
        evaluate(found, equation.condition)
    except Disagreement as error:
        return ("wrong on purpose", "") if equation.wrong else ("WRONG", str(error))
    except (Unreadable, Undefined) as error:
        return "UNREADABLE", str(error)
    if equation.wrong:
        return "WRONG", "it is marked as wrong on purpose, but it holds"
    return "evaluated", ""
