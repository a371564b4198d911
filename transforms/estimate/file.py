"""Read a file of local estimates: one row per LEA, student group and indicator.

Each row has a color, or a status level if the rules of the year use it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import duckdb
import pyarrow as pa
from pydantic import BaseModel, BeforeValidator, ConfigDict

from transforms.config.csv_model import read_numbered_csv
from transforms.errors import ConfigError
from transforms.estimate.ahead import CELLS, ahead_schema
from transforms.registers.names import LeaNames
from transforms.rules.model import PreviewRules, RuleSet
from transforms.rules.reference import Reference
from transforms.tables import put

KEY = ("cds", "student_group", "indicator")
NONE = ("none", "no color", "no result", "0")  # too few students, or no row: no result that counts
Measures = dict[tuple[str, str], str]  # student group and indicator -> measure


def _unwrap_formula(value: object) -> object:
    """Return the text of a cell written as ="01611190000000", which is how a spreadsheet keeps it as text."""
    found = re.fullmatch(r'="(.*)"', str(value))
    return found[1] if found else value


Cell = Annotated[str, BeforeValidator(_unwrap_formula)]


class EstimateRow(BaseModel):
    """A row to read. Other columns of the template (lea_name, year, last_year) are compared if they are filled in."""

    model_config = ConfigDict(extra="allow", frozen=True)

    cds: Cell
    student_group: Cell
    indicator: Cell
    color: Cell
    status_level: Cell

    def extra_cell(self, column: str) -> str:
        """Return the cell of an optional column."""
        return str(_unwrap_formula((self.model_extra or {}).get(column, "")))


@dataclass(frozen=True)
class Expected:
    """Allowed values: inputs of the ``named`` rules (``measures``), LEAs of the history, and the words for levels.

    ``names``: the names of each LEA in loaded files. ``year``: the determination year. ``newest``: the newest Dashboard
    before it.
    """

    named: str
    measures: Measures
    leas: frozenset[str]
    levels: dict[tuple[str, str], dict[str, int]]  # measure and indicator -> word -> level
    names: LeaNames
    year: int
    newest: int


def measures_by_input(rules: RuleSet, preview: PreviewRules | None = None) -> Measures:
    """Return the measure of every student group and indicator that the rules use; for a preview, color."""
    if preview:
        return {(g, i.indicator): "color" for g in preview.student_groups for i in preview.indicator}
    return {(g, c.indicator): c.measure for k in rules.criterion for g in rules.groups_of(k) for c in k.conditions}


def words_for_levels(reference: Reference) -> dict[tuple[str, str], dict[str, int]]:
    """Return every way to write a level: its number, CDE's word, and "none" for no result."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    levels: Any = reference.rows("levels")
    indicators: Any = reference.rows("indicators")
    for i in indicators:
        for measure in ("color", "status_level"):
            known = [x for x in levels if x.measure == measure and x.better in ("", i.better)]
            found[measure, i.indicator] = dict.fromkeys(NONE, 0) | {
                word: int(x.level) for x in known for word in (x.level, x.label.lower())
            }
    return found


def read_estimates(path: Path, expected: Expected) -> pa.Table:
    """Read the filled rows as cells of transforms.estimate.ahead.

    Raises ConfigError with file, line, column and value of every problem at once.
    """
    if path.is_dir():
        raise ConfigError(f"{path} is a folder. Name the file of estimates in it.")
    if not path.is_file():
        raise ConfigError(f"{path}: there is no such file. dta estimate --template COUNTY writes one to fill in.")
    problems: list[str] = []
    cells = []
    for line, row in read_numbered_csv(path.parent, Path(path.name), EstimateRow, KEY):
        if not (row.color or row.status_level):
            continue  # not filled in: not known
        found = [
            f"{path.name}, line {line}, column {c}: {why} (value {v[:80]!r})." for c, v, why in _problems(row, expected)
        ]
        problems += found
        if not found:
            measure = expected.measures[row.student_group, row.indicator]
            level = expected.levels[measure, row.indicator][getattr(row, measure).lower()]
            cells.append({**row.model_dump(include=set(KEY)), "level": level, "kind": "estimate", "line": line})
    if problems:
        raise ConfigError("\n".join(problems))
    if not cells:
        raise ConfigError(
            f"{path.name}: no row has a color or a status level. Fill in what you know, and leave the rest empty."
        )
    return pa.Table.from_pylist(cells, CELLS)


