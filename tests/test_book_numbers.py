"""Every number in the text of the book is one that its code computed.

`python -m tools.notebooks` pins each number in the prose to a code cell. Here the text, the pins
and the cells are compared; then every digit of every number is changed, to see it noticed.
"""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.book_pages import CHAPTERS, NOTEBOOKS, PAGES, ROOT, name, read_quiz
from tools import book_numbers, notebooks
from tools.book_numbers import agrees, check_pins, numbers_in, numbers_of, visible

PAGE_PINS = notebooks.PAGE_NUMBERS
PROBLEM_SETS = sorted((ROOT / "coursework" / "source").glob("*/*.ipynb"))


def pins(cell):
    return cell["metadata"].get("cecourse", {}).get("numbers", [])


# ---------------------------------------------------------------------------------------------
# The book


@pytest.mark.parametrize("path", [*NOTEBOOKS, *PROBLEM_SETS], ids=name)
def test_numbers_of_a_notebook_are_computed_in_it(path):
    assert book_numbers.problems_of_notebook(notebooks.read(path)) == []


@pytest.mark.parametrize("path", [*CHAPTERS, *PROBLEM_SETS], ids=name)
def test_a_chapter_has_numbers_to_check(path):
    """If the reader of the text broke, the test above would pass with nothing to compare."""
    notebook = notebooks.read(path)
    sourced = [pin for cell in notebook["cells"] for pin in pins(cell) if pin[1] and "." in pin[0]]
    assert len(sourced) >= 20


@pytest.mark.parametrize("path", PROBLEM_SETS, ids=name)
def test_numbers_of_a_question_are_computed_beside_it_and_printed_with_their_unit(path):
    """The data of another question, which only happen to hold the number, would be no source."""
    notebook = notebooks.read(path)
    by_cell = book_numbers.sources_by_cell(notebook)
    question, question_of = None, {}
    for cell in notebook["cells"]:
        question = cell["id"] if cell["source"].startswith("## ") else question
        question_of[cell["id"]] = question
    for cell in notebook["cells"]:
        for (number, around), (_, cell_id) in zip(numbers_of(cell), pins(cell), strict=True):
            if not number.needs_source:
                continue
            assert question_of[cell_id] == question_of[cell["id"]], f"{number.text} in {around}"
            fitting = [source for source in by_cell[cell_id] if agrees(number, source)]
            assert number.unit in {None, *(source.unit for source in fitting)}, around


@pytest.mark.parametrize("path", CHAPTERS, ids=name)
def test_numbers_of_a_quiz_are_computed_in_its_chapter(path):
    notebook = notebooks.read(path)
    problems = check_pins(
        book_numbers.numbers_of_quiz(read_quiz(path)),
        notebook["metadata"]["cecourse"].get("quiz_numbers", []),
        book_numbers.sources_by_cell(notebook),
    )
    assert problems == []


@pytest.fixture(scope="module")
def sources_of_book():
    """The sources of all notebooks, by (file name, cell id)."""
    return {
        (path.name, cell_id): sources
        for path in [*NOTEBOOKS, *PROBLEM_SETS]
        for cell_id, sources in book_numbers.sources_by_cell(notebooks.read(path)).items()
    }


def page_pins(path):
    assert PAGE_PINS.exists(), f'{PAGE_PINS} is missing; run "make notebooks"'
    stored = json.loads(PAGE_PINS.read_text("utf-8"))
    return [
        (text, None if cell_id is None else (notebook, cell_id))
        for text, notebook, cell_id in stored.get(path.name, [])
    ]


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_numbers_of_a_page_are_computed_in_a_notebook(path, sources_of_book):
    numbers = book_numbers.numbers_of_page(path.read_text("utf-8"))
    assert check_pins(numbers, page_pins(path), sources_of_book) == []


# ---------------------------------------------------------------------------------------------
# Change every number of the book, one character at a time


