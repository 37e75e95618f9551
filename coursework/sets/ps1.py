"""Problem set 1: surprise, entropy and codes."""

import numpy as np

import cecourse as ce
from cecourse.misconceptions import QUANTITIES

from ..task import ProblemSet, Task
from .common import certain, mistakes, one_sum, own, probabilities, two_sizes, with_zeros

# ---------------------------------------------------------------------------------------------
# Hidden inputs


def draw_surprisal(rng):
    """Draw a vector, a matrix, and a vector with both ends of the scale."""
    rows, columns = two_sizes(rng, 2, 6)
    ends = rng.permutation([0.0, 1.0, *rng.uniform(0.02, 0.9, 2)])
    return (
        (rng.uniform(0.02, 0.98, int(rng.integers(3, 9))),),
        (rng.uniform(0.02, 0.98, (rows, columns)),),
        (ends,),
    )


def draw_entropy(rng):
    """Draw one distribution, several, several with zeros, and a certain one."""
    rows, outcomes = two_sizes(rng, 3, 7)
    return (
        (probabilities(rng, int(rng.integers(3, 9))),),
        (probabilities(rng, rows, outcomes),),
        (with_zeros(rng, probabilities(rng, outcomes, rows)),),
        (certain(rng, int(rng.integers(2, 6))),),
    )


def draw_forecaster(rng):
    """Draw forecasts in steps of 5 per cent and weather that follows them."""
    days = int(rng.integers(8, 15))
    chance_of_rain = rng.integers(1, 20, days) / 20
    rained = (rng.random(days) < chance_of_rain).astype(int)
    rained[:2] = rng.permutation([0, 1])  # both kinds of days occur
    return ({"chance_of_rain": chance_of_rain, "rained": rained},)


def draw_lengths(rng):
    """Draw short words, which need more than a tree, long ones, and mixed ones."""
    short = np.append([1, 1], rng.integers(1, 5, int(rng.integers(1, 4))))
    return (
        (rng.permutation(short),),
        (rng.integers(2, 7, int(rng.integers(6, 9))),),
        (rng.integers(1, 13, int(rng.integers(2, 9))),),
    )


def draw_expected_length(rng):
    """Draw one distribution of letters, several, and several with zeros."""
    rows, outcomes = two_sizes(rng, 3, 7)
    letters = int(rng.integers(3, 9))
    return (
        (probabilities(rng, letters), rng.integers(1, 9, letters)),
        (probabilities(rng, rows, outcomes), rng.integers(1, 9, outcomes)),
        (with_zeros(rng, probabilities(rng, rows, outcomes)), rng.integers(1, 9, outcomes)),
    )


def draw_optimal_length(rng):
    """Draw three distributions of different sizes, and two reports of which one is rare."""
    sizes = rng.choice(np.arange(3, 9), 3, replace=False)
    rare = rng.uniform(0.05, 0.062)  # where nats rounded up are not bits rounded down
    two = rng.permutation([rare, 1 - rare])
    return (*((probabilities(rng, int(size)),) for size in sizes), (two,))


def draw_tables(rng):
    """Draw three tables of lengths: nearly equal words, steps, and words too short to be read."""
    letters = int(rng.integers(4, 7))
    while True:
        p = np.sort(rng.dirichlet(np.full(letters, 2.0)))[::-1].round(2)
        if p.min() < 0.02 or abs(p.sum() - 1) > 1e-9:
            continue
        equal = np.sort(optimal_lengths(np.full(letters, 1 / letters)))
        steps = np.minimum(np.arange(letters) + 1, letters - 1)
        short = np.minimum(equal, steps)
        short[-1 - rng.integers(2)] -= 1
        order = rng.permutation(letters)
        tables = [table[order] for table in (equal, steps, short)]
        costs = [p[order] @ table for table in tables]
        if abs(costs[0] - costs[1]) >= 0.05 and costs[2] + 0.05 <= min(costs[:2]):
            break
    names = rng.permutation(["lengths_A", "lengths_B", "lengths_C"])
    chosen = dict(zip(map(str, names), tables, strict=True))
    return ({"p": p[order], **{name: chosen[name] for name in sorted(chosen)}},)


# ---------------------------------------------------------------------------------------------
# Right answers

kraft_sum = QUANTITIES["kraft_sum"]
optimal_lengths = QUANTITIES["code_lengths"]


