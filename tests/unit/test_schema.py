"""Rules for every published table: types that show what a value is, names for people, and the README's statements."""

import re

import pytest

from transforms.schema import Table, published_tables
from transforms.settings import PROJECT

TABLES = published_tables()
README = (PROJECT / "README.md").read_text("utf-8")
# Days as a source wrote them ("in 2009"), in addition to columns with the days themselves.
AS_SOURCED = {"state_loan_events.date_text", "state_loans.latest_balance_as_of"}


def documented_columns() -> list[tuple[str, list[str]]]:
    """Return tables of the README's list, and the words in their descriptions that are marked as names."""
    rows = README.split("| table | one row for each |", 1)[1].split("\n\n")[0].splitlines()[2:]
    found = []
    for row in rows:
        tables, words = (re.findall(r"`([a-z0-9_]+)`", cell) for cell in row.strip("| ").split(" | ", 1))
        found += [(table, words) for table in tables]
    return found


@pytest.mark.parametrize(("table", "columns"), documented_columns())
def test_tables_in_the_readme_have_the_named_columns(table: str, columns: list[str]) -> None:
    assert table in TABLES
    assert not [c for c in columns if c not in TABLES[table].columns and c not in TABLES]


def test_the_readme_lists_the_important_tables() -> None:
    names = {table for table, _ in documented_columns()}
    assert {
        "eligibility",
        "eligible_districts",
        "evidence",
        "watch_list",
        "changes",
        "reconciliation",
        "rejects",
    } <= names


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_timestamps_have_zones_days_are_dates_and_flags_are_booleans(table: Table) -> None:
    for name, column in table.columns.items():
        said = column.description
        assert column.type != "TIMESTAMP", f"{name} has no zone"
        if (
            re.search(r"(_at|_on|_date|_until|_seen|^due|^as_of)$", name)
            and "year" not in said.lower()
            and f"{table.name}.{name}" not in AS_SOURCED
        ):
            assert column.type in ("DATE", "TIMESTAMP WITH TIME ZONE"), name
        if re.match(r"(is|has|was|can)_|.*_is_", name) or said.startswith(("True ", "True:")):
            assert column.type == "BOOLEAN", name
        yes_or_no = set(column.values) == {"Y", "N"} or re.match(r"Y: ", said)
        assert not yes_or_no or column.cde_field, f"{name}: only CDE's own flags are Y and N"


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_the_limits_of_the_statuses_are_stated_once_in_the_release(table: Table) -> None:
    assert "designation" not in table.comment
    assert ("disclaimer" in table.columns) == (table.name == "meta_release")


def test_evidence_has_readable_names_and_rejects_have_advice() -> None:
    assert {"lea_name", "group_name", "indicator_name", "criteria_met"} <= set(TABLES["evidence"].columns)
    assert "what_to_do" in TABLES["rejects"].never_null
