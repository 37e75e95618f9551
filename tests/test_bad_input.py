"""What goes wrong on a reader's machine gets one line that says what to do.

Each case is tried for real: `make` runs in a copy of the files it needs. Only the programs that
the case is about are replaced, by small scripts at the front of the path.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ["python3", "python3.13", "python3.12", "python3.11", "python"]
CLOSED_PORT = "http://127.0.0.1:9/simple"

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@pytest.fixture
def tree(tmp_path):
    """Copy what `make` needs, without an environment and without chapters."""
    folder = tmp_path / "a course"  # a folder may have a space in its name
    folder.mkdir()
    for name in ["Makefile", "requirements.txt", "pyproject.toml", "_config.yml", "_toc.yml"]:
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "tools", folder / "tools")
    (folder / "book").mkdir()
    return folder


def script(path, text):
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def replace_python(tree, text):
    """Put a script in the place of every Python that the Makefile looks for."""
    for name in PYTHONS:
        script(tree.parent / "bin" / name, text)


def run(*command, cwd, **environment):
    """Run a command with the scripts of `replace_python` first on the path."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MAKE", "MFLAGS", "PIP_", "UV_"))
    }
    inherited["PATH"] = f"{cwd.parent / 'bin'}{os.pathsep}{inherited['PATH']}"
    return subprocess.run(
        command, cwd=cwd, env=inherited | environment, capture_output=True, text=True
    )


def complaint(result):
    """Return the one line that a failed command wrote, but for make's own last word."""
    assert result.returncode != 0
    lines = [line for line in result.stderr.splitlines() if not re.match(r"make(\[\d+\])?: ", line)]
    assert len(lines) == 1, result.stderr
    return lines[0]


# ---------------------------------------------------------------------------------------------
# Before there is an environment


@pytest.mark.parametrize("command", ["book", "test"])
def test_a_python_that_is_too_old(tree, command):
    pretend = "import sys; sys.version_info = (3, 10, 13); exec(sys.argv.pop(1))"
    replace_python(
        tree,
        'if [ "$1" = --version ]; then echo Python 3.10.13; exit; fi\n'
        f"shift; exec '{sys.executable}' -c '{pretend}' \"$@\"",
    )
    result = run("make", command, cwd=tree)
    assert complaint(result) == (
        "This course needs Python 3.11 or newer; found Python 3.10.13."
        f" Install one, or name it: make PYTHON=/path/to/python3.12 {command}"
    )
    assert not (tree / ".venv").exists()


def test_no_python_at_all(tree):
    programs = tree.parent / "bin"
    programs.mkdir()
    for name in ["make", "find", "false"]:
        (programs / name).symlink_to(shutil.which(name))
    result = run("make", "book", cwd=tree, PATH=str(programs))
    assert complaint(result).startswith("This course needs Python 3.11 or newer; found none.")


def test_a_newer_python_further_down_the_list_is_taken(tree):
    replace_python(tree, "exit 1")
    script(tree.parent / "bin" / "python3.12", f"exec '{sys.executable}' \"$@\"")
    result = run("make", "--dry-run", "book", cwd=tree)
    assert "python3.12 -m venv" in result.stdout


def test_a_python_without_venv(tree):
    replace_python(
        tree,
        'if [ "$2" = venv ]; then echo "$0: No module named venv" >&2; exit 1; fi\n'
        f"exec '{sys.executable}' \"$@\"",
    )
    line = complaint(run("make", "book", cwd=tree))
    assert line.startswith("python3 cannot make a virtual environment (")
    assert line.endswith("No module named venv). On Debian or Ubuntu: apt install python3-venv")


def with_environment(tree):
    """Give the copy a real environment whose pip is the one that runs these tests.

    The Makefile's own `python -m venv` would install pip first, which takes seconds.
    """
    venv.create(tree / ".venv", symlinks=True)
    paths = Path(sysconfig.get_path("purelib", vars={"base": str(tree / ".venv")}))
    (paths / "outer.pth").write_text(sysconfig.get_path("purelib"))
    replace_python(tree, f'[ "$2" = venv ] || exec \'{sys.executable}\' "$@"')


def test_no_network_at_the_first_install(tree):
    with_environment(tree)
    (tree / "requirements.txt").write_text("no-such-package-anywhere==1.0\n")
    result = run("make", "book", cwd=tree, PIP_INDEX_URL=CLOSED_PORT, PIP_CONFIG_FILE=os.devnull)
    assert complaint(result) == (
        "The packages of requirements.txt could not be installed"
        " (ERROR: No matching distribution found for no-such-package-anywhere==1.0)."
        " Check the network, then run the same command again."
    )
    assert not (tree / ".venv" / "installed").exists(), "the next `make` would not install"


# ---------------------------------------------------------------------------------------------
# In an environment: RUN is its Python, and `-o` tells make that it has been installed.


def make(tree, *arguments, **environment):
    stamp = tree / ".venv" / "installed"
    return run(
        "make", "-o", str(stamp.relative_to(tree)), f"RUN={sys.executable}", *arguments,
        cwd=tree, **environment,
    )  # fmt: skip


@pytest.mark.parametrize(
    "command", ["book", "test", "notebooks", "lint", "serve", "bench", "links"]
)
def test_a_missing_package_is_named_before_anything_runs(tree, command):
    (tree / "requirements.txt").write_text("no-such-package-anywhere==1.0\n")
    assert complaint(make(tree, command)) == (
        "no-such-package-anywhere is not installed (requirements.txt asks for 1.0)."
        ' Run "rm -rf .venv" and the same command again.'
    )


