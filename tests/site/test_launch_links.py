"""Binder links follow the repository that the book is built from."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site.conftest import HTML

ROOT = HTML.parents[1]
sys.path.insert(0, str(ROOT / "book" / "_ext"))
import repository  # noqa: E402  (an extension of the book, not a package)

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Work in a new folder, without what CI says of this repository."""
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def with_remote(address):
    subprocess.run(["git", "init", "--quiet"], check=True)
    subprocess.run(["git", "remote", "add", "origin", address], check=True)


@needs_git
@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/someone/a.fork.git",
        "https://github.com/someone/a.fork",
        "git@github.com:someone/a.fork.git",
        "ssh://git@github.com/someone/a.fork.git",
    ],
)
def test_the_git_remote_names_the_repository(elsewhere, address):
    with_remote(address)
    assert repository.repository_url() == "https://github.com/someone/a.fork"


@needs_git
def test_github_actions_comes_before_the_remote(elsewhere, monkeypatch):
    with_remote("https://github.com/someone/a.fork")
    monkeypatch.setenv("GITHUB_REPOSITORY", "another/fork")
    assert repository.repository_url() == "https://github.com/another/fork"


@needs_git
@pytest.mark.parametrize("address", ["../a/folder", "https://example.org/someone/fork.git"])
def test_a_remote_that_binder_cannot_launch_gives_no_link(elsewhere, address):
    with_remote(address)
    assert repository.repository_url() is None


def test_without_git_there_is_no_link(elsewhere, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert repository.repository_url() is None


def build(folder, **environment):
    """Build the book from a copy of its sources and return the pages' folder."""
    for name in ["book", "cecourse"]:
        shutil.copytree(ROOT / name, folder / name)
    for name in ["_config.yml", "_toc.yml"]:
        shutil.copy(ROOT / name, folder)
    command = [Path(sys.executable).parent / "jupyter-book", "build", "."]
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("GITHUB_")}
    subprocess.run(
        command, cwd=folder, env=inherited | environment, check=True, capture_output=True
    )
    return folder / "_build" / "html" / "book"


def chapters(pages):
    found = sorted(pages.glob("[0-9][0-9]_*.html"))
    assert found
    return found


def test_a_forks_book_launches_the_fork(tmp_path):
    pages = build(tmp_path, GITHUB_REPOSITORY="someone/fork", GITHUB_REF_NAME="spring")
    for chapter in chapters(pages):
        link = (
            "https://mybinder.org/v2/gh/someone/fork/spring"
            f"?urlpath=lab/tree/book/{chapter.stem}.ipynb"
        )
        assert link in chapter.read_text(), chapter.name


def test_a_book_without_a_repository_has_no_launch_links(tmp_path):
    for chapter in chapters(build(tmp_path)):
        assert "mybinder.org" not in chapter.read_text(), chapter.name
