"""Problem set 4: binary or categorical, and formulas that survive the computer's numbers."""

import numpy as np

import cecourse as ce
from cecourse.misconceptions import QUANTITIES, misconceptions_of

from ..task import ProblemSet, Task
from .common import own, two_sizes
from .ps3 import ordinary_mistakes

# ---------------------------------------------------------------------------------------------
# Hidden inputs. Scores are rounded, large ones to quarters, which float32 holds exactly.


def tags(rng, rows, classes):
    """Draw labels, 0 or 1, of which both occur in each row."""
    y = (rng.random((rows, classes)) < 0.5).astype(int)
    y[:, 0], y[:, 1] = 1, 0
    return rng.permuted(y, axis=1)


def draw_tags(rng):
    """Draw three tables of labels and probabilities."""
    cases = []
    for _ in range(3):
        rows, classes = two_sizes(rng, 3, 7)
        p = rng.uniform(0.03, 0.97, (rows, classes)).round(2)
        cases.append((tags(rng, rows, classes), p))
    return tuple(cases)


def tiny_probabilities(rng):
    """Draw one far below, and one near each eps in use, so that all ways to use it differ."""
    near = rng.uniform(1.5, 3, 7).round(1) * 10.0 ** -np.array([6, 7, 8, 9, 10, 12, 15])
    return np.append(near, 10.0 ** -rng.integers(18, 31))


def shares(rng, rows, classes, zero=False):
    """Draw distributions in hundredths; with `zero`, each gives one class nothing."""
    possible = classes - zero
    parts = 1 + np.array(
        [rng.multinomial(100 - possible, rng.dirichlet(np.ones(possible))) for _ in range(rows)]
    )
    if zero:
        parts = np.concatenate([parts, np.zeros((rows, 1), dtype=int)], axis=1)
    return parts / 100


def one_hot_rows(rng, rows, classes):
    """Draw labels as rows with a single 1."""
    return np.eye(classes)[rng.integers(0, classes, rows)]


def draw_distributions(rng):
    """Draw one-hot labels, shares, zeros, an impossible label, and tiny probabilities."""
    rows, classes = two_sizes(rng, 3, 7)
    some, others = two_sizes(rng, 3, 7)
    y, p = shares(rng, some, others, zero=True), shares(rng, some, others, zero=True)
    order = rng.permutation(others)
    impossible = shares(rng, 3, 4)
    label = int(rng.integers(4))
    impossible[1, (label + 1) % 4] += impossible[1, label]
    impossible[1, label] = 0
    certain = np.eye(4)[[(label + 2) % 4, label, label]]
    tiny = tiny_probabilities(rng)[:, None]
    surprised = np.concatenate([tiny, shares(rng, len(tiny), 3) * (1 - tiny)], axis=1)
    return (
        (one_hot_rows(rng, rows, classes), shares(rng, rows, classes)),
        (shares(rng, rows, classes), shares(rng, rows, classes)),
        (y[:, order], p[:, order]),
        (certain, impossible),
        (np.eye(4)[np.zeros(len(tiny), dtype=int)], surprised),
    )


def draw_scores(rng):
    """Draw a vector and a table of ordinary scores, and three cases of large ones."""
    rows, classes = two_sizes(rng, 3, 7)
    moderate = rng.uniform(-4, 4, (rows, classes)).round(2)
    offsets = rng.permutation([-1000, 0, 1000, 500])[:, None]
    far = offsets + rng.integers(-16, 17, (4, 3)) / 4
    apart = rng.permutation([1000, 1000 - rng.integers(1, 9) / 4, 0, -1000])
    # Probabilities near each eps in use, so that all ways to use it differ.
    below = rng.integers(-900, 900) - np.array([0, 13.25, 15.5, 17.75, 20, 22.25, 27, 34])
    return (moderate[0],), (moderate,), (far,), (apart,), (rng.permutation(below),)


def signed(rng, low, high):
    """Draw labels, and scores between `low` and `high`, times -1 where the label is 0."""
    count = int(rng.integers(3, 9))
    y = rng.permutation(np.arange(count) % 2)
    return y, (2 * y - 1) * rng.uniform(low, high, count).round(1)


