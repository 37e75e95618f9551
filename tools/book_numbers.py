r"""Tie each number in the book's prose to the code cell that computed it.

Three steps, each usable alone:

1. :func:`prose` and :func:`numbers_in` find the numbers that a reader meets in a text cell, a
   caption, an alternative text or a code comment.
2. :func:`sources` finds the numbers that code vouches for: what a cell printed (its stored
   output) and what it states (its literals, and constant arithmetic such as ``1 / 8``).
3. :func:`pin_notebook` writes beside each text which numbers it holds and which cell vouches for
   them; :func:`problems_of_notebook` says where text, pins and cells no longer agree.

A pin is ``["0.469 bits", "id-of-a-code-cell"]``, or ``["1948", None]`` for a number that needs
nobody to vouch for it. The pins are written by ``python -m tools.notebooks`` and by nothing else.
"""

import ast
import io
import operator
import re
import tokenize
from dataclasses import dataclass
from decimal import Decimal
from html import unescape

# ---------------------------------------------------------------------------------------------
# What a reader sees of a Markdown text. Whatever is hidden is replaced by as many spaces, so that
# a position in the result is a position in the text.

CODE_DIRECTIVES = {"code", "code-block", "code-cell", "literalinclude", "eval-rst", "raw"}
CODE_DIRECTIVES |= {"bibliography", "toctree", "mermaid"}
NAMING_DIRECTIVES = {"figure", "image", "include", "math", "list-table", "solution"}
NAMING_DIRECTIVES |= {"solution-start", "solution-end", "exercise-end"}  # argument: a path or label

FENCE = re.compile(
    r"^(?P<margin>[ \t>]*)(?P<fence>`{3,}|~{3,}|:{3,})[ \t]*"
    r"(?:\{(?P<directive>[\w:-]+)\}[ \t]*(?P<argument>.*)|(?P<language>[\w+-]*)[^`]*)$"
)
OPTION = re.compile(r"^[ \t>]*:(?P<name>[\w-]+):(?P<value>.*)$")
READ_OPTIONS = {"alt", "caption"}  # the options of a directive that a reader meets
LATEX_COMMENT = re.compile(r"(?<!\\)%.*")
PYTHON_COMMENT = re.compile(r"(?:^|\s)(?P<keep>#.*)$")

HIDDEN = [
    re.compile(pattern, re.MULTILINE | re.DOTALL)
    for pattern in (
        r"<!--.*?-->",  # HTML comments
        r"^[ \t]*%[^\n]*$",  # MyST comments
        r"^\([\w:.-]+\)=[ \t]*$",  # (labels)=
        r"(?<=\$\$)[ \t]*\([\w:.-]+\)",  # $$ ... $$ (eq-label)
        # {role}`text <target>`: only the text is read; {role}`target`: nothing is.
        r"\{(?:cite[\w:]*|ref|numref|eq|doc|term|binder|prf:ref|py:\w+|func|class|meth|mod|download)\}"
        r"`(?:(?P<keep>[^`<]*)<[^`>]*>|[^`]*)`",
        r"\{[\w:-]+\}(?=`)",  # the name of any other role
        r"!\[(?P<keep>[^\]]*)\]\([^()]*\)",  # images: the alternative text stays
        # Links: the text stays. A target has a letter or #, unlike the argument in `f[0](0.5)`.
        r"\[(?P<keep>[^\[\]]*)\]\((?=[^()]*[A-Za-z#])[^()]*\)",
        r"^[ \t]*\[[^\]]+\]:[ \t]*\S+[^\n]*$",  # [name]: https://...
        r"<?https?://[^\s>)]*>?",  # bare addresses
        r"<img\b[^>]*?\balt=\"(?P<keep>[^\"]*)\"[^>]*>",
        r"</?[A-Za-z][\w-]*(?:\s+[\w:-]+(?:=(?:\"[^\"]*\"|'[^']*'))?)*\s*/?>",  # other HTML tags
        r"&nbsp;|&thinsp;|&#?\w+;",
        r"\b[\w./-]+\.(?:ipynb|py|md|json|csv|png|svg|yml|toml|txt)\b",  # file names
        r"^[ \t>]*[-*+](?=[ \t])",  # bullets, lest "- 3 bits" be read as minus three
    )
]


