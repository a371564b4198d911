"""The rules by which a Dashboard that is not out is judged: its own, or the newest confirmed ones in its place."""

from typing import TypeVar

from transforms.errors import ConfigError
from transforms.rules.load import criteria_known
from transforms.rules.model import CharterTest, Consecutive, Continuum, Rules, RuleSet

Span = TypeVar("Span", Continuum, Consecutive, CharterTest)


def rules_of(rules: Rules, year: int) -> RuleSet:
    """The rule set for results of ``year``.

    Its own where its criteria are confirmed, else the criteria of the newest confirmed year before it, in the windows
    of its own file, or in those of that year moved to it. Raises ConfigError where no year before it is confirmed.
    """
    by_year, known = {r.dashboard_year: r for r in rules.years}, _confirmed(rules, year)
    if known is None:
        raise ConfigError(
            f"There are no confirmed rules for {year} or a year before it. There are rules for"
            f" {', '.join(map(str, sorted(by_year)))}."
        )
    if known.dashboard_year == year:
        return known
    own, by = by_year.get(year), year - known.dashboard_year
    return known.model_copy(
        update={
            "dashboard_year": year,
            "continuum": own.continuum if own else _moved(known.continuum, by),
            "consecutive": own.consecutive if own else _moved(known.consecutive, by),
            "charter": own.charter if own else _moved(known.charter, by),
            "in_force_from": own.in_force_from if own else known.in_force_from.replace(year=year),
        }
    )


def name_of(rules: Rules, year: int) -> str:
    """Name of the rule set whose criteria ``rules_of`` applies, as tables show it."""
    known = _confirmed(rules, year)
    return known.rule_set if known else ""


def is_confirmed(rules: Rules, year: int) -> bool:
    """True if the year's own criteria are confirmed by a primary source."""
    return any(r.dashboard_year == year and r.criterion for r in rules.years)


def _confirmed(rules: Rules, year: int) -> RuleSet | None:
    by_year = {r.dashboard_year: r for r in rules.years}
    return criteria_known(by_year | {year: by_year.get(year, rules.years[-1])}, year)


def _moved(span: Span | None, by: int) -> Span | None:
    """The same window, a number of years later."""
    if span is None:
        return None
    name = "counted_dashboards" if isinstance(span, Continuum) else "dashboards"
    return span.model_copy(update={name: tuple(y + by for y in getattr(span, name))})
