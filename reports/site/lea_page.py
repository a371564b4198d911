"""The page of one LEA: what the template lays out, made from the report on it."""

from typing import Any

import duckdb

from reports.book import Book
from reports.findings import GRID, remarks
from reports.lea import LeaReport
from reports.numbers import amount
from transforms.wording.sentences import Finding, lcap_sentence

StateValues = dict[tuple[int, str, str], float]
TESTS = {  # as a sentence of an LCAP names them
    "differentiated_assistance": "Differentiated Assistance",
    "consecutive": "the test of three Dashboards running",
    "charter": "assistance to charter schools",
}


def lea_page(book: Book, e: LeaReport, state: StateValues) -> dict[str, Any]:
    """Values of the template ``lea.html``."""
    years = [y for y in book.dashboard_years if y <= e.year]
    shown = [g for g in e.groups if g.shown]
    return {
        "e": e,
        "area": book.areas.get(e.lea.county_code),
        "grid": GRID,
        "years": years,
        "lines": shown,
        "remarks": remarks(g for g in e.groups if not g.shown),
        "never": remarks(g for g in shown if not g.ever),
        "indicators": {
            y: sorted({i for line in lines.values() for i in line}, key=lambda i: book.indicators[i]["position"])
            for y, lines in e.results.items()
        },
        "state": (
            {key: amount(value, book.indicators[key[1]]["unit"]) for key, value in state.items()} if e.results else {}
        ),
        "state_known": bool(state),
        "history": _history(book, e),
        "local": {
            y: [r for r in e.local if r.dashboard_year == y] for y in dict.fromkeys(r.dashboard_year for r in e.local)
        },
        "lcap": lcap_sentence(e.lea.name, e.year, _findings(book, e)),
    }


def state_values(connection: duckdb.DuckDBPyConnection) -> StateValues:
    """Status of the whole state by Dashboard year, indicator and student group; empty where the files have no state
    rows.
    """
    found = connection.execute(
        "select dashboard_year, indicator, student_group, current_status from indicator_results where record_type = 'X'"
        " and current_status is not null"
    )
    return {(year, indicator, group): value for year, indicator, group, value in found.fetchall()}


def _history(book: Book, e: LeaReport) -> dict[str, Any]:
    """Status by year: every kind of assistance, and every pathway that was ever more than not assessed."""
    found = {(v.code, v.determination_year): v for v in [*e.all_assistance, *e.all_verdicts]}
    kinds = [d for d in TESTS if any(a.code == d for a in e.all_assistance)]
    pathways = [p["pathway"] for p in book.pathways if any(v.is_said for v in e.all_verdicts if v.code == p["pathway"])]
    years = sorted({year for code, year in found if code in (*kinds, *pathways)})
    return {"years": years, "kinds": kinds, "pathways": pathways, "found": found}


def _findings(book: Book, e: LeaReport) -> list[Finding]:
    """What an LCAP asks about: assistance, then the Continuum of Support, then other pathways that are open or in
    doubt.
    """
    met = [g.code for g in e.groups if g.state(e.year) == "met"]
    findings = []
    for a in e.assistance:
        groups = met if a.code == "differentiated_assistance" else a.student_groups
        findings.append(Finding(TESTS[a.code], a.statute, a.status, tuple(book.groups[g] for g in sorted(groups))))
    for v in e.verdicts:
        if v.code == "continuum" or v.status in ("eligible", "undetermined"):
            groups = v.student_groups if v.status == "eligible" else []
            findings.append(Finding(v.title, v.statute, v.status, tuple(book.groups[g] for g in groups)))
    return findings
