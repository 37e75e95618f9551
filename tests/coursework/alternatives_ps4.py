"""Right solutions of problem set 4 in other styles: answer cells as students would hand them in."""

ALTERNATIVES = {
    "multi_label_loss": [
        """
import math

def multi_label_loss(y, p):
    costs = []
    for labels, probabilities in zip(y, p):
        for label, probability in zip(labels, probabilities):
            costs.append(-math.log(probability if label else 1 - probability))
    return sum(costs) / len(costs)
""",
        """
def multi_label_loss(y, p):
    happened = np.where(y > 0, p, 1 - p).astype(np.float32)
    return -np.log(happened).mean(axis=0).mean()
""",
        """
def multi_label_loss(y, p):
    z = np.log(p) - np.log1p(-p)
    return float(np.logaddexp(0, (1 - 2 * y) * z).sum() / y.size)
""",
    ],
    "categorical_cross_entropy": [
        """
import math

def categorical_cross_entropy(y, p):
    total = 0.0
    for truth, model in zip(y.tolist(), p.tolist()):
        for a, b in zip(truth, model):
            if a == 0:
                continue
            if b == 0:
                return math.inf
            total -= a * math.log(b)
    return total / len(y)
""",
        """
def categorical_cross_entropy(y, p):
    y, p = y.astype(np.float32), p.astype(np.float32)
    used = y > 0
    return -np.sum(y[used] * np.log(p[used])) / len(y)
""",
        """
def categorical_cross_entropy(y, p):
    losses = []
    for i in range(y.shape[0]):
        kinds = np.nonzero(y[i])[0]
        losses.append(float(np.dot(y[i, kinds], np.log(1 / p[i, kinds]))))
    return np.mean(losses)
""",
    ],
    "log_softmax": [
        """
import math

def log_softmax(z):
    if np.ndim(z) == 2:
        return [log_softmax(row) for row in z]
    top = max(z)
    total = top + math.log(sum(math.exp(score - top) for score in z))
    return [score - total for score in z]
""",
        """
def log_softmax(z):
    z = np.asarray(z, dtype=np.float32)
    return z - np.logaddexp.reduce(z, axis=-1, keepdims=True)
""",
        """
def log_softmax(z):
    # minus the log of the sum of the exponentials of all differences
    d = z[..., None, :] - z[..., :, None]
    top = d.max(axis=-1)
    return -(top + np.log(np.exp(d - top[..., None]).sum(axis=-1)))
""",
    ],
    "sigmoid_cross_entropy": [
        """
import math

def sigmoid_cross_entropy(y, z):
    total = 0.0
    for label, score in zip(y, z):
        wrong = -float(score) if label == 1 else float(score)
        if wrong > 0:
            total += wrong + math.log1p(math.exp(-wrong))
        else:
            total += math.log1p(math.exp(wrong))
    return total / len(y)
""",
        """
def sigmoid_cross_entropy(y, z):
    z = z.astype(np.float32)
    return np.mean(
        np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))
    )
""",
        """
def sigmoid_cross_entropy(y, z):
    return np.logaddexp(0, (1 - 2 * y) * z).mean()
""",
    ],
    "log_loss": [
        """
import math

def log_loss(y, p):
    total = 0.0
    for label, probability in zip(y, p):
        happened = probability if label == 1 else 1 - probability
        if happened == 0:
            return float("inf")
        total += -math.log(happened)
    return total / len(y)
""",
        """
def log_loss(y, p):
    p = p.astype(np.float32)
    return -(np.log(p[y == 1]).sum() + np.log1p(-p[y == 0]).sum()) / len(y)
""",
        """
def log_loss(y, p):
    cost = np.zeros(len(y))
    yes = y == 1
    cost[yes] = -np.log(p[yes])
    cost[~yes] = -np.log(1 - p[~yes])
    return cost.mean().item()
""",
    ],
    "clip": [
        """
import math

true_loss = clipped_loss = 0.0
for flood, probability in zip(y, p):
    clipped = min(max(probability, eps), 1 - eps)
    true_loss -= math.log(probability if flood else 1 - probability) / len(y)
    clipped_loss -= math.log(clipped if flood else 1 - clipped) / len(y)
ceiling = math.log(1 / eps)
""",
        """
happened = np.where(y == 1, p, 1 - p).astype(np.float32)
true_loss = -np.log(happened).mean()
q = np.minimum(np.maximum(p.astype(np.float32), np.float32(eps)), np.float32(1 - eps))
clipped_loss = -(y * np.log(q) + (1 - y) * np.log1p(-q)).mean()
ceiling = -np.log(np.float32(eps))
""",
        """
cost = -np.log(np.abs(p - (1 - y)))
true_loss = float(np.mean(cost))
q = p.copy()
q[q < eps] = eps
q[q > 1 - eps] = 1 - eps
costs = [-np.log(b) if a else -np.log(1 - b) for a, b in zip(y, q)]
clipped_loss = sum(costs) / len(costs)
ceiling = -float(np.log([eps])[0])
""",
    ],
    "which_loss": [
        """
import math

if all(sum(row) == 1 for row in y.tolist()):
    loss = "categorical"
    costs = []
    for labels, scores in zip(y.tolist(), z.tolist()):
        weights = [math.exp(score) for score in scores]
        costs.append(-math.log(weights[labels.index(1)] / sum(weights)))
else:
    loss = "binary"
    costs = []
    for label, score in zip(y.ravel(), z.ravel()):
        p = 1 / (1 + math.exp(-score))
        costs.append(-math.log(p) if label else -math.log(1 - p))
value = sum(costs) / len(costs)
""",
        """
s = np.asarray(z, dtype=np.float32)
exclusive = (y.sum(axis=-1) == 1).all() and set(np.unique(y)) <= {0, 1}
if exclusive:
    loss, value = "Categorical", -(s - np.logaddexp.reduce(s, axis=1)[:, None])[y == 1].mean()
else:
    loss, value = "Binary", np.logaddexp(0, np.where(y == 1, -s, s)).mean()
""",
        """
p = np.exp(z - z.max(axis=1, keepdims=True))
p = p / p.sum(axis=1, keepdims=True)
q = 1 / (1 + np.exp(-z))
losses = {
    "categorical": -np.sum(y * np.log(p)) / len(y),
    "binary": np.mean(-y * np.log(q) - (1 - y) * np.log(1 - q)),
}
loss = "binary" if np.any(y.sum(axis=1) != 1) else "categorical"
value = losses[loss]
""",
    ],
}
