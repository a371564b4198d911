"""Sentences about what changed between two determination years or two releases."""

from dataclasses import dataclass

from transforms.sentences.words import STATUS_WORDS, joined, plural


@dataclass(frozen=True)
class GroupChange:
    """A student group that began or ceased to count, and its counted years now."""

    student_group: str
    years_met: tuple[int, ...]


@dataclass(frozen=True)
class Change:
    """One verdict before and after."""

    lea_name: str
    pathway_name: str
    before_label: str
    after_label: str
    status_before: str
    status_after: str
    groups_added: tuple[GroupChange, ...]
    groups_removed: tuple[GroupChange, ...]


def change_sentence(c: Change) -> str:
    """What changed, and by which student groups."""
    span = f"{c.before_label} to {c.after_label}"
    if c.status_before == c.status_after == "eligible":
        text = f"{c.lea_name} remains eligible for {c.pathway_name} ({span})"
    elif c.status_after == "eligible":
        text = f"{c.lea_name} is newly eligible for {c.pathway_name} ({span}; before: {STATUS_WORDS[c.status_before]})"
    elif c.status_before == "eligible" and c.status_after != "undetermined":
        text = f"{c.lea_name} is no longer eligible for {c.pathway_name} ({span}; now: {STATUS_WORDS[c.status_after]})"
    elif c.status_before == c.status_after:
        text = f"{c.lea_name}, {c.pathway_name}: still {STATUS_WORDS[c.status_after]} ({span})"
    else:
        text = f"{c.lea_name}, {c.pathway_name}: {STATUS_WORDS[c.status_before]} before, {STATUS_WORDS[c.status_after]} now ({span})"
    causes = []
    if c.groups_added:
        causes.append(f"now counting {joined([_with_years(g) for g in c.groups_added])}")
    if c.groups_removed:
        causes.append(f"no longer counting {joined([_with_times(g) for g in c.groups_removed])}")
    return text + (f": {'; '.join(causes)}." if causes else ".")


def _with_years(group: GroupChange) -> str:
    return f"{group.student_group} ({', '.join(map(str, group.years_met))})" if group.years_met else group.student_group


def _with_times(group: GroupChange) -> str:
    return f"{group.student_group} (at {plural(len(group.years_met), 'year')})"
