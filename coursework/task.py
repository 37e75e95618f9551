"""What a problem set asks: its tasks, and the graders' side of each.

A task is graded on values alone. It says which names the student defines, which inputs they are
tried on, what the right values are, and which mistakes are worth naming.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from cecourse.misconceptions import Misconception

# A float32 solution differs from the reference by some hundred roundings of 6e-8. Wrong answers
# differ by far more: the hidden inputs are chosen so (see draws.py).
RELATIVE = 1e-4
ABSOLUTE = 1e-6


@dataclass(frozen=True)
class Task:
    """One graded question.

    Attributes
    ----------
    name : str
        The `grade_id` of its test cell in the source notebook.
    title : str
        What it is called in the feedback.
    points : int
        Earned in full or not at all; the same number stands in the source notebook.
    answers : tuple of str
        The names that the student defines: one function, or the variables of a data task.
    examples : tuple
        The visible cases: tuples of arguments. A data task has one, a dict of its variables.
    draw : callable
        ``draw(rng)`` gives the hidden cases, in the form of `examples`.
    reference : callable
        The right answer to one case; a tuple where a data task asks for several variables.
    misconceptions : tuple of Misconception
        The mistakes to name; ``commit`` takes what `reference` takes.
    relative, absolute : float
        How far an answer may lie from the reference; `absolute` is in units of the answer's
        largest entry, or of 1 if that is smaller. 0 where small answers must be right as well.
    """

    name: str
    title: str
    points: int
    answers: tuple[str, ...]
    examples: tuple
    draw: Callable[[np.random.Generator], tuple]
    reference: Callable
    misconceptions: tuple[Misconception, ...]
    relative: float = RELATIVE
    absolute: float = ABSOLUTE

    @property
    def on_data(self):
        """Whether the student computes variables from a data cell, not a function."""
        return isinstance(self.examples[0], dict)

    def answer(self, function, case):
        """Return what `function` answers to one case."""
        return function(**case) if self.on_data else function(*case)

    def outcomes(self, function, cases):
        """Return what `function` answers to all cases, in one list; an exception is an answer."""
        found = []
        for case in cases:
            try:
                with np.errstate(all="ignore"):
                    answer = self.answer(function, case)
            except Exception as error:  # a mistake may be one that raises
                answer = (error,) * len(self.answers) if len(self.answers) > 1 else error
            found += list(answer) if len(self.answers) > 1 else [answer]
        return found


@dataclass(frozen=True)
class ProblemSet:
    """A problem set: its tasks in the order of the notebook, and its free-text question."""

    name: str
    title: str
    tasks: tuple[Task, ...]
    essay: str  # the grade_id of the free-text answer
    essay_points: int
    minutes: int = 90
    chapters: tuple[str, ...] = field(default=())  # stems of the book's files that it assumes

    @property
    def points(self):
        """Points that the program awards."""
        return sum(task.points for task in self.tasks)
