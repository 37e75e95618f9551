"""Functions that are wrong on purpose: the table of the field's common mistakes.

``QUANTITIES`` maps the name of what is asked to the function that gives the right answer. Each
mistake stands beside the sentence that says why it is one, and takes the arguments of the right
function. Those of a loss are written per example; the mistakes of its mean are the means of its
mistakes. `misconceptions` makes the public table of the rows.
"""

import functools
import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .coding import expected_length, huffman_code, kraft_sum, shannon_code_lengths
from .gradients import sigmoid_cross_entropy_grad, softmax_cross_entropy_grad, softmax_jacobian
from .information import cross_entropy, entropy, js_divergence, kl_divergence, perplexity, surprisal
from .losses import (
    binary_cross_entropy,
    categorical_cross_entropy,
    gaussian_nll,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
    sparse_categorical_cross_entropy,
)
from .special import log_softmax, sigmoid, softmax

# --- Where the book explains it ------------------------------------------------------------------

_UNITS = "01_surprise.html#bits-nats-and-a-number-without-a-unit"
_SURPRISAL = "01_surprise.html#why-minus-the-logarithm"
_ONE_OVER_P = "01_surprise.html#one-over-p"
_IMPOSSIBLE = "01_surprise.html#dice-a-lottery-ticket-and-the-two-ends"
_ENTROPY = "02_entropy.html#the-average-surprise"
_LOG_K = "02_entropy.html#never-more-than-log-k"
_TREE = "03_codes.html#the-tree-and-the-intervals"
_SHANNON = "03_codes.html#shannons-lengths"
_HUFFMAN = "03_codes.html#huffmans-code"
_FLOOR = "03_codes.html#why-entropy-is-the-floor"
_CROSS_ENTROPY = "04_cross_entropy.html#the-definition"
_TRUTH_WEIGHS = "04_cross_entropy.html#the-truth-weighs-the-model-pays"
_NOT_ZERO = "04_cross_entropy.html#a-floor-that-is-not-zero"
_ONE_LABEL = "04_cross_entropy.html#one-label-at-a-time"
_ONLY_ONE = "04_cross_entropy.html#only-one-probability-counts"
_SAMPLES = "04_cross_entropy.html#an-estimate-from-samples"
_PERPLEXITY = "04_cross_entropy.html#perplexity"
_KL = "05_kl_divergence.html#the-definition"
_EXCESS = "05_kl_divergence.html#total-floor-extra"
_DIRECTIONS = "05_kl_divergence.html#two-directions"
_JENSEN_SHANNON = "05_kl_divergence.html#jensen-shannon-both-sides-meet-in-the-middle"
_REDUCTION = "06_likelihood.html#minus-logarithm-mean-or-sum"
_PRODUCTS = "06_likelihood.html#products-sums-and-what-the-logarithm-keeps"
_GAUSSIAN = "06_likelihood.html#numbers-instead-of-words-the-gaussian"
_SQUARES = "06_likelihood.html#squared-error-is-what-is-left"
_BINARY = "07_binary_cross_entropy.html#one-label-one-probability"
_SIGMOID = "07_binary_cross_entropy.html#from-odds-to-the-sigmoid"
_LOGIT = "07_binary_cross_entropy.html#the-loss-from-the-logit"
_BINARY_GRADIENT = "07_binary_cross_entropy.html#the-gradient-is-p-minus-y"
_ONE_VALLEY = "07_binary_cross_entropy.html#no-formula-and-sometimes-no-minimum"
_ACCURACY = "07_binary_cross_entropy.html#same-accuracy-another-loss"
_CLIPPING = "07_binary_cross_entropy.html#what-clipping-hides"
_SOFTMAX = "08_softmax.html#step-1-from-scores-to-odds-to-probabilities"
_SUM_IS_ONE = "08_softmax.html#step-3-positive-and-the-sum-is-1"
_NOT_A_MAX = "08_softmax.html#step-5-temperature-and-why-it-is-not-a-max"
_JACOBIAN = "08_softmax.html#step-6-the-jacobian"
_GRADIENT = "08_softmax.html#step-7-the-gradient-is-p-minus-y"
_BATCHES = "08_softmax.html#step-8-weights-biases-and-batches"
_TWICE = "08_softmax.html#what-goes-wrong-softmax-twice"
_TWO_LOSSES = "09_bce_vs_cce.html#two-losses"
_SIGMOIDS = "09_bce_vs_cce.html#k-sigmoids-are-not-a-softmax"
_LABELS = "09_bce_vs_cce.html#three-ways-to-write-a-label"
_SUM_OR_MEAN = "09_bce_vs_cce.html#sum-or-mean-bits-or-nats"
_DECISION = "09_bce_vs_cce.html#the-loss-is-not-the-decision"
_FORGETS = "10_numerical_stability.html#probabilities-that-forget"
_SHIFT = "10_numerical_stability.html#remedy-one-shift-by-the-maximum"
_SOFTPLUS = "10_numerical_stability.html#two-classes-softplus"
_EPS = "10_numerical_stability.html#what-eps-hides"


# --- How the table is filled ---------------------------------------------------------------------


class Row(NamedTuple):
    """A mistake, as in `misconceptions.Misconception`."""

    name: str
    quantity: str
    commit: Callable
    why: str
    section: str


_TABLE = []


def _mistake(quantities, name, why, section):
    """Enter a function into the table, as a mistake of each of some quantities."""

    def enter(function):
        commit = functools.partial(_quietly, function)
        _TABLE.extend(Row(name, quantity, commit, why, section) for quantity in quantities.split())
        return function

    return enter


def _quietly(function, *arguments):
    with np.errstate(all="ignore"):
        return function(*map(_plain, arguments))


def _enter(quantities, name, commit, why, section):
    """Enter the same change of each quantity's right function: ``commit(right)``."""
    for quantity in quantities.split():
        made = functools.partial(commit, QUANTITIES[quantity])
        _TABLE.append(Row(name, quantity, made, why, section))


def _plain(x):
    """Return an argument as an array in double precision; labels stay integers, with a sign."""
    x = np.asarray(x)
    return x.astype({"f": np.float64, "b": np.int64, "u": np.int64}.get(x.dtype.kind, x.dtype))


def _times(factor, right, *arguments):
    with np.errstate(all="ignore"):
        return factor * np.asarray(right(*arguments), dtype=np.float64)


def _reduce(reduction, per_example, *arguments):
    """Return the sum, mean, ... of what a function gives per example."""
    with np.errstate(all="ignore"):
        return float(reduction(np.asarray(per_example(*arguments), dtype=np.float64)))


def _sum(*terms):
    """Return the sum over the last axis of the product of some arrays."""
    return functools.reduce(np.multiply, terms).sum(axis=-1)


def _weighted_log(p, q):
    """Return p log q, which is 0 where p is."""
    return np.where(p == 0, 0.0, p * np.log(q))


def _rows(y, p):
    """Return labels as rows: class numbers become one-hot rows."""
    return y if y.ndim == p.ndim else np.eye(p.shape[-1])[y]


def _examples(z):
    """Return the number of rows."""
    return z.size // z.shape[-1]


# --- Right answers -------------------------------------------------------------------------------


def _mean_of(per_example):
    return functools.partial(_reduce, np.mean, per_example)


def _in_bits(function):
    return functools.partial(function, base=2)


def _sample_surprisals(samples, q):
    samples = np.asarray(samples)
    q = np.asarray(q)
    rows = np.broadcast_to(q, (*samples.shape, q.shape[-1]))
    return sparse_categorical_cross_entropy(samples, rows)


def _expected_length(lengths, p):
    return expected_length(p, lengths)


def _kraft_sum(lengths):
    return float(kraft_sum(lengths))


def _code_lengths(p):
    return np.array([len(word) for word in huffman_code(p)])


def _optimal_length(p):
    return float(expected_length(p, _code_lengths(p)))


def _softmax_gradient(y, z):
    return softmax_cross_entropy_grad(y, z) / _examples(np.asarray(z))


def _sigmoid_gradient(y, z):
    gradient = sigmoid_cross_entropy_grad(y, z)
    return gradient / np.size(gradient)


QUANTITIES = {
    "surprisal": surprisal,
    "surprisal_bits": _in_bits(surprisal),
    "entropy": entropy,
    "entropy_bits": _in_bits(entropy),
    "cross_entropy": cross_entropy,
    "cross_entropy_bits": _in_bits(cross_entropy),
    "kl_divergence": kl_divergence,
    "kl_bits": _in_bits(kl_divergence),
    "js_divergence": js_divergence,
    "js_bits": _in_bits(js_divergence),
    "perplexity": perplexity,
    "kraft_sum": _kraft_sum,
    "expected_length": _expected_length,
    "shannon_code_lengths": shannon_code_lengths,
    "code_lengths": _code_lengths,
    "optimal_length": _optimal_length,
    "sample_surprisal": _sample_surprisals,
    "sample_cross_entropy": _mean_of(_sample_surprisals),
    "binary_cross_entropy": binary_cross_entropy,
    "binary_log_loss": _mean_of(binary_cross_entropy),
    "multilabel_log_loss": _mean_of(binary_cross_entropy),
    "negative_log_likelihood": functools.partial(_reduce, np.sum, binary_cross_entropy),
    "categorical_cross_entropy": categorical_cross_entropy,
    "categorical_log_loss": _mean_of(categorical_cross_entropy),
    "sparse_categorical_cross_entropy": sparse_categorical_cross_entropy,
    "sparse_log_loss": _mean_of(sparse_categorical_cross_entropy),
    "softmax": softmax,
    "log_softmax": log_softmax,
    "softmax_jacobian": softmax_jacobian,
    "sigmoid": sigmoid,
    "sigmoid_cross_entropy": sigmoid_cross_entropy,
    "sigmoid_log_loss": _mean_of(sigmoid_cross_entropy),
    "sigmoid_gradient": _sigmoid_gradient,
    "softmax_cross_entropy": softmax_cross_entropy,
    "softmax_log_loss": _mean_of(softmax_cross_entropy),
    "softmax_gradient": _softmax_gradient,
    "gaussian_cross_entropy": gaussian_nll,
    "gaussian_nll": _mean_of(gaussian_nll),
}

# The mean (or sum) of which loss a quantity is.
_REDUCED = {
    "sample_cross_entropy": "sample_surprisal",
    "binary_log_loss": "binary_cross_entropy",
    "multilabel_log_loss": "binary_cross_entropy",
    "negative_log_likelihood": "binary_cross_entropy",
    "categorical_log_loss": "categorical_cross_entropy",
    "sparse_log_loss": "sparse_categorical_cross_entropy",
    "sigmoid_log_loss": "sigmoid_cross_entropy",
    "softmax_log_loss": "softmax_cross_entropy",
    "gaussian_nll": "gaussian_cross_entropy",
}


# --- Units, signs, reductions: the same mistake with many quantities ------------------------------

