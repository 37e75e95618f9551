"""Problem set 2: cross-entropy and KL divergence."""

from dataclasses import replace

import numpy as np

import cecourse as ce

from ..task import ProblemSet, Task
from .common import certain, mistakes, one_sum, own, probabilities, two_sizes, with_zeros, without

# ---------------------------------------------------------------------------------------------
# Hidden inputs


def draw_pairs(rng):
    """Draw truths and models: plain ones, and ones with zeros in either or both."""
    rows, outcomes = two_sizes(rng, 3, 7)
    size = int(rng.integers(3, 9))
    never, forgotten = rng.integers(outcomes, size=(2, rows))
    truths, models = probabilities(rng, 2, rows, outcomes)
    some = int(rng.integers(3, 7))
    return (
        (probabilities(rng, size), probabilities(rng, size)),
        (probabilities(rng, outcomes, rows), probabilities(rng, outcomes, rows)),
        (without(truths, never), models),
        (without(truths, never), without(models, never)),
        (truths, np.concatenate([without(models, forgotten)[:1], models[1:]])),
        (certain(rng, some), probabilities(rng, some)),
    )


def draw_papers(rng):
    """Draw papers that share all subjects, that leave out some, and that share none."""
    rows, subjects = two_sizes(rng, 3, 7)
    p, q = probabilities(rng, 2, rows, subjects)
    size = int(rng.integers(3, 9))
    first = np.arange(size) < rng.integers(1, size)  # the first paper's own subjects
    nobody = rng.integers(subjects, size=rows)
    return (
        (probabilities(rng, size), probabilities(rng, size)),
        (with_zeros(rng, p), with_zeros(rng, q)),
        (without(p, nobody), without(q, nobody)),
        (_only(first, probabilities(rng, size)), _only(~first, probabilities(rng, size))),
    )


def _only(chosen, p):
    return np.where(chosen, p, 0) / p[chosen].sum()


def draw_counts(rng):
    """Draw the counts of two years; in the second, one topic has not come up."""
    topics = int(rng.integers(4, 8))
    last_year = rng.multinomial(rng.integers(200, 500), probabilities(rng, topics)) + 5
    this_year = rng.multinomial(rng.integers(150, 600), with_zeros(rng, probabilities(rng, topics)))
    return ({"counts_last_year": last_year, "counts_this_year": this_year},)


def draw_text(rng):
    """Draw a text, in which some letter does not occur, and a model of all letters."""
    letters, length = int(rng.integers(4, 8)), int(rng.integers(15, 40))
    text = rng.choice(letters, length, p=with_zeros(rng, probabilities(rng, letters)))
    return ({"text": text, "q": _per_cent(probabilities(rng, letters))},)


def draw_models(rng):
    """Draw a truth with two peaks, a model that covers both, and one that has one or is any."""
    minutes = int(rng.integers(5, 8))
    low = np.full(minutes, 1.0)
    while True:
        peaks = rng.choice(minutes, 2, replace=False)
        p = low.copy()
        p[peaks] += rng.uniform(8, 20, 2)
        wide = probabilities(rng, minutes) + 1 / minutes
        narrow = probabilities(rng, minutes)
        if rng.random() < 0.7:
            narrow = low.copy()
            narrow[peaks[0]] += rng.uniform(8, 30)
        p, *models = (
            _per_cent(rows * rng.uniform(0.7, 1.3, minutes)) for rows in (p, wide, narrow)
        )
        q_A, q_B = models if rng.random() < 0.5 else models[::-1]
        gaps = [
            ce.kl_divergence(p, q_A) - ce.kl_divergence(p, q_B),
            ce.kl_divergence(q_A, p) - ce.kl_divergence(q_B, p),
        ]
        nearest = min(ce.kl_divergence(p, q) for q in (q_A, q_B))
        if min(map(abs, gaps)) > 0.05 and nearest > 0.05:
            return ({"p": p, "q_A": q_A, "q_B": q_B},)


def _per_cent(weights):
    """Round a distribution to whole hundredths, none below 0.01; they sum to 1."""
    per_cent = np.maximum(np.round(100 * weights / weights.sum()), 1).astype(int)
    per_cent[per_cent.argmax()] += 100 - per_cent.sum()
    return per_cent / 100


