"""Rows of a query in a terminal: every value is complete, whatever the terminal's width."""

from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console

from flows.cli.rows import show_rows

COLUMNS = ["county", "lea_name", "cds", "pathway", "reason", "open_question"]
ROWS = [
    ("Plumas", "Plumas Unified", "32669690000000", "Wraparound", "It is not known whether it is drawn. " * 4, ""),
    ("Solano", "Vallejo City 日本", "48705810000000", "Wraparound", "It was repaid. " * 9, "CCEE confirms it. " * 9),
]


@pytest.mark.parametrize("width", range(40, 140))
def test_no_word_is_broken_or_lost_at_any_width(width: int) -> None:
    console = Console(width=width, file=StringIO(), color_system=None)
    show_rows(console, COLUMNS, ROWS, len(ROWS))
    said = console.file.getvalue()  # type: ignore[attr-defined]
    assert max(map(cell_len, said.splitlines())) <= width
    words = said.split()
    for text in (*COLUMNS, *(value for row in ROWS for value in row)):
        assert [word for word in text.split() if words.count(word) < text.split().count(word)] == []


def test_a_name_is_not_wrapped_to_make_room_for_a_sentence() -> None:
    console = Console(width=80, file=StringIO(), color_system=None)
    show_rows(console, ["lea_name", "reason"], [("Vallejo City Unified", "It is so, and more. " * 20)], 1)
    assert "Vallejo City Unified" in console.file.getvalue()  # type: ignore[attr-defined]


def test_rows_become_blocks_when_a_sentence_column_is_narrow() -> None:
    console = Console(width=80, file=StringIO(), color_system=None)
    show_rows(console, COLUMNS, [(*row[:4], row[4] * 3, row[5]) for row in ROWS], len(ROWS))
    said = console.file.getvalue()  # type: ignore[attr-defined]
    assert said.startswith("Row 1")
    assert len(said.splitlines()) < 40