def _blanked(text, start, end):
    """Return text with every character from start to end, except line ends, made a space."""
    return text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]


def _hide(pattern, text):
    """Blank every match of the pattern in text, except for what its group `keep` matched."""
    for match in list(pattern.finditer(text)):
        start, end = match.span()
        if "keep" in pattern.groupindex and match["keep"] is not None:
            text = _blanked(text, start, match.start("keep"))
            start = match.end("keep")
        text = _blanked(text, start, end)
    return text


def _hide_fences(text):
    """Blank code blocks (except Python comments) and the parts of directives that are not read."""
    shown = []
    open_fences = []  # (fence, kind): kind is "code", "python", "math" or "prose"
    in_options = False
    for line in text.split("\n"):
        blank = " " * len(line)
        kind = open_fences[-1][1] if open_fences else "prose"
        match = FENCE.match(line)
        opens = match and kind == "prose" and (match["directive"] or match["language"] is not None)
        closes = (
            open_fences
            and line.strip(" \t>").startswith(open_fences[-1][0])
            and not line.strip(" \t>").strip(open_fences[-1][0][0])
        )
        if closes:
            open_fences.pop()
            line = blank
        elif opens:
            directive = (match["directive"] or "").lower()
            if directive in CODE_DIRECTIVES:
                kind = "code"
            elif directive:
                kind = "math" if directive == "math" else "prose"
            else:
                kind = "python" if match["language"] in ("python", "ipython3") else "code"
            open_fences.append((match["fence"], kind))
            reads_argument = directive and directive not in CODE_DIRECTIVES | NAMING_DIRECTIVES
            line = _blanked(line, 0, match.start("argument")) if reads_argument else blank
            in_options = bool(directive)
            shown.append(line)
            continue
        elif in_options and (option := OPTION.match(line)):
            read = option["name"] in READ_OPTIONS
            shown.append(_blanked(line, 0, option.start("value")) if read else blank)
            continue
        elif kind == "code":
            line = blank
        elif kind == "python":
            comment = PYTHON_COMMENT.search(line)
            line = _blanked(line, 0, comment.start("keep")) if comment else blank
        elif kind == "math":
            line = _hide(LATEX_COMMENT, line)
        in_options = False
        shown.append(line)
    return "\n".join(shown)


DISPLAY_MATH = re.compile(r"\$\$.*?\$\$", re.DOTALL)
RELATIONS = {"approx", "eq", "ge", "geq", "in", "le", "left", "leq", "ll", "gg", "ne", "neq"}
RELATIONS |= {"to", "cdot", "times", "quad", "qquad", "mapsto", "sim", "pm", "mp", "text"}
LATEX_WORD = re.compile(r"\\(?:text|mathrm|textbf)\s*\{|\\([A-Za-z]+)|\\[,;: !%]|~")


def _latex_as_text(match):
    """Replace a LaTeX command by something as long: times, a relation, or an operand."""
    length = len(match[0])
    command = match[1]
    if command is None:  # \text{, \, and the like separate; \% is a percent sign
        return " " * (length - 1) + ("%" if match[0].endswith("%") else " ")
    if command in ("times", "cdot"):
        return "×" + " " * (length - 1)
    # A minus after a relation is a sign; after an operand (marked by a brace) it subtracts.
    return ("=" if command in RELATIONS else "}") * length


def visible(text):
    """Return what a reader sees of a Markdown text, at the same positions."""
    text = DISPLAY_MATH.sub(
        lambda block: _hide(LATEX_COMMENT, block[0]) if "%" in block[0] else block[0],
        _hide_fences(text),
    )
    for pattern in HIDDEN:
        text = _hide(pattern, text)
    return LATEX_WORD.sub(_latex_as_text, text)


