"""Expectations on dated facts of state loans."""

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from expectations.suites.base import expect


def own() -> list[Expectation]:
    """The period that a source gives runs forward."""
    return [
        expect(
            gxe.ExpectColumnPairValuesAToBeGreaterThanB,
            "state_loan_events-period-forward",
            "The last possible day of an event is not before the first.",
            "Whether a loan was received, repaid or released by a day is decided from these.",
            column_A="latest",
            column_B="earliest",
            or_equal=True,
            ignore_row_if="either_value_is_missing",
        )
    ]
