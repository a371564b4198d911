"""Put the reason of every verdict into words: table ``reasons``, and one sentence per eligible LEA."""

from collections import defaultdict
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from transforms import sentences
from transforms.database import one_row
from transforms.tables import put

Key = tuple[str, int]


def write_reasons(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``reasons`` (cds x determination_year x pathway) and ``eligible_sentences`` (cds x determination_year)."""
    rows = [*_continuum(connection), *_wraparound(connection), *_recorded(connection)]
    put(connection, "reasons", _arrow(rows, "cds", "determination_year", "pathway", "reason"))
    put(connection, "eligible_sentences", _arrow(_eligible(connection), "cds", "determination_year", "sentence"))


def _continuum(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    groups: dict[Key, list[sentences.GroupYears]] = defaultdict(list)
    for cds, year, *rest in connection.execute(
        "select cds, determination_year, student_group, years_met, years_unknown, counts, may_count from continuum_groups order by all"
    ).fetchall():
        group, met, unknown, counts, may_count = rest
        groups[cds, year].append(sentences.GroupYears(group, tuple(met), tuple(unknown), counts, may_count))
    missing: dict[Key, tuple[str, ...]] = {
        (cds, year): tuple(notes)
        for cds, year, notes in connection.execute(
            """
            select h.cds, d.determination_year, list(distinct h.note order by h.note)
            from determination_years d
            join student_group_history h on list_contains(d.counted_dashboards, h.dashboard_year)
            where h.note is not null and (h.meets_criteria is null or (h.has_result is null and h.dashboard_year = d.determination_year))
            group by all
            """
        ).fetchall()
    }
    not_listed: dict[Key, tuple[int, ...]] = {
        (cds, year): tuple(years)
        for cds, year, years in connection.execute(
            """
            select y.cds, d.determination_year, list(y.dashboard_year order by y.dashboard_year)
            from determination_years d
            join lea_years y on list_contains(d.counted_dashboards, y.dashboard_year)
            join rule_assistance a on a.determination_year = y.dashboard_year and list_contains(a.serves, y.lea_type)
            where y.basis <> 'none' and y.in_files is false and y.dashboard_year <> d.determination_year
            group by all
            """
        ).fetchall()
    }
    before = _predecessors(connection)
    joined = _groups_joined(connection)
    rows = connection.execute(
        """
        select c.cds, c.determination_year, c.status, l.lea_type, c.counted_dashboards, d.years_required, d.groups_required,
               c.by_small_clause, c.small_clause_open, c.groups_with_result, c.groups_that_may_have_result, c.in_files,
               c.decided_by, c.cde_flag, c.cde_column, c.by_succession, coalesce(d.not_confirmed, '')
        from continuum c join leas l using (cds) join determination_years d using (determination_year)
        """
    ).fetchall()
    said = []
    for cds, year, status, lea_type, counted, years_required, groups_required, *rest in rows:
        small, small_open, with_result, may_have, in_files, decided_by, flag, column, by_succession, not_confirmed = rest
        facts = sentences.ContinuumFacts(
            status, lea_type, year, tuple(counted), years_required, groups_required, tuple(groups[cds, year]),
            small, small_open, with_result, may_have, in_files, missing.get((cds, year), ()),
            decided_by, flag, column, not_listed.get((cds, year), ()), before.get((cds, year), ()), by_succession, joined.get((cds, year), ()), not_confirmed,
        )  # fmt: skip
        said.append((cds, year, "continuum", sentences.continuum_reason(facts)))
    return said


def _predecessors(connection: duckdb.DuckDBPyConnection) -> dict[Key, tuple[str, ...]]:
    """Names and codes of the predecessors in the counted years of each determination."""
    rows = connection.execute(
        """
        select p.cds, d.determination_year, list(distinct p.predecessor_name || ' (' || p.predecessor_cds || ')' order by 1)
        from predecessor_years p join determination_years d on list_contains(d.counted_dashboards, p.dashboard_year) group by all
        """
    ).fetchall()
    return {(cds, year): tuple(named) for cds, year, named in rows}


def _groups_joined(connection: duckdb.DuckDBPyConnection) -> dict[Key, tuple[str, ...]]:
    """Student groups that may count only with the years under an earlier code."""
    rows = connection.execute(
        """
        select cds, determination_year, list(student_group order by student_group)
        from continuum_groups where may_count_joined and not may_count group by all
        """
    ).fetchall()
    return {(cds, year): tuple(groups) for cds, year, groups in rows}


def _wraparound(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    *reading, receipt_event = one_row(connection, "select effective, reach_basis, reach_url, receipt_event from wraparound_rule")
    dated = _dated_events(connection)
    loans: dict[Key, list[sentences.LoanFacts]] = defaultdict(list)
    for cds, year, loan_id, district, act, state, confirmed, closed, source, precise_to, age, is_old, is_repaid, unknown, of_predecessor in connection.execute(
        """
        select s.cds, s.determination_year, s.loan_id, l.district, coalesce(l.enabling_act, ''), s.loan_state, s.confirmed_on, s.closed_on,
            l.latest_source_date, l.latest_source_precision, s.source_age_years, s.source_is_old,
            l.status_at_latest_source = 'repaid', coalesce(l.unknown, ''), s.of_predecessor
        from loan_states s
        join reg_state_loans l using (loan_id)
        where s.loan_state <> 'not_received'
        order by s.cds, s.determination_year, s.loan_id
        """
    ).fetchall():
        authorized, repaid = (dated.get((loan_id, year, event), "") for event in (receipt_event, "repaid"))
        facts = (district, act, state, authorized, repaid, confirmed, closed, _source(source, precise_to), is_repaid, age, is_old, unknown, of_predecessor)
        loans[cds, year].append(sentences.LoanFacts(*facts))
    rows = connection.execute(
        "select w.cds, w.determination_year, w.status, l.lea_type, w.as_of, w.in_force_from, w.rejected_rows from wraparound w join leas l using (cds)"
    ).fetchall()
    return [
        (cds, year, "wraparound", sentences.wraparound_reason(status, lea_type, as_of, first, loans[cds, year], rejected, sentences.Reading(*reading)))
        for cds, year, status, lea_type, as_of, first, rejected in rows
    ]


def _dated_events(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, int, str], str]:
    """When what is known by a determination's last day happened to a loan, in the words of its source; of several such events the first."""
    rows = connection.execute(
        """
        select s.loan_id, s.determination_year, e.event, e.date_text, e.event_date, e.precision
        from loan_states s join loan_events_dated e using (loan_id)
        where coalesce(e.earliest, e.latest) <= s.as_of order by e.latest desc
        """
    ).fetchall()
    return {(loan, year, event): sentences.day_with_preposition(text, day, precision) for loan, year, event, text, day, precision in rows}


def _source(day: date, precision: str) -> str:
    return sentences.plain_day(day) if precision == "day" else f"{day:%B %Y}" if precision == "month" else str(day.year)


def _recorded(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    cases: dict[tuple[str, int, str], list[sentences.CaseFacts]] = defaultdict(list)
    for cds, year, pathway, *facts in connection.execute(
        """
        select s.cds, s.determination_year, s.pathway,
            s.case_id, s.case_state, s.case_finding, s.known_from,
            by_day(c.requested_date, s.as_of), by_day(c.received_date, s.as_of),
            c.assistance_from, coalesce(c.assistance_provider, ''), coalesce(c.assistance_statute, ''),
            by_day(c.determination_date, s.as_of), coalesce(c.geo_lead, ''), by_day(c.concurrence_date, s.as_of),
            coalesce(c.same_body, ''), coalesce(c.same_body_note, ''), coalesce(c.order_note, ''),
            by_day(c.agreement_date, s.as_of), coalesce(c.agreement_number, ''), coalesce(c.budget_act_item, ''), c.budget_act_year,
            by_day(c.decision_date, s.as_of), coalesce(c.decision_reason, ''),
            by_day(c.engagement_start, s.as_of), by_day(c.end_date, s.as_of), coalesce(c.end_reason, '')
        from case_states s
        join pathway_register c using (case_id)
        order by s.cds, s.determination_year, s.case_state = 'closed', s.known_from desc, s.case_id
        """
    ).fetchall():
        cases[cds, year, pathway].append(sentences.CaseFacts(*facts))
    rows = connection.execute(
        """
        select v.cds, v.determination_year, v.pathway, v.status, l.lea_type, p.name, v.as_of, coalesce(v.rejected_rows, 0)
        from verdicts v join leas l using (cds) join pathways p using (pathway) where p.decided = 'recorded'
        """
    ).fetchall()
    return [
        (cds, year, pathway, sentences.recorded_reason(status, lea_type, pathway, name, as_of, cases[cds, year, pathway], rejected))
        for cds, year, pathway, status, lea_type, name, as_of, rejected in rows
    ]


def _eligible(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    rows = connection.execute(
        """
        select v.cds, v.determination_year, l.lea_name, list(p.name order by p.position), coalesce(bool_or(v.decided_by = 'cde'), false)
        from verdicts v join leas l using (cds) join pathways p using (pathway) where v.status = 'eligible' group by all
        """
    ).fetchall()
    return [(cds, year, sentences.eligible_sentence(name, names, year, by_cde)) for cds, year, name, names, by_cde in rows]


def _arrow(rows: list[tuple[Any, ...]], *names: str) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    types = {"determination_year": pa.int16()}
    return pa.table({n: pa.array(c, types.get(n, pa.string())) for n, c in zip(names, columns, strict=True)})
