"""Hostile and broken cells, each alone between honest ones.

Whatever a cell does, the honest answers before and after it are recorded with their right values,
and nothing outside of the sandbox is touched.
"""

import functools
import glob
import json
import math
import os
import re
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from coursework import sandbox
from coursework.sandbox import Limits, isolation, run
from coursework.values import decode
from tests.coursework.units import call, cell, read, run_units

MIB = 2**20
QUICK = Limits(
    processor_seconds=0.5,
    wall_seconds=2.5,
    total_seconds=60,
    memory=1024 * MIB,
    output_bytes=2 * MIB,
)
SENTINEL = 0.8414709848078965  # stands in the arguments of one call, and nowhere else


def do(*units, limits=QUICK, isolation="bubblewrap"):
    return run_units(*units, limits=limits, isolation=isolation)


CASES = ((1.5,), (np.array([0.0, np.inf]),))


def attacked(source, limits=QUICK, isolation="bubblewrap"):
    """Run an attack between two honest answers; if it defines `attack`, this is called, too."""
    return do(
        cell("import numpy as np\ndef before(x):\n    return 2 * x"),
        call("before", *CASES),
        cell(source),
        call("attack", (1.5,)),
        cell("def after(x):\n    return x + 1"),
        call("after", *CASES, (SENTINEL,)),
        call("before", *CASES, again=1),
        call("attack", (1.5,), again=3),
        call("after", *CASES, (SENTINEL,), again=5),
        limits=limits,
        isolation=isolation,
    )


def said(record):
    """Say in words what a record tells of its (first) result."""
    if record["state"] != "done":
        return f"{record['state']}: {record['why']}"
    if "error" in record:
        return "ran" if record["error"] is None else f"failed: {record['error']}"
    ((key, content),) = record["results"][0].items()
    return f"value: {decode(content)!r}" if key == "value" else f"{key}: {content}"


def answers(records, unit):
    """Return the values that a call gave, where it was asked or in the second round."""
    results = records[unit]["results"] or records[records[unit]["again"]]["results"]
    return [decode(result["value"]) for result in results]


def assert_honest_answers_are_right(records):
    for unit, right in ((1, [3.0, [0.0, np.inf]]), (5, [2.5, [1.0, np.inf], SENTINEL + 1])):
        assert records[unit]["state"] == "done", records[unit]
        found = answers(records, unit)
        assert len(found) == len(right)
        for one, other in zip(found, right, strict=True):
            np.testing.assert_array_equal(one, other)
    for unit, first in ((6, 1), (8, 5)):  # the second round adds nothing, or repeats the first
        assert records[unit]["state"] == "done", records[unit]
        second = records[unit]["results"]
        assert second in ([], records[first]["results"]) or {"missing": True} in second


# How to write into every open pipe or file, and how to find the word that marks the own record.
WRITE = """
import os
def write(data):
    for number in range(256):
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(number, view):]
        except OSError:
            pass
"""
FORGE = (
    WRITE
    + """
import sys
def forge(body):
    frame = sys._getframe()
    while frame is not None:
        word = frame.f_locals.get("word")
        if isinstance(word, str):
            write(b"\\n" + word.encode() + b" " + body + b"\\n")
        frame = frame.f_back
"""
)
DEEP = functools.reduce(lambda tree, _: {"list": [tree]}, range(200), {"number": 1})
COLOURS = {"results": [{"error": "\x1b[31mRight!\n1"}]}


def forged(unit, **value):
    """Return what a record with one value looks like."""
    record = {"unit": unit, "state": "done", "error": None, "results": [{"value": value}]}
    return json.dumps(record).encode()


SWALLOW = """
    while True:
        try:
            while True:
                {}
        except BaseException:
            pass
"""