def draw_logits(rng):
    """Draw ordinary scores, and large ones that are right or wrong."""
    y, z = signed(rng, 300, 1000)
    z[rng.choice(np.flatnonzero(y == 0))] = round(rng.uniform(300, 700), 1)
    forged, genuine = np.ones(int(rng.integers(1, 5)), dtype=int), np.zeros(3, dtype=int)
    return (
        signed(rng, -4, 4),
        (y, z),
        (np.array([0]), rng.uniform(800, 1000, 1).round(1)),
        (np.array([1]), -rng.uniform(800, 1000, 1).round(1)),
        # Right and sure: losses from 3e-17 down to 2e-35.
        (forged, rng.uniform(38, 80, len(forged)).round(1)),
        (genuine, -rng.uniform(38, 80, 3).round(1)),
    )


def draw_forecasts(rng):
    """Draw ordinary forecasts, sure ones that are right or wrong, and tiny ones."""
    count = int(rng.choice([5, 7]))
    y = rng.permutation(np.arange(count) % 2)
    ordinary = rng.uniform(0.03, 0.97, (3, count)).round(2)
    yes, no = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    _, sure, wrong = ordinary
    sure[yes[0]], sure[no[0]] = 1, 0
    wrong[yes[0]], wrong[no[0]] = (0, 0) if rng.random() < 0.5 else (1, 1)
    p = np.concatenate([tiny_probabilities(rng), [0.3, 0.6, 0.1]])
    order = rng.permutation(len(p))
    surprised = (np.arange(len(p)) < len(p) - 2).astype(int)[order], p[order]
    return (*((y, p) for p in ordinary), surprised)


def draw_floods(rng):
    """Draw flood forecasts of which some are far below eps, some just below or above it."""
    eps = float(10.0 ** -rng.integers(5, 8))
    count = int(rng.integers(12, 25))
    p = rng.uniform(0.01, 0.4, count).round(3)
    y = np.zeros(count, dtype=int)
    floods = rng.choice(count, int(rng.integers(5, 8)), replace=False)
    y[floods] = 1
    p[floods] = rng.uniform(0.3, 0.9, len(floods)).round(2)
    p[floods[:3]] = 10.0 ** -rng.integers(10, 21), 0.4 * eps, 2 * eps
    dry = np.flatnonzero(y == 0)
    p[dry[:2]] = 1e-9, 1e-4
    return ({"y": y, "p": p, "eps": eps},)


def draw_matrix(rng):
    """Draw labels that exclude one another, or labels that do not and are as many."""
    rows, classes = int(rng.integers(8, 15)), int(rng.integers(3, 6))
    y = np.eye(classes, dtype=int)[rng.integers(0, classes, rows)]
    if rng.random() < 0.5:
        for _ in range(3):  # three labels move to another row
            giver = rng.choice(np.flatnonzero(y.sum(axis=1) == 1))
            label = int(y[giver].argmax())
            takers = np.flatnonzero((y[:, label] == 0) & (y.sum(axis=1) > 0))
            if len(takers):
                y[giver, label], y[rng.choice(takers), label] = 0, 1
    return ({"y": y, "z": rng.uniform(-4, 4, (rows, classes)).round(2)},)


# ---------------------------------------------------------------------------------------------
# Right answers

multi_label_loss = QUANTITIES["multilabel_log_loss"]
log_loss = QUANTITIES["binary_log_loss"]


def losses_with_and_without_clip(y, p, eps):
    """Return the loss, the loss after clipping, and the most that one week can then cost."""
    clipped = ce.clip_probabilities(p, eps)
    return log_loss(y, p), log_loss(y, clipped), -np.log(eps)


def exclusive(y):
    """Whether each example has exactly one label."""
    return bool(np.all(y.sum(axis=-1) == 1))


def fitting_loss(y, z):
    """Return the name of the loss that fits the labels, and its mean."""
    if exclusive(y):
        return "categorical", ce.softmax_cross_entropy(y, z).mean()
    return "binary", ce.sigmoid_cross_entropy(y, z).mean()


