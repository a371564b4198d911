"""Sentences about what changed between two determination years or two releases."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from transforms.wording.sentences.phrases import STATUS_WORDS, joined, number, plural

LOAN_STATES = {
    "not_received": "not received",
    "outstanding": "outstanding",
    "repaid_or_released": "repaid or released",
    "authorized_only": "authorized and not known to be drawn",
    "record_rejected": "with a rejected record",
    "repaid_before_law": "repaid before the law",
    "of_predecessor": "of a predecessor",
    "of_another": "of another code",
    "code_ended": "of a code that ended",
    "receipt_not_dated": "received on a day not known well enough",
    "referral_not_dated": "its referral closed or confirmed on a day not known well enough",
    "confirmed": "its referral confirmed",
    "closed": "its referral closed",
}


@dataclass(frozen=True)
class GroupChange:
    """A student group that began or ceased to count, and its counted years now.

    For a change between two years also: the new Dashboard and the indicators or priorities by which the group met the
    criteria on it, and the Dashboards that left the window and on which it had met the criteria.
    """

    name: str
    years_met: tuple[int, ...]
    year_in: int | None = None
    met_by: tuple[str, ...] = ()
    priorities_met: tuple[int, ...] = ()  # from CDE's letter, if the indicators are not known
    years_out: tuple[int, ...] = ()
    years_unknown: tuple[int, ...] = ()
    assessed: bool = True  # False: the LEA is not on the new Dashboard, or has no results on it


@dataclass(frozen=True)
class LoanChange:
    """A state loan with a different state in two determinations."""

    act: str
    before: str
    after: str


@dataclass(frozen=True)
class CaseChange:
    """A recorded case with a different state; an empty state means that it was not, or is no longer, on record."""

    case_id: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One verdict before and after, and the differences in its groups, loans and cases."""

    lea_name: str
    pathway_name: str
    before_label: str
    after_label: str
    status_before: str
    status_after: str
    groups_added: tuple[GroupChange, ...]
    groups_removed: tuple[GroupChange, ...]
    groups_open: tuple[GroupChange, ...] = ()  # counted before; may or may not count now
    loans: tuple[LoanChange, ...] = ()
    cases: tuple[CaseChange, ...] = ()
    small_clause: str = ""  # gained or lost: the clause for an LEA that has fewer groups than required
    groups_there: int = 0  # groups that have, or may have, a result now
    groups_required: int = 3


def change_sentence(c: Change) -> str:
    """Return what changed, and the student groups, loans or cases that changed it."""
    span = f"{c.before_label} to {c.after_label}"
    before, after = STATUS_WORDS[c.status_before], STATUS_WORDS[c.status_after]
    if c.status_before == c.status_after == "eligible":
        text = f"{c.lea_name} remains eligible for {c.pathway_name} ({span})"
    elif c.status_after == "eligible":
        text = f"{c.lea_name} is newly eligible for {c.pathway_name} ({span}; before: {before})"
    elif c.status_before == "eligible" and c.status_after != "undetermined":
        text = f"{c.lea_name} is no longer eligible for {c.pathway_name} ({span}; now: {after})"
    elif c.status_before == c.status_after:
        text = f"{c.lea_name}, {c.pathway_name}: {after} ({span})"
    else:
        text = f"{c.lea_name}, {c.pathway_name}: {before} before, {after} now ({span})"
    cause = change_cause(c)
    return f"{text}: {cause}." if cause else f"{text}."


