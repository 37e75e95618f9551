r"""The displayed formulas of the docstrings, which the reference page shows.

A docstring writes the loss that it computes as an ell; the note says which function that is, so
that the formula is compared with the code that it documents.
"""

import inspect
import re

import cecourse
from tests.equations.collect import Equation

NOTES = {
    "surprisal": r"with s(p) = \operatorname{surprisal}(p)",
    "binary_entropy": r"with h(p) = H_{\mathrm{b}}(p)",
    "kl_divergence": r"with D(p \| q) = D_{\mathrm{KL}}(p \| q); D = D_{\mathrm{KL}}(P \| Q);"
    r" P distribution; Q distribution",
    "js_divergence": r"with D(p \| q) = D_{\mathrm{KL}}(p \| q); m = \frac{1}{2} (p + q)",
    "expected_length": r"with L = \operatorname{expected_length}(p, \ell)",
    "kraft_sum": "not evaluated: it states no relation",
    "finite_difference": "not evaluated: an approximation, good to order h^2",
    "binary_cross_entropy": r"with \ell(y, p) = \operatorname{binary_cross_entropy}(y, p)",
    "categorical_cross_entropy": r"with \ell(y, p) ="
    r" \operatorname{categorical_cross_entropy}(y, p)",
    "sparse_categorical_cross_entropy": r"with \ell(y, p) ="
    r" \operatorname{sparse_categorical_cross_entropy}(y, p)",
    "sigmoid_cross_entropy": r"with \ell(y, z) = \operatorname{sigmoid_cross_entropy}(y, z)",
    "softmax_cross_entropy": r"with \ell(y, z) = \operatorname{softmax_cross_entropy}(y, z)",
    "sigmoid_cross_entropy_grad": r"with \ell = \operatorname{sigmoid_cross_entropy}(y, z)",
    "softmax_cross_entropy_grad": r"with \ell = \operatorname{softmax_cross_entropy}(y, z);"
    r" p = \operatorname{softmax}(z)",
    "softmax_cross_entropy_and_grad": r"with \ell = \operatorname{softmax_cross_entropy}(y, z);"
    r" \ell(y, z) = \operatorname{softmax_cross_entropy}(y, z);"
    r" p = \operatorname{softmax}(z)",
    "softmax_jacobian": r"with J = \operatorname{softmax_jacobian}(z);"
    r" p = \operatorname{softmax}(z)",
    "squared_error": r"with \ell(y, \hat{y}) = \operatorname{squared_error}(y, \hat{y})",
    "hinge": r"with \ell(y, s) = \operatorname{hinge}(y, s); y = 2 t - 1; t binary",
    "gaussian_nll": r"with \ell(y, \mu, s) = \operatorname{gaussian_nll}(y, \mu, s); y real",
    "log_loss": r"with L(y, p) ="
    r" \frac{1}{N} \sum_{i=1}^{N} \operatorname{sparse_categorical_cross_entropy}(y_i, p_i)",
    "softmax": r"with \operatorname{softmax}(z) = \operatorname{softmax}(z / T)",
    "log_softmax": r"with \operatorname{softmax}(z) = \operatorname{softmax}(z / T)",
    "one_hot": r"with p_k = \operatorname{one_hot}(y, K)_k; y integer",
    "smooth_labels": r"with p'_k = \operatorname{smooth_labels}(p, a)_k; a probability",
}


def docstring_equations():
    """Return the displayed formulas of the public docstrings."""
    found = []
    for name in cecourse.__all__:
        text = inspect.getdoc(getattr(cecourse, name)) or ""
        note = NOTES.get(name, "")
        for match in re.finditer(r"\.\. math::(.*?)(?=\n\S|\Z)", text, re.DOTALL):
            found.append(Equation(
                "cecourse", name, " ".join(match[1].split()), True,
                condition=note.removeprefix("with ") if note.startswith("with") else "",
                reason=note.removeprefix("not evaluated: ") if note.startswith("not") else "",
            ))  # fmt: skip
    return found
