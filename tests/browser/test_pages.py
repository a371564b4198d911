"""Every kind of page, opened from disk in a browser: no errors, no outside requests, accessible, printable."""

import re
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from tests.browser.accessibility import serious_faults
from tests.browser.conftest import CASE, HOSTILE, SALINAS, Open
from tests.site.page import Page, text_of

pytestmark = pytest.mark.browser

KINDS = (
    "index.html", "districts.html", "counties.html", "county/27.html", "county/58.html", "geographic-leads.html",
    "geographic-lead/valley-to-coast.html",
    "watch-list.html", "changes.html", "reconciliation.html", "quality.html", "rules.html", "data.html",
    "coverage.html", "glossary.html",
    f"lea/{SALINAS}.html", f"lea/{SALINAS}.html#2023", f"lea/{SALINAS}.html#2018",
    "lea/27660680000000.html", "lea/27102720000000.html", "lea/27102720112177.html", "lea/19646340000000.html",
)  # fmt: skip


ALIVE = "document.querySelectorAll('script:not([src]), img, iframe, object, [onerror], [onload]').length"


def test_every_kind_of_page_is_listed(site: Path) -> None:
    kinds = {p.parent.name for p in site.rglob("*.html")} - {"reports"}
    assert {p.name for p in site.glob("*.html")} | kinds == {k if "/" not in k else k.split("/")[0] for k in KINDS}


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", KINDS)
def test_a_page_loads_from_disk_fits_the_screen_and_has_no_serious_fault(
    open_page: Open, name: str, width: int
) -> None:
    page = open_page(name, width)
    assert page.locator("main h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.title").endswith("Direct Technical Assistance")
    assert "not an official designation" in page.locator("footer").inner_text()
    assert page.evaluate(ALIVE) == 0
    if width == 1280:
        assert serious_faults(page) == []


GROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.mark.parametrize("name", KINDS)
def test_a_dark_page_is_as_legible_as_a_light_one_and_prints_light(open_page: Open, name: str) -> None:
    page = open_page(name)
    assert page.evaluate(GROUND) == "rgb(255, 255, 255)"
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(GROUND) == "rgb(18, 24, 31)"
    page.emulate_media(media="print")
    assert page.evaluate(GROUND) == "rgb(255, 255, 255)"
    page.emulate_media(media="screen")
    for drawing in page.locator(".chart svg").all():
        assert drawing.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 255, 255)", "its ink is dark"
    assert serious_faults(page, contrast_alone=True) == []


@pytest.mark.parametrize(
    "page",
    [*(f"{cds}.html" for cds in (SALINAS, "27660680000000", "27102720000000", "27102720112177", "19646340000000")),
     f"{SALINAS}.html#2023", "27660680000000.html#2022"],
)  # fmt: skip
def test_an_lea_prints_on_one_or_two_sheets(open_page: Open, page: str) -> None:
    pdf = open_page(f"lea/{page}").pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) in (1, 2)


def test_print_omits_screen_only_parts(open_page: Open) -> None:
    page = open_page(f"lea/{SALINAS}.html")
    page.emulate_media(media="print")
    for gone in ("header.top", "button[data-print]", "button[data-copy]"):
        assert not page.locator(gone).first.is_visible()
    assert page.locator("table.evidence[data-year='2024']").is_visible()
    assert not page.locator("table.evidence[data-year='2023']").is_visible()


def test_hostile_names_are_text_everywhere(open_page: Open, site: Path) -> None:
    """Checks every page that names one of these LEAs. The test above checks a page of each other kind."""
    pieces = ("Alisal", "Carmel", "/C calc", "asquitos", "7*7", "Oasis")  # not changed by any escape
    assert all(piece in name for piece, name in zip(pieces, HOSTILE.values(), strict=True))
    naming = [path for path in site.rglob("*.html") if any(piece in path.read_text("utf-8") for piece in pieces)]
    assert len(naming) > len(HOSTILE)
    for path in naming:
        page = open_page(path.relative_to(site).as_posix())
        assert page.evaluate(ALIVE) == 0, path.name
        assert page.title() != "taken"
    county = open_page("county/27.html")
    listed = "\n".join(county.locator("#eligible-table, #leas-table").all_text_contents())
    assert all(name in listed for name in HOSTILE.values())
    for link in county.locator("#eligible-table th a, #leas-table th a").all():
        assert re.fullmatch(r"\.\./lea/\d{14}\.html", link.get_attribute("href") or "")
    rows = open_page("districts.html").locator("#districts")
    rows.locator("tbody tr").first.wait_for()
    assert all(name in rows.inner_text() for name in HOSTILE.values())
    assert CASE in open_page(f"lea/{SALINAS}.html").locator("[id='2024'] ul.cases").inner_text()


def test_colors_have_a_text_label(open_page: Open) -> None:
    page = open_page(f"lea/{SALINAS}.html")
    for level, word in enumerate(("Red", "Orange", "Yellow", "Green", "Blue"), 1):
        cells = page.locator(f"table.evidence td.c{level}").all_text_contents()
        assert all(word in text for text in cells)
        assert all(text.startswith(word) for text in page.locator(f"#groups-2024 .chip.c{level}").all_text_contents())
    assert page.locator("table.evidence td.c1").count()


def test_the_copy_button_copies_the_paragraph(open_page: Open) -> None:
    page = open_page(f"lea/{SALINAS}.html")
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    page.get_by_role("button", name="Copy the paragraph, by indicator").click()
    page.get_by_role("button", name="Copied").wait_for()
    said = page.locator("#lcap-indicator-2024").inner_text()
    assert page.evaluate("window.copied") == said
    assert said.startswith("Based on the 2024 Dashboard, Salinas Union High")


def content(tree: html.HtmlElement) -> list[tuple[object, ...]]:
    """Return every element that a script draws, with its attributes and words."""
    marks = ("class", "data-i", "data-group", "data-source", "data-years", "data-pathway", "title", "href")
    places = "//table[contains(@class, 'grid') or @class='evidence'] | //ul[@class='sources'] | //div[@data-unsaid]"
    return [(e.tag, *(e.get(m) or "" for m in marks), text_of(e)) for part in tree.xpath(places) for e in part.iter()]


@pytest.mark.parametrize("cds", [SALINAS, "27102720000000", "27102720112177", "19646340000000"])
def test_the_script_draws_the_same_elements_as_the_test_helper(open_page: Open, site: Path, cds: str) -> None:
    page = open_page(f"lea/{cds}.html")
    drawn = content(html.fromstring(page.content()))
    assert drawn == content(Page(site / "lea" / f"{cds}.html").tree)
    if cds == SALINAS:
        assert {e[0] for e in drawn} >= {"table", "td", "abbr", "small", "li"}


def test_without_scripts_a_page_names_the_commands(browser: Any, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.as_uri()}/lea/{SALINAS}.html#2023")
    assert page.locator("[id='2023'] .verdict").first.is_visible()
    assert f"dta explain {SALINAS} --year 2023" in page.locator("[id='2023']").inner_text()
    assert f"dta report lea {SALINAS}" in page.locator("section:has(#evidence)").inner_text()
    context.close()


def test_links_to_cde_open_the_page_of_the_lea(open_page: Open) -> None:
    link = open_page(f"lea/{SALINAS}.html").get_by_role("link", name="CDE's Dashboard page of 2024")
    assert link.get_attribute("href") == f"https://www.caschooldashboard.org/reports/{SALINAS}/2024"
