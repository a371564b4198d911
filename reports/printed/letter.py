"""The draft of a letter as .docx: facts, evidence and citations of the release, and blanks for what only a person can write. Law text comes from the rules."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import docx
import duckdb
from docx.document import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph

from reports.colors import level_word
from reports.explain import Explanation, identity_lines
from reports.numbers import amount, students
from reports.published import Row, rows
from transforms.words import ASSISTANCE, DESIGNATION, STATUS, UNSAID, agreement, capitalized, ccee_determination

DRAFT = "DRAFT for a person to check, finish and sign. Not sent, not signed, not an official designation."
BLANKS = ("[Letterhead of the sender]", "[Date]", "[Name and title of the addressee]", "[Address]")
GREETING, NEXT_STEPS = "Dear [name]:", "[What the sender asks for or offers, by when, and whom to call]"
CLOSING = ("Sincerely,", "[Signature]", "[Name, title and office of the signatory]")
LAW = """
    select name, statute, trigger, url, nullif(open_question, '') as open_question from pathways
    where list_contains($pathways, pathway) order by position
"""
CRITERIA = """
    select distinct c.dashboard_year, c.clause, c.citation, r.student_group, c.criterion
    from criterion_results r join rule_criteria c on c.criterion = r.criterion
    where r.met and r.cds = $cds and list_contains($counted, r.dashboard_year) order by c.dashboard_year, c.criterion, r.student_group
"""
TESTS = """
    select test, basis, url, nullif(open_question, '') as open_question from rule_tests
    where dashboard_year = $year and list_contains($tests, test) order by test
"""
WINDOW = "select basis, url from rule_windows where determination_year = $year"


def write_letter(connection: duckdb.DuckDBPyConnection, path: Path, e: Explanation, as_of: date) -> None:
    """Write the draft for one LEA and determination year."""
    document = _new(f"Draft letter: {e.lea.name}, determination year {e.determination_year}", as_of)
    said = [v for v in e.verdicts if v["status"] not in UNSAID]
    _opening(document, e, as_of)
    _findings(document, e, said)
    document.add_heading("Next steps", 2)
    _write(document.add_paragraph(), NEXT_STEPS)
    for line in CLOSING:
        _write(document.add_paragraph(), line)
    document.add_page_break()  # type: ignore[no-untyped-call]
    document.add_heading("Enclosure", 1)
    _evidence(document, e, rows(connection, CRITERIA, cds=e.lea.cds, counted=e.window), {s["source_id"]: s["file"] for s in e.sources})
    _law(document, _cited(connection, e, said), rows(connection, WINDOW, year=e.determination_year))
    _sources(document, e)
    document.save(str(path))


def _new(title: str, as_of: date) -> Document:
    """An empty letter, marked as a draft on every page."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.59), Cm(27.94)  # Letter
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


def _opening(document: Document, e: Explanation, as_of: date) -> None:
    for blank in BLANKS:
        _write(document.add_paragraph(), blank)
    subject = document.add_paragraph()
    _write(subject, f"{e.lea.name} (CDS {e.lea.cds}): Direct Technical Assistance, determination year {e.determination_year}", bold=True)
    _write(document.add_paragraph(), GREETING)
    _write(
        document.add_paragraph(),
        f"The published records, in the release of {as_of.isoformat()}, lead to the findings below for {e.lea.name}, {e.lea.county} County. {DESIGNATION}",
    )


def _findings(document: Document, e: Explanation, said: Sequence[Row]) -> None:
    """One paragraph per pathway, and per determination that comes before one."""
    document.add_heading("Findings", 2)
    for verdict in said:
        text = _finding(document, verdict["name"], verdict)
        if ccee_determination(verdict):
            _write(text, f" {capitalized(ccee_determination(verdict))}.")
        if verdict["cde_flag"]:
            _write(text, f" CDE's own flag is {verdict['cde_flag']}: {agreement(verdict)}.")
    for line in identity_lines(e):
        _write(document.add_paragraph(), f"{line}." if line[-1] != "." else line)
    for row in e.assistance:
        if row["status"] not in UNSAID:
            text = _finding(document, ASSISTANCE[row["determination"]], row)
            if row["cde_value"]:
                _write(text, f" CDE's own value is {row['cde_value']}: {agreement(row)}.")


def _finding(document: Document, name: str, row: Row) -> Paragraph:
    text = document.add_paragraph()
    _write(text, f"{name} ({row['statute']}): {STATUS[row['status']][1]}. ", bold=True)
    _write(text, row["reason"])
    return text


