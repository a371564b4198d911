"""The README and its linked pages are true: their commands run, and their tables, settings and exit codes are real."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import duckdb
import openpyxl
import pytest
from typer.testing import CliRunner

from flows.cli.app import app
from tests.workplace import Workplace
from transforms import errors
from transforms.settings import PROJECT, Settings

README = (PROJECT / "README.md").read_text("utf-8")
DOCS = PROJECT / "reports" / "docs"
FILES, PROGRAMS, OPERATIONS = ((DOCS / f"{name}.md").read_text("utf-8") for name in ("files", "programs", "operations"))
BIN = Path(sys.executable).parent


def section(title: str) -> str:
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


PROMISED = {  # promises in words of the README's list -> columns
    "eligible_districts": "cds lea_name determination_year pathways sentence",
    "eligibility": "cds determination_year pathway status statute reason as_of decided_by cde_flag agrees_with_cde",
    "continuum_groups": "cds determination_year student_group years_met counts",
    "student_group_history": "cds dashboard_year student_group priorities_met letter cde_letter basis",
    "evidence": "cds lea_name dashboard_year student_group group_name indicator indicator_name current_status change"
    " color current_size_met criteria_met source_id source_line",
    "criterion_results": "cds dashboard_year student_group criterion met",
    "leas": "cds lea_name county_code county",
    "counties": "county_code county",
    "student_groups": "student_group name",
    "indicators": "indicator name",
    "assistance": "cds determination_year determination status",
    "assistance_methods": "cds determination_year method",
    "watch_list": "cds student_group watch years would_be_eligible outlook sentence",
    "changes": "cds pathway from_year to_year change groups_added groups_removed cause",
    "reconciliation": "flag ours cde class explanation",
    "state_loans": "loan_id cds enabling_act amount_authorized_usd",
    "state_loan_events": "loan_id event event_date",
    "loan_states": "loan_id determination_year loan_state",
    "pathway_register": "case_id pathway cds entered_by entered_on",
    "case_states": "case_id determination_year case_state status",
    "successions": "predecessor_cds successor_cds succession_date",
    "predecessor_years": "cds dashboard_year predecessor_cds sentence",
    "necessity_determinations": "cds determination_year necessary determination_date",
    "coe_providers": "county_code provider",
    "calpads_certifications": "cds school_year certified_on_time",
    "interim_certifications": "fiscal_year period certification",
    "lea_names": "cds lea_name first_dashboard_year last_dashboard_year",
    "geo_leads": "county_code term geo_area geo_lead",
    "rule_criteria": "dashboard_year criterion priority levels citation",
    "rule_tests": "dashboard_year test statute open_question",
    "rule_windows": "determination_year counted_dashboards years_required groups_required",
    "rejects": "file line column_name value reason what_to_do",
    "meta_unused_files": "file reason what_to_do",
    "meta_release": "as_of scope not_loaded disclaimer",
    "meta_sources": "source_id present file sha256 first_seen checked_at rows_rejected",
    "meta_years": "dashboard_year basis indicators_missing",
    "meta_gate_results": "gate check_id outcome accepted_by accepted_at accepted_until",
    "meta_source_changes": "source_id kind before after",
    "meta_release_changes": "cds pathway status_before status_after attributed_to",
}


def first_cells(text: str, header: str) -> list[str]:
    """Return the first column of the table with the given header cell."""
    rows = text.split(f"| {header} |", 1)[1].split("\n\n")[0].splitlines()[2:]
    return [row.split("|")[1].strip() for row in rows]


ASK = [
    line
    for title in ("Ask questions", "Print and export")
    for line in blocks(section(title), "console")[0].splitlines()
    if line.strip()
]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(line, marks=pytest.mark.slow if re.search("county|workbook|parquet|estimate", line) else ())
        for line in ASK
    ],
)
def test_a_command_of_the_readme_runs(
    published: Workplace, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command, *arguments = shlex.split(line.split(" > ")[0])
    assert command == ".venv/bin/dta"
    monkeypatch.chdir(tmp_path)
    if "parquet" in arguments:  # bytes for a pipe, so it needs a separate process
        binary = subprocess.run(
            [BIN / "dta", *arguments],
            capture_output=True,
            env={**os.environ, "DTA_OUT": str(published.out)},
            check=True,
        )
        assert binary.stdout.startswith(b"PAR1")
        return
    ended = CliRunner(env={"DTA_OUT": str(published.out)}).invoke(app, arguments)
    assert ended.exit_code == 0, ended.output
    assert ended.stdout_bytes


def test_the_python_example_runs(published: Workplace, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/published").symlink_to(published.out)
    example, _ = blocks(PROGRAMS, "python")
    ended = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert "continuum" in ended.stdout


@pytest.fixture
def working_folder(published: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder whose ``data/published`` is the sample's, so that examples for other programs can read it."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data/published").symlink_to(published.out)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_duckdb_example_runs(working_folder: Path) -> None:
    (example,) = blocks(PROGRAMS, "sql")
    with duckdb.connect() as connection:
        rows = connection.execute(example).fetchall()
    assert "Inglewood Unified" in {name for name, _ in rows}


@pytest.mark.slow
def test_the_pandas_example_runs(working_folder: Path) -> None:
    _, example = blocks(PROGRAMS, "python")
    ended = subprocess.run(
        [sys.executable, "-c", example], capture_output=True, text=True, cwd=working_folder, check=True
    )
    assert re.search(r"^susp +\d+$", ended.stdout, re.MULTILINE)


def test_the_query_of_the_r_example_runs(working_folder: Path) -> None:
    """R is not installed for tests. The test runs its query, opens its path, and counts its brackets and quotes."""
    (example,) = blocks(PROGRAMS, "r")
    (path,), (query,) = re.findall(r'dbdir = "([^"]+)"', example), re.findall(r'dbGetQuery\(con, "([^"]+)"\)', example)
    with duckdb.connect(path, read_only=True) as connection:
        assert ("Vallejo City Unified", "repaid_or_released") in {
            row[:2] for row in connection.execute(query).fetchall()
        }
    for line in example.splitlines():
        assert line.count("(") == line.count(")")
        assert line.count('"') % 2 == 0


@pytest.mark.slow
def test_names_in_the_power_query_example_match_the_workbook(
    published: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Excel is not installed either. The test looks up the example's sheet, columns and value in the workbook."""
    (example,) = blocks(PROGRAMS, "m")
    monkeypatch.chdir(tmp_path)
    command = next(line for line in ASK if "workbook" in line)
    assert CliRunner(env={"DTA_OUT": str(published.out)}).invoke(app, shlex.split(command)[1:]).exit_code == 0
    (file,) = re.findall(r'File.Contents\("[^"]*\\([^"\\]+)"\)', example)
    (sheet,) = re.findall(r'Item = "([^"]+)", Kind = "Sheet"', example)
    head, *rows = openpyxl.load_workbook(tmp_path / file)[sheet].iter_rows(values_only=True)
    (column, value), (chosen,) = (
        *re.findall(r'each \[([^\]]+)\] = "([^"]+)"', example),
        re.findall(r"\{([^{}=]+)\}\)$", example, re.MULTILINE),
    )
    assert value in {row[head.index(column)] for row in rows}
    assert set(re.findall(r'"([^"]+)"', chosen)) <= set(head)
    assert [example.count(c) for c in "([{"] == [example.count(c) for c in ")]}"]


