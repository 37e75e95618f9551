"""Hidden inputs, drawn for one submission from the instructor's secret.

The same file from the same student always gets the same inputs, so a grade can be computed again.
Another student's file, or a changed one, gets others: what one submission finds out about its
inputs (through an error message, say) is of no use to the next.
"""

import hashlib
import hmac

import numpy as np

from .check import agree

# A hidden case that could not tell a mistake from the right answer is drawn again. A mistake must
# miss the right answer by ten times what is forgiven.
MARGIN = 10
DRAWS = 200


def submission_key(secret, problem_set, student, sha256):
    """Return the key of one submission: an HMAC of the set, the student and the file's digest."""
    return _derived(secret, problem_set, student, sha256)


def _derived(key, *parts):
    """Return the key that belongs to these parts under another key."""
    return hmac.digest(key, "\0".join(map(str, parts)).encode(), hashlib.sha256)


def hidden_cases(task, key):
    """Return the hidden cases of a task, on which each of its misconceptions shows."""
    for draw in range(DRAWS):
        seed = int.from_bytes(_derived(key, task.name, draw))
        cases = task.draw(np.random.default_rng(seed))
        if not hidden_mistakes(task, cases):
            return cases
    raise RuntimeError(
        f"{task.name}: in {DRAWS} draws no cases were found that show each misconception; the last"
        f" ones do not show: {', '.join(hidden_mistakes(task, cases))}"
    )


def other_choice(task, key, cases):
    """Return other hidden data of a task, on which each of its choices is another one.

    A fixed choice with a number that is right for any choice would pass one set of data by luck;
    it cannot pass both. None for a task without a choice.
    """
    first = _choices(task, cases)
    if not first:
        return None
    for draw in range(DRAWS):
        other = hidden_cases(task, _derived(key, task.name, "other choice", draw))
        if all(a != b for a, b in zip(first, _choices(task, other), strict=True)):
            return other
    raise RuntimeError(f"{task.name}: in {DRAWS} draws no data were found with another choice")


def _choices(task, cases):
    answers = task.outcomes(task.reference, cases) if task.on_data else []
    return [answer for answer in answers if isinstance(answer, str)]


def hidden_mistakes(task, cases):
    """Return the names of the task's misconceptions that these cases would not show."""
    right = task.outcomes(task.reference, cases)
    relative, absolute = MARGIN * task.relative, MARGIN * task.absolute
    return [
        mistake.name
        for mistake in task.misconceptions
        if all(
            agree(value, other, relative, absolute)
            for value, other in zip(task.outcomes(mistake.commit, cases), right, strict=True)
        )
    ]