_IN_NATS = (
    "surprisal entropy cross_entropy kl_divergence js_divergence sample_surprisal "
    "binary_cross_entropy categorical_cross_entropy sparse_categorical_cross_entropy "
    "log_softmax sigmoid_cross_entropy softmax_cross_entropy gaussian_cross_entropy"
)
_IN_BITS = "surprisal_bits entropy_bits cross_entropy_bits kl_bits js_bits"
_LOSSES = (
    "binary_cross_entropy categorical_cross_entropy sparse_categorical_cross_entropy "
    "sigmoid_cross_entropy softmax_cross_entropy"
)

_enter(
    _IN_NATS,
    "bits for nats",
    functools.partial(_times, 1 / math.log(2)),
    "Your value is the answer in bits; the question asks for nats, so take the natural logarithm "
    "instead of log2.",
    _UNITS,
)
_enter(
    _IN_BITS,
    "nats for bits",
    functools.partial(_times, math.log(2)),
    "Your value is the answer in nats; the question asks for bits, so take log2 instead of the "
    "natural logarithm.",
    _UNITS,
)
_enter(
    _IN_NATS,
    "log10 for the natural logarithm",
    functools.partial(_times, 1 / math.log(10)),
    "Your value is the answer with logarithms of base 10; the question asks for nats, so take the "
    "natural logarithm.",
    _UNITS,
)
_enter(
    _IN_BITS,
    "log10 for log2",
    functools.partial(_times, math.log10(2)),
    "Your value is the answer with logarithms of base 10; the question asks for bits, so take "
    "log2.",
    _UNITS,
)
_enter(
    "surprisal surprisal_bits entropy entropy_bits cross_entropy cross_entropy_bits "
    "sample_surprisal",
    "lost minus sign",
    functools.partial(_times, -1.0),
    "Your value has the opposite sign; the logarithm of a probability is negative, and the minus "
    "sign in front of it makes the answer positive.",
    _SURPRISAL,
)
_enter(
    _LOSSES + " gaussian_cross_entropy",
    "lost minus sign",
    functools.partial(_times, -1.0),
    "Your value is the log-likelihood; the loss is minus the log-likelihood, so that less is "
    "better.",
    _REDUCTION,
)
_enter(
    "log_softmax",
    "lost minus sign",
    functools.partial(_times, -1.0),
    "Your values have the opposite sign; they are surprisals, and the logarithm of a probability "
    "is negative.",
    _SURPRISAL,
)
_enter(
    "kl_divergence kl_bits",
    "ratio upside down",
    functools.partial(_times, -1.0),
    "Your value has the opposite sign; the truth p stands above the model q in the ratio, and a KL "
    "divergence is never negative.",
    _KL,
)

for _reduced in _REDUCED:
    _per_example = QUANTITIES[_REDUCED[_reduced]]
    _is_sum = _reduced == "negative_log_likelihood"
    _TABLE.append(
        Row(
            "mean for sum" if _is_sum else "sum for mean",
            _reduced,
            functools.partial(_reduce, np.mean if _is_sum else np.sum, _per_example),
            "Your value is the mean over the examples; the question asks for their sum, so do not "
            "divide by the number of examples."
            if _is_sum
            else "Your value is the sum over all examples; the question asks for the mean, so "
            "divide by how many there are.",
            _SUM_OR_MEAN,
        )
    )
    _TABLE.append(
        Row(
            "no sum" if _is_sum else "no mean",
            _reduced,
            _per_example,
            "You give one loss per example; the question asks for one number, "
            + ("their sum." if _is_sum else "their mean."),
            _REDUCTION,
        )
    )


def _log_of_mean(per_example, *arguments):
    """Return minus the logarithm of the mean probability."""
    with np.errstate(all="ignore"):
        return float(-np.log(np.mean(np.exp(-np.asarray(per_example(*arguments))))))


def _likelihood(per_example, *arguments):
    """Return the product of the probabilities."""
    with np.errstate(all="ignore"):
        return float(np.prod(np.exp(-np.asarray(per_example(*arguments)))))


for _reduced in _REDUCED:
    _per_example = QUANTITIES[_REDUCED[_reduced]]
    _TABLE.append(
        Row(
            "logarithm of the mean",
            _reduced,
            functools.partial(_log_of_mean, _per_example),
            "Your value is the logarithm of the average probability; take the logarithm of each "
            "probability first, and average after that.",
            _REDUCTION,
        )
    )
    _TABLE.append(
        Row(
            "likelihood for its logarithm",
            _reduced,
            functools.partial(_likelihood, _per_example),
            "Your value is the likelihood, a product of probabilities; the loss adds minus their "
            "logarithms.",
            _PRODUCTS,
        )
    )


def _probability(right, *arguments):
    with np.errstate(all="ignore"):
        return np.exp(-np.asarray(right(*arguments)))


def _one_minus_probability(right, *arguments):
    return 1 - _probability(right, *arguments)


def _zero_for_infinity(right, *arguments):
    surprise = np.asarray(right(*arguments))
    return np.where(np.isposinf(surprise), 0.0, surprise)


_enter(
    "surprisal sample_surprisal binary_cross_entropy categorical_cross_entropy "
    "sparse_categorical_cross_entropy sigmoid_cross_entropy softmax_cross_entropy",
    "one minus the probability",
    _one_minus_probability,
    "Your value is one minus the probability of what happened; take minus its logarithm instead.",
    _SURPRISAL,
)
_enter(
    "sample_surprisal binary_cross_entropy categorical_cross_entropy "
    "sparse_categorical_cross_entropy sigmoid_cross_entropy softmax_cross_entropy",
    "no logarithm",
    _probability,
    "Your value is the probability of what happened; the loss is minus its logarithm.",
    _SURPRISAL,
)
_enter(
    "surprisal binary_cross_entropy categorical_cross_entropy sparse_categorical_cross_entropy "
    "cross_entropy kl_divergence",
    "impossible outcomes skipped",
    _zero_for_infinity,
    "You give 0 where the model said that it could not happen; probability 0 for what happened "
    "costs infinity.",
    _IMPOSSIBLE,
)


# --- Surprisal ------------------------------------------------------------------------------------


@_mistake(
    "surprisal surprisal_bits",
    "one over p",
    "Your value is 1 / p; the surprisal is the logarithm of it, so that the surprises of "
    "independent outcomes add.",
    _ONE_OVER_P,
)
def _one_over_p(p):
    return 1 / p


@_mistake(
    "surprisal",
    "surprise of the opposite",
    "Your value is the surprisal of what did not happen, with probability 1 - p; take minus the "
    "logarithm of p itself.",
    _SURPRISAL,
)
def _surprisal_of_opposite(p):
    return -np.log1p(-p)


@_mistake(
    "surprisal",
    "weighted by p",
    "You multiply by p, which gives a term of the entropy; the surprisal of an outcome that "
    "happened is minus the logarithm alone.",
    _ENTROPY,
)
def _term_of_entropy(p):
    return -_weighted_log(p, p)


# --- Entropy --------------------------------------------------------------------------------------


@_mistake(
    "entropy",
    "0 log 0 is nan",
    "Your value is nan because the computer takes 0 times the logarithm of 0; an outcome of "
    "probability 0 contributes 0, so leave it out.",
    _ENTROPY,
)
def _entropy_nan(p):
    return -_sum(p, np.log(p))


@_mistake(
    "entropy_bits",
    "0 log 0 is nan",
    "Your value is nan because the computer takes 0 times the logarithm of 0; an outcome of "
    "probability 0 contributes 0, so leave it out.",
    _ENTROPY,
)
def _entropy_bits_nan(p):
    return -_sum(p, np.log2(p))


@_mistake(
    "entropy",
    "unweighted mean",
    "Your value is the plain mean of the surprisals; each counts as often as it happens, so weigh "
    "it with its probability.",
    _ENTROPY,
)
def _unweighted_mean(p):
    return -np.log(p).mean(axis=-1)


@_mistake(
    "entropy_bits",
    "unweighted mean",
    "Your value is the plain mean of the surprisals; each counts as often as it happens, so weigh "
    "it with its probability.",
    _ENTROPY,
)
def _unweighted_mean_bits(p):
    return -np.log2(p).mean(axis=-1)


@_mistake(
    "entropy",
    "unweighted sum",
    "Your value is the sum of the surprisals; multiply each by its probability before you add.",
    _ENTROPY,
)
def _unweighted_sum(p):
    return -np.log(p).sum(axis=-1)


@_mistake(
    "entropy",
    "logarithm of the mean",
    "Your value is minus the logarithm of the average probability; average the logarithms, not the "
    "probabilities.",
    _ENTROPY,
)
def _collision_entropy(p):
    return -np.log(_sum(p, p))


@_mistake(
    "entropy",
    "yes-or-no entropies added",
    "You also add (1 - p) log(1 - p) for every outcome; that belongs to K separate yes-or-no "
    "questions, and one distribution needs p log p alone.",
    _ENTROPY,
)
def _added_binary_entropies(p):
    return -(_weighted_log(p, p) + _weighted_log(1 - p, 1 - p)).sum(axis=-1)


@_mistake(
    "entropy",
    "log K",
    "Your value is the logarithm of the number of outcomes, the entropy if all were equally "
    "likely; these are not, so weigh each surprisal with its probability.",
    _LOG_K,
)
def _log_of_count(p):
    return np.full(p.shape[:-1], np.log(p.shape[-1]))


@_mistake(
    "entropy",
    "divided by log K",
    "Your value is the entropy as a share of its maximum, log K; the question asks for the entropy "
    "itself.",
    _LOG_K,
)
def _share_of_maximum(p):
    return -_weighted_log(p, p).sum(axis=-1) / np.log(p.shape[-1])


@_mistake(
    "entropy",
    "surprise of the likeliest",
    "Your value is the surprisal of the likeliest outcome alone; the entropy is the average over "
    "all outcomes.",
    _ENTROPY,
)
def _min_entropy(p):
    return -np.log(p.max(axis=-1))


@_mistake(
    "entropy",
    "squares for logarithms",
    "Your value is one minus the sum of squares, the Gini impurity; the entropy averages "
    "logarithms.",
    _ENTROPY,
)
def _gini(p):
    return 1 - _sum(p, p)


@_mistake(
    "entropy",
    "perplexity for entropy",
    "Your value is the exponential of the entropy; the question asks for the entropy itself, in "
    "nats.",
    _PERPLEXITY,
)
def _exponential_of_entropy(p):
    return np.exp(entropy(p))


# --- Cross-entropy --------------------------------------------------------------------------------


def _weighted(p, q):
    return -_weighted_log(p, q)


def _wrong_axis(f, *distributions):
    return f(*distributions).sum(axis=0)


_PAIRS = {  # the sum over outcomes of which terms a quantity is
    "entropy": lambda p: _weighted(p, p),
    "entropy_bits": lambda p: _weighted(p, p) / math.log(2),
    "cross_entropy": _weighted,
    "cross_entropy_bits": lambda p, q: _weighted(p, q) / math.log(2),
    "kl_divergence": lambda p, q: _weighted(p, q) - _weighted(p, p),
    "kl_bits": lambda p, q: (_weighted(p, q) - _weighted(p, p)) / math.log(2),
}

