"""Open the current release for reading, and find an LEA in it by name or CDS code."""

import json
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from transforms.control_characters import has_letters, shown
from transforms.database import connect_read_only, first_column
from transforms.errors import ReleaseError, quoted
from transforms.registers.names import name_key
from transforms.release.current import DATABASE, required_release

Row = dict[str, Any]
FETCH = "dta run --source catalog"  # requests every file of the catalog from CDE
YEAR_IN_FORCE = (
    "(select determination_year from eligibility "
    "order by pathway = 'continuum' and status in ('eligible', 'not_eligible') desc, determination_year desc limit 1)"
)


@dataclass(frozen=True)
class Lea:
    """A district or county office of the release."""

    cds: str
    name: str
    lea_type: str
    county_code: str
    county: str


LEA = "cds, lea_name, lea_type, county_code, county"  # columns of leas that build a Lea
EXACT, PART = "lower({}) = lower($text)", "contains(lower({}), lower($text))"
FORMER = ("predecessor_cds in ($text, $text || '0000000')", *(w.format("predecessor_name") for w in (EXACT, PART)))
# Ways to find an LEA, most certain first: code, present name, former name, and the code or name of a predecessor that
# has no rows of its own.
CONDITIONS = (
    "cds in ($text, $text || '0000000', '0' || $text, '0' || $text || '0000000')",
    *(way.format("lea_name") for way in (EXACT, PART)),
    *(f"cds in (select cds from lea_names where {way.format('lea_names.lea_name')})" for way in (EXACT, PART)),
    *(f"cds in (select successor_cds from successions where {way})" for way in FORMER),
)


class NotFoundError(ReleaseError):
    """No LEA has this name. The message suggests similar names (exit code 2)."""

    exit_code = 2


def open_release(out: Path) -> duckdb.DuckDBPyConnection:
    """Open a read-only connection to the current release. Raises ReleaseError if there is none."""
    release = required_release(out)
    try:
        return connect_read_only(release / DATABASE)
    except duckdb.Error as error:
        raise ReleaseError(
            f"Release {release.name} is damaged: its database cannot be opened ({error}). dta run rebuilds it."
        ) from error


def release_database(out: Path) -> Path:
    """Return the path of the current release's database. Raises ReleaseError if there is none."""
    return required_release(out).resolve() / DATABASE


def rows(connection: duckdb.DuckDBPyConnection, query: str, **parameters: Any) -> list[Row]:
    """Return the rows of a query as dicts by column name, with texts that are safe to show."""
    names, found = names_and_rows(connection, query, **parameters)
    return [dict(zip(names, values, strict=True)) for values in found]