# ---------------------------------------------------------------------------------------------
# Numbers in a text.

DIGITS = re.compile(
    r"""
    (?<! [^\W_] ) (?<! [:%]\. )                 # not inside float32, log2, {x:.3f}, %.3f
    (?:
      (?P<version> \d+ (?: \.\d+ ){2,} )         # 1.9.1
    |
      (?P<whole> \d{1,3} (?: (?: , | \{,\} | _ ) \d{3} )+ (?! \d ) | \d+ )    # 1,000 or 10_000
      (?P<fraction> \.\d+ )?
    |
      (?<! [:%.] ) (?P<bare> \.\d+ )             # .469
    )
    (?P<power>                                   # 2.2e-16, 2.2 × 10^{-16}, 2.2 × 10⁻¹⁶
      e [-+]? \d+
    | [ ]* × [ ]* 10 (?: \^ \{? [-−]? \d+ \}? | [⁻]? [⁰¹²³⁴⁵⁶⁷⁸⁹]+ )
    )?
    (?! \d | _\w )                               # not the start of a name: 07_binary
    """,
    re.VERBOSE,
)

# A unit follows its number directly, perhaps with markup (**0.469** bits) or a line end between.
UNIT = re.compile(
    r"""
    [*_`$}]* (?: [ \t\xa0\u2009\u202f]* \n? [ \t\xa0\u2009\u202f]* ) [*_`$]*
    (?P<unit> bits? | nats? | % | percent | per\ cent ) (?! [A-Za-z] )
    | (?P<adjective> -bit | -nat ) (?! [A-Za-z] )
    """,
    re.VERBOSE,
)
MINUS = "-−"
IN_FORMAT = re.compile(r"\{[\w.\[\]]*:[^{}\s]*$")  # before the digits of an f-string's {x:6.3f}

# Names whose number is a name too: "Chapter 5.1", "Python 3.11 and 3.12", "CC BY 4.0".
NAMED = re.compile(
    r"(?:\b(?:[Cc]hapters?|[Ss]ections?|[Ee]quations?|Eqs?\.|[Tt]heorems?|Figures?|Fig\.|Tables?"
    r"|Exercises?|Examples?|pages?|pp?\.|Python|NumPy|SciPy|scikit-learn|PyTorch|TensorFlow|Keras|JAX"
    r"|Matplotlib|[Vv]ersions?|CC[ -]BY)|§)\s*(?:[\d.]+(?:,\s*|\s+(?:and|to|or)\s+|[-–]))*$"
)
NAME_LENGTH = 80  # how far to look back for such a name

SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


@dataclass(frozen=True)
class Number:
    """A number as a text shows it."""

    text: str  # as pinned: "-0.25 bits", "1,000", "46.9%"
    value: Decimal
    unit: str | None  # "bit", "nat" or "%"
    exponent: int  # of its last digit: -3 for 0.469
    needs_source: bool
    start: int
    end: int


def _start_with_sign(text, start):
    """Return where the number that begins at start really begins: at its minus, if it has one.

    A minus that touches the digits is a sign (``worth -0.5 bits``) unless it also touches an
    operand (``p(x)-0.5``, ``2-3``). A minus with a space after it is a sign only after an opening
    or a relation (``= - 0.5``); elsewhere it is a subtraction or a dash.
    """
    before = text[:start].rstrip(" ")
    if not before or before[-1] not in MINUS:
        return start
    at = len(before) - 1
    if at + 1 < start:
        previous = text[:at].rstrip(" ")[-1:]
        return at if previous and previous in "=≈<>([{,:|$×" else start
    touched = text[at - 1 : at]
    return start if touched.isalnum() or (touched and touched in ")]}%'²³") else at