# How to search the memory of the process for SENTINEL, which the search must not contain itself.
SEARCH = """
import gc, sys
def attack(x):
    digits = "".join(["0.841", "4709"])
    seen, frame = gc.get_objects(), sys._getframe()
    while frame is not None:
        seen.append(dict(frame.f_locals))
        frame = frame.f_back
    found = 0
    for o in seen:
        if type(o) in (dict, list, tuple):
            for i in list(o.values() if type(o) is dict else o):
                if type(i) in (float, str, bytes):
                    found += digits in str(i)
    return found - 1  # `digits` itself is in a frame
"""
# name: (source, what the cell's record says, what the call's record says)
ATTACKS = {
    "infinite loop in a cell": ("while True: pass", "failed: TimeLimit", "missing"),
    "infinite loop in a function": (
        "def attack(x):\n    while True: pass",
        "^ran$",
        "error: TimeLim",
    ),
    "sleeping cell": ("import time; time.sleep(1000)", "failed: TimeLimit", "missing"),
    "loop that swallows interrupts in a cell": (
        "if True:" + SWALLOW.format("pass"),
        "stopped: it took more than",
        "missing",
    ),
    "loop that swallows interrupts in a function": (
        "def attack(x):" + SWALLOW.format("pass"),
        "^ran$",
        "stopped: it took more than",
    ),
    "sleep that swallows interrupts": (
        "import time\nif True:" + SWALLOW.format("time.sleep(9)"),
        "stopped: it took more than",
        "missing",
    ),
    "computation that cannot be interrupted": (
        "sum(range(10**12))",
        "stopped: it took more than",
        "missing",
    ),
    "clock taken away": (
        "import signal\ndef attack(x):\n"
        "    signal.setitimer(signal.ITIMER_PROF, 0); signal.setitimer(signal.ITIMER_REAL, 0)\n"
        "    while True: pass",
        "^ran$",
        "stopped: it took more than",
    ),
    "signals ignored": (
        "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\n"
        "signal.signal(signal.SIGPROF, signal.SIG_IGN)\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))\n"
        "def attack(x):\n    while True: pass",
        "^ran$",
        "error: TimeLimit",
    ),
    "memory hog": (
        "kept = []\nwhile True: kept.append(np.empty(5 * 10**6))",
        "stopped: it filled the memory",
        "missing",
    ),
    "memory hog in a function": (
        "def attack(x): return bytearray(10**10)",
        "^ran$",
        "error: MemoryError",
    ),
    "memory hog in many processes": (
        "import os, time\nfor _ in range(8):\n    if os.fork() == 0:\n"
        "        kept = bytearray(b'x') * (300 * 2**20); time.sleep(60)\ntime.sleep(60)",
        "stopped: it used more than 1024 MiB",
        "missing",
    ),
    "files without end": (
        "number = 0\nwhile True:\n    number += 1\n"
        "    with open(f'{number}', 'wb') as file: file.write(bytes(10**7))",
        "failed: OSError",
        "missing",
    ),
    "one file without end": (
        "with open('file', 'wb') as file:\n    while True: file.write(bytes(10**7))",
        "failed: OSError",
        "missing",
    ),
    "printing without end": ("while True: print('x' * 10**6)", "failed: TimeLimit", "missing"),
    "printing a gigabyte": ("for _ in range(1000): print('x' * 10**6)", "", "missing"),
    "displaying much": (
        "for _ in range(10**4): display('x' * 10**3)\n'x' * 10**7",
        "^ran$|TimeLimit",
        "missing",
    ),
    "errors without end": (
        "import sys\nwhile True: sys.stderr.write('x' * 10**6)",
        "failed: TimeLimit",
        "missing",
    ),
    "writing to the output's descriptors": (
        "import os\nfor _ in range(1000): os.write(1, b'x' * 10**6); os.write(2, b'x' * 10**6)",
        "^ran$|TimeLimit",
        "missing",
    ),
    "sys.exit": ("import sys\nsys.exit(0)", "failed: SystemExit", "missing"),
    "SystemExit in a function": ("def attack(x): raise SystemExit", "^ran$", "error: SystemExit"),
    "KeyboardInterrupt in a function": (
        "def attack(x): raise KeyboardInterrupt",
        "^ran$",
        "error: KeyboardInterrupt",
    ),
    "GeneratorExit in a function": (
        "def attack(x): raise GeneratorExit",
        "^ran$",
        "error: GeneratorExit",
    ),
    "os._exit": (
        "import os\nos._exit(0)",
        "stopped: the process ended itself with status 0",
        "missing",
    ),
    "os._exit in a function": (
        "import os\ndef attack(x): os._exit(3)",
        "^ran$",
        "stopped: the process ended itself with status 3",
    ),
    "killing itself": (
        "import os\nos.kill(os.getpid(), 9)",
        "stopped: the process was ended by SIGKILL",
        "missing",
    ),
    "killing the parent": (
        "import os\nos.kill(os.getppid(), 9)",
        "^ran$|PermissionError",
        "missing",
    ),
    "killing everybody": ("import os\nos.kill(-1, 9)", "^ran$|ProcessLookup", "missing"),
    "killing its group": (
        "import os\nos.killpg(0, 9)",
        "stopped: the process was ended by SIGKILL",
        "missing",
    ),
    "syntax error": ("def attack(x)\n    return", "failed: SyntaxError", "missing"),
    "fork bomb": (
        "import os\nwhile True: os.fork()",
        "BlockingIOError|TimeLimit|stopped",
        "missing",
    ),
    "fork bomb that never rests": (
        "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
        "failed: TimeLimit|stopped",
        "missing",
    ),
    "thread bomb": (
        "import threading, time\n"
        "while True: threading.Thread(target=time.sleep, args=(9,), daemon=True).start()",
        "RuntimeError|MemoryError|TimeLimit|stopped",
        "missing",
    ),
    "process that keeps flooding": (
        WRITE + "if os.fork() == 0:\n    while True: write(b'x' * 1000)",
        "^ran$|stopped",
        "missing",
    ),
    "garbage into every descriptor": (
        WRITE + "write(b'\\0\\xff{garbage]' * 99)",
        "^ran$",
        "missing",
    ),
    "partial line into every descriptor": (
        WRITE + 'write(b\'{"unit": 2, "state": "done", \')',
        "^ran$",
        "missing",
    ),
    "huge line into every descriptor": (
        WRITE + "write(b'{' * 10**8)",
        "stopped: it wrote too much",
        "missing",
    ),
    "many lines into every descriptor": (
        WRITE + "write(b'{\"unit\": 5}\\n' * 10**7)",
        "stopped: it wrote too much",
        "missing",
    ),
    "lines without end from a function": (
        WRITE + "def attack(x):\n    while True: write(b'{}\\n' * 1000)",
        "^ran$",
        "stopped: it wrote too much",
    ),
    "records without a word": (
        WRITE + "".join(f"write({forged(n, number=0)!r})\n" for n in range(9)),
        "^ran$",
        "missing",
    ),
    "record of the own cell before its time": (
        FORGE + "forge(b'{}')\nimport time; time.sleep(0.3)",
        "^ran$",
        "missing",
    ),
    "record of the own cell twice": (FORGE + "forge(b'{}'); forge(b'{}')", "^ran$", "missing"),
    "records of later units from a cell": (
        FORGE + f"forge({forged(5, number=0)!r}); forge({forged(3, number=0)!r})",
        "^ran$",
        "missing",
    ),
    "record of wrong types": (
        FORGE + 'def attack(x): forge(b\'{"results": [{"value": [1]}], "state": {}}\')',
        "^ran$",
        "error: the process wrote no readable result",
    ),
    "record of the wrong length": (
        FORGE + "def attack(x): forge(b'{\"results\": []}')",
        "^ran$",
        "error: the process wrote no results",
    ),
    "record that is no object": (
        FORGE + "def attack(x): forge(b'[1, 2]')",
        "^ran$",
        "error: the process wrote no results",
    ),
    "record nested too deeply": (
        FORGE + "def attack(x): forge(b'[' * 10**5)",
        "^ran$",
        "error: the process wrote no results",
    ),
    "record with a deep value": (
        FORGE + f"def attack(x): forge({forged(3, list=[DEEP])!r})",
        "^ran$",
        "error: the process wrote no readable result",
    ),
    "record with a huge integer": (
        FORGE + f"def attack(x): forge({forged(3, number=10**4000)!r})",
        "^ran$",
        "error: the process wrote no readable result",
    ),
    "record with an integer that Python refuses": (
        FORGE + f"def attack(x): forge({forged(3, number=7)!r}.replace(b'7', b'7' * 10**4))",
        "^ran$",
        "error: the process wrote no results",
    ),
    "record with NaN": (
        FORGE + f"def attack(x): forge({forged(3, number=math.nan)!r})",
        "^ran$",
        "value: nan",
    ),
    "record with an error in colours": (
        FORGE + f"def attack(x): forge({json.dumps(COLOURS).encode()!r})",
        "^ran$",
        r"error: \[31mRight! 1$",
    ),
    "all descriptors closed": ("import os\nos.closerange(0, 999)", "stopped", "missing"),
    "descriptors replaced": (
        "import os\nnull = os.open('/dev/null', os.O_RDWR)\nfor n in range(64): os.dup2(null, n)",
        "stopped",
        "missing",
    ),
    "json and os replaced": (
        "import json, os\njson.dumps = json.loads = lambda *a, **k: '{}'\n"
        "json.JSONEncoder.encode = json.JSONDecoder.decode = None\n"
        "json.encoder.encode_basestring_ascii = None\n"
        "os.write = os.read = os._exit = os.kill = os.getpid = lambda *a: 0",
        "^ran$",
        "missing",
    ),
    "NumPy replaced": (
        "import numpy\nnumpy.array = numpy.asarray = numpy.ndarray = numpy.isclose = None\n"
        "numpy.floating = numpy.errstate = numpy.bool_ = lambda *a, **k: True",
        "^ran$",
        "missing",
    ),
    "builtins replaced": (
        "import builtins\nbuiltins.print = builtins.isinstance = lambda *a: True\n"
        "builtins.len = builtins.type = builtins.dict = builtins.float = lambda *a: 0\n"
        "builtins.callable = builtins.map = builtins.set = None",
        "",
        "missing",
    ),
    "builtins replaced in a function": (
        "import builtins\ndef attack(x):\n"
        "    builtins.isinstance = builtins.len = builtins.type = lambda *a: 0\n    return x",
        "^ran$",
        "value: 1.5",
    ),
    "builtins deleted": (
        "import builtins\nfor name in dir(builtins): delattr(builtins, name)",
        "",
        "missing",
    ),
    "the values' encoder replaced": (
        "import sys\nfor name, module in list(sys.modules.items()):\n"
        "    if 'values' in name: sys.modules[name] = None",
        "^ran$",
        "missing",
    ),
    "modules forgotten": ("import sys\nsys.modules.clear()", "", "missing"),
    "trace function": (
        "import sys, threading\ndef trace(*a): raise ValueError\n"
        "sys.settrace(trace); sys.setprofile(trace); threading.settrace(trace)",
        "",
        "missing",
    ),
    "atexit": ("import atexit, os\natexit.register(os._exit, 7)", "^ran$", "missing"),
    "streams closed": (
        "import sys\nsys.stdout.close(); sys.stderr = None; sys.stdin = 3",
        "",
        "missing",
    ),
    "AST transformer": (
        "import ast\nclass Zero(ast.NodeTransformer):\n"
        "    def visit_Constant(self, node): return ast.copy_location(ast.Constant(0), node)\n"
        "get_ipython().ast_transformers.append(Zero())",
        "^ran$",
        "missing",
    ),
    "input transformers": (
        "shell = get_ipython()\nshell.input_transformers_post.append(lambda lines: ['1/0\\n'])\n"
        "shell.input_transformers_cleanup.append(lambda lines: ['1/0\\n'])\n"
        "shell.input_transformer_manager.line_transforms.append(lambda lines: ['1/0\\n'])\n"
        "shell.input_transformer_manager.token_transformers.clear()",
        "^ran$",
        "missing",
    ),
    "IPython events": (
        "import os\nfor event in ('pre_execute', 'post_execute', 'post_run_cell'):\n"
        "    get_ipython().events.register(event, lambda *a: os.abort())",
        "^ran$|stopped",
        "missing",
    ),
    "%reset": ("%reset -f", "^ran$", "missing"),
    "ask_exit": ("get_ipython().ask_exit(); exit(); quit()", "^ran$", "missing"),
    "recursion": (
        "def attack(x): return attack(x)",
        "^ran$",
        "error: RecursionError",
    ),
    "recursion without limit": (
        "import sys\nclass C:\n    def __repr__(self): return repr(self)\n"
        "def attack(x):\n    sys.setrecursionlimit(10**9); return repr(C())",
        "^ran$",
        "stopped|error",
    ),
    "del np": ("del np", "^ran$", "missing"),
    "null pointer": (
        "import ctypes\nctypes.string_at(0)",
        "stopped: the process was ended by SIGSEGV",
        "missing",
    ),
    "null pointer in a function": (
        "import ctypes\ndef attack(x): ctypes.string_at(0)",
        "^ran$",
        "stopped: the process was ended by SIGSEGV",
    ),
    "search of the memory for later inputs": (SEARCH, "^ran$", "value: 0$"),
    "namespace replaced": ("get_ipython().user_ns = None", "", "missing"),
    "own globals cleared": ("globals().clear()", "", "missing"),
    "lone surrogate": ("'\ud800'", "", "missing"),
    "input": ("input()", "failed: EOFError", "missing"),
}