def changes_of(text, number):
    """Yield texts in which one digit, the sign or the unit of a number is another."""
    start, end = number.start, number.end
    for i in range(start, end):
        if text[i].isdecimal():
            # Five up, so that rounding cannot excuse the difference.
            yield text[:i] + str((int(text[i]) + 5) % 10) + text[i + 1 :], "digit"
    if text[start] in book_numbers.MINUS:
        yield text[:start] + text[start + 1 :], "sign"
    elif start == 0 or text[start - 1] in " (=$,`\n":
        yield text[:start] + "-" + text[start:], "sign"
    if number.unit in ("bit", "nat"):
        other = {"bit": "nat", "nat": "bit"}[number.unit]
        at = text.rindex(number.unit, start, end)
        yield text[:at] + other + text[at + 3 :], "unit"
    elif number.unit == "%" and text[end - 1] == "%":
        yield text[: end - 1] + " bits" + text[end:], "unit"


def texts_of(cell):
    """Yield ``(text, cell with another text)`` functions for what a reader reads in a cell."""
    if cell["cell_type"] == "markdown":
        yield cell["source"], lambda copied, text: copied.update(source=text)
        return
    myst = cell["metadata"].get("mystnb", {})
    if "alt" in myst.get("image", {}):
        yield (
            myst["image"]["alt"],
            lambda copied, text: copied["metadata"]["mystnb"]["image"].update(alt=text),
        )
    if "caption" in myst.get("figure", {}):
        yield (
            myst["figure"]["caption"],
            lambda copied, text: copied["metadata"]["mystnb"]["figure"].update(caption=text),
        )


def changed_and_missed(path):
    """Change every number of a notebook, and return how many changes there were, and the missed."""
    notebook = notebooks.read(path)
    by_cell = book_numbers.sources_by_cell(notebook)
    counts = {"digit": 0, "sign": 0, "unit": 0}
    missed = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "raw":
            continue
        for text, put in texts_of(cell):
            for number in numbers_in(visible(text)):
                if not number.needs_source:
                    continue
                for mutated, what in changes_of(text, number):
                    copied = copy.deepcopy(dict(cell, outputs=[]))
                    put(copied, mutated)
                    counts[what] += 1
                    if not check_pins(numbers_of(copied), pins(cell), by_cell):
                        missed.append(f"{cell['id']}: {what} of {number.text}")
    return counts, missed


@pytest.mark.parametrize("path", CHAPTERS, ids=name)
def test_every_changed_digit_sign_and_unit_is_noticed(path):
    counts, missed = changed_and_missed(path)
    assert missed == []
    assert counts["digit"] >= 40
    assert counts["sign"] >= 10
    assert counts["unit"] >= 5


@pytest.mark.parametrize("path", PROBLEM_SETS, ids=name)
def test_every_changed_digit_sign_and_unit_of_a_problem_set_is_noticed(path):
    counts, missed = changed_and_missed(path)
    assert missed == []
    assert min(counts.values()) >= 1  # a question has fewer numbers than a chapter
    assert counts["digit"] >= 40


@pytest.mark.parametrize("path", [*CHAPTERS, *PROBLEM_SETS], ids=name)
def test_no_changed_digit_fits_what_the_number_was_taken_from(path):
    """Even with its pin changed along with it, a wrong number differs from its source."""
    notebook = notebooks.read(path)
    by_cell = book_numbers.sources_by_cell(notebook)
    for cell in notebook["cells"]:
        for (number, _), (_, cell_id) in zip(numbers_of(cell), pins(cell), strict=True):
            if cell_id is None or not number.needs_source:
                continue
            fitting = [source for source in by_cell[cell_id] if agrees(number, source)]
            assert fitting, number.text
            for mutated, what in changes_of(number.text, numbers_in(number.text)[0]):
                if what == "digit":
                    (wrong,) = numbers_in(mutated)
                    assert not any(agrees(wrong, source) for source in fitting), mutated


