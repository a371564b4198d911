"""The first answers of home and county pages, on the statewide sample: names and counts match the tables."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from reports.answer import read_answer
from tests.site.page import Page
from transforms.wording.sentences import number

YEAR, BEFORE = 2024, 2023


@pytest.fixture(scope="module")
def reports(state_run: Path) -> Path:
    return (state_run / "out" / "current").resolve() / "reports"


@pytest.fixture(scope="module")
def counties(reports: Path) -> dict[str, Page]:
    return {p.stem: Page(p) for p in (reports / "county").glob("*.html")}


def listed(page: Page) -> Iterator[tuple[str, list[str]]]:
    for row in page.find("//table[@id='eligible-table']/tbody/tr"):
        (link,) = page.find("./th/a/@href", row)
        yield Path(link).stem, page.read("./th|./td", row)


def test_home_lists_every_eligible_lea_with_its_groups(reports: Path, state_db: duckdb.DuckDBPyConnection) -> None:
    wanted = state_db.execute(
        "select e.cds, any_value(e.lea_name), any_value(e.county), list(p.name order by p.position),"
        " flatten(list(e.student_groups)) from eligibility e join pathways p using (pathway) where determination_year ="
        " ? and status = 'eligible' group by e.cds",
        [YEAR],
    ).fetchall()
    names = dict(state_db.execute("select student_group, name from student_groups").fetchall())
    found = dict(listed(Page(reports / "index.html")))
    assert len(found) == 69
    assert {cds: (row[0], row[1]) for cds, row in found.items()} == {
        cds: (name, county) for cds, name, county, *_ in wanted
    }
    for cds, _, _, pathways, groups in wanted:
        assert found[cds][2].startswith(", ".join(pathways))
        assert set(found[cds][3].split(", ")) == ({names[g] for g in groups} or {"–"})


def test_home_names_new_leas_like_the_changes_table(reports: Path, state_db: duckdb.DuckDBPyConnection) -> None:
    changed = state_db.execute(
        "select cds, pathway from changes where to_year = ? and change = 'newly_eligible'", [YEAR]
    ).fetchall()
    new = {cds for cds, row in listed(Page(reports / "index.html")) if "new" in row[4].split(";")[0].split()}
    assert new == {cds for cds, pathway in changed if pathway == "continuum"}
    assert len(new) == 16


def test_home_shows_since_when_an_lea_is_eligible(reports: Path, state_db: duckdb.DuckDBPyConnection) -> None:
    runs = state_db.execute(
        "select cds, min(determination_year) from eligibility e where pathway = 'continuum' and not exists (from"
        " eligibility x where x.cds = e.cds and x.pathway = e.pathway and x.status <> 'eligible' and"
        " x.determination_year between e.determination_year and $year) group by cds",
        {"year": YEAR},
    ).fetchall()
    found = dict(listed(Page(reports / "index.html")))
    words = {2022: "since 2022 or earlier", 2023: "since 2023", 2024: "new"}
    assert {year for _, year in runs} == set(words)
    assert [(cds, found[cds][4]) for cds, year in runs if found[cds][4] != words[year]] == []


def test_numbers_in_the_sentence_link_to_their_lists(reports: Path, state_db: duckdb.DuckDBPyConnection) -> None:
    page = Page(reports / "index.html")
    links = {link.text_content(): link.get("href") for link in page.find("//p[@id='answer']//a")}
    chosen = f"districts.html#year={YEAR}&status=eligible&pathway="
    assert links == {
        "67 LEAs": "#eligible",
        "54 districts": f"{chosen}continuum&kind=district",
        "13 county offices": f"{chosen}continuum&kind=county_office",
        "16 are new": f"changes.html#pathway=continuum&year={YEAR}&change=newly_eligible",
        "15 left": f"changes.html#pathway=continuum&year={YEAR}&change=no_longer",
        "Inglewood Unified": "lea/19646340000000.html",
        "South Monterey County Joint Union High": "lea/27660680000000.html",
    }
    assert "".join(part.text for part in read_answer(state_db).parts) == read_answer(state_db).sentence


def test_home_shows_the_answer_before_caveats(reports: Path) -> None:
    text = (reports / "index.html").read_text("utf-8")
    places = [
        text.index(mark)
        for mark in (
            'id="answer"',
            'id="find"',
            'id="eligible-table"',
            'class="map"',
            "not an official designation",
            'id="by-county"',
        )
    ]
    assert places == sorted(places)


MET = """
    select county_code, lea_name, p.name from eligibility join pathways p using (pathway)
    where determination_year = $year and status = 'eligible'
    union all
    select county_code, lea_name, 'Differentiated Assistance, Year ' || assistance_year from assistance
    where determination_year = $year and status = 'eligible' and determination = 'differentiated_assistance'
