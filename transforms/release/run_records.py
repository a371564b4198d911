"""Record runs and user actions: status.json describes the last run, runs.jsonl keeps all of them."""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from transforms import clock
from transforms.control_characters import REASON, control_in, has_letters
from transforms.errors import UsageError
from transforms.files import write_atomically

GOOD = ("published", "unchanged")  # outcomes of a run that checked everything


class _Status(BaseModel):
    """The keys of status.json that readers need."""

    last_run: datetime
    last_outcome: str
    last_good_check: datetime | None = None
    exit_code: int
    release_id: str | None = None
    message: str
    details: list[dict[str, Any]] = []
    source_problems: list[dict[str, Any]] = []
    unused_files: list[dict[str, Any]] = []
    run_id: str = ""
    stages: list[dict[str, Any]] = []


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
    released: str = "",
) -> None:
    """Write status.json and append to runs.jsonl. ``outcome`` is published, unchanged, failed or interrupted.

    ``released``: the release that the run published, even if the run failed afterwards.
    """
    previous = read_status(out)
    now = clock.stamp()
    status = {
        "last_run": now,
        "last_outcome": outcome,
        "last_good_check": now if outcome in GOOD else previous.get("last_good_check"),
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
    entry = {
        k: status[k] for k in ("last_run", "last_outcome", "exit_code", "release_id", "message", "run_id", "stages")
    }
    append_ledger(out, {**entry, **({"released": released} if released else {})})


def append_ledger(out: Path, entry: dict[str, Any]) -> None:
    """Append one line to runs.jsonl: a run, a rollback, a tag.

    It is written at once, so that lines of two processes do not mix.
    """
    line = json.dumps(entry, default=str, ensure_ascii=False) + "\n"
    with (out / "runs.jsonl").open("ab") as ledger:
        if ledger.tell() and not _ends_in_newline(out / "runs.jsonl"):  # a process died in the middle of a line
            line = "\n" + line
        ledger.write(line.encode())
        ledger.flush()
        os.fsync(ledger.fileno())


def record_event(out: Path, event: str, message: str, release_id: str | None) -> None:
    """Record what a person did to the releases in runs.jsonl; the status of the last run stays unchanged."""
    append_ledger(out, {"at": clock.stamp(), "event": event, "message": message, "release_id": release_id})


def reason_of(text: str, option: str) -> str:
    """Return the text given to ``option``, on one line. Raises UsageError if it is blank or not fully visible."""
    if not has_letters(text):
        raise UsageError(f"{option} is blank. Write it in words, for later readers.")
    line = " ".join(text.split())
    if found := control_in(line):
        raise UsageError(f"{option}: {REASON} ({found}). Type it again.")
    return line


def _ends_in_newline(path: Path) -> bool:
    with path.open("rb") as ledger:
        ledger.seek(-1, os.SEEK_END)
        return ledger.read(1) == b"\n"


def read_status(out: Path) -> dict[str, Any]:
    """Return the content of status.json; empty if no run has ended yet. Raises OSError if it cannot be read."""
    path = out / "status.json"
    try:
        status: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return _Status.model_validate(status).model_dump(mode="json") | status if status else {}
    except (ValueError, ValidationError, RecursionError):  # a damaged record counts as no record
        return {}


def published_ids(out: Path) -> list[str]:
    """Return the ids of the releases that runs have published, in order, as far as runs.jsonl has them."""
    try:
        lines = (out / "runs.jsonl").read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return []
    entries = [e for e in map(_entry, lines) if e.get("released") or e.get("last_outcome") == "published"]
    return [str(e.get("released") or e.get("release_id")) for e in entries]


def _entry(line: str) -> dict[str, Any]:
    """Return one line of runs.jsonl; empty if it is incomplete."""
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}