def _evidence(document: Document, e: Explanation, criteria: Sequence[Row], files: dict[str, str]) -> None:
    """Student group x Dashboard in which it met the criteria: letter, criteria, results, source."""
    document.add_heading("Evidence", 2)
    table = _table(document, ("Student group", "Dashboard", "Letter", "Criteria met", "Results", "Source"), (2.6, 1.8, 1.3, 4.6, 3.9, 3.3))
    n = 0
    for group in e.groups:
        for year in group["years_met"]:
            cell = e.cells[(group["student_group"], year)]
            met = [c["clause"] for c in criteria if c["student_group"] == group["student_group"] and c["dashboard_year"] == year]
            by_cde = f"Priorities {', '.join(map(str, cell['priorities_met'] or []))}, by CDE's letter"
            n += 1
            _row(
                table,
                (
                    f"{group['name']} ({group['student_group']})",
                    str(year),
                    cell["letter"] or "",
                    "; ".join(met) or by_cde,
                    "\n".join(_result(c) for c in cell["causes"]) or "not at hand",
                    "\n".join(f"{files.get(c['source_id'], c['source_id'])}, line {c['line']}" for c in cell["causes"]) or _cde_cell(cell, files),
                ),
            )
    if n == 0:
        _row(table, ("None", "", "", "No student group met the criteria in the Dashboards that count.", "", ""))


def _result(c: Row) -> str:
    word = level_word(c["measure"], c["level"], c["worst_status_label"])
    return f"{c['short_name']}: {word}, {amount(c['value'], c['unit'])} ({students(c['students'])} students)"


def _cde_cell(cell: Row, files: dict[str, str]) -> str:
    """Where CDE's letter stands in its workbook."""
    return f"{files.get(cell['cde_source_id'], cell['cde_source_id'])}, row {cell['cde_source_line']}, column {cell['cde_source_column']}"


def _cited(connection: duckdb.DuckDBPyConnection, e: Explanation, said: Sequence[Row]) -> list[tuple[str, str, str, str]]:
    """Name, statute, what opens it, open question: of the pathways in the letter, then of what comes before them."""
    law = rows(connection, LAW, pathways=[v["pathway"] for v in said])
    cited = [(row["name"], row["statute"], f"{row['trigger']}\n{row['url']}", row["open_question"] or "none") for row in law]
    statutes = {a["determination"]: a["statute"] for a in e.assistance if a["status"] not in UNSAID}
    tests = rows(connection, TESTS, year=e.determination_year, tests=list(statutes))
    return cited + [(ASSISTANCE[t["test"]], statutes[t["test"]], f"{t['basis']}\n{t['url']}", t["open_question"] or "none") for t in tests]


def _law(document: Document, cited: Sequence[tuple[str, str, str, str]], window: Sequence[Row]) -> None:
    """What the findings rest on, as the rules of this release cite it."""
    document.add_heading("Law as the rules of this release cite it", 2)
    table = _table(document, ("Finding", "Statute", "What opens it, or what the rule rests on", "Open question"), (3.0, 3.2, 6.6, 4.7))
    for row in cited:
        _row(table, row)
    for basis in window:
        _write(document.add_paragraph(), f"Dashboards that count: {basis['basis']}. {basis['url']}")


def _sources(document: Document, e: Explanation) -> None:
    document.add_heading("Sources", 2)
    table = _table(document, ("File", "SHA-256", "First seen"), (6.5, 8.5, 2.5))
    for source in e.sources:
        _row(table, (source["file"] or f"missing: {source['title']}", source["sha256"] or "", source["first_seen"] or ""))
    for line in (*e.excerpts, f"Release {e.release_id}."):
        _write(document.add_paragraph(), line)


def _table(document: Document, headings: Sequence[str], widths: Sequence[float]) -> Table:
    """A table whose heading is repeated on every page."""
    table: Table = document.add_table(rows=0, cols=len(headings), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    _row(table, headings, bold=True)
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    return table


def _row(table: Table, texts: Sequence[str], bold: bool = False) -> None:
    row = table.add_row()  # type: ignore[no-untyped-call]
    for cell, column, text in zip(row.cells, table.columns, texts, strict=True):
        cell.width = column.width or Cm(2)
        _write(cell.paragraphs[0], text, bold=bold, size=8.5)


def _write(paragraph: Paragraph, text: str, bold: bool = False, size: float | None = None) -> None:
    """Text as it is, with blanks for a person, ``[so]``, marked; characters that no document may hold are left out."""
    clean = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)
    own = text in (*BLANKS, GREETING, NEXT_STEPS, *CLOSING)
    for part in re.split(r"(\[[^\]]*\])", clean) if own else [clean]:
        run = paragraph.add_run(part)
        run.bold = bold
        if size:
            run.font.size = Pt(size)
        if own and part.startswith("["):
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
