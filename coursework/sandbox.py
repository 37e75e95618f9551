"""Run the units of a plan in a process that can do no harm, and collect what it wrote down.

The process sees Python's standard library, NumPy, IPython with what they need, Matplotlib if the
grader has it, and an empty folder in memory. It sees no network, no other process, no file of the
course, of another student or of the home directory. It has bounds on memory, time, files, processes
and output. When a unit kills it, hangs or floods the pipe, the run starts again without this unit.

Nothing here believes what the process writes beyond values: a record counts only for the unit that
was asked for, and only if it has exactly the form that this unit's records have.
"""

import contextlib
import errno
import functools
import glob
import importlib.metadata
import importlib.util
import json
import os
import platform
import re
import secrets
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from . import values

__all__ = [
    "UNPROTECTED",
    "Isolation",
    "IsolationError",
    "Limits",
    "SandboxError",
    "isolation",
    "run",
]

UNPROTECTED = (
    "Without bubblewrap, submissions run as the user who grades. Limits on memory, time, file size"
    " and output hold, and no output of theirs is believed. But a submission can read and change"
    " every file that this user can, also other submissions, the secret and the grades; it can use"
    " the network; it can leave processes behind; and if the user is root, it can start any number"
    " of processes. Grade this way only what you would run yourself."
)

PACKAGES = ("numpy", "ipython")  # what a submission can import, with what they require
EXTRAS = ("matplotlib",)  # if it is installed
HERE = Path(__file__).resolve().parent
TICK = 0.2  # seconds between two looks at a process
GRACE = 0.5  # seconds between the runner's own clock and the end of its process
MIB = 2**20


class SandboxError(Exception):
    """The sandbox itself does not work here; no submission is to blame."""


class IsolationError(SandboxError):
    """Bubblewrap is asked for and does not work here."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes
    ----------
    processor_seconds, wall_seconds : float
        For one unit: a cell, or all calls of a task. Processor time is the limit that counts, so
        that a busy machine changes no grade; time on the wall stops what sleeps.
    total_seconds : float
        For the whole run, with all starts.
    memory : int
        Bytes of address space of a process, and of memory of all its processes.
    file_bytes : int
        Bytes of the folder in memory, and of any file.
    processes, open_files : int
        At one time.
    output_bytes : int
        Written into the pipe of the records during one unit.
    starts : int
        How often the run may start.
    """

    processor_seconds: float = 10.0
    wall_seconds: float = 40.0
    total_seconds: float = 240.0
    memory: int = 1536 * MIB
    file_bytes: int = 64 * MIB
    processes: int = 16
    open_files: int = 128
    output_bytes: int = 16 * MIB
    starts: int = 20


@dataclass(frozen=True)
class Isolation:
    """Whether bubblewrap works here; if not, `reason` says why in one sentence."""

    works: bool
    reason: str = ""

    def __bool__(self):
        return self.works


@functools.cache
def isolation():
    """Find out, by trying once, whether submissions can be isolated here.

    Returns
    -------
    Isolation
        True or false, with the reason.
    """
    program = shutil.which("bwrap")
    if program is None:
        return Isolation(False, "bubblewrap is not installed: there is no program `bwrap`.")
    try:
        record = _Run([{"unit": 0, "kind": "cell", "source": "1"}], Limits(), True).records()[0]
    except SandboxError as error:
        return Isolation(False, f"bubblewrap is installed, but does not work here: {error}")
    if record != {"unit": 0, "state": "done", "error": None}:
        return Isolation(False, f"bubblewrap is installed, but a trial run failed: {record}")
    return Isolation(True)


