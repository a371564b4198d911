"""One line of reason for every verdict: what lists show beside a status."""

from collections import defaultdict
from collections.abc import Iterable
from operator import itemgetter

import duckdb

from reports.published import Row, grouped, rows
from transforms.wording.sentences import LineFacts, plain_day, reason_line
from transforms.wording.sentences.one_line import LoanLine

GROUPS = """
    select c.cds, c.determination_year, s.name_in_text as name, len(c.years_met) as years, c.counts, c.may_have_result,
        len(c.years_unknown) > 0 as is_open
    from continuum_groups c join student_groups s using (student_group) order by c.cds, c.determination_year,
        c.student_group
"""
MET = """
    select h.cds, h.dashboard_year, s.name_in_text from student_group_history h
        join student_groups s using (student_group)
    where h.meets_criteria order by h.cds, h.student_group
"""
WINDOWS = "select determination_year, groups_required, years_required, counted_dashboards from rule_windows"
LOANS = """
    select s.cds, s.determination_year, coalesce(l.enabling_act, 'act not found') as act, s.loan_state,
        case when s.loan_state = 'outstanding' and s.repaid_by is not null
            then greatest(w.in_force_from, s.received_by)::date end as outstanding_on,
        coalesce(r.repaid, 'by ' || strftime(s.repaid_by, '%B %-d, %Y')) as repaid
    from loan_states s
    join state_loans l using (loan_id)
    join rule_windows w using (determination_year)
    left join (
        select loan_id, arg_min(date_text, latest) as repaid from state_loan_events where event = 'repaid' group by all
    ) r using (loan_id)
    where s.cds is not null order by s.loan_id
"""


def add_lines(connection: duckdb.DuckDBPyConnection, verdicts: Iterable[Row]) -> None:
    """Give each verdict its ``line``. Verdicts have cds, determination_year, pathway (or determination), status,
    whole_reason and decided_by.
    """
    groups = grouped(rows(connection, GROUPS), itemgetter("cds", "determination_year"))
    loans: dict[tuple[str, int], list[LoanLine]] = defaultdict(list)
    for row in rows(connection, LOANS):
        day = row["outstanding_on"]
        ended = f"outstanding on {plain_day(day)}; repaid {row['repaid']}" if day else ""
        loans[row["cds"], row["determination_year"]].append(LoanLine(row["act"], row["loan_state"], ended))
    met: dict[tuple[str, int], list[str]] = defaultdict(list)
    for cds, year, name in connection.execute(MET).fetchall():
        met[cds, year].append(name)
    windows = {row["determination_year"]: row for row in rows(connection, WINDOWS)}
    for verdict in verdicts:
        key = verdict["cds"], verdict["determination_year"]
        verdict["line"] = reason_line(_facts(verdict, groups[key], loans[key], met[key], windows.get(key[1], {})))


def _facts(verdict: Row, groups: list[Row], loans: list[LoanLine], met: list[str], window: Row) -> LineFacts:
    code = verdict.get("pathway") or verdict["determination"]
    said = code, verdict["status"], verdict["whole_reason"]
    if code == "wraparound":
        return LineFacts(*said, loans=tuple(loans))
    if code != "continuum":
        return LineFacts(*said, groups=tuple(met), assistance_year=verdict.get("assistance_year"))
    most = max((g["years"] for g in groups if not g["counts"]), default=0)
    required, few = window.get("groups_required") or 0, sum(g["may_have_result"] for g in groups)
    counts = [g for g in groups if g["counts"]]
    by_all = 0 < few < required and len(counts) < required  # of fewer groups, all would have to: those with a result
    counting = tuple(g["name"] for g in counts if g["may_have_result"] or not by_all)
    return LineFacts(
        *said,
        groups=counting,
        closest=tuple(g["name"] for g in groups if most and not g["counts"] and g["years"] == most),
        closest_years=most,
        by_cde=verdict["decided_by"] == "cde",
        groups_required=few if by_all else required,
        years_required=window.get("years_required") or 0,
        dashboards=len(window.get("counted_dashboards") or ()),
        years_open=any(g["is_open"] for g in groups),
        others_count=len(counting) < len(counts),
    )
