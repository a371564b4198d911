"""Rules of the domain for tables that people act on: verdicts, their explanations, and the registers behind them."""

from functools import cache
from typing import Any

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import Column

from expectations.contracts import NAMING
from expectations.suites import Suite, common_arguments
from transforms.schema import published_tables

MUST_BE_EXPLAINED = "A row that cannot be explained cannot be defended."
DISTRICT_CDS = r"^(?:0[1-9]|[1-4]\d|5[0-8])\d{5}0{7}$"
CHARTER_CDS = r"^(?:0[1-9]|[1-4]\d|5[0-8])\d{5}0{0,6}[1-9]\d*$"
IGNORE_MISSING = {"ignore_row_if": "either_value_is_missing"}


@cache
def suites_of_tables() -> tuple[Suite, ...]:
    """Return a suite for each table in RULES."""
    tables = published_tables()
    return tuple(
        Suite(name, "contracts", name, tables[name].key, tuple(c for c in NAMING if c in tables[name].columns), rules)
        for name, rules in RULES.items()
    )


def _min_length(column: str, least: int, *words: Any) -> Expectation:
    """Expect texts of at least ``least`` characters. ``words`` are the arguments of ``common_arguments``."""
    return gxe.ExpectColumnValueLengthsToBeBetween(column=column, min_value=least, **common_arguments(*words))


def _matches(column: str, regex: str, *words: Any, where: Any = None) -> Expectation:
    return gxe.ExpectColumnValuesToMatchRegex(
        column=column, regex=regex, row_condition=where, **common_arguments(*words)
    )


def _one_of(column: str, values: list[Any], *words: Any, where: Any = None) -> Expectation:
    return gxe.ExpectColumnValuesToBeInSet(
        column=column, value_set=values, row_condition=where, **common_arguments(*words)
    )


def _not_null(column: str, *words: Any, where: Any = None) -> Expectation:
    return gxe.ExpectColumnValuesToNotBeNull(column=column, row_condition=where, **common_arguments(*words))


def _in_order(smaller: str, larger: str, *words: Any, apart: bool = False) -> Expectation:
    """Expect ``smaller`` to be at most ``larger``; with ``apart``, to be less."""
    return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A=larger, column_B=smaller, or_equal=not apart, **IGNORE_MISSING, **common_arguments(*words)
    )


