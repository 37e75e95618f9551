"""Largest error of each library on families of hard inputs, in machine epsilons.

    python -m benchmarks.accuracy [--quick] [--publish]

Every error is relative to the exact value for the stored input, computed with mpmath in 60
digits. A library that is not installed says so.
"""

import argparse
import os
import sys
import warnings

os.environ.setdefault("KERAS_BACKEND", "numpy")

import mpmath
import numpy as np
import scipy.special
import sklearn.metrics

import cecourse
from benchmarks.report import installed, machine, markdown, path, write_csv
from tests.oracles_losses import (
    mpmath_binary_cross_entropy,
    mpmath_sigmoid_cross_entropy,
    mpmath_softmax_cross_entropy,
    mpmath_softmax_cross_entropy_grad,
)
from tests.test_accuracy import FAMILIES

NOT_INSTALLED = "not installed"


# --- The peers -------------------------------------------------------------------------------


def sklearn_from_logits(y, z):
    """Return the losses of rows that go through SciPy's softmax first; one call a row."""
    p = scipy.special.softmax(z, axis=-1)
    p /= p.sum(axis=-1, keepdims=True)
    labels = np.arange(z.shape[-1])
    return np.array(
        [
            sklearn.metrics.log_loss([k], row[np.newaxis], labels=labels)
            for k, row in zip(y, p, strict=True)
        ]
    )


def scipy_from_logits(y, z):
    return -scipy.special.log_softmax(z, axis=-1)[np.arange(len(y)), y]


def torch_from_logits(y, z):
    import torch

    logits, labels = torch.from_numpy(z), torch.from_numpy(y)
    return torch.nn.functional.cross_entropy(logits, labels, reduction="none").numpy()


def torch_gradient(y, z):
    import torch

    leaf = torch.from_numpy(z.copy()).requires_grad_()
    loss = torch.nn.functional.cross_entropy(leaf, torch.from_numpy(y), reduction="sum")
    loss.backward()
    return leaf.grad.numpy()


def scipy_gradient(y, z):
    gradient = scipy.special.softmax(z, axis=-1)
    gradient[np.arange(len(y)), y] -= 1
    return gradient


def keras_from_logits(y, z):
    import keras

    return np.asarray(keras.losses.sparse_categorical_crossentropy(y, z, from_logits=True))


def torch_binary(y, p):
    import torch

    targets, p = torch.from_numpy(y.astype(p.dtype)), torch.from_numpy(p)
    return torch.nn.functional.binary_cross_entropy(p, targets, reduction="none").numpy()


def torch_binary_from_logits(y, z):
    import torch

    targets, z = torch.from_numpy(y.astype(z.dtype)), torch.from_numpy(z)
    loss = torch.nn.functional.binary_cross_entropy_with_logits
    return loss(z, targets, reduction="none").numpy()


def sklearn_binary(y, p):
    rows = np.stack([1 - p, p], axis=1)
    return np.array(
        [
            sklearn.metrics.log_loss([k], row[np.newaxis], labels=[0, 1])
            for k, row in zip(y, rows, strict=True)
        ]
    )


def scipy_binary(y, p):
    with np.errstate(divide="ignore"):
        return -(scipy.special.xlogy(y, p) + scipy.special.xlog1py(1 - y, -p))


def scipy_binary_from_logits(y, z):
    return -np.where(y == 1, scipy.special.log_expit(z), scipy.special.log_expit(-z))


def keras_binary(y, p):
    import keras

    return np.asarray(
        keras.losses.binary_crossentropy(y[:, np.newaxis].astype(p.dtype), p[:, np.newaxis])
    )


def keras_binary_from_logits(y, z):
    import keras

    targets = y[:, np.newaxis].astype(z.dtype)
    return np.asarray(keras.losses.binary_crossentropy(targets, z[:, np.newaxis], from_logits=True))


LOSS = {
    "cecourse": (None, cecourse.softmax_cross_entropy),
    "scikit-learn": (None, sklearn_from_logits),
    "SciPy": (None, scipy_from_logits),
    "torch": ("torch", torch_from_logits),
    "Keras": ("keras", keras_from_logits),
}
GRADIENT = {
    "cecourse": (None, cecourse.softmax_cross_entropy_grad),
    "SciPy": (None, scipy_gradient),
    "torch": ("torch", torch_gradient),
}
BINARY = {
    "cecourse": (None, cecourse.binary_cross_entropy),
    "scikit-learn": (None, sklearn_binary),
    "SciPy": (None, scipy_binary),
    "torch": ("torch", torch_binary),
    "Keras": ("keras", keras_binary),
}
BINARY_LOGITS = {
    "cecourse": (None, cecourse.sigmoid_cross_entropy),
    "SciPy": (None, scipy_binary_from_logits),
    "torch": ("torch", torch_binary_from_logits),
    "Keras": ("keras", keras_binary_from_logits),
}
LIBRARIES = ["cecourse", "scikit-learn", "SciPy", "torch", "Keras"]