# ---------------------------------------------------------------------------------------------
# Right answers


def shares(counts_last_year, counts_this_year):
    """Return this year's shares and last year's: the truth and the model."""
    return counts_this_year / counts_this_year.sum(), counts_last_year / counts_last_year.sum()


def extra_bits(**counts):
    """Return what a message costs this year beyond its entropy, in bits."""
    return ce.kl_divergence(*shares(**counts), base=2)


def estimate(text, q):
    """Return the mean surprisal of the letters of a text, in nats."""
    return ce.surprisal(q)[text].mean()


def nearest(p, q_A, q_B, divergence=ce.kl_divergence, best=min):
    """Return the nearer model and its divergence: first with p first, then with the model first."""
    forward = {"A": divergence(p, q_A), "B": divergence(p, q_B)}
    reverse = {"A": divergence(q_A, p), "B": divergence(q_B, p)}
    first, second = best(forward, key=forward.get), best(reverse, key=reverse.get)
    return first, float(forward[first]), second, float(reverse[second])


# ---------------------------------------------------------------------------------------------
# Mistakes that the table does not have


def _with_weights(counts_last_year, counts_this_year):
    p, q = shares(counts_last_year, counts_this_year)
    used = p > 0
    return (counts_this_year[used] * np.log2(p[used] / q[used])).sum()


def _with_ones(counts_last_year, counts_this_year):
    return ce.kl_divergence(*shares(counts_last_year + 1, counts_this_year + 1), base=2)


def _whole_digits(p, q):
    used = p > 0
    return (p[used] * (np.ceil(-np.log2(q[used])) - np.ceil(-np.log2(p[used])))).sum()


COUNT_MISTAKES = (
    own(
        "1 added to every count",
        _with_ones,
        "You add 1 to every count; a share is the count itself divided by the sum, and a topic"
        " that has not come up adds nothing.",
        "05_kl_divergence.html#the-definition",
    ),
    own(
        "lengths rounded up",
        lambda **counts: _whole_digits(*shares(**counts)),
        "You round the words up to whole digits; in this question a topic of share s has a word"
        " of minus log2 s bits, not rounded.",
        "05_kl_divergence.html#bits-paid-for-nothing",
    ),
    own(
        "all messages for one",
        _with_weights,
        "Your value is for all messages of this year together; the question asks for bits per"
        " message, so weigh with shares, not with counts.",
        "05_kl_divergence.html#bits-paid-for-nothing",
    ),
    own(
        "ratio of the counts",
        lambda counts_last_year, counts_this_year: (
            ce.kl_divergence(*shares(counts_last_year, counts_this_year), base=2)
            + np.log2(counts_this_year.sum() / counts_last_year.sum())
        ),
        "You divide this year's counts by last year's inside the logarithm; the totals differ, so"
        " turn both into shares first.",
        "05_kl_divergence.html#the-definition",
    ),
    own(
        "cost of the old code",
        lambda **counts: ce.cross_entropy(*shares(**counts), base=2),
        "Your value is the whole cost of last year's code, the cross-entropy; the question asks"
        " how much longer it is, so subtract the entropy of this year's shares.",
        "05_kl_divergence.html#total-floor-extra",
    ),
    own(
        "each year with its own code",
        lambda **counts: abs(_entropy_difference(*shares(**counts))),
        "You compared what each year costs with its own code; this year's messages are written"
        " with last year's words, so weigh last year's lengths with this year's shares.",
        "05_kl_divergence.html#total-floor-extra",
    ),
    own(
        "years exchanged",
        lambda **counts: _years_exchanged(*shares(**counts)),
        "You weigh with last year's shares; the messages are this year's, so this year's shares"
        " weigh and stand above last year's in the ratio.",
        "05_kl_divergence.html#two-directions",
    ),
    own(
        "difference of the plain means",
        lambda **counts: _difference_of_means(*shares(**counts)),
        "You averaged the lengths over the topics as if all were equally common; weigh them with"
        " this year's shares.",
        "04_cross_entropy.html#the-truth-weighs-the-model-pays",
    ),
)