def _number(text, match, *, across_lines):
    """Return the Number of a match of DIGITS in text."""
    start = _start_with_sign(text, match.start())
    negative = start < match.start()
    unit = UNIT.match(text, match.end())
    if unit and not across_lines and "\n" in unit[0]:
        unit = None

    digits = re.sub(r"[\s{}]", "", match[0]).replace("−", "-").translate(SUPERSCRIPTS)
    shown = ("-" if negative else "") + digits.replace("×10^", "×10").replace("×10", "×10^")
    kind = None
    end = match.end()
    if unit:
        word = unit["unit"] or unit["adjective"]
        kind = "%" if word[0] in "%p" else word.strip("-")[:3]
        separator = "" if kind == "%" or unit["adjective"] else " "
        shown += separator + ("%" if kind == "%" else word)
        end = unit.end()

    if match["version"]:
        return Number(shown, Decimal(0), kind, 0, False, start, end)
    plain = shown.removesuffix("%").split(" ")[0].replace(",", "").replace("_", "")
    plain = plain.removesuffix("-bit").removesuffix("-nat").replace("×10^", "e")
    value = Decimal(plain)
    named = kind is None and NAMED.search(text[max(0, start - NAME_LENGTH) : start])
    word_size = unit and unit["adjective"] == "-bit" and value in (32, 64)  # "a 64-bit float"
    precise = match["fraction"] or match["bare"] or match["power"]
    needs_source = bool((precise or kind) and not named and not word_size)
    return Number(shown, value, kind, value.as_tuple().exponent, needs_source, start, end)


def numbers_in(text, *, across_lines=True):
    """Return the numbers of a text that is visible throughout, in order."""
    return [
        _number(text, match, across_lines=across_lines)
        for match in DIGITS.finditer(text)
        if not IN_FORMAT.search(text[max(0, match.start() - 20) : match.start()])
    ]


# ---------------------------------------------------------------------------------------------
# The prose of a cell, and what code vouches for.


def comments(source):
    """Return the comments of Python source as one text, at the same positions."""
    kept = re.sub(r"[^\n]", " ", source)
    lines = source.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                start = starts[token.start[0] - 1] + token.start[1]
                kept = kept[:start] + token.string + kept[start + len(token.string) :]
    except (tokenize.TokenError, SyntaxError):
        pass  # a cell with a magic command; running it says more than reading it
    return kept


def prose(cell):
    """Return ``(where, text, what of it is read)`` for each text of a cell that a reader reads."""
    if cell["cell_type"] == "markdown":
        return [("text", cell["source"], visible(cell["source"]))]
    if cell["cell_type"] != "code":
        return []
    myst = cell["metadata"].get("mystnb", {})
    caption = str(myst.get("figure", {}).get("caption", ""))
    alternative = str(myst.get("image", {}).get("alt", ""))
    return [
        ("caption", caption, visible(caption)),
        ("alternative text", alternative, visible(alternative)),
        ("comment", cell["source"], comments(cell["source"])),
    ]


def _around(text, number):
    """Return a piece of the text around a number, on one line."""
    return f"...{' '.join(text[max(0, number.start - 30) : number.end + 20].split())}..."


def numbers_of(cell):
    """Return the numbers in the prose of a cell, each with a piece of the text around it."""
    return [
        (number, f"{where} {_around(text, number)}")
        for where, text, seen in prose(cell)
        for number in numbers_in(seen)
    ]


@dataclass(frozen=True)
class Source:
    """A number that a code cell printed or states."""

    value: Decimal
    unit: str | None
    exponent: int | None  # of its last printed digit; None if it is stated exactly
    cell_id: str
    position: int  # of the cell in the notebook
    text: str


GENERATED = "generated"  # tag of a cell that is compared with the program that writes it
UNPROVED = {"nbval-ignore-output", "nbval-skip"}  # nbval does not compare what these print
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
NOT_READ = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL)


