"""Drafts of letters as .docx, one kind per finding.

A draft has facts, evidence and citations from the release, and blanks for what only a person can write. The text
of the law comes from the rules.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import docx
from docx.document import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from reports.book import Book
from reports.findings import Cell, GroupLine, Result, Verdict
from reports.lea import LeaReport
from reports.lea_records import Source
from reports.published import NotFoundError
from transforms.wording.labels import DESIGNATION
from transforms.wording.sentences import joined, plain_day

DRAFT = "DRAFT for a person to check, finish and sign. Not sent, not signed, not an official designation."
BLANKS = ("[Letterhead of the sender]", "[Date]", "[Name and title of the addressee]", "[Address]")
GREETING, NEXT_STEPS = "Dear [name]:", "[What the sender requests or offers, by when, and whom to call]"
CLOSING = ("Sincerely,", "[Signature]", "[Name, title and office of the signatory]")
LOAN_REGISTER = (
    "State loans: the register of state loans of this release (tables state_loans and state_loan_events)."
    " Each entry names its own source."
)
BY_GROUPS = ("continuum", "differentiated_assistance", "consecutive", "charter")  # findings based on student groups


def letters_of(e: LeaReport) -> dict[str, list[Verdict]]:
    """Return the kinds of letter that can be written to an LEA, each with the findings that it states.

    Raises NotFoundError if nothing is determined.
    """
    kinds: dict[str, list[Verdict]] = {}
    for v in [*e.said, *e.assistance]:
        if v.status == "eligible":
            year = f"year-{v.assistance_year}" if v.assistance_year else "differentiated-assistance"
            names = {"differentiated_assistance": year, "consecutive": "three-dashboards"}
            kinds[names.get(v.code, v.code.replace("_", "-"))] = [v]
    before = max((v.determination_year for v in e.all_verdicts if v.determination_year < e.year), default=0)
    had = {v.code for v in e.all_verdicts if v.determination_year == before and v.status == "eligible"}
    if left := [v for v in e.said if v.code in had and v.status == "not_eligible"]:
        kinds["leaving"] = left
    found = [v for v in [*e.said, *e.assistance] if v.has_details]
    if kinds or any(v.status == "not_eligible" for v in found if v.code in BY_GROUPS):
        return kinds | {"findings": found}
    reasons = " ".join(dict.fromkeys(v.reason for v in [*e.said, *e.assistance] if v.code in BY_GROUPS))
    raise NotFoundError(f"No letter: nothing is determined for {e.lea.name} in {e.year}. {reasons}")


def write_letter(path: Path, book: Book, e: LeaReport, kind: str) -> None:
    """Write the draft of one kind (see ``letters_of``) for one LEA and determination year."""
    verdicts = letters_of(e)[kind]
    document = _new(f"Draft letter: {e.lea.name}, determination year {e.year}", book.release["as_of"])
    _opening(
        document,
        e,
        "Direct Technical Assistance" if kind == "findings" else _subject(kind, verdicts),
        book.release["as_of"],
        len(verdicts) == 1,
    )
    document.add_heading("Finding" if len(verdicts) == 1 else "Findings", 2)
    for verdict in verdicts:
        text = document.add_paragraph()
        _write(text, f"{verdict.title} ({verdict.statute}): {verdict.label}. ", bold=True)
        _write(text, " ".join([verdict.reason, *verdict.notes]))
    for line in (*e.identity, DESIGNATION):
        _write(document.add_paragraph(), line)
    document.add_heading("Next steps", 2)
    for line in (NEXT_STEPS, *CLOSING):
        _write(document.add_paragraph(), line)
    document.add_page_break()  # type: ignore[no-untyped-call]
    document.add_heading("Enclosure", 1)
    if any(v.code in BY_GROUPS for v in verdicts):
        _evidence(document, e, {s.source_id: s.name for s in e.sources})
    if e.loan_events and any(v.code == "wraparound" for v in verdicts):
        _loans(document, e)
    document.add_heading("Law, as cited in the rules of this release", 2)
    law = [(v.title, v.statute, f"{v.trigger}\n{v.url}", v.open_question or "none") for v in verdicts]
    _table(
        document,
        ("Finding", "Statute", "Trigger or basis of the rule", "Open question"),
        (3.0, 3.2, 6.6, 4.7),
        law,
    )
    if any(v.code == "continuum" for v in verdicts):
        window = book.windows[e.year]
        _write(document.add_paragraph(), f"Dashboards that count: {window['basis']}. {window['url']}")
    document.add_heading("Sources", 2)
    sources = _sources(e, verdicts)
    if sources:
        files = [(s.name, s.sha256, s.first_seen or "") for s in sources]
        _table(document, ("File", "SHA-256", "First seen"), (6.5, 8.5, 2.5), files, 7)
    excerpts = sorted({s.excerpt for s in sources if s.excerpt})
    register = [LOAN_REGISTER] if any(v.code == "wraparound" for v in verdicts) else []
    for line in (*excerpts, *register, f"Release {e.release_id}."):
        _write(document.add_paragraph(), line)
    document.save(str(path))


def _subject(kind: str, verdicts: Sequence[Verdict]) -> str:
    titles = joined([f"{v.title}, Year {v.assistance_year}" if v.assistance_year else v.title for v in verdicts])
    return f"no longer eligible: {titles}" if kind == "leaving" else titles


def _new(title: str, as_of: date) -> Document:
    """Return an empty letter that is marked as a draft on every page."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.59), Cm(27.94)  # Letter size
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin = section.bottom_margin = Cm(2)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(11)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = title, "", DRAFT
    properties.created = properties.modified = datetime(as_of.year, as_of.month, as_of.day)  # noqa: DTZ001
    mark = section.header.paragraphs[0].add_run(DRAFT)
    mark.bold, mark.font.size, mark.font.color.rgb = True, Pt(9), RGBColor(0xA3, 0x34, 0x1F)
    return document


