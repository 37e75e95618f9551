r"""Turn the LaTeX of a formula into a tree.

A recursive-descent parser for the mathematics that the book writes. What is not certain is
refused with a reason: an unknown command, ``\log p (1 - y)``, ``1/2 p``, a sum without limits.
"""

import re
from dataclasses import dataclass, field

import cecourse
from tests.notation import FUNCTIONS, SYMBOLS, Function


class Unreadable(ValueError):
    """The LaTeX is outside of what the reader knows, or has two readings."""


# --- The tree -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Node:
    """A part of a formula."""


@dataclass(frozen=True)
class Number(Node):
    text: str  # as printed: its digits are its precision


@dataclass(frozen=True)
class Name(Node):
    base: str
    indices: tuple = ()


@dataclass(frozen=True)
class Apply(Node):
    """A function that the table does not know: p(x), or one from a definition."""

    base: str
    arguments: tuple
    separators: tuple = ()


@dataclass(frozen=True)
class Call(Node):
    """A function of the notation table; `primes` derivatives are taken of it."""

    row: object
    arguments: tuple
    primes: int = 0


@dataclass(frozen=True)
class Index(Node):
    of: Node
    indices: tuple


@dataclass(frozen=True)
class Sum(Node):
    """Terms with their signs; also a single negated term."""

    terms: tuple  # of (+1 or -1, node)


@dataclass(frozen=True)
class Product(Node):
    factors: tuple


@dataclass(frozen=True)
class Quotient(Node):
    above: Node
    below: Node


@dataclass(frozen=True)
class Power(Node):
    of: Node
    exponent: Node


@dataclass(frozen=True)
class Dot(Node):
    left: Node
    right: Node


@dataclass(frozen=True)
class Elementary(Node):
    """log, exp, sqrt, abs, ...: `name` is a key of `evaluate.ELEMENTARY`."""

    name: str
    arguments: tuple


@dataclass(frozen=True)
class Over(Node):
    """A sum, product, maximum or minimum over an index; limits are None for all its values."""

    name: str
    index: str
    low: Node | None
    high: Node | None
    body: Node
    without: Node | None = None  # the value that the index does not take


@dataclass(frozen=True)
class Expectation(Node):
    outcome: str
    distribution: str
    body: Node


@dataclass(frozen=True)
class Integral(Node):
    variable: str
    low: Node
    high: Node
    body: Node


@dataclass(frozen=True)
class Limit(Node):
    variable: str
    target: Node
    side: str
    body: Node


@dataclass(frozen=True)
class Derivative(Node):
    of: Node
    variables: tuple  # one for each order


@dataclass(frozen=True)
class Listed(Node):
    """A vector that is listed: (1/2, 1/4, 1/4)."""

    items: tuple


@dataclass(frozen=True)
class Cases(Node):
    branches: tuple  # of (node, condition or None)


@dataclass(frozen=True)
class Relation(Node):
    left: Node
    sign: str
    right: Node


# --- Tokens ---------------------------------------------------------------------------------

RELATIONS = {
    "=": "=", r"\equiv": "=", r"\coloneqq": "=",
    r"\le": "<=", r"\leq": "<=", r"\leqslant": "<=", r"\ge": ">=", r"\geq": ">=",
    r"\geqslant": ">=", "<": "<", r"\lt": "<", ">": ">", r"\gt": ">",
    r"\ne": "!=", r"\neq": "!=", r"\approx": "~",
}  # fmt: skip

