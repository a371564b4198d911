"""The record of runs: status.json says how the last one ended, runs.jsonl keeps them all."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from transforms.files import write_atomically


def record_run(
    out: Path,
    outcome: str,
    message: str,
    release_id: str | None,
    exit_code: int,
    details: list[Any] | None = None,
    source_problems: list[dict[str, str]] | None = None,
) -> None:
    """Write status.json and append to runs.jsonl. ``outcome`` is published, unchanged or failed."""
    previous = read_status(out)
    now = datetime.now(UTC).isoformat(timespec="seconds")
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
    }
    write_atomically(out / "status.json", json.dumps(status, indent=1, default=str).encode())
    with (out / "runs.jsonl").open("a", encoding="utf-8") as ledger:
        ledger.write(json.dumps({k: status[k] for k in ("last_run", "last_outcome", "exit_code", "release_id", "message")}) + "\n")


def read_status(out: Path) -> dict[str, Any]:
    """Content of status.json; empty if no run has ended yet."""
    path = out / "status.json"
    status: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return status
