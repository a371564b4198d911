"""Filter, sort, search and export, with a mouse and with only the keyboard."""

import csv
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.browser.conftest import HOSTILE, SALINAS, Open
from transforms.release.csv_for_people import safe_text

pytestmark = pytest.mark.browser


@pytest.fixture
def release_db(site: Path) -> Any:
    with duckdb.connect(str(site.parent / "dta.duckdb"), read_only=True) as connection:
        yield connection


def wait_for_rows(page: Any, n: int) -> None:
    """Wait until the table reports this many rows."""
    expect(page.locator("form.tools output")).to_have_text(re.compile(f"^{n} of "))


def rows_shown(page: Any) -> list[str]:
    """Return names in the first column of the drawn rows, without the former names after them."""
    page.locator("table[data-sort]:not(#eligible-table) tbody tr").first.wait_for(state="attached")
    texts = page.locator("table[data-sort]:not(#eligible-table) tbody tr:visible > *:first-child").all_text_contents()
    return [re.sub(r"\s*formerly also .*", "", t.strip(), flags=re.DOTALL) for t in texts]


def names(release_db: Any, where: str) -> list[str]:
    query = f"select lea_name from leas l where {where}"
    return sorted(n for (n,) in release_db.execute(query).fetchall())


NOW = "determination_year = (select max(determination_year) from eligibility)"


@pytest.mark.parametrize(
    ("chosen", "where"),
    [
        ({"county": "27"}, "county_code = '27'"),
        ({"kind": "charter"}, "lea_type = 'charter'"),
        ({"area": "Los Angeles"}, "county_code = '19'"),
        ({"status": "undetermined"}, f"cds in (select cds from eligibility where {NOW} and status = 'undetermined')"),
        (
            {"pathway": "wraparound", "status": "eligible"},
            f"cds in (select cds from eligibility where {NOW} and pathway = 'wraparound' and status = 'eligible')",
        ),
        (
            {"year": "2023", "pathway": "continuum", "status": "eligible", "county": "27"},
            (
                "cds in (select cds from eligibility where determination_year = 2023 and pathway = 'continuum' and"
                " status = 'eligible' and county_code = '27')"
            ),
        ),
    ],
)
def test_districts_filter(open_page: Open, release_db: Any, chosen: dict[str, str], where: str) -> None:
    page = open_page("districts.html")
    for field, value in chosen.items():
        page.locator(f"form.tools [name={field}]").select_option(value)
        page.locator("#districts tbody tr").first.wait_for(state="attached")
    wanted = names(release_db, where)
    assert wanted
    wait_for_rows(page, len(wanted))
    assert sorted(rows_shown(page)) == wanted
    again = open_page("districts.html" + page.evaluate("location.hash"))
    wait_for_rows(again, len(wanted))
    assert sorted(rows_shown(again)) == wanted


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("salinas union", ["Salinas Union High"]),
        ("penasquitos", [HOSTILE["Graves Elementary"]]),
        ("27661590000000", ["Salinas Union High"]),
    ],
)
def test_search_needs_no_accents_and_takes_codes(open_page: Open, words: str, found: list[str]) -> None:
    page = open_page("districts.html")
    page.locator("form.tools [name=q]").fill(words)
    assert rows_shown(page) == found


def test_the_home_search_field_opens_the_search_page(open_page: Open) -> None:
    page = open_page("index.html")
    page.locator("#find").fill("Salinas")
    page.keyboard.press("Enter")
    page.wait_for_url("**/districts.html?q=*")
    assert len(found := rows_shown(page)) > 1
    assert all("Salinas" in name for name in found)
    page.goto(page.url.split("districts.html")[0] + "index.html")
    page.locator("#find").fill("Salinas Union")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lea/27661590000000.html*")  # the only match


def test_sorting_works_in_both_directions_and_is_announced(open_page: Open) -> None:
    page = open_page("county/27.html")
    page.locator("summary").first.click()
    head = page.locator("#leas-table thead th").first
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    up = rows_shown(page)
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert rows_shown(page) == up[::-1]
    assert up != sorted(up, reverse=True)
    page.goto(page.url.split("#")[0].replace("county/27.html", "counties.html"))
    page.locator("#counties thead th").nth(2).get_by_role("button").click()
    numbers = [int(t) for t in page.locator("#counties tbody td.number:nth-child(3)").all_text_contents() if t != "–"]
    assert numbers == sorted(numbers)


def download(page: Any, button: str) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button).click()
    return Path(waiting.value.path()).read_bytes()


