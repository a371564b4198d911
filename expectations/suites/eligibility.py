"""Expectations on the table that people act on."""

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import Column

from expectations.suites.base import expect


def own() -> list[Expectation]:
    """Every verdict has a status, a reason and a basis in law; who cannot have a pathway does not get it."""
    return [
        expect(
            gxe.ExpectColumnValueLengthsToBeBetween,
            "eligibility-reason-said",
            "Every verdict has a reason in words.",
            "A row that cannot be explained cannot be defended.",
            column="reason",
            min_value=20,
        ),
        expect(
            gxe.ExpectColumnValuesToMatchRegex,
            "eligibility-statute-form",
            "Every verdict names a section of the Education Code.",
            "Each pathway has its basis in law.",
            column="statute",
            regex=r"^EC \d",
        ),
        expect(
            gxe.ExpectColumnValuesToBeInSet,
            "eligibility-loans-districts-only",
            "Wraparound is not applicable to county offices and charter schools.",
            "EC 52074(g)(2)(A) speaks of school districts.",
            column="status",
            value_set=["not_applicable"],
            row_condition=(Column("lea_type") != "district") & (Column("pathway") == "wraparound"),
        ),
        expect(
            gxe.ExpectColumnValuesToBeInSet,
            "eligibility-continuum-not-charters",
            "The Continuum of Support is not applicable to charter schools.",
            "EC 52072 and 52072.5 speak of districts and county offices; charter schools have a test of their own.",
            column="status",
            value_set=["not_applicable"],
            row_condition=(Column("lea_type") == "charter") & (Column("pathway") == "continuum"),
        ),
    ]
