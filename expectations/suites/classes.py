"""The class of every expectation, for whoever accepts what failed."""

from expectations.suites.files import SHAPES, suite_of_shape
from expectations.suites.tables import suites_of_tables
from transforms.release.check_result import CheckClass


def classes_of_suites() -> dict[str, CheckClass]:
    """The class of every expectation of every suite."""
    suites = [*suites_of_tables(), *(suite_of_shape(layout, []) for layout in SHAPES)]
    return {e.meta["check_id"]: e.meta["check_class"] for suite in suites for e in suite.expectations}
