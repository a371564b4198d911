"""Check rules that have the right form: unknown names, duplicates, and years that do not fit together."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from transforms.config.toml_model import Place
from transforms.rules.reference import Reference

if TYPE_CHECKING:
    from transforms.rules.model import Condition, PathwayRules, PreviewRules, RuleSet

Problem = tuple[Place, str]
COMPUTED = ("continuum", "wraparound")  # each has SQL of its own; recorded pathways have registers instead


def year_problems(rules: "RuleSet", reference: Reference) -> Iterator[Problem]:
    """Yield the problems of the rules of one Dashboard year."""
    yield from _unknown_groups(("student_groups",), rules.student_groups, reference)
    groups = set(rules.student_groups)
    seen: dict[str, tuple[str, str | None]] = {}
    for n, criterion in enumerate(rules.criterion):
        place: Place = ("criterion", n)
        yield from _not_among(
            (*place, "priority"), "priority", [str(criterion.priority)], reference.values("priorities", "priority")
        )
        for name, listed in (("only_groups", criterion.only_groups), ("except_groups", criterion.except_groups)):
            yield from _not_among(
                (*place, name), "student group", listed, groups, "it is not in student_groups of this file"
            )
            yield from _duplicates((*place, name), "student group", listed)
        if not rules.groups_of(criterion):
            yield place, f"criterion {criterion.id} names no student group"
        for m, condition in enumerate(criterion.conditions):
            where = (*place, "conditions", m)
            yield from _condition_problems(where, condition, reference)
            if seen.setdefault(condition.indicator, (condition.measure, condition.size_test)) != (
                condition.measure,
                condition.size_test,
            ):
                yield where, f"criterion {criterion.id}: {condition.indicator} is read in two ways in one year"
            if condition.size_test == "denominator" and rules.size_test.denominator is None:
                yield where, f"criterion {criterion.id}: [size_test.denominator] is not given"
    if rules.size_test.denominator:
        yield from _not_among(
            ("size_test", "denominator", "small_groups"),
            "student group",
            rules.size_test.denominator.small_groups,
            groups,
        )
    priorities = {c.priority for c in rules.criterion}
    if rules.criterion and rules.priorities_required > len(priorities):
        yield (
            ("priorities_required",),
            f"{rules.priorities_required} priorities are required, but the criteria are about {len(priorities)}",
        )
    yield from _window_problems(rules)
    yield from _assistance_problems(rules, reference)


def _condition_problems(where: Place, condition: "Condition", reference: Reference) -> Iterator[Problem]:
    yield from _not_among(
        (*where, "indicator"), "indicator", [condition.indicator], reference.values("indicators", "indicator")
    )
    yield from _levels((*where, "levels"), condition.levels)


def _window_problems(rules: "RuleSet") -> Iterator[Problem]:
    """Check the years of the tests that cover several Dashboards."""
    for where, years in _windows(rules):
        yield from _duplicates(where, "Dashboard", years)
        if rules.dashboard_year not in years:
            yield where, f"the Dashboard of {rules.dashboard_year} itself is not among those counted"
    if rules.continuum and rules.continuum.years_required > len(rules.continuum.counted_dashboards):
        yield (
            ("continuum", "years_required"),
            f"{rules.continuum.years_required} years are required, but fewer are counted",
        )


def _windows(rules: "RuleSet") -> list[tuple[Place, Sequence[int]]]:
    """Return the Dashboards that each test of the year covers, with their place in its file."""
    continuum = rules.continuum
    windows: list[tuple[Place, Sequence[int]]] = (
        [(("continuum", "counted_dashboards"), continuum.counted_dashboards)] if continuum else []
    )
    tests = {"consecutive": rules.consecutive, "charter": rules.charter, "lcap_goals": rules.lcap_goals}
    return windows + [((name, "dashboards"), test.dashboards) for name, test in tests.items() if test]


def _assistance_problems(rules: "RuleSet", reference: Reference) -> Iterator[Problem]:
    assistance = rules.assistance
    yield from _not_among(("assistance", "methods"), "method", map(str, assistance.methods), set("1234"))
    yield from _duplicates(("assistance", "methods"), "method", assistance.methods)
    if assistance.local:
        for name in ("priorities", "county_office_priorities"):
            listed = getattr(assistance.local, name)
            yield from _not_among(
                ("assistance", "local", name), "priority", map(str, listed), reference.values("priorities", "priority")
            )
            yield from _duplicates(("assistance", "local", name), "priority", listed)


def problems_between(years: Sequence["RuleSet"]) -> Iterator[tuple[int, Place, str]]:
    """Yield the problems between files: the year of the file, the place and the problem."""
    known = {r.dashboard_year for r in years}
    counts = Counter(c.id for r in years for c in r.criterion)
    for rules in years:
        if missing := rules.dashboards_counted - known:
            yield rules.dashboard_year, (), f"no rules for counted Dashboard {sorted(missing)}; add a file for it"
        for n, criterion in enumerate(rules.criterion):
            if counts[criterion.id] > 1:
                yield (
                    rules.dashboard_year,
                    ("criterion", n, "id"),
                    f"criterion id {criterion.id!r} appears {counts[criterion.id]} times; give each its own",
                )
    for n, rules in enumerate(years):
        for place, why in _years_out_of_step(rules, sorted(known)[: n + 1]):
            yield rules.dashboard_year, place, why
    for before, after in pairwise(years):
        if after.in_force_from <= before.in_force_from:
            yield (
                after.dashboard_year,
                ("in_force_from",),
                f"it must be later than {before.in_force_from}, the day of {before.dashboard_year}",
            )
        # The duration of assistance is part of the criteria.
        unknown = set() if after.criterion else {"second_year_after"}
        for name in _tests(before) - _tests(after) - set(after.ended) - unknown:
            yield (
                after.dashboard_year,
                (),
                f"{name} is missing, but {before.dashboard_year}.toml has it; add it, or name it in ended",
            )


def _tests(rules: "RuleSet") -> set[str]:
    """Return the tests of a year other than the criteria, named as in the key ``ended``."""
    has = {
        "continuum": rules.continuum,
        "consecutive": rules.consecutive,
        "charter": rules.charter,
        "second_year_after": rules.assistance.second_year_after,
    }
    return {name for name, test in has.items() if test is not None}


def _years_out_of_step(rules: "RuleSet", known: Sequence[int]) -> Iterator[Problem]:
    """Check years in the file that must follow from its Dashboard year.

    ``known``: Dashboard years with rules, up to and including the year of the file.
    """
    year, assistance = rules.dashboard_year, rules.assistance
    for n, criterion in enumerate(rules.criterion):
        if not criterion.id.startswith(f"{year}-"):
            yield ("criterion", n, "id"), f"criterion id {criterion.id!r} must begin with {year}-"
    local: Place = ("assistance", "local", "years")
    for place, years in [*_windows(rules), (local, assistance.local.years if assistance.local else ())]:
        running = list(known[-len(years) :]) if years else []
        if set(years) <= set(known) and list(years) != running:
            yield place, f"the years must be consecutive Dashboards up to {year}: {', '.join(map(str, running))}"
    before = known[-2] if len(known) > 1 else None
    if assistance.second_year_after not in (None, before):
        yield (
            ("assistance", "second_year_after"),
            f"it must be {before}, the Dashboard before {year}, but is {assistance.second_year_after}",
        )
    if assistance.calpads_school_year not in (None, school_year := f"{year - 1}-{year % 100:02}"):
        yield ("assistance", "calpads_school_year"), f"it must be {school_year}, the school year that ends in {year}"
    if rules.in_force_from.year not in (year, year + 1):
        yield ("in_force_from",), f"the day must be in {year} or {year + 1}, but is {rules.in_force_from}"


def preview_problems(preview: "PreviewRules", reference: Reference) -> Iterator[Problem]:
    """Yield the problems of the preview."""
    yield from _unknown_groups(("student_groups",), preview.student_groups, reference)
    names = [i.indicator for i in preview.indicator]
    yield from _duplicates(("indicator",), "indicator", names)
    for n, one in enumerate(preview.indicator):
        yield from _not_among(
            ("indicator", n), "indicator", [one.indicator], reference.values("indicators", "indicator")
        )
        yield from _levels(("indicator", n, "levels"), one.levels)
    yield from _duplicates(("dashboards",), "Dashboard", preview.dashboards)


def pathway_problems(rules: "PathwayRules") -> Iterator[Problem]:
    """Yield the problems of the pathways: duplicates, and computed pathways that are missing or not known."""
    names = [p.pathway for p in rules.pathway]
    for n, name in enumerate(names):
        if names.count(name) > 1:
            yield ("pathway", n), f"pathway {name!r} appears {names.count(name)} times; keep one"
        if rules.pathway[n].decided == "computed":
            yield from _not_among(
                ("pathway", n, "pathway"),
                "pathway",
                [name],
                set(COMPUTED),
                "only continuum and wraparound are computed",
            )
        elif name in COMPUTED:
            yield ("pathway", n, "decided"), f"pathway {name!r} is computed, never recorded"
    if missing := [p for p in COMPUTED if p not in names]:
        yield (), f"the pathway {', '.join(missing)} is missing"


def _unknown_groups(where: Place, groups: Sequence[str], reference: Reference) -> Iterator[Problem]:
    yield from _not_among(where, "student group", groups, reference.values("student_groups", "student_group"))
    yield from _duplicates(where, "student group", groups)


def _levels(where: Place, levels: Sequence[int]) -> Iterator[Problem]:
    if not levels:
        yield where, "no level is named"
    yield from _not_among(where, "level", map(str, levels), set("12345"))  # 0 is not a level: no color, no status
    yield from _duplicates(where, "level", levels)


def _not_among(where: Place, what: str, values: Iterable[str], known: set[str], why: str = "") -> Iterator[Problem]:
    for value in values:
        if value not in known:
            names = sorted(known, key=lambda k: (k.isdigit() and int(k), k))
            yield where, f"unknown {what} {value!r}; " + (why or f"it must be one of {', '.join(names)}")


def _duplicates(where: Place, what: str, values: Iterable[object]) -> Iterator[Problem]:
    for value, times in Counter(values).items():
        if times > 1:
            yield where, f"{what} {value!r} appears {times} times; keep one"
