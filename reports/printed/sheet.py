"""What the printed page of one LEA says, as plain data: the template lays it out and adds no words about the LEA."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from reports.colors import direction, level_color, level_word
from reports.explain import Explanation, identity_lines
from reports.numbers import amount, students
from reports.published import Row
from transforms.words import (
    ASSISTANCE,
    DESIGNATION,
    LEA_KINDS,
    LOAN_EVENTS,
    NOT_LISTED,
    STATUS,
    UNSAID,
    agreement,
    capitalized,
    ccee_determination,
    in_words,
    source_age,
)

LEGEND = (
    "A letter stands for two or more state priorities whose criteria the group met (A to K, as CDE's); below it the indicators that caused it, with their "
    "results. “·”: met no or one priority. “–”: no result of sufficient size. “?”: cannot be known. “CDE”: taken from CDE's letters."
)


def lea_sheet(e: Explanation, as_of: date) -> Row:
    """Words and figures of one LEA and determination year, in the order in which they are printed."""
    said = [v for v in e.verdicts if v["status"] not in UNSAID or v["pathway"] == "continuum"]
    return {
        "name": e.lea.name,
        "about": f"{LEA_KINDS[e.lea.lea_type]} · {e.lea.county} County · CDS {e.lea.cds}",
        "identity": identity_lines(e),
        "year": e.determination_year,
        "release": e.release_id,
        "as_of": as_of.isoformat(),
        "verdicts": [_verdict(v) for v in said],
        "unsaid": [_unsaid(e.verdicts, status) for status in UNSAID if _unsaid(e.verdicts, status)["names"]],
        "assistance": [_assistance(a) for a in e.assistance if a["status"] != "not_applicable"],
        "window": e.window,
        "groups": [_group(e, g) for g in e.groups if g["years_met"] or g["years_unknown"]],
        "never": [g["name"] for g in e.groups if not (g["years_met"] or g["years_unknown"])],
        "legend": LEGEND,
        "results": _results(e),
        "loans": [_loan(loan) for loan in e.loans],
        "cases": [_case(c) for c in e.cases],
        "watched": [{"sentence": w["sentence"], "standing": w["standing"]} for w in e.watched],
        "sources": [_source(s) for s in e.sources],
        "excerpts": e.excerpts,
        "disclaimer": DESIGNATION,
    }


def _verdict(v: Row) -> Row:
    """One pathway: status in words, statute, reason, and what CDE says."""
    sign, label = STATUS[v["status"]]
    notes = [f"{capitalized(ccee_determination(v))}."] if ccee_determination(v) else []
    if v["case_state"]:
        notes.append(f"State of the case: {v['case_state']}.")
    if v["cde_flag"]:
        notes.append(f"CDE's own flag is {v['cde_flag']}: {agreement(v)}.")
    if v["status"] == "undetermined" and v["open_question"]:
        notes.append(f"Open: {v['open_question']}")
    label += f" ({source_age(v)})" if source_age(v) else ""
    return {"status": v["status"], "sign": sign, "label": label, "name": v["name"], "statute": v["statute"], "reason": v["reason"], "notes": notes}


def _unsaid(verdicts: Sequence[Row], status: str) -> Row:
    """Pathways of which there is nothing more to say than their status."""
    sign, label = STATUS[status]
    names = [v["name"] for v in verdicts if v["status"] == status and v["pathway"] != "continuum"]
    return {"status": status, "sign": sign, "label": label, "names": names}


def _assistance(a: Row) -> Row:
    """A determination that comes before a pathway."""
    sign, label = STATUS[a["status"]]
    notes = [f"CDE's own value is {a['cde_value']}: {agreement(a)}."] if a["cde_value"] else []
    return {
        "status": a["status"], "sign": sign, "label": label, "name": ASSISTANCE[a["determination"]], "statute": a["statute"], "reason": a["reason"],
        "notes": notes,
    }  # fmt: skip


def _group(e: Explanation, group: Row) -> Row:
    """One row of the grid."""
    return {
        "code": group["student_group"],
        "name": group["name"],
        "cells": [_cell(e.cells.get((group["student_group"], year))) for year in e.window],
        "total": f"{len(group['years_met'])} of {len(e.window)}",
        "counts": bool(group["counts"]),
    }


def _cell(cell: Row | None) -> Row:
    """One group in one year: a sign, what stands beside it, and the indicators that caused it."""
    if cell is None:
        return _sign("·")
    if cell["listed"] is False:
        return _sign("", NOT_LISTED)
    if cell["meets_criteria"] is None:
        return _sign("?", cell["note"] or "")
    if not cell["meets_criteria"]:
        return _sign("–" if cell["has_result"] is False else "·")
    if cell["basis"] != "indicators":
        return _sign(cell["letter"] or "●", f"CDE; priorities {', '.join(map(str, cell['priorities_met']))}", met=True)
    return _sign(cell["letter"] or "●", "", [cause(c) for c in cell["causes"]], met=True)


def _sign(sign: str, note: str = "", causes: Sequence[Row] = (), met: bool = False) -> Row:
    return {"sign": sign, "note": note, "causes": list(causes), "met": met}


def cause(c: Row) -> Row:
    """An indicator that caused a letter: its name, level and result."""
    word = level_word(c["measure"], c["level"], c["worst_status_label"])
    return {
        "text": f"{c['short_name']} {word}",
        "value": amount(c["value"], c["unit"]),
        "color": level_color(c["measure"], c["level"]),
    }


def _results(e: Explanation) -> Row:
    """Groups x indicators of the determination's own Dashboard, where indicator rows are at hand."""
    names = {r["indicator"]: r["short_name"] for r in sorted(e.evidence, key=lambda r: r["position"])}
    found = {(r["student_group"], r["indicator"]): _result(r) for r in e.evidence}
    order = {g["student_group"]: n for n, g in enumerate(e.groups)}
    groups = sorted({r["student_group"] for r in e.evidence}, key=lambda g: (order.get(g, len(order)), g))
    return {
        "year": e.determination_year,
        "indicators": list(names.values()),
        "lower_is_better": sorted({r["name"] for r in e.evidence if r["better"] == "down"}),
        "rows": [{"code": g, "cells": [found.get((g, i)) for i in names]} for g in groups],
    }


