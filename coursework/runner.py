"""The program inside the sandbox: it runs a student's cells and writes down what answers return.

It is started by sandbox.py as a script and is no part of the package when it runs: it uses the
standard library, NumPy, IPython, and values.py, which lies next to it. It reads commands, one JSON
object a line, and writes one line for each::

    <word> {"unit": 5, "state": "done", ...}

The word comes with the command and marks its record, so that what student code writes into the same
pipe is not taken for one. Security does not rest on that. The student's code shares this process
and may take it over; all it could write is other values, and only right values earn points.

Commands:

- ``begin``: limits of the process; the record says that student code may run.
- ``cell``: run ``source`` as IPython does.
- ``assign``: put ``values`` into the student's namespace.
- ``call``: call the function named ``answer`` on each of ``calls``.
- ``read``: read the variables named in ``answers``.
"""

import builtins
import contextlib
import gc
import importlib.util
import json
import os
import resource
import signal
import sys
import types
import warnings

TEXT = 200  # characters of an error message


class TimeLimit(BaseException):
    """A unit has used up its time. `except Exception` does not catch it."""


class Channel:
    """Commands in, records out, with functions taken before student code could replace them."""

    def __init__(self, commands, records, *, read=os.read, write=os.write, leave=os._exit):
        self.commands, self.records = commands, records
        self.read, self.write, self.leave = read, write, leave
        self.buffer = b""
        self.scan = json.JSONDecoder().scan_once
        self.quote = json.encoder.encode_basestring_ascii

    def command(self):
        """Return the next command; without one there is nothing left to do."""
        while b"\n" not in self.buffer:
            part = self.read(self.commands, 1 << 16)
            if not part:
                self.leave(0)
            self.buffer += part
        line, _, self.buffer = self.buffer.partition(b"\n")
        return self.scan(line.decode(), 0)[0]

    def record(self, word, record):
        """Write a record on a line of its own, whatever stands before it in the pipe."""
        data = f"\n{word} {self.json(record)}\n".encode()
        while data:
            data = data[self.write(self.records, data) :]

    def json(self, tree):
        """Write a tree of plain values as JSON; json.dumps could have been replaced inside."""
        kind = type(tree)
        if kind is dict:
            pairs = [f"{self.quote(key)}: {self.json(value)}" for key, value in tree.items()]
            return "{" + ", ".join(pairs) + "}"
        if kind is list:
            return "[" + ", ".join([self.json(value) for value in tree]) + "]"
        if kind is str:
            return self.quote(tree)
        if tree is None or kind is bool:
            return {None: "null", True: "true", False: "false"}[tree]
        text = kind.__repr__(tree)
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(text, text)


def load_values():
    """Import values.py from this file's folder, under a name that nobody imports."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "values.py")
    specification = importlib.util.spec_from_file_location("_coursework_values", path)
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module  # dataclasses look there
    specification.loader.exec_module(module)
    return module


def leave_root(uid):
    """Become the user `uid`, for good; only a process of root can and must."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    if os.getresuid() != (uid, uid, uid) or os.getresgid() != (uid, uid, uid):
        raise RuntimeError("the sandbox could not give up root")


def limit_resources(limits):
    """Set hard limits, which this process cannot raise again."""
    for name, limit in limits.items():
        which = getattr(resource, name)
        hard = resource.getrlimit(which)[1]
        limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(which, (limit, limit))


def silence():
    """Let everything that is printed go nowhere, also what programs and C code print."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)


def start_shell():
    """Make IPython's shell, without history, colours, traceback texts, or files outside HOME."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Shell(InteractiveShell):
        def showtraceback(self, *args, **kwargs):
            """Show nothing: nobody reads it, and formatting one takes long."""

        def showsyntaxerror(self, *args, **kwargs):
            """Show nothing."""

        def ask_exit(self):
            """Go on: `exit()` in a cell ends no run."""

        def enable_gui(self, gui=None):
            """Open no windows."""

        system = InteractiveShell.system_raw  # the other way needs a terminal device

        def _tee(self, channel):
            """Keep no copy of what is printed, as some versions of IPython do."""
            return contextlib.nullcontext()

    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "nocolor"
    config.Completer.use_jedi = False
    return Shell.instance(config=config)


