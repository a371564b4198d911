"""What every table must satisfy, taken from the schema: columns, key, required values, allowed values, not empty."""

from typing import Any

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from transforms.check_result import CheckClass, severity_of
from transforms.schema import Table


def expect(kind: type[Expectation], check_id: str, sentence: str, reason: str, check_class: CheckClass = "impossible", **arguments: Any) -> Expectation:
    """An expectation with an id, a class, and a plain sentence and a reason for whoever reads that it failed."""
    meta = {"check_id": check_id, "check_class": check_class, "sentence": sentence, "reason": reason}
    return kind(severity=severity_of(check_class), meta=meta, **arguments)


# Tables of sources that only serve reconciliation or early warning: what is wrong with their values never stops a release.
NEVER_STOP = ("interim_certifications", "low_performing")


def class_in(table: str) -> CheckClass:
    """Class of a check on the values of a table: a broken contract of our own is impossible."""
    return "unusual" if table in NEVER_STOP else "impossible"


def base(table: Table) -> list[Expectation]:
    """Expectations that follow from the table's schema."""
    return [*_shape(table), *_present(table), *_known(table)]


def _shape(table: Table) -> list[Expectation]:
    name, key = table.name, list(table.key)
    found = [
        expect(
            gxe.ExpectTableColumnsToMatchOrderedList,
            f"{name}-columns",
            "The table has exactly the columns of its schema.",
            "Readers address columns by name and position.",
            column_list=list(table.columns),
        )
    ]
    if not table.may_be_empty:
        found.append(
            expect(gxe.ExpectTableRowCountToBeBetween, f"{name}-not-empty", "The table has rows.", "An empty table passes every other check.", min_value=1)
        )
    doubled = "A doubled row is judged or counted twice."
    if len(key) > 1:
        found.append(expect(gxe.ExpectCompoundColumnsToBeUnique, f"{name}-key", f"{', '.join(key)} identify a row.", doubled, class_in(name), column_list=key))
    else:
        found.append(expect(gxe.ExpectColumnValuesToBeUnique, f"{name}-key", f"{key[0]} identifies a row.", doubled, class_in(name), column=key[0]))
    return found


def _present(table: Table) -> list[Expectation]:
    return [
        expect(
            gxe.ExpectColumnValuesToNotBeNull,
            f"{table.name}-{c}-present",
            f"{c} is never missing.",
            f"{table.columns[c].description}.",
            class_in(table.name),
            column=c,
        )
        for c in dict.fromkeys((*table.key, *table.required))
    ]


def _known(table: Table) -> list[Expectation]:
    return [
        expect(
            gxe.ExpectColumnValuesToBeInSet,
            f"{table.name}-{n}-known",
            f"{n} is one of its known values: {', '.join(c.values)}.",
            f"{c.description}.",
            class_in(table.name),
            column=n,
            value_set=list(c.values),
        )
        for n, c in table.columns.items()
        if c.values
    ]


def types() -> list[Expectation]:
    """Expectations on the types of all columns; see expectations.types."""
    return [
        expect(
            gxe.ExpectColumnValuesToNotBeNull,
            "columns-present",
            "Every published column is there.",
            "Readers address columns by name.",
            column="found",
        ),
        expect(
            gxe.ExpectColumnPairValuesToBeEqual,
            "columns-types",
            "Every column holds the kind of values that its schema says.",
            "A code that became a number has lost its leading zeros.",
            column_A="found",
            column_B="declared",
            ignore_row_if="either_value_is_missing",
        ),
    ]