def printed_texts(cell):
    """Return the texts that a code cell printed, as a reader sees them."""
    if UNPROVED & set(cell["metadata"].get("tags", [])):
        return []
    texts = []
    for output in cell.get("outputs", []):
        if output["output_type"] == "stream":
            if output["name"] == "stdout":
                texts.append(output["text"])
        elif output["output_type"] == "error":
            texts.append(output["evalue"])
        else:
            data = output["data"]
            for kind in ("text/plain", "text/markdown", "text/latex"):
                if kind in data and not str(data[kind]).startswith("<Figure size"):
                    texts.append(data[kind])
            if "text/html" in data:
                texts.append(unescape(NOT_READ.sub("\n", "".join(data["text/html"]))))
    return [ESCAPES.sub("", "".join(text)) for text in texts]


OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}


def _constant(node):
    """Return the value of a number or of arithmetic on numbers, None for anything else."""
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int() | float()):
            return node.value
        case ast.UnaryOp(op=ast.USub()):
            value = _constant(node.operand)
            return None if value is None else -value
        case ast.BinOp() if type(node.op) in OPERATORS:
            left, right = _constant(node.left), _constant(node.right)
            if left is None or right is None:
                return None
            if isinstance(node.op, ast.Pow) and (abs(right) > 1100 or abs(left) > 1e6):
                return None  # a cell may well overflow on purpose
            try:
                value = OPERATORS[type(node.op)](left, right)
            except (ArithmeticError, ValueError):
                return None
            return value if isinstance(value, int | float) else None
    return None


def stated_numbers(source):
    """Return the numbers that Python source states, as literals or constant arithmetic."""
    lines = [line if line.lstrip()[:1] not in ("%", "!") else "" for line in source.split("\n")]
    try:
        tree = ast.parse("\n".join(lines))
    except SyntaxError:
        return []
    values = (_constant(node) for node in ast.walk(tree) if isinstance(node, ast.expr))
    finite = [v for v in values if v is not None and v == v and abs(v) < 1e300]
    return list(dict.fromkeys(Decimal(repr(value)) for value in finite))


def sources(notebook):
    """Return everything that the code cells of a notebook vouch for."""
    found = []
    for position, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] != "code":
            continue
        for text in printed_texts(cell):
            for number in numbers_in(text, across_lines=False):
                place = cell["id"], position, number.text
                found.append(Source(number.value, number.unit, number.exponent, *place))
        for value in stated_numbers(cell["source"]):
            found.append(Source(value, None, None, cell["id"], position, str(value)))
    return found


def agrees(number, source, *, unit_matters=True):
    """Say whether a source vouches for a number of the prose, to the precision of the prose.

    The two may differ by half a unit of the number's last digit, a source must have been printed
    with at least as many decimals, and units must be the same where both have one. A percentage
    may come from a fraction, and the other way round.
    """
    shifts = [0]
    if number.unit == "%" and source.unit is None:
        shifts.append(2)
    elif source.unit == "%" and number.unit is None:
        shifts.append(-2)
    elif unit_matters and None not in (number.unit, source.unit) and number.unit != source.unit:
        return False
    # The millionth allows for the rounding of floating-point arithmetic such as 0.1 + 0.2.
    tolerance = Decimal("0.500001").scaleb(number.exponent)
    return any(
        (source.exponent is None or source.exponent + shift <= number.exponent)
        and abs(source.value.scaleb(shift) - number.value) <= tolerance
        for shift in shifts
    )


# ---------------------------------------------------------------------------------------------
# Pins.


def _sections(notebook):
    """Return for each cell the number of the section (heading of level 1 or 2) it stands in."""
    section, found = 0, []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown" and re.search(r"^##? ", cell["source"], re.MULTILINE):
            section += 1
        found.append(section)
    return found


def _best(number, candidates, position, section_of):
    """Return the source that most plausibly is the one the author read the number from."""

    def distance(source):
        return (
            section_of[source.position] != section_of[position],
            number.unit is not None and source.unit != number.unit,
            abs(source.position - position),
            source.exponent is None,
            source.position > position,
        )

    fitting = [source for source in candidates if agrees(number, source)]
    return min(fitting, key=distance, default=None)


