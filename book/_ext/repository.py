"""Point the page's buttons at the repository that the book is built from.

A fork's book must launch the fork, so nothing is written in ``_config.yml``. The address comes
from the ``GITHUB_REPOSITORY`` that GitHub Actions sets, else from the git remote ``origin``. With
neither, or with a remote that is not on GitHub (which Binder's ``gh`` links need), the pages carry
no launch buttons.
"""

import os
import re
import subprocess
from urllib.parse import quote

from docutils import nodes

BINDER = "https://mybinder.org"
REMOTE = re.compile(
    r"(?:https://|git@|ssh://git@)github\.com[:/](?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?/?"
)


def _git(*arguments):
    """Return what git says in one line, or an empty string where it has nothing to say."""
    try:
        result = subprocess.run(
            ["git", *arguments], capture_output=True, text=True, timeout=30, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return result.stdout.strip()


def repository_url():
    """Return the GitHub address of the repository, or None where there is none."""
    name = os.environ.get("GITHUB_REPOSITORY")
    if not name:
        remote = REMOTE.fullmatch(_git("remote", "get-url", "origin"))
        name = remote["name"] if remote else None
    return f"https://github.com/{name}" if name else None


def branch():
    """Return the branch that the book is built from."""
    return os.environ.get("GITHUB_REF_NAME") or "main"


def binder(name, rawtext, text, lineno, inliner, options=None, content=()):
    """Return a link that opens a file of the repository on Binder, or nothing without one."""
    url = repository_url()
    if url is None:
        return [], []
    repository = url.removeprefix("https://github.com/")
    place = quote(f"lab/tree/{text}", safe="")
    target = f"{BINDER}/v2/gh/{repository}/{quote(branch(), safe='')}?urlpath={place}"
    return [nodes.reference(rawtext, "open on Binder", refuri=target)], []


def _set_buttons(app, config):
    url = repository_url()
    if url is None:
        return
    config.html_theme_options = {
        **config.html_theme_options,
        "repository_url": url,
        "repository_branch": branch(),
        "path_to_docs": "",
        "use_repository_button": True,
        "use_issues_button": True,
        "launch_buttons": {
            "notebook_interface": "jupyterlab",
            "binderhub_url": BINDER,
        },
    }


def setup(app):
    """Set the options before the theme reads them, and add the role."""
    app.add_role("binder", binder)
    app.connect("config-inited", _set_buttons, priority=100)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
