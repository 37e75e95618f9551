"""Independent answers for losses and gradients, one function per source and named for it.

The functions called ``mpmath_...`` take the stored floats as exact numbers. Sums of exponentials
are taken relative to the label, so that no loss is lost beside 1, however small.
"""

import importlib.util
import math
import os

import mpmath
import numpy as np
import pytest
import scipy.special
import scipy.stats
import sklearn.metrics

from tests.oracles import exact

INF = mpmath.inf


# --- mpmath ----------------------------------------------------------------------------------


def mpmath_odds(y, z):
    """exp(z_j - z_y) for each class j but `y`, where it is 0."""
    z = exact(z)
    return [mpmath.mpf(0) if j == y else mpmath.exp(z_j - z[y]) for j, z_j in enumerate(z)]


def mpmath_softmax_cross_entropy(y, z):
    if z[y] == -np.inf:
        return INF
    return mpmath.log1p(mpmath.fsum(mpmath_odds(y, z)))


def mpmath_softmax_cross_entropy_grad(y, z):
    odds = mpmath_odds(y, z)
    rest = mpmath.fsum(odds)
    return [-rest / (1 + rest) if j == y else odd / (1 + rest) for j, odd in enumerate(odds)]


def mpmath_soft_target_loss(y, z):
    """The sum over classes of y_k times the loss at label k."""
    return mpmath.fsum(
        y_k * mpmath_softmax_cross_entropy(k, z) for k, y_k in enumerate(exact(y)) if y_k > 0
    )


def mpmath_binary_cross_entropy(y, p):
    y, p = exact(y), exact(p)
    at_1 = 0 if y == 0 else INF if p == 0 else -y * mpmath.log(p)
    at_0 = 0 if y == 1 else INF if p == 1 else -(1 - y) * mpmath.log1p(-p)
    return mpmath.mpf(at_1 + at_0)


def mpmath_sigmoid_cross_entropy(y, z):
    y, z = exact(y), exact(z)
    return y * mpmath.log1p(mpmath.exp(-z)) + (1 - y) * mpmath.log1p(mpmath.exp(z))


def mpmath_sigmoid_cross_entropy_grad(y, z):
    """For a label 0 or 1: plus or minus the probability of the other answer."""
    return -1 / (1 + mpmath.exp(exact(z))) if y == 1 else 1 / (1 + mpmath.exp(-exact(z)))


def mpmath_gaussian_nll(y, mean, variance):
    y, mean, variance = exact(y), exact(mean), exact(variance)
    return (mpmath.log(2 * mpmath.pi * variance) + (y - mean) ** 2 / variance) / 2


# --- scikit-learn and SciPy ------------------------------------------------------------------


def sklearn_log_loss(y, p, **options):
    return sklearn.metrics.log_loss(y, p, **options)  # positional: the name of `p` changed in 1.9


def sklearn_hinge_loss(y, score):
    return sklearn.metrics.hinge_loss(y, score)


def scipy_log_softmax_gather(y, z):
    return -scipy.special.log_softmax(z, axis=-1)[np.arange(len(y)), y]


def scipy_binary_cross_entropy(y, p):
    return -scipy.stats.bernoulli.logpmf(y, p)


def scipy_gaussian_nll(y, mean, variance):
    return -scipy.stats.norm.logpdf(y, mean, np.sqrt(variance))


# --- PyTorch ---------------------------------------------------------------------------------


def torch_module():
    """PyTorch, or a skip where it is absent, unless CECOURSE_REQUIRE_TORCH says it must be here."""
    if importlib.util.find_spec("torch") is None and not os.environ.get("CECOURSE_REQUIRE_TORCH"):
        pytest.skip("torch is not installed")
    import torch

    return torch


def torch_softmax_cross_entropy(y, z):
    torch = torch_module()
    loss = torch.nn.functional.cross_entropy(
        torch.from_numpy(z), torch.from_numpy(y), reduction="none"
    )
    return loss.numpy()


def torch_softmax_cross_entropy_grad(y, z):
    torch = torch_module()
    leaf = torch.from_numpy(z.copy()).requires_grad_()
    torch.nn.functional.cross_entropy(leaf, torch.from_numpy(y), reduction="sum").backward()
    return leaf.grad.numpy()


def torch_sigmoid_cross_entropy(y, z):
    torch = torch_module()
    loss = torch.nn.functional.binary_cross_entropy_with_logits(
        torch.from_numpy(z), torch.from_numpy(y), reduction="none"
    )
    return loss.numpy()


# --- Precision -------------------------------------------------------------------------------


def digits_for(*arrays):
    """Decimal digits in which 1 plus the smallest odds of these logits is not rounded to 1."""
    spread = max(float(np.ptp(a[np.isfinite(a)])) if np.isfinite(a).any() else 0 for a in arrays)
    return 60 + math.ceil(spread / math.log(10))