def test_documented_tables_are_published(db: duckdb.DuckDBPyConnection) -> None:
    named = {name for cell in first_cells(README, "table") for name in re.findall(r"`(\w+)`", cell)}
    published = {name for (name,) in db.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    assert named
    assert named <= published


def test_documented_columns_exist(db: duckdb.DuckDBPyConnection) -> None:
    """A line of the list promises columns, by name or by words that are listed here."""
    columns: dict[str, dict[str, str]] = {}
    for table, column, kind in db.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal"
    ).fetchall():
        columns.setdefault(table, {})[column] = kind
    by_name = 0
    for line in re.findall(r"^\| (`\w+`.*?) \| (.*) \|$", section("Tables"), re.MULTILINE):
        tables, promised = ([*re.findall(r"`(\w+)`", cell)] for cell in line)
        for name in promised:
            assert any(name in columns[table] for table in tables), (tables, name)
            by_name += 1
    assert by_name
    for table, promised in PROMISED.items():
        assert set(promised.split()) <= set(columns[table]), table
        assert f"`{table}`" in section("Tables")
    for table, of_table in columns.items():
        assert {kind for name, kind in of_table.items() if name.endswith("_at")} <= {"TIMESTAMP WITH TIME ZONE"}, table
        days = {name: kind for name, kind in of_table.items() if re.search(r"_date$|^valid_|^as_of$|_seen$", name)}
        assert set(days.values()) <= {"DATE"}, (table, days)
        yes_no = {name: kind for name, kind in of_table.items() if re.match(r"(is|has|would_be|meets|agrees)_", name)}
        assert set(yes_no.values()) <= {"BOOLEAN"}, (table, yes_no)


