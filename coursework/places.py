"""Where the notebooks of the problem sets are, and how files are written."""

import os
from pathlib import Path

ROOT = Path(__file__).parent


def source_path(name):
    """Return the path of a set's source notebook, with solutions."""
    return ROOT / "source" / name / f"{name}.ipynb"


def release_path(name):
    """Return the path of a set's student version."""
    return ROOT / "release" / name / f"{name}.ipynb"


def write_whole(path, text):
    """Write a file beside its place and move it there, so that nobody meets half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
