"""Wrong and right answers as students write them, through the sandbox, in one batch for each set.

Every submission has several wrong answers at once. Exactly these lose their points, and the verdict
names the mistake.
"""

import copy
import functools
import importlib
import json

import nbformat
import pytest

from coursework.grade import grade
from coursework.release import student_version
from coursework.sets import SETS
from tests.coursework.problem_sets import alternatives, cell_of, grade_ids, source_notebook

SECRET = b"a secret of the tests, long enough"
UNKNOWN = ("not in a known way", "There is no answer")


def wrong_answers(name):
    """Return the wrong answers of a set: name of a task to pairs of text and mistake."""
    return importlib.import_module(f"tests.coursework.wrong_{name}").WRONG


@functools.cache
def released_and_source(name):
    return student_version(name), source_notebook(name)


def notebook(name, answers):
    """Return the students' notebook with these answers, and the model's to all other tasks."""
    released, model = released_and_source(name)
    made = copy.deepcopy(released)
    for task in SETS[name].tasks:
        cell = cell_of(made, f"{task.name}-answer")
        cell.source = answers.get(task.name) or cell_of(model, f"{task.name}-answer").source
    return made


def submissions(name):
    """Yield ``(student, answers, mistakes)``: in each, one task in turn is right, the others wrong.

    Then come submissions with right answers in other styles.
    """
    tasks, wrong = SETS[name].tasks, wrong_answers(name)
    left = {task: list(pairs) for task, pairs in wrong.items()}
    turn = 0
    while any(left.values()):
        answers, mistakes = {}, {}
        for place, task in enumerate(tasks):
            if place != turn % len(tasks) and left[task.name]:
                answers[task.name], mistakes[task.name] = left[task.name].pop()
        yield f"wrong {turn}", answers, mistakes
        turn += 1
    right = alternatives(name).ALTERNATIVES
    for turn in range(max(map(len, right.values()))):
        answers = {task: texts[turn % len(texts)] for task, texts in right.items()}
        yield f"right {turn}", answers, {}


@pytest.fixture(scope="module", params=SETS)
def graded(request, bubblewrap, tmp_path_factory):
    """The answers of all students, and what they earned."""
    name = request.param
    place = tmp_path_factory.mktemp(name)
    (place / "in").mkdir()
    expected = {}
    for student, answers, mistakes in submissions(name):
        nbformat.write(notebook(name, answers), place / "in" / f"{student}.ipynb")
        expected[student] = answers, mistakes
    outcomes = grade(name, place / "in", place / "out", SECRET, progress=False)
    return name, expected, {outcome.student: outcome for outcome in outcomes}


def test_every_wrong_answer_is_handed_in(graded):
    name, expected, _ = graded
    handed_in = {(task, text) for answers, _ in expected.values() for task, text in answers.items()}
    for task, wrong in wrong_answers(name).items():
        assert len(wrong) >= 3
        assert handed_in.issuperset((task, text) for text, _ in wrong)
    assert wrong_answers(name).keys() == {task.name for task in SETS[name].tasks}


def test_exactly_the_wrong_tasks_lose_their_points(graded):
    name, expected, outcomes = graded
    assert expected.keys() == outcomes.keys()
    for student, (answers, mistakes) in expected.items():
        outcome = outcomes[student]
        assert outcome.failed is None
        lost = {verdict.task for verdict in outcome.verdicts if verdict.earned == 0}
        for task in lost ^ mistakes.keys():
            pytest.fail(f"{name}, {student}, {task}: {outcome.verdicts}\n{answers.get(task)}")
        assert outcome.earned == sum(t.points for t in SETS[name].tasks if t.name not in mistakes)


def test_the_verdict_names_the_mistake(graded):
    name, expected, outcomes = graded
    unknown = []
    for student, (answers, mistakes) in expected.items():
        verdicts = {verdict.task: verdict for verdict in outcomes[student].verdicts}
        for task, mistake in mistakes.items():
            verdict = verdicts[task]
            if mistake is not None and mistake not in verdict.mistakes:
                unknown.append(f"{task}: {mistake} expected; {verdict.says}\n{answers[task]}")
            assert verdict.mistakes or any(u in verdict.says for u in UNKNOWN)
            assert len(verdict.mistakes) == len(verdict.sections)
    assert not unknown, "\n".join([name, *unknown])


