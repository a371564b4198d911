"""Recipes give the facts of the sample, accept their parameters, and run from the command."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from reports import recipe_book
from reports.recipe_book import Recipe, RecipeError, find_recipe, recipes
from tests.site.page import Page
from tests.terminal import Ended, in_turn
from tests.workplace import Workplace
from transforms.errors import ConfigError

Row = dict[str, Any]
MONTEREY_COE, SALINAS, SOUTH_MONTEREY = "27102720000000", "27661590000000", "27660680000000"


def ask(connection: duckdb.DuckDBPyConnection, name: str, **given: str) -> list[Row]:
    recipe = find_recipe(name)
    cursor = connection.execute(recipe.sql, recipe.bound(given) or None)
    columns = [d[0] for d in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def where(rows: list[Row], **values: object) -> list[Row]:
    return [row for row in rows if all(row[k] == v for k, v in values.items())]


def one(rows: list[Row], **values: object) -> Row:
    (row,) = where(rows, **values)
    return row


CONTINUUM, YEAR_2023 = "Continuum of Support (SIR+)", {"year": "2023"}
BOTH = "Orange on English language arts and Red on mathematics"
# Recipe, parameters, key of a row, and its values.
FACTS: list[tuple[str, dict[str, str], Row, Row]] = [
    ("why", {"cds": SOUTH_MONTEREY}, {"pathway": "Wraparound"}, {"status": "eligible", "statute": "EC 52074(g)(2)(A)"}),
    (
        "why",
        {"cds": SOUTH_MONTEREY, **YEAR_2023},
        {"pathway": CONTINUUM},
        {"status": "eligible", "student_groups": ["EL", "HOM", "SWD"], "cde_flag": "Y"},
    ),
    (
        "why",
        {"cds": SALINAS},
        {"pathway": CONTINUUM},
        {"status": "not_eligible", "cde_flag": "N", "agrees_with_cde": True},
    ),
    ("eligible", {}, {"lea_name": "Inglewood Unified"}, {"pathways": ["wraparound"]}),
    ("eligible", YEAR_2023, {"cds": SOUTH_MONTEREY}, {"pathways": ["continuum", "wraparound"]}),
    (
        "one-year-short",
        {},
        {"cds": SALINAS, "student_group": "EL"},
        {"years": [2022, 2023], "next_dashboard": 2025, "would_be_eligible": False},
    ),
    ("driving-groups", YEAR_2023, {"student_group": "HOM"}, {"leas": 3}),
    ("driving-groups", {}, {"student_group": "HI"}, {"leas": 1, "which": "Monterey County Office of Education"}),
    ("loans-without-release", {}, {"loan_id": "CA-SEL-2009-SMCJUHSD"}, {"authorized": "July 2009", "repaid": None}),
    ("what-changed", {}, {"cds": SALINAS}, {"change": "no_longer", "groups_removed": ["HOM"]}),
    ("what-changed", {}, {"lea_name": "Plumas Unified"}, {"change": "status_changed", "pathway": "Wraparound"}),
    (
        "compare-two",
        {"cds_a": SALINAS, "cds_b": SOUTH_MONTEREY},
        {"student_group": "EL"},
        {"years_met_a": [2019, 2022, 2023], "years_met_b": [2022, 2023, 2024]},
    ),
    (
        "by-geographic-lead",
        {},
        {"geo_area": "Valley to Coast"},
        {"leas": 34, "eligible": 2, "eligible_continuum": 1, "eligible_wraparound": 1},
    ),
    (
        "by-county",
        {},
        {"county": "Monterey", "pathway": CONTINUUM},
        {"eligible": 1, "not_determined": 0, "not_eligible": 22, "not_assessed": 10},
    ),
    ("new-or-continuing", {}, {"cds": SALINAS}, {"change": "no_longer"}),
    ("new-or-continuing", {}, {"cds": MONTEREY_COE}, {"change": "continuing"}),
    (
        "disagreements",
        {},
        {"flag": "met_method_2"},
        {"class": "not_comparable", "leas_and_years": 50, "dashboards": "2018, 2019"},
    ),
    ("not-determined", {}, {"lea_name": "Oakland Unified", "pathway": CONTINUUM}, {"county": "Alameda"}),
    (
        "not-determined",
        {},
        {"lea_name": "Plumas Unified", "pathway": "Wraparound"},
        {"open_question": None},  # the open question of Wraparound is about repaid loans
    ),
    ("rejects", {}, {"file": "Pr12023.xlsx"}, {"rows_in": 33, "rows_kept": 33, "lines": 0}),
    ("freshness", {}, {"file": "eladownload2023.txt"}, {"present": True, "dashboard_year": 2023}),
    (
        "group-evidence",
        {"cds": SALINAS, "student_group": "LTEL"},
        {"indicator": "math"},
        {"color": 1, "current_status": -171.0, "criteria_met": BOTH, "source_line": 287},
    ),
    (
        "group-evidence",
        {"cds": SALINAS, "year": "2023", "student_group": "EL"},
        {"indicator": "grad"},
        {"color": 1, "criteria_met": "Red on graduation rate"},
    ),
    ("charter-test", {}, {"lea_name": "Big Sur Charter"}, {"status": "not_eligible"}),
    ("methods-2-and-3", {}, {"cds": SALINAS, "method": 2}, {"met": False, "cde_flag": "N", "basis": "computed"}),
    (
        "methods-2-and-3",
        {"year": "2018"},
        {"cds": SALINAS, "method": 2},
        {"met": False, "ours": None, "basis": "cde_flag"},
    ),
    ("long-term-english-learners", {}, {"cds": SALINAS}, {"meets_criteria": True, "letter": "D", "cde_letter": "D"}),
    ("two-reasons", {}, {}, {"cds": SOUTH_MONTEREY, "determination_year": 2023}),
    (
        "letters-since-2017",
        {"cds": SALINAS},
        {"student_group": "EL", "dashboard_year": 2018},
        {"ours": "E", "cde": "E"},
    ),
    (
        "rules-of-a-year",
        {"year": "2024"},
        {"criterion": "2024-p6-susp-red"},
        {"clause": "Red on suspension rate", "indicator": "susp", "levels": [1]},
    ),
]
COUNTS = {
    "eligible": 4,
    "one-year-short": 14,
    "loans-without-release": 5,
    "what-changed": 4,
    "not-determined": 11,
    "charter-test": 8,
    "methods-2-and-3": 50,
}
# The sample has no row for these, so tests query a copy that has one.
NOTHING_IN_THE_SAMPLE = {"open-cases", "preview-2026", "since-last-release"}


@pytest.mark.parametrize(("name", "given", "which", "expected"), FACTS)
def test_a_recipe_gives_the_facts_of_the_sample(
    db: duckdb.DuckDBPyConnection, name: str, given: dict[str, str], which: Row, expected: Row
) -> None:
    row = one(ask(db, name, **given), **which)
    assert {column: row[column] for column in expected} == expected


def test_a_recipe_lists_exactly_the_expected_rows(db: duckdb.DuckDBPyConnection) -> None:
    assert {name: len(ask(db, name)) for name in COUNTS} == COUNTS


def test_every_recipe_is_tested() -> None:
    assert set(recipes()) == {name for name, *_ in FACTS} | NOTHING_IN_THE_SAMPLE
    assert len(recipes()) >= 20


@pytest.fixture
def copy(release: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    shutil.copy(release / "dta.duckdb", tmp_path)
    (tmp_path / "dta.duckdb").chmod(0o644)
    with duckdb.connect(str(tmp_path / "dta.duckdb")) as connection:
        yield connection


def test_a_recipe_about_an_lea_has_no_default_lea() -> None:
    about_one = {r.name: [p.name for p in r.parameters if p.name.startswith("cds")] for r in recipes().values()}
    for name, parameters in about_one.items():
        assert all(p.is_required for p in find_recipe(name).parameters if p.name in parameters), name
        if parameters:
            with pytest.raises(RecipeError, match=f"{name} needs {parameters[0]}"):
                find_recipe(name).bound({})


def test_one_year_short_includes_small_leas(copy: duckdb.DuckDBPyConnection) -> None:
    copy.execute("update watch_list set watch = 'one_more_group' where cds = ? and student_group = 'EL'", [SALINAS])
    assert one(ask(copy, "one-year-short"), cds=SALINAS, student_group="EL")["watch"] == "one_more_group"
    assert len(ask(copy, "one-year-short")) == COUNTS["one-year-short"]


def test_every_geographic_lead_area_has_a_name_and_the_counts_of_its_page(
    db: duckdb.DuckDBPyConnection, release: Path
) -> None:
    rows = ask(db, "by-geographic-lead")
    page = Page(release / "reports" / "geographic-leads.html")
    shown = {
        area: page.read("//tr[@data-area=$area]/td[@class='number']".replace("$area", repr(area)))
        for area in page.find("//tr/@data-area")
    }
    assert {r["geo_area"]: [str(r["eligible"]), str(r["not_determined"]), str(r["leas"])] for r in rows} == shown
    assert sum(r["leas"] for r in rows) == db.execute("select count(*) from leas").fetchall()[0][0]


def insert(connection: duckdb.DuckDBPyConnection, table: str, **values: object) -> None:
    """Insert a row with these values into a table without its constraints. Other columns are null."""
    connection.execute(f"create or replace table {table} as from {table}")
    connection.execute(
        f"insert into {table} ({', '.join(values)}) values ({', '.join('?' * len(values))})", list(values.values())
    )


def test_recipes_show_cases_previews_changes_and_rejects(copy: duckdb.DuckDBPyConnection) -> None:
    for name in NOTHING_IN_THE_SAMPLE:
        assert ask(copy, name) == []
    insert(
        copy,
        "pathway_register",
        case_id="P-1",
        pathway="primary",
        cds=SALINAS,
        lea_name="Salinas Union High",
        evidence="letter 7",
    )
    for case, state in (("P-1", "determined"), ("P-2", "closed")):
        insert(
            copy,
            "case_states",
            case_id=case,
            pathway="primary",
            cds=SALINAS,
            determination_year=2024,
            case_state=state,
            case_finding="lead_not_heard",
        )
    assert [(r["case_id"], r["pathway"], r["evidence"]) for r in ask(copy, "open-cases")] == [
        ("P-1", "Primary", "letter 7")
    ]
    insert(
        copy,
        "watch_list",
        cds=SALINAS,
        lea_name="Salinas Union High",
        student_group="EL",
        watch="preview_one_more_red",
        standing="provisional",
        sentence="x",
    )
    assert [r["standing"] for r in ask(copy, "preview-2026")] == ["provisional"]
    insert(
        copy,
        "meta_release_changes",
        cds=SALINAS,
        lea_name="Salinas Union High",
        determination_year=2024,
        pathway="continuum",
        change="no_longer",
    )
    copy.execute(
        "update meta_sources set previous_sha256 = 'abc', rows_added = 1, rows_removed = 0, rows_altered = 2 where file"
        " = 'eladownload2023.txt'"
    )
    assert [(r["what"], r["difference"]) for r in ask(copy, "since-last-release")] == [
        ("source file", "1 rows added, 0 removed, 2 altered"),
        ("verdict", "continuum: no_longer"),
    ]
    for line in (7, 9):
        insert(
            copy,
            "rejects",
            source_id="dashboard-ela-2023",
            file="eladownload2023.txt",
            line=line,
            column_name="color",
            value="6",
            reason="not a color",
        )
    first = ask(copy, "rejects")[0]
    assert (first["file"], first["reason"], first["lines"], first["first_line"]) == (
        "eladownload2023.txt",
        "not a color",
        2,
        7,
    )
    copy.execute(
        "update reconciliation set class = 'only_cde' where cds = ? and dashboard_year = 2024 and flag = 'ec52072'",
        [SALINAS],
    )
    assert one(ask(copy, "disagreements"), flag="ec52072")["example"] == "Salinas Union High"


@pytest.mark.parametrize("recipe", recipes().values(), ids=lambda r: r.name)
def test_the_recipe_text_to_paste_gives_the_same_rows(db: duckdb.DuckDBPyConnection, recipe: Recipe) -> None:
    examples = {p.name: p.value or "" for p in recipe.parameters if p.is_required}
    assert db.execute(recipe.runnable).fetchall() == db.execute(recipe.sql, recipe.bound(examples) or None).fetchall()
    assert recipe.title
    assert recipe.question.rstrip().endswith(("?", "."))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("select 1", "does not start with"),
        ("-- title: a\n-- question: b?\n-- param: cds = 27 or so\nselect 1", "is not of the form"),
        ("-- title: a\n-- question: b?\nselect $cds", "are not the parameters that its query uses"),
    ],
)
def test_a_malformed_recipe_is_reported(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "x.sql").write_text(text)
    with pytest.raises(ConfigError, match=said):
        recipe_book._recipe(tmp_path / "x.sql")


def test_the_command_lists_and_runs_recipes(published: Workplace) -> None:
    why = ("--param", "cds=South Monterey County Joint Union High", "--param", "year=2023", "--format", "csv")
    listed, ended = in_turn(published.out, [("sql", "--recipes"), ("sql", "--recipe", "why", *why)])
    assert all(name in listed[1].decode() for name in recipes())
    assert "English learners (2018, 2022, 2023)" in ended[1].decode()
    assert ended[0] == 0


REFUSED = [
    (("--recipe", "nope"), "one-year-short"),
    (("--recipe", "why", "--param", "lea=x"), "It has cds"),
    (("--recipe", "why"), "needs cds"),
    (("--recipe", "why", "--param", "cds="), "needs cds"),
    (("--recipe", "why", "--param", "cds"), "--param 'cds' is not of the form name=value, such as year=2024."),
    (("--recipe", "why", "--param", "=1"), "--param '=1' is not of the form name=value, such as year=2024."),
    (("--recipe", "why", "--param", " =1"), "--param ' =1' is not of the form name=value"),
    (("--recipe", "why", "--param", "cds=1", "--param", "cds=2"), "--param gives 'cds' more than once."),
    (
        ("--recipe", "why", "--param", "cds=27661590000000", "--param", "year=2024; drop table leas"),
        "Could not convert",
    ),
    (("--recipe", "why", "--param", "cds=' or 1=1 --"), "No LEA is called"),
    (("--param", "cds=1", "--", "select 1"), "needs --recipe"),
    ((), "--recipes lists them"),
    (("--recipe", "why", "--", "select 1"), "--recipes lists them"),
]


@pytest.fixture(scope="module")
def refused(published: Workplace) -> list[Ended]:
    return in_turn(published.out, [("sql", *arguments) for arguments, _ in REFUSED])


@pytest.mark.parametrize("number", range(len(REFUSED)), ids=lambda n: " ".join(REFUSED[n][0]))
def test_invalid_requests_are_refused_with_the_reason(refused: list[Ended], number: int) -> None:
    code, _, told = refused[number]
    assert code == 2
    assert REFUSED[number][1] in told.decode()
