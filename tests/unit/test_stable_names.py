"""The same inputs give the same names, in any order of rows."""

import random
import re
from pathlib import Path

import duckdb
import pytest

from transforms.sql import FOLDER, build_table

CDS = "19647330108878"
NAMES = (
    "CHAMPS - Charter HS of Arts-Multimedia & Performin",
    "CHAMPS - Charter HS of Arts-Multimedia & Performing",
    "Another Name of 2023",
    "CHAMPS",
)
TABLES = """
    create table dashboard_entities(cds text, dashboard_year int, district_name text, school_name text,
        record_type text, charter_flag text);
    create table charter_cells(cds text, dashboard_year int, family text, value text, row_is_sound bool);
    create table assistance_leas(cds text, dashboard_year int, lea_name text);
    create table local_indicators(cds text, dashboard_year int, lea_name text, priority int);
    create table reg_state_loans(cds text, district text, successor_cds text, successor_name text);
    create table register_doubts(cds text, lea_name text, brings_lea bool);
    create table ref_counties(county_code text, county text);
    create table directory(cds text, directory_status text);
"""


@pytest.mark.parametrize("seed", range(8))
def test_the_longer_of_two_names_in_one_year_is_shown(seed: int) -> None:
    rows = [(CDS, 2023 if "2023" in name else 2024, "District", name, "S", "Y") for name in NAMES] * 50
    random.Random(seed).shuffle(rows)  # noqa: S311
    with duckdb.connect() as connection:
        connection.execute(TABLES)
        connection.executemany("insert into dashboard_entities values (?, ?, ?, ?, ?, ?)", rows)
        build_table(connection, "core", "leas")
        assert connection.execute("select lea_name from leas").fetchall() == [(NAMES[1],)]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*/*.sql")), ids=lambda p: p.stem)
def test_no_list_is_ordered_by_a_number(path: Path) -> None:
    """Within an aggregate "order by 1" is the constant 1, not the first column, so the order would be random."""
    query = " ".join(path.read_text("utf-8").split())
    assert not re.findall(r"\( ?distinct (?:(?! from ).)*order by \d", query)
