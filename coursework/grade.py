"""Grade a folder of submissions: in parallel, resumable, one record a student.

Submissions are judged by worker processes (joblib's, or those of a Dask cluster), each in a
sandbox of its own. Only the main process writes: a record for each student as soon as it is judged,
then the gradebook, the feedback and the table. A record carries a fingerprint of all that it
depends on, so the same command goes on where it was interrupted, and repeats nothing that holds.
"""

import contextlib
from pathlib import Path

import joblib
from joblib.externals.loky.process_executor import TerminatedWorkerError
from tqdm import tqdm

from . import results, sandbox
from .collect import hand_ins
from .draws import submission_key
from .sets import SETS
from .submission import SubmissionError, read_submission
from .worker import Graded, Job, digest, fingerprint_of, grade_one

RESTARTS = 3  # of a pool whose worker process died


class ClusterError(Exception):
    """Why a Dask cluster cannot grade."""


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
        fingerprint = fingerprint_of(submission.sha256, key, limits, allow_unprotected)
        if known and known.fingerprint == fingerprint and not known.failed:
            done[item.student] = known, submission
        else:
            jobs.append(job)
    handed_in = {job.student: job.submission for job in jobs}
    for graded in _run(jobs, workers, scheduler, progress):
        store.write(graded)
        done[graded.student] = graded, handed_in[graded.student]
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
                for graded in pool(
                    joblib.delayed(grade_one)(job) for job in list(waiting.values())
                ):
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

    try:
        client = distributed.Client(scheduler, timeout="30s")
    except (OSError, ValueError) as error:
        raise ClusterError(f"no Dask scheduler answers at {scheduler}: {error}") from None
    with client, joblib.parallel_config(backend="dask"):
        _check_cluster(client, scheduler)
        yield joblib.Parallel(return_as="generator_unordered")


def _check_cluster(client, scheduler):
    """Find out before the first submission whether scheduler and workers have this course."""

    def version():  # a function within a function is sent whole, not by the name of its module
        try:
            from coursework.worker import digest
        except ImportError as error:
            return str(error)
        return digest()

    found = {"the scheduler": client.run_on_scheduler(version), **client.run(version)}
    if len(found) == 1:
        raise ClusterError(f"the Dask scheduler at {scheduler} has no workers")
    for name, answer in found.items():
        if answer != digest():
            reason = answer if len(answer) != len(digest()) else "it has another version"
            raise ClusterError(
                f"{name} does not have this course ({reason}). Start the scheduler and the workers"
                " in the folder of the course, all in the same version, with PYTHONPATH=."
            )
