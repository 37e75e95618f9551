"""Run the notebooks and store their outputs in place: ``make notebooks``.

``python -m tools.notebooks [paths]`` runs each notebook (by default, all of ``book/`` and the
sources of the problem sets) from top to bottom with this Python, and writes what it printed into
the file. It also writes

- a hash of the code that was run, so that outputs of an older source can be told apart, and
- the pins that tie each number in the text to the cell that computed it (``book_numbers.py``).

A notebook that fails, or that says a number which it does not compute, is left as it was.

The setup cell of a problem set is generated before its notebook is run, and the students' version
in ``coursework/release`` after it.

``--pins`` writes only the pins, for when the text has changed and the code has not. The pins of the
pages (``book/*.md``) are written when all notebooks are, or when one of the pages is named.
``--check`` runs nothing: it says which notebooks cannot be relied on, and why.
"""

import argparse
import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path

from tools import book_numbers

ROOT = Path(__file__).resolve().parent.parent
PAGE_NUMBERS = ROOT / "tests" / "data" / "page_numbers.json"
TIMEOUT = 120  # seconds for one cell, as under nbval

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# Without the Python version, which would change with every patch release.
LANGUAGE_INFO = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "pygments_lexer": "ipython3",
}
RERUN = 'run "make notebooks"'


class Unusable(Exception):
    """A notebook cannot be used; the message is the line for the user."""


# ---------------------------------------------------------------------------------------------
# Reading and writing


def shown(path):
    """Return a path as the user would type it."""
    path = Path(path).resolve()
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def read(path):
    """Return the notebook in a file, or raise Unusable if there is none."""
    import nbformat

    try:
        text = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Unusable(f"{shown(path)}: there is no such file") from None
    except UnicodeDecodeError as error:
        raise Unusable(f"{shown(path)}: not a notebook: {error}; {_restore(path)}") from None
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        reason = f"line {error.lineno}: {error.msg}"
        raise Unusable(f"{shown(path)}: not a notebook: {reason}; {_restore(path)}") from None
    if not isinstance(content, dict) or "cells" not in content:
        raise Unusable(f"{shown(path)}: not a notebook: it has no cells; {_restore(path)}")
    return nbformat.v4.reads_json(text)


def _restore(path):
    return f'restore it with "git checkout -- {shown(path)}"'


def as_text(notebook):
    """Return the content of the file that stores a notebook."""
    import nbformat

    return nbformat.v4.writes_json(notebook).rstrip("\n") + "\n"


def write(path, notebook):
    """Write a notebook so that the file is at every moment either the old or the new one."""
    _replace(path, as_text(notebook))


