"""The smallest change that would alter what an estimate says of an LEA: fewest groups, then fewest indicators.

The search is over levels that the criteria name. Where several changes are equally small, the one nearest to the last
known results is given: an example, not a forecast.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product

from transforms.rules.model import RuleSet

MOST = 4  # indicators to change: more than any two priorities need
# Indicator, level of the year (None: not known), last known level.
State = tuple[tuple[str, int | None, int | None], ...]


@dataclass(frozen=True)
class Shown:
    """An indicator and the level that it would have to show."""

    indicator: str
    level: int
    or_better: bool = False


@dataclass(frozen=True)
class Group:
    """A student group of an LEA: what it shows, and whether it counts if it meets the criteria on this Dashboard."""

    student_group: str
    state: State
    counts: bool
    counts_if_met: bool
    counts_anyway: bool


@dataclass(frozen=True)
class Change:
    """Groups that would have to show something else, each with what, and whether they would then count."""

    adds: bool
    groups: tuple[tuple[str, tuple[Shown, ...]], ...]


def priorities_met(rules: RuleSet, group: str, levels: Mapping[str, int | None]) -> set[int]:
    """Priorities whose criteria the levels meet (EC 52064.5(g)); what is not known meets nothing."""
    return {
        c.priority
        for c in rules.criterion
        if group in rules.groups_of(c) and all(levels.get(k.indicator) in k.levels for k in c.conditions)
    }


class Search:
    """Changes under one rule set; what was found for a state is kept."""

    def __init__(self, rules: RuleSet, for_all: Mapping[str, bool]) -> None:
        """``for_all``: indicators in their order, and whether every LEA has results; these are preferred where nothing
        is known.
        """
        self.rules, self.for_all = rules, dict(for_all)
        self.change_of = cache(self._change_of)

    def smallest(self, groups: Iterable[Group], required: int, certain: bool) -> Change | None:
        """What would put an LEA on the list, or take one that is certain off it; None if no result of the year can."""
        found = list(groups)
        counting = [g for g in found if g.counts]
        if certain:
            open_ones = [g for g in counting if not g.counts_anyway]
            needed = len(counting) - required + 1
        else:
            open_ones = [g for g in found if not g.counts and g.counts_if_met]
            needed = required - len(counting)
        if needed < 1 or len(open_ones) < needed:
            return None
        changes = [
            (g.student_group, c) for g in open_ones if (c := self.change_of(g.student_group, g.state, not certain))
        ]
        if len(changes) < needed:
            return None
        changes.sort(key=lambda c: (len(c[1][0]), c[1][1], c[0]))
        return Change(not certain, tuple(sorted((name, shown) for name, (shown, _) in changes[:needed])))

    def _change_of(self, group: str, state: State, meets: bool) -> tuple[tuple[Shown, ...], int] | None:
        """Fewest indicators, with levels, after which the group meets the criteria, or no longer does; and how far
        these levels are from the last known ones.
        """
        now = {i: level for i, level, _ in state}
        last = {i: level if level else before for i, level, before in state}
        named = self._named(group)
        able = {i: (levels if meets else [max(levels) + 1]) for i, levels in named.items() if meets or now.get(i)}
        for size in range(1, MOST + 1):
            best: tuple[int, tuple[Shown, ...]] | None = None
            for chosen in combinations(sorted(able, key=list(self.for_all).index), size):
                for levels in product(*(able[i] for i in chosen)):
                    tried = now | dict(zip(chosen, levels, strict=True))
                    enough = len(priorities_met(self.rules, group, tried)) >= self.rules.priorities_required
                    if enough != meets or any(now.get(i) == v for i, v in zip(chosen, levels, strict=True)):
                        continue
                    far = sum(self._distance(i, last.get(i), v) for i, v in zip(chosen, levels, strict=True))
                    shown = tuple(Shown(i, v, not meets) for i, v in zip(chosen, levels, strict=True))
                    best = min(best, (far, shown), key=lambda b: b[0]) if best else (far, shown)
            if best:
                return best[1], best[0]
        return None

    def _distance(self, indicator: str, last: int | None, level: int) -> int:
        return abs(last - level) if last else 9 + (not self.for_all[indicator])

    def _named(self, group: str) -> dict[str, list[int]]:
        """Levels that the criteria of a group name, by indicator."""
        found: dict[str, set[int]] = {}
        for c in self.rules.criterion:
            if group in self.rules.groups_of(c):
                for k in c.conditions:
                    found.setdefault(k.indicator, set()).update(k.levels)
        return {i: sorted(levels) for i, levels in found.items()}
