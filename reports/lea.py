"""The one collector of everything about an LEA, from published tables only: page, print, packet, letter and terminal
render it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import duckdb

from reports.book import Book
from reports.figures import ORDER, place
from reports.findings import Cell, GroupLine, Result, Verdict
from reports.lea_records import (
    FAMILIES,
    HERE,
    Calpads,
    Case,
    InterimCertification,
    Loan,
    LoanEvent,
    LocalIndicator,
    PredecessorYear,
    Provider,
    Source,
    Successor,
    Watched,
)
from reports.published import Lea, Row, former_names, rows
from transforms.wording.sentences import joined

BATCH = 250  # LEAs read at once: one query for many is as fast as a query for one

# The open question of Wraparound is about loans that are repaid: it is not one where none is.
VERDICTS = f"""
    select e.cds, e.determination_year, e.pathway as code, p.name, e.status, e.reason, e.statute, e.student_groups,
        e.decided_by, e.cde_flag as cde_value, e.agrees_with_cde, e.case_state, e.source_age_years, e.source_is_old,
        e.ccee_determination, e.ccee_determination_date, p.trigger, p.url,
        if(
            e.pathway = 'wraparound' and e.status = 'undetermined' and not exists (
                select 1 from loan_states s
                where s.cds = e.cds and s.determination_year = e.determination_year
                    and starts_with(s.loan_state, 'repaid')
            ), null, p.open_question
        ) as open_question
    from eligibility e join pathways p using (pathway) {HERE} order by e.determination_year, p.position
"""
ASSISTANCE = f"""
    select a.cds, a.determination_year, a.determination as code, a.status, a.reason, a.statute, a.student_groups,
        a.decided_by, a.cde_value, a.agrees_with_cde, a.assistance_year, t.basis as trigger, t.url, t.open_question
    from assistance a left join rule_tests t on t.dashboard_year = a.determination_year and t.test = a.determination
    {HERE} and a.status <> 'not_applicable' order by a.determination_year, a.determination desc
"""
HISTORY = f"""
    select cds, student_group, {", ".join(f.name for f in fields(Cell)[:-2])}
    from student_group_history {HERE} and dashboard_year <= $year
"""
# Indicators that met a criterion: one row for each of the criterion's indicators.
CAUSES = """
    select * exclude (criterion) from (
        select distinct r.criterion, c.clause, e.cds, e.dashboard_year, e.student_group, e.indicator, e.measure,
            e.finding, e.level, e.color, e.current_status, e.current_denominator, e.change, e.change_level,
            e.current_size_met, e.source_id, e.source_line
        from criterion_results r join rule_criteria c using (criterion, dashboard_year)
        join evidence e on e.cds = r.cds and e.dashboard_year = r.dashboard_year and e.student_group = r.student_group
            and e.indicator = c.indicator
        where r.met and r.cds between $first and $last and e.cds between $first and $last and r.dashboard_year <= $year
    ) order by criterion, indicator
"""
# What the Dashboards that count show, also of all students together, and what was found in it.
RESULTS = """
    select cds, dashboard_year, student_group, indicator, e.measure, e.finding, e.level, i.color, i.current_status,
        i.current_denominator, if(z.scale is null, i.change, null) as change, i.change_level, z.scale as other_scale,
        i.current_size_met, coalesce(e.source_id, i.source_id) as source_id, i.source_line
    from (
        select * from indicator_results
        where record_type <> 'X' and cds between $first and $last and list_contains($years, dashboard_year)
            and cds in (select cds from leas) -- schools' codes lie between those of LEAs
            and student_group in (select student_group from student_groups
            where judged::boolean or student_group = 'ALL')
    ) i
    full join (select * from evidence where cds between $first and $last and list_contains($years, dashboard_year)) e
        using (cds, dashboard_year, student_group, indicator)
    left join (
        select indicator, first_dashboard as dashboard_year, scale from status_scales where follows is not null
    ) z using (indicator, dashboard_year)
    where i.current_status is not null or e.finding in ('unknown', 'result')
