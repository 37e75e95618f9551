"""Problem set 3: likelihood, binary cross-entropy, softmax and its gradients."""

import numpy as np

import cecourse as ce
from cecourse.misconceptions import QUANTITIES, misconceptions_of

from ..task import ProblemSet, Task
from .common import own, two_sizes

# Mistakes that need an impossible outcome or a huge score to show. These are for problem set 4.
_RARE = (
    "0 log 0 is nan",
    "impossible outcomes skipped",
    "missing max shift",
    "missing max shift in the logarithm of the sum",
    "logarithm of an underflowed softmax",
)


def ordinary_mistakes(quantity):
    """Return the known mistakes of a quantity that show on ordinary inputs."""
    return tuple(
        mistake
        for mistake in misconceptions_of(quantity)
        if mistake.name not in _RARE and "1e-" not in mistake.name  # clipped at 1e-7, ...
    )


# ---------------------------------------------------------------------------------------------
# Hidden inputs. Scores and probabilities are rounded, so that a float32 solution gets the same.


def answers_and_forecasts(rng, count=None, shares=False):
    """Draw labels, 0 or 1 (or shares of yes), and a probability of yes for each."""
    count = int(rng.integers(3, 9)) if count is None else count
    y = rng.permutation(np.arange(count) % 2)  # both answers occur
    if shares:
        y = np.where(rng.random(count) < 0.5, y, rng.integers(1, 4, count) / 4)
        y[:2] = 0.75, 0.25
    return y, rng.uniform(0.03, 0.97, count).round(2)


def draw_answers(rng):
    """Draw four records of yes and no."""
    odd = int(rng.choice([3, 5, 7]))  # as many right as wrong forecasts would hide a mistake
    return (answers_and_forecasts(rng, odd), *(answers_and_forecasts(rng) for _ in range(3)))


def draw_shares(rng):
    """Draw a record of yes and no, and three of shares."""
    y, p = answers_and_forecasts(rng, int(rng.choice([3, 5, 7])))
    return ((y.astype(float), p), *(answers_and_forecasts(rng, shares=True) for _ in range(3)))


def scores(rng, *shape):
    """Draw scores of two decimals."""
    return rng.uniform(-4, 4, shape).round(2)


def draw_scores(rng):
    """Draw a vector, a table, a square one, and one with a single class."""
    rows, classes = two_sizes(rng, 2, 8)
    return (
        (scores(rng, int(rng.integers(3, 9))),),
        (scores(rng, rows, classes),),
        (scores(rng, 3, 3),),
        (scores(rng, rows, 1),),
    )


def labels_and_scores(rng, rows, classes):
    """Draw the number of the right class, and scores, for each row."""
    y = rng.integers(0, classes, rows)
    y[0] = rng.integers(1, classes)
    return y, scores(rng, rows, classes)


def draw_labels(rng):
    """Draw a tall table, a wide one, a square one, and a single row."""
    rows, classes = two_sizes(rng, 3, 7)
    return (
        labels_and_scores(rng, rows, classes),
        labels_and_scores(rng, classes, rows),
        labels_and_scores(rng, 4, 4),
        labels_and_scores(rng, 1, 3),
    )


def draw_vectors(rng):
    """Draw vectors of scores of three sizes."""
    sizes = rng.choice(np.arange(2, 8), 3, replace=False)
    return tuple((scores(rng, int(size)),) for size in sizes)


def draw_models(rng):
    """Draw two models: one is more often right, the other gives the record more probability."""
    rows, classes = int(rng.integers(16, 31)), int(rng.integers(3, 6))
    while True:
        weather = rng.integers(0, classes, rows)
        bold = forecasts(rng, weather, classes, right=0.8, sure=(0.75, 0.95))
        careful = forecasts(rng, weather, classes, right=0.6, sure=(0.4, 0.55))
        gain = mean_log_likelihood(weather, careful) - mean_log_likelihood(weather, bold)
        more = accuracy(weather, bold) - accuracy(weather, careful)
        if gain > 0.05 and more > 0:
            break
    model_a, model_b = (bold, careful) if rng.random() < 0.5 else (careful, bold)
    return ({"weather": weather, "model_a": model_a, "model_b": model_b},)


def forecasts(rng, truth, classes, right, sure):
    """Draw forecasts whose favourite is right with probability `right` (roughly)."""
    rows = []
    for label in truth:
        favourite = label if rng.random() < right else rng.integers(classes)
        top = rng.uniform(*sure)
        row = rng.dirichlet(np.full(classes, 4.0)) * (1 - top)
        row[favourite] += top
        percent = np.maximum(np.round(100 * row), 1)
        percent[favourite] += 100 - percent.sum()
        rows.append(percent / 100)
    return np.array(rows)


