"""Wrong answers to problem set 2 as students write them, each with the name of its mistake.

The name is None where the mistake has none: the answer earns nothing and the feedback says that it
is wrong.
"""

WRONG = {
    "cross_entropy": [
        (
            "def cross_entropy(p, q):\n    return -np.sum(p * np.log(q), axis=-1)",
            "0 log 0 is nan",
        ),
        (
            """
def cross_entropy(p, q):
    eps = 1e-12
    return -np.sum(p * np.log(q + eps), axis=-1)
""",
            "1e-12 added in the logarithm",
        ),
        (
            """
def cross_entropy(p, q):
    q = np.clip(q, 1e-15, 1)
    return -np.sum(p * np.log(q), axis=-1)
""",
            "clipped at 1e-15",
        ),
        (
            """
def cross_entropy(p, q):
    p, q = q, p
    with np.errstate(all="ignore"):
        return -np.where(p > 0, p * np.log(q), 0).sum(axis=-1)
""",
            "swapped arguments",
        ),
        (
            """
def cross_entropy(p, q):
    if p.ndim == 2:
        return np.array([cross_entropy(a, b) for a, b in zip(p, q)])
    h = 0.0
    for a, b in zip(p, q):
        if a > 0:
            h -= a * np.log2(b)
    return h
""",
            "bits for nats",
        ),
        (
            """
def cross_entropy(p, q):
    with np.errstate(all="ignore"):
        return -np.where(p > 0, p * np.log(q), 0).mean(axis=-1)
""",
            "mean over K",
        ),
        # all outcomes that somebody holds to be impossible are left out
        (
            """
def cross_entropy(p, q):
    both = (p > 0) & (q > 0)
    safe = np.where(both, q, 1)
    return -np.sum(p * np.log(safe), axis=-1)
""",
            "terms with model probability 0 left out",
        ),
        (
            "def cross_entropy(p, q):\n    return -np.nansum(p * np.log(q), axis=0)",
            "wrong axis",
        ),
        (
            "def cross_entropy(p, q):\n    return -np.nansum(p * np.log(q))",
            "all rows added",
        ),
        (
            "def cross_entropy(p, q):\n    return np.nansum(p * np.log(p / q), axis=-1)",
            "KL divergence for cross-entropy",
        ),
        # an infinity replaced by a large number
        (
            "def cross_entropy(p, q):\n    return -np.sum(p * np.nan_to_num(np.log(q)), axis=-1)",
            None,
        ),
    ],
    "kl_divergence": [
        (
            "def kl_divergence(p, q):\n    return (p * (np.log(p) - np.log(q))).sum(-1)",
            "0 log 0 is nan",
        ),
        (
            "def kl_divergence(p, q):\n    return np.nansum(q * np.log(q / p), axis=-1)",
            "swapped arguments",
        ),
        (
            "def kl_divergence(p, q):\n    return -np.nansum(p * np.log(q), axis=-1)",
            "cross-entropy for KL divergence",
        ),
        (
            "def kl_divergence(p, q):\n    return np.nansum(p * np.log(q / p), axis=-1)",
            "ratio upside down",
        ),
        (
            """
def kl_divergence(p, q):
    eps = 1e-10
    p = np.clip(p, eps, 1)
    q = np.clip(q, eps, 1)
    return np.sum(p * np.log(p / q), axis=-1)
""",
            "clipped at 1e-10",
        ),
        (
            """
def kl_divergence(p, q):
    return np.sum(p * np.log((p + 1e-8) / (q + 1e-8)), axis=-1)
""",
            "1e-8 added in the logarithm",
        ),
        (
            """
def entropy_of(d):
    return -np.nansum(d * np.log(d), axis=-1)

def kl_divergence(p, q):
    return entropy_of(q) - entropy_of(p)
""",
            "entropy difference",
        ),
        (
            """
def kl_divergence(p, q):
    safe_p, safe_q = np.where(p > 0, p, 1), np.where(q > 0, q, 1)
    return (p * np.log(safe_p / safe_q)).sum(axis=-1)
""",
            None,  # in that term, p log p stays
        ),
        (
            """
def kl_divergence(p, q):
    both = (p > 0) & (q > 0)
    ratio = np.divide(p, q, out=np.ones_like(p), where=both)
    return (p * np.log(ratio)).sum(axis=-1)
""",
            "terms with model probability 0 left out",
        ),
        (
            "def kl_divergence(p, q):\n    return np.nansum(p * np.log2(p / q), axis=-1)",
            "bits for nats",
        ),
        (
            "def kl_divergence(p, q):\n"
            "    return np.nansum(p * np.log(p / q), -1) + np.nansum(q * np.log(q / p), -1)",
            "Jeffreys divergence",
        ),
        (
            "def kl_divergence(p, q):\n    return np.nansum(p * np.log(p / q))",
            "all rows added",
        ),
    ],
    "last_year": [
        (
            """
a = counts_this_year / sum(counts_this_year)
b = counts_last_year / sum(counts_last_year)
extra_bits = 0
for x, y in zip(a, b):
    if x > 0:
        extra_bits += x * np.log(x / y)
""",
            "nats for bits",
        ),
        (
            """
new = counts_this_year / counts_this_year.sum()
old = counts_last_year / counts_last_year.sum()
extra_bits = np.sum(new * np.log2(new / old))
""",
            "0 log 0 is nan",
        ),
        (
            """
new = counts_this_year / counts_this_year.sum()
old = counts_last_year / counts_last_year.sum()
extra_bits = -np.sum(new * np.log2(old))
""",
            "cost of the old code",
        ),
        (
            """
new = counts_this_year / counts_this_year.sum()
extra_bits = np.nansum(new * np.log2(counts_this_year / counts_last_year))
""",
            "ratio of the counts",
        ),
        (
            """
new = counts_this_year / counts_this_year.sum()
old = counts_last_year / counts_last_year.sum()
extra_bits = np.nansum(counts_this_year * np.log2(new / old))
""",
            "all messages for one",
        ),
        # last year's shares weigh; a topic that did not come up makes it infinite
        (
            """
p = counts_last_year / counts_last_year.sum()
q = counts_this_year / counts_this_year.sum()
extra_bits = np.sum(p * np.log2(p / q))
""",
            "swapped arguments",
        ),
        (
            """
def H(c):
    s = c[c > 0] / c.sum()
    return -(s * np.log2(s)).sum()
extra_bits = abs(H(counts_last_year) - H(counts_this_year))
""",
            "each year with its own code",
        ),
        # 1 added to all counts
        (
            """
p = (counts_this_year + 1) / (counts_this_year + 1).sum()
q = (counts_last_year + 1) / (counts_last_year + 1).sum()
extra_bits = (p * np.log2(p / q)).sum()
""",
            "1 added to every count",
        ),
        ("extra_bits = 1.2457", None),
        # whole digits, though the question says "not rounded"
        (
            """
p = counts_this_year / counts_this_year.sum()
q = counts_last_year / counts_last_year.sum()
u = p > 0
extra_bits = p @ np.ceil(-np.log2(q)) - p[u] @ np.ceil(-np.log2(p[u]))
""",
            "lengths rounded up",
        ),
    ],
    "js_divergence": [
        (
            """
def D(a, b):
    return np.nansum(a * np.log(a / b), axis=-1)

def js_divergence(p, q):
    return (D(p, q) + D(q, p)) / 2
""",
            "half of Jeffreys for Jensen-Shannon",
        ),
        (
            """
def D(a, b):
    return np.nansum(a * np.log(a / b), axis=-1)

def js_divergence(p, q):
    m = 0.5 * (p + q)
    return D(p, m) + D(q, m)
""",
            "without the halves",
        ),
        (
            """
def D(a, b):
    return np.nansum(a * np.log(a / b), axis=-1)

def js_divergence(p, q):
    m = p + q
    return D(p, m) / 2 + D(q, m) / 2
""",
            "middle not halved",
        ),
        (
            """
def D(a, b):
    return np.nansum(a * np.log(a / b), axis=-1)

def js_divergence(p, q):
    m = (p + q) / 2
    return np.sqrt(0.5 * D(p, m) + 0.5 * D(q, m))
""",
            "square root",
        ),
        (
            """
def js_divergence(p, q):
    m = (p + q) / 2
    return 0.5 * np.sum(p * np.log(p / m), axis=-1) + 0.5 * np.sum(q * np.log(q / m), axis=-1)
""",
            "0 log 0 is nan",
        ),
        (
            """
def js_divergence(p, q):
    m = (p + q) / 2
    return 0.5 * np.nansum(p * np.log2(p / m), axis=-1) + 0.5 * np.nansum(
        q * np.log2(q / m), axis=-1
    )
""",
            "bits for nats",
        ),
        (
            """
def js_divergence(p, q):
    m = (p + q) / 2
    return 0.5 * np.nansum(m * np.log(m / p), axis=-1) + 0.5 * np.nansum(
        m * np.log(m / q), axis=-1
    )
""",
            "direction to the middle reversed",
        ),
        (
            """
def js_divergence(p, q):
    m = (p + q) / 2
    return 0.5 * np.nansum(p * np.log(p / m) + q * np.log(q / m))
""",
            None,  # what is nan in one paper is lost in the other
        ),
        (
            """
def js_divergence(p, q):
    m = (p + q) / 2
    return 0.5 * (np.nansum(p * np.log(p / m)) + np.nansum(q * np.log(q / m)))
""",
            "all rows added",
        ),
        (
            """
def js_divergence(p, q):
    m = (p + q) / 2
    return np.nansum(p * np.log(p / m), axis=-1)
""",
            "one half only",
        ),
        # the geometric middle
        (
            """
def js_divergence(p, q):
    m = np.sqrt(p * q)
    m = m / m.sum(axis=-1, keepdims=True)
    return 0.5 * np.nansum(p * np.log(p / m), axis=-1) + 0.5 * np.nansum(
        q * np.log(q / m), axis=-1
    )
""",
            None,
        ),
    ],
    "perplexity": [
        (
            """
def perplexity(p, q):
    with np.errstate(all="ignore"):
        return 2 ** -np.where(p > 0, p * np.log(q), 0).sum(axis=-1)
""",
            "2 to the power of nats",
        ),
        (
            """
def perplexity(p, q):
    with np.errstate(all="ignore"):
        return np.exp(-np.where(p > 0, p * np.log2(q), 0).sum(axis=-1))
""",
            "e to the power of bits",
        ),
        (
            "def perplexity(p, q):\n    return np.exp(-np.sum(p * np.log(q), axis=-1))",
            "0 log 0 is nan",
        ),
        (
            "def perplexity(p, q):\n    return np.exp(-np.nansum(p * np.log(p), axis=-1))",
            "perplexity of the entropy",
        ),
        (
            "def perplexity(p, q):\n    return np.exp(np.nansum(p * np.log(p / q), axis=-1))",
            "perplexity of the KL divergence",
        ),
        (
            """
def perplexity(p, q):
    if p.ndim > 1:
        return np.array([perplexity(*rows) for rows in zip(p, q)])
    return np.prod(q[p > 0] ** p[p > 0])
""",
            "lost minus sign",
        ),
        (
            """
def perplexity(p, q):
    if p.ndim > 1:
        return np.array([perplexity(*rows) for rows in zip(p, q)])
    return -np.sum(p[p > 0] * np.log(q[p > 0]))
""",
            "cross-entropy for perplexity",
        ),
        (
            """
def perplexity(p, q):
    return np.exp(-np.sum(p * np.log(np.clip(q, 1e-12, None)), axis=-1))
""",
            "clipped at 1e-12",
        ),
        (
            """
def perplexity(p, q):
    return np.exp(-np.sum(p * np.log(q + 1e-9), axis=-1))
""",
            "1e-9 added in the logarithm",
        ),
        (
            """
def perplexity(p, q):
    safe = np.where((p > 0) & (q > 0), q, 1)
    return np.exp(-np.sum(p * np.log(safe), axis=-1))
""",
            "terms with model probability 0 left out",
        ),
        (
            """
def perplexity(p, q):
    with np.errstate(all="ignore"):
        return np.exp(-np.where(p > 0, p * np.log(q), 0).mean(axis=-1))
""",
            "mean over K",
        ),
        # the harmonic mean of q, weighted with p
        (
            """
def perplexity(p, q):
    with np.errstate(all="ignore"):
        return np.where(p > 0, p / q, 0).sum(axis=-1)
""",
            None,
        ),
    ],
    "sample": [
        (
            """
estimate = 0
for letter in text:
    estimate -= np.log(q[letter])
""",
            "sum for mean",
        ),
        ("estimate = np.mean(-np.log2(q[text]))", "bits for nats"),
        ("estimate = np.mean(np.log(q[text]))", "lost minus sign"),
        ("estimate = -np.mean(np.log(q[text - 1]))", "labels counted from 1"),
        ("estimate = -np.log(np.mean(q[text]))", "logarithm of the mean"),
        ("estimate = -np.log(q).mean()", "all letters of the model"),
        (
            """
shares = np.bincount(text, minlength=len(q)) / len(text)
shares = shares[shares > 0]
estimate = -(shares * np.log(shares)).sum()
""",
            "entropy of the sample",
        ),
        ("estimate = -np.sum(q * np.log(q))", "entropy of the model"),
        (
            "letters = set(text)\nestimate = -sum(np.log(q[l]) for l in letters) / len(letters)",
            "repeats left out",
        ),
        ("estimate = np.exp(-np.log(q[text]).mean())", "perplexity for cross-entropy"),
        ("estimate = -np.log(q[text])", "no mean"),
        ("estimate = np.prod(q[text])", "likelihood for its logarithm"),
        ("estimate = 1.5402765", None),
    ],
    "nearer": [
        (
            """
def kl(a, b):
    return np.sum(a * np.log(a / b))

fA, fB = kl(q_A, p), kl(q_B, p)
rA, rB = kl(p, q_A), kl(p, q_B)
forward, forward_value = ("A", fA) if fA < fB else ("B", fB)
reverse, reverse_value = ("A", rA) if rA < rB else ("B", rB)
""",
            "directions exchanged",
        ),
        (
            """
def kl(a, b):
    return np.sum(a * np.log(a / b))

forward = "A" if kl(p, q_A) < kl(p, q_B) else "B"
forward_value = min(kl(p, q_A), kl(p, q_B))
reverse, reverse_value = forward, forward_value
""",
            "forward in both directions",
        ),
        (
            """
def kl(a, b):
    return np.sum(a * np.log2(a / b))

forward = "A" if kl(p, q_A) < kl(p, q_B) else "B"
forward_value = min(kl(p, q_A), kl(p, q_B))
reverse = "A" if kl(q_A, p) < kl(q_B, p) else "B"
reverse_value = min(kl(q_A, p), kl(q_B, p))
""",
            "bits for nats",
        ),
        (
            """
def kl(a, b):
    return np.sum(a * np.log(a / b))

forward = "A" if kl(p, q_A) > kl(p, q_B) else "B"
forward_value = max(kl(p, q_A), kl(p, q_B))
reverse = "A" if kl(q_A, p) > kl(q_B, p) else "B"
reverse_value = max(kl(q_A, p), kl(q_B, p))
""",
            "the farther model",
        ),
        (
            """
def h(a, b):
    return -np.sum(a * np.log(b))

forward = "A" if h(p, q_A) < h(p, q_B) else "B"
forward_value = min(h(p, q_A), h(p, q_B))
reverse = "A" if h(q_A, p) < h(q_B, p) else "B"
reverse_value = min(h(q_A, p), h(q_B, p))
""",
            "cross-entropy for KL divergence",
        ),
        (
            """
def kl(a, b):
    return np.sum(a * np.log(a / b))

forward = "B" if kl(p, q_A) < kl(p, q_B) else "A"
forward_value = min(kl(p, q_A), kl(p, q_B))
reverse = "B" if kl(q_A, p) < kl(q_B, p) else "A"
reverse_value = min(kl(q_A, p), kl(q_B, p))
""",
            "names turned round",
        ),
        # upside down, and then the smaller of two negative numbers
        (
            """
def kl(a, b):
    return np.sum(a * np.log(b / a))

forward = "A" if kl(p, q_A) < kl(p, q_B) else "B"
forward_value = min(kl(p, q_A), kl(p, q_B))
reverse = "A" if kl(q_A, p) < kl(q_B, p) else "B"
reverse_value = min(kl(q_A, p), kl(q_B, p))
""",
            "ratio upside down",
        ),
        # letters right, values typed
        (
            """
def kl(a, b):
    return np.sum(a * np.log(a / b))

forward = "A" if kl(p, q_A) < kl(p, q_B) else "B"
forward_value = 0.6
reverse = "A" if kl(q_A, p) < kl(q_B, p) else "B"
reverse_value = 0.4
""",
            None,
        ),
        # values right, letters guessed
        (
            """
def kl(a, b):
    return np.sum(a * np.log(a / b))

forward, forward_value = "B", min(kl(p, q_A), kl(p, q_B))
reverse, reverse_value = "C", min(kl(q_A, p), kl(q_B, p))
""",
            None,
        ),
        # the model itself for its name
        (
            """
def kl(a, b):
    return np.sum(a * np.log(a / b))

forward, forward_value = min([(q_A, kl(p, q_A)), (q_B, kl(p, q_B))], key=lambda x: x[1])
reverse, reverse_value = min([(q_A, kl(q_A, p)), (q_B, kl(q_B, p))], key=lambda x: x[1])
""",
            None,
        ),
        # a mean for the sum
        (
            """
def kl(a, b):
    return np.mean(a * np.log(a / b))

forward = "A" if kl(p, q_A) < kl(p, q_B) else "B"
forward_value = min(kl(p, q_A), kl(p, q_B))
reverse = "A" if kl(q_A, p) < kl(q_B, p) else "B"
reverse_value = min(kl(q_A, p), kl(q_B, p))
""",
            "mean over K",
        ),
    ],
}
