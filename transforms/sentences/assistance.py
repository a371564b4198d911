"""Sentences about assistance by county offices: Differentiated Assistance, EC 52071(f), and the charter test."""

from dataclasses import dataclass

from transforms.sentences.words import LEA_WORDS, joined, not_confirmed_sentence, number, plural

METHODS = {
    1: "Method 1, a student group that met the criteria",
    2: "Method 2, two or more local indicators not met",
    3: "Method 3, one local indicator and one state priority",
    4: "Method 4, End-of-Year CALPADS data not certified on time",
}


@dataclass(frozen=True)
class DifferentiatedFacts:
    """What a verdict on Differentiated Assistance rests on."""

    status: str
    lea_type: str
    determination_year: int
    assistance_year: int | None
    second_year_after: int | None
    methods_met: tuple[int, ...]
    methods_unknown: tuple[int, ...]
    groups: tuple[str, ...]
    local_failed: tuple[int, ...]
    from_cde: tuple[int, ...]
    no_file: bool = False  # no file of the year covers the county
    none_met: bool = False  # every method is known not to be met now
    cde_status: str | None = None  # CDE's own status, where it is the verdict
    not_confirmed: str = ""  # that the criteria of the year are not confirmed


def differentiated_reason(f: DifferentiatedFacts) -> str:
    """Why an LEA is, or is not, in Differentiated Assistance (EC 52071, 52071.5)."""
    lea, year = LEA_WORDS[f.lea_type], f.determination_year
    if f.status == "not_applicable":
        return f"A {lea} was not determined on the {year} Dashboard."
    if f.status == "not_assessed":
        return f"Nothing to judge: this {lea} is not on the {year} Dashboard."
    if f.cde_status:
        return f"CDE's status of {year} is “{f.cde_status}”. It is the verdict, because {_missing(f)}."
    if f.status == "eligible" and f.methods_met:
        in_year = " (Year 1)" if f.second_year_after else ""
        return f"In Differentiated Assistance{in_year} by {joined([_method(m, f) for m in f.methods_met])}."
    if f.status == "eligible":
        if f.methods_unknown:
            return (
                f"In Differentiated Assistance: it met a method on the {f.second_year_after} Dashboard and assistance lasts two years; "
                f"whether {_unknown(f)} is met now, which would begin a new Year 1, cannot be told."
            )
        return (
            f"In Differentiated Assistance (Year 2): it met a method on the {f.second_year_after} Dashboard, "
            "assistance lasts two years, and no method is met now."
        )
    if f.status == "undetermined":
        return not_confirmed_sentence(f.not_confirmed) if f.not_confirmed else _differentiated_unknown(f, lea)
    before = f", nor was one on the {f.second_year_after} Dashboard" if f.second_year_after else ""
    flags = f" {joined([f'Method {m}' for m in f.from_cde])} by CDE's {'flag' if len(f.from_cde) == 1 else 'flags'}." if f.from_cde else ""
    return f"No method of Differentiated Assistance is met on the {year} Dashboard{before}.{flags}"


def _missing(f: DifferentiatedFacts) -> str:
    """What keeps the methods from deciding."""
    if f.not_confirmed:
        return f.not_confirmed
    if f.none_met:
        return f"whether a method was met on the {f.second_year_after} Dashboard, after which assistance lasts two years, is not known"
    return f"inputs of {_unknown(f)} are missing"


def _differentiated_unknown(f: DifferentiatedFacts, lea: str) -> str:
    """The "cannot tell", with what is missing."""
    if f.no_file:
        return f"Cannot tell: no file of {f.determination_year} at hand covers this {lea}."
    if f.none_met:
        return (
            f"Cannot tell: no method is met on the {f.determination_year} Dashboard; whether one was on the {f.second_year_after} Dashboard, "
            "after which assistance lasts two years, is not known from the files at hand."
        )
    return f"Cannot tell: no method is known to be met, and {_unknown(f)} cannot be judged from the files at hand."


def _method(method: int, f: DifferentiatedFacts) -> str:
    """A method with what met it; a method that is known from CDE's flag only says so."""
    what = {1: f" ({joined(f.groups)})" if f.groups else "", 2: _priorities(f), 3: _priorities(f)}.get(method, "")
    return METHODS[method] + what + (", by CDE's flag" if method in f.from_cde else "")


