"""Explain verdicts from the published tables: words, groups by year with causes, evidence, sources. For one LEA, or for many at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from reports.published import Lea, Row, former_names, record
from transforms.database import one_row
from transforms.sentences import plain_day
from transforms.words import SUCCESSIONS

BATCH = 200  # LEAs asked for at once: one query for many is as fast as a query for one
ASKED = "in (select unnest($cds))"


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
    evidence: list[Row]
    loans: list[Row]
    cases: list[Row]
    predecessors: list[Row]
    successors: list[Row]
    other_names: list[str]
    sources: list[Row]
    release_id: str

    @property
    def excerpts(self) -> list[str]:
        """What the sources that are no whole files of CDE hold, each sentence once."""
        return sorted({str(s["excerpt"]) for s in self.sources if s["excerpt"]})


def determination_years(connection: duckdb.DuckDBPyConnection) -> list[int]:
    """Determination years of the release."""
    return [r[0] for r in connection.execute("select distinct determination_year from eligibility order by 1").fetchall()]


def explain(connection: duckdb.DuckDBPyConnection, lea: Lea, year: int) -> Explanation:
    """Collect the verdicts of one LEA and determination year with what they rest on."""
    return next(explain_all(connection, [lea], year))


def explain_all(connection: duckdb.DuckDBPyConnection, leas: Sequence[Lea], year: int) -> Iterator[Explanation]:
    """The same for many LEAs, in the order given."""
    for start in range(0, len(leas), BATCH):
        batch = leas[start : start + BATCH]
        found: dict[str, Explanation] = {}
        for charters in (True, False):  # a charter school has a window of its own
            alike = [lea for lea in batch if (lea.lea_type == "charter") is charters]
            found |= _explain(connection, alike, year, charters) if alike else {}
        yield from (found[lea.cds] for lea in batch)


def _explain(connection: duckdb.DuckDBPyConnection, leas: Sequence[Lea], year: int, charters: bool) -> dict[str, Explanation]:
    """Explanations of LEAs that are all charter schools, or none of them, by CDS code."""
    counted = _window(connection, year, charters)
    ask = _Asker(connection, [lea.cds for lea in leas], {"year": year, "counted": counted})
    verdicts, assistance, watched = ask(VERDICTS), ask(ASSISTANCE), ask(WATCHED)
    groups, cells, evidence = ask(CHARTER_GROUPS if charters else GROUPS), ask(CELLS), ask(EVIDENCE)
    loans, cases, sources = ask(LOANS), ask(CASES), ask(SOURCES)
    predecessors, successors, named = ask(PREDECESSORS), ask(SUCCESSORS), ask(NAMES)
    (release_id,) = one_row(connection, "select release_id from meta_release")
    return {
        lea.cds: Explanation(
            lea=lea,
            determination_year=year,
            verdicts=verdicts[lea.cds],
            assistance=assistance[lea.cds],
            watched=watched[lea.cds],
            window=counted,
            groups=groups[lea.cds],
            cells={(c["student_group"], c["dashboard_year"]): c for c in cells[lea.cds]},
            evidence=evidence[lea.cds],
            loans=loans[lea.cds],
            cases=cases[lea.cds],
            predecessors=predecessors[lea.cds],
            successors=successors[lea.cds],
            other_names=former_names(lea.name, [str(n["lea_name"]) for n in named[lea.cds]]),
            sources=sources[lea.cds],
            release_id=str(release_id),
        )
        for lea in leas
    }


def identity_lines(e: Explanation) -> list[str]:
    """Other names of the LEA, the years before its code began, and the code that followed it: a line each."""
    lines = [f"Other names in CDE's files: {'; '.join(e.other_names)}"] if e.other_names else []
    lines += [str(p["sentence"]) for p in e.predecessors]
    return lines + [successor_line(s) for s in e.successors]


def successor_line(s: Row) -> str:
    """What became of a code that ended."""
    return f"This code ended on {plain_day(s['succession_date'])}: it {SUCCESSIONS[s['kind']]}. It goes on as {s['successor_name']} ({s['successor_cds']})."


@dataclass(frozen=True)
class _Asker:
    """Runs a query for several LEAs; the rows by CDS code, which each query returns as its column ``cds``."""

    connection: duckdb.DuckDBPyConnection
    cds: list[str]
    parameters: Row

    def __call__(self, query: str) -> dict[str, list[Row]]:
        parameters = {"cds": self.cds} | {name: value for name, value in self.parameters.items() if f"${name}" in query}
        cursor = self.connection.execute(query, parameters)
        names = [d[0] for d in cursor.description or []]
        found: dict[str, list[Row]] = {cds: [] for cds in self.cds}
        for values in cursor.fetchall():
            row = record(names, values)
            found[row.pop("cds")].append(row)
        return found


def _window(connection: duckdb.DuckDBPyConnection, year: int, charters: bool) -> list[int]:
    """Dashboards that the determination looks at."""
    column = "charter_dashboards" if charters else "counted_dashboards"
    (counted,) = one_row(connection, f"select {column} from rule_windows where determination_year = ?", [year])
    return list(counted or [year])


VERDICTS = f"""
    select e.cds, p.name, e.pathway, e.status, e.reason, e.statute, e.basis, e.decided_by, e.cde_flag, e.agrees_with_cde, e.as_of, e.case_state,
        p.open_question, e.source_age_years, e.source_is_old, e.ccee_determination, e.ccee_determination_date
    from eligibility e join pathways p using (pathway) where e.cds {ASKED} and e.determination_year = $year order by p.position