def run(units, limits=Limits(), isolation="bubblewrap"):
    """Run a plan in a sandbox.

    Parameters
    ----------
    units : list of dict
        ``Plan.units`` of submission.py: numbered from 0, in the order in which they run.
    limits : Limits, optional
        What the run may use.
    isolation : {"bubblewrap", "none"}
        "none" gives up the isolation, see ``UNPROTECTED``; the limits hold in any case.

    Returns
    -------
    list of dict
        One record for each unit, in order. Every record has "unit" and "state", which is "done",
        "stopped" (then "why" says why) or "not reached". A cell's has "error": one line, or None.
        That of a call or a read has "results", one for each call or name: ``{"value": encoded}``
        (which ``values.decode`` accepts), ``{"error": text}``, ``{"missing": True}`` or
        ``{"stopped": why}``; or it has ``"same": True``, and then repeats the unit of "again".

    Raises
    ------
    IsolationError
        If bubblewrap is asked for and does not work here.
    SandboxError
        If the process cannot be started. No submission can cause this.
    """
    if isolation not in ("bubblewrap", "none"):
        raise ValueError(f'isolation must be "bubblewrap" or "none"; found {isolation!r}')
    if [unit["unit"] for unit in units] != list(range(len(units))):
        raise ValueError("units must be numbered from 0 in their order")
    if isolation == "bubblewrap" and not (found := globals()["isolation"]()):
        raise IsolationError(found.reason)
    return _Run(units, limits, isolation == "bubblewrap").records()


class _Stopped(Exception):
    """The process ended, hung, or wrote too much; the message says which."""


class _OutOfTime(Exception):
    """The time for the whole run is used up."""


class _Run:
    """One plan, and the processes that it takes to run it."""

    def __init__(self, units, limits, isolated):
        self.units, self.limits, self.isolated = units, limits, isolated
        self.done = {}  # number of a unit to its record

    def records(self):
        """Run all units, starting again after each one that ends the process."""
        deadline = time.monotonic() + self.limits.total_seconds
        for _ in range(self.limits.starts):
            try:
                with _Process(self.limits, self.isolated, deadline) as process:
                    if self._finish(process):
                        break
            except _OutOfTime:
                break
        return [self.done.get(unit["unit"]) or self._not_reached(unit) for unit in self.units]

    def _finish(self, process):
        """Run what is left in this process; return whether that was all."""
        for unit in self.units:
            record = self.done.get(unit["unit"])
            if record and (record["state"] == "stopped" or unit["kind"] in ("call", "read")):
                continue  # cells run again: they make the names that the rest needs
            try:
                claimed = process.ask(unit)
                if isinstance(claimed, dict) and claimed.get("full") is True:
                    raise _Stopped("it filled the memory")
                self.done[unit["unit"]] = _checked(claimed, unit)
            except _Stopped as stopped:
                self.done[unit["unit"]] = _stopped(unit, str(stopped))
                return False
        return True

    def _not_reached(self, unit):
        why = "the time for the whole notebook ran out"
        return {**_stopped(unit, why), "state": "not reached"}


def _stopped(unit, why):
    record = {"unit": unit["unit"], "state": "stopped", "why": why}
    if unit["kind"] in ("call", "read"):
        record["results"] = [{"stopped": why}] * _count(unit)
    return record


def _count(unit):
    return len(unit["calls" if unit["kind"] == "call" else "answers"])


def _checked(record, unit):
    """Return a record made of nothing but what is expected; what is not becomes an error."""
    if not isinstance(record, dict):
        record = {}
    clean = {"unit": unit["unit"], "state": "done"}
    if unit["kind"] in ("cell", "assign"):
        error = record.get("error")
        return {**clean, "error": None if error is None else _line(error)}
    if "again" in unit and record.get("same") is True:
        return {**clean, "same": True, "results": []}
    results = record.get("results")
    if not isinstance(results, list) or len(results) != _count(unit):
        return {**clean, "results": [{"error": "the process wrote no results"}] * _count(unit)}
    return {**clean, "results": [_checked_result(result) for result in results]}


def _checked_result(result):
    if isinstance(result, dict) and len(result) == 1:
        ((key, content),) = result.items()
        if key == "missing" and content is True:
            return {"missing": True}
        if key == "error":
            return {"error": _line(content)}
        if key == "value":
            with contextlib.suppress(ValueError, RecursionError):
                values.decode(content)
                return {"value": content}
    return {"error": "the process wrote no readable result"}