def test_a_package_of_another_version_is_named(tree):
    (tree / "requirements.txt").write_text("# a comment\npytest==0.1 # another\n")
    assert complaint(make(tree, "book")) == (
        f"pytest is {pytest.__version__} (requirements.txt asks for 0.1)."
        ' Run "rm -rf .venv" and the same command again.'
    )


def test_of_many_missing_packages_the_first_are_named(tree):
    pins = [f"no-such-package-{number}==1.0\n" for number in range(8)]
    (tree / "requirements.txt").write_text("".join(pins))
    line = complaint(make(tree, "book"))
    assert "no-such-package-4 is not" in line
    assert "; and 3 more. Run" in line


def test_a_package_for_another_system_is_not_missed(tree):
    (tree / "requirements.txt").write_text("no-such-package==1.0 ; sys_platform == 'none'\n")
    result = make(tree, "install")
    assert (result.returncode, result.stderr) == (0, "")


def test_an_empty_environment_is_named(tree):
    venv.create(tree / ".venv", symlinks=True)
    python = tree / ".venv" / "bin" / "python"
    result = make(tree, f"RUN={python.relative_to(tree)}", "book")
    assert complaint(result) == (
        'packaging is not installed. Run "rm -rf .venv" and the same command again.'
    )


def test_no_network_when_pinning(tree):
    before = (tree / "requirements.txt").read_text()
    (tree / "tools" / "environment.py").write_text("")  # this case is about what comes after
    result = make(
        tree, "requirements", PIP_INDEX_URL=CLOSED_PORT, PIP_CONFIG_FILE=os.devnull,
        PIP_TARGET=str(tree / "elsewhere"),  # so that an uv that is here already does not count
    )  # fmt: skip
    assert complaint(result) == (
        "uv, which finds the versions, could not be installed"
        " (ERROR: No matching distribution found for uv)."
        " Check the network, then run the same command again."
    )
    assert (tree / "requirements.txt").read_text() == before


def test_versions_that_cannot_be_found_leave_the_pins_alone(tree):
    """A stand-in for uv answers as uv does where a range cannot be met."""
    before = (tree / "requirements.txt").read_text()
    (tree / "uv.py").write_text("raise SystemExit('error: no solution\\n  found')")
    result = run(sys.executable, "-m", "tools.pin", cwd=tree)
    assert complaint(result) == (
        "No versions were found, and nothing was written (error: no solution found)."
        " Check the network and the ranges in pyproject.toml, then run the same command again."
    )
    assert (tree / "requirements.txt").read_text() == before


# ---------------------------------------------------------------------------------------------
# Notebooks


def chapter(tree):
    """Put a notebook that was never run into the book and return its path."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("# Title"), nbformat.v4.new_code_cell("print(1 + 1)")],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
    )
    path = tree / "book" / "01_title.ipynb"
    nbformat.write(notebook, path)
    return path


@pytest.mark.parametrize("command", ["book", "test"])
def test_a_notebook_that_was_never_run(tree, command):
    chapter(tree)
    line = complaint(make(tree, command))
    assert line.startswith("book/01_title.ipynb: ")
    assert 'run "make notebooks"' in line


@pytest.mark.parametrize("command", ["book", "test", "notebooks"])
def test_a_corrupt_notebook(tree, command):
    path = chapter(tree)
    path.write_text(path.read_text()[:-20])
    line = complaint(make(tree, command))
    assert line.startswith("book/01_title.ipynb: not a notebook: line ")
    assert line.endswith('restore it with "git checkout -- book/01_title.ipynb"')


def test_a_notebook_whose_outputs_were_removed(tree):
    path = chapter(tree)
    made = run(sys.executable, "-m", "tools.notebooks", str(path), cwd=tree)
    assert made.returncode == 0, made.stderr
    notebook = json.loads(path.read_text())
    notebook["cells"][1]["outputs"], notebook["cells"][1]["execution_count"] = [], None
    path.write_text(json.dumps(notebook))
    assert 'run "make notebooks"' in complaint(make(tree, "book"))


def test_a_notebook_that_fails_is_left_as_it_was(tree):
    path = chapter(tree)
    path.write_text(path.read_text().replace("print(1 + 1)", "print(1 + one)"))
    before = path.read_text()
    line = complaint(make(tree, "notebooks"))
    assert "NameError: name 'one' is not defined; nothing was written" in line
    assert path.read_text() == before


# ---------------------------------------------------------------------------------------------
# Help


@pytest.mark.parametrize("arguments", [[], ["help"]])
def test_help_lists_every_command(tree, arguments):
    result = run("make", *arguments, cwd=tree)
    commands = re.findall(r"^\.PHONY: (.+)$", (tree / "Makefile").read_text(), re.MULTILINE)
    listed = re.findall(r"^make (\w+) ", result.stdout, re.MULTILINE)
    assert sorted(listed) == sorted({*commands} - {"help", "install"})
    assert (result.returncode, result.stderr) == (0, "")


def test_an_unknown_command_is_refused(tree):
    result = run("make", "bok", cwd=tree)
    assert result.returncode != 0
    assert "No rule to make target 'bok'" in result.stderr
