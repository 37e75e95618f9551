"""Wrong answers to problem set 1 as students write them, each with the name of its mistake.

The name is None where the mistake has none: the answer earns nothing and the feedback says that it
is wrong.
"""

WRONG = {
    "surprisal": [
        # bits
        ("def surprisal(p):\n    return np.log2(1 / p)", "bits for nats"),
        # the sign forgotten
        ("surprisal = np.log", "lost minus sign"),
        # a loop that treats 0 as if it could not happen
        (
            """
def surprisal(p):
    out = np.zeros(p.shape)
    for index, x in np.ndenumerate(p):
        if x == 0:
            continue
        out[index] = -np.log(x)
    return out
""",
            "impossible outcomes skipped",
        ),
        # machine-learning habits
        (
            "def surprisal(p):\n    return -np.log(np.clip(p, 1e-7, 1 - 1e-7))",
            "clipped at 1e-7",
        ),
        ("def surprisal(p):\n    return -np.log(p + 1e-12)", "1e-12 added in the logarithm"),
        (
            "eps = 1e-15\ndef surprisal(p):\n    p = np.maximum(eps, p)\n    return -np.log(p)",
            "clipped at 1e-15",
        ),
        ("def surprisal(p):\n    return -np.log10(p)", "log10 for the natural logarithm"),
        ("def surprisal(p):\n    return -p * np.log(p)", "weighted by p, with 0 log 0"),
        ("def surprisal(p):\n    return -np.log1p(-p)", "surprise of the opposite"),
        # one number for all
        ("def surprisal(p):\n    return -np.log(p).sum()", None),
        # only vectors
        ("import math\ndef surprisal(p):\n    return [-math.log(x) for x in p]", None),
        # rounded, which the instructions forbid
        ("def surprisal(p):\n    return np.round(-np.log(p), 2)", None),
        # the visible answers typed in
        (
            """
def surprisal(p):
    if p.shape == (3, 2):
        return np.array([[1.38629436, 0.10536052], [4.60517019, 0.51082562],
                         [1.2039728, 0.35667494]])
    if p[0] == 1:
        return np.array([0, np.inf, 2.30258509])
    return np.array([0.05129329, 2.99573227, 0.69314718])
""",
            None,
        ),
    ],
    "entropy": [
        ("def entropy(p):\n    return (p * -np.log(p)).sum(axis=-1)", "0 log 0 is nan"),
        (
            """
def entropy(p):
    h = np.zeros(p.shape)
    np.log2(p, out=h, where=p != 0)
    return -np.sum(h * p, -1)
""",
            "bits for nats",
        ),
        (
            """
def entropy(p):
    h = 0
    for x in p.flatten():
        if x > 0:
            h -= x * np.log(x)
    return h
""",
            "all rows added",
        ),
        (
            """
def entropy(p):
    safe = np.where(p == 0, 1, p)
    return -np.mean(p * np.log(safe), axis=-1)
""",
            "mean over K",
        ),
        (
            """
def entropy(p):
    safe = np.where(p == 0, 1, p)
    return -np.sum(p * np.log(safe), axis=0)
""",
            "wrong axis",
        ),
        (
            "def entropy(p):\n    q = p.copy()\n    q[q == 0] = 1\n"
            "    return (p * np.log(q)).sum(-1)",
            "lost minus sign",
        ),
        ("def entropy(p):\n    return -np.sum(p * np.log(p))", "all rows added, with 0 log 0"),
        (
            """
def entropy(p):
    if p.ndim > 1:
        return np.array([entropy(row) for row in p])
    return 1 - sum(x ** 2 for x in p)
""",
            "squares for logarithms",
        ),
        (
            """
def entropy(p):
    if p.ndim > 1:
        return np.array([entropy(row) for row in p])
    p = p[p > 0]
    return np.exp(-p @ np.log(p))
""",
            "perplexity for entropy",
        ),
        # works for one distribution only
        ("def entropy(p):\n    p = p[p > 0]\n    return -np.dot(p, np.log(p))", "all rows added"),
        ("def entropy(p):\n    return -np.log(p.max(axis=-1))", "surprise of the likeliest"),
    ],
    "forecaster": [
        (
            """
total = 0
for chance, rain in zip(chance_of_rain, rained):
    total -= np.log(chance) if rain else np.log(1 - chance)
average_surprise = total / len(rained)
""",
            "nats for bits",
        ),
        ("average_surprise = -np.mean(np.log2(chance_of_rain))", "rain on every day"),
        (
            """
average_surprise = 0
for chance, rain in zip(chance_of_rain, rained):
    average_surprise += rain * np.log2(1 / chance) + (1 - rain) * np.log2(1 / (1 - chance))
""",
            "sum for mean",
        ),
        (
            """
what = chance_of_rain.copy()
what[rained == 0] = 1 - what[rained == 0]
average_surprise = -np.log2(what.mean())
""",
            "logarithm of the mean",
        ),
        ("average_surprise = np.mean(-rained * np.log2(chance_of_rain))", "dry days count nothing"),
        (
            "average_surprise = -np.log2(chance_of_rain[rained.astype(bool)]).mean()",
            "mean over the rainy days",
        ),
        (
            "q = np.where(rained, chance_of_rain, 1 - chance_of_rain)\n"
            "average_surprise = np.average(np.log2(q))",
            "lost minus sign",
        ),
        (
            "q = np.where(rained == 0, chance_of_rain, 1 - chance_of_rain)\n"
            "average_surprise = -np.average(np.log2(q))",
            "rained and dry exchanged",
        ),
        (
            "p = chance_of_rain\n"
            "average_surprise = -np.mean(p * np.log2(p) + (1 - p) * np.log2(1 - p))",
            "entropy of the forecasts",
        ),
        ("average_surprise = 0.5999144490943984", None),
    ],
    "kraft_sum": [
        (
            "def kraft_sum(lengths):\n    return sum(np.exp(-l) for l in lengths)",
            "base e for base 2",
        ),
        ("def kraft_sum(lengths):\n    return float(np.sum(2.0 ** lengths))", "positive exponent"),
        ("def kraft_sum(lengths):\n    return np.mean(2.0 ** -lengths)", "mean for sum"),
        (
            "def kraft_sum(lengths):\n    return np.sum(1 / lengths)",
            "one over the lengths",
        ),
        ("def kraft_sum(lengths):\n    return 0.5 ** np.sum(lengths)", "power of the sum"),
        ("def kraft_sum(lengths):\n    return 1 / 2 ** lengths", "no sum"),
        # the question warns of this one
        ("def kraft_sum(lengths):\n    return np.sum(2 ** -lengths)", None),
        ("def kraft_sum(lengths):\n    return sum(1 // 2 ** lengths)", None),
        ("def kraft_sum(lengths):\n    return (0.5 ** lengths).sum() <= 1", None),
        ("def kraft_sum(lengths):\n    return min(1, sum(0.5 ** lengths))", "cut off at 1"),
        (
            "def kraft_sum(lengths):\n    return sum({0.5 ** l for l in lengths})",
            "repeated lengths counted once",
        ),
    ],
    "expected_length": [
        ("def expected_length(p, lengths):\n    return np.mean(p * lengths, -1)", "mean over K"),
        (
            """
def expected_length(p, lengths):
    if p.ndim == 1:
        return lengths.mean()
    return [lengths.mean() for _ in p]
""",
            "lengths unweighted",
        ),
        ("def expected_length(p, lengths):\n    return p * lengths", "no sum"),
        ("def expected_length(p, lengths):\n    return np.sum(p * lengths)", "all rows added"),
        (
            "def expected_length(p, lengths):\n    return (p * lengths).mean()",
            "mean of all products",
        ),
        ("def expected_length(p, lengths):\n    return sum(p * lengths)", "wrong axis"),
        (
            """
def expected_length(p, lengths):
    safe = np.where(p > 0, p, 1)
    return -(p * np.log2(safe)).sum(axis=-1)
""",
            "entropy for the expected length",
        ),
        ("def expected_length(p, lengths):\n    return np.ceil(p @ lengths)", "rounded up"),
        # shapes do not fit for several languages
        ("def expected_length(p, lengths):\n    return lengths @ p", None),
        # letters of probability 0 taken for the end of the alphabet
        (
            "def expected_length(p, lengths):\n    return np.average(lengths, weights=p)",
            None,
        ),
    ],
    "optimal_length": [
        (
            "def optimal_length(p):\n    return np.sum(p * np.ceil(-np.log2(p)))",
            "Shannon's lengths for Huffman's",
        ),
        (
            "import math\ndef optimal_length(p):\n    return math.ceil(math.log2(len(p)))",
            "fixed length",
        ),
        ("def optimal_length(p):\n    return -np.sum(p * np.log2(p))", "surprisals not rounded"),
        (
            "def optimal_length(p):\n    return np.sum(p * np.log(1 / p))",
            "natural logarithm for bits",
        ),
        (
            "def optimal_length(p):\n    return float(p @ np.round(np.log2(1 / p)))",
            "rounding, even to 0 digits",
        ),
        (
            "def optimal_length(p):\n    return float(p @ np.floor(np.log2(1 / p)))",
            "rounding down, even to 0 digits",
        ),
        (
            """
import heapq
def optimal_length(p):
    heap = [-x for x in p]
    heapq.heapify(heap)
    total = 0
    while len(heap) > 1:
        both = heapq.heappop(heap) + heapq.heappop(heap)
        total -= both
        heapq.heappush(heap, both)
    return total
""",
            "largest groups joined",
        ),
        (
            """
def optimal_length(p):
    p = sorted(p)
    total, group = 0, p[0]
    for x in p[1:]:
        group = group + x
        total += group
    return total
""",
            "sorted only once",
        ),
        # 1, 2, 3, ... digits, the commonest first
        (
            """
def optimal_length(p):
    p = np.sort(p)[::-1]
    lengths = np.arange(1, len(p) + 1)
    lengths[-1] -= 1
    return p @ lengths
""",
            "sorted only once",
        ),
        # the number of symbols in the joined group, and no probability
        (
            """
def optimal_length(p):
    total = 0
    while len(p) > 1:
        p = np.sort(p)
        p = np.append(p[2:], p[0] + p[1])
        total += 1
    return total
""",
            None,
        ),
        # the last join is missing
        (
            """
def optimal_length(p):
    groups, total = sorted(p), 0
    while len(groups) > 2:
        new = groups.pop(0) + groups.pop(0)
        total += new
        groups = sorted(groups + [new])
    return total
""",
            None,
        ),
    ],
    "tables": [
        (
            """
cost_A = (p * lengths_A).sum()
cost_B = (p * lengths_B).sum()
cost_C = (p * lengths_C).sum()
ranking = sorted([(cost_A, "A"), (cost_B, "B"), (cost_C, "C")])
best = ranking[0][1]
saved = ranking[1][0] - ranking[0][0]
""",
            "a table that no readable code has",
        ),
        (
            """
usable = {}
for name, table in [("A", lengths_A), ("B", lengths_B), ("C", lengths_C)]:
    if sum(2.0 ** -table) <= 1:
        usable[name] = np.mean(table)
best, other = sorted(usable, key=usable.get)
saved = usable[other] - usable[best]
""",
            "unweighted mean",
        ),
        (
            """
usable = {}
for name, table in [("A", lengths_A), ("B", lengths_B), ("C", lengths_C)]:
    if sum(2.0 ** -table) <= 1:
        usable[name] = p @ table
best = max(usable, key=usable.get)
saved = max(usable.values()) - min(usable.values())
""",
            "the longer table",
        ),
        (
            """
usable = {}
for name, table in [("A", lengths_A), ("B", lengths_B), ("C", lengths_C)]:
    if sum(2.0 ** -table) <= 1:
        usable[name] = p @ table
best = min(usable, key=usable.get)
saved = min(usable.values()) - max(usable.values())
""",
            "sign of the saving",
        ),
        (
            """
usable = {}
for name, table in [("A", lengths_A), ("B", lengths_B), ("C", lengths_C)]:
    if sum(2.0 ** -table) <= 1:
        usable[name] = p @ table
best = min(usable, key=usable.get)
saved = usable[best] + p @ np.log2(p)
""",
            "distance to the entropy",
        ),
        # the letter is right, the number typed
        (
            """
usable = {}
for name, table in [("A", lengths_A), ("B", lengths_B), ("C", lengths_C)]:
    if sum(2.0 ** -table) <= 1:
        usable[name] = p @ table
best = min(usable, key=usable.get)
saved = 0.15
""",
            None,
        ),
        # the number is right, the letter that of the visible data
        (
            """
costs = [p @ t for t in (lengths_A, lengths_B, lengths_C) if (0.5 ** t).sum() <= 1]
best = "D"
saved = abs(costs[0] - costs[1])
""",
            None,
        ),
        ("best, saved = 'C', 0.15", None),
        # always the choice of the visible data, with a number that is right for any choice
        (
            """
costs = [p @ t for t in (lengths_A, lengths_B, lengths_C) if (0.5 ** t).sum() <= 1]
best = "C"
saved = abs(costs[0] - costs[1])
""",
            None,
        ),
        # the whole cost, not the saving
        (
            """
costs = {}
for name in "ABC":
    lengths = globals()["lengths_" + name]
    if (0.5 ** lengths).sum() <= 1:
        costs[name] = (p * lengths).sum()
best = min(costs, key=costs.get)
saved = costs[best]
""",
            "cost for the saving",
        ),
    ],
}