for _quantity, _terms in _PAIRS.items():
    _mistake(
        _quantity,
        "wrong axis",
        "You add over the rows; the outcomes lie on the last axis, so that every row gives one "
        "number.",
        _ENTROPY,
    )(functools.partial(_wrong_axis, _terms))
    _mistake(
        _quantity,
        "all rows added",
        "You add over all rows and outcomes; each row is a distribution of its own and gives one "
        "number, so add over the last axis only.",
        _ENTROPY,
    )(lambda *distributions, terms=_terms: terms(*distributions).sum())
    _mistake(
        _quantity,
        "mean over K",
        "You divide by the number of outcomes; the probabilities are the weights already, so add "
        "the terms and do not divide.",
        _ENTROPY,
    )(lambda *distributions, terms=_terms: terms(*distributions).mean(axis=-1))
    _mistake(
        _quantity,
        "no sum",
        "You give one term for each outcome; the question asks for their sum over the last axis.",
        _ENTROPY,
    )(lambda *distributions, terms=_terms: terms(*distributions))

for _quantity, _right in [
    ("cross_entropy", cross_entropy),
    ("cross_entropy_bits", _in_bits(cross_entropy)),
]:
    _mistake(
        _quantity,
        "swapped arguments",
        "You weigh with the model and take the logarithm of the truth; the truth p weighs, and the "
        "model q stands in the logarithm.",
        _TRUTH_WEIGHS,
    )(lambda p, q, right=_right: right(q, p))
    _mistake(
        _quantity,
        "KL divergence for cross-entropy",
        "Your value is the KL divergence, the excess alone; the cross-entropy is the total, with "
        "the entropy of p in it.",
        _EXCESS,
    )(lambda p, q, right=_right: _excess(right, p, q))
    _mistake(
        _quantity,
        "entropy for cross-entropy",
        "Your value is the entropy of p; in the cross-entropy the model q stands in the logarithm.",
        _NOT_ZERO,
    )(lambda p, q, right=_right: right(p, p))
    _mistake(
        _quantity,
        "entropy of the model",
        "Your value is the entropy of q; what happens is up to the truth, so p must weigh the "
        "logarithms.",
        _TRUTH_WEIGHS,
    )(lambda p, q, right=_right: right(q, q))


def _excess(right, p, q):
    unit = 1.0 if right is cross_entropy else math.log(2)
    return kl_divergence(p, q) / unit


@_mistake(
    "cross_entropy",
    "0 log 0 is nan",
    "Your value is nan because the computer takes 0 times the logarithm of 0; an outcome of "
    "probability 0 contributes 0, whatever the model says.",
    _CROSS_ENTROPY,
)
def _cross_entropy_nan(p, q):
    return -_sum(p, np.log(q))


@_mistake(
    "cross_entropy",
    "unweighted mean",
    "Your value is the plain mean of the surprisals under q; weigh each with the probability p of "
    "its outcome.",
    _TRUTH_WEIGHS,
)
def _unweighted_mean_of_model(p, q):
    return -np.log(q).mean(axis=-1)


@_mistake(
    "cross_entropy",
    "unweighted sum",
    "Your value is the sum of the surprisals under q; weigh each with the probability p of its "
    "outcome.",
    _TRUTH_WEIGHS,
)
def _unweighted_sum_of_model(p, q):
    return -np.log(q).sum(axis=-1)


@_mistake(
    "cross_entropy",
    "logarithm of the mean",
    "Your value is minus the logarithm of the average probability; average the logarithms of q, "
    "not q itself.",
    _CROSS_ENTROPY,
)
def _log_of_mean_probability(p, q):
    return -np.log(_sum(p, q))


@_mistake(
    "cross_entropy",
    "only the likeliest outcome",
    "You take the surprisal of the likeliest outcome alone; every outcome that p allows counts, "
    "weighed with its probability.",
    _ONLY_ONE,
)
def _only_likeliest(p, q):
    return -np.log(np.take_along_axis(q, p.argmax(axis=-1)[..., np.newaxis], axis=-1)[..., 0])


@_mistake(
    "cross_entropy",
    "BCE for cross-entropy",
    "You also add (1 - p) log(1 - q) for every outcome; that belongs to K separate yes-or-no "
    "questions, and one distribution needs p log q alone.",
    _TWO_LOSSES,
)
def _binary_for_cross_entropy(p, q):
    return binary_cross_entropy(p, q).sum(axis=-1)


# --- KL and Jensen-Shannon divergence -------------------------------------------------------------

for _quantity, _unit in [("kl_divergence", 1.0), ("kl_bits", math.log(2))]:
    _mistake(
        _quantity,
        "swapped arguments",
        "Your value is the divergence of q from p with the truth and the model exchanged; the "
        "truth p weighs and stands above the model q in the ratio.",
        _DIRECTIONS,
    )(lambda p, q, unit=_unit: kl_divergence(q, p) / unit)
    _mistake(
        _quantity,
        "cross-entropy for KL divergence",
        "Your value is the cross-entropy, the total; the KL divergence is the excess, so subtract "
        "the entropy of p.",
        _EXCESS,
    )(lambda p, q, unit=_unit: cross_entropy(p, q) / unit)
    _mistake(
        _quantity,
        "entropy difference",
        "Your value is the entropy of q minus the entropy of p; subtract the entropy of p from the "
        "cross-entropy of p and q instead.",
        _EXCESS,
    )(lambda p, q, unit=_unit: (entropy(q) - entropy(p)) / unit)
    _mistake(
        _quantity,
        "entropy difference the other way",
        "Your value is the entropy of p minus the entropy of q; subtract the entropy of p from the "
        "cross-entropy of p and q instead.",
        _EXCESS,
    )(lambda p, q, unit=_unit: (entropy(p) - entropy(q)) / unit)
    _mistake(
        _quantity,
        "wrong entropy subtracted",
        "You subtract the entropy of q; the floor under the cross-entropy is the entropy of the "
        "truth p.",
        _EXCESS,
    )(lambda p, q, unit=_unit: (cross_entropy(p, q) - entropy(q)) / unit)
    _mistake(
        _quantity,
        "Jeffreys divergence",
        "You add both directions; the question asks for the divergence from the truth p to the "
        "model q alone.",
        _DIRECTIONS,
    )(lambda p, q, unit=_unit: (kl_divergence(p, q) + kl_divergence(q, p)) / unit)
    _mistake(
        _quantity,
        "Jensen-Shannon for KL divergence",
        "Your value is the Jensen-Shannon divergence, from both to their middle; the question asks "
        "for the divergence from p to q.",
        _JENSEN_SHANNON,
    )(lambda p, q, unit=_unit: js_divergence(p, q) / unit)


@_mistake(
    "kl_divergence",
    "0 log 0 is nan",
    "Your value is nan because the computer takes 0 times the logarithm of 0; an outcome of "
    "probability 0 contributes 0, whatever the model says.",
    _KL,
)
def _kl_nan(p, q):
    return _sum(p, np.log(p / q))


@_mistake(
    "kl_divergence",
    "unweighted sum",
    "You add the logarithms of the ratios without weights; weigh each with the probability p of "
    "its outcome.",
    _KL,
)
def _unweighted_ratios(p, q):
    return np.log(p / q).sum(axis=-1)


@_mistake(
    "kl_divergence",
    "unweighted mean",
    "Your value is the plain mean of the logarithms of the ratios; weigh each with the probability "
    "p of its outcome.",
    _KL,
)
def _mean_of_ratios(p, q):
    return np.log(p / q).mean(axis=-1)


@_mistake(
    "kl_divergence",
    "weighted by the model",
    "You weigh the logarithms of p / q with the model; the truth p is what weighs.",
    _DIRECTIONS,
)
def _weighted_by_model(p, q):
    return -kl_divergence(q, p)


@_mistake(
    "kl_divergence",
    "absolute values",
    "You take the absolute value of every term; the terms may be negative, and only their sum is "
    "not.",
    _KL,
)
def _absolute_terms(p, q):
    return np.abs(_weighted(p, q) - _weighted(p, p)).sum(axis=-1)


@_mistake(
    "kl_divergence",
    "squared distance",
    "Your value is the sum of the squared differences; the divergence weighs the logarithms of the "
    "ratios p / q with p.",
    _KL,
)
def _squared_distance(p, q):
    return np.square(p - q).sum(axis=-1)


def _js_like(p, q, middle, weight):
    return weight * (_kl_terms(p, middle) + _kl_terms(q, middle))


def _kl_terms(p, q):
    return (_weighted(p, q) - _weighted(p, p)).sum(axis=-1)


for _quantity, _unit in [("js_divergence", 1.0), ("js_bits", math.log(2))]:
    _mistake(
        _quantity,
        "Jeffreys for Jensen-Shannon",
        "You add the divergences between p and q in both directions; compare each with the middle "
        "of the two, and halve.",
        _JENSEN_SHANNON,
    )(lambda p, q, unit=_unit: (kl_divergence(p, q) + kl_divergence(q, p)) / unit)
    _mistake(
        _quantity,
        "half of Jeffreys for Jensen-Shannon",
        "Your value is the mean of the divergences between p and q in both directions; compare "
        "each with the middle of the two instead.",
        _JENSEN_SHANNON,
    )(lambda p, q, unit=_unit: (kl_divergence(p, q) + kl_divergence(q, p)) / (2 * unit))
    _mistake(
        _quantity,
        "without the halves",
        "You add the two divergences to the middle; the Jensen-Shannon divergence is half of that "
        "sum.",
        _JENSEN_SHANNON,
    )(lambda p, q, unit=_unit: 2 * js_divergence(p, q) / unit)
    _mistake(
        _quantity,
        "middle not halved",
        "You take p + q for the middle, which sums to 2; the middle is half of it.",
        _JENSEN_SHANNON,
    )(lambda p, q, unit=_unit: _js_like(p, q, p + q, 0.5) / unit)
    _mistake(
        _quantity,
        "one half only",
        "You take the divergence from p to the middle alone; average it with the one from q to the "
        "middle.",
        _JENSEN_SHANNON,
    )(lambda p, q, unit=_unit: _kl_terms(p, (p + q) / 2) / unit)
    _mistake(
        _quantity,
        "KL divergence for Jensen-Shannon",
        "Your value is the KL divergence from p to q; compare each of the two with their middle, "
        "and average.",
        _JENSEN_SHANNON,
    )(lambda p, q, unit=_unit: kl_divergence(p, q) / unit)
    _mistake(
        _quantity,
        "direction to the middle reversed",
        "You take the divergences from the middle to p and to q; p and q are the truths here, and "
        "the middle is the model of both.",
        _JENSEN_SHANNON,
    )(lambda p, q, unit=_unit: (_kl_terms((p + q) / 2, p) + _kl_terms((p + q) / 2, q)) / 2 / unit)
    _mistake(
        _quantity,
        "entropy of the middle",
        "Your value is the entropy of the middle; subtract the mean of the entropies of p and q.",
        _JENSEN_SHANNON,
    )(lambda p, q, unit=_unit: entropy((p + q) / 2) / unit)
    _mistake(
        _quantity,
        "square root",
        "Your value is the square root, which is called the Jensen-Shannon distance; the question "
        "asks for the divergence, so square it.",
        _JENSEN_SHANNON,
    )(lambda p, q, unit=_unit: np.sqrt(js_divergence(p, q) / unit))