def _priorities(f: DifferentiatedFacts) -> str:
    return f" (local {'priority' if len(f.local_failed) == 1 else 'priorities'} {joined([str(p) for p in f.local_failed])})" if f.local_failed else ""


def _unknown(f: DifferentiatedFacts) -> str:
    return joined([f"Method {m}" for m in f.methods_unknown], "or") or "any method"


@dataclass(frozen=True)
class SpanFacts:
    """What a verdict over several Dashboards rests on."""

    status: str
    lea_type: str
    determination_year: int
    dashboards: tuple[int, ...]
    groups: tuple[str, ...]
    groups_unknown: tuple[str, ...]
    open_question: str
    different_groups: bool = False
    no_file: bool = False  # no file of the year covers the county
    cde_value: str | None = None  # CDE's own flag or status, where it is the verdict
    predecessors: tuple[str, ...] = ()  # whose years, before this code began, would change a "no"
    not_confirmed: str = ""  # that the criteria of the year are not confirmed

    @property
    def missing(self) -> str:
        """Why nothing could be computed where CDE's own answer is the verdict."""
        return self.not_confirmed or f"inputs of the Dashboards {joined([str(y) for y in self.dashboards])} are missing"


def consecutive_reason(f: SpanFacts) -> str:
    """Why EC 52071(f) does or does not apply: one group in three Dashboards running."""
    window = joined([str(y) for y in f.dashboards])
    if f.status == "not_applicable":
        return f"EC 52071(f) does not serve a {LEA_WORDS[f.lea_type]}."
    if f.status == "not_assessed":
        return f"Nothing to judge: this district is not on the {f.determination_year} Dashboard."
    if f.status == "undetermined" and f.not_confirmed:
        return not_confirmed_sentence(f.not_confirmed)
    if f.predecessors:
        flag = f"CDE's flag of EC 52071(f) is {f.cde_value}, and it is the verdict" if f.cde_value else "Not determined"
        return (
            f"{flag}: by the results under this code alone the answer is no, and those under the earlier code ({joined(f.predecessors)}) would change it: "
            f"{joined(f.groups_unknown)} may have met the criteria on each of the Dashboards {window}."
        )
    if f.cde_value:
        return f"CDE's flag of EC 52071(f) is {f.cde_value}. It is the verdict, because {f.missing}."
    if f.status == "eligible":
        return (
            f"{plural(len(f.groups), 'student group').capitalize()} met the criteria on each of the Dashboards {window}: {joined(f.groups)}. {f.open_question}"
        )
    if f.status == "undetermined" and f.no_file:
        return f"Cannot tell: no file of {f.determination_year} at hand covers this district."
    if f.status == "undetermined":
        return f"Cannot tell: {joined(f.groups_unknown)} may have met the criteria on each of the Dashboards {window}, and inputs are missing."
    return f"No student group met the criteria on each of the Dashboards {window}."


def charter_reason(f: SpanFacts) -> str:
    """Why a charter school meets the test of EC 47607.3(a) or not: the criteria on two Dashboards."""
    window = joined([str(y) for y in f.dashboards])
    if f.status == "not_assessed":
        return f"Nothing to judge: this charter school is not on the {f.determination_year} Dashboard."
    if f.cde_value:
        return f"CDE's status of {f.determination_year} is “{f.cde_value}”. It is the verdict, because {f.missing}."
    if f.status == "undetermined" and f.not_confirmed:
        return not_confirmed_sentence(f.not_confirmed)
    if f.status == "eligible":
        groups = plural(len(f.groups), "student group").capitalize()
        return f"{groups} met the criteria on {'both' if len(f.dashboards) == 2 else number(len(f.dashboards))} Dashboards {window}: {joined(f.groups)}."
    if f.status == "undetermined" and f.no_file:
        return f"Cannot tell: no file of {f.determination_year} at hand covers this charter school."
    if f.status == "undetermined" and f.different_groups:
        return f"Cannot tell: different student groups met the criteria on the Dashboards {window} ({joined(f.groups_unknown)}). {f.open_question}"
    if f.status == "undetermined":
        return f"Cannot tell whether the criteria were met on the Dashboards {window}: inputs are missing."
    return f"The criteria were not met on both Dashboards {window}."
