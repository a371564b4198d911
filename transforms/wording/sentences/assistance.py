"""Sentences about assistance by county offices: Differentiated Assistance, EC 52071(f), and the charter test."""

from dataclasses import dataclass

from transforms.wording.sentences.phrases import (
    LEA_WORDS,
    joined,
    not_confirmed_sentence,
    not_listed_sentence,
    number,
    plural,
)


@dataclass(frozen=True)
class DifferentiatedFacts:
    """Facts for a verdict on Differentiated Assistance. Groups are named as in a sentence."""

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
    cde_status: str | None = None  # CDE's own status, if it is the verdict
    not_confirmed: str = ""  # the reason, if the criteria of the year are not confirmed
    contradicted: str = ""  # workbooks that contradict each other on the LEA's status
    predecessors: tuple[str, ...] = ()  # may have been in Year 1 under another code, if everything else gives "no"
    not_listed: tuple[int, ...] = ()  # the Dashboard before, if it has no row and no predecessor is on record


def differentiated_reason(f: DifferentiatedFacts) -> str:
    """Return why an LEA is, or is not, in Differentiated Assistance (EC 52071, 52071.5)."""
    lea, year, before = LEA_WORDS[f.lea_type], f.determination_year, f.second_year_after
    if f.status == "not_applicable":
        return f"CDE made no determination of {lea}s on the {year} Dashboard."
    if f.status == "not_assessed":
        return f"No results to assess: this {lea} is not on the {year} Dashboard."
    if f.cde_status:
        return f"CDE's status of {year} is “{f.cde_status}”. It is the verdict, because {_missing(f)}."
    if f.status == "eligible" and f.methods_met:
        return f"{'Year 1, by' if before else 'By'} {'; '.join(_method(m, f) for m in f.methods_met)}."
    if f.status == "eligible" and not f.none_met:
        return (
            f"It met a method on the {before} Dashboard, and assistance lasts two years. "
            f"Whether {_unknown(f)} is met now, which would begin a new Year 1, is not determined."
        )
    if f.status == "eligible":
        return (
            f"Year 2: it met a method on the {before} Dashboard, assistance lasts two years, and no method is met now."
        )
    if f.status == "undetermined":
        return not_confirmed_sentence(f.not_confirmed) if f.not_confirmed else _undetermined(f)
    flags = (
        f" CDE's {'flag decides' if len(f.from_cde) == 1 else 'flags decide'}"
        f" {joined([f'Method {m}' for m in f.from_cde])}."
        if f.from_cde
        else ""
    )
    return (
        f"No method of Differentiated Assistance is met on the {year}"
        f" Dashboard{f', nor was one on the {before} Dashboard' if before else ''}.{flags}"
        f"{_not_listed(f)}"
    )


def _missing(f: DifferentiatedFacts) -> str:
    if f.not_confirmed:
        return f.not_confirmed
    if f.predecessors:
        return f"{_earlier_code(f)}, and whether its two years of assistance go on here is not known"
    if f.none_met:
        return (
            f"whether a method was met on the {f.second_year_after} Dashboard, after which assistance lasts two years,"
            " is not known"
        )
    return f"inputs of {_unknown(f)} are missing{f': {f.contradicted}' if f.contradicted else ''}"


def _undetermined(f: DifferentiatedFacts) -> str:
    if f.no_file:
        return f"{f.determination_year} data for this {LEA_WORDS[f.lea_type]} is not loaded."
    if f.predecessors:
        return (
            f"No method is met on the {f.determination_year} Dashboard. {_earlier_code(f)}. Whether its two years of"
            " assistance go on here is not known."
        )
    if f.none_met:
        return (
            f"No method is met on the {f.determination_year} Dashboard. "
            f"Whether one was on the {f.second_year_after} Dashboard is not known, and assistance lasts two years."
        )
    return f"No method is known to be met, and {_missing(f)}."


def _earlier_code(f: DifferentiatedFacts) -> str:
    """Return which predecessors may have been in Year 1 under the earlier code."""
    return (
        f"{joined(f.predecessors)}, which this {LEA_WORDS[f.lea_type]} follows, met a method on the"
        f" {f.second_year_after} Dashboard, or may have"
    )


def _method(method: int, f: DifferentiatedFacts) -> str:
    """Return a method with what met it; only the method, if it is known just from CDE's flag."""
    what = {
        1: _groups(f),
        2: _local(f, "two or more local indicators"),
        3: f"{_local(f, 'a local indicator')}, and a student group met the criteria of one state priority",
    }
    sentence = what.get(method, "End-of-Year CALPADS data was not certified on time")
    by_cde = " (CDE's flag)" if method in f.from_cde else ""
    return f"Method {method}: {sentence}{by_cde}"


def _groups(f: DifferentiatedFacts) -> str:
    if not f.groups:
        return "a student group met the criteria"
    return f"{plural(len(f.groups), 'student group')} met the criteria ({joined(f.groups)})"


def _local(f: DifferentiatedFacts, indicators: str) -> str:
    """Return the local indicators that were not met, with their priorities if they are known."""
    if not f.local_failed:
        return f"{indicators} {'were' if indicators.endswith('s') else 'was'} not met"
    failed = plural(len(f.local_failed), "local indicator")
    which = f"priorit{'y' if len(f.local_failed) == 1 else 'ies'} {joined(f.local_failed)}"
    return f"{failed} {'was' if len(f.local_failed) == 1 else 'were'} not met ({which})"


