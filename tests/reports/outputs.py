"""The content of page, print, letter and terminal about an LEA, read from the finished output in a comparable form."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import docx
import typst
from lxml import html
from rich.console import Console

from flows.cli.tables import show_report
from reports.book import Book
from reports.lea import LeaReport
from reports.printed.letter import write_letter
from reports.printed.sheet import FILLS, FOLDER, facts_of, lea_sheet
from tests.site.page import Page, text_of

SHORT = {
    "ELA": "ela",
    "Math": "math",
    "ELPI": "elpi",
    "Chronic": "chronic",
    "Susp.": "susp",
    "Grad.": "grad",
    "CCI": "cci",
    "Science": "science",
}
SIGNS = {"·": "not met", "–": "no result", "?": "not determined", "n/a": "no such group"}
LETTER = re.compile(r"([A-K●])(?:\s|$)")
Cause = tuple[str, str, str]  # indicator, word, value


@dataclass
class OutputContent:
    """One output: status lines with their texts; cells of student groups; sources; loan events; results of the year."""

    # Status, name and statute without blanks -> reason and notes.
    verdicts: dict[str, str] = field(default_factory=dict)
    unsaid: dict[str, set[str]] = field(default_factory=dict)  # status -> names
    # Letter or words; text next to it; causes.
    cells: dict[tuple[str, int], tuple[str, str, frozenset[Cause]]] = field(default_factory=dict)
    totals: dict[str, str] = field(default_factory=dict)
    sources: list[tuple[str, str, str]] = field(default_factory=list)
    loans: list[tuple[str, str]] = field(default_factory=list)
    results: dict[tuple[str, str], tuple[str, str, str]] = field(default_factory=dict)
    text: str = ""


def without_spaces(text: str) -> str:
    """Return a text without blanks and brackets, which outputs place according to their space."""
    return re.sub(r"[\s()]", "", text)


def plain(text: str) -> str:
    return " ".join(text.split())


def shown(found: str, beside: str, causes: list[Cause]) -> tuple[str, str, frozenset[Cause]]:
    return SIGNS.get(found, found), plain(beside), frozenset(causes)


def indicators(text: str) -> list[str]:
    return [SHORT[name] for name in text.split(", ")]


def of_page(path: Path, window: list[int], year: int) -> OutputContent:
    page, said = Page(path).of_year(year), OutputContent()
    said.text = text_of(page.tree)
    for part in page.find("//div[contains(@class, 'verdicts')]/div"):
        heading = text_of(part.xpath("./h3")[0]).lstrip("●○?–· ")
        said.verdicts[without_spaces(heading)] = " ".join(map(text_of, part.xpath("./p")))
    for item in page.find("//ul[@class='others']/li"):
        label = text_of(item.xpath("./span")[0]).lstrip("●○?–· ")
        said.unsaid.setdefault(label, set()).add(text_of(item.xpath("./b")[0]))
    for row in page.find("//table[@id='groups']/tbody/tr"):
        (group,) = row.xpath("./@data-group")
        said.totals[group] = text_of(row.xpath("./td[@class='total']")[0])
        for cell in row.xpath("./td[@data-year]"):
            on = int(cell.get("data-year"))
            if on in window:
                said.cells[group, on] = _page_cell(page, cell, group, on)
    for item in page.find(f"//li[@data-source][contains(@data-years, '{year}')]"):
        file, seen = text_of(item.xpath("./a")[0]), text_of(item.xpath("./span")[0])
        said.sources.append(
            (file + " (excerpt)" * ("(excerpt)" in item.text_content()), item.xpath("./code/@title")[0][:12], seen)
        )
    for item in page.find("//li[@data-event]"):
        words = plain(item.xpath("./b")[0].tail or "")
        said.loans.append((text_of(item.xpath("./b")[0]), re.sub(r", \$[\d,]+$", "", words)))
    for cell in page.find(f"//table[@class='evidence'][@data-year='{year}']//td[@data-i]"):
        words = text_of(cell.xpath("./b")[0]).removeprefix("◆ ") if cell.xpath("./b") else ""
        changed = text_of(cell.xpath("./i")[0]) if cell.xpath("./i") else ""
        group = cell.getparent().get("data-group")
        if group != "ALL" and words and words not in ("too few students", "no color", "no status", "not determined"):
            said.results[group, cell.get("data-i")] = (words, text_of(cell.xpath("./span")[0]), changed)
    return said


def _page_cell(page: Page, cell: html.HtmlElement, group: str, year: int) -> tuple[str, str, frozenset[Cause]]:
    causes = []
    for chip in cell.xpath("./span[contains(@class, 'chip')]"):
        word = text_of(chip.xpath("./i")[0])
        for indicator in indicators(text_of(chip)[len(word) + 1 :]):
            value = page.find(
                f"//table[@class='evidence'][@data-year='{year}']//tr[@data-group='{group}']/td[@data-i='{indicator}']/span"
            )
            causes.append((indicator, word, text_of(value[0])))
    found = cell.xpath("./b") + cell.xpath("./span[@class='quiet']")
    small = " ".join(map(text_of, cell.xpath("./small")))
    sign = text_of(found[0]) if found else ""
    return shown(
        sign, small.removeprefix("not determined") if sign == "?" else small, causes if LETTER.match(sign) else []
    )


def printed(facts: dict[str, object]) -> html.HtmlElement:
    """Return the content of the printed pages, in the layout of their template."""
    inputs = {"data": json.dumps(facts), "colors": FILLS}
    made = typst.Compiler(str(FOLDER / "pages.typ"), root=str(FOLDER), ignore_system_fonts=True, sys_inputs=inputs)
    return html.fromstring(made.compile(format="html").decode())


def of_print(book: Book, e: LeaReport) -> OutputContent:
    tree, said = printed(facts_of([lea_sheet(book, e)], "x")), OutputContent()
    said.text = text_of(tree)
    for part in tree.xpath("//body/div"):
        first, *rest = _lines(part)
        if rest and first[0] in "●○?–·":
            said.verdicts[without_spaces(first.lstrip("●○?–· "))] = " ".join(rest)
        elif ": " in first and first[0] in "–·":
            label, names = first[2:].split(": ", 1)
            said.unsaid[label] = set(names.split(", "))
    for table in tree.xpath("//table"):
        heads = [text_of(h) for h in table.xpath(".//th")]
        rows = [row.xpath("./td") for row in table.xpath(".//tbody/tr")]
        if heads[-1] == "Years":
            for group, *cells, total in rows:
                code = _lines(group)[0]
                said.totals[code] = " ".join(_lines(total))
                said.cells |= {(code, int(y)): _print_cell(c) for y, c in zip(heads[1:-1], cells, strict=True)}
        elif heads[0] == "Event":
            said.loans += [(text_of(row[1]), text_of(row[0])) for row in rows]
        elif heads[0] == "Group":
            said.results |= _print_results(heads, rows)
    said.sources = re.findall(
        r"(\S+\.\w+(?: \(excerpt\))?)\s+([0-9a-f]{12})[0-9a-f]{4}\s+([\d-]{10})", said.text.partition(" Sources ")[2]
    )
    return said


def _print_results(heads: list[str], rows: list[list[html.HtmlElement]]) -> dict[tuple[str, str], tuple[str, str, str]]:
    found = {}
    for group, *cells in rows:
        for name, cell in zip(heads[1:], cells, strict=True):
            if text_of(cell) != "–":
                word, value, changed = [*_lines(cell), "", ""][:3]
                found[text_of(group), SHORT[name]] = (word.removeprefix("◆ "), value, changed)
    return found


def _lines(element: html.HtmlElement) -> list[str]:
    """Return texts between line breaks."""
    marked = html.fromstring(re.sub(r"<br/?>", "\n", html.tostring(element, encoding="unicode")))
    return [plain(line) for line in "".join(marked.itertext()).split("\n") if line.strip()] or [""]


def _print_cell(cell: html.HtmlElement) -> tuple[str, str, frozenset[Cause]]:
    causes = []
    for chip in cell.xpath(".//span[contains(@style, 'inline-block')]"):
        name, word = text_of(chip).split(" ", 1)
        causes.append((SHORT[name], word, plain(chip.tail or "")))
        chip.tail = None
        chip.drop_tree()
    return _sign_and_note(plain("".join(cell.itertext())), causes)


def _sign_and_note(text: str, causes: list[Cause]) -> tuple[str, str, frozenset[Cause]]:
    """Return a letter or sign, and the note after it."""
    for sign in ("n/a", "not loaded", "not listed under this code", *"·–?"):
        if text.startswith(sign):
            return shown(sign, text[len(sign) :], causes)
    return shown(text[:1], text[1:], causes)


def of_terminal(e: LeaReport) -> OutputContent:
    console = Console(width=500, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    show_report(console, e, True)
    said = OutputContent(text=console.export_text())
    console.file.close()
    heading = table = ""
    for line in said.text.splitlines():
        if line.startswith("   ") and heading:
            said.verdicts[heading] = f"{said.verdicts[heading]} {line.strip()}".strip()
            continue
        parts = re.split(r"\s{2,}", line.strip())
        heading = ""
        if line[:1] in tuple("●○?–·") and len(parts) == 3:
            heading = without_spaces(line[2:])
            said.verdicts[heading] = ""
        elif line[:2] in ("– ", "· "):
            said.unsaid[parts[0][2:]] = set(parts[1].split(", "))
        elif line.startswith("┃"):
            heads = [h.strip() for h in line.strip("┃ ").split("┃")]
        elif line.startswith("│"):
            table = heads[0]
            cells = [c.strip() for c in line.strip()[1:-1].split("│")]
            if table == "Group":
                _terminal_group(said, heads, cells)
            elif table == "Event":
                said.loans.append((cells[1], cells[0]))
            elif table == "File":
                said.sources.append((cells[0], cells[1][:12], cells[2]))
    said.cells = {k: (*_sign_and_note(v[0], [])[:2], v[2]) for k, v in said.cells.items()}
    return said


def _terminal_group(said: OutputContent, heads: list[str], cells: list[str]) -> None:
    """Read a line of the grid: the first line of a group, or causes below it."""
    if cells[0]:
        said.totals[cells[0].split()[-1]] = cells[-1].replace("●", "counts")
    group = list(said.totals)[-1]
    for year, text in zip(map(int, heads[1:-1]), cells[1:-1], strict=True):
        if cells[0]:
            said.cells[group, year] = (text, "", frozenset())
        elif text:
            name, rest = text.split(" ", 1)
            word, value = rest.rsplit(" ", 1)
            sign, note, causes = said.cells[group, year]
            said.cells[group, year] = (sign, note, causes | {(SHORT[name], word, value)})


def of_letter(book: Book, e: LeaReport, kind: str, path: Path) -> OutputContent:
    write_letter(path, book, e, kind)
    document, said = docx.Document(str(path)), OutputContent()
    for paragraph in document.paragraphs:
        bold = "".join(run.text for run in paragraph.runs if run.bold)
        if found := re.fullmatch(r"(.+) \(((?:EC|Education)[^:]*)\): (.+)\. ", bold):
            said.verdicts[without_spaces(found[3] + found[1] + found[2])] = plain(paragraph.text[len(bold) :])
    tables = {t.rows[0].cells[0].text: [[c.text for c in row.cells] for row in t.rows[1:]] for t in document.tables}
    for name, year, sign, _, results, _ in tables.get("Student group", []):
        if year:
            causes = re.findall(r"^(\S+): (.+), (\S+) \([\d,]+ students\)$", results, re.MULTILINE)
            said.cells[name.rpartition("(")[2][:-1], int(year)] = shown(
                sign, "", [(SHORT[i], word, value) for i, word, value in causes]
            )
    said.loans = [(date, event) for date, event, *_ in tables.get("Date as sourced", [])]
    said.sources = [(file, digest[:12], seen) for file, digest, seen in tables.get("File", [])]
    said.text = "\n".join(
        [*(p.text for p in document.paragraphs), *(c for rows in tables.values() for row in rows for c in row)]
    )
    return said
