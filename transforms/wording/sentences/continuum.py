"""Sentences about the Continuum of Support (EC 52072, 52072.5)."""

from collections.abc import Sequence
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
class GroupYears:
    """One student group in the counted Dashboards: years in which it met the criteria, and years that are not known."""

    name: str
    years_met: tuple[int, ...]
    counts: bool
    may_count: bool
    may_have_result: bool = True  # in the determination year
    years_unknown: tuple[int, ...] = ()


@dataclass(frozen=True)
class ContinuumFacts:
    """Facts for the continuum verdict of one LEA and determination year. Groups are named as in a sentence."""

    status: str
    lea_type: str
    determination_year: int
    counted_dashboards: tuple[int, ...]
    years_required: int
    groups_required: int
    groups: tuple[GroupYears, ...]
    by_small_clause: bool
    small_clause_open: bool
    groups_that_may_have_result: int
    in_files: bool | None
    unknown_because: tuple[str, ...]
    decided_by: str | None = None
    cde_flag: str | None = None
    cde_column: str | None = None
    not_listed: tuple[int, ...] = ()  # counted years in which CDE's files do not list the LEA under its code
    predecessors: tuple[str, ...] = ()  # names and codes of registered predecessors in counted years
    by_succession: bool = False  # "no" under this code, but not with the years of the predecessors
    groups_joined: tuple[str, ...] = ()  # groups that may count with those years
    not_confirmed: str = ""  # the reason, if the criteria of the year are not confirmed


def continuum_reason(f: ContinuumFacts) -> str:
    """Return why the Continuum of Support (EC 52072, 52072.5) applies or not, also for "no" and "not determined"."""
    if f.decided_by == "cde":
        return _by_cde(f)
    if f.status == "undetermined" and f.not_confirmed:
        return not_confirmed_sentence(f.not_confirmed)
    return _computed(f) + _not_listed(f) + _not_known(f)


def _by_cde(f: ContinuumFacts) -> str:
    """Return CDE's own verdict, and why it could not be computed."""
    text = f"CDE's flag {f.cde_column} is {f.cde_flag}. It is the verdict, "
    if f.not_confirmed:
        return f"{text}because {f.not_confirmed}."
    if f.by_succession:
        return f"{text}because {_predecessors(f)} would change the no that this code alone gives.{_not_listed(f)}"
    text += "because the student groups could not be counted"
    if f.unknown_because:
        text += f": {'; '.join(f.unknown_because)}."
    else:
        text += (
            ". Letters do not show how many groups have results, and the clause for fewer than three groups needs all"
            " of them."
        )
    if known := [g for g in f.groups if g.counts]:
        text += (
            f" {plural(len(known), 'group').capitalize()} met the criteria in at least {number(f.years_required)}"
            f" years: {_with_years(known)}."
        )
    return text + _not_listed(f)


def _not_listed(f: ContinuumFacts) -> str:
    """Return the counted years in which the LEA is not listed under its code."""
    if not f.not_listed or f.status in ("not_applicable", "not_assessed"):
        return ""
    return f" {not_listed_sentence(f.not_listed, f.lea_type, f.predecessors)}"


def _predecessors(f: ContinuumFacts) -> str:
    """Return what the years under an earlier code may add."""
    known = joined(f.predecessors) or "a predecessor whose record was rejected"
    return f"the results under the earlier code ({known})"


def _by_succession(f: ContinuumFacts) -> str:
    """Return a "no" under this code that the years under an earlier code may change."""
    groups = f": {joined(f.groups_joined)} may then count" if f.groups_joined else ""
    return f"By the results under this code alone the answer is no, and {_predecessors(f)} would change it{groups}."


def _not_known(f: ContinuumFacts) -> str:
    """Return the unknowns that do not affect a "no": whether the LEA is on the Dashboard of the year, or missing
    results.
    """
    why = "; ".join(f.unknown_because)
    if f.status != "not_eligible" or not why:
        return ""
    if f.in_files is None:
        return f" Whether it is on the {f.determination_year} Dashboard is not known: {why}."
    return f" Missing: {why}." if any(g.years_unknown for g in f.groups) else ""


