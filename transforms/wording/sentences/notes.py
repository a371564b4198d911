"""Short notes that SQL adds to a result.

Each becomes a macro ``note_<name>``; the fields in braces are its arguments, in order.
"""

from string import Formatter

from transforms.database import literal

NOTES = {
    # why the result of a student group on one indicator is unknown
    "file_not_loaded": "a {year} Dashboard file is not loaded",
    "row_rejected": "line {line} of {file} was rejected: {reason}",
    "county_not_covered": "the {indicator} file of {year} does not cover this county",
    "lea_not_in_file": "the {indicator} file of {year} has no row of this LEA, where every LEA has one",
    "row_of_other_indicator": "the file has no row of this group, but the {indicator} file of the year has one",
    "row_of_next_year": "the file has no row of this group, but the {year} Dashboard shows that it had a result",
    "row_of_letter": "the file has no row of this group, but CDE's letter {letter} needs one for priority {priority}",
    "row_of_release": "the file has no row of this group, but the release before had it",
    # why a row is rejected, or in doubt
    "name_of_other_code": "other files give this name to {cds}, and another one to the CDS code of the row",
    "status_remembered": "{file}, the workbook of {reported}, gives the status of {year} as {status}",
    "status_not_remembered": "{file}, the workbook of {reported}, has no status of this LEA for {year}",
    # what to do about a rejected row
    "correct_register": "Correct line {line} of {file}. Then: dta register check, and dta run.",
    "saved_by_a_spreadsheet": (
        "A spreadsheet program has taken the leading zero of a code. Get {file} from CDE again and do not save it from"
        " such a program."
    ),
    "compare_with_cde": (
        "Compare line {line} with CDE's own {file}. If it differs, get the file again; if it does not, tell CDE. Until"
        " then what depends on the row is not determined."
    ),
    # what an LEA's letters are based on
    "no_file_of_year": "{year} data is not loaded",
    "no_file_covers_county": "{year} data for this county is not loaded",
    "lea_row_rejected": "the row of this LEA in CDE's workbook of {year} was rejected",
    "lea_row_contradicted": "CDE's workbooks of {year} and {reported} differ on this LEA's status of the earlier year",
    "lea_row_missing": "CDE's workbook of {year} has no row of this LEA, but a later one has its status of that year",
    "lea_row_may_be_missing": (
        "CDE's workbook of {year} has no row of this LEA, and no later one shows whether it should have one"
    ),
    "lea_not_listed": "not listed under this code in CDE's workbook of {year}",
    "no_letter_column": "CDE's workbook of {year} has no column of this student group",
    "county_offices_not_determined": "county offices were not determined in {year}",
    # years before a code began, with a predecessor on record
    "predecessor_met": "{year}: not listed under this code; as {name} ({cds}): {groups} met the criteria",
    "predecessor_unknown": "{year}: not listed under this code; the results of {name} ({cds}) are not determined",
    "predecessor_not_listed": "{year}: not listed under this code, nor is {name} ({cds}) under its code",
    "predecessor_still_listed": ("{year}: {name} ({cds}) is still listed; by the register its code ended before {day}"),
    "predecessor_gap": (
        "{year}: neither listed under this code nor as {name} ({cds}); by the register this code began on {day}. The"
        " results are not determined"
    ),
    "predecessor_not_loaded": "{year}: not listed under this code; no loaded file has {name} ({cds})",
    # the Primary pathway
    "no_lead_known": "The list of Geographic Leads names no lead of this county for that day.",
    "lead_not_listed": "The register names {lead}; the list of Geographic Leads has {listed} for that day.",
    "same_body_differs": "The register states {recorded}; the list of Geographic Leads states {computed} ({lead}).",
    "agreed_before_determined": "The agreement of the Geographic Lead is dated before the determination.",
    # why a flag of CDE cannot be compared
    "inputs_not_loaded": "its inputs are not loaded",
    "decided_by_cde": "an input is missing, and CDE's own value is the answer",
    "continuum_open": "a missing input or the clause for fewer than three groups leaves it open",
    "input_missing": "a missing input leaves it open",
    "flag_not_sourced": (
        "not sourced how the flag is made; most likely three or more student groups met the criteria in three of four"
        " years (inferred)"
    ),
    "charter_test_open": "the sources leave the test of charter schools open",
    # added to a computed verdict that differs from CDE's flag
    "flag_of_cde": "CDE's flag: {flag}.",
    # about a file that CDE publishes for the whole state
    "excerpt": (
        "Excerpt: holds only the rows of {counties}. CDE's file is statewide; SHA-256, size and line numbers are those"
        " of the excerpt."
    ),
    # size tests
    "size_by_flag": "the size flag of the file is Y",
    "size_by_students": "at least {minimum} students; {small_minimum} for {groups} on district and county office rows",
    "size_by_color": "CDE gives a color only where the size test is met",
}


def note_macros() -> list[str]:
    """Return one ``create macro`` statement per note."""
    return [_macro(name, template) for name, template in NOTES.items()]


def _macro(name: str, template: str) -> str:
    arguments: list[str] = []
    pieces: list[str] = []
    for text, argument, *_ in Formatter().parse(template):
        if text:
            pieces.append(literal(text))
        if argument:
            arguments.append(argument)
            pieces.append(f"{argument}::varchar")
    return f"create or replace macro note_{name}({', '.join(arguments)}) as {' || '.join(pieces)}"
