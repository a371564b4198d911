"""Compare a run's tables with the truth of a generated state: every row, every year, in both directions."""

from pathlib import Path

import duckdb

# Truth table -> (the pipeline's rows, the truth's rows): the same columns, keyed by CDS and year, for every generated
# LEA.
QUERIES = {
    "leas": (
        "select cds, lea_type, first_dashboard_year, last_dashboard_year from leas where cds in (select cds from made)",
        "select cds, lea_type, first_year::smallint, last_year::smallint from leas_truth",
    ),
    "group_years": (
        (
            "select cds, dashboard_year::integer, student_group, priorities_met, letter, meets_criteria, has_result,"
            " priorities_unknown, basis from student_group_history where cds in (select cds from made)"
        ),
        (
            "select cds, dashboard_year::integer, student_group, priorities_met::tinyint[], nullif(letter, ''),"
            " meets_criteria, has_result, []::tinyint[], 'indicators' from group_years_truth"
        ),
    ),
    "continuum": (
        (
            "select c.cds, c.determination_year::integer, e.status, list_sort(student_groups_counting), by_small_clause"
            " and c.status = 'eligible' from continuum c join eligibility e on e.cds = c.cds and e.determination_year ="
            " c.determination_year and e.pathway = 'continuum' where c.cds in (select cds from made)"
        ),
        (
            "select cds, determination_year::integer, status, if(status = 'not_applicable', [], student_groups),"
            " by_small_clause and status = 'eligible' from continuum_truth"
        ),
    ),
    "consecutive": (
        (
            "select cds, determination_year::integer, status, if(status = 'not_applicable', [], student_groups) "
            "from assistance where determination = 'consecutive' and cds in (select cds from made)"
        ),
        (
            "select cds, determination_year::integer, status, if(status = 'not_applicable', [], student_groups) from"
            " consecutive_truth"
        ),
    ),
    "charter_test": (
        (
            "select cds, determination_year::integer, status from assistance where determination = 'charter' and cds in"
            " (select cds from made)"
        ),
        "select cds, determination_year::integer, status from charter_test_truth",
    ),
    "methods": (
        (
            "select cds, determination_year::integer, method, met from assistance_methods where cds in (select cds from"
            " made)"
        ),
        "select cds, determination_year::integer, method, met from methods_truth",
    ),
    "assistance": (
        (
            "select cds, determination_year::integer, status, coalesce(assistance_year, 0)::integer "
            "from assistance where determination = 'differentiated_assistance' and cds in (select cds from made)"
        ),
        "select cds, determination_year::integer, status, assistance_year::integer from assistance_truth",
    ),
}


def load_truth(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Load <table>_truth for each truth file, and ``made``: the generated LEAs and charter schools."""
    for path in folder.glob("*.parquet"):
        connection.execute(
            f"create or replace temp table {path.stem}_truth as select * from read_parquet(?)", [str(path)]
        )
    connection.execute("create or replace temp table made as select cds from leas_truth")


def differences(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[object, ...]]:
    """Return up to twenty rows that only one side has. The first column is 'ours' or 'truth'."""
    ours, truth = QUERIES[table]
    rows = connection.execute(
        f"select 'ours', * from (({ours}) except all ({truth})) union all select 'truth', * from (({truth}) except all"
        f" ({ours})) order by 2, 3, 1 limit 20"
    )
    return rows.fetchall()