def _computed(f: ContinuumFacts) -> str:
    lea, year = LEA_WORDS[f.lea_type], f.determination_year
    counting = [g for g in f.groups if g.counts]
    if f.status == "not_applicable":
        return f"The Continuum of Support does not serve a {lea}, which has a test of its own under EC 47607.3."
    if f.status == "not_assessed" and f.in_files is False:
        return f"No results to assess: this {lea} is not on the {year} Dashboard."
    if f.status == "not_assessed":
        return (
            f"No results to assess: no student group of this {lea} has a result on the {year} Dashboard that meets the"
            " size test."
        )
    if f.status == "eligible" and f.by_small_clause:
        all_there = [g for g in counting if g.may_have_result]
        few = plural(len(all_there), "student group")
        return (
            f"The {lea} has {few} with a result in {year}, and {_pronoun(len(all_there))} {_rule(f)}:"
            f" {_with_years(all_there)}."
        )
    if f.status == "eligible":
        return f"{plural(len(counting), 'student group').capitalize()} {_rule(f)}: {_with_years(counting)}."
    if f.by_succession:
        return _by_succession(f)
    if f.status == "undetermined":
        return _undetermined(f, counting)
    return _not_eligible(f, counting)


def _rule(f: ContinuumFacts, known: bool = True) -> str:
    return (
        f"{'met' if known else 'is known to have met'} the criteria in at least {number(f.years_required)} of the four"
        f" Dashboards {joined(f.counted_dashboards)}"
    )


def _count_sentence(f: ContinuumFacts, counting: Sequence[GroupYears], maybe: Sequence[GroupYears]) -> str:
    """Return how many groups count; if some may, "none is known to" instead of "none"."""
    return f"{plural(len(counting), 'student group').capitalize()} {_rule(f, known=bool(counting or not maybe))}"


def _possible(groups: Sequence[GroupYears], counting: Sequence[GroupYears]) -> str:
    """Return the groups that may count in addition to those that do, because a year is not known."""
    if not groups:
        return ""
    what = plural(len(groups), f"{'more ' if counting else ''}group")
    return f" {what.capitalize()} may have: {joined([g.name for g in groups])}."


def _pronoun(groups: int) -> str:
    return {1: "it", 2: "both"}.get(groups, "all of them")


def _not_eligible(f: ContinuumFacts, counting: list[GroupYears]) -> str:
    """Return the "no" and how close the LEA was."""
    best = max((len(g.years_met) for g in f.groups if not g.counts), default=0)
    near = [g for g in f.groups if not g.counts and len(g.years_met) == best and best > 0]
    maybe = [g for g in f.groups if g.may_count and not g.counts]
    if not counting and not near:
        met = "is known to have met" if any(g.years_unknown for g in f.groups) else "met"
        text = f"No student group {met} the criteria in any of the four Dashboards {joined(f.counted_dashboards)}."
    else:
        counted = f": {_with_years(counting)}" if counting else ""
        text = f"{_count_sentence(f, counting, maybe)}{counted}.{_possible(maybe, counting)}"
    if 0 < f.groups_that_may_have_result < f.groups_required:
        few = f.groups_that_may_have_result
        others_met = not all(g.may_have_result for g in counting)
        named = f" ({joined([g.name for g in f.groups if g.may_have_result])})" if others_met else ""
        text += (
            f" This {LEA_WORDS[f.lea_type]} has {plural(few, 'student group')} with a result in {f.determination_year}"
            f"{named}, and {_pronoun(few)} would have to meet the criteria."
        )
    elif counting or near:
        text += f" {number(f.groups_required).capitalize()} are needed."
    if near:
        by = " by what is known" if any(g.years_unknown for g in f.groups) else ""
        text += f" Closest{by}, with {plural(best, 'year')}: {joined([g.name for g in near])}."
    return text


def _undetermined(f: ContinuumFacts, counting: list[GroupYears]) -> str:
    maybe = [g for g in f.groups if g.may_count and not g.counts]
    missing = f" Missing: {'; '.join(f.unknown_because)}." if f.unknown_because else ""
    if not maybe and not f.small_clause_open:
        return (
            f"Whether any student group of this {LEA_WORDS[f.lea_type]} has a result on the {f.determination_year}"
            f" Dashboard that meets the size test is not known. If one has, the answer is no.{missing}"
        )
    if f.unknown_because and not any(g.years_met for g in f.groups):
        return f"The results of this {LEA_WORDS[f.lea_type]} are not loaded: {'; '.join(f.unknown_because)}."
    names = f": {joined([g.name for g in counting])}" if counting else ""
    text = f"{_count_sentence(f, counting, maybe)}{names}.{_possible(maybe, counting)}"
    text += f" {number(f.groups_required).capitalize()} are needed"
    if f.small_clause_open:
        text += (
            f", or all of them if there are fewer than {number(f.groups_required)}, and how many there are is not"
            " certain"
        )
    return f"{text}.{missing}"


def _with_years(groups: Sequence[GroupYears]) -> str:
    return joined([f"{g.name} ({', '.join(str(y) for y in g.years_met)})" for g in groups])
