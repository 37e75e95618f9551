"""Claims of public tutorials on cross-entropy: what they print, and how each value is recomputed.

``data/claims.csv`` holds one numeric claim a row: its inputs, its unit, the value that a tutorial
prints, the right value to ten digits, and a verdict. `KINDS` computes a row with `cecourse`, or,
where the quantity is none of the package's, with a few visible lines. `judgements` turns the
verdict into statements that a test can refute.

``data/claims_other.toml`` holds the rest: formulas (F; evaluated in tests/equations/corpus.py),
misconceptions (M; each with a demonstration), exercises (E) and readers' questions (Q).
"""

import csv
import json
import math
import re
import tomllib
from itertools import combinations_with_replacement
from pathlib import Path

import numpy as np

import cecourse as ce

DATA = Path(__file__).parent / "data"
BASES = {"bits": 2, "nats": None, "": None, "unknown": None}


def _numbers(text):
    """Return "1.5" or "[1, inf]" as a float or an array, and None for words or nothing."""
    try:
        if text.startswith("["):
            return np.array([float(piece) for piece in text.strip("[]").split(",")])
        return float(text)
    except ValueError:
        return None


def read_claims():
    """Return the numeric claims, with inputs as dicts and numbers as floats or arrays."""
    with open(DATA / "claims.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["inputs"] = json.loads(row["inputs"])
        row["mistake"] = json.loads(row["mistake"]) if row["mistake"] else None
        row["tolerance"] = float(row["tolerance"]) if row["tolerance"] else None
        row["value"] = _numbers(row["value"])
        row["claimed_number"] = _numbers(row["claimed"])
    return rows


def read_others():
    """Return the formulas, misconceptions, exercises and questions by id."""
    return tomllib.loads((DATA / "claims_other.toml").read_text(encoding="utf-8"))


# ---------------------------------------------------------------------------------------------
# One function a kind: it takes the inputs of a row and the base of its unit


def _total(p):
    """Return the sum over the last axis of what the package accepts as distributions."""
    ce.entropy(p)
    return np.sum(p, axis=-1)


def _shares(counts):
    return np.array(counts) / sum(counts)


def _bce(inputs, base):
    nats = ce.binary_cross_entropy(inputs["y"], inputs["p"])
    return nats / (1 if base is None else math.log(base))


def _cce(inputs):
    return ce.categorical_cross_entropy(inputs["y_true"], inputs["y_pred"])


def _logit(inputs):
    return np.dot(inputs["w"], inputs["x"]) + inputs["b"]


def _sigmoid_slope(z):
    return ce.sigmoid(z) * ce.sigmoid(-z)


def _neuron_gradient(inputs):
    """Return the gradient in the bias (and, as x is 1, in the weight) of one neuron's cost."""
    z = _logit(inputs)
    if inputs.get("cost") == "quadratic":
        return (ce.sigmoid(z) - inputs["y"]) * _sigmoid_slope(z)
    return ce.sigmoid_cross_entropy_grad(inputs["y"], z)


def _trained_output(inputs):
    """Return a neuron's output after plain gradient descent on its single example."""
    neuron = dict(inputs)
    for _ in range(inputs["epochs"]):
        gradient = _neuron_gradient(neuron)
        neuron["w"] -= inputs["eta"] * gradient * inputs["x"]
        neuron["b"] -= inputs["eta"] * gradient
    return ce.sigmoid(_logit(neuron))


def _solve(function, target, low, high):
    """Return where an increasing function takes a value, by bisection to the last bit."""
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if function(middle) < target else (low, middle)
    return high


def _integral(function, pieces=1000):
    """Return the integral over [0, 1] by Simpson's rule, which is exact up to cubics."""
    edges = np.linspace(0, 1, pieces + 1)
    middles = (edges[:-1] + edges[1:]) / 2
    parts = function(edges[:-1]) + 4 * function(middles) + function(edges[1:])
    return parts.sum() / (6 * pieces)


def _as_probability(a):
    """Return the surprisal of a, or NaN where the package refuses it as a probability."""
    try:
        return ce.surprisal(a)
    except ValueError:
        return math.nan


def _largest_label(inputs):
    """Return the largest integer label that the package accepts for this many classes."""
    p = np.full(inputs["n_classes"], 1 / inputs["n_classes"])
    accepted = []
    for label in inputs["labels"]:
        try:
            ce.sparse_categorical_cross_entropy(label, p)
        except ValueError:
            continue
        accepted.append(label)
    return max(accepted)


KINDS = {
    # entropy and its relatives
    "sum": lambda i, base: _total(i["q"]),
    "surprisal": lambda i, base: ce.surprisal(i["p"], base=base),
    "surprisal_fraction": lambda i, base: ce.surprisal(i["num"] / i["den"], base=base),
    "surprisal_ratio": lambda i, base: ce.surprisal(i["p2"]) / ce.surprisal(i["p1"]),
    "surprisal_inverse": lambda i, base: (base or math.e) ** -i["loss"],
    "log": lambda i, base: 0.0 - ce.surprisal(i["x"], base=base),
    "entropy": lambda i, base: ce.entropy(i["p"], base=base),
    "entropy_q": lambda i, base: ce.entropy(i["q"], base=base),
    "entropy_counts": lambda i, base: ce.entropy(_shares(i["counts"]), base=base),
    "entropy_unknown": lambda i, base: i["H"],
    "entropy_term": lambda i, base: 0.0 - ce.xlogy(i["p"], i["p"]),
    "binary_entropy": lambda i, base: ce.binary_entropy(i["y"], base=base),
    "binary_entropy_inverse": lambda i, base: _solve(
        lambda p: ce.binary_entropy(p, base=base), i["H"], 0, 1 / 2
    ),
    "neg_entropy_expr": lambda i, base: ce.xlogy(i["p"], i["p"]).sum() / math.log(base or math.e),
    "cross_entropy": lambda i, base: ce.cross_entropy(i["p"], i["q"], base=base),
    "cross_entropy_rev": lambda i, base: ce.cross_entropy(i["q"], i["p"], base=base),
    "kl": lambda i, base: ce.kl_divergence(i["p"], i["q"], base=base),
    "kl_rev": lambda i, base: ce.kl_divergence(i["q"], i["p"], base=base),
    "identity_ce_h_kl": lambda i, base: (
        ce.cross_entropy(i["p"], i["q"], base=base)
        - ce.entropy(i["p"], base=base)
        - ce.kl_divergence(i["p"], i["q"], base=base)
    ),
    "ce_curve": lambda i, base: ce.cross_entropy(
        i["target"], np.column_stack([1 - np.array(i["q1"]), i["q1"]]), base=base
    ),
    "superlinear": lambda i, base: ce.surprisal(i["q"], base=base),
    # losses
    "bce": _bce,
    "bce_sum": lambda i, base: _bce(i, base).sum(),
    "bce_mean": lambda i, base: _bce(i, base).mean(),
    "bce_sum_uniform": lambda i, base: _bce(
        {"y": np.full(i["n"], i["y"]), "p": np.full(i["n"], i["p"])}, base
    ).sum(),
    "per_example_bce": lambda i, base: _bce(i, base)[0],
    "binary_average": lambda i, base: _bce(i, base).mean(),
    "log_loss": lambda i, base: ce.log_loss(i["y"], i["p"]) / math.log(base or math.e),
    "cce_mean": lambda i, base: _cce(i).mean(),
    "cce_sum": lambda i, base: _cce(i).sum(),
    "cce_per_sample": lambda i, base: _cce(i),
    "row_sums": lambda i, base: _total(i["y_pred"]),
    "label_smoothing_floor": lambda i, base: ce.entropy(
        ce.smooth_labels(ce.one_hot(0, i["n_classes"]), i["alpha"]), base=base
    ),
    "label_4_7": lambda i, base: (
        -(i["y"] * math.log(i["p"]) + (1 - i["y"]) * math.log(1 - i["p"]))
    ),  # the package refuses a label of 4: see judgements
    "nll_mnist": lambda i, base: ce.surprisal(i["a7"], base=base),
    "tanh_loss_domain": lambda i, base: _as_probability(i["a"]),
    "tanh_loss_fixed": lambda i, base: ce.binary_cross_entropy((1 + i["y"]) / 2, (1 + i["a"]) / 2),
    "hinge": lambda i, base: ce.hinge(np.ones(len(i["t"])), i["t"]),
    "mse_sum": lambda i, base: ce.squared_error(i["p"], i["q"]).sum(),
    # sigmoid, softmax, a single neuron
    "sigmoid": lambda i, base: ce.sigmoid(i["z"]),
    "sigmoid_underflow": lambda i, base: ce.sigmoid(i["z"]),
    "sigmoid_prime": lambda i, base: _sigmoid_slope(i["z"]),
    "softmax": lambda i, base: np.abs(ce.softmax(i["z"]) - [0.775, 0.116, 0.039, 0.07]).max(),
    "softmax_sum": lambda i, base: ce.softmax([3.2, 1.3, 0.2, 0.8]).sum(),
    "neuron_output": lambda i, base: ce.sigmoid(_logit(i)),
    "grad_quadratic": lambda i, base: _neuron_gradient(i | {"cost": "quadratic"}),
    "grad_ce": lambda i, base: _neuron_gradient(i),
    "grad_check_eq61": lambda i, base: _neuron_gradient(i) * np.array(i["x"]),
    "train_neuron": lambda i, base: _trained_output(i),
    "integral_sigma": lambda i, base: _integral(lambda a: a * (1 - a)),
    # counting and arithmetic
    "probability_vector": lambda i, base: _total(i["p"]),
    "difference": lambda i, base: np.sign(i["a"] - i["b"]),
    "order": lambda i, base: float(np.argmax([ce.entropy(_shares(c)) for c in i["counts"]]) == 1),
    "fraction": lambda i, base: i["num"] / i["den"],
    "sparse_labels": lambda i, base: _largest_label(i),
    "binary_to_int": lambda i, base: [int(code, 2) for code in i["codes"]],
    "multi_hot": lambda i, base: np.flatnonzero(i["y"]) + 1,
    "threshold": lambda i, base: ((np.array(i["p"]) > i["t"]) == np.array(i["y"])).sum(),
    "student_total": lambda i, base: math.exp(-i["total"] / 4),
    "lr_rescale": lambda i, base: i["eta"] / i["factor"],
    "accuracy": lambda i, base: 100 - i["accuracy"],
    "relative_error_drop": lambda i, base: (i["to"] - i["from"]) / (100 - i["from"]),
    "reader_metrics": lambda i, base: math.exp(-i["train_loss_no_ls"]),
    "hyperparameters": lambda i, base: (
        (i["inputs"] + 1) * i["hidden"] + (i["hidden"] + 1) * i["outputs"]
    ),
    # what was computed by mistake
    "largest_label_counted_from_one": lambda i, base: i["n_classes"],
    "digit_doubled": lambda i, base: int(str(i["number"]) * 2),
    "inverse_ratio": lambda i, base: (1 / i["p2"]) / (1 / i["p1"]),
}


def recompute(row):
    """Return the right value of a claim."""
    return KINDS[row["inputs"]["kind"]](row["inputs"], BASES[row["unit"]])


def recompute_mistake(row):
    """Return what comes out if one makes the mistake that explains a wrong claim."""
    mistake = row["mistake"]
    return KINDS[mistake["kind"]](mistake, BASES[mistake.get("unit", row["unit"])])


# ---------------------------------------------------------------------------------------------
# Verdicts

# Claims in words, each as a condition on the value.
WORDS = {
    "negative": lambda value: bool((value[:-1] < 0).all() and value[-1] == 0),  # on (0, 1) only
    "not zero": lambda value: abs(value) > 0.1,
    "convex": lambda value: value[2] - value[1] > value[1] - value[0] > 0,
    "small": lambda value: 0 <= value < 1e-9,
    "<=1": lambda value: value <= 1,
    "usable": lambda value: math.isfinite(value),
    ">0": lambda value: value > 0,
    "moderately off": lambda value: value < 3,  # fewer than all three labels right
    "wrong if >2": lambda value: value <= 2,  # the scale is right only if it calls this fine
}


def last_place(text):
    """Return what a printed number leaves open: 0.001 for "0.514"; integers are exact."""
    return 10.0 ** -len(text.partition(".")[2]) if "." in text else 2e-9


def _distance(a, b):
    return float(np.max(np.abs(np.subtract(a, b))))


def judgements(row, value):
    """Return (statement, whether it holds) for what the verdict of a claim says. Never empty."""
    return VERDICTS[row["verdict"]](row, value)


def _correct(row, value):
    claimed = row["claimed_number"]
    if claimed is None:
        return [(f"it is {row['claimed']}", WORDS[row["claimed"]](value))]
    if row["inputs"]["kind"] == "softmax":
        return [("softmax of the logits gives the printed outputs", value <= row["tolerance"])]
    found = [("the claim is within its tolerance", _distance(claimed, value) <= row["tolerance"])]
    if row["inputs"].get("rounding") == "truncated":
        thousandths = 1000 * value
        found.append(("it is cut off", math.floor(thousandths) == round(1000 * claimed)))
        found.append(("it is not rounded", round(thousandths) != round(1000 * claimed)))
    return found


def _wrong(row, value):
    claimed = row["claimed_number"]
    if claimed is None:
        found = [(f"it is not {row['claimed']}", not WORDS[row["claimed"]](value))]
    else:
        half = last_place(row["claimed"]) / 2
        found = [
            ("the claim is further off than its rounding", not _distance(claimed, value) <= half),
            ("the mistake gives the claim", _distance(recompute_mistake(row), claimed) <= half),
        ]
    if row["inputs"]["kind"] == "bce_sum_uniform":
        found.append(("every label is right", row["inputs"]["p"] > 1 / 2 and row["inputs"]["y"]))
    return found


def _value_missing(row, value):
    found = [("nothing is claimed", row["claimed"] in ("", "no number", "parameters only"))]
    if row["inputs"]["kind"] == "label_4_7":
        found.append(("a loss below zero", value < 0))
        try:
            ce.binary_cross_entropy(row["inputs"]["y"], row["inputs"]["p"])
        except ValueError:
            found.append(("the package refuses the label", True))
        else:
            found.append(("the package refuses the label", False))
    return found


def _round_trip(function):
    """Return a check that an implied value leads back to the printed one."""

    def check(row, value):
        back = function(value, base=BASES[row["unit"]])
        return [
            ("the implied value gives the claim", _distance(back, row["claimed_number"]) < 1e-9)
        ]

    return check


def grid(step, most):
    """Return the distributions whose entries are whole multiples of 1 / step, in falling order."""

    def parts(total, count, largest):
        if total == 0:
            yield []
        elif count:
            for first in range(min(total, largest), 0, -1):
                yield from ([first, *rest] for rest in parts(total - first, count - 1, first))

    return [np.array(p) / step for p in parts(step, most, step)]


def _students(row, value):
    """No four probabilities on a grid of tenths give the total, in any unit, as sum or mean."""
    fours = np.array(list(combinations_with_replacement(np.arange(1, 11) / 10, 4)))
    totals = ce.surprisal(fours).sum(axis=-1)
    candidates = np.concatenate(
        [totals / unit / count for unit in (1, math.log(2), math.log(10)) for count in (1, 4)]
    )
    nearest = _distance(candidates[np.abs(candidates - row["claimed_number"]).argmin()],
                        row["claimed_number"])  # fmt: skip
    return [
        ("no predictions in tenths give it", nearest > last_place(row["claimed"]) / 2),
        ("four predictions of the mean give it if it is a sum of nats",
         math.isclose(ce.surprisal([value] * 4).sum(), row["claimed_number"])),
    ]  # fmt: skip


def _unknown_entropy(row, value):
    """No plain distribution has this entropy: it needs three outcomes, and no grid has it."""
    half = last_place(row["claimed"]) / 2
    plain = grid(10, 10) + grid(20, 20) + grid(100, 3)
    nearest = min(
        abs(ce.entropy(p, base=base) - value) for p in plain for base in (None, 2)
    )  # all distributions in tenths and twentieths; those of up to three outcomes in hundredths
    return [
        ("two outcomes are too few in nats", value > ce.entropy([1 / 2, 1 / 2])),
        ("two outcomes are too few in bits", value > ce.entropy([1 / 2, 1 / 2], base=2)),
        ("three are enough", value < ce.entropy(np.full(3, 1 / 3))),
        ("no plain distribution has it", nearest > half),
    ]


def _smoothing_floor(row, value):
    floors = {
        k: ce.entropy(ce.smooth_labels(ce.one_hot(0, k), row["inputs"]["alpha"]))
        for k in range(2, 21)
    }
    nearest = min(floors, key=lambda k: abs(floors[k] - row["claimed_number"]))
    return [
        ("the floor of three classes is the nearest", nearest == row["inputs"]["n_classes"]),
        ("it is within 0.01 nats", _distance(value, row["claimed_number"]) < 0.01),
    ]


# What can be checked of a claim whose inputs are lost.
NOT_REPRODUCIBLE = {
    "C04": _round_trip(ce.surprisal),
    "C25": lambda row, value: [
        ("nothing is claimed", row["claimed"] == ""),
        ("the guess is not the highest", value < ce.entropy([1 / 2, 1 / 2], base=2)),
    ],
    "C29": _round_trip(ce.surprisal),
    "C30": _round_trip(ce.binary_entropy),
    "C51": _students,
    "C52": _students,
    "C66": lambda row, value: [
        ("nothing is claimed", row["claimed"] == ""),
        ("300 steps are not rapid: less than half of the way to 0", value > 0.98 / 2),
        ("the thirtyfold rate gets there", _trained_output(row["inputs"] | {"eta": 0.15}) < 0.02),
    ],
    "C67": lambda row, value: [
        ("nothing is claimed", row["claimed"] == ""),
        ("300 steps are not rapid: half of the way to 0", value > 0.82 / 2),
        ("the thirtyfold rate gets there", _trained_output(row["inputs"] | {"eta": 0.15}) < 0.02),
    ],
    "C70": lambda row, value: [
        ("the claim and the error rate fill 100%", row["claimed_number"] + value == 100),
        ("of 10000 images, a whole number is wrong", math.isclose(100 * value, 341)),
    ],
    "C78": _smoothing_floor,
    "C81": lambda row, value: [
        ("this probability costs the claim", math.isclose(ce.surprisal(value), 0.1)),
        ("it lies below the reported accuracy", value < row["inputs"]["val_acc"]),
    ],
    "C109": _unknown_entropy,
}


VERDICTS = {
    "correct": _correct,
    "wrong": _wrong,
    "wrong_unit_or_formula": _wrong,
    "not_reproducible": lambda row, value: NOT_REPRODUCIBLE[row["id"]](row, value),
    "value_missing": _value_missing,
}


# ---------------------------------------------------------------------------------------------
# Misconceptions


def refuses(function, *arguments):
    """Return whether a call is refused, with the kinds of error that refuse input."""
    try:
        function(*arguments)
    except (ValueError, TypeError, SyntaxError):
        return True
    return False


NAMES = {  # what a demonstration may use
    "np": np,
    "math": math,
    "ce": ce,
    "refuses": refuses,
    "H": lambda p, base=None: ce.entropy(p, base=base),
    "CE": lambda p, q, base=None: ce.cross_entropy(p, q, base=base),
    "KL": lambda p, q, base=None: ce.kl_divergence(p, q, base=base),
    "BCE": lambda y, p: ce.binary_cross_entropy(y, p).mean(),
    "h": lambda p, base=None: ce.surprisal(p, base=base),
    "softmax": ce.softmax,
    "sig": ce.sigmoid,
    "bibliography": (Path(__file__).parent.parent / "book" / "references.bib").read_text("utf-8"),
}


def demonstrate(demo):
    """Return the value of a demonstration: an expression that holds if the correction does."""
    return eval(demo, dict(NAMES))


# ---------------------------------------------------------------------------------------------
# Citations

MARK = re.compile(r"<!--\s*claims:([^>]*?)-->")


def cited_in(cells):
    """Return the ids that a page's text cells cite."""
    return {
        claim
        for cell in cells
        if cell["cell_type"] == "markdown"
        for mark in MARK.findall(cell["source"])
        for claim in mark.split()
    }
