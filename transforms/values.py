"""Values and columns of query results for commands, pages and files, in one form other than Arrow's."""

import json
import math
import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from transforms.database import quote

if TYPE_CHECKING:
    import duckdb

# DuckDB types whose values Arrow changes, or that Parquet and CSV lack; also within lists and structures.
UNSUPPORTED_TYPES = re.compile(r"\b(?:INTERVAL|TIME WITH TIME ZONE|BIT|UHUGEINT|BIGNUM|UNION|VARIANT|GEOMETRY)\b")


def exportable(relation: "duckdb.DuckDBPyRelation") -> "duckdb.DuckDBPyRelation":
    """Return the same rows with unique column names; values that do not fit become text, as DuckDB writes them."""
    names, unfit = (
        unique_names(relation.columns),
        [bool(UNSUPPORTED_TYPES.search(str(kind))) for kind in relation.types],
    )
    if names == relation.columns and not any(unfit):
        return relation
    columns = [f"cast(#{n} as varchar)" if odd else f"#{n}" for n, odd in enumerate(unfit, 1)]
    return relation.project(", ".join(f"{c} as {quote(name)}" for c, name in zip(columns, names, strict=True)))


def unique_names(names: list[str]) -> list[str]:
    """Return unique column names: a second ``n`` becomes ``n_2``."""
    made: dict[str, None] = {}
    used: dict[str, int] = {}  # by name: an address may contain thousands of equal names
    for name in names:
        n = used.get(name, 0) + 1
        candidate = name if n == 1 else f"{name}_{n}"
        while candidate in made:
            n += 1
            candidate = f"{name}_{n}"
        made[candidate], used[name] = None, n
    return list(made)


def plain(value: Any) -> Any:
    """Return a value as JSON has it; a number that JSON lacks is null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, Decimal):  # a sum of whole numbers is a whole number
        return int(value) if value.as_tuple().exponent == 0 else str(value)
    return value.hex() if isinstance(value, bytes) else str(value)


def as_text(value: Any) -> str:
    """Return a value as one text; a structure becomes JSON."""
    found = plain(value)
    return found if isinstance(found, str) else "" if value is None else json.dumps(found, ensure_ascii=False)


def shown(value: Any) -> str:
    """Return a value as a person reads it in a cell."""
    if isinstance(value, list):
        return ", ".join(shown(v) for v in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(value)
    return as_text(value)
