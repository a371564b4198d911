"""``dta estimate``: its tables, pages and workbook are all marked as an estimate, and no part enters a release."""

import ast
import csv
import io
import re
import shutil
from pathlib import Path

import duckdb
import openpyxl
import pytest
from lxml import html
from typer.testing import CliRunner

from flows.cli.app import app
from tests.workplace import Workplace
from transforms.errors import DtaError
from transforms.files import sha256_of
from transforms.settings import PROJECT
from transforms.wording.sentences.estimate import notice

SALINAS = "27661590000000"


def call(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, ["estimate", *map(str, arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def hashes(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): sha256_of(p) for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def filled(published: Workplace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the template of the county, with three results of one district."""
    folder = tmp_path_factory.mktemp("template")
    said = call("--template", "Monterey", "--out", published.out, "--to", folder)
    assert "rows to fill in, for the rules 2025-final" in said
    path = folder / "dta-estimates-monterey-2025.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    for row in rows:
        if (
            row["cds"] == f'="{SALINAS}"'
            and row["student_group"] == "SWD"
            and row["indicator"] in ("susp", "grad", "math")
        ):
            row["color"] = "red" if row["indicator"] != "math" else "none"
    with path.open("w", newline="", encoding="utf-8-sig") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(scope="module")
def made(published: Workplace, filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an estimate with local estimates."""
    to, before = tmp_path_factory.mktemp("estimate"), hashes(published.out)
    said = call(filled, "--out", published.out, "--to", to)
    assert hashes(published.out) == before, "an estimate leaves the release as it is"
    assert "Continuum of Support (SIR+): " in said
    assert "The release covers: " in said
    return to / "dta-estimate-2025-dta-estimates-monterey-2025"


@pytest.fixture
def tables(made: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(made / "estimate.duckdb"), read_only=True)


def test_every_table_is_marked_estimate_and_names_its_rules(made: Path, tables: duckdb.DuckDBPyConnection) -> None:
    names = [n for (n,) in tables.execute("select table_name from duckdb_tables()").fetchall()]
    assert {p.stem for p in made.glob("*.parquet")} == set(names)
    for name in names:
        assert name.startswith("estimate_")
        assert tables.execute(f"select distinct label, determination_year, rules from {name}").fetchall() == [
            ("Estimate", 2025, "2025-final")
        ], name
        parquet = tables.execute(f"select count(*) from read_parquet('{made / name}.parquet')").fetchall()
        assert parquet == tables.execute(f"select count(*) from {name}").fetchall()
    comments = tables.execute("select distinct comment from duckdb_tables()").fetchall()
    assert comments == [(notice(2025),)]


def test_every_page_of_an_estimate_is_marked(made: Path, tables: duckdb.DuckDBPyConnection) -> None:
    pages = sorted(made.rglob("*.html"))
    leas = {c for (c,) in tables.execute("select distinct cds from estimate_verdicts").fetchall()}
    counties = {c for (c,) in tables.execute("select distinct county_code from estimate_verdicts").fetchall()}
    assert {p.stem for p in pages if p.parent.name == "lea"} == leas
    assert {p.stem for p in pages if p.parent.name == "county"} == counties
    for path in pages:
        page = html.fromstring(path.read_text("utf-8"))
        assert page.xpath("string(//title)").startswith("Estimate: ")
        assert page.xpath("string(//h1)").startswith("Estimate: ")
        assert all(h.text_content().startswith("Estimate") for h in page.xpath("//h2"))
        assert all(t.xpath("string(caption)").startswith("Estimate") for t in page.xpath("//table"))
        assert notice(2025) in page.text_content()
        assert "Rules: those of 2025, final" in page.text_content()
        for link in page.xpath("//a/@href"):
            assert link.startswith("#") or (path.parent / link).resolve().is_file(), link
    assert "The release covers: " in (made / "index.html").read_text("utf-8")
    assert "@media print" in (made / "assets" / "site.css").read_text("utf-8")


def test_a_county_page_marks_verdicts_that_depend_on_the_small_lea_clause(
    made: Path, tables: duckdb.DuckDBPyConnection
) -> None:
    order = ["certain", "possible", "only by the clause", "ruled out"]
    marks: list[str] = []
    for path in (made / "county").glob("*.html"):
        for table in html.fromstring(path.read_text("utf-8")).xpath("//table"):
            shown = table.xpath("./tbody/tr/td[1]/text()")
            assert shown == sorted(shown, key=order.index)
            marks += shown
    ((wanted,),) = tables.execute(
        "select count(*) from estimate_verdicts where by_clause and outlook = 'possible'"
    ).fetchall()
    assert marks.count("only by the clause") == wanted > 0


def test_every_sheet_is_marked_estimate(made: Path, tables: duckdb.DuckDBPyConnection) -> None:
    book = openpyxl.load_workbook(made / "estimate.xlsx", read_only=True)
    assert all(name.startswith("Estimate") for name in book.sheetnames)
    for name in book.sheetnames[1:]:
        heading, *rows = book[name].iter_rows(values_only=True)
        assert heading[0] == "Estimate"
        assert rows
        assert {row[0] for row in rows} == {"Estimate"}
    rows_of_leas = sum(1 for _ in book["Estimate LEAs"].iter_rows()) - 1
    assert [(rows_of_leas,)] == tables.execute("select count(*) from estimate_verdicts").fetchall()


def test_each_verdict_names_its_inputs(made: Path, tables: duckdb.DuckDBPyConnection) -> None:
    estimated, carried, missing = tables.execute(
        "select inputs_estimated, inputs_carried_over, inputs_missing from estimate_verdicts where cds = ? and test ="
        " 'method_1'",
        [SALINAS],
    ).fetchall()[0]
    assert (estimated, carried) == (["SWD grad", "SWD math", "SWD susp"], [])
    assert {"SWD chronic", "EL susp"} <= set(missing)
    assert not set(missing) & set(estimated)
    ((outlook, groups),) = tables.execute(
        "select outlook, groups_certain from estimate_verdicts where cds = ? and test = 'method_1'", [SALINAS]
    ).fetchall()
    assert (outlook, groups) == ("certain", ["SWD"])
    others = "select distinct inputs_estimated from estimate_verdicts where cds <> ?"
    assert tables.execute(others, [SALINAS]).fetchall() == [([],)]
    ((asked,),) = tables.execute("select count(distinct (student_group, indicator)) from estimate_inputs").fetchall()
    by_clause = "select distinct len(inputs_estimated || inputs_missing) from estimate_verdicts where by_clause"
    assert tables.execute(by_clause).fetchall() == [(asked,)], "the clause looks at every group"
    lines = tables.execute(
        "select level, file_line from estimate_inputs where kind = 'estimate' order by file_line"
    ).fetchall()
    assert sorted(level for level, _ in lines) == [0, 1, 1]
    page = (made / "lea" / f"{SALINAS}.html").read_text("utf-8")
    assert "estimate, line" in page
    assert (
        "Smallest change that would alter this: one fewer group (students with disabilities: orange or better in"
        in page
    )


def test_every_output_names_the_preview(published: Workplace, tmp_path: Path) -> None:
    said = call("--rules", "2026-preview", "--out", published.out, "--to", tmp_path)
    assert "Previewed criteria: " in said
    folder = tmp_path / "dta-estimate-2026-preview"
    with duckdb.connect(str(folder / "estimate.duckdb"), read_only=True) as db:
        assert db.execute("select distinct test, rules from estimate_verdicts").fetchall() == [
            ("preview", "2026-preview")
        ]
        certain = db.execute("select count(*) from estimate_verdicts where outlook = 'certain'").fetchall()
        assert certain == [(0,)], "nothing of 2026 is known"
        assert {o for (o,) in db.execute("select distinct outlook from estimate_groups").fetchall()} == {
            "possible",
            "ruled_out",
        }
        red = """
            select count(*) from estimate_groups g, release.main.indicator_results r
            where g.cds = r.cds and g.student_group = r.student_group and r.dashboard_year = 2024 and r.color > 1
                and r.indicator in ('susp', 'chronic', 'grad', 'cci', 'science')
                and (list_contains(g.indicators_open, r.indicator) or list_contains(g.indicators_met, r.indicator))"""
        db.execute(f"attach '{(published.out / 'current').resolve() / 'dta.duckdb'}' as release (read_only)")
        assert db.execute(red).fetchall() == [(0,)], "what was not red in 2024 cannot be red three times"
    assert all("Rules: those of 2026, preview" in p.read_text("utf-8") for p in folder.rglob("*.html"))


@pytest.mark.slow
def test_an_estimate_of_a_past_year_states_that_the_dashboard_is_loaded(published: Workplace, tmp_path: Path) -> None:
    said = " ".join(call("--year", "2024", "--out", published.out, "--to", tmp_path).split())
    assert notice(2024, loaded=True) in said
    pages = [p.read_text("utf-8") for p in tmp_path.rglob("*.html")]
    assert pages
    assert all(notice(2024, loaded=True) in p and notice(2024) not in p for p in pages)


def test_invalid_requests_are_refused_with_the_reason(
    published: Workplace, filled: Path, made: Path, tmp_path: Path
) -> None:
    wrong = {
        ("--year", "2050"): "Name a year from",
        ("--year", "2020"): "no determination is based on a Dashboard of that year",
        ("--year", "2021"): "no determination is based on a Dashboard of that year",
        ("--rules", "2026"): "There are no rules '2026'",
        ("--template", "Nowhere"): "No county is called 'Nowhere'",
        (str(filled), "--template", "Monterey"): "not both",
        ("--rules", "2026-preview", "--year", "2025"): "The preview is for 2026",
        (str(filled), "--to", str(made.parent)): "already exists",
    }
    for arguments, said in wrong.items():
        with pytest.raises(DtaError, match=re.escape(said)):
            call(*arguments, "--out", published.out, *(() if "--to" in arguments else ("--to", str(tmp_path))))
    assert list(tmp_path.iterdir()) == []


def test_a_foreign_folder_is_refused_before_computing(
    published: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compute(_: object) -> None:
        raise AssertionError("computed")

    monkeypatch.setattr("transforms.estimate.compute.Estimate.compute", compute)
    (tmp_path / "dta-estimate-2025").mkdir()
    with pytest.raises(DtaError, match="was not made by this command"):
        call("--out", published.out, "--to", tmp_path, "--force")


@pytest.mark.slow
def test_an_estimate_does_not_change_the_release(published: Workplace, filled: Path, tmp_path: Path) -> None:
    before = hashes(published.out)
    call(filled, "--carry-over", "--out", published.out, "--to", tmp_path)
    assert hashes(published.out) == before


def test_an_estimate_is_never_written_among_releases(published: Workplace) -> None:
    before = hashes(published.out)
    for place in (published.out, published.out / "current", published.out / "releases" / "x"):
        with pytest.raises(DtaError, match="is reserved for dta"):
            call("--out", published.out, "--to", place)
    assert hashes(published.out) == before


@pytest.mark.slow
@pytest.mark.usefixtures("sql_checks_only")
def test_files_of_an_estimate_among_the_sources_are_not_used(released: Workplace, filled: Path, made: Path) -> None:
    """In a source folder they change no table of inputs or decisions. As the only sources they stop a run."""
    shutil.copy2(filled, released.source)
    for path in (*made.glob("*.parquet"), made / "estimate.xlsx", made / "estimate.duckdb"):
        shutil.copy2(path, released.source)
    tables = (
        "indicator_results",
        "student_group_history",
        "evidence",
        "eligibility",
        "continuum_groups",
        "watch_list",
        "assistance",
    )
    database = released.out / "current" / "dta.duckdb"
    before = {t: rows_of(database, t) for t in tables}
    released.publish()
    assert {t: rows_of(database, t) for t in tables} == before
    with pytest.raises(DtaError):
        Workplace(made, released.work, released.out).publish()
    with duckdb.connect(str(database.resolve()), read_only=True) as db:
        names = db.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        assert {schema for schema, _ in names} == {"main"}
        assert not [n for _, n in names if n.startswith("estimate")]


def rows_of(database: Path, table: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(database.resolve()), read_only=True) as db:
        return db.execute(f"select * exclude (release_id) from {table} order by all").fetchall()


def test_nothing_that_publishes_can_read_an_estimate() -> None:
    """Only the command imports the reader of estimates. A run looks ahead without any."""
    allowed = {
        "transforms.estimate.file": {"flows/cli/estimate.py", "transforms/estimate/compute.py"},
        "transforms.estimate.compute": {"flows/cli/estimate.py"},
        "reports.estimate": {"flows/cli/estimate.py", "reports/estimate/pages.py", "reports/estimate/workbook.py"},
    }
    for folder in ("flows", "transforms", "expectations", "reports"):
        for path in (PROJECT / folder).rglob("*.py"):
            here = path.relative_to(PROJECT).as_posix()
            imported = {
                n.module or "" for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.ImportFrom)
            }
            for module, readers in allowed.items():
                assert here in readers or not any(i == module or i.startswith(f"{module}.") for i in imported), here
    calls = [
        node
        for node in ast.walk(ast.parse((PROJECT / "transforms/estimate/ahead.py").read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name == "watch"
        for node in ast.walk(node)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "build_ahead"
    ]
    assert [len(c.args) + len(c.keywords) for c in calls] == [4], "no cells are handed over"