_TOKEN = re.compile(
    r"\\(?:operatorname\*?|mathrm|mathcal|mathbb|mathbf|boldsymbol|hat|tilde|bar|text|textrm)"
    r"\s*\{[^{}]*\}|\\(?:begin|end)\{\w+\*?\}|\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\S",
    re.DOTALL,
)
_SPACE = {
    r"\,", r"\;", r"\:", r"\!", r"\>", "\\ ", "~", r"\left", r"\right", r"\middle", r"\limits",
    r"\nolimits", r"\displaystyle", r"\textstyle", r"\nonumber", r"\big", r"\Big", r"\bigg",
    r"\Bigg", r"\bigl", r"\bigr", r"\Bigl", r"\Bigr", r"\biggl", r"\biggr", r"\Biggl", r"\Biggr",
}  # fmt: skip
_SAME = {
    r"\tfrac": r"\frac", r"\dfrac": r"\frac", r"\vert": "|",
    r"\Vert": r"\|", r"\parallel": r"\|",
    r"\lbrack": "[", r"\rbrack": "]", r"\lbrace": r"\{", r"\rbrace": r"\}",
    r"\ln": r"\log", r"\times": r"\cdot", "*": r"\cdot", r"\tbinom": r"\binom",
    r"\dbinom": r"\binom", r"\intercal": r"\top", r"\mathrm{d}": "d", r"\mathrm{e}": "e",
    r"\exponentialE": "e", r"\star": r"\ast", r"\infin": r"\infty", r"\vee": r"\max",
    r"\partial": r"\partial", r"\prime": "'", r"\varepsilon": r"\epsilon",
}  # fmt: skip


def tokens(latex):
    """Split LaTeX into tokens, without space and without what only changes its looks."""
    latex = re.sub(r"(?<!\\)%.*", "", latex)
    latex = re.sub(r"(?<=\d)\{,\}(?=\d\d\d)", "", latex)
    latex = re.sub(r"\\([td]?frac)\s*(\d)\s*(\d)", r"\\\1{\2}{\3}", latex)
    latex = re.sub(r"\\left\s*(?:\||\\vert)", r"\\lvert ", latex)
    latex = re.sub(r"\\right\s*(?:\||\\vert)", r"\\rvert ", latex)
    latex = re.sub(r"\\left\s*\\(?:\||Vert)", r"\\lVert ", latex)
    latex = re.sub(r"\\right\s*\\(?:\||Vert)", r"\\rVert ", latex)
    found = []
    for match in _TOKEN.finditer(latex):
        if match.group() in _SPACE:
            continue
        token = re.sub(r"\s|(?<=operatorname)\*", "", match.group())
        found.append(_SAME.get(token, token))
    return found


_OPEN, _CLOSE = {"(", "[", "{", r"\{", r"\lceil", r"\lfloor", r"\lvert", r"\lVert"}, {
    ")", "]", "}", r"\}", r"\rceil", r"\rfloor", r"\rvert", r"\rVert",
}  # fmt: skip


def split(parts, at):
    """Split a list of tokens at those in `at` that stand outside of all brackets.

    Returns the pieces and the tokens between them.
    """
    pieces, between, depth = [[]], [], 0
    for token in parts:
        depth += (token in _OPEN or token.startswith(r"\begin")) - (
            token in _CLOSE or token.startswith(r"\end")
        )
        if depth == 0 and token in at:
            between.append(token)
            pieces.append([])
        else:
            pieces[-1].append(token)
    return pieces, between


# --- The parser -----------------------------------------------------------------------------

_GREEK = {
    r"\alpha", r"\beta", r"\gamma", r"\delta", r"\epsilon", r"\zeta", r"\eta", r"\theta",
    r"\kappa", r"\lambda", r"\mu", r"\nu", r"\xi", r"\rho", r"\sigma", r"\tau", r"\phi",
    r"\varphi", r"\chi", r"\psi", r"\omega", r"\ell", r"\Theta", r"\Delta", r"\Phi", r"\Omega",
}  # fmt: skip
_LOGLIKE = {r"\log": "log", r"\exp": "exp"}
_OPERATORS = {
    "log1p": "log1p", "expm1": "expm1", "sign": "sign", "sgn": "sign", "exp": "exp", "log": "log",
    "max": "max", "min": "min",
}  # fmt: skip
_BRACKETS = {"(": ")", "[": "]", r"\{": r"\}"}
_ROUND = {
    r"\lceil": (r"\rceil", "ceil"), r"\lfloor": (r"\rfloor", "floor"),
    r"\lvert": (r"\rvert", "abs"), r"\lVert": (r"\rVert", "norm"),
}  # fmt: skip
_WORD = re.compile(r"\\(?:operatorname|mathrm|text|textrm)\{(.*)\}")
_STYLED = re.compile(r"\\(?:mathcal|hat|tilde|bar|mathbf|boldsymbol)\{(.*)\}")
_ENDS = {")", "]", "}", r"\}", ",", ";", "|", r"\|", r"\mid", r"\rceil", r"\rfloor",
         r"\rvert", r"\rVert", "&", r"\\",
         "+", "-", *RELATIONS}  # fmt: skip
