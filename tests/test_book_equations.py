r"""Every formula of the book, evaluated on random inputs.

How a formula is read, and what an author can note beside it, is in the docstring of
``tests/equations``. ``python -m tests.equations FILE`` shows the verdicts.
"""

from collections import Counter

import pytest

import cecourse
from tests import notation
from tests.equations import check
from tests.equations.collect import BOOK, Equation, equations
from tests.equations.corpus import FORMULAS
from tests.equations.docstrings import docstring_equations
from tests.equations.mutants import caught, equivalent, mutants, weaker
from tests.equations.reader import KINDS, Unreadable, read
from tests.equations.report import verdict

PAGES = sorted([*BOOK.glob("*.ipynb"), *BOOK.glob("*.md")])
BOOK_EQUATIONS = [equation for page in PAGES for equation in equations(page)]
DISPLAYED = [equation for equation in BOOK_EQUATIONS if equation.displayed]
INLINE = [equation for equation in BOOK_EQUATIONS if not equation.displayed]
GOOD = ("evaluated", "wrong on purpose", "not evaluated", "declaration", "no formula")


def link_list(equation):
    """Return the links of an equation that are evaluated, and its conditions."""
    if verdict(equation)[0] != "evaluated":
        return [], None
    links, _ = check.stated(equation.latex, not equation.displayed, equation.condition)
    return links, check.note(equation.condition)


def as_equation(formula, latex=None):
    return Equation("corpus", formula.id, latex or formula.latex, True, formula.condition)


# --- The book --------------------------------------------------------------------------------


@pytest.mark.parametrize("equation", DISPLAYED, ids=lambda e: e.id)
def test_displayed_equation_holds(equation):
    result, why = verdict(equation)
    assert result in GOOD, f"{equation.latex}\n{why}"


def test_inline_identities_hold():
    wrong = {
        f"{equation.id}: ${equation.latex}$": why
        for equation in INLINE
        for result, why in [verdict(equation)]
        if result not in GOOD
    }
    assert not wrong


def test_most_displayed_equations_are_evaluated(capsys):
    verdicts = [(equation, *verdict(equation)) for equation in DISPLAYED]
    count = Counter(result for _, result, _ in verdicts)
    inline = Counter(verdict(equation)[0] for equation in INLINE)
    with capsys.disabled():
        print(f"\ndisplayed equations: {len(DISPLAYED)}, " + _counts(count))
        print(f"inline formulas: {len(INLINE)}, " + _counts(inline))
        for equation, result, why in verdicts:
            if result == "not evaluated":
                print(f"  not evaluated: {equation.id}: {why}")
    assert count["evaluated"] + count["wrong on purpose"] >= 0.85 * len(DISPLAYED)


def _counts(count):
    return ", ".join(f"{number} {result}" for result, number in sorted(count.items()))


@pytest.mark.parametrize("equation", DISPLAYED, ids=lambda e: e.id)
def test_mistakes_in_displayed_equations_are_caught(equation):
    """Flip a sign, drop a logarithm, swap p and q, ...: each time the equation must fail."""
    links, given = link_list(equation)
    for link in links:
        made = list(mutants(link))
        survivors = [m for m in made if not caught(m, given)]
        missed = [m for m in survivors if not weaker(m) and not equivalent(m, link, given)]
        assert not missed, [f"{m.kind}: {m.link}" for m in missed]
        assert len(survivors) < len(made), f"no mutant of {link} is caught"


def test_equivalent_mutants_are_few(capsys):
    """A survivor has the same value everywhere: a symmetric formula, a shift of the logits."""
    total, same, true = 0, [], []
    for equation in DISPLAYED:
        links, given = link_list(equation)
        for link in links:
            for mutant in mutants(link):
                total += 1
                if not caught(mutant, given):
                    (true if weaker(mutant) else same).append((equation.id, mutant))
    with capsys.disabled():
        print(f"\nmutants: {total}, {total - len(same) - len(true)} caught")
        print(f"  {len(true)} inequalities are still true, {len(same)} have the same value:")
        for place, mutant in same:
            print(f"  {place}: {mutant.kind}: {mutant.link}")
    assert len(same) <= 0.1 * total


def test_sympy_reads_the_same(capsys):
    """SymPy's parse_latex finds the same values in the sides that it can read."""
    confirmed, links = Counter(), 0
    for equation in BOOK_EQUATIONS:
        found, given = link_list(equation)
        for link in found:
            links += 1
            confirmed[min(1, check.confirm(link, given))] += 1
    with capsys.disabled():
        print(f"\nlinks read by SymPy, too: {confirmed[1]} of {links}")
    assert confirmed[1] >= 0.8 * links


@pytest.mark.parametrize("equation", docstring_equations(), ids=lambda e: e.id)
def test_formula_of_a_docstring_holds(equation):
    result, why = verdict(equation)
    assert result in ("evaluated", "not evaluated"), f"{equation.latex}\n{why}"


# --- The notation table ----------------------------------------------------------------------


@pytest.mark.parametrize("row", notation.FUNCTIONS, ids=lambda row: row.latex)
def test_notation_formula_is_what_the_function_computes(row):
    latex = f"{row.latex} = {row.formula}"
    result, why = verdict(Equation("notation", row.latex, latex, True))
    assert result == "evaluated", why


@pytest.mark.parametrize("row", notation.FUNCTIONS, ids=lambda row: row.latex)
def test_notation_names_a_public_function(row):
    assert row.function in cecourse.__all__


