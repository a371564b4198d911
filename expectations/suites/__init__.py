"""What Great Expectations judges: rules of the domain, on tables that people act on and a batch per file shape."""

from dataclasses import dataclass
from typing import Any

from great_expectations.expectations.expectation import Expectation

from expectations.checks import Check
from transforms.release.check_result import CheckClass, severity_of


def said(check_id: str, sentence: str, reason: str, check_class: CheckClass = "impossible") -> dict[str, Any]:
    """What every expectation is given beside its arguments: an id, a class, and words for whoever reads of it."""
    return {
        "severity": severity_of(check_class),
        "meta": {"check_id": check_id, "check_class": check_class, "sentence": sentence, "reason": reason},
    }


@dataclass(frozen=True)
class Suite:
    """Expectations on the rows of a relation, which ``key`` identifies; ``naming`` columns are shown beside it."""

    name: str
    gate: str
    relation: str
    key: tuple[str, ...]
    naming: tuple[str, ...]
    expectations: tuple[Expectation, ...]

    def check(self, expectation: Expectation, query: str = "", name: str = "") -> Check:
        """An expectation as a check: on this relation, or on the part of it that ``name`` says."""
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
