"""Expectations on the list of districts, county offices and charter schools."""

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import Column

from expectations.suites.base import expect


def own() -> list[Expectation]:
    """Every LEA has a CDS code that fits its kind, and a known county."""
    return [
        expect(
            gxe.ExpectColumnValuesToMatchRegex,
            "leas-cds-of-district",
            "The CDS code of a district or county office is county 01 to 58, district, and zeros for the school.",
            "A lost leading zero moves an LEA to another county.",
            "unusual",
            column="cds",
            regex=r"^(?:0[1-9]|[1-4]\d|5[0-8])\d{5}0{7}$",
            row_condition=Column("lea_type") != "charter",
        ),
        expect(
            gxe.ExpectColumnValuesToMatchRegex,
            "leas-cds-of-charter",
            "The CDS code of a charter school is county 01 to 58, district, and a school code that is not all zeros.",
            "A charter school must not be taken for a district.",
            "unusual",
            column="cds",
            regex=r"^(?:0[1-9]|[1-4]\d|5[0-8])\d{5}0{0,6}[1-9]\d*$",
            row_condition=Column("lea_type") == "charter",
        ),
        expect(
            gxe.ExpectColumnValuesToNotBeNull,
            "leas-county-known",
            "Every LEA lies in a known county.",
            "County readers filter by it.",
            "unusual",
            column="county",
        ),
    ]
