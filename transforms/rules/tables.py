"""Load the rules into tables, so that SQL can apply them and analysts can query them."""

from collections.abc import Iterable
from typing import Any

import duckdb
import pyarrow as pa
from pydantic import BaseModel

from transforms.rules.load import rules_with_criteria
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

WHOLE, TEXT = pa.int16(), pa.string()  # every number in the rules is below 3,000
TYPES = {  # types of columns that belong to no model and are not text
    **dict.fromkeys(("dashboard_year", "determination_year", "priority", "position", "priorities_required"), WHOLE),
    **dict.fromkeys(("minimum", "small_minimum"), WHOLE),
    **dict.fromkeys(("levels", "local_years", "local_priorities", "county_office_priorities"), pa.list_(WHOLE)),
    "small_groups": pa.list_(TEXT),
    "in_force_from": pa.date32(),
}
YEAR_COLUMNS = ("determination_year", "rule_set")
FOR_REGISTERS = ["effective", "effective_basis", "effective_url", "assistance_effective"]  # only for checks of rows


def load_rule_tables(rules: Rules, connection: duckdb.DuckDBPyConnection) -> None:
    """Create the tables rule_*, pathways, wraparound_rule, preview_rule and preview_indicators."""
    years, pathways, preview = rules.years, rules.pathways, rules.preview
    tables = {
        "rule_sets": _rule_sets(years),
        "rule_indicators": _indicators(years),
        "rule_groups": _table(
            ({"dashboard_year": r.dashboard_year, "student_group": g} for r in years for g in r.student_groups),
            "dashboard_year",
            "student_group",
        ),
        "rule_criterion_groups": _criterion_groups(years),
        "rule_conditions": _conditions(years),
        "rule_citations": _model_table(
            Citation,
            ({"dashboard_year": r.dashboard_year, **c.model_dump()} for r in years for c in r.citation),
            "dashboard_year",
        ),
        "rule_determinations": _determinations(years),
        "rule_assistance": _assistance(years),
        "rule_consecutive": _spans((r, r.consecutive) for r in years if r.consecutive),
        "rule_charter": _spans((r, r.charter) for r in years if r.charter),
        "rule_lcap_goals": _spans((r, r.lcap_goals) for r in years if r.lcap_goals),
        "preview_rule": _model_table(PreviewRules, [preview.model_dump(exclude={"indicator"})]),
        "preview_indicators": _model_table(PreviewIndicator, (i.model_dump() for i in preview.indicator)),
        "pathways": _model_table(
            Pathway, ({"position": n, **p.model_dump()} for n, p in enumerate(pathways.pathway, 1)), "position"
        ).drop_columns(FOR_REGISTERS),
        "wraparound_rule": _model_table(WraparoundRule, [pathways.wraparound.model_dump()]),
    }
    for name, table in tables.items():
        put(connection, name, table)


def _columns(*names: str) -> dict[str, pa.DataType]:
    return {name: TYPES.get(name, TEXT) for name in names}


def _table(rows: Iterable[dict[str, Any]], *names: str) -> pa.Table:
    return as_table(rows, **_columns(*names))


def _model_table(model: type[BaseModel], rows: Iterable[dict[str, Any]], *before: str) -> pa.Table:
    """Return the columns of a model, after the columns named in ``before``."""
    return as_table(rows, **_columns(*before), **arrow_columns(model, WHOLE))


def _rule_sets(years: Iterable[RuleSet]) -> pa.Table:
    names = ("dashboard_year", "rule_set", "standing", "not_confirmed", "priorities_required", "in_force_from")
    return _table(
        ({n: getattr(r, n) for n in names} | {"not_confirmed": r.not_confirmed or None} for r in years), *names
    )


def _criterion_groups(years: Iterable[RuleSet]) -> pa.Table:
    rows = (
        {"dashboard_year": r.dashboard_year, "criterion": c.id, "student_group": g}
        for r in years
        for c in r.criterion
        for g in r.groups_of(c)
    )
    return _table(rows, "dashboard_year", "criterion", "student_group")


def _indicators(years: Iterable[RuleSet]) -> pa.Table:
    """Return the indicators whose files a Dashboard year needs.

    If the criteria of the year are not confirmed, they are those of the latest earlier year with criteria.
    """
    by_year = {r.dashboard_year: r for r in years}
    known = {year: rules_with_criteria(by_year, year) for year in by_year}
    rows = [
        {"dashboard_year": year, "indicator": i}
        for year, rules in known.items()
        if rules
        for i in sorted(rules.indicators)
    ]
    return _table(rows, "dashboard_year", "indicator")


def _conditions(years: Iterable[RuleSet]) -> pa.Table:
    """Return one row per condition, with its size test written out."""
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
    return _table(
        rows, "dashboard_year", "criterion", "priority", "clause", "position", "indicator", "measure", "levels",
        "size_test", "minimum", "small_minimum", "small_groups",
    )  # fmt: skip


def _year_columns(r: RuleSet) -> dict[str, Any]:
    """Return the columns that every test of a determination year has."""
    return {
        "determination_year": r.dashboard_year,
        "rule_set": r.rule_set,
        "in_force_from": r.in_force_from,
        "not_confirmed": r.not_confirmed or None,
    }


def _determinations(years: Iterable[RuleSet]) -> pa.Table:
    return as_table(
        (_year_columns(r) | r.continuum.model_dump() for r in years if r.continuum),
        **_columns(*YEAR_COLUMNS),
        **arrow_columns(Continuum, WHOLE),
        **_columns("in_force_from", "not_confirmed"),
    )


def _assistance(years: Iterable[RuleSet]) -> pa.Table:
    """Return one row per Dashboard year: methods of Differentiated Assistance and their inputs."""
    local = {
        "local_value": "value",
        "local_years": "years",
        "local_priorities": "priorities",
        "county_office_priorities": "county_office_priorities",
    }
    rows = (
        _year_columns(r)
        | r.assistance.model_dump(exclude={"local"})
        | {column: getattr(r.assistance.local, n, None if n == "value" else ()) for column, n in local.items()}
        for r in years
    )
    return as_table(
        rows,
        **_columns(*YEAR_COLUMNS, "in_force_from", "not_confirmed"),
        **arrow_columns(Assistance, WHOLE),
        **_columns(*local),
    )


def _spans(years: Iterable[tuple[RuleSet, Consecutive | CharterTest]]) -> pa.Table:
    """Return one row per determination year of a test that covers several Dashboards."""
    rows = ({"determination_year": r.dashboard_year, "rule_set": r.rule_set, **span.model_dump()} for r, span in years)
    return _model_table(Consecutive, rows, *YEAR_COLUMNS)