def test_documented_settings_match_the_settings() -> None:
    named = set(re.findall(r"`DTA_(\w+)`", FILES))
    assert named == {name.upper() for name in Settings.model_fields}


def test_documented_exit_codes_match_the_errors() -> None:
    named = {int(code) for code in first_cells(OPERATIONS, "exit code")}
    real = {e.exit_code for e in vars(errors).values() if isinstance(e, type) and issubclass(e, errors.DtaError)}
    assert real <= named
    assert named <= real | {0, 2}


def test_documented_pathways_match_the_table(db: duckdb.DuckDBPyConnection) -> None:
    named = {name for cell in first_cells(README, "pathway") for name in re.findall(r"`(\w+)`", cell)}
    assert named == {name for (name,) in db.execute("SELECT pathway FROM pathways").fetchall()}


@pytest.mark.parametrize("path", [PROJECT / "README.md", *sorted(DOCS.glob("*.md"))], ids=lambda p: p.name)
def test_every_link_has_a_target(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text("utf-8")):
        assert target.startswith("https://") or (path.parent / target).exists(), target


def test_every_page_of_the_docs_is_linked() -> None:
    assert {f"reports/docs/{p.name}" for p in DOCS.iterdir()} <= set(re.findall(r"\]\(([^)#]+)\)", README))


def test_pictures_are_small_and_have_the_stated_width() -> None:
    for name in ("home", "lea"):
        content = (DOCS / f"{name}.png").read_bytes()
        assert content[:8] == b"\x89PNG\r\n\x1a\n"
        assert (int.from_bytes(content[16:20]), len(content) < 250_000) == (1280, True), name


def test_the_readme_shows_the_real_output_of_explain(published: Workplace) -> None:
    """The loan of Inglewood is in every sample, but its student groups are only in the statewide sample."""
    (shown,) = [block for block in re.findall(r"```\n(.*?)```", README, re.DOTALL) if block.startswith("Inglewood")]
    ended = subprocess.run(  # in a separate process, because a console takes its width when it is created
        [BIN / "dta", "explain", "Inglewood Unified"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "DTA_OUT": str(published.out), "COLUMNS": "80"},
    )
    said = "\n".join(line.rstrip() for line in ended.stdout.splitlines())
    head, wraparound = shown.split("\n○")[0].split("\n", 1)
    assert head in said
    assert wraparound in said


def test_make_and_readme_use_the_same_install_commands() -> None:
    makefile = (PROJECT / "Makefile").read_text()
    for step in (
        "--no-deps --require-hashes -r requirements.lock",
        "--no-deps --no-build-isolation -e .",
        "--no-deps --require-hashes -r requirements-dev.lock",
    ):
        assert f"$(INSTALL) {step}\n" in makefile
        assert f".venv/bin/python -m pip install {step}\n" in README


def _packages(lock: str) -> list[str]:
    return re.findall(r"^[a-z0-9].*$", (PROJECT / lock).read_text(), re.MULTILINE)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_no_registry_and_pins_every_package_with_a_hash(lock: str) -> None:
    assert "://" not in (PROJECT / lock).read_text()
    packages = _packages(lock)
    assert packages
    assert all("==" in line and line.endswith("\\") for line in packages)


def test_the_runtime_lock_has_no_test_tools_and_both_locks_agree() -> None:
    runs, tests = set(_packages("requirements.lock")), set(_packages("requirements-dev.lock"))
    assert runs < tests
    names = {line.split("==")[0] for line in runs}
    assert names.isdisjoint({"playwright", "mypy", "pytest", "hypothesis", "ruff", "openpyxl", "trustme"})
