"""Expectations on what comes before Direct Technical Assistance."""

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import Column

from expectations.suites.base import expect


def own() -> list[Expectation]:
    """Every verdict has a reason; three Dashboards running is a test of districts, EC 47607.3 one of charter schools."""
    return [
        expect(
            gxe.ExpectColumnValueLengthsToBeBetween,
            "assistance-reason-said",
            "Every verdict has a reason in words.",
            "A row that cannot be explained cannot be defended.",
            column="reason",
            min_value=20,
        ),
        expect(
            gxe.ExpectColumnValuesToMatchRegex,
            "assistance-statute-form",
            "Every verdict names a section of the Education Code.",
            "Each test has its basis in law.",
            column="statute",
            regex=r"^EC \d",
        ),
        expect(
            gxe.ExpectColumnValuesToBeInSet,
            "assistance-charter-test",
            "The charter test judges charter schools only.",
            "EC 47607.3 speaks of charter schools.",
            column="lea_type",
            value_set=["charter"],
            row_condition=Column("determination") == "charter",
        ),
        expect(
            gxe.ExpectColumnValuesToBeInSet,
            "assistance-year-known",
            "The year of assistance is 1 or 2.",
            "Year 2 follows a Dashboard that met a method before; there is no third.",
            column="assistance_year",
            value_set=[1, 2],
        ),
    ]
