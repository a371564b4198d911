"""The contents of an LEA's printed page, as plain data. The template does the layout and adds no words about the LEA.

One Typst compiler makes all PDF pages. They are tagged (PDF/UA), have the same bytes for the same release, and
never treat text of the data as markup.
"""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from operator import attrgetter
from pathlib import Path
from typing import Any, cast

import typst

from reports.book import Book
from reports.figures import COLORS
from reports.findings import LEGEND, Cell, GroupLine, Result, Verdict
from reports.lea import LeaReport
from reports.published import Row, grouped
from transforms.wording.labels import DESIGNATION, LEA_KINDS, STATUS_ONLY

FOLDER = Path(__file__).parent
FILLS = json.dumps([{"fill": fill, "ink": ink} for fill, ink in COLORS.values()])


class Printer:
    """Make PDF files of a release. Keep one printer for many pages, because it loads the fonts once.

    ``as_of`` is the date stamped on the files.
    """

    def __init__(self, as_of: date) -> None:
        self._compiler = typst.Compiler(str(FOLDER / "pages.typ"), root=str(FOLDER), ignore_system_fonts=True)
        self._timestamp = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC)

    def print(self, facts: dict[str, Any]) -> bytes:
        """Return the PDF of these facts (see ``facts_of``)."""
        inputs = {"data": json.dumps(facts, ensure_ascii=False), "colors": FILLS}
        return cast(
            bytes,
            self._compiler.compile(format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"], timestamp=self._timestamp),
        )


def lea_sheet(book: Book, e: LeaReport) -> Row:
    """Return words and figures of one LEA and determination year, in print order."""
    unsaid = [(status, [v for v in e.unsaid if v.status == status]) for status in STATUS_ONLY]
    return {
        "name": e.lea.name,
        "about": f"{LEA_KINDS[e.lea.lea_type]} · {e.lea.county} County · CDS {e.lea.cds}",
        "identity": e.identity,
        "year": e.year,
        "release": e.release_id,
        "as_of": book.release["as_of"].isoformat(),
        "years": _years(e),
        "verdicts": [_verdict(v) for v in e.said],
        "unsaid": [
            {"status": s, "sign": v[0].sign, "label": v[0].label, "names": [x.title for x in v]} for s, v in unsaid if v
        ],
        "assistance": [_verdict(a) for a in e.assistance],
        "window": e.window,
        "groups": [_group(g) for g in e.in_question],
        "remarks": e.remarks,
        "legend": LEGEND,
        "results": _results(book, e),
        "loans": [
            {"event": x.description, "date": x.day, "confidence": x.confidence, "source": x.source_url}
            for x in e.loan_events
        ],
        "cases": [
            {
                "pathway": c.name,
                "case": c.case_id,
                "state": c.case_state,
                "since": str(c.known_from),
                "evidence": c.evidence,
            }
            for c in e.cases
        ],
        "watched": [{"sentence": w.short_sentence, "standing": w.standing} for w in e.watched],
        "excerpts": e.excerpts,
        "sources": [{"file": s.name, "sha256": s.sha256[:16], "first_seen": s.first_seen or ""} for s in e.sources],
        "disclaimer": DESIGNATION,
    }


def _years(e: LeaReport) -> list[Row]:
    """Return the findings of the other determination years, latest first: pathways and assistance."""
    others = (v for v in [*e.all_verdicts, *e.all_assistance] if v.determination_year != e.year and v.has_details)
    found = grouped(others, attrgetter("determination_year"))
    return [
        {"year": year, "found": [f"{v.sign} {v.title}: {v.label}" for v in found[year]]}
        for year in sorted(found, reverse=True)
    ]


def _verdict(v: Verdict) -> Row:
    """Return status in words, statute, reason, and CDE's value."""
    return {
        "status": v.status,
        "sign": v.sign,
        "label": v.label,
        "name": v.title,
        "statute": v.statute,
        "reason": v.reason,
        "notes": v.notes,
    }


def _group(g: GroupLine) -> Row:
    cells = [_cell(g.cells.get(year), g.sign(year)) for year in g.window]
    return {"code": g.code, "name": g.name, "cells": cells, "total": g.total, "counts": g.counts}


def _cell(cell: Cell | None, sign: str) -> Row:
    causes = cell.causes if cell and cell.state == "met" else []
    shown = [{"text": f"{c.short} {c.word}", "value": c.value, "color": c.colored} for c in causes]
    return {
        "sign": sign,
        "note": cell.detail if cell else "",
        "causes": shown,
        "met": cell is not None and cell.state == "met",
    }


def _results(book: Book, e: LeaReport) -> Row:
    """Return student groups x indicators of the determination's own Dashboard, if indicator rows are loaded."""
    lines = {
        group: {i: r for i, r in line.items() if r.finding == "result"}
        for group, line in e.results.get(e.year, {}).items()
    }
    shown = sorted({i for line in lines.values() for i in line}, key=lambda i: book.indicators[i]["position"])
    return {
        "year": e.year,
        "indicators": [book.indicators[i]["short_name"] for i in shown],
        "lower_is_better": [book.indicators[i]["name"] for i in shown if book.indicators[i]["better"] == "down"],
        "rows": [{"code": g, "cells": [_result(line.get(i)) for i in shown]} for g, line in lines.items() if line],
    }


def _result(r: Result | None) -> Row | None:
    """Return one indicator cell: level in words, result, change, its meaning, size, and whether it met a criterion."""
    if r is None:
        return None
    return {
        "word": r.word,
        "color": r.colored,
        "value": r.value,
        "change": r.changed,
        "students": r.students,
        "met": r.met,
    }


def facts_of(sheets: Sequence[Row], title: str) -> dict[str, Any]:
    """Return the data for a template."""
    return {"title": title, "leas": list(sheets)}