def explain(number, candidates):
    """Say why no source vouches for a number."""
    near_miss = [s for s in candidates if agrees(number, s, unit_matters=False)]
    if near_miss:
        source = near_miss[0]
        return f"the unit differs: cell {source.cell_id} prints {source.text}"
    message = "no code cell prints or states it"
    comparable = [s for s in candidates if number.unit in (s.unit, None) or s.unit is None]
    if comparable:
        nearest = min(comparable, key=lambda s: abs(s.value - number.value))
        message += f"; nearest is {nearest.text} in cell {nearest.cell_id}"
        if nearest.exponent is not None and nearest.exponent > number.exponent:
            message += ", which has fewer decimals"
    return message


def pins_of_notebook(notebook):
    """Return the pins of each cell, in order, and a message for each number without a source."""
    candidates, section_of = sources(notebook), _sections(notebook)
    pins, problems = [], []
    for position, cell in enumerate(notebook["cells"]):
        pins.append([])
        for number, around in numbers_of(cell):
            source = _best(number, candidates, position, section_of)
            if number.needs_source and source is None:
                problems.append(
                    f"cell {position + 1} (id {cell['id']}), {around}: {number.text}: "
                    + explain(number, candidates)
                )
            if not number.needs_source and source is not None:
                same_section = section_of[source.position] == section_of[position]
                source = source if same_section else None
            pins[-1].append([number.text, source and source.cell_id])
    return pins, problems


def pin_notebook(notebook):
    """Write the pins into the cells' metadata and return the numbers that have no source."""
    pins, problems = pins_of_notebook(notebook)
    for cell, cell_pins in zip(notebook["cells"], pins, strict=True):
        ours = {k: v for k, v in cell["metadata"].get("cecourse", {}).items() if k != "numbers"}
        if cell_pins:
            ours["numbers"] = cell_pins
        cell["metadata"].pop("cecourse", None)
        if ours:
            cell["metadata"]["cecourse"] = ours
    return problems + hard_coded(notebook)


def check_pins(numbers, pins, by_cell):
    """Return what is wrong between the numbers of a text and its pins.

    Parameters
    ----------
    numbers : list of (Number, str)
        What the text holds now.
    pins : list of [str, hashable or None]
        What it held, and who vouched for it.
    by_cell : dict
        The sources of each cell.
    """
    found = [number.text for number, _ in numbers]
    pinned = [text for text, _ in pins]
    if found != pinned:
        length = min(len(found), len(pinned))
        first = next((i for i in range(length) if found[i] != pinned[i]), length)
        now = f"{found[first]} in {numbers[first][1]}" if first < len(found) else "nothing"
        then = pinned[first] if first < len(pinned) else "nothing"
        return [f"number {first + 1} is now {now} and was {then} when the notebook was run"]
    problems = []
    for (number, around), (_, cell_id) in zip(numbers, pins, strict=True):
        if cell_id is None:
            if number.needs_source:
                problems.append(f"{number.text} in {around} has no source")
        elif not any(agrees(number, source) for source in by_cell.get(cell_id, [])):
            problems.append(f"{number.text} in {around}: cell {cell_id} does not vouch for it")
    return problems


def sources_by_cell(notebook):
    """Return the sources of a notebook, grouped by the id of their cell."""
    grouped = {}
    for source in sources(notebook):
        grouped.setdefault(source.cell_id, []).append(source)
    return grouped