def average_surprise(chance_of_rain, rained):
    """Return the mean surprise of what happened, in bits per day."""
    happened = np.where(rained == 1, chance_of_rain, 1 - chance_of_rain)
    return ce.surprisal(happened, base=2).mean()


def compare_tables(p, lengths_A, lengths_B, lengths_C, cost=ce.expected_length, readable=None):
    """Return the cheapest table that a prefix code can have, and its lead over the second."""
    tables = {"A": lengths_A, "B": lengths_B, "C": lengths_C}
    readable = readable or (lambda lengths: ce.kraft_sum(lengths) <= 1)
    costs = {name: cost(p, table) for name, table in tables.items() if readable(table)}
    first, second = sorted(costs, key=costs.get)[:2]
    return first, float(costs[second] - costs[first])


# ---------------------------------------------------------------------------------------------
# Mistakes that are only possible here


def _of_what_happened(chance_of_rain, rained):
    return np.where(rained == 1, chance_of_rain, 1 - chance_of_rain)


SURPRISAL_MISTAKES = (
    own(
        "weighted by p, with 0 log 0",
        lambda p: -p * np.log(p),
        "You multiply by p, as in an entropy, and 0 times the logarithm of 0 is nan; the surprisal"
        " is minus the logarithm alone.",
        "01_surprise.html#why-minus-the-logarithm",
    ),
)

FORECASTER_MISTAKES = (
    own(
        "nats for bits",
        lambda chance_of_rain, rained: average_surprise(chance_of_rain, rained) * np.log(2),
        "Your value is in nats; the question asks for bits, so take log2 instead of the natural"
        " logarithm.",
        "01_surprise.html#bits-nats-and-a-number-without-a-unit",
    ),
    own(
        "lost minus sign",
        lambda chance_of_rain, rained: -average_surprise(chance_of_rain, rained),
        "The logarithm of a probability is negative; a surprise is minus that logarithm.",
        "01_surprise.html#why-minus-the-logarithm",
    ),
    own(
        "sum for mean",
        lambda chance_of_rain, rained: len(rained) * average_surprise(chance_of_rain, rained),
        "Your value is the surprise of all days together; the question asks for the surprise per"
        " day, so divide by the number of days.",
        "02_entropy.html#the-average-surprise",
    ),
    own(
        "rain on every day",
        lambda chance_of_rain, rained: -np.log2(chance_of_rain).mean(),
        "You took the surprise of rain on every day; on a dry day what happened is dryness, and"
        " its probability was 1 minus the chance of rain.",
        "01_surprise.html#real-data-the-letters-of-a-poem",
    ),
    own(
        "dry days count nothing",
        lambda chance_of_rain, rained: -(rained * np.log2(chance_of_rain)).sum() / len(rained),
        "You left out the surprise of the dry days; a dry day surprises by minus the logarithm of"
        " 1 minus the chance of rain.",
        "07_binary_cross_entropy.html#one-label-one-probability",
    ),
    own(
        "mean over the rainy days",
        lambda chance_of_rain, rained: -np.log2(chance_of_rain[rained == 1]).mean(),
        "You averaged over the rainy days only; the dry days surprise as well, by minus the"
        " logarithm of 1 minus the chance of rain.",
        "07_binary_cross_entropy.html#one-label-one-probability",
    ),
    own(
        "rained and dry exchanged",
        lambda chance_of_rain, rained: average_surprise(chance_of_rain, 1 - rained),
        "Your value is the surprise of what did not happen; a 1 in the record means rain, and the"
        " forecast of rain is what counts on that day.",
        "01_surprise.html#real-data-the-letters-of-a-poem",
    ),
    own(
        "logarithm of the mean",
        lambda chance_of_rain, rained: -np.log2(_of_what_happened(chance_of_rain, rained).mean()),
        "You averaged the probabilities first and took one logarithm; each day has a surprise of"
        " its own, so take the logarithms first and average them.",
        "02_entropy.html#why-the-curve-bends-down",
    ),
    own(
        "entropy of the forecasts",
        lambda chance_of_rain, rained: ce.binary_entropy(chance_of_rain, base=2).mean(),
        "Your value is the surprise that the forecaster expects; the question asks for the"
        " surprise of what was on record.",
        "02_entropy.html#two-outcomes-the-coin",
    ),
)