def test_exports_contain_the_shown_rows_and_no_formulas(open_page: Open, release_db: Any) -> None:
    page = open_page("districts.html#county=27")
    page.locator("#districts tbody tr").first.wait_for(state="attached")
    table = list(csv.reader(io.StringIO(download(page, "Export CSV").decode("utf-8-sig"))))
    wanted = dict(release_db.execute("select cds, lea_name from leas where county_code = '27'").fetchall())
    assert {row[1]: row[0] for row in table[1:]} == {f'="{cds}"': safe_text(name) for cds, name in wanted.items()}
    assert safe_text(HOSTILE["Chualar Union"]).startswith("'=")
    # The value that a spreadsheet shows for a code.
    plain = [re.sub(r'^="([0-9/-]+)"$', r"\1", cell) for row in table for cell in row]
    assert [cell for row in table for cell in row] == [
        cell if cell.startswith("'") else safe_text(cell) for cell in plain
    ]
    content = download(page, "Export Excel")
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    sheet = load_workbook(io.BytesIO(content)).active
    cells = [[c.value for c in row] for row in sheet.iter_rows()]
    assert {row[1]: row[0] for row in cells[1:]} == wanted
    assert {c.data_type for row in sheet.iter_rows() for c in row} <= {"s", "inlineStr", "n"}
    assert not [c for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    head = table[0]
    statuses = {row[1][2:-1]: row[head.index("Continuum of Support (SIR+)")] for row in table[1:]}
    real = dict(
        release_db.execute(
            "select cds, replace(status, '_', ' ') from eligibility where pathway = 'continuum' and county_code = '27'"
            f" and {NOW}"
        ).fetchall()
    )
    words = {"undetermined": "not determined", "not assessed": "not assessed", "not applicable": "does not apply"}
    assert statuses == {cds: words.get(status, status) for cds, status in real.items()}


def test_page_and_pipeline_escape_the_same_formulas(open_page: Open) -> None:
    starts = [
        "=1+1",
        "+1",
        "+1a",
        "-5",
        "-5,0",
        "- 5 apples",
        "@x",
        "\t=x",
        "\r",
        "\n",
        " =x",
        "\u00a0=x",
        "\u200b+x",
        "\u3000-x",
        "\ufeff@",
        "\uff1dx",
        "\uff0d1",
    ]
    codes = ["007", "27661590000000", "00", "0", "123456789012", "6-8", "9/12", "2024-25", "007\n"]
    texts = [*starts, *codes, "1e5", "-1e5", "+.5", "", "a=b", "'", "=", "O'Neil", '"', "\u20135", "\u22125", "a\n=b"]
    page = open_page("districts.html")
    text = page.evaluate("texts => window.dtaSpreadsheet.csv(texts.map((t) => [t, 'end'])).text()", texts)
    assert [row[0] for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))] == [
        safe_text(t) for t in texts
    ]


NOT_ELIGIBLE = f"cds not in (select cds from eligibility where {NOW} and status = 'eligible')"


@pytest.mark.parametrize(("name", "field", "value", "where"), [
    ("changes.html", "change", "newly_eligible", "select count(*) from changes where change = 'newly_eligible'"),
    ("quality.html", "severity", "warning", "select count(*) from meta_gate_results where severity = 'warning'"),
    ("coverage.html", "present", "no", "select count(*) from meta_sources where not present"),
    ("county/27.html", "kind", "charter",
     f"select count(*) from leas where county_code = '27' and lea_type = 'charter' and {NOT_ELIGIBLE}"),
])  # fmt: skip
def test_the_other_tables_filter_too(
    open_page: Open, release_db: Any, name: str, field: str, value: str, where: str
) -> None:
    page = open_page(name)
    for summary in page.locator("details:has(form.tools) > summary").all():
        summary.click()
    page.locator(f"form.tools [name={field}]").select_option(value)
    ((n,),) = release_db.execute(where).fetchall()
    shown = page.locator("form.tools output").inner_text()
    assert shown.startswith(f"{n} of ")
    assert page.locator("form.tools ~ .scroll tbody").first.locator("tr:visible").count() == n
    page.get_by_role("button", name="Clear").click()
    page.wait_for_url(lambda url: "#" not in url)
    total = shown.split(" of ")[1].split()[0]
    expect(page.locator("form.tools output")).to_have_text(re.compile(f"^{total} of {total} rows"))


def test_a_county_and_a_district_can_be_found_with_the_keyboard(open_page: Open) -> None:
    page = open_page("index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('aria-label') || ''").startswith("Monterey County: "):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/county/27.html")
    for _ in range(120):
        page.keyboard.press("Tab")
        if (
            "other LEAs" in page.evaluate("document.activeElement.textContent")
            and page.evaluate("document.activeElement.tagName") == "SUMMARY"
        ):
            break
    page.keyboard.press("Enter")
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Salinas Union High":
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/lea/{SALINAS}.html")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.print !== undefined"):
            break
    page.evaluate("window.print = () => { window.printed = true; }")
    page.keyboard.press("Enter")
    assert page.evaluate("window.printed")
