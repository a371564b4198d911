"""Rules of the domain on the tables that people act on: verdicts, what explains them, and the registers behind them."""

from functools import cache

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import Column

from expectations.contracts import NAMING
from expectations.suites import Suite, said
from transforms.schema import published_tables

UNDEFENDED = "A row that cannot be explained cannot be defended."
OF_DISTRICT = r"^(?:0[1-9]|[1-4]\d|5[0-8])\d{5}0{7}$"
OF_CHARTER = r"^(?:0[1-9]|[1-4]\d|5[0-8])\d{5}0{0,6}[1-9]\d*$"
EACH = {"ignore_row_if": "either_value_is_missing"}


@cache
def suites_of_tables() -> tuple[Suite, ...]:
    """A suite for each table that has rules of its own."""
    tables = published_tables()
    return tuple(
        Suite(
            name,
            "contracts",
            name,
            tables[name].key,
            tuple(c for c in NAMING if c in tables[name].columns),
            expectations,
        )
        for name, expectations in RULES.items()
    )


ELIGIBILITY: tuple[Expectation, ...] = (
    gxe.ExpectColumnValueLengthsToBeBetween(
        column="reason",
        min_value=20,
        **said("eligibility-reason-said", "Every verdict has a reason in words.", UNDEFENDED),
    ),
    gxe.ExpectColumnValuesToMatchRegex(
        column="statute",
        regex=r"^EC \d",
        **said(
            "eligibility-statute-form",
            "Every verdict names a section of the Education Code.",
            "Each pathway has its basis in law.",
        ),
    ),
    gxe.ExpectColumnValuesToBeInSet(
        column="status",
        value_set=["not_applicable"],
        row_condition=(Column("lea_type") != "district") & (Column("pathway") == "wraparound"),
        **said(
            "eligibility-loans-districts-only",
            "Wraparound is not applicable to county offices and charter schools.",
            "EC 52074(g)(2)(A) speaks of school districts.",
        ),
    ),
    gxe.ExpectColumnValuesToBeInSet(
        column="status",
        value_set=["not_applicable"],
        row_condition=(Column("lea_type") == "charter") & (Column("pathway") == "continuum"),
        **said(
            "eligibility-continuum-not-charters",
            "The Continuum of Support is not applicable to charter schools.",
            "EC 52072 and 52072.5 speak of districts and county offices; charter schools have a test of their own.",
        ),
    ),
)
ELIGIBLE_DISTRICTS: tuple[Expectation, ...] = (
    gxe.ExpectColumnValueLengthsToBeBetween(
        column="sentence",
        min_value=30,
        **said(
            "eligible_districts-sentence-said",
            "Every row says in a sentence what the LEA meets.",
            "Most readers read nothing else.",
        ),
    ),
    gxe.ExpectColumnValueLengthsToBeBetween(
        column="reasons",
        min_value=20,
        **said("eligible_districts-reasons-said", "Every row gives the reasons of its pathways.", UNDEFENDED),
    ),
)
ASSISTANCE: tuple[Expectation, ...] = (
    gxe.ExpectColumnValueLengthsToBeBetween(
        column="reason",
        min_value=20,
        **said("assistance-reason-said", "Every verdict has a reason in words.", UNDEFENDED),
    ),
    gxe.ExpectColumnValuesToMatchRegex(
        column="statute",
        regex=r"^EC \d",
        **said(
            "assistance-statute-form",
            "Every verdict names a section of the Education Code.",
            "Each test has its basis in law.",
        ),
    ),
    gxe.ExpectColumnValuesToBeInSet(
        column="lea_type",
        value_set=["charter"],
        row_condition=Column("determination") == "charter",
        **said(
            "assistance-charter-test",
            "The charter test judges charter schools only.",
            "EC 47607.3 speaks of charter schools.",
        ),
    ),
    gxe.ExpectColumnValuesToBeInSet(
        column="assistance_year",
        value_set=[1, 2],
        **said(
            "assistance-year-known",
            "The year of assistance is 1 or 2.",
            "Year 2 follows a Dashboard that met a method before; there is no third.",
        ),
    ),
)
CHANGES: tuple[Expectation, ...] = (
    gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A="to_year",
        column_B="from_year",
        **EACH,
        **said(
            "changes-forward",
            "A change runs from an earlier year to a later one.",
            "Read backwards, a new eligibility is a lost one.",
        ),
    ),
    gxe.ExpectColumnValuesToBeInSet(
        column="status_after",
        value_set=["eligible"],
        row_condition=Column("change") == "newly_eligible",
        **said(
            "changes-newly-eligible",
            "Who is newly eligible is eligible in the later year.",
            "Letters go out to those who are newly eligible.",
        ),
    ),
    gxe.ExpectColumnValuesToBeInSet(
        column="status_before",
        value_set=["eligible"],
        row_condition=Column("change") == "no_longer",
        **said(
            "changes-no-longer",
            "Who is no longer eligible was eligible in the earlier year.",
            "One cannot lose what one did not have.",
        ),
    ),
)
GROUPS: tuple[Expectation, ...] = (
    gxe.ExpectColumnValuesToBeInSet(
        column="basis",
        value_set=["indicators", "cde_letters", "none"],
        **said(
            "student_group_history-basis-known",
            "Every row says what it is taken from: indicators, cde_letters or none.",
            "Computed and official results must not be mixed up.",
        ),
    ),
    gxe.ExpectColumnValuesToNotBeNull(
        column="note",
        row_condition=Column("meets_criteria").is_null(),
        **said(
            "student_group_history-unknown-said",
            "What cannot be known says why.",
            "An unknown without a reason looks like a no.",
        ),
    ),
)
WATCH_LIST: tuple[Expectation, ...] = (
    gxe.ExpectColumnValueLengthsToBeBetween(
        column="sentence",
        min_value=30,
        **said(
            "watch_list-sentence-said",
            "Every row says in a sentence what is watched.",
            "A preview that cannot be explained is taken for a finding.",
        ),
    ),
    gxe.ExpectColumnValuesToBeInSet(
        column="standing",
        value_set=["provisional"],
        row_condition=Column("watch").is_in(["preview_one_more_red", "preview_met", "preview_scale_changed"]),
        **said(
            "watch_list-preview-provisional",
            "What rests on the criteria of 2026 is marked provisional.",
            "They rest on one secondary source.",
        ),
    ),
)
RECONCILIATION: tuple[Expectation, ...] = (
    gxe.ExpectColumnValueLengthsToBeBetween(
        column="explanation",
        min_value=10,
        **said(
            "reconciliation-explained",
            "Every comparison is explained in words.",
            "A difference without an explanation is a doubt without an answer.",
        ),
    ),
    gxe.ExpectColumnPairValuesToBeEqual(
        column_A="ours",
        column_B="cde",
        # CDE names statuses in other words each year
        row_condition=(Column("class") == "agree") & (Column("flag") != "assistance_status"),
        **EACH,
        **said(
            "reconciliation-agree-same",
            "Where we agree with CDE, both values are the same.",
            "Agreement must not be claimed where there is none.",
        ),
    ),
)
LEAS: tuple[Expectation, ...] = (
    gxe.ExpectColumnValuesToMatchRegex(
        column="cds",
        regex=OF_DISTRICT,
        row_condition=Column("lea_type") != "charter",
        **said(
            "leas-cds-of-district",
            "The CDS code of a district or county office is county 01 to 58, district, and zeros for the school.",
            "A lost leading zero moves an LEA to another county.",
            "unusual",
        ),
    ),
    gxe.ExpectColumnValuesToMatchRegex(
        column="cds",
        regex=OF_CHARTER,
        row_condition=Column("lea_type") == "charter",
        **said(
            "leas-cds-of-charter",
            "The CDS code of a charter school is county 01 to 58, district, and a school code that is not all zeros.",
            "A charter school must not be taken for a district.",
            "unusual",
        ),
    ),
    gxe.ExpectColumnValuesToNotBeNull(
        column="county",
        **said("leas-county-known", "Every LEA lies in a known county.", "County readers filter by it.", "unusual"),
    ),
)
DIRECTORY: tuple[Expectation, ...] = (
    gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A="closed_date",
        column_B="open_date",
        or_equal=True,
        **EACH,
        **said(
            "directory-closed-after-open",
            "A school closes after it opens.",
            "Exchanged columns of dates show here.",
            "unusual",
        ),
    ),
)
LOANS: tuple[Expectation, ...] = (
    gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A="amount_authorized_usd",
        column_B="amount_drawn_usd",
        or_equal=True,
        **EACH,
        **said(
            "state_loans-drawn-within",
            "No more was drawn than was authorized.",
            "One of the two amounts is mistyped.",
            "unusual",
        ),
    ),
)
LOAN_EVENTS: tuple[Expectation, ...] = (
    gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A="latest",
        column_B="earliest",
        or_equal=True,
        **EACH,
        **said(
            "state_loan_events-period-forward",
            "The last possible day of an event is not before the first.",
            "Whether a loan was received, repaid or released by a day is decided from these.",
        ),
    ),
)
SOURCES: tuple[Expectation, ...] = (
    gxe.ExpectColumnValuesToNotBeNull(
        column="sha256",
        row_condition=Column("file").is_not_null(),
        **said("meta_sources-hash-present", "Every loaded file has its SHA-256.", "It proves which bytes were read."),
    ),
    gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A="rows_in",
        column_B="rows_kept",
        or_equal=True,
        **EACH,
        **said(
            "meta_sources-kept-within",
            "No more rows are kept than the file has.",
            "Rows that appear from nowhere are worse than rows that are lost.",
        ),
    ),
)
RULES: dict[str, tuple[Expectation, ...]] = {
    "eligibility": ELIGIBILITY,
    "eligible_districts": ELIGIBLE_DISTRICTS,
    "assistance": ASSISTANCE,
    "changes": CHANGES,
    "student_group_history": GROUPS,
    "watch_list": WATCH_LIST,
    "reconciliation": RECONCILIATION,
    "leas": LEAS,
    "directory": DIRECTORY,
    "state_loans": LOANS,
    "state_loan_events": LOAN_EVENTS,
    "meta_sources": SOURCES,
}