def _opening(document: Document, e: LeaReport, subject: str, as_of: date, one: bool) -> None:
    for blank in BLANKS:
        _write(document.add_paragraph(), blank)
    _write(
        document.add_paragraph(), f"{e.lea.name} (CDS {e.lea.cds}): {subject}, determination year {e.year}", bold=True
    )
    _write(document.add_paragraph(), GREETING)
    _write(
        document.add_paragraph(),
        f"Records that were published by {plain_day(as_of)} lead to {'this finding' if one else 'these findings'} for"
        f" {e.lea.name}, {e.lea.county} County.",
    )


def _evidence(document: Document, e: LeaReport, files: dict[str, str]) -> None:
    """Add a table of the Dashboards on which each student group met or may have met the criteria.

    Grain: student group x Dashboard. Columns: letter, criteria, results, source.
    """
    document.add_heading("Evidence", 2)
    rows = [(f"{g.name} ({g.code})", str(c.dashboard_year), *_shown(c, files)) for g, c in _cells(e)]
    headings = ("Student group", "Dashboard", "Letter", "Criteria met", "Results", "Source")
    _table(document, headings, (2.6, 2.1, 1.4, 4.3, 3.8, 3.3), rows or [("None", "", "", e.group_finding, "", "")])
    if rows and e.missing:
        _write(document.add_paragraph(), e.group_finding)


def _cells(e: LeaReport) -> list[tuple[GroupLine, Cell]]:
    return [(g, g.cells[y]) for g in e.in_question for y in e.window if g.state(y) in ("met", "unknown")]


def _sources(e: LeaReport, verdicts: Sequence[Verdict]) -> list[Source]:
    """Return the files that the letter is based on.

    These are the files of its evidence, all files of the LEA if no student group met the criteria, or no files if no
    finding is based on student groups.
    """
    if not any(v.code in BY_GROUPS for v in verdicts):
        return []
    cells = [c for _, c in _cells(e)]
    used = {c.cde_source_id for c in cells} | {r.source_id for c in cells for r in c.causes}
    return [s for s in e.sources if s.source_id in used] or e.sources


def _shown(cell: Cell, files: dict[str, str]) -> tuple[str, str, str, str]:
    """Return letter, criteria, results and source of one student group and Dashboard."""
    if cell.state == "unknown":
        return cell.sign, "Not determined", cell.detail, ""
    by_cde = f"Priorities {', '.join(map(str, cell.priorities_met))}, by CDE's letter"
    source = f"{files.get(cell.cde_source_id or '', '')}, row {cell.cde_source_line}, column {cell.cde_source_column}"
    lines = [f"{files.get(c.source_id or '', '')}, line {c.source_line}" for c in cell.causes]
    return (
        cell.sign,
        "; ".join(cell.clauses) or by_cde,
        "\n".join(map(_result, cell.causes)) or "not loaded",
        "\n".join(lines) or source,
    )


def _result(c: Result) -> str:
    return f"{c.short}: {c.word}, {c.value} ({c.students} students)"


def _loans(document: Document, e: LeaReport) -> None:
    document.add_heading("State loans", 2)
    events = [(x.day, x.description, x.confidence, x.source_url) for x in e.loan_events]
    _table(document, ("Date as sourced", "Event", "Confidence", "Source"), (3.0, 5.0, 2.2, 7.3), events)


def _table(
    document: Document,
    headings: Sequence[str],
    widths: Sequence[float],
    rows: Sequence[Sequence[str]],
    size: float = 8.5,
) -> None:
    """Add a table whose heading repeats on every page."""
    table = document.add_table(rows=len(rows) + 1, cols=len(headings), style="Table Grid")
    table.autofit = False
    for n, (row, texts) in enumerate(zip(table.rows, (headings, *rows), strict=True)):
        for cell, width, text in zip(row.cells, widths, texts, strict=True):
            cell.width = Cm(width)
            _write(cell.paragraphs[0], text, bold=n == 0, size=size)
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)


def _write(paragraph: Paragraph, text: str, bold: bool = False, size: float | None = None) -> None:
    """Add the text, with blanks for a person, ``[so]``, marked and without characters that documents do not allow."""
    clean = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)
    own = text in (*BLANKS, GREETING, NEXT_STEPS, *CLOSING)
    for part in re.split(r"(\[[^\]]*\])", clean) if own else [clean]:
        run = paragraph.add_run(part)
        run.bold = bold or None
        if size:
            run.font.size = Pt(size)
        if own and part.startswith("["):
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
