"""Each chapter has the parts that a reader relies on, and its cells are fit to be read.

Each rule is a function that returns what is wrong with the cells of a chapter, so that the second
half of this file can show, on a real chapter with one thing spoilt, that the rule notices.
"""

import ast
import re
from statistics import median

import pytest

import cecourse
from tests.book_pages import (
    CHAPTERS,
    NOTEBOOKS,
    PAGES,
    changed,
    directives,
    headings,
    name,
    read_cells,
    read_quiz,
    section,
    where,
    without_code,
)

# ---------------------------------------------------------------------------------------------
# The parts of a chapter

LAST_SECTIONS = ["Summary", "Check yourself", "Exercises", "In practice", "Further reading"]
NOT_VERBS = {
    "The",
    "A",
    "An",
    "This",
    "That",
    "These",
    "It",
    "You",
    "We",
    "I",
    "What",
    "Why",
    "How",
}


def problems_with_objectives(cells):
    """The chapter opens with a tip that lists what the reader will be able to do."""
    found = [d for d in directives(cells) if (d.name, d.argument) == ("admonition", "Objectives")]
    if not found:
        return ["there is no ```{admonition} Objectives"]
    problems = []
    if found[0].options.get("class") != "tip":
        problems.append("the objectives lack :class: tip")
    if any(level == 2 and at < found[0].position for level, _, at in headings(cells)):
        problems.append("the objectives come after the first section has begun")
    bullets = re.findall(r"^[-*] +(\S+)", "\n".join(found[0].body), re.MULTILINE)
    if len(bullets) < 3:
        problems.append(f"the objectives are {len(bullets)}, fewer than three")
    for word in bullets:
        if not word[0].isupper() or word in NOT_VERBS:
            problems.append(f"an objective begins with {word!r}, not with a verb")
    return problems


def problems_with_sections(cells):
    """One title; the closing sections are there, once, in order, and not empty."""
    problems = []
    titles = [title for level, title, _ in headings(cells) if level == 1]
    if len(titles) != 1 or headings(cells)[0][0] != 1:
        problems.append(f"a chapter begins with its only title; the titles are {titles}")
    sections = [title for level, title, _ in headings(cells) if level == 2]
    last = [title for title in sections if title in LAST_SECTIONS]
    if last != LAST_SECTIONS:
        problems.append(f"the closing sections are {last}, not {LAST_SECTIONS}")
    for title in last:
        if not section(cells, title).strip():
            problems.append(f"the section {title!r} is empty")
    return problems


def problems_with_exercises(cells):
    """At least five exercises, two of them "Find the bug", each with a folded solution."""
    problems = []
    found = directives(cells)
    exercises = [d for d in found if d.name == "exercise"]
    if len(exercises) < 5:
        problems.append(f"{len(exercises)} exercises, fewer than five")
    bugs = [d for d in exercises if d.argument.startswith("Find the bug: ")]
    if len(bugs) < 2:
        problems.append(f'{len(bugs)} exercises are titled "Find the bug: ...", fewer than two')

    solutions = {}
    for place, directive in enumerate(found):
        if directive.name not in ("solution", "solution-start"):
            continue
        label = directive.argument
        if directive.options.get("class") != "dropdown":
            problems.append(f"the solution of {label} lacks :class: dropdown")
        if label in solutions:
            problems.append(f"{label} has two solutions")
        solutions[label] = directive
        if directive.name == "solution":
            if not "".join(directive.body).strip():
                problems.append(f"the solution of {label} is empty")
            continue
        ends = [d for d in found[place + 1 :] if d.name in ("solution-start", "solution-end")]
        if not ends or ends[0].name != "solution-end":
            problems.append(f"the solution of {label} has no ```{{solution-end}}")
        elif ends[0].position - directive.position < 2:
            problems.append(f"the solution of {label} is empty")

    labels = [exercise.options.get("label") for exercise in exercises]
    for exercise, label in zip(exercises, labels, strict=True):
        if not label:
            problems.append(f"the exercise {exercise.argument!r} has no :label:")
        elif label not in solutions:
            problems.append(f"the exercise {label} has no solution")
        if not exercise.argument or not "".join(exercise.body).strip():
            problems.append(f"the exercise {label} lacks a title or a text")
    problems += [
        f"a solution refers to {s}, which is no exercise" for s in set(solutions) - set(labels)
    ]
    return problems


