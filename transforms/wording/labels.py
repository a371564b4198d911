"""Words and signs for codes of the tables, once for terminal, pages and workbooks.

No sign needs color to be told apart.
"""

import re
from collections.abc import Mapping, Sequence
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
FLAGS = {  # of CDE, as the reconciliation names them; what follows a colon is a student group
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
    """How CDE's own flag or status compares with a verdict."""
    if decided_by == "cde":
        return "the verdict rests on CDE's flags"
    return {True: "agrees", False: "does not agree", None: "cannot be compared"}[agrees]


UNSAID = ("not_assessed", "not_applicable")  # one line for all verdicts of such a status


def source_age(years: int | None, is_old: bool | None) -> str:
    """How old the source of a loan is, beside its status; empty if it is not too old."""
    return f"source {years} {'year' if years == 1 else 'years'} old" if is_old else ""


def ccee_determination(found: str | None, day: date | None) -> str:
    """CCEE's own decision beside criteria that are met (EC 52072, 52072.5); empty beside any other verdict."""
    decided = f" on {plain_day(day)}" if day else ""
    return f"criteria met; CCEE's determination: {CCEE[found]}{decided}" if found else ""


def priorities(numbers: Sequence[int]) -> str:
    """State priorities by number and name: what one of CDE's letters means."""
    return joined([f"{n} ({PRIORITIES[n]})" for n in numbers])


def flag_name(flag: str, groups: Mapping[str, str] | None = None, indicators: Mapping[str, str] | None = None) -> str:
    """A flag of CDE in words; ``groups`` and ``indicators``: their names by code."""
    kind, _, group = flag.partition(":")
    kind, year = (kind[:-5], kind[-4:]) if re.search(r"_20\d\d$", kind) else (kind, "")
    name = FLAGS.get(kind) or f"Low performing LEAs: {(indicators or {}).get(kind, in_words(kind))}"
    return ", ".join(filter(None, (name, year, (groups or {}).get(group, group))))


def term(first: date | None, last: date | None) -> str:
    """Days of a term in prose, as far as they are known."""
    days = [f"{word} {plain_day(day)}" for word, day in (("from", first), ("to", last)) if day]
    return " ".join(days) or "days not found"


def in_words(code: str) -> str:
    """A code without an entry of its own, such as a rarer loan event, as a reader can take it."""
    return code.replace("_", " ").capitalize()
