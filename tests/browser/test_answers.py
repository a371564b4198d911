"""The answer is on the first screen, and the search finds it, with a mouse or only the keyboard.

These tests use the statewide sample.
"""

import re
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import serious_faults
from tests.browser.conftest import SALINAS, Open

pytestmark = pytest.mark.browser

COMPTON, LOWELL_JOINT = "19734370000000", "30647660000000"


def bottom(page: Any, place: str) -> float:
    box = page.locator(place).first.bounding_box()
    assert box is not None
    return float(box["y"] + box["height"])


@pytest.mark.parametrize(("width", "height", "rows"), [(1280, 900, 4), (390, 1200, 2)])
def test_sentence_search_and_list_of_home_are_on_the_first_screen(
    open_state: Open, width: int, height: int, rows: int
) -> None:
    page = open_state("index.html", width)
    assert bottom(page, "#answer") < bottom(page, "#find") < bottom(page, "#eligible-table tbody tr")
    assert bottom(page, f"#eligible-table tbody tr:nth-child({rows})") <= height
    if width == 1280:
        assert bottom(page, "figure.map svg") <= height
        assert bottom(page, "p.current") - page.locator("p.current").bounding_box()["y"] < 30  # one line


END_OF = """words => {
    const text = document.getElementById("summary-text").firstChild, range = document.createRange(),
        at = text.data.indexOf(words);
    range.setStart(text, at);
    range.setEnd(text, at + words.length);
    return range.getBoundingClientRect().bottom;
}"""  # where these words of the paragraph end on the page


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 1200)])
def test_the_eligible_of_a_large_county_are_named_on_its_first_screen(
    open_state: Open, state_db: duckdb.DuckDBPyConnection, width: int, height: int
) -> None:
    page = open_state("county/19.html", width)
    names = state_db.execute(
        "select distinct lea_name from eligibility where county_code = '19' and determination_year = 2024 and status ="
        " 'eligible'"
    ).fetchall()
    assert len(names) == 6
    assert all(page.evaluate(END_OF, name) <= height for (name,) in names)
    if width == 1280:
        assert bottom(page, "#eligible-table tbody tr:last-child") <= height


STATUSES = {"eligible": "eligible", "not_eligible": "not eligible", "undetermined": "not determined"}
LEAS = {  # by the basis of the decision: letters alone, indicators, a loan, nothing yet, and a charter school
    "Compton Unified": COMPTON, "Los Angeles Unified": "19647330000000", "Lancaster Elementary": "19646670000000",
    "Salinas Union High": SALINAS, "Inglewood Unified": "19646340000000", "Plumas Unified": "32669690000000",
    "Monterey Bay Charter": "27102720112177",
}  # fmt: skip
SCREENS = [(1280, 900), (390, 1200)]


@pytest.mark.parametrize("name", LEAS)
@pytest.mark.parametrize(("width", "height"), SCREENS)
@pytest.mark.parametrize("year", [2024, 2023, 2022])
def test_verdicts_of_an_lea_with_their_reasons_are_on_its_first_screen(
    open_state: Open, state_db: duckdb.DuckDBPyConnection, name: str, width: int, height: int, year: int
) -> None:
    """The first verdict has its whole reason: the eligible one, else the undetermined one, else the answer."""
    page = open_state(f"lea/{LEAS[name]}.html" + ("" if year == 2024 else f"#{year}"), width)
    assert page.locator("h1").inner_text() == name
    found = state_db.execute(
        "select p.name, status, reason from eligibility join pathways p using (pathway) where cds = ? and"
        " determination_year = ? and (status in ('eligible', 'undetermined', 'not_eligible') or pathway = 'continuum')"
        " order by status <> 'eligible', status <> 'undetermined', p.position",
        [LEAS[name], year],
    ).fetchall()
    cards = page.locator(f"[id='{year}'] [data-part=pathways] .verdict")
    assert cards.count() == len(found)
    for card, (pathway, status, reason) in zip(cards.all(), found, strict=True):
        text = " ".join(card.inner_text().split())
        assert pathway in text
        assert STATUSES.get(status, "does not apply") in text
        assert " ".join(reason.split()) in text
    shown = cards.first.locator(".reason").bounding_box()
    assert shown["y"] + shown["height"] <= height
    if width == 1280:
        box = cards.last.bounding_box()
        assert box["y"] + box["height"] <= height
    assert page.evaluate("scrollY") == 0


