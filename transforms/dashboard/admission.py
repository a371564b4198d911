"""Decide which Dashboard files and assistance workbooks are used. A file whose rows contradict themselves in many
places is replaced by its edition of the current release, if that is still stored and credible.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import duckdb

from transforms.dashboard.contradictions import FIRST_LINES, is_implausible
from transforms.dashboard.parts import group_codes, part_of
from transforms.database import records
from transforms.errors import SourceError
from transforms.inputs import load_inputs
from transforms.raw.stage import read_snapshot
from transforms.raw.table import Report
from transforms.run import Run
from transforms.sources.unused import UnusedFile, earlier_edition, record_unused, unused_files
from transforms.sql import build_table

DOWNLOAD_AGAIN = "Download the file again."
ADVICE = (
    f"{DOWNLOAD_AGAIN} If it is as CDE publishes it, its rows show something new: add it to color_grids.csv,"
    " status_cuts.csv or row_exceptions.csv in data/reference."
)
WORKBOOK_ADVICE = (
    "Part of its columns was sorted or moved: download the file again. If it is as CDE publishes it, it breaks a rule"
    " that all workbooks of 2017 to 2024 keep: see transforms/sql/core/assistance_contradictions.sql."
)
CONTRADICTION_COUNTS = f"""
    with sizes as (
        select source_id, count(distinct line) as tested from assistance_values group by source_id
    ),
    contradicted as (
        select
            source_id,
            count(distinct line) as contradicted,
            list(distinct line order by line)[:{FIRST_LINES}] as lines,
            arg_min({{'heading': heading, 'value': value, 'reason': reason}}, line) as first
        from assistance_contradictions
        group by source_id
    )
    select * from sizes join contradicted using (source_id)
"""

# Built here, and again from the workbooks that are used.
WORKBOOK_MODELS = ("assistance_values", "assistance_contradictions")


def admit_dashboards(run: Run) -> None:
    """Type every Dashboard file, and leave only credible ones in the run's reports.

    The others are recorded as unused.
    """
    groups = group_codes(run.settings.reference)
    reports = _reports_as_read(run)
    dashboards = [r for r in reports if r["layout"] == "dashboard"]
    with ThreadPoolExecutor(max_workers=2) as pool:
        doubts = dict(
            zip(
                (r["source_id"] for r in dashboards),
                pool.map(lambda r: implausible_test(part_of(run, r, groups)), dashboards),
                strict=True,
            )
        )
    used: list[Report] = []
    unused: list[UnusedFile] = []
    for report in reports:
        doubt = doubts.get(report["source_id"])
        if doubt is None:
            used.append(report)
            continue
        earlier = earlier_report(run, report)
        if earlier and implausible_test(part_of(run, earlier, groups)):
            earlier = None
        used += [earlier] if earlier else []
        unused.append(_unused(report, doubt, earlier))
    save_admitted(run, reports, used, unused)


def save_admitted(run: Run, read: list[Report], used: list[Report], unused: list[UnusedFile]) -> None:
    """Leave only used files in the run's reports, and record which of the files that were read are not used."""
    run.save_fact("raw", used)
    run.save_fact("raw_admitted", {"read": read, "used": used})
    record_unused(run, "core", unused)


def implausible_test(part: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the test that the most rows of a file contradict, if they are too many to be oddities."""
    many = [c for c in part["counts"] if is_implausible(c["tested"], c["rejected"])]
    return max(many, key=lambda c: c["rejected"] / c["tested"], default=None)


def _reports_as_read(run: Run) -> list[Report]:
    """Return the reports of the raw stage, even if this stage ran before and left some out."""
    reports = run.raw_reports()
    earlier: dict[str, list[Report]] = run.fact("raw_admitted", {})
    return earlier["read"] if earlier.get("used") == reports else reports


def earlier_report(run: Run, report: Report) -> Report | None:
    """Return the edition of a file that the current release used, if it can still be read."""
    snapshot = earlier_edition(run, run.sources[report["source_id"]], report["sha256"])
    try:
        return read_snapshot(run, snapshot) if snapshot else None
    except SourceError:  # the contract is stricter now
        return None


def _unused(report: Report, doubt: Mapping[str, Any], earlier: Report | None) -> UnusedFile:
    share = (
        f"{doubt['rejected']} of {doubt['tested']} rows of districts and county offices"
        f" ({doubt['rejected'] / doubt['tested']:.0%})"
    )
    lines = ", ".join(map(str, doubt["lines"]))
    reason = (
        f"{share} have impossible values in the column {doubt['column']}, first on lines {lines}."
        f" Line {doubt['lines'][0]}: {doubt['reason']}"
    )
    sha256 = str(earlier["sha256"]) if earlier else ""
    return UnusedFile(
        report["file"],
        reason,
        DOWNLOAD_AGAIN if doubt["column"] == "cds" else ADVICE,  # no entry in a list makes a code true
        report["source_id"],
        doubt["lines"][0],
        doubt["column"],
        earlier_sha256=sha256,
    )


def admit_workbooks(run: Run, connection: duckdb.DuckDBPyConnection) -> None:
    """Leave only credible workbooks in the run's reports, and reload the inputs without the others.

    Call this after the inputs are loaded and Dashboard files are admitted.
    """
    unused: dict[str, UnusedFile] = {}
    while doubts := _implausible_workbooks(connection):
        used: list[Report] = []
        for report in run.raw_reports():
            doubt = doubts.get(report["source_id"])
            if doubt is None:
                used.append(report)
                continue
            known = unused.get(report["source_id"])  # its earlier edition was tried
            earlier = None if known else earlier_report(run, report)
            used += [earlier] if earlier else []
            file = known or _unused_workbook(report, doubt)
            unused[report["source_id"]] = replace(file, earlier_sha256=str(earlier["sha256"]) if earlier else "")
        others = [u for u in unused_files(run, "core") if u.source_id not in unused]
        save_admitted(run, run.fact("raw_admitted")["read"], used, [*others, *unused.values()])
        load_inputs(run, connection)


def _implausible_workbooks(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """Return workbooks with too many rows that contradict themselves to be oddities, by source."""
    for table in WORKBOOK_MODELS:
        build_table(connection, "core", table)
    return {
        c["source_id"]: c
        for c in records(connection, CONTRADICTION_COUNTS)
        if is_implausible(c["tested"], c["contradicted"])
    }


def _unused_workbook(report: Report, doubt: dict[str, Any]) -> UnusedFile:
    first, line = doubt["first"], doubt["lines"][0]
    reason = (
        f"{doubt['contradicted']} of {doubt['tested']} rows ({doubt['contradicted'] / doubt['tested']:.0%}) contradict"
        f" themselves, first on lines {', '.join(map(str, doubt['lines']))}. Line {line}, column {first['heading']}:"
        f" {first['reason']}"
    )
    return UnusedFile(
        report["file"], reason, WORKBOOK_ADVICE, report["source_id"], line, first["heading"], first["value"] or ""
    )
