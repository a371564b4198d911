"""Suites of Great Expectations: rules of the domain, for tables that people act on and for each shape of file."""

from dataclasses import dataclass
from typing import Any

from great_expectations.expectations.expectation import Expectation

from expectations.checks import Check
from transforms.release.check_result import CheckClass, severity_of


def common_arguments(
    check_id: str, sentence: str, reason: str, check_class: CheckClass = "impossible"
) -> dict[str, Any]:
    """Return what every expectation needs in addition to its arguments: severity, id, class, sentence and reason."""
    return {
        "severity": severity_of(check_class),
        "meta": {"check_id": check_id, "check_class": check_class, "sentence": sentence, "reason": reason},
    }


@dataclass(frozen=True)
class Suite:
    """Expectations on the rows of a relation. ``key`` identifies a row; ``naming`` columns are shown with it."""

    name: str
    gate: str
    relation: str
    key: tuple[str, ...]
    naming: tuple[str, ...]
    expectations: tuple[Expectation, ...]

    def check(self, expectation: Expectation, query: str = "", name: str = "") -> Check:
        """Return an expectation as a check of this relation, or of the part of it that ``name`` gives."""
        meta = expectation.meta
        severity = severity_of(meta["check_class"])
        return Check(
            meta["check_id"],
            self.gate,
            meta["check_class"],
            severity,
            name or self.name,
            meta["sentence"],
            meta["reason"],
            query,
        )