@_mistake(
    "js_divergence",
    "0 log 0 is nan",
    "Your value is nan because the computer takes 0 times the logarithm of 0; an outcome of "
    "probability 0 contributes 0.",
    _JENSEN_SHANNON,
)
def _js_nan(p, q):
    middle = (p + q) / 2
    return 0.5 * (_sum(p, np.log(p / middle)) + _sum(q, np.log(q / middle)))


# --- Perplexity -----------------------------------------------------------------------------------


@_mistake(
    "perplexity",
    "2 to the power of nats",
    "You raise 2 to a number of nats; a cross-entropy in nats goes with powers of e, one in bits "
    "with powers of 2.",
    _PERPLEXITY,
)
def _two_to_nats(p, q):
    return 2 ** cross_entropy(p, q)


@_mistake(
    "perplexity",
    "e to the power of bits",
    "You raise e to a number of bits; a cross-entropy in nats goes with powers of e, one in bits "
    "with powers of 2.",
    _PERPLEXITY,
)
def _e_to_bits(p, q):
    return np.exp(cross_entropy(p, q, base=2))


@_mistake(
    "perplexity",
    "perplexity of the entropy",
    "Your value is the exponential of the entropy of p; take that of the cross-entropy, with the "
    "model q in the logarithm.",
    _PERPLEXITY,
)
def _perplexity_of_entropy(p, q):
    return np.exp(entropy(p))


@_mistake(
    "perplexity",
    "perplexity of the KL divergence",
    "Your value is the exponential of the KL divergence; take that of the whole cross-entropy.",
    _PERPLEXITY,
)
def _perplexity_of_kl(p, q):
    return np.exp(kl_divergence(p, q))


@_mistake(
    "perplexity",
    "swapped arguments",
    "You weigh with the model and take the logarithm of the truth; the truth p weighs, and the "
    "model q stands in the logarithm.",
    _TRUTH_WEIGHS,
)
def _swapped_perplexity(p, q):
    return np.exp(cross_entropy(q, p))


@_mistake(
    "perplexity",
    "cross-entropy for perplexity",
    "Your value is the cross-entropy in nats; the perplexity is its exponential.",
    _PERPLEXITY,
)
def _cross_entropy_for_perplexity(p, q):
    return cross_entropy(p, q)


@_mistake(
    "perplexity",
    "lost minus sign",
    "Your value is one over the perplexity; the cross-entropy in the exponent is positive.",
    _PERPLEXITY,
)
def _one_over_perplexity(p, q):
    return np.exp(-cross_entropy(p, q))


@_mistake(
    "perplexity",
    "0 log 0 is nan",
    "Your value is nan because the computer takes 0 times the logarithm of 0; an outcome of "
    "probability 0 contributes 0, whatever the model says.",
    _PERPLEXITY,
)
def _perplexity_nan(p, q):
    return np.exp(-_sum(p, np.log(q)))


# --- Codes ----------------------------------------------------------------------------------------


@_mistake(
    "kraft_sum",
    "base e for base 2",
    "Your value is a sum of powers of e; a word of l binary digits takes 2 to the power -l of the "
    "tree.",
    _TREE,
)
def _kraft_base_e(lengths):
    return np.exp(-1.0 * lengths).sum()


@_mistake(
    "kraft_sum",
    "positive exponent",
    "You raise 2 to the lengths; a longer word takes less of the tree, so the exponent is minus "
    "the length.",
    _TREE,
)
def _kraft_positive(lengths):
    return np.exp2(1.0 * lengths).sum()


@_mistake(
    "kraft_sum",
    "mean for sum",
    "You divide by the number of words; the question asks for the sum of their shares of the tree.",
    _TREE,
)
def _kraft_mean(lengths):
    return np.exp2(-1.0 * lengths).mean()


@_mistake(
    "kraft_sum",
    "one over the lengths",
    "You add one over each length; a word of l binary digits takes 2 to the power -l of the tree.",
    _TREE,
)
def _kraft_reciprocal(lengths):
    return (1.0 / lengths).sum()


@_mistake(
    "kraft_sum",
    "power of the sum",
    "You raise 2 to minus the sum of the lengths; take the power for each word first, and add "
    "after that.",
    _TREE,
)
def _kraft_of_sum(lengths):
    return np.exp2(-1.0 * lengths.sum())


@_mistake(
    "kraft_sum",
    "no sum",
    "You give one share for each word; the question asks for their sum.",
    _TREE,
)
def _kraft_terms(lengths):
    return np.exp2(-1.0 * lengths)


@_mistake(
    "expected_length",
    "lengths unweighted",
    "Your value is the plain mean of the lengths; each word is sent as often as its outcome "
    "happens, so weigh its length with the probability.",
    _SHANNON,
)
def _mean_length(lengths, p):
    return np.broadcast_to(lengths, p.shape).mean(axis=-1)


@_mistake(
    "expected_length",
    "sum of the lengths",
    "Your value is the sum of the lengths; weigh each length with the probability of its outcome.",
    _SHANNON,
)
def _sum_of_lengths(lengths, p):
    return np.broadcast_to(lengths, p.shape).sum(axis=-1)


@_mistake(
    "expected_length",
    "mean over K",
    "You divide by the number of words; the probabilities are the weights already, so add the "
    "products and do not divide.",
    _SHANNON,
)
def _mean_of_weighted_lengths(lengths, p):
    return (lengths * p).mean(axis=-1)


@_mistake(
    "expected_length",
    "no sum",
    "You give one product for each word; the question asks for their sum.",
    _SHANNON,
)
def _weighted_lengths(lengths, p):
    return lengths * p


@_mistake(
    "expected_length",
    "entropy for the expected length",
    "Your value is the entropy in bits, the floor under every code; this code has the lengths that "
    "it has, so average them.",
    _FLOOR,
)
def _floor_for_length(lengths, p):
    return entropy(p, base=2)


@_mistake(
    "expected_length",
    "rounded up",
    "You round up; every word has a whole number of digits, and their average need not.",
    "03_codes.html#a-fraction-of-a-bit",
)
def _rounded_up(lengths, p):
    return np.ceil(_sum(lengths, p) - 1e-9)


@_mistake(
    "expected_length",
    "longest word",
    "Your value is the longest length; the expected length weighs every length with its "
    "probability.",
    _SHANNON,
)
def _longest(lengths, p):
    return np.broadcast_to(lengths, p.shape).max(axis=-1)


def _merging(p, take):
    """Return the lengths of a tree that joins groups as `take` picks them from a sorted list."""
    groups = sorted((float(share), [k]) for k, share in enumerate(p))
    lengths = np.zeros(len(groups), dtype=np.int64)
    while len(groups) > 1:
        (weight, group), (other_weight, other) = take(groups), take(groups)
        lengths[group + other] += 1
        groups.append((weight + other_weight, group + other))
        groups.sort()
    return lengths if len(lengths) > 1 else lengths + 1


def _largest_first(p):
    return _merging(p, lambda groups: groups.pop())


def _sorted_once(p):
    lengths = np.zeros(len(p), dtype=np.int64)
    order = np.argsort(p, kind="stable")
    for rank in range(1, len(order)):
        lengths[order[: rank + 1]] += 1
    return np.maximum(lengths, 1)


def _shannon_lengths(p):
    return np.maximum(shannon_code_lengths(p), 1)


def _rounded_lengths(p):
    return np.maximum(np.round(-np.log2(p)), 1)


def _floored_lengths(p):
    return np.maximum(np.floor(-np.log2(p)), 1)


def _natural_lengths(p):
    return np.maximum(np.ceil(-np.log(p)), 1)


def _fixed_lengths(p):
    return np.full(p.shape, max(1, math.ceil(math.log2(p.shape[-1]))))


def _unrounded_lengths(p):
    return -np.log2(p)


for _function, _name, _why, _section in [
    (
        _shannon_lengths,
        "Shannon's lengths for Huffman's",
        "You round every surprisal up; that gives a prefix code, but often not the shortest one, "
        "so join the two rarest groups again and again.",
        _HUFFMAN,
    ),
    (
        _fixed_lengths,
        "fixed length",
        "You give every outcome the same length; give frequent outcomes shorter words.",
        _SHANNON,
    ),
    (
        _largest_first,
        "largest groups joined",
        "You join the two likeliest groups, which gives them the long words; join the two rarest.",
        _HUFFMAN,
    ),
    (
        _sorted_once,
        "sorted only once",
        "You always join the newest group with the next outcome; after each step take the two "
        "rarest of all groups, new or old.",
        _HUFFMAN,
    ),
    (
        _rounded_lengths,
        "rounding for rounding up",
        "You round the surprisals to the nearest number; then the Kraft sum may exceed 1, and no "
        "prefix code has such lengths, so round up.",
        _SHANNON,
    ),
    (
        _floored_lengths,
        "rounding down",
        "You round the surprisals down; then the Kraft sum may exceed 1, and no prefix code has "
        "such lengths, so round up.",
        _SHANNON,
    ),
    (
        _natural_lengths,
        "nats for bits",
        "You round up surprisals in nats; a word is made of binary digits, so take log2.",
        _SHANNON,
    ),
    (
        _unrounded_lengths,
        "surprisals not rounded",
        "Your lengths are surprisals in bits; a word has a whole number of digits.",
        _SHANNON,
    ),
]:
    _mistake("code_lengths", _name, _why, _section)(_function)
    _mistake("optimal_length", _name, _why, _section)(
        lambda p, lengths=_function: float(_sum(p, lengths(p)))
    )

for _function, _name, _why in [
    (
        lambda p: np.round(-np.log2(p)),
        "rounding for rounding up",
        "You round the surprisals to the nearest number; then the Kraft sum may exceed 1, and no "
        "prefix code has such lengths, so round up.",
    ),
    (
        lambda p: np.floor(-np.log2(p)),
        "rounding down",
        "You round the surprisals down; then the Kraft sum may exceed 1, and no prefix code has "
        "such lengths, so round up.",
    ),
    (
        lambda p: np.ceil(-np.log(p)),
        "nats for bits",
        "You round up surprisals in nats; a word is made of binary digits, so take log2.",
    ),
    (
        lambda p: np.floor(-np.log2(p)) + 1,
        "one digit more",
        "You add a digit to the whole part of every surprisal; where the surprisal is a whole "
        "number it is the length already, so round up.",
    ),
    (
        _unrounded_lengths,
        "surprisals not rounded",
        "Your lengths are surprisals in bits; a word has a whole number of digits, so round up.",
    ),
    (
        _fixed_lengths,
        "fixed length",
        "You give every outcome the same length; give frequent outcomes shorter words.",
    ),
]:
    _mistake("shannon_code_lengths", _name, _why, _SHANNON)(_function)


# --- Samples --------------------------------------------------------------------------------------