def _replace(path, text):
    """Put text in the place of a file in one step."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


# ---------------------------------------------------------------------------------------------
# Running


def code_cells(notebook):
    """Return ``(position, cell)`` for the code cells that hold code."""
    return [
        (position, cell)
        for position, cell in enumerate(notebook["cells"], start=1)
        if cell["cell_type"] == "code" and cell["source"].strip()
    ]


def source_sha256(notebook):
    """Return the hash of what decides the outputs: the code and the tags, in order."""
    cells = [
        [cell["source"], sorted(cell["metadata"].get("tags", []))]
        for _, cell in code_cells(notebook)
    ]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def execute(path, notebook):
    """Run a notebook in its own directory with this Python, and keep the outputs in its cells."""
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpecManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    class ThisPython(AsyncKernelManager):
        """Starts ipykernel with sys.executable, whatever kernels the user has installed."""

        def __init__(self, **settings):
            super().__init__(kernel_spec_manager=KernelSpecManager(kernel_dirs=[]), **settings)

    running = {}

    async def seed(cell, cell_index):
        # jupyterquiz draws element names at random. Seeding is done without leaving a name behind.
        running["where"] = f"cell {cell_index + 1} (id {cell['id']})"
        if book_numbers.UNPROVED & set(cell["metadata"].get("tags", [])):
            client.kc.execute(f"__import__('random').seed({cell['id']!r})", silent=True)

    client = NotebookClient(
        notebook,
        kernel_name="python3",
        kernel_manager_class=ThisPython,
        resources={"metadata": {"path": str(Path(path).resolve().parent)}},
        timeout=TIMEOUT,
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        on_cell_execute=seed,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],  # it warns about TCP each time
    )
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    with tempfile.TemporaryDirectory() as settings:  # no start-up files of the user's IPython
        search = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        env = {**os.environ, "IPYTHONDIR": settings, "PYTHONPATH": search}
        try:
            client.execute(env=env)
        except CellExecutionError as error:
            reason = f"{error.ename}: {error.evalue}"
        except CellTimeoutError:
            reason = f"still running after {TIMEOUT} seconds"
        except DeadKernelError:
            reason = "the kernel died"
        else:
            return
    reason = " ".join(reason.split())
    raise Unusable(f"{shown(path)}: {running['where']}: {reason}; nothing was written")


def tidy(notebook):
    """Remove from a notebook whatever would differ between two runs of the same source."""
    notebook["nbformat"], notebook["nbformat_minor"] = 4, 5
    for name in ("jupytext", "widgets", "signature"):
        notebook["metadata"].pop(name, None)
    notebook["metadata"]["kernelspec"] = dict(KERNELSPEC)
    notebook["metadata"]["language_info"] = dict(LANGUAGE_INFO)
    for cell in notebook["cells"]:
        cell["metadata"].pop("execution", None)
    for count, (_, cell) in enumerate(code_cells(notebook), start=1):
        cell["execution_count"] = count
        for output in cell["outputs"]:
            if output["output_type"] == "execute_result":
                output["execution_count"] = count
            elif output["output_type"] == "error":  # the traceback names files of this machine
                output["traceback"] = [f"{output['ename']}: {output['evalue']}"]


def add_ids(notebook):
    """Give each cell that lacks one an id that depends only on its place and its source."""
    for position, cell in enumerate(notebook["cells"]):
        if not cell.get("id"):
            text = f"{position} {cell['source']}"
            cell["id"] = hashlib.sha256(text.encode()).hexdigest()[:8]


def read_quiz(path):
    """Return the quiz that belongs to a notebook, or None."""
    quiz = Path(path).parent / "quizzes" / f"{Path(path).stem}.json"
    if not quiz.exists():
        return None
    try:
        return json.loads(quiz.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise Unusable(
            f"{shown(quiz)}: not a quiz: line {error.lineno}: {error.msg}; {_restore(quiz)}"
        ) from None


def pin(path, notebook):
    """Write the pins of a notebook and its quiz, or raise Unusable with a line for each problem."""
    problems = book_numbers.pin_notebook(notebook)
    quiz = read_quiz(path)
    if quiz is not None:
        pins, quiz_problems = book_numbers.pins_of_quiz(quiz, notebook)
        notebook["metadata"].setdefault("cecourse", {})["quiz_numbers"] = pins
        problems += quiz_problems
    if problems:
        lines = [f"{shown(path)}: {problem}" for problem in problems]
        lines.append(
            f"{shown(path)}: nothing was written; compute each of these numbers in a code cell, or "
            "state it there (quoted = 1.23) if the text quotes it as wrong"
        )
        raise Unusable("\n".join(lines))


def problem_set_of(path):
    """Return the name of the problem set whose source a notebook is, or None for the book's."""
    path = Path(path).resolve()
    return path.stem if path.parent.parent == ROOT / "coursework" / "source" else None


def release(name):
    """Bring the students' version of a problem set up to date, and return a line for the user."""
    from coursework import places
    from coursework.release import release as write_release

    path = places.release_path(name)
    before = path.read_bytes() if path.exists() else None
    try:
        write_release(name, path.parent)
    except RuntimeError as error:  # nbgrader's word on a solution that does not end, say
        reason = " ".join(str(error).split())
        raise Unusable(f"{shown(path)}: {reason}; it is not up to date") from None
    if path.read_bytes() == before:
        return f"{shown(path)}: nothing has changed"
    return f"{shown(path)}: wrote the students' version"


