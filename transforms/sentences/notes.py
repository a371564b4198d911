"""Short notes that SQL puts beside a result. Each becomes a macro ``say_<name>`` with the arguments that stand in braces, in their order."""

from string import Formatter

NOTES = {
    # why the result of a student group on one indicator is unknown
    "file_not_at_hand": "the {year} file of this indicator is not at hand",
    "row_kept_aside": "line {line} of {file} was kept aside: {reason}",
    "county_not_covered": "{file} does not cover this county",
    "lea_not_in_file": "{file} has no row of this LEA, where every LEA has one",
    # what the letters of an LEA rest on
    "no_file_of_year": "no file of {year} is at hand",
    "no_file_covers_county": "no file of {year} at hand covers this county",
    "lea_row_kept_aside": "the row of this LEA in {file} was kept aside",
    "lea_not_listed": "not listed in {file}",
    # the Primary pathway
    "no_lead_known": "The list of Geographic Leads names no lead of this county for that day.",
    "same_body_differs": "The register says {recorded}; the list of Geographic Leads says {computed} ({lead}).",
    "agreed_before_determined": "The agreement of the Geographic Lead is dated before the determination.",
    # why a flag of CDE cannot be compared
    "inputs_not_at_hand": "its inputs are not at hand",
    "rests_on_cde": "it rests on CDE's own method flags",
    "continuum_open": "a missing input or the clause for fewer than three groups leaves it open",
    "input_missing": "a missing input leaves it open",
    "flag_not_sourced": "the sources do not say how the flag is made",
    "charter_test_open": "the sources leave the test of charter schools open",
    # size tests
    "size_by_flag": "the size flag of the file is Y",
    "size_by_students": "at least {minimum} students; {small_minimum} for {groups} on district and county office rows",
    "size_by_color": "CDE gives a color only where the size test is met",
}


def note_macros() -> list[str]:
    """One ``create macro`` statement per note."""
    return [_macro(name, template) for name, template in NOTES.items()]


def _macro(name: str, template: str) -> str:
    arguments: list[str] = []
    pieces: list[str] = []
    for text, argument, *_ in Formatter().parse(template):
        if text:
            pieces.append("'" + text.replace("'", "''") + "'")
        if argument:
            arguments.append(argument)
            pieces.append(f"{argument}::varchar")
    return f"create or replace macro say_{name}({', '.join(arguments)}) as {' || '.join(pieces)}"
