"""Expectations on what most readers open."""

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from expectations.suites.base import expect


def own() -> list[Expectation]:
    """One sentence for people in every row."""
    return [
        expect(
            gxe.ExpectColumnValueLengthsToBeBetween,
            "eligible_districts-sentence-said",
            "Every row says in a sentence what the LEA meets.",
            "Most readers read nothing else.",
            column="sentence",
            min_value=30,
        ),
        expect(
            gxe.ExpectColumnValueLengthsToBeBetween,
            "eligible_districts-reasons-said",
            "Every row gives the reasons of its pathways.",
            "A row that cannot be explained cannot be defended.",
            column="reasons",
            min_value=20,
        ),
    ]
