"""Grade one submission: what a worker process does.

It imports little, since every worker starts by importing it, and returns plain data.
"""

import functools
import hashlib
import hmac
import json
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

import cecourse

from . import sandbox, values
from .draws import hidden_cases, other_choice
from .places import source_path
from .sets import SETS
from .submission import Probe, Submission, attempts, plan, read_submission, unusual
from .verdict import Failure, Verdict, judge

NOT_ANSWERED = "NotImplementedError"  # what a cell raises as it is released


@dataclass(frozen=True)
class Job:
    """All that a worker needs to know to grade one submission."""

    problem_set: str
    student: str
    submission: Submission
    key: bytes
    digest: str
    limits: sandbox.Limits
    allow_unprotected: bool


@dataclass(frozen=True)
class Graded:
    """The outcome of one submission: verdicts, or the reason why there are none."""

    student: str
    fingerprint: str
    sha256: str = ""
    verdicts: tuple[Verdict, ...] = ()
    unusual: tuple[str, ...] = ()
    failed: str | None = None

    @property
    def earned(self):
        """Points of all tasks."""
        return sum(verdict.earned for verdict in self.verdicts)

    def as_json(self):
        """Return the record as text."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)

    @classmethod
    def from_json(cls, text):
        """Read a record; verdicts and remarks are tuples again."""
        tree = json.loads(text)
        verdicts = tuple(
            Verdict(**{key: tuple(v) if isinstance(v, list) else v for key, v in verdict.items()})
            for verdict in tree.pop("verdicts")
        )
        return cls(verdicts=verdicts, unusual=tuple(tree.pop("unusual")), **tree)


@functools.cache
def digest():
    """Return a digest of everything but the submission and the secret that decides a grade."""
    here = Path(__file__).parent
    files = [*here.glob("*.py"), *here.glob("sets/*.py"), *here.glob("source/*/*.ipynb")]
    files += Path(cecourse.__file__).parent.glob("*.py")
    total = hashlib.sha256(f"{sys.version_info[:2]} {np.__version__}".encode())
    for path in sorted(files, key=lambda path: (path.parent.name, path.name)):
        total.update(f"{path.parent.name}/{path.name}\0".encode() + path.read_bytes())
    return total.hexdigest()


def grade_one(job):
    """Grade one submission; whatever goes wrong becomes part of the answer."""
    fingerprint = fingerprint_of(job.submission.sha256, job.key, job.limits, job.allow_unprotected)
    about = {"student": job.student, "sha256": job.submission.sha256, "fingerprint": fingerprint}
    if job.digest != digest():
        return Graded(**about, failed="the worker has another version of the course or of NumPy")
    try:
        problem_set = SETS[job.problem_set]
        source = read_submission(source_path(job.problem_set))
        cases = {task.name: hidden_cases(task, job.key) for task in problem_set.tasks}
        verdicts, odd = _run(job, source, cases)
        others = {
            task.name: other
            for task in problem_set.tasks
            if verdicts[task.name].earned
            and (other := other_choice(task, job.key, cases[task.name]))
        }
        if others:
            second, _ = _run(job, source, {**cases, **others})
            verdicts |= {name: _on_other_data(second[name]) for name in others}
    except Exception as error:  # one submission must not end the batch
        return Graded(**about, failed=f"the grader failed: {type(error).__name__}: {error}")
    # A cell that is as it was released is not unusual; its task says so.
    odd = [line for line in odd if NOT_ANSWERED not in line]
    return Graded(**about, verdicts=tuple(verdicts.values()), unusual=tuple(odd))


def _run(job, source, cases):
    """Run a submission on hidden cases; return the verdicts by task, and what was odd."""
    tasks = SETS[job.problem_set].tasks
    probes = [Probe(task.name, task.answers, cases[task.name]) for task in tasks]
    made = plan(job.submission, source, probes)
    protected = sandbox.isolation() or not job.allow_unprotected
    records = sandbox.run(made.units, job.limits, "bubblewrap" if protected else "none")
    answers = attempts(made, records)
    verdicts = {
        task.name: judge(task, cases[task.name], [_answers(task, a) for a in answers[task.name]])
        for task in tasks
    }
    return verdicts, unusual(made, records)


def _on_other_data(verdict):
    """Say of a verdict that is not "right" that it is on the second set of data."""
    if verdict.earned:
        return verdict
    return replace(verdict, says=f"On other data, where another choice is right: {verdict.says}")


def _answers(task, results):
    """Turn the results of one attempt into values or Failures, with the name that was asked."""
    names = task.answers if task.on_data else task.answers * len(results)
    return [_answer(result, name) for result, name in zip(results, names, strict=False)]


def _answer(result, name):
    """Turn a result from the sandbox into a value or a Failure."""
    if "value" in result:
        try:
            return values.decode(result["value"])
        except ValueError as error:
            return Failure(f"what it returned cannot be read ({error}).")
    if result.get("error", "").startswith(NOT_ANSWERED):
        return Failure("the cell is as it was released.")
    if "error" in result:
        return Failure(f"it stopped with {result['error']}", result["error"].partition(":")[0])
    if "stopped" in result:
        return Failure(f"it was stopped ({result['stopped']}).")
    return Failure(f"{name} is not defined.")


def fingerprint_of(sha256, key, limits, allow_unprotected):
    """Return a digest of all that a grade depends on; another one means another grade."""
    what = f"{sha256} {digest()} {limits} {allow_unprotected}".encode()
    return hmac.new(key, what, hashlib.sha256).hexdigest()
