r"""Read a formula with SymPy's ``parse_latex``, to check the reader of the book.

What stands between plus and minus, fractions, powers, logarithms, sums and products is read by
SymPy. The symbols with their indices, and named functions with their arguments, are replaced by
placeholders first, because SymPy takes ``p_{ik}`` for a symbol and ``H(p, q)`` for a product or
a function of no meaning; their values come from the book's own reader.
"""

from functools import lru_cache

import numpy as np
import sympy
from sympy.parsing.latex import parse_latex
from sympy.parsing.latex.errors import LaTeXParsingError

from tests.equations.evaluate import product, value, walk
from tests.equations.reader import Dot, Name, Reader

_LEAF = {
    sympy.log: np.log, sympy.exp: np.exp, sympy.Abs: np.abs, sympy.ceiling: np.ceil,
    sympy.floor: np.floor,
}  # fmt: skip

_SAME = {
    r"\{": "(", r"\}": ")", "[": "(", "]": ")",
}  # fmt: skip


def read(side, functions=frozenset()):
    """Return a function of the scope, or None where SymPy does not read the formula."""
    reader = Reader(list(side), functions)
    tree = reader.whole()
    if any(isinstance(node, Dot) for node in walk(tree)):
        return None
    latex, nodes = _skeleton(side, reader.opaque)
    if len(nodes) == 1 and latex == "{x_{1}}":
        return None  # nothing is left to read
    expression = _parse(latex)
    if expression is None:
        return None
    return lambda scope: _compute(expression, nodes, scope)


def _skeleton(side, opaque):
    """Replace the outermost opaque spans by placeholders."""
    spans = {}
    for start, end, node in opaque:
        if start not in spans or end > spans[start][0]:
            spans[start] = end, node
    parts, nodes, at = [], {}, 0
    while at < len(side):
        if at in spans:
            end, node = spans[at]
            if isinstance(node, Name) and not node.indices and (
                node.base in ("e", r"\pi") or _names_an_index(side, at)
            ):  # fmt: skip
                parts.append(side[at])
                at += 1
                continue
            name = f"x_{{{len(nodes) + 1}}}"
            nodes[name] = node
            parts.append(f"{{{name}}}")
            at = end
        else:
            token = _SAME.get(side[at], side[at])
            parts.append(f"{{{token}}}" if token[0].isdigit() else token)
            at += 1
    return " ".join(parts), nodes


def _names_an_index(side, at):
    """Tell whether the symbol is the k of a lower limit k=1."""
    return at >= 3 and side[at - 1] == "{" and side[at - 2] == "_" and side[at - 3] in (
        r"\sum", r"\prod",
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _parse(latex):
    try:
        return parse_latex(latex, backend="antlr", strict=True)
    except (LaTeXParsingError, NotImplementedError, TypeError, ValueError):
        return None


def _compute(tree, nodes, scope):
    """Walk over SymPy's tree."""
    if isinstance(tree, sympy.Symbol):
        if tree.name in nodes:
            return value(nodes[tree.name], scope)
        if tree.name == "e":
            return np.e
        if tree.name == "pi":
            return np.pi
        return scope.full(tree.name)
    if tree.is_number and not tree.args:
        return float(tree)
    if isinstance(tree, (sympy.Sum, sympy.Product)):
        body, *limits = tree.args  # SymPy joins nested sums; the innermost limits come first
        return _over(body, limits[::-1], type(tree), nodes, scope)
    arguments = [_compute(argument, nodes, scope) for argument in tree.args]
    if isinstance(tree, sympy.Add):
        return sum(arguments[1:], start=arguments[0])
    if isinstance(tree, sympy.Mul):
        return product(arguments)
    if isinstance(tree, sympy.Pow):
        return np.power(np.float64(arguments[0]), arguments[1])
    if isinstance(tree, sympy.log):
        return np.log(arguments[0]) / (np.log(arguments[1]) if len(arguments) > 1 else 1.0)
    if isinstance(tree, sympy.factorial):
        return float(sympy.factorial(int(arguments[0])))
    if isinstance(tree, sympy.binomial):
        return float(sympy.binomial(int(arguments[0]), int(arguments[1])))
    return _LEAF[tree.func](arguments[0])


def _over(body, limits, kind, nodes, scope):
    if not limits:
        return _compute(body, nodes, scope)
    (index, low, high), *inner = limits
    low, high = (int(_compute(limit, nodes, scope)) for limit in (low, high))
    terms = [
        _over(body, inner, kind, nodes, scope.binding(index.name, k)) for k in range(low, high + 1)
    ]
    return (np.sum if kind is sympy.Sum else np.prod)(terms, axis=0)
