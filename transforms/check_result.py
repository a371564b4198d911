"""What a check found, as the gates leave it and the quality page reads it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CheckResult:
    """Outcome of one check on one table or source file: passed, failed, or error when it could not run."""

    gate: str
    check_id: str
    table_name: str
    severity: str
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
