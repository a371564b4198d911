"""All outputs state in the same way which Dashboards are out or due but not loaded."""

from datetime import date

import duckdb
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from flows.cli.app import app
from reports.published import not_loaded as not_loaded_of
from tests.workplace import AS_OF, Workplace
from transforms.release.meta import LISTED
from transforms.tables import put
from transforms.wording.scope import not_loaded

OUT, DUE = "2025: out, not loaded", "2026: due since October 15, not loaded"


def test_the_sample_reports_what_is_not_loaded(db: duckdb.DuckDBPyConnection) -> None:
    assert not_loaded_of(db) == [OUT, DUE]


def test_status_names_the_command_that_loads_missing_files(published: Workplace) -> None:
    lines = (
        CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"})
        .invoke(app, ["status", "--out", str(published.out)])
        .output.splitlines()
    )
    at = next(n for n, line in enumerate(lines) if OUT in line)
    assert [line.strip() for line in lines[at : at + 3]] == [OUT, DUE, "To get the files: dta run --source catalog"]


def test_every_page_reports_what_is_not_loaded(published: Workplace) -> None:
    pages = published.out / "current" / "reports"
    said = (
        f"Not current. {OUT}. {DUE}. Verdicts rest on the 2024 Dashboard. To get the files: <code>dta run --source"
        " catalog</code>"
    )
    assert [p.name for p in pages.glob("*.html") if said not in p.read_text("utf-8")] == []


DUE_DAY = date(2026, 10, 15)
# What is loaded of the workbook and of two indicators of 2026, the day, and the expected text.
CASES = {
    "before_both": ((False, False, False), date(2025, 11, 30), []),
    "before_the_day": ((False, False, False), date(2026, 10, 14), [OUT]),
    "on_the_day": ((False, False, False), DUE_DAY, [OUT, DUE]),
    "next_year": ((False, False, False), date(2027, 1, 2), [OUT, "2026: due since October 15, 2026, not loaded"]),
    "in_part": (
        (False, True, False),
        DUE_DAY,
        [OUT, "2026: due since October 15, not loaded: Mathematics, CDE's assistance workbook"],
    ),
    "all": ((True, True, True), DUE_DAY, [OUT]),
}


@pytest.mark.parametrize("case", CASES)
def test_due_files_are_reported(case: str) -> None:
    (book, ela, math), as_of, said = CASES[case]
    files = [
        ("dashboard-ela-2023", "Dashboard 2023: English language arts", "dashboard", 2023, None, False),
        ("dashboard-ela-2024", "Dashboard 2024: English language arts", "dashboard", 2024, None, True),
        ("dashboard-ela-2025", "Dashboard 2025: English language arts", "dashboard", 2025, None, False),
        ("dashboard-ela-2026", "Dashboard 2026: English language arts", "dashboard", 2026, DUE_DAY, ela),
        ("dashboard-math-2026", "Dashboard 2026: Mathematics", "dashboard", 2026, DUE_DAY, math),
        ("assistance-2026", "LCFF assistance status 2026", "assistance", 2026, DUE_DAY, book),
    ]
    with duckdb.connect() as db:
        db.execute(
            "create table meta_years as select y as dashboard_year, make_date(y, 12, 1) as in_force_from from"
            " unnest([2023, 2024, 2025]) as t(y)"
        )
        db.execute(
            "create table catalog(source_id varchar, title varchar, layout varchar, dashboard_year smallint, due date,"
            " present boolean, indicator varchar)"
        )
        db.executemany("insert into catalog values (?, ?, ?, ?, ?, ?, split_part($1, '-', 2))", files)
        db.execute("create table rule_indicators as select 2025 as dashboard_year, 'ela' as indicator limit 0")
        db.execute("create table source_files as select source_id from catalog where present")
        assert not_loaded(db, as_of) == said


# What is loaded of 2025: the expected text, and the determination year in force.
IN_PART = {
    "science alone, which decides nothing": (("science",), "2025: out, not loaded", 2024),
    "a third": (
        ("susp", "chronic", "science"),
        "2025: out, not loaded: College/Career, English language arts, English Learner Progress, Graduation rate,"
        " Mathematics, CDE's assistance workbook",
        2025,
    ),
    "all that decide": (("cci", "chronic", "ela", "elpi", "grad", "math", "susp"), "", 2025),
}


@pytest.mark.parametrize(
    "case", [case if "science alone" in case else pytest.param(case, marks=pytest.mark.slow) for case in IN_PART]
)
def test_a_partly_loaded_dashboard_is_reported(case: str, workplace: Workplace) -> None:
    """With only one file of 2025, its determination is not in force, and the missing files are reported."""
    indicators, said, year = IN_PART[case]
    for indicator in indicators:
        text = (workplace.source / f"{indicator}download2024.txt").read_bytes().replace(b"\t2024\r", b"\t2025\r")
        (workplace.source / f"{indicator}download2025.txt").write_bytes(text.replace(b"\t2024\n", b"\t2025\n"))
    run = workplace.decided("criteria")
    with run.connect() as db:
        put(db, "catalog", pa.Table.from_pylist(
            [{"source_id": s.id, **s.model_dump(include=LISTED)} for s in run.catalog.source]
        ))  # fmt: skip
        assert [line for line in not_loaded(db, AS_OF) if line.startswith("2025")] == [said] * bool(said)
        in_force = "select determination_year from determination_years where now_in_force"
        assert db.execute(in_force).fetchall() == [(year,)]
    run.finish()
