"""LEAs that joined or left the list since the previous release, and why."""

from collections.abc import Iterator, Sequence

import duckdb
import pytest

from flows.cli.phrases import changes_lines
from reports.release_changes import ReleaseChanges, release_changes

Row = tuple[str, int, str]  # LEA, determination year, status
ROWS: list[Row] = [
    ("Ada", 2023, "eligible"),
    ("Ada", 2024, "not_eligible"),
    ("Bea", 2023, "not_eligible"),
    ("Bea", 2024, "eligible"),
    ("Cleo", 2023, "eligible"),
    ("Cleo", 2024, "eligible"),
]


@pytest.fixture
def db() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(
            "create table eligibility (cds varchar, lea_name varchar, county varchar, pathway varchar,"
            " determination_year smallint, status varchar)"
        )
        connection.execute(
            "create table meta_release_changes (cds varchar, lea_name varchar, pathway varchar, determination_year"
            " smallint, status_before varchar, status_after varchar, groups_added varchar[], groups_removed varchar[],"
            " previous_release_id varchar, attributed_to varchar)"
        )
        connection.execute("create table pathways as select 'continuum' as pathway, 'Continuum' as name, 1 as position")
        connection.execute(
            "create table student_groups as select 'FOS' as student_group, 'foster youth' as name_in_text"
        )
        connection.execute("create table meta_gate_results (check_id varchar, failing_rows bigint)")
        for name, year, status in ROWS:
            connection.execute(
                "insert into eligibility values (?, ?, 'Kern', 'continuum', ?, ?)", [name, name, year, status]
            )
        yield connection


def changed(
    db: duckdb.DuckDBPyConnection, rows: Sequence[tuple[str, int, str, str, str]], removed: Sequence[str] = ()
) -> ReleaseChanges:
    for name, year, before, after, why in rows:
        db.execute(
            "insert into meta_release_changes values (?, ?, 'continuum', ?, ?, ?, [], ?, 'r0', ?)",
            [name, name, year, before, after, list(removed), why],
        )
    return release_changes(db)


def test_a_change_of_assistance_alone_is_reported(db: duckdb.DuckDBPyConnection) -> None:
    db.execute("insert into meta_gate_results values ('release_assistance_changed', 1), ('others', 7)")
    found = changed(db, [])
    said = (
        "One finding of assistance differs from the release before: see release_assistance_changed on the quality page."
    )
    assert changes_lines(found) == [said]


def test_a_first_release_has_no_comparison(db: duckdb.DuckDBPyConnection) -> None:
    found = release_changes(db)
    assert (found.headline, found.sentences, changes_lines(found)) == ("", [], [])


@pytest.mark.parametrize(
    ("why", "words"), [("data", "the data changed"), ("rules", "the rules changed"), ("code", "the program changed")]
)
def test_removed_leas_are_named_with_the_reason(db: duckdb.DuckDBPyConnection, why: str, words: str) -> None:
    found = changed(db, [("Ada", 2024, "eligible", "not_eligible", why)], ["FOS"])
    assert found.headline == "One LEA lost a pathway, none gained one"
    assert found.sentences == [
        f"Ada (Kern), Continuum, 2024: no longer eligible, now: not eligible, because {words}. One group no longer"
        " counts: foster youth."
    ]
    assert changes_lines(found)[0] == "One LEA lost a pathway, none gained one since release r0:"


def test_a_verdict_outside_the_list_is_not_reported(db: duckdb.DuckDBPyConnection) -> None:
    assert changed(db, [("Ada", 2024, "undetermined", "not_eligible", "data")]).headline == ""
    assert changed(db, [("Ada", 2023, "not_eligible", "eligible", "data")]).elsewhere == 1


def test_a_new_dashboard_is_compared_with_the_list_of_the_year_before(db: duckdb.DuckDBPyConnection) -> None:
    statuses = {name: status for name, year, status in ROWS if year == 2024}
    found = changed(db, [(name, 2024, "absent", status, "data") for name, status in statuses.items()])
    assert [c.lea_name for c in found.left] == ["Ada"]
    assert [c.lea_name for c in found.new] == ["Bea"]
    assert (
        found.sentences[0]
        == "Ada (Kern), Continuum, 2024 in place of 2023: no longer eligible, now: not eligible, because the data"
        " changed."
    )


def test_an_lea_without_a_verdict_is_reported_as_removed(db: duckdb.DuckDBPyConnection) -> None:
    found = changed(db, [("Dora", 2024, "eligible", "absent", "rules")])
    assert found.sentences == [
        "Dora, Continuum, 2024: no longer eligible, now: without a verdict, because the rules changed."
    ]