def test_the_year_switch_shows_one_year_and_its_address(open_state: Open) -> None:
    page = open_state(f"lea/{SALINAS}.html")
    assert page.locator(".of-year:visible").evaluate_all("parts => parts.map(p => p.id)") == ["2024"]
    page.get_by_role("navigation", name="Determination year").get_by_role("link", name="2023").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/lea/*.html#2023")
    assert page.locator(".of-year:visible").evaluate_all("parts => parts.map(p => p.id)") == ["2023"]
    assert page.locator(".years [aria-current]").inner_text().split() == ["2023", "●", "eligible"]
    assert page.locator("table.evidence:visible").evaluate_all("all => all.map(t => t.dataset.year)") == ["2023"]
    page.go_back()
    expect(page.locator("[id='2024']")).to_be_visible()
    assert page.locator(".years [aria-current]").inner_text().split()[0] == "2024"


def test_a_year_without_evidence_does_not_open_evidence_of_other_years(open_state: Open) -> None:
    page = open_state(f"lea/{SALINAS}.html")
    assert page.locator("details.year[open]").count() == 1
    page.get_by_role("navigation", name="Determination year").get_by_role("link", name="2019").click()
    expect(page.locator("details.year[open]")).to_have_count(0)
    assert page.locator(".years [aria-current] .word").inner_text().startswith("assistance: ")


def test_year_links_work_without_scripts(browser: Any, state_run: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{(state_run / 'out' / 'current').resolve().as_uri()}/reports/lea/{SALINAS}.html")
    assert page.locator("[id='2024']").is_visible()
    page.locator(".years a[href='#2022']").click()
    assert page.locator("[id='2022']").is_visible()
    assert not page.locator("[id='2024']").is_visible()
    context.close()


@pytest.mark.parametrize(
    "name",
    [
        "index.html",
        "county/19.html",
        f"lea/{SALINAS}.html",
        "lea/19646340000000.html#2022",
        "watch-list.html",
        "geographic-leads.html",
        "geographic-lead/los-angeles.html",
        "changes.html",
        "reconciliation.html",
    ],
)
@pytest.mark.parametrize("width", [390, 1280])
def test_statewide_pages_have_no_serious_accessibility_fault(open_state: Open, name: str, width: int) -> None:
    page = open_state(name, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious_faults(page) == []


def test_the_button_copies_the_county_paragraph(open_state: Open) -> None:
    page = open_state("county/19.html")
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    page.get_by_role("button", name="Copy the text").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("window.copied") == page.locator("#summary-text").inner_text()


def test_other_leas_are_collapsed_on_screen_and_expanded_in_print(open_state: Open) -> None:
    page = open_state("county/19.html")
    assert not page.locator("#leas-table tbody tr").first.is_visible()
    page.emulate_media(media="print")
    assert page.locator("#eligible-table thead th").all_inner_texts()[:2] == ["LEA", "Pathway"]  # their buttons stay
    assert not page.locator("[data-copy]").is_visible()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#leas-table tbody tr").first.is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not page.locator("#leas-table tbody tr").first.is_visible()


FIELDS = [("index.html", "#find"), ("districts.html", "form.tools [name=q]")]


@pytest.mark.parametrize(("name", "field"), FIELDS)
@pytest.mark.parametrize(
    ("words", "cds"),
    [
        ("compton unified", COMPTON),
        ("Compton Unified School District", COMPTON),
        (COMPTON, COMPTON),
        ("1973437", COMPTON),
        ("lowell joint", LOWELL_JOINT),
        ("compt", COMPTON),
    ],
)
def test_an_exact_or_single_match_opens_the_page(open_state: Open, name: str, field: str, words: str, cds: str) -> None:
    page = open_state(name)
    page.locator(field).fill(words)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/lea/{cds}.html")


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_the_search_finds_counties(open_state: Open, name: str, field: str) -> None:
    page = open_state(name)
    page.locator(field).fill("Los Angeles")
    assert page.locator("[data-find] li a").all_inner_texts()[:2] == [
        "Los Angeles County",
        "Los Angeles County Office of Education",
    ]
    page.locator(field).fill("los angeles county")
    page.keyboard.press("Enter")
    page.wait_for_url("**/county/19.html")


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_search_suggestions_work_with_the_keyboard(open_state: Open, name: str, field: str) -> None:
    page = open_state(name)
    page.locator(field).press_sequentially("compt")
    assert page.locator("[data-find] li").all_text_contents() == [f"Compton Unified Los Angeles County, {COMPTON}"]
    page.keyboard.press("Escape")
    assert page.locator("[data-find] li").count() == 0
    page.keyboard.press("o")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/lea/{COMPTON}.html")


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_a_name_of_several_leas_offers_a_choice(open_state: Open, name: str, field: str) -> None:
    page = open_state(name)
    page.locator(field).fill("Jefferson Elementary")
    page.keyboard.press("Enter")
    expect(page.locator("[data-find] [role=status]")).to_have_text("3 are called “Jefferson Elementary”. Choose one:")
    assert page.locator("[data-find] li").count() == 3
    assert page.url.split("#")[0].endswith(name)


