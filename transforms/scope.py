"""What a release covers and what is not loaded, in words: derived from the files that were read, never typed in."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

import duckdb

from transforms.sentences.words import joined

NAMED = 3  # counties that a line names; more are counted

Cover = dict[frozenset[str], list[int]]  # names of counties -> Dashboard years


def scope_line(connection: duckdb.DuckDBPyConnection) -> str:
    """Counties and years by CDE's assistance workbooks, and counties whose results are computed from indicator files."""
    names = dict(connection.execute("select county_code, county from ref_counties where county_code <> '00'").fetchall())
    workbooks: dict[int, set[str]] = defaultdict(set)
    details: dict[int, set[str]] = defaultdict(set)
    known: set[int] = set()
    for code, year, letters, basis in connection.execute("select county_code, dashboard_year, letters_cover, basis from county_years").fetchall():
        known.add(year)
        if code in names and letters:
            workbooks[year].add(names[code])
        if code in names and basis == "indicators":
            details[year].add(names[code])
    return in_words(_alike(workbooks), _alike(details), sorted(known), len(names))


def in_words(workbooks: Cover, details: Cover, known: Sequence[int], all_counties: int) -> str:
    """The line, from the counties that files of each kind cover and their years. ``known``: the Dashboard years that there may be files of."""
    said = [f"{_counties(of, all_counties)} by CDE's assistance workbooks {_years(years, known)}" for of, years in workbooks.items()]
    widest = frozenset[str]().union(*workbooks)
    if len(details) == 1 and workbooks:
        ((of, years),) = details.items()
        said.append(f"indicator detail for {_counties(of, all_counties)} only" if of < widest else f"indicator detail {_years(years, known)}")
    else:
        said += [f"indicator detail {_years(years, known)} for {_counties(of, all_counties)}" for of, years in details.items()]
    if not details:
        said.append("no indicator detail")
    if not workbooks:
        said.append("no assistance workbook")
    line = "; ".join(said)
    return line[0].upper() + line[1:]


def not_loaded(connection: duckdb.DuckDBPyConnection, as_of: date) -> list[str]:
    """Dashboards newer than what the verdicts rest on that are out, or due, and of which no file is loaded, a line each: "2025: out, not loaded"."""
    out = connection.execute(
        "select dashboard_year from meta_years where basis = 'none' and in_force_from <= ? "
        "and dashboard_year > (select max(determination_year) from eligibility) order by 1",
        [as_of],
    ).fetchall()
    due = connection.execute(
        "select dashboard_year, due from preview_rule where due <= ? and dashboard_year not in (select dashboard_year from meta_years) "
        "and dashboard_year not in (select dashboard_year from source_files where dashboard_year is not null)",
        [as_of],
    ).fetchall()
    return [
        *(f"{year}: out, not loaded" for (year,) in out),
        *(f"{year}: due since {day:%B} {day.day}{'' if day.year == as_of.year else f', {day.year}'}, not loaded" for year, day in due),
    ]


def _alike(by_year: dict[int, set[str]]) -> Cover:
    """Years together whose files cover the same counties, the most counties first."""
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
    """``2017–2024`` where no Dashboard between is missing, ``2017, 2019 and 2022–2024`` where one is."""
    runs: list[list[int]] = []
    for year in sorted(years):
        if runs and known.index(year) == known.index(runs[-1][-1]) + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return joined([str(r[0]) if len(r) == 1 else f"{r[0]}–{r[-1]}" for r in runs])