def _shares(samples, q):
    """Return how often each outcome occurs, as a distribution."""
    return np.bincount(samples.ravel(), minlength=q.shape[-1]) / samples.size


@_mistake(
    "sample_cross_entropy",
    "entropy of the model",
    "Your value is the entropy of q; average the surprisals of the sample, which is what happened.",
    _SAMPLES,
)
def _entropy_of_sampled_model(samples, q):
    return entropy(q)


@_mistake(
    "sample_cross_entropy",
    "entropy of the sample",
    "Your value is the entropy of the shares in the sample; the model q stands in the logarithm.",
    _SAMPLES,
)
def _entropy_of_sample(samples, q):
    return entropy(_shares(samples, q))


@_mistake(
    "sample_cross_entropy",
    "KL divergence for cross-entropy",
    "You subtract the entropy of the sample; the cross-entropy is the total, not the excess.",
    _EXCESS,
)
def _kl_of_sample(samples, q):
    return kl_divergence(_shares(samples, q), q)


@_mistake(
    "sample_cross_entropy",
    "swapped arguments",
    "You weigh with the model and take the logarithm of the shares in the sample; what happened "
    "weighs, and the model stands in the logarithm.",
    _TRUTH_WEIGHS,
)
def _swapped_sample(samples, q):
    return cross_entropy(q, _shares(samples, q))


@_mistake(
    "sample_cross_entropy",
    "repeats left out",
    "You count every outcome of the sample once; an outcome counts as often as it occurs.",
    _SAMPLES,
)
def _distinct_samples(samples, q):
    return -np.log(q[np.unique(samples)]).mean()


@_mistake(
    "sample_surprisal",
    "labels counted from 1",
    "You take outcome 1 for the first; NumPy counts from 0, so do not subtract 1.",
    _LABELS,
)
def _samples_from_one(samples, q):
    return -np.log(q[samples - 1])


@_mistake(
    "sample_cross_entropy",
    "perplexity for cross-entropy",
    "Your value is the exponential of the cross-entropy; the question asks for the cross-entropy "
    "in nats.",
    _PERPLEXITY,
)
def _perplexity_of_sample(samples, q):
    return np.exp(-np.log(q[samples]).mean())


# --- Binary cross-entropy of probabilities --------------------------------------------------------


@_mistake(
    "binary_cross_entropy",
    "dropped (1 - y) term",
    "Your value leaves out the examples with label 0; add (1 - y) times the logarithm of 1 - p.",
    _BINARY,
)
def _only_label_one(y, p):
    return -_weighted_log(y, p)


@_mistake(
    "binary_cross_entropy",
    "dropped y term",
    "Your value leaves out the examples with label 1; add y times the logarithm of p.",
    _BINARY,
)
def _only_label_zero(y, p):
    return -_weighted_log(1 - y, 1 - p)


@_mistake(
    "binary_cross_entropy",
    "labels the wrong way round",
    "You charge for the answer that did not happen; p is the probability of label 1, and 1 - p "
    "that of label 0.",
    _BINARY,
)
def _labels_reversed(y, p):
    return binary_cross_entropy(1 - y, p)


@_mistake(
    "binary_cross_entropy",
    "swapped arguments",
    "You weigh with the prediction and take the logarithm of the label; the label y weighs, and p "
    "stands in the logarithm.",
    _TRUTH_WEIGHS,
)
def _swapped_binary(y, p):
    return binary_cross_entropy(p, y)


@_mistake(
    "binary_cross_entropy",
    "sign between the terms",
    "You subtract the second term from the first; both logarithms get the minus sign.",
    _BINARY,
)
def _sign_between(y, p):
    return _weighted_log(1 - y, 1 - p) - _weighted_log(y, p)


@_mistake(
    "binary_cross_entropy",
    "entropy of the prediction",
    "Your value is the entropy of the prediction; the label y weighs the logarithms, so that what "
    "happened counts.",
    "sources.html#wrong-or-loose-in-words",
)
def _entropy_of_prediction(y, p):
    return binary_cross_entropy(p, p)


@_mistake(
    "binary_cross_entropy",
    "squared error",
    "Your value is the squared error, also called the Brier score; the log loss takes minus the "
    "logarithm of what happened.",
    _ONE_VALLEY,
)
def _binary_squared_error(y, p):
    return np.square(y - p)


@_mistake(
    "binary_cross_entropy",
    "accuracy",
    "Your value counts how often the likelier label is right; the log loss looks at how much "
    "probability it had.",
    _ACCURACY,
)
def _binary_accuracy(y, p):
    return ((p >= 0.5) == (y >= 0.5)) * 1.0


@_mistake(
    "binary_cross_entropy",
    "share of errors",
    "Your value counts how often the likelier label is wrong; the log loss looks at how much "
    "probability the right one had.",
    _ACCURACY,
)
def _binary_errors(y, p):
    return ((p >= 0.5) != (y >= 0.5)) * 1.0


@_mistake(
    "binary_cross_entropy",
    "0 log 0 is nan",
    "Your value is nan because the computer takes 0 times the logarithm of 0; a term with factor 0 "
    "contributes 0.",
    _BINARY,
)
def _binary_nan(y, p):
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


@_mistake(
    "binary_cross_entropy",
    "probabilities taken for logits",
    "You apply a sigmoid to probabilities; they went through one already, so take their logarithms "
    "directly.",
    "10_numerical_stability.html#what-the-libraries-do",
)
def _probabilities_for_logits(y, p):
    return sigmoid_cross_entropy(y, p)


@_mistake(
    "multilabel_log_loss",
    "sum over the labels",
    "You add the losses of the labels and average over the examples; the question asks for the "
    "mean over all labels of all examples.",
    _SUM_OR_MEAN,
)
def _sum_over_labels(y, p):
    return binary_cross_entropy(y, p).sum(axis=-1).mean()


@_mistake(
    "multilabel_log_loss",
    "mean of each row",
    "You give one number per example; the question asks for the mean over all of them.",
    _SUM_OR_MEAN,
)
def _mean_of_each_row(y, p):
    return binary_cross_entropy(y, p).mean(axis=-1)


@_mistake(
    "multilabel_log_loss",
    "mean of each label",
    "You give one number per label; the question asks for the mean over all of them.",
    _SUM_OR_MEAN,
)
def _mean_of_each_label(y, p):
    return binary_cross_entropy(y, p).mean(axis=0)


@_mistake(
    "multilabel_log_loss",
    "CCE for BCE",
    "You charge only for the labels that are present, as if each example had exactly one; here "
    "every label is a yes-or-no question, so add (1 - y) times the logarithm of 1 - p.",
    _TWO_LOSSES,
)
def _categorical_for_binary(y, p):
    return -_weighted_log(y, p).sum(axis=-1).mean()


@_mistake(
    "multilabel_log_loss",
    "rows divided by their sum",
    "You make the rows sum to 1 and use the categorical loss; several labels may be present at "
    "once, and every one is a yes-or-no question of its own.",
    "09_bce_vs_cce.html#one-answer-or-several",
)
def _normalised_rows(y, p):
    return -_weighted_log(y, p / p.sum(axis=-1, keepdims=True)).sum(axis=-1).mean()


# --- Categorical cross-entropy of probabilities ---------------------------------------------------

_CATEGORICAL = "categorical_cross_entropy sparse_categorical_cross_entropy"


@_mistake(
    _CATEGORICAL,
    "mean over K",
    "You also divide by the number of classes; each example has one loss, so divide by the number "
    "of examples alone.",
    _SUM_OR_MEAN,
)
def _mean_over_classes(y, p):
    return -_weighted_log(_rows(y, p), p).mean(axis=-1)


@_mistake(
    "categorical_cross_entropy",
    "wrong axis",
    "You add over the examples; the classes lie on the last axis, so that every row gives one "
    "loss.",
    _LABELS,
)
def _categorical_wrong_axis(y, p):
    return -_weighted_log(y, p).sum(axis=0)


@_mistake(
    _CATEGORICAL,
    "BCE for CCE, added",
    "You also charge for the classes that did not happen, with (1 - y) log(1 - p); the classes "
    "exclude one another, so only y log p counts.",
    _TWO_LOSSES,
)
def _binary_for_categorical(y, p):
    return binary_cross_entropy(_rows(y, p), p).sum(axis=-1)


@_mistake(
    _CATEGORICAL,
    "BCE for CCE, averaged",
    "You average yes-or-no losses over the classes, with (1 - y) log(1 - p) in them; the classes "
    "exclude one another, so only y log p counts, and it is added.",
    _TWO_LOSSES,
)
def _mean_binary_for_categorical(y, p):
    return binary_cross_entropy(_rows(y, p), p).mean(axis=-1)


@_mistake(
    "categorical_cross_entropy",
    "only the likeliest label",
    "You take the class with the largest label alone; where labels are soft, every class counts "
    "with its share.",
    _ONLY_ONE,
)
def _only_largest_label(y, p):
    return -np.log(np.take_along_axis(p, y.argmax(axis=-1)[..., np.newaxis], axis=-1)[..., 0])


@_mistake(
    "categorical_cross_entropy",
    "swapped arguments",
    "You weigh with the prediction and take the logarithm of the label; the label y weighs, and p "
    "stands in the logarithm.",
    _TRUTH_WEIGHS,
)
def _swapped_categorical(y, p):
    return categorical_cross_entropy(p, y)


@_mistake(
    "categorical_cross_entropy",
    "KL divergence for cross-entropy",
    "You subtract the entropy of the labels; the cross-entropy is the total, not the excess.",
    _EXCESS,
)
def _kl_for_categorical(y, p):
    return kl_divergence(y, p)


@_mistake(
    "categorical_cross_entropy",
    "entropy of the labels",
    "Your value is the entropy of the labels; the prediction p stands in the logarithm.",
    _NOT_ZERO,
)
def _entropy_of_labels(y, p):
    return entropy(y)


@_mistake(
    _CATEGORICAL,
    "entropy of the prediction",
    "Your value is the entropy of the prediction; the label weighs the logarithms, so that what "
    "happened counts.",
    "sources.html#wrong-or-loose-in-words",
)
def _entropy_of_categorical_prediction(y, p):
    return entropy(p)


@_mistake(
    _CATEGORICAL,
    "labels left out",
    "You add the logarithms of all classes; only the class that happened counts, or each with the "
    "share that y gives it.",
    _ONE_LABEL,
)
def _labels_left_out(y, p):
    return -np.log(p).sum(axis=-1)


@_mistake(
    _CATEGORICAL,
    "surprise at the prediction",
    "Your value is the surprisal of the likeliest class; take that of the class that happened.",
    _ONE_LABEL,
)
def _surprise_at_prediction(y, p):
    return -np.log(p.max(axis=-1))


@_mistake(
    "sparse_categorical_cross_entropy",
    "labels counted from 1",
    "You take class 1 for the first; the classes are counted from 0, so do not subtract 1.",
    _LABELS,
)
def _labels_from_one(y, p):
    return -np.log(np.take_along_axis(p, y[..., np.newaxis] - 1, axis=-1)[..., 0])


