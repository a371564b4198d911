"""Expectations on the register of state loans."""

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from expectations.suites.base import expect


def own() -> list[Expectation]:
    """No more is drawn than was authorized."""
    return [
        expect(
            gxe.ExpectColumnPairValuesAToBeGreaterThanB,
            "state_loans-drawn-within",
            "No more was drawn than was authorized.",
            "One of the two amounts is mistyped.",
            check_class="unusual",
            column_A="amount_authorized_usd",
            column_B="amount_drawn_usd",
            or_equal=True,
            ignore_row_if="either_value_is_missing",
        )
    ]