# ---------------------------------------------------------------------------------------------
# Pictures

SHORTEST_ALT = 40  # characters; less than that cannot say axes, course and values
FILE_NAME = re.compile(r"^\S+\.(png|jpe?g|svg|gif)$", re.IGNORECASE)


def is_good_alt(text):
    return len(text.strip()) >= SHORTEST_ALT and not FILE_NAME.match(text.strip())


def problems_with_pictures(cells):
    """Each picture says in words what it shows, and figures of code have a caption and a name."""
    problems = []
    for position, cell in enumerate(cells):
        outputs = cell.get("outputs", [])
        if any(kind.startswith("image/") for o in outputs for kind in o.get("data", {})):
            myst = cell["metadata"].get("mystnb", {})
            if not is_good_alt(str(myst.get("image", {}).get("alt", ""))):
                problems.append(f"{where(cells, position)}: a figure without an alternative text")
            for key in ("caption", "name"):
                if not myst.get("figure", {}).get(key):
                    problems.append(f"{where(cells, position)}: a figure without a {key}")
        if cell["cell_type"] == "markdown":
            text = without_code(cell["source"])
            alts = re.findall(r"!\[([^\]]*)\]\(", text)
            for tag in re.findall(r"<img\b[^>]*>", text):
                alts.append(next(iter(re.findall(r'\balt="([^"]*)"', tag)), ""))
            for alt in alts:
                if not is_good_alt(alt):
                    problems.append(f"{where(cells, position)}: a picture's text is {alt!r}")
    for directive in directives(cells):
        is_picture = directive.name in ("figure", "image")
        if is_picture and not is_good_alt(directive.options.get("alt", "")):
            problems.append(f"the picture {directive.argument} has no alternative text")
    return problems


# ---------------------------------------------------------------------------------------------
# Code

LONGEST_CELL = 15  # lines that are not blank
LONGEST_MEDIAN = 6


def code_cells(cells):
    """Yield ``(position, source)`` of the cells that hold code."""
    for position, cell in enumerate(cells):
        if cell["cell_type"] == "code":
            yield position, cell["source"]


def problems_with_code(cells):
    """Cells are short; none is empty; none ends in a semicolon, which nbval does not honour."""
    problems, lengths = [], []
    for position, source in code_cells(cells):
        lines = [line for line in source.splitlines() if line.strip()]
        lengths.append(len(lines))
        if not lines:
            problems.append(f"{where(cells, position)}: an empty code cell")
        if len(lines) > LONGEST_CELL:
            problems.append(f"{where(cells, position)}: {len(lines)} lines, over {LONGEST_CELL}")
        if re.sub(r"#.*$", "", source.rstrip().rpartition("\n")[2]).rstrip().endswith(";"):
            problems.append(f"{where(cells, position)}: it ends in a semicolon; use plt.show()")
    if lengths and median(lengths) > LONGEST_MEDIAN:
        problems.append(f"the median cell has {median(lengths)} lines, over {LONGEST_MEDIAN}")
    return problems


def problems_with_names(cells):
    """Whatever a chapter takes from cecourse is public there."""
    problems = []
    aliases = set()
    for position, source in code_cells(cells):
        tree = ast.parse(source)
        used = []
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for item in node.names:
                    if item.name == "cecourse":
                        aliases.add(item.asname or item.name)
                    elif item.name.startswith("cecourse."):
                        problems.append(f"{where(cells, position)}: imports {item.name}")
            elif isinstance(node, ast.ImportFrom) and node.module == "cecourse":
                used += [item.name for item in node.names]
            elif isinstance(node, ast.ImportFrom) and str(node.module).startswith("cecourse."):
                problems.append(f"{where(cells, position)}: imports from {node.module}")
            elif isinstance(node, ast.Attribute) and getattr(node.value, "id", None) in aliases:
                used.append(node.attr)
        for attribute in sorted(set(used) - set(cecourse.__all__)):
            problems.append(f"{where(cells, position)}: cecourse.{attribute} is not public")
    return problems


# ---------------------------------------------------------------------------------------------
# Outputs

