"""Every link that stays inside the book leads somewhere, and every page can be reached.

Sphinx checks much of this again when the book is built; this takes a second and needs no build.
Links that leave the book are looked up by `make links`.
"""

import re
from pathlib import Path

import pytest
import yaml

import cecourse
from tests.book_pages import (
    BOOK,
    CHAPTERS,
    DEEPEST_ANCHOR,
    NOTEBOOKS,
    PAGES,
    ROOT,
    anchors,
    changed,
    directives,
    name,
    read_cells,
    toc_entries,
    where,
    without_code,
)

ALL_PAGES = NOTEBOOKS + PAGES
LINK = re.compile(r"!?\[[^\[\]]*\]\(<?(?P<target>[^()\s>]*)>?(?:\s+\"[^\"]*\")?\)")
HTML_LINK = re.compile(r"<(?:a|img)\b[^>]*?\b(?:href|src)=\"(?P<target>[^\"]*)\"")
ROLE = re.compile(
    r"\{(?P<role>ref|numref|eq|prf:ref|doc|cite[\w:]*)\}`(?:[^`<]*<)?(?P<target>[^`<>]*)>?`"
)
INLINE_CODE = re.compile(r"(?<![`}])(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
EXTERNAL = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)


def prose(cell):
    """Return the Markdown of a cell without what only looks like a link: code and formulas."""
    text = INLINE_CODE.sub("", without_code(cell["source"]))
    text = re.sub(r"\$\$.*?\$\$", "", text, flags=re.DOTALL)
    return re.sub(r"(?<![\\$])\$[^$\n]+(?:\n[^$\n]+)*\$", "", text)


def captions(cell):
    """Return the caption of a code cell's figure, which is Markdown too."""
    return str(cell["metadata"].get("mystnb", {}).get("figure", {}).get("caption", ""))


def labels(cells):
    """Return the labels that a page defines for {ref}, {numref}, {eq} and links to #label."""
    found = [
        d.options[key] for d in directives(cells) for key in ("label", "name") if key in d.options
    ]
    for cell in cells:
        if cell["cell_type"] == "markdown":
            text = without_code(cell["source"])
            found += re.findall(r"^\(([\w:.-]+)\)=", text, re.MULTILINE)
            found += re.findall(r"\$\$[ \t]*\(([\w:.-]+)\)", text)
        figure = cell["metadata"].get("mystnb", {}).get("figure", {})
        if "name" in figure:
            found.append(figure["name"])
    return found


@pytest.fixture(scope="module")
def book():
    """What links may lead to: labels of the whole book, citation keys, pages of the contents."""
    return read_book()


def read_book():
    cells_of = {path: read_cells(path) for path in ALL_PAGES}
    return {
        "anchors": {path: set(anchors(cells)) for path, cells in cells_of.items()},
        "labels": {path: labels(cells) for path, cells in cells_of.items()},
        "citations": set(
            re.findall(
                r"^@\w+\{\s*([\w:-]+)\s*,", (BOOK / "references.bib").read_text("utf-8"), re.M
            )
        ),
    }


def problem_with_link(path, target, book):
    """Return why a Markdown link of a page leads nowhere, or None."""
    if EXTERNAL.match(target):
        return None
    if not target:
        return "an empty link"
    file_part, _, anchor = target.partition("#")
    destination = (path.parent / file_part).resolve() if file_part else path
    if not destination.exists():
        return f"there is no {file_part}"
    if not destination.is_relative_to(ROOT):
        return f"{file_part} leads out of the repository"
    if not anchor or destination.suffix not in (".md", ".ipynb"):
        return None
    known = set(book["anchors"].get(destination, ()))
    known |= set(book["labels"].get(destination, ()))
    if not file_part:  # MyST looks for #label in the whole book
        known |= {label for found in book["labels"].values() for label in found}
    if destination.name == "api.md":
        known |= {f"cecourse.{function}" for function in cecourse.__all__}
    if destination not in book["anchors"]:
        known |= set(anchors(read_cells(destination)))
    return None if anchor in known else f"{target} has no such heading or label"


def problem_with_role(role, target, book):
    """Return why a {role}`target` leads nowhere, or None."""
    if role.startswith("cite"):
        missing = [key for key in re.split(r"\s*,\s*", target) if key not in book["citations"]]
        return f"references.bib has no {', '.join(missing)}" if missing else None
    if role == "doc":
        return None if (BOOK / target).with_suffix(".md").exists() else f"there is no {target}"
    known = {label for found in book["labels"].values() for label in found}
    return None if target in known else f"nothing has the label {target}"


def problems_with_links(path, cells, book):
    """Return a line for each link of a page that leads nowhere."""
    problems = []
    for position, cell in enumerate(cells):
        if cell["cell_type"] == "markdown":
            text, roles_in = prose(cell), without_code(cell["source"])
        else:
            text = roles_in = captions(cell)
        found = [
            problem_with_link(path, match["target"], book)
            for pattern in (LINK, HTML_LINK)
            for match in pattern.finditer(text)
        ]
        found += [
            problem_with_role(match["role"], match["target"].strip(), book)
            for match in ROLE.finditer(roles_in)
        ]
        problems += [f"{where(cells, position)}: {problem}" for problem in found if problem]
    for directive in directives(cells):
        if directive.name in ("figure", "image", "include", "literalinclude"):
            target = directive.argument
            if not EXTERNAL.match(target) and not (path.parent / target).exists():
                problems.append(f"there is no {target}")
    return problems


