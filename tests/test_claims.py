"""The claims ledger: what tutorials print is recomputed, judged, and treated on some page.

See claims.py for how a row is computed and what its verdict states.
"""

import math
import re
from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose

import cecourse as ce
from tests.book_pages import NOTEBOOKS, PAGES, name, read_cells
from tests.claims import (
    KINDS,
    NOT_REPRODUCIBLE,
    VERDICTS,
    WORDS,
    cited_in,
    demonstrate,
    judgements,
    read_claims,
    read_others,
    recompute,
)
from tests.equations.corpus import FORMULAS
from tools import book_numbers, notebooks

CLAIMS = read_claims()
OTHERS = read_others()
MISCONCEPTIONS = {i: other for i, other in OTHERS.items() if i.startswith("M")}
EXPECTED = (
    [f"C{i:02d}" for i in range(1, 116)]
    + [f"F{i:02d}" for i in range(1, 40)]
    + [f"M{i:02d}" for i in range(1, 77)]
    + [f"E{i}" for i in range(1, 21)]
    + [f"Q{i}" for i in range(1, 29)]
)


def row_id(row):
    return row["id"]


# ---------------------------------------------------------------------------------------------
# The rows


@pytest.mark.parametrize("row", CLAIMS, ids=row_id)
def test_the_right_value(row):
    # The ledger has ten significant digits, so it is off by at most 5e-10 of the value. A zero is
    # a difference of numbers of size 1 to 4 at worst, each rounded to 2.2e-16 of itself.
    assert_allclose(recompute(row), row["value"], rtol=5.1e-10, atol=2e-15)


@pytest.mark.parametrize("row", CLAIMS, ids=row_id)
def test_the_verdict(row):
    found = judgements(row, recompute(row))
    assert found, "a verdict has to state something"
    assert [statement for statement, holds in found if not holds] == []


def test_the_ledger_is_complete_and_well_formed():
    assert [row["id"] for row in CLAIMS] == EXPECTED[:115]
    assert sorted(OTHERS) == sorted(EXPECTED[115:])
    for row in CLAIMS:
        assert row["unit"] in {"bits", "nats", "", "unknown"}, row["id"]
        assert row["value"] is not None, row["id"]
        assert row["verdict"] in VERDICTS, row["id"]
        has_number = row["claimed_number"] is not None
        is_wrong = row["verdict"] in ("wrong", "wrong_unit_or_formula")
        # A wrong number has an explanation; a right one has a tolerance; words have a meaning.
        assert (row["mistake"] is not None) == (is_wrong and has_number), row["id"]
        assert (row["tolerance"] is not None) == (row["verdict"] == "correct" and has_number)
        if row["verdict"] in ("correct", "wrong") and not has_number:
            assert row["claimed"] in WORDS, row["id"]


def test_nothing_in_the_tables_is_without_a_row():
    used = {row["inputs"]["kind"] for row in CLAIMS}
    used |= {row["mistake"]["kind"] for row in CLAIMS if row["mistake"]}
    assert used == set(KINDS)
    lost = {row["id"] for row in CLAIMS if row["verdict"] == "not_reproducible"}
    assert lost == set(NOT_REPRODUCIBLE)
    assert {row["claimed"] for row in CLAIMS if row["claimed"] in WORDS} == set(WORDS)


@pytest.mark.parametrize(
    "row", [row for row in CLAIMS if isinstance(row["value"], float)], ids=row_id
)
def test_another_value_in_the_tenth_digit_is_noticed(row):
    value = row["value"]
    other = value * (1 + 2e-9) + 1e-14 if math.isfinite(value) else 0.0
    with pytest.raises(AssertionError):
        assert_allclose(other, value, rtol=5.1e-10, atol=2e-15)


