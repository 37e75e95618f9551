r"""Find the equations of the notebooks and pages, and the notes that they carry."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

BOOK = Path(__file__).resolve().parents[2] / "book"

NOTES = ("with", "not evaluated:", "wrong on purpose")


@dataclass(frozen=True)
class Equation:
    """One formula of a page as it stands there."""

    page: str
    place: str  # the cell of a notebook, the line of a page
    latex: str
    displayed: bool
    condition: str = ""
    reason: str = ""  # why it is not evaluated
    wrong: bool = False

    @property
    def id(self):
        return f"{self.page}:{self.place}"


def equations(path):
    """Return all formulas of a notebook, a Markdown page or a MyST source, in order."""
    path = Path(path)
    found = []
    for place, text in texts(path):
        found += list(formulas(text, path.name, place))
    return found


def texts(path):
    """Yield the Markdown of a file with its place."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        yield "line", text
        return
    for number, cell in enumerate(json.loads(text)["cells"]):
        if cell["cell_type"] == "markdown":
            yield f"cell {number}", "".join(cell["source"])
        for words in _words(cell.get("metadata", {}).get("mystnb", {})):
            yield f"cell {number}", words


def _words(value):
    if isinstance(value, dict):
        for inner in value.values():
            yield from _words(inner)
    elif isinstance(value, str):
        yield value


_FENCE = re.compile(r"^(?P<mark>`{3,}|~{3,}|:{3,})(?P<info>[^\n`]*)$")
_MATH = re.compile(
    r"(?P<display>\$\$(?P<inner>.+?)\$\$)"
    r"|(?P<environment>\\begin\{(?P<name>(?:align|equation|gather)\*?)\}.*?\\end\{(?P=name)\})"
    r"|(?<![\\$])\$(?P<inline>(?:[^$\\\n]|\\.|\n(?!\n))+?)(?<![\\\s])\$(?!\d)"
    r"(?P<note>\s*<!--.*?-->)?",
    re.DOTALL,
)


def formulas(text, page, place):
    """Yield the formulas of a Markdown text."""
    text = _without_code(text)
    for match in _MATH.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        where = f"{place} {line}" if place == "line" else f"{place}, line {line}"
        if match["inline"] is not None:
            latex, comments = match["inline"], re.findall(r"<!--(.*?)-->", match["note"] or "")
        else:
            latex = match["inner"] or match["environment"]
            comments = re.findall(r"(?<!\\)%(.*)", latex)
        yield Equation(page, where, latex.strip(), match["inline"] is None, **_notes(comments))


def _notes(comments):
    notes = {"condition": "", "reason": "", "wrong": False}
    for comment in (c.strip() for c in comments):
        if comment.startswith("with "):
            notes["condition"] = "; ".join(filter(None, (notes["condition"], comment[5:])))
        elif comment.startswith("not evaluated:"):
            notes["reason"] = comment.removeprefix("not evaluated:").strip() or "?"
        elif comment.startswith("wrong on purpose"):
            notes["wrong"] = True
    return notes


def _without_code(text):
    """Blank out code, keep the text of directives, and write a math directive as $$."""
    lines, fences, math = [], [], False
    for line in text.split("\n"):
        match = _FENCE.match(line.strip())
        if match and fences and not match["info"].strip() and match["mark"] >= fences[-1][0]:
            lines.append("$$" if fences.pop()[1] == "math" else "")
            continue
        kind = fences[-1][1] if fences else "text"
        if match and kind == "text":
            info = match["info"].strip()
            math = info.startswith("{math}")
            code = not info.startswith("{") or info.startswith(("{code", "{list-table", "{eval"))
            if info.startswith("{list-table"):
                code = False
            fences.append((match["mark"], "math" if math else "code" if code else "text"))
            lines.append("$$" if math else "")
        elif kind == "code" or (kind == "math" and re.match(r"\s*:\w+:", line)):
            lines.append("")
        else:
            lines.append(line)
    joined = "\n".join(lines)
    return re.sub(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)", "", joined)
