"""The home page: how many, who and where; then what this is not, what changed, and how current it is."""

from typing import Any

import duckdb

from reports.answer import read_answer
from reports.book import Book
from reports.figures import ORDER, place
from reports.published import rows
from reports.release_changes import release_changes as list_changes
from reports.site.charts import group_chart
from reports.site.eligible import eligible_leas
from reports.site.lists import release_changes
from reports.site.pages import Pages
from reports.site.places import county_map
from reports.site.tallies import LeaLine, by_county, tally


def write(connection: duckdb.DuckDBPyConnection, pages: Pages, lines: dict[int, list[LeaLine]]) -> None:
    """Write ``index.html``."""
    book = pages.book
    now = lines[book.year]
    counted = by_county(book, now)
    latest = rows(
        connection,
        "select * from changes where to_year = $year and change <> 'continuing' order by change, lea_name, cds,"
        " pathway",
        year=book.year,
    )
    counts = tally(lines)
    pages.write(
        "index.html",
        "home.html",
        answer=read_answer(connection),
        listed=eligible_leas(book, lines),
        tally=counts,
        chart=counts.chart(book),
        groups=_group_counts(connection, book),
        map=county_map(book, counted),
        counted=counted,
        leas=len(now),
        undetermined=sum(line.undetermined for line in now),
        changes=latest,
        continuing=len(
            rows(connection, "select 1 from changes where to_year = $year and change = 'continuing'", year=book.year)
        ),
        since_release=release_changes(connection),
        list_changes=list_changes(connection),
        fresh=_freshness(book),
    )


def _group_counts(connection: duckdb.DuckDBPyConnection, book: Book) -> dict[str, Any]:
    """Return the LEAs in which each student group met the criteria, by Dashboard year, as a table and a chart."""
    query = (
        "select student_group, dashboard_year, count(*) filter (meets_criteria) as n from student_group_history h join"
        " leas using (cds) where lea_type <> 'charter' and basis <> 'none' group by all"
    )
    found = {(group, year): n for group, year, n in connection.execute(query).fetchall()}
    codes = sorted({g for (g, _), n in found.items() if n}, key=lambda g: place(g, ORDER))
    years = book.dashboard_years
    drawn = tuple((book.groups[g], y, found[g, y]) for g in codes for y in years if (g, y) in found)
    return {"codes": codes, "years": years, "found": found, "chart": group_chart(drawn) if drawn else None}


def _freshness(book: Book) -> list[dict[str, Any]]:
    """Return, per Dashboard year, loaded files, missing files of the catalog, and load dates."""
    years: dict[int | None, dict[str, Any]] = {}
    for source in book.sources.values():
        year = years.setdefault(
            source["dashboard_year"], {"year": source["dashboard_year"], "present": [], "missing": 0, "failed": 0}
        )
        if source["present"]:
            year["present"].append(source)
        else:
            year["missing"] += 1
        year["failed"] += source["check_outcome"] == "failed"
    return sorted(years.values(), key=lambda y: -(y["year"] or 0))