# --- The inputs ------------------------------------------------------------------------------


def probable(rng, N):
    return rng.integers(0, 2, N), rng.random(N)


def near_zero(rng, N):
    return rng.integers(0, 2, N), np.exp(rng.uniform(-700, -2, N))


def near_one(rng, N):
    return rng.integers(0, 2, N), -np.expm1(rng.uniform(-36, -2, N))


def small_logits(rng, N):
    return rng.integers(0, 2, N), rng.normal(size=N)


def large_logits(rng, N):
    return rng.integers(0, 2, N), rng.uniform(-700, 700, N)


# --- The table -------------------------------------------------------------------------------


def worst(found, exact, dtype):
    """Return the largest relative error in epsilons, leaving out subnormal and infinite values."""
    info = np.finfo(dtype)
    found, largest = np.ravel(found), 0.0
    for one, true in zip(found, exact, strict=True):
        if mpmath.isinf(true) or abs(true) < info.tiny:
            continue
        error = abs((mpmath.mpf(float(one)) - true) / true) if np.isfinite(one) else mpmath.inf
        largest = max(largest, float(error) / float(info.eps))
    return largest


def flat(rows):
    return [entry for row in rows for entry in row]


def cases(quick):
    """Yield the quantity, family, dtype, calls, their arguments and the exact values."""
    sizes = [(2, 20), (10, 5), (100, 2)] if quick else [(2, 400), (10, 200), (100, 30), (1000, 5)]
    for dtype in (np.float32, np.float64):
        for family in FAMILIES:
            rng = np.random.default_rng(0)
            for K, N in sizes:
                labels, rows = zip(*(family(rng, K) for _ in range(N)), strict=True)
                y, z = np.array(labels), np.array(rows).astype(dtype)
                pairs = list(zip(y, z, strict=True))
                losses = [mpmath_softmax_cross_entropy(*pair) for pair in pairs]
                yield "loss from logits", family, dtype, LOSS, (y, z), losses
                few = pairs[: max(1, 2000 // K)]
                slopes = flat(mpmath_softmax_cross_entropy_grad(*pair) for pair in few)
                arguments = (y[: len(few)], z[: len(few)])
                yield "gradient", family, dtype, GRADIENT, arguments, slopes
        N = 100 if quick else 3000
        for quantity, calls, exact, families in [
            (
                "binary loss from probabilities",
                BINARY,
                mpmath_binary_cross_entropy,
                [probable, near_zero, near_one],
            ),
            (
                "binary loss from logits",
                BINARY_LOGITS,
                mpmath_sigmoid_cross_entropy,
                [small_logits, large_logits],
            ),
        ]:
            for family in families:
                y, x = family(np.random.default_rng(0), N)
                x = x.astype(dtype)
                values = [exact(int(k), v) for k, v in zip(y, x, strict=True)]
                yield quantity, family, dtype, calls, (y, x), values


def measure(quick):
    """Return one dictionary for each quantity, family and dtype, with the worst error of each."""
    table = {}
    for quantity, family, dtype, calls, arguments, exact in cases(quick):
        key = quantity, family.__name__.replace("_", " "), np.dtype(dtype).name
        row = table.setdefault(key, dict.fromkeys(LIBRARIES, "-"))
        for library, (module, call) in calls.items():
            if module is not None and not installed(module):
                row[library] = NOT_INSTALLED
                continue
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                try:
                    error = worst(call(*arguments), exact, dtype)
                except ValueError:  # the library refuses the input
                    error = np.inf
            before = row[library] if row[library] != "-" else 0.0
            row[library] = max(before, error)
    names = ["quantity", "family", "dtype"]
    return [dict(zip(names, key, strict=True)) | row for key, row in table.items()]


def shown(error):
    if isinstance(error, str):
        return error
    if error == np.inf:
        return "infinite"
    return f"{error:.2f}" if error < 100 else f"{error:.0e}"


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few and small inputs, nothing saved")
    parser.add_argument("--publish", action="store_true", help="save as the published result")
    options = parser.parse_args(arguments)

    rows = measure(options.quick)
    text = "\n".join(
        [
            "# Accuracy",
            "",
            "Largest relative error over each family of inputs, in machine epsilons of the dtype.",
            "Exact values come from mpmath with 60 digits. 'infinite' is an infinite result, or a",
            "refusal, where the exact value is finite. A dash: the library has no such function.",
            "",
            *machine(),
            "",
            markdown(list(rows[0]), [[shown(value) for value in row.values()] for row in rows]),
            "",
        ]
    )
    print(text)
    if not options.quick:
        path("accuracy.md", options.publish).write_text(text, encoding="utf-8")
        write_csv(path("accuracy.csv", options.publish), rows)
    promised = {"loss from logits": {"float64": 2}}
    missed = [
        row
        for row in rows
        if row["cecourse"] > promised.get(row["quantity"], {}).get(row["dtype"], 4)
    ]
    for row in missed:
        print("MISSED:", row["quantity"], row["family"], row["dtype"], shown(row["cecourse"]))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
