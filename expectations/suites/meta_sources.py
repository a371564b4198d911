"""Expectations on the list of source files."""

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import Column

from expectations.suites.base import expect


def own() -> list[Expectation]:
    """A file at hand has a hash, and no more rows are kept than it has."""
    return [
        expect(
            gxe.ExpectColumnValuesToNotBeNull,
            "meta_sources-hash-present",
            "Every file at hand has its SHA-256.",
            "It proves which bytes were read.",
            column="sha256",
            row_condition=Column("file").is_not_null(),
        ),
        expect(
            gxe.ExpectColumnPairValuesAToBeGreaterThanB,
            "meta_sources-kept-within",
            "No more rows are kept than the file has.",
            "Rows that appear from nowhere are worse than rows that are lost.",
            column_A="rows_in",
            column_B="rows_kept",
            or_equal=True,
            ignore_row_if="either_value_is_missing",
        ),
    ]
