"""The files around the course agree with each other, and hold nothing of one machine."""

import doctest
import hashlib
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import cecourse
from tools import readme_picture

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FRONT = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
MADE = {".venv", "_build", "build", "dist"}  # folders that commands make, as .gitignore says


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def supported_pythons():
    """Return the versions that the classifiers name."""
    found = [re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", line)
             for line in PROJECT["classifiers"]]  # fmt: skip
    return [match[1] for match in found if match]


# ---------------------------------------------------------------------------------------------
# What is in the repository


def files():
    """Return the files of the repository: as git lists them, or without git, all but what is made.

    What git lists counts only if it is this repository that git speaks of: an unpacked archive may
    lie inside another one.
    """
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        listed = []
    if "Makefile" in listed:
        return [ROOT / name for name in listed if (ROOT / name).is_file()]
    return list(walk(ROOT))


def walk(folder):
    """Yield the files below a folder, but for what commands make and for caches."""
    for path in sorted(folder.iterdir()):
        cache = path.name in {"__pycache__", ".git"} or path.name.endswith((".egg-info", "_cache"))
        if path.is_dir() and not cache and path.name not in MADE | {".hypothesis"}:
            yield from walk(path)
        elif path.is_file():
            yield path


def test_without_git_the_files_are_found_by_walking(monkeypatch):
    listed = {path for path in files() if path.suffix in {".py", ".md", ".toml"}}
    monkeypatch.setenv("PATH", "")
    walked = set(files())
    assert listed <= walked
    assert not any(MADE & set(path.relative_to(ROOT).parts) for path in walked)


@pytest.mark.parametrize(
    "name",
    [
        *["_config.yml", "_toc.yml", "book", "cecourse", "tests", "benchmarks", "tools"],
        *["requirements.txt", ".binder/requirements.txt", ".binder/runtime.txt", "pyproject.toml"],
        *["Makefile", ".ci/run", ".github/workflows", ".github/dependabot.yml"],
        *["README.md", "CONTRIBUTING.md", "LICENSE", "LICENSE-text", "CITATION.cff"],
    ],
)
def test_the_layout(name):
    assert (ROOT / name).exists()


def test_the_command_of_ci_can_be_run():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


OF_ONE_MACHINE = {
    "an absolute path of one machine": re.compile(
        r"(?:(?<![\w.~<>/-])|(?<=file://))/(?:home|root|Users|work|farm|mnt|private)/[\w.-]"
        r"|(?<![\w.~<>/-])/root(?=[\"'\s]|$)"
        r"|\b[A-Z]:\\+Users\\+\w"
    ),
    "the folder of a run, which the next run names otherwise": re.compile(r"/tmp/\w*\d"),
    "a folder beside the repository": re.compile(r"\.\./shared"),
    "the host of a package registry": re.compile(
        r"pypi\.org|pythonhosted\.org|registry\.npmjs|conda\.anaconda\.org|download\.pytorch"
    ),
}


def of_one_machine(content):
    """Return what a text holds that belongs to one machine, with the place."""
    return [
        f"line {content.count(chr(10), 0, match.start()) + 1}: {what}: {match[0]}"
        for what, pattern in OF_ONE_MACHINE.items()
        for match in pattern.finditer(content)
    ]


def test_nothing_belongs_to_one_machine():
    found = {}
    for path in files():
        try:
            content = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # a font, a picture
            continue
        if places := of_one_machine(content):
            found[str(path.relative_to(ROOT))] = places
    assert found == {}


@pytest.mark.parametrize(
    "content",
    [
        "/ho" "me/ada/course/book",
        'path = "/ro' 'ot"',
        "see (/Use" "rs/ada/book)",
        "file:" "///wo" "rk/main",
        r"C:\Use" r"rs\ada",
        "/tm" "p/ipykernel_123/4.py:1: UserWarning",
        "cp .." "/shared/notes .",
        "--index-url https://py" "pi.org/simple",
    ],
)  # fmt: skip
def test_what_belongs_to_one_machine_is_seen(content):
    assert of_one_machine("a line\n" + content)[0].startswith("line 2: ")


@pytest.mark.parametrize(
    "content",
    ["/usr/bin/google-chrome", "the/home/page", "https://a.org/work/", "and/or", "./work"],
)
def test_other_paths_are_allowed(content):
    assert of_one_machine(content) == []


# ---------------------------------------------------------------------------------------------
# Dependencies


def lines(name):
    """Return the lines of a requirements file that are not comments."""
    return [line for line in text(name).splitlines() if not line.startswith("#")]