# What a function returns or raises: these cost one run in all.
RETURNS = {
    "object that lies": (
        "class Lie:\n    def __eq__(self, other): return True\n    __lt__ = __gt__ = __eq__\n"
        "    def __array__(self, *a, **k): return np.array(1.0)\n"
        "    def __float__(self): return 1.0\n    def __getattr__(self, name): return self\n"
        "def attack(x): return Lie()",
        r"value: Other\(type_name='Lie'\)",
    ),
    "array that lies": (
        "class Lie(np.ndarray):\n    def __eq__(self, other): return True\n"
        "    def __array__(self, *a, **k): return np.array([7.0])\n"
        "    size = ndim = shape = dtype = 0\n"
        "    def tolist(self): return [7.0]\n    ravel = tolist\n"
        "def attack(x): return np.zeros(1).view(Lie)",
        r"value: array\(\[0\.\]\)",
    ),
    "number that lies": (
        "class Lie(float):\n    def __eq__(self, other): return True\n"
        "    def __repr__(self): return '7'\n    __str__ = __repr__\n"
        "def attack(x): return Lie(2.0)",
        "value: 2.0$",
    ),
    "text that lies": (
        "class Lie(str):\n    def __eq__(self, other): return True\n"
        "    def __getitem__(self, i): return 'B'\n    def __str__(self): return 'B'\n"
        "def attack(x): return Lie('A')",
        "value: 'A'$",
    ),
    "exception that lies": (
        "class Lie(Exception):\n    def __str__(self): return {'a': 1}\ndef attack(x): raise Lie",
        "error: Lie$",
    ),
    "huge array": ("def attack(x): return np.ones(10**9)", "error: .*MemoryError"),
    "array that pretends to be huge": (
        "def attack(x): return np.broadcast_to(1.0, (10**6, 10**6))",
        "value: Other.*too large",
    ),
    "huge list": ("def attack(x): return [0.0] * 10**7", "value: Other.*too large"),
    "list in itself": (
        "def attack(x):\n    loop = []; loop.append(loop); return loop",
        "value: .*too large",
    ),
    "lists that grow when they are read": (
        "def attack(x):\n    rows = [0]\n    for _ in range(30): rows = [rows, rows, 'x']\n"
        "    return rows",
        "value: .*too large",
    ),
    "generator": ("def attack(x): yield x", "value: Other.*generator"),
    "None": ("def attack(x): pass", "value: None"),
    "complex": ("def attack(x): return 1j", "value: Other.*complex"),
    "complex array": ("def attack(x): return np.array([1j])", "value: Other.*complex"),
    "array of objects": (
        "def attack(x): return np.array([print, {}], dtype=object)",
        "value: Other.*array of objects",
    ),
    "bytes": ("def attack(x): return b'abc'", "value: Other.*bytes"),
    "text": ("def attack(x): return 'A' * 10**6", "value: 'A{200}'$"),
    "no function": ("attack = 3", "error: attack must be a function"),
    "function of other arguments": ("def attack(): pass", "error: TypeError"),
}


