"""Read the pages of the book, for the tests of the book.

A page is a Markdown file or a notebook. Both become a list of cells, so that a test can say where
it found something; a Markdown file has one cell.
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tools import notebooks
from tools.book_numbers import FENCE, OPTION

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "book"
NOTEBOOKS = sorted(BOOK.glob("*.ipynb"))
CHAPTERS = [path for path in NOTEBOOKS if re.match(r"\d\d_", path.name)]
PAGES = sorted(BOOK.glob("*.md"))


def name(path):
    """Return the id of a test that is about one file."""
    return path.stem


def toc_entries():
    """Return the pages that _toc.yml names, as it names them: without the file's extension."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    entries = [toc["root"]]
    for part in toc.get("parts", [toc]):
        for chapter in part.get("chapters", []):
            entries.append(chapter["file"])
            entries += [section["file"] for section in chapter.get("sections", [])]
    return entries


def read_cells(path):
    """Return the cells of a notebook, or a Markdown file as a single Markdown cell."""
    if path.suffix == ".ipynb":
        return notebooks.read(path)["cells"]
    text = path.read_text("utf-8")
    return [{"cell_type": "markdown", "id": "page", "metadata": {}, "source": text}]


def where(cells, position):
    """Return how to name a cell in a message."""
    return f"cell {position + 1} (id {cells[position]['id']})"


# ---------------------------------------------------------------------------------------------
# Markdown


@dataclass
class Directive:
    """A fenced block such as ```{admonition} Title, with what stands in it."""

    name: str
    argument: str
    position: int  # of its cell
    options: dict = field(default_factory=dict)
    body: list = field(default_factory=list)


def without_code(text):
    """Return Markdown without its code blocks and comments; directives keep their lines."""
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    kept, open_fences = [], []
    for line in text.split("\n"):
        match = FENCE.match(line)
        fence = match["fence"] if match else None
        in_code = bool(open_fences) and open_fences[-1][1]
        closes = (
            match
            and open_fences
            and fence.startswith(open_fences[-1][0])
            and not (match["directive"] or match["language"])
        )
        if closes:
            open_fences.pop()
            kept.append("" if in_code else line)
        elif match and not in_code:
            is_code = match["directive"] in (None, "code", "code-block", "code-cell", "eval-rst")
            open_fences.append((fence, is_code))
            kept.append("" if is_code else line)
        else:
            kept.append("" if in_code else line)
    return "\n".join(kept)


def headings(cells):
    """Return ``(level, title, position)`` for the headings of a page, in order."""
    found = []
    for position, cell in enumerate(cells):
        if cell["cell_type"] == "markdown":
            for match in re.finditer(r"^(#{1,6}) +(.+?) *#*$", without_code(cell["source"]), re.M):
                found.append((len(match[1]), match[2], position))
    return found


def slug(title):
    """Return the anchor that GitHub and MyST make of a heading."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title)
    text = re.sub(r"[*`]", "", text).strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


DEEPEST_ANCHOR = 3  # headings of a deeper level get none: myst_heading_anchors in _config.yml


def anchors(cells):
    """Return the anchors of the headings of a page; a repeated one gets -1, -2, ... appended."""
    found = []
    for level, title, _ in headings(cells):
        if level > DEEPEST_ANCHOR:
            continue
        anchor, count = slug(title), 0
        while (candidate := f"{anchor}-{count}" if count else anchor) in found:
            count += 1
        found.append(candidate)
    return found


def directives(cells):
    """Return the directives of a page in order, nested ones after the one they stand in."""
    found = []
    for position, cell in enumerate(cells):
        if cell["cell_type"] != "markdown":
            continue
        open_directives = []
        in_options = False
        for line in without_code(cell["source"]).split("\n"):
            match = FENCE.match(line)
            if match and match["directive"]:
                opened = Directive(match["directive"], match["argument"].strip(), position)
                found.append(opened)
                open_directives.append((match["fence"], opened))
                in_options = True
            elif match and open_directives and match["fence"].startswith(open_directives[-1][0]):
                open_directives.pop()
            elif open_directives:
                option = OPTION.match(line) if in_options else None
                in_options = option is not None
                if option:
                    open_directives[-1][1].options[option["name"]] = option["value"].strip()
                else:
                    for _, directive in open_directives:
                        directive.body.append(line)
    return found


def section(cells, title):
    """Return the Markdown text under the heading of that title, up to the next of its level."""
    collected, level = [], None
    for cell in cells:
        if cell["cell_type"] != "markdown":
            continue
        for line in without_code(cell["source"]).split("\n"):
            match = re.match(r"(#{1,6}) +(.+?) *#*$", line)
            if match and level is not None and len(match[1]) <= level:
                return "\n".join(collected)
            if match and level is None and match[2] == title:
                level = len(match[1])
            elif level is not None:
                collected.append(line)
    return "\n".join(collected)


# ---------------------------------------------------------------------------------------------
# For the tests that show that a check can fail


def changed(path, old, new, *, kind="markdown"):
    """Return the notebook in a file with one piece of its source replaced, and the cell's place.

    The piece has to be there: a mutation that changes nothing shows nothing.
    """
    notebook = notebooks.read(path)
    for position, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] == kind and re.search(old, cell["source"], re.M):
            cell["source"] = re.sub(old, new, cell["source"], count=1, flags=re.M)
            return notebook, position
    raise AssertionError(f"no {kind} cell of {path.name} has {old!r} to change")


def read_quiz(path):
    """Return the quiz of a chapter."""
    return json.loads((path.parent / "quizzes" / f"{path.stem}.json").read_text("utf-8"))