# ---------------------------------------------------------------------------------------------
# Right answers


def mean_log_likelihood(weather, model):
    """Return the mean logarithm of the probability of what came."""
    return -ce.sparse_categorical_cross_entropy(weather, model).mean()


def accuracy(weather, model):
    """Return how often the likeliest weather came."""
    return np.mean(model.argmax(axis=-1) == weather)


def compare_models(weather, model_a, model_b):
    """Return which model has the higher likelihood, and by how many nats per day."""
    return choose(mean_log_likelihood(weather, model_a), mean_log_likelihood(weather, model_b))


# ---------------------------------------------------------------------------------------------
# Mistakes that the table of cecourse.misconceptions does not have


def only_unanimous(y, p):
    """Take every share below 1 for a no."""
    return -np.log(np.where(y == 1, p, 1 - p)).mean()


def rounded_shares(y, p):
    """Take a share above one half for a yes, any other for a no."""
    return -np.log(np.where(y > 0.5, p, 1 - p)).mean()


def any_yes(y, p):
    """Take every share above 0 for a yes."""
    return -np.log(np.where(y > 0, p, 1 - p)).mean()


LABELS = "08_softmax.html#step-7-the-gradient-is-p-minus-y"


def loss_of_all_labels(y, z):
    """Charge every row for the labels of all rows."""
    return -ce.log_softmax(z)[:, y].mean()


def gradient_of_all_labels(y, z):
    """Subtract 1 in every row at the labels of all rows."""
    p = ce.softmax(z)
    p[:, y] -= 1
    return p / len(y)


def one_sum_gradient(y, z):
    """Divide the exponentials by the sum over all rows."""
    p = np.exp(z) / np.exp(z).sum()
    p[np.arange(len(y)), y] -= 1
    return p / len(y)


GRADIENT_MISTAKES = (
    own(
        "every label in every row",
        gradient_of_all_labels,
        "You subtract 1 in every row at the labels of all rows, as p[:, y] does; row i has the "
        "label y[i] alone, so write p[np.arange(len(y)), y].",
        LABELS,
    ),
    own(
        "one sum for all rows",
        one_sum_gradient,
        "You divide by the sum over all rows; each row is a distribution of its own and must sum "
        "to 1.",
        "08_softmax.html#step-8-weights-biases-and-batches",
    ),
    own(
        "class numbers subtracted",
        lambda y, z: (ce.softmax(z) - y[:, None]) / len(y),
        "You subtract the number of the class from all probabilities of the row; subtract 1 from "
        "that class's probability and nothing from the others.",
        LABELS,
    ),
)


def choose(score_a, score_b):
    """Return the model with the larger score, and by how much."""
    return "A" if score_a > score_b else "B", abs(score_a - score_b)


def choice_by_accuracy(weather, model_a, model_b):
    """Count how often the likeliest weather came."""
    return choose(accuracy(weather, model_a), accuracy(weather, model_b))


def choice_by_mean_probability(weather, model_a, model_b):
    """Average probabilities instead of their logarithms."""
    rows = np.arange(len(weather))
    return choose(model_a[rows, weather].mean(), model_b[rows, weather].mean())


def choice_by_squared_error(weather, model_a, model_b):
    """Compare squared errors."""
    truth = np.eye(model_a.shape[1])[weather]
    return choose(
        -((model_a - truth) ** 2).sum(axis=1).mean(),
        -((model_b - truth) ** 2).sum(axis=1).mean(),
    )


def with_gain(change):
    """Return the right choice with another gain: ``change(gain, table of forecasts)``."""

    def commit(weather, model_a, model_b):
        better, gain = compare_models(weather, model_a, model_b)
        return better, change(gain, model_a)

    return commit


def other_model(weather, model_a, model_b):
    """Return the worse model with the right gain."""
    better, gain = compare_models(weather, model_a, model_b)
    return {"A": "B", "B": "A"}[better], gain


def every_outcome(weather, model_a, model_b):
    """Charge every day for the weather of all days."""
    return choose(np.log(model_a[:, weather]).mean(), np.log(model_b[:, weather]).mean())


def no_difference(weather, model_a, model_b):
    """Return the better model's own mean log-likelihood."""
    tables = {"A": model_a, "B": model_b}
    better, _ = compare_models(weather, model_a, model_b)
    return better, mean_log_likelihood(weather, tables[better])


