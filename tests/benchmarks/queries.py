"""Twenty questions that analysts ask of a release."""

import statistics
import time
from pathlib import Path
from typing import Any

import duckdb

QUESTIONS = (
    "select * from eligible_districts where determination_year = 2025 order by lea_name",
    "select pathway, status, count(*) from eligibility where determination_year = 2025 group by all order by all",
    (
        "select lea_name, reason from eligibility where determination_year = 2024 and pathway = 'continuum' and status"
        " = 'eligible'"
    ),
    "select * from eligibility where cds = '{cds}' order by determination_year, pathway",
    (
        "select dashboard_year, student_group, letter, cde_letter from student_group_history where cds = '{cds}' and"
        " meets_criteria order by all"
    ),
    (
        "select student_group, count(*) from student_group_history where dashboard_year = 2025 and meets_criteria group"
        " by all order by 2 desc"
    ),
    "select * from evidence where cds = '{cds}' and dashboard_year = 2025 order by student_group, indicator",
    "select indicator, finding, count(*) from evidence where dashboard_year = 2024 group by all order by all",
    (
        "select county, count(distinct cds) from eligibility where status = 'eligible' and determination_year = 2025"
        " group by all order by 2 desc"
    ),
    "select change, count(*) from changes group by all order by all",
    "select class, flag, count(*) from reconciliation group by all order by 3 desc limit 20",
    (
        "select determination_year, status, count(*) from assistance where determination = 'differentiated_assistance'"
        " group by all order by all"
    ),
    "select method, met, count(*) from assistance_methods where determination_year = 2025 group by all order by all",
    "select * from watch_list where cds = '{cds}'",
    (
        "select dashboard_year, indicator, color from indicator_results where cds = '{cds}' and student_group = 'EL'"
        " order by all"
    ),
    (
        "select student_group, current_status, change, color from indicator_results where cds = '{cds}' and"
        " dashboard_year = 2025 and indicator = 'math'"
    ),
    (
        "select color, count(*) from indicator_results where dashboard_year = 2025 and indicator = 'susp' and"
        " record_type = 'D' group by all order by all"
    ),
    (
        "select district_name, current_status from indicator_results where dashboard_year = 2025 and indicator ="
        " 'chronic' and student_group = 'FOS' and record_type = 'D' and color > 0 order by 2 desc limit 20"
    ),
    (
        "select h.student_group, count(*) from student_group_history h join leas l using (cds) where l.lea_type ="
        " 'charter' and h.meets_criteria group by all"
    ),
    (
        "select dashboard_year, count(*), count(*) filter (color = 1) from indicator_results where indicator = 'ela'"
        " and record_type = 'D' group by all"
    ),
    "select source_id, rows_in, rows_kept, rows_rejected from meta_sources where present order by 1",
)


def ask(release: Path) -> dict[str, Any]:
    """Return the milliseconds of each question from dta.duckdb and from Parquet."""
    with duckdb.connect(str(release / "dta.duckdb"), read_only=True) as stored, duckdb.connect() as over_files:
        for path in release.glob("*.parquet"):
            over_files.execute(f"create view {path.stem} as select * from read_parquet('{path}')")
        row = stored.execute(
            "select cds from eligibility where lea_type = 'district' order by status <> 'eligible', cds limit 1"
        ).fetchall()
        questions = [q.format(cds=row[0][0]) for q in QUESTIONS]
        found = {
            "duckdb": [_median(stored, q) for q in questions],
            "parquet": [_median(over_files, q) for q in questions],
        }
    return {"seconds": sum(sum(ms) for ms in found.values()) / 1000, **found}


def _median(connection: duckdb.DuckDBPyConnection, question: str) -> float:
    connection.execute(question).fetchall()
    times = []
    for _ in range(5):
        started = time.perf_counter()
        connection.execute(question).fetchall()
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times)
