"""The facts of an LEA's paragraphs for its LCAP, from the report on it."""

from reports.book import Book
from reports.findings import GroupLine, Verdict
from reports.lea import LeaReport
from transforms.wording.sentences import Finding, Lcap, MetGroup, lcap_text

TESTS = {  # as a sentence names them
    "differentiated_assistance": "Differentiated Assistance",
    "consecutive": "the test of three consecutive Dashboards",
    "charter": "assistance to charter schools",
}


def lcap_of(book: Book, e: LeaReport) -> Lcap | None:
    """The text for the determination year of a report, by student group and by indicator; None where nothing is
    determined.
    """
    met = tuple(_met(book, g, e.year) for g in e.groups if g.state(e.year) == "met")
    return lcap_text(e.lea.name, e.year, _findings(book, e), met, [i["name_in_text"] for i in book.indicators.values()])


def _met(book: Book, g: GroupLine, year: int) -> MetGroup:
    cell = g.cells[year]
    causes = sorted(cell.causes, key=lambda r: r.position)
    indicators = dict.fromkeys(str(book.indicators[r.indicator]["name_in_text"]) for r in causes)
    return MetGroup(book.groups_in_text[g.code], tuple(indicators), tuple(cell.priorities_met))


def _findings(book: Book, e: LeaReport) -> list[Finding]:
    """What an LCAP asks about: assistance, then the Continuum of Support, then other pathways that are open or in
    doubt.
    """
    pathways = [v for v in e.verdicts if v.code == "continuum" or v.status in ("eligible", "undetermined")]
    return [_finding(book, v) for v in [*e.assistance, *pathways]]


def _finding(book: Book, v: Verdict) -> Finding:
    """Student groups are named beside a test that looks at more than this year's Dashboard."""
    groups = v.student_groups if v.status == "eligible" and v.code in ("continuum", "consecutive") else []
    return Finding(
        TESTS.get(v.code, v.title),
        v.statute,
        v.status,
        v.code,
        tuple(book.groups_in_text[g] for g in groups),
        v.assistance_year if v.status == "eligible" else None,
    )
