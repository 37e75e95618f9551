"""Right answers to problem set 2 in other styles, each as the text of a student's cell."""

ALTERNATIVES = {
    "cross_entropy": [
        """
import math

def cross_entropy(p, q):
    if np.ndim(p) == 2:
        return [cross_entropy(a, b) for a, b in zip(p, q)]
    total = 0.0
    for a, b in zip(p, q):
        if a == 0:
            continue
        if b == 0:
            return math.inf
        total -= a * math.log(b)
    return total
""",
        """
def cross_entropy(p, q):
    with np.errstate(all="ignore"):
        return np.where(p == 0, 0, -p * np.log(q)).sum(-1)
""",
        """
def cross_entropy(p, q):
    p, q = p.astype(np.float32), q.astype(np.float32)
    bits = np.zeros_like(p)
    used = p > 0
    bits[used] = p[used] * np.log2(1 / q[used])
    return bits.sum(axis=-1) * np.float32(np.log(2))
""",
        # the floor plus the excess
        """
def cross_entropy(p, q):
    def one(p, q):
        p, q = p[p > 0], q[p > 0]
        return -(p * np.log(p)).sum() + (p * np.log(p / q)).sum()
    return one(p, q) if p.ndim == 1 else np.array([one(*pair) for pair in zip(p, q)])
""",
    ],
    "kl_divergence": [
        """
import math

def kl_divergence(p, q):
    if np.ndim(p) == 2:
        return [kl_divergence(a, b) for a, b in zip(p, q)]
    total = 0.0
    for a, b in zip(p, q):
        if a > 0:
            total += a * math.log(a / b) if b > 0 else math.inf
    return total
""",
        """
def kl_divergence(p, q):
    return np.nansum(p * np.log(p / q), axis=-1)
""",
        # cross-entropy minus entropy
        """
def kl_divergence(p, q):
    def minus_p_log(p, q):
        terms = np.zeros(p.shape)
        np.log(q, out=terms, where=p > 0)
        return -(p * terms).sum(axis=-1)
    return minus_p_log(p, q) - minus_p_log(p, p)
""",
        # every term at least 0, in single precision
        """
def kl_divergence(p, q):
    p, q = np.float32(p), np.float32(q)
    ratio = np.divide(q, p, out=np.ones_like(p), where=p > 0)
    terms = np.where(p > 0, p * (ratio - 1 - np.log(ratio)), 0)
    return (terms + (p == 0) * q).sum(axis=-1) if p.ndim == 1 else np.array(
        [(t + (a == 0) * b).sum() for t, a, b in zip(terms, p, q)]
    )
""",
    ],
    "last_year": [
        """
import math

total_then, total_now = sum(counts_last_year), sum(counts_this_year)
extra_bits = 0.0
for then, now in zip(counts_last_year, counts_this_year):
    if now:
        extra_bits += now / total_now * math.log2((now / total_now) / (then / total_then))
""",
        """
p = counts_this_year / counts_this_year.sum()
words = -np.log2(counts_last_year / counts_last_year.sum())
best_words = -np.log2(p, where=p > 0, out=np.zeros_like(p))
extra_bits = p @ words - p @ best_words
""",
        """
then = (counts_last_year / counts_last_year.sum()).astype(np.float32)
now = (counts_this_year / counts_this_year.sum()).astype(np.float32)
with np.errstate(all="ignore"):
    extra_bits = [np.nansum(now * np.log(now / then)) / np.log(2)]
""",
        # message by message
        """
messages = np.repeat(np.arange(len(counts_this_year)), counts_this_year)
then = counts_last_year / counts_last_year.sum()
now = counts_this_year / counts_this_year.sum()
extra_bits = float(np.mean(np.log2(now[messages]) - np.log2(then[messages])))
""",
    ],
    "js_divergence": [
        """
import math

def js_divergence(p, q):
    if np.ndim(p) == 2:
        return [js_divergence(a, b) for a, b in zip(p, q)]
    total = 0.0
    for a, b in zip(p, q):
        m = (a + b) / 2
        for share in (a, b):
            if share > 0:
                total += share * math.log(share / m) / 2
    return total
""",
        # the entropy of the mixture minus the mean of the entropies
        """
def js_divergence(p, q):
    def entropy(x):
        return -(x * np.log(np.where(x > 0, x, 1))).sum(axis=-1)
    return entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2
""",
        """
def js_divergence(p, q):
    p, q = p.astype(np.float32), q.astype(np.float32)
    m = (p + q) / 2
    with np.errstate(all="ignore"):
        bits = np.nansum(p * np.log2(p / m), -1) + np.nansum(q * np.log2(q / m), -1)
    return bits / 2 * np.float32(np.log(2))
""",
        # a square root squared
        """
def js_divergence(p, q):
    m = 0.5 * p + 0.5 * q
    eps = 1e-15
    left = (p * np.log((p + eps) / (m + eps))).sum(-1)
    right = (q * np.log((q + eps) / (m + eps))).sum(-1)
    return np.sqrt(np.maximum(left + right, 0) / 2) ** 2
""",
    ],
    "perplexity": [
        """
import math

def perplexity(p, q):
    if np.ndim(p) == 2:
        return [perplexity(a, b) for a, b in zip(p, q)]
    bits = 0.0
    for a, b in zip(p, q):
        if a > 0:
            bits += a * (-math.log2(b) if b > 0 else math.inf)
    return 2**bits
""",
        # one over the weighted geometric mean
        """
def perplexity(p, q):
    with np.errstate(all="ignore"):
        return 1 / np.prod(q**p, axis=-1)
""",
        """
def perplexity(p, q):
    p, q = np.float32(p), np.float32(q)
    with np.errstate(all="ignore"):
        return np.exp(-np.where(p > 0, p * np.log(q), 0).sum(-1))
""",
    ],
    "sample": [
        """
import math

total = 0.0
for letter in text:
    total += math.log(q[letter])
estimate = -total / len(text)
""",
        """
counts = np.bincount(text, minlength=len(q))
estimate = -(counts / counts.sum()) @ np.log(q)
""",
        """
one_hot = np.eye(len(q), dtype=np.float32)[text]
estimate = [-(one_hot * np.log(q.astype(np.float32))).sum(axis=1).mean()]
""",
        """
estimate = float(np.log(1 / np.take(q, text)).mean())
""",
    ],
    "nearer": [
        """
import math

def divergence(p, q):
    return sum(a * math.log(a / b) for a, b in zip(p, q))

forward_value, forward = min((divergence(p, q_A), "A"), (divergence(p, q_B), "B"))
reverse_value, reverse = min((divergence(q_A, p), "A"), (divergence(q_B, p), "B"))
""",
        """
q = np.stack([q_A, q_B]).astype(np.float32)
truth = p.astype(np.float32)
to_models = (truth * np.log(truth)).sum() - np.log(q) @ truth
from_models = (q * np.log(q)).sum(1) - q @ np.log(truth)
forward, forward_value = "ab"[to_models.argmin()], to_models.min()
reverse, reverse_value = "ab"[from_models.argmin()], from_models.min()
""",
        """
log = np.log
if np.sum(p * (log(q_B) - log(q_A))) > 0:
    forward, forward_value = "B", [np.sum(p * log(p / q_B))]
else:
    forward, forward_value = "A", [np.sum(p * log(p / q_A))]
values = {name: np.sum(q * log(q / p)) for name, q in (("A", q_A), ("B", q_B))}
reverse = np.array(["A", "B"])[int(values["B"] < values["A"])]
reverse_value = values[str(reverse)]
""",
    ],
}

# A probability of 0 becomes the same small number in both ways.
SMALL_NUMBERS = tuple(
    (f"clipped at {small}", f"{small} added in the logarithm")
    for small in ("1e-15", "1e-12", "1e-10", "1e-9", "1e-8", "1e-7", "1e-6")
)
AMBIGUOUS = dict.fromkeys(("cross_entropy", "kl_divergence", "perplexity"), SMALL_NUMBERS)