"""
PLACES = {group: n for n, group in enumerate(("ALL", *ORDER))}  # of a student group in a table of results
NAMES = f"select cds, lea_name from lea_names {HERE} order by last_dashboard_year desc nulls last, lea_name"


@dataclass(frozen=True)
class LeaReport:
    """One LEA in one determination year: what is said of it, and what that rests on."""

    lea: Lea
    year: int
    release_id: str
    window: list[int]  # Dashboards that count
    all_verdicts: list[Verdict]  # of every year
    all_assistance: list[Verdict]
    groups: list[GroupLine]  # nearest to the threshold first
    # By Dashboard, student group and indicator; latest first, all students first.
    results: dict[int, dict[str, dict[str, Result]]]
    other_names: list[str]
    sources: list[Source]
    watched: list[Watched]
    loans: list[Loan]
    loan_events: list[LoanEvent]
    cases: list[Case]
    predecessors: list[PredecessorYear]
    successors: list[Successor]
    providers: list[Provider]
    local: list[LocalIndicator]
    interim: list[InterimCertification]
    calpads: list[Calpads]

    @property
    def verdicts(self) -> list[Verdict]:
        """Of the determination year: one for each pathway, in their order."""
        return [v for v in self.all_verdicts if v.determination_year == self.year]

    @property
    def assistance(self) -> list[Verdict]:
        """Of the determination year: what comes before a pathway."""
        return [a for a in self.all_assistance if a.determination_year == self.year]

    @property
    def said(self) -> list[Verdict]:
        """Pathways of which there is more to say than their status, and the Continuum of Support always; what is
        eligible first, then what is not determined.
        """
        said = [v for v in self.verdicts if v.is_said or v.code == "continuum"]
        order = ("eligible", "undetermined")
        return sorted(said, key=lambda v: order.index(v.status) if v.status in order else len(order))

    @property
    def unsaid(self) -> list[Verdict]:
        """The other pathways."""
        said = {v.code for v in self.said}
        return [v for v in self.verdicts if v.code not in said]

    @property
    def identity(self) -> list[str]:
        """Other names of the LEA, the years before its code began, and the code that followed it: a line each."""
        lines = [f"Other names in CDE's files: {'; '.join(self.other_names)}."] if self.other_names else []
        return lines + [f"{p.sentence}." for p in self.predecessors] + [s.line for s in self.successors]

    @property
    def in_question(self) -> list[GroupLine]:
        """Student groups that met the criteria, or may have, on a Dashboard that counts."""
        return [g for g in self.groups if g.in_question]

    @property
    def others(self) -> list[GroupLine]:
        """The other student groups."""
        return [g for g in self.groups if not g.in_question]

    @property
    def missing(self) -> list[int]:
        """Dashboards that count and of which the result of some student group is not known."""
        return [
            y for y in self.window if any(g.state(y) in ("unknown", "not_listed", "not_loaded") for g in self.groups)
        ]

    @property
    def excerpts(self) -> list[str]:
        """What the sources that are no whole files of CDE hold, each sentence once."""
        return sorted({s.excerpt for s in self.sources if s.excerpt})

    @property
    def group_finding(self) -> str:
        """One sentence on the student groups of which nothing is known to have met the criteria; it never says more
        than the verdicts do.
        """
        tested = [
            v.status for v in [*self.verdicts, *self.assistance] if v.code in ("continuum", "charter", "consecutive")
        ]
        if self.missing or "undetermined" in tested:
            years = f" on the Dashboards of {joined(list(map(str, self.missing)))}" if self.missing else ""
            return f"Not determined: whether a student group met the criteria{years}."
        return "No student group met the criteria on the Dashboards that count."


@dataclass(frozen=True)
class _Read:
    """What the tables hold of one LEA for all determination years that are asked for."""

    lea: Lea
    other_names: list[str]
    verdicts: list[Verdict]
    assistance: list[Verdict]
    cells: dict[str, dict[int, Cell]]  # by student group and Dashboard
    causes: list[Result]  # in the order of their criteria
    results: list[Result]  # in the order of a table
    records: dict[str, list[Any]]  # by the names of FAMILIES


def collect(connection: duckdb.DuckDBPyConnection, book: Book, leas: Sequence[Lea], year: int) -> Iterator[LeaReport]:
    """A report on each LEA for one determination year, in the order given.

    LEAs that follow each other by CDS code are read fastest.
    """
    for reports in collect_years(connection, book, leas, [year]):
        yield reports[year]


def collect_years(
    connection: duckdb.DuckDBPyConnection, book: Book, leas: Sequence[Lea], years: Sequence[int]
) -> Iterator[dict[int, LeaReport]]:
    """For each LEA a report for each of these determination years, from one reading of its rows."""
    kept = {y for year in years for kind in ("district", "charter") for y in _window(book, kind, year)}
    given = {"year": max(years), "years": sorted(kept), "determination_years": list(years)}
    sources = {
        s: Source(s, f["file"], f["sha256"], str(f["first_seen"] or ""), f.get("excerpt"))
        for s, f in book.sources.items()
        if f["present"]
    }
    for start in range(0, len(leas), BATCH):
        batch = leas[start : start + BATCH]
        here = {"first": min(lea.cds for lea in batch), "last": max(lea.cds for lea in batch), **given}
        found = {name: _by_lea(connection, query, here) for name, query in _queries().items()}
        for lea in batch:
            read = _read(book, lea, {name: rows_of.pop(lea.cds, []) for name, rows_of in found.items()})
            yield {year: _report(book, read, sources, year) for year in years}


def _queries() -> dict[str, str]:
    shown = {
        name: f"select cds, {', '.join(f.name for f in fields(kind))} {rest}" for name, (kind, rest) in FAMILIES.items()
    }
    own = {
        "verdicts": VERDICTS,
        "assistance": ASSISTANCE,
        "history": HISTORY,
        "causes": CAUSES,
        "results": RESULTS,
        "names": NAMES,
    }
    return own | shown


def _by_lea(connection: duckdb.DuckDBPyConnection, query: str, given: Row) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows(connection, query, **{name: given[name] for name in set(re.findall(r"\$(\w+)", query))}):
        found[row.pop("cds")].append(row)
    return found


def _window(book: Book, lea_type: str, year: int) -> list[int]:
    """Dashboards that the determination looks at; a charter school has a window of its own, or the year alone before it
    had a test.
    """
    own = book.windows[year]["charter_dashboards" if lea_type == "charter" else "counted_dashboards"]
    return list(own or [year])


def _read(book: Book, lea: Lea, found: dict[str, list[Row]]) -> _Read:
    causes = [_result(book, row) for row in found["causes"]]
    met = {(r.dashboard_year, r.student_group, r.indicator) for r in causes}
    results = [_result(book, row) for row in found["results"]]
    for r in results:
        r.met = (r.dashboard_year, r.student_group, r.indicator) in met
    verdicts, assistance = ([Verdict(**row) for row in found[name]] for name in ("verdicts", "assistance"))
    return _Read(
        lea=lea,
        other_names=former_names(lea.name, [row["lea_name"] for row in found["names"]]),
        verdicts=verdicts,
        assistance=assistance,
        cells=_cells(found["history"], causes),
        causes=causes,
        results=sorted(results, key=lambda r: (-r.dashboard_year, PLACES.get(r.student_group, 99), r.position)),
        records={name: [kind(**row) for row in found[name]] for name, (kind, _) in FAMILIES.items()},
    )


def _report(book: Book, read: _Read, sources: dict[str, Source], year: int) -> LeaReport:
    """What was known in a determination year: no Dashboard after it."""
    window = _window(book, read.lea.lea_type, year)
    shown = read.records | {
        "cases": [c for c in read.records["cases"] if c.determination_year == year],
        "local": [r for r in read.records["local"] if r.dashboard_year <= year],
    }
    tests = [*read.assistance, *read.verdicts] if read.lea.lea_type == "charter" else read.verdicts
    test = next((v for v in tests if v.determination_year == year and v.code in ("charter", "continuum")), None)
    groups = _groups(book, read.cells, year, window, test.student_groups if test else [])
    results = _matrix(r for r in read.results if r.dashboard_year in window)
    used = {r.source_id for lines in results.values() for line in lines.values() for r in line.values()}
    used |= {r.source_id for r in read.causes if r.dashboard_year <= year}
    used |= {c.cde_source_id for g in groups for c in g.cells.values()}
    used |= {r.source_id for r in [*shown["local"], *shown["interim"]]}
    return LeaReport(
        lea=read.lea,
        year=year,
        release_id=book.release["release_id"],
        window=window,
        all_verdicts=read.verdicts,
        all_assistance=read.assistance,
        groups=groups,
        results=results,
        other_names=read.other_names,
        sources=[source for s, source in sources.items() if s in used],
        **shown,
    )


def _result(book: Book, row: Row) -> Result:
    color = row["measure"] is None or row["finding"] is None
    key = ("color", row["indicator"], row["color"]) if color else (row["measure"], row["indicator"], row["level"])
    indicator = book.indicators[row["indicator"]]
    return Result(
        **row,
        label=book.labels[key] if key[2] else "",
        unit=indicator["unit"],
        short=indicator["short_name"],
        position=indicator["position"],
    )


def _cells(history: list[Row], causes: list[Result]) -> dict[str, dict[int, Cell]]:
    """What each student group shows on each Dashboard, with what caused it."""
    met: dict[tuple[str, int], list[Result]] = defaultdict(list)
    for result in causes:
        met[result.student_group, result.dashboard_year].append(result)
    cells: dict[str, dict[int, Cell]] = defaultdict(dict)
    for row in history:
        group = row.pop("student_group")
        cell = Cell(**row)
        if caused := met.get((group, cell.dashboard_year)):
            by_indicator = {r.indicator: r for r in caused}
            cell.causes.extend(sorted(by_indicator.values(), key=lambda r: (r.level or 0, r.position)))
            cell.clauses.extend(dict.fromkeys(r.clause for r in caused))
        cells[group][cell.dashboard_year] = cell
    return {g: cells[g] for g in sorted(cells, key=lambda g: place(g, ORDER))}


def _groups(
    book: Book, cells: dict[str, dict[int, Cell]], year: int, window: list[int], counting: list[str]
) -> list[GroupLine]:
    """A line for each student group that any Dashboard up to the year knows, those that met the criteria most often
    first.
    """
    known = {g: {y: c for y, c in of.items() if y <= year} for g, of in cells.items()}
    lines = [GroupLine(g, book.groups[g], of, window, g in counting) for g, of in known.items() if of]
    return sorted(lines, key=lambda g: -len(g.years_met))


def _matrix(results: Iterable[Result]) -> dict[int, dict[str, dict[str, Result]]]:
    """Results in the order of a table by Dashboard, student group and indicator."""
    found: dict[int, dict[str, dict[str, Result]]] = {}
    for r in results:
        found.setdefault(r.dashboard_year, {}).setdefault(r.student_group, {})[r.indicator] = r
    return found