CHANGING = re.compile(
    r"ipykernel_\d+"  # the name of a cell's temporary file
    r"|\b0x[0-9a-f]{6,}"  # the address of an object
    r"|(?:/home|/root|/Users|/tmp|/private|/opt|/usr)/\w"  # a path of one machine
    r"|\b[A-Z]:\\\w"
)


def problems_with_outputs(cells):
    """Nothing on stderr, no error that was not asked for, nothing that depends on the machine."""
    problems = []
    for position, cell in enumerate(cells):
        tags = cell["metadata"].get("tags", [])
        for output in cell.get("outputs", []):
            kind = output["output_type"]
            if kind == "stream" and output["name"] == "stderr":
                problems.append(f"{where(cells, position)}: it writes to stderr")
            if kind == "error" and "raises-exception" not in tags:
                problems.append(f"{where(cells, position)}: {output['ename']} is not expected")
            texts = [str(output.get("text", "")), str(output.get("evalue", ""))]
            if "nbval-ignore-output" not in tags:
                data = output.get("data", {})
                texts += [str(v) for k, v in data.items() if not k.startswith("image/")]
            for match in filter(None, map(CHANGING.search, texts)):
                problems.append(f"{where(cells, position)}: it prints {match[0]!r}")
    return problems


# ---------------------------------------------------------------------------------------------
# The book

CHAPTER_RULES = [
    problems_with_objectives,
    problems_with_sections,
    problems_with_exercises,
]
PAGE_RULES = [
    problems_with_pictures,
    problems_with_code,
    problems_with_names,
    problems_with_outputs,
]


def rule_name(rule):
    return rule.__name__.removeprefix("problems_with_")


@pytest.mark.parametrize("rule", CHAPTER_RULES, ids=rule_name)
@pytest.mark.parametrize("path", CHAPTERS, ids=name)
def test_chapter_follows_the_rule(path, rule):
    assert rule(read_cells(path)) == []


@pytest.mark.parametrize("rule", PAGE_RULES, ids=rule_name)
@pytest.mark.parametrize("path", NOTEBOOKS + PAGES, ids=name)
def test_page_follows_the_rule(path, rule):
    assert rule(read_cells(path)) == []


@pytest.mark.parametrize("path", CHAPTERS, ids=name)
def test_quiz_has_three_questions_with_one_right_answer_and_reasons(path):
    quiz = read_quiz(path)
    assert len(quiz) == 3
    for question in quiz:
        assert question["type"] == "multiple_choice"
        assert question["question"].strip()
        answers = question["answers"]
        assert 3 <= len(answers) <= 4
        assert len({answer["answer"] for answer in answers}) == len(answers)
        assert sum(answer["correct"] is True for answer in answers) == 1
        assert all(len(answer["feedback"]) >= 20 for answer in answers)


@pytest.mark.parametrize("path", CHAPTERS, ids=name)
def test_quiz_is_plain_text(path):
    """jupyterquiz shows LaTeX and Markdown as they are typed."""
    assert not re.search(r"\\[a-z]|\$|`|\*\*", str(read_quiz(path)))


# ---------------------------------------------------------------------------------------------
# Spoil a real chapter, and see it noticed


def any_chapter():
    if not CHAPTERS:
        pytest.fail("book/ has no chapter to try the rules on")
    return CHAPTERS[0]