def pins(name, python="3.12"):
    """Return the pinned version of each package that a requirements file installs on Linux."""
    here = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": "linux",
            "implementation_name": "cpython"}  # fmt: skip
    found = {}
    for requirement in map(Requirement, lines(name)):
        if requirement.marker is None or requirement.marker.evaluate(here):
            (pin,) = requirement.specifier
            assert pin.operator == "==", requirement
            assert canonicalize_name(requirement.name) not in found, "pinned twice"
            found[canonicalize_name(requirement.name)] = pin.version
    return found


def ranges(*extras):
    """Return what pyproject.toml asks for in the package and these extras, and the extras' own."""
    asked = list(PROJECT["dependencies"])
    for extra in extras:
        asked += EXTRAS[extra]
    requirements = list(map(Requirement, asked))
    inner = [extra for r in requirements if r.name == PROJECT["name"] for extra in r.extras]
    own = [r for r in requirements if r.name != PROJECT["name"]]
    return own + (ranges(*inner) if inner else [])


@pytest.mark.parametrize("python", supported_pythons())
@pytest.mark.parametrize("extra", sorted(EXTRAS.keys() - {"binder"}))
def test_the_pins_satisfy_every_range(extra, python):
    pinned = pins("requirements.txt", python)
    for requirement in ranges(extra):
        version = pinned[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), requirement


@pytest.mark.parametrize("python", supported_pythons())
@pytest.mark.parametrize(
    "name", ["jupyter-book", "numpy", "matplotlib", "scikit-learn", "nbval", "pytest", "setuptools"]
)
def test_what_the_commands_need_is_pinned(name, python):
    assert name in pins("requirements.txt", python)


def test_the_book_is_built_with_jupyter_book_1():
    assert pins("requirements.txt")["jupyter-book"].startswith("1.")


def test_the_setuptools_that_is_pinned_can_build_the_package():
    """`make install` builds without isolation, so with the setuptools of requirements.txt."""
    pyproject = tomllib.loads(text("pyproject.toml"))
    (needed,) = map(Requirement, pyproject["build-system"]["requires"])
    assert needed.specifier.contains(pins("requirements.txt")[needed.name])


def test_binder_installs_what_the_chapters_need_in_the_same_versions():
    *packages, package = lines(".binder/requirements.txt")
    assert package == ".", "the package itself comes last"
    pinned = {r.name: next(iter(r.specifier)).version for r in map(Requirement, packages)}
    asked = {requirement.name: requirement.specifier for requirement in ranges("binder")}
    assert pinned.keys() == asked.keys()
    for name, version in pinned.items():
        assert asked[name].contains(version), name
        assert pins("requirements.txt").get(name, version) == version, name


def test_binder_runs_a_python_that_is_supported():
    name, version = re.fullmatch(r"(\w+)-(3\.\d+)\n", text(".binder/runtime.txt")).groups()
    assert name == "python"
    assert version in supported_pythons()


def test_every_python_that_is_supported_is_tested():
    matrix = yaml.safe_load(text(".github/workflows/tests.yml"))["jobs"]["test"]["strategy"][
        "matrix"
    ]
    assert matrix == {"python": supported_pythons()}
    required = SpecifierSet(PROJECT["requires-python"])
    assert list(required.filter(f"3.{minor}" for minor in range(14))) == supported_pythons()
    assert f"sys.version_info < ({supported_pythons()[0].replace('.', ', ')})" in text("Makefile")


# ---------------------------------------------------------------------------------------------
# Version, licences, citation


def test_one_version():
    citation = yaml.safe_load(text("CITATION.cff"))
    assert PROJECT["version"] == cecourse.__version__ == citation["version"]


def test_one_title():
    title = yaml.safe_load(text("CITATION.cff"))["title"]
    assert yaml.safe_load(text("_config.yml"))["title"] == title
    assert text("README.md").startswith(f"# {title}\n")


def test_the_licence_of_the_code():
    citation = yaml.safe_load(text("CITATION.cff"))
    assert PROJECT["license"] == citation["license"] == "BSD-3-Clause"
    assert text("LICENSE").startswith("BSD 3-Clause License\n")
    assert "THE COPYRIGHT HOLDERS AND CONTRIBUTORS" in text("LICENSE")


def test_the_licence_of_the_text_is_word_for_word():
    """The legal code of CC BY 4.0, as Creative Commons publishes it in plain text."""
    content = (ROOT / "LICENSE-text").read_bytes().replace(b"\r\n", b"\n")
    assert hashlib.sha256(content).hexdigest() == (
        "fd3a263fe19ed8faa9068b43abaebafc02c77897b0c6fc09abc04bb592e5f16e"
    )


