"""Expectations on what each student group showed in each Dashboard year."""

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import Column

from expectations.suites.base import expect


def own() -> list[Expectation]:
    """The basis of each row is said; what cannot be known says why."""
    return [
        expect(
            gxe.ExpectColumnValuesToBeInSet,
            "student_group_history-basis-known",
            "Every row says what it is taken from: indicators, cde_letters or none.",
            "Computed and official results must not be mixed up.",
            column="basis",
            value_set=["indicators", "cde_letters", "none"],
        ),
        expect(
            gxe.ExpectColumnValuesToNotBeNull,
            "student_group_history-unknown-said",
            "What cannot be known says why.",
            "An unknown without a reason looks like a no.",
            column="note",
            row_condition=Column("meets_criteria").is_null(),
        ),
    ]