def _unknown(f: DifferentiatedFacts) -> str:
    return joined([f"Method {m}" for m in f.methods_unknown], "or") or "any method"


@dataclass(frozen=True)
class SpanFacts:
    """Facts for a verdict over several Dashboards. Groups are named as in a sentence."""

    status: str
    lea_type: str
    determination_year: int
    dashboards: tuple[int, ...]
    groups: tuple[str, ...]
    groups_unknown: tuple[str, ...]
    open_question: str
    different_groups: bool = False
    no_file: bool = False  # no file of the year covers the county
    cde_value: str | None = None  # CDE's own flag or status, if it is the verdict
    predecessors: tuple[str, ...] = ()  # their years, before this code began, would change a "no"
    years_met: tuple[int, ...] = ()  # Dashboards on which at least one group met the criteria
    years_unknown: tuple[int, ...] = ()  # Dashboards on which at least one group may have met the criteria
    not_confirmed: str = ""  # the reason, if the criteria of the year are not confirmed
    not_listed: tuple[int, ...] = ()  # Dashboards without a row of the LEA, if no predecessor is on record

    @property
    def missing(self) -> str:
        """Return why nothing could be computed, if CDE's own answer is the verdict."""
        return self.not_confirmed or f"inputs of the Dashboards {joined(self.dashboards)} are missing"


def consecutive_reason(f: SpanFacts) -> str:
    """Return why EC 52071(f) does or does not apply: one group in three consecutive Dashboards."""
    window = joined(f.dashboards)
    if f.status == "not_applicable":
        return f"EC 52071(f) does not serve a {LEA_WORDS[f.lea_type]}."
    if f.status == "not_assessed":
        return f"No results to assess: this district is not on the {f.determination_year} Dashboard."
    if f.status == "undetermined" and f.not_confirmed:
        return not_confirmed_sentence(f.not_confirmed)
    if f.predecessors:
        flag = f"CDE's flag of EC 52071(f) is {f.cde_value}, and it is the verdict. " if f.cde_value else ""
        return (
            f"{flag}By the results under this code alone the answer is no, and those under the earlier code"
            f" ({joined(f.predecessors)}) would change it. Groups that may have met the criteria on each of the"
            f" Dashboards {window}: {joined(f.groups_unknown)}."
        )
    if f.cde_value:
        return f"CDE's flag of EC 52071(f) is {f.cde_value}. It is the verdict, because {f.missing}."
    if f.status == "eligible":
        groups = plural(len(f.groups), "student group").capitalize()
        sentence = f"{groups} met the criteria on each of the Dashboards {window}: {joined(f.groups)}."
        return f"{sentence} {f.open_question}".rstrip()
    if f.status == "undetermined" and f.no_file:
        return f"{f.determination_year} data for this district is not loaded."
    if f.status == "undetermined":
        return (
            f"Inputs are missing. Groups that may have met the criteria on each of the Dashboards {window}:"
            f" {joined(f.groups_unknown)}."
        )
    return f"No student group met the criteria on each of the Dashboards {window}.{_not_listed(f)}"


def charter_reason(f: SpanFacts) -> str:
    """Return why a charter school meets the test of EC 47607.3(a) or not: the criteria on two Dashboards."""
    window = joined(f.dashboards)
    if f.status == "not_assessed":
        return f"No results to assess: the {f.determination_year} Dashboard does not list it as a charter school."
    if f.predecessors:
        status = f"CDE's status of {f.determination_year} is “{f.cde_value}”, and it is the verdict. "
        return (
            f"{status if f.cde_value else ''}By the results under this code alone the answer is no, and those under the"
            f" earlier code ({joined(f.predecessors)}) would change it."
        )
    if f.cde_value:
        return f"CDE's status of {f.determination_year} is “{f.cde_value}”. It is the verdict, because {f.missing}."
    if f.status == "undetermined" and f.not_confirmed:
        return not_confirmed_sentence(f.not_confirmed)
    if f.status == "eligible":
        groups = plural(len(f.groups), "student group").capitalize()
        return (
            f"{groups} met the criteria on {'both' if len(f.dashboards) == 2 else number(len(f.dashboards))} Dashboards"
            f" {window}: {joined(f.groups)}."
        )
    if f.status == "undetermined" and f.no_file:
        return f"{f.determination_year} data for this charter school is not loaded."
    if f.status == "undetermined" and f.different_groups:
        return (
            f"Different student groups met the criteria on the Dashboards {window}: {joined(f.groups_unknown)}."
            f" {f.open_question}".rstrip()
        )
    if f.status == "undetermined":
        return f"Inputs of the Dashboards {window} are missing."
    if not f.years_met:
        none = [year for year in f.dashboards if year not in f.years_unknown]
        needed = f"; the test needs {window}" if f.years_unknown else ""
        return f"No student group met the criteria in {joined(none, 'or')}{needed}.{_not_listed(f)}"
    return f"Student groups met the criteria in {joined(f.years_met)} only; the test needs {window}.{_not_listed(f)}"


def _not_listed(f: DifferentiatedFacts | SpanFacts) -> str:
    """Return the Dashboards without a row of the LEA that no record explains."""
    return f" {not_listed_sentence(f.not_listed, f.lea_type)}" if f.not_listed else ""
