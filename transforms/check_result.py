"""What a check found, as the gates leave it and the quality page reads it."""

from dataclasses import dataclass
from typing import Literal, get_args

CheckClass = Literal["impossible", "fault", "unusual"]
Severity = Literal["critical", "warning", "info"]
CLASSES: tuple[CheckClass, ...] = get_args(CheckClass)


def severity_of(check_class: CheckClass, informative: bool = False) -> Severity:
    """What a failure of this class does: impossible and fault stop the release, unusual warns, or is shown where it is only informative."""
    return "info" if informative else "warning" if check_class == "unusual" else "critical"


@dataclass(frozen=True)
class CheckResult:
    """Outcome of one check on one table or source file: passed, failed, or error when it could not run.

    ``severity`` follows from ``check_class``; it is warning where a person accepted a fault, or a release was published with it before.
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

    @property
    def stops_release(self) -> bool:
        """A critical failure stops the release; so does any check that could not run."""
        return self.outcome == "error" or (self.outcome == "failed" and self.severity == "critical")

    @property
    def warns(self) -> bool:
        """A failed warning: the release goes out with a banner."""
        return self.outcome == "failed" and self.severity == "warning"
