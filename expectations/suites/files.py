"""A suite for each shape of source file, on the rows as they were read: is the file, as a whole, what its name says?

Single rows that break the contract of their file are found by the core stage, kept aside and named; here a share of them is allowed.
"""

from collections.abc import Callable
from typing import Any

import great_expectations as gx
import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import Column

from expectations.suites.base import expect
from expectations.thresholds import THRESHOLDS
from transforms.catalog import Source, load_catalog
from transforms.check_result import CheckClass
from transforms.layouts import LayoutSpec, load_layouts
from transforms.raw.table import CELL_LAYOUTS, CELL_SCHEMA
from transforms.settings import PROJECT

MOSTLY = THRESHOLDS["file_rows_sound_share"]
FLAGS = ("Y", "N")
# Layouts that only serve reconciliation, early warning or names: what is wrong with such a file never stops a release.
NEVER_STOPS = ("low_performing", "lcap_goals", "directory", "interim_certifications")


def columns_of_layout(source: Source, spec: LayoutSpec) -> list[str]:
    """Columns that a file of this layout has once it is read."""
    return CELL_SCHEMA.names if source.layout in CELL_LAYOUTS else [*spec.columns, "line"]


def suite_of_file(source: Source, spec: LayoutSpec, needed: set[str], groups: list[str]) -> gx.ExpectationSuite:
    """The suite of one file: its layout's, for its year and indicator. ``groups`` are the known student group codes."""
    columns = columns_of_layout(source, spec)
    asked = SHAPES[source.layout](source, needed, groups)
    return gx.ExpectationSuite(name=source.id, expectations=[*_every_file(source.layout, columns), *asked])


def class_of(layout: str) -> CheckClass:
    """Class of a check on the rows of a file of this layout: many bad rows are evidence of a fault, where verdicts rest on them."""
    return "unusual" if layout in NEVER_STOPS else "fault"


def _id(layout: str, what: str) -> str:
    return f"file-{layout.replace('_', '-')}-{what}"


def _every_file(layout: str, columns: list[str]) -> list[Expectation]:
    return [
        expect(
            gxe.ExpectTableColumnsToMatchOrderedList,
            _id(layout, "columns"),
            "The file was read with the columns of its layout.",
            "Later stages address columns by name.",
            column_list=columns,
        ),
        expect(
            gxe.ExpectTableRowCountToBeBetween,
            _id(layout, "not-empty"),
            "The file has rows.",
            "A file of which nothing can be used is worse than a missing one: it looks present.",
            class_of(layout),
            min_value=1,
        ),
        expect(
            gxe.ExpectColumnValuesToNotBeNull,
            _id(layout, "line-present"),
            "Every row knows its line.",
            "Whoever doubts a verdict must be able to look it up.",
            column="line",
        ),
    ]


def _form(layout: str, column: str, what: str, regex: str, reason: str, **more: Any) -> Expectation:
    return expect(
        gxe.ExpectColumnValuesToMatchRegex,
        _id(layout, f"{column}-form"),
        f"{column} is {what}.",
        reason,
        class_of(layout),
        column=column,
        regex=regex,
        mostly=MOSTLY,
        **more,
    )


def _present(layout: str, column: str, reason: str) -> Expectation:
    what = f"{column} is filled."
    return expect(gxe.ExpectColumnValuesToNotBeNull, _id(layout, f"{column}-present"), what, reason, class_of(layout), column=column, mostly=MOSTLY)


def _known(layout: str, column: str, values: list[str], reason: str, **more: Any) -> Expectation:
    what = f"{column} is one of its known values: {', '.join(values)}."
    asked = {"column": column, "value_set": values, "mostly": MOSTLY, **more}
    return expect(gxe.ExpectColumnValuesToBeInSet, _id(layout, f"{column}-known"), what, reason, class_of(layout), **asked)


def _cds(layout: str) -> list[Expectation]:
    zeros = "A spreadsheet that saves the file takes leading zeros away, and moves LEAs to other counties."
    return [_form(layout, "cds", "a CDS code of 14 digits", r"^\d{14}$", zeros), _present(layout, "cds", "A row without a code is nobody's.")]


def _unique(layout: str, *key: str) -> Expectation:
    kind, columns = (
        (gxe.ExpectCompoundColumnsToBeUnique, {"column_list": list(key)}) if len(key) > 1 else (gxe.ExpectColumnValuesToBeUnique, {"column": key[0]})
    )
    why = "A file that was put together twice doubles its rows."
    return expect(kind, _id(layout, "rows-once"), f"No two rows have the same {' and '.join(key)}.", why, class_of(layout), mostly=MOSTLY, **columns)


def _dashboard(source: Source, needed: set[str], groups: list[str]) -> list[Expectation]:
    layout = source.layout
    found = [
        *_cds(layout),
        _known(layout, "rtype", ["S", "D", "X", "s", "d", "x"], "Only D rows judge districts and county offices."),
        _known(layout, "reportingyear", [source.reporting_year, source.reporting_year.upper()], "The file must be of the Dashboard that its name says."),
    ]
    if "studentgroup" in needed:
        found += [
            _known(layout, "studentgroup", groups, "A code that is not known cannot be judged."),
            _unique(layout, "cds", "studentgroup"),
        ]
    number = r"^-?\d+(?:\.\d+)?$"
    for column in ("currstatus", "currdenom"):
        if column in needed:
            found.append(_form(layout, column, "a number", number, "A shifted column shows here first."))
    for column in ("statuslevel", "color"):
        if column in needed:
            found += [
                _form(layout, column, "a level, 0 to 5", r"^[0-5](?:\.0+)?$", "Rules compare it with the levels 1 to 5."),
                _present(layout, column, "Rules look at it; 0 stands for none."),
            ]
    return found