# ---------------------------------------------------------------------------------------------
# Mistakes that the table of cecourse.misconceptions does not have


def one_maximum(z):
    """Shift all rows by one maximum."""
    shifted = z - z.max()
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def clipped_scores(z):
    """Keep the scores within the range of the exponential."""
    z = np.clip(z, -700, 700)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


def columns_shifted(z):
    """Take the log-softmax of each column, with its maximum."""
    shifted = z - z.max(axis=0)
    return shifted - np.log(np.exp(shifted).sum(axis=0))


def naive_log_of_one_plus(y, z):
    """Compute log(1 + exp(x)) as it is written, x being the score of what did not happen."""
    return np.mean(np.log(1 + np.exp(np.where(y == 1, -z, z))))


def impossible_left_out(y, p):
    """Average over the days on which what happened was held to be possible."""
    happened = np.where(y == 1, p, 1 - p)
    return -np.log(happened[happened > 0]).mean()


def nan_left_out(y, p):
    """Average over what is not nan."""
    return np.nanmean(-y * np.log(p) - (1 - y) * np.log(1 - p))


def log_of_one_plus(y, z):
    """Compute log(1 + x) as it is written."""
    towards_wrong = np.where(y == 1, -z, z)
    return np.mean(np.maximum(towards_wrong, 0) + np.log(1 + np.exp(-np.abs(towards_wrong))))


def difference_of_large_numbers(y, z):
    """Subtract y z from a softplus."""
    return np.mean(np.logaddexp(0, z) - y * z)


def with_losses(change):
    """Return the right answers, changed: ``change(true loss, clipped loss, ceiling, weeks)``."""
    return lambda y, p, eps: change(*losses_with_and_without_clip(y, p, eps), len(y))


def with_clipped_loss(change):
    """Return the right answers with another clipped loss: ``change(y, p, eps)``."""

    def commit(y, p, eps):
        true_loss, _, ceiling = losses_with_and_without_clip(y, p, eps)
        return true_loss, change(y, p, eps), ceiling

    return commit


def eps_added(y, p, eps):
    """Add eps inside both logarithms."""
    return -np.mean(y * np.log(p + eps) + (1 - y) * np.log(1 - p + eps))


def surprises_left_out(y, p, eps):
    """Leave out what a clip would move."""
    kept = (p >= eps) & (p <= 1 - eps)
    return log_loss(y[kept], p[kept])


def only_floods(y, p, eps):
    """Drop the term of the weeks without a flood."""
    clipped = ce.clip_probabilities(p, eps)
    return -np.mean(y * np.log(p)), -np.mean(y * np.log(clipped)), -np.log(eps)


def worst_week(y, p, eps):
    """Take the costliest week before the clip for the ceiling."""
    true_loss, clipped_loss, _ = losses_with_and_without_clip(y, p, eps)
    return true_loss, clipped_loss, ce.binary_cross_entropy(y, p).max()


UNITS = "01_surprise.html#bits-nats-and-a-number-without-a-unit"
LIKELIHOOD = "06_likelihood.html#minus-logarithm-mean-or-sum"
REDUCTION = "09_bce_vs_cce.html#sum-or-mean-bits-or-nats"
SHIFT = "10_numerical_stability.html#remedy-one-shift-by-the-maximum"
SOFTPLUS = "10_numerical_stability.html#two-classes-softplus"
EPS = "10_numerical_stability.html#what-eps-hides"

