r"""Cross-entropy from first principles: the functions of the course.

Conventions
-----------
- Truth first, model second: ``cross_entropy(p, q)``, ``binary_cross_entropy(y, p)``,
  ``softmax_cross_entropy(y, z)``. `p` and `q` are distributions, `y` labels, `z` logits; there
  are N examples and K classes.
- Outcomes and classes lie on the last axis. There is no ``axis`` argument. Leading axes are a
  batch and broadcast.
- Losses are per example; the caller writes ``.mean()`` or ``.sum()``. Only ``log_loss``
  averages.
- Information is measured in nats; ``base=2`` gives bits.
- Integers and lists become float64. float32 gives float32 (float16 gives float16), computed in
  float64 and rounded once. Only the loss from logits at class numbers and its gradient take
  float32 exponentials of float32 logits, for speed; they state how exact they are.

At the edges
------------
- Nothing is clipped or renormalised in silence. Probability zero for what happened costs
  infinity; an outcome of probability zero contributes nothing.
- K = 1 is a distribution: the certain outcome, with entropy 0.
- A logit of -inf is probability zero. +inf is refused where there are several classes and means
  probability 1 where there are two.
- NaN, empty input, probabilities outside [0, 1], rows that do not sum to 1, labels that are not
  integers or are out of range, shapes that do not fit, ``base <= 1`` and ``temperature <= 0``
  are refused: ``ValueError``, or ``TypeError`` for a wrong type. The message names the argument,
  the requirement, the value found and where.
- Inputs are never changed. No NumPy warning is raised.
"""

import importlib

from .coding import (
    canonical_code,
    decode,
    encode,
    expected_length,
    huffman_code,
    kraft_sum,
    shannon_code_lengths,
)
from .gradients import (
    finite_difference,
    sigmoid_cross_entropy_grad,
    softmax_cross_entropy_and_grad,
    softmax_cross_entropy_grad,
    softmax_jacobian,
)
from .information import (
    binary_entropy,
    conditional_entropy,
    cross_entropy,
    entropy,
    js_divergence,
    kl_divergence,
    mutual_information,
    perplexity,
    surprisal,
)
from .labels import one_hot, smooth_labels
from .losses import (
    binary_cross_entropy,
    categorical_cross_entropy,
    clip_probabilities,
    gaussian_nll,
    hinge,
    log_loss,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
    sparse_categorical_cross_entropy,
    squared_error,
)
from .special import (
    log_sigmoid,
    log_softmax,
    logit,
    logsumexp,
    sigmoid,
    softmax,
    softplus,
    xlogy,
)
from .streaming import LogLossSum

__version__ = "0.1.0"

__all__ = [
    "Diagnosis",
    "LogLossSum",
    "Misconception",
    "binary_cross_entropy",
    "binary_entropy",
    "canonical_code",
    "categorical_cross_entropy",
    "clip_probabilities",
    "conditional_entropy",
    "cross_entropy",
    "decode",
    "diagnose",
    "diagnose_cases",
    "diagnose_distributions",
    "diagnose_gradient",
    "diagnose_logits",
    "diagnose_quantity",
    "encode",
    "entropy",
    "expected_length",
    "finite_difference",
    "gaussian_nll",
    "hinge",
    "huffman_code",
    "js_divergence",
    "kl_divergence",
    "kraft_sum",
    "log_loss",
    "log_sigmoid",
    "log_softmax",
    "logit",
    "logsumexp",
    "misconceptions_of",
    "mutual_information",
    "one_hot",
    "perplexity",
    "shannon_code_lengths",
    "sigmoid",
    "sigmoid_cross_entropy",
    "sigmoid_cross_entropy_grad",
    "smooth_labels",
    "softmax",
    "softmax_cross_entropy",
    "softmax_cross_entropy_and_grad",
    "softmax_cross_entropy_grad",
    "softmax_jacobian",
    "softplus",
    "sparse_categorical_cross_entropy",
    "squared_error",
    "surprisal",
    "xlogy",
]

_OF_MISCONCEPTIONS = frozenset(__all__).difference(globals())  # what is not imported above


def __getattr__(name):
    """Load `misconceptions` when it is first asked for: its table is half of the package."""
    if name != "misconceptions" and name not in _OF_MISCONCEPTIONS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    misconceptions = importlib.import_module(".misconceptions", __name__)
    globals().update((known, getattr(misconceptions, known)) for known in _OF_MISCONCEPTIONS)
    return globals()[name]


def __dir__():
    """Return the names that the package offers, loaded or not."""
    return sorted({*globals(), *_OF_MISCONCEPTIONS, "misconceptions"})