class Clock:
    """Limits on the time of a unit: processor time and, more generous, time on the wall."""

    def __init__(self, processor, wall):
        self.processor, self.wall = processor, wall
        self.running = False
        self.signal, self.setitimer = signal.signal, signal.setitimer
        self.unblock, self.mask = signal.SIG_UNBLOCK, signal.pthread_sigmask
        self.numbers = (signal.SIGPROF, signal.SIGALRM)
        self.timers = (signal.ITIMER_PROF, signal.ITIMER_REAL)

    def ring(self, number, frame):
        """Interrupt what runs."""
        if self.running:
            raise TimeLimit("it took too long")

    def __enter__(self):
        for number in self.numbers:
            self.signal(number, self.ring)
        self.mask(self.unblock, self.numbers)
        self.running = True
        for timer, seconds in zip(self.timers, (self.processor, self.wall), strict=True):
            self.setitimer(timer, seconds)

    def __exit__(self, *exception):
        self.running = False
        for timer in self.timers:
            self.setitimer(timer, 0)


class Runner:
    """Runs units in one IPython shell. Student code does not see its names."""

    def __init__(self, values, clock, memory):
        self.values, self.clock, self.memory = values, clock, memory
        self.open, self.page = open, resource.getpagesize()
        self.errstate = sys.modules["numpy"].errstate
        self.without_warnings = warnings.catch_warnings
        self.shell = start_shell()
        self.namespace = self.shell.user_ns
        self.asked = {}  # number of a unit to the objects it found and whether all went well
        self.builtins = dict(vars(builtins))
        self.streams = sys.stdin, sys.stdout, sys.stderr
        self.lists = [
            (self.shell, name, list(getattr(self.shell, name)))
            for name in ("ast_transformers", "input_transformers_post")
        ] + [
            (self.shell.input_transformer_manager, name, list(value))
            for name, value in vars(self.shell.input_transformer_manager).items()
            if isinstance(value, list)
        ]
        self.callbacks = {
            event: list(found) for event, found in self.shell.events.callbacks.items()
        }
        self.names = vars(builtins)
        self.loaded, self.modules = sys.modules, dict(sys.modules)
        self.resets = [
            (sys.settrace, None),
            (sys.setprofile, None),
            (sys.setrecursionlimit, sys.getrecursionlimit()),
        ]

    def tidy(self):
        """Undo what one cell can do to the process that all cells share."""
        self.names.update(self.builtins)
        self.loaded.update(self.modules)
        for reset, value in self.resets:
            reset(value)
        sys.stdin, sys.stdout, sys.stderr = self.streams
        for owner, name, value in self.lists:
            setattr(owner, name, value[:])
        for event, found in self.callbacks.items():
            self.shell.events.callbacks[event] = found[:]

    def do(self, command):
        """Run one unit and return its record; no error of the student's gets further than here."""
        kind = command["kind"]
        work = {"cell": self.cell, "assign": self.assign, "call": self.call, "read": self.look}
        try:
            record = work[kind](command)
        except BaseException as error:  # also one that IPython's own code raises after an attack
            self.tidy()
            record = {"error": describe(error)}
            if kind in ("call", "read"):
                count = len(command["calls" if kind == "call" else "answers"])
                record = {"results": [record] * count}
        self.tidy()
        return {"unit": command["unit"], "state": "done", "full": self.full(), **record}

    def full(self):
        """Whether so much memory is taken that the units that follow could fail for it."""
        with self.open("/proc/self/statm", "rb") as file:
            pages = int(file.read().split()[0])
        return pages * self.page > 0.9 * self.memory

    def cell(self, command):
        """Run a cell as IPython does."""
        with self.clock:
            result = self.shell.run_cell(command["source"], store_history=True)
        self.tidy()
        error = result.error_before_exec or result.error_in_exec
        return {"error": None if error is None else describe(error)}

    def assign(self, command):
        """Put values into the student's namespace."""
        for name, tree in command["values"].items():
            self.namespace[name] = self.values.decode(tree)
        return {"error": None}

    def look(self, command):
        """Read variables."""
        found = [self.namespace.get(name, MISSING) for name in command["answers"]]
        if self.repeats(command, found):
            return {"same": True, "results": []}
        with self.clock:
            results = [self.write_down(value) for value in found]
        return self.remember(command, found, results)

    def call(self, command):
        """Call a function on all arguments, until its time is up."""
        function = self.namespace.get(command["answer"], MISSING)
        if self.repeats(command, [function]):
            return {"same": True, "results": []}
        results = []
        try:
            with self.clock:
                for arguments in command["calls"]:
                    results.append(None)
                    results[-1] = self.call_once(function, command["answer"], arguments)
        except TimeLimit as error:
            self.tidy()
            done = [result for result in results if result is not None]
            late = len(command["calls"]) - len(done)
            results = done + [{"error": describe(error)}] * late
        return self.remember(command, [function], results)

    def call_once(self, function, name, arguments):
        """Call a function on fresh arguments and write down what it returns."""
        if function is MISSING:
            return {"missing": True}
        if not callable(function):
            kind = type(function).__name__
            return {"error": f"{name} must be a function; it is of type {kind[:TEXT]}"}
        try:
            with (
                self.errstate(all="ignore"),
                self.without_warnings(action="ignore"),
                self.shell.builtin_trap,
            ):
                value = function(*[self.values.decode(tree) for tree in arguments])
                self.tidy()
                return self.write_down(value)
        except TimeLimit:
            raise
        except BaseException as error:
            self.tidy()
            return {"error": describe(error)}

    def write_down(self, value):
        """Encode a value."""
        return {"missing": True} if value is MISSING else {"value": self.values.encode(value)}

    def repeats(self, command, found):
        """Whether this second question could only repeat the first one's answers."""
        before, well = self.asked.get(command.get("again"), (None, False))
        same = before is not None and all(map(lambda a, b: a is b, before, found))
        return same and (well or MISSING in found)

    def remember(self, command, found, results):
        """Keep what was found, for the second round."""
        self.asked[command["unit"]] = found, all("value" in result for result in results)
        return {"results": results}