CLIP_MISTAKES = (
    own(
        "bits for nats",
        with_losses(lambda true, clipped, top, weeks: np.array([true, clipped, top]) / np.log(2)),
        "Your values are in bits; the question asks for nats, so take the natural logarithm "
        "instead of log2.",
        UNITS,
    ),
    own(
        "sum for mean",
        with_losses(lambda true, clipped, top, weeks: (true * weeks, clipped * weeks, top)),
        "Your losses are sums; the question asks for nats per week, so divide by the number of "
        "weeks.",
        REDUCTION,
    ),
    own(
        "lost minus sign",
        with_losses(lambda true, clipped, top, weeks: (-true, -clipped, -top)),
        "Your values are negative; a loss is minus the logarithm of a probability.",
        LIKELIHOOD,
    ),
    own(
        "lost minus sign of the ceiling",
        with_losses(lambda true, clipped, top, weeks: (true, clipped, -top)),
        "Your ceiling is negative; the cost of a probability eps is minus its logarithm.",
        EPS,
    ),
    own(
        "losses exchanged",
        with_losses(lambda true, clipped, top, weeks: (clipped, true, top)),
        "You give the two losses in the wrong order; the true loss is that of p as it is.",
        EPS,
    ),
    own(
        "a clip in both losses",
        with_losses(lambda true, clipped, top, weeks: (clipped, clipped, top)),
        "Your true loss is clipped, too; compute it before p is clipped, or from a copy.",
        EPS,
    ),
    own(
        "eps added instead of a clip",
        with_clipped_loss(eps_added),
        "You add eps to the probabilities; a clip moves only those below eps, up to eps, and "
        "those above 1 - eps, and leaves the others alone.",
        EPS,
    ),
    own(
        "surprises left out",
        with_clipped_loss(surprises_left_out),
        "You leave out the weeks whose probability is below eps; a clip keeps them and moves their "
        "probability to eps.",
        EPS,
    ),
    own(
        "dropped (1 - y) term",
        only_floods,
        "Your losses leave out the weeks without a flood; add (1 - y) times the logarithm of "
        "1 - p.",
        "07_binary_cross_entropy.html#one-label-one-probability",
    ),
    own(
        "worst week for the ceiling",
        worst_week,
        "Your ceiling is the cost of the worst week before clipping; afterwards what happened has "
        "at least the probability eps, so no week costs more than minus log(eps).",
        EPS,
    ),
)


def other_loss(y, z):
    """Return the loss that does not fit, and its mean."""
    if exclusive(y):
        return "binary", ce.sigmoid_cross_entropy(y, z).mean()
    return "categorical", -np.mean((y * ce.log_softmax(z)).sum(axis=-1))


def other_probabilities(y, z):
    """Return the fitting loss with the probabilities of the other one."""
    if exclusive(y):
        return "categorical", -np.mean((y * ce.log_sigmoid(z)).sum(axis=-1))
    return "binary", ce.binary_cross_entropy(y, ce.softmax(z)).mean()


def other_name(y, z):
    """Return the right value with the wrong name."""
    return other_loss(y, z)[0], fitting_loss(y, z)[1]


def other_mean(y, z):
    """Return the mean over all labels for a categorical loss, over the examples for a binary."""
    loss, value = fitting_loss(y, z)
    return loss, value * (1 / y.shape[1] if loss == "categorical" else y.shape[1])


def sum_of_all(y, z):
    """Return the sum instead of the mean."""
    loss, value = fitting_loss(y, z)
    return loss, value * (len(y) if loss == "categorical" else y.size)


def times(factor):
    """Return the right name with a multiple of the value."""

    def commit(y, z):
        loss, value = fitting_loss(y, z)
        return loss, value * factor

    return commit


LOSS_MISTAKES = (
    own(
        "BCE for CCE, or CCE for BCE",
        other_loss,
        "You chose the other loss; it is categorical only if every single row of labels has "
        "exactly one 1, and not just on average.",
        "09_bce_vs_cce.html#one-answer-or-several",
    ),
    own(
        "the other name",
        other_name,
        "Your value belongs to the other name; softmax and one label per example are categorical, "
        "sigmoids and free labels are binary.",
        "09_bce_vs_cce.html#two-losses",
    ),
    own(
        "sigmoid for softmax, or softmax for sigmoid",
        other_probabilities,
        "You use the right loss with the wrong probabilities; a categorical loss goes with a "
        "softmax of each row, a binary one with a sigmoid of each score.",
        "09_bce_vs_cce.html#k-sigmoids-are-not-a-softmax",
    ),
    own(
        "the other mean",
        other_mean,
        "You take the wrong mean; a categorical loss is averaged over the N examples, a binary one "
        "over all N*K labels.",
        REDUCTION,
    ),
    own(
        "sum for mean",
        sum_of_all,
        "Your value is a sum; divide by the number of examples if the loss is categorical, by the "
        "number of labels if it is binary.",
        REDUCTION,
    ),
    own(
        "bits for nats",
        times(1 / np.log(2)),
        "Your value is in bits; the question asks for nats, so take the natural logarithm instead "
        "of log2.",
        UNITS,
    ),
    own(
        "lost minus sign",
        times(-1),
        "Your value is the log-likelihood; the loss is minus the log-likelihood, so that less is "
        "better.",
        LIKELIHOOD,
    ),
)