def _strings(source):
    """Return the string literals of Python source, except colours and the formats of f-strings."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    skipped = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and node.format_spec:
            skipped |= {id(part) for part in ast.walk(node.format_spec)}
        elif isinstance(node, ast.keyword) and str(node.arg).endswith("color"):  # "0.85" is a grey
            skipped.add(id(node.value))
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in skipped
    ]


def hard_coded(notebook):
    """Return a line for each number that code merely writes, as in ``print("0.5 bits")``.

    Such a number would vouch for itself, or stand in a figure that nothing compares. So it must
    also be stated as a number somewhere, or be printed by another cell. The generated setup cell of
    a problem set holds the right answers as JSON; a test compares it with what generates it.
    """
    everything, problems = sources(notebook), []
    for position, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] != "code" or GENERATED in cell["metadata"].get("tags", []):
            continue
        elsewhere = [s for s in everything if s.exponent is None or s.cell_id != cell["id"]]
        for text in _strings(cell["source"]):
            for number in numbers_in(text):
                if number.needs_source and not any(agrees(number, s) for s in elsewhere):
                    problems.append(
                        f"cell {position + 1} (id {cell['id']}): the code writes {number.text} in "
                        "a string; format a computed number instead"
                    )
    return problems


def problems_of_notebook(notebook):
    """Return a line for each number of a notebook that its pins or its code do not bear out."""
    by_cell = sources_by_cell(notebook)
    problems = []
    for position, cell in enumerate(notebook["cells"]):
        pins = cell["metadata"].get("cecourse", {}).get("numbers", [])
        for problem in check_pins(numbers_of(cell), pins, by_cell):
            problems.append(f"cell {position + 1} (id {cell['id']}): {problem}")
    return problems + hard_coded(notebook)


# ---------------------------------------------------------------------------------------------
# Texts outside the notebooks: pages (their pins are kept in tests/data/page_numbers.json) and
# quizzes (theirs are kept in the metadata of the chapter's notebook).


def _section_around(text, position):
    """Return the part of a page, from heading to heading, that holds a position."""
    start = max(text.rfind("\n#", 0, position), 0)
    end = text.find("\n#", position)
    return text[start : end if end >= 0 else len(text)]


def numbers_of_page(text):
    """Return the numbers of a page of Markdown, each with a piece of the text around it."""
    return [(number, _around(text, number)) for number in numbers_in(visible(text))]


def pins_of_page(text, sources_of):
    """Return the pins of a page, ``[number, notebook, cell id]``, and a message for each problem.

    `sources_of` maps the name of each notebook to its sources. Notebooks that the section around
    the number links to come first, or that it names in a comment.
    """
    pins, problems = [], []
    for number, around in numbers_of_page(text):
        if not number.needs_source:
            pins.append([number.text, None, None])
            continue
        section = _section_around(text, number.start)
        fitting = [
            (
                name not in section,
                source.unit != number.unit,
                source.value != number.value,  # lest 0.95, rounded, vouch for 0.9
                name,
                source.position,
                source,
            )
            for name, candidates in sources_of.items()
            for source in candidates
            if agrees(number, source)
        ]
        if fitting:
            *_, name, _, source = min(fitting, key=lambda item: item[:-1])
            pins.append([number.text, name, source.cell_id])
        else:
            everything = [source for candidates in sources_of.values() for source in candidates]
            problems.append(f"{around}: {number.text}: {explain(number, everything)}")
    return pins, problems


def quiz_texts(quiz):
    """Return the texts of a quiz that a reader reads: questions, answers, feedback."""
    texts = []
    for question in quiz:
        texts.append(question["question"])
        for answer in question["answers"]:
            texts += [str(answer["answer"]), answer.get("feedback", "")]
    return texts


def numbers_of_quiz(quiz):
    """Return the numbers in a quiz, each with a piece of the text around it."""
    return [
        (number, f"quiz {_around(text, number)}")
        for text in quiz_texts(quiz)
        for number in numbers_in(text)
    ]


def pins_of_quiz(quiz, notebook):
    """Return the pins of a chapter's quiz, and a message for each number without a source."""
    candidates = sources(notebook)
    pins, problems = [], []
    for number, around in numbers_of_quiz(quiz):
        source = next((s for s in candidates if agrees(number, s)), None)
        if number.needs_source and source is None:
            problems.append(f"{around}: {number.text}: {explain(number, candidates)}")
        vouched = source is not None and number.needs_source
        pins.append([number.text, source.cell_id if vouched else None])
    return pins, problems
