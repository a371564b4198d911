"""Views of a table as addresses with Datasette's names (filters, order, columns, page), and their queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches
from urllib.parse import urlencode

from reports.serve.ask import HTML, ROWS, AskError, Query, Value
from reports.serve.release import Column, Table
from transforms.database import quote
from transforms.values import unique_names

PAGE = 100  # rows, if the address does not set a number
LARGEST_PAGE = 1000
MOST_FILTERS = 50
EXACT = "exact"
INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT"}
BOOLEANS = {**dict.fromkeys(("1", "true", "yes", "t"), "true"), **dict.fromkeys(("0", "false", "no", "f"), "false")}
PLAIN = "strip_accents(lower({}))"  # ignores accents and case


@dataclass(frozen=True)
class Operator:
    """A way to compare: words for the page, SQL, and the kind of value.

    The value has the column's type, is a text, is a list of values, or is absent.
    """

    words: str
    sql: str
    value: str = "typed"


FOLDED = PLAIN.format("cast({column} as varchar)")
OPERATORS = {
    EXACT: Operator("is", "{column} = {value}"),
    "not": Operator("is not", "{column} is distinct from {value}"),
    "contains": Operator("contains", f"contains({FOLDED}, {PLAIN.format('{value}')})", "text"),
    "notcontains": Operator(
        "does not contain", f"not contains(coalesce({FOLDED}, ''), {PLAIN.format('{value}')})", "text"
    ),
    "startswith": Operator("starts with", f"starts_with({FOLDED}, {PLAIN.format('{value}')})", "text"),
    "endswith": Operator("ends with", f"suffix({FOLDED}, {PLAIN.format('{value}')})", "text"),
    "gt": Operator("is more than", "{column} > {value}"),
    "gte": Operator("is at least", "{column} >= {value}"),
    "lt": Operator("is less than", "{column} < {value}"),
    "lte": Operator("is at most", "{column} <= {value}"),
    "in": Operator("is one of (a,b,c)", "{column} in ({value})", "list"),
    "notin": Operator("is not one of (a,b,c)", "({column} not in ({value}) or {column} is null)", "list"),
    "arraycontains": Operator("list contains", "list_contains({column}, {value})", "element"),
    "isnull": Operator("is empty", "{column} is null", "none"),
    "notnull": Operator("is not empty", "{column} is not null", "none"),
}
RESERVED = {"_sort", "_sort_desc", "_size", "_next", "_format", "_col", "_nocol"}


@dataclass(frozen=True)
class Filter:
    """A condition in the address."""

    column: str
    operator: str
    value: str

    @property
    def name(self) -> str:
        """The name of the filter in an address."""
        return self.column if self.operator == EXACT else f"{self.column}__{self.operator}"

    @property
    def words(self) -> str:
        """The condition in words."""
        operator = OPERATORS[self.operator]
        return f"{self.column} {operator.words}" + (f" {self.value}" if operator.value != "none" else "")


@dataclass(frozen=True)
class View:
    """What an address requests from a table."""

    table: Table
    filters: tuple[Filter, ...] = ()
    sort: str = ""
    descending: bool = False
    size: int | None = None
    offset: int = 0
    release_id: str = ""  # release of the page before; empty on the first page
    columns: tuple[str, ...] = ()

    def address(self, format: str = HTML, **changes: object) -> str:
        """Return the address of this view with the given changes."""
        return replace(self, **changes)._address(format)  # type: ignore[arg-type]

    def _address(self, format: str) -> str:
        pairs = [(f.name, f.value) for f in self.filters]
        if self.sort:
            pairs.append(("_sort_desc" if self.descending else "_sort", self.sort))
        pairs += [("_col", c) for c in self.columns if self.columns != tuple(self.table.columns)]
        if self.size is not None:
            pairs.append(("_size", str(self.size)))
        if self.offset:
            pairs.append(("_next", f"{self.offset}@{self.release_id}"))
        name = self.table.name + ("" if format == HTML else f".{format}")
        return f"/data/{name}" + (f"?{urlencode(pairs)}" if pairs else "")


def read_view(table: Table, address: Sequence[tuple[str, str]], format: str) -> View:
    """Return the view that an address requests. Raises AskError that names the fault."""
    known = {n: v for n, v in address if n in RESERVED}
    unknown = [n for n, _ in address if n.startswith("_") and n not in RESERVED]
    if unknown:
        raise AskError(
            f"{unknown[0]} is not a known parameter. An address may have {', '.join(sorted(RESERVED))}, and column"
            " names."
        )
    if sum(not n.startswith("_") for n, _ in address) > MOST_FILTERS:
        raise AskError(f"An address may have {MOST_FILTERS} filters at most. Write the query as SQL: /sql")
    if "_sort" in known and "_sort_desc" in known:
        raise AskError("Give _sort or _sort_desc, not both.")
    sort = known.get("_sort") or known.get("_sort_desc") or ""
    if sort:
        column_of(table, sort)
    offset, release_id = _next(known.get("_next", ""))
    return View(
        table,
        tuple(_filter(table, n, v) for n, v in address if not n.startswith("_")),
        sort,
        "_sort_desc" in known,
        _size(known.get("_size"), format),
        offset,
        release_id,
        _columns(table, address),
    )


def column_of(table: Table, name: str) -> Column:
    """Return a column by name. Raises AskError with similar names."""
    if name not in table.columns:
        near = get_close_matches(name, table.columns, 3) or list(table.columns)
        raise AskError(f"{table.name} has no column {name!r}. Did you mean {', '.join(near)}?")
    return table.columns[name]


def _filter(table: Table, name: str, value: str) -> Filter:
    column, _, operator = (name, "", EXACT) if name in table.columns else name.rpartition("__")
    if not column:
        column, operator = name, EXACT
    column_of(table, column)
    if operator not in OPERATORS:
        raise AskError(f"{operator!r} is not an operator. The operators are {', '.join(OPERATORS)}.")
    found = Filter(column, operator, value)
    _condition(table, found)  # raises now if the value is wrong
    return found


def _size(text: str | None, format: str) -> int | None:
    most = LARGEST_PAGE if format == HTML else ROWS
    if text is None or text == "":
        return None
    if text == "max":
        return most
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
        raise AskError(f"_size must be a number from 1 to {most:,}, or max, not {text[:40]!r}.")
    return int(text)


def _next(text: str) -> tuple[int, str]:
    offset, _, release_id = text.partition("@")
    if text and not (offset.isascii() and offset.isdigit() and len(offset) < 10 and release_id):
        raise AskError(f"_next must be the value that an answer gave for the next page, not {text[:40]!r}.")
    return int(offset or 0), release_id


def _columns(table: Table, address: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    column_parameters = [(n, column_of(table, v).name) for n, v in address if n in ("_col", "_nocol")]
    wanted = [v for n, v in column_parameters if n == "_col"] or list(table.columns)
    left = tuple(c for c in dict.fromkeys(wanted) if ("_nocol", c) not in column_parameters)
    if not left:
        raise AskError("All columns are left out.")
    return left


def page_size(view: View, format: str) -> int:
    """Return the maximum rows of one answer: a page for people and programs that page, the full limit for files."""
    return view.size or (PAGE if format in (HTML, "json") else ROWS)


def query_of(view: View, format: str) -> Query:
    """Return the query for rows of a view. Ties keep the order of the release, so no page repeats or skips a row."""
    size = page_size(view, format)
    where, parameters = _where(view)
    order = (f"{quote(view.sort)}{' desc' if view.descending else ''} nulls last, " if view.sort else "") + "rowid"
    columns = ", ".join(map(quote, view.columns))
    page = f"limit {size + 1}" + (f" offset {view.offset}" if view.offset else "")
    return Query(f"select {columns}\nfrom {quote(view.table.name)}{where}\norder by {order}\n{page}", parameters, size)


def count_of(view: View) -> Query:
    """Return the query that counts the filtered rows."""
    where, parameters = _where(view)
    return Query(f"select count(*) as n from {quote(view.table.name)}{where}", parameters)


def as_sql(view: View) -> str:
    """Return the view as a query with parameters, as a starting point for other queries."""
    query = query_of(replace(view, offset=0), HTML)
    return "/sql?" + urlencode([("q", query.sql.rsplit("\nlimit", 1)[0]), *query.parameters.items()])


def _where(view: View) -> tuple[str, dict[str, Value]]:
    conditions, parameters = [], dict[str, Value]()
    for one in view.filters:
        sql, values = _condition(view.table, one, parameters)
        conditions.append(sql)
        parameters |= values
    return ("\nwhere " + "\n    and ".join(conditions) if conditions else ""), parameters


def _condition(table: Table, f: Filter, taken: Iterable[str] = ()) -> tuple[str, dict[str, Value]]:
    """Return a filter as SQL, and its values under unused parameter names."""
    column, operator = table.columns[f.column], OPERATORS[f.operator]
    is_list = column.type.endswith("[]")
    if is_list and f.operator == EXACT:  # an element of a list
        operator = OPERATORS["arraycontains"]
    if (operator.value == "element") is not is_list and operator.value not in ("text", "none"):
        raise AskError(f"{f.column} is {'a list' if is_list else 'not a list'}: {f.operator} does not work with it.")
    if operator.value == "none" and BOOLEANS.get(f.value.strip().lower(), "") != "true":
        other = "notnull" if f.operator == "isnull" else "isnull"
        raise AskError(
            f"{f.column}__{f.operator} takes 1, not {f.value[:60]!r}. For the other rows: {f.column}__{other}=1"
        )
    texts = f.value.split(",") if operator.value == "list" else [] if operator.value == "none" else [f.value]
    kind = "VARCHAR" if operator.value == "text" else column.type.removesuffix("[]")
    names = unique_names([*taken, *[f.column] * len(texts)])[len(list(taken)) :]
    values: dict[str, Value] = {name: typed(f.column, kind, text) for name, text in zip(names, texts, strict=True)}
    return operator.sql.format(
        column=quote(f.column), value=", ".join(_placeholder(name, kind) for name in names)
    ), values


def _placeholder(name: str, kind: str) -> str:
    """Return a parameter, which is always text, cast to the type that it is compared with."""
    return f"${name}" if kind == "VARCHAR" else f"cast(${name} as {'BIGINT' if kind in INTEGERS else kind})"


def typed(column: str, kind: str, text: str) -> str:
    """Return a text that can be cast to the column's type. Raises AskError."""
    try:
        if kind in INTEGERS and abs(int(text)) < 1 << 62:
            return str(int(text))
        if kind == "DOUBLE":
            return str(float(text))
        if kind == "BOOLEAN":
            return BOOLEANS[text.strip().lower()]
        if kind == "DATE":
            return date.fromisoformat(text).isoformat()
        if kind.startswith("TIMESTAMP"):
            return datetime.fromisoformat(text).isoformat(" ")
        if kind == "VARCHAR":
            return text
    except (ValueError, KeyError):
        pass
    wanted = {"DOUBLE": "a number", "BOOLEAN": "true or false", "DATE": "a date such as 2024-12-01"}.get(kind)
    wanted = wanted or ("a whole number" if kind in INTEGERS else "a date and time such as 2024-12-01 04:15:00")
    raise AskError(f"{column} takes {wanted}, not {text[:60]!r}.")


def chosen(table: Table, columns: Sequence[str], operators: Sequence[str], values: Sequence[str]) -> tuple[Filter, ...]:
    """Return the filters of a form, without rows that name no column."""
    sent = [Filter(*row) for row in zip(columns, operators, values, strict=False) if row[0]]
    unary = {name for name, operator in OPERATORS.items() if operator.value == "none"}
    return tuple(_filter(table, f.name, "1" if f.operator in unary else f.value) for f in sent)
