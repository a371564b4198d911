"""No LEA may be lost between input and result."""

import duckdb

PATHWAYS = {"continuum", "wraparound", "primary", "spi", "fee_for_service", "request"}


def test_every_lea_has_one_row_per_pathway_and_year(db: duckdb.DuckDBPyConnection) -> None:
    rows = db.execute("select cds, determination_year, pathway, count(*) from eligibility group by all").fetchall()
    leas = {cds for (cds,) in db.execute("select cds from leas").fetchall()}
    years = {2022, 2023, 2024}
    assert {(c, y, p) for c, y, p, _ in rows} == {(c, y, p) for c in leas for y in years for p in PATHWAYS}
    assert {n for *_, n in rows} == {1}


def test_the_index_has_the_25_leas_of_the_county_and_all_borrowers(db: duckdb.DuckDBPyConnection) -> None:
    in_files = {
        c for (c,) in db.execute("select distinct cds from indicator_results where record_type = 'D'").fetchall()
    }
    charters = {
        c
        for (c,) in db.execute(
            "select distinct cds from indicator_results where record_type = 'S' and charter_flag = 'Y'"
        ).fetchall()
    }
    borrowers = {c for (c,) in db.execute("select coalesce(cds, successor_cds) from state_loans").fetchall()}
    judged = {c for (c,) in db.execute("select distinct cds from eligibility").fetchall()}
    assert len(in_files) == 25
    assert charters
    assert judged == in_files | borrowers | charters


def test_every_verdict_has_a_known_status_and_a_reason(db: duckdb.DuckDBPyConnection) -> None:
    statuses = {s for (s,) in db.execute("select distinct status from eligibility").fetchall()}
    assert statuses <= {"eligible", "not_eligible", "undetermined", "not_assessed", "not_applicable"}
    assert db.execute("select count(*) from eligibility where reason is null or length(reason) < 20").fetchall() == [
        (0,)
    ]


def test_recorded_pathways_are_never_computed(db: duckdb.DuckDBPyConnection) -> None:
    rows = db.execute(
        "select distinct status from eligibility where pathway in ('primary', 'spi', 'fee_for_service', 'request')"
    ).fetchall()
    assert {s for (s,) in rows} <= {"not_assessed", "not_applicable"}
    (coe,) = db.execute(
        "select distinct status from eligibility where pathway in ('primary', 'wraparound') and lea_type ="
        " 'county_office'"
    ).fetchall()
    assert coe == ("not_applicable",)
