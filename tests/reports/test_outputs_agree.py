"""Page, print, packet, letter, terminal, workbook and recipes agree on status, reason, figures and sources.

The test uses thirty LEAs. All outputs share one collector.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from reports.book import Book, read_book
from reports.lea import LeaReport, collect
from reports.printed.county import packet_of
from reports.printed.letter import letters_of
from reports.printed.sheet import facts_of, lea_sheet
from reports.published import NotFoundError, all_leas, find_lea, open_release
from reports.recipe_book import find_recipe
from reports.workbook.sheets import SHEETS
from reports.workbook.write import write_workbook
from tests.reports.outputs import (
    LETTER,
    OutputContent,
    of_letter,
    of_page,
    of_print,
    of_terminal,
    printed,
    without_spaces,
)
from tests.site.page import text_of
from tests.workplace import Workplace

NOW = 2024
LABELS = {
    "eligible": "eligible",
    "not_eligible": "not eligible",
    "undetermined": "not determined",
    "not_assessed": "not assessed",
}
TESTS = {
    "differentiated_assistance": "Differentiated Assistance",
    "consecutive": "Three consecutive Dashboards",
    "charter": "Charter schools' assistance",
}


@dataclass
class Outputs:
    """Every output of one LEA and determination year."""

    e: LeaReport
    said: dict[str, OutputContent]


@pytest.fixture(scope="module")
def connection(published: Workplace) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_release(published.out) as opened:
        yield opened


@pytest.fixture(scope="module")
def book(connection: duckdb.DuckDBPyConnection) -> Book:
    return read_book(connection)


@pytest.fixture(scope="module", params=[(NOW,), pytest.param((NOW - 1, NOW), marks=pytest.mark.slow)], ids=str)
def outputs(
    request: pytest.FixtureRequest,
    connection: duckdb.DuckDBPyConnection,
    book: Book,
    release: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> list[Outputs]:
    """Return thirty LEAs in each year: charter schools, LEAs known only by a loan, the county office, and districts."""
    leas = all_leas(connection)
    special = [lea for lea in leas if lea.lea_type != "district" or lea.county != "Monterey"]
    chosen = sorted(
        [*special, *[lea for lea in leas if lea not in special][: 30 - len(special)]], key=lambda lea: lea.cds
    )
    assert (len(chosen), len(special) < 20) == (30, True)
    folder, made = tmp_path_factory.mktemp("letters"), []
    for year in request.param:
        for e in collect(connection, book, chosen, year):
            page = release / "reports" / "lea" / f"{e.lea.cds}.html"
            said = {"print": of_print(book, e), "terminal": of_terminal(e), "page": of_page(page, e.window, year)}
            try:
                said["letter"] = of_letter(book, e, list(letters_of(e))[-1], folder / "x.docx")
            except NotFoundError:
                assert not any(v.status == "eligible" for v in [*e.verdicts, *e.assistance])
            made.append(Outputs(e, said))
    return made


def test_every_status_and_reason_matches_the_release(
    outputs: list[Outputs], connection: duckdb.DuckDBPyConnection
) -> None:
    rows = connection.execute(
        "select cds, determination_year, pathway, p.name, status, e.statute, reason, if(source_is_old,"
        " source_age_years, null) from eligibility e join pathways p using (pathway) where status <> 'not_applicable'"
        " union all select cds, determination_year, determination, null, status, statute, reason, null from assistance"
        " where status <> 'not_applicable'"
    ).fetchall()
    letters = 0
    for o in outputs:
        wanted = {}
        for cds, year, code, name, status, statute, reason, age in rows:
            if (cds, year) == (o.e.lea.cds, o.e.year) and (
                status != "not_assessed" or code not in {v.code for v in o.e.unsaid}
            ):
                label = LABELS[status] + (f"source {age} years old" if age else "")
                wanted[without_spaces(label + (name or TESTS[code]) + statute)] = " ".join(reason.split())
        # The Continuum of Support of a charter school.
        charter = {k for k in o.said["print"].verdicts if k.startswith("doesnotapply")}
        for name, said in o.said.items():
            unsaid = set() if name != "letter" else {k for k in wanted if k.startswith("notassessed")}
            assert set(said.verdicts) - charter == set(wanted) - unsaid, (o.e.lea, o.e.year, name)
            for heading, reason in wanted.items():
                assert heading in unsaid or said.verdicts[heading].startswith(reason), (o.e.lea, o.e.year, name)
        letters += "letter" in o.said
    assert letters > 15 * len({o.e.year for o in outputs})


def test_all_outputs_agree(outputs: list[Outputs]) -> None:
    seen = {"causes": 0, "results": 0, "sources": 0, "loans": 0, "notes": 0}
    for o in outputs:
        first, where = o.said["terminal"], (o.e.lea.name, o.e.year)
        for name, said in o.said.items():
            for heading, text in said.verdicts.items():
                assert text == first.verdicts[heading], (where, name, "reason and notes")
            if name == "letter":
                assert set(said.sources) <= set(first.sources), (where, "sources")
            else:
                assert said.sources == first.sources, (where, name, "sources")
                assert said.unsaid == first.unsaid, (where, name)
                assert sorted(said.loans) == sorted(first.loans), (where, name)
                for key, cell in first.cells.items():
                    assert said.cells[key] == cell, (where, name, key)
                for group, total in first.totals.items():
                    assert said.totals[group] == total, (where, name)
                others = {k for k in said.cells if k not in first.cells}
                assert not [
                    k for k in others if LETTER.match(said.cells[k][0]) or said.cells[k][0] == "not determined"
                ], (where, name)
        if "page" in o.said:
            assert o.said["page"].results == o.said["print"].results, where
        if "letter" in o.said:
            met = {k: (cell[0], cell[2]) for k, cell in first.cells.items() if LETTER.match(cell[0])}
            assert {k: (cell[0], cell[2]) for k, cell in o.said["letter"].cells.items()} == met, where
            assert not o.said["letter"].loans or sorted(o.said["letter"].loans) == sorted(first.loans)
        seen["causes"] += sum(len(c[2]) for c in first.cells.values())
        seen["results"] += len(o.said["print"].results)
        seen["sources"] += len(first.sources)
        seen["loans"] += len(first.loans)
        seen["notes"] += sum("CDE's own" in text for text in first.verdicts.values())
    assert all(n > 20 for n in seen.values()), seen


def test_cell_letters_and_figures_match_the_release(
    outputs: list[Outputs], connection: duckdb.DuckDBPyConnection
) -> None:
    history = {
        (cds, group, year): (letter, meets, has_result, basis)
        for cds, group, year, letter, meets, has_result, basis in connection.execute(
            "select cds, student_group, dashboard_year, letter, meets_criteria, has_result, basis from"
            " student_group_history"
        ).fetchall()
    }
    recipe = find_recipe("letters-since-2017")
    for o in outputs:
        for (group, year), (found, _, _) in o.said["terminal"].cells.items():
            if (o.e.lea.cds, group, year) not in history:
                assert found == "no such group"
                continue
            letter, meets, has_result, basis = history[o.e.lea.cds, group, year]
            words = (
                "not loaded"
                if basis == "none"
                else "not determined"
                if meets is None
                else "no result"
                if has_result is False
                else "not met"
            )
            assert found == (letter if meets else words)
        asked = connection.execute(recipe.sql, recipe.bound({"cds": o.e.lea.cds})).fetchall()
        by_recipe = {(group, year): ours for group, _, year, ours, *_ in asked if ours and year in o.e.window}
        assert {k: v[0] for k, v in o.said["terminal"].cells.items() if re.fullmatch("[A-K]", v[0])} == by_recipe


def test_an_enclosure_never_contradicts_its_finding(outputs: list[Outputs]) -> None:
    seen = set()
    for o in outputs:
        if "letter" not in o.said:
            continue
        status = next(
            v.status
            for v in [*o.e.assistance, *o.e.verdicts]
            if v.code == ("charter" if o.e.lea.lea_type == "charter" else "continuum")
        )
        said, none = o.said["letter"].text, "No student group met the criteria on the Dashboards that count."
        if status == "undetermined":
            assert none not in said
            assert "Not determined: whether a student group met" in said
        met = any(LETTER.match(cell[0]) for cell in o.said["terminal"].cells.values())
        assert not (met and none in said)
        assert (none in said) == (none in o.said["print"].text) == (none in o.said["terminal"].text)
        seen.add((status, met, none in said))
    assert {("undetermined", False, False), ("not_eligible", True, False), ("not_eligible", False, True)} <= seen


@pytest.mark.slow
def test_workbook_and_recipes_match_the_page(
    outputs: list[Outputs], connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write_workbook(connection, tmp_path / "x.xlsx", SHEETS, "x")
    sheets = openpyxl.load_workbook(tmp_path / "x.xlsx", read_only=True)
    verdicts, evidence = (list(sheets[name].iter_rows(values_only=True)) for name in ("Eligibility", "Evidence"))
    column = {heading: n for n, heading in enumerate(verdicts[0])}
    why = find_recipe("why")
    for o in (o for o in outputs if o.e.year == NOW):
        page = o.said["page"]
        for row in (r for r in verdicts[1:] if r[column["CDS code"]] == o.e.lea.cds):
            pathway, status, statute, reason = (row[column[h]] for h in ("Pathway", "Status", "Statute", "Reason"))
            label = status[2:]
            if pathway in page.unsaid.get(label, set()):
                continue
            heading = next(
                k
                for k in page.verdicts
                if k.startswith(without_spaces(label)) and k.endswith(without_spaces(pathway + statute))
            )
            assert page.verdicts[heading].startswith(" ".join(reason.split()))
            flag = row[column["CDE's flag"]]
            assert (f"CDE's own flag is {flag}" in page.verdicts[heading]) == bool(flag)
            settled = row[column["To settle it"]] or ""
            assert bool(settled) == (label == "not determined")
            assert page.verdicts[heading].endswith(f"To settle it: {settled[:1].lower()}{settled[1:]}" * bool(settled))
        asked = connection.execute(why.sql, why.bound({"cds": o.e.lea.cds})).fetchall()
        assert [(name, status, reason) for name, status, _, reason, *_ in asked] == [
            (v.name, v.status, v.reason) for v in o.e.verdicts
        ]
        head = {heading: n for n, heading in enumerate(evidence[0])}
        rows = [r for r in evidence[1:] if r[head["CDS code"]] == o.e.lea.cds and r[head["Dashboard"]] == NOW]
        codes = dict(connection.execute("select name, student_group from student_groups").fetchall())
        found = {(codes[r[head["Student group"]]], r[head["Indicator"]]): r[head["Level"]] for r in rows}
        names = {r["name"]: i for i, r in read_book(connection).indicators.items()}
        assert {(g, names[i]): level for (g, i), level in found.items()} == {
            k: word for k, (word, _, _) in page.results.items() if k[0] in {g for g, _ in found}
        }


@pytest.mark.slow
def test_a_packet_has_the_prints_and_their_statuses(
    outputs: list[Outputs], connection: duckdb.DuckDBPyConnection, book: Book
) -> None:
    facts = packet_of(connection, book, ("27", "Monterey"), NOW, "all")
    packet = printed(facts)
    text = text_of(packet)
    rows = {
        text_of(row.xpath("./td")[0]): [text_of(c) for c in row.xpath("./td")[1:]]
        for row in packet.xpath("(//table)[1]//tbody/tr")
    }
    found = 0
    for o in (o for o in outputs if o.e.year == NOW and o.e.lea.county == "Monterey"):
        assert text_of(printed(facts_of([lea_sheet(book, o.e)], "x")).xpath("//body")[0]) in text
        wanted = [
            f"{v.sign} {v.label.partition(' (')[0]}" for v in o.e.verdicts if v.code in ("continuum", "wraparound")
        ]
        cells = [cells for name, cells in rows.items() if name.endswith(o.e.lea.cds)]
        alike = [g["statuses"] for g in facts["county"]["others"] if f"{o.e.lea.name} ({o.e.lea.cds})" in g["names"]]
        (shown,) = cells + [[f"{s['sign']} {s['label']}" for s in of] for of in alike]
        assert all(said.startswith(status) for said, status in zip(shown[:2], wanted, strict=True))
        found += 1
    assert found > 15
    earlier = packet_of(connection, book, ("27", "Monterey"), NOW - 1)["county"]
    assert earlier["summary"][0].startswith(f"In {NOW - 1}, ")
    few = packet_of(connection, book, ("27", "Monterey"), NOW)
    assert few["county"]["pages"] == len(few["leas"]) < facts["county"]["pages"] == facts["county"]["counted"]
    assert few["leas"] == facts["leas"][: len(few["leas"])], "those that are eligible or not determined come first"
    assert all({v["status"] for v in d["verdicts"]} & {"eligible", "undetermined"} for d in few["leas"])


def test_the_workbook_of_charter_schools_is_a_source_in_every_output(release: Path, tmp_path: Path) -> None:
    """A charter school with a letter in a charter workbook: page, print, terminal and letter cite the workbook."""
    shutil.copy(release / "dta.duckdb", tmp_path)
    (tmp_path / "dta.duckdb").chmod(0o644)
    with duckdb.connect(str(tmp_path / "dta.duckdb")) as db:
        db.execute(
            "insert into meta_sources by name (select * replace "
            "('charters-2023' as source_id, 'charters23.xlsx' as file, null as excerpt, repeat('c', 64) as sha256) "
            "from meta_sources where file = 'assistancestatus23.xlsx')"
        )
        db.execute(
            "update student_group_history set cde_source_id = 'charters-2023', cde_source_line = 7, cde_source_column ="
            " 'EL' where cds = '27102720124297' and dashboard_year = 2023"
        )
        book = read_book(db)
        e = next(collect(db, book, [find_lea(db, "27102720124297")], NOW))
        wanted = ("charters23.xlsx", "c" * 12, str(book.sources["charters-2023"]["first_seen"] or ""))
        from reports.site.build import write_leas
        from reports.site.drawn import write_known
        from reports.site.pages import Pages

        pages = Pages(tmp_path / "site", book)
        write_known(db, pages)
        write_leas(db, pages, [e.lea], lambda _: None)
        for said in (
            of_print(book, e), of_terminal(e), of_letter(book, e, "findings", tmp_path / "x.docx"),
            of_page(tmp_path / "site" / "lea" / "27102720124297.html", e.window, NOW),
        ):  # fmt: skip
            assert wanted in said.sources


def test_a_sufficient_size_is_not_reported_as_too_few(connection: duckdb.DuckDBPyConnection, book: Book) -> None:
    sizes = {
        (cds, year, group, indicator): (size_met, n)
        for cds, year, group, indicator, size_met, n in connection.execute(
            "select cds, dashboard_year, student_group, indicator, current_size_met, current_denominator from evidence"
            " where finding = 'no_result'"
        ).fetchall()
    }
    words: dict[Any, int] = {}
    for e in collect(connection, book, all_leas(connection), NOW):
        for year, lines in e.results.items():
            for group, line in lines.items():
                for indicator, r in line.items():
                    if r.finding == "no_result":
                        met, n = sizes[e.lea.cds, year, group, indicator]
                        words[met == "Y" or n >= 30, r.word] = words.get((met == "Y" or n >= 30, r.word), 0) + 1
    assert (True, "too few students") not in words
    assert {(True, "no color"), (False, "too few students")} <= set(words)


def test_letters_differ_by_kind_and_need_a_determination(connection: duckdb.DuckDBPyConnection, book: Book) -> None:
    def kinds(name: str, year: int) -> list[str]:
        return list(letters_of(next(collect(connection, book, [find_lea(connection, name)], year))))

    assert kinds("Salinas Union High", 2024) == ["year-1", "leaving", "findings"]
    assert kinds("South Monterey County Joint Union High", 2023) == [
        "continuum",
        "wraparound",
        "year-1",
        "three-dashboards",
        "findings",
    ]
    assert kinds("Inglewood Unified", 2024) == ["wraparound", "findings"]
    with pytest.raises(NotFoundError, match="nothing is determined for Emery Unified in 2024"):
        kinds("Emery Unified", 2024)
