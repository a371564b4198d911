"""Describe what a release covers and what is not loaded, derived from the files that were read."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

import duckdb

from transforms.database import pairs
from transforms.wording.sentences.phrases import capitalized, joined, year_spans

WORKBOOK = "CDE's assistance workbook"
NAMED = 3  # counties that a line names; if there are more, it gives their number

Cover = dict[frozenset[str], list[int]]  # names of counties -> Dashboard years


def scope_line(connection: duckdb.DuckDBPyConnection) -> str:
    """Return counties and years of CDE's assistance workbooks, and counties computed from indicator files."""
    names = pairs(connection, "select county_code, county from ref_counties where county_code <> '00'")
    workbooks: dict[int, set[str]] = defaultdict(set)
    details: dict[int, set[str]] = defaultdict(set)
    known: set[int] = set()
    for code, year, letters, basis in connection.execute(
        "select county_code, dashboard_year, letters_cover, basis from county_years"
    ).fetchall():
        known.add(year)
        if code in names and letters:
            workbooks[year].add(names[code])
        if code in names and basis == "indicators":
            details[year].add(names[code])
    return coverage_line(_years_by_counties(workbooks), _years_by_counties(details), sorted(known), len(names))


def coverage_line(workbooks: Cover, details: Cover, known: Sequence[int], all_counties: int) -> str:
    """Return the line, from the counties and years that files of each kind cover.

    ``known``: the Dashboard years that can have files.
    """
    clauses = [
        f"{_counties(of, all_counties)} by CDE's assistance workbooks {_years(years, known)}"
        for of, years in workbooks.items()
    ]
    widest = frozenset[str]().union(*workbooks)
    if len(details) == 1 and workbooks:
        ((of, years),) = details.items()
        clauses.append(
            f"indicator detail for {_counties(of, all_counties)} only"
            if of < widest
            else f"indicator detail {_years(years, known)}"
        )
    else:
        clauses += [
            f"indicator detail {_years(years, known)} for {_counties(of, all_counties)}"
            for of, years in details.items()
        ]
    if not details:
        clauses.append("no indicator detail")
    if not workbooks:
        clauses.append("no assistance workbook")
    return capitalized("; ".join(clauses))


def not_loaded(connection: duckdb.DuckDBPyConnection, as_of: date) -> list[str]:
    """Return the Dashboards after the first loaded one that are out or due, and whose files are not loaded.

    Only files that determine verdicts count. One line each: "2025: out, not loaded". If the newest Dashboard is loaded
    in part and without CDE's workbook, the line names its files.
    """
    in_force = pairs(connection, "select dashboard_year, in_force_from from meta_years")
    files: dict[int, list[_File]] = defaultdict(list)
    for year, *file in connection.execute(
        """
        select dashboard_year, if(layout = 'dashboard', split_part(title, ': ', 2), $workbook),
            due::date, source_id in (select source_id from source_files)
        from catalog
        where layout = 'assistance' or (layout = 'dashboard' and (
            (dashboard_year, indicator) in (select dashboard_year, indicator from rule_indicators)
            or dashboard_year not in (select dashboard_year from rule_indicators)
        ))
        order by dashboard_year, layout desc, source_id
    """,
        {"workbook": WORKBOOK},
    ).fetchall():
        files[year].append(_File(*file))
    loaded = [year for year, of_year in files.items() if any(f.is_loaded for f in of_year)]
    first, newest = min(loaded, default=0), max(loaded, default=0)
    lines = [
        _not_loaded(year, of_year, as_of, in_force.get(year)) or (_in_part(year, of_year) if year == newest else "")
        for year, of_year in files.items()
        if year > first
    ]
    return [line for line in lines if line]


class _File(NamedTuple):
    title: str
    due: date | None
    is_loaded: bool


def _not_loaded(year: int, files: Sequence[_File], as_of: date, in_force_from: date | None) -> str:
    """Return the line for one Dashboard; empty if its files are loaded, or it is neither out nor due."""
    due = min((f.due for f in files if f.due), default=None)
    missing = [f.title for f in files if not f.is_loaded]
    if due is None:
        return (
            f"{year}: out, not loaded"
            if len(missing) == len(files) and in_force_from and in_force_from <= as_of
            else ""
        )
    if not missing or due > as_of:
        return ""
    since = f"{year}: due since {due:%B} {due.day}" + (f", {due.year}" if due.year != as_of.year else "")
    return f"{since}, not loaded" if len(missing) == len(files) else f"{since}, not loaded: {', '.join(missing)}"


def _in_part(year: int, files: Sequence[_File]) -> str:
    """Return the line for the newest Dashboard; empty if its indicator files or CDE's workbook are loaded."""
    missing = [f.title for f in files if not f.is_loaded]
    is_open = WORKBOOK in missing and len(missing) > 1 and not any(f.due for f in files)
    return f"{year}: out, not loaded: {', '.join(missing)}" if is_open else ""


def _years_by_counties(by_year: dict[int, set[str]]) -> Cover:
    """Group years whose files cover the same counties, the most counties first."""
    found: Cover = defaultdict(list)
    for year, counties in sorted(by_year.items()):
        found[frozenset(counties)].append(year)
    return dict(sorted(found.items(), key=lambda item: (-len(item[0]), item[1])))


def _counties(of: Collection[str], all_counties: int) -> str:
    if len(of) == all_counties:
        return f"all {all_counties} counties"
    if len(of) > NAMED:
        return f"{len(of)} counties"
    return f"{joined(sorted(of))} {'County' if len(of) == 1 else 'Counties'}"


def _years(years: Collection[int], known: Sequence[int]) -> str:
    """Return ``2017–2024`` if no Dashboard between is missing, ``2017, 2019 and 2022–2024`` if one is."""
    return joined(year_spans(years, known))