# ---------------------------------------------------------------------------------------------
# Reading numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("worth 0.469 bits.", ["0.469 bits"]),
        ("one number, 0.469. Then", ["0.469"]),
        ("a change of -0.25 nats or −0.25 nats", ["-0.25 nats", "-0.25 nats"]),
        ("$-0.5 + 1.5 - 0.25 = - 0.75$", ["-0.5", "1.5", "0.25", "-0.75"]),
        ("$p(x)-0.25$, 2-3 days, UTF-8", ["0.25", "2", "3", "8"]),
        ("- 3 bits\n* 4 nats\n  - 5", ["3 bits", "4 nats", "5"]),
        ("**0.469** bits, `0.5` nats, $0.25$ bits", ["0.469 bits", "0.5 nats", "0.25 bits"]),
        (r"$0.25\,\text{bits}$, $50\%$, $0.1\ \mathrm{nats}$", ["0.25 bits", "50%", "0.1 nats"]),
        ("46.9%, 46.9 %, 46.9 percent", ["46.9%"] * 3),
        ("0.469\nbits and 2\xa0nats and 1&nbsp;bit", ["0.469 bits", "2 nats", "1 bit"]),
        ("a 2-bit code, 3 bitmaps, 4 native", ["2-bit", "3", "4"]),
        ("1,000 days, (1,2), 10_000", ["1,000", "1", "2", "10_000"]),
        ("1e-15, 2.2e-16 nats", ["1e-15", "2.2e-16 nats"]),
        (r"$2.2 \times 10^{-16}$, 2.2 × 10⁻¹⁶", ["2.2×10^-16", "2.2×10^-16"]),
        (r"$\frac{1}{2} \log_2 8$", ["1", "2", "2", "8"]),
        ("float32 log2 p1 `x.reshape(2)` `f[0](0.5)`", ["2", "0", "0.5"]),
        ("`print(f'{x:.4f} bits')` and `{y:6.3f}` and `%.3f`", []),
        ("[text 1.5](02_entropy.ipynb#at-2.5) ![alt 3.5](fig_4.png)", ["1.5", "3.5"]),
        ("{cite}`shannon1948` {eq}`eq-2` {ref}`see 4.5 <fig-3>`", ["4.5"]),
        ("(sec-3)=\n## Part 4\n$$\nx = 1.5 % not evaluated: 2.5\n$$ (eq-6)", ["4", "1.5"]),
        ("<!-- claims: C26 4.5 -->\n% 7.5\nhttps://a.org/8.5 <https://a.org/9.5>", []),
        (
            "```{exercise} Die 1.5\n:label: ex-2.5\nA sum of 3.5 bits.\n```",
            ["1.5", "3.5 bits"],
        ),
        ("```{figure} a-1.5.png\n:alt: up to 2.5\n:width: 80%\nCaption 3.5\n```", ["2.5", "3.5"]),
        (
            "````{admonition} A 1.5\n```{math}\n:label: eq-1\n2.5\n```\n````\n3.5",
            ["1.5", "2.5", "3.5"],
        ),
        ("```python\nx = 1.5  # 2.5 bits\n```\n~~~\n3.5\n~~~\n4.5", ["2.5 bits", "4.5"]),
        ("Python 3.11 and 3.12, chapter 5.1, scikit-learn 1.9.1", ["3.11", "3.12", "5.1", "1.9.1"]),
        ("| -0.5 | 0.25 |", ["-0.5", "0.25"]),
        ("in file 07_binary_cross_entropy, a_3.md", []),
        ('<img src="a.png" width="30" alt="at 2.5"> <b title="3.5">4</b>', ["2.5", "4"]),
        ("_0.5_ bits, 0.5p", ["0.5 bits", "0.5"]),
    ],
)
def test_numbers_of_a_text(text, expected):
    assert [number.text for number in numbers_in(visible(text))] == expected


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("0.5", True),
        ("3 bits", True),
        ("50%", True),
        ("1e-15", True),
        ("a 2-bit code", True),
        ("K = 10", False),
        ("in 1948", False),
        ("Python 3.11", False),
        ("CC BY 4.0", False),
        ("scikit-learn 1.9.1", False),
        ("section 4.3", False),
        ("section 4 has 4.3", True),
        ("a 64-bit float", False),
    ],
)
def test_which_numbers_need_a_source(text, needed):
    assert numbers_in(visible(text))[-1].needs_source is needed


