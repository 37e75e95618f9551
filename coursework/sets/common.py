"""What the problem sets share: hidden distributions, and the mistakes of a task."""

from dataclasses import replace

import numpy as np

from cecourse.misconceptions import Misconception, misconceptions_of

# ---------------------------------------------------------------------------------------------
# Hidden inputs


def probabilities(rng, *shape):
    """Draw rows that sum to 1, no entry below 0.02."""
    outcomes = shape[-1]
    rows = rng.dirichlet(np.ones(outcomes), shape[:-1])
    return 0.02 + (1 - 0.02 * outcomes) * rows


def without(p, k):
    """Give outcome k of each row the probability 0; the others keep their proportions."""
    p = np.array(p)
    np.put_along_axis(p, np.expand_dims(k, -1), 0.0, axis=-1)
    return p / p.sum(axis=-1, keepdims=True)


def with_zeros(rng, p):
    """Give one outcome of each row, chosen at random, the probability 0."""
    return without(p, rng.integers(p.shape[-1], size=p.shape[:-1]))


def certain(rng, outcomes):
    """Return a distribution in which one outcome has all the probability."""
    return np.eye(outcomes)[rng.integers(outcomes)]


def two_sizes(rng, low, high):
    """Draw two different sizes: with as many rows as columns, a wrong axis would fit as well."""
    return map(int, rng.choice(np.arange(low, high + 1), 2, replace=False))


# ---------------------------------------------------------------------------------------------
# Mistakes


def mistakes(quantity, *names, but=(), take=None):
    """Return mistakes of one quantity from the table: those named, or all, `but` some.

    `take` turns the arguments of a case, or the data of a data task, into the arguments of the
    quantity, where they are not the same.
    """
    known = {mistake.name: mistake for mistake in misconceptions_of(quantity)}
    chosen = [known[name] for name in names or known]
    for name in but:
        chosen.remove(known[name])
    if take is not None:
        chosen = [replace(mistake, commit=_after(take, mistake.commit)) for mistake in chosen]
    return tuple(chosen)


def _after(take, commit):
    return lambda *arguments, **data: commit(*take(*arguments, **data))


def own(name, commit, why, section, quantity=""):
    """Return a mistake that is possible in one task only."""
    return Misconception(name, quantity, commit, why, section)


def one_sum(commit, section, *, nan=True):
    """Return the mistake of a single sum over a whole matrix; `nan` if it meets 0 log 0 as well."""
    if nan:
        return own(
            "all rows added, with 0 log 0",
            commit,
            "You add over all rows, and 0 times the logarithm of 0 makes the sum nan; add over the"
            " last axis only, and leave out the outcomes of probability 0.",
            section,
        )
    return own(
        "all rows added",
        commit,
        "You add over all rows and outcomes; each row is a distribution of its own and gives one"
        " number, so add over the last axis only.",
        section,
    )
