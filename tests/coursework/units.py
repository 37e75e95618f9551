"""Units of a plan as the tests of the runner and the sandbox write them."""

from coursework.sandbox import run
from coursework.values import encode


def cell(source):
    """Return a unit that runs a cell."""
    return {"kind": "cell", "source": source}


def call(name, *cases, **more):
    """Return a unit that calls a function on some cases."""
    calls = [[encode(argument) for argument in case] for case in cases]
    return {"kind": "call", "task": name, "answer": name, "calls": calls, **more}


def read(*names, **more):
    """Return a unit that reads some variables."""
    return {"kind": "read", "task": names[0], "answers": list(names), **more}


def assign(**values):
    """Return a unit that assigns variables, as a data cell does."""
    return {"kind": "assign", "values": {name: encode(value) for name, value in values.items()}}


def run_units(*units, limits, isolation="bubblewrap"):
    """Number the units, run them, and return their records."""
    return run([{"unit": n, **unit} for n, unit in enumerate(units)], limits, isolation)
