"""Find the smallest change that alters the estimate of an LEA: fewest groups, then fewest indicators.

The search covers the levels that the criteria name. If several changes are equally small, the result is the one nearest
to the last known results. It is an example, not a forecast.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product

from transforms.rules.model import RuleSet

MAX_CHANGES = 4  # indicators to change; any two priorities need no more
# Indicator, level of the year (None: not known), last known level.
State = tuple[tuple[str, int | None, int | None], ...]


@dataclass(frozen=True)
class TargetLevel:
    """An indicator and the level that it would have to have."""

    indicator: str
    level: int
    or_better: bool = False


@dataclass(frozen=True)
class Group:
    """A student group of an LEA: its results, and whether it counts if it meets the criteria on this Dashboard."""

    student_group: str
    state: State
    counts: bool
    counts_if_met: bool
    counts_anyway: bool


@dataclass(frozen=True)
class Change:
    """Groups whose results would have to change, each with the change, and whether they would then count."""

    adds: bool
    groups: tuple[tuple[str, tuple[TargetLevel, ...]], ...]


def priorities_met(rules: RuleSet, group: str, levels: Mapping[str, int | None]) -> set[int]:
    """Return the priorities whose criteria the levels meet (EC 52064.5(g)); an unknown level meets nothing."""
    return {
        c.priority
        for c in rules.criterion
        if group in rules.groups_of(c) and all(levels.get(k.indicator) in k.levels for k in c.conditions)
    }


class Search:
    """A search for changes under one rule set; the result for each state is cached."""

    def __init__(self, rules: RuleSet, for_all: Mapping[str, bool]) -> None:
        """``for_all``: indicators in order, with True if every LEA has results; they go first if no level is known."""
        self.rules, self.for_all = rules, dict(for_all)
        self.change_of = cache(self._change_of)

    def smallest(self, groups: Iterable[Group], required: int, certain: bool) -> Change | None:
        """Return the change that would put an LEA on the list, or take an LEA that is certain off it.

        Returns None if no result of the year can do this.
        """
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

    def _change_of(self, group: str, state: State, meets: bool) -> tuple[tuple[TargetLevel, ...], int] | None:
        """Return the fewest indicators, with levels, after which the group meets the criteria or no longer meets them.

        Also returns the distance of these levels from the last known ones.
        """
        now = {i: level for i, level, _ in state}
        last = {i: level if level else before for i, level, before in state}
        named = self._named(group)
        candidates = {i: (levels if meets else [max(levels) + 1]) for i, levels in named.items() if meets or now.get(i)}
        for size in range(1, MAX_CHANGES + 1):
            best: tuple[int, tuple[TargetLevel, ...]] | None = None
            for chosen in combinations(sorted(candidates, key=list(self.for_all).index), size):
                for levels in product(*(candidates[i] for i in chosen)):
                    tried = now | dict(zip(chosen, levels, strict=True))
                    enough = len(priorities_met(self.rules, group, tried)) >= self.rules.priorities_required
                    if enough != meets or any(now.get(i) == v for i, v in zip(chosen, levels, strict=True)):
                        continue
                    far = sum(self._distance(i, last.get(i), v) for i, v in zip(chosen, levels, strict=True))
                    shown = tuple(TargetLevel(i, v, not meets) for i, v in zip(chosen, levels, strict=True))
                    best = min(best, (far, shown), key=lambda b: b[0]) if best else (far, shown)
            if best:
                return best[1], best[0]
        return None

    def _distance(self, indicator: str, last: int | None, level: int) -> int:
        return abs(last - level) if last else 9 + (not self.for_all[indicator])

    def _named(self, group: str) -> dict[str, list[int]]:
        """Return the levels that the criteria of a group name, by indicator."""
        found: dict[str, set[int]] = {}
        for c in self.rules.criterion:
            if group in self.rules.groups_of(c):
                for k in c.conditions:
                    found.setdefault(k.indicator, set()).update(k.levels)
        return {i: sorted(levels) for i, levels in found.items()}
