"""The built pages, seen through a browser: nothing missing, nothing broken, nothing too wide."""

import re

import pytest

from tests.site.conftest import HTML, pages

WIDTHS = {"desktop": 1280, "phone": 390}
SCHEMES = ["light", "dark"]

# What is wider than the page without scrolling in a box of its own.
TOO_WIDE = """() => {
    const edge = document.documentElement.clientWidth + 1;
    const boxed = e => { for (let a = e.parentElement; a; a = a.parentElement)
        if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(a).overflowX)) return true;
        return false; };
    return [...document.querySelectorAll('.bd-article *')]
        .filter(e => e.getBoundingClientRect().right > edge && !boxed(e))
        .map(e => e.tagName + ' ' + (e.textContent || '').trim().slice(0, 60)).slice(0, 5);
}"""

# The ratio of the lightness of text and ground, as WCAG 2 defines it, for each text of the article.
LOW_CONTRAST = """() => {
    const rgb = c => (c.match(/[\\d.]+/g) || []).map(Number);
    const light = c => { const [r, g, b] = rgb(c).map(v => (v /= 255) <= 0.04045
        ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
        const [, , , alpha = 1] = rgb(c); if (alpha > 0.5) return c; } return 'rgb(255, 255, 255)'; };
    const bad = [];
    for (const e of document.querySelectorAll('.bd-article p, .bd-article li, .bd-article h1, ' +
            '.bd-article h2, .bd-article h3, .bd-article td, .bd-article pre, .bd-article figcaption')) {
        if (!e.innerText || !e.offsetParent) continue;
        const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x);
        const ratio = (a + 0.05) / (b + 0.05);
        if (ratio < 4.5) bad.push(ratio.toFixed(2) + ' ' + e.innerText.slice(0, 40));
    }
    return bad.slice(0, 5);
}"""


@pytest.fixture(params=SCHEMES)
def scheme(request):
    return request.param


@pytest.fixture(params=WIDTHS)
def width(request):
    return WIDTHS[request.param]


@pytest.fixture
def visit(browser, site, scheme, width):
    """Return a function that opens a page and gives it back with all that went wrong on the way."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)

    def open_page(address):
        page, trouble = context.new_page(), []
        page.on("console", lambda m: m.type == "error" and trouble.append(f"console: {m.text}"))
        page.on("pageerror", lambda error: trouble.append(f"script: {error}"))
        page.on("requestfailed", lambda r: trouble.append(f"not loaded: {r.url}"))
        page.on(
            "request",
            lambda r: r.url.startswith((site, "data:", "blob:"))
            or trouble.append(f"leaves the site: {r.url}"),
        )
        page.goto(f"{site}/{address}", wait_until="load")
        page.wait_for_function("!window.MathJax || !MathJax.startup || MathJax.startup.promise")
        page.evaluate("window.MathJax && MathJax.startup ? MathJax.startup.promise : null")
        return page, trouble

    yield open_page
    context.close()


def test_there_are_pages_to_look_at():
    assert "book/index.html" in pages()
    assert len(pages()) >= 4


@pytest.mark.parametrize("address", pages())
def test_a_page_is_whole(visit, address):
    page, trouble = visit(address)

    assert trouble == []
    assert page.locator("mjx-merror").count() == 0
    source = (HTML / address).read_text()
    formulas = len(re.findall(r'class="(?:math|math notranslate)[ "]', source))
    assert page.locator("mjx-container").count() >= (formulas > 0)
    assert page.locator(".bd-article :text('\\\\(')").count() == 0
    for image in page.locator(".bd-article img").all():
        image.scroll_into_view_if_needed()
        assert image.evaluate("i => i.complete && i.naturalWidth > 0"), image.get_attribute("src")
        assert image.get_attribute("alt"), image.get_attribute("src")


@pytest.mark.parametrize("address", pages())
def test_a_page_fits_its_window_and_can_be_read(visit, address):
    page, _ = visit(address)

    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    assert page.evaluate(LOW_CONTRAST) == []
    for image in page.locator(".bd-article .cell_output img").all():
        ground = image.evaluate("i => getComputedStyle(i).backgroundColor")
        dark = page.evaluate("document.documentElement.dataset.theme") == "dark"
        assert not dark or ground == "rgb(255, 255, 255)"


@pytest.mark.parametrize("address", [page for page in pages() if re.search(r"/\d\d_", page)])
def test_a_solution_is_folded_until_it_is_asked_for(browser, site, address):
    page = browser.new_page()
    page.goto(f"{site}/{address}", wait_until="load")

    folded = page.locator("div.solution.dropdown")
    assert folded.count() >= 5
    for solution in folded.all():
        content = solution.locator("> section, > .sd-card-body, > div.section").first
        assert not content.is_visible()
        solution.locator("p.admonition-title").first.click()
        assert content.is_visible()
    page.close()