def test_notation_page_is_made_from_the_table():
    made = notation.page()
    assert notation.PAGE.read_text(encoding="utf-8") == made, "run python -m tests.notation"
    for row in (*notation.SYMBOLS, *notation.FUNCTIONS):
        assert f"${row.latex}$" in made or f"${row.latex} = " in made


def test_every_symbol_of_the_table_has_a_value():
    assert len(KINDS) == len(notation.SYMBOLS)


# --- The reader itself -----------------------------------------------------------------------


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda f: f.id)
def test_restored_formula_holds(formula):
    result, why = verdict(as_equation(formula))
    assert result == "evaluated", why


@pytest.mark.parametrize(
    ("formula", "garbled"),
    [(formula, garbled) for formula in FORMULAS for garbled in formula.garbled],
    ids=lambda value: getattr(value, "id", value),
)
def test_garbled_formula_is_refused(formula, garbled):
    result, _ = verdict(as_equation(formula, garbled))
    assert result == "WRONG"


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda f: f.id)
def test_mistakes_in_restored_formulas_are_caught(formula):
    test_mistakes_in_displayed_equations_are_caught(as_equation(formula))


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda f: f.id)
def test_sympy_reads_restored_formulas_the_same(formula):
    links, given = link_list(as_equation(formula))
    for link in links:
        check.confirm(link, given)


@pytest.mark.parametrize(
    ("latex", "message"),
    [
        (r"\log p (1 - y)", "two readings"),
        (r"\log 2 \pi", "two readings"),
        (r"\log(p)^2", "two readings"),
        (r"1/2 p", "two readings"),
        (r"a / b c", "two readings"),
        (r"\sum_k p_k", "limits"),
        (r"\sum_{k} p_k", "limits"),
        (r"\operatorname{KL}(p, q)", "not in the notation table"),
        (r"f(x) + 1", "no definition makes it"),
        (r"D_{\mathrm{KL}}(p, q)", "no D_KL with such arguments"),
        (r"\operatorname{softmax} z", "needs arguments"),
        (r"\text{loss} + 1", "words do not belong"),
        (r"2^10", "braces"),
        (r"1 000", "side by side"),
        (r"\frac{\partial^2 L}{\partial z_k}", "orders"),
        (r"p_k +", "expected a formula"),
        (r"\left( p_k", "expected \\)"),
        (r"\int_0^1 p^2", "ends in its variable"),
        (r"\unknown p", "not a symbol"),
    ],
)
def test_doubtful_latex_is_refused(latex, message):
    with pytest.raises(Unreadable, match=message):
        read(latex)


@pytest.mark.parametrize(
    ("latex", "result"),
    [
        (r"K = 4", "declaration"),
        (r"p = (1/2, 1/4, 1/4)", "declaration"),
        (r"y_i = 1", "declaration"),
        (r"0 < p < 1", "declaration"),
        (r"p_k \ge q_k", "declaration"),
        (r"z = w x + b", "declaration"),
        (r"k = 1, \dots, K", "declaration"),
        (r"H(p) = 1.75", "declaration"),
        (r"p_k", "no formula"),
        (r"\sum_{k=1}^{K} p_k", "no formula"),
        (r"\sum_{k=1}^{K} p_k = 1", "evaluated"),
        (r"\sum_{k=1}^{K} p_k = 2", "WRONG"),
        (r"\log_2 8 = 3", "evaluated"),
        (r"\log_2 8 = 2", "WRONG"),
        (r"\log 2 \approx 0.693", "evaluated"),
        (r"\log 2 \approx 0.694", "WRONG"),
        (r"\log 2 = 0.6931", "evaluated"),
        (r"\log 2 = 0.6932", "WRONG"),
        (r"H(p) \le \log K", "evaluated"),
        (r"H(p) < \log K - 1", "WRONG"),
        (r"p = \sigma(z) = \frac{1}{1 + e^{-z}}", "evaluated"),
        (r"p = \sigma(z) = \frac{1}{1 + e^{z}}", "WRONG"),
        (r"\log x \le x - 1", "UNREADABLE"),
    ],
)
def test_inline_formula(latex, result):
    assert verdict(Equation("test", "inline", latex, False))[0] in (
        result, "WRONG" if result == "UNREADABLE" else result,
    )  # fmt: skip


TEXT = r"""
A page with `$a = b$` in code, $\log_2 8 = 3$ and $\log_2 8 = 2$<!-- wrong on purpose -->.

```python
price = "$5 = $6"
```

````{admonition} Objectives
:class: tip
$$
% not evaluated: it defines z
z = w x + b
$$ (eq-logit)

```{math}
:label: eq-softmax
% with p = \operatorname{softmax}(z)
\sum_{k=1}^{K} p_k = 1
```
````

\begin{align}
\log_2 \frac{1}{8} &= -3 \\
\log_2 8 &= 3
\end{align}
"""


def test_formulas_of_a_page_are_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(TEXT, encoding="utf-8")
    found = equations(page)
    assert [(e.displayed, verdict(e)[0]) for e in found] == [
        (False, "evaluated"),
        (False, "wrong on purpose"),
        (True, "not evaluated"),
        (True, "evaluated"),
        (True, "evaluated"),
    ]
    assert found[2].reason == "it defines z"
    assert found[3].condition == r"p = \operatorname{softmax}(z)"


def test_a_right_equation_cannot_be_marked_as_wrong():
    equation = Equation("test", "displayed", r"\log_2 8 = 3", True, wrong=True)
    assert verdict(equation) == ("WRONG", "it is marked as wrong on purpose, but it holds")
