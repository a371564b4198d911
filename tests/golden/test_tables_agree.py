"""Published tables do not contradict each other: all agree on what is not comparable, mixed or past."""

import duckdb
import pytest

FLAGS = {
    "differentiated_assistance": (
        "select cds, determination_year, agrees_with_cde, 'assistance_status' as flag, determination as kind from"
        " assistance where determination = 'differentiated_assistance'"
    ),
    "consecutive": (
        "select cds, determination_year, agrees_with_cde, "
        "'ec52071f' as flag, determination as kind from assistance where determination = 'consecutive'"
    ),
    "charter": (
        "select cds, determination_year, agrees_with_cde, "
        "'assistance_status' as flag, determination as kind from assistance where determination = 'charter'"
    ),
    "continuum": (
        "select cds, determination_year, agrees_with_cde, 'ec52072' as flag, pathway as kind from eligibility where"
        " pathway = 'continuum'"
    ),
    "methods": (
        "select cds, determination_year, agrees_with_cde, 'met_method_' || method as flag, 'method' as kind from"
        " assistance_methods"
    ),
}
COMPARABLE = {None: {"not_comparable"}, True: {"agree"}, False: {"only_ours", "only_cde", "differs"}}


@pytest.mark.parametrize("kind", FLAGS)
def test_agreement_with_cde_is_stated_only_for_compared_verdicts(db: duckdb.DuckDBPyConnection, kind: str) -> None:
    found = db.execute(
        f"select v.cds, v.determination_year, v.agrees_with_cde, r.class from ({FLAGS[kind]}) v "
        "join reconciliation r on r.cds = v.cds and r.dashboard_year = v.determination_year and r.flag = v.flag"
    ).fetchall()
    assert [row for row in found if row[3] not in COMPARABLE[row[2]]] == []
    assert found or kind in ("consecutive", "charter"), "the sample has no flags of these"


def test_every_agreeing_verdict_is_in_the_reconciliation(db: duckdb.DuckDBPyConnection) -> None:
    for query in FLAGS.values():
        assert (
            db.execute(
                f"select v.* from ({query}) v anti join reconciliation r on r.cds = v.cds and r.dashboard_year ="
                " v.determination_year and r.flag = v.flag where v.agrees_with_cde is not null"
            ).fetchall()
            == []
        )


def test_calpads_known_only_from_cdes_flag_is_not_compared_with_it(db: duckdb.DuckDBPyConnection) -> None:
    """Method 4 without a row of the register is CDE's own flag."""
    assert db.execute(
        "select distinct ours, agrees_with_cde, decided_by from assistance_methods where method = 4 and cde_flag is not"
        " null"
    ).fetchall() == [(None, None, "cde")]


def test_the_basis_names_every_source_of_the_dashboards_that_count(db: duckdb.DuckDBPyConnection) -> None:
    found = db.execute("""
        select e.cds, e.determination_year, e.basis, list(distinct h.basis order by h.basis) filter (h.basis <> 'none')
        from eligibility e join rule_windows w using (determination_year)
        join student_group_history h on h.cds = e.cds and list_contains(w.counted_dashboards, h.dashboard_year)
        where e.pathway = 'continuum' group by all
        """).fetchall()
    names = {
        (): "none",
        ("cde_letters",): "cde_letters",
        ("indicators",): "indicators",
        ("cde_letters", "indicators"): "indicators_and_cde_letters",
    }
    assert [row for row in found if row[2] != names[tuple(row[3] or ())]] == []
    assert {"indicators_and_cde_letters", "none"} <= {row[2] for row in found}


def test_dated_facts_of_a_past_determination_are_of_its_last_day(db: duckdb.DuckDBPyConnection) -> None:
    begins = dict(db.execute("select determination_year, in_force_from from rule_windows").fetchall())
    (today,) = db.execute("select as_of from meta_release").fetchall()[0]
    years = [y for (y,) in db.execute("select distinct determination_year from eligibility order by 1").fetchall()]
    for table in ("eligibility", "assistance", "case_states", "loan_states"):
        for year, as_of in db.execute(
            f"select distinct determination_year, as_of from {table} where as_of is not null"
        ).fetchall():
            if year == years[-1]:
                assert as_of == today
            elif year in years:
                assert (begins[years[years.index(year) + 1]] - as_of).days == 1, (table, year)
            else:
                assert as_of < begins[years[0]]