@_mistake(
    _CATEGORICAL,
    "squared error",
    "Your value is the sum of the squared differences, also called the Brier score; the log loss "
    "takes minus the logarithm of what happened.",
    _ONE_VALLEY,
)
def _categorical_squared_error(y, p):
    return np.square(_rows(y, p) - p).sum(axis=-1)


@_mistake(
    _CATEGORICAL,
    "mean squared error",
    "Your value is the mean of the squared differences; the log loss takes minus the logarithm of "
    "what happened.",
    _ONE_VALLEY,
)
def _categorical_mean_squared_error(y, p):
    return np.square(_rows(y, p) - p).mean(axis=-1)


@_mistake(
    _CATEGORICAL,
    "accuracy",
    "Your value counts how often the likeliest class is right; the log loss looks at how much "
    "probability it had.",
    _DECISION,
)
def _categorical_accuracy(y, p):
    return (_rows(y, p).argmax(axis=-1) == p.argmax(axis=-1)) * 1.0


@_mistake(
    _CATEGORICAL,
    "share of errors",
    "Your value counts how often the likeliest class is wrong; the log loss looks at how much "
    "probability the right one had.",
    _DECISION,
)
def _categorical_errors(y, p):
    return (_rows(y, p).argmax(axis=-1) != p.argmax(axis=-1)) * 1.0


@_mistake(
    _CATEGORICAL,
    "0 log 0 is nan",
    "Your value is nan because the computer takes 0 times the logarithm of 0; a term with factor 0 "
    "contributes 0.",
    _ONE_LABEL,
)
def _categorical_nan(y, p):
    return -_sum(_rows(y, p), np.log(p))


@_mistake(
    _CATEGORICAL,
    "softmax twice",
    "You apply a softmax to probabilities; they went through one already, so take their logarithms "
    "directly.",
    _TWICE,
)
def _softmax_of_probabilities(y, p):
    return softmax_cross_entropy(y, p)


# --- Softmax and its logarithm --------------------------------------------------------------------


def _softmax(z):
    """Return the right softmax, also of infinite scores that the public function refuses."""
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _naive_softmax(z):
    powers = np.exp(z)
    return powers / powers.sum(axis=-1, keepdims=True)


def _softmax_down(z):
    """Return the softmax over the first axis, where it does not belong."""
    powers = np.exp(z - z.max(axis=0, keepdims=True))
    return powers / powers.sum(axis=0, keepdims=True)


def _softmax_over_all(z):
    powers = np.exp(z - z.max())
    return powers / powers.sum()


for _function, _name, _why, _section in [
    (
        lambda z: _softmax(z).sum(axis=-1),
        "sum for softmax",
        "You give the sum of the probabilities, which is 1; the question asks for each of them.",
        _SUM_IS_ONE,
    ),
    (
        sigmoid,
        "sigmoid for softmax",
        "You answer K separate yes-or-no questions; the softmax shares one probability among all "
        "classes, so divide by the sum of the exponentials.",
        _SIGMOIDS,
    ),
    (
        lambda z: z / z.sum(axis=-1, keepdims=True),
        "no exponential",
        "You divide the scores by their sum; scores may be negative, so take their exponentials "
        "first.",
        _SOFTMAX,
    ),
    (
        lambda z: np.exp(z),
        "not divided by the sum",
        "You give the exponentials, which are odds; divide them by their sum over the last axis.",
        _SOFTMAX,
    ),
    (
        _softmax_down,
        "wrong axis",
        "You let the examples compete with one another; the classes lie on the last axis, and each "
        "row must sum to 1.",
        _BATCHES,
    ),
    (
        _softmax_over_all,
        "one sum for all rows",
        "You divide by the sum over all rows; each row is a distribution of its own and must sum "
        "to 1.",
        _BATCHES,
    ),
    (
        _naive_softmax,
        "missing max shift",
        "Your exponentials overflow, or all of them underflow, and the quotient is nan; subtract "
        "the largest score of the row first, which changes nothing else.",
        _SHIFT,
    ),
    (
        lambda z: _softmax(z * math.log(2)),
        "powers of 2",
        "You raise 2 to the scores; the softmax raises e to them.",
        _SOFTMAX,
    ),
    (
        lambda z: _softmax(-z),
        "sign of the scores",
        "You give the largest probability to the smallest score; the exponent is the score itself, "
        "not minus it.",
        _SOFTMAX,
    ),
    (
        lambda z: _softmax(_softmax(z)),
        "softmax twice",
        "You apply the softmax to probabilities; apply it once, to the scores.",
        _TWICE,
    ),
    (
        lambda z: (z == z.max(axis=-1, keepdims=True)) * 1.0,
        "maximum for softmax",
        "You give everything to the largest score; the softmax gives every class a share.",
        _NOT_A_MAX,
    ),
    (
        log_softmax,
        "logarithm of the softmax",
        "Your values are logarithms of probabilities; the question asks for the probabilities.",
        _SOFTMAX,
    ),
]:
    _mistake("softmax", _name, _why, _section)(_function)

for _function, _name, _why, _section in [
    (
        softmax,
        "no logarithm",
        "Your values are the probabilities; the question asks for their logarithms.",
        _SOFTMAX,
    ),
    (
        lambda z: np.log(_softmax(z)),
        "logarithm of an underflowed softmax",
        "A probability underflows to 0 before you take its logarithm, and you get minus infinity; "
        "subtract the logarithm of the sum from the scores instead.",
        _FORGETS,
    ),
    (
        lambda z: np.log(_naive_softmax(z)),
        "missing max shift",
        "Your exponentials overflow, or all of them underflow; subtract the largest score of the "
        "row first, which changes nothing else.",
        _SHIFT,
    ),
    (
        lambda z: z - np.log(np.exp(z).sum(axis=-1, keepdims=True)),
        "missing max shift in the logarithm of the sum",
        "The sum of the exponentials overflows, or underflows to 0; subtract the largest score of "
        "the row first, which changes nothing else.",
        _SHIFT,
    ),
    (
        lambda z: z - np.log(np.exp(z - z.max(axis=-1, keepdims=True)).sum(-1, keepdims=True)),
        "shift not undone",
        "You subtract the largest score inside the logarithm of the sum and do not add it back; "
        "subtract it from the scores as well.",
        _SHIFT,
    ),
    (
        lambda z: np.log(sigmoid(z)),
        "sigmoid for softmax",
        "You answer K separate yes-or-no questions; the softmax shares one probability among all "
        "classes, so subtract the logarithm of the sum of the exponentials.",
        _SIGMOIDS,
    ),
    (
        lambda z: z - z.sum(axis=-1, keepdims=True),
        "sum of the scores subtracted",
        "You subtract the sum of the scores; subtract the logarithm of the sum of their "
        "exponentials.",
        _SHIFT,
    ),
    (
        lambda z: z - z.max(axis=-1, keepdims=True),
        "maximum subtracted",
        "You subtract the largest score and stop; then subtract the logarithm of the sum of the "
        "exponentials, too.",
        _SHIFT,
    ),
    (
        lambda z: np.log(_softmax_down(z)),
        "wrong axis",
        "You let the examples compete with one another; the classes lie on the last axis, and the "
        "probabilities of each row must sum to 1.",
        _BATCHES,
    ),
    (
        lambda z: np.log(_softmax_over_all(z)),
        "one sum for all rows",
        "You subtract one number from all rows; each row is a distribution of its own.",
        _BATCHES,
    ),
    (
        lambda z: log_softmax(_softmax(z)),
        "softmax twice",
        "You apply the softmax to probabilities; apply it once, to the scores.",
        _TWICE,
    ),
]:
    _mistake("log_softmax", _name, _why, _section)(_function)


def _outer(p):
    return p[..., :, np.newaxis] * p[..., np.newaxis, :]


def _diagonal(p):
    return p[..., :, np.newaxis] * np.eye(p.shape[-1])


for _function, _name, _why, _section in [
    (
        lambda z: _diagonal(_softmax(z) * (1 - _softmax(z))),
        "Jacobian taken as diagonal",
        "You leave out the entries off the diagonal; every probability depends on every score, "
        "with slope -p_k p_j.",
        _JACOBIAN,
    ),
    (
        lambda z: _softmax(z) * (1 - _softmax(z)),
        "diagonal for the Jacobian",
        "You give the K slopes p (1 - p) alone; every probability depends on every score, so the "
        "answer is a K by K matrix.",
        _JACOBIAN,
    ),
    (
        lambda z: _diagonal(_softmax(z) * (1 - 2 * _softmax(z))) + _outer(_softmax(z)),
        "sign off the diagonal",
        "Your entries off the diagonal are positive; when one score rises, the other probabilities "
        "fall, so the slope is -p_k p_j.",
        _JACOBIAN,
    ),
    (
        lambda z: -softmax_jacobian(z),
        "sign of all entries",
        "All your entries have the opposite sign; a probability rises with its own score.",
        _JACOBIAN,
    ),
    (
        lambda z: -_outer(_softmax(z)),
        "diagonal left out",
        "You give -p_k p_j everywhere; on the diagonal p_k is added, which makes p_k (1 - p_k).",
        _JACOBIAN,
    ),
    (
        lambda z: _diagonal(_softmax(z) + np.square(_softmax(z))) - _outer(_softmax(z)),
        "p on the diagonal",
        "Your diagonal is p_k; it is p_k (1 - p_k), since raising a score raises the sum, too.",
        _JACOBIAN,
    ),
    (
        lambda z: np.eye(z.shape[-1]) - np.expand_dims(_softmax(z), -2),
        "slopes of the log-softmax",
        "You give the slopes of the logarithms of the probabilities; multiply row k by p_k.",
        _JACOBIAN,
    ),
    (
        lambda z: np.eye(z.shape[-1]) - _outer(_softmax(z)),
        "identity for the diagonal",
        "You subtract p_k p_j from the identity; on the diagonal p_k stands in its place.",
        _JACOBIAN,
    ),
    (
        lambda z: _diagonal(sigmoid(z) * (1 - sigmoid(z))),
        "sigmoid for softmax",
        "You give the slopes of K separate sigmoids; in a softmax every probability depends on "
        "every score.",
        _SIGMOIDS,
    ),
    (
        lambda z: _diagonal(_naive_softmax(z)) - _outer(_naive_softmax(z)),
        "missing max shift",
        "Your exponentials overflow, or all of them underflow, and the quotient is nan; subtract "
        "the largest score first, which changes nothing else.",
        _SHIFT,
    ),
]:
    _mistake("softmax_jacobian", _name, _why, _section)(_function)


# --- Sigmoid --------------------------------------------------------------------------------------