SPOILT = {
    "no objectives": (problems_with_objectives, r"\{admonition\} Objectives", "{admonition} Aims"),
    "objectives without class": (problems_with_objectives, r"^:class: tip$", ":class: note"),
    "objective that is no verb": (problems_with_objectives, r"^- \w+ ", "- The "),
    "second title": (problems_with_sections, r"^## Summary", "# Summary"),
    "no summary": (problems_with_sections, r"^## Summary", "## In short"),
    "empty last section": (
        problems_with_sections,
        r"^## Further reading(.|\n)*",
        "## Further reading",
    ),
    "no further reading": (problems_with_sections, r"^## Further reading", "## Literature"),
    "solution not folded": (problems_with_exercises, r"^:class: dropdown$", ":class: open"),
    "solution of nothing": (problems_with_exercises, r"\{solution-start\} ", "{solution-start} x"),
    "solution without end": (problems_with_exercises, r"\{solution-end\}", "{note}"),
    "exercise without label": (problems_with_exercises, r"^:label: ex-", ":name: ex-"),
    "picture without text": (problems_with_pictures, r"\Z", "\n\n![](figure.png)"),
    "picture named by its file": (
        problems_with_pictures,
        r"\Z",
        f"\n\n![{'a-long-name-' * 5}.png](a.png)",
    ),
    "figure directive without text": (problems_with_pictures, r"\Z", "\n\n```{figure} a.png\n```"),
    "HTML picture without text": (problems_with_pictures, r"\Z", '\n\n<img src="a.png">'),
}
SPOILT_CODE = {
    "semicolon": (problems_with_code, r"\Z", "\nax;"),
    "semicolon before a comment": (problems_with_code, r"\Z", "\nax;  # quiet"),
    "long cell": (problems_with_code, r"\Z", "\nx = 1" * 16),
    "empty cell": (problems_with_code, r"(.|\n)*", " \n"),
    "unknown name": (problems_with_names, r"\Z", "\nimport cecourse as c\nc.entropie"),
    "private module": (problems_with_names, r"\Z", "\nfrom cecourse._validation import labels"),
    "import of a submodule": (problems_with_names, r"\Z", "\nimport cecourse.losses"),
    "unknown import": (problems_with_names, r"\Z", "\nfrom cecourse import entropie"),
}
CASES = [(case, "markdown", *spoilt) for case, spoilt in SPOILT.items()]
CASES += [(case, "code", *spoilt) for case, spoilt in SPOILT_CODE.items()]


@pytest.mark.parametrize(("case", "kind", "rule", "old", "new"), CASES, ids=lambda v: str(v)[:30])
def test_a_spoilt_chapter_is_noticed(case, kind, rule, old, new):
    before = rule(read_cells(any_chapter()))
    notebook, _ = changed(any_chapter(), old, new, kind=kind)
    assert len(rule(notebook["cells"])) > len(before), case


def test_too_few_exercises_are_noticed():
    cells = read_cells(any_chapter())
    for cell in cells:
        cell["source"] = cell["source"].replace("{exercise}", "{note}")
    assert "0 exercises, fewer than five" in problems_with_exercises(cells)


def test_too_few_bugs_are_noticed():
    cells = read_cells(any_chapter())
    for cell in cells:
        cell["source"] = cell["source"].replace("Find the bug: ", "Find out: ")
    assert any("fewer than two" in problem for problem in problems_with_exercises(cells))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda metadata: metadata.pop("mystnb"),
        lambda metadata: metadata["mystnb"].pop("image"),
        lambda metadata: metadata["mystnb"]["image"].update(alt="A curve."),
        lambda metadata: metadata["mystnb"]["image"].update(
            alt="_images/" + "0123456789" * 5 + ".png"
        ),
        lambda metadata: metadata["mystnb"]["figure"].pop("caption"),
        lambda metadata: metadata["mystnb"]["figure"].pop("name"),
    ],
    ids=["no metadata", "no text", "short text", "file name", "no caption", "no name"],
)
def test_a_figure_without_words_is_noticed(spoil):
    cells = read_cells(any_chapter())
    figure = next(c for c in cells if "image" in c["metadata"].get("mystnb", {}))
    spoil(figure["metadata"])
    assert problems_with_pictures(cells)


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "stream", "name": "stderr", "text": "warning"},
        {"output_type": "stream", "name": "stdout", "text": "<object at 0x7f1c2d3e4f50>"},
        {"output_type": "stream", "name": "stdout", "text": "ipykernel_12/3.py:1: Warning"},
        {"output_type": "display_data", "data": {"text/plain": "'/usr/local/book'"}},
        {"output_type": "error", "ename": "NameError", "evalue": "x", "traceback": []},
    ],
    ids=["stderr", "address", "temporary file", "path", "error"],
)
def test_an_output_that_must_not_be_published_is_noticed(output):
    cells = read_cells(any_chapter())
    next(cell for cell in cells if cell["cell_type"] == "code")["outputs"] = [output]
    assert len(problems_with_outputs(cells)) > len(problems_with_outputs(read_cells(any_chapter())))
