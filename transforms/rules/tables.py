"""The loaded rules as tables, so that SQL applies them and analysts can query them."""

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from transforms.rules.load import criteria_known
from transforms.rules.model import (
    Assistance,
    CharterTest,
    Citation,
    Consecutive,
    Continuum,
    Pathway,
    PreviewIndicator,
    PreviewRules,
    Rules,
    RuleSet,
    WraparoundRule,
)
from transforms.tables import arrow_columns, as_table, put

WHOLE = pa.int16()  # every number of the rules is below 3,000


def load_rule_tables(rules: Rules, connection: duckdb.DuckDBPyConnection) -> None:
    """The rules as tables rule_*, pathways and wraparound_rule."""
    years = rules.years
    put(
        connection,
        "rule_sets",
        as_table(
            (
                r.model_dump(include={"dashboard_year", "standing", "priorities_required", "in_force_from"})
                | {"rule_set": r.rule_set, "not_confirmed": r.not_confirmed or None}
                for r in years
            ),
            dashboard_year=WHOLE,
            rule_set=pa.string(),
            standing=pa.string(),
            not_confirmed=pa.string(),
            priorities_required=WHOLE,
            in_force_from=pa.date32(),
        ),
    )
    put(connection, "rule_indicators", _indicators(years))
    put(
        connection,
        "rule_groups",
        as_table(
            ({"dashboard_year": r.dashboard_year, "student_group": g} for r in years for g in r.student_groups),
            dashboard_year=WHOLE,
            student_group=pa.string(),
        ),
    )
    put(
        connection,
        "rule_criterion_groups",
        as_table(
            (
                {"dashboard_year": r.dashboard_year, "criterion": c.id, "student_group": g}
                for r in years
                for c in r.criterion
                for g in r.groups_of(c)
            ),
            dashboard_year=WHOLE,
            criterion=pa.string(),
            student_group=pa.string(),
        ),
    )
    put(connection, "rule_conditions", _conditions(years))
    put(
        connection,
        "rule_citations",
        as_table(
            ({"dashboard_year": r.dashboard_year, **c.model_dump()} for r in years for c in r.citation),
            dashboard_year=WHOLE,
            **arrow_columns(Citation, WHOLE),
        ),
    )
    put(connection, "rule_determinations", _determinations(years))
    put(connection, "rule_assistance", _assistance(years))
    put(connection, "rule_consecutive", _spans((r, r.consecutive) for r in years if r.consecutive))
    put(connection, "rule_charter", _spans((r, r.charter) for r in years if r.charter))
    put(connection, "rule_lcap_goals", _spans((r, r.lcap_goals) for r in years if r.lcap_goals))
    _load_preview(rules.preview, connection)
    put(
        connection,
        "pathways",
        as_table(
            ({"position": n, **p.model_dump()} for n, p in enumerate(rules.pathways.pathway, 1)),
            position=WHOLE,
            **arrow_columns(Pathway, WHOLE),
        ),
    )
    put(
        connection,
        "wraparound_rule",
        as_table([rules.pathways.wraparound.model_dump()], **arrow_columns(WraparoundRule, WHOLE)),
    )


def _indicators(years: Iterable[RuleSet]) -> pa.Table:
    """The indicators whose files a Dashboard year needs; where its criteria are not confirmed, those of the year
    before.
    """
    by_year = {r.dashboard_year: r for r in years}
    known = {year: criteria_known(by_year, year) for year in by_year}
    rows = [
        {"dashboard_year": year, "indicator": i}
        for year, rules in known.items()
        if rules
        for i in sorted(rules.indicators)
    ]
    return as_table(rows, dashboard_year=WHOLE, indicator=pa.string())


def _conditions(years: Iterable[RuleSet]) -> pa.Table:
    """One row per condition, with its size test written out."""
    rows = []
    for r in years:
        for criterion in r.criterion:
            for position, c in enumerate(criterion.conditions, 1):
                test = r.size_test.denominator if c.size_test == "denominator" else None
                rows.append(
                    {
                        "dashboard_year": r.dashboard_year,
                        "criterion": criterion.id,
                        "priority": criterion.priority,
                        "clause": criterion.clause,
                        "position": position,
                        "indicator": c.indicator,
                        "measure": c.measure,
                        "levels": list(c.levels),
                        "size_test": c.size_test,
                        "minimum": test.minimum if test else None,
                        "small_minimum": test.small_minimum if test else None,
                        "small_groups": list(test.small_groups) if test else None,
                    }
                )
    return as_table(
        rows,
        dashboard_year=WHOLE,
        criterion=pa.string(),
        priority=WHOLE,
        clause=pa.string(),
        position=WHOLE,
        indicator=pa.string(),
        measure=pa.string(),
        levels=pa.list_(WHOLE),
        size_test=pa.string(),
        minimum=WHOLE,
        small_minimum=WHOLE,
        small_groups=pa.list_(pa.string()),
    )


def _determinations(years: Iterable[RuleSet]) -> pa.Table:
    return as_table(
        (
            {
                "determination_year": r.dashboard_year,
                "rule_set": r.rule_set,
                **r.continuum.model_dump(),
                "in_force_from": r.in_force_from,
                "not_confirmed": r.not_confirmed or None,
            }
            for r in years
            if r.continuum
        ),
        determination_year=WHOLE,
        rule_set=pa.string(),
        **arrow_columns(Continuum, WHOLE),
        in_force_from=pa.date32(),
        not_confirmed=pa.string(),
    )


def _assistance(years: Iterable[RuleSet]) -> pa.Table:
    """One row per Dashboard year: methods of Differentiated Assistance and what they look at."""
    return as_table(
        (
            {
                "determination_year": r.dashboard_year,
                "rule_set": r.rule_set,
                "in_force_from": r.in_force_from,
                "not_confirmed": r.not_confirmed or None,
                **r.assistance.model_dump(exclude={"local"}),
                "local_value": r.assistance.local.value if r.assistance.local else None,
                "local_years": r.assistance.local.years if r.assistance.local else (),
                "local_priorities": r.assistance.local.priorities if r.assistance.local else (),
                "county_office_priorities": r.assistance.local.county_office_priorities if r.assistance.local else (),
            }
            for r in years
        ),
        determination_year=WHOLE,
        rule_set=pa.string(),
        in_force_from=pa.date32(),
        not_confirmed=pa.string(),
        **arrow_columns(Assistance, WHOLE),
        local_value=pa.string(),
        local_years=pa.list_(WHOLE),
        local_priorities=pa.list_(WHOLE),
        county_office_priorities=pa.list_(WHOLE),
    )


def _spans(years: Iterable[tuple[RuleSet, Consecutive | CharterTest]]) -> pa.Table:
    """One row per determination year of a test that looks at several Dashboards."""
    return as_table(
        ({"determination_year": r.dashboard_year, "rule_set": r.rule_set, **span.model_dump()} for r, span in years),
        determination_year=WHOLE,
        rule_set=pa.string(),
        **arrow_columns(Consecutive, WHOLE),
    )


def _load_preview(preview: PreviewRules, connection: duckdb.DuckDBPyConnection) -> None:
    """preview_rule and preview_indicators: read by the watch list only."""
    put(
        connection,
        "preview_rule",
        as_table([preview.model_dump(exclude={"indicator"})], **arrow_columns(PreviewRules, WHOLE)),
    )
    put(
        connection,
        "preview_indicators",
        as_table((i.model_dump() for i in preview.indicator), **arrow_columns(PreviewIndicator, WHOLE)),
    )
