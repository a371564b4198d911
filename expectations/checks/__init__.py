"""Checks that span tables, as SQL files that return the offending rows. Their heads say gate, severity, sentence and reason."""

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
    """All checks in this folder, by name."""
    return [_load(path) for path in sorted(FOLDER.glob("*.sql"))]


def _load(path: Path) -> Check:
    query = path.read_text("utf-8")
    head = dict(re.findall(r"^-- (gate|severity|table|sentence|reason): (.+)$", query, re.MULTILINE))
    return Check(path.stem, head["gate"], head["severity"], head["table"], head["sentence"], head["reason"], query)
