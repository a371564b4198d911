"""Collect everything about an LEA, from published tables only, for page, print, packet, letter and terminal."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from operator import attrgetter
from typing import Any

import duckdb

from reports.book import Book
from reports.figures import ORDER, place
from reports.findings import Cell, GroupLine, Result, Verdict, remarks
from reports.lea_queries import FAMILIES, QUERIES
from reports.lea_records import (
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
from reports.published import Lea, Row, former_names, grouped, names_and_rows
from transforms.wording.sentences import joined

Values = list[Any]  # a row, in the order of its columns
BATCH = 250  # LEAs per query; a query for many is as fast as a query for one
PLACES = {group: n for n, group in enumerate(("ALL", *ORDER))}  # order of student groups in a table of results


@dataclass(frozen=True)
class LeaReport:
    """One LEA in one determination year: its verdicts and the evidence for them."""

    lea: Lea
    year: int
    release_id: str
    window: list[int]  # Dashboards that count
    all_verdicts: list[Verdict]  # of every year
    all_assistance: list[Verdict]
    groups: list[GroupLine]  # closest to the threshold first
    # By Dashboard, student group and indicator. The latest Dashboard and all students come first.
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
        """Verdicts of the determination year: one for each pathway, in order."""
        return [v for v in self.all_verdicts if v.determination_year == self.year]

    @property
    def assistance(self) -> list[Verdict]:
        """Assistance of the determination year."""
        return [a for a in self.all_assistance if a.determination_year == self.year]

    @property
    def said(self) -> list[Verdict]:
        """Pathways with more to say than their status, and always the Continuum of Support.

        Eligible pathways come first, then those that are not determined.
        """
        said = [v for v in self.verdicts if v.has_details or v.code == "continuum"]
        order = ("eligible", "undetermined")
        return sorted(said, key=lambda v: order.index(v.status) if v.status in order else len(order))

    @property
    def unsaid(self) -> list[Verdict]:
        """The other pathways."""
        said = {v.code for v in self.said}
        return [v for v in self.verdicts if v.code not in said]

    @property
    def identity(self) -> list[str]:
        """One line each for other names of the LEA, the years before its code began, and the code that followed it."""
        lines = [f"Other names in CDE's files: {'; '.join(self.other_names)}."] if self.other_names else []
        return lines + [f"{p.sentence}." for p in self.predecessors] + [s.line for s in self.successors]

    @property
    def in_question(self) -> list[GroupLine]:
        """Student groups that met or may have met the criteria on a Dashboard that counts."""
        return [g for g in self.groups if g.in_question]

    @property
    def others(self) -> list[GroupLine]:
        """The other student groups."""
        return [g for g in self.groups if not g.in_question]

    @property
    def remarks(self) -> list[str]:
        """Remarks on the student groups that are not in question, or on all together if none is."""
        return remarks(self.others) if self.in_question else [self.group_finding]

    @property
    def missing(self) -> list[int]:
        """Dashboards that count and on which the result of some student group is not known."""
        return [
            y for y in self.window if any(g.state(y) in ("unknown", "not_listed", "not_loaded") for g in self.groups)
        ]

    @property
    def excerpts(self) -> list[str]:
        """Descriptions of the sources that are not whole CDE files, each sentence once."""
        return sorted({s.excerpt for s in self.sources if s.excerpt})

    @property
    def group_finding(self) -> str:
        """One sentence on the student groups that are not known to have met the criteria.

        It never says more than the verdicts do.
        """
        tested = [
            v.status for v in [*self.verdicts, *self.assistance] if v.code in ("continuum", "charter", "consecutive")
        ]
        if self.missing or "undetermined" in tested:
            years = f" on the Dashboards of {joined(self.missing)}" if self.missing else ""
            return f"Not determined: whether a student group met the criteria{years}."
        return "No student group met the criteria on the Dashboards that count."


@dataclass(frozen=True)
class _Read:
    """The table rows of one LEA for all requested determination years."""

    lea: Lea
    other_names: list[str]
    verdicts: list[Verdict]
    assistance: list[Verdict]
    cells: dict[str, dict[int, Cell]]  # by student group and Dashboard
    causes: list[Result]  # in the order of their criteria
    results: dict[int, dict[str, dict[str, Result]]]  # by Dashboard, student group and indicator
    records: dict[str, list[Any]]  # by the keys of FAMILIES


def collect(connection: duckdb.DuckDBPyConnection, book: Book, leas: Sequence[Lea], year: int) -> Iterator[LeaReport]:
    """Yield a report on each LEA for one determination year, in the given order.

    Reading is fastest if the LEAs are sorted by CDS code.
    """
    for reports in collect_years(connection, book, leas, [year]):
        yield reports[year]


def collect_years(
    connection: duckdb.DuckDBPyConnection, book: Book, leas: Sequence[Lea], years: Sequence[int]
) -> Iterator[dict[int, LeaReport]]:
    """Yield, for each LEA, a report for each of these determination years. Rows are read once."""
    sources = {
        s: Source(s, f["file"], f["sha256"], str(f["first_seen"] or ""), f.get("excerpt"))
        for s, f in book.sources.items()
        if f["present"]
    }
    for start in range(0, len(leas), BATCH):
        batch = leas[start : start + BATCH]
        given = _given(book, batch, years)
        found = {name: _by_lea(connection, query.rows, given) for name, query in QUERIES.items()}
        for lea in batch:
            read = _read(book, lea, {name: rows_of.pop(lea.cds, []) for name, rows_of in found.items()})
            yield {year: _report(book, read, sources, year) for year in years}


def _given(book: Book, leas: Sequence[Lea], years: Sequence[int]) -> Row:
    """Return values for the parameters of QUERIES."""
    codes = sorted(lea.cds for lea in leas)
    counted = {y for year in years for kind in ("district", "charter") for y in _window(book, kind, year)}
    return {
        "first": codes[0],
        "last": codes[-1],
        "codes": codes,
        "year": max(years),
        "years": sorted(counted),
        "determination_years": list(years),
    }


def _named(query: str, given: Row) -> Row:
    return {name: given[name] for name in set(re.findall(r"\$(\w+)", query))}


def _by_lea(connection: duckdb.DuckDBPyConnection, query: str, given: Row) -> dict[str, list[Values]]:
    """Return the rows of each LEA without its code, which is the first column of the query."""
    found: dict[str, list[Values]] = defaultdict(list)
    for cds, *values in names_and_rows(connection, query, **_named(query, given))[1]:
        found[cds].append(values)
    return found


def rows_digests(
    connection: duckdb.DuckDBPyConnection, book: Book, leas: Sequence[Lea], years: Sequence[int]
) -> dict[str, str]:
    """Return a digest for each LEA of all rows that ``collect_years`` reads."""
    found = {lea.cds: [repr(lea)] for lea in leas}
    given = _given(book, leas, years) if leas else {}
    for name, query in QUERIES.items() if leas else ():
        for cds, *numbers in connection.execute(query.hashes, _named(query.hashes, given)).fetchall():
            found[cds].append(f"{name} {numbers}")
    return {cds: sha256("\n".join(parts).encode()).hexdigest() for cds, parts in found.items()}


def _window(book: Book, lea_type: str, year: int) -> list[int]:
    """Return the Dashboards that the determination looks at.

    A charter school has its own window, or only the year itself before it had a test.
    """
    own = book.windows[year]["charter_dashboards" if lea_type == "charter" else "counted_dashboards"]
    return list(own or [year])


def _read(book: Book, lea: Lea, found: dict[str, list[Values]]) -> _Read:
    causes = [_result(book, values) for values in found["causes"]]
    met = {(r.dashboard_year, r.student_group, r.indicator) for r in causes}
    results = [_result(book, values) for values in found["results"]]
    for r in results:
        r.met = (r.dashboard_year, r.student_group, r.indicator) in met
    return _Read(
        lea=lea,
        other_names=former_names(lea.name, [name for (name,) in found["names"]]),
        verdicts=[Verdict(*values) for values in found["verdicts"]],
        assistance=[Verdict(*values) for values in found["assistance"]],
        cells=_cells([Cell(*values) for values in found["history"]], causes),
        causes=causes,
        results=_matrix(results),
        records={name: [kind(*values) for values in found[name]] for name, (kind, *_) in FAMILIES.items()},
    )


def _report(book: Book, read: _Read, sources: dict[str, Source], year: int) -> LeaReport:
    """Return the report of a determination year, without any later Dashboard."""
    window = _window(book, read.lea.lea_type, year)
    shown = read.records | {
        "cases": [c for c in read.records["cases"] if c.determination_year == year],
        "local": [r for r in read.records["local"] if r.dashboard_year <= year],
    }
    tests = [*read.assistance, *read.verdicts] if read.lea.lea_type == "charter" else read.verdicts
    test = next((v for v in tests if v.determination_year == year and v.code in ("charter", "continuum")), None)
    groups = _groups(book, read.cells, year, window, test.student_groups if test else [])
    results = {y: lines for y, lines in read.results.items() if y in window}
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


def _result(book: Book, values: Values) -> Result:
    """Build a result from a row of the queries for results."""
    _, _, indicator, measure, finding, level, color, *_ = values
    key = ("color", indicator, color) if measure is None or finding is None else (measure, indicator, level)
    of = book.indicators[indicator]
    label = book.labels[key] if key[2] else ""
    return Result(*(*values, label, of["unit"], of["short_name"], of["position"]))


def _cells(history: list[Cell], causes: list[Result]) -> dict[str, dict[int, Cell]]:
    """Return each student group's state on each Dashboard, with its causes."""
    met = grouped(causes, attrgetter("student_group", "dashboard_year"))
    cells: dict[str, dict[int, Cell]] = defaultdict(dict)
    for cell in history:
        if caused := met.get((cell.student_group, cell.dashboard_year)):
            by_indicator = {r.indicator: r for r in caused}
            cell.causes.extend(sorted(by_indicator.values(), key=lambda r: (r.level or 0, r.position)))
            cell.clauses.extend(dict.fromkeys(r.clause for r in caused))
        cells[cell.student_group][cell.dashboard_year] = cell
    return {g: cells[g] for g in sorted(cells, key=lambda g: place(g, ORDER))}


