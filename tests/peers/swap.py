"""A pytest plugin for runs of other packages' tests: swaps functions in, writes the outcomes.

The adapters only translate arguments: an axis, an unnormalised vector, the order of keywords.
What cecourse does not offer raises `NotOffered`; nothing is emulated. A refusal must be an
exception of the expected type; its wording may differ.
"""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import scipy.stats

import cecourse


class NotOffered(Exception):
    """The test uses an argument that cecourse leaves out; the message says which."""


def along(axis, function, *arrays, keepdims=False):
    """Apply a function of the last axis along other axes; None means all of them as one."""
    arrays = [np.asarray(a) for a in arrays]
    if any(a.dtype.kind == "c" for a in arrays):
        raise NotOffered("complex numbers")
    ndim = max(a.ndim for a in arrays)
    axes = range(ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = tuple(a % max(ndim, 1) for a in axes)
    last = tuple(range(-len(axes), 0))
    moved = [np.moveaxis(a, axes, last) for a in arrays]
    shape = moved[0].shape
    flat = [m.reshape((*m.shape[: m.ndim - len(axes)], -1)) for m in moved]
    result = np.asarray(function(*flat))
    if result.ndim == flat[0].ndim:  # one value for each entry
        return np.moveaxis(result.reshape(shape), last, axes)[()]
    return np.expand_dims(result, axes) if keepdims else result[()]


def logsumexp(a, axis=None, b=None, keepdims=False, return_sign=False):
    if b is not None:
        raise NotOffered("weights of exponentials")
    if return_sign:
        raise NotOffered("signs")
    return along(axis, cecourse.logsumexp, a, keepdims=keepdims)


def softmax(x, axis=None):
    return along(axis, cecourse.softmax, x)


def log_softmax(x, axis=None):
    return along(axis, cecourse.log_softmax, x)


def entropy(pk, qk=None, base=None, axis=0):
    def normalised(p):
        return p / p.sum(axis=-1, keepdims=True)

    def divergence(p, q):
        return cecourse.kl_divergence(normalised(p), normalised(q), base=base)

    if qk is None:
        return along(axis, lambda p: cecourse.entropy(normalised(p), base=base), pk)
    return along(axis, divergence, *np.broadcast_arrays(pk, qk))


def log_loss(y_true, y_proba=None, *, y_pred=None, normalize=True, sample_weight=None, labels=None):
    if y_pred is not None:
        raise NotOffered("a deprecated name")
    return cecourse.log_loss(
        y_true, y_proba, labels=labels, sample_weight=sample_weight, normalize=normalize
    )


class AnyWording:
    """The module pytest, except that an expected exception may be worded otherwise."""

    def __getattr__(self, name):
        return getattr(pytest, name)

    def raises(self, expected, *arguments, match=None, **keywords):
        return pytest.raises(expected, *arguments, **keywords)


def pytest_collection_modifyitems(items):
    """Swap the functions where the tests look them up."""
    for module in {item.module for item in items}:
        module.pytest = AnyWording()
        for function in (logsumexp, softmax, log_softmax, log_loss):
            if hasattr(module, function.__name__):
                setattr(module, function.__name__, function)
    scipy.stats.entropy = entropy


OUTCOMES = {}


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if call.when != "call" and not report.failed:
        return
    name = report.nodeid.split("::", 1)[1]
    if report.passed:
        OUTCOMES[name] = "passed"
    elif call.excinfo is not None and call.excinfo.errisinstance(NotOffered):
        OUTCOMES[name] = f"not offered: {call.excinfo.value}"
    else:
        OUTCOMES[name] = f"{report.outcome}: {report.longrepr}"


def pytest_sessionfinish():
    Path(os.environ["CECOURSE_OUTCOMES"]).write_text(json.dumps(OUTCOMES), encoding="utf-8")