def refresh(path, *, run=True):
    """Bring one notebook up to date, and return ``(succeeded, lines for the user)``."""
    problem_set = problem_set_of(path)
    try:
        notebook = read(path)
        before = json.dumps(notebook, sort_keys=True)
        add_ids(notebook)
        if run and problem_set:
            from coursework.release import renew_setup

            renew_setup(notebook, problem_set)
        if run:
            execute(path, notebook)
            tidy(notebook)
            notebook["metadata"]["cecourse"] = {"source_sha256": source_sha256(notebook)}
        elif problems := problems_with_outputs(notebook):
            raise Unusable(f"{shown(path)}: {problems[0]}")
        pin(path, notebook)
    except Unusable as error:
        return False, str(error)
    count = len(code_cells(notebook))
    done = f"ran {count} code cells" if run else "pinned its numbers"
    if json.dumps(notebook, sort_keys=True) == before:
        done += ", nothing has changed"
    else:
        write(path, notebook)
        done += ", and wrote the file"
    lines = [f"{shown(path)}: {done}"]
    if problem_set:
        try:
            lines.append(release(problem_set))
        except Unusable as error:
            return False, "\n".join([*lines, str(error)])
    return True, "\n".join(lines)


# ---------------------------------------------------------------------------------------------
# Checking


def problems_with_form(notebook):
    """Return what makes a notebook no notebook of this book."""
    import nbformat

    version = notebook.get("nbformat", 0), notebook.get("nbformat_minor", 0)
    if not (4, 5) <= version < (5, 0):
        return [f"it is in format {version[0]}.{version[1]}, not 4.5 or later; {RERUN}"]
    ids = [cell.get("id") for cell in notebook["cells"]]
    twice = sorted({str(i) for i in ids if ids.count(i) > 1})
    if twice:
        return [f"two cells have the id {twice[0]}; give one of them another, then {RERUN}"]
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        where = "".join(f"[{part!r}]" for part in error.absolute_path)
        return [f"not a valid notebook: {where} {error.message.splitlines()[0][:200]}"]
    kernel = notebook["metadata"].get("kernelspec", {}).get("name")
    if kernel != KERNELSPEC["name"]:
        return [f"its kernel is {kernel}, not {KERNELSPEC['name']}; {RERUN}"]
    return []


def problems_with_outputs(notebook):
    """Return why the stored outputs are not those of the stored source."""
    cells = [cell for _, cell in code_cells(notebook)]
    counts = [cell.get("execution_count") for cell in cells]
    never = counts.count(None)
    if never:
        how_many = f"{never}" if never == len(cells) else f"{never} of {len(cells)}"
        return [f"{how_many} code cells have never been run; {RERUN}"]
    stored = notebook["metadata"].get("cecourse", {}).get("source_sha256")
    if stored != source_sha256(notebook):
        return [f"the stored outputs belong to an older source; {RERUN}"]
    if counts != list(range(1, len(cells) + 1)):
        return [f"the cells were not run in order, from top to bottom; {RERUN}"]

    problems = []
    for position, cell in code_cells(notebook):
        errors = [output for output in cell["outputs"] if output["output_type"] == "error"]
        expected = {"raises-exception", "nbval-raises-exception"} & set(
            cell["metadata"].get("tags", [])
        )
        where = f"cell {position} (id {cell['id']})"
        if errors and not expected:
            ename, evalue = errors[0]["ename"], " ".join(errors[0]["evalue"].split())
            problems.append(f"{where}: an error is stored: {ename}: {evalue}; mend it and {RERUN}")
        elif expected and not errors:
            problems.append(f"{where}: tagged {min(expected)}, and it raises nothing")
    return problems


def problems_with_numbers(path, notebook):
    """Return which numbers of the text, or of the quiz, are not the ones that were computed."""
    problems = book_numbers.problems_of_notebook(notebook)
    quiz = read_quiz(path)
    if quiz is not None:
        problems += book_numbers.check_pins(
            book_numbers.numbers_of_quiz(quiz),
            notebook["metadata"].get("cecourse", {}).get("quiz_numbers", []),
            book_numbers.sources_by_cell(notebook),
        )
    return [f"{problem}; mend it, or {RERUN}" for problem in problems]


