"""Other sources than Dashboard files: directory, charter workbooks, text local indicators, interim certifications."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import openpyxl
import pytest

from flows.steps import take_snapshots
from tests.workplace import SAMPLE, Workplace
from transforms import clock
from transforms.raw.stage import read_raw
from transforms.run import Run

PAGE = """<!DOCTYPE html><html><head><title>First Interim Status Report, FY 2024-25</title></head><body>
<h1>First Interim Status Report, FY 2024–25</h1>
<p>Local educational agencies with a negative or qualified certification.</p>
<h2>Negative Certification</h2>
<table><tr><th>Number</th><th>County</th><th>Local Educational Agency</th><th>Total Budget ($) in millions</th></tr>
<tr><td>1</td><td>Alameda</td><td>Oakland Unified*</td><td>959.2</td></tr>
<tr><td>2</td><td>Monterey</td><td>South Monterey County Joint Union High School District</td><td>$1,042.2</td></tr>
</table>
<h2>Qualified Certification</h2>
<table><tr><th>Number</th><th>County</th><th>Local Educational Agency</th><th>Total Budget ($) in millions</th></tr>
<tr><td>1</td><td>Monterey</td><td>Some Joint Powers Agency</td><td>certification pending</td></tr>
<tr><td>2</td><td>Alameda</td><td>Salinas Union High</td><td>200</td></tr></table>
</body></html>"""


@pytest.mark.slow
def test_a_release_with_every_kind_of_file_passes_its_gates(workplace: Workplace) -> None:
    (workplace.source / "first2425.asp").write_text(PAGE, "utf-8")
    write_directory(workplace.source, status="Closed")
    write_charter_workbook(workplace.source, letter="A")
    with workplace.checked() as db:
        rows = db.execute(
            "select layout, rows_in, rows_kept, rows_rejected from meta_sources where present and layout in "
            "('directory', 'charter_assistance', 'interim_certifications') order by layout"
        ).fetchall()
        assert db.execute(
            "select count(*) from meta_sources where rows_in <> rows_kept + rows_rejected"
        ).fetchall() == [(0,)]
    assert rows == [("charter_assistance", 3, 3, 0), ("directory", 3, 3, 0), ("interim_certifications", 4, 4, 0)]


def write_directory(folder: Path, status: str = "Open?") -> None:
    lines = [
        "CDSCode\tNCESDist\tStatusType\tCounty\tDistrict\tSchool\tOpenDate\tClosedDate\tCharter",
        "27661590000000\t0633980\tActive\tMonterey\tSalinas Union High\tNo Data\tNo Data\tNo Data\tNo Data",
        "27661592730000\t0633980\tClosed\tMonterey\tSalinas Union High\tOld School\t1980-07-01\t06/30/2012\tN",
        f"27661592730001\t0633980\t{status}\tMonterey\tSalinas Union High\tOdd School\tNo Data\tNo Data\tY",
    ]
    (folder / "pubschls.txt").write_bytes("\r\n".join(lines).encode() + b"\r\n")


def write_charter_workbook(folder: Path, letter: str = "Z") -> None:
    book = openpyxl.Workbook()
    for title in ("Record Layout", "Value", "LCFF Priority Definitions"):
        book.create_sheet(title)
    sheet = book.create_sheet("Charter School 2024")
    for _ in range(5):
        sheet.append(["California Department of Education"])
    groups = ["AA", "AI", "AS", "EL", "FI", "FOS", "HI", "HOM", "LTEL", "PI", "SED", "SWD", "TOM", "WH"]
    sheet.append(
        [
            "CDS",
            "SchoolName",
            "Gsoffered",
            "ReportingYear",
            *(f"{g}current" for g in groups),
            "ELprior",
            "AssistanceStatus2024",
            "MetCriteria",
            "EC47607_2024",
        ]
    )
    for cds, name, current, prior, status in (
        ("27102720112177", "A Charter", "D", "*", "Differentiated Assistance"),
        ("27102720112178", "Another", letter, "A", "General Assistance"),
        ("27102720999999", "In No Other File", "D", "*", "Differentiated Assistance"),
    ):
        letters = [current if g == "EL" else "*" for g in groups]
        sheet.append([cds, name, "K-8", "2024", *letters, prior, status, "Y" if status[0] == "D" else "N", "N"])
    book.save(folder / "charterassistance24.xlsx")


EDITIONS = {"|": ("Pr12024", 2024), "\t": ("Pr12023", 2023)}


@pytest.fixture(scope="module")
def found(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Decide the sample with files of each of these kinds, and text editions of local indicators."""
    folder = tmp_path_factory.mktemp("others")
    source = shutil.copytree(SAMPLE, folder / "source")
    (source / "first2425.asp").write_text(PAGE, "utf-8")
    write_directory(source)
    write_charter_workbook(source)
    for delimiter, (name, _) in EDITIONS.items():
        write_text_edition(source, name, delimiter)
    with Workplace(source, raw_cache, folder / "out").decide() as connection:
        yield connection


