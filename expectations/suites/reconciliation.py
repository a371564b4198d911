"""Expectations on our results held against CDE's."""

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import Column

from expectations.suites.base import expect


def own() -> list[Expectation]:
    """Every row is explained; what agrees is the same on both sides."""
    return [
        expect(
            gxe.ExpectColumnValueLengthsToBeBetween,
            "reconciliation-explained",
            "Every comparison is explained in words.",
            "A difference without an explanation is a doubt without an answer.",
            column="explanation",
            min_value=10,
        ),
        expect(
            gxe.ExpectColumnPairValuesToBeEqual,
            "reconciliation-agree-same",
            "Where we agree with CDE, both values are the same.",
            "Agreement must not be claimed where there is none.",
            column_A="ours",
            column_B="cde",
            ignore_row_if="either_value_is_missing",
            row_condition=(Column("class") == "agree") & (Column("flag") != "assistance_status"),  # CDE names statuses in other words each year
        ),
    ]