_BARS = {"|", r"\|"}
_OUTCOMES = {"x", "y"}
_PROBABILITIES = {"p", "q", "r", r"\hat{p}", r"\hat{q}", "P", "Q"}


def _word(token):
    match = _WORD.fullmatch(token or "")
    return match and match.group(1)


def _table():
    """Return the functions of the notation table by (base, separators, variables)."""
    table = {}
    for row in FUNCTIONS:
        reader = Reader(tokens(row.latex), known=False)
        base = reader.symbol()
        arguments, separators = reader.arguments()
        variables = tuple(a.base for a in arguments) if row.takes == "variables" else None
        table[base, separators, variables] = row
    return table


@dataclass
class Reader:
    """Reads one formula from its tokens; `functions` are names that definitions made."""

    parts: list
    functions: frozenset = frozenset()
    known: bool = True
    at: int = 0
    bound: list = field(default_factory=list)
    opaque: list = field(default_factory=list)  # (start, end, node): what SymPy need not read

    # Moving over the tokens

    def peek(self, ahead=0):
        at = self.at + ahead
        return self.parts[at] if at < len(self.parts) else None

    def take(self, expected=None):
        token = self.peek()
        if token is None or (expected is not None and token != expected):
            raise Unreadable(f"expected {expected or 'more'}, found {token or 'the end'}")
        self.at += 1
        return token

    def skip(self, token):
        found = self.peek() == token
        self.at += found
        return found

    # Sums and products

    def whole(self):
        node = self.expression()
        if self.peek() is not None:
            raise Unreadable(f"cannot go on at {' '.join(self.parts[self.at : self.at + 4])}")
        return node

    def expression(self):
        terms = []
        while True:
            sign = 1
            if self.peek() in ("+", "-"):
                sign = -1 if self.take() == "-" else 1
            elif terms:
                break
            terms.append((sign, self.term()))
        return terms[0][1] if terms[0][0] == 1 and len(terms) == 1 else Sum(tuple(terms))

    def ends(self):
        token = self.peek()
        if token in _BARS and not self.bars:
            return False
        return token is None or token in _ENDS or token.startswith(r"\end") or self.differential()

    def differential(self):
        return bool(self.bound) and self.peek() == "d" and self.peek(1) == self.bound[-1]

    def term(self):
        """Read a product: everything up to the next plus, minus or end."""
        factors, closed = [], False
        while not self.ends() or (not factors and self.peek() in _BARS):
            token = self.peek()
            if token == "/":
                if not factors:
                    raise Unreadable("nothing stands before /")
                self.take()
                below = self.factor()
                above = factors[0] if len(factors) == 1 else Product(tuple(factors))
                factors, closed = [Quotient(above, below)], "a / b c has two readings: use \\frac"
                continue
            if token == r"\cdot":
                if not factors:
                    raise Unreadable("nothing stands before the multiplication sign")
                self.take()
                if self.ends():
                    raise Unreadable("nothing stands behind the multiplication sign")
                if closed and self.peek() not in _LOGLIKE:
                    raise Unreadable(closed)
                token = self.peek()
            if closed and token not in _LOGLIKE:
                raise Unreadable(closed)
            if factors and self.adjacent_numbers():
                raise Unreadable("two numbers stand side by side")
            factors.append(self.factor())
            closed = self.open_log and (
                r"a factor behind a logarithm has two readings: put it before \log,"
                " or the argument into brackets"
            )
            while self.transposed:
                self.transposed = False
                left, right = factors.pop(), self.factor()
                factors.append(Dot(left, right))
        if not factors:
            raise Unreadable(f"expected a formula, found {self.peek() or 'the end'}")
        return factors[0] if len(factors) == 1 else Product(tuple(factors))

    def adjacent_numbers(self):
        return bool(re.match(r"\d", self.peek() or "")) and bool(
            re.match(r"\d", self.parts[self.at - 1])
        )

    open_log = False
    transposed = False
    bars = 0  # above zero where a bar ends something: inside bars, and between arguments

    def within(self, bars):
        """Read an expression that bars end, or do not end."""
        self.bars, before = bars, self.bars
        node = self.expression()
        self.bars = before
        return node

    def factor(self):
        """Read an atom with its powers."""
        self.transposed = False
        start = self.at
        logarithm = self.peek() in _LOGLIKE
        node = self.atom()
        open_log = logarithm and self.open_log
        while self.peek() in ("^", "!", "_", r"\%"):
            if open_log:
                break
            token = self.take()
            if token == "!":
                node = Elementary("factorial", (node,))
            elif token == "_":
                node = Index(node, self.indices())
                self.opaque.append((start, self.at, node))
            elif token == r"\%":
                node = Quotient(node, Number("100"))
            elif self.peek() in (r"\top", "{") and (
                self.peek() == r"\top" or self.peek(1) == r"\top"
            ):
                self.group() if self.peek() == "{" else self.take()
                self.transposed = True
                return node
            else:
                node = Power(node, self.script())
        self.open_log = open_log
        return node

    def script(self):
        """Read what ^ or a command takes: one token or a group in braces."""
        if self.peek() == "{":
            return self.group()
        token = self.peek()
        if token and re.fullmatch(r"\d\d+.*", token):
            raise Unreadable(f"write braces around {token}")
        if token in ("+", "-"):
            raise Unreadable(f"write braces around what follows ^ or _ (found {token})")
        if token == r"\top":
            self.take()
            return None
        return self.atom()

    def group(self):
        self.take("{")
        if self.peek() == r"\top":
            self.take()
            self.take("}")
            return None
        node = self.within(bars=0)
        self.take("}")
        return node

    # Names

    def symbol(self):
        """Read a symbol with the marks that belong to its name: hat, prime, roman subscript."""
        token = self.take()
        if token.startswith(r"\text"):
            raise Unreadable("words do not belong into a formula that is evaluated")
        if _word(token):
            base = _word(token)
        elif _STYLED.fullmatch(token) or token in _GREEK or re.fullmatch("[A-Za-z]", token):
            base = token
        elif token in (r"\hat", r"\tilde", r"\bar"):
            base = f"{token}{{{self.take()}}}"
        else:
            raise Unreadable(f"{token} is not a symbol that the reader knows")
        if self.peek() == "_":
            inner = self.parts[self.at + 1 : self.at + 4]
            if inner and _word(inner[0]):
                self.at += 2
                base += "_" + _word(inner[0])
            elif len(inner) == 3 and inner[0] == "{" and inner[2] == "}" and (
                _word(inner[1]) or inner[1] in (r"\max", r"\min")
            ):  # fmt: skip
                self.at += 4
                base += "_" + (_word(inner[1]) or inner[1][1:])
        if self.peek() == "^" and self.peek(1) == r"\ast":
            self.at += 2
            base += "*"
        elif self.parts[self.at : self.at + 4] == ["^", "{", r"\ast", "}"]:
            self.at += 4
            base += "*"
        return base

    def indices(self):
        """Read a subscript: indices side by side or between commas."""
        if self.peek() != "{":
            token = self.take()
            if re.fullmatch("[A-Za-z]", token):
                return (Name(token),)
            if re.fullmatch(r"\d", token):
                return (Number(token),)
            raise Unreadable(f"{token} is not an index")
        self.take("{")
        found = []
        while not self.skip("}"):
            if found and self.skip(","):
                continue
            if self.peek() in ("+", "-") and found:
                sign = -1 if self.take() == "-" else 1
                found.append(Sum(((1, found.pop()), (sign, self.one_index()))))
            else:
                found.append(self.one_index())
        return tuple(found)

    def one_index(self):
        if re.fullmatch(r"\d+", self.peek() or ""):
            return Number(self.take())
        base = self.symbol()
        while self.skip("'"):
            base += "'"
        return Name(base, self.indices() if self.skip("_") else ())

    def arguments(self):
        """Read the arguments in brackets and what separates them."""
        close = _BRACKETS[self.take()]
        found, separators = [self.within(bars=1)], []
        while self.peek() in (",", ";", "|", r"\|", r"\mid"):
            separators.append({"|": r"\mid"}.get(token := self.take(), token))
            found.append(self.within(bars=1))
        self.take(close)
        return tuple(found), tuple(separators)

    def named(self):
        """Read a number's name, or a function with its arguments."""
        start = self.at
        base = self.symbol()
        if base in _OPERATORS and _word(self.parts[start]):
            return self.operator(base)
        primes = 0
        while self.skip("'"):
            primes += 1
        opens = self.peek() in ("(", "[")
        head = self.known and any(base == key[0] for key in TABLE)
        if opens and base in self.functions:
            arguments, separators = self.arguments()
            node = Apply(base + "'" * primes, arguments, separators)
            if primes:
                raise Unreadable(f"write the derivative of {base} as a fraction")
        elif opens and head:
            node = self.call(base, primes)
        elif opens and base in _PROBABILITIES and self.outcomes_follow():
            arguments, separators = self.arguments()
            node = Apply(base + "'" * primes, arguments, separators)
        elif opens and _word(self.parts[start]) in cecourse.__all__:
            arguments, _ = self.arguments()
            node = Call(Function("", "", base, "", "numbers"), arguments)
        elif opens and _word(self.parts[start]):
            raise Unreadable(f"{base} is not in the notation table and no definition makes it")
        elif opens and self.lone_name_follows():
            raise Unreadable(f"{base}(...) is not in the notation table and no definition makes it")
        elif head and _word(self.parts[start]):
            raise Unreadable(f"{base} needs arguments in brackets")
        else:
            base += "'" * primes
            node = Name(base, self.indices() if self.skip("_") else ())
            while self.skip("'"):
                node = Name(node.base + "'", node.indices)
        self.opaque.append((start, self.at, node))
        return node

    def call(self, base, primes):
        arguments, separators = self.arguments()
        variables = tuple(getattr(a, "base", None) for a in arguments)
        row = TABLE.get((base, separators, variables)) or TABLE.get((base, separators, None))
        outcomes = (base, (), None) in TABLE and TABLE[base, (), None].takes == "outcome"
        if row is None and outcomes:
            row = TABLE[base, (), None]
        if row is None and base == "H" and len(arguments) > 2:
            return Call(TABLE["H", (), None], (Listed(arguments),))
        if row is None:
            raise Unreadable(f"the notation table has no {base} with such arguments")
        return Call(row, arguments, primes)

    def lone_name_follows(self):
        """Tell whether the brackets hold one name only: then a function is meant, no product."""
        ahead = Reader(self.parts, self.functions, self.known, self.at)
        try:
            arguments, _ = ahead.arguments()
        except Unreadable:
            return False
        return self.known and any(isinstance(a, Name) for a in arguments)

    def outcomes_follow(self):
        """Tell whether the brackets hold outcomes, as in p(x) or q(y_i | x_i), and no formula."""
        ahead = Reader(self.parts, self.functions, self.known, self.at)
        try:
            arguments, _ = ahead.arguments()
        except Unreadable:
            return False
        return all(isinstance(a, Name) and a.base[0] in _OUTCOMES for a in arguments)

    # Everything else that can stand as a factor

    def atom(self):
        token, start = self.peek(), self.at
        if token is None:
            raise Unreadable("expected a formula, found the end")
        if re.fullmatch(r"\d.*", token):
            return Number(self.take())
        if token == "{":
            return self.group()
        if token in _BRACKETS:
            return self.bracket()
        if token in ("|", r"\|"):
            self.take()
            node = self.within(bars=1)
            self.take(token)
            return self.hide(start, Elementary("abs" if token == "|" else "norm", (node,)))
        if token in _ROUND:
            self.take()
            close, name = _ROUND[token]
            node = self.within(bars=0)
            self.take(close)
            return self.hide(start, Elementary(name, (node,)))
        if token in _LOGLIKE:
            return self.loglike()
        if token == r"\frac":
            return self.fraction()
        if token == r"\sqrt":
            self.take()
            return Elementary("sqrt", (self.script(),))
        if token == r"\binom":
            self.take()
            return Elementary("binomial", (self.script(), self.script()))
        if token in (r"\sum", r"\prod"):
            return self.over({r"\sum": "sum", r"\prod": "prod"}[token])
        if token in (r"\max", r"\min"):
            self.take()
            return self.operator(token[1:])
        if token == r"\int":
            return self.integral()
        if token == r"\lim":
            return self.limit()
        if token == r"\nabla":
            return self.gradient()
        if token in (r"\pi", r"\infty", "e"):
            return Name(self.take())
        if token == r"\begin{cases}":
            return self.cases()
        if token in (r"\mathbb{E}", r"\operatorname{E}") or (token == "E" and self.peek(1) == "_"):
            return self.expectation()
        if token in (r"\mathbb{1}", r"\mathbf{1}"):
            self.take()
            opening = self.take()
            condition = self.relation()
            self.take(_BRACKETS[opening])
            node = Cases(((Number("1"), condition), (Number("0"), None)))
            self.opaque.append((start, self.at, node))
            return node
        return self.named()

    def bracket(self):
        start = self.at
        close = _BRACKETS[self.take()]
        items = [self.within(bars=0)]
        while self.skip(","):
            items.append(self.within(bars=0))
        self.take(close)
        if len(items) == 1:
            return items[0]
        node = Listed(tuple(items))
        self.opaque.append((start, self.at, node))
        return node

    def loglike(self):
        name, base, power = _LOGLIKE[self.take()], None, None
        while self.peek() in ("_", "^"):
            if self.take() == "_":
                base = self.script()
            else:
                power = self.script()
        bracketed = self.peek() in _BRACKETS
        if self.peek() in ("+", "-", "/", None):
            raise Unreadable(f"{name} needs brackets around its argument")
        argument = self.factor_of_log()
        node = Elementary(name, (argument,))
        if base is not None:
            node = Quotient(node, Elementary("log", (base,)))
        if power is not None:
            node = Power(node, power)
        self.open_log = not bracketed
        return node

    def factor_of_log(self):
        if self.peek() in _BRACKETS:
            node = self.bracket()
            if self.peek() in ("^", "!"):
                raise Unreadable("a power behind log(...) has two readings: use more brackets")
            return node
        return self.factor()

    def fraction(self):
        start = self.at
        ahead = self.parts[self.at + 1 : self.at + 3]
        if ahead in (["{", "d"], ["{", r"\partial"]) and self.is_derivative():
            node = self.derivative()
            self.opaque.append((start, self.at, node))
            return node
        self.take()
        return Quotient(self.script(), self.script())

    def is_derivative(self):
        below = self.parts[self.matching(self.at + 1) + 1 :][:2]
        return below == ["{", self.peek(2)]

    def matching(self, at):
        depth = 0
        for end in range(at, len(self.parts)):
            depth += (self.parts[end] == "{") - (self.parts[end] == "}")
            if depth == 0:
                return end
        raise Unreadable("a brace is not closed")

    def derivative(self):
        r"""Read \frac{\partial L}{\partial z_k} or \frac{d}{dz} in front of a formula."""
        self.take(r"\frac")
        self.take("{")
        mark = self.take()
        order = 1
        if self.skip("^"):
            order = int(self.script().text)
        of = None
        if not self.skip("}"):
            of = self.expression()
            self.take("}")
        self.take("{")
        variables = []
        while not self.skip("}"):
            self.take(mark)
            variable = self.named()
            times = 1
            if self.skip("^"):
                times = int(self.script().text)
            variables += [variable] * times
        if len(variables) != order or not all(isinstance(v, Name) for v in variables):
            raise Unreadable("the orders above and below a derivative differ")
        if of is None:
            of = self.term()
        if isinstance(of, Name) and self.known:  # d sigma / dz means sigma(z)
            row = TABLE.get((of.base, (), None))
            if row and not of.indices:
                of = Call(row, (variables[0],))
        return Derivative(of, tuple(variables))

    def gradient(self):
        start = self.at
        self.take()
        self.take("_")
        variable = self.script()
        node = Derivative(self.factor(), (variable,))
        self.opaque.append((start, self.at, node))
        return node

    def over(self, name):
        r"""Read \sum_{k=1}^{K}, \sum_{k \ne j}, or a sum over outcomes, \sum_{x, y}."""
        start = self.at
        self.take()
        low = high = without = None
        indices = []
        while self.peek() in ("_", "^"):
            if self.take() == "_" and self.skip("{"):
                indices = self.names_below()
                if self.skip("="):
                    low = self.expression()
                elif self.skip(r"\ne") or self.skip(r"\neq"):
                    without = self.one_index()
                self.take("}")
            elif self.parts[self.at - 1] == "^":
                high = self.script()
            else:
                break
        all_values = without is not None or set(indices) <= _OUTCOMES
        if not indices or (low is None) != (high is None) or not (low is not None or all_values):
            raise Unreadable(rf"\{name} needs limits, as in \{name}_{{k=1}}^{{K}}")
        node = self.signed_term()
        for index in reversed(indices):
            node = Over(name, index, low, high, node, without)
        return node if low is not None else self.hide(start, node)

    def names_below(self):
        found = []
        while not found or self.skip(","):
            index = self.symbol()
            while self.skip("'"):
                index += "'"
            found.append(index)
        return found

    def signed_term(self):
        if self.skip("-"):
            return Sum(((-1, self.term()),))
        return self.term()

    def operator(self, name):
        start = self.at
        if name in ("max", "min") and self.skip("_"):
            (index,) = self.indices()
            node = Over(name, index.base, None, None, self.factor())
        else:
            if self.peek() not in _BRACKETS:
                raise Unreadable(f"{name} needs its arguments in brackets")
            if name in ("log", "exp"):
                return Elementary(name, (self.bracket(),))
            arguments, separators = self.arguments()
            if set(separators) - {","}:
                raise Unreadable(f"{name} takes its arguments between commas")
            return self.hide(start - 1, Elementary(name, arguments))
        return self.hide(start - 1, node)

    def hide(self, start, node):
        self.opaque.append((start, self.at, node))
        return node

    def integral(self):
        start = self.at
        self.take()
        low = high = None
        while self.peek() in ("_", "^"):
            if self.take() == "_":
                low = self.script()
            else:
                high = self.script()
        if low is None or high is None:
            raise Unreadable(r"\int needs limits")
        depth, variable = 0, None
        for at in range(self.at, len(self.parts) - 1):
            depth += (self.parts[at] in _OPEN) - (self.parts[at] in _CLOSE)
            if depth == 0 and self.parts[at] == "d":
                variable = self.parts[at + 1]
                break
        if variable is None:
            raise Unreadable("an integral ends in its variable, as in dx")
        self.bound.append(variable)
        body = Number("1") if self.differential() else self.expression()
        if not self.differential():
            raise Unreadable(f"expected d{variable}, found {self.peek()}")
        self.bound.pop()
        self.at += 2
        return self.hide(start, Integral(variable, low, high, body))

    def limit(self):
        start = self.at
        self.take()
        self.take("_")
        self.take("{")
        variable = self.symbol()
        if self.take() not in (r"\to", r"\rightarrow"):
            raise Unreadable(r"a limit is written \lim_{T \to 0}")
        target, side = self.signed_limit(), "+"
        if self.skip("^"):
            if self.skip("{"):
                side = self.take()
                self.take("}")
            else:
                side = self.take()
        self.take("}")
        return self.hide(start, Limit(variable, target, side, self.term()))

    def signed_limit(self):
        if self.skip("-"):
            return Sum(((-1, self.atom()),))
        return self.atom()

    def expectation(self):
        start = self.at
        self.take()
        self.take("_")
        self.take("{")
        outcome = self.symbol()
        self.take(r"\sim")
        distribution = self.symbol()
        self.take("}")
        node = Expectation(outcome, distribution, self.bracket())
        return self.hide(start, node)

    def cases(self):
        start = self.at
        self.take()
        branches = []
        while not self.skip(r"\end{cases}"):
            node = self.expression()
            self.skip(",")
            self.take("&")
            condition = None
            if _word(self.peek()) in ("if", "for", "when"):
                self.take()
            if _word(self.peek()) in ("otherwise", "else"):
                self.take()
            else:
                condition = self.relation()
            self.skip(",")
            self.skip(r"\\")
            branches.append((node, condition))
        return self.hide(start, Cases(tuple(branches)))

    def relation(self):
        left = self.expression()
        sign = RELATIONS.get(self.take())
        if sign is None:
            raise Unreadable("expected a relation")
        return Relation(left, sign, self.expression())


TABLE = {}
TABLE.update(_table())
KINDS = {Reader(tokens(s.latex), known=False).symbol(): s.kind for s in SYMBOLS}


def read(parts, functions=frozenset()):
    """Return the tree of a formula, given as LaTeX or as its tokens."""
    return Reader(tokens(parts) if isinstance(parts, str) else list(parts), functions).whole()
