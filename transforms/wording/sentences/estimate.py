"""Sentences about a Dashboard that is not loaded: certain, possible and ruled-out outcomes, and changes that would
alter them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from transforms.wording.sentences.phrases import LEA_WORDS, joined, number, plural

LABEL = "Estimate"
TESTS = {
    "continuum": "Continuum of Support (SIR+)",
    "consecutive": "Three consecutive Dashboards (EC 52071(f))",
    "method_1": "Differentiated Assistance, Method 1",
    "charter": "Charter schools' assistance (EC 47607.3)",
    "preview": "Previewed criteria",
}
OUTLOOKS = {"certain": "certain", "possible": "possible", "ruled_out": "ruled out"}
KINDS = {"estimate": "estimate", "carried_over": "carried over", "missing": "missing"}


def notice(year: int, loaded: bool = False) -> str:
    """Return the limits of an estimate; ``loaded``: the release has that Dashboard, so the estimate looks back."""
    if not loaded:
        return f"Estimate. Not a finding, and no part of a release: results of the {year} Dashboard are not used."
    return (
        f"Estimate. Not a finding, and no part of a release: it is made as if the {year} Dashboard were not out."
        " It is loaded: see dta explain."
    )


@dataclass(frozen=True)
class OutlookFacts:
    """An LEA and a test on a Dashboard that is not loaded; groups are named as in a sentence."""

    test: str
    outlook: str
    lea_type: str
    year: int
    by_clause: bool
    groups_required: int
    groups_certain: tuple[str, ...]
    groups_possible: tuple[str, ...]
    estimated: bool  # at least one result of the year is given


def outlook_sentence(f: OutlookFacts) -> str:
    """Return the answer and its reason."""
    answer = {
        "certain": "Certain: the {lea} meets the test of {year}",
        "possible": "Possible: the test of {year} is open for the {lea}",
        "ruled_out": "Ruled out: the {lea} does not meet the test of {year}",
    }[f.outlook].format(lea=LEA_WORDS[f.lea_type], year=f.year)
    if f.outlook != "possible":
        answer += " by these estimates" if f.estimated else f", whatever the {f.year} Dashboard shows"
    return f"{answer}. {_reason(f)}"


def _reason(f: OutlookFacts) -> str:
    sure, open_ones = joined(f.groups_certain), joined(f.groups_possible)
    if f.outlook == "certain" and f.by_clause:
        return (
            "By the clause for fewer than three student groups: all of its groups with a result"
            f" ({number(len(f.groups_certain))}) {'counts' if len(f.groups_certain) == 1 else 'count'}: {sure}."
        )
    if f.outlook == "certain":
        return f"{_counted(f.groups_certain)}: {sure}."
    if f.by_clause:
        return (
            "Only the clause for fewer than three student groups can bring it: all of its groups with a result would"
            f" have to count. Those that may: {joined([*f.groups_certain, *f.groups_possible])}."
        )
    if f.outlook == "ruled_out":
        at_most = len(f.groups_certain) + len(f.groups_possible)
        return (
            f"{plural(at_most, 'student group').capitalize()} can count, and {number(f.groups_required)}"
            f" {'is' if f.groups_required == 1 else 'are'} needed."
        )
    needed = f.groups_required - len(f.groups_certain)
    already = f"{_counted(f.groups_certain)}: {sure}. " if f.groups_certain else ""
    more = " more" if f.groups_certain else ""
    if len(f.groups_possible) > 6:
        return (
            f"{already}It takes {plural(needed, f'{more.strip()} student group'.strip())};"
            f" {number(len(f.groups_possible))} may count."
        )
    return f"{already}It takes {plural(needed, f'{more.strip()} student group'.strip())} of these: {open_ones}."


def _counted(groups: Sequence[str]) -> str:
    return f"{plural(len(groups), 'student group')} {'counts' if len(groups) == 1 else 'count'}".capitalize()


@dataclass(frozen=True)
class ShownWords:
    """A level in words, and the indicators that would have to have it."""

    level: str
    indicators: tuple[str, ...]


def change_words(adds: bool, groups: Sequence[tuple[str, Sequence[ShownWords]]]) -> str:
    """Return the smallest change: ``one more group (students with disabilities: red in suspension and in
    mathematics)``.
    """
    more = f"{number(len(groups))} {'more' if adds else 'fewer'} group{'' if len(groups) == 1 else 's'}"
    return f"{more} ({'; '.join(f'{name}: {_shown(shown)}' for name, shown in groups)})"


def no_change_words(year: int, outlook: str, gaps: bool) -> str:
    """Return why no result of the year alters an outlook; ``gaps``: results of the year before are missing too."""
    if outlook == "certain":
        return f"no result of {year} can alter this"
    if gaps and outlook == "possible":
        return f"open: the results of {year - 1} are missing too"
    return f"no result of {year} can bring enough groups"


def _shown(shown: Sequence[ShownWords]) -> str:
    return joined([f"{s.level} in {joined(s.indicators, 'and in')}" for s in shown])


def counts_sentences(rows: Sequence[tuple[str, str, bool, int]]) -> list[str]:
    """Return the number of LEAs, as a range, for each test.

    ``rows``: test, outlook, True if only by the small-LEA clause, number of LEAs.
    """
    sentences = []
    for test, name in TESTS.items():
        of_test = [(outlook, clause, n) for t, outlook, clause, n in rows if t == test]
        if not of_test:
            continue
        certain = sum(n for outlook, _, n in of_test if outlook == "certain")
        possible = sum(n for outlook, clause, n in of_test if outlook == "possible" and not clause)
        by_clause = sum(n for outlook, clause, n in of_test if outlook == "possible" and clause)
        ruled_out = sum(n for outlook, _, n in of_test if outlook == "ruled_out")
        leas = "LEAs"
        if test == "charter":
            leas = f"of the {certain + possible + by_clause + ruled_out:,} charter schools loaded"
        line = (
            f"{name}: {certain:,} to {certain + possible:,} {leas} ({certain:,} certain, {possible:,} possible,"
            f" {ruled_out:,} ruled out)."
        )
        if by_clause:
            line += f" {by_clause:,} more only by the clause for fewer than three student groups."
        sentences.append(line)
    return sentences