def write_text_edition(folder: Path, name: str, delimiter: str) -> None:
    """Replace the workbook of this name with a text edition."""
    sheet = openpyxl.load_workbook(folder / f"{name}.xlsx").worksheets[0]
    rows = [
        [re.sub(r"\s+", " ", str("" if v is None else v)) for v in row] for row in sheet.iter_rows(values_only=True)
    ]
    rows[0] = [h.upper() for h in rows[0]]
    (folder / f"{name}.xlsx").unlink()
    (folder / f"{name}.txt").write_text(
        "\n".join(delimiter.join(r).replace("For Two", "for Two") for r in rows) + "\n", "utf-8"
    )


READ: dict[str, dict[str, list[tuple[object, ...]]]] = {
    "interim certifications, matched by county and name": {
        """select fiscal_year, period, certification, lea_as_listed, total_budget_millions, cds, match
        from interim_certifications order by source_line""": [
            ("2024-25", "first", "negative", "Oakland Unified*", 959.2, "01612590000000", "matched"),
            (
                "2024-25",
                "first",
                "negative",
                "South Monterey County Joint Union High School District",
                1042.2,
                "27660680000000",
                "matched",
            ),
            ("2024-25", "first", "qualified", "Some Joint Powers Agency", None, None, "unmatched"),
            ("2024-25", "first", "qualified", "Salinas Union High", 200.0, None, "unmatched"),
        ],
        "select rows_in, rows_kept from source_files where layout = 'interim_certifications'": [(4, 4)],
    },
    "the directory": {
        """select cds, directory_status, school_name, is_charter, open_date::varchar, closed_date::varchar
        from directory order by cds""": [
            ("27661590000000", "Active", None, None, None, None),
            ("27661592730000", "Closed", "Old School", False, "1980-07-01", "2012-06-30"),
        ],
        "select line, column_name, value, reason from rejects where source_id = 'directory'": [
            (4, "StatusType", "Open?", "status is Active, Closed, Merged or Pending")
        ],
    },
    "a charter workbook": {
        """select cds, dashboard_year, student_group, letter, priorities, source_line from charter_letters
        where student_group in ('EL', 'MR') and cds <> '27102720999999' order by all""": [
            ("27102720112177", 2023, "EL", None, None, 7),
            ("27102720112177", 2024, "EL", "D", [4, 6], 7),
            ("27102720112177", 2024, "MR", None, None, 7),
        ],
        "select cds, count(*) from charter_letters where dashboard_year = 2024 group by all order by all": [
            ("27102720112177", 14),
            ("27102720999999", 14),
        ],
        "select flag, value from charter_flags where cds = '27102720112177' order by flag": [
            ("assistance_status_2024", "Differentiated Assistance"),
            ("ec47607", "N"),
            ("met_criteria", "Y"),
        ],
        "select distinct line, column_name, value from rejects where source_id = 'charter-assistance-2024'": [
            (8, "ELcurrent", "Z")
        ],
    },
}


@pytest.mark.parametrize("kind", READ)
def test_a_file_is_read_and_its_faulty_rows_are_rejected(found: duckdb.DuckDBPyConnection, kind: str) -> None:
    assert {query: found.execute(query).fetchall() for query in READ[kind]} == READ[kind]


def test_an_interim_list_makes_no_lea_eligible(found: duckdb.DuckDBPyConnection, db: duckdb.DuckDBPyConnection) -> None:
    query = (
        "select cds, determination_year, pathway, status, reason from eligibility where lea_type <> 'charter' order by"
        " all"
    )
    assert found.execute(query).fetchall() == db.execute(query).fetchall()


def test_a_blank_earlier_status_does_not_imply_an_earlier_dashboard_row(
    found: duckdb.DuckDBPyConnection,
) -> None:
    statuses = found.execute("select determination_year, status from charter_test where cds = '27102720999999'")
    assert dict(statuses.fetchall()) == {2023: "not_assessed", 2024: "not_eligible"}


@pytest.mark.parametrize("delimiter", EDITIONS)
def test_local_indicators_as_text_equal_the_workbook(
    found: duckdb.DuckDBPyConnection, db: duckdb.DuckDBPyConnection, delimiter: str
) -> None:
    name, year = EDITIONS[delimiter]
    query = (
        "select cds, priority, performance, dashboard_year from local_indicators where dashboard_year = ? and"
        " priority = 1 order by cds"
    )
    before = db.execute(query, [year]).fetchall()
    assert found.execute(query, [year]).fetchall() == before
    assert len(before) > 20
    assert found.execute("select count(*) from source_files where file = ?", [f"{name}.txt"]).fetchall() == [(1,)]


@pytest.mark.parametrize(("as_of", "lists"), [("2024-12-14", 0), ("2024-12-15", 4), (None, 4)])
def test_interim_certifications_count_only_after_their_reports_are_due(
    workplace: Workplace, as_of: str | None, lists: int
) -> None:
    (workplace.source / "first2425.asp").write_text(PAGE, "utf-8")
    run = Run.start(workplace.settings(as_of=as_of or clock.today()))
    take_snapshots(run)
    read_raw(run)
    rows = {r["layout"]: r["rows_in"] for r in run.raw_reports()}
    assert rows.get("interim_certifications", 0) == lists
