"""Put changes between determination years, and what to watch, into words."""

from collections import defaultdict
from typing import Any

import duckdb
import pyarrow as pa

from transforms.sentences import Change, GroupChange, case_cause, change_cause, change_sentence, loan_cause, watch_sentence
from transforms.tables import put

Key = tuple[str, int, str]


def write_change_sentences(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``change_sentences`` (cds x pathway x to_year): the cause, and the change in one sentence."""
    years: dict[Key, list[int]] = {
        (cds, year, group): met
        for cds, year, group, met in connection.execute("select cds, determination_year, student_group, years_met from continuum_groups").fetchall()
    }
    left = _years_left(connection)
    met_by, others = _met_by(connection), _other_causes(connection)
    rows = connection.execute(
        """
        select c.cds, c.pathway, c.from_year, c.to_year, c.status_before, c.status_after, c.groups_added, c.groups_removed, l.lea_name, p.name
        from pathway_changes c join leas l using (cds) join pathways p using (pathway) order by all
        """
    ).fetchall()
    said: list[tuple[Any, ...]] = []
    for cds, pathway, from_year, to_year, before, after, added, removed, name, pathway_name in rows:
        groups = {
            g: GroupChange(g, tuple(years.get((cds, to_year, g), ())), to_year, met_by.get((cds, to_year, g), ()), left.get(to_year))
            for g in (*added, *removed)
        }
        change = Change(
            name, pathway_name, f"determination year {from_year}", f"{to_year}", before, after,
            tuple(groups[g] for g in added), tuple(groups[g] for g in removed), tuple(others.get((cds, to_year, pathway), ())),
        )  # fmt: skip
        said.append((cds, pathway, to_year, change_cause(change) or None, change_sentence(change)))
    _put(connection, "change_sentences", said, cds=pa.string(), pathway=pa.string(), to_year=pa.int16(), cause=pa.string(), sentence=pa.string())


def _years_left(connection: duckdb.DuckDBPyConnection) -> dict[int, int]:
    """Dashboard that a determination no longer counts and the one before it did."""
    windows = dict(connection.execute("select determination_year, counted_dashboards from determination_years order by 1").fetchall())
    pairs = list(zip(windows, list(windows)[1:], strict=False))
    return {after: gone[0] for before, after in pairs if (gone := [y for y in windows[before] if y not in windows[after]])}


def _met_by(connection: duckdb.DuckDBPyConnection) -> dict[Key, tuple[str, ...]]:
    """Indicators by which a group met the criteria; its priorities where only CDE's letter is known."""
    rows = connection.execute(
        """
        select h.cds, h.dashboard_year, h.student_group, h.priorities_met, list(distinct c.indicator order by c.indicator) filter (r.met)
        from student_group_history h
        left join criterion_results r using (cds, dashboard_year, student_group)
        left join rule_conditions c on c.criterion = r.criterion
        where h.meets_criteria group by all
        """
    ).fetchall()
    return {(cds, year, group): tuple(indicators or (f"priority {p}" for p in priorities)) for cds, year, group, priorities, indicators in rows}


def _other_causes(connection: duckdb.DuckDBPyConnection) -> dict[Key, list[str]]:
    """Loans and cases whose state differs from that of the determination before."""
    found: dict[Key, list[str]] = defaultdict(list)
    pairs = "(select determination_year as to_year, lag(determination_year) over (order by determination_year) as from_year from determination_years)"
    for cds, year, act, before, after in connection.execute(
        f"""
        select b.cds, o.to_year, coalesce(l.enabling_act, b.loan_id), a.loan_state, b.loan_state
        from {pairs} o
        join loan_states b on b.determination_year = o.to_year
        join loan_states a on a.loan_id = b.loan_id and a.determination_year = o.from_year
        join reg_state_loans l on l.loan_id = b.loan_id
        where a.loan_state <> b.loan_state order by all
        """
    ).fetchall():
        found[cds, year, "wraparound"].append(loan_cause(act, before, after))
    for cds, year, pathway, case_id, before, after in connection.execute(
        f"""
        select coalesce(b.cds, a.cds), o.to_year, coalesce(b.pathway, a.pathway), coalesce(b.case_id, a.case_id),
            coalesce(a.case_state, ''), coalesce(b.case_state, '')
        from {pairs} o
        join (select distinct case_id from case_states) k on true
        left join case_states b on b.case_id = k.case_id and b.determination_year = o.to_year
        left join case_states a on a.case_id = k.case_id and a.determination_year = o.from_year
        where o.from_year is not null and a.case_state is distinct from b.case_state order by all
        """
    ).fetchall():
        found[cds, year, pathway].append(case_cause(case_id, before, after))
    return found


def write_watch_sentences(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``watch_sentences`` (cds x student_group x watch)."""
    rows = connection.execute(
        "select w.cds, w.student_group, w.watch, l.lea_name, w.years, w.next_dashboard, w.indicators, w.would_be_eligible, w.standing "
        "from watch_rows w join leas l using (cds)"
    ).fetchall()
    said = [
        (cds, group, watch, watch_sentence(name, group, watch, years, next_year, indicators, bool(would), standing == "provisional"))
        for cds, group, watch, name, years, next_year, indicators, would, standing in rows
    ]
    _put(connection, "watch_sentences", said, cds=pa.string(), student_group=pa.string(), watch=pa.string(), sentence=pa.string())


def _put(connection: duckdb.DuckDBPyConnection, name: str, rows: list[tuple[Any, ...]], **types: pa.DataType) -> None:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(types)
    put(connection, name, pa.table({n: pa.array(c, t) for (n, t), c in zip(types.items(), columns, strict=True)}))