def test_what_is_hidden_leaves_positions_as_they_are():
    text = "<!-- 1.5 -->\n[2.5](a.md)\n```{note}\n:class: x\n3.5 bits\n```\n"
    seen = visible(text)
    assert len(seen) == len(text)
    assert [text[n.start : n.end] for n in numbers_in(seen)] == ["2.5", "3.5 bits"]


words = st.sampled_from(["worth", "(about", "of the code,", "$x =", "**", "`", "=", "| ", "log2"])
plain = st.integers(0, 10**6).map(str)
decimals = st.tuples(plain, st.text("0123456789", min_size=1, max_size=6)).map(".".join)
units = st.sampled_from(["", " bits", " nats", "%", " bit", "-bit"])
values = st.tuples(st.sampled_from(["", "-"]), st.one_of(plain, decimals), units).map("".join)


@given(st.lists(st.tuples(words, values), max_size=8))
def test_every_number_of_made_up_text_is_found(pieces):
    text = " ".join(f"{word} {value};" for word, value in pieces)
    assert [number.text for number in numbers_in(visible(text))] == [v for _, v in pieces]


@given(st.text())
def test_any_text_can_be_read(text):
    seen = visible(text)
    assert len(seen) == len(text)
    for number in numbers_in(seen):
        assert seen[number.start : number.end].strip() == seen[number.start : number.end]


# ---------------------------------------------------------------------------------------------
# Who vouches for a number


def code(source, *texts, **metadata):
    outputs = [{"output_type": "stream", "name": "stdout", "text": text} for text in texts]
    return {
        "cell_type": "code",
        "id": "c0de",
        "source": source,
        "metadata": metadata,
        "outputs": outputs,
    }


def markdown(text):
    return {"cell_type": "markdown", "id": "text", "source": text, "metadata": {}}


@pytest.mark.parametrize(
    ("number", "cell", "vouched"),
    [
        ("0.469 bits", code("h", "0.4690 bits"), True),
        ("0.469 bits", code("h", "H = 0.46900"), True),
        ("0.469 bits", code("h = 0.469"), True),
        ("0.469 bits", code("h", "0.4690 nats"), False),  # the unit differs
        ("0.469 bits", code("h", "0.468"), False),
        ("0.4690 bits", code("h", "0.469 bits"), False),  # fewer decimals than the text claims
        ("0.47", code("h", "0.469"), True),  # rounded
        ("0.46", code("h", "0.469"), False),  # truncated
        ("0.12", code("h = 0.125"), True),  # a half may be rounded to even ...
        ("0.13", code("h = 0.125"), True),  # ... or up
        ("0.14", code("h = 0.125"), False),
        ("0.125", code("p = 1 / 8"), True),
        ("0.30", code("p = 0.1 + 0.2"), True),
        ("0.25", code("p = 2**-2"), True),
        ("-0.5", code("a = -0.5"), True),
        ("0.5", code("h", "-0.5"), False),  # the sign differs
        ("-0.5", code("h", "0.5"), False),
        ("46.9%", code("h", "0.4690"), True),
        ("46.9%", code("h", "46.9%"), True),
        ("46.9%", code("h", "0.46"), False),
        ("0.469", code("h", "46.9%"), True),
        ("46.9%", code("h", "0.4690 bits"), False),
        ("1e-15", code("eps = 1e-15"), True),
        ("1e-16", code("eps = 1e-15"), False),
        ("3 bits", code("h", "[3 2 1]"), True),
        ("0.5", code("# 0.5"), False),  # a comment states nothing
        ("0.5", code('s = "0.5"'), False),
        ("0.5", code("True"), False),
        ("1.0", code("True"), False),
        (
            "0.5",
            code("h", "0.5", tags=["nbval-ignore-output"]),
            False,
        ),  # nbval proves no such thing
        ("0.5", code("%matplotlib inline\nx = 0.5"), True),
        ("0.5", code("9 ** 9 ** 9; 1 / 0; 0.5 % 0"), True),
    ],
)
def test_what_a_cell_vouches_for(number, cell, vouched):
    notebook = {"cells": [markdown(f"It is {number} here."), cell]}
    _, problems = book_numbers.pins_of_notebook(notebook)
    assert (problems == []) is vouched


