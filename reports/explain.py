"""Explain one LEA's verdicts from the published tables: words, groups by year with causes, evidence, sources."""

from dataclasses import dataclass
from typing import Any

import duckdb

from reports.published import Lea
from transforms.database import one_row

Row = dict[str, Any]


@dataclass(frozen=True)
class Explanation:
    """Everything that ``dta explain`` shows."""

    lea: Lea
    determination_year: int
    verdicts: list[Row]
    assistance: list[Row]
    watched: list[Row]
    window: list[int]
    groups: list[Row]
    cells: dict[tuple[str, int], Row]
    loans: list[Row]
    cases: list[Row]
    sources: list[Row]
    release_id: str


def determination_years(connection: duckdb.DuckDBPyConnection) -> list[int]:
    """Determination years of the release."""
    return [r[0] for r in connection.execute("select distinct determination_year from eligibility order by 1").fetchall()]


def explain(connection: duckdb.DuckDBPyConnection, lea: Lea, year: int) -> Explanation:
    """Collect the verdicts of one LEA and determination year with what they rest on."""
    counted = _window(connection, lea, year)
    return Explanation(
        lea=lea,
        determination_year=year,
        verdicts=_rows(
            connection,
            "select p.name, e.pathway, e.status, e.reason, e.statute, e.basis, e.cde_flag, e.agrees_with_cde, e.as_of, e.case_state, p.open_question "
            "from eligibility e join pathways p using (pathway) where e.cds = $cds and e.determination_year = $year order by p.position",
            cds=lea.cds, year=year,
        ),
        assistance=_rows(
            connection,
            "select determination, status, reason, statute, cde_value, agrees_with_cde from assistance "
            "where cds = $cds and determination_year = $year order by determination desc",
            cds=lea.cds, year=year,
        ),
        watched=_rows(connection, "select sentence, standing from watch_list where cds = $cds order by standing, student_group", cds=lea.cds),
        window=counted,
        groups=_charter_groups(connection, lea.cds, counted) if lea.lea_type == "charter" else _groups(connection, lea.cds, year),
        cells=_cells(connection, lea.cds, counted),
        loans=_rows(
            connection,
            "select l.district, e.event, e.date_text, e.precision, e.role, e.confidence, e.source_url from state_loan_events e "
            "join state_loans l using (loan_id) where e.cds = $cds order by e.event_date, e.event_id",
            cds=lea.cds,
        ),
        cases=_rows(
            connection,
            "select p.name, s.case_id, s.case_state, s.known_from, c.evidence from case_states s "
            "join pathway_register c using (case_id) join pathways p on p.pathway = s.pathway "
            "where s.cds = $cds and s.determination_year = $year order by p.position, s.known_from, s.case_id",
            cds=lea.cds, year=year,
        ),
        sources=_sources(connection, lea.cds, counted),
        release_id=str(one_row(connection, "select release_id from meta_release")[0]),
    )  # fmt: skip


def _window(connection: duckdb.DuckDBPyConnection, lea: Lea, year: int) -> list[int]:
    """Dashboards that the determination looks at; a charter school has a window of its own."""
    column = "charter_dashboards" if lea.lea_type == "charter" else "counted_dashboards"
    (counted,) = one_row(connection, f"select {column} from rule_windows where determination_year = ?", [year])
    return list(counted or [year])


def _charter_groups(connection: duckdb.DuckDBPyConnection, cds: str, counted: list[int]) -> list[Row]:
    """Student groups of a charter school that met the criteria, or may have, in its window."""
    return _rows(
        connection,
        """
        select student_group, any_value(s.name) as name,
            coalesce(list(dashboard_year order by dashboard_year) filter (meets_criteria), []) as years_met,
            coalesce(list(dashboard_year order by dashboard_year) filter (meets_criteria is null), []) as years_unknown,
            count(*) filter (meets_criteria) = len($counted) as counts, count(*) filter (meets_criteria is not false) = len($counted) as may_count
        from student_group_history join student_groups s using (student_group)
        where cds = $cds and list_contains($counted, dashboard_year) and has_result is not false
        group by student_group order by len(years_met) desc, student_group
        """,
        cds=cds,
        counted=counted,
    )


def _groups(connection: duckdb.DuckDBPyConnection, cds: str, year: int) -> list[Row]:
    """Student groups with a result, a letter or a doubt in the counted Dashboards, nearest to the threshold first."""
    return _rows(
        connection,
        """
        select g.student_group, s.name, g.years_met, g.years_unknown, g.counts, g.may_count
        from continuum_groups g join student_groups s using (student_group)
        where g.cds = $cds and g.determination_year = $year
            and (g.has_result or len(g.years_met) > 0 or len(g.years_unknown) > 0)
        order by len(g.years_met) desc, len(g.years_unknown) desc, g.student_group
        """,
        cds=cds,
        year=year,
    )


def _cells(connection: duckdb.DuckDBPyConnection, cds: str, counted: list[int]) -> dict[tuple[str, int], Row]:
    """Per group and year: the letter, where it comes from, and the indicators that caused it."""
    rows = _rows(
        connection,
        """
        with met as (
            select distinct r.cds, r.dashboard_year, r.student_group, c.indicator
            from criterion_results r join rule_criteria c on c.criterion = r.criterion
            where r.met and r.cds = $cds
        ),
        causes as (
            select m.dashboard_year, m.student_group,
                list({'indicator': m.indicator, 'level': e.level, 'measure': e.measure, 'worst_status_label': i.worst_status_label, 'value': e.current_status,
                      'students': e.current_denominator, 'source_id': e.source_id, 'line': e.source_line} order by m.indicator) as causes
            from met m
            join evidence e on e.cds = m.cds and e.dashboard_year = m.dashboard_year and e.student_group = m.student_group and e.indicator = m.indicator
            join indicators i on i.indicator = m.indicator
            group by all
        )
        select h.student_group, h.dashboard_year, h.basis, h.meets_criteria, h.has_result, h.letter, h.cde_letter, h.priorities_met, h.note,
            h.cde_source_id, h.cde_source_line, h.cde_source_column, coalesce(c.causes, []) as causes
        from student_group_history h
        left join causes c on c.dashboard_year = h.dashboard_year and c.student_group = h.student_group
        where h.cds = $cds and list_contains($counted, h.dashboard_year)
        """,
        cds=cds,
        counted=counted,
    )
    return {(r["student_group"], r["dashboard_year"]): r for r in rows}


def _sources(connection: duckdb.DuckDBPyConnection, cds: str, counted: list[int]) -> list[Row]:
    """Files that the verdicts rest on."""
    return _rows(
        connection,
        """
        with used as (
            select source_id from evidence where cds = $cds and list_contains($counted, dashboard_year)
            union
            select letters_source_id from meta_years where list_contains($counted, dashboard_year)
        )
        select s.file, s.title, s.sha256, s.first_seen, s.present from meta_sources s join used using (source_id) order by s.dashboard_year, s.file
        """,
        cds=cds,
        counted=counted,
    )


def _rows(connection: duckdb.DuckDBPyConnection, query: str, **parameters: Any) -> list[Row]:
    cursor = connection.execute(query, parameters)
    names = [d[0] for d in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