# ---------------------------------------------------------------------------------------------
# README and CONTRIBUTING


def test_the_readmes_example_runs():
    (example,) = re.findall(r"^```python\n(.*?)^```$", text("README.md"), re.MULTILINE | re.DOTALL)
    test = doctest.DocTestParser().get_doctest(example, {}, "README.md", "README.md", 0)
    assert len(test.examples) == 5
    said = []
    assert doctest.DocTestRunner().run(test, out=said.append).failed == 0, "".join(said)


def test_the_readmes_picture_is_the_chapters_figure():
    picture = readme_picture.PICTURE
    assert picture.read_bytes() == readme_picture.figure(), "run: python -m tools.readme_picture"
    assert picture.stat().st_size < 200_000
    (alternative,) = re.findall(rf"!\[([^]]+)\]\({picture.relative_to(ROOT)}\)", text("README.md"))
    assert len(alternative) > 40


def test_a_figure_that_is_gone_is_named():
    with pytest.raises(LookupError, match=r"04_cross_entropy\.ipynb has no stored figure named no"):
        readme_picture.figure(name="no")


@pytest.mark.parametrize("path", FRONT, ids=lambda path: path.name)
def test_the_commands_that_are_named_exist(path):
    content = path.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|^)make (\w+)", content, re.MULTILINE))
    assert named
    assert named <= {*re.findall(r"^\.PHONY: (\w+)$", text("Makefile"), re.MULTILINE)}


@pytest.mark.parametrize("path", FRONT, ids=lambda path: path.name)
def test_the_files_that_are_named_exist(path):
    content = path.read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", content)
    named = re.findall(r"`((?:book|tests|tools|cecourse|\.ci|\.binder)/[\w./-]+)`", content)
    assert targets or named
    for name in {*targets, *named} - {"book/NN_name.ipynb", "book/quizzes/NN_name.json"}:
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("path", FRONT, ids=lambda path: path.name)
def test_the_variables_that_are_named_are_read(path):
    code = "".join(p.read_text(encoding="utf-8") for p in files() if p.suffix == ".py")
    for name in re.findall(r"`(CECOURSE_\w+)`", path.read_text(encoding="utf-8")):
        assert f'"{name}"' in code, name


# ---------------------------------------------------------------------------------------------
# Workflows


def steps():
    """Yield each step of each workflow."""
    for path in WORKFLOWS:
        for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values():
            yield from job.get("steps", [])


def test_the_workflows():
    assert [path.stem for path in WORKFLOWS] == ["links", "newest", "publish", "tests"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_do_only_what_each_job_says(path):
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert job["permissions"]
        writes = {name for name, level in job["permissions"].items() if level != "read"}
        assert writes <= ({"pages", "id-token"} if path.stem == "publish" else set())


def test_actions_are_pinned_by_commit():
    pinned = {}
    for path in WORKFLOWS:
        for line in re.findall(r"uses: (.+)", path.read_text(encoding="utf-8")):
            if not line.startswith("./"):
                name, commit, version = re.fullmatch(
                    r"([\w/-]+)@(\w{40}) # (v[\d.]+)", line
                ).groups()
                assert pinned.setdefault(name, (commit, version)) == (commit, version)
    assert "actions/checkout" in pinned


def test_the_checkout_leaves_no_credentials_behind():
    checkouts = [step for step in steps() if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    for step in checkouts:
        assert step["with"]["persist-credentials"] is False


def test_the_commands_of_the_workflows_exist():
    commands = [step["run"] for step in steps() if "run" in step]
    assert commands.count(".ci/run") == 2
    for target in re.findall(r"^make (\w+)", "\n".join(commands), re.MULTILINE):
        assert f".PHONY: {target}\n" in text("Makefile")


def test_only_what_passed_on_main_is_published():
    workflow = yaml.safe_load(text(".github/workflows/publish.yml"))
    jobs = workflow["jobs"]
    assert jobs["test"]["uses"] == "./.github/workflows/tests.yml"
    assert jobs["test"]["if"] == "github.ref == 'refs/heads/main'"
    assert (jobs["build"]["needs"], jobs["deploy"]["needs"]) == ("test", "build")
    triggers = workflow[True]  # YAML 1.1 reads the key `on` as true
    assert triggers["push"] == {"branches": ["main"]}