ABSENT = "No name or code in this release contains “Los Angeles Unified”."


@pytest.mark.parametrize("name", ["index.html", "districts.html"])
def test_the_search_reports_leas_that_are_not_in_the_release(open_page: Open, name: str) -> None:
    """In the sample of one county, Compton is included for its loan, and Los Angeles Unified is not included."""
    page = open_page(name)
    page.locator("[data-find] input").fill("Los Angeles Unified")
    page.keyboard.press("Enter")
    expect(page.locator("[data-find] [role=status]")).to_have_text(ABSENT)
    assert page.url.split("#")[0].endswith(name)
    if name == "districts.html":
        expect(page.locator("form.tools output")).to_have_text(re.compile("^0 of "))


def test_the_address_of_a_search_gives_the_same_answer(open_page: Open) -> None:
    page = open_page("districts.html?q=Los+Angeles+Unified")
    expect(page.locator("[data-find] [role=status]")).to_have_text(ABSENT)
    expect(page.locator("form.tools output")).to_have_text(re.compile("^0 of "))


@pytest.mark.parametrize(
    ("number", "address"),
    [("54 districts", "districts.html"), ("16 are new", "changes.html"), ("15 left", "changes.html")],
)
def test_a_number_in_the_sentence_links_to_that_many_rows(open_state: Open, number: str, address: str) -> None:
    page = open_state("index.html")
    page.get_by_role("link", name=number).click()
    page.wait_for_url(f"**/{address}#*")
    expect(page.locator("form.tools output")).to_have_text(re.compile(f"^{number.split()[0]} of "))


SCREENS = pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 1200)])
NOW = "determination_year = (select max(determination_year) from eligibility)"


def texts(page: Any, place: str, height: int) -> str:
    """Return text of the elements of a page that end within its first screen."""
    found = page.locator(place).evaluate_all(
        "(all, height) => all.filter((e) => e.getBoundingClientRect().bottom <= height).map((e) => e.innerText)", height
    )
    return " | ".join(found)