def check(path):
    """Return a line for each reason not to rely on the notebook in a file."""
    try:
        notebook = read(path)
        problems = (
            problems_with_form(notebook)
            or problems_with_outputs(notebook)
            or problems_with_numbers(path, notebook)
        )
    except Unusable as error:
        return [str(error)]
    return [f"{shown(path)}: {problem}" for problem in problems]


# ---------------------------------------------------------------------------------------------
# Pages


def pages():
    """Return the Markdown pages of the book."""
    return sorted((ROOT / "book").glob("*.md"))


def sources_of_book():
    """Return the sources of each notebook, also of the problem sets, by the name of its file."""
    found = {}
    for path in find(everything()):
        notebook = read(path)
        if not problems_with_form(notebook):
            found[path.name] = book_numbers.sources(notebook)
    return found


def pin_pages():
    """Write the pins of all pages, and return a line for each number without a source."""
    sources_of = sources_of_book()
    pins, lines = {}, []
    for path in pages():
        page_pins, problems = book_numbers.pins_of_page(path.read_text("utf-8"), sources_of)
        lines += [f"{shown(path)}: {problem}" for problem in problems]
        if page_pins:
            pins[path.name] = page_pins
    if not lines:
        rows = [
            f"  {json.dumps(name)}: [\n"
            + ",\n".join(f"    {json.dumps(row, ensure_ascii=False)}" for row in page_pins)
            + "\n  ]"
            for name, page_pins in pins.items()
        ]
        _replace(PAGE_NUMBERS, "{\n" + ",\n".join(rows) + "\n}\n")
    return lines


# ---------------------------------------------------------------------------------------------
# The command


def everything():
    """Return the directories of all notebooks: the book's and the problem sets'."""
    return [ROOT / "book", *sorted((ROOT / "coursework" / "source").glob("*/"))]


def find(paths):
    """Return the notebooks that the arguments name: files, or all in a directory."""
    found = []
    for path in map(Path, paths):
        found += sorted(path.glob("*.ipynb")) if path.is_dir() else [path]
    return found


def missing_packages(releases):
    """Return the first package that this command needs and that is not installed, or None."""
    from importlib.util import find_spec

    needed = ["nbformat", "nbclient", "ipykernel", "joblib"]
    if releases:  # the students' versions of problem sets
        needed.append("nbgrader")
    return next((name for name in needed if find_spec(name) is None), None)


def main(arguments=None):
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.notebooks", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--check", action="store_true", help="run nothing, report problems")
    parser.add_argument("--pins", action="store_true", help="run nothing, write the pins")
    parser.add_argument("paths", nargs="*", help="notebooks, directories or pages (default: all)")
    options = parser.parse_args(arguments)

    notebooks = [path for path in find(options.paths or everything()) if path.suffix != ".md"]
    with_pages = not options.paths or any(p.endswith(".md") for p in options.paths)
    releases = not options.check and any(map(problem_set_of, notebooks))
    if missing := missing_packages(releases):
        print(
            f'{missing} is not installed for {sys.executable}; "make notebooks" and "make test" '
            "set up an environment that has it",
            file=sys.stderr,
        )
        return 1

    if options.check:
        lines = [line for path in notebooks for line in check(path)]
        print("\n".join(lines), end="\n" if lines else "", file=sys.stderr)
        return int(bool(lines))

    from joblib import Parallel, cpu_count, delayed

    workers = max(1, min(len(notebooks), cpu_count()))
    jobs = Parallel(n_jobs=workers, return_as="generator_unordered")
    all_succeeded = True
    for succeeded, line in jobs(delayed(refresh)(p, run=not options.pins) for p in notebooks):
        print(line, file=sys.stdout if succeeded else sys.stderr, flush=True)
        all_succeeded &= succeeded

    if with_pages and all_succeeded:  # the pages quote numbers of several notebooks
        lines = pin_pages()
        print("\n".join(lines), end="\n" if lines else "", file=sys.stderr)
        all_succeeded = not lines
    return int(not all_succeeded)


if __name__ == "__main__":
    sys.exit(main())
