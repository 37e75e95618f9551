"""Honest notebooks run in the sandbox as in Jupyter, and what they answer is written down."""

import importlib.util
import json
import os

import numpy as np
import pytest

from coursework import runner
from coursework.sandbox import Limits
from coursework.values import decode
from tests.coursework.units import assign, call, cell, read, run_units

QUICK = Limits(processor_seconds=5, wall_seconds=20, total_seconds=100)


@pytest.fixture(scope="module")
def do(bubblewrap):
    """Run units and return their records; values are decoded, errors stay text."""

    def do(*units, limits=QUICK):
        records = run_units(*units, limits=limits)
        for record in records:
            for result in record.get("results", []):
                if "value" in result:
                    result["value"] = decode(result["value"])
        return records

    return do


def values_of(record):
    return [result["value"] for result in record["results"]]


JUPYTER = {
    "top-level await": "import asyncio\nawait asyncio.sleep(0)",
    "top-level async for": "async def f():\n    yield 1\nasync for x in f(): pass",
    "line magic": "%time 1 + 1",
    "cell magic": "%%time\n1 + 1",
    "captured output": "%%capture out\nprint(1)",
    "timing": "%timeit -n 1 -r 1 1",
    "shell command": "!echo hello",
    "shell command into a name": "files = !echo a b\nassert files == ['a b']",
    "bash cell": "%%bash\necho hello",
    "installing what is there": "!pip install numpy\n%pip install numpy",
    "help": "print?\nhelp(print)",
    "display": "from IPython.display import Markdown\ndisplay(Markdown('x'), 3)",
    "last value": "1 + 1\n",
    "output history": "assert _ == 2 and 2 in Out.values() and 'pip' in ''.join(In)",
    "printing": "import sys\nprint('é∑', flush=True)\nprint(1, file=sys.stderr)",
    "warnings": "import warnings\nwarnings.warn('w')\nimport numpy as np\nnp.log(np.zeros(1))",
    "logging": "import logging\nlogging.warning('w')",
    "line continuation and comments": "# -*- coding: utf-8 -*-\nx = \\\n  1",
    "indented cell": "  y = 1\n  z = 2",
    "class and dataclass": "import dataclasses\n@dataclasses.dataclass\nclass C:\n    x: int\nC(1)",
    "pickle": "import pickle\ndef g(): pass\nassert pickle.loads(pickle.dumps(g)) is g",
    "future annotations": "from __future__ import annotations\ndef f(x: Unknown): pass",
    "get_ipython": "get_ipython().run_line_magic('who', '')",
    "a file of its own": "open('x.txt', 'w').write('1')\nassert open('x.txt').read() == '1'",
    "threads": "from concurrent.futures import ThreadPoolExecutor as T\nlist(T(2).map(str, [1]))",
    "exit": "exit()\nquit()",
    "linear algebra": "np.linalg.inv(np.eye(100) * 2) @ np.ones(100)",
    "random numbers": "np.random.default_rng(0).normal(size=9)",
    "main module": "assert __name__ == '__main__'\nimport __main__\nassert __main__.x == 1",
}
PLOTS = {
    "inline magic": "%matplotlib inline\n%config InlineBackend.figure_format = 'svg'",
    "plot": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
}


@pytest.fixture(scope="module")
def jupyter(do):
    chosen = {**JUPYTER, **(PLOTS if importlib.util.find_spec("matplotlib") else {})}
    records = do(*map(cell, chosen.values()))
    return dict(zip(chosen, records, strict=True))


@pytest.mark.parametrize("what", JUPYTER | PLOTS)
def test_cells_may_do_what_they_may_in_jupyter(jupyter, what):
    if what not in jupyter:
        pytest.skip("Matplotlib is not installed")
    assert jupyter[what] == {"unit": jupyter[what]["unit"], "state": "done", "error": None}


ERRORS = {
    "1 / 0": "ZeroDivisionError: division by zero",
    "raise NotImplementedError": "NotImplementedError:",
    "undefined": "NameError: name 'undefined' is not defined",
    "def f(:": "SyntaxError: invalid syntax",
    "if True:\nx": "IndentationError: expected an indented block",
    "%nosuchmagic": "UsageError: Line magic function `%nosuchmagic` not found",
    "assert 1 == 2, 'no\\nway'": "AssertionError: no way",
    "raise ValueError('x' * 1000)": "ValueError: " + "x" * 100,
    "import sys; sys.exit('done')": "SystemExit: done",
    "raise KeyboardInterrupt": "KeyboardInterrupt:",
    "raise ExceptionGroup('several', [ValueError()])": "ExceptionGroup: several",
}


def test_a_failing_cell_is_told_in_a_line_and_the_rest_runs(do):
    records = do(*[unit for source in ERRORS for unit in (cell(source), cell("after = 1"))])
    for record, error in zip(records[::2], ERRORS.values(), strict=True):
        assert record["error"].startswith(error) or error.startswith("UsageError"), record
        assert len(record["error"]) <= 200
        assert "\n" not in record["error"]
    assert all(record["error"] is None for record in records[1::2])


def test_every_call_gets_its_own_arguments(do):
    spoil = "def spoil(a, b):\n    a[:] = 7\n    b.append(7)\n    return a, len(b)"
    array, listed = np.array([1.0, 2.0]), [1.0, [2.0]]
    records = do(cell(spoil), call("spoil", (array, listed), (array, listed)))
    for value in values_of(records[1]):
        assert value[0].tolist() == [7.0, 7.0]
        assert value[1] == 3