@pytest.fixture(scope="module")
def runs(bubblewrap, request):
    """The records of all attacks that are to be tested, two at a time."""
    wanted = {
        item.callspec.params["attack"]
        for item in request.session.items
        if getattr(item, "originalname", "") == "test_an_attack_leaves_honest_answers_alone"
    }
    with ThreadPoolExecutor(2) as pool:
        yield {
            name: pool.submit(attacked, source)
            for name, (source, *_) in ATTACKS.items()
            if name in wanted
        }


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_leaves_honest_answers_alone(runs, attack):
    records = runs[attack].result()
    _, cell_says, call_says = ATTACKS[attack]
    assert re.search(cell_says, said(records[2])), said(records[2])
    assert re.search(call_says, said(records[3])), said(records[3])
    assert_honest_answers_are_right(records)


def test_the_search_of_the_memory_finds_what_is_there(bubblewrap):
    records = do(cell(SEARCH), call("attack", (SENTINEL,)))
    assert decode(records[1]["results"][0]["value"]) > 0


@pytest.fixture(scope="module")
def returned(bubblewrap):
    """The records of all odd functions, each called before an honest one, in one run."""
    units = [cell("import numpy as np\ndef honest(x):\n    return 2 * x")]
    for source, _ in RETURNS.values():
        units += [cell(f"attack = None\n{source}"), call("attack", (1.5,)), call("honest", (1.5,))]
    records = do(*units)
    return {name: records[3 * n + 1 : 3 * n + 4] for n, name in enumerate(RETURNS)}


