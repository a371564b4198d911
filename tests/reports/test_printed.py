"""Printed pages: every figure comes from the release, names stay text, and the bytes are the same each time."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import openpyxl
import pytest
import typst
from typer.testing import CliRunner

from flows.cli.app import app
from reports.book import read_book
from reports.lea import collect
from reports.printed.sheet import FILLS, FOLDER, Printer, facts_of, lea_sheet
from reports.published import Row, all_leas, find_lea, open_release
from tests.reports.conftest import HOSTILE, SALINAS
from tests.workplace import AS_OF, Workplace

runner = CliRunner(env={"COLUMNS": "160", "NO_COLOR": "1"})
LABELS = {
    "eligible": "eligible",
    "not_eligible": "not eligible",
    "undetermined": "not determined",
    "not_assessed": "not assessed",
    "not_applicable": "does not apply",
}


def laid_out(facts: Row) -> typst.Compiler:
    """Return a compiler with these facts, to inspect the text of the pages."""
    inputs = {"data": json.dumps(facts), "colors": FILLS}
    return typst.Compiler(str(FOLDER / "pages.typ"), root=str(FOLDER), ignore_system_fonts=True, sys_inputs=inputs)


@pytest.fixture(scope="module")
def sheets(published: Workplace) -> dict[str, Row]:
    with open_release(published.out) as connection:
        book = read_book(connection)
        return {e.lea.cds: lea_sheet(book, e) for e in collect(connection, book, all_leas(connection), 2024)}


def test_every_lea_has_a_page_with_every_pathway_in_words(
    sheets: dict[str, Row], db: duckdb.DuckDBPyConnection
) -> None:
    verdicts = db.execute(
        "select cds, p.name, status, e.statute, reason, source_age_years, source_is_old from eligibility e join"
        " pathways p using (pathway) where determination_year = 2024"
    ).fetchall()
    assert {cds for cds, *_ in verdicts} == set(sheets)
    for cds, name, status, statute, reason, age, is_old in verdicts:
        said = [v for v in sheets[cds]["verdicts"] if v["name"] == name]
        if said:
            assert [(v["label"], v["statute"], v["reason"]) for v in said] == [
                (LABELS[status] + (f" (source {age} years old)" if is_old else ""), statute, reason)
            ]
        else:
            assert name in next(u["names"] for u in sheets[cds]["unsaid"] if u["status"] == status)


def test_every_result_on_a_printed_page_matches_the_release(
    sheets: dict[str, Row], db: duckdb.DuckDBPyConnection
) -> None:
    short = {
        "ela": "ELA",
        "math": "Math",
        "elpi": "ELPI",
        "chronic": "Chronic",
        "susp": "Susp.",
        "grad": "Grad.",
        "cci": "CCI",
        "science": "Science",
    }
    colors = ("None", "Red", "Orange", "Yellow", "Green", "Blue")
    seen = 0
    for cds, group, indicator, color, status, change, change_level, students in db.execute(
        "select cds, student_group, indicator, color, current_status, change, change_level, current_denominator from"
        " evidence where dashboard_year = 2024 and finding = 'result'"
    ).fetchall():
        results = sheets[cds]["results"]
        cell = next(r for r in results["rows"] if r["code"] == group)["cells"][
            results["indicators"].index(short[indicator])
        ]
        assert cell["word"] == colors[color]
        assert float(cell["value"].replace("−", "-").replace("%", "").replace(",", "")) == pytest.approx(
            status, abs=0.051
        )
        arrow, amount, meaning = cell["change"].split()
        assert float(amount.replace(",", "")) == pytest.approx(abs(change), abs=0.051)
        assert arrow == ("▲" if change > 0 else "▼" if change < 0 else "■")
        assert meaning == (
            "maintained"
            if change_level == 3
            else "better"
            if (change > 0) != (indicator in ("chronic", "susp"))
            else "worse"
        )
        assert cell["students"] == f"{students:,.0f}"
        seen += 1
    assert seen == sum(cell is not None for s in sheets.values() for r in s["results"]["rows"] for cell in r["cells"])
    assert seen > 500


def test_cells_that_met_a_criterion_are_marked(sheets: dict[str, Row], db: duckdb.DuckDBPyConnection) -> None:
    met = db.execute(
        "select distinct r.cds, r.student_group, i.short_name from criterion_results r join rule_criteria c using"
        " (criterion) join evidence e on e.cds = r.cds and e.dashboard_year = r.dashboard_year and e.student_group ="
        " r.student_group and e.indicator = c.indicator join indicators i on i.indicator = c.indicator where r.met and"
        " r.dashboard_year = 2024 and e.finding = 'result'"
    ).fetchall()
    marked = {
        (cds, row["code"], name)
        for cds, sheet in sheets.items()
        for row in sheet["results"]["rows"]
        for name, cell in zip(sheet["results"]["indicators"], row["cells"], strict=True)
        if cell and cell["met"]
    }
    assert marked == set(met)
    assert len(marked) > 20


def test_other_years_are_on_the_page(sheets: dict[str, Row], db: duckdb.DuckDBPyConnection) -> None:
    for cds, sheet in sheets.items():
        found = db.execute(
            "select determination_year, count(*) from (select cds, determination_year, status from eligibility union"
            " all select cds, determination_year, status from assistance) where cds = ? and determination_year <> 2024"
            " and status not in ('not_assessed', 'not_applicable') group by 1 order by 1 desc",
            [cds],
        ).fetchall()
        assert [(y["year"], len(y["found"])) for y in sheet["years"]] == found


def test_the_grid_shows_the_history_of_the_groups(sheets: dict[str, Row], db: duckdb.DuckDBPyConnection) -> None:
    salinas = sheets[SALINAS]
    assert salinas["window"] == [2019, 2022, 2023, 2024]
    letters = {g["code"]: [c["sign"] for c in g["cells"]] for g in salinas["groups"]}
    assert letters["EL"] == ["D", "B", "B", "·"]
    assert letters["LTEL"] == ["n/a", "n/a", "n/a", "D"]
    (ltel,) = [g for g in salinas["groups"] if g["code"] == "LTEL"]
    assert [(c["text"], c["value"]) for c in ltel["cells"][3]["causes"]] == [
        ("Math Red", "−171.0"),
        ("Susp. Red", "9.2%"),
        ("ELA Orange", "−116.3"),
    ]
    for cds, sheet in sheets.items():
        for group in sheet["groups"]:
            met = [year for year, cell in zip(sheet["window"], group["cells"], strict=True) if cell["met"]]
            (stored,) = db.execute(
                "select coalesce(list(dashboard_year order by dashboard_year), []) from student_group_history "
                "where cds = ? and student_group = ? and list_contains(?, dashboard_year) and meets_criteria",
                [cds, group["code"], sheet["window"]],
            ).fetchall()  # fmt: skip
            assert met == stored[0]


@pytest.mark.slow
def test_pages_printed_together_equal_pages_printed_alone(published: Workplace) -> None:
    with open_release(published.out) as connection:
        book = read_book(connection)
        for e in collect(connection, book, all_leas(connection), 2023):
            assert e == next(collect(connection, book, [e.lea], 2023))


def test_a_loan_of_a_predecessor_is_on_the_successors_page(
    sheets: dict[str, Row], db: duckdb.DuckDBPyConnection
) -> None:
    for successor, former in db.execute("select successor_cds, district from state_loans where cds is null").fetchall():
        assert any(former in loan["event"] for loan in sheets[successor]["loans"])


@pytest.mark.slow
def test_every_lea_prints_on_one_or_two_pages(sheets: dict[str, Row]) -> None:
    for sheet in sheets.values():
        pages = laid_out(facts_of([sheet], "x")).compile(format="svg")  # bytes for one page, a list for several
        assert isinstance(pages, bytes) or len(pages) == 2


def test_the_same_facts_print_the_same_bytes(sheets: dict[str, Row]) -> None:
    first, other = (facts_of([sheets[cds]], cds) for cds in (SALINAS, "27660680000000"))
    printer = Printer(AS_OF)
    once = printer.print(first)
    assert printer.print(other) != once
    assert printer.print(first) == once == Printer(AS_OF).print(first)
    assert Printer(date(2026, 1, 1)).print(first) != once
    assert once.startswith(b"%PDF-")
    assert b"pdfuaid:part" in once, "marked as PDF/UA"


def test_a_hostile_name_is_text(hostile: Path) -> None:
    with open_release(hostile) as connection:
        book = read_book(connection)
        sheet = lea_sheet(book, next(collect(connection, book, [find_lea(connection, SALINAS)], 2024)))
    headings = json.loads(laid_out(facts_of([sheet], HOSTILE)).query("heading.where(level: 1)"))
    assert json.dumps(HOSTILE) in json.dumps([h["body"] for h in headings])
    assert Printer(AS_OF).print(facts_of([sheet], HOSTILE))


def dta(*arguments: object) -> str:
    ended = runner.invoke(app, ["report", *map(str, arguments)])
    assert ended.exit_code == 0, ended.output
    return ended.output


def test_the_command_writes_one_page_or_all_and_refuses_to_overwrite(published: Workplace, tmp_path: Path) -> None:
    dta("lea", "Salinas Union High", "--pdf", "--to", tmp_path, "--out", published.out)
    path = tmp_path / "27661590000000-salinas-union-high-2024.pdf"
    before = path.read_bytes()
    assert before.startswith(b"%PDF-")
    command = [
        Path(sys.executable).parent / "dta",
        "report",
        "lea",
        "Salinas Union High",
        "--to",
        tmp_path,
        "--out",
        published.out,
    ]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "--force" in refused.stderr
    dta("lea", "Salinas Union High", "--force", "--to", tmp_path, "--out", published.out)
    assert path.read_bytes() == before
    dta("lea", "--all", "--json", "--to", tmp_path, "--out", published.out)
    (folder,) = tmp_path.glob("dta-leas-2024-*")
    assert len(list(folder.glob("*.json"))) == 42
    assert json.loads((folder / "27661590000000-salinas-union-high.json").read_text())["name"] == "Salinas Union High"
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")], "nothing is left behind"


@pytest.mark.slow
def test_a_folder_with_other_files_is_never_replaced(published: Workplace, tmp_path: Path) -> None:
    dta("county", "Monterey", "--to", tmp_path, "--out", published.out)
    (packet,) = tmp_path.iterdir()
    dta("county", "monterey county", "--force", "--to", tmp_path, "--out", published.out)
    (packet / ".dta-report").unlink()
    ended = runner.invoke(
        app, ["report", "county", "27", "--force", "--to", str(tmp_path), "--out", str(published.out)]
    )
    assert ended.exit_code != 0
    assert "will not be changed" in str(ended.exception)
    assert (packet / "packet.pdf").exists()


@pytest.mark.slow
def test_the_packet_has_every_lea_of_the_county_and_no_other(published: Workplace, tmp_path: Path) -> None:
    dta("county", "monterey", "--to", tmp_path, "--out", published.out)
    (packet,) = tmp_path.iterdir()
    assert sorted(p.name for p in packet.iterdir()) == [".dta-report", "packet.pdf", "rows.xlsx"]
    rows = openpyxl.load_workbook(packet / "rows.xlsx")["Eligibility"].iter_rows(min_row=2, values_only=True)
    found = list(rows)
    with open_release(published.out) as connection:
        counted = connection.execute(
            "select count(*) from eligibility where county = 'Monterey' and determination_year = 2024"
        ).fetchone()
    assert (len(found),) == counted
    assert {row[3] for row in found} == {"Monterey"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("county", "Montery"), "Monterey"),
        (("county", "Alpine"), "no LEA"),
        (("lea", "Salinas Union High", "--year", "1999"), "1999"),
        (("lea",), "--all"),
    ],
)
def test_impossible_prints_are_refused_with_the_reason(
    published: Workplace, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    ended = runner.invoke(app, ["report", *arguments, "--to", str(tmp_path), "--out", str(published.out)])
    assert ended.exit_code != 0
    assert said in str(ended.exception)
    assert not list(tmp_path.iterdir())