KRAFT_MISTAKES = (
    own(
        "cut off at 1",
        lambda lengths: min(1.0, kraft_sum(lengths)),
        "You return at most 1; words that need more than the whole tree have a Kraft sum above 1,"
        " so return the sum itself.",
        "03_codes.html#the-tree-and-the-intervals",
    ),
    own(
        "repeated lengths counted once",
        lambda lengths: kraft_sum(np.unique(lengths)),
        "You count every length once; each word takes its own share of the tree, so two words of"
        " the same length take two shares.",
        "03_codes.html#the-tree-and-the-intervals",
    ),
)

LENGTH_MISTAKES = (
    one_sum(
        lambda p, lengths: np.sum(p * lengths),
        "03_codes.html#a-code-that-cannot-be-read",
        nan=False,
    ),
    own(
        "mean of all products",
        lambda p, lengths: np.mean(p * lengths),
        "You take the mean of all products; the probabilities are the weights already, so add the"
        " products of each row and do not divide.",
        "03_codes.html#a-code-that-cannot-be-read",
    ),
    own(
        "wrong axis",
        lambda p, lengths: np.sum(p * lengths, axis=0),
        "You add over the languages; the letters lie on the last axis, so that every row gives one"
        " number.",
        "03_codes.html#a-code-that-cannot-be-read",
    ),
)

OPTIMAL_MISTAKES = (
    own(
        "rounding, even to 0 digits",
        lambda p: p @ np.round(-np.log2(p)),
        "You round the surprisals to the nearest number, some even to 0; then the Kraft sum may"
        " exceed 1, and no prefix code has such lengths.",
        "03_codes.html#the-tree-and-the-intervals",
    ),
    own(
        "rounding down, even to 0 digits",
        lambda p: p @ np.floor(-np.log2(p)),
        "You round the surprisals down, some even to 0; then the Kraft sum exceeds 1, and no"
        " prefix code has such lengths.",
        "03_codes.html#the-tree-and-the-intervals",
    ),
    own(
        "natural logarithm for bits",
        lambda p: ce.entropy(p),
        "Your value is the entropy in nats; the question asks for the length of a code in whole"
        " binary digits.",
        "03_codes.html#why-entropy-is-the-floor",
    ),
    own(
        "mean word length",
        lambda p: optimal_lengths(p).mean(),
        "You averaged the word lengths as if all symbols were equally common; weigh each length"
        " with its symbol's probability.",
        "03_codes.html#a-code-that-cannot-be-read",
    ),
)

TABLE_MISTAKES = (
    own(
        "cost for the saving",
        lambda **data: _cost_for_saving(**data),
        "The choice is right, but your number is what the chosen table costs; the question asks"
        " how much less that is than the cost of the other readable table.",
        "03_codes.html#a-code-that-cannot-be-read",
    ),
    own(
        "a table that no readable code has",
        lambda **data: compare_tables(**data, readable=lambda lengths: True),
        "The Kraft sum of the table that you chose is above 1, so no prefix code has such"
        " lengths; leave it out before you compare.",
        "03_codes.html#the-tree-and-the-intervals",
    ),
    own(
        "unweighted mean",
        lambda **data: compare_tables(**data, cost=lambda p, lengths: lengths.mean()),
        "You compared the plain means of the lengths; weigh each length with the probability of"
        " its letter.",
        "03_codes.html#a-code-that-cannot-be-read",
    ),
    own(
        "the longer table",
        lambda **data: (_other(compare_tables(**data)[0], **data), compare_tables(**data)[1]),
        "The number is right, but you chose the table that costs more bits per letter.",
        "03_codes.html#a-code-that-cannot-be-read",
    ),
    own(
        "sign of the saving",
        lambda **data: (compare_tables(**data)[0], -compare_tables(**data)[1]),
        "The choice is right, but a saving is what the other table costs more: subtract the"
        " smaller number from the larger.",
        "03_codes.html#a-code-that-cannot-be-read",
    ),
    own(
        "distance to the entropy",
        lambda **data: (compare_tables(**data)[0], _above_the_entropy(**data)),
        "The choice is right, but your number is what the chosen table costs above the entropy;"
        " the question asks for its lead over the other readable table.",
        "03_codes.html#why-entropy-is-the-floor",
    ),
)


def _other(chosen, p, lengths_A, lengths_B, lengths_C):
    tables = {"A": lengths_A, "B": lengths_B, "C": lengths_C}
    return next(
        name for name, table in tables.items() if name != chosen and ce.kraft_sum(table) <= 1
    )