@pytest.mark.parametrize("attack", RETURNS)
def test_whatever_a_function_returns_is_a_plain_value_or_an_error(returned, attack):
    defined, asked, honest = returned[attack]
    assert defined["error"] is None
    assert re.search(RETURNS[attack][1], said(asked)), said(asked)
    assert said(honest) == "value: 3.0"


@pytest.mark.parametrize(
    "attack",
    [
        "infinite loop in a cell",
        "loop that swallows interrupts in a function",
        "sleep that swallows interrupts",
        "memory hog",
        "memory hog in many processes",
        "os._exit",
        "killing itself",
        "one file without end",
        "huge line into every descriptor",
        "all descriptors closed",
        "builtins replaced",
        "null pointer",
    ],
)
def test_the_limits_hold_without_bubblewrap_too(attack):
    source, cell_says, call_says = ATTACKS[attack]
    records = attacked(source, isolation="none")
    assert re.search(cell_says, said(records[2])), said(records[2])
    assert re.search(call_says, said(records[3])), said(records[3])
    assert_honest_answers_are_right(records)


@pytest.fixture
def secret(tmp_path, monkeypatch):
    """A file and an environment variable that no submission may see."""
    monkeypatch.setenv("COURSEWORK_TEST_SECRET", "swordfish")
    path = tmp_path / "secret"
    path.write_text("swordfish")
    return path


