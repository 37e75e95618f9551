"""Where the notebooks of the problem sets are."""

from pathlib import Path

ROOT = Path(__file__).parent


def source_path(name):
    """Return the path of a set's source notebook, with solutions."""
    return ROOT / "source" / name / f"{name}.ipynb"


def release_path(name):
    """Return the path of a set's student version."""
    return ROOT / "release" / name / f"{name}.ipynb"