def grouped(found: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    """Return rows by key, in their order; an empty list for a key without rows."""
    groups: dict[Any, list[Any]] = defaultdict(list)
    for one in found:
        groups[key(one)].append(one)
    return groups


def names_and_rows(
    connection: duckdb.DuckDBPyConnection, query: str, **parameters: Any
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the column names of a query, and its rows as tuples with texts that are safe to show."""
    cursor = connection.execute(query, parameters)
    description = cursor.description or []
    types = [str(d[1]) for d in description]
    texts = [n for n, kind in enumerate(types) if kind == "VARCHAR"]
    nested = [n for n, kind in enumerate(types) if "VARCHAR" in kind and kind != "VARCHAR"]  # lists and structs
    found = cursor.fetchall()
    plain = all("".join(row[n] or "" for row in found).isprintable() for n in texts)  # nearly always true
    if not plain or any(_shown(row[n]) != row[n] for n in nested for row in found):
        found = [tuple(map(_shown, row)) for row in found]
    return [d[0] for d in description], found


def record(names: Sequence[str], values: Sequence[Any]) -> Row:
    """Return one row by column name, with texts that are safe to show."""
    return dict(zip(names, map(_shown, values), strict=True))


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, list):
        return [_shown(inner) for inner in value]
    return {key: _shown(inner) for key, inner in value.items()} if isinstance(value, dict) else value


def determination_years(connection: duckdb.DuckDBPyConnection) -> list[int]:
    """Return the determination years of a release, earliest first."""
    return first_column(connection, "select distinct determination_year from eligibility order by 1")


def year_in_force(connection: duckdb.DuckDBPyConnection) -> int:
    """Return the newest determination year in which the Continuum of Support of any LEA is determined.

    If the criteria of a year are not confirmed, this is the year before.
    """
    return int(connection.execute(f"select {YEAR_IN_FORCE}").fetchall()[0][0])


def not_loaded(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return a line for each Dashboard that is out or due but not fully loaded: "2025: out, not loaded"."""
    (release,) = rows(connection, "select not_loaded from meta_release")
    lines: list[str] = release["not_loaded"]
    return lines


def not_placed(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return a line for each column, flag, word and student group of CDE's files that is unknown and so not used."""
    found = first_column(
        connection, "select failing_row from meta_gate_rows where check_id = 'everything_placed' order by row_number"
    )
    return [
        f"{n['file']}: {n['what'].replace('_', ' ')} {n['name']}, not known. {n['what_to_do']}"
        for n in map(json.loads, found)
    ]


def reissued_files(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, int, int, int]]:
    """Return source files that differ from the release before: name, rows added, removed and altered."""
    return connection.execute(
        "select file, rows_added, rows_removed, rows_altered from meta_sources where previous_sha256 is not null order"
        " by file"
    ).fetchall()


def all_leas(connection: duckdb.DuckDBPyConnection) -> list[Lea]:
    """Return every LEA of the release, by CDS code."""
    return [Lea(*row.values()) for row in rows(connection, f"select {LEA} from leas order by cds")]


def former_names(present: str, names: Sequence[str]) -> list[str]:
    """Return names that differ from the present one in more than spelling, each once."""
    if all(name == present for name in names):
        return []
    found: dict[object, str] = {name_key(present).full: present}
    for name in names:
        found.setdefault(name_key(name).full, name)
    return list(found.values())[1:]


def find_lea(connection: duckdb.DuckDBPyConnection, name_or_code: str) -> Lea:
    """Find the LEA with this CDS code or name, present or former.

    A code has 14 or 7 digits, or lacks the leading zero that spreadsheets drop. Part of a name is enough if only one
    LEA matches. Raises NotFoundError.
    """
    columns = f"select {LEA} from leas"
    name_or_code = unicodedata.normalize("NFKC", name_or_code).strip()  # converts digits of other keyboards
    if not has_letters(name_or_code):
        raise NotFoundError("Give a name, part of a name, or a CDS code of 14 or 7 digits.")
    for condition in CONDITIONS:
        found = connection.execute(f"{columns} where {condition} order by lea_name", {"text": name_or_code}).fetchall()
        if len(found) > 1:  # if two codes share a name, use the present one
            of_codes = "select predecessor_cds from successions where list_contains(?, successor_cds)"
            ended = first_column(connection, of_codes, [[f[0] for f in found]])
            found = [f for f in found if f[0] not in ended]
        if len(found) == 1:
            return Lea(*map(_shown, found[0]))
        if found:
            raise NotFoundError(
                f"{quoted(name_or_code)} matches {len(found)} LEAs. Choose one: "
                + "; ".join(f"{n} ({c}, {k})" for c, n, _, _, k in found[:10])
            )
    near = connection.execute(
        "select lea_name, cds from leas order by greatest(jaro_winkler_similarity(lower(lea_name), lower($text)), "
        "jaro_winkler_similarity(cds, $text)) desc, lea_name limit 5",
        {"text": name_or_code},
    ).fetchall()
    names = "; ".join(f"{n} ({c})" for n, c in near)
    raise NotFoundError(f"No LEA is called {quoted(name_or_code)}. Did you mean: {names}?")


def resolve_names(connection: duckdb.DuckDBPyConnection, parameters: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return parameters of a query, with LEA names in ``cds…`` parameters replaced by codes. Raises NotFoundError."""
    return {
        name: find_lea(connection, value).cds if value and name.startswith("cds") else value
        for name, value in parameters.items()
    }
