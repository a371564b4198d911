"""An invented year, indicator and recorded pathway are assessed, stated, shown and described by data alone.

If a part is left out, loading names it.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import docx
import duckdb
import pytest

from reports.book import read_book
from reports.lea import collect
from reports.printed import letter
from reports.printed.sheet import lea_sheet
from reports.published import find_lea, open_release
from tests.conftest import SharedFolder
from tests.extension.invented import (
    CASE,
    INDICATOR,
    INDICATOR_ROW,
    MARK,
    PATHWAY,
    PATHWAY_ENTRY,
    PIONEER,
    QUIET,
    YEARS,
    extended_reference,
    write_sources,
)
from tests.site.page import Page
from tests.workplace import SAMPLE, Workplace
from transforms.errors import ConfigError
from transforms.inputs import check_configuration
from transforms.run import Run
from transforms.settings import Settings

AS_OF = date(2031, 1, 15)
LAST = YEARS[-1]


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield the determinations of the invented years."""
    folder = tmp_path_factory.mktemp("invented")
    reference = extended_reference(folder / "reference")
    write_sources(folder / "source")
    with Workplace(folder / "source", folder / "work", folder / "out", reference).decide(as_of=AS_OF) as connection:
        yield connection


@pytest.fixture(scope="module")
def out(shared_folder: SharedFolder) -> Path:
    """Make a release of the invented years, once, with every gate and page."""

    def make(folder: Path) -> None:
        reference = extended_reference(folder / "reference")
        write_sources(folder / "source")
        outcome = Workplace(folder / "source", folder / "work", folder / "out", reference).publish(as_of=AS_OF)
        assert outcome.outcome == "published"

    return shared_folder("extension", make) / "out"


