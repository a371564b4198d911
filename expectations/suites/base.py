"""What every table must satisfy, taken from the schema: columns, key, required values, allowed values, not empty."""

from typing import Any

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from transforms.schema import published_tables


def expect(kind: type[Expectation], check_id: str, sentence: str, reason: str, severity: str = "critical", **arguments: Any) -> Expectation:
    """An expectation with an id, a plain sentence and a reason for whoever reads that it failed."""
    return kind(severity=severity, meta={"check_id": check_id, "sentence": sentence, "reason": reason}, **arguments)


def base(name: str) -> list[Expectation]:
    """Critical expectations that follow from the table's schema."""
    table = published_tables()[name]
    doubled = "A doubled row is judged twice."
    return [
        expect(
            gxe.ExpectTableColumnsToMatchOrderedList,
            f"{name}-columns",
            "The table has exactly the columns of its schema.",
            "Readers address columns by name and position.",
            column_list=list(table.columns),
        ),
        expect(
            gxe.ExpectTableRowCountToBeBetween,
            f"{name}-not-empty",
            "The table has rows.",
            "An empty table passes every other check.",
            min_value=1,
        ),
        expect(gxe.ExpectCompoundColumnsToBeUnique, f"{name}-key", f"{', '.join(table.key)} identify a row.", doubled, column_list=list(table.key))
        if len(table.key) > 1
        else expect(gxe.ExpectColumnValuesToBeUnique, f"{name}-key", f"{table.key[0]} identifies a row.", doubled, column=table.key[0]),
        *(
            expect(gxe.ExpectColumnValuesToNotBeNull, f"{name}-{c}-present", f"{c} is never missing.", table.columns[c].description, column=c)
            for c in dict.fromkeys((*table.key, *table.required))
        ),
        *(
            expect(gxe.ExpectColumnValuesToBeInSet, f"{name}-{n}-known", f"{n} is one of its known values.", c.description, column=n, value_set=list(c.values))
            for n, c in table.columns.items()
            if c.values
        ),
    ]
