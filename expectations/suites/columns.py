"""What a column must satisfy in every table that has it: the same name means the same thing everywhere."""

from collections.abc import Callable
from typing import Any

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from expectations.suites.base import class_in, expect
from transforms.check_result import CheckClass
from transforms.schema import Table

# Tables that show values as a file served them, sound or not.
AS_SERVED = {"rejects": ("cds", "record_type", "letter", "priority"), "meta_source_changes": ("cds",)}
# Columns of files that no rule looks at, and that no stage has judged before: a value that is not known is shown, and stops nothing.
NOT_JUDGED = {"indicator_results": ("prior_size_met", "box")}
Rule = Callable[[str, str], Expectation]


def _class(table: str, column: str) -> CheckClass:
    return "unusual" if column in NOT_JUDGED.get(table, ()) else class_in(table)


def _matches(what: str, regex: str, reason: str) -> Rule:
    return lambda table, column: expect(
        gxe.ExpectColumnValuesToMatchRegex, f"{table}-{column}-form", f"{column} {what}.", reason, _class(table, column), column=column, regex=regex
    )


def _between(low: int, high: int | None, reason: str) -> Rule:
    said = f"lies between {low} and {high}" if high is not None else f"is at least {low}"
    return lambda table, column: expect(
        gxe.ExpectColumnValuesToBeBetween,
        f"{table}-{column}-range",
        f"{column} {said}.",
        reason,
        _class(table, column),
        column=column,
        min_value=low,
        max_value=high,
    )


def _one_of(values: list[Any], reason: str) -> Rule:
    return lambda table, column: expect(
        gxe.ExpectColumnValuesToBeInSet,
        f"{table}-{column}-code",
        f"{column} is one of {', '.join(map(str, values))}.",
        reason,
        _class(table, column),
        column=column,
        value_set=values,
    )


CDS = _matches("is a CDS code of 14 digits", r"^\d{14}$", "A lost leading zero moves an LEA to another county.")
YEAR = _between(2017, 2040, "The Dashboard began in 2017; a year outside is a shifted column.")
LEVEL = _between(0, 5, "Rules compare it with the levels 1 to 5; 0 is none.")
LETTER = _one_of(list("ABCDEFGHIJK"), "CDE's letters for sets of priorities are A to K; there are no others.")
COUNT = _between(0, None, "A number of things is not negative.")
ORDINAL = _between(1, None, "Lines and positions are counted from 1.")
YES_NO = _one_of(["Y", "N"], "CDE's flags are Y, N or blank.")
ADDRESS = _matches("is a web address", r"^https?://[^\s]+$", "A record rests on a page that can be looked up.")
RULES: dict[str, Rule] = {
    **dict.fromkeys(("cds", "successor_cds"), CDS),
    **dict.fromkeys(("dashboard_year", "determination_year", "from_year", "to_year", "next_dashboard", "first_dashboard_year", "last_dashboard_year"), YEAR),
    **dict.fromkeys(("status_level", "change_level", "color", "level"), LEVEL),
    **dict.fromkeys(("letter", "cde_letter"), LETTER),
    **dict.fromkeys(("source_line", "cde_source_line", "line", "position", "row_number"), ORDINAL),
    **dict.fromkeys(("current_numerator", "current_denominator", "prior_numerator", "prior_denominator"), COUNT),
    **dict.fromkeys(("rows_in", "rows_kept", "rows_rejected", "failing_rows", "row_count", "size", "leas_from_indicators", "leas_from_letters"), COUNT),
    **dict.fromkeys(("amount_usd", "amount_authorized_usd", "amount_drawn_usd", "latest_balance_usd"), COUNT),
    **dict.fromkeys(("cde_flag", "current_size_met", "prior_size_met"), YES_NO),
    **dict.fromkeys(("source_url", "landing_page"), ADDRESS),
    "county_code": _matches("is 01 to 58", r"^(?:0[1-9]|[1-4]\d|5[0-8])$", "California has 58 counties."),
    "priority": _between(1, 10, "The State Board's priorities are 1 to 10."),
    "method": _between(1, 4, "There are four methods of Differentiated Assistance."),
    "box": _between(0, 250, "The cells of the five-by-five grid are numbered 10 to 250; 0 is none."),
    "record_type": _one_of(["S", "D", "X"], "Only D rows judge districts and county offices."),
    "sha256": _matches("is a SHA-256 in hex", r"^[0-9a-f]{64}$", "It proves which bytes were read."),
}


def by_column(table: Table) -> list[Expectation]:
    """Expectations that follow from the names of the table's columns."""
    served = AS_SERVED.get(table.name, ())
    return [RULES[c](table.name, c) for c, spec in table.columns.items() if c in RULES and c not in served and not spec.values]
