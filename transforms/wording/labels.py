"""Words and signs for codes of the tables, shared by terminal, pages and workbooks.

Signs differ without color. The glossary explains the field's words; it is a page, and the hover text of words that link
to it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from transforms.wording.sentences.lcap import PRIORITIES
from transforms.wording.sentences.phrases import joined, plain_day

STATUS = {
    "eligible": ("●", "eligible"),
    "not_eligible": ("○", "not eligible"),
    "undetermined": ("?", "not determined"),
    "not_assessed": ("–", "not assessed"),
    "not_applicable": ("·", "does not apply"),
}
LEA_KINDS = {"district": "School district", "county_office": "County office of education", "charter": "Charter school"}
ASSISTANCE = {
    "differentiated_assistance": "Differentiated Assistance",
    "consecutive": "Three consecutive Dashboards",
    "charter": "Charter schools' assistance",
}
TESTS = {"continuum": "Continuum of Support (SIR+)", **ASSISTANCE, "preview": "Preview: decides nothing"}
CHANGES = {
    "newly_eligible": "newly eligible",
    "continuing": "continuing",
    "no_longer": "no longer eligible",
    "status_changed": "status changed",
    "groups_changed": "student groups changed",
}
CLASSES = {
    "agree": "agree",
    "only_ours": "only ours",
    "only_cde": "only CDE's",
    "differs": "differ",
    "not_comparable": "not comparable",
}
FLAGS = {  # CDE's flags, as the reconciliation names them; the part after a colon is a student group
    "ec52072": "Three groups in three of four Dashboards (EC 52072, 52072.5)",
    "ec52071f": "A group in three consecutive Dashboards (EC 52071(f))",
    "assistance_status": "Status of assistance",
    "letter": "Priority letters of student groups",
    "total_student_groups": "Number of groups that met the criteria",
    **{f"met_method_{n}": f"Differentiated Assistance by Method {n}" for n in range(1, 5)},
    "ec52064e5": "Low performing LEAs: a group in three consecutive Dashboards (EC 52064(e)(5))",
    "ec47607": "Charter schools (EC 47607)",
}
LOAN_EVENTS = {
    "requested": "Loan requested",
    "authorized": "Loan authorized",
    "disbursed": "Money disbursed",
    "oversight_started": "State oversight began",
    "powers_returned": "Powers returned to the board",
    "repaid": "Loan repaid",
    "released": "Released from oversight",
}
CCEE = {
    "not_recorded": "not recorded",
    "necessary": "necessary",
    "not_necessary": "not necessary",
    "record_rejected": "not determined, because its record was rejected",
}
SUCCESSIONS = {
    "county_transfer": "moved to another county",
    "unification": "was unified with others",
    "merger": "was merged with another",
    "lapsation": "lapsed",
    "charter_moved": "moved to another authorizer or county",
}
NOT_LISTED = "not listed under this code"
DESIGNATION = "Statuses say whether published criteria are met. They are not an official designation."


def agreement(decided_by: str | None, agrees: bool | None) -> str:
    """Return how CDE's own flag or status compares with a verdict."""
    if decided_by == "cde":
        return "the verdict rests on CDE's flags"
    return {True: "agrees", False: "does not agree", None: "cannot be compared"}[agrees]


STATUS_ONLY = ("not_assessed", "not_applicable")  # verdicts with such a status share one line


def source_age(years: int | None, is_old: bool | None) -> str:
    """Return the age of a loan's source, shown next to its status; empty if it is not too old."""
    return f"source {years} {'year' if years == 1 else 'years'} old" if is_old else ""


def ccee_determination(found: str | None, day: date | None) -> str:
    """Return CCEE's own decision next to criteria that are met (EC 52072, 52072.5); empty for any other verdict."""
    decided = f" on {plain_day(day)}" if day else ""
    return f"criteria met; CCEE's determination: {CCEE[found]}{decided}" if found else ""


def priorities(numbers: Sequence[int]) -> str:
    """Return state priorities by number and name: the meaning of one of CDE's letters."""
    return joined([f"{n} ({PRIORITIES[n]})" for n in numbers])


def flag_name(flag: str, groups: Mapping[str, str] | None = None, indicators: Mapping[str, str] | None = None) -> str:
    """Return a flag of CDE in words; ``groups`` and ``indicators``: their names by code."""
    kind, _, group = flag.partition(":")
    kind, year = (kind[:-5], kind[-4:]) if re.search(r"_20\d\d$", kind) else (kind, "")
    name = FLAGS.get(kind) or f"Low performing LEAs: {(indicators or {}).get(kind, readable(kind))}"
    return ", ".join(filter(None, (name, year, (groups or {}).get(group, group))))