def _assistance(source: Source, needed: set[str], groups: list[str]) -> list[Expectation]:
    layout = source.layout
    letters = [f"letter:{g.lower()}" for g in groups if any(n.startswith("letter:") for n in needed)]  # none where the criteria are not confirmed
    flags = [f"{f}:{n}" for f in ("ec52072", "ec52071f") for n in range(17, 40)] + [f"met_method:{n}" for n in range(1, 5)]
    return [
        *_cds(layout),
        _unique(layout, "cds", "heading"),
        _known(layout, "value", list("ABCDEFGHIJK"), "CDE's letters for sets of priorities are A to K.", row_condition=Column("field").is_in(letters)),
        expect(
            gxe.ExpectColumnValuesToBeInSet,
            _id(layout, "flags-known"),
            "The cells of flags hold Y or N.",
            "A shifted column shows here first.",
            class_of(layout),
            column="value",
            value_set=list(FLAGS),
            mostly=MOSTLY,
            row_condition=Column("field").is_in(flags),
        ),
        expect(
            gxe.ExpectColumnValuesToMatchRegex,
            _id(layout, "year-named"),
            "The reporting year is the one that the file name says.",
            "Last year's workbook under this year's name would decide this year.",
            class_of(layout),
            column="value",
            regex=f"^{source.dashboard_year}",
            mostly=MOSTLY,
            row_condition=Column("field") == "reporting_year",
        ),
    ]


def _charters(source: Source, needed: set[str], groups: list[str]) -> list[Expectation]:
    letters = [f"{when}:{g.lower()}" for g in groups for when in ("current", "prior")]
    known = _known(source.layout, "value", list("ABCDEFGHIJK"), "CDE's letters are A to K.", row_condition=Column("field").is_in(letters))
    return [*_cds(source.layout), _unique(source.layout, "cds", "heading"), known]


def _local(source: Source, needed: set[str], groups: list[str]) -> list[Expectation]:
    layout = source.layout
    performance = r"(?i)^(?:met|not met|not met for two or more years|na)$"
    return [
        *_cds(layout),
        _form(layout, "localindicator", "the label of a priority", r"Priority Area \d+", "The label says which priority the row is about."),
        _form(layout, "performance", "Met, Not Met, Not Met For Two or More Years or NA", performance, "Methods 2 and 3 count what is not met."),
        _unique(layout, "cds", "localindicator"),
    ]


def _local_by_priority(source: Source, needed: set[str], groups: list[str]) -> list[Expectation]:
    layout = source.layout
    performance = r"(?i)^(?:met|not met|not met for two or more years|na)$"
    of_performance = Column("field") == "performance"
    return [
        *_cds(layout),
        _form(layout, "value", "Met, Not Met or Not Met For Two or More Years", performance, "Methods 2 and 3 count it.", row_condition=of_performance),
    ]


def _low_performing(source: Source, needed: set[str], groups: list[str]) -> list[Expectation]:
    listed = Column("field").is_in([f"red:{i}" for i in ("ela", "math", "chronic", "cci", "elpi", "grad", "susp")])
    return [*_cds(source.layout), _known(source.layout, "value", ["Y", "N", ""], "A listed indicator is Y, any other blank.", row_condition=listed)]


def _lcap_goals(source: Source, needed: set[str], groups: list[str]) -> list[Expectation]:
    return [*_cds(source.layout), _unique(source.layout, "cds", "heading")]


def _directory(source: Source, needed: set[str], groups: list[str]) -> list[Expectation]:
    statuses = ["Active", "Closed", "Merged", "Pending"]
    return [*_cds(source.layout), _known(source.layout, "status", statuses, "The directory says who exists."), _unique(source.layout, "cds")]


def _interim(source: Source, needed: set[str], groups: list[str]) -> list[Expectation]:
    named = "Lines are matched to LEAs by county and name."
    return [
        _known(source.layout, "certification", ["negative", "qualified"], "The heading above a line says which list it is on."),
        _present(source.layout, "county", named),
        _present(source.layout, "lea", named),
    ]


SHAPES: dict[str, Callable[[Source, set[str], list[str]], list[Expectation]]] = {
    "dashboard": _dashboard,
    "assistance": _assistance,
    "charter_assistance": _charters,
    "local_indicators": _local,
    "local_indicators_by_priority": _local_by_priority,
    "low_performing": _low_performing,
    "lcap_goals": _lcap_goals,
    "directory": _directory,
    "interim_certifications": _interim,
}


def classes_of_files() -> dict[str, CheckClass]:
    """The class of every expectation of every shape of file, with all the columns that rules can need."""
    catalog = load_catalog(PROJECT / "data")
    layouts = load_layouts(PROJECT / "data")
    found: dict[str, CheckClass] = {}
    for source in {s.layout: s for s in catalog.source}.values():
        spec = layouts.of(source)
        for expectation in suite_of_file(source, spec, {*spec.columns, *(f"{family}:" for family in spec.patterns)}, []).expectations:
            found[expectation.meta["check_id"]] = expectation.meta["check_class"]
    return found