def test_numbers_in_tables_and_error_messages_count():
    cell = code("table")
    cell["outputs"] = [
        {
            "output_type": "execute_result",
            "data": {
                "text/plain": "<x>",
                "text/html": "<style>b 9.5</style><td>0.25</td> <b>&minus;1",
            },
        },
        {"output_type": "error", "ename": "ValueError", "evalue": "row 3 sums to 0.9"},
        {"output_type": "stream", "name": "stderr", "text": "8.5"},
        {"output_type": "display_data", "data": {"text/plain": "<Figure size 7.5x6 with 1 Axes>"}},
    ]
    found = {source.text for source in book_numbers.sources({"cells": [cell]})}
    assert found == {"0.25", "-1", "3", "0.9"}


def test_the_message_names_the_nearest_number():
    notebook = {"cells": [markdown("It is worth 0.468 bits."), code("h", "0.4690 bits")]}
    _, problems = book_numbers.pins_of_notebook(notebook)
    assert problems == [
        "cell 1 (id text), text ...It is worth 0.468 bits....: 0.468 bits: no code cell prints or "
        "states it; nearest is 0.4690 bits in cell c0de"
    ]


def test_the_message_names_a_differing_unit():
    notebook = {"cells": [markdown("It is worth 0.469 nats."), code("h", "0.4690 bits")]}
    _, problems = book_numbers.pins_of_notebook(notebook)
    assert problems[0].endswith("0.469 nats: the unit differs: cell c0de prints 0.4690 bits")


def test_the_nearest_cell_of_the_section_is_pinned():
    near, far, other = (dict(code("h", "0.5 bits"), id=i) for i in ("near", "far", "other"))
    notebook = {
        "cells": [other, markdown("## Part"), far, markdown("x"), near, markdown("0.5 bits, 5, 7")]
    }
    assert book_numbers.pin_notebook(notebook) == []
    assert pins(notebook["cells"][-1]) == [["0.5 bits", "near"], ["5", None], ["7", None]]


def test_a_cell_of_the_same_section_comes_before_a_nearer_one():
    here, next_door = (dict(code("h", "0.5 bits"), id=i) for i in ("here", "next-door"))
    texts = [markdown("x"), markdown("x"), markdown("0.5 bits")]
    notebook = {"cells": [markdown("## A"), here, *texts, markdown("## B"), next_door]}
    assert book_numbers.pin_notebook(notebook) == []
    assert pins(texts[-1]) == [["0.5 bits", "here"]]


def test_a_pin_that_its_cell_does_not_bear_out_is_noticed():
    text, cell = markdown("Worth 0.5 bits."), code("h", "0.5 bits")
    notebook = {"cells": [text, cell]}
    assert book_numbers.pin_notebook(notebook) == []
    assert book_numbers.problems_of_notebook(notebook) == []
    cell["outputs"][0]["text"] = "0.6 bits"
    assert book_numbers.problems_of_notebook(notebook) == [
        "cell 1 (id text): 0.5 bits in text ...Worth 0.5 bits....: cell c0de does not vouch for it"
    ]
    cell["outputs"][0]["text"] = "0.5 bits"
    text["metadata"]["cecourse"]["numbers"] = [["0.5 bits", None]]
    assert book_numbers.problems_of_notebook(notebook) == [
        "cell 1 (id text): 0.5 bits in text ...Worth 0.5 bits.... has no source"
    ]
    text["metadata"]["cecourse"]["numbers"] = [["0.5 bits", "gone"]]
    assert "cell gone does not vouch for it" in book_numbers.problems_of_notebook(notebook)[0]


