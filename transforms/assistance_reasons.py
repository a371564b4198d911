"""Put the verdicts on assistance into words: table ``assistance_reasons``."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow as pa

from transforms import sentences as say
from transforms.tables import put

Rows = list[tuple[Any, ...]]


def write_assistance_reasons(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``assistance_reasons`` (cds x determination_year x determination)."""
    rows = [*_differentiated(connection), *_consecutive(connection), *_charters(connection)]
    columns = list(zip(*rows, strict=True)) if rows else [(), (), (), ()]
    types = (pa.string(), pa.int16(), pa.string(), pa.string())
    names = ("cds", "determination_year", "determination", "reason")
    put(connection, "assistance_reasons", pa.table({n: pa.array(c, t) for n, c, t in zip(names, columns, types, strict=True)}))


def _differentiated(connection: duckdb.DuckDBPyConnection) -> Rows:
    groups: dict[tuple[str, int], list[str]] = defaultdict(list)
    for cds, year, group in connection.execute(
        "select cds, dashboard_year, student_group from student_group_history where meets_criteria order by all"
    ).fetchall():
        groups[cds, year].append(group)
    methods: dict[tuple[str, int], tuple[tuple[int, ...], tuple[int, ...]]] = {
        (cds, year): (tuple(failed or ()), tuple(from_cde or ()))
        for cds, year, failed, from_cde in connection.execute(
            "select cds, determination_year, max(local_priorities_failed), list(method order by method) filter (basis = 'cde_flag') "
            "from assistance_methods group by all"
        ).fetchall()
    }
    rows = connection.execute(
        "select d.cds, d.determination_year, d.status, l.lea_type, d.assistance_year, d.second_year_after, d.methods_met, d.methods_unknown, "
        "d.no_file, d.none_met, if(d.by_cde_status, f.value, null), coalesce(d.not_confirmed, '') "
        "from differentiated_assistance d join leas l using (cds) "
        "left join assistance_flags f on f.cds = d.cds and f.dashboard_year = d.determination_year and f.flag = 'assistance_status_' || d.determination_year"
    ).fetchall()
    said = []
    for cds, year, status, lea_type, in_year, second, met, unknown, no_file, none_met, cde_status, not_confirmed in rows:
        failed, from_cde = methods.get((cds, year), ((), ()))
        facts = say.DifferentiatedFacts(
            status, lea_type, year, in_year, second, tuple(met), tuple(unknown), tuple(groups[cds, year]), failed, from_cde,
            bool(no_file), bool(none_met), cde_status, not_confirmed,
        )  # fmt: skip
        said.append((cds, year, "differentiated_assistance", say.differentiated_reason(facts)))
    return said


def _consecutive(connection: duckdb.DuckDBPyConnection) -> Rows:
    rows = connection.execute(
        "select c.cds, c.determination_year, c.status, l.lea_type, c.dashboards, c.student_groups, c.student_groups_unknown, c.open_question, "
        "false, c.no_file, if(c.decided_by = 'cde', c.cde_flag, null), "
        "if(c.by_succession, coalesce(list_distinct((select list(p.predecessor_name || ' (' || p.predecessor_cds || ')' order by p.predecessor_cds) "
        "from predecessor_years p where p.cds = c.cds and list_contains(c.dashboards, p.dashboard_year))), ['a record that was rejected']), []), "
        "coalesce(c.not_confirmed, '') "
        "from consecutive c join leas l using (cds)"
    ).fetchall()
    return [(cds, year, "consecutive", say.consecutive_reason(_span(status, kind, year, *rest))) for cds, year, status, kind, *rest in rows]


def _charters(connection: duckdb.DuckDBPyConnection) -> Rows:
    rows = connection.execute(
        "select cds, determination_year, status, 'charter', dashboards, "
        "student_groups, student_groups_unknown, open_question, different_groups, no_file, "
        "if(decided_by = 'cde', cde_value, null), [], coalesce(not_confirmed, '') from charter_test"
    ).fetchall()
    return [(cds, year, "charter", say.charter_reason(_span(status, kind, year, *rest))) for cds, year, status, kind, *rest in rows]


def _span(
    status: str,
    kind: str,
    year: int,
    dashboards: list[int],
    groups: list[str],
    unknown: list[str],
    open_question: str,
    different: bool,
    no_file: bool,
    cde_value: str | None,
    predecessors: Sequence[str],
    not_confirmed: str,
) -> say.SpanFacts:
    spans = (tuple(dashboards), tuple(groups), tuple(unknown))
    return say.SpanFacts(status, kind, year, *spans, open_question, different, no_file, cde_value, tuple(predecessors), not_confirmed)
