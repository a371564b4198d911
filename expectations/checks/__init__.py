"""Checks across tables, or of tables too large for a frame: SQL files that return the failing rows, in a folder for
each gate.

The head of each file gives the class (impossible, fault or unusual), the table, the check in a sentence, and the reason
for it. Severity follows from the class; ``severity: info`` marks an unusual check that is only informative.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from expectations.thresholds import with_numbers, with_thresholds
from transforms.errors import ConfigError
from transforms.release.check_result import CLASSES, CheckClass, Severity, severity_of

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Check:
    """One SQL check; every row of ``query`` is a failing row."""

    check_id: str
    gate: str
    check_class: CheckClass
    severity: Severity
    table: str
    sentence: str
    reason: str
    template: str

    @property
    def query(self) -> str:
        """The query with its thresholds."""
        return with_thresholds(self.template)


def load_checks() -> list[Check]:
    """Return all checks, by gate and name."""
    return [_load(path) for path in sorted(FOLDER.glob("*/*.sql"))]


def _load(path: Path) -> Check:
    query = path.read_text("utf-8")
    entries = re.findall(r"^-- (class|severity|table|sentence|reason): (.+(?:\n--  +.+)*)", query, re.MULTILINE)
    head = {name: re.sub(r"\n--  +", " ", text) for name, text in entries}
    missing = [name for name in ("class", "table", "sentence", "reason") if name not in head]
    if missing or head["class"] not in CLASSES:
        raise ConfigError(f"{path.name}: the head needs class ({', '.join(CLASSES)}), table, sentence and reason.")
    check_class: CheckClass = head["class"]
    severity = severity_of(check_class, head.get("severity") == "info")
    if head.get("severity", severity) != severity or (severity == "info" and check_class != "unusual"):
        raise ConfigError(f"{path.name}: severity {head['severity']} does not follow from class {check_class}.")
    return Check(
        path.stem,
        path.parent.name,
        check_class,
        severity,
        head["table"],
        with_numbers(head["sentence"]),
        with_numbers(head["reason"]),
        query,
    )