READ_FILE = "def attack(path):\n    return open(path).read()[:200]"
WRITE_FILE = "def attack(path):\n    open(path, 'w').write('changed')\n    return 1"
REMOVE_FILE = "import os\ndef attack(path):\n    os.remove(path)\n    return 1"


@pytest.mark.parametrize("source", [READ_FILE, WRITE_FILE, REMOVE_FILE])
def test_files_of_the_host_are_out_of_reach(bubblewrap, secret, source):
    records = do(cell(source), call("attack", (str(secret),)))
    assert said(records[1]).startswith("error: FileNotFoundError")
    assert secret.read_text() == "swordfish"


def test_without_bubblewrap_files_of_the_host_are_within_reach(secret):
    """What UNPROTECTED says; and that the tests around this one can fail."""
    records = do(cell(READ_FILE), call("attack", (str(secret),)), isolation="none")
    assert said(records[1]) == "value: 'swordfish'"
    records = do(cell(WRITE_FILE), call("attack", (str(secret),)), isolation="none")
    assert secret.read_text() == "changed"
    assert "every file that this user can" in sandbox.UNPROTECTED


def test_home_course_and_packages_are_out_of_sight(bubblewrap):
    course = Path(sandbox.__file__).resolve().parent
    paths = [str(path) for path in (Path.home() / ".profile", Path.home() / ".bashrc", course)]
    paths += [str(course.parent / "cecourse"), str(Path(np.__file__).parents[1]), "/etc/passwd"]
    paths += [
        "/etc/shadow",
        "/home",
        "/var",
        "/run",
        "/sys",
        "/usr/share",
        "/usr/local",
        "/dev/shm",
    ]
    paths += [str(Path(np.__file__).parents[1] / name) for name in ("scipy", "sklearn", "nbgrader")]
    paths = [path for path in paths if Path(path).exists()]
    assert len(paths) > 5
    look = "import os\ndef attack(path): return os.path.exists(path)"
    records = do(cell(look), call("attack", *[(path,) for path in [*paths, "/tmp"]]))
    seen = [decode(result["value"]) for result in records[1]["results"]]
    base = sys.base_prefix  # only Python itself may lie below one of these folders
    hidden = [not base.startswith(path) for path in paths]
    assert [not one for one, hide in zip(seen, hidden, strict=False) if hide] == [True] * sum(
        hidden
    )
    assert seen[-1] is True


def test_what_is_installed_into_python_itself_is_hidden(bubblewrap):
    places = [
        f"{root}/lib*/python*/{kind}/*"
        for root in sorted({"/usr", sys.base_prefix})
        for kind in ("site-packages", "dist-packages")
    ]
    look = f"import glob\nfound = [file for place in {places} for file in glob.glob(place)]"
    assert any(glob.glob(place) for place in places)  # there is something to hide
    assert said(do(cell(look), read("found"))[1]) == "value: []"


@pytest.mark.parametrize(
    "name", ["cecourse", "coursework", "scipy", "sklearn", "nbgrader", "pytest"]
)
def test_what_holds_the_answers_cannot_be_imported(bubblewrap, name):
    assert said(do(cell(f"import {name}"))[0]).startswith("failed: ModuleNotFoundError")


