"""What every page needs, read once: the release, its years, and names for codes."""

from dataclasses import dataclass

import duckdb

from reports.published import FETCH, NotFoundError, Row, determination_years, not_loaded, rows, year_in_force
from transforms.database import first_column, pairs

ROWS = "select columns(lambda name: name <> 'release_id') from"


@dataclass(frozen=True)
class Book:
    """Names and facts of one release."""

    release: Row
    determination_years: list[int]
    dashboard_years: list[int]  # years with any published data
    windows: dict[int, Row]
    pathways: list[Row]
    groups: dict[str, str]
    groups_in_text: dict[str, str]  # names for use in a sentence
    indicators: dict[str, Row]
    labels: dict[tuple[str, str, int], str]  # measure, indicator, level -> CDE's word
    letters: dict[str, list[int]]  # priorities by CDE's letter
    counties: dict[str, str]
    areas: dict[str, str]  # county code -> Geographic Lead area
    sources: dict[str, Row]
    warnings: list[Row]
    year: int  # the determination year in force
    not_loaded: list[str]  # Dashboards that are out or due but not loaded
    fetch: str = FETCH

    @property
    def pathway_names(self) -> dict[str, str]:
        """Names of the pathways, by code."""
        return {p["pathway"]: p["name"] for p in self.pathways}

    def asked_year(self, asked: int | None) -> int:
        """Return the requested determination year, or the one in force.

        Raises NotFoundError if the release does not have it.
        """
        if asked is not None and asked not in self.determination_years:
            raise NotFoundError(
                f"There is no determination of {asked} in this release. It has"
                f" {', '.join(map(str, self.determination_years))}."
            )
        return asked or self.year


def read_book(connection: duckdb.DuckDBPyConnection) -> Book:
    """Read what all pages share."""
    known = "select distinct dashboard_year from student_group_history where basis <> 'none' order by 1"
    indicators = {r["indicator"]: r for r in rows(connection, f"{ROWS} indicators order by position")}
    return Book(
        release=rows(connection, "select * from meta_release")[0],
        determination_years=determination_years(connection),
        dashboard_years=first_column(connection, known),
        windows={r["determination_year"]: r for r in rows(connection, f"{ROWS} rule_windows")},
        pathways=rows(connection, f"{ROWS} pathways order by position"),
        groups=pairs(connection, "select student_group, name from student_groups"),
        groups_in_text=pairs(connection, "select student_group, name_in_text from student_groups"),
        indicators=indicators,
        labels=_labels(connection, list(indicators)),
        letters=pairs(connection, "select letter, priorities from priority_letters order by letter"),
        counties=pairs(connection, "select county_code, county from counties order by county_code"),
        areas=pairs(connection, "select county_code, min(geo_area) from geo_leads group by all order by all"),
        sources={
            r["source_id"]: r for r in rows(connection, f"{ROWS} meta_sources order by dashboard_year, source_id")
        },
        warnings=rows(
            connection,
            "select * from meta_gate_results where outcome <> 'passed' and severity = 'warning' order by check_id,"
            " table_name",
        ),
        year=year_in_force(connection),
        not_loaded=not_loaded(connection),
    )


def _labels(connection: duckdb.DuckDBPyConnection, indicators: list[str]) -> dict[tuple[str, str, int], str]:
    """Return a word for each measure, indicator and level."""
    found = {}
    for measure, level, label, of in connection.execute(
        "select measure, level, label, indicators from levels"
    ).fetchall():
        for indicator in of or indicators:
            found[measure, indicator, level] = label
    return found
