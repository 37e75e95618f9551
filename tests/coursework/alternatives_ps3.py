"""Right solutions of problem set 3 in other styles: answer cells as students would hand them in."""

ALTERNATIVES = {
    "negative_log_likelihood": [
        '''
import math

def negative_log_likelihood(y, p):
    """Return minus the log of the probability of the whole record, in nats."""
    total = 0.0
    for label, probability in zip(y, p):
        if label:
            total -= math.log(probability)
        else:
            total -= math.log(1.0 - probability)
    return total
''',
        """
def negative_log_likelihood(y, p):
    product = 1.0
    for i in range(len(y)):
        product *= p[i] ** y[i] * (1 - p[i]) ** (1 - y[i])
    return -np.log(product)
""",
        """
def negative_log_likelihood(y, p):
    p = np.array(p, dtype=np.float32)
    return -np.log(p[y == 1]).sum() - np.log1p(-p[y == 0]).sum()
""",
    ],
    "binary_cross_entropy": [
        """
from math import log

def binary_cross_entropy(y, p):
    costs = [-a * log(b) - (1 - a) * log(1 - b) for a, b in zip(y.tolist(), p.tolist())]
    return sum(costs) / len(costs)
""",
        """
def binary_cross_entropy(y, p):
    truth = np.stack([1 - y, y], axis=1).astype("float32")
    model = np.stack([1 - p, p], axis=1).astype("float32")
    return -np.einsum("ik,ik->", truth, np.log(model)) / len(y)
""",
        """
def binary_cross_entropy(y, p):
    log_odds = np.log(p / (1 - p))
    return [np.mean(-np.log(1 - p) - y * log_odds)][0].item()
""",
    ],
    "softmax": [
        """
import math

def softmax(z):
    if np.ndim(z) == 2:
        return [softmax(row) for row in z]
    weights = [math.exp(score) for score in z]
    return [weight / sum(weights) for weight in weights]
""",
        """
def softmax(z):
    z = np.asarray(z, dtype=np.float32)
    z = z - np.max(z, axis=-1, keepdims=True)
    e = np.exp(z)
    return (e.T / e.sum(axis=-1)).T
""",
        """
def softmax(z):
    differences = z[..., None, :] - z[..., :, None]
    return 1 / np.exp(differences).sum(axis=-1)
""",
    ],
    "softmax_cross_entropy": [
        """
import math

def softmax_cross_entropy(y, z):
    total = 0
    for word, scores in zip(y, z):
        weights = [math.exp(s) for s in scores]
        total += -math.log(weights[word] / sum(weights))
    return total / len(y)
""",
        """
def softmax_cross_entropy(y, z):
    z = z.astype(np.float32)
    p = softmax(z)
    one_hot = np.eye(z.shape[1], dtype=np.float32)[y]
    return -(one_hot * np.log(p)).sum() / len(z)

def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
""",
        """
def softmax_cross_entropy(y, z):
    right = np.take_along_axis(z, y[:, None], axis=1)
    return float(np.logaddexp.reduce(z - right, axis=1).mean())
""",
    ],
    "softmax_gradient": [
        """
import math

def softmax_gradient(y, z):
    gradient = []
    for word, scores in zip(y, z):
        weights = [math.exp(s) for s in scores]
        row = [weight / sum(weights) for weight in weights]
        row[word] -= 1
        gradient.append([entry / len(y) for entry in row])
    return gradient
""",
        """
def softmax_gradient(y, z):
    z = z.astype(np.float32)
    p = np.exp(z) / np.exp(z).sum(axis=1)[:, None]
    return np.mean([1 / len(y)]) * (p - (y[:, None] == np.arange(z.shape[1])))
""",
        """
def softmax_gradient(y, z):
    # by the chain rule: the Jacobian of each row times the derivative of -log
    N, K = z.shape
    gradient = np.zeros((N, K))
    for i in range(N):
        p = np.exp(z[i] - z[i].max())
        p /= p.sum()
        jacobian = np.diag(p) - np.outer(p, p)
        by_probability = np.zeros(K)
        by_probability[y[i]] = -1 / p[y[i]]
        gradient[i] = jacobian.T @ by_probability / N
    return gradient
""",
    ],
    "softmax_jacobian": [
        """
import math

def softmax_jacobian(z):
    weights = [math.exp(score) for score in z]
    p = [weight / sum(weights) for weight in weights]
    K = len(p)
    return [[p[j] * ((j == k) - p[k]) for k in range(K)] for j in range(K)]
""",
        """
def softmax_jacobian(z):
    p = np.exp(z.astype(np.float32))
    p = (p / p.sum()).reshape(-1, 1)
    return p * (np.eye(len(p), dtype=np.float32) - p.T)
""",
        """
def softmax_jacobian(z):
    z = np.asarray(z, dtype=float)
    def softmax(z):
        return np.exp(z) / np.exp(z).sum()
    step = 1e-5
    return np.stack(
        [(softmax(z + step * e) - softmax(z - step * e)) / (2 * step) for e in np.eye(len(z))],
        axis=1,
    )
""",
    ],
    "models": [
        """
import math

log_a = sum(math.log(row[kind]) for row, kind in zip(model_a, weather)) / len(weather)
log_b = sum(math.log(row[kind]) for row, kind in zip(model_b, weather)) / len(weather)
if log_a > log_b:
    better, gain = "A", log_a - log_b
else:
    better, gain = "B", log_b - log_a
""",
        """
def loss(model):
    model = np.asarray(model, dtype=np.float32)
    return -np.log(np.take_along_axis(model, weather[:, None], axis=1)).mean()

losses = np.array([loss(model_a), loss(model_b)])
better = np.array(["A", "B"])[losses.argmin()]
gain = losses.max() - losses.min()
""",
        """
one_hot = np.eye(model_a.shape[1])[weather]
ratio = np.prod((one_hot * model_a).sum(axis=1) / (one_hot * model_b).sum(axis=1))
better = "a" if ratio > 1 else "b"
gain = float(np.abs(np.log(ratio)) / len(weather))
""",
    ],
}
