"""Evidence of an LEA, which a script draws (evidence.js): rows as data in its page, names and the state's values in one
file for all pages.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from reports.book import Book
from reports.findings import Result
from reports.numbers import amount
from reports.site.pages import Pages

Words = dict[tuple[str, str], int]
STATE = """
    select dashboard_year, indicator, student_group, current_status from indicator_results
    where record_type = 'X' and current_status is not null
"""


@dataclass(frozen=True)
class Dashboard:
    """The table of one Dashboard: codes of its indicators, and a row for each student group."""

    year: int
    columns: list[str]
    rows: Markup


@dataclass(frozen=True)
class Evidence:
    """Tables of one LEA, the latest first; ``words``: looks of cells with their words, to which cells refer."""

    dashboards: list[Dashboard]
    words: Markup


def write_names(connection: duckdb.DuckDBPyConnection, pages: Pages) -> bool:
    """Write ``assets/indicators.js``, and say whether the values of the whole state are known."""
    state: dict[int, dict[str, dict[str, str]]] = {}
    for year, indicator, group, value in connection.execute(STATE).fetchall():
        text = amount(value, pages.book.indicators[indicator]["unit"])
        state.setdefault(year, {}).setdefault(indicator, {})[group] = text
    known = {
        "indicators": {
            code: [i["short_name"], i["name"], "▼ is better" if i["better"] == "down" else ""]
            for code, i in pages.book.indicators.items()
        },
        "groups": pages.book.groups,
        "state": state,
    }
    (pages.folder / "assets" / "indicators.js").write_text(
        f"window.dtaIndicators = {json.dumps(known, separators=(',', ':'))};\n", "ascii"
    )
    return bool(state)


def evidence_of(book: Book, results: Mapping[int, dict[str, dict[str, Result]]]) -> Evidence:
    """The tables of results by Dashboard, student group and indicator."""
    words: Words = {}
    dashboards = []
    for year, lines in results.items():
        known = {i for line in lines.values() for i in line}
        columns = [i for i in book.indicators if i in known]
        rows = [[group, *(_cell(line.get(i), words) for i in columns)] for group, line in lines.items()]
        dashboards.append(Dashboard(year, columns, attribute(rows)))
    return Evidence(dashboards, attribute(list(words)))


def _cell(c: Result | None, words: Words) -> list[object] | int:
    """Number of its look and word, value, change, students, and 1 if it met a criterion, without what is empty at the
    end; 0 where there is no result.
    """
    if c is None:
        return 0
    cell: list[object] = [words.setdefault((c.look, c.word), len(words)), c.value, c.changed, c.students, int(c.met)]
    while not cell[-1] and len(cell) > 1:
        cell.pop()
    return cell


def attribute(value: object) -> Markup:
    """Data as JSON for an attribute in single quotes: no quote of that kind, ``&`` or bracket is left in it."""
    return htmlsafe_json_dumps(value, ensure_ascii=False, separators=(",", ":"))
