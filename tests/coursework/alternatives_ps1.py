"""Right answers to problem set 1 in other styles, each as the text of a student's cell."""

ALTERNATIVES = {
    "surprisal": [
        # a loop over every entry, with math
        """
import math

def surprisal(p):
    result = np.empty(p.shape)
    for index, probability in np.ndenumerate(p):
        result[index] = math.inf if probability == 0 else -math.log(probability)
    return result
""",
        # nested lists of Python floats
        """
from math import inf, log

def surprisal(p):
    if np.ndim(p) == 0:
        return inf if p == 0 else -log(float(p))
    return [surprisal(part) for part in p]
""",
        # one over p, from bits, in single precision
        """
def surprisal(p):
    p = p.astype(np.float32)
    odds = np.full_like(p, np.inf)
    odds[p > 0] = 1 / p[p > 0]
    return np.log2(odds) * np.float32(np.log(2))
""",
        # NumPy's own warnings, and a minus zero for a certain outcome
        """
def surprisal(p):
    return -np.log(p)
""",
    ],
    "entropy": [
        """
import math

def entropy(p):
    p = np.asarray(p)
    if p.ndim == 2:
        return [entropy(row) for row in p]
    total = 0.0
    for probability in p:
        if probability > 0:
            total -= probability * math.log(probability)
    return total
""",
        """
def entropy(p):
    with np.errstate(all="ignore"):
        terms = p * np.log(1 / p)
    return np.nan_to_num(terms).sum(-1)
""",
        """
def entropy(p):
    p = np.asarray(p, dtype=np.float32)
    bits = np.zeros_like(p)
    np.log2(p, out=bits, where=p > 0)
    return -np.einsum("...k,...k->...", p, bits) / np.log2(np.e).astype(np.float32)
""",
        # a small number inside the logarithm does no harm here: p weighs it
        """
def entropy(p):
    return np.apply_along_axis(lambda row: -np.sum(row * np.log(row + 1e-12)), -1, p)
""",
    ],
    "forecaster": [
        """
import math

total = 0
for chance, rain in zip(chance_of_rain, rained):
    total += math.log2(chance) if rain else math.log2(1 - chance)
average_surprise = -total / len(rained)
""",
        """
losses = rained * np.log(chance_of_rain) + (1 - rained) * np.log(1 - chance_of_rain)
average_surprise = -np.mean(losses) / np.log(2)
""",
        """
happened = np.abs(1 - rained - chance_of_rain).astype(np.float32)
average_surprise = float(np.log2(1 / happened).sum()) / happened.size
""",
        # an array of one number
        """
both = np.stack([1 - chance_of_rain, chance_of_rain])
chosen = both[rained, np.arange(len(rained))]
average_surprise = [-np.log2(chosen.prod()) / len(chosen)]
""",
    ],
    "kraft_sum": [
        """
from fractions import Fraction

def kraft_sum(lengths):
    return float(sum(Fraction(1, 2 ** int(length)) for length in lengths))
""",
        """
def kraft_sum(lengths):
    total = 0
    for length in lengths:
        total += 1 / 2**length
    return total
""",
        """
def kraft_sum(lengths):
    return np.exp2(-np.asarray(lengths, dtype=np.float32)).sum()
""",
        """
def kraft_sum(lengths):
    longest = max(lengths)
    return sum(1 << int(longest - length) for length in lengths) / (1 << int(longest))
""",
    ],
    "expected_length": [
        """
def expected_length(p, lengths):
    return p @ lengths
""",
        """
def expected_length(p, lengths):
    if p.ndim == 1:
        return sum(float(share) * int(length) for share, length in zip(p, lengths))
    return [expected_length(row, lengths) for row in p]
""",
        """
def expected_length(p, lengths):
    return np.average(
        np.broadcast_to(lengths, p.shape).astype(np.float32), weights=p.astype(np.float32), axis=-1
    )
""",
        # a running sum over the digits: a letter costs one for each digit that its word has
        """
def expected_length(p, lengths):
    digits = np.arange(max(lengths))
    return (p[..., None] * (digits < lengths[:, None])).sum(axis=(-2, -1))
""",
    ],
    "optimal_length": [
        """
import heapq

def optimal_length(p):
    heap = [(float(share), k, [k]) for k, share in enumerate(p)]
    heapq.heapify(heap)
    lengths = [0] * len(p)
    tie = len(p)
    while len(heap) > 1:
        a, _, first = heapq.heappop(heap)
        b, _, second = heapq.heappop(heap)
        for k in first + second:
            lengths[k] += 1
        heapq.heappush(heap, (a + b, tie, first + second))
        tie += 1
    return sum(share * length for share, length in zip(p, lengths))
""",
        # real words in a dict
        """
def optimal_length(p):
    words = {(k,): "" for k in range(len(p))}
    groups = {(k,): share for k, share in enumerate(p)}
    word = [""] * len(p)
    while len(groups) > 1:
        (one, x), (two, y) = sorted(groups.items(), key=lambda item: item[1])[:2]
        for k in one:
            word[k] = "0" + word[k]
        for k in two:
            word[k] = "1" + word[k]
        del groups[one], groups[two]
        groups[one + two] = x + y
    return np.dot(p, [len(w) for w in word])
""",
        # recursion in single precision
        """
def optimal_length(p):
    p = np.sort(np.asarray(p, dtype=np.float32))
    if len(p) == 1:
        return np.float32(0)
    joined = p[0] + p[1]
    return joined + optimal_length(np.append(p[2:], joined))
""",
        # try all sorted lengths with a Kraft sum of 1: a full tree, longest words for the rarest
        """
def optimal_length(p):
    p = sorted(p, reverse=True)

    def least(k, depth, free):
        # `free` places are open at `depth`, letters k... are still to be placed
        if k == len(p):
            return 0 if free == 0 else float("inf")
        if free == 0 or free > len(p) - k:
            return float("inf")
        return min(
            sum(p[k : k + leaves]) * depth + least(k + leaves, depth + 1, 2 * (free - leaves))
            for leaves in range(free + 1)
            if k + leaves <= len(p)
        )

    return least(0, 1, 2)
""",
    ],
    "tables": [
        """
usable = {}
for name, lengths in [("A", lengths_A), ("B", lengths_B), ("C", lengths_C)]:
    if sum(2.0 ** -int(length) for length in lengths) <= 1:
        usable[name] = float(np.dot(p, lengths))
(cheap, best), (dear, other) = sorted((cost, name) for name, cost in usable.items())
saved = dear - cheap
""",
        """
table = np.stack([lengths_A, lengths_B, lengths_C]).astype(np.float32)
cost = table @ p.astype(np.float32)
cost[np.exp2(-table).sum(axis=1) > 1] = np.inf
order = np.argsort(cost)
best = "abc"[order[0]]
saved = np.diff(cost[order])[0]
""",
        # the name as a NumPy string
        """
names = np.array(["A", "B", "C"])
rows = np.array([lengths_A, lengths_B, lengths_C])
fits = (1 / 2**rows).sum(1) < 1.0000001
costs = (p * rows).sum(1)
best = names[fits][costs[fits].argmin()]
saved = np.ptp(costs[fits])
""",
    ],
}

# A probability of 0 becomes the same small number in both ways.
SMALL_NUMBERS = tuple(
    (f"clipped at {small}", f"{small} added in the logarithm")
    for small in ("1e-15", "1e-12", "1e-10", "1e-9", "1e-8", "1e-7", "1e-6")
)
AMBIGUOUS = {"surprisal": SMALL_NUMBERS}
