"""The pages that ``dta site`` generates, in a browser.

They work with the keyboard, are accessible, show hostile names as text, and make no outside requests.
"""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import serious_faults
from tests.browser.conftest import HOSTILE, SALINAS, Open, Tab
from tests.site.serving import InProcessRunner, serving

pytestmark = pytest.mark.browser

KINDS = {
    "tables": "/data",
    "table": "/data/eligible_districts",
    "filtered": "/data/eligibility?status=eligible&determination_year__gte=2023&_sort_desc=lea_name",
    "wide": "/data/indicator_results?_size=20",
    "sql": "/sql",
    "result": "/sql?q=from+leas",
    "saved question": "/sql?recipe=why",
    "data page": "/reports/data.html",
}
ANSWERS = {
    "tables": "tbody tr",
    "table": "tbody tr",
    "filtered": "tbody tr",
    "result": ".downloads",
    "data page": "a[href='/data']",
}
MISTAKES = {"no such table": "/data/nothing", "wrong query": "/sql?q=selec+1", "missing value": "/sql?q=select+$year"}


@pytest.fixture(scope="module")
def server(site: Path) -> Iterator[httpx.Client]:
    with serving(site.parent.parent.parent, runner=InProcessRunner) as client:
        yield client


@pytest.fixture
def visit(tab: Tab, server: httpx.Client) -> Iterator[Open]:
    """Yield a function that opens a page of the server, which may refuse a bad request."""
    site = str(server.base_url).rstrip("/")
    with tab.on(site, site, "data:", allowed="responded with a status of 40") as go:
        yield go
        tab.page.goto("about:blank")  # no more requests to the server


@pytest.mark.parametrize("name", [*KINDS, *MISTAKES])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_page_fits_the_screen_and_has_no_serious_fault(visit: Open, name: str, width: int) -> None:
    page = visit((KINDS | MISTAKES)[name], width)
    assert page.locator("main h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    unnamed = (
        "[...document.querySelectorAll('table')].filter((t) => !t.caption && !t.getAttribute('aria-label')).length"
    )
    assert page.evaluate(unnamed) == 0, "every table has a name"
    if name in ANSWERS:
        box = page.locator(ANSWERS[name]).first.bounding_box()
        assert box is not None
        assert box["y"] + min(box["height"], 40) <= (900 if width == 1280 else 1200), "not on the first screen"
    assert serious_faults(page) == []


@pytest.mark.parametrize("name", KINDS)
def test_a_dark_page_is_as_legible_as_a_light_one(visit: Open, name: str) -> None:
    page = visit(KINDS[name])
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 24, 31)"
    assert serious_faults(page, contrast_alone=True) == []


def test_hostile_names_are_text(visit: Open) -> None:
    page = visit("/data/leas?county_code=27&_size=1000")
    listed = page.locator("tbody").inner_text()
    assert all(name in listed for name in HOSTILE.values())
    assert (
        page.evaluate("document.querySelectorAll('script:not([src]), main img, iframe, [onerror], [onload]').length")
        == 0
    )
    found = visit("/sql?q=select+lea_name+from+leas").locator("tbody").inner_text()
    assert all(name in found for name in HOSTILE.values())


def test_rows_can_be_filtered_sorted_and_opened_with_the_keyboard(visit: Open) -> None:
    page = visit("/data/leas")
    page.get_by_text("Filter", exact=True).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("lea_name")
    page.keyboard.press("Tab")
    page.keyboard.type("starts")
    page.keyboard.press("Tab")
    page.keyboard.type("salinas")
    page.keyboard.press("Enter")
    page.wait_for_url("**/data/leas?lea_name__startswith=salinas")
    expect(page.get_by_role("status")).to_contain_text("where lea_name starts with salinas")
    page.get_by_role("link", name="lea_name", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**_sort=lea_name")
    assert page.locator("th[aria-sort=ascending]").inner_text().startswith("lea_name")
    page.get_by_role("link", name=SALINAS).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/reports/lea/{SALINAS}.html")


def test_rows_are_paginated(visit: Open) -> None:
    page = visit("/data/eligibility?_size=50")
    first = page.locator("tbody").inner_text()
    page.get_by_role("link", name="Next page").click()
    expect(page.get_by_role("status")).to_contain_text("Rows 51 to 100 of")
    page.get_by_role("link", name="Previous page").click()
    expect(page.get_by_role("status")).to_contain_text("Rows 1 to 50 of")
    assert page.locator("tbody").inner_text() == first


def test_a_query_can_be_written_run_and_downloaded_with_the_keyboard(visit: Open) -> None:
    page = visit("/sql")
    page.get_by_label("Query", exact=True).focus()
    page.keyboard.type("select lea_name from leas where county_code = $county order by 1")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("Give a value for county")
    page.get_by_label("county").fill("27")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("rows.")
    assert "Salinas Union High" in page.locator("tbody").inner_text()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").press("Enter")
    text = Path(waiting.value.path()).read_text("utf-8-sig")
    assert len(text.splitlines()) == 1 + page.locator("tbody tr").count()
    assert "'=cmd" in text, "no formula"


def test_a_failed_query_stays_in_the_editor(visit: Open) -> None:
    page = visit("/sql?q=selec+1")
    expect(page.get_by_role("alert")).to_contain_text("syntax error")
    assert page.get_by_label("Query", exact=True).input_value() == "selec 1"


def test_the_data_page_links_to_tables_and_saved_questions(visit: Open) -> None:
    page = visit("/reports/data.html")
    assert not page.get_by_text("adds a table browser").is_visible()
    page.get_by_role("link", name="Browse eligible_districts").click()
    page.wait_for_url("**/data/eligible_districts")
    page = visit("/reports/data.html#recipe-why")
    page.get_by_role("link", name="Run it here").first.click()
    page.wait_for_url("**/sql?recipe=why")
    page.locator("input[name=cds]").fill("Salinas Union High")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sql?recipe=why&cds=*")
    assert page.locator("tbody tr").count() == 6


def test_the_data_page_from_disk_explains_what_the_server_adds(open_page: Open) -> None:
    page = open_page("data.html")
    assert page.get_by_text("adds a table browser").is_visible()
    assert page.locator("a[href^='/']:visible").count() == 0, "no link that leads nowhere from disk"


def test_the_lineage_picture_highlights_a_table_and_links_to_its_columns(open_page: Open) -> None:
    page = open_page("data.html")
    page.locator(".lineage a[data-box=evidence]").focus()
    lit = page.locator(".lineage path.on").evaluate_all("lines => lines.map((l) => [l.dataset.from, l.dataset.to])")
    assert lit
    assert all("evidence" in line for line in lit)
    page.keyboard.press("Enter")
    assert page.locator("#evidence").evaluate("part => part.open")
    inside = """() => [...document.querySelectorAll('.lineage rect')].every((r) => {
        const text = r.parentElement.querySelector('text').getBBox(), box = r.getBBox();
        return text.x >= box.x && text.x + text.width <= box.x + box.width; })"""
    assert page.evaluate(inside), "every name fits its box"
