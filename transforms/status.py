"""The record of runs: status.json says how the last one ended, runs.jsonl keeps them all."""

import json
import os
from pathlib import Path
from typing import Any

from transforms import clock
from transforms.files import write_atomically


def record_run(
    out: Path,
    outcome: str,
    message: str,
    release_id: str | None,
    exit_code: int,
    details: list[Any] | None = None,
    source_problems: list[dict[str, str]] | None = None,
    run_id: str = "",
    stages: list[dict[str, Any]] | None = None,
    unused_files: list[dict[str, Any]] | None = None,
) -> None:
    """Write status.json and append to runs.jsonl. ``outcome`` is published, unchanged or failed."""
    previous = read_status(out)
    now = clock.stamp()
    good = outcome != "failed"
    status = {
        "last_run": now,
        "last_outcome": outcome,
        "last_good_check": now if good else previous.get("last_good_check"),
        "exit_code": exit_code,
        "release_id": release_id,
        "message": message,
        "details": details or [],
        "source_problems": source_problems or [],
        "unused_files": unused_files or [],
        "run_id": run_id,
        "stages": stages or [],
    }
    write_atomically(out / "status.json", json.dumps(status, indent=1, default=str).encode())
    append_ledger(out, {k: status[k] for k in ("last_run", "last_outcome", "exit_code", "release_id", "message", "run_id", "stages")})


def append_ledger(out: Path, entry: dict[str, Any]) -> None:
    """One line more in runs.jsonl: a run, a rollback, a tag. In one write, so that lines of two processes do not mix."""
    line = json.dumps(entry, default=str, ensure_ascii=False) + "\n"
    with (out / "runs.jsonl").open("ab") as ledger:
        if ledger.tell() and not _ends_in_newline(out / "runs.jsonl"):  # a process died in the middle of a line
            line = "\n" + line
        ledger.write(line.encode())
        ledger.flush()
        os.fsync(ledger.fileno())


def record_event(out: Path, event: str, message: str, release_id: str | None) -> None:
    """What a person did to the releases, for the ledger; the state of the last run is left alone."""
    append_ledger(out, {"at": clock.stamp(), "event": event, "message": message, "release_id": release_id})


def _ends_in_newline(path: Path) -> bool:
    with path.open("rb") as ledger:
        ledger.seek(-1, os.SEEK_END)
        return ledger.read(1) == b"\n"


def read_status(out: Path) -> dict[str, Any]:
    """Content of status.json; empty if no run has ended yet."""
    path = out / "status.json"
    try:
        status: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    except ValueError:  # a record that was damaged says no more than none
        return {}
    return status