MISSING = types.SimpleNamespace()  # equal to nothing in the student's namespace


def describe(error):
    """Return the type and message of an error as one short line."""
    try:
        text = f"{type(error).__name__}: {error}"
        return " ".join(str.__str__(text)[: 4 * TEXT].split())[:TEXT]
    except BaseException:  # a message that cannot be written
        return f"{type(error).__name__}"[:TEXT]


def main(commands, records):
    """Do what is commanded until there is nothing left."""
    gc.disable()  # nothing of what is imported here is garbage
    channel = Channel(commands, records)
    begin = channel.command()
    sys.path[:0] = begin["path"]
    values = load_values()
    import IPython.core.interactiveshell  # noqa: F401 (while this process may still read its files)

    if begin["uid"] is not None:
        leave_root(begin["uid"])
    import site

    site.setquit()
    site.sethelper()
    sys.stdin, sys.stdout, sys.stderr = (
        open(descriptor, mode, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
        for descriptor, mode in ((0, "r"), (1, "w"), (2, "w"))
    )
    clock = Clock(begin["processor_seconds"], begin["wall_seconds"])
    runner = Runner(values, clock, begin["resources"]["RLIMIT_AS"])
    gc.freeze()
    gc.enable()
    limit_resources(begin["resources"])
    silence()  # until here, an error is the grader's, and is shown
    channel.record(begin["word"], {"state": "ready"})
    me, which, kill, wait, everybody = os.getpid(), os.getpid, os.kill, os.waitpid, -1
    while True:
        command = channel.command()
        word = command.pop("word")
        record = runner.do(command)
        if which() != me:
            channel.leave(0)  # a copy of this process that a cell has made
        if begin["alone"]:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                kill(everybody, signal.SIGKILL)  # what a cell has left running; not this process
                while True:
                    wait(everybody, 0)
        channel.record(word, record)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
