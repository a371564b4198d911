"""Great Expectations suites as code: what the schema asks, what a column's name asks, and a module for each table that asks more."""

from collections.abc import Callable

import great_expectations as gx
from great_expectations.expectations.expectation import Expectation

from expectations.suites import (
    assistance,
    changes,
    directory,
    eligibility,
    eligible_districts,
    evidence,
    indicator_results,
    leas,
    meta_sources,
    reconciliation,
    state_loan_events,
    state_loans,
    student_group_history,
    watch_list,
)
from expectations.suites.base import base, types
from expectations.suites.columns import by_column
from expectations.suites.files import classes_of_files
from transforms.check_result import CheckClass
from transforms.schema import published_tables

OWN: dict[str, Callable[[], list[Expectation]]] = {
    "assistance": assistance.own,
    "changes": changes.own,
    "directory": directory.own,
    "eligibility": eligibility.own,
    "eligible_districts": eligible_districts.own,
    "evidence": evidence.own,
    "indicator_results": indicator_results.own,
    "leas": leas.own,
    "meta_sources": meta_sources.own,
    "reconciliation": reconciliation.own,
    "state_loan_events": state_loan_events.own,
    "state_loans": state_loans.own,
    "student_group_history": student_group_history.own,
    "watch_list": watch_list.own,
}


def suite_of(name: str) -> gx.ExpectationSuite:
    """The suite of a published table."""
    table = published_tables()[name]
    own = OWN[name]() if name in OWN else []
    return gx.ExpectationSuite(name=name, expectations=[*base(table), *by_column(table), *own])


def classes_of_suites() -> dict[str, CheckClass]:
    """The class of every expectation of every suite, those of source files too."""
    expectations = [*types(), *(e for name in published_tables() for e in suite_of(name).expectations)]
    return {**{e.meta["check_id"]: e.meta["check_class"] for e in expectations}, **classes_of_files()}
