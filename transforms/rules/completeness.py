"""Find entries that one file of the project needs and another file lacks.

A year, an indicator or a student group that was only partly added is reported by name.
"""

from collections.abc import Iterator

from transforms.rules.model import Rules, RuleSet
from transforms.rules.reference import Reference
from transforms.sources.catalog import Catalog
from transforms.sources.layouts import Layouts

SourceKey = tuple[str, int | None, str | None, int | None]  # layout, Dashboard year, indicator, priority
INDICATORS = "reference/indicators.csv"


def missing_entries(catalog: Catalog, layouts: Layouts, rules: Rules, reference: Reference) -> Iterator[str]:
    """Yield one sentence per entry that another file needs and that is missing, with the file to correct."""
    yield from _indicators(catalog, layouts, reference)
    yield from _years(catalog, rules)
    sources: set[SourceKey] = {(s.layout, s.dashboard_year, s.indicator, s.priority) for s in catalog.source}
    for rule_set in rules.years:
        yield from _missing_in_year(rule_set, layouts, sources)


def _indicators(catalog: Catalog, layouts: Layouts, reference: Reference) -> Iterator[str]:
    known, marks = reference.values("indicators", "indicator"), layouts.dashboard.told_by
    for name in sorted(known - marks.keys()):
        yield (
            f"layouts.toml: dashboard.told_by lacks {name}, an indicator of {INDICATORS}; add the code that its files"
            " print, and headings that only they have"
        )
    for name, mark in marks.items():
        if name not in known:
            yield f"{INDICATORS}: there is no row for {name}, which layouts.toml has in dashboard.told_by; add it"
        if not mark.code and not mark.headings:
            yield (
                f"layouts.toml: dashboard.told_by.{name} has neither a code nor a heading, so any file would pass as"
                f" {name}; add one"
            )
    for code in sorted({m.code for m in marks.values() if m.code}):
        if len(same := [name for name, m in marks.items() if m.code == code]) > 1:
            yield f"layouts.toml: dashboard.told_by has the code {code} for {' and '.join(same)}; give each its own"
    for source in catalog.source:
        if source.indicator is not None and source.indicator not in known:
            yield (
                f"{INDICATORS}: there is no row for {source.indicator}, which catalog.toml names ({source.id}); add it"
            )
    for name in sorted(
        {n for named in reference.values("indicators", "expected_with") for n in named.split("|") if n} - known
    ):
        yield f"{INDICATORS}: expected_with names {name}, which has no row; add it, or correct the name"


def _years(catalog: Catalog, rules: Rules) -> Iterator[str]:
    """Report Dashboard years that have an assistance workbook, but neither rules nor a preview.

    The Dashboard of 2021 had no workbook.
    """
    ruled = {r.dashboard_year for r in rules.years} | {rules.preview.dashboard_year}
    for year in sorted(
        {s.dashboard_year for s in catalog.source if s.layout == "assistance" and s.dashboard_year} - ruled
    ):
        yield (
            f"rules/{year}.toml: the file is missing, and catalog.toml has an assistance workbook of {year}; add the"
            " rules of that year"
        )


def _missing_in_year(rules: RuleSet, layouts: Layouts, sources: set[SourceKey]) -> Iterator[str]:
    """Report inputs of the rules of a year that have no source."""
    year = rules.dashboard_year
    needed = f"which rules/{year}.toml looks at; add it"
    in_lists = layouts.low_performing.canonical
    for indicator in dict.fromkeys(c.indicator for k in rules.criterion for c in k.conditions):
        if ("dashboard", year, indicator, None) not in sources:
            yield f"catalog.toml: there is no Dashboard file of {year} for {indicator}, {needed}"
        if in_lists(indicator) != f"red:{indicator}":
            yield f"layouts.toml: low_performing.patterns.red does not know {indicator}, {needed}"
    if ("assistance", year, None, None) not in sources:
        yield f"catalog.toml: there is no assistance workbook of {year}, {needed}"
    local = rules.assistance.local
    for local_year in local.years if local else ():
        if ("local_indicators", local_year, None, None) in sources:
            continue
        for priority in (*local.priorities, *local.county_office_priorities) if local else ():
            if ("local_indicators_by_priority", local_year, None, priority) not in sources:
                yield f"catalog.toml: there are no local indicators of {local_year} for priority {priority}, {needed}"
