"""Expectations on what each student group showed in each Dashboard year."""

import great_expectations as gx
import great_expectations.expectations as gxe

from expectations.suites.base import base, expect


def suite() -> gx.ExpectationSuite:
    """Letters are CDE's; the basis of each row is said."""
    letter = expect(
        gxe.ExpectColumnValuesToBeInSet,
        "student_group_history-letter-known",
        "A letter is A to K.",
        "Other sets of priorities do not exist in CDE's files.",
        column="letter",
        value_set=list("ABCDEFGHIJK"),
    )
    basis = expect(
        gxe.ExpectColumnValuesToBeInSet,
        "student_group_history-basis-known",
        "Every row says what it is taken from.",
        "Computed and official results must not be mixed up.",
        column="basis",
        value_set=["indicators", "cde_letters", "none"],
    )
    return gx.ExpectationSuite(name="student_group_history", expectations=[*base("student_group_history"), letter, basis])
