"""Expectations on CDE's directory."""

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from expectations.suites.base import expect


def own() -> list[Expectation]:
    """Schools close after they open."""
    return [
        expect(
            gxe.ExpectColumnPairValuesAToBeGreaterThanB,
            "directory-closed-after-open",
            "A school closes after it opens.",
            "Exchanged columns of dates show here.",
            check_class="unusual",
            column_A="closed_date",
            column_B="open_date",
            or_equal=True,
            ignore_row_if="either_value_is_missing",
        )
    ]
