"""Checks that span tables, or tables too large for a frame: SQL files that return the offending rows, in a folder for each gate.

Their heads say severity, the table they are about, the check in a sentence, and why it is made.
"""

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Check:
    """One SQL check; every row of ``query`` is a failing row."""

    check_id: str
    gate: str
    severity: str
    table: str
    sentence: str
    reason: str
    query: str


def load_checks() -> list[Check]:
    """All checks, by gate and name."""
    return [_load(path) for path in sorted(FOLDER.glob("*/*.sql"))]


def _load(path: Path) -> Check:
    query = path.read_text("utf-8")
    head = dict(re.findall(r"^-- (severity|table|sentence|reason): (.+)$", query, re.MULTILINE))
    return Check(path.stem, path.parent.name, head["severity"], head["table"], head["sentence"], head["reason"], query)
