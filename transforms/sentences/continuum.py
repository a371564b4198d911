"""Sentences about the Continuum of Support (EC 52072, 52072.5)."""

from collections.abc import Sequence
from dataclasses import dataclass

from transforms.sentences.words import LEA_WORDS, joined, not_confirmed_sentence, number, plural


@dataclass(frozen=True)
class GroupYears:
    """One student group in the counted Dashboards: years in which it met the criteria, and years that are unknown."""

    student_group: str
    years_met: tuple[int, ...]
    years_unknown: tuple[int, ...]
    counts: bool
    may_count: bool


@dataclass(frozen=True)
class ContinuumFacts:
    """What the continuum verdict of one LEA and determination year rests on."""

    status: str
    lea_type: str
    determination_year: int
    counted_dashboards: tuple[int, ...]
    years_required: int
    groups_required: int
    groups: tuple[GroupYears, ...]
    by_small_clause: bool
    small_clause_open: bool
    groups_with_result: int
    groups_that_may_have_result: int
    in_files: bool | None
    unknown_because: tuple[str, ...]
    decided_by: str | None = None
    cde_flag: str | None = None
    cde_column: str | None = None
    not_listed: tuple[int, ...] = ()  # counted years in which CDE's files do not list it under its code
    predecessors: tuple[str, ...] = ()  # names and codes of registered predecessors in counted years
    by_succession: bool = False  # "no" under this code, and not with the years of the predecessors
    groups_joined: tuple[str, ...] = ()  # groups that may count with those years
    not_confirmed: str = ""  # that the criteria of the year are not confirmed


def continuum_reason(f: ContinuumFacts) -> str:
    """Why the Continuum of Support (EC 52072, 52072.5) does or does not apply, for "no" and "not determined" as well."""
    if f.decided_by == "cde":
        return _by_cde(f)
    if f.status == "undetermined" and f.not_confirmed:
        return not_confirmed_sentence(f.not_confirmed)
    return _computed(f) + _not_listed(f) + _perhaps_not_there(f)


def _by_cde(f: ContinuumFacts) -> str:
    """A verdict that is CDE's own, and why it could not be computed."""
    if f.not_confirmed:
        return f"CDE's flag {f.cde_column} is {f.cde_flag}. It is the verdict, because {f.not_confirmed}."
    if f.by_succession:
        return (
            f"CDE's flag {f.cde_column} is {f.cde_flag}. It is the verdict: by the results under this code alone the answer is no, "
            f"and {_predecessors(f)} would change it.{_not_listed(f)}"
        )
    because = "; ".join(f.unknown_because) or (
        "letters do not show how many student groups have results, and the clause for fewer than three groups needs all of them"
    )
    text = f"CDE's flag {f.cde_column} is {f.cde_flag}. It is the verdict, because the student groups could not be counted: {because}."
    if known := [g for g in f.groups if g.counts]:
        text += f" Known: {plural(len(known), 'student group')} met the criteria in at least {number(f.years_required)} years: {_with_years(known)}."
    return text + _not_listed(f)


def _not_listed(f: ContinuumFacts) -> str:
    """Counted years before the code began, or after a row that CDE does not have: not "did not meet", but not listed."""
    if not f.not_listed or f.status in ("not_applicable", "not_assessed"):
        return ""
    text = f" CDE's files of {joined([str(y) for y in f.not_listed])} do not list this {LEA_WORDS[f.lea_type]} under this code"
    if f.predecessors:
        return f"{text}: it was {joined(f.predecessors)}. CDE begins a new history with a new code, and so does this verdict."
    return f"{text}, and no predecessor is on record: {'that year is' if len(f.not_listed) == 1 else 'those years are'} left out of its history."


def _predecessors(f: ContinuumFacts) -> str:
    """What the years under an earlier code may add."""
    known = joined(f.predecessors) or "a predecessor whose record was rejected"
    return f"the results under the earlier code ({known})"


def _by_succession(f: ContinuumFacts) -> str:
    """A "no" under this code that the years under an earlier one may change."""
    groups = f": {joined(f.groups_joined)} may then count" if f.groups_joined else ""
    return f"Not determined: by the results under this code alone the answer is no, and {_predecessors(f)} would change it{groups}."


