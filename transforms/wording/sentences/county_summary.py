"""Write the text that a county office can paste into the summary for its board: which LEAs meet which criteria, student
groups in two years, and LEAs that are new or left.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transforms.wording.sentences.phrases import COMPUTED, LEA_WORDS, capitalized, joined, plural

NAMED = 5  # LEAs not determined that are named; if there are more, the text gives their number
MOST_NAMED = 10  # the same limit for LEAs that meet criteria, are new or left


@dataclass(frozen=True)
class Assisted:
    """One kind of assistance: the LEAs that meet its criteria in the year, and those that are new or left."""

    name: str
    leas: tuple[str, ...]
    new: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    open: tuple[str, ...] = ()  # not determined
    open_before: bool = False  # the year before is not determined for some LEA
    by_year: tuple[tuple[str, tuple[str, ...]], ...] = ()  # the same LEAs by year of assistance: ("Year 1", names)
    direct: bool = False  # a pathway to Direct Technical Assistance


@dataclass(frozen=True)
class GroupCount:
    """The number of LEAs in which a student group met the criteria."""

    name: str  # as in a sentence
    now: int
    before: int
    began: int | None = None  # first Dashboard with the group, if the one before had no such group


@dataclass(frozen=True)
class CountyFacts:
    """A county in a determination year."""

    county: str
    year: int
    before: int | None  # the determination year that it is compared with
    determined: bool  # at least one verdict is determined by more than registers
    direct: int  # LEAs that meet the criteria of a pathway to Direct Technical Assistance
    kinds: tuple[tuple[str, int], ...]  # kind of LEA, and how many meet any of the criteria
    assisted: tuple[Assisted, ...]
    groups: tuple[GroupCount, ...]
    groups_before: int | None  # the Dashboard year of ``GroupCount.before``; None if it is not known


def county_summary(f: CountyFacts) -> str | None:
    """Return two paragraphs: Direct Technical Assistance, then all assistance; None if nothing is determined."""
    return (
        "\n\n".join(" ".join(sentences) for sentences in (_direct_assistance(f), _all_assistance(f)))
        if f.determined
        else None
    )


def _direct_assistance(f: CountyFacts) -> Iterator[str]:
    what = "the criteria for Direct Technical Assistance"
    if f.direct:
        yield f"In {f.year}, {plural(f.direct, 'LEA')} in {f.county} County {_meet_verb(f.direct)} {what}."
    else:
        yield f"In {f.year}, no LEA in {f.county} County is known to meet {what}."
    yield from _assisted([kind for kind in f.assisted if kind.direct], f.before)


def _all_assistance(f: CountyFacts) -> Iterator[str]:
    kinds, what = dict(f.kinds), "the criteria for assistance of any kind"
    if total := sum(kinds.values()):
        of_kinds = joined([plural(kinds[kind], word) for kind, word in LEA_WORDS.items() if kinds.get(kind)])
        yield f"{capitalized(of_kinds)} {_meet_verb(total)} {what}."
    else:
        yield f"No district, county office or charter school is known to meet {what}."
    yield from _assisted([kind for kind in f.assisted if not kind.direct], f.before)
    if f.groups:
        yield f"{_groups(f)}."
    yield COMPUTED


def _meet_verb(n: int) -> str:
    return "meets" if n == 1 else "meet"


def _assisted(kinds: Sequence[Assisted], before: int | None) -> Iterator[str]:
    """Yield who meets which criteria, who is new, who left, and who is not determined."""
    for kind in kinds:
        for label, leas in kind.by_year or (("", kind.leas),):
            if leas:
                names = f" ({joined(leas)})" if len(leas) <= MOST_NAMED else ""
                yield f"{', '.join(filter(None, (kind.name, label)))}: {plural(len(leas), 'LEA')}{names}."
        if before is not None:
            yield from _moves(kind, before)
    if before is not None:
        yield from _no_moves(kinds, before)
    if doubtful := [f"{kind.name} for {_names_or_count(kind.open, NAMED)}" for kind in kinds if kind.open]:
        yield f"Not determined: {'; '.join(doubtful)}."


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
            yield f"{word} since {before}, {kind.name}: {_names_or_count(leas, MOST_NAMED)}."


def _no_moves(kinds: Sequence[Assisted], before: int) -> Iterator[str]:
    """Yield that no LEA is new, or none left, if every kind of assistance can be compared."""
    new, left = (any(getattr(kind, word) for kind in kinds) for word in ("new", "left"))
    if kinds and not (new and left) and not any(kind.open or kind.open_before for kind in kinds):
        yield f"None {'is new' if left else 'left' if new else 'is new and none left'} since {before}."


def _names_or_count(names: Sequence[str], most: int) -> str:
    return joined(names) if len(names) <= most else f"{len(names)} LEAs"
