"""`make links` looks up what it says, against a server on this machine."""

import http.server
import threading

import pytest
import yaml

from tools import external_links


class _Site(http.server.BaseHTTPRequestHandler):
    """Has a page at /here, moved from /moved, refuses /refused, and has nothing else."""

    def do_HEAD(self):
        status = {"/here": 200, "/moved": 301, "/refused": 403}.get(self.path, 404)
        self.send_response(status)
        if status == 301:
            self.send_header("Location", "/here")
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *arguments):
        """Keep the test's output free of requests."""


@pytest.fixture
def address():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def book(tmp_path):
    """Return a function that writes a book with these links, in the places where links stand."""

    def write(page, front, reference):
        (tmp_path / "book").mkdir()
        for path, links in [("book/index.md", page), ("README.md", front)]:
            shown = "\n\n".join(f"[link]({link})" for link in links)
            (tmp_path / path).write_text(f"# Title\n\n{shown}\n")
        with (tmp_path / "book" / "index.md").open("a") as file:
            file.write("\n```{bibliography}\n:all:\n```\n")
        (tmp_path / "book" / "references.bib").write_text(
            f"@misc{{k, author = {{A}}, title = {{T}}, year = {{2000}}, url = {{{reference}}}}}\n"
        )
        config = {
            "only_build_toc_files": True,
            "bibtex_bibfiles": ["book/references.bib"],
            "sphinx": {"config": {}},
        }
        (tmp_path / "_config.yml").write_text(yaml.safe_dump(config))
        contents = {"format": "jb-book", "root": "book/index", "parts": []}
        (tmp_path / "_toc.yml").write_text(yaml.safe_dump(contents))
        return tmp_path

    return write


def test_each_broken_link_gets_one_line(book, address, capsys):
    root = book(
        page=[f"{address}/here", f"{address}/gone"],
        front=[f"{address}/lost", f"{address}/moved"],
        reference=f"{address}/refused",
    )
    assert external_links.main(root) == 1
    lost, refused, gone, last = capsys.readouterr().out.splitlines()
    assert lost.startswith(f"README.md:3: broken: {address}/lost (404 ")
    assert gone.startswith(f"book/index.md:5: broken: {address}/gone (404 ")
    assert refused.startswith("book/index.md:")
    assert f": refuses robots, look at it yourself: {address}/refused (403 " in refused
    assert last == "5 links looked up, 2 broken"


@pytest.mark.parametrize(
    ("found", "status"), [("working", 0), ("redirected", 0), ("timeout", 1), ("broken", 1)]
)
def test_the_exit_status_tells_whether_a_link_is_broken(book, monkeypatch, found, status):
    entry = {
        "filename": "a.md",
        "lineno": 1,
        "uri": "https://a.example",
        "info": "",
        "status": found,
    }
    monkeypatch.setattr(external_links, "answers", lambda link: True)
    monkeypatch.setattr(external_links, "linkcheck", lambda root, folder: [entry])
    assert external_links.main(book(["https://a.example"], [], "https://a.example")) == status


def test_without_a_network_one_line_says_so(book, capsys):
    closed = "http://127.0.0.1:9"
    root = book([f"{closed}/a"], [f"{closed}/b"], f"{closed}/c")
    assert external_links.main(root) == 0
    assert capsys.readouterr().out == "no network: the external links were not looked up\n"


def test_a_book_that_cannot_be_read_is_an_error(book, address, capsys):
    root = book([f"{address}/here"], [], f"{address}/here")
    (root / "_toc.yml").write_text(yaml.safe_dump({"root": "none", "format": "?", "parts": []}))
    assert external_links.main(root) == 1
    assert "the book could not be read: " in (said := capsys.readouterr().err)
    assert "Table of Contents file is malformed" in said
    assert said.count("\n") == 1


def test_the_hosts_of_all_sources_are_tried(book):
    root = book(["https://a.example/x"], ["https://c.example/y"], "http://b.example")
    assert sorted(external_links.one_link_per_host(root)) == sorted(
        ["https://a.example/x", "http://b.example", "https://c.example/y"]
    )