def change_cause(c: Change) -> str | None:
    """Return the cause of a change; None if no group, loan or case caused it."""
    causes = []
    if c.groups_added:
        causes.append(
            f"{_groups(len(c.groups_added), 'more')} now count{'s' * (len(c.groups_added) == 1)}:"
            f" {_by_reason(c.groups_added, _added)}"
        )
    if c.groups_removed:
        many = len(c.groups_removed)
        causes.append(f"{_groups(many)} no longer count{'s' * (many == 1)}: {_by_reason(c.groups_removed, _removed)}")
    if c.groups_open:
        causes.append(f"{_groups(len(c.groups_open))} may no longer count: {_by_reason(c.groups_open, _doubtful)}")
    causes += [_by_clause(c)] if c.small_clause else []
    causes += [f"state loan {x.act}: {LOAN_STATES[x.before]} before, {LOAN_STATES[x.after]} now" for x in c.loans]
    causes += [
        f"case {x.case_id}: {x.before or 'not on record'} before, {x.after or 'not on record'} now" for x in c.cases
    ]
    return "; ".join(causes) or None


def _by_clause(c: Change) -> str:
    """Return the cause if the same groups count, but the required number of them changed."""
    required = number(c.groups_required)
    if c.small_clause == "gained":
        return f"every group that has a result now counts, and there are fewer than {required}"
    if c.groups_there < c.groups_required:
        return "not every group that has a result now counts"
    return f"{plural(c.groups_there, 'group')} have a result now, so {required} would have to count"


def since_words(statuses: Sequence[tuple[int, str]]) -> str:
    """Return how long an LEA has been eligible: ``new``, ``since 2023``, ``since 2022 or earlier``.

    ``statuses``: determination years with the status of each, earliest first; in the last one the LEA is eligible.
    """
    run = list(takewhile(lambda s: s[1] == "eligible", reversed(statuses)))
    first = run[-1][0]
    if len(run) == len(statuses):
        return f"since {first} or earlier"
    year, before = statuses[-len(run) - 1]
    text = "new" if len(run) == 1 else f"since {first}"
    return f"{text}; {year} not determined" if before == "undetermined" else text


def _groups(many: int, more: str = "") -> str:
    return plural(many, f"{more} group".strip())


def _by_reason(groups: Sequence[GroupChange], why: Callable[[GroupChange], str]) -> str:
    """Return the groups; a reason that several of them share appears once."""
    by_reason: dict[str, list[str]] = {}
    for group in groups:
        by_reason.setdefault(why(group), []).append(group.name)
    return joined([joined(names) + (f" ({reason})" if reason else "") for reason, names in by_reason.items()])


def _added(group: GroupChange) -> str:
    if not group.years_met:
        return ""
    by = joined(group.met_by) or _priorities(group.priorities_met)
    by = f"; in {group.year_in} by {by}" if by and group.year_in in group.years_met else ""
    return f"{', '.join(map(str, group.years_met))}{by}"


def _priorities(priorities: tuple[int, ...]) -> str:
    return f"priorit{'y' if len(priorities) == 1 else 'ies'} {joined(priorities)}" if priorities else ""


def _removed(group: GroupChange) -> str:
    years = plural(len(group.years_met), "year")
    if group.year_in is None or group.year_in in group.years_met:
        return years
    if group.assessed and group.year_in in group.years_unknown:  # the other years are enough to rule it out
        return f"{years}: {_no_longer_counted(group)}{group.year_in} is not known"
    now = "they did not meet the criteria" if group.assessed else "there are no results to assess"
    return f"{years}: {_no_longer_counted(group)}in {group.year_in} {now}"


def _no_longer_counted(group: GroupChange) -> str:
    """Return the Dashboards that counted before: ``2018 is no longer counted, and``; empty if none is known to have
    counted.
    """
    if not group.years_out:
        return ""
    are = "is" if len(group.years_out) == 1 else "are"
    return f"{joined([str(y) for y in group.years_out])} {are} no longer counted, and "


def _doubtful(group: GroupChange) -> str:
    """Return why it is not known whether the group still counts."""
    out = f": {_no_longer_counted(group)}" if group.years_out else ", and "
    are = "is" if len(group.years_unknown) == 1 else "are"
    return f"{plural(len(group.years_met), 'year')}{out}{joined([str(y) for y in group.years_unknown])} {are} not known"