# ---------------------------------------------------------------------------------------------
# The book


@pytest.mark.parametrize("path", ALL_PAGES, ids=name)
def test_links_lead_somewhere(path, book):
    assert problems_with_links(path, read_cells(path), book) == []


@pytest.mark.parametrize("path", ALL_PAGES, ids=name)
def test_links_lead_to_pages_of_the_book(path):
    """A link to a file that the book does not build would be a download, or a dead link."""
    in_book = {(ROOT / entry).resolve() for entry in toc_entries()}
    for cell in read_cells(path):
        if cell["cell_type"] == "markdown":
            for match in LINK.finditer(prose(cell)):
                target = match["target"].partition("#")[0]
                if target.endswith((".md", ".ipynb")) and not EXTERNAL.match(target):
                    assert (path.parent / target).resolve().with_suffix("") in in_book, target


def repeated(labels_of):
    """Return a line for each label that is defined a second time."""
    first, twice = {}, []
    for path, found in labels_of.items():
        for label in found:
            if label in first:
                twice.append(f"{label} in {first[label].name} and {path.name}")
            first.setdefault(label, path)
    return twice


def test_labels_are_unique(book):
    assert repeated(book["labels"]) == []


def test_anchors_go_as_deep_as_the_configuration_says():
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    assert config["sphinx"]["config"]["myst_heading_anchors"] == DEEPEST_ANCHOR


@pytest.mark.parametrize("entry", toc_entries())
def test_entry_of_the_contents_exists(entry):
    assert [s for s in (".md", ".ipynb") if (ROOT / f"{entry}{s}").exists()], entry


@pytest.mark.parametrize("path", ALL_PAGES, ids=name)
def test_page_is_in_the_contents_once(path):
    assert toc_entries().count(str(path.relative_to(ROOT).with_suffix(""))) == 1


@pytest.mark.parametrize("file", ["README.md", "CONTRIBUTING.md"])
def test_links_of_the_repository_lead_somewhere(file, book):
    path = ROOT / file
    assert problems_with_links(path, read_cells(path), book) == []


# ---------------------------------------------------------------------------------------------
# Break a link of a real chapter, and see it noticed


@pytest.mark.parametrize(
    ("link", "problem"),
    [
        ("[x](99_nothing.ipynb)", "there is no 99_nothing.ipynb"),
        ("[](99_nothing.md)", "there is no 99_nothing.md"),
        ("![x](nothing.png)", "there is no nothing.png"),
        ("[x](glossary.md#nothing)", "glossary.md#nothing has no such heading or label"),
        ("[x](#nothing)", "#nothing has no such heading or label"),
        ("[x](api.md#cecourse.nothing)", "api.md#cecourse.nothing has no such heading or label"),
        ("[x]()", "an empty link"),
        ("[x](../../../../../../etc/hostname)", "leads out of the repository"),
        ('<a href="nothing.md">x</a>', "there is no nothing.md"),
        ("{ref}`nothing`", "nothing has the label nothing"),
        ("{ref}`text <nothing>`", "nothing has the label nothing"),
        ("{eq}`eq-nothing`", "nothing has the label eq-nothing"),
        ("{numref}`fig-nothing`", "nothing has the label fig-nothing"),
        ("{prf:ref}`nothing`", "nothing has the label nothing"),
        ("{doc}`nothing`", "there is no nothing"),
        ("{cite}`shannon1948,nobody1900`", "references.bib has no nobody1900"),
        ("```{figure} nothing.png\nA caption\n```", "there is no nothing.png"),
    ],
)
def test_a_broken_link_is_noticed(link, problem, book):
    path = CHAPTERS[0]
    before = problems_with_links(path, read_cells(path), book)
    notebook, _ = changed(path, r"\Z", f"\n\n{link}\n")
    new = [p for p in problems_with_links(path, notebook["cells"], book) if p not in before]
    assert len(new) == 1
    assert problem in new[0] or (problem.startswith("leads") and "there is no" in new[0])


@pytest.mark.parametrize(
    "link",
    [
        "[x](glossary.md#entropy)",
        "[](glossary.md)",
        "[x](https://example.org/a.md#b)",
        "[x](mailto:someone@example.org)",
        "{cite}`shannon1948`",
        "[x](api.md#cecourse.entropy)",
        "`[x](nothing.md)` and `f[0](1)`",
        "$p[0](x)$",
        "```\n[x](nothing.md)\n```",
        "<!-- [x](nothing.md) -->",
    ],
)
def test_a_sound_link_is_accepted(link, book):
    path = CHAPTERS[0]
    before = problems_with_links(path, read_cells(path), book)
    notebook, _ = changed(path, r"\Z", f"\n\n{link}\n")
    assert problems_with_links(path, notebook["cells"], book) == before


def test_anchors_follow_the_headings():
    text = "# A `b` *c*, d: e!\n## Two words\n## Two words\n```\n# no heading\n```\n"
    cells = [{"cell_type": "markdown", "source": text}]
    assert anchors(cells) == ["a-b-c-d-e", "two-words", "two-words-1"]


def test_a_label_given_twice_is_noticed():
    cells = [{"cell_type": "markdown", "source": "(one)=\n# A\n$$ x $$ (one)", "metadata": {}}]
    found = {Path("a.md"): labels(cells), Path("b.md"): ["two", "one"]}
    assert repeated(found) == ["one in a.md and a.md", "one in a.md and b.md"]