# ---------------------------------------------------------------------------------------------
# Honest oddities: what students do to notebooks keeps its points

ALL, NO = "all points", "no points for entropy"


def code(text):
    """Return a cell as a student adds it."""
    return nbformat.v4.new_code_cell(text)


def solved():
    return notebook("ps1", {})


def with_answer(name, text):
    return notebook("ps1", {name: text})


def with_answers(**answers):
    return notebook("ps1", answers)


def index(made, grade_id):
    return grade_ids(made).index(grade_id)


def added(text, before=None, after=None):
    """Add a cell before or after another one; at the end without one."""
    made = solved()
    where = index(made, before or after) + bool(after) if before or after else len(made.cells)
    made.cells.insert(where, code(text))
    return made


def moved(name, text, to):
    """Put an answer, wholly, into another cell than its own: the given one, or a last one."""
    made = with_answer(name, "# see below")
    if to is None:
        made.cells.append(code(text))
    else:
        cell_of(made, to).source = f"{text}\n{cell_of(made, to).source}"
    return made


def without(*names):
    made = solved()
    made.cells = [cell for cell in made.cells if cell.metadata.nbgrader.grade_id not in names]
    return made


def reordered(key):
    made = solved()
    setup, *rest = made.cells[1:]
    made.cells = [setup, *sorted(rest, key=key)]
    return made


def text_of(made):
    return nbformat.writes(made).encode()


def colab():
    """Return a notebook as Colab saves it: its own metadata, outputs with HTML, no cell ids."""
    tree = json.loads(nbformat.writes(solved()))
    tree["nbformat_minor"] = 0
    tree["metadata"] = {
        "colab": {"provenance": [], "toc_visible": True},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python"},
        "accelerator": "GPU",
    }
    for number, cell in enumerate(tree["cells"]):
        del cell["id"]
        cell["metadata"] = {**cell["metadata"], "id": f"aB{number}", "colab": {"height": 35}}
        if cell["cell_type"] == "code":
            cell["metadata"]["outputId"] = "5f2"
            cell["outputs"] = [
                {
                    "output_type": "execute_result",
                    "data": {"text/html": ["<div><style scoped>"], "text/plain": ["array([1.])"]},
                    "metadata": {},
                    "execution_count": 7,
                }
            ]
    return json.dumps(tree).encode()


def vs_code():
    """Return a notebook as VS Code saves it: sources as lines, its kernel's name, minor 2."""
    tree = json.loads(nbformat.writes(solved()))
    tree["nbformat_minor"] = 2
    tree["metadata"] = {
        "kernelspec": {"display_name": ".venv (3.12.4)", "language": "python", "name": ".venv"},
        "language_info": {"name": "python", "version": "3.12.4", "file_extension": ".py"},
        "orig_nbformat": 4,
    }
    for cell in tree["cells"]:
        del cell["id"]
        cell["metadata"]["vscode"] = {"languageId": "python"}
        if cell["cell_type"] == "code":
            cell["execution_count"] = None
    return json.dumps(tree, indent=1).encode()


def no_metadata():
    """Return a notebook that some tool has stripped of all metadata of its cells."""
    tree = json.loads(nbformat.writes(solved()))
    for cell in tree["cells"]:
        cell["metadata"] = {}
    tree["metadata"] = {}
    return json.dumps(tree).encode()


ENTROPY = cell_of(source_notebook("ps1"), "entropy-answer").source
BUSY = """
import time
def kraft_sum(lengths):
    end = time.process_time() + 1.4
    while time.process_time() < end:
        pass
    return np.sum(0.5 ** lengths)
"""