@pytest.fixture
def db(out: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_release(out) as connection:
        yield connection


def words_of(path: Path) -> str:
    document = docx.Document(str(path))
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def test_verdicts_use_the_window_of_invented_years(decided: duckdb.DuckDBPyConnection) -> None:
    verdicts = dict(
        decided.execute(
            "select cds, status from eligibility where pathway = 'continuum' and determination_year = ?", [LAST]
        ).fetchall()
    )
    assert {c: verdicts[c] for c in (PIONEER, QUIET, CASE)} == {
        PIONEER: "eligible",
        QUIET: "not_eligible",
        CASE: "not_eligible",
    }
    (reason,) = decided.execute(
        "select reason from eligibility where pathway = 'continuum' and determination_year = ? and cds = ?",
        [LAST, PIONEER],
    ).fetchall()[0]
    assert "2028, 2029 and 2030" in reason
    years = decided.execute(
        "select distinct dashboard_year from student_group_history where meets_criteria order by 1"
    ).fetchall()
    assert years == [(y,) for y in YEARS[1:]]


def test_the_invented_indicator_is_needed_for_the_verdict(decided: duckdb.DuckDBPyConnection) -> None:
    """Suspension alone is one priority. Civic engagement makes the second."""
    met = decided.execute(
        "select distinct c.indicator from criterion_results r join rule_criteria c using (criterion) where r.met and"
        " r.cds = ? and r.dashboard_year = ?",
        [PIONEER, LAST],
    ).fetchall()
    assert sorted(met) == [(INDICATOR,), ("susp",)]
    assert decided.execute(
        "select distinct priorities_met from student_group_history where meets_criteria"
    ).fetchall() == [([6, 8],)]


def test_the_invented_pathway_gives_verdicts_and_sentences(decided: duckdb.DuckDBPyConnection) -> None:
    rows = decided.execute(
        "select cds, status, reason from eligibility where pathway = ? and determination_year = ? and list_contains(?,"
        " cds) order by status, cds",
        [PATHWAY, LAST, [PIONEER, QUIET, CASE]],
    ).fetchall()
    assert [(cds, status) for cds, status, _ in rows] == [
        (CASE, "eligible"),
        (QUIET, "not_assessed"),
        (PIONEER, "not_assessed"),
    ]
    assert "the State Board determined on December 10, 2030 that CCEE's help is necessary" in rows[0][2]
    assert "No Pilot case is on record" in rows[1][2]
    assert decided.execute("select pathway, case_id from pathway_register").fetchall() == [(PATHWAY, "PILOT-1")]


def test_other_determinations_work_for_invented_years(decided: duckdb.DuckDBPyConnection) -> None:
    rows = decided.execute(
        "select determination, status from assistance where cds = ? and determination_year = ?", [PIONEER, LAST]
    ).fetchall()
    assert dict(rows)["differentiated_assistance"] == "eligible"
    assert dict(rows)["consecutive"] == "eligible"
    as_of = dict(
        decided.execute(
            "select distinct determination_year, as_of from eligibility where pathway = 'wraparound'"
        ).fetchall()
    )
    assert as_of == {**{y: date(y + 1, 11, 30) for y in YEARS[:-1]}, LAST: AS_OF}


@pytest.mark.slow
def test_pages_show_all_three_additions(out: Path) -> None:
    page = Page(out / "current" / "reports" / "lea" / f"{PIONEER}.html").markup
    assert "Civic engagement" in page
    assert ">Civics<" in page
    assert str(LAST) in page
    assert "Pilot" in (out / "current" / "reports" / "lea" / f"{CASE}.html").read_text("utf-8")
    assert "Red on civic engagement" in (out / "current" / "reports" / "rules.html").read_text("utf-8")


@pytest.mark.slow
def test_letter_and_print_show_the_indicator_with_its_unit(
    out: Path, db: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    book = read_book(db)
    pioneer, case = (next(collect(db, book, [find_lea(db, cds)], LAST)) for cds in (PIONEER, CASE))
    letter.write_letter(tmp_path / "letter.docx", book, pioneer, "findings")
    assert "Civics: Red, \u221241.5 (100 students)" in words_of(tmp_path / "letter.docx").replace("-41.5", "\u221241.5")
    assert "Civics" in str(lea_sheet(book, pioneer))
    letter.write_letter(tmp_path / "pilot.docx", book, case, "findings")
    assert "EC 99999" in words_of(tmp_path / "pilot.docx")


@pytest.mark.slow
def test_the_dictionary_describes_the_additions(db: duckdb.DuckDBPyConnection) -> None:
    values = dict(
        db.execute(
            "select column_name, allowed_values from meta_columns where table_name = 'evidence' and column_name ="
            " 'indicator'"
        ).fetchall()
    )
    assert INDICATOR in values["indicator"]
    values = dict(
        db.execute(
            "select column_name, allowed_values from meta_columns where table_name = 'eligibility' and column_name ="
            " 'pathway'"
        ).fetchall()
    )
    assert PATHWAY in values["pathway"]
    assert db.execute("select short_name, unit from indicators where indicator = ?", [INDICATOR]).fetchall() == [
        ("Civics", "points from standard")
    ]
    assert db.execute("select name, record_kind from pathways where pathway = ?", [PATHWAY]).fetchall() == [
        ("Pilot", "determination")
    ]
    assert db.execute("select count(*) from rule_criteria where indicator = ?", [INDICATOR]).fetchall() == [
        (len(YEARS),)
    ]


@pytest.mark.slow
def test_every_gate_passed(db: duckdb.DuckDBPyConnection) -> None:
    assert (
        db.execute(
            "select check_id from meta_gate_results where outcome <> 'passed' and severity = 'critical'"
        ).fetchall()
        == []
    )


def without(file: str, old: str, new: str = "") -> Callable[[Path], None]:
    """Return a change that removes or replaces a text in a file."""

    def change(folder: Path) -> None:
        text = (folder / file).read_text("utf-8")
        assert old in text, (file, old)
        (folder / file).write_text(text.replace(old, new), "utf-8")

    return change


def without_source(source_id: str) -> Callable[[Path], None]:
    """Return a change that removes an entry of the catalog."""

    def change(folder: Path) -> None:
        text = (folder / "catalog.toml").read_text("utf-8")
        changed, times = re.subn(rf'\[\[source\]\]\nid = "{source_id}"\n(?:[^\n]+\n)*', "", text)
        assert times == 1, source_id
        (folder / "catalog.toml").write_text(changed, "utf-8")

    return change


def without_file(file: str) -> Callable[[Path], None]:
    return lambda folder: (folder / file).unlink()


def key(file: str, name: str) -> Callable[[Path], None]:
    """Return a change that removes a whole line, such as ``name = ...``, from a file."""

    def change(folder: Path) -> None:
        text = (folder / file).read_text("utf-8")
        changed, times = re.subn(rf"(?m)^{name} = .*\n", "", text)
        assert times, name
        (folder / file).write_text(changed, "utf-8")

    return change


def table(file: str, name: str) -> Callable[[Path], None]:
    """Return a change that removes a table from a file, from its heading to the next blank line."""

    def change(folder: Path) -> None:
        text = (folder / file).read_text("utf-8")
        changed, times = re.subn(rf"(?m)^\[{re.escape(name)}\]\n(?:[^\n]+\n?)*", "", text)
        assert times == 1, name
        (folder / file).write_text(changed, "utf-8")

    return change


def pathway_key(name: str) -> Callable[[Path], None]:
    changed, times = re.subn(rf"(?m)^{name} = .*\n", "", PATHWAY_ENTRY)
    assert times == 1
    return without("rules/pathways.toml", PATHWAY_ENTRY, changed)


def cell(column: int) -> Callable[[Path], None]:
    """Return a change that empties one cell of the indicator's row."""
    values = INDICATOR_ROW.strip().split(",")
    values[column] = ""
    return without("reference/indicators.csv", INDICATOR_ROW, ",".join(values) + "\n")


OMITTED: dict[str, tuple[Callable[[Path], None], str]] = {
    # a Dashboard year
    **{
        f"source_{name}": (
            without_source(f"dashboard-{name}-2029"),
            rf"catalog.toml: there is no Dashboard file of 2029 for {name}, which rules/2029.toml",
        )
        for name in ("ela", "math", "elpi", "chronic", "susp", "grad", "cci", INDICATOR)
    },
    "workbook": (without_source("assistance-2030"), r"catalog.toml: there is no assistance workbook of 2030"),
    **{
        f"priority_{n}": (
            without_source(f"local-indicators-2028-priority-{n}"),
            rf"catalog.toml: there are no local indicators of 2028 for priority {n},",
        )
        for n in (1, 2, 3, 6, 7, 9, 10)
    },
    "rules_between": (without_file("rules/2028.toml"), r"rules/2029.toml: no rules for counted Dashboard \[2028\]"),
    "rules_last": (
        without_file("rules/2030.toml"),
        r"rules/2030.toml: the file is missing, and catalog.toml has an assistance workbook of 2030",
    ),
    "continuum": (
        table("rules/2030.toml", "continuum"),
        r"rules/2030.toml: continuum is missing, but 2029.toml has it",
    ),
    "consecutive": (table("rules/2030.toml", "consecutive"), r"rules/2030.toml: consecutive is missing"),
    "charter": (table("rules/2030.toml", "charter"), r"rules/2030.toml: charter is missing"),
    "local": (
        table("rules/2030.toml", "assistance.local"),
        r"2030.toml, line \d+, assistance: .*need \[assistance.local\]",
    ),
    **{
        f"key_{name}": (key("rules/2030.toml", name), said)
        for name, said in {
            "dashboard_year": r"2030.toml, dashboard_year: it is missing",
            "standing": r"2030.toml, standing: it is missing",
            "student_groups": r"2030.toml, student_groups: it is missing",
            "priorities_required": r"2030.toml, priorities_required: it is missing",
            "in_force_from": r"2030.toml, in_force_from: it is missing",
            "second_year_after": r"rules/2030.toml: second_year_after is missing, but 2029.toml has it",
            "calpads_school_year": r"2030.toml, line \d+, assistance: .*method 4 needs calpads_school_year",
            "counted_dashboards": r"2030.toml, line \d+, continuum.counted_dashboards: it is missing",
            "years": r"2030.toml, line \d+, assistance.local.years: it is missing",
            "dashboards": r"2030.toml, line \d+, consecutive.dashboards: it is missing",
        }.items()
    },
    # years that follow from the file's own, left unchanged from the copied file
    "stale_id": (
        without("rules/2030.toml", 'id = "2030-p6', 'id = "2029-p6b'),
        r"criterion id '2029-p6b.*' must begin with 2030-",
    ),
    "stale_day": (
        without("rules/2030.toml", "in_force_from = 2030-12-01", "in_force_from = 2029-12-02"),
        r"line \d+, in_force_from: the day must be in 2030",
    ),
    "stale_window": (
        without(
            "rules/2030.toml",
            "counted_dashboards = [2027, 2028, 2029, 2030]",
            "counted_dashboards = [2025, 2028, 2029, 2030]",
        ),
        (
            r"rules/2030.toml, line \d+, continuum.counted_dashboards: the years must be consecutive Dashboards up to"
            r" 2030: 2027, 2028, 2029, 2030"
        ),
    ),
    "stale_consecutive": (
        without("rules/2030.toml", "[2028, 2029, 2030]", "[2027, 2029, 2030]"),
        r"consecutive.dashboards: the years must be .* 2028, 2029, 2030",
    ),
    "stale_charter": (
        without("rules/2030.toml", "dashboards = [2029, 2030]", "dashboards = [2028, 2030]"),
        r"charter.dashboards: the years must be .* 2029, 2030",
    ),
    "stale_second": (
        without("rules/2030.toml", "second_year_after = 2029", "second_year_after = 2028"),
        r"line \d+, assistance.second_year_after: it must be 2029",
    ),
    "stale_calpads": (
        without("rules/2030.toml", '"2029-30"', '"2028-29"'),
        r"line \d+, assistance.calpads_school_year: it must be 2029-30",
    ),
    "stale_local": (
        without("rules/2030.toml", "\nyears = [2030]", "\nyears = [2029]"),
        r"line \d+, assistance.local.years: the years must be .* 2030",
    ),
    # an indicator
    "row": (without("reference/indicators.csv", INDICATOR_ROW), r"unknown indicator 'civics'"),
    **{
        f"cell_{name}": (cell(column), rf"reference/indicators.csv, line \d+, column {name}: ")
        for column, name in enumerate(
            (
                "indicator",
                "name",
                "short_name",
                "name_in_text",
                "",
                "better",
                "worst_status_label",
                "best_status_label",
                "unit",
                "reported_for",
            )
        )
        if name  # an indicator without a priority is informational, like science
    },
    "mark": (
        without("layouts.toml", MARK),
        r"layouts.toml: dashboard.told_by lacks civics, an indicator of reference/indicators.csv",
    ),
    "mark_empty": (
        without("layouts.toml", MARK, 'civics = { code = "", headings = [] }\n'),
        r"layouts.toml: dashboard.told_by.civics has neither a code nor a heading",
    ),
    "mark_same": (
        without("layouts.toml", '"CIVICS"', '"SUSP"'),
        r"layouts.toml: dashboard.told_by has the code SUSP for civics and susp",
    ),
    "list": (
        without("layouts.toml", 'red = "(civics|', 'red = "('),
        r"layouts.toml: low_performing.patterns.red does not know civics",
    ),
    # a recorded pathway
    "register": (without_file("registers/pilot.csv"), r"registers/pilot.csv: the file is missing"),
    "entry": (
        without("rules/pathways.toml", PATHWAY_ENTRY),
        r"registers/pilot.csv: no recorded pathway of rules/pathways.toml has this register",
    ),
    **{
        f"pathway_{name}": (
            pathway_key(name),
            rf"pathways.toml, line \d+, pathway.6(\.{name})?: .*{name}|pathway.6.{name}: it is missing",
        )
        for name in (
            "pathway",
            "name",
            "statute",
            "decided",
            "record_kind",
            "determined_by",
            "may_receive",
            "trigger",
            "url",
            "open_question",
        )
    },
}


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return extended_reference(tmp_path_factory.mktemp("extended") / "reference")


def load(reference: Path, work: Path) -> None:
    check_configuration(
        Run.start(Settings(source=str(SAMPLE), work=work, out=work / "out", reference=reference, as_of=AS_OF))
    )


@pytest.fixture
def in_2031(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transforms.clock.today", lambda: AS_OF)


def test_the_whole_addition_loads(extended: Path, tmp_path: Path, in_2031: None) -> None:
    load(extended, tmp_path)


@pytest.mark.slow
def test_a_suspension_file_is_not_accepted_as_the_invented_indicator(extended: Path, tmp_path: Path) -> None:
    write_sources(tmp_path / "source")
    shutil.copy(tmp_path / "source" / f"suspdownload{LAST}.txt", tmp_path / "source" / f"{INDICATOR}download{LAST}.txt")
    with Workplace(tmp_path / "source", tmp_path / "work", tmp_path / "out", extended).decide(as_of=AS_OF) as db:
        assert db.execute(
            "select count(*) from source_files where indicator = ? and dashboard_year = ?", [INDICATOR, LAST]
        ).fetchall() == [(0,)]
        assert db.execute(
            "select distinct status from continuum where cds = ? and determination_year = ?", [PIONEER, LAST]
        ).fetchall() == [("undetermined",)]


def test_a_test_that_ends_is_named_once(extended: Path, tmp_path: Path, in_2031: None) -> None:
    folder = tmp_path / "reference"
    shutil.copytree(extended, folder)
    table("rules/2029.toml", "charter")(folder)
    table("rules/2030.toml", "charter")(folder)
    without("rules/2029.toml", 'standing = "final"\n', 'standing = "final"\nended = ["charter"]\n')(folder)
    load(folder, tmp_path)


# The first case of each kind; the others are slow.
FIRST = {what.split("_")[0]: what for what in reversed(OMITTED)}.values()


@pytest.mark.parametrize(
    "what", [pytest.param(what, marks=() if what in FIRST else pytest.mark.slow) for what in OMITTED]
)
def test_a_missing_entry_is_named_at_load(extended: Path, tmp_path: Path, in_2031: None, what: str) -> None:
    leave_out, said = OMITTED[what]
    folder = tmp_path / "reference"
    shutil.copytree(extended, folder)
    leave_out(folder)
    with pytest.raises(ConfigError) as raised:
        load(folder, tmp_path)
    assert raised.value.exit_code == 4
    assert re.search(said, str(raised.value)), f"{said}\n{raised.value}"
