"""Wrong answers to problem set 4 as students write them, each with the name of its mistake.

The name is None where the mistake has none: the answer earns nothing and the feedback says that it
is wrong.
"""

WRONG = {
    "multi_label_loss": [
        (
            """
def multi_label_loss(y, p):
    return -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)) / len(y)
""",
            "sum over the labels",
        ),
        (
            """
def multi_label_loss(y, p):
    return -np.mean(np.sum(y * np.log(p), axis=1))
""",
            "CCE for BCE",
        ),
        ("def multi_label_loss(y, p):\n    return np.mean(-y * np.log(p))", "dropped (1 - y) term"),
        (
            """
def multi_label_loss(y, p):
    total = 0
    for row, forecast in zip(y, p):
        for a, b in zip(row, forecast):
            total -= np.log(b) if a else np.log(1 - b)
    return total
""",
            "sum for mean",
        ),
        (
            """
def multi_label_loss(y, p):
    p = p / p.sum(axis=1, keepdims=True)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
""",
            "rows divided by their sum, then BCE",
        ),
        (
            """
def multi_label_loss(y, p):
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean(axis=1)
""",
            "mean of each row",
        ),
        (
            """
def multi_label_loss(y, p):
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean(axis=0)
""",
            "mean of each label",
        ),
        (
            """
def multi_label_loss(y, p):
    return (y * np.log(p) + (1 - y) * np.log(1 - p)).mean()
""",
            "lost minus sign",
        ),
        (
            """
def multi_label_loss(y, p):
    p = 1 / (1 + np.exp(-p))
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()
""",
            "probabilities taken for logits",
        ),
        # the means of both kinds, averaged
        (
            """
def multi_label_loss(y, p):
    yes, no = -np.log(p[y == 1]).mean(), -np.log(1 - p[y == 0]).mean()
    return (yes + no) / 2
""",
            None,
        ),
        # integer labels overwritten in place: everything is cut to whole numbers
        (
            """
def multi_label_loss(y, p):
    cost = np.zeros_like(y)
    cost[y == 1] = -np.log(p[y == 1])
    cost[y == 0] = -np.log(1 - p[y == 0])
    return cost.mean()
""",
            None,
        ),
    ],
    "categorical_cross_entropy": [
        (
            """
def categorical_cross_entropy(y, p):
    return -(y * np.log(p)).sum(axis=1).mean()
""",
            "0 log 0 is nan",
        ),
        (
            """
def categorical_cross_entropy(y, p):
    return -np.sum(y * np.log(p + 1e-12)) / len(y)
""",
            "1e-12 added in the logarithm",
        ),
        (
            """
def categorical_cross_entropy(y, p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -np.mean(np.sum(y * np.log(p), axis=-1))
""",
            "clipped at 1e-7",
        ),
        (
            """
def categorical_cross_entropy(y, p):
    with np.errstate(all="ignore"):
        return np.mean(np.where(y > 0, -y * np.log(p), 0))
""",
            "mean over N*K",
        ),
        (
            """
def categorical_cross_entropy(y, p):
    rows = np.arange(len(y))
    return -np.mean(np.log(p[rows, y.argmax(axis=1)]))
""",
            "only the likeliest label",
        ),
        (
            """
def categorical_cross_entropy(y, p):
    return -np.nansum(p * np.log(y)) / len(y)
""",
            "swapped arguments",
        ),
        (
            """
def categorical_cross_entropy(y, p):
    return -np.nansum(y * np.log2(p)) / len(y)
""",
            "bits for nats",
        ),
        (
            """
def categorical_cross_entropy(y, p):
    p = np.where(p == 0, 1, p)
    return -np.sum(y * np.log(p)) / len(y)
""",
            "impossible outcomes skipped",
        ),
        (
            """
def categorical_cross_entropy(y, p):
    return -np.nansum(y * np.log(p))
""",
            "sum for mean",
        ),
        # Keras' way: the rows divided by their sums, then clipped
        (
            """
def categorical_cross_entropy(y, p):
    p = p / p.sum(axis=-1, keepdims=True)
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return np.mean(-np.sum(y * np.log(p), axis=-1))
""",
            "clipped at 1e-7",
        ),
        # PyTorch's way with probabilities
        (
            """
def categorical_cross_entropy(y, p):
    log_p = p - np.log(np.exp(p).sum(axis=-1, keepdims=True))
    return -np.mean((y * log_p).sum(axis=-1))
""",
            "softmax twice",
        ),
    ],
    "log_softmax": [
        (
            """
def log_softmax(z):
    e = np.exp(z)
    return np.log(e / e.sum(axis=-1, keepdims=True))
""",
            "missing max shift",
        ),
        (
            """
def log_softmax(z):
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
""",
            "missing max shift in the logarithm of the sum",
        ),
        (
            """
def log_softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.log(e / e.sum(axis=-1, keepdims=True))
""",
            "logarithm of an underflowed softmax",
        ),
        (
            """
def log_softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.log(e / e.sum(axis=-1, keepdims=True) + 1e-12)
""",
            "1e-12 added in the logarithm",
        ),
        (
            """
def log_softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.log(np.clip(e / e.sum(axis=-1, keepdims=True), 1e-7, 1 - 1e-7))
""",
            "clipped at 1e-7",
        ),
        (
            """
def log_softmax(z):
    z = z - z.max()
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
""",
            "one maximum for all rows",
        ),
        (
            """
def log_softmax(z):
    z = z - z.max(axis=0)
    return z - np.log(np.exp(z).sum(axis=0))
""",
            "wrong axis, with the shift",
        ),
        (
            """
def log_softmax(z):
    m = z.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z - m).sum(axis=-1, keepdims=True))
""",
            "shift not undone",
        ),
        (
            """
def log_softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
""",
            "no logarithm",
        ),
        (
            """
def log_softmax(z):
    return -np.logaddexp(0, -z)
""",
            "log-sigmoid for log-softmax",
        ),
        (
            """
def log_softmax(z):
    z = z - z.max(axis=-1, keepdims=True)
    return (z - np.log(np.exp(z).sum(axis=-1, keepdims=True))) / np.log(2)
""",
            "bits for nats",
        ),
        # scores held away from overflow by hand
        (
            """
def log_softmax(z):
    z = np.clip(z, -700, 700)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
""",
            "scores clipped",
        ),
        # for one vector only
        (
            """
def log_softmax(z):
    m = max(z)
    return z - m - np.log(sum(np.exp(z - m)))
""",
            None,
        ),
    ],
    "sigmoid_cross_entropy": [
        (
            """
def sigmoid_cross_entropy(y, z):
    p = 1 / (1 + np.exp(-z))
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
""",
            "0 log 0 is nan",
        ),
        (
            """
def sigmoid_cross_entropy(y, z):
    p = 1 / (1 + np.exp(-z))
    return -np.log(np.where(y == 1, p, 1 - p)).mean()
""",
            "logarithm of a rounded sigmoid",
        ),
        (
            """
def sigmoid_cross_entropy(y, z):
    p = np.clip(1 / (1 + np.exp(-z)), 1e-7, 1 - 1e-7)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
""",
            "clipped at 1e-7",
        ),
        (
            """
def sigmoid_cross_entropy(y, z):
    p = 1 / (1 + np.exp(-z))
    return -np.mean(y * np.log(p + 1e-12) + (1 - y) * np.log(1 - p + 1e-12))
""",
            "1e-12 added in the logarithm",
        ),
        (
            """
def sigmoid_cross_entropy(y, z):
    return np.mean(np.log(1 + np.exp(np.where(y == 1, -z, z))))
""",
            "exponential of a large score",
        ),
        (
            """
def sigmoid_cross_entropy(y, z):
    return np.mean(np.maximum(z, 0) - z * y + np.log(1 + np.exp(-abs(z))))
""",
            "log(1 + x) for log1p(x)",
        ),
        (
            """
def sigmoid_cross_entropy(y, z):
    s = 1 - 2 * y
    return sum(np.logaddexp(0, s * z))
""",
            "sum for mean",
        ),
        (
            """
def sigmoid_cross_entropy(y, z):
    s = 2 * y - 1
    return np.logaddexp(0, s * z).mean()
""",
            "sign of the logit",
        ),
        (
            """
def sigmoid_cross_entropy(y, z):
    return np.mean(np.logaddexp(0, z) - z * y)
""",
            "difference of large numbers",
        ),
        (
            """
def sigmoid_cross_entropy(y, z):
    t = np.where(y == 1, -z, z)
    return np.mean(np.maximum(t, 0) + np.log(1 + np.exp(-np.abs(t))))
""",
            "log(1 + x) for log1p(x)",
        ),
        (
            """
def sigmoid_cross_entropy(y, z):
    return np.mean(np.maximum(0, 1 - (2 * y - 1) * z))
""",
            "hinge loss",
        ),
        (
            """
def sigmoid_cross_entropy(y, z):
    return np.logaddexp(0, (1 - 2 * y) * z).mean() / np.log(2)
""",
            "bits for nats",
        ),
    ],
    "log_loss": [
        (
            """
def log_loss(y, p):
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
""",
            "0 log 0 is nan",
        ),
        (
            """
def log_loss(y, p):
    eps = 1e-15
    p = np.clip(p, eps, 1 - eps)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
""",
            "clipped at 1e-15",
        ),
        (
            """
def log_loss(y, p):
    return -np.mean(y * np.log(p + 1e-7) + (1 - y) * np.log(1 - p + 1e-7))
""",
            "1e-7 added in the logarithm",
        ),
        (
            """
def log_loss(y, p):
    happened = np.where(y == 1, p, 1 - p)
    happened = np.where(happened == 0, 1, happened)
    return -np.log(happened).mean()
""",
            "impossible outcomes skipped",
        ),
        (
            """
def log_loss(y, p):
    with np.errstate(all="ignore"):
        return -np.log(np.where(y == 1, p, 1 - p)).sum()
""",
            "sum for mean",
        ),
        (
            """
def log_loss(y, p):
    with np.errstate(all="ignore"):
        return -np.log2(np.where(y == 1, p, 1 - p)).mean()
""",
            "bits for nats",
        ),
        (
            """
def log_loss(y, p):
    with np.errstate(all="ignore"):
        return -np.log(np.where(y == 0, p, 1 - p)).mean()
""",
            "labels the wrong way round",
        ),
        (
            """
def log_loss(y, p):
    with np.errstate(all="ignore"):
        return -np.log(p[y == 1]).sum() / len(y)
""",
            "dropped (1 - y) term",
        ),
        (
            """
def log_loss(y, p):
    return np.mean((y - p) ** 2)
""",
            "squared error",
        ),
        # the impossible is left out of the mean as well
        (
            """
def log_loss(y, p):
    happened = np.where(y == 1, p, 1 - p)
    return -np.log(happened[happened > 0]).mean()
""",
            "impossible days left out of the mean",
        ),
        (
            """
def log_loss(y, p):
    return np.nan_to_num(-np.log(np.where(y == 1, p, 1 - p))).mean()
""",
            None,
        ),
        # nan repaired, and infinities with it
        (
            """
def log_loss(y, p):
    return np.nanmean(-y * np.log(p) - (1 - y) * np.log(1 - p))
""",
            "nan left out of the mean",
        ),
    ],
    "clip": [
        (
            """
p = np.clip(p, eps, 1 - eps)
true_loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
clipped_loss = true_loss
ceiling = -np.log(eps)
""",
            "a clip in both losses",
        ),
        (
            """
def bce(y, p):
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
true_loss = bce(y, p)
clipped_loss = bce(y, np.clip(p, eps, 1 - eps))
ceiling = np.max(-y * np.log(p) - (1 - y) * np.log(1 - p))
""",
            "worst week for the ceiling",
        ),
        (
            """
def bce(y, p):
    return -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))
true_loss = bce(y, p)
clipped_loss = bce(y, np.clip(p, eps, 1 - eps))
ceiling = -np.log(eps)
""",
            "sum for mean",
        ),
        (
            """
def bce(y, p):
    return -np.mean(y * np.log(p))
true_loss = bce(y, p)
clipped_loss = bce(y, np.clip(p, eps, 1 - eps))
ceiling = -np.log(eps)
""",
            "dropped (1 - y) term",
        ),
        (
            """
def bce(y, p):
    return -np.mean(y * np.log2(p) + (1 - y) * np.log2(1 - p))
true_loss = bce(y, p)
clipped_loss = bce(y, np.clip(p, eps, 1 - eps))
ceiling = -np.log2(eps)
""",
            "bits for nats",
        ),
        (
            """
def bce(y, p):
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
true_loss = bce(y, p)
clipped_loss = bce(y, p + eps)
ceiling = -np.log(eps)
""",
            "eps added instead of a clip",
        ),
        (
            """
def bce(y, p):
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
kept = (p > eps) & (p < 1 - eps)
true_loss = bce(y, p)
clipped_loss = bce(y[kept], p[kept])
ceiling = -np.log(eps)
""",
            "surprises left out",
        ),
        (
            """
def bce(y, p):
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
true_loss = bce(y, p)
clipped_loss = bce(y, np.clip(p, eps, 1 - eps))
ceiling = np.log(eps)
""",
            "lost minus sign of the ceiling",
        ),
        # eps of the visible data in the middle of the formula
        (
            """
def bce(y, p):
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
true_loss = bce(y, p)
clipped_loss = bce(y, np.clip(p, 3e-6, 1 - 3e-6))
ceiling = 12.7
""",
            None,
        ),
        ("true_loss, clipped_loss, ceiling = 7.1, 5.2, 13.8", None),
        # the largest clipped loss that occurs, which need not be the most that is possible: here it
        # is, because a flood below eps always occurs
        (
            """
def bce(y, p):
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
true_loss = bce(y, p)
clipped_loss = bce(y, np.clip(p, eps, 1 - eps))
ceiling = -np.log(eps) * len(y)
""",
            None,
        ),
    ],
    "which_loss": [
        (
            """
p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
s = 1 / (1 + np.exp(-z))
if y.sum() == y.size / y.shape[1]:
    loss = "categorical"
    value = -np.sum(y * np.log(p)) / len(y)
else:
    loss = "binary"
    value = -np.mean(y * np.log(s) + (1 - y) * np.log(1 - s))
""",
            "BCE for CCE, or CCE for BCE",
        ),
        (
            """
p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
s = 1 / (1 + np.exp(-z))
if (y.sum(axis=1) == 1).all():
    loss = "binary"
    value = -np.sum(y * np.log(p)) / len(y)
else:
    loss = "categorical"
    value = -np.mean(y * np.log(s) + (1 - y) * np.log(1 - s))
""",
            "the other name",
        ),
        (
            """
p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
s = 1 / (1 + np.exp(-z))
if (y.sum(axis=1) == 1).all():
    loss = "categorical"
    value = -np.sum(y * np.log(p))
else:
    loss = "binary"
    value = -np.sum(y * np.log(s) + (1 - y) * np.log(1 - s))
""",
            "sum for mean",
        ),
        (
            """
p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
s = 1 / (1 + np.exp(-z))
if (y.sum(axis=1) == 1).all():
    loss = "categorical"
    value = -np.mean(y * np.log(p))
else:
    loss = "binary"
    value = -np.mean((y * np.log(s) + (1 - y) * np.log(1 - s)).sum(axis=1))
""",
            "the other mean",
        ),
        (
            """
p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
s = 1 / (1 + np.exp(-z))
if (y.sum(axis=1) == 1).all():
    loss = "categorical"
    value = -np.sum(y * np.log2(p)) / len(y)
else:
    loss = "binary"
    value = -np.mean(y * np.log2(s) + (1 - y) * np.log2(1 - s))
""",
            "bits for nats",
        ),
        (
            """
p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
s = 1 / (1 + np.exp(-z))
if (y.sum(axis=1) == 1).all():
    loss = "categorical"
    value = -np.sum(y * np.log(s)) / len(y)
else:
    loss = "binary"
    value = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
""",
            "sigmoid for softmax, or softmax for sigmoid",
        ),
        # no look at the labels
        ('loss, value = "binary", np.mean(np.log(1 + np.exp(z)) - y * z)', None),
        (
            """
loss = "categorical"
value = np.mean(np.log(np.exp(z).sum(axis=1)) - (y * z).sum(axis=1))
""",
            None,
        ),
        # the name is right, the value that of the visible data
        (
            """
loss = "categorical" if (y.sum(axis=1) == 1).all() else "binary"
value = 0.3849
""",
            None,
        ),
        # abbreviated names
        (
            """
p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
s = 1 / (1 + np.exp(-z))
if (y.sum(axis=1) == 1).all():
    loss = "CCE"
    value = -np.sum(y * np.log(p)) / len(y)
else:
    loss = "BCE"
    value = -np.mean(y * np.log(s) + (1 - y) * np.log(1 - s))
""",
            None,
        ),
        # softmax over the wrong axis where it is categorical, no (1 - y) term where it is binary
        (
            """
p = np.exp(z) / np.exp(z).sum(axis=0)
s = 1 / (1 + np.exp(-z))
if (y.sum(axis=1) == 1).all():
    loss = "categorical"
    value = -np.sum(y * np.log(p)) / len(y)
else:
    loss = "binary"
    value = -np.mean(y * np.log(s))
""",
            None,
        ),
    ],
}