for _function, _name, _why, _section in [
    (
        lambda z: sigmoid(-z),
        "sign of the exponent",
        "You lost the minus sign in the exponent; the probability rises with the score.",
        _SIGMOID,
    ),
    (
        lambda z: np.exp(z) / (1 + np.exp(z)),
        "overflow",
        "Both exponentials overflow for a large score, and their quotient is nan; use exp(-z) "
        "where z is positive.",
        _SOFTPLUS,
    ),
    (
        np.tanh,
        "tanh for the sigmoid",
        "Your values lie between -1 and 1; a probability lies between 0 and 1.",
        "faq.html#what-if-my-output-is-a-tanh",
    ),
    (
        lambda z: np.exp(z),
        "odds for the probability",
        "Your value is the odds; the probability is odds / (1 + odds).",
        _SIGMOID,
    ),
    (
        lambda z: sigmoid(z) * sigmoid(-z),
        "slope of the sigmoid",
        "Your value is the derivative p (1 - p); the question asks for p itself.",
        _SIGMOID,
    ),
    (
        lambda z: sigmoid(z * math.log(2)),
        "powers of 2",
        "You raise 2 to the score; the sigmoid raises e to it.",
        _SIGMOID,
    ),
]:
    _mistake("sigmoid", _name, _why, _section)(_function)


# --- Losses of logits -----------------------------------------------------------------------------

for _function, _name, _why, _section in [
    (
        lambda y, z: np.where(y == 0, 0.0, y * sigmoid_cross_entropy(1, z)),
        "dropped (1 - y) term",
        "Your value leaves out the examples with label 0; add (1 - y) times the logarithm of "
        "1 - p.",
        _BINARY,
    ),
    (
        lambda y, z: np.where(y == 1, 0.0, (1 - y) * sigmoid_cross_entropy(0, z)),
        "dropped y term",
        "Your value leaves out the examples with label 1; add y times the logarithm of p.",
        _BINARY,
    ),
    (
        lambda y, z: sigmoid_cross_entropy(y, -z),
        "sign of the logit",
        "You charge for the answer that did not happen; a large logit makes label 1 likely.",
        _LOGIT,
    ),
    (
        lambda y, z: -(_weighted_log(y, z) + _weighted_log(1 - y, 1 - z)),
        "logits taken as probabilities",
        "You take the logarithm of the logit itself; a logit is any number, so apply the sigmoid "
        "first.",
        _LOGIT,
    ),
    (
        lambda y, z: sigmoid_cross_entropy(y, sigmoid(z)),
        "sigmoid twice",
        "You pass probabilities to a loss that applies the sigmoid itself; apply it once, to the "
        "logits.",
        "10_numerical_stability.html#what-the-libraries-do",
    ),
    (
        lambda y, z: -(_weighted_log(y, sigmoid(z)) + _weighted_log(1 - y, 1 - sigmoid(z))),
        "logarithm of a rounded sigmoid",
        "The probability rounds to 0 or 1 before you take its logarithm, and the loss becomes "
        "infinite; compute softplus of the logit instead.",
        _LOGIT,
    ),
    (
        lambda y, z: -(y * np.log(sigmoid(z)) + (1 - y) * np.log(1 - sigmoid(z))),
        "0 log 0 is nan",
        "The probability rounds to 0 or 1 before you take its logarithm, and 0 times infinity is "
        "nan; compute softplus of the logit instead.",
        _LOGIT,
    ),
    (
        lambda y, z: np.log(1 + np.exp(z)) - y * z,
        "overflow in log(1 + exp(z))",
        "The exponential overflows for a large logit; softplus is max(z, 0) + log1p(exp(-|z|)).",
        _SOFTPLUS,
    ),
    (
        lambda y, z: np.maximum(z, 0) - y * z,
        "logarithm left out of the softplus",
        "You take max(z, 0) for the softplus; add log1p(exp(-|z|)).",
        _SOFTPLUS,
    ),
    (
        lambda y, z: np.maximum(0, 1 - (2 * y - 1) * z),
        "hinge loss",
        "Your value is the hinge loss; the log loss never quite reaches 0.",
        _LOGIT,
    ),
    (
        lambda y, z: np.square(y - sigmoid(z)),
        "squared error",
        "Your value is the squared error; the log loss takes minus the logarithm of what happened.",
        _ONE_VALLEY,
    ),
    (
        lambda y, z: ((z >= 0) == (y >= 0.5)) * 1.0,
        "accuracy",
        "Your value counts how often the likelier label is right; the log loss looks at how much "
        "probability it had.",
        _ACCURACY,
    ),
    (
        lambda y, z: ((z >= 0) != (y >= 0.5)) * 1.0,
        "share of errors",
        "Your value counts how often the likelier label is wrong; the log loss looks at how much "
        "probability the right one had.",
        _ACCURACY,
    ),
]:
    _mistake("sigmoid_cross_entropy", _name, _why, _section)(_function)


def _picked(y, values):
    """Return the sum of an array's entries weighed with the labels."""
    rows = _rows(y, values)
    return np.where(rows == 0, 0.0, rows * values).sum(axis=-1)


for _function, _name, _why, _section in [
    (
        lambda y, z: -_picked(y, np.log(z)),
        "logits taken as probabilities",
        "You take the logarithm of the logit itself; a logit is any number, so apply the softmax "
        "first.",
        _GRADIENT,
    ),
    (
        lambda y, z: -_picked(y, z),
        "no softmax",
        "Your value is minus the score of the label; add the logarithm of the sum of the "
        "exponentials of all scores.",
        _GRADIENT,
    ),
    (
        lambda y, z: softmax_cross_entropy(y, _softmax(z)),
        "softmax twice",
        "You pass probabilities to a loss that applies the softmax itself; apply it once, to the "
        "scores.",
        _TWICE,
    ),
    (
        lambda y, z: _picked(y, sigmoid_cross_entropy(1, z)),
        "sigmoid for softmax",
        "You take the sigmoid of the label's score; the softmax compares it with the scores of all "
        "classes.",
        _SIGMOIDS,
    ),
    (
        lambda y, z: sigmoid_cross_entropy(_rows(y, z), z).sum(axis=-1),
        "BCE for CCE, added",
        "You add K yes-or-no losses with sigmoids; the classes exclude one another, so use one "
        "softmax and charge for the label.",
        _SIGMOIDS,
    ),
    (
        lambda y, z: sigmoid_cross_entropy(_rows(y, z), z).mean(axis=-1),
        "BCE for CCE, averaged",
        "You average K yes-or-no losses with sigmoids; the classes exclude one another, so use one "
        "softmax and charge for the label.",
        _SIGMOIDS,
    ),
    (
        lambda y, z: -_picked(y, np.log(_softmax_down(z))),
        "softmax over the wrong axis",
        "You let the examples compete with one another; the classes lie on the last axis, and each "
        "row must sum to 1.",
        _BATCHES,
    ),
    (
        lambda y, z: -_picked(y, np.log(_softmax_over_all(z))),
        "one sum for all rows",
        "You divide by the sum over all rows; each row is a distribution of its own and must sum "
        "to 1.",
        _BATCHES,
    ),
    (
        lambda y, z: -_picked(y, np.log(_naive_softmax(z))),
        "missing max shift",
        "Your exponentials overflow, or all of them underflow; subtract the largest score of the "
        "row first, which changes nothing else.",
        _SHIFT,
    ),
    (
        lambda y, z: np.log(np.exp(z).sum(axis=-1)) - _picked(y, z),
        "missing max shift in the logarithm of the sum",
        "The sum of the exponentials overflows, or underflows to 0; subtract the largest score of "
        "the row first, which changes nothing else.",
        _SHIFT,
    ),
    (
        lambda y, z: -_picked(y, np.log(_softmax(z))),
        "logarithm of an underflowed softmax",
        "A probability underflows to 0 before you take its logarithm, and the loss becomes "
        "infinite; subtract the score from the logarithm of the sum instead.",
        _FORGETS,
    ),
    (
        lambda y, z: np.log(np.exp(z - z.max(-1, keepdims=True)).sum(-1)) - _picked(y, z),
        "shift not undone",
        "You subtract the largest score inside the logarithm of the sum and do not add it back; "
        "subtract it from the label's score as well.",
        _SHIFT,
    ),
    (
        lambda y, z: softmax_cross_entropy(_rows(y, z), z) / z.shape[-1],
        "mean over K",
        "You also divide by the number of classes; each example has one loss, so divide by the "
        "number of examples alone.",
        _SUM_OR_MEAN,
    ),
    (
        lambda y, z: softmax_cross_entropy(np.roll(_rows(y, z), -1, axis=-1), z),
        "labels counted from 1",
        "You take class 1 for the first; the classes are counted from 0, so do not subtract 1.",
        _LABELS,
    ),
    (
        lambda y, z: -log_softmax(z).sum(axis=-1),
        "labels left out",
        "You add the logarithms of all classes; only the class that happened counts, or each with "
        "the share that y gives it.",
        _ONE_LABEL,
    ),
    (
        lambda y, z: -log_softmax(z).max(axis=-1),
        "surprise at the prediction",
        "Your value is the surprisal of the likeliest class; take that of the class that happened.",
        _ONE_LABEL,
    ),
    (
        lambda y, z: np.square(_rows(y, z) - _softmax(z)).sum(axis=-1),
        "squared error",
        "Your value is the sum of the squared differences; the log loss takes minus the logarithm "
        "of what happened.",
        _ONE_VALLEY,
    ),
    (
        lambda y, z: (_rows(y, z).argmax(axis=-1) == z.argmax(axis=-1)) * 1.0,
        "accuracy",
        "Your value counts how often the likeliest class is right; the log loss looks at how much "
        "probability it had.",
        _DECISION,
    ),
    (
        lambda y, z: (_rows(y, z).argmax(axis=-1) != z.argmax(axis=-1)) * 1.0,
        "share of errors",
        "Your value counts how often the likeliest class is wrong; the log loss looks at how much "
        "probability the right one had.",
        _DECISION,
    ),
]:
    _mistake("softmax_cross_entropy", _name, _why, _section)(_function)


# --- Gradients ------------------------------------------------------------------------------------

