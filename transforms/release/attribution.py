"""Find the inputs that differ between the previous release and this one: data, rules or code. Every changed verdict is
attributed accordingly.

A verdict differs because of data if a row of its LEA differs between the two editions of a source file, both read by
today's code; if a file was added, removed or could not be compared in a county of the LEA; if the register of its
pathway differs; or if a dated fact lies between the two days. Any other difference is due to rules or code if these
differ, and to data if neither does.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from transforms.database import first_column, pairs
from transforms.release.current import read_manifest
from transforms.release.digests import crosses_dated_fact, part_digests
from transforms.run import Run
from transforms.tables import as_table, put

# Registers that determine a computed pathway; a recorded pathway has its own register.
SUCCESSIONS = "successions"
REGISTERS = {"wraparound": ("state_loans", "state_loan_events", SUCCESSIONS), "continuum": (SUCCESSIONS,)}
NEWER_REGISTERS = {SUCCESSIONS}  # registers that no release without digests had
EVERY_YEAR = 0  # a year before all others: rules that every determination depends on


def load_changed_inputs(run: Run, connection: duckdb.DuckDBPyConnection, release: Path | None) -> None:
    """Create changed_inputs (one row), changed_sources and changed_pathways.

    Before the first release, they state that nothing differs.
    """
    manifest = read_manifest(release) if release else None
    before: Mapping[str, str] | None = manifest.get("digests") if manifest else None
    now = part_digests(run)
    sources = list(_changed_sources(run, connection, manifest)) if manifest else []
    put(
        connection,
        "changed_sources",
        as_table(sources, source_id=pa.string(), dashboard_year=pa.int16(), whole=pa.bool_()),
    )
    deciding = REGISTERS | {
        p.pathway: (p.pathway, SUCCESSIONS) for p in run.rules.pathways.pathway if p.decided == "recorded"
    }
    pathways = [{"pathway": p} for p, names in deciding.items() if manifest and _register_changed(before, now, names)]
    put(connection, "changed_pathways", as_table(pathways, pathway=pa.string()))
    rules_from = _rules_changed_from(before, now) if manifest else None
    code_changed = manifest is not None and (before is None or before["code"] != now["code"])
    day_passed = manifest is not None and crosses_dated_fact(
        manifest["dated_facts"], date.fromisoformat(manifest["as_of"]), run.settings.as_of
    )
    changed = {
        "data_changed": [bool(sources or pathways or day_passed)],
        "day_passed": [day_passed],
        "rules_from": pa.array([rules_from], pa.int16()),
        "code_changed": [code_changed],
        "by_default": ["rules" if rules_from is not None else "code" if code_changed else "data"],
    }
    put(connection, "changed_inputs", pa.table(changed))


def _changed_sources(
    run: Run, connection: duckdb.DuckDBPyConnection, manifest: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """Yield the sources whose file was replaced, added or removed.

    ``whole``: its rows could not be compared, so all of its LEAs may differ.
    """
    before = {s["source_id"]: s["sha256"] for s in manifest["sources"]}
    now = pairs(connection, "select source_id, sha256 from source_files")
    compared = set(first_column(connection, "select source_id from compared_sources"))
    for source_id in sorted(before.keys() | now.keys()):
        if before.get(source_id) != now.get(source_id):
            source = run.sources.get(source_id)
            yield {
                "source_id": source_id,
                "dashboard_year": source.dashboard_year if source else None,
                "whole": source_id not in compared,
            }


def _register_changed(before: Mapping[str, str] | None, now: Mapping[str, str], names: tuple[str, ...]) -> bool:
    """Return True if one of the registers differs, or the previous release does not state which edition it had.

    A register that the previous release did not know came with the code, so it does not count.
    """
    files = [f"registers/{n}.csv" for n in names]
    if before is None:
        return not NEWER_REGISTERS.issuperset(names)
    return any(f in before and before[f] != now.get(f) for f in files)


def _rules_changed_from(before: Mapping[str, str] | None, now: Mapping[str, str]) -> int | None:
    """Return the first Dashboard year whose rules differ.

    Returns None if all are the same, or the previous release does not state them.
    """
    if before is None:
        return None
    parts = {
        n for n in before.keys() | now.keys() if n.startswith(("rules/", "reference/")) and before.get(n) != now.get(n)
    }
    return min((int(Path(n).stem) if Path(n).stem.isdecimal() else EVERY_YEAR for n in parts), default=None)
