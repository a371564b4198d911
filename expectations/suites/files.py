"""A suite for each shape of source file that is kept as text, on the rows of all its files as they were read.

The core stage finds and rejects single rows that break the contract of their file. Here, many such rows are evidence
about the file. Dashboard files have millions of rows, so SQL checks judge them (``dashboard_rows_sound``,
``dashboard_levels_present``).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import Column

from expectations.suites import Suite, common_arguments
from transforms.release.check_result import CheckClass

FLAGS = ("Y", "N")
LETTERS = tuple("ABCDEFGHIJK")
PERFORMANCE = r"(?i)^(?:met|not met|not met for two or more years|na)$"
# Layouts that only serve reconciliation, early warning or names: a fault in such a file never stops a release.
NEVER_STOPS = ("low_performing", "lcap_goals", "directory", "interim_certifications")


class Shape:
    """The expectations of one layout, with ids, classes and texts that name it."""

    def __init__(self, layout: str, groups: Sequence[str], indicators: Sequence[str]) -> None:
        """Take a layout, and the known codes of student groups and indicators."""
        self.layout, self.groups, self.indicators = layout, groups, indicators
        self.check_class: CheckClass = "unusual" if layout in NEVER_STOPS else "fault"

    def arguments(self, what: str, sentence: str, reason: str, fields: Iterable[str] = ()) -> dict[str, Any]:
        """Return ``common_arguments`` for cells of ``fields``, or for all rows. A share of a file may fail."""
        found = common_arguments(self.id(what), sentence, reason, self.check_class)
        found["meta"] |= {"fields": list(fields)}
        return {**found, "row_condition": Column("field").is_in(list(fields))} if fields else found

    def id(self, what: str) -> str:
        """Return the id of a check of this shape."""
        return f"file-{self.layout.replace('_', '-')}-{what}"

    def form(self, column: str, what: str, regex: str, reason: str, fields: Iterable[str] = ()) -> Expectation:
        """Expect every value of a column to match a pattern."""
        return gxe.ExpectColumnValuesToMatchRegex(
            column=column, regex=regex, **self.arguments(f"{column}-form", f"{column} is {what}.", reason, fields)
        )

    def present(self, column: str, reason: str) -> Expectation:
        """Expect a value in every row of a column."""
        return gxe.ExpectColumnValuesToNotBeNull(
            column=column, **self.arguments(f"{column}-present", f"{column} is filled.", reason)
        )

    def known(self, column: str, values: Iterable[str], reason: str, fields: Iterable[str] = ()) -> Expectation:
        """Expect every value of a column to be one of its known values."""
        what = f"{column} is one of its known values: {', '.join(values)}."
        return gxe.ExpectColumnValuesToBeInSet(
            column=column, value_set=list(values), **self.arguments(f"{column}-known", what, reason, fields)
        )

    def once(self, *key: str) -> Expectation:
        """Expect no two rows of a file to have the same key."""
        words = self.arguments(
            "rows-once",
            f"No two rows have the same {' and '.join(key)}.",
            "A file that was assembled twice has doubled rows.",
        )
        return gxe.ExpectCompoundColumnsToBeUnique(column_list=["source_id", *key], **words)

    def codes(self) -> list[Expectation]:
        """Expect CDS codes with their leading zeros in every row."""
        zeros = "A spreadsheet that saves the file removes leading zeros, and so moves LEAs to other counties."
        return [
            self.form("cds", "a CDS code of 14 digits", r"^\d{14}$", zeros),
            self.present("cds", "A row without a code belongs to no LEA."),
        ]

    def lines(self) -> Expectation:
        """Expect a line number in every row. The pipeline gives it, so no share of rows may lack it."""
        words = common_arguments(
            self.id("line-present"),
            "Every row has its line number.",
            "Anyone who doubts a verdict must be able to look it up.",
        )
        return gxe.ExpectColumnValuesToNotBeNull(column="line", **words)


def suite_of_shape(layout: str, groups: list[str], indicators: Sequence[str] = ()) -> Suite:
    """Return the suite of a layout.

    ``groups`` are the known student group codes, in lowercase; ``indicators`` the known indicator codes.
    """
    shape = Shape(layout, groups, indicators)
    expectations = (shape.lines(), *SHAPES[layout](shape))
    return Suite(f"{layout} files", "files", relation_of(layout), ("source_id", "line"), (), expectations)


def relation_of(layout: str) -> str:
    """Return a query for the rows of all files of a layout: text without surrounding blanks; null if it is empty or a
    star.

    Leaves out letters of years whose rules are not confirmed.
    """
    named = (
        "case when \"field\" = 'reporting_year' then blank(value)[:4] end"
        if layout == "assistance"
        else "null::varchar"
    )
    not_confirmed = "f.dashboard_year in (select dashboard_year from rule_sets where not_confirmed is not null)"
    left_out = f"where not (\"field\" like 'letter:%' and {not_confirmed})" if layout == "assistance" else ""
    return f"""(
        select
            blank(columns(r.* exclude (source_id, line))), r.source_id, r.line, {named} as year_named,
            f.dashboard_year::varchar as year_of_file
        from raw_{layout} r join source_files f using (source_id) {left_out}
    )"""


def _assistance(shape: Shape) -> list[Expectation]:
    letters = [f"letter:{g}" for g in shape.groups]
    flags = [f"{f}:{n}" for f in ("ec52072", "ec52071f") for n in range(17, 40)]
    flags += [f"met_method:{n}" for n in range(1, 5)]
    year = shape.arguments(
        "year-named",
        "The reporting year is the year in the file name.",
        "Last year's workbook under this year's name would decide this year.",
    )
    return [
        *shape.codes(),
        shape.once("cds", "heading"),
        shape.known("value", LETTERS, "CDE's letters for sets of priorities are A to K.", letters),
        gxe.ExpectColumnValuesToBeInSet(
            column="value",
            value_set=list(FLAGS),
            **shape.arguments("flags-known", "Every flag is Y or N.", "A shifted column shows here first.", flags),
        ),
        gxe.ExpectColumnPairValuesToBeEqual(
            column_A="year_named", column_B="year_of_file", ignore_row_if="either_value_is_missing", **year
        ),
    ]


def _charters(shape: Shape) -> list[Expectation]:
    letters = [f"{when}:{g}" for g in shape.groups for when in ("current", "prior")]
    return [
        *shape.codes(),
        shape.once("cds", "heading"),
        shape.known("value", LETTERS, "CDE's letters are A to K.", letters),
    ]


def _local(shape: Shape) -> list[Expectation]:
    what = "Met, Not Met, Not Met For Two or More Years or NA"
    return [
        *shape.codes(),
        shape.form(
            "localindicator",
            "the label of a priority",
            r"Priority Area \d+",
            "The label shows which priority the row is about.",
        ),
        shape.form("performance", what, PERFORMANCE, "Methods 2 and 3 count local indicators that are not met."),
        shape.once("cds", "localindicator"),
    ]


def _local_by_priority(shape: Shape) -> list[Expectation]:
    what = "Met, Not Met or Not Met For Two or More Years"
    return [
        *shape.codes(),
        shape.form(
            "value", what, PERFORMANCE, "Methods 2 and 3 count local indicators that are not met.", ["performance"]
        ),
    ]


def _low_performing(shape: Shape) -> list[Expectation]:
    return [
        *shape.codes(),
        shape.known(
            "value",
            FLAGS,
            "A listed indicator has Y, and every other one is blank.",
            [f"red:{i}" for i in shape.indicators],
        ),
    ]


def _lcap_goals(shape: Shape) -> list[Expectation]:
    return [*shape.codes(), shape.once("cds", "heading")]


def _directory(shape: Shape) -> list[Expectation]:
    statuses = ["Active", "Closed", "Merged", "Pending"]
    return [
        *shape.codes(),
        shape.known("status", statuses, "The directory shows which LEAs and schools exist."),
        shape.once("cds"),
    ]


def _interim(shape: Shape) -> list[Expectation]:
    named = "Lines are matched to LEAs by county and name."
    return [
        shape.known("certification", ["negative", "qualified"], "The heading above a line shows which list it is on."),
        shape.present("county", named),
        shape.present("lea", named),
    ]


SHAPES: dict[str, Callable[[Shape], list[Expectation]]] = {
    "assistance": _assistance,
    "charter_assistance": _charters,
    "local_indicators": _local,
    "local_indicators_by_priority": _local_by_priority,
    "low_performing": _low_performing,
    "lcap_goals": _lcap_goals,
    "directory": _directory,
    "interim_certifications": _interim,
}