def _cost_for_saving(p, **tables):
    chosen = compare_tables(p, **tables)[0]
    return chosen, float(ce.expected_length(p, tables[f"lengths_{chosen}"]))


def _above_the_entropy(p, **tables):
    return _cost_for_saving(p, **tables)[1] - float(ce.entropy(p, base=2))


# ---------------------------------------------------------------------------------------------
# The set

PS1 = ProblemSet(
    name="ps1",
    title="Surprise, entropy and codes",
    chapters=("01_surprise", "02_entropy", "03_codes"),
    minutes=90,
    tasks=(
        Task(
            name="surprisal",
            title="Surprisal in nats",
            points=2,
            answers=("surprisal",),
            examples=(
                (np.array([0.95, 0.05, 0.5]),),
                (np.array([[0.25, 0.9], [0.01, 0.6], [0.3, 0.7]]),),
                (np.array([1.0, 0.0, 0.1]),),
            ),
            draw=draw_surprisal,
            reference=ce.surprisal,
            misconceptions=(*mistakes("surprisal"), *SURPRISAL_MISTAKES),
        ),
        Task(
            name="entropy",
            title="Entropy in nats",
            points=2,
            answers=("entropy",),
            examples=(
                (np.array([0.5, 0.25, 0.25]),),
                (np.array([[0.7, 0.2, 0.1], [0.9, 0.1, 0.0]]),),
                (np.array([0.0, 1.0]),),
            ),
            draw=draw_entropy,
            reference=ce.entropy,
            misconceptions=(
                *mistakes("entropy"),
                one_sum(lambda p: -np.sum(p * np.log(p)), "02_entropy.html#the-average-surprise"),
            ),
        ),
        Task(
            name="forecaster",
            title="A forecaster's average surprise in bits",
            points=2,
            answers=("average_surprise",),
            examples=(
                {
                    "chance_of_rain": np.array([0.9, 0.25, 0.6, 0.1, 0.35, 0.8, 0.2]),
                    "rained": np.array([1, 0, 0, 0, 1, 1, 0]),
                },
            ),
            draw=draw_forecaster,
            reference=average_surprise,
            misconceptions=FORECASTER_MISTAKES,
        ),
        Task(
            name="kraft_sum",
            title="Kraft sum",
            points=2,
            answers=("kraft_sum",),
            examples=(
                (np.array([1, 2, 2]),),
                (np.array([1, 1, 2]),),
                (np.array([3, 3, 2, 4, 7, 7]),),
            ),
            draw=draw_lengths,
            reference=kraft_sum,
            misconceptions=(*mistakes("kraft_sum"), *KRAFT_MISTAKES),
        ),
        Task(
            name="expected_length",
            title="Expected length in bits per letter",
            points=2,
            answers=("expected_length",),
            examples=(
                (np.array([0.5, 0.25, 0.25]), np.array([1, 3, 3])),
                (np.array([[0.7, 0.2, 0.1], [0.1, 0.9, 0.0]]), np.array([1, 4, 2])),
            ),
            draw=draw_expected_length,
            reference=ce.expected_length,
            misconceptions=(
                *mistakes("expected_length", take=lambda p, lengths: (lengths, p)),
                *LENGTH_MISTAKES,
            ),
        ),
        Task(
            name="optimal_length",
            title="Expected length of the best code",
            points=3,
            answers=("optimal_length",),
            examples=(
                (np.array([0.5, 0.25, 0.25]),),
                (np.array([0.05, 0.4, 0.3, 0.25]),),
                (np.array([0.28, 0.18, 0.16, 0.14, 0.13, 0.11]),),
                (np.array([0.99, 0.01]),),
            ),
            draw=draw_optimal_length,
            reference=QUANTITIES["optimal_length"],
            misconceptions=(*mistakes("optimal_length"), *OPTIMAL_MISTAKES),
        ),
        Task(
            name="tables",
            title="The cheaper table of word lengths",
            points=3,
            answers=("best", "saved"),
            examples=(
                {
                    "p": np.array([0.45, 0.25, 0.15, 0.1, 0.05]),
                    "lengths_A": np.array([2, 2, 2, 3, 3]),
                    "lengths_B": np.array([1, 2, 2, 3, 3]),
                    "lengths_C": np.array([1, 2, 3, 4, 4]),
                },
            ),
            draw=draw_tables,
            reference=compare_tables,
            misconceptions=TABLE_MISTAKES,
        ),
    ),
    essay="essay",
    essay_points=4,
)
