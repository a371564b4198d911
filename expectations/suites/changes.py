"""Expectations on what changed between determination years."""

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import Column

from expectations.suites.base import expect


def own() -> list[Expectation]:
    """A change runs forward in time, and its name fits its statuses."""
    return [
        expect(
            gxe.ExpectColumnPairValuesAToBeGreaterThanB,
            "changes-forward",
            "A change runs from an earlier year to a later one.",
            "Read backwards, a new eligibility is a lost one.",
            column_A="to_year",
            column_B="from_year",
            ignore_row_if="either_value_is_missing",
        ),
        expect(
            gxe.ExpectColumnValuesToBeInSet,
            "changes-newly-eligible",
            "Who is newly eligible is eligible in the later year.",
            "Letters go out to those who are newly eligible.",
            column="status_after",
            value_set=["eligible"],
            row_condition=Column("change") == "newly_eligible",
        ),
        expect(
            gxe.ExpectColumnValuesToBeInSet,
            "changes-no-longer",
            "Who is no longer eligible was eligible in the earlier year.",
            "One cannot lose what one did not have.",
            column="status_before",
            value_set=["eligible"],
            row_condition=Column("change") == "no_longer",
        ),
    ]
