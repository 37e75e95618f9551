r"""The notation of the book: each symbol, and beside each formula the function that computes it.

This table is the one source of two things. ``tests/equations`` looks up in it what a symbol of a
displayed equation means, and ``book/notation.md`` shows it (``python -m tests.notation`` writes
the page, and a test compares the two).
"""

from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "book" / "notation.md"


@dataclass(frozen=True)
class Symbol:
    """A letter, what it stands for, and the kind of random value that the tests give to it."""

    latex: str
    meaning: str
    kind: str


@dataclass(frozen=True)
class Function:
    """A formula's name as it is written, what it is, and the code that computes it.

    `code` is an expression in the functions of ``cecourse`` and the arguments named in `latex`
    (`joint` is the joint distribution of X and Y). `takes` says what the arguments are: "vectors"
    over the classes, "numbers", an "outcome" x that stands for its probability p(x), or
    "variables" (X and Y themselves).
    """

    latex: str
    meaning: str
    code: str
    formula: str
    takes: str

    @property
    def function(self):
        """Return the name of the function of cecourse that the code calls."""
        return self.code.split("(")[0]


# Kinds: "distribution" sums to 1 over classes, and is one probability where it has no class
# index; "label" is a distribution or a number between 0 and 1, and a whole number where it is
# itself an index; "logits" and "real" are any numbers; see `Scope` in tests/equations/evaluate.py.
SYMBOLS = (
    Symbol(r"p", "the truth: a distribution over K outcomes; $p_k$ is the probability of "
           "outcome $k$; without an index, in a formula for two outcomes, the probability of one "
           "of them", "distribution"),
    Symbol(r"q", "the model: the distribution that a code or a forecast assumes", "distribution"),
    Symbol(r"r", "a third distribution", "distribution"),
    Symbol(r"\hat{p}", "the empirical distribution: the share of each outcome in the data",
           "distribution"),
    Symbol(r"m", "the mixture $\\frac{1}{2} (p + q)$ of two distributions", "mixture"),
    Symbol(r"y", "a label: 0 or 1, or a distribution over the classes (one-hot if the class is "
           "certain), or, as an index, the number of the true class", "label"),
    Symbol(r"z", "a logit, or one logit for each of K classes", "logits"),
    Symbol(r"x", "an outcome or an input", "real"),
    Symbol(r"w", "a weight", "real"),
    Symbol(r"b", "a bias", "real"),
    Symbol(r"N", "the number of examples, with index $i$", "natural"),
    Symbol(r"n", "a whole number, such as a number of trials", "natural"),
    Symbol(r"K", "the number of classes or outcomes, with indices $j$ and $k$", "natural"),
    Symbol(r"T", "the temperature of a softmax, positive", "positive"),
    Symbol(r"\ell_k", "the length of the code word of outcome $k$, in bits", "code lengths"),
    Symbol(r"L", "a loss; over several examples, their mean loss", "real"),
    Symbol(r"\mathcal{L}", "a likelihood", "real"),
    Symbol(r"\delta_{jk}", "1 if $j$ and $k$ are equal, else 0 (Kronecker's delta)", "delta"),
)  # fmt: skip