RULES: dict[str, tuple[Expectation, ...]] = {
    "eligibility": (
        _min_length("reason", 20, "eligibility-reason-said", "Every verdict has a reason in words.", MUST_BE_EXPLAINED),
        _matches(
            "statute",
            r"^EC \d",
            "eligibility-statute-form",
            "Every verdict names a section of the Education Code.",
            "Each pathway has its basis in law.",
        ),
        _one_of(
            "status",
            ["not_applicable"],
            "eligibility-loans-districts-only",
            "Wraparound is not applicable to county offices and charter schools.",
            "EC 52074(g)(2)(A) is about school districts.",
            where=(Column("lea_type") != "district") & (Column("pathway") == "wraparound"),
        ),
        _one_of(
            "status",
            ["not_applicable"],
            "eligibility-continuum-not-charters",
            "The Continuum of Support is not applicable to charter schools.",
            "EC 52072 and 52072.5 are about districts and county offices. Charter schools have their own test.",
            where=(Column("lea_type") == "charter") & (Column("pathway") == "continuum"),
        ),
    ),
    "eligible_districts": (
        _min_length(
            "sentence",
            30,
            "eligible_districts-sentence-said",
            "Every row has a sentence about what the LEA meets.",
            "Most readers read nothing else.",
        ),
        _min_length(
            "reasons",
            20,
            "eligible_districts-reasons-said",
            "Every row gives the reasons of its pathways.",
            MUST_BE_EXPLAINED,
        ),
    ),
    "assistance": (
        _min_length("reason", 20, "assistance-reason-said", "Every verdict has a reason in words.", MUST_BE_EXPLAINED),
        _matches(
            "statute",
            r"^EC \d",
            "assistance-statute-form",
            "Every verdict names a section of the Education Code.",
            "Each test has its basis in law.",
        ),
        _one_of(
            "lea_type",
            ["charter"],
            "assistance-charter-test",
            "The charter test judges charter schools only.",
            "EC 47607.3 is about charter schools.",
            where=Column("determination") == "charter",
        ),
        _one_of(
            "assistance_year",
            [1, 2],
            "assistance-year-known",
            "The year of assistance is 1 or 2.",
            "Year 2 follows an earlier Dashboard on which a method was met. There is no year 3.",
        ),
    ),
    "changes": (
        _in_order(
            "from_year",
            "to_year",
            "changes-forward",
            "A change goes from an earlier year to a later one.",
            "In the wrong order, a new eligibility looks like a lost one.",
            apart=True,
        ),
        _one_of(
            "status_after",
            ["eligible"],
            "changes-newly-eligible",
            "An LEA that is newly eligible is eligible in the later year.",
            "Letters go to LEAs that are newly eligible.",
            where=Column("change") == "newly_eligible",
        ),
        _one_of(
            "status_before",
            ["eligible"],
            "changes-no-longer",
            "An LEA that is no longer eligible was eligible in the earlier year.",
            "An LEA cannot lose a status that it did not have.",
            where=Column("change") == "no_longer",
        ),
    ),
    "student_group_history": (
        _one_of(
            "basis",
            ["indicators", "cde_letters", "none"],
            "student_group_history-basis-known",
            "Every row names its basis: indicators, cde_letters or none.",
            "Computed and official results must not be mixed up.",
        ),
        _not_null(
            "note",
            "student_group_history-unknown-said",
            "Every unknown result has a reason.",
            "An unknown without a reason looks like a no.",
            where=Column("meets_criteria").is_null(),
        ),
    ),
    "watch_list": (
        _min_length(
            "sentence",
            30,
            "watch_list-sentence-said",
            "Every row has a sentence about what is watched.",
            "A preview without an explanation looks like a finding.",
        ),
        _one_of(
            "standing",
            ["provisional"],
            "watch_list-preview-provisional",
            "Every row that depends on the criteria of 2026 is marked provisional.",
            "These criteria come from one secondary source.",
            where=Column("watch").is_in(["preview_one_more_red", "preview_met", "preview_scale_changed"]),
        ),
    ),
    "reconciliation": (
        _min_length(
            "explanation",
            10,
            "reconciliation-explained",
            "Every comparison is explained in words.",
            "A difference without an explanation leaves readers in doubt.",
        ),
        gxe.ExpectColumnPairValuesToBeEqual(
            column_A="ours",
            column_B="cde",
            # CDE words statuses differently each year
            row_condition=(Column("class") == "agree") & (Column("flag") != "assistance_status"),
            **IGNORE_MISSING,
            **common_arguments(
                "reconciliation-agree-same",
                "If a row says that we agree with CDE, both values are the same.",
                "No row may claim an agreement that does not exist.",
            ),
        ),
    ),
    "leas": (
        _matches(
            "cds",
            DISTRICT_CDS,
            "leas-cds-of-district",
            "The CDS code of a district or county office is county 01 to 58, district, and zeros for the school.",
            "A lost leading zero moves an LEA to another county.",
            "unusual",
            where=Column("lea_type") != "charter",
        ),
        _matches(
            "cds",
            CHARTER_CDS,
            "leas-cds-of-charter",
            "The CDS code of a charter school is county 01 to 58, district, and a school code that is not all zeros.",
            "A charter school must not be mistaken for a district.",
            "unusual",
            where=Column("lea_type") == "charter",
        ),
        _not_null(
            "county",
            "leas-county-known",
            "Every LEA is in a known county.",
            "Readers from a county filter by it.",
            "unusual",
        ),
    ),
    "directory": (
        _in_order(
            "open_date",
            "closed_date",
            "directory-closed-after-open",
            "A school closes after it opens.",
            "A failure shows that date columns were swapped.",
            "unusual",
        ),
    ),
    "state_loans": (
        _in_order(
            "amount_drawn_usd",
            "amount_authorized_usd",
            "state_loans-drawn-within",
            "The amount drawn is not more than the amount authorized.",
            "If it is, one of the two amounts is mistyped.",
            "unusual",
        ),
    ),
    "state_loan_events": (
        _in_order(
            "earliest",
            "latest",
            "state_loan_events-period-forward",
            "The last possible day of an event is not before the first.",
            "These days decide whether a loan was received, repaid or released by a given day.",
        ),
    ),
    "meta_sources": (
        _not_null(
            "sha256",
            "meta_sources-hash-present",
            "Every loaded file has a SHA-256.",
            "It proves which bytes were read.",
            where=Column("file").is_not_null(),
        ),
        _in_order(
            "rows_kept",
            "rows_in",
            "meta_sources-kept-within",
            "The number of rows kept is at most the number of rows in the file.",
            "Rows that come from nowhere are worse than lost rows.",
        ),
    ),
}