MODEL_MISTAKES = (
    own(
        "every outcome on every day",
        every_outcome,
        "You take the weather of all days on every day, as model[:, weather] does; day i has "
        "weather[i] alone, so write model[np.arange(len(weather)), weather].",
        "06_likelihood.html#a-forecast-for-each-day",
    ),
    own(
        "no difference",
        no_difference,
        "You name the right model, and your gain is its mean log-likelihood alone; subtract that "
        "of the other model.",
        "06_likelihood.html#bits-of-evidence",
    ),
    own(
        "the other model",
        other_model,
        "Your gain is right and you name the wrong model; the better one is the one whose mean "
        "log-likelihood is the larger, that is, the less negative.",
        "06_likelihood.html#minus-logarithm-mean-or-sum",
    ),
    own(
        "accuracy for likelihood",
        choice_by_accuracy,
        "You compare how often the models are right; the likelihood asks which probability they "
        "gave to what happened.",
        "07_binary_cross_entropy.html#same-accuracy-another-loss",
    ),
    own(
        "mean probability for likelihood",
        choice_by_mean_probability,
        "You average the probabilities of what happened; the likelihood is their product, so "
        "average their logarithms.",
        "06_likelihood.html#products-sums-and-what-the-logarithm-keeps",
    ),
    own(
        "squared error for likelihood",
        choice_by_squared_error,
        "You compare squared errors of the probabilities; the likelihood charges minus the "
        "logarithm of the probability of what happened.",
        "07_binary_cross_entropy.html#same-accuracy-another-loss",
    ),
    own(
        "sum for mean",
        with_gain(lambda gain, table: gain * len(table)),
        "Your gain is that of the whole record; the question asks for nats per day, so divide by "
        "the number of days.",
        "06_likelihood.html#minus-logarithm-mean-or-sum",
    ),
    own(
        "mean over N*K",
        with_gain(lambda gain, table: gain / table.shape[1]),
        "You divide by the number of entries of the table; the mean is over the days.",
        "09_bce_vs_cce.html#sum-or-mean-bits-or-nats",
    ),
    own(
        "bits for nats",
        with_gain(lambda gain, table: gain / np.log(2)),
        "Your gain is in bits; the question asks for nats, so take the natural logarithm instead "
        "of log2.",
        "01_surprise.html#bits-nats-and-a-number-without-a-unit",
    ),
    own(
        "likelihood ratio for its logarithm",
        with_gain(lambda gain, table: np.exp(gain)),
        "Your gain is a ratio of probabilities; the question asks for a difference of "
        "log-likelihoods, the logarithm of that ratio.",
        "06_likelihood.html#bits-of-evidence",
    ),
    own(
        "lost sign of the gain",
        with_gain(lambda gain, table: -gain),
        "Your gain is negative; take the better model's mean log-likelihood minus the other's.",
        "06_likelihood.html#minus-logarithm-mean-or-sum",
    ),
)


# ---------------------------------------------------------------------------------------------
# Tasks

ICE = (np.array([1, 0, 0]), np.array([0.8, 0.3, 0.1]))
MAIL = (np.array([1.0, 0.25]), np.array([0.9, 0.4]))
WORDS = np.array([[1.5, 0.2, -1.0], [0.3, 2.1, 0.4]])
WEATHER = {
    "weather": np.array([0, 2, 1, 0, 1, 2, 0, 1]),
    "model_a": np.array(
        [
            [0.90, 0.06, 0.04],
            [0.10, 0.88, 0.02],
            [0.05, 0.90, 0.05],
            [0.85, 0.10, 0.05],
            [0.04, 0.92, 0.04],
            [0.91, 0.06, 0.03],
            [0.88, 0.07, 0.05],
            [0.05, 0.87, 0.08],
        ]
    ),
    "model_b": np.array(
        [
            [0.50, 0.30, 0.20],
            [0.30, 0.25, 0.45],
            [0.45, 0.40, 0.15],
            [0.55, 0.25, 0.20],
            [0.20, 0.55, 0.25],
            [0.40, 0.25, 0.35],
            [0.48, 0.32, 0.20],
            [0.42, 0.38, 0.20],
        ]
    ),
}