def _result(r: Row) -> Row:
    """One indicator cell: level in words, result, change and what it means, size."""
    change = amount(r["change"], r["unit"], signed=True)
    return {
        "word": level_word(r["measure"], r["level"], r["worst_status_label"]),
        "color": level_color(r["measure"], r["level"]),
        "value": amount(r["current_status"], r["unit"]),
        "change": f"{change} {direction(r['change'], r['better'])}".strip(),
        "students": students(r["current_denominator"]),
    }


def _loan(loan: Row) -> Row:
    """One dated act of a state loan, with the date as its source has it."""
    event = LOAN_EVENTS.get(loan["event"], in_words(loan["event"]))
    event += f" ({loan['role']})" if loan["role"] else ""
    return {
        "event": f"{event}, {loan['district']}" if loan["of_predecessor"] else event,
        "date": loan["date_text"],
        "confidence": loan["confidence"],
        "source": loan["source_url"],
    }


def _case(c: Row) -> Row:
    return {"pathway": c["name"], "case": c["case_id"], "state": c["case_state"], "since": str(c["known_from"]), "evidence": c["evidence"]}


def _source(s: Row) -> Row:
    return {"file": s["file"] or f"missing: {s['title']}", "sha256": (s["sha256"] or "")[:16], "first_seen": s["first_seen"] or ""}


def facts_of(sheets: Sequence[Row], title: str) -> dict[str, Any]:
    """What a template gets."""
    return {"title": title, "leas": list(sheets)}
