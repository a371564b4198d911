"""Parts of an LEA's page that are written a hundred thousand times for a state.

Python joins them, not a template, and each distinct text is escaped once. Everything from a table goes through
``safe``.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from markupsafe import Markup, escape

from reports.book import Book
from reports.findings import GRID, Cell, GroupLine, Verdict
from reports.lea_records import LocalIndicator
from transforms.wording.labels import GLOSSARY, STATUS, priorities
from transforms.wording.sentences import joined
from transforms.wording.sentences.lcap import PRIORITIES

TEXTS = 50_000  # cached distinct texts after escaping
PARTS = 5_000  # cached whole parts


@lru_cache(TEXTS)
def safe(text: str) -> str:
    """Escape a text for HTML elements and attributes."""
    return str(escape(text))


def _lines(parts: Iterable[str]) -> Markup:
    return Markup("\n".join(parts))  # noqa: S704  (what is not written in this module went through safe)


@lru_cache
def status(code: str) -> str:
    """Return a status as sign and words (like the macro ``status`` of parts.html)."""
    sign, words = STATUS[code]
    return f'<span class="st {safe(code)}"><span aria-hidden="true">{safe(sign)}</span> {safe(words)}</span>'


@lru_cache
def term(root: str, key: str, text: str) -> Markup:
    """Return a word with its glossary explanation (like the macro ``term`` of parts.html)."""
    return _lines(
        [f'<a class="term" href="{root}glossary.html#{key}" title="{safe(GLOSSARY[key].meaning)}">{safe(text)}</a>']
    )


def cards(verdicts: Iterable[Verdict], mark: str) -> Markup:
    """Return a card for each verdict. ``mark``: the attribute with its code."""
    return _lines(_card(v, mark) for v in verdicts)


def _card(v: Verdict, mark: str) -> str:
    age = f' <small class="age">{safe(v.age)}</small>' if v.age else ""
    notes = "".join(f'<p class="note-line">{safe(note)}</p>\n' for note in v.notes)
    return (
        f'<div class="verdict {safe(v.status)}" data-{mark}="{safe(v.code)}">\n'
        f"<h3>{status(v.status)}{age} {safe(v.title)} <small>{safe(v.statute)}</small></h3>\n"
        f'<p class="reason">{safe(v.reason)}</p>\n{notes}</div>'
    )


def unsaid(verdicts: Iterable[Verdict]) -> Markup:
    """Return pathways with nothing more to say than their status, folded, by status."""
    ordered = sorted(verdicts, key=lambda v: v.status)
    return _lines([_unsaid(tuple((v.status, v.code, v.title, v.statute, v.reason) for v in ordered))])


@lru_cache(PARTS)
def _unsaid(verdicts: tuple[tuple[str, str, str, str, str], ...]) -> str:
    """Cached, because most LEAs have the same pathways."""
    parts = []
    for found, same in groupby(verdicts, lambda v: v[0]):
        group = list(same)
        lines = "".join(
            f'<li data-pathway="{safe(code)}">{status(found)} <b>{safe(title)}</b> <small>{safe(statute)}</small>'
            f' <span class="reason">{safe(reason)}</span></li>\n'
            for _, code, title, statute, reason in group
        )
        titles = safe(joined([title for _, _, title, _, _ in group]))
        parts.append(
            f'<details class="unsaid">\n<summary>{status(found)} {titles}</summary>\n'
            f'<ul class="others">\n{lines}</ul>\n</details>'
        )
    return "\n".join(parts)


def grid_rows(book: Book, lines: Iterable[GroupLine], dashboards: Sequence[int], window: Collection[int]) -> Markup:
    """Return a row for each student group, with a cell for each Dashboard. Those in ``window`` count."""
    return _lines(_grid_row(book, line, dashboards, window) for line in lines)


def _grid_row(book: Book, line: GroupLine, dashboards: Sequence[int], window: Collection[int]) -> str:
    never = "" if line.ever else ' class="never"'
    head = _group_head(line.code, line.name, book.groups_in_text[line.code])
    cells = "".join(_grid_cell(book, line.cells.get(y), line.state(y), y, y in window) for y in dashboards)
    counts = " <b>counts</b>" if line.counts else ""
    return f'<tr data-group="{safe(line.code)}"{never}>{head}\n{cells}<td class="total">{line.total}{counts}</td></tr>'


@lru_cache
def _group_head(code: str, name: str, in_text: str) -> str:
    return f'<th scope="row">{safe(name)} <small title="CDE\'s code for {safe(in_text)}">{safe(code)}</small></th>'


def _grid_cell(book: Book, cell: Cell | None, state: str, year: int, counts: bool) -> str:
    if state == "met" and cell:
        meaning = f"state priorities {priorities(book.letters[cell.sign])}" if cell.sign in book.letters else ""
        title = f' title="{safe(meaning)}"' if meaning else ""
        shown = f'<b class="letter"{title}>{safe(cell.sign)}</b>'
    elif state == "unknown":
        shown = f"<b>?</b> <small>{GRID[state][1]}</small>"
    else:
        shown = f'<span class="quiet">{GRID[state][1]}</span>'
    classes = " ".join(["yes"] * (state == "met") + ["counts"] * counts)
    looks = f' class="{classes}"' if classes else ""
    detail = cell.detail if cell else ""
    more = (_causes(cell) if cell else "") + (f" <small>{safe(detail)}</small>" if detail else "")
    return f'<td data-year="{year}"{looks}>{shown}{more}</td>\n'


def _causes(cell: Cell) -> str:
    """Return indicators that met the criteria, grouped by color or level."""
    if not cell.causes:
        return ""
    ordered = sorted(cell.causes, key=lambda r: r.chip)
    return "".join(
        f' <span class="chip {safe(look)}"><i>{safe(label)}</i> {safe(", ".join(r.short for r in same))}</span>'
        for (look, label), same in groupby(ordered, lambda r: r.chip)
    )


def history_rows(history: Mapping[str, Any]) -> Markup:
    """Return a row for each year: every kind of assistance, then every pathway that was ever assessed."""
    columns = [("determination", code) for code in history["kinds"]] + [("pathway", c) for c in history["pathways"]]
    found: Mapping[tuple[str, int], Verdict] = history["found"]
    return _lines(
        f'<tr data-year="{year}"><th scope="row"><a href="#{year}">{year}</a></th>\n'
        + "".join(_history_cell(mark, code, found.get((code, year))) for mark, code in columns)
        + "</tr>"
        for year in history["years"]
    )


def _history_cell(mark: str, code: str, v: Verdict | None) -> str:
    cde_value = f" <small>CDE: {safe(v.cde_value)}</small>" if v and v.cde_value else ""
    return f'<td data-{mark}="{safe(code)}">{status(v.status) if v else "–"}{cde_value}</td>\n'


def local_rows(local: Mapping[int, Sequence[LocalIndicator]]) -> Markup:
    """Return a line for each Dashboard with the reported local indicators. The last line is the present one."""
    past = [' class="past"'] * (len(local) - 1) + [""]
    return _lines(
        f'<li data-local="{year}"{look}>Local indicators {year}:'
        f" {_local(tuple((r.priority, r.performance) for r in rows))}.</li>"
        for look, (year, rows) in zip(past, local.items(), strict=False)
    )


@lru_cache(PARTS)
def _local(rows: tuple[tuple[int, str | None], ...]) -> str:
    return "; ".join(
        f'<span data-priority="{p}">{safe(PRIORITIES[p])} (priority {p}): {safe(performance or "blank")}</span>'
        for p, performance in rows
    )