def term(first: date | None, last: date | None) -> str:
    """Return the days of a term in prose, as far as they are known."""
    days = [f"{word} {plain_day(day)}" for word, day in (("from", first), ("to", last)) if day]
    return " ".join(days) or "days not found"


def readable(code: str) -> str:
    """Return readable words for a code without an entry, such as a rarer loan event."""
    return code.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Entry:
    """One word and its meaning in one or two sentences."""

    word: str
    meaning: str


GLOSSARY = {
    "lea": Entry(
        "LEA", "Local educational agency: a school district, a county office of education or a charter school."
    ),
    "cds-code": Entry("CDS code", "CDE's number of an LEA: 14 digits for county, district and school."),
    "cde": Entry("CDE", "California Department of Education. It publishes the Dashboard and the assistance workbooks."),
    "ccee": Entry("CCEE", "California Collaborative for Educational Excellence. It gives Direct Technical Assistance."),
    "dta": Entry(
        "Direct Technical Assistance", "Help that CCEE gives to an LEA (EC 52074), by one of several pathways."
    ),
    "pathway": Entry("Pathway", "A way to Direct Technical Assistance: computed from published records, or recorded."),
    "dashboard": Entry(
        "Dashboard", "The California School Dashboard: CDE's yearly results by LEA, student group and indicator."
    ),
    "determination-year": Entry(
        "Determination year", "The Dashboard year that a verdict is based on. It holds until the next Dashboard."
    ),
    "priority": Entry(
        "State priority",
        "One of ten areas in which an LEA's results are assessed. Dashboard indicators are for 4, 5, 6 and 8.",
    ),
    "criteria": Entry(
        "Meets the criteria",
        "A student group does so on a Dashboard if it meets the criteria of two or more priorities.",
    ),
    "letters": Entry(
        "Letter", "A to K in CDE's workbooks: the state priorities whose criteria a student group met in a year."
    ),
    "color": Entry("Color", "The result of an indicator from Red, the worst, to Blue. It combines status and change."),
    "status-level": Entry("Status level", "Very High to Very Low. The 2022 Dashboard has levels instead of colors."),
    "differentiated-assistance": Entry(
        "Differentiated Assistance", "Help from the county office (EC 52071, 52071.5), by one of four methods."
    ),
    "method-1": Entry("Method 1", "One or more student groups met the criteria."),
    "method-2": Entry("Method 2", "Two or more local indicators were not met for two or more years."),
    "method-3": Entry(
        "Method 3", "One local indicator was not met, and a student group met the criteria of one other priority."
    ),
    "method-4": Entry("Method 4", "End-of-Year data in CALPADS was not certified in time, from 2024 on."),
    "year-1": Entry(
        "Year 1, Year 2", "Assistance begins in Year 1 and continues for a second year without new criteria."
    ),
    "three-dashboards": Entry(
        "Three consecutive Dashboards",
        "A student group met the criteria on each of three Dashboards in a row (EC 52071(f)).",
    ),
    "continuum": Entry(
        "Continuum of Support", "Three student groups met the criteria in three of four Dashboards (EC 52072, 52072.5)."
    ),
    "sir": Entry(
        "SIR+", "CCEE's name for work after a Systemic Instructional Review: the help of the Continuum of Support."
    ),
    "wraparound": Entry(
        "Wraparound", "Help for a district that received an emergency apportionment (EC 52074(g)(2)(A))."
    ),
    "state-loan": Entry(
        "State loan", "An emergency apportionment: money that the state lends to a district by an act."
    ),
    "geographic-lead": Entry(
        "Geographic Lead", "A county office that leads assistance in an area of counties (EC 52073)."
    ),
    "charter-test": Entry("Charter schools' assistance", "The criteria met on two Dashboards in a row (EC 47607.3)."),
    "local-indicator": Entry(
        "Local indicator", "What an LEA reports on its own work in priorities 1, 2, 3, 6, 7, 9 and 10."
    ),
    "lcap": Entry(
        "LCAP", "Local Control and Accountability Plan: what an LEA plans for three years and updates yearly."
    ),
    "calpads": Entry(
        "CALPADS", "The state's data system on students. Districts and county offices certify their data."
    ),
    "cde-flag": Entry("CDE's flag", "Y or N in CDE's workbook: whether an LEA meets the criteria according to CDE."),
    "not-determined": Entry("Not determined", "An input is missing, or the law leaves it open. It never means no."),
    "not-assessed": Entry("Not assessed", "There are no results to assess, or no case is on record."),
}
