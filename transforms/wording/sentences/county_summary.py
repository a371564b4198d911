"""What a county office can paste into the summary for its board: who meets which criteria, student groups in two years,
who is new and who left.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transforms.wording.sentences.phrases import COMPUTED, LEA_WORDS, joined, plural

NAMED = 5  # LEAs not determined that are named; more are counted


@dataclass(frozen=True)
class Assisted:
    """One kind of assistance: the LEAs that meet its criteria in the year, and those that are new or gone."""

    name: str
    leas: tuple[str, ...]
    new: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    open: tuple[str, ...] = ()  # not determined
    open_before: bool = False  # the year before is not determined for some LEA
    by_year: tuple[tuple[str, tuple[str, ...]], ...] = ()  # the same LEAs by year of assistance: ("Year 1", names)


@dataclass(frozen=True)
class GroupCount:
    """LEAs in which a student group met the criteria."""

    name: str  # as in a sentence
    now: int
    before: int
    began: int | None = None  # first Dashboard with the group, where the one before had no such group


@dataclass(frozen=True)
class CountyFacts:
    """A county in a determination year."""

    county: str
    year: int
    before: int | None  # the determination year that it is compared with
    determined: bool  # something is, beyond what registers alone say
    kinds: tuple[tuple[str, int], ...]  # kind of LEA, and how many meet any of the criteria
    assisted: tuple[Assisted, ...]
    groups: tuple[GroupCount, ...]
    groups_before: int | None  # the Dashboard year of ``GroupCount.before``; None where it is not known


def county_summary(f: CountyFacts) -> str | None:
    """One paragraph; None where nothing is determined."""
    return " ".join(_sentences(f)) if f.determined else None


def _sentences(f: CountyFacts) -> Iterator[str]:
    kinds = dict(f.kinds)
    total = sum(kinds.values())
    verb = "meets" if total == 1 else "meet"
    what = "published criteria for assistance"
    if total:
        of_kinds = joined([plural(kinds[kind], word) for kind, word in LEA_WORDS.items() if kinds.get(kind)])
        yield f"In {f.year}, {of_kinds} in {f.county} County {verb} {what}."
    else:
        yield f"In {f.year}, no district, county office or charter school in {f.county} County is known to meet {what}."
    for kind in f.assisted:
        for label, leas in kind.by_year or (("", kind.leas),):
            if leas:
                yield f"{', '.join(filter(None, (kind.name, label)))}: {plural(len(leas), 'LEA')} ({joined(leas)})."
        if f.before is not None:
            yield from _moves(kind, f.before)
    if f.before is not None:
        yield from _no_moves(f, f.before)
    if f.groups:
        yield f"{_groups(f)}."
    if doubtful := [f"{kind.name} for {_few(kind.open)}" for kind in f.assisted if kind.open]:
        yield f"Not determined: {'; '.join(doubtful)}."
    yield COMPUTED


def _groups(f: CountyFacts) -> str:
    then = "" if f.groups_before is None else f" (in {f.groups_before})"
    counts = [
        f"{g.name}"
        f" {g.now}{f' (a group since {g.began})' if g.began else '' if f.groups_before is None else f' ({g.before})'}"
        for g in f.groups
    ]
    return (
        f"Student groups that met the criteria, by number of districts and county offices in {f.year}{then}:"
        f" {joined(counts)}"
    )


def _moves(kind: Assisted, before: int) -> Iterator[str]:
    for word, leas in (("New", kind.new), ("Left", kind.left)):
        if leas:
            yield f"{word} since {before}, {kind.name}: {joined(leas)}."


def _no_moves(f: CountyFacts, before: int) -> Iterator[str]:
    """That nobody is new, or none left, where every kind of assistance can be compared."""
    new, left = (any(getattr(kind, word) for kind in f.assisted) for word in ("new", "left"))
    if not (new and left) and not any(kind.open or kind.open_before for kind in f.assisted):
        yield f"None {'is new' if left else 'left' if new else 'is new and none left'} since {before}."


def _few(names: Sequence[str]) -> str:
    return joined(names) if len(names) <= NAMED else f"{len(names)} LEAs"