ODDITIES = {
    "helper in a cell before": lambda: _with_helper(before="entropy-answer"),
    "helper in a cell after": lambda: _with_helper(after="entropy"),
    "answer in the test cell": lambda: moved("entropy", ENTROPY, "entropy"),
    "answer in a later test cell": lambda: moved("entropy", ENTROPY, "tables"),
    "answer in the data cell": lambda: moved("entropy", ENTROPY, "forecaster-data"),
    "answer in the last cell": lambda: moved("entropy", ENTROPY, None),
    "data answer in its test cell": lambda: moved(
        "forecaster",
        "q = np.where(rained == 1, chance_of_rain, 1 - chance_of_rain)\n"
        "average_surprise = np.mean(-np.log2(q))",
        "forecaster",
    ),
    "data answer in the last cell": lambda: moved(
        "forecaster",
        "q = np.where(rained == 1, chance_of_rain, 1 - chance_of_rain)\n"
        "average_surprise = np.mean(-np.log2(q))",
        None,
    ),
    "numpy under other names": lambda: with_answers(
        entropy="import numpy\nfrom numpy import log as ln\n"
        "def entropy(p):\n    return -(p * ln(numpy.where(p > 0, p, 1))).sum(-1)",
        kraft_sum="import numpy as xp\ndel np\ndef kraft_sum(l): return (0.5 ** l).sum()\nnp = xp",
    ),
    "type hints and annotations": lambda: with_answers(
        entropy="from __future__ import annotations\nfrom numpy.typing import NDArray\n"
        "def entropy(p: NDArray[np.float64]) -> NDArray | float:\n"
        "    return -(p * np.log(np.where(p > 0, p, 1))).sum(-1)",
    ),
    "lambda, partial, class, vectorize": lambda: with_answers(
        surprisal="import math\n"
        "surprisal = np.vectorize(lambda x: -math.log(x) if x > 0 else math.inf)",
        entropy="class Entropy:\n    def __call__(self, p):\n"
        "        return -(p * np.log(np.where(p > 0, p, 1))).sum(-1)\nentropy = Entropy()",
        kraft_sum="kraft_sum = lambda lengths: sum(0.5 ** lengths)",
        expected_length="import functools\n"
        "def weigh(axis, p, lengths): return np.sum(p * lengths, axis=axis)\n"
        "expected_length = functools.partial(weigh, -1)",
    ),
    "bound, static and cached methods, decorators": lambda: with_answers(
        surprisal="class T:\n    @staticmethod\n    def s(p): return -np.log(p)\nsurprisal = T.s",
        entropy="class T:\n    def e(self, p):\n"
        "        return -(p * np.log(np.where(p > 0, p, 1))).sum(-1)\nentropy = T().e",
        kraft_sum="import functools\ndef tell(f):\n    @functools.wraps(f)\n    def g(*a, **k):\n"
        "        print(a); return f(*a, **k)\n    return g\n"
        "@tell\ndef kraft_sum(lengths): return sum(0.5 ** lengths)",
        optimal_length="import functools, heapq\n@functools.lru_cache(None)\ndef _cost(p):\n"
        "    if len(p) == 1: return 0.0\n    a, b, *rest = sorted(p)\n"
        "    return a + b + _cost((*rest, a + b))\n"
        "def optimal_length(p): return _cost(tuple(p.tolist()))",
    ),
    "float32, float16 inside, 0-d arrays, ints": lambda: with_answers(
        surprisal="def surprisal(p): return -np.log(p.astype(np.float32))",
        entropy="def entropy(p):\n    h = -(p * np.log(np.where(p > 0, p, 1))).sum(-1)\n"
        "    return np.array(h, dtype=np.float32)",
        kraft_sum="def kraft_sum(l):\n    s = (0.5 ** l).sum()\n"
        "    return int(s) if s == int(s) else np.asarray(s)",
        optimal_length="from fractions import Fraction\nimport heapq\ndef optimal_length(p):\n"
        "    heap = [Fraction(float(x)) for x in p]; heapq.heapify(heap); total = Fraction(0)\n"
        "    while len(heap) > 1:\n        both = heapq.heappop(heap) + heapq.heappop(heap)\n"
        "        total += both; heapq.heappush(heap, both)\n    return total",
    ),
    "lists, tuples, nested lists, a matrix": lambda: with_answers(
        surprisal="def surprisal(p):\n    return (-np.log(p)).tolist()",
        entropy="def entropy(p):\n    h = -(p * np.log(np.where(p > 0, p, 1))).sum(-1)\n"
        "    return tuple(h) if h.ndim else h",
        expected_length="def expected_length(p, lengths):\n    return [x for x in p @ lengths]"
        " if p.ndim > 1 else [p @ lengths]",
    ),
    "further arguments": lambda: with_answers(
        surprisal="def surprisal(p, base=np.e): return -np.log(p) / np.log(base)",
        entropy="def entropy(p, *, axis=-1, **more):\n"
        "    return -(p * np.log(np.where(p > 0, p, 1))).sum(axis)",
        kraft_sum="def kraft_sum(*lengths): return sum(0.5 ** x for row in lengths for x in row)",
    ),
    "check defined anew": lambda: added("def check(*a): return 1 / 0", after="setup"),
    "setup cell changed": lambda: _changed("setup", "import numpy as np\ndef check(*a): pass"),
    "magics and shell lines": lambda: _with_magics(),
    "printing and displaying inside of functions": lambda: with_answers(
        entropy="def entropy(p):\n    print('p =', p, flush=True); display(p)\n"
        "    return -(p * np.log(np.where(p > 0, p, 1))).sum(-1)"
    ),
    "warnings are errors": lambda: added(
        "import warnings\nwarnings.simplefilter('error')", before="surprisal-answer"
    ),
    "floating-point errors are errors": lambda: added(
        "np.seterr(all='raise')", before="surprisal-answer"
    ),
    "a cell that fails after its answer": lambda: with_answers(
        entropy=f"{ENTROPY}\nentropy(np.array([0.5, 0.5]), undefined)"
    ),
    "cells that fail in between": lambda: added("plot(entropy)\n", after="entropy"),
    "syntax error in an own cell": lambda: added("def f(:\n", after="entropy"),
    "Colab": colab,
    "VS Code": vs_code,
    "no metadata at all": no_metadata,
    "Windows line ends and a byte order mark": lambda: (
        b"\xef\xbb\xbf" + text_of(_windows()).replace(b"\n", b"\r\n")
    ),
    "written in another encoding's escapes": lambda: json.dumps(
        json.loads(nbformat.writes(added("# größer als ∞ 😀\nα = 1", after="setup"))),
        ensure_ascii=True,
    ).encode(),
    "answers below their tests": lambda: reordered(
        lambda cell: cell.metadata.nbgrader.grade_id.endswith("-answer")
    ),
    "upside down": lambda: _upside_down(),
    "slow but within the limit": lambda: with_answers(kraft_sum=BUSY),
    "recursion": lambda: with_answers(
        kraft_sum="import sys\nsys.setrecursionlimit(5000)\ndef down(n): return n and down(n - 1)\n"
        "down(2500)\ndef kraft_sum(l):\n"
        "    return 0.5 ** l[0] + (kraft_sum(l[1:]) if len(l) > 1 else 0)"
    ),
    "global variables shared between tasks": lambda: with_answers(
        surprisal="LOG = np.log\nEPS = 0\ndef surprisal(p): return -LOG(p)",
        entropy="calls = 0\ndef entropy(p):\n    global calls; calls += 1\n"
        "    return np.where(p > 0, p * surprisal(np.where(p > 0, p, 1)), 0).sum(-1)",
        forecaster="average_surprise = surprisal("
        "np.where(rained, chance_of_rain, 1 - chance_of_rain)).mean() / LOG(2)",
    ),
    "data names used again": lambda: with_answers(
        tables="tables = dict(A=lengths_A, B=lengths_B, C=lengths_C)\n"
        "costs = {n: p @ t for n, t in tables.items() if (0.5 ** t).sum() <= 1}\n"
        "best, other = sorted(costs, key=costs.get)\nsaved = costs[other] - costs[best]\n"
        "p = lengths_A = lengths_B = best_table = None"
    ),
    "letters in other forms": lambda: with_answers(
        tables="costs = {n: p @ globals()['lengths_' + n] for n in 'ABC'"
        " if (0.5 ** globals()['lengths_' + n]).sum() <= 1}\n"
        "best, other = map(np.str_, sorted(costs, key=costs.get))\n"
        "saved = np.array([costs[other] - costs[best]])"
    ),
    "instructions and questions deleted": lambda: without(
        "instructions", *(f"{task.name}-question" for task in SETS["ps1"].tasks)
    ),
    "setup deleted": lambda: without("setup"),
    "data and test cells deleted": lambda: without(
        "forecaster-data", "tables-data", "entropy", "tables", "forecaster"
    ),
    "own data in the data cell": lambda: _changed(
        "forecaster-data", "chance_of_rain = np.array([0.5])\nrained = np.array([1])"
    ),
    "copy of the data cell below": lambda: added(
        cell_of(source_notebook("ps1"), "forecaster-data").source, after="forecaster"
    ),
    "arguments changed in place": lambda: with_answers(
        entropy="def entropy(p):\n    p[p == 0] = 1\n    p *= np.log(p)\n    return -p.sum(-1)"
    ),
    "asyncio": lambda: added("import asyncio\nawait asyncio.sleep(0)", before="entropy-answer"),
    "dataclass and pickle": lambda: added(
        "import pickle, dataclasses\n@dataclasses.dataclass\nclass A:\n    x: int = 1\n"
        "assert pickle.loads(pickle.dumps(A())) == A()",
        before="entropy-answer",
    ),
    "input at the top": lambda: added("name = input('Your name?')", before="surprisal-answer"),
    "import of what is not there": lambda: added(
        "import pandas as pd\nimport seaborn", before="surprisal-answer"
    ),
    "exit at the end": lambda: added("exit()"),
}


