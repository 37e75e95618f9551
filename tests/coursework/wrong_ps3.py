"""Wrong answers to problem set 3 as students write them, each with the name of its mistake.

The name is None where the mistake has none: the answer earns nothing and the feedback says that it
is wrong.
"""

WRONG = {
    "negative_log_likelihood": [
        (
            """
def negative_log_likelihood(y, p):
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
""",
            "mean for sum",
        ),
        ("def negative_log_likelihood(y, p):\n    return -y @ np.log(p)", "dropped (1 - y) term"),
        (
            """
def negative_log_likelihood(y, p):
    total = 0
    for a, b in zip(y, p):
        total += np.log(b if a else 1 - b)
    return total
""",
            "lost minus sign",
        ),
        (
            """
def negative_log_likelihood(y, p):
    product = 1
    for a, b in zip(y, p):
        product *= b if a == 1 else 1 - b
    return product
""",
            "likelihood for its logarithm",
        ),
        (
            """
import math
def negative_log_likelihood(y, p):
    return -math.log2(math.prod(b if a == 1 else 1 - b for a, b in zip(y, p)))
""",
            "bits for nats",
        ),
        (
            """
def negative_log_likelihood(y, p):
    q = p.copy()
    q[y == 1] = 1 - q[y == 1]
    return -np.log(q).sum()
""",
            "labels the wrong way round",
        ),
        ("def negative_log_likelihood(y, p):\n    return ((y - p) ** 2).sum()", "squared error"),
        (
            """
def negative_log_likelihood(y, p):
    return sum(1 - (b if a == 1 else 1 - b) for a, b in zip(y, p))
""",
            "one minus the probability",
        ),
        # the forecasts of the first icy mornings, not of those mornings
        ("def negative_log_likelihood(y, p):\n    return -np.log(p[y]).sum()", None),
        ("def negative_log_likelihood(y, p):\n    return 0.6851790109107685", None),
    ],
    "binary_cross_entropy": [
        (
            """
def binary_cross_entropy(y, p):
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)).sum()
""",
            "sum for mean",
        ),
        (
            "def binary_cross_entropy(y, p):\n    return -np.mean(y * np.log(p))",
            "dropped (1 - y) term",
        ),
        (
            """
def binary_cross_entropy(y, p):
    cost = []
    for a, b in zip(y, p):
        cost.append(-np.log(b) if a == 1 else -np.log(1 - b))
    return sum(cost) / len(cost)
""",
            "a share taken for a no",
        ),
        (
            """
def binary_cross_entropy(y, p):
    return -np.mean(p * np.log(y) + (1 - p) * np.log(1 - y))
""",
            "swapped arguments",
        ),
        (
            """
def binary_cross_entropy(y, p):
    return np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
""",
            "lost minus sign",
        ),
        (
            """
def binary_cross_entropy(y, p):
    return np.mean(-y * np.log2(p) - (1 - y) * np.log2(1 - p))
""",
            "bits for nats",
        ),
        (
            """
def binary_cross_entropy(y, p):
    return -np.mean(y * np.log(p) - (1 - y) * np.log(1 - p))
""",
            "sign between the terms",
        ),
        (
            """
def binary_cross_entropy(y, p):
    return -y * np.log(p) - (1 - y) * np.log(1 - p)
""",
            "no mean",
        ),
        # integer division
        (
            """
def binary_cross_entropy(y, p):
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)).sum() // len(y)
""",
            None,
        ),
        # more than half of the readers
        (
            """
def binary_cross_entropy(y, p):
    return np.mean([-np.log(b) if a > 0.5 else -np.log(1 - b) for a, b in zip(y, p)])
""",
            "shares rounded",
        ),
        # a share above 0 counts as a yes
        (
            """
def binary_cross_entropy(y, p):
    return np.mean([-np.log(b) if a else -np.log(1 - b) for a, b in zip(y, p)])
""",
            "a share taken for a yes",
        ),
    ],
    "softmax": [
        ("def softmax(z):\n    return np.exp(z) / np.exp(z).sum()", "one sum for all rows"),
        ("def softmax(z):\n    return np.exp(z) / np.exp(z).sum(axis=0)", "wrong axis"),
        ("def softmax(z):\n    return np.exp(z) / sum(np.exp(z))", "wrong axis"),
        ("def softmax(z):\n    return 1 / (1 + np.exp(-z))", "sigmoid for softmax"),
        ("def softmax(z):\n    return z / z.sum(axis=-1, keepdims=True)", "no exponential"),
        (
            "def softmax(z):\n    w = 2 ** z\n    return w / w.sum(axis=-1, keepdims=True)",
            "powers of 2",
        ),
        (
            "def softmax(z):\n    w = np.exp(-z)\n    return w / w.sum(axis=-1, keepdims=True)",
            "sign of the scores",
        ),
        (
            """
def softmax(z):
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
""",
            "logarithm of the softmax",
        ),
        # keepdims forgotten
        ("def softmax(z):\n    return np.exp(z) / np.exp(z).sum(axis=1)", None),
        ("def softmax(z):\n    return np.exp(z) / np.exp(z).sum(axis=-1)", None),
        # the one with the highest score
        (
            """
def softmax(z):
    out = np.zeros_like(z)
    if z.ndim == 1:
        out[z.argmax()] = 1
    else:
        for i in range(len(z)):
            out[i, z[i].argmax()] = 1
    return out
""",
            "maximum for softmax",
        ),
        (
            "def softmax(z):\n    return np.round(np.exp(z) / np.sum(np.exp(z), -1)[..., None], 3)",
            None,
        ),
    ],
    "softmax_cross_entropy": [
        (
            """
def softmax_cross_entropy(y, z):
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    return -sum(np.log(p[i, y[i]]) for i in range(len(y)))
""",
            "sum for mean",
        ),
        (
            """
def softmax_cross_entropy(y, z):
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    one_hot = np.eye(z.shape[1])[y]
    return -np.mean(one_hot * np.log(p))
""",
            "mean over N*K",
        ),
        (
            """
def softmax_cross_entropy(y, z):
    e = np.exp(z)
    p = e / e.sum(axis=0)
    return -np.mean(np.log(p[np.arange(len(y)), y]))
""",
            "softmax over the wrong axis",
        ),
        (
            """
def sm(z):
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)
def softmax_cross_entropy(y, z):
    p = sm(sm(z))
    return -np.mean(np.log(p[np.arange(len(y)), y]))
""",
            "softmax twice",
        ),
        (
            """
def softmax_cross_entropy(y, z):
    p = 1 / (1 + np.exp(-z))
    return -np.mean(np.log(p[np.arange(len(y)), y]))
""",
            "sigmoid for softmax",
        ),
        (
            """
def softmax_cross_entropy(y, z):
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    return -np.mean([np.log(p[i, y[i] - 1]) for i in range(len(y))])
""",
            "labels counted from 1",
        ),
        (
            """
def softmax_cross_entropy(y, z):
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    return -np.mean(np.log2(p[np.arange(len(y)), y]))
""",
            "bits for nats",
        ),
        (
            """
def softmax_cross_entropy(y, z):
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    p = p[np.arange(len(y)), y]
    return -np.log(p.mean())
""",
            "logarithm of the mean",
        ),
        # all columns instead of one for each row
        (
            """
def softmax_cross_entropy(y, z):
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    return -np.log(p[:, y]).mean()
""",
            "every label in every row",
        ),
        (
            """
def softmax_cross_entropy(y, z):
    return -np.mean(np.log(z[np.arange(len(y)), y]))
""",
            "logits taken as probabilities",
        ),
        # the maximum subtracted on one side only
        (
            """
def softmax_cross_entropy(y, z):
    m = z.max(axis=1, keepdims=True)
    lse = np.log(np.exp(z - m).sum(axis=1))
    return np.mean(lse - z[np.arange(len(y)), y])
""",
            "shift not undone",
        ),
        (
            """
def softmax_cross_entropy(y, z):
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    return -np.log(p.max(axis=1)).mean()
""",
            "surprise at the prediction",
        ),
    ],
    "softmax_gradient": [
        (
            """
def softmax_gradient(y, z):
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    for i, label in enumerate(y):
        p[i, label] -= 1
    return p
""",
            "p - y without 1/N",
        ),
        (
            """
def softmax_gradient(y, z):
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return (np.eye(z.shape[1])[y] - p) / len(z)
""",
            "y - p for p - y",
        ),
        (
            """
def softmax_gradient(y, z):
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return (p - np.eye(z.shape[1])[y]) / z.size
""",
            "divided by N*K",
        ),
        (
            """
def softmax_gradient(y, z):
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    t = np.eye(z.shape[1])[y]
    return (p - t) * p * (1 - p) / len(z)
""",
            "extra factor p (1 - p)",
        ),
        (
            """
def softmax_gradient(y, z):
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    t = np.eye(z.shape[1])[y]
    return -t / p / len(z)
""",
            "gradient in p for the gradient in z",
        ),
        (
            """
def softmax_gradient(y, z):
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    t = np.eye(z.shape[1])[y]
    return -t * (1 - p) / len(z)
""",
            "Jacobian taken as diagonal",
        ),
        (
            """
def softmax_gradient(y, z):
    p = 1 / (1 + np.exp(-z))
    return (p - np.eye(z.shape[1])[y]) / len(z)
""",
            "sigmoid for softmax",
        ),
        (
            """
def softmax_gradient(y, z):
    p = np.exp(z) / np.exp(z).sum(axis=0)
    p[np.arange(len(y)), y] -= 1
    return p / len(y)
""",
            "softmax over the wrong axis",
        ),
        (
            """
def softmax_gradient(y, z):
    p = np.exp(z) / np.exp(z).sum()
    p[np.arange(len(y)), y] -= 1
    return p / len(y)
""",
            "one sum for all rows",
        ),
        # all columns of the labels, in all rows
        (
            """
def softmax_gradient(y, z):
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    p[:, y] -= 1
    return p / len(y)
""",
            "every label in every row",
        ),
        (
            """
def softmax_gradient(y, z):
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return (p - y[:, None]) / len(y)
""",
            "class numbers subtracted",
        ),
        # differences of the wrong size: one-sided and far too coarse
        (
            """
def softmax_gradient(y, z):
    def loss(z):
        return np.mean(np.log(np.exp(z).sum(1)) - z[np.arange(len(y)), y])
    g = np.zeros_like(z)
    for i in np.ndindex(z.shape):
        w = z.copy()
        w[i] += 0.1
        g[i] = (loss(w) - loss(z)) / 0.1
    return g
""",
            None,
        ),
    ],
    "softmax_jacobian": [
        (
            """
def softmax_jacobian(z):
    p = np.exp(z) / np.exp(z).sum()
    return p * (1 - p)
""",
            "diagonal for the Jacobian",
        ),
        (
            """
def softmax_jacobian(z):
    p = np.exp(z) / np.exp(z).sum()
    return np.diag(p * (1 - p))
""",
            "Jacobian taken as diagonal",
        ),
        (
            """
def softmax_jacobian(z):
    p = np.exp(z) / np.exp(z).sum()
    J = np.outer(p, p)
    for k in range(len(p)):
        J[k, k] = p[k] * (1 - p[k])
    return J
""",
            "sign off the diagonal",
        ),
        (
            """
def softmax_jacobian(z):
    p = np.exp(z) / np.exp(z).sum()
    return np.eye(len(p)) - np.outer(p, p)
""",
            "identity for the diagonal",
        ),
        (
            """
def softmax_jacobian(z):
    p = np.exp(z) / np.exp(z).sum()
    return -np.outer(p, p)
""",
            "diagonal left out",
        ),
        (
            """
def softmax_jacobian(z):
    p = np.exp(z) / np.exp(z).sum()
    return np.outer(p, p) - np.diag(p)
""",
            "sign of all entries",
        ),
        # rows of the log-softmax's Jacobian
        (
            """
def softmax_jacobian(z):
    p = np.exp(z) / np.exp(z).sum()
    return np.eye(len(z)) - p
""",
            "slopes of the log-softmax",
        ),
        # p * p for the outer product
        (
            """
def softmax_jacobian(z):
    p = np.exp(z) / np.exp(z).sum()
    return np.diag(p) - p * p
""",
            "squares for the products",
        ),
        # p @ p for the outer product
        (
            """
def softmax_jacobian(z):
    p = np.exp(z) / np.exp(z).sum()
    return np.diag(p) - p @ p
""",
            None,
        ),
        # the exponentials, not divided
        (
            """
def softmax_jacobian(z):
    p = np.exp(z)
    return np.diag(p) - np.outer(p, p)
""",
            None,
        ),
    ],
    "models": [
        (
            """
right_a = (model_a.argmax(axis=1) == weather).mean()
right_b = (model_b.argmax(axis=1) == weather).mean()
better = "A" if right_a > right_b else "B"
gain = abs(right_a - right_b)
""",
            "accuracy for likelihood",
        ),
        (
            """
a = b = 0
for day, what in enumerate(weather):
    a += np.log(model_a[day, what])
    b += np.log(model_b[day, what])
better = "A" if a > b else "B"
gain = abs(a - b)
""",
            "sum for mean",
        ),
        (
            """
a = model_a[range(len(weather)), weather].mean()
b = model_b[range(len(weather)), weather].mean()
better, gain = ("A", a - b) if a > b else ("B", b - a)
""",
            "mean probability for likelihood",
        ),
        (
            """
a = -np.log(model_a[range(len(weather)), weather]).mean()
b = -np.log(model_b[range(len(weather)), weather]).mean()
better, gain = ("A", a - b) if a > b else ("B", b - a)
""",
            "the other model",
        ),
        (
            """
a = np.log2(model_a[range(len(weather)), weather]).mean()
b = np.log2(model_b[range(len(weather)), weather]).mean()
better, gain = ("A", a - b) if a > b else ("B", b - a)
""",
            "bits for nats",
        ),
        (
            """
a = np.log(model_a[range(len(weather)), weather]).mean()
b = np.log(model_b[range(len(weather)), weather]).mean()
better = "A" if a > b else "B"
gain = min(a, b) - max(a, b)
""",
            "lost sign of the gain",
        ),
        (
            """
truth = np.eye(model_a.shape[1])[weather]
a = np.mean(truth * np.log(model_a))
b = np.mean(truth * np.log(model_b))
better, gain = ("A", a - b) if a > b else ("B", b - a)
""",
            "mean over N*K",
        ),
        # all columns instead of one for each row
        (
            """
a = np.log(model_a[:, weather]).mean()
b = np.log(model_b[:, weather]).mean()
better, gain = ("A", a - b) if a > b else ("B", b - a)
""",
            "every outcome on every day",
        ),
        # the name is right, the number is the mean log-likelihood itself
        (
            """
a = np.log(model_a[range(len(weather)), weather]).mean()
b = np.log(model_b[range(len(weather)), weather]).mean()
better = "A" if a > b else "B"
gain = max(a, b)
""",
            "no difference",
        ),
        # always the choice of the visible data, with a number that is right for any choice
        (
            """
a = np.log(model_a[range(len(weather)), weather]).mean()
b = np.log(model_b[range(len(weather)), weather]).mean()
better, gain = "B", abs(a - b)
""",
            None,
        ),
        # a guess with the right number
        (
            """
a = np.log(model_a[range(len(weather)), weather]).mean()
b = np.log(model_b[range(len(weather)), weather]).mean()
better = "model_a" if a > b else "model_b"
gain = abs(a - b)
""",
            None,
        ),
        ("better, gain = 'B', 0.2277", None),
    ],
}