@SCREENS
def test_the_districts_page_starts_with_an_eligible_district_and_its_reason(
    open_state: Open, state_db: duckdb.DuckDBPyConnection, width: int, height: int
) -> None:
    page = open_state("districts.html", width)
    page.locator("#districts tbody tr").first.wait_for()
    counted = "select count(distinct cds) from eligibility where {} and status = '{}'"
    eligible, open_ = (
        state_db.execute(counted.format(NOW, status)).fetchall()[0][0] for status in ("eligible", "undetermined")
    )
    expect(page.locator("form.tools output")).to_contain_text(f": {eligible} eligible, {open_} not determined")
    first = page.locator("#districts tbody tr").first
    assert bottom(page, "#districts tbody tr") <= height
    ((name, groups),) = state_db.execute(
        "select e.lea_name, list(s.name_in_text order by s.student_group) from eligibility e join student_groups s on"
        f" list_contains(e.student_groups, s.student_group) where {NOW} and status = 'eligible' and pathway ="
        " 'continuum' group by e.county, e.lea_name, e.cds order by e.county, e.lea_name limit 1"
    ).fetchall()
    assert first.locator("th").inner_text() == name
    assert all(group in first.locator("td.reason").first.inner_text() for group in groups[:2])
    for cell in first.locator("td.reason").all():
        assert cell.locator(".st").count() == cell.locator(".line").count() == 1, "a reason beside each status"
    page.locator("[name=status]").evaluate(
        "e => { e.value = 'eligible'; e.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    expect(page.locator("form.tools output")).to_have_text(re.compile(f"^{eligible} of "))


@SCREENS
def test_the_changes_page_lists_new_and_removed_leas(
    open_state: Open, state_db: duckdb.DuckDBPyConnection, width: int, height: int
) -> None:
    page = open_state("changes.html", width)
    shown = texts(page, "main h3, main .names li", height)
    for change, word, all_of_them in (
        ("newly_eligible", "New", True),
        ("no_longer", "Left", True),
        ("continuing", "Stay", False),
    ):
        names = state_db.execute(
            "select lea_name from changes where pathway = 'continuum' and change = ? and to_year = (select max(to_year)"
            " from changes) order by lea_name",
            [change],
        ).fetchall()
        assert f"{word}: {len(names)}" in shown
        assert all(name in shown for (name,) in (names if all_of_them else names[:1]))


@SCREENS
def test_the_watch_list_is_sorted_by_distance_to_eligibility(
    open_state: Open, state_db: duckdb.DuckDBPyConnection, width: int, height: int
) -> None:
    page = open_state("watch-list.html", width)
    near = state_db.execute(
        "select w.cds, any_value(w.lea_name) from watch_list w where watch = 'one_more_group' and would_be_eligible"
        f" and cds not in (select cds from eligibility where {NOW} and pathway = 'continuum' and status = 'eligible')"
        " group by all order by any_value(county), 2"
    ).fetchall()
    assert f"{len(near)} LEA" in page.locator("#answer").inner_text()
    assert bottom(page, "#watch tbody tr:nth-child(2)") <= height
    ((sure,),) = state_db.execute(
        "select count(distinct cds) from watch_list where would_be_eligible and watch like 'one_more%' and cds not in"
        f" (select cds from eligibility where {NOW} and pathway = 'continuum' and status = 'eligible')"
    ).fetchall()
    expect(page.locator("form.tools output")).to_have_text(re.compile(f"^{sure} of "))  # others are shown on request
    assert page.locator("#watch tbody tr:visible", has_text="not near").count() == 0
    assert page.locator("#watch tbody tr th").first.inner_text() == near[0][1]
    page.locator("#answer a").first.click()
    expect(page.locator("form.tools output")).to_have_text(re.compile(f"^{len(near)} of "))


@SCREENS
def test_the_reconciliation_page_states_agreement_with_cde(
    open_state: Open, state_db: duckdb.DuckDBPyConnection, width: int, height: int
) -> None:
    page = open_state("reconciliation.html", width)
    total, compared = state_db.execute(
        "select count(*), count(*) filter (class <> 'not_comparable') from reconciliation"
    ).fetchall()[0]
    assert f"{total:,} values" in page.locator("#answer").inner_text()
    assert f"{compared:,} can be compared" in page.locator("#answer").inner_text()
    assert bottom(page, "#by-flag tbody tr") <= height
    assert not re.search(r"[a-z]_[a-z]", page.locator("main").inner_text()), "words, not ids"


@SCREENS
def test_a_lead_area_page_lists_its_eligible_leas(
    open_state: Open, state_db: duckdb.DuckDBPyConnection, width: int, height: int
) -> None:
    page = open_state("geographic-leads.html", width)
    assert bottom(page, "#areas tbody tr") <= height
    assert "An area is a group of counties" in page.locator("#answer").inner_text()
    page = open_state("geographic-lead/los-angeles.html", width)
    names = state_db.execute(
        f"select distinct lea_name from eligibility where {NOW} and status = 'eligible' and county_code = '19'"
    ).fetchall()
    assert f"{len(names)} LEAs of this area are eligible" in page.locator("#answer").inner_text()
    assert bottom(page, "#leas-table tbody tr") <= height
    listed = page.locator("#leas-table tbody th").all_inner_texts()[: len(names)]
    assert set(listed) == {name for (name,) in names}


def test_the_watch_list_filters_by_county_with_the_keyboard(
    open_state: Open, state_db: duckdb.DuckDBPyConnection
) -> None:
    page = open_state("watch-list.html")
    page.get_by_label("County").focus()
    page.keyboard.type("Los Ang")
    page.get_by_label("How near").focus()
    page.keyboard.press("End")  # all
    ((known,),) = state_db.execute(
        "select count(*) from (select distinct cds, watch from watch_list where county = 'Los Angeles')"
    ).fetchall()
    expect(page.locator("form.tools output")).to_have_text(re.compile(f"^{known} of "))
    assert page.url.endswith("#county=19&near=all")
    page.reload()
    expect(page.locator("form.tools output")).to_have_text(re.compile(f"^{known} of "))
    page.locator("form.tools [name=group]").select_option("SWD")
    ((of_group,),) = state_db.execute(
        "select count(distinct (cds, watch)) from watch_list where county = 'Los Angeles' and student_group = 'SWD'"
    ).fetchall()
    expect(page.locator("form.tools output")).to_have_text(re.compile(f"^{of_group} of "))
    page.get_by_role("button", name="Clear").click()
    page.wait_for_url(lambda url: "#" not in url)
    expect(page.get_by_label("How near")).to_have_value("nearest")


@SCREENS
def test_the_data_page_explains_how_to_get_the_data(
    open_state: Open, state_run: Path, state_db: duckdb.DuckDBPyConnection, width: int, height: int
) -> None:
    page = open_state("data.html", width)
    shown = texts(page, "main p, main li", height)
    ((tables,),) = state_db.execute("select count(*) from meta_tables").fetchall()
    assert f"{tables} tables in one DuckDB file" in shown
    assert "eligible_districts" in shown
    assert "dta site adds a table browser and SQL" in shown
    size = (state_run / "out" / "current" / "dta.duckdb").stat().st_size
    (said,) = re.findall(r"dta\.duckdb \(([\d.]+) MB\)", shown)
    assert float(said) == pytest.approx(size / 1e6, abs=0.06)


@pytest.mark.parametrize("cds", [SALINAS, LEAS["Inglewood Unified"], LEAS["Monterey Bay Charter"]])
def test_the_student_group_grid_needs_no_horizontal_scroll_on_a_phone(
    open_state: Open, state_db: duckdb.DuckDBPyConnection, cds: str
) -> None:
    """A card for each group has its name, its code, and every Dashboard with its year."""
    page = open_state(f"lea/{cds}.html", 390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    grid = page.locator("[id='2024'] table.grid")
    names = dict(state_db.execute("select student_group, name from student_groups").fetchall())
    assert grid.locator("tbody tr").count()
    for row in grid.locator("tbody tr").all():
        code = row.get_attribute("data-group")
        assert " ".join(row.locator("th").inner_text().split()) == f"{names[code]} {code}"
        cells = row.locator("td[data-year]").evaluate_all(
            "all => all.map((e) => [e.dataset.year, getComputedStyle(e, '::before').content,"
            " e.getBoundingClientRect().right, e.scrollWidth - e.clientWidth])"
        )
        assert all(content == "attr(data-year)" or content == f'"{year}"' for year, content, *_ in cells)
        assert all(right <= 390 and over <= 0 for *_, right, over in cells), "no cell is cut"
    counted = grid.locator("tbody tr").first.locator("td.counts").evaluate_all("all => all.map((e) => +e.dataset.year)")
    ((window,),) = state_db.execute(
        f"select {'charter_dashboards' if cds == LEAS['Monterey Bay Charter'] else 'counted_dashboards'} from"
        " rule_windows where determination_year = 2024"
    ).fetchall()
    assert counted == sorted(window)


@pytest.mark.parametrize(
    "name", ["districts.html#status=eligible", "watch-list.html", "county/19.html", "changes.html"]
)
def test_table_headings_repeat_on_every_printed_page(open_state: Open, name: str) -> None:
    """A button box is blank in a repeated heading. Without boxes only text remains."""
    page = open_state(name)
    page.locator("table[data-sort] tbody tr").first.wait_for(state="attached")
    page.emulate_media(media="print")
    styles = page.locator("table[data-sort] thead").evaluate_all(
        "all => all.map((e) => [getComputedStyle(e).display, ...[...e.querySelectorAll('button')].map((b) =>"
        " getComputedStyle(b).display)])"
    )
    assert all(head == "table-header-group" and set(buttons) <= {"contents"} for head, *buttons in styles)
    columns = page.locator("table[data-sort]").evaluate_all(
        "all => all.map((e) => [e.tHead.rows[0], e.tBodies[0].rows[0]].map((row) =>"
        " [...row.cells].map((c) => getComputedStyle(c).display !== 'none')))"
    )
    assert all(head == body for head, body in columns), "each column keeps its heading"
    wide = page.evaluate(
        "[...document.querySelectorAll('.scroll')].filter((e) => getComputedStyle(e).overflowX !== 'visible').length"
    )
    assert wide == 0, "nothing is clipped"