PS3 = ProblemSet(
    name="ps3",
    title="Likelihood, binary cross-entropy, softmax and gradients",
    tasks=(
        Task(
            name="negative_log_likelihood",
            title="Negative log-likelihood of a record",
            points=2,
            answers=("negative_log_likelihood",),
            examples=(ICE, (np.array([0, 1, 1, 0]), np.array([0.05, 0.6, 0.35, 0.9]))),
            draw=draw_answers,
            reference=QUANTITIES["negative_log_likelihood"],
            misconceptions=ordinary_mistakes("negative_log_likelihood"),
        ),
        Task(
            name="binary_cross_entropy",
            title="Binary cross-entropy with shares",
            points=2,
            answers=("binary_cross_entropy",),
            examples=(
                MAIL,
                (np.array([0.0, 1.0, 1.0]), np.array([0.2, 0.7, 0.4])),
                (np.array([0.5, 0.0, 0.75, 1.0]), np.array([0.3, 0.1, 0.65, 0.8])),
            ),
            draw=draw_shares,
            reference=QUANTITIES["binary_log_loss"],
            misconceptions=(
                *ordinary_mistakes("binary_log_loss"),
                own(
                    "a share taken for a no",
                    only_unanimous,
                    "You charge a label below 1 like a 0; a share y of yes costs y times the "
                    "cost of a yes plus 1 - y times the cost of a no.",
                    "07_binary_cross_entropy.html#many-days-log-loss",
                ),
                own(
                    "a share taken for a yes",
                    any_yes,
                    "You charge a label above 0 like a 1; a share y of yes costs y times the "
                    "cost of a yes plus 1 - y times the cost of a no.",
                    "07_binary_cross_entropy.html#many-days-log-loss",
                ),
                own(
                    "shares rounded",
                    rounded_shares,
                    "You round the shares to 0 and 1; a share y of yes costs y times the cost of "
                    "a yes plus 1 - y times the cost of a no.",
                    "07_binary_cross_entropy.html#many-days-log-loss",
                ),
            ),
        ),
        Task(
            name="softmax",
            title="Softmax",
            points=2,
            answers=("softmax",),
            examples=(
                (np.array([0.0, np.log(2), np.log(5)]),),
                (np.array([[1.0, -0.5], [0.3, 0.3], [-2.0, 1.5]]),),
            ),
            draw=draw_scores,
            reference=ce.softmax,
            misconceptions=ordinary_mistakes("softmax"),
        ),
        Task(
            name="softmax_cross_entropy",
            title="Cross-entropy of words and scores",
            points=3,
            answers=("softmax_cross_entropy",),
            examples=(
                (np.array([2]), np.array([[0.0, np.log(2), np.log(5)]])),
                (np.array([2, 1]), WORDS),
                (np.array([1, 0, 1]), np.array([[0.5, -0.5], [2.0, 1.0], [3.0, 0.2]])),
            ),
            draw=draw_labels,
            reference=QUANTITIES["softmax_log_loss"],
            misconceptions=(
                *ordinary_mistakes("softmax_log_loss"),
                own(
                    "every label in every row",
                    loss_of_all_labels,
                    "You charge every row for the labels of all rows, as p[:, y] does; row i has "
                    "the label y[i] alone, so write p[np.arange(len(y)), y].",
                    LABELS,
                ),
            ),
        ),
        Task(
            name="softmax_gradient",
            title="Gradient with respect to the scores",
            points=3,
            answers=("softmax_gradient",),
            examples=(
                (np.array([0, 1]), np.zeros((2, 2))),
                (np.array([2, 1]), WORDS),
            ),
            draw=draw_labels,
            reference=QUANTITIES["softmax_gradient"],
            misconceptions=(*ordinary_mistakes("softmax_gradient"), *GRADIENT_MISTAKES),
        ),
        Task(
            name="softmax_jacobian",
            title="Jacobian of the softmax",
            points=2,
            answers=("softmax_jacobian",),
            examples=((np.zeros(2),), (np.array([1.0, 0.0, -1.5]),)),
            draw=draw_vectors,
            reference=ce.softmax_jacobian,
            misconceptions=(
                *ordinary_mistakes("softmax_jacobian"),
                own(
                    "squares for the products",
                    lambda z: np.diag(ce.softmax(z)) - ce.softmax(z) ** 2,
                    "You subtract the squares of the probabilities from every row; row j and "
                    "column k need the product p_j p_k, as np.outer(p, p) gives it.",
                    "08_softmax.html#step-6-the-jacobian",
                ),
            ),
        ),
        Task(
            name="models",
            title="Which weather model?",
            points=2,
            answers=("better", "gain"),
            examples=(WEATHER,),
            draw=draw_models,
            reference=compare_models,
            misconceptions=MODEL_MISTAKES,
        ),
    ),
    essay="gradient-in-words",
    essay_points=4,
    chapters=("06_likelihood", "07_binary_cross_entropy", "08_softmax"),
)
