"""An expectation as an SQL condition, so that one query names the rows that fail it, and large tables need no frame.

Great Expectations on pandas gives no row without a cost of its own; tests hold both ways of judging against each other, expectation by expectation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from great_expectations.expectations.expectation import Expectation

from transforms.database import quote


@dataclass(frozen=True)
class RowCondition:
    """Which rows an expectation asks for and judges, which of these fail, and the key if it is about doubled rows (then ``failing`` needs ``qualify``).

    A condition on null is null, so that what is asked and fails is judged too. ``columns`` are those that it looks at.
    """

    asked: str
    judged: str
    failing: str
    key: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


def literal(value: Any) -> str:
    """A value of a suite as SQL."""
    return str(value) if isinstance(value, int | float) else "'" + str(value).replace("'", "''") + "'"


def row_condition(expectation: Expectation) -> RowCondition | None:
    """The condition of an expectation on rows; None for one on the whole table. Raises KeyError for a kind that has no translation."""
    kind = type(expectation).__name__
    if kind in ON_TABLES:
        return None
    judged, failing, key = KINDS[kind](expectation)
    only = getattr(expectation, "row_condition", None)
    asked = "true" if only is None else _asked(only)
    return RowCondition(asked, judged if only is None else f"({judged}) and ({asked})", failing, key, columns_of(expectation))


def columns_of(expectation: Expectation) -> tuple[str, ...]:
    """The columns that an expectation on rows looks at, the condition's first."""
    asked = getattr(expectation, "row_condition", None)
    named = [getattr(expectation, a, None) for a in ("column", "column_A", "column_B")]
    return tuple(dict.fromkeys([*_columns_asked(asked), *(n for n in named if n), *(getattr(expectation, "column_list", None) or ())]))


def tolerance(expectation: Expectation) -> float:
    """Share of the judged rows that may fail."""
    return 1.0 - float(getattr(expectation, "mostly", 1.0) or 1.0)


ON_TABLES = ("ExpectTableColumnsToMatchOrderedList", "ExpectTableRowCountToBeBetween")
Parts = tuple[str, str, tuple[str, ...]]


def _not_null(e: Any) -> Parts:
    return "true", f"{quote(e.column)} is null", ()


def _null(e: Any) -> Parts:
    return "true", f"{quote(e.column)} is not null", ()


def _in_set(e: Any) -> Parts:
    return f"{quote(e.column)} is not null", f"{quote(e.column)} not in ({', '.join(map(literal, e.value_set))})", ()


def _between(e: Any) -> Parts:
    column = quote(e.column)
    bounds = [f"{column} {sign} {literal(v)}" for sign, v in (("<", e.min_value), (">", e.max_value)) if v is not None]
    return f"{column} is not null", " or ".join(bounds), ()


def _regex(e: Any) -> Parts:
    return f"{quote(e.column)} is not null", f"not regexp_matches({quote(e.column)}, {literal(e.regex)})", ()


def _length(e: Any) -> Parts:
    return f"{quote(e.column)} is not null", f"len({quote(e.column)}) < {literal(e.min_value)}", ()


def _pair(e: Any) -> Parts:
    a, b = quote(e.column_A), quote(e.column_B)
    return f"{a} is not null and {b} is not null", f"{a} < {b}" if e.or_equal else f"{a} <= {b}", ()


def _same(e: Any) -> Parts:
    a, b = quote(e.column_A), quote(e.column_B)
    return f"{a} is not null and {b} is not null", f"{a} <> {b}", ()


def _unique(e: Any) -> Parts:
    key = (e.column,) if getattr(e, "column", None) else tuple(e.column_list)
    return "true", f"count(*) over (partition by {', '.join(map(quote, key))}) > 1", key


KINDS: dict[str, Callable[[Any], Parts]] = {
    "ExpectColumnValuesToNotBeNull": _not_null,
    "ExpectColumnValuesToBeNull": _null,
    "ExpectColumnValuesToBeInSet": _in_set,
    "ExpectColumnValuesToBeBetween": _between,
    "ExpectColumnValuesToMatchRegex": _regex,
    "ExpectColumnValueLengthsToBeBetween": _length,
    "ExpectColumnPairValuesAToBeGreaterThanB": _pair,
    "ExpectColumnPairValuesToBeEqual": _same,
    "ExpectColumnValuesToBeUnique": _unique,
    "ExpectCompoundColumnsToBeUnique": _unique,
}
SIGNS = {"==": "=", "!=": "is distinct from"}  # to pandas, nothing is another value too


def _asked(condition: Any) -> str:
    """A row condition of Great Expectations as SQL."""
    if hasattr(condition, "conditions"):
        joined = " and " if type(condition).__name__ == "AndCondition" else " or "
        return joined.join(f"({_asked(c)})" for c in condition.conditions)
    column = quote(condition.column.name)
    if hasattr(condition, "is_null"):
        return f"{column} is null" if condition.is_null else f"{column} is not null"
    operator = str(getattr(condition.operator, "value", condition.operator))
    if operator in ("IN", "NOT_IN"):
        within = f"{column} in ({', '.join(map(literal, condition.parameter))})"
        return within if operator == "IN" else f"({within}) is not true"
    return f"{column} {SIGNS.get(operator, operator)} {literal(condition.parameter)}"


def _columns_asked(condition: Any) -> list[str]:
    if condition is None:
        return []
    if hasattr(condition, "conditions"):
        return [name for c in condition.conditions for name in _columns_asked(c)]
    return [condition.column.name]
