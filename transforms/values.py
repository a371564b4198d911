"""Values and columns of a query's rows in the forms that are not Arrow's: one for commands, pages and files."""

import json
import math
import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from transforms.database import quote

if TYPE_CHECKING:
    import duckdb

# Types of DuckDB that Arrow has under other values, or Parquet and CSV not at all; also within lists and structures.
UNFIT = re.compile(r"\b(?:INTERVAL|TIME WITH TIME ZONE|BIT|UHUGEINT|BIGNUM|UNION|VARIANT|GEOMETRY)\b")


def fitting(relation: "duckdb.DuckDBPyRelation") -> "duckdb.DuckDBPyRelation":
    """The same rows, with each column under a name of its own, and what does not fit as DuckDB writes it."""
    names, unfit = unique(relation.columns), [bool(UNFIT.search(str(kind))) for kind in relation.types]
    if names == relation.columns and not any(unfit):
        return relation
    columns = [f"cast(#{n} as varchar)" if odd else f"#{n}" for n, odd in enumerate(unfit, 1)]
    return relation.project(", ".join(f"{c} as {quote(name)}" for c, name in zip(columns, names, strict=True)))


def unique(names: list[str]) -> list[str]:
    """Names of columns, each once: a second ``n`` is ``n_2``."""
    made: dict[str, None] = {}
    used: dict[str, int] = {}  # by name: an address may hold thousands alike
    for name in names:
        n = used.get(name, 0) + 1
        candidate = name if n == 1 else f"{name}_{n}"
        while candidate in made:
            n += 1
            candidate = f"{name}_{n}"
        made[candidate], used[name] = None, n
    return list(made)


def plain(value: Any) -> Any:
    """A value as JSON has it; what is no number in JSON is null."""
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
    if isinstance(value, Decimal):  # a sum of whole numbers is one
        return int(value) if value.as_tuple().exponent == 0 else str(value)
    return value.hex() if isinstance(value, bytes) else str(value)


def as_text(value: Any) -> str:
    """A value as one text; a structure is JSON."""
    found = plain(value)
    return found if isinstance(found, str) else "" if value is None else json.dumps(found, ensure_ascii=False)


def shown(value: Any) -> str:
    """A value as a person reads it in a cell."""
    if isinstance(value, list):
        return ", ".join(shown(v) for v in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(value)
    return as_text(value)
