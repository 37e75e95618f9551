"""A browser and a server for the built pages. `make book` has to come first."""

import functools
import http.server
import os
import shutil
import threading
from pathlib import Path

import pytest

HTML = Path(__file__).resolve().parents[2] / "_build" / "html"
BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pages():
    """Return the addresses of the built pages of the book, relative to the site."""
    return sorted(str(page.relative_to(HTML)) for page in HTML.glob("book/*.html"))


class _Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        """Keep the test's output free of requests."""


@pytest.fixture(scope="session")
def site():
    """Serve the built book on loopback and return its address."""
    assert (HTML / "index.html").exists(), 'the book is not built: run "make book" first'
    handler = functools.partial(_Silent, directory=str(HTML))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def browser():
    """Start the installed Chromium or Chrome; nothing is downloaded."""
    from playwright.sync_api import sync_playwright

    named = os.environ.get("CECOURSE_BROWSER")
    found = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        reason = "no Chromium or Chrome on the path; CECOURSE_BROWSER can name one"
        if os.environ.get("CECOURSE_REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield started
        started.close()