"""


def test_a_county_page_names_every_assisted_lea(counties: dict[str, Page], state_db: duckdb.DuckDBPyConnection) -> None:
    met = state_db.execute(MET, {"year": YEAR}).fetchall()
    wanted: dict[str, dict[str, set[str]]] = {}
    for code, name, kind in met:
        wanted.setdefault(code, {}).setdefault(kind, set()).add(name)
    for code, page in counties.items():
        said = page.one("//*[@id='summary-text']")
        kinds = {
            kind: set(re.split(r", | and ", names))
            for kind, names in re.findall(r"(?:^|\. )([A-Z][^:.]*): \S+ LEAs? \(([^)]*)\)", said)
        }
        assert kinds == {kind: names for kind, names in wanted.get(code, {}).items() if len(names) <= 10}, code
        for kind, names in wanted.get(code, {}).items():
            assert f"{kind}: {number(len(names))} LEA" in said
        assert said.endswith("is not an official designation.")
        assert page.find("//button[@data-copy='summary-text']")


def test_a_county_page_names_new_and_removed_leas(
    counties: dict[str, Page], state_db: duckdb.DuckDBPyConnection
) -> None:
    query = """
        select county_code, lea_name, p.name, change from changes join leas using (cds, lea_name)
        join pathways p using (pathway)
        where to_year = $year and change in ('newly_eligible', 'no_longer')
        union all
        select a.county_code, a.lea_name, 'Differentiated Assistance',
            if(a.status = 'eligible', 'newly_eligible', 'no_longer')
        from assistance a join assistance b using (cds, determination)
        where a.determination_year = $year and b.determination_year = $before
            and determination = 'differentiated_assistance'
            and (a.status = 'eligible') <> (b.status = 'eligible') and a.status <> 'undetermined'
    """
    wanted = set(state_db.execute(query, {"year": YEAR, "before": BEFORE}).fetchall())
    assert len(wanted) > 100
    found = set()
    for code, page in counties.items():
        for word, kind, names in re.findall(
            rf"(New|Left) since {BEFORE}, ([^:]*): ([^.]*)\.", page.one("//*[@id='summary-text']")
        ):
            change = "newly_eligible" if word == "New" else "no_longer"
            if re.fullmatch(r"\d\d+ LEAs", names):
                some = {row for row in wanted if (row[0], row[2], row[3]) == (code, kind, change)}
                assert names == f"{len(some)} LEAs"
                found |= some
            else:
                found |= {(code, name, kind, change) for name in re.split(r", | and ", names)}
    assert found == wanted


def test_a_county_page_counts_groups_in_two_years(
    counties: dict[str, Page], state_db: duckdb.DuckDBPyConnection
) -> None:
    counts = state_db.execute(
        "select county_code, g.name_in_text, g.dashboard_from, count(*) filter (dashboard_year = $year), count(*)"
        " filter (dashboard_year = $before) from student_group_history h join leas using (cds) join student_groups g"
        " using (student_group) where meets_criteria and lea_type <> 'charter' and dashboard_year in ($year, $before)"
        " group by all",
        {"year": YEAR, "before": BEFORE},
    ).fetchall()
    for code, name, began, now, then in counts:
        beside = f"a group since {began}" if began == YEAR else then
        assert f"{name} {now} ({beside})" in counties[code].one("//*[@id='summary-text']")


def test_other_leas_of_a_county_are_collapsed_unless_none_is_eligible(counties: dict[str, Page]) -> None:
    for code, page in counties.items():
        (fold,) = page.find("//details[contains(@class, 'others-of-county')]") or [None]
        assert fold is not None or page.find("//table[@id='eligible-table']"), code
        if fold is not None:
            assert (fold.get("open") is None) == bool(page.find("//table[@id='eligible-table']"))


def test_the_search_has_every_lea_and_its_former_names(reports: Path, state_db: duckdb.DuckDBPyConnection) -> None:
    script = (reports / "assets" / "names.js").read_text("ascii")
    names, counties = (json.loads(line.split(" = ", 1)[1].removesuffix(";")) for line in script.splitlines())
    known = {row[0]: row[1:] for row in names}
    assert all((reports / "county" / f"{code}.html").exists() for code, _ in counties)
    assert len(counties) == 58
    leas = state_db.execute("select cds, lea_name, county, lea_type from leas").fetchall()
    assert {(cds, *row[:3]) for cds, row in known.items()} == set(leas)
    for code, name, successor in state_db.execute(
        "select predecessor_cds, predecessor_name, successor_cds from successions"
    ).fetchall():
        assert successor not in known or [name, code] in known[successor][3]


def test_a_charter_school_page_shows_the_charter_test(reports: Path, state_db: duckdb.DuckDBPyConnection) -> None:
    page = Page(reports / "lea" / "27102720112177.html")
    assert page.read("//nav[@aria-label='Determination year']//a")[0] == f"{YEAR} ○ assistance: not eligible"
    assert "EC 52072" in page.one(f"//*[@id='{YEAR}']//*[@data-pathway='continuum']")
    query = "select distinct statute from eligibility where pathway = 'continuum' and lea_type = ? order by 1"
    of_charters, of_districts = (state_db.execute(query, [kind]).fetchall() for kind in ("charter", "district"))
    assert of_charters == of_districts


def test_a_county_without_determinations_has_no_paragraph(release: Path, db: duckdb.DuckDBPyConnection) -> None:
    """Uses the sample of one county, which also has the loans of others."""
    decided = db.execute(
        "select county_code, bool_or(yes or pathway is null or pathway = 'continuum' and no) from (select county_code,"
        " pathway, status = 'eligible' as yes, status = 'not_eligible' as no from eligibility where determination_year"
        " = $year union all select county_code, null, true, false from assistance where determination_year = $year and"
        " determination <> 'consecutive' and status in ('eligible', 'not_eligible')) group by all",
        {"year": YEAR},
    ).fetchall()
    assert {True, False} == {known for _, known in decided}
    for code, known in decided:
        page = Page(release / "reports" / "county" / f"{code}.html")
        assert (len(page.find("//*[@id='summary-text']")), len(page.find("//*[@id='no-summary']"))) == (
            int(known),
            int(not known),
        ), code
        assert len(page.find("//button[@data-copy]")) == int(known)


def test_a_county_page_lists_undetermined_leas(release: Path) -> None:
    said = Page(release / "reports" / "county" / "19.html").one("//*[@id='summary-text']")
    assert said.startswith(
        "In 2024, one LEA in Los Angeles County meets the criteria for Direct Technical Assistance. Wraparound: one LEA"
        " (Inglewood Unified)."
    )
    assert "Not determined: Continuum of Support (SIR+) for " in said
    assert "None" not in said
