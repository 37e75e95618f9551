"""Say in one line what is missing from the environment, and what to do about it.

``python -m tools.environment`` compares the installed packages with ``requirements.txt``. The
packages that ``requirements.txt`` pins are many, so a missing one would otherwise show as a
traceback somewhere deep in another tool.
"""

import sys
from importlib import metadata
from pathlib import Path

PINNED = Path(__file__).resolve().parent.parent / "requirements.txt"


def pins(text):
    """Yield the name and version of each line of a requirements file that applies here."""
    from packaging.requirements import Requirement

    for line in text.splitlines():
        line = line.split(" #")[0].strip()
        if line and not line.startswith("#"):
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate():
                (pin,) = requirement.specifier
                yield requirement.name, pin.version


def problems(text):
    """Yield a sentence for each pinned package that is missing or has another version."""
    for name, version in pins(text):
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            yield f"{name} is not installed (requirements.txt asks for {version})"
        else:
            if found != version:
                yield f"{name} is {found} (requirements.txt asks for {version})"


def main():
    """Print the problems and return the exit status."""
    try:
        found = list(problems(PINNED.read_text()))
    except ModuleNotFoundError as error:
        found = [f"{error.name} is not installed"]
    if found:
        shown = "; ".join(found[:5]) + (f"; and {len(found) - 5} more" if len(found) > 5 else "")
        print(f'{shown}. Run "rm -rf .venv" and the same command again.', file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