def _entropy_difference(p, q):
    return ce.entropy(q, base=2) - ce.entropy(p, base=2)


def _years_exchanged(p, q):
    used = p > 0
    return (q[used] * np.log2(q[used] / p[used])).sum()


def _difference_of_means(p, q):
    used = p > 0
    return np.mean(np.log2(p[used] / q[used]))


def left_out(value, section):
    """Return the mistake of leaving out what the model holds to be impossible."""

    def commit(p, q):
        both = (p > 0) & (q > 0)
        return value(np.where(both, p, 0), np.where(both, p, 1), np.where(both, q, 1))

    return own(
        "terms with model probability 0 left out",
        commit,
        "You leave out every outcome to which the model gives the probability 0; if the truth"
        " gives it more than 0, the answer for that row is infinite.",
        section,
    )


CLIPPED_PERPLEXITY = tuple(
    replace(mistake, commit=lambda p, q, commit=mistake.commit: np.exp(commit(p, q)))
    for mistake in mistakes("cross_entropy")
    if "clipped" in mistake.name or "added in the logarithm" in mistake.name
)

# The Jensen-Shannon divergence takes no logarithm of 0, so a small number in it does no harm.
CLIPS = tuple(
    name
    for mistake in mistakes("js_divergence")
    if "clipped" in (name := mistake.name) or "added in the logarithm" in name
)

SAMPLE_MISTAKES = (
    own(
        "all letters of the model",
        lambda text, q: ce.surprisal(q).mean(),
        "You averaged over the letters of the model, not over the text; take the surprisal of"
        " each letter in the text.",
        "04_cross_entropy.html#an-estimate-from-samples",
    ),
)


def _exchanged(forward, forward_value, reverse, reverse_value):
    return reverse, reverse_value, forward, forward_value


def _other(name):
    return "B" if name == "A" else "A"


def _names_turned_round(**data):
    forward, forward_value, reverse, reverse_value = nearest(**data)
    return _other(forward), forward_value, _other(reverse), reverse_value


def _forward_twice(**data):
    return nearest(**data)[:2] * 2


def _reverse_twice(**data):
    return nearest(**data)[2:] * 2


NEARER_MISTAKES = (
    own(
        "ratio upside down",
        lambda **data: nearest(**data, divergence=_upside_down),
        "Your values are negative, so the smaller one marks the farther model; what weighs stands"
        " above the other in the ratio.",
        "05_kl_divergence.html#why-it-is-never-negative",
    ),
    own(
        "mean over K",
        lambda **data: nearest(**data, divergence=_mean_of_terms),
        "You divide by the number of outcomes; the probabilities are the weights already, so add"
        " the terms and do not divide.",
        "05_kl_divergence.html#the-definition",
    ),
    own(
        "directions exchanged",
        lambda **data: _exchanged(*nearest(**data)),
        "You exchanged the directions; in the forward direction the truth p comes first and"
        " weighs the logarithms.",
        "05_kl_divergence.html#two-directions",
    ),
    own(
        "forward in both directions",
        _forward_twice,
        "Your reverse answers are the forward ones again; in the reverse direction the model q"
        " weighs, and stands above p in the ratio.",
        "05_kl_divergence.html#two-directions",
    ),
    own(
        "reverse in both directions",
        _reverse_twice,
        "Your forward answers are the reverse ones; in the forward direction the truth p weighs,"
        " and stands above q in the ratio.",
        "05_kl_divergence.html#two-directions",
    ),
    own(
        "the farther model",
        lambda **data: nearest(**data, best=max),
        "You chose the larger divergence; the nearer model is the one with the smaller.",
        "05_kl_divergence.html#the-definition",
    ),
    own(
        "names turned round",
        _names_turned_round,
        "The numbers are right, but each belongs to the other model; the smaller divergence marks"
        " the nearer one.",
        "05_kl_divergence.html#the-definition",
    ),
    own(
        "bits for nats",
        lambda **data: nearest(**data, divergence=lambda p, q: ce.kl_divergence(p, q, base=2)),
        "Your values are in bits; the question asks for nats, so take the natural logarithm.",
        "01_surprise.html#bits-nats-and-a-number-without-a-unit",
    ),
    own(
        "lost minus sign",
        lambda **data: nearest(**data, divergence=_upside_down, best=max),
        "Your values are negative; what weighs stands above the other in the ratio, and a KL"
        " divergence is never below 0.",
        "05_kl_divergence.html#why-it-is-never-negative",
    ),
    own(
        "cross-entropy for KL divergence",
        lambda **data: nearest(**data, divergence=ce.cross_entropy),
        "Your values are cross-entropies, which have the entropy of their first argument in them;"
        " subtract it. In the reverse direction it is not the same for both models.",
        "05_kl_divergence.html#the-constant-is-not-one-number",
    ),
    own(
        "Jensen-Shannon for KL divergence",
        lambda **data: nearest(**data, divergence=ce.js_divergence),
        "Your values are Jensen-Shannon divergences, which have no direction; compare with the"
        " model itself, not with the middle of the two.",
        "05_kl_divergence.html#jensen-shannon-both-sides-meet-in-the-middle",
    ),
    own(
        "entropy difference",
        lambda **data: nearest(**data, divergence=lambda p, q: abs(ce.entropy(q) - ce.entropy(p))),
        "Your values are differences of entropies, and two quite different distributions can have"
        " the same entropy; the divergence compares them outcome by outcome.",
        "05_kl_divergence.html#total-floor-extra",
    ),
)


