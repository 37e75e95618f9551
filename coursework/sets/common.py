"""The mistakes of a task: those of the course's table, and those that only this task allows."""

from dataclasses import replace

from cecourse.misconceptions import Misconception, misconceptions_of


def mistakes(quantity, *names, take=None):
    """Return mistakes of one quantity from the table: those named, in that order.

    `take` turns the arguments of a case, or the data of a data task, into the arguments of the
    quantity, where they are not the same.
    """
    known = {mistake.name: mistake for mistake in misconceptions_of(quantity)}
    chosen = tuple(known[name] for name in names)
    if take is None:
        return chosen
    return tuple(replace(mistake, commit=_after(take, mistake.commit)) for mistake in chosen)


def _after(take, commit):
    return lambda *arguments, **data: commit(*take(*arguments, **data))


def own(name, commit, why, section, quantity=""):
    """Return a mistake that is possible in one task only."""
    return Misconception(name, quantity, commit, why, section)