def _groups(
    book: Book, cells: dict[str, dict[int, Cell]], year: int, window: list[int], counting: list[str]
) -> list[GroupLine]:
    """Return a line for each student group on any Dashboard up to the year.

    Groups that met the criteria most often come first.
    """
    known = {g: {y: c for y, c in of.items() if y <= year} for g, of in cells.items()}
    lines = [GroupLine(g, book.groups[g], of, window, g in counting) for g, of in known.items() if of]
    lines.sort(key=lambda g: -len(g.years_met))
    _say_once(lines)
    return lines


def _say_once(lines: list[GroupLine]) -> None:
    """Keep the reason why no group is determined on a Dashboard only in the first line, if all have the same one."""
    for year in {y for line in lines for y in line.cells}:
        here = [line for line in lines if year in line.cells]
        if all(line.state(year) == "unknown" for line in here) and len({line.cells[year].note for line in here}) == 1:
            for line in here[1:]:
                line.cells[year] = replace(line.cells[year], note=None)


def _in_table(r: Result) -> tuple[int, int, str, int]:
    return -r.dashboard_year, PLACES.get(r.student_group, len(PLACES)), r.student_group, r.position


def _matrix(results: Iterable[Result]) -> dict[int, dict[str, dict[str, Result]]]:
    """Return results by Dashboard, student group and indicator, in table order."""
    found: dict[int, dict[str, dict[str, Result]]] = {}
    for r in sorted(results, key=_in_table):
        found.setdefault(r.dashboard_year, {}).setdefault(r.student_group, {})[r.indicator] = r
    return found
