"""The outlook on an unpublished Dashboard from the years before alone, compared with CDE's statewide lists."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from tests.workplace import BEFORE_2023, STATE, Workplace, copy_of_state
from transforms.estimate.ahead import ENGINE_MODELS, INPUTS, SCHEMA, AheadOptions, build_ahead, next_year
from transforms.rules.load import load_rules
from transforms.settings import PROJECT
from transforms.sql import inputs_of, order_of

BOOKS = {
    2022: ("assistancestatus22.xlsx", "District and COE 2022"),
    2023: ("assistancestatus23.xlsx", "District and COE 2023"),
    2024: ("assistancestatus24.xlsx", "District and COE 2024"),
}
CERTAIN = {2022: 4, 2023: 27, 2024: 30, 2025: 28}
CERTAIN_OR_POSSIBLE = {2022: 46, 2023: 121, 2024: 146, 2025: 156}
MOUNTAIN_UNION = "45737000000000"  # on the list of 2023 by the clause for fewer than three groups
RULES = load_rules(PROJECT / "data")


@pytest.fixture(scope="module")
def state(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with Workplace(STATE, raw_cache, tmp_path_factory.mktemp("state") / "out").decide() as connection:
        yield connection


def outlooks(
    connection: duckdb.DuckDBPyConnection, year: int, ignore_results: bool = True
) -> dict[str, tuple[str, bool]]:
    build_ahead(connection, RULES, PROJECT / "data", AheadOptions(year, ignore_results=ignore_results))
    found = connection.execute("select cds, outlook, by_clause from ahead.outlook where test = 'continuum'").fetchall()
    return {cds: (outlook, by_clause) for cds, outlook, by_clause in found}


def eligible(year: int) -> set[str]:
    """Return CDE's list, read without the pipeline."""
    file, sheet = BOOKS[year]
    frame = pd.read_excel(STATE / file, sheet_name=sheet, header=5, dtype="string", engine="calamine")
    return set(frame.loc[frame[f"EC52072_{year}"] == "Y", "CDS"])


def check(found: dict[str, tuple[str, bool]], year: int) -> None:
    certain = {cds for cds, (outlook, _) in found.items() if outlook == "certain"}
    possible = {cds for cds, (outlook, by_clause) in found.items() if outlook == "possible" and not by_clause}
    assert not any(by_clause for outlook, by_clause in found.values() if outlook != "possible")
    assert len(certain) == CERTAIN[year]
    assert len(certain | possible) == CERTAIN_OR_POSSIBLE[year]
    if year in BOOKS:
        listed = eligible(year)
        assert certain <= listed
        by_clause = {cds for cds, (_, clause) in found.items() if clause}
        assert listed <= certain | possible | by_clause, "for every LEA"
        assert listed - certain - possible == ({MOUNTAIN_UNION} if year == 2023 else set())


@pytest.mark.slow
@pytest.mark.parametrize("year", CERTAIN)
def test_the_outlook_from_earlier_years_bounds_cdes_list(state: duckdb.DuckDBPyConnection, year: int) -> None:
    check(outlooks(state, year), year)


@pytest.mark.slow
def test_the_outlook_defaults_to_the_year_after_the_newest_dashboard(state: duckdb.DuckDBPyConnection) -> None:
    assert next_year(RULES, 2024) == 2025
    assert outlooks(state, 2025, ignore_results=False) == outlooks(state, 2025)


@pytest.mark.slow
def test_workbooks_of_earlier_years_alone_give_the_same_outlook(raw_cache: Path, tmp_path: Path) -> None:
    """Nothing of 2023 is loaded, so the outlook cannot have used it."""
    source = copy_of_state(tmp_path / "source", *BEFORE_2023)
    with Workplace(source, raw_cache, tmp_path / "out").decide() as connection:
        check(outlooks(connection, 2023), 2023)


@pytest.mark.slow
def test_an_outlook_two_years_ahead_is_less_certain(state: duckdb.DuckDBPyConnection) -> None:
    """2026 without 2025: two unknown Dashboards, by the criteria of 2025 in the window of 2026."""
    near, far = outlooks(state, 2025), outlooks(state, 2026)
    assert state.execute("select * from ahead.ahead_year").fetchall() == [(2026, "2025-final", False)]
    assert {outlook for outlook, _ in far.values()} == {"possible", "ruled_out"}
    assert sum(o == "possible" for o, _ in far.values()) > sum(o == "possible" for o, _ in near.values())


@pytest.mark.slow
def test_the_watch_list_of_a_release_is_this_outlook(state: duckdb.DuckDBPyConnection) -> None:
    found = outlooks(state, 2025)
    watched = state.execute("select cds, outlook, watch, would_be_eligible, sentence from watch_list").fetchall()
    assert watched
    assert all(outlook == found[cds][0] for cds, outlook, *_ in watched)
    groups = state.execute(
        "select cds, student_group from ahead.outlook_groups where years_short = 1 and meets_next is null order by all"
    ).fetchall()
    assert groups == state.execute("select cds, student_group from watch_list order by all").fetchall()
    sure = [sentence for _, outlook, *_, sentence in watched if outlook == "certain"]
    assert sure
    assert all("meets the criteria of that year whatever they show" in s and "would be eligible" not in s for s in sure)


def test_the_outlook_needs_no_determination_tables() -> None:
    """The outlook and the determinations are built at the same time."""
    own = [*ENGINE_MODELS, *((SCHEMA, table) for table in order_of(SCHEMA))]
    made = {table for _, table in own} | set(INPUTS)
    read = {name for stage, table in own for name in inputs_of(stage)[table]}
    read |= {word for query in INPUTS.values() for word in re.findall(r"(?:from|join) (?:{base}\.)?(\w+)", query)}
    later = {table for stage in ("determinations", "facts", "marts") for table in order_of(stage)}
    assert "student_group_history" in read
    assert read & later <= made
