"""Expectations on the table that people act on."""

import great_expectations as gx
import great_expectations.expectations as gxe
from great_expectations.expectations.row_conditions import Column

from expectations.suites.base import base, expect


def suite() -> gx.ExpectationSuite:
    """Every verdict has a status and a reason; county offices never get a loan pathway."""
    reason = expect(
        gxe.ExpectColumnValueLengthsToBeBetween,
        "eligibility-reason-said",
        "Every verdict has a reason in words.",
        "A row that cannot be explained cannot be defended.",
        column="reason",
        min_value=20,
    )
    loans = expect(
        gxe.ExpectColumnValuesToBeInSet,
        "eligibility-loans-districts-only",
        "Wraparound is not applicable to county offices and charter schools.",
        "EC 52074(g)(2)(A) speaks of school districts.",
        column="status",
        value_set=["not_applicable"],
        row_condition=(Column("lea_type") != "district") & (Column("pathway") == "wraparound"),
    )
    return gx.ExpectationSuite(name="eligibility", expectations=[*base("eligibility"), reason, loans])
