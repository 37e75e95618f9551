"""Look up the links that leave the book: ``make links``.

Sphinx's linkcheck builder visits every http(s) link of the book's pages, of the bibliography and of
``README.md`` and ``CONTRIBUTING.md``. One line is printed for each link that is broken.

Exit status: 0 when no link is broken, or when there is no network and so nothing was looked up
(one line says so); 1 when a link is broken or the book could not be read. Other people's pages
come and go, so this is no part of ``make test``.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRONT = ["README.md", "CONTRIBUTING.md"]  # pages outside the book
LINK = re.compile(r"https?://[^\s<>()\[\]{}\"'`\\]+")
COLOUR = re.compile(r"\x1b\[[\d;]*m")


def sources(root):
    """Yield the files of `root` that links are written in."""
    yield from (root / name for name in FRONT if (root / name).exists())
    for pattern in ["*.md", "*.ipynb", "*.bib"]:
        yield from sorted((root / "book").glob(pattern))


def one_link_per_host(root):
    """Return the first link to each host that the sources name, and doi.org for their DOIs."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources(root))
    links = LINK.findall(text) + ["https://doi.org/"] * ("doi " in text)
    return list({link.split("/")[2]: link for link in reversed(links)}.values())


def answers(link):
    """Whether anything at all comes back from the host of `link`, if only a refusal."""
    import requests

    try:
        requests.head(link, timeout=10)
    except requests.RequestException:
        return False
    return True


def linkcheck(root, folder):
    """Run Sphinx's linkcheck builder in `folder` over a copy of the book; return its report."""
    import yaml

    for name in ["book", "cecourse"]:
        if (root / name).is_dir():
            shutil.copytree(root / name, folder / name)
    for path in sources(root):
        shutil.copy(path, folder / path.relative_to(root))

    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    config["sphinx"]["config"] |= {
        "linkcheck_timeout": 30,
        "linkcheck_retries": 2,
        "linkcheck_report_timeouts_as_broken": False,
        # Anchors on GitHub's pages are made by a script, which linkcheck does not run.
        "linkcheck_anchors_ignore_for_url": [r"https://github\.com/.*"],
    }
    (folder / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")

    contents = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    front = [{"file": Path(name).stem} for name in FRONT if (root / name).exists()]
    contents["parts"].append({"caption": "Repository", "chapters": front})
    (folder / "_toc.yml").write_text(yaml.safe_dump(contents), encoding="utf-8")

    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    command = [jupyter_book, "build", ".", "--builder", "linkcheck"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    try:
        (report,) = folder.glob("_build/*/output.json")
    except ValueError:
        said = COLOUR.sub("", f"{result.stdout} {result.stderr}")
        raise RuntimeError(f"the book could not be read: {' '.join(said.split())[-300:]}") from None
    return [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]


def describe(entry):
    """Return the line to print for one entry of the report, or None for a link that works."""
    refused = "403 " in entry["info"]  # many publishers turn robots away
    if entry["status"] not in {"broken", "timeout"}:
        return None
    verdict = "refuses robots, look at it yourself" if refused else entry["status"]
    reason = " ".join(entry["info"].split())
    return f"{entry['filename']}:{entry['lineno']}: {verdict}: {entry['uri']} ({reason[:160]})"


def main(root=ROOT):
    """Print the broken links and return the exit status."""
    if not any(answers(link) for link in one_link_per_host(root)):
        print("no network: the external links were not looked up")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        try:
            report = linkcheck(root, Path(folder))
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return 1
    report.sort(key=lambda entry: (entry["filename"], entry["lineno"]))
    lines = list(filter(None, map(describe, report)))
    broken = [line for line in lines if "refuses robots" not in line]
    print(*lines, f"{len(report)} links looked up, {len(broken)} broken", sep="\n")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
