"""Expectations on the list of districts, county offices and charter schools."""

import great_expectations as gx
import great_expectations.expectations as gxe
from great_expectations.expectations.row_conditions import Column

from expectations.suites.base import base, expect


def suite() -> gx.ExpectationSuite:
    """Every LEA has a full CDS code, a name and a known county."""
    form = expect(
        gxe.ExpectColumnValuesToMatchRegex,
        "leas-cds-form",
        "The CDS code of a district or county office is 14 digits: county 01 to 58, district, and zeros for the school.",
        "A lost leading zero moves an LEA to another county.",
        column="cds",
        regex=r"^(?:0[1-9]|[1-4]\d|5[0-8])\d{5}0{7}$",
        row_condition=Column("lea_type") != "charter",
    )
    charter_form = expect(
        gxe.ExpectColumnValuesToMatchRegex,
        "leas-charter-cds-form",
        "The CDS code of a charter school is 14 digits: county 01 to 58, district, and a school code that is not all zeros.",
        "A charter school must not be taken for a district.",
        column="cds",
        regex=r"^(?:0[1-9]|[1-4]\d|5[0-8])\d{5}(?!0{7})\d{7}$",
        row_condition=Column("lea_type") == "charter",
    )
    county = expect(
        gxe.ExpectColumnValuesToNotBeNull,
        "leas-county-known",
        "Every LEA lies in a known county.",
        "County readers filter by it.",
        column="county",
    )
    return gx.ExpectationSuite(name="leas", expectations=[*base("leas"), form, charter_form, county])
