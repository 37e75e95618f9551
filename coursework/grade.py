"""Grade a folder of submissions: in parallel, resumable, one record a student.

Submissions are judged by worker processes (joblib's, or those of a Dask cluster), each in a
sandbox of its own. Only the main process writes: a record for each student as soon as it is judged,
then the gradebook, the feedback and the table. A record carries a fingerprint of all that it
depends on, so the same command goes on where it was interrupted, and repeats nothing that holds.
"""

import contextlib
import functools
import hashlib
import hmac
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import joblib
import numpy as np
from joblib.externals.loky.process_executor import TerminatedWorkerError
from tqdm import tqdm

import cecourse

from . import results, sandbox, values
from .collect import hand_ins
from .draws import hidden_cases, submission_key
from .release import source_path
from .sets import SETS
from .submission import Probe, Submission, SubmissionError, attempts, plan, read_submission, unusual
from .verdict import Failure, Verdict, judge

RESTARTS = 3  # of a pool whose worker process died


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
    fingerprint = _fingerprint(job.submission.sha256, job.key, job.limits, job.allow_unprotected)
    about = {"student": job.student, "sha256": job.submission.sha256, "fingerprint": fingerprint}
    if job.digest != digest():
        return Graded(**about, failed="the worker has another version of the course or of NumPy")
    try:
        problem_set = SETS[job.problem_set]
        source = read_submission(source_path(job.problem_set))
        cases = {task.name: hidden_cases(task, job.key) for task in problem_set.tasks}
        probes = [Probe(task.name, task.answers, cases[task.name]) for task in problem_set.tasks]
        made = plan(job.submission, source, probes)
        protected = sandbox.isolation() or not job.allow_unprotected
        records = sandbox.run(made.units, job.limits, "bubblewrap" if protected else "none")
        answers = attempts(made, records)
        verdicts = [
            judge(task, cases[task.name], [list(map(_answer, a)) for a in answers[task.name]])
            for task in problem_set.tasks
        ]
    except Exception as error:  # one submission must not end the batch
        return Graded(**about, failed=f"the grader failed: {type(error).__name__}: {error}")
    return Graded(**about, verdicts=tuple(verdicts), unusual=tuple(unusual(made, records)))


def _answer(result):
    """Turn a result from the sandbox into a value or a Failure."""
    if "value" in result:
        try:
            return values.decode(result["value"])
        except ValueError as error:
            return Failure(f"what it returned cannot be read ({error}).")
    if "error" in result:
        return Failure(f"it stopped with {result['error']}", result["error"].partition(":")[0])
    if "stopped" in result:
        return Failure(f"it was stopped ({result['stopped']}).")
    return Failure("the name is not defined.")


def _fingerprint(sha256, key, limits, allow_unprotected):
    what = f"{sha256} {digest()} {limits} {allow_unprotected}".encode()
    return hmac.new(key, what, hashlib.sha256).hexdigest()


def grade(
    problem_set,
    folder,
    to,
    secret,
    *,
    workers=-1,
    scheduler=None,
    allow_unprotected=False,
    limits=None,
    book="",
    again=False,
    progress=True,
):
    """Grade a folder of submissions, write everything into `to`, and return the outcomes.

    Parameters
    ----------
    problem_set : str
        Name of the set: "ps1".
    folder, to : path-like
        Where the submissions are, and where the results go.
    secret : bytes
        The instructor's secret, from which the hidden inputs are drawn.
    workers : int, optional
        Worker processes on this machine; -1 for one a core.
    scheduler : str, optional
        Address of a Dask scheduler, whose workers do the work instead.
    allow_unprotected : bool, optional
        Whether to run submissions where there is no sandbox for them.
    limits : sandbox.Limits, optional
        What one submission may use.
    book : str, optional
        Address of the book, for links in the feedback.
    again : bool, optional
        Whether to repeat what is already graded.
    progress : bool, optional
        Whether to show a progress bar.

    Returns
    -------
    list of Graded
        One for each hand-in, in the order of the students' names.
    """
    chosen, limits = SETS[problem_set], limits or sandbox.Limits()
    store = results.Store(Path(to), chosen)
    done, jobs = {}, []
    for item in hand_ins(folder, problem_set):
        try:
            if item.reason is not None:
                raise SubmissionError(item.reason)
            submission = read_submission(item.path)
        except SubmissionError as error:
            done[item.student] = Graded(item.student, "", failed=str(error)), None
            continue
        key = submission_key(secret, problem_set, item.student, submission.sha256)
        job = Job(problem_set, item.student, submission, key, digest(), limits, allow_unprotected)
        kept = None if again else store.read(item.student)
        known = Graded.from_json(kept) if kept else None
        fingerprint = _fingerprint(submission.sha256, key, limits, allow_unprotected)
        if known and known.fingerprint == fingerprint and not known.failed:
            done[item.student] = known, submission
        else:
            jobs.append(job)
    for graded in _run(jobs, workers, scheduler, progress):
        store.write(graded)
        done[graded.student] = (
            graded,
            next(job.submission for job in jobs if job.student == graded.student),
        )
    ordered = [done[student] for student in sorted(done, key=str.casefold)]
    store.publish(ordered, book)
    return [graded for graded, _ in ordered]


def _run(jobs, workers, scheduler, progress):
    """Yield the outcomes of all jobs, in any order, each as soon as it is there."""
    bar = tqdm(total=len(jobs), unit="submission", disable=not progress)
    waiting = {job.student: job for job in jobs}
    with bar, _pool(workers, scheduler) as pool:
        for _ in range(RESTARTS):
            try:
                for graded in pool(joblib.delayed(grade_one)(job) for job in waiting.values()):
                    del waiting[graded.student]
                    bar.update()
                    yield graded
            except TerminatedWorkerError:
                continue
            return
    for job in waiting.values():
        reason = "the worker process that graded it died, several times"
        yield Graded(job.student, "", job.submission.sha256, failed=reason)


@contextlib.contextmanager
def _pool(workers, scheduler):
    if scheduler is None:
        yield joblib.Parallel(n_jobs=workers, return_as="generator_unordered")
        return
    import distributed

    with distributed.Client(scheduler), joblib.parallel_config(backend="dask"):
        yield joblib.Parallel(return_as="generator_unordered")
