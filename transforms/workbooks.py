"""Which assistance workbooks are used: one whose rows contradict themselves in many places is not, and the edition
of the current release is used where it is kept and can be believed.
"""

from dataclasses import replace
from typing import Any

import duckdb

from transforms.dashboard.admission import earlier_report, keep
from transforms.dashboard.contradictions import FIRST_LINES, is_many
from transforms.database import records
from transforms.inputs import load_inputs
from transforms.raw.table import Report
from transforms.run import Run
from transforms.sources.unused import UnusedFile, unused_files
from transforms.sql import build_table

ADVICE = (
    "Part of its columns was sorted or moved: download the file again. If it is as CDE publishes it, it breaks a rule"
    " that all workbooks of 2017 to 2024 keep: see transforms/sql/core/assistance_contradictions.sql."
)
COUNTED = f"""
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

JUDGED = ("assistance_values", "assistance_contradictions")  # built here, and of the workbooks that are used


def admit_workbooks(run: Run, connection: duckdb.DuckDBPyConnection) -> None:
    """Leave in the run's reports only workbooks that can be believed, and load the inputs anew without the others.

    The inputs of the run are loaded, and Dashboard files admitted.
    """
    unused: dict[str, UnusedFile] = {}
    while doubts := _doubts(connection):
        used: list[Report] = []
        for report in run.raw_reports():
            doubt = doubts.get(report["source_id"])
            if doubt is None:
                used.append(report)
                continue
            known = unused.get(report["source_id"])  # its earlier edition was tried
            earlier = None if known else earlier_report(run, report)
            used += [earlier] if earlier else []
            said = known or _unused(report, doubt)
            unused[report["source_id"]] = replace(said, earlier_sha256=str(earlier["sha256"]) if earlier else "")
        others = [u for u in unused_files(run, "core") if u.source_id not in unused]
        keep(run, run.fact("raw_admitted")["read"], used, [*others, *unused.values()])
        load_inputs(run, connection)


def _doubts(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """Workbooks of which too many rows contradict themselves to be oddities, by their source."""
    for table in JUDGED:
        build_table(connection, "core", table)
    return {c["source_id"]: c for c in records(connection, COUNTED) if is_many(c["tested"], c["contradicted"])}


def _unused(report: Report, doubt: dict[str, Any]) -> UnusedFile:
    first, line = doubt["first"], doubt["lines"][0]
    reason = (
        f"{doubt['contradicted']} of {doubt['tested']} rows ({doubt['contradicted'] / doubt['tested']:.0%}) contradict"
        f" themselves, first on lines {', '.join(map(str, doubt['lines']))}. Line {line}, column {first['heading']}:"
        f" {first['reason']}"
    )
    return UnusedFile(report["file"], reason, ADVICE, report["source_id"], line, first["heading"], first["value"] or "")
