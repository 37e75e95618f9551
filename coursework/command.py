"""The command line of the coursework: ``python -m coursework``."""

import argparse
import sys
from pathlib import Path

from . import sandbox
from .grade import ClusterError, grade
from .places import release_path
from .release import release
from .results import ResultsError, report
from .secret import SecretError, make_secret, read_secret
from .sets import SETS

USAGE = """\
Release problem sets and grade them.

    python -m coursework secret course.secret
    python -m coursework release ps1 --to handout
    python -m coursework grade ps1 submitted --to results --secret course.secret

The page "For instructors" of the book explains each step.
"""


def arguments(given):
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m coursework",
        description=USAGE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(dest="verb", required=True)

    secret = verbs.add_parser(
        "secret", help="make the secret that the hidden inputs are drawn from"
    )
    secret.add_argument("file", type=Path)

    give = verbs.add_parser("release", help="write the student's version of a problem set")
    give.add_argument("set", choices=[*SETS, "all"])
    give.add_argument("--to", type=Path, help="folder; without it, coursework/release is renewed")

    take = verbs.add_parser("grade", help="grade a folder of submissions; repeat it to go on")
    take.add_argument("set", choices=SETS)
    take.add_argument("folder", type=Path, help="the submissions, one folder or file a student")
    take.add_argument("--to", type=Path, required=True, help="folder of the results")
    take.add_argument("--secret", type=Path, required=True, help="file with the secret")
    take.add_argument("--workers", type=int, default=-1, help="processes; -1, one a core")
    take.add_argument("--scheduler", help="address of a Dask scheduler that grades instead")
    take.add_argument("--book", default="", help="address of the book, for links in the feedback")
    take.add_argument("--again", action="store_true", help="grade also what is graded already")
    take.add_argument(
        "--without-sandbox",
        action="store_true",
        help="run submissions although nothing protects this machine from them",
    )
    defaults = sandbox.Limits()
    take.add_argument(
        "--processor-seconds",
        type=float,
        default=defaults.processor_seconds,
        help="what a cell, or the calls of one task, may take (default: %(default)s)",
    )
    take.add_argument(
        "--total-seconds",
        type=float,
        default=defaults.total_seconds,
        help="what a submission may take in all (default: %(default)s)",
    )
    return parser.parse_args(given)


def main(given=None):
    """Run the command and return the exit status: 1 if a submission could not be graded."""
    asked = arguments(given)
    try:
        return {"secret": _secret, "release": _release, "grade": _grade}[asked.verb](asked)
    except (SecretError, ResultsError, ClusterError, sandbox.SandboxError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Interrupted. The same command goes on from here.", file=sys.stderr)
        return 130


def _secret(asked):
    make_secret(asked.file)
    print(f"{asked.file} holds the secret. Keep a copy, and keep it out of the repository.")
    return 0


def _release(asked):
    for name in SETS if asked.set == "all" else [asked.set]:
        folder = release_path(name).parent if asked.to is None else asked.to
        print(f"wrote {release(name, folder)}")
    return 0


def _grade(asked):
    if not asked.folder.is_dir():
        print(f"{asked.folder} must be a folder of submissions", file=sys.stderr)
        return 2
    found = sandbox.isolation()
    if not found and not asked.scheduler:
        print(f"{found.reason} {sandbox.UNPROTECTED}", file=sys.stderr)
        if not asked.without_sandbox:
            print(
                "Nothing was graded. Install bubblewrap (on Debian or Ubuntu: apt install"
                " bubblewrap), or add --without-sandbox to grade all the same.",
                file=sys.stderr,
            )
            return 2
    outcomes = grade(
        asked.set,
        asked.folder,
        asked.to,
        read_secret(asked.secret),
        workers=asked.workers,
        scheduler=asked.scheduler,
        allow_unprotected=asked.without_sandbox,
        limits=sandbox.Limits(
            processor_seconds=asked.processor_seconds,
            wall_seconds=4 * asked.processor_seconds,
            total_seconds=asked.total_seconds,
        ),
        book=asked.book,
        again=asked.again,
    )
    print(report(SETS[asked.set], outcomes), end="")
    print(f"Grades, feedback and this report are in {asked.to}.")
    return int(any(graded.failed for graded in outcomes))
