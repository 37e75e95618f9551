"""Copy the README's picture out of the chapter that draws it: ``python -m tools.readme_picture``.

GitHub shows no output of a notebook in a README, so the picture is stored a second time. A test
fails when the two differ.
"""

import base64
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHAPTER = ROOT / "book" / "04_cross_entropy.ipynb"
FIGURE = "fig-cross-entropy-curve"
PICTURE = ROOT / "book" / "_assets" / "readme.png"


def figure(chapter=CHAPTER, name=FIGURE):
    """Return the stored PNG of the cell whose figure has this name."""
    notebook = json.loads(chapter.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["metadata"].get("mystnb", {}).get("figure", {}).get("name") == name:
            for output in cell["outputs"]:
                if "image/png" in output.get("data", {}):
                    return base64.b64decode("".join(output["data"]["image/png"]))
    raise LookupError(f"{chapter.name} has no stored figure named {name}")


def main():
    """Write the picture and return the exit status."""
    try:
        PICTURE.write_bytes(figure())
    except (LookupError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"wrote {PICTURE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
