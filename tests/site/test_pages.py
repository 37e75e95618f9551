"""The built pages, seen through a browser: nothing missing, nothing broken, nothing too wide."""

import re

import pytest

from tests.site.conftest import HTML, pages

WIDTHS = {"desktop": 1280, "phone": 390}
SCHEMES = ["light", "dark"]
CHAPTERS = [page for page in pages() if re.search(r"/\d\d_", page)]

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

SIDEWAYS = """() => document.documentElement.scrollWidth - document.documentElement.clientWidth"""

# The ratio of the lightness of text and ground, as WCAG 2 defines it, for each text of the article.
LOW_CONTRAST = """() => {
    const rgb = c => (c.match(/[\\d.]+/g) || []).map(Number);
    const light = c => { const [r, g, b] = rgb(c).map(v => (v /= 255) <= 0.04045
        ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const ground = e => {
        for (; e; e = e.parentElement) {
            const color = getComputedStyle(e).backgroundColor, [, , , alpha = 1] = rgb(color);
            if (alpha > 0.5) return color;
        }
        return 'rgb(255, 255, 255)';
    };
    const bad = [];
    const texts = ['p', 'li', 'h1', 'h2', 'h3', 'td', 'a', 'pre', 'figcaption'];
    for (const e of document.querySelectorAll(texts.map(t => '.bd-article ' + t).join())) {
        if (!e.innerText || !e.offsetParent) continue;
        const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x);
        const ratio = (a + 0.05) / (b + 0.05);
        if (ratio < 4.5) bad.push(ratio.toFixed(2) + ' ' + e.innerText.slice(0, 40));
    }
    return bad.slice(0, 5);
}"""


@pytest.fixture
def visit(browser, site):
    """Return a function that opens a page and gives it back with all that went wrong on the way."""
    context = browser.new_context()

    def open_page(address):
        page, trouble = context.new_page(), []
        page.on("console", lambda m: m.type == "error" and trouble.append(f"console: {m.text}"))
        page.on("pageerror", lambda error: trouble.append(f"script: {error}"))
        page.on("requestfailed", lambda r: trouble.append(f"not loaded: {r.url}"))
        page.on(
            "request",
            lambda r: (
                r.url.startswith((site, "data:", "blob:"))
                or trouble.append(f"leaves the site: {r.url}")
            ),
        )
        page.goto(f"{site}/{address}", wait_until="load")
        page.evaluate("window.MathJax && MathJax.startup ? MathJax.startup.promise : null")
        return page, trouble

    yield open_page
    context.close()


def test_there_are_pages_to_look_at():
    assert "book/index.html" in pages()
    assert len(pages()) >= 4


@pytest.mark.parametrize("address", pages())
def test_a_page_is_whole_and_fits_and_can_be_read(visit, address):
    page, trouble = visit(address)

    formulas = 'class="math' in (HTML / address).read_text()
    assert page.locator("mjx-container").count() >= formulas
    assert page.locator("mjx-merror").count() == 0
    for image in page.locator(".bd-article img").all():
        image.scroll_into_view_if_needed()
        image.evaluate("i => i.decode()")  # raises where there is no picture
        assert image.get_attribute("alt"), image.get_attribute("src")

    for scheme in SCHEMES:
        for width in WIDTHS.values():
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.dataset.theme") == scheme
            assert page.evaluate(TOO_WIDE) == [], width
            assert page.evaluate(SIDEWAYS) == 0, width
            assert page.evaluate(LOW_CONTRAST) == [], scheme
    assert trouble == []


@pytest.mark.parametrize("address", CHAPTERS)
def test_a_solution_is_folded_until_it_is_asked_for(visit, address):
    page, _ = visit(address)

    folded = page.locator("div.solution.dropdown")
    assert folded.count() >= 5
    for solution in folded.all():
        content = solution.locator("> section, > .sd-card-body, > div.section").first
        assert not content.is_visible()
        solution.locator("p.admonition-title").first.click()
        assert content.is_visible()


@pytest.mark.parametrize("address", CHAPTERS)
def test_a_question_answers_at_once(visit, address):
    page, trouble = visit(address)

    questions = page.locator("[id^=quizWrap]")
    assert questions.count() == 3
    for question in questions.all():
        for correct in ["false", "true"]:
            option = question.locator(f"label[data-correct={correct}]").first
            option.click()
            told = question.locator(".Feedback").first.inner_text().strip()
            assert told == option.get_attribute("data-feedback").strip()
    assert trouble == []
