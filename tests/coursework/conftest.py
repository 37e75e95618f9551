"""What the tests of the coursework share."""

import os

import pytest

from coursework import sandbox


@pytest.fixture(scope="session")
def bubblewrap():
    """Skip a test that needs bubblewrap where it does not work, unless it must work here."""
    found = sandbox.isolation()
    if not found:
        missing = pytest.fail if os.environ.get("CECOURSE_REQUIRE_SANDBOX") else pytest.skip
        missing(found.reason)
