"""Results of checks and rejected rows, as the gates write them and the quality page reads them."""

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    import duckdb

CheckClass = Literal["impossible", "fault", "unusual"]
Severity = Literal["critical", "warning", "info"]
CLASSES: tuple[CheckClass, ...] = get_args(CheckClass)
LASTS_DAYS = 90
ADVICE = "What you can do."
EXAMPLES = 5
GROUPED = f"""
    select
        reason, file, column_name, count(*) as rejects, count(distinct line) as lines,
        list({{'line': line, 'cds': cds, 'value': value}} order by line)[1:{EXAMPLES}] as examples
    from rejects
    group by reason, file, column_name
    order by rejects desc, reason, file, column_name
"""


def severity_of(check_class: CheckClass, informative: bool = False) -> Severity:
    """Return the effect of a failure of this class.

    Impossible and fault stop the release. Unusual warns, or is only shown if the check is informative.
    """
    return "info" if informative else "warning" if check_class == "unusual" else "critical"


@dataclass(frozen=True)
class CheckResult:
    """Outcome of one check on one table or source file: passed, failed, or error if it could not run.

    ``severity`` follows from ``check_class``. It is warning if a person accepted a fault, or a release was published
    with it before.
    """

    gate: str
    check_id: str
    table_name: str
    check_class: CheckClass
    severity: Severity
    outcome: str
    failing_rows: int
    sentence: str
    reason: str
    detail: str = ""
    note: str | None = None  # why a failed check that normally stops the release did not stop it
    accepted_by: str | None = None
    accepted_at: datetime | str | None = None
    accepted_because: str | None = None
    accepted_until: date | str | None = None

    @property
    def stops_release(self) -> bool:
        """Return True if the check stops the release: a critical failure, or a check that could not run."""
        return self.outcome == "error" or (self.outcome == "failed" and self.severity == "critical")

    @property
    def warns(self) -> bool:
        """Return True for a failed warning: the release is published with a banner."""
        return self.outcome == "failed" and self.severity == "warning"

    @property
    def can_be_accepted(self) -> bool:
        """Return True for a failed check of class fault: a person can look at its rows and accept it."""
        return self.outcome == "failed" and self.check_class == "fault"


def count_failed(failing_rows: int) -> str:
    """Return ``failed (1 row)``, ``failed (6 rows)``."""
    return f"failed ({failing_rows:,} {'row' if failing_rows == 1 else 'rows'})"


def warning_text(warning: Mapping[str, Any]) -> str:
    """Return a warning of a release in words."""
    return f"Check {warning['check_id']} {count_failed(int(warning['failing_rows']))}: {warning['sentence']}"


def what_to_do(stopping: Iterable[CheckResult], command: Iterable[str] = ("dta", "run")) -> list[str]:
    """Return what a person can do about the checks that stopped a release, one line each; ``command`` is the command
    that ran.
    """
    stopping = list(stopping)
    faults = list(dict.fromkeys(r.check_id for r in stopping if r.can_be_accepted))
    others = list(dict.fromkeys(r.check_id for r in stopping if not r.can_be_accepted))
    lines = [f"{ADVICE} The last good release stays in use until then:"] if stopping else []
    if faults:
        accept = [part for check_id in faults for part in ("--accept", check_id)]
        lines += [
            (
                "- Replace or correct the file or record that the rows name, and run again. Or wait: the next night"
                " takes a reissued file."
            ),
            (
                f'- If you have looked at the rows and they are right: {shlex.join([*command, *accept])} --because "why'
                ' they are right"'
            ),
            (
                f"  This accepts these rows of these files for {LASTS_DAYS} days (--until YYYY-MM-DD for another day)."
                " Other rows or files stop again."
            ),
        ]
    if others:
        lines.append(
            f"- Cannot be accepted: {', '.join(others)}. A contract of the pipeline is broken, or a check could not"
            " run: please report it."
        )
    return lines


def grouped_rejects(connection: "duckdb.DuckDBPyConnection") -> list[dict[str, Any]]:
    """Return one row per reason, file and column: the number of rejects and lines, and the first of them.

    Reads the table ``rejects``.
    """
    from transforms.database import records

    return records(connection, GROUPED)