"""
ASSISTANCE = f"""
    select cds, determination, status, reason, statute, decided_by, cde_value, agrees_with_cde from assistance
    where cds {ASKED} and determination_year = $year order by determination desc
"""
WATCHED = f"select cds, sentence, standing from watch_list where cds {ASKED} order by standing, student_group, watch"
LOANS = f"""
    select coalesce(l.cds, l.successor_cds) as cds, l.district, l.cds is null as of_predecessor, e.event, e.date_text, e.precision, e.role, e.confidence,
        e.source_url
    from state_loan_events e join state_loans l using (loan_id) where coalesce(l.cds, l.successor_cds) {ASKED} order by e.event_date, e.event_id
"""
# Years before the code began, one line each, and the code that followed an ended one.
PREDECESSORS = f"select cds, dashboard_year, predecessor_cds, sentence from predecessor_years where cds {ASKED} order by dashboard_year, predecessor_cds"
SUCCESSORS = f"""
    select predecessor_cds as cds, successor_cds, successor_name, succession_date, kind from successions
    where predecessor_cds {ASKED} order by succession_date, successor_cds
"""
NAMES = f"select cds, lea_name from lea_names where cds {ASKED} order by last_dashboard_year desc nulls last, lea_name"
CASES = f"""
    select s.cds, p.name, s.case_id, s.case_state, s.known_from, c.evidence
    from case_states s join pathway_register c using (case_id) join pathways p on p.pathway = s.pathway
    where s.cds {ASKED} and s.determination_year = $year order by p.position, s.known_from, s.case_id
"""
# Student groups of a charter school that met the criteria, or may have, in its window.
CHARTER_GROUPS = f"""
    select cds, student_group, any_value(s.name) as name,
        coalesce(list(dashboard_year order by dashboard_year) filter (meets_criteria), []) as years_met,
        coalesce(list(dashboard_year order by dashboard_year) filter (meets_criteria is null), []) as years_unknown,
        count(*) filter (meets_criteria) = len($counted) as counts, count(*) filter (meets_criteria is not false) = len($counted) as may_count
    from student_group_history join student_groups s using (student_group)
    where cds {ASKED} and list_contains($counted, dashboard_year) and has_result is not false
    group by cds, student_group order by len(years_met) desc, student_group
"""
# Student groups with a result, a letter or a doubt in the counted Dashboards, nearest to the threshold first.
GROUPS = f"""
    select g.cds, g.student_group, s.name, g.years_met, g.years_unknown, g.counts, g.may_count
    from continuum_groups g join student_groups s using (student_group)
    where g.cds {ASKED} and g.determination_year = $year
        and (g.has_result or len(g.years_met) > 0 or len(g.years_unknown) > 0)
    order by len(g.years_met) desc, len(g.years_unknown) desc, g.student_group
"""
# Per group and year: the letter, where it comes from, and the indicators that caused it.
CELLS = f"""
    with met as (
        select distinct r.cds, r.dashboard_year, r.student_group, c.indicator
        from criterion_results r join rule_criteria c on c.criterion = r.criterion
        where r.met and r.cds {ASKED}
    ),
    causes as (
        select m.cds, m.dashboard_year, m.student_group,
            list({{'indicator': m.indicator, 'short_name': i.short_name, 'unit': i.unit,
                  'level': e.level, 'measure': e.measure, 'worst_status_label': i.worst_status_label, 'value': e.current_status,
                  'students': e.current_denominator, 'source_id': e.source_id, 'line': e.source_line}} order by m.indicator) as causes
        from met m
        join evidence e on e.cds = m.cds and e.dashboard_year = m.dashboard_year and e.student_group = m.student_group and e.indicator = m.indicator
        join indicators i on i.indicator = m.indicator
        group by all
    )
    select h.cds, h.student_group, h.dashboard_year, h.basis, h.listed, h.meets_criteria, h.has_result, h.letter, h.cde_letter, h.priorities_met, h.note,
        h.cde_source_id, h.cde_source_line, h.cde_source_column, coalesce(c.causes, []) as causes
    from student_group_history h
    left join causes c on c.cds = h.cds and c.dashboard_year = h.dashboard_year and c.student_group = h.student_group
    where h.cds {ASKED} and list_contains($counted, h.dashboard_year)
"""
# Indicator results of the determination's own Dashboard.
EVIDENCE = f"""
    select e.cds, e.student_group, e.indicator, i.position, i.name, i.short_name,
        i.better, i.unit, i.worst_status_label, e.measure, e.level, e.status_level, e.current_status,
        e.change, e.change_level, e.current_denominator, e.source_id, e.source_line
    from evidence e join indicators i using (indicator)
    where e.cds {ASKED} and e.dashboard_year = $year and e.finding = 'result' order by e.student_group, e.indicator
"""
# Files that the verdicts rest on, an excerpt named as one.
SOURCES = f"""
    with used as (
        select cds, source_id from evidence where cds {ASKED} and list_contains($counted, dashboard_year)
        union
        select unnest(list_filter($cds, lambda c: ends_with(c, '0000000'))), letters_source_id from meta_years where list_contains($counted, dashboard_year)
    )
    select u.cds, s.source_id, s.file || if(s.excerpt is null, '', ' (excerpt)') as file, s.excerpt,
        s.title, s.sha256, s.first_seen, s.present, s.dashboard_year
    from meta_sources s join used u using (source_id) order by s.dashboard_year, s.file
"""
