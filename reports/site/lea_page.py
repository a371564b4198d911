"""The page of one LEA: values for the template from one report per determination year, and facts for its LCAP text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reports.book import Book
from reports.findings import GroupLine, Verdict, remarks
from reports.lea import LeaReport
from reports.site import lea_parts
from reports.site.drawn import evidence_of, lines_of, sources_of, unsaid_of
from transforms.wording.labels import ASSISTANCE, STATUS, STATUS_ONLY
from transforms.wording.sentences import Finding, Lcap, MetGroup, lcap_text

ROOMY = 7  # more lines of student groups than this are printed densely
ORDER = ("eligible", "undetermined", "not_eligible", "not_assessed", "not_applicable")


@dataclass(frozen=True)
class OfYear:
    """One determination year of the page. Years before the pathways have assistance only."""

    year: int
    report: LeaReport | None
    assistance: list[Verdict]
    lines: list[GroupLine]
    lcap: Lcap | None

    @property
    def chip(self) -> tuple[str, str]:
        """Sign and words of the year switch: eligible by any pathway, else in doubt, else the status of the pathways.

        If no pathway is assessed (a charter school, and the years before the pathways), they are about assistance.
        """
        pathways = {v.status for v in (self.report.verdicts if self.report else [])}
        helped = {a.status for a in self.assistance}
        of_help = bool(helped) and (not self.report or (pathways <= {*STATUS_ONLY} and not helped <= {*STATUS_ONLY}))
        sign, words = STATUS[next((s for s in ORDER if s in (helped if of_help else pathways)), "not_assessed")]
        return sign, f"assistance: {words}" if of_help else words

    @property
    def remarks(self) -> list[str]:
        """Remarks on student groups without a line."""
        return remarks(g for g in self.report.groups if not g.shown) if self.report else []

    @property
    def printed_remarks(self) -> list[str]:
        """Remarks in print, also on the lines that print leaves out; empty if there are no lines."""
        if not self.report or all(g.ever for g in self.lines):
            return []
        return remarks(g for g in self.report.groups if not g.ever)


def lea_page(book: Book, reports: Mapping[int, LeaReport], state_known: bool) -> dict[str, Any]:
    """Return the values of the template ``lea.html``, from a report for each determination year.

    ``state_known``: True if the values of the whole state are loaded.
    """
    now, of_years, plain_years = reports[book.year], _of_years(book, reports), {book.year, max(reports)}
    results = {year: lines for e in reports.values() for year, lines in e.results.items()}
    of_source: dict[str, list[int]] = {}
    for year, e in sorted(reports.items()):
        for source in e.sources:
            of_source.setdefault(source.source_id, []).append(year)
    return {
        "e": now,
        "area": book.areas.get(now.lea.county_code),
        "parts": lea_parts,
        "of_years": of_years,
        "dense": max(sum(g.ever for g in of.lines) for of in of_years) > ROOMY,
        "plain_years": plain_years,
        "lines_of": lines_of,
        "unsaid": {year: unsaid_of(e.unsaid) for year, e in reports.items() if year not in plain_years},
        "first_pathways": min(reports),
        "dashboards": {year: [y for y in book.dashboard_years if y <= year] for year in reports},
        "evidence": evidence_of(book, {year: results[year] for year in sorted(results, reverse=True)}),
        "state_known": state_known,
        "history": _history(book, now),
        "local": {
            y: [r for r in now.local if r.dashboard_year == y]
            for y in dict.fromkeys(r.dashboard_year for r in now.local)
        },
        "sources": sources_of(book, of_source) if of_source else "",
        "excerpts": sorted({line for e in reports.values() for line in e.excerpts}),
    }


def _of_years(book: Book, reports: Mapping[int, LeaReport]) -> list[OfYear]:
    """Return every year with a determination, latest first."""
    now = reports[book.year]
    years = sorted({*reports, *(a.determination_year for a in now.all_assistance)}, reverse=True)
    return [_of_year(book, year, reports.get(year), now) for year in years]


def _of_year(book: Book, year: int, e: LeaReport | None, now: LeaReport) -> OfYear:
    assistance = [a for a in now.all_assistance if a.determination_year == year]
    return OfYear(year, e, assistance, [g for g in e.groups if g.shown] if e else [], lcap_of(book, e) if e else None)


def _history(book: Book, e: LeaReport) -> dict[str, Any]:
    """Return the status by year for every kind of assistance and every pathway that was ever assessed."""
    found = {(v.code, v.determination_year): v for v in [*e.all_assistance, *e.all_verdicts]}
    kinds = [d for d in ASSISTANCE if any(a.code == d for a in e.all_assistance)]
    pathways = [
        p["pathway"] for p in book.pathways if any(v.has_details for v in e.all_verdicts if v.code == p["pathway"])
    ]
    years = sorted({year for code, year in found if code in (*kinds, *pathways)})
    return {"years": years, "kinds": kinds, "pathways": pathways, "found": found}


TESTS = {  # as a sentence names them
    "differentiated_assistance": "Differentiated Assistance",
    "consecutive": "the test of three consecutive Dashboards",
    "charter": "assistance to charter schools",
}


def lcap_of(book: Book, e: LeaReport) -> Lcap | None:
    """Return the text for the determination year of a report, by student group and by indicator.

    None if nothing is determined.
    """
    met = tuple(_met(book, g, e.year) for g in e.groups if g.state(e.year) == "met")
    return lcap_text(e.lea.name, e.year, _findings(book, e), met, [i["name_in_text"] for i in book.indicators.values()])


def _met(book: Book, g: GroupLine, year: int) -> MetGroup:
    cell = g.cells[year]
    causes = sorted(cell.causes, key=lambda r: r.position)
    indicators = dict.fromkeys(str(book.indicators[r.indicator]["name_in_text"]) for r in causes)
    return MetGroup(book.groups_in_text[g.code], tuple(indicators), tuple(cell.priorities_met))


def _findings(book: Book, e: LeaReport) -> list[Finding]:
    """Return findings for an LCAP: assistance, Continuum of Support, then other eligible or undetermined pathways."""
    pathways = [v for v in e.verdicts if v.code == "continuum" or v.status in ("eligible", "undetermined")]
    return [_finding(book, v) for v in [*e.assistance, *pathways]]


def _finding(book: Book, v: Verdict) -> Finding:
    """Return a finding. Student groups are named if the test looks at more than this year's Dashboard."""
    groups = v.student_groups if v.status == "eligible" and v.code in ("continuum", "consecutive") else []
    return Finding(
        TESTS.get(v.code, v.title),
        v.statute,
        v.status,
        v.code,
        tuple(book.groups_in_text[g] for g in groups),
        v.assistance_year if v.status == "eligible" else None,
    )
