"""Write the pinned sets from the ranges of pyproject.toml: ``make requirements``.

``requirements.txt`` is everything that builds and tests the book, one version of each package for
all of Python 3.11 to 3.13. ``.binder/requirements.txt`` names only what a reader's kernel needs
directly, in the same versions, and the package itself: Binder's image brings its own Jupyter, which
a full set of pins would tear apart.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = "# Pinned from the ranges in pyproject.toml by `make requirements`. Do not edit.\n"


def resolve(*extras):
    """Return the lines ``name==version``, one version for every Python that is supported."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--upgrade"]
    command += [f"--extra={extra}" for extra in extras]
    command += ["--universal", "--python-version", "3.11", "--fork-strategy", "fewest"]
    command += ["--no-emit-index-url", "--no-header", "--no-annotate", "--quiet"]
    result = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return result.stdout.splitlines()


def direct_names(*extras):
    """Return the names that pyproject.toml itself asks for, in the package and these extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    ranges = list(project["dependencies"])
    for extra in extras:
        ranges += project["optional-dependencies"][extra]
    names = {re.match(r"[\w.-]+", item)[0] for item in ranges}
    return sorted(names - {project["name"]})


def main():
    """Resolve everything, then write both files, and return the exit status."""
    try:
        pinned, with_binder = resolve("test", "lint"), resolve("test", "lint", "binder")
    except subprocess.CalledProcessError as error:
        reason = " ".join(error.stderr.split())[:300]
        print(
            f"No versions were found, and nothing was written ({reason})."
            " Check the network and the ranges in pyproject.toml, then run the same command again.",
            file=sys.stderr,
        )
        return 1
    versions = dict(line.split(" ;")[0].split("==") for line in with_binder)
    kernel = [f"{name}=={versions[name]}" for name in direct_names("chapters", "binder")]

    for path, lines in [("requirements.txt", pinned), (".binder/requirements.txt", [*kernel, "."])]:
        (ROOT / path).write_text(HEADER + "\n".join(lines) + "\n")
        print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