def _upside_down(p, q):
    return -ce.kl_divergence(p, q)


def _mean_of_terms(p, q):
    return ce.kl_divergence(p, q) / len(p)


# ---------------------------------------------------------------------------------------------
# The set

P, Q = np.array([0.5, 0.25, 0.25]), np.array([0.25, 0.25, 0.5])
ROWS_P = np.array([[0.7, 0.2, 0.1], [0.4, 0.6, 0.0]])
ROWS_Q = np.array([[0.5, 0.2, 0.3], [0.3, 0.7, 0.0]])
FORGOTTEN = np.array([0.5, 0.5, 0.0]), np.array([1.0, 0.0, 0.0])

PAIRS = ((P, Q), (ROWS_P, ROWS_Q), FORGOTTEN)

PS2 = ProblemSet(
    name="ps2",
    title="Cross-entropy and KL divergence",
    chapters=(
        "01_surprise",
        "02_entropy",
        "03_codes",
        "04_cross_entropy",
        "05_kl_divergence",
    ),
    minutes=90,
    tasks=(
        Task(
            name="cross_entropy",
            title="Cross-entropy in nats",
            points=2,
            answers=("cross_entropy",),
            examples=PAIRS,
            draw=draw_pairs,
            reference=ce.cross_entropy,
            misconceptions=(
                *mistakes("cross_entropy"),
                one_sum(
                    lambda p, q: -np.sum(p * np.log(q)), "04_cross_entropy.html#the-definition"
                ),
                left_out(
                    lambda weight, p, q: -(weight * np.log(q)).sum(axis=-1),
                    "04_cross_entropy.html#the-definition",
                ),
            ),
        ),
        Task(
            name="kl_divergence",
            title="KL divergence in nats",
            points=2,
            answers=("kl_divergence",),
            examples=PAIRS,
            draw=draw_pairs,
            reference=ce.kl_divergence,
            misconceptions=(
                *mistakes("kl_divergence"),
                one_sum(
                    lambda p, q: np.sum(p * np.log(p / q)), "05_kl_divergence.html#the-definition"
                ),
                left_out(
                    lambda weight, p, q: (weight * np.log(p / q)).sum(axis=-1),
                    "05_kl_divergence.html#the-definition",
                ),
            ),
        ),
        Task(
            name="last_year",
            title="Extra bits of last year's code",
            points=2,
            answers=("extra_bits",),
            examples=(
                {
                    "counts_last_year": np.array([120, 60, 40, 20, 10]),
                    "counts_this_year": np.array([45, 30, 0, 15, 110]),
                },
            ),
            draw=draw_counts,
            reference=extra_bits,
            misconceptions=(
                *mistakes(
                    "kl_bits",
                    "nats for bits",
                    "log10 for log2",
                    "ratio upside down",
                    "mean over K",
                    "swapped arguments",
                    "wrong entropy subtracted",
                    "Jensen-Shannon for KL divergence",
                    take=shares,
                ),
                *mistakes("kl_divergence", "0 log 0 is nan", take=shares),
                *COUNT_MISTAKES,
            ),
        ),
        Task(
            name="js_divergence",
            title="Jensen-Shannon divergence in nats",
            points=2,
            answers=("js_divergence",),
            examples=(
                (P, Q),
                (ROWS_P, np.array([[0.0, 0.2, 0.8], [0.9, 0.1, 0.0]])),
                (np.array([0.5, 0.5, 0.0]), np.array([0.0, 0.0, 1.0])),
            ),
            draw=draw_papers,
            reference=ce.js_divergence,
            misconceptions=(
                *mistakes("js_divergence", but=CLIPS),
                one_sum(
                    lambda p, q: np.sum(ce.js_divergence(p, q)),
                    "05_kl_divergence.html#jensen-shannon-both-sides-meet-in-the-middle",
                    nan=False,
                ),
            ),
        ),
        Task(
            name="perplexity",
            title="Perplexity",
            points=2,
            answers=("perplexity",),
            examples=PAIRS,
            draw=draw_pairs,
            reference=ce.perplexity,
            misconceptions=(
                *mistakes("perplexity"),
                *CLIPPED_PERPLEXITY,
                left_out(
                    lambda weight, p, q: np.exp(-(weight * np.log(q)).sum(axis=-1)),
                    "04_cross_entropy.html#perplexity",
                ),
                own(
                    "mean over K",
                    lambda p, q: np.exp(ce.cross_entropy(p, q) / p.shape[-1]),
                    "You divide the cross-entropy by the number of outcomes; the probabilities are"
                    " the weights already, so add the terms and do not divide.",
                    "04_cross_entropy.html#perplexity",
                ),
                one_sum(
                    lambda p, q: np.exp(np.sum(ce.cross_entropy(p, q))),
                    "04_cross_entropy.html#perplexity",
                    nan=False,
                ),
                one_sum(
                    lambda p, q: np.exp(-np.sum(p * np.log(q))), "04_cross_entropy.html#perplexity"
                ),
            ),
        ),
        Task(
            name="sample",
            title="Cross-entropy estimated from a text",
            points=3,
            answers=("estimate",),
            examples=(
                {
                    "text": np.array([0, 2, 1, 0, 3, 0, 4, 2, 0, 1, 2, 0, 0, 3, 2, 4, 0, 2]),
                    "q": np.array([0.3, 0.25, 0.15, 0.05, 0.2, 0.05]),
                },
            ),
            draw=draw_text,
            reference=estimate,
            misconceptions=(
                *mistakes(
                    "sample_cross_entropy",
                    "sum for mean",
                    "no mean",
                    "logarithm of the mean",
                    "likelihood for its logarithm",
                    "no logarithm",
                    "one minus the probability",
                    "entropy of the model",
                    "entropy of the sample",
                    "KL divergence for cross-entropy",
                    "swapped arguments",
                    "repeats left out",
                    "perplexity for cross-entropy",
                    "bits for nats",
                    "log10 for the natural logarithm",
                    "lost minus sign",
                    "labels counted from 1",
                    take=lambda text, q: (text, q),
                ),
                *SAMPLE_MISTAKES,
            ),
        ),
        Task(
            name="nearer",
            title="The nearer model, in both directions",
            points=3,
            answers=("forward", "forward_value", "reverse", "reverse_value"),
            examples=(
                {
                    "p": np.array([0.04, 0.46, 0.02, 0.01, 0.41, 0.06]),
                    "q_A": np.array([0.11, 0.77, 0.06, 0.02, 0.01, 0.03]),
                    "q_B": np.array([0.1, 0.2, 0.23, 0.19, 0.17, 0.11]),
                },
            ),
            draw=draw_models,
            reference=nearest,
            misconceptions=NEARER_MISTAKES,
        ),
    ),
    essay="essay",
    essay_points=4,
)
