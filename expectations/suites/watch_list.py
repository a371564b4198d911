"""Expectations on the preview of what one more Dashboard would do."""

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import Column

from expectations.suites.base import expect


def own() -> list[Expectation]:
    """Every row is a sentence; what rests on criteria that are not law says so."""
    return [
        expect(
            gxe.ExpectColumnValueLengthsToBeBetween,
            "watch_list-sentence-said",
            "Every row says in a sentence what is watched.",
            "A preview that cannot be explained is taken for a finding.",
            column="sentence",
            min_value=30,
        ),
        expect(
            gxe.ExpectColumnValuesToBeInSet,
            "watch_list-preview-provisional",
            "What rests on the criteria of 2026 is marked provisional.",
            "They rest on one secondary source.",
            column="standing",
            value_set=["provisional"],
            row_condition=Column("watch").is_in(["preview_one_more_red", "preview_met", "preview_scale_changed"]),
        ),
    ]