for _function, _name, _why, _section in [
    (
        lambda y, z: _softmax(z) - _rows(y, z),
        "p - y without 1/N",
        "Your gradient is that of the summed loss; the question asks for the mean, so divide by "
        "the number of examples.",
        _BATCHES,
    ),
    (
        lambda y, z: (_softmax(z) - _rows(y, z)) / z.size,
        "divided by N*K",
        "You also divide by the number of classes; the mean is over the N examples alone.",
        _BATCHES,
    ),
    (
        lambda y, z: (_rows(y, z) - _softmax(z)) / _examples(z),
        "y - p for p - y",
        "Your gradient has the opposite sign; it is p - y, and descent steps against it.",
        _GRADIENT,
    ),
    (
        lambda y, z: _rows(y, z) * (_softmax(z) - 1) / _examples(z),
        "Jacobian taken as diagonal",
        "You move only the score of the label; every probability depends on every score, so the "
        "other classes get the slope p.",
        _JACOBIAN,
    ),
    (
        lambda y, z: (_softmax(z) - _rows(y, z)) * _softmax(z) * (1 - _softmax(z)) / _examples(z),
        "extra factor p (1 - p)",
        "You multiply by p (1 - p); with the log loss this factor cancels, and p - y is left.",
        _GRADIENT,
    ),
    (
        lambda y, z: _softmax(z) / _examples(z),
        "y not subtracted",
        "You give p; subtract 1 from the probability of the label, so that each row sums to 0.",
        _GRADIENT,
    ),
    (
        lambda y, z: -_rows(y, z) / _softmax(z) / _examples(z),
        "gradient in p for the gradient in z",
        "You give the slope with respect to the probabilities, -y / p; the question asks for the "
        "slope with respect to the scores, so multiply by the Jacobian of the softmax.",
        _GRADIENT,
    ),
    (
        lambda y, z: (z - _rows(y, z)) / _examples(z),
        "logits for probabilities",
        "You subtract y from the scores; apply the softmax first.",
        _GRADIENT,
    ),
    (
        lambda y, z: (sigmoid(z) - _rows(y, z)) / _examples(z),
        "sigmoid for softmax",
        "You give the gradient of K separate yes-or-no losses; the softmax shares one probability "
        "among all classes.",
        _SIGMOIDS,
    ),
    (
        lambda y, z: (_softmax(_softmax(z)) - _rows(y, z)) / _examples(z),
        "softmax twice",
        "You apply the softmax to probabilities; apply it once, to the scores.",
        _TWICE,
    ),
    (
        lambda y, z: (_softmax_down(z) - _rows(y, z)) / _examples(z),
        "softmax over the wrong axis",
        "You let the examples compete with one another; the classes lie on the last axis, and each "
        "row must sum to 1.",
        _BATCHES,
    ),
    (
        lambda y, z: (_softmax(z) - np.roll(_rows(y, z), -1, axis=-1)) / _examples(z),
        "labels counted from 1",
        "You take class 1 for the first; the classes are counted from 0, so do not subtract 1.",
        _LABELS,
    ),
    (
        lambda y, z: (_naive_softmax(z) - _rows(y, z)) / _examples(z),
        "missing max shift",
        "Your exponentials overflow, or all of them underflow, and the quotient is nan; subtract "
        "the largest score of the row first, which changes nothing else.",
        _SHIFT,
    ),
    (
        lambda y, z: (_softmax(z) - _rows(y, z)).reshape(-1, z.shape[-1]).mean(axis=0),
        "mean over the examples",
        "You average the gradients of the examples; each logit has a slope of its own, so the "
        "answer has the shape of the logits.",
        _BATCHES,
    ),
    (
        lambda y, z: (_softmax(z) - _rows(y, z)) / _examples(z) / math.log(2),
        "bits for nats",
        "Your gradient is that of the loss in bits; the question asks for nats, so take the "
        "natural logarithm.",
        _UNITS,
    ),
]:
    _mistake("softmax_gradient", _name, _why, _section)(_function)

for _function, _name, _why, _section in [
    (
        lambda y, z: sigmoid(z) - y,
        "p - y without 1/N",
        "Your gradient is that of the summed loss; the question asks for the mean, so divide by "
        "how many labels there are.",
        _BINARY_GRADIENT,
    ),
    (
        lambda y, z: (y - sigmoid(z)) / z.size,
        "y - p for p - y",
        "Your gradient has the opposite sign; it is p - y, and descent steps against it.",
        _BINARY_GRADIENT,
    ),
    (
        lambda y, z: (sigmoid(z) - y) * sigmoid(z) * sigmoid(-z) / z.size,
        "extra factor p (1 - p)",
        "You multiply by p (1 - p); with the log loss this factor cancels, and p - y is left.",
        _BINARY_GRADIENT,
    ),
    (
        lambda y, z: sigmoid(z) / z.size,
        "y not subtracted",
        "You give p; subtract the label.",
        _BINARY_GRADIENT,
    ),
    (
        lambda y, z: -y * sigmoid(-z) / z.size,
        "dropped (1 - y) term",
        "Your gradient leaves out the examples with label 0; theirs is p.",
        _BINARY_GRADIENT,
    ),
    (
        lambda y, z: ((1 - y) / sigmoid(-z) - y / sigmoid(z)) / z.size,
        "gradient in p for the gradient in z",
        "You give the slope with respect to the probability; the question asks for the slope with "
        "respect to the logit, so multiply by p (1 - p).",
        _BINARY_GRADIENT,
    ),
    (
        lambda y, z: (z - y) / z.size,
        "logits for probabilities",
        "You subtract y from the logits; apply the sigmoid first.",
        _BINARY_GRADIENT,
    ),
    (
        lambda y, z: (sigmoid(sigmoid(z)) - y) / z.size,
        "sigmoid twice",
        "You apply the sigmoid to probabilities; apply it once, to the logits.",
        _BINARY_GRADIENT,
    ),
    (
        lambda y, z: (np.exp(z) / (1 + np.exp(z)) - y) / z.size,
        "overflow",
        "Both exponentials overflow for a large logit, and their quotient is nan; use exp(-z) "
        "where z is positive.",
        _SOFTPLUS,
    ),
    (
        lambda y, z: (sigmoid(z) - y).mean(),
        "mean over the examples",
        "You average the slopes of the examples; each logit has a slope of its own, so the answer "
        "has the shape of the logits.",
        _BINARY_GRADIENT,
    ),
    (
        lambda y, z: (sigmoid(z) - y) / z.size / math.log(2),
        "bits for nats",
        "Your gradient is that of the loss in bits; the question asks for nats, so take the "
        "natural logarithm.",
        _UNITS,
    ),
]:
    _mistake("sigmoid_gradient", _name, _why, _section)(_function)


# --- The Gaussian ---------------------------------------------------------------------------------


def _gaussian(y, mean, variance):
    return (np.log(2 * np.pi * variance) + np.square(y - mean) / variance) / 2


for _function, _name, _why, _section in [
    (
        lambda y, mean, variance: _gaussian(y, mean, variance) + np.square(y - mean) / variance / 2,
        "forgotten 1/2 of the square",
        "You charge the whole squared distance over the variance; half of it is charged.",
        _GAUSSIAN,
    ),
    (
        lambda y, mean, variance: _gaussian(y, mean, variance) + np.log(2 * np.pi * variance) / 2,
        "forgotten 1/2 of the logarithm",
        "You charge the whole logarithm of 2 pi times the variance; half of it is charged, because "
        "the density divides by a square root.",
        _GAUSSIAN,
    ),
    (
        lambda y, mean, variance: 2 * _gaussian(y, mean, variance),
        "both halves forgotten",
        "Your value is twice the right one; both the logarithm and the square are halved.",
        _GAUSSIAN,
    ),
    (
        lambda y, mean, variance: _gaussian(y, mean, variance) - math.log(2 * math.pi) / 2,
        "forgotten 2 pi",
        "You leave out half the logarithm of 2 pi; without it the density does not integrate to 1.",
        _GAUSSIAN,
    ),
    (
        lambda y, mean, variance: np.square(y - mean) / variance / 2,
        "forgotten logarithm of the variance",
        "You charge only for the distance; half the logarithm of 2 pi times the variance belongs "
        "to the loss, or a huge variance would be free.",
        _GAUSSIAN,
    ),
    (
        lambda y, mean, variance: _gaussian(y, mean, np.square(variance)),
        "variance taken for the standard deviation",
        "You square the variance; it is a square already.",
        _GAUSSIAN,
    ),
    (
        lambda y, mean, variance: _gaussian(y, mean, np.sqrt(variance)),
        "standard deviation in place of the variance",
        "You put the standard deviation where the variance belongs; the formula asks for its "
        "square.",
        _GAUSSIAN,
    ),
    (
        lambda y, mean, variance: np.square(y - mean) + 0 * variance,
        "squared error",
        "Your value is the squared error; divide it by twice the variance, and add half the "
        "logarithm of 2 pi times the variance.",
        _SQUARES,
    ),
    (
        lambda y, mean, variance: (
            np.abs(y - mean) / variance / 2 + np.log(2 * np.pi * variance) / 2
        ),
        "absolute distance for the square",
        "You take the distance between the value and the mean as it is; the formula asks for its "
        "square.",
        _GAUSSIAN,
    ),
]:
    _mistake("gaussian_cross_entropy", _name, _why, _section)(_function)


# --- A small number in the logarithm --------------------------------------------------------------


def _clip(eps):
    return lambda p: np.clip(p, eps, 1 - eps)


def _add(eps):
    return lambda p: p + eps


# Not entropy, nor what else has p log p in it: there the small number hides in the rounding.
_WITH_EPS = {
    "surprisal": lambda small, p: -np.log(small(p)),
    "cross_entropy": lambda small, p, q: -_sum(p, np.log(small(q))),
    "kl_divergence": lambda small, p, q: _sum(p, np.log(small(p) / small(q))),
    "sample_surprisal": lambda small, samples, q: -np.log(small(q))[samples],
    "binary_cross_entropy": lambda small, y, p: (
        -(y * np.log(small(p)) + (1 - y) * np.log(small(1 - p)))
    ),
    "categorical_cross_entropy": lambda small, y, p: -_sum(y, np.log(small(p))),
    "sparse_categorical_cross_entropy": lambda small, y, p: -_sum(_rows(y, p), np.log(small(p))),
    "log_softmax": lambda small, z: np.log(small(_softmax(z))),
    "sigmoid_cross_entropy": lambda small, y, z: (
        -(y * np.log(small(sigmoid(z))) + (1 - y) * np.log(small(1 - sigmoid(z))))
    ),
    "softmax_cross_entropy": lambda small, y, z: -_sum(_rows(y, z), np.log(small(_softmax(z)))),
}
_OF_LOGITS = ("log_softmax", "sigmoid_cross_entropy", "softmax_cross_entropy")

for _quantity, _function in _WITH_EPS.items():
    _hidden = (
        "a very unlikely outcome costs more than that allows, so compute its logarithm from the "
        "logits."
        if _quantity in _OF_LOGITS
        else "probability 0 for what happened costs infinity, and this hides it."
    )
    for _eps in ("1e-15", "1e-12", "1e-10", "1e-9", "1e-8", "1e-7", "1e-6"):
        _mistake(
            _quantity,
            f"clipped at {_eps}",
            f"You keep the probabilities {_eps} away from 0 and 1; {_hidden}",
            _CLIPPING if _quantity == "binary_cross_entropy" else _EPS,
        )(functools.partial(_function, _clip(float(_eps))))
        _mistake(
            _quantity,
            f"{_eps} added in the logarithm",
            f"You add {_eps} to the probabilities; {_hidden}",
            _EPS,
        )(functools.partial(_function, _add(float(_eps))))


# --- The means of the mistakes per example --------------------------------------------------------

for _reduced, _loss in _REDUCED.items():
    _own = {mistake.name for mistake in _TABLE if mistake.quantity == _reduced}
    for _each in [mistake for mistake in _TABLE if mistake.quantity == _loss]:
        if _each.name not in _own:
            _reduction = np.sum if _reduced == "negative_log_likelihood" else np.mean
            _TABLE.append(
                _each._replace(
                    quantity=_reduced,
                    name="mean over N*K" if _each.name == "mean over K" else _each.name,
                    commit=functools.partial(_reduce, _reduction, _each.commit),
                )
            )

ROWS = tuple(_TABLE)