def test_arguments_have_their_types(do):
    tell = "def tell(a): return f'{type(a).__name__} {getattr(a, \"dtype\", None)}'"
    arguments = [1, 1.5, True, "A", [1, 2], np.ones(1, "float32"), np.ones(1, "int64"), None]
    records = do(cell(tell), call("tell", *[(argument,) for argument in arguments]))
    assert values_of(records[1]) == [
        "int None",
        "float None",
        "bool None",
        "str None",
        "list None",
        "ndarray float32",
        "ndarray int64",
        "NoneType None",
    ]


def test_warnings_and_floating_point_errors_cost_nothing(do):
    source = (
        "import numpy as np, warnings\nwarnings.simplefilter('error')\nnp.seterr(all='raise')\n"
        "def f(x):\n    warnings.warn('careful')\n    return np.log(x) * 0 + np.exp(x * 1e6)"
    )
    records = do(cell(source), call("f", (np.array([1.0, 2.0]),)))
    assert values_of(records[1])[0].tolist() == [np.inf, np.inf]


def test_an_error_in_one_call_leaves_the_others(do):
    records = do(cell("def f(x): return 1 / x"), call("f", (0,), (2,)))
    assert records[1]["results"] == [
        {"error": "ZeroDivisionError: division by zero"},
        {"value": 0.5},
    ]


def test_a_function_may_print_display_and_use_the_shell(do):
    source = "def f(x):\n    print(x)\n    display(x)\n    get_ipython()\n    return x"
    assert values_of(do(cell(source), call("f", (1,)))[1]) == [1]


@pytest.mark.parametrize(
    "source",
    [
        "f = lambda x: x + 1",
        "class F:\n    def __call__(self, x): return x + 1\nf = F()",
        "import functools\nf = functools.partial(lambda a, x: a + x, 1)",
        "import numpy as np\nf = np.vectorize(lambda x: x + 1)",
        "import functools\n@functools.lru_cache\ndef f(x): return x + 1",
        "def f(x, *rest, y=1): return x + y",
    ],
)
def test_any_callable_is_a_function(do, source):
    assert values_of(do(cell(source), call("f", (1,)))[1]) == [2]


def test_data_are_put_into_place_and_answers_read(do):
    units = [
        cell("import numpy as np\np = np.array([0.5, 0.5])"),
        assign(p=np.array([0.25, 0.75]), k=3),
        cell("total = p.max()\nbest = 'A'\np[0] = 9"),
        read("total", "best", "nothing", "k"),
    ]
    assert do(*units)[3]["results"] == [
        {"value": 0.75},
        {"value": "A"},
        {"missing": True},
        {"value": 3},
    ]


def test_the_second_round_answers_only_where_that_makes_a_difference(do):
    records = do(
        cell("def same(x): return x\ndef renewed(x): return 0\ndef helped(x): return help2(x)"),
        call("same", (1,)),
        call("renewed", (1,)),
        call("helped", (1,)),
        call("late", (1,)),
        call("never", (1,)),
        cell("number = 1"),
        read("number"),
        cell("def renewed(x): return x\ndef help2(x): return x\ndef late(x): return x\nnumber = 2"),
        *[
            call(name, (1,), again=n)
            for n, name in enumerate(["same", "renewed", "helped", "late"], 1)
        ],
        call("never", (1,), again=5),
        read("number", again=7),
    )
    assert [record.get("same", False) for record in records[9:]] == [
        True,
        False,
        False,
        False,
        True,
        False,
    ]
    assert [values_of(record) for record in records[10:13]] == [[1]] * 3
    assert "NameError" in records[3]["results"][0]["error"]
    assert records[4]["results"] == [{"missing": True}]
    assert values_of(records[14]) == [2]


def test_the_runners_own_names_are_not_in_the_namespace(do):
    source = (
        "names = [n for n in globals() if n in ('runner', 'Runner', 'channel', 'word', 'main')]"
    )
    records = do(cell(source), cell("import values"), read("names"))
    assert values_of(records[2]) == [[]]
    assert records[1]["error"].startswith("ModuleNotFoundError")


@pytest.mark.parametrize(
    "tree",
    [
        {"a": [1, 2.5, True, None, 'x\n"é\u2028'], "b": {"c": []}},
        [float("inf"), -float("inf"), 1e-320, 0.1, -0.0, 2**64],
        {},
    ],
)
def test_the_runners_own_json_is_json(tree):
    channel = runner.Channel(0, 1)
    assert json.loads(channel.json(tree)) == tree
    assert np.isnan(json.loads(channel.json(float("nan"))))


def test_records_and_commands_pass_through_narrow_pipes():
    commands, records = os.pipe(), os.pipe()
    channel = runner.Channel(commands[0], records[1], write=lambda d, data: os.write(d, data[:3]))
    for part in (b'{"unit"', b': 1}\n{"un', b'it": 2}\n'):
        os.write(commands[1], part)
    assert [channel.command(), channel.command()] == [{"unit": 1}, {"unit": 2}]
    channel.record("word", {"unit": 1})
    assert os.read(records[0], 1000) == b'\nword {"unit": 1}\n'
    for descriptor in (*commands, *records):
        os.close(descriptor)
