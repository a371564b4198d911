"""PDF pages through one Typst compiler: tagged (PDF/UA), same bytes for the same release, text of the data never read
as markup.
"""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import typst

from reports.figures import COLORS

FOLDER = Path(__file__).parent
FILLS = json.dumps([{"fill": fill, "ink": ink} for fill, ink in COLORS.values()])


class Printer:
    """Makes PDF files of a release; keep one for many pages, since fonts are loaded once.

    ``as_of`` is the day that the files are stamped with.
    """

    def __init__(self, as_of: date) -> None:
        self._compiler = typst.Compiler(str(FOLDER / "pages.typ"), root=str(FOLDER), ignore_system_fonts=True)
        self._timestamp = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC)

    def print(self, facts: dict[str, Any]) -> bytes:
        """The PDF of these facts (see sheet.py)."""
        inputs = {"data": json.dumps(facts, ensure_ascii=False), "colors": FILLS}
        return cast(
            bytes,
            self._compiler.compile(format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"], timestamp=self._timestamp),
        )