def _line(text, width=200):
    """Return foreign text as one line that can be shown anywhere."""
    text = text[: 4 * width] if isinstance(text, str) else "an error without a message"
    text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(text.split())[:width]


class _Process:
    """One process that runs units, and the supervisor's end of its pipes."""

    def __init__(self, limits, isolated, deadline):
        self.limits, self.isolated, self.deadline = limits, isolated, deadline
        self.token = secrets.token_hex(16)
        self.buffer = bytearray()

    def __enter__(self):
        self.files = contextlib.ExitStack()
        try:
            self._start()
            self._begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception):
        if hasattr(self, "process"):
            self._kill()
        self.files.close()

    def _start(self):
        self.errors = self.files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        folder = self.files.enter_context(
            tempfile.TemporaryDirectory(prefix="coursework-", ignore_cleanup_errors=True)
        )
        theirs_in, self.commands = os.pipe()
        self.records, theirs_out = os.pipe()
        for ours in (self.commands, self.records):
            os.set_blocking(ours, False)
            self.files.callback(os.close, ours)
        try:
            passed = [theirs_in, theirs_out]
            if self.isolated:
                command = _bubblewrap(self.limits)
                if (program := _filter()) is not None:
                    passed.append(self._file_with(program).fileno())
                    command += ["--seccomp", str(passed[-1])]
                command.append("--")
                runner, self.path = "/coursework/runner.py", "/packages"
                environment = {}
            else:
                command = []
                runner, self.path = str(HERE / "runner.py"), _links(Path(folder))
                home = Path(folder, "home")
                home.mkdir()
                environment = {**_environment(str(home)), "COURSEWORK_SANDBOX": self.token}
            self.process = subprocess.Popen(
                [*command, _python(), "-I", "-S", "-B", runner, str(theirs_in), str(theirs_out)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self.errors,
                pass_fds=passed,
                cwd="/" if self.isolated else environment["HOME"],
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            raise SandboxError(f"the process could not be started: {error}") from None
        finally:
            os.close(theirs_in)
            os.close(theirs_out)

    def _file_with(self, content):
        file = self.files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        file.write(content)
        file.seek(0)
        return file

    def _begin(self):
        limits = self.limits
        processes = limits.processes
        if os.getuid() != 0 and not (self.isolated and _counts_by_namespace()):
            processes += _tasks_of_user()
        command = {
            "kind": "begin",
            "path": [self.path],
            "alone": self.isolated,
            "uid": 2**30 + secrets.randbelow(2**29) if self.isolated and not os.getuid() else None,
            "processor_seconds": limits.processor_seconds,
            "wall_seconds": limits.wall_seconds,
            "resources": {
                "RLIMIT_AS": limits.memory,
                "RLIMIT_CPU": int(limits.total_seconds) + 1,
                "RLIMIT_FSIZE": limits.file_bytes,
                "RLIMIT_NOFILE": limits.open_files,
                "RLIMIT_NPROC": processes,
                "RLIMIT_CORE": 0,
            },
        }
        try:
            record = self._exchange(command, 60, None)
        except _Stopped as error:
            self._kill()
            self.errors.seek(0)
            said = self.errors.read(100_000).decode(errors="replace").strip().splitlines()
            raise SandboxError(_line(said[-1] if said else f"it did not start: {error}")) from None
        if record != {"state": "ready"}:
            raise SandboxError(f"the process did not start as it should: {record!r:.200}")

    def ask(self, unit):
        """Let the process run a unit, and return what it claims is the record."""
        limits = self.limits
        return self._exchange(unit, limits.wall_seconds + GRACE, limits.processor_seconds + GRACE)

    def _exchange(self, command, wall, processor):
        """Send a command and wait for the record that bears its word, within all bounds."""
        word = secrets.token_hex(8)
        to_send = memoryview(json.dumps({**command, "word": word}).encode() + b"\n")
        start, received = time.monotonic(), 0
        began_with = None
        poll = select.poll()
        poll.register(self.records, select.POLLIN)
        poll.register(self.commands, select.POLLOUT)
        next_look = start + TICK
        while True:
            now = time.monotonic()
            if now > self.deadline:
                raise _OutOfTime
            if now - start > wall:
                raise _Stopped(f"it took more than {wall - GRACE:g} seconds")
            if now > next_look:
                used = self._look(processor, began_with)
                began_with = used if began_with is None else began_with
                next_look = time.monotonic() + TICK
            for descriptor, _ in poll.poll(1000 * TICK):
                if descriptor == self.commands:
                    try:
                        to_send = to_send[os.write(self.commands, to_send[:65536]) :]
                    except BlockingIOError:
                        continue
                    except BrokenPipeError:
                        raise _Stopped(self._ended()) from None
                    if not to_send:
                        poll.unregister(self.commands)
                else:
                    part = os.read(self.records, 1 << 20)
                    if not part:
                        raise _Stopped(self._ended())
                    received += len(part)
                    if received > self.limits.output_bytes:
                        raise _Stopped("it wrote too much")
                    record = self._scan(part, word)
                    if record is not None:
                        return record

    def _scan(self, part, word):
        """Add what was read, and return the record marked by `word` if it is complete."""
        self.buffer += part
        if b"\n" not in part:
            return None
        *lines, rest = self.buffer.split(b"\n")
        self.buffer = bytearray(rest)
        mark = word.encode() + b" "
        for line in lines:
            if line.startswith(mark):
                with contextlib.suppress(ValueError, RecursionError):
                    return json.loads(line[len(mark) :])
                return {}
        return None

    def _look(self, processor, began_with):
        """Measure the processes; stop them if they use too much. Return processor seconds."""
        used, memory = 0.0, 0
        for pid, _ in self._tree():
            seconds, size = _usage(pid)
            used += seconds
            memory += size
        if memory > self.limits.memory:
            raise _Stopped(f"it used more than {self.limits.memory // MIB} MiB of memory")
        if None not in (processor, began_with) and used - began_with > processor:
            raise _Stopped(f"it took more than {processor - GRACE:g} seconds")
        if not self.isolated and self.process.poll() is not None:
            raise _Stopped(self._ended())
        return used

    def _ended(self):
        """Say how the process ended."""
        try:
            status = self.process.wait(1)
        except subprocess.TimeoutExpired:
            return "it closed the pipe to the grader"
        number = -status if status < 0 else status - 128
        if number > 0:
            with contextlib.suppress(ValueError):
                return f"the process was ended by {signal.Signals(number).name}"
        return f"the process ended itself with status {status}"

    def _tree(self):
        """Return this process and all that it started, each as (process id, start time)."""
        children, starts, todo = {}, {}, [self.process.pid]
        for pid in (int(entry) for entry in os.listdir("/proc") if entry.isdigit()):
            fields = _stat(pid)
            if not fields:
                continue
            starts[pid] = fields[19]
            children.setdefault(int(fields[1]), []).append(pid)
            # Without a process namespace, what has cut itself loose is known by its session and by
            # the environment that it was started with.
            if not self.isolated and (
                int(fields[3]) == self.process.pid or _has_token(pid, self.token)
            ):
                todo.append(pid)
        found = set()
        while todo:
            pid = todo.pop()
            if (pid, starts.get(pid)) not in found:
                found.add((pid, starts.get(pid)))
                todo += children.get(pid, [])
        return found

    def _kill(self):
        """End every process of this run, and wait until none is left."""
        deadline = time.monotonic() + 10
        ours = set()
        while time.monotonic() < deadline:
            ours |= self._tree()
            alive = [process for process in ours if _is_alive(*process)]
            if not alive:
                break
            for pid, _ in alive:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.002)
        self.process.wait(10)


def _is_alive(pid, start):
    fields = _stat(pid)
    return fields is not None and fields[19] == start and fields[0] not in "ZX"


def _stat(pid):
    """Return the fields of /proc/<pid>/stat from the state on, or None if there is none."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].decode().split()
    except OSError:
        return None


def _has_token(pid, token):
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return token.encode() in file.read()
    except OSError:
        return False


def _usage(pid):
    """Return the processor seconds and the bytes of memory of a process."""
    fields = _stat(pid)
    seconds = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK") if fields else 0.0
    try:
        with open(f"/proc/{pid}/status", "rb") as file:
            status = file.read()
    except OSError:
        return seconds, 0
    sizes = re.findall(rb"^Rss(?:Anon|Shmem):\s*(\d+) kB", status, re.MULTILINE)
    return seconds, 1024 * sum(map(int, sizes))


def _tasks_of_user():
    """Return how many tasks (processes and threads) this user has: the kernel counts them all."""
    tasks = 0
    for entry in glob.glob("/proc/[0-9]*"):
        with contextlib.suppress(OSError):
            if os.stat(entry).st_uid == os.getuid():
                tasks += len(os.listdir(f"{entry}/task"))
    return tasks


def _counts_by_namespace():
    """Whether the kernel counts processes by user namespace, as Linux does since 5.14."""
    numbers = re.match(r"(\d+)\.(\d+)", platform.release())
    return numbers is not None and tuple(map(int, numbers.groups())) >= (5, 14)


def _environment(home):
    return {
        "HOME": home,
        "IPYTHONDIR": f"{home}/.ipython",
        "MPLCONFIGDIR": f"{home}/.matplotlib",
        "MPLBACKEND": "agg",
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }


def _python():
    """Return the interpreter itself, not a virtual environment's link to it."""
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


@functools.cache
def _packages():
    """Return what a submission can import, as {name in the folder of packages: path}."""
    found, names = {}, [*PACKAGES, *EXTRAS]
    seen = set()
    while names:
        name = re.sub(r"[-_.]+", "-", names.pop()).lower()
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            if name in PACKAGES:
                raise SandboxError(f"{name} is not installed next to the grader") from None
            continue  # an extra, or needed on another platform only
        found.update(_places(distribution, name))
        for requirement in distribution.requires or []:
            if "extra ==" not in requirement:
                names.append(re.match(r"[\w.-]+", requirement)[0])
    return found


def _places(distribution, name):
    """Return the files and folders at the top of a distribution."""
    tops = {Path(file).parts[0] for file in distribution.files or []}
    places = {
        top: str(distribution.locate_file(top))
        for top in tops
        if top not in ("..", "__pycache__", "/") and not top.endswith(".pth")
    }
    if not places and (specification := importlib.util.find_spec(name.replace("-", "_"))):
        origin = Path(specification.origin)  # installed by the system, without a list of files
        place = origin.parent if origin.name == "__init__.py" else origin
        places = {place.name: str(place)}
    return places


def _links(folder):
    """Make a folder of links to the packages, and return its path."""
    packages = folder / "packages"
    packages.mkdir()
    for name, place in _packages().items():
        (packages / name).symlink_to(place)
    return str(packages)


def _bubblewrap(limits):
    return [
        *_isolated_arguments(os.getuid() == 0),
        *("--perms", "1777", "--size", str(limits.file_bytes), "--tmpfs", "/tmp"),
        *("--remount-ro", "/", "--chdir", "/tmp"),
    ]


@functools.cache
def _isolated_arguments(as_root):
    """Return bubblewrap's arguments, up to those that depend on the limits."""
    program = shutil.which("bwrap")
    arguments = [program or "bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc"]
    arguments += ["--unshare-uts", "--unshare-cgroup-try", "--die-with-parent", "--new-session"]
    arguments += ["--hostname", "sandbox", "--clearenv", "--cap-drop", "ALL"]
    for name, value in _environment("/tmp").items():
        arguments += ["--setenv", name, value]
    if as_root:
        # The kernel does not limit the number of root's processes. The runner becomes a user
        # without rights before student code runs, and with that loses these two rights, too.
        arguments += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        arguments += ["--unshare-user", "--disable-userns", "--uid", "1000", "--gid", "1000"]
    prefix = Path(sys.base_prefix)
    above = [str(folder) for folder in (prefix, *prefix.parents) if folder != Path("/")]
    for folder in ("/dev", "/etc", "/packages", "/coursework", "/usr", *reversed(above)):
        arguments += ["--perms", "0755", "--dir", folder]
    for device in ("null", "zero", "full", "random", "urandom"):
        arguments += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    arguments += ["--proc", "/proc"]
    for folder in ("/usr/bin", "/usr/lib", "/usr/lib32", "/usr/lib64"):
        arguments += ["--ro-bind-try", folder, folder]
    for folder in ("/bin", "/lib", "/lib32", "/lib64"):
        if os.path.islink(folder):
            arguments += ["--symlink", os.readlink(folder), folder]
        else:
            arguments += ["--ro-bind-try", folder, folder]
    for file in ("/etc/ld.so.cache", "/etc/alternatives"):
        arguments += ["--ro-bind-try", file, file]
    arguments += _python_mounts()
    for name, place in sorted(_packages().items()):
        arguments += ["--ro-bind", place, f"/packages/{name}"]
    for name in ("runner.py", "values.py"):
        arguments += ["--ro-bind", str(HERE / name), f"/coursework/{name}"]
    return arguments


# System calls that no answer needs: their numbers on x86_64 and aarch64. They could make namespaces
# in which memory has no bound, or memory that no limit counts, or they reach deep into the kernel.
REFUSED = {
    "unshare": (272, 97),
    "setns": (308, 268),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "bpf": (321, 280),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsmount": (432, 432),
    "mount_setattr": (442, 442),
    "open_by_handle_at": (304, 265),
}
MACHINES = {"x86_64": (0xC000003E, 0, 56), "aarch64": (0xC00000B7, 1, 220)}  # arch, column, clone
CLONE3 = 435
NEW_NAMESPACES = 0x7E020000  # flags of clone
ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000  # what a filter returns


def _filter():
    """Return a filter of system calls in the kernel's form, or None for other machines."""
    if platform.machine() not in MACHINES or sys.maxsize < 2**32:
        return None
    arch, column, clone = MACHINES[platform.machine()]
    load, equal, at_least, any_bit, give = 0x20, 0x15, 0x35, 0x45, 0x06
    program = [
        (load, 0, 0, 4),  # the machine
        (equal, 1, 0, arch),
        (give, 0, 0, KILL),
        (load, 0, 0, 0),  # the number of the call
        (at_least, 0, 1, 0x40000000),  # a second set of numbers on x86
        (give, 0, 0, REFUSE | errno.EPERM),
    ]
    for numbers in REFUSED.values():
        program += [(equal, 0, 1, numbers[column]), (give, 0, 0, REFUSE | errno.EPERM)]
    program += [(equal, 0, 1, CLONE3), (give, 0, 0, REFUSE | errno.ENOSYS)]  # clone is used instead
    program += [
        (equal, 0, 3, clone),
        (load, 0, 0, 16),  # its flags
        (any_bit, 0, 1, NEW_NAMESPACES),
        (give, 0, 0, REFUSE | errno.EPERM),
        (give, 0, 0, ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in program)


def _python_mounts():
    """Mount this Python's own library; hide what is installed into it or beside it."""
    prefix = Path(sys.base_prefix)
    arguments = []
    for folder in (prefix / "bin", prefix / "lib", prefix / "lib64"):
        if not folder.is_relative_to("/usr") or folder.is_relative_to("/usr/local"):
            arguments += ["--ro-bind-try", str(folder), str(folder)]
    executable = _python()
    if not Path(executable).is_relative_to(prefix):
        arguments += ["--ro-bind", executable, executable]
    for root in dict.fromkeys(["/usr", str(prefix)]):
        for kind in ("site-packages", "dist-packages"):
            for folder in sorted(glob.glob(f"{root}/lib*/[Pp]ython*/{kind}")):
                arguments += ["--tmpfs", folder]
    return arguments