# ---------------------------------------------------------------------------------------------
# Tasks

FLOODS = {
    "y": np.array([0, 0, 1, 0, 1, 0, 1, 1]),
    "p": np.array([0.03, 0.001, 0.7, 0.1, 4e-7, 0.05, 2e-12, 3e-6]),
    "eps": 1e-6,
}
LABELS = {
    "y": np.array([[1, 0, 0], [0, 1, 1], [0, 0, 0], [0, 0, 1], [0, 1, 0]]),
    "z": np.array(
        [
            [2.1, -0.3, -1.5],
            [-0.8, 1.2, 0.6],
            [-1.9, 0.4, -2.2],
            [0.7, -1.1, 1.6],
            [0.2, -0.5, -3.0],
        ]
    ),
}

PS4 = ProblemSet(
    name="ps4",
    title="Binary or categorical, and numerical stability",
    tasks=(
        Task(
            name="multi_label_loss",
            title="Binary cross-entropy of many labels",
            points=2,
            answers=("multi_label_loss",),
            examples=(
                (np.array([[1, 0]]), np.array([[0.8, 0.4]])),
                (
                    np.array([[1, 0, 1], [0, 1, 0]]),
                    np.array([[0.9, 0.2, 0.6], [0.3, 0.75, 0.1]]),
                ),
            ),
            draw=draw_tags,
            reference=multi_label_loss,
            misconceptions=(
                *ordinary_mistakes("multilabel_log_loss"),
                own(
                    "rows divided by their sum, then BCE",
                    lambda y, p: multi_label_loss(y, p / p.sum(axis=-1, keepdims=True)),
                    "You make the rows sum to 1 first; several labels may be true at once, so "
                    "take the probabilities as they are.",
                    "09_bce_vs_cce.html#one-answer-or-several",
                ),
            ),
        ),
        Task(
            name="categorical_cross_entropy",
            title="Categorical cross-entropy with shares",
            points=2,
            answers=("categorical_cross_entropy",),
            examples=(
                (np.array([[0.75, 0.25, 0.0]]), np.array([[0.5, 0.5, 0.0]])),
                (
                    np.array([[1.0, 0.0, 0.0], [0.0, 0.5, 0.5]]),
                    np.array([[0.7, 0.2, 0.1], [0.2, 0.3, 0.5]]),
                ),
                (np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[1.0, 0.0], [1.0, 0.0]])),
            ),
            draw=draw_distributions,
            reference=QUANTITIES["categorical_log_loss"],
            misconceptions=misconceptions_of("categorical_log_loss"),
        ),
        Task(
            name="log_softmax",
            title="Log-softmax of large scores",
            points=3,
            answers=("log_softmax",),
            examples=(
                (np.array([1000.0, 1000.0, 0.0]),),
                (np.array([[1.0, -0.5], [1000.0, 998.5], [-1000.0, -999.0]]),),
            ),
            draw=draw_scores,
            reference=ce.log_softmax,
            misconceptions=(
                *misconceptions_of("log_softmax"),
                own(
                    "one maximum for all rows",
                    one_maximum,
                    "You subtract the largest score of the whole matrix; a row far below it still "
                    "underflows, so subtract each row's own maximum.",
                    SHIFT,
                ),
                own(
                    "wrong axis, with the shift",
                    columns_shifted,
                    "You let the pictures compete with one another; the classes lie on the last "
                    "axis, and the probabilities of each row must sum to 1.",
                    SHIFT,
                ),
                own(
                    "log-sigmoid for log-softmax",
                    lambda z: -np.logaddexp(0, -z),
                    "You answer K separate yes-or-no questions; the softmax shares one probability "
                    "among all classes, so subtract the logarithm of the sum of the exponentials.",
                    "09_bce_vs_cce.html#k-sigmoids-are-not-a-softmax",
                ),
                own(
                    "scores clipped",
                    clipped_scores,
                    "You cut off large scores before the exponential; only differences of scores "
                    "count, so subtract each row's own maximum and cut off nothing.",
                    SHIFT,
                ),
            ),
            absolute=1e-4,  # a float32 near 1000 is rounded by 3e-5
        ),
        Task(
            name="sigmoid_cross_entropy",
            title="Binary cross-entropy of large scores",
            points=3,
            answers=("sigmoid_cross_entropy",),
            examples=(
                (np.array([0]), np.array([1000.0])),
                (np.array([0, 1]), np.array([-60.0, 40.0])),
                (np.array([1, 0, 1]), np.array([2.0, 0.5, -1.0])),
            ),
            draw=draw_logits,
            reference=QUANTITIES["sigmoid_log_loss"],
            misconceptions=(
                *misconceptions_of("sigmoid_log_loss"),
                own(
                    "log(1 + x) for log1p(x)",
                    log_of_one_plus,
                    "Your small losses are 0 because 1 + x is rounded to 1 when x is tiny; "
                    "np.log1p(x) computes the logarithm of 1 + x without that sum.",
                    SOFTPLUS,
                ),
                own(
                    "exponential of a large score",
                    naive_log_of_one_plus,
                    "The exponential overflows for a large score, and 1 + x is rounded to 1 when x "
                    "is tiny; softplus is max(x, 0) + log1p(exp(-|x|)).",
                    SOFTPLUS,
                ),
                own(
                    "difference of large numbers",
                    difference_of_large_numbers,
                    "You subtract y z from a softplus of nearly the same size, and the small loss "
                    "is lost in the rounding; take the softplus of -z where y is 1.",
                    SOFTPLUS,
                ),
            ),
            absolute=0,
        ),
        Task(
            name="log_loss",
            title="Log loss without repairs",
            points=2,
            answers=("log_loss",),
            examples=(
                (np.array([1, 1]), np.array([1.0, 0.5])),
                (np.array([1, 1]), np.array([0.0, 0.5])),
                (np.array([0, 1, 0]), np.array([0.0, 1e-20, 0.3])),
            ),
            draw=draw_forecasts,
            reference=log_loss,
            misconceptions=(
                *misconceptions_of("binary_log_loss"),
                own(
                    "impossible days left out of the mean",
                    impossible_left_out,
                    "You leave out the days whose outcome had the probability 0; such a day costs "
                    "infinity, and so does the mean.",
                    EPS,
                ),
                own(
                    "nan left out of the mean",
                    nan_left_out,
                    "0 times infinity is nan, and you leave out the days on which that happens; "
                    "they cost 0 and count as days.",
                    "10_numerical_stability.html#probabilities-that-forget",
                ),
            ),
        ),
        Task(
            name="clip",
            title="What the clip hides",
            points=2,
            answers=("true_loss", "clipped_loss", "ceiling"),
            examples=(FLOODS,),
            draw=draw_floods,
            reference=losses_with_and_without_clip,
            misconceptions=CLIP_MISTAKES,
        ),
        Task(
            name="which_loss",
            title="Which loss fits?",
            points=2,
            answers=("loss", "value"),
            examples=(LABELS,),
            draw=draw_matrix,
            reference=fitting_loss,
            misconceptions=LOSS_MISTAKES,
        ),
    ),
    essay="two-classes-in-words",
    essay_points=4,
    chapters=(
        "07_binary_cross_entropy",
        "08_softmax",
        "09_bce_vs_cce",
        "10_numerical_stability",
    ),
)
