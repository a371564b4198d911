"""Great Expectations suites as code: one module per table, each with a function ``suite``."""

from collections.abc import Callable

import great_expectations as gx

from expectations.suites import eligibility, indicator_results, leas, student_group_history

SUITES: dict[str, Callable[[], gx.ExpectationSuite]] = {
    "indicator_results": indicator_results.suite,
    "leas": leas.suite,
    "student_group_history": student_group_history.suite,
    "eligibility": eligibility.suite,
}
