"""scikit-learn's own tests of log_loss, and SciPy's of its counterparts, run on cecourse.

`DIFFERS` names every test that fails, with the reason, which is always a decision. A test that
fails and is not listed fails here, and so does an entry that no longer fails. Tests of arguments
that cecourse does not have are counted, not listed.
"""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

CLIPS = "a zero probability for what happened costs infinity; scikit-learn clips it"
WARNS = "rows that do not sum to 1 are an error here, and a warning there"
ORDER = "labels may come in any order, silently; scikit-learn warns"
RENAMED = "about the deprecation of an argument's name"
EMPTY = "empty input is refused; there the logarithm of an empty sum is -inf"

SUITES = {
    "sklearn.metrics.tests.test_classification": "log_loss and not d2",
    "scipy.special.tests.test_logsumexp": "LogSumExp or Softmax",
    "scipy.stats.tests.test_entropy": "TestEntropy",
}

DIFFERS = {
    "sklearn.metrics.tests.test_classification": {
        "test_log_loss_eps[float64]": CLIPS,
        "test_log_loss_eps[float32]": CLIPS,
        "test_log_loss_eps[float16]": CLIPS,
        "test_log_loss_not_probabilities_warning[float64]": WARNS,
        "test_log_loss_not_probabilities_warning[float32]": WARNS,
        "test_log_loss_not_probabilities_warning[float16]": WARNS,
        "test_log_loss_warnings": ORDER,
        "test_log_loss_y_pred_deprecation": RENAMED,
    },
    "scipy.special.tests.test_logsumexp": {
        "TestLogSumExp::test_logsumexp[numpy]": EMPTY,
        "TestLogSumExp::test_device[numpy-x_raw2]": EMPTY,
    },
    "scipy.stats.tests.test_entropy": {},
}

# Tests that must pass, so that a suite that no longer collects or runs them is noticed.
MUST_PASS = {
    "sklearn.metrics.tests.test_classification": [
        "test_log_loss",
        "test_log_loss_pandas_input",
        "test_log_loss_perfect_predictions[y_true0-y_proba0]",
    ],
    "scipy.special.tests.test_logsumexp": [
        "TestLogSumExp::test_gh18295[numpy]",
        "TestSoftmax::test_softmax_fixtures[numpy]",
        "TestSoftmax::test_softmax_multi_axes[numpy]",
        "TestLogSoftmax::test_log_softmax_translation[numpy-100]",
        "TestLogSoftmax::test_log_softmax_3d[numpy]",
    ],
    "scipy.stats.tests.test_entropy": [
        "TestEntropy::test_entropy_2d[numpy]",
        "TestEntropy::test_entropy_2d_zero[numpy]",
        "TestEntropy::test_entropy_raises_value_error[numpy]",
        "TestEntropy::test_entropy_broadcasting[numpy]",
    ],
}
NOT_OFFERED = {"complex numbers", "weights of exponentials", "signs"}


@pytest.fixture(scope="module", params=SUITES)
def suite(request, tmp_path_factory):
    """The name of a test module, and what became of each of its tests."""
    module = request.param
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is not installed with its package")
    folder = tmp_path_factory.mktemp("peers")
    outcomes = folder / "outcomes.json"
    environment = os.environ | {
        "CECOURSE_OUTCOMES": str(outcomes),
        "PYTHONPATH": str(ROOT),
        "SCIPY_ARRAY_API": "",
    }
    selection = SUITES[module]
    command = [sys.executable, "-m", "pytest", "-q", "--tb=line", "-c", os.devnull]
    command += [f"--rootdir={folder}", "-p", "no:cacheprovider", "-p", "tests.peers.swap"]
    run = subprocess.run(
        [*command, "--pyargs", module, "-k", selection],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert run.returncode in (0, 1), run.stdout + run.stderr  # 1: some tests failed
    return module, json.loads(outcomes.read_text(encoding="utf-8"))


def test_only_the_listed_tests_fail(suite):
    module, outcomes = suite
    failed = {
        name: outcome
        for name, outcome in outcomes.items()
        if outcome != "passed" and not outcome.startswith("not offered")
    }
    unexpected = {name: failed[name] for name in failed.keys() - DIFFERS[module].keys()}
    assert unexpected == {}
    assert DIFFERS[module].keys() - failed.keys() == set()  # an entry that no longer differs


def test_the_tests_were_run(suite):
    module, outcomes = suite
    assert {name: outcomes.get(name) for name in MUST_PASS[module]} == dict.fromkeys(
        MUST_PASS[module], "passed"
    )


def test_what_is_not_offered_is_one_of_three_things(suite):
    _, outcomes = suite
    reasons = {
        outcome.removeprefix("not offered: ")
        for outcome in outcomes.values()
        if outcome.startswith("not offered")
    }
    assert reasons <= NOT_OFFERED