def _perhaps_not_there(f: ContinuumFacts) -> str:
    """A "no" that follows whether or not the LEA is on the Dashboard of the year."""
    if f.status != "not_eligible" or f.in_files is not None or not f.unknown_because:
        return ""
    return f" Whether it is on the {f.determination_year} Dashboard is not determined: {'; '.join(f.unknown_because)}."


def _computed(f: ContinuumFacts) -> str:
    window = joined([str(y) for y in f.counted_dashboards])
    lea = LEA_WORDS[f.lea_type]
    counting = [g for g in f.groups if g.counts]
    rule = f"met the criteria in at least {number(f.years_required)} of the four Dashboards {window}"
    if f.status == "not_applicable":
        return f"The Continuum of Support does not serve a {lea}, which has a test of its own under EC 47607.3, in the table assistance."
    if f.status == "not_assessed":
        if f.in_files is False:
            return f"Nothing to judge: this {lea} is not on the {f.determination_year} Dashboard."
        return f"Nothing to judge: no student group of this {lea} has a result on the {f.determination_year} Dashboard that meets the size test."
    if f.status == "eligible" and f.by_small_clause:
        return f"The {lea} has fewer than three student groups with a result in {f.determination_year}, and all of them {rule}: {_with_years(counting)}."
    if f.status == "eligible":
        return f"{plural(len(counting), 'student group').capitalize()} {rule}: {_with_years(counting)}."
    if f.by_succession:
        return _by_succession(f)
    if f.status == "undetermined":
        return _continuum_unknown(f, counting, rule)
    return _continuum_no(f, counting, rule)


def _continuum_no(f: ContinuumFacts, counting: list[GroupYears], rule: str) -> str:
    """The "no", with how near it was."""
    best = max((len(g.years_met) for g in f.groups if not g.counts), default=0)
    near = [g for g in f.groups if not g.counts and len(g.years_met) == best and best > 0]
    needed = f"{number(f.groups_required)} are needed"
    if 0 < f.groups_that_may_have_result < f.groups_required:
        few = plural(f.groups_that_may_have_result, "student group")
        all_of_them = "both are" if f.groups_that_may_have_result == 2 else "it is"
        needed = f"this {LEA_WORDS[f.lea_type]} has {few} with a result in {f.determination_year}, and {all_of_them} needed"
    if not counting and not near:
        return f"No student group {rule}, nor in any one of them; {needed}."
    text = f"{plural(len(counting), 'student group').capitalize()} {rule}"
    text += f": {_with_years(counting)}" if counting else ""
    text += f"; {needed}."
    if near:
        text += f" {'Next is' if len(near) == 1 else 'Next are'} {joined([g.student_group for g in near])}, at {plural(best, 'year')}."
    return text


def _continuum_unknown(f: ContinuumFacts, counting: list[GroupYears], rule: str) -> str:
    """The "cannot tell", with what is missing."""
    maybe = [g for g in f.groups if g.may_count and not g.counts]
    missing = f" Missing: {'; '.join(f.unknown_because)}." if f.unknown_because else ""
    if not maybe and not f.small_clause_open:
        return (
            f"Cannot tell whether any student group of this {LEA_WORDS[f.lea_type]} has a result on the {f.determination_year} Dashboard "
            f"that meets the size test; if one has, the answer is no.{missing}"
        )
    text = f"Cannot tell: {plural(len(counting), 'student group')} surely {rule}"
    text += f" ({joined([g.student_group for g in counting])})" if counting else ""
    text += f"; {plural(len(maybe), 'more group')} may have ({joined([g.student_group for g in maybe])})" if maybe else ""
    text += f", and {number(f.groups_required)} are needed"
    if f.small_clause_open:
        text += f", or all of them if there are fewer than {number(f.groups_required)}, and how many there are is not certain"
    return f"{text}.{missing}"


def _with_years(groups: Sequence[GroupYears]) -> str:
    return joined([f"{g.student_group} ({', '.join(str(y) for y in g.years_met)})" for g in groups])
