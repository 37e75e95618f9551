"""The shape of the package: imports point downward, names are kept, docstrings say everything."""

import ast
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import cecourse

PACKAGE = Path(cecourse.__file__).parent

# Each module imports only from modules above it.
ORDER = [
    "_validation",
    "_arithmetic",
    "special",
    "information",
    "coding",
    "labels",
    "_blocks",
    "losses",
    "gradients",
    "streaming",
    "_mistakes",
    "misconceptions",
]
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__")
PUBLIC_MODULES = [module for module in MODULES if not module.startswith("_")]
RUN_TIME = {"numpy"} | set(sys.stdlib_module_names)


def tree(module):
    return ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))


def imported(module):
    """The names of the modules of the package, and of others, that a module imports anywhere."""
    inside, outside = set(), set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            inside |= {node.module} if node.module else {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            outside.add(node.module.split(".")[0])
        elif isinstance(node, ast.Import):
            outside |= {alias.name.split(".")[0] for alias in node.names}
    return inside, outside


@pytest.mark.parametrize("module", MODULES)
def test_module_has_its_place(module):
    assert module in ORDER


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_upward_in_the_order(module):
    inside, _ = imported(module)
    assert inside <= set(ORDER[: ORDER.index(module)])


@pytest.mark.parametrize("module", MODULES)
def test_only_numpy_is_needed_at_run_time(module):
    _, outside = imported(module)
    assert outside <= RUN_TIME


@pytest.mark.parametrize("module", [module for module in MODULES if module != "_validation"])
def test_only_validation_makes_exceptions(module):
    # Elsewhere an exception may be passed on, as from one thread to another, but not made.
    raising = [node for node in ast.walk(tree(module)) if isinstance(node, ast.Raise)]
    assert [node.lineno for node in raising if isinstance(node.exc, ast.Call | ast.Name)] == []
    assert not any(isinstance(node, ast.Assert) for node in ast.walk(tree(module)))


@pytest.mark.parametrize("module", PUBLIC_MODULES)
def test_all_is_what_the_module_defines(module):
    defined = [
        node.name
        for node in tree(module).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    names = importlib.import_module(f"cecourse.{module}").__all__
    assert sorted(names) == sorted(defined)
    assert list(names) == sorted(names)


def test_the_package_exports_every_public_name_once():
    modules = [importlib.import_module(f"cecourse.{module}") for module in PUBLIC_MODULES]
    names = [name for module in modules for name in module.__all__]
    assert sorted(cecourse.__all__) == sorted(names)
    assert len(set(names)) == len(names)
    for module in modules:
        for name in module.__all__:
            assert getattr(cecourse, name) is getattr(module, name)


def test_the_reference_page_lists_every_public_name_once():
    page = (PACKAGE.parent / "book" / "api.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\.\. auto(?:function|class):: (\w+)$", page, re.MULTILINE)
    assert sorted(listed) == sorted(cecourse.__all__)


def words_printed(program):
    """Run a program in an interpreter of its own, and return the words that it prints."""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


def test_importing_the_package_loads_nothing_but_numpy():
    program = (
        "import sys, numpy; before = set(sys.modules); import cecourse; "
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before}))"
    )
    assert words_printed(program) <= RUN_TIME | {"cecourse"}


def test_the_table_of_mistakes_is_loaded_only_when_it_is_asked_for():
    program = (
        "import sys, cecourse; before = set(sys.modules); assert 'diagnose' in dir(cecourse); "
        "cecourse.diagnose; print(*sorted(set(sys.modules) - before))"
    )
    assert {"cecourse.misconceptions", "cecourse._mistakes"} <= words_printed(program)
    with pytest.raises(AttributeError, match="no attribute 'diagnosis'"):
        cecourse.diagnosis  # noqa: B018


def test_the_version_is_that_of_the_project():
    text = (PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert cecourse.__version__ == re.search(r'^version = "(.+)"$', text, re.MULTILINE)[1]


# --- Docstrings ------------------------------------------------------------------------------

SECTION = re.compile(r"^(\S.*)\n-+$", re.MULTILINE)


def sections(name):
    """Title and text of each numpydoc section of a public function."""
    parts = SECTION.split(inspect.getdoc(getattr(cecourse, name)))
    return dict(zip(["Summary", *parts[1::2]], parts[0::2], strict=True))


@pytest.mark.parametrize("name", sorted(cecourse.__all__))
def test_docstring_has_its_sections(name):
    found = sections(name)
    for section in ["Parameters", "References", "Examples"]:
        assert section in found
    if inspect.isfunction(getattr(cecourse, name)):
        assert "Returns" in found
        assert "Raises" in found
    summary = found["Summary"].split("\n")[0]
    assert summary.endswith(".")
    assert ">>>" in found["Examples"]


@pytest.mark.parametrize("name", sorted(cecourse.__all__))
def test_docstring_describes_every_parameter_in_order(name):
    described = re.findall(r"^(\S.*?) :", sections(name)["Parameters"], re.MULTILINE)
    described = [argument for entry in described for argument in entry.split(", ")]
    assert described == list(inspect.signature(getattr(cecourse, name)).parameters)


@pytest.mark.parametrize("name", sorted(cecourse.__all__))
def test_there_is_no_axis_argument(name):
    assert "axis" not in inspect.signature(getattr(cecourse, name)).parameters


@pytest.mark.parametrize("name", sorted(cecourse.__all__))
def test_see_also_names_what_exists(name):
    text = sections(name).get("See Also", "")
    named = [
        other
        for line in re.findall(r"^(\S.*?) :", text, re.MULTILINE)
        for other in line.split(", ")
    ]
    assert set(named) <= set(cecourse.__all__)


@pytest.mark.parametrize("module", ["special", "information", "coding"])
def test_a_logarithm_base_is_an_option_of_information_alone(module):
    loaded = importlib.import_module(f"cecourse.{module}")
    with_base = {
        name
        for name in loaded.__all__
        if "base" in inspect.signature(getattr(loaded, name)).parameters
    }
    assert with_base == (set(loaded.__all__) - {"perplexity"} if module == "information" else set())


def test_the_example_of_the_conventions_holds():
    # Truth first, model second: swapping the arguments changes the number.
    assert cecourse.cross_entropy([1, 0], [0.5, 0.5]) == np.log(2)
    assert cecourse.cross_entropy([0.5, 0.5], [1, 0]) == np.inf