def _problems(row: EstimateRow, expected: Expected) -> Iterator[tuple[str, str, str]]:
    """Yield column, value and problem."""
    yield from _wrong_year_problems(row, expected)
    if not re.fullmatch(r"[0-9]{14}", row.cds):
        yield "cds", row.cds, "a CDS code has 14 digits; leading zeros are lost when a spreadsheet saves the file"
    elif row.cds not in expected.leas:
        yield "cds", row.cds, "no LEA of the newest loaded Dashboard has this code; correct it, or delete the row"
    elif why := _other_lea(row, expected.names):
        yield "lea_name", row.extra_cell("lea_name"), why
    groups = sorted({g for g, _ in expected.measures})
    measure = expected.measures.get((row.student_group, row.indicator))
    if row.student_group not in groups:
        judged = f"the rules {expected.named} judge {', '.join(groups)}"
        yield "student_group", row.student_group, f"{judged}; use one of these codes, or delete the row"
    elif measure is None:
        used = sorted(i for g, i in expected.measures if g == row.student_group)
        advice = f"for {row.student_group} the rules {expected.named} look at {', '.join(used)}"
        yield "indicator", row.indicator, f"{advice}; use one of these, or delete the row"
    if measure is None:
        return
    other = "status_level" if measure == "color" else "color"
    if getattr(row, other):
        used_measure = f"the {measure.replace('_', ' ')} of {row.indicator}"
        yield other, getattr(row, other), f"the rules {expected.named} look at {used_measure}; leave this empty"
    value = getattr(row, measure)
    words = expected.levels[measure, row.indicator]
    if value and value.lower() not in words:
        written = [w for w in words if not w.isdigit() and (w not in NONE or w == NONE[0])]
        yield measure, value, f"it must be one of {', '.join(written)}, or a number from 1 to 5"


def _wrong_year_problems(row: EstimateRow, expected: Expected) -> Iterator[tuple[str, str, str]]:
    template = "this file is for another year; write a new one with dta estimate --template"
    if row.extra_cell("year") not in ("", str(expected.year)):
        yield "year", row.extra_cell("year"), f"the estimate is for {expected.year}; {template}"
    elif row.extra_cell("last_year") not in ("", str(expected.newest)):
        newest = f"the newest Dashboard before {expected.year} is {expected.newest}"
        yield "last_year", row.extra_cell("last_year"), f"{newest}; {template}"


def _other_lea(row: EstimateRow, names: LeaNames) -> str | None:
    """Describe the problem if the name in the row belongs to another LEA."""
    name, county = row.extra_cell("lea_name"), row.cds[:2]
    if not name or names.is_named(row.cds, name):
        return None
    known = f"the LEA with code {row.cds} is called {' or '.join(names.of(row.cds))}"
    nearest = next(iter(names.codes_of(name, county)), None) or names.nearest(name, county)
    if nearest is None:
        return f"{known}; no LEA has a name like this; correct the name or the code"
    return f"{known}; the closest match is {names.of(nearest)[0]} ({nearest}); correct the name or the code"


def lines_without_precedent(connection: duckdb.DuckDBPyConnection, base: str, cells: pa.Table) -> list[int]:
    """Return lines with a result for a group or indicator for which no loaded Dashboard has a result of the LEA.

    LEAs with only letters loaded are skipped, because letters do not show this.
    """
    with ahead_schema(connection, base):
        put(connection, "doubted_cells", cells)
        found = connection.execute(f"""
            with results as (
                select distinct cds, student_group, indicator from {base}.indicator_results
                where color > 0 or status_level > 0
            )
            select line from doubted_cells
            semi join results using (cds)
            anti join results using (cds, student_group, indicator)
            where level > 0 order by line""").fetchall()
        connection.execute("drop table doubted_cells")
    return [line for (line,) in found]


def template_of(connection: duckdb.DuckDBPyConnection, base: str, county_code: str, measures: Measures) -> pa.Table:
    """Return the file to fill in for a county: every LEA, student group and indicator.

    The newest Dashboard's values are next to the empty cells. Needs the schema of transforms.estimate.ahead.
    """
    pairs = [{"student_group": g, "indicator": i, "measure": m} for (g, i), m in measures.items()]
    with ahead_schema(connection, base):
        put(connection, "asked_pairs", pa.Table.from_pylist(pairs))
        return connection.sql(
            f"""
            with newest as (select max(dashboard_year) as dashboard_year from history)
            select
                y.determination_year as year,
                l.cds, l.lea_name, p.student_group, g.name as student_group_name, p.indicator, i.name as indicator_name,
                p.measure as fill_in, '' as color, '' as status_level, n.dashboard_year as last_year,
                coalesce(lower(k.label), '') as last_color,
                coalesce(nullif(r.status_level, 0)::varchar, '') as last_status_level,
                r.current_status as last_status, coalesce(h.letter, h.cde_letter, '') as last_letter
            from leas l
            cross join asked_pairs p
            cross join newest n
            cross join ahead_year y
            join ref_student_groups g using (student_group)
            join ref_indicators i using (indicator)
            left join {base}.indicator_results r
                on r.cds = l.cds and r.student_group = p.student_group and r.indicator = p.indicator
                and r.dashboard_year = n.dashboard_year
            left join ref_levels k on k.measure = 'color' and k.level::tinyint = r.color
            left join {base}.student_group_history h
                on h.cds = l.cds and h.student_group = p.student_group and h.dashboard_year = n.dashboard_year
            where l.county_code = $1
            order by l.lea_type = 'charter', l.lea_type desc, l.lea_name, l.cds, p.student_group, i.position""",
            params=[county_code],
        ).to_arrow_table()