@pytest.mark.parametrize(
    ("claim", "change"),
    [
        ("C02", {"claimed_number": 0.3679}),
        ("C03", {"claimed_number": 0.2549, "claimed": "0.2549"}),  # no mistake any more
        ("C13", {"claimed": "convex"}),
        ("C18", {"mistake": {"kind": "entropy", "p": [0.5, 0.5]}}),
        ("C29", {"claimed_number": 0.2286}),
        ("C50", {"claimed": ">0"}),
        ("C51", {"claimed_number": 1.022, "claimed": "1.022"}),  # 0.9, 0.8, 0.5 and 1 ... in nats
        ("C66", {"claimed": "0.1"}),
        ("C70", {"claimed_number": 96.82}),
        ("C78", {"claimed_number": 0.58}),
        ("C81", {"inputs": {"val_acc": 0.9}}),
        ("C87", {"inputs": {"kind": "cross_entropy", "rounding": "truncated"}, "value": 0.5141}),
        ("C109", {"claimed_number": 1.0297, "claimed": "1.0297", "value": 1.029653014}),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_a_verdict_can_fail(claim, change):
    row = next(row for row in CLAIMS if row["id"] == claim)
    changed = row | change
    assert not all(holds for _, holds in judgements(changed, changed["value"]))


# ---------------------------------------------------------------------------------------------
# Formulas and misconceptions


NO_EQUATION = ["F13", "F32"]  # a range of labels; a name


def test_each_formula_is_evaluated():
    ids = {formula.id.split()[0] for formula in FORMULAS}
    assert [i for i in EXPECTED if i.startswith("F") and i not in ids] == NO_EQUATION


def test_f13_labels_and_predictions_lie_between_0_and_1():
    assert_allclose(ce.binary_cross_entropy([0, 1], [0, 1]), 0)
    for y, p in [(-1, 0.5), (2, 0.5), (1, -0.1), (1, 1.1)]:
        with pytest.raises(ValueError, match="must lie in"):
            ce.binary_cross_entropy(y, p)


def test_f32_cross_entropy_is_not_the_name_of_the_kl_divergence():
    p, q = [0.1, 0.4, 0.5], [0.8, 0.15, 0.05]
    assert ce.cross_entropy(p, q) > ce.kl_divergence(p, q) + 0.9  # the entropy of p is 0.943


@pytest.mark.parametrize("claim", MISCONCEPTIONS)
def test_the_correction_of_a_misconception(claim):
    assert demonstrate(MISCONCEPTIONS[claim]["demo"]) in (True,), MISCONCEPTIONS[claim]["correct"]


def test_each_entry_says_what_it_must():
    for claim, other in OTHERS.items():
        keys = {"kind", "claim", "correct", "demo"} if claim[0] == "M" else {"about"}
        assert set(other) == keys, claim
        assert all(str(text).strip() for text in other.values()), claim


def test_each_demonstration_uses_the_package():
    """A demonstration that never calls it would hold however the package were broken."""
    helpers = re.compile(r"\b(?:H|CE|KL|BCE|h|softmax|sig|ce|bibliography)\b")
    assert [i for i, other in MISCONCEPTIONS.items() if not helpers.search(other["demo"])] == []


# ---------------------------------------------------------------------------------------------
# The book treats them all


@cache
def cited():
    """Return the ids that each page cites."""
    return {path: cited_in(read_cells(path)) for path in NOTEBOOKS + PAGES}


@pytest.mark.parametrize("path", NOTEBOOKS + PAGES, ids=name)
def test_a_page_cites_only_what_is_known(path):
    assert sorted(cited_in(read_cells(path)) - set(EXPECTED)) == []


def test_everything_is_treated_on_some_page():
    treated = set().union(*cited().values())
    assert [claim for claim in EXPECTED if claim not in treated] == []


def is_stated(value, sources):
    """Return whether code printed or states a value: exactly, or to enough decimals to tell."""
    if not math.isfinite(value):
        return True
    for source in sources:
        number = float(source.value)
        if source.exponent is None:
            found = math.isclose(number, value, rel_tol=1e-9, abs_tol=1e-12)
        else:
            half = 0.5 * 10.0**source.exponent * (1 + 1e-9)
            enough = source.exponent <= (-2 if source.unit == "%" else -3) or value == int(value)
            found = enough and min(abs(number - value), abs(number - 100 * value)) <= half
        if found:
            return True
    return False


@pytest.fixture(scope="module")
def numbers_of():
    """The numbers that the code of each notebook prints or states."""
    return {path: book_numbers.sources(notebooks.read(path)) for path in NOTEBOOKS}


@pytest.mark.parametrize("row", CLAIMS, ids=row_id)
def test_a_page_that_treats_a_claim_computes_its_value(row, numbers_of):
    values = np.atleast_1d(row["value"])
    if row["inputs"]["kind"] == "neg_entropy_expr":
        values = -values  # the page prints the entropy
    pages = [path for path, cited_ids in cited().items() if row["id"] in cited_ids]
    assert any(
        all(is_stated(value, numbers_of.get(path, [])) for value in values) for path in pages
    ), f"none of {[path.stem for path in pages]} states {row['value']} ({row['quantity']})"


@pytest.mark.parametrize(
    ("value", "printed", "stated"),
    [
        (0.3677317845, "0.368", True),
        (0.3677317845, "0.3677", True),
        (0.3677317845, "0.37", False),
        (0.3677317845, "0.367", False),
        (0.3677317845, "-0.368", False),
        (3.41, "3.41%", True),
        (0.0341, "3.41%", True),
        (2.0, "2", True),
        (2.0, "3", False),
    ],
)
def test_what_counts_as_stated(value, printed, stated):
    cell = {"cell_type": "code", "id": "c", "source": "", "metadata": {}}
    cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": printed}]
    assert is_stated(value, book_numbers.sources({"cells": [cell]})) is stated


def test_a_mark_is_read_wherever_it_stands():
    cells = [
        {"cell_type": "markdown", "source": "<!-- claims: C01 M02\n Q3 -->\ntext <!--claims:E4-->"},
        {"cell_type": "markdown", "source": "<!-- C05 -->"},
        {"cell_type": "code", "source": "# <!-- claims: C06 -->"},
    ]
    assert cited_in(cells) == {"C01", "M02", "Q3", "E4"}