def _with_helper(**where):
    made = with_answer("entropy", "def entropy(p):\n    return np.sum(minus_p_log_p(p), axis=-1)")
    at = index(made, next(iter(where.values()))) + ("after" in where)
    made.cells.insert(
        at, code("def minus_p_log_p(p):\n    return -p * np.log(np.where(p > 0, p, 1))")
    )
    return made


def _changed(name, text):
    made = solved()
    cell_of(made, name).source = text
    return made


def _with_magics():
    made = solved()
    cell_of(made, "entropy-answer").source = f"%%time\n{ENTROPY}"
    cell_of(made, "surprisal-answer").source = (
        "%matplotlib inline\n!ls\n%pwd\nfiles = !ls\n%timeit -n1 -r1 1 + 1\n"
        + cell_of(made, "surprisal-answer").source
        + "\nsurprisal?\n"
    )
    made.cells.insert(2, code("%load_ext autoreload\n%autoreload 2\n%config InlineBackend.x = 1"))
    made.cells.insert(2, code("!pip install numpy\n%pip install scipy"))
    made.cells.insert(2, code("%%bash\necho hello"))
    return made


def _windows():
    made = solved()
    for cell in made.cells:
        cell.source = cell.source.replace("\n", "\r\n")
    return made


def _upside_down():
    made = solved()
    data = [cell for cell in made.cells if cell.metadata.nbgrader.grade_id.endswith("-data")]
    rest = [cell for cell in made.cells[2:] if cell not in data]
    made.cells = [made.cells[1], *data, *reversed(rest)]
    return made


@pytest.fixture(scope="module")
def odd(bubblewrap, tmp_path_factory):
    place = tmp_path_factory.mktemp("odd")
    (place / "in").mkdir()
    names = {}
    for number, (name, make) in enumerate(ODDITIES.items()):
        made = make()
        content = made if isinstance(made, bytes) else text_of(made)
        (place / "in" / f"s{number}.ipynb").write_bytes(content)
        names[name] = f"s{number}"
    outcomes = grade("ps1", place / "in", place / "out", SECRET, progress=False)
    by_student = {outcome.student: outcome for outcome in outcomes}
    return {name: by_student[student] for name, student in names.items()}


@pytest.mark.parametrize("oddity", ODDITIES)
def test_an_honest_oddity_keeps_all_points(odd, oddity):
    outcome = odd[oddity]
    assert outcome.failed is None
    lost = [verdict for verdict in outcome.verdicts if not verdict.earned]
    assert not lost, (lost, outcome.unusual)
    assert outcome.earned == SETS["ps1"].points
    assert not [line for line in outcome.unusual if "not right yet" in line]