@pytest.mark.parametrize("isolation", ["bubblewrap", "none"])
def test_the_environment_holds_nothing_of_the_graders(request, secret, isolation):
    if isolation == "bubblewrap":
        request.getfixturevalue("bubblewrap")
    look = "import os\nfound = str(dict(os.environ)).count('swordfish')\nhome = os.environ['HOME']"
    records = do(cell(look), read("found", "home"), isolation=isolation)
    found, home = (decode(result["value"]) for result in records[1]["results"])
    assert found == 0
    assert home == "/tmp" if isolation == "bubblewrap" else "coursework-" in home


@pytest.mark.parametrize(
    "where", ["/", "/usr/lib", "/packages/numpy", "/coursework", "/dev", "/proc"]
)
def test_only_the_own_folder_can_be_written(bubblewrap, where):
    records = do(cell(f"open('{where}/x', 'w')"), cell("open('/tmp/x', 'w').write('1')"))
    assert re.search("OSError|PermissionError|FileNotFoundError", said(records[0]))
    assert said(records[1]) == "ran"


CONNECT = """
import socket
def attack(host, port):
    with socket.create_connection((host, int(port)), timeout=1):
        return 1
"""


@pytest.fixture
def port():
    """The number of a port of this machine that answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_there_is_no_network(bubblewrap, port):
    there = [("127.0.0.1", port), ("localhost", port), ("192.0.2.1", 80), ("example.org", 80)]
    records = do(cell(CONNECT), call("attack", *there))
    assert all("rror" in result["error"] for result in records[1]["results"])
    devices = "import socket\ndevices = [name for _, name in socket.if_nameindex()]"
    assert said(do(cell(devices), read("devices"))[1]) == "value: ['lo']"


def test_without_bubblewrap_there_is_a_network(port):
    records = do(cell(CONNECT), call("attack", ("127.0.0.1", port)), isolation="none")
    assert said(records[1]) == "value: 1"
    assert "network" in sandbox.UNPROTECTED


LOOSE = """
import os, subprocess, sys
subprocess.Popen(["setsid", "nohup", "sleep", "{0}"], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp("sleep", ["sleep", "{0}"])
    os._exit(0)
while True:
    pass
"""


def sleepers(seconds):
    """Return the processes of this machine that sleep for so long."""
    wanted = f"sleep\0{seconds}\0".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found += [path.parent.name] if path.read_bytes() == wanted else []
        except OSError:
            continue
    return found


@pytest.mark.parametrize("isolation", ["bubblewrap", "none"])
def test_no_process_survives_the_run(request, isolation):
    if isolation == "bubblewrap":
        request.getfixturevalue("bubblewrap")
    seconds = 10**6 + os.getpid() + len(isolation)
    seen = []
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(do, cell(LOOSE.format(seconds)), isolation=isolation)
        while not running.done():
            seen.append(len(sleepers(seconds)))
            time.sleep(0.02)
        running.result()
    assert max(seen) == 2  # they did run
    assert sleepers(seconds) == []


def test_a_cell_leaves_no_process_to_the_next_one(bubblewrap):
    start = "import subprocess\nsubprocess.Popen(['sleep', '1000'], start_new_session=True)"
    count = "import os\nfound = len([n for n in os.listdir('/proc') if n.isdigit()])"
    records = do(cell(start), cell(count), read("found"))
    assert [said(record) for record in records] == ["ran", "ran", "value: 2"]


@pytest.mark.skipif(os.getuid() != 0, reason="an ordinary user has no rights to give up")
def test_root_gives_up_its_rights(bubblewrap):
    source = (
        "import os\nme = [*os.getresuid(), *os.getresgid()]\ngroups = os.getgroups()\n"
        "status = dict(line.split(':') for line in open('/proc/self/status'))\n"
        "rights = max(int(status[name], 16) for name in ('CapPrm', 'CapEff', 'CapAmb'))\n"
        "rights += int(status['NoNewPrivs']) != 1"
    )
    uids = []
    for _ in range(2):
        records = do(cell(source), read("me", "groups", "rights"))
        me, groups, rights = (decode(result["value"]) for result in records[1]["results"])
        assert min(me) == max(me) > 65535
        assert groups == []
        assert rights == 0
        uids.append(me[0])
    assert uids[0] != uids[1]  # two sandboxes share no limit on processes


def test_a_limit_cannot_be_raised(bubblewrap):
    source = (
        "import resource\ndef attack(name):\n"
        "    which = getattr(resource, name)\n"
        "    resource.setrlimit(which, (resource.RLIM_INFINITY,) * 2)"
    )
    names = [f"RLIMIT_{name}" for name in ("AS", "CPU", "FSIZE", "NOFILE", "NPROC", "CORE")]
    tell = "import resource\ndef tell(name): return resource.getrlimit(getattr(resource, name))"
    records = do(
        cell(source),
        call("attack", *[(name,) for name in names]),
        cell(tell),
        call("tell", *[(name,) for name in names]),
    )
    assert all("ValueError" in result["error"] for result in records[1]["results"])
    most = [QUICK.memory, 61, QUICK.file_bytes, QUICK.open_files, QUICK.processes, 0]
    for result, limit in zip(records[3]["results"], most, strict=True):
        assert max(decode(result["value"])) <= limit


@pytest.mark.skipif(sandbox._filter() is None, reason="no filter is known for this machine")
def test_system_calls_that_no_answer_needs_are_refused(bubblewrap):
    source = (
        "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "def attack(name, *a):\n"
        "    return [getattr(libc, name)(*map(int, a)), ctypes.get_errno()]\n"
    )
    new_user, private = 0x10000000, 0
    calls = [("unshare", new_user), ("shmget", private, 4096, 0o600), ("chroot", 0)]
    calls += [("memfd_create", 0, 0), ("ptrace", 0, 0, 0, 0), ("setns", 0, 0)]
    calls += [("syscall", 56, new_user | 17, 0, 0, 0, 0)] if os.uname().machine == "x86_64" else []
    records = do(cell(source), call("attack", *calls))
    assert [decode(result["value"]) for result in records[1]["results"]] == [[-1, 1]] * len(calls)


def test_time_for_the_whole_run_is_bounded(bubblewrap):
    limits = Limits(processor_seconds=9, wall_seconds=9, total_seconds=3)
    start = time.monotonic()
    records = do(cell("import time; time.sleep(20)"), cell("a = 1"), read("a"), limits=limits)
    assert time.monotonic() - start < 15
    assert [record["state"] for record in records] == ["not reached"] * 3
    assert records[2]["results"] == [{"stopped": "the time for the whole notebook ran out"}]


def test_the_number_of_starts_is_bounded(bubblewrap):
    limits = Limits(starts=2, total_seconds=60)
    records = do(*[cell("import os; os._exit(1)")] * 4, limits=limits)
    assert [record["state"] for record in records] == ["stopped"] * 2 + ["not reached"] * 2


def test_answers_are_not_asked_for_again_after_a_new_start(bubblewrap):
    """The second process makes the names anew; what was answered stands."""
    records = do(
        cell("import os\ndef f(x): return os.getpid() if x else os._exit(1)"),
        call("f", (1,)),
        call("f", (0,)),
        call("f", (1,)),
    )
    assert [record["state"] for record in records] == ["done", "done", "stopped", "done"]
    assert said(records[2]).startswith("stopped: the process ended itself with status 1")


def test_isolation_is_never_given_up_in_silence(monkeypatch):
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: None)
    isolation.cache_clear()
    try:
        assert not isolation()
        assert isolation().reason == "bubblewrap is not installed: there is no program `bwrap`."
        with pytest.raises(sandbox.IsolationError, match="not installed"):
            do(cell("1"))
        assert do(cell("1"), isolation="none")[0]["state"] == "done"
    finally:
        isolation.cache_clear()


def test_a_bubblewrap_that_does_not_work_is_found_out(monkeypatch, tmp_path):
    program = tmp_path / "bwrap"
    program.write_text(
        "#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1"
    )
    program.chmod(0o755)
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: str(program))
    isolation.cache_clear()
    sandbox._isolated_arguments.cache_clear()
    try:
        assert "does not work here: bwrap: No permissions" in isolation().reason
    finally:
        isolation.cache_clear()
        sandbox._isolated_arguments.cache_clear()


@pytest.mark.parametrize("isolation", ["firejail", None])
def test_an_unknown_isolation_is_refused(isolation):
    with pytest.raises(ValueError, match="isolation must be"):
        do(cell("1"), isolation=isolation)


def test_units_must_be_numbered():
    with pytest.raises(ValueError, match="numbered from 0"):
        run([{"unit": 1, **cell("1")}], QUICK, "none")
