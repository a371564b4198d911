"""Expectations on the indicator cells that verdicts rest on."""

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import Column

from expectations.suites.base import expect


def own() -> list[Expectation]:
    """A result has a level and a line; what is unknown says why."""
    is_result, unknown = Column("finding") == "result", Column("finding") == "unknown"
    return [
        expect(
            gxe.ExpectColumnValuesToNotBeNull,
            "evidence-result-has-level",
            "A result has a level.",
            "Rules compare it with the levels that meet a criterion.",
            column="level",
            row_condition=is_result,
        ),
        expect(
            gxe.ExpectColumnValuesToBeBetween,
            "evidence-result-level-counts",
            "The level of a result is 1 to 5.",
            "0 is no level: such a row is no result.",
            column="level",
            min_value=1,
            max_value=5,
            row_condition=is_result,
        ),
        expect(
            gxe.ExpectColumnValuesToNotBeNull,
            "evidence-result-has-line",
            "A result names the line of the file that it stands in.",
            "Whoever doubts a verdict must be able to look it up.",
            column="source_line",
            row_condition=is_result,
        ),
        expect(
            gxe.ExpectColumnValuesToNotBeNull,
            "evidence-unknown-said",
            "What is unknown says why.",
            "An unknown without a reason looks like a no.",
            column="unknown_because",
            row_condition=unknown,
        ),
    ]
