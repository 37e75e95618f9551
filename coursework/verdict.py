"""From the values that a submission's answers gave to points and reasons.

Nothing here runs a student's code. An answer is a number, an array, a short text or a `Failure`;
whatever else a sandbox may have written down was refused when it was read.
"""

import builtins
from dataclasses import dataclass

import numpy as np

from cecourse.misconceptions import diagnose_cases


class NoValue(Exception):
    """An answer that is no value and no error of Python's own; no mistake equals it."""


@dataclass(frozen=True)
class Failure:
    """Why there is no value: the answer is missing, raised an error, or was stopped."""

    reason: str
    error: str = ""  # the class of the exception that the answer raised

    def as_exception(self):
        """Return an exception of the class that was raised: a mistake may be one that raises."""
        known = getattr(builtins, self.error, None)
        raised = isinstance(known, type) and issubclass(known, Exception)
        return known(self.reason) if raised else NoValue(self.reason)


@dataclass(frozen=True)
class Verdict:
    """What one task earned and why."""

    task: str
    title: str
    points: int
    earned: int
    says: str
    mistakes: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()


def judge(task, cases, attempts):
    """Return the verdict on a task.

    `attempts` holds the answers to all cases, as often as they were asked for: where the task's
    test stands in the notebook, and at the end if the student defined the name anew. The first
    attempt that is right counts; if none is, the last one is explained.
    """
    verdict = _verdict(task, "There is no answer to this task in the notebook.")
    for answers in attempts:
        verdict = _judge_once(task, cases, answers)
        if verdict.earned:
            break
    return verdict


def _judge_once(task, cases, answers):
    failures = [answer for answer in answers if isinstance(answer, Failure)]
    asked = len(task.answers) if task.on_data else len(cases)
    if len(answers) != asked or len(failures) == asked:
        return _verdict(task, _none(failures))
    outcomes = [
        answer.as_exception() if isinstance(answer, Failure) else answer for answer in answers
    ]
    if len(task.answers) > 1:
        outcomes = [tuple(outcomes)]
    diagnosis = diagnose_cases(
        task.reference,
        outcomes,
        cases,
        task.misconceptions,
        relative=task.relative,
        absolute=task.absolute,
    )
    if diagnosis.right:
        return _verdict(task, "Right.", earned=task.points)
    if diagnosis.matches:
        return _verdict(task, str(diagnosis), diagnosis.matches)
    says = [f"{_count(len(diagnosis.wrong_cases), len(cases))}, and not in a known way."]
    if failures:
        says.append(f"In one case {failures[0].reason}")
    else:
        says += _shapes(task, cases, answers)
    return _verdict(task, " ".join(says))


def _none(failures):
    return (
        f"There is no answer: {failures[0].reason}" if failures else "The answers are incomplete."
    )


def _count(wrong, total):
    if total == 1:
        return "The answer is wrong"
    return f"{wrong} of {total} answers {'is' if wrong == 1 else 'are'} wrong"


def _shapes(task, cases, answers):
    """Say it if a shape is wrong: that costs nothing to tell and much to find."""
    for case, answer in zip(cases, answers, strict=False):
        needed = np.shape(task.answer(task.reference, case)) if len(task.answers) == 1 else ()
        try:
            found = np.shape(answer)
        except ValueError:
            return ["One answer is a list of lists of unequal lengths."]
        if found != needed and not isinstance(answer, str):
            return [f"One has the shape {found}; the question asks for {needed}."]
    return []


def _verdict(task, says, matches=(), earned=0):
    return Verdict(
        task.name,
        task.title,
        task.points,
        earned,
        says,
        tuple(match.name for match in matches),
        tuple(match.section for match in matches),
    )
