"""Expectations on the typed Dashboard rows."""

import great_expectations as gx
import great_expectations.expectations as gxe

from expectations.suites.base import base, expect


def suite() -> gx.ExpectationSuite:
    """Codes known, levels in range, numerators within denominators."""
    levels = [
        expect(
            gxe.ExpectColumnValuesToBeBetween,
            f"indicator_results-{column}-range",
            f"{column} lies between 0 and 5.",
            "Rules compare it with levels 1 to 5.",
            column=column,
            min_value=0,
            max_value=5,
        )
        for column in ("status_level", "change_level", "color")
    ]
    record_type = expect(
        gxe.ExpectColumnValuesToBeInSet,
        "indicator_results-record-type",
        "The record type is S, D or X.",
        "Only D rows judge districts and county offices.",
        column="record_type",
        value_set=["S", "D", "X"],
    )
    within = expect(
        gxe.ExpectColumnPairValuesAToBeGreaterThanB,
        "indicator_results-numerator-within",
        "No more students are counted than there are.",
        "A shifted column shows here first.",
        severity="warning",
        column_A="current_denominator",
        column_B="current_numerator",
        or_equal=True,
        ignore_row_if="either_value_is_missing",
    )
    return gx.ExpectationSuite(name="indicator_results", expectations=[*base("indicator_results"), *levels, record_type, within])