def test_numbers_in_captions_alternative_texts_and_comments_are_pinned():
    cell = code("x = 0.5  # 0.25 bits", "0.25 bits")
    cell["metadata"]["mystnb"] = {
        "image": {"alt": "at 0.5"},
        "figure": {"caption": "**0.25** bits"},
    }
    notebook = {"cells": [cell]}
    assert book_numbers.pin_notebook(notebook) == []
    assert [text for text, _ in pins(cell)] == ["0.25 bits", "0.5", "0.25 bits"]
    cell["metadata"]["mystnb"]["image"]["alt"] = "at 0.6"
    assert book_numbers.problems_of_notebook(notebook) == [
        "cell 1 (id c0de): number 2 is now 0.6 in alternative text ...at 0.6... and was 0.5 when "
        "the notebook was run"
    ]


@pytest.mark.parametrize(
    ("source", "fine"),
    [
        ('print("0.5 bits")', False),
        ('print(f"{h:.4f} of 0.5 bits")', False),
        ('ax.text(0, 1, "0.5 bits")', False),
        ('print(f"{h:.4f} bits")', True),
        ('half = 0.5\nprint("0.5 bits")', True),
        ('ax.plot(x, color="0.85")', True),
    ],
)
def test_a_number_that_code_only_writes_is_refused(source, fine):
    notebook = {"cells": [code(source, "0.5 bits")]}
    problems = book_numbers.pin_notebook(notebook)
    assert (problems == []) is fine
    assert book_numbers.problems_of_notebook(notebook) == problems


def test_only_a_generated_cell_may_hold_numbers_in_strings():
    source, text = 'CHECKS = "[0.5, 0.25]"', markdown("It is 0.5 here.")
    assert len(book_numbers.hard_coded({"cells": [code(source)]})) == 2
    assert len(book_numbers.hard_coded({"cells": [code(source, tags=["hide-input"])]})) == 2
    generated = {"cells": [text, code(source, tags=["generated"])]}
    assert book_numbers.hard_coded(generated) == []
    assert len(book_numbers.pin_notebook(generated)) == 1  # it vouches for none of them


@pytest.mark.parametrize("path", [*NOTEBOOKS, *PROBLEM_SETS], ids=name)
def test_only_the_setup_cell_of_a_problem_set_is_generated(path):
    generated = [
        cell["id"]
        for cell in notebooks.read(path)["cells"]
        if book_numbers.GENERATED in cell["metadata"].get("tags", [])
    ]
    assert generated == ["setup"] * (path in PROBLEM_SETS)


def test_a_page_prefers_the_notebook_it_links_to():
    source = book_numbers.sources({"cells": [code("h", "0.5 bits")]})
    text = "# A\n0.5 bits\n# B\n[here](b.ipynb) 0.5 bits, 7"
    pinned, problems = book_numbers.pins_of_page(text, {"a.ipynb": source, "b.ipynb": source})
    assert problems == []
    assert pinned == [
        ["0.5 bits", "a.ipynb", "c0de"],
        ["0.5 bits", "b.ipynb", "c0de"],
        ["7", None, None],
    ]
    assert book_numbers.pins_of_page("0.6 bits", {"a.ipynb": source})[1]
    commented = "# B\n<!-- numbers: b.ipynb -->\n0.5 bits"
    pinned, _ = book_numbers.pins_of_page(commented, {"a.ipynb": source, "b.ipynb": source})
    assert pinned == [["0.5 bits", "b.ipynb", "c0de"]]


def test_a_page_prefers_the_number_itself_to_one_that_rounds_to_it():
    rounded, itself = dict(code("x = 0.95"), id="95"), dict(code("x = 0.9"), id="9")
    sources_of = {"a.ipynb": book_numbers.sources({"cells": [rounded, itself]})}
    assert book_numbers.pins_of_page("It is 0.9.", sources_of) == ([["0.9", "a.ipynb", "9"]], [])


def test_a_quiz_may_only_say_what_its_chapter_computes():
    quiz = [{"question": "0.5?", "answers": [{"answer": "0.6 bits", "feedback": "3 times"}]}]
    notebook = {"cells": [code("h", "0.5 bits")]}
    pinned, problems = book_numbers.pins_of_quiz(quiz, notebook)
    assert pinned == [["0.5", "c0de"], ["0.6 bits", None], ["3", None]]
    assert len(problems) == 1
    assert "0.6 bits: no code cell" in problems[0]
