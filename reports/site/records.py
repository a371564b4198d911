"""Pages about the release itself: quality, rules, data, coverage, glossary."""

import re
from operator import itemgetter

import duckdb

from reports.published import Row, grouped, rows
from reports.quality import CLASSES, GATES, OUTCOMES, SEVERITIES, Quality
from reports.recipe_book import recipes
from reports.site.lineage import HEIGHT, lineage, picture, tables_reading
from reports.site.pages import Pages
from transforms.wording.labels import priorities

SNIPPETS = (  # each reads the release in its working folder
    (
        "DuckDB",
        (
            "ATTACH 'dta.duckdb' AS dta (READ_ONLY);\nSELECT lea_name, sentence FROM dta.eligible_districts WHERE"
            " determination_year = 2024;"
        ),
    ),
    (
        "Python with pandas",
        (
            "import pandas as pd\n\neligibility ="
            " pd.read_parquet('eligibility.parquet')\nprint(eligibility[eligibility['status'] =="
            " 'eligible'].groupby(['determination_year', 'pathway'])['cds'].nunique())"
        ),
    ),
    (
        "R",
        (
            "con <- DBI::dbConnect(duckdb::duckdb(), dbdir = 'dta.duckdb', read_only = TRUE)\nDBI::dbGetQuery(con,"
            " 'SELECT lea_name, pathways FROM eligible_districts WHERE determination_year ="
            " 2024')\nDBI::dbDisconnect(con, shutdown = TRUE)"
        ),
    ),
    ("Command line", 'dta sql "SELECT * FROM eligible_districts" --format csv > eligible.csv'),
)


def write(connection: duckdb.DuckDBPyConnection, pages: Pages, quality: Quality) -> None:
    """Write the five pages."""
    pages.write(
        "quality.html", "quality.html", quality=quality, gates=GATES, severities=SEVERITIES, outcomes=OUTCOMES,
        classes=CLASSES,
    )  # fmt: skip
    write_rules(connection, pages)
    write_data(connection, pages)
    write_coverage(connection, pages)
    write_glossary(connection, pages)


def write_glossary(connection: duckdb.DuckDBPyConnection, pages: Pages) -> None:
    """Write the meanings of words and codes."""
    judged = rows(
        connection, "select student_group, name from student_groups where judged = 'Y' order by student_group"
    )
    pages.write(
        "glossary.html",
        "glossary.html",
        letters=[(letter, priorities(numbers)) for letter, numbers in pages.book.letters.items()],
        groups=[tuple(row.values()) for row in judged],
        indicators=[
            (i["short_name"], i["name"], i["priority"] or "none", "more" if i["better"] == "up" else "less")
            for i in pages.book.indicators.values()
        ],
        pathways=[(p["name"], p["statute"], p["trigger"]) for p in pages.book.pathways],
    )


TESTS = "select * from rule_tests order by dashboard_year desc, test"
CRITERIA = "select * from rule_criteria order by dashboard_year desc, priority, criterion, position"


def write_rules(connection: duckdb.DuckDBPyConnection, pages: Pages) -> None:
    """Write the applied rules, year by year, with their sources."""
    tests, criteria = (grouped(rows(connection, query), itemgetter("dashboard_year")) for query in (TESTS, CRITERIA))
    years = {
        year: {
            "tests": tests[year],
            "criteria": grouped(criteria[year], itemgetter("criterion")),
            "standing": [*tests[year], *criteria[year]][0]["standing"],
            "citations": _citations(criteria[year][-1]["citation"]) if criteria[year] else [],
        }
        for year in sorted({*tests, *criteria}, reverse=True)
    }
    letters = rows(connection, "select * from priority_letters order by letter")
    judged = {group for of in criteria.values() for row in of for group in row["student_groups"]}
    pages.write("rules.html", "rules.html", years=years, letters=letters, judged=judged)


def _citations(text: str) -> list[tuple[str, str]]:
    """Return text and address of each citation of a year."""
    return [(words.strip(" ;"), url) for words, url in re.findall(r"(.*?)\s(https?://[^\s;]+)", text)]


def write_data(connection: duckdb.DuckDBPyConnection, pages: Pages) -> None:
    """Write tables, columns, downloads with sizes, recipes, and the lineage picture."""
    columns = rows(connection, "select * from meta_columns order by table_name, position")
    graph = lineage()
    pages.write(
        "data.html",
        "data.html",
        tables=rows(connection, "select * from meta_tables order by table_name"),
        columns=grouped(columns, itemgetter("table_name")),
        sizes={path.name: path.stat().st_size for path in pages.folder.parent.iterdir() if path.is_file()},
        recipes=recipes().values(),
        snippets=SNIPPETS,
        picture=picture(),
        box_height=HEIGHT,
        lineage=graph,
        read_by=tables_reading(graph),
    )


def write_coverage(connection: duckdb.DuckDBPyConnection, pages: Pages) -> None:
    """Write what is loaded and what is missing, per year and source."""
    known: dict[tuple[int, str], Row] = {
        (s["dashboard_year"], s["indicator"]): s for s in pages.book.sources.values() if s["indicator"]
    }
    others = grouped(
        (s for s in pages.book.sources.values() if not s["indicator"]), itemgetter("dashboard_year", "layout")
    )
    indicators = sorted({i for _, i in known}, key=lambda i: pages.book.indicators[i]["position"])
    years = rows(connection, "select * from meta_years order by dashboard_year desc")
    without = rows(
        connection,
        "select cds, lea_name, county from leas where first_dashboard_year is null order by county, lea_name",
    )
    pages.write(
        "coverage.html",
        "coverage.html",
        known=known,
        others=others,
        layouts=sorted({k for _, k in others}),
        indicators=indicators,
        years=years,
        without=without,
    )