FUNCTIONS = (
    Function(r"h(x)", "surprisal of an outcome", "surprisal(p)",
             r"-\log p(x)", "outcome"),
    Function(r"H(p)", "entropy", "entropy(p)",
             r"-\sum_{k=1}^{K} p_k \log p_k", "vectors"),
    Function(r"H_{\mathrm{b}}(p)", "binary entropy", "binary_entropy(p)",
             r"-p \log p - (1 - p) \log(1 - p)", "numbers"),
    Function(r"H(p, q)", "cross-entropy", "cross_entropy(p, q)",
             r"-\sum_{k=1}^{K} p_k \log q_k", "vectors"),
    Function(r"D_{\mathrm{KL}}(p \,\|\, q)", "Kullback-Leibler divergence", "kl_divergence(p, q)",
             r"\sum_{k=1}^{K} p_k \log \frac{p_k}{q_k}", "vectors"),
    Function(r"\operatorname{JS}(p, q)", "Jensen-Shannon divergence", "js_divergence(p, q)",
             r"\frac{1}{2} D_{\mathrm{KL}}(p \,\|\, m) + \frac{1}{2} D_{\mathrm{KL}}(q \,\|\, m)",
             "vectors"),
    Function(r"\operatorname{PP}(p)", "perplexity of a distribution", "perplexity(p)",
             r"e^{H(p)}", "vectors"),
    Function(r"\operatorname{PP}(p, q)", "perplexity of a model", "perplexity(p, q)",
             r"e^{H(p, q)}", "vectors"),
    Function(r"H(X)", "entropy of a random variable", "entropy(joint.sum(axis=-1))",
             r"-\sum_{x=1}^{J} p(x) \log p(x)", "variables"),
    Function(r"H(Y)", "entropy of a random variable", "entropy(joint.sum(axis=-2))",
             r"-\sum_{y=1}^{K} p(y) \log p(y)", "variables"),
    Function(r"H(X, Y)", "entropy of two random variables together", "entropy(joint.ravel())",
             r"-\sum_{x=1}^{J} \sum_{y=1}^{K} p(x, y) \log p(x, y)", "variables"),
    Function(r"H(Y \mid X)", "conditional entropy", "conditional_entropy(joint)",
             r"-\sum_{x=1}^{J} \sum_{y=1}^{K} p(x, y) \log p(y \mid x)", "variables"),
    Function(r"H(X \mid Y)", "conditional entropy", "conditional_entropy(joint.T)",
             r"-\sum_{x=1}^{J} \sum_{y=1}^{K} p(x, y) \log p(x \mid y)", "variables"),
    Function(r"I(X; Y)", "mutual information", "mutual_information(joint)",
             r"\sum_{x=1}^{J} \sum_{y=1}^{K} p(x, y) \log \frac{p(x, y)}{p(x) \, p(y)}",
             "variables"),
    Function(r"\sigma(z)", "sigmoid", "sigmoid(z)",
             r"\frac{1}{1 + e^{-z}}", "numbers"),
    Function(r"\operatorname{logit}(p)", "log-odds, the inverse of the sigmoid", "logit(p)",
             r"\log \frac{p}{1 - p}", "numbers"),
    Function(r"\operatorname{softplus}(z)", "softplus", "softplus(z)",
             r"\log(1 + e^z)", "numbers"),
    Function(r"\operatorname{logsumexp}(z)", "log-sum-exp", "logsumexp(z)",
             r"\log \sum_{k=1}^{K} e^{z_k}", "vectors"),
    Function(r"\operatorname{softmax}(z)", "softmax", "softmax(z)",
             r"\frac{e^{z}}{\sum_{j=1}^{K} e^{z_j}}", "vectors"),
    Function(r"\operatorname{BCE}(y, p)", "binary cross-entropy of one label",
             "binary_cross_entropy(y, p)",
             r"-\left[ y \log p + (1 - y) \log(1 - p) \right]", "numbers"),
    Function(r"\operatorname{CCE}(y, p)", "categorical cross-entropy of one example",
             "categorical_cross_entropy(y, p)",
             r"-\sum_{k=1}^{K} y_k \log p_k", "vectors"),
)  # fmt: skip


# --- The page --------------------------------------------------------------------------------

_TOP = """\
(page-notation)=
# Notation

Every symbol of the book, and beside each formula the function of `cecourse` that computes it. The
tests read this table, too: they take each displayed equation of the book as it stands, look up its
symbols here, and compute both sides on random inputs.

## Conventions

- The truth comes first, the model second: $H(p, q)$ is `cross_entropy(p, q)`, with $p$ the truth.
- $\\log$ is the natural logarithm, and the unit is the nat. Bits are always written with
  $\\log_2$; in code, `base=2`.
- Indices count from one: $i$ runs over the $N$ examples, $j$ and $k$ over the $K$ classes. With two
  indices the example comes first: $p_{ik}$ is the probability that the model gives to class $k$
  in example $i$. In code, classes lie on the last axis, and Python counts from zero: class $k$ is
  `p[..., k - 1]`.
- A label can be an index: $q_{y_i}$ is the probability of the true class of example $i$.
- An outcome of probability zero adds nothing to a sum: zero times the logarithm of zero is zero.
- A loss is that of one example. Where several are averaged, the mean is written out.

## Symbols

```{list-table}
:header-rows: 1
:widths: 15 85

* - Symbol
  - Meaning
"""
_MIDDLE = """\
```

## Functions

```{list-table}
:header-rows: 1
:widths: 62 38

* - Formula
  - Meaning and code
"""
_BOTTOM = """\
```

Here $X$ and $Y$ are two outcomes with $J$ and $K$ values, and `joint` is the array of their
probabilities $p(x, y)$, with $X$ along the rows. The mixture $m$ belongs to the two arguments of
the Jensen-Shannon divergence. The [reference](api.md) describes each function.
"""


def page():
    """Return the text of book/notation.md."""
    symbols = [f"* - ${row.latex}$\n  - {row.meaning}\n" for row in SYMBOLS]
    functions = [
        f"* - ${row.latex} = {row.formula}$\n"
        f"  - {row.meaning}\n\n    {{py:func}}`{row.code} <cecourse.{row.function}>`\n"
        for row in FUNCTIONS
    ]
    return "".join([_TOP, *symbols, _MIDDLE, *functions, _BOTTOM])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
