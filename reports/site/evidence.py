"""The indicator evidence of one LEA: a table per Dashboard year, student groups down and indicators across."""

from dataclasses import dataclass, field

from reports.numbers import amount, students
from reports.published import Row
from reports.site.book import Book
from reports.site.figures import ORDER, change_words, place
from reports.site.lea_facts import LeaFacts


@dataclass(frozen=True)
class Cell:
    """One student group, indicator and year, ready to print. ``look`` is c1 to c5 for a color, s1 to s5 for a status level, else none or unknown."""

    look: str
    word: str
    value: str
    arrow: str
    meaning: str
    students: str
    state: str
    met: bool


@dataclass
class Matrix:
    """The evidence of one Dashboard year."""

    year: int
    indicators: list[str]
    lines: dict[str, dict[str, Cell]]
    sources: set[str] = field(default_factory=set)


def matrices(
    book: Book,
    facts: LeaFacts,
    window: list[int],
    causes: dict[tuple[int, str, str], Row],
    state: dict[tuple[int, str, str], float],
) -> list[Matrix]:
    """One matrix per Dashboard of the window that has indicator rows, latest first. All students stand first: a yardstick, not a group that is judged."""
    by_year: dict[int, list[Row]] = {}
    for row in facts["results"]:
        if row["current_status"] is not None or row["finding"] == "unknown":
            by_year.setdefault(row["dashboard_year"], []).append(row)
    made = []
    for year in sorted(set(window) & by_year.keys(), reverse=True):
        found = by_year[year]
        lines: dict[str, dict[str, Cell]] = {}
        for row in sorted(found, key=lambda r: place(r["student_group"], ("ALL", *ORDER))):
            key = (year, row["student_group"], row["indicator"])
            lines.setdefault(row["student_group"], {})[row["indicator"]] = _cell(
                book, row, key in causes, state.get((year, row["indicator"], row["student_group"]))
            )
        indicators = sorted({r["indicator"] for r in found}, key=lambda i: book.indicators[i]["position"])
        made.append(Matrix(year, indicators, lines, {r["source_id"] for r in found if r["source_id"]}))
    return made


def _cell(book: Book, row: Row, met: bool, state: float | None) -> Cell:
    indicator = book.indicators[row["indicator"]]
    look, word = _look(book, row)
    arrow, meaning = ("not compared:", "on another scale") if row["other_scale"] else change_words(row["change"], row["change_level"])
    return Cell(
        look=look,
        word=word,
        value=amount(row["current_status"], indicator["unit"]),
        arrow=arrow,
        meaning=meaning,
        students=students(row["current_denominator"]),
        state=amount(state, indicator["unit"]),
        met=met,
    )


def _look(book: Book, row: Row) -> tuple[str, str]:
    """Class and word. A level counts only where the size test is met; rows that no rule judges show their color only."""
    if row["finding"] == "unknown":
        return "unknown", "cannot be known"
    if row["finding"] == "no_result":
        return "none", "too few"
    if row["finding"] == "result":
        label = book.labels[row["measure"], row["indicator"], row["level"]]
        return f"{'c' if row['measure'] == 'color' else 's'}{row['level']}", label
    if row["color"]:
        return f"c{row['color']}", book.labels["color", row["indicator"], row["color"]]
    return "none", ""
