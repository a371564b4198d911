"""Data that a script (lea.js) draws in the page of an LEA.

These are the sources and, for years that are not in force, evidence, student groups and unsaid pathways.
The page has codes and figures. Names, hashes and the state's values are in one file for all pages.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

import duckdb
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from reports.book import Book
from reports.figures import amount
from reports.findings import GroupLine, Result, Verdict
from reports.published import names_and_rows
from reports.site.pages import Pages
from transforms.wording.labels import STATUS, STATUS_ONLY

Words = dict[tuple[str, str], int]
STATE = """
    select dashboard_year, indicator, student_group, current_status from indicator_results
    where record_type = 'X' and current_status is not null
"""


Unsaid = tuple[str, ...]  # status, code, name, statute and reason of a pathway with nothing more to say
PATHWAYS = """
    select distinct e.status, e.pathway, p.name, e.statute, e.reason from eligibility e join pathways p using (pathway)
    where list_contains($unsaid, e.status) order by all
"""


@dataclass(frozen=True)
class Dashboard:
    """The table of one Dashboard: codes of its indicators, and a row for each student group."""

    year: int
    columns: list[str]
    rows: Markup


@dataclass(frozen=True)
class Evidence:
    """Tables of one LEA, latest first. ``words``: the distinct looks and words of cells, to which cells refer."""

    dashboards: list[Dashboard]
    words: Markup


def state_values(connection: duckdb.DuckDBPyConnection, book: Book) -> dict[int, dict[str, dict[str, str]]]:
    """Return the state's status in words, by Dashboard, indicator and student group; empty if it is not loaded."""
    state: dict[int, dict[str, dict[str, str]]] = {}
    for year, indicator, group, value in connection.execute(STATE).fetchall():
        state.setdefault(year, {}).setdefault(indicator, {})[group] = amount(value, book.indicators[indicator]["unit"])
    return state


def unsaid_pathways(connection: duckdb.DuckDBPyConnection) -> dict[str, Unsaid]:
    """Return the distinct lines of pathways with nothing more to say than their status, by key.

    The LEAs of a state have a few dozen such lines.
    """
    return {_key(line): line for line in names_and_rows(connection, PATHWAYS, unsaid=list(STATUS_ONLY))[1]}


@lru_cache
def _key(line: Unsaid) -> str:
    """Return a key that depends on the line alone, so that a page stays the same if other lines change."""
    return sha256("\n".join(line).encode()).hexdigest()[:8]


def write_known(connection: duckdb.DuckDBPyConnection, pages: Pages) -> None:
    """Write ``assets/known.js``: the data that all pages of LEAs share."""
    known = {
        "indicators": {
            code: [i["short_name"], i["name"], "▼ is better" if i["better"] == "down" else ""]
            for code, i in pages.book.indicators.items()
        },
        "groups": pages.book.groups,
        "state": state_values(connection, pages.book),
        "statuses": {code: STATUS[code] for code in STATUS_ONLY},
        "unsaid": unsaid_pathways(connection),
        "sources": [
            [s, f["file"], f["sha256"], str(f["first_seen"] or ""), bool(f.get("excerpt"))]
            for s, f in pages.book.sources.items()
        ],
    }
    path = pages.folder / "assets" / "known.js"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"window.dtaKnown = {json.dumps(known, separators=(',', ':'))};\n", "ascii")


def evidence_of(book: Book, results: Mapping[int, dict[str, dict[str, Result]]]) -> Evidence:
    """Return the tables of results by Dashboard, student group and indicator."""
    words: Words = {}
    dashboards = []
    for year, lines in results.items():
        known = {i for line in lines.values() for i in line}
        columns = [i for i in book.indicators if i in known]
        rows = [[group, *(_cell(line.get(i), words) for i in columns)] for group, line in lines.items()]
        dashboards.append(Dashboard(year, columns, attribute(rows)))
    return Evidence(dashboards, attribute(list(words)))


def _cell(c: Result | None, words: Words) -> list[object] | int:
    """Pack a result: number of its look and word, value, change, students, and 1 if it met a criterion.

    Empty values at the end are left out. 0 means no result.
    """
    if c is None:
        return 0
    cell: list[object] = [words.setdefault((c.look, c.word), len(words)), c.value, c.changed, c.students, int(c.met)]
    while not cell[-1] and len(cell) > 1:
        cell.pop()
    return cell


def lines_of(lines: Iterable[GroupLine]) -> Markup:
    """Return the student groups of a year that is not in force: total, whether it counts, and whether it ever met.

    Their cells are those of the newest year's table.
    """
    return attribute([[line.code, line.total, int(line.counts), int(line.ever)] for line in lines])


def unsaid_of(verdicts: Iterable[Verdict]) -> str:
    """Return the keys of the lines of pathways of a year that is not in force, by status."""
    ordered = sorted(verdicts, key=lambda v: v.status)
    return " ".join(_key((v.status, v.code, v.title, v.statute, v.reason)) for v in ordered)


def sources_of(book: Book, years: Mapping[str, Sequence[int]]) -> Markup:
    """Return the determination years that use each source, with the positions of its sources in the list of all."""
    found: dict[str, list[int]] = {}
    for place, source_id in enumerate(book.sources):
        if source_id in years:
            found.setdefault(" ".join(map(str, years[source_id])), []).append(place)
    return attribute(found)


def attribute(value: object) -> Markup:
    """Return data as JSON for an attribute in single quotes, without any such quote, ``&`` or bracket."""
    return htmlsafe_json_dumps(value, ensure_ascii=False, separators=(",", ":"))
